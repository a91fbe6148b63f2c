//! Who stands in for whom: what that opens, for how long, and what it does not.

use serde_json::{Value, json};

use crate::world::{HERE, THERE, World, at};

fn applicant() -> Value {
    json!({ "name": "Erika Muster", "size_m": 12, "register": false })
}

fn from_to(absent: Value, substitute: &str, from: &str, until: &str) -> Value {
    let mut asked = json!({ "substitute": substitute, "from": from, "until": until });
    if !absent.is_null() {
        asked["absent"] = absent;
    }
    asked
}

fn of_jan(number: u32, now: bool) -> Value {
    json!({
        "number": number, "absent": { "id": "jan", "name": "Jan Muster" },
        "substitute": { "id": "ruth", "name": "Ruth Register" },
        "from": "2026-03-03", "until": "2026-03-05", "now": now,
    })
}

#[tokio::test]
async fn whoever_stands_in_has_the_roles_and_takes_what_is_held() {
    let world = World::new().await;
    let [ada, jan, mia, ruth] = ["ada", "jan", "mia", "ruth"].map(|who| at(who, HERE));
    let case = world.begin(&jan, applicant()).await;
    let task = format!("/tasks/{case}.3");
    world.ask(&jan, &format!("POST {task}/claim")).await.has(200, json!({}));
    let asked = from_to(Value::Null, "ruth", "2026-03-03", "2026-03-05");
    let begun = world.say(&jan, "POST /substitutions", asked.clone()).await;
    begun.is(200, json!({ "substitution": of_jan(1, false), "lacking": [] }));
    // The same again is the same; beside it there is no other one.
    let more = from_to(Value::Null, "ruth", "2026-03-05", "2026-03-09");
    world.say(&jan, "POST /substitutions", more).await.refused(409, "SubstitutionOverlaps");
    world.say(&jan, "POST /substitutions", asked).await.has(200, json!({ "substitution": of_jan(1, false) }));
    // Not yet.
    world.ask(&ruth, "GET /session").await.has(200, json!({ "substitutions": [] }));
    world.ask(&ruth, &format!("POST {task}/claim")).await.refused(403, "NoPartInProcess");
    // By whom it is seen.
    for (who, expected) in
        [(&ada, json!([of_jan(1, false)])), (&ruth, json!([of_jan(1, false)])), (&mia, json!([]))]
    {
        world.ask(who, "GET /substitutions").await.is(200, expected);
    }
    world.ask(&at("ada", THERE), "GET /substitutions").await.is(200, json!([]));

    world.runtime.clock().advance_to("2026-03-03T08:00:00Z".parse().unwrap());
    for who in [&ruth, &jan] {
        world.ask(who, "GET /session").await.has(200, json!({ "substitutions": [of_jan(1, true)] }));
    }
    let rights = json!({ "claim": true, "complete": false, "release": false, "delegate": false });
    world.ask(&ruth, &format!("GET {task}")).await.has(200, json!({ "may": rights }));
    // Somebody else does not take it.
    world.ask(&mia, &format!("POST {task}/claim")).await.refused(409, "ClaimedByAnother");
    let values = json!({ "values": {} });
    world.say(&ruth, &format!("POST {task}/complete"), values).await.refused(409, "ClaimedByAnother");
    world.ask(&ruth, &format!("POST {task}/claim")).await.has(200, json!({}));
    world.ask(&ruth, &format!("GET {task}")).await.has(200, json!({ "may": { "complete": true } }));

    world.runtime.clock().advance_to("2026-03-06T08:00:00Z".parse().unwrap());
    world.ask(&ruth, &format!("GET {task}")).await.refused(403, "NoPartInProcess");
    world.ask(&ada, "GET /substitutions").await.is(200, json!([]));
    let audit = world.ask(&ada, "GET /audit").await.json();
    let said: Vec<&Value> = audit["items"].as_array().unwrap().iter().map(|it| &it["what"]["de"]).collect();
    let expected =
        json!("Ruth Register vertritt Jan Muster von Dienstag, 3. März 2026 bis Donnerstag, 5. März 2026");
    assert!(said.contains(&&expected), "{said:#?}");
}

#[tokio::test]
async fn it_ends_when_it_is_said_and_passes_on_no_administration() {
    let world = World::new().await;
    let [ada, dora, ruth] = ["ada", "dora", "ruth"].map(|who| at(who, HERE));
    let whole = |absent: &str| from_to(json!(absent), "ruth", "2026-03-02", "2026-03-09");
    for absent in ["ada", "dora", "jan"] {
        world.say(&ada, "POST /substitutions", whole(absent)).await.has(200, json!({}));
    }
    world.ask(&ruth, "GET /tokens").await.refused(403, "NotAllowed");
    world.say(&ruth, "POST /processes/check", json!({ "files": {} })).await.refused(403, "NotAllowed");
    world
        .ask(&ruth, "GET /session")
        .await
        .has(200, json!({ "permissions": { "start": ["permit"], "deploy": false, "administer": false } }));
    // The substitute does not end it, and whoever is away only their own.
    world.ask(&ruth, "DELETE /substitutions/3").await.refused(403, "NotAllowed");
    world.ask(&dora, "DELETE /substitutions/3").await.refused(403, "NotAllowed");
    world.ask(&dora, "DELETE /substitutions/2").await.is(204, Value::Null);
    world.ask(&ada, "DELETE /substitutions/3").await.is(204, Value::Null);
    world.ask(&ada, "DELETE /substitutions/3").await.refused(404, "SubstitutionUnknown");
    world.ask(&ruth, "GET /session").await.has(200, json!({ "permissions": { "start": [] } }));
}

#[tokio::test]
async fn what_cannot_be() {
    let world = World::new().await;
    let [ada, jan] = ["ada", "jan"].map(|who| at(who, HERE));
    for (who, absent, substitute, from, until, code) in [
        (&jan, Value::Null, "jan", "2026-03-03", "2026-03-05", "SubstitutionInvalid"),
        (&jan, Value::Null, "nobody", "2026-03-03", "2026-03-05", "SubstitutionInvalid"),
        (&jan, Value::Null, "ruth", "2026-03-05", "2026-03-03", "SubstitutionInvalid"),
        (&jan, Value::Null, "ruth", "2026-03-03", "2027-03-04", "SubstitutionInvalid"),
        (&jan, Value::Null, "ruth", "2026-02-20", "2026-03-01", "ValuesInvalid"),
        (&jan, Value::Null, "ruth", "2026-03-01", "2026-03-05", "ValuesInvalid"),
        (&jan, json!("mia"), "ruth", "2026-03-03", "2026-03-05", "NotAllowed"),
    ] {
        let status = if code == "NotAllowed" { 403 } else { 422 };
        let asked = from_to(absent, substitute, from, until);
        world.say(who, "POST /substitutions", asked).await.refused(status, code);
    }
    let person = json!({ "name": "Ruth Register", "roles": ["registrar"], "active": false });
    world.say(&ada, "PUT /people/ruth", person).await.has(200, json!({}));
    let asked = from_to(Value::Null, "ruth", "2026-03-03", "2026-03-05");
    world.say(&jan, "POST /substitutions", asked).await.refused(422, "SubstitutionInvalid");
    world.ask(&ada, "GET /substitutions").await.is(200, json!([]));
}

/// Four-eyes still keeps people apart, and what nobody can do then is told: at once, and when a process is checked.
#[tokio::test]
async fn what_nobody_can_do_meanwhile_is_told() {
    let world = World::new().await;
    let [ada, dora] = ["ada", "dora"].map(|who| at(who, HERE));
    let asked = from_to(json!("mia"), "leo", "2026-03-03", "2026-03-05");
    world.say(&ada, "POST /substitutions", asked).await.has(200, json!({ "lacking": [] }));
    let asked = from_to(json!("jan"), "leo", "2026-03-04", "2026-03-10");
    let begun = world.say(&ada, "POST /substitutions", asked).await;
    let said = "Von Mittwoch, 4. März 2026 bis Donnerstag, 5. März 2026, solange Leo Leitung Mia Beispiel und Jan Muster vertritt: „Bescheid zeichnen“ darf auf diesem Weg niemand erledigen: Die Rolle „Leitung“ hat nur Leo Leitung, und Leo Leitung muss vorher „Unterlagen prüfen“ erledigen, weil auch die Rolle „Sachbearbeitung“ sonst niemand hat. So kommt es dazu: „Unterlagen prüfen“ (vollständig), „Stellungnahme des Beirats“.";
    let message = json!({ "de": said, "en": "*" });
    let lacking = json!([{ "title": { "de": "Erlaubnis", "en": "Permit" }, "problems": [message] }]);
    begun.has(200, json!({ "lacking": lacking }));
    let draft = world.ask(&dora, "GET /drafts/permit").await.json();
    let checked = world.say(&dora, "POST /processes/check", json!({ "files": draft["files"] })).await;
    let problem = json!({ "severity": "warning", "code": "nobody_left", "message": message });
    checked.has(200, json!({ "problems": [problem] }));
}
