//! Plays a scenario in a world.

use std::sync::Arc;

use fachwerk_deadlines::Period;
use jiff::Span as Duration;
use uuid::Uuid;

use super::{Action, Ask, Refused, Scenario, What, World};
use crate::{
    command::Command,
    definition::Release,
    diagnostic::Span,
    facts::{day_of, instant_of},
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
        What::Dispatched { step, .. } => format!("dispatched {step}"),
        What::Received { step, .. } => format!("received {step}"),
        What::Note(_) => "note".to_owned(),
        What::Retry => "retry".to_owned(),
    }
}

fn shown(refused: &Refused) -> String {
    format!("refused: {} ({})", refused.code, refused.text.en)
}

/// The instant a period later, in German civil time; months and years as the calendar has them.
fn later(now: Timestamp, period: Period) -> Option<Timestamp> {
    let count = i64::from(period.count());
    let span = match period {
        Period::Days(_) | Period::WorkingDays { .. } => Duration::new().try_days(count),
        Period::Weeks(_) => Duration::new().try_weeks(count),
        Period::Months(_) => Duration::new().try_months(count),
        Period::Years(_) => Duration::new().try_years(count),
        Period::Hours(_) => Duration::new().try_hours(count),
    };
    let berlin = now.in_tz("Europe/Berlin").ok()?;
    Some(berlin.checked_add(span.ok()?).ok()?.timestamp())
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
        },
        What::Claim(step) => Command::ClaimTask { task: task_at(world, step)? },
        What::Release(step) => Command::ReleaseTask { task: task_at(world, step)? },
        What::Complete(step, values) => {
            Command::CompleteTask { task: task_at(world, step)?, values: values.clone(), seen: None }
        }
        What::Message(name, payload, received_on) => Command::DeliverMessage {
            name: name.clone(),
            // The number of the line: the same scenario always sends the same ids.
            message_id: Uuid::from_u128(number as u128 + 1),
            payload: payload.clone(),
            documents: Vec::new(),
            received_on: *received_on,
        },
        What::Dispatched { step, on, way, received_on } => Command::RecordDispatch {
            document: document_of(world, step)?,
            on: on.unwrap_or_else(|| day_of(world.now())),
            way: *way,
            proven_receipt: *received_on,
        },
        What::Received { step, on } => Command::RecordReceipt {
            document: document_of(world, step)?,
            on: on.unwrap_or_else(|| day_of(world.now())),
        },
        What::Note(text) => Command::AddNote { text: text.clone() },
        What::Retry => {
            let incident = world.incident().ok_or_else(|| missing("IncidentUnknown", &StepPath::from("")))?;
            Command::RetryIncident { incident }
        }
    };
    world.ask(ask.by.as_ref(), command)
}

fn task_at(world: &mut impl World, step: &StepPath) -> Result<InstanceId, Refused> {
    world.task_at(step).ok_or_else(|| missing("TaskNotOpen", step))
}

fn document_of(world: &mut impl World, step: &StepPath) -> Result<u32, Refused> {
    world.document_of(step).ok_or_else(|| missing("DocumentUnknown", step))
}

fn missing(code: &str, step: &StepPath) -> Refused {
    let text = crate::words::Text::new(format!("nicht offen: {step}"), format!("nothing open at {step}"));
    Refused { code: code.into(), text }
}
