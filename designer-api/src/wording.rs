//! The words for outcomes and messages, which stand in blocks and forms and not in the release itself.

use std::{collections::BTreeMap, sync::Arc};

use fachwerk_core::{
    definition::{Kind, MAX_REACHED, Release, Step, TriggerKind},
    language::{Block, Catalogue},
    words::{StepPath, Text},
};

/// What people read for the outcomes and messages of blocks.
#[derive(Clone, Debug, Default)]
pub struct Wording {
    outcomes: BTreeMap<Arc<str>, BTreeMap<Arc<str>, Text>>,
    messages: BTreeMap<Arc<str>, Text>,
    /// The conditions that steps wait for, as sentences.
    conditions: BTreeMap<(StepPath, Arc<str>), Text>,
}

impl Wording {
    /// The words of some blocks.
    pub fn of<'a>(blocks: impl IntoIterator<Item = &'a Block>) -> Wording {
        let mut wording = Wording::default();
        for block in blocks {
            wording.outcomes.insert(block.id.clone(), block.outcomes.iter().cloned().collect());
            for (name, title) in &block.messages {
                wording.messages.entry(name.clone()).or_insert_with(|| title.clone());
            }
        }
        wording
    }

    /// The words of the blocks that a release uses, as they stand in a catalogue.
    pub fn of_used(release: &Release, catalogue: &Catalogue) -> Wording {
        let used = release.blocks.iter().filter_map(|(id, used)| catalogue.exact(id, &used.version));
        Wording::of(used.map(|entry| &entry.block)).with_messages_of(release)
    }

    /// With what the process itself says; it knows better than its blocks what comes in.
    pub fn with_messages_of(mut self, release: &Release) -> Wording {
        self.messages.extend(release.messages.clone());
        let vocabularies = release.vocabularies();
        for step in &release.steps {
            let Kind::Wait(handlers) = &step.kind else { continue };
            for handler in handlers {
                if let TriggerKind::Condition(rule) = &handler.trigger
                    && let Some(said) = vocabularies.sentence(rule, None)
                {
                    self.conditions.insert((step.path.clone(), handler.name.clone()), said);
                }
            }
        }
        self
    }

    /// What people read for a message; none when no block says it.
    pub fn message(&self, name: &str) -> Option<&Text> {
        self.messages.get(name)
    }

    /// The same, or the name itself.
    pub fn message_or_name(&self, name: &str) -> Text {
        self.message(name).cloned().unwrap_or_else(|| Text::new(name, name))
    }

    /// What people read for an outcome of a step; the outcome itself when nobody says it.
    pub fn outcome(&self, step: &Step, outcome: &str) -> Text {
        let said = match &step.kind {
            Kind::Task(task) => {
                let mut choices = task.form.outcome_choices().iter();
                choices.find(|choice| &*choice.id == outcome).map(|choice| choice.title.clone())
            }
            Kind::Wait(handlers) => {
                let handler = handlers.iter().find(|handler| &*handler.name == outcome);
                handler.and_then(|handler| match &handler.trigger {
                    TriggerKind::Message(name, _) => self.message(name).cloned(),
                    TriggerKind::Condition(_) => {
                        self.conditions.get(&(step.path.clone(), handler.name.clone())).cloned()
                    }
                    trigger => trigger.title().cloned(),
                })
            }
            Kind::Scope(_) if outcome == MAX_REACHED => {
                Some(Text::new("so oft wiederholt wie erlaubt", "repeated as often as allowed"))
            }
            Kind::Scope(_) => {
                let block = step.block.as_ref().and_then(|block| self.outcomes.get(block));
                block.and_then(|outcomes| outcomes.get(outcome)).cloned()
            }
            _ => None,
        };
        said.unwrap_or_else(|| Text::new(outcome, outcome))
    }
}
