//! A whole database of a format, with its keys: it opens, is sound, and its cases are what they were.

use std::{collections::BTreeMap, fs, path::Path, sync::Arc};

use fachwerk_core::{
    command::{Command, Request},
    event::{Direction, DocumentContent},
    facts::Actor,
    keeping::KeepingRecord,
    words::{CaseId, InstanceId, Object, Timestamp},
};
use fachwerk_runtime::{Connector, Made, Runtime, clock::Clock};
use fachwerk_store::{AnyTurn, DATABASE_FILE, KEYS_FILE, Place, Store, StoreError};
use fachwerk_tests::{journal::whole, scratch::Scratch, small_process, town::tenant};
use jiff::SignedDuration;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::folder_of;

const FILES: [&str; 2] = [DATABASE_FILE, KEYS_FILE];
/// More than two snapshots lie apart.
const NOTES: u128 = 110;

fn in_an_executor<T>(work: impl Future<Output = T>) -> T {
    let executor = tokio::runtime::Builder::new_current_thread().enable_all().build();
    executor.expect("an executor of one thread").block_on(work)
}

/// Opens the database of a format as the program of today does.
pub fn check(format: u32) {
    let scratch = Scratch::new("golden");
    fs::create_dir_all(scratch.path()).expect("a folder");
    for file in FILES {
        let folded = folder_of(format).join(format!("{file}.lz4"));
        let folded = fs::read(&folded).unwrap_or_else(|error| panic!("{}: {error}", folded.display()));
        let bytes = lz4_flex::block::decompress_size_prepended(&folded).expect("what was folded unfolds");
        fs::write(scratch.path().join(file), bytes).expect("a file");
    }
    let state = in_an_executor(state(scratch.path()));
    let state = serde_json::to_string_pretty(&state).expect("JSON");
    crate::check(format, "database.json", &(state + "\n"));
}

/// What is in it: every case as it is now, and what verifying says.
async fn state(dir: &Path) -> Value {
    let store = Store::open(&Place::Sqlite { dir: dir.to_owned() }).await.expect("a store");
    let engine = Runtime::new(store.clone(), Clock::stopped_at(begin()), BTreeMap::new());
    engine.renew_lists().await.expect("lists that are written otherwise by now");
    let report = engine.verify(&tenant()).await.expect("a report");
    let mut cases = BTreeMap::new();
    for stored in whole(&store).await.expect("a journal") {
        let case = match stored.turn {
            AnyTurn::Case(turn) => turn.case,
            AnyTurn::Erased(turn) => turn.case,
            AnyTurn::Authority(_) => continue,
        };
        let state = match store.load(&tenant(), case).await {
            Ok(case) => json!(case),
            Err(StoreError::Erased { at, .. }) => json!({ "erased": at }),
            Err(error) => panic!("case {case}: {error}"),
        };
        cases.insert(case.to_string(), state);
    }
    // It is not only read: it goes on.
    engine.take_part().await.expect("the database takes this program");
    let authority = engine.authority(&tenant()).await.expect("a store").expect("an authority");
    let release = authority.current.values().next().expect("a process in use");
    let start = small_process::start(release, "Neu");
    ask(&engine, 99, 1, start).await;
    let again = engine.verify(&tenant()).await.expect("a report");
    assert!(again.is_clean(), "{:?}", again.findings);
    store.close().await;
    json!({ "report": report, "cases": cases })
}

fn begin() -> Timestamp {
    "2026-03-02T08:00:00Z".parse().expect("an instant")
}

/// Writes the database of a new format.
pub fn make(into: &Path) {
    let scratch = Scratch::new("golden");
    in_an_executor(fill(scratch.path()));
    for file in FILES {
        let log = fs::metadata(scratch.path().join(format!("{file}-wal"))).map_or(0, |log| log.len());
        assert_eq!(log, 0, "what was closed lies in its file");
        let bytes = fs::read(scratch.path().join(file)).expect("a file");
        fs::write(into.join(format!("{file}.lz4")), lz4_flex::block::compress_prepend_size(&bytes))
            .expect("a file");
    }
}

async fn fill(dir: &Path) {
    let store = Store::open(&Place::Sqlite { dir: dir.to_owned() }).await.expect("a store");
    let letter: Connector = Arc::new(|_| Box::pin(async { Ok(letter()) }));
    let connectors = BTreeMap::from([("letter".to_owned(), letter)]);
    let engine = Runtime::new(store.clone(), Clock::stopped_at(begin()), connectors);
    engine.take_part().await.expect("it takes part");
    small_process::found(&engine).await.expect("an authority");
    let release = small_process::release().id;
    let complete = |outcome: &str| {
        let values = small_process::result(outcome, "geprüft");
        move |task| Command::CompleteTask { task, values, seen: None, shown: None }
    };
    for (case, name) in [(1, "Ada"), (2, "Ödön von Horváth"), (3, "Berta")] {
        ask(&engine, case, 1, small_process::start(&release, name)).await;
    }
    // A letter, whose deadline passes; a reply that comes before anybody waits for it.
    let task = task_of(&engine, 1).await;
    ask(&engine, 1, 2, complete("ask")(task)).await;
    engine.settle().await.expect("the letter is made");
    engine.clock().advance_to(begin() + SignedDuration::from_hours(24 * 20));
    engine.settle().await.expect("the deadline passes");
    let reply = Command::DeliverMessage {
        name: "reply".into(),
        message_id: Uuid::from_u128(7),
        payload: Object::new(),
        documents: Vec::new(),
        received_on: None,
        key: None,
    };
    ask(&engine, 2, 2, reply).await;
    for note in 0..NOTES {
        ask(&engine, 2, 3 + note, Command::AddNote { text: format!("Notiz {note}").into() }).await;
    }
    let task = task_of(&engine, 3).await;
    ask(&engine, 3, 2, complete("done")(task)).await;
    // Only somebody who logs in asks for an erasure.
    store.set_password_hash(&tenant(), &"anna".into(), ("none", false), begin()).await.expect("kept");
    let reason = "Aufbewahrungsfrist abgelaufen".into();
    let record = KeepingRecord::Ask { reason, exception: None };
    ask(&engine, 3, 3, Command::RecordKeeping { record }).await;
    let alone = Some("Keine zweite Person".into());
    let anna = Actor::Person("anna".into());
    engine.erase(anna, &tenant(), id(3), Uuid::from_u128(3), alone).await.expect("an erased case");
    store.close().await;
}

fn letter() -> Made {
    let content = DocumentContent {
        title: "Nachfrage".into(),
        media_type: "text/plain".into(),
        hash: "".into(),
        size: 0,
        direction: Direction::Outgoing,
        addressee: None,
        enclosures: Vec::new(),
    };
    Made { values: Object::new(), documents: vec![(content, b"Bitte antworten Sie.".to_vec())] }
}

fn id(case: u128) -> CaseId {
    CaseId(Uuid::from_u128(0x019c_0000_0000_7000_8000_0000_0000_0000 + case))
}

async fn ask(engine: &Runtime, case: u128, command: u128, what: Command) {
    let (case, command_id) = (id(case), Uuid::from_u128((case << 64) + command));
    let request = Request { tenant: tenant(), case, command_id, command: what };
    engine.submit(Actor::Person("anna".into()), request).await.expect("a command that is carried out");
}

async fn task_of(engine: &Runtime, case: u128) -> InstanceId {
    let case = engine.case(&tenant(), id(case)).await.expect("a store").expect("a case");
    case.tasks().next().map(|(task, ..)| task).expect("a task")
}
