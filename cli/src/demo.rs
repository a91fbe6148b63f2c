//! A demo authority: people, blocks and examples, so that the first minute shows real work.

use std::collections::BTreeSet;

use fachwerk_core::{
    authority::AuthorityCommand,
    facts::Actor,
    language::Folder,
    words::{Land, PersonId, Place, RoleId, TenantId, Text},
};
use fachwerk_designer_api::Api;
use fachwerk_runtime::Founding;
use uuid::Uuid;

use crate::{Failure, catalogue, connectors, files};

/// The demo authority.
pub const TENANT: &str = "musterstadt";
/// The password of all demo accounts.
pub const PASSWORD: &str = "demo";

/// Who works there, and as what.
pub const PEOPLE: [(&str, &str, &[&str]); 5] = [
    ("admin", "Anna Admin", &["administrator", "designer"]),
    ("jan", "Jan Krüger", &["clerk"]),
    ("mia", "Mia Sommer", &["clerk", "lead"]),
    ("ole", "Ole Brandt", &["clerk"]),
    ("dora", "Dora Fuchs", &["designer", "clerk"]),
];

/// Folders of examples that show one construct of the language each: to read, not to work with.
const TO_READ: [&str; 2] = ["examples/patterns/", "examples/constructs/"];

/// The processes that the demo authority works with.
fn examples() -> Vec<Folder> {
    let mut folders = files::built_in_examples();
    folders.retain(|folder| !TO_READ.iter().any(|group| folder.name.starts_with(group)));
    folders
}

/// Sets the demo authority up, unless it is there.
pub async fn prepare(api: &Api) -> Result<(), Failure> {
    let runtime = &api.runtime;
    let tenant = TenantId::from(TENANT);
    let known = runtime.authority(&tenant).await.map_err(|error| error.to_string())?;
    if known.is_none() {
        let founding = Founding {
            tenant: tenant.clone(),
            title: Text::new("Stadt Musterstadt", "Town of Musterstadt"),
            place: Place::land(Land::ST),
            administrator: PersonId::from("admin"),
            name: "Anna Admin".into(),
        };
        runtime.found(founding).await.map_err(|error| error.to_string())?;
    }
    for (person, name, roles) in PEOPLE {
        let roles: BTreeSet<RoleId> = roles.iter().map(|role| RoleId::from(*role)).collect();
        let command =
            AuthorityCommand::SetPerson { person: person.into(), name: name.into(), roles, active: true };
        let set = runtime.change(&tenant, Actor::Engine, Uuid::now_v7(), command).await;
        set.map_err(|error| error.to_string())?;
        let has_password = runtime
            .store()
            .password_hash(&tenant, &person.into())
            .await
            .map_err(|error| error.to_string())?;
        if has_password.is_none() {
            let set = fachwerk_designer_api::set_password(api, &tenant, &person.into(), PASSWORD).await;
            set.map_err(|why| why.en.to_string())?;
        }
    }
    catalogue::install(runtime, &tenant).await?;
    for folder in examples() {
        let name = folder.name.clone();
        let deployed = runtime.deploy(&tenant, Actor::Engine, &folder, &connectors::simulated).await;
        catalogue::tell(&name, deployed.map(|_| ()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_demo_works_with_whole_procedures_only() {
        let names: Vec<String> = examples().iter().map(|folder| folder.name.to_string()).collect();
        assert_eq!(names, ["examples/bonfire", "examples/fine-procedure"]);
        // The groups are there, and hold what was left out.
        let all = files::built_in_examples();
        for group in TO_READ {
            assert!(all.iter().any(|folder| folder.name.starts_with(group)), "{group}");
        }
    }
}
