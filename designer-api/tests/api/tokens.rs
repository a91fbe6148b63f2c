//! Access tokens of programs: who gets one, what it opens, and when it opens nothing.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tracing_subscriber::fmt::MakeWriter;

use crate::world::{Answer, HERE, THERE, World, at};

const LAST_DAY: &str = "2026-03-31";

fn wanted(person: &str, roles: &[&str]) -> Value {
    json!({ "person": person, "name": "Fachverfahren", "roles": roles, "until": LAST_DAY })
}

/// A token that an administrator of an authority issues: its id and its secret.
async fn issued(world: &World, tenant: &str, wanted: Value) -> (String, String) {
    let answer = world.say(&at("ada", tenant), "POST /tokens", wanted).await;
    answer.has(200, json!({ "secret": "*" })).header("cache-control", Some("no-store"));
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&answer.json()["token"]["id"]), text(&answer.json()["secret"]))
}

async fn ask(world: &World, secret: &str, what: &str, body: Option<Value>) -> Answer {
    world.send("", what, &[("authorization", &format!("Bearer {secret}"))], body).await
}

#[tokio::test]
async fn a_token_is_issued_used_listed_and_revoked() {
    let world = World::new().await;
    let ada = at("ada", HERE);
    world.ask(&ada, "GET /tokens").await.is(200, json!([]));
    let answer = world.say(&ada, "POST /tokens", wanted("mia", &["clerk"])).await;
    let mut token = json!({
        "id": "*", "prefix": "*", "name": "Fachverfahren", "person": { "id": "mia", "name": "Mia Beispiel" },
        "roles": ["clerk"], "until": LAST_DAY, "valid": true, "issued_at": "2026-03-02T08:00:00Z",
        "issued_by": "Ada Admin", "last_used_at": null,
    });
    answer.is(200, json!({ "secret": "*", "token": token }));
    let (id, secret) =
        (answer.json()["token"]["id"].clone(), answer.json()["secret"].as_str().unwrap().to_owned());
    let prefix = answer.json()["token"]["prefix"].as_str().unwrap().to_owned();
    assert_eq!(prefix, format!("fachwerk_{}_", id.as_str().unwrap()));
    assert_eq!((secret.starts_with(&prefix), secret.len() - prefix.len()), (true, 64));
    world.runtime.clock().advance_to("2026-03-02T09:30:00Z".parse().unwrap());
    ask(&world, &secret, "GET /session", None).await.has(200, json!({ "person": { "id": "mia" } }));
    token["last_used_at"] = json!("2026-03-02T09:30:00Z");
    let list = world.ask(&ada, "GET /tokens").await;
    list.is(200, json!([token]));
    assert!(!list.text().contains(&secret), "told once");
    let revoke = format!("DELETE /tokens/{}", id.as_str().unwrap());
    world.ask(&at("ada", THERE), &revoke).await.refused(404, "TokenUnknown");
    world.ask(&at("jan", HERE), &revoke).await.refused(403, "NotAllowed");
    ask(&world, &secret, "GET /session", None).await.has(200, json!({}));
    world.ask(&ada, &revoke).await.is(204, Value::Null);
    ask(&world, &secret, "GET /session", None).await.refused(401, "NotLoggedIn");
    world.ask(&ada, &revoke).await.refused(404, "TokenUnknown");
    world.ask(&ada, "GET /tokens").await.is(200, json!([]));
    // Both stand in the stream of the authority, with the id and without the secret.
    let audit = world.ask(&ada, "GET /audit?limit=2").await;
    let said = |entry: usize| audit.json()["items"][entry]["what"]["en"].as_str().unwrap().to_owned();
    let id = id.as_str().unwrap();
    assert_eq!(said(0), format!("token {id} revoked"));
    assert_eq!(
        said(1),
        format!("token {id} “Fachverfahren” issued for mia (roles: Clerk; until Tuesday, 31 March 2026)")
    );
}

#[tokio::test]
async fn only_administrators_who_are_logged_in_issue_tokens() {
    let world = World::new().await;
    let ada = at("ada", HERE);
    for who in ["jan", "dora"] {
        world.say(&at(who, HERE), "POST /tokens", wanted("jan", &["clerk"])).await.refused(403, "NotAllowed");
        world.ask(&at(who, HERE), "GET /tokens").await.refused(403, "NotAllowed");
    }
    // No more than the person has, and nobody who is not there.
    for (person, roles) in
        [("jan", vec!["lead"]), ("jan", vec!["clerk", "administrator"]), ("nobody", vec!["clerk"])]
    {
        world.say(&ada, "POST /tokens", wanted(person, &roles)).await.refused(422, "TokenInvalid");
    }
    for (field, value) in [("name", json!(" ")), ("name", json!("x".repeat(101)))] {
        let mut body = wanted("jan", &["clerk"]);
        body[field] = value;
        world.say(&ada, "POST /tokens", body).await.refused(422, "TokenInvalid");
    }
    for day in ["2026-03-01", "2027-03-04"] {
        let mut body = wanted("jan", &["clerk"]);
        body["until"] = day.into();
        let answer = world.say(&ada, "POST /tokens", body).await;
        answer
            .refused(422, "ValuesInvalid")
            .has(422, json!({ "misfits": [{ "at": "/until", "code": "token_days" }] }));
    }
    let (_, secret) = issued(&world, HERE, wanted("ada", &["administrator"])).await;
    ask(&world, &secret, "GET /tokens", None).await.has(200, json!([{ "person": { "id": "ada" } }]));
    ask(&world, &secret, "POST /tokens", Some(wanted("ada", &["administrator"])))
        .await
        .refused(403, "SessionNeeded");
    // A request that is repeated makes no second token.
    let key = [("idempotency-key", "0199d7a0-0000-7000-8000-000000000001")];
    world
        .send(&ada, "POST /tokens", &key, Some(wanted("jan", &["clerk"])))
        .await
        .has(200, json!({ "secret": "*" }));
    world
        .send(&ada, "POST /tokens", &key, Some(wanted("jan", &["clerk"])))
        .await
        .refused(409, "TokenToldOnce");
    assert_eq!(world.ask(&ada, "GET /tokens").await.json().as_array().unwrap().len(), 2);
    assert_eq!(world.runtime.store().tokens(&HERE.into(), None, 10).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_token_makes_itself_no_login() {
    let world = World::new().await;
    let (_, secret) = issued(&world, HERE, wanted("ada", &["administrator"])).await;
    let person = |roles: Value, password: Value| json!({ "name": "Neu", "roles": roles, "active": true, "password": password });
    let set =
        async |who: &str, body: Value| ask(&world, &secret, &format!("PUT /people/{who}"), Some(body)).await;
    let password = json!("drei kleine Worte");
    set("new", person(json!([]), password.clone())).await.refused(403, "SessionNeeded");
    set("new", person(json!(["administrator"]), Value::Null)).await.refused(403, "SessionNeeded");
    set("jan", person(json!(["clerk", "administrator"]), Value::Null)).await.refused(403, "SessionNeeded");
    // Names, taking roles away and logging out are what a program may do.
    set("new", person(json!([]), Value::Null)).await.has(200, json!({ "id": "new" }));
    set("mia", person(json!(["clerk"]), Value::Null)).await.has(200, json!({ "roles": ["clerk"] }));
    let body = person(json!(["clerk"]), password);
    world.say(&at("ada", HERE), "PUT /people/new", body).await.has(200, json!({ "roles": ["clerk"] }));
}

#[tokio::test]
async fn a_token_that_does_not_count_opens_nothing() {
    let world = World::new().await;
    let (_, secret) = issued(&world, HERE, wanted("mia", &["clerk"])).await;
    let session = "GET /session";
    ask(&world, &secret, session, None).await.has(200, json!({ "tenant": { "id": HERE } }));
    for wrong in ["", "unknown", &secret[..secret.len() - 1], &format!("{secret}0"), &secret.to_uppercase()] {
        ask(&world, wrong, session, None).await.refused(401, "NotLoggedIn");
    }
    // Until the end of its last day, as people here reckon it.
    world.runtime.clock().advance_to("2026-03-31T21:59:59Z".parse().unwrap());
    ask(&world, &secret, session, None).await.has(200, json!({}));
    world.runtime.clock().advance_to("2026-03-31T22:00:00Z".parse().unwrap());
    ask(&world, &secret, session, None).await.refused(401, "NotLoggedIn");
    world.ask(&at("ada", HERE), "GET /tokens").await.has(200, json!([{ "valid": false }]));
    // Whoever is deactivated is out, with the programs that act in their name.
    let mut body = wanted("jan", &["clerk"]);
    body["until"] = "2026-04-30".into();
    let (_, secret) = issued(&world, HERE, body).await;
    ask(&world, &secret, session, None).await.has(200, json!({}));
    let gone = json!({ "name": "Jan Muster", "roles": ["clerk"], "active": false });
    world.say(&at("ada", HERE), "PUT /people/jan", gone).await.has(200, json!({}));
    ask(&world, &secret, session, None).await.refused(401, "NotLoggedIn");
}

/// In a demo the clock is moved on, and people choose the last day by what they see of it.
#[tokio::test]
async fn the_days_of_a_token_are_those_of_the_clock_that_people_see() {
    let world = World::new().await;
    let ada = at("ada", HERE);
    let (_, early) = issued(&world, HERE, wanted("mia", &["clerk"])).await;
    world.runtime.clock().advance_to("2028-07-01T08:00:00Z".parse().unwrap());
    ask(&world, &early, "GET /session", None).await.refused(401, "NotLoggedIn");
    let until = |day: &str| {
        let mut body = wanted("mia", &["clerk"]);
        body["until"] = day.into();
        body
    };
    for day in ["2026-12-31", "2028-06-30", "2029-07-03"] {
        let answer = world.say(&ada, "POST /tokens", until(day)).await;
        answer.has(422, json!({ "misfits": [{ "at": "/until", "code": "token_days" }] }));
    }
    let (_, secret) = issued(&world, HERE, until("2028-07-01")).await;
    ask(&world, &secret, "GET /session", None).await.has(200, json!({ "now": "2028-07-01T08:00:00Z" }));
    let now = "2028-07-01T08:00:00Z";
    let newest = json!({ "until": "2028-07-01", "valid": true, "issued_at": now, "last_used_at": now });
    world.ask(&ada, "GET /tokens").await.has(200, json!([newest, { "valid": false }]));
}

#[tokio::test]
async fn a_token_may_do_what_its_roles_say() {
    let world = World::new().await;
    let whole = issued(&world, HERE, wanted("mia", &["clerk", "lead"])).await.1;
    let part = issued(&world, HERE, wanted("mia", &["clerk"])).await.1;
    let none = issued(&world, HERE, wanted("ada", &["administrator"])).await.1;
    let foreign = issued(&world, THERE, wanted("mia", &["clerk", "lead"])).await.1;
    let bare = issued(&world, HERE, wanted("mia", &["lead"])).await.1;
    // One without a role could do nothing.
    let answer = world.say(&at("ada", HERE), "POST /tokens", wanted("ada", &[])).await;
    answer.has(422, json!({ "misfits": [{ "at": "/roles", "code": "token_roles" }] }));
    let jan = at("jan", HERE);
    let case = world.begin(&jan, json!({ "name": "Erika Muster", "size_m": 12 })).await;
    world.complete(&jan, &case, "examine/confirm", json!({ "outcome": "complete" })).await;
    world.complete(&jan, &case, "opinion", json!({})).await;
    let sign = world.task(&jan, &case, "sign").await;
    let complete = format!("POST /tasks/{sign}/complete");
    let body = json!({ "values": { "outcome": "signed" } });
    ask(&world, &bare, "GET /audit", None).await.refused(403, "NotAllowed");
    ask(&world, &foreign, &complete, Some(body.clone())).await.refused(404, "TaskUnknown");
    ask(&world, &foreign, &format!("GET /cases/{case}"), None).await.refused(404, "CaseUnknown");
    ask(&world, &part, &complete, Some(body.clone())).await.refused(403, "MissingRole");
    ask(&world, &none, &format!("GET /cases/{case}"), None).await.refused(403, "NoPartInProcess");
    let start = json!({ "process": "permit", "data": { "name": "Erika", "size_m": 1 } });
    ask(&world, &none, "POST /cases", Some(start)).await.refused(403, "NoPartInProcess");
    // Roles that the person has lost meanwhile are lost to the token as well.
    let fewer = |roles: Value| json!({ "name": "Mia Beispiel", "roles": roles, "active": true });
    world.say(&at("ada", HERE), "PUT /people/mia", fewer(json!(["clerk"]))).await.has(200, json!({}));
    ask(&world, &whole, &complete, Some(body.clone())).await.refused(403, "MissingRole");
    world.say(&at("ada", HERE), "PUT /people/mia", fewer(json!(["clerk", "lead"]))).await.has(200, json!({}));
    // No cookie, no forged request.
    ask(&world, &whole, &complete, Some(body)).await.has(200, json!({ "case": case }));
}

/// What an administrator does for the authority, asked with a token of theirs that does not have that role.
#[tokio::test]
async fn a_token_administers_nothing_without_the_role() {
    let world = World::new().await;
    let both = json!({ "name": "Ada Admin", "roles": ["administrator", "clerk"], "active": true });
    world.say(&at("ada", HERE), "PUT /people/ada", both).await.has(200, json!({}));
    let (_, secret) = issued(&world, HERE, wanted("ada", &["clerk"])).await;
    let now = async |what: &str, part: &str| world.ask(&at("ada", HERE), what).await.json()[part].clone();
    let profile = now("GET /authority", "profile").await;
    let policy = now("GET /policy", "policy").await;
    let name = json!({ "name": { "de": "Fest", "en": "Fair" }, "norm": "§ 2 FeiertG" });
    let person = json!({ "name": "Neu", "roles": [], "active": true });
    for (what, body) in [
        ("PUT /authority", Some(profile)),
        ("PUT /authority/days-off/2026-05-15", Some(name)),
        ("DELETE /authority/days-off/2026-05-15", None),
        ("PUT /policy", Some(policy)),
        ("PUT /law/periods/own", Some(json!({ "row": {}, "checked": true }))),
        ("DELETE /law/periods/own", None),
        ("PUT /keeping/processes/permit", Some(json!({ "retention": null }))),
        ("PUT /people/new", Some(person)),
        ("POST /processes/permit/retire", None),
        ("GET /audit", None),
    ] {
        ask(&world, &secret, what, body).await.refused(403, "NotAllowed");
    }
}

#[tokio::test]
async fn a_token_lists_no_tasks_of_roles_that_it_lacks() {
    let world = World::new().await;
    let jan = at("jan", HERE);
    let case = world.begin(&jan, json!({ "name": "Erika Muster", "size_m": 12 })).await;
    let claim = format!("POST /tasks/{}/claim", world.task(&jan, &case, "examine/confirm").await);
    world.ask(&jan, &claim).await.has(200, json!({}));
    let more = json!({ "name": "Jan Muster", "roles": ["clerk", "designer"], "active": true });
    world.say(&at("ada", HERE), "PUT /people/jan", more).await.has(200, json!({}));
    for (roles, mine) in [(vec!["clerk"], 1), (vec!["designer"], 0)] {
        let (_, secret) = issued(&world, HERE, wanted("jan", &roles)).await;
        let counts = json!({ "mine": { "count": mine, "capped": false }, "unassigned": { "count": 0, "capped": false }, "overdue": { "count": 0, "capped": false }, "letters": { "count": 0, "capped": false }, "incoming": null });
        ask(&world, &secret, "GET /tasks/counts", None).await.is(200, counts);
        for view in ["mine", "all"] {
            let answer = ask(&world, &secret, &format!("GET /tasks?view={view}"), None).await.json();
            assert_eq!(answer["items"].as_array().unwrap().len(), mine, "{view} with {roles:?}");
        }
    }
}

/// Nothing that is kept holds the secret: not the journal, not the table, not the log.
#[tokio::test]
async fn a_secret_is_nowhere_to_be_found() {
    let world = World::new().await;
    let log = Log::default();
    let lines =
        tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(log.clone()).finish();
    let _logging = tracing::subscriber::set_default(lines);
    let (id, secret) = issued(&world, HERE, wanted("mia", &["clerk"])).await;
    ask(&world, &secret, "GET /session", None).await.has(200, json!({}));
    let random = secret.rsplit('_').next().unwrap();
    let turns = world.runtime.store().events_after(&HERE.into(), 0, 200).await.unwrap();
    let journal = format!("{turns:?}");
    let kept = format!("{:?}", world.runtime.store().tokens(&HERE.into(), None, 10).await.unwrap());
    assert!(journal.contains(&id) && kept.contains(&id), "the id is there");
    tracing::info!("the end of the log");
    let log = log.text();
    assert!(log.contains("the end of the log"), "there is a log");
    for (name, text) in [("journal", &journal), ("table", &kept), ("log", &log)] {
        assert!(!text.contains(random), "the secret is in the {name}");
    }
    let bytes: Vec<u8> = world.files().concat();
    assert!(contains(&bytes, id.as_bytes()), "the id is on disk");
    assert!(!contains(&bytes, random.as_bytes()), "the secret is on disk");
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// What is logged on this thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Log;

    fn make_writer(&'a self) -> Log {
        self.clone()
    }
}
