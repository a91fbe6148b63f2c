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

/// `make bench`: the standard workloads, one JSON object a line.
pub fn bench(place: &Place, rest: &[String]) -> Result<(), Failure> {
    let mut command = place.cargo(&["run", "--release", "--package", "fachwerk", "--", "bench"]);
    command.args(rest);
    place::become_program(command)
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
