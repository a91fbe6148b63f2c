//! Sentences about parties and acts.

use std::sync::Arc;

use fachwerk_core::{
    act::RemedyKind,
    event::{
        ActAbandoned, ActBegan, ActFinal, ActIssued, ActNotified, ActUndone, Event, LetterNotArrived,
        LettersWithdrawn, RemedyInTime, RemedyRecorded, SignatureWithdrawn,
    },
};

use super::{Narrator, days};
use crate::shapes::Text;

impl Narrator<'_> {
    pub(super) fn party(&self, event: &Event) -> Option<Text> {
        Some(match event {
            Event::PartyAdded(added) => {
                let (name, number) = (&added.party.name, added.number);
                let kind = self.party_kind(&added.party.kind);
                let (de, en) = match added.merged {
                    Some(_) => (", aus dem verbundenen Vorgang", ", from the case that was merged"),
                    None => Default::default(),
                };
                Text::new(
                    format!("„{name}“ ist beteiligt ({}, Nr. {number}{de}).", kind.de),
                    format!("“{name}” takes part ({}, no. {number}{en}).", kind.en),
                )
            }
            Event::PartyChanged(changed) => {
                let (name, by, reason) =
                    (self.party_name(changed.number), self.person(&changed.by), &changed.reason);
                Text::new(
                    format!("{by} hat die Angaben zu „{name}“ geändert. Grund: {reason}"),
                    format!("{by} changed what is known of “{name}”. Reason: {reason}"),
                )
            }
            Event::PartyRemoved(gone) => {
                let (name, by, reason) = (self.party_name(gone.number), self.person(&gone.by), &gone.reason);
                Text::new(
                    format!("{by} hat vermerkt, dass „{name}“ nicht mehr beteiligt ist. Grund: {reason}"),
                    format!("{by} noted that “{name}” does not take part any more. Reason: {reason}"),
                )
            }
            _ => return None,
        })
    }

    pub(super) fn act(&self, event: &Event) -> Option<Text> {
        Some(match event {
            Event::ActBegan(began) if let Some(party) = began.again => {
                let (title, name) = (&began.content.title, self.party_name(party));
                Text::new(
                    format!("Das Schreiben „{}“ wird für „{name}“ neu ausgefertigt.", title.de),
                    format!("The letter “{}” is made anew for “{name}”.", title.en),
                )
            }
            // The letter itself is told as a document.
            Event::ActIssued(ActIssued { act, .. }) if self.sends_anew(*act) => return None,
            Event::LetterNotArrived(LetterNotArrived { act, party, document, by, reason }) => {
                let (title, name, by) = (self.act_title(*act), self.party_name(*party), self.person(by));
                let sent = self.case.documents.get(document).is_some_and(|it| it.dispatch.is_some());
                let (de, en) = if sent {
                    ("nicht angekommen ist", "did not reach")
                } else {
                    ("so nicht ankommen kann", "cannot reach")
                };
                Text::new(
                    format!(
                        "{by} hat vermerkt, dass das Schreiben „{}“ bei „{name}“ {de}. Grund: {reason}",
                        title.de
                    ),
                    format!("{by} noted that the letter “{}” {en} “{name}”. Reason: {reason}", title.en),
                )
            }
            Event::ActAbandoned(ActAbandoned { act }) => {
                let title = self.act_title(*act);
                Text::new(
                    format!(
                        "„{}“ (Nr. {act}) wird nicht weiter ausgefertigt; was davon schon vorliegt, wird nicht versandt.",
                        title.de
                    ),
                    format!(
                        "“{}” (no. {act}) is not made any more; what exists of it already is not sent.",
                        title.en
                    ),
                )
            }
            Event::LettersWithdrawn(LettersWithdrawn { documents }) => {
                let titles = documents.iter().filter_map(|number| self.case.documents.get(number));
                let titles: Vec<&str> = titles.map(|document| &*document.content.title).collect();
                Text::new(
                    format!("Nicht mehr zu versenden: „{}“.", titles.join("“, „")),
                    format!("Not to be sent any more: “{}”.", titles.join("”, “")),
                )
            }
            Event::RemedyInTime(remedy) => self.in_time_after_all(remedy),
            Event::ActUndone(undone) => self.act_undone(undone),
            Event::ActDeemed(deemed) => {
                let (title, (de, en)) = (&deemed.content.title, days(deemed.on));
                let norm = deemed.law.norm.as_deref().unwrap_or("§ 42a VwVfG");
                Text::new(
                    format!(
                        "Über „{}“ ist nicht rechtzeitig entschieden; sie gilt seit {de} als erteilt ({norm}).",
                        title.de
                    ),
                    format!(
                        "“{}” was not decided in time; it has counted as granted since {en} ({norm}).",
                        title.en
                    ),
                )
            }
            Event::ActBegan(began) if self.is_deemed(began.act) => {
                let title = &began.content.title;
                Text::new(
                    format!("Es wird bescheinigt, dass „{}“ als erteilt gilt.", title.de),
                    format!("It is certified that “{}” counts as granted.", title.en),
                )
            }
            // The certificate itself is told as a document.
            Event::ActIssued(ActIssued { act, .. }) if self.is_deemed(*act) => return None,
            Event::ActBegan(began) => self.act_began(began),
            Event::ActIssued(ActIssued { act, .. }) => {
                let title = self.act_title(*act);
                let again = self.case.acts.get(act).is_some_and(|act| act.issued.is_some());
                let (de, en) = if again { ("berichtigt", "corrected") } else { ("erlassen", "issued") };
                Text::new(
                    format!("Der Bescheid „{}“ (Nr. {act}) ist {de}; alle Schreiben liegen vor.", title.de),
                    format!("The act “{}” (no. {act}) is {en}; all letters exist.", title.en),
                )
            }
            Event::ActNotified(ActNotified { act, party, on, counts, .. }) => {
                let (title, name, (de, en)) = (self.act_title(*act), self.party_name(*party), days(*on));
                let (after_de, after_en) = if *counts {
                    Default::default()
                } else {
                    (" Die Rechtsbehelfsfrist läuft unverändert.", " The period for a remedy is unchanged.")
                };
                Text::new(
                    format!("„{}“ ist gegenüber „{name}“ bekannt gegeben am {de}.{after_de}", title.de),
                    format!("“{}” was notified to “{name}” on {en}.{after_en}", title.en),
                )
            }
            Event::RemedyPeriodRecomputed(anew) => {
                let (title, name) = (self.act_title(anew.act), self.party_name(anew.party));
                let ((de, en), why) = (days(anew.remedy.end), self.why(&anew.because));
                Text::new(
                    format!(
                        "Die Rechtsbehelfsfrist gegen „{}“ für „{name}“ endet am {de}, weil {}.",
                        title.de, why.de
                    ),
                    format!(
                        "The period for a remedy against “{}” for “{name}” ends on {en}, because {}.",
                        title.en, why.en
                    ),
                )
            }
            Event::ActFinal(ActFinal { act, party, since, .. }) => {
                let (title, name, (de, en)) = (self.act_title(*act), self.party_name(*party), days(*since));
                Text::new(
                    format!("„{}“ ist gegenüber „{name}“ bestandskräftig seit {de}.", title.de),
                    format!("“{}” has been final for “{name}” since {en}.", title.en),
                )
            }
            Event::SignatureWithdrawn(SignatureWithdrawn { why, .. }) => Text::new(
                format!("Die Schlusszeichnung ist hinfällig und wird neu eingeholt. {}", why.de),
                format!("The signature is void and is asked for anew. {}", why.en),
            ),
            Event::RemedyRecorded(recorded) => self.remedy(recorded),
            // The letter itself is told as a document.
            _ => return None,
        })
    }

    fn in_time_after_all(&self, RemedyInTime { act, party }: &RemedyInTime) -> Text {
        let (title, name) = (self.act_title(*act), self.party_name(*party));
        Text::new(
            format!(
                "Der als verspätet vermerkte Rechtsbehelf von „{name}“ gegen „{}“ war rechtzeitig: Die Frist endet später als bisher angenommen oder läuft noch nicht.",
                title.de
            ),
            format!(
                "The remedy of “{name}” against “{}” that was noted as late was in time: the period ends later than was known, or does not run yet.",
                title.en
            ),
        )
    }

    fn act_undone(&self, ActUndone { act }: &ActUndone) -> Text {
        let title = self.act_title(*act);
        Text::new(
            format!(
                "„{}“ (Nr. {act}) ist nicht mehr erlassen: Der Schritt ist rückgängig gemacht, kein Schreiben war versandt.",
                title.de
            ),
            format!(
                "“{}” (no. {act}) is not issued any more: the step was undone, and no letter was sent.",
                title.en
            ),
        )
    }

    fn act_began(&self, began: &ActBegan) -> Text {
        let ActBegan { act: number, content, correction, .. } = began;
        let title = &content.title;
        match correction {
            None => Text::new(
                format!("Der Bescheid „{}“ (Nr. {number}) wird erlassen ({}).", title.de, content.law),
                format!("The act “{}” (no. {number}) is being issued ({}).", title.en, content.law),
            ),
            Some(correction) => {
                let by = self.person(&correction.by);
                let (wrong, right, reason) = (&correction.wrong, &correction.right, &correction.reason);
                let (anew_de, anew_en) = if correction.begins_anew {
                    (" Die Rechtsbehelfsfrist beginnt neu.", " The period for a remedy begins anew.")
                } else {
                    Default::default()
                };
                Text::new(
                    format!(
                        "{by} berichtigt „{}“ (Nr. {number}): statt „{wrong}“ richtig „{right}“.{anew_de} Grund: {reason}",
                        title.de
                    ),
                    format!(
                        "{by} corrects “{}” (no. {number}): “{right}” instead of “{wrong}”.{anew_en} Reason: {reason}",
                        title.en
                    ),
                )
            }
        }
    }

    fn remedy(&self, recorded: &RemedyRecorded) -> Text {
        let RemedyRecorded { act, party, remedy } = recorded;
        let (title, name, (de, en)) =
            (self.act_title(*act), self.party_name(*party), days(remedy.received_on));
        let (kind_de, kind_en) = match remedy.kind {
            RemedyKind::Objection => ("Widerspruch", "An objection"),
            RemedyKind::Action => ("Klage", "An action"),
        };
        let (when_de, when_en) = if remedy.late {
            ("nach Ablauf der Frist", "after the end of the period")
        } else {
            ("fristgerecht", "in time")
        };
        Text::new(
            format!("{kind_de} von „{name}“ gegen „{}“ ist eingegangen am {de}, {when_de}.", title.de),
            format!("{kind_en} by “{name}” against “{}” came in on {en}, {when_en}.", title.en),
        )
    }

    /// Whether a letter of an act is being made once more, for one addressee.
    fn sends_anew(&self, act: u32) -> bool {
        let draft = self.case.acts.get(&act).and_then(|act| act.draft.as_ref());
        draft.is_some_and(|draft| draft.again.is_some())
    }

    fn is_deemed(&self, number: u32) -> bool {
        self.case.acts.get(&number).is_some_and(|act| act.deemed.is_some())
    }

    fn act_title(&self, number: u32) -> Text {
        let act = self.case.acts.get(&number);
        let draft = act.and_then(|act| act.draft.as_ref()).map(|draft| &draft.content);
        let content = draft.or_else(|| Some(&act?.issued.as_ref()?.content));
        content.map_or_else(|| Text::new("?", "?"), |content| (&content.title).into())
    }

    fn party_name(&self, number: u32) -> Arc<str> {
        self.case.parties.get(&number).map_or_else(|| "?".into(), |party| party.content.name.clone())
    }

    fn party_kind(&self, name: &Arc<str>) -> Text {
        let title = self.release.party_kind(name).and_then(|kind| kind.title.as_ref());
        title.map_or_else(|| Text::new(name.clone(), name.clone()), Text::from)
    }
}
