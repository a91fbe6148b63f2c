//! What the rules of a release may read, with titles and types: for sentences, for pickers, and to check types.

mod acts;

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use acts::{acts, parties};

use fachwerk_rules::{Choice, Expression, Lang, Named, Presence, Shape, ShapeMembers, Vocabulary};

use crate::{
    authority::profile::readable,
    definition::{
        ActKind, Compute, Expr, FeeStep, Form, Frame, FrameIx, Kind, Part, PartyKind, Release, Rule, Scope,
        Shape as ScopeShape, Step, TextBlocks,
    },
    language::{data_key, sandbox},
    schema::{ObjectType, TextFormat, Type},
    words::Text,
};

/// The parts of a release that say what its rules may read.
#[derive(Clone, Copy)]
pub struct Readable<'r> {
    /// The shape of the application.
    pub data: &'r ObjectType,
    /// What an authority sets.
    pub settings: &'r ObjectType,
    /// The kinds of parties.
    pub parties: &'r [PartyKind],
    /// The acts that may be issued.
    pub acts: &'r BTreeMap<Arc<str>, ActKind>,
    /// All steps.
    pub steps: &'r [Step],
    /// All scopes.
    pub scopes: &'r [Scope],
    /// All frames.
    pub frames: &'r [Frame],
}

impl Release {
    /// What the rules of a frame may read; those of a form also what is being entered there.
    pub fn vocabulary(&self, frame: FrameIx, form: Option<&Form>) -> Vocabulary {
        self.vocabularies().of(frame, form)
    }

    /// What all its rules may read.
    pub fn vocabularies(&self) -> Vocabularies<'_> {
        let Release { data, settings, parties, acts, steps, scopes, frames, .. } = self;
        Vocabularies::new(Readable { data, settings, parties, acts, steps, scopes, frames })
    }

    /// A condition as a sentence without its full stop; none if it says more than the pickers can.
    pub fn sentence(&self, rule: &Rule<Expression>, form: Option<&Form>) -> Option<Text> {
        self.vocabularies().sentence(rule, form)
    }
}

/// What the rules of each frame may read; what all of them share is put together once.
pub struct Vocabularies<'r> {
    of: Readable<'r>,
    /// The steps of each frame.
    steps: Vec<Vec<&'r Step>>,
    /// The handlers of each frame, by name.
    handlers: Vec<Vec<Arc<str>>>,
    frame_at: HashMap<&'r [Part], FrameIx>,
    /// What every rule may read.
    shared: Vec<Named>,
}

impl<'r> Vocabularies<'r> {
    /// For a release, or one that is being read.
    pub fn new(of: Readable<'r>) -> Vocabularies<'r> {
        let mut steps: Vec<Vec<&Step>> = vec![Vec::new(); of.frames.len()];
        for step in of.steps {
            steps[step.frame.0 as usize].push(step);
        }
        let mut handlers: Vec<Vec<Arc<str>>> = vec![Vec::new(); of.frames.len()];
        for scope in of.scopes {
            let Some(first) = scope.steps.first() else { continue };
            let frame = of.steps[first.0 as usize].frame;
            handlers[frame.0 as usize].extend(scope.handlers.iter().map(|handler| handler.name.clone()));
        }
        let frame_at = (0..).map(FrameIx).zip(of.frames).map(|(ix, frame)| (&frame.at[..], ix)).collect();
        let mut all = Vocabularies { of, steps, handlers, frame_at, shared: Vec::new() };
        all.shared = vec![
            always("application", Text::new("Antrag", "Application"), object(fields(of.data))),
            always("settings", Text::new("Einstellungen", "Settings"), object(settings(of.settings))),
            always("authority", Text::new("Behörde", "Authority"), object(of_the_authority())),
            always("steps", Text::new("Schritte", "Steps"), object(all.results(FrameIx(0)))),
            always("file", Text::new("Akte", "File"), object(of_the_case())),
            always("parties", Text::new("Beteiligte", "Parties"), object(parties(of.parties))),
            always("acts", Text::new("Bescheide", "Acts"), object(acts(of.acts))),
            always("today", Text::new("heute", "today"), Shape::Date),
            always("undone", Text::new("Rückgängig gemachtes", "What is undone"), Shape::Any),
        ];
        all
    }

    /// What the rules of a frame may read; those of a form also what is being entered there.
    pub fn of(&self, frame: FrameIx, form: Option<&Form>) -> Vocabulary {
        let mut roots = self.shared.clone();
        let in_block = self.of.frames[frame.0 as usize].in_block;
        let around = self.rounds_around(frame);
        for rounds in around.iter().filter_map(|frame| self.of.frames[frame.0 as usize].rounds.as_ref()) {
            // What stands in the list is known when the case runs.
            roots.push(always(&rounds.item, Text::new(rounds.item.clone(), rounds.item.clone()), Shape::Any));
        }
        if !around.is_empty() && !in_block {
            let results = [FrameIx(0)].iter().chain(&around).flat_map(|frame| self.results(*frame));
            let results = results.collect();
            roots.retain(|root| &*root.name != "steps");
            roots.push(always("steps", Text::new("Schritte", "Steps"), object(results)));
        }
        if in_block {
            let title = Text::new("Parameter", "Parameters");
            let parameters = &self.of.frames[frame.0 as usize].parameters;
            roots.push(always("params", title, open(settings(parameters))));
        }
        if in_block || form.is_some() {
            let mut members = if in_block { self.result_of(frame) } else { ShapeMembers::default() };
            // In rounds, what the block wrote outside is seen, too.
            members.open |= !around.is_empty();
            for entered in form.iter().flat_map(|form| &form.fields) {
                members.named.retain(|known| known.name != entered.field.name);
                // Until somebody enters something there is nothing, but for what stands in the field from the beginning.
                let default = entered.field.default.as_ref().is_some_and(|default| !default.is_null());
                let filled = default || entered.propose.is_some();
                let presence = if filled { Presence::Always } else { Presence::MayBeMissing };
                members.named.push(Named { presence, ..named(&entered.field) });
            }
            // What stands there already, of an earlier round.
            members.open |= form.is_some();
            roots.push(always("result", Text::new("Ergebnis", "Result"), Shape::Object(Arc::new(members))));
        }
        Vocabulary::new(roots)
    }

    /// A condition as a sentence without its full stop; none if it says more than the pickers can.
    pub fn sentence(&self, rule: &Rule<Expression>, form: Option<&Form>) -> Option<Text> {
        let vocabulary = self.of(rule.frame, form);
        let condition = sandbox().condition(&rule.source, &vocabulary)?;
        let [de, en] = [Lang::De, Lang::En].map(|lang| condition.sentence(&vocabulary, lang));
        Some(Text::new(de, en))
    }

    /// What stands behind "until" when the rule is waited for; none if it says more than that things are in a state.
    pub fn until(&self, rule: &Rule<Expression>) -> Option<Text> {
        let vocabulary = self.of(rule.frame, None);
        let condition = sandbox().condition(&rule.source, &vocabulary)?;
        let [de, en] = [Lang::De, Lang::En].map(|lang| condition.until(&vocabulary, lang));
        Some(Text::new(de?, en?))
    }

    /// The frames of the rounds around, the innermost first.
    fn rounds_around(&self, frame: FrameIx) -> Vec<FrameIx> {
        let rounds = |frame: &FrameIx| self.of.frames[frame.0 as usize].rounds.as_ref();
        let all = std::iter::successors(Some(frame), |frame| rounds(frame).map(|rounds| rounds.outer));
        all.filter(|frame| rounds(frame).is_some()).collect()
    }

    /// The results of the steps and handlers of the process, or of rounds in it, each under its name.
    fn results(&self, frame: FrameIx) -> Vec<Named> {
        let own = self.steps.get(frame.0 as usize).into_iter().flatten();
        let mut results: Vec<Named> = own
            .map(|step| always(&data_key(&step.id), step.title.clone(), self.result_of_step(step)))
            .collect();
        for name in self.handlers.get(frame.0 as usize).into_iter().flatten() {
            results.push(always(&data_key(name), Text::new(name.clone(), name.clone()), open(received())));
        }
        results
    }

    fn result_of_step(&self, step: &Step) -> Shape {
        let mut members = ShapeMembers::default();
        if self.is_each(step) {
            return Shape::Any;
        }
        match self.frame_of_block(step) {
            Some(frame) => members = self.result_of(frame),
            None => {
                add_result(step, &mut members);
                add_said(step, &mut members);
            }
        }
        Shape::Object(Arc::new(members))
    }

    /// The frame that a use of a block opened.
    fn frame_of_block(&self, step: &Step) -> Option<FrameIx> {
        step.block.as_ref()?;
        let mut at = self.of.frames[step.frame.0 as usize].at.clone();
        at.push(Part::Key(data_key(&step.id)));
        self.frame_at.get(&at[..]).copied()
    }

    /// Whether a step writes a list, one entry a round.
    fn is_each(&self, step: &Step) -> bool {
        let Kind::Scope(scope) = step.kind else { return false };
        matches!(self.of.scopes[scope.0 as usize].shape, ScopeShape::Each(_))
    }

    /// Inside a block everything goes into one result.
    fn result_of(&self, frame: FrameIx) -> ShapeMembers {
        let mut members = ShapeMembers::default();
        for step in &self.steps[frame.0 as usize] {
            if step.block.is_some() || self.is_each(step) {
                add(always(&data_key(&step.id), step.title.clone(), self.result_of_step(step)), &mut members);
            } else {
                add_result(step, &mut members);
            }
        }
        for step in &self.steps[frame.0 as usize] {
            add_said(step, &mut members);
        }
        members.open |= !self.handlers[frame.0 as usize].is_empty();
        members
    }
}

/// What a step writes.
fn add_result(step: &Step, members: &mut ShapeMembers) {
    match &step.kind {
        Kind::Task(task) => {
            for field in &task.form.fields {
                let presence = match (field.field.required, &field.when) {
                    (true, None) => Presence::Always,
                    (true, Some(_)) => Presence::WhenAsked,
                    (false, _) => Presence::MayBeMissing,
                };
                add(Named { presence, ..named(&field.field) }, members);
            }
        }
        Kind::Compute(Compute::Fields(fields)) => {
            for (name, _) in fields.iter().filter(|(_, rule)| said(rule).is_none()) {
                add(always(name, Text::new(name.clone(), name.clone()), Shape::Any), members);
            }
        }
        Kind::Decide(decision) => {
            for name in &decision.outputs {
                let titled = decision.titled.iter().find(|field| field.name == *name);
                let plain = || always(name, Text::new(name.clone(), name.clone()), Shape::Any);
                let known =
                    titled.map_or_else(plain, |field| always(name, field.title.clone(), shape(&field.ty)));
                add(known, members);
            }
            if let Some(trace) = &decision.trace {
                let title = Text::new("Zutreffende Zeilen", "Rows that matched");
                add(always(trace, title, Shape::Any), members);
            }
            members.open = true;
        }
        Kind::Texts(_) => {
            for field in TextBlocks::titled() {
                add(always(&field.name, field.title.clone(), shape(&field.ty)), members);
            }
            let title = Text::new("Die einzelnen Texte", "The texts one by one");
            add(always(TextBlocks::TEXTS, title, Shape::Any), members);
        }
        Kind::Fee(_) => {
            for name in FeeStep::WRITTEN {
                let titled = FeeStep::titled().into_iter().find(|field| &*field.name == *name);
                let plain = || always(name, Text::new(*name, *name), Shape::Any);
                let known =
                    titled.map_or_else(plain, |field| always(name, field.title.clone(), shape(&field.ty)));
                add(known, members);
            }
        }
        Kind::Number(_) => {
            add(always("number", Text::new("Nummer", "Number"), Shape::Text), members);
        }
        Kind::Compute(Compute::Script(_))
        | Kind::Effect(_)
        | Kind::Call(_)
        | Kind::Wait(_)
        | Kind::Scope(_) => members.open = true,
        Kind::Issue(_)
        | Kind::Choose(_)
        | Kind::Join(_)
        | Kind::Raise(_)
        | Kind::Cancel(_)
        | Kind::Compensate(_)
        | Kind::End(_) => {}
    }
}

/// A text that is written as it stands; none: it is computed.
fn said(rule: &Expr) -> Option<String> {
    serde_json::from_str(rule.source.trim()).ok()
}

/// A text that stands there in the rule goes with what others write under its name: it is one more that may be chosen.
fn add_said(step: &Step, members: &mut ShapeMembers) {
    let Kind::Compute(Compute::Fields(fields)) = &step.kind else { return };
    for (name, said) in fields.iter().filter_map(|(name, rule)| Some((name, said(rule)?))) {
        match members.named.iter_mut().find(|known| known.name == *name) {
            None => {
                add(always(name, Text::new(name.clone(), name.clone()), Shape::Any), members);
            }
            Some(known) => match &known.shape {
                Shape::Text => {}
                Shape::Choice(choices) => {
                    let title = fachwerk_rules::Text::new(&*said, &*said);
                    known.shape = one_of_both(choices, &[Choice { id: said.as_str().into(), title }]);
                }
                _ => known.shape = Shape::Any,
            },
        }
    }
}

/// What several steps write under one name is what all of them say it is, or unknown.
fn add(new: Named, members: &mut ShapeMembers) {
    match members.named.iter_mut().find(|known| known.name == new.name) {
        None => members.named.push(new),
        Some(known) => {
            known.shape = match (&known.shape, &new.shape) {
                (one, other) if one == other => new.shape,
                (Shape::Choice(one), Shape::Choice(other)) => one_of_both(one, other),
                _ => Shape::Any,
            };
            known.presence = known.presence.max(new.presence);
        }
    }
}

/// What may be chosen in one place or another.
fn one_of_both(one: &[Choice], other: &[Choice]) -> Shape {
    let more = other.iter().filter(|choice| one.iter().all(|known| known.id != choice.id));
    Shape::Choice(one.iter().chain(more).cloned().collect())
}

fn always(name: &str, title: Text, shape: Shape) -> Named {
    Named { name: name.into(), title: words(&title), shape, presence: Presence::Always }
}

fn words(text: &Text) -> fachwerk_rules::Text {
    fachwerk_rules::Text::new(&*text.en, &*text.de)
}

fn object(named: Vec<Named>) -> Shape {
    Shape::Object(Arc::new(ShapeMembers { named, open: false }))
}

fn open(named: Vec<Named>) -> Shape {
    Shape::Object(Arc::new(ShapeMembers { named, open: true }))
}

/// Who the authority is, as far as it said so.
fn of_the_authority() -> Vec<Named> {
    let members = readable().into_iter().map(|(name, title, sure)| {
        let presence = if sure { Presence::Always } else { Presence::MayBeMissing };
        Named { presence, ..always(name, title, Shape::Text) }
    });
    members.collect()
}

/// What every case is known by.
fn of_the_case() -> Vec<Named> {
    let number = always("number", Text::new("Aktenzeichen", "File number"), Shape::Text);
    vec![
        Named { presence: Presence::MayBeNull, ..number },
        always("received_on", Text::new("Tag des Eingangs", "Day of receipt"), Shape::Date),
        always("started_on", Text::new("Tag der Anlage", "Day of creation"), Shape::Date),
        always("channel", Text::new("Eingangsweg", "Channel"), Shape::Text),
    ]
}

/// What is known of every message that came in.
fn received() -> Vec<Named> {
    vec![always("received_on", Text::new("Tag des Eingangs", "Day of receipt"), Shape::Date)]
}

fn fields(object: &ObjectType) -> Vec<Named> {
    object.fields.iter().map(named).collect()
}

/// Settings and parameters are always there, if only as null.
fn settings(object: &ObjectType) -> Vec<Named> {
    let presence = |named: Named| match named.presence {
        Presence::MayBeMissing => Presence::MayBeNull,
        other => other,
    };
    let setting = |field: &crate::schema::Field| {
        let named = named(field);
        let sure = field.default.as_ref().is_some_and(|default| !default.is_null());
        Named { presence: if sure { Presence::Always } else { presence(named.clone()) }, ..named }
    };
    object.fields.iter().map(setting).collect()
}

fn named(field: &crate::schema::Field) -> Named {
    let presence = if field.required { Presence::Always } else { Presence::MayBeMissing };
    Named { name: field.name.clone(), title: words(&field.title), shape: shape(&field.ty), presence }
}

fn shape(ty: &Type) -> Shape {
    let choice = |choices: &[crate::schema::Choice]| {
        let choices =
            choices.iter().map(|choice| Choice { id: choice.id.clone(), title: words(&choice.title) });
        Shape::Choice(choices.collect())
    };
    match ty {
        Type::Text { format, .. } => match format {
            TextFormat::Date => Shape::Date,
            TextFormat::Time => Shape::Time,
            TextFormat::Period => Shape::Period,
            TextFormat::Line | TextFormat::Lines | TextFormat::Email => Shape::Text,
            // It has become what it says.
            TextFormat::Expression => Shape::Any,
        },
        Type::Integer { money: true, .. } => Shape::Money,
        Type::Integer { money: false, .. } => Shape::Number,
        Type::Boolean => Shape::Boolean,
        Type::Words => object(vec![
            always("de", Text::new("deutsch", "German"), Shape::Text),
            always("en", Text::new("englisch", "English"), Shape::Text),
        ]),
        Type::Choice(choices) => choice(choices),
        Type::Choices(choices) => Shape::list(choice(choices)),
        Type::Documents => Shape::list(Shape::Number),
        Type::Object(inner) => object(fields(inner)),
        Type::List { item, .. } => Shape::list(shape(item)),
    }
}
