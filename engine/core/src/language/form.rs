//! Reads forms: what a task shows and takes.

use std::sync::Arc;

use super::{
    compiler::Compiler,
    data_types::{option_rules, refuse_rules, short_field},
    expand::{Gaps, ITEM, expand},
    fields::{Fields, check_field_name, entries, items, text},
    using::written_out,
    yaml::{Key, Kind, Node},
};
use crate::{
    definition::{Form, FormField, Shown},
    schema::{Choice, ObjectType, Type, Validator},
    words::Text,
};

/// The field whose value is the outcome of its task.
pub const OUTCOME_FIELD: &str = "outcome";

/// What a form says besides its fields.
pub struct FormText {
    /// What is to be done.
    pub title: Option<Text>,
    /// How.
    pub help: Option<Text>,
    /// What it shows and takes.
    pub form: Form,
}

impl Form {
    /// How its task can end: the choices of its field `outcome`.
    pub fn outcomes(&self) -> Vec<Arc<str>> {
        self.outcome_choices().iter().map(|choice| choice.id.clone()).collect()
    }

    /// The same with what people read for each.
    pub fn outcome_choices(&self) -> &[Choice] {
        let outcome = self.fields.iter().find(|field| &*field.field.name == OUTCOME_FIELD);
        match outcome.map(|field| &field.field.ty) {
            Some(Type::Choice(choices)) => choices,
            _ => &[],
        }
    }
}

impl Compiler<'_> {
    /// Reads a form, in place or in a file.
    pub fn form(&mut self, node: &Node) -> Option<FormText> {
        let in_file;
        let node = match &node.kind {
            Kind::Text(_) => {
                in_file = self.gapped_file(node)?;
                &in_file
            }
            _ => node,
        };
        let fields = Fields::of(node, &mut self.problems)?;
        let title = fields.words("title", &mut self.problems);
        let help = fields.words("help", &mut self.problems);
        let mut list = Vec::new();
        for (key, node) in fields.get("fields").map_or(&[][..], |node| entries(node, &mut self.problems)) {
            self.form_entry(key, node, &mut list);
        }
        let mut show = Vec::new();
        for node in fields.get("show").map_or(&[][..], |node| items(node, &mut self.problems)) {
            show.extend(self.shown(node));
        }
        fields.finish(&mut self.problems);
        let ty = ObjectType { fields: list.iter().map(|field: &FormField| field.field.clone()).collect() };
        // Whether a field must be filled depends on whether it is shown, so that is checked apart from the types.
        let types = ObjectType {
            fields: ty
                .fields
                .into_iter()
                .map(|field| crate::schema::Field { required: false, ..field })
                .collect(),
        };
        let validator = match Validator::of(&types) {
            Ok(validator) => validator,
            Err(why) => {
                self.problems.error(
                    &node.span,
                    "pattern_invalid",
                    Text::new(
                        format!("Ein Muster in diesem Formular ist nicht lesbar: {why}"),
                        format!("A pattern in this form cannot be read: {why}"),
                    ),
                );
                return None;
            }
        };
        Some(FormText { title, help, form: Form { fields: list, validator, show } })
    }

    /// A file of the block with the parameters of its use put in.
    fn gapped_file(&mut self, node: &Node) -> Option<Node> {
        let tree = self.yaml_file(node)?;
        let gaps = self.gaps.get(node.frame as usize).cloned().unwrap_or_default();
        Some(expand(&tree, node.frame, &gaps, &mut self.problems))
    }

    fn form_entry(&mut self, key: &Key, node: &Node, list: &mut Vec<FormField>) {
        let (Some(each), Some(template)) = (node.get("each"), node.get("field")) else {
            check_field_name(key, &mut self.problems);
            list.extend(self.form_field(key, node));
            return;
        };
        // One field for every entry of a list parameter; `$item` is the entry.
        for item in items(each, &mut self.problems) {
            if !self.writes_out(written_out(template) + written_out(item), &key.span) {
                return;
            }
            let mut gaps = Gaps::default();
            gaps.values.insert(ITEM.into(), item.clone());
            let filled = expand(template, node.frame, &gaps, &mut self.problems);
            let Some(name) = filled.get("name").and_then(|name| text(name, &mut self.problems)).cloned()
            else {
                self.problems.error(
                    &template.span,
                    "missing_key",
                    Text::new("Jedes Feld braucht hier „name“.", "Every field needs a `name` here."),
                );
                continue;
            };
            let span = filled.get("name").map_or(&key.span, |name| &name.span).clone();
            let own = Key { span, text: name };
            check_field_name(&own, &mut self.problems);
            if list.iter().any(|known| known.field.name == own.text) {
                let name = &own.text;
                self.problems.error(
                    &own.span,
                    "duplicate_field",
                    Text::new(
                        format!("Ein Feld „{name}“ hat das Formular schon."),
                        format!("The form already has a field `{name}`."),
                    ),
                );
                continue;
            }
            list.extend(self.form_field(&own, &filled));
        }
    }

    fn form_field(&mut self, key: &Key, node: &Node) -> Option<FormField> {
        let fields = Fields::of(node, &mut self.problems)?;
        fields.get("name");
        let field = short_field(key, &fields, &mut self.problems);
        let when = fields.get("when").and_then(|node| self.form_rule(node));
        let propose = fields.get("propose").and_then(|node| self.expression(node));
        let printed = fields.flag("printed", false, &mut self.problems);
        let mut options = Vec::new();
        let rules = option_rules(&fields);
        match field.as_ref().map(|field| &field.ty) {
            Some(Type::Choice(_)) => {
                for (key, node) in rules {
                    options.extend(self.form_rule(node).map(|rule| (key.text.clone(), rule)));
                }
            }
            _ => refuse_rules(rules, &mut self.problems),
        }
        fields.finish(&mut self.problems);
        Some(FormField { field: field?, when, propose, options, printed })
    }

    fn shown(&mut self, node: &Node) -> Option<Shown> {
        let fields = Fields::of(node, &mut self.problems)?;
        let title = fields.need("title", &mut self.problems).and_then(|node| self.words(node));
        let value = fields.need("value", &mut self.problems).and_then(|node| self.expression(node));
        fields.finish(&mut self.problems);
        Some(Shown { title: title?, value: value? })
    }
}
