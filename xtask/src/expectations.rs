//! Rewrites what tests expect and what is generated, by one command; the person reads the diff.

use crate::{
    Failure, drift,
    needs::{self, Purpose},
    place::{self, Place, run},
    web,
};

/// `make bless`: openapi.json, the client, then every expectation. Tests that are wrong for another reason still fail.
pub fn bless(place: &Place) -> Result<(), Failure> {
    needs::ensure(place, Purpose::Test)?;
    run(place.cargo(&["build", "--workspace", "--all-targets"]))?;
    let document = place::output(place.built(&["schema", "openapi"])).map_err(Failure::Found)?;
    std::fs::write(drift::document(place), document)
        .map_err(|error| Failure::Machine(format!("designer-api/openapi.json: {error}")))?;
    web::install(place).map_err(Failure::Found)?;
    run(place.npm(&["run", "generate"]))?;
    let mut tests = place.cargo(&["test", "--workspace", "--no-fail-fast"]);
    tests.env("FACHWERK_BLESS", "1").env("INSTA_UPDATE", "always");
    let rust = run(tests);
    run(place.npm(&["run", "test", "--", "--update"]))?;
    rust?;
    println!("Rewritten. Please read `git diff` before you commit it.");
    Ok(())
}

/// `make fmt`.
pub fn format(place: &Place) -> Result<(), Failure> {
    run(place.cargo(&["fmt", "--all"]))?;
    needs::ensure(place, Purpose::Run)?;
    web::install(place).map_err(Failure::Found)?;
    run(place.npm(&["run", "format"]))
}
