//! `fachwerk verify`

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
    /// How the findings are printed.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

/// Replays every case, compares with the lists, checks the chain.
pub fn run(arguments: &Arguments) -> Result<End, Failure> {
    block_on(async {
        let runtime = arguments.location.open().await?;
        let mut clean = true;
        let mut reports = Vec::new();
        for tenant in tenants(&runtime).await? {
            // What is wrong with one authority must not hide what is wrong with the others.
            let report = match runtime.verify(&tenant).await {
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
                let (cases, turns, blobs) = (report.cases, report.turns, report.blobs);
                say(format!("{tenant}: {cases} cases, {turns} turns, {blobs} documents and files"));
                for finding in &report.findings {
                    say(format!("  {}", finding.text().en));
                }
                if report.more {
                    say("  and more");
                }
            }
            reports.push(json!({ "tenant": tenant, "report": report }));
        }
        runtime.store().close().await;
        match arguments.format {
            Format::Json => say(serde_json::Value::Array(reports)),
            Format::Text => say(if clean { "nothing is wrong" } else { "something is wrong" }),
        }
        Ok(if clean { End::Good } else { End::Problems })
    })
}
