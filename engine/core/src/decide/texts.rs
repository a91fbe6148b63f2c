//! Text blocks: those are said whose condition holds.

use std::sync::Arc;

use fachwerk_rules::Template;
use serde_json::json;

use super::{
    turn::{Deciding, trouble},
    values::rule_trouble,
};
use crate::{
    definition::{Expr, Rule, Step, TextBlock, TextBlocks},
    event::{MatchedRow, Trouble},
    words::{Date, InstanceId, Object, Text, Value},
};

impl Deciding<'_> {
    /// Puts the texts together and goes on.
    pub fn say_texts(&mut self, instance: InstanceId, step: &Step, texts: &TextBlocks) {
        match self.texts_said(instance, texts) {
            Ok((matched, written)) => {
                let inputs = self.sight(instance, step.frame).inputs(&texts.paths);
                let result = Value::Object(written.clone());
                self.trace(instance, texts.source.clone(), inputs, result, matched);
                self.write(instance, step, written);
                self.leave(instance, None);
            }
            Err(trouble) => self.stuck(Some(instance), *trouble),
        }
    }

    fn texts_said(
        &self,
        instance: InstanceId,
        texts: &TextBlocks,
    ) -> Result<(Vec<MatchedRow>, Object), Box<Trouble>> {
        let (mut matched, mut said, mut each) = (Vec::new(), Vec::new(), Vec::new());
        for (row, block) in (1..).zip(&texts.blocks) {
            if !self.is_said(instance, block)? {
                continue;
            }
            let text = self.rendered(instance, &block.text)?.trim().to_owned();
            // A text of which nothing is left says nothing.
            if text.is_empty() {
                continue;
            }
            matched.push(MatchedRow { row, norm: block.norm.clone(), law: None });
            let kind = block.condition.map(|kind| json!(kind.code()));
            let due = self.due_of(instance, block)?.map(|day| json!(day));
            let parts = [("kind", kind), ("text", Some(text.as_str().into())), ("due", due)];
            let entry = parts.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
            each.push(Value::Object(entry.collect()));
            said.push(text);
        }
        let mut written = Object::new();
        written.insert(TextBlocks::TEXT.into(), said.join("\n\n").into());
        written.insert(TextBlocks::TEXTS.into(), Value::Array(each));
        Ok((matched, written))
    }

    fn is_said(&self, instance: InstanceId, block: &TextBlock) -> Result<bool, Box<Trouble>> {
        let Some(rule) = &block.when else { return Ok(true) };
        match self.asked(instance, rule)? {
            Value::Bool(holds) => Ok(holds),
            other => Err(self.not_a_condition(instance, &rule.source, &other)),
        }
    }

    fn due_of(&self, instance: InstanceId, block: &TextBlock) -> Result<Option<Date>, Box<Trouble>> {
        let Some(rule) = &block.due else { return Ok(None) };
        let said = self.asked(instance, rule)?;
        if said.is_null() {
            return Ok(None);
        }
        let day = said.as_str().and_then(|text| text.parse().ok());
        day.map(Some).ok_or_else(|| {
            trouble(
                "due_not_a_day",
                self.step_of(instance).as_ref(),
                Text::new(
                    format!("Die Regel „{}“ muss einen Tag ergeben; sie ergibt {said}.", rule.source),
                    format!("The rule `{}` must say a day; it says {said}.", rule.source),
                ),
                Text::new(
                    "Die Angaben im Vorgang prüfen; sonst braucht es eine berichtigte Version des Verfahrens. Dann wiederholen.",
                    "Check the data of the case; else a mended version of the process is needed. Then retry.",
                ),
                Value::Null,
            )
        })
    }

    fn asked(&self, instance: InstanceId, rule: &Expr) -> Result<Value, Box<Trouble>> {
        let sight = self.sight(instance, rule.frame);
        rule.compiled.eval(&sight.vars()).map_err(|error| {
            let inputs = sight.inputs(rule.compiled.variables());
            rule_trouble(&error, self.step_of(instance).as_ref(), &rule.source, inputs)
        })
    }

    /// A text with its gaps filled.
    pub fn rendered(&self, instance: InstanceId, rule: &Rule<Template>) -> Result<String, Box<Trouble>> {
        let sight = self.sight(instance, rule.frame);
        rule.compiled.render(&sight.vars()).map_err(|error| {
            let source: &Arc<str> = &rule.source;
            trouble(
                "template_failed",
                self.step_of(instance).as_ref(),
                Text::new(
                    format!("Der Text „{source}“ lässt sich nicht ausfüllen: {}", error.message_de),
                    format!("The text `{source}` cannot be filled in: {}", error.message),
                ),
                Text::new(
                    "Die fehlende Angabe ergänzen oder den Textbaustein berichtigen, dann wiederholen.",
                    "Add what is missing or mend the template, then retry.",
                ),
                Value::Object(sight.inputs(rule.compiled.variables())),
            )
        })
    }
}
