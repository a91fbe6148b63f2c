//! The little process around a block in a scenario. It is put together from what the scenario says; what is wrong with it is
//! told where that was written.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::read::Reader;
use crate::{
    diagnostic::{Diagnostic, Problems, Span},
    language::{Fields, Folder, Node, NodeKind, read_text, read_yaml},
    words::{PersonId, RoleId, Text, Value},
};

/// What a scenario of a block may say about the process around it, besides its steps; as in a process.
const AROUND: [&str; 10] =
    ["law", "legal_basis", "roles", "settings", "parties", "acts", "messages", "outcomes", "start", "out"];

/// The file that nobody has written.
const MADE: &str = "process.yaml";

/// The process around a block.
#[derive(Clone, Debug)]
pub struct Harness {
    /// Its files: those of the block, and a process that nobody has written.
    pub folder: Folder,
    /// How problems name the folder of the block.
    of: Folder,
    /// Where what stands in the process was written, by line and column there.
    places: BTreeMap<(u32, u32), Span>,
    /// Where the steps were written: the place of all else.
    steps: Span,
}

impl Harness {
    /// The same problems, at the places where people find what is wrong.
    pub fn located(&self, problems: Vec<Diagnostic>) -> Vec<Diagnostic> {
        let inside = format!("{}/", self.folder.name);
        let place = |span: Span| match span.file.strip_prefix(&*inside) {
            Some(MADE) => {
                let before = self.places.range(..=(span.line, span.column)).next_back();
                before.map_or_else(|| self.steps.clone(), |(_, written)| written.clone())
            }
            Some(file) => Span { file: self.of.file_name(file), ..span },
            None => span,
        };
        let located = |problem: Diagnostic| Diagnostic { span: place(problem.span.clone()), ..problem };
        let mut problems: Vec<Diagnostic> = problems.into_iter().map(located).collect();
        problems.sort_by(|a, b| a.span.cmp(&b.span).then(a.code.cmp(b.code)));
        problems
    }
}

impl Harness {
    /// The same, of those that lie in the files of the block.
    pub fn located_inside(&self, problems: Vec<Diagnostic>) -> Vec<Diagnostic> {
        let made = self.folder.file_name(MADE);
        let own = problems.into_iter().filter(|problem| {
            let file = &*problem.span.file;
            file != &*made && file.starts_with(&format!("{}/", self.of.name))
        });
        self.located(own.collect())
    }
}

impl Reader<'_> {
    /// A process around a block: the steps of the scenario, with the roles of its people, and what `harness` says besides.
    pub(super) fn harness(
        &self,
        steps: &Node,
        schema: Option<&Node>,
        around: Option<&Node>,
        people: &BTreeMap<PersonId, BTreeSet<RoleId>>,
        problems: &mut Problems,
    ) -> Harness {
        let mut process = serde_json::json!({
            "process": "harness",
            "version": "1.0.0",
            "title": { "de": "Rahmen", "en": "Harness" },
            "roles": {},
            "steps": steps.to_value(),
        });
        let mut written = vec![("steps", steps)];
        if let Some(fields) = around.and_then(|node| Fields::of(node, problems)) {
            for key in AROUND {
                if let Some(node) = fields.get(key) {
                    process[key] = node.to_value();
                    written.push((key, node));
                }
            }
            fields.finish(problems);
        }
        for role in people.values().flatten() {
            let roles = process["roles"].as_object_mut().into_iter();
            for roles in roles.filter(|roles| !roles.contains_key(role.as_str())) {
                let title = serde_json::json!({ "title": { "de": role.as_str(), "en": role.as_str() } });
                roles.insert(role.to_string(), title);
            }
        }
        let mut files = self.folder.files.clone();
        if let Some((path, node)) = schema.and_then(|node| Some((read_text(node, problems)?, node))) {
            match self.file(path) {
                Some((name, _)) => {
                    process["data"] = Value::String(name.to_string());
                    written.push(("data", node));
                }
                None => {
                    problems.error(
                        &node.span,
                        "file_missing",
                        Text::new(
                            format!("Die Datei „{path}“ gibt es nicht."),
                            format!("There is no file `{path}`."),
                        ),
                    );
                }
            }
        }
        let made: Arc<[u8]> = process.to_string().into_bytes().into();
        let mut places = BTreeMap::new();
        if let Some(node) = read_yaml(&MADE.into(), &made, 0, &mut Problems::default()) {
            for (key, written) in written {
                node.get(key).into_iter().for_each(|made| pair(made, written, &mut places));
            }
        }
        files.insert(MADE.into(), made);
        Harness {
            folder: Folder { name: steps.span.file.clone(), files },
            of: Folder { name: self.folder.name.clone(), ..Folder::default() },
            places,
            steps: steps.span.clone(),
        }
    }
}

/// Where each key and value was written: both trees hold the same.
fn pair(made: &Node, written: &Node, places: &mut BTreeMap<(u32, u32), Span>) {
    places.insert((made.span.line, made.span.column), written.span.clone());
    match (&made.kind, &written.kind) {
        (NodeKind::List(made), NodeKind::List(written)) => {
            made.iter().zip(written).for_each(|(made, written)| pair(made, written, places));
        }
        (NodeKind::Map(made), NodeKind::Map(written)) => {
            for ((made_key, made), (key, written)) in made.iter().zip(written) {
                places.insert((made_key.span.line, made_key.span.column), key.span.clone());
                pair(made, written, places);
            }
        }
        _ => {}
    }
}
