//! Checks a decision table and builds its index. Every problem is reported.

use serde_json::Value;

use crate::convert::json_kind;
use crate::error::{Limit, Text, excerpt};
use crate::sandbox::Sandbox;
use crate::table::cell::{Check, Kind, Test, is_iso_date};
use crate::table::error::{CellError, TableCode, TableError, TablePart, TablePlace};
use crate::table::index::Index;
use crate::table::parse::parse;
use crate::table::{
    Compiled, HitPolicy, Input, InputSource, MAX_COLUMNS, MAX_CONDITIONS, MAX_ROWS, OutputKind, OutputSource,
    Row, TableSource, Then,
};

/// Bytes of one condition.
const MAX_CELL_BYTES: usize = 4_096;

pub(super) fn compile(source: &TableSource, sandbox: &Sandbox) -> Result<Compiled, Vec<TableError>> {
    // Beyond these sizes the rest is not even looked at.
    check_size(source)?;
    let outputs = source
        .outputs
        .iter()
        .map(|output| OutputSource { values: output.values.iter().map(literal).collect(), ..output.clone() });
    let mut compiler = Compiler { source, outputs: outputs.collect(), sandbox, problems: Vec::new() };
    compiler.check_heads();
    compiler.check_policy();
    let rows = compiler.rows();
    let default = source.default.as_ref().map(|then| compiler.default(then));
    let inputs: Vec<Option<Input>> =
        source.inputs.iter().enumerate().map(|(column, input)| compiler.input(column, input)).collect();
    if !compiler.problems.is_empty() {
        compiler.problems.sort_by_key(|problem| problem.place);
        return Err(compiler.problems);
    }
    Ok(Compiled {
        policy: source.hit_policy,
        inputs: inputs.into_iter().flatten().collect(),
        outputs: compiler.outputs,
        rows,
        default,
    })
}

fn check_size(source: &TableSource) -> Result<(), Vec<TableError>> {
    for (size, limit, maximum) in [
        (source.rows.len(), Limit::TableRows, MAX_ROWS),
        (source.inputs.len(), Limit::TableColumns, MAX_COLUMNS),
        (source.outputs.len(), Limit::TableColumns, MAX_COLUMNS),
    ] {
        if size > maximum {
            return Err(vec![CellError::limit(limit, maximum).place(TablePlace::TABLE)]);
        }
    }
    Ok(())
}

struct Compiler<'s> {
    source: &'s TableSource,
    /// The outputs, their values without quotes.
    outputs: Vec<OutputSource>,
    sandbox: &'s Sandbox,
    problems: Vec<TableError>,
}

impl Compiler<'_> {
    fn problem(&mut self, place: TablePlace, error: CellError) {
        self.problems.push(error.place(place));
    }

    fn check_heads(&mut self) {
        if self.source.outputs.is_empty() {
            let text = Text::new("the table has no output", "Die Tabelle hat keine Ergebnisspalte");
            self.problem(TablePlace::TABLE, CellError::new(TableCode::MissingOutput, text));
        }
        let inputs = self.source.inputs.iter().map(|input| (TablePart::Input, input.id.as_str()));
        let outputs = self.source.outputs.iter().map(|output| (TablePart::Output, output.id.as_str()));
        for heads in [inputs.collect::<Vec<_>>(), outputs.collect::<Vec<_>>()] {
            for (column, (part, id)) in heads.iter().enumerate() {
                let place = TablePlace::head(*part, column);
                if id.is_empty() {
                    let text = Text::new("the column has no name", "Die Spalte hat keinen Namen");
                    self.problem(place, CellError::new(TableCode::MissingOutput, text));
                } else if heads[..column].iter().any(|(_, earlier)| earlier == id) {
                    let text = Text::new(
                        format!("there are two columns `{id}`"),
                        format!("Die Spalte `{id}` gibt es zweimal"),
                    );
                    self.problem(place, CellError::new(TableCode::DuplicateColumn, text));
                }
            }
        }
    }

    fn check_policy(&mut self) {
        let policy = self.source.hit_policy;
        let outputs = &self.source.outputs;
        let text = match policy {
            HitPolicy::Priority | HitPolicy::OutputOrder
                if outputs.iter().all(|output| output.values.is_empty()) =>
            {
                Text::new(
                    format!(
                        "hit policy `{}` needs an output that lists its values in order",
                        policy.as_str()
                    ),
                    format!(
                        "Die Trefferregel `{}` braucht eine Ergebnisspalte, die ihre Werte der Reihe nach aufzählt",
                        policy.as_str()
                    ),
                )
            }
            HitPolicy::CollectSum
            | HitPolicy::CollectMin
            | HitPolicy::CollectMax
            | HitPolicy::CollectCount
                if outputs.len() > 1 =>
            {
                Text::new(
                    format!("hit policy `{}` works on one output only", policy.as_str()),
                    format!(
                        "Die Trefferregel `{}` arbeitet nur mit einer einzigen Ergebnisspalte",
                        policy.as_str()
                    ),
                )
            }
            HitPolicy::CollectSum | HitPolicy::CollectMin | HitPolicy::CollectMax
                if outputs[..]
                    .first()
                    .is_some_and(|output| output.kind.is_some_and(|kind| kind != OutputKind::Number)) =>
            {
                Text::new(
                    format!("hit policy `{}` needs numbers", policy.as_str()),
                    format!("Die Trefferregel `{}` braucht Zahlen", policy.as_str()),
                )
            }
            _ => return,
        };
        self.problem(TablePlace::TABLE, CellError::new(TableCode::HitPolicy, text));
    }

    fn rows(&mut self) -> Vec<Row> {
        let source = self.source;
        let mut rows = Vec::with_capacity(source.rows.len());
        for (row, cells) in source.rows.iter().enumerate() {
            self.check_count(TablePart::When, Some(row), cells.when.len(), source.inputs.len());
            self.check_count(TablePart::Then, Some(row), cells.then.len(), source.outputs.len());
            let place = |column| TablePlace::cell(TablePart::Then, row, column);
            rows.push(Row {
                norm: cells.norm.as_deref().map(Into::into),
                ..self.results(&cells.then, place)
            });
        }
        rows
    }

    fn default(&mut self, then: &[Value]) -> Row {
        self.check_count(TablePart::Default, None, then.len(), self.source.outputs.len());
        self.results(then, |column| TablePlace::head(TablePart::Default, column))
    }

    fn check_count(&mut self, part: TablePart, row: Option<usize>, cells: usize, columns: usize) {
        if cells == columns {
            return;
        }
        let (of, of_de) = match part {
            TablePart::When => ("conditions", "Bedingungen"),
            _ => ("results", "Ergebnisse"),
        };
        let text = Text::new(
            format!("{cells} {of}, but {columns} columns"),
            format!("{cells} {of_de}, aber {columns} Spalten"),
        );
        let place = TablePlace { part, row, column: None };
        self.problem(place, CellError::new(TableCode::CellCount, text));
    }

    fn results(&mut self, then: &[Value], place: impl Fn(usize) -> TablePlace) -> Row {
        let mut results = Vec::with_capacity(then.len());
        let read = then.iter().zip(&self.outputs).map(|(cell, output)| self.result(cell, output));
        for (column, result) in read.collect::<Vec<_>>().into_iter().enumerate() {
            match result {
                Ok(result) => results.push(result),
                Err(error) => self.problem(place(column), error),
            }
        }
        let literal = results.iter().zip(&self.source.outputs).map(|(result, output)| match result {
            Then::Value(value) => Some((output.id.clone(), value.clone())),
            Then::Rule(..) => None,
        });
        Row { literal: literal.collect::<Option<_>>().map(Value::Object), then: results, norm: None }
    }

    fn result(&self, cell: &Value, output: &OutputSource) -> Result<Then, CellError> {
        if let Value::String(text) = cell
            && text.trim_start().starts_with('=')
        {
            let source = text.trim_start().trim_start_matches('=').trim();
            return rule(text, self.sandbox).map(|rule| Then::Rule(rule, source.into()));
        }
        let value = literal(cell);
        check_output(&value, output).map(|()| Then::Value(value))
    }

    fn input(&mut self, column: usize, input: &InputSource) -> Option<Input> {
        let before = self.problems.len();
        let head = TablePlace::head(TablePart::Input, column);
        let expression = self.sandbox.expression(&input.expression);
        let expression = expression.map_err(|error| self.problem(head, error.into())).ok();
        let mut tests = self.tests(column);
        let kind = self.kind(column, &mut tests);
        if self.problems.len() > before {
            return None;
        }
        Some(Input {
            label: input.label.clone().unwrap_or_else(|| Text::new(&input.id, &input.id)),
            text: input.expression.clone(),
            expression: expression?,
            texts: tests.iter().flat_map(Test::checks).filter_map(Check::text).map(str::to_string).collect(),
            index: Index::new(kind, &tests),
        })
    }

    /// The conditions of a column; one that cannot be read is reported and counts as `-`.
    fn tests(&mut self, column: usize) -> Vec<Test> {
        let mut tests = Vec::with_capacity(self.source.rows.len());
        let mut conditions = 0;
        for (row, cells) in self.source.rows.iter().enumerate() {
            let Some(text) = cells.when.get(column) else {
                tests.push(Test::Any);
                continue;
            };
            let test = match text.len() > MAX_CELL_BYTES {
                true => Err(CellError::limit(Limit::SourceSize, MAX_CELL_BYTES)),
                false => parse(text),
            };
            let test = test.unwrap_or_else(|error| {
                self.problem(TablePlace::cell(TablePart::When, row, column), error);
                Test::Any
            });
            conditions += test.checks().len();
            tests.push(test);
        }
        let maximum = MAX_CONDITIONS / self.source.inputs.len().max(1);
        if conditions > maximum {
            let error = CellError::limit(Limit::TableConditions, maximum);
            self.problem(TablePlace::head(TablePart::Input, column), error);
            return Vec::new();
        }
        tests
    }

    /// The type that all cells of a column compare with.
    fn kind(&mut self, column: usize, tests: &mut [Test]) -> Option<Kind> {
        let has_dates = tests.iter().flat_map(Test::checks).any(|c| c.kind() == Some(Kind::Date));
        if has_dates {
            tests.iter_mut().for_each(Test::texts_to_dates);
        }
        let mut first: Option<(Kind, usize)> = None;
        for (row, test) in tests.iter().enumerate() {
            for kind in test.checks().iter().filter_map(Check::kind) {
                match first {
                    None => first = Some((kind, row)),
                    Some((expected, first_row)) if expected != kind => {
                        let (here, there) = (kind.name(), expected.name());
                        let text = Text::new(
                            format!(
                                "this cell compares with {}, row {} of the column with {}",
                                here.en,
                                first_row + 1,
                                there.en
                            ),
                            format!(
                                "Hier steht {}, in Zeile {} derselben Spalte {}",
                                here.de,
                                first_row + 1,
                                there.de
                            ),
                        );
                        let place = TablePlace::cell(TablePart::When, row, column);
                        self.problem(place, CellError::new(TableCode::MixedTypes, text));
                        break;
                    }
                    Some(_) => {}
                }
            }
        }
        first.map(|(kind, _)| kind)
    }
}

/// What a result cell says that is no rule: text may stand in double quotes.
pub(super) fn literal(cell: &Value) -> Value {
    match cell {
        Value::String(text) if text.len() > 1 && text.starts_with('"') && text.ends_with('"') => {
            serde_json::from_str(text).unwrap_or_else(|_| cell.clone())
        }
        other => other.clone(),
    }
}

/// `= expression`; places count from the beginning of the cell.
fn rule(text: &str, sandbox: &Sandbox) -> Result<crate::Expression, CellError> {
    // A space instead of `=` keeps every place.
    let body = text.replacen('=', " ", 1);
    sandbox.expression(&body).map_err(CellError::from)
}

/// Is the value of the type and among the values that the output declares?
pub(super) fn check_output(value: &Value, output: &OutputSource) -> Result<(), CellError> {
    if let Value::Number(number) = value
        && !number.is_i64()
    {
        return Err(CellError::new(
            TableCode::NotAnInteger,
            Text::new(format!("{number} is not a whole number"), format!("{number} ist keine ganze Zahl")),
        )
        .with_help(
            "write money in cents and measures in a smaller unit",
            "Schreiben Sie Geld in Cent und Maße in einer kleineren Einheit",
        ));
    }
    let fits = match output.kind {
        // Null says that there is no result; every type allows it.
        _ if value.is_null() => true,
        None => true,
        Some(OutputKind::Number) => value.is_number(),
        Some(OutputKind::Text) => value.is_string(),
        Some(OutputKind::Boolean) => value.is_boolean(),
        Some(OutputKind::Date) => value.as_str().is_some_and(is_iso_date),
        Some(OutputKind::List) => value.is_array(),
        Some(OutputKind::Object) => value.is_object(),
    };
    if !fits {
        let (wanted, found) = (kind_name(output.kind), json_kind(value));
        return Err(CellError::new(
            TableCode::OutputType,
            Text::new(
                format!("`{}` must be {}; this is {}", output.id, wanted.en, found.en),
                format!("`{}`: erwartet wird {}, hier steht {}", output.id, wanted.de, found.de),
            ),
        ));
    }
    if !output.values.is_empty() && !output.values.contains(value) {
        let shown = excerpt(&value.to_string());
        let all: Vec<String> = output.values.iter().map(ToString::to_string).collect();
        let near = value
            .as_str()
            .and_then(|text| crate::error::nearest(text, output.values.iter().filter_map(Value::as_str)));
        let error = CellError::new(
            TableCode::OutputValue,
            Text::new(
                format!("`{}` cannot be {shown}", output.id),
                format!("`{}` kann nicht {shown} sein", output.id),
            ),
        );
        let all = excerpt(&all.join(", "));
        return Err(match near {
            Some(near) => {
                error.with_help(format!("did you mean `{near}`?"), format!("Meinten Sie `{near}`?"))
            }
            None => error.with_help(format!("one of: {all}"), format!("Möglich sind: {all}")),
        });
    }
    Ok(())
}

fn kind_name(kind: Option<OutputKind>) -> Text {
    match kind {
        Some(OutputKind::Number) => Kind::Number.name(),
        Some(OutputKind::Text) => Kind::Text.name(),
        Some(OutputKind::Boolean) => Kind::Bool.name(),
        Some(OutputKind::Date) => Text::new("a date like 2026-03-02", "ein Datum wie 2026-03-02"),
        Some(OutputKind::List) => Text::new("a list", "eine Liste"),
        Some(OutputKind::Object) => Text::new("an object", "ein Objekt"),
        None => Text::new("any value", "ein beliebiger Wert"),
    }
}
