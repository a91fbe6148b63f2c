//! What happened to an authority, and how that changes it. Applying cannot fail.

use std::{collections::BTreeSet, sync::Arc};

use fachwerk_deadlines::Place;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    Authority, DayOff, DeployedRelease, FileList, InstalledBlock, IssuedToken, KeptMessage, PackageOrigin,
    Person, Policy, Profile, Publisher, RunChange, Substitution, TokenGrant,
};
use crate::{
    event::DayChanged,
    facts::{Actor, day_of},
    keeping::Retention,
    words::{Date, Object, PersonId, ProcessId, ReleaseId, RoleId, TenantId, Text, Timestamp, TokenId},
};

/// What happened to an authority.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum AuthorityEvent {
    /// It was set up.
    Founded {
        /// What people read.
        title: Text,
        /// Where it acts: its Land and municipality decide the holidays.
        place: Place,
    },
    /// A person was added, or renamed.
    PersonSet {
        /// The name they log in with.
        person: PersonId,
        /// Their name as people read it.
        name: Arc<str>,
        /// Their roles.
        roles: BTreeSet<RoleId>,
        /// Whether they may log in.
        active: bool,
    },
    /// A setting of a process was changed.
    SettingsChanged {
        /// The process.
        process: ProcessId,
        /// The settings that differ from the defaults.
        values: Object,
    },
    /// A public holiday that was ordered for one day.
    HolidayAdded {
        /// The day.
        day: Date,
        /// What people read.
        name: Text,
        /// Where it is ordered.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        norm: Option<Arc<str>>,
    },
    /// A day that was off is a day like others again.
    HolidayRemoved {
        /// The day.
        day: Date,
    },
    /// The deadlines of all open cases were reckoned anew after what had changed until a version of the authority.
    CasesFollowed {
        /// That version.
        version: u64,
        /// The version of the legal data that they were reckoned by.
        norms: u32,
    },
    /// It was said who it is.
    ProfileSet {
        /// All of it.
        profile: Profile,
    },
    /// A row of legal data was set: in the place of the one with its id, or as a new one.
    LawRowSet {
        /// The table.
        table: Arc<str>,
        /// The id of the row.
        id: Arc<str>,
        /// What it says.
        row: Object,
    },
    /// What is compiled in holds again in the place of an own row of legal data.
    LawRowRemoved {
        /// The table.
        table: Arc<str>,
        /// The id of the row.
        id: Arc<str>,
    },
    /// A version of a block was installed.
    BlockInstalled {
        /// Its id.
        block: Arc<str>,
        /// Its version.
        version: Arc<str>,
        /// Its files.
        files: FileList,
        /// The package that it came with.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        package: Option<PackageOrigin>,
    },
    /// Packages of a publisher are taken.
    PublisherTrusted {
        /// Its public key.
        key: Arc<str>,
        /// What people read.
        name: Arc<str>,
    },
    /// Packages of a publisher are taken no more.
    PublisherDistrusted {
        /// Its public key.
        key: Arc<str>,
        /// What people read.
        name: Arc<str>,
    },
    /// A process was deployed.
    ReleaseDeployed {
        /// The process.
        process: ProcessId,
        /// Its version.
        version: Arc<str>,
        /// The hash of its files.
        release: ReleaseId,
        /// What people read.
        title: Text,
        /// Its files and those of its blocks.
        files: FileList,
        /// Why, although there were concerns.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        despite: Option<Arc<str>>,
        /// The codes of these concerns.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        concerns: Vec<Arc<str>>,
        /// How long it says that its cases are kept.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retention: Option<Retention>,
    },
    /// It was said how long ended cases of a process are kept; none: as long as the process says.
    RetentionSet {
        /// The process.
        process: ProcessId,
        /// How long.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retention: Option<Retention>,
    },
    /// It was set what holds for all cases.
    PolicySet {
        /// All of it.
        policy: Policy,
    },
    /// No new cases of this process begin.
    ProcessRetired {
        /// The process.
        process: ProcessId,
    },
    /// New cases of this process begin again, with the release of before.
    ProcessReinstated {
        /// The process.
        process: ProcessId,
    },
    /// No new deployment takes this version of a block.
    BlockRetired {
        /// Its id.
        block: Arc<str>,
        /// Its version.
        version: Arc<str>,
    },
    /// Deployments may take this version of a block again.
    BlockReinstated {
        /// Its id.
        block: Arc<str>,
        /// Its version.
        version: Arc<str>,
    },
    /// A program was given access. The secret lies elsewhere, hashed.
    TokenIssued {
        /// The id of the token.
        token: TokenId,
        /// What it is.
        #[serde(flatten)]
        issued: TokenGrant,
    },
    /// A program lost its access.
    TokenRevoked {
        /// The id of the token.
        token: TokenId,
    },
    /// Somebody does the work of somebody who is away.
    SubstitutionBegun {
        /// Its number.
        number: u32,
        /// Who for whom, and when.
        #[serde(flatten)]
        substitution: Substitution,
    },
    /// A substitution was ended before its last day.
    SubstitutionEnded {
        /// Its number.
        number: u32,
        /// Who for whom, and when.
        #[serde(flatten)]
        substitution: Substitution,
    },
    /// Timers and effects that rested go on.
    WorkResumed {},
    /// A message that nobody waited for got another key.
    MessageReaddressed {
        /// Which, with the key of before.
        message: KeptMessage,
        /// The key that it is for.
        to: Arc<str>,
        /// Why.
        reason: Arc<str>,
    },
    /// Something happened to a mass run.
    RunChanged {
        /// Its number.
        run: u32,
        /// What.
        #[serde(flatten)]
        change: RunChange,
    },
    /// A message that nobody waited for was thrown away.
    MessageDiscarded {
        /// Which.
        message: KeptMessage,
        /// Why.
        reason: Arc<str>,
    },
}

/// One accepted change of an authority.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuthorityTurn {
    /// The authority.
    pub tenant: TenantId,
    /// The version after this turn; the first turn is 1.
    pub version: u64,
    /// The id of the command.
    pub command_id: Uuid,
    /// Who asked.
    pub actor: Actor,
    /// When.
    pub now: Timestamp,
    /// What happened.
    pub events: Vec<AuthorityEvent>,
}

impl AuthorityTurn {
    /// Brings an authority from the version before this turn to the version after it.
    pub fn apply(&self, authority: &mut Authority) {
        authority.version = self.version;
        for event in &self.events {
            evolve(authority, event, self);
        }
    }
}

fn evolve(authority: &mut Authority, event: &AuthorityEvent, turn: &AuthorityTurn) {
    match event {
        AuthorityEvent::Founded { title, place } => {
            set_profile(authority, Profile::of(title.clone(), place.clone()));
        }
        AuthorityEvent::PersonSet { person, name, roles, active } => {
            let set = Person { name: name.clone(), roles: Arc::new(roles.clone()), active: *active };
            Arc::make_mut(&mut authority.people).insert(person.clone(), set);
        }
        AuthorityEvent::SettingsChanged { process, values } => {
            authority.settings.insert(process.clone(), Arc::new(values.clone()));
        }
        AuthorityEvent::ProfileSet { profile } => {
            if profile.place != authority.profile.place {
                authority.following.place(turn.version);
            }
            set_profile(authority, profile.clone());
        }
        AuthorityEvent::HolidayAdded { day, name, norm } => {
            let off = DayOff { name: name.clone(), norm: norm.clone() };
            if authority.days_off.insert(*day, off).is_none() {
                authority.following.day(turn.version, DayChanged { day: *day, off: true });
            }
        }
        AuthorityEvent::HolidayRemoved { day } => {
            authority.days_off.remove(day);
            authority.following.day(turn.version, DayChanged { day: *day, off: false });
        }
        AuthorityEvent::LawRowSet { table, id, row } => authority.law.set(table, id, row),
        AuthorityEvent::LawRowRemoved { table, id } => authority.law.remove(table, id),
        AuthorityEvent::CasesFollowed { version, norms } => authority.following.done(*version, *norms),
        AuthorityEvent::BlockInstalled { block, version, files, package } => {
            let (files, package) = (files.clone(), package.clone());
            let installed = InstalledBlock { files, at: turn.now, retired: false, package };
            authority.blocks.entry(block.clone()).or_default().insert(version.clone(), installed);
        }
        AuthorityEvent::PublisherTrusted { key, name } => {
            let trusted = Publisher { name: name.clone(), at: turn.now, by: turn.actor.clone() };
            authority.publishers.insert(key.clone(), trusted);
        }
        AuthorityEvent::PublisherDistrusted { key, .. } => {
            authority.publishers.remove(key);
        }
        AuthorityEvent::ReleaseDeployed { process, version, release, title, files, retention, .. } => {
            let deployed = DeployedRelease {
                process: process.clone(),
                version: version.clone(),
                title: title.clone(),
                files: files.clone(),
                at: turn.now,
                by: turn.actor.clone(),
                retention: retention.clone(),
            };
            authority.releases.insert(release.clone(), deployed);
            authority.current.insert(process.clone(), release.clone());
            authority.retired.remove(process);
        }
        AuthorityEvent::RetentionSet { process, retention: Some(retention) } => {
            authority.retentions.insert(process.clone(), retention.clone());
        }
        AuthorityEvent::RetentionSet { process, retention: None } => {
            authority.retentions.remove(process);
        }
        AuthorityEvent::PolicySet { policy } => authority.policy = policy.clone(),
        AuthorityEvent::ProcessRetired { process } => {
            let last = authority.current.remove(process);
            last.map(|release| authority.retired.insert(process.clone(), release));
        }
        AuthorityEvent::ProcessReinstated { process } => {
            let last = authority.retired.remove(process);
            last.map(|release| authority.current.insert(process.clone(), release));
        }
        AuthorityEvent::BlockRetired { block, version } => set_retired(authority, block, version, true),
        AuthorityEvent::BlockReinstated { block, version } => set_retired(authority, block, version, false),
        AuthorityEvent::TokenIssued { token, issued } => {
            let issued = IssuedToken { grant: issued.clone(), at: turn.now, by: turn.actor.clone() };
            authority.tokens.insert(token.clone(), issued);
        }
        AuthorityEvent::TokenRevoked { token } => {
            authority.tokens.remove(token);
        }
        AuthorityEvent::SubstitutionBegun { number, substitution } => {
            let today = day_of(turn.now);
            authority.substitutions.retain(|_, known| known.until >= today);
            authority.substitutions.insert(*number, substitution.clone());
            authority.last_substitution = *number;
        }
        AuthorityEvent::SubstitutionEnded { number, .. } => {
            authority.substitutions.remove(number);
        }
        AuthorityEvent::RunChanged { run, change } => authority.run_changed(*run, change, turn),
        // Neither what rests nor the messages themselves are the authority's.
        AuthorityEvent::WorkResumed {}
        | AuthorityEvent::MessageReaddressed { .. }
        | AuthorityEvent::MessageDiscarded { .. } => {}
    }
}

fn set_profile(authority: &mut Authority, profile: Profile) {
    authority.shown = Arc::new(profile.shown());
    authority.pictures.extend(profile.pictures());
    authority.profile = Arc::new(profile);
}

fn set_retired(authority: &mut Authority, block: &str, version: &str, retired: bool) {
    let versions = authority.blocks.get_mut(block);
    if let Some(installed) = versions.and_then(|versions| versions.get_mut(version)) {
        installed.retired = retired;
    }
}
