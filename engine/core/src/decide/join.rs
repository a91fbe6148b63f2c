//! Paths of one scope that meet: joins without a fork, as in BPMN.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::turn::{Deciding, trouble};
use crate::{
    definition::{Join, Kind, Shape, Step, StepIx, Target},
    event::Event,
    planted::{Fault, planted},
    words::{InstanceId, Text},
};

/// The paths that wait in one join.
struct Meeting {
    join: Join,
    step: StepIx,
    scope: InstanceId,
    /// Who waits, in the order of arrival, and the step that each came from.
    waiting: Vec<(InstanceId, Option<StepIx>)>,
}

impl Deciding<'_> {
    /// A path arrives in a join: it waits, or goes on with those that it waited for.
    pub fn meet(&mut self, instance: InstanceId, join: Join) {
        let Some(meeting) = self.meeting(instance, join) else { return };
        match join {
            Join::All => self.meet_all(&meeting),
            Join::Count(count) => {
                let count = count as usize - usize::from(planted(Fault::JoinCountsOneLess) && count > 1);
                if meeting.waiting.len() >= count {
                    let met = meeting.waiting[..count].iter().map(|(id, _)| *id).collect();
                    self.go_on_together(met);
                }
            }
            // Whether another path can still come is known when nothing runs any more.
            Join::Inclusive => {}
        }
    }

    fn meeting(&self, instance: InstanceId, join: Join) -> Option<Meeting> {
        let it = self.case.instance(instance)?;
        let (step, scope) = (self.release.index_of(it.step.as_ref()?)?, it.parent?);
        let waiting = self.case.children(scope).filter_map(|id| {
            let it = self.case.instance(id)?;
            let here = it.incident.is_none() && self.release.index_of(it.step.as_ref()?) == Some(step);
            let from = it.after.as_ref().and_then(|after| self.release.index_of(after));
            here.then_some((id, from))
        });
        Some(Meeting { join, step, scope, waiting: waiting.collect() })
    }

    fn meet_all(&mut self, meeting: &Meeting) {
        let mut met: BTreeMap<StepIx, InstanceId> = BTreeMap::new();
        for (id, from) in &meeting.waiting {
            if let Some(from) = from {
                met.entry(*from).or_insert(*id);
            }
        }
        let sources = self.sources(meeting.step);
        if planted(Fault::JoinTakesAnyPaths) && !sources.is_empty() && meeting.waiting.len() >= sources.len()
        {
            return self.go_on_together(meeting.waiting.iter().map(|(id, _)| *id).collect());
        }
        if sources.iter().all(|source| met.contains_key(source)) {
            let mut met: Vec<InstanceId> = met.into_values().collect();
            met.sort_unstable();
            self.go_on_together(met);
        }
    }

    /// The last one that came goes on; the others end in it.
    fn go_on_together(&mut self, mut met: Vec<InstanceId>) {
        let Some(instance) = met.pop() else { return };
        self.record(Event::PathsMet { instance, met });
        self.leave(instance, None);
    }

    /// The steps of its scope that lead to a step.
    fn sources(&self, step: StepIx) -> BTreeSet<StepIx> {
        let scope = self.release.scope(self.release.step(step).scope);
        scope
            .steps
            .iter()
            .copied()
            .filter(|from| leads_to(self.release.step(*from)).contains(&step))
            .collect()
    }

    /// Once nothing runs any more: inclusive joins whose last path has come go on; paths that wait for each other in
    /// vain are told. Says whether anything has changed.
    pub fn look_at_joins(&mut self) -> bool {
        let mut meetings: BTreeMap<(InstanceId, StepIx), Meeting> = BTreeMap::new();
        for (id, it) in &self.case.instances {
            let Some(path) = it.step.as_ref().filter(|_| it.incident.is_none()) else { continue };
            if let Some(Kind::Join(join)) = self.release.find(path).map(|step| &step.kind)
                && let Some(meeting) = self.meeting(*id, *join)
            {
                meetings.insert((meeting.scope, meeting.step), meeting);
            }
        }
        let ready = meetings.values().find(|it| {
            it.join == Join::Inclusive && (planted(Fault::OthersMayNotCome) || !self.may_still_come(it))
        });
        if let Some(meeting) = ready {
            let met = meeting.waiting.iter().map(|(id, _)| *id).collect();
            self.go_on_together(met);
            return true;
        }
        // Each scope tells once, with the first path that waits there; until that is mended it says nothing more.
        let mut in_vain: BTreeMap<InstanceId, InstanceId> = BTreeMap::new();
        for meeting in meetings.values().filter(|meeting| self.all_wait_in_vain(meeting.scope)) {
            in_vain.entry(meeting.scope).or_insert(meeting.waiting[0].0);
        }
        for instance in in_vain.values().copied() {
            // Whoever handled the one before may have ended this one.
            if self.case.instance(instance).is_some() {
                self.never_met(instance);
            }
        }
        !in_vain.is_empty()
    }

    /// Whether all that is active in a scope waits in joins, and nothing else can begin there.
    fn all_wait_in_vain(&self, scope: InstanceId) -> bool {
        let waits_to_meet = |id: InstanceId| {
            let it = self.case.instance(id).filter(|it| it.incident.is_none());
            let step = it.and_then(|it| self.release.find(it.step.as_ref()?));
            matches!(step.map(|step| &step.kind), Some(Kind::Join(_)))
        };
        let woken_later = self.case.instance(scope).is_some_and(|it| !it.waits.is_empty());
        let chosen_later = self
            .scope_at(scope)
            .is_some_and(|scope| matches!(&scope.shape, Shape::AdHoc(group) if !group.one_at_a_time));
        !woken_later && !chosen_later && self.case.children(scope).all(waits_to_meet)
    }

    /// BPMN 2.0.2, 13.4.3: some active path leads to a flow into the join on which none has come, and not also to one on
    /// which one has.
    fn may_still_come(&self, meeting: &Meeting) -> bool {
        let come: BTreeSet<StepIx> = meeting.waiting.iter().filter_map(|(_, from)| *from).collect();
        self.case.children(meeting.scope).any(|id| {
            // A fork that was joined early has gone on already; its rest leads nowhere.
            let it = self.case.instance(id);
            let it = it.filter(|it| it.branches.as_ref().is_none_or(|branches| !branches.joined));
            let at = it.and_then(|it| self.release.index_of(it.step.as_ref()?));
            let Some(at) = at.filter(|at| *at != meeting.step) else { return false };
            let sources = self.sources_reached(at, meeting.step);
            sources.iter().any(|source| !come.contains(source)) && sources.is_disjoint(&come)
        })
    }

    /// The steps by which a path at `at` can come to `join`, without going through the join.
    fn sources_reached(&self, at: StepIx, join: StepIx) -> BTreeSet<StepIx> {
        let mut seen = BTreeSet::from([at]);
        let mut open = vec![at];
        let mut found = BTreeSet::new();
        while let Some(step) = open.pop() {
            for next in leads_to(self.release.step(step)) {
                if next == join {
                    found.insert(step);
                } else if seen.insert(next) {
                    open.push(next);
                }
            }
        }
        found
    }

    fn never_met(&mut self, instance: InstanceId) {
        let incident = trouble(
            "join_never_met",
            self.step_of(instance).as_ref(),
            Text::new(
                "Hier wartet ein Weg auf andere, die nicht mehr kommen können.",
                "A path waits here for others that cannot come any more.",
            ),
            Text::new(
                "Den Schritt überspringen oder das Verfahren berichtigen: Vor einer Zusammenführung müssen alle Wege wirklich gegangen werden.",
                "Skip the step, or mend the process: before a join all paths must really be taken.",
            ),
            json!({}),
        );
        self.stuck(Some(instance), *incident);
    }
}

/// The steps of its own scope that a step leads to.
fn leads_to(step: &Step) -> BTreeSet<StepIx> {
    let mut found = BTreeSet::new();
    let mut add = |target: &Target| match target {
        Target::Step(ix) => {
            found.insert(*ix);
        }
        Target::Steps(all) => found.extend(all.iter().copied()),
        Target::Leave(_) => {}
    };
    step.then.targets().for_each(|(_, target)| add(target));
    if let Kind::Choose(ways) = &step.kind {
        ways.iter().filter_map(|way| way.then.as_ref()).for_each(add);
    }
    found
}
