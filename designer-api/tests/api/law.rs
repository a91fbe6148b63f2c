//! Rows of legal data that an authority sets itself.

use serde_json::{Value, json};

use crate::{
    acts::issued,
    cases::waiting,
    world::{HERE, World, at},
};

/// The row of an answer to `GET /law`.
fn row<'a>(law: &'a Value, table: &str, id: &str) -> Option<&'a Value> {
    let tables = law["tables"].as_array().unwrap();
    let table = tables.iter().find(|known| known["name"] == table).unwrap();
    table["rows"].as_array().unwrap().iter().find(|row| row["id"] == id)
}

#[tokio::test]
async fn an_authority_corrects_the_law() {
    let world = World::new().await;
    let [ada, jan] = ["ada", "jan"].map(|who| at(who, HERE));
    let law = async || world.ask(&jan, "GET /law").await.json();
    let before = law().await;
    let built_in = row(&before, "periods", "vwgo-objection").unwrap();
    assert_eq!((&built_in["own"], built_in.get("built_in")), (&json!(false), Some(&Value::Null)));
    let put = "PUT /law/periods/vwgo-objection";
    let mut said = built_in["row"].clone();
    said["genitive"] = json!("von einem Monat");
    said["valid_from"] = json!("");
    world.say(&jan, put, json!({ "row": said, "checked": true })).await.refused(403, "NotAllowed");
    world.say(&ada, put, json!({ "row": said, "checked": true })).await.is(204, json!(null));
    let mut kept = said.clone();
    kept["checked_by"] = json!("Ada Admin");
    kept.as_object_mut().unwrap().remove("valid_from");
    let after = law().await;
    let expected = json!({
        "id": "vwgo-objection", "row": kept, "own": true, "built_in": built_in["row"], "unread": false,
    });
    assert_eq!(row(&after, "periods", "vwgo-objection"), Some(&expected));
    // What cannot be changes nothing.
    for (path, row, code) in [
        ("PUT /law/fish/trout", json!({}), "LawTableUnknown"),
        ("PUT /law/periods/Big", said.clone(), "LawRowTooLarge"),
        ("PUT /law/periods/new", json!({ "length": "1 month" }), "LawRowInvalid"),
    ] {
        let status = if code == "LawTableUnknown" { 404 } else { 422 };
        world.say(&ada, path, json!({ "row": row, "checked": false })).await.refused(status, code);
    }
    assert_eq!(law().await, after);
    // Another authority has its own law.
    let other = world.ask(&at("ada", "nachbarstadt"), "GET /law").await.json();
    assert_eq!(other, before);
    world.ask(&ada, "DELETE /law/periods/vwgo-objection").await.is(204, json!(null));
    world.ask(&ada, "DELETE /law/periods/vwgo-objection").await.refused(404, "LawRowUnknown");
    assert_eq!(law().await, before);
}

/// Each use in a line: how it lies, what it is, its source, its step or row.
fn lines(uses: &Value) -> Vec<String> {
    let word = |value: &Value| value.as_str().unwrap_or("–").to_owned();
    let line = |used: &Value| {
        let place = if used["row"].is_null() { &used["step"] } else { &used["row"]["id"] };
        format!(
            "{} {} {} {}",
            word(&used["fit"]),
            word(&used["kind"]),
            word(&used["source"]["id"]),
            word(place)
        )
    };
    uses.as_array().unwrap().iter().map(line).collect()
}

#[tokio::test]
async fn what_rests_on_a_norm_is_told_to_those_who_may_know() {
    let world = World::new().await;
    let [ada, dora, jan] = ["ada", "dora", "jan"].map(|who| at(who, HERE));
    let index = "GET /law/index?norm=%C2%A7%2041%20II%20VwVfG&on=2025-01-01";
    world.ask(&jan, index).await.refused(403, "NotAllowed");
    world.ask("", index).await.refused(401, "NotLoggedIn");
    let found = world.ask(&dora, index).await.json();
    assert_eq!(found["norm"], "§ 41 Abs. 2 VwVfG");
    let uses = lines(&found["uses"]);
    assert!(uses.contains(&"inside law notification.yaml vwvfg-post-from-2025".to_owned()), "{uses:?}");
    let row = |id: &str| {
        let all = found["uses"].as_array().unwrap().iter();
        all.map(|used| &used["row"]).find(|row| row["id"] == id).unwrap().clone()
    };
    let (new, old) = (row("vwvfg-post-from-2025"), row("vwvfg-post-until-2024"));
    assert_eq!(
        (&new["holds"], &new["turns"], &new["table"]),
        (&json!(true), &json!(true), &json!("notification"))
    );
    assert_eq!((&old["holds"], &old["turns"]), (&json!(false), &json!(true)));
    // An own row takes the place of the one that came along.
    let mut said = row_said(&world.ask(&jan, "GET /law").await.json(), "vwvfg-post-from-2025");
    said["norm"] = json!("§ 99 BGB");
    world
        .say(&ada, "PUT /law/notification/vwvfg-post-from-2025", json!({ "row": said, "checked": true }))
        .await;
    let own = world.ask(&ada, "GET /law/index?norm=BGB%20%C2%A7%2099").await.json();
    assert_eq!(lines(&own["uses"]), ["same law notification.yaml vwvfg-post-from-2025"]);
    assert_eq!((&own["uses"][0]["row"]["own"], &own["processes"]), (&json!(true), &json!([])));
    world.ask(&dora, "GET /law/index?norm=41%20VwVfG").await.refused(400, "CitationUnreadable");
    world.ask(&dora, "GET /law/index?on=soon").await.refused(400, "QueryInvalid");
    let all = world.ask(&dora, "GET /law/index").await.json();
    assert_eq!((&all["norm"], &all["uses"], &all["processes"]), (&json!(""), &json!([]), &json!([])));
    assert!(all["laws"].as_array().unwrap().iter().any(|law| law["law"] == "VwVfG"), "{}", all["laws"]);
}

fn row_said(law: &Value, id: &str) -> Value {
    row(law, "notification", id).unwrap()["row"].clone()
}

#[tokio::test]
async fn a_changed_row_is_tried_on_running_deadlines_and_nothing_moves() {
    let world = World::new().await;
    let [ada, jan] = ["ada", "jan"].map(|who| at(who, HERE));
    let case = issued(&world).await;
    for document in [1, 2] {
        let sent = json!({ "on": "2026-03-02", "way": "post" });
        world
            .say(&jan, &format!("POST /cases/{case}/documents/{document}/dispatch"), sent)
            .await
            .has(200, json!({}));
    }
    // Who has no part in the process sees that there are some, and not which.
    let resting = "GET /law/index/deadlines?norm=%C2%A7%2041%20VwVfG";
    world.ask(&jan, resting).await.refused(403, "NotAllowed");
    world.ask(&ada, resting).await.is(200, json!({ "items": [], "looked_at": 0, "next": null }));
    let mut row = row_said(&world.ask(&jan, "GET /law").await.json(), "vwvfg-post-from-2025");
    row["days"] = json!(10);
    let preview = "POST /law/notification/vwvfg-post-from-2025/preview";
    world.say(&jan, preview, json!({ "row": row })).await.refused(403, "NotAllowed");
    let before = world.ask(&jan, "GET /deadlines").await.json();
    world.say(&ada, preview, json!({ "row": row })).await.has(
        200,
        json!({
            "deadlines": [], "unseen": 2, "looked_at": 2, "next": null,
        }),
    );
    let roles = json!({ "name": "Ada Admin", "roles": ["administrator", "clerk"], "active": true });
    world.say(&ada, "PUT /people/ada", roles).await;
    // Posted on Monday, 2 March; ten days later is the 12th, and a month after that the 12th of April, a Sunday.
    let moved = |party: &str| {
        json!({
            "case": case, "process": "two-addressees", "end": "2026-04-07", "would_end": "2026-04-13",
            "title": { "de": format!("Rechtsbehelfsfrist: Erlaubnis, {party}") },
        })
    };
    world.say(&ada, preview, json!({ "row": row })).await.has(
        200,
        json!({
            "deadlines": [moved("Erika Beispiel"), moved("Hans Muster")], "unseen": 0, "looked_at": 2,
        }),
    );
    // A row that says the same moves nothing, and one that cannot be is refused as it would be when it is set.
    row["days"] = json!(4);
    world.say(&ada, preview, json!({ "row": row })).await.has(200, json!({ "deadlines": [], "unseen": 0 }));
    world.say(&ada, preview, json!({ "row": {} })).await.refused(422, "LawRowInvalid");
    world
        .say(&ada, "POST /law/fish/trout/preview", json!({ "row": {} }))
        .await
        .refused(404, "LawTableUnknown");
    assert_eq!(world.ask(&jan, "GET /deadlines").await.json(), before);
    // Both rest on it by their derivation; from a day on which they are over none does.
    let of = |norm: &str, on: &str| format!("GET /law/index/deadlines?norm={norm}&on={on}");
    let found = world.ask(&ada, &of("%C2%A7%2041%20VwVfG", "2026-04-07")).await.json();
    let norms: Vec<&Value> = found["items"].as_array().unwrap().iter().map(|it| &it["norms"]).collect();
    assert_eq!(norms, [&json!(["§ 41 Abs. 2 Satz 1 VwVfG"]); 2]);
    let none = json!({ "items": [], "looked_at": 2, "next": null });
    world.ask(&ada, &of("%C2%A7%2041a%20VwVfG", "2026-04-07")).await.is(200, none);
    let over = json!({ "items": [], "looked_at": 0, "next": null });
    world.ask(&ada, &of("%C2%A7%2041%20VwVfG", "2026-04-08")).await.is(200, over);
}

/// A letter has been made, and its dispatch is not recorded: what runs from it waits, and begins by the law of the day on which
/// the letter leaves.
#[tokio::test]
async fn a_deadline_that_does_not_run_yet_is_told_as_one() {
    let world = World::new().await;
    let [ada, jan] = ["ada", "jan"].map(|who| at(who, HERE));
    let roles = json!({ "name": "Ada Admin", "roles": ["administrator", "clerk"], "active": true });
    world.say(&ada, "PUT /people/ada", roles).await;
    waiting(&world).await;
    let resting = |norm: &str| format!("GET /law/index/deadlines?norm={norm}&on=2026-06-01");
    let told = |answer: Value| {
        let items = answer["items"].as_array().or(answer["deadlines"].as_array()).unwrap().clone();
        let line = |it: &Value| json!([it["title"]["de"], it["state"], it["end"], it["norms"]]);
        (items.iter().map(line).collect::<Vec<_>>(), answer["looked_at"].clone(), answer["next"].clone())
    };
    let waits = |norms: Value| (vec![json!(["Nachreichung", "waiting", null, norms])], json!(1), json!(null));
    let found = world.ask(&ada, &resting("%C2%A7%2041%20Abs.%202%20Satz%201%20VwVfG")).await.json();
    assert_eq!(told(found), waits(json!(["§ 41 Abs. 2 Satz 1 VwVfG"])));
    let other = world.ask(&ada, &resting("%C2%A7%201%20BGB")).await.json();
    assert_eq!(told(other), (vec![], json!(1), json!(null)));
    let mut row = row_said(&world.ask(&jan, "GET /law").await.json(), "vwvfg-post-from-2025");
    let preview = "POST /law/notification/vwvfg-post-from-2025/preview";
    let same = world.say(&ada, preview, json!({ "row": row })).await.json();
    assert_eq!(told(same), (vec![], json!(1), json!(null)));
    row["days"] = json!(10);
    let moved = world.say(&ada, preview, json!({ "row": row })).await.json();
    assert_eq!(told(moved), waits(json!(null)));
}
