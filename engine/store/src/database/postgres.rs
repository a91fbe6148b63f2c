//! How PostgreSQL is spoken to: which connections there are, and how it shall plan on them.

use std::time::Duration;

use sqlx::{Connection, Postgres, pool::PoolOptions, postgres::PgConnectOptions};
use tokio::time::timeout;

use super::{Database, Held, PATIENCE, PREPARED_STATEMENTS, Place, Pools, unusable};
use crate::{
    error::StoreError,
    shelf::{Doubts, Shelf},
};

/// Those that ask, and those that store batches on what is remembered.
pub(super) const CONNECTIONS_TO_POSTGRES: u32 = 12;
const CONNECTIONS_THAT_STORE: u32 = 8;
/// Keys are read once and then remembered.
pub(super) const CONNECTIONS_TO_KEYS: u32 = 2;
/// How PostgreSQL shall plan, each with its value.
pub(super) const PLANNING: [(&str, &str); 4] = [
    // A few rows are looked up by their key; what an index leads to is mostly in memory.
    ("random_page_cost", "1.1"),
    // What is joined is looked up row by row. Otherwise a thousand look-ups are taken for dearer than reading a million rows.
    ("enable_hashjoin", "off"),
    ("enable_mergejoin", "off"),
    // To compile a statement takes longer than any of ours.
    ("jit", "off"),
];
/// How it shall plan a statement that comes alone. It looks rows up by their keys or goes along an index, and to plan it takes
/// longer than to carry it out: so it is planned once. That is right however many rows there are, as long as nothing is read
/// through, or gathered and sorted where an index has the order.
const ONCE: [(&str, &str); 4] = [
    ("plan_cache_mode", "force_generic_plan"),
    ("enable_seqscan", "off"),
    ("enable_bitmapscan", "off"),
    ("enable_sort", "off"),
];
/// How it shall plan within a transaction, where lists are read and counted: what is the best way depends on the values.
pub(super) const FOR_VALUES: [(&str, &str); 4] = [
    ("plan_cache_mode", "force_custom_plan"),
    ("enable_seqscan", "on"),
    ("enable_bitmapscan", "on"),
    ("enable_sort", "on"),
];
/// How long PostgreSQL shall wait for us: a process that was cut off in the middle of a transaction holds up its authority no
/// longer than that.
pub(super) const LIMITS: [(&str, &str); 2] =
    [("statement_timeout", "60s"), ("idle_in_transaction_session_timeout", "60s")];
/// How long a connection may take to say that it can be used by others.
const GIVEN_BACK: Duration = Duration::from_secs(5);
/// A connection that rested about this long, and less than twice, is tried out before it is used.
pub(super) const REST: Duration = Duration::from_secs(5);

impl Database {
    pub(super) async fn on_postgres(place: &Place, url: &str, connections: u32) -> Result<Self, StoreError> {
        let (url, pooled) = without_pooler(url);
        let options: PgConnectOptions = url.parse().map_err(|error| place.unusable(error))?;
        let options = options.application_name("fachwerk").statement_cache_capacity(PREPARED_STATEMENTS);
        let options = if pooled { options } else { options.options(LIMITS).options(PLANNING).options(ONCE) };
        let doubts = Doubts::default();
        let asking = kept(connections).connect_with(options.clone()).await;
        let asking = asking.map_err(|error| unusable(place, error))?;
        let storing = (!pooled).then(|| {
            let pool = kept(CONNECTIONS_THAT_STORE).connect_lazy_with(options);
            Shelf::of(pool, (PATIENCE, REST), doubts.clone())
        });
        Ok(Pools::Postgres { shelf: Shelf::of(asking, (PATIENCE, REST), doubts), storing }.into())
    }
}

fn kept(connections: u32) -> PoolOptions<Postgres> {
    PoolOptions::<Postgres>::new()
        .max_connections(connections)
        .acquire_timeout(PATIENCE)
        // One that does not answer is closed; else it would keep its place for ever.
        .after_release(|connection, _| {
            Box::pin(async move { Ok(matches!(timeout(GIVEN_BACK, connection.ping()).await, Ok(Ok(())))) })
        })
}

/// Begins a transaction. Through a pooler nothing is said of the session, so each transaction says all of how to plan and how
/// long to wait.
pub(super) async fn begun(shelf: &Shelf, pooled: bool, begin: &str) -> Result<Held, StoreError> {
    let mut begin = begin.to_owned();
    let session = PLANNING.iter().chain(&LIMITS).filter(|_| pooled);
    for (name, value) in FOR_VALUES.iter().chain(session) {
        begin.push_str(&format!("; set local {name} = '{value}'"));
    }
    let mut taken = shelf.take().await?;
    taken.begin(begin).await?;
    Ok(Held::Postgres(taken))
}

/// An address without the parameter that says that it leads to a pooler, and whether it has that.
fn without_pooler(url: &str) -> (String, bool) {
    let Some((address, parameters)) = url.split_once('?') else { return (url.to_owned(), false) };
    let (pooler, others): (Vec<&str>, Vec<&str>) =
        parameters.split('&').partition(|parameter| *parameter == "pooler=transaction");
    let question = if others.is_empty() { "" } else { "?" };
    (format!("{address}{question}{}", others.join("&")), !pooler.is_empty())
}
