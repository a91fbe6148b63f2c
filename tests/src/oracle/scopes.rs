//! Scopes: begun, gone on with, left.

use serde_json::{Map, Value, json};

use super::{
    Failed, Oracle,
    names::Place,
    state::{Branches, Incident, Node, Path, Task},
    text::key,
};

impl Oracle {
    /// How a scope is written: the key of its kind, and what stands there. The case itself is a group.
    fn written(&self, id: usize) -> (&str, Value, usize) {
        let Some(step) = self.texts.steps.get(&self.state.nodes[&id].path.step) else {
            return ("group", json!({}), 0);
        };
        for kind in ["group", "fork", "each"] {
            if let Some(written) = step.written.get(kind) {
                // What a fork waits for stands beside its branches.
                let of = if kind == "fork" { &step.written } else { written };
                return (kind, of.clone(), step.frame);
            }
        }
        ("block", json!({}), step.within)
    }

    pub fn is_scope(&self, id: usize) -> bool {
        let step = self.texts.steps.get(&self.state.nodes[&id].path.step);
        step.is_none_or(|step| {
            ["group", "fork", "each", "block"].iter().any(|kind| step.written.get(kind).is_some())
        })
    }

    fn first(&self, id: usize) -> Vec<String> {
        self.texts.inside[&self.state.nodes[&id].path.step][..1].to_vec()
    }

    /// Begins the case, or goes on where it was stuck: its parties, then its steps.
    pub fn begin_case(&mut self) {
        if !self.state.nodes[&0].begun
            && let Err(code) = self.take_parties()
        {
            return self.stuck(Some(0), code, None);
        }
        self.begin_scope(0);
    }

    /// Begins a scope, or goes on with one that was stuck.
    pub fn begin_scope(&mut self, id: usize) {
        let node = self.state.nodes[&id].clone();
        if node.is_round {
            return self.enter(&self.first(id), id, "");
        }
        if node.begun {
            return self.path_ended(id);
        }
        let (kind, written, frame) = self.written(id);
        let (kind, written) = (kind.to_owned(), written);
        if let Some(lock) = written["lock"].as_str()
            && !self.has_lock(id, lock)
        {
            return;
        }
        let place = self.place(frame, id, &node.path);
        if let Some(rule) = written["repeat"].get("while") {
            match self.holds(&place, rule) {
                Ok(true) => {}
                Ok(false) => return self.leave(id, None),
                Err(code) => return self.stuck(Some(id), code, None),
            }
        }
        let reacts = !self.texts.handlers(&node.path.step).is_empty();
        if reacts {
            self.open_waits(id);
            if self.state.is_stuck(id) || !self.state.nodes.contains_key(&id) {
                return;
            }
        }
        let said = match kind.as_str() {
            "fork" => self.begin_branches(id, &place, &written),
            "each" => self.begin_rounds(id, &place, &written),
            _ if written.get("ad_hoc").is_some() => self.offer(id, &written["ad_hoc"]),
            _ => {
                self.enter(&self.first(id), id, "");
                Ok(())
            }
        };
        match said {
            Err(code) => self.stuck(Some(id), code, None),
            Ok(()) if reacts => self.take_kept(id),
            Ok(()) => {}
        }
    }

    fn has_lock(&mut self, id: usize, lock: &str) -> bool {
        if self.state.nodes[&id].lock.as_ref().is_some_and(|(_, taken)| *taken) {
            return true;
        }
        let wanted = |node: &Node| node.lock.as_ref().is_some_and(|(name, _)| name == lock);
        let taken = |node: &Node| node.lock.as_ref().is_some_and(|(_, taken)| *taken);
        let before =
            self.state.nodes.iter().any(|(other, node)| {
                wanted(node) && (taken(node) || *other < id && self.waits_for_lock(*other))
            });
        self.state.nodes.get_mut(&id).expect("it runs").lock = Some((lock.to_owned(), !before));
        let around = self.state.around(id);
        if around.iter().any(|scope| wanted(&self.state.nodes[scope]) && taken(&self.state.nodes[scope])) {
            self.stuck(Some(id), "locks_wait_for_each_other", None);
        }
        !before
    }

    /// Whether nothing but a lock holds up a scope.
    fn waits_for_lock(&self, id: usize) -> bool {
        let stuck = self.state.incidents.iter().find(|incident| incident.node == Some(id));
        stuck.is_none_or(|incident| incident.code == "locks_wait_for_each_other")
    }

    fn begin_branches(&mut self, id: usize, place: &Place<'_>, written: &Value) -> Result<(), Failed> {
        let mut begin = Vec::new();
        for branch in &self.texts.inside[&self.state.nodes[&id].path.step] {
            let holds = match self.texts.steps[branch].written.get("when") {
                Some(rule) => self.holds(place, rule)?,
                None => true,
            };
            begin.extend(holds.then(|| branch.clone()));
        }
        let needed = self.needed(place, written, begin.len())?;
        self.begin_with(id, Branches { needed, ..Branches::default() });
        self.enter(&begin, id, "");
        if begin.is_empty() {
            self.path_ended(id);
        }
        Ok(())
    }

    fn begin_with(&mut self, id: usize, branches: Branches) {
        let node = self.state.nodes.get_mut(&id).expect("it runs");
        (node.branches, node.begun) = (Some(branches), true);
    }

    fn needed(&self, place: &Place<'_>, written: &Value, begun: usize) -> Result<u32, Failed> {
        let Some(rule) = written.get("wait_for") else { return Ok(begun as u32) };
        let said = self.rule(place, rule)?;
        let least = said.as_u64().filter(|count| *count > 0).ok_or("wait_for_invalid")?;
        Ok(least.min(begun as u64) as u32)
    }

    fn begin_rounds(&mut self, id: usize, place: &Place<'_>, written: &Value) -> Result<(), Failed> {
        let items: Vec<Value> = match self.rule(place, written.get("in").unwrap_or(&written["times"]))? {
            Value::Array(items) => items,
            Value::Number(count) => (1..=count.as_u64().unwrap_or(0)).map(Value::from).collect(),
            _ => return Err("not_a_list".into()),
        };
        if items.len() > 1_000 {
            return Err("too_many_rounds".into());
        }
        let needed = self.needed(place, written, items.len())?;
        self.begin_with(id, Branches { needed, items, ..Branches::default() });
        let mut at = self.list_of_rounds(id);
        let last = at.pop().expect("a list of rounds has a name");
        self.state.write(&at, Map::from_iter([(last, json!([]))]));
        self.next_rounds(id, written);
        if self.state.is_empty(id) {
            self.path_ended(id);
        }
        Ok(())
    }

    /// Where the rounds of an `each` write: a list.
    fn list_of_rounds(&self, id: usize) -> Vec<String> {
        let path = &self.state.nodes[&id].path;
        let step = &self.texts.steps[&path.step];
        let mut at = self.address(step.frame, &step.id, &path.rounds);
        if self.texts.frames[step.frame].block.is_some() {
            at.push(key(&step.id));
        }
        at
    }

    /// Begins the rounds that may begin now.
    fn next_rounds(&mut self, id: usize, written: &Value) {
        let node = self.state.nodes[&id].clone();
        let mut branches = node.branches.clone().expect("an `each` that runs has rounds");
        let in_turn = written["order"] == "sequential";
        let mut entered = Vec::new();
        while branches.begun < branches.items.len() && (entered.is_empty() || !in_turn) {
            let item = branches.items[branches.begun].clone();
            let mut at = self.list_of_rounds(id);
            at.push(branches.begun.to_string());
            let name = written["as"].as_str().unwrap_or("item");
            self.state.write(&at, Map::from_iter([(name.to_owned(), item)]));
            branches.begun += 1;
            let mut rounds = node.path.rounds.clone();
            rounds.push(branches.begun as u32);
            let label = self.label(id, &rounds, written);
            let path = Path { step: node.path.step.clone(), rounds };
            entered.push(self.add(Node { path, parent: Some(id), is_round: true, label, ..Node::default() }));
        }
        self.state.nodes.get_mut(&id).expect("it runs").branches = Some(branches);
        self.state.agenda.extend(entered.into_iter().rev());
    }

    fn label(&self, id: usize, rounds: &[u32], written: &Value) -> Option<String> {
        let rule = written.get("label")?;
        let within = self.texts.steps[&self.state.nodes[&id].path.step].within;
        let place = Place { frame: within, rounds, node: Some(id), entering: None };
        match self.rule(&place, rule).ok()? {
            Value::String(text) => Some(text),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// An ad-hoc group is a task: somebody chooses its steps.
    fn offer(&mut self, id: usize, group: &Value) -> Result<(), Failed> {
        let role = group["role"].as_str().unwrap_or_default().to_owned();
        let (excluded, proposal) = Default::default();
        let task = Task { role, due: None, excluded, proposal, assignee: None };
        self.state.nodes.get_mut(&id).expect("it runs").task = Some(task);
        Ok(())
    }

    /// A path in a scope has ended.
    pub fn path_ended(&mut self, id: usize) {
        let Some(node) = self.state.nodes.get(&id).cloned() else { return };
        let empty = self.state.is_empty(id);
        if node.is_round {
            if empty {
                self.leave(id, node.outcome.as_deref());
            }
            return;
        }
        if !self.is_scope(id) {
            if empty {
                self.undo_next(id);
            }
            return;
        }
        let (kind, written, frame) = self.written(id);
        let kind = kind.to_owned();
        let said = match node.branches {
            Some(branches) => self.branch_ended(id, branches, &kind, &written, frame),
            None if kind == "fork" || kind == "each" || !empty => Ok(()),
            None if written.get("ad_hoc").is_some() => self.done_by_itself(id, &written["ad_hoc"], frame),
            None => self.again_or_leave(id, &written, frame),
        };
        if let Err(code) = said {
            self.stuck(Some(id), code, None);
        }
    }

    fn done_by_itself(&mut self, id: usize, group: &Value, frame: usize) -> Result<(), Failed> {
        let node = self.state.nodes[&id].clone();
        if let Some(rule) = group.get("until")
            && self.holds(&self.place(frame, id, &node.path), rule)?
        {
            self.leave(id, node.outcome.as_deref());
        }
        Ok(())
    }

    fn again_or_leave(&mut self, id: usize, written: &Value, frame: usize) -> Result<(), Failed> {
        let node = self.state.nodes[&id].clone();
        let outcome = node.outcome.as_deref();
        let Some(repeat) = written.get("repeat") else {
            self.leave(id, outcome);
            return Ok(());
        };
        let place = self.place(frame, id, &node.path);
        let over = match repeat.get("until") {
            Some(rule) => self.holds(&place, rule)?,
            None => false,
        };
        let over = match repeat.get("while") {
            Some(rule) if !over => !self.holds(&place, rule)?,
            _ => over,
        };
        let round = node.repeated.unwrap_or(1);
        if over {
            self.leave(id, outcome);
        } else if repeat["max"].as_u64().is_some_and(|max| u64::from(round) >= max) {
            self.leave(id, Some("max-reached"));
        } else {
            let node = self.state.nodes.get_mut(&id).expect("it runs");
            (node.repeated, node.outcome) = (Some(round + 1), None);
            self.enter(&self.first(id), id, "");
        }
        Ok(())
    }

    fn branch_ended(
        &mut self,
        id: usize,
        branches: Branches,
        kind: &str,
        written: &Value,
        frame: usize,
    ) -> Result<(), Failed> {
        let empty = self.state.is_empty(id);
        if branches.joined {
            if empty {
                self.leave(id, None);
            }
            return Ok(());
        }
        let mut enough = branches.ended >= branches.needed;
        if let Some(rule) = written.get("until").filter(|_| kind == "each" && !enough && branches.ended > 0) {
            let path = self.state.nodes[&id].path.clone();
            enough = self.holds(&self.place(frame, id, &path), rule)?;
        }
        if !enough && !empty {
            return Ok(());
        }
        if !enough && kind == "each" && branches.begun < branches.items.len() {
            self.next_rounds(id, written);
        } else if !empty && written["rest"] == "go-on" {
            self.go_on_early(id);
        } else {
            self.cancel_inside(id);
            self.leave(id, None);
        }
        Ok(())
    }

    /// The path goes on from a fork beside its rest.
    fn go_on_early(&mut self, id: usize) {
        let node = self.state.nodes.get_mut(&id).expect("it runs");
        node.branches.as_mut().expect("it has branches").joined = true;
        let (step, scope) = (node.path.step.clone(), node.parent.expect("a fork lies in a scope"));
        let way = self.texts.way(&step, None);
        if !way.is_empty() {
            self.follow(&way, scope, &step);
        }
    }

    /// Whether something reacts to how things stand, now that nothing runs: locks that have become free, conditions that
    /// begin to hold, paths that meet.
    pub fn look_around(&mut self) -> bool {
        let mut next = Vec::new();
        let lock =
            |node: &Node, taken: bool| node.lock.clone().filter(|lock| lock.1 == taken).map(|lock| lock.0);
        let mut busy: Vec<String> = self.state.nodes.values().filter_map(|node| lock(node, true)).collect();
        for (id, node) in &self.state.nodes {
            if let Some(name) =
                lock(node, false).filter(|name| !busy.contains(name) && self.waits_for_lock(*id))
            {
                busy.push(name);
                next.push(*id);
            }
        }
        let circle = |incident: &Incident| incident.node.is_some_and(|node| next.contains(&node));
        self.state.incidents.retain(|incident| !circle(incident));
        self.state.agenda.extend(next.iter().rev());
        !next.is_empty() || self.look_at_conditions() || self.look_at_joins()
    }
}
