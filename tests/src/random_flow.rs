//! Random processes of control flow alone: sound by the way they are put together, or with one change that may have made
//! them unsound. Small enough that every state they can come to can be looked at.
//!
//! Deliberately absent: letters, deadlines, connectors, calls; for these there is [`crate::random_process`].

mod change;

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use self::change::change;
use crate::{
    dice::Dice,
    random_process::{RandomProcess, folder, words, yaml},
};

/// What the application says: truths that choices read, and how many rounds there are.
pub const TRUTHS: [&str; 3] = ["p0", "p1", "p2"];

/// A process of control flow.
pub struct RandomFlow {
    /// As it is written.
    pub process: RandomProcess,
    /// What was changed in it.
    pub changed: Option<String>,
    written: Value,
}

impl RandomFlow {
    /// Put together so that it is sound.
    pub fn sound(seed: u64) -> RandomFlow {
        let mut dice = Dice::new(seed);
        let size = dice.between(3, 10) as usize;
        let mut writer =
            Writer { dice: &mut dice, ids: 0, left: size, truths: 0, constructs: BTreeSet::new() };
        let mut steps = Map::new();
        let first = writer.chain(&mut steps, None, &Around::default());
        let steps = first_first(steps, &first);
        let constructs = writer.constructs;
        let always = dice.chance(10).then(|| json!({ "gone": { "message": "gone", "then": "$gone" } }));
        let mut written = json!({
            "process": "random",
            "version": "1.0.0",
            "title": words("Zufall", "Random"),
            "data": "application.schema.json",
            "roles": { "clerk": { "title": words("Sachbearbeitung", "Clerk") } },
            "steps": steps,
        });
        if let Some(always) = always {
            written["always"] = always;
        }
        RandomFlow::of(written, constructs, None)
    }

    /// The same with one change; none when the language refuses every change that was tried.
    pub fn changed(seed: u64) -> Option<RandomFlow> {
        let whole = RandomFlow::sound(seed);
        let mut dice = Dice::new(!seed);
        (0..40).find_map(|_| {
            let mut written = whole.written.clone();
            let changed = change(&mut written["steps"], &mut dice)?;
            let flow = RandomFlow::of(written, whole.process.constructs.clone(), Some(changed));
            flow.process.compiles().then_some(flow)
        })
    }

    fn of(written: Value, constructs: BTreeSet<&'static str>, changed: Option<String>) -> RandomFlow {
        let text = yaml::text(&written, &mut Dice::new(0));
        let mut properties = Map::new();
        for name in TRUTHS {
            properties.insert(name.into(), json!({ "type": "boolean", "x-title": words(name, name) }));
        }
        let rounds =
            json!({ "type": "integer", "minimum": 0, "maximum": 2, "x-title": words("Runden", "Rounds") });
        properties.insert("rounds".into(), rounds);
        let required: Vec<&String> = properties.keys().collect();
        let schema = json!({ "type": "object", "required": required, "properties": properties });
        let files = [("process.yaml", text), ("application.schema.json", schema.to_string())];
        let files = files.map(|(name, text)| (name.to_owned(), text)).into();
        RandomFlow {
            process: RandomProcess { process: folder("", files), blocks: Vec::new(), constructs },
            changed,
            written,
        }
    }

    /// Every application that makes a difference.
    pub fn applications(&self) -> Vec<Map<String, Value>> {
        let text = self.written.to_string();
        let mut found = vec![Map::new()];
        let fields = TRUTHS.map(|name| (name, vec![json!(true), json!(false)]));
        let rounds = ("rounds", vec![json!(0), json!(1), json!(2)]);
        for (name, values) in fields.into_iter().chain([rounds]) {
            let read = text.contains(&format!("application.{name}"));
            let values = if read { &values[..] } else { &values[..1] };
            let with = |found: &Map<String, Value>, value: &Value| {
                let mut found = found.clone();
                found.insert(name.into(), value.clone());
                found
            };
            found = found
                .iter()
                .flat_map(|one| values.iter().map(|value| with(one, value)).collect::<Vec<_>>())
                .collect();
        }
        found
    }
}

impl std::fmt::Display for RandomFlow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "changed: {:?}\n{}", self.changed, self.process)
    }
}

/// The step that a scope begins with is written first.
fn first_first(steps: Map<String, Value>, first: &str) -> Map<String, Value> {
    let (begin, rest): (Vec<_>, Vec<_>) = steps.into_iter().partition(|(id, _)| id == first);
    begin.into_iter().chain(rest.into_iter().rev()).collect()
}

/// What steps of a scope may do with what is around it.
#[derive(Clone, Default)]
struct Around {
    depth: usize,
    /// Whether the scope may be left by `$out`.
    leaves: bool,
    /// Errors that something around handles.
    errors: Vec<String>,
    /// Whether a way leads back: paths that are left behind would become more each time.
    looped: bool,
}

struct Writer<'d> {
    dice: &'d mut Dice,
    ids: usize,
    /// So many steps may still be written, roughly.
    left: usize,
    truths: usize,
    constructs: BTreeSet<&'static str>,
}

type Steps = Map<String, Value>;
/// Writes a part of a process that leads to a next step; tells with which step it begins.
type Piece<'d> = fn(&mut Writer<'d>, &mut Steps, Option<String>, &Around) -> String;

impl<'d> Writer<'d> {
    fn id(&mut self) -> String {
        self.ids += 1;
        self.left = self.left.saturating_sub(1);
        format!("s{}", self.ids)
    }

    fn put(&mut self, steps: &mut Steps, id: &str, mut step: Value, next: Option<&String>) {
        if let Some(next) = next {
            let key = if step.get("fork").is_some() { "join" } else { "then" };
            step[key] = next.as_str().into();
        }
        steps.insert(id.to_owned(), step);
    }

    /// Some pieces one after the other; the id of the first step.
    fn chain(&mut self, steps: &mut Steps, next: Option<String>, around: &Around) -> String {
        let count = self.dice.between(1, 3);
        let mut next = next;
        for _ in 0..count {
            next = Some(self.piece(steps, next, around));
            if self.left == 0 {
                break;
            }
        }
        next.expect("a chain has a piece")
    }

    fn piece(&mut self, steps: &mut Steps, next: Option<String>, around: &Around) -> String {
        if self.left == 0 || around.depth > 3 {
            return self.plain(steps, next);
        }
        let pieces: [(usize, &'static str, Piece<'d>); 16] = [
            (6, "plain", |it, steps, next, _| it.plain(steps, next)),
            (5, "decision", Self::decision),
            (4, "choice", Self::choice),
            (4, "loop", Self::again),
            (5, "fork", Self::fork),
            (5, "meeting", Self::meeting),
            (4, "inclusive meeting", Self::inclusive),
            (5, "group", Self::group),
            (3, "rounds", Self::each),
            (3, "repetition", Self::repeat),
            (3, "paths that end", Self::apart),
            (3, "cancel", Self::cancel),
            (3, "error", Self::error),
            (2, "wait", Self::wait),
            (2, "ad-hoc group", Self::ad_hoc),
            (2, "lock", Self::locks),
        ];
        let (name, piece) = self.dice.weighted(&pieces.map(|(weight, name, piece)| (weight, (name, piece))));
        self.constructs.insert(name);
        piece(self, steps, next, &Around { depth: around.depth + 1, ..around.clone() })
    }

    fn plain(&mut self, steps: &mut Steps, next: Option<String>) -> String {
        let id = self.id();
        let step = if self.dice.chance(75) { task(&[]) } else { json!({ "compute": { "x": "1" } }) };
        self.put(steps, &id, step, next.as_ref());
        id
    }

    /// Somebody decides on the way.
    fn decision(&mut self, steps: &mut Steps, next: Option<String>, around: &Around) -> String {
        let id = self.id();
        let mut step = task(&["x", "y"]);
        let one = self.chain(steps, next.clone(), around);
        let other = match next {
            _ if around.leaves && self.dice.chance(40) => "$out".to_owned(),
            Some(next) if self.dice.chance(50) => next,
            next => self.chain(steps, next, around),
        };
        step["then"] = json!({ "x": one, "y": other });
        self.put(steps, &id, step, None);
        id
    }

    /// Data decide on the way: of the application, or what was entered just before.
    fn choice(&mut self, steps: &mut Steps, next: Option<String>, around: &Around) -> String {
        let id = self.id();
        let one = self.chain(steps, next.clone(), around);
        let other = match next {
            Some(next) if self.dice.chance(50) => next,
            next => self.chain(steps, next, around),
        };
        if self.truths < TRUTHS.len() && self.dice.chance(60) {
            let rule = format!("application.{}", TRUTHS[self.truths]);
            self.truths += 1;
            steps.insert(id.clone(), json!({ "choose": [{ "when": rule, "then": one }, { "else": other }] }));
            return id;
        }
        self.asked(steps, &id, &one, &other)
    }

    /// A task in which somebody ticks a field, and a choice by it.
    fn asked(&mut self, steps: &mut Steps, id: &str, one: &str, other: &str) -> String {
        let before = self.id();
        let rule = format!("steps.{before}.ok");
        steps.insert(id.to_owned(), json!({ "choose": [{ "when": rule, "then": one }, { "else": other }] }));
        let mut step = task(&[]);
        step["task"]["fields"] =
            json!({ "ok": { "type": "boolean", "required": true, "title": words("Gut", "Good") } });
        step["then"] = id.into();
        steps.insert(before.clone(), step);
        before
    }

    fn again(&mut self, steps: &mut Steps, next: Option<String>, around: &Around) -> String {
        let id = self.id();
        let out = match next {
            Some(next) => next,
            None => self.plain(steps, None),
        };
        if self.dice.chance(50) {
            let looped = Around { looped: true, ..around.clone() };
            let back = match self.dice.chance(50) {
                true => id.clone(),
                false => self.chain(steps, Some(id.clone()), &looped),
            };
            let mut step = task(&["again", "enough"]);
            step["then"] = json!({ "again": back, "enough": out });
            steps.insert(id.clone(), step);
            return id;
        }
        let choice = self.id();
        // Back to the task that is asked before the choice.
        let before = self.asked(steps, &choice, &out, &id);
        self.put(steps, &id, json!({ "compute": { "x": "1" } }), Some(&before));
        id
    }

    fn branch(&mut self, around: &Around) -> Value {
        let inner = Around { leaves: false, looped: false, ..around.clone() };
        if self.dice.chance(50) {
            return task(&[]);
        }
        let mut steps = Map::new();
        let next = self.chain(&mut steps, None, &inner);
        // Whoever is through at once would be the only one when one is enough.
        let first = self.id();
        self.put(&mut steps, &first, task(&[]), Some(&next));
        json!({ "group": { "steps": first_first(steps, &first) } })
    }

    fn fork(&mut self, steps: &mut Steps, next: Option<String>, around: &Around) -> String {
        let id = self.id();
        let mut branches = Map::new();
        for _ in 0..self.dice.between(2, 3) {
            let name = self.id();
            let mut branch = self.branch(around);
            if self.truths < TRUTHS.len() && self.dice.chance(15) {
                branch["when"] = format!("application.{}", TRUTHS[self.truths]).into();
                self.truths += 1;
            }
            branches.insert(name, branch);
        }
        let mut step = json!({ "fork": branches });
        if self.dice.chance(30) {
            step["wait_for"] = "1".into();
            if !around.looped && self.dice.chance(50) {
                step["rest"] = "go-on".into();
            }
        }
        let join = match next {
            Some(next) => next,
            None => self.plain(steps, None),
        };
        self.put(steps, &id, step, Some(&join));
        id
    }

    /// Several paths at once that meet again.
    fn meeting(&mut self, steps: &mut Steps, next: Option<String>, around: &Around) -> String {
        let (id, join) = (self.id(), self.id());
        let around = Around { leaves: false, errors: Vec::new(), ..around.clone() };
        let count = self.dice.between(2, 3);
        let paths: Vec<String> = (0..count).map(|_| self.chain(steps, Some(join.clone()), &around)).collect();
        let how = self.dice.pick(&[json!("all"), json!(count), json!("inclusive")]).clone();
        // A join of all needs one path on each of its ways.
        let ways = steps.values().filter(|step| step.to_string().contains(&format!("\"{join}\""))).count();
        let how = if how == "all" && ways as i64 != count { json!(count) } else { how };
        self.put(steps, &join, json!({ "join": how }), next.as_ref());
        let mut step = task(&[]);
        step["then"] = json!(paths);
        steps.insert(id.clone(), step);
        id
    }

    /// One path or two, that meet again if they are two.
    fn inclusive(&mut self, steps: &mut Steps, next: Option<String>, around: &Around) -> String {
        let (id, join) = (self.id(), self.id());
        let around = Around { leaves: false, errors: Vec::new(), ..around.clone() };
        let one = self.chain(steps, Some(join.clone()), &around);
        let other = self.chain(steps, Some(join.clone()), &around);
        self.put(steps, &join, json!({ "join": "inclusive" }), next.as_ref());
        let mut step = task(&["both", "one"]);
        step["then"] = json!({ "both": [one, other], "one": one });
        steps.insert(id.clone(), step);
        id
    }

    /// Several paths at once that never meet.
    fn apart(&mut self, steps: &mut Steps, next: Option<String>, around: &Around) -> String {
        if around.looped {
            return self.plain(steps, next);
        }
        let id = self.id();
        let inner = Around { errors: Vec::new(), leaves: false, ..around.clone() };
        let alone = self.chain(steps, None, &inner);
        let on = self.chain(steps, next, around);
        let mut step = task(&[]);
        step["then"] = json!([alone, on]);
        steps.insert(id.clone(), step);
        id
    }

    /// Two paths, of which one ends the other.
    fn cancel(&mut self, steps: &mut Steps, next: Option<String>, _: &Around) -> String {
        let (id, by, other) = (self.id(), self.id(), self.plain(steps, None));
        let first = self.plain(steps, Some(by.clone()));
        self.put(steps, &by, json!({ "cancel": other }), next.as_ref());
        let mut step = task(&[]);
        step["then"] = json!([first, other]);
        steps.insert(id.clone(), step);
        id
    }

    fn group(&mut self, steps: &mut Steps, next: Option<String>, around: &Around) -> String {
        let id = self.id();
        let inner = Around { leaves: true, looped: false, ..around.clone() };
        let mut inside = Map::new();
        let second = self.chain(&mut inside, None, &inner);
        // Nothing comes to a group that is over at once.
        let first = self.id();
        self.put(&mut inside, &first, task(&[]), Some(&second));
        let mut on = Map::new();
        for name in ["h1", "h2"] {
            if !self.dice.chance(40) {
                continue;
            }
            let mut handler = json!({ "message": format!("m-{id}-{name}") });
            if self.dice.chance(40) {
                handler["interrupt"] = false.into();
                handler["then"] = self.plain(&mut inside, None).into();
            } else {
                handler["then"] = match self.dice.chance(50) {
                    true => "$out".into(),
                    false => self.chain(&mut inside, None, &inner).into(),
                };
            }
            on.insert(format!("{name}-{id}"), handler);
        }
        let mut group = json!({ "steps": first_first(inside, &first) });
        if !on.is_empty() {
            group["on"] = on.into();
        }
        let mut step = json!({ "group": group });
        let leaves = flows_of(&step["group"]["steps"]).iter().any(|flow| flow == "$out")
            || step["group"]["on"].to_string().contains("$out");
        if leaves {
            let otherwise = match &next {
                Some(next) => next.clone(),
                None => self.plain(steps, None),
            };
            let out = self.chain(steps, next, around);
            step["then"] = json!({ "out": out, "else": otherwise });
            steps.insert(id.clone(), step);
        } else {
            self.put(steps, &id, step, next.as_ref());
        }
        id
    }

    fn each(&mut self, steps: &mut Steps, next: Option<String>, around: &Around) -> String {
        let id = self.id();
        let inner = Around { leaves: false, looped: false, ..around.clone() };
        let mut inside = Map::new();
        let second = self.chain(&mut inside, None, &inner);
        let first = self.id();
        self.put(&mut inside, &first, task(&[]), Some(&second));
        let times = if self.dice.chance(50) { "application.rounds" } else { "2" };
        let mut each = json!({ "times": times, "steps": first_first(inside, &first) });
        if self.dice.chance(60) {
            each["order"] = "sequential".into();
        }
        if self.dice.chance(20) {
            each["wait_for"] = "1".into();
        }
        self.put(steps, &id, json!({ "each": each }), next.as_ref());
        id
    }

    fn repeat(&mut self, steps: &mut Steps, next: Option<String>, around: &Around) -> String {
        let (id, last) = (self.id(), self.id());
        let inner = Around { leaves: false, errors: Vec::new(), looped: false, ..around.clone() };
        let mut inside = Map::new();
        let first = self.chain(&mut inside, Some(last.clone()), &inner);
        let mut step = task(&[]);
        step["task"]["fields"] =
            json!({ "ok": { "type": "boolean", "required": true, "title": words("Gut", "Good") } });
        inside.insert(last.clone(), step);
        let repeat = json!({ "until": format!("steps.{last}.ok"), "max": 2 });
        let mut step = json!({ "group": { "repeat": repeat, "steps": first_first(inside, &first) } });
        let on = match next {
            Some(next) => next,
            None => self.plain(steps, None),
        };
        let most = self.chain(steps, Some(on.clone()), around);
        step["then"] = json!({ "max-reached": most, "else": on });
        steps.insert(id.clone(), step);
        id
    }

    /// An error inside a group that handles it.
    fn error(&mut self, steps: &mut Steps, next: Option<String>, around: &Around) -> String {
        let (id, raises) = (self.id(), self.id());
        if let Some(code) = self.dice.maybe_pick(&around.errors).cloned() {
            let other = self.chain(steps, next, around);
            steps.insert(raises.clone(), json!({ "raise": { "error": code } }));
            let mut step = task(&["x", "y"]);
            step["then"] = json!({ "x": raises, "y": other });
            steps.insert(id.clone(), step);
            return id;
        }
        let code = format!("err-{}", &id[1..]);
        let inner = Around {
            leaves: false,
            looped: false,
            errors: [around.errors.as_slice(), std::slice::from_ref(&code)].concat(),
            ..around.clone()
        };
        let mut inside = Map::new();
        let first = self.id();
        inside.insert(raises.clone(), json!({ "raise": { "error": code } }));
        let other = self.chain(&mut inside, None, &inner);
        let mut step = task(&["x", "y"]);
        step["then"] = json!({ "x": raises, "y": other });
        inside.insert(first.clone(), step);
        let handled = self.plain(&mut inside, None);
        let on = json!({ format!("fails-{id}"): { "error": code, "then": handled } });
        self.put(
            steps,
            &id,
            json!({ "group": { "steps": first_first(inside, &first), "on": on } }),
            next.as_ref(),
        );
        id
    }

    fn wait(&mut self, steps: &mut Steps, next: Option<String>, around: &Around) -> String {
        let id = self.id();
        let mut step = json!({ "wait": {
            "comes": { "message": format!("m-{id}") },
            "late": { "timer": { "after": "1 week" } },
        } });
        let one = self.chain(steps, next.clone(), around);
        let other = match next {
            Some(next) => next,
            None => self.plain(steps, None),
        };
        step["then"] = json!({ "comes": one, "late": other });
        steps.insert(id.clone(), step);
        id
    }

    fn ad_hoc(&mut self, steps: &mut Steps, next: Option<String>, _: &Around) -> String {
        let id = self.id();
        let mut inside = Map::new();
        self.plain(&mut inside, None);
        self.plain(&mut inside, None);
        let kind = json!({ "role": "clerk", "one_at_a_time": true });
        self.put(steps, &id, json!({ "group": { "ad_hoc": kind, "steps": inside } }), next.as_ref());
        id
    }

    /// Branches that take one or two locks, always in the same order.
    fn locks(&mut self, steps: &mut Steps, next: Option<String>, _: &Around) -> String {
        let id = self.id();
        let mut branches = Map::new();
        for _ in 0..2 {
            let (name, held) = (self.id(), self.id());
            let inner = if self.dice.chance(50) {
                let inside = self.id();
                let inside: Map<String, Value> = [(inside, task(&[]))].into_iter().collect();
                json!({ "group": { "lock": "shelf", "steps": inside } })
            } else {
                task(&[])
            };
            let inside: Map<String, Value> = [(held, inner)].into_iter().collect();
            branches.insert(name, json!({ "group": { "lock": "room", "steps": inside } }));
        }
        let join = match next {
            Some(next) => next,
            None => self.plain(steps, None),
        };
        self.put(steps, &id, json!({ "fork": branches }), Some(&join));
        id
    }
}

fn task(outcomes: &[&str]) -> Value {
    let mut form = json!({ "title": words("Tun", "Do") });
    if !outcomes.is_empty() {
        let options: Map<String, Value> =
            outcomes.iter().map(|outcome| ((*outcome).to_owned(), words(outcome, outcome))).collect();
        form["fields"] = json!({ "outcome": {
            "type": "choice", "required": true, "title": words("Ergebnis", "Result"), "options": options,
        } });
    }
    json!({ "task": form, "role": "clerk" })
}

/// Where the flows of some steps lead.
fn flows_of(steps: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for step in steps.as_object().into_iter().flatten().map(|(_, step)| step) {
        let mut values = vec![&step["then"]];
        values.extend(
            step["choose"].as_array().into_iter().flatten().flat_map(|way| [&way["then"], &way["else"]]),
        );
        while let Some(value) = values.pop() {
            match value {
                Value::String(text) => found.push(text.clone()),
                Value::Array(all) => values.extend(all),
                Value::Object(all) => values.extend(all.values()),
                _ => {}
            }
        }
    }
    found
}
