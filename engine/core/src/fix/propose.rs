//! What could be done about a problem, by its code. Whether it helps is for the proof to say.

use std::sync::Arc;

use super::{
    Edit, Fix, Position, path_in,
    source::{Source, Way},
};
use crate::{
    diagnostic::{Diagnostic, Problems, Severity, Span},
    language::{Folder, Key, Node, NodeKind},
    words::Text,
};

/// What else is found where a case does not go on as it should.
const CUTS_OFF: [&str; 10] = [
    "step_cut_off",
    "join_waits_in_vain",
    "never_ends",
    "locks_in_circle",
    "error_unhandled",
    "goes_in_circles",
    "paths_multiply",
    "condition_never_holds",
    "way_never_taken",
    "else_never_taken",
];

/// What could be done about one of the problems of a folder, the best first.
pub fn for_problem(folder: &Folder, problems: &[Diagnostic], ix: usize) -> Vec<Fix> {
    let Some(here) = Here::of(folder, &problems[ix]) else { return Vec::new() };
    let proposed = match here.problem.code {
        // It may be cut off by what is wrong elsewhere.
        "step_never_reached" if problems.iter().any(|it| CUTS_OFF.contains(&it.code)) => Vec::new(),
        "step_never_reached" => vec![here.step(), here.all_steps(problems)],
        "join_waits_in_vain" => vec![here.join()],
        "way_never_taken" => vec![here.way()],
        "condition_never_holds" => vec![here.way(), here.branch()],
        "else_never_taken" => vec![here.last_way()],
        "table_row_never_counts" => vec![here.row()],
        // What is wrong elsewhere may be why nothing needs it.
        "message_unused" | "outcome_unused" => {
            let alone =
                problems.iter().all(|it| it.severity != Severity::Error || it.code == here.problem.code);
            vec![here.name_of_slip(), here.slip(), alone.then(|| here.entry()).flatten()]
        }
        "table_invalid" => vec![here.cell()],
        "rule_invalid" => vec![here.rule()],
        "version_invalid" => vec![here.version()],
        "id_not_kebab" => vec![here.name('-')],
        "field_not_snake" => vec![here.name('_')],
        "yaml_documents" => vec![here.mark()],
        "yaml_syntax" => vec![here.tabs(), here.dashes()],
        "wrong_kind" => vec![here.dashes()],
        _ => vec![here.name_of_slip(), here.slip()],
    };
    proposed.into_iter().flatten().collect()
}

/// The file that a problem is in.
pub struct Here<'a> {
    pub folder: &'a Folder,
    pub problem: &'a Diagnostic,
    path: Arc<str>,
    pub source: Source,
}

impl<'a> Here<'a> {
    fn of(folder: &'a Folder, problem: &'a Diagnostic) -> Option<Here<'a>> {
        let path = path_in(folder, &problem.span.file)?;
        let source = Source::of(folder, &path)?;
        Some(Here { folder, problem, path, source })
    }

    pub fn tree(&self) -> Option<Node> {
        self.folder.read_yaml(&self.path, 0, &mut Problems::default())
    }

    pub fn fix(&self, edits: Vec<Edit>, de: impl Into<Arc<str>>, en: impl Into<Arc<str>>) -> Option<Fix> {
        (!edits.is_empty()).then(|| Fix { title: Text::new(de, en), edits })
    }

    /// The bytes of what the problem is about, without quotes around it.
    pub fn part(&self) -> Option<std::ops::Range<usize>> {
        let Span { line, column, length, .. } = self.problem.span;
        let begin = self.source.offset(Position { line, column })?;
        let end = match length {
            // Only where it begins is known.
            0 | 1 => {
                begin + self.source.text()[begin..].find('\n').unwrap_or(self.source.text().len() - begin)
            }
            _ => self.source.offset(Position { line, column: column + length })?,
        };
        let text = &self.source.text()[begin..end];
        let quoted =
            text.len() > 1 && ['"', '\''].iter().any(|it| text.starts_with(*it) && text.ends_with(*it));
        Some(if quoted { begin + 1..end - 1 } else { begin..end })
    }

    pub fn replaced(&self, part: std::ops::Range<usize>, text: &str) -> Option<Edit> {
        self.source.edit(&self.problem.span.file, part, text)
    }

    fn step(&self) -> Option<Fix> {
        let tree = self.tree()?;
        let way = key_at(&tree, &self.problem.span)?;
        let name = key_of(&way)?.text.clone();
        self.fix(
            vec![self.source.without(&tree, &way)?],
            format!("Den Schritt „{name}“ streichen; zu ihm führt kein Weg."),
            format!("Delete the step `{name}`, which no way leads to."),
        )
    }

    /// Steps that lead only to each other go together.
    fn all_steps(&self, problems: &[Diagnostic]) -> Option<Fix> {
        let tree = self.tree()?;
        let alike = |it: &&Diagnostic| it.code == self.problem.code && it.span.file == self.problem.span.file;
        let ways: Vec<Way<'_>> =
            problems.iter().filter(alike).filter_map(|it| key_at(&tree, &it.span)).collect();
        let numbers = |way: &Way<'_>| way.iter().map(|(_, number)| *number).collect::<Vec<_>>();
        let all: Vec<Vec<usize>> = ways.iter().map(numbers).collect();
        // What lies in one of them goes with it.
        let outer = |way: &&Way<'_>| {
            let own = numbers(way);
            !all.iter().any(|other| own.len() > other.len() && own.starts_with(other))
        };
        let outermost: Vec<&Way<'_>> = ways.iter().filter(outer).collect();
        if outermost.len() < 2 {
            return None;
        }
        let names: Vec<&str> = outermost.iter().filter_map(|way| Some(&*key_of(way)?.text)).collect();
        let edits = outermost.iter().map(|way| self.source.without(&tree, way)).collect::<Option<_>>()?;
        self.fix(
            edits,
            format!("Die Schritte „{}“ streichen; zu ihnen führt kein Weg.", names.join("“, „")),
            format!("Delete the steps `{}`, which no way leads to.", names.join("`, `")),
        )
    }

    fn join(&self) -> Option<Fix> {
        let tree = self.tree()?;
        let way = key_at(&tree, &self.problem.span)?;
        let join =
            value_of(&way)?.get("join").filter(|join| join.as_text().is_some_and(|text| &**text == "all"))?;
        let begin = self.source.offset(Position::of(&join.span))?;
        let length = self.source.text()[begin..].find("all")? + "all".len();
        self.fix(
            vec![self.replaced(begin..begin + length, "inclusive")?],
            "Nur auf Wege warten, die noch kommen können: „join: inclusive“.",
            "Wait only for paths that can still come: `join: inclusive`.",
        )
    }

    /// The way of a choice that a condition belongs to.
    fn way(&self) -> Option<Fix> {
        let tree = self.tree()?;
        let mut way = value_at(&tree, &self.problem.span)?;
        way.pop().filter(|it| is_named(it, "when"))?;
        let [.., choose, _] = way.as_slice() else { return None };
        if !is_named(choose, "choose") {
            return None;
        }
        self.fix(
            vec![self.source.without(&tree, &way)?],
            "Den Weg streichen, der nie gegangen wird.",
            "Delete the way that is never taken.",
        )
    }

    /// The branch of a fork that a condition belongs to.
    fn branch(&self) -> Option<Fix> {
        let tree = self.tree()?;
        let mut way = value_at(&tree, &self.problem.span)?;
        way.pop().filter(|it| is_named(it, "when"))?;
        let [.., fork, _] = way.as_slice() else { return None };
        if !is_named(fork, "fork") {
            return None;
        }
        let name = key_of(&way)?.text.clone();
        self.fix(
            vec![self.source.without(&tree, &way)?],
            format!("Den Zweig „{name}“ streichen; er beginnt nie."),
            format!("Delete the branch `{name}`, which never begins."),
        )
    }

    /// Where nothing is left for `else`, the way before it takes its place.
    fn last_way(&self) -> Option<Fix> {
        let tree = self.tree()?;
        let mut way = key_at(&tree, &self.problem.span)?;
        let step = value_of(&way)?;
        let NodeKind::Map(entries) = &step.kind else { return None };
        let choose = entries.iter().position(|(key, _)| &*key.text == "choose")?;
        let ways = &entries.get(choose)?.1;
        let NodeKind::List(items) = &ways.kind else { return None };
        let [.., before, last] = items.as_slice() else { return None };
        last.get("else")?;
        let NodeKind::Map(parts) = &before.kind else { return None };
        let [(when, _), (then, _), ..] = parts.as_slice() else { return None };
        if &*when.text != "when" || &*then.text != "then" {
            return None;
        }
        way.extend([(step, choose), (ways, items.len() - 1)]);
        let begin = self.source.offset(Position::of(&when.span))?;
        let end = self.source.offset(Position::of(&then.span))? + then.text.len();
        if self.source.text()[begin..end].contains('#') {
            return None;
        }
        self.fix(
            vec![self.replaced(begin..end, "else")?, self.source.without(&tree, &way)?],
            "Den letzten Weg davor zu „else“ machen; sonst trifft nie etwas zu.",
            "Make the last way before it the `else`; nothing else ever comes.",
        )
    }

    fn row(&self) -> Option<Fix> {
        let tree = self.tree()?;
        let way = value_at(&tree, &self.problem.span)?;
        let [rows, _] = way.as_slice() else { return None };
        if !is_named(rows, "rows") {
            return None;
        }
        self.fix(
            vec![self.source.without(&tree, &way)?],
            "Die Zeile streichen, die nie entscheidet.",
            "Delete the row that never decides.",
        )
    }

    /// A title that nobody reads.
    fn entry(&self) -> Option<Fix> {
        let tree = self.tree()?;
        let way = key_at(&tree, &self.problem.span)?;
        let name = key_of(&way)?.text.clone();
        self.fix(
            vec![self.source.without(&tree, &way)?],
            format!("Den Eintrag „{name}“ streichen; er wird nirgends gebraucht."),
            format!("Delete the entry `{name}`, which nothing needs."),
        )
    }
}

fn is_same(one: &Span, other: &Span) -> bool {
    (one.line, one.column) == (other.line, other.column)
}

/// The entry whose key stands at a place.
fn key_at<'n>(root: &'n Node, span: &Span) -> Option<Way<'n>> {
    find(root, &|parent, number| match &parent.kind {
        NodeKind::Map(entries) => is_same(&entries[number].0.span, span),
        _ => false,
    })
}

/// The value that stands at a place; a list may have the place of its first item, which is meant then.
pub fn value_at<'n>(root: &'n Node, span: &Span) -> Option<Way<'n>> {
    find(root, &|parent, number| {
        let value = match &parent.kind {
            NodeKind::Map(entries) => &entries[number].1,
            NodeKind::List(items) => &items[number],
            _ => return false,
        };
        is_same(&value.span, span) && !matches!(value.kind, NodeKind::List(_))
    })
}

fn find<'n>(node: &'n Node, wanted: &dyn Fn(&Node, usize) -> bool) -> Option<Way<'n>> {
    let inner: Vec<&Node> = match &node.kind {
        NodeKind::Map(entries) => entries.iter().map(|(_, value)| value).collect(),
        NodeKind::List(items) => items.iter().collect(),
        _ => return None,
    };
    inner.into_iter().enumerate().find_map(|(number, value)| {
        if wanted(node, number) {
            return Some(vec![(node, number)]);
        }
        let further = find(value, wanted)?;
        Some([(node, number)].into_iter().chain(further).collect())
    })
}

fn entry_of<'n>((parent, number): &(&'n Node, usize)) -> Option<&'n (Key, Node)> {
    match &parent.kind {
        NodeKind::Map(entries) => entries.get(*number),
        _ => None,
    }
}

pub fn is_named(at: &(&Node, usize), name: &str) -> bool {
    entry_of(at).is_some_and(|(key, _)| &*key.text == name)
}

fn key_of<'n>(way: &Way<'n>) -> Option<&'n Key> {
    entry_of(way.last()?).map(|(key, _)| key)
}

pub fn value_of<'n>(way: &Way<'n>) -> Option<&'n Node> {
    entry_of(way.last()?).map(|(_, value)| value)
}
