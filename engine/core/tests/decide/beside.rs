//! What every case can suffer, whatever its process says.

use fachwerk_core::{
    command::{Command, LetterText},
    event::{Direction, DocumentContent, EffectError, ErrandKind, Handover, Relation},
    words::{CaseId, InstanceId, Object, Text},
};
use serde_json::json;
use uuid::Uuid;

use super::{Played, compiled};

#[test]
fn a_letter_beside_the_steps_outlives_its_case_and_can_be_tried_again() {
    let release =
        compiled("steps:\n  look: { task: { title: { de: Prüfen, en: Look } }, role: clerk }\n", &[]);
    let letter = LetterText {
        addressee: "Erika Muster".into(),
        sender: None,
        subject: " Zwischenbescheid ".into(),
        body: "Es dauert.".into(),
    };
    let error = EffectError {
        code: "letter_invalid".into(),
        message: Text::new("Es geht nicht.", "It does not work."),
        retry: false,
    };
    let instance = InstanceId(2);
    let give = Command::GiveErrand {
        kind: ErrandKind::Question,
        text: "Wer?\nUnd wann?".into(),
        role: "lead".into(),
        person: None,
        on: None,
    };
    let mut played = Played::new(&release);
    played
        .start()
        .ask("jan", Command::WriteLetter { letter })
        .ask("jan", give)
        .ask("letter", Command::FinishEffect { instance, round: 1, result: Err(error) })
        .letter(instance, 1)
        .complete("jan", "look", json!({}))
        .ask("jan", Command::RetryIncident { incident: 1 })
        .letter(instance, 1)
        .letter(instance, 2)
        .letter(instance, 2);
    played.check("letter_beside");
}

#[test]
fn a_case_is_split_and_what_comes_from_others_is_taken_over_even_after_the_end() {
    let release = compiled(
        "steps:\n  letter:\n    effect: letter\n    with: { title: Bescheid, body: Text }\n    then: look\n  look: { task: { title: { de: Prüfen, en: Look } }, role: clerk }\n",
        &[],
    );
    let split = |documents: Vec<u32>| Command::SplitCase {
        data: Object::new(),
        documents,
        reason: "Zwei Grundstücke".into(),
    };
    let other = CaseId(Uuid::from_u128(2));
    let take_from = |from: CaseId, how: Relation| Command::TakeOver {
        from,
        how,
        handover: Handover { by: "mia".into(), reason: "Dieselbe Sache".into(), documents: Vec::new() },
    };
    let take = |how: Relation| take_from(other, how);
    let refused = EffectError {
        code: "case_ended".into(),
        message: Text::new("Er ist abgeschlossen.", "It has ended."),
        retry: false,
    };
    // It comes when the other case has been asked already.
    let plan = DocumentContent {
        title: "Plan".into(),
        media_type: "text/plain".into(),
        hash: "x".into(),
        size: 1,
        direction: Direction::Incoming,
        addressee: None,
    };
    let plan = Command::AddDocument { document: plan, received_on: None };
    let mut played = Played::new(&release);
    played
        .start()
        .letter(InstanceId(1), 1)
        .ask("jan", split(vec![1]))
        .ask("root", split(vec![1, 2]))
        .ask("root", split(vec![1, 1]))
        .ask("root", take(Relation::Merged))
        .ask("engine", take(Relation::Merged))
        .ask("root", Command::MergeCase { into: CaseId(Uuid::from_u128(1)), reason: "Dieselbe".into() })
        .ask("root", Command::MergeCase { into: other, reason: "Dieselbe Sache".into() })
        .ask("root", Command::MergeCase { into: other, reason: "Noch einmal".into() })
        .ask("engine", Command::FinishMerge { into: CaseId(Uuid::from_u128(3)), result: Ok(()) })
        .ask("engine", Command::FinishMerge { into: other, result: Err(refused) })
        .ask("root", Command::MergeCase { into: other, reason: "Dieselbe Sache".into() })
        .ask("engine", take_from(CaseId(Uuid::from_u128(3)), Relation::Merged))
        .ask("jan", plan)
        .ask("engine", Command::FinishMerge { into: other, result: Ok(()) })
        .ask("engine", take(Relation::Merged))
        .check("split_and_merge");
}
