//! The stream of what is committed: told at once, resumed without a gap.

use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use futures_util::StreamExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::world::{HERE, THERE, World, at};

struct Stream {
    frames: BodyDataStream,
    text: String,
}

impl Stream {
    async fn open(world: &World, who: &str, last: Option<u64>) -> Stream {
        let last = last.map(|last| last.to_string());
        let headers: Vec<(&str, &str)> = last.iter().map(|last| ("last-event-id", last.as_str())).collect();
        Stream::with(world, who, &headers).await
    }

    async fn with(world: &World, who: &str, headers: &[(&str, &str)]) -> Stream {
        let request = world.request(who, "GET /events", headers).await.body(Body::empty()).unwrap();
        let response = world.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert_eq!(response.headers()["x-content-type-options"], "nosniff");
        Stream { frames: response.into_body().into_data_stream(), text: String::new() }
    }

    /// Whether it ends, whatever it tells before.
    async fn ends(mut self) -> bool {
        let end = async { while self.frames.next().await.is_some() {} };
        tokio::time::timeout(Duration::from_secs(20), end).await.is_ok()
    }

    /// The next event: its id and data.
    async fn next(&mut self) -> (u64, Value) {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let line = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
                let found = line("data:")
                    .map(|data| (line("id:").unwrap().parse().unwrap(), serde_json::from_str(data).unwrap()));
                if found.is_some() {
                    assert_eq!(line("event:"), Some("turn"));
                }
                self.text = rest.to_owned();
                if let Some(found) = found {
                    return found;
                }
                continue;
            }
            let frame = tokio::time::timeout(Duration::from_secs(20), self.frames.next()).await;
            let frame = frame.expect("an event comes in time").expect("the stream goes on").unwrap();
            self.text.push_str(std::str::from_utf8(&frame).unwrap());
        }
    }
}

async fn position(world: &World) -> u64 {
    world.runtime.store().last_position(&HERE.into()).await.unwrap()
}

#[tokio::test]
async fn what_is_committed_is_told() {
    let world = World::new().await;
    let jan = at("jan", HERE);
    let before = position(&world).await;
    let mut stream = Stream::open(&world, &jan, None).await;
    // What happens elsewhere is not told here.
    world.begin(&at("jan", THERE), json!({ "name": "Fremd", "size_m": 1 })).await;
    let case = world.begin(&jan, json!({ "name": "Erika Muster", "size_m": 12 })).await;
    let begun = (before + 1, json!({ "position": before + 1, "case": case, "version": 1 }));
    assert_eq!(stream.next().await, begun);
    world
        .say(&jan, &format!("POST /cases/{case}/notes"), json!({ "text": "Anruf." }))
        .await
        .has(200, json!({}));
    let noted = (before + 2, json!({ "position": before + 2, "case": case, "version": 2 }));
    assert_eq!(stream.next().await, noted);
    drop(stream);
    // What was missed comes first, whatever was seen last; nothing comes twice.
    for (last, expected) in [(before, vec![begun, noted.clone()]), (before + 1, vec![noted])] {
        let mut again = Stream::open(&world, &jan, Some(last)).await;
        for event in expected {
            assert_eq!(again.next().await, event, "after {last}");
        }
    }
    // An id of another time is as good as none.
    let mut ahead = Stream::open(&world, &jan, Some(9_999)).await;
    let ada = at("ada", HERE);
    let person = json!({ "name": "Neu", "roles": [], "active": true });
    world.say(&ada, "PUT /people/new", person).await.has(200, json!({}));
    let version = world.runtime.authority(&HERE.into()).await.unwrap().unwrap().version;
    let changed = json!({ "position": before + 3, "case": null, "version": version });
    assert_eq!(ahead.next().await, (before + 3, changed));
}

#[tokio::test]
async fn nobody_listens_too_often() {
    let world = World::new().await;
    let jan = at("jan", HERE);
    let mut open = Vec::new();
    for _ in 0..10 {
        open.push(Stream::open(&world, &jan, None).await);
    }
    world
        .ask(&jan, "GET /events")
        .await
        .refused(429, "TooManyRequests")
        .has(429, json!({ "limit": "event_streams" }));
    let mut other = Stream::open(&world, &at("mia", HERE), None).await;
    open.pop();
    open.push(Stream::open(&world, &jan, None).await);
    world.begin(&jan, json!({ "name": "Erika Muster", "size_m": 12 })).await;
    for stream in open.iter_mut().chain([&mut other]) {
        assert_eq!(stream.next().await.1["version"], 1);
    }
    world.ask("", "GET /events").await.refused(401, "NotLoggedIn");
}

#[tokio::test]
async fn a_stream_ends_with_what_it_was_opened_by() {
    let world = World::new().await;
    let ada = at("ada", HERE);
    let wanted =
        json!({ "person": "jan", "name": "Fachverfahren", "roles": ["clerk"], "until": "2026-03-02" });
    let issued = world.say(&ada, "POST /tokens", wanted.clone()).await.json();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let opened = async |issued: &Value| {
        let bearer = format!("Bearer {}", text(&issued["secret"]));
        Stream::with(&world, "", &[("authorization", &bearer)]).await
    };
    let revoked = opened(&issued).await;
    let revoke = format!("DELETE /tokens/{}", text(&issued["token"]["id"]));
    world.ask(&ada, &revoke).await.is(204, Value::Null);
    assert!(revoked.ends().await, "the token was revoked");
    let expired = opened(&world.say(&ada, "POST /tokens", wanted).await.json()).await;
    let session = Stream::open(&world, &at("mia", HERE), None).await;
    for clock in [world.runtime.clock(), &world.session_clock] {
        clock.advance_to("2026-03-02T23:00:00Z".parse().unwrap());
    }
    assert!(expired.ends().await, "the last day of the token is over");
    assert!(session.ends().await, "the session is over");
    let inactive = Stream::open(&world, &at("mia", HERE), None).await;
    let gone = json!({ "name": "Mia Beispiel", "roles": [], "active": false });
    world.say(&ada, "PUT /people/mia", gone).await.has(200, json!({}));
    assert!(inactive.ends().await, "the person may not log in any more");
}
