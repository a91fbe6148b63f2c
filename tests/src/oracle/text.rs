//! The oracle's own reading of a process: the YAML as plain maps, and where each step lies. Nothing of the compiler.

use std::collections::BTreeMap;

use fachwerk_core::language::Folder;
use serde_json::{Map, Value, json};

/// The texts of a process and of the blocks that it uses, each use of a block read anew.
pub struct Texts {
    /// By address.
    pub steps: BTreeMap<String, Step>,
    /// The steps of a scope in the order in which they are written; the case itself is "".
    pub inside: BTreeMap<String, Vec<String>>,
    pub frames: Vec<Frame>,
    pub process: Value,
}

/// A step as it is written.
pub struct Step {
    pub id: String,
    pub written: Value,
    pub frame: usize,
    /// The rounds that it lies in: addresses of `each` steps, the outermost first.
    pub rounds: Vec<String>,
    /// For a scope: the frame of what lies in it.
    pub within: usize,
}

/// What rules of one place see.
#[derive(Clone, Default)]
pub struct Frame {
    /// Files beside the text.
    files: BTreeMap<String, String>,
    /// Where results are written; `None` stands for the number of a round.
    pub at: Vec<Option<String>>,
    pub block: Option<Use>,
    /// In rounds: the name of the entry, and the frame around.
    pub round: Option<(String, usize)>,
}

/// One use of a block.
#[derive(Clone)]
pub struct Use {
    /// The frame that it is used in.
    pub user: usize,
    pub role: Value,
    pub params: Map<String, Value>,
    pub on: Value,
}

impl Texts {
    pub fn read(process: &Folder, blocks: &[Folder]) -> Texts {
        let files = files(process);
        let written = yaml(&files["process.yaml"]);
        let mut texts = Texts {
            steps: BTreeMap::new(),
            inside: BTreeMap::new(),
            frames: vec![Frame { files, ..Frame::default() }],
            process: written.clone(),
        };
        let blocks: Vec<(Value, BTreeMap<String, String>)> = blocks
            .iter()
            .map(|block| {
                let files = self::files(block);
                (yaml(&files["block.yaml"]), files)
            })
            .collect();
        texts.scope("", &written["steps"], "", 0, &[], &blocks);
        texts
    }

    /// Reads the steps of a scope; `before`: what stands before their ids in addresses.
    fn scope(
        &mut self,
        scope: &str,
        steps: &Value,
        before: &str,
        frame: usize,
        rounds: &[String],
        blocks: &[(Value, BTreeMap<String, String>)],
    ) {
        for (id, written) in steps.as_object().expect("steps are a mapping") {
            let address = format!("{before}{id}");
            let step = Step {
                id: id.clone(),
                written: written.clone(),
                frame,
                rounds: rounds.to_vec(),
                within: frame,
            };
            self.inside.entry(scope.to_owned()).or_default().push(address.clone());
            self.steps.insert(address.clone(), step);
            if let Some(group) = written.get("group") {
                self.scope(&address, &group["steps"], before, frame, rounds, blocks);
            } else if let Some(branches) = written.get("fork") {
                self.scope(&address, branches, before, frame, rounds, blocks);
            } else if let Some(each) = written.get("each") {
                let name = each["as"].as_str().unwrap_or("item").to_owned();
                let within = self.frame_within(frame, id, Some(name));
                let inner = [rounds, std::slice::from_ref(&address)].concat();
                self.within(&address, within);
                self.scope(&address, &each["steps"], before, within, &inner, blocks);
            } else if let Some(named) = written["block"].as_str() {
                let name = named.split('@').next().unwrap_or_default();
                let block = blocks.iter().find(|(block, _)| block["block"] == name);
                let (text, files) = block.expect("a block that is used is there");
                let within = self.frame_within(frame, id, None);
                self.frames[within].files = files.clone();
                self.frames[within].block = Some(used(text, written, frame));
                self.within(&address, within);
                let before = format!("{address}/");
                self.scope(&address, &text["steps"], &before, within, rounds, blocks);
            }
        }
    }

    /// The frame within an `each` or a block.
    fn frame_within(&mut self, frame: usize, id: &str, item: Option<String>) -> usize {
        let mut inner = self.frames[frame].clone();
        inner.at.push(Some(key(id)));
        if let Some(item) = item {
            inner.at.push(None);
            inner.round = Some((item, frame));
        } else {
            inner.round = None;
        }
        self.frames.push(inner);
        self.frames.len() - 1
    }

    fn within(&mut self, address: &str, frame: usize) {
        self.steps.get_mut(address).expect("it was just read").within = frame;
    }

    /// The text of a file beside a frame's text.
    pub fn file(&self, frame: usize, name: &str) -> &str {
        &self.frames[frame].files[name]
    }

    /// What a scope reacts to, by name.
    pub fn handlers(&self, scope: &str) -> Map<String, Value> {
        let written = match self.steps.get(scope) {
            None => &self.process["always"],
            Some(step) => match &self.frames[step.within].block {
                Some(used) if step.written.get("block").is_some() => &used.on,
                _ => &step.written["group"]["on"],
            },
        };
        written.as_object().cloned().unwrap_or_default()
    }

    /// Where a step leads that ends by this outcome: ids of its scope, or one `$outcome`.
    pub fn way(&self, address: &str, outcome: Option<&str>) -> Vec<String> {
        let written = &self.steps[address].written;
        let then =
            written.get("then").or_else(|| written.get("join").filter(|_| written.get("fork").is_some()));
        match then {
            Some(Value::Object(ways)) => {
                let way = outcome.and_then(|outcome| ways.get(outcome)).or_else(|| ways.get("else"));
                way.map(named).unwrap_or_default()
            }
            Some(all) => named(all),
            None => Vec::new(),
        }
    }

    /// The scope that a step lies in.
    pub fn scope_of(&self, address: &str) -> &str {
        let around = self.inside.iter().find(|(_, steps)| steps.iter().any(|step| step == address));
        around.map(|(scope, _)| scope.as_str()).expect("a step lies in a scope")
    }

    /// Whether a step is another one or lies inside it.
    pub fn lies_in(&self, step: &str, other: &str) -> bool {
        step == other || !step.is_empty() && self.lies_in(self.scope_of(step), other)
    }

    /// The steps of a scope with these ids.
    pub fn beside(&self, scope: &str, ids: &[String]) -> Vec<String> {
        let find = |id: &String| {
            let all = self.inside.get(scope).into_iter().flatten();
            all.into_iter().find(|address| self.steps[*address].id == *id).cloned()
        };
        ids.iter().map(|id| find(id).expect("a flow leads to a step of its scope")).collect()
    }

    /// The step that an id names in the text that a frame belongs to.
    pub fn named(&self, from: &str, id: &str) -> String {
        let before = from.rsplit_once('/').map_or(String::new(), |(before, _)| format!("{before}/"));
        format!("{before}{id}")
    }

    /// What stands for `$name` in a block.
    pub fn filled(&self, frame: usize, value: &Value) -> Value {
        let name = value.as_str().and_then(|text| text.strip_prefix('$'));
        match (name, &self.frames[frame].block) {
            (Some("role"), Some(used)) => used.role.clone(),
            (Some(name), Some(used)) => used.params[name].clone(),
            _ => value.clone(),
        }
    }
}

fn used(text: &Value, written: &Value, user: usize) -> Use {
    let mut params = Map::new();
    for (name, parameter) in text["parameters"].as_object().into_iter().flatten() {
        let given = written["with"].get(name).or_else(|| parameter.get("default"));
        params.insert(name.clone(), given.cloned().unwrap_or(Value::Null));
    }
    Use { user, role: written["role"].clone(), params, on: text["on"].clone() }
}

/// One name, or a list of names.
pub fn named(value: &Value) -> Vec<String> {
    match value {
        Value::String(name) => vec![name.clone()],
        Value::Array(names) => names.iter().flat_map(named).collect(),
        _ => Vec::new(),
    }
}

/// Where the result of a step lies.
pub fn key(id: &str) -> String {
    id.replace('-', "_")
}

/// A text of YAML as plain maps.
pub fn yaml(text: &str) -> Value {
    serde_yaml::from_str(text).unwrap_or_else(|error| panic!("no YAML: {error}\n{text}"))
}

fn files(folder: &Folder) -> BTreeMap<String, String> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    folder.files.iter().map(|(name, bytes)| (name.to_string(), text(bytes))).collect()
}

/// The form of a task, in place or in a file.
pub fn form(texts: &Texts, step: &Step) -> Value {
    match &step.written["task"] {
        Value::String(file) => yaml(texts.file(step.frame, file)),
        form => form.clone(),
    }
}

/// The shape of the application as fields of a form.
pub fn application(texts: &Texts) -> Value {
    let schema: Value = match texts.process["data"].as_str() {
        Some(file) => yaml(texts.file(0, file)),
        None => json!({}),
    };
    let mut fields = schema["properties"].clone();
    for name in named(&schema["required"]) {
        fields[name.as_str()]["required"] = true.into();
    }
    fields
}
