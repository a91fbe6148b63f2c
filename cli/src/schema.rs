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
    /// The OpenAPI document of the HTTP interface.
    Openapi,
}

/// Prints a schema.
pub fn run(arguments: &Arguments) -> Result<End, Failure> {
    let text = match arguments.of {
        Of::Process => schemas::PROCESS.to_owned(),
        Of::Block => schemas::BLOCK.to_owned(),
        Of::Scenario => schemas::SCENARIO.to_owned(),
        Of::Openapi => fachwerk_designer_api::openapi(),
    };
    say(text.trim_end());
    Ok(End::Good)
}
