//! What would come of something, before it is done. Nothing changes by it.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::{
    cases::waiting,
    documents::upload,
    world::{Answer, HERE, THERE, World, at},
};

fn preview(answer: &Answer) -> Value {
    answer.has(200, json!({})).json()
}

fn letter(title: &str, by: &str) -> Value {
    let pdf = STANDARD.encode(format!("%PDF-1.7 {title} {by}"));
    json!({ "title": title, "addressee": "Erika Muster", "pdf": pdf })
}

#[tokio::test]
async fn the_letters_of_a_task_are_seen_before_they_are_made() {
    let world = World::new().await;
    let (jan, mia) = (at("jan", HERE), at("mia", HERE));
    let case = world.begin(&jan, json!({ "name": "Erika Muster", "size_m": 12 })).await;
    let task = async |who: &str, step: &str| world.task(who, &case, step).await;
    let examine = task(&jan, "examine/confirm").await;
    world.ask(&jan, &format!("GET /tasks/{examine}")).await.has(200, json!({ "makes_letters": true }));
    let before = world.ask(&jan, &format!("GET /cases/{case}")).await.json();
    let look = |task: &str| format!("POST /tasks/{task}/preview");
    let values = |outcome: &str| json!({ "values": { "outcome": outcome } });
    let request = json!({ "letters": [letter("Nachforderung", "Jan Muster")], "to_be_signed": false, "troubles": [], "doubtful_law": [], "shown": null });
    assert_eq!(preview(&world.say(&jan, &look(&examine), values("incomplete")).await), request);
    let nothing =
        json!({ "letters": [], "to_be_signed": false, "troubles": [], "doubtful_law": [], "shown": null });
    assert_eq!(preview(&world.say(&jan, &look(&examine), values("complete")).await), nothing);
    world.say(&jan, &look(&examine), values("perhaps")).await.refused(422, "ValuesInvalid");
    world.say(&at("leo", HERE), &look(&examine), values("complete")).await.refused(403, "MissingRole");
    world.say(&at("ruth", HERE), &look(&examine), values("complete")).await.refused(403, "NoPartInProcess");
    assert_eq!(world.ask(&jan, &format!("GET /cases/{case}")).await.json(), before);
    // Whoever gives the opinion sees the notice, though somebody must sign it; whoever signs it sees their name.
    world.complete(&jan, &case, "examine/confirm", json!({ "outcome": "complete" })).await;
    let opinion = task(&jan, "opinion").await;
    let by_whoever = json!({
        "letters": [letter("Bescheid", "(Name der zeichnenden Person)")], "to_be_signed": true, "troubles": [], "doubtful_law": [], "shown": null,
    });
    assert_eq!(preview(&world.say(&jan, &look(&opinion), json!({ "values": {} })).await), by_whoever);
    world.complete(&jan, &case, "opinion", json!({})).await;
    let sign = task(&mia, "sign").await;
    let signed = json!({ "letters": [letter("Bescheid", "Mia Beispiel")], "to_be_signed": false, "troubles": [], "doubtful_law": [], "shown": null });
    assert_eq!(preview(&world.say(&mia, &look(&sign), values("signed")).await), signed);
    world.complete(&mia, &case, "sign", json!({ "outcome": "signed" })).await;
    world.settle().await;
    let made = world.ask(&jan, &format!("GET /cases/{case}/documents/1")).await;
    made.header("content-type", Some("application/pdf"));
    assert_eq!(STANDARD.encode(made.body), signed["letters"][0]["pdf"]);
}

#[tokio::test]
async fn a_letter_is_seen_before_it_is_written() {
    let world = World::new().await;
    let jan = at("jan", HERE);
    let case = waiting(&world).await;
    let write = format!("POST /cases/{case}/letters/preview");
    let text =
        |subject: &str| json!({ "addressee": "Erika Muster", "subject": subject, "body": "Guten Tag." });
    let seen = json!({ "letters": [letter("Zwischennachricht", "Jan Muster")], "to_be_signed": false, "troubles": [], "doubtful_law": [], "shown": null });
    assert_eq!(preview(&world.say(&jan, &write, text("Zwischennachricht")).await), seen);
    world.say(&jan, &write, text(" ")).await.has(422, json!({ "misfits": [{ "at": "/subject" }] }));
    world.say(&at("ruth", HERE), &write, text("x")).await.refused(403, "NoPartInProcess");
    world.ask(&jan, &format!("GET /cases/{case}")).await.has(200, json!({ "documents": [{ "number": 1 }] }));
}

#[tokio::test]
async fn the_end_of_a_period_is_seen_before_a_dispatch_is_recorded() {
    let world = World::new().await;
    let jan = at("jan", HERE);
    let case = waiting(&world).await;
    let dispatch = format!("POST /cases/{case}/documents/1/dispatch");
    let by = |way: &str| json!({ "on": "2026-03-02", "way": way });
    let expected = json!({
        "notified_on": "2026-03-06", "awaited": null, "derivation": "*",
        "deadlines": [{
            "title": { "de": "Nachreichung", "en": "Late documents" },
            "period": { "de": "2 Wochen", "en": "2 weeks" },
            "end": "2026-03-20",
        }],
    });
    let foreseen = world.say(&jan, &format!("{dispatch}/preview"), by("post")).await;
    foreseen.is(200, expected.clone());
    world
        .say(&jan, &format!("{dispatch}/preview"), by("service-with-proof"))
        .await
        .has(200, json!({ "notified_on": null, "awaited": { "proof": "service" }, "deadlines": [] }));
    let case_now = format!("GET /cases/{case}");
    world.ask(&jan, &case_now).await.has(200, json!({ "documents": [{ "dispatch": null }] }));
    world.say(&jan, &dispatch, by("post")).await.has(200, expected);
    world.say(&jan, &format!("{dispatch}/preview"), by("post")).await.refused(409, "DispatchedAlready");
}

#[tokio::test]
async fn letters_of_the_outgoing_post_are_printed_together() {
    let world = World::new().await;
    let jan = at("jan", HERE);
    let (one, other) = (waiting(&world).await, waiting(&world).await);
    let print = "POST /post/print";
    let letters = |cases: &[(&str, u32)]| {
        let letters = cases.iter().map(|(case, document)| json!({ "case": case, "document": document }));
        json!({ "letters": letters.collect::<Vec<_>>() })
    };
    // In the order in which they were asked for; here the program just writes one behind the other.
    let bytes = async |case: &str| world.ask(&jan, &format!("GET /cases/{case}/documents/1")).await.body;
    let all = [bytes(&other).await, bytes(&one).await].concat();
    let printed = world.say(&jan, print, letters(&[(&other, 1), (&one, 1)])).await;
    printed.is(200, json!({ "pdf": STANDARD.encode(all), "left_out": [] }));
    world.say(&jan, print, letters(&[])).await.refused(422, "ValuesInvalid");
    world.say(&jan, print, letters(&[(one.as_str(), 1); 501])).await.refused(422, "ValuesInvalid");
    world.say(&jan, print, letters(&[(&one, 1), (&one, 7)])).await.refused(404, "DocumentUnknown");
    world.say(&at("ruth", HERE), print, letters(&[(&one, 1)])).await.refused(403, "NoPartInProcess");
    world.say(&at("jan", THERE), print, letters(&[(&one, 1)])).await.refused(404, "CaseUnknown");
    // What came in is no letter of ours.
    upload(&world, &jan, &one, &[("name=\"file\"; filename=\"a.pdf\"", "application/pdf", b"%PDF-1.7 x")])
        .await;
    world.say(&jan, print, letters(&[(&one, 2)])).await.refused(409, "NotPrintable");
    world
        .ask(&jan, &format!("GET /cases/{one}"))
        .await
        .has(200, json!({ "documents": [{ "dispatch": null }, {}] }));
}

#[tokio::test]
async fn what_goes_with_a_letter_is_printed_behind_it() {
    let world = World::new().await;
    let jan = at("jan", HERE);
    let case = waiting(&world).await;
    let (plan, table) = (b"%PDF-1.7 plan".as_slice(), b"a;b\n1;2\n".as_slice());
    for (name, kind, bytes) in [("plan.pdf", "application/pdf", plan), ("werte.csv", "text/csv", table)] {
        let head = format!("name=\"file\"; filename=\"{name}\"");
        upload(&world, &jan, &case, &[(&head, kind, bytes)]).await.has(200, json!({}));
    }
    let write = format!("POST /cases/{case}/letters");
    let letter = |enclosures: Value| json!({ "addressee": "Erika Muster", "subject": "Ihre Unterlagen", "body": "Anbei.", "enclosures": enclosures });
    let unknown = world.say(&jan, &write, letter(json!([3, 9]))).await;
    unknown.has(422, json!({ "misfits": [{ "at": "/enclosures/1", "code": "document_unknown" }] }));
    world.say(&jan, &write, letter(json!([3, 2]))).await.has(200, json!({}));
    world.settle().await;
    let enclosures = json!([{ "title": "werte.csv", "document": 3 }, { "title": "plan.pdf", "document": 2 }]);
    let here = format!("GET /cases/{case}");
    world.ask(&jan, &here).await.has(200, json!({ "documents": [{}, {}, {}, { "enclosures": enclosures }] }));
    let made = world.ask(&jan, &format!("GET /cases/{case}/documents/4")).await.body;
    let print = json!({ "letters": [{ "case": case, "document": 4 }] });
    world.say(&jan, "POST /post/print", print).await.is(
        200,
        json!({
            "pdf": STANDARD.encode([&made[..], plan].concat()),
            "left_out": [{ "case": case, "letter": 4, "title": "werte.csv" }],
        }),
    );
}
