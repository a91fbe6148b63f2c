//! What one part of a case tells another: errors, escalations, signals, conditions that begin to hold.

use serde_json::{Value, json};

use super::{Failed, Oracle, between::signal, names::Place};

impl Oracle {
    pub fn raise(&mut self, id: usize, place: &Place<'_>, what: &Value) -> Result<(), Failed> {
        if let Some(code) = what["error"].as_str() {
            return Err(code.to_owned());
        }
        if what.get("message").is_some() {
            return self.send_message(id, place, what);
        }
        if let Some(name) = what["signal"].as_str() {
            self.state.send(signal(name));
            self.signal(name);
        } else if let Some(name) = what["escalation"].as_str() {
            self.handled(id, "escalation", name, None);
        } else {
            panic!("the oracle does not know what {what} raises yet");
        }
        self.leave(id, None);
        Ok(())
    }

    /// Whether a scope around handles an error.
    pub fn caught(&mut self, id: usize, code: &str) -> bool {
        let path = self.state.nodes.get(&id).map(|node| node.path.to_string());
        self.handled(id, "error", code, Some(json!({ "code": code, "step": path })))
    }

    /// Lets the innermost scope react that handles an error or escalation.
    fn handled(&mut self, id: usize, kind: &str, name: &str, told: Option<Value>) -> bool {
        for scope in self.state.around(id) {
            let (triggers, _) = self.triggers(scope);
            let Some(node) = self.state.nodes.get(&scope) else { return false };
            let handles = |handler: &&String| {
                let of = &triggers[*handler][kind];
                *of == name || *of == "any"
            };
            let handlers: Vec<String> = node.waits.iter().filter(handles).cloned().collect();
            for handler in handlers {
                if let Some(Value::Object(told)) = &told {
                    self.tell(scope, &handler, told.clone());
                }
                if self.wake(scope, &handler) {
                    return true;
                }
            }
        }
        false
    }

    /// Conditions that begin to hold, asked when nothing runs. Says whether one woke something.
    pub fn look_at_conditions(&mut self) -> bool {
        let mut asked = Vec::new();
        for (id, node) in &self.state.nodes {
            let (triggers, frame) = self.triggers(*id);
            if !self.state.is_stuck(*id) {
                let rules =
                    node.waits.iter().filter_map(|name| Some((name, triggers[name].get("condition")?)));
                asked.extend(rules.map(|(name, rule)| (*id, name.clone(), rule.clone(), frame)));
            }
        }
        for (id, name, rule, frame) in asked {
            let path = self.state.nodes[&id].path.clone();
            let holds = match self.holds(&self.place(frame, id, &path), &rule) {
                Ok(holds) => holds,
                Err(_) => {
                    self.stuck(Some(id), "rule_failed", Some(&name));
                    continue;
                }
            };
            let held = &mut self.state.nodes.get_mut(&id).expect("nothing has ended yet").holds;
            if !holds {
                held.remove(&name);
            } else if held.insert(name.clone()) && self.wake(id, &name) {
                return true;
            }
        }
        false
    }
}
