//! An authority with a process and somebody who works there, by name and by token.

use std::collections::BTreeSet;

use fachwerk_core::{
    authority::{AuthorityCommand, Profile, TokenGrant},
    facts::{Actor, day_of},
    words::{Land, PersonId, Place, ProcessId, ReleaseId, RoleId, TenantId, Text, TokenId},
};
use fachwerk_runtime::{Founding, Runtime};
use fachwerk_store::{Hash, TokenSecret};
use uuid::Uuid;

use super::workload::folder;
use crate::{Failure, connectors};

/// An authority that is set up.
#[derive(Clone, Debug)]
pub struct Office {
    pub tenant: TenantId,
    pub process: ProcessId,
    pub release: ReleaseId,
    /// Opens the interface in the name of [`clerk`].
    pub token: String,
}

/// Who works there.
pub fn clerk() -> PersonId {
    PersonId::from("jan")
}

/// Who signs what others began.
pub fn signer() -> PersonId {
    PersonId::from("lea")
}

/// What they work as.
pub fn roles() -> BTreeSet<RoleId> {
    [RoleId::from("clerk")].into()
}

/// Sets authorities up that have a process. The same again makes the same, but for ids of commands and the tokens.
pub async fn set_up(runtime: &Runtime, tenants: u32, process: &str) -> Result<Vec<Office>, Failure> {
    let mut offices = Vec::new();
    for number in 1..=tenants {
        offices.push(one(runtime, TenantId::from(format!("bench-{number}")), process).await?);
    }
    Ok(offices)
}

/// Who the authority is: the letters of a mass run say which remedy there is, and that depends on it.
fn profile(process: &str) -> Profile {
    match process {
        "mass-run" => Profile::example(),
        _ => Profile::of(Text::new("Messung", "Bench"), Place::land(Land::ST)),
    }
}

async fn one(runtime: &Runtime, tenant: TenantId, process: &str) -> Result<Office, Failure> {
    let said = |error: &dyn std::fmt::Display| error.to_string();
    let founding = Founding {
        tenant: tenant.clone(),
        profile: profile(process),
        administrator: PersonId::from("admin"),
        name: "Admin".into(),
    };
    runtime.found(founding).await.map_err(|error| said(&error))?;
    let change = async |command| {
        let changed = runtime.change(&tenant, Actor::Engine, Uuid::now_v7(), command).await;
        changed.map_err(|error| said(&error))
    };
    let (person, roles) = (clerk(), roles());
    let leads = BTreeSet::from([RoleId::from("lead")]);
    for (person, name, roles) in [(&person, "Jan", &roles), (&signer(), "Lea", &leads)] {
        let (person, name, roles) = (person.clone(), name.into(), roles.clone());
        change(AuthorityCommand::SetPerson { person, name, roles, active: true }).await?;
    }
    let (id, token) = (TokenId::from("bench"), Uuid::now_v7().simple().to_string());
    let secret = TokenSecret {
        hash: Hash::of(token.as_bytes()),
        tenant: tenant.clone(),
        token: id.clone(),
        last_used_at: None,
    };
    runtime.store().put_token(&secret).await.map_err(|error| said(&error))?;
    let until = day_of(runtime.clock().now()).tomorrow().map_err(|error| said(&error))?;
    let grant = TokenGrant { person, name: "bench".into(), roles, until };
    change(AuthorityCommand::IssueToken { token: id, grant }).await?;
    let deployed = runtime.deploy(&tenant, Actor::Engine, &folder(process), &connectors::simulated).await;
    let release = deployed.map_err(|error| said(&error))?.release;
    Ok(Office { tenant, process: process.into(), release, token })
}
