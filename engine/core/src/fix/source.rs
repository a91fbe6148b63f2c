//! The text of a file, changed in places: comments and layout stay as they are.

use std::{ops::Range, sync::Arc};

use super::{Change, Edit, Position};
use crate::{
    diagnostic::Problems,
    language::{Folder, Key, Node, NodeKind, read_yaml},
    words::Value,
};

/// The text of a file.
pub struct Source {
    text: String,
    /// Where each line begins.
    lines: Vec<usize>,
}

/// An entry of a mapping or an item of a list: from the outermost collection inwards, each with the number of the next one.
pub type Way<'n> = Vec<(&'n Node, usize)>;

impl Source {
    /// A file of a folder; none when it is no text.
    pub fn of(folder: &Folder, path: &str) -> Option<Source> {
        let text = std::str::from_utf8(folder.files.get(path)?).ok()?;
        Some(Source::new(text.to_owned()))
    }

    /// A text.
    pub fn new(text: String) -> Source {
        let ends = text.match_indices('\n').map(|(at, _)| at + 1);
        let lines = [0].into_iter().chain(ends).collect();
        Source { text, lines }
    }

    /// What is written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// A line without its end, by its number from 1.
    pub fn line(&self, number: u32) -> Option<&str> {
        let begin = *self.lines.get(index(number))?;
        Some(self.text[begin..].lines().next().unwrap_or_default())
    }

    /// Where a place lies.
    pub fn offset(&self, at: Position) -> Option<usize> {
        let line = self.line(at.line)?;
        let begin = self.lines[index(at.line)];
        let column = index(at.column);
        match line.char_indices().nth(column) {
            Some((byte, _)) => Some(begin + byte),
            None => (line.chars().count() == column).then_some(begin + line.len()),
        }
    }

    /// Which place that is.
    pub fn position(&self, offset: usize) -> Option<Position> {
        let line = self.lines.partition_point(|begin| *begin <= offset) - 1;
        let before = self.text.get(self.lines[line]..offset)?;
        let count = |n: usize| u32::try_from(n + 1).ok();
        Some(Position { line: count(line)?, column: count(before.chars().count())? })
    }

    /// An edit of a part of it.
    pub fn edit(&self, file: &Arc<str>, part: Range<usize>, text: &str) -> Option<Edit> {
        let (from, to) = (self.position(part.start)?, self.position(part.end)?);
        Some(Edit { file: file.clone(), from, to, text: text.into() })
    }

    /// The bytes that an edit replaces.
    pub fn part(&self, edit: &Edit) -> Option<Range<usize>> {
        let part = self.offset(edit.from)?..self.offset(edit.to)?;
        (part.start <= part.end).then_some(part)
    }

    /// What is written after some edits, in their order; none when they touch each other.
    pub fn edited(&self, edits: &[&Edit]) -> Option<String> {
        let mut changed = String::with_capacity(self.text.len());
        let mut done = 0;
        for edit in edits {
            let part = self.part(edit)?;
            changed.push_str(self.text.get(done..part.start)?);
            changed.push_str(&edit.text);
            done = part.end;
        }
        changed.push_str(&self.text[done..]);
        Some(changed)
    }

    /// Where something lies after some edits; none when it is no longer there.
    pub fn moved(&self, offset: usize, edits: &[&Edit]) -> Option<usize> {
        let mut moved = offset;
        for edit in edits {
            let part = self.part(edit)?;
            if part.contains(&offset) && (part.start < offset || edit.text.is_empty()) {
                return None;
            }
            if part.end <= offset {
                moved = moved + edit.text.len() - part.len();
            }
        }
        Some(moved)
    }

    /// The lines that some edits change. What lies in the same lines is told at once.
    pub fn changes(&self, file: &Arc<str>, edits: &[&Edit]) -> Option<Vec<Change>> {
        let mut groups: Vec<(u32, u32, Vec<&Edit>)> = Vec::new();
        for edit in edits {
            // What is replaced up to the begin of a line leaves that line as it is.
            let whole = edit.to.column == 1 && edit.to.line > edit.from.line && edit.from.column == 1;
            let last = if whole { edit.to.line - 1 } else { edit.to.line };
            match groups.last_mut() {
                Some((_, before, all)) if edit.from.line <= *before => {
                    *before = last.max(*before);
                    all.push(edit);
                }
                _ => groups.push((edit.from.line, last, vec![edit])),
            }
        }
        let change = |(first, last, edits): (u32, u32, Vec<&Edit>)| {
            let begin = *self.lines.get(index(first))?;
            let end = self.lines.get(index(last) + 1).copied().unwrap_or(self.text.len());
            let after = self.edited(&edits)?;
            let rest = self.text.len() - end;
            let lines = |text: &str| text.lines().map(str::to_owned).collect();
            Some(Change {
                file: file.clone(),
                line: first,
                before: lines(self.text.get(begin..end)?),
                after: lines(after.get(begin..after.len() - rest)?),
            })
        };
        groups.into_iter().map(change).collect()
    }

    /// An edit that takes an entry or item out, and nothing else: read again, the rest is what it was.
    pub fn without(&self, root: &Node, way: &Way<'_>) -> Option<Edit> {
        let (parent, number) = *way.last()?;
        let begin = match &parent.kind {
            NodeKind::Map(entries) => &entries.get(number)?.0.span,
            NodeKind::List(items) => &items.get(number)?.span,
            _ => return None,
        };
        let begin = self.offset(Position::of(begin))?;
        let opened = self.offset(Position::of(&parent.span))?;
        // A list that is not indented has the place of its first item.
        let is_open = match parent.kind {
            NodeKind::Map(_) => !self.text[opened..].starts_with('{'),
            _ => self.before(begin)?.trim_end_matches(' ').ends_with('-'),
        };
        let part =
            if is_open { self.in_lines(parent, begin)? } else { self.in_brackets(parent, number, begin)? };
        let edit = self.edit(&root.span.file, part, "")?;
        let changed = self.edited(&[&edit])?;
        let mut problems = Problems::default();
        let read = read_yaml(&root.span.file, changed.as_bytes(), root.frame, &mut problems)?;
        let rest = without(root, &way.iter().map(|(_, number)| *number).collect::<Vec<_>>());
        (problems.is_empty() && read.to_value() == rest).then_some(edit)
    }

    /// What stands before a place in its line.
    fn before(&self, offset: usize) -> Option<&str> {
        let line = self.position(offset)?.line;
        self.text.get(self.lines[index(line)]..offset)
    }

    /// The lines of an entry or item, down to what is indented as it is.
    fn in_lines(&self, parent: &Node, begin: usize) -> Option<Range<usize>> {
        let at = self.position(begin)?;
        let before = self.before(begin)?;
        let indent = match parent.kind {
            NodeKind::Map(_) => before,
            _ => before.trim_end_matches(' ').strip_suffix('-')?,
        };
        if !indent.chars().all(|sign| sign == ' ') {
            return None;
        }
        let indented = |line: &str| line.len() - line.trim_start_matches(' ').len();
        let is_blank = |line: Option<&str>| line.is_none_or(|line| line.trim().is_empty());
        let (mut last, mut ahead) = (at.line, at.line + 1);
        while let Some(line) = self.line(ahead) {
            if !is_blank(Some(line)) {
                if indented(line) <= indent.len() {
                    break;
                }
                last = ahead;
            }
            ahead += 1;
        }
        // Of the blank lines around it, those behind it go along.
        let mut top = at.line;
        if top == 1 || is_blank(self.line(top - 1)) {
            while index(last + 1) < self.lines.len() && is_blank(self.line(last + 1)) {
                last += 1;
            }
            while index(last + 1) == self.lines.len() && top > 1 && is_blank(self.line(top - 1)) {
                top -= 1;
            }
        }
        let end = self.lines.get(index(last) + 1).copied().unwrap_or(self.text.len());
        Some(self.lines[index(top)]..end)
    }

    /// An entry or item between brackets, with a comma beside it.
    fn in_brackets(&self, parent: &Node, number: usize, begin: usize) -> Option<Range<usize>> {
        let at = |number: usize| match &parent.kind {
            NodeKind::Map(entries) => entries.get(number).map(|(key, _)| &key.span),
            NodeKind::List(items) => items.get(number).map(|item| &item.span),
            _ => None,
        };
        let offset = |number: usize| self.offset(Position::of(at(number)?));
        if let Some(next) = offset(number + 1) {
            return self.is_plain(begin..next).then_some(begin..next);
        }
        let end = self.end(begin)?;
        let begin = match number.checked_sub(1) {
            Some(before) => self.end(offset(before)?)?,
            None => begin,
        };
        self.is_plain(begin..end).then_some(begin..end)
    }

    /// Whether nobody has written a comment there.
    fn is_plain(&self, part: Range<usize>) -> bool {
        self.text.get(part).is_some_and(|text| !text.contains('#'))
    }

    /// Where an entry or item between brackets ends.
    fn end(&self, begin: usize) -> Option<usize> {
        let (mut depth, mut quote, mut last) = (0_usize, None, '{');
        let mut end = begin;
        let mut signs = self.text[begin..].char_indices().peekable();
        while let Some((at, sign)) = signs.next() {
            match (quote, sign) {
                // What follows belongs to the text.
                (Some('"'), '\\') => _ = signs.next(),
                (Some('\''), '\'') if signs.next_if(|(_, next)| *next == '\'').is_some() => {}
                (Some(open), _) if open == sign => quote = None,
                (Some(_), _) => {}
                (None, '\'' | '"') if "{[,:".contains(last) => quote = Some(sign),
                (None, '{' | '[') => depth += 1,
                (None, ',') if depth == 0 => return Some(end),
                (None, '}' | ']') if depth == 0 => return Some(end),
                (None, '}' | ']') => depth -= 1,
                _ => {}
            }
            if !sign.is_whitespace() {
                last = sign;
                end = begin + at + sign.len_utf8();
            }
        }
        None
    }
}

fn index(number: u32) -> usize {
    usize::try_from(number.saturating_sub(1)).unwrap_or(usize::MAX)
}

/// What is read without an entry or item.
fn without(root: &Node, way: &[usize]) -> Value {
    let Some((number, further)) = way.split_first() else { return root.to_value() };
    let kept = |at: usize, node: &Node| match (at == *number, further) {
        (false, _) => Some(node.to_value()),
        (true, []) => None,
        (true, further) => Some(without(node, further)),
    };
    match &root.kind {
        NodeKind::List(items) => items.iter().enumerate().filter_map(|(at, item)| kept(at, item)).collect(),
        NodeKind::Map(entries) => {
            let entry =
                |(at, (key, node)): (usize, &(Key, Node))| Some((key.text.to_string(), kept(at, node)?));
            Value::Object(entries.iter().enumerate().filter_map(entry).collect())
        }
        _ => root.to_value(),
    }
}
