//! What steps and reactions write, and where: the first half of whether a value is there.

use std::sync::Arc;

use fachwerk_rules::HitPolicy;

use crate::{
    definition::{
        Compute, FeeStep, FrameIx, Handler, Kind, Part, Release, ScopeIx, Shape, Step, TextBlocks,
        TriggerKind,
    },
    language::data_key,
};

/// Where a value lies among the results of a case.
pub type Address = Vec<Part>;

/// Fields that are written into one object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// The object.
    pub at: Address,
    /// The fields that are sure to be written.
    pub sure: Vec<Arc<str>>,
    /// Those that may be left out; rules have to ask for them in any case.
    pub optional: Vec<Arc<str>>,
    /// Whether there are fields whose names are known only when the case runs.
    pub open: bool,
}

impl Write {
    fn fields(at: Address, sure: Vec<Arc<str>>) -> Write {
        Write { at, sure, optional: Vec::new(), open: false }
    }

    fn open(at: Address) -> Write {
        Write { at, sure: Vec::new(), optional: Vec::new(), open: true }
    }
}

/// Where the result of what carries this id in a frame goes.
fn place(release: &Release, frame: FrameIx, id: &str) -> Address {
    let of = release.frame(frame);
    let mut at = of.at.clone();
    if !of.in_block {
        at.push(Part::Key(data_key(id)));
    }
    at
}

/// Where what rules know of the case itself lies; no step can be called so.
pub fn file() -> Address {
    vec![Part::Key("file of the case".into())]
}

/// What a step has written when it is left, whichever way; of a scope only what it writes itself.
pub fn of_step(release: &Release, step: &Step) -> Vec<Write> {
    let number = match &step.kind {
        Kind::Number(number) if number.file_number => Some(Write::fields(file(), vec!["number".into()])),
        _ => None,
    };
    result_of(release, step).into_iter().chain(number).collect()
}

fn result_of(release: &Release, step: &Step) -> Option<Write> {
    let at = || place(release, step.frame, &step.id);
    match &step.kind {
        Kind::Task(task) => {
            let sure = |field: &&crate::definition::FormField| field.field.required && field.when.is_none();
            let (sure, optional): (Vec<_>, Vec<_>) = task.form.fields.iter().partition(sure);
            let names = |fields: Vec<&crate::definition::FormField>| {
                fields.into_iter().map(|field| field.field.name.clone()).collect()
            };
            Some(Write { at: at(), sure: names(sure), optional: names(optional), open: false })
        }
        Kind::Compute(Compute::Fields(fields)) => {
            Some(Write::fields(at(), fields.iter().map(|(name, _)| name.clone()).collect()))
        }
        Kind::Decide(decision) => {
            let each = matches!(
                decision.table.hit_policy(),
                HitPolicy::Unique | HitPolicy::Any | HitPolicy::First | HitPolicy::Priority
            );
            // What several rows say together lies under the name of the first output.
            let written = if each { decision.outputs.len() } else { 1 };
            let outputs = decision.outputs.iter().take(written).chain(&decision.trace);
            Some(Write::fields(at(), outputs.cloned().collect()))
        }
        Kind::Fee(_) => {
            Some(Write::fields(at(), FeeStep::WRITTEN.iter().map(|name| (*name).into()).collect()))
        }
        Kind::Texts(_) => Some(Write::fields(at(), vec![TextBlocks::TEXT.into(), TextBlocks::TEXTS.into()])),
        Kind::Number(_) => Some(Write::fields(at(), vec!["number".into()])),
        Kind::Compute(Compute::Script(_)) | Kind::Effect(_) | Kind::Call(_) => Some(Write::open(at())),
        Kind::Scope(scope) if matches!(release.scope(*scope).shape, Shape::Each(_)) => {
            Some(Write::fields(release.frame(step.frame).at.clone(), vec![data_key(&step.id)]))
        }
        // What a message brings is written on the way that it takes.
        Kind::Wait(_)
        | Kind::Issue(_)
        | Kind::Choose(_)
        | Kind::Scope(_)
        | Kind::Join(_)
        | Kind::Raise(_)
        | Kind::Cancel(_)
        | Kind::Compensate(_)
        | Kind::End(_) => None,
    }
}

/// What a wait step has written when this came.
pub fn of_wait(release: &Release, step: &Step, wait: &Handler) -> Option<Write> {
    matches!(wait.trigger, TriggerKind::Message(..))
        .then(|| Write::open(place(release, step.frame, &step.id)))
}

/// What a reaction of a scope has written when it goes on.
pub fn of_handler(release: &Release, scope: ScopeIx, handler: &Handler) -> Option<Write> {
    let first = release.scope(scope).steps.first()?;
    let at = place(release, release.step(*first).frame, &handler.name);
    let named =
        |names: &[&str]| Some(Write::fields(at.clone(), names.iter().map(|name| (*name).into()).collect()));
    match &handler.trigger {
        TriggerKind::Message(..) => Some(Write::open(at)),
        TriggerKind::Error(_) => named(&["code", "step", "message"]),
        TriggerKind::ByHand(_) => named(&["by", "reason", "on"]),
        TriggerKind::Deadline(_)
        | TriggerKind::Dispatch(_)
        | TriggerKind::Timer(_)
        | TriggerKind::Signal(_)
        | TriggerKind::Escalation(_)
        | TriggerKind::Condition(_) => None,
    }
}
