//! The tables of legal data as rows of plain values: what is compiled in, and what an authority has put in the place of a row
//! or beside it. From these everything else in this room is read.

use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock},
};

use super::{
    fields::{
        COMMON, COURTS, FEE_LAWS, FEE_RATES, FEE_RULES, FEES, FICTIONS, Field, NOTIFICATION, PERIODS,
        REMEDIES, RESTORATIONS, TEXTS,
    },
    row::{LawProblem, read_file},
};
use crate::words::{Object, Text, Value};

/// Rows that an authority has set itself: by table and id.
pub type OwnRows = BTreeMap<Arc<str>, BTreeMap<Arc<str>, Object>>;

/// A table whose rows an authority may correct.
#[derive(Debug, PartialEq)]
pub struct Table {
    /// Its name, as what rests on a row says it ([`super::LawUsed`]).
    pub name: &'static str,
    /// The file that it lies in.
    pub file: &'static str,
    /// The list in that file.
    list: &'static str,
    /// What people read.
    title: (&'static str, &'static str),
    /// Which day decides whether a row holds.
    key_day: (&'static str, &'static str),
    /// What its rows say besides what every row says.
    own_fields: &'static [Field],
}

/// All of them.
pub const TABLES: [Table; 11] = [
    Table {
        name: "remedies",
        file: "remedies.yaml",
        list: "remedies",
        title: ("Rechtsbehelfe", "Remedies"),
        key_day: ("Tag des Bescheids", "day of issue"),
        own_fields: REMEDIES,
    },
    Table {
        name: "texts",
        file: "remedies.yaml",
        list: "texts",
        title: ("Wortlaut der Rechtsbehelfsbelehrungen", "Words of the instructions on remedies"),
        key_day: ("Tag des Bescheids", "day of issue"),
        own_fields: TEXTS,
    },
    Table {
        name: "periods",
        file: "periods.yaml",
        list: "periods",
        title: ("Fristen der Rechtsbehelfe", "Periods for remedies"),
        key_day: ("Tag des Bescheids", "day of issue"),
        own_fields: PERIODS,
    },
    Table {
        name: "restorations",
        file: "periods.yaml",
        list: "restorations",
        title: ("Wiedereinsetzung", "Restoration"),
        key_day: ("Tag der Entscheidung", "day of the decision"),
        own_fields: RESTORATIONS,
    },
    Table {
        name: "courts",
        file: "courts.yaml",
        list: "courts",
        title: ("Verwaltungsgerichte", "Administrative courts"),
        key_day: ("Tag des Bescheids", "day of issue"),
        own_fields: COURTS,
    },
    Table {
        name: "notification",
        file: "notification.yaml",
        list: "rules",
        title: ("Bekanntgabe", "Notification"),
        key_day: ("Tag der Absendung", "day of dispatch"),
        own_fields: NOTIFICATION,
    },
    Table {
        name: "fictions",
        file: "fictions.yaml",
        list: "fictions",
        title: ("Genehmigungsfiktion", "Approval by fiction"),
        key_day: ("Tag des Eingangs", "day of receipt"),
        own_fields: FICTIONS,
    },
    Table {
        name: "fees",
        file: "fees.yaml",
        list: "positions",
        title: ("Gebühren: Tarifstellen", "Fees: positions of tariffs"),
        key_day: FEE_KEY_DAY,
        own_fields: FEES,
    },
    Table {
        name: "fee-rules",
        file: "fees.yaml",
        list: "rules",
        title: ("Gebühren: Ermäßigung, Befreiung, Rundung", "Fees: reduction, exemption, rounding"),
        key_day: FEE_KEY_DAY,
        own_fields: FEE_RULES,
    },
    Table {
        name: "fee-rates",
        file: "fees.yaml",
        list: "rates",
        title: ("Gebühren: Stundensätze", "Fees: hourly rates"),
        key_day: FEE_KEY_DAY,
        own_fields: FEE_RATES,
    },
    Table {
        name: "fee-laws",
        file: "fees.yaml",
        list: "laws",
        title: ("Gebühren: Gesetze und Satzungen", "Fees: laws and bylaws"),
        key_day: FEE_KEY_DAY,
        own_fields: FEE_LAWS,
    },
];

/// Each law of fees says itself which day that is.
const FEE_KEY_DAY: (&str, &str) = ("Stichtag der Gebühr", "key day of the fee");

/// The files that are compiled in.
pub(super) const FILES: [(&str, &str); 6] = [
    ("remedies.yaml", include_str!("../../../../building-blocks/law/remedies.yaml")),
    ("periods.yaml", include_str!("../../../../building-blocks/law/periods.yaml")),
    ("courts.yaml", include_str!("../../../../building-blocks/law/courts.yaml")),
    ("notification.yaml", include_str!("../../../../building-blocks/law/notification.yaml")),
    ("fictions.yaml", include_str!("../../../../building-blocks/law/fictions.yaml")),
    ("fees.yaml", include_str!("../../../../building-blocks/law/fees.yaml")),
];

/// Others, that are read elsewhere.
pub(super) const MORE_FILES: [(&str, &str); 2] = [
    ("holidays.yaml", include_str!("../../../../building-blocks/law/holidays.yaml")),
    ("procedure.yaml", include_str!("../../../../building-blocks/law/procedure.yaml")),
];

/// The files as they are read, by name.
pub type Files = BTreeMap<&'static str, Object>;

static BUILT_IN: LazyLock<Files> = LazyLock::new(|| {
    let read = |(name, text)| (name, read_file(name, text).expect("a test reads the built-in law"));
    FILES.into_iter().map(read).collect()
});

impl Table {
    /// The table of this name.
    pub fn named(name: &str) -> Option<&'static Table> {
        TABLES.iter().find(|table| table.name == name)
    }

    /// The table that a list of a file is.
    pub fn of_list(file: &str, list: &str) -> Option<&'static Table> {
        TABLES.iter().find(|table| table.file == file && table.list == list)
    }

    /// The list in its file.
    pub(super) fn list(&self) -> &'static str {
        self.list
    }

    /// Its rows as they are compiled in.
    pub fn built_in(&self) -> impl Iterator<Item = &'static Object> {
        rows_of(&BUILT_IN, self)
    }

    /// A row as it is compiled in.
    pub fn built_in_row(&self, id: &str) -> Option<&'static Object> {
        self.built_in().find(|row| id_of(row) == id)
    }

    /// What its rows say.
    pub fn fields(&self) -> impl Iterator<Item = &'static Field> {
        self.own_fields.iter().chain(&COMMON)
    }

    /// What people read.
    pub fn title(&self) -> Text {
        Text::new(self.title.0, self.title.1)
    }

    /// Which day decides whether a row holds.
    pub fn key_day(&self) -> Text {
        Text::new(self.key_day.0, self.key_day.1)
    }
}

fn rows_of<'f>(files: &'f Files, table: &Table) -> impl Iterator<Item = &'f Object> {
    let list = files.get(table.file).and_then(|lists| lists.get(table.list)).and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_object)
}

/// The id of a row.
pub fn id_of(row: &Object) -> &str {
    row.get("id").and_then(Value::as_str).unwrap_or_default()
}

/// The files with an authority's own rows in the place of those with their id, or behind all others.
pub fn with(own: &OwnRows) -> Result<Files, LawProblem> {
    let mut files = BUILT_IN.clone();
    for (name, rows) in own {
        let table = Table::named(name).ok_or_else(|| LawProblem::unknown_table(name))?;
        let list = files.get_mut(table.file).and_then(|lists| lists.get_mut(table.list));
        let Some(Value::Array(list)) = list else { return Err(LawProblem::unknown_table(name)) };
        for (id, row) in rows {
            let row = Value::Object(row.clone());
            match list.iter_mut().find(|known| known.as_object().map(id_of) == Some(&**id)) {
                Some(known) => *known = row,
                None => list.push(row),
            }
        }
    }
    Ok(files)
}
