//! The engine on a real store with a clock that is moved: commands, timers, effects, deployment.

#[path = "runtime/following.rs"]
mod following;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use fachwerk_core::{
    authority::{AuthorityCommand, Policy, Profile},
    command::{Command, Request},
    decide::Rejection,
    event::{Direction, DocumentContent, EffectError},
    facts::Actor,
    language::Folder,
    scenario,
    words::{
        CaseId, InstanceId, Land, Object, Place, ReleaseId, RoleId, TenantId, Text, Timestamp, Value, Way,
    },
};
use fachwerk_runtime::{
    Call, Committed, Connector, DeployError, Founding, Made, Runtime, SubmitError, clock::Clock,
};
use fachwerk_store::{CaseQuery, InboxQuery, Place as StorePlace, ROOTS_FOLDER, SignedRoot, Store};
use serde_json::json;
use tokio::sync::Notify;
use uuid::Uuid;

const PROCESS: &str = "process: test
version: 1.0.0
title: { de: Test, en: Test }
roles: { clerk: { title: { de: S, en: C } } }
settings: { label: { type: text, default: Anfrage, title: { de: Betreff, en: Subject } } }
subject: settings.label
steps:
  number: { number: { pattern: \"T-{year}/{number:3}\", file_number: true }, then: letter }
  letter: { effect: letter, with: { title: Brief, addressee: null, date: null, reference: null }, then: await }
  await:
    wait:
      answered: { message: answer }
      expired: { deadline: { title: { de: Antwort, en: Answer }, period: 2 weeks, from: { notification: letter } } }
    then: { answered: look, expired: look }
  look: { task: { title: { de: Ansehen, en: Look } }, role: clerk }
";

struct World {
    runtime: Runtime,
    tenant: TenantId,
    release: ReleaseId,
    calls: Arc<AtomicU32>,
    dir: tempfile::TempDir,
}

/// A connector that makes a letter; the first `failing` calls fail.
fn letters(failing: u32, calls: Arc<AtomicU32>) -> BTreeMap<String, Connector> {
    let letter: Connector = Arc::new(move |call: Call| {
        let number = calls.fetch_add(1, Ordering::SeqCst);
        Box::pin(async move {
            if number < failing {
                let message = Text::new("Drucker aus", "printer off");
                return Err(EffectError { code: "printer_off".into(), message, retry: true });
            }
            let content = DocumentContent {
                title: "Brief".into(),
                media_type: "text/plain".into(),
                hash: "".into(),
                size: 0,
                direction: Direction::Outgoing,
                addressee: None,
                enclosures: Vec::new(),
            };
            Ok(Made { values: Object::new(), documents: vec![(content, call.idempotency_key.into_bytes())] })
        })
    });
    BTreeMap::from([("letter".to_owned(), letter)])
}

fn no_scenarios(_: &str, _: &Value) -> Result<scenario::Made, EffectError> {
    Ok(scenario::Made::default())
}

fn folder(files: &[(&str, &str)]) -> Folder {
    let files = files.iter().map(|(name, text)| ((*name).into(), text.as_bytes().into()));
    Folder { name: "test".into(), files: files.collect() }
}

impl World {
    async fn new(failing: u32) -> World {
        let dir = tempfile::tempdir().expect("a directory");
        let calls = Arc::new(AtomicU32::new(0));
        let runtime = Self::open(&dir, failing, calls.clone(), "2026-03-02T08:00:00Z").await;
        let tenant = TenantId::from("musterstadt");
        let founding = Founding {
            tenant: tenant.clone(),
            profile: Profile::of(Text::new("Musterstadt", "Musterstadt"), Place::land(Land::ST)),
            administrator: "admin".into(),
            name: "Admin".into(),
        };
        runtime.found(founding).await.expect("founded");
        for (person, roles) in [("jan", vec!["clerk"]), ("eva", vec![])] {
            let roles: BTreeSet<RoleId> = roles.into_iter().map(RoleId::from).collect();
            let command = AuthorityCommand::SetPerson {
                person: person.into(),
                name: person.into(),
                roles,
                active: true,
            };
            runtime.change(&tenant, Actor::Engine, Uuid::now_v7(), command).await.expect("a person");
        }
        let deployed = runtime
            .deploy(
                &tenant,
                Actor::Person("admin".into()),
                &folder(&[("process.yaml", PROCESS)]),
                &no_scenarios,
            )
            .await
            .expect("deployed");
        World { runtime, tenant, release: deployed.release, calls, dir }
    }

    async fn open(dir: &tempfile::TempDir, failing: u32, calls: Arc<AtomicU32>, now: &str) -> Runtime {
        Self::open_with(dir, letters(failing, calls), now).await
    }

    async fn open_with(
        dir: &tempfile::TempDir,
        connectors: BTreeMap<String, Connector>,
        now: &str,
    ) -> Runtime {
        let place = StorePlace::Sqlite { dir: dir.path().to_owned() };
        let store = Store::open(&place).await.expect("a store");
        let clock = Clock::stopped_at(now.parse().expect("an instant"));
        let runtime = Runtime::new(store, clock, connectors);
        runtime.take_part().await.expect("it takes part");
        runtime
    }

    async fn ask(
        &self,
        by: &str,
        case: CaseId,
        id: u128,
        command: Command,
    ) -> Result<Committed, SubmitError> {
        let actor = Actor::Person(by.into());
        let command_id = Uuid::from_u128(id);
        self.runtime.submit(actor, Request { tenant: self.tenant.clone(), case, command_id, command }).await
    }

    fn start(&self) -> Command {
        Command::StartCase {
            release: self.release.clone(),
            channel: "manual".into(),
            data: Object::new(),
            received_on: None,
            documents: Vec::new(),
            caller: None,
        }
    }

    async fn advance_to(&self, now: &str) {
        let now: Timestamp = now.parse().expect("an instant");
        self.runtime.clock().advance_to(now);
        self.runtime.settle().await.expect("settled");
    }

    /// What waits now: steps, deadlines, incidents.
    async fn standing(&self, case: CaseId) -> Value {
        let case = self.runtime.case(&self.tenant, case).await.expect("a case").expect("it is there");
        let deadlines: Vec<_> =
            case.deadlines().map(|(_, deadline)| deadline.run.as_ref().map(|run| run.end)).collect();
        json!({
            "steps": case.instances.values().filter_map(|it| it.step.as_ref()).collect::<Vec<_>>(),
            "deadlines": deadlines,
            "incidents": case.incidents.values().map(|it| &it.trouble.code).collect::<Vec<_>>(),
            "number": case.number,
            "ended": !case.is_open(),
        })
    }

    /// Whether a text lies in clear in one of the files.
    fn holds(&self, text: &str) -> bool {
        let files =
            std::fs::read_dir(self.dir.path()).expect("a directory").map(|file| file.expect("a file").path());
        let mut texts = files.filter(|file| file.is_file()).map(|file| std::fs::read(file).expect("bytes"));
        texts.any(|bytes| bytes.windows(text.len()).any(|part| part == text.as_bytes()))
    }

    #[track_caller]
    fn check_clean(&self, report: &fachwerk_store::Report) {
        assert!(report.is_clean(), "{:#?}", report.findings);
    }
}

#[tokio::test]
async fn a_case_runs_from_start_to_end_on_a_moved_clock() {
    let world = World::new(0).await;
    let case = CaseId(Uuid::from_u128(7));
    world.ask("jan", case, 1, world.start()).await.expect("started");
    world.runtime.settle().await.expect("settled");
    let waiting = json!({ "steps": ["await"], "deadlines": [null], "incidents": [], "number": "T-2026/001", "ended": false });
    assert_eq!(world.standing(case).await, waiting, "no period runs before the dispatch is recorded");
    let on = "2026-03-02".parse().expect("a day");
    world
        .ask(
            "jan",
            case,
            2,
            Command::RecordDispatch { document: 1, on, way: Way::Post, proven_receipt: None },
        )
        .await
        .expect("dispatched");
    // Notified on 6 March (§ 41 II VwVfG); two weeks end on Friday, 20 March.
    world.advance_to("2026-03-20T22:59:59Z").await;
    assert_eq!(world.standing(case).await["deadlines"], json!(["2026-03-20"]));
    world.advance_to("2026-03-20T23:00:00Z").await;
    assert_eq!(world.standing(case).await["steps"], json!(["look"]));
    let inbox = InboxQuery { roles: Some([RoleId::from("clerk")].into()), ..InboxQuery::default() };
    let page = world.runtime.store().inbox(&world.tenant, &inbox).await.expect("an inbox");
    let task = page.items.first().expect("a task").task.instance;
    let done = Command::CompleteTask { task, values: Object::new(), seen: None, shown: None };
    world.ask("jan", case, 3, done.clone()).await.expect("done");
    let again = world.ask("jan", case, 4, done).await;
    assert!(matches!(again, Err(SubmitError::Rejected(Rejection::TaskNotOpen))), "{again:?}");
    assert_eq!(world.standing(case).await["ended"], json!(true));
    world.check_clean(&world.runtime.verify(&world.tenant).await.expect("verified"));
}

#[tokio::test]
async fn the_same_command_is_carried_out_once() {
    let world = World::new(0).await;
    let case = CaseId(Uuid::from_u128(7));
    let first = world.ask("jan", case, 1, world.start()).await.expect("started");
    let second = world.ask("jan", case, 1, world.start()).await.expect("known");
    assert_eq!((second.version, second.position, second.repeated), (first.version, first.position, true));
    let other = world.ask("jan", case, 2, world.start()).await;
    assert!(matches!(other, Err(SubmitError::Rejected(Rejection::CaseExists))), "{other:?}");
    let eva = world.ask("eva", CaseId(Uuid::from_u128(8)), 3, world.start()).await;
    assert!(matches!(eva, Err(SubmitError::Rejected(Rejection::NoPartInProcess))), "{eva:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_draw_every_number_once() {
    let world = Arc::new(World::new(0).await);
    let mut clients = tokio::task::JoinSet::new();
    for client in 0..40_u128 {
        let world = world.clone();
        clients.spawn(async move {
            world
                .ask("jan", CaseId(Uuid::from_u128(100 + client)), client, world.start())
                .await
                .expect("started");
        });
    }
    while let Some(done) = clients.join_next().await {
        done.expect("a client");
    }
    let query =
        CaseQuery { piece: fachwerk_store::Piece { cursor: None, limit: 500 }, ..CaseQuery::default() };
    let page = world.runtime.store().cases(&world.tenant, &query).await.expect("cases");
    let mut numbers: Vec<String> =
        page.items.iter().map(|row| row.number.as_deref().unwrap_or_default().to_owned()).collect();
    numbers.sort();
    let expected: Vec<String> = (1..=40).map(|number| format!("T-2026/{number:03}")).collect();
    assert_eq!(numbers, expected);
    world.check_clean(&world.runtime.verify(&world.tenant).await.expect("verified"));
}

#[tokio::test]
async fn an_effect_is_tried_again_with_pauses_and_then_tells() {
    let world = World::new(9).await;
    let case = CaseId(Uuid::from_u128(7));
    world.ask("jan", case, 1, world.start()).await.expect("started");
    world.runtime.settle().await.expect("settled");
    assert_eq!(world.calls.load(Ordering::SeqCst), 1, "one attempt, then a pause");
    // What a connector says of an attempt may name people: until the incident, which is sealed, its class is kept.
    assert!(world.holds("printer_off") && !world.holds("printer off") && !world.holds("Drucker aus"));
    // The pauses together: 1 + 4 + 16 + 64 + 256 + 1024 + 3600 seconds.
    for hour in 9..=12 {
        for minute in 0..60 {
            world.advance_to(&format!("2026-03-02T{hour:02}:{minute:02}:00Z")).await;
        }
    }
    assert_eq!(world.calls.load(Ordering::SeqCst), 8);
    assert_eq!(world.standing(case).await["incidents"], json!(["printer_off"]));
    world.ask("jan", case, 2, Command::RetryIncident { incident: 1 }).await.expect("tried again");
    for minute in 0..5 {
        world.advance_to(&format!("2026-03-02T13:{minute:02}:00Z")).await;
    }
    assert_eq!(world.calls.load(Ordering::SeqCst), 10);
    assert_eq!(world.standing(case).await["steps"], json!(["await"]));
}

/// A list shows a case as it was named by its last turn, also when all lists are written anew.
#[tokio::test]
async fn lists_name_a_case_with_the_settings_that_its_last_turn_knew() {
    let world = World::new(0).await;
    let case = |number: u128| CaseId(Uuid::from_u128(number));
    let set = async |label: &str| {
        let values = json!({ "label": label }).as_object().cloned().unwrap_or_default();
        let command = AuthorityCommand::ChangeSettings { process: "test".into(), values };
        let admin = Actor::Person("admin".into());
        world.runtime.change(&world.tenant, admin, Uuid::now_v7(), command).await.expect("changed");
    };
    let check = async |expected: &[&str]| {
        for rebuilt in [false, true] {
            if rebuilt {
                world.runtime.rebuild(&world.tenant).await.expect("rebuilt");
            }
            world.check_clean(&world.runtime.verify(&world.tenant).await.expect("verified"));
            let mut subjects = Vec::new();
            for number in (7..).take(expected.len()) {
                let row = world.runtime.store().case_row(&world.tenant, case(number)).await.expect("a row");
                subjects.push(row.expect("it is there").subject.expect("a subject").to_string());
            }
            assert_eq!(subjects, expected, "rebuilt: {rebuilt}");
        }
    };
    world.ask("jan", case(7), 1, world.start()).await.expect("started");
    set("Antrag").await;
    world.ask("jan", case(8), 2, world.start()).await.expect("started");
    check(&["Anfrage", "Antrag"]).await;
    set("Bitte").await;
    let note = Command::AddNote { text: "angerufen".into() };
    world.ask("jan", case(7), 3, note).await.expect("noted");
    check(&["Bitte", "Antrag"]).await;
}

#[tokio::test]
async fn a_restart_forgets_nothing() {
    let world = World::new(0).await;
    let case = CaseId(Uuid::from_u128(7));
    world.ask("jan", case, 1, world.start()).await.expect("started");
    // The letter has not been made yet when the process ends.
    world.runtime.store().close().await;
    let runtime = World::open(&world.dir, 0, world.calls.clone(), "2026-03-02T08:05:00Z").await;
    runtime.settle().await.expect("settled");
    let after = runtime.case(&world.tenant, case).await.expect("a case").expect("it is there");
    assert_eq!(after.documents.len(), 1);
    let hash = after.documents.get(&1).expect("a letter").content.hash.parse().expect("a hash");
    let bytes = runtime.store().blob(&world.tenant, &hash).await.expect("a store").expect("its bytes");
    assert_eq!(String::from_utf8_lossy(&bytes), format!("musterstadt/{case}/{}/1", InstanceId(2)));
}

#[tokio::test]
async fn what_has_problems_or_failing_scenarios_is_not_deployed() {
    let world = World::new(0).await;
    let admin = || Actor::Person("admin".into());
    let scenario = "scenario: It ends\npeople: { jan: [clerk] }\nnow: 2026-03-02T09:00\ndo:\n  - start: {}\n  - expect: { ended: true }\n";
    let two = PROCESS.replace("1.0.0", "2.0.0");
    let check = async |files: &[(&str, &str)], actor: Actor| {
        let deployed = world.runtime.deploy(&world.tenant, actor, &folder(files), &no_scenarios).await;
        match deployed {
            Ok(deployed) => format!("{} with {} scenarios", deployed.version, deployed.scenarios.len()),
            Err(DeployError::NotDeployable { problems, scenarios }) => {
                format!(
                    "{} problems, {} scenarios",
                    problems.len(),
                    scenarios.iter().filter(|it| !it.passed).count()
                )
            }
            Err(error) => error.to_string(),
        }
    };
    assert_eq!(check(&[("process.yaml", "process: x")], admin()).await, "4 problems, 0 scenarios");
    let failing = [("process.yaml", two.as_str()), ("scenarios/a.yaml", scenario)];
    assert_eq!(check(&failing, admin()).await, "0 problems, 1 scenarios");
    let changed = PROCESS.replace("Ansehen", "Anschauen");
    assert_eq!(
        check(&[("process.yaml", &changed)], admin()).await,
        "version 1.0.0 of test is in use with other content"
    );
    assert_eq!(check(&[("process.yaml", &two)], Actor::Person("jan".into())).await, "rejected: NotAllowed");
    assert_eq!(check(&[("process.yaml", &two)], admin()).await, "2.0.0 with 0 scenarios");
    // A case stays on the release that it began with.
    let case = CaseId(Uuid::from_u128(7));
    world.ask("jan", case, 1, world.start()).await.expect("the older release still works");
}

/// Changes the byte so far behind the beginning of these, wherever they lie, as a broken disk would. The store is closed.
fn damage(world: &World, begin: &[u8], behind: usize) {
    let mut damaged = 0;
    for file in std::fs::read_dir(world.dir.path()).expect("a directory") {
        let path = file.expect("a file").path();
        if path.is_dir() {
            continue;
        }
        let mut bytes = std::fs::read(&path).expect("its bytes");
        let places: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at..].starts_with(begin)).collect();
        for at in &places {
            bytes[*at + behind] ^= 1;
        }
        if !places.is_empty() {
            std::fs::write(&path, bytes).expect("written");
        }
        damaged += places.len();
    }
    assert!(damaged > 0, "{} lies nowhere", String::from_utf8_lossy(begin));
}

#[tokio::test]
async fn a_case_that_is_unreadable_does_not_stop_the_others() {
    let mut world = World::new(0).await;
    let (broken, sound) = (CaseId(Uuid::from_u128(7)), CaseId(Uuid::from_u128(8)));
    let on = "2026-03-02".parse().expect("a day");
    for (number, case) in [(0, broken), (10, sound)] {
        world.ask("jan", case, number + 1, world.start()).await.expect("started");
        world.runtime.settle().await.expect("settled");
        let dispatch = Command::RecordDispatch { document: 1, on, way: Way::Post, proven_receipt: None };
        world.ask("jan", case, number + 2, dispatch).await.expect("dispatched");
    }
    world.runtime.store().close().await;
    // In the row of its first turn stand command, actor, eight bytes of an instant, release and body side by side.
    let row = format!("{}person:jan", Uuid::from_u128(1));
    damage(&world, row.as_bytes(), row.len() + 8 + world.release.as_str().len() + 50);
    world.runtime = World::open(&world.dir, 0, world.calls.clone(), "2026-03-21T08:00:00Z").await;
    let loaded = world.runtime.case(&world.tenant, broken).await;
    assert!(matches!(loaded, Err(fachwerk_store::StoreError::Corrupt { .. })), "{loaded:?}");
    world.runtime.settle().await.expect("settled");
    assert_eq!(world.standing(sound).await["steps"], json!(["look"]));
}

/// An effect that is damaged on the disk stops no other one: its case tells, and asks anew when somebody says so.
#[tokio::test]
async fn an_effect_that_is_unreadable_is_an_incident_and_stops_no_other() {
    let mut world = World::new(0).await;
    let (broken, sound) = (CaseId(Uuid::from_u128(7)), CaseId(Uuid::from_u128(8)));
    for (number, case) in [(1, broken), (2, sound)] {
        world.ask("jan", case, number, world.start()).await.expect("started");
    }
    let now = world.runtime.clock().now();
    world.runtime.store().close().await;
    // In the row of an effect stand authority, case, instance, instant and body side by side; the round is 1, which takes
    // no byte.
    let row = [format!("musterstadt{broken}").as_bytes(), &[2], &now.as_microsecond().to_be_bytes()].concat();
    damage(&world, &row, row.len() + 40);
    world.runtime = World::open(&world.dir, 0, world.calls.clone(), "2026-03-02T08:00:00Z").await;
    world.runtime.settle().await.expect("settled");
    assert_eq!(world.standing(sound).await["steps"], json!(["await"]));
    assert_eq!(world.standing(broken).await["incidents"], json!(["effect_unreadable"]));
    world.ask("jan", broken, 3, Command::RetryIncident { incident: 1 }).await.expect("tried again");
    world.runtime.settle().await.expect("settled");
    assert_eq!(world.standing(broken).await["steps"], json!(["await"]));
    world.check_clean(&world.runtime.verify(&world.tenant).await.expect("verified"));
}

#[tokio::test]
async fn a_result_that_the_case_refuses_is_an_incident() {
    let mut world = World::new(0).await;
    world.runtime.store().close().await;
    let long: Connector = Arc::new(|call: Call| {
        Box::pin(async move {
            let content = DocumentContent {
                title: "x".repeat(301).into(),
                media_type: "text/plain".into(),
                hash: "".into(),
                size: 0,
                direction: Direction::Outgoing,
                addressee: None,
                enclosures: Vec::new(),
            };
            Ok(Made { values: Object::new(), documents: vec![(content, call.idempotency_key.into_bytes())] })
        })
    });
    let connectors = BTreeMap::from([("letter".to_owned(), long)]);
    world.runtime = World::open_with(&world.dir, connectors, "2026-03-02T08:00:00Z").await;
    let case = CaseId(Uuid::from_u128(7));
    world.ask("jan", case, 1, world.start()).await.expect("started");
    world.runtime.settle().await.expect("settled");
    assert_eq!(world.standing(case).await["incidents"], json!(["result_refused"]));
    assert_eq!(
        world.runtime.store().next_effect_at().await.expect("a store"),
        None,
        "nothing is tried again"
    );
}

/// What comes from outside is held to the limit of the authority; what the process makes must not be lost by it.
#[tokio::test]
async fn the_limit_of_the_authority_is_for_what_comes_in() {
    for (number, (direction, authority_bytes, incidents)) in [
        (Direction::Outgoing, Some(1), json!([])),
        (Direction::Internal, Some(1), json!([])),
        (Direction::Incoming, Some(1), json!(["result_refused"])),
        (Direction::Incoming, None, json!([])),
    ]
    .into_iter()
    .enumerate()
    {
        let mut world = World::new(0).await;
        let policy = Policy { authority_bytes, ..Policy::default() };
        let set = AuthorityCommand::SetPolicy(policy);
        world.runtime.change(&world.tenant, Actor::Engine, Uuid::now_v7(), set).await.expect("a policy");
        let before = world.runtime.store().kept_bytes(&world.tenant).await.expect("a store");
        world.runtime.store().close().await;
        let brings: Connector = Arc::new(move |_| {
            Box::pin(async move {
                let content = DocumentContent {
                    title: "Post".into(),
                    media_type: "text/plain".into(),
                    hash: "".into(),
                    size: 0,
                    direction,
                    addressee: None,
                    enclosures: Vec::new(),
                };
                Ok(Made { values: Object::new(), documents: vec![(content, b"text".to_vec())] })
            })
        });
        let connectors = BTreeMap::from([("letter".to_owned(), brings)]);
        world.runtime = World::open_with(&world.dir, connectors, "2026-03-02T08:00:00Z").await;
        let case = CaseId(Uuid::from_u128(7));
        world.ask("jan", case, 1, world.start()).await.expect("started");
        world.runtime.settle().await.expect("settled");
        assert_eq!(world.standing(case).await["incidents"], incidents, "{number}");
        let after = world.runtime.store().kept_bytes(&world.tenant).await.expect("a store");
        assert_eq!(after - before, if incidents == json!([]) { 4 } else { 0 }, "{number}");
        world.check_clean(&world.runtime.verify(&world.tenant).await.expect("verified"));
    }
}

/// A process that was killed while a letter was made holds its lease for minutes; the next one does not wait for it.
#[tokio::test]
async fn who_was_killed_holds_nothing_up() {
    let world = World::new(0).await;
    let case = CaseId(Uuid::from_u128(7));
    world.ask("jan", case, 1, world.start()).await.expect("started");
    let (store, now) = (world.runtime.store(), world.runtime.clock().now());
    let until = now + jiff::SignedDuration::from_mins(5);
    assert_eq!(store.claim_effects("killed", now, until, 9).await.expect("claimed").len(), 1);
    world.runtime.settle().await.expect("settled");
    assert_eq!(world.calls.load(Ordering::SeqCst), 0, "somebody else holds it");
    world.runtime.take_over().await.expect("taken over");
    world.runtime.settle().await.expect("settled");
    assert_eq!(world.calls.load(Ordering::SeqCst), 1);
}

/// An effect that takes its process with it again and again is not begun for ever: its case tells.
#[tokio::test]
async fn what_nobody_survives_is_given_up() {
    let world = World::new(0).await;
    let case = CaseId(Uuid::from_u128(7));
    world.ask("jan", case, 1, world.start()).await.expect("started");
    let store = world.runtime.store();
    for number in 1..=8 {
        let now = world.runtime.clock().now();
        let until = now + jiff::SignedDuration::from_mins(5);
        let claimed = store.claim_effects(&format!("killed {number}"), now, until, 9).await.expect("claimed");
        assert_eq!(claimed.iter().map(|effect| effect.attempt).collect::<Vec<_>>(), [number]);
        assert_eq!(world.standing(case).await["incidents"], json!([]));
        world.runtime.clock().advance_to(until);
    }
    world.runtime.settle().await.expect("settled");
    assert_eq!(world.calls.load(Ordering::SeqCst), 0, "it is not begun once more");
    assert_eq!(world.standing(case).await["incidents"], json!(["connector_never_ended"]));
    world.ask("jan", case, 2, Command::RetryIncident { incident: 1 }).await.expect("tried again");
    world.runtime.settle().await.expect("settled");
    assert_eq!(world.standing(case).await["steps"], json!(["await"]));
}

/// Whoever is told to end brings to its end what it is at, and begins nothing new.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_ends_well_brings_effects_to_their_end() {
    let mut world = World::new(0).await;
    world.runtime.store().close().await;
    let (asked, answer) = (Arc::new(AtomicU32::new(0)), Arc::new(Notify::new()));
    let (counted, may_answer) = (asked.clone(), answer.clone());
    let slow: Connector = Arc::new(move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
        let may_answer = may_answer.clone();
        Box::pin(async move {
            may_answer.notified().await;
            Ok(Made::default())
        })
    });
    let connectors = BTreeMap::from([("letter".to_owned(), slow)]);
    world.runtime = World::open_with(&world.dir, connectors, "2026-03-02T08:00:00Z").await;
    let worker = world.runtime.start_background();
    let (first, second) = (CaseId(Uuid::from_u128(7)), CaseId(Uuid::from_u128(8)));
    world.ask("jan", first, 1, world.start()).await.expect("started");
    let mut looks = tokio::time::interval(std::time::Duration::from_millis(10));
    while asked.load(Ordering::SeqCst) == 0 {
        looks.tick().await;
    }
    let ending = tokio::spawn({
        let runtime = world.runtime.clone();
        async move { runtime.end_background(worker).await }
    });
    looks.tick().await;
    looks.tick().await;
    world.ask("jan", second, 2, world.start()).await.expect("started");
    assert!(!ending.is_finished(), "it waits");
    answer.notify_waiters();
    ending.await.expect("ended");
    assert_eq!(world.standing(first).await["steps"], json!(["await"]));
    assert_eq!(world.standing(second).await["steps"], json!(["letter"]));
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

/// Several servers, or a command beside a server, are several runtimes on one store.
#[tokio::test]
async fn what_another_server_changes_counts_at_once() {
    let world = World::new(0).await;
    let clock = Clock::stopped_at("2026-03-02T08:00:00Z".parse().expect("an instant"));
    let other = Runtime::new(world.runtime.store().clone(), clock, BTreeMap::new());
    let seen = other.authority(&world.tenant).await.expect("a store").expect("it is there");
    assert!(seen.people["jan"].active);
    let set = AuthorityCommand::SetPerson {
        person: "jan".into(),
        name: "Jan".into(),
        roles: BTreeSet::new(),
        active: false,
    };
    let admin = || Actor::Person("admin".into());
    world.runtime.change(&world.tenant, admin(), Uuid::now_v7(), set).await.expect("changed");
    let two = PROCESS.replace("1.0.0", "2.0.0");
    let files = folder(&[("process.yaml", &two)]);
    let deployed =
        world.runtime.deploy(&world.tenant, admin(), &files, &no_scenarios).await.expect("deployed");
    let seen = other.authority(&world.tenant).await.expect("a store").expect("it is there");
    let now = world.runtime.authority(&world.tenant).await.expect("a store").expect("it is there");
    assert_eq!(seen, now);
    assert!(!seen.people["jan"].active);
    assert_eq!(
        other.release(&world.tenant, &deployed.release).await.expect("a release").id,
        deployed.release
    );
}

/// An authority whose roots cannot be written is told in the log; those behind it are signed.
#[tokio::test]
async fn days_that_cannot_be_signed_stop_no_others() {
    let world = World::new(0).await;
    let before = TenantId::from("altdorf");
    let founding = Founding {
        tenant: before.clone(),
        profile: Profile::of(Text::new("Altdorf", "Altdorf"), Place::land(Land::ST)),
        administrator: "admin".into(),
        name: "Admin".into(),
    };
    world.runtime.found(founding).await.expect("founded");
    let folder = world.dir.path().join(ROOTS_FOLDER).join(SignedRoot::folder_of(&before));
    std::fs::create_dir_all(folder.parent().expect("it lies in another one")).expect("a directory");
    std::fs::write(&folder, "no folder").expect("a file in its place");
    let signed = async |tenant| {
        let roots = world.runtime.store().roots(tenant, None, 10).await.expect("a store");
        roots.iter().map(|root| root.root.day.to_string()).collect::<Vec<_>>()
    };
    world.advance_to("2026-03-03T08:00:00Z").await;
    assert_eq!(signed(&world.tenant).await, ["2026-03-02"]);
    std::fs::remove_file(&folder).expect("removed");
    world.advance_to("2026-03-04T08:00:00Z").await;
    assert_eq!(signed(&before).await, ["2026-03-02"]);
    let written = std::fs::read_dir(&folder).expect("a folder").count();
    assert_eq!(written, 1, "what could not be written is made up for");
}

#[tokio::test]
async fn a_release_that_is_unreadable_is_found_and_the_rest_is_verified() {
    let mut world = World::new(0).await;
    world.ask("jan", CaseId(Uuid::from_u128(7)), 1, world.start()).await.expect("started");
    world.runtime.store().close().await;
    // Files are stored made small; what comes for the first time stands there as it is.
    damage(&world, b"sehen", 0);
    world.runtime = World::open(&world.dir, 0, world.calls.clone(), "2026-03-02T08:00:00Z").await;
    let report = world.runtime.verify(&world.tenant).await.expect("verified");
    let codes: Vec<Value> = report.findings.iter().map(|found| json!(found)["code"].clone()).collect();
    assert_eq!(codes, ["unreadable_release", "wrong_row", "changed_blob"], "{:#?}", report.findings);
    assert_eq!(report.cases, 1);
    world.runtime.rebuild(&world.tenant).await.expect("rebuilt");
}
