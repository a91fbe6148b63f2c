//! Reads a deadline: how long, from when, and what its law makes of its end.

use std::sync::Arc;

use fachwerk_deadlines::{Begin, NoShift, Period};

use super::{
    compiler::Compiler,
    fields::{Fields, text, words, wrong_kind},
    kinds::{read_period, read_period_from_day},
    yaml::{Kind, Node},
};
use crate::{
    definition::{DeadlineKind, Dynamic, From, Statutory},
    diagnostic::Span,
    priority::PriorityRules,
    words::{Text, Value},
};

/// So many warnings may a deadline have.
const MOST_WARNINGS: usize = 10;

impl Compiler<'_> {
    /// Reads what stands below `deadline`.
    pub fn deadline(&mut self, node: &Node) -> Option<DeadlineKind> {
        let fields = Fields::of(node, &mut self.problems)?;
        let title = fields.need("title", &mut self.problems).and_then(|node| words(node, &mut self.problems));
        let grants = fields.get("fiction").is_some();
        let fiction = self.fiction_of_deadline(&fields).map(Box::new);
        let period = match grants {
            // The law says it, for the day of receipt.
            true => Some(Dynamic::Constant(Value::Null)),
            false => {
                fields.need("period", &mut self.problems).and_then(|node| self.period(node, read_period))
            }
        };
        let from = match fields.get("from") {
            None => Some(From::Entry),
            Some(node) => self.from(node),
        };
        let begin = fields.get("begin").map(|node| self.begin(node)).unwrap_or_default();
        let no_shift = fields.get("no_shift").and_then(|node| self.no_shift(node));
        let statutory = fields.get("statutory").map_or(Statutory::No, |node| self.statutory(node));
        let statutory = if grants { Statutory::Yes } else { statutory };
        let grace = fields.get("grace").and_then(|node| read_period_from_day(node, &mut self.problems));
        let warn = self.warnings(&fields);
        let of_authority = fields.get("consequence").is_some_and(|node| self.consequence(node)) || grants;
        fields.finish(&mut self.problems);
        let kind = DeadlineKind {
            title: title?,
            period: period?,
            from: from?,
            begin,
            no_shift,
            statutory,
            grace,
            warn,
            of_authority,
            fiction,
        };
        if grants && kind.fiction.is_none() {
            return None;
        }
        self.check_hours(&node.span, &kind);
        Some(kind)
    }

    fn from(&mut self, node: &Node) -> Option<From> {
        let fields = Fields::of(node, &mut self.problems)?;
        let notification = fields.get("notification");
        let day = fields.get("day");
        fields.finish(&mut self.problems);
        match (notification, day) {
            (Some(step), None) => self.step_named(step).map(From::Notification),
            (None, Some(rule)) => self.expression(rule).map(From::Day),
            _ => {
                self.problems.error(&node.span, "deadline_start_unclear", Text::new(
                    "Eine Frist läuft ab „notification: <Schritt>“ oder ab „day: <Regel>“; ohne „from“ ab dem Betreten des Schritts.",
                    "A deadline runs from `notification: <step>` or `day: <rule>`; without `from`, from entering the step.",
                ));
                None
            }
        }
    }

    /// Which of its cases a process has taken up first.
    pub fn priority(&mut self, node: &Node) -> Option<PriorityRules> {
        let fields = Fields::of(node, &mut self.problems)?;
        let rule = |name, compiler: &mut Self| fields.get(name).and_then(|node| compiler.expression(node));
        let rules =
            PriorityRules { event_day: rule("event_day", self), professional: rule("professional", self) };
        fields.finish(&mut self.problems);
        Some(rules)
    }

    /// Whether something follows for the authority when a deadline ends.
    fn consequence(&mut self, node: &Node) -> bool {
        let Some(said) = text(node, &mut self.problems) else { return false };
        let said: &str = said;
        if !["authority", "applicant"].contains(&said) {
            self.problems
                .error(
                    &node.span,
                    "deadline_consequence_unknown",
                    Text::new(
                        format!("Die Folge einer Frist trifft „authority“ (die Behörde) oder „applicant“ (wer den Antrag stellt), nicht „{said}“."),
                        format!("What follows from a deadline concerns `authority` or `applicant`, not `{said}`."),
                    ),
                )
                .did_you_mean(said, ["authority", "applicant"]);
        }
        said == "authority"
    }

    fn begin(&mut self, node: &Node) -> Begin {
        match text(node, &mut self.problems).map(|text| &**text) {
            Some("day") => Begin::DayBegin,
            Some("event") | None => Begin::Event,
            Some(other) => {
                self.problems
                    .error(
                        &node.span,
                        "deadline_begin_unknown",
                        Text::new(
                            format!("Eine Frist beginnt mit „event“ (der Tag zählt nicht mit) oder mit „day“ (er zählt mit), nicht mit „{other}“."),
                            format!("A deadline begins with `event` (the day does not count) or `day` (it counts), not with `{other}`."),
                        ),
                    )
                    .did_you_mean(other, ["event", "day"]);
                Begin::Event
            }
        }
    }

    /// A text of the designer's own, or `law:` with a reason that the law of the process knows.
    fn no_shift(&mut self, node: &Node) -> Option<NoShift> {
        if !matches!(node.kind, Kind::Map(_)) {
            return text(node, &mut self.problems).map(|why| NoShift::Other(why.to_string()));
        }
        let fields = Fields::of(node, &mut self.problems)?;
        let named = fields.need("law", &mut self.problems);
        fields.finish(&mut self.problems);
        let node = named?;
        let name = text(node, &mut self.problems)?;
        let Some((_, reason)) = NoShift::BY_LAW.into_iter().find(|(known, _)| *known == &**name) else {
            let names = NoShift::BY_LAW.map(|(known, _)| known);
            let known = names.join(", ");
            self.problems
                .error(
                    &node.span,
                    "no_shift_unknown",
                    Text::new(
                        format!("Diesen gesetzlichen Grund gibt es nicht: „{name}“. Es gibt: {known}."),
                        format!("There is no such reason by law: `{name}`. There are: {known}."),
                    ),
                )
                .did_you_mean(name, names);
            return None;
        };
        let law = self.law.law();
        if !law.knows(&reason) {
            self.problems
                .error(
                    &node.span,
                    "no_shift_not_in_law",
                    Text::new(
                        format!("Nach dem Verfahrensrecht des Verfahrens ({}) verschiebt sich das Ende auch in diesem Fall („{name}“).", law.code()),
                        format!("By the procedural law of the process ({}) the end moves in this case, too (`{name}`).", law.code()),
                    ),
                )
                .help(Text::new(
                    "Das Verfahrensrecht prüfen (law: am Anfang des Verfahrens); steht die Ausnahme in einem anderen Gesetz, den Grund als Text mit der Vorschrift angeben.",
                    "Check the procedural law (`law:` at the top of the process); if the exception stands in another law, write the reason as a text, with the provision.",
                ));
            return None;
        }
        Some(reason)
    }

    fn statutory(&mut self, node: &Node) -> Statutory {
        match &node.kind {
            Kind::Bool(true) => Statutory::Yes,
            Kind::Bool(false) => Statutory::No,
            Kind::Map(_) => self.extended_once(node).unwrap_or(Statutory::Yes),
            _ => {
                wrong_kind(
                    node,
                    &Text::new(
                        "true, false oder { extend: once, norm: <Vorschrift> }",
                        "true, false or { extend: once, norm: <provision> }",
                    ),
                    &mut self.problems,
                );
                Statutory::Yes
            }
        }
    }

    fn extended_once(&mut self, node: &Node) -> Option<Statutory> {
        let fields = Fields::of(node, &mut self.problems)?;
        let extend = fields.need("extend", &mut self.problems);
        let norm = fields.need("norm", &mut self.problems);
        fields.finish(&mut self.problems);
        let (extend, norm) = (extend?, norm?);
        let often = text(extend, &mut self.problems)?;
        if &**often != "once" {
            self.problems.error(
                &extend.span,
                "statutory_extension_unknown",
                Text::new(
                    format!("Eine gesetzliche Frist lässt sich „once“ verlängern (einmal) oder gar nicht, nicht „{often}“."),
                    format!("A period set by law can be extended `once` or not at all, not `{often}`."),
                ),
            );
        }
        let norm: Arc<str> = text(norm, &mut self.problems)?.clone();
        Some(Statutory::Once(norm))
    }

    fn warnings(&mut self, fields: &Fields<'_>) -> Vec<Period> {
        let items = fields.items("warn");
        if let Some(item) = items.get(MOST_WARNINGS) {
            self.problems.error(
                &item.span,
                "too_many_warnings",
                Text::new(
                    format!("Vor einer Frist wird höchstens {MOST_WARNINGS}-mal gewarnt."),
                    format!("A deadline has {MOST_WARNINGS} warnings at most."),
                ),
            );
        }
        items.iter().filter_map(|item| read_period_from_day(item, &mut self.problems)).collect()
    }

    /// Hours run from an instant and pass no day over; an age counts the day of birth.
    fn check_hours(&mut self, span: &Span, kind: &DeadlineKind) {
        if kind.no_shift == Some(NoShift::Age) && kind.begin == Begin::Event {
            self.problems.error(
                span,
                "age_begins_with_day",
                Text::new(
                    "Bei einem Lebensalter zählt der Tag der Geburt mit (§ 187 Abs. 2 Satz 2 BGB): „begin: day“.",
                    "Of an age the day of birth counts (§ 187(2) sentence 2 BGB): `begin: day`.",
                ),
            );
        }
        let hours = match &kind.period {
            Dynamic::Constant(period) => {
                matches!(period.as_str().map(Period::parse), Some(Ok(Period::Hours(_))))
            }
            _ => false,
        };
        let from_day = matches!(kind.from, From::Notification(_));
        if hours && (from_day || kind.begin == Begin::DayBegin || kind.no_shift.is_some()) {
            self.problems
                .error(
                    span,
                    "hours_from_day",
                    Text::new(
                        "Eine Frist nach Stunden läuft von einem Zeitpunkt an; sie beginnt weder mit einem Tag noch mit einer Bekanntgabe, und ihr Ende verschiebt sich ohnehin nicht.",
                        "A period in hours runs from an instant; it begins neither with a day nor with a notification, and its end does not move anyway.",
                    ),
                )
                .help(Text::new(
                    "Ohne „begin“, „no_shift“ und „from: { notification: … }“ schreiben, oder die Frist in Tagen angeben.",
                    "Write it without `begin`, `no_shift` and `from: { notification: … }`, or give the period in days.",
                ));
        }
    }
}
