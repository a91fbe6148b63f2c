//! How much of a workload is done, by whom and where.

use super::Arguments;
use crate::Failure;

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// How many ask at once.
    pub clients: u32,
    pub cases: u32,
    /// Authorities that they are spread over.
    pub tenants: u32,
    /// Servers that they are spread over; none: in this process.
    pub nodes: Option<u32>,
    /// Added to each round trip to the database.
    pub round_trip_ms: u32,
    /// Whether the limit is measured as well.
    pub limited: bool,
}

/// Clients when nothing is said: in this process, and by HTTP.
const CLIENTS_HERE: u32 = 8;
const CLIENTS_BY_HTTP: u32 = 32;

impl Plan {
    pub fn of(arguments: &Arguments) -> Result<Plan, Failure> {
        if arguments.nodes > 1 && arguments.database.is_none() {
            return Err("several nodes need one database that all of them use: --database postgres://...; an embedded one belongs to one process".to_owned());
        }
        if arguments.round_trip_ms > 0 && arguments.database.is_none() {
            return Err(
                "an embedded database has no round trips; name a server with --database postgres://..."
                    .to_owned(),
            );
        }
        let nodes = (arguments.http || arguments.nodes > 1).then_some(arguments.nodes);
        let usual = if nodes.is_some() { CLIENTS_BY_HTTP } else { CLIENTS_HERE };
        Ok(Plan {
            clients: arguments.clients.unwrap_or(usual),
            cases: arguments.cases,
            tenants: arguments.tenants,
            nodes,
            round_trip_ms: arguments.round_trip_ms,
            limited: !arguments.without_limit,
        })
    }
}
