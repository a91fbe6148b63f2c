//! Reads what a wait step or a handler reacts to.

use std::sync::Arc;

use fachwerk_deadlines::Period;

use super::{
    compiler::Compiler,
    fields::{Fields, text, words},
    kinds::read_period,
    yaml::Node,
};
use crate::{
    definition::{ByHand, Dynamic, Handler, TimerAt, TimerKind, TriggerKind},
    diagnostic::{Problems, Span},
    words::Text,
};

/// The words that say what wakes a handler; it has exactly one of them.
const TRIGGERS: [&str; 9] =
    ["message", "deadline", "dispatch", "timer", "signal", "error", "escalation", "condition", "by"];
/// An error or escalation of whichever name.
const ANY: &str = "any";

impl Compiler<'_> {
    /// Reads what wakes a handler: exactly one of [`TRIGGERS`].
    pub fn trigger(&mut self, fields: &Fields<'_>) -> Option<TriggerKind> {
        let found: Vec<(&'static str, &Node)> =
            TRIGGERS.iter().filter_map(|name| Some((*name, fields.get(name)?))).collect();
        let &[(name, node)] = found.as_slice() else {
            let known = TRIGGERS.map(|name| format!("„{name}“")).join(", ");
            let known_en = TRIGGERS.map(|name| format!("`{name}`")).join(", ");
            self.problems.error(
                fields.span(),
                "trigger_unclear",
                Text::new(
                    format!("Hier steht genau eines davon: {known}."),
                    format!("Exactly one of these stands here: {known_en}."),
                ),
            );
            return None;
        };
        match name {
            "message" => {
                let name = text(node, &mut self.problems)?.clone();
                let key = match fields.get("key") {
                    Some(node) => Some(self.expression(node)?),
                    None => None,
                };
                Some(TriggerKind::Message(name, key))
            }
            "deadline" => self.deadline(node).map(Box::new).map(TriggerKind::Deadline),
            "dispatch" => self.step_named(node).map(TriggerKind::Dispatch),
            "timer" => self.timer(node).map(Box::new).map(TriggerKind::Timer),
            "signal" => self.code(node).map(TriggerKind::Signal),
            "error" => self.code(node).map(|code| TriggerKind::Error((&*code != ANY).then_some(code))),
            "escalation" => {
                self.code(node).map(|name| TriggerKind::Escalation((&*name != ANY).then_some(name)))
            }
            "condition" => {
                self.looks_around = true;
                self.expression(node).map(TriggerKind::Condition)
            }
            _ => {
                let role = self.role(node)?;
                let title = fields.need("title", &mut self.problems)?;
                let title = words(title, &mut self.problems)?;
                Some(TriggerKind::ByHand(Box::new(ByHand { role, title })))
            }
        }
    }

    /// The name of an error, escalation or signal. Errors may be those of the engine and of connectors, which have `_`.
    pub fn code(&mut self, node: &Node) -> Option<Arc<str>> {
        let name = text(node, &mut self.problems)?;
        let fits =
            |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || "-_".contains(letter);
        if name.starts_with(|letter: char| letter.is_ascii_lowercase())
            && name.chars().all(fits)
            && name.len() <= 64
        {
            return Some(name.clone());
        }
        self.problems.error(
            &node.span,
            "name_invalid",
            Text::new(
                format!("„{name}“ ist kein Name: Kleinbuchstaben, Ziffern und Striche, höchstens 64."),
                format!("`{name}` is not a name: small letters, digits and dashes, at most 64."),
            ),
        );
        None
    }

    /// What is raised inside a scope cannot be waited for by a step.
    pub fn check_waits(&mut self, node: &Node, waits: &[Handler]) {
        for wait in waits {
            if let TriggerKind::Error(_) | TriggerKind::Escalation(_) = wait.trigger {
                self.trigger_not_here(&node.span, &wait.name);
            }
        }
    }

    fn trigger_not_here(&mut self, span: &Span, name: &str) {
        self.problems.error(
            span,
            "trigger_not_here",
            Text::new(
                format!("Auf Fehler und Eskalationen reagiert eine Gruppe („on“), nicht ein Warteschritt (hier „{name}“)."),
                format!("A group reacts to errors and escalations (`on`), not a wait step (here `{name}`)."),
            ),
        );
    }

    /// An error ends what raised it, so whoever handles it interrupts.
    pub fn check_interrupt(&mut self, span: &Span, trigger: &TriggerKind, interrupt: bool) {
        if matches!(trigger, TriggerKind::Error(_)) && !interrupt {
            self.problems.error(
                span,
                "error_must_interrupt",
                Text::new(
                    "Wer einen Fehler behandelt, unterbricht; „interrupt: false“ ist hier nicht möglich.",
                    "Whoever handles an error interrupts; `interrupt: false` is not possible here.",
                ),
            );
        }
    }

    fn timer(&mut self, node: &Node) -> Option<TimerKind> {
        let fields = Fields::of(node, &mut self.problems)?;
        let (after, at, every) = (fields.get("after"), fields.get("at"), fields.get("every"));
        let times = fields.int("times", &mut self.problems).and_then(|times| u32::try_from(times).ok());
        let times_node = fields.get("times");
        fields.finish(&mut self.problems);
        let at = match (after, at, every) {
            (Some(node), None, None) => TimerAt::After(self.period(node, read_period)?),
            (None, Some(node), None) => TimerAt::At(self.expression(node)?),
            (None, None, Some(node)) => TimerAt::Every(self.period(node, read_period)?),
            _ => {
                self.problems.error(
                    &node.span,
                    "timer_unclear",
                    Text::new(
                        "Ein Wecker klingelt „after: <Zeitraum>“, „at: <Regel>“ oder „every: <Zeitraum>“; genau eines davon.",
                        "A timer rings `after: <period>`, `at: <rule>` or `every: <period>`; exactly one of them.",
                    ),
                );
                return None;
            }
        };
        if let Some(node) = times_node.filter(|_| times == Some(0) || !matches!(at, TimerAt::Every(_))) {
            self.problems.error(
                &node.span,
                "timer_times_invalid",
                Text::new(
                    "„times“ zählt ab 1 und steht nur bei „every“.",
                    "`times` counts from 1 and stands only with `every`.",
                ),
            );
        }
        Some(TimerKind { at, times })
    }

    /// A period as it is written, or a rule that says it.
    pub fn period(
        &mut self,
        node: &Node,
        read: fn(&Node, &mut Problems) -> Option<Period>,
    ) -> Option<Dynamic> {
        let period = self.dynamic(node)?;
        if let Dynamic::Constant(_) = period {
            read(node, &mut self.problems)?;
        }
        Some(period)
    }
}
