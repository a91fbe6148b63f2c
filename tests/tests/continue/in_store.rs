//! The same through stores: the first engine keeps everything in memory and is never interrupted; the second is closed
//! and opened again, forgets its memory, and goes on from a snapshot or from the journal alone, whichever comes up.

use std::collections::BTreeMap;

use fachwerk_core::{
    authority::{AuthorityCommand, Profile},
    case::Case,
    decide::Rejection,
    definition::Release,
    facts::Actor,
    projection::changes,
    turn::Turn,
    words::{CaseId, PersonId, Text, Timestamp},
};
use fachwerk_runtime::{Committed, Founding, Runtime, SubmitError, clock::Clock};
use fachwerk_store::{Appended, ClaimedEffect, Entry, MAX_ROWS, Place, Store, test_postgres};
use fachwerk_tests::{
    dice::Dice,
    random_process::RandomProcess,
    scratch::Scratch,
    town::{self, Counters, tenant},
    walk::{Ask, Walk, documents_of},
};
use uuid::Uuid;

use crate::{
    in_memory::{read_again, same},
    seen::Seen,
};

/// How often something is asked in one walk.
const ASKS: usize = 45;

type Said = Result<Committed, Rejection>;

/// Both engines on SQLite.
pub fn play_on_sqlite(seed: u64, seen: &mut Seen) -> Result<(), String> {
    let (first, second) = (Scratch::new("continue"), Scratch::new("continue"));
    let places = [&first, &second].map(|folder| Place::Sqlite { dir: folder.path().to_owned() });
    in_an_executor(play(seed, places, seen))
}

/// The first engine on SQLite, the second on PostgreSQL.
pub fn play_on_postgres(seed: u64, seen: &mut Seen) -> Result<(), String> {
    let Some(server) = test_postgres::server() else { return Ok(()) };
    let first = Scratch::new("continue");
    in_an_executor(async {
        let url = server.create_database().await;
        let places = [Place::Sqlite { dir: first.path().to_owned() }, Place::Postgres { url: url.clone() }];
        let played = play(seed, places, seen).await;
        server.drop_database(&url).await;
        played
    })
}

fn in_an_executor<T>(work: impl Future<Output = T>) -> T {
    let executor = tokio::runtime::Builder::new_current_thread().enable_all().build();
    executor.expect("an executor of one thread").block_on(work)
}

async fn play(seed: u64, [first, second]: [Place; 2], seen: &mut Seen) -> Result<(), String> {
    let process = RandomProcess::of(seed);
    seen.process(&process.constructs);
    let release = process.release();
    let mut walk = Walk::new(seed);
    let start = Timestamp::UNIX_EPOCH;
    let lasting = found(&first, &process, start).await?;
    let mut second =
        Second { engine: found(&second, &process, start).await?, place: second, dice: Dice::new(seed + 1) };
    let id = walk.case();
    let mut live = Case::unborn(tenant(), id);
    let mut after_the_end = 0;
    for _ in 0..ASKS {
        if after_the_end > 6 {
            break;
        }
        let ask = walk.next(&live, &release);
        lasting.clock().advance_to(ask.now);
        // As everywhere the bytes come first.
        for document in documents_of(&ask.request.command) {
            for store in [lasting.store(), second.engine.store()] {
                let bytes = document.title.as_bytes().to_vec();
                store.put_document(&tenant(), id, bytes, None, ask.now).await.map_err(told)?;
            }
        }
        let said = answered(lasting.submit(ask.actor.clone(), ask.request.clone()).await)?;
        let other = second.goes_on(&ask, &release).await?;
        same(format_args!("asked {ask:#?}"), &said, &other)?;
        let (here, there) = (lasting.store(), second.engine.store());
        live = match lasting.case(&tenant(), id).await.map_err(told)? {
            Some(case) => (*case).clone(),
            None => live,
        };
        match &said {
            Ok(done) => {
                let (turn, other) =
                    (turn_of(here, id, done.version).await?, turn_of(there, id, done.version).await?);
                same("the turn", &turn, &other)?;
                if !done.repeated {
                    seen.events(&turn.events);
                }
            }
            Err(rejection) => seen.rejection(rejection),
        }
        after_the_end += usize::from(!live.is_open());
        same("the lists", &lists(here, id).await?, &lists(there, id).await?)?;
        if live.version > 0 {
            second.read_in_every_way(&live).await?;
        }
    }
    ends_well(&lasting, &second.engine, id).await
}

fn told(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// A rejection is an answer; anything else is a failure of the machine.
fn answered(result: Result<Committed, SubmitError>) -> Result<Said, String> {
    match result {
        Ok(committed) => Ok(Ok(committed)),
        Err(SubmitError::Rejected(rejection)) => Ok(Err(rejection)),
        Err(error) => Err(told(error)),
    }
}

/// An authority with its people and the process, on a new store.
async fn found(place: &Place, process: &RandomProcess, now: Timestamp) -> Result<Runtime, String> {
    let store = Store::open(place).await.map_err(told)?;
    let engine = Runtime::new(store, Clock::stopped_at(now), BTreeMap::new());
    let title = Text::new("Musterstadt", "Musterstadt");
    let (administrator, name) = (PersonId::from("anna"), "Anna".into());
    let founding = Founding {
        tenant: tenant(),
        profile: Profile { name: title, ..Profile::example() },
        administrator,
        name,
    };
    engine.take_part().await.map_err(told)?;
    engine.found(founding).await.map_err(told)?;
    for (person, roles) in town::people() {
        let name = person.as_str().into();
        let command = AuthorityCommand::SetPerson { person, name, roles, active: true };
        engine.change(&tenant(), Actor::Engine, Uuid::now_v7(), command).await.map_err(told)?;
    }
    let nothing = |_: &str, _: &serde_json::Value| unreachable!("there are no scenarios");
    for block in &process.blocks {
        engine
            .install_block(&tenant(), Actor::Engine, block, &nothing)
            .await
            .map_err(|error| format!("{error:?}"))?;
    }
    let deployed =
        engine.deploy_despite(&tenant(), Actor::Engine, &process.process, &nothing, Some("a test")).await;
    let deployed = deployed.map_err(|error| format!("{error:?}"))?;
    same("the release that was deployed", &deployed.release, &process.release().id)?;
    Ok(engine)
}

async fn turn_of(store: &Store, case: CaseId, version: u64) -> Result<Turn, String> {
    let found = store.turns(&tenant(), case, version - 1, 1).await.map_err(told)?;
    let stored = found.into_iter().next().ok_or_else(|| format!("turn {version} is not there"))?;
    Ok(stored.turn)
}

/// All rows of all derived tables, and the timers as the worker sees them.
async fn lists(store: &Store, case: CaseId) -> Result<(Vec<String>, String), String> {
    let rows = store.projections(&tenant(), case).await.map_err(told)?;
    let timers = store.due_timers(Timestamp::MAX, MAX_ROWS).await.map_err(told)?;
    Ok((rows, format!("{timers:#?}")))
}

/// The engine that is interrupted again and again.
struct Second {
    engine: Runtime,
    place: Place,
    dice: Dice,
}

impl Second {
    /// Answers as if nothing had happened in between.
    async fn goes_on(&mut self, ask: &Ask, release: &Release) -> Result<Said, String> {
        let now = self.engine.clock().now();
        match self.dice.below(3) {
            // The process ended and began again.
            0 => {
                self.engine.store().close().await;
                let store = Store::open(&self.place).await.map_err(told)?;
                self.engine = Runtime::new(store, Clock::stopped_at(now), BTreeMap::new());
            }
            // Another node takes over.
            1 => {
                self.engine =
                    Runtime::new(self.engine.store().clone(), Clock::stopped_at(now), BTreeMap::new());
            }
            // Nobody but the core and the store.
            _ => {
                self.engine =
                    Runtime::new(self.engine.store().clone(), Clock::stopped_at(now), BTreeMap::new());
                self.engine.clock().advance_to(ask.now);
                return self.by_hand(ask, release).await;
            }
        }
        self.engine.clock().advance_to(ask.now);
        answered(self.engine.submit(ask.actor.clone(), ask.request.clone()).await)
    }

    /// What the runtime does, and now and then keeps the case whole.
    async fn by_hand(&mut self, ask: &Ask, release: &Release) -> Result<Said, String> {
        let (tenant, store, id) = (tenant(), self.engine.store(), ask.request.case);
        let before = store.load(&tenant, id).await.map_err(told)?;
        let before = before.unwrap_or_else(|| Case::unborn(tenant.clone(), id));
        let known = store.find_command(&tenant, id, ask.request.command_id).await.map_err(told)?;
        if let Some(known) = known {
            let (case, version, position) = (Some(id), known.turn.version, known.position);
            return Ok(Ok(Committed { tenant, case, version, position, repeated: true }));
        }
        let authority = store.authority(&tenant).await.map_err(told)?.ok_or("the authority is gone")?;
        let mut counters = Counters::new();
        for year in 2026..2030 {
            for counter in [format!("32.1-{year}/#"), "B #".into(), "#".into()] {
                let last = store.counter(&tenant, &counter).await.map_err(told)?;
                counters.insert(counter.into(), last);
            }
        }
        let now = ask.now.max(before.now);
        let said =
            town::ask(release, &before, (&authority, &counters), (&ask.actor, now), &ask.request.command);
        let events = match said {
            Ok(events) => events,
            Err(rejection) => return Ok(Err(rejection)),
        };
        let turn = Turn {
            tenant: tenant.clone(),
            case: id,
            version: before.version + 1,
            command_id: ask.request.command_id,
            actor: ask.actor.clone(),
            now,
            release: release.id.clone(),
            facts: town::versions(&authority),
            events,
        };
        let mut after = before.clone();
        turn.apply(&mut after);
        let changes = changes(&before, &after, &turn, release.listing(&after, &release.local(&authority)));
        let version = turn.version;
        let snapshot = self.dice.chance(50).then(|| after.into());
        let appended = store.append(&tenant, vec![Entry { turn, changes, snapshot }]).await.map_err(told)?;
        match appended.as_slice() {
            [Appended::Committed { position }] => {
                Ok(Ok(Committed { tenant, case: Some(id), version, position: *position, repeated: false }))
            }
            other => Err(format!("the turn was not stored: {other:?}")),
        }
    }

    /// From the newest snapshot, from the journal alone, and from the text of the case itself: always the same case.
    async fn read_in_every_way(&self, live: &Case) -> Result<(), String> {
        let store = self.engine.store();
        let loaded = store.load(&tenant(), live.id).await.map_err(told)?;
        same("the case from snapshot and journal", &Some(live), &loaded.as_ref())?;
        let mut folded = Case::unborn(tenant(), live.id);
        for stored in store.turns(&tenant(), live.id, 0, MAX_ROWS).await.map_err(told)? {
            stored.turn.apply(&mut folded);
        }
        same("the case from the journal alone", live, &folded)?;
        read_again("the case", live).map(drop)
    }
}

/// Nothing is wrong, rebuilding changes nothing, and both have the same left to do outside.
async fn ends_well(first: &Runtime, second: &Runtime, case: CaseId) -> Result<(), String> {
    for engine in [first, second] {
        let before = lists(engine.store(), case).await?;
        let report = engine.verify(&tenant()).await.map_err(told)?;
        if !report.is_clean() {
            return Err(format!("verify finds: {report:#?}"));
        }
        engine.rebuild(&tenant()).await.map_err(told)?;
        same("the lists, rebuilt", &before, &lists(engine.store(), case).await?)?;
        let report = engine.verify(&tenant()).await.map_err(told)?;
        if !report.is_clean() {
            return Err(format!("after rebuilding, verify finds: {report:#?}"));
        }
    }
    let (first, second) = (claimed(first.store()).await?, claimed(second.store()).await?);
    same("the effects that wait", &first, &second)
}

async fn claimed(store: &Store) -> Result<Vec<ClaimedEffect>, String> {
    let end = Timestamp::MAX;
    let mut claimed = store.claim_effects("somebody", end, end, MAX_ROWS).await.map_err(told)?;
    claimed.extend(store.claim_parcels("somebody", end, end, MAX_ROWS).await.map_err(told)?);
    Ok(claimed)
}
