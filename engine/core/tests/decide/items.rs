//! Items of the incoming post: handed on once, with their true day, and to nothing that is no case.

use fachwerk_core::{
    act::RemedyKind,
    command::{Command, HandedOnTo},
    definition::Release,
    event::{
        Direction, Document, DocumentContent, EffectError, HandedItem, HandedRemedy, Handover, Relation,
    },
    words::{CaseId, Date, InstanceId, Object, Text},
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

fn item_process() -> Release {
    compiled(
        "kind: item\ndata: item.json\nsteps:\n  sort: { task: { title: { de: Zuordnen, en: Assign } }, role: clerk }\n",
        &[("item.json", DATA)],
    )
}

fn pdf(title: &str) -> DocumentContent {
    DocumentContent {
        title: title.into(),
        media_type: "application/pdf".into(),
        hash: "ab".repeat(32).into(),
        size: 9,
        direction: Direction::Incoming,
        addressee: None,
        enclosures: Vec::new(),
    }
}

fn came(title: &str, on: &str) -> Document {
    Document {
        number: 1,
        content: pdf(title),
        step: None,
        by: Some("mia".into()),
        on: day(on),
        dispatch: None,
        taken_out: None,
        paper: None,
        own_day: false,
    }
}

fn day(day: &str) -> Date {
    day.parse().expect("a day")
}

/// A letter that was scanned on a Saturday.
fn start(release: &Release) -> Command {
    Command::StartCase {
        release: release.id.clone(),
        channel: "post".into(),
        data: object(json!({ "subject": "Brief", "paper": " Ablage 3 " })),
        received_on: Some(day("2026-02-28")),
        documents: vec![pdf("Brief.pdf")],
        caller: None,
    }
}

fn confirm(on: &str) -> Command {
    Command::ChangeData {
        fields: object(json!({ "day_confirmed": true })),
        received_on: Some(day(on)),
        seen: None,
        reason: "Stempel".into(),
    }
}

/// An item that comes to a case, or to another item.
fn comes(documents: Vec<Document>, item: HandedItem) -> Command {
    Command::TakeOver {
        from: CaseId(Uuid::from_u128(7)),
        how: Relation::Post,
        handover: Handover {
            by: "mia".into(),
            reason: "Dieselbe Sendung".into(),
            documents,
            parties: Vec::new(),
            item: Some(item),
        },
    }
}

#[test]
fn an_item_is_handed_on_once_and_only_when_its_day_is_confirmed() {
    let release = item_process();
    let (start, confirm) = (start(&release), confirm("2026-02-27"));
    let confirm_again = confirm.clone();
    let other = CaseId(Uuid::from_u128(2));
    let hand_on = |case: CaseId| Command::HandOn {
        to: HandedOnTo::Case { case, message: Some("answer".into()), remedy: None },
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
        // On its way it stays as it is, but for who cares about it.
        .ask("root", confirm_again)
        .ask(
            "root",
            Command::SplitCase { data: Object::new(), documents: vec![1], reason: "Zwei Sachen".into() },
        )
        .ask("jan", Command::PlacePaper { documents: Vec::new(), place: "Keller".into() })
        .ask(
            "jan",
            Command::CompleteTask { task: InstanceId(1), values: Object::new(), seen: None, shown: None },
        )
        .ask("jan", Command::AddNote { text: "Rückfrage beim Absender".into() })
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

/// The day of an item is that of what came with it; what came into it later keeps its own.
#[test]
fn the_day_of_an_item_is_that_of_what_came_with_it() {
    let release = item_process();
    let joined = HandedItem { received_on: day("2026-02-25"), message: None, remedy: None, begins: false };
    let to = HandedOnTo::Case { case: CaseId(Uuid::from_u128(2)), message: None, remedy: None };
    let mut played = Played::new(&release);
    played
        .ask("engine", start(&release))
        .ask("engine", comes(vec![came("Anlage.pdf", "2026-02-25")], joined))
        .ask("jan", Command::AddDocument { document: pdf("Fax.pdf"), received_on: Some(day("2026-02-26")) })
        .ask("root", confirm("2026-02-27"))
        .ask("root", Command::HandOn { to, reason: "Gehört dazu".into() });
    played.check("item_days");
}

/// A case that begins with an item takes it, also when it has ended before that arrives; no other case that has ended does.
#[test]
fn a_case_takes_what_it_begins_with() {
    let release = compiled(
        "steps:\n  done: { end: noted }\noutcomes: { noted: { title: { de: vermerkt, en: noted } } }\n",
        &[],
    );
    let begin = Command::StartCase {
        release: release.id.clone(),
        channel: "post".into(),
        data: Object::new(),
        received_on: Some(day("2026-02-27")),
        documents: Vec::new(),
        caller: None,
    };
    let item = |begins| HandedItem { received_on: day("2026-02-27"), message: None, remedy: None, begins };
    let mut played = Played::new(&release);
    played
        .ask("engine", begin)
        .ask("engine", comes(vec![came("Brief.pdf", "2026-02-27")], item(false)))
        .ask("engine", comes(vec![came("Brief.pdf", "2026-02-27")], item(true)));
    played.check("item_begins");
}

/// What cannot be recorded as a remedy is not taken over, so the item waits on; what may be one is told.
#[test]
fn a_case_takes_no_remedy_against_an_act_that_is_not_there() {
    let steps = "steps:\n  wait: { task: { title: { de: Warten, en: Wait } }, role: clerk }\n";
    let release = compiled(steps, &[]);
    let begin = Command::StartCase {
        release: release.id.clone(),
        channel: "post".into(),
        data: Object::new(),
        received_on: Some(day("2026-02-27")),
        documents: Vec::new(),
        caller: None,
    };
    let item = |remedy| HandedItem {
        received_on: day("2026-02-27"),
        message: None,
        remedy: Some(remedy),
        begins: false,
    };
    let against = HandedRemedy::Against { act: 1, party: 1, kind: RemedyKind::Objection, received_on: None };
    let came = || vec![came("Widerspruch.pdf", "2026-02-27")];
    let mut played = Played::new(&release);
    played
        .ask("engine", begin)
        .ask("engine", comes(came(), item(against)))
        .ask("engine", comes(came(), item(HandedRemedy::Perhaps)));
    played.check("item_remedy");
}
