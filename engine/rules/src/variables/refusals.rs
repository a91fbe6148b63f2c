//! What a rule must not do, said to its author.

use rhai::Position;

use super::walk::Walker;
use crate::error::{RuleCode, RuleError, Text};

impl Walker<'_> {
    /// Keeps the first problem; the designer mends one at a time.
    pub(super) fn refuse(&mut self, error: RuleError, position: Position) {
        self.problem.get_or_insert(error.at(position.into()));
    }

    pub(super) fn not_allowed(&mut self, name: &str, position: Position, help: Option<Text>) {
        let text = Text::new(
            format!("`{name}` is not available in rules"),
            format!("`{name}` steht in Regeln nicht zur Verfügung"),
        );
        let help = help.map(Box::new);
        self.refuse(RuleError { help, ..RuleError::new(RuleCode::NotAllowed, text) }, position);
    }

    pub(super) fn misplaced_function(&mut self, position: Position) {
        let error = RuleError::new(
            RuleCode::NotAllowed,
            Text::new(
                "a function can only be handed to map, filter, find, all, some, reduce, sort and the like",
                "Eine Funktion kann nur an map, filter, find, all, some, reduce, sort und Ähnliche übergeben werden",
            ),
        );
        self.refuse(error, position);
    }

    pub(super) fn interpolation(&mut self, position: Position) {
        let error = RuleError::new(
            RuleCode::NotAllowed,
            Text::new(
                "`${…}` in a text is not available: it would leave out null without a word",
                "`${…}` in Texten steht nicht zur Verfügung: Eine leere Angabe fiele dabei unbemerkt weg",
            ),
        )
        .help(
            "put texts together with `+`; letters are written with templates",
            "Setzen Sie Texte mit `+` zusammen; Schreiben entstehen aus Vorlagen",
        );
        self.refuse(error, position);
    }

    pub(super) fn out_of_sight(&mut self, name: &str, position: Position) {
        let error = crate::path::unknown_name(name, []).help(
            format!("a function sees only its parameters; add a parameter `{name}`"),
            format!("Eine Funktion kennt nur ihre Parameter; ergänzen Sie einen Parameter `{name}`"),
        );
        self.refuse(error, position);
    }
}
