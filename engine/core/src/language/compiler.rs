//! Turns the text of steps into the arenas of a release: scopes, steps, flows; blocks are put in place.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use fachwerk_rules::Sandbox;

use super::{
    Catalogue, Folder,
    expand::Gaps,
    fields::{Fields, check_id, entries, text, words},
    names::Reading,
    typing::Typed,
    yaml::{Key, Kind as NodeKind, Node},
};
use crate::{
    definition::{
        ActKind, Frame, FrameIx, Handler, Kind, MAX_REACHED, Part, PartyKind, Raise, Scope, ScopeIx, Shape,
        Step, StepIx, Target, Then, UsedBlock,
    },
    diagnostic::{Problems, Span},
    words::{RoleId, StepPath, Text},
};

/// The most steps that a process may have, those of its blocks included.
pub const MAX_STEPS: usize = 5_000;
/// How deeply blocks may use blocks.
pub const MAX_BLOCK_DEPTH: usize = 8;

/// What the readers of one process share.
pub struct Compiler<'a> {
    /// What is wrong.
    pub problems: Problems,
    /// The blocks that may be used.
    pub catalogue: &'a Catalogue,
    /// Compiles rules.
    pub sandbox: &'static Sandbox,
    /// The folder of each frame.
    pub folders: Vec<&'a Folder>,
    /// What fills the gaps of each frame.
    pub gaps: Vec<Gaps>,
    /// The arenas.
    pub steps: Vec<Step>,
    /// The arenas.
    pub scopes: Vec<Scope>,
    /// The arenas.
    pub frames: Vec<Frame>,
    /// The blocks that were used.
    pub blocks: BTreeMap<Arc<str>, UsedBlock>,
    /// The roles of the process.
    pub roles: BTreeMap<RoleId, Text>,
    /// The kinds of parties of the process.
    pub parties: Vec<PartyKind>,
    /// The acts of the process.
    pub acts: BTreeMap<Arc<str>, ActKind>,
    /// What rules read, to be checked when all is known.
    pub readings: Vec<Reading>,
    /// The names of steps and handlers that a text has used, with the frame that each lies in.
    pub used_ids: BTreeMap<(FrameIx, Arc<str>), FrameIx>,
    /// Whether anything can be undone.
    pub has_undo: bool,
    /// Whether anything reacts to the state as a whole.
    pub looks_around: bool,
    /// Rules whose types are to be checked when all is known.
    pub typed: Vec<Typed>,
    /// Steps that are named from afar, to be checked when all is known.
    pub named_steps: Vec<(StepPath, Span)>,
    /// The blocks that are being put in place, outermost first.
    pub nesting: Vec<Arc<str>>,
    /// How much blocks and files have been written out so far.
    pub written_out_bytes: usize,
}

/// Where a text of steps lies.
#[derive(Clone)]
pub struct Place {
    /// Its frame.
    pub frame: FrameIx,
    /// The scope.
    pub scope: ScopeIx,
}

/// The steps that flows of a scope may lead to.
pub type Names = BTreeMap<Arc<str>, StepIx>;

impl Compiler<'_> {
    /// Reads the steps and handlers of a scope. `outcomes`: the names that it may be left with, or none when every
    /// name is new (groups).
    pub fn scope(&mut self, text: ScopeText<'_>) -> ScopeIx {
        let ScopeText { steps, on, owner, frame, outcomes, shape } = text;
        let scope = ScopeIx(index(self.scopes.len()));
        let open = outcomes.is_none();
        self.scopes.push(Scope {
            owner,
            steps: Vec::new(),
            shape,
            handlers: Vec::new(),
            outcomes: outcomes.unwrap_or_default(),
            repeat: None,
            lock: None,
        });
        let place = Place { frame, scope };
        let drafts = self.declare(steps, &place);
        if drafts.is_empty() {
            self.problems.error(
                &steps.span,
                "no_steps",
                Text::new("Hier steht kein Schritt.", "There is no step here."),
            );
        }
        let names: Names = drafts.iter().map(|(key, _, ix)| (key.text.clone(), *ix)).collect();
        for (_, node, ix) in &drafts {
            self.step(*ix, node, &place, &names, open);
        }
        if let Some(on) = on {
            let handlers = self.handlers(on, &place, Some((&names, open)));
            self.scopes[scope.0 as usize].handlers = handlers;
        }
        self.check_undos(scope);
        scope
    }

    /// Nothing may follow what begins at once with others: their scope goes on when they have ended.
    pub fn check_branches(&mut self, scope: ScopeIx) {
        let steps = self.scopes[scope.0 as usize].steps.clone();
        for ix in steps {
            let step = &self.steps[ix.0 as usize];
            if step.then != Then::default() {
                let (span, id) = (step.span.clone(), step.id.clone());
                self.problems
                    .error(&span, "flow_leaves_branch", Text::new(
                        format!("Der Zweig „{id}“ endet mit diesem Schritt; ein „then“ ist hier nicht möglich."),
                        format!("The branch `{id}` ends with this step; it cannot have a `then`."),
                    ))
                    .help(Text::new(
                        "Mehrere Schritte in einem Zweig werden mit „group: { steps: ... }“ zusammengefasst.",
                        "Several steps in one branch are put into a `group: { steps: ... }`.",
                    ));
            }
        }
    }

    /// What undoes a step is no part of any path.
    fn check_undos(&mut self, scope: ScopeIx) {
        let steps = self.scopes[scope.0 as usize].steps.clone();
        let undoing: BTreeSet<StepIx> =
            steps.iter().filter_map(|ix| self.steps[ix.0 as usize].undo).collect();
        self.has_undo |= !undoing.is_empty();
        for ix in &undoing {
            self.steps[ix.0 as usize].only_undoes = true;
            let step = &self.steps[ix.0 as usize];
            let led_to = steps.iter().any(|from| leads_to(&self.steps[from.0 as usize], *ix));
            if led_to || steps.first() == Some(ix) || step.then != Then::default() {
                let (span, id) = (step.span.clone(), step.id.clone());
                self.problems.error(&span, "undo_in_path", Text::new(
                    format!("Der Schritt „{id}“ macht einen anderen rückgängig; er darf nicht zugleich auf einem Weg liegen oder weiterführen."),
                    format!("The step `{id}` undoes another one; it must not lie on a path as well, nor lead on."),
                ));
            }
        }
    }

    fn declare<'n>(&mut self, steps: &'n Node, place: &Place) -> Vec<(&'n Key, &'n Node, StepIx)> {
        let mut drafts = Vec::new();
        for (key, node) in entries(steps, &mut self.problems) {
            check_id(key, &mut self.problems);
            if self.steps.len() >= MAX_STEPS {
                self.problems.error(
                    &key.span,
                    "too_many_steps",
                    Text::new(
                        format!(
                            "Das Verfahren hat mehr als {MAX_STEPS} Schritte (die der Bausteine mitgezählt)."
                        ),
                        format!(
                            "The process has more than {MAX_STEPS} steps (those of its blocks included)."
                        ),
                    ),
                );
                break;
            }
            self.use_id(place.frame, key);
            let ix = StepIx(index(self.steps.len()));
            let path = self.path_in(place.frame, &key.text);
            self.steps.push(Step {
                path,
                id: key.text.clone(),
                title: Text::new(key.text.clone(), key.text.clone()),
                scope: place.scope,
                frame: place.frame,
                kind: Kind::End(None),
                then: Then::default(),
                when: None,
                undo: None,
                only_undoes: false,
                block: None,
                legal_basis: Vec::new(),
                span: key.span.clone(),
            });
            self.scopes[place.scope.0 as usize].steps.push(ix);
            drafts.push((key, node, ix));
        }
        drafts
    }

    /// Within a frame, groups and branches included, the name of a step or handler is used once: results lie under it.
    fn use_id(&mut self, frame: FrameIx, key: &Key) {
        let text = self.text_frame(frame);
        if self.used_ids.insert((text, key.text.clone()), frame).is_some() {
            let name = &key.text;
            self.problems.error(&key.span, "duplicate_step", Text::new(
                format!("Den Namen „{name}“ gibt es hier schon; auch in Gruppen und Zweigen ist er nur einmal erlaubt."),
                format!("The name `{name}` is used here already; within groups and branches too, it is allowed once."),
            ));
        }
    }

    /// The frame of the text that a frame of rounds lies in.
    pub fn text_frame(&self, frame: FrameIx) -> FrameIx {
        let mut frame = frame;
        while let Some(rounds) = &self.frames[frame.0 as usize].rounds {
            frame = rounds.outer;
        }
        frame
    }

    fn step(&mut self, ix: StepIx, node: &Node, place: &Place, names: &Names, open: bool) {
        let Some(fields) = Fields::of(node, &mut self.problems) else { return };
        let title = fields.words("title", &mut self.problems);
        let legal_basis = super::process::legal_basis(&fields, &mut self.problems);
        let kind = self.kind(ix, &fields, place, names, open);
        let chosen = matches!(self.scopes[place.scope.0 as usize].shape, Shape::Fork(_) | Shape::AdHoc(_));
        // Elsewhere `when` is an unknown key.
        let when = chosen.then(|| fields.get("when")).flatten().and_then(|node| self.expression(node));
        let undo = fields.get("undo").and_then(|node| self.sibling(node, names));
        let flow = if self.is_fork(kind.as_ref()) { "join" } else { "then" };
        let outcomes = kind.as_ref().map(|kind| self.outcomes(kind)).unwrap_or_default();
        let then = match (&kind, fields.entry(flow)) {
            (_, None) => Then::default(),
            (Some(Kind::Choose(_) | Kind::End(_) | Kind::Raise(Raise::Error(_))), Some((key, _))) => {
                self.problems.error(
                    &key.span,
                    "flow_not_possible",
                    Text::new(
                        "Dieser Schritt hat kein „then“: die Wege stehen in ihm, oder er ist ein Ende.",
                        "This step has no `then`: its ways stand within it, or it is an end.",
                    ),
                );
                Then::default()
            }
            // How a case of another process ends is not known here.
            (Some(Kind::Call(_)), Some((_, node))) => self.then(node, &outcomes, false, place, names, open),
            (_, Some((_, node))) => self.then(node, &outcomes, kind.is_some(), place, names, open),
        };
        let step = &mut self.steps[ix.0 as usize];
        step.legal_basis = legal_basis;
        step.then = then;
        step.when = when;
        step.undo = undo;
        if let Some(kind) = kind {
            if let Some(title) = title.or_else(|| default_title(&kind, step, &self.blocks)) {
                step.title = title;
            }
            step.kind = kind;
            fields.finish(&mut self.problems);
        }
    }

    /// How a step of a kind can end.
    fn outcomes(&self, kind: &Kind) -> Vec<Arc<str>> {
        match kind {
            Kind::Task(task) => task.form.outcomes(),
            Kind::Wait(waits) => waits.iter().map(|wait| wait.name.clone()).collect(),
            Kind::Scope(scope) => {
                let Scope { outcomes, repeat, .. } = &self.scopes[scope.0 as usize];
                let max = repeat.as_ref().and_then(|repeat| repeat.max);
                outcomes.iter().cloned().chain(max.map(|_| MAX_REACHED.into())).collect()
            }
            _ => Vec::new(),
        }
    }

    fn is_fork(&self, kind: Option<&Kind>) -> bool {
        let Some(Kind::Scope(scope)) = kind else { return false };
        matches!(self.scopes[scope.0 as usize].shape, Shape::Fork(_))
    }

    /// A step of the same scope.
    pub fn sibling(&mut self, node: &Node, names: &Names) -> Option<StepIx> {
        let name = text(node, &mut self.problems)?;
        if let Some(ix) = names.get(&**name) {
            return Some(*ix);
        }
        self.problems
            .error(
                &node.span,
                "unknown_step",
                Text::new(
                    format!("Einen Schritt „{name}“ gibt es hier nicht."),
                    format!("There is no step `{name}` here."),
                ),
            )
            .did_you_mean(name, names.keys().map(|name| &**name));
        None
    }

    fn then(
        &mut self,
        node: &Node,
        outcomes: &[Arc<str>],
        known: bool,
        place: &Place,
        names: &Names,
        open: bool,
    ) -> Then {
        let NodeKind::Map(entries) = &node.kind else {
            return Then { otherwise: self.target(node, place, names, open), ..Then::default() };
        };
        let mut then = Then::default();
        for (key, node) in entries {
            if known && !outcomes.contains(&key.text) {
                self.problems
                    .error(
                        &key.span,
                        "unknown_outcome",
                        Text::new(
                            format!("Einen Ausgang „{}“ hat dieser Schritt nicht.", key.text),
                            format!("This step has no outcome `{}`.", key.text),
                        ),
                    )
                    .did_you_mean(&key.text, outcomes.iter().map(|outcome| &**outcome));
            }
            if let Some(target) = self.target(node, place, names, open) {
                if !known && &*key.text == "else" {
                    then.otherwise = Some(target);
                } else {
                    then.by_outcome.insert(key.text.clone(), target);
                }
            }
        }
        for outcome in outcomes {
            if !entries.iter().any(|(key, _)| key.text == *outcome) {
                self.problems.error(
                    &node.span,
                    "outcome_without_flow",
                    Text::new(
                        format!("Für den Ausgang „{outcome}“ steht nicht da, wie es weitergeht."),
                        format!("It does not say where the outcome `{outcome}` leads."),
                    ),
                );
            }
        }
        then
    }

    /// Reads the end of a flow: the name of a step of this scope, `$outcome`, or a list of steps that begin at once.
    pub fn target(&mut self, node: &Node, place: &Place, names: &Names, open: bool) -> Option<Target> {
        if let NodeKind::List(items) = &node.kind {
            if items.is_empty() {
                self.problems.error(
                    &node.span,
                    "no_steps",
                    Text::new("Hier steht kein Schritt.", "There is no step here."),
                );
            }
            let steps: Vec<StepIx> = items.iter().filter_map(|item| self.sibling(item, names)).collect();
            return (steps.len() == items.len() && !steps.is_empty()).then_some(Target::Steps(steps));
        }
        let name = text(node, &mut self.problems)?;
        if let Some(outcome) = name.strip_prefix('$') {
            let scope = &mut self.scopes[place.scope.0 as usize];
            if let Some(known) = scope.outcomes.iter().find(|known| ***known == *outcome) {
                return Some(Target::Leave(known.clone()));
            }
            if open {
                let outcome: Arc<str> = outcome.into();
                scope.outcomes.push(outcome.clone());
                return Some(Target::Leave(outcome));
            }
            let known = scope.outcomes.clone();
            self.problems
                .error(
                    &node.span,
                    "unknown_outcome",
                    Text::new(
                        format!("Einen Ausgang „{outcome}“ gibt es hier nicht."),
                        format!("There is no outcome `{outcome}` here."),
                    ),
                )
                .did_you_mean(outcome, known.iter().map(|outcome| &**outcome));
            return None;
        }
        self.sibling(node, names).map(Target::Step)
    }

    /// Reads handlers (`on`) or the branches of a wait step; `flow`: where they may lead, none for branches.
    pub fn handlers(&mut self, node: &Node, place: &Place, flow: Option<(&Names, bool)>) -> Vec<Handler> {
        let mut handlers = Vec::new();
        for (key, node) in entries(node, &mut self.problems) {
            check_id(key, &mut self.problems);
            if flow.is_some() {
                self.use_id(place.frame, key);
            }
            let Some(fields) = Fields::of(node, &mut self.problems) else { continue };
            let trigger = self.trigger(&fields);
            let when = fields.get("when").and_then(|node| self.condition(node));
            let mut interrupt = true;
            let mut then = None;
            if let Some((names, open)) = flow {
                interrupt = fields.flag("interrupt", true, &mut self.problems);
                then = fields
                    .need("then", &mut self.problems)
                    .and_then(|node| self.target(node, place, names, open));
            }
            let span = fields.span();
            fields.finish(&mut self.problems);
            if let Some(trigger) = trigger {
                self.check_interrupt(span, &trigger, interrupt);
                handlers.push(Handler { name: key.text.clone(), trigger, interrupt, when, then });
            }
        }
        handlers
    }

    /// Reads the name of a role of the process.
    pub fn role(&mut self, node: &Node) -> Option<RoleId> {
        let name = text(node, &mut self.problems)?;
        let role = RoleId::from(&**name);
        if !self.roles.contains_key(&role) {
            let known: Vec<String> = self.roles.keys().map(|role| role.to_string()).collect();
            self.problems
                .error(
                    &node.span,
                    "unknown_role",
                    Text::new(
                        format!("Eine Rolle „{name}“ gibt es in diesem Verfahren nicht."),
                        format!("This process has no role `{name}`."),
                    ),
                )
                .did_you_mean(name, known.iter().map(String::as_str));
        }
        Some(role)
    }

    /// The path of a step that is named in a text: beside the steps of its frame.
    pub fn step_named(&mut self, node: &Node) -> Option<StepPath> {
        let name = text(node, &mut self.problems)?.clone();
        let path = self.path_in(FrameIx(node.frame), &name);
        self.named_steps.push((path.clone(), node.span.clone()));
        Some(path)
    }

    /// The path of a step of a frame. Groups and branches are not part of it: within a frame, a name is used once.
    fn path_in(&self, frame: FrameIx, id: &str) -> StepPath {
        let mut path = String::new();
        let mut parts = self.frames[frame.0 as usize].at.iter().peekable();
        while let Some(part) = parts.next() {
            match (part, parts.peek()) {
                // Rounds are no part of the path either.
                (Part::Round(_), _) | (Part::Key(_), Some(Part::Round(_))) => {}
                (Part::Key(key), _) => {
                    path.push_str(&key.replace('_', "-"));
                    path.push('/');
                }
            }
        }
        path.push_str(id);
        StepPath::from(path)
    }

    /// Reads a visible text.
    pub fn words(&mut self, node: &Node) -> Option<Text> {
        words(node, &mut self.problems)
    }
}

/// A scope as it is written.
pub struct ScopeText<'n> {
    /// Its steps.
    pub steps: &'n Node,
    /// Its handlers.
    pub on: Option<&'n Node>,
    /// The step that it is.
    pub owner: Option<StepIx>,
    /// The frame of its steps.
    pub frame: FrameIx,
    /// The outcomes that it may be left with; none: whichever are named.
    pub outcomes: Option<Vec<Arc<str>>>,
    /// Which of its steps begin.
    pub shape: Shape,
}

/// Whether a step leads to another one of its scope.
fn leads_to(step: &Step, to: StepIx) -> bool {
    let leads = |target: &Target| match target {
        Target::Step(ix) => *ix == to,
        Target::Steps(all) => all.contains(&to),
        Target::Leave(_) => false,
    };
    let ways = match &step.kind {
        Kind::Choose(ways) => &ways[..],
        _ => &[],
    };
    step.then.targets().any(|(_, target)| leads(target))
        || ways.iter().filter_map(|way| way.then.as_ref()).any(leads)
}

fn default_title(kind: &Kind, step: &Step, blocks: &BTreeMap<Arc<str>, UsedBlock>) -> Option<Text> {
    match kind {
        Kind::Task(task) => Some(task.title.clone()),
        _ => step.block.as_ref().and_then(|id| blocks.get(id)).map(|block| block.title.clone()),
    }
}

/// The name of a step in rules and data: hyphens are not allowed in the names of variables.
pub fn data_key(id: &str) -> Arc<str> {
    id.replace('-', "_").into()
}

/// Arenas are bounded by [`MAX_STEPS`], so every index fits.
pub fn index(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
