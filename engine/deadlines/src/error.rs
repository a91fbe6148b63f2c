//! What can be wrong with a question, said to the person who asked.

use std::fmt;

use jiff::civil::Date;

use crate::sentence::{Language, short_date_text};

/// Why a deadline or a notification could not be computed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeadlineError {
    /// The text is no period.
    InvalidPeriod {
        /// What was written, cut to 60 characters.
        text: String,
        /// The unit that was perhaps meant.
        suggestion: Option<String>,
    },
    /// A period of zero length.
    EmptyPeriod,
    /// A period beyond the limits of [`crate::Period::limit`].
    PeriodTooLong {
        /// What was written.
        text: String,
    },
    /// A date before 1900 (the BGB came into force on 1 January 1900) or after 2999.
    DateOutOfRange {
        /// The date.
        date: Date,
    },
    /// Hours run from a time of day, not from a day.
    HoursNeedTime,
    /// Under this law hours do not simply run on (§ 222 Abs. 3 ZPO).
    HoursNotCounted {
        /// The law.
        law: &'static str,
    },
    /// The law knows no such reason for a period not to move.
    NoShiftUnfounded {
        /// The law.
        law: &'static str,
    },
    /// No working day in more than a year: the calendar has too many extra days.
    NoWorkingDay {
        /// Where the search began.
        from: Date,
    },
    /// No such Land.
    UnknownLand {
        /// What was written.
        text: String,
        /// What was perhaps meant.
        suggestion: Option<String>,
    },
    /// No such category of municipalities in the holiday law.
    UnknownCategory {
        /// What was written.
        text: String,
        /// What was perhaps meant.
        suggestion: Option<String>,
        /// What there is.
        known: String,
    },
    /// The data have no rule for this law, way and day.
    NoNotificationRule {
        /// The law.
        law: &'static str,
        /// The way.
        way: &'static str,
        /// The day of dispatch.
        on: Date,
    },
    /// Another number of days was given where no days are counted.
    FictionDaysNotUsed {
        /// The way.
        way: &'static str,
    },
    /// The other number of days is not between 1 and 60.
    FictionDaysOutOfRange {
        /// What was given.
        days: u32,
    },
    /// The law lets no act name the day itself that reaches its addressee this way.
    NamedDayNotUsed {
        /// The way.
        way: &'static str,
    },
    /// The day that the act names lies too early.
    NamedDayTooEarly {
        /// The day that was named.
        day: Date,
        /// The first possible one.
        earliest: Date,
    },
    /// A receipt before the dispatch.
    ReceiptBeforeDispatch {
        /// The day of receipt.
        receipt: Date,
        /// The day of dispatch.
        dispatched_on: Date,
    },
    /// What is handed over is received on that day.
    HandedOverOnOtherDay {
        /// The day that is said to be that of receipt.
        receipt: Date,
        /// The day of handing over.
        handed_over_on: Date,
    },
    /// This way has effect only by proof of the day.
    ReceiptNeeded {
        /// The way.
        way: &'static str,
    },
    /// Fetched too late from the portal: the act was not notified at all (§ 41 Abs. 2a Satz 4 und 5 VwVfG).
    RetrievedTooLate {
        /// The day on which it was fetched.
        retrieved_on: Date,
        /// The last day on which it could be fetched.
        last_day: Date,
    },
    /// An extension that would not make a period longer.
    EndNotLater {
        /// The new end.
        end: Date,
        /// The old one.
        old: Date,
    },
    /// A period that runs again before it stopped.
    ResumedTooEarly {
        /// The first day on which it did not run.
        since: Date,
        /// The last one.
        until: Date,
    },
}

impl DeadlineError {
    /// A stable name for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::InvalidPeriod { .. } => "InvalidPeriod",
            Self::EmptyPeriod => "EmptyPeriod",
            Self::PeriodTooLong { .. } => "PeriodTooLong",
            Self::DateOutOfRange { .. } => "DateOutOfRange",
            Self::HoursNeedTime => "HoursNeedTime",
            Self::HoursNotCounted { .. } => "HoursNotCounted",
            Self::NoShiftUnfounded { .. } => "NoShiftUnfounded",
            Self::NoWorkingDay { .. } => "NoWorkingDay",
            Self::UnknownLand { .. } => "UnknownLand",
            Self::UnknownCategory { .. } => "UnknownCategory",
            Self::NoNotificationRule { .. } => "NoNotificationRule",
            Self::FictionDaysNotUsed { .. } => "FictionDaysNotUsed",
            Self::FictionDaysOutOfRange { .. } => "FictionDaysOutOfRange",
            Self::NamedDayNotUsed { .. } => "NamedDayNotUsed",
            Self::NamedDayTooEarly { .. } => "NamedDayTooEarly",
            Self::ReceiptBeforeDispatch { .. } => "ReceiptBeforeDispatch",
            Self::HandedOverOnOtherDay { .. } => "HandedOverOnOtherDay",
            Self::ReceiptNeeded { .. } => "ReceiptNeeded",
            Self::RetrievedTooLate { .. } => "RetrievedTooLate",
            Self::EndNotLater { .. } => "EndNotLater",
            Self::ResumedTooEarly { .. } => "ResumedTooEarly",
        }
    }

    /// What is wrong and what to do, in one language.
    pub fn text(&self, language: Language) -> String {
        match language {
            Language::De => self.de(),
            Language::En => self.en(),
        }
    }

    fn de(&self) -> String {
        let day = |date: &Date| short_date_text(*date, Language::De);
        match self {
            Self::InvalidPeriod { text, suggestion } => format!(
                "„{text}“ ist keine Frist.{} Eine Frist wird zum Beispiel so geschrieben: „4 Wochen“, „1 Monat“, \
                 „14 Tage“, „3 Arbeitstage“, „48 Stunden“, „P4W“ oder „14d“.",
                meant_de(suggestion.as_deref())
            ),
            Self::EmptyPeriod => {
                "Eine Frist von null gibt es nicht. Bitte eine Zahl ab 1 angeben.".to_owned()
            }
            Self::PeriodTooLong { text } => format!(
                "Die Frist „{text}“ ist zu lang. Erlaubt sind höchstens 200 Jahre, 2 400 Monate, 14 000 Wochen, 100 000 Tage \
                 oder Stunden und 2 500 Arbeits- oder Werktage."
            ),
            Self::DateOutOfRange { date } => {
                format!(
                    "Das Datum {} liegt außerhalb der Jahre 1900 bis 2999, für die gerechnet werden kann.",
                    day(date)
                )
            }
            Self::HoursNeedTime => {
                "Eine Frist nach Stunden beginnt zu einer Uhrzeit. Bitte den Beginn mit Uhrzeit angeben, \
                 zum Beispiel 2026-03-06T10:30."
                    .to_owned()
            }
            Self::HoursNotCounted { law } => format!(
                "Nach {law} laufen Stundenfristen an Sonnabenden, Sonntagen und Feiertagen nicht (§ 222 Abs. 3 ZPO); das wird \
                 nicht berechnet. Bitte das Fristende von Hand bestimmen."
            ),
            Self::NoShiftUnfounded { law } => format!(
                "{law} kennt diesen Grund nicht, aus dem eine Frist am Sonnabend, Sonntag oder Feiertag enden könnte. Bitte den \
                 Grund oder das Gesetz prüfen."
            ),
            Self::NoWorkingDay { from } => format!(
                "Ab dem {} findet sich in mehr als einem Jahr kein Werktag. Bitte die zusätzlichen Feiertage der Behörde \
                 prüfen.",
                day(from)
            ),
            Self::UnknownLand { text, suggestion } => format!(
                "Das Land „{text}“ gibt es nicht.{} Erwartet wird das Kürzel eines Landes, zum Beispiel „ST“, oder ein Ort \
                 mit eigenem Feiertag („Augsburg“).",
                meant_de(suggestion.as_deref())
            ),
            Self::UnknownCategory { text, suggestion, known } => format!(
                "Die Eigenschaft „{text}“ einer Gemeinde kennt das Feiertagsrecht nicht.{} Bekannt: {known}.",
                meant_de(suggestion.as_deref())
            ),
            Self::NoNotificationRule { law, way, on } => format!(
                "Für {law} und den Weg „{way}“ ist am {} keine Regel über die Bekanntgabe hinterlegt. Bitte Gesetz und Weg \
                 prüfen oder die Rechtsdaten ergänzen.",
                day(on)
            ),
            Self::FictionDaysNotUsed { way } => format!(
                "Beim Weg „{way}“ zählt keine Zahl von Tagen nach der Absendung; die abweichende Zahl von Tagen ist zu streichen."
            ),
            Self::FictionDaysOutOfRange { days } => {
                format!("{days} Tage bis zur Bekanntgabe sind nicht möglich. Erlaubt sind 1 bis 60 Tage.")
            }
            Self::NamedDayNotUsed { way } => format!(
                "Beim Weg „{way}“ kann kein Verwaltungsakt den Tag seiner Bekanntgabe selbst bestimmen; der Tag ist zu streichen."
            ),
            Self::NamedDayTooEarly { day: named, earliest } => format!(
                "Als Tag der Bekanntgabe kann der {} nicht bestimmt werden, frühestens der {}.",
                day(named),
                day(earliest)
            ),
            Self::ReceiptBeforeDispatch { receipt, dispatched_on } => format!(
                "Der Zugang am {} liegt vor der Absendung am {}. Bitte beide Tage prüfen.",
                day(receipt),
                day(dispatched_on)
            ),
            Self::HandedOverOnOtherDay { receipt, handed_over_on } => format!(
                "Was persönlich übergeben wird, geht mit der Übergabe zu. Angegeben sind aber Übergabe am {} und Zugang am {}. Bitte den Tag der Übergabe angeben.",
                day(handed_over_on),
                day(receipt)
            ),
            Self::ReceiptNeeded { way } => {
                format!("Beim Weg „{way}“ ist der Tag nachzuweisen; bitte den nachgewiesenen Tag angeben.")
            }
            Self::RetrievedTooLate { retrieved_on, last_day } => format!(
                "Der Abruf am {} kam zu spät, er war nur bis zum {} möglich. Das Schreiben ist nicht bekannt gegeben; es \
                 ist erneut bereitzustellen oder auf anderem Weg bekannt zu geben.",
                day(retrieved_on),
                day(last_day)
            ),
            Self::EndNotLater { end, old } => format!(
                "Das neue Ende {} liegt nicht nach dem bisherigen ({}). Bitte einen späteren Tag angeben.",
                day(end),
                day(old)
            ),
            Self::ResumedTooEarly { since, until } => format!(
                "Die Frist ruht erst seit {}; sie kann nicht schon am {} weiterlaufen.",
                day(since),
                day(until)
            ),
        }
    }

    fn en(&self) -> String {
        let day = |date: &Date| short_date_text(*date, Language::En);
        match self {
            Self::InvalidPeriod { text, suggestion } => format!(
                "\"{text}\" is not a period.{} A period is written like \"4 weeks\", \"1 month\", \"14 days\", \
                 \"3 working days\", \"48 hours\", \"P4W\" or \"14d\".",
                meant_en(suggestion.as_deref())
            ),
            Self::EmptyPeriod => "There is no period of zero. Please give a number from 1.".to_owned(),
            Self::PeriodTooLong { text } => format!(
                "The period \"{text}\" is too long. At most 200 years, 2,400 months, 14,000 weeks, 100,000 days or hours and \
                 2,500 working days are accepted."
            ),
            Self::DateOutOfRange { date } => {
                format!(
                    "The date {} lies outside the years 1900 to 2999 that can be reckoned with.",
                    day(date)
                )
            }
            Self::HoursNeedTime => {
                "A period in hours begins at a time of day. Please give the begin with its time, for example \
                 2026-03-06T10:30."
                    .to_owned()
            }
            Self::HoursNotCounted { law } => format!(
                "Under {law} hours do not run on Saturdays, Sundays and holidays (§ 222(3) ZPO); this is not computed. Please \
                 find the end by hand."
            ),
            Self::NoShiftUnfounded { law } => format!(
                "{law} does not know this reason for a period to end on a Saturday, Sunday or holiday. Please check the reason \
                 or the law."
            ),
            Self::NoWorkingDay { from } => format!(
                "From {} there is no working day in more than a year. Please check the extra holidays of the authority.",
                day(from)
            ),
            Self::UnknownLand { text, suggestion } => format!(
                "There is no Land \"{text}\".{} Expected is the code of a Land, for example \"ST\", or a place with a holiday \
                 of its own (\"Augsburg\").",
                meant_en(suggestion.as_deref())
            ),
            Self::UnknownCategory { text, suggestion, known } => format!(
                "The holiday law does not know municipalities that are \"{text}\".{} Known: {known}.",
                meant_en(suggestion.as_deref())
            ),
            Self::NoNotificationRule { law, way, on } => format!(
                "There is no rule of notification for {law} and the way \"{way}\" on {}. Please check law and way, or complete \
                 the legal data.",
                day(on)
            ),
            Self::FictionDaysNotUsed { way } => format!(
                "With the way \"{way}\" no number of days after dispatch counts; please remove the other number of days."
            ),
            Self::FictionDaysOutOfRange { days } => {
                format!("{days} days until notification are not possible. 1 to 60 days are accepted.")
            }
            Self::NamedDayNotUsed { way } => format!(
                "With the way \"{way}\" no act can name the day of its notification itself; please remove the day."
            ),
            Self::NamedDayTooEarly { day: named, earliest } => format!(
                "{} cannot be the day of notification, the earliest one is {}.",
                day(named),
                day(earliest)
            ),
            Self::ReceiptBeforeDispatch { receipt, dispatched_on } => format!(
                "The receipt on {} lies before the dispatch on {}. Please check both days.",
                day(receipt),
                day(dispatched_on)
            ),
            Self::HandedOverOnOtherDay { receipt, handed_over_on } => format!(
                "What is handed over in person is received with that. But handing over on {} and receipt on {} are given. Please give the day of handing over.",
                day(handed_over_on),
                day(receipt)
            ),
            Self::ReceiptNeeded { way } => {
                format!("With the way \"{way}\" the day must be proven; please give the proven day.")
            }
            Self::RetrievedTooLate { retrieved_on, last_day } => format!(
                "The retrieval on {} came too late, it was possible until {} only. The act is not notified; provide it again or \
                 notify it in another way.",
                day(retrieved_on),
                day(last_day)
            ),
            Self::EndNotLater { end, old } => format!(
                "The new end {} does not lie after the old one ({}). Please give a later day.",
                day(end),
                day(old)
            ),
            Self::ResumedTooEarly { since, until } => format!(
                "The period has stopped only since {}; it cannot run on already on {}.",
                day(since),
                day(until)
            ),
        }
    }
}

impl fmt::Display for DeadlineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.en())
    }
}

impl std::error::Error for DeadlineError {}

pub(crate) fn meant_de(suggestion: Option<&str>) -> String {
    suggestion.map(|word| format!(" Meinten Sie „{word}“?")).unwrap_or_default()
}

pub(crate) fn meant_en(suggestion: Option<&str>) -> String {
    suggestion.map(|word| format!(" Did you mean \"{word}\"?")).unwrap_or_default()
}

/// Why legal data that an authority brings was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LegalDataError {
    /// More than 1 MiB of text.
    TooLarge,
    /// More than 2,000 rows.
    TooManyRows,
    /// Not YAML, or not of the expected shape.
    Unreadable {
        /// What the reader says, with line and column where it knows them.
        detail: String,
    },
    /// A row is wrong.
    Row {
        /// Which row: the id of a holiday, or law and way.
        row: String,
        /// What is wrong with it.
        problem: String,
    },
}

impl LegalDataError {
    pub(crate) const MOST_ROWS: usize = 2_000;
    const MOST_BYTES: usize = 1 << 20;

    /// A stable name for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge => "LegalDataTooLarge",
            Self::TooManyRows => "LegalDataTooManyRows",
            Self::Unreadable { .. } => "LegalDataUnreadable",
            Self::Row { .. } => "LegalDataRow",
        }
    }

    /// What is wrong, in one language; the detail of the reader is English.
    pub fn text(&self, language: Language) -> String {
        match (self, language) {
            (Self::TooLarge, Language::De) => "Die Rechtsdaten sind größer als 1 MiB.".to_owned(),
            (Self::TooLarge, Language::En) => "The legal data is larger than 1 MiB.".to_owned(),
            (Self::TooManyRows, Language::De) => "Die Rechtsdaten haben mehr als 2 000 Einträge.".to_owned(),
            (Self::TooManyRows, Language::En) => "The legal data has more than 2,000 rows.".to_owned(),
            (Self::Unreadable { detail }, Language::De) => {
                format!(
                    "Die Rechtsdaten sind nicht lesbar: {detail}. Bitte die Datei an dieser Stelle berichtigen."
                )
            }
            (Self::Unreadable { detail }, Language::En) => {
                format!("The legal data cannot be read: {detail}. Please correct the file there.")
            }
            (Self::Row { row, problem }, Language::De) => {
                format!("Der Eintrag „{row}“ der Rechtsdaten ist falsch: {problem}.")
            }
            (Self::Row { row, problem }, Language::En) => {
                format!("The row \"{row}\" of the legal data is wrong: {problem}.")
            }
        }
    }

    pub(crate) fn row(row: &str, problem: impl Into<String>) -> Self {
        Self::Row { row: row.to_owned(), problem: problem.into() }
    }

    pub(crate) fn read<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, Self> {
        if text.len() > Self::MOST_BYTES {
            return Err(Self::TooLarge);
        }
        serde_yaml::from_str(text).map_err(|error| Self::Unreadable { detail: error.to_string() })
    }
}

impl fmt::Display for LegalDataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(Language::En))
    }
}

impl std::error::Error for LegalDataError {}
