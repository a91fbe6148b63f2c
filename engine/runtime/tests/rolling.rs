//! A rolling upgrade: an older and a newer server on one PostgreSQL. The newer one knows a format of turns that was never
//! ours, in which every note ends with ` [2]`.

use std::{collections::BTreeMap, time::Duration};

use fachwerk_core::{
    authority::Profile,
    command::{Command, Request},
    facts::Actor,
    format::{Formats, Step},
    language::Folder,
    scenario,
    words::{CaseId, Land, Object, Place, ReleaseId, TenantId, Text, Value},
};
use fachwerk_runtime::{Founding, Runtime, SubmitError, clock::Clock};
use fachwerk_store::{CaseQuery, LIVE, Place as StorePlace, Store, StoreError, test_postgres};
use uuid::Uuid;

const NEWER: Formats = Formats {
    steps: &[
        Formats::OURS.steps[0],
        Step {
            up: |turn| Ok(with_notes(turn, |text| Some(format!("{text} [2]"))).unwrap_or_default()),
            down,
        },
    ],
    writes: 3,
};
const NEWER_TURNS: StoreError = StoreError::NewerTurns { found: 3, known: 2 };

fn down(turn: Value) -> Option<Value> {
    with_notes(turn, |text| text.strip_suffix(" [2]").map(str::to_owned))
}

fn with_notes(mut turn: Value, change: impl Fn(&str) -> Option<String>) -> Option<Value> {
    for event in turn["events"].as_array_mut().into_iter().flatten() {
        if event["type"] == "note_added" {
            event["text"] = change(event["text"].as_str()?)?.into();
        }
    }
    Some(turn)
}

const PROCESS: &str = "process: test
version: 1.0.0
title: { de: Test, en: Test }
roles: { administrator: { title: { de: A, en: A } } }
steps:
  look: { task: { title: { de: Ansehen, en: Look } }, role: administrator }
";

fn tenant() -> TenantId {
    "musterstadt".into()
}

fn case() -> CaseId {
    CaseId(Uuid::from_u128(7))
}

/// A server of a program, at a clock.
async fn server(url: &str, formats: Formats, clock: &Clock) -> Result<Runtime, StoreError> {
    let place = StorePlace::Postgres { url: url.to_owned() };
    let store = Store::open_as(&place, &place, formats).await?;
    let runtime = Runtime::new(store.clone(), clock.clone(), BTreeMap::new());
    match runtime.take_part().await {
        Ok(()) => Ok(runtime),
        Err(error) => {
            store.close().await;
            Err(error)
        }
    }
}

async fn found(runtime: &Runtime) -> ReleaseId {
    found_with(runtime, PROCESS).await
}

async fn found_with(runtime: &Runtime, process: &str) -> ReleaseId {
    let founding = Founding {
        tenant: tenant(),
        profile: Profile::of(Text::new("Musterstadt", "Musterstadt"), Place::land(Land::ST)),
        administrator: "admin".into(),
        name: "Admin".into(),
    };
    runtime.found(founding).await.expect("founded");
    let files = [("process.yaml".into(), process.as_bytes().into())].into_iter().collect();
    let folder = Folder { name: "test".into(), files };
    let made = |_: &str, _: &_| Ok(scenario::Made::default());
    let admin = Actor::Person("admin".into());
    let deployed = runtime.deploy_despite(&tenant(), admin, &folder, &made, Some("a test")).await;
    deployed.expect("deployed").release
}

async fn ask(runtime: &Runtime, id: u128, command: Command) -> Result<u64, StoreError> {
    let request = Request { tenant: tenant(), case: case(), command_id: Uuid::from_u128(id), command };
    match runtime.submit(Actor::Person("admin".into()), request).await {
        Ok(committed) => Ok(committed.version),
        Err(SubmitError::Store(error)) => Err(error),
        Err(other) => panic!("{other}"),
    }
}

async fn note(runtime: &Runtime, id: u128, text: &str) -> Result<u64, StoreError> {
    ask(runtime, id, Command::AddNote { text: text.into() }).await
}

async fn notes(runtime: &Runtime) -> Result<Vec<String>, StoreError> {
    let case = runtime.case(&tenant(), case()).await?.expect("a case");
    Ok(case.notes.values().map(|note| note.text.to_string()).collect())
}

fn later(clock: &Clock, by: Duration) {
    clock.advance_to(clock.now() + by);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_newer_server_joins_an_older_one_which_then_ends() {
    let Some(postgres) = test_postgres::server() else { return };
    let url = postgres.create_database().await;
    let clock = Clock::stopped_at("2026-03-02T08:00:00Z".parse().expect("an instant"));
    let old = server(&url, Formats::OURS, &clock).await.expect("the older server");
    let release = found(&old).await;
    let start = Command::StartCase {
        release,
        channel: "manual".into(),
        data: Object::new(),
        received_on: None,
        documents: Vec::new(),
        caller: None,
    };
    assert_eq!(ask(&old, 1, start).await, Ok(1));

    // Both work, on the same case; what is written both can read.
    let new = server(&url, NEWER, &clock).await.expect("the newer server");
    assert_eq!(note(&new, 2, "a [2]").await, Ok(2));
    assert_eq!(note(&old, 3, "b").await, Ok(3));
    assert_eq!(notes(&old).await, Ok(vec!["a".into(), "b".into()]));
    assert_eq!(notes(&new).await, Ok(vec!["a [2]".into(), "b [2]".into()]));
    // What only the newer one can say waits; nothing else is harmed.
    assert_eq!(note(&new, 4, "new").await, Err(StoreError::OlderServers { format: 2 }));
    assert_eq!(note(&new, 5, "c [2]").await, Ok(4));
    assert_eq!(new.nodes().await.expect("servers").nodes.len(), 2);
    // As long as the older one is there it stays so.
    later(&clock, LIVE);
    old.take_part().await.expect("it is there");
    new.take_part().await.expect("it is there");
    assert_eq!(note(&new, 6, "new").await, Err(StoreError::OlderServers { format: 2 }));

    // It ends, and the newer one need not wait for a minute.
    old.store().close().await;
    new.take_part().await.expect("it is there");
    assert_eq!(note(&new, 7, "new").await, Ok(5));
    assert_eq!(notes(&new).await, Ok(["a [2]", "b [2]", "c [2]", "new"].map(String::from).to_vec()));
    assert_eq!(server(&url, Formats::OURS, &clock).await.err(), Some(NEWER_TURNS));
    assert!(new.verify(&tenant()).await.expect("a report").is_clean());
    new.store().close().await;
    postgres.drop_database(&url).await;
}

/// A server that was cut off for more than a minute finds that the others have gone on without it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_older_server_that_was_not_seen_ends_by_itself() {
    let Some(postgres) = test_postgres::server() else { return };
    let url = postgres.create_database().await;
    let clock = Clock::stopped_at("2026-03-02T08:00:00Z".parse().expect("an instant"));
    let old = server(&url, Formats::OURS, &clock).await.expect("the older server");
    later(&clock, LIVE + Duration::from_secs(1));
    let new = server(&url, NEWER, &clock).await.expect("the newer server");
    assert_eq!(new.nodes().await.expect("servers").written, 3);
    assert_eq!(old.why_outdated(), None);
    let worker = old.start_background();
    assert_eq!(old.outdated().await, NEWER_TURNS);
    assert_eq!(old.why_outdated(), Some(NEWER_TURNS));
    drop(worker);
    for server in [&old, &new] {
        server.store().close().await;
    }
    postgres.drop_database(&url).await;
}

/// The newest format has other words for the beginning of a case, which the older one lacks.
const BEGINS_OTHERWISE: Formats = Formats {
    steps: &[
        Formats::OURS.steps[0],
        Step {
            up: |turn| Ok(turn),
            down: |turn| {
                let begins = turn["events"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .any(|event| event["type"] == "case_started");
                (!begins).then_some(turn)
            },
        },
    ],
    writes: 3,
};

/// What cannot begin by itself when it is time begins as soon as it can.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_begins_by_itself_waits_until_it_can() {
    let Some(postgres) = test_postgres::server() else { return };
    let url = postgres.create_database().await;
    let clock = Clock::stopped_at("2026-03-02T08:00:00Z".parse().expect("an instant"));
    let old = server(&url, Formats::OURS, &clock).await.expect("the older server");
    let every = "version: 1.0.0\nstart: { every: { period: 1 month, first: 2026-03-02T12:00, data: {} } }";
    found_with(&old, &PROCESS.replace("version: 1.0.0", every)).await;
    let new = server(&url, BEGINS_OTHERWISE, &clock).await.expect("the newer server");
    later(&clock, Duration::from_secs(6 * 3_600));
    for server in [&old, &new] {
        server.take_part().await.expect("it is there");
    }
    let begun =
        async || new.store().cases(&tenant(), &CaseQuery::default()).await.expect("cases").items.len();
    new.settle().await.expect("settled");
    assert_eq!(begun().await, 0, "the older one could not read it");
    old.store().close().await;
    new.take_part().await.expect("it is there");
    for _ in 0..2 {
        new.settle().await.expect("settled");
        assert_eq!(begun().await, 1);
    }
    new.store().close().await;
    postgres.drop_database(&url).await;
}
