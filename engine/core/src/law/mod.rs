//! Law as data: tables that a lawyer corrects line by line. They lie in `building-blocks/law/`; each row says where it is
//! written, from when to when it holds, where it was taken from, who has compared it with the promulgated text, and whether
//! sources disagree. An authority may set rows of its own ([`OwnRows`]) in their place or beside them, without a new version of
//! the program. Nothing here replaces a lawyer.

pub mod citation;
pub mod fees;
mod fictions;
mod fields;
pub mod index;
pub mod mentions;
pub mod place;
mod remedies;
pub mod resting;
mod restorations;
mod row;
mod tables;

use std::sync::{Arc, LazyLock};

use fachwerk_deadlines::{Language, NotificationRules};

pub use self::{
    fees::{Fee, FeeAsked, FeeLack, FeeLaw, Tariffs},
    fictions::{FictionBegin, FictionLack, Fictions, Granted, KeptBy},
    fields::{Choice, Field, FieldKind},
    remedies::{Asked, GENERAL, Given, Instruction, Lack, RemedyLaw},
    restorations::{RestorationRow, Restorations},
    row::{LawProblem, LawUsed, Row},
    tables::{OwnRows, TABLES, Table, id_of},
};
use crate::words::{Object, Value};

/// Own rows that cannot be read, by table and id.
pub type Unread = Vec<(Arc<str>, Arc<str>)>;

/// All tables, read.
#[derive(Clone, Debug)]
pub struct LegalData {
    /// Which remedy there is, with its words, its periods and the courts.
    pub remedies: RemedyLaw,
    /// When an act counts as notified.
    pub notification: NotificationRules,
    /// Which fees there are.
    pub fees: FeeLaw,
    /// How long restoration can be applied for.
    pub restorations: Restorations,
    /// Where silence grants what was applied for.
    pub fictions: Fictions,
}

/// The data that is compiled in.
static BUILT_IN: LazyLock<Arc<LegalData>> =
    LazyLock::new(|| Arc::new(LegalData::with(&OwnRows::new()).expect("a test reads the built-in law")));

impl LegalData {
    /// The data that is compiled in.
    pub fn built_in() -> Arc<LegalData> {
        BUILT_IN.clone()
    }

    /// The data that is compiled in, with an authority's own rows; or what is wrong with these.
    pub fn with(own: &OwnRows) -> Result<LegalData, LawProblem> {
        let files = tables::with(own)?;
        let remedies =
            RemedyLaw::read(&files["remedies.yaml"], &files["periods.yaml"], &files["courts.yaml"])?;
        Ok(LegalData {
            remedies,
            restorations: Restorations::read(&files["periods.yaml"])?,
            fictions: Fictions::read(&files["fictions.yaml"])?,
            notification: notification(&files["notification.yaml"])?,
            fees: FeeLaw::read(&files["fees.yaml"], &FeeLaw::default())?,
        })
    }

    /// Rows that say of one thing what another one says too.
    pub fn contradictions(&self) -> Vec<LawProblem> {
        self.fees.contradictions(&FeeLaw::default())
    }

    /// The same, without the rows that cannot be: they were set when the program read them otherwise. They come beside it, by
    /// table and id.
    pub fn with_those_that_fit(own: &OwnRows) -> (LegalData, Unread) {
        if let Ok(all) = LegalData::with(own) {
            return (all, Vec::new());
        }
        let (mut fitting, mut read) = (OwnRows::new(), (*LegalData::built_in()).clone());
        let mut left = Unread::new();
        for (table, rows) in own {
            left.extend(rows.keys().map(|id| (table.clone(), id.clone())));
        }
        // One may name another: again, as long as one more fits.
        loop {
            let before = left.len();
            left.retain(|(table, id)| {
                let mut more = fitting.clone();
                more.entry(table.clone()).or_default().insert(id.clone(), own[table][id].clone());
                match LegalData::with(&more) {
                    Ok(all) => {
                        (fitting, read) = (more, all);
                        false
                    }
                    Err(_) => true,
                }
            });
            if left.len() == before {
                break;
            }
        }
        (read, left)
    }
}

/// JSON is YAML.
fn notification(lists: &Object) -> Result<NotificationRules, LawProblem> {
    NotificationRules::from_yaml(&Value::Object(lists.clone()).to_string())
        .map_err(|error| LawProblem::new(error.text(Language::De), error.text(Language::En)))
}
