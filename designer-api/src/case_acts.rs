//! The parties and acts of a case, as JSON.

use std::sync::Arc;

use fachwerk_core::{
    act::{Act, Addressed, RemedyKind},
    authority::Authority,
    case::Case,
    definition::{PartyKind, Release, Sphere},
    facts::day_of,
    party::Party,
    words::{Date, Way},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::shapes::{LawRow, PersonName, Sentence, Text, sentences};

/// A kind of party that the process knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PartyKindName {
    /// Its id.
    pub id: String,
    /// What people read.
    pub title: Text,
    /// At least so many take part.
    pub min: u32,
    /// At most so many; none: any number.
    pub max: Option<u32>,
}

/// A party of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CaseParty {
    /// Counted from 1 within the case.
    pub number: u32,
    /// The kind, by the process.
    #[schema(value_type = String)]
    pub kind: Arc<str>,
    /// What people read for the kind.
    pub kind_title: Text,
    /// Name of the person or organisation.
    #[schema(value_type = String)]
    pub name: Arc<str>,
    /// The address, line by line.
    #[schema(value_type = Vec<String>)]
    pub address: Vec<Arc<str>>,
    /// E-mail address.
    #[schema(value_type = Option<String>)]
    pub email: Option<Arc<str>>,
    /// The numbers of the parties that this one acts for.
    pub represents: Vec<u32>,
    /// Since when it takes part; for one of a case that was merged into this one, since when it took part there.
    #[schema(value_type = String, format = Date)]
    pub since: Date,
    /// Since when it does not take part any more.
    #[schema(value_type = Option<String>, format = Date)]
    pub until: Option<Date>,
    /// Why it does not take part any more.
    #[schema(value_type = Option<String>)]
    pub removed: Option<Arc<str>>,
}

/// An act of a case: of its newest version that was issued, or of one whose letters are being made.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CaseAct {
    /// Counted from 1 within the case.
    pub number: u32,
    /// The kind, by the process.
    #[schema(value_type = String)]
    pub kind: Arc<str>,
    /// What people read for the kind.
    pub title: Text,
    /// Its law.
    #[schema(value_type = String)]
    pub law: Arc<str>,
    /// Whether the municipality acts on behalf of the state (übertragener Wirkungskreis).
    pub transferred: bool,
    /// The day on which it was issued; none: its letters are being made.
    #[schema(value_type = Option<String>, format = Date)]
    pub issued_on: Option<Date>,
    /// What was decided.
    #[schema(value_type = Option<String>)]
    pub decision: Option<Arc<str>>,
    /// Its additional provisions.
    pub conditions: Vec<ActCondition>,
    /// The fee, in cents.
    pub fee: Option<i64>,
    /// Why the fee is as it is, when it was reckoned by law.
    pub costs: Option<ActCosts>,
    /// The instruction on remedies that its letters carry, when the law said it.
    pub instruction: Option<ActInstruction>,
    /// Whom it is for.
    pub addressees: Vec<ActAddressee>,
    /// What was corrected, the oldest first.
    pub corrections: Vec<ActCorrection>,
    /// The row of legal data by which it counts as granted, because nothing was decided in time; its letters are certificates.
    pub deemed: Option<LawRow>,
}

/// Why the fee of an act is as it is, and how it is paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ActCosts {
    /// Where it is written.
    #[schema(value_type = String)]
    pub basis: Arc<str>,
    /// The calculation in words, a line a step.
    #[schema(value_type = String)]
    pub calculation: Arc<str>,
    /// Until when it is to be paid.
    #[schema(value_type = Option<String>, format = Date)]
    pub due: Option<Date>,
    /// The rows of legal data that it rests on.
    pub law: Vec<LawRow>,
}

/// The instruction on remedies of an act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ActInstruction {
    /// Its words.
    #[schema(value_type = String)]
    pub text: Arc<str>,
    /// The rows of legal data that it rests on.
    pub law: Vec<LawRow>,
}

/// An additional provision of an act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ActCondition {
    /// What it says.
    #[schema(value_type = String)]
    pub text: Arc<str>,
    /// What it is, if that was said.
    pub kind: Option<Text>,
    /// Until when.
    #[schema(value_type = Option<String>, format = Date)]
    pub due: Option<Date>,
}

/// One of those whom an act is for.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ActAddressee {
    /// The number of the party.
    pub party: u32,
    /// Its name.
    #[schema(value_type = String)]
    pub name: Arc<str>,
    /// The name of whoever receives it instead: the representative.
    #[schema(value_type = Option<String>)]
    pub receiver: Option<Arc<str>>,
    /// The number of the document of its newest letter.
    pub document: Option<u32>,
    /// The numbers of its letters of which one may have come back, or cannot arrive, the newest one last.
    pub letters: Vec<u32>,
    /// The day on which that left the house.
    #[schema(value_type = Option<String>, format = Date)]
    pub dispatched_on: Option<Date>,
    /// How.
    #[schema(value_type = Option<String>)]
    pub way: Option<Way>,
    /// The day of notification that counts.
    #[schema(value_type = Option<String>, format = Date)]
    pub notified_on: Option<Date>,
    /// The last day of the period for a remedy.
    #[schema(value_type = Option<String>, format = Date)]
    pub remedy_ends: Option<Date>,
    /// Why that day.
    pub derivation: Vec<Sentence>,
    /// The first day on which it was final.
    #[schema(value_type = Option<String>, format = Date)]
    pub final_since: Option<Date>,
    /// The remedies that were sought.
    pub remedies: Vec<ActRemedy>,
}

/// What a remedy is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActRemedyKind {
    /// Objection (Widerspruch, Einspruch).
    Objection,
    /// Action before a court (Klage).
    Action,
}

/// A remedy against an act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ActRemedy {
    /// What it is.
    pub kind: ActRemedyKind,
    /// The true day of receipt.
    #[schema(value_type = String, format = Date)]
    pub received_on: Date,
    /// Whether it came after the end of the period.
    pub late: bool,
    /// The day on which it was given restoration (Wiedereinsetzung): it came late and counts as in time.
    #[schema(value_type = Option<String>, format = Date)]
    pub reinstated_on: Option<Date>,
    /// Who noted it.
    pub by: Option<PersonName>,
}

/// The correction of an obvious error.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ActCorrection {
    /// What was wrong.
    #[schema(value_type = String)]
    pub wrong: Arc<str>,
    /// What is right.
    #[schema(value_type = String)]
    pub right: Arc<str>,
    /// Why it is an obvious error.
    #[schema(value_type = String)]
    pub reason: Arc<str>,
    /// Whether the period for a remedy began anew.
    pub begins_anew: bool,
    /// Who corrected.
    pub by: PersonName,
    /// When.
    #[schema(value_type = String, format = Date)]
    pub on: Date,
}

impl From<ActRemedyKind> for RemedyKind {
    fn from(kind: ActRemedyKind) -> RemedyKind {
        match kind {
            ActRemedyKind::Objection => RemedyKind::Objection,
            ActRemedyKind::Action => RemedyKind::Action,
        }
    }
}

/// What people read for a kind of party.
fn kind_title(kind: &PartyKind) -> Text {
    kind.title.as_ref().map_or_else(|| Text::new(kind.name.clone(), kind.name.clone()), Text::from)
}

/// The kinds of parties of a process.
pub fn party_kinds(release: &Release) -> Vec<PartyKindName> {
    let shown = release.parties.iter().map(|kind| PartyKindName {
        id: kind.name.to_string(),
        title: kind_title(kind),
        min: kind.count.min,
        max: kind.count.max,
    });
    shown.collect()
}

/// The parties of a case, those that do not take part any more among them.
pub fn parties(case: &Case, release: &Release) -> Vec<CaseParty> {
    let shown = case.parties.values().map(|party| {
        let Party { number, content, since, removed } = &**party;
        let kind = release.party_kind(&content.kind);
        CaseParty {
            number: *number,
            kind: content.kind.clone(),
            kind_title: kind
                .map_or_else(|| Text::new(content.kind.clone(), content.kind.clone()), kind_title),
            name: content.name.clone(),
            address: content.address.clone(),
            email: content.email.clone(),
            represents: content.represents.iter().copied().collect(),
            since: day_of(*since),
            until: removed.as_ref().map(|removal| day_of(removal.at)),
            removed: removed.as_ref().map(|removal| removal.reason.clone()),
        }
    });
    shown.collect()
}

/// The acts of a case.
pub fn acts(authority: &Authority, case: &Case) -> Vec<CaseAct> {
    case.acts_now().filter_map(|act| shown(authority, case, act)).collect()
}

fn shown(authority: &Authority, case: &Case, act: &Act) -> Option<CaseAct> {
    let draft = case.draft_of(act).map(|draft| &draft.content);
    let content = act.issued.as_ref().map(|issued| &issued.content).or(draft)?;
    let conditions = content.conditions.iter().map(|condition| ActCondition {
        text: condition.text.clone(),
        kind: condition.kind.map(|kind| (&kind.text()).into()),
        due: condition.due,
    });
    let corrections = act.corrections.iter().map(|correction| ActCorrection {
        wrong: correction.wrong.clone(),
        right: correction.right.clone(),
        reason: correction.reason.clone(),
        begins_anew: correction.begins_anew,
        by: PersonName::of(authority, &correction.by),
        on: correction.on,
    });
    let addressees =
        act.addressees.iter().map(|(party, addressed)| addressee(authority, case, act, *party, addressed));
    Some(CaseAct {
        number: act.number,
        kind: act.kind.clone(),
        title: (&content.title).into(),
        law: content.law.clone(),
        transferred: content.sphere == Sphere::Transferred,
        issued_on: act.issued.as_ref().map(|issued| issued.on),
        decision: content.decision.clone(),
        conditions: conditions.collect(),
        fee: content.fee,
        costs: content.costs.as_ref().map(|costs| ActCosts {
            basis: costs.basis.clone(),
            calculation: costs.calculation.clone(),
            due: costs.due,
            law: costs.law.iter().map(LawRow::from).collect(),
        }),
        instruction: content.remedy.as_ref().map(|remedy| ActInstruction {
            text: remedy.text.clone(),
            law: remedy.law.iter().map(LawRow::from).collect(),
        }),
        addressees: addressees.collect(),
        corrections: corrections.collect(),
        deemed: act.deemed.as_ref().map(LawRow::from),
    })
}

fn addressee(
    authority: &Authority,
    case: &Case,
    act: &Act,
    party: u32,
    addressed: &Addressed,
) -> ActAddressee {
    let name = |number: u32| case.parties.get(&number).map(|party| party.content.name.clone());
    let document = addressed.letters.last().and_then(|letter| case.documents.get(&letter.document));
    let dispatch = document.and_then(|document| document.dispatch.as_ref());
    let run = case.remedy_run(act, party);
    let newest = document.map(|document| document.number);
    let returnable = |number: &u32| {
        let dispatch = case.documents.get(number).and_then(|document| document.dispatch.as_ref());
        match dispatch {
            Some(dispatch) if dispatch.proven_receipt.is_some() => false,
            Some(dispatch) => !dispatch.not_arrived || newest == Some(*number),
            None => newest == Some(*number),
        }
    };
    let letters = addressed.letters.iter().map(|letter| letter.document);
    let remedies = addressed.remedies.iter().map(|remedy| ActRemedy {
        kind: match remedy.kind {
            RemedyKind::Objection => ActRemedyKind::Objection,
            RemedyKind::Action => ActRemedyKind::Action,
        },
        received_on: remedy.received_on,
        late: remedy.late,
        reinstated_on: remedy.reinstated_on,
        by: remedy.by.as_ref().map(|by| PersonName::of(authority, by)),
    });
    ActAddressee {
        party,
        name: name(party).unwrap_or_default(),
        receiver: name(addressed.receiver).filter(|_| addressed.receiver != party),
        document: newest,
        letters: letters.filter(returnable).collect(),
        dispatched_on: dispatch.map(|dispatch| dispatch.on),
        way: dispatch.map(|dispatch| dispatch.way),
        notified_on: addressed.notified_on,
        remedy_ends: run.map(|run| run.end),
        derivation: run.map(|run| sentences(&run.derivation)).unwrap_or_default(),
        final_since: addressed.final_since,
        remedies: remedies.collect(),
    }
}
