//! The statements of the inbox: the tasks that a query wants, in its order.
//!
//! When they are few, or those of the cases that pass a test are, they are gathered and sorted. When they are many, the list
//! is gone through along an index that has its order: one for each role, and for each person in it. So a page costs
//! about the same however many tasks wait. In an order by something that cases have, it is they that are gone through
//! (`by_case`).

use std::collections::BTreeSet;

use fachwerk_core::words::{InstanceId, RoleId, TaskId, TenantId};

use crate::{
    by_case::{ByCase, KEYS_OF_TASKS, Sorted, Stage},
    database::Link,
    error::StoreError,
    inbox::{InboxOrder, InboxQuery, Whose},
    lists::{MAX_COUNTED, MAX_LOOKED_AT, Order, Total, count, count_passing, count_up_to},
    sieve::{Sieve, few},
    statement::{
        Cell,
        Kind::{Int, Text},
        Row, Statement,
    },
    tables::{Column, day, excluded_mark},
};

/// The most roles of one query.
const MAX_ROLES: usize = 100;

const BY_DUE: &[Column] = &[("due", Text), ("opened_at", Int), ("case_id", Text), ("instance", Int)];
const BY_AGE: &[Column] = &[("opened_at", Int), ("case_id", Text), ("instance", Int)];
const TASKS: Sorted =
    Sorted { table: "tasks t", tenant: "t.tenant", case_id: "t.case_id", instance: Some("t.instance") };

/// The tasks that a query wants.
pub(crate) struct Wanted<'q> {
    tenant: &'q TenantId,
    query: &'q InboxQuery,
    roles: Option<Vec<&'q RoleId>>,
    /// Whose; nobody is the empty text.
    assignees: Option<Vec<&'q str>>,
    sieve: Sieve,
    /// How many there are, whatever their cases are found by; counted until they are many.
    all: u32,
    /// So many are few.
    few: u32,
    /// PostgreSQL knows how its rows are spread and chooses an index by that.
    knows_rows: bool,
}

/// Tasks of some roles and some persons; none: of all.
type Part<'p, 'q> = (Option<&'p [&'q RoleId]>, Option<&'p [&'q str]>);

impl<'q> Wanted<'q> {
    pub(crate) async fn of(
        link: &mut Link,
        tenant: &'q TenantId,
        query: &'q InboxQuery,
    ) -> Result<Wanted<'q>, StoreError> {
        let mut wanted = Self::uncounted(link, tenant, query)?;
        wanted.few = few(link, tenant).await?;
        wanted.sieve.weigh(link, tenant, wanted.few).await?;
        let most = wanted.few.max(MAX_COUNTED) + 1;
        wanted.all = count_up_to(link, wanted.cases(most), most).await?;
        Ok(wanted)
    }

    /// The same without looking how many they are: their list is gone through in its order.
    pub(crate) fn uncounted(
        link: &Link,
        tenant: &'q TenantId,
        query: &'q InboxQuery,
    ) -> Result<Wanted<'q>, StoreError> {
        let roles = query.roles.as_ref().map_or(0, BTreeSet::len);
        if roles > MAX_ROLES {
            let (size, limit) = (roles as u64, MAX_ROLES as u64);
            return Err(StoreError::TooLarge { what: "query_roles", size, limit });
        }
        let mut sieve = Sieve::default();
        sieve.found(&query.found)?;
        if let Some(process) = &query.process {
            sieve.within(&[process.clone()].into())?;
        }
        let assignees = match &query.whose {
            Whose::All => None,
            Whose::Of(person) => Some(vec![person.as_str()]),
            Whose::OfOrUnassigned(person) => Some(vec![person.as_str(), ""]),
            Whose::Unassigned => Some(vec![""]),
        };
        let roles = query.roles.as_ref().map(|roles| roles.iter().collect());
        let (all, few, knows_rows) = (u32::MAX, 0, link.is_postgres());
        Ok(Wanted { tenant, query, roles, assignees, sieve, all, few, knows_rows })
    }

    pub(crate) fn order(&self) -> Order {
        let (name, keys) = match (&self.query.order, self.by_case()) {
            (_, Some(by)) => (by.name("inbox").into(), KEYS_OF_TASKS),
            (InboxOrder::Opened, None) => ("inbox-opened".into(), BY_AGE),
            (_, None) => ("inbox-due".into(), BY_DUE),
        };
        Order { name, keys, descending: self.query.descending }
    }

    fn by_case(&self) -> Option<ByCase<'q>> {
        match &self.query.order {
            InboxOrder::Case(key) => {
                Some(ByCase { key, tenant: self.tenant, descending: self.query.descending })
            }
            InboxOrder::Due | InboxOrder::Opened => None,
        }
    }

    /// Whatever their cases are found by, up to [`MAX_COUNTED`].
    pub(crate) fn count(&self) -> Total {
        Total { count: self.all.min(MAX_COUNTED), more: self.all > MAX_COUNTED }
    }

    pub(crate) async fn total(&self, link: &mut Link) -> Result<Total, StoreError> {
        if self.are_few() && !self.sieve.is_empty() {
            return count(link, self.gathered()).await;
        }
        if self.sieve.asks() {
            return count_passing(link, self.cases(MAX_LOOKED_AT), &self.sieve, self.tenant).await;
        }
        Ok(self.count())
    }

    fn are_few(&self) -> bool {
        self.sieve.gathers() || self.all <= self.few
    }

    /// The rows of the page.
    pub(crate) async fn rows(&self, link: &mut Link) -> Result<Vec<Row>, StoreError> {
        let order = self.order();
        match self.by_case() {
            Some(by) => {
                let page = |stage| self.page(&order, stage);
                by.rows(link, (&order, &self.query.piece), self.are_few(), page).await
            }
            None => self.page(&order, Stage::Having)?.rows(link).await,
        }
    }

    /// The first of them, by its keys alone.
    pub(crate) async fn first(&self, link: &mut Link) -> Result<Option<TaskId>, StoreError> {
        let order = self.order();
        let stages = match self.by_case() {
            Some(by) => by.stages(&order, &self.query.piece)?,
            None => &[Stage::Having],
        };
        for stage in stages {
            let mut statement = Statement::new("select case_id, instance from (");
            statement.append(self.in_order(&order, *stage)?).push(") as wanted");
            order.push_order(&mut statement, "");
            statement.push(" limit 1");
            if let Some(row) = statement.row(link).await? {
                return Ok(Some(TaskId { case: row.parsed(0)?, instance: InstanceId(row.small(1)?) }));
            }
        }
        Ok(None)
    }

    /// The keys of its tasks first, from indexes alone; then what is shown of them.
    fn page(&self, order: &Order, stage: Stage) -> Result<Statement, StoreError> {
        let mut statement = Statement::new("select ");
        for name in order.names() {
            statement.push("k.").push(name).push(", ");
        }
        statement.push("t.body, c.body from (select * from (");
        let keys = if self.are_few() { self.gathered() } else { self.in_order(order, stage)? };
        statement.append(keys).push(") as wanted where 1 = 1");
        order.push(&mut statement, &self.query.piece)?;
        statement.push(
            ") as k cross join tasks t cross join cases c where t.case_id = k.case_id and t.instance = k.instance \
             and c.tenant = t.tenant and c.case_id = t.case_id and t.tenant = ",
        );
        statement.value(Cell::text(self.tenant));
        order.push_order(&mut statement, "k.");
        Ok(statement)
    }

    /// The keys of all tasks.
    fn gathered(&self) -> Statement {
        let mut statement = Statement::default();
        // Through the few cases to tasks of any of the roles.
        if self.sieve.gathers() {
            self.push_keys(&mut statement, (self.roles.as_deref(), self.assignees.as_deref()));
            return statement;
        }
        self.push_parts(&mut statement, |statement, part| self.push_keys(statement, part));
        statement
    }

    /// The keys of as many tasks as the page can take: of each part along its index, or along the cases.
    fn in_order(&self, order: &Order, stage: Stage) -> Result<Statement, StoreError> {
        let mut statement = Statement::default();
        let piece = &self.query.piece;
        if let Some(by) = self.by_case() {
            let all = (self.roles.as_deref(), self.assignees.as_deref());
            by.push_in_order(&mut statement, &TASKS, stage, (order, piece), |statement| {
                self.push_conditions(statement, all, (false, false));
                self.sieve.push_tests(statement, self.tenant, "t.case_id");
            })?;
            return Ok(statement);
        }
        let mut wrong = Ok(());
        self.push_parts(&mut statement, |statement, part| {
            self.push_keys(statement, part);
            if let Err(error) = order.push(statement, piece) {
                wrong = Err(error);
            }
        });
        wrong.map(|()| statement)
    }

    /// The cases of all tasks, whatever they are found by; so many of each part at most.
    fn cases(&self, most: u32) -> Statement {
        let mut statement = Statement::default();
        self.push_parts(&mut statement, |statement, part| {
            statement.push("select t.case_id from tasks t where t.tenant = ").value(Cell::text(self.tenant));
            self.push_conditions(statement, part, (true, true));
            statement.push(" limit ").value(Cell::int(most));
        });
        statement
    }

    /// One statement for each role and each person, all of them together as the rows of one.
    fn push_parts(&self, statement: &mut Statement, mut push: impl FnMut(&mut Statement, Part<'_, 'q>)) {
        let roles: Vec<Option<&[&RoleId]>> = match &self.roles {
            None => vec![None],
            // Nobody's: one part with nothing in it.
            Some(roles) if roles.is_empty() => vec![Some(&[])],
            Some(roles) => roles.chunks(1).map(Some).collect(),
        };
        let assignees: Vec<Option<&[&str]>> = match &self.assignees {
            None => vec![None],
            Some(assignees) => assignees.chunks(1).map(Some).collect(),
        };
        let mut first = true;
        for role in roles {
            for assignee in &assignees {
                statement.push(if first { "select * from (" } else { " union all select * from (" });
                push(statement, (role, *assignee));
                statement.push(") as part");
                first = false;
            }
        }
    }

    fn push_keys(&self, statement: &mut Statement, part: Part<'_, '_>) {
        if let Some(by) = self.by_case() {
            by.push_gathered(statement, &TASKS, |statement| self.push_rows(statement, part));
            return;
        }
        statement.push(match self.query.order {
            InboxOrder::Opened => "select t.opened_at, t.case_id, t.instance",
            _ => "select t.due, t.opened_at, t.case_id, t.instance",
        });
        self.push_rows(statement, part);
    }

    /// ` from ... where ...`
    fn push_rows(&self, statement: &mut Statement, part: Part<'_, '_>) {
        statement.push(" from ");
        self.sieve.push_few(statement, self.tenant);
        statement.push("tasks t where t.tenant = ").value(Cell::text(self.tenant));
        let by_case = self.sieve.gathers();
        let by_age = self.query.order == InboxOrder::Opened && !self.are_few();
        self.push_conditions(statement, part, (!by_case, !by_case && !by_age));
        self.sieve.push_tests(statement, self.tenant, "t.case_id");
    }

    /// What a task must be, whatever its case is found by. `index`: whether an index may be chosen by role and
    /// by person; where another way is the right one, SQLite would take it all the same.
    fn push_conditions(
        &self,
        statement: &mut Statement,
        (roles, assignees): Part<'_, '_>,
        index: (bool, bool),
    ) {
        let column = |plain, hidden, index| if index || self.knows_rows { plain } else { hidden };
        let role = column(" and t.role", " and t.role || ''", index.0);
        let assignee = column(" and t.assignee", " and t.assignee || ''", index.1);
        match roles {
            None => &mut *statement,
            Some([]) => statement.push(" and 1 = 0"),
            Some([one]) => statement.push(role).push(" = ").value(Cell::text(one)),
            Some(any) => statement.push(role).push(" in ").list(any.iter().map(Cell::text)),
        };
        match assignees {
            None => &mut *statement,
            Some([one]) => statement.push(assignee).push(" = ").value(Cell::text(one)),
            Some(any) => statement.push(assignee).push(" in ").list(any.iter().map(Cell::text)),
        };
        if let Some(person) = &self.query.hide_excluding {
            // Finds a text within a text, with small and capital letters told apart, in the same words on both back ends.
            let mark = Cell::text(excluded_mark(person.as_str()));
            statement.push(" and replace(t.excluded, ").value(mark).push(", '') = t.excluded");
        }
        if let Some(until) = self.query.due_until {
            statement.push(" and t.due <= ").value(day(until));
        }
    }
}
