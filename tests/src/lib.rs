//! What crosses rooms is tested here, in `tests/tests/`; this library holds what those tests need from their
//! surroundings: where the repository is, where shared material is, how much randomness a run may spend.
//!
//! # Architecture invariant
//! Nothing depends on this crate, and nothing of the product is in it. It may import every room; no room imports it.
//! It knows no expectations: those are data beside the test that checks them.

pub mod dice;
pub mod journal;
pub mod oracle;
pub mod random_flow;
pub mod random_process;
pub mod rows;
pub mod scratch;
pub mod small_process;
pub mod town;
pub mod values;
pub mod walk;

use std::{
    ops::Range,
    path::{Path, PathBuf},
    time::Duration,
};

/// The root of the repository.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate is a folder of the repository")
}

/// A folder or file of the shared material, such as `suites/eventlogs`: below `FACHWERK_SHARED`, else below `../shared`
/// beside the repository. Where it is absent this says so on standard error, and the test has to return: `make test`
/// counts it as skipped.
pub fn shared(part: &str) -> Option<PathBuf> {
    let base = match std::env::var_os("FACHWERK_SHARED") {
        Some(folder) => PathBuf::from(folder),
        None => repository().parent()?.join("shared"),
    };
    let path = base.join(part);
    if path.exists() {
        return Some(path);
    }
    eprintln!(
        "SKIPPED: the shared material has no {part} (looked in {}; set FACHWERK_SHARED)",
        base.display()
    );
    None
}

/// The seeds of a random test: `usual` many, times `FACHWERK_SOAK`; or the one in `FACHWERK_SEED`, to repeat a failure.
/// The test prints the seed it is at.
pub fn seeds(usual: u64) -> Range<u64> {
    match number("FACHWERK_SEED") {
        Some(seed) => seed..seed.saturating_add(1),
        None => 0..usual.saturating_mul(number("FACHWERK_SOAK").unwrap_or(1).max(1)),
    }
}

/// How long a fuzzer runs: `FACHWERK_FUZZ_S` seconds, else one.
pub fn fuzz_time() -> Duration {
    Duration::from_secs(number("FACHWERK_FUZZ_S").unwrap_or(1))
}

/// Whether expectations are to be rewritten instead of compared (`make bless`).
pub fn blessing() -> bool {
    std::env::var("FACHWERK_BLESS").is_ok_and(|value| value == "1")
}

/// The binary `fachwerk` to start: `FACHWERK_BIN` (set by `make test`), else what cargo has built beside this test.
pub fn fachwerk() -> PathBuf {
    if let Some(binary) = std::env::var_os("FACHWERK_BIN") {
        return PathBuf::from(binary);
    }
    let test = std::env::current_exe().expect("a test knows where it is");
    let profile = test.parent().and_then(Path::parent).expect("a test is in `deps` of its profile");
    let binary = profile.join("fachwerk");
    assert!(binary.is_file(), "there is no {}; please run: cargo build -p fachwerk", binary.display());
    binary
}

fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} must be a whole number, is `{text}`")))
}
