//! Work that nobody asked for just now: effects to be done, timers that are due, what goes from case to case.
//!
//! Each kind has a loop of its own, so that a connector that takes its time holds up neither deadlines nor messages. A
//! loop is woken by what is committed, and looks once a second for what has come due, once a minute for all that others have left.

use std::time::Duration;

use fachwerk_core::{
    command::{Command, Request},
    facts::Actor,
    projection::{Change, TimerRow},
    words::{InstanceId, TenantId, Timestamp},
};
use fachwerk_store::{Moved, Moving};
use jiff::SignedDuration;
use sha2::{Digest, Sha256};
use tokio::{
    sync::watch,
    task::{JoinError, JoinHandle, JoinSet},
    time::{Interval, MissedTickBehavior, interval},
};
use uuid::Uuid;

use crate::{
    Runtime, SubmitError,
    looking::{ALL_EVERY, Looking},
};

/// How long a claimed effect belongs to this process.
pub(crate) const LEASE: SignedDuration = SignedDuration::from_mins(5);
/// How long a timer rests that could not be fired.
const TIMER_REST: SignedDuration = SignedDuration::from_mins(5);
/// How long a timer belongs to the process that fires it, where there are several.
const TIMER_LEASE: SignedDuration = SignedDuration::from_mins(1);
/// How many timers are fired in one go.
const TIMERS_AT_ONCE: u32 = 500;
/// How often the background looks, when nothing wakes it.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How often room is made on the disk, and what was left half erased is brought to its end.
const ROOM_EVERY: Duration = Duration::from_secs(60);

/// What wakes the background: each loop by what concerns it.
#[derive(Default)]
pub(crate) struct Wakers {
    timers: watch::Sender<()>,
    effects: watch::Sender<()>,
    parcels: watch::Sender<()>,
    arrivals: watch::Sender<()>,
}

/// Which loops have something to do.
#[derive(Clone, Copy, Default)]
pub(crate) struct Wakes {
    timers: bool,
    effects: bool,
    parcels: bool,
    arrivals: bool,
}

impl Wakes {
    pub const ALL: Wakes = Wakes { timers: true, effects: true, parcels: true, arrivals: true };
    /// A message may have come to where somebody waits for it.
    pub const ARRIVALS: Wakes = Wakes { timers: false, effects: false, parcels: false, arrivals: true };

    /// What there is to do after these changes.
    pub fn of(changes: &[Change], now: Timestamp) -> Wakes {
        let mut wakes = Wakes::default();
        for change in changes {
            match change {
                Change::Timer(timer) => wakes.timers |= timer.at <= now,
                Change::Outbox(row) if row.instance == InstanceId::SENDER => wakes.parcels = true,
                Change::Outbox(_) => wakes.effects = true,
                Change::Subscription(_) => wakes.arrivals = true,
                _ => {}
            }
        }
        wakes
    }

    pub fn and(self, other: Wakes) -> Wakes {
        Wakes {
            timers: self.timers | other.timers,
            effects: self.effects | other.effects,
            parcels: self.parcels | other.parcels,
            arrivals: self.arrivals | other.arrivals,
        }
    }

    /// The same when the effects are under way already.
    pub fn without_effects(self) -> Wakes {
        Wakes { effects: false, ..self }
    }
}

impl Wakers {
    /// Hears when there are effects.
    pub fn effects(&self) -> watch::Receiver<()> {
        self.effects.subscribe()
    }

    pub fn wake(&self, Wakes { timers, effects, parcels, arrivals }: Wakes) {
        let each = [
            (timers, &self.timers),
            (effects, &self.effects),
            (parcels, &self.parcels),
            (arrivals, &self.arrivals),
        ];
        for (_, waker) in each.into_iter().filter(|(woken, _)| *woken) {
            waker.send_replace(());
        }
    }
}

/// What is looked at again and again.
#[derive(Clone, Copy)]
enum Kind {
    Schedules,
    Following,
    Runs,
    Timers,
    Parcels,
    Arrivals,
}

/// The background work of this process. It is cut off when dropped; see [`Runtime::end_background`].
#[derive(Debug)]
pub struct Worker(JoinHandle<()>);

impl Drop for Worker {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Runtime {
    /// Begins the background work.
    pub fn start_background(&self) -> Worker {
        let runtime = self.clone();
        Worker(tokio::spawn(async move {
            tokio::select! {
                biased;
                () = runtime.keep_taking_part() => {}
                () = runtime.work() => {}
            }
        }))
    }

    /// Ends the background work well: no effect is begun any more, and those under way are waited for some seconds. One that
    /// is cut off waits for its lease to run out, and is done once more.
    pub async fn end_background(&self, worker: Worker) {
        let _room = self.let_effects_end().await;
        drop(worker);
    }

    async fn work(&self) {
        if let Err(error) = self.take_over().await {
            tracing::error!(%error, "what an earlier process left could not be taken over");
        }
        let mut look = looks();
        while let Err(error) = self.halt_if_clock_went_back().await {
            // Deadlines and letters wait until it is known.
            if !error.is_of_database() {
                tracing::error!(%error, "it is not known whether the clock went back");
                break;
            }
            trouble(&error, &mut look).await;
        }
        tokio::join!(
            self.whatever_happens("schedules", |it| async move { it.again_and_again(Kind::Schedules).await }),
            self.whatever_happens("following", |it| async move { it.again_and_again(Kind::Following).await }),
            self.whatever_happens("runs", |it| async move { it.again_and_again(Kind::Runs).await }),
            self.whatever_happens("timers", |it| async move { it.again_and_again(Kind::Timers).await }),
            self.whatever_happens("parcels", |it| async move { it.again_and_again(Kind::Parcels).await }),
            self.whatever_happens("arrivals", |it| async move { it.again_and_again(Kind::Arrivals).await }),
            self.whatever_happens("effects", |it| async move { it.keep_doing_effects().await }),
            self.whatever_happens("telling", |it| async move { it.keep_telling().await }),
            self.whatever_happens("listening", |it| async move { it.keep_listening().await }),
            self.whatever_happens("post", |it| async move { it.keep_taking_post().await }),
            self.whatever_happens("room", |it| async move { it.keep_room().await }),
        );
    }

    /// Does one part of the work until it ends. When it panics, none of the others ends with it, and it begins again.
    async fn whatever_happens<F: Future<Output = ()> + Send + 'static>(
        &self,
        what: &str,
        work: impl Fn(Runtime) -> F,
    ) {
        let mut look = looks();
        loop {
            // Ended with whoever waits for it.
            let mut working = JoinSet::new();
            working.spawn(work(self.clone()));
            match working.join_next().await {
                Some(Err(panic)) if panic.is_panic() => {
                    tracing::error!(%panic, "background work ({what}) panicked; it begins again");
                    look.tick().await;
                }
                _ => return,
            }
        }
    }

    /// Does one kind of work whenever it is woken, and looks for more as long as there was some.
    async fn again_and_again(&self, kind: Kind) {
        let mut woken = match kind {
            // A commit makes no schedule due: the authorities are looked at once in a while only.
            Kind::Schedules | Kind::Following | Kind::Runs => watch::Sender::default().subscribe(),
            Kind::Timers => self.inner.wakers.timers.subscribe(),
            Kind::Parcels => self.inner.wakers.parcels.subscribe(),
            Kind::Arrivals => self.inner.wakers.arrivals.subscribe(),
        };
        let (mut look, mut all) = (looks(), interval(ALL_EVERY));
        all.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut looking = Looking::default();
        loop {
            woken.mark_unchanged();
            let done = match kind {
                Kind::Schedules => self.keep_the_calendar().await.map(|()| 0),
                Kind::Following => self.follow_law().await.map(|()| 0),
                Kind::Runs => self.go_on_with_runs().await.map(|()| 0),
                Kind::Timers => self.fire_timers(&mut looking).await,
                Kind::Parcels => self.bring_parcels(&mut looking).await,
                Kind::Arrivals => self.bring_arrivals().await,
            };
            match done {
                Ok(0) => looking.found_nothing(),
                Ok(_) => {
                    if matches!(kind, Kind::Parcels) {
                        // What waited behind one that is gone now has been due for as long.
                        looking.at_all();
                    }
                    tokio::select! {
                        biased;
                        _ = all.tick() => looking.at_all(),
                        () = std::future::ready(()) => {}
                    }
                    continue;
                }
                Err(error) => {
                    looking.at_all();
                    trouble(&error, &mut look).await;
                }
            }
            tokio::select! {
                _ = look.tick() => {}
                _ = all.tick() => looking.at_all(),
                // Where nobody wakes there is the look.
                Ok(()) = woken.changed() => looking.at_all(),
            }
        }
    }

    /// Makes room as long as the process lives.
    async fn keep_room(&self) {
        let mut look = interval(ROOM_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            look.tick().await;
            if let Err(error) = self.make_room().await {
                tracing::error!(%error, "no room could be made; trying again");
            }
        }
    }

    /// Brings to its end what was left half erased, sweeps up documents that no case has taken, and gives back what is free of
    /// the files, step by step: whoever writes comes in between.
    pub async fn make_room(&self) -> Result<(), SubmitError> {
        // Room is made all the same when somebody who reads holds the logs, or a depot is away.
        let finished = self.inner.store.finish_erasures().await;
        let swept = self.sweep().await;
        while self.inner.store.make_room().await? {
            tokio::task::yield_now().await;
        }
        finished?;
        swept
    }

    async fn sweep(&self) -> Result<(), SubmitError> {
        while self.inner.store.sweep(self.inner.clock.now()).await? {
            tokio::task::yield_now().await;
        }
        Ok(())
    }

    /// Moves all documents to where new ones lie, while everything else goes on; how many could not be read.
    pub async fn move_documents(&self, mut told: impl FnMut(&Moved)) -> Result<Moved, SubmitError> {
        let (mut moving, mut all) = (Moving::default(), Moved::default());
        while let Some(moved) = self.inner.store.move_documents(&mut moving, self.inner.clock.now()).await? {
            all.documents += moved.documents;
            all.bytes += moved.bytes;
            all.unreadable += moved.unreadable;
            told(&all);
            tokio::task::yield_now().await;
        }
        Ok(all)
    }

    /// Takes over the leases that an earlier process left, when nobody else can be at work.
    pub async fn take_over(&self) -> Result<(), SubmitError> {
        self.inner.store.release_abandoned(&self.inner.owner, self.inner.clock.now()).await?;
        Ok(())
    }

    /// Does everything that is due now, until nothing is left.
    pub async fn settle(&self) -> Result<(), SubmitError> {
        self.keep_the_calendar().await?;
        self.follow_law().await?;
        self.go_on_with_runs().await?;
        loop {
            let fired = self.fire_timers(&mut Looking::default()).await?;
            let done = self.do_effects().await?;
            let parcels = self.bring_parcels(&mut Looking::default()).await?;
            let brought = parcels + self.bring_arrivals().await?;
            if fired + done + brought == 0 {
                return Ok(());
            }
        }
    }

    /// What a day or an hour brings by itself.
    async fn keep_the_calendar(&self) -> Result<(), SubmitError> {
        self.begin_scheduled().await?;
        self.close_days().await
    }

    /// How many were taken; one that cannot ring rests then, and those behind it are looked for.
    async fn fire_timers(&self, looking: &mut Looking) -> Result<usize, SubmitError> {
        self.mind_the_clock().await?;
        let now = self.inner.clock.now();
        let until = now.checked_add(TIMER_LEASE).unwrap_or(Timestamp::MAX);
        let due = self.inner.store.claim_timers(looking.due(now), until, TIMERS_AT_ONCE).await?;
        let (taken, mut firing) = (due.len(), JoinSet::new());
        for (tenant, timer) in due {
            let runtime = self.clone();
            firing.spawn(async move { runtime.fire(&tenant, &timer).await });
        }
        wait_for_all(&mut firing, "a timer", |()| {}).await?;
        Ok(taken)
    }

    /// Lets a timer ring, or rest for a while.
    async fn fire(&self, tenant: &TenantId, timer: &TimerRow) -> Result<(), SubmitError> {
        let request = Request {
            tenant: tenant.clone(),
            case: timer.case,
            command_id: firing(tenant, timer),
            command: Command::FireTimer {
                instance: timer.instance,
                name: timer.name.clone(),
                revision: timer.revision,
            },
        };
        match self.submit(Actor::Engine, request).await {
            Ok(committed) if !committed.repeated => return Ok(()),
            // It has rung before, and rests if it is still there: ringing again would change nothing.
            Ok(_) => {}
            Err(error) if error.is_of_database() => return Err(error),
            Err(error) => {
                // Somebody else was faster, and the timer is gone; or it cannot be fired now, for example because its
                // case is unreadable. Then it must neither be lost nor stand in the way of others.
                tracing::warn!(%error, %tenant, case = %timer.case, "a timer could not be fired; trying again later");
            }
        }
        let later = self.inner.clock.now().checked_add(TIMER_REST).unwrap_or(Timestamp::MAX);
        self.inner.store.postpone_timer(tenant, timer, later).await?;
        Ok(())
    }
}

pub(crate) fn looks() -> Interval {
    let mut look = interval(LOOK_EVERY);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    look
}

pub(crate) async fn trouble(error: &SubmitError, look: &mut Interval) {
    tracing::error!(%error, "background work failed; trying again");
    look.tick().await;
}

/// Waits for all, whatever becomes of one: the others must not be cut off halfway. Only trouble with the database itself is
/// an error; what concerns one of them is told in the log.
pub(crate) async fn wait_for_all<T: 'static>(
    running: &mut JoinSet<Result<T, SubmitError>>,
    what: &str,
    mut each: impl FnMut(T),
) -> Result<(), SubmitError> {
    let mut database = Ok(());
    while let Some(done) = running.join_next().await {
        match ended(what, done) {
            Ok(Some(done)) => each(done),
            Ok(None) => {}
            Err(error) => database = Err(error),
        }
    }
    database
}

pub(crate) fn ended<T>(
    what: &str,
    done: Result<Result<T, SubmitError>, JoinError>,
) -> Result<Option<T>, SubmitError> {
    match done {
        Ok(Ok(done)) => return Ok(Some(done)),
        Ok(Err(error)) if error.is_of_database() => return Err(error),
        Ok(Err(error)) => {
            tracing::error!(%error, "{what} could not be brought to an end; its lease runs out and it is tried again");
        }
        Err(panic) => {
            tracing::error!(%panic, "{what} panicked; its lease runs out and it is tried again");
        }
    }
    Ok(None)
}

/// The command by which a timer rings: another one when it was set anew, even if its revisions are counted from 1 again.
fn firing(tenant: &TenantId, timer: &TimerRow) -> Uuid {
    let TimerRow { case, instance, name, revision, at } = timer;
    derived_id(&["fire", tenant.as_str(), &format!("{case}/{instance}/{name}/{revision}/{at}")])
}

/// The same id for the same thing, so that doing it twice is noticed.
pub(crate) fn derived_id(parts: &[&str]) -> Uuid {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    let digest = hash.finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

#[cfg(test)]
mod tests {
    use std::{
        collections::BTreeMap,
        sync::{
            Arc,
            atomic::{AtomicU32, Ordering},
        },
    };

    use fachwerk_core::words::CaseId;
    use fachwerk_store::{Place, Store};

    use super::*;
    use crate::clock::Clock;

    /// A mistake in one part of the work ends neither the others nor itself.
    #[tokio::test]
    async fn work_that_panics_begins_again() {
        let dir = tempfile::tempdir().expect("a directory");
        let store = Store::open(&Place::Sqlite { dir: dir.path().to_owned() }).await.expect("a store");
        let runtime = Runtime::new(store, Clock::stopped_at(Timestamp::UNIX_EPOCH), BTreeMap::new());
        let begun = Arc::new(AtomicU32::new(0));
        let work = |_| {
            let begun = begun.clone();
            async move { assert!(begun.fetch_add(1, Ordering::SeqCst) > 0, "a mistake") }
        };
        runtime.whatever_happens("a test", work).await;
        assert_eq!(begun.load(Ordering::SeqCst), 2);
    }

    #[test]
    fn a_timer_that_is_set_anew_rings_anew() {
        let tenant = TenantId::from("musterstadt");
        let timer = |second| TimerRow {
            case: CaseId(Uuid::from_u128(7)),
            instance: InstanceId(2),
            name: "late".into(),
            revision: 1,
            at: Timestamp::from_second(second).unwrap(),
        };
        assert_eq!(firing(&tenant, &timer(1)), firing(&tenant, &timer(1)));
        assert_ne!(firing(&tenant, &timer(1)), firing(&tenant, &timer(2)));
    }
}
