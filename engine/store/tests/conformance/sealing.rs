//! What belongs to a case is sealed with a key of its own, and can be erased for good: from every file, and from every copy
//! that is brought back.

use std::path::{Path, PathBuf};

use fachwerk_core::{
    event::{Direction, Event},
    projection::Subject,
    words::CaseId,
};
use fachwerk_store::{
    AnyTurn, Appended, Arrival, CaseQuery, DATABASE_FILE, Entry, KeysAt, Moment, Obstacle, Piece, Place,
    Proven, Publishing, ROOTS_FOLDER, Store, StoreError, test_postgres,
};
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};
use uuid::Uuid;

use crate::{
    builders::{
        Course, at, case_id, document, entered, listing, musterstadt, note, object, rich_course, started,
        task,
    },
    opening::futures_of,
    world::{Folder, World},
};

/// Who is not to be found. The first two words stand in the listing, the third only in the application.
const NAME: &str = "Wilhelmine Krautwurst";
const SECRET: &str = "Zwiebelmarktgasse";

pub fn erased() -> Event {
    Event::CaseErased {
        by: "root".into(),
        asked_by: "ada".into(),
        reason: "Aufbewahrung abgelaufen".into(),
        exception: None,
        alone: None,
    }
}

/// A case with the name in everything that it can stand in: application, listing, task, snapshot, document, message.
pub async fn full_case(world: &World, number: u128) -> Course {
    let mut course = Course::new(number);
    let columns = json!({ "city": SECRET.to_lowercase() + "-list" });
    let data = json!({ "subject": format!("{NAME} {number}"), "home": SECRET, "columns": columns });
    let begun = course.turn(vec![started("bonfire", data)]);
    let letter = format!("Sehr geehrte Frau {NAME}, {SECRET} {number}").into_bytes();
    let hash = world.store.put_document(&musterstadt(), course.id(), letter, None, at(1)).await.unwrap();
    let mut added = document(1, Direction::Incoming);
    if let Event::DocumentAdded { document } = &mut added {
        document.content.hash = hash.to_string().into();
    }
    let turns = vec![
        begun,
        course.turn(vec![entered(1, "check"), task(1, "clerk", None, &[])]),
        course.turn_with_snapshot(vec![note(1, &format!("{NAME} rief an, {SECRET}")), added]),
    ];
    world.committed(turns).await;
    let arrival = Arrival {
        message_id: Uuid::from_u128(9_000 + number),
        subject: Subject::Message("papers".into()),
        key: format!("key-{number}"),
        payload: object(json!({ "from": format!("{NAME}, {SECRET}") })),
        at: at(5),
        starts: None,
    };
    let publishing = Publishing { arrival, start: Some((course.id(), "bonfire".into())), sender: None };
    world.store.publish(&musterstadt(), &publishing).await.unwrap();
    course
}

/// Every file below a folder that holds one of these texts.
fn holding(folder: &Path, texts: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(holding(&path, texts));
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        for text in texts {
            if bytes.windows(text.len()).any(|window| window.eq_ignore_ascii_case(text.as_bytes())) {
                found.push(format!("{}: {text}", path.file_name().unwrap().display()));
            }
        }
    }
    found.sort();
    found
}

/// Every table that holds one of these texts, as a text or as bytes.
async fn holding_tables(url: &str, texts: &[&str]) -> Vec<String> {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let tables = "select table_schema || '.' || table_name as name from information_schema.tables \
                  where table_schema in ('public', 'fachwerk_keys') order by 1";
    let tables = sqlx::query(tables).fetch_all(&mut connection).await.unwrap();
    let mut found = Vec::new();
    for table in tables {
        let table: String = table.get("name");
        for text in texts {
            let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
            let sql = format!(
                "select count(*) from {table} t where t::text ilike '%{text}%' or t::text ilike '%{hex}%'"
            );
            let count: i64 = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut connection).await.unwrap();
            if count > 0 {
                found.push(format!("{table}: {text}"));
            }
        }
    }
    connection.close().await.unwrap();
    found
}

async fn found(world: &World, texts: &[&str]) -> Vec<String> {
    let mut found = match &world.place {
        Place::Sqlite { dir } => holding(dir, texts),
        Place::Postgres { url } => holding_tables(url, texts).await,
    };
    found.extend(world.depot.iter().flat_map(|depot| holding(&depot.0, texts)));
    found
}

pub async fn check_sound(store: &Store) {
    let report = store.verify(&musterstadt(), listing).await.unwrap();
    assert!(report.is_clean(), "{report:#?}");
}

pub async fn what_a_case_holds_is_sealed(world: &World) {
    full_case(world, 1).await;
    // The search has teeth: what cases are found by lies in clear.
    let listed = found(world, &["krautwurst"]).await;
    assert!(!listed.is_empty());
    assert!(
        listed.iter().all(|found| found.contains("case_words") || found.contains(DATABASE_FILE)),
        "{listed:?}"
    );
    assert_eq!(found(world, &[&format!("{SECRET} 1"), "rief an", "geehrte"]).await, Vec::<String>::new());
    check_sound(&world.store).await;
}

pub async fn an_erased_case_is_found_nowhere(world: &World) {
    let mut course = full_case(world, 1).await;
    assert_eq!(world.outside().len(), usize::from(world.depot.is_some()));
    // Others stay, and their rows lie beside those that go.
    for number in 2..=30 {
        let mut other = Course::new(number);
        world.committed(vec![other.begin(&format!("Anna {number}"))]).await;
    }
    let rich = rich_course(&mut Course::new(40), 40);
    world.committed(rich).await;
    let signed = world.store.sign_days(&musterstadt(), at(86_400 * 400)).await.unwrap();
    assert!(!signed.is_empty());
    let appended = world.append(vec![course.turn(vec![erased()])]).await;
    assert!(matches!(appended[..], [Appended::Committed { .. }]), "{appended:?}");

    let words = ["wilhelmine", "krautwurst", SECRET, "rief an", "geehrte"];
    let copies = Folder::new();
    std::fs::create_dir_all(&copies.0).unwrap();
    Store::backup(&world.place, &copies.0.join("backup.db")).await.unwrap();
    Store::backup_keys(&world.place, &world.place, &copies.0.join("keys.db")).await.unwrap();
    assert_eq!(found(world, &words).await, Vec::<String>::new());
    assert_eq!(world.outside(), Vec::<String>::new());
    assert_eq!(holding(&copies.0, &words), Vec::<String>::new());
    check_sound(&world.store).await;

    let certificate = world.store.erasure(&musterstadt(), course.id()).await.unwrap().unwrap();
    assert!(certificate.done && certificate.is_signed(), "{certificate:?}");
    let said = &certificate.certificate;
    assert_eq!((said.turns, said.documents, said.keys.len()), (3, 1, 2));
    assert_eq!(&*said.reason, "Aufbewahrung abgelaufen");
    let page = world.store.erasures(&musterstadt(), &Piece::default()).await.unwrap();
    assert_eq!(page.items, [certificate]);
    world.store.rebuild(&musterstadt(), listing).await.unwrap();
    check_sound(&world.store).await;
    assert_eq!(found(world, &words).await, Vec::<String>::new());
}

/// A connector may answer, and an upload may end, when the case is gone, or just as it goes.
pub async fn nothing_comes_into_a_case_that_is_erased(world: &World) {
    let tenant = musterstadt();
    let put = |case, text: String| {
        let (store, tenant) = (world.store.clone(), tenant.clone());
        async move { store.put_document(&tenant, case, text.into_bytes(), None, at(1)).await }
    };
    for number in 1..=40 {
        let mut course = full_case(world, number).await;
        let (erases, late) = (course.turn(vec![erased()]), put(course.id(), format!("late {number}")));
        let late = tokio::spawn(late);
        if number % 2 == 0 {
            tokio::task::yield_now().await;
        }
        world.committed(vec![erases]).await;
        match late.await.unwrap() {
            Ok(_) => {}
            Err(error) => assert_eq!(error, StoreError::Erased { case: course.id(), at: at(3) }),
        }
        let later = put(course.id(), format!("later {number}")).await;
        assert_eq!(later.err(), Some(StoreError::Erased { case: course.id(), at: at(3) }));
    }
    for table in ["blobs", "blob_uses"] {
        assert_eq!(world.rows(table, &tenant).await, 0, "{table}");
    }
    assert_eq!(world.store.kept_bytes(&tenant).await.unwrap(), 0);
    check_sound(&world.store).await;
}

/// Whoever finds that a case is erased needs no second connection to say so: all of them may be in use by others who do.
pub async fn many_ask_for_an_erased_case_at_once(world: &World) {
    let mut course = full_case(world, 1).await;
    world.committed(vec![course.turn(vec![erased()])]).await;
    let asked = futures_of(64, || {
        let store = world.store.clone();
        async move { store.load(&musterstadt(), case_id(1)).await.err() }
    });
    let gone = StoreError::Erased { case: case_id(1), at: at(3) };
    assert!(asked.await.into_iter().all(|told| told.as_ref() == Some(&gone)));
}

pub async fn an_erased_case_reads_erased(world: &World) {
    let store = &world.store;
    let tenant = musterstadt();
    let mut course = full_case(world, 1).await;
    let before = course.fork();
    world.committed(vec![course.turn(vec![erased()])]).await;
    let gone = |answer: Result<String, StoreError>| match answer {
        Err(StoreError::Erased { case, at: when }) => assert_eq!((case, when), (course.id(), at(3))),
        other => panic!("{other:?}"),
    };
    let told = |found: Result<_, StoreError>| found.map(|found| format!("{found:?}"));
    gone(told(store.load(&tenant, course.id()).await));
    gone(told(store.load_at(&tenant, course.id(), Moment::Version(1)).await));
    gone(told(store.load_at(&tenant, course.id(), Moment::At(at(1))).await));
    gone(store.turns(&tenant, course.id(), 0, 10).await.map(|found| format!("{found:?}")));
    assert_eq!(store.case_row(&tenant, course.id()).await.unwrap(), None);
    let found = store.cases(&tenant, &CaseQuery::default()).await.unwrap();
    assert_eq!(found.items, []);
    // The turn that erased it stays, in clear; the others are only known to have been there.
    let turns = store.events_after(&tenant, 0, 10).await.unwrap();
    let kinds: Vec<&str> = turns
        .iter()
        .map(|stored| match &stored.turn {
            AnyTurn::Erased(turn) if turn.case == course.id() => "erased",
            AnyTurn::Case(turn) if turn.erases() => "erases",
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(kinds, ["erased", "erased", "erased", "erases"]);
    // Nothing comes after it, whoever still had the case at hand.
    let mut late = before.fork();
    assert_eq!(world.append(vec![late.turn(vec![note(9, "x")])]).await, [Appended::Conflict]);
    let mut behind = course.fork();
    assert_eq!(world.append(vec![behind.turn(vec![note(9, "x")])]).await, [Appended::Conflict]);
}

pub async fn a_document_goes_with_the_last_case_that_holds_it(world: &World) {
    let (store, tenant) = (&world.store, musterstadt());
    let (mut one, mut two) = (Course::new(1), Course::new(2));
    world.committed(vec![one.begin("a"), two.begin("b")]).await;
    let both = store.put_document(&tenant, one.id(), b"both".to_vec(), None, at(1)).await.unwrap();
    assert_eq!(store.put_document(&tenant, two.id(), b"both".to_vec(), None, at(1)).await.unwrap(), both);
    let public = store.put_document(&tenant, one.id(), b"a form".to_vec(), None, at(1)).await.unwrap();
    assert_eq!(store.put_blob(&tenant, b"a form".to_vec()).await.unwrap(), public);
    // Moved: the receiving case holds it by its turn alone.
    let moved = store.put_document(&tenant, one.id(), b"moved".to_vec(), None, at(1)).await.unwrap();
    let mut added = document(1, Direction::Incoming);
    if let Event::DocumentAdded { document } = &mut added {
        document.content.hash = moved.to_string().into();
    }
    world.committed(vec![two.turn(vec![added])]).await;
    world.committed(vec![one.turn(vec![erased()])]).await;
    assert_eq!(store.blob(&tenant, &both).await.unwrap(), Some(b"both".to_vec()));
    assert_eq!(store.blob(&tenant, &moved).await.unwrap(), Some(b"moved".to_vec()));
    world.committed(vec![two.turn(vec![erased()])]).await;
    assert_eq!(store.blob(&tenant, &both).await.unwrap(), None);
    assert_eq!(store.blob(&tenant, &moved).await.unwrap(), None);
    assert_eq!(store.blob(&tenant, &public).await.unwrap(), Some(b"a form".to_vec()));
    check_sound(store).await;
}

pub async fn numbers_of_erased_cases_stay_drawn(world: &World) {
    let mut course = Course::new(1);
    let turns = vec![course.begin("a"), course.turn(vec![crate::builders::number("32.1", 1)])];
    world.committed(turns).await;
    world.committed(vec![course.turn(vec![erased()])]).await;
    world.store.rebuild(&musterstadt(), listing).await.unwrap();
    assert_eq!(world.store.counter(&musterstadt(), "32.1").await.unwrap(), 1);
    check_sound(&world.store).await;
}

/// Where a backup can be brought back to, with its keys beside it.
pub async fn places(folder: &Folder) -> Vec<Place> {
    let mut places = vec![Place::Sqlite { dir: folder.0.join("restored") }];
    if let Some(server) = test_postgres::server() {
        places.push(Place::Postgres { url: server.create_database().await });
    }
    places
}

pub async fn leave(place: &Place) {
    if let (Place::Postgres { url }, Some(server)) = (place, test_postgres::server()) {
        server.drop_database(url).await;
    }
}

pub async fn an_older_copy_brings_nothing_back(world: &World) {
    let folder = Folder::new();
    std::fs::create_dir_all(&folder.0).unwrap();
    let (data, old_keys, new_keys) =
        (folder.0.join("data.db"), folder.0.join("old-keys.db"), folder.0.join("new-keys.db"));
    let mut course = full_case(world, 1).await;
    let mut other = Course::new(2);
    world.committed(vec![other.begin("Bernd Beispiel")]).await;
    Store::backup(&world.place, &data).await.unwrap();
    Store::backup_keys(&world.place, &world.place, &old_keys).await.unwrap();
    // Not even in the backup of before: it is sealed, and what lies in clear is left out.
    assert_eq!(holding(&folder.0, &["krautwurst", SECRET]), Vec::<String>::new());
    world.committed(vec![course.turn(vec![erased()])]).await;
    Store::backup_keys(&world.place, &world.place, &new_keys).await.unwrap();
    for place in places(&folder).await {
        // The data are older than the keys.
        let refused = Store::restore(&data, &place, &place, at(9)).await.unwrap_err();
        assert!(matches!(refused, StoreError::NotCopied { why: Obstacle::NoKeys, .. }), "{refused:?}");
        Store::restore_keys(&new_keys, &place, &place, Some(&data)).await.unwrap();
        let refused = Store::restore_keys(&old_keys, &place, &place, Some(&data)).await.unwrap_err();
        assert!(matches!(refused, StoreError::NotCopied { why: Obstacle::KeysThere, .. }), "{refused:?}");
        Store::restore(&data, &place, &place, at(9)).await.unwrap();
        let store = Store::open(&place).await.unwrap();
        let loaded = store.load(&musterstadt(), course.id()).await;
        assert!(matches!(loaded, Err(StoreError::Erased { .. })), "{loaded:?}");
        assert_eq!(store.load(&musterstadt(), other.id()).await.unwrap(), Some(other.case.clone()));
        let sought = CaseQuery {
            found: fachwerk_store::Found { text: Some("bernd".into()), ..Default::default() },
            ..CaseQuery::default()
        };
        assert_eq!(store.cases(&musterstadt(), &sought).await.unwrap().items.len(), 1, "found again");
        check_sound(&store).await;
        store.close().await;
        let left = World { store, place: place.clone(), depot: None };
        assert_eq!(found(&left, &["krautwurst", SECRET]).await, Vec::<String>::new());
        leave(&place).await;
    }
    // The keys are older than the data.
    let newer = folder.0.join("newer.db");
    Store::backup(&world.place, &newer).await.unwrap();
    for (number, place) in places(&folder).await.into_iter().enumerate() {
        let place = match place {
            Place::Sqlite { .. } => Place::Sqlite { dir: folder.0.join(format!("again-{number}")) },
            other => other,
        };
        Store::restore_keys(&old_keys, &place, &place, Some(&newer)).await.unwrap();
        Store::restore(&newer, &place, &place, at(9)).await.unwrap();
        let store = Store::open(&place).await.unwrap();
        let erasure = store.erasure(&musterstadt(), course.id()).await.unwrap().unwrap();
        assert!(erasure.done);
        check_sound(&store).await;
        store.close().await;
        leave(&place).await;
    }
}

/// One key of many is missing: what was sealed with it is lost, everything else goes on.
pub async fn keys_that_are_missing_are_named(world: &World) {
    let course = full_case(world, 1).await;
    let bytes = || b"%PDF-1.7 a letter".to_vec();
    world.store.put_document(&musterstadt(), course.id(), bytes(), None, at(5)).await.unwrap();
    world.store.close().await;
    // Whoever opens draws from a reserve of its own.
    let store = world.again().await;
    let mut other = Course::new(2);
    store.append(&musterstadt(), vec![other.begin("b")]).await.unwrap();
    store.close().await;
    let slot = world.bodies(&course.id()).await[0][1..9].try_into().unwrap();
    let reserve = u64::from_be_bytes(slot) / 512;
    let keys = if world.is_postgres() { "fachwerk_keys.reserves" } else { "reserves" };
    world.tamper_keys(&format!("delete from {keys} where reserve = {reserve}")).await;
    let will_do = KeysAt { place: world.place.clone(), older: true };
    let store = Store::open_at(&world.place, will_do, &world.documents()).await.unwrap();
    let loaded = store.load(&musterstadt(), course.id()).await;
    assert!(matches!(loaded, Err(StoreError::KeyMissing { .. })), "{loaded:?}");
    assert_eq!(store.load(&musterstadt(), other.id()).await.unwrap(), Some(other.case.clone()));
    // A document that cannot be opened is not taken for kept.
    let kept = store.put_document(&musterstadt(), other.id(), bytes(), None, at(6)).await;
    assert!(matches!(kept, Err(StoreError::KeyMissing { .. })), "{kept:?}");
    // Nothing is written over what cannot be read, and the others go on.
    let mut lost = course.fork();
    let appended = store.append(&musterstadt(), vec![lost.turn(vec![note(9, "x")])]).await.unwrap();
    assert_eq!(appended, [Appended::Conflict]);
    let mut next = Course::new(7);
    let appended = store.append(&musterstadt(), vec![next.begin("a")]).await.unwrap();
    assert!(matches!(appended[..], [Appended::Committed { .. }]));
    assert!(!store.verify(&musterstadt(), listing).await.unwrap().is_clean());
    store.close().await;
}

pub async fn a_reserve_is_on_the_disk_before_it_is_used(world: &World) {
    // More cases than a reserve has keys, by two who are open one after the other; nobody shares a key.
    let mut kept: Vec<(CaseId, fachwerk_core::case::Case)> = Vec::new();
    let mut store = world.store.clone();
    for round in 0..3_u128 {
        let mut batch: Vec<Entry> = Vec::new();
        for number in 0..300_u128 {
            let mut course = Course::new(round * 1_000 + number + 1);
            batch.push(course.begin("a"));
            kept.push((course.id(), course.case));
        }
        let appended = store.append(&musterstadt(), batch).await.unwrap();
        assert!(appended.iter().all(|one| matches!(one, Appended::Committed { .. })));
        store.close().await;
        store = Store::open(&world.place).await.unwrap();
    }
    for (id, case) in kept {
        assert_eq!(store.load(&musterstadt(), id).await.unwrap(), Some(case));
    }
    store.close().await;
}

pub async fn days_are_signed(world: &World) {
    let (store, tenant) = (&world.store, musterstadt());
    let mut course = Course::new(1);
    let day = 86_400;
    assert_eq!(store.sign_days(&tenant, at(0)).await.unwrap(), []);
    let begun = course.begin("a");
    world.committed(vec![begun]).await;
    assert_eq!(store.sign_days(&tenant, at(10)).await.unwrap(), [], "the day is not over");
    let turns = [3 * day, 3 * day + 5, 4 * day].map(|second| course.turn_at(at(second), vec![note(1, "x")]));
    world.committed(turns.into()).await;
    let signed = store.sign_days(&tenant, at(4 * day + 10)).await.unwrap();
    let spans: Vec<(u64, u64)> = signed.iter().map(|root| (root.root.first, root.root.last)).collect();
    assert_eq!(spans, [(1, 1), (2, 3)]);
    assert_eq!(store.sign_days(&tenant, at(4 * day + 20)).await.unwrap(), []);
    // A clock that went back opens no day again that is signed.
    let mut other = Course::new(2);
    let early = other.turn_at(at(3 * day), vec![started("bonfire", json!({}))]);
    world.committed(vec![early]).await;
    let signed = store.sign_days(&tenant, at(9 * day)).await.unwrap();
    let spans: Vec<(u64, u64)> = signed.iter().map(|root| (root.root.first, root.root.last)).collect();
    assert_eq!(spans, [(4, 5)]);
    check_sound(store).await;
    let all = store.roots(&tenant, None, 10).await.unwrap();
    assert_eq!(all.len(), 3);
    assert_eq!(store.roots(&tenant, Some(all[1].root.day), 10).await.unwrap(), all[2..]);
    if let Place::Sqlite { dir } = &world.place {
        let folder = dir.join(ROOTS_FOLDER).join(tenant.as_str());
        for root in &all {
            let file = folder.join(format!("{}.json", root.root.day));
            assert_eq!(std::fs::read(file).unwrap(), root.to_bytes().unwrap());
        }
    }
}

/// What is done to a database behind its back, and by which words it is found without any key.
const DAMAGES: &[(&str, &str)] = &[
    ("update journal set case_id = 'CASE9' where position = 2", "is missing"),
    ("update journal set version = 7 where position = 2", "is missing"),
    ("update journal set position = 70 where position = 2", "lacks the turn after position 1"),
    ("update journal set command_id = 'x' where position = 2", "Turn 2 does not follow"),
    ("update journal set actor = 'person:bert' where position = 2", "Turn 2 does not follow"),
    ("update journal set at = at + 1 where position = 2", "Turn 2 does not follow"),
    ("update journal set release = 'r2' where position = 2", "Turn 2 does not follow"),
    (
        "update journal set body = (select j.body from journal j where j.position = 1) where position = 2",
        "Turn 2 was changed",
    ),
    ("update journal set body_hash = hash where position = 2", "Turn 2 was changed"),
    ("update journal set hash = body_hash where position = 2", "Turn 2 does not follow"),
    ("delete from journal where position = 2", "lacks the turn after position 1"),
    ("update tenants set position = 9", "recorded as 9"),
    ("update roots set last = 9, day = '2026-01-09' where last = 1", "it was changed after it was signed"),
    (
        "update roots set body = cast(replace(cast(body as TEXT), '\"last\":1', '\"last\":2') as BYTES) where last = 1",
        "it was changed after it was signed",
    ),
    ("delete from roots where last = 1", "it does not follow the root before"),
];

/// A small database: one case, two days, both signed.
async fn two_days(world: &World) {
    let mut course = Course::new(1);
    let begun = course.begin("a");
    let later = course.turn_at(at(86_400 * 3), vec![note(1, "x")]);
    let last = course.turn_at(at(86_400 * 3 + 1), vec![note(2, "x")]);
    world.committed(vec![begun, later, last]).await;
    assert_eq!(world.store.sign_days(&musterstadt(), at(86_400 * 9)).await.unwrap().len(), 2);
}

pub async fn every_change_is_found_without_a_key(world: &World) {
    two_days(world).await;
    let key = world.store.public_key().await.unwrap();
    let folder = Folder::new();
    std::fs::create_dir_all(&folder.0).unwrap();
    let file = folder.0.join("backup.db");
    Store::backup(&world.place, &file).await.unwrap();
    let copies = folder.0.join("roots");
    for root in world.store.roots(&musterstadt(), None, 10).await.unwrap() {
        let dir = copies.join("musterstadt");
        std::fs::create_dir_all(&dir).unwrap();
        std::fs::write(dir.join(format!("{}.json", root.root.day)), root.to_bytes().unwrap()).unwrap();
    }
    let prove = async |file: PathBuf, key: String| {
        let proven = Store::prove(Proven::File(&file), Some(&copies), Some(&key)).await.unwrap();
        let report = proven[&musterstadt()].clone();
        report.findings.iter().map(|finding| finding.text().en.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(prove(file.clone(), key.clone()).await, Vec::<String>::new());
    let other = "00".repeat(32);
    assert!(prove(file.clone(), other).await.iter().all(|found| found.contains("another key")));
    for (number, (sql, words)) in DAMAGES.iter().enumerate() {
        let damaged = folder.0.join(format!("damaged-{number}.db"));
        std::fs::copy(&file, &damaged).unwrap();
        let sql =
            sql.replace("CASE9", &case_id(9).to_string()).replace("TEXT", "text").replace("BYTES", "blob");
        crate::world::tamper_file(&damaged, &sql).await;
        let found = prove(damaged, key.clone()).await;
        assert!(found.iter().any(|found| found.contains(words)), "{sql}: {found:#?}");
    }
    // Whoever computes the chain anew is told on by the root of the day.
    let proven = Store::prove(Proven::Place(&world.place), None, Some(&key)).await.unwrap();
    assert!(proven[&musterstadt()].is_clean());
}

/// What has no bytes any more was erased, or somebody hides it: without any key a certificate tells the two apart.
pub async fn an_erasure_is_proven_without_a_key(world: &World) {
    let (mut one, mut two) = (Course::new(1), Course::new(2));
    let turns =
        vec![one.begin("a"), one.turn(vec![note(1, "x")]), two.begin("b"), two.turn(vec![note(1, "y")])];
    world.committed(turns).await;
    let folder = Folder::new();
    std::fs::create_dir_all(&folder.0).unwrap();
    let (before, file) = (folder.0.join("before.db"), folder.0.join("backup.db"));
    Store::backup(&world.place, &before).await.unwrap();
    world.committed(vec![one.turn(vec![erased()])]).await;
    Store::backup(&world.place, &file).await.unwrap();
    let key = world.store.public_key().await.unwrap();
    let prove = async |file: PathBuf, key: &str| {
        let proven = Store::prove(Proven::File(&file), None, Some(key)).await.unwrap();
        let report = proven[&musterstadt()].clone();
        let findings =
            report.findings.iter().map(|finding| json!(finding)["code"].as_str().unwrap().to_owned());
        (report.erased, findings.collect::<Vec<_>>())
    };
    let clean = Vec::<String>::new();
    assert_eq!(prove(file.clone(), &key).await, (1, clean.clone()));
    assert_eq!(prove(file.clone(), &"00".repeat(32)).await, (1, vec!["changed_certificate".into()]));
    let beside = Store::prove(Proven::Place(&world.place), None, Some(&key)).await.unwrap();
    assert!(beside[&musterstadt()].is_clean() && beside[&musterstadt()].erased == 1);
    // An older copy that was erased again ends earlier, and that is good.
    let older = Place::Sqlite { dir: folder.0.join("older") };
    Store::restore(&before, &older, &world.place, at(9)).await.unwrap();
    let again = Store::prove(Proven::Place(&older), None, Some(&key)).await.unwrap();
    assert!(again[&musterstadt()].is_clean() && again[&musterstadt()].erased == 1, "{again:#?}");
    let hide = "update journal set body = x'' where case_id = 'TWO'";
    let copied = "insert into erasures select tenant, 'TWO', at, done, body from erasures";
    let other = "update erasures set body = cast(replace(cast(body as text), 'ONE', 'TWO') as blob) where case_id = 'TWO'";
    let damages = [
        ("delete from erasures".to_owned(), "not_erased"),
        (hide.to_owned(), "not_erased"),
        (format!("{hide}; {copied}"), "changed_certificate"),
        (format!("{hide}; {copied}; {other}"), "changed_certificate"),
        // The certificate names the end of the chain: what was erased cannot be told anew.
        ("update erasures set body = cast(replace(cast(body as text), '\"turns\":2', '\"turns\":1') as blob)".to_owned(), "changed_certificate"),
    ];
    for (number, (sql, code)) in damages.iter().enumerate() {
        let damaged = folder.0.join(format!("damaged-{number}.db"));
        std::fs::copy(&file, &damaged).unwrap();
        let sql = sql.replace("ONE", &one.id().to_string()).replace("TWO", &two.id().to_string());
        crate::world::tamper_file(&damaged, &sql).await;
        let (_, found) = prove(damaged, &key).await;
        assert!(found.contains(&(*code).to_owned()), "{sql}: {found:?}");
    }
}

pub async fn a_document_that_is_gone_is_named(world: &World) {
    full_case(world, 1).await;
    let tenant = musterstadt();
    check_sound(&world.store).await;
    for damage in [
        "create table kept as select * from blob_uses; delete from blob_uses",
        "insert into blob_uses select * from kept; drop table kept; create table kept as select * from blobs; \
         delete from blobs; delete from blob_totals",
    ] {
        world.tamper(damage).await;
        let report = world.store.verify(&tenant, listing).await.unwrap();
        let codes: Vec<_> = report.findings.iter().map(|finding| json!(finding)["code"].clone()).collect();
        assert_eq!(codes, [json!("missing_blob")], "{damage}: {report:#?}");
    }
}

pub async fn what_is_wrong_with_keys_and_certificates_is_named(world: &World) {
    let mut course = full_case(world, 1).await;
    full_case(world, 2).await;
    world.committed(vec![course.turn(vec![erased()])]).await;
    let keys = if world.is_postgres() { "fachwerk_keys." } else { "" };
    let damages = [
        (true, format!("create table {keys}kept as select * from {keys}ledger; delete from {keys}ledger"),
         format!("insert into {keys}ledger select * from {keys}kept; drop table {keys}kept"), "changed_ledger"),
        (false, "create table kept as select * from erasures; \
                 update erasures set body = cast(replace(cast(body as TEXT), 'Aufbewahrung', 'Verwahrung__') as BYTES)".into(),
         "update erasures set body = (select body from kept); drop table kept".into(), "changed_certificate"),
        (true, format!("create table {keys}kept as select * from {keys}signers; update {keys}signers set seed = 'SEED'"),
         format!("update {keys}signers set seed = (select seed from {keys}kept); drop table {keys}kept"), "changed_certificate"),
        (false, "update erasures set done = 0".into(), "update erasures set done = 1".into(), "erasure_unfinished"),
        (false, "create table kept as select * from erasures; delete from erasures".into(),
         "insert into erasures select * from kept; drop table kept".into(), "not_erased"),
    ];
    for (of_keys, damage, repair, code) in damages {
        let sql = |sql: &str| {
            let (text, bytes, seed) = if world.is_postgres() {
                ("convert_from(body, 'UTF8')", "convert_to(", format!("'\\x{}'", "07".repeat(32)))
            } else {
                ("cast(body as text)", "cast(", format!("x'{}'", "07".repeat(32)))
            };
            let sql = sql.replace("cast(body as TEXT)", text).replace("'SEED'", &seed);
            if world.is_postgres() {
                sql.replace("cast(replace(", &format!("{bytes}replace(")).replace(" as BYTES)", ", 'UTF8')")
            } else {
                sql.replace("BYTES", "blob")
            }
        };
        if of_keys {
            world.tamper_keys(&sql(&damage)).await;
        } else {
            world.tamper(&sql(&damage)).await;
        }
        let report = world.store.verify(&musterstadt(), listing).await.unwrap();
        let codes: Vec<_> = report.findings.iter().map(|finding| json!(finding)["code"].clone()).collect();
        assert!(codes.contains(&json!(code)), "{damage}: {report:#?}");
        if of_keys {
            world.tamper_keys(&sql(&repair)).await;
        } else {
            world.tamper(&sql(&repair)).await;
        }
        check_sound(&world.store).await;
    }
    // Other keys: nothing that was sealed can be opened, and each case says so.
    world.store.close().await;
    world
        .tamper_keys(if world.is_postgres() {
            "update fachwerk_keys.reserves set keys = decode(repeat('07', 16384), 'hex')"
        } else {
            "update reserves set keys = randomblob(16384)"
        })
        .await;
    let store = Store::open(&world.place).await.unwrap();
    let report = store.verify(&musterstadt(), listing).await.unwrap();
    store.close().await;
    let codes: Vec<_> = report.findings.iter().map(|finding| json!(finding)["code"].clone()).collect();
    assert!(
        codes.contains(&json!("unreadable_turn")) && codes.contains(&json!("changed_blob")),
        "{report:#?}"
    );
    assert!(codes.contains(&json!("key_not_erased")), "{report:#?}");
}
