//! The inbox with so many tasks that it is gone through along its indexes: it shows what a short one would.

use fachwerk_core::{
    priority::{Priority, Risk},
    words::Date,
};
use fachwerk_store::{CaseKey, InboxOrder, InboxQuery, MAX_COUNTED, Piece, Whose};
use serde_json::json;

use crate::{
    builders::{Course, at, claimed, day, deadline, entered, number as number_of, started, task},
    lists::{found, inbox},
    world::World,
};

/// So many tasks that no list of them is gathered and sorted, whatever is asked for.
const MANY: u128 = 5_400;

/// Every page of the inbox, one behind the other.
async fn whole(world: &World, query: &InboxQuery) -> Vec<String> {
    let mut query = InboxQuery { piece: Piece { cursor: None, limit: 500 }, ..query.clone() };
    let mut seen = Vec::new();
    loop {
        let page = inbox(world, &query).await;
        seen.extend(page.items);
        match page.next {
            Some(next) => query.piece.cursor = Some(next),
            None => return seen,
        }
    }
}

/// What a case has in the column that is sorted by.
fn sort(number: u128) -> Option<u128> {
    (!number.is_multiple_of(6)).then_some(number * 11 % 1_009)
}

/// The day of the year on which the next deadline of a case ends.
fn end(number: u128) -> Option<i16> {
    (!number.is_multiple_of(7)).then_some((number * 13 % 350) as i16 + 1)
}

/// The day on which lists are read.
const TODAY: Date = Date::constant(2026, 5, 1);

/// Where a case stands among others.
fn place(number: u128) -> Option<Priority> {
    let day_of = |number: u128| day((number % 300) as i16 + 1);
    let risk = number.is_multiple_of(4).then(|| Risk { on: day_of(number * 3), deadline: None });
    let professional = number.is_multiple_of(10);
    let event = number.is_multiple_of(9).then(|| day_of(number * 7));
    let place = Priority { risk, event, professional, received_on: day_of(number * 19) };
    (!number.is_multiple_of(11)).then_some(place)
}

/// Cases that have it by what they have, the others behind them.
fn last_without<T: Ord>(numbers: &mut [u128], descending: bool, has: impl Fn(u128) -> Option<T>) {
    numbers.sort_by_key(|number| (has(*number), *number));
    if descending {
        numbers.reverse();
    }
    // Stable.
    numbers.sort_by_key(|number| has(*number).is_none());
}

/// Whether the task of a case is in a list.
type Wants = fn(u128) -> bool;

pub async fn a_long_inbox_is_as_a_short_one(world: &World) {
    let mut entries = Vec::new();
    for number in 1..=MANY {
        let mut course = Course::new(number);
        let mut columns = json!({ "all": 1, "some": number % 9, "few": number % 1_000 });
        if let Some(sort) = sort(number) {
            columns["sort"] = json!(sort);
        }
        let role = if number % 3 == 0 { "lead" } else { "clerk" };
        let due = (number % 4 != 0).then(|| day(i16::try_from(number * 7 % 300).unwrap() + 1));
        let mut events = vec![
            started(
                "tree",
                match place(number) {
                    Some(place) => json!({ "subject": "Eiche", "columns": columns, "priority": place }),
                    None => json!({ "subject": "Eiche", "columns": columns }),
                },
            ),
            number_of(&format!("N{:04}", number * 17 % 5_407), 1),
            entered(1, "check"),
            task(1, role, due, &[]),
        ];
        // The first of several that run.
        let end = end(number);
        events.push(deadline(1, "first", 1, end.map(day)));
        events.push(deadline(1, "last", 1, end.map(|_| day(360))));
        if number % 5 == 0 {
            events.push(claimed(1, "anna"));
        }
        entries.push(course.turn_at(at((number * 31 % 997) as i64), events));
        if entries.len() == 900 {
            world.committed(std::mem::take(&mut entries)).await;
        }
    }
    let all: Vec<u128> = (1..=MANY).collect();
    let due = |number: &u128| if number.is_multiple_of(4) { i16::MAX } else { (number * 7 % 300) as i16 };
    let opened = |number: &u128| number * 31 % 997;
    let by = InboxOrder::Case;
    // Each order with a third of what can be asked for, and the other way round; `FACHWERK_SOAK` takes all pairs.
    let soak = std::env::var("FACHWERK_SOAK").is_ok_and(|times| times != "1");
    for (first, (order, descending)) in [
        (InboxOrder::Due, false),
        (InboxOrder::Opened, false),
        (by(CaseKey::Number), false),
        (by(CaseKey::Number), true),
        (by(CaseKey::Deadline), false),
        (by(CaseKey::Deadline), true),
        (by(CaseKey::Column("sort".into())), false),
        (by(CaseKey::Column("sort".into())), true),
        (by(CaseKey::Priority { digital_first: false, today: TODAY }), false),
        (by(CaseKey::Priority { digital_first: true, today: TODAY }), true),
    ]
    .into_iter()
    .enumerate()
    {
        let mut expected = all.clone();
        match &order {
            InboxOrder::Due => expected.sort_by_key(|number| (due(number), opened(number), *number)),
            InboxOrder::Opened => expected.sort_by_key(|number| (opened(number), *number)),
            InboxOrder::Case(CaseKey::Number) => {
                last_without(&mut expected, descending, |number| Some(number * 17 % 5_407));
            }
            InboxOrder::Case(CaseKey::Deadline) => last_without(&mut expected, descending, end),
            InboxOrder::Case(CaseKey::Priority { digital_first, .. }) => {
                last_without(&mut expected, descending, |number| {
                    place(number).and_then(|it| {
                        let today = TODAY.to_string();
                        // Of the same day and class the rest of the key decides.
                        it.keys(*digital_first).into_iter().find(|key| match key.get(23..24) {
                            Some("+") => key[24..] >= *today,
                            Some("-") => key[24..] < *today,
                            _ => true,
                        })
                    })
                });
            }
            InboxOrder::Case(CaseKey::Column(_)) => last_without(&mut expected, descending, sort),
        }
        let both = Some(["clerk".into(), "lead".into()].into());
        let clerk = Some(["clerk".into()].into());
        let asked: [(InboxQuery, Wants); 7] = [
            (InboxQuery { roles: both.clone(), ..InboxQuery::default() }, |_| true),
            (InboxQuery::default(), |_| true),
            (InboxQuery { roles: clerk.clone(), ..InboxQuery::default() }, |number| number % 3 != 0),
            (
                InboxQuery { roles: both.clone(), whose: Whose::Unassigned, ..InboxQuery::default() },
                |number| number % 5 != 0,
            ),
            (
                InboxQuery {
                    roles: both.clone(),
                    whose: Whose::OfOrUnassigned("anna".into()),
                    found: found("eiche", &[("all", "1"), ("some", "3")]),
                    ..InboxQuery::default()
                },
                |number| number % 9 == 3,
            ),
            (
                InboxQuery {
                    roles: both.clone(),
                    found: found("eiche", &[("all", "1")]),
                    process: Some("tree".into()),
                    ..InboxQuery::default()
                },
                |_| true,
            ),
            (
                InboxQuery {
                    roles: both,
                    found: found("ei", &[("few", "12"), ("all", "1")]),
                    ..InboxQuery::default()
                },
                |number| number % 1_000 == 12,
            ),
        ];
        for (second, (query, wanted)) in asked.into_iter().enumerate() {
            if !soak && !(first + second).is_multiple_of(3) {
                continue;
            }
            let expected = expected.iter().copied().filter(|number| wanted(*number));
            let expected: Vec<String> = expected.map(|number| format!("{number}.1")).collect();
            let query = InboxQuery { order: order.clone(), descending, ..query };
            assert_eq!(whole(world, &query).await, expected, "{query:?}");
            let total = inbox(world, &query).await.total.unwrap();
            let (count, most) = (expected.len(), MAX_COUNTED as usize);
            assert!(total.count as usize <= count.min(most), "{total:?}: {query:?}");
            assert!(total.more || total.count as usize == count, "{total:?}: {query:?}");
        }
    }
    // Backwards, from a page in the middle.
    let roles = Some(["clerk".into(), "lead".into()].into());
    let forth = whole(world, &InboxQuery { roles: roles.clone(), ..InboxQuery::default() }).await;
    let mut back = whole(world, &InboxQuery { roles, descending: true, ..InboxQuery::default() }).await;
    back.reverse();
    assert_eq!(forth, back);
}
