//! Lines of a scenario about parties and acts.

use std::{collections::BTreeSet, sync::Arc};

use super::{
    Refused, World,
    read::{date, object, reason},
};
use crate::{
    act::RemedyKind,
    command::{Command, CorrectAct},
    diagnostic::Problems,
    language::{Fields, Node, read_items, read_text},
    party::PartyContent,
    words::{Date, Text, Value},
};

/// A line about parties or acts; acts are named by their kind, and the latest one is meant.
#[derive(Clone, Debug)]
pub enum ActLine {
    /// A party is put in.
    AddParty(PartyContent),
    /// What is known of a party changes, with a reason.
    ChangeParty(u32, PartyContent, Arc<str>),
    /// A party is removed, with a reason.
    RemoveParty(u32, Arc<str>),
    /// A remedy against an act comes in.
    Remedy {
        /// The kind of the act.
        act: Arc<str>,
        /// The addressee.
        party: u32,
        /// What it is.
        kind: RemedyKind,
        /// The true day of receipt; today when absent.
        on: Option<Date>,
    },
    /// A letter of an act did not arrive and goes out anew, with a reason.
    SendAnew {
        /// The kind of the act.
        act: Arc<str>,
        /// The addressee.
        party: u32,
        /// Which of their letters, by its number among the documents; the newest one when absent.
        document: Option<u32>,
        /// How it is known.
        reason: Arc<str>,
    },
    /// An obvious error in an act is corrected.
    Correct {
        /// The kind of the act.
        act: Arc<str>,
        /// What was wrong, what is right, why, and whether the period begins anew; the number is that of the latest.
        what: CorrectAct,
    },
}

/// Reads such a line, if it is one.
pub fn read(fields: &Fields<'_>, problems: &mut Problems) -> Option<ActLine> {
    if let Some(node) = fields.get("add_party") {
        return party(node, problems).map(ActLine::AddParty);
    }
    if let Some(number) = fields.int("change_party", problems) {
        let content = fields.need("with", problems).and_then(|node| party(node, problems))?;
        return Some(ActLine::ChangeParty(u32::try_from(number).ok()?, content, reason(fields, problems)?));
    }
    if let Some(number) = fields.int("remove_party", problems) {
        return Some(ActLine::RemoveParty(u32::try_from(number).ok()?, reason(fields, problems)?));
    }
    if let Some(node) = fields.get("remedy") {
        let (act, party) = (read_text(node, problems)?.clone(), addressee(fields, problems));
        let kind = match fields.get("kind") {
            None => RemedyKind::Objection,
            Some(node) => remedy_kind(node, problems)?,
        };
        let on = fields.get("on").and_then(|node| date(node, problems));
        return Some(ActLine::Remedy { act, party, kind, on });
    }
    if let Some(node) = fields.get("send_anew") {
        let (act, party) = (read_text(node, problems)?.clone(), addressee(fields, problems));
        let document = fields.int("number", problems).and_then(|number| u32::try_from(number).ok());
        return Some(ActLine::SendAnew { act, party, document, reason: reason(fields, problems)? });
    }
    let act = fields.get("correct_act").and_then(|node| read_text(node, problems)).cloned()?;
    let wrong = fields.text("wrong", problems).cloned()?;
    let right = fields.text("right", problems).cloned()?;
    let begins_anew = fields.flag("begins_anew", false, problems);
    let reason = reason(fields, problems)?;
    Some(ActLine::Correct { act, what: CorrectAct { act: 0, wrong, right, reason, begins_anew } })
}

fn remedy_kind(node: &Node, problems: &mut Problems) -> Option<RemedyKind> {
    let said = read_text(node, problems)?;
    match &**said {
        "objection" => Some(RemedyKind::Objection),
        "action" => Some(RemedyKind::Action),
        _ => {
            problems
                .error(
                    &node.span,
                    "unknown_remedy",
                    Text::new(
                        format!("Einen Rechtsbehelf „{said}“ gibt es nicht."),
                        format!("There is no remedy `{said}`."),
                    ),
                )
                .did_you_mean(said, ["objection", "action"]);
            None
        }
    }
}

fn addressee(fields: &Fields<'_>, problems: &mut Problems) -> u32 {
    fields.int("party", problems).and_then(|number| u32::try_from(number).ok()).unwrap_or(1)
}

fn party(node: &Node, problems: &mut Problems) -> Option<PartyContent> {
    let fields = Fields::of(node, problems)?;
    let kind = fields.need("kind", problems).and_then(|node| read_text(node, problems)).cloned();
    let name = fields.need("name", problems).and_then(|node| read_text(node, problems)).cloned();
    let texts = |node: &Node, problems: &mut Problems| {
        read_items(node, problems).iter().filter_map(|item| read_text(item, problems).cloned()).collect()
    };
    let address = fields.get("address").map(|node| texts(node, problems)).unwrap_or_default();
    let email = fields.text("email", problems).cloned();
    let represents = fields.items("represents").iter().filter_map(|item| item.to_value().as_u64());
    let represents: BTreeSet<u32> = represents.filter_map(|number| u32::try_from(number).ok()).collect();
    fields.finish(problems);
    Some(PartyContent { kind: kind?, name: name?, address, email, represents })
}

impl ActLine {
    /// What stands beside it in a report.
    pub fn what(&self) -> String {
        match self {
            ActLine::AddParty(party) => format!("add_party {}", party.name),
            ActLine::ChangeParty(number, ..) => format!("change_party {number}"),
            ActLine::RemoveParty(number, _) => format!("remove_party {number}"),
            ActLine::Remedy { act, .. } => format!("remedy {act}"),
            ActLine::SendAnew { act, .. } => format!("send_anew {act}"),
            ActLine::Correct { act, .. } => format!("correct_act {act}"),
        }
    }

    /// What is asked of the case.
    pub fn command(&self, world: &mut impl World) -> Result<Command, Refused> {
        let mut latest = |kind: &str| {
            world.act(kind).ok_or_else(|| Refused {
                code: "ActUnknown".into(),
                text: Text::new(format!("kein Bescheid: {kind}"), format!("no act: {kind}")),
            })
        };
        Ok(match self {
            ActLine::AddParty(party) => Command::AddParty { party: party.clone() },
            ActLine::ChangeParty(number, party, reason) => {
                Command::ChangeParty { number: *number, party: party.clone(), reason: reason.clone() }
            }
            ActLine::RemoveParty(number, reason) => {
                Command::RemoveParty { number: *number, reason: reason.clone() }
            }
            ActLine::Remedy { act, party, kind, on } => {
                Command::RecordRemedy { act: latest(act)?, party: *party, kind: *kind, received_on: *on }
            }
            ActLine::SendAnew { act, party, document, reason } => Command::SendAnew {
                act: latest(act)?,
                party: *party,
                document: *document,
                reason: reason.clone(),
            },
            ActLine::Correct { act, what } => {
                Command::CorrectAct(CorrectAct { act: latest(act)?, ..what.clone() })
            }
        })
    }
}

/// What is expected of parties or acts, by kind.
pub fn expected(fields: &Fields<'_>, name: &'static str, problems: &mut Problems) -> Option<Value> {
    fields.get(name).map(|node| Value::Object(object(node, problems)))
}
