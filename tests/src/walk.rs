//! A random walk through a case: what people, connectors and the clock may do, and what they may not.

mod act;
mod beside;
mod between;
mod correct;
mod letters;

use std::collections::BTreeSet;
use std::sync::Arc;

use fachwerk_core::{
    case::{Activity, Case, Task},
    command::{Command, EffectResult, Request},
    definition::{Kind, Release},
    event::{Direction, DocumentContent, EffectError},
    facts::{Actor, day_of},
    words::{CaseId, Date, InstanceId, Object, PersonId, ReleaseId, RoleId, Text, Timestamp, Value},
};
use jiff::{SignedDuration, ToSpan};
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{
    dice::Dice,
    random_process::MESSAGES,
    town::{self, PEOPLE},
    values,
};

/// Somebody asks, at an instant.
#[derive(Clone, Debug)]
pub struct Ask {
    pub now: Timestamp,
    pub actor: Actor,
    pub request: Request,
}

/// One walk through one case.
pub struct Walk {
    moves: Vec<(usize, Move)>,
    /// Whether there are no other cases, so that the walk says what they would.
    alone: bool,
    dice: Dice,
    case: CaseId,
    now: Timestamp,
    /// What was asked before, to be asked again.
    asked: Vec<Ask>,
    /// Tasks and effects that were once there.
    tasks: BTreeSet<InstanceId>,
    effects: BTreeSet<(InstanceId, u32)>,
    messages: Vec<Uuid>,
}

type Move = fn(&mut Walk, &Case, &Release) -> Option<(Actor, Command)>;

/// What can be tried in a process, and how often.
const MOVES: [(usize, Move); 22] = [
    (30, Walk::complete),
    (6, Walk::complete_oddly),
    (4, Walk::complete_again),
    (7, Walk::claim),
    (5, Walk::release),
    (4, Walk::delegate),
    (12, Walk::message),
    (2, Walk::odd_message),
    (16, Walk::fire),
    (4, Walk::fire_oddly),
    (18, Walk::finish),
    (5, Walk::finish_oddly),
    (12, Walk::dispatch),
    (6, Walk::receipt),
    (3, Walk::note),
    (4, Walk::add_document),
    (9, Walk::retry),
    (6, Walk::trigger),
    (3, Walk::skip),
    (4, Walk::go_back),
    (3, Walk::change_data),
    (1, Walk::end_case),
];

/// What other cases tell one that is alone, in their place.
const BETWEEN: [(usize, Move); 6] = [
    (14, Walk::finish_call),
    (2, Walk::call_off),
    (3, Walk::signal),
    (6, Walk::keyed_message),
    (2, Walk::delivered),
    (10, Walk::finish_merge),
];

/// Who takes part, and what is sought against acts.
const PARTIES: [(usize, Move); 7] = [
    (2, Walk::add_party),
    (2, Walk::change_party),
    (2, Walk::remove_party),
    (8, Walk::remedy),
    (40, Walk::correct_act),
    (60, Walk::send_anew),
    (6, Walk::give_up),
];

/// What can be asked of every case besides.
const BESIDE: [(usize, Move); 5] = [
    (4, Walk::give),
    (6, Walk::settle),
    (1, Walk::write_letter),
    (4, Walk::finish_letter),
    (10, Walk::change_deadline),
];

/// What makes of one case two, or of two one.
const RELATED: [(usize, Move); 1] = [(2, Walk::relate)];

impl Walk {
    /// A walk that begins in the spring of 2026.
    pub fn new(seed: u64) -> Walk {
        let moves = [&MOVES[..], &BESIDE, &RELATED].concat();
        Walk { moves, alone: false, ..Walk::of_process(seed) }
    }

    /// A walk in a world without other cases: it says what they would.
    pub fn of_process(seed: u64) -> Walk {
        let mut dice = Dice::new(!seed);
        let start = Date::constant(2026, 3, 2).at(9, 0, 0, 0).in_tz("Europe/Berlin");
        let start = start.expect("a day of the calendar").timestamp();
        let now = start + SignedDuration::from_hours(dice.between(0, 9_000));
        let case = CaseId(dice.id());
        Walk {
            moves: [&MOVES[..], &BESIDE, &RELATED, &BETWEEN, &PARTIES].concat(),
            alone: true,
            dice,
            case,
            now,
            asked: Vec::new(),
            tasks: BTreeSet::new(),
            effects: BTreeSet::new(),
            messages: Vec::new(),
        }
    }

    /// The case that is walked through.
    pub fn case(&self) -> CaseId {
        self.case
    }

    /// What is asked next of the case as it stands.
    pub fn next(&mut self, case: &Case, release: &Release) -> Ask {
        self.tasks.extend(case.tasks().map(|(id, ..)| id));
        self.effects.extend(effects(case));
        if self.dice.chance(40) {
            // Seconds to weeks; deadlines pass by the way and are found late.
            let longest = *self.dice.pick(&[60, 86_400, 1_500_000]);
            self.now += SignedDuration::from_micros(self.dice.between(1, longest * 1_000_000));
        }
        if self.dice.chance(4)
            && let Some(before) = self.dice.maybe_pick(&self.asked).cloned()
        {
            return Ask { now: self.now, ..before };
        }
        let ask = loop {
            let (actor, command) = if case.version == 0 {
                if self.dice.chance(15) { self.start_oddly(release) } else { self.start_by_somebody(release) }
            } else {
                let tried = self.dice.weighted(&self.moves)(self, case, release);
                let Some(tried) = tried else { continue };
                tried
            };
            let request =
                Request { tenant: town::tenant(), case: self.case, command_id: self.dice.id(), command };
            break Ask { now: self.now, actor, request };
        };
        self.asked.push(ask.clone());
        ask
    }

    fn anybody(&mut self) -> Actor {
        Actor::Person(PersonId::from(self.dice.pick(&PEOPLE).0))
    }

    fn start_by_somebody(&mut self, release: &Release) -> (Actor, Command) {
        let mut command = self.start(release);
        if self.alone
            && self.dice.chance(35)
            && let Command::StartCase { caller, .. } = &mut command
        {
            *caller = Some(self.caller());
            return (if self.dice.chance(90) { Actor::Engine } else { self.anybody() }, command);
        }
        (self.anybody(), command)
    }

    fn start(&mut self, release: &Release) -> Command {
        let name = *self.dice.pick(&["Ada", "Ödön von Horváth", "x", "O'Neil \"Bob\"", "名前", " leer "]);
        let mut data = Object::new();
        data.insert("name".into(), name.into());
        data.insert("count".into(), self.dice.between(0, 40).into());
        data.insert("urgent".into(), self.dice.chance(50).into());
        data.insert("sort".into(), (*self.dice.pick(&["house", "tree", "shed"])).into());
        data.insert("day".into(), values::day(&mut self.dice).into());
        if self.dice.chance(50) {
            data.insert("note".into(), "Notiz".into());
        }
        if self.dice.chance(30) {
            data.insert("parts".into(), json!(["a", "b"]));
        }
        let received_on = self.dice.chance(50).then(|| self.today());
        let documents = if self.dice.chance(20) { vec![self.document()] } else { Vec::new() };
        let channel = (*self.dice.pick(&["manual", "api"])).into();
        Command::StartCase {
            release: release.id.clone(),
            channel,
            data,
            received_on,
            documents,
            caller: None,
        }
    }

    fn start_oddly(&mut self, release: &Release) -> (Actor, Command) {
        let command = self.start(release);
        let Command::StartCase { release, channel, mut data, received_on, documents, caller } = command
        else {
            unreachable!("a start is a start")
        };
        let fritz = Actor::Person(PersonId::from("fritz"));
        match self.dice.below(4) {
            0 => (fritz, Command::StartCase { release, channel, data, received_on, documents, caller }),
            1 => {
                data.insert(
                    "count".into(),
                    (*self.dice.pick(&[json!(-1), json!("x"), json!(1.5), Value::Null])).clone(),
                );
                (
                    self.anybody(),
                    Command::StartCase { release, channel, data, received_on, documents, caller },
                )
            }
            2 => {
                let received_on = self.today().tomorrow().ok();
                (Actor::Engine, Command::StartCase { release, channel, data, received_on, documents, caller })
            }
            _ => (self.anybody(), Command::AddNote { text: "zu früh".into() }),
        }
    }

    fn today(&self) -> Date {
        day_of(self.now)
    }

    /// Today, or one of the three weeks before: what comes in lies about before somebody registers it.
    fn some_days_ago(&mut self) -> Date {
        let back = if self.dice.chance(50) { 0 } else { self.dice.between(1, 20) };
        self.today().checked_sub(back.days()).unwrap_or(self.today())
    }

    fn document(&mut self) -> DocumentContent {
        let text = format!("document {}", self.dice.any());
        document(&text, *self.dice.pick(&[Direction::Incoming, Direction::Outgoing, Direction::Internal]))
    }

    fn open_task<'c>(&mut self, case: &'c Case) -> Option<(InstanceId, &'c Task)> {
        let tasks: Vec<(InstanceId, &Task)> = case.tasks().map(|(id, _, task)| (id, task)).collect();
        self.dice.maybe_pick(&tasks).copied()
    }

    /// Somebody who may do a task.
    fn able(&mut self, role: &RoleId, task: &Task) -> Actor {
        let able: Vec<PersonId> = town::people()
            .filter(|(person, roles)| roles.contains(role) && !task.excluded.contains(person))
            .map(|(person, _)| person)
            .filter(|person| task.assignee.as_ref().is_none_or(|assignee| assignee == person))
            .collect();
        self.dice.maybe_pick(&able).cloned().map_or_else(|| self.anybody(), Actor::Person)
    }

    fn complete(&mut self, case: &Case, release: &Release) -> Option<(Actor, Command)> {
        let (id, task) = self.open_task(case)?;
        let Some(form) = form_of(case, release, id) else { return self.choose(case, release, id) };
        let seen = match self.dice.below(10) {
            0 => Some(case.version.saturating_sub(5)),
            1..5 => Some(case.version),
            _ => None,
        };
        let actor = self.able(&task.role, task);
        let values = values::fitting(form, &mut self.dice);
        Some((actor, Command::CompleteTask { task: id, values, seen, shown: None }))
    }

    /// A step of a group is chosen, or the group is done.
    fn choose(&mut self, case: &Case, release: &Release, group: InstanceId) -> Option<(Actor, Command)> {
        let (instance, task) = case.task(group)?;
        let (_, scope) = release.scope_of(instance.step.as_ref())?;
        let actor = self.able(&task.role, task);
        if self.dice.chance(30) {
            return Some((
                actor,
                Command::CompleteTask { task: group, values: Object::new(), seen: None, shown: None },
            ));
        }
        let step = release.step(*self.dice.pick(&scope.steps)).id.clone();
        Some((actor, Command::StartStep { group, step }))
    }

    fn complete_oddly(&mut self, case: &Case, release: &Release) -> Option<(Actor, Command)> {
        let (id, task) = self.open_task(case)?;
        let form = form_of(case, release, id)?;
        let actor = match self.dice.below(6) {
            0 => Actor::Engine,
            1 => Actor::Person(PersonId::from("nobody")),
            2..4 => self.anybody(),
            _ => self.able(&task.role, task),
        };
        let values = values::odd(form, &mut self.dice);
        Some((actor, Command::CompleteTask { task: id, values, seen: None, shown: None }))
    }

    /// A task that was there once, or never.
    fn complete_again(&mut self, _: &Case, _: &Release) -> Option<(Actor, Command)> {
        let known: Vec<InstanceId> =
            self.tasks.iter().copied().chain([InstanceId(0), InstanceId(9_999)]).collect();
        let task = *self.dice.pick(&known);
        Some((self.anybody(), Command::CompleteTask { task, values: Object::new(), seen: None, shown: None }))
    }

    fn claim(&mut self, case: &Case, _: &Release) -> Option<(Actor, Command)> {
        let (task, it) = self.open_task(case)?;
        let actor = if self.dice.chance(70) { self.able(&it.role, it) } else { self.anybody() };
        Some((actor, Command::ClaimTask { task }))
    }

    fn release(&mut self, case: &Case, _: &Release) -> Option<(Actor, Command)> {
        let taken: Vec<_> = case.tasks().filter(|(_, _, task)| task.assignee.is_some()).collect();
        let (task, _, it) = *self.dice.maybe_pick(&taken)?;
        let actor = if self.dice.chance(70) { self.able(&it.role, it) } else { self.anybody() };
        Some((actor, Command::ReleaseTask { task }))
    }

    fn delegate(&mut self, case: &Case, _: &Release) -> Option<(Actor, Command)> {
        let (task, it) = self.open_task(case)?;
        let to = PersonId::from(self.dice.pick(&PEOPLE).0);
        Some((self.able(&it.role, it), Command::DelegateTask { task, to }))
    }

    fn message(&mut self, _: &Case, _: &Release) -> Option<(Actor, Command)> {
        let message_id = self.dice.id();
        self.messages.push(message_id);
        let documents = if self.dice.chance(25) { vec![self.document()] } else { Vec::new() };
        let received_on = self.dice.chance(60).then(|| self.some_days_ago());
        let name = (*self.dice.pick(&MESSAGES)).into();
        let payload = values::free(&mut self.dice);
        let actor = if self.dice.chance(70) { Actor::Connector("portal".into()) } else { self.anybody() };
        Some((
            actor,
            Command::DeliverMessage { name, message_id, payload, documents, received_on, key: None },
        ))
    }

    fn odd_message(&mut self, _: &Case, _: &Release) -> Option<(Actor, Command)> {
        let repeated = self.dice.maybe_pick(&self.messages).copied();
        let (name, message_id): (Arc<str>, Uuid) = match repeated.filter(|_| self.dice.chance(60)) {
            Some(before) => (MESSAGES[0].into(), before),
            None => (" ".into(), self.dice.id()),
        };
        let (payload, documents, received_on) = (Object::new(), Vec::new(), None);
        let actor = Actor::Connector("portal".into());
        Some((
            actor,
            Command::DeliverMessage { name, message_id, payload, documents, received_on, key: None },
        ))
    }

    /// The clock is moved to the next deadline, or beyond it, and the timer fires.
    fn fire(&mut self, case: &Case, _: &Release) -> Option<(Actor, Command)> {
        let set =
            case.timers().map(|(instance, (name, revision), at)| (at, instance, name.clone(), revision));
        let (at, instance, name, revision) = set.min()?;
        self.now = self.now.max(at);
        Some((Actor::Engine, Command::FireTimer { instance, name, revision }))
    }

    /// Too early, by the wrong one, of another revision, of nothing.
    fn fire_oddly(&mut self, case: &Case, _: &Release) -> Option<(Actor, Command)> {
        let set: Vec<_> = case.deadlines().map(|(id, it)| (id, it.name.clone(), it.revision)).collect();
        let (instance, name, revision) =
            self.dice.maybe_pick(&set).cloned().unwrap_or((InstanceId(1), "w-1".into(), 1));
        let revision = if self.dice.chance(40) { revision + 1 } else { revision };
        let actor = if self.dice.chance(30) { self.anybody() } else { Actor::Engine };
        Some((actor, Command::FireTimer { instance, name, revision }))
    }

    fn finish(&mut self, case: &Case, _: &Release) -> Option<(Actor, Command)> {
        let waiting: Vec<_> = effects(case).collect();
        let (instance, round) = *self.dice.maybe_pick(&waiting)?;
        let step = case.instance(instance)?.step.as_ref()?.to_string();
        let result = self.result(&step, round);
        Some((Actor::Connector("outside".into()), Command::FinishEffect { instance, round, result }))
    }

    /// Of an earlier round, of a step that was cancelled, by a person.
    fn finish_oddly(&mut self, _: &Case, _: &Release) -> Option<(Actor, Command)> {
        let never = self.dice.chance(10).then_some((InstanceId(9_999), 1));
        let known: Vec<_> = self.effects.iter().copied().chain(never).collect();
        let (instance, round) = *self.dice.maybe_pick(&known)?;
        let actor = if self.dice.chance(20) { self.anybody() } else { Actor::Connector("outside".into()) };
        let result = self.result("late", round);
        Some((actor, Command::FinishEffect { instance, round, result }))
    }

    fn result(&mut self, step: &str, round: u32) -> Result<EffectResult, EffectError> {
        if self.dice.chance(20) {
            let message = Text::new("Die Gegenstelle antwortet nicht.", "The other side does not answer.");
            return Err(EffectError { code: "no_answer".into(), message, retry: false });
        }
        let mut made = EffectResult { values: values::free(&mut self.dice), documents: Vec::new() };
        made.values.insert("size".into(), self.dice.between(0, 30).into());
        for number in 0..self.dice.weighted(&[(3, 0), (6, 1), (1, 2)]) {
            let text = format!("letter {step} {round} {number}");
            made.documents.push(document(&text, Direction::Outgoing));
        }
        Ok(made)
    }

    fn note(&mut self, _: &Case, _: &Release) -> Option<(Actor, Command)> {
        let text = (*self.dice.pick(&["Anruf der Antragstellerin.", " ", "ß \u{0} 🏠\n"])).into();
        let actor = if self.dice.chance(10) { Actor::Engine } else { self.anybody() };
        Some((actor, Command::AddNote { text }))
    }

    fn add_document(&mut self, _: &Case, _: &Release) -> Option<(Actor, Command)> {
        let mut document = self.document();
        if self.dice.chance(15) {
            document.title = " ".into();
        }
        let received_on = self.dice.chance(50).then(|| self.some_days_ago());
        Some((self.anybody(), Command::AddDocument { document, received_on }))
    }

    fn retry(&mut self, case: &Case, _: &Release) -> Option<(Actor, Command)> {
        let open: Vec<u32> = case.incidents.keys().copied().collect();
        let known = self.dice.maybe_pick(&open).copied();
        let incident = known.or_else(|| self.dice.chance(20).then_some(case.next_incident))?;
        Some((self.anybody(), Command::RetryIncident { incident }))
    }
}

/// The effects that are under way.
fn effects(case: &Case) -> impl Iterator<Item = (InstanceId, u32)> {
    case.instances.iter().filter_map(|(id, instance)| match instance.activity {
        Activity::Effect { round } => Some((*id, round)),
        _ => None,
    })
}

fn form_of<'r>(
    case: &Case,
    release: &'r Release,
    id: InstanceId,
) -> Option<&'r fachwerk_core::definition::Form> {
    match &release.find(case.instance(id)?.step.as_ref()?)?.kind {
        Kind::Task(task) => Some(&task.form),
        _ => None,
    }
}

/// The documents that come with a command. The bytes of each are its title.
pub fn documents_of(command: &Command) -> &[DocumentContent] {
    match command {
        Command::StartCase { documents, .. } | Command::DeliverMessage { documents, .. } => documents,
        Command::AddDocument { document, .. } => std::slice::from_ref(document),
        Command::FinishEffect { result: Ok(made), .. } => &made.documents,
        _ => &[],
    }
}

/// A document whose bytes are this text.
fn document(text: &str, direction: Direction) -> DocumentContent {
    let hash: String = Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect();
    DocumentContent {
        title: text.into(),
        media_type: "text/plain".into(),
        hash: hash.into(),
        size: text.len() as u64,
        direction,
        addressee: (direction == Direction::Outgoing).then(|| "Ada, Musterweg 1".into()),
        enclosures: Vec::new(),
    }
}

/// The release as it is named in a start.
pub fn release_of(command: &Command) -> Option<&ReleaseId> {
    match command {
        Command::StartCase { release, .. } => Some(release),
        _ => None,
    }
}
