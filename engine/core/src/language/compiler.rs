//! Turns the text of steps into the arenas of a release: scopes, steps, flows; blocks are put in place.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use fachwerk_deadlines::NotificationLaw;
use fachwerk_rules::Sandbox;

use super::{
    Catalogue, Folder,
    expand::Gaps,
    fields::{Fields, check_id, entries, text, words},
    flows::Ends,
    names::Reading,
    typing::Typed,
    yaml::{Key, Node},
};
use crate::{
    definition::{
        ActKind, Frame, FrameIx, Kind, Part, PartyKind, Raise, Scope, ScopeIx, Shape, Step, StepIx, Target,
        Then, UsedBlock,
    },
    diagnostic::{Problems, Span},
    law::FeeLaw,
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
    /// The law by which its acts are notified, and its periods reckoned.
    pub law: NotificationLaw,
    /// The roles of the process.
    pub roles: BTreeMap<RoleId, Text>,
    /// The kinds of parties of the process.
    pub parties: Vec<PartyKind>,
    /// The acts of the process.
    pub acts: BTreeMap<Arc<str>, ActKind>,
    /// The tariffs of fees that the process brings.
    pub fees: FeeLaw,
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
    /// Steps that are named as hearings, to be checked when all is known.
    pub hearings: Vec<(StepPath, Span)>,
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
    pub fn use_id(&mut self, frame: FrameIx, key: &Key) {
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
        // Rounds end one by one, each in its own way; so an end in one is no end of all.
        let in_rounds = matches!(self.scopes[place.scope.0 as usize].shape, Shape::Each(_));
        if let (true, Some(Kind::End(Some(outcome)))) = (open && !in_rounds, &kind) {
            self.add_outcome(place.scope, outcome.clone());
        }
        let chosen = matches!(self.scopes[place.scope.0 as usize].shape, Shape::Fork(_) | Shape::AdHoc(_));
        // Elsewhere `when` is an unknown key.
        let when = chosen.then(|| fields.get("when")).flatten().and_then(|node| self.expression(node));
        let undo = fields.get("undo").and_then(|node| self.sibling(node, names));
        let flow = if self.is_fork(kind.as_ref()) { "join" } else { "then" };
        let outcomes = kind.as_ref().map(|kind| kind.outcomes(&self.scopes)).unwrap_or_default();
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
            (_, Some((_, node))) => {
                let ends = kind.as_ref().map_or(Ends::Unknown, |kind| self.ends(ix, kind));
                self.then(node, (&outcomes, ends), place, names, open)
            }
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
