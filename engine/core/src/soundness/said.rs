//! What was proven, in words: for the person who designs a process, and the one who puts it to use.

use std::sync::Arc;

use super::{Bound, By, Detail, Finding, MAX_FATES, MAX_LOCKED, MAX_STATES, Move, Property, Verdict, run};
use crate::{
    definition::{Kind, Raise, Release, Step, StepIx},
    diagnostic::{Diagnostic, Severity, Span},
    words::Text,
};

/// So many moves of a run are told.
const MOST_MOVES: usize = 12;

/// Gives each variant its code, stable for programs and the documentation, and lists all of them: none can be left out.
macro_rules! codes {
    ($of:ident { $($variant:pat => $code:literal,)* } $($inner:pat => $its:expr,)*) => {
        impl $of {
            /// Every code, except those of what is within it.
            pub const CODES: &'static [&'static str] = &[$($code),*];

            /// Stable, for programs and the documentation.
            pub fn code(self) -> &'static str {
                match self {
                    $($variant => $code,)*
                    $($inner => $its,)*
                }
            }
        }
    };
}
pub(super) use codes;

codes! {
    Property {
        Property::NeverReached => "step_never_reached",
        Property::CutOff => "step_cut_off",
        Property::WaitsInVain => "join_waits_in_vain",
        Property::NeverEnds => "never_ends",
        Property::ErrorUnhandled => "error_unhandled",
        Property::GoesInCircles => "goes_in_circles",
        Property::Multiplies => "paths_multiply",
        Property::LocksInCircle => "locks_in_circle",
        Property::MeetingNotDecided(_) => "soundness_not_decided",
        Property::ResultNeverThere => "result_never_there",
        Property::ResultMayBeMissing => "result_may_be_missing",
        Property::ConditionNeverHolds => "condition_never_holds",
        Property::WayNeverTaken => "way_never_taken",
        Property::ElseNeverTaken => "else_never_taken",
        Property::NoOptionLeft => "no_option_left",
        Property::ConditionsNotDecided => "conditions_not_decided",
        Property::WrittenTwice => "written_at_the_same_time",
        Property::ReadWhileWritten => "read_while_written",
        Property::TableGap => "table_gap",
        Property::RowsOverlap => "table_rows_overlap",
        Property::RowNeverCounts => "table_row_never_counts",
        Property::TableNotDecided => "table_not_decided",
    }
    Property::Law(against) => against.code(),
    Property::Staff(lack) => lack.code(),
}

impl Finding {
    /// As a problem of the definition, at the step.
    pub fn diagnostic(&self, release: &Release) -> Diagnostic {
        let (span, said, help) = match &self.detail {
            Some(Detail { span, message, help, .. }) => (span.clone(), message.clone(), help.clone()),
            None => {
                let (said, help) = self.property.said(release, self.step);
                (self.place(release), self.why.clone().unwrap_or(said), help)
            }
        };
        let message = match (self.verdict, &self.detail) {
            // It says so itself.
            (_, Some(_)) => said,
            (Verdict::PossiblyUnsound, None) => Text::new(
                format!("Möglicherweise, falls die Daten es zulassen: {}", said.de),
                format!("Possibly, if the data allow it: {}", said.en),
            ),
            _ => said,
        };
        let message = match in_short(release, &self.run) {
            Some(run) if self.verdict == Verdict::PossiblyUnsound => Text::new(
                format!("{} So kann es dazu kommen: {}.", message.de, run.de),
                format!("{} This is how it may come about: {}.", message.en, run.en),
            ),
            Some(run) => Text::new(
                format!("{} So kommt es dazu: {}.", message.de, run.de),
                format!("{} This is how: {}.", message.en, run.en),
            ),
            None => message,
        };
        let severity = self.severity();
        let run = run::of(release, self).map(Arc::new);
        Diagnostic { help: Some(help), run, ..Diagnostic::new(severity, span, self.property.code(), message) }
    }

    /// Where it is told. Who may do what the process says where it uses a block, not the block.
    fn place(&self, release: &Release) -> Span {
        let mut step = release.step(self.step);
        if matches!(self.property, Property::Staff(_)) {
            let around = |step: &Step| release.scope(step.scope).owner.map(|owner| release.step(owner));
            let owners = std::iter::successors(around(step), |owner| around(owner));
            step = owners.filter(|owner| owner.block.is_some()).last().unwrap_or(step);
        }
        step.span.clone()
    }

    /// What the data may exclude counts one less.
    fn severity(&self) -> Severity {
        let certain = match self.property {
            Property::Law(against) => against.severity(),
            Property::Staff(lack) => lack.severity(),
            _ => Severity::Concern,
        };
        match (self.verdict, certain) {
            (Verdict::Unsound, certain) => certain,
            (Verdict::PossiblyUnsound | Verdict::NotDecided, Severity::Error) => Severity::Concern,
            _ => Severity::Warning,
        }
    }
}

impl Property {
    /// What is found at a step, and what to do.
    fn said(self, release: &Release, step: StepIx) -> (Text, Text) {
        match self {
            Property::NeverReached => (
                Text::new(
                    "Zu diesem Schritt führt kein Weg; er wird nie ausgeführt.",
                    "No way leads to this step; it is never done.",
                ),
                Text::new(
                    "Einen Weg dorthin ergänzen („then“), oder den Schritt streichen.",
                    "Add a way that leads there (`then`), or delete the step.",
                ),
            ),
            Property::CutOff => (
                Text::new(
                    "Sobald dieser Schritt beginnt, beendet ihn ein anderer Weg, der ohne Halt weiterläuft; niemand kommt dazu, ihn zu erledigen.",
                    "As soon as this step begins, another path that never stops ends it; nobody comes to do it.",
                ),
                Text::new(
                    "Den anderen Weg erst nach einer Aufgabe, Nachricht oder Frist hinausführen lassen, oder auf mehr Zweige warten („wait_for“).",
                    "Let the other path leave only after a task, message or deadline, or wait for more branches (`wait_for`).",
                ),
            ),
            Property::WaitsInVain => (
                Text::new(
                    "Hier wartet ein Weg auf andere, die nicht mehr kommen; der Vorgang bleibt stehen.",
                    "A path waits here for others that do not come any more; the case is stuck.",
                ),
                Text::new(
                    "Wo Wege nur manchmal gegangen werden, hilft „join: inclusive“; oder Aufteilung und Zusammenführung zusammen als „fork“ schreiben; oder den anderen Weg mit „$ergebnis“ den ganzen Bereich verlassen lassen.",
                    "Where paths are taken only sometimes, `join: inclusive` helps; or write split and join together as a `fork`; or let the other path leave the whole scope with `$outcome`.",
                ),
            ),
            Property::NeverEnds => (
                Text::new(
                    "Von hier an kann der Vorgang nicht mehr enden: Alle Wege führen im Kreis.",
                    "From here on the case cannot end any more: all ways lead in a circle.",
                ),
                Text::new(
                    "Einen Ausgang ergänzen: ein weiteres Ergebnis, das hinausführt, oder eine Reaktion, die den Kreis beendet („always“ oder „on“).",
                    "Add a way out: one more outcome that leads out, or a reaction that ends the circle (`always` or `on`).",
                ),
            ),
            Property::ErrorUnhandled => error_unhandled(&release.step(step).kind),
            Property::GoesInCircles => (
                Text::new(
                    "Diese Schritte laufen im Kreis, ohne dass der Vorgang anhält; nach 1.000 Schritten ist er gestört.",
                    "These steps go in a circle in which the case never stops; after 1,000 steps it is an incident.",
                ),
                Text::new(
                    "Eine Aufgabe, eine Frist oder „repeat: { max: … }“ in den Kreis nehmen.",
                    "Put a task, a deadline or `repeat: { max: … }` into the circle.",
                ),
            ),
            Property::Multiplies => (
                Text::new(
                    "Bei jedem Umlauf kommt ein Weg hinzu; es werden immer mehr.",
                    "Each time round there is one path more; they never become fewer.",
                ),
                Text::new(
                    "Die Wege vor dem Rückweg zusammenführen („join“), oder mehrfache Arbeit mit „each“ beschreiben.",
                    "Join the paths before they lead back, or say repeated work with `each`.",
                ),
            ),
            Property::LocksInCircle => (
                Text::new(
                    "Hier können Bereiche aufeinander warten: Jeder hat die Sperre, die ein anderer braucht.",
                    "Here scopes may wait for each other: each has the lock that another one needs.",
                ),
                Text::new(
                    "Überall dieselbe Reihenfolge der Sperren wählen, oder eine gemeinsame Sperre außen herum.",
                    "Take the locks in the same order everywhere, or one lock around all of them.",
                ),
            ),
            Property::MeetingNotDecided(Bound::Locks) => (
                not_decided(Bound::Locks),
                Text::new(
                    "Die Sperren überall in derselben Reihenfolge nehmen, oder mit weniger Sperren auskommen.",
                    "Take the locks in the same order everywhere, or do with fewer of them.",
                ),
            ),
            Property::MeetingNotDecided(bound) => (
                not_decided(bound),
                Text::new(
                    "Den Bereich in Gruppen teilen, oder „fork“ verwenden; was gegabelt und wieder vereinigt wird, ist immer entschieden.",
                    "Divide the scope into groups, or use `fork`: what is forked and joined as one is always decided.",
                ),
            ),
            Property::Law(against) => against.said(release, step),
            Property::Staff(lack) => lack.said(release, step),
            // The others have a detail.
            _ => (Text::default(), Text::default()),
        }
    }
}

fn error_unhandled(kind: &Kind) -> (Text, Text) {
    let code: &str = match kind {
        Kind::Raise(Raise::Error(code)) => code,
        _ => "",
    };
    (
        Text::new(
            format!("Den Fehler „{code}“ fängt nichts auf; der Vorgang bleibt stehen."),
            format!("Nothing handles the error `{code}`; the case is stuck."),
        ),
        Text::new(
            "Den Fehler auffangen: „on: { name: { error: … } }“ an einer Gruppe darum herum, oder „always“.",
            "Handle the error: `on: { name: { error: … } }` at a group around it, or `always`.",
        ),
    )
}

fn not_decided(bound: Bound) -> Text {
    match bound {
        Bound::States => Text::new(
            format!(
                "Ob sich hier alle Wege treffen, ist nicht entschieden: Es gäbe mehr als {MAX_STATES} Stände zu prüfen."
            ),
            format!(
                "Whether all paths meet here is not decided: there would be more than {MAX_STATES} states to look at."
            ),
        ),
        Bound::Fates => Text::new(
            format!(
                "Ob sich hier alle Wege treffen, ist nicht entschieden: Ein Weg kann mehr als {MAX_FATES} Verläufe nehmen."
            ),
            format!(
                "Whether all paths meet here is not decided: one path can go more than {MAX_FATES} ways."
            ),
        ),
        Bound::Reactions => Text::new(
            "Ob sich hier alle Wege treffen, ist nicht entschieden: Eine Reaktion, die beliebig oft kommen kann, führt in die Zusammenführung.",
            "Whether all paths meet here is not decided: a reaction that can come any number of times leads into the join.",
        ),
        Bound::Cancelled => Text::new(
            "Ob sich hier alle Wege treffen, ist nicht entschieden: Ein anderer Schritt kann beenden, was hier wartet.",
            "Whether all paths meet here is not decided: another step can end what waits here.",
        ),
        Bound::Locks => Text::new(
            format!(
                "Ob Gruppen gegenseitig auf ihre Sperren warten, ist nicht entschieden: Es gäbe mehr als {MAX_LOCKED} Reihenfolgen zu prüfen."
            ),
            format!(
                "Whether groups wait for the locks of each other is not decided: there would be more than {MAX_LOCKED} orders to look at."
            ),
        ),
    }
}

/// What people, messages and time do in a run.
fn in_short(release: &Release, run: &[Move]) -> Option<Text> {
    let mut told: Vec<Text> = run.iter().filter_map(|it| told(release, it)).collect();
    if told.is_empty() {
        return None;
    }
    if told.len() > MOST_MOVES {
        told.truncate(MOST_MOVES);
        told.push(Text::new("…", "…"));
    }
    let list = |pick: fn(&Text) -> &str| told.iter().map(pick).collect::<Vec<_>>().join(", ");
    Some(Text::new(list(|text| &text.de), list(|text| &text.en)))
}

fn told(release: &Release, it: &Move) -> Option<Text> {
    let step = it.step.map(|ix| release.step(ix));
    let acts = matches!(
        (step.map(|step| &step.kind), &it.by),
        (_, By::Handler(_)) | (Some(Kind::Task(_) | Kind::Wait(_) | Kind::Call(_) | Kind::Choose(_)), _)
    );
    let title = step.map_or_else(|| Text::new("Vorgang", "case"), |step| step.title.clone());
    let by = match &it.by {
        By::Outcome(name) => run::outcome_title(release, it.step, name),
        By::Handler(name) => run::title_of_trigger(release, step.map(|step| &step.path), name),
        By::Way(number) => Text::new(format!("{number}. Weg"), format!("way {number}")),
        By::Itself | By::Meeting | By::Cancelled => Text::default(),
    };
    let in_brackets = |by: &str| if by.is_empty() { String::new() } else { format!(" ({by})") };
    acts.then(|| {
        Text::new(
            format!("„{}“{}", title.de, in_brackets(&by.de)),
            format!("“{}”{}", title.en, in_brackets(&by.en)),
        )
    })
}
