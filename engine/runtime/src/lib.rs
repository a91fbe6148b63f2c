//! Drives the core: commands in, effects out, timers on time.
//!
//! [`Runtime::submit`] is the life of one command. Background work (effects, timers) brings its results back as commands
//! through the same door.
//!
//! **Architecture invariant.** This crate decides nothing about a case: it hands facts to the core and stores what
//! the core says. It knows no HTTP and no SQL. [`clock`] is the only file that reads the clock.

mod authorities;
mod background;
mod between;
pub mod clock;
mod deploy;
mod effects;
mod errors;
mod following;
mod halts;
mod incoming;
mod keeping;
mod law_index;
mod looking;
mod nodes;
mod packages;
mod preview;
mod releases;
mod rows;
mod rows_text;
mod run;
mod scenarios;
mod sealing;
mod submit;
mod taking_part;
mod upkeep;
mod writer;

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex},
};

use fachwerk_core::{
    authority::Authority,
    case::Case,
    definition::{Release, Start},
    event::{DocumentContent, EffectError},
    words::{CaseId, Date, Object, ProcessId, ReleaseId, TenantId, Timestamp, Value},
};
use fachwerk_store::{Store, StoreError};
use tokio::sync::{broadcast, watch};

pub use authorities::{ChangeError, Founding};
pub use background::Worker;
pub use deploy::{Deployed, InstalledVersion, bundle, compile_bundle, unbundle};
pub use errors::{DeployError, SubmitError};
pub use incoming::{PostTaken, SourceOf};
pub use keeping::KeepingStep;
pub use law_index::{Looked, Looking};
pub use packages::vouched;
pub use preview::{Preview, Previewer, given};
pub use rows::{MAX_ROWS_BYTES, RowFault, Rows};
pub use run::{RowsWanted, RunAhead, RunCases, SignedCase, ToSign};
pub use scenarios::{Played, ScenarioOutcome, play_block_scenarios, play_scenarios};
pub use submit::Committed;
pub use writer::MOST_WAITING_TURNS;

use crate::clock::Clock;

/// What a connector is asked.
#[derive(Clone, Debug)]
pub struct Call {
    /// The authority.
    pub tenant: TenantId,
    /// The same for every attempt at the same effect, so that doing it twice can be avoided outside.
    pub idempotency_key: String,
    /// What is asked.
    pub request: Value,
}

/// What a connector made.
#[derive(Clone, Debug, Default)]
pub struct Made {
    /// Values for the result of the step.
    pub values: Object,
    /// Documents with their bytes.
    pub documents: Vec<(DocumentContent, Vec<u8>)>,
}

/// Does something outside. It may be asked for the same thing twice, see [`Call::idempotency_key`].
pub type Connector = Arc<
    dyn Fn(Call) -> std::pin::Pin<Box<dyn Future<Output = Result<Made, EffectError>> + Send>> + Send + Sync,
>;

/// The engine of an installation. Cheap to clone.
#[derive(Clone)]
pub struct Runtime {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    clock: Clock,
    connectors: BTreeMap<String, Connector>,
    /// Names this process in leases and among the servers.
    owner: String,
    /// When this process began.
    since: Timestamp,
    /// Why this process must end: its program is too old for the database.
    outdated: watch::Sender<Option<StoreError>>,
    authorities: Mutex<HashMap<TenantId, Arc<Authority>>>,
    releases: Mutex<HashMap<(TenantId, ReleaseId), Arc<Release>>>,
    /// How cases of the releases begin that were looked at for it; none of those that cannot be read.
    starts: Mutex<Starts>,
    cases: Mutex<HashMap<(TenantId, CaseId), Arc<Case>>>,
    /// What is decided and not yet stored.
    queues: Mutex<HashMap<TenantId, Arc<writer::Queue>>>,
    /// Lets the commands of one case be decided one after another within this process; between processes the store
    /// tells who was first.
    locks: Vec<tokio::sync::Mutex<()>>,
    /// The last time at which a case of a process began by itself.
    scheduled: Mutex<HashMap<(TenantId, ProcessId), Timestamp>>,
    /// The day up to which the days are signed.
    signed: Mutex<Option<Date>>,
    committed: broadcast::Sender<Committed>,
    /// What this process commits, for those that tell others.
    own: broadcast::Sender<Committed>,
    /// Leads to the database past a pooler.
    direct: Option<String>,
    wakers: background::Wakers,
    taker: effects::Taker,
    /// Where post comes in without a person.
    post_sources: Mutex<incoming::Sources>,
    /// Whether the clock of the machine jumps.
    watch: tokio::sync::Mutex<Option<clock::Watch>>,
}

/// By release: how its cases begin by themselves, if they do.
type Starts = HashMap<(TenantId, ReleaseId), Option<Arc<Start>>>;

/// How many cases are kept in memory.
const MOST_CACHED_CASES: usize = 10_000;
/// How many commands of different cases can be decided at once.
const LOCKS: usize = 256;

impl Runtime {
    /// An engine on a store.
    pub fn new(store: Store, clock: Clock, connectors: BTreeMap<String, Connector>) -> Runtime {
        Runtime::with_direct(store, clock, connectors, None)
    }

    /// The same where the database is reached through a pooler: `direct` leads to the server itself, to hear other
    /// processes.
    pub fn with_direct(
        store: Store,
        clock: Clock,
        connectors: BTreeMap<String, Connector>,
        direct: Option<String>,
    ) -> Runtime {
        let (committed, _) = broadcast::channel(4_096);
        let (own, _) = broadcast::channel(4_096);
        let watch = tokio::sync::Mutex::new(clock.watch());
        let since = clock.now();
        Runtime {
            inner: Arc::new(Inner {
                store,
                clock,
                since,
                outdated: watch::Sender::default(),
                connectors,
                owner: taking_part::own_id(),
                authorities: Mutex::default(),
                releases: Mutex::default(),
                starts: Mutex::default(),
                cases: Mutex::default(),
                queues: Mutex::default(),
                locks: (0..LOCKS).map(|_| tokio::sync::Mutex::default()).collect(),
                scheduled: Mutex::default(),
                signed: Mutex::default(),
                committed,
                own,
                direct,
                wakers: background::Wakers::default(),
                taker: effects::Taker::default(),
                post_sources: Mutex::default(),
                watch,
            }),
        }
    }

    /// Where everything lies.
    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    /// The clock.
    pub fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    /// Everything that is committed from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<Committed> {
        self.inner.committed.subscribe()
    }
}
