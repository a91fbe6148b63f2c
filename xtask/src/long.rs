//! What takes too long for every day: benchmarks, soaking, fuzzing. All in release builds.
//!
//! The convention for tests: a test with random seeds multiplies their number by `FACHWERK_SOAK` (unset: 1). A test that
//! is too slow for every day is `#[ignore]`d. A fuzzer is an `#[ignore]`d test whose name begins with `fuzz_`; it runs
//! for `FACHWERK_FUZZ_S` seconds. Both print their seed, and repeat it when `FACHWERK_SEED` is set.

use crate::{
    Failure,
    needs::{self, Purpose},
    place::{self, Place, run},
};

/// `make bench`: the standard workloads, then the decision tables of others beside ours; one JSON object a line. With
/// arguments only what they ask for; `--peers` and what follows go to the program that measures other engines.
pub fn bench(place: &Place, rest: &[String]) -> Result<(), Failure> {
    if let Some(("--peers", rest)) = rest.split_first().map(|(first, rest)| (first.as_str(), rest)) {
        return bench_engines(place, rest);
    }
    let mut command = place.cargo(&["run", "--release", "--package", "fachwerk", "--", "bench"]);
    command.args(rest);
    if !rest.is_empty() {
        return place::become_program(command);
    }
    run(command)?;
    // Several nodes need a server of databases; `fachwerk bench` itself reads which one.
    let nodes = if std::env::var_os("FACHWERK_DATABASE").is_some() { &NODES[..] } else { &[] };
    for arguments in std::iter::once(&BY_HTTP).chain(nodes) {
        let bench: &[&str] = &["run", "--release", "--package", "fachwerk", "--", "bench"];
        run(place.cargo(&[bench, arguments].concat()))?;
    }
    bench_tables(place);
    Ok(())
}

/// The workloads of cases once more, by HTTP.
const BY_HTTP: &[&str] = &["--http"];
/// One node and more on one database that lies five milliseconds away, for sixteen authorities.
const NODES: [&[&str]; 3] = [
    &["--workload", "one-task", "--nodes", "1", "--http", "--tenants", "16", "--round-trip-ms", "5"],
    &["--workload", "one-task", "--nodes", "2", "--tenants", "16", "--round-trip-ms", "5"],
    &["--workload", "one-task", "--nodes", "4", "--tenants", "16", "--round-trip-ms", "5"],
];

/// Other engines in one run with ours, on the same PostgreSQL (`tests/peers`).
fn bench_engines(place: &Place, rest: &[String]) -> Result<(), Failure> {
    let target = place.target();
    let mut command = place.cargo(&["run", "--release", "--locked", "--quiet", "--manifest-path"]);
    command.arg(place.root.join("tests/peers/Cargo.toml"));
    command.arg("--target-dir").arg(target.join("peers/runner")).arg("--");
    command.arg("--target").arg(target.join("peers"));
    if !rest.iter().any(|argument| argument == "--fachwerk") {
        run(place.cargo(&["build", "--release", "--package", "fachwerk"]))?;
        command.arg("--fachwerk").arg(target.join("release/fachwerk"));
    }
    command.args(rest);
    run(command)
}

/// The peers are a workspace of their own with its own lock file. They are many and heavy; where they cannot be built,
/// this says so and is no failure of ours.
fn bench_tables(place: &Place) {
    let manifest = place.root.join("engine/rules/peers/Cargo.toml");
    let target = place.root.join("target/peers");
    let mut command = place.cargo(&["run", "--release", "--locked", "--quiet", "--manifest-path"]);
    command.arg(manifest).arg("--target-dir").arg(target);
    if let Err(failure) = run(command) {
        eprintln!("SKIPPED: the peers could not be built or run: {failure}");
    }
}

/// `make soak`: every test but the fuzzers, with many more seeds.
pub fn soak(place: &Place) -> Result<(), Failure> {
    needs::ensure(place, Purpose::Test)?;
    let mut command = place.cargo(&["test", "--release", "--workspace", "--no-fail-fast"]);
    command.args(["--", "--include-ignored", "--skip", "fuzz_"]);
    command.env("FACHWERK_SOAK", number("FACHWERK_SOAK", 20)?.to_string());
    run(command)
}

/// `make fuzz`: the fuzzers, each for the same time.
pub fn fuzz(place: &Place) -> Result<(), Failure> {
    needs::ensure(place, Purpose::Test)?;
    let mut command = place.cargo(&["test", "--release", "--workspace", "--no-fail-fast"]);
    command.args(["--", "--ignored", "fuzz_"]);
    command.env("FACHWERK_FUZZ_S", number("FACHWERK_FUZZ_S", 60)?.to_string());
    run(command)
}

/// A number from the environment, at least 1; without one, the usual.
fn number(name: &str, usual: u64) -> Result<u64, Failure> {
    match std::env::var(name) {
        Err(_) => Ok(usual),
        Ok(text) => match text.parse() {
            Ok(number) if number >= 1 => Ok(number),
            _ => Err(Failure::Machine(format!("{name} must be a whole number from 1 upwards, is `{text}`"))),
        },
    }
}
