//! A database that is ended and begun again, connections that are cut in the middle of a commit, a second database that
//! takes over: with two servers of ours at work on it, under load, with effects under way.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU16, Ordering},
    },
    time::Duration,
};

use fachwerk_core::{
    command::Request,
    facts::Actor,
    words::{CaseId, Timestamp},
};
use fachwerk_runtime::{Runtime, clock::Clock};
use fachwerk_store::{Place, Store, test_postgres};
use fachwerk_tests::{dice::Dice, seeds, small_process, town::tenant};
use jiff::SignedDuration;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    task::AbortHandle,
    time::interval,
};
use uuid::Uuid;

use crate::{
    asking::{Say, ask_on, connectors},
    executor,
    heard::Heard,
    servers::Server,
    truth::check_end,
};

/// How often something goes wrong, of each kind.
const FAULTS: u64 = 5;
/// How often connections are cut.
const CUTS: u64 = 100;
/// How many commands are answered between two faults, at most.
const ANSWERS: usize = 40;

/// A way to a server that can be cut, and led to another one.
struct Way {
    port: u16,
    target: Arc<AtomicU16>,
    cut: watch::Sender<()>,
}

impl Way {
    async fn to(target: u16) -> Way {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let (target, cut) = (Arc::new(AtomicU16::new(target)), watch::Sender::new(()));
        let way = Way { port, target: target.clone(), cut: cut.clone() };
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let (target, mut cut) = (target.clone(), cut.subscribe());
                tokio::spawn(async move {
                    let far = TcpStream::connect(("127.0.0.1", target.load(Ordering::SeqCst))).await;
                    let Ok(mut far) = far else { return };
                    tokio::select! {
                        _ = tokio::io::copy_bidirectional(&mut near, &mut far) => {}
                        _ = cut.changed() => {}
                    }
                });
            }
        });
        way
    }

    /// Cuts all that goes along here.
    fn cut(&self) {
        self.cut.send_replace(());
    }

    fn lead_to(&self, target: u16) {
        self.target.store(target, Ordering::SeqCst);
        self.cut();
    }

    async fn engine(&self, clock: &Clock, say: &Say) -> Runtime {
        let url = format!("postgres://fachwerk@127.0.0.1:{}/postgres", self.port);
        let store = Store::open(&Place::Postgres { url }).await.expect("the store opens");
        Runtime::new(store, clock.clone(), connectors(say))
    }
}

/// Waits until so many more commands are answered.
async fn until_answered(heard: &Mutex<Heard>, answers: usize) {
    let done = || heard.lock().expect("nobody panics").done.len();
    let enough = done() + answers;
    let mut looks = interval(Duration::from_millis(2));
    for _ in 0..30_000 {
        if done() >= enough {
            return;
        }
        looks.tick().await;
    }
    panic!("nothing is answered for a minute");
}

/// Lets things go wrong while two servers work, then looks whether all that was said is true.
fn check(port: u16, times: u64, fault: impl AsyncFn(&Way, &Mutex<Heard>)) {
    let (letters, found) = play(port, times, async |way, heard, _| fault(way, heard).await);
    assert!(letters > 0, "letters were made");
    assert_eq!(found, Ok(()));
}

/// The same; how many letters were made, and what is found in the end. A fault may end the clients.
fn play(
    port: u16,
    times: u64,
    fault: impl AsyncFn(&Way, &Mutex<Heard>, &AbortHandle),
) -> (usize, Result<(), String>) {
    executor(2).block_on(async {
        let way = Way::to(port).await;
        let heard = Arc::new(Mutex::new(Heard::default()));
        let noted = heard.clone();
        let say: Say = Arc::new(move |line| noted.lock().expect("nobody panics").take(line));
        let clock = Clock::stopped_at(Timestamp::UNIX_EPOCH);
        let nodes = [way.engine(&clock, &say).await, way.engine(&clock, &say).await];
        small_process::found(&nodes[0]).await.expect("the authority is set up");
        let background = [nodes[0].start_background(), nodes[1].start_background()];
        let asked = {
            let (nodes, say) = (nodes.clone(), say.clone());
            async move { ask_on(&nodes, 0, vec![], &say).await }
        };
        let asking = tokio::spawn(asked);
        for number in seeds(times) {
            until_answered(&heard, Dice::new(number).below(ANSWERS) + 1).await;
            assert!(!asking.is_finished(), "a client ended");
            fault(&way, &heard, &asking.abort_handle()).await;
        }
        if !asking.is_finished() {
            until_answered(&heard, ANSWERS).await;
        }
        asking.abort();
        drop(background);
        for node in &nodes {
            node.store().close().await;
        }
        // The leases of whoever was cut off have ended.
        let later = clock.now().checked_add(SignedDuration::from_hours(1)).expect("an instant");
        let engine = way.engine(&Clock::stopped_at(later), &say).await;
        engine.settle().await.expect("what is left is done");
        let heard = std::mem::take(&mut *heard.lock().expect("nobody panics"));
        eprintln!(
            "{} commands done, {} refused, {} unheard of, {} letters, {} faults",
            heard.done.len(),
            heard.refused.len(),
            heard.unheard.len(),
            heard.called.len(),
            times
        );
        let found = check_end(&engine, &heard).await;
        engine.store().close().await;
        (heard.called.len(), found)
    })
}

#[test]
fn a_database_that_begins_again_has_lost_nothing() {
    let Some(server) = Server::start() else { return };
    let port = server.port();
    let server = Mutex::new(server);
    check(port, FAULTS, async |_, _| {
        let mut server = server.lock().expect("nobody panics");
        server.crash();
        server.begin_again();
    });
}

#[test]
fn connections_that_are_cut_lose_nothing() {
    let Some(server) = Server::start() else { return };
    check(server.port(), CUTS, async |way, _| way.cut());
}

#[test]
fn a_database_that_takes_over_has_all_that_was_acknowledged() {
    let Some(first) = Server::start() else { return };
    let port = first.port();
    // The last one is the one that is asked.
    let servers = tokio::sync::Mutex::new(vec![first]);
    check(port, FAULTS, async |way, heard| {
        let mut servers = servers.lock().await;
        let first = servers.last_mut().expect("a server");
        let mut next = first.follow();
        // Whoever was committing when the first one began to wait for the second has been answered by then.
        until_answered(heard, ANSWERS).await;
        first.commit();
        until_answered(heard, ANSWERS).await;
        first.crash();
        next.promote();
        way.lead_to(next.port());
        servers.push(next);
    });
    assert!(servers.into_inner().len() > 1, "another one took over");
}

/// That the test above can fail: of a server that nobody waits for one cannot expect what was acknowledged, and that is seen.
#[test]
fn a_database_that_takes_over_without_having_been_waited_for_has_lost_something() {
    let Some(first) = Server::start() else { return };
    let port = first.port();
    let servers = tokio::sync::Mutex::new(vec![first]);
    let (_, found) = play(port, 1, async |way, heard, clients| {
        let mut servers = servers.lock().await;
        let first = servers.last_mut().expect("a server");
        let mut next = first.follow_behind();
        next.hear_nothing();
        until_answered(heard, ANSWERS).await;
        // They would be told things that contradict what they were told before.
        clients.abort();
        while !clients.is_finished() {
            tokio::task::yield_now().await;
        }
        first.crash();
        next.promote();
        way.lead_to(next.port());
        servers.push(next);
    });
    assert!(found.as_ref().is_err_and(|found| found.starts_with("said to be done")), "{found:?}");
}

/// Keys on a server of their own that is taken over by one that was not waited for: the last keys are lost there, and written
/// once more by whoever made them. What is sealed with them can be read by the next one who opens.
#[test]
fn keys_that_a_failover_has_lost_are_written_again() {
    let (Some(mut first), Some(server)) = (Server::start(), test_postgres::server()) else { return };
    executor(2).block_on(async {
        let way = Way::to(first.port()).await;
        let data = Place::Postgres { url: server.create_database().await };
        let keys = Place::Postgres { url: format!("postgres://fachwerk@127.0.0.1:{}/postgres", way.port) };
        let open = async || Store::open_with(&data, &keys).await.expect("the store opens");
        let engine = Runtime::new(open().await, Clock::stopped_at(Timestamp::UNIX_EPOCH), BTreeMap::new());
        small_process::found(&engine).await.expect("the authority is set up");
        let mut next = first.follow_behind();
        next.hear_nothing();
        let case = |number| CaseId(Uuid::from_u128(number));
        let begin = async |number| {
            let command = small_process::start(&small_process::release().id, "Ada");
            let command_id = Uuid::from_u128(100 + number);
            let request = Request { tenant: tenant(), case: case(number), command_id, command };
            engine.submit(Actor::Person("berta".into()), request).await.expect("the case begins");
        };
        begin(1).await;
        first.crash();
        next.promote();
        way.lead_to(next.port());
        // Its key is at hand, and nobody notices anything.
        begin(2).await;
        engine.store().close().await;
        let store = open().await;
        for number in [1, 2] {
            let loaded = store.load(&tenant(), case(number)).await.expect("it can be read");
            assert!(loaded.is_some(), "{number}");
        }
        store.close().await;
        if let Place::Postgres { url } = &data {
            server.drop_database(url).await;
        }
    });
}
