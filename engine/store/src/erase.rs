//! Erasing cases. What is left of one is its chain, the turn that erased it, and a certificate; its keys, its documents, its
//! rows and the bodies of its turns are gone, from the files as well.
//!
//! The turn, the certificate and everything that is deleted are one transaction; only then the keys are written over, and then
//! the bytes of documents are removed that lie outside. A crash between two of these leaves a mark, and the next start goes on
//! from there. The ledger lies with the keys as well, and
//! both are compared whenever the store opens: an older copy of one of the two is brought up to the other.

use fachwerk_core::{
    event::Event,
    facts::CounterKey,
    projection::CaseRow,
    turn::Turn,
    words::{CaseId, TenantId},
};
use sqlx::AssertSqlSafe;

use crate::{
    Store,
    blobs::drop_unheld,
    certificate::{Certificate, Erasure, GoneKey, json, says_erased},
    counts,
    database::Link,
    error::StoreError,
    finding::{Finding, Problem, Report},
    hash::Hash,
    journal::JournalRow,
    lists::{List, Page, Piece, Rows},
    replay::Cases,
    seal::{Held, Label, slot_of},
    statement::{
        Cell,
        Kind::{Int, Text},
        Row,
    },
    verify::note,
};

/// Rows that are read at once.
const AT_ONCE: i64 = 100;

/// A turn that erases its case, about to be stored.
pub(crate) struct Erasing {
    turn: Box<Turn>,
    last_hash: Hash,
}

impl Erasing {
    pub(crate) fn of(row: &JournalRow) -> Option<Erasing> {
        row.draft.erasing.clone().map(|turn| Erasing { turn, last_hash: row.previous })
    }
}

impl Store {
    /// Erases what a case holds, in the transaction of the turn that says so. Its keys go afterwards.
    pub(crate) async fn erase_case(
        &self,
        link: &mut Link,
        tenant: &TenantId,
        erasing: &Erasing,
    ) -> Result<(), StoreError> {
        let Erasing { turn, last_hash } = erasing;
        let said = turn.events.iter().find(|event| matches!(event, Event::CaseErased { .. }));
        let Some(Event::CaseErased { asked_by, reason, exception, alone, .. }) = said.cloned() else {
            return Ok(());
        };
        let row = link.row(held(link, "update"), of_case(tenant, turn.case)).await?;
        let body = row.map_or(Ok(Vec::new()), |row| row.bytes(0))?;
        let case: CaseRow = self.keys().ring_of([&*body]).await?.json(&Label::row("cases", tenant), &body)?;
        let numbers = self.draws_of(link, tenant, turn.case).await?;
        let documents = documents_of(link, tenant, turn.case).await?;
        let slots = slot_of(&body).into_iter().chain(documents.iter().map(|(_, slot)| *slot));
        let certificate = Certificate {
            tenant: tenant.clone(),
            case: turn.case,
            process: case.process.as_str().into(),
            number: case.number,
            began_at: case.started_at,
            at: turn.now,
            by: turn.actor.clone(),
            asked_by,
            reason,
            exception,
            alone,
            turns: turn.version - 1,
            documents: documents.len() as u64,
            last_hash: *last_hash,
            keys: self.gone_keys(slots.collect()).await?,
            numbers,
        };
        let signature = self.keys().signer().await?.sign(&json(&certificate)?);
        let erasure = Erasure { certificate, signature, done: false };
        record(link, &erasure).await?;
        clear(link, tenant, turn.case).await
    }

    async fn gone_keys(&self, slots: Vec<u64>) -> Result<Vec<GoneKey>, StoreError> {
        let ring = self.keys().ring(slots.iter().copied()).await?;
        let gone = |slot: u64| match ring.0.get(&slot) {
            Some(Held::Key(key)) => Some(GoneKey { slot, hash: Hash::of(&key.bytes) }),
            // It may be found again, and is gone then.
            Some(Held::Missing) | None => Some(GoneKey { slot, hash: Hash::ZERO }),
            Some(Held::Erased) => None,
        };
        Ok(slots.into_iter().filter_map(gone).collect())
    }

    /// The numbers without gaps that a case drew.
    async fn draws_of(
        &self,
        link: &mut Link,
        tenant: &TenantId,
        case: CaseId,
    ) -> Result<Vec<(CounterKey, u64)>, StoreError> {
        let (mut drawn, mut after) = (Vec::new(), (Cases::before_all(), 0));
        loop {
            let rows = Cases::One(case).turns(link, tenant, &after).await?;
            let bodies = rows.iter().map(|row| row.bytes(7)).collect::<Result<Vec<_>, _>>()?;
            let ring = self.keys().ring_of(bodies.iter().map(Vec::as_slice)).await?;
            for (row, body) in rows.iter().zip(&bodies) {
                after = (row.text(0)?, row.count(1)?);
                let turn: Turn = ring.json(&Label::turn(tenant, case, after.1), body)?;
                drawn.extend(turn.numbers().map(|(counter, value)| (counter.clone(), value)));
            }
            if rows.is_empty() {
                return Ok(drawn);
            }
        }
    }

    /// Lets the keys of cases go that were erased, and empties the logs. What goes wrong is tried again later.
    pub(crate) async fn finish_erasures_of(
        &self,
        cases: impl IntoIterator<Item = (TenantId, CaseId)>,
    ) -> Result<(), StoreError> {
        let (mut gone, mut wrong) = (Vec::new(), None);
        for (tenant, case) in cases {
            match self.throw_keys_away(&tenant, case).await {
                Ok(thrown) => gone.extend(thrown.then_some((tenant, case))),
                // One that cannot be finished stops no other.
                Err(error) => wrong = Some(error),
            }
        }
        if !gone.is_empty() {
            let emptied = self.keys().database().writer().await?.empty_log().await?
                & self.database().writer().await?.empty_log().await?;
            if !emptied {
                return Err(StoreError::Unavailable {
                    reason: "somebody reads what was erased; the log is emptied later".into(),
                });
            }
        }
        for (tenant, case) in gone {
            let sql = "update erasures set done = 1 where tenant = $1 and case_id = $2";
            self.database().writer().await?.run(sql, of_case(&tenant, case)).await?;
            // What is not removed now is removed by the next sweep: bytes that no key opens any more.
            if let Err(error) = self.clear(&tenant).await {
                tracing::warn!(%tenant, %error, "the bytes of erased documents are not gone yet");
            }
        }
        wrong.map_or(Ok(()), Err)
    }

    /// Lets the keys of an erased case go, and notes it in the ledger; false when that was done before.
    async fn throw_keys_away(&self, tenant: &TenantId, case: CaseId) -> Result<bool, StoreError> {
        let Some(erasure) = self.erasure(tenant, case).await?.filter(|erasure| !erasure.done) else {
            return Ok(false);
        };
        let slots = erasure.slots();
        let mut link = self.keys().database().begin_write().await?;
        self.keys().erase(&mut link, &slots).await?;
        let Certificate { tenant, case, at, .. } = &erasure.certificate;
        let values = vec![Cell::text(tenant), Cell::text(case), Cell::instant(*at), erasure.body()?];
        self.keys().note(&mut link, values).await?;
        link.commit().await?;
        self.keys().forget(slots);
        Ok(true)
    }

    /// Goes on with what a crash, or a reader, left half done; how many. One that cannot be finished stops no other. Before, it is
    /// looked whether all keys are there: another database that has taken over may lack what was written last, and nobody notices
    /// who has them at hand.
    pub async fn finish_erasures(&self) -> Result<u64, StoreError> {
        self.keys().look_again().await?;
        let (mut finished, mut wrong, mut after) = (0, None, (String::new(), String::new()));
        loop {
            let sql = "select tenant, case_id from erasures where done = 0 and (tenant, case_id) > ($1, $2) \
                       order by tenant, case_id limit 100";
            let values = vec![Cell::text(&after.0), Cell::text(&after.1)];
            // They are few among all erasures; a plan that is kept would go through all of them.
            let mut link = self.database().begin_read().await?;
            let rows = link.rows(sql, values).await?;
            link.leave().await?;
            let Some(last) = rows.last() else { return wrong.map_or(Ok(finished), Err) };
            after = (last.text(0)?, last.text(1)?);
            let cases = rows.iter().map(|row| Ok((row.text(0)?.into(), row.parsed(1)?)));
            let cases = cases.collect::<Result<Vec<_>, StoreError>>()?;
            match self.finish_erasures_of(cases).await {
                Ok(()) => finished += rows.len() as u64,
                Err(error) => wrong = Some(error),
            }
        }
    }

    /// Brings the ledger of the keys and the erasures of the database up to each other: one of the two may be older.
    pub(crate) async fn replay_ledger(&self) -> Result<(), StoreError> {
        if self.erasures_there().await? == self.erasures_in_ledger().await? {
            self.finish_erasures().await?;
            return Ok(());
        }
        let mut after = (String::new(), String::new());
        loop {
            let rows = self.keys().ledger(&mut self.keys().database().reader().await?, &after).await?;
            let Some(last) = rows.last() else { break };
            after = (last.text(0)?, last.text(1)?);
            for row in &rows {
                self.erase_again(&row.text(0)?.into(), row.parsed(1)?, &row.bytes(3)?).await?;
            }
        }
        let mut after = (String::new(), String::new());
        loop {
            let sql = "select tenant, case_id from erasures where (tenant, case_id) > ($1, $2) \
                       order by tenant, case_id limit $3";
            let values = vec![Cell::text(&after.0), Cell::text(&after.1), Cell::Int(AT_ONCE)];
            let rows = self.database().reader().await?.rows(sql, values).await?;
            let Some(last) = rows.last() else { break };
            after = (last.text(0)?, last.text(1)?);
            for row in &rows {
                let (tenant, case) = (row.text(0)?.into(), row.parsed(1)?);
                if self.in_ledger(&tenant, case).await?.is_none() {
                    let sql = "update erasures set done = 0 where tenant = $1 and case_id = $2";
                    self.database().writer().await?.run(sql, of_case(&tenant, case)).await?;
                }
            }
        }
        let finished = self.finish_erasures().await?;
        tracing::warn!(
            finished,
            "keys and database were not of the same time; what was erased is erased in both"
        );
        Ok(())
    }

    /// Erases a case of which only the ledger of the keys knows that it is erased.
    async fn erase_again(&self, tenant: &TenantId, case: CaseId, body: &[u8]) -> Result<(), StoreError> {
        if self.erasure(tenant, case).await?.is_some() {
            return Ok(());
        }
        let erasure = Erasure::read(body, false)?;
        let mut link = self.database().begin_write().await?;
        link.row(held(&link, "update"), of_case(tenant, case)).await?;
        documents_of(&mut link, tenant, case).await?;
        record(&mut link, &erasure).await?;
        let counted = counts::erased_again(&mut link, tenant, case).await?;
        clear(&mut link, tenant, case).await?;
        if let Some(counted) = counted {
            counts::keep_erased_again(&mut link, tenant, counted, erasure.certificate.began_at).await?;
        }
        link.commit().await
    }

    async fn erasures_there(&self) -> Result<(i64, i64), StoreError> {
        let sql = "select count(*), coalesce(max(at), 0) from erasures";
        let row = self.database().reader().await?.row(sql, vec![]).await?;
        row.map_or(Ok((0, 0)), |row| Ok((row.int(0)?, row.int(1)?)))
    }

    async fn erasures_in_ledger(&self) -> Result<(i64, i64), StoreError> {
        let sql = self.keys().sql("select count(*), coalesce(max(at), 0) from KEYS.ledger");
        let row = self.keys().database().reader().await?.row(sql, vec![]).await?;
        row.map_or(Ok((0, 0)), |row| Ok((row.int(0)?, row.int(1)?)))
    }

    async fn in_ledger(&self, tenant: &TenantId, case: CaseId) -> Result<Option<Vec<u8>>, StoreError> {
        let sql = self.keys().sql("select body from KEYS.ledger where tenant = $1 and case_id = $2");
        let row = self.keys().database().reader().await?.row(sql, of_case(tenant, case)).await?;
        row.map(|row| row.bytes(0)).transpose()
    }

    /// What is left of a case that was erased; none when it was not.
    pub async fn erasure(&self, tenant: &TenantId, case: CaseId) -> Result<Option<Erasure>, StoreError> {
        erasure(&mut self.database().reader().await?, tenant, case).await
    }

    /// A page of the cases that were erased, newest first.
    pub async fn erasures(&self, tenant: &TenantId, piece: &Piece) -> Result<Page<Erasure>, StoreError> {
        let rows = Rows::of_no_cases(tenant, "erasures", "tenant = ");
        let keys = &[("at", Int), ("case_id", Text)];
        let list = List {
            name: "erasures",
            columns: "body, done",
            rows,
            keys,
            descending: true,
            sealed: &[],
            by: None,
        };
        let mut link = self.database().begin_read().await?;
        let page = list.page(&mut link, self.keys(), tenant, piece, |bodies| {
            Erasure::read(&bodies.bytes(0)?, bodies.int(1)? != 0)
        });
        let page = page.await?;
        link.leave().await?;
        Ok(page)
    }

    /// Whether something of a case still has to be carried out or delivered.
    pub async fn is_sending(&self, tenant: &TenantId, case: CaseId) -> Result<bool, StoreError> {
        let sql = "select 1 from outbox where tenant = $1 and case_id = $2 limit 1";
        Ok(self.database().reader().await?.row(sql, of_case(tenant, case)).await?.is_some())
    }

    /// Each certificate is signed, stands in the ledger, and its keys are gone.
    pub(crate) async fn verify_erasures(
        &self,
        tenant: &TenantId,
        report: &mut Report,
    ) -> Result<(), StoreError> {
        let mut after = String::new();
        loop {
            let sql = "select case_id, body, done from erasures where tenant = $1 and case_id > $2 \
                       order by case_id limit $3";
            let values = vec![Cell::text(tenant), Cell::text(&after), Cell::Int(AT_ONCE)];
            let rows = self.database().reader().await?.rows(sql, values).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = last.text(0)?;
            for row in &rows {
                if let Some(problem) = self.wrong_erasure(tenant, row).await? {
                    let case = Some(row.parsed(0)?);
                    note(report, Finding { case, problem });
                }
            }
        }
    }

    /// Whether a certificate was signed for a case as its chain ends here.
    async fn is_of_chain(
        &self,
        tenant: &TenantId,
        case: CaseId,
        erasure: &Erasure,
    ) -> Result<bool, StoreError> {
        let sql = "select version, hash, body from journal where tenant = $1 and case_id = $2 \
                   order by version desc limit 2";
        let rows = self.database().reader().await?.rows(sql, of_case(tenant, case)).await?;
        let hash = |row: Option<&Row>| match row {
            Some(row) => {
                Hash::from_bytes(&row.bytes(1)?).map_err(|error| StoreError::corrupt("journal", error))
            }
            None => Ok(Hash::ZERO),
        };
        let (last, before) = (hash(rows.first())?, hash(rows.get(1))?);
        let (version, body) = match rows.first() {
            Some(row) => (row.count(0)?, row.bytes(2)?),
            // In an older copy it had not begun.
            None => (0, Vec::new()),
        };
        let erases = says_erased(tenant, (case, version), &body);
        Ok(erasure.is_of((tenant, case), (version, before, last), erases))
    }

    async fn wrong_erasure(&self, tenant: &TenantId, row: &Row) -> Result<Option<Problem>, StoreError> {
        let (case, body): (CaseId, _) = (row.parsed(0)?, row.bytes(1)?);
        let Ok(erasure) = Erasure::read(&body, row.int(2)? != 0) else {
            return Ok(Some(Problem::ChangedCertificate {}));
        };
        let of_this = self.is_of_chain(tenant, case, &erasure).await?;
        if !of_this || !self.keys().signer().await?.is(&erasure.signature) {
            return Ok(Some(Problem::ChangedCertificate {}));
        }
        if !erasure.done {
            return Ok(Some(Problem::ErasureUnfinished {}));
        }
        if self.in_ledger(tenant, case).await?.is_none_or(|ledger| ledger != body) {
            return Ok(Some(Problem::ChangedLedger {}));
        }
        let slots = erasure.slots();
        self.keys().forget(slots.iter().copied());
        let ring = self.keys().ring(slots).await?;
        let there = ring.0.values().any(|held| matches!(held, Held::Key(_)));
        Ok(there.then_some(Problem::KeyNotErased {}))
    }
}

fn of_case(tenant: &TenantId, case: CaseId) -> Vec<Cell> {
    vec![Cell::text(tenant), Cell::text(case)]
}

async fn erasure(link: &mut Link, tenant: &TenantId, case: CaseId) -> Result<Option<Erasure>, StoreError> {
    let sql = "select body, done from erasures where tenant = $1 and case_id = $2";
    let row = link.row(sql, of_case(tenant, case)).await?;
    row.map(|row| Erasure::read(&row.bytes(0)?, row.int(1)? != 0)).transpose()
}

/// The error for a case whose bodies nobody can read. On the connection of whoever has found them: another one may not be
/// free before that one is given back.
pub(crate) async fn erased(
    link: &mut Link,
    tenant: &TenantId,
    case: CaseId,
) -> Result<StoreError, StoreError> {
    Ok(match erasure(link, tenant, case).await? {
        Some(erasure) => StoreError::Erased { case, at: erasure.certificate.at },
        None => StoreError::corrupt(
            format!("case {case} of {tenant}"),
            "its key or its turns are gone, and nothing says that it was erased",
        ),
    })
}

/// Sees to it that a case is not erased before the transaction ends: what is put into it now goes with it then. An error
/// when it is erased already.
pub(crate) async fn hold(link: &mut Link, tenant: &TenantId, case: CaseId) -> Result<(), StoreError> {
    if link.is_postgres() {
        // Whoever erases it waits, or has done it when this returns; its other turns go on.
        link.row(held(link, "key share"), of_case(tenant, case)).await?;
    }
    match erasure(link, tenant, case).await? {
        Some(erasure) => Err(StoreError::Erased { case, at: erasure.certificate.at }),
        None => Ok(()),
    }
}

/// Reads the row of a case; SQLite has one writer, and needs no lock.
fn held(link: &Link, lock: &'static str) -> AssertSqlSafe<String> {
    let sql = "select body from cases where tenant = $1 and case_id = $2";
    AssertSqlSafe(if link.is_postgres() { format!("{sql} for {lock}") } else { sql.to_owned() })
}

async fn record(link: &mut Link, erasure: &Erasure) -> Result<(), StoreError> {
    let sql = "insert into erasures (tenant, case_id, at, done, body) values ($1, $2, $3, 0, $4) \
               on conflict do nothing";
    let Certificate { tenant, case, at, .. } = &erasure.certificate;
    let values = vec![Cell::text(tenant), Cell::text(case), Cell::instant(*at), erasure.body()?];
    link.run(sql, values).await?;
    Ok(())
}

/// Throws away the documents that only this case holds; their hashes, and the slots of their keys, which go with that of the
/// case. Bytes that lie outside are noted, and removed afterwards.
async fn documents_of(
    link: &mut Link,
    tenant: &TenantId,
    case: CaseId,
) -> Result<Vec<(Hash, u64)>, StoreError> {
    let sql = "select hash from blob_uses where tenant = $1 and case_id = $2 order by hash";
    let rows = link.rows(sql, of_case(tenant, case)).await?;
    let hashes = rows.iter().map(|row| row.parsed(0)).collect::<Result<Vec<Hash>, _>>()?;
    link.run("delete from blob_uses where tenant = $1 and case_id = $2", of_case(tenant, case)).await?;
    drop_unheld(link, tenant, hashes, false).await
}

/// Deletes what is left of a case, besides its chain.
async fn clear(link: &mut Link, tenant: &TenantId, case: CaseId) -> Result<(), StoreError> {
    for sql in [
        "delete from snapshots where tenant = $1 and case_id = $2",
        "delete from cases where tenant = $1 and case_id = $2",
        "delete from case_columns where tenant = $1 and case_id = $2",
        "delete from case_words where tenant = $1 and case_id = $2",
        "delete from tasks where tenant = $1 and case_id = $2",
        "delete from deadlines where tenant = $1 and case_id = $2",
        "delete from timers where tenant = $1 and case_id = $2",
        "delete from outbox where tenant = $1 and case_id = $2",
        "delete from incidents where tenant = $1 and case_id = $2",
        "delete from post where tenant = $1 and case_id = $2",
        "delete from subscriptions where tenant = $1 and case_id = $2",
        "delete from arrivals where tenant = $1 and case_id = $2",
    ] {
        link.run(sql, of_case(tenant, case)).await?;
    }
    // What is sealed; the turn that erased the case is not.
    let sql = "update journal set body = $3 where tenant = $1 and case_id = $2 and substr(body, 1, 1) = $4";
    let sealed = [Cell::Bytes(vec![]), Cell::Bytes(vec![crate::seal::SEALED])];
    link.run(sql, of_case(tenant, case).into_iter().chain(sealed).collect()).await?;
    Ok(())
}

/// The numbers without gaps that erased cases drew.
pub(crate) async fn erased_draws(
    link: &mut Link,
    tenant: &TenantId,
) -> Result<Vec<(CounterKey, u64)>, StoreError> {
    let (mut draws, mut after) = (Vec::new(), String::new());
    loop {
        let sql =
            "select case_id, body from erasures where tenant = $1 and case_id > $2 order by case_id limit $3";
        let rows = link.rows(sql, vec![Cell::text(tenant), Cell::text(&after), Cell::Int(AT_ONCE)]).await?;
        let Some(last) = rows.last() else { return Ok(draws) };
        after = last.text(0)?;
        for row in &rows {
            draws.extend(Erasure::read(&row.bytes(1)?, true)?.certificate.numbers);
        }
    }
}
