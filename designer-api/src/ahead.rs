//! What can come at once when a task is done: the end of the case, or letters. What rules will say is not known here, so
//! each way counts.

use std::collections::BTreeSet;

use fachwerk_core::definition::{Kind, Release, ScopeIx, Shape, Step, StepIx, Target};

/// The outcomes of a task after which the case can end at once, because nobody is asked anything more and nothing is waited
/// for; an empty text stands for a task without outcomes.
pub fn outcomes_that_end(release: &Release, task: StepIx) -> Vec<String> {
    let step = release.step(task);
    let outcomes = step.kind.outcomes(&release.scopes);
    let ends = |outcome: Option<&str>| Walk::new(release, Sought::End).leave(step, outcome);
    if outcomes.is_empty() {
        return if ends(None) { vec![String::new()] } else { Vec::new() };
    }
    outcomes.iter().filter(|outcome| ends(Some(outcome))).map(ToString::to_string).collect()
}

/// Whether letters can come of a task before anything else must be done than signing them.
pub fn makes_letters(release: &Release, task: StepIx) -> bool {
    Walk::new(release, Sought::Letter).leave_by_any(release.step(task))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sought {
    End,
    Letter,
}

struct Walk<'r> {
    release: &'r Release,
    sought: Sought,
    seen: BTreeSet<StepIx>,
}

impl<'r> Walk<'r> {
    fn new(release: &'r Release, sought: Sought) -> Walk<'r> {
        Walk { release, sought, seen: BTreeSet::new() }
    }

    fn leave_by_any(&mut self, step: &Step) -> bool {
        let mut outcomes = step.kind.outcomes(&self.release.scopes).into_iter();
        outcomes.any(|outcome| self.leave(step, Some(&outcome))) || self.leave(step, None)
    }

    /// After a step with an outcome.
    fn leave(&mut self, step: &Step, outcome: Option<&str>) -> bool {
        match step.then.target(outcome) {
            Some(target) => self.go(step.scope, target),
            None => self.end(step.scope, None),
        }
    }

    fn go(&mut self, scope: ScopeIx, target: &Target) -> bool {
        match target {
            Target::Step(next) => self.enter(*next),
            Target::Steps(all) => all.iter().any(|next| self.enter(*next)),
            Target::Leave(outcome) => self.end(scope, Some(outcome)),
        }
    }

    /// A path of a scope ends; the case itself then ends, unless other paths are under way.
    fn end(&mut self, scope: ScopeIx, outcome: Option<&str>) -> bool {
        match self.release.scope(scope).owner {
            None => self.sought == Sought::End,
            Some(owner) => self.leave(self.release.step(owner), outcome),
        }
    }

    fn enter(&mut self, at: StepIx) -> bool {
        if !self.seen.insert(at) {
            return false;
        }
        let letters = self.sought == Sought::Letter;
        let step = self.release.step(at);
        match &step.kind {
            kind if letters && kind.makes_letters() => true,
            kind if letters && kind.signature().is_some() => self.leave_by_any(step),
            // Somebody is asked, or something else must come first.
            Kind::Task(_) | Kind::Wait(_) | Kind::Call(_) => false,
            Kind::End(outcome) => self.end(step.scope, outcome.as_deref()),
            Kind::Choose(ways) => ways.iter().any(|way| match &way.then {
                Some(target) => self.go(step.scope, target),
                None => self.end(step.scope, None),
            }),
            Kind::Scope(inner) => {
                let scope = self.release.scope(*inner);
                match &scope.shape {
                    Shape::Path => scope.steps.first().is_some_and(|first| self.enter(*first)),
                    Shape::Fork(_) if letters => scope.steps.iter().any(|branch| self.enter(*branch)),
                    Shape::Each(_) if letters => scope.steps.first().is_some_and(|first| self.enter(*first)),
                    // Several paths, or somebody chooses: seldom is there nothing to be done.
                    Shape::Fork(_) | Shape::Each(_) | Shape::AdHoc(_) => false,
                }
            }
            _ => self.leave(step, None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_material::permit;

    #[track_caller]
    fn check(path: &str, expected: &[&str]) {
        let (release, _) = permit();
        let task = release.index_of(&path.into()).expect("a step");
        assert_eq!(outcomes_that_end(&release, task), expected, "{path}");
    }

    #[track_caller]
    fn check_letters(path: &str, expected: bool) {
        let (release, _) = permit();
        let task = release.index_of(&path.into()).expect("a step");
        assert_eq!(makes_letters(&release, task), expected, "{path}");
    }

    #[test]
    fn letters_come_before_anything_but_a_signature() {
        check_letters("examine/confirm", true);
        check_letters("opinion", true);
        check_letters("sign", true);
        check_letters("await", false);
    }

    #[test]
    fn a_signature_ends_the_case_and_a_return_does_not() {
        check("sign", &["signed"]);
        check("examine/confirm", &[]);
        check("opinion", &[]);
    }
}
