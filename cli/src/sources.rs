//! Where post comes in without a person, as `serve` is told.

use std::{path::Path, sync::Arc};

use fachwerk_core::{item::PostSource, words::TenantId};
use fachwerk_incoming::{Maildir, ScanFolder};
use fachwerk_runtime::{Runtime, SourceOf};

use crate::Failure;

/// The sources that are named. What cannot be is said before anything is made.
pub fn of(scan_folders: &[String], maildirs: &[String]) -> Result<Vec<SourceOf>, Failure> {
    let mut sources: Vec<SourceOf> = Vec::new();
    for said in scan_folders {
        let (tenant, path) = read(said, "--scan-folder")?;
        let source = ScanFolder::open(path).map_err(|why| format!("--scan-folder {said}: {why}"))?;
        sources.push((tenant, Arc::new(source)));
    }
    for said in maildirs {
        let (tenant, path) = read(said, "--maildir")?;
        let source = Maildir::open(path).map_err(|why| format!("--maildir {said}: {why}"))?;
        sources.push((tenant, Arc::new(source)));
    }
    for (place, (_, source)) in sources.iter().enumerate() {
        if sources[..place].iter().any(|(_, other)| PostSource::title(&**other) == source.title()) {
            return Err(format!("{} is named twice; each source belongs to one authority", source.title()));
        }
    }
    Ok(sources)
}

fn read<'s>(said: &'s str, option: &str) -> Result<(TenantId, &'s Path), Failure> {
    match said.split_once('=') {
        Some((tenant, path)) if !tenant.is_empty() && Path::new(path).is_absolute() => {
            Ok((tenant.into(), Path::new(path)))
        }
        _ => Err(format!(
            "`{option} {said}`: name the authority and the folder in full, for example {option} my-town=/srv/scan"
        )),
    }
}

/// Each source belongs to an authority that is there.
pub async fn check(runtime: &Runtime, sources: &[SourceOf]) -> Result<(), Failure> {
    for (tenant, source) in sources {
        let known = runtime.authority(tenant).await.map_err(|error| error.to_string())?;
        if known.is_none() {
            return Err(format!(
                "there is no authority `{tenant}` that post could come in for at {}",
                source.title()
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_named_in_full() {
        let there = std::env::temp_dir().join(format!("fachwerk-sources-{}", std::process::id()));
        std::fs::create_dir_all(&there).expect("a folder");
        let good = format!("town={}", there.display());
        let check = |folders: &[&str], expected: Result<usize, &str>| {
            let folders: Vec<String> = folders.iter().map(|said| (*said).to_owned()).collect();
            match (of(&folders, &[]), expected) {
                (Ok(found), expected) => assert_eq!(Ok(found.len()), expected, "{folders:?}"),
                (Err(why), Err(part)) => assert!(why.contains(part), "{why}"),
                (Err(why), Ok(_)) => panic!("{folders:?}: {why}"),
            }
        };
        check(&[], Ok(0));
        check(&[&good], Ok(1));
        check(&[&good, &good], Err("is named twice"));
        check(&["/srv/scan"], Err("name the authority"));
        check(&["town=scan"], Err("name the authority"));
        check(&["town=/nowhere/at/all"], Err("/nowhere/at/all"));
        std::fs::remove_dir_all(there).expect("removed");
    }
}
