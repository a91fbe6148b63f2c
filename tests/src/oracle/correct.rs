//! What people change in a course that is under way: handlers that they cause, and corrections.

use std::collections::BTreeSet;

use fachwerk_core::facts::Actor;
use serde_json::{Map, Value, json};

use super::{
    Oracle, Refused,
    commands::{Said, holds_role, need, person},
    fields,
    state::Path,
    text::{application, named},
};

/// A reason, and not too long.
pub fn is_reason(reason: &str) -> Said {
    need(!reason.trim().is_empty() && reason.chars().count() <= 2_000, "a reason is needed")
}

impl Oracle {
    /// Somebody lets a handler or wait react.
    pub(super) fn by_hand(&mut self, actor: &Actor, id: Option<usize>, name: &str, reason: &str) -> Said {
        let person = person(actor)?.to_owned();
        let id = id.ok_or("nothing waits there")?;
        let (trigger, frame) = self.trigger(id, name).ok_or("nothing of this name waits there")?;
        let role = self.texts.filled(frame, trigger.get("by").ok_or("nobody can cause it")?);
        need(role.as_str().is_some_and(|role| holds_role(&person, role)), "not of the role")?;
        is_reason(reason)?;
        let told = json!({ "by": person, "reason": reason, "on": self.today().to_string() });
        self.tell(id, name, told.as_object().cloned().unwrap_or_default());
        need(self.wake(id, name), "it does not react now")
    }

    /// Whether somebody may correct the case.
    pub(super) fn may_correct(&self, actor: &Actor, reason: &str) -> Said {
        let person = person(actor)?;
        need(self.corrects(person), "not allowed to correct")?;
        need(self.state.ended.is_none(), "the case has ended")?;
        is_reason(reason)
    }

    pub(super) fn corrects(&self, person: &str) -> bool {
        holds_role(person, "administrator") || self.corrects_by_role(person)
    }

    pub(super) fn corrects_by_role(&self, person: &str) -> bool {
        let roles = self.texts.process["roles"].as_object();
        let corrects = roles.into_iter().flatten().filter(|(_, role)| role["corrects"] == true);
        corrects.into_iter().any(|(role, _)| holds_role(person, role))
    }

    /// Whoever changes what the case is about had a hand in every step that it has been at.
    pub(super) fn has_a_hand_in_all(&mut self, actor: &Actor) {
        let steps = self.state.been_at.iter().map(|step| Path { step: step.clone(), rounds: Vec::new() });
        self.has_a_hand(actor, steps.collect());
    }

    /// It counts like having done these steps; a task that the person may not do any more is free again.
    fn has_a_hand(&mut self, actor: &Actor, steps: Vec<Path>) {
        let Some(person) = actor.person() else { return };
        self.state.hands.push((person.to_string(), steps));
        let open = self.state.nodes.iter().filter(|(_, node)| node.task.is_some()).map(|(id, _)| *id);
        for id in open.collect::<Vec<usize>>() {
            let excluded = self.excluded(&self.state.nodes[&id].path);
            let node = self.state.nodes.get_mut(&id).expect("it is there");
            let Some(task) = &mut node.task else { continue };
            if task.assignee.as_ref().is_some_and(|it| *it == person.as_str() && excluded.contains(it)) {
                task.assignee = None;
            }
            task.excluded.extend(excluded.into_iter().filter(|it| *it == person.as_str()));
        }
    }

    /// A step that is active: neither the case itself nor a round.
    fn to_correct(&self, id: Option<usize>) -> Result<usize, Refused> {
        let id = id.ok_or("it is not active")?;
        let node = &self.state.nodes[&id];
        need(node.parent.is_some() && !node.is_round && !node.beside, "it is no step").map(|()| id)
    }

    pub(super) fn skip(&mut self, actor: &Actor, id: Option<usize>, outcome: Option<&str>) -> Said {
        let id = self.to_correct(id)?;
        let step = self.state.nodes[&id].path.step.clone();
        need(!self.signs(&step), "a signature cannot be skipped")?;
        let written = &self.texts.steps[&step].written;
        need(written.get("choose").is_none(), "it is not known where to go")?;
        let ways = written["then"].as_object();
        let fits = match (outcome, ways) {
            (None, ways) => ways.is_none_or(|ways| ways.contains_key("else")),
            (Some(outcome), ways) => outcome != "else" && ways.is_some_and(|ways| ways.contains_key(outcome)),
        };
        need(fits, "an outcome must be named")?;
        self.cancel_inside(id);
        self.state.nodes.get_mut(&id).expect("it is active").skipped = true;
        self.has_a_hand(actor, vec![self.state.nodes[&id].path.clone()]);
        self.leave(id, outcome);
        Ok(())
    }

    /// Whether a step is a signature, or has one inside.
    fn signs(&self, step: &str) -> bool {
        self.texts.steps.iter().any(|(inner, it)| {
            !named(&it.written["not_same_person_as"]).is_empty() && self.texts.lies_in(inner, step)
        })
    }

    pub(super) fn go_back(&mut self, id: Option<usize>, to: &str) -> Said {
        let id = self.to_correct(id)?;
        let from = self.state.nodes[&id].path.step.clone();
        let scope = self.texts.scope_of(&from).to_owned();
        let beside = &self.texts.inside[&scope];
        let target = beside.iter().find(|step| self.texts.steps[*step].id == to).cloned();
        let target = target.ok_or("it lies elsewhere")?;
        need(!self.undoes_only(&target), "it only undoes")?;
        need(self.state.been_at.contains(&target), "the case has never been there")?;
        let around = self.texts.steps.get(&scope).map(|around| &around.written);
        let side_by_side = around
            .is_some_and(|around| around.get("fork").is_some() || around["group"].get("ad_hoc").is_some());
        need(!side_by_side, "it stands beside")?;
        need(self.reached(vec![target.clone()], "").contains(&from), "no way leads here from there")?;
        // A signature that every way to the target leads through must have been passed by the way here.
        let first = beside.iter().find(|step| !self.undoes_only(step)).cloned();
        let mut begin: Vec<String> = first.into_iter().collect();
        for (_, handler) in self.texts.handlers(&scope) {
            let ids: Vec<String> =
                named(&handler["then"]).into_iter().filter(|id| !id.starts_with('$')).collect();
            begin.extend(self.texts.beside(&scope, &ids));
        }
        let around_signature =
            beside.iter().filter(|step| **step != target && self.signs(step)).any(|step| {
                let without = self.reached(begin.clone(), step);
                !without.contains(&target) && (*step == from || without.contains(&from))
            });
        need(!around_signature, "somebody must sign first")?;
        let parent = self.state.nodes[&id].parent.expect("a step lies in a scope");
        let here = self.state.nodes[&id].path.clone();
        let behind = self.reached(vec![target.clone()], &from);
        let leads_here =
            |step: &String| *step == target || self.reached(vec![step.clone()], &target).contains(&from);
        let undone: Vec<String> = behind.into_iter().filter(leads_here).chain([from.clone()]).collect();
        self.state.remove(id);
        self.enter(&[target], parent, "");
        self.keep_in_house(&undone, &here);
        Ok(())
    }

    fn undoes_only(&self, step: &str) -> bool {
        let beside = &self.texts.inside[self.texts.scope_of(step)];
        beside.iter().any(|other| self.texts.steps[other].written["undo"] == self.texts.steps[step].id)
    }

    /// The steps of a scope that ways lead to from these, themselves among them; no way goes through the one left out.
    fn reached(&self, begin: Vec<String>, without: &str) -> BTreeSet<String> {
        let (mut found, mut open) = (BTreeSet::new(), begin);
        while let Some(step) = open.pop() {
            if step != without && found.insert(step.clone()) {
                open.extend(self.leads_to(&step));
            }
        }
        found
    }

    pub(super) fn change_data(
        &mut self,
        actor: &Actor,
        changed: &Map<String, Value>,
        seen: Option<u64>,
    ) -> Said {
        need(seen.is_none_or(|seen| self.state.data_changed <= seen), "it has changed")?;
        let mut data = self.state.data.clone();
        for (name, value) in changed {
            if value.is_null() {
                data.remove(name);
            } else {
                data.insert(name.clone(), value.clone());
            }
        }
        need(fields::all_fit(&application(&self.texts), &data), "the application does not fit")?;
        let differs = |name: &String| self.state.data.get(name) != data.get(name);
        let same = !changed.keys().any(differs);
        let before = self.starts_by_rules();
        (self.state.data, self.state.data_changed) = (data, self.state.version);
        self.follow_application(&before);
        if !same {
            self.has_a_hand_in_all(actor);
        }
        Ok(())
    }

    pub(super) fn end_by_hand(&mut self, outcome: Option<&str>) -> Said {
        let fits = |outcome: &str| !outcome.trim().is_empty() && outcome.chars().count() <= 100;
        need(outcome.is_none_or(fits), "an outcome says something")?;
        self.end(outcome);
        Ok(())
    }
}
