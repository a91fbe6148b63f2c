//! What rules see where, and what they say. The expressions themselves are evaluated by the sandbox of the rules: the
//! oracle is about the course of cases, not about arithmetic.

use fachwerk_core::{facts::day_of, language::sandbox};
use fachwerk_rules::{Script, Vars};
use serde_json::{Map, Value, json};

use super::{
    Failed, Oracle,
    state::Path,
    table,
    text::{key, yaml},
};

/// Where a rule is asked.
#[derive(Clone)]
pub struct Place<'a> {
    pub frame: usize,
    pub rounds: &'a [u32],
    pub node: Option<usize>,
    /// The values of a form that is being filled in, over what its step wrote before.
    pub entering: Option<&'a Map<String, Value>>,
}

impl Oracle {
    /// The place of a rule that stands at a step.
    pub fn place<'a>(&self, frame: usize, node: usize, path: &'a Path) -> Place<'a> {
        Place { frame, rounds: &path.rounds, node: Some(node), entering: None }
    }

    /// Where everything of a frame is written.
    fn within(&self, frame: usize, rounds: &[u32]) -> Vec<String> {
        let mut rounds = rounds.iter();
        let number = |round: Option<&u32>| (round.map_or(0, |round| round - 1)).to_string();
        let parts = self.texts.frames[frame].at.iter();
        parts.map(|part| part.clone().unwrap_or_else(|| number(rounds.next()))).collect()
    }

    /// Where the result of a step or handler of a frame is written.
    pub fn address(&self, frame: usize, id: &str, rounds: &[u32]) -> Vec<String> {
        let mut at = self.within(frame, rounds);
        if self.texts.frames[frame].block.is_none() {
            at.push(key(id));
        }
        at
    }

    /// What a rule says.
    pub fn rule(&self, place: &Place<'_>, rule: &Value) -> Result<Value, Failed> {
        let text = match rule {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        if let (Some(name), Some(used)) = (text.strip_prefix('$'), &self.texts.frames[place.frame].block) {
            let place = Place { frame: used.user, ..place.clone() };
            return self.rule(&place, &used.params[name]);
        }
        let mut known = self.rules.borrow_mut();
        let compiled = known.entry(text.clone()).or_insert_with(|| sandbox().expression(&text).ok());
        let compiled = compiled.clone().ok_or("a rule that was checked can be read")?;
        self.with_names(place, |vars| compiled.eval(vars).map_err(|_| "rule_failed".to_owned()))
    }

    /// What a rule says that must say yes or no.
    pub fn holds(&self, place: &Place<'_>, rule: &Value) -> Result<bool, Failed> {
        self.rule(place, rule)?.as_bool().ok_or_else(|| "rule_not_boolean".to_owned())
    }

    /// What a file of statements says.
    pub fn script(&self, place: &Place<'_>, file: &str) -> Result<Map<String, Value>, Failed> {
        let script: Script = sandbox().script(self.texts.file(place.frame, file)).map_err(|_| "no script")?;
        let said = self.with_names(place, |vars| script.eval(vars).map_err(|_| "rule_failed".to_owned()))?;
        said.as_object().cloned().ok_or_else(|| "rule_not_object".to_owned())
    }

    /// What a decision table says.
    pub fn table(&self, place: &Place<'_>, file: &str) -> Result<Map<String, Value>, Failed> {
        let table = yaml(self.texts.file(place.frame, file));
        let by = self.rule(place, &table["inputs"]["by"]).map_err(|_| "table_failed".to_owned())?;
        table::decide(&table, &by).ok_or_else(|| "table_failed".to_owned())
    }

    /// A value in which rules and templates stand.
    pub fn value(&self, place: &Place<'_>, written: &Value) -> Result<Value, Failed> {
        let filled = self.texts.filled(place.frame, written);
        match &filled {
            Value::String(text) => match text.strip_prefix('=') {
                Some(rule) => self.rule(place, &rule.trim().into()),
                None => Ok(filled),
            },
            Value::Array(items) => items.iter().map(|item| self.value(place, item)).collect(),
            Value::Object(entries) if entries.contains_key("template") => {
                let file = entries["template"].as_str().unwrap_or_default();
                self.template(place, self.texts.file(place.frame, file)).map(Value::String)
            }
            Value::Object(entries) => {
                let mut all = Map::new();
                for (name, entry) in entries {
                    all.insert(name.clone(), self.value(place, entry)?);
                }
                Ok(Value::Object(all))
            }
            _ => Ok(filled),
        }
    }

    /// A letter: whether all that it fills in is there.
    fn template(&self, _: &Place<'_>, text: &str) -> Result<String, Failed> {
        for gap in text.split("{{").skip(1).filter_map(|rest| rest.split("}}").next()) {
            let field = gap.trim().strip_prefix("application.").filter(|gap| !gap.contains("default"));
            if field.is_some_and(|field| !self.state.data.contains_key(field)) {
                return Err("template_failed".to_owned());
            }
        }
        Ok(text.to_owned())
    }

    fn with_names<T>(&self, place: &Place<'_>, ask: impl FnOnce(&Vars<'_>) -> T) -> T {
        let state = &self.state;
        let frame = &self.texts.frames[place.frame];
        let (mut rounds, mut items, mut outermost) = (Vec::new(), Vec::new(), place.frame);
        while let Some((item, outer)) = &self.texts.frames[outermost].round {
            let round = state.read(&self.within(outermost, place.rounds)).and_then(Value::as_object);
            if let Some(round) = round {
                items.extend(round.get(item).map(|entry| (item, entry)));
                rounds.push(round);
            }
            outermost = *outer;
        }
        let over = |mut all: Map<String, Value>| {
            for round in rounds.iter().rev() {
                all.extend((*round).clone());
            }
            all
        };
        let at = |address: Vec<String>| {
            state.read(&address).and_then(Value::as_object).cloned().unwrap_or_default()
        };
        let (steps, mut result) = match &frame.block {
            Some(_) => (state.results.clone(), Some(over(at(self.within(outermost, place.rounds))))),
            None => (over(state.results.clone()), None),
        };
        if let (Some(entered), Some(path)) = (place.entering, place.node.map(|node| &state.nodes[&node].path))
        {
            let id = &self.texts.steps[&path.step].id;
            let mut before = at(self.address(place.frame, id, place.rounds));
            before.extend(entered.clone());
            result = Some(before);
        }
        let (application, result) = (Value::Object(state.data.clone()), result.map(Value::Object));
        let file = json!({
            "number": state.number,
            "received_on": state.received_on.to_string(),
            "started_on": day_of(state.started_at).to_string(),
            "channel": state.channel,
        });
        let (parties, acts) = (self.parties_seen(), self.acts_seen());
        let today = Value::from(self.today().to_string());
        let params = frame.block.as_ref().map(|used| Value::Object(used.params.clone()));
        let undone = place.node.and_then(|node| self.undoing_around(node)).unwrap_or_default();
        let mut vars = Vars::new()
            .with("application", &application)
            .with_members("steps", &steps)
            .with_members("settings", &self.settings)
            .with("file", &file)
            .with("parties", &parties)
            .with("acts", &acts)
            .with("today", &today)
            .with("undone", &undone);
        vars = params.iter().fold(vars, |vars, params| vars.with("params", params));
        vars = result.iter().fold(vars, |vars, result| vars.with("result", result));
        vars = items.iter().rev().fold(vars, |vars, (name, item)| vars.with(name, item));
        ask(&vars)
    }

    /// What the step had written that is being undone around a node.
    fn undoing_around(&self, node: usize) -> Option<Value> {
        let around = std::iter::once(node).chain(self.state.around(node));
        around
            .filter_map(|id| self.state.nodes.get(&id)?.undoing.as_ref())
            .map(|done| done.written.clone())
            .next()
    }

    /// Whether two steps are active in the same rounds, as far as they lie in the same ones.
    pub fn same_rounds(&self, one: &Path, other: &Path) -> bool {
        let around = |path: &Path| {
            self.texts.steps.get(&path.step).map(|step| step.rounds.clone()).unwrap_or_default()
        };
        let (of_one, of_other) = (around(one), around(other));
        let shared = of_one.iter().zip(&of_other).take_while(|(a, b)| a == b).count();
        one.rounds.iter().take(shared).eq(other.rounds.iter().take(shared))
    }
}
