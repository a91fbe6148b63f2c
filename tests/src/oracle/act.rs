//! Acts: issued with a letter for each addressee, notified one by one, final or objected to.

use std::collections::BTreeMap;

use fachwerk_core::{
    act::RemedyKind,
    facts::Actor,
    words::{Date, Period},
};
use fachwerk_deadlines::{Deadline as Run, NotificationLaw};
use serde_json::{Map, Value, json};

use super::{
    Failed, Oracle, Refused,
    commands::{Said, need, takes_part},
    letter::Asked,
    names::Place,
    state::Path,
    text::key,
};

#[derive(Clone)]
pub struct Act {
    pub kind: String,
    pub step: Path,
    pub draft: Option<Draft>,
    /// The day on which it was issued first, and what it says since the last time.
    pub issued: Option<(Date, Content)>,
    pub addressees: BTreeMap<u32, Addressed>,
    /// What was corrected, the oldest first.
    pub corrections: Vec<Correction>,
}

/// Letters of an act that are being made.
#[derive(Clone)]
pub struct Draft {
    pub node: usize,
    pub content: Content,
    pub version: usize,
    /// Those that are made, by party.
    pub letters: BTreeMap<u32, Letter>,
    /// What was asked for the one that is being made.
    pub asked: Asked,
    pub correction: Option<Correction>,
    /// Who alone gets one.
    pub again: Option<u32>,
}

#[derive(Clone)]
pub struct Correction {
    pub wrong: String,
    pub right: String,
    pub reason: String,
    pub begins_anew: bool,
}

/// What an act says.
#[derive(Clone)]
pub struct Content {
    pub decision: Value,
    pub conditions: Vec<Value>,
    pub fee: Value,
    pub period: Period,
    /// Whom it is for, and who receives it for them.
    pub to: Vec<(u32, u32)>,
}

#[derive(Clone, Default)]
pub struct Addressed {
    receiver: u32,
    pub letters: Vec<Letter>,
    pub notified_on: Option<Date>,
    /// The letter by which it is notified.
    pub notified_by: Option<usize>,
    /// The period for a remedy, when it runs no more.
    pub remedy: Option<Run>,
    pub final_since: Option<Date>,
    pub in_time: bool,
    /// When those in time were received.
    pub received: Vec<Date>,
    late: bool,
}

/// A letter of an act.
#[derive(Clone)]
pub struct Letter {
    pub document: usize,
    pub version: usize,
    pub asked: Asked,
}

/// The name of a period for a remedy.
pub fn period_of(act: usize, party: u32) -> String {
    format!("acts/{}/{party}", act + 1)
}

/// Which act and party a deadline of the case belongs to.
fn act_of(name: &str) -> Option<(usize, u32)> {
    let (act, party) = name.strip_prefix("acts/")?.split_once('/')?;
    Some((act.parse::<usize>().ok()? - 1, party.parse().ok()?))
}

/// A condition, as rules see it.
fn condition(said: &Value) -> Option<Value> {
    if said.is_string() {
        return Some(json!({ "text": said, "kind": null, "due": null }));
    }
    let text = said.get("text")?.as_str()?;
    let (kind, due) = (said["kind"].clone(), said["due"].clone());
    let kinds = ["condition", "charge", "time-limit", "revocation", "reservation"];
    let known = kind.is_null() || kinds.contains(&kind.as_str()?);
    let day = due.is_null() || due.as_str()?.parse::<Date>().is_ok();
    (known && day).then(|| json!({ "text": text, "kind": kind, "due": due }))
}

impl Draft {
    pub fn of(node: usize, version: usize, content: Content) -> Draft {
        let (letters, asked, correction, again) = Default::default();
        Draft { node, version, content, letters, asked, correction, again }
    }

    fn next(&self) -> Option<(u32, u32)> {
        let due =
            |party: &u32| self.again.is_none_or(|again| again == *party) && !self.letters.contains_key(party);
        self.content.to.iter().find(|(party, _)| due(party)).copied()
    }
}

impl Oracle {
    /// Issues an act, or goes on with its letters.
    pub fn issue(&mut self, id: usize, place: &Place<'_>, written: &Value) -> Result<(), Failed> {
        if self.act_made_by(id).is_none() {
            let kind = written["issue"].as_str().unwrap_or_default().to_owned();
            if let Some(first) = self.texts.process["acts"][&kind]["after"].as_str() {
                let issued = |act: &Act| act.kind == first && act.issued.is_some();
                if !self.state.acts.iter().any(issued) {
                    return Err("act_before_its_turn".to_owned());
                }
            }
            let to = self.addressed(place, &kind, &written["with"])?;
            let content = self.content(place, &written["with"], to)?;
            let draft = Some(Draft::of(id, 1, content));
            let step = self.state.nodes[&id].path.clone();
            let (issued, addressees, corrections) = Default::default();
            self.state.acts.push(Act { kind, step, draft, issued, addressees, corrections });
        }
        self.next_letter(id, place, &written["with"])
    }

    /// The act whose letters a node makes.
    pub fn act_made_by(&self, id: usize) -> Option<usize> {
        self.state.acts.iter().rposition(|act| act.draft.as_ref().is_some_and(|draft| draft.node == id))
    }

    /// What is being made of an act; when its node is gone, it never comes to be.
    pub fn draft<'a>(&self, act: &'a Act) -> Option<&'a Draft> {
        act.draft.as_ref().filter(|draft| self.state.nodes.contains_key(&draft.node))
    }

    fn addressed(&self, place: &Place<'_>, kind: &str, with: &Value) -> Result<Vec<u32>, Failed> {
        let mut found: Vec<u32> = if let Some(to) = with.get("to") {
            let entries = match self.value(place, to)? {
                Value::Null => Vec::new(),
                Value::Array(entries) => entries,
                one => vec![one],
            };
            let number = |entry: &Value| {
                let number = entry.as_u64().or_else(|| entry.get("number")?.as_u64());
                let number = number.and_then(|number| u32::try_from(number).ok());
                number.filter(|number| self.parties_now().any(|(other, _)| other == *number))
            };
            let numbers: Option<Vec<u32>> = entries.iter().map(number).collect();
            numbers.ok_or("act_invalid")?
        } else {
            let to = super::text::named(&self.texts.process["acts"][kind]["to"]);
            let kinds: Vec<&str> = to.iter().map(|to| to.trim_start_matches("each ").trim()).collect();
            self.parties_now()
                .filter(|(_, party)| kinds.contains(&&*party.content.kind))
                .map(|(number, _)| number)
                .collect()
        };
        found.sort_unstable();
        found.dedup();
        if found.is_empty() { Err("act_without_addressee".to_owned()) } else { Ok(found) }
    }

    pub fn content(&self, place: &Place<'_>, with: &Value, to: Vec<u32>) -> Result<Content, Failed> {
        let said = |name: &str| with.get(name).map_or(Ok(Value::Null), |written| self.value(place, written));
        let conditions = match said("conditions")? {
            Value::Null => Some(Vec::new()),
            Value::Array(entries) => entries.iter().map(condition).collect(),
            _ => None,
        };
        let conditions = conditions.ok_or("act_invalid")?;
        let fee = said("fee")?;
        if !fee.is_null() && fee.as_i64().is_none_or(|cents| cents < 0) {
            return Err("act_invalid".to_owned());
        }
        let decision = said("decision")?;
        if !decision.is_null() && !decision.is_string() {
            return Err("act_invalid".to_owned());
        }
        let period = match with["remedy"].get("period") {
            Some(written) => self.value(place, written)?,
            None => "1 month".into(),
        };
        let period = period.as_str().and_then(|text| Period::parse(text).ok()).ok_or("act_invalid")?;
        let to = to.into_iter().map(|party| (party, self.receiver(party))).collect();
        Ok(Content { decision, conditions, fee, period, to })
    }

    /// Whoever is represented gets the letter at the representative's.
    pub fn receiver(&self, party: u32) -> u32 {
        let mut acting = self.parties_now().filter(|(_, other)| other.content.represents.contains(&party));
        acting.next().map_or(party, |(number, _)| number)
    }

    /// Asks for the next letter; with all of them the act is issued.
    pub fn next_letter(&mut self, id: usize, place: &Place<'_>, with: &Value) -> Result<(), Failed> {
        let number = self.act_made_by(id).expect("it has begun");
        let draft = self.state.acts[number].draft.as_ref().expect("it is being made");
        let Some(to) = draft.next() else {
            self.all_letters_made(id, number);
            return Ok(());
        };
        let asked = self.letter_asked(number, to, place, with)?;
        self.state.acts[number].draft.as_mut().expect("it is being made").asked = asked;
        self.ask_connector(id);
        Ok(())
    }

    fn all_letters_made(&mut self, id: usize, number: usize) {
        let today = self.today();
        let act = &mut self.state.acts[number];
        let Draft { content, letters, correction, .. } = act.draft.take().expect("it is being made");
        act.corrections.extend(correction);
        for (party, receiver) in &content.to {
            if let Some(letter) = letters.get(party) {
                let addressed = act.addressees.entry(*party).or_default();
                addressed.receiver = *receiver;
                addressed.letters.push(letter.clone());
            }
        }
        let on = act.issued.as_ref().map_or(today, |(on, _)| *on);
        act.issued = Some((on, content));
        // Only the newest letters still leave the house.
        self.withdraw_letters(number, |_, _, newest| !newest);
        if self.state.nodes[&id].beside {
            self.state.remove(id);
            self.path_ended(0);
        } else {
            self.leave(id, None);
        }
    }

    /// The connector has brought the documents from `first` on for a letter of an act.
    pub fn act_letter_made(&mut self, id: usize, first: usize) {
        let number = self.act_made_by(id).expect("it is being made");
        let letter = (first..self.state.documents.len()).find(|at| self.state.documents[*at].outgoing);
        let Some(letter) = letter else { return self.stuck(Some(id), "letter_missing", None) };
        let draft = self.state.acts[number].draft.as_mut().expect("it is being made");
        let (party, _) = draft.next().expect("a letter was asked for");
        let (version, asked) = (draft.version, draft.asked.clone());
        draft.letters.insert(party, Letter { document: letter, version, asked });
        let path = self.state.nodes[&id].path.clone();
        let step = &self.texts.steps[&path.step];
        let (frame, with) = (step.frame, step.written["with"].clone());
        if let Err(code) = self.next_letter(id, &self.place(frame, id, &path), &with) {
            self.stuck(Some(id), code, None);
        }
    }

    /// The law by which a document is notified.
    pub fn law_of(&self, document: usize) -> Result<NotificationLaw, Refused> {
        for act in self.state.acts.iter().rev() {
            let mut sent = act.addressees.values().flat_map(|addressed| &addressed.letters);
            if sent.any(|letter| letter.document == document) {
                return Ok(self.law_of_kind(&act.kind));
            }
            let made = act
                .draft
                .as_ref()
                .is_some_and(|draft| draft.letters.values().any(|it| it.document == document));
            need(!made, "its act is not issued")?;
        }
        Ok(NotificationLaw::VwVfG)
    }

    /// A charge of a municipality is notified by the AO.
    pub fn law_of_kind(&self, kind: &str) -> NotificationLaw {
        let law = self.texts.process["acts"][kind]["law"].as_str().unwrap_or_default();
        if law.starts_with("KAG") { NotificationLaw::AO } else { NotificationLaw::VwVfG }
    }

    /// A deadline has passed: if it was the period for a remedy, the act is final for that addressee.
    pub fn act_final(&mut self, name: &str, run: &Run) {
        if let Some((act, party)) = act_of(name) {
            let addressed = self.state.acts[act].addressees.get_mut(&party).expect("it is for them");
            addressed.final_since = Some(run.end.tomorrow().expect("the calendar is long enough"));
            addressed.remedy = Some(run.clone());
        }
    }

    /// The case ends: periods for a remedy run on.
    pub fn keep_periods(&mut self) {
        let Some(root) = self.state.nodes.get(&0).cloned() else { return };
        for (name, deadline) in root.deadlines {
            if let Some((act, party)) = act_of(&name) {
                let addressed = self.state.acts[act].addressees.get_mut(&party).expect("it is for them");
                addressed.remedy = deadline.run;
            }
        }
    }

    fn remedy_run(&self, act: usize, party: u32) -> Option<&Run> {
        let running = self.state.nodes.get(&0).and_then(|root| root.deadlines.get(&period_of(act, party)));
        let running = running.and_then(|deadline| deadline.run.as_ref());
        running.or_else(|| self.state.acts[act].addressees.get(&party)?.remedy.as_ref())
    }

    /// Somebody has lodged a remedy, also when the case has ended; one in time ends the period.
    pub(super) fn record_remedy(
        &mut self,
        actor: &Actor,
        act: u32,
        party: u32,
        _: RemedyKind,
        on: Option<Date>,
    ) -> Said {
        takes_part(actor)?;
        let on = self.received(on)?;
        let number = (act as usize).wrapping_sub(1);
        let act = self.state.acts.get(number).ok_or("there is no such act")?;
        let (issued_on, _) = act.issued.as_ref().ok_or("it is not issued")?;
        need(act.addressees.contains_key(&party), "it is not for them")?;
        need(on >= *issued_on, "there was nothing to object to yet")?;
        let run = self.remedy_run(number, party).cloned();
        let late = run.as_ref().is_some_and(|run| on > run.end);
        if let Some(root) = self.state.nodes.get_mut(&0).filter(|_| !late) {
            root.deadlines.remove(&period_of(number, party));
        }
        let addressed = self.state.acts[number].addressees.get_mut(&party).expect("it was found");
        if late {
            addressed.late = true;
        } else {
            (addressed.in_time, addressed.final_since, addressed.remedy) = (true, None, run);
            addressed.received.push(on);
        }
        if !self.state.nodes.contains_key(&0) {
            self.stuck(None, "remedy_after_end", None);
        }
        Ok(())
    }

    /// What rules see of the acts.
    pub fn acts_seen(&self) -> Value {
        let now = || {
            let acts = self.state.acts.iter().enumerate();
            acts.filter(|(_, act)| act.issued.is_some() || self.draft(act).is_some())
        };
        let mut seen = Map::new();
        for kind in self.texts.process["acts"].as_object().into_iter().flatten().map(|(kind, _)| kind) {
            let latest = now().filter(|(_, act)| act.kind == *kind).last();
            seen.insert(key(kind), latest.map_or(Value::Null, |(number, act)| self.act_seen(number, act)));
        }
        seen.insert("all".into(), now().map(|(number, act)| self.act_seen(number, act)).collect());
        Value::Object(seen)
    }

    fn act_seen(&self, number: usize, act: &Act) -> Value {
        let draft = self.draft(act);
        let issued = act.issued.as_ref().map(|(_, content)| content);
        let content = draft.map(|draft| &draft.content).or(issued).expect("it says something");
        let Content { decision, conditions, fee, .. } = content;
        let addressees = act.addressees.iter().map(|(party, it)| {
            json!({
                "number": party,
                "name": self.state.parties[party].content.name,
                "receiver": it.receiver,
                "notified_on": it.notified_on,
                "remedy_ends": self.remedy_run(number, *party).map(|run| run.end),
                "final": it.final_since.is_some(),
                "final_since": it.final_since,
                "objected": it.in_time,
                "objected_late": it.late,
            })
        });
        let addressees: Vec<Value> = addressees.collect();
        let all =
            |holds: fn(&Addressed) -> bool| !act.addressees.is_empty() && act.addressees.values().all(holds);
        let writing_to = draft.and_then(Draft::next).map(|(party, _)| self.state.parties[&party].seen(party));
        let correction = draft.and_then(|draft| draft.correction.as_ref()).or(act.corrections.last());
        json!({
            "number": number + 1,
            "kind": act.kind,
            "issued": act.issued.is_some(),
            "issued_on": act.issued.as_ref().map(|(on, _)| *on),
            "decision": decision,
            "conditions": conditions,
            "fee": fee,
            "addressees": addressees,
            "notified": all(|it| it.notified_on.is_some()),
            "final": all(|it| it.final_since.is_some()),
            "objected": act.addressees.values().any(|it| it.in_time),
            "correction": correction
                .map(|it| json!({ "wrong": it.wrong, "right": it.right, "reason": it.reason })),
            "writing_to": writing_to,
            "deemed": false,
            "decides": null,
            "in_time": false,
        })
    }
}
