//! The people of an authority while somebody is away and others stand in (Vertretung): whether they still are enough.

use std::collections::{BTreeMap, BTreeSet};

use fachwerk_deadlines::{Language, date_text};

use super::{Finding, Property, Roster, staffed};
use crate::{
    authority::{Authority, Substitution, passed_on},
    definition::{Release, StepIx},
    diagnostic::{Diagnostic, Severity},
    scenario::People,
    words::{Date, PersonId, RoleId, Text},
};

/// So many times at which other people are there are looked at; what comes later is not.
pub const MOST_TIMES: usize = 50;

/// The people at a time when somebody is away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Away {
    /// When, and who stands in for whom.
    pub when: Text,
    /// Who is there, with the roles that count for them then.
    pub roster: Roster,
}

impl Away {
    /// From a day on each time in which other people of an authority are there.
    pub fn of(authority: &Authority, today: Date) -> Vec<Away> {
        let all: Vec<&Substitution> =
            authority.substitutions.values().filter(|it| it.until >= today).collect();
        // Whatever changes, changes on one of these days.
        let begins = all.iter().flat_map(|it| [it.from, it.until.tomorrow().unwrap_or(it.until)]);
        let begins: BTreeSet<Date> = begins.map(|day| day.max(today)).collect();
        let times = begins.iter().take(MOST_TIMES).filter_map(|from| {
            let now: Vec<&Substitution> = all.iter().copied().filter(|it| it.is_on(*from)).collect();
            let until = now.iter().map(|it| it.until).min()?;
            let next = begins.range(from.tomorrow().ok()?..).next();
            let until = next.and_then(|next| next.yesterday().ok()).map_or(until, |next| next.min(until));
            let pairs = now.iter().map(|it| (&it.absent, &it.substitute)).collect::<Vec<_>>();
            let people = authority.people.iter().filter(|(_, person)| person.active);
            let people = people.map(|(id, person)| (id, (&*person.name, &*person.roles))).collect();
            let days = Text::new(
                format!(
                    "Von {} bis {}, solange",
                    date_text(*from, Language::De),
                    date_text(until, Language::De)
                ),
                format!(
                    "From {} to {}, while",
                    date_text(*from, Language::En),
                    date_text(until, Language::En)
                ),
            );
            Some(away(&people, &pairs, &days))
        });
        times.collect()
    }

    /// Each time that one of these is away, of those who have a substitute.
    pub fn each(people: &People) -> Vec<Away> {
        let known = people.roles.iter().map(|(id, roles)| (id, (id.as_str(), roles))).collect();
        let days = Text::new("Solange", "While");
        people.substitutes.iter().map(|pair| away(&known, &[pair], &days)).collect()
    }
}

fn away(
    people: &BTreeMap<&PersonId, (&str, &BTreeSet<RoleId>)>,
    pairs: &[(&PersonId, &PersonId)],
    days: &Text,
) -> Away {
    let absent: BTreeSet<&PersonId> = pairs.iter().map(|(absent, _)| *absent).collect();
    let there = people.iter().filter(|(id, _)| !absent.contains(**id));
    let roster = there.map(|(id, (name, own))| {
        let stands_in = pairs.iter().filter(|(_, substitute)| substitute == id);
        let others = stands_in.filter_map(|(absent, _)| people.get(absent)).flat_map(|(_, it)| passed_on(it));
        ((*name).into(), own.iter().chain(others).cloned().collect())
    });
    let name = |id: &PersonId| people.get(id).map_or(id.as_str().to_owned(), |(name, _)| (*name).to_owned());
    let mut by: BTreeMap<&PersonId, Vec<String>> = BTreeMap::new();
    for (absent, substitute) in pairs {
        by.entry(*substitute).or_default().push(name(absent));
    }
    let list = |and: &str, one: fn(&str, &str) -> String| {
        let told = by.iter().map(|(substitute, absent)| one(&name(substitute), &absent.join(and)));
        told.collect::<Vec<_>>().join(and)
    };
    let when = Text::new(
        // The verb comes last.
        format!("{} {}", days.de, list(" und ", |by, absent| format!("{by} {absent} vertritt"))),
        format!("{} {}", days.en, list(" and ", |by, absent| format!("{by} stands in for {absent}"))),
    );
    Away { when, roster: Roster(roster.collect()) }
}

/// What lacks only while somebody is away: what lacks always is told anyway. It passes, so it only is a warning.
pub fn lacking(release: &Release, roster: &Roster, away: &[Away]) -> Vec<Diagnostic> {
    let at = |finding: &Finding| (finding.step, finding.property);
    let always: BTreeSet<(StepIx, Property)> = match away.is_empty() {
        true => BTreeSet::new(),
        false => staffed(release, roster).iter().map(at).collect(),
    };
    let mut found = Vec::new();
    for Away { when, roster } in away {
        let lacking = staffed(release, roster).into_iter().filter(|finding| !always.contains(&at(finding)));
        found.extend(lacking.map(|finding| {
            let said = finding.diagnostic(release);
            let message = Text::new(
                format!("{}: {}", when.de, said.message.de),
                format!("{}: {}", when.en, said.message.en),
            );
            Diagnostic { severity: Severity::Warning, message, ..said }
        }));
    }
    found
}
