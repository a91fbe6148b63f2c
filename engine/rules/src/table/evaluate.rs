//! Finds the rows that match and makes the result that the hit policy asks for.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::convert::{integer, json_kind};
use crate::data::{Node, Vars};
use crate::error::{RuleError, Text};
use crate::functions::overflow;
use crate::table::cell::{Kind, is_iso_date};
use crate::table::compile::check_output;
use crate::table::error::{DecisionCode, DecisionError, TablePart, TablePlace};
use crate::table::index::{Scalar, Word, words_for};
use crate::table::{Compiled, HitPolicy, Input, MAX_ROWS, Row, TableOutcome, Then};

impl Compiled {
    pub(super) fn evaluate(&self, vars: &Vars) -> Result<TableOutcome, Box<DecisionError>> {
        let mut inputs = Vec::with_capacity(self.inputs.len());
        let rows = self.matching(vars, &mut inputs);
        let outcome = rows.and_then(|rows| self.decide(rows, vars));
        match outcome {
            Ok((outputs, matched, default_used)) => {
                let norms = self.norms(&matched);
                Ok(TableOutcome { outputs, matched, inputs, norms, default_used })
            }
            Err(error) => Err(error.inputs(inputs)),
        }
    }

    /// The rows whose conditions all hold, in their order.
    fn matching(&self, vars: &Vars, inputs: &mut Vec<Value>) -> Result<Vec<usize>, Box<DecisionError>> {
        let words = words_for(self.rows.len());
        let mut rows = [Word::MAX; words_for(MAX_ROWS)];
        for (column, input) in self.inputs.iter().enumerate() {
            let accepted = input.rows(column, vars, inputs)?;
            for (row, accepted) in rows.iter_mut().zip(accepted) {
                *row &= accepted;
            }
        }
        let mut matched = Vec::new();
        for (index, word) in rows[..words].iter().enumerate() {
            let mut word = *word;
            while word != 0 {
                let row = index * Word::BITS as usize + word.trailing_zeros() as usize;
                // Without inputs the bits beyond the last row are set as well.
                if row < self.rows.len() {
                    matched.push(row);
                }
                word &= word - 1;
            }
        }
        Ok(matched)
    }

    fn decide(
        &self,
        matched: Vec<usize>,
        vars: &Vars,
    ) -> Result<(Value, Vec<usize>, bool), Box<DecisionError>> {
        if matched.is_empty() {
            return self.without_match(vars).map(|outputs| (outputs, matched, true));
        }
        let outputs = match self.policy {
            HitPolicy::Unique => match matched[..] {
                [row] => self.row(row, vars)?,
                _ => return Err(self.not_unique(matched)),
            },
            HitPolicy::First => {
                let first = matched[0];
                return Ok((self.row(first, vars)?, vec![first], false));
            }
            HitPolicy::Any => self.same(&matched, vars)?,
            HitPolicy::Priority => {
                let (row, outputs) = self.ranked(&matched, vars)?.swap_remove(0);
                return Ok((outputs, vec![row], false));
            }
            HitPolicy::Collect | HitPolicy::RuleOrder => {
                matched.iter().map(|row| self.row(*row, vars)).collect::<Result<_, _>>()?
            }
            HitPolicy::OutputOrder => {
                let (rows, outputs) = self.ranked(&matched, vars)?.into_iter().unzip();
                return Ok((Value::Array(outputs), rows, false));
            }
            HitPolicy::CollectSum | HitPolicy::CollectMin | HitPolicy::CollectMax => {
                self.aggregate(&matched, vars)?
            }
            HitPolicy::CollectCount => self.single(matched.len().into()),
        };
        Ok((outputs, matched, false))
    }

    /// The default; without one, what collecting nothing gives.
    fn without_match(&self, vars: &Vars) -> Result<Value, Box<DecisionError>> {
        if let Some(default) = &self.default {
            let outputs =
                self.outputs(default, vars, |column| TablePlace::head(TablePart::Default, column))?;
            return Ok(if self.policy.is_list() { Value::Array(vec![outputs]) } else { outputs });
        }
        match self.policy {
            policy if policy.is_list() => Ok(Value::Array(Vec::new())),
            HitPolicy::CollectSum | HitPolicy::CollectCount => Ok(self.single(0.into())),
            _ => {
                let text = Text::new("no row of the table matches", "Keine Zeile der Tabelle trifft zu");
                let help = Text::new(
                    "add a row for this case or a default",
                    "Ergänzen Sie eine Zeile für diesen Fall oder ein Ergebnis für alle übrigen Fälle",
                );
                let error = DecisionError::new(DecisionCode::NoMatch, TablePlace::TABLE, text);
                Err(error.help(Some(Box::new(help))))
            }
        }
    }

    fn single(&self, value: Value) -> Value {
        let id = self.outputs.first().map(|output| output.id.clone());
        Value::Object(id.into_iter().map(|id| (id, value.clone())).collect())
    }

    fn row(&self, row: usize, vars: &Vars) -> Result<Value, Box<DecisionError>> {
        self.outputs(&self.rows[row], vars, |column| TablePlace::cell(TablePart::Then, row, column))
            .map_err(|error| error.rows(vec![row]))
    }

    fn outputs(
        &self,
        row: &Row,
        vars: &Vars,
        place: impl Fn(usize) -> TablePlace,
    ) -> Result<Value, Box<DecisionError>> {
        if let Some(literal) = &row.literal {
            return Ok(literal.clone());
        }
        let mut outputs = Map::with_capacity(row.then.len());
        for (column, (result, output)) in row.then.iter().zip(&self.outputs).enumerate() {
            let value = match result {
                Then::Value(value) => value.clone(),
                Then::Rule(rule, _) => {
                    let value = rule.eval(vars).map_err(|error| DecisionError::rule(place(column), error))?;
                    check_output(&value, output).map_err(|error| {
                        DecisionError::new(DecisionCode::WrongOutput, place(column), error.text)
                            .help(error.help)
                    })?;
                    value
                }
            };
            outputs.insert(output.id.clone(), value);
        }
        Ok(Value::Object(outputs))
    }

    /// Hit policy `any`: all rows that match must say the same.
    fn same(&self, matched: &[usize], vars: &Vars) -> Result<Value, Box<DecisionError>> {
        let first = self.row(matched[0], vars)?;
        for row in &matched[1..] {
            if self.row(*row, vars)? != first {
                let rows = vec![matched[0], *row];
                let text = Text::new(
                    format!("rows {} match and say different things", numbers(&rows, "and")),
                    format!("Die Zeilen {} treffen zu und widersprechen sich", numbers(&rows, "und")),
                );
                let error = DecisionError::new(DecisionCode::Contradiction, TablePlace::TABLE, text);
                return Err(error.rows(rows));
            }
        }
        Ok(first)
    }

    fn not_unique(&self, rows: Vec<usize>) -> Box<DecisionError> {
        let text = Text::new(
            format!("rows {} match, but only one may", numbers(&rows, "and")),
            format!("Die Zeilen {} treffen zu, es darf aber nur eine sein", numbers(&rows, "und")),
        );
        DecisionError::new(DecisionCode::NotUnique, TablePlace::TABLE, text).rows(rows)
    }

    /// The rows with their outputs, the one of highest priority first.
    fn ranked(&self, matched: &[usize], vars: &Vars) -> Result<Vec<(usize, Value)>, Box<DecisionError>> {
        let mut ranked = Vec::with_capacity(matched.len());
        for row in matched {
            let outputs = self.row(*row, vars)?;
            let rank: Vec<usize> = self
                .outputs
                .iter()
                .filter(|output| !output.values.is_empty())
                .map(|output| {
                    let here = |value| outputs.get(&output.id) == Some(value);
                    output.values.iter().position(here).unwrap_or(usize::MAX)
                })
                .collect();
            ranked.push((rank, *row, outputs));
        }
        ranked.sort_by(|(a, a_row, _), (b, b_row, _)| (a, a_row).cmp(&(b, b_row)));
        Ok(ranked.into_iter().map(|(_, row, outputs)| (row, outputs)).collect())
    }

    fn aggregate(&self, matched: &[usize], vars: &Vars) -> Result<Value, Box<DecisionError>> {
        let output = &self.outputs[0];
        let mut result: Option<i64> = None;
        for row in matched {
            let place = TablePlace::cell(TablePart::Then, *row, 0);
            let outputs = self.row(*row, vars)?;
            let value = outputs.get(&output.id).unwrap_or(&Value::Null);
            let Some(number) = value.as_i64() else {
                let kind = json_kind(value);
                let text = Text::new(
                    format!("`{}` must be a number to be collected; this is {}", output.id, kind.en),
                    format!(
                        "`{}` muss eine Zahl sein, um gesammelt zu werden; hier steht: {}",
                        output.id, kind.de
                    ),
                );
                let error = DecisionError::new(DecisionCode::WrongOutput, place, text);
                return Err(error.rows(vec![*row]));
            };
            result = Some(match (self.policy, result) {
                (_, None) => number,
                (HitPolicy::CollectMin, Some(least)) => least.min(number),
                (HitPolicy::CollectMax, Some(greatest)) => greatest.max(number),
                (_, Some(sum)) => {
                    sum.checked_add(number).ok_or_else(|| DecisionError::rule(place, overflow()))?
                }
            });
        }
        Ok(self.single(result.into()))
    }

    fn norms(&self, matched: &[usize]) -> Vec<Arc<str>> {
        let mut norms: Vec<Arc<str>> = Vec::new();
        for norm in matched.iter().filter_map(|row| self.rows[*row].norm.as_ref()) {
            if !norms.contains(norm) {
                norms.push(norm.clone());
            }
        }
        norms
    }
}

/// `2, 5 and 7`, as people count rows.
fn numbers(rows: &[usize], and: &str) -> String {
    const SHOWN: usize = 10;
    let mut names: Vec<String> = rows.iter().take(SHOWN).map(|row| (row + 1).to_string()).collect();
    if rows.len() > SHOWN {
        return format!("{}, …", names.join(", "));
    }
    match names.pop() {
        Some(last) if !names.is_empty() => format!("{} {and} {last}", names.join(", ")),
        last => last.unwrap_or_default(),
    }
}

impl Input {
    /// The rows that accept the value of this input, which is added to the trace.
    fn rows(
        &self,
        column: usize,
        vars: &Vars,
        trace: &mut Vec<Value>,
    ) -> Result<&[Word], Box<DecisionError>> {
        let place = TablePlace::head(TablePart::Input, column);
        let failed = |error: RuleError| DecisionError::rule(place, error);
        let value = match self.expression.as_path() {
            Some(path) => match path.resolve(vars).map_err(failed)? {
                Some(Node::Value(value)) => trace_of(value),
                Some(Node::Members(_)) => Some(Value::Object(Map::new())),
                None => Some(Value::Null),
            },
            None => Some(self.expression.eval(vars).map_err(failed)?),
        };
        let Some(value) = value else {
            return Err(self.wrong(place, &json_kind(&Value::Array(Vec::new()))));
        };
        let scalar = match &value {
            Value::Null => Some(Scalar::Null),
            Value::Bool(truth) => Some(Scalar::Bool(*truth)),
            Value::Number(number) => Some(Scalar::Number(integer(number).map_err(failed)?)),
            Value::String(text) if self.index.kind == Some(Kind::Date) && !is_iso_date(text) => None,
            Value::String(text) => Some(Scalar::Text(text)),
            Value::Array(_) | Value::Object(_) => None,
        };
        let rows = scalar.and_then(|scalar| self.index.rows(scalar));
        let rows = rows.ok_or_else(|| self.wrong(place, &json_kind(&value)));
        trace.push(value);
        rows
    }

    fn wrong(&self, place: TablePlace, found: &Text) -> Box<DecisionError> {
        let wanted = self.index.kind.map_or_else(
            || Text::new("a single value", "ein einzelner Wert"),
            |kind| match kind {
                Kind::Date => Text::new("a date like 2026-03-02", "ein Datum wie 2026-03-02"),
                kind => kind.name(),
            },
        );
        let text = Text::new(
            format!("column \"{}\" needs {}, but its value is {}", self.label.en, wanted.en, found.en),
            format!(
                "Spalte „{}“: erwartet wird {}, der Wert ist aber {}",
                self.label.de, wanted.de, found.de
            ),
        );
        DecisionError::new(DecisionCode::WrongInput, place, text)
    }
}

/// A copy for the trace; `None` for lists and objects, which no cell accepts.
fn trace_of(value: &Value) -> Option<Value> {
    match value {
        Value::Array(_) | Value::Object(_) => None,
        scalar => Some(scalar.clone()),
    }
}
