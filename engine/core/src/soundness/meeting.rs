//! Scopes in which paths meet: whether every path that waits in a join is sure to go on.
//!
//! Between joins paths know nothing of each other, so each is followed on its own to where it can end: its *fates*. What
//! remains is a small game of paths that wait and paths that are under way, and that is searched state by state. Only an
//! inclusive join asks where the others are; with one in the scope each path goes on to where that makes a difference.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque, hash_map::Entry},
    rc::Rc,
    sync::Arc,
};

use super::{
    Move,
    scope::{Explored, Reached},
    ways::{By, Next, Way},
};
use crate::definition::{Join, Kind, Release, StepIx};

/// So many states of a scope are looked at; beyond, it is not decided.
pub const MAX_STATES: usize = 100_000;
/// So many paths are followed in all of them together: a state with very many counts for several.
const MAX_PATHS: usize = 3_000_000;
/// So many fates of one path are followed; beyond, it is not decided.
pub const MAX_FATES: usize = 2_000;
/// So many paths may wait for the same; beyond, they are taken to be without bound.
const MANY: u32 = 20;

/// What came of the search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Met {
    /// Every path goes on or ends.
    Always,
    /// Paths wait in vain in this join; the run leads there.
    InVain {
        /// The join.
        join: StepIx,
        /// Whether data decide on the way.
        ruled: bool,
        /// The moves.
        moves: Vec<Move>,
    },
    /// More and more paths wait in this join.
    WithoutBound {
        /// The join.
        join: StepIx,
        /// Whether data decide on the way.
        ruled: bool,
        /// The moves.
        moves: Vec<Move>,
    },
    /// It is not known.
    NotDecided(Bound),
}

/// Which bound was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bound {
    /// [`MAX_STATES`].
    States,
    /// [`MAX_FATES`].
    Fates,
    /// A reaction that can come any number of times leads into a join.
    Reactions,
    /// Paths that wait in a join can be ended from elsewhere.
    Cancelled,
    /// [`super::MAX_LOCKED`].
    Locks,
}

/// What can come of one path: between joins, or on its next step.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Fate {
    /// The joins that it comes to, each with the step before: the path may have become several.
    arrives: Vec<(StepIx, StepIx)>,
    /// The steps that it is at then.
    under_way: Vec<StepIx>,
    /// Whether the scope is left, whatever else is under way.
    leaves: bool,
    /// Whether data decide.
    ruled: bool,
    /// The moves.
    moves: Vec<Move>,
}

/// What a fate comes to: where its paths wait, where they are, and whether the scope is left.
type End = (Vec<(StepIx, StepIx)>, Vec<StepIx>, bool);

/// The steps before a join by which a path can come to it, by join and where the path is.
type Sources = RefCell<HashMap<(StepIx, StepIx), Rc<BTreeSet<StepIx>>>>;

/// How things stand in a scope: the paths that wait, by join and the step before, and those under way.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct State {
    waiting: BTreeMap<(StepIx, StepIx), u32>,
    under_way: Vec<StepIx>,
}

impl State {
    /// How many paths there are, where they are.
    fn paths(&self) -> usize {
        1 + self.waiting.len() + self.under_way.len()
    }
}

/// Searches a scope. `Always` at once when no paths meet in it.
pub fn search(release: &Release, explored: &Explored) -> Met {
    let steps = &release.scope(explored.flow.scope).steps;
    let meets = |ix: &&StepIx| matches!(release.step(**ix).kind, Kind::Join(_));
    if !steps.iter().any(|ix| meets(&ix)) {
        return Met::Always;
    }
    let game = Game {
        release,
        explored,
        inclusive: steps
            .iter()
            .copied()
            .filter(|ix| join_of(release, *ix) == Some(Join::Inclusive))
            .collect(),
        known: Sources::default(),
    };
    if game.reactions_meet() {
        return Met::NotDecided(Bound::Reactions);
    }
    let is_ended = |ix: &StepIx| game.ways(*ix).iter().any(|way| way.by == By::Cancelled);
    if steps.iter().any(|ix| join_of(release, *ix).is_some() && is_ended(ix)) {
        return Met::NotDecided(Bound::Cancelled);
    }
    game.play().unwrap_or_else(Met::NotDecided)
}

fn join_of(release: &Release, ix: StepIx) -> Option<Join> {
    match release.step(ix).kind {
        Kind::Join(join) => Some(join),
        _ => None,
    }
}

struct Game<'a> {
    release: &'a Release,
    explored: &'a Explored,
    /// The inclusive joins: with one it matters in which order paths come, and where they are.
    inclusive: Vec<StepIx>,
    known: Sources,
}

impl Game<'_> {
    fn ways(&self, ix: StepIx) -> &[Way] {
        &self.explored.flow.ways[&ix]
    }

    /// Whether a reaction begins a path that can come to a join.
    fn reactions_meet(&self) -> bool {
        let begins = self.explored.flow.reactions.iter().filter(|reaction| !reaction.interrupts);
        let starts = begins.filter_map(|reaction| match &reaction.next {
            Some(Next::Steps(steps)) => Some(steps),
            _ => None,
        });
        starts.flatten().any(|start| self.comes_to_join(*start))
    }

    fn comes_to_join(&self, from: StepIx) -> bool {
        let (mut seen, mut open) = (BTreeSet::from([from]), vec![from]);
        while let Some(ix) = open.pop() {
            if join_of(self.release, ix).is_some() {
                return true;
            }
            for way in self.ways(ix) {
                if let Next::Steps(steps) = &way.next {
                    open.extend(steps.iter().filter(|next| seen.insert(**next)));
                }
            }
        }
        false
    }

    fn play(&self) -> Result<Met, Bound> {
        let mut fates: HashMap<StepIx, Arc<[Fate]>> = HashMap::new();
        // As few choices by data as possible first, so that what is found is as certain as it can be.
        let mut known: Vec<(State, Option<usize>, Vec<Move>, usize)> = Vec::new();
        let mut index: HashMap<State, usize> = HashMap::new();
        for (steps, led) in self.begins() {
            let begin = self.entered(&steps);
            if let Entry::Vacant(unknown) = index.entry(begin.clone()) {
                unknown.insert(known.len());
                known.push((begin, None, led.moves, usize::from(led.ruled)));
            }
        }
        let mut open: VecDeque<usize> = (0..known.len()).collect();
        let mut in_vain: Option<(usize, usize, StepIx, bool)> = None;
        let mut followed = 0;
        while let Some(at) = open.pop_front() {
            let (state, ruled) = (known[at].0.clone(), known[at].3);
            if in_vain.is_some_and(|(best, ..)| best <= ruled) {
                continue;
            }
            if state.under_way.is_empty() {
                if let Some((join, _)) = state.waiting.keys().next() {
                    in_vain = Some((ruled, at, *join, false));
                }
                continue;
            }
            for place in self.resolvable(&state) {
                let path = state.under_way[place];
                if let Entry::Vacant(unknown) = fates.entry(path) {
                    unknown.insert(self.fates(path, &mut Vec::new())?.into());
                }
                for fate in fates[&path].clone().iter().filter(|fate| !fate.leaves) {
                    followed += state.paths();
                    if followed > MAX_PATHS {
                        return Err(Bound::States);
                    }
                    let (next, moves) = self.after(&state, place, fate).ok_or(Bound::States)?;
                    followed += moves.len();
                    if let Some(join) = self.without_bound(&next) {
                        let number = known.len();
                        known.push((next, Some(at), moves, ruled + usize::from(fate.ruled)));
                        in_vain = Some((ruled + usize::from(fate.ruled), number, join, true));
                        break;
                    }
                    let ruled = ruled + usize::from(fate.ruled);
                    match index.get(&next) {
                        Some(old) if known[*old].3 <= ruled => {}
                        Some(old) => {
                            let old = *old;
                            known[old] = (next, Some(at), moves, ruled);
                            open.push_back(old);
                        }
                        None => {
                            if known.len() >= MAX_STATES {
                                return Err(Bound::States);
                            }
                            index.insert(next.clone(), known.len());
                            open.push_back(known.len());
                            known.push((next, Some(at), moves, ruled));
                        }
                    }
                }
            }
        }
        let Some((ruled, mut at, join, without_bound)) = in_vain else { return Ok(Met::Always) };
        let mut moves = Vec::new();
        loop {
            let (_, before, own, _) = &known[at];
            moves.splice(0..0, own.iter().cloned());
            match before {
                Some(before) => at = *before,
                None => break,
            }
        }
        let ruled = ruled > 0;
        Ok(match without_bound {
            true => Met::WithoutBound { join, ruled, moves },
            false => Met::InVain { join, ruled, moves },
        })
    }

    /// The join in which, or behind which, more and more paths are.
    fn without_bound(&self, state: &State) -> Option<StepIx> {
        if let Some(((join, _), _)) = state.waiting.iter().find(|(_, count)| **count > MANY) {
            return Some(*join);
        }
        let same = state.under_way.chunk_by(|one, other| one == other);
        let many = same.into_iter().find(|paths| paths.len() > MANY as usize)?.first()?;
        let leads = |join: &&StepIx| {
            join_of(self.release, **join).is_some()
                && self
                    .ways(**join)
                    .iter()
                    .any(|way| matches!(&way.next, Next::Steps(steps) if steps.contains(many)))
        };
        self.release.scope(self.explored.flow.scope).steps.iter().find(leads).copied()
    }

    /// With which steps the scope can be begun: those that it begins with, or those with which a reaction goes on that has
    /// ended all else.
    fn begins(&self) -> Vec<(Vec<StepIx>, Reached)> {
        let flow = &self.explored.flow;
        let mut found = vec![(flow.starts.clone(), Reached { ruled: false, moves: Vec::new() })];
        for reaction in flow.reactions.iter().filter(|reaction| reaction.interrupts) {
            let Some(Next::Steps(steps)) = &reaction.next else { continue };
            let by =
                Move { step: self.release.scope(flow.scope).owner, by: By::Handler(reaction.name.clone()) };
            let led = match reaction.by_error {
                false => Reached { ruled: reaction.depends, moves: vec![by] },
                true => self
                    .explored
                    .raised(self.release, &reaction.name)
                    .unwrap_or(Reached { ruled: true, moves: vec![by] }),
            };
            found.push((steps.clone(), led));
        }
        found
    }

    /// Paths that have just come to steps; from the handler of a scope, where nothing was before them.
    fn entered(&self, steps: &[StepIx]) -> State {
        let mut state = State::default();
        for step in steps {
            match join_of(self.release, *step) {
                Some(_) => *state.waiting.entry((*step, *step)).or_default() += 1,
                None => state.under_way.push(*step),
            }
        }
        state.under_way.sort_unstable();
        state
    }

    /// Which of the paths under way are followed next: the first one, unless the order matters.
    fn resolvable(&self, state: &State) -> Vec<usize> {
        let all: Vec<usize> = (0..state.under_way.len()).collect();
        if self.inclusive.is_empty() {
            return all[..1].to_vec();
        }
        let mut seen = BTreeSet::new();
        all.into_iter().filter(|place| seen.insert(state.under_way[*place])).collect()
    }

    /// How things stand when a path has met its fate, and all joins that can have gone on; none if they never stop.
    fn after(&self, state: &State, place: usize, fate: &Fate) -> Option<(State, Vec<Move>)> {
        let mut next = state.clone();
        let mut moves = fate.moves.clone();
        next.under_way.remove(place);
        for arrival in &fate.arrives {
            *next.waiting.entry(*arrival).or_default() += 1;
        }
        next.under_way.extend(&fate.under_way);
        while let Some((join, met)) = self.ready(&next) {
            for from in met {
                match next.waiting.get_mut(&(join, from.0)) {
                    Some(count) if *count > from.1 => *count -= from.1,
                    _ => {
                        next.waiting.remove(&(join, from.0));
                    }
                }
            }
            if moves.len() > MAX_FATES {
                return None;
            }
            moves.push(Move { step: Some(join), by: By::Meeting });
            for way in self.ways(join) {
                if let Next::Steps(steps) = &way.next {
                    for step in steps {
                        match join_of(self.release, *step) {
                            Some(_) => *next.waiting.entry((*step, join)).or_default() += 1,
                            None => next.under_way.push(*step),
                        }
                    }
                }
            }
        }
        next.under_way.sort_unstable();
        Some((next, moves))
    }

    /// A join that goes on, and the paths that it takes: the steps before, each with how many.
    fn ready(&self, state: &State) -> Option<(StepIx, Vec<(StepIx, u32)>)> {
        let joins: BTreeSet<StepIx> = state.waiting.keys().map(|(join, _)| *join).collect();
        let waiting = |join: StepIx| {
            state
                .waiting
                .range((join, StepIx(0))..=(join, StepIx(u32::MAX)))
                .map(|((_, from), count)| (*from, *count))
        };
        for join in &joins {
            match join_of(self.release, *join)? {
                Join::All => {
                    let sources = self.sources(*join);
                    if sources.iter().all(|source| state.waiting.contains_key(&(*join, *source))) {
                        return Some((*join, sources.into_iter().map(|source| (source, 1)).collect()));
                    }
                }
                Join::Count(count) if waiting(*join).map(|(_, count)| count).sum::<u32>() >= count => {
                    let mut left = count;
                    let mut met = Vec::new();
                    for (from, there) in waiting(*join) {
                        let taken = there.min(left);
                        left -= taken;
                        met.push((from, taken));
                    }
                    met.retain(|(_, taken)| *taken > 0);
                    return Some((*join, met));
                }
                Join::Count(_) => {}
                Join::Inclusive if !self.may_still_come(state, *join) => {
                    return Some((*join, waiting(*join).collect()));
                }
                Join::Inclusive => {}
            }
        }
        None
    }

    fn sources(&self, join: StepIx) -> BTreeSet<StepIx> {
        let leads = |ways: &[Way]| {
            ways.iter().any(|way| matches!(&way.next, Next::Steps(steps) if steps.contains(&join)))
        };
        self.explored.flow.ways.iter().filter(|(_, ways)| leads(ways)).map(|(ix, _)| *ix).collect()
    }

    /// As the engine asks it (BPMN 2.0.2, 13.4.3), of paths that wait elsewhere and those under way.
    fn may_still_come(&self, state: &State, join: StepIx) -> bool {
        let come: BTreeSet<StepIx> =
            state.waiting.keys().filter(|(at, _)| *at == join).map(|(_, from)| *from).collect();
        let elsewhere = state.waiting.keys().map(|(at, _)| *at).filter(|at| *at != join);
        let mut others = elsewhere.chain(state.under_way.iter().copied());
        others.any(|at| {
            let sources = self.sources_reached(at, join);
            sources.iter().any(|source| !come.contains(source)) && sources.is_disjoint(&come)
        })
    }

    fn sources_reached(&self, at: StepIx, join: StepIx) -> Rc<BTreeSet<StepIx>> {
        if let Some(known) = self.known.borrow().get(&(join, at)) {
            return known.clone();
        }
        let found = Rc::new(self.follow_to(at, join));
        self.known.borrow_mut().insert((join, at), found.clone());
        found
    }

    /// A path one step on, and further to where it makes a difference to an inclusive join.
    fn steps_on(&self, from: StepIx) -> Vec<Fate> {
        let one = |way: &Way| {
            let mut fate = Fate { ruled: way.ruled, ..Fate::default() };
            fate.moves.push(Move { step: Some(from), by: way.by.clone() });
            match &way.next {
                Next::Ends(_) => {}
                Next::Leaves(_) | Next::Raises(_) => fate.leaves = true,
                Next::Steps(steps) => {
                    for step in steps {
                        match join_of(self.release, *step) {
                            Some(_) => fate.arrives.push((*step, from)),
                            None => fate.under_way.push(self.forward(*step, &mut fate.moves)),
                        }
                    }
                }
            }
            fate
        };
        self.ways(from).iter().map(one).collect()
    }

    /// Past steps with one way on, as long as the same can be reached from there.
    fn forward(&self, mut at: StepIx, moves: &mut Vec<Move>) -> StepIx {
        let mut seen = BTreeSet::from([at]);
        loop {
            let [way] = self.ways(at) else { return at };
            let Next::Steps(steps) = &way.next else { return at };
            let [next] = steps[..] else { return at };
            let same = |join: &StepIx| self.sources_reached(at, *join) == self.sources_reached(next, *join);
            let stays = join_of(self.release, next).is_some() || !self.inclusive.iter().all(same);
            if stays || !seen.insert(next) {
                return at;
            }
            moves.push(Move { step: Some(at), by: way.by.clone() });
            at = next;
        }
    }

    fn follow_to(&self, at: StepIx, join: StepIx) -> BTreeSet<StepIx> {
        let (mut seen, mut open, mut found) = (BTreeSet::from([at]), vec![at], BTreeSet::new());
        while let Some(ix) = open.pop() {
            for way in self.ways(ix) {
                let Next::Steps(steps) = &way.next else { continue };
                for next in steps {
                    if *next == join {
                        found.insert(ix);
                    } else if seen.insert(*next) {
                        open.push(*next);
                    }
                }
            }
        }
        found
    }

    /// What can come of a path at a step. `around`: the splits that it is followed from; one within itself has no end,
    /// which [`Explored::multiplying`] tells.
    fn fates(&self, from: StepIx, around: &mut Vec<StepIx>) -> Result<Vec<Fate>, Bound> {
        if !self.inclusive.is_empty() {
            return Ok(self.steps_on(from));
        }
        let mut found: BTreeMap<End, Fate> = BTreeMap::new();
        // Single paths breadth first; with as few choices by data as possible.
        let mut best: BTreeMap<StepIx, usize> = BTreeMap::from([(from, 0)]);
        let mut open: VecDeque<(StepIx, usize, Vec<Move>)> = VecDeque::from([(from, 0, Vec::new())]);
        while let Some((ix, ruled, moves)) = open.pop_front() {
            for way in self.ways(ix) {
                let ruled = ruled + usize::from(way.ruled);
                let mut moves = moves.clone();
                moves.push(Move { step: Some(ix), by: way.by.clone() });
                let fate = |arrives, leaves| Fate {
                    arrives,
                    leaves,
                    ruled: ruled > 0,
                    moves: moves.clone(),
                    ..Fate::default()
                };
                match &way.next {
                    Next::Ends(_) => keep(&mut found, fate(Vec::new(), false)),
                    Next::Leaves(_) | Next::Raises(_) => keep(&mut found, fate(Vec::new(), true)),
                    Next::Steps(steps) => match steps.as_slice() {
                        [next] if join_of(self.release, *next).is_some() => {
                            keep(&mut found, fate(vec![(*next, ix)], false));
                        }
                        [next] => {
                            if best.get(next).is_none_or(|old| ruled < *old) {
                                best.insert(*next, ruled);
                                open.push_back((*next, ruled, moves));
                            }
                        }
                        several => {
                            if around.contains(&ix) {
                                continue;
                            }
                            around.push(ix);
                            for together in self.together(ix, several, around)? {
                                let mut moves = moves.clone();
                                moves.extend(together.moves);
                                keep(
                                    &mut found,
                                    Fate { moves, ruled: together.ruled || ruled > 0, ..together },
                                );
                            }
                            around.pop();
                        }
                    },
                }
                if found.len() > MAX_FATES {
                    return Err(Bound::Fates);
                }
            }
        }
        Ok(found.into_values().collect())
    }

    /// What can come of several paths that begin at once.
    fn together(&self, from: StepIx, steps: &[StepIx], around: &mut Vec<StepIx>) -> Result<Vec<Fate>, Bound> {
        let mut all = vec![Fate::default()];
        for step in steps {
            let own = match join_of(self.release, *step) {
                Some(_) => {
                    vec![Fate { arrives: vec![(*step, from)], ..Fate::default() }]
                }
                None => self.fates(*step, around)?,
            };
            let mut found = BTreeMap::new();
            for one in &all {
                for other in &own {
                    let mut arrives = [one.arrives.clone(), other.arrives.clone()].concat();
                    arrives.sort_unstable();
                    let fate = Fate {
                        arrives,
                        leaves: one.leaves || other.leaves,
                        ruled: one.ruled || other.ruled,
                        moves: [one.moves.clone(), other.moves.clone()].concat(),
                        ..Fate::default()
                    };
                    keep(&mut found, fate);
                    if found.len() > MAX_FATES {
                        return Err(Bound::Fates);
                    }
                }
            }
            all = found.into_values().collect();
        }
        Ok(all)
    }
}

/// Of fates that come to the same, the one with the fewest choices by data, then the shortest.
fn keep(found: &mut BTreeMap<End, Fate>, fate: Fate) {
    let key = (fate.arrives.clone(), fate.under_way.clone(), fate.leaves);
    let better =
        found.get(&key).is_none_or(|old| (fate.ruled, fate.moves.len()) < (old.ruled, old.moves.len()));
    if better {
        found.insert(key, fate);
    }
}
