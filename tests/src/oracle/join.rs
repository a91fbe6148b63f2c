//! Paths of one scope that meet and go on as one.

use std::collections::BTreeSet;

use super::{Oracle, text::named};

impl Oracle {
    /// A path has come to a join: it goes on with those that it needs, or waits.
    pub fn meet(&mut self, id: usize) {
        let node = &self.state.nodes[&id];
        let (step, scope) = (node.path.step.clone(), node.parent.expect("a step lies in a scope"));
        let mut waiting = self.waiting_in(scope, &step);
        let join = &self.texts.steps[&step].written["join"];
        if join == "all" {
            let first_from = |source: String| {
                waiting.iter().copied().find(|waiting| self.state.nodes[waiting].after == source)
            };
            let met: Option<Vec<usize>> = self.sources(&step).into_iter().map(first_from).collect();
            self.go_on_as_one(met.unwrap_or_default());
        } else if let Some(count) = join.as_u64().map(|count| count as usize)
            && waiting.len() >= count
        {
            waiting.truncate(count);
            self.go_on_as_one(waiting);
        }
    }

    /// The paths that wait in a join, in the order in which they came.
    fn waiting_in(&self, scope: usize, join: &str) -> Vec<usize> {
        let mut all = self.state.children(scope);
        all.retain(|id| self.state.nodes[id].path.step == join && !self.state.is_stuck(*id));
        all
    }

    /// The last one that came goes on; the others end.
    fn go_on_as_one(&mut self, mut met: Vec<usize>) {
        met.sort_unstable();
        let Some(last) = met.pop() else { return };
        met.into_iter().for_each(|id| self.state.remove(id));
        self.leave(last, None);
    }

    /// The steps of its scope that a step leads to.
    pub(super) fn leads_to(&self, step: &str) -> BTreeSet<String> {
        let written = &self.texts.steps[step].written;
        let mut ways = vec![written["then"].clone()];
        if written.get("fork").is_some() {
            ways.push(written["join"].clone());
        }
        for way in written["choose"].as_array().into_iter().flatten() {
            ways.extend([way["then"].clone(), way["else"].clone()]);
        }
        let mut ids = Vec::new();
        for way in ways {
            match way.as_object() {
                Some(by_outcome) => by_outcome.values().for_each(|way| ids.extend(named(way))),
                None => ids.extend(named(&way)),
            }
        }
        ids.retain(|id| !id.starts_with('$'));
        self.texts.beside(self.texts.scope_of(step), &ids).into_iter().collect()
    }

    fn sources(&self, join: &str) -> BTreeSet<String> {
        let beside = &self.texts.inside[self.texts.scope_of(join)];
        beside.iter().filter(|step| self.leads_to(step).contains(join)).cloned().collect()
    }

    /// By which steps a path can come to a join from where it is, without going through the join.
    fn ways_to(&self, join: &str, from: &str) -> BTreeSet<String> {
        let (mut seen, mut ways) = (BTreeSet::new(), BTreeSet::new());
        let mut open = vec![from.to_owned()];
        while let Some(step) = open.pop() {
            if !seen.insert(step.clone()) {
                continue;
            }
            for next in self.leads_to(&step) {
                if next == join {
                    ways.insert(step.clone());
                } else {
                    open.push(next);
                }
            }
        }
        ways
    }

    /// Whether some other path of the scope can come on a way on which none has, and on no way on which one has.
    fn more_can_come(&self, scope: usize, join: &str) -> bool {
        let waiting = self.waiting_in(scope, join);
        let come: BTreeSet<&String> = waiting.iter().map(|id| &self.state.nodes[id].after).collect();
        self.state.children(scope).iter().map(|id| &self.state.nodes[id]).any(|node| {
            // A fork that has gone on already leads nowhere any more.
            let gone_on = node.branches.as_ref().is_some_and(|branches| branches.joined);
            let ways = if gone_on || node.path.step == join {
                BTreeSet::new()
            } else {
                self.ways_to(join, &node.path.step)
            };
            !ways.is_empty() && ways.iter().all(|way| !come.contains(way))
        })
    }

    /// Once nothing runs: inclusive joins to which nothing can come any more go on; where all wait in vain, one is stuck.
    /// Says whether something runs again.
    pub fn look_at_joins(&mut self) -> bool {
        let is_join = |step: &str| {
            self.texts
                .steps
                .get(step)
                .is_some_and(|step| step.written.get("join").is_some() && step.written.get("fork").is_none())
        };
        let mut meetings = BTreeSet::new();
        for (id, node) in &self.state.nodes {
            let step = &node.path.step;
            if is_join(step) && !self.state.is_stuck(*id) {
                let beside = &self.texts.inside[self.texts.scope_of(step)];
                let place = beside.iter().position(|beside| beside == step);
                meetings.insert((node.parent.expect("a join lies in a scope"), place, step.clone()));
            }
        }
        for (scope, _, join) in &meetings {
            if self.texts.steps[join].written["join"] == "inclusive" && !self.more_can_come(*scope, join) {
                self.go_on_as_one(self.waiting_in(*scope, join));
                return true;
            }
        }
        let mut in_vain: Vec<(usize, usize)> = Vec::new();
        for (scope, _, join) in &meetings {
            let all = self.state.children(*scope);
            let all_wait =
                all.iter().all(|id| is_join(&self.state.nodes[id].path.step) && !self.state.is_stuck(*id));
            let known = in_vain.iter().any(|(other, _)| other == scope);
            if all_wait && !known && !self.may_begin_more(*scope) {
                in_vain.push((*scope, self.waiting_in(*scope, join)[0]));
            }
        }
        for (_, id) in &in_vain {
            // Whoever handled the one before may have ended this one.
            if self.state.nodes.contains_key(id) {
                self.stuck(Some(*id), "join_never_met", None);
            }
        }
        !in_vain.is_empty()
    }

    /// Whether something can begin in a scope that does not come from inside it: by a handler, or as somebody chooses.
    fn may_begin_more(&self, scope: usize) -> bool {
        let node = &self.state.nodes[&scope];
        let group = self.texts.steps.get(&node.path.step).map(|step| &step.written["group"]["ad_hoc"]);
        !node.waits.is_empty()
            || group.is_some_and(|group| group.is_object() && group["one_at_a_time"] != true)
    }
}
