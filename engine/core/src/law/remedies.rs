//! Which remedy (Rechtsbehelf) there is against an act, and the instruction on it (Rechtsbehelfsbelehrung): by Land, kind of
//! authority, sphere and subject, on the day of issue. §§ 58, 68 to 75 VwGO and the acts of the Länder on them, as data.

use std::{fmt::Display, sync::Arc};

use fachwerk_deadlines::{Land, Period};
use serde::{Deserialize, Serialize};

use super::{
    place::At,
    row::{LawProblem, LawUsed, Row, rows},
};
use crate::{
    authority::{AuthorityKind, Profile},
    definition::Sphere,
    words::{Date, Object, Text},
};

/// The subject of an act about which nothing else is said.
pub const GENERAL: &str = "general";

/// A key of a row that may hold for all.
#[derive(Clone, Debug, PartialEq)]
pub enum Key<T> {
    /// For all.
    Any,
    /// For this one.
    One(T),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Key<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "lowercase")]
        enum Word {
            Any,
        }
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Either<T> {
            Word(Word),
            One(T),
        }
        Ok(match Either::deserialize(deserializer)? {
            Either::Word(Word::Any) => Key::Any,
            Either::One(one) => Key::One(one),
        })
    }
}

impl<T: PartialEq> Key<T> {
    /// Whether it holds for this one.
    pub fn fits(&self, asked: &T) -> bool {
        match self {
            Key::Any => true,
            Key::One(one) => one == asked,
        }
    }

    fn is_one(&self) -> bool {
        matches!(self, Key::One(_))
    }
}

/// What a row says of the remedy.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemedyRow {
    land: Key<Land>,
    authority: Key<AuthorityKind>,
    sphere: Key<Sphere>,
    subject: Arc<str>,
    /// The law of procedure of the remedy, not of the notification.
    pub procedure: Arc<str>,
    remedy: Given,
    /// Who decides on it.
    pub decided_by: Arc<str>,
    /// Where it is lodged.
    pub lodged_with: Arc<str>,
    period: Arc<str>,
    /// Whether it suspends by law (§ 80 VwGO).
    pub suspensive: bool,
    text: Arc<str>,
    /// The row that it would take the place of.
    #[serde(default)]
    pub replaces: Option<Arc<str>>,
}

/// Which remedy there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Given {
    /// Widerspruch, § 68 VwGO.
    Objection,
    /// Klage, § 74 VwGO.
    Action,
    /// None.
    None,
    /// The same as of the act that is enforced.
    FollowsMain,
}

/// The length of a period, and its words.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct PeriodRow {
    /// As processes write it: `1 month`.
    length: Arc<str>,
    /// In the sentence "innerhalb …": `eines Monats`.
    genitive: Arc<str>,
    /// How long it is when the act is notified abroad; none: as long as elsewhere.
    #[serde(default)]
    length_abroad: Option<Arc<str>>,
    /// The sentence of the instruction that says so: how a letter will be sent nobody knows when it is made.
    #[serde(default)]
    abroad: Option<Arc<str>>,
}

impl PeriodRow {
    /// Whether the lengths are periods, and the words say the same.
    fn check(&self, id: &str) -> Result<(), LawProblem> {
        let lengths = [
            ("length", Some(&self.length), "genitive", Some(&self.genitive)),
            ("length_abroad", self.length_abroad.as_ref(), "abroad", self.abroad.as_ref()),
        ];
        for (field, length, of_words, words) in lengths {
            let Some(length) = length else { continue };
            let period = match Period::parse(length) {
                Ok(period) if !matches!(period, Period::Hours(_)) => period,
                Ok(_) | Err(_) => {
                    let problem = LawProblem::row(
                        "periods",
                        id,
                        format_args!(
                            "„{length}“ ist keine Frist in Tagen, Wochen, Monaten oder Jahren wie „1 month“"
                        ),
                        format_args!(
                            "`{length}` is no period in days, weeks, months or years like `1 month`"
                        ),
                    );
                    return Err(problem.within([At::key(field)]));
                }
            };
            if let Some(words) = words.filter(|words| !say(words, period)) {
                let problem = LawProblem::row(
                    "periods",
                    id,
                    format_args!("„{length}“ wird gerechnet, in der Belehrung steht aber „{words}“"),
                    format_args!("`{length}` is reckoned, but the instruction says `{words}`"),
                );
                return Err(problem.within([At::key(of_words)]));
            }
        }
        Ok(())
    }
}

/// Whether German words name a period: its number, as a word or in digits, and its unit.
fn say(words: &str, period: Period) -> bool {
    const NUMBERS: [&str; 12] =
        ["ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf"];
    let words = words.to_lowercase();
    let all: Vec<&str> = words.split(|one: char| !one.is_alphanumeric()).collect();
    let units: &[&str] = match period {
        Period::Days(_) => &["tag"],
        Period::Weeks(_) => &["woche"],
        Period::Months(_) => &["monat"],
        Period::Years(_) => &["jahr"],
        Period::WorkingDays { .. } => &["arbeitstag", "werktag"],
        Period::Hours(_) => &["stunde"],
    };
    let count = period.count();
    let spelt = NUMBERS.get((count as usize).wrapping_sub(1));
    // Endings differ: eines, zweier, drei, vieren.
    let number = |word: &&str| {
        word.parse() == Ok(count)
            || spelt.and_then(|spelt| word.strip_prefix(*spelt)).is_some_and(|ending| ending.len() <= 2)
    };
    all.iter().any(number) && all.iter().any(|word| units.iter().any(|unit| word.starts_with(unit)))
}

/// A court, and the areas for which it is responsible.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct CourtRow {
    name: Arc<str>,
    address: Arc<str>,
    /// Beginnings of official keys.
    areas: Vec<Arc<str>>,
}

/// The words of an instruction.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct TextRow {
    /// What is put between braces is filled in; blank where there is no remedy.
    #[serde(default)]
    de: Arc<str>,
    /// What stands behind it, in a paragraph of its own.
    #[serde(default)]
    after: Option<Arc<str>>,
}

/// What may stand between braces in the words of an instruction.
const BLANKS: [&str; 6] =
    ["act", "period", "authority_name", "authority_address", "court_name", "court_address"];

/// The tables that an instruction comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct RemedyLaw {
    remedies: Vec<Row<RemedyRow>>,
    texts: Vec<Row<TextRow>>,
    periods: Vec<Row<PeriodRow>>,
    courts: Vec<Row<CourtRow>>,
}

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Who issues the act.
    pub profile: &'a Profile,
    /// Its sphere.
    pub sphere: Sphere,
    /// What it is about, as far as the remedy depends on it.
    pub subject: &'a str,
    /// The day of issue.
    pub on: Date,
    /// The act, as it stands behind "gegen": `diesen Bescheid`.
    pub against: &'a str,
    /// Whether it charges nothing: then nothing is said of paying in spite of the remedy.
    pub nothing_to_pay: bool,
}

/// The remedy against an act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instruction {
    /// Which it is.
    pub remedy: Given,
    /// The period, as processes write it: `1 month`. None where there is no remedy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<Arc<str>>,
    /// The instruction, paragraph by paragraph.
    pub text: Arc<str>,
    /// The rows that it rests on.
    pub law: Vec<LawUsed>,
}

/// Why there is no instruction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lack {
    /// The authority has not said what it is, or where its seat is; the field.
    Profile(&'static str),
    /// There is no row.
    Row {
        /// The Land.
        land: Land,
        /// The kind of authority.
        kind: AuthorityKind,
        /// The sphere.
        sphere: Sphere,
        /// The subject.
        subject: Arc<str>,
    },
    /// No court is known for the area of this key.
    Court(Arc<str>),
    /// The row says that it depends on another act, which nobody can look up.
    FollowsMain,
}

impl RemedyLaw {
    /// Reads the tables; or what is wrong with them.
    pub fn read(remedies: &Object, periods: &Object, courts: &Object) -> Result<RemedyLaw, LawProblem> {
        let law = RemedyLaw {
            remedies: rows(remedies, "remedies")?,
            texts: rows(remedies, "texts")?,
            periods: rows(periods, "periods")?,
            courts: rows(courts, "courts")?,
        };
        law.check()?;
        Ok(law)
    }

    /// Whether each row finds what it names, and no two rows say something of the same.
    fn check(&self) -> Result<(), LawProblem> {
        for row in &self.remedies {
            let RemedyRow { remedy, period, text, replaces, .. } = &row.what;
            let counts = matches!(remedy, Given::Objection | Given::Action);
            let named = |list: &str, name: &Arc<str>, known: bool| match known {
                true => Ok(()),
                false => Err(LawProblem::row(
                    "remedies",
                    &row.id,
                    format_args!("eine Zeile „{name}“ gibt es in der Tabelle „{list}“ nicht"),
                    format_args!("there is no row `{name}` in the table `{list}`"),
                )),
            };
            if counts {
                named("periods", period, self.periods.iter().any(|known| known.id == *period))?;
            }
            if *remedy != Given::FollowsMain {
                named("texts", text, self.texts.iter().any(|known| known.id == *text))?;
            }
            if let Some(old) = replaces {
                named("remedies", old, self.remedies.iter().any(|known| known.id == *old))?;
            }
        }
        for row in &self.periods {
            row.what.check(&row.id)?;
        }
        let half = |row: &&Row<PeriodRow>| row.what.length_abroad.is_some() != row.what.abroad.is_some();
        if let Some(row) = self.periods.iter().find(half) {
            return Err(LawProblem::row(
                "periods",
                &row.id,
                "„length_abroad“ (Länge im Ausland) und „abroad“ (Satz der Belehrung dazu) gehören zusammen: Was gerechnet wird, muss in der Belehrung stehen. Beides angeben oder keines",
                "`length_abroad` and `abroad` (the sentence of the instruction about it) belong together: what is reckoned must stand in the instruction. Say both or none",
            ));
        }
        for (ix, row) in self.remedies.iter().enumerate() {
            let same = |other: &&Row<RemedyRow>| {
                let (one, other_row) = (&row.what, &other.what);
                let keys = (&one.land, &one.authority, &one.sphere, &one.subject)
                    == (&other_row.land, &other_row.authority, &other_row.sphere, &other_row.subject);
                keys && row.meets(other)
            };
            if let Some(other) = self.remedies[ix + 1..].iter().find(same) {
                return Err(LawProblem::row(
                    "remedies",
                    &row.id,
                    format_args!("an denselben Tagen gilt für dasselbe auch „{}“", other.id),
                    format_args!("`{}` holds for the same on the same days", other.id),
                ));
            }
        }
        for row in &self.texts {
            let whole = format!("{}{}", row.what.de, row.what.after.as_deref().unwrap_or_default());
            let blanks = whole.split('{').skip(1).filter_map(|rest| rest.split('}').next());
            if let Some(unknown) = blanks.into_iter().find(|blank| !BLANKS.contains(blank)) {
                let known = BLANKS.join(", ");
                return Err(LawProblem::row(
                    "texts",
                    &row.id,
                    format_args!(
                        "was für {{{unknown}}} einzusetzen ist, ist nicht bekannt; bekannt: {known}"
                    ),
                    format_args!("nothing is known that fills in {{{unknown}}}; known: {known}"),
                ));
            }
        }
        Ok(())
    }

    /// How long a period is, whether it holds now or not.
    pub fn length_of(&self, period: &str) -> Option<&str> {
        self.periods.iter().find(|known| *known.id == *period).map(|known| &*known.what.length)
    }

    /// How long a period is when an act is notified abroad, where that is something else.
    pub fn length_abroad_of(&self, period: &str) -> Option<&str> {
        self.periods.iter().find(|known| *known.id == *period)?.what.length_abroad.as_deref()
    }

    /// What acts can be about, as far as the remedy depends on it.
    pub fn subjects(&self) -> impl Iterator<Item = &str> {
        let mut all: Vec<&str> = self.remedies.iter().map(|row| &*row.what.subject).collect();
        all.sort_unstable();
        all.dedup();
        all.into_iter()
    }

    /// The remedy against an act, with the instruction on it; or what is missing.
    pub fn instruction(&self, asked: &Asked<'_>) -> Result<Instruction, Lack> {
        let Asked { on, .. } = *asked;
        let row = self.row(asked)?;
        if row.what.remedy == Given::FollowsMain {
            return Err(Lack::FollowsMain);
        }
        let mut law = vec![row.used("remedies")];
        let period = self.periods.iter().find(|known| known.id == row.what.period && known.holds_on(on));
        law.extend(period.map(|period| period.used("periods")));
        let text = self.texts.iter().find(|known| known.id == row.what.text);
        law.extend(text.map(|text| text.used("texts")));
        let words = text.map(|text| text.what.clone());
        let words = words.unwrap_or_else(|| TextRow { de: "".into(), after: None });
        let after = words.after.filter(|_| !asked.nothing_to_pay);
        let first = match period.and_then(|period| period.what.abroad.as_deref()) {
            Some(abroad) => format!("{} {abroad}", words.de).into(),
            None => words.de,
        };
        let whole = [Some(first), after].into_iter().flatten().collect::<Vec<_>>().join("\n\n");
        let text = self.filled_in(&whole, asked, period.map(|period| &*period.what.genitive), &mut law)?;
        Ok(Instruction {
            remedy: row.what.remedy,
            period: period.map(|period| period.what.length.clone()),
            text: text.into(),
            law,
        })
    }

    /// The law of procedure of the remedy against an act.
    pub fn procedure(&self, asked: &Asked<'_>) -> Option<&str> {
        self.row(asked).ok().map(|row| &*row.what.procedure)
    }

    fn row(&self, asked: &Asked<'_>) -> Result<&Row<RemedyRow>, Lack> {
        let Asked { profile, sphere, subject, on, .. } = *asked;
        let land = profile.place.as_ref().map(|place| place.land).ok_or(Lack::Profile("land"))?;
        let kind = profile.kind.ok_or(Lack::Profile("kind"))?;
        let fits = |row: &&Row<RemedyRow>| {
            let keys = &row.what;
            row.holds_on(on)
                && *keys.subject == *subject
                && keys.land.fits(&land)
                && keys.authority.fits(&kind)
                && keys.sphere.fits(&sphere)
        };
        // What is said of one authority goes before what is said of all.
        let weight = |row: &&Row<RemedyRow>| {
            (row.what.land.is_one(), row.what.authority.is_one(), row.what.sphere.is_one())
        };
        let row = self.remedies.iter().filter(fits).max_by_key(weight);
        row.ok_or_else(|| Lack::Row { land, kind, sphere, subject: subject.into() })
    }

    fn filled_in(
        &self,
        words: &str,
        asked: &Asked<'_>,
        period: Option<&str>,
        law: &mut Vec<LawUsed>,
    ) -> Result<String, Lack> {
        let mut text = words.replace("{act}", asked.against);
        if let Some(period) = period {
            text = text.replace("{period}", period);
        }
        if text.contains("{authority_name}") {
            text = text.replace("{authority_name}", &in_the_dative(&asked.profile.name.de));
        }
        if text.contains("{authority_address}") {
            let Profile { street, postal_code, town, .. } = asked.profile;
            let street = street.as_deref().ok_or(Lack::Profile("street"))?;
            let code = postal_code.as_deref().ok_or(Lack::Profile("postal_code"))?;
            let town = town.as_deref().ok_or(Lack::Profile("town"))?;
            text = text.replace("{authority_address}", &format!("{street}, {code} {town}"));
        }
        if text.contains("{court_") {
            let key = asked.profile.key.as_deref().ok_or(Lack::Profile("key"))?;
            let court = self.courts.iter().filter(|court| court.holds_on(asked.on));
            let court =
                court.into_iter().find(|court| court.what.areas.iter().any(|area| key.starts_with(&**area)));
            let court = court.ok_or_else(|| Lack::Court(key.into()))?;
            law.push(court.used("courts"));
            text = text.replace("{court_name}", &court.what.name);
            text = text.replace("{court_address}", &court.what.address);
        }
        Ok(text)
    }
}

/// A name behind "bei": *der Stadt Burg*, *dem Landkreis Börde*. What the first word does not tell stays as it is.
fn in_the_dative(name: &str) -> String {
    const FEMININE: [&str; 6] = ["stadt", "gemeinde", "gemeinschaft", "behörde", "verwaltung", "direktion"];
    const OTHERS: [&str; 4] = ["kreis", "verband", "amt", "ministerium"];
    let first = name.split_whitespace().next().unwrap_or_default().to_lowercase();
    let article = if FEMININE.iter().any(|end| first.ends_with(end)) {
        "der "
    } else if OTHERS.iter().any(|end| first.ends_with(end)) {
        "dem "
    } else {
        ""
    };
    format!("{article}{name}")
}

impl Lack {
    /// What is missing.
    pub fn text(&self) -> Text {
        match self {
            Lack::Profile(field) => {
                let (de, en) = field_words(field);
                Text::new(
                    format!("Die Behörde hat nicht angegeben: {de}"),
                    format!("the authority has not said its {en}"),
                )
            }
            Lack::Row { land, kind, sphere, subject } => {
                let sphere = match sphere {
                    Sphere::Own => Text::new("eigener Wirkungskreis", "own sphere"),
                    Sphere::Transferred => Text::new("übertragener Wirkungskreis", "transferred sphere"),
                };
                let title = kind.title();
                let say = |land: &dyn Display, kind: &str, sphere: &str| {
                    format!("{land}, {kind}, {sphere}, {subject}")
                };
                Text::new(
                    format!(
                        "In den Rechtsdaten fehlt der Rechtsbehelf ({})",
                        say(&land.name(), &title.de, &sphere.de)
                    ),
                    format!(
                        "the legal data know no remedy ({})",
                        say(&land.name_en(), &title.en, &sphere.en)
                    ),
                )
            }
            Lack::Court(key) => Text::new(
                format!("In den Rechtsdaten fehlt das Verwaltungsgericht für den Gemeindeschlüssel {key}"),
                format!("the legal data know no administrative court for the key {key}"),
            ),
            Lack::FollowsMain => Text::new(
                "Der Rechtsbehelf richtet sich nach einem anderen Bescheid und kann nicht nachgeschlagen werden",
                "the remedy is that of another act and cannot be looked up",
            ),
        }
    }

    /// What to do about it.
    pub fn help(&self) -> Text {
        match self {
            Lack::Profile(_) => Text::new(
                "Unter Verwaltung → Behörde ergänzen.",
                "Say it under Verwaltung → Behörde (administration, authority).",
            ),
            Lack::Row { .. } | Lack::Court(_) => Text::new(
                "Die Zeile in den Rechtsdaten ergänzen lassen, oder beim Bescheid mit „instruction“ eine Einstellung nennen, in der die Belehrung wörtlich steht.",
                "Have the row added to the legal data, or name a setting that holds the words with `instruction` at the act.",
            ),
            Lack::FollowsMain => Text::new(
                "Beim Bescheid mit „instruction“ eine Einstellung nennen, in der die Belehrung wörtlich steht.",
                "Name a setting that holds the words with `instruction` at the act.",
            ),
        }
    }
}

fn field_words(field: &str) -> (&'static str, &'static str) {
    match field {
        "kind" => ("die Art der Behörde", "kind"),
        "street" => ("Straße und Hausnummer", "street"),
        "postal_code" => ("die Postleitzahl", "postal code"),
        "town" => ("den Ort", "town"),
        "key" => ("den Amtlichen Gemeindeschlüssel", "official key"),
        _ => ("das Land", "Land"),
    }
}
