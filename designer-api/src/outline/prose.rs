//! Steps as sentences: who does what, where it goes on, which deadline runs from when.

use std::sync::Arc;

use fachwerk_core::{
    definition::{
        Compute, Dynamic, Expr, Handler, Kind, NumberKind, Raise, Release, ScopeIx, Step, Target, TaskKind,
        Way,
    },
    vocabulary::Vocabularies,
    words::{Language, Period, RoleId, StepPath, Value},
};

use super::constructs::{join_text, raise_text};
use crate::{shapes::Text, wording::Wording};

/// Writes sentences about the steps of a release.
pub struct Prose<'a> {
    pub release: &'a Release,
    pub wording: &'a Wording,
    vocabularies: Vocabularies<'a>,
}

/// A text that grows in both languages at once.
#[derive(Default)]
pub(super) struct Both {
    pub(super) de: String,
    pub(super) en: String,
}

impl Both {
    pub(super) fn of(de: impl Into<String>, en: impl Into<String>) -> Both {
        Both { de: de.into(), en: en.into() }
    }

    pub(super) fn add(&mut self, other: &Both) {
        self.de.push_str(&other.de);
        self.en.push_str(&other.en);
    }

    pub(super) fn joined(parts: Vec<Both>, de: &str, en: &str) -> Both {
        let (de_parts, en_parts): (Vec<String>, Vec<String>) =
            parts.into_iter().map(|part| (part.de, part.en)).unzip();
        Both::of(de_parts.join(de), en_parts.join(en))
    }

    /// As a sentence: a capital letter at its begin, a full stop at its end.
    pub(super) fn sentence(self) -> Text {
        Text::new(sentence(&self.de), sentence(&self.en))
    }
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first: String = letters.next().map(|first| first.to_uppercase().collect()).unwrap_or_default();
    let end = if text.ends_with(['.', '?', '!']) { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}

impl<'a> Prose<'a> {
    pub fn new(release: &'a Release, wording: &'a Wording) -> Prose<'a> {
        Prose { release, wording, vocabularies: release.vocabularies() }
    }

    /// A condition as a sentence; none when it has no sentence.
    pub fn said(&self, rule: &Expr) -> Option<Text> {
        self.vocabularies.sentence(rule, None).as_ref().map(Text::from)
    }

    /// A condition as people read it between quotation marks: as a sentence, or as written.
    pub(super) fn condition(&self, rule: &Expr) -> Both {
        let said = self.said(rule).map(|said| said.within_quotes());
        said.map_or_else(|| Both::of(&*rule.source, &*rule.source), |said| Both::of(&*said.de, &*said.en))
    }
}

impl Prose<'_> {
    /// What a step does and where it goes on.
    pub fn sentence(&self, step: &Step) -> Text {
        let (does, goes_on) = match &step.kind {
            Kind::Task(task) => (self.task(task), self.flows(step)),
            Kind::Compute(compute) => (self.compute(compute), self.flows(step)),
            Kind::Decide(decision) => {
                let file = &decision.source;
                let outputs = |language| {
                    let title = |output: &Arc<str>| {
                        let titled = decision.titled.iter().find(|field| field.name == *output);
                        titled
                            .map_or_else(|| output.to_string(), |field| field.title.get(language).to_owned())
                    };
                    decision.outputs.iter().map(title).collect::<Vec<_>>().join(", ")
                };
                let does = Both::of(
                    format!("die Entscheidungstabelle {file} bestimmt: {}", outputs(Language::De)),
                    format!("the decision table {file} says: {}", outputs(Language::En)),
                );
                (does, self.flows(step))
            }
            Kind::Fee(_) => {
                let does =
                    Both::of("die Gebühr wird nach dem Tarif berechnet", "the fee is reckoned by the tariff");
                (does, self.flows(step))
            }
            Kind::Texts(texts) => {
                let file = &texts.source;
                let does = Both::of(
                    format!("die Textbausteine aus {file} werden zusammengestellt"),
                    format!("the text blocks of {file} are put together"),
                );
                (does, self.flows(step))
            }
            Kind::Number(pattern) => (number(pattern), self.flows(step)),
            Kind::Effect(effect) => (self.effect(step, &effect.connector), self.flows(step)),
            Kind::Issue(issue) if issue.certifies => {
                let act = self.act(&issue.act);
                let does = Both::of(
                    format!("es wird bescheinigt, dass „{}“ als erteilt gilt", act.de),
                    format!("it is certified that “{}” counts as granted", act.en),
                );
                (does, self.flows(step))
            }
            Kind::Issue(issue) => {
                let acts: Vec<Both> = issue.each().map(|issue| self.issue(&issue.act)).collect();
                (Both::joined(acts, " und ", " and "), self.flows(step))
            }
            Kind::Wait(handlers) => return self.wait(step, handlers),
            Kind::Choose(ways) => return self.choose(step.scope, ways).sentence(),
            Kind::Scope(scope) => (self.scope(step, *scope), self.flows(step)),
            Kind::Call(call) => (self.call(call), self.flows(step)),
            Kind::Join(join) => (join_text(*join), self.flows(step)),
            Kind::Raise(raise @ Raise::Error(_)) => return raise_text(raise).sentence(),
            Kind::Raise(raise) => (raise_text(raise), self.flows(step)),
            Kind::Cancel(steps) => (self.cancel(steps), self.flows(step)),
            Kind::Compensate(steps) => (self.compensate(steps.as_deref()), self.flows(step)),
            Kind::End(outcome) => {
                let mut said = Both::of("hier ", "here ");
                said.add(&self.end(step.scope, outcome.as_deref()));
                return said.sentence();
            }
        };
        let (does, goes_on) = (does.sentence(), goes_on.sentence());
        Text::new(format!("{} {}", does.de, goes_on.de), format!("{} {}", does.en, goes_on.en))
    }

    fn task(&self, task: &TaskKind) -> Both {
        let role = self.role(&task.role);
        let mut said = Both::of(
            format!("{}: „{}“", role.de, task.title.de),
            format!("{}: “{}”", role.en, task.title.en),
        );
        if let Some(due) = task.due {
            said.add(&Both::of(
                format!(", zu erledigen innerhalb von {}", dative(due)),
                format!(", due within {}", due.text(Language::En)),
            ));
        }
        let others: Vec<Both> = task.not_same_person_as.iter().map(|path| self.quoted(path)).collect();
        if !others.is_empty() {
            let others = Both::joined(others, " und ", " and ");
            said.add(&Both::of(
                format!("; nicht dieselbe Person wie bei {}", others.de),
                format!("; not the same person as at {}", others.en),
            ));
        }
        said
    }

    fn compute(&self, compute: &Compute) -> Both {
        match compute {
            Compute::Script(rule) => Both::of(
                format!("das System rechnet nach {}", rule.source),
                format!("the system computes by {}", rule.source),
            ),
            Compute::Fields(fields) => {
                let names = fields.iter().map(|(name, _)| &**name).collect::<Vec<_>>().join(", ");
                Both::of(format!("das System berechnet: {names}"), format!("the system computes: {names}"))
            }
        }
    }

    pub(super) fn act(&self, act: &str) -> Text {
        let title = self.release.acts.get(act).and_then(|kind| kind.title.as_ref());
        title.map_or_else(|| Text::new(act, act), Text::from)
    }

    fn issue(&self, act: &str) -> Both {
        let title = self.act(act);
        Both::of(
            format!("das System erlässt den Bescheid „{}“, ein Schreiben je Adressat", title.de),
            format!("the system issues the act “{}”, one letter for each addressee", title.en),
        )
    }

    fn effect(&self, step: &Step, connector: &str) -> Both {
        if connector == "letter" {
            return Both::of(
                format!("das System erstellt das Schreiben „{}“", step.title.de),
                format!("the system makes the letter “{}”", step.title.en),
            );
        }
        Both::of(
            format!("das System beauftragt die Anbindung „{connector}“"),
            format!("the system asks the connector “{connector}”"),
        )
    }

    /// Where a step goes on, outcome by outcome.
    fn flows(&self, step: &Step) -> Both {
        let mut ways = Vec::new();
        for (outcome, target) in step.then.targets() {
            let to = self.target(step.scope, target);
            ways.push(match outcome {
                Some(outcome) => {
                    let said = self.wording.outcome(step, outcome);
                    Both::of(format!("bei „{}“ {}", said.de, to.de), format!("on “{}” {}", said.en, to.en))
                }
                None if step.then.by_outcome.is_empty() => {
                    Both::of(format!("danach {}", to.de), format!("then {}", to.en))
                }
                None => Both::of(format!("sonst {}", to.de), format!("else {}", to.en)),
            });
        }
        if ways.is_empty() {
            let mut said = Both::of("danach ", "then ");
            said.add(&self.end(step.scope, None));
            return said;
        }
        Both::joined(ways, "; ", "; ")
    }

    /// Where a way of a scope leads.
    pub(super) fn target(&self, scope: ScopeIx, target: &Target) -> Both {
        match target {
            Target::Step(ix) => match &self.release.step(*ix) {
                Step { kind: Kind::End(outcome), .. } => self.end(scope, outcome.as_deref()),
                step => {
                    let to = self.quoted(&step.path);
                    Both::of(format!("weiter mit {}", to.de), format!("on to {}", to.en))
                }
            },
            Target::Steps(steps) => {
                let steps = steps.iter().map(|ix| self.quoted(&self.release.step(*ix).path)).collect();
                let to = Both::joined(steps, ", ", ", ");
                Both::of(
                    format!("gleichzeitig weiter mit {}", to.de),
                    format!("on to {} at the same time", to.en),
                )
            }
            Target::Leave(outcome) => {
                let (de, en) = self.outcome(scope, outcome);
                Both::of(format!("endet dieser Abschnitt mit „{de}“"), format!("this part ends with “{en}”"))
            }
        }
    }

    fn choose(&self, scope: ScopeIx, ways: &[Way]) -> Both {
        let way = |way: &Way| {
            let to = match &way.then {
                Some(target) => self.target(scope, target),
                None => self.end(scope, None),
            };
            match way.when.as_ref().map(|rule| self.condition(rule)) {
                Some(rule) => Both::of(
                    format!("gilt „{}“, {}", rule.de, to.de),
                    format!("if “{}” holds, {}", rule.en, to.en),
                ),
                None => Both::of(format!("sonst {}", to.de), format!("else {}", to.en)),
            }
        };
        Both::joined(ways.iter().map(way).collect(), "; ", "; ")
    }

    fn wait(&self, step: &Step, handlers: &[Handler]) -> Text {
        let mut parts = Vec::new();
        for handler in handlers {
            let mut part = self.trigger(&handler.trigger);
            let to = match step.then.target(Some(&handler.name)) {
                Some(target) => self.target(step.scope, target),
                None => self.end(step.scope, None),
            };
            part.add(&Both::of(format!(", {}", to.de), format!(", {}", to.en)));
            parts.push(part);
        }
        let parts = Both::joined(parts, "; ", "; ");
        Text::new(format!("Der Vorgang wartet: {}.", parts.de), format!("The case waits: {}.", parts.en))
    }

    /// That a path of a scope ends.
    fn end(&self, scope: ScopeIx, outcome: Option<&str>) -> Both {
        let Some(outcome) = outcome else { return Both::of("endet dieser Weg", "this path ends") };
        let (de, en) = self.outcome(scope, outcome);
        Both::of(
            format!("endet dieser Weg mit dem Ausgang „{de}“"),
            format!("this path ends with the outcome “{en}”"),
        )
    }

    /// What people read for an outcome of a scope.
    fn outcome(&self, scope: ScopeIx, outcome: &str) -> (Arc<str>, Arc<str>) {
        let owner = self.release.scope(scope).owner.map(|owner| self.release.step(owner));
        let said = owner.map(|owner| self.wording.outcome(owner, outcome));
        let said = said.unwrap_or_else(|| self.release.outcome_title(outcome));
        (said.de, said.en)
    }

    pub(super) fn title(&self, path: &StepPath) -> Text {
        self.release
            .find(path)
            .map_or_else(|| Text::new(path.as_str(), path.as_str()), |step| (&step.title).into())
    }

    pub(super) fn quoted(&self, path: &StepPath) -> Both {
        let title = self.title(path);
        Both::of(format!("„{}“", title.de), format!("“{}”", title.en))
    }

    pub(super) fn role(&self, role: &RoleId) -> Text {
        self.release.roles.get(role).map_or_else(|| Text::new(role.as_str(), role.as_str()), Text::from)
    }
}

/// A period after "innerhalb von": "3 Arbeitstagen", "4 Wochen".
fn dative(period: Period) -> String {
    let text = period.text(Language::De);
    match period.count() {
        1 => text,
        _ if text.ends_with('n') => text,
        _ => format!("{text}n"),
    }
}

fn number(kind: &NumberKind) -> Both {
    let (de, en) =
        if kind.file_number { ("ein Aktenzeichen", "a file number") } else { ("eine Nummer", "a number") };
    let mut said = Both::of(format!("das System vergibt {de}"), format!("the system assigns {en}"));
    said.add(&match &kind.pattern {
        Dynamic::Constant(Value::String(pattern)) => Both::of(
            format!(" nach dem Muster {}", example(pattern, "JJJJ")),
            format!(" of the pattern {}", example(pattern, "YYYY")),
        ),
        Dynamic::Rule(rule) => {
            let source = bare(&rule.source);
            Both::of(format!(" nach dem Muster „{source}“"), format!(" of the pattern “{source}”"))
        }
        _ => Both::default(),
    });
    said
}

/// `32.1-{year}/{number:5}` as `32.1-JJJJ/00001`.
fn example(pattern: &str, year: &str) -> String {
    let mut parts = pattern.split('{');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (gap, rest) = part.split_once('}').unwrap_or((part, ""));
        match gap.strip_prefix("number") {
            Some(digits) => {
                let width = digits.trim_start_matches(':').parse::<usize>().unwrap_or(1).min(12);
                text.push_str(&format!("{:0>width$}", 1));
            }
            None => text.push_str(year),
        }
        text.push_str(rest);
    }
    text
}

/// A rule without the sign that makes it one.
pub(super) fn bare(source: &str) -> &str {
    source.trim_start_matches('=').trim()
}
