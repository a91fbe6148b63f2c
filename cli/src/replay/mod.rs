//! `fachwerk replay`: plays the traces of an event log through a process on the real engine.

mod deadlines;
mod mapping;
mod play;
mod report;
mod shuffle;
mod stage;
mod xes;

use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
    sync::Arc,
};

use fachwerk_core::{
    definition::Release,
    diagnostic::{Diagnostic, Problems},
    language::{Folder, compile},
    words::{Language, Timestamp},
};

use self::{
    mapping::Mapping,
    play::{Played, play},
    report::Report,
    stage::Stage,
    xes::Trace,
};
use crate::{
    End, Failure, files,
    local::block_on,
    output::{Format, Sources, as_text, say},
};

/// The most shuffled traces.
const MOST_SHUFFLED: u32 = 100_000;

/// What `replay` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// The event log, in XES.
    log: PathBuf,
    /// The folder of the process.
    #[arg(long, value_name = "DIR")]
    process: PathBuf,
    /// Which activity of the log is what in the process (YAML).
    #[arg(long, value_name = "FILE")]
    mapping: PathBuf,
    /// How the result is printed.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Keep the database in this directory, to look into the cases afterwards.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Play so many traces besides whose events are in an order that the log does not have.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=i64::from(MOST_SHUFFLED)))]
    shuffled: Option<u32>,
    /// The seed of the orders; the same seed makes the same traces.
    #[arg(long, default_value_t = 1, requires = "shuffled")]
    seed: u64,
}

/// Plays a log through a process.
pub fn run(arguments: &Arguments) -> Result<End, Failure> {
    let (process, release) = read_process(&arguments.process)?;
    let mapping = read_mapping(&arguments.mapping, &release)?;
    let traces = xes::read(&read_file(&arguments.log, xes::MAX_BYTES)?)
        .map_err(|error| format!("{}:{error}", arguments.log.display()))?;
    let begin = traces.iter().flat_map(|trace| &trace.events).map(|event| event.at).min();
    let Some(begin) = begin else { return Err(format!("{} has no events", arguments.log.display())) };
    block_on(async {
        let release = Arc::new(release);
        let on_stage = |traces, data| played(traces, data, begin, &process, release.clone(), &mapping);
        let (real, verified) = on_stage(&traces, arguments.data.as_deref()).await?;
        let orders =
            arguments.shuffled.map(|wanted| shuffle::shuffled(&traces, wanted as usize, arguments.seed));
        let shuffled = match &orders {
            Some(orders) => Some(on_stage(orders, None).await?),
            None => None,
        };
        if let (Some(orders), Some(wanted)) = (&orders, arguments.shuffled)
            && orders.len() < wanted as usize
        {
            eprintln!(
                "the log does not have {wanted} other orders: {} shuffled traces were made",
                orders.len()
            );
        }
        let report = Report {
            traces: &traces,
            played: &real,
            verified: &verified,
            shuffled: shuffled.as_ref().map(|(played, _)| (played, arguments.seed)),
        };
        match arguments.format {
            Format::Json => say(report.json()),
            Format::Text => report.print(),
        }
        let clean = verified.is_clean() && shuffled.as_ref().is_none_or(|(_, verified)| verified.is_clean());
        Ok(if report.count().deviating == 0 && clean { End::Good } else { End::Problems })
    })
}

/// Plays traces on a stage of their own.
async fn played(
    traces: &[Trace],
    data: Option<&Path>,
    begin: Timestamp,
    process: &Folder,
    release: Arc<Release>,
    mapping: &Mapping,
) -> Result<(Played, fachwerk_store::Report), Failure> {
    let stage = Stage::set(data, begin, process, release).await?;
    let played = play(&stage, mapping, traces).await?;
    Ok((played, stage.verify_and_close().await?))
}

fn read_process(path: &Path) -> Result<(Folder, Release), Failure> {
    let folder = files::read(path)?;
    let catalogue = files::catalogue(&[], &mut Problems::default());
    let compiled = compile(&folder, &catalogue);
    match compiled.release {
        Some(release) => Ok((folder, release)),
        None => Err(format!("the process in {} has problems; see `fachwerk check {0}`", path.display())),
    }
}

fn read_mapping(path: &Path, release: &Release) -> Result<Mapping, Failure> {
    let name: Arc<str> = path.display().to_string().into();
    let bytes: Arc<[u8]> = read_file(path, fachwerk_core::language::MAX_FILE_BYTES as u64)?.into();
    mapping::read(&name, &bytes, release).map_err(|problems: Vec<Diagnostic>| {
        let sources = Sources::from([(name.clone(), bytes.clone())]);
        let told: Vec<String> =
            problems.iter().map(|problem| as_text(problem, &sources, Language::En)).collect();
        format!("the mapping cannot be used\n{}", told.join("\n"))
    })
}

/// Reads a file up to a limit, and one byte more, so that whoever checks the limit notices.
fn read_file(path: &Path, limit: u64) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let file = File::open(path).and_then(|file| file.take(limit + 1).read_to_end(&mut bytes));
    file.map(|_| bytes).map_err(|error| format!("{} cannot be read: {error}", path.display()))
}
