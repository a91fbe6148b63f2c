//! Documents whose bytes lie outside of the database, and documents that no case has taken.

use std::{
    collections::BTreeMap,
    io,
    sync::{Arc, LazyLock, Mutex, MutexGuard, mpsc},
};

use fachwerk_core::{
    event::{Direction, Event},
    words::TenantId,
};
use fachwerk_store::{
    Depot, Documents, Finding, Hash, Included, MARKER, Moved, Moving, Place, Problem, Store, StoreError,
};

use crate::{
    builders::{Course, at, beispielburg, document, listing, musterstadt},
    world::{Folder, World, files_in},
};

const DAY: i64 = 86_400;

fn erased() -> Event {
    Event::CaseErased {
        by: "root".into(),
        asked_by: "ada".into(),
        reason: "Frist".into(),
        exception: None,
        alone: None,
    }
}

/// The turn that takes a document in.
fn taken(hash: Hash) -> Event {
    let mut added = document(1, Direction::Incoming);
    if let Event::DocumentAdded { document } = &mut added {
        document.content.hash = hash.to_string().into();
    }
    added
}

async fn begun<const N: usize>(world: &World) -> [Course; N] {
    let mut courses = Vec::new();
    for number in 1..=N {
        let mut course = Course::new(number as u128);
        world.committed(vec![course.begin("a")]).await;
        courses.push(course);
    }
    courses.try_into().ok().unwrap()
}

/// Puts a document into a case.
async fn put(store: &Store, course: &mut Course, text: &str, second: i64) -> Hash {
    let hash = store.put_document(&musterstadt(), course.id(), text.into(), None, at(second)).await.unwrap();
    store.append(&musterstadt(), vec![course.turn(vec![taken(hash)])]).await.unwrap();
    hash
}

async fn sweep(store: &Store, second: i64) {
    while store.sweep(at(second)).await.unwrap() {}
}

async fn findings(store: &Store) -> Vec<Finding> {
    store.verify(&musterstadt(), listing).await.unwrap().findings
}

async fn texts(store: &Store, hashes: &[Hash]) -> Vec<Option<String>> {
    let mut texts = Vec::new();
    for hash in hashes {
        let bytes = store.blob(&musterstadt(), hash).await.unwrap();
        texts.push(bytes.map(|bytes| String::from_utf8(bytes).unwrap()));
    }
    texts
}

pub async fn documents_that_no_turn_takes_go(world: &World) {
    let (store, tenant) = (&world.store, musterstadt());
    let [mut one, mut two] = begun(world).await;
    let before = store.kept_bytes(&tenant).await.unwrap();
    let stays = put(store, &mut one, "taken", 10).await;
    let refused = |text: &'static str, case, second| {
        let store = store.clone();
        async move { store.put_document(&musterstadt(), case, text.into(), None, at(second)).await.unwrap() }
    };
    // One holds it, the other one's turn never came; and the same once more.
    refused("taken", two.id(), 10).await;
    refused("taken", one.id(), 11).await;
    let goes = refused("refused", one.id(), 10).await;
    let asked_again = refused("asked again", two.id(), 10).await;
    refused("asked again", two.id(), 500).await;
    // A case that never began.
    let of_none = refused("of no case", Course::new(9).id(), 10).await;
    let public = store.put_blob(&tenant, b"a form".to_vec()).await.unwrap();
    // What waits for its turn is held by nobody yet.
    let holders = async |hash: &Hash| store.holders(&tenant, hash, 5).await.unwrap();
    assert_eq!(holders(&stays).await, [one.id()].into());
    assert_eq!(holders(&goes).await, [].into());
    assert_eq!(store.holders(&beispielburg(), &stays, 5).await.unwrap(), [].into());
    let all = [stays, goes, asked_again, of_none, public];
    for (second, left, bytes) in [
        (9 + DAY, [true, true, true, true], 5 + 7 + 11 + 10),
        (11 + DAY, [true, false, true, false], 5 + 11),
        (501 + DAY, [true, false, false, false], 5),
        (DAY * 400, [true, false, false, false], 5),
    ] {
        sweep(store, second).await;
        let there: Vec<bool> = texts(store, &all).await.iter().map(Option::is_some).collect();
        assert_eq!(there, [&left[..], &[true]].concat(), "{second}");
        assert_eq!(store.kept_bytes(&tenant).await.unwrap(), before + bytes + 6, "{second}");
        assert_eq!(findings(store).await, [], "{second}");
        let outside = if world.depot.is_some() { left.iter().filter(|left| **left).count() } else { 0 };
        assert_eq!(world.outside().len(), outside, "{second}: {:?}", world.outside());
    }
    // It may come once more, and into another case as well.
    assert_eq!(put(store, &mut one, "refused", 600).await, goes);
    put(store, &mut two, "refused", 601).await;
    assert_eq!(holders(&goes).await, [one.id(), two.id()].into());
    assert_eq!(store.holders(&tenant, &goes, 1).await.unwrap(), [one.id()].into());
    world.committed(vec![two.turn(vec![erased()])]).await;
    assert_eq!(holders(&goes).await, [one.id()].into());
    sweep(store, DAY * 500).await;
    assert_eq!(texts(store, &[goes]).await, [Some("refused".into())]);
    assert_eq!(world.rows("loose_bytes", &tenant).await, 0);
    assert_eq!(findings(store).await, []);
}

pub async fn an_erased_case_takes_no_document(world: &World) {
    let (store, tenant) = (&world.store, musterstadt());
    let [mut one] = begun(world).await;
    world.committed(vec![one.turn(vec![erased()])]).await;
    let before = store.kept_bytes(&tenant).await.unwrap();
    let put = store.put_document(&tenant, one.id(), b"late".to_vec(), None, at(9)).await;
    assert!(matches!(put, Err(StoreError::Erased { .. })), "{put:?}");
    assert_eq!(store.kept_bytes(&tenant).await.unwrap(), before);
    assert_eq!((world.rows("blobs", &tenant).await, world.outside()), (0, vec![]));
}

pub async fn documents_lie_outside(world: &World) {
    let (store, tenant) = (&world.store, musterstadt());
    let [mut one, mut two] = begun(world).await;
    let hash = put(store, &mut one, "Krautwurst", 1).await;
    assert_eq!(put(store, &mut two, "Krautwurst", 1).await, hash);
    let outside = world.outside();
    let [file] = &outside[..] else { panic!("{outside:?}") };
    assert!(file.starts_with("musterstadt/") && !file.contains(&hash.to_string()[..8]), "{file}");
    let folder = &world.depot.as_ref().unwrap().0;
    let bytes = std::fs::read(folder.join(file)).unwrap();
    assert!(!bytes.windows(5).any(|window| window == b"Kraut"));
    #[cfg(unix)]
    for (path, mode) in [(folder.join(file), 0o600), (folder.clone(), 0o700)] {
        let found = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&path).unwrap().permissions());
        assert_eq!(found & 0o777, mode, "{}", path.display());
    }
    // The row has but its beginning.
    world.tamper("update blobs set size = size where octet_length(body) = 9 and depot is not null").await;
    assert_eq!(store.blob(&beispielburg(), &hash).await.unwrap(), None);
    // Whatever is chosen later: what was kept is found.
    store.close().await;
    let inside = Store::open(&world.place).await.unwrap();
    let next = put(&inside, &mut one, "inside", 2).await;
    assert_eq!(texts(&inside, &[hash, next]).await, [Some("Krautwurst".into()), Some("inside".into())]);
    assert_eq!(world.outside(), outside);
    // What is for everybody belongs to no case any more.
    assert_eq!(inside.put_blob(&tenant, b"Krautwurst".to_vec()).await.unwrap(), hash);
    sweep(&inside, 3).await;
    assert_eq!((texts(&inside, &[hash]).await, world.outside()), (vec![Some("Krautwurst".into())], vec![]));
    assert_eq!(findings(&inside).await, []);
    inside.close().await;
}

pub async fn damage_outside_is_named(world: &World) {
    let (store, folder) = (&world.store, world.depot.as_ref().unwrap().0.clone());
    let [mut one] = begun(world).await;
    let first = put(store, &mut one, "the first", 1).await;
    let file = folder.join(&world.outside()[0]);
    put(store, &mut one, "another", 1).await;
    let other = world.outside().into_iter().map(|other| folder.join(other)).find(|other| *other != file);
    let (whole, other) = (std::fs::read(&file).unwrap(), std::fs::read(other.unwrap()).unwrap());
    let changed = |place: usize| {
        let mut bytes = whole.clone();
        bytes[place] ^= 1;
        bytes
    };
    let last = whole.len() - 1;
    for bytes in [changed(0), changed(8), changed(9), changed(last), whole[..last].into(), vec![], other] {
        std::fs::write(&file, bytes).unwrap();
        assert_eq!(
            findings(store).await,
            [Finding { case: None, problem: Problem::ChangedBlob { hash: first } }]
        );
        assert_eq!(store.blob(&musterstadt(), &first).await.unwrap_err().code(), "store_corrupt");
    }
    std::fs::remove_file(&file).unwrap();
    let found = findings(store).await;
    let place = file.display().to_string();
    assert_eq!(found, [Finding { case: None, problem: Problem::LostBlob { hash: first, place } }]);
    assert_eq!(store.blob(&musterstadt(), &first).await.unwrap_err().code(), "store_bytes_missing");
    // It does not keep the case from being erased.
    world.committed(vec![one.turn(vec![erased()])]).await;
    assert_eq!((findings(store).await, world.outside()), (vec![], vec![]));
}

pub async fn the_folder_must_be_the_right_one(world: &World) {
    let [mut one] = begun(world).await;
    let hash = put(&world.store, &mut one, "text", 1).await;
    world.store.close().await;
    let folder = world.depot.as_ref().unwrap().0.clone();
    let open = |folder: &std::path::Path| {
        let documents = Documents::in_folder(folder).unwrap();
        let place = world.place.clone();
        async move { Store::open_at(&place, &place, &documents).await }
    };
    // Not mounted.
    let elsewhere = Folder::new();
    std::fs::rename(&folder, &elsewhere.0).unwrap();
    let refused = open(&folder).await.err().unwrap();
    assert!(
        matches!(&refused, StoreError::UnusableDepot { reason, .. } if reason.contains(MARKER)),
        "{refused:?}"
    );
    assert_eq!(files_in(&folder), Vec::<String>::new());
    let inside = Store::open(&world.place).await.unwrap();
    assert_eq!(inside.blob(&musterstadt(), &hash).await.unwrap_err().code(), "store_depot_unavailable");
    inside.close().await;
    // A file, and the folder of somebody else.
    let other = Folder::new();
    std::fs::create_dir_all(&other.0).unwrap();
    std::fs::write(other.0.join("file"), "x").unwrap();
    let refused = open(&other.0.join("file")).await.err().unwrap();
    assert!(matches!(refused, StoreError::DepotUnavailable { .. }), "{refused:?}");
    std::fs::write(other.0.join(MARKER), "0123").unwrap();
    let refused = open(&other.0).await.err().unwrap();
    assert!(
        matches!(&refused, StoreError::UnusableDepot { reason, .. } if reason.contains("another database")),
        "{refused:?}"
    );
    // It lies elsewhere now: said once, that is known.
    let store = open(&elsewhere.0).await.unwrap();
    assert_eq!(texts(&store, &[hash]).await, [Some("text".into())]);
    store.close().await;
    let inside = Store::open(&world.place).await.unwrap();
    assert_eq!(texts(&inside, &[hash]).await, [Some("text".into())]);
    inside.close().await;
}

pub async fn a_depot_that_was_begun_is_begun_with_anew(world: &World) {
    let (store, address) = in_memory(world, "begun").await;
    store.close().await;
    let open = async || {
        let open = |address: &str| Ok(Arc::new(InMemory(address.to_owned())) as Arc<dyn Depot>);
        let documents = Documents::at(&address, open).unwrap();
        Store::open_at(&world.place, &world.place, &documents).await
    };
    // The machine was gone before the depot named itself: the row is there.
    let marker = memories().get_mut(&address).unwrap().kept.remove(MARKER);
    let store = open().await.unwrap();
    assert_eq!(memories()[&address].kept.get(MARKER), marker.as_ref());
    let mut one = Course::new(1);
    store.append(&musterstadt(), vec![one.begin("a")]).await.unwrap();
    store.close().await;
    // Where a document lies, or may be on its way to, the place is not mounted.
    for on_its_way in [true, false] {
        let store = open().await.unwrap();
        if on_its_way {
            fault(&address, Some(Fault::DiesAfterPut));
            store.put_document(&musterstadt(), one.id(), b"text".to_vec(), None, at(1)).await.unwrap_err();
            fault(&address, None);
        } else {
            put(&store, &mut one, "another", 2).await;
            sweep(&store, DAY * 2).await;
        }
        store.close().await;
        let marker = memories().get_mut(&address).unwrap().kept.remove(MARKER).unwrap();
        let refused = open().await.err().unwrap();
        assert!(
            matches!(&refused, StoreError::UnusableDepot { reason, .. } if reason.contains("is it mounted?")),
            "{refused:?}"
        );
        memories().get_mut(&address).unwrap().kept.insert(MARKER.into(), marker);
    }
}

pub async fn a_folder_that_goes_away_is_not_taken_for_empty(world: &World) {
    let (store, tenant, folder) = (&world.store, musterstadt(), world.depot.as_ref().unwrap().0.clone());
    let [mut one] = begun(world).await;
    let hash = put(store, &mut one, "text", 1).await;
    let elsewhere = Folder::new();
    std::fs::rename(&folder, &elsewhere.0).unwrap();
    for mounted in [false, true] {
        if mounted {
            std::fs::create_dir(&folder).unwrap();
        }
        let read = store.blob(&tenant, &hash).await.unwrap_err();
        let kept = store.put_document(&tenant, one.id(), b"more".to_vec(), None, at(2)).await.unwrap_err();
        assert_eq!([read.code(), kept.code()], ["store_depot_unavailable"; 2]);
        assert_eq!(world.outside(), Vec::<String>::new());
    }
    world.committed(vec![one.turn(vec![erased()])]).await;
    assert!(store.sweep(at(3)).await.is_err());
    std::fs::remove_dir(&folder).unwrap();
    std::fs::rename(&elsewhere.0, &folder).unwrap();
    assert_eq!(world.outside().len(), 1);
    sweep(store, DAY * 3).await;
    assert_eq!((world.outside(), world.rows("loose_bytes", &tenant).await), (vec![], 0));
}

async fn move_all(store: &Store) -> Moved {
    let (mut moving, mut all) = (Moving::default(), Moved::default());
    while let Some(moved) = store.move_documents(&mut moving, at(100)).await.unwrap() {
        all.documents += moved.documents;
        all.bytes += moved.bytes;
        all.unreadable += moved.unreadable;
    }
    all
}

pub async fn documents_are_moved(world: &World) {
    let tenant = musterstadt();
    let [mut one] = begun(world).await;
    let mut hashes = Vec::new();
    for number in 0..45 {
        hashes.push(put(&world.store, &mut one, &format!("document {number}"), 1).await);
    }
    world.store.put_blob(&tenant, b"a form".to_vec()).await.unwrap();
    let expected = texts(&world.store, &hashes).await;
    let (before, total) = (
        world.store.kept_bytes(&tenant).await.unwrap(),
        expected.iter().flatten().map(String::len).sum::<usize>(),
    );
    assert_eq!(move_all(&world.store).await, Moved::default(), "they lie there");
    world.store.close().await;
    let other = Folder::new();
    let places = [Documents::default(), Documents::in_folder(&other.0).unwrap(), world.documents()];
    for (step, documents) in places.iter().enumerate() {
        let store = Store::open_at(&world.place, &world.place, documents).await.unwrap();
        let mut moving = Moving::default();
        // In the middle of it everything is read, and the next one goes on with the rest.
        let first = store.move_documents(&mut moving, at(100)).await.unwrap().unwrap();
        assert_eq!(first.documents, 20, "{step}");
        assert_eq!(texts(&store, &hashes).await, expected, "{step}");
        store.close().await;
        let store = Store::open_at(&world.place, &world.place, documents).await.unwrap();
        let rest = move_all(&store).await;
        assert_eq!((rest.documents, rest.unreadable), (25, 0), "{step}");
        assert_eq!(first.bytes + rest.bytes, total as u64, "{step}");
        assert_eq!(texts(&store, &hashes).await, expected, "{step}");
        assert_eq!(store.kept_bytes(&tenant).await.unwrap(), before, "{step}");
        let files = |folder: &Folder| files_in(&folder.0).into_iter().filter(|file| file != MARKER).count();
        let there = [files(world.depot.as_ref().unwrap()), files(&other)];
        assert_eq!(there, [[0, 0], [0, 45], [45, 0]][step], "{step}");
        assert_eq!(world.rows("loose_bytes", &tenant).await, 0, "{step}");
        assert_eq!(findings(&store).await, [], "{step}");
        store.close().await;
    }
    // What is lost stays named, and stops nothing.
    std::fs::remove_file(world.depot.as_ref().unwrap().0.join(&world.outside()[7])).unwrap();
    let store = Store::open(&world.place).await.unwrap();
    let moved = move_all(&store).await;
    assert_eq!((moved.documents, moved.unreadable), (44, 1));
    assert_eq!(findings(&store).await.len(), 1);
    check_erased(world, &store, &mut one).await;
    store.close().await;
}

async fn check_erased(world: &World, store: &Store, course: &mut Course) {
    store.append(&musterstadt(), vec![course.turn(vec![erased()])]).await.unwrap();
    assert_eq!((findings(store).await, world.outside()), (vec![], vec![]));
}

pub async fn a_backup_is_whole_with_or_without_documents(world: &World) {
    let (tenant, copies) = (musterstadt(), Folder::new());
    std::fs::create_dir_all(&copies.0).unwrap();
    let [mut one, mut two] = begun(world).await;
    let mut hashes = vec![put(&world.store, &mut one, &"large ".repeat(1_000_000), 1).await];
    for number in 0..40 {
        hashes.push(put(&world.store, &mut two, &format!("document {number}"), 1).await);
    }
    let waiting = world.store.put_document(&tenant, one.id(), b"waits".to_vec(), None, at(1)).await.unwrap();
    hashes.push(waiting);
    let expected = texts(&world.store, &hashes).await;
    let backup = async |name: &str, included| {
        let file = copies.0.join(name);
        let copied = Store::backup_with(&world.place, &file, &world.documents(), included).await.unwrap();
        (file, copied)
    };
    let (whole, copied) = backup("whole.db", Included::All).await;
    assert_eq!((copied.missing, copied.left_out), (0, 0));
    let (without, copied) = backup("without.db", Included::None).await;
    assert_eq!((copied.missing, copied.left_out), (0, 42));
    assert!(std::fs::metadata(&without).unwrap().len() < std::fs::metadata(&whole).unwrap().len());
    // The depot is copied afterwards: it has more than the database knows, and never less.
    put(&world.store, &mut one, "later", 2).await;
    let copy = copies.0.join("copy");
    for file in files_in(&world.depot.as_ref().unwrap().0) {
        std::fs::create_dir_all(copy.join(&file).parent().unwrap()).unwrap();
        std::fs::copy(world.depot.as_ref().unwrap().0.join(&file), copy.join(&file)).unwrap();
    }
    let fresh = copies.0.join("fresh");
    for (number, (file, documents, outside)) in
        [(&whole, None, 0), (&whole, Some(&fresh), 42), (&without, Some(&copy), 43)].into_iter().enumerate()
    {
        let place = Place::Sqlite { dir: copies.0.join(format!("restored-{number}")) };
        let at_folder = |folder: &std::path::PathBuf| Documents::in_folder(folder).unwrap();
        let chosen = documents.map_or_else(Documents::default, at_folder);
        Store::restore_with(file, &place, &world.place, &chosen, at(9)).await.unwrap();
        // Its keys lie with the other one: they are not thrown away here.
        let store = Store::open_at(&place, &world.place, &chosen).await.unwrap();
        assert_eq!(texts(&store, &hashes).await, expected, "{number}");
        assert_eq!(findings(&store).await, [], "{number}");
        let files = documents.map_or(0, |folder| files_in(folder).len() - 1);
        assert_eq!(files, outside, "{number}");
        store.close().await;
    }
    // What is lost does not keep the rest from being saved.
    std::fs::remove_file(world.depot.as_ref().unwrap().0.join(&world.outside()[3])).unwrap();
    let (_, copied) = backup("less.db", Included::All).await;
    assert_eq!(copied.missing, 1);
}

/// A depot in memory, for every address, in which things go wrong when they are told to.
#[derive(Default)]
struct Memory {
    kept: BTreeMap<String, Vec<u8>>,
    fault: Option<Fault>,
    /// Waits in the next `put` that is not of the marker: tells that it is there, and waits to be told to go on.
    gate: Option<(mpsc::Sender<()>, mpsc::Receiver<()>)>,
}

#[derive(Clone, Copy, PartialEq)]
enum Fault {
    /// The bytes are kept, and whoever keeps them never hears of it.
    DiesAfterPut,
    /// Nothing is kept.
    DiesBeforePut,
    /// It cannot be reached.
    Away,
}

static MEMORIES: LazyLock<Mutex<BTreeMap<String, Memory>>> = LazyLock::new(Mutex::default);

struct InMemory(String);

fn memories() -> MutexGuard<'static, BTreeMap<String, Memory>> {
    MEMORIES.lock().unwrap()
}

fn died() -> io::Error {
    io::Error::other("the machine is gone")
}

impl InMemory {
    fn with<T>(&self, work: impl FnOnce(&mut Memory) -> io::Result<T>) -> io::Result<T> {
        let mut memories = memories();
        let memory = memories.entry(self.0.clone()).or_default();
        if memory.fault == Some(Fault::Away) {
            return Err(died());
        }
        work(memory)
    }
}

impl Depot for InMemory {
    fn put(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        if !name.starts_with(MARKER)
            && let Some((there, go_on)) = self.with(|memory| Ok(memory.gate.take()))?
        {
            there.send(()).unwrap();
            go_on.recv().unwrap();
        }
        self.with(|memory| {
            if memory.fault == Some(Fault::DiesBeforePut) {
                return Err(died());
            }
            memory.kept.insert(name.into(), bytes.into());
            if memory.fault == Some(Fault::DiesAfterPut) { Err(died()) } else { Ok(()) }
        })
    }

    fn get(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        self.with(|memory| Ok(memory.kept.get(name).cloned()))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.with(|memory| {
            memory.kept.remove(name);
            Ok(())
        })
    }
}

/// A store whose documents lie in memory, and the address of that.
async fn in_memory(world: &World, test: &str) -> (Store, String) {
    let address = format!("memory://{test}-{}", world.is_postgres());
    world.store.close().await;
    let open = |address: &str| Ok(Arc::new(InMemory(address.to_owned())) as Arc<dyn Depot>);
    let documents = Documents::at(&address, open).unwrap();
    (Store::open_at(&world.place, &world.place, &documents).await.unwrap(), address)
}

fn fault(address: &str, fault: Option<Fault>) {
    memories().get_mut(address).unwrap().fault = fault;
}

fn kept(address: &str) -> usize {
    memories()[address].kept.keys().filter(|name| *name != MARKER).count()
}

pub async fn what_a_crash_leaves_is_swept_up(world: &World) {
    let (store, address) = in_memory(world, "crash").await;
    let tenant = musterstadt();
    let mut one = Course::new(1);
    store.append(&tenant, vec![one.begin("a")]).await.unwrap();
    // Between the bytes and the row.
    for (number, (broken, left)) in
        [(Fault::DiesAfterPut, 1), (Fault::DiesBeforePut, 0)].into_iter().enumerate()
    {
        let second = 10 + number as i64 * DAY * 3;
        fault(&address, Some(broken));
        let put = store.put_document(&tenant, one.id(), b"text".to_vec(), None, at(second)).await;
        assert!(matches!(put, Err(StoreError::DepotUnavailable { .. })), "{put:?}");
        fault(&address, None);
        assert_eq!((kept(&address), world.rows("blobs", &tenant).await), (left, 0));
        sweep(&store, second + DAY).await;
        assert_eq!(
            (kept(&address), world.rows("loose_bytes", &tenant).await),
            (left, 1),
            "it may be on its way"
        );
        sweep(&store, second + DAY + 1).await;
        assert_eq!((kept(&address), world.rows("loose_bytes", &tenant).await), (0, 0));
    }
    // Between the row and the bytes.
    let hash = put(&store, &mut one, "text", 20).await;
    assert_eq!(texts(&store, &[hash]).await, [Some("text".into())]);
    let mut two = Course::new(2);
    store.append(&tenant, vec![two.begin("b")]).await.unwrap();
    let other = put(&store, &mut two, "other", 20).await;
    fault(&address, Some(Fault::Away));
    store.append(&tenant, vec![one.turn(vec![erased()])]).await.unwrap();
    let erasure = store.erasure(&tenant, one.id()).await.unwrap().unwrap();
    assert!(erasure.done, "the keys are gone, whatever becomes of the bytes");
    assert_eq!(store.blob(&tenant, &hash).await.unwrap(), None);
    assert!(store.sweep(at(21)).await.is_err());
    fault(&address, None);
    assert_eq!(kept(&address), 2);
    sweep(&store, 21).await;
    assert_eq!((kept(&address), world.rows("loose_bytes", &tenant).await), (1, 0));
    assert_eq!(texts(&store, &[other]).await, [Some("other".into())]);
    assert_eq!(findings(&store).await, []);
    store.close().await;
}

pub async fn whoever_takes_long_loses_nothing(world: &World) {
    let (store, address) = in_memory(world, "slow").await;
    let tenant = musterstadt();
    let mut one = Course::new(1);
    store.append(&tenant, vec![one.begin("a")]).await.unwrap();
    let (there, is_there) = mpsc::channel();
    let (go_on, goes_on) = mpsc::channel();
    memories().get_mut(&address).unwrap().gate = Some((there, goes_on));
    let slow = {
        let (store, tenant, case) = (store.clone(), tenant.clone(), one.id());
        tokio::spawn(async move { store.put_document(&tenant, case, b"text".to_vec(), None, at(10)).await })
    };
    tokio::task::spawn_blocking(move || is_there.recv().unwrap()).await.unwrap();
    sweep(&store, DAY * 3).await;
    assert_eq!(world.rows("loose_bytes", &tenant).await, 0, "it was given up");
    go_on.send(()).unwrap();
    let hash = slow.await.unwrap().unwrap();
    assert_eq!(texts(&store, &[hash]).await, [Some("text".into())]);
    store.append(&tenant, vec![one.turn(vec![taken(hash)])]).await.unwrap();
    sweep(&store, DAY * 9).await;
    assert_eq!(texts(&store, &[hash]).await, [Some("text".into())]);
    assert_eq!(findings(&store).await, []);
    store.close().await;
}

pub async fn a_depot_that_is_away_is_waited_for(world: &World) {
    let (store, address) = in_memory(world, "away").await;
    let tenant: TenantId = musterstadt();
    let mut one = Course::new(1);
    store.append(&tenant, vec![one.begin("a")]).await.unwrap();
    let hash = put(&store, &mut one, "text", 1).await;
    fault(&address, Some(Fault::Away));
    for result in [
        store.blob(&tenant, &hash).await.map(drop),
        store.put_document(&tenant, one.id(), b"more".to_vec(), None, at(2)).await.map(drop),
        store.verify(&tenant, listing).await.map(drop),
    ] {
        assert_eq!(result.unwrap_err().code(), "store_depot_unavailable");
    }
    // A document that is there needs no depot, and everything else goes on.
    assert_eq!(store.put_document(&tenant, one.id(), b"text".to_vec(), None, at(2)).await.unwrap(), hash);
    store.append(&tenant, vec![one.turn(vec![crate::builders::note(1, "x")])]).await.unwrap();
    store.close().await;
    let open = |address: &str| Ok(Arc::new(InMemory(address.to_owned())) as Arc<dyn Depot>);
    let documents = Documents::at(&address, open).unwrap();
    let refused = Store::open_at(&world.place, &world.place, &documents).await.err().unwrap();
    assert_eq!(refused.code(), "store_depot_unavailable");
    assert!(refused.text().de.contains(&address));
    fault(&address, None);
    let store = Store::open_at(&world.place, &world.place, &documents).await.unwrap();
    assert_eq!(texts(&store, &[hash]).await, [Some("text".into())]);
    store.close().await;
}
