//! What the database alone can do: the statements that a run wrote down, run again in the same transactions on a database that is
//! as that one was; and of these the rows of the journal alone. Once by as many connections as were in use at once, and once by
//! one: those that write for the same authority wait for each other. The faster counts.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use fachwerk_runtime::{Runtime, clock::Clock};
use fachwerk_store::{Part, Place, Recording, Store};
use tokio::task::JoinSet;

use super::{
    ground::Grounds,
    here,
    relay::Relay,
    stopwatch::{Latencies, Stopwatch},
};
use crate::Failure;

/// What running again took.
pub struct Limit {
    /// With every statement.
    pub seconds: f64,
    /// With the rows of the journal alone.
    pub journal_seconds: f64,
    /// How long each transaction of the journal took, in their order.
    pub commits: Latencies,
}

/// Runs a recording again. `before` brings an empty database to where the recording began.
pub async fn of(
    recording: Recording,
    grounds: &Grounds,
    round_trip_ms: u32,
    before: impl AsyncFn(&Runtime) -> Result<(), Failure>,
) -> Result<Limit, Failure> {
    let recording = Arc::new(recording);
    let again = async |part: Part, connections: usize| {
        grounds
            .on_fresh(async |place: &Place| {
                let (place, _relay) = Relay::before(place, round_trip_ms).await?;
                let runtime = here::engine(&place, Clock::system()).await?;
                before(&runtime).await?;
                let done = run(runtime.store(), &recording, part, connections).await;
                runtime.store().close().await;
                done
            })
            .await
    };
    let fastest = async |part: Part| {
        let one = again(part, 1).await?;
        if recording.connections() == 1 {
            return Ok::<_, Failure>(one);
        }
        let all = again(part, recording.connections()).await?;
        Ok(if all.0 < one.0 { all } else { one })
    };
    let (seconds, _) = fastest(Part::All).await?;
    let (journal_seconds, commits) = fastest(Part::Journal).await?;
    Ok(Limit { seconds, journal_seconds, commits })
}

/// Each connection takes the next transaction as soon as it is free.
async fn run(
    store: &Store,
    recording: &Arc<Recording>,
    part: Part,
    connections: usize,
) -> Result<(f64, Latencies), Failure> {
    let units = Arc::new(recording.units(part));
    let next = Arc::new(AtomicUsize::new(0));
    let watch = Stopwatch::start();
    let mut running = JoinSet::new();
    for _ in 0..connections {
        let (store, recording) = (store.clone(), recording.clone());
        let (units, next) = (units.clone(), next.clone());
        running.spawn(async move {
            let mut latencies = Latencies::default();
            while let Some(unit) = units.get(next.fetch_add(1, Ordering::Relaxed)) {
                let watch = Stopwatch::start();
                store.rerun(&recording, part, *unit).await.map_err(|error| error.to_string())?;
                latencies.push(watch.micros());
            }
            Ok::<_, Failure>(latencies)
        });
    }
    let mut latencies = Latencies::default();
    while let Some(done) = running.join_next().await {
        latencies.extend(done.map_err(|panic| panic.to_string())??);
    }
    Ok((watch.seconds(), latencies))
}
