//! Mass runs from end to end: 300 cases of a list, one signature, failures case by case, one batch for the printer; killed in
//! the middle, on SQLite and on PostgreSQL.

#![allow(clippy::print_stdout)]

mod csv;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    sync::Arc,
};

use fachwerk_core::{
    authority::{AuthorityCommand, AuthorityRejection, Profile, Run, RunStage},
    command::{Command, Request},
    event::EffectError,
    facts::Actor,
    language::Folder,
    party::PartyContent,
    scenario,
    words::{CaseId, Object, RoleId, TenantId, Value},
};
use fachwerk_runtime::{
    ChangeError, Connector, Founding, Made, Rows, RunCases, Runtime, SignedCase, ToSign, clock::Clock,
};
use fachwerk_store::{CaseQuery, Piece, Place, Store, test_postgres};
use fachwerk_tests::{dice::Dice, repository, scratch::Scratch};
use serde_json::json;
use uuid::Uuid;

const CASES: u32 = 300;
const EXAMPLE: &str = "examples/administration/mass-run";

struct World {
    store: Store,
    runtime: Runtime,
    tenant: TenantId,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_hundred_cases_one_signature_two_failures_one_batch_on_sqlite() {
    let folder = Scratch::new("mass-run");
    play(Place::Sqlite { dir: folder.path().to_owned() }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_hundred_cases_one_signature_two_failures_one_batch_on_postgres() {
    let Some(server) = test_postgres::server() else { return };
    let url = server.create_database().await;
    play(Place::Postgres { url: url.clone() }).await;
    server.drop_database(&url).await;
}

/// A row that cannot begin is found again in the file by its line.
#[tokio::test]
async fn a_row_that_stays_behind_is_named_by_its_line() {
    let folder = Scratch::new("mass-run-lines");
    let world = World::new(Place::Sqlite { dir: folder.path().to_owned() }).await;
    let rows = world.rows("name;street;town;dogs\nA;Weg 1;Ort;1\n\n;;;\nB;Weg 2;Ort;1\n").await;
    world.plan("karl", RunCases::Rows(rows.clone())).await.expect("planned");
    world.runtime.begin_run(&world.tenant, actor("karl"), Uuid::now_v7(), 1).await.expect("begun");
    let retire = AuthorityCommand::Retire { process: "mass-run".into() };
    world.runtime.change(&world.tenant, Actor::Engine, Uuid::now_v7(), retire).await.expect("retired");
    world.runtime.begin_rows(&world.tenant, 1, &rows).await.expect("told");
    let behind = world.run(1).await.not_opened;
    let lines: Vec<_> = behind.iter().map(|failure| (failure.place, failure.line)).collect();
    assert_eq!(lines, [(0, Some(2)), (1, Some(5))]);
}

async fn play(place: Place) {
    let seed = fachwerk_tests::seeds(1).start;
    println!("FACHWERK_SEED={seed}");
    let mut world = World::new(place).await;
    let rows = world.rows(&a_list(seed)).await;
    assert_eq!((rows.rows.len(), rows.faults.as_slice()), (CASES as usize, [].as_slice()));
    // Planned: only the plan is stored, and what would come of it is told.
    let number = world.plan("karl", RunCases::Rows(rows.clone())).await.expect("planned");
    assert_eq!(number, 1);
    let sum = world.looks_ahead(&rows).await;
    assert!(world.cases().await.is_empty());
    // Begun, and killed in the middle; then the same file again.
    world.runtime.begin_run(&world.tenant, actor("karl"), Uuid::now_v7(), 1).await.expect("begun");
    let beginning = {
        let (runtime, tenant, rows) = (world.runtime.clone(), world.tenant.clone(), rows.clone());
        tokio::spawn(async move { runtime.begin_rows(&tenant, 1, &rows).await })
    };
    world.killed_after(120, beginning).await;
    let under_way = world.run(1).await;
    assert_eq!(under_way.stage, RunStage::Opening);
    assert!((50..CASES).contains(&under_way.done), "{}", under_way.done);
    world.runtime.begin_rows(&world.tenant, 1, &rows).await.expect("goes on");
    let opened = world.run(1).await;
    assert_eq!((opened.stage, opened.done, opened.not_opened.len()), (RunStage::Open, CASES, 0));
    let cases = world.cases().await;
    assert_eq!(cases.len(), CASES as usize);
    let numbers: BTreeSet<String> = cases.values().cloned().collect();
    let expected = (1..=CASES).map(|number| format!("22.3-2026/{number:05}"));
    assert_eq!(numbers, expected.collect(), "without gaps, and none twice");
    // Whoever began it does not sign; whoever has no role of the process does nothing.
    let shown = world.to_sign("lea").await;
    let list = signed(&shown);
    assert_eq!(list.len(), CASES as usize);
    assert_eq!(fees(&shown), sum);
    world.refuses("karl", &list, AuthorityRejection::RunOtherPersonNeeded).await;
    world.refuses("otto", &list, AuthorityRejection::RunNotAllowed).await;
    world.refuses("lea", &[list.clone(), list.clone()].concat(), AuthorityRejection::RunInvalid).await;
    // One is taken out, one cannot be signed any more and is left out; two change after they were shown.
    let stay = Stay {
        moved: list[7].case,
        claimed: list[150].case,
        busy: list[200].case,
        taken_out: list[299].case,
    };
    world.moves(stay.moved).await;
    world.submit("leo", stay.claimed, Command::ClaimTask { task: list[150].task }).await;
    world.submit("leo", stay.busy, Command::ClaimTask { task: list[200].task }).await;
    let left = [stay.busy, stay.taken_out];
    let list: Vec<SignedCase> = list.into_iter().filter(|signed| !left.contains(&signed.case)).collect();
    world.runtime.sign_run(&world.tenant, actor("lea"), Uuid::now_v7(), 1, list).await.expect("signed");
    let settling = {
        let runtime = world.runtime.clone();
        tokio::spawn(async move { runtime.settle().await.map_err(ChangeError::from) })
    };
    world.killed_after(130, settling).await;
    world.runtime.settle().await.expect("settled");
    world.ended(&stay).await;
    world.next_year(&stay).await;
}

impl World {
    async fn new(place: Place) -> World {
        let store = Store::open(&place).await.expect("a store");
        let tenant = TenantId::from("musterstadt");
        let clock = Clock::stopped_at("2026-01-05T08:00:00Z".parse().expect("an instant"));
        let runtime = Runtime::new(store.clone(), clock, letters());
        runtime.take_part().await.expect("it takes part");
        let founding = Founding {
            tenant: tenant.clone(),
            profile: Profile::example(),
            administrator: "admin".into(),
            name: "Admin".into(),
        };
        runtime.found(founding).await.expect("founded");
        for (person, role) in [("karl", "clerk"), ("lea", "lead"), ("leo", "lead"), ("otto", "elsewhere")] {
            let roles: BTreeSet<RoleId> = BTreeSet::from([role.into()]);
            let (name, active) = (person.into(), true);
            let command = AuthorityCommand::SetPerson { person: person.into(), name, roles, active };
            runtime.change(&tenant, Actor::Engine, Uuid::now_v7(), command).await.expect("a person");
        }
        let folder = example();
        let admin = actor("admin");
        let simulated = |_: &str, request: &Value| simulated(request);
        let deployed = runtime.deploy(&tenant, admin, &folder, &simulated).await;
        deployed.expect("deployed");
        World { store, runtime, tenant }
    }

    /// A process that is killed when so many turns are committed; another one begins with what is stored.
    async fn killed_after(
        &mut self,
        turns: usize,
        working: tokio::task::JoinHandle<Result<(), ChangeError>>,
    ) {
        let mut committed = self.runtime.subscribe();
        for _ in 0..turns {
            committed.recv().await.expect("something is committed");
        }
        working.abort();
        let now = self.runtime.clock().now();
        self.runtime = Runtime::new(self.store.clone(), Clock::stopped_at(now), letters());
        self.runtime.take_part().await.expect("it takes part");
        self.runtime.take_over().await.expect("taken over");
    }

    async fn rows(&self, text: &str) -> Rows {
        let authority = self.runtime.authority(&self.tenant).await.expect("a store").expect("there");
        let release = authority.current.values().next().expect("a release").clone();
        let release = self.runtime.release(&self.tenant, &release).await.expect("readable");
        Rows::read(text.as_bytes(), &release.data, &release.data_validator)
    }

    async fn plan(&self, by: &str, cases: RunCases) -> Result<u32, ChangeError> {
        let named = ("Hundesteuer 2026".into(), "mass-run".into());
        let id = Uuid::now_v7();
        let number = self.runtime.plan_run(&self.tenant, actor(by), id, named, cases.clone()).await?;
        // Asked once more, it is planned once.
        let named = ("Hundesteuer 2026".into(), "mass-run".into());
        let again = self.runtime.plan_run(&self.tenant, actor(by), id, named, cases).await?;
        assert_eq!(again, number);
        Ok(number)
    }

    /// What would come of the rows: the sum of the fees. One letter is looked at.
    async fn looks_ahead(&self, rows: &Rows) -> i64 {
        let all = (Some(rows), 0..CASES);
        let ahead = self.runtime.run_ahead(&self.tenant, &actor("karl"), 1, all, None).await;
        let mut sum = 0;
        for ahead in ahead.expect("looked ahead") {
            let preview = ahead.came.expect("a letter");
            assert!(preview.to_be_signed && preview.troubles.is_empty(), "{:?}", preview.troubles);
            assert_eq!(preview.letters.len(), 1);
            sum += preview.fee;
        }
        let one = (Some(rows), 3..4);
        let ahead = self.runtime.run_ahead(&self.tenant, &actor("karl"), 1, one, Some(drafted)).await;
        let ahead = ahead.expect("looked ahead").pop().expect("one").came.expect("a letter");
        assert!(ahead.letters[0].1.starts_with(b"%PDF"));
        sum
    }

    async fn run(&self, number: u32) -> Run {
        self.runtime.run(&self.tenant, number).await.expect("a run")
    }

    /// All cases, with their numbers.
    async fn cases(&self) -> BTreeMap<CaseId, String> {
        let mut found = BTreeMap::new();
        let mut piece = Some(Piece { cursor: None, limit: 200 });
        while let Some(here) = piece {
            let query = CaseQuery { piece: here, ..CaseQuery::default() };
            let page = self.store.cases(&self.tenant, &query).await.expect("a page");
            let rows = page.items.into_iter();
            found.extend(rows.map(|row| (row.case, row.number.unwrap_or_default().to_string())));
            piece = page.next.map(|cursor| Piece { cursor: Some(cursor), limit: 200 });
        }
        found
    }

    async fn to_sign(&self, by: &str) -> Vec<ToSign> {
        self.runtime.run_to_sign(&self.tenant, &actor(by), 1, 0..CASES).await.expect("a list")
    }

    async fn refuses(&self, by: &str, list: &[SignedCase], expected: AuthorityRejection) {
        let id = Uuid::now_v7();
        let signed = self.runtime.sign_run(&self.tenant, actor(by), id, 1, list.to_vec()).await;
        match signed {
            Err(ChangeError::Rejected(why)) => assert_eq!(why, expected),
            other => panic!("{other:?}"),
        }
    }

    async fn submit(&self, by: &str, case: CaseId, command: Command) {
        let request = Request { tenant: self.tenant.clone(), case, command_id: Uuid::now_v7(), command };
        self.runtime.submit(actor(by), request).await.expect("done");
    }

    /// The keeper has moved: the letter says something else than it did.
    async fn moves(&self, case: CaseId) {
        let known = self.runtime.case(&self.tenant, case).await.expect("a store").expect("a case");
        let party: PartyContent = known.parties[&1].content.clone();
        let mut moved = serde_json::to_value(&party).expect("json");
        moved["address"] = json!(["Neuer Weg 1", "39999 Musterstadt"]);
        let party = serde_json::from_value(moved).expect("a party");
        self.submit("leo", case, Command::ChangeParty { number: 1, party, reason: "Umzug".into() }).await;
    }

    /// What came of it: each case but four has its letter, signed by lea and by nobody else.
    async fn ended(&self, stay: &Stay) {
        let run = self.run(1).await;
        let failed: Vec<(CaseId, &str)> =
            run.not_signed.iter().map(|failure| (failure.case, &*failure.code)).collect();
        assert_eq!(failed, [(stay.moved, "LettersChanged"), (stay.claimed, "ClaimedByAnother")]);
        let not_ready: Vec<(CaseId, &str)> =
            run.not_opened.iter().map(|failure| (failure.case, &*failure.code)).collect();
        assert_eq!(not_ready, [(stay.busy, "ClaimedByAnother")]);
        let list = run.signed.as_ref().expect("signed");
        assert_eq!((run.stage, list.0.count, list.0.taken_out), (RunStage::Ended, CASES - 2, 1));
        let post = self.post().await;
        let expected: BTreeSet<CaseId> = self.cases().await.into_keys().collect();
        let stay = BTreeSet::from(stay.all());
        let sent: BTreeSet<CaseId> = post.iter().map(|(case, _)| *case).collect();
        assert_eq!(post.len(), sent.len(), "each has one letter");
        assert_eq!(sent, expected.difference(&stay).copied().collect());
        for case in expected {
            let known = self.runtime.case(&self.tenant, case).await.expect("a store").expect("a case");
            let by: Vec<&str> =
                known.performers.values().flat_map(|by| by.keys().map(|by| by.as_str())).collect();
            let waits = known.tasks().count();
            let expected = if stay.contains(&case) { (vec![], 1) } else { (vec!["lea"], 0) };
            assert_eq!((by, waits), expected, "{case}");
        }
        let letters: Vec<(String, Vec<u8>)> =
            post.into_iter().take(200).map(|(case, bytes)| (case.to_string(), bytes)).collect();
        let printed = fachwerk_letter::batch(letters).expect("one PDF for the printer");
        assert!(printed.starts_with(b"%PDF"));
        assert!(self.runtime.verify(&self.tenant).await.expect("verified").is_clean());
    }

    /// The letters that wait to leave the house.
    async fn post(&self) -> Vec<(CaseId, Vec<u8>)> {
        let mut found = Vec::new();
        let mut piece = Some(Piece { cursor: None, limit: 200 });
        while let Some(here) = piece {
            let page = self.store.post(&self.tenant, &here).await.expect("a page");
            for listed in &page.items {
                let case = self.runtime.case(&self.tenant, listed.case.case).await.expect("a store");
                let document = &case.expect("a case").documents[&listed.row.document];
                let hash = document.content.hash.parse().expect("a hash");
                let bytes = self.store.blob(&self.tenant, &hash).await.expect("a store").expect("there");
                found.push((listed.case.case, bytes));
            }
            piece = page.next.map(|cursor| Piece { cursor: Some(cursor), limit: 200 });
        }
        found
    }

    /// A year later the cases are woken by a message: those that wait for it; and the run can be stopped.
    async fn next_year(&mut self, stay: &Stay) {
        let now = "2027-01-04T08:00:00Z".parse().expect("an instant");
        self.runtime = Runtime::new(self.store.clone(), Clock::stopped_at(now), letters());
        self.runtime.take_part().await.expect("it takes part");
        let cases: Vec<CaseId> = self.cases().await.into_keys().collect();
        let yearly = RunCases::Message("yearly".into(), cases);
        assert_eq!(self.plan("karl", yearly).await.expect("planned"), 2);
        self.runtime.begin_run(&self.tenant, actor("karl"), Uuid::now_v7(), 2).await.expect("begun");
        self.runtime.settle().await.expect("settled");
        let run = self.run(2).await;
        let failed: BTreeSet<(CaseId, &str)> =
            run.not_opened.iter().map(|failure| (failure.case, &*failure.code)).collect();
        let not_awaited = stay.all().map(|case| (case, "not_awaited"));
        assert_eq!((run.stage, failed), (RunStage::Open, BTreeSet::from(not_awaited)));
        // Those that wait for a signature are a run of their own, which whoever picks them may sign.
        let left = RunCases::Waiting(vec![stay.moved, stay.taken_out]);
        assert_eq!(self.plan("leo", left).await.expect("planned"), 3);
        self.runtime.begin_run(&self.tenant, actor("leo"), Uuid::now_v7(), 3).await.expect("begun");
        let shown = self.runtime.run_to_sign(&self.tenant, &actor("leo"), 3, 0..2).await.expect("a list");
        let id = Uuid::now_v7();
        self.runtime.sign_run(&self.tenant, actor("leo"), id, 3, signed(&shown)).await.expect("signed");
        let reason = Arc::from("Satzung geändert");
        let id = Uuid::now_v7();
        self.runtime.stop_run(&self.tenant, actor("admin"), id, 2, reason).await.expect("stopped");
        self.runtime.settle().await.expect("settled");
        assert_eq!(self.run(2).await.stage, RunStage::Stopped);
        let run = self.run(3).await;
        assert_eq!((run.stage, run.not_signed), (RunStage::Ended, Vec::new()));
    }
}

/// The cases of the first run that are not signed in it.
struct Stay {
    moved: CaseId,
    claimed: CaseId,
    busy: CaseId,
    taken_out: CaseId,
}

impl Stay {
    fn all(&self) -> [CaseId; 4] {
        [self.moved, self.claimed, self.busy, self.taken_out]
    }
}

fn actor(person: &str) -> Actor {
    Actor::Person(person.into())
}

/// The list as whoever signs all of it sends it.
fn signed(shown: &[ToSign]) -> Vec<SignedCase> {
    let each = shown.iter().map(|entry| {
        let (task, preview) = entry.came.as_ref().expect("it can be signed");
        let version = entry.known.as_ref().expect("a case").version;
        SignedCase { case: entry.case, task: *task, version, shown: preview.shown.clone().expect("letters") }
    });
    each.collect()
}

fn fees(shown: &[ToSign]) -> i64 {
    shown.iter().filter_map(|entry| entry.came.as_ref().ok()).map(|(_, preview)| preview.fee).sum()
}

/// A list with what names have in them.
fn a_list(seed: u64) -> String {
    let mut dice = Dice::new(seed);
    let names = ["Müller", "\"Groß; Söhne\"", "O'Neill", "Łukasz", "de la Cruz", "Çelik"];
    let mut text = "\u{feff}Halter;Straße und Hausnummer;town;dogs\r\n".to_owned();
    for row in 0..CASES {
        let name = names[dice.below(names.len())];
        let dogs = 1 + dice.below(3);
        text.push_str(&format!("{name};Weg {row};39999 Musterstadt;{dogs}\r\n"));
    }
    text
}

fn example() -> Folder {
    let root = repository().join(EXAMPLE);
    let mut files = BTreeMap::new();
    for name in ["process.yaml", "application.schema.json", "notice.md"] {
        let bytes = fs::read(root.join(name)).expect("a file of the example");
        files.insert(name.into(), bytes.into());
    }
    Folder { name: "mass-run".into(), files }
}

fn letters() -> BTreeMap<String, Connector> {
    let letter: Connector = Arc::new(|call| Box::pin(async move { made(&call.request, false) }));
    BTreeMap::from([("letter".to_owned(), letter)])
}

fn drafted(_: &str, request: &Value) -> Option<Result<Made, EffectError>> {
    Some(made(request, true))
}

fn made(request: &Value, draft: bool) -> Result<Made, EffectError> {
    let mut letter = fachwerk_letter::read(request)?;
    letter.draft |= draft;
    let pdf = letter.pdf()?;
    Ok(Made { values: Object::new(), documents: vec![(letter.content(), pdf)] })
}

fn simulated(_: &Value) -> Result<scenario::Made, EffectError> {
    Ok(scenario::Made::default())
}
