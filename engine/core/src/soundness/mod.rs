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

mod advised;
mod away;
mod choices;
mod circles;
mod conditions;
mod dead;
mod ending;
mod explained;
mod fee;
mod fiction;
mod instruction;
mod law;
mod law_said;
mod locks;
mod machine;
mod matching;
mod meeting;
mod parallel;
mod past;
mod presence;
mod readable;
mod run;
mod said;
mod scope;
mod staff;
mod staff_said;
mod tables;
mod unchanged;
mod undoing;
mod values;
mod ways;
mod witness;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

pub use advised::advised;
pub use away::Away;
use away::lacking;
use circles::Multiplying;
use ending::Ends;
pub use explained::{Explained, Files, Topic, codes, explained, frame, listed};
use fee::not_charged;
use fiction::not_granted;
use instruction::without_instruction;
pub use law::{Against, Automatic, lawful};
use locks::Locked;
pub use locks::MAX_LOCKED;
use meeting::Met;
pub use meeting::{Bound, MAX_FATES, MAX_STATES};
use readable::Readable;
use scope::{Explored, Reached};
pub use staff::{Lack, MAX_TRIED, Roster, staffed};
pub use ways::{Avoided, By};
use ways::{Exit, Flow, Known, Next};
pub use witness::{MAX_LINES_OF_ALL, MAX_TRIALS, Witness};

use crate::{
    authority::Authority,
    definition::{Handler, Kind, Release, ScopeIx, StepIx},
    diagnostic::{Diagnostic, Problems, Span},
    language::{Catalogue, Compiled, Folder, compile},
    words::{Date, Text},
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
    /// What comes once more, and again, where that shows it.
    pub again: Vec<Move>,
    /// What is told of it, when that does not follow from the process alone.
    pub why: Option<Text>,
    /// The run as it was played; none when it could not be.
    pub witness: Option<Witness>,
    /// Whether something that goes on beside the run may still prevent it, so that playing it would prove nothing.
    pub beside: bool,
    /// Where within the step, and what is to be said of it, if it is not about the step as a whole.
    pub detail: Option<Detail>,
}

/// What a finding within a step says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detail {
    /// Where.
    pub span: Span,
    /// What and why.
    pub message: Text,
    /// What to do.
    pub help: Text,
    /// What a rule reads too early, as it reads it: `steps.answer`.
    pub path: Option<Arc<str>>,
}

impl Finding {
    /// Without a run.
    fn of(property: Property, step: StepIx, verdict: Verdict) -> Finding {
        Finding {
            property,
            step,
            verdict,
            run: Vec::new(),
            past: Avoided::default(),
            through: Vec::new(),
            again: Vec::new(),
            why: None,
            witness: None,
            beside: false,
            detail: None,
        }
    }

    /// What was played is certain, and what could not be played is not, except for what needs no run.
    fn play(&mut self, release: &Release, lines: &mut usize) {
        if self.beside {
            self.verdict = Verdict::PossiblyUnsound;
            return;
        }
        if let Some((witness, way)) = witness::play(release, self, lines) {
            self.witness = Some(witness);
            self.run = way.unwrap_or_else(|| std::mem::take(&mut self.run));
        }
        self.verdict = match (self.verdict, &self.witness) {
            (Verdict::PossiblyUnsound, Some(_)) => Verdict::Unsound,
            (Verdict::Unsound, None) if !self.property.is_certain() => Verdict::PossiblyUnsound,
            (verdict, _) => verdict,
        };
    }
}

/// What can stand against soundness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Property {
    /// No way leads to the step (no dead step).
    NeverReached,
    /// Whenever the step is begun, another path ends it in the same turn (no dead step).
    CutOff,
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
    /// Scopes wait for the locks of each other (no deadlock).
    LocksInCircle,
    /// Whether all paths meet is not known.
    MeetingNotDecided(Bound),
    /// A rule reads a result that nothing has written by then.
    ResultNeverThere,
    /// A rule reads a result that is not written on every way to it.
    ResultMayBeMissing,
    /// No values meet a condition.
    ConditionNeverHolds,
    /// Whatever meets the condition of a way takes one before it.
    WayNeverTaken,
    /// The ways before cover all values.
    ElseNeverTaken,
    /// For some values a field that must be filled in has no option.
    NoOptionLeft,
    /// Whether the ways of a choice can be taken is not known.
    ConditionsNotDecided,
    /// Steps that can be active at once write the same value.
    WrittenTwice,
    /// A rule reads what a step that can be active at the same time writes.
    ReadWhileWritten,
    /// Values for which a table has no row.
    TableGap,
    /// Rows of a table that match the same values, of which only one may.
    RowsOverlap,
    /// A row of a table that never decides.
    RowNeverCounts,
    /// Whether a table has gaps or overlaps is not known.
    TableNotDecided,
    /// Something stands against the law.
    Law(Against),
    /// The people of an authority are not enough.
    Staff(Lack),
}

impl Property {
    /// Whether it needs no run to be certain.
    fn is_certain(self) -> bool {
        matches!(
            self,
            Property::NeverReached
                | Property::CutOff
                | Property::ResultNeverThere
                | Property::Law(Against::NoWayToOfficial | Against::EffectUnsaid)
                | Property::Staff(Lack::NotDecided | Lack::Nobody)
        )
    }

    /// Whether it is about a result that is read too early.
    fn is_of_missing(self) -> bool {
        matches!(self, Property::ResultNeverThere | Property::ResultMayBeMissing)
    }

    /// Whether a run can show it.
    fn shows(self) -> bool {
        match self {
            Property::WaitsInVain
            | Property::NeverEnds
            | Property::ErrorUnhandled
            | Property::GoesInCircles
            | Property::Multiplies
            | Property::LocksInCircle
            | Property::ResultNeverThere
            | Property::ResultMayBeMissing => true,
            Property::Law(against) => !matches!(against, Against::NoWayToOfficial | Against::EffectUnsaid),
            Property::Staff(lack) => !matches!(lack, Lack::NotDecided | Lack::Nobody),
            Property::NeverReached
            | Property::CutOff
            | Property::MeetingNotDecided(_)
            | Property::ConditionNeverHolds
            | Property::WayNeverTaken
            | Property::ElseNeverTaken
            | Property::NoOptionLeft
            | Property::ConditionsNotDecided
            | Property::WrittenTwice
            | Property::ReadWhileWritten
            | Property::TableGap
            | Property::RowsOverlap
            | Property::RowNeverCounts
            | Property::TableNotDecided => false,
        }
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

/// A process that was read and proven.
#[derive(Debug)]
pub struct Proven {
    /// The release, when it can be read.
    pub release: Option<Release>,
    /// Everything that is wrong.
    pub problems: Vec<Diagnostic>,
    /// What is proven of its soundness, as a whole; none: it cannot be read, or was only read.
    pub verdict: Option<Verdict>,
}

/// Reads a process and proves it: what stands against its soundness, or against the law, is among the problems.
pub fn check(folder: &Folder, catalogue: &Catalogue) -> Proven {
    proven(compile(folder, catalogue))
}

/// The same for what was read already.
pub fn proven(compiled: Compiled) -> Proven {
    let Compiled { release, problems } = compiled;
    let mut compiled = Proven { release, problems, verdict: None };
    if let Some(release) = &compiled.release {
        let proof = prove(release);
        compiled.verdict = Some(proof.verdict);
        let findings = [proof.findings, lawful(release)].concat();
        compiled.problems.extend(findings.iter().map(|finding| finding.diagnostic(release)));
        compiled.problems.sort_by(|a, b| a.span.cmp(&b.span));
        // A block that is used twice has its faults twice.
        compiled.problems.dedup_by(|a, b| a.says_the_same(b));
        if compiled.problems.len() > Problems::MOST {
            // What stops a deployment is kept.
            compiled.problems.sort_by_key(|problem| problem.severity);
            compiled.problems.truncate(Problems::MOST);
            compiled.problems.sort_by(|a, b| a.span.cmp(&b.span));
        }
    }
    compiled
}

/// The same for people who shall work with it: on which path nobody may do a task; also at times when somebody is away.
pub fn for_people(mut compiled: Proven, roster: &Roster, away: &[Away]) -> Proven {
    if let Some(release) = &compiled.release {
        let found = staffed(release, roster);
        compiled.problems.extend(found.iter().map(|finding| finding.diagnostic(release)));
        compiled.problems.extend(lacking(release, roster, away));
        compiled.problems.sort_by(|a, b| a.span.cmp(&b.span));
    }
    compiled
}

/// The same for an authority that shall use it from a day on: its people, who stands in for whom, and what it set.
pub fn for_authority(mut compiled: Proven, authority: &Authority, today: Date) -> Proven {
    if let Some(release) = &compiled.release {
        compiled.problems.extend(at_authority(release, authority, today));
        compiled.problems.sort_by(|a, b| a.span.cmp(&b.span));
    }
    compiled
}

/// What stands against a process at an authority from a day on, besides what stands against it everywhere.
pub fn at_authority(release: &Release, authority: &Authority, today: Date) -> Vec<Diagnostic> {
    let roster = Roster::of(authority);
    let found = staffed(release, &roster);
    let mut problems: Vec<Diagnostic> = found.iter().map(|finding| finding.diagnostic(release)).collect();
    problems.extend(lacking(release, &roster, &Away::of(authority, today)));
    problems.extend(without_instruction(release, authority, today));
    problems.extend(not_charged(release, authority, today));
    problems.extend(not_granted(release, authority, today));
    problems
}

/// What nobody can do any more while somebody is away, of what somebody can else.
pub fn lacking_while_away(release: &Release, authority: &Authority, today: Date) -> Vec<Diagnostic> {
    lacking(release, &Roster::of(authority), &Away::of(authority, today))
}

/// Plays what was found, within one bound for all: first what no data exclude, since a run of it is sure to be there.
fn play_all(release: &Release, findings: &mut [Finding]) {
    let mut lines = MAX_LINES_OF_ALL;
    let mut order: Vec<usize> = (0..findings.len()).collect();
    order.sort_by_key(|ix| (findings[*ix].verdict != Verdict::Unsound, findings[*ix].run.len()));
    for ix in order {
        findings[ix].play(release, &mut lines);
    }
}

/// Proves what can be proven of a process.
pub fn prove(release: &Release) -> Proof {
    let explored = explore(release, None);
    let mut findings = Vec::new();
    let mut prover = Prover {
        release,
        explored: &explored,
        findings: &mut findings,
        locked: Vec::new(),
        undone: BTreeMap::new(),
        circling: BTreeSet::new(),
    };
    prover.scope(ScopeIx(0), &Led::default(), Ends::Never);
    prover.calls_itself();
    prover.locks();
    prover.machine();
    prover.never_undone();
    for finding in &mut findings {
        finding.run = inside(release, &explored, &finding.run);
    }
    let readable = Readable::new(release);
    findings.extend(presence::findings(release, &explored, &readable));
    let early: BTreeSet<StepIx> =
        findings.iter().filter(|it| it.property.is_of_missing()).map(|it| it.step).collect();
    // Whoever reads too early reads beside what writes; that is told once.
    let beside = parallel::findings(release, &explored, &readable).into_iter();
    findings
        .extend(beside.filter(|it| it.property != Property::ReadWhileWritten || !early.contains(&it.step)));
    let domains = choices::Domains::new(release, &readable);
    findings.extend(choices::findings(release, &domains));
    findings.extend(tables::findings(release, &domains));
    play_all(release, &mut findings);
    findings.sort_by_key(|finding| (finding.step, finding.property));
    let verdict = findings.iter().map(|finding| finding.verdict).max().unwrap_or(Verdict::Sound);
    Proof { verdict, findings }
}

/// All scopes, the innermost first: what is inside decides how a step around it can go on. Perhaps past some steps.
fn explore(release: &Release, avoided: Option<&Avoided>) -> BTreeMap<ScopeIx, Explored> {
    let cancelled = ways::cancelled(release);
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
            None => Flow::of(release, ix, &exits, &cancelled),
            Some(avoided) => Flow::past(release, ix, &exits, &cancelled, avoided),
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
        Finding { run: self.moves, ..Finding::of(property, step, verdict) }
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
    /// The scopes with a lock.
    locked: Vec<Locked>,
    /// The steps that undo others, each with the compensating step that it was looked at for.
    undone: BTreeMap<StepIx, StepIx>,
    /// The steps in circles without a stop that are told.
    circling: BTreeSet<StepIx>,
}

impl Prover<'_> {
    /// Looks at a scope that is reached by a run, and at those within. `ended`: whether something around ends it.
    fn scope(&mut self, ix: ScopeIx, run: &Led, ended: Ends) {
        let Some(explored) = self.explored.get(&ix) else { return };
        self.circles(explored, run);
        let in_vain = self.meeting(explored, run);
        self.never_ending(explored, run, ended, in_vain);
        for Multiplying { step, lap, again, ended } in explored.multiplying(self.release, in_vain) {
            let mut found = self.finding(Property::Multiplies, step, explored, run);
            found.run.extend(lap);
            found.again = again;
            found.beside = ended || self.ends(explored, step) == Ends::Perhaps;
            self.findings.push(found);
        }
        self.errors(explored, run);
        for step in explored.reached.keys().copied().collect::<Vec<_>>() {
            if let Kind::Scope(inner) = self.release.step(step).kind {
                let led = run.on(&explored.reached[&step]);
                self.locked.extend(Locked::of(self.release, step, &led));
                self.scope(inner, &led, ended.max(self.ends(explored, step)));
            }
            self.undoing(explored, step, run, ended);
        }
        self.dead(explored);
    }

    fn dead(&mut self, explored: &Explored) {
        let told = |owner| self.findings.iter().any(|finding| self.lies_in(finding.step, owner));
        let dead = explored.dead(self.release, told);
        let unreached = dead.unreached.iter().map(|step| (Property::NeverReached, *step));
        let cut_off = dead.cut_off.iter().map(|step| (Property::CutOff, *step));
        self.findings.extend(
            unreached.chain(cut_off).map(|(property, step)| Finding::of(property, step, Verdict::Unsound)),
        );
    }

    /// Whether a step lies within another one.
    fn lies_in(&self, step: StepIx, owner: StepIx) -> bool {
        let around = |ix: &StepIx| self.release.scope(self.release.step(*ix).scope).owner;
        std::iter::successors(around(&step), around).any(|around| around == owner)
    }

    fn circles(&mut self, explored: &Explored, run: &Led) {
        for (circle, leads_out) in explored.circles() {
            self.circling.extend(&circle);
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

    /// Whether paths meet; true: some of them wait in vain.
    fn meeting(&mut self, explored: &Explored, run: &Led) -> bool {
        let (property, step, ruled, moves) = match meeting::search(self.release, explored) {
            Met::Always => return false,
            Met::InVain { join, ruled, moves } => (Property::WaitsInVain, join, ruled, moves),
            Met::WithoutBound { join, ruled, moves } => (Property::Multiplies, join, ruled, moves),
            Met::NotDecided(bound) => {
                let steps = self.release.scope(explored.flow.scope).steps.iter();
                let join = steps.copied().find(|ix| matches!(self.release.step(*ix).kind, Kind::Join(_)));
                let Some(step) = join else { return false };
                let (property, verdict) = (Property::MeetingNotDecided(bound), Verdict::NotDecided);
                self.findings.push(Finding::of(property, step, verdict));
                return false;
            }
        };
        self.findings.push(run.on(&Reached { ruled, moves }).finding(property, step));
        property == Property::WaitsInVain
    }

    /// Errors that leave the case itself.
    fn errors(&mut self, explored: &Explored, run: &Led) {
        for (ix, reached) in &explored.reached {
            self.error(*ix, run.on(reached), (explored.flow.scope, *ix));
        }
    }

    /// An error, if a step raises one that leaves the case itself. `from`: the scope that it is raised in, and the step there.
    fn error(&mut self, ix: StepIx, led: Led, from: (ScopeIx, StepIx)) {
        use crate::definition::Raise;
        let Kind::Raise(Raise::Error(code)) = &self.release.step(ix).kind else { return };
        let mut led = Some(led);
        let mut at = Some(from);
        while let Some((scope, within)) = at {
            if let Some(handler) = self.explored[&scope].flow.handler_of_error(self.release, code) {
                led = self.after_itself(&self.explored[&scope], handler, within);
                if led.is_none() {
                    break;
                }
            }
            at = self.release.scope(scope).owner.map(|owner| {
                // What undoes lies in the step that compensates.
                let owner = self.undone.get(&owner).copied().unwrap_or(owner);
                (self.release.step(owner).scope, owner)
            });
        }
        self.findings.extend(led.map(|led| led.finding(Property::ErrorUnhandled, ix)));
    }

    /// The run that leads from the reaction to an error to a step, whose errors it does not handle any more: it reacts once.
    fn after_itself(&self, explored: &Explored, handler: &Handler, step: StepIx) -> Option<Led> {
        let Some(Next::Steps(steps)) = handler.then.as_ref().filter(|_| handler.interrupt).map(ways::next)
        else {
            return None;
        };
        let moves = explored.path(&steps, step, |_| true)?;
        let first = explored.raised(self.release, &handler.name)?;
        Some(Led { ruled: true, ..Led::default().on(&first).on(&Reached { ruled: true, moves }) })
    }

    /// Of some steps the one that is reached first.
    fn first(&self, explored: &Explored, steps: &BTreeSet<StepIx>) -> Option<StepIx> {
        let reached = |ix: &&StepIx| explored.reached.get(ix).map(|by| (by.ruled, by.moves.len()));
        steps.iter().filter(|ix| reached(ix).is_some()).min_by_key(reached).copied()
    }

    fn finding(&self, property: Property, step: StepIx, explored: &Explored, run: &Led) -> Finding {
        run.on(&explored.reached[&step]).finding(property, step)
    }
}
