//! Tries to play what was found: a run of control flow becomes a scenario with persons, values and days.
//!
//! The engine itself plays; nothing here knows what a step does. Where rules decide, values around what they compare with
//! are tried, so a finding that data were thought to exclude may become certain. That nothing was found proves nothing.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use fachwerk_deadlines::Way as Dispatch;
use jiff::civil::DateTime;
use serde_json::json;

use super::{
    Against, Finding, Move, Property,
    past::Map,
    run::{self, Course},
    values::{self, FIRST_DAY, Slot, Trial},
    ways::By,
};
use crate::{
    authority::Profile,
    case::Instance,
    definition::{Compute, Expr, Form, Kind, PartyKind, Release, Shape, StepIx, TriggerKind},
    diagnostic::{Span, Stop},
    event::{EffectError, Trigger},
    facts::wall_clock,
    party::PartyContent,
    scenario::{ActLine, Action, Ask, Made, Move as Line, Scenario, Simulation, What, World, run_line},
    schema::{Field, TextFormat, Type},
    words::{InstanceId, Object, PersonId, StepPath, Text, Timestamp, Value},
};

/// So many combinations of values are tried for one finding.
pub const MAX_TRIALS: usize = 400;
/// In so many of them another way is taken when data lead elsewhere.
const MOST_CHANGED: usize = 20;
/// So many lines, and steps that are entered by them, are played for all findings of one proof together; what is left then
/// is not played.
pub const MAX_LINES_OF_ALL: usize = 40_000;
/// So many of these one script counts.
const SCRIPT_WEIGHT: usize = 100;
/// In an expression only these take longer than it is long.
const ROUNDS: [&str; 8] = ["for ", "while", "loop", ".map(", ".filter(", ".all(", ".some(", ".reduce("];
/// More paths at one step are many.
const MANY_PATHS: usize = 5;
/// So many runs with another choice of a person are tried.
const MOST_VARIED: usize = 20;
/// So many lines has a run at most.
const MAX_LINES: usize = 200;
/// When a run begins.
const BEGINS: DateTime = FIRST_DAY.at(9, 0, 0, 0);
/// So many connectors answer in a run, and timers ring: letters in a circle have no end.
const MOST_AT_ONCE: usize = 200;
/// So many parties of a kind are put in at most.
const MOST_PARTIES: u32 = 5;
/// Whoever signs must be another one, so there are several.
pub(super) const PEOPLE: [&str; 4] = ["anna", "bert", "clara", "dora"];

/// A run that was played.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// When it begins.
    pub begins: DateTime,
    /// What happens, line by line, in the words of a scenario.
    pub lines: Vec<Value>,
    /// What the case goes through at each line.
    pub stops: Vec<Stop>,
    /// How things stand at its end, in the words of a scenario; none: it goes on by itself without an end.
    pub stands: Option<Value>,
    /// The settings that it needs.
    pub settings: Object,
}

/// Plays a finding; none when no trial came to it. When it came there in another way, that way is told. `left`: so many
/// lines may still be played.
pub fn play(release: &Release, finding: &Finding, left: &mut usize) -> Option<(Witness, Option<Vec<Move>>)> {
    if !finding.property.shows() {
        return None;
    }
    if let Some(shown) = play_run(release, finding, left) {
        return Some(shown);
    }
    // What data decide on the way may go otherwise than the run says: then what a person chooses may, too.
    let others = if finding.property.is_of_missing() { varied(release, &finding.run) } else { Vec::new() };
    others.into_iter().find_map(|run| {
        let other = Finding { run: run.clone(), ..finding.clone() };
        let (witness, way) = play_run(release, &other, left)?;
        Some((witness, Some(way.unwrap_or(run))))
    })
}

/// The same run, with another outcome of one of its tasks.
fn varied(release: &Release, run: &[Move]) -> Vec<Vec<Move>> {
    let mut found = Vec::new();
    for (place, it) in run.iter().enumerate() {
        let Some(Kind::Task(task)) = it.step.map(|ix| &release.step(ix).kind) else { continue };
        let others = task.form.outcomes().into_iter().map(By::Outcome).filter(|by| *by != it.by);
        found.extend(others.map(|by| {
            let mut varied = run.to_vec();
            varied[place].by = by;
            varied
        }));
    }
    found.truncate(MOST_VARIED);
    found
}

fn play_run(release: &Release, finding: &Finding, left: &mut usize) -> Option<(Witness, Option<Vec<Move>>)> {
    let map = match finding.property {
        // The letter is the one that the run has come from.
        Property::Law(Against::BeforeDispatch) => None,
        Property::Law(_) | Property::Staff(_) => Some(Map::past(release, &finding.past)),
        _ => None,
    };
    let tasks: BTreeSet<StepIx> = finding.run.iter().filter_map(|it| it.step).collect();
    let rules = rules_on(release, &finding.run, finding.step);
    let trials = values::trials(release, &rules, &tasks);
    let mut chosen = vec![0; trials.len()];
    for trial in 0..MAX_TRIALS {
        if *left == 0 {
            return None;
        }
        let map = map.as_ref().filter(|_| trial < MOST_CHANGED);
        let player = Player::new(release, finding, map, (&trials, &chosen));
        if let Some(shown) = player.and_then(|player| player.play(left)) {
            return Some(shown);
        }
        // The next combination, as a clock goes on.
        let turned = chosen.iter_mut().zip(&trials).find_map(|(at, (_, values))| {
            *at += 1;
            if *at < values.len() {
                return Some(());
            }
            *at = 0;
            None
        });
        turned?;
    }
    None
}

/// The rules that decide on a run and on what is found at its end: of choices, branches, options and reactions.
fn rules_on<'r>(release: &'r Release, run: &[Move], end: StepIx) -> Vec<&'r Expr> {
    let mut found: Vec<&Expr> = Vec::new();
    let mut seen = BTreeSet::new();
    for ix in run.iter().filter_map(|it| it.step).chain([end]).filter(|ix| seen.insert(*ix)) {
        let step = release.step(ix);
        found.extend(&step.when);
        match &step.kind {
            Kind::Choose(ways) => found.extend(ways.iter().filter_map(|way| way.when.as_ref())),
            Kind::Wait(waits) => {
                found.extend(waits.iter().filter_map(|wait| wait.when.as_ref()));
                found.extend(waits.iter().filter_map(|wait| match &wait.trigger {
                    TriggerKind::Condition(rule) => Some(rule),
                    _ => None,
                }));
            }
            Kind::Task(task) => found.extend(task.form.fields.iter().flat_map(|field| field.conditions())),
            Kind::Scope(scope) => {
                let scope = release.scope(*scope);
                found.extend(scope.steps.iter().filter_map(|ix| release.step(*ix).when.as_ref()));
                match &scope.shape {
                    Shape::Each(each) => found.push(&each.over),
                    Shape::AdHoc(ad_hoc) => found.extend(&ad_hoc.until),
                    Shape::Path | Shape::Fork(_) => {}
                }
                if let Some(repeat) = &scope.repeat {
                    found.extend(repeat.until.iter().chain(&repeat.while_holds));
                }
            }
            _ => {}
        }
    }
    found
}

/// What is done of a run: nobody does what is ended by another step.
fn acted(run: &[Move]) -> Vec<Move> {
    run.iter().filter(|it| it.by != By::Cancelled).cloned().collect()
}

struct Player<'a> {
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
    fn new(
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

    fn play(mut self, left: &mut usize) -> Option<(Witness, Option<Vec<Move>>)> {
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

    /// Whether the case stands as it was found.
    fn is_shown(&self) -> bool {
        let case = &self.simulation.case;
        let at = |ix: StepIx| {
            case.instances
                .values()
                .filter(move |it| it.step.as_ref().and_then(|path| self.release.index_of(path)) == Some(ix))
        };
        let step = self.finding.step;
        let stuck_by = |code: &str| case.incidents.values().any(|incident| &*incident.trouble.code == code);
        match self.finding.property {
            Property::Law(_) | Property::Staff(_) => {
                let Finding { past, through, .. } = self.finding;
                let by_way = self.changed || self.nothing_is_left();
                let done = |ix: &StepIx| self.is_done(*ix);
                by_way && self.has_been_at(step) && !past.steps.iter().any(done) && through.iter().all(done)
            }
            Property::NeverEnds => at(step).next().is_some() && self.nothing_is_left(),
            Property::GoesInCircles => stuck_by("turn_too_long"),
            Property::ErrorUnhandled => at(step).any(|it| it.incident.is_some()),
            Property::LocksInCircle => stuck_by("locks_wait_for_each_other"),
            Property::Multiplies => self.nothing_is_left() && self.has_multiplied(),
            Property::ResultNeverThere | Property::ResultMayBeMissing => self.fails_at(at(step)),
            Property::WaitsInVain => at(step).any(|it| {
                it.parent.is_some_and(|scope| case.children(scope).all(|id| self.waits_in_join(id)))
            }),
            _ => false,
        }
    }

    /// Whether there are many paths at one step. Where no join is beside, one round more leaves one path more; a join may
    /// take up what comes each time, and what passes at once is not late: there they must be seen.
    fn has_multiplied(&self) -> bool {
        let scope = self.release.scope(self.release.step(self.finding.step).scope);
        let is_join = |ix: &StepIx| matches!(self.release.step(*ix).kind, Kind::Join(_));
        let mut at: BTreeMap<(Option<InstanceId>, &StepPath), usize> = BTreeMap::new();
        for it in self.simulation.case.instances.values() {
            if let Some(step) = &it.step {
                *at.entry((it.parent, step)).or_default() += 1;
            }
        }
        !scope.steps.iter().any(is_join) || at.values().any(|count| *count > MANY_PATHS)
    }

    /// Whether all was done on the run that persons, messages and time do.
    fn nothing_is_left(&self) -> bool {
        let acts = |it: &Move| {
            let kind = it.step.map(|ix| &self.release.step(ix).kind);
            matches!(it.by, By::Handler(_))
                || matches!(kind, Some(Kind::Task(_) | Kind::Wait(_) | Kind::Call(_)))
        };
        !self.left.iter().any(acts)
    }

    fn has_been_at(&self, ix: StepIx) -> bool {
        self.simulation.case.visits.keys().any(|path| self.release.index_of(path) == Some(ix))
    }

    /// Whether a step has been done: by somebody, or left.
    fn is_done(&self, ix: StepIx) -> bool {
        let case = &self.simulation.case;
        match self.release.step(ix).kind {
            Kind::Task(_) => case.performers.keys().any(|path| self.release.index_of(path) == Some(ix)),
            _ => self.has_been_at(ix) && self.active(ix).is_none(),
        }
    }

    /// Whether a rule fails because of what is missing, at one of these or in the case as a whole.
    fn fails_at<'i>(&self, mut at: impl Iterator<Item = &'i Arc<Instance>>) -> bool {
        let Some(path) = self.finding.detail.as_ref().and_then(|detail| detail.path.as_ref()) else {
            return false;
        };
        let says = |it: &Arc<Instance>| {
            let incident = it.incident.and_then(|id| self.simulation.case.incidents.get(&id));
            incident.is_some_and(|incident| {
                let said_nothing = &*incident.trouble.code == "rule_not_boolean"
                    && incident.trouble.message.en.ends_with("null.");
                said_nothing || names(&incident.trouble.message.de, path)
            })
        };
        at.any(says)
    }

    fn waits_in_join(&self, id: InstanceId) -> bool {
        let step = self.simulation.case.instance(id).and_then(|it| it.step.as_ref());
        let kind = step.and_then(|path| self.release.find(path)).map(|step| &step.kind);
        matches!(kind, Some(Kind::Join(_)))
    }
}

/// Whether a message is about a path.
fn names(message: &str, path: &str) -> bool {
    message.contains(&format!("`{path}`"))
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
