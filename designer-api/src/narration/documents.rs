//! Sentences about documents and about what is done outside.

use std::sync::Arc;

use fachwerk_core::{
    event::{Direction, Dispatch, Document, MovedHere, TakenOut},
    words::{InstanceId, Way},
};

use super::{Narrator, days};
use crate::shapes::Text;

impl Narrator<'_> {
    pub(super) fn effect_requested(&self, instance: InstanceId, connector: &Arc<str>, round: u32) -> Text {
        let place = self.title_at(instance);
        let (again_de, again_en) = if round > 1 { (" erneut", " again") } else { Default::default() };
        let next = self.case.act_made_by(instance).and_then(|(_, draft)| draft.next());
        if let Some(party) = next.and_then(|(party, _)| self.case.parties.get(&party)) {
            let name = &party.content.name;
            return Text::new(
                format!("Das Schreiben „{}“ für „{name}“ wird erstellt.", place.de),
                format!("The letter “{}” for “{name}” is being made.", place.en),
            );
        }
        if &**connector == "letter" {
            return Text::new(
                format!("Das Schreiben „{}“ wird{again_de} erstellt.", place.de),
                format!("The letter “{}” is being made{again_en}.", place.en),
            );
        }
        Text::new(
            format!("„{}“: Die Anbindung „{connector}“ wurde{again_de} beauftragt.", place.de),
            format!("“{}”: the connector “{connector}” was asked{again_en}.", place.en),
        )
    }

    pub(super) fn document_added(&self, document: &Document) -> Text {
        let (title, number) = (&document.content.title, document.number);
        match document.content.direction {
            Direction::Incoming => {
                let (de, en) = days(document.on);
                Text::new(
                    format!("Das Dokument „{title}“ (Nr. {number}) kam zur Akte am {de}."),
                    format!("The document “{title}” (no. {number}) came to the file on {en}."),
                )
            }
            Direction::Outgoing => {
                let to = document.content.addressee.as_deref();
                let (de, en) =
                    to.map_or_else(Default::default, |to| (format!(" an {to}"), format!(" to {to}")));
                Text::new(
                    format!("Das Schreiben „{title}“ (Nr. {number}){de} liegt im Postausgang."),
                    format!("The letter “{title}” (no. {number}){en} waits to be sent."),
                )
            }
            Direction::Internal => Text::new(
                format!("Das Dokument „{title}“ (Nr. {number}) liegt in der Akte."),
                format!("The document “{title}” (no. {number}) is in the file."),
            ),
        }
    }

    pub(super) fn document_taken_out(&self, number: u32, taken_out: &TakenOut) -> Text {
        let (title, by, reason) = (self.title_of(number), self.person(&taken_out.by), &taken_out.reason);
        match taken_out.to {
            None => Text::new(
                format!("{by} hat das Dokument „{title}“ (Nr. {number}) der Akte entnommen. Grund: {reason}"),
                format!("{by} took the document “{title}” (no. {number}) out of the file. Reason: {reason}"),
            ),
            Some(_) => Text::new(
                format!(
                    "{by} hat das Dokument „{title}“ (Nr. {number}) der Akte entnommen und einem anderen Vorgang zugeordnet. Grund: {reason}"
                ),
                format!(
                    "{by} took the document “{title}” (no. {number}) out of the file and put it into another case. Reason: {reason}"
                ),
            ),
        }
    }

    pub(super) fn document_moved_here(&self, document: &Document, moved: &MovedHere) -> Text {
        let (title, number) = (&document.content.title, document.number);
        let (by, reason) = (self.person(&moved.by), &moved.reason);
        Text::new(
            format!(
                "{by} hat das Dokument „{title}“ (Nr. {number}) aus einem anderen Vorgang hierher verschoben. Grund: {reason}"
            ),
            format!(
                "{by} moved the document “{title}” (no. {number}) here from another case. Reason: {reason}"
            ),
        )
    }

    pub(super) fn receipt_recorded(&self, number: u32, dispatch: &Dispatch) -> Text {
        let title = self.title_of(number);
        let (received_de, received_en) = days(dispatch.proven_receipt.unwrap_or(dispatch.notified_on));
        let (notified_de, notified_en) = days(dispatch.notified_on);
        Text::new(
            format!(
                "Der Zugang des Schreibens „{title}“ am {received_de} ist nachgewiesen; bekannt gegeben am {notified_de}."
            ),
            format!(
                "The receipt of the letter “{title}” on {received_en} is proven; notified on {notified_en}."
            ),
        )
    }

    fn title_of(&self, number: u32) -> Arc<str> {
        self.case.documents.get(&number).map_or_else(|| "?".into(), |known| known.content.title.clone())
    }

    pub(super) fn document_dispatched(&self, number: u32, dispatch: &Dispatch) -> Text {
        let title = self.title_of(number);
        let ((on_de, on_en), (notified_de, notified_en)) = (days(dispatch.on), days(dispatch.notified_on));
        let (way_de, way_en) = way_words(dispatch.way);
        Text::new(
            format!(
                "Das Schreiben „{title}“ ging {way_de} hinaus am {on_de}; bekannt gegeben am {notified_de}."
            ),
            format!("The letter “{title}” left {way_en} on {on_en}; notified on {notified_en}."),
        )
    }
}

/// How something went, after "ging hinaus".
fn way_words(way: Way) -> (&'static str, &'static str) {
    match way {
        Way::Post => ("per Post", "by post"),
        Way::PostAbroad => ("per Post ins Ausland", "by post abroad"),
        Way::Electronic => ("elektronisch", "electronically"),
        Way::Portal => ("zum Abruf im Portal", "to the portal for retrieval"),
        Way::Mailbox => ("in das Postfach des Nutzerkontos", "to the mailbox of the citizen's account"),
        Way::InPerson => ("durch Übergabe", "by hand"),
        Way::RegisteredLetter => ("als Einschreiben", "by registered letter"),
        Way::DeMail => ("über De-Mail", "by De-Mail"),
        Way::ServiceWithProof => ("mit Zustellungsnachweis", "with proof of service"),
        Way::Public => ("durch öffentliche Bekanntgabe", "by public notification"),
        Way::PublicService => ("durch öffentliche Zustellung", "by public service"),
    }
}
