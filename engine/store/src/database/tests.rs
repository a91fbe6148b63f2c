//! How long PostgreSQL is waited for.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
};

use super::{
    postgres::{FOR_VALUES, LIMITS, PLANNING, REST},
    *,
};
use crate::test_postgres;

/// Passes on what goes between us and a server. When it is silent it passes on nothing, and closes nothing.
/// Counts how often we said something.
fn go_between(server: String, silent: Arc<AtomicBool>, asked: Arc<AtomicUsize>) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    thread::spawn(move || {
        for near in listener.incoming() {
            let (near, far) = (near.expect("a client"), TcpStream::connect(&server).expect("the server"));
            let back = (far.try_clone().expect("a way"), near.try_clone().expect("a way"));
            for (mut from, mut to, said) in [(near, far, asked.clone()), (back.0, back.1, Arc::default())] {
                let silent = silent.clone();
                thread::spawn(move || {
                    let mut buffer = vec![0; 1 << 16];
                    while let Ok(length @ 1..) = from.read(&mut buffer) {
                        said.fetch_add(1, Ordering::SeqCst);
                        if !silent.load(Ordering::SeqCst) && to.write_all(&buffer[..length]).is_err() {
                            break;
                        }
                    }
                });
            }
        }
    });
    port
}

/// A machine that lost its power is noticed, what was asked of it fails, and no connection to it is kept.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_says_nothing_any_more_is_not_waited_for_for_ever() {
    let Some(server) = test_postgres::server() else { return };
    let url = server.create_database().await;
    let (user, rest) = url.split_once('@').expect("an address");
    let (address, name) = rest.split_once('/').expect("an address");
    let silent = Arc::new(AtomicBool::new(false));
    let port = go_between(address.to_owned(), silent.clone(), Arc::default());
    let url_between = format!("{user}@127.0.0.1:{port}/{name}");
    let place = Place::Postgres { url: url_between.clone() };
    let mut database = Database::on_postgres(&place, &url_between, 2).await.expect("a database");
    database.answer = Duration::from_secs(1);
    let ask = async |mut link: Link| link.row("select 1", vec![]).await.map(|row| row.is_some());
    let unavailable = |done: Result<bool, StoreError>| matches!(done, Err(StoreError::Unavailable { .. }));

    let (one, other) = (database.reader().await.expect("one"), database.begin_write().await.expect("two"));
    silent.store(true, Ordering::SeqCst);
    let (one, other) = tokio::join!(ask(one), ask(other));
    assert!(unavailable(one) && unavailable(other));
    silent.store(false, Ordering::SeqCst);
    // Both places are free again.
    let (one, other) = (database.reader().await.expect("one"), database.begin_write().await.expect("two"));
    assert_eq!(ask(one).await, Ok(true));
    silent.store(true, Ordering::SeqCst);
    let committed = other.commit().await;
    assert!(matches!(committed, Err(StoreError::UnknownCommit { .. })), "{committed:?}");
    silent.store(false, Ordering::SeqCst);
    assert_eq!(ask(database.reader().await.expect("one")).await, Ok(true));
    database.close().await;
    server.drop_database(&url).await;
}

/// Straight to the server or through a pooler: it waits for us as long, and plans alike.
#[tokio::test]
async fn a_transaction_says_how_long_it_may_take() {
    let Some(server) = test_postgres::server() else { return };
    let url = server.create_database().await;
    for parameter in ["", "?pooler=transaction"] {
        let place = Place::Postgres { url: format!("{url}{parameter}") };
        let database = Database::open(&place).await.expect("a database");
        for begun in [database.begin_write().await, database.begin_read().await] {
            let mut link = begun.expect("a transaction");
            for (name, value) in LIMITS.into_iter().chain(PLANNING).chain(FOR_VALUES) {
                let sql = "select current_setting($1)";
                let row = link.row(sql, vec![Cell::text(name)]).await.expect("a setting");
                let set = row.expect("a row").text(0).expect("a text");
                assert_eq!(set, value.replace("60s", "1min"), "{name} {parameter}");
            }
            link.leave().await.expect("left");
        }
        database.close().await;
    }
    server.drop_database(&url).await;
}

/// How often somebody waits for the server who asks ten times, one after another, when everything is prepared.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_is_one_way_to_the_server() {
    let Some(server) = test_postgres::server() else { return };
    let url = server.create_database().await;
    let (user, rest) = url.split_once('@').expect("an address");
    let (address, name) = rest.split_once('/').expect("an address");
    let (asked, silent) = (Arc::new(AtomicUsize::new(0)), Arc::default());
    let port = go_between(address.to_owned(), silent, asked.clone());
    let place = Place::Postgres { url: format!("{user}@127.0.0.1:{port}/{name}") };
    let database = Database::open(&place).await.expect("a database");
    let count = async |opened: Opened| {
        let ask = async || {
            let link = match opened {
                Opened::Storing => database.storing().await,
                _ => database.reader().await,
            };
            link.expect("a connection").row("select 1", vec![]).await.expect("an answer")
        };
        ask().await;
        let before = asked.load(Ordering::SeqCst);
        for _ in 0..10 {
            ask().await;
        }
        asked.load(Ordering::SeqCst) - before
    };
    assert_eq!((count(Opened::Reader).await, count(Opened::Storing).await), (10, 10));
    // Whoever stops waiting leaves nothing behind for the next.
    let mut link = database.reader().await.expect("a connection");
    let stopped = timeout(Duration::from_millis(50), link.row("select pg_sleep(1)", vec![])).await;
    assert!(stopped.is_err());
    drop(link);
    let row = database.reader().await.expect("a connection").row("select cast(2 as bigint)", vec![]).await;
    assert_eq!(row.expect("an answer").expect("a row").int(0), Ok(2));
    database.close().await;
    assert!(database.reader().await.is_err());
    server.drop_database(&url).await;
}

/// Through a pooler each statement is a transaction; one that fails does not keep its connection to the server.
#[tokio::test]
async fn what_fails_behind_a_pooler_leaves_no_transaction_open() {
    let Some(server) = test_postgres::server() else { return };
    let url = server.create_database().await;
    let open = async |parameter: &str| {
        let place = Place::Postgres { url: format!("{url}{parameter}") };
        Database::open(&place).await.expect("a database")
    };
    let (pooled, direct) = (open("?pooler=transaction").await, open("").await);
    let failed = pooled.reader().await.expect("a connection").row("select 1 / 0", vec![]).await;
    assert!(failed.is_err());
    let left = "select count(*) from pg_stat_activity where datname = current_database() \
                and state like 'idle in transaction%'";
    // Less than it takes until a connection that rests is tried out.
    let none_is_left = async {
        while direct.count(left).await.expect("a count") > 0 {
            tokio::task::yield_now().await;
        }
    };
    assert!(timeout(REST / 2, none_is_left).await.is_ok(), "a transaction is left open");
    pooled.close().await;
    direct.close().await;
    server.drop_database(&url).await;
}
