//! Setting an authority up: its first turn, its administrator, the blocks of the program, and at last the password. Until then
//! nobody can log in, so a founding that was broken off is known by that, and the next one finishes it.

use std::path::Path;

use fachwerk_core::{
    authority::Profile,
    facts::Actor,
    scenario,
    words::{Land, PersonId, Place, TenantId, Text},
};
use fachwerk_designer_api::Api;
use fachwerk_runtime::{Founding, Runtime};

use crate::{Failure, catalogue, connectors, files, local};

/// The login name of the administrator of an authority that is set up.
const ADMINISTRATOR: &str = "admin";
/// The process of the incoming post.
const INCOMING_POST: &str = "incoming-post";

/// An authority that shall be set up.
pub struct Wanted {
    tenant: TenantId,
    /// Who it is, as far as is said.
    profile: Profile,
    /// Of its administrator.
    password: String,
}

impl Wanted {
    /// An authority that can be set up by this id; the password of its administrator comes from the environment.
    pub fn read(tenant: &str, land: Land, file: Option<&Path>) -> Result<Wanted, Failure> {
        let password = std::env::var("FACHWERK_ADMIN_PASSWORD").map_err(|_| {
            "FACHWERK_ADMIN_PASSWORD is not set; the administrator needs a password".to_owned()
        })?;
        if let Some(why) = fachwerk_designer_api::flaw_of_password(&password, ADMINISTRATOR) {
            return Err(format!("FACHWERK_ADMIN_PASSWORD is refused: {}", why.en));
        }
        if !is_id(tenant) {
            return Err(format!(
                "`{tenant}` is no id of an authority: 1 to 64 lower-case letters (a to z), digits and hyphens, beginning with a letter, for example `musterstadt`"
            ));
        }
        let name = Text::new(tenant, tenant);
        let profile = match file {
            Some(file) => read_file(file, land, &name)?,
            None => Profile::of(name, Place::land(land)),
        };
        Ok(Wanted { tenant: tenant.into(), profile, password })
    }
}

/// Who an authority is, from a file.
fn read_file(file: &Path, land: Land, name: &Text) -> Result<Profile, Failure> {
    let shown = file.display().to_string();
    let bytes = std::fs::read(file).map_err(|error| format!("{shown} cannot be read: {error}"))?;
    let (profile, problems) = scenario::read_profile(&shown, &bytes, name);
    if let Some(first) = problems.first() {
        return Err(format!("{}: {}", first.span, first.message.en));
    }
    match &profile.place {
        Some(place) if place.land == land => Ok(profile),
        _ => Err(format!("{shown} names another Land than --land {}", land.code())),
    }
}

fn is_id(text: &str) -> bool {
    let sign = |sign: u8| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == b'-';
    text.len() <= 64
        && text.bytes().all(sign)
        && text.bytes().next().is_some_and(|it| it.is_ascii_lowercase())
}

/// Sets an authority up, or finishes that where it was broken off.
pub async fn found(api: &Api, wanted: &Wanted) -> Result<(), Failure> {
    let (runtime, Wanted { tenant, profile, password }) = (&api.runtime, wanted);
    let administrator = PersonId::from(ADMINISTRATOR);
    let founding = Founding {
        tenant: tenant.clone(),
        profile: profile.clone(),
        administrator: administrator.clone(),
        name: "Administration".into(),
    };
    if let Some(known) = runtime.authority(tenant).await.map_err(|error| error.to_string())? {
        if somebody_logs_in(runtime, tenant).await? {
            return Err(format!(
                "the authority `{tenant}` is set up here already; leave --found and --land away to serve it"
            ));
        }
        if !founding.is_of(&known) {
            let begun = known.profile.place.as_ref().map_or("another one", |place| place.land.code());
            return Err(format!(
                "the founding of `{tenant}` was broken off and is not finished, but it was begun otherwise (name `{}`, --land {begun}); name the same --land and --profile, or begin in an empty directory or database",
                known.profile.name.de
            ));
        }
        tracing::info!(%tenant, "the founding of the authority was broken off; it is finished now");
    }
    runtime.found(founding).await.map_err(|error| error.to_string())?;
    let blocks = catalogue::install(runtime, tenant).await?;
    deploy_incoming_post(runtime, tenant).await?;
    let set = fachwerk_designer_api::set_password(api, tenant, &administrator, password).await;
    set.map_err(|why| why.en.to_string())?;
    tracing::info!(%tenant, blocks, "the authority is set up");
    Ok(())
}

/// Every authority has incoming post, so its process is there from the beginning; who works on it is said by the role.
async fn deploy_incoming_post(runtime: &Runtime, tenant: &TenantId) -> Result<(), Failure> {
    let known = runtime.authority(tenant).await.map_err(|error| error.to_string())?;
    if known.is_some_and(|authority| authority.current.contains_key(INCOMING_POST)) {
        return Ok(());
    }
    let folders = files::built_in_examples();
    let folder = folders.iter().find(|folder| folder.name.strip_prefix("examples/") == Some(INCOMING_POST));
    let folder = folder.ok_or("the program lacks the process of the incoming post")?;
    let deployed = runtime.deploy(tenant, Actor::Engine, folder, &connectors::simulated).await;
    catalogue::tell(&folder.name, deployed.map(|_| ()))
}

/// Says where nobody can log in: no authority is there, or the founding of one was broken off.
pub async fn tell_unfinished(runtime: &Runtime) -> Result<(), Failure> {
    let tenants = local::tenants(runtime).await?;
    if tenants.is_empty() {
        eprintln!(
            "note: no authority is set up here, so nobody can log in. Set one up with `FACHWERK_ADMIN_PASSWORD=... fachwerk serve --found my-town --land ST`, or look around with `--demo` in a directory of its own"
        );
    }
    for tenant in tenants {
        if !somebody_logs_in(runtime, &tenant).await? {
            eprintln!(
                "note: nobody has a password at the authority `{tenant}`, so nobody can log in there. If its founding was broken off, finish it: `FACHWERK_ADMIN_PASSWORD=... fachwerk serve --found {tenant} --land ...`, the rest as here"
            );
        }
    }
    Ok(())
}

async fn somebody_logs_in(runtime: &Runtime, tenant: &TenantId) -> Result<bool, Failure> {
    let people = runtime.store().people_with_password(tenant).await;
    people.map(|people| !people.is_empty()).map_err(|error| error.text().en.to_string())
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use fachwerk_core::authority::Authority;
    use fachwerk_designer_api::Options;
    use fachwerk_runtime::clock::Clock;
    use fachwerk_store::{Place as StorePlace, Store};

    use super::*;
    use crate::local::block_on;

    fn wanted(land: Land, password: &str) -> Wanted {
        let profile = Profile::of(Text::new("musterstadt", "musterstadt"), Place::land(land));
        Wanted { tenant: "musterstadt".into(), profile, password: password.into() }
    }

    async fn opened(dir: &Path) -> Api {
        let store = Store::open(&StorePlace::Sqlite { dir: dir.to_owned() }).await.expect("a store");
        let runtime = Runtime::new(store, Clock::system(), connectors::all());
        Api { runtime, options: Options::new(connectors::simulated) }
    }

    /// Sets the authority up, and breaks it off as soon as so many turns are stored. Whether it was broken off.
    async fn broken_off(api: &Api, turns: u64) -> bool {
        let mut stored = api.runtime.subscribe();
        let reached = async {
            for _ in 0..turns {
                stored.recv().await.expect("the engine lives");
            }
        };
        let first = wanted(Land::ST, "drei kleine Worte");
        tokio::select! {
            biased;
            () = reached => true,
            done = found(api, &first) => {
                done.expect("nothing stands in the way");
                false
            }
        }
    }

    /// The folder of an authority whose founding was broken off after exactly so many turns. The next turn may be on its way when
    /// one is told; then it is tried once more somewhere else.
    async fn broken_off_after(turns: u64, folder: &Path) -> PathBuf {
        for attempt in 0..50 {
            let dir = folder.join(format!("{turns}-{attempt}"));
            let first = opened(&dir).await;
            let there = turns == 0 || broken_off(&first, turns).await && state(&first).await.version == turns;
            first.runtime.store().close().await;
            if there {
                return dir;
            }
        }
        panic!("it is never broken off after {turns} turns");
    }

    /// What can be compared of an authority: all but when its turns were stored.
    fn compared(authority: &Authority) -> String {
        let Authority { version, profile, people, blocks, .. } = authority;
        let blocks: Vec<_> = blocks
            .iter()
            .flat_map(|(id, versions)| {
                versions.iter().map(move |(version, block)| (id, version, &block.files, block.retired))
            })
            .collect();
        format!("{version} {profile:?} {people:?} {blocks:?}")
    }

    async fn state(api: &Api) -> Authority {
        let known = api.runtime.authority(&"musterstadt".into()).await.expect("a store");
        known.expect("it is there").as_ref().clone()
    }

    /// Where a founding was broken off, whatever it had stored by then, the next one finishes it: with its own password, with the
    /// same checks, and so that nothing shows that it happened. One that is finished is refused.
    #[test]
    fn a_founding_that_was_broken_off_is_finished_by_the_next_one() {
        let folder = std::env::temp_dir().join(format!("fachwerk-founding-{}", std::process::id()));
        let work = async {
            let whole = opened(&folder.join("whole")).await;
            assert!(!broken_off(&whole, u64::MAX).await);
            let expected = state(&whole).await;
            whole.runtime.store().close().await;
            let turns = expected.version;
            assert_eq!(turns, 4);
            // After its first turn, its administrator, the blocks, the incoming post, and all but the password.
            for after in 0..=turns {
                let dir = broken_off_after(after, &folder).await;
                let next = opened(&dir).await;
                if after > 0 {
                    let refused = found(&next, &wanted(Land::BY, "drei kleine Worte")).await;
                    let why = refused.expect_err("it was begun in another Land");
                    assert!(why.contains("--land ST"), "{why}");
                }
                found(&next, &wanted(Land::ST, "vier kurze Worte")).await.expect("it is finished");
                assert_eq!(compared(&state(&next).await), compared(&expected), "broken off after {after}");
                for (password, right) in [("vier kurze Worte", true), ("drei kleine Worte", false)] {
                    let (tenant, person) = ("musterstadt".into(), PersonId::from(ADMINISTRATOR));
                    let is = fachwerk_designer_api::is_password(&next, &tenant, &person, password).await;
                    assert_eq!(is.expect("a store"), right, "{after}: {password}");
                }
                let refused = found(&next, &wanted(Land::ST, "vier kurze Worte")).await;
                let why = refused.expect_err("it is finished");
                assert!(why.contains("is set up here already"), "{why}");
                next.runtime.store().close().await;
            }
            Ok(())
        };
        block_on(work).expect("it ran");
        std::fs::remove_dir_all(folder).expect("removed");
    }
}
