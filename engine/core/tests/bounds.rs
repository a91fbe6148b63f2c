//! Cases that would never end, wait for themselves, or grow without end: each is bounded, says so with the name of the
//! limit, and can still be ended by hand.

use std::{collections::BTreeMap, sync::Arc};

use fachwerk_core::{
    case::{Case, Extent},
    command::{Command, LetterText},
    decide::{MAX_BYTES, MAX_EVENTS, MAX_KEPT_MESSAGES, MAX_STEPS_PER_TURN, Refusal, decide},
    definition::Release,
    event::{ErrandKind, Event, PartyAdded},
    evolve::evolve,
    facts::{Actor, FactVersions, Facts, day_of},
    language::{Catalogue, Folder, compile},
    law::LegalData,
    party::PartyContent,
    words::{Calendar, CaseId, InstanceId, Land, Object, Place, TenantId, Timestamp},
};
use serde_json::json;
use uuid::Uuid;

const HEAD: &str = "process: bounds
version: 1.0.0
title: { de: Grenzen, en: Bounds }
roles: { clerk: { title: { de: S, en: C }, corrects: true } }
";

struct Played {
    release: Release,
    case: Case,
}

impl Played {
    /// A case of a process that has just begun.
    #[track_caller]
    fn of(steps: &str, more: &[(&str, &str)]) -> Played {
        let process = format!("{HEAD}{steps}");
        let mut files = vec![("process.yaml", process.as_str())];
        files.extend(more);
        let files = files.into_iter().map(|(name, text)| (name.into(), text.as_bytes().into()));
        let compiled = compile(&Folder { name: "".into(), files: files.collect() }, &Catalogue::default());
        let release = compiled.release.unwrap_or_else(|| panic!("{:#?}", compiled.problems));
        let case = Case::unborn(TenantId::from("musterstadt"), CaseId(Uuid::from_u128(1)));
        let start = Command::StartCase {
            release: release.id.clone(),
            channel: "manual".into(),
            data: Object::new(),
            received_on: None,
            documents: Vec::new(),
            caller: None,
        };
        let mut played = Played { release, case };
        assert_eq!(played.ask("jan", &start), "done");
        played
    }

    /// Asks for something; `done`, or why not.
    fn ask(&mut self, by: &str, command: &Command) -> String {
        let now: Timestamp = "2026-03-02T08:00:00Z".parse().expect("an instant");
        let actor = if by == "engine" { Actor::Engine } else { Actor::Person(by.into()) };
        let facts = Facts {
            now,
            today: day_of(now),
            actor,
            roles: Arc::new(["clerk".into()].into()),
            stands_in_for: Arc::default(),
            people: Arc::default(),
            persons: Arc::default(),
            local: Arc::default(),
            keeping: Default::default(),
            calendar: Calendar::new(&Place::land(Land::ST)).expect("a calendar"),
            law: LegalData::built_in(),
            numbers: BTreeMap::new(),
            versions: FactVersions::default(),
        };
        match decide(&self.release, &self.case, command, &facts) {
            Ok(decided) => {
                self.case = decided.case;
                "done".to_owned()
            }
            Err(Refusal::Rejected(rejection)) => {
                format!("{}: {}", rejection.code(), rejection.text().en)
            }
            Err(Refusal::NumberNeeded(_)) => unreachable!("nothing is numbered here"),
        }
    }

    fn message(&mut self, number: u128) -> String {
        let message = Command::DeliverMessage {
            name: "hello".into(),
            message_id: Uuid::from_u128(number),
            payload: Object::from_iter([("n".to_owned(), json!(1))]),
            documents: Vec::new(),
            received_on: None,
            key: None,
        };
        self.ask("jan", &message)
    }

    fn complete(&mut self, task: u32) -> String {
        let (task, values) = (InstanceId(task), Object::new());
        self.ask("jan", &Command::CompleteTask { task, values, seen: None, shown: None })
    }

    /// What is active, and what is stuck: where and in what.
    #[track_caller]
    fn check(&self, active: &str, stuck: &[&str]) {
        let steps = self.case.instances.values().filter_map(|it| it.step.as_ref()).map(ToString::to_string);
        let incidents = self.case.incidents.values().map(|it| {
            let step = it.trouble.step.as_ref().map(ToString::to_string).unwrap_or_default();
            format!("{step}: {}", it.trouble.code)
        });
        let found = (steps.collect::<Vec<_>>().join(" "), incidents.collect::<Vec<_>>());
        assert_eq!(found, (active.to_owned(), stuck.iter().map(|it| (*it).to_owned()).collect()));
    }

    /// The case can always be ended.
    #[track_caller]
    fn check_end(mut self) {
        let end = Command::EndCase { outcome: None, reason: "Schluss".into() };
        assert_eq!(self.ask("jan", &end), "done");
        assert!(!self.case.is_open());
    }
}

/// A loop of two machine steps a round, with one step before it and a task after it.
fn rounds(count: usize) -> Played {
    Played::of(
        &format!(
            "steps:
  first: {{ compute: {{ n: '0' }}, then: count }}
  count: {{ compute: {{ n: '(steps.count?.n ?? 0) + 1' }}, then: again }}
  again: {{ choose: [ {{ when: 'steps.count.n < {count}', then: count }}, {{ else: look }} ] }}
  look: {{ role: clerk, task: {{ title: {{ de: L, en: L }} }} }}
"
        ),
        &[],
    )
}

#[test]
fn a_turn_has_a_thousand_steps() {
    let most = (MAX_STEPS_PER_TURN - 2) / 2;
    rounds(most).check("look", &[]);
    // Step 1,001 is the choice of the last round.
    let mut played = rounds(most + 1);
    played.check("again", &["again: turn_too_long"]);
    assert_eq!(played.ask("jan", &Command::RetryIncident { incident: 1 }), "done");
    played.check("look", &[]);
}

#[test]
fn a_join_that_waits_for_itself_says_so() {
    let mut played = Played::of(
        "steps:
  first: { compute: { x: '1' }, then: [meet, look] }
  look: { role: clerk, task: { title: { de: L, en: L } }, then: over }
  over: { compute: { x: '1' } }
  meet: { join: all, then: [again, over] }
  again: { compute: { x: '1' }, then: meet }
",
        &[],
    );
    played.check("meet look", &[]);
    assert_eq!(played.complete(3), "done");
    played.check("meet", &["meet: join_never_met"]);
    let instance = InstanceId(2);
    let skip = Command::SkipStep { instance, outcome: None, reason: "Kreis".into() };
    assert_eq!(played.ask("jan", &skip), "done");
    // The path that was let through comes round to the join again.
    played.check("meet", &["meet: join_never_met"]);
    played.check_end();
}

#[test]
fn loops_within_loops_end_by_their_operations() {
    let script = "let n = 0;
for a in range(0, 1000) { for b in range(0, 1000) { for c in range(0, 1000) { n += 1; } } }
#{ n: n }
";
    let played = Played::of("steps: { bad: { compute: loops.rhai } }\n", &[("loops.rhai", script)]);
    played.check("bad", &["bad: rule_failed"]);
    let incident = played.case.incidents.values().next().expect("one");
    let said = &incident.trouble.message.en;
    assert!(said.contains("the limit \"operations\" was reached (100000)"), "{said}");
    played.check_end();
}

#[test]
fn ten_thousand_messages_that_nothing_waits_for() {
    let mut played = Played::of(
        "steps:
  look: { role: clerk, task: { title: { de: L, en: L } }, then: take }
  take: { wait: { here: { message: hello } }, then: rest }
  rest: { role: clerk, task: { title: { de: R, en: R } } }
",
        &[],
    );
    let full = "CaseFull: The case takes no more: the limit `kept_messages` (1000) is reached. First deal with messages that nobody waits for; else end the case by hand.";
    for number in 1..=10_000 {
        let expected = if number <= MAX_KEPT_MESSAGES as u128 { "done" } else { full };
        assert_eq!(played.message(number), expected, "message {number}");
    }
    // The case itself goes on, and has room again.
    assert_eq!(played.complete(1), "done");
    played.check("rest", &[]);
    assert_eq!((played.message(20_000).as_str(), played.message(20_001).as_str()), ("done", full));
    played.check_end();
}

#[test]
fn what_happens_in_a_case_has_an_end() {
    for (extent, code, said) in [
        (Extent { events: MAX_EVENTS + 1, bytes: 0 }, "case_too_long", "`case_too_long` (1000000)"),
        (Extent { events: 0, bytes: MAX_BYTES + 1 }, "case_too_large", "`case_too_large` (67108864)"),
    ] {
        let mut played = Played::of(
            "always: { ring: { timer: { every: 1 day }, interrupt: false, then: rest } }
steps:
  look: { role: clerk, task: { title: { de: L, en: L } }, then: rest }
  rest: { role: clerk, task: { title: { de: R, en: R } } }
",
            &[],
        );
        played.case.extent = extent;
        // Who works gets to know by an incident; who only adds is refused.
        let fire = Command::FireTimer { instance: InstanceId::ROOT, name: "ring".into(), revision: 1 };
        let asked = [
            ("jan", Command::AddNote { text: "x".into() }),
            ("engine", Command::DeliverSignal { name: "x".into() }),
            ("engine", fire),
        ];
        for (by, command) in asked {
            let answer = played.ask(by, &command);
            assert!(answer.starts_with("CaseFull: ") && answer.contains(said), "{answer}");
        }
        assert_eq!(played.complete(1), "done");
        played.check("rest", &[&format!("rest: {code}")]);
        let incident = *played.case.incidents.keys().next().expect("one");
        assert_eq!(played.ask("jan", &Command::RetryIncident { incident }), "done");
        played.check("rest", &[&format!("rest: {code}")]);
        played.check_end();
    }
}

#[test]
fn the_extent_counts_what_was_written() {
    let mut played = Played::of("steps: { look: { role: clerk, task: { title: { de: L, en: L } } } }\n", &[]);
    let mut events = 0;
    let mut check = |case: &Case, more: u64, bytes: u64| {
        events += more;
        assert_eq!(case.extent, Extent { events, bytes });
    };
    // Began, entered, opened.
    check(&played.case, 3, 0);
    // `n` and a number.
    assert_eq!(played.message(1), "done");
    check(&played.case, 1, 9);
    let event = Event::ResultWritten {
        at: vec!["a".into()],
        fields: Object::from_iter([("list".to_owned(), json!([true, "four", { "k": null }]))]),
    };
    evolve(&mut played.case, &event);
    check(&played.case, 1, 9 + 4 + 8 + 4 + 1 + 8);
    let before = played.case.extent.bytes;
    let party = PartyContent { name: "Erika".into(), address: vec!["Weg".into()], ..PartyContent::default() };
    let letter = LetterText {
        addressee: "E".into(),
        sender: None,
        subject: "S".into(),
        body: "B".into(),
        enclosures: Vec::new(),
    };
    let to = "clerk".into();
    let question = Command::GiveErrand {
        kind: ErrandKind::Question,
        text: "Wer?".into(),
        role: to,
        person: None,
        on: None,
    };
    evolve(&mut played.case, &Event::PartyAdded(PartyAdded { number: 1, party, by: None, merged: None }));
    assert_eq!(played.ask("jan", &question), "done");
    assert_eq!(played.ask("jan", &Command::AddNote { text: "Ja".into() }), "done");
    // Given, noted.
    check(&played.case, 3, before + 5 + 3 + 4 + 2);
    let before = played.case.extent.bytes;
    assert_eq!(played.ask("jan", &Command::WriteLetter { letter }), "done");
    // Written and asked for: the title, and all that the connector gets.
    let request =
        "titleSaddresseeEsenderreferencedate2. März 2026subjectSbodyBsigned_byjan".len() as u64 + 2 * 8;
    check(&played.case, 2, before + 1 + request);
}

/// Groups of which each has a lock and then wants that of the next; the last one to want closes the circle.
#[track_caller]
fn check_circle(size: usize, message: &str) {
    let groups = (0..size).map(|at| {
        let next = (at + 1) % size;
        format!(
            "      g{at}: {{ group: {{ lock: l{at}, steps: {{
        t{at}: {{ role: clerk, task: {{ title: {{ de: T, en: T }} }}, then: i{at} }},
        i{at}: {{ group: {{ lock: l{next}, steps: {{ w{at}: {{ role: clerk, task: {{ title: {{ de: W, en: W }} }} }} }} }} }} }} }} }}\n"
        )
    });
    let groups: String = groups.collect();
    let mut played = Played::of(
        &format!("steps:\n  all:\n    fork:\n{groups}    join: done\n  done: {{ end: done }}\n"),
        &[],
    );
    for at in 0..size {
        assert_eq!(played.case.incidents.len(), 0, "before {at}");
        let task = played.case.tasks().next().map(|(id, ..)| id.0).expect("a task");
        assert_eq!(played.complete(task), "done");
    }
    let found: Vec<_> = played.case.incidents.values().map(|it| &*it.trouble.message.en).collect();
    assert_eq!(found, [message]);
    played.check_end();
}

#[test]
fn locks_in_a_circle_are_named() {
    check_circle(
        2,
        "Locks wait for each other: \"g1\" has `l1` and waits for `l0`; \"g0\" has `l0` and waits for `l1`.",
    );
    check_circle(
        3,
        "Locks wait for each other: \"g2\" has `l2` and waits for `l0`; \"g0\" has `l0` and waits for `l1`; \"g1\" has `l1` and waits for `l2`.",
    );
}
