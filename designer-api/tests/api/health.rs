//! Whether the server is well, while its PostgreSQL is not.

use std::{collections::BTreeMap, time::Duration};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::Request,
};
use fachwerk_designer_api::{Api, Options, router};
use fachwerk_runtime::{Runtime, clock::Clock};
use fachwerk_store::{Place, Store, test_postgres};
use serde_json::{Value, json};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
    task::{JoinHandle, JoinSet},
    time::timeout,
};
use tower::ServiceExt;

use crate::world::simulated;

/// Whoever asks is told after two seconds. A machine that is busy may take longer; the store itself would wait for ten.
const LIMIT: Duration = Duration::from_secs(6);

/// A way to PostgreSQL that can be cut.
struct Way {
    url: String,
    silent: watch::Sender<bool>,
    passing: JoinHandle<()>,
}

/// What becomes of PostgreSQL.
#[derive(Clone, Copy, Debug)]
enum Trouble {
    /// It is stopped: all connections end, and nobody listens.
    Stopped,
    /// Its machine has lost its power: nothing ends, and nothing is answered.
    Silent,
}

impl Way {
    async fn to(url: &str) -> Way {
        let (user, rest) = url.split_once('@').unwrap();
        let (server, name) = rest.split_once('/').unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("{user}@{}/{name}", listener.local_addr().unwrap());
        let (server, (silent, told)) = (server.to_owned(), watch::channel(false));
        let passing = tokio::spawn(async move {
            let mut ways = JoinSet::new();
            while let Ok((mut near, _)) = listener.accept().await {
                let (server, mut told) = (server.clone(), told.clone());
                ways.spawn(async move {
                    let mut far = TcpStream::connect(server).await.unwrap();
                    let quiet = async { told.wait_for(|silent| *silent).await.is_ok() };
                    let silenced = tokio::select! {
                        _ = copy_bidirectional(&mut near, &mut far) => false,
                        silenced = quiet => silenced,
                    };
                    if silenced {
                        // Both ends are held, and nothing is passed on any more.
                        std::future::pending::<()>().await;
                    }
                });
            }
        });
        Way { url, silent, passing }
    }

    async fn suffer(&mut self, trouble: Trouble) {
        match trouble {
            Trouble::Silent => {
                self.silent.send_replace(true);
            }
            Trouble::Stopped => {
                self.passing.abort();
                // Only then all that it held is closed.
                let _ = (&mut self.passing).await;
            }
        }
    }
}

async fn is_well(router: &Router) -> (u16, Value) {
    let asked = router.clone().oneshot(Request::get("/healthz").body(Body::empty()).unwrap());
    let answer =
        timeout(LIMIT, asked).await.expect("it is told before the store itself has given up").unwrap();
    let status = answer.status().as_u16();
    let bytes = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    (status, serde_json::from_slice(&bytes).unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_does_not_answer_is_told_within_two_seconds() {
    let Some(server) = test_postgres::server() else { return };
    for trouble in [Trouble::Stopped, Trouble::Silent] {
        let url = server.create_database().await;
        let mut way = Way::to(&url).await;
        let store = Store::open(&Place::Postgres { url: way.url.clone() }).await.unwrap();
        let clock = Clock::stopped_at("2026-03-02T08:00:00Z".parse().unwrap());
        let runtime = Runtime::new(store, clock, BTreeMap::new());
        let router = router(Api { runtime, options: Options::new(simulated) });
        assert_eq!(is_well(&router).await, (200, json!({ "status": "ok" })), "{trouble:?}");
        way.suffer(trouble).await;
        // By the connections that are at hand, and when there are none any more.
        for _ in 0..2 {
            let (status, said) = is_well(&router).await;
            assert_eq!((status, &said["code"]), (503, &json!("Unavailable")), "{trouble:?}: {said}");
        }
        way.passing.abort();
        server.drop_database(&url).await;
    }
}
