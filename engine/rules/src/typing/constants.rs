//! Calls that fail whatever the case holds, because what they are given is written in the rule.

use rhai::Position;

use super::{Checker, Found};
use crate::data::Vars;
use crate::error::{RuleCode, RuleError, Text};
use crate::sentence::Literal;

/// Stands for a day that is not known yet: every period that can be added to any can be added to this one.
const SOME_DAY: &str = "2000-01-01";

impl Checker<'_> {
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

/// As a rule says it.
fn written(literal: &Literal) -> Option<String> {
    match literal {
        Literal::Boolean(truth) => Some(truth.to_string()),
        Literal::Number(number) => Some(number.to_string()),
        Literal::Text(text) => serde_json::to_string(text).ok(),
        Literal::List(_) => None,
    }
}
