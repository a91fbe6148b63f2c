//! What steps do when they are reached.

use std::collections::BTreeSet;

use fachwerk_core::words::Period;
use fachwerk_deadlines::{DeadlineInput, compute};
use serde_json::{Map, Value};

use super::{
    Failed, Oracle, fields,
    names::Place,
    state::{Node, Path, Task},
    text::{form, named},
};

/// So many steps run in one turn.
const MOST: usize = 1_000;
/// So much is active at once.
const MOST_ACTIVE: usize = 10_000;

impl Oracle {
    /// Runs until everything waits.
    pub fn work(&mut self) {
        loop {
            while let Some(node) = self.state.agenda.pop() {
                self.state.ran += 1;
                if self.state.ran > MOST {
                    self.stuck(Some(node), "turn_too_long", None);
                    while let Some(other) = self.state.agenda.pop() {
                        self.stuck(Some(other), "turn_too_long", None);
                    }
                    return;
                }
                self.run(node);
            }
            if self.state.ended.is_some() || !self.look_around() {
                return;
            }
        }
    }

    /// Notes that nothing goes on here, unless a scope around handles such an error.
    pub fn stuck(&mut self, node: Option<usize>, code: impl Into<Failed>, wakes: Option<&str>) {
        let code = code.into();
        if let Some(node) = node.filter(|_| wakes.is_none())
            && self.caught(node, &code)
        {
            return;
        }
        let wakes = wakes.map(str::to_owned);
        self.state.incidents.push(super::state::Incident { node, errand: None, code, wakes });
    }

    /// Enters steps of a scope: all of them before the first one runs.
    pub fn enter(&mut self, steps: &[String], scope: usize, after: &str) {
        let rounds = self.state.nodes[&scope].path.rounds.clone();
        let mut entered = Vec::new();
        for step in steps {
            let path = Path { step: step.clone(), rounds: rounds.clone() };
            self.state.been_at.insert(step.clone());
            entered.push(self.add(Node {
                path,
                parent: Some(scope),
                after: after.to_owned(),
                ..Node::default()
            }));
        }
        self.state.agenda.extend(entered.into_iter().rev());
    }

    pub fn add(&mut self, node: Node) -> usize {
        let id = self.state.next;
        self.state.next += 1;
        if let Some(parent) = node.parent.and_then(|parent| self.state.nodes.get_mut(&parent)) {
            parent.begun = true;
        }
        self.state.nodes.insert(id, node);
        id
    }

    /// Leaves a step or scope and goes on.
    pub fn leave(&mut self, id: usize, outcome: Option<&str>) {
        self.leave_to(id, outcome, None);
    }

    /// The same, towards a target that the step itself has chosen.
    fn leave_to(&mut self, id: usize, outcome: Option<&str>, chosen: Option<Vec<String>>) {
        let Some(node) = self.state.nodes.get(&id).cloned() else { return };
        let Some(scope) = node.parent else { return self.end(outcome) };
        let went_on = node.branches.as_ref().is_some_and(|branches| branches.joined);
        let way = match chosen {
            Some(way) => way,
            None if node.is_round || went_on => Vec::new(),
            None => self.texts.way(&node.path.step, outcome),
        };
        self.keep_done(id, scope);
        self.state.remove(id);
        let around =
            self.state.nodes.get_mut(&scope).expect("a scope is there as long as something is in it");
        around.outcome = outcome.map(str::to_owned);
        if let Some(branches) = &mut around.branches {
            branches.ended += 1;
        }
        if way.is_empty() {
            self.path_ended(scope);
        } else {
            self.follow(&way, scope, &node.path.step);
        }
    }

    /// Goes where a flow leads: to steps of the scope, or out of it.
    pub fn follow(&mut self, way: &[String], scope: usize, after: &str) {
        if let Some(outcome) = way[0].strip_prefix('$') {
            let node = &self.state.nodes[&scope];
            let scope = node.parent.filter(|_| node.is_round).unwrap_or(scope);
            self.cancel_inside(scope);
            return self.leave(scope, Some(outcome));
        }
        let steps = self.texts.beside(&self.state.nodes[&scope].path.step, way);
        self.enter(&steps, scope, after);
    }

    pub fn cancel_inside(&mut self, scope: usize) {
        for child in self.state.children(scope) {
            self.state.remove(child);
        }
    }

    pub(super) fn end(&mut self, outcome: Option<&str>) {
        self.cancel_inside(0);
        self.tell_caller(outcome);
        let unwatched = self.state.nodes[&0].deadlines.keys().filter(|name| name.starts_with("letters/"));
        (0..unwatched.count()).for_each(|_| self.stuck(None, "retrieval_unwatched", None));
        self.keep_periods();
        self.state.nodes.clear();
        self.end_errands();
        self.state.ended = Some(outcome.map(str::to_owned));
    }

    fn run(&mut self, id: usize) {
        let Some(node) = self.state.nodes.get(&id).filter(|_| !self.state.is_stuck(id)) else { return };
        let path = node.path.clone();
        if self.state.nodes.len() > MOST_ACTIVE {
            return self.stuck(Some(id), "too_many_active", None);
        }
        let Some(step) = self.texts.steps.get(&path.step) else { return self.begin_case() };
        let (written, frame) = (step.written.clone(), step.frame);
        let kinds = [
            // It has a `join`, too.
            "fork",
            "task",
            "compute",
            "decide",
            "number",
            "effect",
            "issue",
            "wait",
            "choose",
            "call",
            "raise",
            "cancel",
            "compensate",
            "join",
            "end",
        ];
        let kind = kinds.into_iter().find(|kind| written.get(*kind).is_some());
        let place = self.place(frame, id, &path);
        let said = match kind {
            Some("task") => self.open_task(id, &path),
            Some("compute") => {
                self.computed(&place, &written["compute"]).map(|said| self.write_and_leave(id, said))
            }
            Some("decide") => {
                let said = self.table(&place, written["decide"].as_str().unwrap_or_default());
                said.map(|said| self.write_and_leave(id, said))
            }
            Some("number") => self.draw(id, &place, &written["number"]),
            Some("effect") => self
                .value(&place, written.get("with").unwrap_or(&Value::Null))
                .map(|_| self.ask_connector(id)),
            Some("issue") => self.issue(id, &place, &written),
            Some("wait") => {
                self.open_waits(id);
                self.take_what_is_there(id);
                Ok(())
            }
            Some("choose") => self.choose(id, &place, &written["choose"]),
            Some("call") => self.call(id, &place, &written),
            Some("raise") => self.raise(id, &place, &written["raise"]),
            Some("cancel") => {
                self.cancel_steps(id, &named(&written["cancel"]));
                Ok(())
            }
            Some("compensate") => {
                self.begin_to_undo(id, &written["compensate"]);
                Ok(())
            }
            Some("join") => {
                self.meet(id);
                Ok(())
            }
            Some("end") => {
                self.leave(id, written["end"].as_str());
                Ok(())
            }
            _ => {
                self.begin_scope(id);
                Ok(())
            }
        };
        if let Err(code) = said {
            self.stuck(Some(id), code, None);
        }
    }

    pub fn ask_connector(&mut self, id: usize) {
        let node = self.state.nodes.get_mut(&id).expect("it runs");
        (node.asked, node.asking) = (node.asked + 1, true);
    }

    fn computed(&self, place: &Place<'_>, rules: &Value) -> Result<Map<String, Value>, Failed> {
        let Some(rules) = rules.as_object() else {
            return self.script(place, rules.as_str().unwrap_or_default());
        };
        let mut all = Map::new();
        for (name, rule) in rules {
            all.insert(name.clone(), self.rule(place, rule)?);
        }
        Ok(all)
    }

    /// Writes the result of a step that is active.
    pub fn write(&mut self, id: usize, values: Map<String, Value>) {
        let path = self.state.nodes[&id].path.clone();
        let step = &self.texts.steps[&path.step];
        let at = self.address(step.frame, &step.id, &path.rounds);
        if !values.is_empty() {
            self.state.write(&at, values);
        }
    }

    fn write_and_leave(&mut self, id: usize, values: Map<String, Value>) {
        self.write(id, values);
        self.leave(id, None);
    }

    fn draw(&mut self, id: usize, place: &Place<'_>, number: &Value) -> Result<(), Failed> {
        let pattern = self.value(place, &number["pattern"])?;
        let pattern = pattern.as_str().ok_or("number_pattern_invalid")?;
        let year = self.today().year().to_string();
        let counter = pattern.replace("{year}", &year);
        let last = self.state.counters.entry(counter.clone()).or_default();
        *last += 1;
        let (before, gap) = counter.split_once("{number").ok_or("number_pattern_invalid")?;
        let (width, after) = gap.split_once('}').ok_or("number_pattern_invalid")?;
        let width = width.trim_start_matches(':').parse().unwrap_or(0);
        let text = format!("{before}{last:0width$}{after}");
        if number["file_number"] == true {
            self.state.number = Some(text.clone());
        }
        self.write_and_leave(id, Map::from_iter([("number".to_owned(), text.into())]));
        Ok(())
    }

    fn choose(&mut self, id: usize, place: &Place<'_>, ways: &Value) -> Result<(), Failed> {
        for way in ways.as_array().into_iter().flatten() {
            let holds = match way.get("when") {
                Some(rule) => self.holds(place, rule)?,
                None => true,
            };
            if holds {
                let way = named(way.get("then").or_else(|| way.get("else")).unwrap_or(&Value::Null));
                self.leave_to(id, None, Some(way));
                return Ok(());
            }
        }
        self.leave(id, None);
        Ok(())
    }

    fn open_task(&mut self, id: usize, path: &Path) -> Result<(), Failed> {
        let step = &self.texts.steps[&path.step];
        let role = self.texts.filled(step.frame, &step.written["role"]);
        let due = step.written["due"].as_str().and_then(|period| {
            let input = DeadlineInput::new(self.today(), Period::parse(period).ok()?);
            compute(&input, &self.calendar).ok().map(|deadline| deadline.end)
        });
        let task = Task {
            role: role.as_str().unwrap_or_default().to_owned(),
            due,
            excluded: self.excluded(path),
            proposal: self.proposal(id, path)?,
            assignee: None,
        };
        self.state.nodes.get_mut(&id).expect("it runs").task = Some(task);
        Ok(())
    }

    /// Who has done what this step says that another person must have done.
    pub fn excluded(&self, path: &Path) -> BTreeSet<String> {
        let mut excluded = BTreeSet::new();
        for id in named(&self.texts.steps[&path.step].written["not_same_person_as"]) {
            let other = self.texts.named(&path.step, &id);
            let done =
                self.state.performers.iter().filter(|(done, _)| {
                    self.texts.lies_in(&done.step, &other) && self.same_rounds(done, path)
                });
            excluded.extend(done.map(|(_, person)| person.clone()));
            // Whoever changes what a step was about counts like whoever did it.
            let changed = self.state.hands.iter().filter(|(_, steps)| {
                steps.iter().any(|step| {
                    self.texts.lies_in(&step.step, &other)
                        && (step.rounds.is_empty() || self.same_rounds(step, path))
                })
            });
            excluded.extend(changed.map(|(person, _)| person.clone()));
        }
        excluded
    }

    fn proposal(&self, id: usize, path: &Path) -> Result<Map<String, Value>, Failed> {
        let step = &self.texts.steps[&path.step];
        let place = self.place(step.frame, id, path);
        let before = self.state.read(&self.address(step.frame, &step.id, &path.rounds));
        let mut proposal = Map::new();
        for (name, field) in form(&self.texts, step)["fields"].as_object().into_iter().flatten() {
            let known = match field.get("propose") {
                Some(rule) => Some(self.rule(&place, rule)?).filter(|said| !said.is_null()),
                None => before.and_then(|before| before.get(name)).filter(|_| name != "outcome").cloned(),
            };
            let value = known.or_else(|| field.get("default").cloned());
            if let Some(value) = value.filter(|value| fields::fits(field, value)) {
                proposal.insert(name.clone(), value);
            }
        }
        Ok(proposal)
    }
}
