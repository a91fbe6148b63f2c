//! `fachwerk verify`

use std::path::PathBuf;

use fachwerk_store::{Proven, Report, Store};
use serde_json::json;

use crate::{
    End, Failure,
    local::{Location, block_on, tenants},
    output::{Format, say},
};

/// What `verify` takes.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    location: Location,
    /// Prove this backup instead: the chain of each case and the signed daily roots. No keys are needed.
    #[arg(long, value_name = "FILE")]
    backup: Option<PathBuf>,
    /// Prove chain and roots only, without the keys, beside a server that runs.
    #[arg(long, conflicts_with = "backup")]
    chain: bool,
    /// Compare with copies of the roots in this folder, as `fachwerk roots` writes them.
    #[arg(long, value_name = "DIR")]
    roots: Option<PathBuf>,
    /// The public key that the roots must be signed with, in hexadecimal digits.
    #[arg(long, value_name = "KEY")]
    public_key: Option<String>,
    /// How the findings are printed.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

/// Replays every case, compares with the lists, checks the chain.
pub fn run(arguments: &Arguments) -> Result<End, Failure> {
    let Arguments { location, backup, chain, roots, public_key, .. } = arguments;
    if *chain || backup.is_some() {
        return prove(arguments);
    }
    if roots.is_some() || public_key.is_some() {
        return Err("--roots and --public-key belong to --backup FILE or --chain".into());
    }
    block_on(async {
        let runtime = location.open().await?;
        let mut clean = true;
        let mut reports = Vec::new();
        let tenants = tenants(&runtime).await?;
        for tenant in &tenants {
            // What is wrong with one authority must not hide what is wrong with the others.
            let report = match runtime.verify(tenant).await {
                Ok(report) => report,
                Err(error) => {
                    clean = false;
                    if arguments.format == Format::Text {
                        say(format!("{tenant}: cannot be verified: {error}"));
                    }
                    reports.push(json!({ "tenant": tenant, "error": error.to_string() }));
                    continue;
                }
            };
            clean &= report.is_clean();
            if arguments.format == Format::Text {
                let (blobs, counted) = (report.blobs, counted(&report));
                tell(&format!("{tenant}: {counted}, {blobs} documents and files"), &report);
            }
            reports.push(json!({ "tenant": tenant, "report": report }));
        }
        runtime.store().close().await;
        if tenants.is_empty() {
            return Err(NOBODY.into());
        }
        end(arguments.format, clean, reports);
        Ok(if clean { End::Good } else { End::Problems })
    })
}

/// Proves chain and roots, without keys.
fn prove(arguments: &Arguments) -> Result<End, Failure> {
    block_on(async {
        let place = arguments.location.place();
        let what = match &arguments.backup {
            Some(file) => Proven::File(file),
            None => Proven::Place(&place),
        };
        let proven = Store::prove(what, arguments.roots.as_deref(), arguments.public_key.as_deref()).await;
        let proven = proven.map_err(|error| error.text().en.to_string())?;
        if proven.is_empty() {
            return Err(NOBODY.into());
        }
        let clean = proven.values().all(Report::is_clean);
        let mut reports = Vec::new();
        for (tenant, report) in &proven {
            if arguments.format == Format::Text {
                tell(&format!("{tenant}: {}", counted(report)), report);
            }
            reports.push(json!({ "tenant": tenant, "report": report }));
        }
        if arguments.format == Format::Text && arguments.public_key.is_none() {
            say("note: whose roots and certificates these are is proven only with --public-key");
        }
        end(arguments.format, clean, reports);
        Ok(if clean { End::Good } else { End::Problems })
    })
}

/// That nothing is wrong where nothing is says nothing.
const NOBODY: &str = "there is no authority here, so nothing was verified; is it the right place (--data, --database, --backup)?";

fn counted(report: &Report) -> String {
    let Report { cases, erased, turns, roots, .. } = report;
    let erased = if *erased > 0 { format!(" ({erased} of them erased)") } else { String::new() };
    format!("{cases} cases{erased}, {turns} turns, {roots} daily roots")
}

fn tell(counted: &str, report: &Report) {
    say(counted);
    for finding in &report.findings {
        say(format!("  {}", finding.text().en));
    }
    if report.more {
        say("  and more");
    }
}

fn end(format: Format, clean: bool, reports: Vec<serde_json::Value>) {
    match format {
        Format::Json => say(serde_json::Value::Array(reports)),
        Format::Text => say(if clean { "nothing is wrong" } else { "something is wrong" }),
    }
}
