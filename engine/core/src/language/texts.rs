//! Reads text blocks, and what a step that decides asks.

use std::sync::Arc;

use fachwerk_rules::{Lang, Markup, Template};

use super::{
    compiler::Compiler,
    fields::{Fields, check_field_name, check_id, entries, text},
    typing::{Checked, Typed, Wanted},
    yaml::{Key, Kind as NodeKind, Node},
};
use crate::{
    act::ConditionKind,
    definition::{Decision, FrameIx, Kind, Rule, TextBlock, TextBlocks},
    law::citation::shown,
    words::Text,
};

impl Compiler<'_> {
    /// What a step asks that decides: a table, a tariff of the law, or text blocks.
    pub fn decides(&mut self, node: &Node) -> Option<Kind> {
        let has = |name: &str| node.get(name).is_some();
        match &node.kind {
            NodeKind::Map(_) if has("texts") => self.text_blocks(node).map(Box::new).map(Kind::Texts),
            NodeKind::Map(_) if has("table") => self.traced(node).map(Box::new).map(Kind::Decide),
            NodeKind::Map(_) => self.fee(node).map(Box::new).map(Kind::Fee),
            _ => self.table(node).map(Box::new).map(Kind::Decide),
        }
    }

    /// `{ table: file, trace: name }`: a table, and which of its rows matched.
    fn traced(&mut self, node: &Node) -> Option<Decision> {
        let fields = Fields::of(node, &mut self.problems)?;
        let table = fields.need("table", &mut self.problems);
        let trace = fields.need("trace", &mut self.problems);
        fields.finish(&mut self.problems);
        let decision = self.table(table?)?;
        let name = text(trace?, &mut self.problems)?.clone();
        let key = Key { text: name.clone(), span: trace?.span.clone() };
        check_field_name(&key, &mut self.problems);
        if decision.outputs.contains(&name) {
            self.problems
                .error(
                    &key.span,
                    "trace_named_twice",
                    Text::new(
                        format!("Die Tabelle hat schon ein Ergebnis „{name}“."),
                        format!("The table has an output `{name}` already."),
                    ),
                )
                .help(Text::new(
                    "Für die zutreffenden Zeilen einen anderen Namen wählen.",
                    "Choose another name for the rows that match.",
                ));
        }
        Some(Decision { trace: Some(name), ..decision })
    }

    /// `{ texts: file }`.
    fn text_blocks(&mut self, node: &Node) -> Option<TextBlocks> {
        let fields = Fields::of(node, &mut self.problems)?;
        let file = fields.need("texts", &mut self.problems)?;
        fields.finish(&mut self.problems);
        let source = text(file, &mut self.problems)?.clone();
        let tree = self.yaml_file(file)?;
        let fields = Fields::of(&tree, &mut self.problems)?;
        fields.words("title", &mut self.problems);
        let listed = fields.need("texts", &mut self.problems);
        fields.finish(&mut self.problems);
        let listed = entries(listed?, &mut self.problems);
        if listed.is_empty() {
            self.problems.error(
                &tree.span,
                "no_texts",
                Text::new("In dieser Datei steht kein Textbaustein.", "There is no text block in this file."),
            );
        }
        let before = self.readings.len();
        let rows = listed.iter().map(|(key, _)| key.span.clone()).collect();
        let read: Vec<Option<TextBlock>> =
            listed.iter().map(|(key, node)| self.text_block(&source, key, node)).collect();
        let paths = self.readings[before..].iter().flat_map(|reading| reading.paths().to_vec()).collect();
        let blocks: Option<Vec<TextBlock>> = read.into_iter().collect();
        Some(TextBlocks { source, blocks: blocks?, rows, paths })
    }

    fn text_block(&mut self, source: &Arc<str>, key: &Key, node: &Node) -> Option<TextBlock> {
        check_id(key, &mut self.problems);
        let fields = Fields::of(node, &mut self.problems)?;
        let title = match fields.need("title", &mut self.problems) {
            Some(_) => fields.words("title", &mut self.problems),
            None => None,
        };
        let when = fields.get("when").map(|node| self.condition(node));
        let norm = fields.text("norm", &mut self.problems).map(shown);
        let condition = fields.get("kind").map(|node| self.condition_kind(node));
        let due = fields.get("due").map(|node| self.expression(node));
        let said = fields.need("text", &mut self.problems);
        fields.finish(&mut self.problems);
        let typed = self.typed.len();
        let text = said.and_then(|node| self.said(format!("{source}, {}", key.text).into(), node));
        if when.is_some() {
            self.typed[typed..].iter_mut().for_each(|text| text.wanted = Wanted::Given);
        }
        Some(TextBlock {
            id: key.text.clone(),
            title: title?,
            when: flat(when)?,
            norm,
            condition: flat(condition)?,
            due: flat(due)?,
            text: text?,
        })
    }

    fn condition_kind(&mut self, node: &Node) -> Option<ConditionKind> {
        let name = text(node, &mut self.problems)?;
        let found = ConditionKind::ALL.iter().find(|(code, _)| *code == &**name).map(|(_, kind)| *kind);
        if found.is_none() {
            let known = ConditionKind::ALL.map(|(code, _)| code);
            self.problems
                .error(
                    &node.span,
                    "unknown_condition_kind",
                    Text::new(
                        format!("Eine Nebenbestimmung der Art „{name}“ gibt es nicht."),
                        format!("There is no condition of the kind `{name}`."),
                    ),
                )
                .help(Text::new(
                    format!("Eine davon: {}.", known.join(", ")),
                    format!("One of: {}.", known.join(", ")),
                ))
                .did_you_mean(name, known);
        }
        found
    }

    /// A text with gaps, written in place.
    fn said(&mut self, name: Arc<str>, node: &Node) -> Option<Rule<Template>> {
        let (content, frame) = (text(node, &mut self.problems)?, FrameIx(node.frame));
        match Template::compile_as(&name, content.trim_end(), Lang::De, Markup::Plain) {
            Ok(compiled) => {
                self.reads(compiled.variables().to_vec(), frame, &node.span);
                let (rule, span) = (Checked::Template(compiled.clone()), node.span.clone());
                self.typed.push(Typed { rule, frame, span, wanted: Wanted::Value });
                Some(Rule { source: name, frame, span: node.span.clone(), compiled })
            }
            Err(error) => {
                self.template_problem(&node.span, &error);
                None
            }
        }
    }
}

/// What was not written is none; what was, must be readable.
fn flat<T>(read: Option<Option<T>>) -> Option<Option<T>> {
    match read {
        None => Some(None),
        Some(read) => read.map(Some),
    }
}
