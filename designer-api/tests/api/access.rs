//! Logging in and out, and who may come in at all.

use std::sync::{Arc, Mutex};

use axum::http::header;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::world::{Answer, HERE, THERE, World, at};

const PASSWORD: &str = "drei kleine Worte";

fn login(person: &str, tenant: &str, password: &str) -> Value {
    json!({ "tenant": tenant, "person": person, "password": password })
}

/// The value of the cookie that an answer sets.
fn cookie(answer: &Answer) -> String {
    let set = answer.headers[header::SET_COOKIE].to_str().unwrap();
    let (pair, rest) = set.split_once(';').unwrap();
    assert_eq!(rest, " Path=/; HttpOnly; SameSite=Strict; Max-Age=43200");
    pair.strip_prefix("fachwerk_session=").unwrap().to_owned()
}

async fn with_cookie(world: &World, what: &str, cookie: &str) -> Answer {
    world.send("", what, &[("cookie", &format!("fachwerk_session={cookie}"))], None).await
}

fn session_of_jan() -> Value {
    json!({
        "tenant": { "id": HERE, "title": { "de": "Stadt musterstadt", "en": "Town of musterstadt" }, "land": "ST" },
        "person": { "id": "jan", "name": "Jan Muster", "roles": ["clerk"], "active": true },
        "now": "2026-03-02T08:00:00Z", "demo": false,
        "permissions": { "start": ["permit"], "deploy": false, "administer": false, "statistics": false, "incoming": false },
        "must_change_password": false, "substitutions": [], "halted": null,
    })
}

#[tokio::test]
async fn people_log_in_and_out() {
    let world = World::new().await;
    world.set_password(&at("jan", HERE), PASSWORD).await;
    world
        .ask("", "GET /session")
        .await
        .refused(401, "NotLoggedIn")
        .header("www-authenticate", Some("Bearer"));
    for (person, tenant, password) in [
        ("jan", HERE, "drei kleine worte"),
        ("jan", HERE, ""),
        ("jan", THERE, PASSWORD),
        ("jan", "nowhere", PASSWORD),
        ("nobody", HERE, PASSWORD),
        ("mia", HERE, PASSWORD),
    ] {
        world.say("", "POST /session", login(person, tenant, password)).await.refused(401, "LoginFailed");
    }
    let first = world.say("", "POST /session", login("jan", HERE, PASSWORD)).await;
    let first = cookie(first.is(200, session_of_jan()));
    with_cookie(&world, "GET /session", &first).await.is(200, session_of_jan());
    // Logging in again: a new session, and the old one is worth nothing.
    let headers = [("cookie", format!("fachwerk_session={first}"))];
    let headers = [(headers[0].0, headers[0].1.as_str())];
    let second = world.send("", "POST /session", &headers, Some(login("jan", HERE, PASSWORD))).await;
    let second = cookie(&second);
    assert_ne!(first, second);
    with_cookie(&world, "GET /session", &first).await.refused(401, "NotLoggedIn");
    let gone = with_cookie(&world, "DELETE /session", &second).await;
    gone.is(204, Value::Null);
    gone.header("set-cookie", Some("fachwerk_session=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0"));
    with_cookie(&world, "GET /session", &second).await.refused(401, "NotLoggedIn");
}

#[tokio::test]
async fn a_session_ends_by_itself() {
    let world = World::new().await;
    let minutes = SignedDuration::from_mins;
    let wait = |by| world.session_clock.advance_to(world.session_clock.now().checked_add(by).unwrap());
    let idle = world.session(&at("jan", HERE)).await;
    wait(minutes(59));
    with_cookie(&world, "GET /session", &idle).await.is(200, session_of_jan());
    wait(minutes(60));
    with_cookie(&world, "GET /session", &idle).await.refused(401, "NotLoggedIn");
    let busy = world.session(&at("jan", HERE)).await;
    for _ in 0..14 {
        wait(minutes(50));
        with_cookie(&world, "GET /session", &busy).await.is(200, session_of_jan());
    }
    wait(minutes(20));
    with_cookie(&world, "GET /session", &busy).await.refused(401, "NotLoggedIn");
}

#[tokio::test]
async fn passwords_cannot_be_tried_for_long() {
    let world = World::new().await;
    world.set_password(&at("jan", HERE), PASSWORD).await;
    for _ in 0..10 {
        world.say("", "POST /session", login("jan", HERE, "falsch")).await.refused(401, "LoginFailed");
    }
    let refused = world.say("", "POST /session", login("jan", HERE, PASSWORD)).await;
    refused.refused(429, "TooManyRequests").has(429, json!({ "limit": "login_failures_person" }));
    refused.header("retry-after", Some("900"));
    // An administrator who sets a new password lets him in at once.
    let unlocked = json!({ "name": "Jan Muster", "roles": ["clerk"], "active": true, "password": "vier neue kleine Worte" });
    world.say(&at("ada", HERE), "PUT /people/jan", unlocked).await.has(200, json!({}));
    assert_eq!(
        world.say("", "POST /session", login("jan", HERE, "vier neue kleine Worte")).await.status,
        200
    );
    world.set_password(&at("jan", HERE), PASSWORD).await;
    for _ in 0..10 {
        world.say("", "POST /session", login("jan", HERE, "falsch")).await.refused(401, "LoginFailed");
    }
    // Others are not locked out with him, and he comes in later.
    world.set_password(&at("mia", HERE), PASSWORD).await;
    assert_eq!(world.say("", "POST /session", login("mia", HERE, PASSWORD)).await.status, 200);
    world.session_clock.advance_to("2026-03-02T08:15:00Z".parse().unwrap());
    assert_eq!(world.say("", "POST /session", login("jan", HERE, PASSWORD)).await.status, 200);
}

#[tokio::test]
async fn a_password_is_changed() {
    let world = World::new().await;
    world.set_password(&at("jan", HERE), PASSWORD).await;
    let other = world.session(&at("jan", HERE)).await;
    let change = |old: &str, new: &str| json!({ "old": old, "new": new });
    let jan = at("jan", HERE);
    for (body, field, code) in [
        (change(PASSWORD, "zu kurz"), "/new", "password_min_chars"),
        (change(PASSWORD, &"x".repeat(201)), "/new", "password_max_chars"),
        (change("falsch", "vier neue kleine Worte"), "/old", "wrong"),
    ] {
        let answer = world.say(&jan, "POST /session/password", body).await;
        answer
            .refused(422, "ValuesInvalid")
            .has(422, json!({ "misfits": [{ "at": field, "code": code, "message": "*" }] }));
    }
    let done = world.say(&jan, "POST /session/password", change(PASSWORD, "vier neue kleine Worte")).await;
    done.is(204, Value::Null);
    with_cookie(&world, "GET /session", &cookie(&done)).await.is(200, session_of_jan());
    with_cookie(&world, "GET /session", &other).await.refused(401, "NotLoggedIn");
    world.say("", "POST /session", login("jan", HERE, PASSWORD)).await.refused(401, "LoginFailed");
    assert_eq!(
        world.say("", "POST /session", login("jan", HERE, "vier neue kleine Worte")).await.status,
        200
    );
}

#[tokio::test]
async fn forged_requests_are_refused() {
    let world = World::new().await;
    let cookie = world.session(&at("jan", HERE)).await;
    let request = axum::http::Request::builder()
        .method("DELETE")
        .uri("/api/v1/session")
        .header("cookie", format!("fachwerk_session={cookie}"))
        .body(axum::body::Body::empty())
        .unwrap();
    world.answer(request).await.refused(403, "HeaderMissing");
    with_cookie(&world, "GET /session", &cookie).await.is(200, session_of_jan());
}

#[tokio::test]
async fn people_are_changed_by_administrators() {
    let world = World::new().await;
    let (ada, jan) = (at("ada", HERE), at("jan", HERE));
    let person =
        |name: &str, active: bool| json!({ "name": name, "roles": ["clerk", "lead"], "active": active });
    world.say(&jan, "PUT /people/jan", person("Jan", true)).await.refused(403, "NotAllowed");
    world.say(&ada, "PUT /people/Jan%20Muster", person("Jan", true)).await.refused(422, "NameInvalid");
    world
        .say(&ada, "PUT /people/new", json!({ "name": " ", "roles": [], "active": true }))
        .await
        .refused(422, "NameInvalid");
    let demoted = json!({ "name": "Ada Admin", "roles": [], "active": true });
    world.say(&ada, "PUT /people/ada", demoted).await.refused(409, "LastAdministrator");
    let weak = json!({ "name": "Neu", "roles": [], "active": true, "password": "kurz" });
    world.say(&ada, "PUT /people/new", weak).await.has(422, json!({ "misfits": [{ "at": "/password" }] }));
    let fine = json!({ "name": "Neu", "roles": ["clerk"], "active": true, "password": PASSWORD });
    let known = json!({ "id": "new", "name": "Neu", "roles": ["clerk"], "active": true });
    world.say(&ada, "PUT /people/new", fine).await.is(200, known);
    assert_eq!(world.say("", "POST /session", login("new", HERE, PASSWORD)).await.status, 200);
    // Whoever is deactivated is out at once.
    let session = world.session(&jan).await;
    world
        .say(&ada, "PUT /people/jan", person("Jan Muster", false))
        .await
        .has(200, json!({ "active": false }));
    with_cookie(&world, "GET /session", &session).await.refused(401, "NotLoggedIn");
    let names = |answer: &Answer| -> Vec<String> {
        answer
            .json()
            .as_array()
            .unwrap()
            .iter()
            .map(|person| person["id"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        names(&world.ask(&ada, "GET /people").await),
        ["ada", "dora", "jan", "leo", "mia", "new", "ruth"]
    );
    assert_eq!(
        names(&world.ask(&at("mia", HERE), "GET /people").await),
        ["ada", "dora", "leo", "mia", "new", "ruth"]
    );
    // Who has no password works with tokens only.
    world.set_password(&at("new", HERE), PASSWORD).await;
    let people = world.ask(&ada, "GET /people").await.json();
    let technical = |id: &str| {
        people.as_array().unwrap().iter().find(|person| person["id"] == id).unwrap()["technical"].clone()
    };
    assert_eq!((technical("new"), technical("ruth")), (json!(false), json!(true)));
    world.ask(&at("mia", HERE), "GET /roles").await.is(
        200,
        json!([
            { "id": "administrator", "title": { "de": "Administration", "en": "Administrator" } },
            { "id": "clerk", "title": { "de": "Sachbearbeitung", "en": "Clerk" } },
            { "id": "designer", "title": { "de": "Verfahrensgestaltung", "en": "Process designer" } },
            { "id": "lead", "title": { "de": "Leitung", "en": "Team lead" } },
        ]),
    );
}

/// What an administrator knows is nobody's secret: whoever comes with such a password chooses another one first.
#[tokio::test]
async fn a_password_that_somebody_else_gave_is_changed_first() {
    let world = World::new().await;
    let ada = at("ada", HERE);
    let given = json!({ "name": "Nora Neu", "roles": ["clerk"], "active": true, "password": PASSWORD });
    world.say(&ada, "PUT /people/nora", given).await.has(200, json!({}));
    let opened = world.say("", "POST /session", login("nora", HERE, PASSWORD)).await;
    let session = cookie(opened.has(200, json!({ "must_change_password": true })));
    let with = async |what: &str, session: &str, body: Option<Value>| {
        let cookie = format!("fachwerk_session={session}");
        world.send("", what, &[("cookie", &cookie), ("x-fachwerk", "1")], body).await
    };
    for what in ["GET /tasks", "GET /cases", "GET /people", "GET /events", "POST /cases"] {
        with(what, &session, None).await.refused(403, "PasswordChangeNeeded");
    }
    with("GET /session", &session, None).await.has(200, json!({ "must_change_password": true }));
    let change = |new: &str| Some(json!({ "old": PASSWORD, "new": new }));
    with("POST /session/password", &session, change(PASSWORD))
        .await
        .has(422, json!({ "misfits": [{ "at": "/new", "code": "password_same" }] }));
    let changed = with("POST /session/password", &session, change("vier neue kleine Worte")).await;
    changed.is(204, Value::Null);
    let session = cookie(&changed);
    with("GET /session", &session, None).await.has(200, json!({ "must_change_password": false }));
    with("GET /tasks", &session, None).await.has(200, json!({}));
    // Whoever gives the own password anew knows it alone.
    world.set_password(&ada, PASSWORD).await;
    let own = json!({
        "name": "Ada Admin", "roles": ["administrator"], "active": true, "password": "noch vier neue kleine Worte",
    });
    world.say(&ada, "PUT /people/ada", own).await.has(200, json!({}));
    world
        .say("", "POST /session", login("ada", HERE, "noch vier neue kleine Worte"))
        .await
        .has(200, json!({ "must_change_password": false }));
    // A new one from somebody else begins it again, and a token is not asked.
    let again = json!({ "name": "Nora Neu", "roles": ["clerk"], "active": true, "password": PASSWORD });
    world.say(&ada, "PUT /people/nora", again).await.has(200, json!({}));
    world
        .say("", "POST /session", login("nora", HERE, PASSWORD))
        .await
        .has(200, json!({ "must_change_password": true }));
}

#[tokio::test]
async fn a_demo_has_a_clock_that_moves() {
    let world = World::new().await;
    let jan = at("jan", HERE);
    world.ask(&jan, "GET /clock").await.refused(404, "NotFound");
    world.say(&jan, "POST /clock", json!({ "advance": "1 day" })).await.refused(404, "NotFound");
    world.ask("", "GET /tenants").await.is(200, json!([]));

    let stops = Arc::new(Mutex::new(Vec::new()));
    let kept = stops.clone();
    let world = World::with(|options| {
        options.demo = true;
        options.clock_moved = Arc::new(move |clock| {
            kept.lock().unwrap().push(clock.now().to_string());
            Ok(())
        });
    })
    .await;
    world.ask(&jan, "GET /clock").await.is(200, json!({ "now": "2026-03-02T08:00:00Z" }));
    let names = json!([
        { "id": HERE, "title": { "de": "Stadt musterstadt", "en": "Town of musterstadt" } },
        { "id": THERE, "title": { "de": "Stadt nachbarstadt", "en": "Town of nachbarstadt" } },
    ]);
    world.ask("", "GET /tenants").await.is(200, names);
    for wrong in ["soon", "", "5000 days", "0 days"] {
        world.say(&jan, "POST /clock", json!({ "advance": wrong })).await.refused(422, "ValuesInvalid");
    }
    // The period of the council passes on the way, at its own time.
    let case = world.begin(&jan, json!({ "name": "Erika Muster", "size_m": 12 })).await;
    world.complete(&jan, &case, "examine/confirm", json!({ "outcome": "complete" })).await;
    world
        .say(&jan, "POST /clock", json!({ "advance": "2 months" }))
        .await
        .is(200, json!({ "now": "2026-05-02T07:00:00Z" }));
    let journal = world.ask(&jan, &format!("GET /cases/{case}/journal?limit=1")).await.json();
    assert_eq!(journal["items"][0]["at"], "2026-03-23T23:00:00Z", "{journal}");
    // Before anything happens at a time, the time is kept.
    assert_eq!(*stops.lock().unwrap(), ["2026-03-23T23:00:00Z", "2026-05-02T07:00:00Z"]);
    // Nobody is logged out by it.
    world.ask(&jan, "GET /session").await.has(200, json!({ "demo": true, "now": "2026-05-02T07:00:00Z" }));
}
