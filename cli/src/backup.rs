//! `fachwerk backup` and `fachwerk restore`

use std::path::PathBuf;

use fachwerk_store::{Included, Store, StoreError};

use crate::{
    End, Failure,
    local::{Location, block_on},
    output::say,
};

/// What is to be done after a restore: new cases get keys that no older copy has.
const KEYS_ANEW: &str = "now make a new backup of the keys, `fachwerk backup --keys FILE`, and once more when the first cases have begun: an older one does not open them";

/// What `backup` takes.
#[derive(clap::Args)]
pub struct Backup {
    #[command(flatten)]
    location: Location,
    /// The file to write; it must not be there yet. Keys are not in it.
    #[arg(short, long, value_name = "FILE", required_unless_present = "keys")]
    output: Option<PathBuf>,
    /// Write the keys into this file. Keep it elsewhere than the backup: whoever has both reads everything.
    #[arg(long, value_name = "FILE")]
    keys: Option<PathBuf>,
    /// Leave documents out that lie in a folder or bucket: that has a backup of its own, made after this one.
    #[arg(long)]
    without_documents: bool,
}

/// What `restore` takes.
#[derive(clap::Args)]
pub struct Restore {
    /// The backup.
    #[arg(required_unless_present = "keys")]
    file: Option<PathBuf>,
    /// The backup of the keys; not needed where the keys are still there.
    #[arg(long, value_name = "FILE")]
    keys: Option<PathBuf>,
    #[command(flatten)]
    location: Location,
}

/// Writes everything into one file, while a server goes on.
pub fn backup(arguments: &Backup) -> Result<End, Failure> {
    block_on(async {
        let mut missing = 0;
        if let Some(output) = &arguments.output {
            let location = &arguments.location;
            let included = if arguments.without_documents { Included::None } else { Included::All };
            let (place, documents) = (location.place(), location.documents()?);
            let copied = Store::backup_with(&place, output, &documents, included).await.map_err(said)?;
            missing = copied.missing;
            let keys = match &arguments.keys {
                Some(_) => "the keys go into a file of their own",
                None => "without the keys (`fachwerk backup --keys FILE`)",
            };
            say(format!(
                "{}: {}, {} rows; {keys}; `fachwerk verify --backup FILE` proves it",
                output.display(),
                authorities(copied.tenants),
                copied.rows
            ));
            if copied.left_out > 0 {
                say(format!(
                    "{} documents lie outside and are left out: make the backup of their place now, after this one",
                    copied.left_out
                ));
            }
            if missing > 0 {
                say(format!(
                    "{missing} documents are damaged or missing where they lie, and therefore here: `fachwerk verify` names them"
                ));
            }
        }
        if let Some(keys) = &arguments.keys {
            let (place, at) = (arguments.location.place(), arguments.location.keys());
            Store::backup_keys(&place, at, keys).await.map_err(said)?;
            say(format!(
                "{}: the keys. Keep them elsewhere than the backup, and destroy older copies: what is erased can be read with them",
                keys.display()
            ));
        }
        Ok(if missing > 0 { End::Problems } else { End::Good })
    })
}

/// Brings a backup back to where nothing is yet.
pub fn restore(arguments: &Restore) -> Result<End, Failure> {
    if !arguments.location.is_named() {
        return Err("say where to: --data DIR, or --database URL".into());
    }
    block_on(async {
        let now = arguments.location.clock()?.now();
        let (place, keys) = (arguments.location.place(), arguments.location.keys());
        if let Some(from) = &arguments.keys {
            let brought = Store::restore_keys(from, keys.clone(), &place, arguments.file.as_deref()).await;
            let brought = brought.map_err(said)?;
            match brought.joined {
                Some(0) => say("the keys are there already; what was erased by the copy is erased here, too"),
                Some(_) if brought.lacking > 0 => say("keys that were missing are brought back"),
                Some(_) => say(
                    "the keys that were missing are brought back. Now `fachwerk rebuild`, so that all cases are found again",
                ),
                None => say("the keys are brought back"),
            }
            if arguments.file.is_none() {
                lacking(brought.lacking);
            }
        }
        let Some(file) = &arguments.file else {
            say(KEYS_ANEW);
            return Ok(End::Good);
        };
        let documents = arguments.location.documents()?;
        let restored = Store::restore_with(file, &place, keys, &documents, now).await.map_err(said)?;
        say(format!(
            "{}: brought back. The deadlines and letters rest, so that nothing is sent twice, until an \
             administrator of each lets them go on: in the browser, or `fachwerk resume`. Before: `fachwerk verify`",
            authorities(restored.tenants)
        ));
        lacking(restored.lacking);
        say(KEYS_ANEW);
        Ok(End::Good)
    })
}

/// That the keys are older than what they are for.
fn lacking(tenants: u64) {
    if tenants > 0 {
        let whose = if tenants == 1 {
            "1 authority cannot read what it"
        } else {
            &format!("{tenants} authorities cannot read what they")
        };
        say(format!(
            "the keys are older than the data: {whose} wrote last. Every command needs `--older-keys` until new cases have begun; bring newer keys back, `fachwerk restore --keys FILE`, as soon as they are found"
        ));
    }
}

fn authorities(number: u64) -> String {
    if number == 1 { "1 authority".into() } else { format!("{number} authorities") }
}

fn said(error: StoreError) -> Failure {
    error.text().en.to_string()
}
