//! Cases on their way to their erasure: whose period is over, whose erasure was asked for, and which are held.

use fachwerk_core::{
    projection::CaseRow,
    words::{Date, ProcessId, TenantId},
};

use crate::{
    Store,
    error::StoreError,
    lists::{List, Page, Piece, Rows, Total, count},
    statement::{Cell, Kind::Text, Statement},
    tables::Column,
};

/// Which cases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeptCases {
    /// Those of a process that ended before a day, the oldest first.
    EndedBefore(ProcessId, Date),
    /// Those whose erasure was asked for.
    Asked,
    /// Those that must not be erased.
    Held,
}

impl Store {
    /// A page of cases on their way to their erasure.
    pub async fn kept_cases(
        &self,
        tenant: &TenantId,
        kept: &KeptCases,
        piece: &Piece,
    ) -> Result<Page<CaseRow>, StoreError> {
        let mut rows = Rows::of_no_cases(tenant, "cases", "tenant = ");
        let (name, keys): (_, &'static [Column]) = match kept {
            KeptCases::EndedBefore(process, day) => {
                rows.conditions = vec![
                    (" and is_open = 0 and process = ", Some(Cell::text(process))),
                    (" and ended_on < ", Some(Cell::text(day))),
                    // What was there before this was noted has no day; it is found when the lists are made anew.
                    (" and ended_on > ''", None),
                ];
                ("ended", &[("ended_on", Text), ("case_id", Text)])
            }
            KeptCases::Asked => {
                rows.conditions = vec![(" and asked = 1", None)];
                ("asked", &[("case_id", Text)])
            }
            KeptCases::Held => {
                rows.conditions = vec![(" and held = 1", None)];
                ("held", &[("case_id", Text)])
            }
        };
        let sealed = &[(0, "cases")];
        let list = List { name, columns: "body", rows, keys, descending: false, sealed, by: None };
        let mut link = self.database().begin_read().await?;
        let page = list.page(&mut link, self.keys(), tenant, piece, |bodies| bodies.json(0)).await?;
        link.leave().await?;
        Ok(page)
    }

    /// How many cases of a process ended before a day.
    pub async fn ended_before(
        &self,
        tenant: &TenantId,
        process: &ProcessId,
        day: Date,
    ) -> Result<Total, StoreError> {
        let mut all = Statement::new("select 1 from cases where is_open = 0 and tenant = ");
        all.value(Cell::text(tenant)).push(" and process = ").value(Cell::text(process));
        all.push(" and ended_on > '' and ended_on < ").value(Cell::text(day));
        count(&mut self.database().reader().await?, all).await
    }
}
