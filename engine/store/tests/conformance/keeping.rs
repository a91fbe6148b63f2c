//! Cases on their way to their erasure: they are found by the day on which they ended, page by page, oldest first.

use fachwerk_core::{
    event::Event,
    keeping::KeepingRecord,
    words::{Date, Timestamp},
};
use fachwerk_store::{KeptCases, Piece, StoreError, Total};
use serde_json::json;

use crate::{
    builders::{Course, at, beispielburg, case_id, ended, listing, musterstadt, started},
    world::World,
};

/// Cases, each with its process and when it ended.
const CASES: [(u128, &str, Option<&str>); 7] = [
    (1, "bonfire", Some("2026-12-31T22:59:59Z")),
    (2, "bonfire", None),
    // In Germany the next year has begun.
    (3, "bonfire", Some("2026-12-31T23:00:00Z")),
    (4, "dog-tax", Some("2020-05-05T08:00:00Z")),
    (5, "bonfire", Some("2026-03-01T08:00:00Z")),
    (6, "bonfire", Some("2026-03-01T09:00:00Z")),
    (7, "bonfire", Some("2026-02-28T08:00:00Z")),
];

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn recorded(record: KeepingRecord) -> Event {
    Event::KeepingRecorded { by: "ada".into(), record }
}

async fn filled(world: &World) -> Vec<Course> {
    let mut courses = Vec::new();
    for (number, process, end) in CASES {
        let mut course = Course::new(number);
        let mut entries =
            vec![course.turn(vec![started(process, json!({ "subject": format!("S{number}") }))])];
        if let Some(end) = end {
            entries.push(course.turn_at(end.parse::<Timestamp>().unwrap(), vec![ended()]));
        }
        world.committed(entries).await;
        courses.push(course);
    }
    courses
}

/// The numbers of the cases of a list, read in pages of a size.
async fn numbers(world: &World, kept: &KeptCases, limit: u32) -> Vec<u128> {
    let (mut found, mut cursor) = (Vec::new(), None);
    loop {
        let page = world.store.kept_cases(&musterstadt(), kept, &Piece { cursor, limit }).await.unwrap();
        found.extend(page.items.iter().map(|row| {
            let number = CASES.iter().find(|(number, ..)| case_id(*number) == row.case);
            number.map_or(0, |(number, ..)| *number)
        }));
        cursor = page.next;
        if cursor.is_none() {
            return found;
        }
    }
}

#[track_caller]
fn same(found: &[u128], expected: &[u128], what: &str) {
    assert_eq!(found, expected, "{what}");
}

pub async fn ended_cases_are_found_by_their_day(world: &World) {
    filled(world).await;
    for (process, before, expected) in [
        ("bonfire", "2027-01-01", &[7, 5, 6, 1][..]),
        ("bonfire", "2027-01-02", &[7, 5, 6, 1, 3]),
        ("bonfire", "2026-03-01", &[7]),
        ("bonfire", "2026-02-28", &[]),
        ("dog-tax", "2027-01-01", &[4]),
        ("unknown", "2027-01-01", &[]),
    ] {
        let kept = KeptCases::EndedBefore(process.into(), day(before));
        for limit in [1, 2, 50] {
            same(&numbers(world, &kept, limit).await, expected, &format!("{process} {before} {limit}"));
        }
        let count = world.store.ended_before(&musterstadt(), &process.into(), day(before)).await.unwrap();
        assert_eq!(count, Total { count: expected.len() as u32, more: false });
    }
    let kept = KeptCases::EndedBefore("bonfire".into(), day("2027-01-01"));
    let page = world.store.kept_cases(&beispielburg(), &kept, &Piece::default()).await.unwrap();
    assert_eq!(page.items, [], "nothing of another authority");
}

pub async fn what_is_recorded_is_found_and_made_anew(world: &World) {
    let mut courses = filled(world).await;
    let hold = || recorded(KeepingRecord::Hold { reason: "Klage".into() });
    let ask = || recorded(KeepingRecord::Ask { reason: "Frist".into(), exception: None });
    let lift = || recorded(KeepingRecord::Lift { reason: "erledigt".into() });
    let withdraw = || recorded(KeepingRecord::Withdraw { reason: "Irrtum".into() });
    for (number, events) in [
        (1, vec![hold()]),
        (2, vec![ask()]),
        (3, vec![hold(), ask()]),
        (4, vec![ask(), withdraw()]),
        (5, vec![hold(), lift(), ask()]),
    ] {
        let turn = courses[number - 1].turn_at("2027-02-01T08:00:00Z".parse().unwrap(), events);
        world.committed(vec![turn]).await;
    }
    for step in ["written", "made anew"] {
        same(&numbers(world, &KeptCases::Held, 1).await, &[1, 3], step);
        same(&numbers(world, &KeptCases::Asked, 2).await, &[2, 3, 5], step);
        let kept = KeptCases::EndedBefore("bonfire".into(), day("2027-01-01"));
        same(&numbers(world, &kept, 3).await, &[7, 5, 6, 1], step);
        let report = world.store.verify(&musterstadt(), listing).await.unwrap();
        assert!(report.is_clean(), "{report:#?}");
        world.store.rebuild(&musterstadt(), listing).await.unwrap();
    }
}

pub async fn what_is_kept_is_counted_and_limited(world: &World) {
    let (store, tenant) = (&world.store, musterstadt());
    let mut courses = Vec::new();
    for number in [1, 2] {
        let mut course = Course::new(number);
        world.committed(vec![course.turn(vec![started("bonfire", json!({}))])]).await;
        courses.push(course);
    }
    let [one, two] = [courses[0].id(), courses[1].id()];
    let before = store.kept_bytes(&tenant).await.unwrap();
    // Which case, how many bytes, how many may be, how many are there then; none: it is refused.
    for (step, (case, size, at_most, after)) in [
        (one, 100, None, Some(100)),
        // The same once more, here and elsewhere, takes no more room.
        (one, 100, Some(100), Some(100)),
        (two, 100, Some(0), Some(100)),
        (two, 51, Some(150), None),
        (two, 50, Some(150), Some(150)),
        (one, 1, Some(150), None),
        (one, 1, None, Some(151)),
    ]
    .into_iter()
    .enumerate()
    {
        let at_most = at_most.map(|at_most| before + at_most);
        let put = store.put_document(&tenant, case, vec![b'x'; size], at_most, at(1)).await;
        match after {
            Some(_) => assert!(put.is_ok(), "{step}: {put:?}"),
            None => assert!(matches!(put, Err(StoreError::NoRoom { .. })), "{step}: {put:?}"),
        }
        let after = after.unwrap_or(if step == 3 { 100 } else { 150 });
        assert_eq!(store.kept_bytes(&tenant).await.unwrap(), before + after, "{step}");
    }
    assert_eq!(store.kept_bytes(&beispielburg()).await.unwrap(), 0);
    // What goes with a case is not there any more; what another one holds is.
    let by = "eva".into();
    let (reason, asked_by) = ("Frist".into(), "ada".into());
    let erased = Event::CaseErased { by, asked_by, reason, exception: None, alone: None };
    world.committed(vec![courses[0].turn(vec![erased])]).await;
    assert_eq!(store.kept_bytes(&tenant).await.unwrap(), before + 150);
    for step in ["counted", "counted anew"] {
        let report = store.verify(&tenant, listing).await.unwrap();
        assert!(report.is_clean(), "{step}: {report:#?}");
        store.rebuild(&tenant, listing).await.unwrap();
        assert_eq!(store.kept_bytes(&tenant).await.unwrap(), before + 150, "{step}");
    }
    world.tamper("update blob_totals set bytes = 7").await;
    let report = store.verify(&tenant, listing).await.unwrap();
    assert_eq!(report.findings.len(), 1, "{report:#?}");
}
