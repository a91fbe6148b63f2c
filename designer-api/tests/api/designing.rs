//! Processes and blocks: checked, deployed, installed, set, and read.

use std::collections::BTreeSet;

use fachwerk_core::{soundness::explained, words::ProcessId};
use serde_json::{Value, json};

use crate::world::{HERE, THERE, World, at, files, folder};

fn permit() -> Value {
    json!(files(&folder("permit")))
}

fn changed(mut files: Value, path: &str, from: &str, to: &str) -> Value {
    let text = files[path].as_str().unwrap();
    assert!(text.contains(from), "{from} in {path}");
    files[path] = text.replace(from, to).into();
    files
}

fn changed_everywhere(mut files: Value, from: &str, to: &str) -> Value {
    for text in files.as_object_mut().unwrap().values_mut() {
        *text = text.as_str().unwrap().replace(from, to).into();
    }
    files
}

#[tokio::test]
async fn a_process_is_checked() {
    let world = World::new().await;
    let dora = at("dora", HERE);
    world
        .say(&at("jan", HERE), "POST /processes/check", json!({ "files": {} }))
        .await
        .refused(403, "NotAllowed");
    let good = world.say(&dora, "POST /processes/check", json!({ "files": permit() })).await;
    good.has(200, json!({ "problems": [], "process": { "id": "permit", "version": "1.0.0", "files": "*" } }));
    let wrong = changed(permit(), "process.yaml", "    then: opinions", "    then: opinion");
    let answer = world.say(&dora, "POST /processes/check", json!({ "files": wrong })).await;
    answer.has(200, json!({ "process": null }));
    let problem = answer.json()["problems"][0].clone();
    assert_eq!(
        problem,
        json!({
            "file": "process.yaml", "line": 57, "column": 11, "length": 7, "severity": "error", "code": "unknown_step",
            "message": { "de": "Einen Schritt „opinion“ gibt es hier nicht.", "en": "There is no step `opinion` here." },
            "help": { "de": "Gemeint ist wohl „opinions“.", "en": "Did you mean `opinions`?" }, "step": null, "run": null,
            "fix": {
                "title": { "de": "„opinion“ in „opinions“ ändern.", "en": "Change `opinion` to `opinions`." },
                "changes": [{
                    "file": "process.yaml", "line": 57, "before": ["    then: opinion"], "after": ["    then: opinions"],
                }],
            },
        })
    );
    world
        .say(&dora, "POST /processes/check", json!({ "files": {} }))
        .await
        .has(200, json!({ "process": null, "problems": [{ "code": "file_missing" }] }));
}

#[tokio::test]
async fn a_process_is_deployed() {
    let world = World::new().await;
    let (dora, jan) = (at("dora", HERE), at("jan", HERE));
    let deploy = |files: Value| json!({ "files": files, "reason": "Neue Satzung" });
    world.say(&jan, "POST /processes/deploy", deploy(permit())).await.refused(403, "NotAllowed");
    let same_version = changed(permit(), "process.yaml", "de: Erlaubnis,", "de: Genehmigung,");
    world
        .say(&dora, "POST /processes/deploy", deploy(same_version.clone()))
        .await
        .refused(409, "VersionTaken");
    let next = changed(same_version, "process.yaml", "version: 1.0.0", "version: 1.1.0");
    let failing = changed(next.clone(), "scenarios/granted.yaml", "ended: granted", "ended: refused");
    let refused = world.say(&dora, "POST /processes/deploy", deploy(failing)).await;
    refused.refused(422, "NotDeployable");
    let scenario = refused.json()["scenarios"][0].clone();
    assert_eq!(
        (&scenario["passed"], scenario["failed_at"].as_str().unwrap().contains("refused")),
        (&json!(false), true),
        "{scenario}"
    );
    let unreadable = json!({ "process.yaml": "process: [" });
    let refused = world.say(&dora, "POST /processes/deploy", deploy(unreadable)).await;
    refused.refused(422, "NotDeployable");
    assert_eq!(refused.json()["problems"][0]["file"], "process.yaml");
    let done = world.say(&dora, "POST /processes/deploy", deploy(next)).await;
    done.is(200, json!({
        "release": "*", "version": "1.1.0", "problems": [],
        "scenarios": [{ "title": "Somebody applies, is examined by one and signed by another, and gets the notice", "passed": true, "failed_at": null }],
    }));
    let case = world.begin(&jan, json!({ "name": "Erika Muster", "size_m": 12 })).await;
    world
        .ask(&jan, &format!("GET /cases/{case}"))
        .await
        .has(200, json!({ "release_version": "1.1.0", "release": done.json()["release"] }));
    world.ask(&dora, "GET /processes").await.is(200, json!([{
        "id": "permit", "title": { "de": "Genehmigung", "en": "Permit" }, "version": "1.1.0", "release": done.json()["release"],
        "deployed_at": "2026-03-02T08:00:00Z", "deployed_by": "Dora Design", "open_cases": 1, "current": true,
        "legal_basis": ["§ 35 VwVfG"],
    }]));
    world.ask(&at("ruth", HERE), "GET /processes").await.is(200, json!([]));
}

/// Whoever examines does not sign, so one person who may do both is not enough.
#[tokio::test]
async fn people_must_be_enough_for_a_process() {
    let world = World::new().await;
    let (ada, dora) = (at("ada", HERE), at("dora", HERE));
    for (person, name) in [("jan", "Jan Muster"), ("leo", "Leo Leitung")] {
        let away = json!({ "name": name, "roles": [], "active": true });
        world.say(&ada, &format!("PUT /people/{person}"), away).await.has(200, json!({}));
    }
    let files = changed(permit(), "process.yaml", "version: 1.0.0", "version: 1.1.0");
    let told = json!([{
        "file": "process.yaml", "severity": "concern", "code": "nobody_left", "step": "sign",
        "message": {
            "de": "„Bescheid zeichnen“ darf auf diesem Weg niemand erledigen: Die Rolle „Leitung“ hat nur Mia Beispiel, und Mia Beispiel muss vorher „Unterlagen prüfen“ erledigen, weil auch die Rolle „Sachbearbeitung“ sonst niemand hat. So kommt es dazu: „Unterlagen prüfen“ (vollständig), „Stellungnahme des Beirats“.",
            "en": "*",
        },
        "help": { "de": "Einer weiteren Person die Rolle „Leitung“ geben.", "en": "*" },
    }]);
    let checked = world.say(&dora, "POST /processes/check", json!({ "files": files })).await;
    checked.has(200, json!({ "problems": told, "process": { "id": "permit" } }));
    let refused = world.say(&dora, "POST /processes/deploy", json!({ "files": files })).await;
    refused.refused(422, "NotDeployable");
    assert_eq!(refused.json()["problems"][0]["code"], "nobody_left");
    let deploy = json!({ "files": files, "reason": "Leo kommt am Montag zurück." });
    // A technical account is nobody who could outweigh them.
    let token = json!({ "person": "dora", "name": "CI", "roles": ["designer"], "until": "2026-03-31" });
    let secret = world.say(&ada, "POST /tokens", token).await.json()["secret"].as_str().unwrap().to_owned();
    let bearer = [("authorization", &*format!("Bearer {secret}"))];
    let by_program = world.send("", "POST /processes/deploy", &bearer, Some(deploy.clone())).await;
    by_program.refused(403, "PersonNeeded");
    world.say(&dora, "POST /processes/deploy", deploy).await.has(200, json!({ "version": "1.1.0" }));
    let audit = world.ask(&ada, "GET /audit?limit=1").await.json();
    assert_eq!(
        audit["items"][0]["what"]["de"],
        "Verfahren „Erlaubnis“ 1.1.0 in Einsatz genommen trotz Bedenken (nobody_left): Leo kommt am Montag zurück."
    );
}

#[tokio::test]
async fn a_process_is_shown() {
    let world = World::new().await;
    let jan = at("jan", HERE);
    let shown = world.ask(&jan, "GET /processes/permit").await;
    shown.is(200, json!({
        "id": "permit", "title": { "de": "Erlaubnis", "en": "Permit" }, "version": "1.0.0", "release": "*",
        "soundness": "sound", "legal_basis": ["§ 35 VwVfG"],
        "roles": [
            { "id": "clerk", "title": { "de": "Sachbearbeitung", "en": "Clerk" } },
            { "id": "lead", "title": { "de": "Leitung", "en": "Team lead" } },
        ],
        "settings": {
            "schema": "*",
            "values": { "fee_cents": 2500, "period": "2 Wochen" }, "defaults": { "fee_cents": 2500, "period": "2 Wochen" },
        },
        "data_schema": "*", "outline": "*", "handlers": "*", "graph": "*",
        "blocks": [{ "id": "examination", "version": "1.0.0", "title": { "de": "Prüfung", "en": "Examination" } }],
        "files": [
            { "path": "application.schema.json", "size": "*" }, { "path": "decisions/fee.yaml", "size": "*" },
            { "path": "process.yaml", "size": "*" }, { "path": "scenarios/granted.yaml", "size": "*" },
        ],
        "problems": [],
    }));
    let first = shown.json()["outline"][0].clone();
    assert_eq!(
        first,
        json!({
            "step": "register", "title": { "de": "Aktenzeichen vergeben", "en": "Assign the file number" }, "kind": "number",
            "sentence": {
                "de": "Das System vergibt ein Aktenzeichen nach dem Muster 32-JJJJ/001. Danach weiter mit „Prüfung“.",
                "en": "The system assigns a file number of the pattern 32-YYYY/001. Then on to “Examination”.",
            },
            "block": null, "legal_basis": [], "rules": [], "handlers": [], "children": [],
            "flows": [{ "outcome": null, "outcome_title": null, "when": null, "when_sentence": null, "to": "examine", "leaves": false, "leaves_with": null }],
        })
    );
    let file = world.ask(&jan, "GET /processes/permit/files/decisions%2Ffee.yaml").await;
    file.header("content-type", Some("text/plain; charset=utf-8"));
    assert_eq!(json!(file.text()), permit()["decisions/fee.yaml"]);
    world.ask(&jan, "GET /processes/permit/files/rules%2Fnone.rhai").await.refused(404, "NotFound");
    world.ask(&jan, "GET /processes/other").await.refused(404, "ProcessUnknown");
    world.ask(&at("ruth", HERE), "GET /processes/permit").await.refused(403, "NotAllowed");
}

#[tokio::test]
async fn settings_are_changed() {
    let world = World::new().await;
    let (ada, jan) = (at("ada", HERE), at("jan", HERE));
    let set = |values: Value| json!({ "values": values });
    let settings = "PUT /processes/permit/settings";
    world.say(&jan, settings, set(json!({}))).await.refused(403, "NotAllowed");
    for (values, at, code) in [
        (json!({ "fee_cents": "much" }), "/fee_cents", "type"),
        (json!({ "fee_cents": -1 }), "/fee_cents", "too_small"),
        (json!({ "colour": "red" }), "", "unknown_field"),
    ] {
        let answer = world.say(&ada, settings, set(values)).await;
        answer.refused(422, "ValuesInvalid").has(422, json!({ "misfits": [{ "at": at, "code": code }] }));
    }
    let before = world.ask(&jan, "GET /processes/permit").await;
    let tag = before.headers["etag"].to_str().unwrap().to_owned();
    let answer = world
        .send(&ada, settings, &[("if-match", &tag)], Some(set(json!({ "fee_cents": 3000, "period": null }))))
        .await;
    answer.is(200, json!({
        "schema": "*", "values": { "fee_cents": 3000, "period": "2 Wochen" }, "defaults": { "fee_cents": 2500, "period": "2 Wochen" },
    }));
    // However a period is written, it is kept in one way and shown in the language of whoever asks.
    for (written, english, own) in
        [("3 Wochen", "3 weeks", true), ("3 weeks", "3 weeks", true), ("2  Wochen", "2 weeks", false)]
    {
        world
            .say(&ada, settings, set(json!({ "fee_cents": 3000, "period": written })))
            .await
            .has(200, json!({}));
        let kept = world.runtime.authority(&HERE.into()).await.unwrap().unwrap();
        let kept = kept.settings[&ProcessId::from("permit")].get("period").cloned();
        assert_eq!(kept, own.then(|| json!(english)), "{written}");
        let shown = world.send(&jan, "GET /processes/permit", &[("accept-language", "en")], None).await;
        shown.has(
            200,
            json!({ "settings": { "values": { "period": english }, "defaults": { "period": "2 weeks" } } }),
        );
    }
    // Whoever saw the old ones does not overwrite the new ones.
    world.send(&ada, settings, &[("if-match", &tag)], Some(set(json!({})))).await.refused(412, "Changed");
    let after = world.ask(&jan, "GET /processes/permit").await;
    assert_eq!(after.headers["etag"], answer.headers["etag"]);
    after.has(200, json!({ "settings": { "values": { "fee_cents": 3000 } } }));
    world
        .say(&ada, settings, set(json!({ "fee_cents": 2500 })))
        .await
        .has(200, json!({ "values": { "fee_cents": 2500 } }));
    assert_eq!(world.ask(&jan, "GET /processes/permit").await.headers["etag"], *tag);
}

/// Whoever works here reads what each code means.
#[tokio::test]
async fn findings_are_explained() {
    let world = World::new().await;
    let found = world.ask(&at("jan", HERE), "GET /findings").await.json();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let topics = list(&found["topics"]);
    let ids: Vec<&Value> = topics.iter().map(|topic| &topic["id"]).collect();
    assert_eq!(ids, ["soundness", "data", "law", "people"]);
    let codes: Vec<Value> = topics
        .iter()
        .flat_map(|topic| list(&topic["findings"]))
        .map(|finding| finding["code"].clone())
        .collect();
    let all: Vec<&str> = explained().iter().map(|it| it.code).collect();
    assert_eq!(codes, all);
    let first = &topics[0]["findings"][0];
    let keys: BTreeSet<&String> = first.as_object().unwrap().keys().collect();
    let expected = ["after", "before", "code", "consequence", "meaning", "remedy", "severity", "title"];
    assert!(keys.iter().copied().eq(&expected), "{keys:?}");
    assert_eq!(first["severity"], "concern");
    assert_eq!(
        first["title"],
        json!({ "de": "Zu einem Schritt führt kein Weg", "en": "No way leads to a step" })
    );
    assert_eq!(first["before"][0]["path"], "process.yaml");
    assert_eq!(found["frame"][0]["path"], "process.yaml");
}

#[tokio::test]
async fn blocks_are_installed_and_listed() {
    let world = World::new().await;
    let (ada, jan) = (at("ada", HERE), at("jan", HERE));
    world.ask(&jan, "GET /blocks").await.is(200, json!([{
        "id": "examination", "version": "1.0.0", "title": { "de": "Prüfung", "en": "Examination" },
        "summary": { "de": "Eine Person prüft die Unterlagen.", "en": "A person examines the documents." },
        "category": "examination", "icon": "list-checks", "legal_basis": ["§ 24 VwVfG"], "parameters": "*",
        "outcomes": [
            { "id": "complete", "title": { "de": "vollständig", "en": "complete" } },
            { "id": "incomplete", "title": { "de": "unvollständig", "en": "incomplete" } },
        ],
        "messages": ["documents-received"], "needs_role": true, "installed_at": "2026-03-02T08:00:00Z",
        "retired": false, "package": null, "used_by": ["permit"], "readme": "# Prüfung\n\nEine Person prüft die Unterlagen.\n",
    }]));
    let block = json!(files(&folder("examination")));
    let install = |files: &Value| json!({ "files": files });
    world.say(&jan, "POST /blocks", install(&block)).await.refused(403, "NotAllowed");
    world.say(&at("dora", HERE), "POST /blocks", install(&block)).await.refused(403, "NotAllowed");
    let changed_text = changed(block.clone(), "block.yaml", "de: Prüfung,", "de: Durchsicht,");
    world.say(&ada, "POST /blocks", install(&changed_text)).await.refused(409, "VersionTaken");
    let mut bare = block;
    bare.as_object_mut().unwrap().remove("README.md");
    let refused = world.say(&ada, "POST /blocks", install(&bare)).await;
    refused
        .refused(422, "NotDeployable")
        .has(422, json!({ "problems": [{ "code": "block_without_readme" }] }));
    let next = changed(changed_text, "block.yaml", "version: 1.0.0", "version: 1.1.0");
    world
        .say(&ada, "POST /blocks", install(&next))
        .await
        .is(200, json!({ "id": "examination", "version": "1.1.0" }));
    world.ask(&jan, "GET /blocks").await.has(
        200,
        json!([
            { "version": "1.1.0", "title": { "de": "Durchsicht" }, "used_by": [] },
            { "version": "1.0.0", "title": { "de": "Prüfung" }, "used_by": ["permit"] },
        ]),
    );
    // What is deployed stays with the block that it was checked with.
    world.ask(&jan, "GET /processes/permit").await.has(200, json!({ "blocks": [{ "version": "1.0.0" }] }));
}

#[tokio::test]
async fn versions_of_a_block_stay_side_by_side() {
    let world = World::new().await;
    let (ada, dora, jan) = (at("ada", HERE), at("dora", HERE), at("jan", HERE));
    let block = json!(files(&folder("examination")));
    for version in ["2.0.0", "1.1.0"] {
        let next = changed(block.clone(), "block.yaml", "version: 1.0.0", &format!("version: {version}"));
        // Its scenarios name the major version that they play.
        let next = changed_everywhere(next, "examination@1", &format!("examination@{}", &version[..1]));
        let answer = world.say(&ada, "POST /blocks", json!({ "files": next })).await;
        answer.is(200, json!({ "id": "examination", "version": version }));
    }
    let versions = async |who: &str| -> Vec<(String, bool)> {
        let list = world.ask(who, "GET /blocks").await.json();
        let one =
            |block: &Value| (block["version"].as_str().unwrap().to_owned(), block["retired"] == json!(true));
        list.as_array().unwrap().iter().map(one).collect()
    };
    let is = |version: &str, retired: bool| (version.to_owned(), retired);
    assert_eq!(versions(&jan).await, [is("2.0.0", false), is("1.1.0", false), is("1.0.0", false)]);

    // The process names the first major version still, and gets the newest of it.
    let deploy = async |version: &str| {
        let next = changed(permit(), "process.yaml", "version: 1.0.0", &format!("version: {version}"));
        let answer = world.say(&dora, "POST /processes/deploy", json!({ "files": next })).await;
        answer.has(200, json!({ "version": version }));
        world.ask(&dora, "GET /processes/permit").await.json()["blocks"][0]["version"].clone()
    };
    let address = |version: &str, what: &str| format!("POST /blocks/examination/versions/{version}/{what}");
    world.ask(&ada, &address("1.0.0", "retire")).await.refused(409, "BlockInUse");
    assert_eq!(deploy("1.1.0").await, "1.1.0");
    world.ask(&ada, &address("1.1.0", "retire")).await.refused(409, "BlockInUse");

    for (who, version, what, status, code) in [
        (&jan, "1.0.0", "retire", 403, "NotAllowed"),
        (&dora, "1.0.0", "retire", 403, "NotAllowed"),
        (&dora, "1.0.0", "reinstate", 403, "NotAllowed"),
        (&ada, "3.0.0", "retire", 404, "BlockUnknown"),
        (&ada, "3.0.0", "reinstate", 404, "BlockUnknown"),
    ] {
        world.ask(who, &address(version, what)).await.refused(status, code);
    }
    world.ask(&at("ada", THERE), &address("2.0.0", "retire")).await.refused(404, "BlockUnknown");
    for _ in 0..2 {
        world.ask(&ada, &address("1.0.0", "retire")).await.is(204, Value::Null);
    }
    assert_eq!(versions(&ada).await, [is("2.0.0", false), is("1.1.0", false), is("1.0.0", true)]);
    assert_eq!(versions(&jan).await, [is("2.0.0", false), is("1.1.0", false)]);

    // With the process out of use its block may go; then nothing stands behind the reference any more.
    world.ask(&dora, "POST /processes/permit/retire").await.is(204, Value::Null);
    world.ask(&ada, &address("1.1.0", "retire")).await.is(204, Value::Null);
    let checked = world.say(&dora, "POST /processes/check", json!({ "files": permit() })).await;
    checked.has(200, json!({ "process": null, "problems": [{ "code": "unknown_block" }] }));
    world.ask(&ada, &address("1.0.0", "reinstate")).await.is(204, Value::Null);
    assert_eq!(deploy("1.2.0").await, "1.0.0");
    // Installing what was retired brings it back.
    let same = changed(block, "block.yaml", "version: 1.0.0", "version: 1.1.0");
    let same = changed_everywhere(same, "examination@1", "examination@1");
    world.say(&ada, "POST /blocks", json!({ "files": same })).await.has(200, json!({ "version": "1.1.0" }));
    assert_eq!(versions(&jan).await, [is("2.0.0", false), is("1.1.0", false), is("1.0.0", false)]);
    let audit = world.ask(&ada, "GET /audit?limit=1").await;
    let said = json!({ "de": "Baustein examination 1.1.0 wieder in Betrieb genommen", "en": "block examination 1.1.0 reinstated" });
    audit.has(200, json!({ "items": [{ "actor": { "name": "Ada Admin" }, "what": said }] }));
}

#[tokio::test]
async fn a_process_is_retired_and_reinstated() {
    let world = World::new().await;
    let (dora, jan) = (at("dora", HERE), at("jan", HERE));
    let case = world.begin(&jan, json!({ "name": "Erika Muster", "size_m": 12 })).await;
    let (retire, reinstate) = ("POST /processes/permit/retire", "POST /processes/permit/reinstate");
    for what in [retire, reinstate] {
        world.ask(&jan, what).await.refused(403, "NotAllowed");
        world.ask(&dora, &what.replace("permit", "other")).await.refused(404, "ProcessUnknown");
    }
    // What is in use is in use already.
    world.ask(&dora, reinstate).await.is(204, Value::Null);
    let current = async |expected: bool| {
        world.ask(&dora, "GET /processes").await.has(200, json!([{ "id": "permit", "current": expected }]));
        let start = if expected { json!(["permit"]) } else { json!([]) };
        world.ask(&jan, "GET /session").await.has(200, json!({ "permissions": { "start": start } }));
    };
    current(true).await;
    for _ in 0..2 {
        world.ask(&dora, retire).await.is(204, Value::Null);
    }
    current(false).await;
    let start = json!({ "process": "permit", "data": { "name": "Erika Muster", "size_m": 12 } });
    world.say(&jan, "POST /cases", start.clone()).await.refused(404, "ProcessUnknown");
    // The case that is under way goes on.
    world.complete(&jan, &case, "examine/confirm", json!({ "outcome": "complete" })).await;
    world.ask(&at("dora", THERE), "GET /processes").await.has(200, json!([{ "current": true }]));
    world.ask(&dora, reinstate).await.is(204, Value::Null);
    current(true).await;
    world.say(&jan, "POST /cases", start).await.has(200, json!({ "version": 1 }));
    let audit = world.ask(&at("ada", HERE), "GET /audit").await.json();
    let said: Vec<_> =
        audit["items"].as_array().unwrap().iter().map(|entry| entry["what"]["de"].clone()).collect();
    for expected in
        ["Verfahren „Erlaubnis“ außer Betrieb genommen", "Verfahren „Erlaubnis“ wieder in Betrieb genommen"]
    {
        assert_eq!(said.iter().filter(|text| *text == expected).count(), 1, "{expected} in {said:?}");
    }
}

#[tokio::test]
async fn examples_are_offered() {
    let world = World::new().await;
    let dora = at("dora", HERE);
    let permit_draft = json!({ "id": "permit", "title": { "de": "Erlaubnis", "en": "Permit" }, "summary": null, "group": "procedure", "source": "example" });
    world.ask(&dora, "GET /drafts").await.is(200, json!([permit_draft]));
    world.ask(&dora, "GET /drafts/permit").await.is(200, json!({ "files": permit() }));
    world.ask(&dora, "GET /drafts/other").await.refused(404, "NotFound");
    world.ask(&at("jan", HERE), "GET /drafts").await.refused(403, "NotAllowed");
}

#[tokio::test]
async fn everything_is_audited() {
    let world = World::new().await;
    let (ada, jan) = (at("ada", HERE), at("jan", HERE));
    world.ask(&jan, "GET /audit").await.refused(403, "NotAllowed");
    let case = world.begin(&jan, json!({ "name": "Erika Muster", "size_m": 12 })).await;
    world
        .say(&ada, "PUT /processes/permit/settings", json!({ "values": { "fee_cents": 3000 } }))
        .await
        .has(200, json!({}));
    let last = world.runtime.store().last_position(&HERE.into()).await.unwrap();
    let page = world.ask(&ada, "GET /audit?limit=3").await;
    page.is(200, json!({ "items": [
        {
            "position": last, "at": "2026-03-02T08:00:00Z", "actor": { "kind": "person", "id": "ada", "name": "Ada Admin" }, "case": null, "may_open": false,
            "what": { "de": "Einstellungen von „Erlaubnis“ geändert (Gebühr)", "en": "settings of “Permit” changed (Fee)" },
        },
        {
            "position": last - 1, "at": "2026-03-02T08:00:00Z", "actor": { "kind": "person", "id": "jan", "name": "Jan Muster" }, "case": case, "may_open": false,
            "what": { "de": "Vorgang angelegt, Nummer vergeben, Aufgabe eröffnet", "en": "case begun, number assigned, task opened" },
        },
        {
            "position": last - 2, "at": "2026-03-02T08:00:00Z", "actor": { "kind": "engine", "id": "", "name": "System" }, "case": null, "may_open": false,
            "what": { "de": "Verfahren „Erlaubnis“ 1.0.0 in Einsatz genommen", "en": "process “Permit” 1.0.0 deployed" },
        },
    ], "next": "*", "total": last, "total_capped": false }));
    let mut seen = Vec::new();
    let mut next = page.json()["next"].as_str().map(str::to_owned);
    while let Some(cursor) = next {
        let page = world.ask(&ada, &format!("GET /audit?limit=3&cursor={cursor}")).await.json();
        seen.extend(
            page["items"].as_array().unwrap().iter().map(|entry| entry["position"].as_u64().unwrap()),
        );
        next = page["next"].as_str().map(str::to_owned);
    }
    assert_eq!(seen, (1..=last - 3).rev().collect::<Vec<_>>());
}
