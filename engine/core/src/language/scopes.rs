//! Reads the steps that hold other steps, and those that speak to them: forks, rounds, groups; joins, what is raised,
//! ended and undone.

use std::sync::Arc;

use super::{
    compiler::{Compiler, Names, Place, ScopeText, data_key, index},
    fields::{Fields, check_field_name, text, wrong_kind},
    yaml::{Key, Kind as NodeKind, Node},
};
use crate::{
    definition::{
        AdHoc, Each, Frame, FrameIx, Join, Kind, Part, Quorum, Repeat, Rounds, ScopeIx, Shape, StepIx,
    },
    words::{StepPath, Text},
};

/// The name of the entry of a round, unless `as` says another one.
const ITEM: &str = "item";
/// Names that rules have already; an entry cannot have them.
const TAKEN: [&str; 11] = [
    "application",
    "authority",
    "steps",
    "settings",
    "file",
    "parties",
    "acts",
    "today",
    "params",
    "result",
    "undone",
];

impl Compiler<'_> {
    /// Reads the branches of a fork.
    pub fn fork(&mut self, ix: StepIx, branches: &Node, fields: &Fields<'_>, place: &Place) -> ScopeIx {
        let quorum = self.quorum(fields);
        let scope = self.scope(ScopeText {
            steps: branches,
            on: None,
            owner: Some(ix),
            frame: place.frame,
            outcomes: Some(Vec::new()),
            shape: Shape::Fork(quorum),
        });
        self.check_branches(scope);
        scope
    }

    /// `wait_for`: how many must end; `rest`: what becomes of the others.
    fn quorum(&mut self, fields: &Fields<'_>) -> Quorum {
        let wait_for = fields.get("wait_for").and_then(|node| self.expression(node));
        let rest = fields.get("rest");
        let rest_goes_on = rest.and_then(|node| text(node, &mut self.problems)).is_some_and(|rest| {
            if !["cancel", "go-on"].contains(&&**rest) {
                let span = &fields.get("rest").unwrap_or_else(|| unreachable!("read above")).span;
                self.problems
                    .error(
                        span,
                        "rest_unknown",
                        Text::new(
                            "Was übrig ist, wird beendet („cancel“) oder läuft weiter („go-on“).",
                            "The rest is ended (`cancel`) or goes on (`go-on`).",
                        ),
                    )
                    .did_you_mean(rest, ["cancel", "go-on"]);
            }
            &**rest == "go-on"
        });
        Quorum { wait_for, rest_goes_on }
    }

    /// Reads rounds over a list.
    pub fn each(&mut self, ix: StepIx, node: &Node, place: &Place) -> Option<ScopeIx> {
        let fields = Fields::of(node, &mut self.problems)?;
        let over = match (fields.get("in"), fields.get("times")) {
            (Some(node), None) | (None, Some(node)) => self.expression(node),
            _ => {
                self.problems.error(
                    fields.span(),
                    "each_unclear",
                    Text::new(
                        "Hier steht genau eines: „in: <Regel, die eine Liste ergibt>“ oder „times: <Anzahl>“.",
                        "Exactly one stands here: `in: <rule that gives a list>` or `times: <number>`.",
                    ),
                );
                None
            }
        };
        let item = self.item_name(&fields, place.frame);
        let quorum = self.quorum(&fields);
        let sequential = self.sequential(&fields);
        let until = fields.get("until").and_then(|node| self.expression(node));
        let label = fields.get("label");
        let steps = fields.need("steps", &mut self.problems);
        fields.finish(&mut self.problems);
        let frame = self.rounds_frame(ix, place.frame, &item);
        let inside = |node: &Node| node.in_frame(place.frame.0, frame.0);
        let label = label.and_then(|node| self.expression(&inside(node)));
        let each = Each { over: over?, item, frame, label, sequential, quorum, until };
        Some(self.scope(ScopeText {
            steps: &inside(steps?),
            on: None,
            owner: Some(ix),
            frame,
            outcomes: None,
            shape: Shape::Each(Box::new(each)),
        }))
    }

    fn item_name(&mut self, fields: &Fields<'_>, frame: FrameIx) -> Arc<str> {
        let Some((_, node)) = fields.entry("as") else { return ITEM.into() };
        let Some(name) = text(node, &mut self.problems).cloned() else { return ITEM.into() };
        let key = Key { span: node.span.clone(), text: name.clone() };
        check_field_name(&key, &mut self.problems);
        let mut outer = Some(frame);
        let mut hides = TAKEN.contains(&&*name);
        while let Some(rounds) = outer.and_then(|frame| self.frames[frame.0 as usize].rounds.as_ref()) {
            hides |= rounds.item == name;
            outer = Some(rounds.outer);
        }
        if hides {
            self.problems.error(
                &node.span,
                "name_taken",
                Text::new(
                    format!("Den Namen „{name}“ gibt es in Regeln schon."),
                    format!("Rules know the name `{name}` already."),
                ),
            );
        }
        name
    }

    fn sequential(&mut self, fields: &Fields<'_>) -> bool {
        let Some((_, node)) = fields.entry("order") else { return false };
        let Some(order) = text(node, &mut self.problems) else { return false };
        if !["parallel", "sequential"].contains(&&**order) {
            self.problems
                .error(
                    &node.span,
                    "order_unknown",
                    Text::new(
                        "Die Durchgänge laufen nebeneinander („parallel“) oder nacheinander („sequential“).",
                        "Rounds run beside each other (`parallel`) or one after another (`sequential`).",
                    ),
                )
                .did_you_mean(order, ["parallel", "sequential"]);
        }
        &**order == "sequential"
    }

    fn rounds_frame(&mut self, ix: StepIx, outer: FrameIx, item: &Arc<str>) -> FrameIx {
        let around = self.frames[outer.0 as usize].clone();
        let mut at = around.at.clone();
        at.extend([Part::Key(data_key(&self.steps[ix.0 as usize].id)), Part::Round(ix)]);
        let frame = FrameIx(index(self.frames.len()));
        let rounds = Some(Rounds { each: ix, item: item.clone(), outer });
        self.frames.push(Frame { at, rounds, ..around });
        self.folders.push(self.folders[outer.0 as usize]);
        self.gaps.push(self.gaps[outer.0 as usize].clone());
        frame
    }

    /// Reads a group: steps with handlers; repeated, chosen by a person, or one at a time with others.
    pub fn group(&mut self, ix: StepIx, node: &Node, place: &Place) -> Option<ScopeIx> {
        let fields = Fields::of(node, &mut self.problems)?;
        let steps = fields.need("steps", &mut self.problems);
        let on = fields.get("on");
        let shape = match fields.get("ad_hoc") {
            Some(node) => Shape::AdHoc(Box::new(self.ad_hoc(node)?)),
            None => Shape::Path,
        };
        let repeat = fields.entry("repeat");
        let lock = fields.get("lock").and_then(|node| self.code(node));
        fields.finish(&mut self.problems);
        if let Some((key, _)) = repeat.filter(|_| matches!(shape, Shape::AdHoc(_))) {
            self.problems.error(
                &key.span,
                "repeat_not_here",
                Text::new(
                    "Wo die Sachbearbeitung die Schritte wählt, wird nichts wiederholt: Sie kann jeden Schritt mehrmals wählen.",
                    "Where a person chooses the steps, nothing is repeated: each step can be chosen several times.",
                ),
            );
        }
        let repeat = repeat.and_then(|(_, node)| self.repeat(node));
        self.looks_around |= lock.is_some();
        let scope = self.scope(ScopeText {
            steps: steps?,
            on,
            owner: Some(ix),
            frame: place.frame,
            outcomes: None,
            shape,
        });
        // All scopes that were read meanwhile lie inside this one.
        let inside = &self.scopes[scope.0 as usize + 1..];
        if let Some(name) = lock.as_ref().filter(|_| inside.iter().any(|inner| inner.lock == lock)) {
            self.problems.error(
                &node.span,
                "lock_within_itself",
                Text::new(
                    format!("In dieser Gruppe liegt eine andere mit derselben Sperre „{name}“; sie würde für immer warten."),
                    format!("Inside this group lies another one with the same lock `{name}`; it would wait for ever."),
                ),
            );
        }
        let found = &mut self.scopes[scope.0 as usize];
        found.repeat = repeat;
        found.lock = lock;
        Some(scope)
    }

    fn ad_hoc(&mut self, node: &Node) -> Option<AdHoc> {
        let fields = Fields::of(node, &mut self.problems)?;
        let role = fields.need("role", &mut self.problems).and_then(|node| self.role(node));
        let one_at_a_time = fields.flag("one_at_a_time", false, &mut self.problems);
        let until = fields.get("until").and_then(|node| self.expression(node));
        fields.finish(&mut self.problems);
        Some(AdHoc { role: role?, one_at_a_time, until })
    }

    fn repeat(&mut self, node: &Node) -> Option<Repeat> {
        let fields = Fields::of(node, &mut self.problems)?;
        let while_holds = fields.get("while").and_then(|node| self.expression(node));
        let until = fields.get("until").and_then(|node| self.expression(node));
        let max = fields.int("max", &mut self.problems);
        fields.finish(&mut self.problems);
        let max_valid = max.is_none_or(|max| (1..=10_000).contains(&max));
        if !max_valid || (while_holds.is_none() && until.is_none() && max.is_none()) {
            self.problems.error(
                &node.span,
                "repeat_unclear",
                Text::new(
                    "Eine Wiederholung braucht „while“, „until“ oder „max“ (1 bis 10 000).",
                    "A repetition needs `while`, `until` or `max` (1 to 10,000).",
                ),
            );
        }
        Some(Repeat { while_holds, until, max: max.and_then(|max| u32::try_from(max).ok()) })
    }

    /// `all`, `inclusive`, or how many.
    pub fn join(&mut self, node: &Node) -> Option<Join> {
        self.looks_around = true;
        match &node.kind {
            NodeKind::Text(name) if &**name == "all" => return Some(Join::All),
            NodeKind::Text(name) if &**name == "inclusive" => return Some(Join::Inclusive),
            NodeKind::Int(count) if (1..=1_000).contains(count) => {
                return u32::try_from(*count).ok().map(Join::Count);
            }
            _ => {}
        }
        self.problems
            .error(
                &node.span,
                "join_unknown",
                Text::new(
                    "Eine Zusammenführung wartet auf alle Wege („all“), auf alle, die noch kommen können („inclusive“), oder auf eine Anzahl.",
                    "A join waits for all paths (`all`), for all that can still come (`inclusive`), or for a number of them.",
                ),
            )
            .did_you_mean(node.as_text().map_or("", |text| &**text), ["all", "inclusive"]);
        None
    }

    /// The steps that are ended, by name.
    pub fn cancelled(&mut self, node: &Node) -> Vec<StepPath> {
        let items = match &node.kind {
            NodeKind::List(items) => &items[..],
            _ => std::slice::from_ref(node),
        };
        items.iter().filter_map(|item| self.step_named(item)).collect()
    }

    /// `true`, or the steps of the same scope that are undone.
    pub fn compensate(&mut self, node: &Node, names: &Names) -> Option<Kind> {
        let items = match &node.kind {
            NodeKind::Bool(true) => return Some(Kind::Compensate(None)),
            NodeKind::List(items) => &items[..],
            NodeKind::Text(_) => std::slice::from_ref(node),
            _ => {
                let expected =
                    Text::new("„true“ oder die Namen von Schritten", "`true` or the names of steps");
                wrong_kind(node, &expected, &mut self.problems);
                return None;
            }
        };
        let steps = items.iter().map(|item| self.sibling(item, names)).collect::<Option<Vec<StepIx>>>()?;
        Some(Kind::Compensate(Some(steps)))
    }
}
