//! Of whom there are not enough, in words: for the person who puts a process to use.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    said::codes,
    staff::{Differ, Lack, MAX_TRIED, Roster, role_of},
};
use crate::{
    definition::{Release, StepIx},
    diagnostic::Severity,
    words::Text,
};

/// So many names are told.
const MOST_NAMES: usize = 5;

codes! {
    Lack {
        Lack::Nobody => "process_without_people",
        Lack::Role => "role_without_people",
        Lack::Combination => "nobody_left",
        Lack::NotDecided => "staff_not_decided",
    }
}

impl Lack {
    /// Whether it stops a deployment when it is certain.
    pub fn severity(self) -> Severity {
        match self {
            Lack::Role | Lack::Combination => Severity::Concern,
            Lack::Nobody | Lack::NotDecided => Severity::Warning,
        }
    }

    /// What is found at a step, and what to do.
    pub fn said(self, release: &Release, step: StepIx) -> (Text, Text) {
        let (task, role) = named(release, step);
        match self {
            Lack::Nobody => (
                Text::new(
                    "Niemand hat eine Rolle dieses Verfahrens; ob die Personen für jeden Weg reichen, ist nicht geprüft.",
                    "Nobody has a role of this process; whether there are enough people for each path is not checked.",
                ),
                Text::new(
                    "Nach der Inbetriebnahme den Personen ihre Rollen geben.",
                    "Give people their roles when it is in use.",
                ),
            ),
            Lack::Role => (
                Text::new(
                    format!("„{}“ kann niemand erledigen: Die Rolle „{}“ hat niemand.", task.de, role.de),
                    format!("Nobody can do “{}”: nobody has the role “{}”.", task.en, role.en),
                ),
                Text::new(
                    format!("Jemandem die Rolle „{}“ geben.", role.de),
                    format!("Give somebody the role “{}”.", role.en),
                ),
            ),
            Lack::Combination => (
                Text::new("Niemand darf diese Aufgabe noch erledigen.", "Nobody may do this task any more."),
                Text::new(
                    format!("Einer weiteren Person die Rolle „{}“ geben.", role.de),
                    format!("Give another person the role “{}”.", role.en),
                ),
            ),
            Lack::NotDecided => (
                Text::new(
                    format!(
                        "Ob die Personen für jeden Weg reichen, ist nicht entschieden: Es gäbe mehr als {MAX_TRIED} Besetzungen zu prüfen."
                    ),
                    format!(
                        "Whether there are enough people for each path is not decided: there would be more than {MAX_TRIED} combinations to look at."
                    ),
                ),
                Text::new(
                    "Weniger Aufgaben mit „not_same_person_as“ voneinander trennen.",
                    "Keep fewer tasks apart with `not_same_person_as`.",
                ),
            ),
        }
    }
}

/// A task, and its role, as people read them.
fn named(release: &Release, step: StepIx) -> (Text, Text) {
    let of = release.step(step);
    let role = role_of(release, of);
    (of.title.clone(), role.and_then(|role| release.roles.get(role)).cloned().unwrap_or_default())
}

/// Why no combination of people does for some tasks: who could do each, and which of them must be done by different people.
pub fn combination(
    release: &Release,
    Roster(people): &Roster,
    tasks: &BTreeSet<StepIx>,
    last: StepIx,
    differ: &Differ,
    able: &BTreeMap<StepIx, BTreeSet<usize>>,
) -> Text {
    let names = |task: &StepIx, more: &str| {
        let names: Vec<&str> = able[task].iter().map(|person| &*people[*person].0).collect();
        let told = names.iter().take(MOST_NAMES).copied().collect::<Vec<_>>().join(", ");
        if names.len() > MOST_NAMES { format!("{told} {more}") } else { told }
    };
    let (title, role) = named(release, last);
    let others: Vec<&StepIx> = tasks.iter().filter(|task| **task != last).collect();
    if let [other] = *others {
        // Two tasks that one pair of people does not do for have the same only person.
        let ((before, other), only) = (named(release, *other), names(&last, ""));
        return Text::new(
            format!(
                "„{}“ darf auf diesem Weg niemand erledigen: Die Rolle „{}“ hat nur {only}, und {only} muss vorher „{}“ erledigen, weil auch die Rolle „{}“ sonst niemand hat.",
                title.de, role.de, before.de, other.de
            ),
            format!(
                "Nobody may do “{}” on this path: only {only} has the role “{}”, and {only} must do “{}” before, because nobody else has the role “{}”.",
                title.en, role.en, before.en, other.en
            ),
        );
    }
    let who = |task: &&StepIx| {
        let (title, role) = named(release, **task);
        Text::new(
            format!("„{}“ ({}: {})", title.de, role.de, names(task, "und andere")),
            format!("“{}” ({}: {})", title.en, role.en, names(task, "and others")),
        )
    };
    let done: Vec<Text> = others.iter().map(who).collect();
    let mut apart: Vec<Text> = differ
        .iter()
        .filter(|(task, other)| tasks.contains(task) && tasks.contains(other))
        .map(|(task, other)| {
            let (task, other) = (named(release, *task).0, named(release, *other).0);
            Text::new(
                format!("„{}“ nicht, wer „{}“ erledigt hat", task.de, other.de),
                format!("“{}” not by whoever did “{}”", task.en, other.en),
            )
        })
        .collect();
    // Tasks may have the same title.
    apart.sort_by(|a, b| a.de.cmp(&b.de));
    apart.dedup();
    let list = |all: &[Text], pick: fn(&Text) -> &str| all.iter().map(pick).collect::<Vec<_>>().join(", ");
    Text::new(
        format!(
            "„{}“ darf auf diesem Weg niemand erledigen. Die Rolle „{}“ hat nur: {}. Vorher zu erledigen: {}. Die Regel: {}.",
            title.de,
            role.de,
            names(&last, "und andere"),
            list(&done, |it| &it.de),
            list(&apart, |it| &it.de)
        ),
        format!(
            "Nobody may do “{}” on this path. Only these have the role “{}”: {}. To be done before: {}. The rule: {}.",
            title.en,
            role.en,
            names(&last, "and others"),
            list(&done, |it| &it.en),
            list(&apart, |it| &it.en)
        ),
    )
}
