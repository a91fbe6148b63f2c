//! Checking, testing and deploying a process; installing a block.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use fachwerk_core::{
    authority::{Authority, AuthorityCommand, AuthorityRejection, NewBlock, PackageOrigin, file_of_block},
    definition::Release,
    diagnostic::{Diagnostic, Problems, Severity},
    facts::{Actor, day_of},
    language::{Catalogue, Compiled, Folder, compile},
    scenario::{SimulationConnector, without_scenario},
    soundness::{self, Proven},
    words::{Date, ReleaseId, TenantId},
};
use uuid::Uuid;

use crate::{
    DeployError, Runtime, ScenarioOutcome, SubmitError, authorities::ChangeError, play_block_scenarios,
    play_scenarios,
};

/// A process that was deployed.
#[derive(Debug)]
pub struct Deployed {
    /// The release that new cases begin with.
    pub release: ReleaseId,
    /// Its version.
    pub version: Arc<str>,
    /// Warnings.
    pub problems: Vec<Diagnostic>,
    /// What came of its scenarios; all passed.
    pub scenarios: Vec<ScenarioOutcome>,
}

/// A version of a block that is installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstalledVersion {
    /// The block.
    pub block: Arc<str>,
    /// Its version.
    pub version: Arc<str>,
}

impl Runtime {
    /// Checks a process and plays its scenarios; deploys it when nothing stands against it.
    pub async fn deploy(
        &self,
        tenant: &TenantId,
        actor: Actor,
        process: &Folder,
        connector: SimulationConnector<'_>,
    ) -> Result<Deployed, DeployError> {
        self.deploy_despite(tenant, actor, process, connector, None).await
    }

    /// The same; with a reason also when there are concerns, which then stands in the stream of the authority.
    pub async fn deploy_despite(
        &self,
        tenant: &TenantId,
        actor: Actor,
        process: &Folder,
        connector: SimulationConnector<'_>,
        reason: Option<&str>,
    ) -> Result<Deployed, DeployError> {
        let catalogue = self.catalogue(tenant).await?;
        let authority = self.authority(tenant).await?.ok_or(SubmitError::AuthorityUnknown)?;
        let today = day_of(self.inner.clock.now());
        let Judged { release, problems, scenarios } =
            judge(process, &catalogue, (&authority, today), connector);
        let has = |severity| problems.iter().any(|problem| problem.severity == severity);
        let (refused, despite) = (has(Severity::Error), has(Severity::Concern));
        let reason = reason.map(str::trim).filter(|reason| despite && !reason.is_empty());
        let failed = scenarios.iter().any(|scenario| !scenario.passed);
        let concerns = problems.iter().filter(|problem| problem.severity == Severity::Concern);
        let concerns: BTreeSet<&str> = concerns.map(|problem| problem.code).collect();
        let stopped = refused || failed || (despite && reason.is_none());
        let Some(release) = release.filter(|_| !stopped) else {
            return Err(DeployError::NotDeployable { problems, scenarios });
        };
        let bundle = bundle(process, &release, &catalogue);
        let files = self.keep_files(tenant, "", &bundle).await?;
        let command = AuthorityCommand::Deploy {
            process: release.process.clone(),
            version: release.version.clone(),
            release: release.id.clone(),
            title: release.title.clone(),
            files,
            despite: reason.map(Into::into),
            concerns: concerns.into_iter().map(Into::into).collect(),
            retention: release.retention.clone(),
        };
        let taken = (release.process.to_string(), release.version.to_string());
        self.change(tenant, actor, Uuid::now_v7(), command).await.map_err(|error| changed(error, taken))?;
        Ok(Deployed { release: release.id, version: release.version, problems, scenarios })
    }

    /// Checks a block with its scenarios and installs it.
    pub async fn install_block(
        &self,
        tenant: &TenantId,
        actor: Actor,
        folder: &Folder,
        connector: SimulationConnector<'_>,
    ) -> Result<InstalledVersion, DeployError> {
        let mut installed =
            self.install_blocks(tenant, actor, std::slice::from_ref(folder), connector).await?;
        Ok(installed.remove(0))
    }

    /// Checks blocks that come together, and installs all of them or none; they may use each other.
    pub async fn install_blocks(
        &self,
        tenant: &TenantId,
        actor: Actor,
        folders: &[Folder],
        connector: SimulationConnector<'_>,
    ) -> Result<Vec<InstalledVersion>, DeployError> {
        self.install_together(tenant, actor, (folders, None), connector).await
    }

    /// The same; and the package that they come with.
    pub(crate) async fn install_together(
        &self,
        tenant: &TenantId,
        actor: Actor,
        (folders, package): (&[Folder], Option<PackageOrigin>),
        connector: SimulationConnector<'_>,
    ) -> Result<Vec<InstalledVersion>, DeployError> {
        let before = self.catalogue(tenant).await?;
        let mut catalogue = before.clone();
        let mut problems = Problems::default();
        let read = catalogue.add_all(folders.iter().cloned(), &mut problems);
        if problems.has_errors() {
            return Err(DeployError::NotDeployable {
                problems: problems.into_sorted(),
                scenarios: Vec::new(),
            });
        }
        let mut blocks = Vec::new();
        for (folder, (block, version)) in folders.iter().zip(read.into_iter().flatten()) {
            let scenarios = play_block_scenarios(folder, &catalogue, connector).scenarios;
            if scenarios.iter().any(|scenario| !scenario.passed) {
                return Err(DeployError::NotDeployable { problems: Vec::new(), scenarios });
            }
            let files = self.keep_files(tenant, "", folder).await?;
            blocks.push(NewBlock { block, version: version.to_string().into(), files });
        }
        let installed = blocks
            .iter()
            .map(|new| InstalledVersion { block: new.block.clone(), version: new.version.clone() });
        let installed: Vec<_> = installed.collect();
        let problems = self.broken_by(tenant, &blocks, (&before, &catalogue), connector).await?;
        if !problems.is_empty() {
            return Err(DeployError::NotDeployable { problems, scenarios: Vec::new() });
        }
        let authority = self.authority(tenant).await?.ok_or(SubmitError::AuthorityUnknown)?;
        let taken = blocks.iter().find(|new| {
            authority.installed(&new.block, &new.version).is_some_and(|known| known.files != new.files)
        });
        let taken = taken.or(blocks.first());
        let taken = taken.map(|new| (new.block.to_string(), new.version.to_string())).unwrap_or_default();
        let command = AuthorityCommand::InstallBlocks { blocks, package };
        let changed_by = self.change(tenant, actor, Uuid::now_v7(), command).await;
        changed_by.map_err(|error| changed(error, taken))?;
        Ok(installed)
    }
}

/// What a check and the scenarios of a process say.
pub(crate) struct Judged {
    /// What would be deployed.
    pub release: Option<Release>,
    /// What was found.
    pub problems: Vec<Diagnostic>,
    /// What came of its scenarios.
    pub scenarios: Vec<ScenarioOutcome>,
}

/// Checks a process for an authority and plays its scenarios.
pub(crate) fn judge(
    process: &Folder,
    catalogue: &Catalogue,
    (authority, today): (&Authority, Date),
    connector: SimulationConnector<'_>,
) -> Judged {
    let compiled = soundness::check(process, catalogue);
    let Proven { release, mut problems, .. } = soundness::for_authority(compiled, authority, today);
    problems.extend(release.iter().flat_map(soundness::advised));
    problems.extend(without_scenario(process));
    let played = release.as_ref().map(|release| play_scenarios(process, release, catalogue, connector));
    let scenarios = played.map(|played| played.scenarios).unwrap_or_default();
    Judged { release, problems, scenarios }
}

fn changed(error: ChangeError, (process, version): (String, String)) -> DeployError {
    match error {
        ChangeError::Rejected(AuthorityRejection::VersionTaken) => {
            DeployError::VersionTaken { process, version }
        }
        ChangeError::Rejected(rejection) => DeployError::Rejected(rejection),
        ChangeError::Submit(error) => DeployError::Submit(error),
    }
}

/// A process with the blocks that it uses, as one folder: `process/...` and `blocks/<id>/...`.
pub fn bundle(process: &Folder, release: &Release, catalogue: &Catalogue) -> Folder {
    let mut files = BTreeMap::new();
    for (name, bytes) in &process.files {
        files.insert(format!("process/{name}").into(), bytes.clone());
    }
    for (id, used) in &release.blocks {
        for (name, bytes) in catalogue.exact(id, &used.version).iter().flat_map(|entry| &entry.folder.files) {
            files.insert(file_of_block(id, name), bytes.clone());
        }
    }
    Folder { name: process.name.clone(), files }
}

/// What [`bundle`] put together, apart again: the process, and its blocks.
pub fn unbundle(bundle: &Folder) -> (Folder, Catalogue) {
    let mut process = Folder { name: bundle.name.clone(), ..Folder::default() };
    let mut blocks: BTreeMap<&str, Folder> = BTreeMap::new();
    for (name, bytes) in &bundle.files {
        if let Some(name) = name.strip_prefix("process/") {
            process.files.insert(name.into(), bytes.clone());
        } else if let Some((id, name)) = name.strip_prefix("blocks/").and_then(|rest| rest.split_once('/')) {
            let folder = blocks.entry(id).or_insert_with(|| Folder {
                name: format!("building-blocks/{id}").into(),
                ..Folder::default()
            });
            folder.files.insert(name.into(), bytes.clone());
        }
    }
    let mut catalogue = Catalogue::default();
    let mut problems = Problems::default();
    for folder in blocks.into_values() {
        catalogue.add(folder, &mut problems);
    }
    (process, catalogue)
}

/// Compiles what [`bundle`] put together.
pub fn compile_bundle(bundle: &Folder) -> Compiled {
    let (process, catalogue) = unbundle(bundle);
    compile(&process, &catalogue)
}
