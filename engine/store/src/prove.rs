//! Proving a database or a backup without any key: that the chain of each case is whole, that no position is missing, that
//! both are what was signed day by day, and that what has no bytes any more was erased.

use std::{collections::BTreeMap, path::Path};

use fachwerk_core::words::{CaseId, TenantId};

use crate::{
    Store,
    certificate::{Erasure, says_erased},
    chain::{self, Broken},
    database::{Database, Place},
    error::{Obstacle, StoreError},
    finding::{Finding, Problem, Report},
    hash::Hash,
    replay::Cases,
    roots::{prove_roots, read_roots},
    schema,
    statement::Cell,
    verify::{note, positions},
};

/// What is proven.
#[derive(Clone, Debug)]
pub enum Proven<'a> {
    /// A database.
    Place(&'a Place),
    /// A backup.
    File(&'a Path),
}

impl Store {
    /// Goes through the chain and the roots of all authorities. `roots` is a folder with copies of the roots that lay
    /// elsewhere, in one folder an authority as they are written; `key` the public key that they must be signed with.
    pub async fn prove(
        what: Proven<'_>,
        roots: Option<&Path>,
        key: Option<&str>,
    ) -> Result<BTreeMap<TenantId, Report>, StoreError> {
        let (database, place) = match what {
            Proven::Place(place) if Database::is_at(place).await? => {
                (Database::beside(place).await?, place.clone())
            }
            Proven::Place(place) => return Err(StoreError::NoDatabase { place: place.spoken() }),
            Proven::File(file) if file.is_file() => {
                (Database::file(file).await?, Place::Sqlite { dir: file.to_owned() })
            }
            Proven::File(file) => {
                let place = file.display().to_string();
                return Err(StoreError::NotCopied { place, why: Obstacle::NoFile });
            }
        };
        let proven = prove(&database, &place, roots, key).await;
        database.close().await;
        proven
    }
}

async fn prove(
    database: &Database,
    place: &Place,
    roots: Option<&Path>,
    key: Option<&str>,
) -> Result<BTreeMap<TenantId, Report>, StoreError> {
    schema::need_newest(database, place).await?;
    let mut proven = BTreeMap::new();
    let mut after = String::new();
    loop {
        let sql = "select tenant from tenants where tenant > $1 order by tenant limit 1";
        let row = database.reader().await?.row(sql, vec![Cell::text(&after)]).await?;
        let Some(row) = row else { return Ok(proven) };
        after = row.text(0)?;
        let tenant: TenantId = after.as_str().into();
        let mut report = Report::default();
        let mut link = database.begin_read().await?;
        positions(&mut link, &tenant, &mut report).await?;
        link.leave().await?;
        chains(database, &tenant, key, &mut report).await?;
        let outside = match roots {
            Some(folder) => read_roots(&folder.join(crate::roots::folder_of(&tenant)), &tenant, &mut report)?,
            None => Vec::new(),
        };
        prove_roots(database, &tenant, key, &outside, &mut report).await?;
        proven.insert(tenant, report);
    }
}

/// The chain of a case, as far as it has been gone through.
struct Chain {
    case: CaseId,
    /// Of the last turn.
    version: u64,
    /// Of the last turn, and of the one before.
    hash: Hash,
    before: Hash,
    /// What the last turn holds.
    body: Vec<u8>,
    /// The first turn whose bytes are gone.
    emptied: Option<u64>,
    broken: bool,
}

/// The chains of all cases; of each the first broken link is named.
async fn chains(
    database: &Database,
    tenant: &TenantId,
    key: Option<&str>,
    report: &mut Report,
) -> Result<(), StoreError> {
    let everything = Cases::Between(Cases::before_all(), char::MAX.to_string());
    let (mut after, mut chain): (_, Option<Chain>) = ((Cases::before_all(), 0), None);
    loop {
        let mut link = database.begin_read().await?;
        let rows = everything.turns(&mut link, tenant, &after).await?;
        link.leave().await?;
        for row in &rows {
            let turn = chain::Link::read(row)?;
            after = (row.text(0)?, turn.version);
            report.turns += 1;
            if chain.as_ref().is_none_or(|chain| chain.case != turn.case) {
                report.cases += u64::from(turn.case != crate::journal::AUTHORITY);
                if let Some(whole) = chain.replace(Chain::begin(turn.case)) {
                    whole.end(database, tenant, key, report).await?;
                }
            }
            if let Some(chain) = &mut chain {
                chain.take(tenant, turn, report);
            }
        }
        if rows.is_empty() {
            return match chain {
                Some(whole) => whole.end(database, tenant, key, report).await,
                None => Ok(()),
            };
        }
    }
}

impl Chain {
    fn begin(case: CaseId) -> Chain {
        let (hash, before) = (Hash::ZERO, Hash::ZERO);
        Chain { case, version: 0, hash, before, body: Vec::new(), emptied: None, broken: false }
    }

    fn take(&mut self, tenant: &TenantId, turn: chain::Link, report: &mut Report) {
        let version = turn.version;
        let problem = match turn.check(tenant, &self.hash) {
            _ if version != self.version + 1 => Some(Problem::MissingTurn { version: self.version + 1 }),
            Ok(()) => None,
            Err(Broken::Body) => Some(Problem::ChangedTurn { version }),
            Err(Broken::Link) => Some(Problem::BrokenLink { version }),
        };
        if let Some(problem) = problem.filter(|_| !self.broken) {
            self.broken = true;
            note(report, Finding { case: Some(self.case), problem });
        }
        if turn.body.is_empty() {
            self.emptied = self.emptied.or(Some(version));
        }
        (self.version, self.before, self.hash, self.body) = (version, self.hash, turn.hash, turn.body);
    }

    /// What has no bytes any more must have been erased, and that is proven by its certificate. It is asked for only now: a
    /// case may have been erased while its chain was gone through.
    async fn end(
        self,
        database: &Database,
        tenant: &TenantId,
        key: Option<&str>,
        report: &mut Report,
    ) -> Result<(), StoreError> {
        let Some(version) = self.emptied.filter(|_| !self.broken) else { return Ok(()) };
        let sql = "select body from erasures where tenant = $1 and case_id = $2";
        let values = vec![Cell::text(tenant), Cell::text(self.case)];
        let row = database.reader().await?.row(sql, values).await?;
        let problem = match row {
            None => Some(Problem::NotErased { version }),
            Some(row) => {
                report.erased += 1;
                let erasure = Erasure::read(&row.bytes(0)?, true);
                let good = erasure.is_ok_and(|erasure| {
                    let chain = (self.version, self.before, self.hash);
                    let erases = says_erased(tenant, (self.case, self.version), &self.body);
                    erasure.is_of((tenant, self.case), chain, erases)
                        && key.is_none_or(|key| key == erasure.signature.key)
                });
                (!good).then_some(Problem::ChangedCertificate {})
            }
        };
        if let Some(problem) = problem {
            note(report, Finding { case: Some(self.case), problem });
        }
        Ok(())
    }
}
