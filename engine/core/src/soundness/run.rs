//! A run that shows a finding, stop by stop: as a picture of the process shows it, and as a scenario that plays it.
//!
//! What the engine has played is told as it was. What control flow alone allows is told as paths through the picture.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use imbl::{OrdMap, OrdSet};
use serde_json::json;

use super::{By, Finding, Move, Property, Witness, values::Slot, witness::PEOPLE};
use crate::{
    case::Case,
    definition::{Handler, Kind, Release, ScopeIx, Shape, Step, StepIx, Target},
    diagnostic::{Run, Stop},
    scenario::What,
    words::{StepPath, Text, Value},
};

/// So many stops of a run are told; of a longer one the first ones and the last.
const MOST_STOPS: usize = 50;

/// The run to a finding, if one shows it.
pub fn of(release: &Release, finding: &Finding) -> Option<Run> {
    let (mut stops, scenario) = match &finding.witness {
        // Who may do what is said by the people of an authority; those of a scenario would be others.
        Some(witness) if matches!(finding.property, Property::Staff(_)) => (witness.stops.clone(), None),
        Some(witness) => (witness.stops.clone(), Some(scenario(release, finding, witness))),
        None if finding.property.shows() => (Paths::of(release, &finding.run), None),
        None => return None,
    };
    if stops.len() > MOST_STOPS {
        let left_out = stops.len() - MOST_STOPS;
        let last = stops.split_off(stops.len() - 1);
        let more = stops.split_off(MOST_STOPS - 1);
        let active = more.last().map(|stop| stop.active.clone()).unwrap_or_default();
        let said = Text::new(format!("… {left_out} weitere Schritte …"), format!("… {left_out} more …"));
        let entered = more.iter().flat_map(|stop| stop.entered.iter().cloned()).collect();
        let ways = more.into_iter().flat_map(|stop| stop.ways).collect();
        stops.push(Stop { said, entered, ways, active });
        stops.extend(last);
    }
    Some(Run { played: finding.witness.is_some(), stops, scenario })
}

/// A file that `test` plays. It ends with how things stand, so it fails once the fault is mended.
fn scenario(release: &Release, finding: &Finding, witness: &Witness) -> Arc<str> {
    let roles: Vec<&str> = release.roles.keys().map(|role| role.as_str()).collect();
    let people: BTreeMap<&str, &[&str]> = PEOPLE.iter().map(|name| (*name, &roles[..])).collect();
    let title = format!("{}: {}", finding.property.code(), release.step(finding.step).path);
    // Written line by line, so that it reads in the order of what happens; a value in JSON is also one in YAML.
    let mut file = format!(
        "scenario: {}\ntenant: {{ land: ST }}\npeople: {}\nnow: {}\n",
        json!(title),
        json!(people),
        json!(witness.begins)
    );
    if !witness.settings.is_empty() {
        file += &format!("settings: {}\n", json!(witness.settings));
    }
    file += "do:\n";
    let stands = witness.stands.as_ref().map(|stands| json!({ "expect": stands }));
    for line in witness.lines.iter().chain(&stands).filter_map(Value::as_object) {
        let said = line.iter().filter(|(key, value)| *key != "with" || **value != json!({}));
        for (number, (key, value)) in said.enumerate() {
            let mark = if number == 0 { "-" } else { " " };
            file += &format!("  {mark} {key}: {value}\n");
        }
    }
    file.into()
}

/// Follows a case while it is played.
#[derive(Debug, Default)]
pub struct Course {
    seen: Vec<(Text, Snapshot)>,
}

#[derive(Debug)]
struct Snapshot {
    visits: OrdMap<StepPath, u32>,
    ways: OrdSet<(StepPath, StepPath)>,
    active: Vec<StepPath>,
}

impl Course {
    /// How a case stands after a line.
    pub fn note(&mut self, said: Text, case: &Case) {
        let active = case.instances.values().filter_map(|it| Some(bare(it.step.as_ref()?)));
        let snapshot = Snapshot {
            visits: case.visits.clone(),
            ways: case.ways.clone(),
            active: active.collect::<BTreeSet<_>>().into_iter().collect(),
        };
        self.seen.push((said, snapshot));
    }

    /// What was new at each line.
    pub fn stops(self) -> Vec<Stop> {
        let (mut visits, mut ways) = (OrdMap::new(), OrdSet::new());
        let stop = |(said, now): (Text, Snapshot)| {
            let more = |step: &StepPath, count: u32| count - visits.get(step).copied().unwrap_or_default();
            let entered = now
                .visits
                .iter()
                .flat_map(|(step, count)| std::iter::repeat_n(bare(step), more(step, *count) as usize));
            let entered = entered.collect();
            let gone = now.ways.iter().filter(|way| !ways.contains(*way));
            let gone = gone.map(|(from, to)| (bare(from), bare(to))).collect();
            (visits, ways) = (now.visits, now.ways);
            Stop { said, entered, ways: gone, active: now.active }
        };
        self.seen.into_iter().map(stop).collect()
    }
}

fn bare(path: &StepPath) -> StepPath {
    StepPath::from(path.address())
}

/// What happens in a line of a scenario that is made here, with the values that decide.
pub fn said(release: &Release, what: &What, values: &BTreeMap<&Slot, &Option<Value>>) -> Text {
    let title = |path: &StepPath| {
        release.find(path).map_or_else(|| Text::new(path.as_str(), path.as_str()), |step| step.title.clone())
    };
    match what {
        What::Start { .. } => {
            let decides = |slot: &Slot| matches!(slot, Slot::Application(_) | Slot::Setting(_));
            let with = given(release, values, decides);
            Text::new(format!("Der Vorgang beginnt{}", with.de), format!("The case begins{}", with.en))
        }
        What::Complete(path, entered) => {
            let (ix, title) = (release.index_of(path), title(path));
            let outcome = entered.get(crate::language::OUTCOME_FIELD).and_then(Value::as_str);
            let by = outcome.map(|outcome| by_outcome(release, ix, outcome)).unwrap_or_default();
            let with = given(release, values, |slot| matches!(slot, Slot::Task(of, _) if Some(*of) == ix));
            Text::new(
                format!("„{}“ wird erledigt{}{}", title.de, by.de, with.de),
                format!("“{}” is done{}{}", title.en, by.en, with.en),
            )
        }
        What::Message(name, ..) => {
            Text::new(format!("Die Nachricht „{name}“ kommt"), format!("The message `{name}` comes"))
        }
        What::Signal(name) => {
            Text::new(format!("Das Signal „{name}“ kommt"), format!("The signal `{name}` comes"))
        }
        What::CallEnds(path, outcome, _) => {
            let title = title(path);
            let by = outcome.as_deref().map(|outcome| format!(": {outcome}")).unwrap_or_default();
            Text::new(
                format!("Der bei „{}“ aufgerufene Vorgang endet{by}", title.de),
                format!("The case called at “{}” ends{by}", title.en),
            )
        }
        What::Dispatched { step, .. } => {
            let title = title(step);
            Text::new(
                format!("Das Schreiben „{}“ geht ab", title.de),
                format!("The letter “{}” leaves the house", title.en),
            )
        }
        What::Trigger(name, _) => {
            let mut handlers = release.scopes.iter().flat_map(|scope| &scope.handlers);
            let title = titled(handlers.find(|handler| handler.name == *name), name);
            Text::new(
                format!("„{}“ wird von Hand ausgelöst", title.de),
                format!("“{}” is triggered by hand", title.en),
            )
        }
        What::Begin(path) => {
            let title = title(path);
            Text::new(format!("„{}“ wird begonnen", title.de), format!("“{}” is begun", title.en))
        }
        What::Act(_) => Text::new("Eine Beteiligte wird eingetragen", "A party is added"),
        What::Retry => Text::new("Die Störung wird erneut versucht", "The incident is tried again"),
        // No run is made of anything else.
        _ => Text::default(),
    }
}

/// The values that decide, in words: ` (Zahl der Hunde: 3)`.
fn given(release: &Release, values: &BTreeMap<&Slot, &Option<Value>>, of: impl Fn(&Slot) -> bool) -> Text {
    let one = |(slot, value): (&&Slot, &&Option<Value>)| {
        let title = slot.title(release)?;
        let (de, en) = match value {
            Some(Value::String(text)) => (format!("„{text}“"), format!("“{text}”")),
            Some(Value::Bool(yes)) => match yes {
                true => ("ja".into(), "yes".into()),
                false => ("nein".into(), "no".into()),
            },
            Some(value) => (value.to_string(), value.to_string()),
            None => ("leer".into(), "empty".into()),
        };
        Some(Text::new(format!("{}: {de}", title.de), format!("{}: {en}", title.en)))
    };
    let all: Vec<Text> = values.iter().filter(|(slot, _)| of(slot)).filter_map(one).collect();
    if all.is_empty() {
        return Text::default();
    }
    let list = |pick: fn(&Text) -> &str| all.iter().map(pick).collect::<Vec<_>>().join("; ");
    Text::new(format!(" ({})", list(|text| &text.de)), format!(" ({})", list(|text| &text.en)))
}

/// Goes along a run of control flow as tokens go through a net.
struct Paths<'a> {
    release: &'a Release,
    active: BTreeSet<StepIx>,
    gone: BTreeSet<(StepIx, StepIx)>,
    stops: Vec<Stop>,
}

impl Paths<'_> {
    fn of(release: &Release, run: &[Move]) -> Vec<Stop> {
        let mut paths = Paths { release, active: BTreeSet::new(), gone: BTreeSet::new(), stops: Vec::new() };
        paths.stop(Text::new("Der Vorgang beginnt", "The case begins"));
        paths.begin(ScopeIx(0));
        for it in run {
            if let Some(said) = said_of(release, it) {
                paths.close();
                paths.stop(said);
            }
            paths.make(it);
        }
        paths.close();
        paths.stops
    }

    fn stop(&mut self, said: Text) {
        self.stops.push(Stop { said, ..Stop::default() });
    }

    /// What is active when the case stands still.
    fn close(&mut self) {
        let active = self.active.iter().map(|ix| self.release.step(*ix).path.clone()).collect();
        if let Some(stop) = self.stops.last_mut() {
            stop.active = active;
        }
    }

    fn begin(&mut self, scope: ScopeIx) {
        let of = self.release.scope(scope);
        match of.shape {
            Shape::Path | Shape::Each(_) => {
                of.steps.iter().take(1).for_each(|ix| self.enter(*ix));
            }
            Shape::Fork(_) => of.steps.iter().for_each(|ix| self.enter(*ix)),
            // Persons choose what of them is begun.
            Shape::AdHoc(_) => {}
        }
    }

    fn enter(&mut self, ix: StepIx) {
        let release = self.release;
        let step = release.step(ix);
        self.active.insert(ix);
        if let Some(stop) = self.stops.last_mut() {
            stop.entered.push(step.path.clone());
        }
        if let Kind::Scope(scope) = step.kind {
            self.begin(scope);
        }
    }

    /// Nothing inside a step is active any more.
    fn empty(&mut self, owner: Option<StepIx>) {
        let release = self.release;
        let inside = |ix: StepIx| {
            owner.is_none_or(|owner| {
                let around = |ix: &StepIx| release.scope(release.step(*ix).scope).owner;
                std::iter::successors(around(&ix), around).any(|around| around == owner)
            })
        };
        self.active.retain(|ix| !inside(*ix));
    }

    fn make(&mut self, it: &Move) {
        if let By::Handler(name) = &it.by {
            return self.react(it.step, name);
        }
        let Some(ix) = it.step else { return };
        if !self.active.contains(&ix) {
            self.enter(ix);
        }
        self.empty(Some(ix));
        self.active.remove(&ix);
        let step = self.release.step(ix);
        let target = match (&step.kind, &it.by) {
            (_, By::Cancelled) => None,
            (Kind::Choose(ways), By::Way(number)) => ways.get(number - 1).and_then(|way| way.then.as_ref()),
            (_, By::Outcome(outcome)) => step.then.target(Some(outcome)),
            _ => step.then.target(None),
        };
        self.go(Some(ix), step.scope, target);
    }

    fn react(&mut self, owner: Option<StepIx>, name: &str) {
        let release = self.release;
        let scope = match owner.map(|ix| &release.step(ix).kind) {
            None => ScopeIx(0),
            Some(Kind::Scope(scope)) => *scope,
            Some(_) => return,
        };
        let named = |handler: &&Handler| &*handler.name == name;
        let Some(handler) = release.scope(scope).handlers.iter().find(named) else { return };
        if handler.interrupt {
            self.empty(owner);
        }
        self.go(owner, scope, handler.then.as_ref());
    }

    fn go(&mut self, from: Option<StepIx>, scope: ScopeIx, target: Option<&Target>) {
        let steps = match target {
            None => &[][..],
            Some(Target::Step(ix)) => std::slice::from_ref(ix),
            Some(Target::Steps(all)) => all,
            // How the scope itself goes on, the run tells next.
            Some(Target::Leave(_)) => return self.empty(self.release.scope(scope).owner),
        };
        for to in steps {
            if let (Some(from), Some(stop)) = (from, self.stops.last_mut())
                && self.gone.insert((from, *to))
            {
                let path = |ix: StepIx| self.release.step(ix).path.clone();
                stop.ways.push((path(from), path(*to)));
            }
            self.enter(*to);
        }
    }
}

/// What people read for a trigger of a step, or of the case itself; else its name.
pub fn title_of_trigger(release: &Release, step: Option<&StepPath>, name: &Arc<str>) -> Text {
    titled(release.handler(step, name).map(|(handler, _)| handler), name)
}

fn titled(handler: Option<&Handler>, name: &Arc<str>) -> Text {
    let title = handler.and_then(|handler| handler.trigger.title());
    title.cloned().unwrap_or_else(|| Text::new(name.clone(), name.clone()))
}

/// `: erteilen`
fn by_outcome(release: &Release, step: Option<StepIx>, outcome: &str) -> Text {
    let title = outcome_title(release, step, outcome);
    Text::new(format!(": {}", title.de), format!(": {}", title.en))
}

/// What people read for the outcome of a task or a wait step; else its name.
pub fn outcome_title(release: &Release, step: Option<StepIx>, outcome: &str) -> Text {
    let choices = match step.map(|ix| &release.step(ix).kind) {
        Some(Kind::Task(task)) => task.form.outcome_choices(),
        _ => &[],
    };
    let title = choices.iter().find(|choice| &*choice.id == outcome).map(|choice| choice.title.clone());
    title.unwrap_or_else(|| {
        let path = step.map(|ix| &release.step(ix).path);
        title_of_trigger(release, path, &outcome.into())
    })
}

/// What a person, a message, data or time do in a run of control flow; none: the machine goes on by itself.
fn said_of(release: &Release, it: &Move) -> Option<Text> {
    let step: Option<&Step> = it.step.map(|ix| release.step(ix));
    let title = step.map_or_else(|| Text::new("Vorgang", "case"), |step| step.title.clone());
    let by = match &it.by {
        By::Outcome(name) => by_outcome(release, it.step, name),
        _ => Text::default(),
    };
    let (de, en) = match (step.map(|step| &step.kind), &it.by) {
        (_, By::Handler(name)) => {
            let by = title_of_trigger(release, step.map(|step| &step.path), name);
            (format!("„{}“ reagiert: {}", title.de, by.de), format!("“{}” reacts: {}", title.en, by.en))
        }
        (_, By::Cancelled) => (
            format!("„{}“ wird von einem anderen Schritt beendet", title.de),
            format!("“{}” is ended by another step", title.en),
        ),
        (Some(Kind::Task(_)), _) => {
            (format!("„{}“ wird erledigt{}", title.de, by.de), format!("“{}” is done{}", title.en, by.en))
        }
        (Some(Kind::Wait(_)), _) => {
            (format!("„{}“ geht weiter{}", title.de, by.de), format!("“{}” goes on{}", title.en, by.en))
        }
        (Some(Kind::Call(_)), _) => (
            format!("Der bei „{}“ aufgerufene Vorgang endet{}", title.de, by.de),
            format!("The case called at “{}” ends{}", title.en, by.en),
        ),
        (Some(Kind::Choose(ways)), By::Way(number)) => {
            let rule = ways.get(number - 1).and_then(|way| way.when.as_ref());
            let said = rule.map_or_else(
                || Text::new("sonst", "otherwise"),
                |rule| {
                    let sentence = release.sentence(rule, None);
                    sentence.unwrap_or_else(|| Text::new(rule.source.clone(), rule.source.clone()))
                },
            );
            (
                format!("Bei „{}“ wird der {number}. Weg gegangen ({})", title.de, said.de),
                format!("At “{}” way {number} is taken ({})", title.en, said.en),
            )
        }
        _ => return None,
    };
    Some(Text::new(de, en))
}
