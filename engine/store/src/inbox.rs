//! The inbox: open tasks with what names their cases and the next legal deadline of each.

use std::collections::{BTreeMap, BTreeSet};

use fachwerk_core::{
    projection::{CaseRow, DeadlineRow, TaskRow},
    words::{CaseId, Date, PersonId, ProcessId, RoleId, TenantId},
};

use crate::{
    Store,
    database::Link,
    error::StoreError,
    keys::Keys,
    lists::{List, Page, Piece, Total, count},
    registers::{Found, found},
    seal::Label,
    statement::{
        Cell,
        Kind::{Int, Text},
        Statement, chunks,
    },
    tables::{Column, SUSPENDED, day, excluded_mark},
};

/// The most roles of one query.
const MAX_ROLES: usize = 100;

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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InboxOrder {
    /// By internal due day, then by age; tasks without a day come last.
    #[default]
    Due,
    /// By age.
    Opened,
    /// By file number; cases without one come first.
    Number,
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
        let (name, keys): (_, &[Column]) = match query.order {
            InboxOrder::Due => (
                "inbox-due",
                &[("t.due", Text), ("t.opened_at", Int), ("t.case_id", Text), ("t.instance", Int)],
            ),
            InboxOrder::Opened => {
                ("inbox-opened", &[("t.opened_at", Int), ("t.case_id", Text), ("t.instance", Int)])
            }
            InboxOrder::Number => {
                ("inbox-number", &[("c.number", Text), ("t.case_id", Text), ("t.instance", Int)])
            }
        };
        let mut rows = tasks(tenant, query)?;
        let mut link = self.database().begin_read().await?;
        found(&mut link, &mut rows, "t.case_id", tenant, &query.found).await?;
        let sealed = &[(0, "tasks"), (1, "cases")];
        let list = List { name, columns: "t.body, c.body", rows, keys, descending: query.descending, sealed };
        let page = list.page(&mut link, self.keys(), tenant, &query.piece, |bodies| {
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

    /// How many tasks wait for a person with these roles; each counted up to [`crate::MAX_COUNTED`].
    pub async fn task_counts(
        &self,
        tenant: &TenantId,
        roles: &BTreeSet<RoleId>,
        person: &PersonId,
    ) -> Result<TaskCounts, StoreError> {
        let with =
            |whose| tasks(tenant, &InboxQuery { whose, roles: Some(roles.clone()), ..InboxQuery::default() });
        let mut link = self.database().begin_read().await?;
        let counts = TaskCounts {
            mine: count(&mut link, &with(Whose::Of(person.clone()))?).await?,
            unassigned: count(&mut link, &with(Whose::Unassigned)?).await?,
            all: count(&mut link, &with(Whose::All)?).await?,
        };
        link.leave().await?;
        Ok(counts)
    }
}

/// The open tasks that a query wants, whatever its case is found by.
fn tasks(tenant: &TenantId, query: &InboxQuery) -> Result<Statement, StoreError> {
    let mut rows = Statement::new(
        " from tasks t join cases c on c.tenant = t.tenant and c.case_id = t.case_id where t.tenant = ",
    );
    rows.value(Cell::text(tenant));
    if let Some(roles) = &query.roles {
        if roles.len() > MAX_ROLES {
            let (size, limit) = (roles.len() as u64, MAX_ROLES as u64);
            return Err(StoreError::TooLarge { what: "query_roles", size, limit });
        }
        if roles.is_empty() {
            rows.push(" and 1 = 0");
        } else {
            rows.push(" and t.role in ").list(roles.iter().map(Cell::text));
        }
    }
    let nobody = || Cell::text("");
    match &query.whose {
        Whose::All => {}
        Whose::Of(person) => {
            rows.push(" and t.assignee = ").value(Cell::text(person));
        }
        Whose::OfOrUnassigned(person) => {
            rows.push(" and t.assignee in ").list([Cell::text(person), nobody()]);
        }
        Whose::Unassigned => {
            rows.push(" and t.assignee = ").value(nobody());
        }
    }
    if let Some(person) = &query.hide_excluding {
        // Finds a text within a text, with small and capital letters told apart, in the same words on both back ends.
        let mark = Cell::text(excluded_mark(person.as_str()));
        rows.push(" and replace(t.excluded, ").value(mark).push(", '') = t.excluded");
    }
    if let Some(process) = &query.process {
        rows.push(" and t.process = ").value(Cell::text(process));
    }
    if let Some(until) = query.due_until {
        rows.push(" and t.due <= ").value(day(until));
    }
    Ok(rows)
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
