//! Which law governs a period, and how its provisions are cited.

use serde::{Deserialize, Serialize};

use crate::{compute::NoShift, period::Period, sentence::Sentence};

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

    /// Whether this law knows that reason for a period to end on its last day whatever day that is.
    pub fn knows(self, reason: &NoShift) -> bool {
        self.no_shift_norm(reason).is_ok()
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

/// Which provision says how long a remedy against an act can be lodged, by the law under which the act was notified: a
/// month with an instruction on remedies, a year without. None for other periods: a special law sets them.
pub fn remedy_sentence(law: Law, period: Period) -> Option<Sentence> {
    if let (Law::SgbX, Period::Months(3)) = (law, period) {
        return Some(Sentence::cited(
            "Bei Bekanntgabe im Ausland ist der Rechtsbehelf innerhalb von drei Monaten einzulegen, wenn das SGG gilt",
            "When notified abroad a remedy is to be lodged within three months where the SGG applies",
            "§ 84 Abs. 1 Satz 2, § 87 Abs. 1 Satz 2 SGG",
        ));
    }
    let (de, en) = match period {
        Period::Months(1) => (
            "Der Rechtsbehelf ist innerhalb eines Monats nach der Bekanntgabe einzulegen",
            "A remedy is to be lodged within one month of the notification",
        ),
        Period::Years(1) => (
            "Ohne richtige Rechtsbehelfsbelehrung kann der Rechtsbehelf innerhalb eines Jahres eingelegt werden",
            "Without a correct instruction on remedies a remedy can be lodged within one year",
        ),
        _ => return None,
    };
    let norm = match (law, period) {
        (Law::Bgb, _) => return None,
        (Law::VwVfG | Law::VwGO, Period::Months(_)) => "§ 70 Abs. 1, § 74 Abs. 1 VwGO",
        (Law::VwVfG | Law::VwGO, _) => "§ 58 Abs. 2 VwGO",
        // Municipal charges are notified under the AO, but their remedies are those of the VwGO.
        (Law::AO, Period::Months(_)) => "§ 355 Abs. 1 AO und § 70 Abs. 1, § 74 Abs. 1 VwGO",
        (Law::AO, _) => "§ 356 Abs. 2 AO und § 58 Abs. 2 VwGO",
        // Some benefits under the SGB X go to the administrative courts, most to the social courts.
        (Law::SgbX, Period::Months(_)) => "§ 84 Abs. 1, § 87 Abs. 1 SGG und § 70 Abs. 1, § 74 Abs. 1 VwGO",
        (Law::SgbX, _) => "§ 66 Abs. 2 SGG und § 58 Abs. 2 VwGO",
    };
    Some(match law {
        Law::AO => Sentence::cited(
            format!("{de}; für kommunale Abgaben gilt die VwGO, sonst die AO"),
            format!("{en}; municipal charges are under the VwGO, others under the AO"),
            norm,
        ),
        Law::SgbX => Sentence::cited(
            format!("{de}; je nach Rechtsweg gilt das SGG oder die VwGO"),
            format!("{en}; by the court that is competent the SGG or the VwGO applies"),
            norm,
        ),
        _ => Sentence::cited(de, en, norm),
    })
}
