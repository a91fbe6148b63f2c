//! Proving a database or a backup without any key: that the chain of each case is whole, that no position is missing, and
//! that both are what was signed day by day.

use std::{collections::BTreeMap, path::Path};

use fachwerk_core::words::TenantId;

use crate::{
    Store,
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
            Proven::Place(place) => (Database::beside(place).await?, place.clone()),
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
        chains(database, &tenant, &mut report).await?;
        let outside = match roots {
            Some(folder) => read_roots(&folder.join(crate::roots::folder_of(&tenant)), &tenant, &mut report)?,
            None => Vec::new(),
        };
        prove_roots(database, &tenant, key, &outside, &mut report).await?;
        proven.insert(tenant, report);
    }
}

/// The chains of all cases; of each the first broken link is named.
async fn chains(database: &Database, tenant: &TenantId, report: &mut Report) -> Result<(), StoreError> {
    let everything = Cases::Between(Cases::before_all(), char::MAX.to_string());
    let (mut after, mut before, mut broken) = ((Cases::before_all(), 0), (None, 0, Hash::ZERO), None);
    let erased = everything.erased(&mut database.reader().await?, tenant).await?;
    loop {
        let mut link = database.begin_read().await?;
        let rows = everything.turns(&mut link, tenant, &after).await?;
        link.leave().await?;
        for row in &rows {
            let turn = chain::Link::read(row)?;
            after = (row.text(0)?, turn.version);
            report.turns += 1;
            if before.0 != Some(turn.case) {
                before = (Some(turn.case), 0, Hash::ZERO);
                report.cases += u64::from(turn.case != crate::journal::AUTHORITY);
                report.erased += u64::from(erased.contains(&turn.case));
            }
            if broken == Some(turn.case) {
                continue;
            }
            let version = turn.version;
            let problem = if version != before.1 + 1 {
                Some(Problem::MissingTurn { version: before.1 + 1 })
            } else if turn.body.is_empty() && !erased.contains(&turn.case) {
                Some(Problem::NotErased { version })
            } else {
                match turn.check(tenant, &before.2) {
                    Ok(()) => None,
                    Err(Broken::Body) => Some(Problem::ChangedTurn { version }),
                    Err(Broken::Link) => Some(Problem::BrokenLink { version }),
                }
            };
            if let Some(problem) = problem {
                broken = Some(turn.case);
                note(report, Finding { case: Some(turn.case), problem });
            }
            (before.1, before.2) = (version, turn.hash);
        }
        if rows.is_empty() {
            return Ok(());
        }
    }
}
