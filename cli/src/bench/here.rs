//! A workload in this process; all that runs on the database is written down.

use fachwerk_runtime::{Runtime, clock::Clock};
use fachwerk_store::{Place, Recording};

use super::{
    client::{self, Client, Door, Ends},
    figures::Usage,
    ground,
    office::{self, Office},
    plan::Plan,
    relay::Relay,
    stopwatch::Latencies,
    workload::Stored,
};
use crate::{Failure, connectors};

/// What a run shows.
pub struct Measured {
    pub seconds: f64,
    pub latencies: Latencies,
    pub usage: Usage,
    /// Memory of a server before anybody asked.
    pub idle_rss_mb: Option<f64>,
    /// Bytes that the database has grown by.
    pub grown: u64,
}

/// An engine on a database, with a connector `bench` that answers at once.
pub async fn engine(place: &Place, clock: Clock) -> Result<Runtime, Failure> {
    let mut all = connectors::all();
    all.extend([connectors::at_once()]);
    let engine = Runtime::new(ground::open(place).await?, clock, all);
    engine.take_part().await.map_err(|error| error.to_string())?;
    Ok(engine)
}

/// Runs a workload on an empty database.
pub async fn run(workload: Stored, plan: &Plan, place: &Place) -> Result<(Measured, Recording), Failure> {
    let (place, _relay) = Relay::before(place, plan.round_trip_ms).await?;
    let runtime = engine(&place, Clock::system()).await?;
    let offices = office::set_up(&runtime, plan.tenants, workload.process()).await?;
    let clients = clients(&runtime, &offices, plan.clients, workload);
    let worker = workload.goes_on().then(|| runtime.start_background());
    let (bytes, before) = (ground::bytes(runtime.store()).await?, Usage::of(None));
    runtime.store().record();
    let (latencies, seconds) = client::all(&clients, workload, plan.cases).await?;
    let recording = runtime.store().recorded();
    drop(worker);
    let usage = Usage::of(None);
    let usage = Usage { cpu_s: usage.cpu_s - before.cpu_s, ..usage };
    let grown = ground::bytes(runtime.store()).await?.saturating_sub(bytes);
    runtime.store().close().await;
    Ok((Measured { seconds, latencies, usage, idle_rss_mb: None, grown }, recording))
}

/// Clients of this process, spread over authorities.
pub fn clients(runtime: &Runtime, offices: &[Office], count: u32, workload: Stored) -> Vec<Client> {
    let ends = Ends::here(runtime, workload.turns());
    let spread = offices.iter().cycle().take(count as usize);
    spread
        .map(|office| Client {
            door: Door::Here(runtime.clone()),
            office: office.clone(),
            ends: ends.clone(),
        })
        .collect()
}
