//! Sentences about waiting: deadlines and messages.

use std::sync::Arc;

use fachwerk_core::{
    decide::because_text,
    definition::{Kind, Step},
    event::{Awaited, Because, Deadline, DeadlineRecomputed, Trigger},
    facts::{Actor, day_of},
    words::{Date, InstanceId, Language, Timestamp},
};
use uuid::Uuid;

use super::{Narrator, days};
use crate::shapes::Text;

impl Narrator<'_> {
    /// Only of steps that wait; what the case as a whole reacts to stands in the process.
    pub(super) fn wait_opened(&self, instance: InstanceId, waits: &[Awaited]) -> Option<Text> {
        let step = self.step(instance).filter(|step| matches!(step.kind, Kind::Wait(_)))?;
        let list = |language: Language| {
            let parts: Vec<String> =
                waits.iter().map(|awaited| self.awaited(step, awaited, language)).collect();
            parts.join(if language == Language::De { " oder " } else { " or " })
        };
        Some(Text::new(
            format!("„{}“ wartet auf {}.", step.title.de, list(Language::De)),
            format!("“{}” waits for {}.", step.title.en, list(Language::En)),
        ))
    }

    fn awaited(&self, step: &Step, awaited: &Awaited, language: Language) -> String {
        let de = language == Language::De;
        match &awaited.trigger {
            Trigger::Message(name) => {
                let title = self.wording.message_or_name(name);
                if de {
                    format!("den Eingang „{}“", title.de)
                } else {
                    format!("the message “{}”", title.en)
                }
            }
            Trigger::Deadline => {
                let title = self.wording.outcome(step, &awaited.name);
                if de {
                    format!("den Ablauf der Frist „{}“", title.de)
                } else {
                    format!("the end of the period “{}”", title.en)
                }
            }
            Trigger::Timer => plain(de, "einen Wecker", "a timer"),
            Trigger::Signal(name) if de => format!("das Signal „{name}“"),
            Trigger::Signal(name) => format!("the signal “{name}”"),
            Trigger::Condition => match self.condition_of(step, &awaited.name) {
                Some(said) if de => format!("die Bedingung „{}“", said.de),
                Some(said) => format!("the condition “{}”", said.en),
                None => plain(de, "eine Bedingung", "a condition"),
            },
            Trigger::ByHand(_, title) if de => format!("den Vermerk „{}“", title.de),
            Trigger::ByHand(_, title) => format!("the note “{}”", title.en),
            Trigger::Error(_) | Trigger::Escalation(_) => plain(de, "einen Fehler", "an error"),
            Trigger::Dispatch(step) => {
                let title = self.title(step);
                if de {
                    format!("den Versand des Schreibens aus „{}“", title.de)
                } else {
                    format!("the dispatch of the letter of “{}”", title.en)
                }
            }
        }
    }

    pub(super) fn deadline_set(&self, instance: InstanceId, deadline: &Deadline) -> Text {
        let Deadline { name, title, period, run, awaits_dispatch_of, suspended, .. } = deadline;
        let (period_de, period_en) = (&period.de, &period.en);
        if let Some(run) = run {
            let (de, en) = days(run.end);
            let before = self.case.instance(instance).and_then(|it| it.deadlines.get(name));
            let (how_de, how_en) =
                match before.map(|before| before.run.is_some() || before.suspended.is_some()) {
                    None => ("läuft", "runs"),
                    Some(false) => ("läuft jetzt", "now runs"),
                    Some(true) => ("wurde neu berechnet und läuft", "was computed anew and runs"),
                };
            return Text::new(
                format!("Die Frist „{}“ ({period_de}) {how_de} bis {de}.", title.de),
                format!("The deadline “{}” ({period_en}) {how_en} until {en}.", title.en),
            );
        }
        if let Some(stopped) = suspended {
            let (de, en) = days(stopped.since);
            return Text::new(
                format!("Die Frist „{}“ ({period_de}) ruht seit {de}.", title.de),
                format!("The deadline “{}” ({period_en}) is suspended since {en}.", title.en),
            );
        }
        let (from_de, from_en) = match awaits_dispatch_of.as_ref().map(|step| self.title(step)) {
            Some(step) => (
                format!("sobald das Schreiben aus „{}“ bekannt gegeben ist", step.de),
                format!("once the letter of “{}” has been notified", step.en),
            ),
            None => ("sobald ihr Beginn feststeht".into(), "once its beginning is known".into()),
        };
        Text::new(
            format!("Die Frist „{}“ ({period_de}) beginnt, {from_de}.", title.de),
            format!("The deadline “{}” ({period_en}) begins {from_en}.", title.en),
        )
    }

    /// Why something was reckoned anew, as the end of a sentence.
    pub(super) fn why(&self, because: &Because) -> fachwerk_core::words::Text {
        because_text(because, &|number| {
            let document = self.case.documents.get(&number);
            document.map_or_else(|| number.to_string(), |document| document.content.title.to_string())
        })
    }

    pub(super) fn deadline_recomputed(&self, anew: &DeadlineRecomputed) -> Text {
        let why = self.why(&anew.because);
        let now = self.deadline_set(anew.instance, &anew.deadline);
        let before = self.case.instance(anew.instance).and_then(|it| it.deadlines.get(&anew.deadline.name));
        let before = before.and_then(|before| before.run.as_ref()).map(|run| days(run.end));
        let (was_de, was_en) = match before {
            Some((de, en)) => (format!(", nicht mehr bis {de}"), format!(", no longer until {en}")),
            None => Default::default(),
        };
        if anew.deadline.run.is_none() {
            return Text::new(
                format!("{} Neu berechnet wurde sie, weil {}.", now.de, why.de),
                format!("{} It was reckoned anew, because {}.", now.en, why.en),
            );
        }
        let plain = |text: &str| text.trim_end_matches('.').to_owned();
        Text::new(
            format!("{}{was_de}, weil {}.", plain(&now.de), why.de),
            format!("{}{was_en}, because {}.", plain(&now.en), why.en),
        )
    }

    pub(super) fn deadline_fired(&self, instance: InstanceId, name: &Arc<str>) -> Text {
        let deadline = self.case.instance(instance).and_then(|it| it.deadlines.get(name));
        let (de, en) = deadline.map_or((name, name), |deadline| (&deadline.title.de, &deadline.title.en));
        Text::new(format!("Die Frist „{de}“ ist abgelaufen."), format!("The deadline “{en}” has passed."))
    }

    pub(super) fn message_received(
        &self,
        name: &str,
        received_on: Date,
        actor: &Actor,
        now: Timestamp,
    ) -> Text {
        let title = self.wording.message_or_name(name);
        let (day_de, day_en) = days(received_on);
        let (by_de, by_en) = match actor {
            // Whoever records later than it came is named with it.
            Actor::Person(person) if day_of(now) != received_on => {
                let name = self.person(person);
                (format!(", erfasst von {name}"), format!(", recorded by {name}"))
            }
            _ => Default::default(),
        };
        Text::new(
            format!("Eingegangen am {day_de}: „{}“{by_de}.", title.de),
            format!("Received on {day_en}: “{}”{by_en}.", title.en),
        )
    }

    pub(super) fn message_taken(&self, instance: InstanceId, message_id: Uuid) -> Option<Text> {
        let message = self.case.mailbox.values().find(|message| message.message_id == message_id)?;
        let title = self.wording.message_or_name(&message.name);
        Some(match self.step(instance) {
            Some(Step { kind: Kind::Wait(_), title: place, .. }) => Text::new(
                format!("Damit ist „{}“ beendet.", place.de),
                format!("With this “{}” is over.", place.en),
            ),
            Some(Step { title: place, .. }) => Text::new(
                format!("„{}“ reagiert auf „{}“.", place.de, title.de),
                format!("“{}” reacts to “{}”.", place.en, title.en),
            ),
            None if !self.waits_for(instance, &message.name) => Text::new(
                format!("„{}“ gilt nicht mehr als eingegangen.", title.de),
                format!("“{}” does not count as received any more.", title.en),
            ),
            None => Text::new(
                format!("Der Vorgang reagiert auf „{}“.", title.de),
                format!("The case reacts to “{}”.", title.en),
            ),
        })
    }

    fn waits_for(&self, instance: InstanceId, message: &str) -> bool {
        let waits = self.case.instance(instance).into_iter().flat_map(|it| it.waits.iter());
        waits.map(|wait| &wait.trigger).any(|it| matches!(it, Trigger::Message(name) if **name == *message))
    }
}

fn plain(german: bool, de: &str, en: &str) -> String {
    if german { de.to_owned() } else { en.to_owned() }
}
