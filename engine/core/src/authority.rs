//! The stream of an authority itself: its people, roles, settings, blocks and releases, as events like those of a case.

mod decide;
mod event;
mod following;
mod law;
mod picture;
mod policy;
pub mod profile;
mod publisher;
mod rejection;
mod run;
mod substitution;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use fachwerk_deadlines::{Calendar, Names};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use self::following::Following;
pub use self::{
    decide::decide_authority,
    event::{AuthorityEvent, AuthorityTurn},
    law::Law,
    picture::{MAX_PICTURE, is_picture, name_of as picture_name, with_pictures},
    policy::{DocumentKind, Policy},
    profile::{AuthorityKind, Payee, Profile, Superior},
    publisher::{PackageOrigin, Publisher},
    rejection::AuthorityRejection,
    run::{MOST_RUN_CASES, Run, RunChange, RunCommand, RunFailure, RunFirst, RunList, RunPlan, RunStage},
    substitution::{MAX_DAYS, MAX_SUBSTITUTIONS, Substitution, passed_on},
};
use crate::{
    facts::Actor,
    keeping::{KeepingRules, Retention},
    words::{Date, Object, PersonId, ProcessId, ReleaseId, RoleId, Text, Timestamp, TokenId, Value},
};

/// Files of a block or release, by path, each with the SHA-256 of its bytes; the bytes lie in the store.
pub type FileList = BTreeMap<Arc<str>, Arc<str>>;

/// Who may change people, roles, settings and blocks.
pub const ADMINISTRATOR: &str = "administrator";
/// Who may deploy processes; an administrator may as well.
pub const DESIGNER: &str = "designer";

/// What someone asks of an authority.
#[derive(Clone, Debug, PartialEq)]
pub enum AuthorityCommand {
    /// Set it up. Only the installation itself does.
    Found {
        /// Who it is, as far as is known then.
        profile: Profile,
    },
    /// Say who it is: all of it.
    SetProfile {
        /// All that is said from now on.
        profile: Profile,
    },
    /// Add a public holiday that was ordered for one day, or say otherwise what it is.
    AddDayOff {
        /// The day.
        day: Date,
        /// What people read.
        name: Text,
        /// Where it is ordered.
        norm: Arc<str>,
    },
    /// A day is a day like others again.
    RemoveDayOff {
        /// The day.
        day: Date,
    },
    /// Set a row of legal data, in the place of the one with its id or as a new one.
    SetLawRow {
        /// The table.
        table: Arc<str>,
        /// The id of the row.
        id: Arc<str>,
        /// What it says.
        row: Object,
        /// Whether whoever asks has compared it with the promulgated text.
        checked: bool,
    },
    /// Let the row that is compiled in hold again, or none.
    RemoveLawRow {
        /// The table.
        table: Arc<str>,
        /// The id of the row.
        id: Arc<str>,
    },
    /// Note that the deadlines of all open cases have followed what changed. Only the engine says so.
    FollowCases {
        /// The version until which.
        version: u64,
        /// The version of the legal data.
        norms: u32,
    },
    /// Add or change a person.
    SetPerson {
        /// The name they log in with.
        person: PersonId,
        /// Their name as people read it.
        name: Arc<str>,
        /// Their roles.
        roles: BTreeSet<RoleId>,
        /// Whether they may log in.
        active: bool,
    },
    /// Change the settings of a process.
    ChangeSettings {
        /// The process.
        process: ProcessId,
        /// The settings that differ from the defaults; already checked against the process.
        values: Object,
    },
    /// Install blocks, all or none; already checked.
    InstallBlocks {
        /// Which.
        blocks: Vec<NewBlock>,
        /// The package that they come with; its signature is already checked.
        package: Option<PackageOrigin>,
    },
    /// Take packages of a publisher, or call it otherwise.
    TrustPublisher {
        /// Its public key, in 64 hexadecimal digits.
        key: Arc<str>,
        /// What people read.
        name: Arc<str>,
    },
    /// Take no more packages of a publisher. What was installed stays.
    DistrustPublisher {
        /// Its public key.
        key: Arc<str>,
    },
    /// Deploy a process; already checked.
    Deploy {
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
        /// Why, although there are concerns.
        despite: Option<Arc<str>>,
        /// The codes of these concerns.
        concerns: Vec<Arc<str>>,
        /// How long it says that its cases are kept.
        retention: Option<Retention>,
    },
    /// Say how long ended cases of a process are kept; none: as long as the process says.
    SetRetention {
        /// The process.
        process: ProcessId,
        /// How long.
        retention: Option<Retention>,
    },
    /// Set what holds for all cases.
    SetPolicy(Policy),
    /// Begin no new cases of a process; those under way go on.
    Retire {
        /// The process.
        process: ProcessId,
    },
    /// Begin new cases of a process again that was retired.
    Reinstate {
        /// The process.
        process: ProcessId,
    },
    /// Take no new deployment with this version of a block.
    RetireBlock {
        /// Its id.
        block: Arc<str>,
        /// Its version.
        version: Arc<str>,
    },
    /// Let deployments take this version of a block again.
    ReinstateBlock {
        /// Its id.
        block: Arc<str>,
        /// Its version.
        version: Arc<str>,
    },
    /// Give a program access in somebody's name.
    IssueToken {
        /// The id of the token; new.
        token: TokenId,
        /// What it is. That its last day lies ahead was checked by whoever knows the day.
        grant: TokenGrant,
    },
    /// Take a program's access away.
    RevokeToken {
        /// The id of the token.
        token: TokenId,
    },
    /// Let somebody do the work of somebody who is away. That the last day is not over was checked by whoever knows the day.
    Substitute(Substitution),
    /// End a substitution before its last day.
    EndSubstitution {
        /// Its number.
        number: u32,
    },
    /// Let timers and effects go on that rest after a restore or a jump of the clock. That they rest was checked by whoever
    /// keeps that.
    ResumeWork,
    /// Correct the key of a message that nobody waits for. That it is kept was checked by whoever keeps it.
    ReaddressMessage {
        /// Which.
        message: KeptMessage,
        /// The key that it is for.
        to: Arc<str>,
        /// Why.
        reason: Arc<str>,
    },
    /// Do something about a mass run.
    Run {
        /// Its number.
        run: u32,
        /// What.
        command: RunCommand,
    },
    /// Throw a message away that nobody waits for. That it is kept was checked by whoever keeps it.
    DiscardMessage {
        /// Which.
        message: KeptMessage,
        /// Why.
        reason: Arc<str>,
    },
}

/// A version of a block that shall be installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewBlock {
    /// Its id.
    pub block: Arc<str>,
    /// Its version.
    pub version: Arc<str>,
    /// Its files.
    pub files: FileList,
}

/// A message that nobody waits for, without its content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptMessage {
    /// Tells it from others.
    pub id: Uuid,
    /// Its name.
    pub name: Arc<str>,
    /// The key that it came with.
    pub key: Arc<str>,
}

/// What an access token of a program may do, and until when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenGrant {
    /// In whose name.
    pub person: PersonId,
    /// What people call it.
    pub name: Arc<str>,
    /// Only these of the person's roles.
    pub roles: BTreeSet<RoleId>,
    /// The last day on which it counts.
    pub until: Date,
}

/// The name, among the files of a release, of a file of a block that it uses.
pub fn file_of_block(block: &str, name: &str) -> Arc<str> {
    format!("blocks/{block}/{name}").into()
}

/// A public holiday that was ordered for one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayOff {
    /// What people read.
    pub name: Text,
    /// Where it is ordered; none: nobody was asked for it then.
    pub norm: Option<Arc<str>>,
}

/// An authority: the fold of its turns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Authority {
    /// How many turns it has lived through.
    pub version: u64,
    /// Who it is.
    pub profile: Arc<Profile>,
    /// The same as rules and letters see it.
    pub shown: Arc<Value>,
    /// All logos and seals that it ever had, by what letters call them.
    pub pictures: BTreeMap<Arc<str>, Arc<str>>,
    /// Its people.
    pub people: Arc<BTreeMap<PersonId, Person>>,
    /// What it set, by process.
    pub settings: BTreeMap<ProcessId, Arc<Object>>,
    /// Public holidays that were ordered for one day.
    pub days_off: BTreeMap<Date, DayOff>,
    /// Law as data.
    pub law: Law,
    /// What has changed for the deadlines of its cases, and they have not followed yet.
    pub following: Following,
    /// Its blocks: all versions that were ever installed, by id and version.
    pub blocks: BTreeMap<Arc<str>, BTreeMap<Arc<str>, InstalledBlock>>,
    /// Whose packages it takes, by public key.
    pub publishers: BTreeMap<Arc<str>, Publisher>,
    /// All releases that were ever deployed.
    pub releases: BTreeMap<ReleaseId, DeployedRelease>,
    /// How long it keeps cases of a process, where it says otherwise than the process.
    pub retentions: BTreeMap<ProcessId, Retention>,
    /// What holds for all cases.
    pub policy: Policy,
    /// The release that new cases of a process begin with.
    pub current: BTreeMap<ProcessId, ReleaseId>,
    /// The release that new cases of a retired process would begin with again.
    pub retired: BTreeMap<ProcessId, ReleaseId>,
    /// The tokens that were not revoked, expired ones among them.
    pub tokens: BTreeMap<TokenId, IssuedToken>,
    /// Who stands in for whom, by number; what is long over is gone.
    pub substitutions: BTreeMap<u32, Substitution>,
    /// The number of the last substitution.
    pub last_substitution: u32,
    /// Its mass runs, by number.
    pub runs: BTreeMap<u32, Run>,
}

/// A person of an authority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Their name as people read it.
    pub name: Arc<str>,
    /// Their roles.
    pub roles: Arc<BTreeSet<RoleId>>,
    /// Whether they may log in.
    pub active: bool,
}

/// A version of a block of an authority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstalledBlock {
    /// Its files.
    pub files: FileList,
    /// Since when.
    pub at: Timestamp,
    /// Whether new deployments do without it.
    pub retired: bool,
    /// The package that it came with.
    pub package: Option<PackageOrigin>,
}

/// An access token of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuedToken {
    /// What it is.
    pub grant: TokenGrant,
    /// Since when.
    pub at: Timestamp,
    /// Who issued it.
    pub by: Actor,
}

/// A release of an authority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeployedRelease {
    /// The process.
    pub process: ProcessId,
    /// Its version.
    pub version: Arc<str>,
    /// What people read.
    pub title: Text,
    /// Its files and those of its blocks.
    pub files: FileList,
    /// Since when.
    pub at: Timestamp,
    /// Who deployed it.
    pub by: Actor,
    /// How long it says that its cases are kept.
    pub retention: Option<Retention>,
}

impl Authority {
    /// Whether a person is active and holds a role.
    pub fn holds(&self, person: &PersonId, role: &str) -> bool {
        self.people.get(person).is_some_and(|person| person.active && person.roles.contains(role))
    }

    /// A version of a block, retired or not.
    pub fn installed(&self, block: &str, version: &str) -> Option<&InstalledBlock> {
        self.blocks.get(block)?.get(version)
    }

    /// The processes in use whose release holds exactly this version of a block.
    pub fn users_of<'a>(&'a self, block: &'a str, version: &str) -> impl Iterator<Item = &'a ProcessId> {
        let installed = self.installed(block, version);
        self.current.iter().filter_map(move |(process, release)| {
            let (installed, release) = (installed?, self.releases.get(release)?);
            let mut files = installed.files.iter();
            let same = files.all(|(name, hash)| release.files.get(&file_of_block(block, name)) == Some(hash));
            same.then_some(process)
        })
    }

    /// How long cases of a process are kept: as the authority says, else as its newest release does.
    pub fn retention_of(&self, process: &ProcessId) -> Option<&Retention> {
        let newest = self.current.get(process).or_else(|| self.retired.get(process));
        let said = || self.releases.get(newest?)?.retention.as_ref();
        self.retentions.get(process).or_else(said)
    }

    /// What a decision about a case of a process knows about its keeping.
    pub fn keeping_rules(&self, process: &ProcessId) -> KeepingRules {
        KeepingRules {
            retention: self.retention_of(process).cloned(),
            archive_first: self.policy.archive_first,
            case_bytes: self.policy.case_bytes,
        }
    }

    /// The holidays where it acts.
    pub fn calendar(&self) -> Calendar {
        let calendar = self.profile.place.as_ref().and_then(|place| Calendar::new(place).ok());
        let calendar = calendar.unwrap_or_else(Calendar::nationwide);
        self.days_off.iter().fold(calendar, |calendar, (day, DayOff { name, norm })| {
            let names = Names { de: name.de.to_string(), en: name.en.to_string() };
            calendar.with_extra(*day, names, norm.as_deref().map(str::to_owned))
        })
    }
}
