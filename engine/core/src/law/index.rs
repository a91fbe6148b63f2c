//! The law index: what rests on a norm, over processes, blocks and legal data.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde::Serialize;

use super::{
    citation::{Citation, Fit, Unreadable, read},
    mentions::{self, Mention, Mentioning},
    tables::{FILES, MORE_FILES, OwnRows, TABLES, Table},
};
use crate::{
    diagnostic::Span,
    language::{Folder, Node},
    words::{Date, Text, Value},
};

/// Where the legal data lie that come with the program.
const FOLDER: &str = "building-blocks/law";

/// What says norms.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Source {
    /// What it is.
    pub kind: SourceKind,
    /// Its id; of legal data the file.
    pub id: Arc<str>,
    /// Its version.
    pub version: Option<Arc<str>>,
}

/// What says norms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SourceKind {
    /// A block.
    Block,
    /// A process.
    Process,
    /// Legal data.
    Law,
}

/// A place that says a norm, and what it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What it belongs to.
    pub source: Arc<Source>,
    /// What people call that.
    pub title: Text,
    /// The place.
    pub mention: Mention,
    /// Whether the authority has set it itself.
    pub own: bool,
}

/// All places that say norms.
#[derive(Clone, Debug, Default)]
pub struct LawIndex {
    entries: Vec<Entry>,
    processes: BTreeMap<Arc<str>, ProcessOf>,
}

/// A process, and the blocks that it uses.
#[derive(Clone, Debug)]
struct ProcessOf {
    title: Text,
    blocks: Vec<(Arc<str>, Arc<str>)>,
}

/// A process that rests on a norm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Resting {
    /// Which.
    pub process: Arc<str>,
    /// What people call it.
    pub title: Text,
    /// Whether it says the norm itself.
    pub itself: bool,
    /// The blocks that it uses and that say it.
    pub blocks: Vec<Arc<str>>,
}

/// A law, and how many places cite it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cited {
    /// The law, as it is written most often.
    pub law: Arc<str>,
    /// How many places.
    pub count: usize,
}

/// What rests on a norm, as people and programs read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Use {
    /// How it lies to what was asked for: `same`, `inside`, `around`.
    pub fit: &'static str,
    /// What it is: `process`, `block`, `step`, `act`, `table`, `law`, `text`.
    pub kind: &'static str,
    /// What it belongs to.
    pub source: Source,
    /// What people call that.
    pub source_title: Text,
    /// What people call the place.
    pub title: Option<Text>,
    /// The step.
    pub step: Option<Arc<str>>,
    /// The file.
    pub file: Arc<str>,
    /// The line.
    pub line: u32,
    /// The norm as it is written.
    pub written: Arc<str>,
    /// What of it was found, in the normal form.
    pub norms: Vec<String>,
    /// The row of legal data.
    pub row: Option<UsedRow>,
}

/// A row of legal data that rests on a norm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UsedRow {
    /// The table.
    pub table: Arc<str>,
    /// What people call the table.
    pub table_title: Option<Text>,
    /// The row.
    pub id: Arc<str>,
    /// From when it holds.
    pub valid_from: Option<Date>,
    /// Until when.
    pub valid_to: Option<Date>,
    /// Who compared it with the promulgated text.
    pub checked_by: Option<Arc<str>>,
    /// Whether sources disagree.
    pub disputed: bool,
    /// Whether the authority has set it.
    pub own: bool,
    /// Whether it holds on the day that was asked for.
    pub holds: Option<bool>,
    /// Whether it begins or ends there.
    pub turns: bool,
}

impl LawIndex {
    /// What the files of a process or block say.
    pub fn add_folder(&mut self, source: Source, title: &Text, folder: &Folder) {
        let source = Arc::new(source);
        self.add(&source, title, mentions::of_folder(folder), false);
    }

    /// What the files of a process say, and which blocks it uses, each with its version.
    pub fn add_process(
        &mut self,
        (id, version): (&Arc<str>, &Arc<str>),
        title: &Text,
        folder: &Folder,
        blocks: Vec<(Arc<str>, Arc<str>)>,
    ) {
        self.processes.insert(id.clone(), ProcessOf { title: title.clone(), blocks });
        let source = Source { kind: SourceKind::Process, id: id.clone(), version: Some(version.clone()) };
        self.add_folder(source, title, folder);
    }

    /// What the files of a block say. The same version once more says nothing new.
    pub fn add_block(&mut self, (id, version): (&Arc<str>, &Arc<str>), title: &Text, folder: &Folder) {
        let source = Source { kind: SourceKind::Block, id: id.clone(), version: Some(version.clone()) };
        if !self.entries.iter().any(|entry| *entry.source == source) {
            self.add_folder(source, title, folder);
        }
    }

    /// What a file of legal data says.
    pub fn add_law(&mut self, name: &Arc<str>, bytes: &[u8]) {
        self.add_law_file(name, mentions::of_file(name, bytes, Mentioning::Law));
    }

    /// What the legal data say that come with the program, with an authority's own rows in their place or beside them;
    /// only the files that are wanted.
    pub fn add_built_in_law(&mut self, own: &OwnRows, wanted: impl Fn(&str) -> bool) {
        for (file, text) in FILES.iter().chain(&MORE_FILES).filter(|(file, _)| wanted(file)) {
            let name: Arc<str> = format!("{FOLDER}/{file}").into();
            let replaced = |mention: &Mention| {
                let row = mention.row.as_ref();
                row.is_some_and(|row| {
                    let table = Table::of_list(file, &row.list);
                    table.and_then(|table| own.get(table.name)).is_some_and(|rows| rows.contains_key(&row.id))
                })
            };
            let all = mentions::of_file(&name, text.as_bytes(), Mentioning::Law);
            self.add_law_file(&name, all.into_iter().filter(|mention| !replaced(mention)).collect());
        }
        for (table, rows) in TABLES.iter().filter_map(|table| Some((table, own.get(table.name)?))) {
            let name: Arc<str> = table.file.into();
            let source = Arc::new(Source { kind: SourceKind::Law, id: name.clone(), version: None });
            let rows = rows.values().map(|row| Value::Object(row.clone())).collect();
            let lists = Value::Object([(table.list().to_owned(), Value::Array(rows))].into_iter().collect());
            let node = Node::from_value(&lists, &Span::file(name), 0);
            self.add(&source, &table.title(), mentions::of_node(&node, Mentioning::Law), true);
        }
    }

    fn add_law_file(&mut self, name: &Arc<str>, all: Vec<Mention>) {
        let file: Arc<str> = name.rsplit_once('/').map_or(&**name, |(_, file)| file).into();
        let source = Arc::new(Source { kind: SourceKind::Law, id: file.clone(), version: None });
        for mention in all {
            let table = mention.row.as_ref().and_then(|row| Table::of_list(&file, &row.list));
            let title = table.map_or_else(|| Text::new(&*file, &*file), Table::title);
            self.add(&source, &title, vec![mention], false);
        }
    }

    fn add(&mut self, source: &Arc<Source>, title: &Text, all: Vec<Mention>, own: bool) {
        let entry = |mention| Entry { source: source.clone(), title: title.clone(), mention, own };
        self.entries.extend(all.into_iter().map(entry));
    }

    /// All places.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The laws that are cited, with how many places cite each.
    pub fn laws(&self) -> Vec<Cited> {
        let mut laws: BTreeMap<String, (usize, BTreeMap<&Arc<str>, usize>)> = BTreeMap::new();
        for entry in &self.entries {
            let mut counted: Vec<String> = Vec::new();
            for citation in entry.mention.read.iter().flatten() {
                let key = citation.law_key();
                let (count, names) = laws.entry(key.clone()).or_default();
                *names.entry(&citation.law).or_default() += 1;
                if !counted.contains(&key) {
                    *count += 1;
                    counted.push(key);
                }
            }
        }
        let cited = |(count, names): (usize, BTreeMap<&Arc<str>, usize>)| {
            // Of several that are as frequent the first one.
            let most = names.into_iter().rev().max_by_key(|(_, count)| *count);
            most.map(|(law, _)| Cited { law: law.clone(), count })
        };
        laws.into_values().filter_map(cited).collect()
    }

    /// What rests on one of some places of law.
    pub fn found<'a>(
        &'a self,
        asked: &'a [Citation],
    ) -> impl Iterator<Item = (Fit, &'a Entry, Vec<&'a Citation>)> {
        self.entries.iter().filter_map(|entry| {
            let cited = entry.mention.read.as_ref().ok()?;
            let (fit, norms) = fits(asked, cited)?;
            // By which law an act is issued says nothing of each of its sections.
            let unsaid = entry.mention.kind == Mentioning::Act && fit == Fit::Around;
            (!unsaid).then_some((fit, entry, norms))
        })
    }

    /// The processes that rest on it, by themselves or by the blocks that they use.
    pub fn processes(&self, asked: &[Citation]) -> Vec<Resting> {
        let sources: BTreeSet<&Source> = self.found(asked).map(|(_, entry, _)| &*entry.source).collect();
        let says = |kind, id: &Arc<str>, version: Option<&Arc<str>>| {
            let same = |it: &&&Source| {
                it.kind == kind
                    && it.id == *id
                    && version.is_none_or(|version| it.version.as_ref() == Some(version))
            };
            sources.iter().any(|it| same(&it))
        };
        let resting = |(process, of): (&Arc<str>, &ProcessOf)| {
            let used = of.blocks.iter().filter(|(id, version)| says(SourceKind::Block, id, Some(version)));
            let blocks: Vec<Arc<str>> = used.map(|(id, _)| id.clone()).collect();
            let itself = says(SourceKind::Process, process, None);
            let rests = itself || !blocks.is_empty();
            rests.then(|| Resting { process: process.clone(), title: of.title.clone(), itself, blocks })
        };
        self.processes.iter().filter_map(resting).collect()
    }

    /// The same as people and programs read it, source by source and line by line.
    pub fn uses(&self, asked: &[Citation], on: Option<Date>) -> Vec<Use> {
        let mut all: Vec<(Fit, &Entry, Use)> =
            self.found(asked).map(|(fit, entry, norms)| (fit, entry, used(fit, entry, &norms, on))).collect();
        all.sort_by(|(a_fit, a, _), (b_fit, b, _)| {
            let key = |entry: &Entry| (entry.source.clone(), entry.mention.span.clone());
            (key(a), a_fit).cmp(&(key(b), b_fit))
        });
        all.dedup_by(|(_, a, _), (_, b, _)| a == b);
        all.into_iter().map(|(_, _, used)| used).collect()
    }
}

/// How what is cited lies to what was asked for, and which of it.
pub fn fits<'a>(asked: &[Citation], cited: &'a [Citation]) -> Option<(Fit, Vec<&'a Citation>)> {
    let fit = |cited: &&'a Citation| {
        let fit = asked.iter().filter_map(|asked| asked.fit(cited)).min();
        fit.map(|fit| (fit, *cited))
    };
    let found: Vec<(Fit, &Citation)> = cited.iter().filter_map(|cited| fit(&cited)).collect();
    let best = found.iter().map(|(fit, _)| *fit).min()?;
    Some((best, found.into_iter().map(|(_, citation)| citation).collect()))
}

/// So many places of law are asked for at once.
const MOST_ASKED: usize = 20;

/// What somebody asks for, read.
pub fn asked(norm: &str) -> Result<Vec<Citation>, Unreadable> {
    let mut all = read(norm)?;
    if all.len() > MOST_ASKED {
        return Err(Unreadable {
            why: Text::new(
                format!("Das sind {} Vorschriften; gefragt wird nach höchstens {MOST_ASKED}.", all.len()),
                format!("These are {} norms; at most {MOST_ASKED} are asked for at once.", all.len()),
            ),
            help: Text::new("Nacheinander nach weniger fragen.", "Ask for fewer, one after the other."),
        });
    }
    // A version is nothing to ask for: what rests on the older one is found as well.
    all.iter_mut().for_each(|citation| citation.remark = None);
    Ok(all)
}

fn used(fit: Fit, entry: &Entry, norms: &[&Citation], on: Option<Date>) -> Use {
    let Entry { source, title, mention, own } = entry;
    let row = mention.row.as_ref().map(|row| {
        let table = Table::of_list(&source.id, &row.list);
        UsedRow {
            table: table.map_or_else(|| row.list.clone(), |table| table.name.into()),
            table_title: table.map(Table::title),
            id: row.id.clone(),
            valid_from: row.valid_from,
            valid_to: row.valid_to,
            checked_by: row.checked_by.clone(),
            disputed: row.disputed,
            own: *own,
            holds: on.map(|day| row.holds_on(day)),
            turns: on.is_some_and(|day| row.turns_on(day)),
        }
    });
    Use {
        fit: fit.code(),
        kind: mention.kind.code(),
        source: (**source).clone(),
        source_title: title.clone(),
        title: mention.title.clone(),
        step: mention.step.clone(),
        file: mention.span.file.clone(),
        line: mention.span.line,
        written: mention.written.clone(),
        norms: norms.iter().map(ToString::to_string).collect(),
        row,
    }
}

impl Fit {
    /// For programs.
    pub fn code(self) -> &'static str {
        match self {
            Fit::Same => "same",
            Fit::Inside => "inside",
            Fit::Around => "around",
        }
    }
}

impl Mentioning {
    /// For programs.
    pub fn code(self) -> &'static str {
        match self {
            Mentioning::Process => "process",
            Mentioning::Block => "block",
            Mentioning::Step => "step",
            Mentioning::Act => "act",
            Mentioning::Table => "table",
            Mentioning::Law => "law",
            Mentioning::Text => "text",
        }
    }
}
