//! `fachwerk test`

use std::{collections::BTreeSet, path::PathBuf, sync::Arc};

use fachwerk_core::{diagnostic::Problems, language::compile, words::Language};
use fachwerk_runtime::{ScenarioOutcome, play_block_scenarios, play_scenarios};
use serde_json::json;

use crate::{
    End, Failure, connectors, files,
    output::{Format, Sources, as_text, say},
};

/// What `test` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// Processes, blocks, or folders in which some lie.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// How results are printed.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

/// The scenarios of one folder.
struct Tested {
    folder: Arc<str>,
    outcomes: Vec<ScenarioOutcome>,
    /// What stands against the folder as a whole.
    against: Vec<String>,
}

/// Plays scenarios.
pub fn run(arguments: &Arguments) -> Result<End, Failure> {
    let found = files::find(&arguments.paths)?;
    let mut problems = Problems::default();
    let catalogue = files::catalogue(&found, &mut problems);
    let mut all = Vec::new();
    for found in &found {
        let folder = &found.folder;
        let (outcomes, against) = match found.kind {
            files::Kind::Process => {
                let compiled = compile(folder, &catalogue);
                match &compiled.release {
                    Some(release) => {
                        (play_scenarios(folder, release, &catalogue, &connectors::simulated), Vec::new())
                    }
                    None => (Vec::new(), vec!["the process has problems; see `fachwerk check`".to_owned()]),
                }
            }
            files::Kind::Block => {
                let outcomes = play_block_scenarios(folder, &catalogue, &connectors::simulated);
                let reached: BTreeSet<&str> =
                    outcomes.iter().flat_map(|outcome| &outcome.reached).map(|outcome| &**outcome).collect();
                let mut ignored = Problems::default();
                let block = fachwerk_core::language::read_block(folder, &mut ignored);
                let against = block
                    .iter()
                    .flat_map(|block| &block.outcomes)
                    .filter(|(outcome, _)| !reached.contains(&**outcome))
                    .map(|(outcome, _)| format!("no scenario reaches the outcome `{outcome}`"))
                    .collect();
                (outcomes, against)
            }
        };
        all.push(Tested { folder: folder.name.clone(), outcomes, against });
    }
    let sources: Sources = found
        .iter()
        .flat_map(|found| {
            found.folder.files.iter().map(|(name, bytes)| (found.folder.file_name(name), bytes.clone()))
        })
        .collect();
    match arguments.format {
        Format::Text => print_text(&all, &sources),
        Format::Json => print_json(&all),
        Format::Junit => print_junit(&all),
    }
    Ok(if failures(&all) == 0 { End::Good } else { End::Problems })
}

fn failures(all: &[Tested]) -> usize {
    all.iter()
        .map(|one| one.against.len() + one.outcomes.iter().filter(|outcome| !outcome.passed).count())
        .sum()
}

fn print_text(all: &[Tested], sources: &Sources) {
    let mut passed = 0;
    for one in all {
        say(&one.folder);
        for outcome in &one.outcomes {
            passed += usize::from(outcome.passed);
            say(format!("  {} {}", if outcome.passed { "ok  " } else { "FAIL" }, outcome.title));
            if let Some(failure) = &outcome.failure {
                say(format!("       {}", failure.replace('\n', "\n       ")));
            }
            for problem in outcome.problems.iter().filter(|_| !outcome.passed) {
                say(as_text(problem, sources, Language::En));
            }
        }
        for against in &one.against {
            say(format!("  FAIL {against}"));
        }
    }
    say(format!("{passed} passed, {} failed", failures(all)));
}

fn print_json(all: &[Tested]) {
    let list: Vec<_> = all
        .iter()
        .map(|one| {
            let scenarios: Vec<_> = one
                .outcomes
                .iter()
                .map(|outcome| json!({ "title": outcome.title, "passed": outcome.passed, "failure": outcome.failure }))
                .collect();
            json!({ "folder": one.folder, "scenarios": scenarios, "against": one.against })
        })
        .collect();
    say(serde_json::Value::Array(list));
}

fn print_junit(all: &[Tested]) {
    let escape = |text: &str| {
        text.replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
            .replace('"', "&quot;")
            .replace('\n', "&#10;")
    };
    say("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>");
    for one in all {
        let failed = one.outcomes.iter().filter(|outcome| !outcome.passed).count() + one.against.len();
        let tests = one.outcomes.len() + one.against.len();
        let name = escape(&one.folder);
        say(format!("  <testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failed}\">"));
        let scenarios = one.outcomes.iter().map(|outcome| (&*outcome.title, outcome.failure.as_deref()));
        for (title, failure) in
            scenarios.chain(one.against.iter().map(|against| (&**against, Some(&**against))))
        {
            let title = escape(title);
            say(match failure {
                None => format!("    <testcase classname=\"{name}\" name=\"{title}\"/>"),
                Some(failure) => {
                    let failure = escape(failure);
                    format!(
                        "    <testcase classname=\"{name}\" name=\"{title}\"><failure message=\"{failure}\"/></testcase>"
                    )
                }
            });
        }
        say("  </testsuite>");
    }
    say("</testsuites>");
}
