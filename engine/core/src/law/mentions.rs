//! Where definitions and legal data say a norm: fields that are for norms, and running text. It goes by the names of fields and
//! not by what a file is about, so what comes to be said in a new place or a new table of law is found without more code.

use std::sync::Arc;

use super::citation::{Citation, Unreadable, in_prose, read};
use crate::{
    diagnostic::{Problems, Span},
    language::{Folder, Node, NodeKind, read_yaml},
    words::{Date, Text},
};

/// A place that says a norm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// What says it.
    pub kind: Mentioning,
    /// Where it stands.
    pub span: Span,
    /// The step that it stands in, within its process or block.
    pub step: Option<Arc<str>>,
    /// What people call what says it.
    pub title: Option<Text>,
    /// The row of legal data.
    pub row: Option<RowSaid>,
    /// The norm as it is written.
    pub written: Arc<str>,
    /// As it is read.
    pub read: Result<Vec<Citation>, Unreadable>,
}

/// What says a norm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mentioning {
    /// A process as a whole.
    Process,
    /// A block as a whole.
    Block,
    /// A step.
    Step,
    /// An act.
    Act,
    /// A row of a decision table.
    Table,
    /// A row of legal data.
    Law,
    /// Running text: letters, explanations, rules.
    Text,
}

/// What a row of legal data says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowSaid {
    /// The table, as its file names it.
    pub list: Arc<str>,
    /// Its id; where rows have none, what else names it.
    pub id: Arc<str>,
    /// From when it holds.
    pub valid_from: Option<Date>,
    /// Until when.
    pub valid_to: Option<Date>,
    /// Who compared it with the promulgated text.
    pub checked_by: Option<Arc<str>>,
    /// Whether sources disagree.
    pub disputed: bool,
}

impl RowSaid {
    /// Whether it holds on a day.
    pub fn holds_on(&self, day: Date) -> bool {
        self.valid_from.is_none_or(|from| from <= day) && self.valid_to.is_none_or(|to| day <= to)
    }

    /// Whether it begins to hold on a day, or holds on it for the last time.
    pub fn turns_on(&self, day: Date) -> bool {
        let ended_before = self.valid_to.is_some_and(|to| to.tomorrow().is_ok_and(|next| next == day));
        self.valid_from == Some(day) || self.valid_to == Some(day) || ended_before
    }
}

/// All that the files of a process or block say, but for scenarios and what developers read.
pub fn of_folder(folder: &Folder) -> Vec<Mention> {
    let mut all = Vec::new();
    for (path, bytes) in &folder.files {
        let name = folder.file_name(path);
        let (first, _) = path.split_once('/').unwrap_or(("", path));
        let kind = match (&**path, first) {
            (_, "scenarios") => continue,
            ("process.yaml", _) => Mentioning::Process,
            ("block.yaml", _) => Mentioning::Block,
            (_, "law") => Mentioning::Law,
            (_, "decisions") => Mentioning::Table,
            _ => Mentioning::Text,
        };
        let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
        match extension {
            // JSON is YAML.
            "yaml" | "json" => all.extend(of_file(&name, bytes, kind)),
            "md" | "rhai" if !first.is_empty() => {
                let text = String::from_utf8_lossy(bytes);
                all.extend(of_text(&name, &text));
            }
            _ => {}
        }
    }
    all
}

/// All that a file of YAML says; what cannot be read says nothing, and is told elsewhere.
pub fn of_file(name: &Arc<str>, bytes: &[u8], kind: Mentioning) -> Vec<Mention> {
    let node = read_yaml(name, bytes, 0, &mut Problems::default());
    node.map(|node| of_node(&node, kind)).unwrap_or_default()
}

/// All that a tree of values says.
pub fn of_node(node: &Node, kind: Mentioning) -> Vec<Mention> {
    let mut walk = Walk::default();
    walk.visit(node, &At { kind, step: None, title: None, row: None, list: "".into() });
    walk.found
}

/// Norms that cannot be read, as warnings with their places.
pub fn warn_of_unreadable(folder: &Folder, problems: &mut Problems) {
    for mention in of_folder(folder) {
        let Err(Unreadable { why, help }) = mention.read else { continue };
        problems.warning(&mention.span, "citation_unreadable", why).help(help);
    }
}

fn of_text(name: &Arc<str>, text: &str) -> Vec<Mention> {
    let (mut line, mut counted) = (1, 0);
    let mut found = Vec::new();
    for (place, citations) in in_prose(text) {
        line += u32::try_from(text[counted..place.start].matches('\n').count()).unwrap_or(u32::MAX);
        counted = place.start;
        let begin = text[..counted].rfind('\n').map_or(0, |end| end + 1);
        let column = u32::try_from(text[begin..counted].chars().count() + 1).unwrap_or(1);
        let written = &text[place];
        let length = u32::try_from(written.chars().count()).unwrap_or(0);
        found.push(Mention {
            kind: Mentioning::Text,
            span: Span { file: name.clone(), line, column, length },
            step: None,
            title: None,
            row: None,
            written: written.into(),
            read: Ok(citations),
        });
    }
    found
}

/// What is known of where one is in a tree.
#[derive(Clone)]
struct At {
    kind: Mentioning,
    step: Option<Arc<str>>,
    title: Option<Text>,
    row: Option<RowSaid>,
    list: Arc<str>,
}

#[derive(Default)]
struct Walk {
    found: Vec<Mention>,
}

/// Of what says where a row was taken from nothing rests on what is cited there.
fn is_origin(key: &str) -> bool {
    key == "source" || key.ends_with("_source")
}

fn is_norm(key: &str) -> bool {
    matches!(key, "norm" | "legal_basis") || key.ends_with("_norm")
}

impl Walk {
    fn visit(&mut self, node: &Node, at: &At) {
        match &node.kind {
            NodeKind::Text(text) => self.prose(text, node, at),
            NodeKind::List(items) => items.iter().for_each(|item| self.visit(item, at)),
            NodeKind::Map(entries) => {
                let here = at.within(node, None);
                for (key, value) in entries {
                    self.entry(node, (&key.text, value), &here);
                }
            }
            NodeKind::Null | NodeKind::Bool(_) | NodeKind::Int(_) => {}
        }
    }

    fn entry(&mut self, parent: &Node, (key, value): (&Arc<str>, &Node), at: &At) {
        let entries = match &value.kind {
            NodeKind::Map(entries) => &entries[..],
            _ => &[],
        };
        match &**key {
            // The same once more in the other language.
            "en" if parent.get("de").is_some() => {}
            key if is_origin(key) => {}
            // It is a list; that it is none is told elsewhere.
            "legal_basis" if value.as_text().is_some() => {}
            key if is_norm(key) && self.said(value, at) => {}
            "law" if at.kind == Mentioning::Act && self.said(value, at) => {}
            "steps" if matches!(at.kind, Mentioning::Process | Mentioning::Block | Mentioning::Step) => {
                for (id, step) in entries {
                    let title = title_of(step).or_else(|| title_within(step));
                    let at = At { kind: Mentioning::Step, step: Some(id.text.clone()), title, ..at.clone() };
                    self.visit(step, &at);
                }
            }
            "acts" if at.kind == Mentioning::Process => {
                for (_, act) in entries {
                    self.visit(act, &At { kind: Mentioning::Act, title: title_of(act), ..at.clone() });
                }
            }
            list if at.kind == Mentioning::Law && at.list.is_empty() => {
                let at = At { list: list.into(), ..at.clone() };
                for (key, row) in entries {
                    self.visit(row, &at.within(row, Some(&key.text)));
                }
                if entries.is_empty() {
                    self.visit(value, &at);
                }
            }
            _ => self.visit(value, at),
        }
    }

    /// A field that is for norms: one, or a list of them. Says whether it was one.
    fn said(&mut self, value: &Node, at: &At) -> bool {
        match &value.kind {
            NodeKind::Text(text) => {
                let bare = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
                let written = bare.unwrap_or(text);
                // What a rule finds out is not known here.
                if bare.is_some() || !is_rule(written) {
                    self.add(written, read(written), value, at);
                }
                true
            }
            NodeKind::List(items) => items.iter().all(|item| self.said(item, at)),
            _ => false,
        }
    }

    fn prose(&mut self, text: &str, node: &Node, at: &At) {
        let kind = match at.kind {
            Mentioning::Law | Mentioning::Table => at.kind,
            _ => Mentioning::Text,
        };
        for (place, citations) in in_prose(text) {
            self.add(&text[place], Ok(citations), node, &At { kind, ..at.clone() });
        }
    }

    fn add(&mut self, written: &str, read: Result<Vec<Citation>, Unreadable>, node: &Node, at: &At) {
        self.found.push(Mention {
            kind: at.kind,
            span: node.span.clone(),
            step: at.step.clone(),
            title: at.title.clone(),
            row: at.row.clone(),
            written: written.into(),
            read,
        });
    }
}

impl At {
    /// The same, with what a mapping says of itself.
    fn within(&self, node: &Node, key: Option<&Arc<str>>) -> At {
        let mut here = self.clone();
        if let Some(title) = title_of(node) {
            here.title = Some(title);
        }
        let is_row = here.kind == Mentioning::Law && here.row.is_none() && node.get("source").is_some();
        if is_row {
            here.row = Some(row_of(node, &here.list, key));
        }
        here
    }
}

fn row_of(node: &Node, list: &Arc<str>, key: Option<&Arc<str>>) -> RowSaid {
    let said = |name: &str| node.get(name).and_then(Node::as_text);
    let day = |name: &str| said(name).and_then(|day| day.parse().ok());
    let named = ["id", "name", "law"].iter().find_map(|name| said(name));
    RowSaid {
        list: list.clone(),
        id: named.or(key).cloned().unwrap_or_else(|| "".into()),
        valid_from: day("valid_from"),
        valid_to: day("valid_to"),
        checked_by: said("checked_by").cloned(),
        disputed: node.get("disputed").is_some_and(|it| it.kind == NodeKind::Bool(true)),
    }
}

/// `title: { de, en }`, or a text.
fn title_of(node: &Node) -> Option<Text> {
    let title = node.get("title")?;
    let said = |language: &str| title.get(language).and_then(Node::as_text).cloned();
    match (said("de"), said("en"), title.as_text()) {
        (Some(de), Some(en), _) => Some(Text { de, en }),
        (_, _, Some(both)) => Some(Text { de: both.clone(), en: both.clone() }),
        _ => None,
    }
}

/// The title of a step stands in what it does: `task: { title }`.
fn title_within(step: &Node) -> Option<Text> {
    match &step.kind {
        NodeKind::Map(entries) => entries.iter().find_map(|(_, inner)| title_of(inner)),
        _ => None,
    }
}

/// `params.norm`, `= result.norm`, `if a { .. }`: no citation, but what says one.
fn is_rule(text: &str) -> bool {
    let is_name =
        |sign: char| sign.is_ascii_lowercase() || matches!(sign, '_' | '.' | '$') || sign.is_ascii_digit();
    let path = text.starts_with(|sign: char| sign.is_ascii_lowercase() || sign == '$')
        && text.contains('.')
        && text.chars().all(is_name);
    let says_nothing = !text.is_empty() && !text.contains(char::is_alphanumeric);
    path || says_nothing
        || text.starts_with(['=', '$', '{', '`'])
        || text.contains("{{")
        || text.contains('"')
}
