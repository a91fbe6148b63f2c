//! What a scenario goes on after: another scenario, or a beginning that several share (`after: beginnings/draft.yaml`).

use std::sync::Arc;

use super::read::Reader;
use crate::{
    diagnostic::Problems,
    language::{Key, Node, NodeKind, read_text},
    words::Text,
};

/// Files below it are no scenarios of their own.
pub const BEGINNINGS: &str = "scenarios/beginnings/";

/// So many may go on after each other.
const MOST: usize = 8;

const AFTER: &str = "after";
/// What a scenario says of itself alone.
const OWN: &str = "scenario";
/// What is done, one after the other.
const DO: &str = "do";

impl Reader<'_> {
    /// A scenario with what it goes on after: what it says itself counts, and what it does comes behind.
    pub fn with_beginning(&self, node: Node, problems: &mut Problems) -> Option<Node> {
        self.joined(node, &mut Vec::new(), problems)
    }

    fn joined(&self, mut node: Node, seen: &mut Vec<Arc<str>>, problems: &mut Problems) -> Option<Node> {
        let NodeKind::Map(entries) = &mut node.kind else { return Some(node) };
        let Some(at) = entries.iter().position(|(key, _)| &*key.text == AFTER) else { return Some(node) };
        let (_, named) = entries.remove(at);
        let path = read_text(&named, problems)?.clone();
        let Some((name, _)) = self.file(&path) else {
            let known = self.folder.files.keys().filter(|name| name.starts_with("scenarios/"));
            let known: Vec<&str> = known.map(|name| name.trim_start_matches("scenarios/")).collect();
            problems
                .error(
                    &named.span,
                    "file_missing",
                    Text::new(
                        format!("Die Datei „{path}“ gibt es nicht."),
                        format!("There is no file `{path}`."),
                    ),
                )
                .did_you_mean(&path, known);
            return None;
        };
        if seen.contains(&name) || seen.len() >= MOST {
            problems
                .error(
                    &named.span,
                    "scenario_after_itself",
                    Text::new(
                        format!("So kommt kein Anfang zustande: „{path}“ geht (auch über andere) von sich selbst aus, oder es sind mehr als {MOST} hintereinander."),
                        format!("There is no beginning this way: `{path}` goes on after itself (also by way of others), or there are more than {MOST} in a row."),
                    ),
                )
                .help(Text::new("Eine Datei nennen, die ohne dieses Szenario auskommt.", "Name a file that does without this scenario."));
            return None;
        }
        seen.push(name.clone());
        let before = self.folder.read_yaml(&name, 0, problems)?;
        let before = self.joined(before, seen, problems)?;
        let NodeKind::Map(before) = before.kind else {
            return Some(node);
        };
        let own = std::mem::take(entries);
        *entries = merged(before, own);
        Some(node)
    }
}

/// What the beginning says unless the scenario says it itself; what both do.
fn merged(before: Vec<(Key, Node)>, own: Vec<(Key, Node)>) -> Vec<(Key, Node)> {
    let (mut all, mut own) = (Vec::new(), own);
    for (key, mut node) in before.into_iter().filter(|(key, _)| &*key.text != OWN) {
        let Some(at) = own.iter().position(|(known, _)| known.text == key.text) else {
            all.push((key, node));
            continue;
        };
        if &*key.text != DO {
            continue;
        }
        let (_, behind) = own.remove(at);
        match (&mut node.kind, behind.kind) {
            (NodeKind::List(first), NodeKind::List(then)) => {
                first.extend(then);
                all.push((key, node));
            }
            // What cannot be read is told where it was written.
            (NodeKind::List(_), kind) => all.push((key, Node { kind, ..behind })),
            _ => all.push((key, node)),
        }
    }
    all.extend(own);
    all
}
