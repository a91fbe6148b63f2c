//! What rules see, and what is kept of what they said.

use std::sync::Arc;

use fachwerk_rules::{Members, RuleError, VariablePath, Vars};
use imbl::OrdMap;
use serde_json::json;

use super::turn::{Deciding, trouble};
use crate::{
    case::Case,
    definition::{Dynamic, Expr, Form, FormField, FrameIx, Release, Step},
    event::{Event, MatchedRow, Trouble},
    facts::day_of,
    language::data_key,
    projection::Listing,
    words::{Date, InstanceId, Object, StepPath, Text, Value},
};

/// The results of the steps, one member each.
struct Results<'a>(&'a OrdMap<Arc<str>, Arc<Value>>);

impl Members for Results<'_> {
    fn member(&self, name: &str) -> Option<&Value> {
        self.0.get(name).map(|value| &**value)
    }
    fn names(&self) -> Vec<&str> {
        self.0.keys().map(|key| &**key).collect()
    }
}

/// Everything that the rules of one frame see.
pub struct Sight<'a> {
    case: &'a Case,
    results: Results<'a>,
    settings: Value,
    facts_of_case: Value,
    today: Value,
    params: Option<&'a Value>,
    result: Option<Value>,
}

impl<'a> Sight<'a> {
    /// For a frame of a release, on a day.
    pub fn new(
        release: &'a Release,
        case: &'a Case,
        settings: &Object,
        today: Date,
        frame: FrameIx,
    ) -> Sight<'a> {
        let of = release.frame(frame);
        let in_block = !of.at.is_empty();
        let result = in_block.then(|| result_at(case, &of.at).cloned().unwrap_or_else(|| json!({})));
        Sight {
            case,
            results: Results(&case.results),
            settings: Value::Object(settings.clone()),
            facts_of_case: json!({
                "number": case.number,
                "received_on": case.received_on,
                "started_on": day_of(case.started_at),
                "channel": case.channel,
            }),
            today: Value::String(today.to_string()),
            params: in_block.then_some(&*of.params),
            result,
        }
    }

    /// With values that are just being entered, over what the step has written: for the rules of a form.
    pub fn entering(mut self, stored: Option<&Value>, entered: &Object) -> Sight<'a> {
        let mut result = match stored {
            Some(Value::Object(stored)) => stored.clone(),
            _ => Object::new(),
        };
        result.extend(entered.iter().map(|(name, value)| (name.clone(), value.clone())));
        self.result = Some(Value::Object(result));
        self
    }

    /// As the rules take it.
    pub fn vars(&self) -> Vars<'_> {
        let mut vars = Vars::new()
            .with("application", &self.case.data)
            .with_members("steps", &self.results)
            .with("settings", &self.settings)
            .with("file", &self.facts_of_case)
            .with("today", &self.today);
        if let Some(params) = self.params {
            vars = vars.with("params", params);
        }
        if let Some(result) = &self.result {
            vars = vars.with("result", result);
        }
        vars
    }

    /// The values that a rule read, by path, for the trace.
    pub fn inputs(&self, paths: &[VariablePath]) -> Object {
        let mut inputs = Object::new();
        for path in paths {
            let names = path.names();
            if let Some(value) = self.at(&names) {
                inputs.insert(names.join("."), value.clone());
            }
        }
        inputs
    }

    fn at(&self, names: &[&str]) -> Option<&Value> {
        let (root, rest) = names.split_first()?;
        let (start, rest) = match *root {
            "application" => (&*self.case.data, rest),
            "settings" => (&self.settings, rest),
            "file" => (&self.facts_of_case, rest),
            "today" => (&self.today, rest),
            "params" => (self.params?, rest),
            "result" => (self.result.as_ref()?, rest),
            "steps" => {
                let (key, rest) = rest.split_first()?;
                (&**self.case.results.get(*key)?, rest)
            }
            _ => return None,
        };
        rest.iter().try_fold(start, |value, name| value.get(name))
    }
}

/// The result at an address.
fn result_at<'a>(case: &'a Case, at: &[Arc<str>]) -> Option<&'a Value> {
    let (first, rest) = at.split_first()?;
    rest.iter().try_fold(&**case.results.get(first)?, |value, key| value.get(&**key))
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
    /// Where the result of a step goes.
    pub fn result_address(&self, step: &Step) -> Vec<Arc<str>> {
        self.address(step.frame, &step.id)
    }

    /// Where what carries this name in this frame goes: inside a block all go into the one result of the block.
    pub fn address(&self, frame: FrameIx, id: &str) -> Vec<Arc<str>> {
        let at = &self.frame(frame).at;
        if at.is_empty() { vec![data_key(id)] } else { at.clone() }
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

    /// What lists show of a case, with the settings that its last turn knew.
    pub fn listing(&self, case: &Case, settings: &Object) -> Listing {
        let sight = Sight::new(self, case, settings, day_of(case.now), FrameIx(0));
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
        Listing { subject, columns }
    }

    /// Evaluates a rule that only looks, for a page: what a form shows beside its fields.
    pub fn look(&self, case: &Case, settings: &Object, today: Date, rule: &Expr) -> Result<Value, RuleError> {
        rule.compiled.eval(&Sight::new(self, case, settings, today, rule.frame).vars())
    }

    /// Which fields of a form are shown, and which of their options are open, when these values stand in it.
    pub fn look_at_fields<'f>(
        &self,
        case: &Case,
        settings: &Object,
        today: Date,
        (step, form): (&Step, &'f Form),
        entered: &Object,
    ) -> Vec<FieldLook<'f>> {
        let address = self.result_address(step);
        let holds = |rule: &Expr| {
            let sight = Sight::new(self, case, settings, today, rule.frame);
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
    /// What the rules of a frame see now.
    pub fn sight(&self, frame: FrameIx) -> Sight<'_> {
        Sight::new(self.release, &self.case, &self.facts.settings, self.facts.today, frame)
    }

    /// Evaluates a rule and keeps the trace.
    pub fn evaluate(
        &mut self,
        instance: InstanceId,
        step: Option<&StepPath>,
        rule: &Expr,
    ) -> Result<Value, Box<Trouble>> {
        let sight = self.sight(rule.frame);
        let inputs = sight.inputs(rule.compiled.variables());
        match rule.compiled.eval(&sight.vars()) {
            Ok(result) => {
                self.trace(instance, rule.source.clone(), inputs, result.clone(), Vec::new());
                Ok(result)
            }
            Err(error) => Err(rule_trouble(&error, step, &rule.source, inputs)),
        }
    }

    /// Evaluates a rule that must say yes or no, and keeps the trace.
    pub fn holds(
        &mut self,
        instance: InstanceId,
        step: Option<&StepPath>,
        rule: &Expr,
    ) -> Result<bool, Box<Trouble>> {
        match self.evaluate(instance, step, rule)? {
            Value::Bool(said) => Ok(said),
            other => Err(trouble(
                "rule_not_boolean",
                step,
                Text::new(
                    format!("Die Regel „{}“ muss ja oder nein ergeben; sie ergibt {other}.", rule.source),
                    format!("The rule `{}` must say true or false; it says {other}.", rule.source),
                ),
                mend_rule(),
                Value::Null,
            )),
        }
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
    pub fn value(&self, step: &StepPath, dynamic: &Dynamic) -> Result<Value, Box<Trouble>> {
        Ok(match dynamic {
            Dynamic::Constant(value) => value.clone(),
            Dynamic::Rule(rule) => {
                let sight = self.sight(rule.frame);
                rule.compiled.eval(&sight.vars()).map_err(|error| {
                    rule_trouble(&error, Some(step), &rule.source, sight.inputs(rule.compiled.variables()))
                })?
            }
            Dynamic::Template(rule) => {
                let sight = self.sight(rule.frame);
                let text = rule.compiled.render(&sight.vars()).map_err(|error| {
                    trouble(
                        "template_failed",
                        Some(step),
                        Text::new(
                            format!("Der Text „{}“ lässt sich nicht ausfüllen: {}", rule.source, error.message_de),
                            format!("The text `{}` cannot be filled in: {}", rule.source, error.message.clone()),
                        ),
                        Text::new(
                            "Die fehlende Angabe ergänzen oder den Textbaustein berichtigen, dann wiederholen.",
                            "Add what is missing or mend the template, then retry.",
                        ),
                        Value::Object(sight.inputs(rule.compiled.variables())),
                    )
                })?;
                Value::String(text)
            }
            Dynamic::List(items) => {
                Value::Array(items.iter().map(|item| self.value(step, item)).collect::<Result<_, _>>()?)
            }
            Dynamic::Map(entries) => {
                let mut object = Object::new();
                for (key, value) in entries {
                    object.insert(key.to_string(), self.value(step, value)?);
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
