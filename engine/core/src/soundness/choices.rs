//! Conditions that decide nothing: a way that is never taken, an `else` that nothing is left for, a rule that never holds.

use fachwerk_rules::{Condition, Lang, Path, Presence, Shape as ValueShape, Term, Vocabulary};

use super::{
    Detail, Finding, Property, Verdict,
    conditions::{Domain, MAX_ANSWERS, Together, TooMany, calculated},
    readable::Readable,
};
use crate::{
    definition::{
        Expr, Form, FormField, FrameIx, Handler, Kind, Release, Shape, Step, StepIx, TriggerKind, Way,
    },
    diagnostic::Span,
    language::sandbox,
    schema::{ObjectType, TextFormat, Type},
    words::Text,
};

/// What rules of a release can ask for, and what it can be.
pub struct Domains<'r> {
    release: &'r Release,
    readable: &'r Readable<'r>,
    results: ObjectType,
}

impl<'r> Domains<'r> {
    /// Of a release.
    pub fn new(release: &'r Release, readable: &'r Readable<'r>) -> Domains<'r> {
        Domains { release, readable, results: release.results() }
    }

    /// What the rules of a frame, or of a form in it, may read.
    pub fn vocabulary(&self, frame: FrameIx, form: Option<&Form>) -> Vocabulary {
        self.readable.of(frame, form)
    }

    /// What a value can be; none if that is not known.
    pub fn of(
        &self,
        term: &Term,
        vocabulary: &Vocabulary,
        frame: FrameIx,
        form: Option<&Form>,
    ) -> Option<Domain> {
        match term {
            Term::Field(path) => self.field(path, vocabulary, frame, form),
            other => calculated(other),
        }
    }

    fn field(
        &self,
        path: &Path,
        vocabulary: &Vocabulary,
        frame: FrameIx,
        form: Option<&Form>,
    ) -> Option<Domain> {
        let mut named = vocabulary.roots.get(&path.root)?;
        let mut nullable = false;
        for member in &path.members {
            let ValueShape::Object(members) = &named.shape else { return None };
            named = members.get(&member.name)?;
            nullable |= member.guarded || named.presence != Presence::Always;
        }
        let names: Vec<&str> = path.members.iter().map(|member| member.name.as_str()).collect();
        let of = match path.root.as_str() {
            "application" => Some(&self.release.data),
            "settings" => Some(&self.release.settings),
            "params" => Some(&self.release.frame(frame).parameters),
            "steps" => Some(&self.results),
            _ => None,
        };
        let entered = form.filter(|_| path.root == "result").and_then(|form| in_form(form, &names));
        let known =
            of.and_then(|of| within(of, &names)).or(entered).filter(|known| fits(known, &named.shape));
        Some(Domain { ty: known.cloned().or_else(|| plain(&named.shape))?, nullable })
    }
}

fn in_form<'f>(form: &'f Form, names: &[&str]) -> Option<&'f Type> {
    let [name] = names else { return None };
    form.fields.iter().find(|field| *field.field.name == **name).map(|field| &field.field.ty)
}

fn within<'t>(of: &'t ObjectType, names: &[&str]) -> Option<&'t Type> {
    let (name, rest) = names.split_first()?;
    match (&of.field(name)?.ty, rest) {
        (ty, []) => Some(ty),
        (Type::Object(inner), rest) => within(inner, rest),
        _ => None,
    }
}

/// Whether a type is all that the rules know of the value: several steps may write under one name.
fn fits(ty: &Type, shape: &ValueShape) -> bool {
    match (ty, shape) {
        (Type::Choice(known), ValueShape::Choice(choices)) => known.len() == choices.len(),
        (_, ValueShape::Any) => false,
        _ => true,
    }
}

/// The type of which no more is known than its shape.
fn plain(shape: &ValueShape) -> Option<Type> {
    let text = |format| Type::Text { format, max_length: u32::MAX, min_length: 0, pattern: None };
    Some(match shape {
        ValueShape::Boolean => Type::Boolean,
        ValueShape::Number => Type::Integer { min: None, max: None, money: false },
        ValueShape::Money => Type::Integer { min: None, max: None, money: true },
        ValueShape::Text => text(TextFormat::Line),
        ValueShape::Date => text(TextFormat::Date),
        ValueShape::Time => text(TextFormat::Time),
        ValueShape::Period => text(TextFormat::Period),
        ValueShape::Choice(choices) => {
            let choice = |choice: &fachwerk_rules::Choice| crate::schema::Choice {
                id: choice.id.clone(),
                title: Text::new(choice.id.clone(), choice.id.clone()),
            };
            Type::Choice(choices.iter().map(choice).collect())
        }
        ValueShape::Any | ValueShape::List(_) | ValueShape::Object(_) => return None,
    })
}

/// What conditions decide in vain.
pub fn findings(release: &Release, domains: &Domains<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for (ix, step) in (0..).map(StepIx).zip(&release.steps) {
        let mut looker = Looker { release, domains, step: ix, found: &mut found };
        match &step.kind {
            Kind::Choose(ways) => looker.choice(step, ways),
            Kind::Task(task) => {
                for rule in task.form.fields.iter().flat_map(FormField::conditions) {
                    looker.alone(step, rule, Some(&task.form));
                }
                task.form.fields.iter().for_each(|field| looker.options(step, field, &task.form));
            }
            Kind::Wait(waits) => waits.iter().for_each(|it| looker.handler(step, it)),
            _ => {}
        }
        if let (Some(rule), Shape::Fork(_) | Shape::AdHoc(_)) = (&step.when, &release.scope(step.scope).shape)
        {
            looker.alone(step, rule, None);
        }
    }
    for scope in &release.scopes {
        let Some(ix) = scope.steps.first().copied() else { continue };
        let mut looker = Looker { release, domains, step: ix, found: &mut found };
        scope.handlers.iter().for_each(|it| looker.handler(release.step(ix), it));
    }
    found
}

struct Looker<'a> {
    release: &'a Release,
    domains: &'a Domains<'a>,
    step: StepIx,
    found: &'a mut Vec<Finding>,
}

impl Looker<'_> {
    /// Whether a rule is written where its step is; what a block is given is not for the block to judge.
    fn is_own(&self, step: &Step, rule: &Expr) -> bool {
        let text = |frame: FrameIx| {
            let mut frame = frame;
            while let Some(rounds) = &self.release.frame(frame).rounds {
                frame = rounds.outer;
            }
            frame
        };
        text(rule.frame) == text(step.frame) && !matches!(&*rule.source, "true" | "false")
    }

    /// A condition by itself: it may never hold.
    fn alone(&mut self, step: &Step, rule: &Expr, form: Option<&Form>) {
        if !self.is_own(step, rule) {
            return;
        }
        let vocabulary = self.domains.vocabulary(rule.frame, form);
        let Some(condition) = sandbox().condition(&rule.source, &vocabulary) else { return };
        let domain = |term: &Term| self.domains.of(term, &vocabulary, rule.frame, form);
        match Together::new(&[Ok(condition)], &domain).find(&[(0, true)]) {
            Ok(None) => self.never_holds(rule),
            Ok(Some(_)) => {}
            Err(TooMany) => self.not_decided(rule.span.clone()),
        }
    }

    /// What a reaction or a wait step asks for may never hold.
    fn handler(&mut self, step: &Step, handler: &Handler) {
        let condition = match &handler.trigger {
            TriggerKind::Condition(rule) => Some(rule),
            _ => None,
        };
        condition.into_iter().chain(&handler.when).for_each(|rule| self.alone(step, rule, None));
    }

    /// The options of a field that must be filled in: for some values none may be open.
    fn options(&mut self, step: &Step, field: &FormField, form: &Form) {
        let Type::Choice(choices) = &field.field.ty else { return };
        if !field.field.required || field.options.len() < choices.len() {
            return;
        }
        let rules: Vec<&Expr> = field.options.iter().map(|(_, rule)| rule).chain(&field.when).collect();
        let Some(first) = rules.first() else { return };
        // Whoever can enter something else in the form may open one.
        let entered = |rule: &&Expr| {
            rule.compiled.variables().iter().any(|path| path.names().first() == Some(&"result"))
        };
        let own = |rule: &&Expr| self.is_own(step, rule) && rule.frame == first.frame;
        if rules.iter().any(|rule| entered(rule) || !own(rule)) {
            return;
        }
        let vocabulary = self.domains.vocabulary(first.frame, Some(form));
        let read = rules.iter().map(|rule| sandbox().condition(&rule.source, &vocabulary));
        // What is calculated may always leave one.
        let Some(conditions) = read.collect::<Option<Vec<Condition>>>() else { return };
        let conditions: Vec<Result<Condition, String>> = conditions.into_iter().map(Ok).collect();
        let domain = |term: &Term| self.domains.of(term, &vocabulary, first.frame, Some(form));
        let mut together = Together::new(&conditions, &domain);
        let wanted: Vec<(usize, bool)> =
            (0..rules.len()).map(|number| (number, number >= field.options.len())).collect();
        match together.find(&wanted) {
            Ok(Some(values)) => {
                let said = together.said(&values);
                let nothing = matches!(&said, Condition::All(of) if of.is_empty());
                let example = |lang| said.sentence(&vocabulary, lang);
                let (de, en) = match nothing {
                    true => (String::new(), String::new()),
                    false => (
                        format!(" Zum Beispiel: {}.", example(Lang::De)),
                        format!(" For example: {}.", example(Lang::En)),
                    ),
                };
                let title = &field.field.title;
                self.add(Property::NoOptionLeft, Verdict::PossiblyUnsound, (
                    first.span.clone(),
                    Text::new(
                        format!("Bei „{}“ muss etwas gewählt werden, aber für manche Werte steht nichts zur Wahl; dann kann niemand die Aufgabe erledigen.{de}", title.de),
                        format!("Something must be chosen at “{}”, but for some values there is no option; then nobody can do the task.{en}", title.en),
                    ),
                    Text::new(
                        "Eine der Möglichkeiten ohne „when“ anbieten, oder die Bedingungen so fassen, dass immer eine zutrifft.",
                        "Offer one of the options without `when`, or let the conditions be such that one of them always holds.",
                    ),
                ));
            }
            Ok(None) => {}
            Err(TooMany) => self.not_decided(first.span.clone()),
        }
    }

    fn choice(&mut self, step: &Step, ways: &[Way]) {
        let rules: Vec<&Expr> = ways.iter().filter_map(|way| way.when.as_ref()).collect();
        let Some(first) = rules.first() else { return };
        if rules.iter().any(|rule| !self.is_own(step, rule) || rule.frame != first.frame) {
            return;
        }
        let vocabulary = self.domains.vocabulary(first.frame, None);
        let condition = |rule: &&Expr| {
            sandbox().condition(&rule.source, &vocabulary).ok_or_else(|| rule.source.to_string())
        };
        let conditions: Vec<Result<Condition, String>> = rules.iter().map(condition).collect();
        let domain = |term: &Term| self.domains.of(term, &vocabulary, first.frame, None);
        let mut together = Together::new(&conditions, &domain);
        if self.ways(step, &rules, &mut together, &vocabulary).is_err() {
            self.not_decided(step.span.clone());
        }
    }

    fn ways(
        &mut self,
        step: &Step,
        rules: &[&Expr],
        together: &mut Together,
        vocabulary: &Vocabulary,
    ) -> Result<(), TooMany> {
        let mut before: Vec<(usize, bool)> = Vec::new();
        for (number, rule) in rules.iter().enumerate() {
            let wanted: Vec<(usize, bool)> = before.iter().copied().chain([(number, true)]).collect();
            if together.find(&wanted)?.is_none() {
                match together.find(&[(number, true)])? {
                    None => self.never_holds(rule),
                    Some(values) => {
                        let taken = together.first_holding(&values, 0..number);
                        self.covered(rule, taken, &together.said(&values), vocabulary);
                    }
                }
            }
            before.push((number, false));
        }
        if together.find(&before)?.is_none() {
            self.nothing_left(step);
        }
        Ok(())
    }

    fn add(&mut self, property: Property, verdict: Verdict, (span, message, help): (Span, Text, Text)) {
        let detail = Some(Detail { span, message, help, path: None });
        self.found.push(Finding { detail, ..Finding::of(property, self.step, verdict) });
    }

    fn never_holds(&mut self, rule: &Expr) {
        let source = &rule.source;
        self.add(Property::ConditionNeverHolds, Verdict::PossiblyUnsound, (
            rule.span.clone(),
            Text::new(
                format!("Die Bedingung „{source}“ trifft nie zu: Keine Werte, die dort stehen können, erfüllen sie."),
                format!("The condition `{source}` never holds: no values that can stand there meet it."),
            ),
            Text::new(
                "Die Bedingung berichtigen, oder streichen, was von ihr abhängt.",
                "Mend the condition, or delete what depends on it.",
            ),
        ));
    }

    fn covered(&mut self, rule: &Expr, taken: Option<usize>, values: &Condition, vocabulary: &Vocabulary) {
        let source = &rule.source;
        let example = |lang| values.sentence(vocabulary, lang);
        let (de, en) = match (taken, values) {
            // Nothing that could be named is needed for it.
            (Some(way), Condition::All(of)) if of.is_empty() => (
                format!(" Vorher gilt schon der {}. Weg.", way + 1),
                format!(" Way {} holds before.", way + 1),
            ),
            (Some(way), _) => (
                format!(" Zum Beispiel: {} – dann gilt schon der {}. Weg.", example(Lang::De), way + 1),
                format!(" For example: {} – then way {} holds already.", example(Lang::En), way + 1),
            ),
            (None, _) => (String::new(), String::new()),
        };
        self.add(Property::WayNeverTaken, Verdict::PossiblyUnsound, (
            rule.span.clone(),
            Text::new(
                format!("Dieser Weg („{source}“) wird nie gegangen: Was auf ihn zutrifft, geht schon einen der Wege davor.{de}"),
                format!("This way (`{source}`) is never taken: whatever meets it takes one of the ways before.{en}"),
            ),
            Text::new(
                "Den engeren Weg vor den weiteren stellen, oder den Weg streichen.",
                "Put the narrower way before the wider one, or delete the way.",
            ),
        ));
    }

    fn nothing_left(&mut self, step: &Step) {
        self.add(Property::ElseNeverTaken, Verdict::PossiblyUnsound, (
            step.span.clone(),
            Text::new(
                "Der Weg „else“ wird nie gegangen: Die Wege davor decken alle Werte ab.",
                "The way `else` is never taken: the ways before cover all values.",
            ),
            Text::new(
                "Beim letzten dieser Wege statt „when“ „else“ schreiben, oder eine Bedingung berichtigen.",
                "Write `else` instead of `when` at the last of these ways, or mend a condition.",
            ),
        ));
    }

    fn not_decided(&mut self, span: Span) {
        self.add(Property::ConditionsNotDecided, Verdict::NotDecided, (
            span,
            Text::new(
                format!("Ob jeder dieser Wege gegangen werden kann, ist nicht entschieden: Es gäbe mehr als {MAX_ANSWERS} Antworten zu prüfen."),
                format!("Whether each of these ways can be taken is not decided: there would be more than {MAX_ANSWERS} answers to look at."),
            ),
            Text::new(
                "Die Auswahl in mehrere aufteilen, oder eine Entscheidungstabelle verwenden.",
                "Divide the choice into several, or use a decision table.",
            ),
        ));
    }
}
