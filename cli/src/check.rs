//! `fachwerk check`

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use fachwerk_core::{
    diagnostic::{Diagnostic, Problems, Severity},
    fix::{self, Check, Depth},
    language::{Catalogue, Folder, check_block_folder},
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
    /// Changes the files by what is suggested, one after the other, until nothing is suggested any more.
    #[arg(long)]
    fix: bool,
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

/// So many suggestions are followed in one folder.
const MOST_FIXES: usize = 100;

/// Names every problem.
pub fn run(arguments: &Arguments) -> Result<End, Failure> {
    let people = arguments.people.as_deref().map(read_people).transpose()?;
    let (people_file, people, wrong) = people.unwrap_or_default();
    let language = arguments.lang.into();
    if arguments.fix {
        for change in mend(arguments, people.as_ref(), language)? {
            match arguments.format {
                Format::Text => say(change),
                Format::Json => eprintln!("{change}"),
            }
        }
    }
    let found = files::find(&arguments.paths)?;
    let mut problems = Problems::default();
    let catalogue = files::catalogue(&found, &mut problems);
    let checker = Checker { catalogue, people };
    let mut all = problems.into_sorted();
    all.extend(wrong);
    all.extend(found.iter().flat_map(|found| checker.offering(found, fix::offer)));
    // A block is told by itself and where it is used; the one that can be mended counts.
    all.sort_by(|a, b| {
        a.span.cmp(&b.span).then(a.code.cmp(b.code)).then(b.fix.is_some().cmp(&a.fix.is_some()))
    });
    all.dedup_by(|a, b| a.says_the_same(b));
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

/// Follows what is suggested, block by block and then process by process; says what was changed, a line each.
fn mend(arguments: &Arguments, people: Option<&People>, language: Language) -> Result<Vec<String>, Failure> {
    let mut changes = Vec::new();
    let found = files::find(&arguments.paths)?;
    let mut order: Vec<usize> = (0..found.len()).collect();
    order.sort_by_key(|ix| found[*ix].kind == files::Kind::Process);
    for ix in order {
        for _ in 0..MOST_FIXES {
            // As the files are now.
            let found = files::find(&arguments.paths)?;
            let catalogue = files::catalogue(&found, &mut Problems::default());
            let checker = Checker { catalogue, people: people.cloned() };
            let Some(found) = found.get(ix) else { break };
            let problems = checker.offering(found, fix::offer_first);
            let Some(fix) = problems.into_iter().find_map(|problem| problem.fix) else { break };
            let Some(changed) = fix.apply(&found.folder) else { break };
            for change in fix.changes(&found.folder) {
                changes.push(format!("{}:{}: {}", change.file, change.line, fix.title.get(language)));
            }
            for (name, bytes) in
                changed.files.iter().filter(|(name, bytes)| found.folder.files.get(*name) != Some(*bytes))
            {
                files::write(&found.path, name, bytes)?;
            }
        }
    }
    Ok(changes)
}

/// What folders are checked with.
struct Checker {
    catalogue: Catalogue,
    people: Option<People>,
}

impl Checker {
    /// What is wrong with a process or block, with what is suggested.
    fn offering(
        &self,
        found: &files::Found,
        offer: fn(&Folder, &mut [Diagnostic], Depth, Check<'_>),
    ) -> Vec<Diagnostic> {
        let check = |folder: &Folder, depth| match found.kind {
            files::Kind::Process => self.process(folder, depth),
            files::Kind::Block => self.block(folder, depth),
        };
        let (mut problems, readable) = check(&found.folder, Depth::Proof);
        let depth = if readable { Depth::Proof } else { Depth::Reading };
        offer(&found.folder, &mut problems, depth, &|folder, depth| check(folder, depth).0);
        problems
    }

    /// What is wrong with a process, and whether it could be read.
    fn process(&self, folder: &Folder, depth: Depth) -> (Vec<Diagnostic>, bool) {
        let compiled = depth.check(folder, &self.catalogue);
        let people = self.people.clone().or_else(|| people_of_scenarios(folder));
        let compiled = match people.filter(|_| depth == Depth::Proof) {
            Some(people) => {
                let roster = Roster::named(&people.roles);
                soundness::for_people(compiled, &roster, &Away::each(&people))
            }
            None => compiled,
        };
        let mut problems = compiled.problems;
        problems.extend(compiled.release.iter().flat_map(soundness::advised));
        problems.extend(scenario::without_scenario(folder));
        problems.extend(check_scenarios(folder, &self.catalogue, depth));
        (problems, compiled.release.is_some())
    }

    fn block(&self, folder: &Folder, depth: Depth) -> (Vec<Diagnostic>, bool) {
        let mut problems = Problems::default();
        check_block_folder(folder, &mut problems);
        let readable = !problems.has_errors();
        let mut all = problems.into_sorted();
        // Its scenarios use it as it is here.
        let mut catalogue = self.catalogue.clone();
        catalogue.add(folder.clone(), &mut Problems::default());
        all.extend(check_scenarios(folder, &catalogue, depth));
        (all, readable)
    }
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

/// The scenarios of a folder, and the little processes around blocks in them.
fn check_scenarios(folder: &Folder, catalogue: &Catalogue, depth: Depth) -> Vec<Diagnostic> {
    let mut all = Vec::new();
    for path in folder.files.keys().filter(|path| scenario::is_scenario(path)) {
        let (scenario, problems) = scenario::read(folder, path);
        all.extend(problems);
        if let Some(harness) = scenario.and_then(|scenario| scenario.harness) {
            let checked = depth.check(&harness.folder, catalogue);
            all.extend(harness.located(checked.problems));
            // What the block itself says, not the little process around it.
            let advised = checked.release.iter().flat_map(soundness::advised);
            all.extend(harness.located_inside(advised.collect()));
        }
    }
    all
}
