//! A disk that is full, again and again, at any moment: everybody is told that nothing was stored, nothing that was promised
//! is lost, and as soon as there is room the work goes on.

use fachwerk_core::{command::Request, facts::Actor, words::CaseId};
use fachwerk_runtime::{Runtime, SubmitError};
use fachwerk_store::{Hash, StoreError};
use fachwerk_tests::{dice::Dice, journal, scratch::Scratch, seeds, small_process, town::tenant};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::{Synchronous, alone, executor, next, opened, shim};

/// How often the disk is full.
const TIMES: u64 = 200;
/// How many ask at once.
const AT_ONCE: usize = 4;

/// What was told.
#[derive(Default)]
struct Told {
    done: Vec<(Uuid, u64)>,
    refused: usize,
    no_room: Vec<(Actor, Request)>,
    /// Documents, as they are kept outside of the database.
    kept: Vec<Hash>,
    no_room_for: usize,
}

impl Told {
    /// Keeps a document; whether there was room.
    async fn keep(&mut self, engine: &Runtime, case: CaseId, text: String) -> bool {
        let now = engine.clock().now();
        match engine.store().put_document(&tenant(), case, text.into_bytes(), None, now).await {
            Ok(hash) => {
                self.kept.push(hash);
                true
            }
            Err(StoreError::Unavailable { reason }) if reason.contains("full") => false,
            Err(StoreError::DepotUnavailable { reason, .. }) if reason.contains("No space left") => {
                self.no_room_for += 1;
                false
            }
            Err(error) => panic!("a full disk is told as one: {error}"),
        }
    }
}

async fn ask(engine: &Runtime, requests: Vec<(Actor, Request)>, told: &mut Told) {
    let mut asked = JoinSet::new();
    for (actor, request) in requests {
        let engine = engine.clone();
        asked.spawn(async move { (actor.clone(), request.clone(), engine.submit(actor, request).await) });
    }
    for (actor, request, answer) in asked.join_all().await {
        match answer {
            Ok(committed) => told.done.push((request.command_id, committed.position)),
            Err(SubmitError::Rejected(_)) => told.refused += 1,
            Err(SubmitError::Store(StoreError::Unavailable { reason })) if reason.contains("full") => {
                told.no_room.push((actor, request));
            }
            Err(error) => panic!("a full disk is told as one: {error}"),
        }
    }
}

#[test]
fn a_full_disk_loses_nothing_that_was_promised() {
    let _alone = alone();
    let folder = Scratch::new("full");
    shim::record(folder.path(), Synchronous::AsTheStoreSays);
    executor().block_on(async {
        let engine = opened(folder.path()).await;
        small_process::found(&engine).await.expect("the authority is set up");
        let (mut told, mut cases, mut times) = (Told::default(), Vec::new(), 0);
        for seed in seeds(TIMES) {
            let mut dice = Dice::new(seed);
            shim::room(Some(dice.below(150_000)));
            while told.no_room.is_empty() {
                let mut requests = Vec::new();
                for _ in 0..AT_ONCE {
                    requests.push(next(&engine, &mut cases, &mut dice).await);
                }
                let case = requests[0].1.case;
                ask(&engine, requests, &mut told).await;
                let text: String = (0..dice.below(10_000)).map(|_| dice.any().to_string()).collect();
                if !told.keep(&engine, case, text.clone()).await {
                    shim::room(None);
                    assert!(told.keep(&engine, case, text).await, "there is room");
                    break;
                }
            }
            times += 1;
            shim::room(None);
            let again = std::mem::take(&mut told.no_room);
            ask(&engine, again, &mut told).await;
            assert!(told.no_room.is_empty(), "there is room");
        }
        eprintln!(
            "{} commands done, {} refused, {} documents; the disk was full {times} times, {} of them for a document",
            told.done.len(),
            told.refused,
            told.kept.len(),
            told.no_room_for
        );
        assert!(told.no_room_for > 0, "documents need room");
        check_end(&engine, &told).await;
        engine.store().close().await;
        let engine = opened(folder.path()).await;
        check_end(&engine, &told).await;
        engine.store().close().await;
    });
    let _ = shim::recorded();
}

/// What was promised is there, at its place; everything follows from the journal.
async fn check_end(engine: &Runtime, told: &Told) {
    let turns = journal::whole(engine.store()).await.expect("the journal is whole");
    for (command, position) in &told.done {
        let found = turns.iter().filter(|stored| journal::command_id(&stored.turn) == *command);
        assert_eq!(found.map(|stored| stored.position).collect::<Vec<_>>(), [*position], "{command}");
    }
    for hash in &told.kept {
        let there = engine.store().blob(&tenant(), hash).await.expect("it can be read");
        assert!(there.is_some(), "document {hash}");
    }
    let report = engine.verify(&tenant()).await.expect("verified");
    assert!(report.is_clean(), "{:#?}", report.findings);
}
