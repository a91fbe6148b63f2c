//! A commit whose answer never came. Between the store and PostgreSQL stands a go-between that breaks the connection at
//! the commit, before or behind it; SQLite has no connection that could break.

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
    builders::{Course, listing, musterstadt},
    world::World,
};

const PASS: u8 = 0;
/// The commit does not reach the server.
const LOSE: u8 = 1;
/// The commit reaches the server, its answer does not come back.
const SWALLOW: u8 = 2;

/// The message by which sqlx commits: `Q`, length, text, NUL.
const COMMIT: &[u8] = b"Q\0\0\0\x0bCOMMIT\0";

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
        let breaks = to_server && message.windows(COMMIT.len()).any(|part| part == COMMIT);
        let what = if breaks { mode.swap(PASS, Ordering::SeqCst) } else { PASS };
        match what {
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

pub async fn an_unknown_commit_is_looked_up(world: &World) {
    let Place::Postgres { url } = &world.place else { return };
    let (begin, rest) = url.split_once('@').unwrap();
    let (address, database) = rest.split_once('/').unwrap();
    let mode = Arc::new(AtomicU8::new(PASS));
    let port = go_between(address.to_owned(), mode.clone());
    let place = Place::Postgres { url: format!("{begin}@127.0.0.1:{port}/{database}") };
    let store = Store::open(&place).await.unwrap();
    let tenant = musterstadt();
    let mut course = Course::new(1);
    store.append(&tenant, vec![course.begin("a")]).await.unwrap();

    for (broken, happened) in [(LOSE, false), (SWALLOW, true), (LOSE, false), (SWALLOW, true)] {
        let entry = course.turn(vec![]);
        mode.store(broken, Ordering::SeqCst);
        let error = store.append(&tenant, vec![entry.clone()]).await.unwrap_err();
        assert!(matches!(error, StoreError::UnknownCommit { .. }), "{error}");
        // The row of the tenant stays locked until the server has finished with the broken connection: whoever takes
        // the lock afterwards sees what came of it.
        let again = store.append(&tenant, vec![entry.clone()]).await.unwrap();
        let (version, position) = (entry.turn.version, entry.turn.version);
        let expected = if happened {
            Appended::Repeated { version, position }
        } else {
            Appended::Committed { position }
        };
        assert_eq!(again, [expected]);
        let found = store.find_command(&tenant, course.id(), entry.turn.command_id).await.unwrap();
        assert_eq!(found.map(|stored| stored.turn), Some(entry.turn));
    }
    assert_eq!(store.load(&tenant, course.id()).await.unwrap(), Some(course.case));
    assert!(store.verify(&tenant, listing).await.unwrap().is_clean());
    store.close().await;
}
