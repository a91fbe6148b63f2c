//! An embedded database that works for a long time stays as small as what it holds: cases with documents begin, end and are
//! erased, again and again. `FACHWERK_SOAK` multiplies the rounds.

use std::{collections::BTreeMap, path::Path};

use fachwerk_core::{
    authority::{AuthorityCommand, Profile},
    command::{Command, Request},
    event::{Direction, DocumentContent, EffectError},
    facts::Actor,
    keeping::KeepingRecord,
    language::Folder,
    scenario,
    words::{CaseId, Land, Object, Place, TenantId, Text, Value},
};
use fachwerk_runtime::{Founding, KeepingStep, Runtime, clock::Clock};
use fachwerk_store::{DATABASE_FILE, KEYS_FILE, MOST_LOG_BYTES, Place as StorePlace, Store};
use uuid::Uuid;

const PROCESS: &str = "process: test
version: 1.0.0
title: { de: Test, en: Test }
roles: { clerk: { title: { de: S, en: C }, corrects: true } }
steps:
  work: { task: { title: { de: Arbeit, en: Work } }, role: clerk }
";

const MIB: u64 = 1024 * 1024;
/// Rounds of the short form.
const ROUNDS: u64 = 4;
const CASES_A_ROUND: u64 = 8;
const DOCUMENTS_A_CASE: u64 = 2;
const DOCUMENT_BYTES: u64 = 512 * 1024;
/// What may stay free in the file, and what the tables themselves take.
const MOST_FILE: u64 = 12 * MIB;
/// What is left of an erased case: its chain and its certificate, here and in the ledger.
const MOST_A_CASE: u64 = 8 * 1024;
/// One transaction can be as long as its documents before the log begins anew.
const MOST_LOG: u64 = MOST_LOG_BYTES + 8 * MIB;

struct World {
    runtime: Runtime,
    tenant: TenantId,
    dir: tempfile::TempDir,
    /// Makes bytes that cannot be pressed together.
    state: u64,
    begun: u64,
}

fn no_scenarios(_: &str, _: &Value) -> Result<scenario::Made, EffectError> {
    Ok(scenario::Made::default())
}

impl World {
    async fn new() -> World {
        let dir = tempfile::tempdir().expect("a directory");
        let store = Store::open(&StorePlace::Sqlite { dir: dir.path().to_owned() }).await.expect("a store");
        let clock = Clock::stopped_at("2026-03-02T08:00:00Z".parse().expect("an instant"));
        let runtime = Runtime::new(store, clock, BTreeMap::new());
        let tenant = TenantId::from("musterstadt");
        let founding = Founding {
            tenant: tenant.clone(),
            profile: Profile::of(Text::new("Musterstadt", "Musterstadt"), Place::land(Land::ST)),
            administrator: "ada".into(),
            name: "Ada".into(),
        };
        runtime.found(founding).await.expect("founded");
        for (person, role) in [("jan", "clerk"), ("eva", "administrator")] {
            let roles = [role.into()].into();
            let (person, name) = (person.into(), person.into());
            let command = AuthorityCommand::SetPerson { person, name, roles, active: true };
            runtime.change(&tenant, Actor::Engine, Uuid::now_v7(), command).await.expect("a person");
        }
        for person in ["ada", "eva"] {
            let at = runtime.clock().now();
            runtime.store().set_password_hash(&tenant, &person.into(), ("x", false), at).await.expect("kept");
        }
        let files = [("process.yaml".into(), PROCESS.as_bytes().into())].into();
        let folder = Folder { name: "test".into(), files };
        runtime.deploy(&tenant, Actor::Person("ada".into()), &folder, &no_scenarios).await.expect("deployed");
        World { runtime, tenant, dir, state: 0x9e37_79b9_7f4a_7c15, begun: 0 }
    }

    async fn ask(&self, by: &str, case: CaseId, command: Command) {
        let request = Request { tenant: self.tenant.clone(), case, command_id: Uuid::now_v7(), command };
        self.runtime.submit(Actor::Person(by.into()), request).await.expect("it is done");
    }

    fn bytes(&mut self) -> Vec<u8> {
        let word = || {
            self.state ^= self.state << 13;
            self.state ^= self.state >> 7;
            self.state ^= self.state << 17;
            self.state.to_le_bytes()
        };
        std::iter::repeat_with(word).flatten().take(DOCUMENT_BYTES as usize).collect()
    }

    /// Begins cases, puts documents into them and ends them.
    async fn ended_cases(&mut self, count: u64) -> Vec<CaseId> {
        let authority = self.runtime.authority(&self.tenant).await.expect("a store").expect("an authority");
        let release = authority.current["test"].clone();
        let mut cases = Vec::new();
        for _ in 0..count {
            self.begun += 1;
            let case = CaseId(Uuid::from_u128(u128::from(self.begun)));
            let start = Command::StartCase {
                release: release.clone(),
                channel: "manual".into(),
                data: Object::new(),
                received_on: None,
                documents: Vec::new(),
                caller: None,
            };
            self.ask("jan", case, start).await;
            for _ in 0..DOCUMENTS_A_CASE {
                let bytes = self.bytes();
                let size = bytes.len() as u64;
                let now = self.runtime.clock().now();
                let kept = self.runtime.store().put_document(&self.tenant, case, bytes, None, now).await;
                let hash = kept.expect("kept");
                let document = DocumentContent {
                    title: "Plan".into(),
                    media_type: "application/pdf".into(),
                    hash: hash.to_string().into(),
                    size,
                    direction: Direction::Incoming,
                    addressee: None,
                    enclosures: Vec::new(),
                };
                self.ask("jan", case, Command::AddDocument { document, received_on: None }).await;
            }
            let reason = "zurückgenommen".into();
            self.ask("jan", case, Command::EndCase { outcome: None, reason }).await;
            cases.push(case);
        }
        cases
    }

    /// Erases cases, as one administrator asks for and another one confirms.
    async fn erase(&self, cases: &[CaseId]) {
        let ask = KeepingRecord::Ask { reason: "Frist abgelaufen".into(), exception: None };
        for (by, step) in [("ada", KeepingStep::Record(ask)), ("eva", KeepingStep::Erase { alone: None })] {
            let (actor, id) = (Actor::Person(by.into()), Uuid::now_v7());
            let troubles = self.runtime.keep_cases(&actor, &self.tenant, cases, id, &step).await;
            assert!(troubles.expect("the database").is_empty(), "every case is erased");
        }
    }

    /// The bytes of a file of the database; none when it is not there.
    fn size(&self, name: &str) -> u64 {
        std::fs::metadata(Path::new(self.dir.path()).join(name)).map_or(0, |about| about.len())
    }

    fn check_sizes(&self, when: &str) {
        for name in [DATABASE_FILE, KEYS_FILE] {
            let (file, log) = (self.size(name), self.size(&format!("{name}-wal")));
            let most = MOST_FILE + MOST_A_CASE * self.begun;
            assert!(file <= most, "{when}: {name} has {file} bytes, more than {most}");
            assert!(log <= MOST_LOG, "{when}: the log of {name} has {log} bytes, more than {MOST_LOG}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_stays_as_small_as_what_it_holds() {
    let soak = std::env::var("FACHWERK_SOAK").ok().and_then(|times| times.parse().ok()).unwrap_or(1);
    let rounds: u64 = ROUNDS * soak;
    let mut world = World::new().await;
    // All at once: the file has grown, and gives the room back when they are erased.
    let many = world.ended_cases(CASES_A_ROUND * 4).await;
    let full = world.size(DATABASE_FILE) + world.size(&format!("{DATABASE_FILE}-wal"));
    let held = CASES_A_ROUND * 4 * DOCUMENTS_A_CASE * DOCUMENT_BYTES;
    assert!(full > held, "{full} bytes hold {held}");
    world.erase(&many).await;
    world.runtime.make_room().await.expect("room");
    world.check_sizes("after the first");
    for round in 0..rounds {
        let cases = world.ended_cases(CASES_A_ROUND).await;
        world.erase(&cases).await;
        world.runtime.make_room().await.expect("room");
        world.check_sizes(&format!("round {round} of {rounds}"));
    }
    let written = world.begun * DOCUMENTS_A_CASE * DOCUMENT_BYTES;
    assert!(written > 3 * MOST_FILE, "{written} bytes were written");
    let report = world.runtime.verify(&world.tenant).await.expect("a report");
    assert!(report.is_clean(), "{report:#?}");
    println!(
        "{written} bytes of documents written; the file has {}, its log {}, the keys {}",
        world.size(DATABASE_FILE),
        world.size(&format!("{DATABASE_FILE}-wal")),
        world.size(KEYS_FILE)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_says_what_it_takes() {
    let mut world = World::new().await;
    let cases = world.ended_cases(2).await;
    world.erase(&cases).await;
    let rooms = world.runtime.store().room().await.expect("the room");
    let names: Vec<_> = rooms.iter().filter_map(|room| room.file.file_name()?.to_str()).collect();
    assert_eq!(names, [DATABASE_FILE, KEYS_FILE]);
    for room in &rooms {
        assert!(room.gives_back && room.free <= room.bytes, "{room:?}");
    }
    assert!(rooms[0].free > DOCUMENT_BYTES, "{rooms:?}");
}
