//! Programs of different age on one database: what each reads and writes, and who gives way.
//!
//! The newer program knows a format that was never ours: in it every note ends with ` [2]`.

use fachwerk_core::{
    case::Case,
    format::{Formats, Step},
    words::{Timestamp, Value},
};
use fachwerk_store::{
    Appended, Node, Nodes, Place, Store, StoreError, TABLES_FORMAT, WrittenFormat, test_postgres,
};

use crate::{
    builders::{Course, at, listing, musterstadt, note, started},
    world::{Folder, World},
};

const STEP: Step =
    Step { up: |turn| Ok(with_notes(turn, |text| Some(format!("{text} [2]"))).expect("total")), down };
const NEWER: Formats = Formats { steps: &[Formats::OURS.steps[0], STEP], writes: 3 };
/// It reads the newer format and does not write it yet.
const READER: Formats = Formats { steps: NEWER.steps, writes: 2 };

fn down(turn: Value) -> Option<Value> {
    with_notes(turn, |text| text.strip_suffix(" [2]").map(str::to_owned))
}

fn with_notes(mut turn: Value, change: impl Fn(&str) -> Option<String>) -> Option<Value> {
    for event in turn["events"].as_array_mut().into_iter().flatten() {
        if event["type"] == "note_added" {
            event["text"] = change(event["text"].as_str()?)?.into();
        }
    }
    Some(turn)
}

/// Another program on the same database; on SQLite the first one ends.
async fn other(world: &World, formats: Formats) -> Result<Store, StoreError> {
    if !world.is_postgres() {
        world.store.close().await;
    }
    Store::open_as(&world.place, &world.place, formats).await
}

fn notes(case: &Case) -> Vec<String> {
    case.notes.values().map(|note| note.text.to_string()).collect()
}

async fn notes_at(store: &Store, course: &Course) -> Vec<String> {
    notes(&store.load(&musterstadt(), course.id()).await.unwrap().unwrap())
}

fn node(id: &str, formats: Formats, since: Timestamp, seen_at: Timestamp, [lives, here]: [bool; 2]) -> Node {
    let (reads, writes) = (formats.reads(), formats.writes);
    Node {
        id: id.into(),
        host: None,
        process: None,
        version: env!("CARGO_PKG_VERSION").into(),
        reads,
        writes,
        schema: TABLES_FORMAT,
        since,
        seen_at,
        lives,
        here,
    }
}

/// The format of the older program, which it wrote as soon as it took part.
fn ours() -> WrittenFormat {
    WrittenFormat { format: Formats::OURS.writes, since: at(0) }
}

const NEWER_TURNS: StoreError = StoreError::NewerTurns { found: 3, known: 2 };

pub async fn what_was_written_before_is_read_and_stays(world: &World) {
    let mut course = Course::new(1);
    let mut entries = vec![course.begin("old"), course.turn(vec![note(1, "a")])];
    entries.push(course.turn_with_snapshot(vec![note(2, "b")]));
    entries.push(course.turn(vec![note(3, "c")]));
    world.committed(entries).await;
    let before = world.bodies(&course.id()).await;
    world.tamper("delete from snapshots").await;

    let newer = other(world, NEWER).await.unwrap();
    assert_eq!(notes_at(&newer, &course).await, ["a [2]", "b [2]", "c [2]"]);
    let tenant = musterstadt();
    let turns = newer.turns(&tenant, course.id(), 0, 10).await.unwrap();
    assert_eq!(turns.len(), 4);
    newer.rebuild(&tenant, listing).await.unwrap();
    assert!(newer.verify(&tenant, listing).await.unwrap().is_clean());
    assert_eq!(world.bodies(&course.id()).await, before, "nothing that is stored was changed");
    newer.close().await;
}

pub async fn a_newer_format_waits_for_the_last_older_server(world: &World) {
    let (tenant, old) = (musterstadt(), &world.store);
    let mut course = Course::new(1);
    world.committed(vec![course.begin("rolling")]).await;
    old.take_part("old", at(0), at(0)).await.unwrap();
    if !world.is_postgres() {
        // The embedded database has one server: when the newer one opens it, no other one lives.
        let newer = other(world, NEWER).await.unwrap();
        newer.take_part("new", at(5), at(5)).await.unwrap();
        let formats = vec![ours(), WrittenFormat { format: 3, since: at(5) }];
        let nodes = vec![node("new", NEWER, at(5), at(700), [true, true])];
        assert_eq!(
            newer.nodes(at(700)).await.unwrap(),
            Nodes { nodes, written: 3, formats, schema: TABLES_FORMAT }
        );
        newer.append(&tenant, vec![course.turn(vec![note(1, "new")])]).await.unwrap();
        newer.close().await;
        assert_eq!(Store::open(&world.place).await.err(), Some(NEWER_TURNS));
        return;
    }
    let newer = other(world, NEWER).await.unwrap();
    newer.take_part("new", at(5), at(5)).await.unwrap();
    let nodes = vec![
        node("old", Formats::OURS, at(0), at(0), [true, true]),
        node("new", NEWER, at(5), at(5), [true, false]),
    ];
    assert_eq!(
        old.nodes(at(6)).await.unwrap(),
        Nodes { nodes, written: 2, formats: vec![ours()], schema: TABLES_FORMAT }
    );

    // What the older one can read goes on, through both.
    let one = newer.append(&tenant, vec![course.turn(vec![note(1, "a [2]")])]).await.unwrap();
    assert_eq!(one, [Appended::Committed { position: 2 }]);
    assert_eq!(notes_at(old, &course).await, ["a"]);
    old.append(&tenant, vec![course.turn(vec![note(2, "b")])]).await.unwrap();
    assert_eq!(notes_at(&newer, &course).await, ["a [2]", "b [2]"]);
    // What it cannot is refused, and leaves no trace.
    let mut ahead = course.fork();
    let refused = newer.append(&tenant, vec![ahead.turn(vec![note(3, "new")])]).await;
    assert_eq!(refused, Err(StoreError::OlderServers { format: 2 }));
    assert_eq!(notes_at(old, &course).await, ["a", "b"]);

    // Seen within the minute: it lives.
    old.take_part("old", at(0), at(40)).await.unwrap();
    newer.take_part("new", at(5), at(100)).await.unwrap();
    assert_eq!(newer.nodes(at(100)).await.unwrap().written, 2);
    // Not any more.
    newer.take_part("new", at(5), at(101)).await.unwrap();
    let nodes = vec![
        node("old", Formats::OURS, at(0), at(40), [false, false]),
        node("new", NEWER, at(5), at(101), [true, true]),
    ];
    let formats = vec![ours(), WrittenFormat { format: 3, since: at(101) }];
    assert_eq!(
        newer.nodes(at(101)).await.unwrap(),
        Nodes { nodes, written: 3, formats, schema: TABLES_FORMAT }
    );
    newer.append(&tenant, vec![course.turn(vec![note(3, "new")])]).await.unwrap();
    assert_eq!(notes_at(&newer, &course).await, ["a [2]", "b [2]", "new"]);
    // The older one finds out, whatever it does first; nothing of it is stored on what it has not read.
    assert_eq!(old.load(&tenant, course.id()).await, Err(NEWER_TURNS));
    assert_eq!(old.verify(&tenant, listing).await.err(), Some(NEWER_TURNS));
    let mut behind = ahead.fork();
    behind.case.version = 3;
    assert_eq!(old.append(&tenant, vec![behind.turn(vec![])]).await, Ok(vec![Appended::Conflict]));
    assert_eq!(old.take_part("old", at(0), at(102)).await, Err(NEWER_TURNS));
    assert_eq!(Store::open(&world.place).await.err(), Some(NEWER_TURNS));
    newer.close().await;
    let text = NEWER_TURNS.text();
    assert!(text.de.contains("Starten Sie die neuere Version"), "{}", text.de);
}

pub async fn whoever_ends_well_is_not_waited_for(world: &World) {
    let again = || Store::open_as(&world.place, &world.place, NEWER);
    world.store.take_part("old", at(0), at(0)).await.unwrap();
    world.store.close().await;
    let newer = again().await.unwrap();
    newer.take_part("new", at(1), at(1)).await.unwrap();
    assert_eq!(newer.nodes(at(1)).await.unwrap().written, 3);
    newer.close().await;
    let newest = again().await.unwrap();
    assert_eq!(newest.nodes(at(2)).await.unwrap().nodes, []);
    // Without taking part one writes what the database allows already.
    let mut course = Course::new(1);
    let begin = course.turn(vec![started("bonfire", serde_json::json!({})), note(1, "new")]);
    newest.append(&musterstadt(), vec![begin]).await.unwrap();
    newest.close().await;
}

pub async fn who_only_reads_the_newer_format_leaves_the_way_back_open(world: &World) {
    world.store.close().await;
    let reader = Store::open_as(&world.place, &world.place, READER).await.unwrap();
    reader.take_part("reader", at(0), at(0)).await.unwrap();
    assert_eq!(reader.nodes(at(0)).await.unwrap().written, 2);
    reader.close().await;
    Store::open(&world.place).await.unwrap().close().await;
    // And goes on beside one that writes it.
    let newer = Store::open_as(&world.place, &world.place, NEWER).await.unwrap();
    newer.take_part("new", at(0), at(0)).await.unwrap();
    newer.close().await;
    let reader = Store::open_as(&world.place, &world.place, READER).await.unwrap();
    reader.take_part("reader", at(1), at(1)).await.unwrap();
    let mut course = Course::new(1);
    reader
        .append(&musterstadt(), vec![course.begin("a"), course.turn(vec![note(1, "b [2]")])])
        .await
        .unwrap();
    assert_eq!(notes_at(&reader, &course).await, ["b [2]"]);
    reader.close().await;
}

/// Of an older server that starts and a newer one that begins to write one comes first, and the other one sees it.
pub async fn one_of_both_gives_way(world: &World) {
    if !world.is_postgres() {
        return;
    }
    let mut firsts = [0, 0];
    for round in 0..40 {
        let newer = other(world, NEWER).await.unwrap();
        let older = Store::open(&world.place).await.unwrap();
        let both = [(newer.clone(), "new", round % 2), (older.clone(), "old", 1 - round % 2)];
        let both = both.map(|(store, id, waits)| {
            tokio::spawn(async move {
                for _ in 0..waits {
                    tokio::task::yield_now().await;
                }
                store.take_part(id, at(0), at(0)).await
            })
        });
        let [one, two] = both;
        let (began, joined) = (one.await.unwrap(), two.await.unwrap());
        assert_eq!(began, Ok(()));
        let written = newer.nodes(at(0)).await.unwrap().written;
        match joined {
            Ok(()) => {
                assert_eq!(written, 2, "an older server takes part beside a newer format");
                firsts[0] += 1;
            }
            Err(error) => {
                assert_eq!((error, written), (NEWER_TURNS, 3));
                firsts[1] += 1;
                world.tamper("delete from turn_formats").await;
            }
        }
        older.close().await;
        newer.close().await;
    }
    eprintln!("the older one came first {} times, the newer one {} times", firsts[0], firsts[1]);
}

pub async fn an_older_program_works_on_tables_that_are_compatible(world: &World) {
    let mut course = Course::new(1);
    world.store.take_part("old", at(0), at(0)).await.unwrap();
    let script = async |format: u32, since: u32| {
        let sql = format!("insert into schema_format (format, compatible_since) values ({format}, {since})");
        world.tamper(&sql).await;
    };
    let newest = TABLES_FORMAT + 3;
    script(newest - 2, TABLES_FORMAT).await;
    script(newest - 1, TABLES_FORMAT).await;
    world.store.take_part("old", at(0), at(1)).await.unwrap();
    assert_eq!(world.store.nodes(at(1)).await.unwrap().schema, newest - 1);
    world.committed(vec![course.begin("goes on")]).await;
    world.store.close().await;
    let again = Store::open(&world.place).await.unwrap();
    assert_eq!(again.load(&musterstadt(), course.id()).await.unwrap(), Some(course.case.clone()));
    // It does not copy what it does not know.
    let folder = Folder::new();
    std::fs::create_dir_all(&folder.0).unwrap();
    let copied = Store::backup(&world.place, &folder.0.join("backup.db")).await;
    let newer = |found| StoreError::NewerFormat { found, known: TABLES_FORMAT };
    assert_eq!(copied, Err(newer(newest - 1)));
    // One script that is not compatible ends it, here and at the next start.
    script(newest, newest).await;
    assert_eq!(again.take_part("old", at(0), at(2)).await, Err(newer(newest)));
    again.close().await;
    assert_eq!(Store::open(&world.place).await.err(), Some(newer(newest)));
}

pub async fn a_backup_keeps_the_formats(world: &World) {
    world.store.close().await;
    let newer = Store::open_as(&world.place, &world.place, NEWER).await.unwrap();
    newer.take_part("new", at(0), at(0)).await.unwrap();
    let mut course = Course::new(1);
    newer.append(&musterstadt(), vec![course.begin("a")]).await.unwrap();
    let folder = Folder::new();
    std::fs::create_dir_all(&folder.0).unwrap();
    let (file, keys) = (folder.0.join("backup.db"), folder.0.join("keys.db"));
    Store::backup(&world.place, &file).await.unwrap();
    Store::backup_keys(&world.place, &world.place, &keys).await.unwrap();
    newer.close().await;

    let mut places = vec![Place::Sqlite { dir: folder.0.join("restored") }];
    if let Some(server) = test_postgres::server() {
        places.push(Place::Postgres { url: server.create_database().await });
    }
    for place in places {
        Store::restore_keys(&keys, &place, &place, Some(&file)).await.unwrap();
        assert_eq!(Store::restore(&file, &place, &place, at(9)).await, Err(NEWER_TURNS), "{place:?}");
        if let (Place::Postgres { url }, Some(server)) = (&place, test_postgres::server()) {
            // Nothing was brought back, or made.
            let opened = Store::open_there(&place, &place, &world.documents()).await;
            assert_eq!(opened.map(drop).map_err(|error| error.code()), Err("store_no_database"));
            server.drop_database(url).await;
        }
    }
}
