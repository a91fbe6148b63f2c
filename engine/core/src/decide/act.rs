//! Acts: issued by a step with one letter for each addressee.
//!
//! The letters are made one after the other as rounds of one effect, so an incident, a retry and a cancelled step mean
//! for them what they mean for every effect.

use std::sync::Arc;

use fachwerk_deadlines::Period;
use fachwerk_rules::markdown_text;
use serde_json::json;

use super::turn::{Deciding, trouble};
use crate::{
    act::{ActContent, Condition, ConditionKind},
    case::hash_of,
    definition::{ActKind, Dynamic, FurtherAct, IssueKind, LETTER, Sphere, Step},
    event::{ActBegan, ActIssued, ActLetterMade, Event, Trouble},
    law::{Asked, Instruction},
    planted::{Fault, planted},
    words::{InstanceId, Object, StepPath, Text, Value, letter_day},
};

/// The period for a remedy when nothing else is said (§§ 70, 74 VwGO).
const USUAL_PERIOD: &str = "1 month";

impl Deciding<'_> {
    /// Issues an act, or goes on with its letters.
    pub fn issue(&mut self, instance: InstanceId, step: &Step, issue: &IssueKind) {
        if self.case.act_made_by(instance).is_none() {
            let begun = match issue.certifies {
                true => self.begin_certificate(instance, step, issue),
                false => self.begin_act(instance, step, issue),
            };
            match begun {
                Ok(true) => {}
                Ok(false) => return,
                Err(trouble) => return self.stuck(Some(instance), *trouble),
            }
        }
        self.next_letter(instance, issue);
    }

    /// Notes what the acts say; not when something else was signed.
    fn begin_act(
        &mut self,
        instance: InstanceId,
        step: &Step,
        issue: &IssueKind,
    ) -> Result<bool, Box<Trouble>> {
        let path = self.step_of(instance).unwrap_or_else(|| step.path.clone());
        let issued = self.acts_to_issue(instance, issue)?;
        for said in &issued {
            self.check_turn(said, &issued, &path)?;
            self.check_not_deemed(&said.act, &path)?;
        }
        let parties = self.parties_addressed(instance, issue, &path)?;
        let mut acts: Vec<(Arc<str>, ActContent)> = Vec::new();
        for (at, said) in issued.iter().enumerate() {
            let against = self.against(&said.act, at, issued.len());
            acts.push((
                said.act.clone(),
                self.act_content(instance, said, (&path, &against), parties.clone())?,
            ));
        }
        let of_all =
            |(_, content): &(Arc<str>, ActContent)| ActContent { addressees: Vec::new(), ..content.clone() };
        let said = match acts.as_slice() {
            [one] => hash_of(&of_all(one)),
            several => hash_of(&several.iter().map(of_all).collect::<Vec<_>>()),
        };
        if !self.act_as_signed(instance, &path, &said, &parties) {
            return Ok(false);
        }
        for (kind, content) in acts {
            self.record(Event::ActBegan(Box::new(ActBegan {
                act: self.case.acts.get_max().map_or(0, |(number, _)| *number) + 1,
                kind,
                step: path.clone(),
                instance,
                version: 1,
                content,
                correction: None,
                again: None,
            })));
        }
        Ok(true)
    }

    /// The acts that a step issues now: the first one, and those of the others whose rules hold.
    fn acts_to_issue<'i>(
        &mut self,
        instance: InstanceId,
        issue: &'i IssueKind,
    ) -> Result<Vec<&'i IssueKind>, Box<Trouble>> {
        let mut issued = vec![issue];
        for FurtherAct { when, said } in &issue.further {
            if when.as_ref().map_or(Ok(true), |rule| self.holds(instance, rule))? {
                issued.push(said);
            }
        }
        Ok(issued)
    }

    /// What an act is called in its letter, behind "gegen": of several each is a part.
    fn against(&self, act: &Arc<str>, at: usize, of: usize) -> String {
        if of == 1 { "diesen Bescheid".to_owned() } else { self.part(act, at) }
    }

    fn part(&self, act: &Arc<str>, at: usize) -> String {
        format!("Teil {} dieses Bescheids ({})", letter_of_part(at), self.act_title(act).de)
    }

    /// An act that follows another one may only be issued after it.
    fn check_turn(
        &self,
        issue: &IssueKind,
        together: &[&IssueKind],
        path: &StepPath,
    ) -> Result<(), Box<Trouble>> {
        let Some(first) = self.release.acts.get(&issue.act).and_then(|kind| kind.after.as_ref()) else {
            return Ok(());
        };
        let issued = self.case.acts.values().any(|act| act.kind == *first && act.issued.is_some());
        // By the same letter it is issued at once.
        let with_it = together.iter().any(|other| other.act == *first);
        if issued || with_it || planted(Fault::ActBeforeItsTurn) {
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

    pub fn act_title(&self, kind: &Arc<str>) -> Text {
        let title = self.release.acts.get(kind).and_then(|kind| kind.title.clone());
        title.unwrap_or_else(|| Text::new(kind.clone(), kind.clone()))
    }

    /// The numbers of the parties whom an act is for.
    pub fn parties_addressed(
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
        (path, against): (&StepPath, &str),
        parties: Vec<u32>,
    ) -> Result<ActContent, Box<Trouble>> {
        let said =
            |what: &Option<Dynamic>| what.as_ref().map_or(Ok(Value::Null), |what| self.value(instance, what));
        let unfit = |de: &str, en: &str, said: &Value| act_invalid(path, &Text::new(de, en), said);
        let conditions = said(&issue.conditions)?;
        let conditions = conditions_of(&conditions).map_err(|why| act_invalid(path, &why, &conditions))?;
        let fee = said(&issue.fee)?;
        let (fee, costs) = self.costs_of(&fee).map_err(|why| act_invalid(path, &why, &fee))?;
        let decision = match said(&issue.decision)? {
            Value::Null => None,
            Value::String(text) => Some(text.into()),
            value => {
                return Err(unfit("die Entscheidung ist kein Text", "the decision is not a text", &value));
            }
        };
        let kind = self.release.acts.get(&issue.act);
        let remedy = match kind.filter(|kind| kind.takes_remedy_from_law(issue)) {
            Some(kind) => Some(self.remedy_against(kind, fee == Some(0), (path, against))?),
            None => None,
        };
        let known = remedy.as_ref().and_then(|remedy| remedy.period.clone());
        let period = match &issue.period {
            Some(period) => self.value(instance, period)?,
            None => known.as_deref().unwrap_or(USUAL_PERIOD).into(),
        };
        let period: Arc<str> = match period.as_str().filter(|text| runs_from_day(text)) {
            Some(text) => text.into(),
            None => {
                return Err(unfit(
                    "die Rechtsbehelfsfrist ist kein Zeitraum",
                    "the period for a remedy is not a period",
                    &period,
                ));
            }
        };
        let addressees = parties.into_iter().map(|party| (party, self.case.receives_for(party)));
        Ok(ActContent {
            title: self.act_title(&issue.act),
            law: kind.map(|kind| kind.law.clone()).unwrap_or_default(),
            notification: kind.map_or(self.release.law, |kind| kind.notification),
            sphere: kind.map_or(Sphere::Own, |kind| kind.sphere),
            decision,
            conditions,
            fee,
            costs,
            period,
            remedy,
            decides: self.decides(&issue.act),
            addressees: addressees.collect(),
        })
    }

    /// The remedy that the law gives against an act that is issued today.
    pub fn remedy_against(
        &self,
        kind: &ActKind,
        nothing_to_pay: bool,
        (path, against): (&StepPath, &str),
    ) -> Result<Instruction, Box<Trouble>> {
        let asked = kind.asks_for_remedy(&self.facts.local.profile, self.facts.today, against);
        let asked = Asked { nothing_to_pay, ..asked };
        self.facts.law.remedies.instruction(&asked).map_err(|lack| {
            let (why, help) = (lack.text(), lack.help());
            trouble(
                "remedy_unknown",
                Some(path),
                Text::new(
                    format!("Der Bescheid hätte keine Rechtsbehelfsbelehrung. {}.", why.de),
                    format!("The act would have no instruction on remedies: {}.", why.en),
                ),
                Text::new(format!("{} Dann wiederholen.", help.de), format!("{} Then retry.", help.en)),
                Value::Null,
            )
        })
    }

    /// Asks for the next letter; with all of them the act is issued.
    pub fn next_letter(&mut self, instance: InstanceId, issue: &IssueKind) {
        let Some((_, draft)) = self.case.act_made_by(instance) else { return };
        // Every letter has a round of its own, also after a retry.
        let last = if planted(Fault::LetterHasOldRound) { draft.letters.len() as u32 } else { draft.round };
        let (round, beside) = (last.saturating_add(1), draft.is_beside_the_flow());
        let Some((party, receiver)) = draft.next() else {
            if !beside && let Err(trouble) = self.check_still_open(instance) {
                return self.stuck(Some(instance), *trouble);
            }
            let acts: Vec<u32> = self.case.acts_made_by(instance).map(|(act, _)| act.number).collect();
            for act in &acts {
                self.record(Event::ActIssued(ActIssued { act: *act, on: self.facts.today }));
            }
            // What another one of them still needs is the newest one of all.
            acts.iter().for_each(|act| self.withdraw_letters(*act, |_, newest| !newest));
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
        let addressee = self.case.parties.get(&receiver).map(|to| to.content.lines()).unwrap_or_default();
        let request = match self.once_more(instance, party, &addressee) {
            Some(request) => Ok(request),
            None => self.letter_request(instance, issue, (party, receiver), addressee),
        };
        match request {
            Ok(request) => {
                let path = self.step_of(instance).filter(|_| !beside);
                if let Some(path) = path
                    && !self.letter_as_signed(instance, &path, party, &request)
                {
                    return;
                }
                self.record(Event::EffectRequested { instance, round, connector: LETTER.into(), request });
            }
            Err(trouble) => self.stuck(Some(instance), *trouble),
        }
    }

    /// Silence may have decided while the letters were made.
    fn check_still_open(&self, instance: InstanceId) -> Result<(), Box<Trouble>> {
        let mut made = self.case.acts_made_by(instance).filter(|(act, _)| act.deemed.is_none());
        made.try_for_each(|(act, _)| self.check_not_deemed(&act.kind, &act.step))
    }

    fn letter_request(
        &self,
        instance: InstanceId,
        issue: &IssueKind,
        (party, receiver): (u32, u32),
        addressee: String,
    ) -> Result<Value, Box<Trouble>> {
        let mut request = match self.value(instance, &issue.letter)? {
            Value::Object(request) => request,
            _ => Object::new(),
        };
        request.insert("addressee".into(), addressee.into());
        let draft = self.case.act_made_by(instance).map(|(_, draft)| draft);
        let remedies =
            self.case.acts_made_by(instance).filter_map(|(_, draft)| draft.content.remedy.as_ref());
        let instructions: Vec<&str> = remedies.map(|remedy| &*remedy.text).collect();
        if !instructions.is_empty() && !self.is_certified_to(instance, party) {
            request.insert("instruction".into(), instructions.join("\n\n").into());
        }
        if !issue.further.is_empty() {
            self.put_parts_together(instance, issue, &mut request)?;
        }
        let of = self.case.acts_made_by(instance).count();
        let costs = self.case.acts_made_by(instance).enumerate().filter_map(|(at, (act, draft))| {
            let (cents, costs) = (draft.content.fee?, draft.content.costs.as_ref()?);
            let part = (of > 1).then(|| self.part(&act.kind, at));
            Some(costs.in_letter(cents, part.as_deref()))
        });
        let costs: Vec<String> = costs.collect();
        if !costs.is_empty() {
            request.insert("costs".into(), costs.join("\n\n").into());
        }
        let several = draft.is_some_and(|draft| draft.content.addressees.len() > 1);
        if let Some(title) = request.get("title").and_then(Value::as_str)
            && (several || party != receiver)
        {
            let name = self.case.parties.get(&party).map(|party| &*party.content.name).unwrap_or_default();
            let title = format!("{title} ({name})");
            request.insert("title".into(), title.into());
        }
        request.entry("reference").or_insert_with(|| json!(self.case.number));
        request.entry("date").or_insert_with(|| letter_day(self.facts.today).into());
        let mut request = Value::Object(request);
        self.enclose(&mut request, self.step_of(instance).as_ref())?;
        self.sign(&mut request, self.signer(instance).as_ref());
        self.dress(&mut request, true);
        Ok(request)
    }

    /// The text of a letter by which several acts are issued: each has its own part, with a heading, when there is more than
    /// one.
    fn put_parts_together(
        &self,
        instance: InstanceId,
        issue: &IssueKind,
        request: &mut Object,
    ) -> Result<(), Box<Trouble>> {
        let mut taken = |name: &str| {
            let said = request.shift_remove(name);
            said.as_ref().and_then(Value::as_str).map(|text| text.trim_end().to_owned()).unwrap_or_default()
        };
        let (opening, body, closing) = (taken("opening"), taken("body"), taken("closing"));
        let mut parts = vec![(&issue.act, body)];
        let made: Vec<&Arc<str>> = self.case.acts_made_by(instance).map(|(act, _)| &act.kind).collect();
        for FurtherAct { said, .. } in
            issue.further.iter().filter(|further| made.contains(&&further.said.act))
        {
            let text = self.value(instance, &said.letter)?;
            parts.push((&said.act, text.as_str().unwrap_or_default().trim_end().to_owned()));
        }
        let several = parts.len() > 1;
        let mut texts = vec![opening];
        for (at, (act, text)) in parts.into_iter().enumerate() {
            if several {
                let title = markdown_text(&self.act_title(act).de);
                texts.push(format!("## {}. {title}", letter_of_part(at)));
            }
            texts.push(text);
        }
        texts.push(closing);
        texts.retain(|text| !text.trim().is_empty());
        request.insert("body".into(), texts.join("\n\n").into());
        Ok(())
    }

    /// A letter of an act exists.
    pub fn letter_made(&mut self, instance: InstanceId, issue: &IssueKind, document: Option<u32>) {
        let made: Vec<(u32, u32)> = self
            .case
            .acts_made_by(instance)
            .filter_map(|(act, draft)| Some((act.number, draft.next()?.0)))
            .collect();
        match document.filter(|_| !made.is_empty()) {
            Some(document) => {
                for (act, party) in made {
                    self.record(Event::ActLetterMade(ActLetterMade { act, party, document }));
                }
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
}

/// What a part of a letter is called by which several acts are issued: A, B, C.
fn letter_of_part(at: usize) -> char {
    u8::try_from(at).ok().and_then(|at| b'A'.checked_add(at)).map_or('Z', char::from)
}

fn runs_from_day(period: &str) -> bool {
    matches!(Period::parse(period), Ok(period) if !matches!(period, Period::Hours(_)))
}

pub fn act_invalid(path: &StepPath, why: &Text, said: &Value) -> Box<Trouble> {
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
