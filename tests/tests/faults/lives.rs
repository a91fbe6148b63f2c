//! A server that is killed again and again, at any moment and under load, with effects under way, loses nothing that it has
//! said and does nothing twice: neither commands, nor numbers, nor results of effects, nor what lists show. Documents lie in a
//! folder outside of the database: none is named by a case that is not there whole.
//!
//! Each life is a process of its own: this test starts itself anew. What a life has sent and not heard of is sent once
//! more, with the same ids, by the next.

use std::{
    io::{BufRead, BufReader, Write},
    os::unix::process::ExitStatusExt,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command as Program, Stdio},
    sync::{
        Arc,
        mpsc::{self, Receiver, RecvTimeoutError},
    },
    time::{Duration, Instant},
};

use fachwerk_core::{command::Request, facts::Actor, words::Timestamp};
use fachwerk_runtime::{Runtime, clock::Clock};
use fachwerk_store::{Documents, MARKER, Place, Store, test_postgres};
use fachwerk_tests::{dice::Dice, scratch::Scratch, seeds, small_process};
use jiff::SignedDuration;

use crate::{
    asking::{Say, ask_on, connectors},
    executor,
    heard::{Heard, Line},
    truth::{check_end, check_sees},
};

/// How often a server is killed, on each back end.
const LIVES: u64 = 250;
/// Where the store is; set for a life, absent for the test itself.
const PLACE: &str = "FACHWERK_FAULTS_PLACE";
/// The folder of the documents, likewise.
const DOCUMENTS: &str = "FACHWERK_FAULTS_DOCUMENTS";
const SEED: &str = "FACHWERK_FAULTS_SEED";
/// What every line of a life begins with: the test harness prints lines of its own.
const MARK: &str = "faults:";

fn say(line: &Line) {
    let text = serde_json::to_string(line).expect("a line is JSON");
    let mut out = std::io::stdout().lock();
    // One call and less than a pipe takes at once: a line is there whole or not at all.
    let line = format!("\n{MARK}{text}\n");
    assert!(line.len() < 4_096, "a line of {} bytes may be torn", line.len());
    out.write_all(line.as_bytes()).and_then(|()| out.flush()).expect("the parent reads until it kills");
}

/// A place as the environment carries it.
fn written(place: &Place) -> String {
    match place {
        Place::Sqlite { dir } => dir.display().to_string(),
        Place::Postgres { url } => url.clone(),
    }
}

fn read(place: &str) -> Place {
    if place.starts_with("postgres://") {
        return Place::Postgres { url: place.into() };
    }
    Place::Sqlite { dir: place.into() }
}

/// The engine of a life. Each begins an hour after the one before: the leases of the dead have ended.
async fn opened((place, documents): (&Place, &Path), life: u64, say: &Say) -> Runtime {
    let hours = SignedDuration::from_hours(i64::try_from(life).expect("few lives"));
    let clock = Clock::stopped_at(Timestamp::UNIX_EPOCH.checked_add(hours).expect("an instant"));
    let documents = Documents::in_folder(documents).expect("it is named in full");
    let store = Store::open_at(place, place, &documents).await.expect("the store opens");
    Runtime::new(store, clock, connectors(say))
}

fn silent() -> Say {
    Arc::new(|_| {})
}

#[test]
#[ignore = "a life that is killed; `what_was_said_is_there_once` starts it"]
fn a_life() {
    let place = std::env::var(PLACE).expect("started by the other test");
    let documents: PathBuf = std::env::var_os(DOCUMENTS).expect("started by the other test").into();
    let seed =
        std::env::var(SEED).ok().and_then(|seed| seed.parse().ok()).expect("started by the other test");
    let unheard: Vec<(Actor, Request)> =
        serde_json::from_reader(std::io::stdin().lock()).expect("the parent writes what was not heard of");
    executor(2).block_on(async {
        let said: Say = Arc::new(|line| say(&line));
        let engine = opened((&read(&place), &documents), seed + 1, &said).await;
        say(&Line::Open);
        let _background = engine.start_background();
        ask_on(&[engine], seed, unheard, &said).await;
    });
}

/// A life, and what it says.
struct Life {
    child: Child,
    lines: Receiver<Line>,
}

impl Life {
    fn begin((place, documents): (&Place, &Path), seed: u64, unheard: &[(Actor, Request)]) -> Life {
        let myself = std::env::current_exe().expect("a test knows where it is");
        let mut child = Program::new(myself)
            .args(["lives::a_life", "--exact", "--ignored", "--nocapture", "--test-threads=1"])
            .env(PLACE, written(place))
            .env(DOCUMENTS, documents)
            .env(SEED, seed.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("this test starts itself");
        let stdin: ChildStdin = child.stdin.take().expect("a pipe was asked for");
        serde_json::to_writer(stdin, unheard).expect("the life reads what was not heard of");
        let stdout = child.stdout.take().expect("a pipe was asked for");
        let (send, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                let Some(text) = line.strip_prefix(MARK) else { continue };
                let line = serde_json::from_str(text).expect("a line is there whole");
                if send.send(line).is_err() {
                    return;
                }
            }
        });
        Life { child, lines }
    }

    /// Listens until so many commands were done, and then a little longer.
    fn listen(&self, heard: &mut Heard, answers: usize, longer: Duration) {
        let enough = heard.done.len() + answers;
        while heard.done.len() < enough {
            match self.lines.recv_timeout(Duration::from_secs(60)) {
                Ok(line) => heard.take(line),
                Err(RecvTimeoutError::Timeout) => panic!("a life says nothing for a minute"),
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
        let until = Instant::now() + longer;
        while let Some(left) = until.checked_duration_since(Instant::now()) {
            if let Ok(line) = self.lines.recv_timeout(left) {
                heard.take(line);
            }
        }
    }

    /// Kills it; what it had said by then is heard to the end.
    fn kill(mut self, heard: &mut Heard) {
        self.child.kill().expect("it can be killed");
        let status = self.child.wait().expect("it ends");
        self.lines.iter().for_each(|line| heard.take(line));
        assert_eq!(status.signal(), Some(9), "a life ended by itself: {status}");
    }
}

#[test]
fn what_was_said_is_there_once_on_sqlite() {
    let folder = Scratch::new("faults");
    kill_again_and_again(&Place::Sqlite { dir: folder.path().to_owned() });
}

#[test]
fn what_was_said_is_there_once_on_postgres() {
    let Some(server) = test_postgres::server() else { return };
    let url = executor(1).block_on(server.create_database());
    kill_again_and_again(&Place::Postgres { url: url.clone() });
    executor(1).block_on(server.drop_database(&url));
}

/// All files with documents: those of cases, and what the killed have left behind.
fn documents_in(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("the folder of the documents");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let below = |path: PathBuf| if path.is_dir() { documents_in(&path) } else { vec![path] };
    paths.flat_map(below).filter(|path| !path.ends_with(MARKER)).collect()
}

fn kill_again_and_again(place: &Place) {
    let folder = Scratch::new("faults-documents");
    let place = (place, folder.path());
    executor(2).block_on(async {
        let engine = opened(place, 0, &silent()).await;
        small_process::found(&engine).await.expect("the authority is set up");
        engine.store().close().await;
    });
    let mut heard = Heard::default();
    let mut last = 0;
    for seed in seeds(LIVES) {
        let mut dice = Dice::new(seed);
        let life = Life::begin(place, seed, &heard.unheard);
        // Some do not live to see the store open, some are killed in the middle of their work.
        let answers = if dice.chance(25) { 0 } else { dice.below(40) + 1 };
        let longer = Duration::from_micros(dice.any() % if answers == 0 { 60_000 } else { 20_000 });
        life.listen(&mut heard, answers, longer);
        life.kill(&mut heard);
        last = seed + 2;
    }
    eprintln!(
        "{} commands done, {} refused, {} unheard of, {} letters; {} lives saw the store open",
        heard.done.len(),
        heard.refused.len(),
        heard.unheard.len(),
        heard.called.len(),
        heard.opened
    );
    assert!(heard.opened > 0 && !heard.done.is_empty() && !heard.called.is_empty(), "something was done");
    executor(2).block_on(async {
        let heard = Arc::new(std::sync::Mutex::new(heard));
        let noted = heard.clone();
        let say: Say = Arc::new(move |line| noted.lock().expect("nobody panics").take(line));
        let engine = opened(place, last, &say).await;
        engine.take_over().await.expect("what the dead held is taken over");
        engine.settle().await.expect("what is left is done");
        let mut heard = std::mem::take(&mut *heard.lock().expect("nobody panics"));
        assert_eq!(check_end(&engine, &heard).await, Ok(()));
        check_sees(&engine, &mut heard).await;
        let documents = documents_in(folder.path());
        documents.iter().for_each(|document| std::fs::remove_file(document).expect("it is there"));
        let seen = check_end(&engine, &heard).await;
        assert!(seen.is_err(), "nobody misses {} documents", documents.len());
        engine.store().close().await;
    });
}
