//! The courses that are measured, by criterion and by `fachwerk bench`: whole cases in memory, without a database.

use std::{collections::BTreeMap, sync::Arc};

use fachwerk_core::{
    case::Case,
    command::Command,
    decide::{Decided, decide},
    definition::Release,
    event::Event,
    facts::{Actor, FactVersions, Facts, day_of},
    language::{Catalogue, Folder, compile},
    law::LegalData,
    turn::Turn,
    words::{Calendar, CaseId, InstanceId, Land, Object, Place, TenantId, Timestamp, Value},
};
use uuid::Uuid;

const HEAD: &str = "process: course
version: 1.0.0
title: { de: Lauf, en: Course }
roles: { clerk: { title: { de: Sachbearbeitung, en: Clerk } } }
steps:
";
/// A loop of machine steps: computing and choosing in turns, 602 steps in one turn.
const MACHINE_STEPS: &str = "  begin: { compute: { n: '0' }, then: count }
  count: { compute: { n: '(steps.count?.n ?? steps.begin.n) + 1' }, then: again }
  again: { choose: [ { when: 'steps.count.n < 300', then: count }, { else: over } ] }
  over: { end: true }
";
/// A loop of tasks, each claimed by nobody and done by one person.
const TASKS: &str = "  look:
    task: { title: { de: Prüfen, en: Look }, fields: { n: { type: integer, required: true, title: { de: Zahl, en: Number } } } }
    role: clerk
    then: again
  again: { choose: [ { when: 'steps.look.n < 100', then: look }, { else: over } ] }
  over: { end: true }
";

/// A process of which cases are led from their begin to their end.
pub struct Course {
    release: Release,
    facts: Facts,
    tasks: bool,
}

impl Course {
    /// A loop of 602 machine steps in one turn.
    pub fn machine_steps() -> Course {
        Course::of(MACHINE_STEPS, false)
    }

    /// A loop of 100 tasks and 100 choices in 101 turns.
    pub fn tasks() -> Course {
        Course::of(TASKS, true)
    }

    fn of(steps: &str, tasks: bool) -> Course {
        let text = format!("{HEAD}{steps}");
        let files = [("process.yaml".into(), text.as_bytes().into())].into_iter().collect();
        let compiled = compile(&Folder { name: "".into(), files }, &Catalogue::default());
        let now: Timestamp = "2026-03-02T08:00:00Z".parse().expect("an instant");
        let facts = Facts {
            now,
            today: day_of(now),
            actor: Actor::Person("jan".into()),
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
        let release = compiled.release.unwrap_or_else(|| panic!("{:#?}", compiled.problems));
        Course { release, facts, tasks }
    }

    /// Leads one case from its begin to its end; its turns.
    pub fn run(&self) -> Vec<Turn> {
        let mut case = unborn();
        let start = Command::StartCase {
            release: self.release.id.clone(),
            channel: "bench".into(),
            data: Object::new(),
            received_on: None,
            documents: Vec::new(),
            caller: None,
        };
        let mut turns = vec![self.turn(&mut case, &start)];
        let mut done = 0;
        while self.tasks && case.is_open() {
            done += 1;
            let task = case.tasks().next().map_or(InstanceId::ROOT, |(task, ..)| task);
            let values = Object::from_iter([("n".to_owned(), Value::from(done))]);
            turns
                .push(self.turn(&mut case, &Command::CompleteTask { task, values, seen: None, shown: None }));
        }
        assert!(!case.is_open(), "the case has come to its end");
        turns
    }

    fn turn(&self, case: &mut Case, command: &Command) -> Turn {
        let Decided { events, case: after } =
            decide(&self.release, case, command, &self.facts).expect("allowed");
        let turn = Turn {
            tenant: case.tenant.clone(),
            case: case.id,
            version: case.version + 1,
            command_id: Uuid::nil(),
            actor: self.facts.actor.clone(),
            now: self.facts.now,
            release: self.release.id.clone(),
            facts: self.facts.versions,
            events,
        };
        *case = after;
        turn
    }
}

/// The limit: the same events without deciding anything.
pub fn replay(turns: &[Turn]) -> Case {
    let mut case = unborn();
    for turn in turns {
        turn.apply(&mut case);
    }
    case
}

/// How many steps were entered.
pub fn steps(turns: &[Turn]) -> u64 {
    let events = turns.iter().flat_map(|turn| &turn.events);
    events.filter(|event| matches!(event, Event::StepEntered { .. })).count() as u64
}

fn unborn() -> Case {
    Case::unborn(TenantId::from("bench"), CaseId(Uuid::from_u128(1)))
}
