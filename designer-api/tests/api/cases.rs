//! Cases: begun, shown, followed; their documents, messages, incidents.

use serde_json::{Value, json};
use std::sync::atomic::Ordering;

use crate::world::{HERE, World, at};

fn applicant() -> Value {
    json!({ "name": "Erika Muster", "size_m": 12, "register": false })
}

#[tokio::test]
async fn a_case_begins() {
    let world = World::new().await;
    let jan = at("jan", HERE);
    for (body, status, code) in [
        (json!({ "process": "other", "data": {} }), 404, "ProcessUnknown"),
        (json!({ "process": "permit", "data": { "name": "Erika Muster" } }), 422, "ValuesInvalid"),
        (json!({ "process": "permit", "data": { "name": 5, "size_m": 5 } }), 422, "ValuesInvalid"),
        (
            json!({ "process": "permit", "data": applicant(), "received_on": "2026-03-03" }),
            409,
            "DayInFuture",
        ),
        (json!({ "process": "permit", "data": applicant(), "received_on": "3 March" }), 422, "ValuesInvalid"),
        (json!({ "process": "permit", "data": applicant(), "channel": "By Fax" }), 422, "ValuesInvalid"),
        (json!({ "process": "permit", "data": applicant(), "tenant": "x" }), 400, "BodyInvalid"),
        (json!({ "process": "permit" }), 400, "BodyInvalid"),
    ] {
        world.say(&jan, "POST /cases", body).await.refused(status, code);
    }
    let body =
        json!({ "process": "permit", "data": applicant(), "channel": "mail", "received_on": "2026-02-27" });
    world.say(&at("ruth", HERE), "POST /cases", body.clone()).await.refused(403, "NoPartInProcess");
    let random = [("idempotency-key", "7f3c6f0e-5a39-4c76-9d2c-1f0f7a3b2c4d")];
    world.send(&jan, "POST /cases", &random, Some(body.clone())).await.refused(400, "IdempotencyKeyInvalid");
    let ordered = [("idempotency-key", "0190e0a0-0000-7000-8000-000000000001")];
    let begun = json!({ "case": "0190e0a0-0000-7000-8000-000000000001", "version": 1 });
    for _ in 0..2 {
        world.send(&jan, "POST /cases", &ordered, Some(body.clone())).await.is(200, begun.clone());
    }
    let entry = json!({
        "id": begun["case"], "process": "permit", "process_title": { "de": "Erlaubnis", "en": "Permit" },
        "number": "32-2026/001", "subject": "Erika Muster", "open": true, "stuck": false, "outcome": null, "outcome_title": null, "received_on": "2026-02-27",
        "started_at": "2026-03-02T08:00:00Z", "changed_at": "2026-03-02T08:00:00Z", "ended_at": null,
        "columns": { "name": "Erika Muster", "size_m": 12 },
    });
    let page = json!({ "items": [entry], "next": null, "total": 1, "total_capped": false });
    world.ask(&jan, "GET /cases").await.is(200, page.clone());
    world.ask(&jan, "GET /cases?open=true&q=32-2026%20must&filter.name=Erika%20Muster").await.is(200, page);
    let none = json!({ "items": [], "next": null, "total": 0, "total_capped": false });
    world.ask(&jan, "GET /cases?open=false").await.is(200, none.clone());
    world.ask(&at("ruth", HERE), "GET /cases").await.is(200, none.clone());
    world.ask(&at("ada", HERE), "GET /cases").await.is(200, none);
}

/// A case that waits for documents, with a letter that was sent.
pub async fn waiting(world: &World) -> String {
    let jan = at("jan", HERE);
    let case = world.begin(&jan, applicant()).await;
    world.complete(&jan, &case, "examine/confirm", json!({ "outcome": "incomplete" })).await;
    world.settle().await;
    case
}

/// Proof of a later receipt moves the deadline; what was noted wrongly is corrected.
#[tokio::test]
async fn receipts_are_recorded() {
    let world = World::new().await;
    let [jan, ada] = ["jan", "ada"].map(|who| at(who, HERE));
    let case = waiting(&world).await;
    let document = |what: &str| format!("POST /cases/{case}/documents/1/{what}");
    let receipt = document("receipt");
    world.say(&jan, &receipt, json!({ "on": "2026-03-02" })).await.refused(409, "NotDispatched");
    let post = json!({ "on": "2026-03-02", "way": "post" });
    world.say(&jan, &document("dispatch"), post).await.has(200, json!({ "notified_on": "2026-03-06" }));
    world.runtime.clock().advance_to("2026-03-10T08:00:00Z".parse().unwrap());
    let wrong = world.say(&jan, &receipt, json!({ "on": "gestern" })).await;
    wrong.refused(422, "ValuesInvalid").has(422, json!({ "misfits": [{ "at": "/on" }] }));
    let told = world.say(&jan, &receipt, json!({ "on": "2026-03-09" })).await;
    told.has(200, json!({ "notified_on": "2026-03-09", "derivation": "*" }));
    world.say(&jan, &receipt, json!({ "on": "2026-03-09" })).await.refused(409, "ReceiptRecordedAlready");
    world.ask(&jan, &format!("GET /cases/{case}")).await.has(
        200,
        json!({
            "deadlines": [{ "name": "expired", "start": "2026-03-09", "end": "2026-03-23" }],
            "documents": [{ "dispatch": { "received_on": "2026-03-09", "notified_on": "2026-03-09" } }],
            "permissions": { "dispatch": false },
        }),
    );
    let mia = at("mia", HERE);
    let corrects = json!({ "name": "Mia Beispiel", "roles": ["administrator", "clerk"], "active": true });
    world.say(&ada, "PUT /people/mia", corrects).await.has(200, json!({}));
    let correction = format!("PUT /cases/{case}/documents/1/dispatch");
    let posted = json!({ "on": "2026-03-05", "way": "post", "reason": "verlesen" });
    world.say(&jan, &correction, posted.clone()).await.refused(409, "CorrectionNotAllowed");
    let blank = json!({ "on": "2026-03-05", "way": "post", "reason": " " });
    world.say(&mia, &correction, blank).await.refused(409, "ReasonInvalid");
    world.say(&mia, &correction, posted).await.has(200, json!({ "notified_on": "2026-03-09" }));
    let served = json!({ "on": "2026-03-05", "way": "service-with-proof", "reason": "war ein PZU" });
    let awaited = json!({ "proof": "service", "until": null });
    let answer = world.say(&mia, &correction, served).await;
    answer.has(200, json!({ "notified_on": null, "awaited": awaited, "deadlines": [] }));
    world.ask(&jan, &format!("GET /cases/{case}")).await.has(
        200,
        json!({
            "deadlines": [{ "name": "expired", "running": false }],
            "documents": [{ "dispatch": { "received_on": null, "notified_on": null, "awaited": awaited } }],
            "permissions": { "dispatch": true, "correct_dispatch": false },
        }),
    );
    let other = waiting(&world).await;
    let served = json!({ "on": "2026-03-10", "way": "service-with-proof", "received_on": "2026-03-10" });
    let place = format!("POST /cases/{other}/documents/1/dispatch");
    world.say(&jan, &place, served).await.has(200, json!({ "notified_on": "2026-03-10" }));
}

#[tokio::test]
async fn a_case_is_shown_whole() {
    let world = World::new().await;
    let jan = at("jan", HERE);
    let case = waiting(&world).await;
    let dispatch = format!("POST /cases/{case}/documents/1/dispatch");
    world
        .say(&jan, &dispatch, json!({ "on": "2026-03-03", "way": "post" }))
        .await
        .refused(409, "DayInFuture");
    for (way, misfit) in [("pigeon", "/way"), ("", "/way")] {
        let answer = world.say(&jan, &dispatch, json!({ "on": "2026-03-02", "way": way })).await;
        answer.refused(422, "ValuesInvalid").has(422, json!({ "misfits": [{ "at": misfit }] }));
    }
    let sent = world.say(&jan, &dispatch, json!({ "on": "2026-03-02", "way": "post" })).await;
    sent.has(200, json!({ "version": 4, "notified_on": "2026-03-06", "derivation": "*" }));
    assert_eq!(sent.json()["derivation"][0].as_object().unwrap().len(), 3);
    world
        .say(&jan, &dispatch, json!({ "on": "2026-03-02", "way": "post" }))
        .await
        .refused(409, "DispatchedAlready");
    let by = json!({ "id": "jan", "name": "Jan Muster" });
    let mut expected = json!({
        "id": case, "process": "permit", "process_title": { "de": "Erlaubnis", "en": "Permit" },
        "release": "*", "release_version": "1.0.0", "number": "32-2026/001", "subject": "Erika Muster",
        "open": true, "outcome": null, "outcome_title": null, "channel": "manual", "channel_title": { "de": "von Hand erfasst", "en": "entered by hand" }, "received_on": "2026-03-02",
        "started_at": "2026-03-02T08:00:00Z", "ended_at": null, "version": 4, "at": null,
        "data": applicant(), "data_schema": "*", "results": "*", "results_schema": "*", "tasks": [],
        "deadlines": [{
            "instance": 5, "name": "expired", "title": { "de": "Nachreichung", "en": "Late documents" },
            "step": "await", "step_title": { "de": "Auf Unterlagen warten", "en": "Wait for documents" },
            "period": { "de": "2 Wochen", "en": "2 weeks" }, "running": true, "awaits_dispatch_of": null,
            "suspended_since": null, "statutory": false, "extendable": true, "begins_with_day": false,
            "until": null, "grace_until": null, "warn_on": [], "fiction": null,
            "start": "2026-03-06", "raw_end": "2026-03-20", "end": "2026-03-20", "derivation": "*",
        }],
        "waits": [{
            "step": "await", "step_title": { "de": "Auf Unterlagen warten", "en": "Wait for documents" },
            "for": [
                { "name": "received", "kind": "message", "message": "documents-received", "step": null, "condition": null, "until": null },
                { "name": "expired", "kind": "deadline", "message": null, "step": null, "condition": null, "until": null },
            ],
        }],
        "messages": [],
        "accepts": [
            { "name": "withdrawal", "title": { "de": "Rücknahme", "en": "Withdrawal" }, "interrupts": true },
            { "name": "documents-received", "title": { "de": "Unterlagen sind eingegangen", "en": "Documents have arrived" }, "interrupts": false },
        ],
        "documents": [{
            "number": 1, "title": "Nachforderung", "media_type": "application/pdf", "size": 33,
            "direction": "outgoing", "addressee": "Erika Muster", "enclosures": [], "on": "2026-03-02", "step": "request", "by": null,
            "hash": "*",
            "dispatch": {
                "on": "2026-03-02", "way": "post", "received_on": null, "notified_on": "2026-03-06", "awaited": null, "not_arrived": false, "derivation": "*",
                "by": by,
            },
            "taken_out": null, "paper": null, "may_take_out": false,
            "may_record_dispatch": false, "may_record_not_arrived": true,
        }],
        "notes": [], "incidents": [],
        "course": {
            "visited": { "register": 1, "examine": 1, "examine/confirm": 1, "request": 1, "await": 1 },
            "ways": [["examine", "request"], ["register", "examine"], ["request", "await"]],
            "active": ["await"],
        },
        "permissions": { "note": true, "document": true, "dispatch": true, "message": true, "retry": false, "parties": true, "remedy": false, "correct": false, "correct_dispatch": false, "beside": true, "letter": true },
        "roles": [
            { "id": "clerk", "title": { "de": "Sachbearbeitung", "en": "Clerk" } },
            { "id": "lead", "title": { "de": "Leitung", "en": "Team lead" } },
        ],
        "errands": [],
        "relations": [], "reinstatable": [], "unsettled": [],
        "party_kinds": [], "parties": [], "acts": [],
        "active": [], "triggers": [], "done_tasks": [],
    });
    world.ask(&jan, &format!("GET /cases/{case}")).await.is(200, expected.clone());
    // As it stood before; nothing can be done there.
    world.runtime.clock().advance_to("2026-03-04T08:00:00Z".parse().unwrap());
    world
        .say(&jan, &format!("POST /cases/{case}/notes"), json!({ "text": "Anruf." }))
        .await
        .is(200, json!({ "version": 5, "number": 1 }));
    let then = format!("GET /cases/{case}?at=2026-03-03T00:00:00Z");
    expected["at"] = json!("2026-03-03T00:00:00Z");
    expected["permissions"] = json!({ "note": false, "document": false, "dispatch": false, "message": false, "retry": false, "parties": false, "remedy": false, "correct": false, "correct_dispatch": false, "beside": false, "letter": false });
    world.ask(&jan, &then).await.is(200, expected);
    world.ask(&jan, &format!("GET /cases/{case}?at=2026-03-01T00:00:00Z")).await.refused(404, "CaseNotBegun");
    world.ask(&jan, &format!("GET /cases/{case}?at=yesterday")).await.refused(400, "QueryInvalid");
    let note = json!([{ "number": 1, "by": { "id": "jan", "name": "Jan Muster" }, "at": "2026-03-04T08:00:00Z", "text": "Anruf." }]);
    world.ask(&jan, &format!("GET /cases/{case}")).await.has(200, json!({ "version": 5, "notes": note }));
}

#[tokio::test]
async fn a_message_comes_in() {
    let world = World::new().await;
    let jan = at("jan", HERE);
    let case = waiting(&world).await;
    let messages = format!("POST /cases/{case}/messages");
    let id = "0190e0a0-0000-4000-8000-000000000009";
    world
        .say(&jan, &messages, json!({ "name": "smoke-signal", "message_id": id }))
        .await
        .is(200, json!({ "version": 4 }));
    world
        .say(&jan, &messages, json!({ "name": "smoke-signal", "message_id": id }))
        .await
        .refused(409, "MessageRepeated");
    world.say(&jan, &messages, json!({ "name": " " })).await.refused(409, "MessageInvalid");
    world.say(&jan, &messages, json!({ "name": "x", "payload": [] })).await.refused(400, "BodyInvalid");
    let kept = json!([{ "name": "smoke-signal", "title": null, "received_on": "2026-03-02" }]);
    world.ask(&jan, &format!("GET /cases/{case}")).await.has(200, json!({ "messages": kept }));
    let body =
        json!({ "name": "documents-received", "payload": { "pages": 3 }, "received_on": "2026-03-01" });
    world.say(&jan, &messages, body).await.is(200, json!({ "version": 5 }));
    let after = world.ask(&jan, &format!("GET /cases/{case}")).await.json();
    assert_eq!(after["results"]["await"], json!({ "pages": 3, "received_on": "2026-03-01" }));
    assert_eq!(after["tasks"][0]["step"], "examine/confirm");
    // What the deadline was set for has ended; it is still there to be looked at.
    let ended = json!([{
        "instance": 5, "name": "expired", "title": { "de": "Nachreichung", "en": "Late documents" },
        "step": "await", "step_title": { "de": "Auf Unterlagen warten", "en": "Wait for documents" },
        "period": { "de": "2 Wochen", "en": "2 weeks" }, "running": false, "awaits_dispatch_of": "request",
        "suspended_since": null, "statutory": false, "extendable": true, "begins_with_day": false,
        "until": null, "grace_until": null, "warn_on": [], "fiction": null,
        "start": null, "raw_end": null, "end": null, "derivation": [],
        "ended_at": "2026-03-02T08:00:00Z", "how": "over",
    }]);
    let list = format!("GET /cases/{case}/ended-deadlines");
    world.ask(&jan, &list).await.is(200, ended);
    world.ask(&jan, &format!("{list}?at=2026-03-01T00:00:00Z")).await.is(200, json!([]));
    world.ask(&at("ruth", HERE), &list).await.refused(403, "NoPartInProcess");
    world.say(&jan, &messages, json!({ "name": "withdrawal" })).await.is(200, json!({ "version": 6 }));
    let ended = json!({ "open": false, "outcome": "withdrawn", "tasks": [], "accepts": [], "permissions": { "message": false } });
    world.ask(&jan, &format!("GET /cases/{case}")).await.has(200, ended);
    world.say(&jan, &messages, json!({ "name": "withdrawal" })).await.refused(409, "CaseEnded");
}

#[tokio::test]
async fn a_deadline_that_passed_is_still_shown() {
    let world = World::new().await;
    let jan = at("jan", HERE);
    let case = waiting(&world).await;
    let dispatch = format!("POST /cases/{case}/documents/1/dispatch");
    world.say(&jan, &dispatch, json!({ "on": "2026-03-02", "way": "post" })).await.has(200, json!({}));
    world.runtime.clock().advance_to("2026-03-20T23:00:00Z".parse().unwrap());
    world.settle().await;
    world.ask(&jan, &format!("GET /cases/{case}")).await.has(200, json!({ "deadlines": [] }));
    let passed = json!([{ "name": "expired", "end": "2026-03-20", "ended_at": "2026-03-20T23:00:00Z", "how": "passed" }]);
    world.ask(&jan, &format!("GET /cases/{case}/ended-deadlines")).await.has(200, passed);
}

/// A letter that is being made can be seen, and no more when it is there.
#[tokio::test]
async fn what_is_under_way_outside_is_shown() {
    let world = World::new().await;
    let jan = at("jan", HERE);
    let case = world.begin(&jan, applicant()).await;
    world.complete(&jan, &case, "examine/confirm", json!({ "outcome": "incomplete" })).await;
    let making = json!({ "waits": [{
        "step": "request", "step_title": { "de": "Nachforderung", "en": "Request for documents" },
        "for": [{ "name": "letter", "kind": "effect", "message": null, "step": null }],
    }] });
    world.ask(&jan, &format!("GET /cases/{case}")).await.has(200, making);
    world.settle().await;
    world.ask(&jan, &format!("GET /cases/{case}")).await.has(200, json!({ "waits": [{ "step": "await" }] }));
}

#[tokio::test]
async fn what_is_stuck_is_tried_again() {
    let world = World::new().await;
    world.register_fails.store(true, Ordering::SeqCst);
    let (jan, leo, ada) = (at("jan", HERE), at("leo", HERE), at("ada", HERE));
    let data = json!({ "name": "Erika Muster", "size_m": 12, "register": true });
    let case = world.begin(&jan, data).await;
    world.complete(&jan, &case, "examine/confirm", json!({ "outcome": "complete" })).await;
    world.complete(&jan, &case, "opinion", json!({})).await;
    world.complete(&leo, &case, "sign", json!({ "outcome": "signed" })).await;
    world.settle().await;
    let incident = |subject: Value| {
        json!({ "items": [{
            "case": case, "number": 1, "case_number": "32-2026/001", "subject": subject, "process": "permit",
            "since": "2026-03-02T08:00:00Z", "code": "register_silent", "step": "enter",
            "message": { "de": "Das Register antwortet nicht.", "en": "The register does not answer." }, "help": "*",
        }], "next": null, "total": 1, "total_capped": false })
    };
    world.ask(&jan, "GET /incidents").await.is(200, incident(json!("Erika Muster")));
    world.ask(&jan, "GET /cases").await.has(200, json!({ "items": [{ "id": case, "stuck": true }] }));
    // The administrator sees that something is stuck, not whose case it is.
    world.ask(&ada, "GET /incidents").await.is(200, incident(Value::Null));
    world.ask(&ada, &format!("GET /cases/{case}")).await.refused(403, "NoPartInProcess");
    world.ask(&at("ruth", HERE), "GET /incidents").await.has(200, json!({ "items": [] }));
    world.ask(&jan, &format!("GET /cases/{case}")).await.has(200, json!({
        "incidents": [{ "number": 1, "since": "*", "step": "enter", "code": "register_silent", "message": "*", "help": "*", "details": null }],
        "permissions": { "retry": true },
    }));
    let retry = |number: &str| format!("POST /cases/{case}/incidents/{number}/retry");
    world.ask(&at("ruth", HERE), &retry("1")).await.refused(403, "NoPartInProcess");
    world.ask(&ada, &retry("2")).await.refused(404, "IncidentUnknown");
    world.ask(&ada, &retry("one")).await.refused(404, "IncidentUnknown");
    world.register_fails.store(false, Ordering::SeqCst);
    world.ask(&ada, &retry("1")).await.is(200, json!({ "version": 6 }));
    world.settle().await;
    world
        .ask(&jan, &format!("GET /cases/{case}"))
        .await
        .has(200, json!({ "open": false, "outcome": "granted", "incidents": [] }));
    let post = json!({ "items": [{
        "case": case, "document": 1, "title": "Bescheid", "addressee": "Erika Muster", "since": "2026-03-02",
        "case_number": "32-2026/001",
    }], "next": null, "total": 1, "total_capped": false });
    world.ask(&jan, "GET /post").await.is(200, post);
    world.ask(&ada, "GET /post").await.has(200, json!({ "items": [] }));
}

#[tokio::test]
async fn a_journal_is_read_from_its_end() {
    let world = World::new().await;
    let jan = at("jan", HERE);
    let case = world.begin(&jan, applicant()).await;
    for number in 1..=4 {
        let text = json!({ "text": format!("Vermerk {number}") });
        world
            .say(&jan, &format!("POST /cases/{case}/notes"), text)
            .await
            .has(200, json!({ "number": number }));
    }
    let path = format!("GET /cases/{case}/journal?limit=3");
    let first = world.ask(&jan, &path).await.json();
    let versions = |page: &Value| -> Vec<u64> {
        page["items"].as_array().unwrap().iter().map(|entry| entry["version"].as_u64().unwrap()).collect()
    };
    assert_eq!((versions(&first), &first["total"]), (vec![5, 4, 3], &json!(5)));
    let rest = world.ask(&jan, &format!("{path}&cursor={}", first["next"].as_str().unwrap())).await;
    assert_eq!(versions(&rest.json()), [2, 1]);
    rest.is(200, json!({ "next": null, "total": 5, "total_capped": false, "items": [
        {
            "version": 2, "at": "2026-03-02T08:00:00Z", "actor": { "kind": "person", "id": "jan", "name": "Jan Muster" },
            "sentences": [{ "de": "Jan Muster hat einen Aktenvermerk geschrieben.", "en": "Jan Muster wrote a note for the file." }],
            "events": [{ "type": "note_added", "number": 1, "by": "jan", "text": "Vermerk 1" }],
        },
        { "version": 1, "at": "*", "actor": "*", "sentences": "*", "events": "*" },
    ] }));
    world
        .say(&jan, &format!("POST /cases/{case}/notes"), json!({ "text": " " }))
        .await
        .refused(409, "NoteInvalid");
}

#[tokio::test]
async fn deadlines_are_listed() {
    let world = World::new().await;
    let jan = at("jan", HERE);
    let case = waiting(&world).await;
    let none = json!({ "items": [], "next": null, "total": 0, "total_capped": false });
    world.ask(&jan, "GET /deadlines").await.is(200, none.clone());
    let dispatch = format!("POST /cases/{case}/documents/1/dispatch");
    world
        .say(&jan, &dispatch, json!({ "on": "2026-03-02", "way": "in-person" }))
        .await
        .has(200, json!({ "notified_on": "2026-03-02" }));
    let listed = json!({ "items": [{
        "case": case, "number": "32-2026/001", "subject": "Erika Muster", "process": "permit", "instance": 5,
        "name": "expired", "title": { "de": "Nachreichung", "en": "Late documents" }, "end": "2026-03-16",
        "grace_until": null, "warn_on": null, "suspended": false,
    }], "next": null, "total": 1, "total_capped": false });
    world.ask(&jan, "GET /deadlines").await.is(200, listed.clone());
    world.ask(&jan, "GET /deadlines?until=2026-03-16").await.is(200, listed);
    world.ask(&jan, "GET /deadlines?until=2026-03-15").await.is(200, none.clone());
    world.ask(&at("ruth", HERE), "GET /deadlines").await.is(200, none);
}
