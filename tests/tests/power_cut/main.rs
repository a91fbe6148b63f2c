//! The power is cut while the store commits. A shim between SQLite and the disk notes every write and every sync; then
//! each state that a cut may leave is put into a folder of its own, opened, and verified: it opens, nothing is half,
//! and what was promised is there exactly once. Documents lie in a folder beside the database: what the standard library does
//! there is noted as well, and no case names one that is not there.
//!
//! A killed process does not show this: its writes are safe in the kernel (that is `faults`). That the check has teeth
//! is shown by the same workload on a store that syncs less: it must be caught.
//!
//! `FACHWERK_SEEDS=5000` cuts at more moments.

mod disk;
mod folder;
mod full;
mod shim;

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
};

use fachwerk_core::{
    authority::Authority,
    command::{Command, EffectResult, Request},
    definition::Release,
    facts::Actor,
    words::{CaseId, InstanceId, PersonId, Timestamp},
};
use fachwerk_runtime::{Committed, Runtime, SubmitError, clock::Clock};
use fachwerk_store::{Documents, Hash, Place, Store, StoreError};
use fachwerk_tests::{dice::Dice, journal, scratch::Scratch, seeds, small_process, town::tenant};
use uuid::Uuid;

use self::{
    disk::{Disk, Image, Keeps, Op},
    folder::DOCUMENTS,
    shim::Synchronous,
};

/// Commands of the workload: enough for several checkpoints and a restart.
const COMMANDS: usize = 150;

/// The shim notes one store at a time.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What was committed in the end, in order.
struct Workload {
    ops: Vec<Op>,
    release: Release,
    journal: Vec<(Uuid, Hash)>,
    batches: Vec<[Hash; 2]>,
    documents: Vec<Hash>,
}

/// What is kept besides turns, as it was promised.
#[derive(Default)]
struct Kept {
    batches: Vec<[Hash; 2]>,
    documents: Vec<Hash>,
}

fn executor() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("an executor of one thread")
}

/// Runs the workload and notes what happens to its files.
fn recorded(synchronous: Synchronous) -> Workload {
    let folder = Scratch::new("power-cut");
    shim::record(folder.path(), synchronous);
    let mut kept = Kept::default();
    let journal = executor().block_on(async {
        let mut dice = Dice::new(7);
        let mut cases = Vec::new();
        let engine = opened(folder.path()).await;
        small_process::found(&engine).await.expect("the authority is set up");
        promised(&engine).await;
        work(&engine, COMMANDS / 2, &mut cases, &mut kept, &mut dice).await;
        engine.store().close().await;
        folders_of_a_killed_process(&folder.path().join(DOCUMENTS));
        let engine = opened(folder.path()).await;
        work(&engine, COMMANDS / 2, &mut cases, &mut kept, &mut dice).await;
        let journal = journal(engine.store()).await.expect("the journal can be read");
        engine.store().close().await;
        journal
    });
    let ops = shim::recorded();
    let file =
        std::fs::read(folder.path().join(fachwerk_store::DATABASE_FILE)).expect("the database is there");
    // Bytes 18 and 19 of the file say so (sqlite.org/fileformat.html).
    assert_eq!(file[18..20], [2, 2], "the store works with a write-ahead log");
    let Kept { batches, documents } = kept;
    Workload { ops, release: small_process::release(), journal, batches, documents }
}

/// Makes all folders that documents of the authority may come to, as somebody would who was killed before they were synced.
fn folders_of_a_killed_process(documents: &Path) {
    let of_authority = documents.join(tenant().as_str());
    for number in 0..=255 {
        std::fs::create_dir_all(of_authority.join(format!("{number:02x}"))).expect("a folder");
    }
}

/// A store whose documents lie in a folder.
async fn open(folder: &Path) -> Result<Store, StoreError> {
    let place = Place::Sqlite { dir: folder.to_owned() };
    let documents = Documents::in_folder(&folder.join(DOCUMENTS)).expect("it is named in full");
    Store::open_at(&place, &place, &documents).await
}

async fn opened(folder: &Path) -> Runtime {
    let store = open(folder).await.expect("the store opens");
    let engine = Runtime::new(store, Clock::stopped_at(Timestamp::UNIX_EPOCH), BTreeMap::new());
    // As a server does before it writes anything.
    engine.take_part().await.expect("it takes part");
    engine
}

async fn promised(engine: &Runtime) {
    let position = engine.store().last_position(&tenant()).await.expect("the store answers");
    shim::note(Op::Promised { position });
}

/// Asks this and that, one after the other and now and then several at once; notes every answer.
async fn work(engine: &Runtime, commands: usize, cases: &mut Vec<CaseId>, kept: &mut Kept, dice: &mut Dice) {
    for number in 0..commands {
        engine.clock().advance_to(engine.clock().now() + jiff::SignedDuration::from_hours(1));
        if dice.chance(12) {
            let pieces = ["a", "b"]
                .map(|part| format!("{part} {number} {}", "x".repeat(dice.below(9_000))).into_bytes());
            let hashes =
                engine.store().put_blobs(&tenant(), pieces.to_vec()).await.expect("documents are kept");
            kept.batches.push([hashes[0], hashes[1]]);
            shim::note(Op::PromisedBlobs { batches: kept.batches.len() });
        }
        if let Some(case) = dice.maybe_pick(cases).copied().filter(|_| dice.chance(12)) {
            let text = format!("document {number} {}", "x".repeat(dice.below(9_000)));
            let request = bring(engine, case, text, dice, kept).await;
            match engine.submit(Actor::Connector("portal".into()), request).await {
                Ok(Committed { position, .. }) => shim::note(Op::Promised { position }),
                Err(SubmitError::Rejected(_)) => {}
                Err(error) => panic!("the store works: {error}"),
            }
        }
        let asked = if dice.chance(15) { 4 } else { 1 };
        let mut under_way = tokio::task::JoinSet::new();
        for _ in 0..asked {
            let (actor, request) = next(engine, cases, dice).await;
            let engine = engine.clone();
            under_way.spawn(async move {
                match engine.submit(actor, request).await {
                    Ok(Committed { position, .. }) => shim::note(Op::Promised { position }),
                    Err(SubmitError::Rejected(_)) => {}
                    Err(error) => panic!("the store works: {error}"),
                }
            });
        }
        while let Some(done) = under_way.join_next().await {
            done.expect("a command does not panic");
        }
    }
}

/// Keeps a document, which is promised then; the command with which it comes into its case.
async fn bring(engine: &Runtime, case: CaseId, text: String, dice: &mut Dice, kept: &mut Kept) -> Request {
    let document = small_process::document(engine, case, text).await.expect("a document is kept");
    kept.documents.push(document.hash.parse().expect("a hash"));
    shim::note(Op::PromisedDocuments { documents: kept.documents.len() });
    let command = small_process::reply(dice.id(), document);
    Request { tenant: tenant(), case, command_id: dice.id(), command }
}

async fn next(engine: &Runtime, cases: &mut Vec<CaseId>, dice: &mut Dice) -> (Actor, Request) {
    let clerk = Actor::Person(PersonId::from("berta"));
    let command_id = dice.id();
    let ask = |actor, case, command| (actor, Request { tenant: tenant(), case, command_id, command });
    let known = dice.maybe_pick(cases).copied().filter(|_| dice.chance(80));
    let Some(case) = known else {
        let case = CaseId(dice.id());
        cases.push(case);
        return ask(clerk, case, small_process::start(&small_process::release().id, "Ada"));
    };
    let state = engine.case(&tenant(), case).await.expect("the store answers");
    let task = state.as_ref().and_then(|state| state.tasks().next()).map(|(id, ..)| id);
    match task {
        Some(task) if dice.chance(70) => {
            let outcome = *dice.pick(&["again", "again", "ask", "done"]);
            let values = small_process::result(outcome, &"lang ".repeat(dice.below(400)));
            ask(clerk, case, Command::CompleteTask { task, values, seen: None, shown: None })
        }
        _ if dice.chance(50) => {
            let result = Ok(EffectResult::default());
            let instance = InstanceId(u32::try_from(dice.below(8)).expect("few"));
            ask(Actor::Connector("letter".into()), case, Command::FinishEffect { instance, round: 1, result })
        }
        _ => ask(clerk, case, Command::AddNote { text: format!("Vermerk {}", dice.any()).into() }),
    }
}

/// What is compared of the journal: the commands and the chain of hashes over everything that they brought about.
async fn journal(store: &Store) -> Result<Vec<(Uuid, Hash)>, String> {
    let turns = journal::whole(store).await?;
    Ok(turns.iter().map(|stored| (journal::command_id(&stored.turn), stored.hash)).collect())
}

/// A state that a power cut has left.
struct Cut {
    what: String,
    image: Image,
    position: u64,
    batches: usize,
    documents: usize,
}

/// Opens what is left. What is wrong with it, if anything is.
async fn check_cut(folder: &Path, cut: &Cut, workload: &Workload) -> Result<(), String> {
    std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    for (name, bytes) in &cut.image {
        let file = folder.join(name);
        let made = file.parent().map_or(Ok(()), std::fs::create_dir_all);
        made.and_then(|()| std::fs::write(file, bytes)).map_err(|error| error.to_string())?;
    }
    let store = open(folder).await;
    let store = store.map_err(|error| format!("it does not open: {error}"))?;
    let checked = check_store(&store, cut, workload).await;
    store.close().await;
    checked
}

async fn check_store(store: &Store, cut: &Cut, workload: &Workload) -> Result<(), String> {
    let there = journal(store).await?;
    if !workload.journal.starts_with(&there) {
        return Err(format!("the journal of {} turns is not a beginning of what was committed", there.len()));
    }
    if (there.len() as u64) < cut.position {
        return Err(format!("{} turns are there, {} were promised", there.len(), cut.position));
    }
    for (number, [one, other]) in workload.batches.iter().enumerate() {
        let one = store.blob(&tenant(), one).await.map_err(|error| error.to_string())?;
        let other = store.blob(&tenant(), other).await.map_err(|error| error.to_string())?;
        if one.is_some() != other.is_some() {
            return Err(format!("batch {number} of documents is there by half"));
        }
        if one.is_none() && number < cut.batches {
            return Err(format!("batch {number} of documents was promised and is gone"));
        }
    }
    for (number, hash) in workload.documents.iter().enumerate() {
        let found = store.blob(&tenant(), hash).await;
        match found.map_err(|error| format!("document {number} cannot be read: {error}"))? {
            // Other bytes than the hash says are an error.
            Some(_) => {}
            None if number < cut.documents => {
                return Err(format!("document {number} was promised and is gone"));
            }
            None => {}
        }
    }
    let local = workload.release.local(&Authority::default());
    let report = store.verify(&tenant(), |case| workload.release.listing(case, &local)).await;
    let report = report.map_err(|error| format!("it cannot be verified: {error}"))?;
    if report.is_clean() { Ok(()) } else { Err(format!("verify finds: {report:#?}")) }
}

/// Cuts the power wherever what lasts is about to change, and at random moments with random remains. Says how many
/// states were opened, or the first that is wrong.
fn check(workload: &Workload, random: u64) -> Result<usize, String> {
    let mut moments: BTreeMap<usize, Vec<Keeps>> = BTreeMap::new();
    for seed in seeds(random) {
        let keeps = if seed % 3 == 0 { Keeps::Everything } else { Keeps::Some { seed } };
        moments.entry(Dice::new(seed).below(workload.ops.len())).or_default().push(keeps);
    }
    let (send, receive) = mpsc::sync_channel::<Cut>(4);
    let receive = Mutex::new(receive);
    let (opened, wrong) = (AtomicUsize::new(0), Mutex::new(None));
    let is_over = || wrong.lock().unwrap_or_else(PoisonError::into_inner).is_some();
    let opener = || {
        let executor = executor();
        loop {
            let cut = receive.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(cut) = cut else { return };
            // Once something is wrong the rest is only taken in, so that nobody waits.
            if is_over() {
                continue;
            }
            opened.fetch_add(1, Ordering::SeqCst);
            let folder = Scratch::new("power-cut");
            if let Err(why) = executor.block_on(check_cut(folder.path(), &cut, workload)) {
                let said = format!("power cut {}: {why}", cut.what);
                wrong.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(said);
            }
        }
    };
    std::thread::scope(|scope| {
        (0..2).for_each(|_| drop(scope.spawn(opener)));
        cut_everywhere(workload, &moments, |cut| send.send(cut).is_ok() && !is_over());
        drop(send);
    });
    match wrong.into_inner().unwrap_or_else(PoisonError::into_inner) {
        Some(wrong) => Err(wrong),
        None => Ok(opened.into_inner()),
    }
}

/// Goes through the record and hands out what a cut leaves, as long as somebody wants it.
fn cut_everywhere(
    workload: &Workload,
    moments: &BTreeMap<usize, Vec<Keeps>>,
    mut hand: impl FnMut(Cut) -> bool,
) {
    let mut disk = Disk::default();
    let cut = |disk: &Disk, at: usize, keeps: Keeps| Cut {
        what: format!("before step {at} of {}, keeping {keeps:?}", workload.ops.len()),
        image: disk.cut(keeps),
        position: disk.position,
        batches: disk.batches,
        documents: disk.documents,
    };
    for (at, op) in workload.ops.iter().enumerate() {
        let changes = matches!(op, Op::Sync { .. } | Op::SyncFolder { .. });
        let random = moments.get(&at).into_iter().flatten().copied();
        let all = random.chain(changes.then_some(Keeps::Nothing));
        for keeps in all.collect::<Vec<_>>() {
            if !hand(cut(&disk, at, keeps)) {
                return;
            }
        }
        disk.step(op);
    }
    for keeps in [Keeps::Nothing, Keeps::Everything] {
        if !hand(cut(&disk, workload.ops.len(), keeps)) {
            return;
        }
    }
}

/// The same record, in which some syncs did not reach the disk once the store was in use.
fn without(workload: Workload, lost: impl Fn(&Op) -> bool) -> Workload {
    let mut in_use = false;
    let keeps = |op: &Op| {
        in_use |= matches!(op, Op::Promised { .. });
        !in_use || !lost(op)
    };
    let mut ops = workload.ops;
    let before = ops.len();
    ops.retain(keeps);
    assert!(ops.len() < before, "there is something to lose");
    Workload { ops, ..workload }
}

fn files_named(workload: &Workload, wanted: impl Fn(&str) -> bool) -> Vec<disk::File> {
    let named = workload.ops.iter().filter_map(|op| match op {
        Op::Create { file, name } if wanted(name) => Some(*file),
        _ => None,
    });
    named.collect()
}

#[test]
fn nothing_promised_is_lost() {
    let _alone = alone();
    let workload = recorded(Synchronous::AsTheStoreSays);
    let syncs = workload.ops.iter().filter(|op| matches!(op, Op::Sync { .. })).count();
    eprintln!("{} steps, {syncs} syncs, {} turns", workload.ops.len(), workload.journal.len());
    assert!(workload.journal.len() > COMMANDS / 2, "the workload commits something");
    assert!(syncs > workload.journal.len(), "every commit is synced");
    assert!(workload.batches.len() > 5, "the workload keeps files");
    assert!(workload.documents.len() > 5, "the workload keeps documents");
    let synced = files_named(&workload, |name| name.starts_with(DOCUMENTS)).len();
    assert!(synced > workload.documents.len(), "they lie in the folder, with what names it");
    match check(&workload, 250) {
        Ok(opened) => eprintln!("{opened} states opened"),
        Err(wrong) => panic!("{wrong}"),
    }
}

/// That the check can fail, it fails here: for a store that does not sync, and for disks that lie.
#[test]
fn less_durable_stores_are_caught() {
    let _alone = alone();
    check_caught("synchronous=OFF", recorded(Synchronous::Off));
    check_caught("synchronous=NORMAL", recorded(Synchronous::Normal));
    let log = format!("{}-wal", fachwerk_store::DATABASE_FILE);
    // A store that is opened again draws keys from a new reserve.
    let keys = format!("{}-wal", fachwerk_store::KEYS_FILE);
    for lost in [fachwerk_store::DATABASE_FILE, &log, &keys] {
        let workload = recorded(Synchronous::AsTheStoreSays);
        let files = files_named(&workload, |name| name == lost);
        let workload = without(workload, |op| matches!(op, Op::Sync { file } if files.contains(file)));
        check_caught(&format!("a disk that does not sync {lost}"), workload);
    }
    let workload = recorded(Synchronous::AsTheStoreSays);
    check_caught("a disk that forgets names", without(workload, |op| matches!(op, Op::SyncFolder { .. })));
    let workload = recorded(Synchronous::AsTheStoreSays);
    let files = files_named(&workload, |name| name.starts_with(DOCUMENTS));
    let workload = without(workload, |op| matches!(op, Op::Sync { file } if files.contains(file)));
    check_caught("a folder that does not sync documents", workload);
    let workload = recorded(Synchronous::AsTheStoreSays);
    let forgets = |op: &Op| matches!(op, Op::SyncFolder { folder } if folder.starts_with(DOCUMENTS));
    check_caught("a folder that forgets the names of documents", without(workload, forgets));
}

#[track_caller]
fn check_caught(what: &str, workload: Workload) {
    match check(&workload, 250) {
        Err(wrong) => eprintln!("{what}: caught by {}", wrong.lines().next().unwrap_or_default()),
        Ok(opened) => panic!("{what}: nobody notices in {opened} states"),
    }
}
