//! Sentences about documents and about what is done outside.

use std::sync::Arc;

use fachwerk_core::{
    event::{
        AwaitedProof, ChangeReason, Direction, Dispatch, DispatchChanged, Document, MovedHere, TakenOut,
    },
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
        let received = dispatch.proven_receipt.map(days).unwrap_or_default();
        let (notified_de, notified_en) = notified(dispatch);
        Text::new(
            format!("Der Zugang des Schreibens „{title}“ am {} ist nachgewiesen; {notified_de}.", received.0),
            format!("The receipt of the letter “{title}” on {} is proven; {notified_en}.", received.1),
        )
    }

    pub(super) fn dispatch_changed(&self, changed: &DispatchChanged) -> Text {
        let title = self.title_of(changed.document);
        let (notified_de, notified_en) = notified(&changed.dispatch);
        let Some(ChangeReason { by, reason, .. }) = &changed.corrected else {
            let why = self.why(&changed.because);
            return Text::new(
                format!("Das Schreiben „{title}“: {notified_de}, weil {}.", why.de),
                format!("The letter “{title}”: {notified_en}, because {}.", why.en),
            );
        };
        let ((on_de, on_en), (way_de, way_en)) = (days(changed.dispatch.on), way_words(changed.dispatch.way));
        let (received_de, received_en) = match changed.dispatch.proven_receipt.map(days) {
            Some((de, en)) => (format!(", Zugang nachgewiesen am {de}"), format!(", receipt proven on {en}")),
            None => Default::default(),
        };
        let by = self.person(by);
        Text::new(
            format!(
                "{by} hat den Versand des Schreibens „{title}“ berichtigt: Es ging {way_de} hinaus am {on_de}{received_de}; {notified_de}. Grund: {reason}"
            ),
            format!(
                "{by} corrected the dispatch of the letter “{title}”: it left {way_en} on {on_en}{received_en}; {notified_en}. Reason: {reason}"
            ),
        )
    }

    fn title_of(&self, number: u32) -> Arc<str> {
        self.case.documents.get(&number).map_or_else(|| "?".into(), |known| known.content.title.clone())
    }

    pub(super) fn document_dispatched(&self, number: u32, dispatch: &Dispatch) -> Text {
        let title = self.title_of(number);
        let ((on_de, on_en), (notified_de, notified_en)) = (days(dispatch.on), notified(dispatch));
        let (way_de, way_en) = way_words(dispatch.way);
        Text::new(
            format!("Das Schreiben „{title}“ ging {way_de} hinaus am {on_de}; {notified_de}."),
            format!("The letter “{title}” left {way_en} on {on_en}; {notified_en}."),
        )
    }
}

/// When a letter counts as notified, or what is waited for before it does.
fn notified(dispatch: &Dispatch) -> (String, String) {
    match (dispatch.notified_on.map(days), dispatch.awaited) {
        (Some((de, en)), _) => (format!("bekannt gegeben am {de}"), format!("notified on {en}")),
        (None, Some(AwaitedProof { proof, until })) => {
            let ((de, en), until) = (proof.words(), until.map(days));
            let (until_de, until_en) = until
                .map(|(de, en)| (format!(", möglich bis {de}"), format!(", possible until {en}")))
                .unwrap_or_default();
            (format!("es fehlt noch {de}{until_de}"), format!("still awaited: {en}{until_en}"))
        }
        (None, None) => ("noch nicht bekannt gegeben".into(), "not notified yet".into()),
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
