//! Commands that come at the same time: what is decided ahead of the disk is stored in order, or decided anew.

use std::{collections::BTreeMap, sync::Arc};

use fachwerk_core::{
    authority::{AuthorityCommand, AuthorityRejection, Profile},
    command::{Command, Request},
    facts::Actor,
    language::Folder,
    scenario,
    words::{CaseId, Land, Object, Place, ReleaseId, RoleId, TenantId, Text},
};
use fachwerk_runtime::{ChangeError, Committed, Founding, Runtime, SubmitError, clock::Clock};
use fachwerk_store::{Place as StorePlace, Store, test_postgres};
use tokio::task::JoinSet;
use uuid::Uuid;

const PROCESS: &str = "process: test
version: 1.0.0
title: { de: Test, en: Test }
roles: { clerk: { title: { de: S, en: C } } }
steps:
  number: { number: { pattern: \"T-{year}/{number:3}\", file_number: true }, then: look }
  look: { task: { title: { de: Ansehen, en: Look } }, role: clerk }
";

/// An authority, and several processes on its store: on PostgreSQL each has connections of its own.
struct World {
    nodes: Vec<Runtime>,
    tenant: TenantId,
    release: ReleaseId,
    /// All turns until now.
    turns: u64,
}

/// Runs a test on both back ends, with as many processes.
async fn on_both(nodes: usize, test: impl AsyncFn(&mut World)) {
    let dir = tempfile::tempdir().expect("a directory");
    let store = Store::open(&StorePlace::Sqlite { dir: dir.path().to_owned() }).await.expect("a store");
    test(&mut World::new(vec![store; nodes]).await).await;
    let Some(server) = test_postgres::server() else { return };
    let url = server.create_database().await;
    let mut stores = Vec::new();
    for _ in 0..nodes {
        stores.push(Store::open(&StorePlace::Postgres { url: url.clone() }).await.expect("a store"));
    }
    let mut world = World::new(stores).await;
    test(&mut world).await;
    for node in &world.nodes {
        node.store().close().await;
    }
    server.drop_database(&url).await;
}

impl World {
    async fn new(stores: Vec<Store>) -> World {
        let clock = Clock::stopped_at("2026-03-02T08:00:00Z".parse().expect("an instant"));
        let nodes = stores.into_iter().map(|store| Runtime::new(store, clock.clone(), BTreeMap::new()));
        let nodes: Vec<_> = nodes.collect();
        let tenant = TenantId::from("musterstadt");
        let founding = Founding {
            tenant: tenant.clone(),
            profile: Profile::of(Text::new("Musterstadt", "Musterstadt"), Place::land(Land::ST)),
            administrator: "admin".into(),
            name: "Admin".into(),
        };
        nodes[0].found(founding).await.expect("founded");
        let files = [("process.yaml".into(), PROCESS.as_bytes().into())].into_iter().collect();
        let folder = Folder { name: "test".into(), files };
        let made = |_: &str, _: &_| Ok(scenario::Made::default());
        let admin = Actor::Person("admin".into());
        let deployed = nodes[0].deploy(&tenant, admin, &folder, &made).await.expect("deployed");
        let mut world = World { nodes, tenant, release: deployed.release, turns: 0 };
        world.person(0, true).await;
        world.turns = world.nodes[0].store().last_position(&world.tenant).await.expect("a store");
        world
    }

    /// Lets Jan work, or not, by one of the processes.
    async fn person(&self, node: usize, active: bool) {
        let roles = [RoleId::from("clerk")].into();
        let command = AuthorityCommand::SetPerson { person: "jan".into(), name: "Jan".into(), roles, active };
        self.nodes[node]
            .change(&self.tenant, Actor::Engine, Uuid::now_v7(), command)
            .await
            .expect("a person");
    }

    fn request(&self, case: u128, id: u128, command: Command) -> Request {
        let (case, command_id) = (CaseId(Uuid::from_u128(case)), Uuid::from_u128(id));
        Request { tenant: self.tenant.clone(), case, command_id, command }
    }

    fn start(&self, case: u128) -> Request {
        let command = Command::StartCase {
            release: self.release.clone(),
            channel: "manual".into(),
            data: Object::new(),
            received_on: None,
            documents: Vec::new(),
            caller: None,
        };
        self.request(case, case, command)
    }

    fn note(&self, case: u128, id: u128) -> Request {
        let text: Arc<str> = format!("note {id}").into();
        self.request(case, id, Command::AddNote { text })
    }

    /// Asks everything at once, turn and turn about by all processes; what became of each, in the order of the requests.
    async fn all_at_once(&self, requests: Vec<Request>) -> Vec<Result<Committed, SubmitError>> {
        let mut asked = JoinSet::new();
        for (number, request) in requests.into_iter().enumerate() {
            let node = self.nodes[number % self.nodes.len()].clone();
            asked.spawn(async move { (number, node.submit(Actor::Person("jan".into()), request).await) });
        }
        let mut answers: Vec<_> = asked.join_all().await;
        answers.sort_by_key(|(number, _)| *number);
        answers.into_iter().map(|(_, answer)| answer).collect()
    }

    /// Nothing is lost, nothing is there twice, numbers have no gaps, and memory and lists say what the journal says.
    async fn check_sound(&self, cases: u128, turns: u64) {
        let report = self.nodes[0].verify(&self.tenant).await.expect("verified");
        assert!(report.is_clean(), "{:#?}", report.findings);
        assert_eq!((report.cases, report.turns), (cases as u64, self.turns + turns));
        for (case, node) in (1..=cases).flat_map(|case| self.nodes.iter().map(move |node| (case, node))) {
            let case = CaseId(Uuid::from_u128(case));
            let stored = node.store().load(&self.tenant, case).await.expect("a store");
            let known = node.case(&self.tenant, case).await.expect("a store");
            assert_eq!(known.as_deref(), stored.as_ref());
        }
    }
}

/// The versions that the turns of a case have got, sorted.
fn versions(answers: &[Result<Committed, SubmitError>]) -> Vec<u64> {
    let mut versions: Vec<u64> =
        answers.iter().map(|answer| answer.as_ref().expect("carried out").version).collect();
    versions.sort_unstable();
    versions
}

async fn at_one_case(world: &mut World) {
    world.all_at_once(vec![world.start(1)]).await.remove(0).expect("started");
    let answers = world.all_at_once((100..180).map(|id| world.note(1, id)).collect()).await;
    assert_eq!(versions(&answers), (2..=81).collect::<Vec<u64>>());
    world.check_sound(1, 81).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_commands_at_one_case_follow_one_another() {
    on_both(1, at_one_case).await;
    on_both(2, at_one_case).await;
}

async fn numbers(world: &mut World) {
    let answers = world.all_at_once((1..=120).map(|case| world.start(case)).collect()).await;
    assert_eq!(versions(&answers), vec![1; 120]);
    let mut numbers = Vec::new();
    for case in 1..=120 {
        let case = world.nodes[0].case(&world.tenant, CaseId(Uuid::from_u128(case))).await;
        numbers.push(case.expect("a store").expect("begun").number.clone().expect("a number").to_string());
    }
    numbers.sort();
    assert_eq!(numbers, (1..=120).map(|number| format!("T-2026/{number:03}")).collect::<Vec<_>>());
    world.check_sound(120, 120).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_cases_at_once_draw_every_number_once() {
    on_both(1, numbers).await;
    on_both(3, numbers).await;
}

/// What comes behind a command that had been carried out before was decided on something that never was.
#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_comes_again_among_others_changes_nothing() {
    let test = async |world: &mut World| {
        world.all_at_once(vec![world.start(1)]).await.remove(0).expect("started");
        let requests = || (100..140).flat_map(|id| [world.note(1, id), world.note(1, id / 2)]);
        let first = world.all_at_once(requests().collect()).await;
        let again = world.all_at_once(requests().rev().collect()).await;
        let told = |answer: &Result<Committed, SubmitError>| {
            answer.as_ref().map(|told| (told.version, told.position)).expect("told")
        };
        let again: Vec<_> = again.iter().rev().map(told).collect();
        assert_eq!(again, first.iter().map(told).collect::<Vec<_>>());
        world.check_sound(1, 61).await;
    };
    on_both(2, test).await;
}

/// What an authority is asked for may come twice as well: also when it could not be done twice.
#[tokio::test(flavor = "multi_thread")]
async fn what_an_authority_did_is_not_refused_when_it_is_asked_again() {
    let test = async |world: &mut World| {
        let tenant = TenantId::from("neustadt");
        let found = |node: usize, id| {
            let (title, place) = (Text::new("Neustadt", "Neustadt"), Place::land(Land::ST));
            let (node, tenant) = (world.nodes[node].clone(), tenant.clone());
            let command = AuthorityCommand::Found { profile: Profile::of(title, place) };
            async move { node.change(&tenant, Actor::Engine, Uuid::from_u128(id), command).await }
        };
        for (node, id, done) in [(0, 1, true), (0, 1, true), (1, 1, true), (0, 2, false), (1, 2, false)] {
            let changed = found(node, id).await;
            match changed {
                Ok(after) => assert_eq!((done, after.version), (true, 1), "{node} {id}"),
                Err(ChangeError::Rejected(AuthorityRejection::Exists)) => assert!(!done, "{node} {id}"),
                Err(error) => panic!("{node} {id}: {error}"),
            }
        }
        assert_eq!(world.nodes[0].store().last_position(&tenant).await.expect("a store"), 1);
    };
    on_both(2, test).await;
}

/// However many authorities there are, the calendar is looked at with as many reads; what changes is seen all the same.
#[tokio::test(flavor = "multi_thread")]
async fn the_calendar_reads_no_authority_that_it_remembers() {
    let test = async |world: &mut World| {
        let reads = async |node: &Runtime| {
            // The first look of a day signs what is over, and remembers.
            node.settle().await.expect("settled");
            node.store().record();
            node.settle().await.expect("settled");
            node.store().recorded().statements().iter().sum::<usize>()
        };
        let few = reads(&world.nodes[0]).await;
        assert!(few > 0, "the authorities are asked for");
        for number in 0..5_u128 {
            let tenant = TenantId::from(format!("stadt-{number}").as_str());
            let (title, place) = (Text::new("Stadt", "Town"), Place::land(Land::ST));
            let command = AuthorityCommand::Found { profile: Profile::of(title, place) };
            let founded =
                world.nodes[1].change(&tenant, Actor::Engine, Uuid::from_u128(number), command).await;
            founded.expect("founded");
        }
        assert_eq!(reads(&world.nodes[0]).await, few);
        let last = TenantId::from("stadt-4");
        assert_eq!(world.nodes[0].authority_since(&last, 0).await.expect("read").expect("known").version, 1);
    };
    on_both(2, test).await;
}

/// A command counts only with what the authority says when it is stored, whoever changed it.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_not_any_more_cannot_by_another_process() {
    let test = async |world: &mut World| {
        let notes = || vec![world.note(1, 9), world.note(2, 9)];
        assert_eq!(versions(&world.all_at_once(vec![world.start(1), world.start(2)]).await), [1, 1]);
        world.person(0, false).await;
        for answer in world.all_at_once(notes()).await {
            assert!(matches!(answer, Err(SubmitError::Rejected(_))), "{answer:?}");
        }
        world.person(1, true).await;
        assert_eq!(versions(&world.all_at_once(notes()).await), [2, 2]);
    };
    on_both(2, test).await;
}

/// When the database goes away, everybody is told; nobody waits for ever.
#[tokio::test(flavor = "multi_thread")]
async fn when_the_database_goes_away_everybody_is_told() {
    let test = async |world: &mut World| {
        let requests: Vec<_> = (1..=50).map(|case| world.start(case)).collect();
        let closing = world.nodes[0].store().close();
        let (answers, ()) = tokio::join!(world.all_at_once(requests), closing);
        for answer in answers {
            assert!(matches!(answer, Ok(_) | Err(SubmitError::Store(_))), "{answer:?}");
        }
    };
    on_both(1, test).await;
}

/// Whoever listens to one process hears what another one stores.
#[tokio::test(flavor = "multi_thread")]
async fn what_one_process_stores_the_others_hear() {
    let test = async |world: &mut World| {
        if !world.nodes[0].store().is_shared() {
            return;
        }
        let workers: Vec<_> = world.nodes.iter().map(Runtime::start_background).collect();
        let mut heard = world.nodes[1].subscribe();
        // Until the second process listens, what the first one stores is not heard: it asks until it is.
        let mut told = Vec::new();
        let first = loop {
            let case = told.len() as u128 + 1;
            told.push(
                world.nodes[0].submit(Actor::Person("jan".into()), world.start(case)).await.expect("begun"),
            );
            let soon = tokio::time::timeout(std::time::Duration::from_millis(100), heard.recv()).await;
            assert!(told.len() < 100, "nothing is heard");
            if let Ok(heard) = soon {
                break heard.expect("a turn");
            }
        };
        let known = told.iter().position(|turn| *turn == first).expect("what was told is what was stored");
        world.person(0, false).await;
        let mut last = first;
        for turn in &told[known + 1..] {
            last = heard.recv().await.expect("a turn");
            assert_eq!(last, *turn);
        }
        let of_authority = heard.recv().await.expect("the authority was changed");
        let Committed { case, position, .. } = of_authority;
        assert_eq!((case, position), (None, last.position + 1));
        drop(workers);
    };
    on_both(2, test).await;
}
