//! Group commit: what is decided while a transaction is under way goes into the next one together.
//!
//! There is one queue an authority, and at most one transaction of a queue. A command decides on the case as it will be
//! when everything before it is stored, and draws the number behind the last one that waits; so the turns of one case,
//! and the numbers of one counter, follow one another without waiting for the disk. When a turn is not stored, nothing
//! that was decided since is: it is decided anew, on what the database says.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex},
};

use fachwerk_core::{
    case::Case,
    facts::CounterKey,
    words::{CaseId, TenantId},
};
use fachwerk_store::{Appended, Entry, StoreError};
use tokio::sync::{MutexGuard, oneshot};

use crate::{Committed, Runtime, background::Wakes, errors::is_of_database, submit::lock};

/// How many turns of an authority wait for the disk at most; what comes then is refused, with the limit's name.
pub const MOST_WAITING_TURNS: usize = 10_000;
/// How many turns go into one transaction: more would hold up the first of them for nothing.
const TURNS_AT_ONCE: usize = 500;
/// How many bytes the turns of a transaction have, about, so that few large ones hold up no more than many small ones and fit
/// into memory; the first of them goes whatever it has.
const BYTES_AT_ONCE: u64 = 4_000_000;

/// What became of a turn that waited.
pub(crate) enum Outcome {
    /// It is stored.
    Committed { version: u64, position: u64 },
    /// The command was carried out before.
    Repeated { version: u64, position: u64 },
    /// It is too large.
    TooLarge { bytes: u64 },
    /// What it was decided on is not so: decide anew.
    Dropped,
    /// The database failed.
    Failed(StoreError),
}

impl Outcome {
    /// What the store answered about a turn of this version.
    pub fn of(appended: Appended, version: u64) -> Outcome {
        match appended {
            Appended::Committed { position } => Outcome::Committed { version, position },
            Appended::Repeated { version, position } => Outcome::Repeated { version, position },
            Appended::TooLarge { bytes } => Outcome::TooLarge { bytes },
            Appended::Conflict => Outcome::Dropped,
        }
    }
}

/// The state that a command decides on.
pub(crate) struct Base {
    /// The case as it will be when all that waits is stored; none when nothing of it waits.
    pub ahead: Option<Arc<Case>>,
    /// Of which speculation it is.
    speculation: u64,
}

/// A turn on its way into the queue.
pub(crate) struct Proposal {
    pub entry: Entry,
    /// The case after it.
    pub after: Arc<Case>,
    /// What it takes to store, about.
    pub bytes: u64,
    /// What there is to do when it is stored.
    pub wakes: Wakes,
}

/// What has been decided and is not yet stored, of one authority.
#[derive(Default)]
pub(crate) struct Queue {
    state: Mutex<State>,
    /// Held from reading the last number of a counter until the turn that draws the next one waits.
    numbers: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Waiting>,
    /// Whether somebody takes care of what waits.
    under_way: bool,
    /// The cases that have turns waiting or under way, as they will be.
    ahead: HashMap<CaseId, Arc<Case>>,
    /// The last numbers drawn, as far as they are known here.
    counters: HashMap<CounterKey, u64>,
    /// Counts how often what had been decided ahead was dropped.
    speculation: u64,
    /// So many turns are written each by itself: one of those before them was refused, and with it all of its transaction.
    alone: usize,
}

enum Waiting {
    Turn {
        proposal: Box<Proposal>,
        answer: oneshot::Sender<Outcome>,
    },
    /// Somebody who wants to know when all before is stored or dropped.
    Witness(oneshot::Sender<()>),
}

impl Waiting {
    fn bytes(&self) -> u64 {
        match self {
            Waiting::Turn { proposal, .. } => proposal.bytes,
            Waiting::Witness(_) => 0,
        }
    }
}

/// Why a turn does not wait.
pub(crate) enum NotQueued {
    /// What it was decided on is not so any more: decide anew.
    Stale,
    /// Too many wait.
    Full,
}

impl State {
    /// Forgets everything that was decided ahead.
    fn drop_speculation(&mut self) {
        self.speculation += 1;
        self.ahead.clear();
        self.counters.clear();
        for waiting in std::mem::take(&mut self.waiting) {
            match waiting {
                Waiting::Turn { answer, .. } => drop(answer.send(Outcome::Dropped)),
                Waiting::Witness(answer) => drop(answer.send(())),
            }
        }
    }
}

impl Queue {
    /// What a command of a case decides on.
    pub fn base(&self, case: CaseId) -> Base {
        let state = lock(&self.state);
        Base { ahead: state.ahead.get(&case).cloned(), speculation: state.speculation }
    }

    /// Takes the right to draw numbers, until the guard goes.
    pub async fn numbers(&self) -> MutexGuard<'_, ()> {
        self.numbers.lock().await
    }

    /// The last number drawn from a counter, if it is known here.
    pub fn counter(&self, counter: &CounterKey) -> Option<u64> {
        lock(&self.state).counters.get(counter).copied()
    }

    /// Lets a turn wait; the queue is written by the task of `runtime`.
    pub fn push(
        self: &Arc<Self>,
        runtime: &Runtime,
        tenant: &TenantId,
        base: &Base,
        proposal: Proposal,
    ) -> Result<oneshot::Receiver<Outcome>, NotQueued> {
        let mut state = lock(&self.state);
        if state.speculation != base.speculation {
            return Err(NotQueued::Stale);
        }
        if state.waiting.len() >= MOST_WAITING_TURNS {
            return Err(NotQueued::Full);
        }
        let turn = &proposal.entry.turn;
        state.ahead.insert(turn.case, proposal.after.clone());
        for (counter, value) in turn.numbers() {
            state.counters.insert(counter.clone(), value);
        }
        let (answer, outcome) = oneshot::channel();
        state.waiting.push_back(Waiting::Turn { proposal: Box::new(proposal), answer });
        self.begin(runtime, tenant, &mut state);
        Ok(outcome)
    }

    /// Waits until all that waits now is stored or dropped.
    pub async fn settled(&self) {
        let (answer, settled) = oneshot::channel();
        {
            let mut state = lock(&self.state);
            if !state.under_way {
                return;
            }
            state.waiting.push_back(Waiting::Witness(answer));
        }
        // Whoever wrote the queue is gone: then nothing waits any more.
        let _ = settled.await;
    }

    fn begin(self: &Arc<Self>, runtime: &Runtime, tenant: &TenantId, state: &mut State) {
        if !std::mem::replace(&mut state.under_way, true) {
            let writing = Writing { queue: self.clone(), left: false };
            tokio::spawn(write(writing, runtime.clone(), tenant.clone()));
        }
    }

    /// What goes into the next transaction; nothing: the queue is empty, and nobody takes care of it any more. Where others draw
    /// from the same counters (`shared`) their last numbers are read anew then: what another one has drawn meanwhile would make
    /// all that is decided here be decided anew.
    fn next(&self, shared: bool) -> Option<Vec<Waiting>> {
        let mut state = lock(&self.state);
        if state.waiting.is_empty() {
            state.under_way = false;
            if shared {
                state.counters.clear();
            }
            return None;
        }
        let most = if state.alone > 0 { 1 } else { TURNS_AT_ONCE };
        state.alone = state.alone.saturating_sub(1);
        let mut bytes = 0_u64;
        let fits = |waiting: &&Waiting| {
            bytes = bytes.saturating_add(waiting.bytes());
            bytes <= BYTES_AT_ONCE
        };
        let count = state.waiting.iter().take(most).take_while(fits).count().max(1);
        Some(state.waiting.drain(..count).collect())
    }
}

/// Whoever writes a queue. However it ends, nobody waits for ever.
struct Writing {
    queue: Arc<Queue>,
    /// Whether it found the queue empty, and has left it to others.
    left: bool,
}

impl Drop for Writing {
    fn drop(&mut self) {
        if !self.left {
            let mut state = lock(&self.queue.state);
            state.drop_speculation();
            state.under_way = false;
        }
    }
}

/// Writes a queue until it is empty.
async fn write(mut writing: Writing, runtime: Runtime, tenant: TenantId) {
    let shared = runtime.store().is_shared();
    while let Some(batch) = writing.queue.next(shared) {
        let (mut entries, mut turns, mut witnesses) = (Vec::new(), Vec::new(), Vec::new());
        let mut wakes = Wakes::default();
        for waiting in batch {
            match waiting {
                Waiting::Turn { proposal, answer } => {
                    let Proposal { entry, after, wakes: of_turn, .. } = *proposal;
                    wakes = wakes.and(of_turn);
                    entries.push(entry);
                    turns.push((after, answer));
                }
                Waiting::Witness(answer) => witnesses.push(answer),
            }
        }
        if !entries.is_empty() {
            let along = runtime.take_along(&tenant, &entries).await;
            let lease = along.as_ref().map(|along| along.lease.clone());
            let appended = runtime.store().append_leasing(&tenant, entries, lease).await;
            let (appended, leased) = match appended {
                Ok(stored) => (Ok(stored.turns), stored.leased),
                Err(error) => (Err(error), vec![]),
            };
            let unknown = matches!(appended, Err(StoreError::UnknownCommit { .. }));
            settle(&writing.queue, &runtime, &tenant, turns, appended);
            match along {
                Some(along) if !leased.is_empty() => {
                    along.begin(leased);
                    runtime.inner.wakers.wake(wakes.without_effects());
                }
                Some(along) if unknown => along.give_back(runtime.clone()),
                _ => runtime.inner.wakers.wake(wakes),
            }
        }
        for witness in witnesses {
            let _ = witness.send(());
        }
    }
    writing.left = true;
}

/// Brings the memory to what the database says, then answers.
fn settle(
    queue: &Queue,
    runtime: &Runtime,
    tenant: &TenantId,
    turns: Vec<(Arc<Case>, oneshot::Sender<Outcome>)>,
    appended: Result<Vec<Appended>, StoreError>,
) {
    // Whose turn is refused for what it is must be told so, and nobody else: each is tried by itself.
    let refused = turns.len() > 1 && appended.as_ref().is_err_and(|error| !is_of_database(error));
    let mut results = appended.as_deref().unwrap_or_default().iter().copied();
    let mut outcome = |version| match (&appended, results.next()) {
        (Ok(_), Some(appended)) => Outcome::of(appended, version),
        (Ok(_), None) => Outcome::Failed(StoreError::Fault { reason: "a turn without a result".into() }),
        (Err(_), _) if refused => Outcome::Dropped,
        (Err(error), _) => Outcome::Failed(error.clone()),
    };
    let mut answers = Vec::with_capacity(turns.len());
    let mut stored = Vec::with_capacity(turns.len());
    let mut state = lock(&queue.state);
    if refused {
        state.alone = turns.len();
    }
    let mut all = true;
    for (after, answer) in turns {
        let outcome = outcome(after.version);
        if let Outcome::Committed { version, position } = outcome {
            // First into the memory of what is stored: a command that does not find the case ahead looks there.
            runtime.keep(tenant, after.clone());
            if state.ahead.get(&after.id).is_some_and(|last| Arc::ptr_eq(last, &after)) {
                state.ahead.remove(&after.id);
            }
            let (tenant, case) = (tenant.clone(), Some(after.id));
            stored.push(Committed { tenant, case, version, position, repeated: false });
        } else {
            runtime.forget(tenant, after.id);
            all = false;
        }
        answers.push((answer, outcome));
    }
    if !all {
        state.drop_speculation();
    }
    drop(state);
    runtime.announce(stored);
    for (answer, outcome) in answers {
        let _ = answer.send(outcome);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use fachwerk_core::{
        event::Event,
        facts::{Actor, FactVersions},
        turn::Turn,
        words::Timestamp,
    };
    use fachwerk_store::{Place, Store, test_postgres};
    use uuid::Uuid;

    use super::*;
    use crate::clock::Clock;

    const AUTHORITY: &str = "musterstadt";

    /// A turn behind a state of a case that changes nothing.
    fn proposal(before: &Case, id: u128) -> Proposal {
        let turn = Turn {
            tenant: before.tenant.clone(),
            case: before.id,
            version: before.version + 1,
            command_id: Uuid::from_u128(id),
            actor: Actor::Engine,
            now: Timestamp::UNIX_EPOCH,
            release: "test@1".into(),
            facts: FactVersions { authority: 0, norms: 0 },
            events: vec![],
        };
        let mut after = before.clone();
        turn.apply(&mut after);
        let entry = Entry { turn, changes: vec![], snapshot: None };
        Proposal { entry, after: Arc::new(after), bytes: 0, wakes: Wakes::default() }
    }

    /// How many turns go into each transaction, of turns with so many bytes that wait all at once.
    #[track_caller]
    fn check_batches(bytes: &[u64], expected: &[usize]) {
        let mut state = State::default();
        for (number, bytes) in bytes.iter().enumerate() {
            let unborn = Case::unborn(AUTHORITY.into(), CaseId(Uuid::from_u128(number as u128)));
            let proposal = Box::new(Proposal { bytes: *bytes, ..proposal(&unborn, 1) });
            state.waiting.push_back(Waiting::Turn { proposal, answer: oneshot::channel().0 });
        }
        let queue = Queue { state: Mutex::new(state), ..Queue::default() };
        let batches = std::iter::from_fn(|| queue.next(false).map(|batch| batch.len()));
        assert_eq!(batches.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_transaction_is_limited_by_turns_and_by_bytes() {
        let most = BYTES_AT_ONCE;
        check_batches(&[], &[]);
        check_batches(&[0; 1_001], &[500, 500, 1]);
        check_batches(&[45_000; 200], &[88, 88, 24]);
        check_batches(&[most, 1, most - 1, 1], &[1, 2, 1]);
        // One that is too large by itself goes, alone.
        check_batches(&[1, most + 1, most + 1, 1, 0, 0], &[1, 1, 1, 3]);
        check_batches(&[u64::MAX, u64::MAX], &[1, 1]);
    }

    async fn outcome(waits: Result<oneshot::Receiver<Outcome>, NotQueued>) -> &'static str {
        match waits {
            Err(NotQueued::Stale) => "stale",
            Err(NotQueued::Full) => "full",
            Ok(outcome) => match outcome.await.expect("an answer") {
                Outcome::Committed { .. } => "committed",
                Outcome::Repeated { .. } => "repeated",
                Outcome::TooLarge { .. } => "too large",
                Outcome::Dropped => "dropped",
                Outcome::Failed(_) => "failed",
            },
        }
    }

    /// Another process was faster: what was decided behind the turn that is not stored must not follow the other's turn.
    #[tokio::test]
    async fn what_was_decided_on_a_turn_that_is_not_stored_does_not_wait() {
        let dir = tempfile::tempdir().expect("a directory");
        let store = Store::open(&Place::Sqlite { dir: dir.path().to_owned() }).await.expect("a store");
        let runtime = Runtime::new(store.clone(), Clock::stopped_at(Timestamp::UNIX_EPOCH), BTreeMap::new());
        let tenant = TenantId::from(AUTHORITY);
        let unborn = Case::unborn(tenant.clone(), CaseId(Uuid::from_u128(1)));
        let queue = runtime.queue(&tenant);
        let other = proposal(&unborn, 1);
        store.append(&tenant, vec![other.entry]).await.expect("the other's turn");

        let before = queue.base(unborn.id);
        assert!(before.ahead.is_none());
        let slower = queue.push(&runtime, &tenant, &before, proposal(&unborn, 2));
        let base = queue.base(unborn.id);
        let ahead = base.ahead.clone().expect("the case as it would be");
        assert_eq!(outcome(slower).await, "dropped");
        assert!(queue.base(unborn.id).ahead.is_none());
        let behind = queue.push(&runtime, &tenant, &base, proposal(&ahead, 3));
        assert_eq!(outcome(behind).await, "stale");
        let again = queue.push(&runtime, &tenant, &queue.base(unborn.id), proposal(&other.after, 3));
        assert_eq!(outcome(again).await, "committed");
    }

    /// The last number that is known here when nothing waits any more.
    async fn check_known_number(place: &Place, expected: Option<u64>) {
        let store = Store::open(place).await.expect("a store");
        let runtime = Runtime::new(store, Clock::stopped_at(Timestamp::UNIX_EPOCH), BTreeMap::new());
        let tenant = TenantId::from(AUTHORITY);
        let queue = runtime.queue(&tenant);
        let unborn = Case::unborn(tenant.clone(), CaseId(Uuid::from_u128(1)));
        let mut drawing = proposal(&unborn, 1);
        let counter = CounterKey::from("T-2026");
        let (text, file_number) = ("T-2026/1".into(), true);
        drawing.entry.turn.events.push(Event::NumberDrawn {
            counter: counter.clone(),
            value: 1,
            text,
            file_number,
        });
        let asked = queue.push(&runtime, &tenant, &queue.base(unborn.id), drawing);
        assert_eq!(queue.counter(&counter), Some(1), "as long as it waits");
        assert_eq!(outcome(asked).await, "committed");
        queue.settled().await;
        assert_eq!(queue.counter(&counter), expected);
        runtime.store().close().await;
    }

    #[tokio::test]
    async fn the_last_number_is_read_anew_where_others_draw_too() {
        let dir = tempfile::tempdir().expect("a directory");
        check_known_number(&Place::Sqlite { dir: dir.path().to_owned() }, Some(1)).await;
        let Some(server) = test_postgres::server() else { return };
        let url = server.create_database().await;
        check_known_number(&Place::Postgres { url: url.clone() }, None).await;
        server.drop_database(&url).await;
    }

    /// A turn that the store refuses for what it is harms nobody whose turn went into the same transaction.
    #[tokio::test]
    async fn a_refused_turn_harms_nobody_else() {
        let dir = tempfile::tempdir().expect("a directory");
        let store = Store::open(&Place::Sqlite { dir: dir.path().to_owned() }).await.expect("a store");
        let runtime = Runtime::new(store, Clock::stopped_at(Timestamp::UNIX_EPOCH), BTreeMap::new());
        let tenant = TenantId::from(AUTHORITY);
        let queue = runtime.queue(&tenant);
        let unborn = |of: &str, case| Case::unborn(of.into(), CaseId(Uuid::from_u128(case)));
        let ask = |case: &Case, id| queue.push(&runtime, &tenant, &queue.base(case.id), proposal(case, id));
        let (one, wrong, two) = (unborn(AUTHORITY, 1), unborn("elsewhere", 2), unborn(AUTHORITY, 3));
        for expected in [["dropped", "dropped", "dropped"], ["committed", "failed", "dropped"]] {
            let asked = [ask(&one, 1), ask(&wrong, 2), ask(&two, 3)];
            let mut told = Vec::new();
            for asked in asked {
                told.push(outcome(asked).await);
            }
            assert_eq!(told, expected);
        }
        assert_eq!(outcome(ask(&two, 3)).await, "committed");
    }
}
