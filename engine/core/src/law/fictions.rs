//! When silence grants what was applied for (Genehmigungsfiktion, § 42a VwVfG): how long the authority has, from when, whether
//! it may take longer, and what of a decision must lie within that time.

use std::sync::Arc;

use fachwerk_deadlines::{Land, Period};
use serde::{Deserialize, Serialize};

use super::row::{LawProblem, Row, rows};
use crate::words::{Date, Object, Text};

/// What a row says.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FictionRow {
    /// What is permitted.
    pub permit: Text,
    land: Arc<str>,
    effect: Effect,
    length: Option<Period>,
    begin: Option<FictionBegin>,
    begin_norm: Option<Arc<str>>,
    extension: Option<Often>,
    extension_norm: Option<Arc<str>>,
    kept_by: Option<KeptBy>,
    #[serde(default)]
    certificate: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Effect {
    Granted,
    None,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Often {
    None,
    Once,
}

/// What the period begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FictionBegin {
    /// The last document that the applicant has to bring.
    CompleteDocuments,
    /// The application.
    Application,
    /// The notice.
    Notice,
}

/// What of a decision must lie within the period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeptBy {
    /// That whoever applied is notified of it.
    Notification,
    /// That it is issued.
    Issue,
}

/// What a row says of a fiction that there is.
#[derive(Clone, Debug, PartialEq)]
pub struct Granted<'r> {
    /// The row.
    pub row: &'r Row<FictionRow>,
    /// How long the authority has.
    pub length: Period,
    /// What that begins with.
    pub begin: FictionBegin,
    /// Where it is written.
    pub begin_norm: Option<&'r Arc<str>>,
    /// Where it is written that it may be extended once; none: it may not.
    pub extension: Option<&'r Arc<str>>,
    /// What of a decision must lie within it.
    pub kept_by: KeptBy,
    /// Whether the law gives a certificate.
    pub certificate: bool,
}

/// Why there is no fiction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FictionLack {
    /// No row has this name.
    Unknown {
        /// The name.
        id: Arc<str>,
    },
    /// The row says that there is none.
    Excluded {
        /// What for.
        permit: Text,
        /// Where that is written.
        norm: Arc<str>,
    },
    /// The row is no law in this Land, or not on that day.
    NotHere {
        /// What for.
        permit: Text,
    },
}

impl FictionLack {
    /// Why, as a sentence without its stop.
    pub fn text(&self) -> Text {
        match self {
            FictionLack::Unknown { id } => Text::new(
                format!("Eine Genehmigungsfiktion „{id}“ ist in den Rechtsdaten nicht hinterlegt"),
                format!("The legal data have no approval by fiction `{id}`"),
            ),
            FictionLack::Excluded { permit, norm } => Text::new(
                format!(
                    "Eine Genehmigungsfiktion gibt es hier ausdrücklich nicht ({}; {norm}); Schweigen erteilt nichts",
                    permit.de
                ),
                format!(
                    "Explicitly there is no approval by fiction here ({}; {norm}); silence grants nothing",
                    permit.en
                ),
            ),
            FictionLack::NotHere { permit } => Text::new(
                format!(
                    "Die Genehmigungsfiktion ({}) gilt in diesem Land oder an diesem Tag nicht",
                    permit.de
                ),
                format!("The approval by fiction ({}) is no law in this Land, or not on that day", permit.en),
            ),
        }
    }

    /// What to do.
    pub fn help(&self) -> Text {
        Text::new(
            "Eine Fiktion gibt es nur, wo ein Gesetz oder eine Satzung sie anordnet (§ 42a Abs. 1 VwVfG). Die Vorschrift unter „Rechtsdaten“ als Zeile eintragen, oder „fiction“ weglassen.",
            "There is a fiction only where a law or bylaw orders it (§ 42a I VwVfG). Put the provision into the legal data as a row, or leave `fiction` out.",
        )
    }
}

/// All rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Fictions(Vec<Row<FictionRow>>);

impl Fictions {
    /// Reads the table; or what is wrong with it.
    pub fn read(lists: &Object) -> Result<Fictions, LawProblem> {
        let all: Vec<Row<FictionRow>> = rows(lists, "fictions")?;
        for row in &all {
            let FictionRow { effect, length, begin, extension, extension_norm, kept_by, .. } = &row.what;
            let says = length.is_some() && begin.is_some() && kept_by.is_some() && row.norm.is_some();
            let wrong = |de: &str, en: &str| Err(LawProblem::row("fictions", &row.id, de, en));
            match effect {
                Effect::Granted if !says => {
                    return wrong(
                        "es fehlt `length`, `begin`, `kept_by` oder die Vorschrift (`norm`), die sie anordnet",
                        "`length`, `begin`, `kept_by` or the provision that orders it (`norm`) is missing",
                    );
                }
                Effect::Granted if matches!(length, Some(Period::Hours(_))) => {
                    return wrong("sie läuft nicht nach Stunden", "it does not run in hours");
                }
                Effect::None if length.is_some() || begin.is_some() || extension.is_some() => {
                    return wrong(
                        "sie sagt, dass Schweigen nichts erteilt, und nennt trotzdem eine Frist",
                        "it says that silence grants nothing, and names a period all the same",
                    );
                }
                _ if *extension == Some(Often::Once) && extension_norm.is_none() => {
                    return wrong(
                        "es fehlt `extension_norm`, die Vorschrift zur Verlängerung",
                        "`extension_norm`, the provision on extension, is missing",
                    );
                }
                _ => {}
            }
        }
        Ok(Fictions(all))
    }

    /// The names of the fictions that there are.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter(|row| row.what.effect == Effect::Granted).map(|row| &*row.id)
    }

    /// What the row of a name says, wherever and whenever.
    pub fn anywhere(&self, id: &str) -> Result<Granted<'_>, FictionLack> {
        let unknown = || FictionLack::Unknown { id: id.into() };
        let row = self.0.iter().find(|row| *row.id == *id).ok_or_else(unknown)?;
        let FictionRow { permit, effect, length, begin, kept_by, extension, .. } = &row.what;
        let (Effect::Granted, Some(length), Some(begin), Some(kept_by)) = (effect, length, begin, kept_by)
        else {
            let norm = row.norm.clone().unwrap_or_default();
            return Err(FictionLack::Excluded { permit: permit.clone(), norm });
        };
        let once = *extension == Some(Often::Once);
        Ok(Granted {
            row,
            length: *length,
            begin: *begin,
            begin_norm: row.what.begin_norm.as_ref(),
            extension: row.what.extension_norm.as_ref().filter(|_| once),
            kept_by: *kept_by,
            certificate: row.what.certificate,
        })
    }

    /// What the row of a name says for what was received on a day; `land`: where the authority is, when that is known.
    pub fn of(&self, id: &str, on: Date, land: Option<Land>) -> Result<Granted<'_>, FictionLack> {
        let granted = self.anywhere(id)?;
        let FictionRow { permit, land: of, .. } = &granted.row.what;
        let here = &**of == "any" || land.is_none_or(|land| land.code() == &**of);
        match here && granted.row.holds_on(on) {
            true => Ok(granted),
            false => Err(FictionLack::NotHere { permit: permit.clone() }),
        }
    }
}
