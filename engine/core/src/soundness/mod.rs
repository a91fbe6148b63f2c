//! Whether a process can always end, whatever its data are: proven on its control flow before it is deployed.
//!
//! A process is **sound** (van der Aalst) when from wherever a case can come to it can end, when then nothing is left, and
//! when no step is there in vain. Scopes of Fachwerk end when nothing in them is active any more, so nothing is ever left;
//! what remains to be proven is told by [`Property`]. The proof goes scope by scope, from the inside out: an inner scope is a
//! step with outcomes for the one around it ([`scope`]). Only where paths meet is there a search ([`meeting`]).
//!
//! What data decide is taken to go either way, and messages, persons and time may come or never come. So a run that is
//! found may be one that the data exclude: it is **possibly** unsound until the engine itself has played it
//! ([`witness`]). Nothing is ever called sound because it was tried.

mod instruction;
mod law;
mod law_said;
mod meeting;
mod past;
mod said;
mod scope;
mod staff;
mod staff_said;
mod values;
mod ways;
mod witness;

use std::collections::{BTreeMap, BTreeSet};

use instruction::without_instruction;
pub use law::{Against, Automatic, lawful};
use meeting::Met;
pub use meeting::{Bound, MAX_FATES, MAX_STATES};
use scope::{Explored, Reached};
pub use staff::{Lack, MAX_TRIED, Roster, staffed};
pub use ways::{Avoided, By};
use ways::{Exit, Flow, Known};
pub use witness::{MAX_TRIALS, Witness};

use crate::{
    authority::Authority,
    definition::{Kind, Release, ScopeIx, StepIx},
    language::{Catalogue, Compiled, Folder, compile},
    words::Text,
};

/// What is proven of a process as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Whatever the data are, it is sound.
    Sound,
    /// It is not known: a bound was reached.
    NotDecided,
    /// Its control flow allows a run that does not end; data may exclude it.
    PossiblyUnsound,
    /// There is a run that does not end, or a step in vain.
    Unsound,
}

/// What was proven, and what stands against it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// As a whole: the worst of what was found.
    pub verdict: Verdict,
    /// What was found, in the order of the steps.
    pub findings: Vec<Finding>,
}

/// Something that stands against the soundness of a process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What.
    pub property: Property,
    /// Where.
    pub step: StepIx,
    /// How certain.
    pub verdict: Verdict,
    /// A run that shows it, from the beginning of the case; empty for a step that no run comes to.
    pub run: Vec<Move>,
    /// What has not been done on it.
    pub past: Avoided,
    /// What has been done on it before, in this order.
    pub through: Vec<StepIx>,
    /// What is told of it, when that does not follow from the process alone.
    pub why: Option<Text>,
    /// The run as it was played; none when it could not be.
    pub witness: Option<Witness>,
}

impl Finding {
    /// What no run shows.
    fn plain(property: Property, step: StepIx, verdict: Verdict) -> Finding {
        Finding {
            property,
            step,
            verdict,
            run: Vec::new(),
            past: Avoided::default(),
            through: Vec::new(),
            why: None,
            witness: None,
        }
    }

    /// What was played is certain, and what could not be played is not, except for steps that no run comes to.
    fn play(&mut self, release: &Release) {
        if let Some((witness, way)) = witness::play(release, self) {
            self.witness = Some(witness);
            self.run = way.unwrap_or_else(|| std::mem::take(&mut self.run));
        }
        self.verdict = match (self.verdict, &self.witness) {
            (Verdict::PossiblyUnsound, Some(_)) => Verdict::Unsound,
            (Verdict::Unsound, None) if self.property.needs_run() => Verdict::PossiblyUnsound,
            (verdict, _) => verdict,
        };
    }
}

/// What can stand against soundness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Property {
    /// No way leads to the step (no dead step).
    NeverReached,
    /// A path waits in the join for others that cannot come (no deadlock).
    WaitsInVain,
    /// From the step no way leads out of its scope (option to complete).
    NeverEnds,
    /// The error is handled by nothing around it (proper completion).
    ErrorUnhandled,
    /// Steps at which nothing stops go in a circle (no livelock).
    GoesInCircles,
    /// Each time round there are more paths (bounded).
    Multiplies,
    /// Whether all paths meet is not known.
    MeetingNotDecided(Bound),
    /// Something stands against the law.
    Law(Against),
    /// The people of an authority are not enough.
    Staff(Lack),
}

impl Property {
    /// Whether there is a run that shows it.
    fn needs_run(self) -> bool {
        !matches!(
            self,
            Property::NeverReached
                | Property::MeetingNotDecided(_)
                | Property::Law(Against::NoWayToOfficial | Against::EffectUnsaid)
                | Property::Staff(Lack::NotDecided | Lack::Nobody)
        )
    }
}

/// A step of a run: a step is left in one of its ways.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Move {
    /// The step, or the scope that reacts; none: the case itself.
    pub step: Option<StepIx>,
    /// In which way.
    pub by: By,
}

/// Reads a process and proves it: what stands against its soundness, or against the law, is among the problems.
pub fn check(folder: &Folder, catalogue: &Catalogue) -> Compiled {
    proven(compile(folder, catalogue))
}

/// The same for what was read already.
pub fn proven(mut compiled: Compiled) -> Compiled {
    if let Some(release) = &compiled.release {
        let findings = [prove(release).findings, lawful(release)].concat();
        compiled.problems.extend(findings.iter().map(|finding| finding.diagnostic(release)));
        compiled.problems.sort_by(|a, b| a.span.cmp(&b.span));
    }
    compiled
}

/// The same for people who shall work with it: on which path nobody may do a task.
pub fn for_people(mut compiled: Compiled, roster: &Roster) -> Compiled {
    if let Some(release) = &compiled.release {
        let found = staffed(release, roster);
        compiled.problems.extend(found.iter().map(|finding| finding.diagnostic(release)));
        compiled.problems.sort_by(|a, b| a.span.cmp(&b.span));
    }
    compiled
}

/// The same for an authority that shall use it: its people, and what it set.
pub fn for_authority(compiled: Compiled, authority: &Authority) -> Compiled {
    let mut compiled = for_people(compiled, &Roster::of(authority));
    if let Some(release) = &compiled.release {
        let found = without_instruction(release, authority);
        compiled.problems.extend(found);
        compiled.problems.sort_by(|a, b| a.span.cmp(&b.span));
    }
    compiled
}

/// Proves what can be proven of a process.
pub fn prove(release: &Release) -> Proof {
    let explored = explore(release, None);
    let mut findings = Vec::new();
    let mut prover = Prover { release, explored: &explored, findings: &mut findings };
    prover.scope(ScopeIx(0), &Led::default(), false);
    for finding in &mut findings {
        finding.run = inside(release, &explored, &finding.run);
        finding.play(release);
    }
    findings.sort_by_key(|finding| (finding.step, finding.property));
    let verdict = findings.iter().map(|finding| finding.verdict).max().unwrap_or(Verdict::Sound);
    Proof { verdict, findings }
}

/// All scopes, the innermost first: what is inside decides how a step around it can go on. Perhaps past some steps.
fn explore(release: &Release, avoided: Option<&Avoided>) -> BTreeMap<ScopeIx, Explored> {
    let mut exits = Known::new();
    let mut explored = BTreeMap::new();
    let mut open = vec![(ScopeIx(0), false)];
    while let Some((ix, seen)) = open.pop() {
        if !seen {
            open.push((ix, true));
            open.extend(inner(release, ix).into_iter().map(|inner| (inner, false)));
            continue;
        }
        let flow = match avoided {
            None => Flow::of(release, ix, &exits),
            Some(avoided) => Flow::past(release, ix, &exits, avoided),
        };
        let found = Explored::new(release, flow);
        exits.insert(ix, found.leads(release));
        explored.insert(ix, found);
    }
    explored
}

fn inner(release: &Release, scope: ScopeIx) -> Vec<ScopeIx> {
    let steps = release.scope(scope).steps.iter();
    let inner = steps.filter_map(|ix| match release.step(*ix).kind {
        Kind::Scope(scope) => Some(scope),
        _ => None,
    });
    inner.collect()
}

/// A run so far.
#[derive(Clone, Debug, Default)]
struct Led {
    moves: Vec<Move>,
    ruled: bool,
}

impl Led {
    fn on(&self, further: &Reached) -> Led {
        let moves = [self.moves.as_slice(), &further.moves].concat();
        Led { moves, ruled: self.ruled || further.ruled }
    }

    fn finding(self, property: Property, step: StepIx) -> Finding {
        let verdict = if self.ruled { Verdict::PossiblyUnsound } else { Verdict::Unsound };
        Finding { run: self.moves, ..Finding::plain(property, step, verdict) }
    }
}

/// A run with what happens inside the scopes that it leaves.
fn inside(release: &Release, explored: &BTreeMap<ScopeIx, Explored>, run: &[Move]) -> Vec<Move> {
    let mut all = Vec::new();
    for it in run {
        let scope = it.step.and_then(|ix| match (&release.step(ix).kind, &it.by) {
            (_, By::Handler(_)) => None,
            (Kind::Scope(scope), By::Outcome(outcome)) => Some((scope, Exit::Over(Some(outcome.clone())))),
            (Kind::Scope(scope), _) => Some((scope, Exit::Over(None))),
            _ => None,
        });
        if let Some((scope, exit)) = scope
            && let Some(led) = explored.get(scope).and_then(|inner| inner.exits.get(&exit))
        {
            all.extend(inside(release, explored, &led.moves));
        }
        all.push(it.clone());
    }
    all
}

struct Prover<'a> {
    release: &'a Release,
    explored: &'a BTreeMap<ScopeIx, Explored>,
    findings: &'a mut Vec<Finding>,
}

impl Prover<'_> {
    /// Looks at a scope that is reached by a run, and at those within. `left`: whether something outside may end it.
    fn scope(&mut self, ix: ScopeIx, run: &Led, left: bool) {
        let Some(explored) = self.explored.get(&ix) else { return };
        let left =
            left || explored.flow.reactions.iter().any(|reaction| reaction.interrupts && !reaction.by_error);
        self.dead(explored);
        self.circles(explored, run);
        let caught = explored.caught();
        // A circle in which nothing stops is told as that.
        let circles: BTreeSet<StepIx> =
            explored.circles().into_iter().flat_map(|(circle, _)| circle).collect();
        let caught: BTreeSet<StepIx> = caught.difference(&circles).copied().collect();
        if !left && let Some(first) = self.first(explored, &caught) {
            self.find(Property::NeverEnds, first, explored, run);
        }
        for (ix, by) in explored.multiplying(self.release) {
            let mut found = self.finding(Property::Multiplies, ix, explored, run);
            found.run.push(Move { step: Some(ix), by });
            self.findings.push(found);
        }
        self.meeting(explored, run);
        self.errors(explored, run);
        for step in explored.reached.keys().copied().collect::<Vec<_>>() {
            if let Kind::Scope(inner) = self.release.step(step).kind {
                let led = run.on(&explored.reached[&step]);
                self.scope(inner, &led, left);
            }
        }
    }

    fn dead(&mut self, explored: &Explored) {
        // Of steps that lead to each other only the ones that nothing leads to are told.
        let dead: BTreeSet<StepIx> = explored.dead(self.release).collect();
        self.findings
            .extend(dead.iter().map(|step| Finding::plain(Property::NeverReached, *step, Verdict::Unsound)));
    }

    fn circles(&mut self, explored: &Explored, run: &Led) {
        for (circle, leads_out) in explored.circles() {
            if let Some(first) = self.first(explored, &circle) {
                let mut found = self.finding(Property::GoesInCircles, first, explored, run);
                if leads_out {
                    found.verdict = Verdict::PossiblyUnsound;
                }
                found.run.extend(explored.around(&circle));
                self.findings.push(found);
            }
        }
    }

    fn meeting(&mut self, explored: &Explored, run: &Led) {
        let (property, step, ruled, moves) = match meeting::search(self.release, explored) {
            Met::Always => return,
            Met::InVain { join, ruled, moves } => (Property::WaitsInVain, join, ruled, moves),
            Met::WithoutBound { join, ruled, moves } => (Property::Multiplies, join, ruled, moves),
            Met::NotDecided(bound) => {
                let steps = self.release.scope(explored.flow.scope).steps.iter();
                let join = steps.copied().find(|ix| matches!(self.release.step(*ix).kind, Kind::Join(_)));
                let Some(step) = join else { return };
                let property = Property::MeetingNotDecided(bound);
                self.findings.push(Finding::plain(property, step, Verdict::NotDecided));
                return;
            }
        };
        self.findings.push(run.on(&Reached { ruled, moves }).finding(property, step));
    }

    /// Errors that leave the case itself.
    fn errors(&mut self, explored: &Explored, run: &Led) {
        use crate::definition::Raise;
        for (ix, reached) in &explored.reached {
            let Kind::Raise(Raise::Error(code)) = &self.release.step(*ix).kind else { continue };
            let mut scope = Some(explored.flow.scope);
            let mut handled = false;
            while let Some(at) = scope {
                handled |= self.explored[&at].flow.handler_of_error(self.release, code).is_some();
                scope = self.release.scope(at).owner.map(|owner| self.release.step(owner).scope);
            }
            if !handled {
                self.findings.push(run.on(reached).finding(Property::ErrorUnhandled, *ix));
            }
        }
    }

    /// Of some steps the one that is reached first.
    fn first(&self, explored: &Explored, steps: &BTreeSet<StepIx>) -> Option<StepIx> {
        let reached = |ix: &&StepIx| explored.reached.get(ix).map(|by| (by.ruled, by.moves.len()));
        steps.iter().filter(|ix| reached(ix).is_some()).min_by_key(reached).copied()
    }

    fn find(&mut self, property: Property, step: StepIx, explored: &Explored, run: &Led) {
        let found = self.finding(property, step, explored, run);
        self.findings.push(found);
    }

    fn finding(&self, property: Property, step: StepIx, explored: &Explored, run: &Led) -> Finding {
        run.on(&explored.reached[&step]).finding(property, step)
    }
}
