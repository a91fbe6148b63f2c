//! Cases that are erased, and what is left of them.

use serde_json::{Value, json};

use crate::world::{HERE, THERE, World, at};

/// What is asked about one case.
fn keep(case: &str, what: &str, more: Value) -> Value {
    let mut asked = json!({ "cases": [case], "what": what });
    asked.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    asked
}

const KEEP: &str = "POST /keeping/cases";

/// What is answered when it was done, or not.
fn done() -> Value {
    json!({ "done": 1, "troubles": [] })
}

fn not_done(case: &str, code: &str) -> Value {
    json!({ "done": 0, "troubles": [{ "case": case, "code": code }] })
}

/// A second administrator; both log in with passwords of their own.
async fn with_second(world: &World) -> String {
    let body = json!({ "name": "Eva Zweite", "roles": ["administrator"], "active": true });
    world.say(&at("ada", HERE), "PUT /people/eva", body).await.has(200, json!({}));
    for who in ["ada", "eva"] {
        world.log_in_alone(who).await;
    }
    at("eva", HERE)
}

/// Four eyes are those of two people: neither a technical account with the role nor a token that one of them issued in the name
/// of the other one is a second pair.
#[tokio::test]
async fn nobody_erases_alone_in_the_name_of_somebody_else() {
    let world = World::new().await;
    let [ada, jan] = ["ada", "jan"].map(|who| at(who, HERE));
    let eva = with_second(&world).await;
    let robot = json!({ "name": "Roboter", "roles": ["administrator"], "active": true });
    world.say(&ada, "PUT /people/robot", robot).await.has(200, json!({}));
    let case = world.begin(&jan, json!({ "name": "Muster", "size_m": 12, "register": false })).await;
    let ask = keep(&case, "ask", json!({ "reason": "Art. 17 DSGVO", "exception": "Falsch angelegt" }));
    let erase = keep(&case, "erase", json!({}));
    let token = async |by: &str, person: &str| {
        let wanted =
            json!({ "person": person, "name": "x", "roles": ["administrator"], "until": "2026-03-31" });
        let answer = world.say(by, "POST /tokens", wanted).await.json();
        format!("Bearer {}", answer["secret"].as_str().unwrap())
    };
    let with = async |token: &str, body: &Value| {
        world.send("", KEEP, &[("authorization", token)], Some(body.clone())).await
    };
    let (of_robot, of_eva, evas_own) =
        (token(&ada, "robot").await, token(&ada, "eva").await, token(&eva, "eva").await);
    with(&of_robot, &ask).await.refused(403, "PersonNeeded");
    with(&of_eva, &ask).await.refused(403, "PersonNeeded");
    world.say(&ada, KEEP, ask).await.is(200, done());
    with(&of_robot, &erase).await.refused(403, "PersonNeeded");
    with(&of_eva, &erase).await.refused(403, "PersonNeeded");
    // What is recorded otherwise a program may do.
    with(&of_robot, &keep(&case, "offer", json!({}))).await.is(200, done());
    with(&evas_own, &erase).await.is(200, done());
    let certificate = json!({ "by": { "id": "eva" }, "asked_by": { "id": "ada" }, "alone": null });
    world.ask(&ada, &format!("GET /erasures/{case}")).await.has(200, certificate);
    // A robot is no second one either, without whom nobody could go ahead.
    world.say(&ada, "PUT /people/eva", json!({ "name": "Eva Zweite", "roles": [], "active": true })).await;
    world.ask(&ada, "GET /keeping").await.has(200, json!({ "alone": true }));
}

#[tokio::test]
async fn two_administrators_erase_a_case() {
    let world = World::new().await;
    let [ada, jan] = ["ada", "jan"].map(|who| at(who, HERE));
    let eva = with_second(&world).await;
    let applicant = json!({ "name": "Wilhelmine Krautwurst", "size_m": 12, "register": false });
    let case = world.begin(&jan, applicant).await;
    let reason = json!({ "reason": "Art. 17 DSGVO" });
    let ask = keep(&case, "ask", reason.clone());
    world.say(&jan, KEEP, ask.clone()).await.refused(403, "NotAllowed");
    world.say(&at("ada", THERE), KEEP, ask.clone()).await.has(200, not_done(&case, "CaseUnknown"));
    world.say(&ada, KEEP, keep(&case, "ask", json!({}))).await.has(200, not_done(&case, "ReasonInvalid"));
    world.say(&ada, KEEP, keep(&case, "offer", reason.clone())).await.refused(422, "ValuesInvalid");
    world.say(&ada, KEEP, json!({ "cases": [], "what": "erase" })).await.refused(422, "ValuesInvalid");
    world.say(&ada, KEEP, ask).await.has(200, not_done(&case, "CaseGoesOn"));
    let erase = keep(&case, "erase", json!({}));
    world.say(&ada, KEEP, erase.clone()).await.has(200, not_done(&case, "ErasureNotAsked"));
    let exception = keep(&case, "ask", json!({ "reason": "Art. 17 DSGVO", "exception": "Falsch angelegt" }));
    world.say(&ada, KEEP, exception.clone()).await.is(200, done());
    world.say(&eva, KEEP, exception.clone()).await.has(200, not_done(&case, "ErasureAskedAlready"));
    world.say(&ada, KEEP, erase.clone()).await.has(200, not_done(&case, "ErasureOtherPersonNeeded"));
    let alone = keep(&case, "erase", json!({ "alone": "niemand da" }));
    world.say(&ada, KEEP, alone).await.has(200, not_done(&case, "ErasureNotAlone"));
    let listed = json!({ "items": [{
        "id": case, "ended_at": null, "hold": null, "archive": "none",
        "asked": { "by": { "id": "ada" }, "own": false, "reason": "Art. 17 DSGVO", "exception": "Falsch angelegt" },
    }] });
    world.ask(&eva, "GET /keeping/cases?list=asked").await.has(200, listed);
    let certificate = json!({
        "case": case, "by": { "kind": "person", "id": "eva" }, "asked_by": { "id": "ada" }, "alone": null,
        "reason": "Art. 17 DSGVO", "exception": "Falsch angelegt", "documents": 0, "done": true,
    });
    world.say(&eva, KEEP, erase.clone()).await.is(200, done());
    // From now on it is gone for everybody, and says so.
    for what in ["", "/journal"] {
        world.ask(&jan, &format!("GET /cases/{case}{what}")).await.refused(410, "CaseErased");
    }
    world.say(&eva, KEEP, erase).await.has(200, not_done(&case, "CaseErased"));
    world.ask(&ada, &format!("GET /erasures/{case}")).await.has(200, certificate.clone());
    world.ask(&jan, &format!("GET /erasures/{case}")).await.refused(403, "NotAllowed");
    world.ask(&at("ada", THERE), &format!("GET /erasures/{case}")).await.refused(404, "NotFound");
    let list = world.ask(&ada, "GET /erasures").await.json();
    assert_eq!(list["items"].as_array().map(Vec::len), Some(1));
    world.ask(&jan, "GET /erasures").await.refused(403, "NotAllowed");
    let audit = world.ask(&ada, "GET /audit").await.json();
    let said = audit["items"].as_array().unwrap().iter().map(|it| it["what"]["en"].clone());
    let said: Vec<Value> = said.take(2).collect();
    assert_eq!(said, ["case erased", "case erased since"]);
    assert!(world.files().iter().all(|file| !file.windows(10).any(|part| part == b"Krautwurst")));
}

/// Cases of a process come to their erasure: the period is set, is over, one is held, one is not offered, one is erased.
#[tokio::test]
async fn what_is_kept_long_enough_is_proposed() {
    let world = World::new().await;
    let [ada, jan] = ["ada", "jan"].map(|who| at(who, HERE));
    let overview = |over: u32, years: Option<u16>| {
        let retention =
            years.map(|years| json!({ "years": years, "from": "year_end", "basis": "Aktenordnung" }));
        json!({ "processes": [{ "process": "permit", "retention": retention, "own": years.is_some(), "over": over }], "alone": true })
    };
    let roles = json!({ "name": "Ada Admin", "roles": ["administrator", "clerk"], "active": true });
    world.say(&ada, "PUT /people/ada", roles).await.has(200, json!({}));
    world.log_in_alone("ada").await;
    let mut cases = Vec::new();
    for _ in 0..3 {
        let case = world.begin(&jan, json!({ "name": "Muster", "size_m": 12, "register": false })).await;
        let end = json!({ "outcome": null, "reason": "zurückgenommen" });
        world.say(&ada, &format!("POST /cases/{case}/end"), end).await.has(200, json!({}));
        cases.push(case);
    }
    world.ask(&ada, "GET /keeping").await.has(200, overview(0, None));
    world.ask(&jan, "GET /keeping").await.refused(403, "NotAllowed");
    let set = "PUT /keeping/processes/permit";
    let period = |years: u16, basis: &str| json!({ "retention": { "years": years, "from": "year_end", "basis": basis } });
    world.say(&jan, set, period(5, "Aktenordnung")).await.refused(403, "NotAllowed");
    world.say(&ada, set, period(201, "Aktenordnung")).await.refused(422, "RetentionInvalid");
    world.say(&ada, set, period(0, "Aktenordnung")).await.refused(422, "RetentionInvalid");
    world.say(&ada, set, period(5, " ")).await.refused(422, "RetentionInvalid");
    world.say(&ada, "PUT /keeping/processes/none", period(5, "x")).await.refused(404, "ProcessUnknown");
    world.say(&ada, set, period(5, "Aktenordnung")).await.is(204, Value::Null);
    world.ask(&ada, "GET /keeping").await.has(200, overview(0, Some(5)));
    let ask = |cases: &[String]| json!({ "cases": cases, "what": "ask", "reason": "Frist abgelaufen" });
    world.say(&ada, KEEP, ask(&cases[..1])).await.has(200, not_done(&cases[0], "CaseStillKept"));
    world.runtime.clock().advance_to("2032-01-01T08:00:00Z".parse().unwrap());
    world.session_clock.advance_to("2032-01-01T08:00:00Z".parse().unwrap());
    world.ask(&ada, "GET /keeping").await.has(200, overview(3, Some(5)));
    world.ask(&ada, "GET /keeping/cases?list=over").await.refused(422, "ValuesInvalid");
    world.ask(&ada, "GET /keeping/cases?list=over&process=none").await.refused(404, "ProcessUnknown");
    let page = world.ask(&ada, "GET /keeping/cases?list=over&process=permit&limit=2").await.json();
    assert_eq!(page["items"].as_array().map(Vec::len), Some(2));
    assert_eq!(page["items"][0]["kept_until"], "2031-12-31");
    let next = format!(
        "GET /keeping/cases?list=over&process=permit&limit=2&cursor={}",
        page["next"].as_str().unwrap()
    );
    let rest = world.ask(&ada, &next).await.json();
    assert_eq!(rest["items"].as_array().map(Vec::len), Some(1));
    // One is held, so only the two others are asked for; one of them was offered, and the archive comes first.
    let hold = keep(&cases[0], "hold", json!({ "reason": "Klage anhängig" }));
    world.say(&ada, KEEP, hold).await.is(200, done());
    let held = world.ask(&ada, "GET /keeping/cases?list=held").await;
    held.has(200, json!({ "items": [{ "id": cases[0], "hold": { "reason": "Klage anhängig" } }] }));
    let mut policy = world.ask(&ada, "GET /policy").await.json()["policy"].clone();
    policy["archive_first"] = json!(true);
    world.say(&ada, "PUT /policy", policy.clone()).await.is(204, Value::Null);
    world.ask(&ada, "GET /policy").await.has(200, json!({ "policy": policy }));
    world.ask(&jan, "GET /policy").await.refused(403, "NotAllowed");
    for what in ["offer", "refused"] {
        world.say(&ada, KEEP, keep(&cases[1], what, json!({}))).await.is(200, done());
    }
    let outcome = world.say(&ada, KEEP, ask(&cases)).await.json();
    assert_eq!(outcome["done"], 1);
    let mut codes: Vec<&str> =
        outcome["troubles"].as_array().unwrap().iter().filter_map(|it| it["code"].as_str()).collect();
    codes.sort_unstable();
    assert_eq!(codes, ["ArchiveNotAnswered", "ErasureHeld"]);
    let alone = keep(&cases[1], "erase", json!({ "alone": "Zweite Stelle nicht besetzt" }));
    world.say(&ada, KEEP, alone).await.is(200, done());
    let certificate =
        json!({ "by": { "id": "ada" }, "asked_by": { "id": "ada" }, "alone": "Zweite Stelle nicht besetzt" });
    world.ask(&ada, &format!("GET /erasures/{}", cases[1])).await.has(200, certificate);
    world.ask(&ada, "GET /keeping").await.has(200, overview(2, Some(5)));
    world.say(&ada, set, json!({ "retention": null })).await.is(204, Value::Null);
    world.ask(&ada, "GET /keeping").await.has(200, overview(0, None));
}

#[tokio::test]
async fn days_are_signed_for_administrators() {
    let world = World::new().await;
    let [ada, jan] = ["ada", "jan"].map(|who| at(who, HERE));
    world.ask(&ada, "GET /roots").await.is(200, json!([]));
    let tomorrow = world.runtime.clock().now() + std::time::Duration::from_secs(86_400);
    world.runtime.clock().advance_to(tomorrow);
    world.settle().await;
    let roots = world.ask(&ada, "GET /roots").await.json();
    assert_eq!(roots.as_array().map(Vec::len), Some(1), "{roots}");
    let file: Value = serde_json::from_str(roots[0]["file"].as_str().unwrap()).unwrap();
    assert_eq!(file["root"]["day"], roots[0]["day"]);
    let day = roots[0]["day"].as_str().unwrap().to_owned();
    world.ask(&ada, &format!("GET /roots?after={day}")).await.is(200, json!([]));
    world.ask(&jan, "GET /roots").await.refused(403, "NotAllowed");
}
