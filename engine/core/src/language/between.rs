//! Reads what goes from case to case: calls, what is raised, how cases begin, and what they hand over.

use std::sync::Arc;

use jiff::civil::DateTime;

use super::{
    compiler::Compiler,
    fields::{Fields, check_field_name, check_id, entries, text},
    kinds::read_period,
    yaml::{Key, Kind as NodeKind, Node},
};
use crate::{
    definition::{CallKind, Dynamic, Expr, MessageKind, Raise, Schedule, Start},
    words::{ProcessId, Text, Value},
};

impl Compiler<'_> {
    /// Reads a call of another process: its id, and under `with` the application of the case that begins.
    pub fn call(&mut self, node: &Node, fields: &Fields<'_>) -> Option<CallKind> {
        let name = text(node, &mut self.problems)?.clone();
        check_id(&Key { span: node.span.clone(), text: name.clone() }, &mut self.problems);
        let data = self.with(fields.get("with"))?;
        Some(CallKind { process: ProcessId::from(&*name), data })
    }

    /// Named values, which may have rules in them; none when nothing is there.
    pub fn with(&mut self, node: Option<&Node>) -> Option<Dynamic> {
        match node {
            Some(node) => self.dynamic(node),
            None => Some(Dynamic::Map(Vec::new())),
        }
    }

    /// `error`, `escalation`, `signal` or `message`.
    pub fn raise(&mut self, node: &Node) -> Option<Raise> {
        let fields = Fields::of(node, &mut self.problems)?;
        let kinds = ["error", "escalation", "signal", "message"];
        let found: Vec<(&str, &Node)> =
            kinds.iter().filter_map(|kind| Some((*kind, fields.get(kind)?))).collect();
        let raised = match found.as_slice() {
            [("error", node)] => self.code(node).map(Raise::Error),
            [("escalation", node)] => self.code(node).map(Raise::Escalation),
            [("signal", node)] => self.code(node).map(Raise::Signal),
            [("message", node)] => self.message(node, &fields).map(Box::new).map(Raise::Message),
            _ => {
                self.problems.error(
                    &node.span,
                    "raise_unclear",
                    Text::new(
                        "Hier steht genau eines: „error“, „escalation“, „signal“ oder „message“.",
                        "Exactly one stands here: `error`, `escalation`, `signal` or `message`.",
                    ),
                );
                None
            }
        };
        fields.finish(&mut self.problems);
        raised
    }

    fn message(&mut self, node: &Node, fields: &Fields<'_>) -> Option<MessageKind> {
        let name = text(node, &mut self.problems)?.clone();
        let key = match fields.get("key") {
            Some(node) => Some(self.expression(node)?),
            None => None,
        };
        let payload = self.with(fields.get("with"))?;
        Some(MessageKind { name, key, payload })
    }

    /// Reads `start`: how cases begin, besides by a call.
    pub fn start(&mut self, fields: &Fields<'_>) -> Start {
        let Some(node) = fields.get("start") else { return Start::default() };
        let Some(fields) = Fields::of(node, &mut self.problems) else { return Start::default() };
        let by_hand = fields.flag("by_hand", true, &mut self.problems);
        let message = fields.text("message", &mut self.problems).cloned();
        let schedule = fields.get("every").and_then(|node| self.schedule(node));
        fields.finish(&mut self.problems);
        Start { by_hand, message, schedule }
    }

    fn schedule(&mut self, node: &Node) -> Option<Schedule> {
        let fields = Fields::of(node, &mut self.problems)?;
        let every = fields.need("period", &mut self.problems);
        let every = every.and_then(|node| read_period(node, &mut self.problems));
        let first = fields.need("first", &mut self.problems);
        let first = first.and_then(|node| self.date_time(node));
        let data = match fields.get("data").map(Node::to_value) {
            Some(Value::Object(data)) => data,
            _ => Default::default(),
        };
        fields.finish(&mut self.problems);
        Some(Schedule { first: first?, every: every?, data })
    }

    fn date_time(&mut self, node: &Node) -> Option<DateTime> {
        let source = text(node, &mut self.problems)?;
        let found = source.parse().ok();
        if found.is_none() {
            self.problems.error(
                &node.span,
                "time_invalid",
                Text::new(
                    format!("„{source}“ ist hier nicht lesbar; erwartet wird etwas wie 2026-01-05T08:00."),
                    format!("`{source}` cannot be read here; expected something like 2026-01-05T08:00."),
                ),
            );
        }
        found
    }

    /// Reads `out`: what a case hands over to the one that called it, one rule a field.
    pub fn out(&mut self, node: &Node) -> Vec<(Arc<str>, Expr)> {
        let mut out = Vec::new();
        let entries = match &node.kind {
            NodeKind::Map(_) => entries(node, &mut self.problems),
            _ => {
                let expected = Text::new("eine Zuordnung von Name zu Regel", "a mapping of name to rule");
                super::fields::wrong_kind(node, &expected, &mut self.problems);
                return out;
            }
        };
        for (key, node) in entries {
            check_field_name(key, &mut self.problems);
            out.extend(self.expression(node).map(|rule| (key.text.clone(), rule)));
        }
        out
    }
}
