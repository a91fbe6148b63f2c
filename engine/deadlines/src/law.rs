//! Which law governs a period, and how its provisions are cited.

use serde::{Deserialize, Serialize};

use crate::compute::NoShift;

/// The law under which a period is reckoned. All lead to §§ 187 ff. BGB; they differ in what they add.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Law {
    /// Civil law directly.
    #[default]
    #[serde(rename = "BGB")]
    Bgb,
    /// Administrative procedure (§ 31 VwVfG).
    VwVfG,
    /// Taxes and municipal charges (§ 108 AO).
    AO,
    /// Social administration (§ 26 SGB X).
    #[serde(rename = "SGBX")]
    SgbX,
    /// Administrative courts (§ 57 Abs. 2 VwGO with § 222 ZPO).
    VwGO,
}

impl Law {
    /// All of them.
    pub const ALL: [Law; 5] = [Law::Bgb, Law::VwVfG, Law::AO, Law::SgbX, Law::VwGO];

    /// As it is written in data: `BGB`, `VwVfG`, `AO`, `SGBX`, `VwGO`.
    pub fn code(self) -> &'static str {
        match self {
            Law::Bgb => "BGB",
            Law::VwVfG => "VwVfG",
            Law::AO => "AO",
            Law::SgbX => "SGBX",
            Law::VwGO => "VwGO",
        }
    }

    /// A provision of the BGB as it applies here: "§ 31 Abs. 1 VwVfG i. V. m. § 187 Abs. 1 BGB".
    pub(crate) fn with_bgb(self, provision: &str) -> String {
        match self {
            Law::Bgb => format!("{provision} BGB"),
            Law::VwVfG => format!("§ 31 Abs. 1 VwVfG i. V. m. {provision} BGB"),
            Law::AO => format!("§ 108 Abs. 1 AO i. V. m. {provision} BGB"),
            Law::SgbX => format!("§ 26 Abs. 1 SGB X i. V. m. {provision} BGB"),
            Law::VwGO => format!("§ 57 Abs. 2 VwGO i. V. m. § 222 Abs. 1 ZPO und {provision} BGB"),
        }
    }

    /// Why an end on a Saturday, Sunday or holiday moves on.
    pub(crate) fn shift_norm(self) -> &'static str {
        match self {
            Law::Bgb => "§ 193 BGB",
            Law::VwVfG => "§ 31 Abs. 3 Satz 1 VwVfG",
            Law::AO => "§ 108 Abs. 3 AO",
            Law::SgbX => "§ 26 Abs. 3 Satz 1 SGB X",
            Law::VwGO => "§ 57 Abs. 2 VwGO i. V. m. § 222 Abs. 2 ZPO",
        }
    }

    /// On what the extension of a period rests that an authority set; none where no provision speaks of authorities.
    pub(crate) fn extension_norm(self) -> Option<&'static str> {
        match self {
            Law::Bgb => None,
            Law::VwVfG => Some("§ 31 Abs. 7 VwVfG"),
            Law::AO => Some("§ 109 Abs. 1 AO"),
            Law::SgbX => Some("§ 26 Abs. 7 SGB X"),
            Law::VwGO => Some("§ 57 Abs. 2 VwGO i. V. m. § 224 Abs. 2 ZPO"),
        }
    }

    /// Why hours run on over weekends; none where no provision says so (and § 222 Abs. 3 ZPO says the opposite).
    pub(crate) fn hours_norm(self) -> Option<&'static str> {
        match self {
            Law::Bgb | Law::VwGO => None,
            Law::VwVfG => Some("§ 31 Abs. 6 VwVfG"),
            Law::AO => Some("§ 108 Abs. 6 AO"),
            Law::SgbX => Some("§ 26 Abs. 6 SGB X"),
        }
    }

    /// On what a period that does not move rests here; `Err` where this law knows no such exception.
    pub(crate) fn no_shift_norm(self, reason: &NoShift) -> Result<Option<&'static str>, ()> {
        match (reason, self) {
            (NoShift::Age, _) => Ok(Some("§ 193 BGB")),
            (NoShift::Other(_) | NoShift::Unstated, _) => Ok(None),
            (NoShift::BenefitPeriod, Law::VwVfG) => Ok(Some("§ 31 Abs. 4 VwVfG")),
            (NoShift::BenefitPeriod, Law::AO) => Ok(Some("§ 108 Abs. 4 AO")),
            (NoShift::BenefitPeriod, Law::SgbX) => Ok(Some("§ 26 Abs. 4 SGB X")),
            (NoShift::Appointment, Law::VwVfG) => Ok(Some("§ 31 Abs. 5 VwVfG")),
            (NoShift::Appointment, Law::AO) => Ok(Some("§ 108 Abs. 5 AO")),
            (NoShift::Appointment, Law::SgbX) => Ok(Some("§ 26 Abs. 5 SGB X")),
            (NoShift::AnnouncedDay, Law::VwVfG) => Ok(Some("§ 31 Abs. 3 Satz 2 VwVfG")),
            (NoShift::AnnouncedDay, Law::SgbX) => Ok(Some("§ 26 Abs. 3 Satz 2 SGB X")),
            (NoShift::BenefitPeriod | NoShift::Appointment | NoShift::AnnouncedDay, _) => Err(()),
        }
    }
}
