//! What people, connectors and the clock ask for: carried out, or refused.

use std::collections::BTreeSet;

use fachwerk_core::{
    command::{Command, EffectResult},
    event::{Direction, DocumentContent, EffectError},
    facts::Actor,
    words::Date,
};
use serde_json::{Map, Value};

use super::{
    Meant, Oracle, Refused, fields,
    names::Place,
    state::{Document, Message, Node, Path},
    text::{application, form},
};
use crate::{random_process::ROLES, town::PEOPLE};

pub(super) type Said = Result<(), Refused>;

/// Refuses unless something holds.
pub(super) fn need(holds: bool, otherwise: &'static str) -> Said {
    if holds { Ok(()) } else { Err(otherwise) }
}

pub(super) fn holds_role(person: &str, role: &str) -> bool {
    PEOPLE.iter().any(|(name, roles)| *name == person && roles.contains(&role))
}

pub(super) fn person(actor: &Actor) -> Result<&str, Refused> {
    actor.person().map(|person| person.as_str()).ok_or("a person is needed")
}

/// Whoever holds a role of the process takes part in it; what is no person does as well.
pub(super) fn takes_part(actor: &Actor) -> Said {
    let Some(person) = actor.person() else { return Ok(()) };
    need(ROLES.iter().any(|role| holds_role(person.as_str(), role)), "no part in the process")
}

impl Oracle {
    /// Carries out a command; the numbers of what is active are the oracle's own.
    pub(super) fn carry_out(&mut self, actor: &Actor, command: &Command, meant: Meant) -> Said {
        let Meant { node, incident, .. } = meant;
        if let Command::StartCase { channel, data, received_on, documents, caller, .. } = command {
            need(!self.state.begun, "it has begun")?;
            need(caller.is_none() || actor.person().is_none(), "nobody calls by hand")?;
            self.state.caller = caller.clone();
            return self.start(actor, channel, data, *received_on, documents);
        }
        need(self.state.begun, "there is no such case")?;
        if let Some(said) = self.beside(actor, command, &meant) {
            said?;
            self.work();
            return Ok(());
        }
        match command {
            Command::ClaimTask { .. } => {
                let (id, person) = self.may_do(actor, node)?;
                self.task(id).assignee = Some(person);
            }
            Command::ReleaseTask { .. } => {
                let id = self.may_hand_on(actor, node, true)?;
                self.task(id).assignee = None;
            }
            Command::DelegateTask { to, .. } => {
                let id = self.may_hand_on(actor, node, false)?;
                need(!self.other_eyes(id).contains(to.as_str()), "four eyes")?;
                self.task(id).assignee = Some(to.to_string());
            }
            Command::CompleteTask { values, seen, .. } => {
                let (id, person) = self.may_do(actor, node)?;
                self.complete(id, &person, values, *seen)?;
            }
            Command::StartStep { step, .. } => {
                let (id, _) = self.may_do(actor, node)?;
                self.start_step(id, step)?;
            }
            Command::DeliverMessage { name, message_id, payload, documents, received_on, key } => {
                takes_part(actor)?;
                need(self.state.ended.is_none(), "the case has ended")?;
                need(!self.state.messages.contains(message_id), "it came already")?;
                need(!name.trim().is_empty(), "a message has a name")?;
                need(payload.values().all(fields::is_sound), "what came is unsound")?;
                let received_on = self.received(*received_on)?;
                self.add_documents(documents, Some(received_on), None)?;
                let (name, payload) = (name.to_string(), payload.clone());
                let key = key.as_deref().map(str::to_owned);
                self.deliver(Message { name, key, id: *message_id, received_on, payload });
            }
            Command::DeliverSignal { name } => {
                need(*actor == Actor::Engine, "only the engine")?;
                need(self.state.ended.is_none(), "the case has ended")?;
                self.signal(name);
            }
            Command::FinishCall { result, .. } => self.call_over(actor, node, result)?,
            Command::CallOff { caller } => self.call_off(actor, *caller)?,
            Command::ConfirmDelivery { .. } => need(*actor == Actor::Engine, "only the engine")?,
            Command::DelayDelivery { why, .. } => {
                need(*actor == Actor::Engine, "only the engine")?;
                self.stuck(None, why.code.to_string(), None);
            }
            Command::FireTimer { name, revision, .. } => {
                need(*actor == Actor::Engine, "only the engine")?;
                need(node.is_some_and(|id| self.fire(id, name, *revision)), "nothing is over")?;
            }
            Command::FinishEffect { round, result, .. } => {
                self.finish_effect(actor, (node, meant.ever), *round, result)?
            }
            Command::RecordDispatch { document, on, way, proven_receipt } => {
                self.dispatch(actor, *document, (*on, *way), *proven_receipt)?;
            }
            Command::RecordReceipt { document, on } => {
                self.receipt(actor, *document, *on)?;
            }
            Command::AddDocument { document, received_on } => {
                takes_part(actor)?;
                let on = self.received(*received_on)?;
                self.add_documents(std::slice::from_ref(document), Some(on), None)?;
                if self.state.ended.is_none() && document.direction == Direction::Incoming {
                    self.document_in_time(on);
                }
            }
            Command::AddNote { text } => {
                takes_part(actor).and(person(actor))?;
                need(!text.trim().is_empty() && text.chars().count() <= 20_000, "a note says something")?;
                self.state.notes += 1;
            }
            Command::RetryIncident { .. } => self.retry(actor, incident)?,
            Command::TriggerByHand { name, reason, .. } => self.by_hand(actor, node, name, reason)?,
            Command::SkipStep { outcome, reason, .. } => {
                self.may_correct(actor, reason)?;
                self.skip(actor, node, outcome.as_deref())?;
            }
            Command::MoveStep { to, reason, .. } => {
                self.may_correct(actor, reason)?;
                self.go_back(node, to)?;
            }
            Command::ChangeData { fields, seen, reason, received_on } => {
                assert_eq!(*received_on, None, "the walk corrects no day of receipt");
                self.may_correct(actor, reason)?;
                self.change_data(actor, fields, *seen)?;
            }
            Command::EndCase { outcome, reason } => {
                self.may_correct(actor, reason)?;
                self.end_by_hand(outcome.as_deref())?;
            }
            other => panic!("the oracle does not know {other:?} yet"),
        }
        self.work();
        Ok(())
    }

    /// What is asked of every case, whatever its process says.
    fn beside(&mut self, actor: &Actor, command: &Command, meant: &Meant) -> Option<Said> {
        Some(match (command, meant.errand) {
            (Command::GiveErrand { kind, text, role, person, on }, _) => {
                let person = person.as_ref().map(|person| person.as_str());
                self.ask_somebody(actor, *kind, text, (role.as_str(), person), *on)
            }
            (Command::WithdrawErrand { .. }, errand) => self.withdraw(actor, errand),
            (Command::SplitCase { data, documents, reason }, _) => self.split(actor, data, documents, reason),
            (Command::MergeCase { into, reason }, _) => self.merge(actor, (*into, meant.itself), reason),
            (Command::TakeOver { from, how, handover }, _) => self.take_over(actor, *from, *how, handover),
            (Command::AddParty { party }, _) => self.add_party(actor, party),
            (Command::ChangeParty { number, party, reason }, _) => {
                self.change_party(actor, *number, party, reason)
            }
            (Command::RemoveParty { number, reason }, _) => self.remove_party(actor, *number, reason),
            (Command::CorrectAct(what), _) => self.correct_act(actor, what),
            (Command::SendAnew { act, party, document, reason }, _) => {
                self.send_anew(actor, *act, (*party, *document), reason)
            }
            (Command::GiveUp { reason, .. }, errand) => self.give_up(actor, (meant.node, errand), reason),
            (Command::FinishMerge { into, result }, _) => self.finish_merge(actor, *into, result),
            (Command::RecordRemedy { act, party, kind, received_on }, _) => {
                self.record_remedy(actor, *act, *party, *kind, *received_on)
            }
            (Command::WriteLetter { letter }, _) => self.write_letter(actor, letter),
            (Command::ClaimTask { .. }, Some(errand)) => self.take_errand(actor, errand, true),
            (Command::ReleaseTask { .. }, Some(errand)) => self.take_errand(actor, errand, false),
            (Command::DelegateTask { to, .. }, Some(errand)) => {
                self.delegate_errand(actor, errand, to.as_str())
            }
            (Command::CompleteTask { values, .. }, Some(errand)) => self.settle(actor, errand, values),
            (Command::FinishEffect { round, result, .. }, Some(errand)) => {
                self.letter_made(actor, errand, *round, result)
            }
            (Command::FireTimer { name, revision, .. }, Some(errand)) => {
                need(*actor == Actor::Engine && self.come_back(errand, name, *revision), "nothing comes back")
            }
            (Command::ExtendDeadline { extension, reason, norm, .. }, _) => self
                .may_change(actor, reason, norm.as_deref())
                .and_then(|decided| self.extend(&meant.deadlines[0], *extension, &decided)),
            (Command::SuspendDeadlines { since, reason, norm, .. }, _) => self
                .may_change(actor, reason, norm.as_deref())
                .and_then(|_| self.suspend(&meant.deadlines, *since)),
            (Command::ResumeDeadlines { until, reason, norm, .. }, _) => self
                .may_change(actor, reason, norm.as_deref())
                .and_then(|decided| self.resume(&meant.deadlines, *until, &decided)),
            _ => return None,
        })
    }

    fn start(
        &mut self,
        actor: &Actor,
        channel: &str,
        data: &Map<String, Value>,
        received_on: Option<Date>,
        documents: &[DocumentContent],
    ) -> Said {
        takes_part(actor)?;
        let received_on = self.received(received_on)?;
        need(fields::all_fit(&application(&self.texts), data), "the application does not fit")?;
        let state = &mut self.state;
        (state.begun, state.data, state.channel) = (true, data.clone(), channel.to_owned());
        (state.started_at, state.received_on) = (state.now, received_on);
        state.nodes.insert(0, Node::default());
        state.next = 1;
        self.add_documents(documents, Some(received_on), None)?;
        self.begin_case();
        self.work();
        Ok(())
    }

    pub(super) fn received(&self, on: Option<Date>) -> Result<Date, Refused> {
        let on = on.unwrap_or(self.today());
        need(on <= self.today(), "it lies in the future").map(|()| on)
    }

    pub(super) fn add_documents(
        &mut self,
        documents: &[DocumentContent],
        on: Option<Date>,
        by: Option<&Path>,
    ) -> Said {
        for content in documents {
            need(!content.title.trim().is_empty() && content.title.chars().count() <= 300, "no title")?;
            let incoming = content.direction == Direction::Incoming;
            self.state.documents.push(Document {
                outgoing: content.direction == Direction::Outgoing,
                on: on.filter(|_| incoming).unwrap_or(self.today()),
                by: by.cloned(),
                notified_on: None,
                sent: None,
                proven: false,
                not_arrived: false,
                fired: BTreeSet::new(),
            });
        }
        Ok(())
    }

    fn task(&mut self, id: usize) -> &mut super::state::Task {
        self.state.nodes.get_mut(&id).and_then(|node| node.task.as_mut()).expect("it was just asked for")
    }

    /// Who may not do a task as things stand now.
    fn other_eyes(&self, id: usize) -> BTreeSet<String> {
        self.excluded(&self.state.nodes[&id].path)
    }

    fn may_do(&self, actor: &Actor, node: Option<usize>) -> Result<(usize, String), Refused> {
        let id = node.ok_or("there is no such task")?;
        let task = self.state.nodes[&id].task.as_ref().ok_or("there is no such task")?;
        let person = person(actor)?;
        need(holds_role(person, &task.role), "not of the role")?;
        need(!self.other_eyes(id).contains(person), "four eyes")?;
        need(task.assignee.as_ref().is_none_or(|other| other == person), "somebody else has it")?;
        Ok((id, person.to_owned()))
    }

    /// Whoever may do a task may give it back or hand it on. What somebody else holds, whoever corrects frees; to hand it on
    /// takes a role of the process, and no hand in what the task is about.
    fn may_hand_on(&self, actor: &Actor, node: Option<usize>, frees: bool) -> Result<usize, Refused> {
        let refused = match self.may_do(actor, node) {
            Ok((id, _)) => return Ok(id),
            Err(refused) => refused,
        };
        let held = |id: &usize| self.state.nodes[id].task.as_ref().is_some_and(|it| it.assignee.is_some());
        let id = node.filter(held).ok_or(refused)?;
        let may = actor.person().is_some_and(|person| match frees {
            true => self.corrects(person.as_str()),
            false => self.corrects_by_role(person.as_str()) && !self.other_eyes(id).contains(person.as_str()),
        });
        need(may, refused).map(|()| id)
    }

    fn complete(&mut self, id: usize, person: &str, values: &Map<String, Value>, seen: Option<u64>) -> Said {
        let path = self.state.nodes[&id].path.clone();
        if self.is_scope(id) {
            return self.finish_group(id, person, values);
        }
        let step = &self.texts.steps[&path.step];
        let at = self.address(step.frame, &step.id, &path.rounds);
        let written = at.first().and_then(|key| self.state.written.get(key)).copied().unwrap_or(0);
        need(seen.is_none_or(|seen| written <= seen), "it has changed")?;
        let form = form(&self.texts, step);
        let mut entered = self.task(id).proposal.clone();
        entered.extend(values.clone());
        let step = &self.texts.steps[&path.step];
        let place = Place { entering: Some(&entered), ..self.place(step.frame, id, &path) };
        let given = self.given(&place, &form["fields"], &entered)?;
        let outcome = given.get("outcome").and_then(Value::as_str).map(str::to_owned);
        self.state.performers.push((path, person.to_owned()));
        self.state.nodes.get_mut(&id).expect("it is done now").task = None;
        self.write(id, given);
        self.leave(id, outcome.as_deref());
        Ok(())
    }

    /// What was entered for the fields that are shown.
    fn given(
        &self,
        place: &Place<'_>,
        all: &Value,
        entered: &Map<String, Value>,
    ) -> Result<Map<String, Value>, Refused> {
        let mut given = Map::new();
        for (name, field) in all.as_object().into_iter().flatten() {
            let shown = match field.get("when") {
                Some(rule) => self.rule(place, rule).map_err(|_| "a rule failed")? == true,
                None => true,
            };
            let value = entered.get(name).filter(|value| !fields::is_blank(field, value));
            match value {
                Some(value) if shown => {
                    need(fields::fits(field, value), "a value does not fit")?;
                    given.insert(name.clone(), value.clone());
                }
                _ => need(!shown || field["required"] != true || value.is_some(), "a value is missing")?,
            }
        }
        need(entered.keys().all(|name| all.get(name).is_some()), "there is no such field")?;
        Ok(given)
    }

    fn finish_group(&mut self, id: usize, person: &str, values: &Map<String, Value>) -> Said {
        need(values.is_empty(), "there is no such field")?;
        need(self.state.is_empty(id), "a step is open")?;
        let path = self.state.nodes[&id].path.clone();
        let step = &self.texts.steps[&path.step];
        if let Some(rule) = step.written["group"]["ad_hoc"].get("until") {
            let over = self.holds(&self.place(step.frame, id, &path), rule).map_err(|_| "a rule failed")?;
            need(over, "a step is missing")?;
        }
        self.state.performers.push((path, person.to_owned()));
        let outcome = self.state.nodes[&id].outcome.clone();
        self.leave(id, outcome.as_deref());
        Ok(())
    }

    fn start_step(&mut self, id: usize, name: &str) -> Said {
        need(self.is_scope(id), "it is no group")?;
        let path = self.state.nodes[&id].path.clone();
        let group = &self.texts.steps[&path.step];
        let all = self.texts.inside.get(&path.step).into_iter().flatten();
        let all: Vec<&String> = all.into_iter().collect();
        let undoes = all.iter().any(|step| self.texts.steps[*step].written["undo"] == name);
        need(!undoes, "it only undoes")?;
        let chosen = all.into_iter().find(|step| self.texts.steps[*step].id == name).cloned();
        let chosen = chosen.ok_or("there is no such step")?;
        let alone = group.written["group"]["ad_hoc"]["one_at_a_time"] == true;
        need(!alone || self.state.is_empty(id), "one at a time")?;
        if let Some(rule) = self.texts.steps[&chosen].written.get("when") {
            let may = self.holds(&self.place(group.frame, id, &path), rule).map_err(|_| "a rule failed")?;
            need(may, "it cannot be chosen now")?;
        }
        self.enter(&[chosen], id, "");
        Ok(())
    }

    fn finish_effect(
        &mut self,
        actor: &Actor,
        (node, ever): (Option<usize>, bool),
        round: u32,
        result: &Result<EffectResult, EffectError>,
    ) -> Said {
        need(actor.person().is_none(), "not for persons")?;
        let Some(id) = node else {
            need(ever, "nobody has asked for it")?;
            need(self.state.begun && self.state.ended.is_none(), "the case has ended")?;
            let made = result.as_ref().map_err(|_| "nothing came of it")?;
            // What a step has ordered that is over does not leave the house.
            let first = self.state.documents.len();
            self.add_documents(&made.documents, None, None)?;
            self.state.documents[first..].iter_mut().for_each(|document| document.outgoing = false);
            self.stuck(None, "late_result", None);
            return Ok(());
        };
        let asked = self.state.nodes[&id].asked;
        need(asked == round && self.state.nodes[&id].asking, "another time")?;
        match result {
            Ok(made) if made.values.values().all(fields::is_sound) => {
                let path = self.state.nodes[&id].path.clone();
                let first = self.state.documents.len();
                self.add_documents(&made.documents, None, Some(&path))?;
                self.state.nodes.get_mut(&id).expect("it has asked").asking = false;
                if self.texts.steps[&path.step].written.get("issue").is_some() {
                    self.act_letter_made(id, first);
                    return Ok(());
                }
                self.write(id, made.values.clone());
                self.leave(id, None);
            }
            Ok(_) => self.stuck(Some(id), "result_invalid", None),
            Err(error) => self.stuck(Some(id), error.code.to_string(), None),
        }
        Ok(())
    }

    fn retry(&mut self, actor: &Actor, incident: Option<usize>) -> Said {
        let administers = actor.person().is_some_and(|person| holds_role(person.as_str(), "administrator"));
        need(takes_part(actor).is_ok() || administers, "no part in the process")?;
        let settled = self.state.incidents.remove(incident.ok_or("there is no such incident")?);
        match (settled.node, settled.wakes) {
            (Some(node), Some(name)) => self.wake_again(node, &name),
            (Some(node), None) => self.state.agenda.push(node),
            (None, _) => settled.errand.into_iter().for_each(|errand| self.write_again(errand)),
        }
        Ok(())
    }
}
