//! Reads what a step does: one of the few kinds that the engine knows, or a block.

use fachwerk_deadlines::{DeadlineError, Period};

use super::{
    compiler::{Compiler, Names, Place},
    fields::{Fields, items, text, wrong_kind},
    yaml::{Key, Kind as NodeKind, Node},
};
use crate::{
    definition::{Compute, Dynamic, EffectKind, Kind, NumberKind, StepIx, TaskKind, Way},
    diagnostic::Problems,
    number::{NumberPattern, pattern_help},
    words::{Language, RoleId, Text},
};

/// The words that say what a step does; a step has exactly one of them.
pub const KINDS: [&str; 19] = [
    "block",
    "task",
    "compute",
    "decide",
    "number",
    "effect",
    "issue",
    "certify",
    "wait",
    "choose",
    "fork",
    "each",
    "group",
    "call",
    "join",
    "raise",
    "cancel",
    "compensate",
    "end",
];

impl Compiler<'_> {
    /// Reads what a step does.
    pub fn kind(
        &mut self,
        ix: StepIx,
        fields: &Fields<'_>,
        place: &Place,
        names: &Names,
        open: bool,
    ) -> Option<Kind> {
        let mut found: Vec<(&Key, &Node, &str)> = KINDS
            .iter()
            .filter_map(|kind| fields.entry(kind).map(|(key, node)| (key, node, *kind)))
            .collect();
        // Beside a fork, `join` says where it goes on.
        if found.iter().any(|(_, _, kind)| *kind == "fork") {
            found.retain(|(_, _, kind)| *kind != "join");
        }
        found.sort_by_key(|(key, ..)| &key.span);
        let (node, kind) = match found.as_slice() {
            [(_, node, kind)] => (*node, *kind),
            [] => {
                let span = self.steps[ix.0 as usize].span.clone();
                let known = KINDS.join(", ");
                let problem = self.problems.error(
                    &span,
                    "no_kind",
                    Text::new(
                        "Es steht nicht da, was dieser Schritt tut.",
                        "It does not say what this step does.",
                    ),
                );
                problem.help(Text::new(
                    format!("Genau eines davon: {known}."),
                    format!("Exactly one of: {known}."),
                ));
                let unknown = fields.unasked(&[
                    "title",
                    "then",
                    "join",
                    "with",
                    "role",
                    "due",
                    "help",
                    "not_same_person_as",
                    "wait_for",
                    "rest",
                    "when",
                    "undo",
                ]);
                if let Some(name) = unknown.first() {
                    problem.did_you_mean(name, KINDS);
                }
                return None;
            }
            [_, (key, _, second), ..] => {
                let first = found[0].2;
                self.problems.error(
                    &key.span,
                    "two_kinds",
                    Text::new(
                        format!("Ein Schritt tut genau eines; hier stehen „{first}“ und „{second}“."),
                        format!("A step does exactly one thing; here stand `{first}` and `{second}`."),
                    ),
                );
                return None;
            }
        };
        match kind {
            "block" => self.block(ix, node, fields, place),
            "task" => self.task(node, fields).map(Box::new).map(Kind::Task),
            "compute" => self.compute(node).map(Kind::Compute),
            "decide" => self.decides(node),
            "number" => self.number(node).map(Kind::Number),
            "effect" => self.effect(node, fields).map(Kind::Effect),
            "issue" => self.issue(node, fields).map(Box::new).map(Kind::Issue),
            "certify" => self.certify(node, fields).map(Box::new).map(Kind::Issue),
            "wait" => {
                let waits = self.handlers(node, place, None);
                self.check_waits(node, &waits);
                if matches!(&node.kind, NodeKind::Map(entries) if entries.is_empty()) {
                    self.problems.error(
                        &node.span,
                        "nothing_awaited",
                        Text::new(
                            "Es steht nicht da, worauf gewartet wird.",
                            "It does not say what is waited for.",
                        ),
                    );
                }
                Some(Kind::Wait(waits))
            }
            "choose" => Some(Kind::Choose(self.choose(node, place, names, open))),
            "fork" => Some(Kind::Scope(self.fork(ix, node, fields, place))),
            "each" => self.each(ix, node, place).map(Kind::Scope),
            "group" => self.group(ix, node, place).map(Kind::Scope),
            "call" => self.call(node, fields).map(Kind::Call),
            "join" => self.join(node).map(Kind::Join),
            "raise" => self.raise(node).map(Kind::Raise),
            "cancel" => Some(Kind::Cancel(self.cancelled(node))),
            "compensate" => self.compensate(node, names),
            _ => self.end(node),
        }
    }

    fn task(&mut self, node: &Node, fields: &Fields<'_>) -> Option<TaskKind> {
        let role = fields.need("role", &mut self.problems).and_then(|node| self.role(node));
        let due = fields.get("due").and_then(|node| read_period(node, &mut self.problems));
        let excluding: Vec<_> =
            fields.items("not_same_person_as").iter().filter_map(|item| self.step_named(item)).collect();
        let read = self.form(node)?;
        let title = fields.words("title", &mut self.problems).or(read.title);
        if title.is_none() {
            self.problems.error(
                &node.span,
                "task_without_title",
                Text::new(
                    "Die Aufgabe braucht einen Titel in beiden Sprachen.",
                    "The task needs a title in both languages.",
                ),
            );
        }
        Some(TaskKind {
            title: title?,
            help: fields.words("help", &mut self.problems).or(read.help),
            form: read.form,
            role: role.unwrap_or_else(|| RoleId::from("")),
            due,
            not_same_person_as: excluding,
        })
    }

    fn compute(&mut self, node: &Node) -> Option<Compute> {
        match &node.kind {
            NodeKind::Map(fields) => fields
                .iter()
                .map(|(key, node)| {
                    super::fields::check_field_name(key, &mut self.problems);
                    Some((key.text.clone(), self.expression(node)?))
                })
                .collect::<Option<_>>()
                .map(Compute::Fields),
            _ => self.script(node).map(Compute::Script),
        }
    }

    fn effect(&mut self, node: &Node, fields: &Fields<'_>) -> Option<EffectKind> {
        let connector = text(node, &mut self.problems)?.clone();
        let request = self.with(fields.get("with"))?;
        Some(EffectKind { connector, request })
    }

    fn choose(&mut self, node: &Node, place: &Place, names: &Names, open: bool) -> Vec<Way> {
        let mut ways = Vec::new();
        for node in items(node, &mut self.problems) {
            let Some(fields) = Fields::of(node, &mut self.problems) else { continue };
            if let Some(target) = fields.get("else") {
                ways.push(Way { when: None, then: self.target(target, place, names, open) });
            } else {
                let when = fields.need("when", &mut self.problems).and_then(|node| self.condition(node));
                let then = fields
                    .need("then", &mut self.problems)
                    .and_then(|node| self.target(node, place, names, open));
                ways.extend(when.map(|when| Way { when: Some(when), then }));
            }
            fields.finish(&mut self.problems);
        }
        if ways.last().is_none_or(|way| way.when.is_some()) {
            self.problems.error(
                &node.span,
                "choice_without_else",
                Text::new(
                    "Die Auswahl braucht am Ende ein „else“, damit sie immer weitergeht.",
                    "The choice needs an `else` at its end, so that it always goes on.",
                ),
            );
        }
        ways
    }

    fn end(&mut self, node: &Node) -> Option<Kind> {
        match &node.kind {
            NodeKind::Text(outcome) => Some(Kind::End(Some(outcome.clone()))),
            NodeKind::Bool(true) => Some(Kind::End(None)),
            _ => {
                wrong_kind(
                    node,
                    &Text::new("der Name des Ausgangs", "the name of the outcome"),
                    &mut self.problems,
                );
                None
            }
        }
    }

    fn number(&mut self, node: &Node) -> Option<NumberKind> {
        let fields = Fields::of(node, &mut self.problems)?;
        let pattern = fields.need("pattern", &mut self.problems);
        let file_number = fields.flag("file_number", false, &mut self.problems);
        fields.finish(&mut self.problems);
        let node = pattern?;
        let pattern = self.dynamic(node)?;
        if let Dynamic::Constant(written) = &pattern
            && written.as_str().and_then(NumberPattern::parse).is_none()
        {
            self.problems
                .error(
                    &node.span,
                    "number_pattern_invalid",
                    Text::new("Das Muster ist nicht lesbar.", "The pattern cannot be read."),
                )
                .help(pattern_help());
        }
        Some(NumberKind { pattern, file_number })
    }
}

/// Reads a period.
pub fn read_period(node: &Node, problems: &mut Problems) -> Option<Period> {
    period(node, problems, Ok)
}

/// Reads a period that runs from a day, so not one in hours.
pub fn read_period_from_day(node: &Node, problems: &mut Problems) -> Option<Period> {
    period(node, problems, |period| match period {
        Period::Hours(_) => Err(DeadlineError::HoursNeedTime),
        _ => Ok(period),
    })
}

fn period(
    node: &Node,
    problems: &mut Problems,
    fits: fn(Period) -> Result<Period, DeadlineError>,
) -> Option<Period> {
    let source = text(node, problems)?;
    match Period::parse(source).and_then(fits) {
        Ok(period) => Some(period),
        Err(error) => {
            problems
                .error(
                    &node.span,
                    "period_invalid",
                    Text::new(
                        format!("„{source}“ ist kein Zeitraum."),
                        format!("`{source}` is not a period."),
                    ),
                )
                .help(Text::new(error.text(Language::De), error.text(Language::En)));
            None
        }
    }
}
