//! Every limit answers with its name, and nothing unreadable is guessed at.

use axum::body::Body;
use serde_json::{Value, json};

use crate::world::{HERE, World, at};

#[tokio::test]
async fn bodies_have_limits() {
    let world = World::new().await;
    let jan = at("jan", HERE);
    let large = json!({ "process": "permit", "data": { "name": "x".repeat(1_000_000) } });
    let nested = format!("{}{}", "[".repeat(40), "]".repeat(40));
    let deep: Value = serde_json::from_str(&nested).unwrap();
    for (body, status, code, limit) in [
        (large, 413, "BodyTooLarge", json!("json_bytes")),
        (json!({ "process": "permit", "data": { "name": deep } }), 400, "BodyInvalid", json!("json_depth")),
    ] {
        world
            .say(&jan, "POST /cases", body)
            .await
            .refused(status, code)
            .has(status, json!({ "limit": limit }));
    }
    let dora = at("dora", HERE);
    let many: Value = (0..501)
        .map(|number| (format!("f{number}.yaml"), json!("")))
        .collect::<serde_json::Map<_, _>>()
        .into();
    let long = json!({ "process.yaml": "x".repeat(5_000_001) });
    for (files, limit) in
        [(many, "files"), (long, "files_bytes"), (json!({ "x".repeat(201): "" }), "path_chars")]
    {
        let answer = world.say(&dora, "POST /processes/check", json!({ "files": files })).await;
        answer.refused(413, "BodyTooLarge").has(413, json!({ "limit": limit }));
    }
    let outside = json!({ "files": { "../process.yaml": "" } });
    world.say(&dora, "POST /processes/check", outside).await.refused(400, "PathInvalid");
}

#[tokio::test]
async fn bodies_are_read_strictly() {
    let world = World::new().await;
    let jan = at("jan", HERE);
    for (kind, body, status, code) in [
        ("text/plain", "{}", 415, "MediaTypeUnsupported"),
        ("application/json", "", 400, "BodyInvalid"),
        ("application/json", "{", 400, "BodyInvalid"),
        ("application/json", "[]", 400, "BodyInvalid"),
        ("application/json; charset=utf-8", "{\"tenant\":1}", 400, "BodyInvalid"),
    ] {
        let request = world.request(&jan, "POST /cases", &[("content-type", kind)]).await;
        world.answer(request.body(Body::from(body)).unwrap()).await.refused(status, code);
    }
    let extra = json!({ "text": "Anruf.", "urgent": true });
    let answer = world.say(&jan, "POST /cases/x/notes?lang=en", extra).await;
    answer.refused(400, "BodyInvalid");
    assert!(
        answer.json()["detail"].as_str().unwrap().contains("unknown field `urgent`"),
        "{}",
        answer.text()
    );
    let key = [("idempotency-key", "not-a-uuid")];
    let start = json!({ "process": "permit", "data": {} });
    world.send(&jan, "POST /cases", &key, Some(start)).await.refused(400, "IdempotencyKeyInvalid");
}

#[tokio::test]
async fn queries_are_read_strictly() {
    let world = World::new().await;
    let jan = at("jan", HERE);
    for (path, code) in [
        ("/tasks?view=everything", "QueryInvalid"),
        ("/tasks?sort=random", "QueryInvalid"),
        ("/tasks?limit=0", "QueryInvalid"),
        ("/tasks?limit=201", "QueryInvalid"),
        ("/tasks?limit=ten", "QueryInvalid"),
        ("/tasks?due_before=tomorrow", "QueryInvalid"),
        ("/tasks?colour=red", "QueryInvalid"),
        ("/tasks?q=a&q=b", "QueryInvalid"),
        ("/tasks?filter.a=1&filter.a=2", "QueryInvalid"),
        ("/tasks?cursor=nonsense", "BadCursor"),
        ("/tasks?cursor=1xzz", "BadCursor"),
        ("/cases?cursor=5x5b5d", "BadCursor"),
        ("/cases?open=perhaps", "QueryInvalid"),
        ("/deadlines?until=2026-02-30", "QueryInvalid"),
        ("/audit?cursor=1xabc", "BadCursor"),
        ("/people?x=1", "QueryInvalid"),
    ] {
        let who = if path.starts_with("/audit") { at("ada", HERE) } else { jan.clone() };
        world.ask(&who, &format!("GET {path}")).await.refused(400, code);
    }
    world.ask(&jan, "GET /tasks?limit=201").await.has(400, json!({ "limit": "page_rows" }));
    let long = format!("GET /tasks?q={}", "x".repeat(4_000));
    world.ask(&jan, &long).await.refused(400, "QueryInvalid").has(400, json!({ "limit": "query_bytes" }));
    let words = format!("GET /tasks?q={}", ["a"; 9].join("%20"));
    world.ask(&jan, &words).await.refused(413, "TooLarge").has(413, json!({ "limit": "search_words" }));
}

#[tokio::test]
async fn a_list_goes_on_where_it_ended() {
    let world = World::new().await;
    let jan = at("jan", HERE);
    for number in 1..=5 {
        world.begin(&jan, json!({ "name": format!("Nr. {number}"), "size_m": number })).await;
    }
    let mut path = "GET /cases?limit=2".to_owned();
    let mut found = Vec::new();
    loop {
        let page = world.ask(&jan, &path).await.json();
        assert_eq!((&page["total"], &page["total_capped"]), (&json!(5), &json!(false)));
        found.extend(
            page["items"].as_array().unwrap().iter().map(|case| case["columns"]["size_m"].as_i64().unwrap()),
        );
        let Some(next) = page["next"].as_str() else { break };
        path = format!("GET /cases?limit=2&cursor={next}");
    }
    assert_eq!(found, [5, 4, 3, 2, 1], "the newest first");
    // A cursor of one list is none of another.
    let next = world.ask(&jan, "GET /cases?limit=1").await.json()["next"].as_str().unwrap().to_owned();
    world.ask(&jan, &format!("GET /tasks?cursor={next}")).await.refused(400, "BadCursor");
}

#[tokio::test]
async fn problems_speak_the_language_of_the_request() {
    let world = World::new().await;
    for (path, header, title, language) in [
        ("/session", "", "Nicht angemeldet", "de"),
        ("/session", "en-GB,de;q=0.5", "Not logged in", "en"),
        ("/session?lang=en", "de", "Not logged in", "en"),
    ] {
        let answer = world.send("", &format!("GET {path}"), &[("accept-language", header)], None).await;
        answer
            .refused(401, "NotLoggedIn")
            .has(401, json!({ "title": title }))
            .header("content-language", Some(language));
    }
    world.ask("", "GET /nothing").await.refused(404, "NotFound");
    world.ask("", "PATCH /session").await.refused(405, "MethodNotAllowed");
    world.ask(&at("jan", HERE), "GET /cases/%FF").await.refused(404, "NotFound");
}
