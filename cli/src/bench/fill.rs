//! Many cases at once. The engine decides a beginning for each of some days; these turns are multiplied with other ids and
//! applications, and written to the store in its largest batches, with every row of the lists that follows from them.
//! So a million cases take minutes, and are what a million beginnings would have left.

use std::{ops::Range, sync::Arc};

use fachwerk_core::{
    authority::Authority,
    case::Case,
    command::{Command, Request},
    definition::Release,
    event::Event,
    facts::{Actor, Local},
    projection::changes,
    turn::Turn,
    words::{CaseId, Object, TenantId, Timestamp},
};
use fachwerk_runtime::{Runtime, clock::Clock};
use fachwerk_store::{Appended, Entry, MAX_BATCH_TURNS, Store};
use tokio::{sync::mpsc, task::spawn_blocking};
use uuid::{Builder, Uuid};

use super::{
    office::{Office, clerk},
    stopwatch::Stopwatch,
};
use crate::{Failure, connectors};

/// Days on which cases begin.
const DAYS: u64 = 20;
const DAY_S: i64 = 24 * 60 * 60;
/// Batches that are ready before they are written.
const READY: usize = 4;

/// Beginnings that the engine has decided, one a day.
pub struct Stamps {
    tenant: TenantId,
    turns: Vec<Turn>,
    release: Arc<Release>,
    local: Local,
    data: fn(u64) -> Object,
}

impl Stamps {
    /// Begins a case on each of the days before an instant.
    pub async fn before(
        end: Timestamp,
        store: &Store,
        office: &Office,
        data: fn(u64) -> Object,
    ) -> Result<Stamps, Failure> {
        let on = |day: u64| {
            let back = i64::try_from(DAYS - day).unwrap_or_default() * DAY_S;
            Timestamp::from_second(end.as_second() - back).map_err(|error| error.to_string())
        };
        let clock = Clock::stopped_at(on(0)?);
        let runtime = Runtime::new(store.clone(), clock.clone(), connectors::all());
        let mut turns = Vec::new();
        for day in 0..DAYS {
            clock.advance_to(on(day)?);
            let case = CaseId(Uuid::now_v7());
            let command = Command::StartCase {
                release: office.release.clone(),
                channel: "bench".into(),
                data: data(day),
                received_on: None,
                documents: Vec::new(),
                caller: None,
            };
            let request =
                Request { tenant: office.tenant.clone(), case, command_id: Uuid::now_v7(), command };
            let begun = runtime.submit(Actor::Person(clerk()), request).await;
            begun.map_err(|error| error.to_string())?;
            let stored = store.turns(&office.tenant, case, 0, 1).await.map_err(|error| error.to_string())?;
            turns.extend(stored.into_iter().map(|stored| stored.turn));
        }
        let release = runtime.release(&office.tenant, &office.release).await;
        let release = release.map_err(|error| error.to_string())?;
        let local = release.local(&Authority::default());
        Ok(Stamps { tenant: office.tenant.clone(), turns, release, local, data })
    }

    /// How many cases were begun for it.
    pub fn count(&self) -> u64 {
        self.turns.len() as u64
    }

    /// The id of a case: by the instant at which it begins, as all ids are.
    pub fn case(&self, number: u64) -> CaseId {
        self.id(number, b'c')
    }

    fn id(&self, number: u64, sort: u8) -> CaseId {
        let mut rest = [sort; 10];
        rest[2..].copy_from_slice(&number.to_be_bytes());
        let millis = u64::try_from(self.instant(number).as_millisecond()).unwrap_or_default();
        CaseId(Builder::from_unix_timestamp_millis(millis, &rest).into_uuid())
    }

    fn turn(&self, number: u64) -> &Turn {
        &self.turns[usize::try_from(number % DAYS).unwrap_or_default()]
    }

    /// A millisecond after the one before of the same day.
    fn instant(&self, number: u64) -> Timestamp {
        let now = self.turn(number).now;
        let later = i64::try_from(number / DAYS + 1).unwrap_or_default();
        Timestamp::from_millisecond(now.as_millisecond() + later).unwrap_or(now)
    }

    fn entry(&self, number: u64) -> Entry {
        let (case, command, now) = (self.case(number), self.id(number, b'q'), self.instant(number));
        let mut turn = Turn { case, command_id: command.0, now, ..self.turn(number).clone() };
        for event in &mut turn.events {
            if let Event::CaseStarted { data, .. } = event {
                *data = (self.data)(number);
            }
        }
        let before = Case::unborn(self.tenant.clone(), case);
        let mut after = before.clone();
        turn.apply(&mut after);
        let changes = changes(&before, &after, &turn, self.release.listing(&after, &self.local));
        Entry { turn, changes, snapshot: None }
    }
}

/// Writes the cases with these numbers; how many seconds it took.
pub async fn fill(store: &Store, stamps: &Arc<Stamps>, numbers: Range<u64>) -> Result<f64, Failure> {
    let watch = Stopwatch::start();
    let (sender, mut batches) = mpsc::channel(READY);
    let (tenant, stamps) = (stamps.tenant.clone(), stamps.clone());
    let making = spawn_blocking(move || {
        for first in numbers.clone().step_by(MAX_BATCH_TURNS) {
            let end = numbers.end.min(first + MAX_BATCH_TURNS as u64);
            let batch: Vec<Entry> = (first..end).map(|number| stamps.entry(number)).collect();
            if sender.blocking_send(batch).is_err() {
                return;
            }
        }
    });
    while let Some(batch) = batches.recv().await {
        let appended = store.append(&tenant, batch).await.map_err(|error| error.to_string())?;
        if let Some(other) = appended.iter().find(|one| !matches!(one, Appended::Committed { .. })) {
            return Err(format!("a case could not be written: {other:?}"));
        }
    }
    making.await.map_err(|panic| panic.to_string())?;
    let seconds = watch.seconds();
    store.look_at_rows().await.map_err(|error| error.to_string())?;
    Ok(seconds)
}
