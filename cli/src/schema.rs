//! `fachwerk schema`

use clap::ValueEnum;
use fachwerk_core::language::schemas;

use crate::{End, Failure, output::say};

/// What `schema` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// Which schema.
    #[arg(value_enum)]
    of: Of,
}

#[derive(Clone, Copy, ValueEnum)]
enum Of {
    /// `process.yaml`
    Process,
    /// `block.yaml`
    Block,
    /// `scenarios/*.yaml`
    Scenario,
}

/// Prints a schema.
pub fn run(arguments: &Arguments) -> Result<End, Failure> {
    say(match arguments.of {
        Of::Process => schemas::PROCESS,
        Of::Block => schemas::BLOCK,
        Of::Scenario => schemas::SCENARIO,
    });
    Ok(End::Good)
}
