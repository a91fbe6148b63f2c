//! What runs is written down when that is wanted, and runs again elsewhere with the same result.

use fachwerk_core::words::CaseId;
use fachwerk_store::{Part, Place, Recording, Store, test_postgres};
use serde_json::json;

use crate::{
    builders::{Course, day, entered, left, listing, musterstadt, rich_course, started, task},
    world::{Folder, World},
};

/// Does on a copy of a store what was written down on the store.
async fn rerun(recording: &Recording, part: Part, copy: &Store) {
    for place in recording.units(part) {
        copy.rerun(recording, part, place).await.unwrap();
    }
}

/// An empty store on the same back end, and what it came from.
async fn another(world: &World, folder: &Folder) -> (Store, Option<String>) {
    let url = match test_postgres::server().filter(|_| world.is_postgres()) {
        Some(server) => Some(server.create_database().await),
        None => None,
    };
    let place = match &url {
        Some(url) => Place::Postgres { url: url.clone() },
        None => Place::Sqlite { dir: folder.0.clone() },
    };
    // What was sealed is read with the same keys, which a database without any authority does not open with.
    let empty = World { store: Store::open(&place).await.unwrap(), place, depot: None };
    empty.tamper("insert into tenants (tenant, position) values ('beispielburg', 0)").await;
    empty.store.close().await;
    (Store::open_with(&empty.place, &world.place).await.unwrap(), url)
}

async fn close(store: Store, url: Option<String>) {
    store.close().await;
    if let (Some(url), Some(server)) = (url, test_postgres::server()) {
        server.drop_database(&url).await;
    }
}

pub async fn what_ran_runs_again(world: &World) {
    let (tenant, store) = (musterstadt(), &world.store);
    let mut known = Course::new(1);
    let before = rich_course(&mut known, 1);
    world.committed(before.clone()).await;
    assert_eq!(store.recorded().units(Part::All).len(), 0, "nothing is written down before it is wanted");

    store.record();
    let mut new = Course::new(2);
    let begun = new.turn(vec![started("tree", json!({ "subject": "Eiche" }))]);
    world.committed(vec![begun.clone()]).await;
    // Refused: the version is taken. It leaves its transaction without a commit.
    world.append(vec![begun]).await;
    assert!(store.load(&tenant, new.id()).await.unwrap().is_some());
    let recording = store.recorded();
    world.committed(vec![Course::new(3).turn(vec![started("tree", json!({}))])]).await;
    assert_eq!(store.recorded().units(Part::All).len(), 0, "nothing is written down after its end");
    assert_eq!(recording.connections(), 1);
    assert_eq!(recording.units(Part::Journal).len(), 1, "one transaction wrote to the journal");

    let folder = Folder::new();
    let (copy, url) = another(world, &folder).await;
    copy.append(&tenant, before).await.unwrap();
    rerun(&recording, Part::All, &copy).await;
    for case in [known.id(), new.id()] {
        check(store, &copy, case).await;
    }
    assert!(copy.verify(&tenant, listing).await.unwrap().is_clean());
    close(copy, url).await;

    let folder = Folder::new();
    let (copy, url) = another(world, &folder).await;
    rerun(&recording, Part::Journal, &copy).await;
    let turns = copy.turns(&tenant, new.id(), 0, 10).await.unwrap();
    assert_eq!(turns, store.turns(&tenant, new.id(), 0, 10).await.unwrap());
    assert_eq!(copy.case_row(&tenant, new.id()).await.unwrap(), None, "rows of the journal alone");
    close(copy, url).await;
}

/// Whoever remembers what stands before a batch writes it to PostgreSQL in one statement, however much it is; else the lock
/// and what is known are asked for before.
pub async fn a_batch_is_few_ways_to_the_server(world: &World) {
    let (mut known, mut new) = (Course::new(1), Course::new(2));
    let begun = known.turn(vec![started("tree", json!({ "subject": "Eiche" }))]);
    world.store.record();
    world.committed(vec![begun]).await;
    let going_on = known.turn(vec![entered(1, "check"), task(1, "clerk", Some(day(9)), &["bert"])]);
    world.committed(vec![going_on]).await;
    let one = new.turn(vec![started("tree", json!({ "subject": "Ulme" }))]);
    let ended = known.turn(vec![left(1)]);
    let waits = new.turn(vec![entered(1, "check"), task(1, "clerk", None, &[])]);
    world.committed(vec![one, ended, waits]).await;
    let statements = world.store.recorded().statements();
    assert_eq!(statements.len(), 3);
    if world.is_postgres() {
        assert_eq!(statements, [3, 1, 1]);
    }
}

async fn check(store: &Store, copy: &Store, case: CaseId) {
    let tenant = musterstadt();
    // Their hashes differ where they were sealed anew.
    let turns = async |store: &Store| {
        let turns = store.turns(&tenant, case, 0, 100).await.unwrap();
        turns.into_iter().map(|stored| (stored.position, stored.turn)).collect::<Vec<_>>()
    };
    assert_eq!(turns(copy).await, turns(store).await);
    let rows = store.projections(&tenant, case).await.unwrap();
    assert_eq!(copy.projections(&tenant, case).await.unwrap(), rows);
}
