//! What rules see, and what is kept of what they said.

use std::{borrow::Cow, collections::BTreeSet, sync::Arc};

use fachwerk_rules::{Members, Node, RuleError, Segment, VariablePath, Vars};
use imbl::OrdMap;
use serde_json::{json, map::Entry};

use super::turn::{Deciding, trouble};
use crate::{
    authority::Authority,
    case::Case,
    definition::{Dynamic, Expr, Form, FormField, Frame, FrameIx, Part, Release, Step},
    event::{Event, MatchedRow, Trouble},
    facts::{Local, day_of},
    gathered::{Gathered, Seen},
    language::data_key,
    projection::Listing,
    words::{Date, InstanceId, Object, StepPath, Text, Value},
};

/// Where a rule is asked: whose names it sees, in which rounds.
#[derive(Clone, Debug, Default)]
pub struct Standpoint<'a> {
    frame: FrameIx,
    /// The rounds of the `each` steps around, the outermost first.
    rounds: Vec<u32>,
    /// What the step had written that is being undone.
    undone: Option<&'a Value>,
}

impl<'a> Standpoint<'a> {
    /// At an instance of a case; none: the case as a whole.
    pub fn at(case: &'a Case, instance: Option<InstanceId>, frame: FrameIx) -> Standpoint<'a> {
        let at = instance.and_then(|id| case.instance(id));
        let rounds = at.and_then(|it| it.step.as_ref()).map(StepPath::rounds).unwrap_or_default();
        let around = std::iter::successors(at, |it| it.parent.and_then(|id| case.instance(id)));
        let undone = around.into_iter().find_map(|it| it.undoing.as_ref()).map(|undo| &undo.written);
        Standpoint { frame, rounds, undone }
    }

    /// The same in other rounds.
    pub fn in_rounds(self, rounds: &[u32]) -> Standpoint<'a> {
        Standpoint { rounds: rounds.to_vec(), ..self }
    }
}

/// The results of the steps, one member each; those of the rounds around hide those outside.
struct Results<'a> {
    all: &'a OrdMap<Arc<str>, Arc<Value>>,
    /// The results of the rounds around, the innermost first.
    rounds: Vec<&'a Object>,
}

impl<'a> Results<'a> {
    fn get(&self, name: &str) -> Option<&'a Value> {
        let inner = self.rounds.iter().find_map(|round| round.get(name));
        inner.or_else(|| self.all.get(name).map(|value| &**value))
    }
}

impl Members for Results<'_> {
    fn member(&self, name: &str) -> Option<Node<'_>> {
        self.get(name).map(Node::Value)
    }
    fn names(&self) -> Vec<&str> {
        let inner = self.rounds.iter().flat_map(|round| round.keys().map(String::as_str));
        let all: BTreeSet<&str> = inner.chain(self.all.keys().map(|key| &**key)).collect();
        all.into_iter().collect()
    }
}

/// Everything that the rules of one frame see.
pub struct Sight<'a> {
    case: &'a Case,
    results: Results<'a>,
    local: &'a Local,
    file: Gathered<'a>,
    parties: Gathered<'a>,
    acts: Gathered<'a>,
    today: Value,
    params: Option<&'a Value>,
    result: Option<Cow<'a, Value>>,
    /// The entries of the rounds around, by name, the outermost first.
    items: Vec<(&'a str, &'a Value)>,
    undone: &'a Value,
}

impl<'a> Sight<'a> {
    /// From a standpoint, on a day.
    pub fn new(
        release: &'a Release,
        case: &'a Case,
        local: &'a Local,
        today: Date,
        from: &Standpoint<'a>,
    ) -> Sight<'a> {
        let frame = release.frame(from.frame);
        let mut rounds = Vec::new();
        let mut items = Vec::new();
        let mut next = Some(frame);
        while let Some(Frame { at, rounds: Some(around), .. }) = next {
            if let Some(Value::Object(round)) = result_at(case, &resolved(at, &from.rounds)) {
                items.extend(round.get(&*around.item).map(|item| (&*around.item, item)));
                rounds.push(round);
            }
            next = Some(release.frame(around.outer));
        }
        items.reverse();
        let result = frame.in_block.then(|| {
            // The result of the block as a whole, and over it what its rounds wrote.
            let block = next.map_or(&[][..], |frame| &frame.at);
            let whole = result_at(case, &resolved(block, &from.rounds)).filter(|whole| whole.is_object());
            match whole {
                Some(whole) if rounds.is_empty() => Cow::Borrowed(whole),
                _ => Cow::Owned(over(whole, rounds.iter().rev().copied())),
            }
        });
        let rounds = if frame.in_block { Vec::new() } else { rounds };
        let gathered = |seen| Gathered::new(release, case, seen);
        Sight {
            case,
            results: Results { all: &case.results, rounds },
            local,
            file: gathered(Seen::File),
            parties: gathered(Seen::Parties),
            acts: gathered(Seen::Acts),
            today: Value::String(today.to_string()),
            params: frame.in_block.then_some(&*frame.params),
            result,
            items,
            undone: from.undone.unwrap_or(&Value::Null),
        }
    }

    /// With values that are just being entered, over what the step has written: for the rules of a form.
    pub fn entering(mut self, stored: Option<&Value>, entered: &Object) -> Sight<'a> {
        self.result = Some(Cow::Owned(over(stored, [entered])));
        self
    }

    /// With values over the result of the block, if it is in one.
    pub fn telling(mut self, values: &Object) -> Sight<'a> {
        self.result = self.result.map(|result| Cow::Owned(over(Some(&*result), [values])));
        self
    }

    /// As the rules take it.
    pub fn vars(&self) -> Vars<'_> {
        let mut vars = Vars::new()
            .with("application", &self.case.data)
            .with_members("steps", &self.results)
            .with_members("settings", &self.local.settings)
            .with("authority", &self.local.authority)
            .with_members("file", &self.file)
            .with_members("parties", &self.parties)
            .with_members("acts", &self.acts)
            .with("today", &self.today)
            .with("undone", self.undone);
        if let Some(params) = self.params {
            vars = vars.with("params", params);
        }
        if let Some(result) = &self.result {
            vars = vars.with("result", result);
        }
        self.items.iter().fold(vars, |vars, (name, item)| vars.with(name, item))
    }

    /// The values that a rule read, by path, for the trace.
    pub fn inputs(&self, paths: &[VariablePath]) -> Object {
        let mut inputs = Object::with_capacity(paths.len());
        for path in paths {
            // A rule may read a path many times.
            if let Entry::Vacant(input) = inputs.entry(path.dotted())
                && let Some(value) = self.at(path)
            {
                input.insert(value.into_owned());
            }
        }
        inputs
    }

    fn at(&self, path: &VariablePath) -> Option<Cow<'_, Value>> {
        let (root, rest) = path.segments.split_first()?;
        if let Some((_, item)) = self.items.iter().rev().find(|(name, _)| *name == root.name) {
            return along(item, rest);
        }
        match &*root.name {
            "application" => along(&self.case.data, rest),
            "file" => self.file.at(rest),
            "parties" => self.parties.at(rest),
            "acts" => self.acts.at(rest),
            "today" => along(&self.today, rest),
            "undone" => along(self.undone, rest),
            "params" => along(self.params?, rest),
            "result" => along(self.result.as_ref()?, rest),
            "settings" => member_at(rest, |name| self.local.settings.get(name)),
            "authority" => along(&self.local.authority, rest),
            "steps" => member_at(rest, |name| self.results.get(name)),
            _ => None,
        }
    }
}

/// An object, if it is one, with the members of others over it.
fn over<'v>(stored: Option<&Value>, others: impl IntoIterator<Item = &'v Object>) -> Value {
    let mut all = stored.and_then(Value::as_object).cloned().unwrap_or_default();
    let others = others.into_iter().flatten();
    all.extend(others.map(|(name, value)| (name.clone(), value.clone())));
    Value::Object(all)
}

fn along<'v>(start: &'v Value, path: &[Segment]) -> Option<Cow<'v, Value>> {
    path.iter().try_fold(start, |value, segment| value.get(&segment.name)).map(Cow::Borrowed)
}

fn member_at<'v>(path: &[Segment], of: impl Fn(&str) -> Option<&'v Value>) -> Option<Cow<'v, Value>> {
    let (first, rest) = path.split_first()?;
    along(of(&first.name)?, rest)
}

/// The result at an address.
pub fn result_at<'a>(case: &'a Case, at: &[Arc<str>]) -> Option<&'a Value> {
    let (first, rest) = at.split_first()?;
    let first = &**case.results.get(first)?;
    rest.iter().try_fold(first, |value, key| match value {
        Value::Array(list) => list.get(key.parse::<usize>().ok()?),
        _ => value.get(&**key),
    })
}

/// An address in these rounds, the outermost first.
fn resolved(at: &[Part], rounds: &[u32]) -> Vec<Arc<str>> {
    let mut rounds = rounds.iter();
    let part = |part: &Part| match part {
        Part::Key(key) => key.clone(),
        // Rounds are counted from 1, lists from 0.
        Part::Round(_) => rounds.next().map_or(0, |round| round.saturating_sub(1)).to_string().into(),
    };
    at.iter().map(part).collect()
}

/// A field of a form as these values make it.
pub struct FieldLook<'f> {
    /// The field.
    pub field: &'f FormField,
    /// Whether it is shown; a rule that fails tells why.
    pub shown: Result<bool, RuleError>,
    /// The options that are not open, and why when a rule fails.
    pub closed: Vec<(&'f Arc<str>, Option<RuleError>)>,
}

impl Release {
    /// Where the result of a step goes; `at`: the step as it is active in a case, with its rounds.
    pub fn result_address(&self, step: &Step, at: &StepPath) -> Vec<Arc<str>> {
        self.address(step.frame, &step.id, &at.rounds())
    }

    /// Where what carries this name in this frame goes: inside a block all go into the one result of the block.
    pub fn address(&self, frame: FrameIx, id: &str, rounds: &[u32]) -> Vec<Arc<str>> {
        let Frame { at, in_block, .. } = self.frame(frame);
        let mut address = resolved(at, rounds);
        if !in_block {
            address.push(data_key(id));
        }
        address
    }

    /// The settings of an authority over the defaults of the process.
    pub fn settings_with(&self, own: &Object) -> Object {
        let mut settings = Object::new();
        for field in &self.settings.fields {
            let value = own.get(&*field.name).or(field.default.as_ref()).cloned().unwrap_or(Value::Null);
            settings.insert(field.name.to_string(), value);
        }
        settings
    }

    /// What an authority brings into the rules.
    pub fn local(&self, authority: &Authority) -> Local {
        let none = Object::new();
        let own = authority.settings.get(&self.process).map_or(&none, |own| own);
        Local {
            settings: self.settings_with(own),
            authority: authority.shown.clone(),
            profile: authority.profile.clone(),
        }
    }

    /// What lists show of a case, with what its last turn knew of the authority.
    pub fn listing(&self, case: &Case, local: &Local) -> Listing {
        let sight = Sight::new(self, case, local, day_of(case.now), &Standpoint::default());
        let said = self.subject.as_ref().and_then(|rule| rule.compiled.eval(&sight.vars()).ok());
        let subject = match said {
            Some(Value::String(text)) => Some(text.into()),
            Some(Value::Number(number)) => Some(number.to_string().into()),
            _ => None,
        };
        let columns = self
            .columns()
            .filter_map(|field| Some((field.name.to_string(), case.data.get(&*field.name)?.clone())))
            .collect();
        Listing { subject, columns, priority: Some(self.priority_of(case, local)) }
    }

    /// What a rule of the process says of a case; nothing when it fails.
    pub(crate) fn said_of(&self, case: &Case, local: &Local, rule: &Expr) -> Option<Value> {
        let sight = Sight::new(self, case, local, day_of(case.now), &Standpoint::default());
        rule.compiled.eval(&sight.vars()).ok()
    }

    /// Evaluates a rule that only looks, for a page: what a form shows beside its fields.
    pub fn look(
        &self,
        case: &Case,
        local: &Local,
        today: Date,
        instance: InstanceId,
        rule: &Expr,
    ) -> Result<Value, RuleError> {
        let from = Standpoint::at(case, Some(instance), rule.frame);
        rule.compiled.eval(&Sight::new(self, case, local, today, &from).vars())
    }

    /// Which fields of a form are shown, and which of their options are open, when these values stand in it.
    pub fn look_at_fields<'f>(
        &self,
        case: &Case,
        local: &Local,
        today: Date,
        (instance, step, form): (InstanceId, &Step, &'f Form),
        entered: &Object,
    ) -> Vec<FieldLook<'f>> {
        let at = case.instance(instance).and_then(|it| it.step.as_ref()).unwrap_or(&step.path);
        let address = self.result_address(step, at);
        let holds = |rule: &Expr| {
            let from = Standpoint::at(case, Some(instance), rule.frame);
            let sight = Sight::new(self, case, local, today, &from);
            let sight = sight.entering(result_at(case, &address), entered);
            rule.compiled.eval(&sight.vars()).map(|said| said == Value::Bool(true))
        };
        let looks = form.fields.iter().map(|field| FieldLook {
            field,
            shown: field.when.as_ref().map_or(Ok(true), holds),
            closed: field
                .options
                .iter()
                .filter_map(|(option, rule)| match holds(rule) {
                    Ok(true) => None,
                    Ok(false) => Some((option, None)),
                    Err(error) => Some((option, Some(error))),
                })
                .collect(),
        });
        looks.collect()
    }
}

impl Deciding<'_> {
    /// What the rules of a frame see now, at an instance.
    pub fn sight(&self, instance: InstanceId, frame: FrameIx) -> Sight<'_> {
        let sight = self.sight_from(&Standpoint::at(&self.case, Some(instance), frame));
        match self.days_told(instance) {
            Some(days) => sight.telling(&days),
            None => sight,
        }
    }

    /// What rules see from a standpoint.
    pub fn sight_from<'s>(&'s self, from: &Standpoint<'s>) -> Sight<'s> {
        Sight::new(self.release, &self.case, &self.facts.local, self.facts.today, from)
    }

    /// Evaluates a rule and keeps the trace.
    pub fn evaluate(&mut self, instance: InstanceId, rule: &Expr) -> Result<Value, Box<Trouble>> {
        let sight = self.sight(instance, rule.frame);
        let inputs = sight.inputs(rule.compiled.variables());
        match rule.compiled.eval(&sight.vars()) {
            Ok(result) => {
                self.trace(instance, rule.source.clone(), inputs, result.clone(), Vec::new());
                Ok(result)
            }
            Err(error) => Err(rule_trouble(&error, self.step_of(instance).as_ref(), &rule.source, inputs)),
        }
    }

    /// Evaluates a rule that must say yes or no, and keeps the trace.
    pub fn holds(&mut self, instance: InstanceId, rule: &Expr) -> Result<bool, Box<Trouble>> {
        match self.evaluate(instance, rule)? {
            Value::Bool(said) => Ok(said),
            other => Err(self.not_a_condition(instance, &rule.source, &other)),
        }
    }

    /// A rule that must say yes or no says something else.
    pub fn not_a_condition(&self, instance: InstanceId, rule: &str, said: &Value) -> Box<Trouble> {
        trouble(
            "rule_not_boolean",
            self.step_of(instance).as_ref(),
            Text::new(
                format!("Die Regel „{rule}“ muss ja oder nein ergeben; sie ergibt {said}."),
                format!("The rule `{rule}` must say true or false; it says {said}."),
            ),
            mend_rule(),
            Value::Null,
        )
    }

    /// Keeps what a rule said and on which values.
    pub fn trace(
        &mut self,
        instance: InstanceId,
        rule: Arc<str>,
        inputs: Object,
        result: Value,
        matched: Vec<MatchedRow>,
    ) {
        self.record(Event::RuleEvaluated { instance, rule, inputs, result, matched });
    }

    /// Evaluates a value with rules in it. No trace: what came of it stands in the event that uses it.
    pub fn value(&self, instance: InstanceId, dynamic: &Dynamic) -> Result<Value, Box<Trouble>> {
        let step = || self.step_of(instance);
        Ok(match dynamic {
            Dynamic::Constant(value) => value.clone(),
            Dynamic::Rule(rule) => {
                let sight = self.sight(instance, rule.frame);
                rule.compiled.eval(&sight.vars()).map_err(|error| {
                    rule_trouble(
                        &error,
                        step().as_ref(),
                        &rule.source,
                        sight.inputs(rule.compiled.variables()),
                    )
                })?
            }
            Dynamic::Template(rule) => Value::String(self.rendered(instance, rule)?),
            Dynamic::List(items) => {
                Value::Array(items.iter().map(|item| self.value(instance, item)).collect::<Result<_, _>>()?)
            }
            Dynamic::Map(entries) => {
                let mut object = Object::new();
                for (key, value) in entries {
                    object.insert(key.to_string(), self.value(instance, value)?);
                }
                Value::Object(object)
            }
        })
    }
}

/// A rule that failed.
pub fn rule_trouble(error: &RuleError, step: Option<&StepPath>, rule: &str, inputs: Object) -> Box<Trouble> {
    trouble(
        "rule_failed",
        step,
        Text::new(
            format!("Die Regel „{rule}“ ist gescheitert: {}", error.message_de),
            format!("The rule `{rule}` failed: {}", error.message.clone()),
        ),
        mend_rule(),
        json!({ "code": error.code.as_str(), "inputs": inputs }),
    )
}

fn mend_rule() -> Text {
    Text::new(
        "Die Angaben im Vorgang prüfen. Liegt es an der Regel, braucht es eine berichtigte Version des Verfahrens; dann wiederholen.",
        "Check the data of the case. If it is the rule, a mended version of the process is needed; then retry.",
    )
}
