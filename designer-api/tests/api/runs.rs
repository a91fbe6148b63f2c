//! Mass runs by the interface: a list is checked, planned, looked ahead at, begun, signed once, and sent.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::world::{HERE, THERE, World, at, files, folder};

const LIST: &str = "Halter;Straße und Hausnummer;town;dogs;remark\n\
    Müller;Weg 1;39999 Musterstadt;2;\n\
    Groß;Weg 2;39999 Musterstadt;1;Der Hund ist gestorben.\n\
    Çelik;Weg 3;39999 Musterstadt;1;\n\
    Łukasz;Weg 4;39999 Musterstadt;3;\n";

async fn town() -> World {
    let world = World::new().await;
    let mut files = files(&folder("../../../examples/administration/mass-run"));
    files.retain(|name, _| !name.starts_with("scenarios/"));
    world.say(&at("dora", HERE), "POST /processes/deploy", json!({ "files": files })).await.has(
        200,
        json!({ "problems": [{ "code": "account_unsaid" }, { "code": "process_without_scenario" }] }),
    );
    world
}

fn in_base64(text: &str) -> String {
    STANDARD.encode(text)
}

async fn stage(world: &World, number: u32, stage: &str) -> Value {
    loop {
        let run = world.ask(&at("jan", HERE), &format!("GET /runs/{number}")).await.json();
        if run["stage"] == stage {
            return run;
        }
        assert_eq!(run["stage"], "opening", "{run}");
    }
}

/// A run of the list that has begun; the others wait for a signature.
async fn begun(world: &World) {
    let plan = json!({ "title": "Hundesteuer 2026", "process": "mass-run", "kind": "rows", "file": in_base64(LIST) });
    world.say(&at("jan", HERE), "POST /runs", plan).await.is(200, json!({ "number": 1, "count": 4 }));
    let file = json!({ "file": in_base64(LIST) });
    world.say(&at("jan", HERE), "POST /runs/1/begin", file).await.is(204, Value::Null);
    stage(world, 1, "open").await;
}

#[tokio::test]
async fn a_list_is_checked_and_nothing_begins() {
    let world = town().await;
    let check = async |who: &str, text: &str| {
        let body = json!({ "process": "mass-run", "file": in_base64(text) });
        world.say(&at(who, HERE), "POST /runs/rows", body).await
    };
    check("jan", LIST).await.is(
        200,
        json!({ "file": "*", "columns": ["name", "street", "town", "dogs", "remark"], "rows": 4, "faults": [], "all_faults": 0 }),
    );
    let bad = "name;street;town;dogs\nMüller;Weg 1;Ort;viele\n";
    let why = json!({ "de": "Das ist keine ganze Zahl.", "en": "This is not a whole number." });
    let fault = json!({ "line": 2, "column": "dogs", "why": why });
    check("jan", bad).await.has(200, json!({ "rows": 0, "faults": [fault], "all_faults": 1 }));
    check("ruth", LIST).await.refused(403, "NoPartInProcess");
    let plan =
        |file: &str| json!({ "title": "x", "process": "mass-run", "kind": "rows", "file": in_base64(file) });
    world.say(&at("jan", HERE), "POST /runs", plan(bad)).await.refused(422, "ValuesInvalid");
    let nothing = json!({ "title": "x", "process": "mass-run", "kind": "signatures" });
    world.say(&at("jan", HERE), "POST /runs", nothing).await.refused(422, "NoCases");
    let none = json!({ "items": [], "next": null, "total": 0, "total_capped": false });
    world.ask(&at("jan", HERE), "GET /runs").await.is(200, none.clone());
    world.ask(&at("jan", HERE), "GET /cases").await.is(200, none);
}

#[tokio::test]
async fn a_run_is_planned_and_looked_ahead_at() {
    let world = town().await;
    let jan = at("jan", HERE);
    let plan = json!({ "title": " Hundesteuer 2026 ", "process": "mass-run", "kind": "rows", "file": in_base64(LIST) });
    world.say(&at("ruth", HERE), "POST /runs", plan.clone()).await.refused(403, "NoPartInProcess");
    world.say(&jan, "POST /runs", plan).await.is(200, json!({ "number": 1, "count": 4 }));
    let piece = json!({ "from": 2, "limit": 2, "file": in_base64(LIST) });
    let held = json!({ "place": 2, "case": null, "number": null, "subject": "Groß", "letters": 0, "to_be_signed": false, "fee": 0, "troubles": [] });
    let good = json!({ "place": 3, "case": null, "number": null, "subject": "Çelik", "letters": 1, "to_be_signed": true, "fee": 7000, "troubles": [] });
    world.say(&jan, "POST /runs/1/preview", piece.clone()).await.is(200, json!({ "items": [held, good] }));
    let letter = json!({ "place": 1, "file": in_base64(LIST) });
    let title = json!({ "title": "Hundesteuerbescheid", "addressee": "*", "pdf": "*" });
    world
        .say(&jan, "POST /runs/1/letters/preview", letter)
        .await
        .has(200, json!({ "letters": [title], "to_be_signed": true }));
    // Only with the same file, and only for those who take part.
    let other = json!({ "from": 1, "limit": 2, "file": in_base64("name;street;town;dogs\nA;B;C;1\n") });
    world.say(&jan, "POST /runs/1/preview", other).await.refused(409, "OtherFile");
    world.say(&jan, "POST /runs/1/begin", json!({})).await.refused(422, "ValuesInvalid");
    world
        .say(&jan, "POST /runs/1/preview", json!({ "from": 0, "limit": 2 }))
        .await
        .refused(422, "ValuesInvalid");
    world.say(&at("ada", HERE), "POST /runs/1/preview", piece.clone()).await.refused(403, "RunNotAllowed");
    world.say(&at("ruth", HERE), "POST /runs/1/preview", piece.clone()).await.refused(403, "RunNotAllowed");
    world.say(&at("jan", THERE), "POST /runs/1/preview", piece).await.refused(404, "RunUnknown");
    world.ask(&jan, "GET /runs/2").await.refused(404, "RunUnknown");
    let none = json!({ "items": [], "next": null, "total": 0, "total_capped": false });
    world.ask(&jan, "GET /cases").await.is(200, none);
    // An administrator sees that it is there, and may stop it, with a reason.
    let entry = json!({
        "number": 1, "title": "Hundesteuer 2026", "process": "mass-run", "process_title": "*", "kind": "rows", "message": null,
        "count": 4, "stage": "planned", "done": 0, "of": 4, "failed": 0, "by": { "id": "jan", "name": "Jan Muster" },
        "at": "*", "ended_at": null,
    });
    world.ask(&at("ada", HERE), "GET /runs").await.has(200, json!({ "items": [entry] }));
    world
        .say(&at("ada", HERE), "POST /runs/1/stop", json!({ "reason": " " }))
        .await
        .refused(422, "ReasonInvalid");
    let stopped =
        world.say(&at("ada", HERE), "POST /runs/1/stop", json!({ "reason": "Falsche Liste" })).await;
    stopped.is(204, Value::Null);
    let after =
        json!({ "stage": "stopped", "reason": "Falsche Liste", "takes_part": true, "may_sign": false });
    world.ask(&jan, "GET /runs/1").await.has(200, after);
    let file = json!({ "file": in_base64(LIST) });
    world.say(&jan, "POST /runs/1/begin", file).await.refused(409, "RunElsewhere");
}

/// A file that fitted when the run was planned is not begun when the process has changed: rows would be lost, or be other ones.
#[tokio::test]
async fn a_list_that_does_not_fit_any_more_begins_nothing() {
    let world = town().await;
    let jan = at("jan", HERE);
    let plan = json!({ "title": "2026", "process": "mass-run", "kind": "rows", "file": in_base64(LIST) });
    world.say(&jan, "POST /runs", plan).await.is(200, json!({ "number": 1, "count": 4 }));
    let mut files = files(&folder("../../../examples/administration/mass-run"));
    files.retain(|name, _| !name.starts_with("scenarios/"));
    for (name, from, to) in [
        ("process.yaml", "version: 1.0.0", "version: 1.0.1"),
        ("application.schema.json", "\"maximum\": 20", "\"maximum\": 2"),
    ] {
        let text = files.get_mut(name).unwrap();
        *text = text.replace(from, to);
    }
    world
        .say(&at("dora", HERE), "POST /processes/deploy", json!({ "files": files }))
        .await
        .has(200, json!({}));
    let file = in_base64(LIST);
    for (what, body) in [
        ("POST /runs/1/preview", json!({ "from": 1, "limit": 2, "file": file })),
        ("POST /runs/1/begin", json!({ "file": file })),
    ] {
        world.say(&jan, what, body).await.refused(409, "RowsMisfit");
    }
    let none = json!({ "items": [], "next": null, "total": 0, "total_capped": false });
    world.ask(&jan, "GET /cases").await.is(200, none);
}

#[tokio::test]
async fn one_signature_and_the_letters_are_one_list() {
    let world = town().await;
    begun(&world).await;
    let (jan, leo) = (at("jan", HERE), at("leo", HERE));
    // Each case with its task, or why it cannot be signed here.
    let shown = world.ask(&leo, "GET /runs/1/cases").await;
    let case = |place: u32, subject: &str, fee: u32| {
        json!({
            "place": place, "case": "*", "number": "*", "subject": subject, "task": "*", "outcome": "signed", "version": 1,
            "shown": "*", "letters": 1, "fee": fee, "doubtful": "*", "why": null,
        })
    };
    let held = json!({
        "place": 2, "case": "*", "number": "*", "subject": "Groß", "task": null, "outcome": null, "version": 1, "shown": null,
        "letters": 0, "fee": 0, "doubtful": false,
        "why": { "de": "Im Vorgang ist nicht genau eine Schlusszeichnung offen.", "en": "Not exactly one sign-off is open in the case." },
    });
    let all = [case(1, "Müller", 17_000), held, case(3, "Çelik", 7_000), case(4, "Łukasz", 27_000)];
    shown.is(200, json!({ "items": all }));
    let items = shown.json()["items"].as_array().unwrap().clone();
    let signed = |places: &[usize]| {
        let each = places.iter().map(|place| {
            let item = &items[place - 1];
            json!({ "task": item["task"], "version": item["version"], "shown": item["shown"] })
        });
        json!({ "cases": each.collect::<Vec<_>>() })
    };
    // Clerks see no letters that they would sign; whoever began does not sign; the list is one of the run, in its order.
    world
        .ask(&jan, "GET /runs/1/cases?from=3&limit=1")
        .await
        .has(200, json!({ "items": [{ "place": 3, "task": null, "shown": null, "why": "*" }] }));
    world.say(&jan, "POST /runs/1/sign", signed(&[1])).await.refused(403, "RunOtherPersonNeeded");
    world.say(&leo, "POST /runs/1/sign", signed(&[3, 1])).await.refused(422, "RunInvalid");
    world.say(&leo, "POST /runs/1/sign", json!({ "cases": [] })).await.refused(422, "RunInvalid");
    world
        .say(&leo, "POST /runs/1/sign", json!({ "cases": [{ "task": "x", "version": 1, "shown": "y" }] }))
        .await
        .refused(422, "RunInvalid");
    world.say(&at("ada", HERE), "POST /runs/1/sign", signed(&[1])).await.refused(403, "RunNotAllowed");
    // Somebody takes one over meanwhile: it stays behind alone.
    let claimed = items[3]["task"].as_str().unwrap();
    world.ask(&at("mia", HERE), &format!("POST /tasks/{claimed}/claim")).await.has(200, json!({}));
    world.say(&leo, "POST /runs/1/sign", signed(&[1, 3, 4])).await.is(204, Value::Null);
    world.settle().await;
    let why = json!({ "de": "*", "en": "The task has been taken by mia, who can give it back." });
    // One has nothing to be signed: nobody has taken it out, and it stays behind.
    let held = &items[1];
    let held = json!({ "place": 2, "line": null, "case": held["case"], "number": held["number"], "subject": "Groß", "after_signing": false, "code": "no_signature", "why": held["why"] });
    let failure = json!({ "place": 4, "case": items[3]["case"], "number": items[3]["number"], "subject": "Łukasz", "after_signing": true, "code": "ClaimedByAnother", "why": why });
    world.ask(&jan, "GET /runs/1").await.has(
        200,
        json!({ "stage": "ended", "failed": 2, "taken_out": 0, "hash": "*", "signed": { "by": { "id": "leo", "name": "Leo Leitung" }, "at": "*" }, "failures": [held, failure] }),
    );
    let nobodys = json!({ "case": null, "number": null, "subject": null });
    world
        .ask(&at("ada", HERE), "GET /runs/1")
        .await
        .has(200, json!({ "takes_part": false, "failures": [nobodys, nobodys] }));
    // What somebody writes by hand is not of the run: it may not lie in its batch.
    let third = items[2]["case"].as_str().unwrap();
    let by_hand = json!({ "addressee": "Çelik", "subject": "Ganz anderes", "body": "Etwas anderes." });
    world.say(&jan, &format!("POST /cases/{third}/letters"), by_hand).await.has(200, json!({}));
    world.settle().await;
    let letter = |place: usize| json!({ "case": items[place - 1]["case"], "document": 1, "title": "Hundesteuerbescheid", "addressee": "*", "since": "2026-03-02", "case_number": items[place - 1]["number"] });
    let post = json!({ "items": [letter(1), letter(3)], "next": null, "total": 2, "total_capped": false });
    world.ask(&jan, "GET /runs/1/post").await.is(200, post);
    let sent = json!({ "on": "2026-03-02", "way": "post" });
    let first = items[0]["case"].as_str().unwrap();
    world.say(&jan, &format!("POST /cases/{first}/documents/1/dispatch"), sent).await.has(200, json!({}));
    world.ask(&jan, "GET /runs/1/post?limit=1").await.has(200, json!({ "items": [], "next": "*" }));
    world.ask(&jan, "GET /runs/1/post").await.has(200, json!({ "items": [letter(3)] }));
    // What would make a second notice of each is planned only when that is meant.
    let once_more = |again: bool| json!({ "title": "Noch einmal", "process": "mass-run", "kind": "rows", "file": in_base64(LIST), "again": again });
    world.say(&jan, "POST /runs", once_more(false)).await.refused(409, "RunDoubled");
    let twice = format!("{LIST}Müller;Weg 1;39999 Musterstadt;2;\n");
    let rows =
        json!({ "title": "Doppelt", "process": "mass-run", "kind": "rows", "file": in_base64(&twice) });
    let told = world.say(&jan, "POST /runs", rows).await;
    told.refused(409, "RunDoubled");
    // A year later those that wait are woken by the message; a list of cases is one as well.
    let yearly = json!({ "title": "2027", "process": "mass-run", "kind": "message", "message": "yearly", "q": "müll" });
    world.say(&jan, "POST /runs", yearly.clone()).await.is(200, json!({ "number": 2, "count": 1 }));
    world.say(&jan, "POST /runs", yearly).await.refused(409, "RunDoubled");
    let named =
        json!({ "title": "Rest", "process": "mass-run", "kind": "signatures", "cases": [items[3]["case"]] });
    world.say(&leo, "POST /runs", named).await.is(200, json!({ "number": 3, "count": 1 }));
    world.say(&leo, "POST /runs/3/begin", json!({})).await.is(204, Value::Null);
    world.ask(&leo, "GET /runs/3").await.has(200, json!({ "stage": "open", "may_sign": true }));
    world.say(&jan, "POST /runs", once_more(true)).await.is(200, json!({ "number": 4, "count": 4 }));
    let audit = world.ask(&at("ada", HERE), "GET /audit?limit=200").await.json();
    let told: Vec<&Value> =
        audit["items"].as_array().unwrap().iter().map(|entry| &entry["what"]["de"]).collect();
    assert!(
        told.iter().any(|text| text.as_str().unwrap().contains("„Hundesteuer 2026“ gezeichnet: 3 Vorgänge")),
        "{told:?}"
    );
}

/// Whoever planned or began a run signs no case of it by itself, either; once it is signed, the next run may be another person's.
#[tokio::test]
async fn a_run_is_signed_by_another_person_case_by_case_too() {
    let world = town().await;
    let (mia, leo) = (at("mia", HERE), at("leo", HERE));
    let plan = json!({ "title": "2026", "process": "mass-run", "kind": "rows", "file": in_base64(LIST) });
    world.say(&mia, "POST /runs", plan).await.is(200, json!({ "number": 1, "count": 4 }));
    let file = json!({ "file": in_base64(LIST) });
    world.say(&at("jan", HERE), "POST /runs/1/begin", file).await.is(204, Value::Null);
    stage(&world, 1, "open").await;
    let case = |run: u32| {
        let (world, leo) = (&world, &leo);
        async move { world.ask(leo, &format!("GET /runs/{run}/cases?limit=1")).await.json()["items"][0].clone() }
    };
    let first = case(1).await;
    let id = first["case"].as_str().unwrap();
    let sign = async |who: &str, task: &Value| {
        let task = task.as_str().unwrap();
        let values = json!({ "values": { "outcome": "signed" } });
        world.say(&at(who, HERE), &format!("POST /tasks/{task}/complete"), values).await
    };
    for who in ["mia", "jan"] {
        sign(who, &first["task"]).await.refused(403, if who == "mia" { "FourEyes" } else { "MissingRole" });
    }
    world.ask(&leo, &format!("GET /tasks/{}", first["task"].as_str().unwrap())).await.has(
        200,
        json!({ "changed": [
            { "by": { "id": "jan", "name": "Jan Muster" }, "at": "*", "what": { "de": "Sammellauf Nr. 1 (angelegt oder begonnen)", "en": "mass run no. 1 (planned or begun)" } },
            { "by": { "id": "mia", "name": "*" }, "at": "*", "what": "*" },
        ] }),
    );
    sign("leo", &first["task"]).await.has(200, json!({}));
    world.settle().await;
    // The next year it is the other way round.
    let yearly = json!({ "title": "2027", "process": "mass-run", "kind": "message", "message": "yearly", "cases": [id] });
    world.say(&leo, "POST /runs", yearly).await.is(200, json!({ "number": 2, "count": 1 }));
    world.say(&leo, "POST /runs/2/begin", json!({})).await.is(204, Value::Null);
    world.settle().await;
    let again = world.ask(&mia, "GET /runs/2/cases").await.json()["items"][0].clone();
    sign("leo", &again["task"]).await.refused(403, "FourEyes");
    sign("mia", &again["task"]).await.has(200, json!({}));
}

/// Whoever asks once more after a lost answer gets the number of the run that they planned, whatever was planned since.
#[tokio::test]
async fn a_run_is_planned_once_by_each_key() {
    let world = town().await;
    let plan = |title: &str| json!({ "title": title, "process": "mass-run", "kind": "rows", "file": in_base64(LIST), "again": true });
    let (one, other) = ("01964b2e-0000-7000-8000-000000000001", "01964b2e-0000-7000-8000-000000000002");
    for (key, title, number) in
        [(one, "2026", 1), (other, "2026", 2), (one, "2026", 1), (one, "2027", 1), (other, "2026", 2)]
    {
        let headers = [("Idempotency-Key", key)];
        let planned = world.send(&at("jan", HERE), "POST /runs", &headers, Some(plan(title))).await;
        planned.is(200, json!({ "number": number, "count": 4 }));
    }
    world.ask(&at("jan", HERE), "GET /runs").await.has(200, json!({ "total": 2 }));
}
