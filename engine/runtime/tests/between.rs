//! Between cases on a real store: calls, messages by key, signals, cases that begin by a message or by themselves.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use fachwerk_core::{
    authority::{AuthorityCommand, Profile},
    command::{Command, Request},
    event::{Direction, DocumentContent, EffectError, Relation},
    facts::Actor,
    keeping::KeepingRecord,
    language::Folder,
    scenario,
    words::{CaseId, Land, Object, Place, ReleaseId, RoleId, TenantId, Text, Timestamp, Value},
};
use fachwerk_runtime::{Connector, Founding, KeepingStep, Runtime, clock::Clock};
use fachwerk_store::{CaseQuery, Halt, Piece, Place as StorePlace, Published, Store};
use serde_json::json;
use uuid::Uuid;

/// The application of every process here.
const SCHEMA: &str = r#"{ "type": "object", "required": ["tree"], "properties": { "tree": { "type": "string", "x-title": { "de": "Baum", "en": "Tree" } } } }"#;

const PARENT: &str = "process: permit
version: 1.0.0
title: { de: Erlaubnis, en: Permit }
data: application.schema.json
roles: { clerk: { title: { de: S, en: C }, corrects: true } }
always: { stop: { by: clerk, title: { de: Abbrechen, en: Stop }, then: $stopped } }
steps:
  opinion: { call: opinion, with: { tree: '= application.tree' }, then: { good: tell, else: refused } }
  refused: { end: refused }
  tell: { raise: { message: decided, key: 'application.tree', with: { answer: '= steps.opinion.answer' } }, then: storm }
  storm: { raise: { signal: decided }, then: done }
  done: { end: granted }
";
const CHILD: &str = "process: opinion
version: 1.0.0
title: { de: Stellungnahme, en: Opinion }
data: application.schema.json
start: { by_hand: false }
out: { answer: 'steps.judge.answer' }
roles: { clerk: { title: { de: S, en: C } } }
steps:
  judge:
    role: clerk
    task:
      title: { de: Urteilen, en: Judge }
      fields:
        answer: { type: text, required: true, title: { de: A, en: A } }
        outcome: { type: choice, title: { de: E, en: O }, options: { good: { de: gut, en: good }, bad: { de: schlecht, en: bad } } }
    then: { good: good, bad: bad }
  good: { end: good }
  bad: { end: bad }
";
const WAITER: &str = "process: waiter
version: 1.0.0
title: { de: Warten, en: Wait }
data: application.schema.json
roles: { clerk: { title: { de: S, en: C } } }
steps:
  both:
    fork:
      by-key: { wait: { decided: { message: decided, key: 'application.tree' } } }
      by-signal: { wait: { decided: { signal: decided } } }
    join: done
  done: { end: done }
";
const BEGUN: &str = "process: begun
version: 1.0.0
title: { de: Von selbst, en: By itself }
data: application.schema.json
start: { by_hand: false, message: new-tree, every: { period: 1 month, first: 2026-01-31T08:00, data: { tree: yearly } } }
roles: { clerk: { title: { de: S, en: C } } }
steps:
  look: { role: clerk, task: { title: { de: Ansehen, en: Look }, fields: { ok: { type: text, title: { de: a, en: b } } } } }
";
const ENDLESS: &str = "process: endless
version: 1.0.0
title: { de: Endlos, en: Endless }
data: application.schema.json
roles: { clerk: { title: { de: S, en: C } } }
steps:
  again: { call: endless, with: { tree: '= application.tree' }, then: done }
  done: { end: done }
";

/// Two processes that call each other.
const PING: &str = "process: ping
version: 1.0.0
title: { de: Hin, en: Ping }
data: application.schema.json
roles: { clerk: { title: { de: S, en: C } } }
steps:
  there: { call: pong, with: { tree: '= application.tree' }, then: done }
  done: { end: done }
";
const PONG: &str = "process: pong
version: 1.0.0
title: { de: Her, en: Pong }
data: application.schema.json
roles: { clerk: { title: { de: S, en: C } } }
steps:
  back: { call: ping, with: { tree: '= application.tree' }, then: done }
  done: { end: done }
";
/// Tells of its tree, and goes on with a task.
const TELLER: &str = "process: teller
version: 1.0.0
title: { de: Melden, en: Tell }
data: application.schema.json
roles: { clerk: { title: { de: S, en: C } } }
steps:
  tell: { raise: { message: decided, key: 'application.tree', with: {} }, then: look }
  look: { role: clerk, task: { title: { de: Ansehen, en: Look }, fields: { ok: { type: text, title: { de: a, en: b } } } } }
";

/// Asks a connector.
const ASKING: &str = "process: asking
version: 1.0.0
title: { de: Fragen, en: Ask }
data: application.schema.json
roles: { clerk: { title: { de: S, en: C } } }
steps:
  ask: { effect: outside, then: done }
  done: { end: done }
";

struct World {
    runtime: Runtime,
    tenant: TenantId,
    releases: BTreeMap<&'static str, ReleaseId>,
    dir: tempfile::TempDir,
}

impl World {
    async fn new(processes: &[(&'static str, &str)]) -> World {
        let dir = tempfile::tempdir().expect("a directory");
        let runtime = Self::open(&dir, "2026-03-02T08:00:00Z").await;
        let tenant = TenantId::from("musterstadt");
        let founding = Founding {
            tenant: tenant.clone(),
            profile: Profile::of(Text::new("Musterstadt", "Musterstadt"), Place::land(Land::ST)),
            administrator: "admin".into(),
            name: "Admin".into(),
        };
        runtime.found(founding).await.expect("founded");
        let roles = BTreeSet::from([RoleId::from("clerk")]);
        let command =
            AuthorityCommand::SetPerson { person: "jan".into(), name: "Jan".into(), roles, active: true };
        runtime.change(&tenant, Actor::Engine, Uuid::now_v7(), command).await.expect("a person");
        let mut world = World { runtime, tenant, releases: BTreeMap::new(), dir };
        for (name, text) in processes {
            world.deploy(name, text).await;
        }
        world
    }

    async fn open(dir: &tempfile::TempDir, now: &str) -> Runtime {
        let place = StorePlace::Sqlite { dir: dir.path().to_owned() };
        let store = Store::open(&place).await.expect("a store");
        Runtime::new(store, Clock::stopped_at(now.parse().expect("an instant")), BTreeMap::new())
    }

    async fn deploy(&mut self, name: &'static str, text: &str) {
        let files = [("process.yaml", text), ("application.schema.json", SCHEMA)];
        let files = files.iter().map(|(name, text)| ((*name).into(), text.as_bytes().into()));
        let folder = Folder { name: name.into(), files: files.collect() };
        let none = |_: &str, _: &Value| Ok::<_, EffectError>(scenario::Made::default());
        let admin = Actor::Person("admin".into());
        // Some are made to go on for ever.
        let despite = Some("only for this test");
        let deployed = self.runtime.deploy_despite(&self.tenant, admin, &folder, &none, despite).await;
        let deployed = deployed.expect("deployed");
        self.releases.insert(name, deployed.release);
    }

    async fn settle(&self) {
        self.runtime.settle().await.expect("settled");
    }

    async fn ask(&self, case: CaseId, command: Command) -> Result<(), String> {
        let request = Request { tenant: self.tenant.clone(), case, command_id: Uuid::now_v7(), command };
        let done = self.runtime.submit(Actor::Person("jan".into()), request).await;
        self.settle().await;
        done.map(|_| ()).map_err(|error| error.to_string())
    }

    fn beginning(&self, number: u128, process: &str, tree: &str) -> (CaseId, Command) {
        let command = Command::StartCase {
            release: self.releases[process].clone(),
            channel: "manual".into(),
            data: Object::from_iter([("tree".to_owned(), json!(tree))]),
            received_on: None,
            documents: Vec::new(),
            caller: None,
        };
        (CaseId(Uuid::from_u128(number)), command)
    }

    async fn start(&self, number: u128, process: &str, tree: &str) -> Result<CaseId, String> {
        let (case, command) = self.beginning(number, process, tree);
        self.ask(case, command).await.map(|()| case)
    }

    /// All cases in the order of their ids: process, what is active, how it ended, incidents.
    async fn standing(&self) -> Vec<String> {
        let query = CaseQuery { piece: Piece { cursor: None, limit: 100 }, ..CaseQuery::default() };
        let rows = self.runtime.store().cases(&self.tenant, &query).await.expect("cases").items;
        let mut found = Vec::new();
        for row in rows.iter().rev() {
            let case = self.case(row.case).await;
            let steps: Vec<_> = case.instances.values().filter_map(|it| it.step.as_ref()).collect();
            let codes: Vec<_> = case.incidents.values().map(|it| it.trouble.code.to_string()).collect();
            let ended = row.outcome.as_deref().unwrap_or(if row.open { "open" } else { "ended" });
            let tree = case.data.get("tree").and_then(Value::as_str).unwrap_or_default();
            found.push(
                format!("{} {tree} {ended} {steps:?} {}", row.process, codes.join(" ")).trim().to_owned(),
            );
        }
        found
    }

    async fn case(&self, id: CaseId) -> std::sync::Arc<fachwerk_core::case::Case> {
        self.runtime.case(&self.tenant, id).await.expect("a store").expect("a case")
    }

    #[track_caller]
    fn check(&self, expected: &[&str]) -> impl Future<Output = ()> {
        let place = std::panic::Location::caller();
        let expected: Vec<String> = expected.iter().map(|line| (*line).to_owned()).collect();
        async move {
            assert_eq!(self.standing().await, expected, "at {place}");
            let report = self.runtime.verify(&self.tenant).await.expect("verified");
            assert!(report.is_clean(), "{:#?}", report.findings);
        }
    }

    /// The only open task.
    async fn complete(&self, process: &str, values: Value) {
        let query = fachwerk_store::InboxQuery::default();
        let tasks = self.runtime.store().inbox(&self.tenant, &query).await.expect("an inbox").items;
        let entry = tasks.iter().find(|entry| entry.task.process.as_str() == process).expect("a task");
        let Value::Object(values) = values else { panic!("no object") };
        let command = Command::CompleteTask { task: entry.task.instance, values, seen: None, shown: None };
        self.ask(entry.task.case, command).await.expect("completed");
    }

    async fn publish(&self, number: u128, name: &str, key: &str, payload: Value) -> Published {
        let Value::Object(payload) = payload else { panic!("no object") };
        let id = Uuid::from_u128(number);
        let published = self.runtime.publish(&self.tenant, id, name, key, payload).await.expect("published");
        self.settle().await;
        published
    }
}

#[tokio::test]
async fn a_case_calls_another_and_tells_others() {
    let world = World::new(&[("permit", PARENT), ("opinion", CHILD), ("waiter", WAITER)]).await;
    world.start(1, "waiter", "oak").await.expect("started");
    world.start(2, "waiter", "elm").await.expect("started");
    world.start(3, "permit", "oak").await.expect("started");
    let waiting = |tree| format!("waiter {tree} open [\"both\", \"by-key\", \"by-signal\"]");
    let (oak, elm) = (waiting("oak"), waiting("elm"));
    world.check(&[&oak, &elm, "permit oak open [\"opinion\"]", "opinion oak open [\"judge\"]"]).await;
    world.complete("opinion", json!({ "answer": "tall", "outcome": "good" })).await;
    world
        .check(&[
            "waiter oak done []",
            "waiter elm open [\"both\", \"by-key\"]",
            "permit oak granted []",
            "opinion oak good []",
        ])
        .await;
    let case = world.case(CaseId(Uuid::from_u128(1))).await;
    assert_eq!(case.results["by_key"]["answer"], json!("tall"), "what the called case handed over went on");
}

#[tokio::test]
async fn what_is_under_way_survives_a_restart() {
    let mut world = World::new(&[("permit", PARENT), ("opinion", CHILD), ("waiter", WAITER)]).await;
    // Nothing is brought before the process ends.
    let (case, command) = world.beginning(3, "permit", "oak");
    let request = Request { tenant: world.tenant.clone(), case, command_id: Uuid::now_v7(), command };
    world.runtime.submit(Actor::Person("jan".into()), request).await.expect("started");
    world.check(&["permit oak open [\"opinion\"]"]).await;
    world.runtime.store().close().await;
    world.runtime = World::open(&world.dir, "2026-03-02T08:06:00Z").await;
    world.settle().await;
    world.check(&["permit oak open [\"opinion\"]", "opinion oak open [\"judge\"]"]).await;
    world.complete("opinion", json!({ "outcome": "good", "answer": "x" })).await;
    world.check(&["permit oak granted []", "opinion oak good []"]).await;
    // The message was kept: whoever comes later takes it. The signal is gone.
    world.start(9, "waiter", "oak").await.expect("started");
    let waiter = "waiter oak open [\"both\", \"by-signal\"]";
    assert!(world.standing().await.contains(&waiter.to_owned()), "{:?}", world.standing().await);
}

#[tokio::test]
async fn a_caller_that_does_not_wait_any_more_calls_off() {
    let world = World::new(&[("permit", PARENT), ("opinion", CHILD)]).await;
    let case = world.start(3, "permit", "oak").await.expect("started");
    let trigger = |reason: &str| Command::TriggerByHand {
        instance: fachwerk_core::words::InstanceId::ROOT,
        name: "stop".into(),
        reason: reason.into(),
    };
    let without = world.ask(case, trigger(" ")).await;
    assert_eq!(without, Err("rejected: ReasonInvalid".to_owned()));
    world.ask(case, trigger("Antrag zurückgenommen")).await.expect("stopped");
    world.check(&["permit oak stopped []", "opinion oak called-off []"]).await;
}

/// The related cases and the titles of the documents of a case.
async fn related(world: &World, case: CaseId) -> (Vec<(CaseId, Relation)>, Vec<String>) {
    let case = world.case(case).await;
    let relations = case.relations.iter().map(|related| (related.case, related.how)).collect();
    (relations, case.documents.values().map(|document| document.content.title.to_string()).collect())
}

#[tokio::test]
async fn a_part_goes_on_in_a_case_of_its_own_and_is_merged_again() {
    let mut world = World::new(&[("permit", PARENT), ("opinion", CHILD)]).await;
    let first = world.start(3, "permit", "oak").await.expect("started");
    let document = DocumentContent {
        title: "Plan".into(),
        media_type: "text/plain".into(),
        hash: "x".into(),
        size: 1,
        direction: Direction::Incoming,
        addressee: None,
        enclosures: Vec::new(),
    };
    world.ask(first, Command::AddDocument { document, received_on: None }).await.expect("a document");
    let split = |data: Value| Command::SplitCase {
        data: serde_json::from_value(data).expect("an object"),
        documents: vec![1],
        reason: "Zwei Bäume".into(),
    };
    let without = world.ask(first, split(json!({}))).await.expect_err("a tree is needed");
    assert!(without.starts_with("rejected: ValuesInvalid"), "{without}");
    world.ask(first, split(json!({ "tree": "elm" }))).await.expect("split");
    // Whatever is brought twice arrives once, also when the server was gone in between.
    world.runtime.store().close().await;
    world.runtime = World::open(&world.dir, "2026-03-02T08:06:00Z").await;
    world.settle().await;
    world
        .check(&[
            "permit oak open [\"opinion\"]",
            "opinion elm open [\"judge\"]",
            "opinion oak open [\"judge\"]",
            "permit elm open [\"opinion\"]",
        ])
        .await;
    let (relations, documents) = related(&world, first).await;
    let [(second, Relation::SplitInto)] = relations[..] else { panic!("{relations:?}") };
    assert_eq!(documents, ["Plan"]);
    let plan = vec!["Plan".to_owned()];
    assert_eq!(related(&world, second).await, (vec![(first, Relation::SplitFrom)], plan));
    assert_eq!(world.ask(second, merge(second)).await, Err("rejected: MergeIntoItself".to_owned()));
    world.ask(second, merge(first)).await.expect("merged");
    world
        .check(&[
            "permit oak open [\"opinion\"]",
            "opinion elm called-off []",
            "opinion oak open [\"judge\"]",
            "permit elm merged []",
        ])
        .await;
    let plans = vec!["Plan".to_owned(), "Plan".to_owned()];
    let both = vec![(second, Relation::SplitInto), (second, Relation::Merged)];
    assert_eq!(related(&world, first).await, (both, plans));
}

fn merge(into: CaseId) -> Command {
    Command::MergeCase { into, reason: "Derselbe Baum".into() }
}

#[tokio::test]
async fn a_case_goes_on_when_the_other_one_does_not_take_it_over() {
    let world = World::new(&[("opinion", CHILD), ("permit", PARENT)]).await;
    let case = world.start(3, "permit", "oak").await.expect("started");
    world.ask(case, merge(CaseId(Uuid::from_u128(9)))).await.expect("asked");
    let ended = world.start(4, "permit", "elm").await.expect("started");
    let end = Command::EndCase { outcome: Some("over".into()), reason: "Erledigt".into() };
    world.ask(ended, end).await.expect("ended");
    world.ask(case, merge(ended)).await.expect("asked");
    world
        .check(&[
            "permit oak open [\"opinion\"] merge_refused merge_refused",
            "permit elm over []",
            "opinion elm called-off []",
            "opinion oak open [\"judge\"]",
        ])
        .await;
    assert_eq!(related(&world, case).await.0, []);
    assert_eq!(related(&world, ended).await.0, []);
}

#[tokio::test]
async fn two_cases_that_are_merged_into_each_other_at_once_both_go_on() {
    let world = World::new(&[("opinion", CHILD), ("permit", PARENT)]).await;
    let first = world.start(3, "permit", "oak").await.expect("started");
    let second = world.start(4, "permit", "elm").await.expect("started");
    // Neither has heard of the other one yet.
    for (case, into) in [(first, second), (second, first)] {
        let (tenant, command_id) = (world.tenant.clone(), Uuid::now_v7());
        let request = Request { tenant, case, command_id, command: merge(into) };
        world.runtime.submit(Actor::Person("jan".into()), request).await.expect("asked");
    }
    let again = world.ask(first, merge(second)).await;
    world.settle().await;
    assert_eq!(again, Err("rejected: MergeUnderWay".to_owned()));
    let standing = world.standing().await;
    let refused = standing.iter().filter(|line| line.contains(" open ") && line.ends_with("merge_refused"));
    assert_eq!(refused.count(), 2, "{standing:?}");
    // Tried again one after the other it works.
    world.ask(first, merge(second)).await.expect("asked");
    assert_eq!(related(&world, first).await.0, [(second, Relation::MergedInto)]);
    assert_eq!(related(&world, second).await.0, [(first, Relation::Merged)]);
}

/// Whoever called is erased, by way of exception, before the answer comes: nobody waits for it, and it is not sent for ever.
#[tokio::test]
async fn what_is_sent_to_a_case_that_is_erased_is_over() {
    let world = World::new(&[("permit", PARENT), ("opinion", CHILD)]).await;
    let caller = world.start(3, "permit", "oak").await.expect("started");
    // Only somebody who logs in asks for an erasure.
    let (store, at) = (world.runtime.store(), world.runtime.clock().now());
    store.set_password_hash(&world.tenant, &"admin".into(), ("none", false), at).await.expect("kept");
    let admin = Actor::Person("admin".into());
    let ask = KeepingRecord::Ask { reason: "Antrag".into(), exception: Some("Gericht".into()) };
    for step in [KeepingStep::Record(ask), KeepingStep::Erase { alone: Some("nur eine Person".into()) }] {
        let id = Uuid::now_v7();
        let troubles = world.runtime.keep_cases(&admin, &world.tenant, &[caller], id, &step).await;
        assert!(troubles.as_ref().is_ok_and(Vec::is_empty), "{troubles:?}");
    }
    world.check(&["opinion oak open [\"judge\"]"]).await;
    world.complete("opinion", json!({ "answer": "tall", "outcome": "good" })).await;
    world.check(&["opinion oak good []"]).await;
    assert_eq!(world.runtime.store().next_effect_at().await.expect("a store"), None, "nothing is under way");
}

#[tokio::test]
async fn a_call_that_is_refused_is_an_incident() {
    let mut world = World::new(&[("permit", PARENT)]).await;
    let case = world.start(3, "permit", "oak").await.expect("started");
    world.check(&["permit oak open [\"opinion\"] call_refused"]).await;
    world.deploy("opinion", CHILD).await;
    world.ask(case, Command::RetryIncident { incident: 1 }).await.expect("tried again");
    world.check(&["permit oak open [\"opinion\"]", "opinion oak open [\"judge\"]"]).await;
    let by_hand = world.start(4, "opinion", "oak").await;
    assert_eq!(by_hand, Err("rejected: StartNotByHand".to_owned()));
}

#[tokio::test]
async fn a_call_that_calls_itself_has_an_end() {
    let world = World::new(&[("endless", ENDLESS)]).await;
    world.start(1, "endless", "x").await.expect("started");
    let standing = world.standing().await;
    assert_eq!(standing.len(), 11, "{standing:#?}");
    let stuck = standing.iter().filter(|line| line.ends_with("calls_too_deep")).count();
    assert_eq!(stuck, 1, "{standing:#?}");
}

#[tokio::test]
async fn two_processes_that_call_each_other_have_an_end() {
    let mut world = World::new(&[("ping", PING)]).await;
    world.deploy("pong", PONG).await;
    let case = world.start(1, "ping", "x").await.expect("started");
    let standing = world.standing().await;
    let of = |process: &str| standing.iter().filter(|line| line.starts_with(process)).count();
    // Ten calls within each other, the eleventh is refused.
    assert_eq!((of("ping"), of("pong")), (6, 5), "{standing:#?}");
    let stuck: Vec<_> = standing.iter().filter(|line| line.ends_with("calls_too_deep")).collect();
    assert_eq!(stuck, ["ping x open [\"there\"] calls_too_deep"], "{standing:#?}");
    // Whoever began it ends it, and with it all others.
    let end = Command::EndCase { outcome: Some("stopped".into()), reason: "Kreis".into() };
    let request = Request { tenant: world.tenant.clone(), case, command_id: Uuid::now_v7(), command: end };
    world.runtime.submit(Actor::Person("admin".into()), request).await.expect("ended");
    world.settle().await;
    let standing = world.standing().await;
    assert_eq!(standing.iter().filter(|line| line.contains(" open ")).count(), 0, "{standing:#?}");
}

#[tokio::test]
async fn messages_that_nobody_waits_for_are_kept_up_to_a_limit() {
    let world = World::new(&[("teller", TELLER), ("waiter", WAITER)]).await;
    let publish = async |number: u128, key: &str| {
        let id = Uuid::from_u128(number);
        let published = world.runtime.publish(&world.tenant, id, "decided", key, Object::new()).await;
        published.map_err(|error| error.to_string())
    };
    let refused = "kept_messages: 1001 is more than the limit of 1000";
    for number in 1..=10_000 {
        let expected = if number <= 1_000 { Ok(Published::Kept) } else { Err(refused.to_owned()) };
        assert_eq!(publish(number, "oak").await, expected, "message {number}");
    }
    // Who waits for another key, and other cases, go on.
    assert_eq!(publish(20_000, "elm").await, Ok(Published::Kept));
    let elm = world.start(1, "waiter", "elm").await.expect("started");
    assert!(world.case(elm).await.results.contains_key("by_key"));
    // A case that adds to the flood says so and goes on itself; what it sent is tried again.
    let teller = world.start(2, "teller", "oak").await.expect("started");
    let stands = || async {
        let case = world.case(teller).await;
        let codes: Vec<_> = case.incidents.values().map(|it| it.trouble.code.to_string()).collect();
        (case.version, codes)
    };
    assert_eq!(stands().await, (2, vec!["message_not_kept".to_owned()]));
    world.start(3, "waiter", "oak").await.expect("started");
    world.runtime.clock().advance_to("2026-03-02T10:00:00Z".parse().expect("an instant"));
    world.settle().await;
    // There is room for it now, and it was confirmed; the incident stays until somebody has seen it.
    assert_eq!(stands().await, (3, vec!["message_not_kept".to_owned()]));
    assert_eq!(publish(30_000, "oak").await, Err(refused.to_owned()));
}

#[tokio::test]
async fn cases_begin_by_a_message_and_by_themselves() {
    let world = World::new(&[("begun", BEGUN)]).await;
    world.settle().await;
    world.check(&[]).await;
    let tree = json!({ "tree": "lime" });
    assert!(matches!(world.publish(1, "new-tree", "", tree.clone()).await, Published::To(_)));
    assert_eq!(world.publish(1, "new-tree", "", tree).await, Published::Before);
    world.check(&["begun lime open [\"look\"]"]).await;
    // The last day of March, as the first was the last of January; once, however often one looks.
    let advance = async |now: &str| {
        world.runtime.clock().advance_to(now.parse::<Timestamp>().expect("an instant"));
        world.settle().await;
        world.settle().await;
    };
    advance("2026-03-31T05:59:59Z").await;
    world.check(&["begun lime open [\"look\"]"]).await;
    advance("2026-03-31T06:00:00Z").await;
    world.check(&["begun lime open [\"look\"]", "begun yearly open [\"look\"]"]).await;
    // Two times were missed; the last one is made up for.
    advance("2026-06-01T09:00:00Z").await;
    assert_eq!(world.standing().await.len(), 3);
    assert_eq!(world.publish(2, "nobody", "k", json!({})).await, Published::Kept);
}

/// However many connectors do not answer: what cases send to each other goes on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connectors_that_do_not_answer_hold_up_no_messages() {
    let mut world = World::new(&[("asking", ASKING), ("permit", PARENT), ("opinion", CHILD)]).await;
    world.runtime.store().close().await;
    let asked = Arc::new(AtomicU32::new(0));
    let counted = asked.clone();
    let silent: Connector = Arc::new(move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
        Box::pin(std::future::pending())
    });
    let store = Store::open(&StorePlace::Sqlite { dir: world.dir.path().to_owned() }).await.expect("a store");
    let clock = Clock::stopped_at("2026-03-02T08:06:00Z".parse().expect("an instant"));
    world.runtime = Runtime::new(store, clock, [("outside".to_owned(), silent)].into());
    let _worker = world.runtime.start_background();
    let begin = async |number, process| {
        let (case, command) = world.beginning(number, process, "oak");
        let request = Request { tenant: world.tenant.clone(), case, command_id: Uuid::now_v7(), command };
        world.runtime.submit(Actor::Person("jan".into()), request).await.expect("begun");
    };
    let mut looks = tokio::time::interval(Duration::from_millis(10));
    for number in 100..170 {
        begin(number, "asking").await;
    }
    while asked.load(Ordering::SeqCst) < 64 {
        looks.tick().await;
    }
    begin(1, "permit").await;
    for _ in 0..1_000 {
        looks.tick().await;
        if world.standing().await.contains(&"opinion oak open [\"judge\"]".to_owned()) {
            return;
        }
    }
    panic!("the case that was called has not begun within ten seconds");
}

/// What has arrived is remembered for a week, so that it is not taken twice, and not for as long as the server runs.
#[tokio::test]
async fn what_has_arrived_long_ago_is_forgotten() {
    let world = World::new(&[("waiter", WAITER)]).await;
    let case = world.start(1, "waiter", "oak").await.expect("started");
    let publish = async || world.publish(7, "decided", "oak", json!({ "answer": "tall" })).await;
    for (now, expected) in [
        ("2026-03-02T08:00:00Z", Published::To(vec![case])),
        ("2026-03-09T07:00:00Z", Published::Before),
        ("2026-03-10T08:00:00Z", Published::Kept),
    ] {
        world.runtime.clock().advance_to(now.parse::<Timestamp>().expect("an instant"));
        world.settle().await;
        assert_eq!(publish().await, expected, "{now}");
    }
}

/// As long as the clock is not trusted nothing begins because of what it says.
#[tokio::test]
async fn nothing_begins_by_itself_while_timers_rest() {
    let world = World::new(&[("begun", BEGUN)]).await;
    let (store, now) = (world.runtime.store(), world.runtime.clock().now());
    store.halt_all(now, Halt::ClockJumped).await.expect("halted");
    world.runtime.clock().advance_to("2026-03-31T06:00:00Z".parse::<Timestamp>().expect("an instant"));
    world.settle().await;
    world.check(&[]).await;
    let admin = Actor::Person("admin".into());
    world.runtime.resume(&world.tenant, admin, Uuid::now_v7()).await.expect("it goes on");
    world.settle().await;
    world.check(&["begun yearly open [\"look\"]"]).await;
}

const PERHAPS: &str = "process: perhaps
version: 1.0.0
title: { de: Vielleicht, en: Perhaps }
data: application.schema.json
start: { by_hand: false, message: decided }
roles: { clerk: { title: { de: S, en: C } } }
steps:
  look: { role: clerk, task: { title: { de: Ansehen, en: Look }, fields: { ok: { type: text, title: { de: a, en: b } } } } }
";

/// It can begin no case, because what it brings is no application; then it is for whoever waits for it.
#[tokio::test]
async fn a_message_that_can_begin_no_case_is_kept_for_whoever_waits() {
    let world = World::new(&[("perhaps", PERHAPS), ("waiter", WAITER)]).await;
    world.publish(1, "decided", "oak", json!({ "answer": "tall" })).await;
    world.check(&[]).await;
    let kept =
        world.runtime.store().kept_messages(&world.tenant, &Piece::default()).await.expect("messages").items;
    assert_eq!(kept.iter().map(|it| (&*it.key, &it.starts)).collect::<Vec<_>>(), [("oak", &None)]);
    let case = world.start(2, "waiter", "oak").await.expect("started");
    world.check(&["waiter oak open [\"both\", \"by-signal\"]"]).await;
    assert_eq!(world.case(case).await.results["by_key"]["answer"], json!("tall"));
}
