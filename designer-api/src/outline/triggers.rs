//! What a step or scope reacts to, in words.

use fachwerk_core::{
    definition::{DeadlineKind, Dynamic, From, Handler, ScopeIx, TimerAt, TimerKind, TriggerKind},
    law::LegalData,
    words::{Begin, Language, Period, Value},
};

use super::prose::{Both, Prose, bare};
use crate::shapes::Text;

impl Prose<'_> {
    /// A condition: "wenn ... kommt".
    pub(super) fn trigger(&self, trigger: &TriggerKind) -> Both {
        match trigger {
            TriggerKind::Message(name, key) => {
                let title = self.wording.message_or_name(name);
                let mut said = Both::of(
                    format!("wenn die Nachricht „{}“ eingeht", title.de),
                    format!("when the message “{}” comes in", title.en),
                );
                if let Some(rule) = key {
                    let rule = &rule.source;
                    said.add(&Both::of(
                        format!(" (erkannt an „{rule}“)"),
                        format!(" (recognised by “{rule}”)"),
                    ));
                }
                said
            }
            TriggerKind::Timer(timer) => self.timer(timer),
            TriggerKind::Signal(name) => Both::of(
                format!("wenn das Signal „{name}“ gegeben wird"),
                format!("when the signal “{name}” is raised"),
            ),
            TriggerKind::Error(None) => {
                Both::of("wenn hier ein Fehler auftritt", "when an error occurs here")
            }
            TriggerKind::Error(Some(code)) => Both::of(
                format!("wenn hier der Fehler „{code}“ auftritt"),
                format!("when the error “{code}” occurs here"),
            ),
            TriggerKind::Escalation(None) => {
                Both::of("wenn hier etwas eskaliert", "when something escalates here")
            }
            TriggerKind::Escalation(Some(name)) => {
                Both::of(format!("wenn „{name}“ eskaliert"), format!("when “{name}” escalates"))
            }
            TriggerKind::Condition(rule) => {
                let Both { de, en } = self.condition(rule);
                Both::of(format!("sobald „{de}“ gilt"), format!("as soon as “{en}” holds"))
            }
            TriggerKind::ByHand(kind) => {
                let role = self.role(&kind.role);
                let title = &kind.title;
                Both::of(
                    format!("wenn {} „{}“ vermerkt", role.de, title.de),
                    format!("when {} notes “{}”", role.en, title.en),
                )
            }
            TriggerKind::Deadline(deadline) => {
                let from = self.deadline(deadline);
                Both::of(
                    format!("wenn die Frist „{}“ ({}) abläuft", deadline.title.de, from.de),
                    format!("when the deadline “{}” ({}) passes", deadline.title.en, from.en),
                )
            }
            TriggerKind::Dispatch(step) => {
                let step = self.quoted(step);
                Both::of(
                    format!("wenn das Schreiben aus {} versandt ist", step.de),
                    format!("when the letter of {} has been sent", step.en),
                )
            }
        }
    }

    fn timer(&self, timer: &TimerKind) -> Both {
        match &timer.at {
            TimerAt::After(period) => {
                let period = self.period(period);
                Both::of(
                    format!("wenn {} vergangen sind", period.de),
                    format!("when {} have passed", period.en),
                )
            }
            TimerAt::At(rule) => {
                let rule = &rule.source;
                Both::of(format!("am Tag „{rule}“"), format!("on the day “{rule}”"))
            }
            TimerAt::Every(period) => {
                let period = self.period(period);
                let times = timer
                    .times
                    .map(|times| (format!(", höchstens {times}-mal"), format!(", {times} times at most")));
                let (de, en) = times.unwrap_or_default();
                Both::of(
                    format!("immer wieder nach {}{de}", period.de),
                    format!("again and again after {}{en}", period.en),
                )
            }
        }
    }

    /// How long, and from when.
    fn deadline(&self, deadline: &DeadlineKind) -> Both {
        let by_law = deadline.fiction.as_ref().map(|fiction| by_law(&fiction.row));
        let mut said = by_law.unwrap_or_else(|| self.period(&deadline.period));
        if !matches!(deadline.period, Dynamic::Constant(_)) {
            said.add(&Both::of(",", ","));
        }
        said.add(&match &deadline.from {
            From::Entry => Both::of(" ab Beginn", " from the beginning"),
            From::Notification(step) => {
                let step = self.quoted(step);
                Both::of(
                    format!(" ab Bekanntgabe des Schreibens aus {}", step.de),
                    format!(" from the notification of the letter of {}", step.en),
                )
            }
            From::Day(rule) => {
                Both::of(format!(" ab dem Tag „{}“", rule.source), format!(" from the day “{}”", rule.source))
            }
        });
        if deadline.begin == Begin::DayBegin {
            said.add(&Both::of(", dieser Tag zählt mit", ", that day counts"));
        }
        if let Some(grace) = deadline.grace {
            said.add(&Both::of(
                format!(", danach {} Karenz", grace.text(Language::De)),
                format!(", then {} of grace", grace.text(Language::En)),
            ));
        }
        if let Some(fiction) = &deadline.fiction {
            let act = self.act(&fiction.act);
            said.add(&Both::of(
                format!(", danach gilt „{}“ als erteilt", act.de),
                format!(", then “{}” counts as granted", act.en),
            ));
        }
        said
    }

    fn period(&self, period: &Dynamic) -> Both {
        match period {
            Dynamic::Constant(Value::String(text)) => match Period::parse(text) {
                Ok(period) => Both::of(period.text(Language::De), period.text(Language::En)),
                Err(_) => Both::of(text, text),
            },
            Dynamic::Rule(rule) => {
                let source = bare(&rule.source);
                let setting =
                    source.strip_prefix("settings.").and_then(|name| self.release.settings.field(name));
                match setting {
                    Some(setting) => Both::of(
                        format!("Dauer nach Einstellung „{}“", setting.title.de),
                        format!("as set in “{}”", setting.title.en),
                    ),
                    None => Both::of(format!("Dauer nach „{source}“"), format!("as said by “{source}”")),
                }
            }
            _ => Both::of("Dauer nach Vorgabe", "as given"),
        }
    }

    /// What people read for a handler.
    pub fn handler_title(&self, handler: &Handler) -> Text {
        match &handler.trigger {
            TriggerKind::Message(name, _) => self.wording.message_or_name(name).into(),
            TriggerKind::Deadline(deadline) => (&deadline.title).into(),
            TriggerKind::Dispatch(step) => self.title(step),
            TriggerKind::ByHand(kind) => (&kind.title).into(),
            TriggerKind::Timer(_)
            | TriggerKind::Signal(_)
            | TriggerKind::Error(_)
            | TriggerKind::Escalation(_)
            | TriggerKind::Condition(_) => Text::new(handler.name.clone(), handler.name.clone()),
        }
    }

    /// What a scope does when a handler is woken.
    pub fn handler(&self, scope: ScopeIx, handler: &Handler) -> Text {
        let mut said = self.trigger(&handler.trigger);
        if let Some(rule) = &handler.when {
            let Both { de, en } = self.condition(rule);
            said.add(&Both::of(format!(" und „{de}“ gilt"), format!(" and “{en}” holds")));
        }
        if handler.interrupt {
            said.add(&Both::of(", wird alles Laufende hier beendet", ", everything under way here ends"));
        }
        let to = handler.then.as_ref().map(|target| self.target(scope, target));
        if let Some(to) = to {
            let glue = if handler.interrupt { ("; danach ", "; then ") } else { (", ", ", ") };
            said.add(&Both::of(format!("{}{}", glue.0, to.de), format!("{}{}", glue.1, to.en)));
        }
        said.sentence()
    }
}

/// How long the law says that a period is after which silence grants something.
fn by_law(row: &str) -> Both {
    match LegalData::built_in().fictions.anywhere(row) {
        Ok(granted) => Both::of(granted.length.text(Language::De), granted.length.text(Language::En)),
        Err(_) => Both::of("Dauer nach den Rechtsdaten", "as the legal data say"),
    }
}
