//! Plays the traces of a log through the engine: all cases side by side, in the order of their recorded times, as the
//! authority would have lived them.
//!
//! A trace leaves the model when its next event is not possible in the state of its case. Nothing is skipped or guessed:
//! the trace ends there, and what would have been possible is told.

use std::{cmp::Reverse, collections::BinaryHeap, sync::Arc};

use fachwerk_core::{
    authority::{Authority, Profile},
    case::{Case, Status},
    command::Command,
    definition::{Handler, Kind, TriggerKind},
    facts::{Actor, day_of},
    words::{CaseId, Date, InstanceId, Object, PersonId, StepPath, Timestamp, Value},
};
use fachwerk_runtime::SubmitError;
use fachwerk_store::{InboxQuery, Piece};
use uuid::Uuid;

use super::{
    deadlines::{Deadlines, State},
    mapping::{Action, Activity, Mapping, values},
    stage::Stage,
    xes::{LogEvent, Trace},
};
use crate::Failure;

/// How many tasks are done after the last event of a trace.
const MOST_AT_END: usize = 20;
/// How many turns, or rows of the inbox, are read at once.
const ROWS_AT_ONCE: u32 = 500;

/// What became of a trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The case ended as a complete one does.
    Complete(Arc<str>),
    /// Every event was possible; the case goes on. What it waits for.
    Open(Vec<String>),
    /// An event was not possible.
    Deviating(Deviation),
}

/// Where a trace leaves the model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deviation {
    /// The event, counted from 1; one more than there are when the end itself does not fit.
    pub at: usize,
    /// What would have been possible.
    pub expected: Vec<String>,
    /// What was recorded.
    pub found: Arc<str>,
    /// Why that was not possible.
    pub why: String,
}

/// The recorded day of an event beside the last day of a deadline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measured {
    /// The activity.
    pub activity: Arc<str>,
    /// The deadline.
    pub deadline: Arc<str>,
    /// The recorded day.
    pub day: Date,
    /// The last day; none when the deadline had not been set, or waits for a dispatch.
    pub last_day: Option<Date>,
}

/// What became of all traces, in their order, and what was measured on the way.
#[derive(Debug, Default)]
pub struct Played {
    /// One for each trace.
    pub outcomes: Vec<Outcome>,
    /// Events against deadlines.
    pub measured: Vec<Measured>,
}

/// Plays traces.
pub async fn play(stage: &Stage, mapping: &Mapping, traces: &[Trace]) -> Result<Played, Failure> {
    let mut player = Player { stage, mapping, measured: Vec::new() };
    let mut courses: Vec<Course<'_>> = traces.iter().map(Course::new).collect();
    let mut outcomes: Vec<Option<Outcome>> = vec![None; traces.len()];
    let mut queue: BinaryHeap<Reverse<(Timestamp, usize)>> = BinaryHeap::new();
    for (ix, trace) in traces.iter().enumerate() {
        match trace.events.first() {
            Some(event) => queue.push(Reverse((event.at, ix))),
            None => outcomes[ix] = Some(Outcome::Open(Vec::new())),
        }
    }
    while let Some(Reverse((at, ix))) = queue.pop() {
        stage.advance(at).await?;
        match player.step(&mut courses[ix]).await? {
            Step::Later(then) => queue.push(Reverse((then.max(at), ix))),
            Step::Over(outcome) => outcomes[ix] = Some(outcome),
        }
    }
    let outcomes =
        outcomes.into_iter().map(|outcome| outcome.expect("every trace is played to its end")).collect();
    Ok(Played { outcomes, measured: player.measured })
}

/// A trace that is being played.
struct Course<'t> {
    trace: &'t Trace,
    /// The next event.
    next: usize,
    case: CaseId,
    deadlines: Deadlines,
}

impl<'t> Course<'t> {
    fn new(trace: &'t Trace) -> Course<'t> {
        Course { trace, next: 0, case: CaseId(Uuid::now_v7()), deadlines: Deadlines::default() }
    }
}

/// What comes after a step.
enum Step {
    /// Go on with this trace then.
    Later(Timestamp),
    /// The trace is over.
    Over(Outcome),
}

/// Why an event did not happen.
enum NotDone {
    /// It has to wait for the end of its day.
    NotBefore(Timestamp),
    /// It is not possible.
    Impossible(String),
    /// The machine failed.
    Failed(Failure),
}

impl From<Failure> for NotDone {
    fn from(failure: Failure) -> Self {
        NotDone::Failed(failure)
    }
}

fn impossible<T>(why: impl Into<String>) -> Result<T, NotDone> {
    Err(NotDone::Impossible(why.into()))
}

struct Player<'a> {
    stage: &'a Stage,
    mapping: &'a Mapping,
    measured: Vec<Measured>,
}

impl Player<'_> {
    /// Plays the next event of a trace.
    async fn step(&mut self, course: &mut Course<'_>) -> Result<Step, Failure> {
        let event = &course.trace.events[course.next];
        match self.event(course, event).await {
            Ok(()) => {}
            Err(NotDone::NotBefore(then)) => return Ok(Step::Later(then)),
            Err(NotDone::Failed(failure)) => return Err(failure),
            Err(NotDone::Impossible(why)) => {
                let expected = self.possible(course).await?;
                let (at, found) = (course.next + 1, event.activity.clone());
                return Ok(Step::Over(Outcome::Deviating(Deviation { at, expected, found, why })));
            }
        }
        course.next += 1;
        match course.trace.events.get(course.next) {
            Some(next) => Ok(Step::Later(next.at)),
            None => Ok(Step::Over(self.end(course).await?)),
        }
    }

    async fn event(&mut self, course: &mut Course<'_>, event: &LogEvent) -> Result<(), NotDone> {
        let mapping = self.mapping;
        let Some(activity) = mapping.find(&event.activity) else {
            return impossible("the mapping does not know this activity");
        };
        let case = self.case(course).await?;
        match (&case, &activity.action) {
            (Some(_), Action::Start) => return impossible("the case has begun already"),
            (None, action) if *action != Action::Start => return impossible("the case has not begun"),
            (Some(case), _) if !case.is_open() => return impossible("the case has ended"),
            _ => {}
        }
        let day = day_of(event.at);
        if let Some(name) = &activity.after {
            self.passed(course, activity, name, day)?;
        }
        if let Some(name) = &activity.within {
            let last_day = course.deadlines.find(name).and_then(|known| known.last_day);
            self.measure(activity, name, day, last_day);
        }
        let values = values(activity, course.trace, event).map_err(|unfit| NotDone::Impossible(unfit.0))?;
        match (&activity.action, case) {
            (Action::Start, _) => self.start(course, day, values).await?,
            (Action::Complete(steps), Some(case)) => self.complete(&case, steps, values).await?,
            (Action::Message(name), Some(case)) => self.message(&case, name, day, values).await?,
            (Action::Nothing, _) | (_, None) => {}
        }
        self.stage.settle().await?;
        let case = self.case(course).await?;
        let stuck = case.iter().flat_map(|case| case.incidents.values()).next();
        match stuck {
            Some(incident) => impossible(format!("the case is stuck: {}", incident.trouble.message.en)),
            None => Ok(()),
        }
    }

    /// The case as it is now, and what its journal says of deadlines.
    async fn case(&self, course: &mut Course<'_>) -> Result<Option<Arc<Case>>, Failure> {
        let (runtime, tenant) = (&self.stage.runtime, &self.stage.tenant);
        let case = runtime.case(tenant, course.case).await.map_err(|error| error.to_string())?;
        let version = case.as_ref().map_or(0, |case| case.version);
        while course.deadlines.version < version {
            let after = course.deadlines.version;
            let turns = runtime.store().turns(tenant, course.case, after, ROWS_AT_ONCE).await;
            let turns = turns.map_err(|error| error.to_string())?;
            if turns.is_empty() {
                return Err(format!("the journal of case {} ends before version {version}", course.case));
            }
            turns.iter().for_each(|stored| course.deadlines.read(&stored.turn));
        }
        Ok(case)
    }

    /// Whether a deadline has passed, as an activity needs it. What was recorded on the last day itself has to wait until
    /// that day is over: logs often know days only.
    fn passed(
        &mut self,
        course: &Course<'_>,
        activity: &Activity,
        name: &Arc<str>,
        day: Date,
    ) -> Result<(), NotDone> {
        let Some(known) = course.deadlines.find(name) else {
            return impossible(format!("the deadline {name} has not been set"));
        };
        let now = self.stage.runtime.clock().now();
        let why = match (known.state, known.last_day) {
            (State::Passed, last_day) => {
                self.measure(activity, name, day, last_day);
                return Ok(());
            }
            (State::Runs, Some(last_day)) if last_day == day && now < known.passes_at => {
                return Err(NotDone::NotBefore(known.passes_at));
            }
            (State::Runs, Some(last_day)) => {
                self.measure(activity, name, day, Some(last_day));
                format!("the deadline {name} runs until {last_day}, this was recorded on {day}")
            }
            (State::Runs, None) => format!("the deadline {name} waits for a dispatch"),
            (State::Dropped, _) => format!("the deadline {name} was no longer needed"),
        };
        impossible(why)
    }

    fn measure(&mut self, activity: &Activity, deadline: &Arc<str>, day: Date, last_day: Option<Date>) {
        let (activity, deadline) = (activity.name.clone(), deadline.clone());
        self.measured.push(Measured { activity, deadline, day, last_day });
    }

    async fn start(&self, course: &Course<'_>, day: Date, data: Object) -> Result<(), NotDone> {
        let release = self.stage.release.id.clone();
        let command = Command::StartCase {
            release,
            channel: "event-log".into(),
            data,
            received_on: Some(day),
            documents: Vec::new(),
            caller: None,
        };
        self.ask(self.somebody(), course.case, command).await
    }

    async fn complete(&self, case: &Case, steps: &[StepPath], values: Object) -> Result<(), NotDone> {
        let Some((task, person)) = self.in_inbox(case, steps).await? else {
            let names: Vec<&str> = steps.iter().map(StepPath::as_str).collect();
            return impossible(format!("there is no open task {}", names.join(" or ")));
        };
        let command = Command::CompleteTask { task, values, seen: None, shown: None };
        self.ask(Actor::Person(person), case.id, command).await
    }

    /// The first of these tasks in the inbox of one of the people.
    async fn in_inbox(
        &self,
        case: &Case,
        steps: &[StepPath],
    ) -> Result<Option<(InstanceId, PersonId)>, Failure> {
        let opened = |id: &InstanceId, step: &StepPath| {
            case.instance(*id).is_some_and(|instance| instance.step.as_ref() == Some(step))
        };
        for step in steps {
            for person in &self.stage.people {
                let mut query = InboxQuery {
                    roles: Some(self.stage.release.roles.keys().cloned().collect()),
                    hide_excluding: Some(person.clone()),
                    process: Some(self.stage.release.process.clone()),
                    piece: Piece { cursor: None, limit: ROWS_AT_ONCE },
                    ..InboxQuery::default()
                };
                // A file number finds the case at once; without one, all pages are looked through.
                query.found.text = case.number.as_ref().map(ToString::to_string);
                loop {
                    let page = self.stage.runtime.store().inbox(&self.stage.tenant, &query).await;
                    let page = page.map_err(|error| error.to_string())?;
                    let mut of_case = page.items.iter().filter(|entry| entry.task.case == case.id);
                    if let Some(entry) = of_case.find(|entry| opened(&entry.task.instance, step)) {
                        return Ok(Some((entry.task.instance, person.clone())));
                    }
                    match page.next {
                        Some(cursor) => query.piece.cursor = Some(cursor),
                        None => break,
                    }
                }
            }
        }
        Ok(None)
    }

    async fn message(&self, case: &Case, name: &Arc<str>, day: Date, payload: Object) -> Result<(), NotDone> {
        if !self.awaits(case, name) {
            return impossible(format!("nothing waits for the message {name}"));
        }
        let command = Command::DeliverMessage {
            name: name.clone(),
            message_id: Uuid::now_v7(),
            payload,
            documents: Vec::new(),
            received_on: Some(day),
            key: None,
        };
        self.ask(self.somebody(), case.id, command).await
    }

    /// Whether a message would be taken now, and not only kept.
    fn awaits(&self, case: &Case, message: &str) -> bool {
        let release = &self.stage.release;
        let today = day_of(self.stage.runtime.clock().now());
        let local =
            release.local(&Authority { shown: Profile::example().shown().into(), ..Authority::default() });
        case.instances.iter().any(|(id, instance)| {
            let handlers: &[Handler] =
                match instance.step.as_ref().and_then(|path| release.find(path)).map(|step| &step.kind) {
                    Some(Kind::Wait(waits)) => waits,
                    _ => release.scope_of(instance.step.as_ref()).map_or(&[], |(_, scope)| &scope.handlers),
                };
            handlers.iter().any(|handler| {
                let waits = instance.waits.iter().any(|wait| wait.name == handler.name);
                let this = matches!(&handler.trigger, TriggerKind::Message(name, _) if **name == *message);
                // A rule that fails is told as an incident when the message comes.
                let said = handler.when.as_ref().map(|rule| release.look(case, &local, today, *id, rule));
                waits && this && said.is_none_or(|said| said.is_err() || said == Ok(Value::Bool(true)))
            })
        })
    }

    fn somebody(&self) -> Actor {
        self.stage.people.first().map_or(Actor::Engine, |person| Actor::Person(person.clone()))
    }

    async fn ask(&self, actor: Actor, case: CaseId, command: Command) -> Result<(), NotDone> {
        match self.stage.submit(actor, case, command).await {
            Ok(()) => Ok(()),
            Err(SubmitError::Rejected(rejection)) => {
                impossible(format!("refused ({}): {}", rejection.code(), rejection.text().en))
            }
            Err(error) => Err(NotDone::Failed(error.to_string())),
        }
    }

    /// What a log could have noted next: the activities that are possible now, and what else waits.
    async fn possible(&self, course: &mut Course<'_>) -> Result<Vec<String>, Failure> {
        let Some(case) = self.case(course).await? else {
            let starts = self.mapping.activities.iter().filter(|activity| activity.action == Action::Start);
            return Ok(starts.map(|activity| activity.name.to_string()).collect());
        };
        let mut found = Vec::new();
        if !case.is_open() {
            return Ok(found);
        }
        let is_open =
            |step: &StepPath| case.tasks().any(|(_, instance, _)| instance.step.as_ref() == Some(step));
        let mut mapped: Vec<&StepPath> = Vec::new();
        for activity in &self.mapping.activities {
            let after = activity.after.as_ref().and_then(|name| course.deadlines.find(name));
            let later = after.filter(|known| known.state == State::Runs).and_then(|known| known.last_day);
            let possible = match &activity.action {
                Action::Start | Action::Nothing => false,
                Action::Complete(steps) => {
                    mapped.extend(steps);
                    steps.iter().any(is_open)
                }
                Action::Message(name) => self.awaits(&case, name),
            };
            match later {
                Some(day) => found.push(format!("{} after {day}", activity.name)),
                None if possible => found.push(activity.name.to_string()),
                None => {}
            }
        }
        found.extend(
            waiting(&case).into_iter().filter(|step| !mapped.iter().any(|known| known.as_str() == step)),
        );
        Ok(found)
    }

    /// The end of a trace: does what the log does not note, and says how the case stands.
    async fn end(&self, course: &mut Course<'_>) -> Result<Outcome, Failure> {
        for _ in 0..MOST_AT_END {
            let Some(case) = self.case(course).await?.filter(|case| case.is_open()) else { break };
            match self.complete(&case, &self.mapping.at_end, Object::new()).await {
                Ok(()) => self.stage.settle().await?,
                Err(NotDone::Failed(failure)) => return Err(failure),
                Err(NotDone::NotBefore(_) | NotDone::Impossible(_)) => break,
            }
        }
        let Some(case) = self.case(course).await? else { return Ok(Outcome::Open(Vec::new())) };
        Ok(match &case.status {
            Status::Open => Outcome::Open(waiting(&case)),
            Status::Ended { outcome: Some(outcome), .. } if self.mapping.complete.contains(outcome) => {
                Outcome::Complete(outcome.clone())
            }
            Status::Ended { outcome, .. } => Outcome::Deviating(Deviation {
                at: course.next + 1,
                expected: self.mapping.complete.iter().map(|outcome| format!("end as {outcome}")).collect(),
                found: format!("end as {}", outcome.as_deref().unwrap_or("nothing")).into(),
                why: "the case ended in another way than complete ones do".to_owned(),
            }),
        })
    }
}

/// The steps that wait, without scopes.
fn waiting(case: &Case) -> Vec<String> {
    let leaves = case.instances.iter().filter(|(id, _)| case.is_empty_scope(**id));
    leaves.filter_map(|(_, instance)| instance.step.as_ref()).map(ToString::to_string).collect()
}
