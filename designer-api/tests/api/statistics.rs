//! The statistics, and lists in other orders.

use serde_json::{Value, json};

use crate::world::{HERE, THERE, World, at};

async fn begin(world: &World, name: &str, size_m: u32) -> String {
    world.begin(&at("jan", HERE), json!({ "name": name, "size_m": size_m })).await
}

#[tokio::test]
async fn figures_are_for_those_who_lead() {
    let world = World::new().await;
    let (jan, ada) = (at("jan", HERE), at("ada", HERE));
    let first = begin(&world, "Erika Muster", 12).await;
    begin(&world, "Max Muster", 3).await;
    world.runtime.clock().advance_to("2026-04-10T08:00:00Z".parse().unwrap());
    let withdrawn = json!({ "name": "withdrawal" });
    world.say(&jan, &format!("POST /cases/{first}/messages"), withdrawn).await.has(200, json!({}));
    let outcome = json!({ "outcome": "withdrawn", "title": { "de": "Antrag zurückgenommen", "en": "Application withdrawn" }, "count": 1 });
    let figures = |begun: u32, outcomes: Value, days: Value| {
        let ended = outcomes.as_array().map_or(0, Vec::len);
        json!({ "begun": begun, "ended": ended, "outcomes": outcomes, "median_days": days, "most_days": days })
    };
    let expected = json!({
        "from": "2025-05-01", "until": "2026-04-01", "today": "2026-04-10",
        "processes": [{
            "process": "permit", "title": { "de": "Erlaubnis", "en": "Permit" }, "open": 1, "overdue": 0,
            "whole": figures(2, json!([outcome]), json!(39)),
            "months": [
                { "month": "2026-03-01", "figures": figures(2, json!([]), Value::Null) },
                { "month": "2026-04-01", "figures": figures(0, json!([outcome]), json!(39)) },
            ],
        }],
        "roles": [{
            "role": "clerk", "title": { "de": "Sachbearbeitung", "en": "Clerk" },
            "open": 1, "overdue": 1, "oldest": "2026-03-02T08:00:00Z",
        }],
    });
    world.ask(&ada, "GET /statistics").await.is(200, expected);
    let march = world.ask(&ada, "GET /statistics?from=2026-03-17&until=2026-03-01").await.json();
    assert_eq!(march["processes"][0]["whole"], figures(2, json!([]), Value::Null));
    assert_eq!(march["processes"][0]["open"], 1, "what goes on is told as it is today");
    for wrong in ["from=2026-05-01", "from=2016-04-30", "from=x", "until=2026-13-01", "month=1"] {
        world.ask(&ada, &format!("GET /statistics?{wrong}")).await.refused(400, "QueryInvalid");
    }
    world.ask(&ada, "GET /statistics?from=2016-05-01").await.has(200, json!({ "from": "2016-05-01" }));
    for nobody in ["jan", "leo", "dora", "ruth"] {
        world.ask(&at(nobody, HERE), "GET /statistics").await.refused(403, "NotAllowed");
    }
    let there = world.ask(&at("ada", THERE), "GET /statistics").await.json();
    assert_eq!(there["processes"][0]["whole"], figures(0, json!([]), Value::Null));
    assert_eq!(there["roles"], json!([]));
}

#[tokio::test]
async fn lists_are_sorted_by_what_cases_have() {
    let world = World::new().await;
    for (name, size_m) in [("Zorn", 9), ("Ärger", 100), ("Muster", 20)] {
        begin(&world, name, size_m).await;
    }
    let subjects = async |what: &str| {
        let page = world.ask(&at("jan", HERE), &format!("GET {what}")).await.json();
        let items = page["items"].as_array().unwrap_or_else(|| panic!("{page}")).clone();
        items.iter().map(|row| row["subject"].as_str().unwrap().to_owned()).collect::<Vec<_>>().join(" ")
    };
    for (query, expected) in [
        ("sort=number", "Zorn Ärger Muster"),
        ("sort=number&descending=true", "Muster Ärger Zorn"),
        ("sort=column.name", "Ärger Muster Zorn"),
        ("sort=column.name&descending=true", "Zorn Muster Ärger"),
        ("sort=column.size_m", "Zorn Muster Ärger"),
        ("sort=column.nothing", "Zorn Ärger Muster"),
        ("sort=deadline", "Zorn Ärger Muster"),
        ("sort=column.name&filter.name=aerger", "Ärger"),
        ("sort=column.name&q=aerg", "Ärger"),
    ] {
        assert_eq!(subjects(&format!("/tasks?view=all&{query}")).await, expected, "tasks {query}");
        assert_eq!(subjects(&format!("/cases?{query}")).await, expected, "cases {query}");
    }
    assert_eq!(subjects("/cases?sort=newest").await, "Muster Ärger Zorn");
    assert_eq!(subjects("/tasks?view=all&sort=opened&descending=true").await, "Muster Ärger Zorn");
    for wrong in ["/tasks?sort=newest", "/tasks?sort=column.", "/cases?sort=due", "/cases?descending=yes"] {
        world.ask(&at("jan", HERE), &format!("GET {wrong}")).await.refused(400, "QueryInvalid");
    }
}
