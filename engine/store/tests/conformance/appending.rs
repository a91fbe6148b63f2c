//! Writing turns.

use fachwerk_core::{
    authority::{Authority, AuthorityEvent, AuthorityTurn, Person},
    facts::Actor,
    format::{FIRST, Formats},
    turn::Turn,
};
use fachwerk_store::{
    AnyTurn,
    Appended::{self, Committed, Conflict, Repeated, TooLarge},
    Hash, MAX_BATCH_TURNS, MAX_TURN_BYTES, MAX_TURN_DEPTH, StoreError, StoredTurn,
};
use serde_json::json;
use uuid::Uuid;

use crate::{
    builders::{
        Course, at, beispielburg, case_id, entered, listing, musterstadt, note, number, text, written,
    },
    world::World,
};

/// Appends a batch; compares what became of each turn.
async fn check(world: &World, what: &str, entries: Vec<fachwerk_store::Entry>, expected: &[Appended]) {
    assert_eq!(world.append(entries).await, expected, "{what}");
}

/// No gap, no damage.
async fn sound(world: &World) {
    let report = world.store.verify(&musterstadt(), listing).await.unwrap();
    assert!(report.is_clean(), "{report:#?}");
}

/// The chain as anybody can compute it: SHA-256 over the hash before, the columns, and the SHA-256 of the stored bytes, each
/// piece with its length before it.
fn chained(turns: &[Turn], bodies: &[Vec<u8>]) -> Hash {
    let mut hash = Hash::ZERO;
    for ((turn, body), position) in turns.iter().zip(bodies).zip(1_u64..) {
        let pieces = [
            hash.bytes().to_vec(),
            turn.tenant.as_str().into(),
            turn.case.0.as_bytes().to_vec(),
            turn.version.to_be_bytes().to_vec(),
            position.to_be_bytes().to_vec(),
            turn.command_id.to_string().into(),
            b"person:anna".to_vec(),
            turn.now.as_microsecond().to_be_bytes().to_vec(),
            turn.release.as_str().into(),
            Hash::of(body).bytes().to_vec(),
        ];
        let long = pieces.map(|piece| [(piece.len() as u64).to_be_bytes().to_vec(), piece].concat());
        hash = Hash::of(&long.concat());
    }
    hash
}

pub async fn turns_are_read_back(world: &World) {
    let tenant = musterstadt();
    let mut course = Course::new(1);
    let entries =
        vec![course.begin("Feuer"), course.turn(vec![entered(1, "check")]), course.turn(vec![note(1, "x")])];
    let turns: Vec<Turn> = entries.iter().map(|entry| entry.turn.clone()).collect();
    world.committed(entries).await;

    let mut stored = Vec::new();
    for (turn, position) in turns.iter().zip(1..) {
        let hash = chained(&turns[..stored.len() + 1], &world.bodies(&course.id()).await);
        stored.push(StoredTurn { turn: turn.clone(), position, hash });
    }
    let store = &world.store;
    assert_eq!(store.turns(&tenant, course.id(), 0, 100).await.unwrap(), stored);
    assert_eq!(store.turns(&tenant, course.id(), 1, 1).await.unwrap(), stored[1..2]);
    assert_eq!(store.turns(&tenant, course.id(), 3, 100).await.unwrap(), []);
    assert_eq!(store.turns(&tenant, case_id(2), 0, 100).await.unwrap(), []);
    assert_eq!(store.load(&tenant, course.id()).await.unwrap(), Some(course.case.clone()));
    assert_eq!(store.load(&tenant, case_id(2)).await.unwrap(), None);
    let found = store.find_command(&tenant, course.id(), turns[1].command_id).await.unwrap();
    assert_eq!(found.as_ref(), Some(&stored[1]));
    assert_eq!(store.find_command(&tenant, course.id(), Uuid::from_u128(9)).await.unwrap(), None);
    assert_eq!(store.find_command(&tenant, case_id(2), turns[1].command_id).await.unwrap(), None);
    assert_eq!(store.last_position(&tenant).await.unwrap(), 3);

    let events = store.events_after(&tenant, 1, 100).await.unwrap();
    let events: Vec<_> = events.into_iter().map(|event| (event.position, event.turn)).collect();
    let case = |turn: &Turn| AnyTurn::Case(Box::new(turn.clone()));
    assert_eq!(events, [(2, case(&turns[1])), (3, case(&turns[2]))]);
    assert_eq!(store.events_after(&tenant, 0, 1).await.unwrap().len(), 1);
    assert_eq!(store.events_after(&tenant, 3, 100).await.unwrap(), []);
}

pub async fn a_taken_version_is_a_conflict(world: &World) {
    let mut first = Course::new(1);
    let mut second = first.fork();
    let mut late = first.fork();
    late.way = 2;
    check(
        world,
        "in one batch",
        vec![first.begin("a"), second.begin("b")],
        &[Committed { position: 1 }, Conflict],
    )
    .await;
    check(world, "later", vec![late.begin("c")], &[Conflict]).await;

    let mut ahead = first.clone();
    let skipped = ahead.turn(vec![]);
    check(world, "a version too far", vec![ahead.turn(vec![])], &[Conflict]).await;
    check(world, "the one between", vec![skipped], &[Committed { position: 2 }]).await;
    let mut behind = first.fork();
    check(world, "an older state", vec![behind.turn(vec![])], &[Conflict]).await;
    assert_eq!(
        world.store.load(&musterstadt(), first.id()).await.unwrap().unwrap().data.as_ref(),
        &json!({"subject": "a"})
    );
    let mut zero = Course::new(2).begin("x");
    zero.turn.version = 0;
    check(world, "no version at all", vec![zero], &[Conflict]).await;
    sound(world).await;
}

pub async fn a_command_is_carried_out_once(world: &World) {
    let mut course = Course::new(1);
    let begin = course.begin("a");
    let mut again = begin.clone();
    again.turn.version = 2;
    let expected = [Committed { position: 1 }, Repeated { version: 1, position: 1 }];
    check(world, "twice in one batch", vec![begin.clone(), begin.clone()], &expected).await;
    check(world, "again as it was", vec![begin], &[Repeated { version: 1, position: 1 }]).await;
    check(world, "decided anew", vec![again.clone()], &[Repeated { version: 1, position: 1 }]).await;

    // What was decided on the same state as a repeated command goes on.
    let next = course.turn(vec![entered(1, "check")]);
    let expected = [Repeated { version: 1, position: 1 }, Committed { position: 2 }];
    check(world, "beside another", vec![again.clone(), next.clone()], &expected).await;
    // What was decided on its outcome does not: that never was, another turn has this version.
    let behind = course.fork().turn(vec![]);
    assert_eq!(behind.turn.version, 3);
    check(world, "behind another", vec![again, behind], &[Repeated { version: 1, position: 1 }, Conflict])
        .await;

    // The same id means the same command only within its case.
    let mut other = Course::new(2).begin("b");
    other.turn.command_id = next.turn.command_id;
    check(world, "in another case", vec![other], &[Committed { position: 3 }]).await;
    assert_eq!(world.store.load(&musterstadt(), course.id()).await.unwrap(), Some(course.case));
    sound(world).await;
}

pub async fn a_batch_chains(world: &World) {
    let (mut one, mut two) = (Course::new(1), Course::new(2));
    let entries = vec![
        one.begin("a"),
        two.begin("b"),
        one.turn(vec![entered(1, "check")]),
        one.turn(vec![note(1, "x")]),
        two.turn(vec![note(1, "y")]),
    ];
    let expected: Vec<_> = (1..=5).map(|position| Committed { position }).collect();
    check(world, "two cases", entries, &expected).await;
    let more = vec![two.turn(vec![]), one.turn(vec![])];
    check(world, "and on", more, &[Committed { position: 6 }, Committed { position: 7 }]).await;
    for course in [one, two] {
        assert_eq!(world.store.load(&musterstadt(), course.id()).await.unwrap(), Some(course.case));
    }
    sound(world).await;
}

pub async fn a_failed_link_drops_those_behind(world: &World) {
    let (mut one, mut two) = (Course::new(1), Course::new(2));
    world.committed(vec![one.begin("a"), two.begin("b")]).await;
    let mut other = one.fork();
    let entries = vec![
        one.turn(vec![number("32", 2)]), // there is no 1 yet
        two.turn(vec![]),
        one.turn(vec![]),
        other.turn(vec![number("32", 1)]), // could stand alone, but its case has failed
        two.turn(vec![number("32", 1)]),
    ];
    let expected = [Conflict, Committed { position: 3 }, Conflict, Conflict, Committed { position: 4 }];
    check(world, "one case of two", entries, &expected).await;
    assert_eq!(world.store.load(&musterstadt(), two.id()).await.unwrap(), Some(two.case));
    assert_eq!(world.store.load(&musterstadt(), one.id()).await.unwrap().map(|case| case.version), Some(1));
    sound(world).await;
}

pub async fn numbers_have_no_gaps(world: &World) {
    let tenant = musterstadt();
    let counter = async |name: &str| world.store.counter(&tenant, name).await.unwrap();
    let begin = |case: u128, values: &[(&str, u64)]| {
        let mut course = Course::new(case);
        let mut entry = course.begin("x");
        entry.turn.events.extend(values.iter().map(|(name, value)| number(name, *value)));
        entry
    };
    assert_eq!(counter("a").await, 0);
    check(world, "not the first", vec![begin(1, &[("a", 2)])], &[Conflict]).await;
    check(world, "nothing", vec![begin(1, &[("a", 0)])], &[Conflict]).await;
    check(
        world,
        "two of one, one of another",
        vec![begin(1, &[("a", 1), ("b", 1), ("a", 2)])],
        &[Committed { position: 1 }],
    )
    .await;
    assert_eq!((counter("a").await, counter("b").await), (2, 1));
    let batch = vec![
        begin(2, &[("a", 3), ("b", 3)]), // b: 2 is next, so a is not drawn either
        begin(3, &[("a", 3)]),
        begin(4, &[("a", 3)]),
        begin(5, &[("a", 4), ("b", 2)]),
        begin(6, &[("a", 6)]),
        begin(7, &[("a", u64::MAX)]),
    ];
    let expected =
        [Conflict, Committed { position: 2 }, Conflict, Committed { position: 3 }, Conflict, Conflict];
    check(world, "many", batch, &expected).await;
    assert_eq!((counter("a").await, counter("b").await), (4, 2));
    let batch = vec![begin(8, &[("a", 5)]), begin(8, &[("a", 5)]), begin(9, &[("a", 6)])];
    let expected =
        [Committed { position: 4 }, Repeated { version: 1, position: 4 }, Committed { position: 5 }];
    check(world, "with a repeated one", batch, &expected).await;
    assert_eq!(counter("a").await, 6);
}

pub async fn a_turn_can_be_too_large(world: &World) {
    let (mut one, mut two) = (Course::new(1), Course::new(2));
    let mut huge = one.begin("a");
    let bytes_without = Formats::OURS.write(&huge.turn, FIRST).unwrap().len();
    let note_bytes = serde_json::to_vec(&note(1, "")).unwrap().len() + 1;
    let fill = MAX_TURN_BYTES - bytes_without - note_bytes;
    let largest = {
        let mut largest = huge.clone();
        largest.turn.events.push(note(1, &"x".repeat(fill)));
        largest
    };
    huge.turn.events.push(note(1, &"x".repeat(fill + 1)));
    let bytes = MAX_TURN_BYTES as u64 + 1;
    let batch = vec![huge, two.begin("b"), one.turn(vec![])];
    check(world, "a byte too many", batch, &[TooLarge { bytes }, Committed { position: 1 }, Conflict]).await;
    check(world, "just right", vec![largest], &[Committed { position: 2 }]).await;
}

/// The deepest turn that is taken can be read in every way; a deeper one is refused before anything happens.
pub async fn a_turn_can_be_too_deep(world: &World) {
    let tenant = musterstadt();
    let nested = |levels: usize| (0..levels).fold(json!(1), |value, _| json!([value]));
    // Turn, events, event, fields, and the list itself.
    let begin = |number: u128, levels: usize| {
        let mut course = Course::new(number);
        let entry = course.turn_with_snapshot(vec![
            crate::builders::started("bonfire", json!({"columns": {}})),
            written(&["deep"], json!({"value": nested(levels)})),
            crate::builders::effect(0, 1),
        ]);
        (course, entry)
    };
    let (course, entry) = begin(1, MAX_TURN_DEPTH - 4);
    world.committed(vec![entry]).await;
    assert_eq!(world.store.load(&tenant, course.id()).await.unwrap().as_ref(), Some(&course.case));
    world.tamper("delete from snapshots").await;
    assert_eq!(world.store.load(&tenant, course.id()).await.unwrap().as_ref(), Some(&course.case));
    let (_, entry) = begin(2, MAX_TURN_DEPTH - 3);
    let error = world.store.append(&tenant, vec![entry]).await.unwrap_err();
    let limit = MAX_TURN_DEPTH as u64;
    assert_eq!(error, StoreError::TooLarge { what: "turn_depth", size: limit + 1, limit });
    sound(world).await;
}

pub async fn misuse_is_refused(world: &World) {
    let store = &world.store;
    let tenant = musterstadt();
    assert_eq!(store.append(&tenant, vec![]).await.unwrap(), []);
    let foreign = Course::of(&beispielburg(), 1).begin("x");
    let error = store.append(&tenant, vec![foreign]).await.unwrap_err();
    assert_eq!(error.code(), "store_fault", "a turn of another tenant");
    let mut nil = Course::new(1).begin("x");
    nil.turn.case = fachwerk_core::words::CaseId(Uuid::nil());
    let error = store.append(&tenant, vec![nil]).await.unwrap_err();
    assert_eq!(error.code(), "store_fault", "the authority's own stream");
    let mut course = Course::new(1);
    let mut entry = course.turn_with_snapshot(vec![]);
    entry.turn.version = 2;
    let error = store.append(&tenant, vec![entry]).await.unwrap_err();
    assert_eq!(error.code(), "store_fault", "the snapshot of another version");
    let entry = Course::new(1).begin("x");
    let error = store.append(&tenant, vec![entry; MAX_BATCH_TURNS + 1]).await.unwrap_err();
    assert_eq!(error, StoreError::TooLarge { what: "batch_turns", size: 1001, limit: 1000 });
    assert_eq!(store.last_position(&tenant).await.unwrap(), 0);
}

pub async fn what_is_not_stored_leaves_no_trace(world: &World) {
    let mut ghost = Course::new(1);
    let _ = ghost.begin("never stored");
    let mut entry = ghost.turn_with_snapshot(vec![
        entered(1, "check"),
        crate::builders::task(1, "clerk", None, &[]),
        crate::builders::deadline(1, "late", 1, Some(crate::builders::day(9))),
        written(&["listing"], json!({"columns": {"city": "Halle"}})),
    ]);
    entry.turn.events.push(number("32", 1));
    check(world, "a second turn without a first", vec![entry], &[Conflict]).await;
    let tables = [
        "tenants",
        "journal",
        "counters",
        "snapshots",
        "cases",
        "case_columns",
        "case_words",
        "counts",
        "tasks",
        "deadlines",
        "timers",
        "outbox",
        "incidents",
        "post",
    ];
    for table in tables {
        assert_eq!(world.rows(table, &musterstadt()).await, 0, "{table}");
    }
}

pub async fn the_authority_has_its_own_stream(world: &World) {
    let tenant = musterstadt();
    let store = &world.store;
    let turn = |version: u64, command: u128, events: Vec<AuthorityEvent>| AuthorityTurn {
        tenant: tenant.clone(),
        version,
        command_id: Uuid::from_u128(command),
        actor: Actor::Engine,
        now: at(version as i64),
        events,
    };
    let person = |name: &str, active| AuthorityEvent::PersonSet {
        person: "anna".into(),
        name: name.into(),
        roles: ["clerk".into()].into(),
        active,
    };
    assert_eq!(store.authority(&tenant).await.unwrap(), None);
    let first = turn(1, 1, vec![person("Anna", true)]);
    let second = turn(
        2,
        2,
        vec![AuthorityEvent::HolidayAdded { day: crate::builders::day(40), name: text("Fest"), norm: None }],
    );
    let third = turn(3, 3, vec![person("Anna Berg", false)]);
    assert_eq!(store.append_authority(&first).await.unwrap(), Committed { position: 1 });
    world.committed(vec![Course::new(1).begin("a case between")]).await;
    assert_eq!(store.append_authority(&second).await.unwrap(), Committed { position: 3 });
    assert_eq!(store.append_authority(&first).await.unwrap(), Repeated { version: 1, position: 1 });
    assert_eq!(store.append_authority(&turn(2, 9, vec![])).await.unwrap(), Conflict);
    assert_eq!(store.append_authority(&turn(4, 9, vec![])).await.unwrap(), Conflict);
    assert_eq!(store.append_authority(&third).await.unwrap(), Committed { position: 4 });

    let mut expected = Authority::default();
    first.apply(&mut expected);
    assert_eq!(store.authority_at_version(&tenant, 1).await.unwrap(), Some(expected.clone()));
    assert_eq!(store.authority_at_version(&tenant, 0).await.unwrap(), None);
    second.apply(&mut expected);
    third.apply(&mut expected);
    assert_eq!(store.authority(&tenant).await.unwrap(), Some(expected.clone()));
    assert_eq!(expected.version, 3);
    let anna = Person {
        name: "Anna Berg".into(),
        roles: std::sync::Arc::new(["clerk".into()].into()),
        active: false,
    };
    assert_eq!(expected.people.get("anna"), Some(&anna));

    let turns = store.authority_turns(&tenant, 1, 100).await.unwrap();
    assert_eq!(
        turns.into_iter().map(|stored| (stored.position, stored.turn)).collect::<Vec<_>>(),
        [(3, second), (4, third.clone())]
    );
    let found = store.find_authority_command(&tenant, Uuid::from_u128(3)).await.unwrap();
    assert_eq!(found.map(|stored| stored.turn), Some(third.clone()));
    assert_eq!(
        store
            .find_command(&tenant, fachwerk_core::words::CaseId(Uuid::nil()), Uuid::from_u128(3))
            .await
            .unwrap(),
        None
    );
    let all = store.events_after(&tenant, 3, 100).await.unwrap();
    assert_eq!(
        all.into_iter().map(|stored| stored.turn).collect::<Vec<_>>(),
        [AnyTurn::Authority(Box::new(third))]
    );

    // A command counts with the authority as it is when it is stored.
    let decided_with = |case: u128, version: u64| {
        let mut entry = Course::new(case).begin("x");
        entry.turn.facts.authority = version;
        entry
    };
    let batch = vec![decided_with(8, 2), decided_with(9, 3)];
    check(world, "with an authority that was changed since", batch, &[Conflict, Committed { position: 5 }])
        .await;
    sound(world).await;
}

pub async fn large_batches_are_stored_whole(world: &World) {
    let mut entries = Vec::new();
    let mut courses: Vec<Course> = (1..=100).map(Course::new).collect();
    for course in &mut courses {
        entries.push(course.turn(vec![crate::builders::started(
            "bonfire",
            json!({"subject": format!("Fall {}", course.id()), "columns": {"city": "Halle"}}),
        )]));
    }
    for round in 1..10 {
        for course in &mut courses {
            entries.push(
                course.turn(vec![entered(round, "check"), crate::builders::task(round, "clerk", None, &[])]),
            );
        }
    }
    assert_eq!(entries.len(), MAX_BATCH_TURNS);
    world.committed(entries).await;
    for course in &courses {
        assert_eq!(world.store.load(&musterstadt(), course.id()).await.unwrap().as_ref(), Some(&course.case));
    }
    assert_eq!(world.rows("tasks", &musterstadt()).await, 900);
    sound(world).await;
}
