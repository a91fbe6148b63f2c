//! Random processes that are valid: every construct of the language, in random sizes and order, written as YAML and
//! JSON like those of people.

mod between;
mod block;
mod forms;
mod rules;
mod scopes;
mod steps;
mod waits;
mod wide;
pub(crate) mod yaml;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use fachwerk_core::{
    definition::Release,
    diagnostic::Problems,
    language::{Catalogue, Compiled, Folder, compile},
};
use serde_json::{Value, json};

use self::{rules::Names, steps::Writer, waits::handlers_of_case};
use crate::dice::Dice;

/// The roles of every random process.
pub const ROLES: [&str; 3] = ["clerk", "lead", "expert"];
/// The messages that random processes wait for, and one that none does.
pub const MESSAGES: [&str; 5] = ["reply", "withdrawal", "documents-received", "objection", "nobody-waits"];

/// A process that dice have written.
#[derive(Clone, Debug)]
pub struct RandomProcess {
    /// Its files.
    pub process: Folder,
    /// The blocks that it uses.
    pub blocks: Vec<Folder>,
    /// Which constructs of the language it has.
    pub constructs: BTreeSet<&'static str>,
}

/// So often a process is written anew.
const MOST_TRIES: u64 = 8;
/// How far the seeds of two tries lie apart: farther than any seed of a test.
const NEXT_TRY: u64 = 1_000_003;

impl RandomProcess {
    /// The process of a seed.
    pub fn of(seed: u64) -> RandomProcess {
        RandomProcess::made(seed, false)
    }

    /// The process of a seed, with what only the oracle is held against yet.
    pub fn wide(seed: u64) -> RandomProcess {
        RandomProcess::made(seed, true)
    }

    /// Within a block several forms may write one name with values of different kinds, which the writer does not follow; what
    /// the types refuse is written anew by another seed.
    fn made(seed: u64, wide: bool) -> RandomProcess {
        let mut tries = (0..MOST_TRIES).map(|at| RandomProcess::written(seed + at * NEXT_TRY, wide));
        let fits = |process: &RandomProcess| {
            let problems = compile(&process.process, &process.catalogue()).problems;
            !problems.iter().any(|problem| problem.code == "type_mismatch")
        };
        tries
            .find(fits)
            .unwrap_or_else(|| panic!("seed {seed}: {MOST_TRIES} processes do not fit their types"))
    }

    fn written(seed: u64, wide: bool) -> RandomProcess {
        let mut dice = Dice::new(seed);
        let mut constructs = BTreeSet::new();
        let blocks: Vec<block::RandomBlock> =
            (0..2).map(|number| block::block(number, &mut constructs, &mut dice, wide)).collect();
        let size = dice.between(3, 9) as usize;
        let mut writer = Writer::new(&blocks, false, &mut constructs, &mut dice, wide);
        let steps = writer.scope(size, 0, &[]);
        let always = handlers_of_case(&mut writer, &steps);
        let out = writer.out();
        let mut files = writer.finish();
        let mut process = json!({
            "process": "random",
            "version": "1.0.0",
            "title": words("Zufall", "Random"),
            "law": "VwVfG",
            "data": "application.schema.json",
            "subject": "application.name + \", \" + application.count",
            "parties": if wide { parties(&mut dice) } else { json!({ "applicant": "1..", "neighbour": "0..3" }) },
            "acts": if wide { acts() } else { json!({ "permit": { "law": "VwVfG", "sphere": "own" } }) },
            "roles": roles(wide),
            "settings": settings(),
            "steps": steps,
        });
        if let Some(out) = out {
            process["out"] = out;
        }
        if let Some(always) = always {
            process["always"] = always;
        }
        files.insert("process.yaml".into(), yaml::text(&process, &mut dice));
        files.insert("application.schema.json".into(), schema().to_string());
        let used: Vec<Folder> = blocks.into_iter().map(|block| folder("", block.files)).collect();
        RandomProcess { process: folder("", files), blocks: used, constructs }
    }

    /// The catalogue of its blocks.
    pub fn catalogue(&self) -> Catalogue {
        let mut catalogue = Catalogue::default();
        let mut problems = Problems::default();
        for block in &self.blocks {
            catalogue.add(block.clone(), &mut problems);
        }
        let problems = problems.into_sorted();
        assert!(problems.is_empty(), "the generator writes valid blocks: {problems:#?}\n{self}");
        catalogue
    }

    /// Whether it is valid.
    pub fn compiles(&self) -> bool {
        compile(&self.process, &self.catalogue()).release.is_some()
    }

    /// Compiled anew.
    pub fn release(&self) -> Arc<Release> {
        let Compiled { release, problems } = compile(&self.process, &self.catalogue());
        let Some(release) = release else {
            panic!("the generator writes valid processes: {problems:#?}\n{self}");
        };
        Arc::new(release)
    }
}

impl std::fmt::Display for RandomProcess {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for folder in self.blocks.iter().chain([&self.process]) {
            for (name, bytes) in &folder.files {
                writeln!(f, "--- {name}\n{}", String::from_utf8_lossy(bytes))?;
            }
        }
        Ok(())
    }
}

pub(crate) fn folder(name: &str, files: BTreeMap<String, String>) -> Folder {
    let files = files.into_iter().map(|(name, text)| (name.into(), text.into_bytes().into()));
    Folder { name: name.into(), files: files.collect() }
}

/// A visible text.
pub(crate) fn words(de: &str, en: &str) -> Value {
    json!({ "de": de, "en": en })
}

/// Who takes part, as the application says; now and then more than there may be.
fn parties(dice: &mut Dice) -> Value {
    let neighbours = if dice.chance(15) { "0..1" } else { "0..2" };
    json!({
        "applicant": { "count": "1..3", "from": "#{ name: application.name, address: \"Weg 1\" }" },
        "neighbour": { "count": neighbours, "from": "(application.parts ?? []).map(|part| #{ name: part })" },
        "representative": {
            "count": "0..1",
            "from": "if application.urgent { #{ name: \"Vera\", represents: \"applicant\" } } else { () }",
        },
    })
}

fn acts() -> Value {
    json!({
        "permit": { "law": "VwVfG", "sphere": "own", "to": ["each applicant", "each neighbour"] },
        "fee-notice": { "law": "KAG-LSA", "sphere": "own", "to": "each applicant", "after": "permit" },
    })
}

fn roles(wide: bool) -> Value {
    let mut roles: Value =
        ROLES.iter().map(|role| ((*role).to_owned(), json!({ "title": words(role, role) }))).collect();
    if wide {
        roles["lead"]["corrects"] = true.into();
    }
    roles
}

fn settings() -> Value {
    json!({
        "limit": { "type": "integer", "min": 0, "max": 100, "default": 7, "title": words("Grenze", "Limit") },
        "patience": { "type": "period", "default": "2 weeks", "title": words("Geduld", "Patience") },
    })
}

fn schema() -> Value {
    let sorts = ["house", "tree", "shed"];
    let titles: serde_json::Map<String, Value> =
        sorts.iter().map(|sort| ((*sort).to_owned(), words(sort, sort))).collect();
    json!({
        "type": "object",
        "required": ["name", "count", "urgent", "sort", "day"],
        "properties": {
            "name": { "type": "string", "maxLength": 60, "x-person": true, "x-list": true, "x-title": words("Name", "Name") },
            "count": { "type": "integer", "minimum": 0, "maximum": 40, "x-list": true, "x-title": words("Anzahl", "Count") },
            "urgent": { "type": "boolean", "x-title": words("Eilt", "Urgent") },
            "sort": { "type": "string", "enum": sorts, "x-titles": titles, "x-list": true, "x-title": words("Art", "Sort") },
            "day": { "type": "string", "format": "date", "x-title": words("Tag", "Day") },
            "note": { "type": "string", "x-title": words("Notiz", "Note") },
            "parts": { "type": "array", "maxItems": 5, "items": { "type": "string" }, "x-title": words("Teile", "Parts") },
        },
    })
}

/// The names that rules of a process may read, besides results of steps.
fn names() -> Names {
    Names::of_process()
}
