//! The inbox, and what people do with tasks.

use serde_json::{Value, json};

use crate::world::{HERE, THERE, World, at};

fn applicant() -> Value {
    json!({ "name": "Erika Muster", "size_m": 12, "register": false })
}

fn examination(case: &str, assignee: Value) -> Value {
    json!({
        "id": format!("{case}.3"), "case": case, "step": "examine/confirm", "title": { "de": "Unterlagen prüfen", "en": "Examine the documents" },
        "process": "permit", "process_title": { "de": "Erlaubnis", "en": "Permit" },
        "number": "32-2026/001", "subject": "Erika Muster", "role": "clerk", "assignee": assignee,
        "due": "2026-03-05", "deadline": null, "priority": null, "opened_at": "2026-03-02T08:00:00Z", "excluded": false,
        "columns": { "name": "Erika Muster", "size_m": 12 },
    })
}

fn page(items: Value) -> Value {
    let total = items.as_array().unwrap().len();
    json!({ "items": items, "next": null, "total": total, "total_capped": false })
}

#[tokio::test]
async fn the_inbox_shows_what_waits() {
    let world = World::new().await;
    let jan = at("jan", HERE);
    let case = world.begin(&jan, applicant()).await;
    world.ask(&jan, "GET /tasks").await.is(200, page(json!([])));
    let open = page(json!([examination(&case, Value::Null)]));
    for view in [
        "view=unassigned",
        "view=all",
        "view=all&q=must",
        "view=all&filter.size_m=12",
        "view=all&process=permit",
    ] {
        world.ask(&jan, &format!("GET /tasks?{view}")).await.is(200, open.clone());
    }
    for none in ["q=schulze", "filter.size_m=13", "process=other", "due_before=2026-03-05"] {
        world.ask(&jan, &format!("GET /tasks?view=all&{none}")).await.is(200, page(json!([])));
    }
    world.ask(&jan, "GET /tasks?view=all&due_before=2026-03-06").await.is(200, open);
    // A task for another role is not in the inbox.
    world.ask(&at("leo", HERE), "GET /tasks?view=all").await.is(200, page(json!([])));
    world
        .ask(&jan, "GET /tasks/counts")
        .await
        .is(200, json!({ "mine": { "count": 0, "capped": false }, "unassigned": { "count": 1, "capped": false }, "overdue": { "count": 0, "capped": false }, "letters": { "count": 0, "capped": false }, "incoming": null }));
    world.runtime.clock().advance_to("2026-03-06T08:00:00Z".parse().unwrap());
    world
        .ask(&jan, "GET /tasks/counts")
        .await
        .is(200, json!({ "mine": { "count": 0, "capped": false }, "unassigned": { "count": 1, "capped": false }, "overdue": { "count": 1, "capped": false }, "letters": { "count": 0, "capped": false }, "incoming": null }));
}

#[tokio::test]
async fn a_task_is_taken_given_back_and_handed_over() {
    let world = World::new().await;
    let (jan, mia) = (at("jan", HERE), at("mia", HERE));
    let case = world.begin(&jan, applicant()).await;
    let task = format!("/tasks/{case}.3");
    world.ask(&jan, &format!("POST {task}/claim")).await.is(200, json!({ "version": 2 }));
    let mine = json!({ "id": "jan", "name": "Jan Muster" });
    world.ask(&jan, "GET /tasks?view=mine").await.is(200, page(json!([examination(&case, mine)])));
    world.ask(&mia, &format!("POST {task}/claim")).await.refused(409, "ClaimedByAnother");
    world.ask(&mia, &format!("GET {task}?lang=en")).await.has(
        200,
        json!({ "may": {
            "claim": false, "release": false, "complete": false,
            "why_not": { "de": "*", "en": "The task has been taken by Jan Muster, who can give it back, as can whoever may correct the case." },
        } }),
    );
    world.ask(&jan, &format!("POST {task}/release")).await.is(200, json!({ "version": 3 }));
    for nobody in ["leo", "nobody", "ruth"] {
        let answer = world.say(&jan, &format!("POST {task}/delegate"), json!({ "to": nobody })).await;
        answer
            .refused(422, "ValuesInvalid")
            .has(422, json!({ "misfits": [{ "at": "/to", "code": "lacks_role" }] }));
    }
    world
        .say(&jan, &format!("POST {task}/delegate"), json!({ "to": "mia" }))
        .await
        .is(200, json!({ "version": 4 }));
    world
        .ask(&mia, "GET /tasks/counts")
        .await
        .is(200, json!({ "mine": { "count": 1, "capped": false }, "unassigned": { "count": 0, "capped": false }, "overdue": { "count": 0, "capped": false }, "letters": { "count": 0, "capped": false }, "incoming": null }));
}

#[tokio::test]
async fn a_task_shows_its_form() {
    let world = World::new().await;
    let jan = at("jan", HERE);
    let case = world.begin(&jan, applicant()).await;
    let mut expected = examination(&case, Value::Null);
    let more = json!({
        "help": null, "step": "examine/confirm", "step_title": { "de": "Unterlagen prüfen", "en": "Examine the documents" },
        "version": 1, "required": ["outcome"], "hidden": [], "closed": {}, "closed_by": {}, "dynamic": false, "values": {},
        "show": [{ "title": { "de": "Gegenstand", "en": "Subject" }, "value": "Erika Muster", "text": "Erika Muster" }],
        "may": { "claim": true, "release": false, "delegate": false, "complete": true, "why_not": null },
        "choices": [], "ends_case": [], "makes_letters": true, "signs": false, "withdrawn": null, "unsent": [], "changed": [],
        "form": { "schema": {
            "type": "object", "additionalProperties": false, "required": ["outcome"],
            "properties": {
                "outcome": {
                    "type": "string", "title": "Ergebnis", "enum": ["complete", "incomplete"],
                    "x-titles": { "complete": "vollständig", "incomplete": "unvollständig" },
                },
                "note": { "type": "string", "title": "Notiz", "maxLength": 20 },
            },
        } },
    });
    expected.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    world.ask(&jan, &format!("GET /tasks/{case}.3")).await.is(200, expected);
    let english =
        world.send(&jan, &format!("GET /tasks/{case}.3"), &[("accept-language", "en")], None).await.json();
    assert_eq!(english["form"]["schema"]["properties"]["outcome"]["title"], "Result");
}

/// The task of the lead: a field that depends on another, a proposal of a table, four eyes.
#[tokio::test]
async fn a_form_depends_on_what_is_entered() {
    let world = World::new().await;
    let (jan, mia, leo) = (at("jan", HERE), at("mia", HERE), at("leo", HERE));
    let case = world.begin(&jan, applicant()).await;
    world.complete(&mia, &case, "examine/confirm", json!({ "outcome": "complete" })).await;
    world.complete(&jan, &case, "opinion", json!({})).await;
    let task = world.task(&jan, &case, "sign").await;
    world.ask(&leo, &format!("GET /tasks/{task}")).await.has(200, json!({
        "help": { "de": "Wer geprüft hat, zeichnet nicht.", "en": "*" },
        "dynamic": true, "required": ["outcome", "fee_cents"], "hidden": ["remark"], "closed": {}, "values": { "fee_cents": 2500 },
        "show": [
            { "title": { "de": "Antragsteller", "en": "*" }, "value": "Erika Muster", "text": "Erika Muster" },
            { "title": { "de": "Gebühr", "en": "*" }, "value": 2500, "text": "25,00 €" },
            { "title": { "de": "Eingang", "en": "*" }, "value": "2026-03-02", "text": "Montag, 2. März 2026" },
        ],
        "may": { "claim": true, "release": false, "complete": true, "why_not": null },
    }));
    let look = format!("POST /tasks/{task}/look");
    let (open, no_fee) = (json!({}), json!({ "outcome": ["signed"] }));
    for (values, hidden, required, closed) in [
        (json!({ "outcome": "returned" }), json!([]), json!(["outcome", "fee_cents", "remark"]), &open),
        (json!({ "outcome": "signed" }), json!(["remark"]), json!(["outcome", "fee_cents"]), &open),
        (json!({ "fee_cents": 0 }), json!(["remark"]), json!(["outcome", "fee_cents"]), &no_fee),
        (json!({ "unknown": 1 }), json!(["remark"]), json!(["outcome", "fee_cents"]), &open),
    ] {
        let answer = world.say(&leo, &look, json!({ "values": values })).await;
        let by = if closed == &no_fee { json!({ "outcome": ["fee_cents"] }) } else { json!({}) };
        answer.is(200, json!({ "hidden": hidden, "required": required, "closed": closed, "closed_by": by }));
    }
    // Mia holds the role, but has examined; Jan does not hold it.
    let complete = format!("POST /tasks/{task}/complete");
    let signed = json!({ "values": { "outcome": "signed" } });
    world.say(&mia, &complete, signed.clone()).await.refused(403, "FourEyes");
    world.say(&jan, &complete, signed).await.refused(403, "MissingRole");
    world
        .ask(&mia, &format!("GET /tasks/{task}"))
        .await
        .has(200, json!({ "excluded": true, "may": { "complete": false } }));
    world.ask(&jan, &format!("GET /tasks/{task}")).await.has(200, json!({ "may": { "complete": false, "why_not": {
        "de": "Für diese Aufgabe ist die Rolle „Leitung“ nötig.", "en": "This task needs the role “Team lead”.",
    } } }));
}

#[tokio::test]
async fn values_that_do_not_fit_are_named() {
    let world = World::new().await;
    let jan = at("jan", HERE);
    let case = world.begin(&jan, applicant()).await;
    let complete = format!("POST /tasks/{case}.3/complete");
    for (values, at, code) in [
        (json!({ "outcome": 5 }), "/outcome", "type"),
        (json!({ "outcome": "maybe" }), "/outcome", "choice"),
        (json!({}), "/outcome", "required"),
        (json!({ "outcome": "complete", "note": "x".repeat(21) }), "/note", "too_long"),
        (json!({ "outcome": "complete", "colour": "red" }), "/colour", "unknown_field"),
    ] {
        let answer = world.say(&jan, &complete, json!({ "values": values })).await;
        answer.refused(422, "ValuesInvalid").has(422, json!({ "misfits": "*" }));
        let misfits = answer.json()["misfits"].clone();
        let found = misfits.as_array().unwrap().iter().find(|misfit| misfit["at"] == at).unwrap();
        assert_eq!((&found["code"], &found["message"]["de"].is_string()), (&json!(code), &true), "{misfits}");
    }
    world.ask(&jan, &format!("GET /tasks/{case}.3")).await.has(200, json!({ "version": 1 }));
}

#[tokio::test]
async fn a_task_is_done_once() {
    let world = World::new().await;
    let (jan, mia) = (at("jan", HERE), at("mia", HERE));
    let case = world.begin(&jan, applicant()).await;
    let other = world.begin(&jan, applicant()).await;
    let complete = format!("POST /tasks/{case}.3/complete");
    let body = json!({ "values": { "outcome": "complete" }, "seen": 1 });
    let key = [("idempotency-key", "0190e0a0-0000-4000-8000-000000000001")];
    // The next task is of the same case.
    let done = json!({ "version": 2, "case": case, "next": format!("{case}.8"), "now": {
        "open": true, "under_way": false, "letters": 0,
        "with": [{ "id": "clerk", "title": { "de": "Sachbearbeitung", "en": "Clerk" } }],
    } });
    world.send(&jan, &complete, &key, Some(body.clone())).await.is(200, done.clone());
    world.send(&jan, &complete, &key, Some(body.clone())).await.is(200, done);
    world.send(&mia, &complete, &key, Some(body.clone())).await.refused(409, "IdempotencyKeyTaken");
    world.say(&jan, &complete, body).await.refused(409, "TaskNotOpen");
    world.ask(&jan, &format!("GET /tasks/{case}.3")).await.refused(404, "TaskNotOpen");
    // After it, the next one of the inbox.
    let council = format!("POST /tasks/{case}.8/complete");
    let answer = world.say(&jan, &council, json!({ "values": {} })).await;
    answer.is(
        200,
        json!({ "version": 3, "case": case, "next": format!("{other}.3"), "now": {
        "open": true, "under_way": false, "letters": 0,
        "with": [{ "id": "lead", "title": { "de": "Leitung", "en": "Team lead" } }],
    } }),
    );
    let last = format!("POST /tasks/{other}.3/complete");
    let answer = world.say(&mia, &last, json!({ "values": { "outcome": "incomplete" } })).await;
    answer.has(200, json!({ "next": format!("{case}.9") }));
}

#[tokio::test]
async fn tasks_that_are_not_there() {
    let world = World::new().await;
    let case = world.begin(&at("jan", HERE), applicant()).await;
    for id in
        ["x", "1.2", &format!("{case}.99"), &format!("{case}.0"), "00000000-0000-0000-0000-000000000000.1"]
    {
        world.ask(&at("jan", HERE), &format!("GET /tasks/{id}")).await.refused(404, "TaskUnknown");
    }
    world.ask(&at("jan", THERE), &format!("GET /tasks/{case}.3")).await.refused(404, "TaskUnknown");
    world.ask(&at("ruth", HERE), &format!("GET /tasks/{case}.3")).await.refused(403, "NoPartInProcess");
}

#[tokio::test]
async fn what_somebody_holds_is_free_when_they_are_deactivated() {
    let world = World::new().await;
    let (jan, mia, ada) = (at("jan", HERE), at("mia", HERE), at("ada", HERE));
    let case = world.begin(&jan, applicant()).await;
    let task = format!("/tasks/{case}.3");
    world.ask(&jan, &format!("POST {task}/claim")).await.has(200, json!({ "version": 2 }));
    world.ask(&mia, "GET /people/jan/tasks").await.refused(403, "NotAllowed");
    let title = json!({ "de": "Unterlagen prüfen", "en": "Examine the documents" });
    world.ask(&ada, "GET /people/jan/tasks").await.is(
        200,
        json!({ "tasks": [{ "number": "32-2026/001", "title": title }], "total": 1, "total_capped": false }),
    );
    let gone = json!({ "name": "Jan Muster", "roles": ["clerk"], "active": false });
    world.say(&ada, "PUT /people/jan", gone).await.has(200, json!({ "active": false }));
    let none = json!({ "tasks": [], "total": 0, "total_capped": false });
    world.ask(&ada, "GET /people/jan/tasks").await.is(200, none);
    world.ask(&mia, &format!("POST {task}/claim")).await.is(200, json!({ "version": 4 }));
}
