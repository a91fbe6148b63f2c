//! Open cases that wait for years: what each takes, and whether lists and commands are as fast with many as with few.

use std::sync::Arc;

use fachwerk_core::{
    facts::day_of,
    words::{TenantId, Value},
};
use fachwerk_runtime::{Runtime, clock::Clock};
use fachwerk_store::{CaseKey, CaseQuery, Found, InboxOrder, InboxQuery, Place};
use serde_json::json;

use super::{
    client::{self, Client},
    figures::{per_second, ratio, rounded},
    fill::{Stamps, fill},
    ground::{self, Grounds},
    here,
    office::{self, clerk, roles},
    plan::Plan,
    stopwatch::{Latencies, Stopwatch},
    workload::{Stored, district, permit},
};
use crate::{Failure, output::say};

/// So often each list is read, and so many waiting tasks are done.
const TIMES: u64 = 30;

/// Measures with each number of open cases, from the fewest on.
pub async fn measure(open: &[u64], plan: &Plan, grounds: &Grounds) -> Result<(), Failure> {
    let mut open = open.to_vec();
    open.sort_unstable();
    open.dedup();
    let work = async |place: &Place| {
        let runtime = here::engine(place, Clock::system()).await?;
        let office = office::set_up(&runtime, 1, Stored::Permit.process()).await?.remove(0);
        let now = runtime.clock().now();
        let stamps = Arc::new(Stamps::before(now, runtime.store(), &office, permit).await?);
        let clients = here::clients(&runtime, &[office], plan.clients, Stored::Permit);
        let (mut from, mut first) = (0, None);
        for open in &open {
            let bytes = ground::bytes(runtime.store()).await?;
            let filled_s = fill(runtime.store(), &stamps, from..*open).await?;
            let grown = ground::bytes(runtime.store()).await?.saturating_sub(bytes);
            let room = grown / (open - from).max(1);
            let own = (from..*open).take(1_000).map(own_bytes).sum::<u64>() / (open - from).clamp(1, 1_000);
            let lists = lists(&runtime, &stamps_tenant(&clients), *open).await?;
            let done = complete(&clients[0], &stamps, from..*open).await?;
            let (latencies, seconds) = client::all(&clients, Stored::Permit, plan.cases).await?;
            let rate = per_second(plan.cases * Stored::Permit.turns(), seconds);
            let first = *first.get_or_insert(rate);
            say(json!({
                "workload": "waiting", "backend": grounds.backend(), "sync": "full", "over": "process",
                "clients": plan.clients, "nodes": 1, "cases": plan.cases, "open": open,
                "filled_per_s": rounded(per_second(small(open - from), filled_s)),
                "bytes_per_case": room, "own_bytes": own, "bytes_beyond_own": room.saturating_sub(own),
                "lists_ms": lists, "complete_p50_ms": rounded(done.quantile_ms(50)),
                "complete_p99_ms": rounded(done.quantile_ms(99)), "commands_per_s": rounded(rate),
                "p50_ms": rounded(latencies.quantile_ms(50)), "p99_ms": rounded(latencies.quantile_ms(99)),
                "rate_ratio": ratio(rate, first),
            }));
            from = *open;
        }
        runtime.store().close().await;
        Ok(())
    };
    grounds.on_fresh(work).await
}

fn stamps_tenant(clients: &[Client]) -> TenantId {
    clients[0].office.tenant.clone()
}

fn small(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Bytes of the application itself.
fn own_bytes(number: u64) -> u64 {
    Value::Object(permit(number)).to_string().len() as u64
}

/// Does tasks that have waited, one after another; each of a case that is in no memory.
async fn complete(
    client: &Client,
    stamps: &Stamps,
    numbers: std::ops::Range<u64>,
) -> Result<Latencies, Failure> {
    let mut latencies = Latencies::default();
    let (task, field) = Stored::Permit.tasks()[0];
    let apart = ((numbers.end - numbers.start) / TIMES).max(1);
    for number in numbers.step_by(usize::try_from(apart).unwrap_or(1)).take(TIMES as usize) {
        let watch = Stopwatch::start();
        client.complete(stamps.case(number), task, field).await?;
        latencies.push(watch.micros());
    }
    Ok(latencies)
}

/// How long the first page of each list takes in the middle, in milliseconds.
async fn lists(runtime: &Runtime, tenant: &TenantId, open: u64) -> Result<Value, Failure> {
    let store = runtime.store();
    let by = |column: &str, value: &str| Found {
        columns: [(column.into(), value.to_owned())].into(),
        ..Found::default()
    };
    let anywhere = Found::default();
    let rare = by("district", &district(open / 2));
    let some = by("name", "Anna Albrecht");
    let half = by("kind", "notice");
    let word = Found { text: Some("müll".to_owned()), ..Found::default() };
    let mut told = serde_json::Map::new();
    for (name, found, order) in [
        ("inbox", &anywhere, InboxOrder::Due),
        ("inbox_by_age", &anywhere, InboxOrder::Opened),
        ("inbox_by_number", &anywhere, InboxOrder::Case(CaseKey::Number)),
        ("inbox_by_deadline", &anywhere, InboxOrder::Case(CaseKey::Deadline)),
        ("inbox_by_column", &anywhere, InboxOrder::Case(CaseKey::Column("from".into()))),
        ("inbox_rare", &rare, InboxOrder::Due),
        ("inbox_some", &some, InboxOrder::Due),
        ("inbox_half", &half, InboxOrder::Due),
        ("inbox_word", &word, InboxOrder::Due),
        ("inbox_half_by_column", &half, InboxOrder::Case(CaseKey::Column("from".into()))),
    ] {
        let query = InboxQuery { roles: Some(roles()), found: found.clone(), order, ..InboxQuery::default() };
        let middle = middle(async || store.inbox(tenant, &query).await.map(drop)).await?;
        told.insert(name.to_owned(), middle);
    }
    for (name, found) in
        [("cases", &anywhere), ("cases_rare", &rare), ("cases_some", &some), ("cases_half", &half)]
    {
        let query = CaseQuery { open: Some(true), found: found.clone(), ..CaseQuery::default() };
        let middle = middle(async || store.cases(tenant, &query).await.map(drop)).await?;
        told.insert(name.to_owned(), middle);
    }
    let today = day_of(runtime.clock().now());
    let statistics = async || store.statistics(tenant, None, (today, today)).await.map(drop);
    told.insert("statistics".to_owned(), middle(statistics).await?);
    let counts = async || store.task_counts(tenant, &roles(), &clerk()).await.map(drop);
    told.insert("counts".to_owned(), middle(counts).await?);
    Ok(Value::Object(told))
}

async fn middle(read: impl AsyncFn() -> Result<(), fachwerk_store::StoreError>) -> Result<Value, Failure> {
    let mut latencies = Latencies::default();
    for _ in 0..TIMES {
        let watch = Stopwatch::start();
        read().await.map_err(|error| error.to_string())?;
        latencies.push(watch.micros());
    }
    Ok(rounded(latencies.quantile_ms(50)))
}
