//! Reads `block.yaml`: what a block is, which parameters and outcomes it has, and the text of its steps.

use std::{collections::BTreeMap, sync::Arc};

use serde::Serialize;

use super::{
    Folder,
    data_types::read_short_field,
    fields::{Fields, check_field_name, check_id, entries, words},
    yaml::{self, Key, Node},
};
use crate::{
    diagnostic::{Problems, Span},
    law::mentions::warn_of_unreadable,
    scenario::is_scenario,
    schema::ObjectType,
    words::Text,
};

/// A predefined piece of administrative work.
#[derive(Clone, Debug)]
pub struct Block {
    /// Its id; the name of its folder.
    pub id: Arc<str>,
    /// Its version, for example `1.0.0`.
    pub version: Version,
    /// What people read in the palette.
    pub title: Text,
    /// What it does, in a sentence.
    pub summary: Text,
    /// Where it stands in the palette.
    pub category: Category,
    /// The name of its picture.
    pub icon: Option<Arc<str>>,
    /// The norms that it rests on.
    pub legal_basis: Vec<Arc<str>>,
    /// What its use sets.
    pub parameters: ObjectType,
    /// How it can end.
    pub outcomes: Vec<(Arc<str>, Text)>,
    /// The messages that it waits for, with what they mean.
    pub messages: BTreeMap<Arc<str>, Text>,
    /// Whether its use says who does it.
    pub needs_role: bool,
    /// The text of its steps.
    pub steps: Node,
    /// The text of its handlers.
    pub on: Option<Node>,
    /// Where it begins.
    pub span: Span,
}

/// Where a block stands in the palette.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Category {
    /// How something comes in.
    Intake,
    /// What is found out.
    Examination,
    /// What is decided.
    Decision,
    /// What leaves the house, and when it counts.
    Notification,
    /// What comes after.
    Closing,
}

const CATEGORIES: [(&str, Category); 5] = [
    ("intake", Category::Intake),
    ("examination", Category::Examination),
    ("decision", Category::Decision),
    ("notification", Category::Notification),
    ("closing", Category::Closing),
];

/// A version: three numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// Changes when users of the block must change.
    pub major: u32,
    /// Changes when something was added.
    pub minor: u32,
    /// Changes when something was mended.
    pub patch: u32,
}

impl Version {
    /// Reads `1.2.3`.
    pub fn parse(text: &str) -> Option<Version> {
        // As a range writes it: no sign, no leading zero. One version has one spelling.
        let number = |part: &str| part.parse::<u32>().ok().filter(|number| number.to_string() == part);
        let mut parts = text.split('.').map(number);
        let version = Version { major: parts.next()??, minor: parts.next()??, patch: parts.next()?? };
        parts.next().is_none().then_some(version)
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// Reads the block in a folder.
pub fn read(folder: &Folder, problems: &mut Problems) -> Option<Block> {
    let node = folder.read_yaml("block.yaml", 0, problems)?;
    let fields = Fields::of(&node, problems)?;
    let id = fields.need("block", problems).and_then(|node| id(node, problems));
    let version = read_version(&fields, problems);
    let title = fields.need("title", problems).and_then(|node| words(node, problems));
    let summary = fields.need("summary", problems).and_then(|node| words(node, problems));
    let category = read_category(&fields, problems);
    let mut parameters = ObjectType::default();
    for (key, node) in fields.get("parameters").map_or(&[][..], |node| entries(node, problems)) {
        check_field_name(key, problems);
        if let Some(field) = read_short_field(key, node, problems) {
            if field.help.is_none() {
                problems.error(
                    &key.span,
                    "parameter_without_help",
                    Text::new(
                        format!("Der Parameter „{}“ braucht eine Erklärung („help“).", key.text),
                        format!("The parameter `{}` needs an explanation (`help`).", key.text),
                    ),
                );
            }
            parameters.fields.push(field);
        }
    }
    let titled = |name, problems: &mut Problems| {
        fields.titled(name, problems).into_iter().map(|(key, title)| (key.text, title))
    };
    let outcomes: Vec<(Arc<str>, Text)> = titled("outcomes", problems).collect();
    let messages: BTreeMap<Arc<str>, Text> = titled("messages", problems).collect();
    let steps = fields.need("steps", problems).cloned();
    let block = Block {
        id: id?,
        version: version?,
        title: title?,
        summary: summary?,
        category: category?,
        icon: fields.text("icon", problems).cloned(),
        legal_basis: super::process::legal_basis(&fields, problems),
        parameters,
        outcomes,
        messages,
        needs_role: fields.flag("role", false, problems),
        steps: steps?,
        on: fields.get("on").cloned(),
        span: node.span.clone(),
    };
    fields.finish(problems);
    Some(block)
}

/// Checks what concerns the folder of a block as a whole, besides its steps: its name, its files.
pub fn check_folder(folder: &Folder, problems: &mut Problems) {
    let Some(block) = read(folder, problems) else { return };
    let name = folder.name.rsplit('/').next().unwrap_or_default();
    if !name.is_empty() && *name != *block.id {
        problems.error(
            &block.span,
            "block_not_in_its_folder",
            Text::new(
                format!("Der Baustein heißt „{}“, sein Ordner „{name}“.", block.id),
                format!("The block is called `{}`, its folder `{name}`.", block.id),
            ),
        );
    }
    if !folder.files.contains_key("README.md") {
        problems.error(
            &block.span,
            "block_without_readme",
            Text::new("Die Beschreibung README.md fehlt.", "The description README.md is missing."),
        );
    }
    let scenarios: Vec<&Arc<str>> =
        folder.files.keys().filter(|path| path.starts_with("scenarios/")).collect();
    if !scenarios.iter().any(|path| is_scenario(path)) {
        problems.error(
            &block.span,
            "block_without_scenario",
            Text::new(
                "Der Baustein hat kein Beispiel (scenarios/*.yaml).",
                "The block has no scenario (scenarios/*.yaml).",
            ),
        );
    } else if !scenarios.into_iter().any(|path| uses(folder, path, &block)) {
        // What no process around it uses is read by nothing: its steps may hold anything.
        problems.error(
            &block.span,
            "block_not_in_scenarios",
            Text::new(
                format!("Kein Beispiel verwendet den Baustein „{0}“ (block: {0}@{1}); so ist nicht geprüft, was in ihm steht.", block.id, block.version.major),
                format!("No scenario uses the block `{0}` (block: {0}@{1}), so what it says is not checked.", block.id, block.version.major),
            ),
        );
    }
    check_files_used(folder, &block, problems);
    warn_of_unreadable(folder, problems);
}

/// What `fachwerk new` leaves for whoever writes the block to say.
const GAP: char = '…';

/// Whether somebody has said what the description of the block is there for. Others choose it by that, so it is asked before
/// it is handed out.
pub fn check_readme(folder: &Folder, problems: &mut Problems) {
    let Some(text) = folder.files.get("README.md").and_then(|bytes| std::str::from_utf8(bytes).ok()) else {
        return;
    };
    // A paragraph with nothing but its heading: `**Rechtliches.** …`.
    let is_gap = |line: &str| {
        line.trim_end().strip_suffix(GAP).is_some_and(|said| said.is_empty() || said.ends_with([' ', '*']))
    };
    let Some(number) = text.lines().position(is_gap) else { return };
    let line = u32::try_from(number + 1).unwrap_or(u32::MAX);
    let span = Span { line, ..Span::file(folder.file_name("README.md")) };
    problems
        .error(
            &span,
            "readme_unfilled",
            Text::new(
                "Die Beschreibung des Bausteins ist noch die Vorlage: Hier steht nur „…“. Nach ihr wählen andere den Baustein aus.",
                "The description of the block is still the template: here stands nothing but `…`. Others choose the block by it.",
            ),
        )
        .help(Text::new(
            "README.md ausfüllen: was der Baustein tut, wann man ihn nimmt, Parameter, Ausgänge, Rechtliches.",
            "Fill in README.md: what the block does, when to use it, parameters, outcomes, legal notes.",
        ));
}

/// Whether a file of scenarios uses the block, or holds a beginning that does.
fn uses(folder: &Folder, path: &str, block: &Block) -> bool {
    fn named(node: &Node, id: &str) -> bool {
        match &node.kind {
            yaml::Kind::Map(entries) => entries.iter().any(|(key, value)| {
                let said = match &value.kind {
                    yaml::Kind::Text(said) if &*key.text == "block" => said.split('@').next(),
                    _ => None,
                };
                said == Some(id) || named(value, id)
            }),
            yaml::Kind::List(items) => items.iter().any(|item| named(item, id)),
            _ => false,
        }
    }
    let read = folder.read_yaml(path, 0, &mut Problems::default());
    read.is_some_and(|node| named(&node, &block.id))
}

/// Every file is the block, its description, a scenario, or named somewhere in the block.
fn check_files_used(folder: &Folder, block: &Block, problems: &mut Problems) {
    let mut named = Vec::new();
    texts(&block.steps, &mut named);
    block.on.iter().for_each(|on| texts(on, &mut named));
    for field in &block.parameters.fields {
        named.extend(field.default.as_ref().and_then(|value| value.as_str()).map(Arc::from));
    }
    for path in folder.files.keys() {
        let known = ["block.yaml", "README.md"].contains(&&**path) || path.starts_with("scenarios/");
        if !known && !named.iter().any(|name| name == path) {
            problems.error(
                &Span::file(folder.file_name(path)),
                "file_unknown",
                Text::new(
                    format!("Die Datei „{path}“ wird im Baustein nirgends verwendet."),
                    format!("The file `{path}` is used nowhere in the block."),
                ),
            );
        }
    }
}

/// All texts of a tree.
fn texts(node: &Node, found: &mut Vec<Arc<str>>) {
    match &node.kind {
        yaml::Kind::Text(text) => found.push(text.clone()),
        yaml::Kind::List(items) => items.iter().for_each(|item| texts(item, found)),
        yaml::Kind::Map(entries) => entries.iter().for_each(|(_, value)| texts(value, found)),
        yaml::Kind::Null | yaml::Kind::Bool(_) | yaml::Kind::Int(_) => {}
    }
}

fn id(node: &Node, problems: &mut Problems) -> Option<Arc<str>> {
    let text = super::fields::text(node, problems)?.clone();
    check_id(&Key { span: node.span.clone(), text: text.clone() }, problems);
    Some(text)
}

/// Reads `version`.
pub fn read_version(fields: &Fields<'_>, problems: &mut Problems) -> Option<Version> {
    let node = fields.need("version", problems)?;
    let text = super::fields::text(node, problems)?;
    let version = Version::parse(text);
    if version.is_none() {
        problems.error(
            &node.span,
            "version_invalid",
            Text::new(
                format!("„{text}“ ist keine Version; erwartet werden drei Zahlen wie 1.0.0."),
                format!("`{text}` is not a version; expected three numbers like 1.0.0."),
            ),
        );
    }
    version
}

fn read_category(fields: &Fields<'_>, problems: &mut Problems) -> Option<Category> {
    let node = fields.need("category", problems)?;
    let text = super::fields::text(node, problems)?;
    let found = CATEGORIES.iter().find(|(name, _)| *name == &**text).map(|(_, category)| *category);
    if found.is_none() {
        problems
            .error(
                &node.span,
                "unknown_category",
                Text::new(
                    format!("Die Gruppe „{text}“ gibt es in der Palette nicht."),
                    format!("The palette has no category `{text}`."),
                ),
            )
            .did_you_mean(text, CATEGORIES.iter().map(|(name, _)| *name));
    }
    found
}

/// Reads a YAML file of a folder.
impl Folder {
    /// The tree of one file; a problem when it is missing.
    pub fn read_yaml(&self, path: &str, frame: yaml::Frame, problems: &mut Problems) -> Option<Node> {
        let Some(bytes) = self.files.get(path) else {
            problems.error(
                &Span::file(self.file_name(path)),
                "file_missing",
                Text::new(format!("Die Datei „{path}“ fehlt."), format!("The file `{path}` is missing.")),
            );
            return None;
        };
        yaml::read(&self.file_name(path), bytes, frame, problems)
    }

    /// The name of a file in messages.
    pub fn file_name(&self, path: &str) -> Arc<str> {
        if self.name.is_empty() { path.into() } else { format!("{}/{path}", self.name).into() }
    }
}
