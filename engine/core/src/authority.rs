//! The stream of an authority itself: its people, roles, settings, blocks and releases, as events like those of a case.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use fachwerk_deadlines::{Calendar, Names, Place};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    facts::Actor,
    words::{Date, Object, PersonId, ProcessId, ReleaseId, RoleId, TenantId, Text, Timestamp},
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
        /// What people read.
        title: Text,
        /// Where it acts.
        place: Place,
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
    /// Install a block; already checked.
    InstallBlock {
        /// Its id.
        block: Arc<str>,
        /// Its version.
        version: Arc<str>,
        /// Its files.
        files: FileList,
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
    },
    /// Begin no new cases of a process.
    Retire {
        /// The process.
        process: ProcessId,
    },
}

/// Why an authority is not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthorityRejection {
    /// It exists already.
    Exists,
    /// It does not exist.
    Unknown,
    /// The role for this is missing.
    NotAllowed,
    /// The name of a person or role is blank or too long.
    NameInvalid,
    /// The last administrator would be gone.
    LastAdministrator,
    /// There is no such process in use.
    ProcessUnknown,
    /// This version is in use with other content.
    VersionTaken,
}

impl AuthorityRejection {
    /// Stable, for programs.
    pub fn code(self) -> &'static str {
        match self {
            AuthorityRejection::Exists => "AuthorityExists",
            AuthorityRejection::Unknown => "AuthorityUnknown",
            AuthorityRejection::NotAllowed => "NotAllowed",
            AuthorityRejection::NameInvalid => "NameInvalid",
            AuthorityRejection::LastAdministrator => "LastAdministrator",
            AuthorityRejection::ProcessUnknown => "ProcessUnknown",
            AuthorityRejection::VersionTaken => "VersionTaken",
        }
    }

    /// What the person who asked is told.
    pub fn text(self) -> Text {
        match self {
            AuthorityRejection::Exists => {
                Text::new("Diesen Mandanten gibt es schon.", "This authority exists already.")
            }
            AuthorityRejection::Unknown => {
                Text::new("Diesen Mandanten gibt es nicht.", "There is no such authority.")
            }
            AuthorityRejection::NotAllowed => Text::new(
                "Dafür fehlt Ihnen die nötige Rolle (Administration; für Verfahren auch Verfahrensgestaltung).",
                "You lack the role for this (administrator; for processes also designer).",
            ),
            AuthorityRejection::NameInvalid => Text::new(
                "Der Anmeldename besteht aus 1 bis 64 Kleinbuchstaben, Ziffern, Punkt, Bindestrich oder Unterstrich; der Name hat 1 bis 200 Zeichen.",
                "The login name has 1 to 64 lower-case letters, digits, dots, hyphens or underscores; the name has 1 to 200 characters.",
            ),
            AuthorityRejection::LastAdministrator => Text::new(
                "Mindestens eine aktive Person muss die Administration behalten.",
                "At least one active person must remain administrator.",
            ),
            AuthorityRejection::ProcessUnknown => {
                Text::new("Dieses Verfahren ist nicht im Einsatz.", "This process is not in use.")
            }
            AuthorityRejection::VersionTaken => Text::new(
                "Diese Version ist mit anderem Inhalt schon im Einsatz. Bitte die Version erhöhen.",
                "This version is in use with other content. Please raise the version.",
            ),
        }
    }
}

/// What happens to an authority when this is asked, or why it is refused.
pub fn decide_authority(
    authority: &Authority,
    command: &AuthorityCommand,
    actor: &Actor,
) -> Result<Vec<AuthorityEvent>, AuthorityRejection> {
    if let AuthorityCommand::Found { title, place } = command {
        return match (authority.version, actor) {
            (0, Actor::Engine) => {
                Ok(vec![AuthorityEvent::Founded { title: title.clone(), place: place.clone() }])
            }
            (0, _) => Err(AuthorityRejection::NotAllowed),
            _ => Err(AuthorityRejection::Exists),
        };
    }
    if authority.version == 0 {
        return Err(AuthorityRejection::Unknown);
    }
    authority.check_right(command, actor)?;
    Ok(match command.clone() {
        AuthorityCommand::Found { .. } => Vec::new(),
        AuthorityCommand::SetPerson { person, name, roles, active } => {
            authority.check_person(&person, &name, &roles, active)?;
            let set = Person { name: name.clone(), roles: Arc::new(roles.clone()), active };
            if authority.people.get(&person) == Some(&set) {
                return Ok(Vec::new());
            }
            vec![AuthorityEvent::PersonSet { person, name, roles, active }]
        }
        AuthorityCommand::ChangeSettings { process, values } => {
            if !authority.current.contains_key(&process) {
                return Err(AuthorityRejection::ProcessUnknown);
            }
            vec![AuthorityEvent::SettingsChanged { process, values }]
        }
        AuthorityCommand::InstallBlock { block, version, files } => match authority.blocks.get(&block) {
            Some(known) if known.version == version && known.files == files => Vec::new(),
            Some(known) if known.version == version => return Err(AuthorityRejection::VersionTaken),
            _ => vec![AuthorityEvent::BlockInstalled { block, version, files }],
        },
        AuthorityCommand::Deploy { process, version, release, title, files } => {
            let taken = authority
                .releases
                .iter()
                .any(|(id, known)| known.process == process && known.version == version && *id != release);
            if taken {
                return Err(AuthorityRejection::VersionTaken);
            }
            if authority.current.get(&process) == Some(&release) {
                return Ok(Vec::new());
            }
            vec![AuthorityEvent::ReleaseDeployed { process, version, release, title, files }]
        }
        AuthorityCommand::Retire { process } => {
            if !authority.current.contains_key(&process) {
                return Err(AuthorityRejection::ProcessUnknown);
            }
            vec![AuthorityEvent::ProcessRetired { process }]
        }
    })
}

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
    /// A day off that no law knows.
    HolidayAdded {
        /// The day.
        day: Date,
        /// What people read.
        name: Text,
    },
    /// A block was installed, or replaced by a newer version.
    BlockInstalled {
        /// Its id.
        block: Arc<str>,
        /// Its version.
        version: Arc<str>,
        /// Its files.
        files: FileList,
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
    },
    /// No new cases of this process begin.
    ProcessRetired {
        /// The process.
        process: ProcessId,
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

/// An authority: the fold of its turns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Authority {
    /// How many turns it has lived through.
    pub version: u64,
    /// What people read.
    pub title: Text,
    /// Where it acts.
    pub place: Option<Place>,
    /// Its people.
    pub people: BTreeMap<PersonId, Person>,
    /// What it set, by process.
    pub settings: BTreeMap<ProcessId, Arc<Object>>,
    /// Days off that no law knows.
    pub holidays: Vec<(Date, Text)>,
    /// Its blocks.
    pub blocks: BTreeMap<Arc<str>, InstalledBlock>,
    /// All releases that were ever deployed.
    pub releases: BTreeMap<ReleaseId, DeployedRelease>,
    /// The release that new cases of a process begin with.
    pub current: BTreeMap<ProcessId, ReleaseId>,
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

/// A block of an authority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstalledBlock {
    /// Its version.
    pub version: Arc<str>,
    /// Its files.
    pub files: FileList,
    /// Since when.
    pub at: Timestamp,
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

impl Authority {
    /// Whether a person is active and holds a role.
    pub fn holds(&self, person: &PersonId, role: &str) -> bool {
        self.people.get(person).is_some_and(|person| person.active && person.roles.contains(role))
    }

    /// The holidays where it acts.
    pub fn calendar(&self) -> Calendar {
        let calendar = self.place.as_ref().and_then(|place| Calendar::new(place).ok());
        let calendar = calendar.unwrap_or_else(Calendar::nationwide);
        self.holidays.iter().fold(calendar, |calendar, (day, name)| {
            calendar.with_extra(*day, Names { de: name.de.to_string(), en: name.en.to_string() })
        })
    }

    fn check_right(&self, command: &AuthorityCommand, actor: &Actor) -> Result<(), AuthorityRejection> {
        let Actor::Person(person) = actor else { return Ok(()) };
        let deploys = matches!(command, AuthorityCommand::Deploy { .. } | AuthorityCommand::Retire { .. });
        let may = self.holds(person, ADMINISTRATOR) || (deploys && self.holds(person, DESIGNER));
        if may { Ok(()) } else { Err(AuthorityRejection::NotAllowed) }
    }

    fn check_person(
        &self,
        person: &PersonId,
        name: &str,
        roles: &BTreeSet<RoleId>,
        active: bool,
    ) -> Result<(), AuthorityRejection> {
        let login = |text: &str| {
            let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-_".contains(c);
            (1..=64).contains(&text.len()) && text.chars().all(good)
        };
        let named = !name.trim().is_empty() && name.chars().count() <= 200;
        if !login(person.as_str()) || !named || !roles.iter().all(|role| login(role.as_str())) {
            return Err(AuthorityRejection::NameInvalid);
        }
        let others = self
            .people
            .iter()
            .any(|(id, known)| id != person && known.active && known.roles.contains(ADMINISTRATOR));
        let stays = active && roles.contains(ADMINISTRATOR);
        if self.holds(person, ADMINISTRATOR) && !others && !stays {
            return Err(AuthorityRejection::LastAdministrator);
        }
        Ok(())
    }
}

fn evolve(authority: &mut Authority, event: &AuthorityEvent, turn: &AuthorityTurn) {
    match event {
        AuthorityEvent::Founded { title, place } => {
            authority.title = title.clone();
            authority.place = Some(place.clone());
        }
        AuthorityEvent::PersonSet { person, name, roles, active } => {
            let set = Person { name: name.clone(), roles: Arc::new(roles.clone()), active: *active };
            authority.people.insert(person.clone(), set);
        }
        AuthorityEvent::SettingsChanged { process, values } => {
            authority.settings.insert(process.clone(), Arc::new(values.clone()));
        }
        AuthorityEvent::HolidayAdded { day, name } => authority.holidays.push((*day, name.clone())),
        AuthorityEvent::BlockInstalled { block, version, files } => {
            let installed = InstalledBlock { version: version.clone(), files: files.clone(), at: turn.now };
            authority.blocks.insert(block.clone(), installed);
        }
        AuthorityEvent::ReleaseDeployed { process, version, release, title, files } => {
            let deployed = DeployedRelease {
                process: process.clone(),
                version: version.clone(),
                title: title.clone(),
                files: files.clone(),
                at: turn.now,
                by: turn.actor.clone(),
            };
            authority.releases.insert(release.clone(), deployed);
            authority.current.insert(process.clone(), release.clone());
        }
        AuthorityEvent::ProcessRetired { process } => {
            authority.current.remove(process);
        }
    }
}
