//! Deadlines and letters that rest after a restore or a jump of the clock.

use fachwerk_store::Halt;
use serde_json::{Value, json};

use crate::world::{HERE, THERE, World, at};

#[tokio::test]
async fn an_administrator_lets_them_go_on() {
    let world = World::new().await;
    let [ada, jan] = ["ada", "jan"].map(|who| at(who, HERE));
    world.ask(&ada, "GET /session").await.has(200, json!({ "halted": null }));
    world.ask(&ada, "POST /resume").await.is(204, Value::Null);
    let now = world.runtime.clock().now();
    world.runtime.store().halt_all(now, Halt::ClockJumped).await.unwrap();
    // When something was stored last is for those who look after the clock.
    for (who, last) in [(&ada, json!("2026-03-02T08:00:00Z")), (&jan, Value::Null)] {
        let halted = json!({ "since": "2026-03-02T08:00:00Z", "why": "clock_jumped", "last_turn_at": last });
        world.ask(who, "GET /session").await.has(200, json!({ "halted": halted }));
    }
    // A deadline that passes meanwhile does not ring, and no letter is made.
    let applicant = json!({ "name": "Erika Muster", "size_m": 12, "register": false });
    let case = world.begin(&jan, applicant).await;
    world
        .complete(&jan, &case, "examine/confirm", json!({ "outcome": "incomplete", "note": "Lageplan" }))
        .await;
    world.settle().await;
    let documents = async || world.ask(&jan, &format!("GET /cases/{case}")).await.json()["documents"].clone();
    assert_eq!(documents().await, json!([]));
    world.ask(&jan, "POST /resume").await.refused(403, "NotAllowed");
    world.ask(&ada, "POST /resume").await.is(204, Value::Null);
    world.settle().await;
    assert_eq!(documents().await.as_array().map(Vec::len), Some(1));
    world.ask(&ada, "GET /session").await.has(200, json!({ "halted": null }));
    // Each authority says so for itself.
    world
        .ask(&at("ada", THERE), "GET /session")
        .await
        .has(200, json!({ "halted": { "why": "clock_jumped" } }));
    let audit = world.ask(&ada, "GET /audit").await.json();
    let said = audit["items"].as_array().unwrap().iter();
    assert_eq!(said.filter(|it| it["what"]["en"] == "deadlines and dispatch go on").count(), 1);
}
