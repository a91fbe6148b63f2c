//! Lists: filters, orders, pages.

use fachwerk_core::words::{CaseId, Object, TenantId};
use fachwerk_store::{
    CaseKey, CaseQuery, Cursor, DeadlineQuery, DeadlineState, Found, InboxOrder, InboxQuery, MAX_COUNTED,
    MAX_ROWS, Page, Piece, StoreError, TaskCounts, Total, Whose,
};
use serde_json::json;

use crate::{
    builders::{
        Course, case_id, claimed, day, deadline, document, ended, entered, incident, musterstadt, number,
        started, suspended, task,
    },
    world::World,
};

/// Five cases with tasks:
///
/// | task | role | due | whose | may not | process | number | subject | columns |
/// |---|---|---|---|---|---|---|---|---|
/// | 1.1 | clerk | 10th | - | bert | bonfire | AZ-0001 | Müller, Halle | city Halle, paid true, cents 1200 |
/// | 1.2 | lead | - | - | - | as before | | | |
/// | 2.1 | clerk | 5th | anna | - | bonfire | - | Schulze, Halle | city Halle, paid false, cents 900 |
/// | 3.1 | clerk | 20th | bert | anna, bertram | tree | AZ-0002 | Müller-Lüdenscheidt | city Dessau |
/// | 4.1 | lead | 5th | - | - | tree | BZ-0001 | - | - |
/// | 5 | has ended | | | | tree | - | Müller | city Halle |
async fn five_cases(world: &World) {
    let fields = |city: &str, paid: bool, cents: i64| json!({"city": city, "paid": paid, "cents": cents});
    let mut one = Course::new(1);
    let data = json!({"subject": "Müller, Halle", "columns": fields("Halle", true, 1200), "priority": {"received_on": "2026-03-05"}});
    let mut batch = vec![
        one.turn(vec![started("bonfire", data), number("AZ", 1)]),
        one.turn(vec![entered(1, "check"), task(1, "clerk", Some(day(10)), &["bert"])]),
        one.turn(vec![entered(2, "sign"), task(2, "lead", None, &[])]),
        one.turn(vec![deadline(2, "late", 1, Some(day(30))), deadline(1, "soon", 1, Some(day(12)))]),
    ];
    let mut two = Course::new(2);
    let priority = json!({"risk": {"on": "2026-04-01"}, "received_on": "2026-03-06"});
    let data =
        json!({"subject": "Schulze, Halle", "columns": fields("Halle", false, 900), "priority": priority});
    batch.push(two.turn(vec![started("bonfire", data)]));
    batch.push(two.turn(vec![entered(1, "check"), task(1, "clerk", Some(day(5)), &[]), claimed(1, "anna")]));
    let mut three = Course::new(3);
    let data = json!({"subject": "Müller-Lüdenscheidt", "columns": {"city": "Dessau"}, "priority": {"received_on": "2026-03-04"}});
    batch.push(three.turn(vec![started("tree", data), number("AZ", 2)]));
    let excluded = &["anna", "bertram"];
    batch.push(three.turn(vec![
        entered(1, "check"),
        task(1, "clerk", Some(day(20)), excluded),
        claimed(1, "bert"),
    ]));
    batch.push(three.turn(vec![deadline(1, "open", 1, None)]));
    let mut four = Course::new(4);
    let data = json!({"priority": {"professional": true, "received_on": "2026-03-06"}});
    batch.push(four.turn(vec![started("tree", data), number("BZ", 1)]));
    batch.push(four.turn(vec![entered(1, "sign"), task(1, "lead", Some(day(5)), &[])]));
    let mut five = Course::new(5);
    let data = json!({"subject": "Müller", "columns": {"city": "Halle"}});
    batch.push(five.turn(vec![started("tree", data)]));
    batch.push(five.turn(vec![ended()]));
    world.committed(batch).await;
}

/// A task as `case.instance`, cases being called by their small numbers.
fn short(case: CaseId, instance: u32) -> String {
    format!("{}.{instance}", case.0.as_u128() - case_id(0).0.as_u128())
}

pub async fn inbox(world: &World, query: &InboxQuery) -> Page<String> {
    let page = world.store.inbox(&musterstadt(), query).await.unwrap();
    let items: Vec<String> =
        page.items.iter().map(|entry| short(entry.task.case, entry.task.instance.0)).collect();
    if query.piece.cursor.is_none() {
        let first = world.store.first_task(&musterstadt(), query).await.unwrap();
        let first = first.map(|first| short(first.case, first.instance.0));
        assert_eq!(first.as_ref(), items.first(), "the first alone: {query:?}");
    }
    Page { items, next: page.next, total: page.total }
}

async fn check(world: &World, query: InboxQuery, expected: &str) {
    let page = inbox(world, &query).await;
    assert_eq!(page.items.join(" "), expected, "{query:?}");
    assert_eq!(page.total, Some(Total { count: page.items.len() as u32, more: false }), "{query:?}");
    assert_eq!(page.next, None);
}

pub fn found(text: &str, columns: &[(&str, &str)]) -> Found {
    let columns = columns.iter().map(|(name, value)| ((*name).into(), (*value).to_owned())).collect();
    Found { text: (!text.is_empty()).then(|| text.to_owned()), columns }
}

pub async fn the_inbox_is_filtered(world: &World) {
    five_cases(world).await;
    let all = InboxQuery::default;
    check(world, all(), "2.1 4.1 1.1 3.1 1.2").await;
    let roles = |roles: &[&str]| Some(roles.iter().map(|role| (*role).into()).collect());
    check(world, InboxQuery { roles: roles(&["clerk"]), ..all() }, "2.1 1.1 3.1").await;
    check(world, InboxQuery { roles: roles(&["clerk", "lead"]), ..all() }, "2.1 4.1 1.1 3.1 1.2").await;
    check(world, InboxQuery { roles: roles(&["nobody"]), ..all() }, "").await;
    check(world, InboxQuery { roles: roles(&[]), ..all() }, "").await;
    check(world, InboxQuery { whose: Whose::Of("anna".into()), ..all() }, "2.1").await;
    check(world, InboxQuery { whose: Whose::Of("Anna".into()), ..all() }, "").await;
    check(world, InboxQuery { whose: Whose::Unassigned, ..all() }, "4.1 1.1 1.2").await;
    check(world, InboxQuery { whose: Whose::OfOrUnassigned("bert".into()), ..all() }, "4.1 1.1 3.1 1.2")
        .await;
    check(world, InboxQuery { hide_excluding: Some("bert".into()), ..all() }, "2.1 4.1 3.1 1.2").await;
    check(world, InboxQuery { hide_excluding: Some("anna".into()), ..all() }, "2.1 4.1 1.1 1.2").await;
    check(world, InboxQuery { hide_excluding: Some("ann".into()), ..all() }, "2.1 4.1 1.1 3.1 1.2").await;
    check(world, InboxQuery { hide_excluding: Some("ANNA".into()), ..all() }, "2.1 4.1 1.1 3.1 1.2").await;
    check(world, InboxQuery { hide_excluding: Some("tram".into()), ..all() }, "2.1 4.1 1.1 3.1 1.2").await;
    check(world, InboxQuery { process: Some("tree".into()), ..all() }, "4.1 3.1").await;
    check(world, InboxQuery { due_until: Some(day(10)), ..all() }, "2.1 4.1 1.1").await;
    check(world, InboxQuery { due_until: Some(day(4)), ..all() }, "").await;
    check(world, InboxQuery { found: found("MÜLL", &[]), ..all() }, "1.1 3.1 1.2").await;
    check(world, InboxQuery { found: found("", &[("city", "Halle")]), ..all() }, "2.1 1.1 1.2").await;
    let both = InboxQuery {
        roles: roles(&["clerk"]),
        whose: Whose::Unassigned,
        hide_excluding: Some("anna".into()),
        process: Some("bonfire".into()),
        found: found("müller halle", &[("city", "Halle"), ("paid", "true"), ("cents", "1200")]),
        due_until: Some(day(10)),
        ..all()
    };
    check(world, both, "1.1").await;

    let page = world.store.inbox(&musterstadt(), &all()).await.unwrap();
    let shown = page.items.iter().map(|entry| {
        let next = entry.next_deadline.as_ref().map(|deadline| (&*deadline.name, deadline.end));
        (
            entry.case.number.as_deref(),
            entry.case.subject.as_deref(),
            entry.case.columns.get("city").cloned(),
            next,
        )
    });
    let shown: Vec<_> = shown.collect();
    let soon = Some(("soon", Some(day(12))));
    let (halle, dessau) = (Some(json!("Halle")), Some(json!("Dessau")));
    assert_eq!(
        shown,
        [
            (None, Some("Schulze, Halle"), halle.clone(), None),
            (Some("BZ-0001"), None, None, None),
            (Some("AZ-0001"), Some("Müller, Halle"), halle.clone(), soon),
            (Some("AZ-0002"), Some("Müller-Lüdenscheidt"), dessau, None),
            (Some("AZ-0001"), Some("Müller, Halle"), halle, soon),
        ]
    );
}

pub async fn the_inbox_is_sorted_and_paged(world: &World) {
    five_cases(world).await;
    let column = |name: &str| InboxOrder::Case(CaseKey::Column(name.into()));
    let priority = |digital_first| {
        InboxOrder::Case(CaseKey::Priority { digital_first, today: "2026-03-20".parse().unwrap() })
    };
    let orders = [
        (InboxOrder::Due, "2.1 4.1 1.1 3.1 1.2", "1.2 3.1 1.1 4.1 2.1"),
        // Tasks opened in the second turn of their case were all opened in the same second; one came a turn later.
        (InboxOrder::Opened, "1.1 2.1 3.1 4.1 1.2", "1.2 4.1 3.1 2.1 1.1"),
        // Cases that lack what is sorted by come last in either direction.
        (InboxOrder::Case(CaseKey::Number), "1.1 1.2 3.1 4.1 2.1", "4.1 3.1 1.2 1.1 2.1"),
        (InboxOrder::Case(CaseKey::Deadline), "1.1 1.2 2.1 3.1 4.1", "1.2 1.1 4.1 3.1 2.1"),
        // A citizen's paper (3) is not behind what came later digitally; professionals (4) go ahead only where that is wanted.
        (priority(false), "2.1 3.1 1.1 1.2 4.1", "4.1 1.2 1.1 3.1 2.1"),
        (priority(true), "2.1 4.1 3.1 1.1 1.2", "1.2 1.1 3.1 4.1 2.1"),
        (column("city"), "3.1 1.1 1.2 2.1 4.1", "2.1 1.2 1.1 3.1 4.1"),
        (column("cents"), "2.1 1.1 1.2 3.1 4.1", "1.2 1.1 2.1 4.1 3.1"),
        (column("nothing"), "1.1 1.2 2.1 3.1 4.1", "4.1 3.1 2.1 1.2 1.1"),
    ];
    for (order, forth, back) in orders {
        for (descending, expected) in [(false, forth), (true, back)] {
            let expected: Vec<&str> = expected.split(' ').collect();
            for limit in [1, 2, 3, 4, 5, 6, 0, 9999] {
                let mut query = InboxQuery { order: order.clone(), descending, ..InboxQuery::default() };
                query.piece.limit = limit;
                let mut seen = Vec::new();
                let mut pages = 0;
                loop {
                    let page = inbox(world, &query).await;
                    assert_eq!(page.total.is_some(), pages == 0, "the total comes with the first page only");
                    seen.extend(page.items);
                    pages += 1;
                    assert!(pages < 9, "the list ends");
                    match page.next {
                        Some(next) => query.piece.cursor = Some(next),
                        None => break,
                    }
                }
                assert_eq!(seen, expected, "{order:?} {descending} {limit}");
                let full = if limit == 0 { 50 } else { limit as usize };
                assert_eq!(pages, expected.len().div_ceil(full), "no empty page: {order:?} {limit}");
            }
        }
    }
    // A cursor belongs to one column.
    let mut query = InboxQuery { order: column("city"), ..InboxQuery::default() };
    query.piece.limit = 1;
    query.piece.cursor = inbox(world, &query).await.next;
    query.order = column("cents");
    assert_eq!(world.store.inbox(&musterstadt(), &query).await.unwrap_err(), StoreError::BadCursor);
}

pub async fn cases_are_sorted(world: &World) {
    five_cases(world).await;
    let tenant = musterstadt();
    let column = |name: &str| Some(CaseKey::Column(name.into()));
    let halle = found("", &[("city", "halle")]);
    let queries = [
        (CaseQuery { order: Some(CaseKey::Number), ..CaseQuery::default() }, "1 3 4 2 5", "4 3 1 5 2"),
        (CaseQuery { order: Some(CaseKey::Deadline), ..CaseQuery::default() }, "1 2 3 4 5", "1 5 4 3 2"),
        (CaseQuery { order: column("city"), ..CaseQuery::default() }, "3 1 2 5 4", "5 2 1 3 4"),
        (
            CaseQuery { order: column("cents"), open: Some(true), ..CaseQuery::default() },
            "2 1 3 4",
            "1 2 4 3",
        ),
        (CaseQuery { order: column("cents"), found: halle, ..CaseQuery::default() }, "2 1 5", "1 2 5"),
        (
            CaseQuery { order: column("city"), process: Some("tree".into()), ..CaseQuery::default() },
            "3 5 4",
            "5 3 4",
        ),
    ];
    for (query, forth, back) in queries {
        for (descending, expected) in [(false, forth), (true, back)] {
            for limit in [1, 2, 3, 9] {
                let mut query = CaseQuery { descending, ..query.clone() };
                query.piece.limit = limit;
                let mut seen = Vec::new();
                loop {
                    let page = world.store.cases(&tenant, &query).await.unwrap();
                    seen.extend(page.items.iter().map(|row| row.case.0.as_u128() - case_id(0).0.as_u128()));
                    match page.next {
                        Some(next) => query.piece.cursor = Some(next),
                        None => break,
                    }
                }
                let seen = seen.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
                assert_eq!(seen, expected, "{query:?}");
            }
        }
    }
}

pub async fn a_page_goes_on_where_it_ended(world: &World) {
    five_cases(world).await;
    let mut query = InboxQuery::default();
    query.piece.limit = 2;
    let first = inbox(world, &query).await;
    assert_eq!(first.items, ["2.1", "4.1"]);
    // Meanwhile one comes before the cursor, one behind it, and the last one seen goes.
    let (mut six, mut seven) = (Course::new(6), Course::new(7));
    world
        .committed(vec![
            six.turn(vec![started("tree", json!({})), entered(1, "a"), task(1, "clerk", Some(day(1)), &[])]),
            seven.turn(vec![
                started("tree", json!({})),
                entered(1, "a"),
                task(1, "clerk", Some(day(15)), &[]),
            ]),
        ])
        .await;
    world.tamper("delete from tasks where role = 'lead' and due <> '9999-12-31'").await;
    query.piece = Piece { cursor: first.next.clone(), limit: 500 };
    assert_eq!(inbox(world, &query).await.items, ["1.1", "7.1", "3.1", "1.2"]);

    let cursor = first.next.unwrap();
    let same = Cursor::from_text(cursor.as_str());
    assert_eq!(same, cursor);
    let tenant = musterstadt();
    let text = cursor.as_str().to_owned();
    let wrong =
        [String::new(), "zz".into(), text[1..].to_owned(), text[..text.len() - 2].to_owned(), "ä".into()];
    for wrong in wrong {
        query.piece.cursor = Some(Cursor::from_text(&wrong));
        assert_eq!(world.store.inbox(&tenant, &query).await.unwrap_err(), StoreError::BadCursor, "{wrong:?}");
    }
    query = InboxQuery { order: InboxOrder::Opened, ..InboxQuery::default() };
    query.piece.cursor = Some(cursor.clone());
    assert_eq!(world.store.inbox(&tenant, &query).await.unwrap_err(), StoreError::BadCursor, "another order");
    let query = CaseQuery { piece: Piece { cursor: Some(cursor), limit: 1 }, ..CaseQuery::default() };
    assert_eq!(world.store.cases(&tenant, &query).await.unwrap_err(), StoreError::BadCursor, "another list");
    // The same kinds of keys do not make it the same list.
    let mut query = InboxQuery { order: InboxOrder::Opened, ..InboxQuery::default() };
    query.piece.limit = 1;
    let cursor = inbox(world, &query).await.next;
    let piece = Piece { cursor, limit: 1 };
    assert_eq!(world.store.incidents(&tenant, &piece).await.unwrap_err(), StoreError::BadCursor, "incidents");
}

pub async fn tasks_are_counted(world: &World) {
    let count = async |roles: &[&str], person: &str| {
        let roles = roles.iter().map(|role| (*role).into()).collect();
        world.store.task_counts(&musterstadt(), &roles, &person.into()).await.unwrap()
    };
    let some = |count| Total { count, more: false };
    let counts =
        |mine, unassigned, all| TaskCounts { mine: some(mine), unassigned: some(unassigned), all: some(all) };
    assert_eq!(count(&["clerk"], "anna").await, counts(0, 0, 0));
    five_cases(world).await;
    assert_eq!(count(&["clerk"], "anna").await, counts(1, 1, 3));
    assert_eq!(count(&["clerk", "lead"], "bert").await, counts(1, 3, 5));
    assert_eq!(count(&[], "anna").await, counts(0, 0, 0), "a task of a role that does not count");
}

async fn cases(world: &World, tenant: &TenantId, query: &CaseQuery) -> String {
    let page = world.store.cases(tenant, query).await.unwrap();
    let numbers = page.items.iter().map(|row| (row.case.0.as_u128() - case_id(0).0.as_u128()).to_string());
    numbers.collect::<Vec<_>>().join(" ")
}

pub async fn cases_are_found(world: &World) {
    five_cases(world).await;
    let tenant = musterstadt();
    let all = CaseQuery::default;
    let by = |text: &str, columns: &[(&str, &str)]| CaseQuery { found: found(text, columns), ..all() };
    let queries = [
        (all(), "5 4 3 2 1"),
        (CaseQuery { open: Some(true), ..all() }, "4 3 2 1"),
        (CaseQuery { open: Some(false), ..all() }, "5"),
        (CaseQuery { process: Some("bonfire".into()), ..all() }, "2 1"),
        (CaseQuery { process: Some("tree".into()), open: Some(true), ..all() }, "4 3"),
        (CaseQuery { process: Some("tre".into()), ..all() }, ""),
        (by("müller", &[]), "5 3 1"),
        (by("MÜLLER", &[]), "5 3 1"),
        (by("mül hal", &[]), "1"),
        (by("lüdenscheidt", &[]), "3"),
        (by("denscheidt", &[]), ""),
        (by("az-000", &[]), "3 1"),
        (by("az-0002", &[]), "3"),
        (by("0001", &[]), "4 1"),
        (by("1", &[]), "4 1"),
        (by("bz", &[]), "4"),
        (by(" ", &[]), "5 4 3 2 1"),
        (by("%", &[]), ""),
        (by("", &[("city", "Halle")]), "5 2 1"),
        (by("", &[("city", "halle")]), "5 2 1"),
        (by("mueller", &[]), "5 3 1"),
        (by("", &[("cents", "900.0")]), "2"),
        (by("", &[("city", "Hal")]), ""),
        (by("", &[("paid", "true")]), "1"),
        (by("", &[("cents", "900")]), "2"),
        (by("müller", &[("city", "Halle"), ("paid", "false")]), ""),
        (CaseQuery { open: Some(true), ..by("müller", &[("city", "Halle")]) }, "1"),
    ];
    for (query, expected) in queries {
        assert_eq!(cases(world, &tenant, &query).await, expected, "{query:?}");
    }
    let mut query = CaseQuery { piece: Piece { cursor: None, limit: 2 }, ..all() };
    let mut seen = Vec::new();
    loop {
        let page = world.store.cases(&tenant, &query).await.unwrap();
        assert_eq!(page.total, query.piece.cursor.is_none().then_some(Total { count: 5, more: false }));
        seen.extend(page.items.into_iter().map(|row| row.case));
        query.piece.cursor = page.next;
        if query.piece.cursor.is_none() {
            break;
        }
    }
    assert_eq!(seen, [5, 4, 3, 2, 1].map(case_id));

    // What a case was found by before, it is not found by any more.
    let mut one = Course::new(6);
    world
        .committed(vec![
            one.turn(vec![started("tree", json!({"subject": "Alt", "columns": {"city": "Zeitz"}}))]),
        ])
        .await;
    let new = json!({"subject": "Neu", "columns": {"town": "Zeitz"}});
    world.committed(vec![one.turn(vec![crate::builders::written(&["listing"], new)])]).await;
    let queries = [
        (by("alt", &[]), ""),
        (by("neu", &[]), "6"),
        (by("", &[("city", "Zeitz")]), ""),
        (by("", &[("town", "Zeitz")]), "6"),
    ];
    for (query, expected) in queries {
        assert_eq!(cases(world, &tenant, &query).await, expected, "{query:?}");
    }
}

pub async fn deadlines_incidents_and_post_are_listed(world: &World) {
    let tenant = musterstadt();
    let store = &world.store;
    for case in 1..=3 {
        let mut course = Course::new(case);
        let process = if case == 3 { "tree" } else { "bonfire" };
        let end = |offset: i16| Some(day(10 + offset - case as i16));
        world
            .committed(vec![
                course.turn(vec![started(process, json!({"subject": format!("Fall {case}")}))]),
                course.turn(vec![
                    entered(1, "wait"),
                    deadline(1, "a", 1, end(0)),
                    deadline(1, "b", 1, end(0)),
                ]),
                course.turn(vec![
                    entered(2, "wait"),
                    deadline(2, "c", 1, None),
                    incident(1, Some(2)),
                    incident(2, None),
                ]),
                course.turn(vec![document(1, fachwerk_core::event::Direction::Outgoing)]),
            ])
            .await;
    }
    let deadlines = async |until: Option<i16>, process: Option<&str>| {
        let query = DeadlineQuery {
            until: until.map(day),
            process: process.map(Into::into),
            ..DeadlineQuery::default()
        };
        let page = store.deadlines(&tenant, &query).await.unwrap();
        let shown = page
            .items
            .iter()
            .map(|listed| format!("{}{}", short(listed.row.case, listed.row.instance.0), listed.row.name));
        (shown.collect::<Vec<_>>().join(" "), page.total.map(|total| total.count))
    };
    assert_eq!(deadlines(None, None).await, ("3.1a 3.1b 2.1a 2.1b 1.1a 1.1b".into(), Some(6)));
    assert_eq!(deadlines(Some(8), None).await, ("3.1a 3.1b 2.1a 2.1b".into(), Some(4)));
    assert_eq!(deadlines(Some(6), None).await, (String::new(), Some(0)));
    assert_eq!(deadlines(None, Some("tree")).await, ("3.1a 3.1b".into(), Some(2)));
    // A deadline that is suspended ends on no day known, so it comes last, and in no list up to a day.
    let mut course = Course::new(4);
    world
        .committed(vec![course.turn(vec![
            started("tree", json!({"subject": "Fall 4"})),
            entered(1, "wait"),
            suspended(1, "a", day(1)),
        ])])
        .await;
    assert_eq!(deadlines(None, Some("tree")).await, ("3.1a 3.1b 4.1a".into(), Some(3)));
    assert_eq!(deadlines(Some(300), Some("tree")).await, ("3.1a 3.1b".into(), Some(2)));
    for (state, expected) in [
        (DeadlineState::Running, "3.1a 3.1b 2.1a 2.1b 1.1a 1.1b"),
        (DeadlineState::Suspended, "4.1a"),
        (DeadlineState::Waiting, "1.2c 2.2c 3.2c"),
    ] {
        let mut query = DeadlineQuery {
            state: Some(state),
            piece: Piece { cursor: None, limit: 2 },
            ..DeadlineQuery::default()
        };
        let mut shown = Vec::new();
        loop {
            let page = store.deadlines(&tenant, &query).await.unwrap();
            let names = page.items.iter().map(|listed| {
                format!("{}{}", short(listed.row.case, listed.row.instance.0), listed.row.name)
            });
            shown.extend(names);
            query.piece.cursor = page.next;
            if query.piece.cursor.is_none() {
                break;
            }
        }
        assert_eq!(shown.join(" "), expected, "{state:?}");
    }

    let mut query = DeadlineQuery { piece: Piece { cursor: None, limit: 1 }, ..DeadlineQuery::default() };
    let mut subjects = Vec::new();
    loop {
        let page = store.deadlines(&tenant, &query).await.unwrap();
        subjects.extend(page.items.into_iter().filter_map(|listed| listed.case.subject));
        query.piece.cursor = page.next;
        if query.piece.cursor.is_none() {
            break;
        }
    }
    let subjects: Vec<&str> = subjects.iter().map(|subject| &**subject).collect();
    assert_eq!(subjects, ["Fall 3", "Fall 3", "Fall 2", "Fall 2", "Fall 1", "Fall 1", "Fall 4"]);

    let piece = Piece::default();
    let incidents = store.incidents(&tenant, &piece).await.unwrap();
    let shown = incidents.items.iter().map(|listed| {
        format!("{} {}", short(listed.row.case, listed.row.number), listed.case.subject.as_deref().unwrap())
    });
    let expected = ["1.1 Fall 1", "1.2 Fall 1", "2.1 Fall 2", "2.2 Fall 2", "3.1 Fall 3", "3.2 Fall 3"];
    assert_eq!(shown.collect::<Vec<_>>(), expected);
    let two = store.incidents(&tenant, &Piece { cursor: None, limit: 2 }).await.unwrap();
    let rest = store.incidents(&tenant, &Piece { cursor: two.next.clone(), limit: 4 }).await.unwrap();
    assert_eq!([two.items, rest.items].concat(), incidents.items);
    assert_eq!(rest.next, None);
    let post = store.post(&tenant, &piece).await.unwrap();
    let shown = post
        .items
        .iter()
        .map(|listed| (short(listed.row.case, listed.row.document), listed.row.title.to_string()));
    let expected = ["1.1", "2.1", "3.1"].map(|short| (short.to_owned(), "Bescheid".to_owned()));
    assert_eq!(shown.collect::<Vec<_>>(), expected);
}

pub async fn limits_are_named(world: &World) {
    let tenant = musterstadt();
    let store = &world.store;
    let too_large = |what, size, limit| StoreError::TooLarge { what, size, limit };
    let roles = (0..101).map(|number| format!("r{number}").as_str().into()).collect();
    let query = InboxQuery { roles: Some(roles), ..InboxQuery::default() };
    assert_eq!(store.inbox(&tenant, &query).await.unwrap_err(), too_large("query_roles", 101, 100));
    let query = CaseQuery { found: found("a b c d e f g h i", &[]), ..CaseQuery::default() };
    assert_eq!(store.cases(&tenant, &query).await.unwrap_err(), too_large("search_words", 9, 8));
    let columns: Vec<_> = (0..9).map(|number| (number.to_string(), String::new())).collect();
    let columns = columns.into_iter().map(|(name, value)| (name.as_str().into(), value)).collect();
    let query = CaseQuery { found: Found { text: None, columns }, ..CaseQuery::default() };
    assert_eq!(store.cases(&tenant, &query).await.unwrap_err(), too_large("query_columns", 9, 8));
}

/// A search that finds thousands takes another way than one that finds a few; both find the same.
pub async fn what_is_frequent_is_found(world: &World) {
    let tenant = musterstadt();
    let cases_in_all = u128::from(MAX_COUNTED) + 200;
    let mut entries = Vec::new();
    for number in 1..=cases_in_all {
        let mut course = Course::new(number);
        let subject = if number % 300 == 0 { "Seltene Eiche" } else { "Eibe" };
        let data =
            json!({"subject": format!("Baum {subject}"), "columns": {"all": 1, "most": number % 12 != 0}});
        let mut events = vec![started("tree", data)];
        if number % 400 == 0 {
            events.extend([entered(1, "check"), task(1, "clerk", None, &[])]);
        }
        entries.push(course.turn(events));
        if entries.len() == 100 {
            world.committed(std::mem::take(&mut entries)).await;
        }
    }
    let queries = [
        (found("baum selten", &[]), "1200 900 600 300"),
        (found("selten baum eiche", &[("all", "1"), ("most", "false")]), "1200 900 600 300"),
        (found("selten", &[("most", "true")]), ""),
    ];
    for (found, expected) in queries {
        let query = CaseQuery { found, ..CaseQuery::default() };
        assert_eq!(cases(world, &tenant, &query).await, expected, "{query:?}");
    }
    let mut query = CaseQuery { found: found("bau", &[("all", "1")]), ..CaseQuery::default() };
    query.piece.limit = 500;
    let mut seen = 0;
    loop {
        let page = world.store.cases(&tenant, &query).await.unwrap();
        let more = Total { count: MAX_COUNTED, more: true };
        assert_eq!(page.total, query.piece.cursor.is_none().then_some(more));
        seen += page.items.len();
        query.piece.cursor = page.next;
        if query.piece.cursor.is_none() {
            break;
        }
    }
    assert_eq!(seen as u128, cases_in_all);
    check(
        world,
        InboxQuery { found: found("baum", &[("all", "1")]), ..InboxQuery::default() },
        "400.1 800.1 1200.1",
    )
    .await;
    check(
        world,
        InboxQuery { found: found("baum eiche", &[("all", "1")]), ..InboxQuery::default() },
        "1200.1",
    )
    .await;
}

pub async fn counting_ends(world: &World) {
    let tenant = musterstadt();
    let mut courses: Vec<Course> = (1..=u128::from(MAX_COUNTED) + 1).map(Course::new).collect();
    let mut entries: Vec<_> =
        courses.iter_mut().map(|course| course.turn(vec![started("tree", Object::new().into())])).collect();
    let last = entries.pop().unwrap();
    world.committed(entries).await;
    let query = CaseQuery { piece: Piece { cursor: None, limit: 9999 }, ..CaseQuery::default() };
    let page = world.store.cases(&tenant, &query).await.unwrap();
    assert_eq!(
        (page.items.len(), page.total),
        (MAX_ROWS as usize, Some(Total { count: MAX_COUNTED, more: false }))
    );
    assert!(page.next.is_some());
    world.committed(vec![last]).await;
    let page = world.store.cases(&tenant, &query).await.unwrap();
    assert_eq!(page.total, Some(Total { count: MAX_COUNTED, more: true }));
    assert_eq!(world.store.events_after(&tenant, 0, u32::MAX).await.unwrap().len(), MAX_ROWS as usize);
}
