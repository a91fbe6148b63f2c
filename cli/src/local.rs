//! An engine on the data of this machine, for commands that need no server.

use std::{path::PathBuf, sync::Arc};

use fachwerk_core::{
    authority::Authority,
    facts::Actor,
    words::{PersonId, TenantId},
};
use fachwerk_runtime::{Runtime, clock::Clock};
use fachwerk_store::{Documents, KeysAt, Place, Store, StoreError};

use crate::{Failure, connectors, demo, depots};

/// Where the data lie.
#[derive(clap::Args, Clone, Debug)]
pub struct Location {
    /// The data directory of the embedded database; `data` when nothing is said.
    #[arg(long, env = "FACHWERK_DATA", value_name = "DIR", global = true)]
    pub data: Option<PathBuf>,
    /// `postgres://...` instead of the embedded database.
    #[arg(long, env = "FACHWERK_DATABASE", value_name = "URL", hide_env_values = true, global = true)]
    pub database: Option<String>,
    /// Where the keys lie, when not beside the data: a directory, or `postgres://...`.
    #[arg(
        long = "keys-at",
        env = "FACHWERK_KEYS",
        value_name = "DIR|URL",
        hide_env_values = true,
        global = true
    )]
    pub keys_at: Option<String>,
    /// Go on although the keys are older than the data, because newer ones are lost: what needs these cannot be read.
    #[arg(long, global = true)]
    pub older_keys: bool,
    /// Where new documents lie: `database` (nothing said), a folder, named in full, or `s3://bucket/prefix`. Older ones are found
    /// wherever they lie.
    #[arg(long, env = "FACHWERK_DOCUMENTS", value_name = "PLACE", global = true)]
    pub documents: Option<String>,
}

/// Which authority, and who asks.
#[derive(clap::Args, Clone, Debug)]
pub struct Identity {
    /// The authority; may be left out when there is only one.
    #[arg(long, env = "FACHWERK_TENANT", global = true)]
    pub tenant: Option<String>,
    /// The person who asks, as in the journal. Not with --server: there the token says it.
    #[arg(long = "as", env = "FACHWERK_PERSON", value_name = "PERSON", global = true)]
    pub person: Option<String>,
}

impl Location {
    /// Whether a place was named.
    pub fn is_named(&self) -> bool {
        self.data.is_some() || self.database.is_some()
    }

    /// The clock that goes with the data.
    pub fn clock(&self) -> Result<Clock, Failure> {
        if self.database.is_some() { Ok(Clock::system()) } else { demo::clock(&self.dir()) }
    }

    fn dir(&self) -> PathBuf {
        self.data.clone().unwrap_or_else(|| PathBuf::from("data"))
    }

    /// The place of the store.
    pub fn place(&self) -> Place {
        match &self.database {
            Some(url) => Place::Postgres { url: url.clone() },
            None => Place::Sqlite { dir: self.dir() },
        }
    }

    /// The place of the keys, and which will do.
    pub fn keys(&self) -> KeysAt {
        let place = match self.keys_at.as_deref() {
            Some(url) if url.starts_with("postgres:") || url.starts_with("postgresql:") => {
                Place::Postgres { url: url.to_owned() }
            }
            Some(dir) => Place::Sqlite { dir: dir.into() },
            None => self.place(),
        };
        KeysAt { place, older: self.older_keys }
    }

    /// Where documents lie.
    pub fn documents(&self) -> Result<Documents, Failure> {
        let Some(address) = &self.documents else { return Ok(Documents::in_database(depots::open)) };
        Documents::at(address, depots::open)
            .map_err(|error| format!("documents cannot lie in `{address}`: {error}"))
    }

    /// Where the clock of a demo is kept; nowhere with a server of databases.
    pub fn kept_clock(&self) -> Option<PathBuf> {
        self.database.is_none().then(|| self.dir())
    }

    /// Opens an engine here. Only `serve` makes a new database, or keys.
    pub async fn open(&self) -> Result<Runtime, Failure> {
        let store = Store::open_there(&self.place(), self.keys(), &self.documents()?).await;
        let store = store.map_err(|error| error.text().en.to_string())?;
        Ok(Runtime::new(store, self.clock()?, connectors::all()))
    }

    /// The same for work that a server can be asked for as well: when one has the data, that is the way out.
    pub async fn open_or_say_server(&self) -> Result<Runtime, Failure> {
        let store = Store::open_there(&self.place(), self.keys(), &self.documents()?).await;
        let store = store.map_err(|error| match error {
            StoreError::InUse { .. } => format!(
                "{} If it is a server, ask that one: --server URL with an access token (--token-file FILE)",
                error.text().en
            ),
            _ => error.text().en.to_string(),
        })?;
        Ok(Runtime::new(store, self.clock()?, connectors::all()))
    }

    /// Opens the store here; makes the database when there is none.
    pub async fn open_store(&self) -> Result<Store, Failure> {
        let store = Store::open_at(&self.place(), self.keys(), &self.documents()?).await;
        store.map_err(|error| error.text().en.to_string())
    }
}

/// All authorities.
pub async fn tenants(runtime: &Runtime) -> Result<Vec<TenantId>, Failure> {
    let mut all: Vec<TenantId> = Vec::new();
    loop {
        let next = runtime.store().tenants(all.last(), 100).await;
        let next = next.map_err(|error| error.text().en.to_string())?;
        if next.is_empty() {
            return Ok(all);
        }
        all.extend(next);
    }
}

impl Identity {
    /// The authority and the actor, when both are known there.
    pub async fn find(&self, runtime: &Runtime) -> Result<(TenantId, Arc<Authority>, Actor), Failure> {
        let person = self.person.as_deref().ok_or("--as PERSON is missing: who asks?")?;
        let tenant = find_tenant(runtime, self.tenant.as_deref()).await?;
        let authority = runtime
            .authority(&tenant)
            .await
            .map_err(|error| error.to_string())?
            .ok_or_else(|| format!("there is no authority `{tenant}` here"))?;
        let person = PersonId::from(person);
        match authority.people.get(&person) {
            Some(known) if known.active => Ok((tenant, authority, Actor::Person(person))),
            Some(_) => Err(format!("{person} is not active at {tenant}")),
            None => Err(format!("{tenant} knows no person `{person}`")),
        }
    }
}

/// The authority that is meant.
pub async fn find_tenant(runtime: &Runtime, named: Option<&str>) -> Result<TenantId, Failure> {
    let tenants = runtime.store().tenants(None, 100).await.map_err(|error| error.to_string())?;
    match (named, tenants.as_slice()) {
        (Some(named), _) => Ok(TenantId::from(named)),
        (None, [only]) => Ok(only.clone()),
        (None, []) => Err("there is no authority here yet; begin with `fachwerk serve`".to_owned()),
        (None, several) => {
            let list: Vec<String> = several.iter().map(ToString::to_string).collect();
            Err(format!("there are several authorities here ({}); name one with --tenant", list.join(", ")))
        }
    }
}

/// Runs asynchronous work on threads of its own.
pub fn block_on<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let threads = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    threads.map_err(|error| format!("no threads can be started: {error}"))?.block_on(work)
}
