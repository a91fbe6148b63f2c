//! What only the oracle is held against yet: errors and escalations that are handled, steps that are ended from elsewhere
//! and undone, groups whose steps a person chooses, and rounds that are told by name and ended by a rule.

use serde_json::{Map, Value, json};

use super::{
    rules::Of,
    steps::{Place, Writer},
};

impl Writer<'_> {
    /// An error, of a code that some handler may know.
    pub(super) fn error(&mut self, _id: &str, _place: &Place<'_>, _depth: usize) -> Value {
        self.notes("error");
        json!({ "raise": { "error": "broken" } })
    }

    /// Ends a step of the same scope, which may be active beside this one.
    pub(super) fn cancel(&mut self, _id: &str, place: &Place<'_>, _depth: usize) -> Value {
        self.notes("cancel");
        let other = self.dice.pick(&place.ids[..place.ids.len() - 1]).as_str();
        let mut step = json!({ "cancel": if self.dice.chance(50) { json!([other]) } else { other.into() } });
        self.then(&mut step, place, false);
        step
    }

    /// Undoes what was done.
    pub(super) fn compensate(&mut self, _id: &str, place: &Place<'_>, _depth: usize) -> Value {
        self.notes("compensate");
        let mut step = json!({ "compensate": true });
        self.then(&mut step, place, true);
        step
    }

    /// A group whose steps a person chooses.
    pub(super) fn ad_hoc(&mut self, _id: &str, place: &Place<'_>, depth: usize) -> Value {
        self.notes("ad-hoc group");
        let size = self.dice.between(1, 3) as usize;
        let mut steps = self.scope(size, depth + 1, &[]);
        let first = steps.as_object_mut().and_then(|steps| steps.values_mut().next());
        if let Some(first) = first.filter(|_| self.dice.chance(30)) {
            first["when"] = self.names.rule(Of::Truth, self.dice).into();
        }
        let mut kind = json!({ "role": "clerk", "one_at_a_time": self.dice.chance(50) });
        if self.dice.chance(40) {
            kind["until"] = self.names.rule(Of::Truth, self.dice).into();
        }
        let mut step = json!({ "group": { "ad_hoc": kind, "steps": steps } });
        self.then(&mut step, place, true);
        step
    }

    /// Lets some steps of a scope be undone.
    pub(super) fn undoing(&mut self, steps: &mut Map<String, Value>) {
        let ids: Vec<String> = steps.keys().cloned().collect();
        for id in ids {
            let kind = ["task", "compute", "number", "group", "block", "each"];
            let can = kind.iter().any(|kind| steps[&id].get(*kind).is_some());
            if !self.wide || !can || !self.dice.chance(50) {
                continue;
            }
            self.notes("undo");
            let by = self.id("u");
            steps[&id]["undo"] = by.as_str().into();
            let form = json!({ "title": super::words("Rückgängig", "Undo") });
            let step = match self.dice.chance(60) {
                true => json!({ "task": form, "role": "clerk" }),
                false => json!({ "compute": { "undone": "undone" } }),
            };
            steps.insert(by, step);
        }
    }

    /// Handlers of errors and escalations.
    pub(super) fn reactions(&mut self, ids: &[String], handlers: &mut Map<String, Value>) {
        if !self.wide {
            return;
        }
        if self.dice.chance(70) {
            self.notes("handler of an error");
            let code = *self.dice.pick(&["broken", "rule_failed", "any", "any"]);
            let name = self.id("h");
            handlers.insert(name, json!({ "error": code, "then": self.dice.pick(ids).as_str() }));
        }
        if self.dice.chance(40) {
            self.notes("handler of an escalation");
            let of = *self.dice.pick(&["alarm", "any"]);
            let mut handler = json!({ "escalation": of, "then": self.dice.pick(ids).as_str() });
            if self.dice.chance(50) {
                handler["interrupt"] = false.into();
            }
            let name = self.id("h");
            handlers.insert(name, handler);
        }
    }

    /// A repetition with a rule that must hold before each round; now and then until a step of it has written.
    pub(super) fn repeated_while(&mut self, steps: &Value) -> Option<Value> {
        if !self.wide || self.dice.chance(35) {
            return None;
        }
        self.notes("condition `while` of a repetition");
        let writes = |(id, step): (&String, &Value)| {
            let written = [("compute", "number"), ("number", "number"), ("decide", "level")];
            let undoes = id.starts_with("u-");
            let field = written.iter().find(|(kind, _)| step.get(*kind).is_some() && !undoes)?.1;
            Some(format!("steps.{}?.{field} == ()", id.replace('-', "_")))
        };
        let written: Vec<String> = steps.as_object().into_iter().flatten().filter_map(writes).collect();
        let written = self.dice.maybe_pick(&written).filter(|_| !self.in_block && self.dice.chance(70));
        let rule = written.cloned().unwrap_or_else(|| self.names.rule(Of::Truth, self.dice));
        let mut repeat = json!({ "while": rule, "max": 3 });
        if self.dice.chance(40) {
            repeat["until"] = self.names.rule(Of::Truth, self.dice).into();
        }
        Some(repeat)
    }

    /// The list that rounds go through, and what an entry is called in them.
    pub(super) fn over(&mut self) -> Option<Value> {
        if !self.wide {
            return None;
        }
        let mut each = json!({});
        let of = if self.dice.chance(55) {
            self.notes("each in a list");
            let (of, list) = self.list();
            each["in"] = list.into();
            of
        } else {
            each["times"] = self.dice.between(0, 3).to_string().into();
            Some(Of::Number)
        };
        let mut name = "item".to_owned();
        if self.dice.chance(40) {
            name = self.id("entry").replace('-', "_");
            each["as"] = name.as_str().into();
        }
        if let Some(of) = of {
            self.names.add(of, name);
        }
        Some(each)
    }

    /// A rule that gives a list, and what its entries are; now and then it gives none.
    fn list(&mut self) -> (Option<Of>, String) {
        match self.dice.below(8) {
            0 | 1 => (Some(Of::Text), "application.parts ?? []".to_owned()),
            2 => (
                Some(Of::Text),
                format!(
                    "[{}, {}]",
                    self.names.rule(Of::Text, self.dice),
                    self.names.rule(Of::Text, self.dice)
                ),
            ),
            3 | 4 => (Some(Of::Number), format!("[{}, 7]", self.names.rule(Of::Number, self.dice))),
            5 => (Some(Of::Text), "application.name.split(\" \")".to_owned()),
            6 => (Some(Of::Day), format!("[{}]", self.names.rule(Of::Day, self.dice))),
            _ => (
                None,
                format!(
                    "if {} {{ [[1], #{{ a: 2 }}] }} else {{ () }}",
                    self.names.rule(Of::Truth, self.dice)
                ),
            ),
        }
    }

    /// Whoever did a task inside may be kept from a later one.
    pub(super) fn holds_tasks(&mut self, id: &str) {
        if self.wide {
            self.tasks.push(id.to_owned());
        }
    }

    /// Issues an act.
    pub(super) fn issue(&mut self, id: &str, place: &Place<'_>, _depth: usize) -> Value {
        self.notes("act");
        let mut with = json!({ "title": "Bescheid", "body": "= \"An \" + application.name" });
        let rule = |of, writer: &mut Self| Value::from(format!("= {}", writer.names.rule(of, writer.dice)));
        if self.dice.chance(40) {
            with["decision"] = rule(Of::Text, self);
        }
        if self.dice.chance(40) {
            // Now and then less than nothing.
            with["fee"] = rule(Of::Number, self);
        }
        if self.dice.chance(30) {
            let due = if self.dice.chance(90) { "today" } else { "\"soon\"" };
            let conditions = format!("= [\"Auflage\", #{{ text: \"bis\", kind: \"charge\", due: {due} }}]");
            with["conditions"] = conditions.into();
        }
        // Which remedy the law gives needs an authority that says who it is; here the process says the period.
        let usual = self.dice.chance(70);
        let period = if usual { "1 month" } else { *self.dice.pick(&["2 weeks", "3 days", "1 month"]) };
        with["remedy"] = json!({ "period": period });
        if self.dice.chance(20) {
            with["to"] =
                (*self.dice.pick(&["= parties.applicant", "= [1, 1]", "= parties.neighbour", "= 9"])).into();
        }
        let act = self.dice.weighted(&[(80, "permit"), (20, "fee-notice")]);
        let mut step = json!({ "issue": act, "with": with });
        self.then(&mut step, place, true);
        self.letters.push(id.to_owned());
        step
    }

    /// What rounds are called, and when there were enough of them.
    pub(super) fn rounds(&mut self, each: &mut Value) {
        if self.wide && self.dice.chance(40) {
            self.notes("label of a round");
            let item = each["as"].as_str().unwrap_or("item").to_owned();
            each["label"] = self.dice.pick(&[item.clone(), format!("\"R\" + {item}")]).as_str().into();
        }
        if self.wide && self.dice.chance(30) {
            self.notes("until of rounds");
            each["until"] = self.names.rule(Of::Truth, self.dice).into();
        }
    }
}
