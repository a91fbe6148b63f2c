//! What is counted for statistics: a row a count, changed with each turn. It names no case and no person, and stays when cases
//! are erased: `kept` says how much of a count comes of them, because their turns cannot be gone through any more.

use std::collections::{BTreeMap, BTreeSet};

use fachwerk_core::{
    facts::day_of,
    statistics::{Counted, month_of},
    words::{CaseId, Date, ProcessId, RoleId, TenantId, Timestamp},
};

use crate::{
    Store,
    database::Link,
    error::StoreError,
    finding::{Problem, Report},
    statement::{
        Cell,
        Kind::{Int, Text},
        Row, Statement,
    },
    tables::{Column, NO_DAY, SUSPENDED},
    verify::note_beside,
    writes::Writes,
};

/// Counts that are read at once.
const AT_ONCE: usize = 500;
/// The most processes that one query is restricted to.
const MAX_PROCESSES: usize = 500;

/// By how much a count changes, and how much of it is kept of erased cases.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub total: i64,
    pub kept: i64,
}

impl Count {
    fn is_nothing(self) -> bool {
        self == Count::default()
    }
}

pub(crate) type Counts = BTreeMap<Counted, Count>;

/// The counts of an authority, and since when its roles have something to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Those of the months that were asked for, and all about cases that go on.
    pub counts: Vec<(Counted, u64)>,
    /// By role: since when its oldest task is open.
    pub oldest: BTreeMap<RoleId, Timestamp>,
}

/// The columns of the key, behind the tenant: kind, day, process, label, days.
type Key = (&'static str, String, String, String, u32);

const BEGUN: &str = "begun";
const ENDED: &str = "ended";
const OPEN: &str = "open";
const DEADLINE: &str = "deadline";
const TASK: &str = "task";
/// Cases that were erased again in an older copy: how they had ended cannot be read any more.
const UNKNOWN: &str = "unknown";

fn key(counted: &Counted) -> Key {
    let (none, day) = (String::new(), |day: &Date| day.to_string());
    match counted {
        Counted::Begun { process, month } => (BEGUN, day(month), process.to_string(), none, 0),
        Counted::Ended { process, month, outcome, days } => {
            (ENDED, day(month), process.to_string(), outcome.to_string(), *days)
        }
        Counted::Open { process } => (OPEN, none.clone(), process.to_string(), none, 0),
        Counted::Deadline { process, end } => (DEADLINE, day(end), process.to_string(), none, 0),
        Counted::Task { process, role, due } => {
            let due = due.as_ref().map_or_else(|| NO_DAY.to_owned(), day);
            (TASK, due, process.to_string(), role.to_string(), 0)
        }
    }
}

fn key_cells((kind, day, process, label, days): Key) -> [Cell; 5] {
    [Cell::text(kind), Cell::text(day), Cell::text(process), Cell::text(label), Cell::int(days)]
}

/// What a row counts; none of what only the store counts.
fn counted(row: &Row) -> Result<Option<Counted>, StoreError> {
    let process = ProcessId::from(row.text(2)?);
    Ok(Some(match &*row.text(0)? {
        BEGUN => Counted::Begun { process, month: row.parsed(1)? },
        ENDED => {
            let (month, outcome, days) = (row.parsed(1)?, row.text(3)?.into(), row.small(4)?);
            Counted::Ended { process, month, outcome, days }
        }
        OPEN => Counted::Open { process },
        DEADLINE => Counted::Deadline { process, end: row.parsed(1)? },
        TASK => {
            let due = if row.text(1)? == NO_DAY { None } else { Some(row.parsed(1)?) };
            Counted::Task { process, role: row.text(3)?.into(), due }
        }
        _ => return Ok(None),
    }))
}

const KEY: &str = "kind, day, process, label, days";
const COLUMNS: [Column; 7] = [
    ("kind", Text),
    ("day", Text),
    ("process", Text),
    ("label", Text),
    ("days", Int),
    ("total", Int),
    ("kept", Int),
];

/// Adds to counts.
pub(crate) fn put(writes: &mut Writes, counts: Counts) {
    let changed = counts.into_iter().filter(|(_, count)| !count.is_nothing());
    put_rows(writes, changed.map(|(counted, count)| (key(&counted), count)));
}

fn put_rows(writes: &mut Writes, rows: impl Iterator<Item = (Key, Count)>) {
    let row = |(key, count): (Key, Count)| {
        key_cells(key).into_iter().chain([Cell::Int(count.total), Cell::Int(count.kept)]).collect()
    };
    let end = " on conflict (tenant, kind, day, process, label, days) do update set \
               total = counts.total + excluded.total, kept = counts.kept + excluded.kept";
    writes.put("counts", COLUMNS, rows.map(row).collect(), vec![end]);
}

/// Deletes what has come to nothing, so that there are about as many rows as there is to tell.
pub(crate) async fn tidy(link: &mut Link, tenant: &TenantId) -> Result<(), StoreError> {
    let sql = "delete from counts where tenant = $1 and total = 0 and kept = 0";
    link.run(sql, vec![Cell::text(tenant)]).await?;
    Ok(())
}

/// Forgets what can be counted again.
pub(crate) async fn clear(link: &mut Link, tenant: &TenantId) -> Result<(), StoreError> {
    for sql in [
        "delete from counts where tenant = $1 and kept = 0",
        "update counts set total = kept where tenant = $1",
    ] {
        link.run(sql, vec![Cell::text(tenant)]).await?;
    }
    Ok(())
}

/// The counts of some kind, between two days with both.
async fn read(
    link: &mut Link,
    tenant: &TenantId,
    kind: &'static str,
    (from, until): (&str, &str),
) -> Result<Vec<(Counted, Count)>, StoreError> {
    let mut found = Vec::new();
    let mut after = vec![Cell::text(from), Cell::text(""), Cell::text(""), Cell::Int(-1)];
    loop {
        let mut statement = Statement::new("select ");
        statement.push(KEY).push(", total, kept from counts where tenant = ").value(Cell::text(tenant));
        statement.push(" and kind = ").value(Cell::text(kind));
        statement.push(" and day <= ").value(Cell::text(until));
        statement.push(" and (day, process, label, days) > ").list(after);
        statement.push(" order by day, process, label, days limit ").value(Cell::int(AT_ONCE));
        let rows = statement.rows(link).await?;
        for row in &rows {
            let count = Count { total: row.int(5)?, kept: row.int(6)? };
            found.extend(counted(row)?.map(|counted| (counted, count)));
        }
        match rows.last() {
            Some(last) if rows.len() == AT_ONCE => {
                let texts = [last.text(1)?, last.text(2)?, last.text(3)?];
                after = texts.into_iter().map(Cell::text).chain([Cell::Int(last.int(4)?)]).collect();
            }
            _ => return Ok(found),
        }
    }
}

/// From the first to the last day.
const EVER: (&str, &str) = ("", "~");

/// What has happened: what began and what ended.
pub(crate) async fn past(link: &mut Link, tenant: &TenantId) -> Result<Counts, StoreError> {
    let mut counts = Counts::new();
    for kind in [BEGUN, ENDED] {
        counts.extend(read(link, tenant, kind, EVER).await?);
    }
    Ok(counts)
}

/// How many cases of a tenant are open.
pub(crate) async fn open_cases(link: &mut Link, tenant: &TenantId) -> Result<u64, StoreError> {
    let mut open = 0;
    let sql = "select total from counts where tenant = $1 and kind = $2 and day = ''";
    for row in link.rows(sql, vec![Cell::text(tenant), Cell::text(OPEN)]).await? {
        open += u64::try_from(row.int(0)?).unwrap_or(0);
    }
    Ok(open)
}

/// How many cases of each process were erased again, so that nobody knows how they had ended.
pub(crate) async fn unknown_ends(
    link: &mut Link,
    tenant: &TenantId,
) -> Result<BTreeMap<ProcessId, i64>, StoreError> {
    let sql = "select process, total from counts where tenant = $1 and kind = $2 order by process";
    let rows = link.rows(sql, vec![Cell::text(tenant), Cell::text(UNKNOWN)]).await?;
    rows.iter().map(|row| Ok((row.text(0)?.into(), row.int(1)?))).collect()
}

/// What the tables say of cases that go on, counted anew: of all, or of one.
async fn recounted(
    link: &mut Link,
    tenant: &TenantId,
    kind: &'static str,
    case: Option<CaseId>,
) -> Result<Counts, StoreError> {
    // Kind, day, process, label, days, count.
    let (select, of_case, group) = match kind {
        OPEN => (
            "select 'open', '', process, '', 0, count(*) from cases where is_open = 1 and tenant = ",
            " and case_id = ",
            " group by process",
        ),
        DEADLINE => (
            "select 'deadline', d.end_day, c.process, '', 0, count(*) from deadlines d cross join cases c \
             where c.tenant = d.tenant and c.case_id = d.case_id and d.tenant = ",
            " and d.case_id = ",
            " group by d.end_day, c.process",
        ),
        _ => (
            "select 'task', due, process, role, 0, count(*) from tasks where tenant = ",
            " and case_id = ",
            " group by due, process, role",
        ),
    };
    let mut statement = Statement::new(select);
    statement.value(Cell::text(tenant));
    if kind == DEADLINE {
        statement.push(" and d.end_day < ").value(Cell::text(SUSPENDED));
    }
    if let Some(case) = case {
        statement.push(of_case).value(Cell::text(case));
    }
    statement.push(group);
    let mut counts = Counts::new();
    for row in statement.rows(link).await? {
        let count = Count { total: row.int(5)?, kept: 0 };
        counts.extend(counted(&row)?.map(|counted| (counted, count)));
    }
    Ok(counts)
}

/// What is counted of cases that go on and what the tables say of it, at the same moment.
pub(crate) async fn present(link: &mut Link, tenant: &TenantId) -> Result<(Counts, Counts), StoreError> {
    let (mut counts, mut anew) = (Counts::new(), Counts::new());
    for kind in [OPEN, DEADLINE, TASK] {
        counts.extend(read(link, tenant, kind, EVER).await?);
        anew.extend(recounted(link, tenant, kind, None).await?);
    }
    Ok((counts, anew))
}

/// Compares the counts with what the journal says. Turns go on while cases are gone through: of what was counted before,
/// everything has been seen; of what was counted later, some.
pub(crate) async fn verify(
    link: &mut Link,
    tenant: &TenantId,
    seen: &Counts,
    before: &Counts,
    report: &mut Report,
) -> Result<(), StoreError> {
    let afterwards = past(link, tenant).await?;
    let mut unknown = unknown_ends(link, tenant).await?;
    let keys: BTreeSet<&Counted> = seen.keys().chain(before.keys()).chain(afterwards.keys()).collect();
    for counted in keys {
        let of = |counts: &Counts| counts.get(counted).copied().unwrap_or_default();
        let (seen, before, afterwards) = (of(seen).total, of(before), of(&afterwards));
        let (least, most) = (seen + before.kept, seen + afterwards.kept);
        // Of these nobody can say which of the ends was theirs.
        let spare = match counted {
            Counted::Ended { process, .. } => unknown.get_mut(process),
            _ => None,
        };
        let surplus = (before.total - most).max(0);
        let explained = spare.is_some_and(|spare| {
            *spare -= surplus;
            *spare >= 0
        });
        if least > afterwards.total || (surplus > 0 && !explained) {
            wrong(report, counted, most, afterwards.total);
        }
    }
    let (counts, anew) = present(link, tenant).await?;
    let keys: BTreeSet<&Counted> = counts.keys().chain(anew.keys()).collect();
    for counted in keys {
        let total = |of: &Counts| of.get(counted).copied().unwrap_or_default().total;
        if total(&counts) != total(&anew) {
            wrong(report, counted, total(&anew), total(&counts));
        }
    }
    Ok(())
}

fn wrong(report: &mut Report, counted: &Counted, expected: i64, found: i64) {
    let (kind, day, process, label, days) = key(counted);
    let parts = [kind.to_owned(), day, process, label, days.to_string()];
    let counted = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    note_beside(report, Problem::WrongCount { counted, expected, found });
}

/// What is known of a case that is erased again in an older copy, where nobody can read it any more.
pub(crate) struct ErasedAgain {
    process: ProcessId,
    open: bool,
    /// What it is counted for as long as it goes on.
    present: Counts,
}

/// To be asked before its rows are deleted.
pub(crate) async fn erased_again(
    link: &mut Link,
    tenant: &TenantId,
    case: CaseId,
) -> Result<Option<ErasedAgain>, StoreError> {
    let sql = "select process, is_open from cases where tenant = $1 and case_id = $2";
    let row = link.row(sql, vec![Cell::text(tenant), Cell::text(case)]).await?;
    let Some(row) = row else { return Ok(None) };
    let (process, open) = (row.text(0)?.into(), row.int(1)? != 0);
    let mut present = Counts::new();
    for kind in [OPEN, DEADLINE, TASK] {
        present.extend(recounted(link, tenant, kind, Some(case)).await?);
    }
    Ok(Some(ErasedAgain { process, open, present }))
}

/// What it was counted for goes, or stays as far as it has happened. It costs what the case costs, however many there are.
pub(crate) async fn keep_erased_again(
    link: &mut Link,
    tenant: &TenantId,
    ErasedAgain { process, open, present }: ErasedAgain,
    began_at: Timestamp,
) -> Result<(), StoreError> {
    let begun = Counted::Begun { process: process.clone(), month: month_of(day_of(began_at)) };
    let mut rows = vec![(key(&begun), Count { total: 0, kept: 1 })];
    if !open {
        let unknown = (UNKNOWN, String::new(), process.to_string(), String::new(), 0);
        rows.push((unknown, Count { total: 1, kept: 0 }));
    }
    let gone = |(counted, count): (Counted, Count)| (key(&counted), Count { total: -count.total, kept: 0 });
    rows.extend(present.into_iter().map(gone));
    let mut writes = Writes::default();
    put_rows(&mut writes, rows.into_iter());
    writes.run(link, tenant).await.map(drop)
}

impl Store {
    /// The counts of the months between two days with both, and since when roles have something to do. Only of these
    /// processes; none: of all.
    pub async fn statistics(
        &self,
        tenant: &TenantId,
        processes: Option<&BTreeSet<ProcessId>>,
        (from, until): (Date, Date),
    ) -> Result<Statistics, StoreError> {
        if let Some(size) = processes.map(BTreeSet::len).filter(|size| *size > MAX_PROCESSES) {
            let (size, limit) = (size as u64, MAX_PROCESSES as u64);
            return Err(StoreError::TooLarge { what: "query_processes", size, limit });
        }
        let (from, until) = (month_of(from).to_string(), until.to_string());
        let mut link = self.database().begin_read().await?;
        let mut statistics = Statistics::default();
        for (kind, days) in [
            (BEGUN, (&*from, &*until)),
            (ENDED, (&*from, &*until)),
            (OPEN, EVER),
            (DEADLINE, EVER),
            (TASK, EVER),
        ] {
            for (counted, count) in read(&mut link, tenant, kind, days).await? {
                let total = u64::try_from(count.total).unwrap_or(0);
                if total > 0 && processes.is_none_or(|processes| processes.contains(process_of(&counted))) {
                    statistics.counts.push((counted, total));
                }
            }
        }
        let roles: BTreeSet<RoleId> = statistics.counts.iter().filter_map(|(of, _)| role_of(of)).collect();
        for role in roles {
            if let Some(since) = oldest_task(&mut link, tenant, &role, processes).await? {
                statistics.oldest.insert(role, since);
            }
        }
        link.leave().await?;
        Ok(statistics)
    }
}

fn process_of(counted: &Counted) -> &ProcessId {
    match counted {
        Counted::Begun { process, .. }
        | Counted::Ended { process, .. }
        | Counted::Open { process }
        | Counted::Deadline { process, .. }
        | Counted::Task { process, .. } => process,
    }
}

fn role_of(counted: &Counted) -> Option<RoleId> {
    match counted {
        Counted::Task { role, .. } => Some(role.clone()),
        _ => None,
    }
}

async fn oldest_task(
    link: &mut Link,
    tenant: &TenantId,
    role: &RoleId,
    processes: Option<&BTreeSet<ProcessId>>,
) -> Result<Option<Timestamp>, StoreError> {
    let mut statement = Statement::new("select opened_at from tasks where tenant = ");
    statement.value(Cell::text(tenant)).push(" and role = ").value(Cell::text(role));
    if let Some(processes) = processes {
        statement.push(" and process in ").list(processes.iter().map(Cell::text));
    }
    statement.push(" order by opened_at, case_id, instance limit 1");
    statement.row(link).await?.map(|row| row.instant(0)).transpose()
}
