//! The keys of another database, or none: noticed before anything is done with them.

use std::path::PathBuf;

use fachwerk_core::{authority::AuthorityTurn, facts::Actor, projection::Subject, words::CaseId};
use fachwerk_store::{
    Arrival, Brought, CaseQuery, DATABASE_FILE, InboxQuery, KeysAt, Obstacle, Piece, Place, Proven,
    Published, Publishing, Store, StoreError, test_postgres,
};
use serde_json::json;
use uuid::Uuid;

use crate::{
    builders::{Course, at, beispielburg, entered, listing, musterstadt, note, object, task},
    sealing::{check_sound, erased, full_case, leave, places},
    world::{Folder, World},
};

/// A place for keys that are not there yet, on the back end of the world.
async fn elsewhere(world: &World, folder: &Folder) -> Place {
    match (world.is_postgres(), test_postgres::server()) {
        (true, Some(server)) => Place::Postgres { url: server.create_database().await },
        _ => Place::Sqlite { dir: folder.0.join("keys") },
    }
}

/// What is at the place of the keys.
#[derive(Clone, Copy, Debug)]
enum Held {
    Own,
    Nothing,
    /// Made by whoever opened something in which nothing was sealed.
    Unused,
    Foreign,
    /// Of this database, from before its newest case began.
    Older,
}

pub async fn only_its_own_keys_open_a_database(world: &World) {
    let folder = Folder::new();
    std::fs::create_dir_all(&folder.0).unwrap();
    let tests = Opening { world, folder: &folder, older: folder.0.join("older.db") };
    let any = [(Held::Own, None), (Held::Nothing, None), (Held::Unused, None), (Held::Foreign, None)];
    let own = [
        (Held::Own, None),
        (Held::Nothing, Some("store_keys_missing")),
        (Held::Unused, Some("store_other_keys")),
        (Held::Foreign, Some("store_other_keys")),
    ];
    // No authority is there: keys that something was sealed with belong to another database.
    tests.check(&any[..3]).await;
    tests.check(&[(Held::Foreign, Some("store_other_keys"))]).await;
    // Nothing is sealed yet.
    world.store.append_authority(&first_turn()).await.unwrap();
    tests.check(&any).await;
    publish(&world.store, 1).await;
    tests.check(&own).await;
    world.tamper("delete from kept_messages; update tenants set key_slot = null").await;
    let mut course = full_case(world, 1).await;
    Store::backup_keys(&world.place, &world.place, &tests.older).await.unwrap();
    tests.check(&own).await;
    // Keys are made before they are used: the copy has those of later cases, though not those of another process.
    let mut next = Course::new(2);
    world.committed(vec![next.begin("b")]).await;
    tests.check(&[(Held::Older, None)]).await;
    tests.check(&own).await;
    // What is damaged says nothing about the keys.
    world.tamper(&damage(world, next.id())).await;
    tests.check(&[(Held::Own, None), (Held::Older, None), (Held::Foreign, Some("store_other_keys"))]).await;
    // What was erased needs no keys any more.
    world.committed(vec![course.turn(vec![erased()])]).await;
    world.tamper(&format!("delete from journal where case_id = '{}'", next.id())).await;
    tests.check(&any).await;
}

/// That of the authority itself.
fn first_turn() -> AuthorityTurn {
    AuthorityTurn {
        tenant: musterstadt(),
        version: 1,
        command_id: Uuid::from_u128(1),
        actor: Actor::Engine,
        now: at(0),
        events: vec![],
    }
}

/// A message that no case waits for yet.
async fn publish(store: &Store, number: u128) {
    let arrival = Arrival {
        message_id: Uuid::from_u128(number),
        subject: Subject::Message("papers".into()),
        key: "anna".into(),
        payload: object(json!({ "from": "Anna" })),
        at: at(5),
        starts: None,
    };
    let publishing = Publishing { arrival, start: None, sender: None };
    assert_eq!(store.publish(&musterstadt(), &publishing).await.unwrap(), Published::Kept);
}

/// The numbers of those.
async fn kept(store: &Store) -> Vec<u128> {
    let kept = store.kept_messages(&musterstadt(), &Piece::default()).await.unwrap();
    kept.items.into_iter().map(|arrival| arrival.message_id.as_u128()).collect()
}

/// The first turn of a case says that another key sealed it.
fn damage(world: &World, case: CaseId) -> String {
    let body = if world.is_postgres() {
        "set_byte(body, 5, 255 - get_byte(body, 5))"
    } else {
        "cast(x'020102030405060708' || substr(body, 10) as blob)"
    };
    format!("update journal set body = {body} where case_id = '{case}'")
}

/// Databases that are opened with keys of all kinds.
struct Opening<'a> {
    world: &'a World,
    folder: &'a Folder,
    older: PathBuf,
}

impl Opening<'_> {
    /// A copy of the database, opened with keys like these: the code of what is said. Whoever copies keys is told the same.
    async fn check(&self, expected: &[(Held, Option<&str>)]) {
        let (backup, dir, copied) =
            (self.folder.0.join("data.db"), self.folder.0.join("opened"), self.folder.0.join("copied.db"));
        let _ = std::fs::remove_file(&backup);
        Store::backup(&self.world.place, &backup).await.unwrap();
        for (held, code) in expected {
            std::fs::create_dir_all(&dir).unwrap();
            std::fs::copy(&backup, dir.join(DATABASE_FILE)).unwrap();
            let database = Place::Sqlite { dir: dir.clone() };
            let keys = self.keys(*held).await;
            let told = |error: StoreError| {
                assert!(error.text().en.contains("--keys-at"), "{}", error.text().en);
                error.code()
            };
            for _ in 0..2 {
                let store = Store::open_with(&database, &keys).await;
                if let Ok(store) = &store {
                    store.close().await;
                }
                assert_eq!(store.map(drop).map_err(told), code.map_or(Ok(()), Err), "{held:?}");
            }
            let saved = Store::backup_keys(&database, &keys, &copied).await;
            assert_eq!(saved.map_err(told), code.map_or(Ok(()), Err), "{held:?}");
            assert_eq!(copied.exists(), code.is_none(), "{held:?}");
            let _ = std::fs::remove_file(&copied);
            std::fs::remove_dir_all(&dir).unwrap();
            if !matches!(held, Held::Own) {
                let _ = std::fs::remove_dir_all(self.folder.0.join("keys"));
                leave(&keys).await;
            }
        }
    }

    async fn keys(&self, held: Held) -> Place {
        if matches!(held, Held::Own) {
            return self.world.place.clone();
        }
        let place = elsewhere(self.world, self.folder).await;
        match held {
            Held::Own | Held::Nothing => {}
            Held::Older => {
                Store::restore_keys(&self.older, &place, &place, None).await.unwrap();
            }
            Held::Unused => Store::open(&place).await.unwrap().close().await,
            Held::Foreign => {
                let other = Store::open(&place).await.unwrap();
                other.append(&musterstadt(), vec![Course::new(9).begin("z")]).await.unwrap();
                other.close().await;
            }
        }
        place
    }
}

/// Keys from before: nothing is opened with them by mistake; when somebody says so, all that they open is there. What was
/// made with them stays when newer ones are found.
pub async fn older_keys_will_do_when_that_is_said(world: &World) {
    let folder = Folder::new();
    std::fs::create_dir_all(&folder.0).unwrap();
    let [data, older, newer] = ["data.db", "older.db", "newer.db"].map(|name| folder.0.join(name));
    let mut known = full_case(world, 1).await;
    Store::backup_keys(&world.place, &world.place, &older).await.unwrap();
    world.store.close().await;
    // Whoever opens draws from reserves of its own.
    let store = world.again().await;
    let (mut small, mut new, mut gone) = (Course::of(&beispielburg(), 2), Course::new(3), Course::new(4));
    store.append(&beispielburg(), vec![small.begin("Anna")]).await.unwrap();
    let opens = vec![entered(1, "check"), task(1, "clerk", None, &[])];
    let begun = vec![new.begin("Berta"), new.turn(opens), gone.begin("Carla")];
    store.append(&musterstadt(), begun).await.unwrap();
    publish(&store, 1).await;
    Store::backup_keys(&world.place, &world.place, &newer).await.unwrap();
    // What was written last is all of an old case.
    let last = std::iter::once(gone.turn(vec![erased()]));
    let last = last.chain((10..20).map(|number| known.turn(vec![note(number, "x")])));
    store.append(&musterstadt(), last.collect()).await.unwrap();
    Store::backup(&world.place, &data).await.unwrap();
    store.close().await;
    for place in places(&folder).await {
        let refused = Store::restore_keys(&older, &place, &place, Some(&data)).await;
        let at_file = StoreError::OlderKeys { place: older.display().to_string(), authorities: 2, of: 2 };
        assert_eq!(refused, Err(at_file));
        let will_do = KeysAt { place: place.clone(), older: true };
        let brought = Store::restore_keys(&older, will_do.clone(), &place, Some(&data)).await;
        assert_eq!(brought, Ok(Brought { joined: None, lacking: 2 }));
        let refused = Store::restore(&data, &place, &place, at(9)).await;
        assert_eq!(refused.map_err(|error| error.code()), Err("store_older_keys"));
        let restored = Store::restore(&data, &place, will_do.clone(), at(9)).await.unwrap();
        assert_eq!((restored.tenants, restored.lacking), (2, 2));
        let refused = Store::open(&place).await;
        assert_eq!(refused.map(drop).map_err(|error| error.code()), Err("store_older_keys"));
        let again = Store::backup_keys(&place, &place, &folder.0.join("again.db")).await;
        assert_eq!(again.map_err(|error| error.code()), Err("store_older_keys"));

        let store = Store::open_with(&place, will_do.clone()).await.unwrap();
        assert_eq!(store.load(&musterstadt(), known.id()).await.unwrap(), Some(known.case.clone()));
        for lost in [&new, &small] {
            let loaded = store.load(&lost.case.tenant, lost.id()).await;
            assert!(matches!(loaded, Err(StoreError::KeyMissing { .. })), "{loaded:?}");
        }
        // What they do not open hides nothing in the lists.
        let tasks = store.inbox(&musterstadt(), &InboxQuery::default()).await.unwrap().items;
        assert_eq!(tasks.iter().map(|task| task.task.case).collect::<Vec<_>>(), [known.id()]);
        let cases = store.cases(&musterstadt(), &CaseQuery::default()).await.unwrap().items;
        assert_eq!(cases.iter().map(|case| case.case).collect::<Vec<_>>(), [known.id()]);
        // New messages need none of them.
        publish(&store, 2).await;
        assert_eq!(kept(&store).await, [2]);
        let (mut after, mut erasing) = (Course::new(5), known.fork());
        let begun = vec![after.begin("Dora"), erasing.turn(vec![erased()])];
        store.append(&musterstadt(), begun).await.unwrap();
        store.close().await;

        // The newer ones are found: both together open everything, except what was erased here or there.
        let brought = Store::restore_keys(&newer, &place, &place, None).await;
        assert_eq!(brought, Ok(Brought { joined: Some(1), lacking: 0 }));
        let store = Store::open(&place).await.unwrap();
        for course in [&new, &small, &after] {
            let loaded = store.load(&course.case.tenant, course.id()).await.unwrap();
            assert_eq!(loaded, Some(course.case.clone()));
        }
        for course in [&gone, &erasing] {
            let loaded = store.load(&musterstadt(), course.id()).await;
            assert!(matches!(loaded, Err(StoreError::Erased { .. })), "{loaded:?}");
        }
        assert_eq!(kept(&store).await, [1, 2]);
        store.rebuild(&musterstadt(), listing).await.unwrap();
        check_sound(&store).await;
        store.close().await;
        leave(&place).await;
    }
}

/// Whoever begins nothing makes nothing.
pub async fn who_begins_nothing_makes_nothing(world: &World) {
    let folder = Folder::new();
    let nowhere = elsewhere(world, &folder).await;
    let there = async |place: &Place, keys: &Place| {
        let store = Store::open_there(place, keys, &world.documents()).await;
        if let Ok(store) = &store {
            store.close().await;
        }
        store.map(drop).map_err(|error| error.code())
    };
    world.store.close().await;
    for _ in 0..2 {
        assert_eq!(there(&nowhere, &world.place).await, Err("store_no_database"));
        assert_eq!(there(&world.place, &nowhere).await, Err("store_keys_missing"));
        let proven = Store::prove(Proven::Place(&nowhere), None, None).await;
        assert_eq!(proven.map_err(|error| error.code()), Err("store_no_database"));
        assert!(!folder.0.exists());
    }
    assert_eq!(there(&world.place, &world.place).await, Ok(()));
    leave(&nowhere).await;
}

/// What is wrong is told before anything is written, so that the next try begins where the first did.
pub async fn a_restore_that_fails_leaves_no_keys(world: &World) {
    let folder = Folder::new();
    std::fs::create_dir_all(&folder.0).unwrap();
    let (data, keys) = (folder.0.join("data.db"), folder.0.join("keys.db"));
    let course = full_case(world, 1).await;
    Store::backup(&world.place, &data).await.unwrap();
    Store::backup_keys(&world.place, &world.place, &keys).await.unwrap();
    let foreign = Place::Sqlite { dir: folder.0.join("foreign") };
    let other = Store::open(&foreign).await.unwrap();
    other.append(&musterstadt(), vec![Course::new(9).begin("z")]).await.unwrap();
    other.close().await;
    let wrong = folder.0.join("wrong.db");
    Store::backup_keys(&foreign, &foreign, &wrong).await.unwrap();
    let mistyped = folder.0.join("mistyped.db");
    for place in places(&folder).await {
        // A server was started there once, before anybody thought of the backup.
        if matches!(place, Place::Postgres { .. }) {
            Store::open(&place).await.unwrap().close().await;
        }
        for (from, backup, wrong, why) in [
            (&wrong, &data, &wrong, Obstacle::OtherKeys),
            (&data, &data, &data, Obstacle::NoBackup),
            (&keys, &mistyped, &mistyped, Obstacle::NoFile),
            (&mistyped, &data, &mistyped, Obstacle::NoFile),
            (&keys, &keys, &keys, Obstacle::NoBackup),
        ] {
            let refused = Store::restore_keys(from, &place, &place, Some(backup)).await;
            let expected = StoreError::NotCopied { place: wrong.display().to_string(), why };
            assert_eq!(refused, Err(expected), "{from:?} {backup:?}");
        }
        Store::restore_keys(&keys, &place, &place, Some(&data)).await.unwrap();
        Store::restore(&data, &place, &place, at(9)).await.unwrap();
        let store = Store::open(&place).await.unwrap();
        assert_eq!(store.load(&musterstadt(), course.id()).await.unwrap(), Some(course.case.clone()));
        assert_eq!(store.public_key().await.unwrap(), world.store.public_key().await.unwrap());
        check_sound(&store).await;
        store.close().await;
        // Where data are, keys for others are not brought; nor where keys are.
        for backup in [Some(&*data), None] {
            let refused = Store::restore_keys(&keys, &place, &place, backup).await;
            assert_eq!(refused.map_err(|error| error.code()), Err("store_not_copied"), "{backup:?}");
        }
        leave(&place).await;
    }
}

/// The keys of a database are lost, and brought back; what signs stays when nothing else could be meant.
pub async fn lost_keys_are_brought_back(world: &World) {
    let folder = Folder::new();
    std::fs::create_dir_all(&folder.0).unwrap();
    let (keys, unused) = (folder.0.join("keys.db"), folder.0.join("unused.db"));
    let found = world.store.public_key().await.unwrap();
    Store::backup_keys(&world.place, &world.place, &unused).await.unwrap();
    let course = full_case(world, 1).await;
    Store::backup_keys(&world.place, &world.place, &keys).await.unwrap();
    let place = elsewhere(world, &folder).await;
    // Somebody made new ones there; nothing was sealed with them.
    Store::open(&place).await.unwrap().close().await;
    let refused = Store::restore_keys(&unused, &place, &world.place, None).await;
    let other = StoreError::NotCopied { place: unused.display().to_string(), why: Obstacle::OtherKeys };
    assert_eq!(refused, Err(other));
    Store::restore_keys(&keys, &place, &world.place, None).await.unwrap();
    world.store.close().await;
    let store = Store::open_at(&world.place, &place, &world.documents()).await.unwrap();
    assert_eq!(store.load(&musterstadt(), course.id()).await.unwrap(), Some(course.case.clone()));
    assert_eq!(store.public_key().await.unwrap(), found);
    check_sound(&store).await;
    store.close().await;
    leave(&place).await;
}

/// A trial with the keys of the work by mistake: neither hears of what the other one erases.
pub async fn an_empty_database_takes_no_ledger(world: &World) {
    let folder = Folder::new();
    let mut course = full_case(world, 1).await;
    world.committed(vec![course.turn(vec![erased()])]).await;
    world.store.close().await;
    let trial = Place::Sqlite { dir: folder.0.join("trial") };
    for _ in 0..2 {
        let opened = Store::open_with(&trial, &world.place).await;
        assert_eq!(opened.map(drop).map_err(|error| error.code()), Err("store_other_keys"));
        assert!(!folder.0.exists());
    }
    if world.is_postgres() {
        let trial = elsewhere(world, &folder).await;
        let opened = Store::open_with(&trial, &world.place).await;
        assert_eq!(opened.map(drop).map_err(|error| error.code()), Err("store_other_keys"));
        // With its own it opens, and knows of nothing.
        let store = Store::open(&trial).await.unwrap();
        assert_eq!(store.erasures(&musterstadt(), &Piece::default()).await.unwrap().items, []);
        store.close().await;
        leave(&trial).await;
    }
    world.again().await.close().await;
}

/// Another database of the keys has taken over, and lacks what was written last: what is sealed with it stays readable.
pub async fn keys_that_were_lost_are_written_again(world: &World) {
    let reserves = if world.is_postgres() { "fachwerk_keys.reserves" } else { "reserves" };
    let (mut erased_one, mut before) = (Course::new(1), Course::new(2));
    world.committed(vec![erased_one.begin("a"), before.begin("b")]).await;
    world.committed(vec![erased_one.turn(vec![erased()])]).await;
    // More than one reserve has keys for.
    let mut many: Vec<Course> = (100..700).map(Course::new).collect();
    world.committed(many.iter_mut().map(|course| course.begin("e")).collect()).await;
    world.tamper_keys(&format!("delete from {reserves}")).await;
    let mut after = Course::new(3);
    world.committed(vec![after.begin("c")]).await;
    world.store.finish_erasures().await.unwrap();
    let mut last = Course::new(4);
    world.committed(vec![last.begin("d")]).await;
    if world.is_postgres() {
        // Whoever ends well looks as well.
        world.tamper_keys(&format!("delete from {reserves}")).await;
    }
    world.store.close().await;
    let store = world.again().await;
    for course in [&before, &after, &last].into_iter().chain(many.first()).chain(many.last()) {
        assert_eq!(store.load(&musterstadt(), course.id()).await.unwrap(), Some(course.case.clone()));
    }
    // What was erased stays so.
    check_sound(&store).await;
    store.close().await;
}

/// Two copies of the same keys, one before and one after an erasure: the older data forget it, the newer copy knows it.
pub async fn an_erasure_that_only_a_copy_knows_is_taken_over(world: &World) {
    let folder = Folder::new();
    std::fs::create_dir_all(&folder.0).unwrap();
    let [data, older, newer] = ["data.db", "older.db", "newer.db"].map(|name| folder.0.join(name));
    let (mut gone, mut stays) = (Course::new(1), Course::new(2));
    world.committed(vec![gone.begin("a"), stays.begin("b")]).await;
    Store::backup_keys(&world.place, &world.place, &older).await.unwrap();
    Store::backup(&world.place, &data).await.unwrap();
    world.committed(vec![gone.turn(vec![erased()])]).await;
    world.store.finish_erasures().await.unwrap();
    Store::backup_keys(&world.place, &world.place, &newer).await.unwrap();
    world.store.close().await;
    for place in places(&folder).await {
        Store::restore_keys(&older, &place, &place, Some(&data)).await.unwrap();
        Store::restore(&data, &place, &place, at(9)).await.unwrap();
        let brought = Store::restore_keys(&newer, &place, &place, None).await;
        assert_eq!(brought, Ok(Brought { joined: Some(0), lacking: 0 }));
        let again = Store::restore_keys(&newer, &place, &place, None).await;
        assert_eq!(again.map_err(|error| error.code()), Err("store_not_copied"));
        let store = Store::open(&place).await.unwrap();
        let loaded = store.load(&musterstadt(), gone.id()).await;
        assert!(matches!(loaded, Err(StoreError::Erased { .. })), "{loaded:?}");
        assert_eq!(store.load(&musterstadt(), stays.id()).await.unwrap(), Some(stays.case.clone()));
        store.close().await;
        leave(&place).await;
    }
}
