//! Items of the incoming post: handed on once, with their true day, and to nothing that is no case.

use fachwerk_core::{
    command::{Command, HandedOnTo},
    event::{Direction, DocumentContent, EffectError, Handover, Relation},
    words::{CaseId, Object, Text},
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Played, compiled};

const DATA: &str = r#"{ "type": "object", "properties": {
    "subject": { "type": "string", "x-title": { "de": "Betreff", "en": "Subject" } },
    "sender": { "type": "string", "x-title": { "de": "Absender", "en": "Sender" } },
    "email": { "type": "string", "x-title": { "de": "E-Mail", "en": "E-mail" } },
    "paper": { "type": "string", "x-title": { "de": "Original", "en": "Original" } },
    "day_confirmed": { "type": "boolean", "x-title": { "de": "Bestätigt", "en": "Confirmed" } }
} }"#;

fn object(value: Value) -> Object {
    value.as_object().expect("an object").clone()
}

#[test]
fn an_item_is_handed_on_once_and_only_when_its_day_is_confirmed() {
    let release = compiled(
        "kind: item\ndata: item.json\nsteps:\n  sort: { task: { title: { de: Zuordnen, en: Assign } }, role: clerk }\n",
        &[("item.json", DATA)],
    );
    let pdf = DocumentContent {
        title: "Brief.pdf".into(),
        media_type: "application/pdf".into(),
        hash: "ab".repeat(32).into(),
        size: 9,
        direction: Direction::Incoming,
        addressee: None,
        enclosures: Vec::new(),
    };
    let start = Command::StartCase {
        release: release.id.clone(),
        channel: "post".into(),
        data: object(json!({ "subject": "Brief", "paper": " Ablage 3 " })),
        received_on: Some("2026-02-28".parse().expect("a day")),
        documents: vec![pdf],
        caller: None,
    };
    let confirm = Command::ChangeData {
        fields: object(json!({ "day_confirmed": true })),
        received_on: Some("2026-02-27".parse().expect("a day")),
        seen: None,
        reason: "Stempel".into(),
    };
    let other = CaseId(Uuid::from_u128(2));
    let hand_on = |case: CaseId| Command::HandOn {
        to: HandedOnTo::Case { case, message: Some("answer".into()) },
        reason: "Gehört dazu".into(),
    };
    let merged = Handover {
        by: "mia".into(),
        reason: "Dieselbe Sache".into(),
        documents: Vec::new(),
        parties: Vec::new(),
        item: None,
    };
    let refused = EffectError {
        code: "case_ended".into(),
        message: Text::new("Er ist abgeschlossen.", "It has ended."),
        retry: false,
    };
    let finish = |result| Command::FinishMerge { into: other, result };
    let mut played = Played::new(&release);
    played
        .ask("engine", start)
        .ask("jan", hand_on(other))
        .ask("root", hand_on(other))
        .ask("root", confirm)
        .ask("root", hand_on(CaseId(Uuid::from_u128(1))))
        // No case is merged into an item.
        .ask(
            "engine",
            Command::TakeOver { from: CaseId(Uuid::from_u128(3)), how: Relation::Merged, handover: merged },
        )
        .ask("root", hand_on(other))
        .ask("root", hand_on(CaseId(Uuid::from_u128(4))))
        // The other one does not take it: it waits on, and says why.
        .ask("engine", finish(Err(refused)))
        .ask("root", Command::RetryIncident { incident: 1 })
        // What merges cases hands items on.
        .ask("root", Command::MergeCase { into: other, reason: "Gehört dazu".into() })
        .ask("engine", finish(Ok(())))
        .ask("root", hand_on(other))
        .ask("jan", Command::PlacePaper { documents: Vec::new(), place: "Registratur".into() })
        .ask("eva", Command::PlacePaper { documents: Vec::new(), place: "Keller".into() });
    played.check("items");
}
