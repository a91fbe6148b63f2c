//! `fachwerk check`

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use fachwerk_core::{
    diagnostic::{Diagnostic, Problems, Severity},
    language::{Catalogue, Folder},
    scenario::{self, People},
    soundness::{self, Away, Roster},
    words::Language,
};

use crate::{
    End, Failure, files,
    output::{Format, Sources, Tongue, as_json, as_text, run_as_text, say},
};

/// What `check` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// Processes, blocks, or folders in which some lie.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// The people who shall work with the processes, with their roles: `jan: [clerk]`, or also who stands in:
    /// `jan: { roles: [clerk], substitute: mia }`; else those of the scenarios.
    #[arg(long, value_name = "FILE")]
    people: Option<PathBuf>,
    /// Also how a case comes to each problem, where a run shows it: as a scenario to keep, or stop by stop.
    #[arg(long)]
    runs: bool,
    /// How problems are printed.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// In which language.
    #[arg(long, value_enum, default_value = "en", env = "FACHWERK_LANG")]
    lang: Tongue,
}

/// Names every problem.
pub fn run(arguments: &Arguments) -> Result<End, Failure> {
    let found = files::find(&arguments.paths)?;
    let mut problems = Problems::default();
    let catalogue = files::catalogue(&found, &mut problems);
    let mut all = problems.into_sorted();
    let people = arguments.people.as_deref().map(read_people).transpose()?;
    let (people_file, people, wrong) = people.unwrap_or_default();
    all.extend(wrong);
    for found in &found {
        let more = match found.kind {
            files::Kind::Process => check_process(&found.folder, &catalogue, people.as_ref()),
            files::Kind::Block => check_block(&found.folder, &catalogue),
        };
        all.extend(more);
    }
    all.sort_by(|a, b| a.span.cmp(&b.span).then(a.code.cmp(b.code)));
    all.dedup_by(|a, b| a.says_the_same(b));
    let language = arguments.lang.into();
    match arguments.format {
        Format::Json => say(as_json(&all, language)),
        Format::Text => {
            let mut sources = Sources::from_iter(people_file);
            for folder in found.iter().map(|found| &found.folder).chain(&files::built_in_blocks()) {
                for (name, bytes) in &folder.files {
                    sources.insert(folder.file_name(name), bytes.clone());
                }
            }
            for problem in &all {
                say(as_text(problem, &sources, language));
                say("");
                if let Some(run) = problem.run.as_deref().filter(|_| arguments.runs) {
                    say(run_as_text(run, language));
                }
            }
            say(summary(&all, found.len(), language));
        }
    }
    let stops = all.iter().any(|problem| problem.severity != Severity::Warning);
    Ok(if stops { End::Problems } else { End::Good })
}

fn summary(problems: &[Diagnostic], folders: usize, language: Language) -> String {
    let count = |severity| problems.iter().filter(|problem| problem.severity == severity).count();
    let (errors, concerns, warnings) =
        (count(Severity::Error), count(Severity::Concern), count(Severity::Warning));
    let counted = |number: usize, one: &str, more: &str| {
        let word = if number == 1 { one } else { more };
        format!("{number} {word}")
    };
    match language {
        Language::De => format!(
            "{folders} geprüft: {errors} Fehler, {concerns} Bedenken, {}",
            counted(warnings, "Warnung", "Warnungen")
        ),
        Language::En => {
            let errors = counted(errors, "error", "errors");
            let concerns = counted(concerns, "concern", "concerns");
            format!("{folders} checked: {errors}, {concerns}, {}", counted(warnings, "warning", "warnings"))
        }
    }
}

/// A file of people as it was read, who they are if it is right, and what is wrong with it.
type Read = (Option<(Arc<str>, Arc<[u8]>)>, Option<People>, Vec<Diagnostic>);

fn read_people(path: &Path) -> Result<Read, Failure> {
    let name: Arc<str> = path.display().to_string().into();
    let bytes: Arc<[u8]> = std::fs::read(path).map_err(|error| format!("{name}: {error}"))?.into();
    let (people, wrong) = scenario::read_people(&name, &bytes);
    let people = wrong.is_empty().then_some(people);
    Ok((Some((name, bytes)), people, wrong))
}

fn check_process(folder: &Folder, catalogue: &Catalogue, people: Option<&People>) -> Vec<Diagnostic> {
    let compiled = soundness::check(folder, catalogue);
    let mut problems = match people.cloned().or_else(|| people_of_scenarios(folder)) {
        Some(people) => {
            let roster = Roster::named(&people.roles);
            soundness::for_people(compiled, &roster, &Away::each(&people)).problems
        }
        None => compiled.problems,
    };
    problems.extend(scenario::without_scenario(folder));
    problems.extend(check_scenarios(folder, catalogue));
    problems
}

/// Whoever takes part in any scenario; none when nobody does.
fn people_of_scenarios(folder: &Folder) -> Option<People> {
    let paths = folder.files.keys().filter(|path| scenario::is_scenario(path));
    let scenarios: Vec<_> = paths.filter_map(|path| scenario::read(folder, path).0).collect();
    let mut people = People::default();
    for (person, roles) in scenarios.into_iter().flat_map(|scenario| scenario.people) {
        // Who is named twice has the roles of both.
        people.roles.entry(person).or_default().extend(roles);
    }
    (!people.roles.is_empty()).then_some(people)
}

fn check_block(folder: &Folder, catalogue: &Catalogue) -> Vec<Diagnostic> {
    let mut problems = Problems::default();
    fachwerk_core::language::check_block_folder(folder, &mut problems);
    let mut all = problems.into_sorted();
    all.extend(check_scenarios(folder, catalogue));
    all
}

/// The scenarios of a folder, and the little processes around blocks in them.
fn check_scenarios(folder: &Folder, catalogue: &Catalogue) -> Vec<Diagnostic> {
    let mut all = Vec::new();
    for path in folder.files.keys().filter(|path| scenario::is_scenario(path)) {
        let (scenario, problems) = scenario::read(folder, path);
        all.extend(problems);
        if let Some(harness) = scenario.and_then(|scenario| scenario.harness) {
            all.extend(soundness::check(&harness, catalogue).problems);
        }
    }
    all
}
