//! Lines of a scenario about what every case can suffer, whatever its process says: errands, letters, documents that come
//! in, deadlines that are changed.

use std::sync::Arc;

use fachwerk_deadlines::{Extension, Period};
use uuid::Uuid;

use super::{
    Refused, World,
    read::{date, object},
    run::{document_of, missing},
};
use crate::{
    command::{Command, LetterText},
    definition::Release,
    diagnostic::Problems,
    event::{DeadlineName, Direction, DocumentContent, ErrandKind, Grounds, Missed},
    language::{Fields, Node, read_items, read_text},
    words::{CaseId, Date, InstanceId, Object, PersonId, RoleId, StepPath, Text, Value},
};

/// What is asked beside the steps.
#[derive(Clone, Debug)]
pub enum Beside {
    /// Somebody is asked something, or the case is to come back: to a role or a person, with a day.
    Give(ErrandKind, Arc<str>, Arc<str>, Option<Date>),
    /// An errand with this text is done, with what is said.
    Settle(Arc<str>, Option<Arc<str>>),
    /// An errand with this text is taken back.
    Withdraw(Arc<str>),
    /// A letter is written.
    Letter(LetterText),
    /// A document with this title comes in.
    Document(Arc<str>, Option<Date>),
    /// A deadline is extended.
    Extend(Arc<str>, Extension, Why),
    /// Deadlines stop on a day.
    Suspend(Vec<Arc<str>>, Option<Date>, Why),
    /// Deadlines run on after a day.
    Resume(Vec<Arc<str>>, Option<Date>, Why),
    /// What was missed may be made up for: the period for a remedy of an addressee against the latest act of a kind, or a
    /// deadline, named as `step.deadline`.
    Reinstate(Arc<str>, u32, Grounds, Why),
    /// The letter of a step did not arrive, with a reason.
    NotArrived(Arc<str>, Arc<str>),
    /// An act of a kind counts as granted by silence or does not, with a reason.
    RuleFiction(Arc<str>, bool, Arc<str>),
    /// A part goes on in a case of its own: with these data, and the documents of these titles.
    Split(Object, Vec<Arc<str>>, Arc<str>),
    /// The case is merged into another one, named however.
    Merge(Arc<str>, Arc<str>),
}

/// Reason and norm.
pub type Why = (Arc<str>, Option<Arc<str>>);

/// Reads such a line; none: it is about something else.
pub fn read(fields: &Fields<'_>, problems: &mut Problems) -> Option<Option<Beside>> {
    let text = |name, problems: &mut Problems| {
        fields.need(name, problems).and_then(|node| read_text(node, problems)).cloned()
    };
    let day = |name, problems: &mut Problems| fields.get(name).and_then(|node| date(node, problems));
    let line = |node: &Node, problems: &mut Problems| read_text(node, problems).cloned();
    Some(if let Some(node) = fields.get("question") {
        let (asked, to, due) = (line(node, problems), text("to", problems), day("due", problems));
        asked.zip(to).map(|(asked, to)| Beside::Give(ErrandKind::Question, asked, to, due))
    } else if let Some(node) = fields.get("resubmission") {
        let (asked, to, on) = (line(node, problems), text("to", problems), day("on", problems));
        asked.zip(to).map(|(asked, to)| Beside::Give(ErrandKind::Resubmission, asked, to, on))
    } else if let Some(node) = fields.get("settle") {
        let answer = fields.text("answer", problems).cloned();
        line(node, problems).map(|asked| Beside::Settle(asked, answer))
    } else if let Some(node) = fields.get("withdraw") {
        line(node, problems).map(Beside::Withdraw)
    } else if let Some(node) = fields.get("letter") {
        let (subject, addressee, body) = (line(node, problems), text("to", problems), text("body", problems));
        let sender = fields.text("from", problems).cloned();
        let numbers = fields.items("enclosures").iter().filter_map(|item| item.to_value().as_u64());
        let enclosures = numbers.filter_map(|number| u32::try_from(number).ok()).collect();
        subject.zip(addressee).zip(body).map(|((subject, addressee), body)| {
            Beside::Letter(LetterText { addressee, sender, subject, body, enclosures })
        })
    } else if let Some(node) = fields.get("document") {
        let on = day("received_on", problems);
        line(node, problems).map(|title| Beside::Document(title, on))
    } else if let Some(node) = fields.get("extend") {
        let (name, extension) = (line(node, problems), extension(fields, problems));
        let why = why(fields, problems);
        name.zip(extension).zip(why).map(|((name, extension), why)| Beside::Extend(name, extension, why))
    } else if let Some(node) = fields.get("suspend") {
        let (names, since) = (names(node, problems), day("since", problems));
        why(fields, problems).map(|why| Beside::Suspend(names, since, why))
    } else if let Some(node) = fields.get("resume") {
        let (names, until) = (names(node, problems), day("until", problems));
        why(fields, problems).map(|why| Beside::Resume(names, until, why))
    } else if let Some(node) = fields.get("reinstate") {
        let (name, grounds) = (line(node, problems), grounds(fields, problems));
        let party = fields.int("party", problems).and_then(|number| u32::try_from(number).ok()).unwrap_or(1);
        let why = why(fields, problems);
        name.zip(grounds).zip(why).map(|((name, grounds), why)| Beside::Reinstate(name, party, grounds, why))
    } else if let Some(node) = fields.get("not_arrived") {
        let (step, reason) = (line(node, problems), text("reason", problems));
        step.zip(reason).map(|(step, reason)| Beside::NotArrived(step, reason))
    } else if let Some(node) = fields.get("rule_fiction") {
        let (act, deemed) = (line(node, problems), fields.flag("deemed", true, problems));
        act.zip(text("reason", problems)).map(|(act, reason)| Beside::RuleFiction(act, deemed, reason))
    } else if let Some(node) = fields.get("split") {
        let titles = fields.get("documents").map(|node| names(node, problems)).unwrap_or_default();
        let data = object(node, problems);
        text("reason", problems).map(|reason| Beside::Split(data, titles, reason))
    } else if let Some(node) = fields.get("merge") {
        line(node, problems).zip(text("reason", problems)).map(|(into, reason)| Beside::Merge(into, reason))
    } else {
        return None;
    })
}

fn names(node: &Node, problems: &mut Problems) -> Vec<Arc<str>> {
    read_items(node, problems).iter().filter_map(|item| read_text(item, problems).cloned()).collect()
}

fn why(fields: &Fields<'_>, problems: &mut Problems) -> Option<Why> {
    let norm = fields.text("norm", problems).cloned();
    let reason = fields.need("reason", problems).and_then(|node| read_text(node, problems)).cloned();
    reason.map(|reason| (reason, norm))
}

fn grounds(fields: &Fields<'_>, problems: &mut Problems) -> Option<Grounds> {
    if let Some(node) = fields.get("until") {
        return date(node, problems).map(|until| Grounds::Extension { until });
    }
    let day =
        |name, problems: &mut Problems| fields.need(name, problems).and_then(|node| date(node, problems));
    let (ended, applied) = (day("obstacle_ended_on", problems), day("applied_on", problems));
    let force_majeure = fields.flag("force_majeure", false, problems);
    ended.zip(applied).map(|(obstacle_ended_on, applied_on)| Grounds::Restoration {
        obstacle_ended_on,
        applied_on,
        force_majeure,
    })
}

fn extension(fields: &Fields<'_>, problems: &mut Problems) -> Option<Extension> {
    match (fields.get("by"), fields.get("until")) {
        (Some(node), None) => {
            let text = read_text(node, problems)?;
            match Period::parse(text) {
                Ok(period) => Some(Extension::By(period)),
                Err(error) => {
                    let message = Text::new(format!("„{text}“ ist kein Zeitraum."), error.to_string());
                    problems.error(&node.span, "period_invalid", message);
                    None
                }
            }
        }
        (None, Some(node)) => date(node, problems).map(Extension::Until),
        _ => {
            let message = Text::new(
                "Es fehlt entweder „by: <Zeitraum>“ oder „until: <Tag>“.",
                "Either `by: <period>` or `until: <day>` is missing.",
            );
            problems.error(fields.span(), "extension_unclear", message);
            None
        }
    }
}

impl Beside {
    /// How the line is called when it does not go as written.
    pub fn title(&self) -> String {
        match self {
            Beside::Give(ErrandKind::Question, ..) => "question".to_owned(),
            Beside::Give(ErrandKind::Resubmission, ..) => "resubmission".to_owned(),
            Beside::Settle(asked, _) => format!("settle {asked}"),
            Beside::Withdraw(asked) => format!("withdraw {asked}"),
            Beside::Letter(letter) => format!("letter {}", letter.subject),
            Beside::Document(title, _) => format!("document {title}"),
            Beside::Extend(name, ..) => format!("extend {name}"),
            Beside::Suspend(..) => "suspend".to_owned(),
            Beside::Resume(..) => "resume".to_owned(),
            Beside::Reinstate(name, ..) => format!("reinstate {name}"),
            Beside::NotArrived(step, _) => format!("not_arrived {step}"),
            Beside::RuleFiction(act, ..) => format!("rule_fiction {act}"),
            Beside::Split(..) => "split".to_owned(),
            Beside::Merge(into, _) => format!("merge {into}"),
        }
    }

    /// What is asked of the case.
    pub fn command(&self, release: &Release, world: &mut impl World) -> Result<Command, Refused> {
        Ok(match self {
            Beside::Give(kind, text, to, on) => {
                let (role, person) = addressee(to, release, world);
                Command::GiveErrand { kind: *kind, text: text.clone(), role, person, on: *on }
            }
            Beside::Settle(asked, answer) => {
                let said =
                    answer.as_ref().map(|answer| ("answer".to_owned(), Value::String(answer.to_string())));
                let values: Object = said.into_iter().collect();
                Command::CompleteTask { task: errand(asked, world)?, values, seen: None, shown: None }
            }
            Beside::Withdraw(asked) => Command::WithdrawErrand { errand: errand(asked, world)? },
            Beside::Letter(letter) => Command::WriteLetter { letter: letter.clone() },
            Beside::Document(title, received_on) => {
                let document = DocumentContent {
                    title: title.clone(),
                    media_type: "application/pdf".into(),
                    hash: "".into(),
                    size: 0,
                    direction: Direction::Incoming,
                    addressee: None,
                    enclosures: Vec::new(),
                };
                Command::AddDocument { document, received_on: *received_on }
            }
            Beside::Extend(name, extension, (reason, norm)) => Command::ExtendDeadline {
                deadline: deadline(name, world)?,
                extension: *extension,
                reason: reason.clone(),
                norm: norm.clone(),
            },
            Beside::Suspend(names, since, (reason, norm)) => Command::SuspendDeadlines {
                deadlines: deadlines(names, world)?,
                since: *since,
                reason: reason.clone(),
                norm: norm.clone(),
            },
            Beside::Resume(names, until, (reason, norm)) => Command::ResumeDeadlines {
                deadlines: deadlines(names, world)?,
                until: *until,
                reason: reason.clone(),
                norm: norm.clone(),
            },
            Beside::Reinstate(name, party, grounds, (reason, norm)) => {
                let missed = match (name.rsplit_once('.'), world.act(name)) {
                    (Some((step, name)), _) => Missed::Deadline { step: step.into(), name: name.into() },
                    (None, Some(act)) => Missed::Remedy { act, party: *party },
                    // One of the case as a whole.
                    (None, None) => Missed::Deadline { step: "".into(), name: name.clone() },
                };
                let (grounds, reason, norm) = (grounds.clone(), reason.clone(), norm.clone());
                Command::Reinstate { missed, grounds, reason, norm }
            }
            Beside::NotArrived(step, reason) => {
                let document = document_of(world, &StepPath::from(&**step), None)?;
                Command::RecordNotArrived { document, reason: reason.clone() }
            }
            Beside::RuleFiction(act, deemed, reason) => {
                Command::RuleFiction { act: act.clone(), deemed: *deemed, reason: reason.clone() }
            }
            Beside::Split(data, titles, reason) => {
                let there = world.view().documents;
                let number = |title: &Arc<str>| {
                    let at = there.iter().position(|found| found == title);
                    let number = at.and_then(|at| u32::try_from(at + 1).ok());
                    number.ok_or_else(|| missing("DocumentUnknown", title))
                };
                let documents = titles.iter().map(number).collect::<Result<_, _>>()?;
                Command::SplitCase { data: data.clone(), documents, reason: reason.clone() }
            }
            // There are no other cases here; which one it is makes no difference.
            Beside::Merge(into, reason) => {
                let named = into.bytes().fold(1_u128, |sum, byte| sum.wrapping_mul(31) + u128::from(byte));
                Command::MergeCase { into: CaseId(Uuid::from_u128(named)), reason: reason.clone() }
            }
        })
    }
}

/// A role of the process, or a person with the first role of it that they hold.
fn addressee(to: &str, release: &Release, world: &mut impl World) -> (RoleId, Option<PersonId>) {
    let person = PersonId::from(to);
    let held = world.roles_of(&person);
    let role = release.roles.keys().find(|role| held.contains(*role));
    match role {
        Some(role) => (role.clone(), Some(person)),
        None => (RoleId::from(to), None),
    }
}

fn errand(asked: &str, world: &mut impl World) -> Result<InstanceId, Refused> {
    world.errand_asking(asked).ok_or_else(|| missing("ErrandNotOpen", asked))
}

fn deadline(name: &str, world: &mut impl World) -> Result<DeadlineName, Refused> {
    world.deadline_named(name).ok_or_else(|| missing("DeadlineNotSet", name))
}

fn deadlines(names: &[Arc<str>], world: &mut impl World) -> Result<Vec<DeadlineName>, Refused> {
    names.iter().map(|name| deadline(name, world)).collect()
}
