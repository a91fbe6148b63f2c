//! A world without a server: one case, in memory, on a clock that is moved.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
};

use fachwerk_deadlines::Calendar;
use uuid::Uuid;

use super::{Refused, Scenario, View, ViewDeadline, World};
use crate::{
    authority::{Authority, with_pictures},
    case::{Activity, Case, Errand, Status, Work},
    command::{Command, EffectResult},
    decide::{Decided, Refusal, decide},
    definition::{Kind, LETTER, Release},
    effect::{Effect, effect},
    event::{Awaited, Deadline, DeadlineName, DocumentContent, EffectError, Event, Parcel, Trigger},
    facts::{Actor, CounterKey, FactVersions, Facts, Local, day_of, instant_of, wall_clock},
    gathered::Seen,
    law::LegalData,
    turn::Turn,
    words::{CaseId, Date, InstanceId, Object, PersonId, RoleId, StepPath, TenantId, Text, Timestamp, Value},
};

/// What a connector makes in a simulation.
#[derive(Clone, Debug, Default)]
pub struct Made {
    /// Values for the result of the step.
    pub values: Object,
    /// Documents, with their text.
    pub documents: Vec<(DocumentContent, Arc<str>)>,
}

/// What connectors do in a simulation: the name of the connector and the request.
pub type SimulationConnector<'a> = &'a dyn Fn(&str, &Value) -> Result<Made, EffectError>;

/// One case in memory.
pub struct Simulation<'a> {
    release: &'a Release,
    connector: SimulationConnector<'a>,
    people: BTreeMap<PersonId, Arc<BTreeSet<RoleId>>>,
    local: Arc<Local>,
    calendar: Calendar,
    now: Timestamp,
    numbers: BTreeMap<CounterKey, u64>,
    /// The case.
    pub case: Case,
    /// All turns so far.
    pub turns: Vec<Turn>,
    texts: BTreeMap<Arc<str>, Arc<str>>,
    outcomes: BTreeMap<StepPath, Arc<str>>,
    sent: Vec<Arc<str>>,
    /// So many connectors still answer, and timers ring.
    left: usize,
}

fn sent_text(parcel: &Parcel) -> Arc<str> {
    match parcel {
        Parcel::Call { process, .. } => format!("call {process}"),
        Parcel::CallOff { .. } => "call off".into(),
        Parcel::CallEnded { .. } => "call ended".into(),
        Parcel::Message { name, .. } => format!("message {name}"),
        Parcel::Signal { name } => format!("signal {name}"),
        Parcel::Handover { begins: Some(_), .. } => "split".into(),
        Parcel::Handover { begins: None, .. } => "merge".into(),
        Parcel::Document { .. } => "document".into(),
        Parcel::MergeAnswer { .. } => "merge answer".into(),
    }
    .into()
}

impl<'a> Simulation<'a> {
    /// A world as a scenario describes it.
    pub fn new(
        scenario: &Scenario,
        release: &'a Release,
        connector: SimulationConnector<'a>,
    ) -> Result<Simulation<'a>, Text> {
        let Scenario { profile, settings, .. } = scenario;
        profile.check().map_err(|flaw| flaw.text())?;
        let authority = Authority {
            profile: profile.clone().into(),
            days_off: scenario.days_off.clone(),
            ..Authority::default()
        };
        let id = CaseId(Uuid::from_u128(1));
        Ok(Simulation {
            release,
            connector,
            people: scenario
                .people
                .iter()
                .map(|(person, roles)| (person.clone(), Arc::new(roles.clone())))
                .collect(),
            local: Arc::new(Local {
                settings: release.settings_with(settings),
                authority: profile.shown().into(),
                profile: authority.profile.clone(),
            }),
            calendar: authority.calendar(),
            now: instant_of(scenario.now).unwrap_or(Timestamp::UNIX_EPOCH),
            numbers: BTreeMap::new(),
            case: Case::unborn(TenantId::from("simulation"), id),
            turns: Vec::new(),
            texts: BTreeMap::new(),
            outcomes: BTreeMap::new(),
            sent: Vec::new(),
            left: usize::MAX,
        })
    }

    /// Only so many connectors answer, and timers ring, all in all; whatever asks then waits.
    pub fn ending_after(self, most: usize) -> Simulation<'a> {
        Simulation { left: most, ..self }
    }

    /// Whether something waits only because no more was let answer.
    pub fn is_cut_short(&self) -> bool {
        self.left == 0
    }

    /// Carries a command out; what the outside must now do.
    fn submit(&mut self, actor: Actor, command: &Command) -> Result<Vec<Effect>, Refused> {
        let roles = actor.person().and_then(|person| self.people.get(person)).cloned().unwrap_or_default();
        let mut facts = Facts {
            now: self.now,
            today: day_of(self.now),
            actor: actor.clone(),
            roles,
            stands_in_for: Arc::default(),
            people: Arc::default(),
            persons: Arc::default(),
            local: self.local.clone(),
            keeping: Default::default(),
            calendar: self.calendar.clone(),
            law: LegalData::built_in(),
            numbers: BTreeMap::new(),
            versions: FactVersions::default(),
        };
        let Decided { events, case } = loop {
            match decide(self.release, &self.case, command, &facts) {
                Ok(decided) => break decided,
                Err(Refusal::Rejected(rejection)) => {
                    return Err(Refused { code: rejection.code().into(), text: rejection.text() });
                }
                Err(Refusal::NumberNeeded(counter)) => {
                    let last = self.numbers.get(&counter).copied().unwrap_or(0);
                    facts.numbers.insert(counter, last);
                }
            }
        };
        let turn = Turn {
            tenant: self.case.tenant.clone(),
            case: self.case.id,
            version: self.case.version + 1,
            command_id: Uuid::from_u128(u128::from(self.case.version) + 1),
            actor,
            now: self.now,
            release: self.release.id.clone(),
            facts: facts.versions,
            events,
        };
        for (counter, value) in turn.numbers() {
            self.numbers.insert(counter.clone(), value);
        }
        self.note_outcomes(&turn.events);
        self.case = case;
        let effects = turn.events.iter().filter_map(effect).collect();
        self.turns.push(turn);
        Ok(effects)
    }

    fn note_outcomes(&mut self, events: &[Event]) {
        let mut entered: BTreeMap<InstanceId, StepPath> = BTreeMap::new();
        for event in events {
            match event {
                Event::StepEntered { instance, step, .. } => {
                    entered.insert(*instance, step.clone());
                }
                Event::StepLeft { instance, outcome } => {
                    let known = self.case.instance(*instance).and_then(|it| it.step.as_ref());
                    if let (Some(step), Some(outcome)) = (entered.get(instance).or(known), outcome) {
                        self.outcomes.insert(step.clone(), outcome.clone());
                    }
                }
                _ => {}
            }
        }
    }

    /// Does what the outside must do, and brings the results back, until nothing is left to do.
    fn settle(&mut self, effects: Vec<Effect>) -> Result<(), Refused> {
        let mut pending = VecDeque::from(effects);
        while let Some(next) = pending.pop_front() {
            let (instance, round, connector, request) = match next {
                Effect::Call { instance, round, connector, request } => (instance, round, connector, request),
                Effect::Deliver { number, parcel } => {
                    // There are no other cases here; what goes to them is shown, and whoever is asked takes over.
                    self.sent.push(sent_text(&parcel));
                    self.submit(Actor::Engine, &Command::ConfirmDelivery { number })?;
                    let asked = self.case.merging.as_ref().map(|merging| merging.into);
                    if let (Parcel::Handover { begins: None, .. }, Some(into)) = (parcel, asked) {
                        let command = Command::FinishMerge { into, result: Ok(()) };
                        pending.extend(self.submit(Actor::Engine, &command)?);
                    }
                    continue;
                }
                Effect::Wake { .. } => continue,
            };
            if self.left == 0 {
                continue;
            }
            self.left -= 1;
            let request = match *connector == *LETTER {
                true => with_pictures(&request, &self.local.profile.pictures()),
                false => request,
            };
            let result = (self.connector)(&connector, &request).map(|made| {
                let documents = made.documents.into_iter().map(|(content, text)| {
                    self.texts.insert(content.hash.clone(), text);
                    content
                });
                EffectResult { values: made.values, documents: documents.collect() }
            });
            let command = Command::FinishEffect { instance, round, result };
            pending.extend(self.submit(Actor::Connector(connector), &command)?);
        }
        Ok(())
    }

    /// The next deadline or timer whose time comes until then.
    fn next_timer(&self, until: Timestamp) -> Option<(Timestamp, InstanceId, Arc<str>, u32)> {
        let timers = self.case.timers().filter(|(_, _, at)| *at <= until);
        timers
            .map(|(instance, (name, revision), at)| (at.max(self.now), instance, name.clone(), revision))
            .min()
    }
}

impl World for Simulation<'_> {
    fn now(&self) -> Timestamp {
        self.now
    }

    fn advance_to(&mut self, until: Timestamp) -> Result<(), Refused> {
        while self.left > 0
            && let Some((at, instance, name, revision)) = self.next_timer(until)
        {
            self.left -= 1;
            self.now = at;
            let effects = self.submit(Actor::Engine, &Command::FireTimer { instance, name, revision })?;
            self.settle(effects)?;
        }
        self.now = self.now.max(until);
        Ok(())
    }

    fn ask(&mut self, by: Option<&PersonId>, command: Command) -> Result<(), Refused> {
        let actor = match by {
            Some(person) => Actor::Person(person.clone()),
            // What other cases bring comes from the engine.
            None if matches!(command, Command::DeliverSignal { .. } | Command::FinishCall { .. }) => {
                Actor::Engine
            }
            None => Actor::Connector("scenario".into()),
        };
        let effects = self.submit(actor, &command)?;
        self.settle(effects)
    }

    fn task_at(&mut self, step: &StepPath) -> Option<InstanceId> {
        self.case.tasks().find(|(_, instance, _)| instance.step.as_ref() == Some(step)).map(|(id, ..)| id)
    }

    fn called_by(&mut self, instance: InstanceId) -> Option<CaseId> {
        match self.case.instance(instance)?.activity {
            Activity::Call { called } => Some(called),
            _ => None,
        }
    }

    fn instance_at(&mut self, step: &StepPath) -> Option<InstanceId> {
        self.case.instances.iter().find(|(_, it)| it.step.as_ref() == Some(step)).map(|(id, _)| *id)
    }

    fn handler_by_hand(&mut self, name: &str) -> Option<InstanceId> {
        let by_hand = |wait: &Awaited| matches!(wait.trigger, Trigger::ByHand(..)) && *wait.name == *name;
        self.case.instances.iter().find(|(_, it)| it.waits.iter().any(by_hand)).map(|(id, _)| *id)
    }

    fn task_done_at(&mut self, step: &StepPath) -> Option<InstanceId> {
        let kept = self.case.take_backs.iter().rev().find(|(_, back)| back.step == *step);
        kept.map(|(number, _)| InstanceId(*number))
    }

    fn document_of(&mut self, step: &StepPath) -> Option<u32> {
        let found = self.case.documents.values().rev().find(|document| document.step.as_ref() == Some(step));
        found.map(|document| document.number)
    }

    fn roles_of(&mut self, person: &PersonId) -> BTreeSet<RoleId> {
        self.people.get(person).map(|roles| (**roles).clone()).unwrap_or_default()
    }

    fn errand_asking(&mut self, asked: &str) -> Option<InstanceId> {
        let asks = |errand: &Errand| matches!(&errand.work, Work::Asked { text, .. } if **text == *asked);
        self.case.errands.iter().find(|(_, errand)| asks(errand)).map(|(id, _)| *id)
    }

    fn deadline_named(&mut self, name: &str) -> Option<DeadlineName> {
        let found =
            self.case.deadlines().find(|(id, deadline)| *deadline_text(&self.case, *id, deadline) == *name);
        found.map(|(instance, deadline)| DeadlineName { instance, name: deadline.name.clone() })
    }

    fn letter_to(&mut self, step: &StepPath, party: u32) -> Option<u32> {
        let of_step =
            self.case.documents.values().rev().filter(|document| document.step.as_ref() == Some(step));
        let mut numbers = of_step.map(|document| document.number);
        let is_for = |number: &u32| self.case.act_of_document(*number).is_some_and(|(_, to, _)| to == party);
        numbers.find(is_for)
    }

    fn act(&mut self, kind: &str) -> Option<u32> {
        self.case.acts_now().rev().find(|act| *act.kind == *kind).map(|act| act.number)
    }

    fn incident(&mut self) -> Option<u32> {
        self.case.incidents.keys().next().copied()
    }

    fn view(&mut self) -> View {
        let mut view = view_of(&self.case, self.release, day_of(self.now));
        view.outcomes = self.outcomes.clone();
        view.sent = self.sent.clone();
        for document in self.case.documents.values() {
            if let (Some(step), Some(text)) = (&document.step, self.texts.get(&document.content.hash)) {
                view.letters.insert(step.clone(), unescaped(text).into());
            }
        }
        view
    }
}

/// A text without the escapes that keep data from becoming markup: as people read it.
fn unescaped(markdown: &str) -> String {
    let mut text = String::with_capacity(markdown.len());
    let mut letters = markdown.chars().peekable();
    while let Some(letter) = letters.next() {
        let escapes = letter == '\\' && letters.peek().is_some_and(char::is_ascii_punctuation);
        if !escapes {
            text.push(letter);
        } else if let Some(escaped) = letters.next() {
            text.push(escaped);
        }
    }
    text
}

/// A time by the clock on the wall in Germany, to the minute.
fn minute_of(at: Timestamp) -> jiff::civil::DateTime {
    let time = wall_clock(at);
    time.date().at(time.hour(), time.minute(), 0, 0)
}

/// How a deadline is called: by step and name, or by its name when it is one of the case.
fn deadline_text(case: &Case, at: InstanceId, deadline: &Deadline) -> Arc<str> {
    match case.instance(at).and_then(|it| it.step.as_ref()) {
        Some(step) => format!("{step}.{}", deadline.name).into(),
        None => deadline.name.clone(),
    }
}

/// How a case stands, without outcomes and letters: they are not part of its state.
pub fn view_of(case: &Case, release: &Release, today: Date) -> View {
    let mut view = View { data: (*case.data).clone(), number: case.number.clone(), ..View::default() };
    let results: Object =
        case.results.iter().map(|(key, value)| (key.to_string(), (**value).clone())).collect();
    view.results = Value::Object(results);
    view.parties = Seen::Parties.whole(case, release);
    view.acts = Seen::Acts.whole(case, release);
    for instance in case.instances.values() {
        let Some(step) = &instance.step else { continue };
        let is_scope = release.find(step).is_none_or(|found| matches!(found.kind, Kind::Scope(_)));
        // A person chooses the steps of an ad-hoc group: that is a task.
        if !is_scope || matches!(instance.activity, Activity::Task(_)) {
            view.waiting.push(step.clone());
        }
        if let Activity::Task(task) = &instance.activity
            && let Some(due) = task.due
        {
            view.due.insert(step.clone(), due);
        }
    }
    view.waiting.sort();
    for (id, deadline) in case.deadlines() {
        let shown = match (&deadline.run, &deadline.suspended) {
            (Some(run), _) => match run.until {
                Some(at) => ViewDeadline::EndsAt(minute_of(at)),
                None => ViewDeadline::Ends(run.end),
            },
            (None, Some(_)) => ViewDeadline::Suspended,
            (None, None) => ViewDeadline::NotRunning,
        };
        let name = deadline_text(case, id, deadline);
        if let Some(run) = &deadline.run {
            view.grace.extend(run.grace_until.map(|day| (name.clone(), day)));
            if run.warn_on.first().is_some_and(|day| *day <= today) {
                view.warned.push(name.clone());
            }
        }
        view.deadlines.insert(name, shown);
    }
    view.warned.sort();
    if let Status::Ended { outcome, .. } = &case.status {
        view.ended = Some(outcome.clone());
    }
    view.documents = case.documents.values().map(|document| document.content.title.clone()).collect();
    view.notes = case.notes.len();
    view.errands = case.errands.values().filter_map(|errand| waiting_text(errand)).collect();
    view.troubles = case.incidents.values().map(|incident| incident.trouble.message.clone()).collect();
    view.incidents = case.incidents.values().map(|incident| incident.trouble.code.clone()).collect();
    view
}

/// What an errand asks, when it waits for somebody.
fn waiting_text(errand: &Errand) -> Option<Arc<str>> {
    match &errand.work {
        Work::Asked { text, .. } => errand.task().map(|_| text.clone()),
        Work::Letter { .. } => None,
    }
}
