//! Acts (Verwaltungsakte, § 35 VwVfG): what was decided, for whom, when it was notified, and whether it is final.

use std::{cmp::Reverse, sync::Arc};

use fachwerk_deadlines::NotificationLaw;
use imbl::OrdMap;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    case::{Case, Work},
    costs::Costs,
    definition::{Release, Sphere},
    event::{DeadlineRun, Document},
    language::data_key,
    law::{Instruction, LawUsed},
    words::{CaseId, Date, InstanceId, PersonId, StepPath, Text, Value},
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
    /// That it counts as granted because nothing was decided in time, and by which row of law. Its letters are certificates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deemed: Option<LawUsed>,
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
    /// The last round in which the connector was asked; every letter, and every retry, has one of its own.
    #[serde(default)]
    pub round: u32,
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
    /// The fee, in cents; expenses are in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fee: Option<i64>,
    /// Why the fee is as it is, and how to pay it; none: the process says it in its own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub costs: Option<Costs>,
    /// The period for a remedy: for example `1 month`.
    pub period: Arc<str>,
    /// The instruction on remedies that the law says, as it stands under each letter; none: the process prints its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<Instruction>,
    /// What it decides about, where silence would decide: with it, or with what refuses it, that is decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decides: Option<Decides>,
    /// Whom it is for: the numbers of the parties, and who receives it for each.
    pub addressees: Vec<(u32, u32)>,
}

/// An act that silence would grant, and who applied for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decides {
    /// The kind of act.
    pub act: Arc<str>,
    /// The kind of party that applies for it.
    pub applicant: Arc<str>,
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

impl Condition {
    fn in_rules(&self) -> Value {
        json!({ "text": self.text, "kind": self.kind.map(ConditionKind::code), "due": self.due })
    }
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
    /// What was asked of the connector, of the newest letter: one that goes out anew says the same.
    #[serde(default, skip_serializing_if = "Value::is_null")]
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
    /// The day on which restoration was granted for it: it had come late, and counts as in time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reinstated_on: Option<Date>,
    /// The item of the incoming post that it came as.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<CaseId>,
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

impl ActContent {
    /// The rows of law that it rests on.
    pub fn law_used(&self) -> impl Iterator<Item = &LawUsed> {
        let remedy = self.remedy.iter().flat_map(|remedy| &remedy.law);
        remedy.chain(self.costs.iter().flat_map(|costs| &costs.law))
    }
}

impl Addressed {
    /// Whether a remedy was sought in time.
    pub fn is_objected(&self) -> bool {
        self.remedies.iter().any(|remedy| !remedy.late)
    }

    /// The newest remedy that came late, as long as none was sought in time.
    pub fn late_remedy(&self) -> Option<&Remedy> {
        self.remedies.iter().rev().find(|remedy| remedy.late).filter(|_| !self.is_objected())
    }
}

impl Act {
    /// The names under which rules see what an act is.
    pub const SEEN: [&str; 16] = [
        "number",
        "kind",
        "issued",
        "issued_on",
        "decision",
        "conditions",
        "fee",
        "addressees",
        "notified",
        "final",
        "objected",
        "correction",
        "writing_to",
        "deemed",
        "decides",
        "in_time",
    ];

    /// The name of the deadline under which the period for a remedy of an addressee runs, on the case as a whole: it
    /// outlives the step that issued the act.
    pub fn deadline_name(&self, party: u32) -> Arc<str> {
        format!("acts/{}/{party}", self.number).into()
    }

    /// The kind of act that is decided with it, where silence would decide.
    pub fn decides(&self) -> Option<&Arc<str>> {
        self.issued.as_ref()?.content.decides.as_ref().map(|decides| &decides.act)
    }

    /// Whether an addressee is notified without a letter: it counts as granted to whoever applied for it.
    pub fn notified_by_law(&self, addressed: &Addressed) -> bool {
        self.deemed.is_some() && addressed.notified_on.is_some() && addressed.notified_by.is_none()
    }

    /// How often the period for a remedy began anew with a correction until a version.
    fn begun_anew(&self, version: u32) -> usize {
        let before = self.corrections.iter().take(version.saturating_sub(1) as usize);
        before.filter(|correction| correction.begins_anew).count()
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

    /// The acts whose letters an instance makes, in order: several are issued by the same letters.
    pub fn acts_made_by(&self, instance: InstanceId) -> impl Iterator<Item = (&Act, &Draft)> {
        let drafts = self.acts.values().filter_map(|act| Some((&**act, self.draft_of(act)?)));
        drafts.filter(move |(_, draft)| draft.instance == instance)
    }

    /// The acts that a letter belongs to, each with the addressee.
    pub fn acts_of_document(&self, document: u32) -> Vec<(u32, u32)> {
        let of = |act: &Arc<Act>| {
            let made = act
                .addressees
                .iter()
                .filter(|(_, addressed)| addressed.letters.iter().any(|letter| letter.document == document));
            let parties: Vec<(u32, u32)> = made.map(|(party, _)| (act.number, *party)).collect();
            parties
        };
        self.acts.values().flat_map(of).collect()
    }

    /// The acts that have their newest letters in common with one, itself among them: one notice.
    pub fn in_one_letter(&self, act: &Act) -> Vec<Arc<Act>> {
        let newest = |act: &Act| -> Vec<u32> {
            let letters = act.addressees.values().filter_map(|addressed| addressed.letters.last());
            letters.map(|letter| letter.document).collect()
        };
        let own = newest(act);
        let shares = |other: &&Arc<Act>| {
            other.number == act.number || newest(other).iter().any(|letter| own.contains(letter))
        };
        self.acts.values().filter(shares).cloned().collect()
    }

    /// Whether an instance makes something beside the flow that can be given up: a letter, or letters of an act once more.
    pub fn is_made_beside(&self, instance: InstanceId) -> bool {
        let letter = self.errand(instance).is_some_and(|errand| matches!(errand.work, Work::Letter { .. }));
        letter || self.act_made_by(instance).is_some_and(|(_, draft)| draft.is_beside_the_flow())
    }

    /// The act and addressee that a deadline of the case belongs to.
    pub fn act_of_deadline(&self, name: &str) -> Option<(&Act, u32)> {
        let (act, party) = name.strip_prefix("acts/")?.split_once('/')?;
        let (act, party) = (act.parse::<u32>().ok()?, party.parse().ok()?);
        Some((&**self.acts.get(&act)?, party))
    }

    /// The name of the deadline under which it is watched, on the case as a whole, whether a letter is retrieved in time.
    pub fn retrieval_deadline(document: u32) -> Arc<str> {
        format!("letters/{document}").into()
    }

    /// The letter that is watched by a deadline of the case.
    pub fn letter_of_deadline(&self, name: &str) -> Option<&Document> {
        let number = name.strip_prefix("letters/")?.parse::<u32>().ok()?;
        self.documents.get(&number).map(|document| &**document)
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

    /// The letter by which an addressee is notified, and the day: the first one that was dispatched and arrived, of the
    /// newest version with which the period for a remedy began anew.
    pub fn notification_of(&self, act: &Act, party: u32) -> Option<(u32, Date)> {
        let addressed = act.addressees.get(&party)?;
        // A certificate notifies nobody whom the law itself has notified.
        if act.notified_by_law(addressed) {
            return None;
        }
        let letters = &addressed.letters;
        let notified = letters.iter().filter_map(|letter| {
            let dispatch = self.documents.get(&letter.document)?.dispatch.as_ref()?;
            let on = dispatch.notified_of(act.number)?;
            let rank = (Reverse(act.begun_anew(letter.version)), on, letter.document);
            (!dispatch.not_arrived).then_some(rank)
        });
        notified.min().map(|(_, on, document)| (document, on))
    }

    /// The notification from which all runs that runs from that of an act: of several addressees the last one, and none
    /// as long as one of them is not notified.
    pub fn notification_of_all(&self, act: &Act) -> Option<(u32, Date)> {
        let of = |(party, _): &(u32, u32)| {
            let addressed = act.addressees.get(party)?;
            if act.notified_by_law(addressed) {
                // What waits for a certificate waits for its dispatch.
                let letter = addressed.letters.last()?.document;
                let dispatch = self.documents.get(&letter)?.dispatch.as_ref();
                let arrived = dispatch.filter(|dispatch| !dispatch.not_arrived)?;
                return Some((arrived.notified_of(act.number)?, letter));
            }
            Some((addressed.notified_on?, addressed.notified_by?))
        };
        let addressees = &act.issued.as_ref()?.content.addressees;
        let all: Option<Vec<(Date, u32)>> = addressees.iter().map(of).collect();
        all?.into_iter().max().map(|(on, document)| (document, on))
    }

    /// The acts that were issued or are being made, the oldest first.
    pub fn acts_now(&self) -> impl DoubleEndedIterator<Item = &Act> {
        let acts = self.acts.values().map(|act| &**act);
        acts.filter(|act| act.issued.is_some() || self.draft_of(act).is_some())
    }

    /// The names that rules see under `acts`: each kind, and `all`.
    pub fn acts_seen(release: &Release) -> impl Iterator<Item = String> {
        release.acts.keys().map(|kind| data_key(kind).to_string()).chain(["all".to_owned()])
    }

    /// The latest act of a kind, by the name under which rules see it.
    pub fn latest_act(&self, release: &Release, name: &str) -> Option<&Act> {
        let kind = release.acts.keys().find(|kind| *data_key(kind) == *name)?;
        self.acts_now().rev().find(|act| act.kind == *kind)
    }

    /// What rules see of an act, by the names in [`Act::SEEN`].
    pub fn of_act(&self, act: &Act, name: &str) -> Value {
        let draft = self.draft_of(act);
        let Some(content) = act.content(draft) else { return Value::Null };
        let every = |holds: fn(&Addressed) -> bool| {
            !act.addressees.is_empty() && act.addressees.values().all(|addressed| holds(addressed))
        };
        match name {
            "number" => json!(act.number),
            "kind" => json!(act.kind),
            "issued" => json!(act.issued.is_some()),
            "issued_on" => json!(act.issued.as_ref().map(|issued| issued.on)),
            "decision" => json!(content.decision),
            "conditions" => content.conditions.iter().map(Condition::in_rules).collect(),
            "fee" => json!(content.fee),
            "addressees" => {
                let addressees = act.addressees.iter();
                addressees.map(|(party, addressed)| self.addressee_in_rules(act, *party, addressed)).collect()
            }
            "notified" => json!(every(|addressed| addressed.notified_on.is_some())),
            "final" => json!(every(|addressed| addressed.final_since.is_some())),
            "objected" => json!(act.addressees.values().any(|addressed| addressed.is_objected())),
            "deemed" => json!(act.deemed.is_some()),
            "decides" => json!(act.decides()),
            "in_time" => json!(self.is_in_time(act)),
            "correction" => {
                let correction = draft.and_then(|draft| draft.correction.as_ref()).or(act.corrections.last());
                json!(
                    correction.map(|it| json!({ "wrong": it.wrong, "right": it.right, "reason": it.reason }))
                )
            }
            "writing_to" => {
                let party = draft.and_then(Draft::next).and_then(|(party, _)| self.parties.get(&party));
                json!(party.map(|party| crate::party::party_in_rules(party)))
            }
            _ => Value::Null,
        }
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

    /// The last day on which a remedy against one of the acts can still be sought; none when no period was ever reckoned that
    /// is not settled: final, or ended by a remedy.
    pub fn remedy_open_until(&self) -> Option<Date> {
        let open = |act: &Act, party: u32, addressed: &Addressed| {
            let settled = addressed.final_since.is_some() || addressed.is_objected();
            self.remedy_run(act, party).filter(|_| !settled).map(|run| run.end)
        };
        let acts = self.acts.values().flat_map(|act| act.addressees.iter().map(move |it| (act, it)));
        acts.filter_map(|(act, (party, addressed))| open(act, *party, addressed)).max()
    }

    /// Whether a remedy against one of the acts was sought in time. What came of it is known to people only.
    pub fn has_remedy(&self) -> bool {
        let mut addressees = self.acts.values().flat_map(|act| act.addressees.values());
        addressees.any(|addressed| addressed.is_objected())
    }

    /// The period for a remedy of an addressee: running, or how it ran.
    pub fn remedy_run<'a>(&'a self, act: &'a Act, party: u32) -> Option<&'a DeadlineRun> {
        let running =
            self.instance(InstanceId::ROOT).and_then(|it| it.deadlines.get(&act.deadline_name(party)));
        let running = running.and_then(|deadline| deadline.run.as_ref());
        running.or_else(|| act.addressees.get(&party)?.remedy.as_ref())
    }
}
