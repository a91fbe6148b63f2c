//! Statistics: each turn counts, erased cases stay counted, and what is counted wrongly is found.

use fachwerk_core::{
    event::Event,
    statistics::Figures,
    words::{CaseId, ProcessId},
};
use fachwerk_store::{Problem, StoreError};
use serde_json::json;

use crate::{
    builders::{Course, at, claimed, completed, day, deadline, ended, entered, left, listing, musterstadt},
    builders::{started, suspended, task},
    world::World,
};

const DAY_S: i64 = 24 * 60 * 60;

/// Noon of a day of the year.
fn noon(day_of_year: i64) -> fachwerk_core::words::Timestamp {
    at((day_of_year - 1) * DAY_S + DAY_S / 2)
}

/// | case | process | begins | ends | has |
/// |---|---|---|---|---|
/// | 1 | tree | 10 January | 20 January | |
/// | 2 | tree | 20 January | 1 April, with a deadline and a task that go with it | |
/// | 3 | tree | 5 February | | tasks of clerk (due 10 February), lead; deadlines: 1 March, one that rests |
/// | 4 | bonfire | 5 February | | a task of clerk without a day |
async fn four_cases(world: &World) {
    let [mut one, mut two, mut three, mut four] = [1, 2, 3, 4].map(Course::new);
    let begin = |process: &str| started(process, json!({}));
    let batch = vec![
        one.turn_at(noon(10), vec![begin("tree"), entered(1, "check"), task(1, "clerk", None, &[])]),
        one.turn_at(noon(20), vec![claimed(1, "anna"), completed(1, "anna"), left(1), ended()]),
        two.turn_at(noon(20), vec![begin("tree"), entered(1, "check"), task(1, "clerk", Some(day(30)), &[])]),
        two.turn_at(noon(21), vec![deadline(1, "late", 1, Some(day(40)))]),
        three.turn_at(
            noon(36),
            vec![
                begin("tree"),
                entered(1, "check"),
                task(1, "clerk", Some(day(41)), &[]),
                deadline(1, "late", 1, Some(day(60))),
                entered(2, "sign"),
                task(2, "lead", None, &[]),
                suspended(2, "rests", day(1)),
            ],
        ),
        four.turn_at(noon(36), vec![begin("bonfire"), entered(1, "check"), task(1, "clerk", None, &[])]),
    ];
    world.committed(batch).await;
    world.committed(vec![two.turn_at(noon(91), vec![completed(1, "anna"), left(1), ended()])]).await;
}

/// The figures of months, each as a line, as they are on a day of the year.
async fn check(world: &World, months: (i16, i16), today: i16, expected: &[&str]) {
    let months = (day(months.0), day(months.1));
    let found = world.store.statistics(&musterstadt(), None, months).await.unwrap();
    let figures = Figures::of(found.counts, day(today));
    let mut lines = Vec::new();
    for (process, figures) in &figures.processes {
        lines.push(format!("{process}: {} open, {} overdue", figures.open, figures.overdue));
        let whole = std::iter::once(("all".to_owned(), &figures.whole));
        let months = figures.months.iter().map(|(month, figures)| (month.to_string(), figures));
        for (period, figures) in whole.chain(months) {
            lines.push(format!(
                "  {period}: {} begun, {} ended, {:?}, days {:?} {:?}",
                figures.begun, figures.ended, figures.outcomes, figures.median_days, figures.most_days
            ));
        }
    }
    for (role, figures) in &figures.roles {
        let since = found.oldest.get(role).map(ToString::to_string).unwrap_or_default();
        lines.push(format!("{role}: {} open, {} overdue, since {since}", figures.open, figures.overdue));
    }
    assert_eq!(lines, expected);
}

const ALL: &[&str] = &[
    "bonfire: 1 open, 0 overdue",
    "  all: 1 begun, 0 ended, {}, days None None",
    "  2026-02-01: 1 begun, 0 ended, {}, days None None",
    "tree: 1 open, 1 overdue",
    "  all: 3 begun, 2 ended, {\"granted\": 2}, days Some(10) Some(71)",
    "  2026-01-01: 2 begun, 1 ended, {\"granted\": 1}, days Some(10) Some(10)",
    "  2026-02-01: 1 begun, 0 ended, {}, days None None",
    "  2026-04-01: 0 begun, 1 ended, {\"granted\": 1}, days Some(71) Some(71)",
    "clerk: 2 open, 1 overdue, since 2026-02-05T12:00:00Z",
    "lead: 1 open, 0 overdue, since 2026-02-05T12:00:00Z",
];

pub async fn what_happens_is_counted(world: &World) {
    check(world, (1, 365), 1, &[]).await;
    four_cases(world).await;
    check(world, (1, 365), 100, ALL).await;
    // On the last day itself nothing has passed; of other months only what goes on is told.
    let february = [
        "bonfire: 1 open, 0 overdue",
        "  all: 1 begun, 0 ended, {}, days None None",
        "  2026-02-01: 1 begun, 0 ended, {}, days None None",
        "tree: 1 open, 0 overdue",
        "  all: 1 begun, 0 ended, {}, days None None",
        "  2026-02-01: 1 begun, 0 ended, {}, days None None",
        "clerk: 2 open, 0 overdue, since 2026-02-05T12:00:00Z",
        "lead: 1 open, 0 overdue, since 2026-02-05T12:00:00Z",
    ];
    check(world, (32, 59), 41, &february).await;
    let bonfire = [ProcessId::from("bonfire")].into();
    let found = world.store.statistics(&musterstadt(), Some(&bonfire), (day(1), day(365))).await.unwrap();
    assert_eq!(found.counts.len(), 3, "begun, open, a task: {found:?}");
    let none = world.store.statistics(&musterstadt(), Some(&[].into()), (day(1), day(365))).await.unwrap();
    assert_eq!(none, Default::default());
    let many = (0..501).map(|number| format!("p{number}").as_str().into()).collect();
    let refused = world.store.statistics(&musterstadt(), Some(&many), (day(1), day(365))).await.unwrap_err();
    assert_eq!(refused, StoreError::TooLarge { what: "query_processes", size: 501, limit: 500 });
}

pub async fn wrong_counts_are_found_and_mended(world: &World) {
    four_cases(world).await;
    let tenant = musterstadt();
    let wrong = async |sql: &str, expected: &[(&str, i64, i64)]| {
        world.tamper(sql).await;
        let report = world.store.verify(&tenant, listing).await.unwrap();
        let found: Vec<Problem> = report.findings.into_iter().map(|finding| finding.problem).collect();
        let problem = |(counted, expected, found): &(&str, i64, i64)| Problem::WrongCount {
            counted: (*counted).to_owned(),
            expected: *expected,
            found: *found,
        };
        assert_eq!(found, expected.iter().map(problem).collect::<Vec<_>>(), "{sql}");
        world.store.rebuild(&tenant, listing).await.unwrap();
        assert!(world.store.verify(&tenant, listing).await.unwrap().is_clean(), "mended after {sql}");
        check(world, (1, 365), 100, ALL).await;
    };
    wrong(
        "update counts set total = total + 1 where kind = 'begun' and process = 'bonfire'",
        &[("begun 2026-02-01 bonfire 0", 1, 2)],
    )
    .await;
    wrong(
        "delete from counts where kind = 'ended' and days = 71",
        &[("ended 2026-04-01 tree granted 71", 1, 0)],
    )
    .await;
    wrong(
        "update counts set total = 9 where kind = 'task' and label = 'lead'",
        &[("task 9999-12-31 tree lead 0", 1, 9)],
    )
    .await;
    wrong("delete from counts where kind = 'deadline'", &[("deadline 2026-03-01 tree 0", 1, 0)]).await;
    wrong("update counts set total = 0 where kind = 'open' and process = 'tree'", &[("open tree 0", 1, 0)])
        .await;
}

async fn erase(world: &World, case: CaseId, now: i64) {
    let state = world.store.load(&musterstadt(), case).await.unwrap().unwrap();
    let mut course = Course { case: state, way: 0 };
    let erased = Event::CaseErased {
        by: "root".into(),
        asked_by: "ada".into(),
        reason: "Frist abgelaufen".into(),
        exception: None,
        alone: None,
    };
    world.committed(vec![course.turn_at(noon(now), vec![erased])]).await;
}

pub async fn counts_outlive_cases(world: &World) {
    four_cases(world).await;
    let tenant = musterstadt();
    erase(world, Course::new(2).id(), 100).await;
    check(world, (1, 365), 100, ALL).await;
    assert!(world.store.verify(&tenant, listing).await.unwrap().is_clean());
    world.store.rebuild(&tenant, listing).await.unwrap();
    check(world, (1, 365), 100, ALL).await;
    // One that went on waits no longer.
    erase(world, Course::new(3).id(), 101).await;
    let mut expected = ALL.to_vec();
    expected[3] = "tree: 0 open, 0 overdue";
    expected.truncate(8);
    expected.push("clerk: 1 open, 0 overdue, since 2026-02-05T12:00:00Z");
    check(world, (1, 365), 100, &expected).await;
    let report = world.store.verify(&tenant, listing).await.unwrap();
    assert!(report.is_clean(), "{report:#?}");
    world.store.rebuild(&tenant, listing).await.unwrap();
    check(world, (1, 365), 100, &expected).await;
}
