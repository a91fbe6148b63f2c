//! The rows of a table that accept a value, one index for each input column.

use crate::table::cell::{Check, Kind, Test, next_text};

/// A set of rows.
pub(crate) type Word = u64;

pub(crate) const fn words_for(rows: usize) -> usize {
    rows.div_ceil(Word::BITS as usize)
}

/// A value of an input, borrowed from the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scalar<'v> {
    Null,
    Bool(bool),
    Number(i64),
    Text(&'v str),
}

/// All values of a column in segments that no condition divides.
pub(crate) struct Index {
    /// `None`: no cell says more than `-`, `null`, or not null; every value is as good.
    pub kind: Option<Kind>,
    starts: Starts,
    /// For each segment the rows that accept it, `words` at a time.
    accepted: Vec<Word>,
    /// The rows that accept null.
    accepted_null: Vec<Word>,
    words: usize,
}

/// The least value of each segment, ascending; the first is the least value there is.
pub(crate) enum Starts {
    One,
    /// False, true.
    Bools,
    Numbers(Vec<i64>),
    /// Texts and dates.
    Texts(Vec<String>),
}

impl Index {
    pub(crate) fn new(kind: Option<Kind>, tests: &[Test]) -> Self {
        let words = words_for(tests.len());
        let starts = Starts::of(kind, tests);
        let mut index = Self {
            kind,
            accepted: vec![0; starts.len() * words],
            accepted_null: vec![0; words],
            starts,
            words,
        };
        let mut depth = vec![0_i32; index.starts.len() + 1];
        for (row, test) in tests.iter().enumerate() {
            let (word, bit) = (row / Word::BITS as usize, 1 << (row % Word::BITS as usize));
            if test.matches_null() {
                index.accepted_null[word] |= bit;
            }
            depth.fill(0);
            for check in test.checks() {
                if let Some((from, to)) = index.starts.covered(check) {
                    depth[from] += 1;
                    depth[to] -= 1;
                }
            }
            let mut inside = 0;
            for (segment, change) in depth[..index.starts.len()].iter().enumerate() {
                inside += change;
                let accepts = match test {
                    Test::Any => true,
                    Test::OneOf(_) => inside > 0,
                    Test::Not(_) => inside == 0,
                };
                if accepts {
                    index.accepted[segment * words + word] |= bit;
                }
            }
        }
        index
    }

    pub(crate) fn segments(&self) -> usize {
        self.starts.len()
    }

    pub(crate) fn starts(&self) -> &Starts {
        &self.starts
    }

    pub(crate) fn accepted(&self, segment: usize) -> &[Word] {
        &self.accepted[segment * self.words..(segment + 1) * self.words]
    }

    pub(crate) fn accepted_null(&self) -> &[Word] {
        &self.accepted_null
    }

    /// The rows that accept the value; `None` if it is not of the type of the column.
    pub(crate) fn rows(&self, value: Scalar) -> Option<&[Word]> {
        let segment = match (value, &self.starts) {
            (Scalar::Null, _) => return Some(&self.accepted_null),
            (_, Starts::One) => 0,
            (Scalar::Bool(truth), Starts::Bools) => usize::from(truth),
            (Scalar::Number(number), Starts::Numbers(starts)) => {
                starts.partition_point(|start| *start <= number) - 1
            }
            (Scalar::Text(text), Starts::Texts(starts)) => {
                starts.partition_point(|start| start.as_str() <= text) - 1
            }
            _ => return None,
        };
        Some(self.accepted(segment))
    }
}

impl Starts {
    fn of(kind: Option<Kind>, tests: &[Test]) -> Self {
        let checks = tests.iter().flat_map(Test::checks);
        match kind {
            None => Starts::One,
            Some(Kind::Bool) => Starts::Bools,
            Some(Kind::Number) => {
                let mut starts = vec![i64::MIN];
                for check in checks {
                    if let Check::Numbers(first, last) = check {
                        starts.push(*first);
                        starts.extend(last.checked_add(1));
                    }
                }
                starts.sort_unstable();
                starts.dedup();
                Starts::Numbers(starts)
            }
            Some(Kind::Text | Kind::Date) => {
                let mut starts = vec![String::new()];
                for check in checks {
                    if let Check::Texts(from, to) | Check::Dates(from, to) = check {
                        starts.push(from.clone());
                        starts.extend(to.clone());
                    }
                }
                starts.sort_unstable();
                starts.dedup();
                Starts::Texts(starts)
            }
        }
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Starts::One => 1,
            Starts::Bools => 2,
            Starts::Numbers(starts) => starts.len(),
            Starts::Texts(starts) => starts.len(),
        }
    }

    /// The segments that a check accepts: from the first, up to but without the second.
    fn covered(&self, check: &Check) -> Option<(usize, usize)> {
        match (check, self) {
            (Check::NotNull, _) => Some((0, self.len())),
            (Check::Bool(truth), Starts::Bools) => {
                let segment = usize::from(*truth);
                Some((segment, segment + 1))
            }
            (Check::Numbers(first, last), Starts::Numbers(starts)) => {
                let from = starts.partition_point(|start| start < first);
                Some((from, starts.partition_point(|start| start <= last)))
            }
            (Check::Texts(from, to) | Check::Dates(from, to), Starts::Texts(starts)) => {
                let first = starts.partition_point(|start| start < from);
                let end = to.as_ref().map_or(starts.len(), |to| starts.partition_point(|s| s < to));
                Some((first, end))
            }
            _ => None,
        }
    }

    /// A value that stands for a segment, as a person would name it; `None` for texts that
    /// no cell names.
    pub(crate) fn representative(&self, segment: usize) -> Option<serde_json::Value> {
        match self {
            Starts::One => None,
            Starts::Bools => Some((segment == 1).into()),
            Starts::Numbers(starts) => Some(match (segment, starts.get(segment + 1)) {
                // Below everything that is named: the number just before.
                (0, Some(next)) => (next - 1).into(),
                _ => starts[segment].into(),
            }),
            Starts::Texts(starts) => {
                let start = &starts[segment];
                let named = starts.get(segment + 1).is_some_and(|next| *next == next_text(start));
                named.then(|| start.as_str().into())
            }
        }
    }
}
