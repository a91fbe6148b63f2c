//! An authority to play in: its people and their roles, the same in memory and in a store.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use fachwerk_core::{
    authority::{Authority, AuthorityEvent, AuthorityTurn, Profile},
    case::Case,
    command::Command,
    decide::{Refusal, Rejection, decide},
    definition::Release,
    event::Event,
    facts::{Actor, CounterKey, FactVersions, Facts, day_of, norms_version},
    law::LegalData,
    words::{Land, PersonId, Place, RoleId, TenantId, Text, Timestamp},
};
use uuid::Uuid;

/// The people: who they are, and which roles they hold.
pub const PEOPLE: [(&str, &[&str]); 6] = [
    ("anna", &["clerk", "administrator"]),
    ("berta", &["clerk", "lead"]),
    ("carl", &["lead"]),
    ("dora", &["expert", "clerk"]),
    ("emil", &["expert"]),
    ("fritz", &["archive"]),
];

/// The name of the authority.
pub fn tenant() -> TenantId {
    TenantId::from("musterstadt")
}

/// Where it acts: a Land with holidays of its own.
pub fn place() -> Place {
    Place::land(Land::ST)
}

/// The people as they are set.
pub fn people() -> impl Iterator<Item = (PersonId, BTreeSet<RoleId>)> {
    PEOPLE.into_iter().map(|(person, roles)| {
        (PersonId::from(person), roles.iter().map(|role| RoleId::from(*role)).collect())
    })
}

/// The authority in memory.
pub fn authority() -> Authority {
    let founded = AuthorityEvent::Founded { title: Text::new("Musterstadt", "Musterstadt"), place: place() };
    let set = people().map(|(person, roles)| {
        let name = person.as_str().into();
        AuthorityEvent::PersonSet { person, name, roles, active: true }
    });
    let turn = AuthorityTurn {
        tenant: tenant(),
        version: 1,
        command_id: Uuid::nil(),
        actor: Actor::Engine,
        now: Timestamp::UNIX_EPOCH,
        events: [founded, AuthorityEvent::ProfileSet { profile: Profile::example() }]
            .into_iter()
            .chain(set)
            .collect(),
    };
    let mut authority = Authority::default();
    turn.apply(&mut authority);
    authority
}

/// The last value of every counter that was drawn from.
pub type Counters = BTreeMap<CounterKey, u64>;

/// What the core decides, with the facts of an authority: what the runtime does, without a store.
pub fn ask(
    release: &Release,
    case: &Case,
    (authority, counters): (&Authority, &Counters),
    (actor, now): (&Actor, Timestamp),
    command: &Command,
) -> Result<Vec<Event>, Rejection> {
    let person = actor.person().and_then(|person| authority.people.get(person));
    let mut facts = Facts {
        now,
        today: day_of(now),
        actor: actor.clone(),
        roles: person.map(|person| person.roles.clone()).unwrap_or_default(),
        stands_in_for: Arc::default(),
        people: authority.people.clone(),
        // Who has a password stands in no stream: here everybody does.
        persons: Arc::new(authority.people.keys().cloned().collect()),
        local: Arc::new(release.local(authority)),
        keeping: authority.keeping_rules(&release.process),
        calendar: authority.calendar(),
        law: LegalData::built_in(),
        numbers: BTreeMap::new(),
        versions: versions(authority),
    };
    loop {
        match decide(release, case, command, &facts) {
            Ok(decided) => return Ok(decided.events),
            Err(Refusal::Rejected(rejection)) => return Err(rejection),
            Err(Refusal::NumberNeeded(counter)) => {
                let last = counters.get(&counter).copied().unwrap_or_default();
                assert_eq!(facts.numbers.insert(counter, last), None, "a number is asked for once");
            }
        }
    }
}

/// The versions of the facts of an authority.
pub fn versions(authority: &Authority) -> FactVersions {
    FactVersions { authority: authority.version, norms: norms_version() }
}
