//! The letters of acts.

use fachwerk_core::{
    command::{Command, EffectResult},
    words::{InstanceId, Object},
};

use serde_json::{Value, json};

use super::{Played, compiled};

/// Each letter that is asked for has a number of its own, also when the one before it brought nothing: by its number it
/// is known whether its result has come already.
#[test]
fn a_letter_that_is_missing_is_asked_for_by_another_number() {
    let release = compiled(
        "parties: { applicant: { count: 1.., from: '[#{ name: \"A\" }, #{ name: \"B\" }]' } }\nacts: { permit: { law: VwVfG, sphere: own, to: each applicant } }\nsteps:\n  permit: { issue: permit, with: { title: Erlaubnis, body: Text } }\n",
        &[],
    );
    let mut played = Played::new(&release);
    let instance = InstanceId(1);
    let nothing = |round| Command::FinishEffect {
        instance,
        round,
        result: Ok(EffectResult { values: Object::new(), documents: Vec::new() }),
    };
    played
        .start()
        .ask("letter", nothing(1))
        .ask("jan", Command::RetryIncident { incident: 1 })
        .ask("letter", nothing(1))
        .letter(instance, 2)
        .letter(instance, 3);
    played.check("letter_missing");
}

/// What is done in a case: a task, by whom, with which outcome; a letter comes back; a handler reacts.
enum Done<'a> {
    Task(&'a str, &'a str, Option<&'a str>),
    Letter(&'a str, u32),
    Message,
}
use Done::{Letter, Message, Task};

/// Who signs the letters of a case, in the order in which they are asked for; `-`: nobody.
#[track_caller]
fn check_signed(steps: &str, done: &[Done<'_>], expected: &[&str]) {
    let release = compiled(steps, &[]);
    let mut played = Played::new(&release);
    played.start();
    for done in done {
        match done {
            Task(by, step, outcome) => {
                let values = outcome.map_or(json!({}), |outcome| json!({ "outcome": outcome }));
                played.complete(by, step, values);
            }
            Letter(step, round) => {
                let instance = played.at(step);
                played.letter(instance, *round);
            }
            Message => {
                played.message("go", 1, json!({}));
            }
        }
    }
    assert!(!played.log.contains("refused"), "{}", played.log);
    let asked = played.log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let asked = asked.filter(|event| event["type"] == "effect_requested");
    let signed: Vec<String> =
        asked.map(|event| event["request"]["signed_by"].as_str().unwrap_or("-").to_owned()).collect();
    assert_eq!(signed, expected, "{}", played.log);
}

#[test]
fn a_letter_is_signed_by_whoever_decided_it() {
    let task = |more: &str| format!("{{ task: {{ title: {{ de: a, en: b }} }}, role: clerk{more} }}");
    let letter = |more: &str| format!("{{ effect: letter, with: {{ title: T, body: B }}{more} }}");
    let choice = |id: &str, one: &str, two: &str, more: &str| {
        format!(
            "  {id}:\n    task: {{ title: {{ de: a, en: b }}, fields: {{ outcome: {{ type: choice, required: true, title: {{ de: a, en: b }}, options: {{ {one}: {{ de: a, en: b }}, {two}: {{ de: c, en: d }} }} }} }} }}\n    role: clerk\n{more}"
        )
    };
    // A draft that was returned and done anew is not signed by whoever returned it.
    let returned = format!(
        "steps:\n{}{}  out: {}\n",
        choice("draft", "ready", "settled", "    then: { ready: sign, settled: out }\n"),
        choice(
            "sign",
            "signed",
            "returned",
            "    not_same_person_as: [draft]\n    then: { signed: out, returned: draft }\n"
        ),
        letter(""),
    );
    let draft = |by, outcome| Task(by, "draft", Some(outcome));
    let sign = |by, outcome| Task(by, "sign", Some(outcome));
    check_signed(&returned, &[draft("jan", "ready"), sign("mia", "signed")], &["mia"]);
    check_signed(
        &returned,
        &[draft("jan", "ready"), sign("mia", "returned"), draft("ute", "settled")],
        &["ute"],
    );
    check_signed(
        &returned,
        &[draft("jan", "ready"), sign("mia", "returned"), draft("jan", "ready"), sign("leo", "signed")],
        &["leo"],
    );
    // Branches beside each other have nothing to do with each other; behind them the last signature counts.
    let branches = format!(
        "steps:\n  draft: {}\n  both:\n    fork:\n      signing: {}\n      telling:\n        group:\n          steps:\n            look: {}\n            tell: {}\n    join: register\n  register: {}\n  out: {}\n",
        task(", then: both"),
        task(", not_same_person_as: [draft]"),
        task(", then: tell"),
        letter(""),
        task(", then: out"),
        letter(""),
    );
    let both = [
        Task("jan", "draft", None),
        Task("mia", "signing", None),
        Task("ute", "look", None),
        Letter("tell", 1),
        Task("jan", "register", None),
    ];
    check_signed(&branches, &both, &["ute", "mia"]);
    // Each round for itself.
    let rounds = format!(
        "steps:\n  all:\n    each:\n      times: \"2\"\n      steps:\n        look: {}\n        tell: {}\n",
        task(", then: tell"),
        letter(""),
    );
    check_signed(&rounds, &[Task("jan", "look[1]", None), Task("ute", "look[2]", None)], &["jan", "ute"]);
    // An act is signed alike to all; where no person decided, by nobody, whoever brought the application.
    let act = |step: &str| {
        format!(
            "parties: {{ applicant: {{ count: 1.., from: '[#{{ name: \"A\" }}, #{{ name: \"B\" }}]' }} }}\nacts: {{ permit: {{ law: VwVfG, sphere: own, to: each applicant }} }}\nsteps:\n{step}  permit: {{ issue: permit, with: {{ title: Erlaubnis, body: Text }} }}\n"
        )
    };
    let decided = act(&format!("  look: {}\n", task(", then: permit")));
    check_signed(&decided, &[Task("mia", "look", None), Letter("permit", 1)], &["mia", "mia"]);
    check_signed(&act(""), &[Letter("permit", 1)], &["-", "-"]);
    // Letters that follow at once come of the same decision; what comes after a wait is not of whoever signed before.
    let following = |between: &str| {
        format!(
            "steps:\n  look: {}\n  one: {}\n{between}  two: {}\n",
            task(", then: one"),
            letter(", then: next"),
            letter(""),
        )
    };
    let at_once = following("  next: { compute: { x: 1 }, then: two }\n");
    check_signed(&at_once, &[Task("mia", "look", None), Letter("one", 1)], &["mia", "mia"]);
    let later = following("  next: { wait: { go: { message: go } }, then: { go: two } }\n");
    check_signed(&later, &[Task("mia", "look", None), Letter("one", 1), Message], &["mia", "jan"]);
    // Where no task leads, whoever caused it by hand; what stays in the house is not signed.
    let caused = format!(
        "steps:\n  note: {{ effect: letter, with: {{ title: T, body: B, direction: internal }}, then: quiet }}\n  quiet: {{ wait: {{ other: {{ message: other }} }} }}\n  told: {}\nalways: {{ go: {{ message: go, interrupt: false, then: told }} }}\n",
        letter(""),
    );
    check_signed(&caused, &[Letter("note", 1), Message], &["-", "jan"]);
}

/// Several acts by one letter: each has its part and its own instruction on remedies, and is signed with the others.
#[test]
fn several_acts_leave_in_one_letter() {
    let release = compiled(
        "parties: { applicant: { count: 1, from: '[#{ name: \"A\" }]' } }\nacts:\n  permit: { title: { de: Erlaubnis, en: Permit }, law: VwVfG, sphere: own, to: each applicant }\n  fee: { title: { de: Gebühr, en: Fee }, law: KAG-LSA, sphere: own, to: each applicant }\nsteps:\n  look: { task: { title: { de: a, en: b } }, role: clerk, then: out }\n  out:\n    issue: [permit, fee]\n    with:\n      title: Bescheid\n      opening: Guten Tag,\n      body: Ja.\n      further: { fee: { body: Zehn Euro., fee: 1000, when: \"true\" } }\n      closing: Gruß\n",
        &[],
    );
    let mut played = Played::new(&release);
    played.start().complete("jan", "look", json!({}));
    let asked = played.log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let asked: Vec<Value> = asked.filter(|event| event["type"] == "effect_requested").collect();
    let request = &asked[0]["request"];
    let body = "Guten Tag,\n\n## A. Erlaubnis\n\nJa.\n\n## B. Gebühr\n\nZehn Euro.\n\nGruß";
    assert_eq!(request["body"], body, "{}", played.log);
    assert_eq!((&request["opening"], &request["closing"]), (&Value::Null, &Value::Null));
    let instruction = request["instruction"].as_str().unwrap();
    let parts: Vec<&str> = instruction.split("\n\n").filter(|text| text.starts_with("Gegen ")).collect();
    assert!(parts[0].starts_with("Gegen Teil A dieses Bescheids (Erlaubnis) kann"), "{instruction}");
    assert!(parts[1].starts_with("Gegen Teil B dieses Bescheids (Gebühr) kann"), "{instruction}");
    let out = played.at("out");
    played.letter(out, 1);
    let issued = played.log.matches("\"type\":\"act_issued\"").count();
    assert_eq!((issued, played.case.documents.len()), (2, 1), "{}", played.log);
}

/// The costs as they stand in the letter of an act whose fee is to be paid by `due`.
#[track_caller]
fn check_due(due: &str, expected: &str) {
    let release = compiled(
        &format!(
            "acts: {{ permit: {{ law: VwVfG, sphere: own, to: each applicant }} }}\nparties: {{ applicant: {{ count: 1.., from: '[#{{ name: \"A\" }}]' }} }}\nsteps:\n  permit: {{ issue: permit, with: {{ title: Erlaubnis, body: Text, fee: '= #{{ total: 8000, due: \"{due}\" }}' }} }}\n"
        ),
        &[],
    );
    let mut played = Played::new(&release);
    played.start();
    let asked = played.log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let costs: Vec<String> = asked
        .filter(|event| event["type"] == "effect_requested")
        .filter_map(|event| event["request"]["costs"].as_str()?.rsplit("\n\n").next().map(str::to_owned))
        .collect();
    assert_eq!(costs, [expected], "{}", played.log);
}

/// Nobody is asked to pay by a day on which no period ends (§ 31 Abs. 3 VwVfG, § 108 Abs. 3 AO).
#[test]
fn a_fee_is_due_on_a_working_day() {
    for (due, expected) in [
        ("2026-12-23", "Bitte zahlen Sie den Betrag bis zum 23. Dezember 2026."),
        // Christmas on Friday and Saturday, and a Sunday.
        ("2026-12-25", "Bitte zahlen Sie den Betrag bis zum 28. Dezember 2026."),
        ("2026-12-27", "Bitte zahlen Sie den Betrag bis zum 28. Dezember 2026."),
        // Epiphany is a holiday in Saxony-Anhalt.
        ("2027-01-06", "Bitte zahlen Sie den Betrag bis zum 7. Januar 2027."),
    ] {
        check_due(due, expected);
    }
}
