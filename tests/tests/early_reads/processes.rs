//! Random processes: steps of many kinds, flows forth and back, scopes in scopes, and rules that read at random.

use std::fmt;

use fachwerk_core::language::Folder;
use fachwerk_tests::dice::Dice;

/// A random process.
pub struct Random {
    yaml: String,
}

const SCHEMA: &str = r#"{ "type": "object", "required": ["dogs"], "properties": {
    "dogs": { "type": "integer", "minimum": 0, "x-title": { "de": "Hunde", "en": "Dogs" } } } }"#;

/// A step before it is written: what it is and what it reads.
struct Made {
    /// The names under which results lie, with a field.
    results: Vec<(String, &'static str)>,
    next: usize,
}

impl Random {
    /// Draws one.
    pub fn new(dice: &mut Dice) -> Random {
        let mut made = Made { results: Vec::new(), next: 0 };
        let steps = made.scope(dice, 0);
        let mut yaml = String::from(
            "process: p\nversion: 1.0.0\ntitle: { de: P, en: P }\ndata: application.schema.json\nroles: { clerk: { title: { de: S, en: C } } }\n",
        );
        let ids = ids(&steps);
        if dice.chance(40) {
            let then = dice.pick(&ids).clone();
            let when = if dice.chance(30) { ", when: 'READ_WHEN'" } else { "" };
            yaml.push_str(&format!("always: {{ gone: {{ message: gone{when}, then: {then} }}"));
            if dice.chance(40) {
                let then = dice.pick(&ids).clone();
                yaml.push_str(&format!(", more: {{ message: more, interrupt: false, then: {then} }}"));
            }
            yaml.push_str(" }\n");
            made.results.push(("gone".into(), "received_on"));
        }
        yaml.push_str("steps:\n");
        for (id, text) in &steps {
            yaml.push_str(&format!("  {id}: {{ {text} }}\n"));
        }
        Random { yaml: made.read(dice, &yaml) }
    }

    /// Its files.
    pub fn folder(&self) -> Folder {
        let mut folder = Folder { name: "p".into(), ..Folder::default() };
        folder.files.insert("process.yaml".into(), self.yaml.clone().into_bytes().into());
        folder.files.insert("application.schema.json".into(), SCHEMA.as_bytes().into());
        folder
    }
}

impl fmt::Display for Random {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.yaml)
    }
}

fn ids(steps: &[(String, String)]) -> Vec<String> {
    steps.iter().map(|(id, _)| id.clone()).collect()
}

const NOTE: &str = "{ type: text, required: true, title: { de: Notiz, en: Note } }";

impl Made {
    /// Steps of a scope, with flows between them.
    fn scope(&mut self, dice: &mut Dice, depth: usize) -> Vec<(String, String)> {
        let count = if depth == 0 { 4 + dice.below(5) } else { 1 + dice.below(3) };
        let ids: Vec<String> = (0..count).map(|_| self.name()).collect();
        let joins: Vec<bool> = (0..count).map(|at| at > 1 && dice.chance(10)).collect();
        let mut steps = Vec::new();
        for (at, id) in ids.iter().enumerate() {
            let then = self.then(dice, &ids, at);
            let text = if joins[at] {
                let join = *dice.pick(&["all", "inclusive", "1", "2"]);
                format!("join: {join}{}", flow(&then))
            } else {
                self.step(dice, id, &ids, at, depth, &then)
            };
            steps.push((id.clone(), text));
        }
        steps
    }

    fn name(&mut self) -> String {
        self.next += 1;
        format!("s{}", self.next)
    }

    /// Where a step leads: mostly on, sometimes back, to several, or nowhere.
    fn then(&mut self, dice: &mut Dice, ids: &[String], at: usize) -> String {
        let later = &ids[(at + 1).min(ids.len())..];
        match dice.below(10) {
            0 => String::new(),
            1 => dice.pick(ids).clone(),
            2 if later.len() > 1 => format!("[{}, {}]", dice.pick(later), dice.pick(later)),
            3 => dice.maybe_pick(later).cloned().unwrap_or_default(),
            _ => later.first().cloned().unwrap_or_default(),
        }
    }

    fn step(
        &mut self,
        dice: &mut Dice,
        id: &str,
        ids: &[String],
        at: usize,
        depth: usize,
        then: &str,
    ) -> String {
        let kinds = [
            (30, 'f'),
            (20, 'r'),
            (10, 't'),
            (8, 'n'),
            (10, 'c'),
            (6, 'w'),
            (if depth < 2 { 6 } else { 0 }, 'k'),
            (if depth < 2 { 8 } else { 0 }, 'g'),
            (if depth < 2 { 4 } else { 0 }, 'e'),
            (3, 'x'),
        ];
        let flow = flow(then);
        match dice.weighted(&kinds) {
            'f' => {
                self.results.push((id.into(), "note"));
                let show = if dice.chance(20) { ", propose: 'READ'" } else { "" };
                let field = format!("{}{show} }}", NOTE.strip_suffix(" }").expect("a mapping"));
                format!(
                    "task: {{ title: {{ de: T, en: T }}, fields: {{ note: {field} }} }}, role: clerk{flow}"
                )
            }
            't' => {
                self.results.push((id.into(), "outcome"));
                let (one, other) = (self.then(dice, ids, at), self.then(dice, ids, at));
                let two = match (one.is_empty(), other.is_empty()) {
                    (false, false) => format!(", then: {{ x: {one}, y: {other} }}"),
                    _ => flow,
                };
                format!(
                    "task: {{ title: {{ de: T, en: T }}, fields: {{ outcome: {{ type: choice, required: true, title: {{ de: E, en: R }}, options: {{ x: {{ de: x, en: x }}, y: {{ de: y, en: y }} }} }} }} }}, role: clerk{two}"
                )
            }
            'n' => {
                self.results.push((id.into(), "x"));
                format!("compute: {{ x: '1' }}{flow}")
            }
            'r' => {
                self.results.push((id.into(), "x"));
                format!("compute: {{ x: 'READ' }}{flow}")
            }
            'c' => {
                let (one, other) = (self.then(dice, ids, at), self.then(dice, ids, at));
                if one.is_empty() || other.is_empty() {
                    return format!("compute: {{ x: '2' }}{flow}");
                }
                let when = if dice.chance(50) {
                    "READ_WHEN".to_owned()
                } else {
                    format!("application.dogs > {}", dice.below(5))
                };
                format!("choose: [{{ when: '{when}', then: {one} }}, {{ else: {other} }}]")
            }
            'w' => {
                self.results.push((id.into(), "received_on"));
                format!("wait: {{ came: {{ message: m }}, late: {{ timer: {{ after: 2 days }} }} }}{flow}")
            }
            'k' => self.fork(dice, depth, &flow),
            'g' => self.group(dice, depth, &flow),
            'e' => {
                let steps = written(&self.scope(dice, depth + 1));
                self.results.push((id.into(), "len"));
                format!("each: {{ times: '2', steps: {{ {steps} }} }}{flow}")
            }
            _ => "raise: { error: lost }".to_owned(),
        }
    }

    fn fork(&mut self, dice: &mut Dice, depth: usize, flow: &str) -> String {
        let count = 2 + dice.below(2);
        let mut branches = Vec::new();
        for _ in 0..count {
            let id = self.name();
            let own = [id.clone()];
            let mut text = loop {
                let text = self.step(dice, &id, &own, 0, depth + 1, "");
                if !text.starts_with("choose") && !text.contains("then") {
                    break text;
                }
                self.results.retain(|(known, _)| *known != id);
            };
            if dice.chance(25) {
                text.push_str(", when: 'application.dogs > 2'");
            }
            branches.push((id, text));
        }
        let wait = if dice.chance(25) { ", wait_for: '1'" } else { "" };
        let rest = if !wait.is_empty() && dice.chance(50) { ", rest: go-on" } else { "" };
        format!("fork: {{ {} }}{wait}{rest}{}", written(&branches), flow.replace("then:", "join:"))
    }

    fn group(&mut self, dice: &mut Dice, depth: usize, flow: &str) -> String {
        let steps = self.scope(dice, depth + 1);
        let ids = ids(&steps);
        let on = match dice.below(4) {
            0 => {
                let id = self.name();
                self.results.push((id.clone(), "code"));
                format!(", on: {{ {id}: {{ error: lost, then: {} }} }}", dice.pick(&ids))
            }
            1 => {
                let id = self.name();
                self.results.push((id.clone(), "received_on"));
                let interrupt = dice.chance(50);
                format!(
                    ", on: {{ {id}: {{ message: more, interrupt: {interrupt}, then: {} }} }}",
                    dice.pick(&ids)
                )
            }
            _ => String::new(),
        };
        let more = match dice.below(5) {
            0 => ", repeat: { until: 'READ_WHEN' }",
            1 => ", ad_hoc: { role: clerk }",
            2 => ", ad_hoc: { role: clerk, until: 'READ_WHEN' }",
            _ => "",
        };
        format!("group: {{ steps: {{ {} }}{on}{more} }}{flow}", written(&steps))
    }

    /// Puts what is read in place.
    fn read(&self, dice: &mut Dice, yaml: &str) -> String {
        let mut written = String::new();
        let mut rest = yaml;
        while let Some(at) = rest.find("READ") {
            written.push_str(&rest[..at]);
            rest = &rest[at + 4..];
            let when = rest.strip_prefix("_WHEN");
            rest = when.unwrap_or(rest);
            let rule = match dice.maybe_pick(&self.results) {
                None => {
                    if when.is_some() {
                        "true".into()
                    } else {
                        "1".into()
                    }
                }
                Some((name, field)) => {
                    let (other, its) = dice.pick(&self.results);
                    match (when.is_some(), dice.below(6)) {
                        (true, 0) => format!("steps.{name}.{field} != ()"),
                        (true, 1) => format!("steps.{name}?.{field} == ()"),
                        (true, 2) => format!("steps.{name}?.{field} != () && steps.{name}.{field} != ()"),
                        (true, 3) => format!("steps.{name}?.{field} != () || steps.{other}?.{its} != ()"),
                        (true, _) => format!("steps.{name}?.{field} != ()"),
                        (false, 0) => format!("steps.{name}?.{field}"),
                        (false, 1) => format!("steps.{name}?.{field} ?? steps.{other}.{its}"),
                        (false, 2) => {
                            format!("if steps.{name}?.{field} != () {{ steps.{name}.{field} }} else {{ () }}")
                        }
                        (false, 3) => {
                            format!("if steps.{name}?.{field} != () {{ steps.{other}.{its} }} else {{ () }}")
                        }
                        (false, _) => format!("steps.{name}.{field}"),
                    }
                }
            };
            written.push_str(&rule);
        }
        written.push_str(rest);
        written
    }
}

fn flow(then: &str) -> String {
    if then.is_empty() { String::new() } else { format!(", then: {then}") }
}

fn written(steps: &[(String, String)]) -> String {
    steps.iter().map(|(id, text)| format!("{id}: {{ {text} }}")).collect::<Vec<_>>().join(", ")
}
