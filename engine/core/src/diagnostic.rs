//! What is wrong with a definition, and where. Reading collects these; it never stops at the first.

use std::{fmt, sync::Arc};

use serde::Serialize;

use crate::{
    fix::Fix,
    words::{StepPath, Text},
};

/// A place in a file. Lines and columns count from 1, columns in characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Span {
    /// The file, relative to the folder that was read.
    pub file: Arc<str>,
    /// The line.
    pub line: u32,
    /// The column.
    pub column: u32,
    /// How many characters it covers, on that line.
    pub length: u32,
}

impl Span {
    /// The begin of a file: for what concerns the file as a whole.
    pub fn file(file: impl Into<Arc<str>>) -> Span {
        Span { file: file.into(), line: 1, column: 1, length: 0 }
    }

    /// Whether it is a whole file, and no place in it.
    pub fn is_file(&self) -> bool {
        *self == Span::file(self.file.clone())
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// Whether a problem stops a deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It stops a deployment.
    Error,
    /// It stops a deployment unless a person says why it may be.
    Concern,
    /// It should be looked at.
    Warning,
}

/// One problem of a definition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// Where.
    pub span: Span,
    /// Whether it stops a deployment.
    pub severity: Severity,
    /// Stable, for example `unknown_key`.
    pub code: &'static str,
    /// What and why.
    pub message: Text,
    /// What to do.
    pub help: Option<Text>,
    /// The word that was found and the one that was meant, where it can only be a slip.
    #[serde(skip)]
    pub meant: Option<(Arc<str>, Arc<str>)>,
    /// How the files could be changed so that it is gone, and nothing new comes of it ([`crate::fix::offer`]).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<Fix>,
    /// How a case comes to it, when a run shows it.
    pub run: Option<Arc<Run>>,
}

/// How a case comes to a problem, as a picture of the process can show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Run {
    /// Whether the engine has played it; else the control flow allows it, and the data may exclude it.
    pub played: bool,
    /// What happens, in this order; first the case begins.
    pub stops: Vec<Stop>,
    /// A scenario that plays it, as YAML; only of what was played.
    pub scenario: Option<Arc<str>>,
}

/// What happens in a run until the case stands still again. Steps are named by their address, without rounds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Stop {
    /// What a person, a message or time does.
    pub said: Text,
    /// The steps that are entered then, as often as they are.
    pub entered: Vec<StepPath>,
    /// The ways that are gone for the first time, from step to step.
    pub ways: Vec<(StepPath, StepPath)>,
    /// The steps that are active then.
    pub active: Vec<StepPath>,
}

/// Collects problems while reading.
#[derive(Debug, Default)]
pub struct Problems {
    found: Vec<Diagnostic>,
    has_errors: bool,
    /// Takes what is said of a problem that is not kept; it has no code.
    beyond: Option<Diagnostic>,
}

/// Among more names than this, only those that begin like the one that was found are looked at: a file with thousands
/// of names and thousands of mistakes shall not cost their product.
const MOST_COMPARED: usize = 200;

impl Problems {
    /// More than this many are not kept: nobody reads them, and a hostile file could make millions.
    pub const MOST: usize = 500;

    /// Notes an error.
    pub fn error(&mut self, span: &Span, code: &'static str, message: Text) -> &mut Diagnostic {
        self.has_errors = true;
        self.add(Severity::Error, span, code, message)
    }

    /// How many there are so far.
    pub fn mark(&self) -> usize {
        self.found.len()
    }

    /// One that was noted, by its number.
    pub fn at(&mut self, number: usize) -> Option<&mut Diagnostic> {
        self.found.get_mut(number)
    }

    /// Whether an error was noted since.
    pub fn has_errors_since(&self, mark: usize) -> bool {
        self.found.iter().skip(mark).any(|it| it.severity == Severity::Error)
    }

    /// Forgets what was noted since, where it only follows from something that was noted before.
    pub fn forget_since(&mut self, mark: usize) {
        self.found.truncate(mark);
    }

    /// Notes an error that stops a deployment, but nothing from being made of what was read: of what was deployed before that
    /// was refused, cases go on.
    pub fn refused_anew(&mut self, span: &Span, code: &'static str, message: Text) -> &mut Diagnostic {
        self.add(Severity::Error, span, code, message)
    }

    /// Notes a warning.
    pub fn warning(&mut self, span: &Span, code: &'static str, message: Text) -> &mut Diagnostic {
        self.add(Severity::Warning, span, code, message)
    }

    fn add(&mut self, severity: Severity, span: &Span, code: &'static str, message: Text) -> &mut Diagnostic {
        if self.found.len() >= Self::MOST {
            let span = span.clone();
            return self.beyond.insert(Diagnostic::new(severity, span, "", message));
        }
        self.found.push(Diagnostic::new(severity, span.clone(), code, message));
        self.found.last_mut().expect("pushed above")
    }

    /// Whether something keeps anything from being made of what was read.
    pub fn has_errors(&self) -> bool {
        self.has_errors
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.found.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// All, in the order of files and lines, each once.
    pub fn into_sorted(mut self) -> Vec<Diagnostic> {
        self.found.sort_by(|a, b| a.span.cmp(&b.span).then(a.code.cmp(b.code)));
        self.found.dedup_by(|a, b| a.says_the_same(b));
        self.found
    }
}

impl Diagnostic {
    /// A problem of which nothing more is known.
    pub fn new(severity: Severity, span: Span, code: &'static str, message: Text) -> Diagnostic {
        Diagnostic { span, severity, code, message, help: None, run: None, meant: None, fix: None }
    }

    /// Whether a person reads the same of another one. The runs to them may differ: a block is used twice.
    pub fn says_the_same(&self, other: &Diagnostic) -> bool {
        let said = |it: &Diagnostic| (it.span.clone(), it.severity, it.code, it.message.clone());
        said(self) == said(other)
    }

    /// Adds what to do.
    pub fn help(&mut self, help: Text) -> &mut Diagnostic {
        self.help = Some(help);
        self
    }

    /// Adds what can only have been meant.
    pub fn meant(&mut self, found: &str, meant: &str) -> &mut Diagnostic {
        self.meant = Some((found.into(), meant.into()));
        self.help(Text::new(format!("Gemeint ist wohl „{meant}“."), format!("Did you mean `{meant}`?")))
    }

    /// Adds "did you mean" when one of the known words is near.
    pub fn did_you_mean<'a>(
        &mut self,
        found: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) -> &mut Diagnostic {
        if self.code.is_empty() {
            return self;
        }
        let known: Vec<&str> = known.into_iter().collect();
        let first = found.chars().next();
        let alike = |name: &&str| known.len() <= MOST_COMPARED || name.chars().next() == first;
        let near = known.iter().copied().filter(alike).take(MOST_COMPARED);
        let meant = fachwerk_rules::slip_of(found, near.clone());
        self.meant = meant.map(|meant| (found.into(), meant.into()));
        if let Some(near) = fachwerk_rules::nearest(found, near) {
            self.help =
                Some(Text::new(format!("Gemeint ist wohl „{near}“."), format!("Did you mean `{near}`?")));
        } else if !known.is_empty() && known.len() <= 20 {
            let list = known.join(", ");
            self.help = Some(Text::new(format!("Möglich sind: {list}."), format!("Possible are: {list}.")));
        }
        self
    }
}
