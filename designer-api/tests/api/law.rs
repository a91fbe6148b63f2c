//! Rows of legal data that an authority sets itself.

use serde_json::{Value, json};

use crate::world::{HERE, World, at};

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
