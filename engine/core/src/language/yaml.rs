//! YAML and JSON as a tree in which every key and value knows its place.
//!
//! Anchors, aliases, tags and several documents are refused; size, depth and number of nodes are limited, so that a
//! hostile file costs nothing. JSON is read by the same reader: it is a part of YAML 1.2.

use std::sync::Arc;

use granit_parser::{Event, Options, Parser, ScalarStyle};
use serde::de::IgnoredAny;

use crate::{
    diagnostic::{Problems, Span},
    words::{Text, Value},
};

/// The largest file that is read, in bytes.
pub const MAX_FILE_BYTES: usize = 1_000_000;
/// How many values a file may have.
pub const MAX_NODES: usize = 20_000;
/// How deeply they may be nested.
pub const MAX_DEPTH: usize = 64;

/// Which text a value was written in: 0 is the process, every use of a block is one more. A rule that is handed to a
/// block as a parameter still sees the names of where it was written.
pub type Frame = u32;

/// A value with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Where it stands.
    pub span: Span,
    /// In which text it was written.
    pub frame: Frame,
    /// What it is.
    pub kind: Kind,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// Nothing, `~` or `null`.
    Null,
    /// `true` or `false`; `yes` and `no` are texts.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any other scalar.
    Text(Arc<str>),
    /// `[...]`
    List(Vec<Node>),
    /// `{...}`, in the order of the file.
    Map(Vec<(Key, Node)>),
}

/// A key with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    /// Where it stands.
    pub span: Span,
    /// The key.
    pub text: Arc<str>,
}

impl Node {
    /// What it is, for messages.
    pub fn what(&self) -> Text {
        match self.kind {
            Kind::Null => Text::new("nichts", "nothing"),
            Kind::Bool(_) => Text::new("ja/nein", "true or false"),
            Kind::Int(_) => Text::new("eine Zahl", "a number"),
            Kind::Text(_) => Text::new("ein Text", "a text"),
            Kind::List(_) => Text::new("eine Liste", "a list"),
            Kind::Map(_) => Text::new("eine Zuordnung (Schlüssel: Wert)", "a mapping (key: value)"),
        }
    }

    /// The same, with what was written in one frame belonging to another one.
    pub fn in_frame(&self, from: Frame, to: Frame) -> Node {
        let kind = match &self.kind {
            Kind::List(items) => Kind::List(items.iter().map(|item| item.in_frame(from, to)).collect()),
            Kind::Map(entries) => Kind::Map(
                entries.iter().map(|(key, value)| (key.clone(), value.in_frame(from, to))).collect(),
            ),
            other => other.clone(),
        };
        Node { span: self.span.clone(), frame: if self.frame == from { to } else { self.frame }, kind }
    }

    /// The value without its places.
    pub fn to_value(&self) -> Value {
        match &self.kind {
            Kind::Null => Value::Null,
            Kind::Bool(value) => Value::Bool(*value),
            Kind::Int(value) => Value::from(*value),
            Kind::Text(text) => Value::String(text.to_string()),
            Kind::List(items) => Value::Array(items.iter().map(Node::to_value).collect()),
            Kind::Map(entries) => Value::Object(
                entries.iter().map(|(key, value)| (key.text.to_string(), value.to_value())).collect(),
            ),
        }
    }

    /// The text, when it is one.
    pub fn as_text(&self) -> Option<&Arc<str>> {
        match &self.kind {
            Kind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The value of a key, when this is a mapping that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        match &self.kind {
            Kind::Map(entries) => entries.iter().find(|(found, _)| &*found.text == key).map(|(_, node)| node),
            _ => None,
        }
    }

    /// A JSON value as if it had been written here: for defaults.
    pub fn from_value(value: &Value, span: &Span, frame: Frame) -> Node {
        let kind = match value {
            Value::Null => Kind::Null,
            Value::Bool(value) => Kind::Bool(*value),
            Value::Number(number) => match number.as_i64() {
                Some(value) => Kind::Int(value),
                None => Kind::Text(number.to_string().into()),
            },
            Value::String(text) => Kind::Text(text.as_str().into()),
            Value::Array(items) => {
                Kind::List(items.iter().map(|item| Node::from_value(item, span, frame)).collect())
            }
            Value::Object(entries) => Kind::Map(
                entries
                    .iter()
                    .map(|(key, value)| {
                        let key = Key { span: span.clone(), text: key.as_str().into() };
                        (key, Node::from_value(value, span, frame))
                    })
                    .collect(),
            ),
        };
        Node { span: span.clone(), frame, kind }
    }
}

/// Reads a file. `None` when nothing usable stands in it; the problems say why.
pub fn read(file: &Arc<str>, text: &[u8], frame: Frame, problems: &mut Problems) -> Option<Node> {
    let whole = Span::file(file.clone());
    if text.len() > MAX_FILE_BYTES {
        problems.error(
            &whole,
            "file_too_large",
            Text::new(
                format!("Die Datei hat {} Bytes; höchstens {MAX_FILE_BYTES} sind erlaubt.", text.len()),
                format!("The file has {} bytes; at most {MAX_FILE_BYTES} are allowed.", text.len()),
            ),
        );
        return None;
    }
    let Ok(text) = std::str::from_utf8(text) else {
        problems.error(
            &whole,
            "not_utf8",
            Text::new("Die Datei ist kein Text in UTF-8.", "The file is not UTF-8 text."),
        );
        return None;
    };
    let mut options = Options::default();
    options.emit_comments = false;
    let mut reader =
        Reader { file: file.clone(), frame, problems, open: Vec::new(), root: None, nodes: 0, documents: 0 };
    for step in Parser::new_from_str_with_options(text, options) {
        match step {
            Ok((event, span)) => {
                if reader.take(event, &span).is_break() {
                    return None;
                }
            }
            Err(error) => {
                let marker = error.marker();
                let span = reader.place(marker.line(), marker.col(), 1);
                let why = error.kind().to_string();
                reader.not_valid(text, span, &why);
                return None;
            }
        }
    }
    if reader.root.is_none() {
        reader.problems.error(&whole, "file_empty", Text::new("Die Datei ist leer.", "The file is empty."));
    }
    reader.root
}

impl Reader<'_> {
    /// Says that a text is not what its file name says. JSON is read as the YAML that it is, but its writer knows JSON.
    fn not_valid(&mut self, text: &str, found: Span, why: &str) {
        let broken = self.file.ends_with(".json").then(|| serde_json::from_str::<IgnoredAny>(text).err());
        let (span, code, form, why) = match broken.flatten() {
            Some(error) => {
                let whole = error.to_string();
                let why = whole.split_once(" at line ").map_or(&*whole, |(why, _)| why).to_owned();
                let [line, column] = [error.line(), error.column()]
                    .map(|number| u32::try_from(number.max(1)).unwrap_or(u32::MAX));
                let file = found.file.clone();
                (Span { file, line, column, length: 1 }, "json_syntax", "JSON", why)
            }
            None => (found, "yaml_syntax", "YAML", why.to_owned()),
        };
        self.problems.error(
            &span,
            code,
            Text::new(
                format!("Das ist kein gültiges {form}: {why}."),
                format!("This is not valid {form}: {why}."),
            ),
        );
    }
}

enum Open {
    List(Span, Vec<Node>),
    Map { span: Span, entries: Vec<(Key, Node)>, key: Option<Key> },
}

struct Reader<'a> {
    file: Arc<str>,
    frame: Frame,
    problems: &'a mut Problems,
    open: Vec<Open>,
    root: Option<Node>,
    nodes: usize,
    documents: usize,
}

use std::ops::ControlFlow;

impl Reader<'_> {
    fn place(&self, line: usize, column: usize, length: usize) -> Span {
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        // The parser counts lines from 1 and columns from 0.
        Span { file: self.file.clone(), line: count(line), column: count(column + 1), length: count(length) }
    }

    fn take(&mut self, event: Event<'_>, at: &granit_parser::Span) -> ControlFlow<()> {
        let (start, end) = (at.start, at.end);
        let length = if start.line() == end.line() { end.col().saturating_sub(start.col()) } else { 1 };
        let span = self.place(start.line(), start.col(), length);
        if let Some(refused) = refused(&event) {
            self.problems.error(&span, "yaml_feature_refused", refused).help(Text::new(
                "Den Wert ausschreiben; so liest ihn jeder, wo er steht.",
                "Write the value out, so that everybody reads it where it stands.",
            ));
            return ControlFlow::Break(());
        }
        match event {
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents > 1 {
                    self.problems.error(
                        &span,
                        "yaml_documents",
                        Text::new(
                            "Eine Datei enthält genau ein Dokument; hier beginnt ein zweites.",
                            "A file holds exactly one document; a second one begins here.",
                        ),
                    );
                    return ControlFlow::Break(());
                }
            }
            Event::Scalar(text, style, ..) => {
                let kind = if style == ScalarStyle::Plain { plain(&text) } else { Kind::Text(text.into()) };
                return self.put(span, kind);
            }
            Event::SequenceStart(..) => return self.enter(span.clone(), Open::List(span, Vec::new())),
            Event::MappingStart(..) => {
                return self.enter(span.clone(), Open::Map { span, entries: Vec::new(), key: None });
            }
            Event::SequenceEnd | Event::MappingEnd => {
                return match self.open.pop() {
                    Some(Open::List(span, items)) => self.put(span, Kind::List(items)),
                    Some(Open::Map { span, entries, .. }) => self.put(span, Kind::Map(entries)),
                    None => ControlFlow::Continue(()),
                };
            }
            _ => {}
        }
        ControlFlow::Continue(())
    }

    fn enter(&mut self, span: Span, open: Open) -> ControlFlow<()> {
        if self.open.len() >= MAX_DEPTH {
            self.problems.error(
                &span,
                "too_deep",
                Text::new(
                    format!("Tiefer als {MAX_DEPTH} Ebenen wird nicht gelesen."),
                    format!("Nothing is read deeper than {MAX_DEPTH} levels."),
                ),
            );
            return ControlFlow::Break(());
        }
        if let Some(Open::Map { key: None, .. }) = self.open.last() {
            self.problems.error(
                &span,
                "key_not_text",
                Text::new("Ein Schlüssel muss ein einfaches Wort sein.", "A key must be a plain word."),
            );
            return ControlFlow::Break(());
        }
        self.open.push(open);
        ControlFlow::Continue(())
    }

    /// Says it once, at the text that was ended; what follows from it is not said.
    fn ended_by_comma(&mut self, before: &Key, text: &Node, key: &Key) {
        let said = text.as_text().map(|text| &**text).unwrap_or_default();
        let (name, rest) = (&before.text, &key.text);
        self.problems
            .error(
                &key.span,
                "ended_by_comma",
                Text::new(
                    format!("Innerhalb von {{ }} beendet ein Komma den Text davor; „{rest}“ gehört wohl noch zu „{name}“."),
                    format!("Within {{ }} a comma ends the text before it; `{rest}` seems to belong to `{name}`."),
                ),
            )
            .help(Text::new(
                format!("Den ganzen Text in Anführungszeichen setzen: {name}: \"{said}, {rest} …\""),
                format!("Put the whole text in quotes: {name}: \"{said}, {rest} …\""),
            ));
    }

    fn put(&mut self, span: Span, kind: Kind) -> ControlFlow<()> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            self.problems.error(
                &span,
                "too_many_values",
                Text::new(
                    format!("Die Datei hat mehr als {MAX_NODES} Werte."),
                    format!("The file has more than {MAX_NODES} values."),
                ),
            );
            return ControlFlow::Break(());
        }
        let frame = self.frame;
        match self.open.last_mut() {
            None => self.root = Some(Node { span, frame, kind }),
            Some(Open::List(_, items)) => items.push(Node { span, frame, kind }),
            Some(Open::Map { entries, key, .. }) => match key.take() {
                None => {
                    let text: Arc<str> = match kind {
                        Kind::Text(text) => text,
                        Kind::Int(number) => number.to_string().into(),
                        Kind::Bool(value) => value.to_string().into(),
                        Kind::Null | Kind::List(_) | Kind::Map(_) => "".into(),
                    };
                    *key = Some(Key { span, text });
                }
                Some(key) => {
                    let before = entries.last().filter(|(before, text)| {
                        matches!(kind, Kind::Null) && ended_by_comma(before, text, &key)
                    });
                    if let Some((before, text)) = before.cloned() {
                        self.ended_by_comma(&before, &text, &key);
                    } else if let Some((first, _)) = entries.iter().find(|(known, _)| known.text == key.text)
                    {
                        let (name, line) = (&key.text, first.span.line);
                        self.problems.error(
                            &key.span,
                            "duplicate_key",
                            Text::new(
                                format!("„{name}“ steht schon in Zeile {line}."),
                                format!("`{name}` already stands in line {line}."),
                            ),
                        );
                    } else {
                        entries.push((key, Node { span, frame, kind }));
                    }
                }
            },
        }
        ControlFlow::Continue(())
    }
}

/// Whether what looks like a key without a value is the rest of the text before it, within `{ }`, where a comma ends a text.
fn ended_by_comma(before: &Key, text: &Node, key: &Key) -> bool {
    const LANGUAGES: [&str; 2] = ["de", "en"];
    let beside = key.span.line == text.span.line && key.span.line == before.span.line;
    let is_id = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c);
    let is_words = !key.text.chars().all(is_id);
    let in_a_text = LANGUAGES.contains(&&*before.text) && !LANGUAGES.contains(&&*key.text);
    beside && matches!(text.kind, Kind::Text(_)) && (is_words || in_a_text)
}

fn refused(event: &Event<'_>) -> Option<Text> {
    let anchored = event.anchor_id().is_some_and(|id| id != 0);
    if event.is_alias() || matches!(event, Event::UnresolvedAlias(_)) {
        Some(Text::new("Verweise (*name) sind nicht erlaubt.", "Aliases (*name) are not allowed."))
    } else if anchored {
        Some(Text::new("Anker (&name) sind nicht erlaubt.", "Anchors (&name) are not allowed."))
    } else if event.tag().is_some() {
        Some(Text::new("Typkennzeichen (!name) sind nicht erlaubt.", "Tags (!name) are not allowed."))
    } else {
        None
    }
}

/// The core schema of YAML 1.2, without fractions: they stay texts, and whoever expects a number says so in place.
fn plain(text: &str) -> Kind {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Kind::Null,
        "true" | "True" | "TRUE" => Kind::Bool(true),
        "false" | "False" | "FALSE" => Kind::Bool(false),
        _ => match text.parse::<i64>() {
            Ok(number) if !text.starts_with('+') => Kind::Int(number),
            _ => Kind::Text(text.into()),
        },
    }
}
