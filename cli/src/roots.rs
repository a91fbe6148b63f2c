//! `fachwerk roots`

use std::{fs, path::PathBuf};

use fachwerk_store::SignedRoot;

use crate::{
    End, Failure,
    local::{Location, block_on, tenants},
    output::say,
};

/// Roots that are read at once.
const AT_ONCE: u32 = 500;

/// What `roots` takes.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    location: Location,
    /// The folder to write them into, one folder an authority. What is there stays.
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
}

/// Signs the days that are over, and writes all roots that are not there yet.
pub fn run(arguments: &Arguments) -> Result<End, Failure> {
    block_on(async {
        let runtime = arguments.location.open().await?;
        let store = runtime.store();
        for tenant in tenants(&runtime).await? {
            store.sign_days(&tenant, runtime.clock().now()).await.map_err(|error| error.to_string())?;
            let folder = arguments.output.join(SignedRoot::folder_of(&tenant));
            fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
            let (mut after, mut written) = (None, 0);
            loop {
                let roots = store.roots(&tenant, after, AT_ONCE).await.map_err(|error| error.to_string())?;
                let Some(last) = roots.last() else { break };
                after = Some(last.root.day);
                for root in &roots {
                    let file = folder.join(format!("{}.json", root.root.day));
                    if file.exists() {
                        continue;
                    }
                    let bytes = root.to_bytes().map_err(|error| error.to_string())?;
                    fs::write(&file, bytes).map_err(|error| format!("{}: {error}", file.display()))?;
                    written += 1;
                }
            }
            say(format!("{tenant}: {written} new roots in {}", folder.display()));
        }
        say(format!("public key: {}", store.public_key().await.map_err(|error| error.to_string())?));
        store.close().await;
        Ok(End::Good)
    })
}
