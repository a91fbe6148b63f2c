//! What holds at every address of the document: nobody gets in without logging in, nobody sees another authority, and
//! nothing answers with a fault.

use serde_json::{Value, json};

use crate::{
    document::operations,
    incoming,
    world::{HERE, THERE, World, at},
};

fn all() -> Vec<(String, String, Value)> {
    operations(&serde_json::from_str(&fachwerk_designer_api::openapi()).unwrap())
}

/// Addresses that anybody may ask.
const OPEN: [&str; 2] = ["POST /session", "GET /tenants"];

#[tokio::test]
async fn nobody_gets_in_without_logging_in() {
    let world = World::with(|options| options.demo = true).await;
    for (method, path, _) in all() {
        let place = format!("{method} {}", path.replace(['{', '}'], ""));
        if OPEN.contains(&place.as_str()) {
            continue;
        }
        world.ask("", &place).await.refused(401, "NotLoggedIn");
        world
            .send("", &place, &[("cookie", "fachwerk_session=0123456789abcdef")], None)
            .await
            .refused(401, "NotLoggedIn");
    }
}

/// A body that each address reads.
fn body(place: &str) -> Option<Value> {
    // A preview reads what is previewed.
    let body = match place.strip_suffix("/preview").unwrap_or(place) {
        "POST /tasks/{id}" | "POST /tasks/{id}/look" => json!({ "values": {} }),
        "POST /cases/{id}/documents/{n}/take-out" => json!({ "reason": "Irrtum" }),
        "POST /tasks/{id}/delegate" => json!({ "to": "mia" }),
        "POST /tasks/{id}/complete" => json!({ "values": {} }),
        "POST /cases/{id}/notes" => json!({ "text": "Anruf." }),
        "POST /cases/{id}/messages" => json!({ "name": "withdrawal" }),
        "POST /cases/{id}/documents/{n}/dispatch" => json!({ "on": "2026-03-02", "way": "post" }),
        "POST /cases/{id}/documents/{n}/receipt" => json!({ "on": "2026-03-02" }),
        "POST /cases/{id}/steps/{instance}/skip"
        | "POST /cases/{id}/steps/{instance}/give-up"
        | "POST /cases/{id}/triggers/{instance}/{name}" => {
            json!({ "reason": "Irrtum" })
        }
        "POST /cases/{id}/steps/{instance}/move" => json!({ "to": "examine", "reason": "Irrtum" }),
        "POST /cases/{id}/data" => json!({ "fields": {}, "reason": "Irrtum" }),
        "POST /cases/{id}/end" | "POST /tasks/{id}/take-back" => json!({ "reason": "Irrtum" }),
        "POST /cases/{id}/split" => json!({ "data": {}, "reason": "Irrtum" }),
        "POST /cases/{id}/merge" => json!({ "into": "x", "reason": "Irrtum" }),
        "POST /cases/{id}/errands" => json!({ "kind": "question", "text": "Wer?", "role": "clerk" }),
        "POST /cases/{id}/letters" => json!({ "addressee": "x", "subject": "x", "body": "x" }),
        "POST /cases/{id}/deadlines/{instance}/{name}/extend" => {
            json!({ "by": "1 week", "reason": "Irrtum" })
        }
        "POST /cases/{id}/deadlines/suspend" | "POST /cases/{id}/deadlines/resume" => {
            json!({ "deadlines": [], "reason": "Irrtum" })
        }
        "POST /cases/{id}/reinstatements" => {
            json!({ "step": "examine", "name": "late", "until": "2026-05-04", "reason": "Irrtum" })
        }
        "POST /cases/{id}/parties" => json!({ "kind": "applicant", "name": "E" }),
        "POST /cases/{id}/parties/{n}/change" => {
            json!({ "party": { "kind": "applicant", "name": "E" }, "reason": "Irrtum" })
        }
        "POST /cases/{id}/parties/{n}/remove" => json!({ "reason": "Irrtum" }),
        "POST /cases/{id}/acts/{n}/remedies" => json!({ "party": 1, "kind": "objection" }),
        "POST /cases/{id}/acts/{n}/letters" => json!({ "party": 1, "reason": "unbekannt verzogen" }),
        "POST /cases/{id}/acts/{n}/correct" => json!({ "wrong": "a", "right": "b", "reason": "Irrtum" }),
        "POST /tasks/{id}/steps" => json!({ "step": "examine" }),
        "PUT /cases/{id}/documents/{n}/dispatch" => {
            json!({ "on": "2026-03-02", "way": "post", "reason": "Irrtum" })
        }
        "POST /cases/{id}/items/{item}/give-back" | "POST /cases/{id}/documents/{n}/not-arrived" => {
            json!({ "reason": "Irrtum" })
        }
        "POST /cases/{id}/fictions" => json!({ "act": "permit", "deemed": true, "reason": "Irrtum" }),
        "PUT /cases/{id}/documents/{n}/paper" => json!({ "place": "Registratur" }),
        "PUT /processes/{id}/settings" => json!({ "values": {} }),
        _ => return None,
    };
    Some(body)
}

#[tokio::test]
async fn authorities_see_nothing_of_each_other() {
    let world = World::new().await;
    let jan = at("jan", HERE);
    let case = world.begin(&jan, json!({ "name": "Erika Muster", "size_m": 12 })).await;
    world.complete(&jan, &case, "examine/confirm", json!({ "outcome": "incomplete" })).await;
    world.settle().await;
    let answer = world.ask(&jan, &format!("GET /cases/{case}")).await;
    answer.has(200, json!({ "version": 3, "documents": [{ "number": 1 }] }));
    let release = answer.json()["release"].as_str().unwrap().to_owned();
    let before = answer.json();
    let mut tried = 0;
    for (method, path, _) in all() {
        if !path.starts_with("/cases/") && !path.starts_with("/tasks/{") {
            continue;
        }
        let id = if path.starts_with("/cases/") { case.clone() } else { format!("{case}.3") };
        let filled = path.replace("{id}", &id).replace("{n}", "1");
        let filled =
            filled.replace("{instance}", "3").replace("{name}", "withdrawal").replace("{item}", &case);
        let place = format!("{method} {path}");
        for who in ["jan", "mia", "leo", "ada"] {
            let answer = world.send(&at(who, THERE), &format!("{method} {filled}"), &[], body(&place)).await;
            let code = answer.json()["code"].as_str().unwrap_or_default().to_owned();
            assert!(["CaseUnknown", "TaskUnknown"].contains(&code.as_str()), "{place} by {who}: {code}");
            answer.refused(404, &code);
        }
        tried += 1;
    }
    assert_eq!(tried, 50, "addresses of cases and tasks");
    assert_eq!(world.ask(&jan, &format!("GET /cases/{case}")).await.json(), before);
    // Releases are the same there, since their files are; others are not known.
    world
        .ask(&at("dora", THERE), &format!("GET /processes/permit?release={release}"))
        .await
        .has(200, json!({ "id": "permit" }));
    world.ask(&at("dora", THERE), "GET /processes/permit?release=x").await.refused(404, "ProcessUnknown");
    for list in ["/tasks?view=all", "/cases", "/deadlines", "/incidents", "/post"] {
        world
            .ask(&at("mia", THERE), &format!("GET {list}"))
            .await
            .is(200, json!({ "items": [], "next": null, "total": 0, "total_capped": false }));
    }
    let audit = world.ask(&at("ada", THERE), "GET /audit").await.json();
    assert!(audit["items"].as_array().unwrap().iter().all(|entry| entry["case"].is_null()), "{audit}");
}

/// Every address that only reads answers, for somebody who may and for somebody who may not.
#[tokio::test]
async fn every_address_answers() {
    let world = World::with(|options| options.demo = true).await;
    let jan = at("jan", HERE);
    let case = world.begin(&jan, json!({ "name": "Erika Muster", "size_m": 12 })).await;
    world.complete(&jan, &case, "examine/confirm", json!({ "outcome": "incomplete" })).await;
    world.settle().await;
    world
        .say(&jan, &format!("POST /cases/{case}/messages"), json!({ "name": "documents-received" }))
        .await
        .has(200, json!({}));
    let task = world.task(&jan, &case, "examine/confirm").await;
    let run = json!({ "title": "Alle", "process": "permit", "kind": "signatures", "cases": [case] });
    world.say(&jan, "POST /runs", run).await.has(200, json!({ "number": 1 }));
    let gone = world.begin(&jan, json!({ "name": "Erika Muster", "size_m": 12 })).await;
    world.log_in_alone("ada").await;
    for asked in [
        json!({ "cases": [gone], "what": "ask", "reason": "Art. 17 DSGVO", "exception": "Irrtum" }),
        json!({ "cases": [gone], "what": "erase", "alone": "niemand sonst da" }),
    ] {
        world.say(&at("ada", HERE), "POST /keeping/cases", asked).await.has(200, json!({ "done": 1 }));
    }
    let ada = json!({ "name": "Ada Admin", "roles": ["administrator", "designer", "clerk", "lead", "post-room"], "active": true });
    incoming::deploy(&world).await;
    world.say(&at("ada", HERE), "PUT /people/ada", ada).await.has(200, json!({}));
    let item = incoming::registered(&world, &at("ada", HERE)).await;
    for (method, path, _) in
        all().into_iter().filter(|(method, path, _)| method == "GET" && path != "/events")
    {
        let id = match path.split('/').nth(1) {
            Some("tasks") => task.as_str(),
            Some("cases") => case.as_str(),
            Some("incoming") => item.as_str(),
            _ => "permit",
        };
        let filled = path.replace("{id}", id).replace("{n}", "1").replace("{path}", "decisions%2Ffee.yaml");
        let filled = filled.replace("{case}", &gone).replace("{number}", "1");
        for who in ["ada", "dora", "jan", "leo", "ruth"] {
            let answer = world.ask(&at(who, HERE), &format!("{method} {filled}")).await;
            let status = answer.status.as_u16();
            let good = if who == "ada" { status == 200 } else { [200, 403].contains(&status) };
            assert!(good, "{method} {filled} by {who}: {status} {}", answer.text());
        }
    }
}
