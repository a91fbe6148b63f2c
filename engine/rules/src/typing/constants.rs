//! Calls that fail whatever the case holds, because what they are given is written in the rule.

use rhai::{Expr, FnCallExpr, Position};

use super::{Checker, Found};
use crate::data::Vars;
use crate::error::{RuleCode, RuleError, Text};
use crate::sentence::Literal;

/// Stands for a day that is not known yet: every period that can be added to any can be added to this one.
const SOME_DAY: &str = "2000-01-01";

impl Checker<'_> {
    pub(super) fn unquoted_day(&mut self, day: &str, position: Position) {
        let text = Text::new(
            format!("`{day}` without quotes is no day but a subtraction"),
            format!("`{day}` ohne Anführungszeichen ist kein Tag, sondern eine Subtraktion"),
        );
        let error = RuleError::new(RuleCode::UnquotedDay, text).help(
            format!("write the day with double quotes: `\"{day}\"`; in YAML the rule then stands in single quotes"),
            format!("Schreiben Sie den Tag in doppelten Anführungszeichen: `\"{day}\"`; in YAML steht die Regel dann in einfachen"),
        );
        self.report(error, position);
    }

    /// Functions have the same result for the same arguments, so a call with constants is made at once.
    pub(super) fn constant(&mut self, name: &str, args: &[Found], position: Position) {
        // A script may have a function of its own by that name.
        if self.ast.iter_functions().any(|function| function.name == name) {
            return;
        }
        let day = Literal::Text(SOME_DAY.to_owned());
        let literals = match (name, args) {
            ("add_period" | "subtract_period", [Found { literal: None, .. }, period]) => {
                vec![Some(&day), period.literal.as_ref()]
            }
            _ => args.iter().map(|arg| arg.literal.as_ref()).collect(),
        };
        let written: Option<Vec<String>> = literals.into_iter().map(|literal| written(literal?)).collect();
        let Some(written) = written.filter(|written| !written.is_empty()) else { return };
        let call = match (name, &written[..]) {
            ("+" | "-" | "*" | "/" | "%", [left, right]) => format!("({left}) {name} ({right})"),
            _ => format!("{name}({})", written.join(", ")),
        };
        // What a rule cannot call at all is told when it is compiled.
        let Ok(call) = self.sandbox.expression(&call) else { return };
        let Err(error) = call.eval(&Vars::default()) else { return };
        let text = Text::new(
            format!("this fails in every case: {}", error.message),
            format!("Das scheitert in jedem Fall: {}", error.message_de),
        );
        let failed = RuleError { help: error.help, ..RuleError::new(RuleCode::AlwaysFails, text) };
        self.report(failed, position);
    }
}

/// The day that somebody has written without quotes: three numbers and two signs without a blank, `2026-03-02`.
pub(super) fn unquoted_day(call: &FnCallExpr) -> Option<String> {
    let [Expr::FnCall(first, _), Expr::IntegerConstant(day, at_day)] = &call.args[..] else { return None };
    let [Expr::IntegerConstant(year, at_year), Expr::IntegerConstant(month, at_month)] = &first.args[..]
    else {
        return None;
    };
    let subtracts = &*call.name == "-" && &*first.name == "-";
    let is_day = (1900..2200).contains(year) && (1..=12).contains(month) && (1..=31).contains(day);
    let line = |at: &Position| at.line();
    let column = |at: &Position| at.position();
    let one_line = line(at_year) == line(at_month) && line(at_month) == line(at_day);
    let (year_at, month_at, day_at) = (column(at_year)?, column(at_month)?, column(at_day)?);
    let digits = |number: &i64| number.to_string().len();
    let no_blank =
        month_at == year_at + 5 && (day_at == month_at + 3 || day_at == month_at + digits(month) + 1);
    (subtracts && is_day && one_line && no_blank).then(|| format!("{year}-{month:02}-{day:02}"))
}

/// As a rule says it.
fn written(literal: &Literal) -> Option<String> {
    match literal {
        Literal::Boolean(truth) => Some(truth.to_string()),
        Literal::Number(number) => Some(number.to_string()),
        Literal::Text(text) => serde_json::to_string(text).ok(),
        Literal::List(_) => None,
    }
}
