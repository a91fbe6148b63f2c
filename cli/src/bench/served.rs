//! A workload over HTTP: servers of their own process on one database, and clients that are spread over them.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::Arc,
    thread,
};

use fachwerk_runtime::clock::Clock;
use fachwerk_store::Place;

use super::{
    client::{self, Client, Door, Ends},
    figures::Usage,
    ground,
    here::{self, Measured},
    office::{self, Office},
    plan::Plan,
    relay::Relay,
    workload::Stored,
};
use crate::{Failure, remote::Server};

/// A server; it ends when this is dropped.
struct Node {
    process: Child,
    address: String,
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Node {
    /// Starts the program that this is as a server on a free port of this machine.
    fn start(place: &Place) -> Result<Node, Failure> {
        let said = |error: std::io::Error| format!("a server cannot be started: {error}");
        let mut command = Command::new(std::env::current_exe().map_err(said)?);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("FACHWERK_") {
                command.env_remove(name);
            }
        }
        command.env("FACHWERK_LOG", "warn").args(["serve", "--listen", "127.0.0.1:0", "--bench-connector"]);
        match place {
            Place::Sqlite { dir } => command.arg("--data").arg(dir),
            // Other users of the machine see arguments.
            Place::Postgres { url } => command.env("FACHWERK_DATABASE", url),
        };
        let mut process = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().map_err(said)?;
        let out = process.stdout.take();
        let mut node = Node { process, address: String::new() };
        let first = out.and_then(|out| BufReader::new(out).lines().next()).and_then(Result::ok);
        let address = first.as_deref().and_then(|line| line.strip_prefix("Fachwerk: "));
        node.address = address.ok_or("a server does not start; it says why above")?.to_owned();
        Ok(node)
    }

    fn usage(&self) -> Usage {
        Usage::of(Some(self.process.id()))
    }
}

fn usage(nodes: &[Node]) -> Usage {
    nodes.iter().map(Node::usage).fold(Usage::default(), Usage::with)
}

/// Runs a workload on an empty database.
pub async fn run(workload: Stored, plan: &Plan, place: &Place) -> Result<Measured, Failure> {
    let runtime = here::engine(place, Clock::system()).await?;
    let offices = office::set_up(&runtime, plan.tenants, workload.process()).await?;
    let bytes = ground::bytes(runtime.store()).await?;
    // An embedded database belongs to one process.
    runtime.store().close().await;
    let (near, _relay) = Relay::before(place, plan.round_trip_ms).await?;
    let nodes: Result<Vec<Node>, Failure> =
        (0..plan.nodes.unwrap_or(1)).map(|_| Node::start(&near)).collect();
    let nodes = nodes?;
    let before = usage(&nodes);
    let clients = clients(&nodes, &offices, plan.clients, workload)?;
    let (latencies, seconds) = client::all(&clients, workload, plan.cases).await?;
    let after = usage(&nodes);
    drop(nodes);
    let store = ground::open(place).await?;
    let grown = ground::bytes(&store).await?.saturating_sub(bytes);
    store.close().await;
    let usage = Usage { cpu_s: after.cpu_s - before.cpu_s, ..after };
    Ok(Measured { seconds, latencies, usage, idle_rss_mb: before.rss_mb, grown })
}

/// Clients, spread over servers so that those of one authority are at all of them.
fn clients(nodes: &[Node], offices: &[Office], count: u32, workload: Stored) -> Result<Vec<Client>, Failure> {
    let ends = Ends::default();
    if workload.goes_on() {
        for office in offices {
            follow(&Server::here(&nodes[0].address, &office.token)?, &ends, workload.turns())?;
        }
    }
    let one = |place: usize| {
        let (node, office) = (&nodes[place % nodes.len()], &offices[place / nodes.len() % offices.len()]);
        let server = Server::here(&node.address, &office.token)?;
        Ok(Client { door: Door::Http(Arc::new(server)), office: office.clone(), ends: ends.clone() })
    };
    (0..count as usize).map(one).collect()
}

/// Hears of the cases of an authority, until the server ends.
fn follow(server: &Server, ends: &Ends, turns: u32) -> Result<(), Failure> {
    let events = server.events()?;
    let ends = ends.clone();
    thread::spawn(move || {
        for (case, version) in events {
            ends.tell(case, version, turns);
        }
        ends.give_up();
    });
    Ok(())
}
