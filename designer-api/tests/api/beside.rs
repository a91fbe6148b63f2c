//! What every case can suffer, whatever its process says: questions, letters, deadlines that people change.

use fachwerk_core::{
    authority::AuthorityCommand,
    facts::Actor,
    words::{RoleId, TenantId},
};
use serde_json::json;
use uuid::Uuid;

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
    world.say(&jan, &extend, by("1 Woche")).await.has(200, json!({ "end": "2026-03-23" }));
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

#[tokio::test]
async fn a_part_goes_on_in_a_case_of_its_own_and_cases_are_merged() {
    let world = World::new().await;
    let (jan, mia) = (at("jan", HERE), at("mia", HERE));
    let roles = ["administrator", "clerk"].map(RoleId::from).into_iter().collect();
    let command =
        AuthorityCommand::SetPerson { person: "mia".into(), name: "Mia".into(), roles, active: true };
    let changed = world.runtime.change(&TenantId::from(HERE), Actor::Engine, Uuid::now_v7(), command).await;
    changed.expect("mia may correct");
    let case = waiting(&world).await;
    let split = format!("POST /cases/{case}/split");
    let part =
        json!({ "data": { "name": "Erika Muster", "size_m": 12 }, "documents": [1], "reason": "Zwei Höfe" });
    world.say(&jan, &split, part.clone()).await.refused(409, "CorrectionNotAllowed");
    world.say(&mia, &split, json!({ "data": {}, "reason": "x" })).await.refused(422, "ValuesInvalid");
    let answer = world.say(&mia, &split, part).await;
    let other = answer.has(200, json!({})).json()["case"].as_str().unwrap().to_owned();
    world.settle().await;
    let relation = |case: &str, how: &str| json!({ "case": case, "how": how, "visible": true });
    world.ask(&jan, &format!("GET /cases/{case}")).await.has(
        200,
        json!({ "open": true, "relations": [relation(&other, "split-into")], "documents": [{ "direction": "outgoing" }] }),
    );
    // The letter leaves the house from the case that made it, once.
    world.ask(&jan, &format!("GET /cases/{other}")).await.has(
        200,
        json!({
            "open": true, "channel": "split", "relations": [relation(&case, "split-from")],
            "documents": [{ "title": "Nachforderung", "direction": "internal", "step": null }],
        }),
    );
    world.ask(&jan, "GET /post").await.has(200, json!({ "total": 1 }));
    let merge = |from: &str| format!("POST /cases/{from}/merge");
    let into = |into: &str| json!({ "into": into, "reason": "Doch ein Hof" });
    world.say(&jan, &merge(&other), into(&case)).await.refused(409, "CorrectionNotAllowed");
    world.say(&mia, &merge(&other), into("x")).await.refused(404, "CaseUnknown");
    world.say(&mia, &merge(&other), into(&other)).await.refused(409, "MergeIntoItself");
    world.say(&mia, &merge(&other), into(&case)).await.has(200, json!({}));
    world.settle().await;
    world.ask(&jan, &format!("GET /cases/{other}")).await.has(
        200,
        json!({ "open": false, "outcome": "merged", "outcome_title": { "de": "mit einem anderen Vorgang verbunden" } }),
    );
    world.ask(&jan, &format!("GET /cases/{case}")).await.has(
        200,
        json!({
            "open": true, "incidents": [],
            "relations": [relation(&other, "split-into"), relation(&other, "merged")],
            "documents": [{ "direction": "outgoing" }, { "direction": "internal" }],
        }),
    );
    let ended = json!({ "misfits": [{ "at": "/into", "code": "case_ended" }] });
    world.say(&mia, &merge(&case), into(&other)).await.has(422, ended);
}

#[tokio::test]
async fn a_resubmission_is_due_on_its_day_and_overdue_after_it() {
    let world = World::new().await;
    let (jan, leo) = (at("jan", HERE), at("leo", HERE));
    let case = waiting(&world).await;
    let ask = format!("POST /cases/{case}/errands");
    let body =
        json!({ "kind": "resubmission", "text": "Ist der Zaun weg?", "person": "leo", "on": "2026-03-10" });
    world.say(&jan, &ask, body).await.has(200, json!({}));
    world.ask(&leo, "GET /tasks").await.has(200, json!({ "items": [] }));
    for (now, overdue) in [("2026-03-10T08:00:00Z", 0), ("2026-03-11T08:00:00Z", 1)] {
        world.runtime.clock().advance_to(now.parse().unwrap());
        world.settle().await;
        world.ask(&leo, "GET /tasks").await.has(200, json!({ "items": [{ "due": "2026-03-10" }] }));
        world.ask(&leo, "GET /tasks/counts").await.has(200, json!({ "mine": { "count": 1, "capped": false }, "overdue": { "count": overdue, "capped": false } }));
    }
}

#[tokio::test]
async fn what_was_missed_may_be_made_up_for() {
    let world = World::new().await;
    let jan = at("jan", HERE);
    let case = waiting(&world).await;
    let sent = json!({ "on": "2026-03-02", "way": "in-person" });
    world.say(&jan, &format!("POST /cases/{case}/documents/1/dispatch"), sent).await.has(200, json!({}));
    world.runtime.clock().advance_to("2026-04-20T08:00:00Z".parse().unwrap());
    world.settle().await;
    let ask = format!("POST /cases/{case}/reinstatements");
    let nothing = json!({ "reason": "Krankheit" });
    world.say(&jan, &ask, nothing).await.has(422, json!({ "misfits": [{ "at": "/act" }] }));
    let no_grounds = json!({ "step": "await", "name": "expired", "reason": "Krankheit" });
    world.say(&jan, &ask, no_grounds).await.has(422, json!({ "misfits": [{ "at": "/applied_on" }] }));
    let restored = json!({
        "step": "await", "name": "expired", "reason": "Krankheit",
        "obstacle_ended_on": "2026-04-13", "applied_on": "2026-04-20",
    });
    world.say(&jan, &ask, restored).await.refused(409, "CorrectionNotAllowed");
    // Whoever may not correct is offered nothing.
    world.ask(&jan, &format!("GET /cases/{case}")).await.has(200, json!({ "reinstatable": [] }));
}
