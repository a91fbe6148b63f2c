//! Cases as the fold of their turns, from the beginning or from a snapshot.

use fachwerk_core::{case::Case, words::Timestamp};
use fachwerk_store::{Moment, SNAPSHOT_EVERY, StoreError};

use crate::{
    builders::{Course, at, ended, entered, musterstadt, note, rich_course},
    world::World,
};

async fn snapshots(world: &World) -> i64 {
    world.rows("snapshots", &musterstadt()).await
}

pub async fn a_snapshot_and_later_turns_equal_a_full_replay(world: &World) {
    let tenant = musterstadt();
    let mut course = Course::new(1);
    world.committed(rich_course(&mut course, 1)).await;
    assert_eq!(snapshots(world).await, 2);
    let with = world.store.load(&tenant, course.id()).await.unwrap();
    world.tamper("delete from snapshots").await;
    let without = world.store.load(&tenant, course.id()).await.unwrap();
    assert_eq!(with.as_ref(), Some(&course.case));
    assert_eq!(without.as_ref(), Some(&course.case));
}

/// A case as JSON and back, with every map that has a key of its own kind: after each turn, equal in every part.
pub async fn every_event_survives(world: &World) {
    let mut course = Course::new(1);
    let entries = rich_course(&mut course, 1);
    let mut case = Case::unborn(musterstadt(), course.id());
    let mut kinds = std::collections::BTreeSet::new();
    for entry in &entries {
        entry.turn.apply(&mut case);
        let json = serde_json::to_string(&case).unwrap();
        assert_eq!(serde_json::from_str::<Case>(&json).unwrap(), case, "{json}");
        let turn = serde_json::to_value(&entry.turn).unwrap();
        for event in turn["events"].as_array().unwrap() {
            kinds.insert(event["type"].as_str().unwrap().to_owned());
        }
    }
    let end = course.turn(vec![ended()]);
    assert_eq!(kinds.len(), 51, "the course has every event but the last: {kinds:?}");
    assert!(
        !case.ways.is_empty() && !case.mailbox.is_empty() && !case.visits.is_empty(),
        "every map holds something"
    );
    world.committed(entries).await;
    world.committed(vec![end]).await;
    let loaded = world.store.load(&musterstadt(), course.id()).await.unwrap().unwrap();
    assert_eq!(loaded, course.case);
    assert!(!loaded.is_open());
}

pub async fn a_case_is_read_at_any_moment(world: &World) {
    let tenant = musterstadt();
    let mut course = Course::new(1);
    let mut states = Vec::new();
    let mut fold = Case::unborn(tenant.clone(), course.id());
    for entry in rich_course(&mut course, 1) {
        entry.turn.apply(&mut fold);
        states.push((entry.turn.version, entry.turn.now, fold.clone()));
        world.committed(vec![entry]).await;
    }
    let id = course.id();
    let load = async |until: Moment| world.store.load_at(&tenant, id, until).await.unwrap();
    for (version, _, case) in &states {
        assert_eq!(load(Moment::Version(*version)).await.as_ref(), Some(case), "version {version}");
    }
    // The last state of each instant: the first two turns have the same one.
    for (version, now, case) in states.iter().filter(|(version, ..)| *version > 1) {
        assert_eq!(load(Moment::At(*now)).await.as_ref(), Some(case), "instant of version {version}");
    }
    assert_eq!(load(Moment::Version(0)).await, None);
    assert_eq!(load(Moment::At(at(-1))).await, None);
    assert_eq!(load(Moment::Version(99)).await.as_ref(), Some(&course.case));
    assert_eq!(load(Moment::At(Timestamp::MAX)).await.as_ref(), Some(&course.case));
}

pub async fn snapshots_are_limited(world: &World) {
    let tenant = musterstadt();
    let mut course = Course::new(1);
    let mut batch = vec![course.begin("a")];
    batch.extend((1..6).map(|number| course.turn_with_snapshot(vec![note(number, "x")])));
    world.committed(batch).await;
    assert_eq!(snapshots(world).await, 2);
    let version = course.case.version;
    world.committed(vec![course.turn_with_snapshot(vec![]), course.turn(vec![])]).await;
    assert_eq!(snapshots(world).await, 2);
    let case = world.store.load_at(&tenant, course.id(), Moment::Version(version)).await.unwrap();
    assert_eq!(case.map(|case| case.version), Some(version));
    assert_eq!(world.store.load(&tenant, course.id()).await.unwrap(), Some(course.case));
}

pub async fn a_damaged_snapshot_is_passed_over(world: &World) {
    let tenant = musterstadt();
    let mut course = Course::new(1);
    world.committed(vec![course.begin("a"), course.turn_with_snapshot(vec![]), course.turn(vec![])]).await;
    let damages = [
        "update snapshots set body = cast('{}' as BYTES)",
        "update snapshots set body = cast('no json' as BYTES)",
        "update snapshots set format = 99",
    ];
    for damage in damages {
        let bytes = if world.is_postgres() { "bytea" } else { "blob" };
        world.tamper(&damage.replace("BYTES", bytes)).await;
        assert_eq!(
            world.store.load(&tenant, course.id()).await.unwrap().as_ref(),
            Some(&course.case),
            "{damage}"
        );
    }
}

pub async fn a_missing_turn_is_named(world: &World) {
    let tenant = musterstadt();
    let mut course = Course::new(1);
    world.committed(vec![course.begin("a"), course.turn(vec![entered(1, "x")]), course.turn(vec![])]).await;
    world.tamper("delete from journal where version = 2").await;
    let error = world.store.load(&tenant, course.id()).await.unwrap_err();
    let place = format!("case {} of musterstadt", course.id());
    assert_eq!(error, StoreError::Corrupt { place, reason: "turn 2 is missing".into() });
}

/// How many turns a load needs: the journal before them may be gone.
async fn loads_from(world: &World, course: &Course, needed: u64) {
    let first = course.case.version - needed + 1;
    world.tamper(&format!("delete from journal where version < {first}")).await;
    let loaded = world.store.load(&musterstadt(), course.id()).await.unwrap();
    assert!(loaded.as_ref() == Some(&course.case), "more than {needed} turns are replayed");
}

/// What a case has lived through does not count when it is loaded: at most as many turns as lie between two snapshots, less
/// one.
pub async fn a_long_case_loads_as_a_short_one(world: &World) {
    let mut course = Course::new(1);
    let mut batch = vec![course.begin("long")];
    while course.case.version < 10_049 {
        let due = (course.case.version + 1).is_multiple_of(SNAPSHOT_EVERY);
        batch.push(if due { course.turn_with_snapshot(vec![]) } else { course.turn(vec![]) });
        if batch.len() == 1000 {
            world.committed(std::mem::take(&mut batch)).await;
        }
    }
    world.committed(batch).await;
    loads_from(world, &course, SNAPSHOT_EVERY - 1).await;
}

/// Whoever has to replay many turns keeps what came of it, so that the next one need not: after the shape of snapshots
/// was changed, also a case that has ended and gets no more turns.
pub async fn a_snapshot_of_another_format_is_written_anew(world: &World) {
    let tenant = musterstadt();
    let mut course = Course::new(1);
    let mut batch = vec![course.begin("old")];
    batch.extend((0..SNAPSHOT_EVERY).map(|_| course.turn_with_snapshot(vec![])));
    world.committed(batch).await;
    world.tamper("update snapshots set format = 2").await;
    assert_eq!(world.store.load(&tenant, course.id()).await.unwrap().as_ref(), Some(&course.case));
    assert_eq!(snapshots(world).await, 2);
    world.tamper("delete from snapshots where format = 2").await;
    loads_from(world, &course, 1).await;

    // A short one is not worth a transaction.
    let mut course = Course::new(2);
    world.committed(vec![course.begin("short"), course.turn(vec![])]).await;
    assert_eq!(world.store.load(&tenant, course.id()).await.unwrap().as_ref(), Some(&course.case));
    assert_eq!(snapshots(world).await, 1);
}
