//! What is taken up first, with its reason.

use serde_json::{Value, json};

use crate::world::{HERE, World, at, files, folder};

#[tokio::test]
async fn the_inbox_is_sorted_by_what_comes_first() {
    let world = World::new().await;
    let (ada, jan) = (at("ada", HERE), at("jan", HERE));
    let mut permit = json!(files(&folder("permit")));
    let text = permit["process.yaml"].as_str().unwrap().replace("version: 1.0.0", "version: 1.1.0");
    let rules = "subject: application.name\npriority:\n  \
                 event_day: 'if application.size_m == 13 { \"2026-04-01\" } else { \"\" }'\n  \
                 professional: application.size_m > 50\n";
    permit["process.yaml"] = text.replace("subject: application.name\n", rules).into();
    let deployed = world.say(&at("dora", HERE), "POST /processes/deploy", json!({ "files": permit })).await;
    deployed.has(200, json!({ "version": "1.1.0" }));
    for (name, size_m, channel, received_on) in [
        ("Digital", 12, "fit-connect", "2026-03-02"),
        ("Papier", 12, "paper", "2026-02-27"),
        ("Büro auf Papier", 60, "paper", "2026-02-28"),
        ("Büro digital", 60, "fit-connect", "2026-03-02"),
        ("Fest", 13, "paper", "2026-03-02"),
    ] {
        let data = json!({ "name": name, "size_m": size_m });
        let begun =
            json!({ "process": "permit", "data": data, "channel": channel, "received_on": received_on });
        world.say(&jan, "POST /cases", begun).await.has(200, json!({ "version": 1 }));
    }
    let list = async |query: &str| -> Vec<(String, Value)> {
        let page = world.ask(&jan, &format!("GET /tasks?view=unassigned&sort=priority{query}")).await.json();
        let row = |row: &Value| (row["subject"].as_str().unwrap().to_owned(), row["priority"].clone());
        page["items"].as_array().unwrap().iter().map(row).collect()
    };
    let event = json!({ "on": "2026-04-01", "why": {
        "de": "Tag, um den es im Antrag geht", "en": "the day that the application is about",
    } });
    let fest = ("Fest".to_owned(), event);
    let plain = |name: &str| (name.to_owned(), Value::Null);
    let rest = ["Papier", "Büro auf Papier"].map(plain);
    // By the true day of receipt: paper that lay until it was registered is not behind what came digitally since.
    let [paper, office] = rest;
    let mut expected =
        vec![fest.clone(), paper.clone(), office.clone(), plain("Digital"), plain("Büro digital")];
    assert_eq!(list("").await, expected);
    expected.reverse();
    assert_eq!(list("&descending=true").await, expected);

    let policy = json!({ "archive_first": false, "document_kinds": ["pdf"], "digital_first": true });
    world.say(&ada, "PUT /policy", policy).await.is(204, Value::Null);
    world.ask(&ada, "GET /policy").await.has(200, json!({ "policy": { "digital_first": true } }));
    let why = json!({ "on": null, "why": {
        "de": "digital eingereicht, beruflich", "en": "sent digitally by a professional",
    } });
    let digital = ("Büro digital".to_owned(), why);
    assert_eq!(list("").await, [fest, digital, paper, office, plain("Digital")]);
}
