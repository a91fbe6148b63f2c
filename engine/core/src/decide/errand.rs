//! Errands beside the steps of a process: a question to somebody, a resubmission, a letter. None of them belongs to a
//! scope, so none keeps the case from going on or ending.

use std::sync::Arc;

use super::{
    Rejection,
    enclosure::ENCLOSURES,
    turn::{Deciding, trouble},
};
use crate::{
    case::Work,
    command::{EffectResult, LetterText},
    definition::LETTER,
    event::{DocumentContent, EffectError, ErrandEnd, ErrandKind, Event, MAX_ENCLOSURES, Order, Timer},
    facts::start_of,
    planted::{Fault, planted},
    schema::{Misfit, Type},
    words::{Date, InstanceId, Object, PersonId, RoleId, Text, Value, day_text, letter_day},
};

/// The field of the form of an errand.
pub const ANSWER: &str = "answer";
/// The timer of a resubmission.
const COMES_BACK: &str = "comes-back";
/// So many errands may be under way in a case at once.
const MOST_ERRANDS: usize = 200;
/// The longest question, in characters.
const MAX_QUESTION: usize = 5_000;
/// So many years ahead something comes back at most: what lies further is a slip of the pen, and would never be seen.
const MOST_YEARS: i16 = 30;
/// The longest answer, in characters; question and answer fit into one note of the file.
const MAX_ANSWER: usize = 10_000;
/// The longest subject of a letter, in characters: the title of its document.
const MAX_SUBJECT: usize = 300;
/// The longest name and address, in characters.
const MAX_ADDRESS: usize = 1_000;
/// The longest text of a letter, in characters: below what the connector takes in bytes.
const MAX_LETTER: usize = 50_000;
/// What of a question stands in lists, in characters.
const TITLE_CHARS: usize = 100;

/// Why an errand is not possible so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ErrandRefusal {
    /// Too many are under way.
    TooMany,
    /// It is over, or was never there.
    NotOpen,
    /// Somebody else gave it.
    NotYours {
        /// Who.
        person: PersonId,
    },
}

impl ErrandRefusal {
    /// Stable, for programs and scenarios.
    pub fn code(&self) -> &'static str {
        match self {
            ErrandRefusal::TooMany => "TooManyErrands",
            ErrandRefusal::NotOpen => "ErrandNotOpen",
            ErrandRefusal::NotYours { .. } => "NotYourErrand",
        }
    }

    /// What the person who asked is told.
    pub fn text(&self) -> Text {
        match self {
            ErrandRefusal::TooMany => Text::new(
                format!(
                    "In diesem Vorgang sind schon {MOST_ERRANDS} Rückfragen, Wiedervorlagen und Schreiben offen. Bitte erst welche erledigen oder zurückziehen."
                ),
                format!(
                    "{MOST_ERRANDS} questions, resubmissions and letters are open in this case already. Please settle or withdraw some first."
                ),
            ),
            ErrandRefusal::NotOpen => Text::new(
                "Diese Rückfrage oder Wiedervorlage ist nicht mehr offen.",
                "This question or resubmission is no longer open.",
            ),
            ErrandRefusal::NotYours { person } => Text::new(
                format!("Das kann nur zurückziehen, wer es veranlasst hat ({person})."),
                format!("Only whoever gave it can withdraw it ({person})."),
            ),
        }
    }
}

impl Deciding<'_> {
    /// Asks somebody something, or has the case come back on a day.
    pub fn give_errand(
        &mut self,
        kind: ErrandKind,
        text: &Arc<str>,
        (role, person): (&RoleId, Option<&PersonId>),
        on: Option<Date>,
    ) -> Result<(), Rejection> {
        let by = self.may_give()?;
        let mut misfits = Vec::new();
        misfits.extend(length("/text", text, MAX_QUESTION));
        if !self.release.roles.contains_key(role) {
            misfits.push(misfit(
                "/role",
                "unknown_role",
                format!("Die Rolle „{role}“ gibt es in diesem Verfahren nicht."),
                format!("This process has no role `{role}`."),
            ));
        }
        misfits.extend(self.day_misfit(kind, on));
        if !misfits.is_empty() {
            return Err(Rejection::ValuesInvalid { misfits });
        }
        let instance = InstanceId(self.case.next_instance);
        self.record(Event::ErrandGiven {
            instance,
            order: Order {
                kind,
                title: title(kind, text),
                text: text.clone(),
                by,
                role: role.clone(),
                person: person.cloned(),
                due: on,
            },
        });
        if let (ErrandKind::Resubmission, Some(day), false) = (kind, on, planted(Fault::ResubmittedAtOnce)) {
            let since = self.facts.now;
            let timer = Timer { name: COMES_BACK.into(), revision: 1, since, at: start_of(day) };
            self.record(Event::TimerSet { instance, timer });
        }
        Ok(())
    }

    /// A resubmission needs a day to come; a question may have one.
    fn day_misfit(&self, kind: ErrandKind, on: Option<Date>) -> Option<Misfit> {
        let today = self.facts.today;
        match (kind, on) {
            (ErrandKind::Resubmission, None) => Some(misfit(
                "/on",
                "required",
                "Bitte den Tag angeben, an dem der Vorgang wieder vorgelegt werden soll.".into(),
                "Please give the day on which the case shall come back.".into(),
            )),
            (ErrandKind::Resubmission, Some(day)) if day <= today => Some(past(day)),
            (ErrandKind::Question, Some(day)) if day < today => Some(past(day)),
            (_, Some(day)) if day.year() > today.year() + MOST_YEARS => Some(far(day)),
            _ => None,
        }
    }

    fn may_give(&self) -> Result<PersonId, Rejection> {
        let by = self.facts.actor.person().cloned().ok_or(Rejection::PersonNeeded)?;
        self.need_part_in_process()?;
        if !self.case.is_open() {
            return Err(Rejection::CaseEnded);
        }
        self.errands_left()?;
        Ok(by)
    }

    fn errands_left(&self) -> Result<(), Rejection> {
        self.need_room()?;
        let full = self.case.errands.len() >= MOST_ERRANDS;
        if full { Err(Rejection::Errand(ErrandRefusal::TooMany)) } else { Ok(()) }
    }

    /// Takes an errand back.
    pub fn withdraw(&mut self, instance: InstanceId) -> Result<(), Rejection> {
        let by = self.facts.actor.person().cloned().ok_or(Rejection::PersonNeeded)?;
        let errand = self.case.errand(instance).filter(|errand| matches!(errand.work, Work::Asked { .. }));
        let errand = errand.ok_or(Rejection::Errand(ErrandRefusal::NotOpen))?;
        if errand.by != by {
            let person = errand.by.clone();
            return Err(Rejection::Errand(ErrandRefusal::NotYours { person }));
        }
        self.record(Event::ErrandEnded { instance, by, end: ErrandEnd::Withdrawn });
        Ok(())
    }

    /// Answers a question, or settles a resubmission. What was said becomes a note of the file.
    pub fn settle(&mut self, instance: InstanceId, by: PersonId, values: &Object) -> Result<(), Rejection> {
        let Some(Work::Asked { kind, text, .. }) = self.case.errand(instance).map(|errand| &errand.work)
        else {
            return Err(Rejection::TaskNotOpen);
        };
        let (kind, text) = (*kind, text.clone());
        let answer: Option<Arc<str>> = match values.get(ANSWER) {
            None | Some(Value::Null) => None,
            Some(Value::String(said)) => Some(said.trim()).filter(|said| !said.is_empty()).map(Arc::from),
            Some(_) => {
                let (de, en) = ("Hier wird ein Text erwartet.", "Expected a text.");
                let misfits = vec![misfit("/answer", "wrong_type", de.into(), en.into())];
                return Err(Rejection::ValuesInvalid { misfits });
            }
        };
        let mut misfits = Vec::new();
        if kind == ErrandKind::Question || answer.is_some() {
            misfits.extend(length("/answer", answer.as_deref().unwrap_or_default(), MAX_ANSWER));
        }
        misfits.extend(
            values.keys().filter(|name| *name != ANSWER).map(|name| super::task::unknown_field(name)),
        );
        if !misfits.is_empty() {
            return Err(Rejection::ValuesInvalid { misfits });
        }
        self.record(Event::ErrandEnded {
            instance,
            by: by.clone(),
            end: ErrandEnd::Done { answer: answer.clone() },
        });
        if let Some(answer) = answer {
            let (asked, said) = match kind {
                ErrandKind::Question => ("Rückfrage", "Antwort"),
                ErrandKind::Resubmission => ("Wiedervorlage", "Erledigt"),
            };
            let note = format!("{asked}: {text}\n\n{said}: {answer}");
            self.note(by, note.into());
        }
        Ok(())
    }

    /// Writes a letter beside the steps.
    pub fn write_letter(&mut self, letter: &LetterText) -> Result<(), Rejection> {
        let by = self.facts.actor.person().cloned().ok_or(Rejection::PersonNeeded)?;
        self.need_part_in_process()?;
        // After the end of a case there are still letters to write.
        self.errands_left()?;
        let LetterText { addressee, sender, subject, body, enclosures } = letter;
        let misfits: Vec<Misfit> = [
            length("/addressee", addressee, MAX_ADDRESS),
            sender.as_ref().and_then(|sender| length("/sender", sender, MAX_ADDRESS)),
            length("/subject", subject, MAX_SUBJECT),
            length("/body", body, MAX_LETTER),
        ]
        .into_iter()
        .flatten()
        .chain((enclosures.len() > MAX_ENCLOSURES).then(|| {
            misfit(
                "/enclosures",
                "too_many",
                format!("Mehr als {MAX_ENCLOSURES} Anlagen kann ein Schreiben nicht haben."),
                format!("A letter cannot have more than {MAX_ENCLOSURES} enclosures."),
            )
        }))
        .chain(self.misfits_of_documents(ENCLOSURES, &Type::Documents, &serde_json::json!(enclosures)))
        .collect();
        if !misfits.is_empty() {
            return Err(Rejection::ValuesInvalid { misfits });
        }
        let instance = InstanceId(self.case.next_instance);
        let title: Arc<str> = subject.trim().into();
        self.record(Event::LetterWritten { instance, by: by.clone(), title: title.clone() });
        let mut request = serde_json::json!({
            "title": title,
            "addressee": addressee,
            "sender": sender,
            "reference": self.case.number,
            "date": letter_day(self.facts.today),
            "subject": title,
            "body": body,
            ENCLOSURES: enclosures,
        });
        // Each of them is there: that was asked above.
        let _ = self.enclose(&mut request, None);
        self.sign(&mut request, Some(&by));
        self.dress(&mut request, false);
        self.record(Event::EffectRequested { instance, round: 1, connector: LETTER.into(), request });
        Ok(())
    }

    /// Asks once more for a letter that could not be made.
    pub fn write_again(&mut self, instance: InstanceId) {
        if let Some(Work::Letter { connector, request, round, .. }) =
            self.case.errand(instance).map(|errand| &errand.work)
        {
            let (connector, request, round) = (connector.clone(), request.clone(), round + 1);
            self.record(Event::EffectRequested { instance, round, connector, request });
        }
    }

    /// A letter beside the steps was made, or could not be.
    pub fn finish_letter(
        &mut self,
        instance: InstanceId,
        round: u32,
        result: &Result<EffectResult, EffectError>,
    ) -> Result<(), Rejection> {
        let Some(errand) = self.case.errand(instance) else { return Err(Rejection::EffectStale) };
        let by = errand.by.clone();
        if errand.round_to_be_done() != Some(round) {
            return Err(Rejection::EffectStale);
        }
        match result {
            Ok(EffectResult { documents, .. }) => {
                self.letters(documents, by)?;
                self.record(Event::EffectFinished { instance, round, late: false });
            }
            Err(error) => {
                let incident = trouble(
                    &error.code,
                    None,
                    error.message.clone(),
                    Text::new("Die Ursache beheben, dann wiederholen.", "Mend the cause, then retry."),
                    Value::Null,
                );
                self.stuck(Some(instance), *incident);
            }
        }
        Ok(())
    }

    fn letters(&mut self, documents: &[DocumentContent], by: PersonId) -> Result<(), Rejection> {
        self.add_documents_of(documents, None, None, Some(by))
    }
}

/// What stands in lists: the kind and the first line.
fn title(kind: ErrandKind, text: &str) -> Text {
    let line = text.trim().lines().next().unwrap_or_default();
    let mut short: String = line.chars().take(TITLE_CHARS).collect();
    if short.len() < line.len() {
        short.push('…');
    } else if line.len() < text.trim().len() {
        short.push_str(" …");
    }
    match kind {
        ErrandKind::Question => Text::new(format!("Rückfrage: {short}"), format!("Question: {short}")),
        ErrandKind::Resubmission => {
            Text::new(format!("Wiedervorlage: {short}"), format!("Resubmission: {short}"))
        }
    }
}

fn misfit(at: &str, code: &'static str, de: String, en: String) -> Misfit {
    Misfit { at: at.into(), code, message: Text::new(de, en) }
}

fn past(day: Date) -> Misfit {
    let day = day_text(day);
    misfit(
        "/on",
        "day_past",
        format!("{} liegt nicht in der Zukunft.", day.de),
        format!("{} does not lie in the future.", day.en),
    )
}

fn far(day: Date) -> Misfit {
    let day = day_text(day);
    misfit(
        "/on",
        "day_far",
        format!("{} liegt mehr als {MOST_YEARS} Jahre in der Zukunft. Bitte das Jahr prüfen.", day.de),
        format!("{} lies more than {MOST_YEARS} years in the future. Please check the year.", day.en),
    )
}

/// What is wrong with a text that must be there.
fn length(at: &str, text: &str, most: usize) -> Option<Misfit> {
    if text.trim().is_empty() {
        return Some(misfit(at, "required", "Diese Angabe fehlt.".into(), "This is missing.".into()));
    }
    (text.chars().count() > most).then(|| {
        misfit(
            at,
            "too_long",
            format!("Höchstens {most} Zeichen sind möglich."),
            format!("At most {most} characters are possible."),
        )
    })
}
