//! Who may enter which room: the imports between our crates, and the crates of others that only one room may have.

use serde_json::Value;

/// What cargo says about one of our crates.
#[derive(Debug)]
pub struct Package {
    pub name: String,
    /// Of its manifest, from the root, with `/`.
    pub path: String,
    pub dependencies: Vec<Dependency>,
    /// The roots of its library and binaries, from the root.
    pub roots: Vec<String>,
}

#[derive(Debug)]
pub struct Dependency {
    pub name: String,
    /// Only for its own tests.
    pub dev: bool,
    /// A crate of this repository.
    pub ours: bool,
}

/// Which of our crates a crate may import; the table of ARCHITECTURE.md.
const ROOMS: [(&str, Imports); 9] = [
    ("fachwerk-deadlines", Imports::Only(&[])),
    ("fachwerk-rules", Imports::Only(&["fachwerk-deadlines"])),
    ("fachwerk-core", Imports::Only(&["fachwerk-rules", "fachwerk-deadlines"])),
    ("fachwerk-store", Imports::Only(&["fachwerk-core"])),
    ("fachwerk-runtime", Imports::Only(&["fachwerk-core", "fachwerk-store"])),
    ("fachwerk-designer-api", Imports::Only(&["fachwerk-core", "fachwerk-store", "fachwerk-runtime"])),
    ("fachwerk", Imports::All),
    ("fachwerk-tests", Imports::All),
    ("xtask", Imports::Only(&[])),
];
/// Every crate below connectors/.
const CONNECTOR: Imports = Imports::Only(&["fachwerk-core"]);

/// What tests of a room may import besides what the room itself may: (room, import, why).
const FOR_TESTS: [(&str, &str, &str); 0] = [];

enum Imports {
    Only(&'static [&'static str]),
    All,
}

/// Rooms without I/O, clock, randomness and async.
pub const PURE: [&str; 3] = ["fachwerk-deadlines", "fachwerk-rules", "fachwerk-core"];

/// What no pure room may have.
const IMPURE_CRATES: [&str; 30] = [
    "tokio",
    "async-std",
    "smol",
    "futures",
    "async-trait",
    "sqlx",
    "rusqlite",
    "axum",
    "hyper",
    "http",
    "reqwest",
    "ureq",
    "tower",
    "tower-http",
    "utoipa",
    "lettre",
    "openidconnect",
    "rustls",
    "aws-lc-rs",
    "rand",
    "getrandom",
    "fastrand",
    "chrono",
    "time",
    "tracing",
    "rayon",
    "rust-embed",
    "walkdir",
    "tempfile",
    "notify",
];

/// What only these rooms may have, and why. Connectors are named `connectors`.
const ONLY_IN: [(&str, &[&str], &str); 12] = [
    ("sqlx", &["fachwerk-store"], "only engine/store knows SQL"),
    ("typst", &["connectors"], "only letters are laid out"),
    ("typst-pdf", &["connectors"], "only letters are laid out"),
    ("axum", &["fachwerk-designer-api"], "only designer-api knows HTTP"),
    ("axum-extra", &["fachwerk-designer-api"], "only designer-api knows HTTP"),
    ("utoipa", &["fachwerk-designer-api"], "only designer-api knows JSON shapes"),
    ("utoipa-axum", &["fachwerk-designer-api"], "only designer-api knows JSON shapes"),
    ("tower-http", &["fachwerk-designer-api"], "only designer-api knows HTTP"),
    ("hyper", &["fachwerk-designer-api", "connectors"], "the engine knows no HTTP"),
    ("reqwest", &["fachwerk-designer-api", "connectors", "fachwerk"], "the engine knows no HTTP"),
    ("ureq", &["fachwerk-designer-api", "connectors", "fachwerk"], "the engine knows no HTTP"),
    ("rustls", &["fachwerk-designer-api", "connectors", "fachwerk"], "the engine knows no TLS"),
];

/// Crates that must not be in the product, not even by way of others. deny.toml says the same to cargo-deny; this is
/// seen at every test run.
const NEVER: [(&str, &str); 4] = [
    ("serde_yml", "it is unsound, RUSTSEC-2025-0068; use serde_norway"),
    ("openssl-sys", "TLS and signatures are aws-lc-rs by way of rustls"),
    ("native-tls", "TLS and signatures are aws-lc-rs by way of rustls"),
    ("rsa", "it leaks private keys by timing, RUSTSEC-2023-0071; use aws-lc-rs"),
];

/// Reads the answer of `cargo metadata --no-deps`.
pub fn packages(metadata: &Value) -> Vec<Package> {
    let root = text(&metadata["workspace_root"]);
    let below_root = |path: &Value| text(path).trim_start_matches(root).trim_start_matches('/').to_owned();
    let package = |package: &Value| Package {
        name: text(&package["name"]).to_owned(),
        path: below_root(&package["manifest_path"]),
        dependencies: list(&package["dependencies"]).iter().map(dependency).collect(),
        roots: list(&package["targets"]).iter().filter(is_root).map(|t| below_root(&t["src_path"])).collect(),
    };
    list(&metadata["packages"]).iter().map(package).collect()
}

fn dependency(dependency: &Value) -> Dependency {
    Dependency {
        name: text(&dependency["name"]).to_owned(),
        dev: dependency["kind"] == "dev",
        ours: dependency["path"].is_string(),
    }
}

fn is_root(target: &&Value) -> bool {
    list(&target["kind"]).iter().any(|kind| ["lib", "bin", "proc-macro"].contains(&text(kind)))
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The imports between our crates.
pub fn imports(packages: &[Package]) -> Vec<String> {
    let mut found = Vec::new();
    for package in packages {
        let Some(allowed) = allowed(package) else {
            found.push(format!(
                "{}: {} is no room; add it to the table, and say what it may import",
                package.path, package.name
            ));
            continue;
        };
        for dependency in package.dependencies.iter().filter(|dependency| dependency.ours) {
            let for_tests = FOR_TESTS
                .iter()
                .any(|(room, import, _)| (*room, *import) == (&package.name, &dependency.name));
            // A crate imports itself to give its own tests one more feature.
            let itself = dependency.name == package.name;
            let may = allowed.contains(&dependency.name) || (dependency.dev && (for_tests || itself));
            if !may {
                let (room, import) = (&package.name, &dependency.name);
                let kind = if dependency.dev { " (for its tests)" } else { "" };
                found.push(format!("{}: {room} must not import {import}{kind}", package.path));
            }
        }
    }
    found
}

fn allowed(package: &Package) -> Option<&'static Imports> {
    if package.path.starts_with("connectors/") {
        return Some(&CONNECTOR);
    }
    ROOMS.iter().find(|(room, _)| *room == package.name).map(|(_, imports)| imports)
}

impl Imports {
    fn contains(&self, name: &str) -> bool {
        match self {
            Imports::Only(names) => names.contains(&name),
            Imports::All => name != "xtask" && name != "fachwerk-tests",
        }
    }
}

/// The crates of others that a room must not have. Tests are free.
pub fn crates_of_others(packages: &[Package]) -> Vec<String> {
    let mut found = Vec::new();
    for package in packages.iter().filter(|package| package.name != "fachwerk-tests") {
        let room = if package.path.starts_with("connectors/") { "connectors" } else { package.name.as_str() };
        for dependency in package.dependencies.iter().filter(|dependency| !dependency.dev && !dependency.ours)
        {
            let name = dependency.name.as_str();
            if PURE.contains(&room) && IMPURE_CRATES.contains(&name) {
                found.push(format!("{}: {room} is pure and must not use {name}", package.path));
            } else if let Some((_, rooms, why)) = ONLY_IN.iter().find(|(only, _, _)| *only == name)
                && !rooms.contains(&room)
            {
                found.push(format!("{}: {room} must not use {name}: {why}", package.path));
            }
        }
    }
    found
}

/// Crates that Cargo.lock must not name.
pub fn locked(lock: &str) -> Vec<String> {
    let is_locked = |name: &str| lock.lines().any(|line| line == format!("name = \"{name}\""));
    NEVER
        .iter()
        .filter(|(name, _)| is_locked(name))
        .map(|(name, why)| format!("Cargo.lock: {name}: {why}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, path: &str, dependencies: &[(&str, bool, bool)]) -> Package {
        let dependency = |(name, dev, ours): &(&str, bool, bool)| Dependency {
            name: (*name).to_owned(),
            dev: *dev,
            ours: *ours,
        };
        Package {
            name: name.to_owned(),
            path: path.to_owned(),
            dependencies: dependencies.iter().map(dependency).collect(),
            roots: Vec::new(),
        }
    }

    #[track_caller]
    fn check(rule: fn(&[Package]) -> Vec<String>, package: Package, expected: &[&str]) {
        assert_eq!(rule(&[package]), expected);
    }

    #[test]
    fn imports_that_the_table_does_not_allow() {
        let ours = |name| (name, false, true);
        check(imports, package("fachwerk-store", "s", &[ours("fachwerk-core"), ("sqlx", false, false)]), &[]);
        check(
            imports,
            package("fachwerk-core", "c", &[ours("fachwerk-store")]),
            &["c: fachwerk-core must not import fachwerk-store"],
        );
        check(imports, package("fachwerk-core", "c", &[("fachwerk-core", true, true)]), &[]);
        check(
            imports,
            package("fachwerk-core", "c", &[("fachwerk-runtime", true, true)]),
            &["c: fachwerk-core must not import fachwerk-runtime (for its tests)"],
        );
        check(
            imports,
            package(
                "fachwerk-mail",
                "connectors/mail/Cargo.toml",
                &[ours("fachwerk-core"), ours("fachwerk-letter")],
            ),
            &["connectors/mail/Cargo.toml: fachwerk-mail must not import fachwerk-letter"],
        );
        check(
            imports,
            package("fachwerk", "cli", &[ours("fachwerk-letter"), ours("xtask")]),
            &["cli: fachwerk must not import xtask"],
        );
        check(
            imports,
            package("fachwerk-new", "new", &[]),
            &["new: fachwerk-new is no room; add it to the table, and say what it may import"],
        );
    }

    #[test]
    fn crates_of_others_in_the_wrong_room() {
        let others = |name| (name, false, false);
        check(
            crates_of_others,
            package("fachwerk-core", "c", &[others("serde"), ("tokio", true, false)]),
            &[],
        );
        check(
            crates_of_others,
            package("fachwerk-core", "c", &[others("rand")]),
            &["c: fachwerk-core is pure and must not use rand"],
        );
        check(
            crates_of_others,
            package("fachwerk-runtime", "r", &[others("sqlx"), others("axum")]),
            &[
                "r: fachwerk-runtime must not use sqlx: only engine/store knows SQL",
                "r: fachwerk-runtime must not use axum: only designer-api knows HTTP",
            ],
        );
        check(
            crates_of_others,
            package("fachwerk-fit", "connectors/fit/Cargo.toml", &[others("reqwest")]),
            &[],
        );
        check(crates_of_others, package("fachwerk-tests", "t", &[others("sqlx")]), &[]);
    }

    #[test]
    fn crates_that_are_never_locked() {
        assert_eq!(locked("[[package]]\nname = \"serde_norway\"\n"), [""; 0]);
        assert_eq!(
            locked("name = \"serde_yml\"\nversion = \"0.0.12\"\n"),
            ["Cargo.lock: serde_yml: it is unsound, RUSTSEC-2025-0068; use serde_norway"]
        );
    }

    #[test]
    fn the_answer_of_cargo_is_read() {
        let answer = serde_json::json!({
            "workspace_root": "/r",
            "packages": [{
                "name": "fachwerk-core",
                "manifest_path": "/r/engine/core/Cargo.toml",
                "dependencies": [
                    {"name": "fachwerk-rules", "kind": null, "path": "/r/engine/rules"},
                    {"name": "proptest", "kind": "dev"},
                ],
                "targets": [
                    {"kind": ["lib"], "src_path": "/r/engine/core/src/lib.rs"},
                    {"kind": ["test"], "src_path": "/r/engine/core/tests/a.rs"},
                ],
            }],
        });
        let read = packages(&answer);
        assert_eq!(
            format!("{read:?}"),
            "[Package { name: \"fachwerk-core\", path: \"engine/core/Cargo.toml\", dependencies: [\
             Dependency { name: \"fachwerk-rules\", dev: false, ours: true }, \
             Dependency { name: \"proptest\", dev: true, ours: false }], \
             roots: [\"engine/core/src/lib.rs\"] }]"
        );
    }
}
