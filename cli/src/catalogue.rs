//! The catalogue that comes with the program, for authorities that are set up.

use fachwerk_core::{facts::Actor, words::TenantId};
use fachwerk_runtime::{DeployError, Runtime};

use crate::{Failure, connectors, files};

/// Installs all blocks of the catalogue; how many there are.
pub async fn install(runtime: &Runtime, tenant: &TenantId) -> Result<usize, Failure> {
    let blocks = files::built_in_blocks();
    let installed = runtime.install_blocks(tenant, Actor::Engine, &blocks, &connectors::simulated).await;
    tell("the catalogue", installed.map(|_| ()))?;
    Ok(blocks.len())
}

/// An old data directory may hold the same version with other content: that stays as it is.
pub fn tell(name: &str, done: Result<(), DeployError>) -> Result<(), Failure> {
    match done {
        Ok(()) => Ok(()),
        Err(DeployError::VersionTaken { version, .. }) => {
            eprintln!("{name}: version {version} is in use with other content; it stays");
            Ok(())
        }
        Err(DeployError::NotDeployable { problems, scenarios }) => {
            let problem = problems.first().map(|problem| format!("{}: {}", problem.span, problem.message.en));
            let failed = scenarios.iter().find(|scenario| !scenario.passed).map(|failed| {
                let problem = failed
                    .problems
                    .first()
                    .map(|problem| format!("{}: {}", problem.span, problem.message.en));
                format!("{}: {}", failed.title, problem.or(failed.failure.clone()).unwrap_or_default())
            });
            Err(format!("{name} cannot be deployed: {}", problem.or(failed).unwrap_or_default()))
        }
        Err(error) => Err(format!("{name}: {}", error.text().en)),
    }
}
