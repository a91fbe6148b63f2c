//! What can be done about a problem by changing the files, and only what is proven to do it.
//!
//! A fix is *proposed* by what a problem is about ([`propose`]) and *offered* only when it is proven: its edits are made in
//! memory, the files are checked once more in the same way, and then the problem must be gone, and none may be there that was
//! not there before. What a person has to decide has no fix: what a law asks for, which deadline there is, what stands in
//! for a value that is missing. Only files of the folder itself are changed, never those of a block that it uses.

mod propose;
mod source;
mod words;

use std::{
    collections::{BTreeMap, HashMap},
    ops::Range,
    sync::Arc,
};

use serde::Serialize;

use crate::{
    diagnostic::{Diagnostic, Severity, Span},
    language::{Catalogue, Folder, compile},
    soundness::{Proven, proven},
    words::Text,
};
use source::Source;

/// So many proposals are proven in one check; a proof may take a second.
pub const MAX_PROOFS: usize = 5;
/// For so many the files are read.
pub const MAX_READINGS: usize = 60;

/// How files could be changed so that a problem is gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fix {
    /// What it does.
    pub title: Text,
    /// Where, in any order; they do not touch each other.
    pub edits: Vec<Edit>,
}

/// One replacement in a file. What stands from one place up to another one, that excluded, becomes another text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Edit {
    /// The file, as problems name it.
    pub file: Arc<str>,
    /// The first place that is replaced.
    pub from: Position,
    /// The first place behind it.
    pub to: Position,
    /// What stands there afterwards.
    pub text: Arc<str>,
}

/// A place in a file. Lines and columns count from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Position {
    /// The line.
    pub line: u32,
    /// The column.
    pub column: u32,
}

impl Position {
    fn of(span: &Span) -> Position {
        Position { line: span.line, column: span.column }
    }
}

/// Lines that a fix changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The file, as problems name it.
    pub file: Arc<str>,
    /// The first line, as it is numbered before.
    pub line: u32,
    /// The lines before.
    pub before: Vec<String>,
    /// The lines after.
    pub after: Vec<String>,
}

/// How much of a check is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// The files are read.
    Reading,
    /// What they say is proven, too.
    Proof,
}

impl Depth {
    /// Checks a process so deeply.
    pub fn check(self, folder: &Folder, catalogue: &Catalogue) -> Proven {
        let compiled = compile(folder, catalogue);
        match self {
            Depth::Reading => {
                Proven { release: compiled.release, problems: compiled.problems, verdict: None }
            }
            Depth::Proof => proven(compiled),
        }
    }
}

/// How a folder is checked, for as long as its files change: what is wrong with it.
pub type Check<'a> = &'a dyn Fn(&Folder, Depth) -> Vec<Diagnostic>;

impl Edit {
    /// The bytes that it replaces in the text of the file; none when they are not there.
    pub fn range(&self, text: &str) -> Option<Range<usize>> {
        Source::new(text.to_owned()).part(self)
    }
}

impl Fix {
    /// Whether it takes whole lines out, a step for example: that may have been meant otherwise.
    pub fn takes_out(&self) -> bool {
        self.edits.iter().any(|edit| edit.text.is_empty() && edit.from.line < edit.to.line)
    }

    /// The folder with its edits made; none when one of them is not possible in it.
    pub fn apply(&self, folder: &Folder) -> Option<Folder> {
        let mut changed = folder.clone();
        for (file, edits) in self.by_file() {
            let path = path_in(folder, &file)?;
            let source = Source::of(folder, &path)?;
            changed.files.insert(path, source.edited(&edits)?.into_bytes().into());
        }
        Some(changed)
    }

    /// The lines that it changes, in the order of files and lines.
    pub fn changes(&self, folder: &Folder) -> Vec<Change> {
        let of_file = |(file, edits): (Arc<str>, Vec<&Edit>)| {
            let source = Source::of(folder, &path_in(folder, &file)?)?;
            source.changes(&file, &edits)
        };
        self.by_file().into_iter().filter_map(of_file).flatten().collect()
    }

    fn by_file(&self) -> BTreeMap<Arc<str>, Vec<&Edit>> {
        let mut found: BTreeMap<Arc<str>, Vec<&Edit>> = BTreeMap::new();
        for edit in &self.edits {
            found.entry(edit.file.clone()).or_default().push(edit);
        }
        for edits in found.values_mut() {
            edits.sort_by_key(|edit| edit.from);
        }
        found
    }
}

/// Offers a fix for each problem that has a proven one. `depth`: [`Depth::Proof`] when the problems are all that such a
/// check says; as long as the files cannot be read nothing is proven of what they say.
pub fn offer(folder: &Folder, problems: &mut [Diagnostic], depth: Depth, check: Check<'_>) {
    Prover::new(folder, problems, depth, check).offer(problems, (usize::MAX, true));
}

/// The same for the first problem that has one which takes nothing out ([`Fix::takes_out`]): what can be done without a person
/// who looks at it.
pub fn offer_first(folder: &Folder, problems: &mut [Diagnostic], depth: Depth, check: Check<'_>) {
    Prover::new(folder, problems, depth, check).offer(problems, (1, false));
}

/// What stands at which place, how often.
type Found = BTreeMap<(&'static str, Severity, Arc<str>, Option<Position>), usize>;

struct Prover<'a> {
    folder: &'a Folder,
    check: Check<'a>,
    depth: Depth,
    /// What stands against the folder as it is, when it is checked as deeply as its fixes.
    before: Vec<Diagnostic>,
    /// For how many proposals the files may still be read.
    readings: usize,
    /// How many may still be proven.
    proofs: usize,
}

impl<'a> Prover<'a> {
    fn new(folder: &'a Folder, problems: &[Diagnostic], depth: Depth, check: Check<'a>) -> Prover<'a> {
        let before = if depth == Depth::Proof { problems.to_vec() } else { check(folder, depth) };
        Prover { folder, check, depth, before, readings: MAX_READINGS, proofs: MAX_PROOFS }
    }

    fn offer(&mut self, problems: &mut [Diagnostic], (most, takes_out): (usize, bool)) {
        // Where a bound was reached, what comes of a change would not be known.
        let undecided = self.before.iter().any(|it| it.code.ends_with("_not_decided"));
        let mut order: Vec<usize> = (0..problems.len()).collect();
        // The worst first, since not all may be tried.
        order.sort_by_key(|ix| problems[*ix].severity);
        let mut offered = 0;
        for ix in order {
            if offered >= most || self.readings == 0 || self.proofs == 0 {
                return;
            }
            let Some(at) = self.before.iter().position(|it| it.says_the_same(&problems[ix])) else {
                continue;
            };
            if undecided && problems[ix].meant.is_none() {
                continue;
            }
            let proposals = propose::for_problem(self.folder, &self.before, at).into_iter();
            let mut wanted = proposals.filter(|fix| takes_out || !fix.takes_out());
            problems[ix].fix = wanted.find(|fix| self.is_proven(fix, at));
            offered += usize::from(problems[ix].fix.is_some());
        }
    }

    /// Whether the problem is gone and none has come.
    fn is_proven(&mut self, fix: &Fix, ix: usize) -> bool {
        let Some(changed) = fix.apply(self.folder).filter(|_| self.readings > 0) else { return false };
        self.readings -= 1;
        let allowed = self.rest(fix, ix, &changed);
        let is_left = |depth| {
            let after = (self.check)(&changed, depth);
            let found = count(after.iter().map(|it| (it, Some(Position::of(&it.span)))));
            found.iter().all(|(key, times)| allowed.get(key).is_some_and(|allowed| times <= allowed))
        };
        // What reading finds is found sooner.
        if !is_left(Depth::Reading) {
            return false;
        }
        if self.depth == Depth::Reading {
            return true;
        }
        let proven = self.proofs > 0 && is_left(Depth::Proof);
        self.proofs = self.proofs.saturating_sub(1);
        proven
    }

    /// What was there besides a problem, where it stands after a fix.
    fn rest(&self, fix: &Fix, without: usize, changed: &Folder) -> Found {
        let edits = fix.by_file();
        let mut sources: HashMap<Arc<str>, Option<(Source, Source)>> = HashMap::new();
        let moved = |it: &Diagnostic| {
            let (file, at) = (&it.span.file, Position::of(&it.span));
            let Some(edits) = edits.get(file) else { return Some(at) };
            let both = sources.entry(file.clone()).or_insert_with(|| {
                let path = path_in(self.folder, file)?;
                Some((Source::of(self.folder, &path)?, Source::of(changed, &path)?))
            });
            let (before, after) = both.as_ref()?;
            after.position(before.moved(before.offset(at)?, edits)?)
        };
        let others = self.before.iter().enumerate().filter(|(ix, _)| *ix != without).map(|(_, it)| it);
        let mut moved = moved;
        count(others.map(|it| (it, moved(it))))
    }
}

fn count<'d>(problems: impl Iterator<Item = (&'d Diagnostic, Option<Position>)>) -> Found {
    let mut found = Found::new();
    for (it, at) in problems {
        *found.entry((it.code, it.severity, it.span.file.clone(), at)).or_default() += 1;
    }
    found
}

/// The path of a file of the folder that problems name so; none when it is another's.
fn path_in(folder: &Folder, file: &str) -> Option<Arc<str>> {
    let path = match folder.name.is_empty() {
        true => file,
        false => file.strip_prefix(&*folder.name)?.strip_prefix('/')?,
    };
    folder.files.get_key_value(path).map(|(path, _)| path.clone())
}
