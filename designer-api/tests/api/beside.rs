//! What every case can suffer, whatever its process says: questions, letters, deadlines that people change.

use serde_json::json;

use crate::{
    cases::waiting,
    world::{HERE, World, at},
};

#[tokio::test]
async fn a_question_is_a_task_of_whoever_is_asked() {
    let world = World::new().await;
    let (jan, mia) = (at("jan", HERE), at("mia", HERE));
    let case = waiting(&world).await;
    let ask = format!("POST /cases/{case}/errands");
    for (body, at) in [
        (json!({ "kind": "question", "text": " ", "role": "lead" }), "/text"),
        (json!({ "kind": "question", "text": "Wer?" }), "/role"),
        (json!({ "kind": "question", "text": "Wer?", "role": "nobody" }), "/role"),
        (json!({ "kind": "question", "text": "Wer?", "person": "ruth" }), "/person"),
        (json!({ "kind": "question", "text": "Wer?", "role": "lead", "on": "2026-03-01" }), "/on"),
        (json!({ "kind": "resubmission", "text": "Wer?", "role": "lead" }), "/on"),
    ] {
        world.say(&jan, &ask, body).await.has(422, json!({ "misfits": [{ "at": at }] }));
    }
    let question = json!({ "kind": "question", "text": "Liegt der Plan vor?", "person": "mia" });
    let answer = world.say(&jan, &ask, question).await;
    let number = answer.has(200, json!({})).json()["number"].as_u64().unwrap();
    let task = format!("{case}.{number}");
    world.ask(&jan, &format!("GET /cases/{case}")).await.has(
        200,
        json!({ "errands": [{
            "number": number, "task": task, "kind": "question", "text": "Liegt der Plan vor?",
            "assignee": { "id": "mia" }, "may_withdraw": true,
        }] }),
    );
    world.ask(&mia, &format!("GET /tasks/{task}")).await.has(
        200,
        json!({
            "step": null, "title": { "de": "Rückfrage: Liegt der Plan vor?" }, "required": ["answer"],
            "show": [{ "title": { "de": "Frage von Jan Muster" }, "text": "Liegt der Plan vor?" }],
            "may": { "release": true, "complete": true },
        }),
    );
    let complete = format!("POST /tasks/{task}/complete");
    world.say(&mia, &complete, json!({ "values": {} })).await.refused(422, "ValuesInvalid");
    world.say(&mia, &complete, json!({ "values": { "answer": "Ja." } })).await.has(200, json!({}));
    world.ask(&jan, &format!("GET /cases/{case}")).await.has(
        200,
        json!({ "errands": [], "notes": [{ "text": "Rückfrage: Liegt der Plan vor?\n\nAntwort: Ja." }] }),
    );
    world
        .ask(&jan, &format!("POST /cases/{case}/errands/{number}/withdraw"))
        .await
        .refused(409, "ErrandNotOpen");
}

#[tokio::test]
async fn deadlines_are_extended_suspended_and_resumed() {
    let world = World::new().await;
    let jan = at("jan", HERE);
    let case = waiting(&world).await;
    let extend = format!("POST /cases/{case}/deadlines/5/expired/extend");
    let by = |by: &str| json!({ "by": by, "reason": "Urlaub" });
    world.say(&jan, &extend, by("1 week")).await.refused(409, "DeadlineNotRunning");
    let dispatch = format!("POST /cases/{case}/documents/1/dispatch");
    world.say(&jan, &dispatch, json!({ "on": "2026-03-02", "way": "in-person" })).await.has(200, json!({}));
    world.say(&jan, &extend, by("1 wek")).await.has(422, json!({ "misfits": [{ "at": "/by" }] }));
    world
        .say(&jan, &extend, json!({ "reason": "x" }))
        .await
        .has(422, json!({ "misfits": [{ "at": "/until" }] }));
    world.say(&jan, &extend, by("1 Woche")).await.has(200, json!({}));
    let shown = format!("GET /cases/{case}");
    world.ask(&jan, &shown).await.has(200, json!({ "deadlines": [{ "end": "2026-03-23" }] }));
    let names = json!([{ "instance": 5, "name": "expired" }]);
    let stop = json!({ "deadlines": names, "reason": "Vergleich", "norm": "§ 203 BGB" });
    world.say(&jan, &format!("POST /cases/{case}/deadlines/suspend"), stop.clone()).await.has(200, json!({}));
    let suspended =
        json!({ "deadlines": [{ "running": false, "end": null, "suspended_since": "2026-03-02" }] });
    world.ask(&jan, &shown).await.has(200, suspended);
    // The list shows it without an end; up to no day it ends.
    let listed = json!({ "items": [{ "name": "expired", "end": null, "suspended": true }], "total": 1 });
    world.ask(&jan, "GET /deadlines").await.has(200, listed);
    world.ask(&jan, "GET /deadlines?until=2099-12-31").await.has(200, json!({ "items": [], "total": 0 }));
    world.ask(&jan, "GET /tasks?view=all").await.has(200, json!({ "items": [] }));
    world.runtime.clock().advance_to("2026-03-06T08:00:00Z".parse().unwrap());
    world.say(&jan, &format!("POST /cases/{case}/deadlines/resume"), stop).await.has(200, json!({}));
    // The day on which it began does not count anyway: four days are given back.
    world
        .ask(&jan, &shown)
        .await
        .has(200, json!({ "deadlines": [{ "end": "2026-03-27", "suspended_since": null }] }));
}

#[tokio::test]
async fn a_letter_comes_into_the_outgoing_post() {
    let world = World::new().await;
    let jan = at("jan", HERE);
    let case = waiting(&world).await;
    let write = format!("POST /cases/{case}/letters");
    let letter = json!({ "addressee": "Erika Muster", "subject": "Zwischenbescheid", "body": "Es dauert." });
    world
        .say(&jan, &write, json!({ "addressee": " ", "subject": "x", "body": "x" }))
        .await
        .has(422, json!({ "misfits": [{ "at": "/addressee" }] }));
    world.say(&jan, &write, letter).await.has(200, json!({}));
    world.settle().await;
    world.ask(&jan, "GET /post").await.has(200, json!({ "items": [{ "document": 1 }, { "document": 2 }] }));
}
