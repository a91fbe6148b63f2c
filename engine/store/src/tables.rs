//! The derived tables: their columns, and what a row of the core becomes in them. Everything that writes, rebuilds or
//! compares them reads this list.

use fachwerk_core::{
    facts::day_of,
    projection::{CaseRow, DeadlineRow, IncidentRow, OutboxRow, PostRow, SubscriptionRow, TaskRow, TimerRow},
    words::{CaseId, Date, InstanceId, TenantId},
};
use serde::Serialize;

use crate::{
    by_case::priority_column,
    error::StoreError,
    hash::Hash,
    seal::{Label, Ring, Seals},
    search::{comparable, words_of},
    statement::{
        Cell,
        Kind::{self, Int, Keyed, Sealed, Text},
    },
};

/// The due day of a task that has none: it sorts behind all others.
pub(crate) const NO_DAY: &str = "9999-12-31";

/// A derived table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Derived {
    Cases,
    CaseColumns,
    CaseWords,
    Tasks,
    Deadlines,
    Timers,
    Outbox,
    Incidents,
    Post,
    Subscriptions,
}

/// A column: its name, and what it holds.
pub(crate) type Column = (&'static str, Kind);

/// The columns of a derived table; before all of them stands the tenant.
pub(crate) struct Shape {
    pub name: &'static str,
    /// With the tenant, the primary key.
    pub key: &'static [Column],
    /// What follows from the journal.
    pub derived: &'static [Column],
    /// What is set when the row is written, and then changed by others.
    pub begun: &'static [Column],
}

impl Derived {
    pub(crate) const ALL: [Derived; 10] = [
        Self::Cases,
        Self::CaseColumns,
        Self::CaseWords,
        Self::Tasks,
        Self::Deadlines,
        Self::Timers,
        Self::Outbox,
        Self::Incidents,
        Self::Post,
        Self::Subscriptions,
    ];

    pub(crate) fn shape(self) -> &'static Shape {
        match self {
            Self::Cases => &Shape {
                name: "cases",
                key: &[("case_id", Text)],
                derived: &[
                    ("process", Text),
                    ("is_open", Int),
                    ("number", Text),
                    ("listing", Keyed),
                    ("ended_on", Text),
                    ("asked", Int),
                    ("held", Int),
                    ("body", Sealed),
                ],
                begun: &[("listing_version", Int)],
            },
            Self::CaseColumns => &Shape {
                name: "case_columns",
                key: &[("case_id", Text), ("name", Text), ("value", Text)],
                derived: &[],
                begun: &[],
            },
            Self::CaseWords => &Shape {
                name: "case_words",
                key: &[("case_id", Text), ("word", Text)],
                derived: &[],
                begun: &[],
            },
            Self::Tasks => &Shape {
                name: "tasks",
                key: &[("case_id", Text), ("instance", Int)],
                derived: &[
                    ("role", Text),
                    ("assignee", Text),
                    ("process", Text),
                    ("due", Text),
                    ("opened_at", Int),
                    ("excluded", Text),
                    ("body", Sealed),
                ],
                begun: &[],
            },
            Self::Deadlines => &Shape {
                name: "deadlines",
                key: &[("case_id", Text), ("instance", Int), ("name", Text)],
                derived: &[("end_day", Text), ("body", Sealed)],
                begun: &[],
            },
            Self::Timers => &Shape {
                name: "timers",
                key: &[("case_id", Text), ("instance", Int), ("name", Text)],
                derived: &[("revision", Int), ("at", Int)],
                begun: &[("wake_at", Int)],
            },
            Self::Outbox => &Shape {
                name: "outbox",
                key: &[("case_id", Text), ("instance", Int), ("round", Int)],
                derived: &[("at", Int), ("body", Sealed)],
                begun: &[("ready_at", Int), ("leased_by", Text), ("attempts", Int)],
            },
            Self::Incidents => &Shape {
                name: "incidents",
                key: &[("case_id", Text), ("number", Int)],
                derived: &[("since", Int), ("body", Sealed)],
                begun: &[],
            },
            Self::Post => &Shape {
                name: "post",
                key: &[("case_id", Text), ("document", Int)],
                derived: &[("since", Text), ("body", Sealed)],
                begun: &[],
            },
            Self::Subscriptions => &Shape {
                name: "subscriptions",
                key: &[("case_id", Text), ("instance", Int), ("name", Text)],
                derived: &[("subject", Text), ("key", Text), ("since", Int)],
                begun: &[],
            },
        }
    }
}

/// A row of a derived table, in the order of its columns, without the tenant. What is stored sealed or keyed is in it as
/// it was before.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TableRow {
    pub table: Derived,
    pub key: Vec<Cell>,
    pub derived: Vec<Cell>,
    pub begun: Vec<Cell>,
}

impl TableRow {
    /// Its case.
    pub(crate) fn case(&self) -> Result<CaseId, StoreError> {
        let place = self.table.shape().name;
        match self.key.first() {
            Some(Cell::Text(id)) => id.parse().map_err(|error| StoreError::corrupt(place, error)),
            _ => Err(StoreError::fault(format!("a row of {place} without a case"))),
        }
    }

    /// As it is stored.
    pub(crate) fn sealed(mut self, tenant: &TenantId, seals: &Seals) -> Result<TableRow, StoreError> {
        let shape = self.table.shape();
        for (place, (_, kind)) in shape.derived.iter().enumerate() {
            if !matches!(kind, Sealed | Keyed) {
                continue;
            }
            let case = self.case()?;
            let key = seals.of(case)?;
            if let Some(Cell::Bytes(bytes)) = self.derived.get_mut(place) {
                *bytes = match kind {
                    Sealed => key.seal(&Label::row(shape.name, tenant), bytes)?,
                    _ => key.keyed(bytes),
                };
            }
        }
        Ok(self)
    }

    /// As it was before it was stored; what cannot be opened, and what is keyed, stays as it is.
    pub(crate) fn opened(mut self, tenant: &TenantId, ring: &Ring) -> TableRow {
        let shape = self.table.shape();
        for (place, (_, kind)) in shape.derived.iter().enumerate() {
            if let (Sealed, Some(Cell::Bytes(bytes))) = (kind, self.derived.get_mut(place))
                && let Ok(Some(opened)) = ring.open(&Label::row(shape.name, tenant), bytes)
            {
                *bytes = opened;
            }
        }
        self
    }

    /// With what is keyed as it is stored; the rest as it is. None of it without the key of the case.
    pub(crate) fn keyed(mut self, seals: &Seals) -> Result<TableRow, StoreError> {
        for (place, (_, kind)) in self.table.shape().derived.iter().enumerate() {
            if *kind != Keyed {
                continue;
            }
            let case = self.case()?;
            if let (Some(Cell::Bytes(bytes)), Some(key)) = (self.derived.get_mut(place), seals.0.get(&case)) {
                *bytes = key.keyed(bytes);
            }
        }
        Ok(self)
    }

    /// What of it is sealed.
    pub(crate) fn sealed_cells(&self) -> impl Iterator<Item = &[u8]> {
        let columns = self.table.shape().derived.iter().zip(&self.derived);
        columns.filter_map(|((_, kind), cell)| match (kind, cell) {
            (Sealed, Cell::Bytes(bytes)) => Some(bytes.as_slice()),
            _ => None,
        })
    }
}

pub(crate) fn instance_key(case: CaseId, instance: InstanceId) -> Vec<Cell> {
    vec![Cell::text(case), Cell::int(instance.0)]
}

pub(crate) fn named_key(case: CaseId, instance: InstanceId, name: &str) -> Vec<Cell> {
    vec![Cell::text(case), Cell::int(instance.0), Cell::text(name)]
}

pub(crate) fn numbered_key(case: CaseId, number: u32) -> Vec<Cell> {
    vec![Cell::text(case), Cell::int(number)]
}

fn body(row: &impl Serialize) -> Result<Cell, StoreError> {
    let body =
        serde_json::to_vec(row).map_err(|error| StoreError::fault(format!("a row is no JSON: {error}")))?;
    Ok(Cell::Bytes(body))
}

/// The row of a case.
pub(crate) fn case_row(row: &CaseRow) -> Result<TableRow, StoreError> {
    let listed = (&row.number, &row.subject, &row.columns);
    // As it was before there was one: what says nothing of it stays as it is stored.
    let found_by = match &row.priority {
        None => serde_json::to_vec(&listed),
        Some(priority) => serde_json::to_vec(&(listed, priority)),
    };
    let found_by = found_by.map_err(|error| StoreError::fault(format!("a listing is no JSON: {error}")))?;
    Ok(TableRow {
        table: Derived::Cases,
        key: vec![Cell::text(row.case)],
        derived: vec![
            Cell::text(&row.process),
            Cell::Int(row.open.into()),
            Cell::text(row.number.as_deref().unwrap_or_default()),
            Cell::Bytes(Hash::of(&found_by).bytes().to_vec()),
            Cell::text(row.ended_at.map(|at| day_of(at).to_string()).unwrap_or_default()),
            Cell::Int(row.keeping.asked.is_some().into()),
            Cell::Int(row.keeping.hold.is_some().into()),
            body(row)?,
        ],
        begun: vec![Cell::int(row.version)],
    })
}

/// The rows that a case is found by.
pub(crate) fn listing_rows(row: &CaseRow) -> impl Iterator<Item = TableRow> {
    let case = row.case;
    let columns = row.columns.iter().filter_map(move |(name, value)| {
        Some(TableRow {
            table: Derived::CaseColumns,
            key: vec![Cell::text(case), Cell::text(name), Cell::text(comparable(value)?)],
            derived: vec![],
            begun: vec![],
        })
    });
    let words = words_of(row).into_iter().map(move |word| TableRow {
        table: Derived::CaseWords,
        key: vec![Cell::text(case), Cell::text(word)],
        derived: vec![],
        begun: vec![],
    });
    let keys = row.priority.iter().flat_map(|priority| {
        [false, true].into_iter().flat_map(|digital_first| {
            priority.keys(digital_first).into_iter().map(move |key| (priority_column(digital_first), key))
        })
    });
    let places = keys.map(move |(name, key)| TableRow {
        table: Derived::CaseColumns,
        key: vec![Cell::text(case), Cell::text(name), Cell::text(key)],
        derived: vec![],
        begun: vec![],
    });
    columns.chain(places).chain(words)
}

pub(crate) fn task_row(row: &TaskRow) -> Result<TableRow, StoreError> {
    Ok(TableRow {
        table: Derived::Tasks,
        key: instance_key(row.case, row.instance),
        derived: vec![
            Cell::text(&row.role),
            Cell::text(row.assignee.as_ref().map(|person| person.as_str()).unwrap_or_default()),
            Cell::text(&row.process),
            row.due.map_or_else(|| Cell::text(NO_DAY), day),
            Cell::instant(row.opened_at),
            Cell::text(row.excluded.iter().map(|person| excluded_mark(person.as_str())).collect::<String>()),
            body(row)?,
        ],
        begun: vec![],
    })
}

/// How a person stands in the list of those who may not do a task: names hold no line breaks.
pub(crate) fn excluded_mark(person: &str) -> String {
    format!("\n{}\n", person.replace('\n', " "))
}

pub(crate) fn day(day: Date) -> Cell {
    Cell::text(day)
}

/// Stands in place of the last day of a deadline that is suspended: nobody knows its end, so it comes behind every day.
pub(crate) const SUSPENDED: &str = "suspended";

pub(crate) fn deadline_row(row: &DeadlineRow) -> Result<TableRow, StoreError> {
    let end = if row.suspended { Cell::text(SUSPENDED) } else { Cell::maybe_text(row.end) };
    Ok(TableRow {
        table: Derived::Deadlines,
        key: named_key(row.case, row.instance, &row.name),
        derived: vec![end, body(row)?],
        begun: vec![],
    })
}

pub(crate) fn timer_row(row: &TimerRow) -> TableRow {
    TableRow {
        table: Derived::Timers,
        key: named_key(row.case, row.instance, &row.name),
        derived: vec![Cell::int(row.revision), Cell::instant(row.at)],
        begun: vec![Cell::instant(row.at)],
    }
}

pub(crate) fn outbox_row(row: &OutboxRow) -> Result<TableRow, StoreError> {
    Ok(TableRow {
        table: Derived::Outbox,
        key: vec![Cell::text(row.case), Cell::int(row.instance.0), Cell::int(row.round)],
        derived: vec![Cell::instant(row.at), body(row)?],
        begun: vec![Cell::instant(row.at), Cell::Null(Text), Cell::Int(0)],
    })
}

pub(crate) fn incident_row(row: &IncidentRow) -> Result<TableRow, StoreError> {
    Ok(TableRow {
        table: Derived::Incidents,
        key: numbered_key(row.case, row.number),
        derived: vec![Cell::instant(row.since), body(row)?],
        begun: vec![],
    })
}

pub(crate) fn post_row(row: &PostRow) -> Result<TableRow, StoreError> {
    Ok(TableRow {
        table: Derived::Post,
        key: numbered_key(row.case, row.document),
        derived: vec![day(row.since), body(row)?],
        begun: vec![],
    })
}

pub(crate) fn subscription_row(row: &SubscriptionRow) -> TableRow {
    TableRow {
        table: Derived::Subscriptions,
        key: named_key(row.case, row.instance, &row.name),
        derived: vec![Cell::text(&row.subject), Cell::text(&row.key), Cell::instant(row.since)],
        begun: vec![],
    }
}
