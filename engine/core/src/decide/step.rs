//! Steps that nobody waits for: computing, deciding by table, drawing a number, choosing a way, asking a connector.

use serde_json::json;

use super::{
    turn::{Deciding, trouble},
    values::rule_trouble,
};
use crate::{
    definition::{Compute, Decision, EffectKind, LETTER, NumberKind, Step, Way},
    event::{Event, MatchedRow, Trouble},
    number::{NumberPattern, pattern_help},
    planted::{Fault, planted},
    words::{InstanceId, Object, StepPath, Text, Value},
};

impl Deciding<'_> {
    /// Computes and goes on.
    pub fn compute(&mut self, instance: InstanceId, step: &Step, compute: &Compute) {
        let computed = match compute {
            Compute::Fields(fields) => fields
                .iter()
                .map(|(name, rule)| Ok((name.to_string(), self.evaluate(instance, rule)?)))
                .collect::<Result<Object, Box<Trouble>>>(),
            Compute::Script(rule) => {
                let sight = self.sight(instance, rule.frame);
                let inputs = sight.inputs(rule.compiled.variables());
                match rule.compiled.eval(&sight.vars()) {
                    Ok(result) => {
                        self.trace(instance, rule.source.clone(), inputs, result.clone(), Vec::new());
                        as_fields(result, self.step_of(instance).as_ref(), &rule.source)
                    }
                    Err(error) => {
                        Err(rule_trouble(&error, self.step_of(instance).as_ref(), &rule.source, inputs))
                    }
                }
            }
        };
        self.write_and_leave(instance, step, computed);
    }

    /// Decides by a table and goes on.
    pub fn decide_table(&mut self, instance: InstanceId, step: &Step, decision: &Decision) {
        let Decision { table, source, outputs, norms, paths, trace, .. } = decision;
        let sight = self.sight(instance, step.frame);
        let inputs = sight.inputs(paths);
        let computed = match table.evaluate(&sight.vars()) {
            Ok(outcome) => {
                let matched = outcome.matched.iter().map(|row| MatchedRow {
                    row: u32::try_from(row + 1).unwrap_or(u32::MAX),
                    norm: norms.get(*row).cloned().flatten(),
                    law: None,
                });
                let matched: Vec<MatchedRow> = matched.collect();
                let mut fields = match outcome.outputs {
                    Value::Object(fields) => fields,
                    // Several rows, or one aggregated value: they lie under the name of the first output.
                    other => outputs.first().map(|name| (name.to_string(), other)).into_iter().collect(),
                };
                if let Some(name) = trace {
                    let row = |it: &MatchedRow| json!({ "row": it.row, "norm": it.norm });
                    fields.insert(name.to_string(), matched.iter().map(row).collect());
                }
                self.trace(instance, source.clone(), inputs, Value::Object(fields.clone()), matched);
                Ok(fields)
            }
            Err(error) => Err(trouble(
                "table_failed",
                self.step_of(instance).as_ref(),
                Text::new(
                    format!("Die Tabelle „{source}“ ergibt nichts: {}", error.message_de),
                    format!("The table `{source}` gives no result: {}", error.message),
                ),
                Text::new(
                    "Die Angaben im Vorgang prüfen. Fehlt eine Zeile, braucht es eine berichtigte Version des Verfahrens; dann wiederholen.",
                    "Check the data of the case. If a row is missing, a mended version of the process is needed; then retry.",
                ),
                json!({ "code": error.code.as_str(), "inputs": inputs }),
            )),
        };
        self.write_and_leave(instance, step, computed);
    }

    fn write_and_leave(&mut self, instance: InstanceId, step: &Step, computed: Result<Object, Box<Trouble>>) {
        match computed {
            Ok(fields) => {
                self.write(instance, step, fields);
                self.leave(instance, None);
            }
            Err(trouble) => self.stuck(Some(instance), *trouble),
        }
    }

    /// Writes fields to the result of a step, which is active as this instance.
    pub fn write(&mut self, instance: InstanceId, step: &Step, fields: Object) {
        if !fields.is_empty() {
            let at = self.step_of(instance).unwrap_or_else(|| step.path.clone());
            self.record(Event::ResultWritten { at: self.release.result_address(step, &at), fields });
        }
    }

    /// Draws a number and goes on.
    pub fn number(&mut self, instance: InstanceId, step: &Step, number: &NumberKind) {
        let pattern = match self.pattern(instance, number) {
            Ok(pattern) => pattern,
            Err(trouble) => {
                self.stuck(Some(instance), *trouble);
                return;
            }
        };
        let year = self.facts.today.year();
        let counter = pattern.counter(year);
        let Some(value) = self.draw(&counter) else { return };
        let text = pattern.text(year, value);
        self.record(Event::NumberDrawn {
            counter,
            value,
            text: text.clone(),
            file_number: number.file_number,
        });
        let mut fields = Object::new();
        fields.insert("number".into(), Value::String(text.to_string()));
        self.write(instance, step, fields);
        self.leave(instance, None);
    }

    fn pattern(&self, instance: InstanceId, number: &NumberKind) -> Result<NumberPattern, Box<Trouble>> {
        let written = self.value(instance, &number.pattern)?;
        written.as_str().and_then(NumberPattern::parse).ok_or_else(|| {
            let message = Text::new(
                format!("Das Muster {written} für die Nummer ist nicht lesbar."),
                format!("The pattern {written} of the number cannot be read."),
            );
            trouble(
                "number_pattern_invalid",
                self.step_of(instance).as_ref(),
                message,
                pattern_help(),
                Value::Null,
            )
        })
    }

    /// Goes the first way whose rule holds.
    pub fn choose(&mut self, instance: InstanceId, ways: &[Way]) {
        for way in ways {
            let holds = match &way.when {
                Some(rule) if !planted(Fault::ChoiceIgnoresRules) => self.holds(instance, rule),
                _ => Ok(true),
            };
            match holds {
                Ok(false) => {}
                Ok(true) => {
                    self.leave_to(instance, way.then.as_ref());
                    return;
                }
                Err(trouble) => {
                    self.stuck(Some(instance), *trouble);
                    return;
                }
            }
        }
        self.leave_to(instance, None);
    }

    /// Asks a connector; the case goes on when it answers.
    pub fn request_effect(&mut self, instance: InstanceId, effect: &EffectKind, round: u32) {
        let asked = self.value(instance, &effect.request).and_then(|mut request| {
            if *effect.connector == *LETTER {
                self.enclose(&mut request, self.step_of(instance).as_ref())?;
            }
            Ok(request)
        });
        match asked {
            Ok(mut request) => {
                let connector = effect.connector.clone();
                if *connector == *LETTER {
                    // Where no task led to it, whoever caused it by hand stands behind it.
                    let by_hand = self.facts.actor.person().filter(|_| self.need_part_in_process().is_ok());
                    self.sign(&mut request, self.signer(instance).as_ref().or(by_hand));
                    self.dress(&mut request, false);
                }
                self.record(Event::EffectRequested { instance, round, connector, request });
            }
            Err(trouble) => self.stuck(Some(instance), *trouble),
        }
    }
}

fn as_fields(result: Value, step: Option<&StepPath>, rule: &str) -> Result<Object, Box<Trouble>> {
    match result {
        Value::Object(fields) => Ok(fields),
        other => Err(trouble(
            "rule_not_object",
            step,
            Text::new(
                format!(
                    "Die Regel „{rule}“ muss benannte Angaben ergeben (#{{ name: wert }}); sie ergibt {other}."
                ),
                format!("The rule `{rule}` must give named values (#{{ name: value }}); it gives {other}."),
            ),
            Text::new("Die Regel berichtigen.", "Mend the rule."),
            json!({ "result": other }),
        )),
    }
}
