//! The browser application: its packages and its build, done again only when something changed.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use crate::{place::Place, watch::watch};

const LIMIT: Duration = Duration::from_secs(10 * 60);

/// Installs exactly what package-lock.json names, unless that is what is there.
pub fn install(place: &Place) -> Result<(), String> {
    let web = place.web();
    let lock = web.join("package-lock.json");
    if !lock.is_file() {
        return Err("web/ has no package-lock.json, so its packages are unknown".to_owned());
    }
    let stamp = web.join("node_modules").join(".fachwerk-installed");
    let now = fingerprint(&[web.join("package.json"), lock], &web)?;
    if is_stamped(&stamp, &now) {
        return Ok(());
    }
    println!("Installing the packages of the browser application (web/node_modules).");
    watch(&mut place.npm(&["ci", "--no-audit", "--no-fund"]), LIMIT, "", |_| {})?;
    write_stamp(&stamp, &now)
}

/// Builds `web/dist`, unless it was built from these very sources.
pub fn build(place: &Place) -> Result<(), String> {
    let web = place.web();
    let stamp = web.join("node_modules").join(".fachwerk-built");
    let now = fingerprint(&sources(&web)?, &web)?;
    if is_stamped(&stamp, &now) && web.join("dist").join("index.html").is_file() {
        return Ok(());
    }
    println!("Building the browser application (web/dist).");
    watch(&mut place.npm(&["run", "build"]), LIMIT, "", |_| {})?;
    if !web.join("dist").join("index.html").is_file() {
        return Err("`npm run build` made no web/dist/index.html".to_owned());
    }
    write_stamp(&stamp, &now)
}

/// Whether `web/package.json` names this script. Its name in quotation marks occurs nowhere else in the file.
pub fn has_script(place: &Place, script: &str) -> bool {
    let text = std::fs::read_to_string(place.web().join("package.json")).unwrap_or_default();
    text.contains(&format!("\"{script}\":"))
}

/// The client that is generated from the OpenAPI document: every file with `.gen.` in its name.
pub fn generated(place: &Place) -> Result<Vec<PathBuf>, String> {
    let files = sources(&place.web().join("src"))?;
    let is_generated =
        |file: &PathBuf| file.file_name().is_some_and(|name| name.to_string_lossy().contains(".gen."));
    Ok(files.into_iter().filter(is_generated).collect())
}

/// All that the build may read: every file below the folder but what is installed, built, or hidden. In order.
fn sources(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        for entry in entries {
            let entry = entry.map_err(|error| format!("{}: {error}", folder.display()))?;
            let name = entry.file_name();
            if name == "node_modules" || name == "dist" || name.to_string_lossy().starts_with('.') {
                continue;
            }
            let kind = entry.file_type().map_err(|error| format!("{}: {error}", entry.path().display()))?;
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                files.push(entry.path());
            }
        }
    }
    files.sort();
    Ok(files)
}

/// A fingerprint over names and contents. It guards against building twice, not against anybody (FNV-1a, 64 bits).
fn fingerprint(files: &[PathBuf], base: &Path) -> Result<String, String> {
    let mut sum: u64 = 0xcbf2_9ce4_8422_2325;
    let mut feed = |bytes: &[u8]| {
        for byte in bytes.iter().chain(&(bytes.len() as u64).to_le_bytes()) {
            sum = (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    for file in files {
        let content = std::fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
        let name = file.strip_prefix(base).unwrap_or(file);
        feed(name.to_string_lossy().as_bytes());
        feed(&content);
    }
    Ok(format!("{sum:016x}"))
}

fn is_stamped(stamp: &Path, now: &str) -> bool {
    std::fs::read_to_string(stamp).is_ok_and(|then| then == now)
}

fn write_stamp(stamp: &Path, now: &str) -> Result<(), String> {
    std::fs::write(stamp, now).map_err(|error| format!("{}: {error}", stamp.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_sees_names_contents_and_borders() {
        let folder = std::env::temp_dir().join(format!("fachwerk-xtask-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("node_modules")).expect("a folder for the test");
        let write =
            |name: &str, text: &str| std::fs::write(folder.join(name), text).expect("a file of the test");
        let now = || fingerprint(&sources(&folder).expect("readable"), &folder).expect("readable");

        write("a", "1");
        write("b", "2");
        let first = now();
        write("node_modules/c", "3");
        write(".stamp", "4");
        assert_eq!(now(), first, "what is installed or hidden does not count");
        write("b", "3");
        assert_ne!(now(), first, "a changed content counts");
        write("b", "2");
        assert_eq!(now(), first);
        std::fs::rename(folder.join("b"), folder.join("c")).expect("renamed");
        assert_ne!(now(), first, "a changed name counts");
        std::fs::remove_dir_all(&folder).expect("removed");
    }
}
