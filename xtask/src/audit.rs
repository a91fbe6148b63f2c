//! `make audit`: licences, bans and sources of what we depend on, known vulnerabilities, and the bills of material.

use std::{path::PathBuf, process::Command, time::Duration};

use crate::{
    Failure,
    needs::{self, Purpose},
    place::{self, Place, on_path, run},
    watch::watch,
    web,
};

/// Programs from crates.io, in the versions that deny.toml and the bills were written for.
const TOOLS: [(&str, &str); 2] = [("cargo-deny", "0.20.2"), ("cargo-sbom", "0.10.0")];

pub fn audit(place: &Place) -> Result<(), Failure> {
    for (tool, version) in TOOLS {
        install(place, tool, version)?;
    }
    needs::ensure(place, Purpose::Run)?;
    web::install(place).map_err(Failure::Found)?;
    write_bills(place)?;
    run(place.cargo(&["deny", "check", "licenses", "bans", "sources"]))?;
    advisories(place)
}

fn install(place: &Place, tool: &str, version: &str) -> Result<(), Failure> {
    if on_path(tool) {
        return Ok(());
    }
    println!("Missing: {tool}. Installing version {version} from crates.io (this takes some minutes).");
    run(place.cargo(&["install", "--locked", "--version", version, tool]))
        .map_err(|failure| Failure::Machine(failure.to_string()))
}

/// One bill of material a world, CycloneDX: what the binary is built from, and what the page is built from.
fn write_bills(place: &Place) -> Result<(), Failure> {
    let folder = place.target().join("sbom");
    std::fs::create_dir_all(&folder)
        .map_err(|error| Failure::Machine(format!("{}: {error}", folder.display())))?;
    let rust =
        place.cargo(&["sbom", "--cargo-package", "fachwerk", "--output-format", "cyclone_dx_json_1_6"]);
    let web = place.npm(&["sbom", "--sbom-format=cyclonedx", "--omit=dev"]);
    write_bill(rust, folder.join("fachwerk.cdx.json"))?;
    write_bill(web, folder.join("fachwerk-web.cdx.json"))
}

fn write_bill(command: Command, file: PathBuf) -> Result<(), Failure> {
    let bill = place::output(command).map_err(Failure::Found)?;
    std::fs::write(&file, bill).map_err(|error| Failure::Machine(format!("{}: {error}", file.display())))?;
    println!("Written: {}", file.display());
    Ok(())
}

/// Needs the advisory database. Not reaching it is no finding, but nothing has been checked either.
fn advisories(place: &Place) -> Result<(), Failure> {
    let mut unreachable = false;
    let ended =
        watch(&mut place.cargo(&["deny", "check", "advisories"]), Duration::from_secs(600), "", |line| {
            unreachable |= line.contains("failed to fetch advisory database");
        });
    match ended {
        Ok(()) => Ok(()),
        Err(_) if unreachable => Err(Failure::Machine(
            "the advisory database cannot be reached, so known vulnerabilities were NOT checked; all else is good"
                .to_owned(),
        )),
        Err(why) => Err(Failure::Found(why)),
    }
}
