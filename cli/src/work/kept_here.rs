//! What administrators look after, on the data of this machine: in the shapes that a server is printed in.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use fachwerk_core::{
    authority::{ADMINISTRATOR, Authority, AuthorityCommand, AuthorityRejection},
    decide::Rejection,
    facts::{Actor, day_of},
    keeping::{ArchiveAnswer, KeepingRecord, Retention, RetentionStart},
    projection::CaseRow,
    statistics::{Figures, PeriodFigures, month_of},
    words::{Date, ProcessId, TenantId, Text},
};
use fachwerk_runtime::{KeepingStep, Runtime, SubmitError};
use fachwerk_store::{KeptCases, Piece, StoreError};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    Ask, Outcome,
    here::{change, refusal},
    keeping::{KeepingDeed, KeptList, Period, PeriodStart},
};
use crate::Failure;

/// Cases that are read at once.
const PAGE: u32 = 500;

/// Does what is asked.
pub async fn carry_out(
    runtime: &Runtime,
    (tenant, authority, actor): (&TenantId, &Authority, &Actor),
    ask: &Ask,
) -> Result<Outcome, Failure> {
    if !actor.person().is_some_and(|person| authority.holds(person, ADMINISTRATOR)) {
        let rejection = Rejection::AdministratorNeeded;
        return Ok(Outcome::Refused(vec![refusal(rejection.code(), &rejection.text().en)]));
    }
    match ask {
        Ask::ListKept(list, process) => {
            kept_cases(runtime, tenant, authority, (*list, process.as_ref())).await
        }
        Ask::SetPeriod(process, period) => {
            let retention = period.as_ref().map(retention_of);
            let command = AuthorityCommand::SetRetention { process: process.clone(), retention };
            change(runtime, tenant, actor.clone(), command, json!({ "process": process })).await
        }
        Ask::Keep(deed) => keep(runtime, tenant, actor, deed).await,
        Ask::Statistics(from, until) => {
            let until = month_of(until.unwrap_or(today(runtime)));
            let month_before = |month: Date, _| month_of(month.yesterday().unwrap_or(month));
            let from = month_of(from.unwrap_or_else(|| (0..11).fold(until, month_before)));
            if from > until {
                return Err(format!("--from {from} is after --until {until}: the first month comes first"));
            }
            statistics(runtime, tenant, authority, (from, until)).await.map(Outcome::Done)
        }
        _ => overview(runtime, (tenant, authority, actor)).await.map(Outcome::Done),
    }
}

fn said(error: StoreError) -> Failure {
    error.text().en.to_string()
}

fn today(runtime: &Runtime) -> Date {
    day_of(runtime.clock().now())
}

fn processes(authority: &Authority) -> BTreeSet<ProcessId> {
    authority.current.keys().chain(authority.retired.keys()).cloned().collect()
}

fn retention_of(period: &Period) -> Retention {
    let from = match period.from {
        PeriodStart::YearEnd => RetentionStart::YearEnd,
        PeriodStart::End => RetentionStart::End,
    };
    Retention { years: period.years, from, basis: period.basis.trim().into() }
}

async fn overview(
    runtime: &Runtime,
    (tenant, authority, actor): (&TenantId, &Authority, &Actor),
) -> Result<Value, Failure> {
    let mut shown = Vec::new();
    for process in processes(authority) {
        let retention = authority.retention_of(&process);
        let mut over = (0, false);
        if let Some(retention) = retention {
            let before = retention.over_before(today(runtime));
            let total = runtime.store().ended_before(tenant, &process, before).await.map_err(said)?;
            over = (total.count, total.more);
        }
        shown.push(json!({
            "process": process, "retention": retention, "own": authority.retentions.contains_key(&process),
            "over": over.0, "over_capped": over.1,
        }));
    }
    let persons = runtime.store().people_with_password(tenant).await.map_err(said)?;
    let mut others = persons.iter().filter(|person| Some(*person) != actor.person());
    let alone = !others.any(|person| authority.holds(person, ADMINISTRATOR));
    Ok(json!({ "processes": shown, "alone": alone }))
}

async fn kept_cases(
    runtime: &Runtime,
    tenant: &TenantId,
    authority: &Authority,
    (list, process): (KeptList, Option<&ProcessId>),
) -> Result<Outcome, Failure> {
    let kept = match (list, process) {
        (KeptList::Asked, _) => KeptCases::Asked,
        (KeptList::Held, _) => KeptCases::Held,
        (KeptList::Over, None) => return Err("--process is missing: whose cases?".into()),
        (KeptList::Over, Some(process)) if !processes(authority).contains(process) => {
            let rejection = AuthorityRejection::ProcessUnknown;
            return Ok(Outcome::Refused(vec![refusal(rejection.code(), &rejection.text().en)]));
        }
        (KeptList::Over, Some(process)) => {
            let retention = authority.retention_of(process);
            // Without a period nothing is ever over.
            let before = retention.map_or(Date::MIN, |retention| retention.over_before(today(runtime)));
            KeptCases::EndedBefore(process.clone(), before)
        }
    };
    let mut piece = Piece { cursor: None, limit: PAGE };
    let mut rows = Vec::new();
    loop {
        let page = runtime.store().kept_cases(tenant, &kept, &piece).await.map_err(said)?;
        rows.extend(page.items.iter().map(|row| kept_case(authority, row)));
        match page.next {
            Some(next) => piece.cursor = Some(next),
            None => return Ok(Outcome::Done(Value::Array(rows))),
        }
    }
}

fn kept_case(authority: &Authority, row: &CaseRow) -> Value {
    let retention = authority.retention_of(&row.process);
    let kept_until = row.ended_at.zip(retention).map(|(at, retention)| retention.last_day(day_of(at)));
    let archive = match row.keeping.offer.map(|offer| offer.answer) {
        None => "none",
        Some(None) => "offered",
        Some(Some(ArchiveAnswer::Taken)) => "taken",
        Some(Some(ArchiveAnswer::Refused)) => "refused",
    };
    let asked = row.keeping.asked.as_ref().map(|asked| {
        json!({ "by": asked.by, "at": asked.at, "reason": asked.reason, "exception": asked.exception })
    });
    json!({
        "id": row.case, "number": row.number, "subject": row.subject, "ended_at": row.ended_at,
        "kept_until": kept_until, "hold": row.keeping.hold.as_ref().map(|hold| &hold.reason), "archive": archive,
        "asked": asked,
    })
}

async fn keep(
    runtime: &Runtime,
    tenant: &TenantId,
    actor: &Actor,
    deed: &KeepingDeed,
) -> Result<Outcome, Failure> {
    let reason: Arc<str> = deed.reason.as_deref().unwrap_or_default().trim().into();
    let said = |text: &Option<String>| text.as_deref().map(|text| Arc::<str>::from(text.trim()));
    let step = KeepingStep::Record(match deed.what {
        "hold" => KeepingRecord::Hold { reason },
        "lift" => KeepingRecord::Lift { reason },
        "offer" => KeepingRecord::Offer {},
        "taken" => KeepingRecord::Answer { answer: ArchiveAnswer::Taken },
        "refused" => KeepingRecord::Answer { answer: ArchiveAnswer::Refused },
        "ask" => KeepingRecord::Ask { reason, exception: said(&deed.exception) },
        _ => KeepingRecord::Withdraw { reason },
    });
    let step = match deed.what {
        "erase" => KeepingStep::Erase { alone: said(&deed.alone) },
        _ => step,
    };
    let troubles = runtime.keep_cases(actor, tenant, &deed.cases, Uuid::now_v7(), &step).await;
    let troubles = troubles.map_err(|error| error.to_string())?;
    let told = troubles.into_iter().map(|(case, error)| {
        let (code, why) = match error {
            SubmitError::Rejected(rejection) => (rejection.code(), rejection.text().en.to_string()),
            SubmitError::Store(error @ StoreError::Erased { .. }) => {
                ("CaseErased", error.text().en.to_string())
            }
            other => ("Failed", other.to_string()),
        };
        json!({ "case": case, "code": code, "why": why })
    });
    let troubles: Vec<Value> = told.collect();
    let done = deed.cases.len() - troubles.len();
    Ok(Outcome::of_many(done as u64, troubles))
}

async fn statistics(
    runtime: &Runtime,
    tenant: &TenantId,
    authority: &Authority,
    (from, until): (Date, Date),
) -> Result<Value, Failure> {
    let (from, until, today) = (month_of(from), month_of(until), today(runtime));
    let mut counted = BTreeMap::new();
    for process in processes(authority) {
        let id = authority.current.get(&process).or_else(|| authority.retired.get(&process));
        let release = match id {
            Some(id) => runtime.release(tenant, id).await.ok(),
            None => None,
        };
        // Items of the incoming post are no cases that anybody counts.
        if release.as_ref().is_none_or(|release| !release.item) {
            counted.insert(process, release);
        }
    }
    let known: BTreeSet<ProcessId> = counted.keys().cloned().collect();
    let found = runtime.store().statistics(tenant, Some(&known), (from, until)).await.map_err(said)?;
    let mut figures = Figures::of(found.counts, today);
    let mut shown = Vec::new();
    for (process, release) in &counted {
        let figures = figures.processes.remove(process).unwrap_or_default();
        let id = authority.current.get(process).or_else(|| authority.retired.get(process));
        let title = id.and_then(|id| authority.releases.get(id)).map(|release| release.title.clone());
        let title = title.unwrap_or_else(|| Text::new(process.as_str(), process.as_str()));
        // Of a release that cannot be read any more the outcomes have no title.
        let outcome = |id: &str| match release {
            Some(release) => release.outcome_title(id),
            None => Text::new(id, id),
        };
        let months = figures.months.iter().map(|(month, figures)| {
            let mut shown = period(figures, &outcome);
            shown["month"] = json!(month);
            shown
        });
        let months: Value = months.collect();
        let mut row = period(&figures.whole, &outcome);
        row["months"] = months;
        row["process"] = json!(process);
        row["title"] = said_both(&title);
        row["open"] = json!(figures.open);
        row["overdue"] = json!(figures.overdue);
        shown.push(row);
    }
    let titles = fachwerk_designer_api::role_titles(runtime, tenant, authority).await;
    let roles = figures.roles.iter().map(|(role, figures)| {
        let title = titles.get(role).cloned().unwrap_or_else(|| Text::new(role.as_str(), role.as_str()));
        json!({
            "role": role, "title": said_both(&title), "open": figures.open, "overdue": figures.overdue,
            "oldest": found.oldest.get(role),
        })
    });
    let roles: Vec<Value> = roles.collect();
    Ok(json!({ "from": from, "until": until, "today": today, "processes": shown, "roles": roles }))
}

fn said_both(text: &Text) -> Value {
    json!({ "de": text.de, "en": text.en })
}

fn period(figures: &PeriodFigures, title: &dyn Fn(&str) -> Text) -> Value {
    let outcomes = figures.outcomes.iter().map(
        |(outcome, count)| json!({ "outcome": outcome, "title": said_both(&title(outcome)), "count": count }),
    );
    json!({
        "begun": figures.begun, "ended": figures.ended, "outcomes": outcomes.collect::<Vec<_>>(),
        "median_days": figures.median_days, "most_days": figures.most_days,
    })
}
