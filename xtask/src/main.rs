//! What developers run besides cargo and npm. The Makefile names the same words; `cargo run -p xtask` lists them.
//!
//! # Architecture invariant
//! Nothing of the product lives here and nothing of ours is imported: this program starts other programs, reads what
//! they print and compares files. Only the standard library, so a fresh machine builds it in seconds. There is no shell
//! in between: every argument reaches its program as it was given.

#![allow(clippy::print_stdout, reason = "a developer's tool talks to the person in front of it")]

mod audit;
mod count;
mod drift;
mod expectations;
mod long;
mod needs;
mod place;
mod stage;
mod suite;
mod watch;
mod web;

use std::{fmt, process::ExitCode};

use place::Place;

const USAGE: &str = "\
cargo run -p xtask -- COMMAND [ARGUMENT...]

  run [ARG...]     build everything and serve it with a demo authority on http://127.0.0.1:8080;
                   arguments go to `fachwerk serve`
  test [STAGE...]  every test, or the named stages with what they need
  lint             format, clippy, types and lint of the browser application
  setup            install what is missing on this machine
  web              build the browser application if its sources changed
  fmt              format Rust and the browser application
  bless            rewrite expectations, openapi.json and the generated client
  bench [ARG...]   standard workloads, release build; arguments go to `fachwerk bench`;
                   `bench --peers [ARG...]` measures other engines beside ours (tests/peers)
  soak             every test with many more seeds, release build (FACHWERK_SOAK=20)
  fuzz             the fuzzers, release build (FACHWERK_FUZZ_S=60 seconds each)
  audit            licences, advisories, sources; writes the bills of material to target/sbom/
";

/// Why a command of xtask ends early.
#[derive(Debug)]
pub enum Failure {
    /// The work was done and found problems: exit 1.
    Found(String),
    /// Wrong use, or the machine failed: exit 2.
    Machine(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Found(text) | Failure::Machine(text) => f.write_str(text),
        }
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((command, rest)) = arguments.split_first() else {
        println!("{USAGE}");
        return ExitCode::from(2);
    };
    match dispatch(command, rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("xtask {command}: {failure}");
            ExitCode::from(match failure {
                Failure::Found(_) => 1,
                Failure::Machine(_) => 2,
            })
        }
    }
}

fn dispatch(command: &str, rest: &[String]) -> Result<(), Failure> {
    let place = Place::find()?;
    let takes_arguments = ["run", "test", "bench"].contains(&command);
    if !takes_arguments && !rest.is_empty() {
        return Err(Failure::Machine(format!("takes no arguments, got: {}", rest.join(" "))));
    }
    match command {
        "run" => serve(&place, rest),
        "test" => suite::test(&place, rest),
        "lint" => suite::lint(&place),
        "setup" => needs::ensure(&place, needs::Purpose::Test),
        "web" => {
            needs::ensure(&place, needs::Purpose::Run)?;
            web::install(&place).and_then(|()| web::build(&place)).map_err(Failure::Found)
        }
        "fmt" => expectations::format(&place),
        "bless" => expectations::bless(&place),
        "bench" => long::bench(&place, rest),
        "soak" => long::soak(&place),
        "fuzz" => long::fuzz(&place),
        "audit" => audit::audit(&place),
        _ => Err(Failure::Machine(format!("no such command.\n\n{USAGE}"))),
    }
}

/// Builds the page and the binary, then becomes the server. The development profile: dependencies are optimised a
/// little, ours are not, and the first build takes minutes instead of a quarter of an hour.
fn serve(place: &Place, rest: &[String]) -> Result<(), Failure> {
    needs::ensure(place, needs::Purpose::Run)?;
    web::install(place).and_then(|()| web::build(place)).map_err(Failure::Found)?;
    println!("Building fachwerk (the first time takes some minutes) ...");
    let mut command =
        place.cargo(&["run", "--package", "fachwerk", "--", "serve", "--demo", "--data", "data"]);
    command.args(rest);
    place::become_program(command)
}
