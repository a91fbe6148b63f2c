//! What an authority says of itself, and its days off.

use serde_json::{Value, json};

use crate::world::{HERE, World, at};

const LOGO: &str = "data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4=";

/// The profile of the authority of these tests, with changes.
fn profile(change: Value) -> Value {
    let mut profile = json!({
        "name": { "de": "Stadt musterstadt", "en": "Town of musterstadt" }, "land": "ST", "municipality": null,
        "categories": [], "kind": "municipality-in-district", "key": "15086999", "street": "Markt 1",
        "postal_code": "39999", "town": "Musterstadt", "phone": null, "email": null, "web": null, "letterhead": null,
        "logo": null, "seal": null,
        "superior": null, "superior_address": null, "account_holder": null, "iban": null, "bic": null,
    });
    profile.as_object_mut().unwrap().extend(change.as_object().cloned().unwrap());
    profile
}

#[tokio::test]
async fn an_authority_says_who_it_is() {
    let world = World::new().await;
    let [ada, jan] = ["ada", "jan"].map(|who| at(who, HERE));
    world
        .ask(&jan, "GET /authority")
        .await
        .has(200, json!({ "profile": profile(json!({})), "days_off": [] }));
    let set = async |change: Value| world.say(&ada, "PUT /authority", profile(change)).await;
    for (change, place, code) in [
        (json!({ "name": { "de": "", "en": "Town" } }), "/name", "ProfileInvalid"),
        (json!({ "land": "XX" }), "/land", "unknown_land"),
        (json!({ "categories": ["pagan"] }), "/municipality", "ProfileInvalid"),
        (json!({ "key": "03241" }), "/key", "ProfileInvalid"),
        (json!({ "postal_code": "3999" }), "/postal_code", "ProfileInvalid"),
        (json!({ "email": "post" }), "/email", "ProfileInvalid"),
        (json!({ "logo": "https://example.org/logo.png" }), "/logo", "ProfileInvalid"),
        (json!({ "seal": "data:image/gif;base64,R0lGODlhAQABAAAAACw=" }), "/seal", "ProfileInvalid"),
        (json!({ "superior_address": "Platz 2" }), "/superior", "required"),
        (json!({ "iban": "DE89370400440532013000" }), "/account_holder", "required"),
        (json!({ "account_holder": "Kasse" }), "/iban", "required"),
        (json!({ "account_holder": "Kasse", "iban": "DE89370400440532013001" }), "/iban", "ProfileInvalid"),
    ] {
        let refused = set(change).await;
        let misfits =
            json!({ "misfits": [{ "at": place, "code": code, "message": { "de": "*", "en": "*" } }] });
        refused.has(422, misfits);
    }
    world.say(&jan, "PUT /authority", profile(json!({}))).await.refused(403, "NotAllowed");
    world.say(&ada, "PUT /authority", json!({ "land": "ST" })).await.refused(400, "BodyInvalid");
    // Blanks are nobody's words, and do not matter in an account.
    let said = json!({
        "kind": "district", "key": "15086", "letterhead": "Landkreis Muster\n\n Ordnungsamt ", "phone": "  ", "logo": LOGO,
        "account_holder": "Kreiskasse", "iban": "de89 3704 0044 0532 0130 00",
    });
    set(said).await.is(204, json!(null));
    let kept = json!({
        "kind": "district", "key": "15086", "letterhead": "Landkreis Muster\nOrdnungsamt", "logo": LOGO,
        "account_holder": "Kreiskasse", "iban": "DE89370400440532013000",
    });
    world.ask(&jan, "GET /authority").await.has(200, json!({ "profile": profile(kept) }));
    let other = at("ada", "nachbarstadt");
    world
        .ask(&other, "GET /authority")
        .await
        .has(200, json!({ "profile": { "kind": "municipality-in-district" } }));
}

#[tokio::test]
async fn a_day_off_that_is_hardly_meant_is_asked_about() {
    let world = World::new().await;
    let ada = at("ada", HERE);
    let name = |sure: bool| json!({ "name": { "de": "Gedenktag", "en": "Day of remembrance" }, "norm": "§ 2", "sure": sure });
    for (day, why) in [
        ("2026-05-01", "Am Freitag, 1. Mai 2026 ist schon Feiertag: "),
        ("2026-05-17", "Am Sonntag, 17. Mai 2026 endet ohnehin keine Frist. "),
        ("2025-05-15", "Donnerstag, 15. Mai 2025 liegt in einem vergangenen Jahr. "),
    ] {
        let path = format!("PUT /authority/days-off/{day}");
        let answer = world.say(&ada, &path, name(false)).await;
        let told = answer.refused(422, "ValuesInvalid").json()["misfits"][0].clone();
        assert_eq!(told["at"], "/sure");
        assert!(told["message"]["de"].as_str().unwrap().starts_with(why), "{told}");
        world.say(&ada, &path, name(true)).await.is(204, json!(null));
        // It is known now: another name for it is nothing to ask about.
        world.say(&ada, &path, name(false)).await.is(204, json!(null));
    }
}

#[tokio::test]
async fn days_off_are_added_and_removed() {
    let world = World::new().await;
    let [ada, jan] = ["ada", "jan"].map(|who| at(who, HERE));
    let name =
        json!({ "name": { "de": "Landestrauertag", "en": "Day of mourning" }, "norm": "§ 2 Abs. 2 SFTG" });
    let day = "PUT /authority/days-off/2026-05-15";
    world.say(&jan, day, name.clone()).await.refused(403, "NotAllowed");
    world
        .say(&ada, day, json!({ "name": { "de": "", "en": "" }, "norm": "§ 1" }))
        .await
        .refused(422, "DayOffInvalid");
    world.say(&ada, "PUT /authority/days-off/2026-13-01", name.clone()).await.refused(404, "NotFound");
    world.say(&ada, day, name.clone()).await.is(204, json!(null));
    let read = world.ask(&jan, "GET /authority?year=2026").await.json();
    let off = json!({ "day": "2026-05-15", "name": { "de": "Landestrauertag", "en": "Day of mourning" }, "norm": "§ 2 Abs. 2 SFTG" });
    assert_eq!(read["days_off"], json!([off]));
    let may: Vec<(&str, bool)> = read["holidays"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["day"].as_str().unwrap(), it["own"].as_bool().unwrap()))
        .filter(|(day, _)| day.starts_with("2026-05"))
        .collect();
    assert_eq!(
        may,
        [("2026-05-01", false), ("2026-05-14", false), ("2026-05-15", true), ("2026-05-25", false)]
    );
    world.ask(&ada, "GET /authority?year=x").await.refused(400, "QueryInvalid");
    world.ask(&ada, "DELETE /authority/days-off/2026-05-15").await.is(204, json!(null));
    world.ask(&ada, "DELETE /authority/days-off/2026-05-15").await.refused(404, "DayOffUnknown");
}
