//! What was signed is what is sent.

use std::sync::Arc;

use fachwerk_core::{
    authority::Profile,
    case::hash_of,
    command::Command,
    party::PartyContent,
    words::{InstanceId, Value},
};
use serde_json::json;

use super::{Played, compiled};

/// A process in which a letter is signed by steps and made after others.
fn process(steps: &str) -> String {
    format!(
        "parties: {{ applicant: {{ count: 1.., from: '[#{{ name: \"A\", address: [\"Markt 1\"] }}, #{{ name: \"B\", address: [\"Weg 2\"] }}]' }} }}\nacts: {{ permit: {{ law: VwVfG, sphere: own, to: each applicant }} }}\nsteps:\n{steps}  permit: {{ issue: permit, with: {{ title: Erlaubnis, body: Text }} }}\n"
    )
}

fn task(more: &str) -> String {
    format!("{{ task: {{ title: {{ de: a, en: b }} }}, role: clerk{more} }}")
}

/// More addressees than are looked at in one go elsewhere.
const MANY: usize = 260;

/// What people do.
enum Does<'a> {
    /// A task is done.
    Task(&'a str, &'a str),
    /// The message comes that is waited for.
    Go,
    /// The address of the first party changes.
    Moves(&'a str),
    /// The letter that was asked for is made.
    Letter(u32),
    /// The letterhead of the authority changes.
    Renamed(&'a str),
}
use Does::{Go, Letter, Moves, Renamed, Task};

/// What comes of it: signatures with how many steps have letters, letters with their addresses, signatures that are void.
#[track_caller]
fn check(steps: &str, done: &[Does<'_>], expected: &[&str]) {
    let process = process(steps);
    let release = compiled(&process, &[]);
    let mut played = Played::new(&release);
    played.start();
    let mut messages = 0;
    for does in done {
        match does {
            Task(by, step) => drop(played.complete(by, step, json!({}))),
            Go => {
                messages += 1;
                played.message("go", messages, json!({}));
            }
            Moves(to) => {
                let mut party = played.case.parties[&1].content.clone();
                party.address = [Arc::from(*to)].into();
                played.ask("ute", Command::ChangeParty { number: 1, party, reason: "Umzug".into() });
            }
            Letter(round) => {
                let instance = played.at("permit");
                played.letter(instance, *round);
            }
            Renamed(name) => played.profile = renamed(name),
        }
    }
    assert!(!played.log.contains("refused"), "{}", played.log);
    let events = played.log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let seen = events.filter_map(|event| match event["type"].as_str()? {
        "letters_signed" => {
            let letters = event["letters"].as_array()?;
            let to: usize = letters.iter().map(|letters| letters["to"].as_array().map_or(0, Vec::len)).sum();
            Some(format!("{} signs {to}", event["task"].as_str()?))
        }
        "effect_requested" => {
            Some(format!("to {}", event["request"]["addressee"].as_str()?.replace('\n', ", ")))
        }
        "signature_withdrawn" => Some(format!("void: {}", event["why"]["en"].as_str()?)),
        "incident_raised" => Some(event["incident"]["code"].as_str()?.to_owned()),
        _ => None,
    });
    assert_eq!(seen.collect::<Vec<_>>(), expected, "{}", played.log);
    let reloaded = serde_json::from_value(serde_json::to_value(&played.case).expect("JSON"));
    assert_eq!(reloaded.ok().as_ref(), Some(&played.case), "a case survives being stored");
}

fn renamed(name: &str) -> Profile {
    Profile { letterhead: vec![name.into()], ..Profile::example() }
}

const BOTH: [&str; 2] = ["to A, Markt 1", "to B, Weg 2"];
const CHANGED: &str =
    "void: Changed since it was signed: address of the letter to “A”. Only what was signed is sent.";

#[test]
fn what_changes_after_it_was_signed_is_signed_anew() {
    let waits = format!(
        "  draft: {}\n  sign: {}\n  pause: {{ wait: {{ go: {{ message: go }} }}, then: {{ go: permit }} }}\n",
        task(", then: sign"),
        task(", not_same_person_as: [draft], then: pause"),
    );
    let signed = [Task("jan", "draft"), Task("mia", "sign")];
    let [draft, sign] = signed;
    // Nothing changed.
    check(&waits, &[draft, sign, Go, Letter(1), Letter(2)], &["sign signs 2", BOTH[0], BOTH[1]]);
    // The address of a party.
    check(
        &waits,
        &[
            Task("jan", "draft"),
            Task("mia", "sign"),
            Moves("Platz 3"),
            Go,
            Task("mia", "sign"),
            Go,
            Letter(1),
        ],
        &["sign signs 2", CHANGED, "sign signs 2", "to A, Platz 3", BOTH[1]],
    );
    // A change that was taken back.
    check(
        &waits,
        &[Task("jan", "draft"), Task("mia", "sign"), Moves("Platz 3"), Moves("Markt 1"), Go],
        &["sign signs 2", BOTH[0]],
    );
    // The head of the letter.
    check(
        &waits,
        &[Task("jan", "draft"), Task("mia", "sign"), Renamed("Stadt Neustadt"), Go],
        &[
            "sign signs 2",
            "void: Changed since it was signed: letterhead of the letter to “A”. Only what was signed is sent.",
        ],
    );
    // Between two letters of one act.
    check(
        &waits,
        &[Task("jan", "draft"), Task("mia", "sign"), Go, Renamed("Stadt Neustadt"), Letter(1)],
        &[
            "sign signs 2",
            BOTH[0],
            "void: Changed since it was signed: letterhead of the letter to “B”. Only what was signed is sent.",
        ],
    );
    // Again and again: somebody must look at it.
    let mut often = vec![Task("jan", "draft"), Task("mia", "sign")];
    let mut expected = vec!["sign signs 2"];
    for place in ["1", "2", "3", "4", "5"] {
        often.extend([Moves(place), Go, Task("mia", "sign")]);
        expected.extend([CHANGED, "sign signs 2"]);
    }
    often.extend([Moves("6"), Go]);
    expected.push("not_as_signed");
    check(&waits, &often, &expected);
}

#[test]
fn all_who_signed_sign_anew() {
    let two = format!(
        "  draft: {}\n  first: {}\n  second: {}\n  register: {}\n",
        task(", then: first"),
        task(", not_same_person_as: [draft], then: second"),
        task(", not_same_person_as: [draft, first], then: register"),
        task(", then: permit"),
    );
    check(
        &two,
        &[
            Task("jan", "draft"),
            Task("mia", "first"),
            Task("leo", "second"),
            Moves("Platz 3"),
            Task("jan", "register"),
            Task("mia", "first"),
            Task("leo", "second"),
            Task("jan", "register"),
        ],
        &["first signs 2", "second signs 2", CHANGED, "first signs 2", "second signs 2", "to A, Platz 3"],
    );
    // Side by side, each for itself.
    let both = format!(
        "  draft: {}\n  both:\n    fork:\n      one: {}\n      other: {}\n    join: register\n  register: {}\n",
        task(", then: both"),
        task(", not_same_person_as: [draft]"),
        task(", not_same_person_as: [draft]"),
        task(", then: permit"),
    );
    check(
        &both,
        &[
            Task("jan", "draft"),
            Task("mia", "one"),
            Task("leo", "other"),
            Moves("Platz 3"),
            Task("jan", "register"),
            Task("leo", "other"),
            Task("mia", "one"),
            Task("jan", "register"),
        ],
        &["one signs 2", "other signs 2", CHANGED, "other signs 2", "one signs 2", "to A, Platz 3"],
    );
    // Who signed something before it was worked at again signed something else.
    let before = format!(
        "  look: {}\n  checked: {}\n  draft: {}\n  sign: {}\n",
        task(", then: checked"),
        task(", not_same_person_as: [look], then: draft"),
        task(", then: sign"),
        task(", not_same_person_as: [draft], then: permit"),
    );
    check(
        &before,
        &[
            Task("jan", "look"),
            Task("mia", "checked"),
            Moves("Platz 3"),
            Task("jan", "draft"),
            Task("mia", "sign"),
        ],
        &["checked signs 2", "sign signs 2", "to A, Platz 3"],
    );
}

#[test]
fn what_was_shown_is_what_is_signed() {
    let process = process(&format!(
        "  draft: {}\n  sign: {}\n",
        task(", then: sign"),
        task(", not_same_person_as: [draft], then: permit")
    ));
    let release = compiled(&process, &[]);
    let mut played = Played::new(&release);
    played.start().complete("jan", "draft", json!({}));
    let task = played.at("sign");
    let sign = |shown: &str| Command::CompleteTask {
        task,
        values: Default::default(),
        seen: None,
        shown: Some(shown.into()),
    };
    played.ask("mia", sign("0123"));
    assert!(played.log.ends_with("refused: LettersChanged\n"), "{}", played.log);
    let mut ahead = Played::new(&release);
    ahead.case = played.case.clone();
    ahead.complete("mia", "sign", json!({}));
    let events = ahead.log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let signed = events.filter(|event| event["type"] == "letters_signed");
    let mut shown = signed.map(|event| hash_of(&event["letters"]));
    let shown = shown.next_back().expect("letters");
    played.ask("mia", sign(&shown));
    assert_eq!(played.at("permit"), InstanceId(3), "{}", played.log);
}

/// All letters of an act are looked at, for as many as may be addressed.
#[test]
fn what_is_signed_for_very_many_is_what_is_sent() {
    let process = process(&format!("  sign: {}\n", task(", not_same_person_as: [sign], then: permit")));
    let release = compiled(&process, &[]);
    let mut played = Played::new(&release);
    played.start();
    let first = played.case.parties[&1].content.clone();
    for number in 3..=MANY {
        let party = PartyContent { name: format!("P{number}").into(), ..first.clone() };
        played.ask("ute", Command::AddParty { party });
    }
    played.complete("mia", "sign", json!({}));
    let events = played.log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let signed = events.filter(|event| event["type"] == "letters_signed");
    let to: Vec<usize> =
        signed.filter_map(|event| Some(event["letters"][0]["to"].as_array()?.len())).collect();
    assert_eq!(to, [MANY]);
}
