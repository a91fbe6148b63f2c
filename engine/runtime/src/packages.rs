//! Installing blocks that come as a signed package, and whatever new blocks would break.

use fachwerk_core::{
    authority::{NewBlock, PackageOrigin},
    diagnostic::{Diagnostic, Problems, Severity, Span},
    facts::{Actor, day_of},
    language::{Catalogue, check_block_folder, compile},
    package::{Package, PackageFault},
    scenario::SimulationConnector,
    words::{TenantId, Text},
};
use fachwerk_store::Signature;

use crate::{
    DeployError, InstalledVersion, Runtime, SubmitError,
    deploy::{Judged, judge, unbundle},
};

/// Packages say for which versions of the program they are.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Who vouches for a package, when the signature is one over it. Whether the key is one to trust is another question.
pub fn vouched(package: &Package) -> Result<PackageOrigin, PackageFault> {
    let signature = package.signature.as_ref().ok_or(PackageFault::Unsigned)?;
    let checked = Signature { key: signature.key.to_string(), value: signature.value.to_string() };
    if !checked.vouches_for(&package.signed_bytes()) {
        return Err(PackageFault::Tampered("signature".into()));
    }
    Ok(PackageOrigin {
        package: package.manifest.package.clone(),
        version: package.manifest.version.clone(),
        key: signature.key.clone(),
        hash: package.hash(),
    })
}

impl Runtime {
    /// Installs all blocks of a package of a publisher whom the authority trusts, or none.
    pub async fn install_package(
        &self,
        tenant: &TenantId,
        actor: Actor,
        package: &Package,
        connector: SimulationConnector<'_>,
    ) -> Result<Vec<InstalledVersion>, DeployError> {
        let origin = vouched(package)?;
        let authority = self.authority(tenant).await?.ok_or(SubmitError::AuthorityUnknown)?;
        if !authority.publishers.contains_key(&origin.key) {
            return Err(PackageFault::KeyUnknown(origin.key).into());
        }
        package.fits_engine(VERSION)?;
        package.finds_its_needs(&self.catalogue(tenant).await?)?;
        let folders = package.folders();
        let mut problems = Problems::default();
        folders.iter().for_each(|folder| check_block_folder(folder, &mut problems));
        if problems.has_errors() {
            let problems = problems.into_sorted();
            return Err(DeployError::NotDeployable { problems, scenarios: Vec::new() });
        }
        self.install_together(tenant, actor, (&folders, Some(origin)), connector).await
    }

    /// The processes in use that could be deployed again as they are, and could not any more with new blocks. (Cases under way
    /// keep the blocks of their release whatever is installed.)
    pub(crate) async fn broken_by(
        &self,
        tenant: &TenantId,
        new: &[NewBlock],
        (before, after): (&Catalogue, &Catalogue),
        connector: SimulationConnector<'_>,
    ) -> Result<Vec<Diagnostic>, DeployError> {
        let authority = self.authority(tenant).await?.ok_or(SubmitError::AuthorityUnknown)?;
        let whose = (&*authority, day_of(self.clock().now()));
        let mut problems = Problems::default();
        for (process, id) in &authority.current {
            let release = match self.release(tenant, id).await {
                Ok(release) => release,
                Err(error) if error.is_of_database() => return Err(error.into()),
                // What cannot be read now is not broken by what is new.
                Err(_) => continue,
            };
            let Some(deployed) = authority.releases.get(id) else { continue };
            if !new.iter().any(|new| release.blocks.contains_key(&new.block)) {
                continue;
            }
            let (folder, _) = unbundle(&self.files(tenant, &deployed.files, "").await?);
            let made_of = |catalogue| compile(&folder, catalogue).release.map(|release| release.id);
            if made_of(before).is_some_and(|same| made_of(after) == Some(same)) {
                continue;
            }
            let against = |catalogue| stands_against(&judge(&folder, catalogue, whose, connector));
            let Some(why) = against(after).filter(|_| against(before).is_none()) else { continue };
            let title = &deployed.title;
            let message = Text::new(
                format!("„{}“ ließe sich damit nicht mehr in Einsatz nehmen: {}", title.de, why.de),
                format!("“{}” could not be deployed with it any more: {}", title.en, why.en),
            );
            let place = Span::file(format!("{process}/process.yaml"));
            problems.error(&place, "breaks_process", message).help(Text::new(
                "Wer den Baustein schreibt, erhöht die erste Zahl seiner Version: Verfahren nehmen ihn dann erst, wenn sie es sagen.",
                "Whoever writes the block raises the first number of its version: processes take it only when they say so.",
            ));
        }
        Ok(problems.into_sorted())
    }
}

/// The first thing that stands against a deployment. What a person may wave through does not.
fn stands_against(Judged { problems, scenarios, .. }: &Judged) -> Option<Text> {
    let error = problems.iter().find(|problem| problem.severity == Severity::Error).map(|problem| {
        let place = &problem.span;
        Text::new(format!("{place}: {}", problem.message.de), format!("{place}: {}", problem.message.en))
    });
    let failed = scenarios.iter().find(|scenario| !scenario.passed).map(|scenario| {
        let (title, why) = (&scenario.title, scenario.failure.as_deref().unwrap_or_default());
        Text::new(format!("Beispiel „{title}“ scheitert: {why}"), format!("scenario “{title}” fails: {why}"))
    });
    error.or(failed)
}
