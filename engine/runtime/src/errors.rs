//! Why the runtime did not do what was asked, with one owner each.

use fachwerk_core::{
    authority::AuthorityRejection, decide::Rejection, diagnostic::Diagnostic, package::PackageFault,
    words::Text,
};
use fachwerk_store::StoreError;

use crate::ScenarioOutcome;

/// Why a command was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// It is not allowed now; nothing changed. Handling: tell the person who asked.
    #[error("rejected: {0:?}")]
    Rejected(Rejection),
    /// There is no such authority. Handling: answer as if there were nothing.
    #[error("there is no such authority")]
    AuthorityUnknown,
    /// The release of the case cannot be loaded. Handling: a fault; `verify` finds it.
    #[error("release {0} cannot be loaded: {1}")]
    ReleaseBroken(String, String),
    /// Others were faster again and again. Handling: try again later.
    #[error("the case is changed by others all the time")]
    Contended,
    /// Too many turns of the authority wait for the disk. Handling: try again later; the limit is named.
    #[error("more turns wait for the disk than the limit `waiting_turns` of {limit}")]
    Overloaded {
        /// The limit.
        limit: usize,
    },
    /// The turn would be too large. Handling: tell the person who asked; the limit is named.
    #[error("the turn has {bytes} bytes, more than the limit `turn_bytes` of {limit}")]
    TooLarge {
        /// Its size.
        bytes: u64,
        /// The limit.
        limit: u64,
    },
    /// Our own mistake: something panicked. Handling: log it, answer 500.
    #[error("fault: {0}")]
    Fault(String),
    /// The store failed. Handling: as its variant says.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Whether the database itself is in trouble, not what it was asked.
pub(crate) fn is_of_database(error: &StoreError) -> bool {
    matches!(
        error,
        StoreError::Unavailable { .. }
            | StoreError::UnknownCommit { .. }
            | StoreError::Again { .. }
            | StoreError::DepotUnavailable { .. }
    )
}

impl SubmitError {
    /// Whether the database itself is in trouble. Everything else concerns one case or one authority, and must not stop
    /// the work of the others.
    pub(crate) fn is_of_database(&self) -> bool {
        matches!(self, SubmitError::Store(error) if is_of_database(error))
    }

    /// What kind of trouble it is: a word that may be written where nothing of a case may be.
    pub(crate) fn class(&self) -> &'static str {
        match self {
            SubmitError::Rejected(rejection) => rejection.code(),
            SubmitError::AuthorityUnknown => "authority_unknown",
            SubmitError::ReleaseBroken(..) => "release_broken",
            SubmitError::Contended => "contended",
            SubmitError::Overloaded { .. } => "overloaded",
            SubmitError::TooLarge { .. } => "too_large",
            SubmitError::Fault(_) => "fault",
            SubmitError::Store(error) => error.code(),
        }
    }

    /// Why trying the same again is pointless: then whoever waits for it is told, instead of it being tried for ever.
    /// None when it may go well another time.
    pub(crate) fn for_good(&self) -> Option<Text> {
        match self {
            SubmitError::Rejected(rejection) => Some(rejection.text()),
            SubmitError::Store(
                error @ (StoreError::TooLarge { .. }
                | StoreError::NoRoom { .. }
                | StoreError::Corrupt { .. }
                | StoreError::Erased { .. }),
            ) => Some(error.text()),
            SubmitError::TooLarge { bytes, limit } => Some(Text::new(
                format!("Mit {bytes} Byte ist es zu groß; erlaubt sind {limit} (Grenze `turn_bytes`)."),
                format!("It is too large with {bytes} bytes; {limit} are allowed (limit `turn_bytes`)."),
            )),
            SubmitError::ReleaseBroken(release, why) => Some(Text::new(
                format!("Das Release {release} ist nicht lesbar: {why}"),
                format!("Release {release} cannot be read: {why}"),
            )),
            _ => None,
        }
    }
}

impl From<Rejection> for SubmitError {
    fn from(rejection: Rejection) -> Self {
        SubmitError::Rejected(rejection)
    }
}

/// Why a process was not deployed, or a block not installed.
#[derive(Debug, thiserror::Error)]
pub enum DeployError {
    /// There are problems, or scenarios that fail. Handling: show them in place.
    #[error("{} problems, {} scenarios failed", problems.len(), scenarios.iter().filter(|s| !s.passed).count())]
    NotDeployable {
        /// What is wrong.
        problems: Vec<Diagnostic>,
        /// What came of the scenarios.
        scenarios: Vec<ScenarioOutcome>,
    },
    /// The same version is in use with other content. Handling: raise the version.
    #[error("version {version} of {process} is in use with other content")]
    VersionTaken {
        /// The process or block.
        process: String,
        /// The version.
        version: String,
    },
    /// A package is not taken. Handling: tell the person who asked.
    #[error(transparent)]
    Package(#[from] PackageFault),
    /// It is not allowed; nothing changed. Handling: tell the person who asked.
    #[error("rejected: {0:?}")]
    Rejected(AuthorityRejection),
    /// As for commands.
    #[error(transparent)]
    Submit(#[from] SubmitError),
}

impl From<StoreError> for DeployError {
    fn from(error: StoreError) -> Self {
        DeployError::Submit(SubmitError::Store(error))
    }
}

impl DeployError {
    /// What people are told.
    pub fn text(&self) -> Text {
        match self {
            DeployError::NotDeployable { problems, scenarios } => {
                let failed = scenarios.iter().filter(|scenario| !scenario.passed).count();
                Text::new(
                    format!(
                        "Nicht einsatzbereit. Probleme: {}, gescheiterte Szenarien: {failed}.",
                        problems.len()
                    ),
                    format!("Not deployable. Problems: {}, failed scenarios: {failed}.", problems.len()),
                )
            }
            DeployError::VersionTaken { process, version } => Text::new(
                format!(
                    "„{process}“ ist mit der Version {version}, aber anderem Inhalt schon im Einsatz. Bitte die Version erhöhen."
                ),
                format!(
                    "`{process}` is in use with version {version} but other content. Please raise the version."
                ),
            ),
            DeployError::Package(fault) => fault.text(),
            DeployError::Rejected(rejection) => rejection.text(),
            DeployError::Submit(error) => {
                Text::new(format!("Das ging nicht: {error}"), format!("That did not work: {error}"))
            }
        }
    }
}
