//! The sixteen Länder, and the places within them that holidays depend on.

use std::{collections::BTreeSet, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{error::DeadlineError, nearest::nearest};

/// A Land, named by the suffix of ISO 3166-2:DE.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Land {
    /// Baden-Württemberg
    BW,
    /// Bayern
    BY,
    /// Berlin
    BE,
    /// Brandenburg
    BB,
    /// Bremen
    HB,
    /// Hamburg
    HH,
    /// Hessen
    HE,
    /// Mecklenburg-Vorpommern
    MV,
    /// Niedersachsen
    NI,
    /// Nordrhein-Westfalen
    NW,
    /// Rheinland-Pfalz
    RP,
    /// Saarland
    SL,
    /// Sachsen
    SN,
    /// Sachsen-Anhalt
    ST,
    /// Schleswig-Holstein
    SH,
    /// Thüringen
    TH,
}

impl Land {
    /// All sixteen, in the usual order (by German name).
    pub const ALL: [Land; 16] = [
        Land::BW,
        Land::BY,
        Land::BE,
        Land::BB,
        Land::HB,
        Land::HH,
        Land::HE,
        Land::MV,
        Land::NI,
        Land::NW,
        Land::RP,
        Land::SL,
        Land::SN,
        Land::ST,
        Land::SH,
        Land::TH,
    ];

    /// The suffix of ISO 3166-2:DE, for example `ST`.
    pub fn code(self) -> &'static str {
        self.words().0
    }

    /// The first two digits of the official key of every area in it (Amtlicher Gemeindeschlüssel), for example `15`.
    pub fn key(self) -> &'static str {
        match self {
            Land::SH => "01",
            Land::HH => "02",
            Land::NI => "03",
            Land::HB => "04",
            Land::NW => "05",
            Land::HE => "06",
            Land::RP => "07",
            Land::BW => "08",
            Land::BY => "09",
            Land::SL => "10",
            Land::BE => "11",
            Land::BB => "12",
            Land::MV => "13",
            Land::SN => "14",
            Land::ST => "15",
            Land::TH => "16",
        }
    }

    /// The German name, for example `Sachsen-Anhalt`.
    pub fn name(self) -> &'static str {
        self.words().1
    }

    /// The English name, for example `Saxony-Anhalt`.
    pub fn name_en(self) -> &'static str {
        self.words().2
    }

    /// "in Hessen", "im Saarland".
    pub(crate) fn inside_de(self) -> String {
        match self {
            Land::SL => "im Saarland".to_owned(),
            _ => format!("in {}", self.name()),
        }
    }

    fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Land::BW => ("BW", "Baden-Württemberg", "Baden-Württemberg"),
            Land::BY => ("BY", "Bayern", "Bavaria"),
            Land::BE => ("BE", "Berlin", "Berlin"),
            Land::BB => ("BB", "Brandenburg", "Brandenburg"),
            Land::HB => ("HB", "Bremen", "Bremen"),
            Land::HH => ("HH", "Hamburg", "Hamburg"),
            Land::HE => ("HE", "Hessen", "Hesse"),
            Land::MV => ("MV", "Mecklenburg-Vorpommern", "Mecklenburg-Western Pomerania"),
            Land::NI => ("NI", "Niedersachsen", "Lower Saxony"),
            Land::NW => ("NW", "Nordrhein-Westfalen", "North Rhine-Westphalia"),
            Land::RP => ("RP", "Rheinland-Pfalz", "Rhineland-Palatinate"),
            Land::SL => ("SL", "Saarland", "Saarland"),
            Land::SN => ("SN", "Sachsen", "Saxony"),
            Land::ST => ("ST", "Sachsen-Anhalt", "Saxony-Anhalt"),
            Land::SH => ("SH", "Schleswig-Holstein", "Schleswig-Holstein"),
            Land::TH => ("TH", "Thüringen", "Thuringia"),
        }
    }
}

impl fmt::Display for Land {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Land {
    type Err = DeadlineError;

    /// Reads the suffix (`ST`), the full ISO code (`DE-ST`) or the German name, in any case of letters.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wanted = text.trim().to_lowercase();
        let short = wanted.strip_prefix("de-").unwrap_or(&wanted);
        Land::ALL
            .into_iter()
            .find(|land| land.code().to_lowercase() == short || land.name().to_lowercase() == wanted)
            .ok_or_else(|| DeadlineError::UnknownLand {
                text: text.to_owned(),
                suggestion: nearest(text, Land::ALL.iter().flat_map(|land| [land.code(), land.name()]))
                    .map(str::to_owned),
            })
    }
}

/// Where something is to be done: it decides which holidays count.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// The Land.
    pub land: Land,
    /// The municipality, when it has a holiday of its own (`Augsburg`); any other name changes nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub municipality: Option<String>,
    /// What the municipality is, as far as holidays depend on it: `catholic` for Bavaria (15 August) and the
    /// municipalities of Saxony and Thuringia with Fronleichnam.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub categories: BTreeSet<String>,
}

impl Place {
    /// A Land without any holiday of single municipalities.
    pub fn land(land: Land) -> Self {
        Self { land, municipality: None, categories: BTreeSet::new() }
    }
}
