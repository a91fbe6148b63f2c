//! Reads what people read for the messages that a process waits for, and checks who waits for them.

use std::{collections::BTreeSet, sync::Arc};

use super::{compiler::Compiler, fields::Fields, yaml::Key};
use crate::{
    definition::{Handler, Kind, Start, TriggerKind},
    diagnostic::{Problems, Span},
    words::Text,
};

/// Reads `messages`.
pub fn read(fields: &Fields<'_>, problems: &mut Problems) -> Vec<(Key, Text)> {
    fields.titled("messages", problems)
}

/// What has a title is waited for; and two handlers of one scope that wait for the same message could never be told
/// apart.
pub fn check(compiler: &mut Compiler<'_>, messages: &[(Key, Text)], start: &Start) {
    let awaited = awaited(compiler, start);
    for (Key { text: message, span }, _) in messages.iter().filter(|(key, _)| !awaited.contains(&key.text)) {
        compiler
            .problems
            .error(
                span,
                "message_unused",
                Text::new(
                    format!("Auf die Nachricht „{message}“ wartet nichts im Verfahren."),
                    format!("Nothing in the process waits for the message `{message}`."),
                ),
            )
            .did_you_mean(message, awaited.iter().map(|name| &**name));
    }
    for scope in &compiler.scopes {
        let mut seen: BTreeSet<&Arc<str>> = BTreeSet::new();
        for Handler { trigger, name, .. } in &scope.handlers {
            if let TriggerKind::Message(message, None) = trigger
                && !seen.insert(message)
            {
                let owner = scope.owner.map(|ix| &compiler.steps[ix.0 as usize].span);
                let span = owner.cloned().unwrap_or_else(|| Span::file("process.yaml"));
                compiler.problems.error(&span, "message_awaited_twice", Text::new(
                    format!("Auf die Nachricht „{message}“ warten hier zwei Reaktionen; die zweite heißt „{name}“."),
                    format!("Two handlers wait for the message `{message}` here; the second one is `{name}`."),
                ));
            }
        }
    }
}

/// All messages that anything waits for, those of blocks too.
fn awaited(compiler: &Compiler<'_>, start: &Start) -> BTreeSet<Arc<str>> {
    let of_scopes = compiler.scopes.iter().flat_map(|scope| &scope.handlers);
    let of_steps = compiler.steps.iter().flat_map(|step| match &step.kind {
        Kind::Wait(handlers) => handlers.as_slice(),
        _ => &[],
    });
    let named = of_scopes.chain(of_steps).filter_map(|handler| match &handler.trigger {
        TriggerKind::Message(message, _) => Some(message.clone()),
        _ => None,
    });
    named.chain(start.message.clone()).collect()
}
