//! Cases that are erased, and what is left of them.

use serde_json::{Value, json};

use crate::world::{HERE, THERE, World, at};

#[tokio::test]
async fn an_administrator_erases_a_case() {
    let world = World::new().await;
    let [ada, jan] = ["ada", "jan"].map(|who| at(who, HERE));
    let applicant = json!({ "name": "Wilhelmine Krautwurst", "size_m": 12, "register": false });
    let case = world.begin(&jan, applicant).await;
    let erase = format!("POST /cases/{case}/erase");
    let reason = json!({ "reason": "Art. 17 DSGVO" });
    world.say(&jan, &erase, reason.clone()).await.refused(403, "NotAllowed");
    world.say(&at("ada", THERE), &erase, reason.clone()).await.refused(404, "CaseUnknown");
    world.say(&ada, &erase, json!({ "reason": " " })).await.refused(409, "ReasonInvalid");
    world.say(&ada, &erase, reason).await.refused(409, "CaseGoesOn");
    let exception = json!({ "reason": "Art. 17 DSGVO", "exception": "Falsch angelegt" });
    let certificate = json!({
        "case": case, "by": { "kind": "person", "id": "ada" }, "reason": "Art. 17 DSGVO",
        "exception": "Falsch angelegt", "documents": 0, "done": true,
    });
    world.say(&ada, &erase, exception.clone()).await.has(200, certificate.clone());
    // From now on it is gone for everybody, and says so.
    for what in ["", "/journal"] {
        world.ask(&jan, &format!("GET /cases/{case}{what}")).await.refused(410, "CaseErased");
    }
    world.say(&ada, &erase, exception).await.refused(410, "CaseErased");
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
