//! Messages that nobody waits for: what administrators see of them, and what they do about them.

use fachwerk_core::words::{Object, TenantId};
use fachwerk_store::Published;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::world::{HERE, THERE, World, at};

/// Two messages that came for cases that there are not.
async fn world_with_messages() -> World {
    let world = World::new().await;
    for (number, key) in [(1, "A-1"), (2, "A-2")] {
        let (tenant, id) = (TenantId::from(HERE), Uuid::from_u128(number));
        let payload = Object::from_iter([("secret".into(), json!("only for the case"))]);
        let published = world.runtime.publish(&tenant, id, "opinion", key, payload).await.unwrap();
        assert_eq!(published, Published::Kept);
    }
    world
}

fn entry(number: u128, key: &str) -> Value {
    json!({
        "id": Uuid::from_u128(number), "name": "opinion", "title": { "de": "opinion", "en": "opinion" },
        "key": key, "since": "2026-03-02T08:00:00Z", "awaited": [],
    })
}

fn act(number: u128, what: &str) -> String {
    format!("POST /messages/{}/{what}", Uuid::from_u128(number))
}

#[tokio::test]
async fn a_message_gets_another_key_or_is_discarded() {
    let world = world_with_messages().await;
    let ada = at("ada", HERE);
    let list = world.ask(&ada, "GET /messages").await;
    list.is(
        200,
        json!({ "items": [entry(1, "A-1"), entry(2, "A-2")], "next": null, "total": 2, "total_capped": false }),
    );
    assert!(!list.text().contains("only for the case"), "the content is for the case");
    let first = world.ask(&ada, "GET /messages?limit=1").await;
    first.has(200, json!({ "items": [entry(1, "A-1")], "next": "*" }));

    let corrected = json!({ "key": " A-7 ", "reason": "Zahlendreher" });
    world.say(&ada, &act(1, "key"), corrected.clone()).await.is(204, Value::Null);
    world.say(&ada, &act(1, "key"), corrected.clone()).await.refused(422, "KeyInvalid");
    world.say(&ada, &act(2, "discard"), json!({ "reason": "doppelt" })).await.is(204, Value::Null);
    world.say(&ada, &act(2, "discard"), json!({ "reason": "doppelt" })).await.refused(404, "MessageNotKept");
    world.say(&ada, &act(2, "key"), corrected).await.refused(404, "MessageNotKept");
    world.ask(&ada, "GET /messages").await.has(200, json!({ "items": [entry(1, "A-7")] }));

    let audit = world.ask(&ada, "GET /audit?limit=2").await.json();
    let said = |number: usize| audit["items"][number]["what"]["de"].as_str().unwrap().to_owned();
    assert_eq!(said(0), "Nachricht „opinion“ mit dem Schlüssel „A-2“ verworfen (doppelt)");
    assert_eq!(said(1), "Nachricht „opinion“: Schlüssel „A-1“ zu „A-7“ berichtigt (Zahlendreher)");
}

#[tokio::test]
async fn only_administrators_of_the_authority_with_a_reason() {
    let world = world_with_messages().await;
    let (key, discard) = (json!({ "key": "A-7", "reason": "x" }), json!({ "reason": "x" }));
    for who in ["jan", "dora", "leo"] {
        world.ask(&at(who, HERE), "GET /messages").await.refused(403, "NotAllowed");
        world.say(&at(who, HERE), &act(1, "key"), key.clone()).await.refused(403, "NotAllowed");
        world.say(&at(who, HERE), &act(1, "discard"), discard.clone()).await.refused(403, "NotAllowed");
    }
    let there = at("ada", THERE);
    world.ask(&there, "GET /messages").await.has(200, json!({ "items": [] }));
    world.say(&there, &act(1, "key"), key).await.refused(404, "MessageNotKept");
    world.say(&there, &act(1, "discard"), discard).await.refused(404, "MessageNotKept");
    let ada = at("ada", HERE);
    for (key, reason, code) in [
        ("  ", "x", "KeyInvalid"),
        ("A-1", "x", "KeyInvalid"),
        (&"k".repeat(501), "x", "KeyInvalid"),
        ("A-7", " ", "ReasonInvalid"),
        ("A-7", &"r".repeat(2_001), "ReasonInvalid"),
    ] {
        let asked = json!({ "key": key, "reason": reason });
        world.say(&ada, &act(1, "key"), asked).await.refused(422, code);
    }
    world.say(&ada, &act(1, "discard"), json!({ "reason": "" })).await.refused(422, "ReasonInvalid");
    world.say(&ada, "POST /messages/one/discard", json!({ "reason": "x" })).await.refused(404, "NotFound");
}
