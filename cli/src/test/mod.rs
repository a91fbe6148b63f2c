//! `fachwerk test`

mod beside;
mod print;

use std::{path::PathBuf, sync::Arc};

use fachwerk_core::{diagnostic::Problems, language::compile, scenario::Coverage, words::Text};
use fachwerk_runtime::{Played, ScenarioOutcome, play_block_scenarios, play_scenarios};

use crate::{
    End, Failure, connectors, files,
    output::{Sources, Tongue},
};

/// How results are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
    /// For build servers; without coverage.
    Junit,
}

/// What `test` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// Processes, blocks, or folders in which some lie.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// How results are printed.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Also say which steps, flows, outcomes, handlers and rows of tables no scenario ever reached.
    #[arg(long)]
    coverage: bool,
    /// In which language.
    #[arg(long, value_enum, default_value = "en", env = "FACHWERK_LANG")]
    lang: Tongue,
}

/// The scenarios of one folder.
struct Tested {
    folder: Arc<str>,
    outcomes: Vec<ScenarioOutcome>,
    /// What stands against the folder as a whole.
    against: Vec<Text>,
    /// What the scenarios reach, when it was asked for.
    coverage: Option<Coverage>,
}

/// Plays scenarios.
pub fn run(arguments: &Arguments) -> Result<End, Failure> {
    if arguments.coverage && arguments.format == Format::Junit {
        return Err("--coverage knows the formats text and json".to_owned());
    }
    let found = files::find(&arguments.paths)?;
    let mut problems = Problems::default();
    let catalogue = files::catalogue(&found, &mut problems);
    let unfit = problems.into_sorted();
    let mut all = Vec::new();
    for found in &found {
        let folder = &found.folder;
        let (played, mut against) = match found.kind {
            files::Kind::Process => {
                let compiled = compile(folder, &catalogue);
                match &compiled.release {
                    Some(release) => {
                        (play_scenarios(folder, release, &catalogue, &connectors::simulated), Vec::new())
                    }
                    None => (Played { scenarios: Vec::new(), coverage: None }, vec![unusable()]),
                }
            }
            files::Kind::Block => {
                let played = play_block_scenarios(folder, &catalogue, &connectors::simulated);
                let missed = played.coverage.iter().flat_map(Coverage::missed_outcomes);
                let against = missed.map(|outcome| missed_outcome(outcome)).collect();
                (played, against)
            }
        };
        // Two blocks of one id: nobody knows which of them was played.
        let here = unfit.iter().filter(|problem| problem.span.file.starts_with(&*folder.file_name("")));
        against.extend(here.map(|problem| problem.message.clone()));
        let Played { scenarios: outcomes, coverage } = played;
        let coverage = coverage.filter(|_| arguments.coverage);
        all.push(Tested { folder: folder.name.clone(), outcomes, against, coverage });
    }
    let sources: Sources = found
        .iter()
        .flat_map(|found| {
            found.folder.files.iter().map(|(name, bytes)| (found.folder.file_name(name), bytes.clone()))
        })
        .collect();
    let language = arguments.lang.into();
    match arguments.format {
        Format::Text => print::text(&all, &sources, language),
        Format::Json => print::json(&all, language),
        Format::Junit => print::junit(&all, language),
    }
    Ok(if failures(&all) == 0 { End::Good } else { End::Problems })
}

fn unusable() -> Text {
    Text::new(
        "Das Verfahren hat Fehler; `fachwerk check` nennt sie.",
        "the process has problems; see `fachwerk check`",
    )
}

fn missed_outcome(outcome: &str) -> Text {
    Text::new(
        format!("Kein Szenario erreicht den Ausgang „{outcome}“."),
        format!("no scenario reaches the outcome `{outcome}`"),
    )
}

fn failures(all: &[Tested]) -> usize {
    all.iter()
        .map(|one| one.against.len() + one.outcomes.iter().filter(|outcome| !outcome.passed).count())
        .sum()
}
