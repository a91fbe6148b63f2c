//! What could be done about a problem, by its code. Whether it helps is for the proof to say.

use std::sync::Arc;

use super::{
    Edit, Fix, Position, path_in,
    source::{Source, Way},
};
use crate::{
    diagnostic::{Diagnostic, Problems, Span},
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
        "message_unused" => vec![here.slip(), here.entry()],
        "outcome_unused" => vec![here.slip(), here.entry()],
        "table_invalid" => vec![here.cell()],
        "version_invalid" => vec![here.version()],
        "id_not_kebab" => vec![here.name('-')],
        "field_not_snake" => vec![here.name('_')],
        "yaml_documents" => vec![here.mark()],
        "yaml_syntax" => vec![here.tabs(), here.dashes()],
        "wrong_kind" => vec![here.dashes()],
        _ => vec![here.slip()],
    };
    proposed.into_iter().flatten().collect()
}

/// The file that a problem is in.
struct Here<'a> {
    folder: &'a Folder,
    problem: &'a Diagnostic,
    path: Arc<str>,
    source: Source,
}

impl<'a> Here<'a> {
    fn of(folder: &'a Folder, problem: &'a Diagnostic) -> Option<Here<'a>> {
        let path = path_in(folder, &problem.span.file)?;
        let source = Source::of(folder, &path)?;
        Some(Here { folder, problem, path, source })
    }

    fn tree(&self) -> Option<Node> {
        self.folder.read_yaml(&self.path, 0, &mut Problems::default())
    }

    fn fix(&self, edits: Vec<Edit>, de: impl Into<Arc<str>>, en: impl Into<Arc<str>>) -> Option<Fix> {
        (!edits.is_empty()).then(|| Fix { title: Text::new(de, en), edits })
    }

    /// The bytes of what the problem is about, without quotes around it.
    fn part(&self) -> Option<std::ops::Range<usize>> {
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

    fn replaced(&self, part: std::ops::Range<usize>, text: &str) -> Option<Edit> {
        self.source.edit(&self.problem.span.file, part, text)
    }

    /// A word that can only be a slip. It must stand there as it was found, and once.
    fn slip(&self) -> Option<Fix> {
        let (found, meant) = self.problem.meant.as_ref()?;
        // Which law holds is not guessed.
        let of_law = matches!(self.problem.code, "unknown_law" | "unknown_sphere");
        if of_law && found.to_lowercase() != meant.to_lowercase() {
            return None;
        }
        let part = self.part()?;
        let at = part.start + only_once(&self.source.text()[part.clone()], found)?;
        let edit = self.replaced(at..at + found.len(), meant)?;
        self.fix(
            vec![edit],
            format!("„{found}“ in „{meant}“ ändern."),
            format!("Change `{found}` to `{meant}`."),
        )
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

    /// A text in a cell of a table, without its quotes.
    fn cell(&self) -> Option<Fix> {
        let tree = self.tree()?;
        let way = value_at(&tree, &self.problem.span)?;
        let [rows, _, when, _] = way.as_slice() else { return None };
        let word = value_of(&way)?.as_text()?;
        let is_word = word.chars().all(|sign| sign.is_alphanumeric() || "_-".contains(sign))
            && word.starts_with(char::is_alphabetic);
        if !is_named(rows, "rows") || !is_named(when, "when") || !is_word {
            return None;
        }
        let begin = self.source.offset(Position::of(&self.problem.span))?;
        let is_plain = self.source.text()[begin..].starts_with(&**word);
        let edit = is_plain.then(|| self.replaced(begin..begin + word.len(), &format!("'\"{word}\"'")))??;
        self.fix(
            vec![edit],
            format!("„{word}“ als Text schreiben: mit doppelten Anführungszeichen."),
            format!("Write `{word}` as a text: with double quotes."),
        )
    }

    fn version(&self) -> Option<Fix> {
        let part = self.part()?;
        let written = &self.source.text()[part.clone()];
        let numbers: Vec<&str> = written.split('.').collect();
        let all = numbers.iter().all(|it| !it.is_empty() && it.chars().all(|sign| sign.is_ascii_digit()));
        if !all || numbers.len() > 2 {
            return None;
        }
        let version = format!("{written}{}", ".0".repeat(3 - numbers.len()));
        self.fix(
            vec![self.replaced(part, &version)?],
            format!("Die Version mit drei Zahlen schreiben: „{version}“."),
            format!("Write the version with three numbers: `{version}`."),
        )
    }

    /// A name as names are written. Whoever else says it in any file would not know it any more.
    fn name(&self, joiner: char) -> Option<Fix> {
        let part = self.part()?;
        let written = self.source.text()[part.clone()].to_owned();
        let named = as_name(&written, joiner);
        let texts = self.folder.files.values().filter_map(|bytes| std::str::from_utf8(bytes).ok());
        let times: usize = texts.map(|text| text.matches(&*written).count()).sum();
        if named.is_empty() || named == written || times != 1 {
            return None;
        }
        self.fix(
            vec![self.replaced(part, &named)?],
            format!("„{written}“ in „{named}“ ändern."),
            format!("Change `{written}` to `{named}`."),
        )
    }

    /// The line that begins a second document.
    fn mark(&self) -> Option<Fix> {
        let line = self.problem.span.line;
        let begin = self.source.offset(Position { line, column: 1 })?;
        let written = self.source.line(line)?;
        let end = begin
            + written.len()
            + usize::from(self.source.text()[begin + written.len()..].starts_with('\n'));
        if written.trim_end() != "---" {
            return None;
        }
        self.fix(vec![self.replaced(begin..end, "")?], "Die Zeile „---“ streichen.", "Delete the line `---`.")
    }

    /// Lines that are indented with tabs.
    fn tabs(&self) -> Option<Fix> {
        let edit = |number: u32, line: &str| {
            let indent = &line[..line.len() - line.trim_start_matches([' ', '\t', '\u{a0}']).len()];
            let spaces = indent.replace('\t', "  ").replace('\u{a0}', " ");
            let begin = self.source.offset(Position { line: number, column: 1 })?;
            (spaces != indent).then(|| self.replaced(begin..begin + indent.len(), &spaces))?
        };
        let lines = (1..).zip(self.source.text().lines());
        self.fix(
            lines.filter_map(|(number, line)| edit(number, line)).collect(),
            "Mit Leerzeichen statt Tabulatoren einrücken.",
            "Indent with blanks instead of tabs.",
        )
    }

    /// Items of a list that begin with a dash of prose.
    fn dashes(&self) -> Option<Fix> {
        let dash = |line: &str| line.trim_start().starts_with(['–', '—']);
        let indent = |line: &str| line.len() - line.trim_start().len();
        // What is read as more of a line is told at the one that follows.
        let told = self.problem.span.line;
        let first =
            [told, told.saturating_sub(1)].into_iter().find(|it| self.source.line(*it).is_some_and(dash))?;
        let depth = indent(self.source.line(first)?);
        let lines = (first..).map_while(|number| Some((number, self.source.line(number)?)));
        let list = lines.take_while(|(_, line)| line.trim().is_empty() || indent(line) >= depth);
        let edit = |(number, line): (u32, &str)| {
            let begin = self.source.offset(Position { line: number, column: 1 })? + depth;
            let sign = line.trim_start().chars().next()?;
            self.replaced(begin..begin + sign.len_utf8(), "-")
        };
        self.fix(
            list.filter(|(_, line)| indent(line) == depth && dash(line)).filter_map(edit).collect(),
            "Aufzählungen mit „-“ schreiben, nicht mit einem Gedankenstrich.",
            "Write lists with `-`, not with a dash.",
        )
    }
}

/// Where a word stands in a text, when it does once.
fn only_once(text: &str, word: &str) -> Option<usize> {
    let of_word = |sign: char| sign.is_alphanumeric() || sign == '_';
    let whole = |at: &usize| !text[..*at].ends_with(of_word) && !text[at + word.len()..].starts_with(of_word);
    let mut places = text.match_indices(word).map(|(at, _)| at).filter(whole);
    places.next().filter(|_| places.next().is_none())
}

/// Lower-case letters, digits and a joiner.
fn as_name(written: &str, joiner: char) -> String {
    let mut named = String::new();
    for sign in written.chars().flat_map(char::to_lowercase) {
        match sign {
            'ä' => named.push_str("ae"),
            'ö' => named.push_str("oe"),
            'ü' => named.push_str("ue"),
            'ß' => named.push_str("ss"),
            sign if sign.is_ascii_alphanumeric() => named.push(sign),
            _ => named.push(joiner),
        }
    }
    named
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
fn value_at<'n>(root: &'n Node, span: &Span) -> Option<Way<'n>> {
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

fn is_named(at: &(&Node, usize), name: &str) -> bool {
    entry_of(at).is_some_and(|(key, _)| &*key.text == name)
}

fn key_of<'n>(way: &Way<'n>) -> Option<&'n Key> {
    entry_of(way.last()?).map(|(key, _)| key)
}

fn value_of<'n>(way: &Way<'n>) -> Option<&'n Node> {
    entry_of(way.last()?).map(|(_, value)| value)
}
