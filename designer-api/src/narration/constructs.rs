//! Sentences about rounds, joins, locks, compensation, timers and conditions.

use fachwerk_core::{
    definition::{Handler, Kind, Step, TriggerKind},
    event::{Event, Raised},
    words::InstanceId,
};

use super::{Narrator, days};
use crate::shapes::Text;

impl Narrator<'_> {
    /// What scopes do; none for what only the engine needs.
    pub(super) fn construct(&self, event: &Event) -> Option<Text> {
        Some(match event {
            Event::RoundEntered { step, label, .. } => {
                let title = self.title(step);
                let round = step.rounds().last().copied().unwrap_or_default();
                let which = label.as_ref().map(|label| format!(" ({label})")).unwrap_or_default();
                Text::new(
                    format!("„{}“: Durchgang {round}{which} hat begonnen.", title.de),
                    format!("“{}”: round {round}{which} has begun.", title.en),
                )
            }
            Event::BranchesBegan { instance, needed: 0, .. } => {
                let title = self.title_at(*instance);
                Text::new(
                    format!("Bei „{}“ ist nichts zu tun.", title.de),
                    format!("There is nothing to do at “{}”.", title.en),
                )
            }
            Event::BranchesJoined { instance } => {
                let title = self.title_at(*instance);
                Text::new(
                    format!("Nach „{}“ geht es weiter; was dort noch läuft, läuft daneben weiter.", title.de),
                    format!("It goes on after “{}”; what is under way there goes on beside it.", title.en),
                )
            }
            Event::ScopeRepeated { instance, round } => {
                let title = self.title_at(*instance);
                Text::new(
                    format!("„{}“ wird wiederholt ({round}. Durchgang).", title.de),
                    format!("“{}” is repeated (round {round}).", title.en),
                )
            }
            Event::LockTaken { instance } => {
                // Told only when it had to wait.
                let waited = self.case.instance(*instance).is_some_and(|it| it.since < self.case.now);
                if !waited {
                    return None;
                }
                let title = self.title_at(*instance);
                Text::new(
                    format!("„{}“ kann jetzt beginnen; ein anderer Abschnitt ist beendet.", title.de),
                    format!("“{}” can begin now; another part has ended.", title.en),
                )
            }
            Event::UndoBegan { numbers, .. } if !numbers.is_empty() => {
                Text::new("Erledigtes wird rückgängig gemacht.", "What was done is undone.")
            }
            Event::UndoTaken { instance, number } => {
                let undo = self.case.instance(*instance)?.undos.get(number)?;
                let title = self.title(&undo.step);
                Text::new(
                    format!("„{}“ wird rückgängig gemacht.", title.de),
                    format!("“{}” is undone.", title.en),
                )
            }
            Event::Raised { instance, what } => self.raised(&self.title_at(*instance), what),
            Event::ConditionChanged { instance, name, holds: true } => {
                let title = self.title_at(*instance);
                let said = self.condition(*instance, name);
                let (de, en) = said.map_or_else(|| (name.clone(), name.clone()), |said| (said.de, said.en));
                Text::new(
                    format!("„{}“: Es gilt jetzt „{de}“.", title.de),
                    format!("“{}”: “{en}” holds now.", title.en),
                )
            }
            Event::TimerSet { instance, timer } => {
                let title = self.title_at(*instance);
                let (de, en) = days(fachwerk_core::facts::day_of(timer.at));
                Text::new(
                    format!("„{}“: Wiedervorlage „{}“ am {de}.", title.de, timer.name),
                    format!("“{}”: timer “{}” on {en}.", title.en, timer.name),
                )
            }
            Event::TimerFired { instance, name } => {
                let title = self.title_at(*instance);
                Text::new(
                    format!("„{}“: Der Zeitpunkt „{name}“ ist erreicht.", title.de),
                    format!("“{}”: the time “{name}” has come.", title.en),
                )
            }
            _ => return None,
        })
    }

    /// The condition of a handler or of a wait step as a sentence, if it has one.
    fn condition(&self, instance: InstanceId, name: &str) -> Option<Text> {
        let step = self.case.instance(instance)?.step.as_ref();
        match step.and_then(|step| self.release.find(step)) {
            Some(step) if matches!(step.kind, Kind::Wait(_)) => self.condition_of(step, name),
            _ => self.said(&self.release.scope_of(step)?.1.handlers, name),
        }
    }

    /// A condition that a wait step waits for.
    pub(super) fn condition_of(&self, step: &Step, name: &str) -> Option<Text> {
        let Kind::Wait(handlers) = &step.kind else { return None };
        self.said(handlers, name)
    }

    fn said(&self, handlers: &[Handler], name: &str) -> Option<Text> {
        let handler = handlers.iter().find(|handler| &*handler.name == name)?;
        let TriggerKind::Condition(rule) = &handler.trigger else { return None };
        Some(Text::from(&self.release.sentence(rule, None)?).within_quotes())
    }

    fn raised(&self, title: &Text, what: &Raised) -> Text {
        match what {
            Raised::Error(code) => Text::new(
                format!("Bei „{}“ trat der Fehler „{code}“ auf; das Verfahren behandelt ihn.", title.de),
                format!("At “{}” the error “{code}” occurred; the process handles it.", title.en),
            ),
            Raised::Escalation(name) => Text::new(
                format!("„{}“ hat „{name}“ gemeldet.", title.de),
                format!("“{}” has escalated “{name}”.", title.en),
            ),
            Raised::Signal(name) => Text::new(
                format!("„{}“ hat das Signal „{name}“ gegeben.", title.de),
                format!("“{}” has raised the signal “{name}”.", title.en),
            ),
        }
    }
}
