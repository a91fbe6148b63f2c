//! The inbox: open tasks with what names their cases and the next legal deadline of each.

use std::collections::{BTreeMap, BTreeSet};

use fachwerk_core::{
    projection::{CaseRow, DeadlineRow, TaskRow},
    words::{CaseId, Date, PersonId, ProcessId, RoleId, TaskId, TenantId},
};

use crate::{
    Store,
    by_case::CaseKey,
    database::Link,
    error::StoreError,
    keys::Keys,
    lists::{Page, Piece, Sealed, Total},
    registers::Found,
    seal::Label,
    statement::{Cell, Statement, chunks},
    tables::SUSPENDED,
    wanted::Wanted,
};

/// Whose tasks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Whose {
    /// Everybody's, and those that are nobody's yet.
    #[default]
    All,
    /// Those of this person.
    Of(PersonId),
    /// Those of this person, and those that are nobody's yet.
    OfOrUnassigned(PersonId),
    /// Those that are nobody's yet.
    Unassigned,
}

/// The order of the inbox. The case and the task break ties.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum InboxOrder {
    /// By internal due day, then by age; tasks without a day come last.
    #[default]
    Due,
    /// By age.
    Opened,
    /// By something that the case has; those that do not have it come last, whichever way round.
    Case(CaseKey),
}

/// Which tasks, and in which order. What is left empty does not restrict.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InboxQuery {
    /// Only tasks for one of these roles; an empty set finds nothing.
    pub roles: Option<BTreeSet<RoleId>>,
    /// Only tasks of this person.
    pub whose: Whose,
    /// Hide tasks that this person may not do (four-eyes).
    pub hide_excluding: Option<PersonId>,
    /// Only tasks of this process.
    pub process: Option<ProcessId>,
    /// Only tasks of cases that are found by this.
    pub found: Found,
    /// Only tasks due up to this day, with it.
    pub due_until: Option<Date>,
    /// The order.
    pub order: InboxOrder,
    /// Whether the order is turned round.
    pub descending: bool,
    /// Which piece of the list.
    pub piece: Piece,
}

/// A task in the inbox.
#[derive(Clone, Debug, PartialEq)]
pub struct InboxEntry {
    /// The task.
    pub task: TaskRow,
    /// Its case: number, subject, columns.
    pub case: CaseRow,
    /// The deadline of the case that ends first.
    pub next_deadline: Option<DeadlineRow>,
}

/// How many tasks wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TaskCounts {
    /// For the person, with one of the roles.
    pub mine: Total,
    /// For anybody with one of the roles.
    pub unassigned: Total,
    /// With one of the roles altogether.
    pub all: Total,
}

impl Store {
    /// A page of the inbox.
    pub async fn inbox(&self, tenant: &TenantId, query: &InboxQuery) -> Result<Page<InboxEntry>, StoreError> {
        let mut link = self.database().begin_read().await?;
        let wanted = Wanted::of(&mut link, tenant, query).await?;
        let total = match query.piece.cursor {
            None => Some(wanted.total(&mut link).await?),
            Some(_) => None,
        };
        let rows = wanted.rows(&mut link).await?;
        let sealed = Sealed { keys: self.keys(), tenant, columns: &[(0, "tasks"), (1, "cases")] };
        let order = wanted.order();
        let page = order.page(rows, &sealed, &query.piece, total, |bodies| {
            Ok(InboxEntry { task: bodies.json(0)?, case: bodies.json(1)?, next_deadline: None })
        });
        let mut page = page.await?;
        let cases = page.items.iter().map(|entry| entry.case.case).collect();
        let next = next_deadlines(&mut link, self.keys(), tenant, cases).await?;
        link.leave().await?;
        for entry in &mut page.items {
            entry.next_deadline = next.get(&entry.case.case).cloned();
        }
        Ok(page)
    }

    /// The first task of the inbox.
    pub async fn first_task(
        &self,
        tenant: &TenantId,
        query: &InboxQuery,
    ) -> Result<Option<TaskId>, StoreError> {
        let query = InboxQuery { piece: Piece { cursor: None, limit: 1 }, ..query.clone() };
        let mut link = self.database().reader().await?;
        Wanted::uncounted(&link, tenant, &query)?.first(&mut link).await
    }

    /// How many tasks wait for a person with these roles; each counted up to [`crate::MAX_COUNTED`].
    pub async fn task_counts(
        &self,
        tenant: &TenantId,
        roles: &BTreeSet<RoleId>,
        person: &PersonId,
    ) -> Result<TaskCounts, StoreError> {
        let mut link = self.database().begin_read().await?;
        let mut count = async |whose| {
            let query = InboxQuery { whose, roles: Some(roles.clone()), ..InboxQuery::default() };
            Wanted::of(&mut link, tenant, &query).await.map(|wanted| wanted.count())
        };
        let mine = count(Whose::Of(person.clone())).await?;
        let unassigned = count(Whose::Unassigned).await?;
        let all = count(Whose::All).await?;
        link.leave().await?;
        Ok(TaskCounts { mine, unassigned, all })
    }
}

/// The deadline that ends first, for each case that has one.
async fn next_deadlines(
    link: &mut Link,
    keys: &Keys,
    tenant: &TenantId,
    cases: BTreeSet<CaseId>,
) -> Result<BTreeMap<CaseId, DeadlineRow>, StoreError> {
    let mut next: BTreeMap<CaseId, DeadlineRow> = BTreeMap::new();
    for cases in chunks(cases.into_iter().collect()) {
        // The first of each case by the key, so that a case with many deadlines costs no more than one with a few.
        let mut statement = Statement::new("select d.body from deadlines d where d.tenant = ");
        statement
            .value(Cell::text(tenant))
            .push(" and d.case_id in ")
            .list(cases.into_iter().map(Cell::text));
        // One that does not run has no end, and comes behind all that do.
        statement.push(" and d.end_day <> ").value(Cell::text(SUSPENDED));
        statement.push(
            " and not exists (select 1 from deadlines e where e.tenant = d.tenant \
             and e.case_id = d.case_id and (e.end_day, e.instance, e.name) < (d.end_day, d.instance, d.name))",
        );
        let rows = statement.rows(link).await?;
        let bodies = rows.iter().map(|row| row.bytes(0)).collect::<Result<Vec<_>, _>>()?;
        let ring = keys.ring_of(bodies.iter().map(Vec::as_slice)).await?;
        for body in bodies {
            let deadline: DeadlineRow = ring.json(&Label::row("deadlines", tenant), &body)?;
            next.insert(deadline.case, deadline);
        }
    }
    Ok(next)
}
