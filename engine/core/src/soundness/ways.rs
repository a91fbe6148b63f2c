//! How each step can go on, whatever the data: the control flow that everything here is proven on.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use crate::{
    definition::{
        Expr, From, Handler, Join, Kind, MAX_REACHED, Raise, Release, ScopeIx, Shape, Step, StepIx, Target,
        TriggerKind,
    },
    words::StepPath,
};

/// One of the ways in which a step can go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// By which it is told from the others.
    pub by: By,
    /// Whether data decide that it is gone; else a person or what comes from outside does, or there is no other.
    pub ruled: bool,
    /// Whether these data are the application and settings alone, which nothing that a process does changes.
    pub fixed: bool,
    /// Whether a case can go it at once, without a stop for a person, a connector or time.
    pub passes: bool,
    /// Whether a case may stop before it. A scope may do both: rounds over nothing pass, others stop.
    pub stops: bool,
    /// Whether it is only taken to be there: what it would come out of never ends.
    pub supposed: bool,
    /// Where it leads.
    pub next: Next,
}

/// What tells a way of a step from its others.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum By {
    /// There is nothing to tell.
    Itself,
    /// The outcome.
    Outcome(Arc<str>),
    /// The number of the way of a choice, counted from 1.
    Way(usize),
    /// A reaction of the scope that it is.
    Handler(Arc<str>),
    /// Other paths came to the same join.
    Meeting,
    /// A step elsewhere has ended it.
    Cancelled,
}

/// Where a way leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// To steps of the same scope.
    Steps(Vec<StepIx>),
    /// The path ends.
    Ends(Option<Arc<str>>),
    /// The scope is left.
    Leaves(Arc<str>),
    /// An error is raised that something around must handle.
    Raises(Arc<str>),
}

/// How a scope can be over.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// By an outcome, or without one.
    Over(Option<Arc<str>>),
    /// By an error that nothing inside handles.
    Raised(Arc<str>),
}

/// What is known of an exit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leads {
    /// Whether data decide that it is taken.
    pub ruled: bool,
    /// Whether a case can come to it without a stop.
    pub passes: bool,
    /// Whether the application and settings alone decide on every way to it.
    pub fixed: bool,
    /// Whether it is only taken to be there, since there is no other.
    pub supposed: bool,
}

/// How inner scopes can be over.
pub type Known = BTreeMap<ScopeIx, BTreeMap<Exit, Leads>>;

/// What must not have been done on a way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Avoided {
    /// Steps: whoever comes to one stays there.
    pub steps: BTreeSet<StepIx>,
    /// Reactions that a person causes.
    pub by_hand: bool,
    /// Reactions for which a rule must hold: it often speaks of what the run has not been at.
    pub conditional: bool,
}

impl Avoided {
    /// Whether nothing wakes a reaction or a branch of a wait step, because what it waits for is not done.
    fn keeps(&self, release: &Release, trigger: &TriggerKind) -> bool {
        let letter = match trigger {
            TriggerKind::ByHand(_) => return self.by_hand,
            TriggerKind::Dispatch(step) => step,
            TriggerKind::Deadline(kind) => match &kind.from {
                From::Notification(step) => step,
                From::Entry | From::Day(_) => return false,
            },
            _ => return false,
        };
        self.steps.iter().any(|ix| release.lies_in(letter, &release.step(*ix).path))
    }
}

/// The steps of one scope and their ways.
#[derive(Debug)]
pub struct Flow {
    /// The scope.
    pub scope: ScopeIx,
    /// What it begins with.
    pub starts: Vec<StepIx>,
    /// What its reactions begin or leave by, and whether they end all else.
    pub reactions: Vec<Reaction>,
    /// The ways of each step.
    pub ways: BTreeMap<StepIx, Vec<Way>>,
    /// Whether ways were left out, so that what is left need not come to an end.
    pub partial: bool,
    /// Whether some steps are avoided: then what waits for all of several paths is only passed when all can come.
    pub strict: bool,
    /// Of the joins for all paths the steps that lead there; only when steps are avoided.
    pub joined: BTreeMap<StepIx, BTreeSet<StepIx>>,
}

/// A reaction of a scope.
#[derive(Debug)]
pub struct Reaction {
    /// Its name.
    pub name: Arc<str>,
    /// Where it leads; none: nowhere.
    pub next: Option<Next>,
    /// Whether it ends all else in the scope.
    pub interrupts: bool,
    /// Whether an error inside causes it: one that is raised, or anything that fails.
    pub by_error: bool,
    /// Whether it comes only when something else in the case is so.
    pub depends: bool,
}

impl Flow {
    /// The flow of a scope whose inner scopes can be over as is known.
    pub fn of(release: &Release, scope: ScopeIx, exits: &Known, cancelled: &BTreeSet<StepIx>) -> Flow {
        let of_scope = release.scope(scope);
        let starts = match of_scope.shape {
            Shape::Path | Shape::Each(_) => of_scope.steps.iter().take(1).copied().collect(),
            Shape::Fork(_) | Shape::AdHoc(_) => of_scope.steps.clone(),
        };
        let of_step = |ix: &StepIx| {
            let mut all = ways(release, release.step(*ix), exits);
            all.extend(cancelled.contains(ix).then(Way::cancelled));
            (*ix, all)
        };
        let ways = of_scope.steps.iter().map(of_step).collect();
        let reactions = of_scope.handlers.iter().filter(|it| can_come(release, scope, &it.trigger));
        let reactions = reactions.map(reaction).collect();
        let joined = BTreeMap::new();
        Flow { scope, starts, reactions, ways, partial: false, strict: false, joined }
    }

    /// The same past some steps.
    pub fn past(
        release: &Release,
        scope: ScopeIx,
        exits: &Known,
        cancelled: &BTreeSet<StepIx>,
        avoided: &Avoided,
    ) -> Flow {
        let mut flow = Flow { strict: true, ..Flow::of(release, scope, exits, cancelled) };
        let of_scope = release.scope(scope);
        for ix in &of_scope.steps {
            let step = release.step(*ix);
            if let Kind::Join(Join::All) = step.kind {
                let leads = of_scope.steps.iter().filter(|from| leads_to(release.step(**from), *ix));
                flow.joined.insert(*ix, leads.copied().collect());
            }
            let Some(ways) = flow.ways.get_mut(ix) else { continue };
            if avoided.steps.contains(ix) {
                // Whoever is ended from elsewhere has not done it.
                ways.retain(|way| way.by == By::Cancelled);
            }
            if let Kind::Wait(waits) = &step.kind {
                ways.retain(|way| {
                    let of_way = |wait: &&Handler| way.by == By::Outcome(wait.name.clone());
                    !waits.iter().find(of_way).is_some_and(|wait| avoided.keeps(release, &wait.trigger))
                });
            }
        }
        let conditional = |handler: &Handler| {
            handler.when.is_some() || matches!(handler.trigger, TriggerKind::Condition(_))
        };
        let kept: BTreeSet<&str> = of_scope
            .handlers
            .iter()
            .filter(|it| avoided.keeps(release, &it.trigger) || (avoided.conditional && conditional(it)))
            .map(|handler| &*handler.name)
            .collect();
        flow.reactions.retain(|reaction| !kept.contains(&*reaction.name));
        flow
    }

    /// The reaction to an error of a code.
    pub fn handler_of_error<'r>(&self, release: &'r Release, code: &str) -> Option<&'r Handler> {
        let handles = |handler: &&Handler| match &handler.trigger {
            TriggerKind::Error(of) => of.as_deref().is_none_or(|of| of == code),
            _ => false,
        };
        release.scope(self.scope).handlers.iter().find(handles)
    }
}

/// Whether a step leads to another one of its scope.
fn leads_to(step: &Step, to: StepIx) -> bool {
    let leads = |target: &Target| match target {
        Target::Step(ix) => *ix == to,
        Target::Steps(all) => all.contains(&to),
        Target::Leave(_) => false,
    };
    let choices = match &step.kind {
        Kind::Choose(ways) => &ways[..],
        _ => &[],
    };
    step.then.targets().any(|(_, target)| leads(target))
        || choices.iter().filter_map(|way| way.then.as_ref()).any(leads)
}

/// Whether what wakes a reaction can come about: an escalation only if something inside raises it, an error only if something
/// inside raises it or fails. What fails has a code with an underscore, or one of a connector or another case.
fn can_come(release: &Release, scope: ScopeIx, trigger: &TriggerKind) -> bool {
    let around = |scope: &ScopeIx| release.scope(*scope).owner.map(|owner| release.step(owner).scope);
    let lies_in = |step: &&Step| std::iter::successors(Some(step.scope), around).any(|it| it == scope);
    let mut inside = release.steps.iter().filter(lies_in);
    let is = |of: &Option<Arc<str>>, name: &Arc<str>| of.as_ref().is_none_or(|of| of == name);
    match trigger {
        TriggerKind::Escalation(of) => {
            inside.any(|step| matches!(&step.kind, Kind::Raise(Raise::Escalation(name)) if is(of, name)))
        }
        TriggerKind::Error(Some(code)) if !code.contains('_') => inside.any(|step| match &step.kind {
            Kind::Raise(Raise::Error(raised)) => raised == code,
            kind => matches!(kind, Kind::Effect(_) | Kind::Issue(_) | Kind::Call(_)),
        }),
        _ => true,
    }
}

fn reaction(handler: &Handler) -> Reaction {
    Reaction {
        name: handler.name.clone(),
        next: handler.then.as_ref().map(next),
        interrupts: handler.interrupt,
        by_error: matches!(handler.trigger, TriggerKind::Error(_)),
        depends: handler.when.is_some()
            || match &handler.trigger {
                TriggerKind::Escalation(_) | TriggerKind::Condition(_) | TriggerKind::Dispatch(_) => true,
                // A letter may not have been made.
                TriggerKind::Deadline(kind) => matches!(kind.from, From::Notification(_)),
                _ => false,
            },
    }
}

impl Way {
    /// Ended from elsewhere.
    fn cancelled() -> Way {
        let (ruled, fixed, passes, stops, supposed) = (true, false, false, true, false);
        Way { by: By::Cancelled, ruled, fixed, passes, stops, supposed, next: Next::Ends(None) }
    }
}

/// The steps that some step ends.
pub fn cancelled(release: &Release) -> BTreeSet<StepIx> {
    let named = release.steps.iter().filter_map(|step| match &step.kind {
        Kind::Cancel(steps) => Some(steps),
        _ => None,
    });
    named.flatten().filter_map(|path| release.index_of(path)).collect()
}

/// Whether a rule reads nothing that a process can change.
pub fn is_fixed(rule: &Expr) -> bool {
    rule.compiled.variables().iter().all(|path| is_of_application(&path.names()))
}

/// Whether a name stands for the application or the settings.
pub fn is_of_application(names: &[&str]) -> bool {
    matches!(names, ["application" | "settings", ..])
}

/// Where a target leads.
pub fn next(target: &Target) -> Next {
    match target {
        Target::Step(ix) => Next::Steps(vec![*ix]),
        Target::Steps(all) => Next::Steps(all.clone()),
        Target::Leave(outcome) => Next::Leaves(outcome.clone()),
    }
}

fn ways(release: &Release, step: &Step, exits: &Known) -> Vec<Way> {
    let (passes, stops) = (!stops(&step.kind), may_stop(release, step));
    let by = |outcome: Option<&Arc<str>>, ruled| {
        let target = step.then.target(outcome.map(|outcome| &**outcome));
        Way {
            by: outcome.map_or(By::Itself, |outcome| By::Outcome(outcome.clone())),
            ruled,
            fixed: false,
            supposed: false,
            passes,
            stops,
            next: target.map_or(Next::Ends(None), next),
        }
    };
    match &step.kind {
        Kind::Task(task) => {
            let outcomes = task.form.outcomes();
            let ruled = |outcome: &Arc<str>| {
                task.form.fields.iter().flat_map(|field| &field.options).any(|(option, _)| option == outcome)
            };
            match outcomes.is_empty() {
                true => vec![by(None, false)],
                false => outcomes.iter().map(|outcome| by(Some(outcome), ruled(outcome))).collect(),
            }
        }
        Kind::Wait(waits) => waits.iter().map(|wait| by(Some(&wait.name), wait.when.is_some())).collect(),
        Kind::Choose(choices) => {
            let fixed = choices.len() > 1 && choices.iter().filter_map(|way| way.when.as_ref()).all(is_fixed);
            let way = |(number, way): (usize, &crate::definition::Way)| Way {
                by: By::Way(number + 1),
                ruled: choices.len() > 1,
                fixed,
                supposed: false,
                passes,
                stops,
                next: way.then.as_ref().map_or(Next::Ends(None), next),
            };
            choices.iter().enumerate().map(way).collect()
        }
        Kind::Scope(scope) => {
            let known = exits.get(scope);
            let mut found: Vec<Way> = known
                .into_iter()
                .flatten()
                .map(|(exit, Leads { ruled, passes, fixed, supposed })| match exit {
                    Exit::Over(outcome) => Way {
                        passes: *passes,
                        fixed: *fixed,
                        supposed: *supposed,
                        ..by(outcome.as_ref(), *ruled)
                    },
                    Exit::Raised(code) => Way {
                        by: By::Outcome(code.clone()),
                        ruled: *ruled,
                        fixed: *fixed,
                        supposed: *supposed,
                        passes: *passes,
                        stops,
                        next: Next::Raises(code.clone()),
                    },
                })
                .collect();
            let repeat = release.scope(*scope).repeat.as_ref();
            if !found.is_empty() && repeat.is_some_and(|repeat| repeat.max.is_some()) {
                let passes = found.iter().any(|way| way.passes);
                found.push(Way { passes, ..by(Some(&MAX_REACHED.into()), true) });
            }
            found
        }
        // How a case of another process ends, that process decides.
        Kind::Call(_) => {
            let named = step.then.by_outcome.keys().map(|outcome| by(Some(outcome), true));
            named.chain([by(None, !step.then.by_outcome.is_empty())]).collect()
        }
        Kind::Raise(Raise::Error(code)) => {
            vec![Way { next: Next::Raises(code.clone()), ..by(None, false) }]
        }
        Kind::End(outcome) => {
            vec![Way { next: Next::Ends(outcome.clone()), ..by(None, false) }]
        }
        Kind::Join(_) => vec![Way { by: By::Meeting, ..by(None, false) }],
        Kind::Cancel(named) if ends_itself(release, step, named) => {
            vec![Way { next: Next::Ends(None), ..by(None, false) }]
        }
        Kind::Compute(_)
        | Kind::Decide(_)
        | Kind::Fee(_)
        | Kind::Texts(_)
        | Kind::Number(_)
        | Kind::Effect(_)
        | Kind::Issue(_)
        | Kind::Raise(_)
        | Kind::Cancel(_)
        | Kind::Compensate(_) => vec![by(None, false)],
    }
}

/// Whether a step ends a scope that it lies in: then nothing comes after it.
fn ends_itself(release: &Release, step: &Step, named: &[StepPath]) -> bool {
    let around = |scope: ScopeIx| release.scope(scope).owner.map(|owner| release.step(owner));
    let mut owners = std::iter::successors(around(step.scope), |owner| around(owner.scope));
    owners.any(|owner| named.contains(&owner.path))
}

/// Whether a case may stop at a step, or within it.
fn may_stop(release: &Release, step: &Step) -> bool {
    match step.kind {
        Kind::Scope(scope) => {
            let scope = release.scope(scope);
            // Somebody else may hold the lock.
            scope.lock.is_some() || scope.steps.iter().any(|ix| may_stop(release, release.step(*ix)))
        }
        _ => stops(&step.kind),
    }
}

/// Whether a case stops at a step of a kind until something comes: a person, a connector, time, another path.
pub fn stops(kind: &Kind) -> bool {
    matches!(
        kind,
        Kind::Task(_) | Kind::Wait(_) | Kind::Effect(_) | Kind::Issue(_) | Kind::Call(_) | Kind::Join(_)
    )
}
