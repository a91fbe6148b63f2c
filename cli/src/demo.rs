//! A demo authority: people, blocks and examples, so that the first minute shows real work.

use std::{collections::BTreeSet, fs, io, path::Path, sync::Arc};

use fachwerk_core::{
    authority::{
        AuthorityCommand, Profile,
        profile::{Payee, Superior},
    },
    facts::Actor,
    language::Folder,
    words::{PersonId, RoleId, TenantId},
};
use fachwerk_designer_api::Api;
use fachwerk_runtime::{Founding, Runtime, clock::Clock};
use uuid::Uuid;

use crate::{Failure, catalogue, connectors, files};

/// The demo authority.
pub const TENANT: &str = "musterstadt";
/// The password of all demo accounts.
pub const PASSWORD: &str = "demo";

/// Who works there, and as what.
pub const PEOPLE: [(&str, &str, &[&str]); 7] = [
    ("admin", "Anna Admin", &["administrator", "designer"]),
    ("jan", "Jan Krüger", &["clerk", "office"]),
    ("mia", "Mia Sommer", &["clerk", "lead"]),
    ("lea", "Lea Winter", &["clerk", "lead", "legal", "commissioner"]),
    ("ole", "Ole Brandt", &["clerk", "tax", "inspector", "legal-lead"]),
    ("dora", "Dora Fuchs", &["designer", "clerk"]),
    ("petra", "Petra Post", &["post-room"]),
];

/// Folders of examples that show one construct of the language each: to read, not to work with.
const TO_READ: [&str; 3] = ["examples/patterns/", "examples/constructs/", "examples/administration/"];

/// The processes that the demo authority works with.
fn examples() -> Vec<Folder> {
    let mut folders = files::built_in_examples();
    folders.retain(|folder| !TO_READ.iter().any(|group| folder.name.starts_with(group)));
    folders
}

/// The file of a data directory that says by how many microseconds its clock was moved on.
const CLOCK_FILE: &str = "demo-clock";

/// The clock of a data directory: what was moved on in a demo stays moved on.
pub fn clock(dir: &Path) -> Result<Clock, Failure> {
    let path = dir.join(CLOCK_FILE);
    match fs::read_to_string(&path) {
        Ok(text) => text.trim().parse().map(Clock::moved).map_err(|_| {
            format!(
                "{} does not hold a number of microseconds; remove it, and the clock is that of the machine",
                path.display()
            )
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Clock::system()),
        Err(error) => Err(format!("{} cannot be read: {error}", path.display())),
    }
}

/// Keeps how far a clock was moved on. A kill leaves the old file or the new one.
pub fn keep_clock(dir: &Path, clock: &Clock) -> io::Result<()> {
    let new = dir.join(format!("{CLOCK_FILE}.new"));
    fs::write(&new, clock.moved_by().to_string())?;
    fs::rename(new, dir.join(CLOCK_FILE))
}

/// Who the demo authority is: with an account, so that its notices say where to pay.
fn profile() -> Profile {
    let line = |text: &str| Some(Arc::from(text));
    Profile {
        phone: line("03999 100-0"),
        email: line("post@musterstadt.example"),
        web: line("www.musterstadt.example"),
        superior: Some(Superior {
            name: "Landkreis Musterland".into(),
            address: Some("Kreisstraße 1\n39998 Musterlandstadt".into()),
        }),
        payee: Some(Payee {
            holder: "Stadtkasse Musterstadt".into(),
            iban: "DE02120300000000202051".into(),
            bic: None,
        }),
        ..Profile::example()
    }
}

/// Sets the demo authority up, unless it is there.
pub async fn prepare(api: &Api) -> Result<(), Failure> {
    let runtime = &api.runtime;
    let tenant = TenantId::from(TENANT);
    let known = runtime.authority(&tenant).await.map_err(|error| error.to_string())?;
    if known.is_none() {
        let founding = Founding {
            tenant: tenant.clone(),
            profile: profile(),
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
    match deploy_all(runtime, &tenant).await {
        Err(why) if known.is_some() => {
            eprintln!(
                "{why}\nThese data are of another version of the demo: what is deployed there stays. To begin the demo anew, end \
                 the server and remove the directory of its data."
            );
            Ok(())
        }
        done => done,
    }
}

async fn deploy_all(runtime: &Runtime, tenant: &TenantId) -> Result<(), Failure> {
    catalogue::install(runtime, tenant).await?;
    for folder in examples() {
        let name = folder.name.clone();
        let deployed = runtime.deploy(tenant, Actor::Engine, &folder, &connectors::simulated).await;
        catalogue::tell(&name, deployed.map(|_| ()))?;
    }
    Ok(())
}

/// Refuses to serve data on which somebody can log in with a password that everybody can read in this program.
pub async fn refuse(api: &Api) -> Result<(), Failure> {
    let tenant = TenantId::from(TENANT);
    let known = api.runtime.authority(&tenant).await.map_err(|error| error.to_string())?;
    let Some(authority) = known else { return Ok(()) };
    let mut open = Vec::new();
    for (person, ..) in PEOPLE {
        let active = authority.people.get(&PersonId::from(person)).is_some_and(|person| person.active);
        let is_known = active
            && fachwerk_designer_api::is_password(api, &tenant, &person.into(), PASSWORD)
                .await
                .map_err(|why| why.en.to_string())?;
        if is_known {
            open.push(person);
        }
    }
    if open.is_empty() {
        return Ok(());
    }
    Err(format!(
        "these data were made by --demo: {} can log in at `{TENANT}` with the password that everybody knows. Serve them with --demo, or begin real work in another directory (--data DIR, or --database URL)",
        open.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_was_moved_stays_moved() {
        let dir = std::env::temp_dir().join(format!("fachwerk-demo-clock-{}", std::process::id()));
        fs::create_dir_all(&dir).expect("a folder");
        assert_eq!(clock(&dir).expect("a clock").moved_by(), 0);
        let moved = Clock::system();
        moved.advance_to("2999-12-31T00:00:00Z".parse().expect("an instant"));
        keep_clock(&dir, &moved).expect("kept");
        let again = clock(&dir).expect("a clock");
        assert_eq!(again.moved_by(), moved.moved_by());
        assert!(again.now().to_string().starts_with("2999-12-31"), "{}", again.now());
        fs::write(dir.join(CLOCK_FILE), "soon").expect("written");
        let refused = clock(&dir).expect_err("no number");
        assert!(refused.contains("demo-clock does not hold a number"), "{refused}");
        fs::remove_dir_all(dir).expect("removed");
    }

    #[test]
    fn a_demo_works_with_whole_procedures_only() {
        let names: Vec<String> = examples().iter().map(|folder| folder.name.to_string()).collect();
        let whole = [
            "bonfire",
            "dog",
            "fine-procedure",
            "freedom-of-information",
            "incoming-post",
            "itinerant-trade-card",
            "monument-permit",
            "objection",
            "private-firework",
            "special-use",
            "tree-felling",
        ];
        assert_eq!(names, whole.map(|name| format!("examples/{name}")));
        // The groups are there, and hold what was left out.
        let all = files::built_in_examples();
        for group in TO_READ {
            assert!(all.iter().any(|folder| folder.name.starts_with(group)), "{group}");
        }
    }
}
