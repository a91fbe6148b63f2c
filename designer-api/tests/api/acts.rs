//! Parties and acts of a case: added, issued, notified, attacked, corrected.

use fachwerk_core::{
    case::Activity,
    command::{Command, Request},
    event::EffectError,
    facts::Actor,
    words::Text,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::world::{HERE, World, at, files, folder};

/// A case of the example with two addressees, whose letters are made.
pub async fn issued(world: &World) -> String {
    let mut files = files(&folder("../../../examples/administration/two-addressees"));
    files.retain(|name, _| !name.starts_with("scenarios/"));
    for (name, text) in &mut files {
        if name == "process.yaml" {
            *text = text.replace("roles:\n", "subject: application.applicants[0].name\nroles:\n");
        }
    }
    let deployed = world.say(&at("dora", HERE), "POST /processes/deploy", json!({ "files": files })).await;
    let told = [json!({ "code": "process_without_scenario" })];
    deployed.has(200, json!({ "problems": told }));
    let applicant = |name: &str| json!({ "name": name, "address": "Lindenweg 4\n39999 Musterstadt" });
    let data = json!({ "applicants": [applicant("Erika Beispiel"), applicant("Hans Muster")] });
    let begun = world
        .say(&at("jan", HERE), "POST /cases", json!({ "process": "two-addressees", "data": data }))
        .await;
    world.settle().await;
    begun.json()["case"].as_str().unwrap().to_owned()
}

async fn shown(world: &World, case: &str) -> Value {
    world.ask(&at("jan", HERE), &format!("GET /cases/{case}")).await.json()
}

#[tokio::test]
async fn an_act_is_notified_and_attacked_by_each_addressee_for_itself() {
    let world = World::new().await;
    let case = issued(&world).await;
    let (jan, of_case) = (at("jan", HERE), format!("GET /cases/{case}"));
    world.ask(&jan, &of_case).await.has(200, json!({ "acts": [{
        "number": 1, "kind": "permit", "title": { "de": "Erlaubnis", "en": "Permit" }, "law": "VwVfG", "transferred": false,
        "issued_on": "2026-03-02", "fee": null, "conditions": [], "corrections": [],
        "addressees": [
            { "party": 1, "name": "Erika Beispiel", "document": 1, "dispatched_on": null, "remedy_ends": null },
            { "party": 2, "name": "Hans Muster", "document": 2, "receiver": null },
        ],
    }] }));
    let dispatch = json!({ "on": "2026-03-02", "way": "post" });
    world.say(&jan, &format!("POST /cases/{case}/documents/1/dispatch"), dispatch).await.has(200, json!({}));
    // Notified on Friday, 6 March; a month ends on Easter Monday, so on Tuesday, 7 April.
    world.ask(&jan, "GET /deadlines").await.has(
        200,
        json!({ "items": [{
        "case": case, "title": { "de": "Rechtsbehelfsfrist: Erlaubnis, Erika Beispiel" }, "end": "2026-04-07",
    }] }),
    );
    let remedies = format!("POST /cases/{case}/acts/1/remedies");
    let objection =
        |party: u32, day: &str| json!({ "party": party, "kind": "objection", "received_on": day });
    world.say(&jan, &remedies, objection(3, "2026-03-02")).await.refused(404, "PartyUnknown");
    world.say(&jan, &remedies, objection(1, "2026-03-01")).await.refused(409, "RemedyInvalid");
    world.say(&at("ruth", HERE), &remedies, objection(1, "2026-03-02")).await.refused(403, "NoPartInProcess");
    world.say(&jan, &remedies, objection(1, "2026-03-02")).await.has(200, json!({}));
    let addressees = shown(&world, &case).await["acts"][0]["addressees"].clone();
    assert_eq!(addressees[0]["remedy_ends"], "2026-04-07");
    assert_eq!(addressees[0]["remedies"][0]["late"], false, "{addressees}");
    assert_eq!(addressees[1]["remedies"], json!([]));
    world.ask(&jan, "GET /deadlines").await.has(200, json!({ "items": [] }));
}

/// The letters of a correction.
const CORRECTED: [&str; 2] =
    ["Erlaubnis (Erika Beispiel) – berichtigt", "Erlaubnis (Hans Muster) – berichtigt"];

fn titles_of(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().filter_map(|it| it["title"].as_str()).collect()
}

#[tokio::test]
async fn an_obvious_error_is_corrected_for_all() {
    let world = World::new().await;
    let case = issued(&world).await;
    let correct = format!("POST /cases/{case}/acts/1/correct");
    let body = json!({ "wrong": "12 Uhr", "right": "21 Uhr", "reason": "Zahlendreher" });
    world.say(&at("mia", HERE), &correct, body).await.refused(409, "ActNotCorrected");
    let body =
        json!({ "wrong": "wird erteilt", "right": "wird hiermit erteilt", "reason": "Ein Wort fehlt" });
    world.say(&at("jan", HERE), &correct, body.clone()).await.refused(409, "CorrectionNotAllowed");
    // Seen before it is done, by whoever may; the case stays as it is.
    let preview = format!("{correct}/preview");
    world.say(&at("jan", HERE), &preview, body.clone()).await.refused(409, "CorrectionNotAllowed");
    let seen = world.say(&at("mia", HERE), &preview, body.clone()).await.json();
    assert_eq!(titles_of(&seen["letters"]), CORRECTED, "{seen}");
    assert_eq!(shown(&world, &case).await["documents"].as_array().unwrap().len(), 2);
    world.say(&at("mia", HERE), &correct, body).await.has(200, json!({}));
    world.settle().await;
    let case = shown(&world, &case).await;
    let titles = titles_of(&case["documents"]);
    assert_eq!(titles, [&["Erlaubnis (Erika Beispiel)", "Erlaubnis (Hans Muster)"], &CORRECTED[..]].concat());
    let directions: Vec<&str> =
        case["documents"].as_array().unwrap().iter().filter_map(|it| it["direction"].as_str()).collect();
    assert_eq!(directions, ["internal", "internal", "outgoing", "outgoing"]);
    assert_eq!(case["acts"][0]["corrections"][0]["right"], "wird hiermit erteilt");
    assert_eq!(case["acts"][0]["addressees"][1]["document"], 4);
}

#[tokio::test]
async fn a_letter_that_came_back_goes_out_anew_to_one_addressee() {
    let world = World::new().await;
    let case = issued(&world).await;
    let (jan, anew) = (at("jan", HERE), format!("POST /cases/{case}/acts/1/letters"));
    let body = json!({ "party": 2, "document": 2, "reason": "unbekannt verzogen" });
    let of_another = json!({ "party": 2, "document": 1, "reason": "unbekannt verzogen" });
    world.say(&jan, &anew, of_another).await.refused(404, "DocumentUnknown");
    let give_up = format!("POST /cases/{case}/steps/2/give-up");
    world.say(&jan, &give_up, json!({ "reason": "geht nicht" })).await.refused(409, "StepNotActive");
    let dispatch = json!({ "on": "2026-03-02", "way": "post" });
    world.say(&jan, &format!("POST /cases/{case}/documents/2/dispatch"), dispatch).await.has(200, json!({}));
    world.say(&at("ruth", HERE), &anew, body.clone()).await.refused(403, "NoPartInProcess");
    world.say(&jan, &anew, json!({ "party": 2, "reason": " " })).await.refused(409, "ReasonInvalid");
    let seen = world.say(&jan, &format!("{anew}/preview"), body.clone()).await.json();
    assert_eq!(titles_of(&seen["letters"]), ["Erlaubnis (Hans Muster) – erneut"], "{seen}");
    world.say(&jan, &anew, body).await.has(200, json!({}));
    world.settle().await;
    world.ask(&jan, &format!("GET /cases/{case}")).await.has(200, json!({
        "documents": [{}, { "dispatch": { "not_arrived": true } }, { "title": "Erlaubnis (Hans Muster) – erneut" }],
        "acts": [{ "addressees": [
            { "document": 1 },
            { "document": 3, "letters": [3], "dispatched_on": null, "notified_on": null, "remedy_ends": null },
        ] }],
    }));
    // Proof comes that the first one was there: it notifies.
    let receipt = json!({ "on": "2026-03-02" });
    world.say(&jan, &format!("POST /cases/{case}/documents/2/receipt"), receipt).await.has(200, json!({}));
    world.ask(&jan, &format!("GET /cases/{case}")).await.has(
        200,
        json!({
            "documents": [{}, { "dispatch": { "not_arrived": false } }, { "direction": "internal" }],
            "acts": [{ "addressees": [{}, { "notified_on": "2026-03-06", "remedy_ends": "2026-04-07" }] }],
        }),
    );
}

#[tokio::test]
async fn parties_are_added_changed_and_removed() {
    let world = World::new().await;
    let case = issued(&world).await;
    let (jan, parties) = (at("jan", HERE), format!("POST /cases/{case}/parties"));
    let lawyer = |name: &str| json!({ "kind": "representative", "name": name, "address": ["Weg 1"], "represents": [1] });
    world.say(&jan, &parties, json!({ "kind": "x", "name": "E" })).await.refused(409, "PartyInvalid");
    world.say(&at("ruth", HERE), &parties, lawyer("E")).await.refused(403, "NoPartInProcess");
    world.say(&jan, &parties, lawyer("RA Klug")).await.has(200, json!({}));
    let change = json!({ "party": lawyer("RAin Klug"), "reason": "Schreibfehler" });
    world.say(&jan, &format!("{parties}/3/change"), change).await.has(200, json!({}));
    world
        .say(&jan, &format!("{parties}/2/remove"), json!({ "reason": "verzogen" }))
        .await
        .has(200, json!({}));
    world
        .say(&jan, &format!("{parties}/9/remove"), json!({ "reason": "verzogen" }))
        .await
        .refused(404, "PartyUnknown");
    world.ask(&jan, &format!("GET /cases/{case}")).await.has(200, json!({
        "party_kinds": [{ "id": "applicant", "min": 1, "max": null }, { "id": "representative", "min": 0 }],
        "parties": [
            { "number": 1, "name": "Erika Beispiel", "address": ["Lindenweg 4", "39999 Musterstadt"], "removed": null },
            { "number": 2, "removed": "verzogen" },
            { "number": 3, "name": "RAin Klug", "represents": [1], "kind_title": { "de": "Bevollmächtigte" } },
        ],
    }));
}

#[tokio::test]
async fn a_period_for_a_remedy_runs_on_after_the_end_of_the_case() {
    let world = World::new().await;
    let case = issued(&world).await;
    let (jan, mia) = (at("jan", HERE), at("mia", HERE));
    let dispatch = json!({ "on": "2026-03-02", "way": "post" });
    world.say(&jan, &format!("POST /cases/{case}/documents/1/dispatch"), dispatch).await.has(200, json!({}));
    let end = json!({ "outcome": "closed", "reason": "Alles gesagt" });
    world.say(&mia, &format!("POST /cases/{case}/end"), end).await.has(200, json!({}));
    world.ask(&jan, &format!("GET /cases/{case}")).await.has(
        200,
        json!({
            "open": false, "deadlines": [], "permissions": { "remedy": true, "parties": false },
            "acts": [{ "addressees": [{ "remedy_ends": "2026-04-07", "final_since": null, "remedies": [] }, {}] }],
        }),
    );
    let ended = json!([{ "name": "acts/1/1", "end": "2026-04-07", "how": "runs-on" }]);
    world.ask(&jan, &format!("GET /cases/{case}/ended-deadlines")).await.has(200, ended);
    let objection = json!({ "party": 1, "kind": "objection", "received_on": "2026-03-02" });
    world.say(&jan, &format!("POST /cases/{case}/acts/1/remedies"), objection).await.has(200, json!({}));
    let remedies = shown(&world, &case).await["acts"][0]["addressees"][0]["remedies"].clone();
    assert_eq!(remedies[0]["late"], false, "{remedies}");
}

/// What gets stuck beside the steps is given up by whoever takes part; a correction by whoever may correct.
#[tokio::test]
async fn giving_up_is_offered_to_whoever_may() {
    let world = World::new().await;
    let case = issued(&world).await;
    let (jan, mia) = (at("jan", HERE), at("mia", HERE));
    let stuck = async |what: &str, by: &str, body: Value| {
        world.say(by, what, body).await.has(200, json!({}));
        let id = case.parse().unwrap();
        let made = world.runtime.case(&HERE.into(), id).await.unwrap().unwrap();
        let at_work = made.instances.iter().find_map(|(instance, it)| match it.activity {
            Activity::Effect { round } => Some((*instance, round)),
            _ => None,
        });
        let (instance, round) = at_work.unwrap();
        let message = Text::new("Der Drucker streikt.", "The printer is on strike.");
        let result = Err(EffectError { code: "printer".into(), message, retry: false });
        let command = Command::FinishEffect { instance, round, result };
        let request = Request { tenant: HERE.into(), case: id, command_id: Uuid::now_v7(), command };
        world.runtime.submit(Actor::Connector("letter".into()), request).await.unwrap();
        instance.0
    };
    let offered = async |who: &str, number: Option<u32>| {
        world
            .ask(who, &format!("GET /cases/{case}"))
            .await
            .has(200, json!({ "incidents": [{ "code": "printer", "gives_up": number }] }));
    };
    let give_up = |instance: u32| format!("POST /cases/{case}/steps/{instance}/give-up");
    let because = json!({ "reason": "Geht nicht" });
    let correction =
        json!({ "wrong": "wird erteilt", "right": "wird hiermit erteilt", "reason": "Ein Wort fehlt" });
    let instance = stuck(&format!("POST /cases/{case}/acts/1/correct"), &mia, correction).await;
    offered(&jan, None).await;
    world.say(&jan, &give_up(instance), because.clone()).await.refused(409, "CorrectionNotAllowed");
    offered(&mia, Some(instance)).await;
    world.say(&mia, &give_up(instance), because.clone()).await.has(200, json!({}));
    let anew = json!({ "party": 2, "reason": "unbekannt verzogen" });
    let instance = stuck(&format!("POST /cases/{case}/acts/1/letters"), &jan, anew).await;
    offered(&jan, Some(instance)).await;
    world.say(&jan, &give_up(instance), because).await.has(200, json!({}));
}
