//! How a case comes to be erased: kept until a day, held, offered to the archive, asked for by one and confirmed by another.

use std::{collections::BTreeMap, sync::Arc};

use fachwerk_core::{
    authority::Person,
    command::Command,
    event::{Direction, DocumentContent},
    keeping::{ArchiveAnswer, KeepingRecord, KeepingRules, Retention, RetentionStart},
};

use super::{Played, compiled};

const STEPS: &str = "steps:\n  work: { task: { title: { de: Arbeit, en: Work } }, role: clerk, then: done }\n  done: { end: done }\n";

fn record(record: KeepingRecord) -> Command {
    Command::RecordKeeping { record }
}

fn ask(exception: Option<&str>) -> Command {
    record(KeepingRecord::Ask { reason: "Frist abgelaufen".into(), exception: exception.map(Into::into) })
}

fn erase(alone: Option<&str>) -> Command {
    Command::EraseCase { alone: alone.map(Into::into) }
}

/// People of whom some are administrators.
fn people(administrators: &[&str]) -> Arc<BTreeMap<fachwerk_core::words::PersonId, Person>> {
    let person = |name: &&str| {
        let roles = Arc::new(["administrator".into()].into());
        ((*name).into(), Person { name: (*name).into(), roles, active: true })
    };
    Arc::new(administrators.iter().map(person).collect())
}

#[test]
fn one_asks_for_an_erasure_and_another_one_confirms_it() {
    let release = compiled(STEPS, &[]);
    let mut played = Played::new(&release);
    played.people = people(&["root", "ada"]);
    let withdraw = record(KeepingRecord::Withdraw { reason: "Irrtum".into() });
    played
        .start()
        .ask("root", ask(None))
        .complete("jan", "work", serde_json::json!({}))
        .ask("jan", ask(None))
        .ask("engine", ask(None))
        .ask("root", erase(None))
        .ask("root", withdraw.clone())
        .ask("root", record(KeepingRecord::Ask { reason: " ".into(), exception: None }))
        .ask("root", ask(None))
        .ask("ada", ask(None))
        .ask("root", erase(None))
        .ask("root", erase(Some("niemand da")))
        .ask("ada", withdraw)
        .ask("ada", ask(None))
        .ask("jan", erase(None))
        .ask("ada", erase(None))
        .ask("root", erase(None));
    played.check("erased_by_two");
}

#[test]
fn an_only_administrator_says_why() {
    let release = compiled(STEPS, &[]);
    let mut played = Played::new(&release);
    played.people = people(&["root"]);
    played
        .start()
        .complete("jan", "work", serde_json::json!({}))
        .ask("root", ask(None))
        .ask("root", erase(None))
        .ask("root", erase(Some("")))
        .ask("root", erase(Some("Die Stelle der zweiten Person ist nicht besetzt")));
    played.check("erased_alone");
}

#[test]
fn a_case_that_is_kept_held_or_not_offered_is_not_erased() {
    let release = compiled(STEPS, &[]);
    let mut played = Played::new(&release);
    let retention = Retention { years: 10, from: RetentionStart::YearEnd, basis: "§ 147 AO".into() };
    played.keeping = KeepingRules { retention: Some(retention), archive_first: true, case_bytes: None };
    let hold = || record(KeepingRecord::Hold { reason: "Klage anhängig".into() });
    let lift = || record(KeepingRecord::Lift { reason: "Klage zurückgenommen".into() });
    let offer = || record(KeepingRecord::Offer {});
    let answer = || record(KeepingRecord::Answer { answer: ArchiveAnswer::Refused });
    played
        .start()
        .ask("root", ask(Some("Art. 17 DSGVO")))
        .ask("root", answer())
        .ask("root", offer())
        .ask("root", offer())
        .ask("root", ask(Some("Art. 17 DSGVO")))
        .ask("root", answer())
        .ask("root", answer())
        .complete("jan", "work", serde_json::json!({}))
        .advance_to("2036-12-31T12:00:00Z")
        .ask("root", ask(None))
        .ask("root", lift())
        .ask("root", hold())
        .ask("root", ask(Some("Art. 17 DSGVO")))
        .advance_to("2037-01-01T12:00:00Z")
        .ask("root", ask(None))
        .ask("ada", lift())
        .ask("root", ask(None))
        .ask("root", hold())
        .ask("ada", erase(None))
        .ask("root", lift());
    // A period that was made longer meanwhile counts as well.
    let retention = Retention { years: 30, from: RetentionStart::YearEnd, basis: "Aktenordnung".into() };
    played.keeping.retention = Some(retention);
    played.ask("ada", erase(None));
    played.keeping.retention = None;
    played.ask("ada", erase(None));
    played.check("kept_held_offered");
}

#[test]
fn the_documents_of_a_case_have_a_limit() {
    let release = compiled(STEPS, &[]);
    let mut played = Played::new(&release);
    played.keeping.case_bytes = Some(1_000_000);
    let add = |size| Command::AddDocument {
        document: DocumentContent {
            title: "Plan".into(),
            media_type: "application/pdf".into(),
            hash: "00".into(),
            size,
            direction: Direction::Incoming,
            addressee: None,
            enclosures: Vec::new(),
        },
        received_on: None,
    };
    played
        .start()
        .ask("jan", add(600_000))
        .ask("jan", add(400_001))
        .ask("jan", add(400_000))
        .ask("jan", add(1));
    played.check("documents_full");
}

#[test]
fn a_technical_account_is_nobody_of_the_four_eyes() {
    let release = compiled(STEPS, &[]);
    let mut played = Played::new(&release);
    played.people = people(&["root", "robot"]);
    played
        .start()
        .complete("jan", "work", serde_json::json!({}))
        .ask("robot", ask(None))
        // What changes nothing for good a program may record.
        .ask("robot", record(KeepingRecord::Offer {}))
        .ask("root", ask(None))
        .ask("robot", erase(None))
        .ask("robot", erase(Some("niemand da")))
        .ask("root", erase(None))
        .ask("root", erase(Some("Die zweite Stelle ist nicht besetzt")));
    played.check("erased_beside_a_robot");
}
