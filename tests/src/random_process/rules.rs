//! Random rules: expressions over what a process knows, of a wanted kind, now and then one that fails.

use crate::dice::Dice;

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    Number,
    Truth,
    Text,
    Day,
}

/// What rules of one text may read.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// Paths that are always there, and paths that are there once a step has written (with `?.` in them).
    known: Vec<(Of, String)>,
    /// The same, written so that reading it before the step has run is an error.
    daring: Vec<(Of, String)>,
}

impl Names {
    /// What the rules of every process may read.
    pub fn of_process() -> Names {
        let known = [
            (Of::Number, "application.count"),
            (Of::Number, "settings.limit"),
            (Of::Truth, "application.urgent"),
            (Of::Text, "application.name"),
            (Of::Text, "application.sort"),
            (Of::Text, "file.channel"),
            (Of::Day, "application.day"),
            (Of::Day, "file.received_on"),
            (Of::Day, "today"),
        ];
        Names { known: known.map(|(of, path)| (of, path.to_owned())).to_vec(), daring: Vec::new() }
    }

    /// What rules read of acts and parties.
    pub fn add_acts(&mut self) {
        let known = [
            (Of::Truth, "(acts.permit?.final ?? false)"),
            (Of::Truth, "(acts.permit?.objected ?? false)"),
            (Of::Truth, "(acts.fee_notice?.notified ?? false)"),
            (Of::Number, "acts.all.len()"),
            (Of::Number, "parties.neighbour.len()"),
        ];
        self.known.extend(known.map(|(of, path)| (of, path.to_owned())));
    }

    /// A value that is always there.
    pub fn add(&mut self, of: Of, path: impl Into<String>) {
        self.known.push((of, path.into()));
    }

    /// A field that a step writes; `within`: `steps.<key>` or `result`; `surely`: whenever it has run.
    pub fn add_result(&mut self, of: Of, within: &str, field: &str, surely: bool) {
        let absent = match of {
            Of::Number => "0",
            Of::Truth => "false",
            Of::Text => "\"-\"",
            Of::Day => "today",
        };
        self.known.push((of, format!("({within}?.{field} ?? {absent})")));
        // What may be missing even then is found before a deployment when nothing guards it.
        if surely {
            self.daring.push((of, format!("{within}.{field}")));
        }
    }

    /// A rule of a kind.
    pub fn rule(&self, of: Of, dice: &mut Dice) -> String {
        self.deep(of, 2, dice)
    }

    fn deep(&self, of: Of, depth: usize, dice: &mut Dice) -> String {
        if let Some((_, path)) = dice.maybe_pick(&self.of(of, &self.daring)).filter(|_| dice.chance(3)) {
            return path.clone();
        }
        if depth == 0 || dice.chance(30) {
            return self.leaf(of, dice);
        }
        format!("({})", self.compound(of, depth - 1, dice))
    }

    fn compound(&self, of: Of, depth: usize, dice: &mut Dice) -> String {
        match of {
            Of::Number => match dice.below(6) {
                0 => format!("{} + {}", self.deep(of, depth, dice), self.deep(of, depth, dice)),
                1 => format!("({}) * {} % 97", self.deep(of, depth, dice), dice.between(2, 9)),
                2 => format!("({}) % {} + 1", self.deep(of, depth, dice), dice.between(2, 7)),
                // Fails whenever the divisor is 0.
                // Not a 0 that is written down: that is refused before it fails.
                3 if dice.chance(10) => format!("100 / ({} + 0)", self.deep(of, depth, dice)),
                4 => {
                    let (one, other) = (self.deep(of, depth, dice), self.deep(of, depth, dice));
                    format!("if {} {{ {one} }} else {{ {other} }}", self.deep(Of::Truth, depth, dice))
                }
                _ => format!("{}.len()", self.leaf(Of::Text, dice)),
            },
            Of::Truth => match dice.below(6) {
                0 => format!("{} > {}", self.deep(Of::Number, depth, dice), dice.between(0, 12)),
                1 => format!("({}) % 2 == 0", self.deep(Of::Number, depth, dice)),
                // Put together, because a choice must not be compared with what it can never be.
                2 => format!("{} + \"\" == {}", self.leaf(Of::Text, dice), self.leaf(Of::Text, dice)),
                3 => format!("!({})", self.deep(of, depth, dice)),
                4 => format!("({}) || ({})", self.deep(of, depth, dice), self.deep(of, depth, dice)),
                _ => format!("{} >= {}", self.leaf(Of::Day, dice), self.leaf(Of::Day, dice)),
            },
            Of::Text => match dice.below(3) {
                0 => format!("{} + \"/\" + {}", self.deep(of, depth, dice), self.leaf(of, dice)),
                1 => format!("\"n\" + ({})", self.deep(Of::Number, depth, dice)),
                _ => format!("{}.to_upper()", self.leaf(of, dice)),
            },
            Of::Day => {
                let period = dice.pick(&["1 day", "3 days", "2 weeks", "1 month"]);
                format!("add_period({}, \"{period}\")", self.leaf(of, dice))
            }
        }
    }

    fn leaf(&self, of: Of, dice: &mut Dice) -> String {
        if dice.chance(25) {
            return match of {
                Of::Number => dice.between(0, 20).to_string(),
                Of::Truth => dice.chance(50).to_string(),
                Of::Text => format!("\"{}\"", dice.pick(&["", "a", "b", "äöü ß", "c-d"])),
                Of::Day => "today".to_owned(),
            };
        }
        let known = self.of(of, &self.known);
        dice.pick(&known).1.clone()
    }

    fn of(&self, of: Of, among: &[(Of, String)]) -> Vec<(Of, String)> {
        among.iter().filter(|(kind, _)| *kind == of).cloned().collect()
    }
}
