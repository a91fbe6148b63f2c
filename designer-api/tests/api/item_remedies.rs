//! An item of the incoming post that is a remedy: assigned and recorded in one step, with its true day of receipt.

use serde_json::{Value, json};

use crate::{
    acts::issued,
    incoming::Room,
    world::{HERE, at},
};

/// A room in which dora works in the post room and on cases, and a case whose first letter was notified on 6 March: the period
/// ends on 7 April.
async fn attackable() -> (Room, String, String) {
    let room = Room::new().await;
    let dora = at("dora", HERE);
    let case = issued(&room.world).await;
    let may =
        json!({ "name": "Dora", "roles": ["administrator", "clerk", "lead", "post-room"], "active": true });
    room.world.say(&at("ada", HERE), "PUT /people/dora", may).await.has(200, json!({}));
    let dispatch = json!({ "on": "2026-03-02", "way": "post" });
    let ask = format!("POST /cases/{case}/documents/1/dispatch");
    room.world.say(&room.jan, &ask, dispatch).await.has(200, json!({}));
    (room, case, dora)
}

fn against(case: &str, party: u32, kind: &str, received_on: Option<&str>) -> Value {
    let mut remedy = json!({ "act": 1, "party": party, "kind": kind });
    if let Some(day) = received_on {
        remedy["received_on"] = json!(day);
    }
    json!({ "case": case, "remedy": remedy, "reason": "Widerspruch gegen die Erlaubnis" })
}

/// What nobody records is no remedy, and the act becomes final.
#[tokio::test]
async fn an_objection_is_assigned_and_recorded_in_one_step() {
    let (room, case, dora) = attackable().await;
    let world = &room.world;
    let item = room.item("Widerspruch", "2026-03-02").await;
    let found = world.ask(&dora, "GET /incoming/targets?q=Erika").await;
    found.has(200, json!([{ "case": case, "may_be_remedy": false, "acts": [
        { "act": 1, "title": { "de": "Erlaubnis" }, "party": 1, "name": "Erika Beispiel", "issued_on": "2026-03-02" },
        { "act": 1, "party": 2, "name": "Hans Muster" },
    ] }]));
    let key = [("Idempotency-Key", "01964b2e-0000-7000-8000-000000000009")];
    let ask = format!("POST /incoming/{item}/assign");
    let body = against(&case, 1, "objection", None);
    let first = world.send(&dora, &ask, &key, Some(body.clone())).await;
    first.has(200, json!({}));
    world.settle().await;
    // Once more after a lost answer.
    world.send(&dora, &ask, &key, Some(body)).await.is(200, first.json());
    world.settle().await;
    let shown = world.ask(&room.jan, &format!("GET /cases/{case}")).await;
    shown.has(200, json!({ "incidents": [], "relations": [{ "case": item, "how": "post" }] }));
    let recorded = json!({
        "kind": "objection", "received_on": "2026-03-02", "late": false, "by": { "id": "dora" },
    });
    let addressees = json!([{ "remedies": [recorded] }, { "remedies": [] }]);
    shown.has(200, json!({ "acts": [{ "addressees": addressees }] }));
    world.ask(&room.jan, "GET /deadlines").await.has(200, json!({ "items": [] }));
    // What lies in the case that it went to is its own document.
    world
        .ask(&dora, &format!("GET /incoming/{item}"))
        .await
        .has(200, json!({ "open": false, "documents_shown": [{ "title": "Antwort.pdf", "elsewhere": [] }] }));
    room.at("2026-04-08T06:00:00Z").await;
    let later = world.ask(&room.jan, &format!("GET /cases/{case}")).await;
    later.has(200, json!({ "acts": [{ "addressees": [{ "final_since": null }, {}] }] }));
}

/// The true day of receipt decides, also when the act has become final meanwhile; of an action the day at the court.
#[tokio::test]
async fn a_remedy_counts_with_its_true_day() {
    let (room, case, dora) = attackable().await;
    room.at("2026-04-08T06:00:00Z").await;
    for (received, remedy, late) in [
        ("2026-04-07", against(&case, 1, "objection", None), false),
        ("2026-04-08", against(&case, 1, "objection", None), true),
        ("2026-04-08", against(&case, 1, "action", Some("2026-04-01")), false),
    ] {
        let item = room.item("Widerspruch", received).await;
        room.assign(&dora, &item, remedy.clone()).await.has(200, json!({}));
        let shown = room.world.ask(&room.jan, &format!("GET /cases/{case}")).await.json();
        let remedies = shown["acts"][0]["addressees"][0]["remedies"].as_array().cloned().unwrap_or_default();
        let on = remedy["remedy"]["received_on"].as_str().unwrap_or(received);
        let last = remedies.last().map(|it| (it["received_on"].clone(), it["late"].clone()));
        assert_eq!(last, Some((json!(on), json!(late))), "{remedy}");
    }
}

#[tokio::test]
async fn what_is_no_remedy_is_refused_and_the_item_waits() {
    let (room, case, dora) = attackable().await;
    let item = room.item("Widerspruch", "2026-03-02").await;
    let before = room.item("Widerspruch", "2026-03-01").await;
    let both = |mut body: Value, message: &str| {
        body["message"] = json!(message);
        body
    };
    let perhaps = json!({ "case": case, "may_be_remedy": true, "reason": "Widerspruch?" });
    for (who, item, body, status, code) in [
        (&dora, &item, against(&case, 3, "objection", None), 404, "PartyUnknown"),
        (&dora, &before, against(&case, 1, "objection", None), 409, "RemedyInvalid"),
        (&dora, &item, against(&case, 1, "action", None), 422, "ValuesInvalid"),
        (&dora, &item, against(&case, 1, "objection", Some("2026-03-02")), 422, "ValuesInvalid"),
        (&dora, &item, against(&case, 1, "action", Some("2026-03-03")), 409, "DayInFuture"),
        (&dora, &item, both(perhaps.clone(), "answer"), 422, "ValuesInvalid"),
        // Who takes no part in the process records none.
        (&room.petra, &item, against(&case, 1, "objection", None), 403, "NoPartInProcess"),
    ] {
        room.assign(who, item, body).await.refused(status, code);
    }
    let open = json!({ "open": true, "under_way": false });
    room.world.ask(&room.petra, &format!("GET /incoming/{item}")).await.has(200, open);
    // They say that it may be one, and somebody who takes part looks.
    room.world
        .ask(&room.petra, "GET /incoming/targets?q=Erika")
        .await
        .has(200, json!([{ "case": case, "may_be_remedy": true, "acts": [] }]));
    room.assign(&room.petra, &item, perhaps).await.has(200, json!({}));
    room.world
        .ask(&room.jan, &format!("GET /cases/{case}"))
        .await
        .has(200, json!({ "incidents": [{ "code": "remedy_to_record" }], "documents": [{}, {}, { "on": "2026-03-02" }] }));
}

/// An item that was recorded as a remedy and given back leaves the remedy recorded: a person is told.
#[tokio::test]
async fn a_remedy_that_is_given_back_is_told() {
    let (room, case, dora) = attackable().await;
    let item = room.item("Widerspruch", "2026-03-02").await;
    room.assign(&dora, &item, against(&case, 1, "objection", None)).await.has(200, json!({}));
    let back = format!("POST /cases/{case}/items/{item}/give-back");
    let reason = json!({ "reason": "Gehört zu einem anderen Bescheid" });
    let anew = room.world.say(&dora, &back, reason).await;
    anew.has(200, json!({}));
    room.world.settle().await;
    room.world
        .ask(&room.jan, &format!("GET /cases/{case}"))
        .await
        .has(200, json!({ "incidents": [{ "code": "item_given_back" }] }));
    // What was taken out there lies elsewhere no more.
    let anew = anew.json()["case"].as_str().unwrap().to_owned();
    let lies = json!({ "documents_shown": [{ "elsewhere": [{ "case": item, "item": true }] }] });
    room.world.ask(&dora, &format!("GET /incoming/{anew}")).await.has(200, lies);
}
