//! What the machine must have, and installing what is missing with its own package manager.

use std::process::Command;

use crate::{
    Failure,
    place::{self, Place, on_path},
};

/// What somebody is about to do.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    Run,
    Test,
}

struct Need {
    name: &'static str,
    why: &'static str,
    /// Names in Debian and Ubuntu.
    packages: &'static [&'static str],
    purpose: Purpose,
    present: fn() -> bool,
}

const NEEDS: [Need; 6] = [
    Need {
        name: "Node.js",
        why: "builds the browser application",
        packages: &["nodejs"],
        purpose: Purpose::Run,
        present: || on_path("node"),
    },
    Need {
        name: "npm",
        why: "installs the packages of the browser application",
        packages: &["npm"],
        purpose: Purpose::Run,
        present: || on_path("npm"),
    },
    Need {
        name: "Chromium",
        why: "browser tests",
        packages: &["chromium"],
        purpose: Purpose::Test,
        present: || ["chromium", "chromium-browser", "google-chrome"].iter().any(|name| on_path(name)),
    },
    Need {
        name: "PostgreSQL server programs",
        why: "the suites of the store run on both back ends",
        packages: &["postgresql"],
        purpose: Purpose::Test,
        present: has_postgres,
    },
    Need {
        name: "xmllint",
        why: "the oracle for XML messages",
        packages: &["libxml2-utils"],
        purpose: Purpose::Test,
        present: || on_path("xmllint"),
    },
    Need {
        name: "pdftotext and pdfinfo",
        why: "letters are read back in tests",
        packages: &["poppler-utils"],
        purpose: Purpose::Test,
        present: || on_path("pdftotext") && on_path("pdfinfo"),
    },
];

/// The oldest Node.js that the browser application is built with (`engines` in web/package.json).
const NODE_AT_LEAST: (u32, u32) = (20, 19);

/// Installs what is missing for a purpose, and says so. Without root: says what to install.
pub fn ensure(place: &Place, purpose: Purpose) -> Result<(), Failure> {
    let missing = missing(purpose, |need| (need.present)());
    if !missing.is_empty() {
        for need in &missing {
            println!("Missing: {} ({})", need.name, need.why);
        }
        let packages: Vec<&str> = missing.iter().flat_map(|need| need.packages).copied().collect();
        if !on_path("apt-get") || !is_root(place) {
            return Err(Failure::Machine(instruction(&packages, on_path("apt-get"))));
        }
        install(place, &packages)?;
        if let Some(need) = missing.iter().find(|need| !(need.present)()) {
            let packages = need.packages.join(" ");
            return Err(Failure::Machine(format!(
                "{} is still missing after installing {packages}",
                need.name
            )));
        }
    }
    node_is_new_enough(place)
}

fn missing(purpose: Purpose, present: impl Fn(&Need) -> bool) -> Vec<&'static Need> {
    let wanted = |need: &&Need| purpose == Purpose::Test || need.purpose == Purpose::Run;
    NEEDS.iter().filter(wanted).filter(|need| !present(need)).collect()
}

/// What a person without root, or without apt-get, has to do.
fn instruction(packages: &[&str], apt: bool) -> String {
    let packages = packages.join(" ");
    if apt {
        format!(
            "packages are missing and only root may install them. Please run:\n\n  sudo apt-get install {packages}\n"
        )
    } else {
        format!(
            "packages are missing and there is no apt-get here. Please install what Debian calls: {packages}\n\
             and make its programs reachable by PATH."
        )
    }
}

/// Installs with the lists as they are; only when that fails are the lists fetched anew.
fn install(place: &Place, packages: &[&str]) -> Result<(), Failure> {
    println!("Installing with apt-get: {}", packages.join(" "));
    if place::run(apt_install(place, packages)).is_ok() {
        return Ok(());
    }
    println!("The package lists are missing or old; fetching them with apt-get update.");
    place::run(apt(place, &["update"]))?;
    place::run(apt_install(place, packages)).map_err(|failure| Failure::Machine(failure.to_string()))
}

fn apt_install(place: &Place, packages: &[&str]) -> Command {
    let mut command = apt(place, &["install", "--yes", "--no-install-recommends"]);
    command.args(packages);
    command
}

fn apt(place: &Place, arguments: &[&str]) -> Command {
    let mut command = Command::new("apt-get");
    command.args(arguments).current_dir(&place.root).env("DEBIAN_FRONTEND", "noninteractive");
    command.stdin(std::process::Stdio::null());
    command
}

fn is_root(place: &Place) -> bool {
    let mut command = Command::new("id");
    command.arg("-u").current_dir(&place.root);
    place::output(command).is_ok_and(|said| said.trim_ascii() == b"0")
}

/// Debian keeps the server's programs out of PATH.
fn has_postgres() -> bool {
    if on_path("initdb") && on_path("postgres") {
        return true;
    }
    let Ok(versions) = std::fs::read_dir("/usr/lib/postgresql") else {
        return false;
    };
    versions.flatten().any(|version| version.path().join("bin").join("initdb").is_file())
}

fn node_is_new_enough(place: &Place) -> Result<(), Failure> {
    let mut command = Command::new("node");
    command.arg("--version").current_dir(&place.root);
    let said = place::output(command).map_err(Failure::Machine)?;
    let said = String::from_utf8_lossy(&said);
    let version = parse_version(&said);
    if version.is_some_and(|version| version >= NODE_AT_LEAST) {
        return Ok(());
    }
    let (major, minor) = NODE_AT_LEAST;
    Err(Failure::Machine(format!(
        "Node.js {major}.{minor} or newer is needed, here is {}. The packages of this system are too old: \
         please install a newer Node.js and put it first in PATH.",
        said.trim()
    )))
}

/// `v20.19.2` as (20, 19).
fn parse_version(said: &str) -> Option<(u32, u32)> {
    let mut parts = said.trim().trim_start_matches('v').split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_purpose_needs() {
        let names = |purpose, present: fn(&Need) -> bool| {
            missing(purpose, present).iter().map(|need| need.name).collect::<Vec<_>>()
        };
        assert_eq!(names(Purpose::Run, |_| false), ["Node.js", "npm"]);
        assert_eq!(
            names(Purpose::Test, |_| false),
            ["Node.js", "npm", "Chromium", "PostgreSQL server programs", "xmllint", "pdftotext and pdfinfo"]
        );
        assert_eq!(names(Purpose::Test, |need| need.name != "xmllint"), ["xmllint"]);
        assert_eq!(names(Purpose::Test, |_| true), [""; 0]);
    }

    #[test]
    fn says_exactly_which_packages() {
        assert_eq!(
            instruction(&["chromium", "postgresql"], true),
            "packages are missing and only root may install them. Please run:\n\n  \
             sudo apt-get install chromium postgresql\n"
        );
        assert_eq!(
            instruction(&["xmllint"], false),
            "packages are missing and there is no apt-get here. Please install what Debian calls: xmllint\n\
             and make its programs reachable by PATH."
        );
    }

    #[test]
    fn versions_of_node() {
        assert_eq!(parse_version("v20.19.2\n"), Some((20, 19)));
        assert_eq!(parse_version("18.4.0"), Some((18, 4)));
        assert_eq!(parse_version("node?"), None);
    }
}
