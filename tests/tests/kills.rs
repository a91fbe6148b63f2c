//! A server that is killed a hundred times, at any moment and under load, loses nothing that it has said and does
//! nothing twice: neither commands, nor numbers, nor what lists show.
//!
//! Each life is a process of its own: this test starts itself anew. What a life has sent and not heard of is sent once
//! more, with the same ids, by the next.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    io::{BufRead, BufReader, Write},
    os::unix::process::ExitStatusExt,
    path::Path,
    process::{Child, ChildStdin, Command as Program, Stdio},
    sync::{
        Arc, Mutex,
        mpsc::{self, Receiver, RecvTimeoutError},
    },
    time::{Duration, Instant},
};

use fachwerk_core::{
    case::Case,
    command::{Command, EffectResult, Request},
    facts::Actor,
    words::{CaseId, InstanceId, PersonId, Timestamp},
};
use fachwerk_runtime::{Runtime, SubmitError, clock::Clock};
use fachwerk_store::{CaseQuery, Hash, Place, Store};
use fachwerk_tests::{dice::Dice, journal, scratch::Scratch, seeds, small_process, town::tenant};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

const LIVES: u64 = 100;
/// Who asks at the same time.
const CLIENTS: u64 = 6;
/// The folder of the store; set for a life, absent for the test itself.
const FOLDER: &str = "FACHWERK_KILLS_FOLDER";
const SEED: &str = "FACHWERK_KILLS_SEED";
/// What every line of a life begins with: the test harness prints lines of its own.
const MARK: &str = "kills:";

/// What a life says.
#[derive(Clone, Debug, Serialize, Deserialize)]
enum Line {
    /// The store is open.
    Open,
    /// This is being asked.
    Asked(Actor, Box<Request>),
    /// The command was carried out.
    Done { command_id: Uuid, position: u64 },
    /// The command was refused.
    Refused { command_id: Uuid },
    /// These documents are kept.
    Kept(Vec<Hash>),
}

fn say(line: &Line) {
    let text = serde_json::to_string(line).expect("a line is JSON");
    let mut out = std::io::stdout().lock();
    // One call and less than a pipe takes at once: a line is there whole or not at all.
    let line = format!("\n{MARK}{text}\n");
    assert!(line.len() < 4_096, "a line of {} bytes may be torn", line.len());
    out.write_all(line.as_bytes()).and_then(|()| out.flush()).expect("the parent reads until it kills");
}

fn executor(threads: usize) -> tokio::runtime::Runtime {
    let executor = tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build();
    executor.expect("an executor")
}

async fn opened(folder: &Path) -> Runtime {
    let store = Store::open(&Place::Sqlite { dir: folder.to_owned() }).await.expect("the store opens");
    Runtime::new(store, Clock::stopped_at(Timestamp::UNIX_EPOCH), BTreeMap::new())
}

#[test]
#[ignore = "a life that is killed; `what_was_said_is_there_once` starts it"]
fn a_life() {
    let folder = std::env::var_os(FOLDER).expect("started by the other test");
    let seed =
        std::env::var(SEED).ok().and_then(|seed| seed.parse().ok()).expect("started by the other test");
    let unheard: Vec<(Actor, Request)> =
        serde_json::from_reader(std::io::stdin().lock()).expect("the parent writes what was not heard of");
    executor(2).block_on(live(Path::new(&folder), seed, unheard));
}

async fn live(folder: &Path, seed: u64, unheard: Vec<(Actor, Request)>) {
    let engine = opened(folder).await;
    say(&Line::Open);
    for (actor, request) in unheard {
        ask(&engine, actor, request).await;
    }
    let found = engine.store().cases(&tenant(), &CaseQuery::default()).await.expect("the store answers");
    let cases: Vec<CaseId> = found.items.iter().map(|row| row.case).collect();
    let cases = Arc::new(Mutex::new(cases));
    let mut clients = tokio::task::JoinSet::new();
    for client in 0..CLIENTS {
        let (engine, cases) = (engine.clone(), cases.clone());
        let mut dice = Dice::new(seed * CLIENTS + client);
        clients.spawn(async move {
            loop {
                if dice.chance(5) {
                    let pieces: Vec<Vec<u8>> = (0..3).map(|_| dice.any().to_string().into_bytes()).collect();
                    let kept = engine.store().put_blobs(&tenant(), pieces).await.expect("documents are kept");
                    say(&Line::Kept(kept));
                }
                let (actor, request) = next(&engine, &cases, &mut dice).await;
                say(&Line::Asked(actor.clone(), Box::new(request.clone())));
                ask(&engine, actor, request).await;
            }
        });
    }
    if let Some(client) = clients.join_next().await {
        client.expect("a client asks until it is killed");
    }
}

async fn ask(engine: &Runtime, actor: Actor, request: Request) {
    let command_id = request.command_id;
    match engine.submit(actor, request).await {
        Ok(committed) => say(&Line::Done { command_id, position: committed.position }),
        Err(SubmitError::Rejected(_)) => say(&Line::Refused { command_id }),
        Err(error) => panic!("the store works: {error}"),
    }
}

async fn next(engine: &Runtime, cases: &Mutex<Vec<CaseId>>, dice: &mut Dice) -> (Actor, Request) {
    let clerk = Actor::Person(PersonId::from("berta"));
    let command_id = dice.id();
    let of = |actor, case, command| (actor, Request { tenant: tenant(), case, command_id, command });
    let known = {
        let mut cases = cases.lock().expect("no client panics");
        match dice.maybe_pick(&cases).copied().filter(|_| dice.chance(85)) {
            Some(known) => Ok(known),
            None => {
                let case = CaseId(dice.id());
                cases.push(case);
                Err(case)
            }
        }
    };
    let case = match known {
        Ok(case) => case,
        Err(case) => return of(clerk, case, small_process::start(&small_process::release().id, "Ada")),
    };
    let state: Option<Arc<Case>> = engine.case(&tenant(), case).await.expect("the store answers");
    let task = state.as_ref().and_then(|state| state.tasks().next()).map(|(id, ..)| id);
    match task {
        Some(task) if dice.chance(65) => {
            let said: &str = dice.pick::<&str>(&["again", "again", "ask", "done"]);
            let values = small_process::result(said, "gesehen");
            of(clerk, case, Command::CompleteTask { task, values, seen: None })
        }
        _ if dice.chance(30) => {
            let (name, message_id) = ("reply".into(), dice.id());
            let (payload, documents) = (Default::default(), Vec::new());
            let command = Command::DeliverMessage {
                name,
                message_id,
                payload,
                documents,
                received_on: None,
                key: None,
            };
            of(Actor::Connector("portal".into()), case, command)
        }
        _ if dice.chance(40) => {
            let instance = InstanceId(u32::try_from(dice.below(8)).expect("few"));
            let result = Ok(EffectResult::default());
            of(Actor::Connector("letter".into()), case, Command::FinishEffect { instance, round: 1, result })
        }
        _ => of(clerk, case, Command::AddNote { text: format!("Vermerk {}", dice.any()).into() }),
    }
}

/// What the parent has heard.
#[derive(Default)]
struct Heard {
    done: HashMap<Uuid, u64>,
    refused: BTreeSet<Uuid>,
    /// Asked, and no answer yet.
    unheard: Vec<(Actor, Request)>,
    kept: Vec<Hash>,
    opened: u64,
}

impl Heard {
    fn take(&mut self, line: Line) {
        match line {
            Line::Open => self.opened += 1,
            Line::Asked(actor, request) => self.unheard.push((actor, *request)),
            Line::Done { command_id, position } => {
                let before = self.done.insert(command_id, position);
                assert!(before.is_none_or(|before| before == position), "the same command, another answer");
                self.unheard.retain(|(_, request)| request.command_id != command_id);
            }
            Line::Refused { command_id } => {
                self.refused.insert(command_id);
                self.unheard.retain(|(_, request)| request.command_id != command_id);
            }
            Line::Kept(hashes) => self.kept.extend(hashes),
        }
    }
}

/// A life, and what it says.
struct Life {
    child: Child,
    lines: Receiver<Line>,
}

impl Life {
    fn begin(folder: &Path, seed: u64, unheard: &[(Actor, Request)]) -> Life {
        let myself = std::env::current_exe().expect("a test knows where it is");
        let mut child = Program::new(myself)
            .args(["a_life", "--exact", "--ignored", "--nocapture", "--test-threads=1"])
            .env(FOLDER, folder)
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
fn what_was_said_is_there_once() {
    let folder = Scratch::new("kills");
    executor(2).block_on(async {
        let engine = opened(folder.path()).await;
        small_process::found(&engine).await.expect("the authority is set up");
        engine.store().close().await;
    });
    let mut heard = Heard::default();
    for seed in seeds(LIVES) {
        let mut dice = Dice::new(seed);
        let life = Life::begin(folder.path(), seed, &heard.unheard);
        // Some do not live to see the store open, some are killed in the middle of their work.
        let answers = if dice.chance(25) { 0 } else { dice.below(40) + 1 };
        let longer = Duration::from_micros(dice.any() % if answers == 0 { 60_000 } else { 20_000 });
        life.listen(&mut heard, answers, longer);
        life.kill(&mut heard);
    }
    eprintln!(
        "{} commands done, {} refused, {} unheard of; {} lives saw the store open",
        heard.done.len(),
        heard.refused.len(),
        heard.unheard.len(),
        heard.opened
    );
    assert!(heard.opened > 0 && !heard.done.is_empty(), "something was done");
    executor(2).block_on(async {
        let engine = opened(folder.path()).await;
        assert_eq!(check_end(&engine, &heard).await, Ok(()));
        check_sees(&engine, heard).await;
        engine.store().close().await;
    });
}

/// That the check can fail: what was never done is missed, what was refused must not be there.
async fn check_sees(engine: &Runtime, mut heard: Heard) {
    let (id, position) =
        heard.done.iter().map(|(id, position)| (*id, *position)).next().expect("something was done");
    for wrong in [(Uuid::nil(), 1), (id, position + 1)] {
        let right = heard.done.insert(wrong.0, wrong.1);
        assert!(check_end(engine, &heard).await.is_err(), "{wrong:?} is not there");
        match right {
            Some(right) => heard.done.insert(id, right),
            None => heard.done.remove(&wrong.0),
        };
    }
    heard.refused.insert(id);
    assert!(check_end(engine, &heard).await.is_err(), "{id} is there");
    heard.refused.remove(&id);
    heard.done.remove(&id);
    assert!(check_end(engine, &heard).await.is_err(), "{id} is there unasked");
}

/// Everything that was said is true, and nothing else is there; else what is wrong.
async fn check_end(engine: &Runtime, heard: &Heard) -> Result<(), String> {
    let turns = journal::whole(engine.store()).await?;
    let mut there: HashMap<Uuid, u64> = HashMap::new();
    for stored in &turns {
        let command_id = journal::command_id(&stored.turn);
        if there.insert(command_id, stored.position).is_some() {
            return Err(format!("command {command_id} is there twice"));
        }
    }
    if let Some(lost) = heard.done.iter().find(|(id, position)| there.get(id) != Some(position)) {
        return Err(format!("said to be done, and not there as said: {lost:?}"));
    }
    if let Some(refused) = heard.refused.iter().find(|id| there.contains_key(id)) {
        return Err(format!("refused and done all the same: {refused}"));
    }
    let unheard = heard.unheard.iter().map(|(_, request)| request.command_id);
    let asked: BTreeSet<Uuid> = heard.done.keys().copied().chain(unheard).collect();
    let of_cases = turns.iter().filter_map(|stored| journal::of_case(&stored.turn));
    if let Some(turn) = of_cases.clone().find(|turn| !asked.contains(&turn.command_id)) {
        return Err(format!("nobody has asked for {turn:?}"));
    }
    numbers_have_no_gap(of_cases.clone().flat_map(|turn| turn.numbers()))?;
    for hash in &heard.kept {
        let blob = engine.store().blob(&tenant(), hash).await.map_err(|error| error.to_string())?;
        blob.ok_or_else(|| format!("document {hash} is gone"))?;
    }
    let cases: BTreeSet<CaseId> = of_cases.map(|turn| turn.case).collect();
    let lists = lists(engine, &cases).await?;
    verified(engine, "as it was left").await?;
    engine.rebuild(&tenant()).await.map_err(|error| error.to_string())?;
    if lists != self::lists(engine, &cases).await? {
        return Err("the lists, rebuilt, are others".to_owned());
    }
    verified(engine, "rebuilt").await
}

fn numbers_have_no_gap<'a>(drawn: impl Iterator<Item = (&'a Arc<str>, u64)>) -> Result<(), String> {
    let mut numbers: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    for (counter, value) in drawn {
        numbers.entry(counter).or_default().push(value);
    }
    for (counter, mut values) in numbers {
        values.sort_unstable();
        if !values.iter().copied().eq(1..=values.len() as u64) {
            return Err(format!("the numbers of {counter}: {values:?}"));
        }
    }
    Ok(())
}

async fn lists(engine: &Runtime, cases: &BTreeSet<CaseId>) -> Result<BTreeMap<CaseId, Vec<String>>, String> {
    let mut lists = BTreeMap::new();
    for case in cases {
        let lines = engine.store().projections(&tenant(), *case).await.map_err(|error| error.to_string())?;
        lists.insert(*case, lines);
    }
    Ok(lists)
}

async fn verified(engine: &Runtime, when: &str) -> Result<(), String> {
    let report = engine.verify(&tenant()).await.map_err(|error| error.to_string())?;
    if report.is_clean() { Ok(()) } else { Err(format!("{when}, verify finds: {report:#?}")) }
}
