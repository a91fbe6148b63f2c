//! Sentences about how long a case is kept, and its way to erasure.

use fachwerk_core::{
    event::Event,
    keeping::{ArchiveAnswer, KeepingRecord},
};

use super::Narrator;
use crate::shapes::Text;

impl Narrator<'_> {
    pub(super) fn keeping(&self, event: &Event) -> Option<Text> {
        match event {
            Event::KeepingRecorded { by, record } => Some(recorded(&self.person(by), record)),
            Event::CaseErased { by, asked_by, reason, .. } => {
                let (by, asked_by) = (self.person(by), self.person(asked_by));
                Some(Text::new(
                    format!("{by} hat den Vorgang gelöscht, beantragt von {asked_by}. Grund: {reason}"),
                    format!("{by} erased the case, as {asked_by} asked for. Reason: {reason}"),
                ))
            }
            _ => None,
        }
    }
}

fn recorded(by: &str, record: &KeepingRecord) -> Text {
    match record {
        KeepingRecord::Hold { reason } => Text::new(
            format!("{by} hat eine Löschsperre gesetzt. Grund: {reason}"),
            format!("{by} put the case on hold: it must not be erased. Reason: {reason}"),
        ),
        KeepingRecord::Lift { reason } => Text::new(
            format!("{by} hat die Löschsperre aufgehoben. Grund: {reason}"),
            format!("{by} lifted the hold. Reason: {reason}"),
        ),
        KeepingRecord::Offer {} => Text::new(
            format!("{by} hat vermerkt: Der Vorgang ist dem Archiv angeboten."),
            format!("{by} recorded that the case is offered to the archive."),
        ),
        KeepingRecord::Answer { answer: ArchiveAnswer::Taken } => Text::new(
            format!("{by} hat vermerkt: Das Archiv hat den Vorgang übernommen."),
            format!("{by} recorded that the archive has taken the case over."),
        ),
        KeepingRecord::Answer { answer: ArchiveAnswer::Refused } => Text::new(
            format!("{by} hat vermerkt: Das Archiv übernimmt den Vorgang nicht."),
            format!("{by} recorded that the archive does not want the case."),
        ),
        KeepingRecord::Ask { reason, .. } => Text::new(
            format!("{by} hat die Löschung beantragt. Grund: {reason}"),
            format!("{by} asked for the erasure. Reason: {reason}"),
        ),
        KeepingRecord::Withdraw { reason } => Text::new(
            format!("{by} hat den Löschantrag zurückgenommen. Grund: {reason}"),
            format!("{by} does not ask for the erasure any more. Reason: {reason}"),
        ),
    }
}
