//! A commit whose answer never came. Between the store and PostgreSQL stands a go-between that breaks the connection at
//! the commit, before or behind it, or at the statement that is a transaction by itself; SQLite has no connection that could
//! break.

use std::{
    io::{Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    thread,
};

use fachwerk_store::{Appended, Place, Store, StoreError};

use crate::{
    builders::{Course, listing, musterstadt, note},
    world::World,
};

const PASS: u8 = 0;
/// The commit does not reach the server.
const LOSE: u8 = 1;
/// The commit reaches the server, its answer does not come back.
const SWALLOW: u8 = 2;
/// The same with the next statement, whatever it is.
const STATEMENT: u8 = 4;

/// The message by which it is committed: `Q`, length, text, NUL.
const COMMIT: &[u8] = b"Q\0\0\0\x0bcommit\0";
/// The message by which the driver runs a prepared statement: `E`, length, no name, no limit.
const EXECUTE: &[u8] = b"E\0\0\0\x09\0\0\0\0\0";

/// Listens on a port of its own and passes everything on.
fn go_between(server: String, mode: Arc<AtomicU8>) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for client in listener.incoming() {
            let (client, server) = (client.unwrap(), TcpStream::connect(&server).unwrap());
            let (from_server, to_client) = (server.try_clone().unwrap(), client.try_clone().unwrap());
            let (there, back) = (mode.clone(), mode.clone());
            thread::spawn(move || pass_on(client, server, &there, true));
            thread::spawn(move || pass_on(from_server, to_client, &back, false));
        }
    });
    port
}

fn pass_on(mut from: TcpStream, mut to: TcpStream, mode: &AtomicU8, to_server: bool) {
    let mut buffer = vec![0; 1 << 16];
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        let message = &buffer[..length];
        let at = if mode.load(Ordering::SeqCst) & STATEMENT == 0 { COMMIT } else { EXECUTE };
        let breaks = to_server && message.windows(at.len()).any(|part| part == at);
        let what = if breaks { mode.swap(PASS, Ordering::SeqCst) } else { PASS };
        match what & !STATEMENT {
            PASS => {
                if to.write_all(message).is_err() {
                    break;
                }
            }
            LOSE => break,
            _ => {
                // The way back is closed before the commit goes there, so its answer cannot slip through.
                let _ = from.shutdown(Shutdown::Both);
                let _ = to.write_all(message);
                // The server answers and waits for more: then it has committed.
                let _ = to.shutdown(Shutdown::Write);
                return;
            }
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}

/// The place of a world, reached by a go-between, and what that does. None on SQLite.
fn behind_a_go_between(world: &World) -> Option<(Place, Arc<AtomicU8>)> {
    let Place::Postgres { url } = &world.place else { return None };
    let (begin, rest) = url.split_once('@').unwrap();
    let (address, database) = rest.split_once('/').unwrap();
    let mode = Arc::new(AtomicU8::new(PASS));
    let port = go_between(address.to_owned(), mode.clone());
    Some((Place::Postgres { url: format!("{begin}@127.0.0.1:{port}/{database}") }, mode))
}

pub async fn an_unknown_commit_is_looked_up(world: &World) {
    let Some((place, mode)) = behind_a_go_between(world) else { return };
    let tenant = musterstadt();
    let mut course = Course::new(1);
    world.committed(vec![course.begin("a")]).await;

    for (way, broken, happened) in [
        (0, LOSE, false),
        (0, SWALLOW, true),
        (STATEMENT, LOSE, false),
        (STATEMENT, SWALLOW, true),
        (0, LOSE, false),
        (STATEMENT, SWALLOW, true),
    ] {
        // Whoever has stored nothing yet remembers nothing: it goes the long way, to a commit.
        let store = Store::open(&place).await.unwrap();
        if way == STATEMENT {
            let before = course.turn(vec![note(1, "x")]);
            store.append(&tenant, vec![before]).await.unwrap();
        }
        let entry = course.turn(vec![note(1, "x")]);
        mode.store(way | broken, Ordering::SeqCst);
        let error = store.append(&tenant, vec![entry.clone()]).await.unwrap_err();
        assert!(matches!(error, StoreError::UnknownCommit { .. }), "{error}");
        // The row of the tenant stays locked until the server has finished with the broken connection: whoever takes
        // the lock afterwards sees what came of it. A statement by itself locks it only when the server comes to it; if that is
        // after the next try it finds another row than it wants, and does nothing. Here it shall be before.
        let there = async || {
            let id = entry.turn.command_id;
            world.store.find_command(&tenant, course.id(), id).await.unwrap().is_some()
        };
        let mut looks = 0;
        while happened && way == STATEMENT && !there().await {
            looks += 1;
            assert!(looks < 100_000, "the server has not come to the statement");
        }
        let again = store.append(&tenant, vec![entry.clone()]).await.unwrap();
        let (version, position) = (entry.turn.version, entry.turn.version);
        let expected = if happened {
            Appended::Repeated { version, position }
        } else {
            Appended::Committed { position }
        };
        assert_eq!(again, [expected], "way {way}, broken {broken}");
        let found = store.find_command(&tenant, course.id(), entry.turn.command_id).await.unwrap();
        assert_eq!(found.map(|stored| stored.turn), Some(entry.turn));
        store.close().await;
    }
    assert_eq!(world.store.load(&tenant, course.id()).await.unwrap(), Some(course.case));
    assert!(world.store.verify(&tenant, listing).await.unwrap().is_clean());
}

/// A commit of which nobody knows what came of it may be the first word of another database that has taken over: whether the
/// keys are still there is looked at before the next one is drawn.
pub async fn no_key_is_drawn_from_what_was_lost(world: &World) {
    let Some((place, mode)) = behind_a_go_between(world) else { return };
    let tenant = musterstadt();
    let store = Store::open(&place).await.unwrap();
    let mut courses: Vec<Course> = (1..=3).map(Course::new).collect();
    let begun: Vec<_> = courses.iter_mut().map(|course| course.begin("a")).collect();
    store.append(&tenant, vec![begun[0].clone()]).await.unwrap();
    mode.store(STATEMENT | LOSE, Ordering::SeqCst);
    let error = store.append(&tenant, vec![begun[1].clone()]).await.unwrap_err();
    assert!(matches!(error, StoreError::UnknownCommit { .. }), "{error}");
    world.tamper_keys("delete from fachwerk_keys.reserves").await;
    for entry in begun.into_iter().skip(1) {
        let stored = store.append(&tenant, vec![entry]).await.unwrap();
        assert!(matches!(stored[..], [Appended::Committed { .. }]), "{stored:?}");
    }
    // Whoever ends well would look again.
    let other = world.again().await;
    for course in courses {
        assert_eq!(other.load(&tenant, course.id()).await.unwrap(), Some(course.case));
    }
    other.close().await;
    store.close().await;
}
