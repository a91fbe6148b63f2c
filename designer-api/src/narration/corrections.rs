//! Sentences about what people correct, and about what goes from case to case.

use fachwerk_core::{
    event::{Event, Parcel, Trigger},
    words::day_text,
};

use super::Narrator;
use crate::shapes::Text;

impl Narrator<'_> {
    /// What somebody did by hand, with the reason.
    pub(super) fn correction(&self, event: &Event) -> Option<Text> {
        Some(match event {
            Event::TriggeredByHand { instance, name, by, reason } => {
                let waits = self.case.instance(*instance).map(|it| it.waits.clone());
                let wait = waits.iter().flat_map(|waits| waits.iter()).find(|wait| wait.name == *name);
                let title = match wait.map(|wait| &wait.trigger) {
                    Some(Trigger::ByHand(_, title)) => Text::from(title),
                    _ => Text::new(name.clone(), name.clone()),
                };
                let by = self.person(by);
                Text::new(
                    format!("{by} hat vermerkt: „{}“. Grund: {reason}", title.de),
                    format!("{by} noted: “{}”. Reason: {reason}", title.en),
                )
            }
            Event::StepSkipped { instance, by, reason } => {
                let (title, by) = (self.title_at(*instance), self.person(by));
                Text::new(
                    format!("{by} hat „{}“ übersprungen. Grund: {reason}", title.de),
                    format!("{by} skipped “{}”. Reason: {reason}", title.en),
                )
            }
            Event::StepMoved { instance, to, by, reason } => {
                let (from, to, by) = (self.title_at(*instance), self.title(to), self.person(by));
                Text::new(
                    format!("{by} ist von „{}“ zu „{}“ zurückgegangen. Grund: {reason}", from.de, to.de),
                    format!("{by} went back from “{}” to “{}”. Reason: {reason}", from.en, to.en),
                )
            }
            Event::DataChanged { fields, received_on, by, reason } => {
                let by = self.person(by);
                let titles = |german: bool| {
                    let title = |name: &String| match self.release.data.field(name) {
                        Some(field) if german => field.title.de.to_string(),
                        Some(field) => field.title.en.to_string(),
                        None => name.clone(),
                    };
                    let day = received_on.map(|day| match (day_text(day), german) {
                        (day, true) => format!("Tag des Eingangs (jetzt {})", day.de),
                        (day, false) => format!("day of receipt (now {})", day.en),
                    });
                    fields.keys().map(title).chain(day).collect::<Vec<_>>().join(", ")
                };
                Text::new(
                    format!("{by} hat Angaben zum Antrag geändert: {}. Grund: {reason}", titles(true)),
                    format!("{by} changed the application: {}. Reason: {reason}", titles(false)),
                )
            }
            Event::HandHad { hand, .. } => {
                let by = self.person(&hand.by);
                let titles: Vec<Text> = hand.steps.iter().map(|step| self.title(step)).collect();
                let titles = |one: fn(&Text) -> &str| titles.iter().map(one).collect::<Vec<_>>().join(", ");
                Text::new(
                    format!(
                        "{by} gilt damit als mitwirkend an: {}. Zeichnen muss eine andere Person (Vier-Augen-Prinzip).",
                        titles(|title| &title.de)
                    ),
                    format!(
                        "{by} has thereby had a hand in: {}. Another person must sign (four-eyes).",
                        titles(|title| &title.en)
                    ),
                )
            }
            Event::CaseEndedByHand { by, reason } => {
                let by = self.person(by);
                Text::new(
                    format!("{by} hat den Vorgang beendet. Grund: {reason}"),
                    format!("{by} ended the case. Reason: {reason}"),
                )
            }
            Event::TaskTakenBack { task, by, reason } => {
                let back = self.case.take_backs.get(&task.0)?;
                let (title, by) = (self.title(&back.step), self.person(by));
                Text::new(
                    format!("{by} hat die Erledigung von „{}“ zurückgenommen. Grund: {reason}", title.de),
                    format!("{by} took back “{}”. Reason: {reason}", title.en),
                )
            }
            _ => return None,
        })
    }

    /// What goes from case to case.
    pub(super) fn between_cases(&self, event: &Event) -> Option<Text> {
        Some(match event {
            Event::Sent { parcel, .. } => match parcel {
                Parcel::Call { process, .. } => Text::new(
                    format!(
                        "Ein Vorgang des Verfahrens „{process}“ wurde begonnen; dieser wartet auf sein Ende."
                    ),
                    format!("A case of the process “{process}” was begun; this one waits for its end."),
                ),
                Parcel::CallOff { .. } => Text::new(
                    "Ein von hier begonnener Vorgang wird nicht mehr gebraucht und beendet.",
                    "A case that was begun from here is not needed any more and ends.",
                ),
                Parcel::CallEnded { .. } => Text::new(
                    "Das Ergebnis geht an den Vorgang, aus dem dieser begonnen wurde.",
                    "The result goes to the case that this one was begun from.",
                ),
                Parcel::Message { name, .. } => {
                    let title = self.wording.message_or_name(name);
                    Text::new(
                        format!("Die Nachricht „{}“ wurde an einen anderen Vorgang gesandt.", title.de),
                        format!("The message “{}” was sent to another case.", title.en),
                    )
                }
                // The step that raises it, or the correction, tells.
                Parcel::Signal { .. }
                | Parcel::Handover { .. }
                | Parcel::Document { .. }
                | Parcel::MergeAnswer { .. } => return None,
            },
            Event::Delivered { .. } => Text::new(
                "Was an einen anderen Vorgang ging, ist angekommen.",
                "What went to another case has arrived.",
            ),
            Event::CallFinished { instance } => {
                let title = self.title_at(*instance);
                Text::new(
                    format!("„{}“: Der begonnene Vorgang hat geantwortet.", title.de),
                    format!("“{}”: the case that was begun has answered.", title.en),
                )
            }
            Event::CalledOff { .. } => Text::new(
                "Der Vorgang, aus dem dieser begonnen wurde, braucht ihn nicht mehr.",
                "The case that this one was begun from does not need it any more.",
            ),
            _ => return None,
        })
    }
}
