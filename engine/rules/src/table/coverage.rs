//! Which values no row accepts, which rows accept the same, and which never get a turn.

use std::collections::HashSet;

use serde::Serialize;
use serde_json::Value;

use crate::table::cell::{Kind, day_after, day_before};
use crate::table::index::{Index, Scalar, Starts, Word, words_for};
use crate::table::{Compiled, HitPolicy, OutputSource};

/// What an input can be, as far as its schema says.
#[derive(Debug, Clone, Default)]
pub struct Domain {
    /// The only values there are (enumeration); `None`: all of the type.
    pub values: Option<Vec<Value>>,
    /// For numbers, both included.
    pub minimum: Option<i64>,
    pub maximum: Option<i64>,
    /// The value may be null or missing.
    pub nullable: bool,
}

/// What was found; of each kind at most a handful, as examples.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Coverage {
    /// Inputs that no row accepts.
    pub gaps: Vec<Gap>,
    /// Pairs of rows that accept the same inputs where the hit policy says that only one
    /// may (`unique`), or that they must agree (`any`) and they do not.
    pub overlaps: Vec<Overlap>,
    /// Rows that never count: no value fits all of their cells, or whatever fits goes to rows that come before them
    /// (hit policies `first` and `priority`).
    pub never_reached: Vec<usize>,
    /// The table is too intricate to be searched to the end; what was found holds.
    pub incomplete: bool,
}

/// One value for each input column.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Gap {
    pub inputs: Vec<Example>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Overlap {
    pub rows: (usize, usize),
    /// Inputs that both rows accept.
    pub inputs: Vec<Example>,
}

/// A value that stands for others of its kind.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Example {
    Value(Value),
    /// Any value, or any text that no cell names.
    Other,
}

const MAX_EXAMPLES: usize = 10;
/// Steps of the search; a table of a hundred rows needs a few thousand.
const MAX_STEPS: usize = 200_000;

type Rows = Vec<Word>;

/// Values of one column that the same rows accept.
struct Choice {
    rows: Rows,
    example: Example,
}

pub(super) fn coverage(table: &Compiled, domains: &[Domain]) -> Coverage {
    let unknown = Domain::default();
    let columns: Vec<Vec<Choice>> = table
        .inputs
        .iter()
        .enumerate()
        .map(|(column, input)| choices(&input.index, domains.get(column).unwrap_or(&unknown)))
        .collect();
    let mut search = Search { columns: &columns, covered: HashSet::new(), steps: 0, gaps: Vec::new() };
    if table.default.is_none() && !table.policy.takes_none() {
        search.gaps(&mut Vec::new(), all_rows(table.rows.len()));
    }
    let mut coverage =
        Coverage { gaps: search.gaps, incomplete: search.steps >= MAX_STEPS, ..Coverage::default() };
    if matches!(table.policy, HitPolicy::Unique | HitPolicy::Any) {
        overlaps(table, &columns, &mut coverage);
    }
    never_reached(table, &columns, &mut coverage);
    coverage
}

fn all_rows(count: usize) -> Rows {
    let mut rows = vec![0; words_for(count)];
    (0..count).for_each(|row| rows[row / 64] |= 1 << (row % 64));
    rows
}

fn contains(rows: &[Word], row: usize) -> bool {
    rows[row / 64] & (1 << (row % 64)) != 0
}

fn both(left: &[Word], right: &[Word]) -> Rows {
    left.iter().zip(right).map(|(left, right)| left & right).collect()
}

/// The ways in which a column can turn out, each with one example.
fn choices(index: &Index, domain: &Domain) -> Vec<Choice> {
    let mut choices: Vec<Choice> = Vec::new();
    let mut add = |rows: &[Word], example: Example| {
        match choices.iter_mut().find(|choice| choice.rows == rows) {
            // A value says more than "other".
            Some(known) if known.example == Example::Other => known.example = example,
            Some(_) => {}
            None => choices.push(Choice { rows: rows.to_vec(), example }),
        }
    };
    if let Some(values) = &domain.values {
        for value in values {
            let scalar = match value {
                Value::Bool(truth) => Scalar::Bool(*truth),
                Value::String(text) => Scalar::Text(text),
                Value::Null => Scalar::Null,
                other => match other.as_i64() {
                    Some(number) => Scalar::Number(number),
                    None => continue,
                },
            };
            if let Some(rows) = index.rows(scalar) {
                add(rows, Example::Value(value.clone()));
            }
        }
    } else {
        for segment in 0..index.segments() {
            let example = match (index.kind, index.starts()) {
                (Some(Kind::Date), Starts::Texts(starts)) => day_in(starts, segment),
                (_, starts) => example(starts, segment, domain),
            };
            if let Some(example) = example {
                add(index.accepted(segment), example);
            }
        }
    }
    if domain.nullable {
        add(index.accepted_null(), Example::Value(Value::Null));
    }
    choices
}

/// A day of the segment; `None` if none lies in it.
fn day_in(starts: &[String], segment: usize) -> Option<Example> {
    let (start, next) = (&starts[segment], starts.get(segment + 1));
    let day = match (start.strip_suffix('\0'), next) {
        (Some(day), _) => day_after(day)?,
        (None, Some(next)) if start.is_empty() => day_before(next.trim_end_matches('\0'))?,
        (None, None) if start.is_empty() => return Some(Example::Other),
        (None, _) => start.clone(),
    };
    let within = day >= *start && next.is_none_or(|next| day < *next);
    within.then(|| Example::Value(day.into()))
}

/// A value of the segment within the domain; `None` if there is none.
fn example(starts: &Starts, segment: usize, domain: &Domain) -> Option<Example> {
    if let Starts::Numbers(starts) = starts {
        let first = starts[segment].max(domain.minimum.unwrap_or(i64::MIN));
        let last = starts.get(segment + 1).map_or(i64::MAX, |next| next - 1);
        let last = last.min(domain.maximum.unwrap_or(i64::MAX));
        let shown = if first == i64::MIN { last } else { first };
        return (first <= last).then(|| Example::Value(shown.into()));
    }
    Some(starts.representative(segment).map_or(Example::Other, Example::Value))
}

impl Compiled {
    /// How early a row comes by the values of its outputs; `None` if they are computed.
    fn rank(&self, row: usize) -> Option<Vec<usize>> {
        let literal = self.rows[row].literal.as_ref()?;
        let ranked = self.outputs.iter().filter(|output| !output.values.is_empty());
        let place = |output: &OutputSource| {
            let here = |value: &Value| literal.get(&output.id) == Some(value);
            output.values.iter().position(here).unwrap_or(usize::MAX)
        };
        Some(ranked.map(place).collect())
    }
}

struct Search<'c> {
    columns: &'c [Vec<Choice>],
    /// Columns left and rows possible, known to have no gap.
    covered: HashSet<(usize, Rows)>,
    steps: usize,
    gaps: Vec<Gap>,
}

impl Search<'_> {
    /// Is every way to go on from here accepted by a row? Collects examples if not.
    fn gaps(&mut self, path: &mut Vec<Example>, rows: Rows) -> bool {
        if rows.iter().all(|word| *word == 0) {
            let mut inputs = path.clone();
            let rest = self.columns[path.len()..].iter();
            inputs.extend(rest.filter_map(|choices| choices.first()).map(|c| c.example.clone()));
            self.gaps.push(Gap { inputs });
            return false;
        }
        let Some(choices) = self.columns.get(path.len()) else { return true };
        self.steps += 1;
        if self.covered.contains(&(path.len(), rows.clone())) {
            return true;
        }
        let mut covered = true;
        for choice in choices {
            if self.gaps.len() >= MAX_EXAMPLES || self.steps >= MAX_STEPS {
                return false;
            }
            path.push(choice.example.clone());
            covered &= self.gaps(path, both(&rows, &choice.rows));
            path.pop();
        }
        if covered {
            self.covered.insert((path.len(), rows));
        }
        covered
    }
}

fn overlaps(table: &Compiled, columns: &[Vec<Choice>], coverage: &mut Coverage) {
    let mut steps = 0;
    for later in 0..table.rows.len() {
        for earlier in 0..later {
            steps += columns.len();
            if coverage.overlaps.len() >= MAX_EXAMPLES || steps >= MAX_STEPS * 100 {
                coverage.incomplete |= steps >= MAX_STEPS * 100;
                return;
            }
            let (a, b) = (&table.rows[earlier].literal, &table.rows[later].literal);
            if table.policy == HitPolicy::Any && (a == b || a.is_none() || b.is_none()) {
                continue;
            }
            let inputs: Option<Vec<Example>> = columns
                .iter()
                .map(|choices| {
                    let accepts =
                        |choice: &&Choice| contains(&choice.rows, earlier) && contains(&choice.rows, later);
                    choices.iter().find(accepts).map(|choice| choice.example.clone())
                })
                .collect();
            if let Some(inputs) = inputs {
                coverage.overlaps.push(Overlap { rows: (earlier, later), inputs });
            }
        }
    }
}

/// Rows none of whose inputs gets past the rows before.
fn never_reached(table: &Compiled, columns: &[Vec<Choice>], coverage: &mut Coverage) {
    let ranks: Vec<Option<Vec<usize>>> = (0..table.rows.len()).map(|row| table.rank(row)).collect();
    for row in 0..table.rows.len() {
        let own: Vec<Vec<Choice>> = columns
            .iter()
            .map(|choices| {
                let own = choices.iter().filter(|choice| contains(&choice.rows, row));
                own.map(|c| Choice { rows: c.rows.clone(), example: c.example.clone() }).collect()
            })
            .collect();
        let fits = own.iter().all(|choices| !choices.is_empty());
        let before = |other: &usize| match table.policy {
            HitPolicy::First => *other < row,
            HitPolicy::Priority => match (&ranks[*other], &ranks[row]) {
                (Some(its), Some(own)) => (its, *other) < (own, row),
                _ => false,
            },
            _ => false,
        };
        let mut rows = vec![0; words_for(table.rows.len())];
        (0..table.rows.len()).filter(before).for_each(|other| rows[other / 64] |= 1 << (other % 64));
        let mut search = Search { columns: &own, covered: HashSet::new(), steps: 0, gaps: Vec::new() };
        let reached = fits && !search.gaps(&mut Vec::new(), rows);
        coverage.incomplete |= search.steps >= MAX_STEPS;
        if !reached {
            coverage.never_reached.push(row);
        }
    }
}
