//! When an act counts as notified, and why.

use std::borrow::Cow;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    calendar::Calendar,
    compute::{Begin, DeadlineInput, Occasion, Shift},
    error::DeadlineError,
    land::{Land, Place},
    notification::{CountsFrom, NotificationLaw, NotificationRule, NotificationRules, RuleKind, Way},
    period::Period,
    reckoning::{check_date, last_day, plus_days},
    sentence::{Language, Sentence, dates, norm_en, ordinal},
    shift::{Obstacle, coverage_note, next_working_day, obstacle},
};

/// What is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DocumentKind {
    /// An administrative act (§ 35 VwVfG): the law of notification applies to it.
    #[default]
    Act,
    /// Any other letter, for example a request for documents: the law of notification is only applied by analogy.
    Letter,
}

impl DocumentKind {
    /// With its article, as it stands within a sentence.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            DocumentKind::Act => ("der Verwaltungsakt", "the administrative act"),
            DocumentKind::Letter => ("das Schreiben", "the letter"),
        }
    }

    /// As it stands at the begin of a sentence.
    pub(crate) fn first_words(self) -> (&'static str, &'static str) {
        match self {
            DocumentKind::Act => ("Der Verwaltungsakt", "The administrative act"),
            DocumentKind::Letter => ("Das Schreiben", "The letter"),
        }
    }

    /// The rule as it is cited for it.
    pub(crate) fn cite(self, rule: &NotificationRule) -> Cow<'_, NotificationRule> {
        let by_analogy = |norm: &String| format!("entsprechend {norm}");
        match self {
            DocumentKind::Act => Cow::Borrowed(rule),
            DocumentKind::Letter => Cow::Owned(NotificationRule {
                norm: by_analogy(&rule.norm),
                later_receipt: rule.later_receipt.as_ref().map(by_analogy),
                // Only an act can name the day of its notification.
                other_day: None,
                ..rule.clone()
            }),
        }
    }
}

/// A question: when is this act or letter notified?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotificationInput {
    /// The law of the notification.
    pub law: NotificationLaw,
    /// The Land whose authority notifies; none: only what the federal acts say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub land: Option<Land>,
    /// What is notified.
    #[serde(default)]
    pub document: DocumentKind,
    /// How it reaches its addressee.
    #[serde(default)]
    pub way: Way,
    /// The day of posting, sending, providing, handing over or publishing. Signing or printing a letter starts nothing.
    pub dispatched_on: Date,
    /// Another number of days (1 to 60) where a special law says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fiction_days: Option<u8>,
    /// The day that a general order names itself instead (§ 41 Abs. 4 Satz 4 VwVfG).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub named_day: Option<Date>,
    /// The proven day of receipt (of retrieval, of service).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proven_receipt: Option<Date>,
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notification {
    /// The day of notification; a period that it begins runs from here.
    pub notified_on: Date,
    /// Why, sentence by sentence; never empty.
    pub derivation: Vec<Sentence>,
}

/// Finds the day of notification by the built-in law.
///
/// Where a fiction day moves on (AO), the holidays of the addressee's place decide, whereas the end of the period that
/// follows depends on the place where something is to be done, as a rule the seat of the authority (decision AO I/2004
/// of the tax administrations of the Federation and the Länder). The caller chooses the calendar.
pub fn notify(input: &NotificationInput, calendar: &Calendar) -> Result<Notification, DeadlineError> {
    notify_by(NotificationRules::built_in(), input, calendar)
}

/// Finds the day of notification by other data.
pub fn notify_by(
    rules: &NotificationRules,
    input: &NotificationInput,
    calendar: &Calendar,
) -> Result<Notification, DeadlineError> {
    let rule = row(rules, input)?;
    let rule = &*input.document.cite(rule);
    let (what_de, what_en) = input.document.words();
    let mut derivation = vec![dispatched(input, rule.counts_from)];
    let notified_on = match rule.kind {
        _ if input.named_day.is_some() => by_named_day(rule, input, &mut derivation)?,
        RuleKind::Fiction(length) => by_fiction(rule, length, input, calendar, &mut derivation)?,
        _ if input.fiction_days.is_some() => {
            return Err(DeadlineError::FictionDaysNotUsed { way: input.way.code() });
        }
        RuleKind::SameDay => {
            if let Some(receipt) = input.proven_receipt.filter(|receipt| *receipt != input.dispatched_on) {
                let handed_over_on = input.dispatched_on;
                return Err(DeadlineError::HandedOverOnOtherDay { receipt, handed_over_on });
            }
            derivation.push(Sentence::cited(
                format!("Mit der Übergabe ist {what_de} bekannt gegeben"),
                format!("With being handed over {what_en} is notified"),
                &rule.norm,
            ));
            input.dispatched_on
        }
        RuleKind::Proof => by_proof(rule, input, &mut derivation)?,
        RuleKind::Retrieval { days, within_days } => {
            by_retrieval(rule, (days, within_days), input, &mut derivation)?
        }
    };
    let (de, en) = dates(notified_on);
    derivation.push(Sentence::plain(
        format!("Tag der Bekanntgabe ist {de}"),
        format!("The day of notification is {en}"),
    ));
    derivation.extend(dispute(rule));
    Ok(Notification { notified_on, derivation })
}

/// The row that a question is answered by, where the question can be asked.
pub(crate) fn row<'a>(
    rules: &'a NotificationRules,
    input: &NotificationInput,
) -> Result<&'a NotificationRule, DeadlineError> {
    check_date(input.dispatched_on)?;
    if let Some(receipt) = input.proven_receipt {
        check_date(receipt)?;
        if receipt < input.dispatched_on {
            return Err(DeadlineError::ReceiptBeforeDispatch { receipt, dispatched_on: input.dispatched_on });
        }
    }
    rules.rule(input.law, input.land, input.way, input.dispatched_on).ok_or_else(|| {
        DeadlineError::NoNotificationRule {
            law: input.law.code(),
            way: input.way.code(),
            on: input.dispatched_on,
        }
    })
}

/// A warning where sources disagree about the row.
fn dispute(rule: &NotificationRule) -> Option<Sentence> {
    rule.provenance.disputed.then(|| match &rule.note {
        Some(note) => Sentence {
            de: format!("Hinweis: {}", note.de),
            en: format!("Note: {}", note.en),
            norm: Some(rule.norm.clone()),
        },
        None => Sentence::plain("Hinweis: Diese Regel ist umstritten", "Note: this rule is disputed"),
    })
}

/// What was done on the day of dispatch.
pub(crate) fn dispatched(input: &NotificationInput, counts_from: CountsFrom) -> Sentence {
    let (de, en) = dates(input.dispatched_on);
    let ((what_de, what_en), (within_de, within_en)) = (input.document.first_words(), input.document.words());
    let (de, en) = match input.way {
        Way::Post | Way::PostAbroad => {
            (format!("{what_de} wurde am {de}, zur Post gegeben"), format!("{what_en} was posted on {en}"))
        }
        Way::Electronic => (
            format!("{what_de} wurde am {de}, elektronisch abgesendet"),
            format!("{what_en} was sent electronically on {en}"),
        ),
        Way::DeMail => (
            format!("{what_de} wurde am {de}, an das De-Mail-Postfach abgesendet"),
            format!("{what_en} was sent to the De-Mail mailbox on {en}"),
        ),
        Way::Portal if counts_from == CountsFrom::Provision => (
            format!("{what_de} wurde am {de}, zum Abruf bereitgestellt"),
            format!("{what_en} was provided for retrieval on {en}"),
        ),
        Way::Mailbox if counts_from == CountsFrom::Provision => (
            format!("{what_de} wurde am {de}, im Postfach des Nutzerkontos zum Abruf bereitgestellt"),
            format!("{what_en} was provided in the mailbox of the user account on {en}"),
        ),
        Way::Portal | Way::Mailbox => (
            format!(
                "Die Benachrichtigung, dass {within_de} zum Abruf bereitsteht, wurde am {de}, abgesendet"
            ),
            format!("The notice that {within_en} can be retrieved was sent on {en}"),
        ),
        Way::InPerson => (
            format!("{what_de} wurde am {de}, persönlich übergeben"),
            format!("{what_en} was handed over in person on {en}"),
        ),
        Way::RegisteredLetter => (
            format!("{what_de} wurde am {de}, als Einschreiben zur Post gegeben"),
            format!("{what_en} was posted as a registered letter on {en}"),
        ),
        Way::ServiceWithProof => (
            format!("{what_de} wurde am {de}, zur Zustellung aufgegeben"),
            format!("{what_en} was handed in for formal service on {en}"),
        ),
        Way::PublicService => (
            format!(
                "Die Benachrichtigung, dass {within_de} öffentlich zugestellt wird, wurde am {de}, bekannt gemacht"
            ),
            format!("The notice that {within_en} is served publicly was published on {en}"),
        ),
        Way::Public if input.document == DocumentKind::Act => (
            format!("Der verfügende Teil des Verwaltungsakts wurde am {de}, ortsüblich bekannt gemacht"),
            format!("The operative part of the administrative act was published on {en}"),
        ),
        Way::Public => (
            format!("{what_de} wurde am {de}, ortsüblich bekannt gemacht"),
            format!("{what_en} was published on {en}"),
        ),
    };
    Sentence::plain(de, en)
}

/// A general order names the day itself.
fn by_named_day(
    rule: &NotificationRule,
    input: &NotificationInput,
    derivation: &mut Vec<Sentence>,
) -> Result<Date, DeadlineError> {
    let unused = || DeadlineError::NamedDayNotUsed { way: input.way.code() };
    let other = rule.other_day.as_ref().ok_or_else(unused)?;
    let day = input.named_day.ok_or_else(unused)?;
    check_date(day)?;
    if input.fiction_days.is_some() {
        return Err(DeadlineError::FictionDaysNotUsed { way: input.way.code() });
    }
    let earliest = plus_days(input.dispatched_on, i64::from(other.earliest_days))?;
    if day < earliest {
        return Err(DeadlineError::NamedDayTooEarly { day, earliest });
    }
    let ((de, en), (first_de, first_en)) = (dates(day), dates(earliest));
    derivation.push(Sentence::cited(
        format!(
            "Der Verwaltungsakt bestimmt als Tag seiner Bekanntgabe {de}; möglich war frühestens {first_de}"
        ),
        format!(
            "The administrative act itself names the day of its notification, {en}; the earliest possible day was {first_en}"
        ),
        &other.norm,
    ));
    Ok(day)
}

fn by_fiction(
    rule: &NotificationRule,
    by_law: Period,
    input: &NotificationInput,
    calendar: &Calendar,
    derivation: &mut Vec<Sentence>,
) -> Result<Date, DeadlineError> {
    let length = fiction_length(by_law, input)?;
    let reckoned = DeadlineInput {
        start: input.dispatched_on,
        begin: Begin::Event,
        period: length,
        shift: Shift::NextWorkingDay,
        law: input.law.law(),
        occasion: Occasion::Event,
    };
    let (fiction_day, _) = last_day(&reckoned)?;
    derivation.push(fiction_sentence(rule, input.document, (by_law, length), fiction_day));
    derivation.extend(place_that_counts(rule, fiction_day, calendar));
    let fiction_day = fiction_shift(rule, fiction_day, calendar, derivation)?;
    Ok(match input.proven_receipt {
        None => fiction_day,
        Some(receipt) => {
            let (de, en) = dates(fiction_day);
            derivation.extend(rule.later_receipt.as_ref().map(|_| {
                if rule.by_notice() {
                    return Sentence::plain(
                        format!("Danach wäre Tag der Bekanntgabe {de}"),
                        format!("By that the day of notification would be {en}"),
                    );
                }
                Sentence::plain(
                    format!("Ohne Nachweis des Zugangs wäre Tag der Bekanntgabe {de}"),
                    format!("Without proof of receipt the day of notification would be {en}"),
                )
            }));
            against_receipt(rule, fiction_day, receipt, calendar, derivation)
        }
    })
}

fn fiction_length(by_law: Period, input: &NotificationInput) -> Result<Period, DeadlineError> {
    match (input.fiction_days.map(u32::from), by_law) {
        (None, _) => Ok(by_law),
        (Some(days @ 1..=60), Period::Days(_)) => Ok(Period::Days(days)),
        (Some(days), Period::Days(_)) => Err(DeadlineError::FictionDaysOutOfRange { days }),
        (Some(_), _) => Err(DeadlineError::FictionDaysNotUsed { way: input.way.code() }),
    }
}

fn fiction_sentence(
    rule: &NotificationRule,
    document: DocumentKind,
    (by_law, length): (Period, Period),
    day: Date,
) -> Sentence {
    let ((what_de, what_en), (within_de, within_en)) = (document.first_words(), document.words());
    let ((de, en), (after_de, after_en)) = (dates(day), rule.counts_from.words());
    let (count_de, count_en) = match length {
        Period::Days(n) => {
            let (nth_de, nth_en) = ordinal(n);
            (format!("am {nth_de} Tag nach {after_de}"), format!("on the {nth_en} day after {after_en}"))
        }
        _ => {
            let accusative =
                length.text(Language::De).replace("1 Monat", "einen Monat").replace("1 Woche", "eine Woche");
            (format!("{accusative} nach {after_de}"), format!("{} after {after_en}", length.spoken_en()))
        }
    };
    let (done_de, done_en) =
        if rule.way.serves() { ("zugestellt", "served") } else { ("bekannt gegeben", "notified") };
    if length == by_law {
        return Sentence::cited(
            format!("{what_de} gilt {count_de} als {done_de}: {de}"),
            format!("{what_en} counts as {done_en} {count_en}: {en}"),
            &rule.norm,
        );
    }
    let (law_de, law_en) = (by_law.dative_de(), by_law.spoken_en());
    Sentence::plain(
        format!(
            "Nach besonderer Vorschrift (statt {law_de} nach {}) gilt {within_de} {count_de} als {done_de}: {de}",
            rule.norm
        ),
        format!(
            "By a special provision (instead of {law_en} under {}) {within_en} counts as {done_en} {count_en}: {en}",
            norm_en(&rule.norm)
        ),
    )
}

/// Where the fiction day moves on, the holidays at the place of the addressee decide. Whoever reads it must know which were
/// taken, as soon as the day is a holiday somewhere.
fn place_that_counts(rule: &NotificationRule, day: Date, calendar: &Calendar) -> Option<Sentence> {
    let place = calendar.place().filter(|_| rule.shifts)?;
    let elsewhere = |land: &Land| {
        let there = Calendar::new(&Place::land(*land)).ok();
        there.is_some_and(|there| there.holiday(day).is_some() != calendar.holiday(day).is_some())
    };
    let weekend = matches!(day.weekday(), jiff::civil::Weekday::Saturday | jiff::civil::Weekday::Sunday);
    if weekend || !Land::ALL.iter().filter(|land| **land != place.land).any(elsewhere) {
        return None;
    }
    let (de, en) = (calendar.where_text(Language::De), calendar.where_text(Language::En));
    Some(Sentence::plain(
        format!(
            "Dieser Tag ist nicht in allen Ländern Feiertag oder Werktag. Es zählt der Ort, an dem der Empfänger wohnt; \
             gerechnet ist mit den Feiertagen {de}. Wohnt er anderswo, ist der Tag der Bekanntgabe zu prüfen"
        ),
        format!(
            "This day is not the same in all Länder, a holiday or a working day. The place where the addressee lives counts; \
             the holidays {en} were taken. If they live elsewhere, the day of notification is to be checked"
        ),
    ))
}

fn fiction_shift(
    rule: &NotificationRule,
    day: Date,
    calendar: &Calendar,
    derivation: &mut Vec<Sentence>,
) -> Result<Date, DeadlineError> {
    let Some(Obstacle { is: (why_de, why_en), .. }) = obstacle(day, calendar) else {
        if rule.shifts {
            derivation.extend(coverage_note(day, calendar));
        }
        return Ok(day);
    };
    let norm = rule.shift_norm.as_deref();
    if !rule.shifts {
        let texts = (
            format!(
                "Dass dieser Tag {why_de} ist, ändert daran nichts; der Tag der Bekanntgabe ist kein Fristende \
                 und verschiebt sich nicht"
            ),
            format!(
                "That this is {why_en} changes nothing; the day of notification is no end of a period and \
                 does not move"
            ),
        );
        derivation.push(match norm {
            Some(norm) => Sentence {
                de: format!("{} (vgl. {norm}).", texts.0),
                en: format!("{} (cf. {}).", texts.1, norm_en(norm)),
                norm: Some(norm.to_owned()),
            },
            None => Sentence::plain(texts.0, texts.1),
        });
        return Ok(day);
    }
    let source = rule.shift_source.as_deref().map(|source| format!("; {source}")).unwrap_or_default();
    let norm = norm.unwrap_or(&rule.norm);
    derivation.push(Sentence {
        de: format!("Dieser Tag ist {why_de}; maßgebend ist deshalb der nächste Werktag ({norm}{source})."),
        en: format!("That is {why_en}; therefore the next working day counts ({}{source}).", norm_en(norm)),
        norm: Some(norm.to_owned()),
    });
    let (moved, passed) = next_working_day(day, calendar)?;
    derivation.extend(passed);
    Ok(moved)
}

fn against_receipt(
    rule: &NotificationRule,
    fiction_day: Date,
    receipt: Date,
    calendar: &Calendar,
    derivation: &mut Vec<Sentence>,
) -> Date {
    let (de, en) = dates(receipt);
    let norm = match &rule.later_receipt {
        Some(norm) if receipt > fiction_day => {
            derivation.push(later(rule, receipt, calendar, norm));
            return receipt;
        }
        Some(_) if receipt == fiction_day => {
            let (what_de, what_en) = rule.received();
            derivation.push(Sentence::plain(
                format!("Der nachgewiesene {what_de} am {de}, stimmt damit überein"),
                format!("The proven {what_en} on {en}, agrees with it"),
            ));
            return fiction_day;
        }
        norm => norm,
    };
    let (what_de, what_en) = rule.received();
    let (texts_de, texts_en) = match norm {
        Some(_) => (
            format!(
                "Der frühere {what_de} am {de}, ändert daran nichts; nur ein späterer {what_de} wäre maßgebend"
            ),
            format!("The earlier {what_en} on {en}, changes nothing; only a later one would count"),
        ),
        None => (
            format!("Auf den Zugang oder Abruf am {de}, kommt es bei diesem Weg nicht an"),
            format!("With this way the receipt or retrieval on {en}, does not matter"),
        ),
    };
    derivation.push(Sentence::cited(texts_de, texts_en, &rule.norm));
    fiction_day
}

/// A later receipt that counts, or the retrieval in its place.
fn later(rule: &NotificationRule, receipt: Date, calendar: &Calendar, norm: &str) -> Sentence {
    let (de, en) = dates(receipt);
    // BFH, 9 November 2005, I R 111/04: a real receipt is no end of a period and does not move.
    let (even_de, even_en) = match obstacle(receipt, calendar) {
        Some(_) => (", auch wenn er kein Werktag ist", ", even though it is no working day"),
        None => ("", ""),
    };
    let (de, en) = if rule.by_notice() {
        (
            format!(
                "Der rechtzeitige Zugang der Benachrichtigung ist bestritten und nicht nachgewiesen; \
                 maßgebend ist deshalb der Tag des Abrufs, {de}{even_de}"
            ),
            format!(
                "That the notice was received in time is contested and not proven; therefore the day of \
                 retrieval counts, {en}{even_en}"
            ),
        )
    } else {
        (
            format!("Nachgewiesen ist der spätere Zugang am {de}; dieser Tag ist maßgebend{even_de}"),
            format!("The later receipt on {en}, is proven; that day counts{even_en}"),
        )
    };
    Sentence::cited(de, en, norm)
}

impl NotificationRule {
    /// Whether its days count from a notice that something can be retrieved. Who contests that it came is notified by the
    /// retrieval.
    fn by_notice(&self) -> bool {
        self.counts_from == CountsFrom::Notice
    }

    /// What is proven to have happened on the other side.
    fn received(&self) -> (&'static str, &'static str) {
        if self.by_notice() { ("Abruf", "retrieval") } else { ("Zugang", "receipt") }
    }
}

fn by_proof(
    rule: &NotificationRule,
    input: &NotificationInput,
    derivation: &mut Vec<Sentence>,
) -> Result<Date, DeadlineError> {
    let day = input.proven_receipt.ok_or(DeadlineError::ReceiptNeeded { way: input.way.code() })?;
    let (de, en) = dates(day);
    let (what_de, what_en) = match rule.counts_from {
        CountsFrom::Receipt => {
            let (within_de, within_en) = input.document.words();
            derivation.push(Sentence::plain(
                format!("Bei diesem Weg wird nicht vermutet, wann {within_de} zugegangen ist; es zählt der Nachweis"),
                format!("With this way it is not presumed when {within_en} was received; what is proven counts"),
            ));
            ("der Zugang", "Receipt")
        }
        _ => ("die Zustellung", "Service"),
    };
    derivation.push(Sentence::cited(
        format!("Nachgewiesen ist {what_de} am {de}"),
        format!("{what_en} on {en}, is proven"),
        &rule.norm,
    ));
    Ok(day)
}

fn by_retrieval(
    rule: &NotificationRule,
    (days, within_days): (u32, u32),
    input: &NotificationInput,
    derivation: &mut Vec<Sentence>,
) -> Result<Date, DeadlineError> {
    let retrieved_on = input.proven_receipt.ok_or(DeadlineError::ReceiptNeeded { way: input.way.code() })?;
    let last_day = plus_days(input.dispatched_on, i64::from(within_days))?;
    if retrieved_on > last_day {
        return Err(DeadlineError::RetrievedTooLate { retrieved_on, last_day });
    }
    let (what_de, what_en) = input.document.first_words();
    let ((de, en), (last_de, last_en)) = (dates(retrieved_on), dates(last_day));
    derivation.push(Sentence::plain(
        format!("{what_de} wurde am {de}, abgerufen und damit rechtzeitig (möglich bis {last_de})"),
        format!("{what_en} was retrieved on {en}, and thus in time (possible until {last_en})"),
    ));
    let (nth_de, nth_en) = match days {
        1 => ("am Tag".to_owned(), "on the day".to_owned()),
        n => {
            let (de, en) = ordinal(n);
            (format!("am {de} Tag"), format!("on the {en} day"))
        }
    };
    derivation.push(Sentence::cited(
        format!("{what_de} gilt {nth_de} nach dem Abruf als bekannt gegeben"),
        format!("{what_en} counts as notified {nth_en} after retrieval"),
        &rule.norm,
    ));
    plus_days(retrieved_on, i64::from(days))
}
