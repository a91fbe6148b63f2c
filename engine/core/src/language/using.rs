//! Puts a block in place where a step uses it: its parameters are checked, the gaps of its text filled, its steps read.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    block::Block,
    compiler::{Compiler, MAX_BLOCK_DEPTH, Place, ScopeText, data_key, index},
    expand::{Gaps, expand},
    fields::{Fields, entries, text},
    yaml::{Kind as NodeKind, Node},
};
use crate::{
    definition::{Frame, FrameIx, Kind, Part, Shape, StepIx, UsedBlock},
    diagnostic::Span,
    schema::{Misfit, ObjectType, Validator},
    words::{Object, Text, Value},
};

/// How much the uses of blocks and files may write out together, in bytes: each text once for each use, a value counted
/// as a hundred. Without it a few kilobytes of blocks that use blocks fill the memory.
pub const MAX_WRITTEN_OUT_BYTES: usize = 20_000_000;

impl Compiler<'_> {
    /// Puts a block in place.
    pub fn block(&mut self, ix: StepIx, node: &Node, fields: &Fields<'_>, place: &Place) -> Option<Kind> {
        let reference = text(node, &mut self.problems)?;
        let catalogue = self.catalogue;
        let Some(entry) = catalogue.find(reference) else {
            self.problems
                .error(
                    &node.span,
                    "unknown_block",
                    Text::new(
                        format!("Den Baustein „{reference}“ gibt es nicht."),
                        format!("There is no block `{reference}`."),
                    ),
                )
                .did_you_mean(reference, catalogue.references().iter().map(|name| &**name));
            return None;
        };
        let block = &entry.block;
        if self.nesting.contains(&block.id) || self.nesting.len() >= MAX_BLOCK_DEPTH {
            let way = self.nesting.join(" → ");
            self.problems.error(
                &node.span,
                "block_uses_itself",
                Text::new(
                    format!(
                        "Der Baustein „{}“ verwendet sich selbst oder ist zu tief geschachtelt ({way}).",
                        block.id
                    ),
                    format!("The block `{}` uses itself or is nested too deeply ({way}).", block.id),
                ),
            );
            return None;
        }
        let before = self.problems.mark();
        let mut values = self.parameters(block, fields);
        let role = fields.get("role");
        match (role, block.needs_role) {
            (Some(role), _) => {
                values.insert("role".into(), role.clone());
            }
            (None, false) => {}
            (None, true) => {
                self.problems.error(
                    &node.span,
                    "role_missing",
                    Text::new(
                        format!("Der Baustein „{}“ braucht eine Rolle („role“).", block.id),
                        format!("The block `{}` needs a `role`.", block.id),
                    ),
                );
            }
        }
        // What is wrong inside then only follows from what is wrong here.
        let wrong_here = self.problems.has_errors_since(before);
        let said = self.problems.mark();
        let texts = [&block.steps].into_iter().chain(&block.on).chain(values.values());
        let bytes = texts.map(written_out).sum();
        if !self.writes_out(bytes, &node.span) {
            return None;
        }
        let frame = self.enter_frame(ix, &values, block.parameters.clone(), place);
        self.folders.push(&entry.folder);
        let gaps = Gaps { values, kept: block.outcomes.iter().map(|(id, _)| id.clone()).collect() };
        self.gaps.push(gaps.clone());
        let steps = expand(&block.steps, frame.0, &gaps, &mut self.problems);
        let on = block.on.as_ref().map(|on| expand(on, frame.0, &gaps, &mut self.problems));
        let used = UsedBlock { version: block.version.to_string().into(), title: block.title.clone() };
        if let Some(known) = self.blocks.get(&block.id).filter(|known| known.version != used.version) {
            let (id, other, this) = (&block.id, &known.version, &used.version);
            let message = Text::new(
                format!("Der Baustein „{id}“ wird in zwei Versionen verwendet: {other} und {this}."),
                format!("The block `{id}` is used in two versions: {other} and {this}."),
            );
            self.problems.error(&node.span, "block_in_two_versions", message).help(Text::new(
                "Überall dieselbe Angabe hinter @ verwenden; ein Verfahren enthält von einem Baustein eine Version.",
                "Say the same behind @ everywhere; a process holds one version of a block.",
            ));
            return None;
        }
        self.blocks.insert(block.id.clone(), used);
        self.steps[ix.0 as usize].block = Some(block.id.clone());
        self.nesting.push(block.id.clone());
        let scope = self.scope(ScopeText {
            steps: &steps,
            on: on.as_ref(),
            owner: Some(ix),
            frame,
            outcomes: Some(gaps.kept),
            shape: Shape::Path,
        });
        self.nesting.pop();
        if wrong_here {
            self.problems.forget_since(said);
        }
        Some(Kind::Scope(scope))
    }

    /// Notes that a text is written out at a place; false when that is too much, which is told once.
    pub fn writes_out(&mut self, bytes: usize, at: &Span) -> bool {
        let before = self.written_out_bytes;
        self.written_out_bytes = before.saturating_add(bytes);
        let fits = self.written_out_bytes <= MAX_WRITTEN_OUT_BYTES;
        if !fits && before <= MAX_WRITTEN_OUT_BYTES {
            self.problems.error(
                at,
                "too_much_written_out",
                Text::new(
                    format!(
                        "Ausgeschrieben ist das Verfahren mit allen Bausteinen zu groß (mehr als {MAX_WRITTEN_OUT_BYTES} Bytes)."
                    ),
                    format!(
                        "Written out with all its blocks the process is too large (more than {MAX_WRITTEN_OUT_BYTES} bytes)."
                    ),
                ),
            );
        }
        fits
    }

    fn enter_frame(
        &mut self,
        ix: StepIx,
        values: &BTreeMap<Arc<str>, Node>,
        parameters: ObjectType,
        place: &Place,
    ) -> FrameIx {
        let params: Object = values.iter().map(|(name, node)| (name.to_string(), node.to_value())).collect();
        let mut at = self.frames[place.frame.0 as usize].at.clone();
        at.push(Part::Key(data_key(&self.steps[ix.0 as usize].id)));
        let frame = FrameIx(index(self.frames.len()));
        self.frames.push(Frame {
            at,
            params: Arc::new(Value::Object(params)),
            parameters,
            in_block: true,
            rounds: None,
        });
        frame
    }

    fn parameters(&mut self, block: &Block, fields: &Fields<'_>) -> BTreeMap<Arc<str>, Node> {
        let mut values = BTreeMap::new();
        let with = fields.get("with");
        for (key, node) in with.map_or(&[][..], |with| entries(with, &mut self.problems)) {
            if block.parameters.field(&key.text).is_none() {
                self.problems
                    .error(
                        &key.span,
                        "unknown_parameter",
                        Text::new(
                            format!("Der Baustein „{}“ hat keinen Parameter „{}“.", block.id, key.text),
                            format!("The block `{}` has no parameter `{}`.", block.id, key.text),
                        ),
                    )
                    .did_you_mean(&key.text, block.parameters.fields.iter().map(|field| &*field.name));
            } else {
                values.insert(key.text.clone(), node.clone());
            }
        }
        self.check_parameters(&block.parameters, &values, with.map_or(fields.span(), |with| &with.span));
        for field in &block.parameters.fields {
            if !values.contains_key(&field.name) {
                let default = field.default.clone().unwrap_or(Value::Null);
                // A default belongs to the text of the block: files that it names lie in the folder of the block.
                let frame = index(self.frames.len());
                values.insert(field.name.clone(), Node::from_value(&default, fields.span(), frame));
            }
        }
        values
    }

    fn check_parameters(&mut self, ty: &ObjectType, values: &BTreeMap<Arc<str>, Node>, span: &Span) {
        for field in ty.fields.iter().filter(|field| field.required && !values.contains_key(&field.name)) {
            self.problems.error(
                span,
                "parameter_missing",
                Text::new(
                    format!("Der Parameter „{}“ ({}) fehlt.", field.name, field.title.de),
                    format!("The parameter `{}` ({}) is missing.", field.name, field.title.en),
                ),
            );
        }
        let Ok(validator) = Validator::of(ty) else { return };
        let given: Object = values.iter().map(|(name, node)| (name.to_string(), node.to_value())).collect();
        for Misfit { at, code, message } in validator.check(&Value::Object(given)) {
            let mut parts = at.split('/').skip(1);
            let node = parts.next().and_then(|name| values.get(name));
            if code == "required" && at.matches('/').count() == 1 {
                continue;
            }
            let node = node.and_then(|node| inner(node, parts));
            // A rule says the period.
            if code == "period" && node.is_some_and(is_rule) {
                continue;
            }
            let span = node.map_or(span, |node| &node.span).clone();
            self.problems.error(&span, "parameter_does_not_fit", message);
        }
    }
}

/// The node at the end of a JSON pointer.
fn inner<'n, 'p>(node: &'n Node, path: impl Iterator<Item = &'p str>) -> Option<&'n Node> {
    let mut found = node;
    for part in path {
        found = match &found.kind {
            NodeKind::List(items) => items.get(part.parse::<usize>().ok()?)?,
            _ => found.get(part)?,
        };
    }
    Some(found)
}

/// What a text takes when it is written out, in bytes.
pub fn written_out(node: &Node) -> usize {
    const VALUE: usize = 100;
    VALUE
        + match &node.kind {
            NodeKind::Text(text) => text.len(),
            NodeKind::List(items) => items.iter().map(written_out).sum(),
            NodeKind::Map(entries) => {
                entries.iter().map(|(key, node)| key.text.len() + written_out(node)).sum()
            }
            NodeKind::Null | NodeKind::Bool(_) | NodeKind::Int(_) => 0,
        }
}

/// Whether the text says a rule (`= …`) instead of a value.
fn is_rule(node: &Node) -> bool {
    matches!(&node.kind, NodeKind::Text(text) if text.starts_with('='))
}
