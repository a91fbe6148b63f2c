//! Compiles rules, scripts and templates, and checks every name that they read.

use std::{collections::BTreeMap, sync::Arc};

use fachwerk_rules::{RuleError, Script, Template, TemplateError, VariablePath};

use super::{
    compiler::{Compiler, data_key},
    fields::{text, wrong_kind},
    typing::{Checked, Typed, Wanted},
    unknown::Unknown,
    using::written_out,
    yaml::{self, Kind, Node},
};
use crate::{
    authority::profile::readable,
    definition::{Dynamic, Expr, Frame, FrameIx, Rule},
    diagnostic::{Diagnostic, Span},
    schema::{ObjectType, Type},
    words::Text,
};

/// What a rule reads, and where it was written.
pub struct Reading {
    paths: Vec<VariablePath>,
    frame: FrameIx,
    span: Span,
    /// Whether it may read `result`: inside a block, and in a form, where it holds what is being entered.
    result: bool,
}

impl Reading {
    /// What is read.
    pub fn paths(&self) -> &[VariablePath] {
        &self.paths
    }
}

/// The name under which rules see all acts.
pub const ALL_ACTS: &str = "all";

/// What rules know of the case itself.
pub const CASE_FIELDS: [&str; 4] = ["number", "received_on", "started_on", "channel"];

impl Compiler<'_> {
    /// A condition written in place.
    pub fn condition(&mut self, node: &Node) -> Option<Expr> {
        let before = self.typed.len();
        let rule = self.expression(node);
        self.typed[before..].iter_mut().for_each(|rule| rule.wanted = Wanted::Condition);
        rule
    }

    /// A rule written in place.
    pub fn expression(&mut self, node: &Node) -> Option<Expr> {
        let source: Arc<str> = match &node.kind {
            Kind::Text(text) => text.clone(),
            Kind::Bool(value) => value.to_string().into(),
            Kind::Int(value) => value.to_string().into(),
            _ => {
                wrong_kind(node, &Text::new("eine Regel (Text)", "a rule (text)"), &mut self.problems);
                return None;
            }
        };
        self.expression_text(&source, node)
    }

    fn expression_text(&mut self, source: &Arc<str>, node: &Node) -> Option<Expr> {
        let frame = FrameIx(node.frame);
        match self.sandbox.expression(source) {
            Ok(compiled) => {
                self.reads(compiled.variables().to_vec(), frame, &node.span);
                let (text, span, wanted) = (source.clone(), node.span.clone(), Wanted::Value);
                self.typed.push(Typed { rule: Checked::Expression(text), frame, span, wanted });
                Some(Rule { source: source.clone(), frame, span: node.span.clone(), compiled })
            }
            Err(error) => {
                self.rule_problem(&error, &node.span, false);
                None
            }
        }
    }

    /// A rule in a file.
    pub fn script(&mut self, node: &Node) -> Option<Rule<Script>> {
        let (source, file, content) = self.file(node)?;
        let frame = FrameIx(node.frame);
        let place = Span::file(file);
        match self.sandbox.script(&content) {
            Ok(compiled) => {
                self.reads(compiled.variables().to_vec(), frame, &place);
                let (span, wanted) = (place.clone(), Wanted::Value);
                self.typed.push(Typed { rule: Checked::Script(content), frame, span, wanted });
                Some(Rule { source, frame, span: place, compiled })
            }
            Err(error) => {
                self.rule_problem(&error, &place, true);
                None
            }
        }
    }

    /// A text with gaps in a file.
    pub fn template(&mut self, node: &Node) -> Option<Rule<Template>> {
        let (source, file, content) = self.file(node)?;
        let frame = FrameIx(node.frame);
        let place = Span::file(file);
        match Template::compile(&source, &content, fachwerk_rules::Lang::De) {
            Ok(compiled) => {
                self.reads(compiled.variables().to_vec(), frame, &place);
                let (rule, span, wanted) =
                    (Checked::Template(compiled.clone()), place.clone(), Wanted::Value);
                self.typed.push(Typed { rule, frame, span, wanted });
                Some(Rule { source, frame, span: place, compiled })
            }
            Err(error) => {
                self.template_problem(&at_place(&place, error.line, error.column), &error);
                None
            }
        }
    }

    /// A text with gaps that cannot be read.
    pub fn template_problem(&mut self, span: &Span, error: &TemplateError) {
        let found = self.problems.error(
            span,
            "template_invalid",
            Text::new(
                format!("Der Text ist nicht lesbar: {}", error.message_de),
                format!("The template cannot be read: {}", error.message),
            ),
        );
        if let Some(help) = &error.help {
            found.help(Text::new(help.de.as_str(), help.en.as_str()));
        }
    }

    /// A value that may have rules and templates in it.
    pub fn dynamic(&mut self, node: &Node) -> Option<Dynamic> {
        match &node.kind {
            Kind::Text(text) => match text.strip_prefix('=') {
                Some(rule) => {
                    let source: Arc<str> = rule.trim().into();
                    self.expression_text(&source, node).map(Dynamic::Rule)
                }
                None => Some(Dynamic::Constant(node.to_value())),
            },
            Kind::List(items) => {
                items.iter().map(|item| self.dynamic(item)).collect::<Option<_>>().map(Dynamic::List)
            }
            Kind::Map(entries) => match entries.as_slice() {
                [(key, file)] if &*key.text == "template" => self.template(file).map(Dynamic::Template),
                _ => entries
                    .iter()
                    .map(|(key, value)| Some((key.text.clone(), self.dynamic(value)?)))
                    .collect::<Option<_>>()
                    .map(Dynamic::Map),
            },
            Kind::Null | Kind::Bool(_) | Kind::Int(_) => Some(Dynamic::Constant(node.to_value())),
        }
    }

    /// The file that a value names: its name as written, its name in messages, and its text.
    fn file(&mut self, node: &Node) -> Option<(Arc<str>, Arc<str>, Arc<str>)> {
        let name = text(node, &mut self.problems)?.clone();
        let folder = self.folders[node.frame as usize];
        let Some(bytes) = folder.files.get(&name) else {
            self.problems
                .error(
                    &node.span,
                    "file_missing",
                    Text::new(
                        format!("Die Datei „{name}“ gibt es in diesem Ordner nicht."),
                        format!("There is no file `{name}` in this folder."),
                    ),
                )
                .did_you_mean(&name, folder.files.keys().map(|name| &**name));
            return None;
        };
        if !self.writes_out(bytes.len(), &node.span) {
            return None;
        }
        match std::str::from_utf8(bytes) {
            Ok(content) if bytes.len() <= yaml::MAX_FILE_BYTES => {
                Some((name.clone(), folder.file_name(&name), content.into()))
            }
            _ => {
                self.problems.error(
                    &node.span,
                    "file_unreadable",
                    Text::new(
                        format!(
                            "Die Datei „{name}“ ist kein Text in UTF-8 oder größer als {} Bytes.",
                            yaml::MAX_FILE_BYTES
                        ),
                        format!(
                            "The file `{name}` is not UTF-8 text or larger than {} bytes.",
                            yaml::MAX_FILE_BYTES
                        ),
                    ),
                );
                None
            }
        }
    }

    /// A YAML file that a value names, in the frame of the value.
    pub fn yaml_file(&mut self, node: &Node) -> Option<Node> {
        let name = text(node, &mut self.problems)?.clone();
        let folder = self.folders[node.frame as usize];
        if !folder.files.contains_key(&name) {
            self.file(node)?;
        }
        let tree = folder.read_yaml(&name, node.frame, &mut self.problems)?;
        self.writes_out(written_out(&tree), &node.span).then_some(tree)
    }

    fn rule_problem(&mut self, error: &RuleError, at: &Span, in_file: bool) {
        let span = if in_file { at_place(at, error.line, error.column) } else { at.clone() };
        let found = self.problems.error(
            &span,
            "rule_invalid",
            Text::new(
                format!("Die Regel ist nicht lesbar: {}", error.message_de),
                format!("The rule cannot be read: {}", error.message.clone()),
            ),
        );
        if let Some(help) = &error.help {
            found.help(Text::new(help.de.as_str(), help.en.as_str()));
        }
    }

    /// Notes what a rule reads, to be checked when all is known.
    pub fn reads(&mut self, paths: Vec<VariablePath>, frame: FrameIx, span: &Span) {
        let result = self.frames[frame.0 as usize].in_block;
        self.readings.push(Reading { paths, frame, span: span.clone(), result });
    }

    /// A rule of a form: `result` holds what is being entered.
    pub fn form_rule(&mut self, node: &Node) -> Option<Expr> {
        let (readings, typed) = (self.readings.len(), self.typed.len());
        let rule = self.expression(node);
        self.readings[readings..].iter_mut().for_each(|reading| reading.result = true);
        self.typed[typed..].iter_mut().for_each(|rule| rule.wanted = Wanted::FieldShown);
        rule
    }

    /// Checks all names that rules read, once every step is known.
    pub fn check_names(&mut self, data: &ObjectType, settings: &ObjectType) {
        // Steps and handlers of the process write their results under their names; those in rounds are seen there only.
        let written: Vec<(FrameIx, Arc<str>)> = self
            .used_ids
            .iter()
            .filter(|((text, _), _)| *text == FrameIx(0))
            .map(|((_, id), frame)| (*frame, data_key(id)))
            .collect();
        let mut keys_of: BTreeMap<FrameIx, Vec<Arc<str>>> = BTreeMap::new();
        let mut unknown = Vec::new();
        for reading in std::mem::take(&mut self.readings) {
            let around = self.frames_around(reading.frame);
            let seen = |frame: &FrameIx| *frame == FrameIx(0) || around.contains(frame);
            let keys = keys_of.entry(reading.frame).or_insert_with(|| {
                written.iter().filter(|(frame, _)| seen(frame)).map(|(_, key)| key.clone()).collect()
            });
            let keys = keys.clone();
            for path in &reading.paths {
                let problem = self.problems.mark();
                let known = self.check_path(path, &reading, data, settings, &keys);
                if !known && self.problems.mark() > problem {
                    let (name, alone) = (path.root().to_owned(), path.names().len() == 1);
                    let (frame, span) = (reading.frame, reading.span.clone());
                    unknown.push(Unknown { problem, name, alone, frame, span });
                }
            }
        }
        self.explain_unknown(&unknown, data, settings);
    }

    /// A frame and those whose names it sees, too.
    fn frames_around(&self, frame: FrameIx) -> Vec<FrameIx> {
        let outer =
            |frame: &FrameIx| self.frames[frame.0 as usize].rounds.as_ref().map(|rounds| rounds.outer);
        std::iter::successors(Some(frame), outer).collect()
    }

    /// The names of the entries of the rounds around.
    fn items_of(&self, frame: FrameIx) -> Vec<Arc<str>> {
        let rounds = |frame: FrameIx| self.frames[frame.0 as usize].rounds.as_ref();
        self.frames_around(frame).into_iter().filter_map(rounds).map(|rounds| rounds.item.clone()).collect()
    }

    /// Whether there is a variable that it begins with.
    fn check_path(
        &mut self,
        path: &VariablePath,
        reading: &Reading,
        data: &ObjectType,
        settings: &ObjectType,
        keys: &[Arc<str>],
    ) -> bool {
        let parts = path.names();
        let Some((root, rest)) = parts.split_first() else { return true };
        let Frame { in_block, .. } = self.frames[reading.frame.0 as usize];
        let params = self.frames[reading.frame.0 as usize].params.clone();
        match (*root, rest) {
            ("application", rest) => self.check_fields(rest, data, "application", path, reading),
            ("settings", rest) => self.check_fields(rest, settings, "settings", path, reading),
            ("authority", [field, ..]) if !readable().iter().any(|(known, ..)| known == field) => {
                self.unknown_name(field, "authority", readable().map(|(known, ..)| known), path, reading);
            }
            ("file", [field, ..]) if !CASE_FIELDS.contains(field) => {
                self.unknown_name(field, "file", CASE_FIELDS, path, reading);
            }
            ("steps", [key, ..]) if !keys.iter().any(|known| **known == **key) => {
                self.unknown_name(key, "steps", keys.iter().map(|key| &**key), path, reading);
            }
            ("parties", [kind, ..]) if !self.parties.iter().any(|known| *data_key(&known.name) == **kind) => {
                let known: Vec<_> = self.parties.iter().map(|kind| data_key(&kind.name)).collect();
                self.unknown_name(kind, "parties", known.iter().map(|key| &**key), path, reading);
            }
            ("acts", [kind, ..])
                if *kind != ALL_ACTS && !self.acts.keys().any(|known| *data_key(known) == **kind) =>
            {
                let known: Vec<_> = self.acts.keys().map(|kind| data_key(kind)).collect();
                let known = known.iter().map(|key| &**key).chain([ALL_ACTS]);
                self.unknown_name(kind, "acts", known, path, reading);
            }
            ("params", [name, ..]) if in_block && params.get(*name).is_none() => {
                let known: Vec<&str> =
                    params.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
                self.unknown_name(name, "params", known, path, reading);
            }
            ("authority" | "file" | "steps" | "parties" | "acts" | "today", _) => {}
            ("undone", _) if self.has_undo => {}
            (item, _) if self.items_of(reading.frame).iter().any(|name| **name == *item) => {}
            ("params", _) if in_block => {}
            ("result", _) if reading.result => {}
            _ => {
                let mut known =
                    vec!["application", "authority", "settings", "steps", "file", "parties", "acts", "today"];
                known.extend(in_block.then_some("params"));
                known.extend(reading.result.then_some("result"));
                known.extend(self.has_undo.then_some("undone"));
                let items = self.items_of(reading.frame);
                known.extend(items.iter().map(|item| &**item));
                let holds = [("application", data), ("settings", settings)].into_iter();
                let holds = holds.filter(|(_, fields)| fields.field(root).is_some()).map(|(of, _)| of);
                let holds: Vec<&str> =
                    holds.chain(keys.iter().any(|key| **key == **root).then_some("steps")).collect();
                let found = self.unknown_name(root, "", known, path, reading);
                if let [of] = *holds {
                    found.meant(root, &format!("{of}.{root}"));
                }
                return false;
            }
        }
        true
    }

    fn check_fields(
        &mut self,
        rest: &[&str],
        object: &ObjectType,
        of: &str,
        path: &VariablePath,
        reading: &Reading,
    ) {
        let Some((name, rest)) = rest.split_first() else { return };
        match object.field(name).map(|field| &field.ty) {
            None => {
                self.unknown_name(name, of, object.fields.iter().map(|field| &*field.name), path, reading);
            }
            Some(Type::Object(inner)) => {
                self.check_fields(rest, inner, &format!("{of}.{name}"), path, reading)
            }
            Some(_) => {}
        }
    }

    fn unknown_name<'a>(
        &mut self,
        name: &str,
        of: &str,
        known: impl IntoIterator<Item = &'a str>,
        path: &VariablePath,
        reading: &Reading,
    ) -> &mut Diagnostic {
        let span = if reading.span.length == 0 {
            at_place(&reading.span, path.place().line, path.place().column)
        } else {
            reading.span.clone()
        };
        let within = if of.is_empty() {
            (String::new(), String::new())
        } else {
            (format!(" in „{of}“"), format!(" in `{of}`"))
        };
        self.problems
            .error(
                &span,
                "unknown_name",
                Text::new(
                    format!("Die Regel liest „{name}“; das gibt es{} nicht.", within.0),
                    format!("The rule reads `{name}`, which does not exist{}.", within.1),
                ),
            )
            .did_you_mean(name, known)
    }
}

/// A place inside a file.
pub fn at_place(file: &Span, line: Option<usize>, column: Option<usize>) -> Span {
    let count = |n: Option<usize>| n.and_then(|n| u32::try_from(n).ok()).unwrap_or(1).max(1);
    Span { file: file.file.clone(), line: count(line), column: count(column), length: 1 }
}
