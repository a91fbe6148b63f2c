//! What every case can suffer, whatever its process says.

use fachwerk_core::{
    command::{Command, EffectResult, LetterText},
    event::{
        Direction, Document, DocumentContent, EffectError, Enclosure, ErrandKind, Handover, MovedHere,
        Relation,
    },
    party::{Party, PartyContent, Removal},
    words::{CaseId, InstanceId, Object, Text, Way},
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
        enclosures: Vec::new(),
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

/// A year with a slip of the pen is asked back: nobody would see the case again.
#[test]
fn a_case_comes_back_within_thirty_years() {
    let release = compiled("steps:\n  look: { task: { title: { de: A, en: A } }, role: clerk }\n", &[]);
    for (on, last) in [("2056-12-31", "errand_given"), ("2057-01-01", "day_far"), ("9999-01-01", "day_far")] {
        let on = Some(on.parse().expect("a day"));
        let (kind, text) = (ErrandKind::Resubmission, "Nachsehen".into());
        let give = Command::GiveErrand { kind, text, role: "clerk".into(), person: None, on };
        let mut played = Played::new(&release);
        played.start().ask("jan", give);
        assert!(played.log.contains(last), "{}", played.log);
    }
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
        handover: Handover {
            by: "mia".into(),
            reason: "Dieselbe Sache".into(),
            documents: Vec::new(),
            parties: Vec::new(),
            item: None,
        },
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
        enclosures: Vec::new(),
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

/// A document in the wrong file is taken out or moved; what has effects in the case stays.
#[test]
fn a_misfiled_document_is_taken_out() {
    let release = compiled(
        "steps:\n  letter: { effect: letter, with: { title: Brief, body: Text }, then: look }\n  look: { task: { title: { de: a, en: b } }, role: clerk }\n",
        &[],
    );
    let other = CaseId(Uuid::from_u128(2));
    let document = |title: &str, direction| DocumentContent {
        title: title.into(),
        media_type: "text/plain".into(),
        hash: "x".into(),
        size: 1,
        direction,
        addressee: None,
        enclosures: Vec::new(),
    };
    let add = |title: &str, direction| Command::AddDocument {
        document: document(title, direction),
        received_on: None,
    };
    let take_out = |document, to: Option<CaseId>, reason: &str| Command::TakeOutDocument {
        document,
        to,
        reason: reason.into(),
    };
    let moved = MovedHere { from: other, by: "root".into(), reason: "Falsche Akte".into() };
    let taken_in = Box::new(Document {
        number: 7,
        content: document("Karte", Direction::Incoming),
        step: None,
        by: Some("jan".into()),
        on: "2026-03-01".parse().expect("a day"),
        dispatch: None,
        taken_out: None,
        paper: None,
        own_day: false,
    });
    let mut played = Played::new(&release);
    played
        .start()
        .letter(InstanceId(1), 1)
        .ask("jan", add("Plan", Direction::Incoming))
        .ask("jan", add("Anschreiben", Direction::Outgoing))
        .ask("jan", take_out(2, None, "Falsche Akte"))
        .ask("root", take_out(2, None, " "))
        .ask("root", take_out(1, None, "Falsche Akte"))
        .ask("root", take_out(9, None, "Falsche Akte"))
        .ask("root", take_out(2, Some(CaseId(Uuid::from_u128(1))), "Falsche Akte"))
        .ask("root", take_out(2, Some(other), "Falsche Akte"))
        .ask("root", take_out(2, None, "Falsche Akte"))
        .ask("root", take_out(3, None, "Nicht von hier"))
        .ask(
            "jan",
            Command::RecordDispatch {
                document: 3,
                on: "2026-03-02".parse().expect("a day"),
                way: Way::Post,
                proven_receipt: None,
            },
        )
        .ask("root", Command::SplitCase { data: Object::new(), documents: vec![2], reason: "Zwei".into() })
        .ask("root", Command::MergeCase { into: other, reason: "Eine Sache".into() })
        .ask("root", Command::TakeInDocument { document: taken_in.clone(), moved: moved.clone() })
        .ask("engine", Command::TakeInDocument { document: taken_in, moved });
    played.check("taken_out");
}

/// Parties come along with a case that is merged: nobody twice, whoever acts for somebody still does so, and those for
/// whom there is no place are told.
#[test]
fn parties_come_along_with_a_merged_case() {
    let release = compiled(
        "parties:\n  applicant: { count: 1, from: '#{ name: \"Erika Muster\", address: \"Am Markt 1\" }' }\n  neighbour: { count: 0..3 }\n  agent: { count: 0.. }\nsteps:\n  look: { task: { title: { de: a, en: b } }, role: clerk }\n",
        &[],
    );
    let party = |number, kind: &str, name: &str, street: &str, represents: &[u32]| Party {
        number,
        content: PartyContent {
            kind: kind.into(),
            name: name.into(),
            address: vec![street.into()],
            email: None,
            represents: represents.iter().copied().collect(),
        },
        since: "2026-01-15T08:00:00Z".parse().expect("an instant"),
        removed: None,
    };
    let gone = Party {
        removed: Some(Removal {
            by: "mia".into(),
            at: "2026-02-01T08:00:00Z".parse().expect("an instant"),
            reason: "Verkauft".into(),
        }),
        ..party(4, "neighbour", "Nils Nachbar", "Am Markt 3", &[])
    };
    let parties = vec![
        party(1, "applicant", "erika  muster", "am Markt 1", &[]),
        party(2, "neighbour", "Nora Nachbar", "Am Markt 2", &[]),
        party(3, "agent", "Kanzlei Klug", "Am Ring 1", &[2]),
        gone,
        party(5, "applicant", "Max Muster", "Am Markt 9", &[]),
        party(6, "witness", "Zoe Zeuge", "Am Markt 8", &[]),
    ];
    let take = |parties: Vec<Party>| Command::TakeOver {
        from: CaseId(Uuid::from_u128(2)),
        how: Relation::Merged,
        handover: Handover {
            by: "mia".into(),
            reason: "Dieselbe Sache".into(),
            documents: Vec::new(),
            parties,
            item: None,
        },
    };
    let agent = Command::AddParty { party: party(2, "agent", "Kanzlei Klug", "Am Ring 1", &[1]).content };
    let mut played = Played::new(&release);
    played
        .start()
        .ask("jan", agent)
        .ask("engine", take(parties.clone()))
        // What comes once more changes nothing.
        .ask("engine", take(parties.into_iter().take(4).collect()))
        .ask("root", Command::MergeCase { into: CaseId(Uuid::from_u128(3)), reason: "Noch eine".into() });
    played.check("merged_parties");
}

/// What goes with a letter is asked for by its number, and stays in the file until the letter has left.
#[test]
fn documents_go_with_a_letter() {
    let release = compiled(
        "steps:\n  choose: { task: { title: { de: a, en: b }, fields: { enclosed: { type: documents, title: { de: Anlagen, en: Enclosures } } } }, role: clerk, then: letter }\n  letter: { effect: letter, with: { title: Brief, body: Text, enclosures: \"= steps.choose?.enclosed\" }, then: look }\n  look: { task: { title: { de: a, en: b } }, role: clerk, then: again }\n  again: { effect: letter, with: { title: Brief, body: Text, enclosures: \"= [1, (), 9]\" } }\n",
        &[],
    );
    let document = |title: &str, hash: &str, direction, enclosures| DocumentContent {
        title: title.into(),
        media_type: "application/pdf".into(),
        hash: hash.into(),
        size: 1,
        direction,
        addressee: None,
        enclosures,
    };
    let add = |title: &str, hash: &str| Command::AddDocument {
        document: document(title, hash, Direction::Incoming, Vec::new()),
        received_on: None,
    };
    let take_out = |document| Command::TakeOutDocument { document, to: None, reason: "Falsche Akte".into() };
    let letter = |enclosures: Vec<u32>| Command::WriteLetter {
        letter: LetterText {
            addressee: "Erika Muster".into(),
            sender: None,
            subject: "Zwischenbescheid".into(),
            body: "Es dauert.".into(),
            enclosures,
        },
    };
    let made = |with: &[(&str, &str)]| {
        let enclosure = |(title, hash): &(&str, &str)| Enclosure {
            title: (*title).into(),
            media_type: "application/pdf".into(),
            hash: (*hash).into(),
        };
        let content = document("Brief", "b", Direction::Outgoing, with.iter().map(enclosure).collect());
        Ok(EffectResult { values: Object::new(), documents: vec![content] })
    };
    let dispatch = |document| Command::RecordDispatch {
        document,
        on: "2026-03-02".parse().expect("a day"),
        way: Way::Post,
        proven_receipt: None,
    };
    let mut played = Played::new(&release);
    played.start().ask("jan", add("Plan", "p")).ask("jan", add("Foto", "f"));
    played
        .complete("jan", "choose", json!({ "enclosed": [1, 3] }))
        .complete("jan", "choose", json!({ "enclosed": [1, 1] }))
        .complete("jan", "choose", json!({ "enclosed": [2, 1] }));
    let instance = played.at("letter");
    played
        .ask(
            "letter",
            Command::FinishEffect { instance, round: 1, result: made(&[("Foto", "f"), ("Plan", "p")]) },
        )
        .ask("root", take_out(1))
        .ask("jan", dispatch(3))
        .ask("root", take_out(2))
        .ask("jan", letter(vec![2]))
        .ask("jan", letter((1..=51).collect()))
        .ask("jan", letter(vec![1]))
        .complete("jan", "look", json!({}));
    played.check("enclosures");
}
