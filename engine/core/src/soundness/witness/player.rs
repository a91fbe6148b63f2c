//! Makes one move after another in a case that is really there, as people and the machine would.

mod shown;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use fachwerk_deadlines::Way as Dispatch;
use jiff::civil::DateTime;
use serde_json::json;

use super::{MANY_PATHS, PEOPLE, Witness, acted};
use crate::{
    authority::Profile,
    definition::{Compute, Expr, Form, Kind, PartyKind, Release, Shape, StepIx},
    diagnostic::Span,
    event::{EffectError, Trigger},
    facts::wall_clock,
    party::PartyContent,
    scenario::{ActLine, Action, Ask, Made, Move as Line, Scenario, Simulation, What, World, run_line},
    schema::{Field, TextFormat, Type},
    soundness::{
        Finding, Move,
        past::Map,
        run::{self, Course},
        values::{self, FIRST_DAY, Slot, Trial},
        ways::By,
    },
    words::{InstanceId, Object, PersonId, StepPath, Text, Timestamp, Value},
};

/// So many of these one script counts.
const SCRIPT_WEIGHT: usize = 100;
/// In an expression only these take longer than it is long.
const ROUNDS: [&str; 8] = ["for ", "while", "loop", ".map(", ".filter(", ".all(", ".some(", ".reduce("];
/// So many lines has a run at most.
const MAX_LINES: usize = 200;
/// When a run begins.
const BEGINS: DateTime = FIRST_DAY.at(9, 0, 0, 0);
/// So many connectors answer in a run, and timers ring: letters in a circle have no end.
const MOST_AT_ONCE: usize = 200;
/// So many parties of a kind are put in at most.
const MOST_PARTIES: u32 = 5;

pub(super) struct Player<'a> {
    release: &'a Release,
    finding: &'a Finding,
    simulation: Simulation<'a>,
    values: BTreeMap<&'a Slot, &'a Option<Value>>,
    settings: Object,
    /// Where else it may go, for what does not depend on the way.
    map: Option<&'a Map<'a>>,
    /// Whether another way was taken.
    changed: bool,
    left: Vec<Move>,
    made: Vec<Move>,
    lines: Vec<Value>,
    course: Course,
    /// How often the last move was made once more.
    rounds: usize,
}

fn connector(name: &str, _: &Value) -> Result<Made, EffectError> {
    use crate::event::{Direction, DocumentContent};
    let content = DocumentContent {
        title: name.into(),
        media_type: "text/html".into(),
        hash: name.into(),
        size: 1,
        direction: Direction::Outgoing,
        addressee: None,
        enclosures: Vec::new(),
    };
    let documents = if name == "letter" { vec![(content, name.into())] } else { Vec::new() };
    Ok(Made { documents, ..Made::default() })
}

impl<'a> Player<'a> {
    pub(super) fn new(
        release: &'a Release,
        finding: &'a Finding,
        map: Option<&'a Map<'a>>,
        (trials, chosen): (&'a [Trial], &[usize]),
    ) -> Option<Player<'a>> {
        let values: BTreeMap<&Slot, &Option<Value>> =
            trials.iter().zip(chosen).map(|((slot, values), at)| (slot, &values[*at])).collect();
        let settings = values.iter().filter_map(|(slot, value)| match slot {
            Slot::Setting(name) => Some((name.to_string(), (*value).clone()?)),
            _ => None,
        });
        let settings: Object = settings.collect();
        let roles: BTreeSet<_> = release.roles.keys().cloned().collect();
        let scenario = Scenario {
            title: "".into(),
            span: Span::file(""),
            profile: Profile::example(),
            days_off: BTreeMap::new(),
            settings: settings.clone(),
            people: PEOPLE.iter().map(|name| (PersonId::from(*name), roles.clone())).collect(),
            now: BEGINS,
            harness: None,
            moves: Vec::new(),
        };
        let simulation = Simulation::new(&scenario, release, &connector).ok()?.ending_after(MOST_AT_ONCE);
        let left = acted(&finding.run);
        let (changed, made) = (false, Vec::new());
        let (lines, course) = (Vec::new(), Course::default());
        Some(Player {
            release,
            finding,
            simulation,
            values,
            settings,
            map,
            changed,
            left,
            made,
            lines,
            course,
            rounds: 0,
        })
    }

    pub(super) fn play(mut self, left: &mut usize) -> Option<(Witness, Option<Vec<Move>>)> {
        let shown = self.shows();
        let entered =
            self.simulation.case.visits.iter().map(|(path, times)| self.weight(path) * *times as usize);
        *left = left.saturating_sub(self.lines.len() + 1 + entered.sum::<usize>());
        let made = self.changed.then_some(self.made);
        shown.then(|| {
            let view = self.simulation.view();
            // What has no end stands nowhere.
            let stands = (!self.simulation.is_cut_short())
                .then(|| json!({ "waiting": view.waiting, "incidents": view.incidents }));
            let (lines, stops) = (self.lines, self.course.stops());
            (Witness { begins: BEGINS, lines, stops, stands, settings: self.settings }, made)
        })
    }

    /// What entering a step costs of what may be played: a script can take as long as a hundred other steps.
    fn weight(&self, path: &StepPath) -> usize {
        match self.release.find(path).map(|step| &step.kind) {
            Some(Kind::Compute(Compute::Script(_))) => SCRIPT_WEIGHT,
            Some(Kind::Compute(Compute::Fields(fields))) => {
                let goes_round = |(_, rule): &(_, Expr)| ROUNDS.iter().any(|word| rule.source.contains(word));
                if fields.iter().any(goes_round) { SCRIPT_WEIGHT } else { 1 }
            }
            _ => 1,
        }
    }

    /// Whether the run comes to what was found.
    fn shows(&mut self) -> bool {
        let mut data = values::examples(&self.release.data);
        for (slot, value) in &self.values {
            if let Slot::Application(name) = slot {
                put(&mut data, name, value);
            }
        }
        let line = json!({ "start": { "data": data } });
        let what = What::Start { channel: "manual".into(), data, received_on: None };
        if !self.ask(None, what, line) {
            return false;
        }
        self.add_parties();
        while !self.is_shown() {
            if self.lines.len() > MAX_LINES
                || !(self.go_on() || self.go_another_way() || self.go_round_again())
            {
                return false;
            }
        }
        true
    }

    /// Whom acts are for, where a person puts that in; what has come to an act before goes on then.
    fn add_parties(&mut self) {
        let kinds = if self.release.acts.is_empty() { &[][..] } else { &self.release.parties };
        let by_hand = |kind: &&PartyKind| kind.from.is_none() && kind.count.max != Some(0);
        for kind in kinds.iter().filter(by_hand) {
            for _ in 0..kind.count.min.clamp(1, MOST_PARTIES) {
                let party = json!({ "kind": *kind.name, "name": "Erika Muster", "address": ["Am Markt 1"] });
                let content = PartyContent {
                    kind: kind.name.clone(),
                    name: "Erika Muster".into(),
                    address: vec!["Am Markt 1".into()],
                    email: None,
                    represents: BTreeSet::new(),
                };
                let line = json!({ "add_party": party, "as": PEOPLE[0] });
                self.ask(Some(PEOPLE[0].into()), What::Act(ActLine::AddParty(content)), line);
            }
        }
        let waits = |code: &str| code == "act_without_addressee";
        if self.simulation.case.incidents.values().any(|incident| waits(&incident.trouble.code)) {
            self.ask(Some(PEOPLE[0].into()), What::Retry, json!({ "retry": true, "as": PEOPLE[0] }));
        }
    }

    /// Data led elsewhere: another way to what is to be shown, from where the case waits.
    fn go_another_way(&mut self) -> bool {
        let Some(map) = self.map else { return false };
        let left = self.finding.through.iter().copied().find(|ix| !self.is_done(*ix));
        let goal = left.unwrap_or(self.finding.step);
        let waits = |ix: &StepIx| {
            let kind = &self.release.step(*ix).kind;
            matches!(kind, Kind::Task(_) | Kind::Wait(_) | Kind::Call(_))
                && !self.finding.past.steps.contains(ix)
        };
        let active = self.simulation.case.instances.values();
        let active = active.filter_map(|it| self.release.index_of(it.step.as_ref()?)).filter(waits);
        let mut ways: Vec<Vec<Move>> =
            active.filter_map(|from| map.from(from, goal)).map(|led| led.moves).collect();
        ways.sort_by_key(Vec::len);
        self.changed = true;
        ways.into_iter().any(|way| {
            self.left = acted(&way);
            self.go_on()
        })
    }

    /// Once more what leaves one path more, until there are many.
    fn go_round_again(&mut self) -> bool {
        if self.finding.again.is_empty() || self.rounds > MANY_PATHS {
            return false;
        }
        self.rounds += 1;
        self.left.extend(acted(&self.finding.again));
        self.go_on()
    }

    /// Does the first of the moves that are left that can be done now.
    fn go_on(&mut self) -> bool {
        for place in 0..self.left.len() {
            let next = self.left[place].clone();
            if self.make(&next) {
                self.left.remove(place);
                self.made.push(next);
                return true;
            }
        }
        false
    }

    fn make(&mut self, next: &Move) -> bool {
        let Some(ix) = next.step else { return self.react(InstanceId::ROOT, &next.by) };
        let Some((instance, path)) = self.active(ix) else { return self.begin(ix) };
        match (&self.release.step(ix).kind, &next.by) {
            (_, By::Handler(_)) => self.react(instance, &next.by),
            (Kind::Task(_), by) => self.complete(ix, &path, by),
            (Kind::Wait(_), By::Outcome(name)) => self.wake(instance, name),
            (Kind::Call(_), by) => {
                let outcome = match by {
                    By::Outcome(outcome) => Some(outcome.clone()),
                    _ => None,
                };
                let line = json!({ "call_ends": path, "outcome": outcome });
                self.ask(None, What::CallEnds(path, outcome, Object::new()), line)
            }
            // Whoever chose the steps of a group says that it is enough.
            (Kind::Scope(scope), _) if matches!(self.release.scope(*scope).shape, Shape::AdHoc(_)) => self
                .by_somebody(json!({ "complete": path }), |path| What::Complete(path, Object::new()), path),
            _ => false,
        }
    }

    /// The first instance of a step.
    fn active(&self, ix: StepIx) -> Option<(InstanceId, StepPath)> {
        self.simulation.case.instances.iter().find_map(|(id, it)| {
            let path = it.step.as_ref()?;
            (self.release.index_of(path) == Some(ix) && it.incident.is_none()).then(|| (*id, path.clone()))
        })
    }

    /// A step of a group whose steps a person chooses.
    fn begin(&mut self, ix: StepIx) -> bool {
        let step = self.release.step(ix);
        let scope = self.release.scope(step.scope);
        let group = scope.owner.filter(|_| matches!(scope.shape, Shape::AdHoc(_)));
        let Some((_, group)) = group.and_then(|owner| self.active(owner)) else { return false };
        let path = step.path.in_rounds(&group.rounds());
        self.by_somebody(json!({ "begin": path }), What::Begin, path)
            // It is begun; the move itself is still to be made.
            && self.make_begun(ix)
    }

    fn make_begun(&mut self, ix: StepIx) -> bool {
        let by = self.left.iter().find(|it| it.step == Some(ix)).map(|it| it.by.clone());
        match (self.active(ix), by) {
            (Some((_, path)), Some(by)) if matches!(self.release.step(ix).kind, Kind::Task(_)) => {
                self.complete(ix, &path, &by)
            }
            _ => true,
        }
    }

    fn complete(&mut self, ix: StepIx, path: &StepPath, by: &By) -> bool {
        let Kind::Task(task) = &self.release.step(ix).kind else { return false };
        // Everything, or what must be; a person may also leave what is proposed.
        let mut filled: Vec<Object> = Vec::new();
        for wanted in [|_: &Field| true, |field: &Field| field.required, |_: &Field| false] {
            let entered = self.entered(ix, &task.form, by, wanted);
            if !filled.contains(&entered) {
                filled.push(entered);
            }
        }
        filled.into_iter().any(|entered| {
            let line = json!({ "complete": path, "with": entered });
            self.by_somebody(line, |path| What::Complete(path, entered.clone()), path.clone())
        })
    }

    fn entered(&self, ix: StepIx, form: &Form, by: &By, wanted: fn(&Field) -> bool) -> Object {
        let mut entered = Object::new();
        for field in form.fields.iter().map(|field| &field.field).filter(|field| wanted(field)) {
            // What a person enters about has been, what an application is about shall be.
            let value = match &field.ty {
                Type::Text { format: TextFormat::Date, pattern: None, .. } => {
                    Some(json!(FIRST_DAY.to_string()))
                }
                ty => values::example(ty),
            };
            if let Some(value) = value {
                entered.insert(field.name.to_string(), value);
            }
        }
        for (slot, value) in &self.values {
            if let Slot::Task(of, name) = slot
                && *of == ix
            {
                put(&mut entered, name, value);
            }
        }
        if let By::Outcome(outcome) = by {
            entered.insert(crate::language::OUTCOME_FIELD.into(), json!(**outcome));
        }
        entered
    }

    /// By whoever may: the first who is not refused.
    fn by_somebody(&mut self, line: Value, what: impl Fn(StepPath) -> What, path: StepPath) -> bool {
        PEOPLE.iter().any(|name| {
            let mut line = line.clone();
            line["as"] = json!(name);
            self.ask(Some(PersonId::from(*name)), what(path.clone()), line)
        })
    }

    fn react(&mut self, instance: InstanceId, by: &By) -> bool {
        let By::Handler(name) = by else { return false };
        self.wake(instance, name)
    }

    /// Causes what an instance waits for.
    fn wake(&mut self, instance: InstanceId, name: &Arc<str>) -> bool {
        let Some(it) = self.simulation.case.instance(instance) else { return false };
        let Some(wait) = it.waits.iter().find(|wait| wait.name == *name).cloned() else { return false };
        match &wait.trigger {
            Trigger::Message(message) => {
                let mut line = json!({ "message": message });
                if let Some(key) = &wait.key {
                    line["key"] = json!(key);
                }
                let what = What::Message(message.clone(), Object::new(), None, wait.key.clone());
                self.ask(None, what, line)
            }
            Trigger::Signal(signal) => {
                self.ask(None, What::Signal(signal.clone()), json!({ "signal": signal }))
            }
            Trigger::Dispatch(step) => self.dispatch(step.clone()),
            Trigger::ByHand(..) => {
                let reason: Arc<str> = "Probe".into();
                let (name, line) = (name.clone(), json!({ "trigger": name, "reason": reason }));
                PEOPLE.iter().any(|person| {
                    let mut line = line.clone();
                    line["as"] = json!(person);
                    let what = What::Trigger(name.clone(), reason.clone());
                    self.ask(Some(PersonId::from(*person)), what, line)
                })
            }
            Trigger::Deadline | Trigger::Timer => self.wait_for(instance, name),
            _ => false,
        }
    }

    fn dispatch(&mut self, step: StepPath) -> bool {
        let line = json!({ "dispatched": step });
        let what = What::Dispatched { step, to: None, on: None, way: Dispatch::Post, received_on: None };
        self.ask(None, what, line)
    }

    /// Time passes until a deadline or timer fires; what it runs from happens first.
    fn wait_for(&mut self, instance: InstanceId, name: &Arc<str>) -> bool {
        let runs_from =
            self.simulation.case.instance(instance).and_then(|it| {
                it.deadlines.get(name).and_then(|deadline| deadline.awaits_dispatch_of.clone())
            });
        if let Some(letter) = runs_from
            && !self.dispatch(letter)
        {
            return false;
        }
        let of_it = |(of, (timer, _), at): (InstanceId, (&Arc<str>, u32), Timestamp)| {
            (of == instance && timer == name).then_some(at)
        };
        let Some(at) = self.simulation.case.timers().find_map(of_it) else { return false };
        let local = wall_clock(at);
        let went = self.simulation.advance_to(at).is_ok();
        if went {
            let day = Text::new(local.strftime("%d.%m.%Y").to_string(), local.date().to_string());
            let step = self.simulation.case.instance(instance).and_then(|it| it.step.clone());
            let title = run::title_of_trigger(self.release, step.as_ref(), name);
            let said = Text::new(
                format!("Es wird {}: „{}“ tritt ein", day.de, title.de),
                format!("It is {}: “{}” comes", day.en, title.en),
            );
            self.note(said, json!({ "advance_to": local.to_string() }));
        }
        went
    }

    /// Asks; a line that is refused is none.
    fn ask(&mut self, by: Option<PersonId>, what: What, line: Value) -> bool {
        let number = self.lines.len();
        let said = run::said(self.release, &what, &self.values);
        let asked = Line { span: Span::file(""), action: Action::Ask(Ask { by, what }) };
        let done = run_line(&asked, number, self.release, &mut self.simulation);
        if done {
            self.note(said, line);
        }
        done
    }

    fn note(&mut self, said: Text, line: Value) {
        self.lines.push(line);
        self.course.note(said, &self.simulation.case);
    }
}

fn put(into: &mut Object, name: &str, value: &Option<Value>) {
    match value {
        Some(value) => {
            into.insert(name.to_owned(), value.clone());
        }
        None => {
            into.remove(name);
        }
    }
}
