//! Which rules are asked, and when: the second half of whether a value is there.

use fachwerk_rules::{Expression, Script, Template, VariablePath};

use crate::{
    definition::{
        Compute, Decision, Dynamic, Expr, Form, From, Handler, Kind, Raise, Release, Rule, Scope, ScopeIx,
        Shape, Step, StepIx, TimerAt, TriggerKind,
    },
    diagnostic::Span,
};

/// A rule that is asked.
#[derive(Clone, Copy)]
pub struct Asked<'r> {
    /// The rule.
    pub rule: Text<'r>,
    /// When.
    pub when: Moment,
    /// Whose rule it is: the step, the one that the scope is, or where its reaction leads.
    pub step: StepIx,
    /// The form whose fields it decides on: `result` is what is being entered there.
    pub form: Option<&'r Form>,
    /// Whether nothing (null) is no answer: a condition, a list, a day, a period.
    pub needs: bool,
    /// Whether it is asked again and again: until it holds, or whenever somebody looks.
    pub live: bool,
    /// The rule that must hold for it to be asked at all.
    pub given: Option<&'r Expr>,
}

/// The text of a rule.
#[derive(Clone, Copy)]
pub enum Text<'r> {
    /// Written in place.
    Expression(&'r Rule<Expression>),
    /// A file of statements.
    Script(&'r Rule<Script>),
    /// A file of text with gaps.
    Template(&'r Rule<Template>),
    /// A decision table, in the frame of its step.
    Table(&'r Decision),
}

impl<'r> Text<'r> {
    /// What it reads.
    pub fn paths(self) -> &'r [VariablePath] {
        match self {
            Text::Expression(rule) => rule.compiled.variables(),
            Text::Script(rule) => rule.compiled.variables(),
            Text::Template(rule) => rule.compiled.variables(),
            Text::Table(decision) => &decision.paths,
        }
    }

    /// Where it was written; a table has no place of its own.
    pub fn span(self) -> Option<&'r Span> {
        match self {
            Text::Expression(rule) => Some(&rule.span),
            Text::Script(rule) => Some(&rule.span),
            Text::Template(rule) => Some(&rule.span),
            Text::Table(_) => None,
        }
    }
}

/// When a rule is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// When the step is entered, or while it is active.
    Entered(StepIx),
    /// At this way of a choice: the ways before did not hold.
    Way(StepIx, usize),
    /// When the scope begins, or at any time while it is active.
    Active(ScopeIx),
    /// When a reaction of the scope is woken.
    Woken(ScopeIx, usize),
    /// When a round of the scope is over.
    Ended(ScopeIx),
    /// When the case ends.
    CaseEnds,
}

/// All rules of a release that are asked while a case runs, and whose failing keeps somebody from going on.
pub fn all(release: &Release) -> Vec<Asked<'_>> {
    let mut found = Collector { release, found: Vec::new() };
    for (ix, step) in (0..).map(StepIx).zip(&release.steps) {
        found.step(ix, step);
    }
    for (ix, scope) in (0..).map(ScopeIx).zip(&release.scopes) {
        found.scope(ix, scope);
    }
    if let Some(first) = release.root().steps.first() {
        release.out.iter().for_each(|(_, rule)| found.expression(rule, Moment::CaseEnds, *first));
    }
    found.found
}

struct Collector<'r> {
    release: &'r Release,
    found: Vec<Asked<'r>>,
}

impl<'r> Collector<'r> {
    fn expression(&mut self, rule: &'r Expr, when: Moment, step: StepIx) {
        self.found.push(Asked {
            rule: Text::Expression(rule),
            when,
            step,
            form: None,
            needs: false,
            live: false,
            given: None,
        });
    }

    /// A rule that must say something.
    fn needed(&mut self, rule: &'r Expr, when: Moment, step: StepIx) {
        self.found.push(Asked {
            rule: Text::Expression(rule),
            when,
            step,
            form: None,
            needs: true,
            live: false,
            given: None,
        });
    }

    fn dynamic(&mut self, dynamic: &'r Dynamic, when: Moment, step: StepIx) {
        match dynamic {
            Dynamic::Constant(_) => {}
            Dynamic::Rule(rule) => self.expression(rule, when, step),
            Dynamic::Template(rule) => {
                self.found.push(Asked {
                    rule: Text::Template(rule),
                    when,
                    step,
                    form: None,
                    needs: false,
                    live: false,
                    given: None,
                });
            }
            Dynamic::List(items) => items.iter().for_each(|item| self.dynamic(item, when, step)),
            Dynamic::Map(entries) => entries.iter().for_each(|(_, value)| self.dynamic(value, when, step)),
        }
    }

    fn step(&mut self, ix: StepIx, step: &'r Step) {
        let entered = Moment::Entered(ix);
        if let Some(rule) = &step.when {
            self.needed(rule, Moment::Active(step.scope), ix);
        }
        match &step.kind {
            Kind::Task(task) => self.form(ix, &task.form),
            Kind::Compute(Compute::Fields(fields)) => {
                fields.iter().for_each(|(_, rule)| self.expression(rule, entered, ix));
            }
            Kind::Compute(Compute::Script(rule)) => {
                self.found.push(Asked {
                    rule: Text::Script(rule),
                    when: entered,
                    step: ix,
                    form: None,
                    needs: false,
                    live: false,
                    given: None,
                });
            }
            Kind::Decide(decision) => {
                self.found.push(Asked {
                    rule: Text::Table(decision),
                    when: entered,
                    step: ix,
                    form: None,
                    needs: false,
                    live: false,
                    given: None,
                });
            }
            Kind::Texts(texts) => {
                for text in &texts.blocks {
                    text.when.iter().for_each(|rule| self.needed(rule, entered, ix));
                    let given = text.when.as_ref();
                    let said = text.due.iter().map(Text::Expression).chain([Text::Template(&text.text)]);
                    self.found.extend(said.map(|rule| Asked {
                        rule,
                        when: entered,
                        step: ix,
                        form: None,
                        needs: false,
                        live: false,
                        given,
                    }));
                }
            }
            Kind::Fee(fee) => {
                self.dynamic(&fee.tariff, entered, ix);
                self.dynamic(&fee.asked, entered, ix);
            }
            Kind::Number(number) => self.dynamic(&number.pattern, entered, ix),
            Kind::Effect(effect) => self.dynamic(&effect.request, entered, ix),
            Kind::Issue(issue) => {
                issue.further.iter().flat_map(|further| &further.when).for_each(|rule| {
                    self.needed(rule, entered, ix);
                });
                for issue in issue.each() {
                    let parts = [&issue.decision, &issue.conditions, &issue.fee, &issue.to, &issue.period];
                    let parts = parts.into_iter().flatten().chain([&issue.letter]);
                    parts.for_each(|part| self.dynamic(part, entered, ix));
                }
            }
            Kind::Wait(waits) => waits.iter().for_each(|wait| self.handler(wait, (entered, entered), ix)),
            Kind::Choose(ways) => {
                for (number, rule) in
                    ways.iter().enumerate().filter_map(|(at, way)| Some((at, way.when.as_ref()?)))
                {
                    self.needed(rule, Moment::Way(ix, number), ix);
                }
            }
            Kind::Scope(scope) => self.entered(ix, *scope),
            Kind::Call(call) => self.dynamic(&call.data, entered, ix),
            Kind::Raise(Raise::Message(message)) => {
                message.key.iter().for_each(|key| self.needed(key, entered, ix));
                self.dynamic(&message.payload, entered, ix);
            }
            Kind::Join(_) | Kind::Raise(_) | Kind::Cancel(_) | Kind::Compensate(_) | Kind::End(_) => {}
        }
    }

    fn form(&mut self, ix: StepIx, form: &'r Form) {
        let entered = Moment::Entered(ix);
        for field in &form.fields {
            field.propose.iter().for_each(|rule| self.expression(rule, entered, ix));
            for rule in field.conditions() {
                let rule = Text::Expression(rule);
                self.found.push(Asked {
                    rule,
                    when: entered,
                    step: ix,
                    form: Some(form),
                    needs: false,
                    live: true,
                    given: None,
                });
            }
        }
        for shown in &form.show {
            let rule = Text::Expression(&shown.value);
            self.found.push(Asked {
                rule,
                when: entered,
                step: ix,
                form: None,
                needs: false,
                live: true,
                given: None,
            });
        }
    }

    /// What is asked when a scope begins, outside of it.
    fn entered(&mut self, ix: StepIx, scope: ScopeIx) {
        let entered = Moment::Entered(ix);
        match &self.release.scope(scope).shape {
            Shape::Fork(quorum) => {
                quorum.wait_for.iter().for_each(|rule| self.needed(rule, entered, ix));
            }
            Shape::Each(each) => {
                self.needed(&each.over, entered, ix);
                each.quorum.wait_for.iter().for_each(|rule| self.needed(rule, entered, ix));
                // Its own list is there by then.
                each.until.iter().for_each(|rule| self.needed(rule, Moment::Active(scope), ix));
            }
            Shape::Path | Shape::AdHoc(_) => {}
        }
    }

    /// What is asked inside a scope.
    fn scope(&mut self, ix: ScopeIx, scope: &'r Scope) {
        let Some(first) = scope.owner.or(scope.steps.first().copied()) else { return };
        let active = Moment::Active(ix);
        if let Shape::AdHoc(group) = &scope.shape {
            group.until.iter().for_each(|rule| self.needed(rule, active, first));
        }
        if let Some(repeat) = &scope.repeat {
            repeat.while_holds.iter().for_each(|rule| self.needed(rule, active, first));
            repeat.until.iter().for_each(|rule| self.needed(rule, Moment::Ended(ix), first));
        }
        for (number, handler) in scope.handlers.iter().enumerate() {
            self.handler(handler, (active, Moment::Woken(ix, number)), first);
        }
    }

    fn handler(&mut self, handler: &'r Handler, (when, woken): (Moment, Moment), step: StepIx) {
        handler.when.iter().for_each(|rule| self.needed(rule, woken, step));
        match &handler.trigger {
            TriggerKind::Message(_, key) => key.iter().for_each(|rule| self.needed(rule, when, step)),
            TriggerKind::Deadline(deadline) => {
                self.dynamic(&deadline.period, when, step);
                if let From::Day(rule) = &deadline.from {
                    self.needed(rule, when, step);
                }
            }
            TriggerKind::Timer(timer) => match &timer.at {
                TimerAt::At(rule) => self.needed(rule, when, step),
                TimerAt::After(period) | TimerAt::Every(period) => self.dynamic(period, when, step),
            },
            TriggerKind::Condition(rule) => {
                let rule = Text::Expression(rule);
                self.found.push(Asked { rule, when, step, form: None, needs: true, live: true, given: None });
            }
            TriggerKind::Dispatch(_)
            | TriggerKind::Signal(_)
            | TriggerKind::Error(_)
            | TriggerKind::Escalation(_)
            | TriggerKind::ByHand(_) => {}
        }
    }
}
