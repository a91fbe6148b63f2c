//! Acts: issued by a step with one letter for each addressee, and corrected.
//!
//! The letters are made one after the other as rounds of one effect, so an incident, a retry and a cancelled step mean
//! for them what they mean for every effect.

use std::sync::Arc;

use fachwerk_deadlines::Period;
use serde_json::json;

use super::{
    Rejection,
    correct::check_reason,
    turn::{Deciding, trouble},
};
use crate::{
    act::{Act, ActContent, Condition, ConditionKind, Correction, Issued},
    command::CorrectAct,
    definition::{Dynamic, IssueKind, Kind, Sphere, Step},
    event::{ActBegan, ActIssued, ActLetterMade, Event, LetterNotArrived, Trouble},
    planted::{Fault, planted},
    words::{InstanceId, Object, StepPath, Text, Value, day_text},
};

/// The connector that makes letters.
const LETTER: &str = "letter";

/// What stands behind the title of a letter that goes out anew.
const ANEW: &str = " – erneut";

impl<'a> Deciding<'a> {
    /// Issues an act, or goes on with its letters.
    pub fn issue(&mut self, instance: InstanceId, step: &Step, issue: &IssueKind) {
        if self.case.act_made_by(instance).is_none()
            && let Err(trouble) = self.begin_act(instance, step, issue, None)
        {
            return self.stuck(Some(instance), *trouble);
        }
        self.next_letter(instance, issue);
    }

    /// Notes what an act, or its corrected version, says.
    fn begin_act(
        &mut self,
        instance: InstanceId,
        step: &Step,
        issue: &IssueKind,
        corrects: Option<(u32, Correction)>,
    ) -> Result<(), Box<Trouble>> {
        let path = self.step_of(instance).unwrap_or_else(|| step.path.clone());
        let (act, correction) = match corrects {
            Some((act, correction)) => (act, Some(correction)),
            None => (self.case.acts.get_max().map_or(0, |(number, _)| *number) + 1, None),
        };
        let before = self.case.acts.get(&act).and_then(|act| act.issued.as_ref());
        let version = before.map_or(1, |issued| issued.version + 1);
        let parties = match before {
            Some(issued) => {
                let most = if planted(Fault::CorrectedForOne) { 1 } else { usize::MAX };
                issued.content.addressees.iter().map(|(party, _)| *party).take(most).collect()
            }
            None => {
                self.check_turn(issue, &path)?;
                self.parties_addressed(instance, issue, &path)?
            }
        };
        let content = self.act_content(instance, issue, &path, parties)?;
        self.record(Event::ActBegan(Box::new(ActBegan {
            act,
            kind: issue.act.clone(),
            step: path,
            instance,
            version,
            content,
            correction,
            again: None,
        })));
        Ok(())
    }

    /// An act that follows another one may only be issued after it.
    fn check_turn(&self, issue: &IssueKind, path: &StepPath) -> Result<(), Box<Trouble>> {
        let Some(first) = self.release.acts.get(&issue.act).and_then(|kind| kind.after.as_ref()) else {
            return Ok(());
        };
        let issued = self.case.acts.values().any(|act| act.kind == *first && act.issued.is_some());
        if issued || planted(Fault::ActBeforeItsTurn) {
            return Ok(());
        }
        let (this, first) = (self.act_title(&issue.act), self.act_title(first));
        Err(trouble(
            "act_before_its_turn",
            Some(path),
            Text::new(
                format!(
                    "„{}“ darf erst nach „{}“ erlassen werden; das ist noch nicht geschehen.",
                    this.de, first.de
                ),
                format!("`{}` may only be issued after `{}`, which has not happened yet.", this.en, first.en),
            ),
            Text::new(
                format!("Zuerst „{}“ erlassen, dann wiederholen.", first.de),
                format!("Issue `{}` first, then retry.", first.en),
            ),
            Value::Null,
        ))
    }

    fn act_title(&self, kind: &Arc<str>) -> Text {
        let title = self.release.acts.get(kind).and_then(|kind| kind.title.clone());
        title.unwrap_or_else(|| Text::new(kind.clone(), kind.clone()))
    }

    /// The numbers of the parties whom an act is for.
    fn parties_addressed(
        &self,
        instance: InstanceId,
        issue: &IssueKind,
        path: &StepPath,
    ) -> Result<Vec<u32>, Box<Trouble>> {
        let mut found: Vec<u32> = match &issue.to {
            Some(to) => {
                let said = self.value(instance, to)?;
                let entries = match &said {
                    Value::Array(list) => list.as_slice(),
                    Value::Null => &[],
                    one => std::slice::from_ref(one),
                };
                let number = |entry: &Value| entry.as_u64().or_else(|| entry.get("number")?.as_u64());
                let numbers = entries.iter().map(|entry| u32::try_from(number(entry)?).ok());
                let takes_part = |number: &u32| self.case.parties_now().any(|party| party.number == *number);
                let numbers = numbers.map(|number| number.filter(takes_part)).collect::<Option<Vec<u32>>>();
                numbers.ok_or_else(|| {
                    let why = Text::new(
                        "„to“ nennt jemanden, der nicht beteiligt ist",
                        "`to` names somebody who is no party",
                    );
                    act_invalid(path, &why, &said)
                })?
            }
            None => {
                let kinds = self.release.acts.get(&issue.act).map(|kind| &kind.to[..]).unwrap_or_default();
                let of_kind = self.case.parties_now().filter(|party| kinds.contains(&party.content.kind));
                of_kind.map(|party| party.number).collect()
            }
        };
        found.sort_unstable();
        found.dedup();
        if found.is_empty() {
            return Err(trouble(
                "act_without_addressee",
                Some(path),
                Text::new(
                    format!("„{}“ hat keinen Adressaten.", self.act_title(&issue.act).de),
                    format!("`{}` has no addressee.", self.act_title(&issue.act).en),
                ),
                Text::new(
                    "Unter „Beteiligte“ aufnehmen, an wen der Bescheid geht, dann wiederholen.",
                    "Add under parties whom the act is for, then retry.",
                ),
                Value::Null,
            ));
        }
        Ok(found)
    }

    fn act_content(
        &self,
        instance: InstanceId,
        issue: &IssueKind,
        path: &StepPath,
        parties: Vec<u32>,
    ) -> Result<ActContent, Box<Trouble>> {
        let said =
            |what: &Option<Dynamic>| what.as_ref().map_or(Ok(Value::Null), |what| self.value(instance, what));
        let unfit = |de: &str, en: &str, said: &Value| act_invalid(path, &Text::new(de, en), said);
        let conditions = said(&issue.conditions)?;
        let conditions = conditions_of(&conditions).map_err(|why| act_invalid(path, &why, &conditions))?;
        let fee = match said(&issue.fee)? {
            Value::Null => None,
            value => match value.as_i64().filter(|cents| *cents >= 0) {
                Some(cents) => Some(cents),
                None => {
                    return Err(unfit(
                        "die Gebühr ist kein Betrag in Cent",
                        "the fee is not an amount in cents",
                        &value,
                    ));
                }
            },
        };
        let decision = match said(&issue.decision)? {
            Value::Null => None,
            Value::String(text) => Some(text.into()),
            value => {
                return Err(unfit("die Entscheidung ist kein Text", "the decision is not a text", &value));
            }
        };
        let period = self.value(instance, &issue.period)?;
        let period: Arc<str> = match period.as_str().filter(|text| Period::parse(text).is_ok()) {
            Some(text) => text.into(),
            None => {
                return Err(unfit(
                    "die Rechtsbehelfsfrist ist kein Zeitraum",
                    "the period for a remedy is not a period",
                    &period,
                ));
            }
        };
        let kind = self.release.acts.get(&issue.act);
        let addressees = parties.into_iter().map(|party| (party, self.case.receives_for(party)));
        Ok(ActContent {
            title: self.act_title(&issue.act),
            law: kind.map(|kind| kind.law.clone()).unwrap_or_default(),
            notification: kind.map_or(self.release.law, |kind| kind.notification),
            sphere: kind.map_or(Sphere::Own, |kind| kind.sphere),
            decision,
            conditions,
            fee,
            period,
            addressees: addressees.collect(),
        })
    }

    /// Asks for the next letter; with all of them the act is issued.
    fn next_letter(&mut self, instance: InstanceId, issue: &IssueKind) {
        let Some((act, draft)) = self.case.act_made_by(instance) else { return };
        let last = if planted(Fault::LetterHasOldRound) { draft.letters.len() as u32 } else { draft.rounds };
        let (act, round) = (act.number, last.saturating_add(1));
        let beside = draft.is_beside_the_flow();
        let Some((party, receiver)) = draft.next() else {
            self.record(Event::ActIssued(ActIssued { act, on: self.facts.today }));
            if beside {
                // How the last path of the case ended stays as it was.
                let outcome = self.case.instance(InstanceId::ROOT).and_then(|root| root.outcome.clone());
                self.record(Event::StepLeft { instance, outcome });
                self.path_ended(InstanceId::ROOT);
            } else {
                self.leave(instance, None);
            }
            return;
        };
        match self.letter_request(instance, issue, party, receiver) {
            Ok(request) => {
                self.record(Event::EffectRequested { instance, round, connector: LETTER.into(), request });
            }
            Err(trouble) => self.stuck(Some(instance), *trouble),
        }
    }

    fn letter_request(
        &self,
        instance: InstanceId,
        issue: &IssueKind,
        party: u32,
        receiver: u32,
    ) -> Result<Value, Box<Trouble>> {
        let content = |number| self.case.parties.get(&number).map(|party| &party.content);
        let addressee = content(receiver).map(|to| to.lines()).unwrap_or_default();
        let made_by = self.case.act_made_by(instance);
        if let Some((act, _)) = made_by.filter(|(_, draft)| draft.again.is_some()) {
            return Ok(asked_anew(act, party, &addressee));
        }
        let mut request = match self.value(instance, &issue.letter)? {
            Value::Object(request) => request,
            _ => Object::new(),
        };
        request.insert("addressee".into(), addressee.into());
        let draft = made_by.map(|(_, draft)| draft);
        let several = draft.is_some_and(|draft| draft.content.addressees.len() > 1);
        if let Some(title) = request.get("title").and_then(Value::as_str) {
            let name = content(party).map(|party| &*party.name).unwrap_or_default();
            let whose = if several || party != receiver { format!(" ({name})") } else { String::new() };
            let again = if draft.is_some_and(|draft| draft.version > 1) { " – berichtigt" } else { "" };
            let title = format!("{title}{whose}{again}");
            request.insert("title".into(), title.into());
        }
        request.entry("reference").or_insert_with(|| json!(self.case.number));
        request.entry("date").or_insert_with(|| day_text(self.facts.today).de.to_string().into());
        Ok(Value::Object(request))
    }

    /// A letter of an act exists.
    pub fn letter_made(&mut self, instance: InstanceId, issue: &IssueKind, document: Option<u32>) {
        let Some((act, draft)) = self.case.act_made_by(instance) else { return };
        let (act, party) = (act.number, draft.next().map(|(party, _)| party));
        match (party, document) {
            (Some(party), Some(document)) => {
                self.record(Event::ActLetterMade(ActLetterMade { act, party, document }));
                self.next_letter(instance, issue);
            }
            _ => {
                let incident = trouble(
                    "letter_missing",
                    self.step_of(instance).as_ref(),
                    Text::new(
                        "Die Anbindung hat kein ausgehendes Schreiben geliefert; der Bescheid ist nicht vollständig.",
                        "The connector has brought no outgoing letter; the act is not complete.",
                    ),
                    Text::new("Die Anbindung prüfen, dann wiederholen.", "Check the connector, then retry."),
                    Value::Null,
                );
                self.stuck(Some(instance), *incident);
            }
        }
    }

    /// Corrects an obvious error in an act: all addressees get it anew.
    pub fn correct_act(&mut self, what: &CorrectAct) -> Result<(), Rejection> {
        let by = self.may_correct(&what.reason)?;
        self.need_room()?;
        let fits = |text: &str| !text.trim().is_empty() && text.chars().count() <= super::raise::MAX_REASON;
        if !fits(&what.wrong) || !fits(&what.right) {
            return Err(Rejection::ReasonInvalid);
        }
        let act = self.case.acts.get(&what.act).cloned().ok_or(Rejection::ActUnknown)?;
        let not_now = |de: &str, en: &str| Rejection::ActNotCorrected { why: Text::new(de, en) };
        if act.issued.is_none() {
            return Err(Rejection::ActUnknown);
        }
        if self.case.draft_of(&act).is_some() {
            return Err(not_now(
                "Der Bescheid wird gerade schon berichtigt; bitte warten, bis alle Schreiben ausgefertigt sind.",
                "The act is being corrected already; please wait until all letters are made.",
            ));
        }
        let (step, issue) = self.issued_by(&act)?;
        let correction = Correction {
            wrong: what.wrong.clone(),
            right: what.right.clone(),
            reason: what.reason.clone(),
            begins_anew: what.begins_anew,
            by,
            on: self.facts.today,
        };
        let instance = self.enter_beside_the_flow(&act);
        self.begin_act(instance, step, issue, Some((act.number, correction)))
            .map_err(|trouble| Rejection::ActNotCorrected { why: trouble.message })?;
        self.next_letter(instance, issue);
        Ok(())
    }

    /// A letter that was dispatched did not arrive (§ 41 (2) sentence 3 VwVfG): nobody was notified by it, and the same
    /// goes out anew, to where the addressee lives by now.
    pub fn send_anew(&mut self, number: u32, party: u32, reason: &Arc<str>) -> Result<(), Rejection> {
        let by = self.who_takes_part()?;
        check_reason(reason)?;
        let act = self.case.acts.get(&number).cloned().ok_or(Rejection::ActUnknown)?;
        let Issued { version, mut content, .. } = act.issued.clone().ok_or(Rejection::ActUnknown)?;
        let addressed = act.addressees.get(&party).ok_or(Rejection::PartyUnknown)?;
        let not_now = |de: &str, en: &str| Rejection::LetterNotSentAnew { why: Text::new(de, en) };
        if self.case.draft_of(&act).is_some() {
            return Err(not_now(
                "Zu diesem Bescheid wird gerade schon ein Schreiben ausgefertigt; bitte warten, bis es vorliegt.",
                "A letter of this act is being made already; please wait until it is there.",
            ));
        }
        let last = addressed.letters.last().and_then(|letter| self.case.documents.get(&letter.document));
        let dispatch = last.and_then(|document| document.dispatch.as_ref());
        if dispatch.is_some_and(|dispatch| dispatch.proven_receipt.is_some()) {
            return Err(not_now(
                "Der Zugang des letzten Schreibens an diesen Adressaten ist nachgewiesen.",
                "The receipt of the last letter to this addressee is proven.",
            ));
        }
        let document = last.filter(|_| dispatch.is_some()).map(|document| document.number).ok_or_else(|| {
            not_now(
                "Das letzte Schreiben an diesen Adressaten ist noch nicht versandt; es kann nicht zurückgekommen sein.",
                "The last letter to this addressee has not been dispatched yet; it cannot have come back.",
            )
        })?;
        let (_, issue) = self.issued_by(&act)?;
        let reason = reason.clone();
        self.record(Event::LetterNotArrived(LetterNotArrived { act: number, party, document, by, reason }));
        self.stop_deadlines(document);
        let receiver = self.case.receives_for(party);
        content.addressees.iter_mut().filter(|(to, _)| *to == party).for_each(|(_, it)| *it = receiver);
        let instance = self.enter_beside_the_flow(&act);
        self.record(Event::ActBegan(Box::new(ActBegan {
            act: number,
            kind: act.kind.clone(),
            step: act.step.clone(),
            instance,
            version,
            content,
            correction: None,
            again: Some(party).filter(|_| !planted(Fault::AnewToAll)),
        })));
        self.next_letter(instance, issue);
        Ok(())
    }

    /// The step that issued an act.
    fn issued_by(&self, act: &Act) -> Result<(&'a Step, &'a IssueKind), Rejection> {
        let step = self.release.find(&act.step).ok_or(Rejection::StepNotActive)?;
        match &step.kind {
            Kind::Issue(issue) => Ok((step, issue)),
            _ => Err(Rejection::StepNotActive),
        }
    }

    /// The step that issued an act may be long past, and its scope with it: more letters are made on the case as a whole.
    fn enter_beside_the_flow(&mut self, act: &Act) -> InstanceId {
        let instance = InstanceId(self.case.next_instance);
        let step = act.step.clone();
        self.record(Event::StepEntered { instance, parent: InstanceId::ROOT, step, after: None });
        instance
    }
}

/// The last letter to an addressee once more, word for word but for where it goes.
fn asked_anew(act: &Act, party: u32, addressee: &str) -> Value {
    let last = act.addressees.get(&party).and_then(|addressed| addressed.letters.last());
    let mut request = last.and_then(|letter| letter.asked.as_object().cloned()).unwrap_or_default();
    request.insert("addressee".into(), addressee.into());
    if let Some(title) = request.get("title").and_then(Value::as_str) {
        let anew = if title.ends_with(ANEW) { title.to_owned() } else { format!("{title}{ANEW}") };
        request.insert("title".into(), anew.into());
    }
    Value::Object(request)
}

fn act_invalid(path: &StepPath, why: &Text, said: &Value) -> Box<Trouble> {
    trouble(
        "act_invalid",
        Some(path),
        Text::new(
            format!("Der Bescheid kann nicht erlassen werden: {}.", why.de),
            format!("The act cannot be issued: {}.", why.en),
        ),
        Text::new(
            "Die Angaben im Vorgang prüfen, dann wiederholen. Liegt es an der Regel, braucht es eine berichtigte Version des Verfahrens.",
            "Check the data of the case, then retry. If it is the rule, a mended version of the process is needed.",
        ),
        json!({ "said": said }),
    )
}

/// Texts, or objects with text, kind and day.
fn conditions_of(said: &Value) -> Result<Vec<Condition>, Text> {
    let entries = match said {
        Value::Null => &[],
        Value::Array(list) => list.as_slice(),
        _ => {
            return Err(Text::new("die Nebenbestimmungen sind keine Liste", "the conditions are not a list"));
        }
    };
    let read = |entry: &Value| -> Option<Condition> {
        if let Value::String(text) = entry {
            return Some(Condition { text: text.as_str().into(), kind: None, due: None });
        }
        let text = entry.get("text")?.as_str()?.into();
        let kind = match entry.get("kind") {
            None | Some(Value::Null) => None,
            Some(code) => {
                let code = code.as_str()?;
                Some(ConditionKind::ALL.into_iter().find(|(known, _)| *known == code)?.1)
            }
        };
        let due = match entry.get("due") {
            None | Some(Value::Null) => None,
            Some(day) => Some(day.as_str()?.parse().ok()?),
        };
        Some(Condition { text, kind, due })
    };
    entries.iter().map(read).collect::<Option<_>>().ok_or_else(|| {
        Text::new(
            "eine Nebenbestimmung ist weder ein Text noch #{ text, kind, due } mit einer bekannten Art und einem Tag",
            "a condition is neither a text nor #{ text, kind, due } with a known kind and a day",
        )
    })
}
