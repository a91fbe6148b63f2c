//! The incoming post: who sees it, and what becomes of an item.

use std::{path::Path, sync::Arc};

use axum::body::Body;
use fachwerk_core::{
    authority::AuthorityCommand,
    facts::Actor,
    item::{Arrived, ArrivedFile, PostSource, RefusedThere, SCANNED, Unread},
    language::Folder,
    words::{RoleId, Text},
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    documents::Part,
    world::{Answer, HERE, THERE, World, at, folder, simulated},
};

/// A world with the incoming post and a case that waits for an answer.
pub struct Room {
    pub world: World,
    pub petra: String,
    pub jan: String,
}

const PDF: &[u8] = b"%PDF-1.7 Antwort";

impl Room {
    pub async fn new() -> Room {
        let world = World::new().await;
        deploy(&world).await;
        for person in ["petra", "paul"] {
            let roles = [RoleId::from("post-room")].into_iter().collect();
            let command = AuthorityCommand::SetPerson {
                person: person.into(),
                name: person.into(),
                roles,
                active: true,
            };
            world.runtime.change(&HERE.into(), Actor::Engine, Uuid::now_v7(), command).await.unwrap();
        }
        let (petra, jan) = (at("petra", HERE), at("jan", HERE));
        Room { world, petra, jan }
    }

    /// Registers a letter with this subject and day; its id.
    pub async fn item(&self, subject: &str, day: &str) -> String {
        let answer = self.register(&self.petra, subject, day, &[("Antwort.pdf", PDF)]).await;
        answer.is(200, json!({ "id": "*", "version": 1 })).json()["id"].as_str().unwrap().to_owned()
    }

    async fn register(&self, who: &str, subject: &str, day: &str, files: &[(&str, &[u8])]) -> Answer {
        let heads: Vec<String> =
            files.iter().map(|(name, _)| format!("name=\"file\"; filename=\"{name}\"")).collect();
        let mut parts: Vec<Part<'_>> =
            heads.iter().zip(files).map(|(head, (_, bytes))| (head.as_str(), "", *bytes)).collect();
        for (name, value) in [
            ("name=\"subject\"", subject),
            ("name=\"sender\"", "Erika Muster"),
            ("name=\"paper\"", "Ablage 3"),
            ("name=\"received_on\"", day),
        ] {
            parts.push((name, "", value.as_bytes()));
        }
        form(&self.world, who, "POST /incoming", &parts).await
    }

    async fn case(&self) -> String {
        let data = json!({ "name": "Erika Muster", "size_m": 12 });
        let answer =
            self.world.say(&self.jan, "POST /cases", json!({ "process": "reply", "data": data })).await;
        self.world.settle().await;
        answer.json()["case"].as_str().unwrap().to_owned()
    }

    pub async fn at(&self, now: &str) {
        self.world.runtime.clock().advance_to(now.parse().unwrap());
        self.world.settle().await;
    }

    pub async fn assign(&self, who: &str, item: &str, body: Value) -> Answer {
        let answer = self.world.say(who, &format!("POST /incoming/{item}/assign"), body).await;
        self.world.settle().await;
        answer
    }
}

/// The process of the incoming post, and one that waits for an answer, are in use.
pub async fn deploy(world: &World) {
    for process in [incoming_post(), folder("reply")] {
        world.runtime.deploy(&HERE.into(), Actor::Engine, &process, &simulated).await.unwrap();
    }
}

/// An item that somebody registered.
pub async fn registered(world: &World, who: &str) -> String {
    let paper =
        [("name=\"subject\"", "", b"Antrag".as_slice()), ("name=\"paper\"", "", b"Ablage 3".as_slice())];
    let answer = form(world, who, "POST /incoming", &paper).await;
    answer.has(200, json!({})).json()["id"].as_str().unwrap().to_owned()
}

fn incoming_post() -> Folder {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/incoming-post");
    let mut found = Folder { name: "examples/incoming-post".into(), ..Folder::default() };
    let mut open = vec![root.clone()];
    while let Some(path) = open.pop() {
        for entry in std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                open.push(entry);
            } else {
                let path = entry.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
                found.files.insert(path.into(), std::fs::read(&entry).unwrap().into());
            }
        }
    }
    found
}

async fn form(world: &World, who: &str, what: &str, parts: &[Part<'_>]) -> Answer {
    let mut body = Vec::new();
    for (head, kind, bytes) in parts {
        body.extend(format!("--edge\r\nContent-Disposition: form-data; {head}\r\n").as_bytes());
        if !kind.is_empty() {
            body.extend(format!("Content-Type: {kind}\r\n").as_bytes());
        }
        body.extend(b"\r\n");
        body.extend(*bytes);
        body.extend(b"\r\n");
    }
    body.extend(b"--edge--\r\n");
    let request = world.request(who, what, &[("content-type", "multipart/form-data; boundary=edge")]).await;
    world.answer(request.body(Body::from(body)).unwrap()).await
}

/// What came within a period is in time, however late it is registered; what came after its end is not; what is registered when
/// the period has been treated as passed is told to a person.
#[tokio::test]
async fn the_day_on_the_stamp_decides_over_periods() {
    // The period ends on Friday 6 March; it is waited until Wednesday 11 March for what came in time.
    let check = async |stamped: &str, registered: &str, expected: Value| {
        let room = Room::new().await;
        let case = room.case().await;
        room.at(registered).await;
        let item = room.item("Ihr Schreiben 50-2026/001", stamped).await;
        let shown = room.world.ask(&room.petra, &format!("GET /incoming/{item}")).await;
        let passed = registered >= "2026-03-12";
        shown.has(
            200,
            json!({ "received_on": stamped, "sender": "Erika Muster", "suggestions": [{
            "case": case, "number": "50-2026/001", "why": "number", "open": true,
            "expects": [{ "message": "answer", "title": { "de": "Äußerung" }, "passed": passed, "interrupts": false }],
        }] }),
        );
        let body = json!({ "case": case, "message": "answer", "reason": "Antwort auf die Anhörung" });
        room.assign(&room.petra, &item, body).await.has(200, json!({}));
        room.world.ask(&room.petra, &format!("GET /incoming/{item}")).await.has(
            200,
            json!({
                "open": false, "outcome_title": { "de": "einem Vorgang zugeordnet" },
                "went_to": { "case": case, "number": "50-2026/001" },
            }),
        );
        let case = room.world.ask(&room.jan, &format!("GET /cases/{case}")).await;
        case.has(200, expected).has(
            200,
            json!({
                "documents": [{ "title": "Antwort.pdf", "on": stamped, "paper": "Ablage 3", "by": { "id": "petra" } }],
                "relations": [{ "case": item, "how": "post", "visible": false, "reason": "Antwort auf die Anhörung" }],
            }),
        );
    };
    check(
        "2026-03-06",
        "2026-03-10T09:00:00Z",
        json!({ "open": false, "outcome": "heard", "incidents": [] }),
    )
    .await;
    check(
        "2026-03-02",
        "2026-03-05T09:00:00Z",
        json!({ "open": false, "outcome": "heard", "incidents": [] }),
    )
    .await;
    let kept = json!([{ "name": "answer", "received_on": "2026-03-07" }]);
    check("2026-03-07", "2026-03-10T09:00:00Z", json!({ "open": true, "messages": kept, "incidents": [] }))
        .await;
    let late = json!({ "open": true, "incidents": [{ "code": "in_time_after_all" }], "tasks": [{ "step": "note" }] });
    check("2026-03-06", "2026-03-12T09:00:00Z", late).await;
}

/// What may end a case is never taken for what it waits for unless somebody says so.
#[tokio::test]
async fn what_ends_a_case_is_assigned_only_when_that_is_meant() {
    let room = Room::new().await;
    let case = room.world.begin(&room.jan, json!({ "name": "Erika Muster", "size_m": 3 })).await;
    let item = room.item("Lageplan", "2026-03-02").await;
    let shown = room.world.ask(&room.petra, &format!("GET /incoming/{item}")).await;
    shown.has(
        200,
        json!({ "suggestions": [{ "case": case, "expects": [{ "message": "withdrawal", "interrupts": true }] }] }),
    );
    let to = |sure: bool| json!({ "case": case, "message": "withdrawal", "sure": sure, "reason": "Antrag zurückgenommen" });
    let refused = room.assign(&room.petra, &item, to(false)).await;
    refused.has(422, json!({ "misfits": [{ "at": "/sure", "code": "required" }] }));
    room.assign(&room.petra, &item, to(true)).await.has(200, json!({}));
    room.world
        .ask(&room.jan, &format!("GET /cases/{case}"))
        .await
        .has(200, json!({ "open": false, "outcome": "withdrawn" }));
}

/// Of what lies on paper only the case gets a sheet, with the day and the place; and what came in time is told.
#[tokio::test]
async fn paper_that_nobody_scanned_comes_into_the_case() {
    let room = Room::new().await;
    let case = room.case().await;
    room.at("2026-03-12T09:00:00Z").await;
    let item = room.register(&room.petra, "Antwort", "2026-03-06", &[]).await.json()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    room.world.ask(&room.petra, &format!("GET /incoming/{item}")).await.has(
        200,
        json!({ "documents_shown": [{ "title": "Fehlblatt.txt", "media_type": "text/plain", "paper": "Ablage 3" }] }),
    );
    let to = json!({ "case": case, "reason": "Gehört dazu" });
    room.assign(&room.petra, &item, to).await.has(200, json!({}));
    room.world.ask(&room.jan, &format!("GET /cases/{case}")).await.has(
        200,
        json!({
            "open": true, "incidents": [{ "code": "in_time_after_all" }],
            "documents": [{ "title": "Fehlblatt.txt", "on": "2026-03-06", "paper": "Ablage 3" }],
        }),
    );
    let sheet = room.world.ask(&room.jan, &format!("GET /cases/{case}/documents/1")).await.text();
    assert!(sheet.contains("Betreff: Antwort\nAbsender: Erika Muster\n"), "{sheet}");
}

#[tokio::test]
async fn a_case_begins_with_an_item() {
    let room = Room::new().await;
    let item = room.item("Antrag", "2026-02-27").await;
    let begin = format!("POST /incoming/{item}/begin");
    let of =
        |process: &str, data: Value| json!({ "process": process, "data": data, "reason": "Neuer Antrag" });
    let good = json!({ "name": "Erika Muster", "size_m": 3 });
    for (body, status, code) in [
        (of("permit", json!({ "name": "Erika Muster" })), 422, "ValuesInvalid"),
        (of("nothing", good.clone()), 404, "ProcessUnknown"),
        (of("incoming-post", json!({ "subject": "x" })), 409, "StartNotByHand"),
    ] {
        room.world.say(&room.petra, &begin, body).await.refused(status, code);
    }
    room.world
        .ask(&room.petra, "GET /incoming/processes")
        .await
        .has(200, json!([{ "process": "permit", "title": { "de": "Erlaubnis" } }, { "process": "reply" }]));
    let answer = room.world.say(&room.petra, &begin, of("permit", good)).await;
    let case = answer.has(200, json!({})).json()["case"].as_str().unwrap().to_owned();
    room.world.settle().await;
    room.world.ask(&room.jan, &format!("GET /cases/{case}")).await.has(
        200,
        json!({
            "process": "permit", "received_on": "2026-02-27", "channel": "counter",
            "documents": [{ "title": "Antwort.pdf", "on": "2026-02-27", "paper": "Ablage 3" }],
            "relations": [{ "case": item, "how": "post", "by": { "id": "petra" } }],
        }),
    );
    // Whoever typed it in is named, also on a page of the journal that does not reach back to the begin.
    let journal = room.world.ask(&room.jan, &format!("GET /cases/{case}/journal?limit=200")).await.json();
    let turns = journal["items"].as_array().unwrap().len();
    for limit in [200, turns - 1] {
        let path = format!("GET /cases/{case}/journal?limit={limit}");
        let told = room.world.ask(&room.jan, &path).await.text();
        assert!(
            told.contains("hat die Angaben zu diesem Vorgang aus einem Eingang der Poststelle erfasst"),
            "{told}"
        );
    }
    room.world.ask(&room.petra, &format!("GET /incoming/{item}")).await.has(
        200,
        json!({ "open": false, "outcome_title": { "de": "Vorgang daraus begonnen" }, "went_to": { "case": case } }),
    );
}

#[tokio::test]
async fn an_item_is_split_joined_discarded_and_its_paper_moves() {
    let room = Room::new().await;
    let (world, petra) = (&room.world, &room.petra);
    let files = [("Antrag.pdf", b"%PDF-1.7 a".as_slice()), ("Rechnung.pdf", b"%PDF-1.7 b".as_slice())];
    let item = room.register(petra, "Zwei Sachen", "2026-03-02", &files).await.json()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let split = format!("POST /incoming/{item}/split");
    let part = |documents: Value| json!({ "documents": documents, "subject": "Rechnung", "reason": "Gehört nicht dazu" });
    for (documents, status, code) in [
        (json!([]), 409, "SplitNotPossible"),
        (json!([1, 2]), 409, "SplitNotPossible"),
        (json!([7]), 404, "DocumentUnknown"),
    ] {
        world.say(petra, &split, part(documents)).await.refused(status, code);
    }
    let other = world.say(petra, &split, part(json!([2]))).await.json()["case"].as_str().unwrap().to_owned();
    world.settle().await;
    let shown = |id: &str| format!("GET /incoming/{id}");
    world
        .ask(petra, &shown(&item))
        .await
        .has(200, json!({ "documents": 1, "documents_shown": [{ "number": 1, "title": "Antrag.pdf" }] }));
    world.ask(petra, &shown(&other)).await.has(
        200,
        json!({ "subject": "Rechnung", "sender": "Erika Muster", "channel": "counter", "day_confirmed": true,
            "documents_shown": [{ "title": "Rechnung.pdf", "paper": "Ablage 3" }] }),
    );
    // The bytes that lie elsewhere are said, not refused.
    let again = room.register(petra, "Noch einmal", "2026-03-02", &files[..1]).await.json()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    world.ask(petra, &shown(&again)).await.has(
        200,
        json!({ "documents_shown": [{ "elsewhere": [{ "case": item, "item": true, "received_on": "2026-03-02" }] }] }),
    );
    let join = json!({ "into": item, "reason": "Dieselbe Sendung" });
    world.say(petra, &format!("POST /incoming/{again}/join"), join.clone()).await.has(200, json!({}));
    world.settle().await;
    world.ask(petra, &shown(&item)).await.has(200, json!({ "documents": 2 }));
    world.say(petra, &format!("POST /incoming/{again}/join"), join).await.refused(409, "CaseEnded");
    // The paper moves, also of an item that is done.
    let place = |id: &str| format!("PUT /cases/{id}/documents/1/paper");
    world.say(petra, &place(&item), json!({ "place": "x".repeat(301) })).await.refused(422, "ValuesInvalid");
    world.say(petra, &place(&again), json!({ "place": "Registratur" })).await.has(200, json!({}));
    world.say(petra, &place(&item), json!({ "place": " Handakte Jan " })).await.has(200, json!({}));
    world
        .ask(petra, &shown(&item))
        .await
        .has(200, json!({ "documents_shown": [{ "paper": "Handakte Jan" }, { "paper": "Ablage 3" }] }));
    // What needs no case is noted at its task.
    let task = world.ask(petra, &shown(&other)).await.json()["task"].as_str().unwrap().to_owned();
    let values = json!({ "values": { "outcome": "discarded", "reason": "Werbung" } });
    world.say(petra, &format!("POST /tasks/{task}/complete"), values).await.has(200, json!({}));
    world.ask(petra, "GET /incoming?state=done").await.has(
        200,
        json!({ "items": [
            { "id": again, "outcome_title": { "de": "einem Vorgang zugeordnet" } },
            { "id": other, "outcome_title": { "de": "ausgesondert" } },
        ] }),
    );
    world.ask(petra, "GET /incoming").await.has(200, json!({ "total": 1, "items": [{ "id": item }] }));
}

/// Two who assign the same item at once: one wins, the other one is told.
#[tokio::test]
async fn two_people_assign_the_same_item() {
    let room = Room::new().await;
    let (one, two) = (room.case().await, room.case().await);
    let item = room.item("Antwort", "2026-03-02").await;
    let paul = at("paul", HERE);
    let to = |case: &str| json!({ "case": case, "reason": "Gehört dazu" });
    let ask = format!("POST /incoming/{item}/assign");
    let (first, second) =
        tokio::join!(room.world.say(&room.petra, &ask, to(&one)), room.world.say(&paul, &ask, to(&two)));
    let (won, lost, into) =
        if first.status.is_success() { (first, second, &one) } else { (second, first, &two) };
    won.has(200, json!({}));
    lost.refused(409, "ItemUnderWay");
    room.world.settle().await;
    room.world
        .ask(&paul, &format!("GET /incoming/{item}"))
        .await
        .has(200, json!({ "went_to": { "case": into } }));
    room.assign(&paul, &item, to(&two)).await.refused(409, "CaseEnded");
}

/// Whoever asks once more after a lost answer hears what was answered, though the case waits for something else by now.
#[tokio::test]
async fn what_was_assigned_is_answered_alike_once_more() {
    let room = Room::new().await;
    let case = room.world.begin(&room.jan, json!({ "name": "Erika Muster", "size_m": 3 })).await;
    let item = room.item("Rücknahme", "2026-03-02").await;
    let to = json!({ "case": case, "message": "withdrawal", "sure": true, "reason": "Gehört dazu" });
    let key = [("Idempotency-Key", "01964b2e-0000-7000-8000-000000000007")];
    let ask = format!("POST /incoming/{item}/assign");
    let first = room.world.send(&room.petra, &ask, &key, Some(to.clone())).await;
    first.has(200, json!({}));
    room.world.settle().await;
    room.world.send(&room.petra, &ask, &key, Some(to)).await.is(200, first.json());
}

#[tokio::test]
async fn what_cannot_be_assigned_is_refused_and_nothing_is_lost() {
    let room = Room::new().await;
    let case = room.case().await;
    let item = room.item("Antwort", "2026-03-02").await;
    let to =
        |case: &str, message: Value| json!({ "case": case, "message": message, "reason": "Gehört dazu" });
    for (body, status, code) in [
        (to("x", Value::Null), 404, "CaseUnknown"),
        (to(&Uuid::now_v7().to_string(), Value::Null), 404, "CaseUnknown"),
        (to(&case, json!("payment")), 422, "ValuesInvalid"),
        (to(&item, Value::Null), 409, "MergeIntoItself"),
        (json!({ "case": case, "reason": " " }), 409, "ReasonInvalid"),
    ] {
        room.assign(&room.petra, &item, body).await.refused(status, code);
    }
    // Of another authority, and one that has ended.
    let jan_there = at("jan", THERE);
    let there = room.world.begin(&jan_there, json!({ "name": "Nora", "size_m": 1 })).await;
    room.assign(&room.petra, &item, to(&there, Value::Null)).await.refused(404, "CaseUnknown");
    let first = room.item("Antwort", "2026-03-02").await;
    room.assign(&room.petra, &first, to(&case, json!("answer"))).await.has(200, json!({}));
    let ended = room.assign(&room.petra, &item, to(&case, Value::Null)).await;
    ended.has(422, json!({ "misfits": [{ "at": "/case", "code": "case_ended" }] }));
    room.world
        .ask(&room.petra, &format!("GET /incoming/{item}"))
        .await
        .has(200, json!({ "open": true, "documents": 1 }));
    // A case is no item.
    let ask = |path: &str| format!("{path}/{case}");
    room.world.ask(&room.petra, &ask("GET /incoming")).await.refused(403, "NoPartInProcess");
    // What is registered must be something, and not come in the future.
    let none: [(&str, &[u8]); 0] = [];
    room.register(&room.petra, "Nichts", "2026-03-03", &none).await.refused(409, "DayInFuture");
    room.register(&room.petra, "", "2026-03-02", &[("a.pdf", PDF)]).await.refused(422, "ValuesInvalid");
    room.register(&room.petra, "Programm", "2026-03-02", &[("a.exe", b"MZ\x90\0")])
        .await
        .refused(415, "DocumentDangerous");
    let nothing =
        form(&room.world, &room.petra, "POST /incoming", &[("name=\"subject\"", "", b"Nichts")]).await;
    nothing.has(422, json!({ "misfits": [{ "at": "/file" }] }));
}

/// What was assigned by mistake is given back in one step by whoever may correct the case, and waits with its true day as before;
/// what the case did upon it is told.
#[tokio::test]
async fn an_item_that_was_assigned_by_mistake_is_given_back() {
    let room = Room::new().await;
    let (world, petra, dora) = (&room.world, &room.petra, at("dora", HERE));
    let may = json!({ "name": "Dora", "roles": ["administrator", "clerk", "post-room"], "active": true });
    world.say(&at("ada", HERE), "PUT /people/dora", may).await.has(200, json!({}));
    let case = room.case().await;
    let files = [("Antwort.pdf", PDF), ("Anlage.pdf", b"%PDF-1.7 Anlage".as_slice())];
    let item =
        room.register(petra, "Antwort", "2026-02-27", &files).await.json()["id"].as_str().unwrap().to_owned();
    let back = format!("POST /cases/{case}/items/{item}/give-back");
    let reason = json!({ "reason": "Gehört zu einem anderen Antrag" });
    world.say(&dora, &back, reason.clone()).await.refused(409, "NotAnItem");
    let to = json!({ "case": case, "message": "answer", "reason": "Antwort auf die Anhörung" });
    room.assign(petra, &item, to).await.has(200, json!({}));
    let shown = format!("GET /incoming/{item}");
    world.ask(petra, &shown).await.has(200, json!({ "open": false, "lies_there": true }));
    let given = |lies_there: bool, may: bool| json!({ "lies_there": lies_there, "may_give_back": may });
    world.ask(petra, &shown).await.has(200, given(true, false));
    world.ask(&dora, &shown).await.has(200, given(true, true));
    let seen = format!("GET /cases/{case}");
    let post = |may: bool| json!({ "relations": [{ "case": item, "how": "post", "may_give_back": may }] });
    world.ask(&room.jan, &seen).await.has(200, post(false));
    world.ask(&dora, &seen).await.has(200, post(true));
    world.say(&room.jan, &back, reason.clone()).await.refused(409, "CorrectionNotAllowed");
    world.say(&dora, &back, json!({ "reason": " " })).await.refused(409, "ReasonInvalid");
    let answer = world.say(&dora, &back, reason.clone()).await;
    let anew = answer.has(200, json!({})).json()["case"].as_str().unwrap().to_owned();
    world.settle().await;
    world.say(&dora, &back, reason).await.refused(404, "DocumentUnknown");
    world.ask(&dora, &shown).await.has(200, given(false, false));
    world.ask(&dora, &seen).await.has(
        200,
        json!({
            "documents": [
                { "title": "Antwort.pdf", "taken_out": { "by": { "id": "dora" }, "moved": true } },
                { "title": "Anlage.pdf", "taken_out": { "reason": "Gehört zu einem anderen Antrag" } },
            ],
            "incidents": [{ "code": "item_given_back" }],
            "relations": [{ "how": "post" }, { "case": anew, "how": "given-back", "visible": true }],
        }),
    );
    world.ask(petra, &format!("GET /incoming/{anew}")).await.has(
        200,
        json!({
            "open": true, "subject": "Antwort", "sender": "Erika Muster", "channel": "counter",
            "received_on": "2026-02-27", "day_confirmed": true,
            "documents_shown": [
                { "title": "Antwort.pdf", "paper": "Ablage 3" }, { "title": "Anlage.pdf", "paper": "Ablage 3" },
            ],
        }),
    );
    // It goes where it belongs.
    let right = room.case().await;
    let to = json!({ "case": right, "message": "answer", "reason": "Gehört hierher" });
    room.assign(petra, &anew, to).await.has(200, json!({}));
    world.ask(&room.jan, &format!("GET /cases/{right}")).await.has(
        200,
        json!({ "outcome": "heard", "documents": [{ "on": "2026-02-27" }, { "on": "2026-02-27" }] }),
    );
}

/// Who is not in the post room learns nothing of items; lists of cases, the inbox and statistics leave them out.
#[tokio::test]
async fn items_are_for_the_post_room_alone() {
    let room = Room::new().await;
    let item = room.item("Antwort", "2026-03-02").await;
    let (world, petra, jan) = (&room.world, &room.petra, &room.jan);
    for what in ["GET /incoming", "GET /incoming/processes", "GET /incoming/targets?q=a"] {
        world.ask(jan, what).await.refused(403, "NoPartInProcess");
        world.ask(&at("ada", HERE), what).await.refused(403, "NoPartInProcess");
    }
    for what in [
        format!("GET /incoming/{item}"),
        format!("GET /cases/{item}"),
        format!("GET /cases/{item}/documents/1"),
    ] {
        world.ask(jan, &what).await.refused(403, "NoPartInProcess");
    }
    let body = json!({ "case": item, "reason": "x" });
    world.say(jan, &format!("POST /incoming/{item}/assign"), body).await.refused(403, "NoPartInProcess");
    room.register(jan, "Antrag", "2026-03-02", &[("a.pdf", PDF)]).await.refused(403, "NoPartInProcess");
    world.ask(&at("petra", THERE), "GET /incoming").await.refused(401, "NotLoggedIn");
    for who in [petra, jan] {
        world.ask(who, "GET /cases").await.has(200, json!({ "total": 0, "items": [] }));
        world.ask(who, "GET /tasks?view=all").await.has(200, json!({ "total": 0, "items": [] }));
    }
    let count = |count: Value| json!({ "unassigned": { "count": 0 }, "incoming": count });
    world.ask(petra, "GET /tasks/counts").await.has(200, count(json!({ "count": 1, "capped": false })));
    world.ask(jan, "GET /tasks/counts").await.has(200, count(Value::Null));
    world.ask(petra, "GET /statistics").await.refused(403, "NotAllowed");
    let figures = world.ask(&at("ada", HERE), "GET /statistics").await.text();
    assert!(figures.contains("permit") && !figures.contains("incoming-post"), "{figures}");
    world
        .ask(petra, "GET /session")
        .await
        .has(200, json!({ "permissions": { "incoming": true, "start": [], "statistics": false } }));
    world.ask(petra, "GET /tasks?view=all&process=incoming-post").await.has(200, json!({ "total": 1 }));
    world.ask(petra, "GET /incoming").await.has(200, json!({ "total": 1, "items": [{
        "id": item, "subject": "Antwort", "channel_title": { "de": "persönlich vorgelegt" }, "day_confirmed": true,
        "documents": 1, "open": true, "under_way": false,
    }] }));
}

/// A folder with one file, and one that could not be taken.
struct OneFile;

impl PostSource for OneFile {
    fn title(&self) -> String {
        "/srv/scan".into()
    }
    fn waiting(&self) -> Result<Vec<String>, String> {
        Ok(vec!["Brief.pdf".into()])
    }
    fn readable(&self) -> Result<(), String> {
        Ok(())
    }
    fn read(&self, name: &str) -> Result<Option<Arrived>, Unread> {
        Ok(Some(Arrived {
            channel: SCANNED,
            at: "2026-02-27T14:00:00Z".parse().unwrap(),
            id: name.into(),
            source: format!("Scan: {name}"),
            subject: "Brief".into(),
            sender: None,
            email: None,
            files: vec![ArrivedFile {
                name: name.into(),
                media_type: String::new(),
                bytes: PDF.to_vec(),
                made_here: false,
            }],
            lenient: false,
        }))
    }
    fn taken(&self, _: &str, _: &str) -> Result<(), String> {
        Ok(())
    }
    fn refuse(&self, _: &str, _: &Text) -> Result<(), String> {
        Ok(())
    }
    fn refused(&self, _: usize) -> Vec<RefusedThere> {
        vec![RefusedThere { name: Some("a.exe".into()), why: "Ein Programm".into() }]
    }
}

/// What came in without a person has a proposed day until one confirms it; and an item is erased as every case is.
#[tokio::test]
async fn a_proposed_day_is_confirmed_and_an_item_is_erased() {
    let room = Room::new().await;
    let (world, petra) = (&room.world, &room.petra);
    let case = room.case().await;
    world.runtime.set_post_sources(vec![(HERE.into(), Arc::new(OneFile))]);
    world.runtime.take_post().await.unwrap();
    // It is found once more and is there already.
    world.runtime.take_post().await.unwrap();
    let refused = json!([{ "source": "/srv/scan", "name": "a.exe", "why": "Ein Programm" }]);
    world.ask(petra, "GET /incoming/refused").await.is(200, refused);
    world.ask(&room.jan, "GET /incoming/refused").await.refused(403, "NoPartInProcess");
    let listed = world.ask(petra, "GET /incoming").await;
    listed.has(
        200,
        json!({ "total": 1, "items": [{
            "subject": "Brief", "received_on": "2026-02-27", "day_confirmed": false, "source": "Scan: Brief.pdf",
        }] }),
    );
    let item = listed.json()["items"][0]["id"].as_str().unwrap().to_owned();
    let to = json!({ "case": case, "reason": "Gehört dazu" });
    room.assign(petra, &item, to.clone()).await.refused(409, "DayUnconfirmed");
    let change = format!("PUT /incoming/{item}");
    let said = |day: &str| json!({ "received_on": day, "subject": "Antwort", "sender": "Erika Muster" });
    for (body, status, code) in [
        (said("2026-03-03"), 409, "DayInFuture"),
        (said("gestern"), 422, "ValuesInvalid"),
        (json!({ "received_on": "2026-02-26", "subject": "x", "email": "kein" }), 422, "ValuesInvalid"),
    ] {
        world.say(petra, &change, body).await.refused(status, code);
    }
    world.say(&room.jan, &change, said("2026-02-26")).await.refused(403, "NoPartInProcess");
    world.say(petra, &change, said("2026-02-26")).await.has(200, json!({}));
    world.ask(petra, &format!("GET /incoming/{item}")).await.has(
        200,
        json!({
            "subject": "Antwort", "received_on": "2026-02-26", "day_confirmed": true,
            "suggestions": [{ "case": case, "why": "sender" }],
        }),
    );
    // A day that is confirmed is another one only for a reason, and only by who has seen it.
    let unsaid = world.say(petra, &change, said("2026-02-25")).await;
    unsaid.has(422, json!({ "misfits": [{ "at": "/reason", "code": "required" }] }));
    let with = |seen: u64| json!({ "received_on": "2026-02-26", "subject": "Antwort", "seen": seen });
    world.say(petra, &change, with(1)).await.refused(409, "Stale");
    world.say(petra, &change, with(2)).await.has(200, json!({}));
    room.assign(petra, &item, to).await.has(200, json!({}));
    world
        .ask(&room.jan, &format!("GET /cases/{case}"))
        .await
        .has(200, json!({ "open": true, "documents": [{ "title": "Brief.pdf", "on": "2026-02-26" }] }));
    let ada = at("ada", HERE);
    world.log_in_alone("ada").await;
    for asked in [
        json!({ "cases": [item], "what": "ask", "reason": "Art. 17 DSGVO", "exception": "Irrtum" }),
        json!({ "cases": [item], "what": "erase", "alone": "niemand sonst da" }),
    ] {
        world.say(&ada, "POST /keeping/cases", asked).await.has(200, json!({ "done": 1 }));
    }
    world.ask(petra, &format!("GET /incoming/{item}")).await.refused(410, "CaseErased");
    world.ask(petra, "GET /incoming?state=done").await.has(200, json!({ "total": 0 }));
    // What was handed on stays in the case, and what came in does not come once more.
    world
        .ask(&room.jan, &format!("GET /cases/{case}/documents/1"))
        .await
        .header("content-type", Some("application/pdf"));
    world.runtime.take_post().await.unwrap();
    world.ask(petra, "GET /incoming").await.has(200, json!({ "total": 0 }));
}
