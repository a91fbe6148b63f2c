//! Cases on their way to their erasure: they are found by the day on which they ended, page by page, oldest first.

use fachwerk_core::{
    event::Event,
    keeping::KeepingRecord,
    words::{Date, Timestamp},
};
use fachwerk_store::{KeptCases, Piece, Total};
use serde_json::json;

use crate::{
    builders::{Course, beispielburg, case_id, ended, listing, musterstadt, started},
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
        let mut entries = vec![course.turn(vec![started(process, json!({ "subject": format!("S{number}") }))])];
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
