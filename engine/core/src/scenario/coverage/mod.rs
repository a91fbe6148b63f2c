//! Coverage: what of a process or block its scenarios reach, and what none ever did.
//!
//! It is told from the events of simulations alone. A process covers its own steps; what is inside a block is covered by
//! the scenarios of the block. A decision table belongs to the folder that its file lies in, whoever asks it.

mod course;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde::Serialize;

use crate::{
    definition::{Handler, Kind, Release, ScopeIx, Step, StepIx, Target},
    diagnostic::Span,
    language::{Block, Folder},
    turn::Turn,
    words::{StepPath, Text},
};

/// Something that a scenario can reach. Steps are named by their address, without rounds; in a block, from the block.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Point {
    /// A step is entered.
    Step {
        /// The step.
        step: StepPath,
    },
    /// A flow is gone.
    Flow {
        /// The step that it begins at.
        step: StepPath,
        /// For this outcome; none: for every other, or a way of a choice.
        outcome: Option<Arc<str>>,
        /// The rule of a way of a choice, as written; none for its last way.
        when: Option<Arc<str>>,
        /// The step that it leads to; none: the path ends, or the scope is left.
        to: Option<StepPath>,
        /// The outcome that the scope is left with.
        leaves_with: Option<Arc<str>>,
    },
    /// A step is left with an outcome, or the block as a whole.
    Outcome {
        /// The step; none: the block.
        step: Option<StepPath>,
        /// The outcome.
        outcome: Arc<str>,
    },
    /// A scope reacts.
    Handler {
        /// The scope; none: the case or block as a whole.
        step: Option<StepPath>,
        /// The handler.
        handler: Arc<str>,
        /// The step that it leads to.
        to: Option<StepPath>,
    },
    /// A row of a decision table matches.
    Row {
        /// The step that asks the table.
        step: StepPath,
        /// The file.
        table: Arc<str>,
        /// Counted from 1; none: no row matches, and the default holds.
        row: Option<u32>,
    },
}

/// How often a point was reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mark {
    /// The point.
    #[serde(flatten)]
    pub point: Point,
    /// How often, over all scenarios.
    pub count: u32,
    /// In words.
    #[serde(skip)]
    pub text: Text,
    /// Where it is written.
    #[serde(flatten)]
    pub span: Span,
}

/// What of one kind of points was reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Figure {
    /// So many were reached.
    pub reached: u32,
    /// Of so many.
    pub of: u32,
}

/// What is covered, and how far.
#[derive(Clone, Debug)]
pub struct Coverage {
    /// The name of the folder, and its files.
    folder: Folder,
    /// The block; none: a process.
    block: Option<Arc<str>>,
    points: BTreeMap<Point, (u32, Text, Span)>,
}

impl Coverage {
    /// Nothing of a process is reached yet.
    pub fn of_process(folder: &Folder, release: &Release) -> Coverage {
        let mut coverage = Coverage { folder: folder.clone(), block: None, points: BTreeMap::new() };
        coverage.expect_all(release);
        coverage
    }

    /// Nothing of a block is reached yet. Its steps are learnt from the processes around it in its scenarios.
    pub fn of_block(folder: &Folder, block: &Block) -> Coverage {
        let block_id = Some(block.id.clone());
        let mut coverage = Coverage { folder: folder.clone(), block: block_id, points: BTreeMap::new() };
        for (outcome, _) in &block.outcomes {
            coverage.expect_outcome(None, outcome, &block.span);
        }
        coverage
    }

    /// Adds what a scenario reached.
    pub fn add(&mut self, release: &Release, turns: &[Turn]) {
        if self.block.is_some() {
            self.expect_all(release);
        }
        course::follow(release, self, turns);
    }

    /// All points in the order in which they are written.
    pub fn marks(&self) -> Vec<Mark> {
        let mark = |(point, (count, text, span)): (&Point, &(u32, Text, Span))| Mark {
            point: point.clone(),
            count: *count,
            text: text.clone(),
            span: span.clone(),
        };
        let mut marks: Vec<Mark> = self.points.iter().map(mark).collect();
        marks.sort_by(|a, b| (&a.span, &a.point).cmp(&(&b.span, &b.point)));
        marks
    }

    /// How much of each kind was reached: steps, flows, outcomes, handlers, rows.
    pub fn figures(&self) -> [(Text, &'static str, Figure); 5] {
        let mut figures = [
            (Text::new("Schritte", "Steps"), "steps", Figure::default()),
            (Text::new("Wege", "Flows"), "flows", Figure::default()),
            (Text::new("Ausgänge", "Outcomes"), "outcomes", Figure::default()),
            (Text::new("Reaktionen", "Handlers"), "handlers", Figure::default()),
            (Text::new("Tabellenzeilen", "Rows of tables"), "rows", Figure::default()),
        ];
        for (point, (count, ..)) in &self.points {
            let at = match point {
                Point::Step { .. } => 0,
                Point::Flow { .. } => 1,
                Point::Outcome { .. } => 2,
                Point::Handler { .. } => 3,
                Point::Row { .. } => 4,
            };
            figures[at].2.of += 1;
            figures[at].2.reached += u32::from(*count > 0);
        }
        figures
    }

    /// What no scenario ever reached, as a person wants to read it: what follows from a step that was never entered goes
    /// without saying, and an outcome with a flow of its own is named by that flow.
    pub fn gaps(&self) -> Vec<Mark> {
        let mut missed = self.marks();
        missed.retain(|mark| mark.count == 0);
        let steps: BTreeSet<StepPath> = missed.iter().filter_map(|mark| step_alone(&mark.point)).collect();
        let flows: BTreeSet<(StepPath, Arc<str>)> =
            missed.iter().filter_map(|mark| outcome_of_flow(&mark.point)).collect();
        missed.retain(|mark| match &mark.point {
            Point::Step { .. } => true,
            Point::Outcome { step: Some(step), outcome } => {
                !steps.contains(step) && !flows.contains(&(step.clone(), outcome.clone()))
            }
            Point::Flow { step, .. } | Point::Row { step, .. } => !steps.contains(step),
            Point::Handler { step, .. } => step.as_ref().is_none_or(|step| !steps.contains(step)),
            Point::Outcome { step: None, .. } => true,
        });
        missed
    }

    /// The outcomes of the block itself that no scenario reached.
    pub fn missed_outcomes(&self) -> impl Iterator<Item = &Arc<str>> {
        self.points.iter().filter_map(|(point, (count, ..))| match point {
            Point::Outcome { step: None, outcome } if *count == 0 => Some(outcome),
            _ => None,
        })
    }

    fn expect(&mut self, point: Point, text: Text, span: &Span) {
        self.points.entry(point).or_insert_with(|| (0, text, span.clone()));
    }

    fn count(&mut self, point: Point) {
        if let Some((count, ..)) = self.points.get_mut(&point) {
            *count += 1;
        }
    }

    fn expect_outcome(&mut self, step: Option<(&StepPath, &Step)>, outcome: &Arc<str>, span: &Span) {
        let text = match step {
            Some((_, found)) => Text::new(
                format!("{} endet mit „{outcome}“", quoted_de(&found.title)),
                format!("{} ends with `{outcome}`", quoted_en(&found.title)),
            ),
            None => Text::new(
                format!("Der Baustein endet mit „{outcome}“"),
                format!("The block ends with `{outcome}`"),
            ),
        };
        let step = step.map(|(path, _)| path.clone());
        self.expect(Point::Outcome { step, outcome: outcome.clone() }, text, span);
    }

    /// Everything of a release that belongs to what is covered.
    fn expect_all(&mut self, release: &Release) {
        for step in &release.steps {
            if let Some(path) = self.own(release, step) {
                self.expect_step(release, step, &path);
            }
            self.expect_rows(release, step);
        }
        for (ix, scope) in release.scopes.iter().enumerate() {
            let Some(step) = self.own_scope(release, ScopeIx(u32::try_from(ix).unwrap_or(u32::MAX))) else {
                continue;
            };
            for handler in &scope.handlers {
                for point in self.handler_points(release, step.clone(), handler) {
                    let text = Text::new(
                        format!("Die Reaktion „{}“", handler.name),
                        format!("The reaction `{}`", handler.name),
                    );
                    self.expect(point, text, &handler.span);
                }
            }
        }
    }

    fn expect_step(&mut self, release: &Release, step: &Step, path: &StepPath) {
        let text = Text::new(
            format!("Der Schritt {}", quoted_de(&step.title)),
            format!("The step {}", quoted_en(&step.title)),
        );
        self.expect(Point::Step { step: path.clone() }, text, &step.span);
        let ends = match &step.kind {
            Kind::End(outcome) => outcome.iter().cloned().collect(),
            kind => kind.outcomes(&release.scopes),
        };
        for outcome in ends.iter().chain(step.then.by_outcome.keys()) {
            self.expect_outcome(Some((path, step)), outcome, &step.span);
        }
        let mut flows: Vec<(Because<'_>, &Target)> =
            step.then.targets().map(|(outcome, target)| ((outcome, None), target)).collect();
        if let Kind::Choose(ways) = &step.kind {
            flows.extend(ways.iter().filter_map(|way| {
                Some(((None, way.when.as_ref().map(|rule| &rule.source)), way.then.as_ref()?))
            }));
        }
        for (because, target) in flows {
            for (point, to) in self.flow_points(release, step, because, target) {
                self.expect(point, flow_text(step, because, &to), &step.span);
            }
        }
    }

    fn expect_rows(&mut self, release: &Release, step: &Step) {
        let Some((source, rows, default)) = step.kind.rows() else { return };
        let rows = rows.iter().zip(1..).map(|(span, row)| (span, Some(row)));
        for (span, row) in rows.chain(default.map(|span| (span, None))) {
            let Some(point) = self.row_point(release, step, row) else { return };
            let text = match (&step.kind, row) {
                (Kind::Texts(_), row) => Text::new(
                    format!("Der {}. Textbaustein in „{source}“", row.unwrap_or_default()),
                    format!("Text block {} of `{source}`", row.unwrap_or_default()),
                ),
                (_, Some(row)) => Text::new(
                    format!("Die Zeile {row} der Tabelle „{source}“"),
                    format!("Row {row} of the table `{source}`"),
                ),
                (_, None) => Text::new(
                    format!("Die Vorgabe der Tabelle „{source}“ (keine Zeile trifft zu)"),
                    format!("The default of the table `{source}` (no row matches)"),
                ),
            };
            self.expect(point, text, span);
        }
    }

    /// The address of a step, when what is covered was written where it was: not inside another block.
    fn own(&self, release: &Release, step: &Step) -> Option<StepPath> {
        let around = uses_around(release, step.scope);
        match (&self.block, around.first()) {
            (None, None) => Some(step.path.clone()),
            (Some(block), Some(used)) if used.block.as_ref() == Some(block) => inside(&step.path, used),
            _ => None,
        }
    }

    /// Likewise for a scope: the step that it is, none for the whole.
    fn own_scope(&self, release: &Release, ix: ScopeIx) -> Option<Option<StepPath>> {
        match (&self.block, release.scope(ix).owner.map(|owner| release.step(owner))) {
            (None, None) => Some(None),
            (Some(_), None) => None,
            (block, Some(owner)) if owner.block.is_some() => (*block == owner.block).then_some(None),
            (_, Some(owner)) => self.own(release, owner).map(Some),
        }
    }

    fn handler_points(&self, release: &Release, step: Option<StepPath>, handler: &Handler) -> Vec<Point> {
        let led_to = handler.then.as_ref().map_or_else(|| vec![None], |target| self.led_to(release, target));
        let point = |to| Point::Handler { step: step.clone(), handler: handler.name.clone(), to };
        led_to.into_iter().map(point).collect()
    }

    /// A flow is one point for each step that it leads to, with the words for where that is.
    fn flow_points(
        &self,
        release: &Release,
        step: &Step,
        (outcome, when): Because<'_>,
        target: &Target,
    ) -> Vec<(Point, Text)> {
        let Some(from) = self.own(release, step) else { return Vec::new() };
        let leaves_with = match target {
            Target::Leave(outcome) => Some(outcome.clone()),
            _ => None,
        };
        let point = |to: Option<StepPath>| Point::Flow {
            step: from.clone(),
            outcome: outcome.cloned(),
            when: when.cloned(),
            to,
            leaves_with: leaves_with.clone(),
        };
        let title = |ix: &StepIx| {
            let title = &release.step(*ix).title;
            Text::new(format!("nach {}", quoted_de(title)), format!("to {}", quoted_en(title)))
        };
        let mut titles: Vec<Text> = targets(target).iter().map(title).collect();
        if let Some(left) = &leaves_with {
            titles.push(Text::new(format!("zum Ausgang „{left}“"), format!("to the outcome `{left}`")));
        }
        self.led_to(release, target).into_iter().map(point).zip(titles).collect()
    }

    fn led_to(&self, release: &Release, target: &Target) -> Vec<Option<StepPath>> {
        let steps = targets(target);
        if steps.is_empty() {
            return vec![None];
        }
        steps.iter().map(|ix| self.own(release, release.step(*ix))).collect()
    }

    fn row_point(&self, release: &Release, step: &Step, row: Option<u32>) -> Option<Point> {
        let (_, rows, default) = step.kind.rows()?;
        let file = &rows.first().or(default)?.file;
        let name = match &*self.folder.name {
            "" => file,
            folder => file.strip_prefix(folder)?.strip_prefix('/')?,
        };
        let (table, _) = self.folder.files.get_key_value(name)?;
        let step = match &self.block {
            None => step.path.clone(),
            Some(block) => {
                let around = uses_around(release, step.scope);
                let used = around.into_iter().find(|used| used.block.as_ref() == Some(block))?;
                inside(&step.path, used)?
            }
        };
        Some(Point::Row { step, table: table.clone(), row })
    }
}

/// Why a flow is gone: for this outcome, by this rule of a choice.
type Because<'a> = (Option<&'a Arc<str>>, Option<&'a Arc<str>>);

/// The uses of blocks that a scope lies in, the innermost first.
fn uses_around(release: &Release, scope: ScopeIx) -> Vec<&Step> {
    let owner = |ix: ScopeIx| release.scope(ix).owner.map(|owner| release.step(owner));
    let owners = std::iter::successors(owner(scope), |step| owner(step.scope));
    owners.filter(|step| step.block.is_some()).collect()
}

/// The address of a step from the use of a block that it lies in.
fn inside(path: &StepPath, used: &Step) -> Option<StepPath> {
    path.as_str().strip_prefix(used.path.as_str())?.strip_prefix('/').map(StepPath::from)
}

fn targets(target: &Target) -> &[StepIx] {
    match target {
        Target::Step(ix) => std::slice::from_ref(ix),
        Target::Steps(steps) => steps,
        Target::Leave(_) => &[],
    }
}

fn step_alone(point: &Point) -> Option<StepPath> {
    match point {
        Point::Step { step } => Some(step.clone()),
        _ => None,
    }
}

fn outcome_of_flow(point: &Point) -> Option<(StepPath, Arc<str>)> {
    match point {
        Point::Flow { step, outcome: Some(outcome), .. } => Some((step.clone(), outcome.clone())),
        _ => None,
    }
}

fn flow_text(step: &Step, (outcome, when): Because<'_>, to: &Text) -> Text {
    let (de, en) = match (outcome, when) {
        (Some(outcome), _) => (format!(" bei „{outcome}“"), format!(" on `{outcome}`")),
        (None, Some(when)) => (format!(" wenn „{when}“"), format!(" when `{when}`")),
        (None, None) if matches!(step.kind, Kind::Choose(_)) => (" sonst".into(), " else".into()),
        (None, None) => (String::new(), String::new()),
    };
    Text::new(
        format!("Der Weg von {}{de} {}", quoted_de(&step.title), to.de),
        format!("The flow from {}{en} {}", quoted_en(&step.title), to.en),
    )
}

fn quoted_de(title: &Text) -> String {
    format!("„{}“", title.de)
}

fn quoted_en(title: &Text) -> String {
    format!("“{}”", title.en)
}
