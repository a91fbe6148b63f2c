//! Cases by hand: events as the core makes them, without a process.

use std::{collections::BTreeSet, sync::Arc};

use fachwerk_core::{
    case::{Case, TakeBack},
    event::{
        Addressee, Awaited, Caller, Deadline, DeadlineRun, Direction, Dispatch, Document, DocumentContent,
        Event, Hand, Handled, MatchedRow, Parcel, Raised, Suspension, Timer, Trigger, Trouble, Undo,
    },
    facts::{Actor, FactVersions},
    projection::{Listing, changes},
    turn::Turn,
    words::{CaseId, Date, InstanceId, Object, TenantId, Text, Timestamp, Value},
};
use fachwerk_store::Entry;
use serde_json::json;
use uuid::Uuid;

pub fn musterstadt() -> TenantId {
    "musterstadt".into()
}

pub fn beispielburg() -> TenantId {
    "beispielburg".into()
}

/// So many seconds after the beginning of 2026 (UTC).
pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_767_225_600 + seconds).unwrap()
}

/// A day of the year 2026.
pub fn day(day_of_year: i16) -> Date {
    Date::new(2026, 1, 1).unwrap().with().day_of_year(day_of_year).build().unwrap()
}

pub fn case_id(number: u128) -> CaseId {
    CaseId(Uuid::from_u128(0x0198_0000_0000_7000_8000_0000_0000_0000 + number))
}

pub fn text(text: &str) -> Text {
    Text::new(text, format!("{text} (en)"))
}

pub fn object(value: Value) -> Object {
    match value {
        Value::Object(object) => object,
        other => panic!("{other} is no object"),
    }
}

/// How lists show these cases: what stands in the application, and over it what a step wrote to `listing`.
pub fn listing(case: &Case) -> Listing {
    let written = case.results.get("listing").and_then(|written| written.as_object());
    let field =
        |name: &str| written.and_then(|written| written.get(name)).or_else(|| case.data.get(name)).cloned();
    Listing {
        subject: field("subject").as_ref().and_then(Value::as_str).map(Arc::from),
        columns: field("columns").map(object).unwrap_or_default(),
        priority: field("priority").map(|said| serde_json::from_value(said).expect("a priority")),
    }
}

/// A case as it goes on, turn by turn. A copy of it goes another way.
#[derive(Clone)]
pub struct Course {
    pub case: Case,
    /// Tells the commands of copies apart.
    pub way: u128,
}

impl Course {
    pub fn new(number: u128) -> Course {
        Course::of(&musterstadt(), number)
    }

    pub fn of(tenant: &TenantId, number: u128) -> Course {
        Course { case: Case::unborn(tenant.clone(), case_id(number)), way: 0 }
    }

    /// The same case, on a way of its own.
    pub fn fork(&self) -> Course {
        Course { case: self.case.clone(), way: self.way + 1 }
    }

    pub fn id(&self) -> CaseId {
        self.case.id
    }

    /// The next turn: what happened a second after the turn before.
    pub fn turn(&mut self, events: Vec<Event>) -> Entry {
        let now = if self.case.version == 0 { at(0) } else { at(self.case.version as i64) };
        self.turn_at(now, events)
    }

    pub fn turn_at(&mut self, now: Timestamp, events: Vec<Event>) -> Entry {
        let before = self.case.clone();
        let version = before.version + 1;
        let command = (self.case.id.0.as_u128() << 32) ^ (self.way << 16) ^ u128::from(version);
        let turn = Turn {
            tenant: before.tenant.clone(),
            case: before.id,
            version,
            command_id: Uuid::from_u128(command),
            actor: Actor::Person("anna".into()),
            now,
            release: "r1".into(),
            facts: FactVersions { authority: 1, norms: 2 },
            events,
        };
        turn.apply(&mut self.case);
        let changes = changes(&before, &self.case, &turn, listing(&self.case));
        Entry { turn, changes, snapshot: None }
    }

    /// The next turn, with the case whole.
    pub fn turn_with_snapshot(&mut self, events: Vec<Event>) -> Entry {
        let entry = self.turn(events);
        Entry { snapshot: Some(Arc::new(self.case.clone())), ..entry }
    }

    /// A first turn with a subject.
    pub fn begin(&mut self, subject: &str) -> Entry {
        self.turn(vec![started("bonfire", json!({ "subject": subject }))])
    }
}

pub fn started(process: &str, data: Value) -> Event {
    Event::CaseStarted {
        process: process.into(),
        release: "r1".into(),
        channel: "manual".into(),
        received_on: day(1),
        data: object(data),
        caller: None,
    }
}

pub fn entered(instance: u32, step: &str) -> Event {
    Event::StepEntered {
        instance: InstanceId(instance),
        parent: InstanceId::ROOT,
        step: step.into(),
        after: Some("before".into()),
    }
}

pub fn left(instance: u32) -> Event {
    Event::StepLeft { instance: InstanceId(instance), outcome: Some("done".into()) }
}

pub fn task(instance: u32, role: &str, due: Option<Date>, excluded: &[&str]) -> Event {
    Event::TaskOpened {
        instance: InstanceId(instance),
        title: text("Prüfen"),
        role: role.into(),
        due,
        excluded: excluded.iter().map(|person| (*person).into()).collect::<BTreeSet<_>>(),
        proposal: object(json!({"amount_cents": 1200})),
    }
}

pub fn claimed(instance: u32, person: &str) -> Event {
    Event::TaskClaimed { instance: InstanceId(instance), person: person.into() }
}

pub fn completed(instance: u32, by: &str) -> Event {
    Event::TaskCompleted {
        instance: InstanceId(instance),
        by: by.into(),
        values: object(json!({"ok": true})),
    }
}

pub fn deadline(instance: u32, name: &str, revision: u32, end: Option<Date>) -> Event {
    let run = end.map(|end| DeadlineRun {
        start: day(1),
        raw_end: end,
        end,
        fires_at: fachwerk_core::facts::start_of(end.tomorrow().unwrap()),
        since: None,
        until: None,
        grace_until: None,
        warn_on: vec![],
        derivation: vec![],
    });
    let awaits_dispatch_of = run.is_none().then(|| "notice".into());
    let deadline = Deadline {
        name: name.into(),
        title: text("Frist"),
        revision,
        period: text("4 Wochen"),
        run,
        awaits_dispatch_of,
        suspended: None,
        stopped_until: None,
        extended: false,
        from_document: None,
        statutory: false,
        basis: None,
        changes: vec![],
        fiction: None,
    };
    Event::DeadlineSet { instance: InstanceId(instance), deadline }
}

/// A deadline that ran until a day, and is suspended.
pub fn suspended(instance: u32, name: &str, end: Date) -> Event {
    let Event::DeadlineSet { instance, mut deadline } = deadline(instance, name, 1, Some(end)) else {
        unreachable!("a deadline is set")
    };
    deadline.suspended = deadline.run.take().map(|run| Suspension { since: run.start, run });
    Event::DeadlineSet { instance, deadline }
}

pub fn effect(instance: u32, round: u32) -> Event {
    Event::EffectRequested {
        instance: InstanceId(instance),
        round,
        connector: "letter".into(),
        request: json!({"to": "Erika Mustermann"}),
    }
}

pub fn effect_finished(instance: u32, round: u32) -> Event {
    Event::EffectFinished { instance: InstanceId(instance), round, late: false }
}

pub fn number(counter: &str, value: u64) -> Event {
    let text = format!("{counter}-{value:04}");
    Event::NumberDrawn { counter: counter.into(), value, text: text.into(), file_number: true }
}

pub fn trouble() -> Trouble {
    let trouble = json!({
        "code": "rule_failed",
        "step": "check",
        "message": text("Regel gescheitert"),
        "help": text("Bitte prüfen"),
        "details": {"x": 1},
    });
    serde_json::from_value(trouble).unwrap()
}

pub fn incident(number: u32, instance: Option<u32>) -> Event {
    Event::IncidentRaised { number, instance: instance.map(InstanceId), incident: trouble() }
}

pub fn resolved(number: u32) -> Event {
    Event::IncidentResolved { number }
}

pub fn document(number: u32, direction: Direction) -> Event {
    let document = Document {
        number,
        content: DocumentContent {
            title: "Bescheid".into(),
            media_type: "text/html".into(),
            hash: "00".into(),
            size: 3,
            direction,
            addressee: Some("Erika Mustermann".into()),
            enclosures: Vec::new(),
        },
        step: Some("notice".into()),
        by: None,
        on: day(2),
        dispatch: None,
        taken_out: None,
        paper: None,
        own_day: false,
    };
    Event::DocumentAdded { document }
}

pub fn dispatched(document: u32) -> Event {
    let dispatch = Dispatch {
        others: Default::default(),
        not_arrived: false,
        leaves_anew: false,
        on: day(3),
        way: serde_json::from_value(json!("post")).unwrap(),
        proven_receipt: None,
        notified_on: Some(day(7)),
        awaited: None,
        derivation: vec![],
        by: Some("anna".into()),
    };
    Event::DocumentDispatched { document, dispatch }
}

pub fn written(at: &[&str], fields: Value) -> Event {
    Event::ResultWritten { at: at.iter().map(|key| (*key).into()).collect(), fields: object(fields) }
}

pub fn note(number: u32, text: &str) -> Event {
    Event::NoteAdded { number, by: "anna".into(), text: text.into() }
}

pub fn ended() -> Event {
    Event::CaseEnded { outcome: Some("granted".into()) }
}

pub fn awaited(name: &str, trigger: Trigger, key: Option<&str>) -> Awaited {
    Awaited { name: name.into(), trigger, key: key.map(Into::into) }
}

/// A case that has lived through every event there is, and still has something of everything; `seed` tells several
/// such cases apart.
pub fn rich_course(course: &mut Course, seed: u128) -> Vec<Entry> {
    let message = |number: u128| Event::MessageReceived {
        name: "documents-received".into(),
        message_id: Uuid::from_u128(seed << 8 | number),
        received_on: day(4),
        payload: object(json!({"pages": 3})),
        key: None,
    };
    let evaluated = Event::RuleEvaluated {
        instance: InstanceId(1),
        rule: "amount > 3".into(),
        inputs: object(json!({"amount": 4})),
        result: json!(true),
        matched: vec![MatchedRow { row: 1, norm: Some("§ 3".into()), law: None }],
    };
    let waits = vec![
        awaited("late", Trigger::Deadline, None),
        awaited("letter", Trigger::Dispatch("notice".into()), None),
        awaited("more", Trigger::Message("documents-received".into()), None),
        awaited("other", Trigger::Message("opinion".into()), Some(&format!("key-{seed}"))),
        awaited("storm", Trigger::Signal("storm".into()), None),
    ];
    let again = vec![awaited("calm", Trigger::Signal("calm".into()), None)];
    let columns =
        json!({"subject": format!("Fall Müller {seed}"), "columns": {"city": "Halle", "amount_cents": 1200}});
    vec![
        course.turn(vec![started("bonfire", columns), number(&format!("32.{seed}"), 1)]),
        course.turn(vec![entered(1, "check"), task(1, "clerk", Some(day(9)), &["bert"]), evaluated]),
        course.turn(vec![entered(2, "wait"), Event::WaitOpened { instance: InstanceId(2), waits }]),
        course.turn(vec![deadline(2, "late", 1, Some(day(20))), deadline(2, "later", 1, None)]),
        course.turn(vec![
            message(1),
            message(2),
            Event::MessageTaken { instance: InstanceId(2), message_id: Uuid::from_u128(seed << 8 | 1) },
        ]),
        course.turn(vec![entered(3, "send"), effect(3, 1)]),
        course.turn_with_snapshot(vec![claimed(1, "anna")]),
        course.turn(vec![entered(4, "print"), effect(4, 1)]),
        course.turn(vec![
            effect_finished(4, 1),
            left(4),
            document(1, Direction::Outgoing),
            document(2, Direction::Outgoing),
            dispatched(1),
        ]),
        course.turn(vec![document(3, Direction::Incoming), note(1, "Rücksprache gehalten")]),
        course.turn(vec![entered(5, "stuck"), incident(1, Some(5)), incident(2, None)]),
        course.turn(vec![
            resolved(2),
            entered(6, "sign"),
            task(6, "lead", None, &[]),
            claimed(6, "carla"),
            completed(6, "carla"),
        ]),
        course.turn(vec![
            left(6),
            entered(7, "gone"),
            task(7, "clerk", None, &[]),
            deadline(7, "d", 1, Some(day(9))),
        ]),
        course.turn_with_snapshot(vec![Event::StepsCancelled {
            instances: vec![InstanceId(7)],
            because: "withdrawn".into(),
        }]),
        course.turn(vec![entered(9, "each"), Event::WaitOpened { instance: InstanceId(9), waits: again }]),
        course.turn(what_scopes_do()),
        course.turn(what_people_correct()),
        course.turn(what_cases_send()),
        course.turn(vec![Event::Delivered { number: 1 }, left(9)]),
        course.turn(vec![
            deadline(2, "late", 2, Some(day(30))),
            entered(8, "wait"),
            deadline(8, "x", 1, Some(day(8))),
        ]),
        course.turn(vec![
            Event::DeadlineFired { instance: InstanceId(8), name: "x".into() },
            Event::TaskReleased { instance: InstanceId(1) },
            written(&["listing"], json!({"subject": format!("Neuer Fall Schulze {seed}")})),
            written(&["check", "inner"], json!({"ok": true})),
        ]),
    ]
}

/// Rounds, branches, joins, repetition, locks, compensation, timers, conditions.
fn what_scopes_do() -> Vec<Event> {
    let undo = Undo { number: 1, step: "book".into(), written: json!({"room": 3}) };
    let timer =
        |revision| Timer { name: "tick".into(), revision, since: at(0), at: at(i64::from(revision) * 1_000) };
    vec![
        Event::BranchesBegan { instance: InstanceId(9), needed: 1, items: vec![json!("x"), json!("y")] },
        Event::RoundEntered {
            instance: InstanceId(10),
            parent: InstanceId(9),
            step: "each[1]".into(),
            label: Some("x".into()),
        },
        Event::BranchesJoined { instance: InstanceId(9) },
        Event::ScopeRepeated { instance: InstanceId(9), round: 2 },
        Event::LockQueued { instance: InstanceId(9), lock: "room".into() },
        Event::LockTaken { instance: InstanceId(9) },
        Event::UndoKept { scope: InstanceId(9), undo: undo.clone() },
        Event::UndoBegan { instance: InstanceId(10), scope: InstanceId(9), numbers: vec![1] },
        Event::UndoTaken { instance: InstanceId(10), number: 1 },
        Event::UndoKept { scope: InstanceId(9), undo: Undo { number: 2, ..undo } },
        Event::UndoDropped { scope: InstanceId(9) },
        entered(11, "join"),
        entered(12, "join"),
        Event::PathsMet { instance: InstanceId(12), met: vec![InstanceId(11)] },
        left(12),
        Event::ConditionChanged { instance: InstanceId(9), name: "calm".into(), holds: true },
        Event::TimerSet { instance: InstanceId(9), timer: timer(1) },
        Event::TimerFired { instance: InstanceId(9), name: "tick".into() },
        Event::TimerSet { instance: InstanceId(9), timer: timer(2) },
        Event::Raised { instance: InstanceId(9), what: Raised::Escalation("late".into()) },
    ]
}

fn what_people_correct() -> Vec<Event> {
    let (by, reason) = (|| "anna".into(), || "Irrtum".into());
    let take_back = |entered| TakeBack {
        again: false,
        step: "check".into(),
        parent: InstanceId::ROOT,
        by: by(),
        entered: vec![InstanceId(entered)],
    };
    vec![
        Event::TriggeredByHand {
            instance: InstanceId::ROOT,
            name: "withdrawal".into(),
            by: by(),
            reason: reason(),
        },
        Event::StepSkipped { instance: InstanceId(9), by: by(), reason: reason() },
        Event::StepMoved { instance: InstanceId(9), to: "check".into(), by: by(), reason: reason() },
        Event::DataChanged {
            fields: object(json!({"city": "Burg"})),
            received_on: None,
            by: by(),
            reason: reason(),
        },
        Event::HandHad {
            hand: Hand { by: by(), what: Handled::Party, steps: vec!["draft".into()] },
            tasks: vec![],
        },
        Event::TakeBackKept { number: 1, take_back: take_back(9), dropped: vec![] },
        Event::TakeBackKept { number: 2, take_back: take_back(9), dropped: vec![] },
        Event::TaskTakenBack { task: InstanceId(2), by: by(), reason: reason() },
        Event::CaseEndedByHand { by: by(), reason: reason() },
    ]
}

pub fn what_cases_send() -> Vec<Event> {
    let caller = Caller { case: case_id(77), instance: InstanceId(3), depth: 1 };
    let called = case_id(78);
    vec![
        Event::Sent {
            number: 1,
            parcel: Parcel::Call { called, process: "other".into(), data: Object::new(), caller },
        },
        Event::Sent {
            number: 2,
            parcel: Parcel::Message {
                name: "opinion".into(),
                to: Addressee::Key("tree-7".into()),
                payload: object(json!({"n": 1})),
            },
        },
        entered(13, "call"),
        Event::CaseCalled { instance: InstanceId(13), called },
        entered(14, "call"),
        Event::CaseCalled { instance: InstanceId(14), called },
        Event::CallFinished { instance: InstanceId(14) },
        Event::CalledOff { caller: case_id(77) },
    ]
}
