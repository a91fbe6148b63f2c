//! Proving that the journal is whole and that everything derived follows from it.
//!
//! Cases are gone through in pieces, each in a short read transaction of its own, so a running system may be verified
//! without holding up the write-ahead log.

use std::collections::{BTreeMap, BTreeSet};

use fachwerk_core::{
    authority::AuthorityTurn,
    case::Case,
    facts::{Actor, CounterKey},
    format::{Formats, Unreadable},
    projection::Listing,
    turn::Turn,
    words::{CaseId, TenantId, Timestamp},
};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::{
    Store,
    chain::{self, Broken},
    counts::{self, Counts},
    database::Link,
    erase::erased_draws,
    error::StoreError,
    finding::{Difference, Finding, Problem, Report},
    hash::Hash,
    journal::{AUTHORITY, actor_text},
    replay::{Cases, Replay, opened, shown_key},
    seal::{Label, Ring, Seals, slot_of},
    snapshots,
    statement::{Cell, Row},
    tables::{Derived, TableRow},
};

/// The most findings of a report.
const MAX_FINDINGS: usize = 1000;
/// Rows that are listed at once.
const ROWS_AT_ONCE: i64 = 100;

impl Store {
    /// Goes through everything that a tenant has: the audit chain and the columns of every turn, the positions, the
    /// numbers without gaps, every row of the derived tables, every snapshot, every document that is there or should be. `listing` says how lists
    /// show a case, by the words of its release.
    pub async fn verify(
        &self,
        tenant: &TenantId,
        listing: impl Fn(&Case) -> Listing,
    ) -> Result<Report, StoreError> {
        let mut report = Report::default();
        let mut link = self.database().begin_read().await?;
        positions(&mut link, tenant, &mut report).await?;
        let counters_before = counters(&mut link, tenant).await?;
        let past_before = counts::past(&mut link, tenant).await?;
        link.leave().await?;
        let mut draws = BTreeMap::new();
        let mut past = Counts::new();
        let mut after = Cases::before_all();
        loop {
            let mut link = self.database().begin_read().await?;
            let (cases, more) = Cases::next(&mut link, tenant, &after).await?;
            let mut piece = PieceOfCases::begin(tenant, cases.snapshots(&mut link, tenant).await?);
            piece.erased = cases.erased(&mut link, tenant).await?;
            piece.turns(&mut link, self, &cases, &mut report).await?;
            let held = cases.documents(&mut link, tenant).await?;
            let mut there = Vec::new();
            for table in Derived::ALL {
                there.extend(cases.rows(&mut link, tenant, table).await?);
            }
            link.leave().await?;
            let there = opened(self.keys(), tenant, there).await?;
            let seals = self.keys().seals(&piece.slots).await?;
            piece.count(&mut past);
            piece.look_for_documents(&held, &mut report);
            piece.end(there, &listing, &seals, &mut report, &mut draws)?;
            if !more {
                break;
            }
            after = cases.end();
        }
        if report.is_clean() {
            let mut link = self.database().begin_read().await?;
            for (counter, value) in erased_draws(&mut link, tenant).await? {
                draws.entry(counter).or_default().push(value);
            }
            numbers(draws, &counters_before, &counters(&mut link, tenant).await?, &mut report);
            counts::verify(&mut link, tenant, &past, &past_before, &mut report).await?;
            link.leave().await?;
        }
        self.verify_blobs(tenant, &mut report).await?;
        self.verify_erasures(tenant, &mut report).await?;
        self.verify_roots(tenant, &mut report).await?;
        Ok(report)
    }

    async fn verify_blobs(&self, tenant: &TenantId, report: &mut Report) -> Result<(), StoreError> {
        let mut after = String::new();
        loop {
            let sql = "select hash from blobs where tenant = $1 and hash > $2 order by hash limit $3";
            let values = vec![Cell::text(tenant), Cell::text(&after), Cell::Int(ROWS_AT_ONCE)];
            let rows = self.database().reader().await?.rows(sql, values).await?;
            for row in &rows {
                after = row.text(0)?;
                let hash: Hash = row.parsed(0)?;
                report.blobs += 1;
                match self.blob(tenant, &hash).await {
                    Ok(_) => {}
                    Err(StoreError::Corrupt { .. }) => note_beside(report, Problem::ChangedBlob { hash }),
                    Err(StoreError::BytesMissing { place }) => {
                        note_beside(report, Problem::LostBlob { hash, place });
                    }
                    Err(StoreError::KeyMissing { .. }) => {
                        note_beside(report, Problem::BlobWithoutKey { hash });
                    }
                    Err(other) => return Err(other),
                }
            }
            if rows.is_empty() {
                break;
            }
        }
        let (said, there) = self.bytes_said_and_there(tenant).await?;
        if said != there {
            note_beside(report, Problem::WrongBytes { said, there });
        }
        Ok(())
    }
}

/// Adds a finding, as long as there is room.
pub(crate) fn note(report: &mut Report, finding: Finding) {
    if report.findings.len() < MAX_FINDINGS {
        report.findings.push(finding);
    } else {
        report.more = true;
    }
}

pub(crate) fn note_beside(report: &mut Report, problem: Problem) {
    note(report, Finding { case: None, problem });
}

/// Positions begin at 1, have no gap, and end where the tenant says.
pub(crate) async fn positions(
    link: &mut Link,
    tenant: &TenantId,
    report: &mut Report,
) -> Result<(), StoreError> {
    let tenant = || vec![Cell::text(tenant)];
    let recorded = link.row("select position from tenants where tenant = $1", tenant()).await?;
    let recorded = recorded.map_or(Ok(0), |row| row.count(0))?;
    let sql = "select coalesce(min(position), 0), coalesce(max(position), 0), count(*) from journal where tenant = $1";
    let Some(row) = link.row(sql, tenant()).await? else { return Ok(()) };
    let (first, last, count) = (row.count(0)?, row.count(1)?, row.count(2)?);
    if count > 0 && first != 1 {
        note_beside(report, Problem::MissingPosition { after: 0 });
    } else if count != last {
        let sql = "select j.position from journal j where j.tenant = $1 and not exists (select 1 from journal n \
                   where n.tenant = j.tenant and n.position = j.position + 1) order by j.position limit 1";
        let after = link.row(sql, tenant()).await?.map_or(Ok(0), |row| row.count(0))?;
        note_beside(report, Problem::MissingPosition { after });
    }
    if recorded != last {
        note_beside(report, Problem::WrongLastPosition { recorded, found: last });
    }
    Ok(())
}

async fn counters(link: &mut Link, tenant: &TenantId) -> Result<BTreeMap<CounterKey, u64>, StoreError> {
    let mut found: BTreeMap<CounterKey, u64> = BTreeMap::new();
    loop {
        let sql = "select counter, value from counters where tenant = $1 and counter > $2 order by counter limit $3";
        let after = found.last_key_value().map(|(counter, _)| counter.to_string()).unwrap_or_default();
        let rows =
            link.rows(sql, vec![Cell::text(tenant), Cell::text(after), Cell::Int(ROWS_AT_ONCE)]).await?;
        for row in &rows {
            found.insert(row.text(0)?.into(), row.count(1)?);
        }
        if rows.is_empty() {
            return Ok(found);
        }
    }
}

/// Each number up to the counter's value was drawn once. Turns go on while cases are gone through: of what was drawn up
/// to the value recorded before, everything has been seen; of what was drawn later, some.
fn numbers(
    mut draws: BTreeMap<CounterKey, Vec<u64>>,
    before: &BTreeMap<CounterKey, u64>,
    afterwards: &BTreeMap<CounterKey, u64>,
    report: &mut Report,
) {
    for counter in before.keys() {
        draws.entry(counter.clone()).or_default();
    }
    for (counter, mut values) in draws {
        let value =
            |counters: &BTreeMap<CounterKey, u64>| counters.get(&counter).copied().unwrap_or_default();
        let (settled, recorded) = (value(before), value(afterwards));
        values.sort_unstable();
        let found = values.last().copied().unwrap_or_default();
        if let Some(number) = first_wrong(&values, settled) {
            note_beside(report, Problem::WrongNumber { counter, number });
        } else if found < settled || found > recorded {
            note_beside(report, Problem::WrongCounter { counter, recorded, found });
        }
    }
}

/// The first number up to `settled` that was not drawn, or that was drawn twice, among sorted ones.
fn first_wrong(values: &[u64], settled: u64) -> Option<u64> {
    let mut next = 1;
    for value in values {
        if *value < next {
            return Some(*value);
        }
        if *value > next && next <= settled {
            return Some(next);
        }
        next = value.saturating_add(1);
    }
    None
}

/// Some cases while they are gone through.
struct PieceOfCases<'a> {
    tenant: &'a TenantId,
    snapshots: BTreeMap<(CaseId, u64), (u32, Vec<u8>)>,
    replay: Replay,
    states: BTreeMap<CaseId, State>,
    /// Cases with a finding: nothing else is said about them.
    damaged: BTreeSet<CaseId>,
    /// Cases that were erased.
    erased: BTreeSet<CaseId>,
    /// The slots of the keys of the cases.
    slots: BTreeMap<CaseId, u64>,
    /// The documents that came into the cases.
    documents: BTreeSet<(CaseId, Hash)>,
}

/// How far a stream has been gone through.
struct State {
    case: Case,
    version: u64,
    position: u64,
    hash: Hash,
}

impl<'a> PieceOfCases<'a> {
    fn begin(tenant: &'a TenantId, snapshots: BTreeMap<(CaseId, u64), (u32, Vec<u8>)>) -> Self {
        Self {
            tenant,
            snapshots,
            replay: Replay::default(),
            states: BTreeMap::new(),
            damaged: BTreeSet::new(),
            erased: BTreeSet::new(),
            slots: BTreeMap::new(),
            documents: BTreeSet::new(),
        }
    }

    fn note(&mut self, report: &mut Report, case: CaseId, problem: Problem) {
        self.damaged.insert(case);
        note(report, Finding { case: Some(case), problem });
    }

    async fn turns(
        &mut self,
        link: &mut Link,
        store: &Store,
        cases: &Cases,
        report: &mut Report,
    ) -> Result<(), StoreError> {
        let (keys, formats) = (store.keys(), store.formats());
        let mut after = (Cases::before_all(), 0);
        loop {
            let rows = cases.turns(link, self.tenant, &after).await?;
            let links = rows.iter().map(chain::Link::read).collect::<Result<Vec<_>, _>>()?;
            let ring = keys.ring_of(links.iter().map(|link| link.body.as_slice())).await?;
            for (row, link) in rows.iter().zip(&links) {
                after = (row.text(0)?, link.version);
                let id = link.case;
                report.turns += 1;
                if !self.damaged.contains(&id)
                    && let Err(problem) = self.turn(row, link, &ring, formats)?
                {
                    self.note(report, id, problem);
                }
            }
            if rows.is_empty() {
                return Ok(());
            }
        }
    }

    /// Takes a turn; what is wrong with it.
    fn turn(
        &mut self,
        row: &Row,
        link: &chain::Link,
        ring: &Ring,
        formats: &Formats,
    ) -> Result<Result<(), Problem>, StoreError> {
        let (id, version, position) = (link.case, link.version, link.position);
        let unborn = || State {
            case: Case::unborn(self.tenant.clone(), id),
            version: 0,
            position: 0,
            hash: Hash::ZERO,
        };
        let state = self.states.entry(id).or_insert_with(unborn);
        if version != state.version + 1 {
            return Ok(Err(Problem::MissingTurn { version: state.version + 1 }));
        }
        match link.check(self.tenant, &state.hash) {
            Ok(()) => {}
            Err(Broken::Body) => return Ok(Err(Problem::ChangedTurn { version })),
            // Perhaps the turn itself says which of its columns was changed.
            Err(Broken::Link) => {
                let problem = said_otherwise(self.tenant, row, link, (ring, formats))?;
                return Ok(Err(problem.unwrap_or(Problem::BrokenLink { version })));
            }
        }
        if position <= state.position {
            return Ok(Err(Problem::ChangedColumn { version, column: "position" }));
        }
        (state.version, state.position, state.hash) = (version, position, link.hash);
        let unreadable = |reason: String| Problem::UnreadableTurn { version, reason };
        let body = match ring.open(&Label::turn(self.tenant, id, version), &link.body) {
            Ok(Some(body)) => body,
            // Nothing else is known of it, nor needs to be.
            Ok(None) if self.erased.contains(&id) => return Ok(Ok(())),
            Ok(None) => return Ok(Err(Problem::NotErased { version })),
            Err(error) => return Ok(Err(unreadable(error.to_string()))),
        };
        self.slots.extend(slot_of(&link.body).map(|slot| (id, slot)));
        if id == AUTHORITY {
            return match read::<AuthorityTurn>(formats, &body)? {
                Ok(turn) => Said::of_authority(&turn).agrees(self.tenant, row),
                Err(reason) => Ok(Err(unreadable(reason))),
            };
        }
        let turn: Turn = match read(formats, &body)? {
            Ok(turn) => turn,
            Err(reason) => return Ok(Err(unreadable(reason))),
        };
        if let Err(problem) = Said::of_case(&turn).agrees(self.tenant, row)? {
            return Ok(Err(problem));
        }
        if self.erased.contains(&id) {
            return Ok(if turn.erases() {
                Ok(())
            } else {
                Err(Problem::StillReadable { version: turn.version })
            });
        }
        self.replay.turn(&mut state.case, &turn)?;
        let hashes = turn.documents().filter_map(|document| document.content.hash.parse().ok());
        self.documents.extend(hashes.map(|hash| (id, hash)));
        match self.snapshots.remove(&(id, turn.version)) {
            Some((format, body)) if format == snapshots::FORMAT => {
                let label = Label::snapshot(self.tenant, id, turn.version);
                // It is sealed with the key of the turns.
                let same = ring.json::<Case>(&label, &body).is_ok_and(|kept| kept == state.case);
                Ok(if same { Ok(()) } else { Err(Problem::WrongSnapshot { version: turn.version }) })
            }
            Some(_) | None => Ok(Ok(())),
        }
    }

    /// Each document that came into a case is there, and the case holds it: the erasure of another one does not take it away.
    fn look_for_documents(&mut self, held: &BTreeSet<(CaseId, Hash)>, report: &mut Report) {
        for (case, hash) in std::mem::take(&mut self.documents) {
            if !held.contains(&(case, hash)) && !self.damaged.contains(&case) {
                self.note(report, case, Problem::MissingBlob { hash });
            }
        }
    }

    /// Adds what has happened in these cases.
    fn count(&self, past: &mut Counts) {
        for (counted, count) in self.replay.changes.counts().iter().filter(|(counted, _)| counted.is_past()) {
            past.entry(counted.clone()).or_default().total += count.total;
        }
    }

    /// Compares what follows from the turns with what is there.
    fn end(
        mut self,
        there: Vec<TableRow>,
        listing: &impl Fn(&Case) -> Listing,
        seals: &Seals,
        report: &mut Report,
        draws: &mut BTreeMap<CounterKey, Vec<u64>>,
    ) -> Result<(), StoreError> {
        report.cases += self.states.keys().filter(|id| **id != AUTHORITY).count() as u64;
        report.erased += self.erased.len() as u64;
        for (id, version) in std::mem::take(&mut self.snapshots).into_keys() {
            if !self.damaged.contains(&id) {
                self.note(report, id, Problem::WrongSnapshot { version });
            }
        }
        for (id, state) in std::mem::take(&mut self.states) {
            if id != AUTHORITY && !self.damaged.contains(&id) && !self.erased.contains(&id) {
                self.replay.changes.list(id, listing(&state.case));
            }
        }
        for (counter, values) in std::mem::take(&mut self.replay.draws) {
            draws.entry(counter).or_default().extend(values);
        }
        let expected = std::mem::take(&mut self.replay.changes).into_rows()?;
        let expected = expected.into_iter().map(|row| row.keyed(seals)).collect::<Result<Vec<_>, _>>()?;
        let (expected, there) = (by_case(expected), by_case(there));
        let keys: BTreeSet<&RowKey> = expected.keys().chain(there.keys()).collect();
        for key in keys {
            let (id, table, cells) = (&key.0, key.1, &key.2);
            let (expected, found) = (expected.get(key), there.get(key));
            if expected == found {
                continue;
            }
            let id: CaseId = match id {
                Cell::Text(id) => {
                    id.parse().map_err(|error| StoreError::corrupt(table.shape().name, error))?
                }
                _ => continue,
            };
            if !self.damaged.contains(&id) {
                let difference = match (expected, found) {
                    (None, _) => Difference::Needless,
                    (_, None) => Difference::Missing,
                    (Some(expected), Some(found)) => Difference::Columns(differing(table, expected, found)),
                };
                let problem =
                    Problem::WrongRow { table: table.shape().name, key: discreet(table, cells), difference };
                self.note(report, id, problem);
            }
        }
        Ok(())
    }
}

/// Case, table, key.
type RowKey = (Cell, Derived, Vec<Cell>);

fn by_case(rows: Vec<TableRow>) -> BTreeMap<RowKey, Vec<Cell>> {
    let keyed = |row: TableRow| Some(((row.key.first()?.clone(), row.table, row.key), row.derived));
    rows.into_iter().filter_map(keyed).collect()
}

/// The columns that are not the same.
fn differing(table: Derived, expected: &[Cell], found: &[Cell]) -> Vec<&'static str> {
    let columns = table.shape().derived.iter().zip(expected.iter().zip(found));
    columns.filter(|(_, (expected, found))| expected != found).map(|((name, _), _)| *name).collect()
}

/// A key as people read it, without what cases are found by: a word of a subject is a name.
fn discreet(table: Derived, key: &[Cell]) -> String {
    let mut key = key.to_vec();
    if let (Derived::CaseColumns | Derived::CaseWords, Some(last)) = (table, key.last_mut()) {
        *last = Cell::text("…");
    }
    shown_key(&key)
}

/// What a turn says of itself.
struct Said<'a> {
    tenant: &'a TenantId,
    case: CaseId,
    version: u64,
    command_id: &'a Uuid,
    actor: &'a Actor,
    now: &'a Timestamp,
    release: &'a str,
}

/// A turn, or what is wrong with it. That only a newer program reads it is nothing wrong.
fn read<T: DeserializeOwned>(formats: &Formats, body: &[u8]) -> Result<Result<T, String>, StoreError> {
    match formats.read(body) {
        Ok(turn) => Ok(Ok(turn)),
        Err(Unreadable::Broken(reason)) => Ok(Err(reason)),
        Err(Unreadable::Newer { found, known }) => Err(StoreError::NewerTurns { found, known }),
    }
}

/// What a turn, when it can be read, says otherwise than the columns beside it.
fn said_otherwise(
    tenant: &TenantId,
    row: &Row,
    link: &chain::Link,
    (ring, formats): (&Ring, &Formats),
) -> Result<Option<Problem>, StoreError> {
    let Ok(Some(body)) = ring.open(&Label::turn(tenant, link.case, link.version), &link.body) else {
        return Ok(None);
    };
    let agreed = if link.case == AUTHORITY {
        let turn = read::<AuthorityTurn>(formats, &body)?;
        turn.map(|turn| Said::of_authority(&turn).agrees(tenant, row))
    } else {
        let turn = read::<Turn>(formats, &body)?;
        turn.map(|turn| Said::of_case(&turn).agrees(tenant, row))
    };
    agreed.map_or(Ok(None), |agreed| Ok(agreed?.err()))
}

impl<'a> Said<'a> {
    fn of_authority(turn: &'a AuthorityTurn) -> Said<'a> {
        let AuthorityTurn { tenant, version, command_id, actor, now, .. } = turn;
        Said { tenant, case: AUTHORITY, version: *version, command_id, actor, now, release: "" }
    }

    fn of_case(turn: &'a Turn) -> Said<'a> {
        let Turn { tenant, case, version, command_id, actor, now, release, .. } = turn;
        Said { tenant, case: *case, version: *version, command_id, actor, now, release: release.as_str() }
    }

    /// Whether the columns of the journal say the same.
    fn agrees(&self, tenant: &TenantId, row: &Row) -> Result<Result<(), Problem>, StoreError> {
        let version = row.count(1)?;
        let wrong = |column| Ok(Err(Problem::ChangedColumn { version, column }));
        if self.tenant != tenant {
            return wrong("tenant");
        }
        if row.text(0)? != self.case.to_string() {
            return wrong("case_id");
        }
        if self.version != version {
            return wrong("version");
        }
        if row.text(3)? != self.command_id.to_string() {
            return wrong("command_id");
        }
        if row.text(4)? != actor_text(self.actor) {
            return wrong("actor");
        }
        if row.int(5)? != self.now.as_microsecond() {
            return wrong("at");
        }
        if row.text(6)? != self.release {
            return wrong("release");
        }
        Ok(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::first_wrong;

    #[track_caller]
    fn check(values: &[u64], settled: u64, expected: Option<u64>) {
        assert_eq!(first_wrong(values, settled), expected, "{values:?} up to {settled}");
    }

    #[test]
    fn numbers_are_drawn_once_and_without_gaps() {
        check(&[], 0, None);
        check(&[1, 2, 3], 3, None);
        check(&[1, 3], 3, Some(2));
        check(&[2], 1, Some(1));
        check(&[1, 2, 2, 3], 3, Some(2));
        // Turns that were written while others were read: some of theirs are seen, some not.
        check(&[1, 2, 5, 7], 2, None);
        check(&[1, 2, 5, 5], 2, Some(5));
        // The end is compared with the counter itself.
        check(&[1, 2], 3, None);
    }
}
