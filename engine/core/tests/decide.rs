//! What a case does, event by event. The expected events lie in `snapshots/`; `INSTA_UPDATE=always` writes them anew.

#[path = "decide/acts.rs"]
mod acts;
#[path = "decide/beside.rs"]
mod beside;
#[path = "decide/dispatches.rs"]
mod dispatches;
#[path = "decide/fictions.rs"]
mod fictions;
#[path = "decide/hands.rs"]
mod hands;
#[path = "decide/items.rs"]
mod items;
#[path = "decide/keeping.rs"]
mod keeping;
#[path = "decide/letters.rs"]
mod letters;
#[path = "decide/recomputed.rs"]
mod recomputed;
#[path = "decide/signed.rs"]
mod signed;
#[path = "decide/tables.rs"]
mod tables;

use std::{collections::BTreeMap, fmt::Write as _, sync::Arc};

use fachwerk_core::{
    authority::{Authority, Person, Profile},
    case::Case,
    command::{Command, EffectResult},
    decide::{Decided, Refusal, decide},
    definition::Release,
    event::{Caller, Direction, DocumentContent, EffectError},
    facts::{Actor, FactVersions, Facts, day_of},
    keeping::KeepingRules,
    language::{Catalogue, Folder, compile},
    law::LegalData,
    turn::Turn,
    words::{
        Calendar, CaseId, Date, InstanceId, Land, Object, PersonId, Place, RoleId, StepPath, TenantId, Text,
        Timestamp, Value, Way,
    },
};
use serde_json::json;
use uuid::Uuid;

const HEAD: &str = "process: test\nversion: 1.0.0\ntitle: { de: Test, en: Test }\nroles:\n  clerk: { title: { de: Sachbearbeitung, en: Clerk } }\n  lead: { title: { de: Leitung, en: Lead } }\n";

fn folder(files: &[(&str, &str)]) -> Folder {
    let files = files.iter().map(|(name, text)| ((*name).into(), text.as_bytes().into()));
    Folder { name: "".into(), files: files.collect() }
}

#[track_caller]
fn compiled(steps: &str, more: &[(&str, &str)]) -> Release {
    let process = format!("{HEAD}{steps}");
    let mut files = vec![("process.yaml", process.as_str())];
    files.extend(more);
    let compiled = compile(&folder(&files), &Catalogue::default());
    compiled.release.unwrap_or_else(|| panic!("{:#?}", compiled.problems))
}

/// One case, and the log of what was asked and what happened.
struct Played<'a> {
    release: &'a Release,
    case: Case,
    now: Timestamp,
    log: String,
    last: BTreeMap<Arc<str>, u64>,
    people: Arc<BTreeMap<PersonId, Person>>,
    keeping: KeepingRules,
    days_off: Vec<Date>,
    profile: Profile,
    law: Arc<LegalData>,
}

impl<'a> Played<'a> {
    fn new(release: &'a Release) -> Played<'a> {
        Played {
            release,
            case: Case::unborn(TenantId::from("musterstadt"), CaseId(Uuid::from_u128(1))),
            now: "2026-03-02T08:00:00Z".parse().expect("an instant"),
            log: String::new(),
            last: BTreeMap::new(),
            people: Arc::default(),
            keeping: KeepingRules::default(),
            days_off: Vec::new(),
            profile: Profile::example(),
            law: LegalData::built_in(),
        }
    }

    fn actor(name: &str) -> (Actor, Vec<&'static str>) {
        match name {
            "engine" => (Actor::Engine, vec![]),
            "letter" => (Actor::Connector("letter".into()), vec![]),
            "mia" => (Actor::Person("mia".into()), vec!["lead", "clerk"]),
            "root" | "ada" | "robot" => (Actor::Person(name.into()), vec!["administrator"]),
            "eva" => (Actor::Person("eva".into()), vec![]),
            other => (Actor::Person(other.into()), vec!["clerk"]),
        }
    }

    fn ask(&mut self, by: &str, command: Command) -> &mut Self {
        let (actor, roles) = Self::actor(by);
        let mut facts = self.facts(actor.clone(), roles);
        let name = serde_json::to_value(&command).expect("JSON")["type"].clone();
        writeln!(self.log, "{by}: {}", name.as_str().unwrap_or_default()).expect("a log");
        loop {
            match decide(self.release, &self.case, &command, &facts) {
                Ok(Decided { events, case: after }) => {
                    let turn = Turn {
                        tenant: self.case.tenant.clone(),
                        case: self.case.id,
                        version: self.case.version + 1,
                        command_id: Uuid::from_u128(0),
                        actor,
                        now: self.now,
                        release: self.release.id.clone(),
                        facts: facts.versions,
                        events,
                    };
                    for (counter, value) in turn.numbers() {
                        self.last.insert(counter.clone(), value);
                    }
                    for event in &turn.events {
                        let mut shown = serde_json::to_value(event).expect("JSON");
                        // The hash of the files says nothing here and changes with every comment.
                        for release in ["/release", "/parcel/begins/release"] {
                            if let Some(release) = shown.pointer_mut(release) {
                                *release = json!("...");
                            }
                        }
                        writeln!(self.log, "    {shown}").expect("a log");
                    }
                    turn.apply(&mut self.case);
                    assert_eq!(self.case, after, "the case after the events is the one that was decided");
                    return self;
                }
                Err(Refusal::NumberNeeded(counter)) => {
                    let last = self.last.get(&counter).copied().unwrap_or(0);
                    facts.numbers.insert(counter, last);
                }
                Err(Refusal::Rejected(rejection)) => {
                    writeln!(self.log, "    refused: {rejection:?}").expect("a log");
                    return self;
                }
            }
        }
    }

    fn facts(&self, actor: Actor, roles: Vec<&str>) -> Facts {
        Facts {
            now: self.now,
            today: day_of(self.now),
            actor,
            roles: Arc::new(roles.into_iter().map(RoleId::from).collect()),
            stands_in_for: Arc::default(),
            people: self.people.clone(),
            persons: Arc::new(["root", "ada", "jan"].map(PersonId::from).into()),
            local: Arc::new(self.release.local(&town(&self.profile))),
            keeping: self.keeping.clone(),
            calendar: self.calendar(),
            law: self.law.clone(),
            numbers: BTreeMap::new(),
            versions: FactVersions::default(),
        }
    }

    fn calendar(&self) -> Calendar {
        let calendar = Calendar::new(&Place::land(Land::ST)).expect("a calendar");
        let name = || fachwerk_deadlines::Names { de: "Ortsfest".into(), en: "Town day".into() };
        self.days_off.iter().fold(calendar, |calendar, day| calendar.with_extra(*day, name(), None))
    }

    fn start(&mut self) -> &mut Self {
        let release = self.release.id.clone();
        let (channel, data, documents) = ("manual".into(), Object::new(), Vec::new());
        self.ask(
            "jan",
            Command::StartCase { release, channel, data, received_on: None, documents, caller: None },
        )
    }

    fn at(&self, step: &str) -> InstanceId {
        let step = StepPath::from(step);
        let found = self.case.instances.iter().find(|(_, instance)| instance.step.as_ref() == Some(&step));
        found.map_or(InstanceId(999), |(id, _)| *id)
    }

    fn complete(&mut self, by: &str, step: &str, values: Value) -> &mut Self {
        let task = self.at(step);
        let Value::Object(values) = values else { panic!("an object") };
        self.ask(by, Command::CompleteTask { task, values, seen: None, shown: None })
    }

    fn message(&mut self, name: &str, id: u128, payload: Value) -> &mut Self {
        let Value::Object(payload) = payload else { panic!("an object") };
        let message_id = Uuid::from_u128(id);
        let (name, documents) = (name.into(), Vec::new());
        self.ask(
            "jan",
            Command::DeliverMessage { name, message_id, payload, documents, received_on: None, key: None },
        )
    }

    fn advance_to(&mut self, now: &str) -> &mut Self {
        self.now = now.parse().expect("an instant");
        self
    }

    fn fire(&mut self, step: &str, name: &str, revision: u32) -> &mut Self {
        let instance = if step.is_empty() { InstanceId::ROOT } else { self.at(step) };
        self.ask("engine", Command::FireTimer { instance, name: name.into(), revision })
    }

    fn letter(&mut self, instance: InstanceId, round: u32) -> &mut Self {
        let content = DocumentContent {
            title: "Schreiben".into(),
            media_type: "text/html".into(),
            hash: "00".into(),
            size: 1,
            direction: Direction::Outgoing,
            addressee: None,
            enclosures: Vec::new(),
        };
        let result = Ok(EffectResult { values: Object::new(), documents: vec![content] });
        self.ask("letter", Command::FinishEffect { instance, round, result })
    }

    #[track_caller]
    fn check(&self, name: &str) {
        let reloaded: Case =
            serde_json::from_value(serde_json::to_value(&self.case).expect("JSON")).expect("a case");
        assert_eq!(reloaded, self.case, "a case survives being stored");
        if self.days_off.is_empty() {
            self.check_folds();
        }
        insta::assert_snapshot!(name, self.log);
    }
}

#[test]
fn a_task_is_claimed_given_back_and_done_once() {
    let release = compiled(
        "steps:\n  look:\n    task: { title: { de: Prüfen, en: Look }, fields: { ok: { type: boolean, title: { de: Gut, en: Good }, required: true } } }\n    role: clerk\n    due: 3 working days\n",
        &[],
    );
    let mut played = Played::new(&release);
    let task = InstanceId(1);
    played
        .start()
        .ask("eva", Command::ClaimTask { task })
        .ask("jan", Command::ClaimTask { task })
        .ask("mia", Command::ClaimTask { task })
        .complete("mia", "look", json!({ "ok": true }))
        .ask("jan", Command::ReleaseTask { task })
        .ask("jan", Command::DelegateTask { task, to: "mia".into() })
        .complete("mia", "look", json!({ "ok": "yes", "extra": 1 }))
        .complete("mia", "look", json!({}))
        .complete("mia", "look", json!({ "ok": true }));
    played.ask("mia", Command::CompleteTask { task, values: Object::new(), seen: None, shown: None });
    played.check("task");
}

#[test]
fn branches_run_in_order_and_join_when_all_have_ended() {
    let release = compiled(
        "steps:\n  both:\n    fork:\n      quick: { compute: { x: \"1 + 1\" } }\n      left: { task: { title: { de: L, en: L } }, role: clerk }\n      right: { group: { steps: { first: { task: { title: { de: R, en: R } }, role: clerk, then: second }, second: { compute: { y: \"steps.quick.x * 2\" } } } } }\n    join: after\n  after: { end: done }\n",
        &[],
    );
    let mut played = Played::new(&release);
    played.start().complete("jan", "first", json!({})).complete("jan", "left", json!({}));
    played.check("fork");
}

#[test]
fn a_loop_goes_round_until_its_choice_ends_it() {
    let release = compiled(
        "steps:\n  ask: { task: { title: { de: F, en: F }, fields: { n: { type: integer, title: { de: n, en: n }, required: true } } }, role: clerk, then: again }\n  again: { choose: [ { when: \"steps.ask.n > 0\", then: ask }, { else: out } ] }\n  out: { end: zero }\n",
        &[],
    );
    let mut played = Played::new(&release);
    played.start().complete("jan", "ask", json!({ "n": 2 })).complete("jan", "ask", json!({ "n": 0 }));
    played.check("loop");
}

#[test]
fn handlers_of_a_group_react_and_the_case_can_be_withdrawn() {
    let release = compiled(
        "always:\n  withdrawal: { message: withdrawal, then: discontinue }\nsteps:\n  work:\n    group:\n      steps:\n        wait-here: { task: { title: { de: W, en: W } }, role: clerk }\n        book: { compute: { paid: \"steps.payment.cents\" } }\n      on:\n        payment: { message: payment, interrupt: false, then: book }\n        late: { deadline: { title: { de: Zahlungsfrist, en: Payment period }, period: 2 weeks }, then: $late }\n    then: { late: dunning }\n  dunning: { task: { title: { de: Mahnen, en: Dun } }, role: clerk }\n  discontinue: { end: withdrawn }\n",
        &[],
    );
    let mut played = Played::new(&release);
    played
        .start()
        .message("payment", 1, json!({ "cents": 500 }))
        .message("payment", 1, json!({ "cents": 500 }))
        .message("payment", 2, json!({ "cents": 700 }))
        .fire("work", "late", 1)
        .advance_to("2026-03-16T23:00:00Z")
        .fire("work", "late", 2)
        .fire("work", "late", 1)
        .message("withdrawal", 3, json!({}))
        .message("withdrawal", 4, json!({}));
    played.check("handlers");
}

fn dispatch(on: &str, way: Way, received: Option<&str>) -> Command {
    let day = |day: &str| day.parse().expect("a day");
    Command::RecordDispatch { document: 1, on: day(on), way, proven_receipt: received.map(day) }
}

fn receipt(on: &str) -> Command {
    Command::RecordReceipt { document: 1, on: on.parse().expect("a day") }
}

/// A letter with two periods from its notification, the second in a handler; the first is as long as a task says.
fn replied() -> Release {
    compiled(
        "settings: { period: { type: period, default: 2 weeks, title: { de: F, en: P } } }\nsteps:\n  work:\n    group:\n      steps:\n        letter: { effect: letter, then: await }\n        await:\n          wait:\n            received: { message: reply }\n            expired: { deadline: { title: { de: Antwort, en: Reply }, period: \"= settings.period\", from: { notification: letter } } }\n          then: { received: look, expired: look }\n        look: { task: { title: { de: P, en: L } }, role: clerk }\n      on:\n        final: { deadline: { title: { de: Bestandskraft, en: Finality }, period: 1 month, from: { notification: letter } }, then: $final }\n    then: { final: done }\n  done: { end: final }\n",
        &[],
    )
}

#[test]
fn a_later_proven_receipt_moves_what_runs_from_it() {
    let release = replied();
    let mut played = Played::new(&release);
    played
        .start()
        .ask("jan", receipt("2026-03-02"))
        .letter(InstanceId(2), 1)
        .ask("jan", receipt("2026-03-02"))
        .ask("jan", dispatch("2026-03-02", Way::Post, Some("2026-03-03")))
        .ask("jan", dispatch("2026-03-02", Way::Post, None))
        .ask("eva", receipt("2026-03-02"))
        .ask("jan", receipt("2026-03-01"))
        .ask("jan", receipt("2026-03-03"))
        .advance_to("2026-03-16T08:00:00Z")
        .ask("jan", receipt("2026-03-12"))
        .ask("jan", receipt("2026-03-13"))
        // The timer of the day before it moved.
        .advance_to("2026-03-20T23:00:00Z")
        .fire("await", "expired", 2)
        .advance_to("2026-03-26T23:00:00Z")
        .fire("await", "expired", 3);
    played.check("receipt_later");
}

#[test]
fn an_earlier_proven_receipt_moves_nothing() {
    let release = replied();
    let mut played = Played::new(&release);
    played
        .start()
        .letter(InstanceId(2), 1)
        .ask("jan", dispatch("2026-03-02", Way::Post, None))
        .advance_to("2026-03-09T08:00:00Z")
        .ask("jan", receipt("2026-03-04"));
    played.check("receipt_earlier");
}

#[test]
fn what_fired_before_the_receipt_was_proven_is_told_and_not_undone() {
    let release = replied();
    let mut played = Played::new(&release);
    played
        .start()
        .letter(InstanceId(2), 1)
        .ask("jan", dispatch("2026-03-02", Way::Post, None))
        .advance_to("2026-03-20T23:00:00Z")
        .fire("await", "expired", 2)
        .ask("jan", receipt("2026-03-12"))
        .ask("jan", Command::RetryIncident { incident: 1 });
    played.check("receipt_after_firing");
}

#[test]
fn formal_service_and_retrieval_are_recorded_with_their_proof() {
    let release = replied();
    for (way, name) in [(Way::ServiceWithProof, "receipt_service"), (Way::Portal, "receipt_portal")] {
        let mut played = Played::new(&release);
        played
            .start()
            .letter(InstanceId(2), 1)
            .advance_to("2026-03-09T08:00:00Z")
            .ask("jan", dispatch("2026-03-02", way, Some("2026-03-01")))
            .ask("jan", dispatch("2026-03-02", way, Some("2026-03-05")))
            .ask("jan", receipt("2026-03-06"));
        played.check(name);
    }
}

#[test]
fn a_period_runs_only_from_the_recorded_dispatch() {
    let release = compiled(
        "steps:\n  letter: { effect: letter, with: { title: Brief, to: \"= file.channel\", n: [1, \"= 1 + 1\"] }, then: await }\n  await:\n    wait:\n      received: { message: documents-received }\n      expired: { deadline: { title: { de: Nachreichung, en: Reply }, period: 4 weeks, from: { notification: letter } } }\n    then: { received: got, expired: gone }\n  got: { end: received }\n  gone: { end: expired }\n",
        &[],
    );
    let dispatch = |on: &str| dispatch(on, Way::Post, None);
    let mut played = Played::new(&release);
    played
        .message("documents-received-too-early", 9, json!({}))
        .start()
        .letter(InstanceId(1), 1)
        .ask("jan", dispatch("2026-03-03"))
        .ask("jan", dispatch("2026-03-01"))
        .ask("jan", dispatch("2026-03-02"))
        .ask("jan", dispatch("2026-03-02"))
        .advance_to("2026-04-07T21:59:59Z")
        .fire("await", "expired", 2)
        .advance_to("2026-04-07T22:00:00Z")
        .fire("await", "expired", 2);
    played.check("dispatch");
}

#[test]
fn a_message_that_comes_early_is_kept() {
    let release = compiled(
        "steps:\n  first: { task: { title: { de: E, en: E } }, role: clerk, then: await }\n  await: { wait: { here: { message: hello } }, then: done }\n  done: { end: \"greeted\" }\n",
        &[],
    );
    let mut played = Played::new(&release);
    played.start().message("hello", 1, json!({ "who": "Erika" })).complete("jan", "first", json!({}));
    played.check("early_message");
}

#[test]
fn effects_fail_are_tried_again_and_may_come_late() {
    let release = compiled(
        "always: { stop: { message: stop, then: over } }\nsteps:\n  letter: { effect: letter, then: over }\n  over: { task: { title: { de: Ende, en: End } }, role: clerk }\n",
        &[],
    );
    let error =
        EffectError { code: "letter_invalid".into(), message: Text::new("kaputt", "broken"), retry: false };
    let mut played = Played::new(&release);
    let failed = Command::FinishEffect { instance: InstanceId(1), round: 1, result: Err(error) };
    played
        .start()
        .ask("letter", failed)
        .ask("eva", Command::RetryIncident { incident: 1 })
        .ask("jan", Command::RetryIncident { incident: 1 })
        .letter(InstanceId(1), 1)
        .message("stop", 1, json!({}))
        .letter(InstanceId(1), 2)
        // Nobody has ever asked for this one.
        .letter(InstanceId(99), 1);
    played.check("effects");
}

#[test]
fn numbers_are_drawn_without_gaps() {
    let release = compiled(
        "steps:\n  one: { number: { pattern: \"32.1-{year}/{number:5}\", file_number: true }, then: two }\n  two: { number: { pattern: \"32.1-{year}/{number:5}\" }, then: three }\n  three: { number: { pattern: \"K{number}\" } }\n",
        &[],
    );
    let mut played = Played::new(&release);
    played.last.insert("32.1-2026/#".into(), 41);
    played.start();
    played.check("numbers");
}

#[test]
fn a_rule_that_fails_stops_the_case_only_where_it_must() {
    let release = compiled(
        "settings: { divisor: { type: integer, default: 0, title: { de: D, en: D } } }\nsteps:\n  both:\n    fork:\n      bad: { compute: { x: \"1 / settings.divisor\" } }\n      good: { task: { title: { de: G, en: G } }, role: clerk }\n    join: after\n  after: { end: done }\n",
        &[],
    );
    let mut played = Played::new(&release);
    played.start().complete("jan", "good", json!({})).ask("mia", Command::RetryIncident { incident: 1 });
    played.check("rule_fails");
}

#[test]
fn a_turn_that_never_stops_becomes_an_incident() {
    let release = compiled(
        "steps:\n  one: { compute: { x: \"1\" }, then: two }\n  two: { compute: { x: \"2\" }, then: one }\n",
        &[],
    );
    let mut played = Played::new(&release);
    played.start();
    let lines: Vec<&str> = played.log.lines().collect();
    let last = lines.last().expect("an event");
    assert!(last.contains("turn_too_long"), "{last}");
    assert_eq!(played.case.incidents.len(), 1);
    assert!(played.case.is_open());
}

#[test]
fn an_option_is_open_when_its_rule_holds() {
    let release = compiled(
        "steps:\n  look:\n    task:\n      title: { de: L, en: L }\n      fields:\n        n: { type: integer, title: { de: n, en: n } }\n        outcome:\n          type: choice\n          title: { de: E, en: O }\n          required: true\n          options:\n            keep: { de: b, en: k }\n            hand-over: { title: { de: a, en: h }, when: 10 / (result?.n ?? 0) > 1 }\n    role: clerk\n    then: { keep: kept, hand-over: gone }\n  kept: { end: kept }\n  gone: { end: gone }\n",
        &[],
    );
    let mut played = Played::new(&release);
    let hand_over = |n: u32| json!({ "n": n, "outcome": "hand-over" });
    played
        .start()
        .complete("jan", "look", hand_over(10))
        // A rule that fails closes its option as well, and tells why.
        .complete("jan", "look", hand_over(0))
        .complete("jan", "look", hand_over(2));
    played.check("options");
    let mut played = Played::new(&release);
    played.start().complete("jan", "look", json!({ "n": 0, "outcome": "keep" }));
    assert!(
        !played.case.is_open(),
        "the rule of an option that nobody chose does not matter: {}",
        played.log
    );
}

#[test]
fn a_group_is_left_by_the_end_of_its_last_path() {
    let release = compiled(
        "steps:\n  work:\n    group:\n      steps:\n        look: { task: { title: { de: L, en: L } }, role: clerk, then: good }\n        good: { end: good }\n        ask: { task: { title: { de: A, en: A } }, role: clerk, then: bad }\n        bad: { end: bad }\n      on:\n        more: { message: more, interrupt: false, then: ask }\n    then: { good: granted, bad: refused }\n  granted: { end: granted }\n  refused: { end: refused }\n",
        &[],
    );
    let mut played = Played::new(&release);
    played.start().message("more", 1, json!({})).complete("jan", "look", json!({})).complete(
        "jan",
        "ask",
        json!({}),
    );
    played.check("group_end");
}

#[test]
fn a_trigger_whose_rule_failed_reacts_when_tried_again() {
    let release = compiled(
        "steps:\n  number: { task: { title: { de: Z, en: N }, fields: { n: { type: integer, title: { de: n, en: n }, required: true } } }, role: clerk, then: work }\n  work:\n    group:\n      steps:\n        mend: { task: { title: { de: M, en: M }, fields: { n: { type: integer, title: { de: n, en: n }, required: true } } }, role: clerk, then: rest }\n        rest: { task: { title: { de: R, en: R } }, role: clerk }\n      on:\n        late: { deadline: { title: { de: F, en: D }, period: 1 day }, when: \"10 / (steps.mend?.n ?? steps.number.n) > 1\", then: $late }\n        stop: { message: stop, when: \"10 / (steps.mend?.n ?? steps.number.n) > 1\", interrupt: false, then: rest }\n    then: { late: end-late }\n  end-late: { end: late }\n",
        &[],
    );
    let mut played = Played::new(&release);
    played
        .start()
        .complete("jan", "number", json!({ "n": 0 }))
        .message("stop", 1, json!({}))
        .advance_to("2026-03-04T08:00:00Z")
        .fire("work", "late", 1)
        .ask("jan", Command::RetryIncident { incident: 1 })
        .complete("jan", "mend", json!({ "n": 2 }))
        .ask("jan", Command::RetryIncident { incident: 3 })
        .ask("jan", Command::RetryIncident { incident: 2 });
    played.check("wake_again");
}

#[test]
fn a_called_case_that_has_not_come_to_its_result_ends_and_tells_its_caller() {
    let release = compiled(
        "out: { good: steps.look.good, place: '\"Burg\"' }\nsteps:\n  look:\n    task: { title: { de: Prüfen, en: Look }, fields: { good: { type: boolean, title: { de: Gut, en: Good }, required: true } } }\n    role: clerk\n",
        &[],
    );
    let mut played = Played::new(&release);
    let caller = Caller { case: CaseId(Uuid::from_u128(2)), instance: InstanceId(7), depth: 1 };
    played
        .ask(
            "engine",
            Command::StartCase {
                release: release.id.clone(),
                channel: "call".into(),
                data: Object::new(),
                received_on: None,
                documents: Vec::new(),
                caller: Some(caller),
            },
        )
        .ask(
            "root",
            Command::EndCase { outcome: Some("given-up".into()), reason: "Hat sich erledigt".into() },
        )
        .ask("jan", Command::RetryIncident { incident: 1 })
        .check("call_without_result");
}

#[test]
fn a_deadline_that_could_not_be_set_at_the_dispatch_is_set_when_it_is_tried_again() {
    let release = compiled(
        "data: application.schema.json\nsteps:\n  letter:\n    effect: letter\n    with: { title: Bescheid, body: Text }\n    then: check\n  check:\n    group:\n      on:\n        over: { deadline: { title: { de: Rechtsbehelfsfrist, en: Remedy period }, period: '= application?.period ?? \"1 month\"', from: { notification: letter } }, then: $over }\n      steps:\n        look: { task: { title: { de: Prüfen, en: Look } }, role: clerk }\n    then: passed\n  passed: { end: passed }\n",
        &[(
            "application.schema.json",
            r#"{ "type": "object", "properties": { "period": { "type": "string", "maxLength": 20, "x-title": { "de": "Frist", "en": "Period" } } } }"#,
        )],
    );
    let period = |text: &str| Command::ChangeData {
        fields: Object::from_iter([("period".to_owned(), json!(text))]),
        received_on: None,
        seen: None,
        reason: "Frist geändert".into(),
    };
    let on = "2026-03-02".parse().expect("a day");
    let mut played = Played::new(&release);
    played
        .start()
        .letter(InstanceId(1), 1)
        .ask("root", period("bald"))
        .ask("jan", Command::RecordDispatch { document: 1, on, way: Way::Post, proven_receipt: None })
        .ask("root", period("2 weeks"))
        .ask("jan", Command::RetryIncident { incident: 1 })
        .check("deadline_set_again");
}

#[test]
fn a_handler_that_has_interrupted_rings_no_more() {
    let release = compiled(
        "steps:\n  work:\n    group:\n      steps:\n        await: { wait: { here: { message: hello } } }\n        late: { task: { title: { de: V, en: L } }, role: clerk }\n      on:\n        again: { timer: { every: 1 week, times: 3 }, then: late }\n",
        &[],
    );
    let mut played = Played::new(&release);
    played
        .start()
        .advance_to("2026-03-09T08:00:00Z")
        .fire("work", "again", 1)
        .advance_to("2026-03-16T08:00:00Z")
        .fire("work", "again", 2);
    played.check("interrupting_timer");
}

#[test]
fn a_dispatch_that_may_not_wake_leaves_room_for_a_message() {
    let release = compiled(
        "steps:\n  letter: { effect: letter, then: first }\n  first: { task: { title: { de: E, en: E } }, role: clerk, then: await }\n  await:\n    wait:\n      sent: { dispatch: letter, when: \"1 > 2\" }\n      here: { message: hello }\n    then: done\n  done: { end: true }\n",
        &[],
    );
    let on = "2026-03-02".parse().expect("a day");
    let mut played = Played::new(&release);
    played
        .start()
        .letter(InstanceId(1), 1)
        .ask("jan", Command::RecordDispatch { document: 1, on, way: Way::Post, proven_receipt: None })
        .message("hello", 1, json!({}))
        .complete("jan", "first", json!({}));
    played.check("dispatch_or_message");
}

#[test]
fn a_turn_that_was_too_long_looks_at_no_conditions() {
    let release = compiled(
        "steps:\n  first: { task: { title: { de: E, en: E } }, role: clerk, then: all }\n  all:\n    each:\n      times: \"2\"\n      steps:\n        hop: { wait: { go: { condition: \"1 < 2\" } }, then: hop }\n",
        &[],
    );
    let mut played = Played::new(&release);
    played.start().complete("jan", "first", json!({}));
    let stuck: Vec<&str> = played.case.incidents.values().map(|incident| &*incident.trouble.code).collect();
    assert_eq!(stuck, ["turn_too_long"], "the other round waits");
}

/// The authority of all of them.
fn town(profile: &Profile) -> Authority {
    Authority { shown: profile.shown().into(), profile: profile.clone().into(), ..Authority::default() }
}
