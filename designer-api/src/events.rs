//! What is committed, as it happens: server-sent events that a browser can resume.

use std::{collections::VecDeque, convert::Infallible};

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{
        Sse,
        sse::{Event, KeepAlive},
    },
};
use fachwerk_runtime::Committed;
use fachwerk_store::{AnyTurn, StoreError, Stored};
use futures_util::{Stream, stream::unfold};
use serde::Serialize;
use tokio::{
    sync::{broadcast, watch},
    time::{Interval, MissedTickBehavior, interval},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    limits,
    params::Params,
    person::Authenticated,
    problem::Problem,
    server::{OpenStream, Server},
};

pub fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(follow_events))
}

/// A turn that was committed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
struct TurnEvent {
    /// Its place among all turns of the authority; the id of the event.
    position: u64,
    /// The case; none for the authority itself.
    case: Option<String>,
    /// The version of the case after it.
    version: u64,
}

/// What is committed
///
/// Server-sent events named `turn`; the id is the position. With `Last-Event-ID` nothing after it is missed. Comments
/// keep the connection open. The stream ends when the session or the token does.
#[utoipa::path(
    get, path = "/events", tag = "events", operation_id = "followEvents",
    params(("Last-Event-ID" = Option<u64>, Header, description = "The last event that was seen; without it, from now on.")),
    responses((status = 200, description = "The events.", body = TurnEvent, content_type = "text/event-stream"))
)]
async fn follow_events(
    State(server): State<Server>,
    who: Authenticated,
    headers: HeaderMap,
    params: Params,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    params.finish()?;
    let Some(open) = server.open_stream(&who) else {
        let most = limits::EVENT_STREAMS;
        return Err(Problem::limit(StatusCode::TOO_MANY_REQUESTS, "TooManyRequests", "event_streams", most));
    };
    // Subscribed before the position is read, so that nothing falls between the two.
    let committed = server.runtime().subscribe();
    let newest = server.runtime().store().last_position(&who.tenant).await?;
    let seen = match headers.get("last-event-id") {
        None => newest,
        // A position that is not there yet is one of another time: begin where we are.
        Some(id) => id.to_str().ok().and_then(|id| id.trim().parse().ok()).unwrap_or(newest).min(newest),
    };
    let mut look = interval(limits::HEARTBEAT);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let stopping = server.stopping();
    let follower = Follower {
        who,
        behind: seen < newest,
        seen,
        waiting: VecDeque::new(),
        committed,
        look,
        stopping,
        server,
        _open: open,
    };
    let stream = unfold(follower, |mut follower| async move {
        let event = follower.next().await?;
        Some((Ok::<_, Infallible>(event), follower))
    });
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(limits::HEARTBEAT)))
}

/// Somebody who listens.
struct Follower {
    server: Server,
    who: Authenticated,
    /// The position that was told last.
    seen: u64,
    /// Whether there may be more in the store than was told.
    behind: bool,
    waiting: VecDeque<TurnEvent>,
    committed: broadcast::Receiver<Committed>,
    look: Interval,
    stopping: watch::Receiver<bool>,
    _open: OpenStream,
}

impl Follower {
    /// The next event; none when the stream ends.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(turn) = self.waiting.pop_front() {
                self.seen = turn.position;
                let event = Event::default().event("turn").id(turn.position.to_string()).json_data(&turn);
                return event.inspect_err(|error| tracing::error!(%error, "an event is no JSON")).ok();
            }
            if self.behind {
                self.read()
                    .await
                    .inspect_err(|error| tracing::error!(%error, "events cannot be read"))
                    .ok()?;
                continue;
            }
            tokio::select! {
                received = self.committed.recv() => self.take(received)?,
                _ = self.look.tick() => {
                    if !self.server.still_counts(&self.who).await.unwrap_or(false) {
                        return None;
                    }
                    // Other processes of the installation commit as well.
                    self.behind = true;
                }
                _ = self.stopping.changed() => return None,
            }
        }
    }

    /// None: the engine is gone.
    fn take(&mut self, received: Result<Committed, broadcast::error::RecvError>) -> Option<()> {
        match received {
            Ok(turn) if turn.tenant != self.who.tenant || turn.position <= self.seen => {}
            Ok(turn) if turn.position == self.seen + 1 => {
                let case = turn.case.map(|case| case.to_string());
                self.waiting.push_back(TurnEvent { position: turn.position, case, version: turn.version });
            }
            // Two commits may be told in the wrong order; the store has the right one.
            Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => self.behind = true,
            Err(broadcast::error::RecvError::Closed) => return None,
        }
        Some(())
    }

    async fn read(&mut self) -> Result<(), StoreError> {
        let store = self.server.runtime().store();
        let turns = store.events_after(&self.who.tenant, self.seen, limits::EVENTS_AT_ONCE).await?;
        self.behind = turns.len() >= limits::EVENTS_AT_ONCE as usize;
        self.waiting.extend(turns.into_iter().map(|Stored { turn, position, .. }| match turn {
            AnyTurn::Case(turn) => {
                TurnEvent { position, case: Some(turn.case.to_string()), version: turn.version }
            }
            AnyTurn::Erased(turn) => {
                TurnEvent { position, case: Some(turn.case.to_string()), version: turn.version }
            }
            AnyTurn::Authority(turn) => TurnEvent { position, case: None, version: turn.version },
        }));
        Ok(())
    }
}
