//! What people, connectors and the clock ask for: carried out, or refused.

use std::collections::BTreeSet;

use fachwerk_core::{
    command::{Command, EffectResult},
    event::{Direction, DocumentContent, EffectError},
    facts::Actor,
    words::{Date, Way},
};
use fachwerk_deadlines::{DocumentKind, NotificationInput, NotificationLaw, notify};
use serde_json::{Map, Value};

use super::{
    Oracle, Refused, fields,
    names::Place,
    state::{Document, Message, Node, Path},
    text::{application, form},
};
use crate::{random_process::ROLES, town::PEOPLE};

type Said = Result<(), Refused>;

/// Refuses unless something holds.
fn need(holds: bool, otherwise: &'static str) -> Said {
    if holds { Ok(()) } else { Err(otherwise) }
}

fn holds_role(person: &str, role: &str) -> bool {
    PEOPLE.iter().any(|(name, roles)| *name == person && roles.contains(&role))
}

fn person(actor: &Actor) -> Result<&str, Refused> {
    actor.person().map(|person| person.as_str()).ok_or("a person is needed")
}

/// Whoever holds a role of the process takes part in it; what is no person does as well.
fn takes_part(actor: &Actor) -> Said {
    let Some(person) = actor.person() else { return Ok(()) };
    need(ROLES.iter().any(|role| holds_role(person.as_str(), role)), "no part in the process")
}

impl Oracle {
    /// Carries out a command; the numbers of what is active are the oracle's own.
    pub(super) fn carry_out(
        &mut self,
        actor: &Actor,
        command: &Command,
        node: Option<usize>,
        incident: Option<usize>,
    ) -> Said {
        if let Command::StartCase { channel, data, received_on, documents, .. } = command {
            need(!self.state.begun, "it has begun")?;
            return self.start(actor, channel, data, *received_on, documents);
        }
        need(self.state.begun, "there is no such case")?;
        match command {
            Command::ClaimTask { .. } => {
                let (id, person) = self.may_do(actor, node)?;
                self.task(id).assignee = Some(person);
            }
            Command::ReleaseTask { .. } => {
                let (id, _) = self.may_do(actor, node)?;
                self.task(id).assignee = None;
            }
            Command::DelegateTask { to, .. } => {
                let (id, _) = self.may_do(actor, node)?;
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
            Command::DeliverMessage { name, message_id, payload, documents, received_on, .. } => {
                takes_part(actor)?;
                need(self.state.ended.is_none(), "the case has ended")?;
                need(!self.state.messages.contains(message_id), "it came already")?;
                need(!name.trim().is_empty(), "a message has a name")?;
                need(payload.values().all(fields::is_sound), "what came is unsound")?;
                let received_on = self.received(*received_on)?;
                self.add_documents(documents, Some(received_on), None)?;
                let (name, payload) = (name.to_string(), payload.clone());
                self.deliver(Message { name, id: *message_id, received_on, payload });
            }
            Command::FireTimer { name, revision, .. } => {
                need(*actor == Actor::Engine, "only the engine")?;
                need(node.is_some_and(|id| self.fire(id, name, *revision)), "nothing is over")?;
            }
            Command::FinishEffect { round, result, .. } => self.finish_effect(actor, node, *round, result)?,
            Command::RecordDispatch { document, on, way, proven_receipt } => {
                takes_part(actor)?;
                self.dispatch(*document, *on, *way, *proven_receipt)?;
            }
            Command::RecordReceipt { document, on } => {
                takes_part(actor)?;
                self.receipt(*document, *on)?;
            }
            Command::AddDocument { document, received_on } => {
                takes_part(actor)?;
                let on = self.received(*received_on)?;
                self.add_documents(std::slice::from_ref(document), Some(on), None)?;
            }
            Command::AddNote { text } => {
                takes_part(actor).and(person(actor))?;
                need(!text.trim().is_empty() && text.chars().count() <= 20_000, "a note says something")?;
                self.state.notes += 1;
            }
            Command::RetryIncident { .. } => self.retry(actor, incident)?,
            other => panic!("the oracle does not know {other:?} yet"),
        }
        self.work();
        Ok(())
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
        self.begin_scope(0);
        self.work();
        Ok(())
    }

    fn received(&self, on: Option<Date>) -> Result<Date, Refused> {
        let on = on.unwrap_or(self.today());
        need(on <= self.today(), "it lies in the future").map(|()| on)
    }

    fn add_documents(&mut self, documents: &[DocumentContent], on: Option<Date>, by: Option<&Path>) -> Said {
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
        self.leave(id, None);
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
        node: Option<usize>,
        round: u32,
        result: &Result<EffectResult, EffectError>,
    ) -> Said {
        need(actor.person().is_none(), "not for persons")?;
        let Some(id) = node else {
            need(self.state.begun && self.state.ended.is_none(), "the case has ended")?;
            let made = result.as_ref().map_err(|_| "nothing came of it")?;
            self.add_documents(&made.documents, None, None)?;
            self.stuck(None, "late_result", None);
            return Ok(());
        };
        let asked = self.state.nodes[&id].asked;
        need(asked == round && asked > 0, "another time")?;
        match result {
            Ok(made) if made.values.values().all(fields::is_sound) => {
                let path = self.state.nodes[&id].path.clone();
                self.add_documents(&made.documents, None, Some(&path))?;
                self.write(id, made.values.clone());
                self.leave(id, None);
            }
            Ok(_) => self.stuck(Some(id), "result_invalid", None),
            Err(error) => self.stuck(Some(id), error.code.to_string(), None),
        }
        Ok(())
    }

    fn dispatch(&mut self, number: u32, on: Date, way: Way, proven: Option<Date>) -> Said {
        let at = (number as usize).wrapping_sub(1);
        let today = self.today();
        let document = self.state.documents.get(at).ok_or("there is no such document")?;
        need(document.outgoing && document.sent.is_none(), "it does not leave the house")?;
        need(document.on <= on && on <= today, "not on this day")?;
        need(proven.is_none_or(|day| day <= today), "nothing is proven before it happened")?;
        let notified_on = self.notified(on, way, proven)?;
        let document = &mut self.state.documents[at];
        (document.notified_on, document.sent) = (Some(notified_on), Some((on, way)));
        document.proven = proven.is_some();
        if let Some(by) = document.by.clone() {
            self.dispatched(&by);
        }
        Ok(())
    }

    /// A letter was received on a day, as is proven; it may count as notified later than it did.
    fn receipt(&mut self, number: u32, on: Date) -> Said {
        let at = (number as usize).wrapping_sub(1);
        let document = self.state.documents.get(at).ok_or("there is no such document")?;
        let (sent_on, way) =
            document.sent.filter(|_| document.outgoing).ok_or("it has not left the house")?;
        need(!document.proven, "its receipt is proven already")?;
        need(on <= self.today(), "not on this day")?;
        let before = document.notified_on;
        let notified_on = Some(self.notified(sent_on, way, Some(on))?);
        let document = &mut self.state.documents[at];
        (document.notified_on, document.proven) = (notified_on, true);
        if notified_on != before {
            self.notified_later(at);
        }
        Ok(())
    }

    fn notified(&self, on: Date, way: Way, proven_receipt: Option<Date>) -> Result<Date, &'static str> {
        let law = NotificationLaw::VwVfG;
        let document = DocumentKind::default();
        let input =
            NotificationInput { law, document, way, dispatched_on: on, fiction_days: None, proven_receipt };
        let notification = notify(&input, &self.calendar).map_err(|_| "not in this way")?;
        Ok(notification.notified_on)
    }

    fn retry(&mut self, actor: &Actor, incident: Option<usize>) -> Said {
        let administers = actor.person().is_some_and(|person| holds_role(person.as_str(), "administrator"));
        need(takes_part(actor).is_ok() || administers, "no part in the process")?;
        let settled = self.state.incidents.remove(incident.ok_or("there is no such incident")?);
        match (settled.node, settled.wakes) {
            (Some(node), Some(name)) => self.wake_again(node, &name),
            (Some(node), None) => self.state.agenda.push(node),
            (None, _) => {}
        }
        Ok(())
    }
}
