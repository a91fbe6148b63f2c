//! Who signs a letter (§ 37 (3) VwVfG): nobody says it, it follows from who did what on the way to it.

use std::collections::{BTreeMap, BTreeSet};

use super::turn::Deciding;
use crate::{
    authority::picture_name,
    definition::{Kind, Release, Shape, Step},
    words::{InstanceId, PersonId, StepPath, Value},
};

/// Where the name of whoever signs stands in what is asked of it; without one the letter says that nobody did.
pub const SIGNED_BY: &str = "signed_by";

/// What was found on the way to a letter: the last signature and the last task, each with the version of the case in which
/// it was done.
#[derive(Default)]
struct Found<'c> {
    signed: Option<(u64, &'c PersonId)>,
    done: Option<(u64, &'c PersonId)>,
}

impl Deciding<'_> {
    /// Makes a letter that leaves the house one of the authority: its letterhead and logo, on acts that somebody signs its seal,
    /// unless the process says others, or none.
    pub fn dress(&self, request: &mut Value, is_act: bool) {
        let profile = &self.facts.local.profile;
        let Value::Object(request) = request else { return };
        let leaves = request.get("direction").is_none_or(|to| to.is_null() || *to == "outgoing");
        if !leaves || profile.place.is_none() {
            return;
        }
        let head = profile.head();
        if request.get("sender").and_then(Value::as_str).is_none_or(|sender| sender != head) {
            // The sender says it already, else.
            request.entry("letterhead").or_insert_with(|| head.into());
        }
        let signed = is_act && request.get(SIGNED_BY).is_some_and(|name| !name.is_null());
        let seal = profile.seal.as_ref().filter(|_| signed);
        for (name, picture) in [("logo", profile.logo.as_ref()), ("seal", seal)] {
            if let Some(picture) = picture {
                request.entry(name).or_insert_with(|| (&*picture_name(picture)).into());
            }
        }
    }

    /// Puts a name under a letter that leaves the house, unless the process says one.
    pub fn sign(&self, request: &mut Value, by: Option<&PersonId>) {
        let Value::Object(request) = request else { return };
        let leaves = request.get("direction").is_none_or(|to| to.is_null() || *to == "outgoing");
        let said = request.get(SIGNED_BY).is_some_and(|name| !name.is_null());
        if let Some(by) = by.filter(|_| leaves && !said) {
            let name = self.facts.people.get(by).map_or(by.as_str(), |person| &person.name);
            request.insert(SIGNED_BY.into(), name.into());
        }
    }

    /// Who has decided what an instance makes a letter of: of the tasks that led there since the letter before, the last
    /// one that another person must have done (a signature) and that still holds, else the last one. None: no person did.
    /// Letters that follow one another at once have come of the same decision: whoever signed the first one signs all.
    pub fn signer(&self, instance: InstanceId) -> Option<PersonId> {
        let here = self.step_of(instance)?;
        let mut ways: BTreeMap<&StepPath, Vec<&StepPath>> = BTreeMap::new();
        for (from, to) in &self.case.ways {
            ways.entry(to).or_default().push(from);
        }
        let mut found = Found::default();
        let mut seen = BTreeSet::new();
        // Each with whether nothing has been waited for, and nobody has done anything, from there to the letter.
        let mut open: Vec<(&Step, bool)> =
            self.release.find(&here).map(|step| (step, true)).into_iter().collect();
        while let Some((step, at_once)) = open.pop() {
            let before = ways.get(&step.path).map(Vec::as_slice).unwrap_or_default();
            for before in before.iter().filter_map(|path| self.release.find(path)) {
                if seen.insert(&before.path) && self.look_for_tasks((before, at_once), &here, &mut found) {
                    open.push((before, at_once && goes_on_at_once(before)));
                }
            }
            if let Some(around) = scope_begun_by(self.release, step)
                && seen.insert(&around.path)
            {
                open.push((around, at_once));
            }
        }
        found.signed.or(found.done).map(|(_, by)| by.clone())
    }

    /// Takes what was done at or inside a step; whether what came before it may still be part of what the letter says.
    fn look_for_tasks<'c>(
        &'c self,
        (step, at_once): (&Step, bool),
        here: &StepPath,
        found: &mut Found<'c>,
    ) -> bool {
        let inside = |path: &StepPath| match step.kind {
            Kind::Scope(_) => self.release.lies_in(path, &step.path),
            _ => path.address() == step.path.address(),
        };
        let mut signed = false;
        for (path, people) in &self.case.performers {
            if !inside(path) || !self.release.same_rounds(path, here) {
                continue;
            }
            let last = people.iter().map(|(by, version)| (*version, by)).max();
            found.done = found.done.max(last);
            let signature = self.release.find(path).and_then(|task| task.kind.signature());
            if let (Some(task), Some(last)) = (signature, last)
                && self.still_signs(task, path, last.0)
            {
                found.signed = found.signed.max(Some(last));
                signed = true;
            }
        }
        let made = |path: &StepPath| {
            inside(path) && self.release.find(path).is_some_and(|step| step.kind.makes_letters())
        };
        let same_decision = at_once && goes_on_at_once(step);
        !signed && (same_decision || !self.case.visits.keys().any(made))
    }
}

/// Whether a step is over without anybody and without waiting; a letter is, since it is only made.
fn goes_on_at_once(step: &Step) -> bool {
    step.kind.makes_letters()
        || matches!(
            step.kind,
            Kind::Compute(_)
                | Kind::Decide(_)
                | Kind::Fee(_)
                | Kind::Texts(_)
                | Kind::Number(_)
                | Kind::Choose(_)
        )
}

/// The step around a step that may be the first one in it.
fn scope_begun_by<'r>(release: &'r Release, step: &Step) -> Option<&'r Step> {
    let scope = release.scope(step.scope);
    let first = scope.steps.first().is_some_and(|first| release.step(*first).path == step.path);
    let begins = first || matches!(scope.shape, Shape::Fork(_) | Shape::AdHoc(_));
    scope.owner.filter(|_| begins).map(|owner| release.step(owner))
}
