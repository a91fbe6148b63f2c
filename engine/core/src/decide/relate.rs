//! Cases that are split and merged. Each of the two cases has its own turn: the first one says what happens and sends what
//! goes along; the other one takes it over when it arrives.

use std::{collections::BTreeSet, sync::Arc};

use super::{
    Rejection,
    between::other_id,
    turn::{Deciding, trouble},
};
use crate::{
    command::HandedOnTo,
    event::{
        Beginning, Direction, Document, EffectError, Event, HandedItem, Handover, MERGED, MergeRefused,
        Merging, Parcel, Related, Relation,
    },
    planted::{Fault, planted},
    words::{CaseId, InstanceId, Object, Text, Value},
};

impl Deciding<'_> {
    /// A part of this case goes on in a case of its own. This one goes on, too, and keeps all that it has.
    pub fn split(&mut self, data: &Object, documents: &[u32], reason: &Arc<str>) -> Result<(), Rejection> {
        let by = self.may_correct(reason)?;
        self.need_room()?;
        self.check_data(data)?;
        let named: BTreeSet<u32> = documents.iter().copied().collect();
        let documents = named.iter().map(|number| self.filed(*number).map(|document| handed(document)));
        let documents = documents.collect::<Result<Vec<Document>, _>>()?;
        let case = other_id(self.case.id, self.case.sent.saturating_add(1), self.facts.now);
        let (release, received_on) = (self.case.release.clone(), self.case.received_on);
        // An item of the post that is split stays what it came as, and each of its documents goes one way.
        let channel = self.release.item.then(|| self.case.channel.clone());
        if self.release.item {
            let numbers: Vec<u32> = named.into_iter().collect();
            self.take_along(&numbers, case, (&by, reason))?;
        }
        let begins = Some(Beginning { release, data: data.clone(), received_on, channel });
        let handover = Handover { by, reason: reason.clone(), documents, parties: Vec::new(), item: None };
        self.relate(case, Relation::SplitInto, handover, begins);
        Ok(())
    }

    /// This case is joined to another one, which goes on for both. It ends once that one has taken over what goes along:
    /// of two cases that are merged into each other at once, both go on.
    pub fn merge(&mut self, into: CaseId, reason: &Arc<str>) -> Result<(), Rejection> {
        if self.release.item {
            return self.hand_on(&HandedOnTo::Case { case: into, message: None, remedy: None }, reason);
        }
        let by = self.may_correct(reason)?;
        if into == self.case.id {
            return Err(Rejection::MergeIntoItself);
        }
        if self.case.merging.is_some() {
            return Err(Rejection::MergeUnderWay);
        }
        self.check_silence(&self.case.tree(InstanceId::ROOT))?;
        let documents = self.case.documents.get_max().map_or(0, |(number, _)| *number);
        let parties = self.newest_party();
        let merging = Merging { into, by, reason: reason.clone(), documents, parties, outcome: None };
        self.record(Event::MergeAsked(merging.clone()));
        self.hand_over(&merging, 0);
        Ok(())
    }

    fn newest_party(&self) -> u32 {
        self.case.parties.get_max().map_or(0, |(number, _)| *number)
    }

    /// Hands over the documents behind a number, and the parties, to the case that goes on.
    fn hand_over(&mut self, merging: &Merging, behind: u32) {
        let filed = self.case.documents.range(behind + 1..).filter(|(_, it)| it.taken_out.is_none());
        let item = self.release.item.then_some(HandedItem {
            received_on: self.case.received_on,
            message: None,
            remedy: None,
            begins: false,
        });
        let as_of_item = item.is_some();
        let documents =
            filed.map(|(_, document)| if as_of_item { self.came_with(document) } else { handed(document) });
        let Merging { into, by, reason, .. } = merging.clone();
        let parties = self.case.parties.values().map(|party| (**party).clone()).collect();
        let handover = Handover { by, reason, documents: documents.collect(), parties, item };
        self.send(Parcel::Handover { to: into, begins: None, handover });
    }

    /// The other case has taken over this one, which ends; or it does not, and this one goes on.
    pub fn finish_merge(&mut self, into: CaseId, result: &Result<(), EffectError>) -> Result<(), Rejection> {
        self.need_engine()?;
        let merging = self.case.merging.clone().filter(|merging| merging.into == into);
        let merging = merging.ok_or(Rejection::EffectStale)?;
        if let Err(why) = result {
            self.record(Event::MergeRefused(MergeRefused { into, why: why.clone() }));
            let help = Text::new(
                "Prüfen, mit welchem Vorgang dieser verbunden werden soll, und es damit noch einmal tun. Danach „Wiederholen“, um die Störung abzuschließen.",
                "Check which case this one shall be merged into, and do so again. Then retry, to settle the incident.",
            );
            let incident = trouble("merge_refused", None, why.message.clone(), help, Value::Null);
            self.stuck(None, *incident);
            return Ok(());
        }
        let Merging { by, reason, documents, parties, outcome, .. } = (*merging).clone();
        self.record(Event::CaseRelated {
            related: Related { case: into, how: Relation::MergedInto, by, reason },
        });
        // What has come in since then goes along, too.
        let more = self.case.documents.get_max().is_some_and(|(newest, _)| *newest > documents)
            || self.newest_party() > parties;
        if more && !planted(Fault::RestOfMergeStays) {
            self.hand_over(&merging, documents);
        }
        if self.case.is_open() {
            self.end_case(Some(outcome.unwrap_or_else(|| MERGED.into())));
        }
        Ok(())
    }

    /// What goes along to another case that this one belongs to.
    pub fn relate(&mut self, case: CaseId, how: Relation, handover: Handover, begins: Option<Beginning>) {
        let (by, reason) = (handover.by.clone(), handover.reason.clone());
        self.record(Event::CaseRelated { related: Related { case, how, by, reason } });
        self.send(Parcel::Handover { to: case, begins, handover });
    }

    /// Another case hands something over to this one. Whether it can be merged into this one is decided here; what comes
    /// after that is never refused, for the other one has ended or gone on: what comes too late is told.
    pub fn take_over(&mut self, from: CaseId, how: Relation, handover: &Handover) -> Result<(), Rejection> {
        self.need_engine()?;
        let Handover { by, reason, documents, parties, item } = handover;
        let known = self.case.relations.iter().any(|known| known.case == from && known.how == how);
        if matches!(how, Relation::Merged | Relation::Post) && !known {
            let begun_with = item.as_ref().is_some_and(|item| item.begins);
            let refused = match begun_with {
                true => None,
                false => self.takes_over_none(how).or_else(|| self.takes_no_remedy(item.as_ref())),
            };
            let refuses = refused.is_some();
            self.send(Parcel::MergeAnswer { to: from, refused });
            if refuses {
                return Ok(());
            }
        }
        if !known {
            let related = Related { case: from, how, by: by.clone(), reason: reason.clone() };
            self.record(Event::CaseRelated { related });
        }
        for document in documents {
            let number = self.case.documents.get_max().map_or(0, |(number, _)| *number) + 1;
            let own_day = match how {
                Relation::Post => self.comes_later(&document.content),
                _ => document.own_day,
            };
            self.record(Event::DocumentAdded { document: Document { number, own_day, ..document.clone() } });
        }
        if let Some(item) = item.as_ref().filter(|_| self.case.is_open() && !known) {
            self.take_item((from, by), item, documents)?;
        }
        if how == Relation::Merged && self.case.is_open() {
            self.take_over_parties(parties, by, reason);
        }
        if !self.case.is_open() && (how == Relation::Merged || (how == Relation::Post && known)) {
            let incident = trouble(
                "merged_after_end",
                None,
                Text::new(
                    "Von dem, was mit diesem Vorgang verbunden oder ihm zugeordnet worden ist, kamen noch Dokumente, als er schon abgeschlossen war.",
                    "Documents came of what was merged into this case or handed on to it when it had ended already.",
                ),
                Text::new(
                    "Prüfen, ob damit noch etwas zu tun ist, und dafür, wenn nötig, einen neuen Vorgang beginnen. Danach „Wiederholen“, um die Störung abzuschließen.",
                    "Check whether something is still to be done with them, and begin a new case for it if need be. Then retry, to settle the incident.",
                ),
                Value::Null,
            );
            self.stuck(None, *incident);
        }
        Ok(())
    }

    /// Why no other case can be merged into this one.
    fn takes_over_none(&self, how: Relation) -> Option<EffectError> {
        let (other_de, other_en) = match (how, self.release.item) {
            (Relation::Post, true) => ("Der andere Eingang", "The other item"),
            (Relation::Post, false) => ("Der Vorgang", "The case"),
            _ => ("Der andere Vorgang", "The other case"),
        };
        let (stays_de, stays_en) = match how {
            Relation::Post => ("Dieser Eingang wartet weiter.", "This item waits on."),
            _ => ("Dieser Vorgang läuft weiter.", "This case goes on."),
        };
        let (code, message) = if how == Relation::Merged && self.release.item {
            (
                "case_is_item",
                Text::new(
                    format!("Das andere ist ein Eingang der Poststelle, kein Vorgang. {stays_de}"),
                    format!("The other one is an item of the incoming post, no case. {stays_en}"),
                ),
            )
        } else if !self.case.is_open() && !planted(Fault::EndedCaseTakesOver) {
            (
                "case_ended",
                Text::new(
                    format!("{other_de} ist inzwischen abgeschlossen und nimmt nichts mehr auf. {stays_de}"),
                    format!("{other_en} has ended meanwhile and takes nothing any more. {stays_en}"),
                ),
            )
        } else if self.case.merging.is_some() {
            (
                "case_merging",
                Text::new(
                    format!("{other_de} wird gerade selbst verbunden oder zugeordnet. {stays_de}"),
                    format!("{other_en} is itself being merged or handed on just now. {stays_en}"),
                ),
            )
        } else {
            return None;
        };
        Some(EffectError { code: code.into(), message, retry: false })
    }
}

/// A document as it goes along.
fn handed(document: &Document) -> Document {
    let mut document = Document { step: None, ..document.clone() };
    if document.waits_to_leave() && !planted(Fault::LettersLeaveTwice) {
        document.content.direction = Direction::Internal;
    }
    document
}
