//! Documents: put in, and shown without doing harm.

use axum::body::Body;
use serde_json::json;

use crate::world::{Answer, HERE, THERE, World, at};

/// A part of a form: its head (after `form-data; `), its media type, its bytes.
pub type Part<'a> = (&'a str, &'a str, &'a [u8]);

pub async fn upload(world: &World, who: &str, case: &str, parts: &[Part<'_>]) -> Answer {
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
    let form = [("content-type", "multipart/form-data; boundary=edge")];
    let request = world.request(who, &format!("POST /cases/{case}/documents"), &form).await;
    world.answer(request.body(Body::from(body)).unwrap()).await
}

async fn case(world: &World) -> String {
    world.begin(&at("jan", HERE), json!({ "name": "Erika Muster", "size_m": 12 })).await
}

#[tokio::test]
async fn a_document_is_put_in_and_read() {
    let world = World::new().await;
    let jan = at("jan", HERE);
    let case = case(&world).await;
    let note = b"Drei Meter vom Zaun".as_slice();
    let file = |kind| ("name=\"file\"; filename=\"plan.txt\"", kind, note);
    let title: Part<'_> = ("name=\"title\"", "", "Lageplan „Süd“".as_bytes());
    // What the browser says it is does not count where the name says it.
    let parts = [title, ("name=\"direction\"", "", b"internal".as_slice()), file("text/html")];
    upload(&world, &jan, &case, &parts).await.is(200, json!({ "version": 2, "number": 1 }));
    let read = world.ask(&jan, &format!("GET /cases/{case}/documents/1")).await;
    assert_eq!((read.status.as_u16(), &read.body[..]), (200, note));
    read.header("content-type", Some("text/plain"));
    read.header(
        "content-security-policy",
        Some("sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"),
    );
    read.header("x-content-type-options", Some("nosniff"));
    read.header("x-frame-options", Some("SAMEORIGIN"));
    read.header("cache-control", Some("no-store"));
    read.header(
        "content-disposition",
        Some("inline; filename=\"Lageplan _S_d_.txt\"; filename*=UTF-8''Lageplan%20%E2%80%9ES%C3%BCd%E2%80%9C.txt"),
    );
    // Without a title the name of the file; what browsers do not show safely is saved, not shown.
    upload(&world, &jan, &case, &[("name=\"file\"; filename=\"plan.xml\"", "text/xml", b"<plan/>")])
        .await
        .has(200, json!({ "number": 2 }));
    let saved = world.ask(&jan, &format!("GET /cases/{case}/documents/2")).await;
    saved.header("content-disposition", Some("attachment; filename=\"plan.xml\"; filename*=UTF-8''plan.xml"));
    world.ask(&jan, &format!("GET /cases/{case}")).await.has(200, json!({ "documents": [
        { "number": 1, "title": "Lageplan „Süd“", "direction": "internal", "size": 19, "by": { "id": "jan", "name": "Jan Muster" } },
        { "number": 2, "title": "plan.xml", "direction": "incoming", "media_type": "application/xml" },
    ] }));
    for (who, path, status, code) in [
        (&jan, format!("/cases/{case}/documents/9"), 404, "DocumentUnknown"),
        (&jan, format!("/cases/{case}/documents/one"), 404, "DocumentUnknown"),
        (&at("ruth", HERE), format!("/cases/{case}/documents/1"), 403, "NoPartInProcess"),
        (&at("jan", THERE), format!("/cases/{case}/documents/1"), 404, "CaseUnknown"),
    ] {
        world.ask(who, &format!("GET {path}")).await.refused(status, code);
    }
}

#[tokio::test]
pub async fn uploads_that_are_refused() {
    let world = World::new().await;
    let jan = at("jan", HERE);
    let case = case(&world).await;
    let file: Part<'_> = ("name=\"file\"; filename=\"a.txt\"", "text/plain", b"a");
    for (parts, status, code) in [
        (vec![], 422, "ValuesInvalid"),
        (vec![file, ("name=\"direction\"", "", b"sideways".as_slice())], 422, "ValuesInvalid"),
        (vec![file, ("name=\"colour\"", "", b"red")], 400, "BodyInvalid"),
        (vec![("name=\"file\"", "", b"a")], 409, "TitleInvalid"),
    ] {
        upload(&world, &jan, &case, &parts).await.refused(status, code);
    }
    let large = vec![b'x'; 25_000_001];
    let answer =
        upload(&world, &jan, &case, &[("name=\"file\"; filename=\"a\"", "text/plain", &large)]).await;
    answer.refused(413, "BodyTooLarge").has(413, json!({ "limit": "document_bytes" }));
    world
        .say(&jan, &format!("POST /cases/{case}/documents"), json!({}))
        .await
        .refused(415, "MediaTypeUnsupported");
    upload(&world, &at("ruth", HERE), &case, &[file]).await.refused(403, "NoPartInProcess");
    upload(&world, &at("jan", THERE), &case, &[file]).await.refused(404, "CaseUnknown");
    world.ask(&jan, &format!("GET /cases/{case}")).await.has(200, json!({ "version": 1, "documents": [] }));
    // The largest that fits is taken.
    let fits = vec![b'x'; 25_000_000];
    upload(&world, &jan, &case, &[("name=\"file\"; filename=\"a\"", "text/plain", &fits)])
        .await
        .is(200, json!({ "version": 2, "number": 1 }));
}

/// A document in the wrong file goes to the case that it belongs to, or to none; the file keeps that it was there.
#[tokio::test]
async fn a_misfiled_document_is_taken_out() {
    let world = World::new().await;
    let (jan, dora) = (at("jan", HERE), at("dora", HERE));
    let may = json!({ "name": "Dora Design", "roles": ["administrator", "clerk"], "active": true });
    world.say(&at("ada", HERE), "PUT /people/dora", may).await.has(200, json!({}));
    let (wrong, right) = (case(&world).await, case(&world).await);
    let file = |name: &'static str| -> Part<'static> { (name, "text/plain", b"Plan".as_slice()) };
    for name in ["name=\"file\"; filename=\"Plan.txt\"", "name=\"file\"; filename=\"Werbung.txt\""] {
        upload(&world, &jan, &wrong, &[file(name)]).await.has(200, json!({}));
    }
    let take_out = |number: u32| format!("POST /cases/{wrong}/documents/{number}/take-out");
    let because = json!({ "reason": "Gehört zu einem anderen Antrag" });
    let to = json!({ "to": right, "reason": "Gehört zu einem anderen Antrag" });
    world.say(&jan, &take_out(1), because.clone()).await.refused(409, "CorrectionNotAllowed");
    world.say(&dora, &take_out(9), because.clone()).await.refused(404, "DocumentUnknown");
    world.say(&dora, &take_out(1), json!({ "reason": " " })).await.refused(409, "ReasonInvalid");
    world
        .say(&dora, &take_out(1), json!({ "to": wrong, "reason": "Hier" }))
        .await
        .refused(409, "DocumentStays");
    world.say(&dora, &take_out(1), json!({ "to": "x", "reason": "Hier" })).await.refused(404, "CaseUnknown");
    world.say(&dora, &take_out(1), to).await.has(200, json!({}));
    world.say(&dora, &take_out(1), because.clone()).await.refused(410, "DocumentTakenOut");
    world.say(&dora, &take_out(2), because).await.has(200, json!({}));
    world.settle().await;
    let out = |moved: bool| {
        json!({
            "on": "2026-03-02", "by": { "id": "dora", "name": "Dora Design" },
            "reason": "Gehört zu einem anderen Antrag", "moved": moved,
        })
    };
    world.ask(&dora, &format!("GET /cases/{wrong}")).await.has(
        200,
        json!({ "documents": [
        { "number": 1, "title": "Plan.txt", "taken_out": out(true), "may_take_out": false },
        { "number": 2, "title": "Werbung.txt", "taken_out": out(false), "may_take_out": false },
    ] }),
    );
    world.ask(&dora, &format!("GET /cases/{right}")).await.has(
        200,
        json!({ "documents": [
        { "number": 1, "title": "Plan.txt", "taken_out": null, "may_take_out": true, "by": { "id": "jan" } },
    ] }),
    );
    world.ask(&dora, &format!("GET /cases/{wrong}/documents/1")).await.refused(410, "DocumentTakenOut");
    let read = world.ask(&jan, &format!("GET /cases/{right}/documents/1")).await;
    assert_eq!((read.status.as_u16(), &read.body[..]), (200, b"Plan".as_slice()));
    let journal = world.ask(&jan, &format!("GET /cases/{wrong}/journal")).await.json().to_string();
    assert!(journal.contains("Dora Design hat das Dokument „Plan.txt“ (Nr. 1) der Akte entnommen und einem anderen Vorgang zugeordnet. Grund: Gehört zu einem anderen Antrag"), "{journal}");
    let journal = world.ask(&jan, &format!("GET /cases/{right}/journal")).await.json().to_string();
    assert!(
        journal.contains(
            "Dora Design hat das Dokument „Plan.txt“ (Nr. 1) aus einem anderen Vorgang hierher verschoben"
        ),
        "{journal}"
    );
}

/// What an authority sets, over what holds when it says nothing.
fn policy(more: serde_json::Value) -> serde_json::Value {
    let kinds = ["pdf", "image", "office", "text", "data", "mail"];
    let mut policy = json!({ "archive_first": false, "document_kinds": kinds, "case_bytes": null, "authority_bytes": null, "digital_first": false });
    policy.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    policy
}

#[tokio::test]
async fn an_authority_says_what_it_takes_and_how_much() {
    let world = World::new().await;
    let [ada, jan] = ["ada", "jan"].map(|who| at(who, HERE));
    let case = case(&world).await;
    let file = |name: &'static str, bytes: &'static [u8]| -> Part<'static> { (name, "", bytes) };
    let (text, zip) = ("name=\"file\"; filename=\"a.txt\"", "name=\"file\"; filename=\"a.zip\"");
    let read = world.ask(&ada, "GET /policy").await.json();
    assert_eq!(read["policy"], policy(json!({})));
    let used = read["used_bytes"].as_u64().unwrap();
    for (what, status, code) in [
        (json!({ "document_kinds": [] }), 422, "PolicyInvalid"),
        (json!({ "case_bytes": 0 }), 422, "PolicyInvalid"),
        (json!({ "document_kinds": ["exe"] }), 400, "BodyInvalid"),
    ] {
        world.say(&ada, "PUT /policy", policy(what)).await.refused(status, code);
    }
    world.say(&jan, "PUT /policy", policy(json!({}))).await.refused(403, "NotAllowed");
    upload(&world, &jan, &case, &[file(zip, b"PK\x03\x04")]).await.refused(415, "DocumentTypeNotAllowed");
    upload(&world, &jan, &case, &[file(text, b"MZ\x90\0")]).await.refused(415, "DocumentDangerous");
    upload(&world, &jan, &case, &[file(text, b"%PDF-1.7")]).await.refused(415, "DocumentTypeMismatch");
    let only_zip = policy(json!({ "document_kinds": ["archive"], "case_bytes": 10 }));
    world.say(&ada, "PUT /policy", only_zip).await.is(204, json!(null));
    upload(&world, &jan, &case, &[file(text, b"12345678")]).await.refused(415, "DocumentTypeNotAllowed");
    upload(&world, &jan, &case, &[file(zip, b"PK\x03\x0412345678")]).await.refused(409, "CaseDocumentsFull");
    upload(&world, &jan, &case, &[file(zip, b"PK\x03\x04123456")]).await.has(200, json!({ "number": 1 }));
    upload(&world, &jan, &case, &[file(zip, b"PK\x03\x04")]).await.refused(409, "CaseDocumentsFull");
    let whole = policy(json!({ "document_kinds": ["archive"], "authority_bytes": used + 15 }));
    world.say(&ada, "PUT /policy", whole).await.is(204, json!(null));
    upload(&world, &jan, &case, &[file(zip, b"PK\x03\x0434")]).await.refused(413, "DocumentsFull");
    upload(&world, &jan, &case, &[file(zip, b"PK\x03\x043")]).await.has(200, json!({ "number": 2 }));
    let read = world.ask(&ada, "GET /policy").await.json();
    assert_eq!(read["used_bytes"].as_u64(), Some(used + 15), "nothing of what was refused is kept");
}
