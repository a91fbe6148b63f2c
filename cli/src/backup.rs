//! `fachwerk backup` and `fachwerk restore`

use std::path::PathBuf;

use fachwerk_store::{Store, StoreError};

use crate::{
    End, Failure,
    local::{Location, block_on},
    output::say,
};

/// What `backup` takes.
#[derive(clap::Args)]
pub struct Backup {
    #[command(flatten)]
    location: Location,
    /// The file to write; it must not be there yet.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

/// What `restore` takes.
#[derive(clap::Args)]
pub struct Restore {
    /// The backup.
    file: PathBuf,
    #[command(flatten)]
    location: Location,
}

/// Writes everything into one file, while a server goes on.
pub fn backup(arguments: &Backup) -> Result<End, Failure> {
    block_on(async {
        arguments.location.need_database()?;
        let copied = Store::backup(&arguments.location.place(), &arguments.output).await.map_err(said)?;
        say(format!(
            "{}: {}, {} rows; `fachwerk verify` reads it after `fachwerk restore`",
            arguments.output.display(),
            authorities(copied.tenants),
            copied.rows
        ));
        Ok(End::Good)
    })
}

/// Brings a backup back to where nothing is yet.
pub fn restore(arguments: &Restore) -> Result<End, Failure> {
    if !arguments.location.is_named() {
        return Err("say where to: --data DIR, or --database URL".into());
    }
    block_on(async {
        let now = arguments.location.clock()?.now();
        let restored =
            Store::restore(&arguments.file, &arguments.location.place(), now).await.map_err(said)?;
        say(format!(
            "{}: brought back. The deadlines and letters rest, so that nothing is sent twice, until an \
             administrator of each lets them go on: in the browser, or `fachwerk resume`. Before: `fachwerk verify`",
            authorities(restored.tenants)
        ));
        Ok(End::Good)
    })
}

fn authorities(number: u64) -> String {
    if number == 1 { "1 authority".into() } else { format!("{number} authorities") }
}

fn said(error: StoreError) -> Failure {
    error.text().en.to_string()
}
