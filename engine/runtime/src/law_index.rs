//! What rests on a norm at an authority: its blocks, the releases that stand for its processes, its legal data.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use fachwerk_core::{
    case::Case,
    decide::{OtherEnd, ends_by_law, norms_ahead},
    definition::Release,
    facts::{Actor, Facts},
    language::{Catalogue, Folder},
    law::{
        LegalData,
        citation::{Citation, Fit},
        index::LawIndex,
        resting::{norms_of, rests_on},
    },
    projection::DeadlineRow,
    words::{CaseId, Date, ProcessId, TenantId},
};
use fachwerk_store::{Cursor, DeadlineQuery, DeadlineState, Listed, Piece};

use crate::{Runtime, SubmitError, unbundle};

impl Runtime {
    /// The law index of an authority, read anew from the files.
    pub async fn law_index(&self, tenant: &TenantId) -> Result<LawIndex, SubmitError> {
        let authority = self.authority(tenant).await?.ok_or(SubmitError::AuthorityUnknown)?;
        let catalogue = self.catalogue(tenant).await?;
        let in_view: BTreeMap<_, _> = authority.retired.iter().chain(&authority.current).collect();
        let mut bundles = Vec::new();
        for (process, release) in in_view {
            let Some(deployed) = authority.releases.get(release) else { continue };
            let files = self.files(tenant, &deployed.files, "").await?;
            let bundle = Folder { name: process.as_str().into(), ..files };
            bundles.push((deployed.clone(), bundle));
        }
        let own = authority.law.own.clone();
        // To read them all takes longer than a thread that serves others should be kept.
        let read = tokio::task::spawn_blocking(move || {
            let mut index = LawIndex::default();
            blocks(&mut index, &catalogue);
            for (deployed, bundle) in bundles {
                let (process, used) = unbundle(&bundle);
                let of_used =
                    used.entries().map(|it| (it.block.id.clone(), it.block.version.to_string().into()));
                let of_used = of_used.collect();
                let named = (&deployed.process.as_str().into(), &deployed.version);
                index.add_process(named, &deployed.title, &process, of_used);
                // Of what was deployed with an older version of a block cases go on with that.
                blocks(&mut index, &used);
            }
            index.add_built_in_law(&own, |_| true);
            index
        });
        read.await.map_err(|panic| SubmitError::Fault(panic.to_string()))
    }
}

fn blocks(index: &mut LawIndex, catalogue: &Catalogue) {
    for entry in catalogue.entries() {
        let (id, version) = (&entry.block.id, entry.block.version.to_string().into());
        index.add_block((id, &version), &entry.block.title, &entry.folder);
    }
}

/// Deadlines that are looked at for one answer.
const DEADLINES_AT_ONCE: u32 = 200;
/// What a cursor begins with that goes on in the list of those that wait.
const WAITING: &str = "waiting";

/// What of a piece of the deadlines is meant.
#[derive(Clone, Debug)]
pub struct Looked<T> {
    /// What was found, with its row and its case as lists show it.
    pub found: Vec<(Listed<DeadlineRow>, T)>,
    /// How many were looked at.
    pub looked_at: u32,
    /// Where to go on.
    pub next: Option<Cursor>,
}

/// Which deadlines are looked at: those that run and end on a day or later, the earliest first, behind them those that are
/// suspended, and behind these those that do not run yet because their letter has not left the house.
#[derive(Clone, Debug, Default)]
pub struct Looking {
    /// From this day on.
    pub since: Option<Date>,
    /// Only those of these processes.
    pub processes: Option<BTreeSet<ProcessId>>,
    /// Where to go on.
    pub cursor: Option<Cursor>,
}

impl Runtime {
    /// The deadlines that rest on one of some places of law, piece by piece.
    pub async fn resting_deadlines(
        &self,
        tenant: &TenantId,
        looking: Looking,
        asked: &[Citation],
    ) -> Result<Looked<(Fit, Vec<String>)>, SubmitError> {
        let authority = self.authority(tenant).await?.ok_or(SubmitError::AuthorityUnknown)?;
        self.look(tenant, looking, |release, case, row| {
            let deadline = case.instance(row.instance)?.deadlines.get(&row.name)?;
            let mut norms = norms_of(case, deadline);
            if deadline.awaits_dispatch_of.is_some() {
                let facts = self.facts(&authority, release, &Actor::Engine, case);
                norms.extend(norms_ahead(release, case, &facts, (row.instance, &row.name)));
            }
            rests_on(&norms, asked)
        })
        .await
    }

    /// The deadlines that would end on another day by other legal data, piece by piece. Nothing is recorded.
    pub async fn deadlines_by_law(
        &self,
        tenant: &TenantId,
        looking: Looking,
        law: &Arc<LegalData>,
    ) -> Result<Looked<OtherEnd>, SubmitError> {
        let authority = self.authority(tenant).await?.ok_or(SubmitError::AuthorityUnknown)?;
        self.look(tenant, looking, |release, case, row| {
            let holds = self.facts(&authority, release, &Actor::Engine, case);
            let other = Facts { law: law.clone(), ..holds.clone() };
            let all = ends_by_law(release, case, &holds, &other);
            all.into_iter().find(|it| (it.instance, &it.name) == (row.instance, &row.name))
        })
        .await
    }

    async fn case_with_release(
        &self,
        tenant: &TenantId,
        case: CaseId,
    ) -> Result<Option<(Arc<Case>, Arc<Release>)>, SubmitError> {
        let Some(case) = self.case(tenant, case).await? else { return Ok(None) };
        let release = self.release(tenant, &case.release).await?;
        Ok(Some((case, release)))
    }

    async fn look<T>(
        &self,
        tenant: &TenantId,
        looking: Looking,
        wanted: impl Fn(&Release, &Case, &DeadlineRow) -> Option<T>,
    ) -> Result<Looked<T>, SubmitError> {
        let (items, next) = self.piece_of_deadlines(tenant, looking).await?;
        let looked_at = u32::try_from(items.len()).unwrap_or(u32::MAX);
        let mut found = Vec::new();
        for listed in items {
            let (case, release) = match self.case_with_release(tenant, listed.row.case).await {
                Ok(Some(both)) => both,
                Ok(None) => continue,
                Err(error) if error.is_of_database() => return Err(error),
                Err(error) => {
                    // One that cannot be read hides none behind it.
                    tracing::error!(%error, %tenant, case = %listed.row.case, "a case cannot be read for the law index");
                    continue;
                }
            };
            found.extend(wanted(&release, &case, &listed.row).map(|it| (listed, it)));
        }
        Ok(Looked { found, looked_at, next })
    }

    /// A piece of both lists: what has begun lies in one by its ends, what waits in another.
    async fn piece_of_deadlines(
        &self,
        tenant: &TenantId,
        Looking { since, processes, cursor }: Looking,
    ) -> Result<(Vec<Listed<DeadlineRow>>, Option<Cursor>), SubmitError> {
        let of = |state, since, cursor| {
            let piece = Piece { cursor, limit: DEADLINES_AT_ONCE };
            DeadlineQuery { state, since, processes: processes.clone(), piece, ..DeadlineQuery::default() }
        };
        let waiting = cursor.as_ref().and_then(|cursor| cursor.as_str().strip_prefix(WAITING));
        let (mut items, waiting) = match waiting {
            Some(cursor) => (Vec::new(), Some(Cursor::from_text(cursor))),
            None => {
                let begun = self.store().deadlines(tenant, &of(None, since, cursor)).await?;
                if begun.next.is_some() {
                    return Ok((begun.items, begun.next));
                }
                (begun.items, None)
            }
        };
        let page = self.store().deadlines(tenant, &of(Some(DeadlineState::Waiting), None, waiting)).await?;
        items.extend(page.items);
        let next = page.next.map(|next| Cursor::from_text(format!("{WAITING}{}", next.as_str())));
        Ok((items, next))
    }
}
