//! What is written to the terminal.

use std::{
    collections::{BTreeMap, HashMap},
    io::Write,
    sync::Arc,
};

use annotate_snippets::{AnnotationKind, Group, Level, Patch, Renderer, Snippet};
use clap::ValueEnum;
use fachwerk_core::{
    diagnostic::{Diagnostic, Run, Severity, Span, Stop},
    fix::{Edit, Fix},
    words::Language,
};
use serde_json::json;

/// How results are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// In which language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Tongue {
    /// German.
    De,
    /// English.
    En,
}

impl From<Tongue> for Language {
    fn from(tongue: Tongue) -> Language {
        match tongue {
            Tongue::De => Language::De,
            Tongue::En => Language::En,
        }
    }
}

/// Writes a line of the result. A reader that has gone away (`| head`) is no failure.
pub fn say(text: impl std::fmt::Display) {
    let mut out = std::io::stdout().lock();
    if writeln!(out, "{text}").is_err() {
        std::process::exit(0);
    }
}

/// The texts of files, to show the lines that problems are about.
pub type Sources = HashMap<Arc<str>, Arc<[u8]>>;

/// Problems as `check --format json` prints them.
pub fn as_json(problems: &[Diagnostic], language: Language) -> serde_json::Value {
    let list = problems.iter().map(|problem| {
        json!({
            "file": problem.span.file,
            "line": problem.span.line,
            "column": problem.span.column,
            "severity": problem.severity,
            "code": problem.code,
            "message": problem.message.get(language),
            "help": problem.help.as_ref().map(|help| help.get(language)),
            "fix": problem.fix.as_ref().map(|fix| json!({
                "title": fix.title.get(language),
                "edits": fix.edits,
            })),
            "run": problem.run.as_deref().map(|run| run_as_json(run, language)),
        })
    });
    serde_json::Value::Array(list.collect())
}

fn run_as_json(run: &Run, language: Language) -> serde_json::Value {
    let stop = |stop: &Stop| {
        let Stop { said, entered, ways, active } = stop;
        json!({ "said": said.get(language), "entered": entered, "ways": ways, "active": active })
    };
    let stops: Vec<serde_json::Value> = run.stops.iter().map(stop).collect();
    json!({ "played": run.played, "stops": stops, "scenario": run.scenario })
}

/// How a case comes to a problem: the scenario that plays it, or stop by stop what the control flow allows.
pub fn run_as_text(run: &Run, language: Language) -> String {
    let german = language == Language::De;
    match &run.scenario {
        Some(scenario) => {
            let heading = if german {
                "Dieses Szenario zeigt es (als Datei in den Ordner „scenarios“ legen):"
            } else {
                "This scenario shows it (put it as a file into the folder `scenarios`):"
            };
            format!("{heading}\n\n{scenario}")
        }
        None => {
            let heading = match (run.played, german) {
                (true, true) => "So kommt es dazu:",
                (true, false) => "This is how it comes about:",
                (false, true) => "So kann es dazu kommen, falls die Daten es zulassen:",
                (false, false) => "This is how it may come about, if the data allow it:",
            };
            let stop =
                |(number, stop): (usize, &Stop)| format!("  {}. {}", number + 1, stop.said.get(language));
            let stops: Vec<String> = run.stops.iter().enumerate().map(stop).collect();
            format!("{heading}\n{}\n", stops.join("\n"))
        }
    }
}

/// A problem with the line that it is about.
pub fn as_text(problem: &Diagnostic, sources: &Sources, language: Language) -> String {
    let german = language == Language::De;
    let named = |level: Level<'static>, name| if german { level.with_name(name) } else { level };
    let level = match problem.severity {
        Severity::Error => named(Level::ERROR, "Fehler"),
        Severity::Concern => Level::ERROR.with_name(if german { "Bedenken" } else { "concern" }),
        Severity::Warning => named(Level::WARNING, "Warnung"),
    };
    let title = format!("[{}] {}", problem.code, problem.message.get(language));
    let source = sources.get(&problem.span.file).and_then(|bytes| std::str::from_utf8(bytes).ok());
    let mut group = level.primary_title(&title).element(
        match source.and_then(|source| Some((source, range(source, &problem.span)?))) {
            Some((source, range)) => Snippet::source(source)
                .path(&*problem.span.file)
                .annotation(AnnotationKind::Primary.span(range)),
            None => Snippet::source("").path(&*problem.span.file),
        },
    );
    if let Some(help) = &problem.help {
        group = group.element(named(Level::HELP, "Hilfe").message(help.get(language)));
    }
    let fix = problem.fix.as_ref().and_then(|fix| Some((fix, patched(fix, sources)?)));
    let title = fix.as_ref().map(|(fix, _)| fix.title.get(language));
    let fix = fix.zip(title).map(|((_, snippets), title)| {
        let level = Level::HELP.with_name(if german { "Vorschlag" } else { "suggestion" });
        level.secondary_title(title).elements(snippets)
    });
    let groups: Vec<Group<'_>> = [Some(group), fix].into_iter().flatten().collect();
    Renderer::plain().render(&groups).to_string()
}

/// The lines that a fix changes, before and after; none when a file is not at hand.
fn patched<'a>(fix: &'a Fix, sources: &'a Sources) -> Option<Vec<Snippet<'a, Patch<'a>>>> {
    let mut files: BTreeMap<&Arc<str>, Vec<&Edit>> = BTreeMap::new();
    for edit in &fix.edits {
        files.entry(&edit.file).or_default().push(edit);
    }
    let snippet = |(file, edits): (&'a Arc<str>, Vec<&'a Edit>)| {
        let source = std::str::from_utf8(sources.get(file)?).ok()?;
        let patch = |edit: &'a Edit| Some(Patch::new(edit.range(source)?, &*edit.text));
        let patches: Option<Vec<_>> = edits.into_iter().map(patch).collect();
        Some(Snippet::source(source).path(&**file).patches(patches?))
    };
    files.into_iter().map(snippet).collect()
}

/// The bytes that a place covers.
fn range(source: &str, span: &Span) -> Option<std::ops::Range<usize>> {
    let mut begin = 0;
    for _ in 1..span.line {
        begin += source[begin..].find('\n')? + 1;
    }
    let line = source[begin..].lines().next().unwrap_or_default();
    let byte = |column: usize| line.char_indices().nth(column).map_or(line.len(), |(at, _)| at);
    let first = usize::try_from(span.column.saturating_sub(1)).ok()?;
    let last = first + usize::try_from(span.length.max(1)).ok()?;
    let (from, to) = (byte(first), byte(last));
    Some(begin + from..begin + to)
}
