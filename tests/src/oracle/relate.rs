//! Cases that are split and merged.

use std::collections::BTreeMap;

use fachwerk_core::{
    event::{self, Beginning, Direction, EffectError, Handover, Relation},
    facts::Actor,
    party,
    words::CaseId,
};
use serde_json::{Map, Value};

use super::{
    Oracle,
    between::merge_answer,
    commands::{Said, need},
    fields,
    parties::Party,
    state::{Document, Merging},
    text::application,
    view::sorted,
};

/// What is handed over, in short: what begins with it, and its documents.
pub fn handover(begins: Option<&Beginning>, handover: &Handover) -> String {
    let begins = begins.map(|it| (&it.data, it.received_on.to_string()));
    line(
        begins,
        handover.by.as_str(),
        &handover.reason,
        &handover.documents.iter().map(received).collect::<Vec<_>>(),
        &handover.parties.iter().map(|it| (it.number, party(it))).collect(),
    )
}

/// A party as another case hands it over.
fn party(party: &party::Party) -> Party {
    Party { content: party.content.clone(), removed: party.removed.is_some() }
}

fn line(
    begins: Option<(&Map<String, Value>, String)>,
    by: &str,
    reason: &str,
    documents: &[Document],
    parties: &BTreeMap<u32, Party>,
) -> String {
    let begins = begins.map(|(data, on)| format!("{} of {on}", sorted(&Value::Object(data.clone()))));
    let documents: Vec<_> =
        documents.iter().map(|it| (it.outgoing, it.on, it.sent, it.notified_on, it.proven)).collect();
    let parties: Vec<_> =
        parties.iter().map(|(number, it)| format!("{} {}", it.seen(*number), it.removed)).collect();
    format!("handover by {by} ({reason}) of {documents:?} and {parties:?}, begins {begins:?}")
}

/// A document as another case hands it over.
fn received(document: &event::Document) -> Document {
    let dispatch = document.dispatch.as_ref();
    Document {
        outgoing: document.content.direction == Direction::Outgoing,
        on: document.on,
        by: None,
        notified_on: dispatch.and_then(|it| it.notified_on),
        sent: dispatch.map(|it| (it.on, it.way)),
        not_arrived: dispatch.is_some_and(|it| it.not_arrived),
        proven: dispatch.is_some_and(|it| it.proven_receipt.is_some()),
        fired: Default::default(),
    }
}

/// A letter that has not left the house leaves it from here.
fn handed(document: &Document) -> Document {
    let outgoing = document.outgoing && document.sent.is_some();
    Document { outgoing, by: None, ..document.clone() }
}

impl Oracle {
    /// A part of the case goes on in another one.
    pub(super) fn split(
        &mut self,
        actor: &Actor,
        data: &Map<String, Value>,
        numbers: &[u32],
        reason: &str,
    ) -> Said {
        self.may_correct(actor, reason)?;
        need(fields::all_fit(&application(&self.texts), data), "the application does not fit")?;
        let mut numbers = numbers.to_vec();
        numbers.sort_unstable();
        numbers.dedup();
        let found = |number: &u32| self.state.documents.get((*number as usize).wrapping_sub(1)).map(handed);
        let documents: Option<Vec<Document>> = numbers.iter().map(found).collect();
        let documents = documents.ok_or("there is no such document")?;
        self.relate(actor, Relation::SplitInto, reason, &documents, Some(data));
        Ok(())
    }

    /// Another case is asked to go on for both.
    pub(super) fn merge(&mut self, actor: &Actor, (into, itself): (CaseId, bool), reason: &str) -> Said {
        self.may_correct(actor, reason)?;
        need(!itself, "it cannot be merged into itself")?;
        need(self.state.merging.is_none(), "it is being merged already")?;
        let by = actor.person().expect("whoever corrects is a person").to_string();
        let merging = Merging { into, by, reason: reason.to_owned(), documents: 0, parties: 0 };
        self.hand_over_rest(&merging);
        let (documents, parties) = (self.state.documents.len(), self.newest_party());
        self.state.merging = Some(Merging { documents, parties, ..merging });
        Ok(())
    }

    fn hand_over_rest(&mut self, merging: &Merging) {
        let documents: Vec<Document> = self.state.documents[merging.documents..].iter().map(handed).collect();
        self.state.send(line(None, &merging.by, &merging.reason, &documents, &self.state.parties.clone()));
    }

    /// The other case goes on for both, and this one ends; or it does not, and this one goes on.
    pub(super) fn finish_merge(
        &mut self,
        actor: &Actor,
        into: CaseId,
        result: &Result<(), EffectError>,
    ) -> Said {
        need(*actor == Actor::Engine, "only the engine")?;
        let merging = self.state.merging.clone().filter(|merging| merging.into == into);
        let merging = merging.ok_or("it is not being merged")?;
        self.state.merging = None;
        if result.is_err() {
            self.stuck(None, "merge_refused", None);
            return Ok(());
        }
        let (by, reason) = (merging.by.clone(), merging.reason.clone());
        self.state.related.push((Relation::MergedInto, by, reason));
        if self.state.documents.len() > merging.documents || self.newest_party() > merging.parties {
            self.hand_over_rest(&merging);
        }
        if self.state.ended.is_none() {
            self.end(Some("merged"));
        }
        Ok(())
    }

    fn relate(
        &mut self,
        actor: &Actor,
        how: Relation,
        reason: &str,
        documents: &[Document],
        data: Option<&Map<String, Value>>,
    ) {
        let by = actor.person().expect("whoever corrects is a person").to_string();
        let begins = data.map(|data| (data, self.state.received_on.to_string()));
        self.state.send(line(begins, &by, reason, documents, &BTreeMap::new()));
        self.state.related.push((how, by, reason.to_owned()));
    }

    /// Another case hands something over to this one. Whether it can be merged into this one is answered at first.
    pub(super) fn take_over(
        &mut self,
        actor: &Actor,
        from: CaseId,
        how: Relation,
        Handover { by, reason, documents, parties, item: _ }: &Handover,
    ) -> Said {
        need(*actor == Actor::Engine, "only the engine")?;
        let known = self.state.taken_from.contains(&(how, from));
        if how == Relation::Merged && !known {
            let refused = match (&self.state.ended, &self.state.merging) {
                (Some(_), _) => Some("case_ended"),
                (None, Some(_)) => Some("case_merging"),
                (None, None) => None,
            };
            self.state.send(merge_answer(from, refused));
            if refused.is_some() {
                return Ok(());
            }
        }
        if !known {
            self.state.taken_from.push((how, from));
            self.state.related.push((how, by.to_string(), reason.to_string()));
        }
        self.state.documents.extend(documents.iter().map(received));
        match (how, &self.state.ended) {
            (Relation::Merged, Some(_)) => self.stuck(None, "merged_after_end", None),
            (Relation::Merged, None) => {
                let parties: Vec<_> = parties.iter().map(|it| (it.number, party(it))).collect();
                self.take_over_parties(&parties, by.as_str());
            }
            _ => {}
        }
        Ok(())
    }
}
