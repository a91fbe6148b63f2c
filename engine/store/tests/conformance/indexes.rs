//! Each list is read along an index, however many rows there are, and what a turn changes is found by its key. The table
//! names the index of each list; a plan that goes through a whole table, or along another index, fails and is printed.

use fachwerk_core::{event::Direction, words::TenantId};
use fachwerk_store::{
    CaseKey, CaseQuery, DeadlineQuery, DeadlineState, InboxOrder, InboxQuery, Piece, Planned, Store,
    StoreError, Whose,
};
use serde_json::json;
use uuid::Uuid;

use crate::{
    builders::{
        Course, at, case_id, claimed, day, deadline, document, entered, incident, left, musterstadt, number,
    },
    builders::{started, task},
    lists::found,
    world::World,
};

/// So many cases that no list of them is gathered and sorted.
const MANY: u128 = 5_200;
/// Turns of the one long case.
const LONG: u64 = 10_000;

/// Cases with something in every list. The last one has lived long.
async fn many_cases(world: &World) -> Vec<Course> {
    let (mut entries, mut courses) = (Vec::new(), Vec::new());
    for nth in 1..=MANY {
        let mut course = Course::new(nth);
        let columns = json!({ "kind": nth % 2, "rare": nth });
        let role = if nth % 3 == 0 { "lead" } else { "clerk" };
        let end = day(i16::try_from(nth % 300).unwrap() + 1);
        let mut events = vec![
            started("tree", json!({ "subject": format!("Eiche w{nth}"), "columns": columns })),
            number("N", u64::try_from(nth).unwrap()),
            entered(1, "check"),
            task(1, role, Some(end), &[]),
            deadline(1, "late", 1, (nth % 2 == 0).then_some(end)),
            incident(1, Some(1)),
            document(1, Direction::Outgoing),
        ];
        if nth % 5 == 0 {
            events.push(claimed(1, "anna"));
        }
        entries.push(course.turn_at(at((nth % 997) as i64), events));
        courses.push(course);
        if entries.len() == 800 {
            world.committed(std::mem::take(&mut entries)).await;
        }
    }
    world.committed(entries).await;
    // Written by hand, because nobody reads them: only their number counts.
    let long = case_id(MANY + 1);
    world
        .tamper(&format!(
            "insert into journal select 'musterstadt', '{long}', n.version, {MANY} + n.version, \
             '019b0000-0000-7000-8000-' || (100000000000 + n.version), 'engine', 0, 'r1', t.body, t.body_hash, t.hash from \
             (with recursive n(version) as (select 1 union all select version + 1 from n where version < {LONG}) \
             select version from n) n cross join (select body, body_hash, hash from journal \
             where tenant = 'musterstadt' order by case_id limit 1) t"
        ))
        .await;
    world
        .tamper(&format!("update tenants set position = {MANY} + {LONG} where tenant = 'musterstadt'"))
        .await;
    courses
}

/// What a list is asked for.
type Asked = fn(&Store, &TenantId) -> Reading;
type Reading = std::pin::Pin<Box<dyn Future<Output = Result<(), StoreError>>>>;

fn inbox(store: &Store, tenant: &TenantId, query: InboxQuery) -> Reading {
    let (store, tenant) = (store.clone(), tenant.clone());
    let roles = query.roles.clone().or_else(|| Some(["clerk".into(), "lead".into()].into()));
    Box::pin(async move { store.inbox(&tenant, &InboxQuery { roles, ..query }).await.map(drop) })
}

fn cases(store: &Store, tenant: &TenantId, query: CaseQuery) -> Reading {
    let (store, tenant) = (store.clone(), tenant.clone());
    Box::pin(async move { store.cases(&tenant, &query).await.map(drop) })
}

fn deadlines(store: &Store, tenant: &TenantId, query: DeadlineQuery) -> Reading {
    let (store, tenant) = (store.clone(), tenant.clone());
    Box::pin(async move { store.deadlines(&tenant, &query).await.map(drop) })
}

/// Query, the index that its page is read along, and how it is asked.
const LISTS: &[(&str, &str, Asked)] = &[
    ("inbox by due day", "tasks_role_due", |store, tenant| inbox(store, tenant, InboxQuery::default())),
    ("the first task of somebody", "tasks_assignee_role", |store, tenant| {
        let (store, tenant) = (store.clone(), tenant.clone());
        let roles = Some(["clerk".into(), "lead".into()].into());
        let query =
            InboxQuery { whose: Whose::OfOrUnassigned("anna".into()), roles, ..InboxQuery::default() };
        Box::pin(async move { store.first_task(&tenant, &query).await.map(drop) })
    }),
    ("inbox by age", "tasks_role_opened", |store, tenant| {
        inbox(store, tenant, InboxQuery { order: InboxOrder::Opened, ..InboxQuery::default() })
    }),
    ("inbox by number", "cases_number", |store, tenant| {
        inbox(store, tenant, InboxQuery { order: InboxOrder::Case(CaseKey::Number), ..InboxQuery::default() })
    }),
    ("inbox by legal deadline", "deadlines_end", |store, tenant| {
        inbox(
            store,
            tenant,
            InboxQuery { order: InboxOrder::Case(CaseKey::Deadline), ..InboxQuery::default() },
        )
    }),
    ("inbox by a column", "case_columns", |store, tenant| {
        let order = InboxOrder::Case(CaseKey::Column("rare".into()));
        inbox(store, tenant, InboxQuery { order, ..InboxQuery::default() })
    }),
    ("inbox of a person", "tasks_assignee_role", |store, tenant| {
        inbox(store, tenant, InboxQuery { whose: Whose::Of("anna".into()), ..InboxQuery::default() })
    }),
    ("inbox, a column that few have", "case_columns", |store, tenant| {
        inbox(store, tenant, InboxQuery { found: found("", &[("rare", "7")]), ..InboxQuery::default() })
    }),
    ("inbox, a word that few have", "case_words", |store, tenant| {
        inbox(store, tenant, InboxQuery { found: found("w77", &[]), ..InboxQuery::default() })
    }),
    ("inbox, a word that all have", "tasks_role_due", |store, tenant| {
        inbox(store, tenant, InboxQuery { found: found("eic", &[]), ..InboxQuery::default() })
    }),
    ("cases", "cases", |store, tenant| cases(store, tenant, CaseQuery::default())),
    ("open cases", "cases_open", |store, tenant| {
        cases(store, tenant, CaseQuery { open: Some(true), ..CaseQuery::default() })
    }),
    ("open cases of a process", "cases_process_open", |store, tenant| {
        let process = Some("tree".into());
        cases(store, tenant, CaseQuery { open: Some(true), process, ..CaseQuery::default() })
    }),
    ("cases, a column that few have", "case_columns", |store, tenant| {
        cases(store, tenant, CaseQuery { found: found("", &[("rare", "7")]), ..CaseQuery::default() })
    }),
    ("cases by number", "cases_number", |store, tenant| {
        cases(store, tenant, CaseQuery { order: Some(CaseKey::Number), ..CaseQuery::default() })
    }),
    ("cases by legal deadline", "deadlines_end", |store, tenant| {
        cases(store, tenant, CaseQuery { order: Some(CaseKey::Deadline), ..CaseQuery::default() })
    }),
    ("cases by a column", "case_columns", |store, tenant| {
        let order = Some(CaseKey::Column("rare".into()));
        cases(store, tenant, CaseQuery { order, ..CaseQuery::default() })
    }),
    ("statistics", "counts", |store, tenant| {
        let (store, tenant) = (store.clone(), tenant.clone());
        Box::pin(async move { store.statistics(&tenant, None, (day(1), day(365))).await.map(drop) })
    }),
    ("the oldest task of a role", "tasks_role_opened", |store, tenant| {
        let (store, tenant) = (store.clone(), tenant.clone());
        Box::pin(async move { store.statistics(&tenant, None, (day(1), day(365))).await.map(drop) })
    }),
    ("deadlines", "deadlines_end", |store, tenant| deadlines(store, tenant, DeadlineQuery::default())),
    ("deadlines that wait", "deadlines_end", |store, tenant| {
        let state = Some(DeadlineState::Waiting);
        deadlines(store, tenant, DeadlineQuery { state, ..DeadlineQuery::default() })
    }),
    ("incidents", "incidents_since", |store, tenant| {
        let (store, tenant) = (store.clone(), tenant.clone());
        Box::pin(async move { store.incidents(&tenant, &Piece::default()).await.map(drop) })
    }),
    ("outgoing post", "post_since", |store, tenant| {
        let (store, tenant) = (store.clone(), tenant.clone());
        Box::pin(async move { store.post(&tenant, &Piece::default()).await.map(drop) })
    }),
    ("whether a command was carried out", "journal_command", |store, tenant| {
        let (store, tenant, case) = (store.clone(), tenant.clone(), case_id(MANY + 1));
        Box::pin(async move { store.find_command(&tenant, case, Uuid::from_u128(7)).await.map(drop) })
    }),
    ("what is audited", "journal_position", |store, tenant| {
        let (store, tenant) = (store.clone(), tenant.clone());
        Box::pin(async move { store.events_after(&tenant, 100, 50).await.map(drop) })
    }),
];

pub async fn lists_are_read_along_their_indexes(world: &World) {
    let mut courses = many_cases(world).await;
    for looked_at in [false, true] {
        if looked_at {
            world.store.look_at_rows().await.unwrap();
        }
        let mut wrong = Vec::new();
        for (name, index, ask) in LISTS {
            world.store.record();
            let done = ask(&world.store, &musterstadt()).await;
            let recording = world.store.recorded();
            done.unwrap();
            let plans = world.store.plans(&recording).await.unwrap();
            // PostgreSQL takes thousands of rows for a few until it has looked; it must not read a whole table even then.
            let known: &[&str] = if world.is_postgres() && !looked_at { &[] } else { &[index] };
            check(
                world.is_postgres() && !index.starts_with("journal"),
                &format!("{name} ({index}), rows looked at: {looked_at}"),
                known,
                &plans,
                &mut wrong,
            );
        }
        // A turn of the long case, which is refused: what the journal knows of it is looked up before.
        let mut course = Course::new(MANY + 1);
        course.case.version = LONG;
        let next = course.turn(vec![entered(1, "check")]);
        world.store.record();
        world.append(vec![next]).await;
        let plans = world.store.plans(&world.store.recorded()).await.unwrap();
        let name = format!("what the journal knows, rows looked at: {looked_at}");
        check(false, &name, &["journal", "journal_command"], &plans, &mut wrong);
        // Turns of some cases together, with which tasks, deadlines and incidents go: only these rows are looked for.
        let ending = courses.split_off(courses.len() - 5);
        let ending = ending.into_iter().map(|mut course| course.turn(vec![left(1)])).collect();
        world.store.record();
        world.committed(ending).await;
        let plans = world.store.plans(&world.store.recorded()).await.unwrap();
        let name = format!("several turns, rows looked at: {looked_at}");
        let wide: Vec<&String> = plans.iter().flat_map(wide).collect();
        if !wide.is_empty() {
            wrong.push(format!("{name}: all rows of the authority: {wide:?}\n{plans:#?}"));
        }
        check(false, &name, &["tasks", "deadlines"], &plans, &mut wrong);
        assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    }
}

/// Whether the plans together use these indexes, and nothing goes through a whole table. The name of a table stands for
/// its primary key; where nearly all rows are wanted PostgreSQL may take that instead.
fn check(loosely: bool, name: &str, indexes: &[&str], plans: &[Planned], wrong: &mut Vec<String>) {
    // Counting ends soon; PostgreSQL may do so in any order.
    let counts = |plan: &&Planned| !(loosely && plan.sql.contains("count(*)"));
    let ways: Vec<Way> = plans.iter().filter(counts).flat_map(ways).collect();
    let whole: Vec<&str> = ways
        .iter()
        .filter_map(|way| match way {
            Way::Whole(table) => Some(table.as_str()),
            Way::Along(_) => None,
        })
        .collect();
    let missing = indexes
        .iter()
        .any(|index| !ways.iter().any(|way| matches!(way, Way::Along(along) if along == index || loosely && index.starts_with(along.as_str()))));
    if missing || !whole.is_empty() {
        let plans = plans.iter().map(|plan| format!("{}\n    {}", plan.sql, plan.steps.join("\n    ")));
        wrong.push(format!("{name}: whole {whole:?}, {ways:?}\n{}", plans.collect::<Vec<_>>().join("\n")));
    }
}

/// The steps that go through all rows of the authority, in a table that has more than one of it.
fn wide(plan: &Planned) -> Vec<&String> {
    let one_each = |step: &str| step.contains("tenants") || step.contains("halts");
    let by_tenant = |step: &str| {
        let condition =
            step.trim().strip_prefix("Index Cond: (tenant = ").and_then(|rest| rest.strip_suffix(')'));
        step.ends_with("(tenant=?)")
            // A plan that is kept names the parameter.
            || condition.is_some_and(|value| value == "'musterstadt'::text" || value.starts_with('$'))
    };
    let before = std::iter::once("").chain(plan.steps.iter().map(String::as_str));
    let steps = plan.steps.iter().zip(before);
    let wide = steps.filter(|(step, before)| by_tenant(step) && !one_each(step) && !one_each(before));
    wide.map(|(step, _)| step).collect()
}

/// How a table is read.
#[derive(Debug)]
enum Way {
    Along(String),
    Whole(String),
}

const TABLES: &[&str] = &[
    "cases",
    "tasks",
    "deadlines",
    "incidents",
    "post",
    "case_columns",
    "case_words",
    "journal",
    "timers",
    "counts",
];

/// How a plan reads its tables, as either database says it.
fn ways(plan: &Planned) -> Vec<Way> {
    let words: Vec<&str> = plan.sql.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    // Behind its table stands what it is called in the statement.
    let called = |alias: &str| {
        let named = words.windows(2).find(|pair| pair[1] == alias && TABLES.contains(&pair[0]));
        named.map_or(alias, |pair| pair[0]).to_owned()
    };
    let mut ways = Vec::new();
    for (place, step) in plan.steps.iter().enumerate() {
        let words: Vec<&str> =
            step.split_whitespace().filter(|word| *word != "->" && *word != "Parallel").collect();
        let next = plan.steps.get(place + 1).is_some_and(|next| next.contains("Index Cond"));
        match *words {
            ["SCAN", alias, ..] if TABLES.contains(&&*called(alias)) => ways.push(Way::Whole(called(alias))),
            ["SEARCH", alias, "USING", "PRIMARY", ..] => ways.push(Way::Along(called(alias))),
            ["SEARCH", alias, "USING", "INDEX", index, ..]
            | ["SEARCH", alias, "USING", "COVERING", "INDEX", index, ..] => {
                let key = index == format!("sqlite_autoindex_{}_1", called(alias));
                ways.push(Way::Along(if key { called(alias) } else { index.to_owned() }));
            }
            ["Seq", "Scan", "on", table, ..] if TABLES.contains(&table) => {
                ways.push(Way::Whole(table.to_owned()))
            }
            ["Index", "Scan", "using", index, ..]
            | ["Index", "Only", "Scan", "using", index, ..]
            | ["Index", "Scan", "Backward", "using", index, ..]
            | ["Index", "Only", "Scan", "Backward", "using", index, ..]
            | ["Bitmap", "Index", "Scan", "on", index, ..] => {
                let name = index.strip_suffix("_pkey").unwrap_or(index).to_owned();
                ways.push(if next { Way::Along(name) } else { Way::Whole(name) });
            }
            _ => {}
        }
    }
    ways
}
