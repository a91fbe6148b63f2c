//! Law as data: tables that a lawyer corrects line by line. They lie in `building-blocks/law/`; each row says where it is
//! written, from when to when it holds, where it was taken from, who has compared it with the promulgated text, and whether
//! sources disagree. Nothing here replaces a lawyer.

mod remedies;
mod restorations;
mod row;

use std::sync::{Arc, LazyLock};

pub use self::{
    remedies::{Asked, GENERAL, Given, Instruction, Lack, RemedyLaw},
    restorations::{RestorationRow, Restorations},
    row::{LawUsed, Row},
};

/// All tables.
#[derive(Clone, Debug, PartialEq)]
pub struct LegalData {
    /// Which remedy there is, with its words, its periods and the courts.
    pub remedies: RemedyLaw,
    /// How long restoration can be applied for.
    pub restorations: Restorations,
}

/// The data that is compiled in.
static BUILT_IN: LazyLock<Arc<LegalData>> =
    LazyLock::new(|| Arc::new(LegalData::read().expect("a test reads the built-in law")));

impl LegalData {
    /// The data that is compiled in.
    pub fn built_in() -> Arc<LegalData> {
        BUILT_IN.clone()
    }

    fn read() -> Result<LegalData, String> {
        let remedies =
            row::read_file("remedies.yaml", include_str!("../../../../building-blocks/law/remedies.yaml"))?;
        let periods =
            row::read_file("periods.yaml", include_str!("../../../../building-blocks/law/periods.yaml"))?;
        let courts =
            row::read_file("courts.yaml", include_str!("../../../../building-blocks/law/courts.yaml"))?;
        let restorations = Restorations::read(&periods)?;
        Ok(LegalData { remedies: RemedyLaw::read(&remedies, &periods, &courts)?, restorations })
    }
}
