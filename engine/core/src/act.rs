//! Acts (Verwaltungsakte, § 35 VwVfG): what was decided, for whom, when it was notified, and whether it is final.

use std::sync::Arc;

use fachwerk_deadlines::NotificationLaw;
use imbl::OrdMap;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    case::Case,
    definition::{Release, Sphere},
    event::DeadlineRun,
    language::data_key,
    words::{Date, InstanceId, Object, PersonId, StepPath, Text, Value},
};

/// An act of a case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Act {
    /// Counted from 1 within the case.
    pub number: u32,
    /// Its kind, by the process: for example `permit`.
    pub kind: Arc<str>,
    /// The step that issued it.
    pub step: StepPath,
    /// A version whose letters are being made; see [`Case::draft_of`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draft: Option<Arc<Draft>>,
    /// The version that was issued last; none: nothing has been issued.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued: Option<Issued>,
    /// Whom it is for, by the number of the party.
    #[serde(default, skip_serializing_if = "OrdMap::is_empty")]
    pub addressees: OrdMap<u32, Arc<Addressed>>,
    /// What was corrected, the oldest first; the first one made version 2.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub corrections: Vec<Correction>,
}

/// A version of an act that is being made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// The instance that makes its letters. When that is gone, the version is never issued.
    pub instance: InstanceId,
    /// Counted from 1.
    pub version: u32,
    /// What it says.
    pub content: ActContent,
    /// How often the connector was asked for a letter: each time is a round of its own, whatever came of the ones before.
    #[serde(default)]
    pub rounds: u32,
    /// What was asked of the connector for the letter that is being made.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub asked: Arc<Value>,
    /// Its letters, by addressee.
    #[serde(default, skip_serializing_if = "OrdMap::is_empty")]
    pub letters: OrdMap<u32, Letter>,
    /// What it corrects; none for the first version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correction: Option<Correction>,
    /// The only addressee who gets a letter, because theirs did not arrive; none: all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again: Option<u32>,
}

/// A version of an act that was issued: all its letters exist.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Issued {
    /// The day on which the first version was issued.
    pub on: Date,
    /// Counted from 1.
    pub version: u32,
    /// What it says.
    pub content: ActContent,
}

/// What an act says, besides its letters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ActContent {
    /// What people read of its kind.
    pub title: Text,
    /// Its law, as the process names it.
    pub law: Arc<str>,
    /// The law of its notification.
    pub notification: NotificationLaw,
    /// The sphere of the municipality.
    pub sphere: Sphere,
    /// What was decided, in one word of the process.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Arc<str>>,
    /// Its additional provisions (Nebenbestimmungen, § 36 VwVfG).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
    /// The fee, in cents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fee: Option<i64>,
    /// The period for a remedy, as the process writes it: for example `1 month`.
    pub period: Arc<str>,
    /// Whom it is for: the numbers of the parties, and who receives it for each.
    pub addressees: Vec<(u32, u32)>,
}

/// An additional provision of an act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// What it says.
    pub text: Arc<str>,
    /// What it is, if that is said; the text alone does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<ConditionKind>,
    /// Until when it is to be fulfilled, or until when the act holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Date>,
}

/// The kinds of additional provisions, § 36 (2) VwVfG.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConditionKind {
    /// The act depends on an event (Bedingung).
    Condition,
    /// The addressee has to do, suffer or refrain from something (Auflage).
    Charge,
    /// The act begins or ends with a day (Befristung).
    TimeLimit,
    /// The act may be revoked (Widerrufsvorbehalt).
    Revocation,
    /// A charge may be imposed later (Auflagenvorbehalt).
    Reservation,
}

impl ConditionKind {
    /// As it is written in data.
    pub const ALL: [(&'static str, ConditionKind); 5] = [
        ("condition", ConditionKind::Condition),
        ("charge", ConditionKind::Charge),
        ("time-limit", ConditionKind::TimeLimit),
        ("revocation", ConditionKind::Revocation),
        ("reservation", ConditionKind::Reservation),
    ];

    /// As it is written in data.
    pub fn code(self) -> &'static str {
        Self::ALL.into_iter().find(|(_, kind)| *kind == self).map_or("condition", |(code, _)| code)
    }

    /// What people read.
    pub fn text(self) -> Text {
        match self {
            ConditionKind::Condition => Text::new("Bedingung", "Condition"),
            ConditionKind::Charge => Text::new("Auflage", "Charge"),
            ConditionKind::TimeLimit => Text::new("Befristung", "Time limit"),
            ConditionKind::Revocation => Text::new("Widerrufsvorbehalt", "Reservation of revocation"),
            ConditionKind::Reservation => Text::new("Auflagenvorbehalt", "Reservation of charges"),
        }
    }
}

/// What was corrected in an act (obvious error, § 42 VwVfG).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Correction {
    /// What was wrong.
    pub wrong: Arc<str>,
    /// What is right.
    pub right: Arc<str>,
    /// Why it is an obvious error.
    pub reason: Arc<str>,
    /// Whether the period for a remedy begins anew with the notification of the corrected version.
    pub begins_anew: bool,
    /// Who corrected.
    pub by: PersonId,
    /// When.
    pub on: Date,
}

/// An act and one of those whom it is for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Addressed {
    /// The number of the party that receives it: the representative's, when there is one.
    pub receiver: u32,
    /// The letters, the newest version last.
    pub letters: Vec<Letter>,
    /// The day of notification that counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notified_on: Option<Date>,
    /// The number of the letter whose notification counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notified_by: Option<u32>,
    /// The period for a remedy, once it does not run any more; while it runs, it is a deadline of the case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<DeadlineRun>,
    /// The first day on which it was final (bestandskräftig).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub final_since: Option<Date>,
    /// The remedies that were sought, in the order in which they were noted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remedies: Vec<Remedy>,
}

/// A letter of an act.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Letter {
    /// The version of the act.
    pub version: u32,
    /// The number of the document.
    pub document: u32,
    /// What was asked of the connector: one that goes out anew says the same.
    pub asked: Arc<Value>,
}

/// A remedy against an act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remedy {
    /// What it is.
    pub kind: RemedyKind,
    /// The true day of receipt: by the authority, or by the court.
    pub received_on: Date,
    /// Whether it came after the end of the period.
    pub late: bool,
    /// Who noted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<PersonId>,
}

/// What a remedy is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RemedyKind {
    /// Widerspruch (§ 69 VwGO), Einspruch (§ 347 AO).
    Objection,
    /// Klage (§ 74 VwGO).
    Action,
}

impl Draft {
    /// The addressee whose letter is the next, with who receives it; none: all letters are made.
    pub fn next(&self) -> Option<(u32, u32)> {
        let due =
            |party: &u32| self.again.is_none_or(|again| again == *party) && !self.letters.contains_key(party);
        self.content.addressees.iter().find(|(party, _)| due(party)).copied()
    }

    /// Whether it is made beside the flow: the step that issued the act may be long past.
    pub fn is_beside_the_flow(&self) -> bool {
        self.correction.is_some() || self.again.is_some()
    }
}

impl Addressed {
    /// Whether a remedy was sought in time.
    pub fn is_objected(&self) -> bool {
        self.remedies.iter().any(|remedy| !remedy.late)
    }
}

impl Act {
    /// The name of the deadline under which the period for a remedy of an addressee runs, on the case as a whole: it
    /// outlives the step that issued the act.
    pub fn deadline_name(&self, party: u32) -> Arc<str> {
        format!("acts/{}/{party}", self.number).into()
    }

    /// What it says now: the version that is being made, else the one that was issued.
    fn content<'a>(&'a self, draft: Option<&'a Draft>) -> Option<&'a ActContent> {
        let issued = self.issued.as_ref().map(|issued| &issued.content);
        draft.map(|draft| &draft.content).or(issued)
    }
}

impl Case {
    /// The version of an act that is being made now. One whose step was ended from outside is never issued.
    pub fn draft_of<'a>(&'a self, act: &'a Act) -> Option<&'a Draft> {
        act.draft.as_deref().filter(|draft| self.instances.contains_key(&draft.instance))
    }

    /// The act whose letters an instance makes.
    pub fn act_made_by(&self, instance: InstanceId) -> Option<(&Act, &Draft)> {
        let drafts = self.acts.values().rev().filter_map(|act| Some((&**act, self.draft_of(act)?)));
        drafts.into_iter().find(|(_, draft)| draft.instance == instance)
    }

    /// The act and addressee that a deadline of the case belongs to.
    pub fn act_of_deadline(&self, name: &str) -> Option<(&Act, u32)> {
        let (act, party) = name.strip_prefix("acts/")?.split_once('/')?;
        let (act, party) = (act.parse::<u32>().ok()?, party.parse().ok()?);
        Some((&**self.acts.get(&act)?, party))
    }

    /// The act and addressee that a letter belongs to, with the version; of one that is being made, too.
    pub fn act_of_document(&self, document: u32) -> Option<(&Act, u32, u32)> {
        self.acts.values().rev().find_map(|act| {
            let made = act.addressees.iter().find_map(|(party, addressed)| {
                let letter = addressed.letters.iter().find(|letter| letter.document == document)?;
                Some((*party, letter.version))
            });
            let draft = act.draft.as_ref().and_then(|draft| {
                let found = draft.letters.iter().find(|(_, made)| made.document == document);
                found.map(|(party, _)| (*party, draft.version))
            });
            made.or(draft).map(|(party, version)| (&**act, party, version))
        })
    }

    /// The acts that were issued or are being made, the oldest first.
    pub fn acts_now(&self) -> impl DoubleEndedIterator<Item = &Act> {
        let acts = self.acts.values().map(|act| &**act);
        acts.filter(|act| act.issued.is_some() || self.draft_of(act).is_some())
    }

    /// What rules see under `acts`: for each kind the latest act or nothing, and under `all` all of them.
    pub fn acts_in_rules(&self, release: &Release) -> Value {
        let mut kinds = Object::new();
        for kind in release.acts.keys() {
            let latest = self.acts_now().rev().find(|act| act.kind == *kind);
            let value = latest.map_or(Value::Null, |act| self.act_in_rules(act));
            kinds.insert(data_key(kind).to_string(), value);
        }
        kinds.insert("all".into(), self.acts_now().map(|act| self.act_in_rules(act)).collect());
        Value::Object(kinds)
    }

    fn act_in_rules(&self, act: &Act) -> Value {
        let draft = self.draft_of(act);
        let Some(content) = act.content(draft) else { return Value::Null };
        let addressees: Vec<Value> = act
            .addressees
            .iter()
            .map(|(party, addressed)| self.addressee_in_rules(act, *party, addressed))
            .collect();
        let every = |holds: fn(&Addressed) -> bool| {
            !act.addressees.is_empty() && act.addressees.values().all(|addressed| holds(addressed))
        };
        let correction = draft.and_then(|draft| draft.correction.as_ref()).or(act.corrections.last());
        let writing_to = draft.and_then(|draft| {
            let (party, _) = draft.next()?;
            self.parties.get(&party).map(|party| crate::party::party_in_rules(party))
        });
        let conditions: Vec<Value> = content
            .conditions
            .iter()
            .map(|condition| {
                json!({ "text": condition.text, "kind": condition.kind.map(ConditionKind::code), "due": condition.due })
            })
            .collect();
        json!({
            "number": act.number,
            "kind": act.kind,
            "issued": act.issued.is_some(),
            "issued_on": act.issued.as_ref().map(|issued| issued.on),
            "decision": content.decision,
            "conditions": conditions,
            "fee": content.fee,
            "addressees": addressees,
            "notified": every(|addressed| addressed.notified_on.is_some()),
            "final": every(|addressed| addressed.final_since.is_some()),
            "objected": act.addressees.values().any(|addressed| addressed.is_objected()),
            "correction": correction.map(|it| json!({ "wrong": it.wrong, "right": it.right, "reason": it.reason })),
            "writing_to": writing_to,
        })
    }

    fn addressee_in_rules(&self, act: &Act, party: u32, addressed: &Addressed) -> Value {
        let name = self.parties.get(&party).map(|party| party.content.name.clone());
        let late = addressed.remedies.iter().any(|remedy| remedy.late);
        json!({
            "number": party,
            "name": name,
            "receiver": addressed.receiver,
            "notified_on": addressed.notified_on,
            "remedy_ends": self.remedy_run(act, party).map(|run| run.end),
            "final": addressed.final_since.is_some(),
            "final_since": addressed.final_since,
            "objected": addressed.is_objected(),
            "objected_late": late,
        })
    }

    /// The period for a remedy of an addressee: running, or how it ran.
    pub fn remedy_run<'a>(&'a self, act: &'a Act, party: u32) -> Option<&'a DeadlineRun> {
        let running =
            self.instance(InstanceId::ROOT).and_then(|it| it.deadlines.get(&act.deadline_name(party)));
        let running = running.and_then(|deadline| deadline.run.as_ref());
        running.or_else(|| act.addressees.get(&party)?.remedy.as_ref())
    }
}
