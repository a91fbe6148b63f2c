//! Plays a scenario in a world.

use std::sync::Arc;

use uuid::Uuid;

use super::{Action, Ask, Refused, Scenario, What, World};
use crate::{
    command::{CallResult, Command},
    definition::Release,
    diagnostic::Span,
    facts::{day_of, instant_of, later},
    words::{InstanceId, StepPath, Timestamp},
};

/// What came of a scenario.
#[derive(Clone, Debug)]
pub struct Report {
    /// Its title.
    pub title: Arc<str>,
    /// Where it is written.
    pub span: Span,
    /// Line by line, up to the first that failed.
    pub steps: Vec<Step>,
}

/// What came of one line.
#[derive(Clone, Debug)]
pub struct Step {
    /// Where it is written.
    pub span: Span,
    /// What was expected and what is there; nothing when it went well.
    pub differences: Vec<(String, String, String)>,
}

impl Report {
    /// Whether everything went as written.
    pub fn passed(&self) -> bool {
        self.steps.iter().all(|step| step.differences.is_empty())
    }
}

/// Plays a scenario; it ends at the first line that does not go as written.
pub fn run(scenario: &Scenario, release: &Release, world: &mut impl World) -> Report {
    let mut report = Report { title: scenario.title.clone(), span: scenario.span.clone(), steps: Vec::new() };
    for (number, line) in scenario.moves.iter().enumerate() {
        let differences = match &line.action {
            Action::Ask(ask) => match carry_out(ask, number, release, world) {
                Ok(()) => Vec::new(),
                Err(refused) => vec![(what(ask), "done".to_owned(), shown(&refused))],
            },
            Action::Refused { ask, because } => match carry_out(ask, number, release, world) {
                Ok(()) => vec![(what(ask), format!("refused: {because}"), "done".to_owned())],
                Err(refused) if refused.code == *because => Vec::new(),
                Err(refused) => vec![(what(ask), format!("refused: {because}"), shown(&refused))],
            },
            Action::Advance(period) => advance(world, later(world.now(), *period)),
            Action::AdvanceTo(at) => advance(world, instant_of(*at)),
            Action::Expect(expectation) => expectation.differences(&world.view()),
        };
        let mut differences = differences;
        let failed = !differences.is_empty();
        if failed {
            let troubles = world.view().troubles;
            differences
                .extend(troubles.iter().map(|it| ("incident".to_owned(), "none".to_owned(), it.to_string())));
        }
        report.steps.push(Step { span: line.span.clone(), differences });
        if failed {
            break;
        }
    }
    report
}

fn what(ask: &Ask) -> String {
    match &ask.what {
        What::Start { .. } => "start".to_owned(),
        What::Claim(step) => format!("claim {step}"),
        What::Release(step) => format!("release {step}"),
        What::Complete(step, _) => format!("complete {step}"),
        What::Message(name, ..) => format!("message {name}"),
        What::Signal(name) => format!("signal {name}"),
        What::CallEnds(step, ..) => format!("call_ends {step}"),
        What::Dispatched { step, .. } => format!("dispatched {step}"),
        What::Act(line) => line.what(),
        What::Note(_) => "note".to_owned(),
        What::Retry => "retry".to_owned(),
        What::Begin(step) => format!("begin {step}"),
        What::Trigger(name, _) => format!("trigger {name}"),
        What::Skip(step, ..) => format!("skip {step}"),
        What::Move(step, to, _) => format!("move {step} to {to}"),
        What::Change(..) => "change".to_owned(),
        What::End(..) => "end_case".to_owned(),
        What::TakeBack(step, _) => format!("take_back {step}"),
    }
}

fn shown(refused: &Refused) -> String {
    format!("refused: {} ({})", refused.code, refused.text.en)
}

fn advance(world: &mut impl World, until: Option<Timestamp>) -> Vec<(String, String, String)> {
    let Some(until) = until else {
        return vec![("advance".to_owned(), "an instant".to_owned(), "out of range".to_owned())];
    };
    match world.advance_to(until) {
        Ok(()) => Vec::new(),
        Err(refused) => vec![("advance".to_owned(), until.to_string(), shown(&refused))],
    }
}

fn carry_out(ask: &Ask, number: usize, release: &Release, world: &mut impl World) -> Result<(), Refused> {
    let command = match &ask.what {
        What::Start { channel, data, received_on } => Command::StartCase {
            release: release.id.clone(),
            channel: channel.clone(),
            data: data.clone(),
            received_on: *received_on,
            documents: Vec::new(),
            caller: None,
        },
        What::Claim(step) => Command::ClaimTask { task: task_at(world, step)? },
        What::Release(step) => Command::ReleaseTask { task: task_at(world, step)? },
        What::Complete(step, values) => {
            Command::CompleteTask { task: task_at(world, step)?, values: values.clone(), seen: None }
        }
        What::Message(name, payload, received_on, key) => Command::DeliverMessage {
            name: name.clone(),
            // The number of the line: the same scenario always sends the same ids.
            message_id: Uuid::from_u128(number as u128 + 1),
            payload: payload.clone(),
            documents: Vec::new(),
            received_on: *received_on,
            key: key.clone(),
        },
        What::Signal(name) => Command::DeliverSignal { name: name.clone() },
        What::CallEnds(step, outcome, values) => {
            let instance = instance_at(world, step)?;
            let called = world.called_by(instance).ok_or_else(|| missing("StepNotActive", step))?;
            let result = Ok(CallResult { outcome: outcome.clone(), values: values.clone() });
            Command::FinishCall { instance, called, result }
        }
        What::Dispatched { step, to, on, way } => {
            let document = match to {
                None => world.document_of(step),
                Some(party) => world.letter_to(step, *party),
            };
            let document = document.ok_or_else(|| missing("DocumentUnknown", step))?;
            Command::RecordDispatch { document, on: on.unwrap_or_else(|| day_of(world.now())), way: *way }
        }
        What::Act(line) => line.command(world)?,
        What::Note(text) => Command::AddNote { text: text.clone() },
        What::Retry => {
            let incident = world.incident().ok_or_else(|| missing("IncidentUnknown", &StepPath::from("")))?;
            Command::RetryIncident { incident }
        }
        What::Begin(step) => begin(step, release, world)?,
        What::Trigger(name, reason) => {
            let instance = world.handler_by_hand(name);
            let instance = instance.ok_or_else(|| missing("TriggerNotPossible", &StepPath::from(&**name)))?;
            Command::TriggerByHand { instance, name: name.clone(), reason: reason.clone() }
        }
        What::Skip(step, outcome, reason) => Command::SkipStep {
            instance: instance_at(world, step)?,
            outcome: outcome.clone(),
            reason: reason.clone(),
        },
        What::Move(step, to, reason) => {
            Command::MoveStep { instance: instance_at(world, step)?, to: to.clone(), reason: reason.clone() }
        }
        What::Change(fields, reason) => {
            Command::ChangeData { fields: fields.clone(), seen: None, reason: reason.clone() }
        }
        What::End(outcome, reason) => Command::EndCase { outcome: outcome.clone(), reason: reason.clone() },
        What::TakeBack(step, reason) => {
            let task = world.task_done_at(step).ok_or_else(|| missing("TakeBackNotPossible", step))?;
            Command::TakeBackTask { task, reason: reason.clone() }
        }
    };
    world.ask(ask.by.as_ref(), command)
}

/// A step of an ad-hoc group is begun there where the group is active, in the rounds that the step is named with.
fn begin(step: &StepPath, release: &Release, world: &mut impl World) -> Result<Command, Refused> {
    let found = release.find(step);
    let owner = found.and_then(|found| release.scope(found.scope).owner);
    let group = owner.map(|owner| release.step(owner).path.in_rounds(&step.rounds()));
    let group = group.ok_or_else(|| missing("StepNotPossible", step))?;
    let id = found.map(|found| found.id.clone()).unwrap_or_default();
    Ok(Command::StartStep { group: task_at(world, &group)?, step: id })
}

fn instance_at(world: &mut impl World, step: &StepPath) -> Result<InstanceId, Refused> {
    world.instance_at(step).ok_or_else(|| missing("StepNotActive", step))
}

fn task_at(world: &mut impl World, step: &StepPath) -> Result<InstanceId, Refused> {
    world.task_at(step).ok_or_else(|| missing("TaskNotOpen", step))
}

fn missing(code: &str, step: &StepPath) -> Refused {
    let text = crate::words::Text::new(format!("nicht offen: {step}"), format!("nothing open at {step}"));
    Refused { code: code.into(), text }
}
