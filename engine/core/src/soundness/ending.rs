//! What never ends by itself, and what around it or beside it may end it.

use std::collections::BTreeSet;

use super::{
    Move, Property, Prover, Verdict,
    circles::goes_on,
    explore,
    scope::Explored,
    ways::{Avoided, By, Next, Reaction, Way, is_fixed},
};
use crate::{
    definition::{Expr, Handler, Kind, Quorum, Release, ScopeIx, Shape, Step, StepIx, TriggerKind},
    words::Text,
};

/// Whether something else ends a path that does not end by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ends {
    /// Nothing does.
    Never,
    /// It depends on what goes on beside it.
    Perhaps,
    /// It can be ended at any time: by a message, a person, a deadline.
    AnyTime,
}

impl Prover<'_> {
    /// Circles from which no way leads out, and those that the data alone can close. `in_vain`: whether it is told already
    /// that paths wait in vain in a join of the scope.
    pub fn never_ending(&mut self, explored: &Explored, run: &super::Led, ended: Ends, in_vain: bool) {
        // A circle in which nothing stops is told as that.
        let circles: BTreeSet<StepIx> =
            explored.circles().into_iter().flat_map(|(circle, _)| circle).collect();
        let unchanged = self.unchanged(explored);
        let fixed = |ix: StepIx, way: &Way| way.fixed || unchanged.contains(&ix);
        let caught: BTreeSet<StepIx> = explored.caught(|_, _| false).difference(&circles).copied().collect();
        let by_data: BTreeSet<StepIx> = explored.caught(fixed).difference(&circles).copied().collect();
        let by_data: BTreeSet<StepIx> = by_data.difference(&caught).copied().collect();
        for (caught, by_data) in [(caught, false), (by_data, true)] {
            let ends = |ix: &StepIx| ended.max(self.ends(explored, *ix));
            let caught: BTreeSet<StepIx> = caught.into_iter().filter(|ix| ends(ix) < Ends::AnyTime).collect();
            let meets = |ix: &StepIx| matches!(self.release.step(*ix).kind, Kind::Join(_));
            if in_vain && caught.iter().any(meets) {
                continue;
            }
            let Some(first) = self.first(explored, &caught) else { continue };
            let mut found = self.finding(Property::NeverEnds, first, explored, run);
            found.beside = ends(&first) == Ends::Perhaps;
            if by_data {
                // Once round shows it, as long as nothing else could decide otherwise.
                let lap = explored.lap(first, &caught, |_| true);
                match lap.filter(|lap| explored.decides_all(lap, &caught, fixed)) {
                    Some(lap) => found.run.extend(lap),
                    None => found.beside = true,
                }
                // What goes on beside it may write what is read.
                found.beside |=
                    caught.iter().any(|ix| unchanged.contains(ix)) && self.goes_on_beside(explored);
            }
            self.findings.push(found);
        }
        self.repeats(explored, run, ended);
        self.waits(explored, run, ended);
    }

    /// A group that goes on for as long as the application says so.
    fn repeats(&mut self, explored: &Explored, run: &super::Led, ended: Ends) {
        for ix in explored.reached.keys().copied().collect::<Vec<_>>() {
            let Kind::Scope(scope) = self.release.step(ix).kind else { continue };
            let of = self.release.scope(scope);
            let rules: Vec<&Expr> = match (&of.repeat, &of.shape) {
                (Some(repeat), _) if repeat.max.is_none() => {
                    repeat.while_holds.iter().chain(&repeat.until).collect()
                }
                (None, Shape::AdHoc(ad_hoc)) => ad_hoc.until.iter().collect(),
                _ => continue,
            };
            let inside = &self.explored[&scope];
            if rules.is_empty() || !rules.into_iter().all(is_fixed) || inside.can_be_left() {
                continue;
            }
            let first = inside.flow.starts.first().copied();
            let ends = first.map_or(Ends::Never, |first| self.ends(inside, first));
            let ends = ended.max(self.ends(explored, ix)).max(ends);
            if ends < Ends::AnyTime {
                let mut found = self.finding(Property::NeverEnds, ix, explored, run);
                // Once through shows it, as long as nothing else inside could decide otherwise.
                let round = inside.round();
                let decided =
                    inside.decides_all(&round, &inside.reached.keys().copied().collect(), |_, way| way.fixed);
                found.beside = ends == Ends::Perhaps || !decided;
                found.run.extend(round);
                if of.repeat.is_none() {
                    found.why = Some(Text::new(
                        "Diese Gruppe kann erst abgeschlossen werden, wenn „until“ zutrifft. Darüber entscheiden allein der Antrag und die Einstellungen; trifft es nicht zu, endet der Vorgang nie.",
                        "This group can only be finished once `until` holds. The application and the settings alone decide on that; if it does not hold, the case never ends.",
                    ));
                }
                self.findings.push(found);
            }
        }
    }

    /// Cases that call cases of the same process, which call others, without a way past that.
    pub fn calls_itself(&mut self) {
        let own =
            |step: &Step| matches!(&step.kind, Kind::Call(call) if call.process == self.release.process);
        let calls = (0..).map(StepIx).zip(&self.release.steps).filter(|(_, step)| own(step));
        let calls: BTreeSet<StepIx> = calls.map(|(ix, _)| ix).collect();
        let runs = calls.iter().filter_map(|ix| Some((*ix, self.run_to(*ix)?)));
        let Some((first, led)) = runs.min_by_key(|(_, led)| (led.ruled, led.moves.len())) else { return };
        let past = explore(self.release, Some(&Avoided { steps: calls, ..Avoided::default() }));
        if past.get(&ScopeIx(0)).is_some_and(|root| root.exits.is_empty()) {
            let mut found = led.finding(Property::NeverEnds, first);
            found.why = Some(Text::new(
                "Hier beginnt ein Vorgang desselben Verfahrens, der ebenso hierher kommt, und so fort: Kein Weg führt daran vorbei, also endet keiner von ihnen.",
                "Here a case of the same process begins, which comes here as well, and so on: no way leads past it, so none of them ends.",
            ));
            self.findings.push(found);
        }
    }

    /// Steps that wait for nothing but what the application says.
    fn waits(&mut self, explored: &Explored, run: &super::Led, ended: Ends) {
        for ix in explored.reached.keys().copied().collect::<Vec<_>>() {
            let Kind::Wait(waits) = &self.release.step(ix).kind else { continue };
            let is_fixed = |wait: &Handler| match &wait.trigger {
                TriggerKind::Condition(rule) => is_fixed(rule),
                _ => false,
            };
            let ends = ended.max(self.ends(explored, ix));
            if waits.iter().all(is_fixed) && ends < Ends::AnyTime {
                let mut found = self.finding(Property::NeverEnds, ix, explored, run);
                found.verdict = Verdict::PossiblyUnsound;
                found.beside = ends == Ends::Perhaps;
                found.why = Some(Text::new(
                    "Hier wird auf eine Bedingung gewartet, über die allein der Antrag und die Einstellungen entscheiden; trifft sie nicht zu, endet der Vorgang nie.",
                    "What is waited for here is a condition that the application and the settings alone decide; if it does not hold, the case never ends.",
                ));
                self.findings.push(found);
            }
        }
    }

    /// Whether anything can go on beside the paths of a scope.
    fn goes_on_beside(&self, explored: &Explored) -> bool {
        let around =
            |scope: &ScopeIx| self.release.scope(*scope).owner.map(|owner| self.release.step(owner).scope);
        std::iter::successors(Some(explored.flow.scope), around)
            .any(|scope| self.explored[&scope].has_several(self.release))
    }

    /// Whether a step of a scope, or what lies in it, is ended by something in this scope.
    pub fn ends(&self, explored: &Explored, step: StepIx) -> Ends {
        let by_reaction = |reaction: &Reaction| match &reaction.next {
            _ if reaction.by_error => Ends::Never,
            // Whoever leaves the scope ends it, interrupting or not.
            next if !reaction.interrupts && !matches!(next, Some(Next::Leaves(_))) => Ends::Never,
            // It reacts once; whoever comes to the step after that is not ended by it any more.
            Some(Next::Steps(steps)) if explored.leads_to(steps, step) => Ends::Never,
            _ if reaction.depends => Ends::Perhaps,
            _ => Ends::AnyTime,
        };
        let reacted = explored.flow.reactions.iter().map(by_reaction).max();
        let is_ended = explored.flow.ways[&step].iter().any(|way| way.by == By::Cancelled);
        let beside = match is_ended || self.is_left_beside(explored, step) {
            true => Ends::Perhaps,
            false => Ends::Never,
        };
        reacted.unwrap_or(Ends::Never).max(beside).max(self.by_enough(explored, step))
    }

    /// Whether another path of the scope may leave it, and end all that is in it.
    fn is_left_beside(&self, explored: &Explored, step: StepIx) -> bool {
        let leaves = |ix: &StepIx| {
            explored.flow.ways[ix].iter().any(|way| matches!(way.next, Next::Leaves(_) | Next::Raises(_)))
        };
        explored.has_several(self.release) && explored.reached.keys().any(|ix| *ix != step && leaves(ix))
    }

    /// Whether enough branches or rounds without the step end all else.
    fn by_enough(&self, explored: &Explored, step: StepIx) -> Ends {
        let others = |quorum: &Quorum| {
            let beside = || explored.flow.starts.iter().filter(|ix| **ix != step);
            let is_sure = |ix: &&StepIx| self.release.step(**ix).when.is_none() && self.surely_ends(**ix);
            let can_end = |ix: &&StepIx| explored.flow.ways[ix].iter().any(|way| !way.supposed);
            match quorum.number() {
                Some(needed) if beside().filter(is_sure).count() >= needed => Ends::AnyTime,
                Some(needed) if beside().filter(can_end).count() < needed => Ends::Never,
                _ => Ends::Perhaps,
            }
        };
        match &self.release.scope(explored.flow.scope).shape {
            Shape::Fork(quorum) if quorum.wait_for.is_some() && !quorum.rest_goes_on => others(quorum),
            Shape::Each(each) if each.quorum.wait_for.is_some() || each.until.is_some() => Ends::Perhaps,
            _ => Ends::Never,
        }
    }

    /// Whether a step is sure to end, once people have done what is to be done.
    fn surely_ends(&self, ix: StepIx) -> bool {
        let Kind::Scope(scope) = self.release.step(ix).kind else { return true };
        let inside = &self.explored[&scope];
        let steps = &self.release.scope(scope).steps;
        let fixed = self.release.scope(scope).repeat.as_ref().is_some_and(|repeat| repeat.max.is_none());
        inside.caught(|_, way| way.fixed).is_empty()
            && !fixed
            && steps
                .iter()
                .all(|ix| !matches!(self.release.step(*ix).kind, Kind::Join(_)) && self.surely_ends(*ix))
    }
}

impl Explored {
    /// Whether paths can go on beside each other in the scope.
    pub fn has_several(&self, release: &Release) -> bool {
        let mut ways = self.reached.keys().flat_map(|ix| &self.flow.ways[ix]);
        ways.any(|way| matches!(&way.next, Next::Steps(steps) if steps.len() > 1))
            || self.flow.starts.len() > 1
            || self.flow.reactions.iter().any(|reaction| !reaction.interrupts && reaction.next.is_some())
            || self.reached.keys().any(|ix| goes_on(release, *ix))
    }

    /// Whether a person or something from outside can leave the scope by an outcome or an error, whatever the application
    /// says.
    fn can_be_left(&self) -> bool {
        let mut out: BTreeSet<StepIx> = BTreeSet::new();
        loop {
            let before = out.len();
            for (ix, ways) in self.flow.ways.iter().rev() {
                let leads_out = |way: &Way| match &way.next {
                    Next::Steps(steps) => steps.iter().any(|next| out.contains(next)),
                    Next::Leaves(_) | Next::Raises(_) => true,
                    Next::Ends(_) => false,
                };
                let (fixed, free): (Vec<&Way>, Vec<&Way>) = ways.iter().partition(|way| way.fixed);
                if free.into_iter().any(leads_out) || (!fixed.is_empty() && fixed.into_iter().all(leads_out))
                {
                    out.insert(*ix);
                }
            }
            if out.len() == before {
                break;
            }
        }
        let reacts = self.flow.reactions.iter().any(|reaction| match &reaction.next {
            Some(Next::Steps(steps)) => steps.iter().any(|ix| out.contains(ix)),
            Some(_) => true,
            None => false,
        });
        reacts || self.flow.starts.iter().any(|ix| out.contains(ix))
    }

    /// Once through, the shortest way.
    fn round(&self) -> Vec<Move> {
        let ends = self.reached.iter().flat_map(|(ix, led)| {
            let ways = self.flow.ways[ix].iter().filter(|way| matches!(way.next, Next::Ends(_)));
            ways.map(|way| led.and(way.ruled, Move { step: Some(*ix), by: way.by.clone() }))
        });
        ends.min_by_key(|run| (run.ruled, run.moves.len())).map(|run| run.moves).unwrap_or_default()
    }

    /// Whether all that the data decide in a circle is decided on this lap.
    fn decides_all(
        &self,
        lap: &[Move],
        circle: &BTreeSet<StepIx>,
        fixed: impl Fn(StepIx, &Way) -> bool,
    ) -> bool {
        let decided: BTreeSet<StepIx> = lap.iter().filter_map(|it| it.step).collect();
        let fixed = |ix: &StepIx| self.flow.ways[ix].iter().any(|way| fixed(*ix, way));
        circle.iter().filter(|ix| fixed(ix)).all(|ix| decided.contains(ix))
    }
}
