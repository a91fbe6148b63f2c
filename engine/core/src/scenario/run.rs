//! Plays a scenario in a world.

use std::sync::Arc;

use uuid::Uuid;

use super::{Action, Ask, Compared, Refused, Scenario, What, World, compare::lies_in};
use crate::{
    command::{CallResult, Command},
    definition::Release,
    diagnostic::Span,
    facts::{day_of, instant_of, later},
    words::{InstanceId, StepPath, Text, Timestamp},
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
    /// What was expected beside what is there; nothing when it went well.
    pub compared: Vec<Compared>,
}

impl Report {
    /// Whether everything went as written.
    pub fn passed(&self) -> bool {
        self.failed().is_none()
    }

    /// The line that did not go as written.
    pub fn failed(&self) -> Option<&Step> {
        self.steps.iter().find(|step| !step.compared.is_empty())
    }

    /// Why it failed, in English: where, what was expected, what is there.
    pub fn failure(&self) -> Option<String> {
        let step = self.failed()?;
        let words =
            |text: &Option<Text>| text.as_ref().map_or("nothing".to_owned(), |text| text.en.to_string());
        let differs = step.compared.iter().filter(|entry| !entry.same).map(
            |Compared { part, expected, actual, .. }| {
                format!("{part}\n    expected: {}\n    actual:   {}", words(expected), words(actual))
            },
        );
        Some(format!("{}: {}", step.span, differs.collect::<Vec<_>>().join("\n  ")))
    }
}

/// Plays a scenario; it ends at the first line that does not go as written.
pub fn run(scenario: &Scenario, release: &Release, world: &mut impl World) -> Report {
    let mut report = Report { title: scenario.title.clone(), span: scenario.span.clone(), steps: Vec::new() };
    for (number, line) in scenario.moves.iter().enumerate() {
        let mut compared = play(&line.action, number, release, world);
        let failed = !compared.is_empty();
        if failed {
            // The cause comes first, what follows from it behind.
            let none = Text::new("keine Störung", "no incident");
            let troubles = world.view().troubles.into_iter();
            compared.splice(0..0, troubles.map(|it| Compared::instead("incident", none.clone(), it)));
        }
        report.steps.push(Step { span: line.span.clone(), compared });
        if failed {
            break;
        }
    }
    report
}

/// Plays a line that asks or lets time pass; whether it went as written.
pub(crate) fn run_line(line: &super::Move, number: usize, release: &Release, world: &mut impl World) -> bool {
    play(&line.action, number, release, world).is_empty()
}

fn play(action: &Action, number: usize, release: &Release, world: &mut impl World) -> Vec<Compared> {
    let differs =
        |ask: &Ask, expected: Text, actual: Text| vec![Compared::instead(what(ask), expected, actual)];
    let done = || Text::new("geschieht", "is done");
    match action {
        Action::Ask(ask) => match carry_out(ask, number, release, world) {
            Ok(()) => Vec::new(),
            Err(refused) => differs(ask, done(), shown(&refused)),
        },
        Action::Refused { ask, because } => {
            let expected = Text::new(format!("abgelehnt: {because}"), format!("refused: {because}"));
            match carry_out(ask, number, release, world) {
                Ok(()) => differs(ask, expected, done()),
                Err(refused) if refused.code == *because => Vec::new(),
                Err(refused) => differs(ask, expected, shown(&refused)),
            }
        }
        Action::Advance(period) => advance(world, later(world.now(), *period)),
        Action::AdvanceTo(at) => advance(world, instant_of(*at)),
        Action::Expect(expectation) => expectation.compare(&world.view()),
    }
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
        What::Corrected { step, .. } => format!("dispatch_corrected {step}"),
        What::Received { step, .. } => format!("received {step}"),
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
        What::Beside(beside) => beside.title(),
    }
}

fn shown(refused: &Refused) -> Text {
    let Refused { code, text } = refused;
    Text::new(format!("abgelehnt: {code} ({})", text.de), format!("refused: {code} ({})", text.en))
}

fn advance(world: &mut impl World, until: Option<Timestamp>) -> Vec<Compared> {
    let until = until.ok_or_else(|| Text::new("außerhalb des Kalenders", "out of range"));
    let expected = Text::new("die Zeit vergeht", "time passes");
    let went = until.and_then(|until| world.advance_to(until).map_err(|refused| shown(&refused)));
    went.err().into_iter().map(|actual| Compared::instead("advance", expected.clone(), actual)).collect()
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
        What::Complete(step, values) => Command::CompleteTask {
            task: task_at(world, step)?,
            values: values.clone(),
            seen: None,
            shown: None,
        },
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
            let called = world.called_by(instance).ok_or_else(|| not_open("StepNotActive", step, world))?;
            let result = Ok(CallResult { outcome: outcome.clone(), values: values.clone() });
            Command::FinishCall { instance, called, result }
        }
        What::Dispatched { step, to, on, way, received_on } => Command::RecordDispatch {
            document: document_of(world, step, *to)?,
            on: on.unwrap_or_else(|| day_of(world.now())),
            way: *way,
            proven_receipt: *received_on,
        },
        What::Corrected { step, to, on, way, received_on, reason } => Command::CorrectDispatch {
            document: document_of(world, step, *to)?,
            on: *on,
            way: *way,
            proven_receipt: *received_on,
            reason: reason.clone(),
        },
        What::Received { step, to, on } => Command::RecordReceipt {
            document: document_of(world, step, *to)?,
            on: on.unwrap_or_else(|| day_of(world.now())),
        },
        What::Act(line) => line.command(world)?,
        What::Note(text) => Command::AddNote { text: text.clone() },
        What::Retry => {
            let incident = world.incident().ok_or_else(|| missing("IncidentUnknown", "retry"))?;
            Command::RetryIncident { incident }
        }
        What::Begin(step) => begin(step, release, world)?,
        What::Trigger(name, reason) => {
            let instance = world.handler_by_hand(name);
            let instance = instance.ok_or_else(|| missing("TriggerNotPossible", name))?;
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
        What::Change(fields, received_on, reason) => Command::ChangeData {
            fields: fields.clone(),
            received_on: *received_on,
            seen: None,
            reason: reason.clone(),
        },
        What::End(outcome, reason) => Command::EndCase { outcome: outcome.clone(), reason: reason.clone() },
        What::TakeBack(step, reason) => {
            let task =
                world.task_done_at(step).ok_or_else(|| missing("TakeBackNotPossible", step.as_str()))?;
            Command::TakeBackTask { task, reason: reason.clone() }
        }
        What::Beside(beside) => beside.command(release, world)?,
    };
    world.ask(ask.by.as_ref(), command)
}

/// A step of an ad-hoc group is begun there where the group is active, in the rounds that the step is named with.
fn begin(step: &StepPath, release: &Release, world: &mut impl World) -> Result<Command, Refused> {
    let found = release.find(step);
    let owner = found.and_then(|found| release.scope(found.scope).owner);
    let group = owner.map(|owner| release.step(owner).path.in_rounds(&step.rounds()));
    let group = group.ok_or_else(|| missing("StepNotPossible", step.as_str()))?;
    let id = found.map(|found| found.id.clone()).unwrap_or_default();
    Ok(Command::StartStep { group: task_at(world, &group)?, step: id })
}

fn instance_at(world: &mut impl World, step: &StepPath) -> Result<InstanceId, Refused> {
    world.instance_at(step).ok_or_else(|| not_open("StepNotActive", step, world))
}

/// The task of a step, or the only one inside it: `complete: draft` does what is to be done in the block `draft`.
fn task_at(world: &mut impl World, step: &StepPath) -> Result<InstanceId, Refused> {
    if let Some(task) = world.task_at(step) {
        return Ok(task);
    }
    let waiting = world.view().waiting;
    let inside = waiting.iter().filter(|waiting| lies_in(waiting, step));
    let inside: Vec<_> = inside.filter_map(|step| Some((step, world.task_at(step)?))).collect();
    match &inside[..] {
        [(_, task)] => Ok(*task),
        [] => Err(not_open("TaskNotOpen", step, world)),
        several => {
            let names = several.iter().map(|(step, _)| step.as_str()).collect::<Vec<_>>().join(", ");
            let text = Text::new(
                format!("In „{step}“ sind mehrere Aufgaben offen; eine davon nennen: {names}."),
                format!("Several tasks are open in `{step}`; name one of them: {names}."),
            );
            Err(Refused { code: "TaskNotOpen".into(), text })
        }
    }
}

/// The latest letter of a step; of an act also to one addressee.
pub(super) fn document_of(world: &mut impl World, step: &StepPath, to: Option<u32>) -> Result<u32, Refused> {
    let document = match to {
        None => world.document_of(step),
        Some(party) => world.letter_to(step, party),
    };
    document.ok_or_else(|| missing("DocumentUnknown", step.as_str()))
}

/// Nothing is open at a step; what is, is told.
fn not_open(code: &str, step: &StepPath, world: &mut impl World) -> Refused {
    let waiting = world.view().waiting.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let text = match waiting.is_empty() {
        true => Text::new(
            format!("Bei „{step}“ ist nichts offen; es wartet kein Schritt."),
            format!("Nothing is open at `{step}`; no step waits."),
        ),
        false => Text::new(
            format!("Bei „{step}“ ist nichts offen; es warten: {waiting}."),
            format!("Nothing is open at `{step}`; waiting are: {waiting}."),
        ),
    };
    Refused { code: code.into(), text }
}

pub fn missing(code: &str, name: &str) -> Refused {
    let text = Text::new(format!("„{name}“ gibt es jetzt nicht."), format!("There is no `{name}` now."));
    Refused { code: code.into(), text }
}
