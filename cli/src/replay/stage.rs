//! Where traces are played: a database of its own, an authority with people, the process in use, a clock that is moved.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use fachwerk_core::{
    authority::{AuthorityCommand, Profile},
    command::{Command, Request},
    definition::Release,
    facts::Actor,
    language::Folder,
    scenario::SimulationConnector,
    words::{CaseId, PersonId, RoleId, TenantId, Text, Timestamp},
};
use fachwerk_runtime::{DeployError, Founding, Runtime, SubmitError, clock::Clock};
use fachwerk_store::{Place, Report, Store};
use uuid::Uuid;

use crate::{Failure, connectors, files};

/// Two people with every role of the process: who may not do a task (four-eyes) leaves it to the other.
const PEOPLE: [(&str, &str); 2] = [("replay-1", "Ada Beispiel"), ("replay-2", "Ben Beispiel")];
const ADMIN: &str = "replay-admin";
/// Timers that cannot be fired come back; after so many rounds without an end this is said.
const MOST_ROUNDS: usize = 100_000;

/// A place where traces are played.
pub struct Stage {
    /// The engine.
    pub runtime: Runtime,
    /// The authority.
    pub tenant: TenantId,
    /// The process.
    pub release: Arc<Release>,
    /// Those who do the tasks.
    pub people: Vec<PersonId>,
    /// Removed at the end.
    scratch: Option<Scratch>,
}

/// A directory that is removed when it is no longer needed.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        // Whoever cleans the directory for temporary files finds what is left.
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Stage {
    /// Sets an authority up in a data directory, or in a temporary one, on a clock that stands at an instant, and deploys
    /// a process.
    pub async fn set(
        data: Option<&Path>,
        now: Timestamp,
        process: &Folder,
        release: Arc<Release>,
    ) -> Result<Stage, Failure> {
        let (dir, scratch) = match data {
            Some(dir) if dir.join(fachwerk_store::DATABASE_FILE).exists() => {
                return Err(format!(
                    "there is a database in {} already; name an empty directory",
                    dir.display()
                ));
            }
            Some(dir) => (dir.to_path_buf(), None),
            None => {
                let dir = std::env::temp_dir().join(format!("fachwerk-replay-{}", Uuid::now_v7()));
                (dir.clone(), Some(Scratch(dir)))
            }
        };
        let store = Store::open(&Place::Sqlite { dir }).await.map_err(|error| error.text().en.to_string())?;
        let runtime = Runtime::new(store, Clock::stopped_at(now), connectors::all());
        let tenant = TenantId::from("replay");
        let people = PEOPLE.iter().map(|(person, _)| PersonId::from(*person)).collect();
        runtime.take_part().await.map_err(|error| error.text().en.to_string())?;
        let stage = Stage { runtime, tenant, release, people, scratch };
        stage.found().await.map_err(|error| format!("the authority cannot be set up: {error}"))?;
        stage.deploy(process, &connectors::simulated).await?;
        Ok(stage)
    }

    async fn found(&self) -> Result<(), fachwerk_runtime::ChangeError> {
        let name = Text::new("Nachspiel eines Ereignisprotokolls", "Replay of an event log");
        let (tenant, administrator) = (self.tenant.clone(), PersonId::from(ADMIN));
        let profile = Profile { name, ..Profile::example() };
        let founding = Founding { tenant, profile, administrator, name: ADMIN.into() };
        self.runtime.found(founding).await?;
        let roles: BTreeSet<RoleId> = self.release.roles.keys().cloned().collect();
        for (person, name) in PEOPLE {
            let (person, name, roles) = (PersonId::from(person), name.into(), roles.clone());
            let command = AuthorityCommand::SetPerson { person, name, roles, active: true };
            self.runtime.change(&self.tenant, admin(), Uuid::now_v7(), command).await?;
        }
        Ok(())
    }

    /// Deploys the process, after the blocks that it may use.
    async fn deploy(&self, process: &Folder, connector: SimulationConnector<'_>) -> Result<(), Failure> {
        let (runtime, tenant) = (&self.runtime, &self.tenant);
        let blocks = files::built_in_blocks();
        let installed = runtime.install_blocks(tenant, admin(), &blocks, connector).await;
        let done = match installed {
            Ok(_) => runtime.deploy(tenant, admin(), process, connector).await.map(|_| ()),
            Err(error) => Err(error),
        };
        done.map_err(|error| match &error {
            DeployError::NotDeployable { .. } => {
                format!("{} See `fachwerk check` and `fachwerk test`.", error.text().en)
            }
            _ => error.text().en.to_string(),
        })
    }

    /// Lets time pass until an instant; what is due by then happens in its order, each on its own day.
    pub async fn advance(&self, until: Timestamp) -> Result<(), Failure> {
        for _ in 0..MOST_ROUNDS {
            let next = self.runtime.store().next_timer_at().await.map_err(|error| error.to_string())?;
            match next.filter(|next| *next <= until) {
                Some(next) => {
                    self.runtime.clock().advance_to(next);
                    self.settle().await?;
                }
                None => {
                    self.runtime.clock().advance_to(until);
                    return Ok(());
                }
            }
        }
        Err(format!(
            "timers could not be fired before {until}, again and again; `--data DIR` keeps the database to look into"
        ))
    }

    /// Does what is due now: timers and effects.
    pub async fn settle(&self) -> Result<(), Failure> {
        self.runtime.settle().await.map_err(|error| error.to_string())
    }

    /// Asks a case.
    pub async fn submit(&self, actor: Actor, case: CaseId, command: Command) -> Result<(), SubmitError> {
        let request = Request { tenant: self.tenant.clone(), case, command_id: Uuid::now_v7(), command };
        self.runtime.submit(actor, request).await.map(|_| ())
    }

    /// Compares the journal with all lists, and closes the database.
    pub async fn verify_and_close(self) -> Result<Report, Failure> {
        let report = self.runtime.verify(&self.tenant).await.map_err(|error| error.to_string())?;
        self.runtime.store().close().await;
        drop(self.scratch);
        Ok(report)
    }
}

fn admin() -> Actor {
    Actor::Person(PersonId::from(ADMIN))
}
