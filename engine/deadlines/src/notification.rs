//! The law of notification as data: reading `notification.yaml`, and which rule applies on which day.

use std::sync::LazyLock;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    error::LegalDataError,
    holidays::{Names, Provenance},
    land::Land,
    law::Law,
    period::Period,
    sentence::Language,
};

/// The law under which an act is notified. It may differ from the law of the remedy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum NotificationLaw {
    /// § 41 VwVfG.
    VwVfG,
    /// §§ 122, 122a AO.
    AO,
    /// § 37 SGB X.
    #[serde(rename = "SGBX")]
    SgbX,
}

impl NotificationLaw {
    /// All of them.
    pub const ALL: [NotificationLaw; 3] =
        [NotificationLaw::VwVfG, NotificationLaw::AO, NotificationLaw::SgbX];

    /// The same law, for the period that the notification begins.
    pub fn law(self) -> Law {
        match self {
            NotificationLaw::VwVfG => Law::VwVfG,
            NotificationLaw::AO => Law::AO,
            NotificationLaw::SgbX => Law::SgbX,
        }
    }

    /// As it is written in data: `VwVfG`, `AO`, `SGBX`.
    pub fn code(self) -> &'static str {
        self.law().code()
    }
}

/// How an act reaches its addressee.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// A letter within Germany.
    #[default]
    Post,
    /// A letter to another country.
    PostAbroad,
    /// Sent electronically.
    Electronic,
    /// Provided for retrieval on a portal of the authority.
    Portal,
    /// Provided in the mailbox of the citizen's account (§ 9 OZG).
    Mailbox,
    /// Handed over.
    InPerson,
    /// Formal service by registered letter without return receipt (§ 4 VwZG).
    RegisteredLetter,
    /// Formal service by De-Mail, as long as no confirmation of collection has come (§ 5a Abs. 4 VwZG).
    DeMail,
    /// Formal service with a record of the day: certificate of service, return receipt, acknowledgement (§§ 3-5 VwZG).
    ServiceWithProof,
    /// Public notification of the operative part.
    Public,
    /// Formal service by publishing a notice (§ 10 VwZG).
    PublicService,
}

impl Way {
    /// All of them.
    pub const ALL: [Way; 11] = [
        Way::Post,
        Way::PostAbroad,
        Way::Electronic,
        Way::Portal,
        Way::Mailbox,
        Way::InPerson,
        Way::RegisteredLetter,
        Way::DeMail,
        Way::ServiceWithProof,
        Way::Public,
        Way::PublicService,
    ];

    /// As it is written in data, for example `registered-letter`.
    pub fn code(self) -> &'static str {
        match self {
            Way::Post => "post",
            Way::PostAbroad => "post-abroad",
            Way::Electronic => "electronic",
            Way::Portal => "portal",
            Way::Mailbox => "mailbox",
            Way::InPerson => "in-person",
            Way::RegisteredLetter => "registered-letter",
            Way::DeMail => "de-mail",
            Way::ServiceWithProof => "service-with-proof",
            Way::Public => "public",
            Way::PublicService => "public-service",
        }
    }

    /// What people call it.
    pub fn name(self, language: Language) -> &'static str {
        let (de, en) = match self {
            Way::Post => ("Brief im Inland", "letter within Germany"),
            Way::PostAbroad => ("Brief ins Ausland", "letter abroad"),
            Way::Electronic => ("elektronische Übermittlung", "electronic transmission"),
            Way::Portal => ("Abruf über ein Portal", "retrieval from a portal"),
            Way::Mailbox => ("Postfach des Nutzerkontos", "mailbox of the user account"),
            Way::InPerson => ("persönliche Übergabe", "handed over in person"),
            Way::RegisteredLetter => ("Einschreiben durch Übergabe", "registered letter"),
            Way::DeMail => ("Zustellung über De-Mail", "service by De-Mail"),
            Way::ServiceWithProof => ("Zustellung mit Nachweis", "service with proof"),
            Way::Public => ("öffentliche Bekanntgabe", "public notification"),
            Way::PublicService => ("öffentliche Zustellung", "public service"),
        };
        match language {
            Language::De => de,
            Language::En => en,
        }
    }

    /// Whether it is one of the ways of formal service: what reaches its addressee so is served, not only notified.
    pub(crate) fn serves(self) -> bool {
        matches!(self, Way::RegisteredLetter | Way::DeMail | Way::ServiceWithProof | Way::PublicService)
    }
}

/// What the days of a rule count from, or whose day is that of the notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CountsFrom {
    /// The letter is handed to the post.
    Posting,
    /// It is sent electronically.
    Sending,
    /// The notice is sent that it can be retrieved.
    Notice,
    /// It is provided for retrieval.
    Provision,
    /// It, or a notice of it, is published.
    Publication,
    /// It is handed over.
    HandingOver,
    /// It is proven to have come.
    Receipt,
    /// It is proven to have been served.
    Service,
    /// It is proven to have been retrieved.
    Retrieval,
}

impl CountsFrom {
    /// After it, in the German dative and in English: "der Aufgabe zur Post", "posting".
    pub(crate) fn words(self) -> (&'static str, &'static str) {
        match self {
            CountsFrom::Posting => ("der Aufgabe zur Post", "posting"),
            CountsFrom::Sending => ("der Absendung", "sending"),
            CountsFrom::Notice => ("der Absendung der Benachrichtigung", "sending the notice"),
            CountsFrom::Provision => ("der Bereitstellung zum Abruf", "provision"),
            CountsFrom::Publication => ("der Bekanntmachung", "publication"),
            CountsFrom::HandingOver => ("der Übergabe", "handing over"),
            CountsFrom::Receipt => ("dem Zugang", "receipt"),
            CountsFrom::Service => ("der Zustellung", "service"),
            CountsFrom::Retrieval => ("dem Abruf", "retrieval"),
        }
    }
}

/// That an act may name the day of its notification itself, as a general order may (§ 41 Abs. 4 Satz 4 VwVfG).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OtherDay {
    /// So many days after dispatch at the earliest.
    pub earliest_days: u32,
    /// Where that is written.
    pub norm: String,
}

/// How the day of notification follows from the day of dispatch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleKind {
    /// So long after dispatch: days, weeks or months.
    Fiction(Period),
    /// On the day of dispatch itself.
    SameDay,
    /// On the day that is proven.
    Proof,
    /// So many days after the proven retrieval, if that happened in time.
    Retrieval {
        /// Days from retrieval to notification.
        days: u32,
        /// Days after the notice within which the act can be fetched.
        within_days: u32,
    },
}

/// One row of the law of notification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotificationRule {
    /// Its name, for good.
    pub id: String,
    /// The law.
    pub law: NotificationLaw,
    /// Only for authorities of this Land; none: for all that no row of their Land says something else for.
    pub land: Option<Land>,
    /// The way.
    pub way: Way,
    /// How the day is found.
    pub kind: RuleKind,
    /// What its days count from, or whose day it is.
    pub counts_from: CountsFrom,
    /// Whether the act itself may name the day.
    pub other_day: Option<OtherDay>,
    /// Whether a fiction day on a Saturday, Sunday or holiday moves on.
    pub shifts: bool,
    /// The provision that decides whether it moves.
    pub shift_norm: Option<String>,
    /// Who says so.
    pub shift_source: Option<String>,
    /// Under which norm a proven later receipt counts; none: receipt does not matter.
    pub later_receipt: Option<String>,
    /// Where the row is written.
    pub norm: String,
    /// The first day of dispatch it applies to; none: open.
    pub valid_from: Option<Date>,
    /// The last day of dispatch it applies to; none: open.
    pub valid_to: Option<Date>,
    /// What the dispute is, where there is one.
    pub note: Option<Names>,
    /// Where the row comes from.
    pub provenance: Provenance,
}

/// The law of notification.
#[derive(Clone, Debug)]
pub struct NotificationRules {
    version: u32,
    rules: Vec<NotificationRule>,
}

/// The data that is compiled in.
static BUILT_IN: LazyLock<NotificationRules> = LazyLock::new(|| {
    NotificationRules::from_yaml(include_str!("../../../building-blocks/law/notification.yaml"))
        .expect("a test reads the built-in rules of notification")
});

impl NotificationRules {
    /// The law as it is compiled in.
    pub fn built_in() -> &'static NotificationRules {
        &BUILT_IN
    }

    /// Reads data of the shape of `building-blocks/law/notification.yaml` (described there), at most 1 MiB and 2,000 rows.
    pub fn from_yaml(text: &str) -> Result<Self, LegalDataError> {
        let file: FileText = LegalDataError::read(text)?;
        if file.rules.len() > LegalDataError::MOST_ROWS {
            return Err(LegalDataError::TooManyRows);
        }
        let rules = file.rules.into_iter().map(RuleText::checked).collect::<Result<Vec<_>, _>>()?;
        for (index, rule) in rules.iter().enumerate() {
            if rules[..index].iter().any(|other| other.id == rule.id) {
                return Err(LegalDataError::row(&rule.id, "a row above has the same `id`"));
            }
            if rules[..index].iter().any(|other| other.overlaps(rule)) {
                return Err(LegalDataError::row(&rule.id, "its validity overlaps with a row above"));
            }
        }
        Ok(Self { version: file.version, rules })
    }

    /// The version written in the data.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// All rows.
    pub fn rules(&self) -> &[NotificationRule] {
        &self.rules
    }

    /// The row for a law, a Land, a way and a day of dispatch; what a Land says itself goes before what all say.
    pub fn rule(
        &self,
        law: NotificationLaw,
        land: Option<Land>,
        way: Way,
        dispatched_on: Date,
    ) -> Option<&NotificationRule> {
        let of = |land: Option<Land>| {
            self.rules.iter().find(move |rule| {
                rule.law == law
                    && rule.land == land
                    && rule.way == way
                    && rule.valid_from.is_none_or(|from| from <= dispatched_on)
                    && rule.valid_to.is_none_or(|to| dispatched_on <= to)
            })
        };
        land.and_then(|land| of(Some(land))).or_else(|| of(None))
    }
}

impl NotificationRule {
    fn overlaps(&self, other: &Self) -> bool {
        let starts_after_end = |late: &Self, early: &Self| {
            late.valid_from.zip(early.valid_to).is_some_and(|(from, to)| to < from)
        };
        self.law == other.law
            && self.land == other.land
            && self.way == other.way
            && !starts_after_end(self, other)
            && !starts_after_end(other, self)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileText {
    version: u32,
    rules: Vec<RuleText>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum KindText {
    Fiction,
    SameDay,
    Proof,
    Retrieval,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleText {
    id: String,
    law: NotificationLaw,
    land: Option<Land>,
    way: Way,
    kind: KindText,
    counts_from: CountsFrom,
    other_day: Option<OtherDay>,
    days: Option<u32>,
    weeks: Option<u32>,
    months: Option<u32>,
    within_days: Option<u32>,
    #[serde(default)]
    shifts: bool,
    shift_norm: Option<String>,
    shift_source: Option<String>,
    later_receipt: Option<String>,
    norm: String,
    valid_from: Option<Date>,
    valid_to: Option<Date>,
    note: Option<Names>,
    source: String,
    checked_by: Option<String>,
    disputed: bool,
}

impl RuleText {
    fn checked(self) -> Result<NotificationRule, LegalDataError> {
        let wrong = |problem: &str| LegalDataError::row(&self.id, problem);
        let letters = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
        if self.id.is_empty() || !self.id.chars().all(letters) {
            return Err(wrong("an `id` is made of small letters, digits and dashes"));
        }
        if self.valid_from.zip(self.valid_to).is_some_and(|(from, to)| to < from) {
            return Err(wrong("`valid_to` lies before `valid_from`"));
        }
        if self.shifts && self.shift_norm.is_none() {
            return Err(wrong("`shifts` needs a `shift_norm`"));
        }
        let kind = self.kind().map_err(wrong)?;
        if !fits(kind, self.counts_from) {
            return Err(wrong("`counts_from` does not fit the `kind`"));
        }
        if self.other_day.is_some() && !matches!(kind, RuleKind::Fiction(_)) {
            return Err(wrong("`other_day` stands only with a fiction"));
        }
        Ok(NotificationRule {
            id: self.id,
            law: self.law,
            land: self.land,
            way: self.way,
            kind,
            counts_from: self.counts_from,
            other_day: self.other_day,
            shifts: self.shifts,
            shift_norm: self.shift_norm,
            shift_source: self.shift_source,
            later_receipt: self.later_receipt,
            norm: self.norm,
            valid_from: self.valid_from,
            valid_to: self.valid_to,
            note: self.note,
            provenance: Provenance {
                source: self.source,
                checked_by: self.checked_by,
                disputed: self.disputed,
            },
        })
    }

    fn kind(&self) -> Result<RuleKind, &'static str> {
        const LONGEST_DAYS: u32 = 60;
        let lengths = (self.days, self.weeks, self.months);
        match (&self.kind, lengths, self.within_days) {
            (KindText::Fiction, (Some(days @ 1..=LONGEST_DAYS), None, None), None) => {
                Ok(RuleKind::Fiction(Period::Days(days)))
            }
            (KindText::Fiction, (None, Some(weeks @ 1..=52), None), None) => {
                Ok(RuleKind::Fiction(Period::Weeks(weeks)))
            }
            (KindText::Fiction, (None, None, Some(months @ 1..=12)), None) => {
                Ok(RuleKind::Fiction(Period::Months(months)))
            }
            (KindText::Fiction, ..) => {
                Err("a fiction has exactly one of days (1 to 60), weeks (1 to 52), months (1 to 12)")
            }
            (KindText::SameDay, (None, None, None), None) => Ok(RuleKind::SameDay),
            (KindText::Proof, (None, None, None), None) => Ok(RuleKind::Proof),
            (KindText::SameDay | KindText::Proof, ..) => Err("this kind has no length"),
            (KindText::Retrieval, (Some(days @ 0..=LONGEST_DAYS), None, None), Some(within @ 1..=365)) => {
                Ok(RuleKind::Retrieval { days, within_days: within })
            }
            (KindText::Retrieval, ..) => Err("a retrieval has days (0 to 60) and within_days (1 to 365)"),
        }
    }
}

/// Whether a rule of this kind can count from that.
fn fits(kind: RuleKind, counts_from: CountsFrom) -> bool {
    use CountsFrom::{
        HandingOver, Notice, Posting, Provision, Publication, Receipt, Retrieval, Sending, Service,
    };
    match kind {
        RuleKind::Fiction(_) => matches!(counts_from, Posting | Sending | Notice | Provision | Publication),
        RuleKind::SameDay => counts_from == HandingOver,
        RuleKind::Proof => matches!(counts_from, Receipt | Service),
        RuleKind::Retrieval { .. } => counts_from == Retrieval,
    }
}
