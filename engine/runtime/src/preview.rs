//! What would come of a command, and which letters: decided like the command itself, and nothing is committed.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use fachwerk_core::{
    authority::{Authority, Person, with_pictures},
    case::{Case, hash_of},
    command::{Command, EffectResult, Request},
    decide::{Decided, Refusal, letters_signed},
    definition::{LETTER, Release, TaskKind},
    event::{Direction, DocumentContent, EffectError, Event},
    facts::{Actor, CounterKey},
    language::OUTCOME_FIELD,
    law::LawUsed,
    words::{InstanceId, Object, PersonId, Text, Value},
};

use crate::{
    Made, Runtime, SubmitError,
    submit::{decide_aside, release_of},
};

/// What a connector would make, as far as it can say so without doing anything; none: it cannot.
pub type Previewer = fn(&str, &Value) -> Option<Result<Made, EffectError>>;

/// So many letters are previewed at most.
const MOST_LETTERS: usize = 50;
/// So many signatures that are still to come are taken as given.
const MOST_SIGNATURES: usize = 3;
/// Who signs, when that is not known yet, and the name that stands below the letter then.
const SIGNATORY: (&str, &str) = ("–", "(Name der zeichnenden Person)");

/// What would come of a command.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Preview {
    /// The letters that leave the house, with their bytes.
    pub letters: Vec<(DocumentContent, Vec<u8>)>,
    /// Whether somebody must sign before they are made.
    pub to_be_signed: bool,
    /// Why letters would not be made.
    pub troubles: Vec<Text>,
    /// The rows of law that they would rest on and nobody has checked, or sources disagree about.
    pub doubtful_law: Vec<LawUsed>,
    /// The hash of the letters that are signed by the command: whoever signs says which they have seen.
    pub shown: Option<Arc<str>>,
    /// What the acts that would be issued cost, in cents.
    pub fee: i64,
    /// The case as it would be: its number and what names it.
    pub case: Option<Arc<Case>>,
}

/// A case that goes on without being kept.
struct Ahead {
    authority: Arc<Authority>,
    release: Arc<Release>,
    case: Arc<Case>,
    numbers: BTreeMap<CounterKey, u64>,
    preview: Preview,
    signatures: usize,
}

impl Runtime {
    /// The letters that come of a command before anything else must be done than signing them. Nothing is committed.
    pub async fn preview(
        &self,
        actor: Actor,
        request: &Request,
        previewer: Previewer,
    ) -> Result<Preview, SubmitError> {
        let mut ahead = self.ahead(request).await?;
        let signed = self.letters_signed(&ahead, &actor, &request.command);
        let mut asked = VecDeque::from([(actor, request.command.clone())]);
        let mut first = true;
        while let Some((actor, command)) = asked.pop_front() {
            match self.decide_ahead(&mut ahead, &actor, &command).await {
                Ok(events) => asked.extend(ahead.take(events, previewer).await?),
                // What follows may not be possible so; then nothing more is known.
                Err(SubmitError::Rejected(_)) if !first => {}
                Err(error) => return Err(error),
            }
            first = false;
        }
        // What is signed now and made later is seen now.
        if ahead.preview.letters.is_empty() {
            for request in signed.into_iter().take(MOST_LETTERS) {
                if let Some(Ok(made)) = ahead.made(LETTER.into(), request, previewer).await? {
                    ahead.keep(made);
                }
            }
        }
        ahead.preview.case = Some(ahead.case);
        Ok(ahead.preview)
    }

    fn letters_signed(&self, ahead: &Ahead, actor: &Actor, command: &Command) -> Vec<Value> {
        let facts = self.facts(&ahead.authority, &ahead.release, actor, &ahead.case);
        letters_signed(&ahead.release, &ahead.case, command, &facts)
    }

    /// What would happen at once when a case is asked this. Nothing is committed.
    pub async fn foresee(&self, actor: &Actor, request: &Request) -> Result<Vec<Event>, SubmitError> {
        let mut ahead = self.ahead(request).await?;
        self.decide_ahead(&mut ahead, actor, &request.command).await
    }

    async fn ahead(&self, Request { tenant, case, command, .. }: &Request) -> Result<Ahead, SubmitError> {
        let case = match self.case(tenant, *case).await? {
            Some(case) => case,
            None => Arc::new(Case::unborn(tenant.clone(), *case)),
        };
        let authority = self.authority(tenant).await?.ok_or(SubmitError::AuthorityUnknown)?;
        let release = self.release(tenant, &release_of(&case, command)?).await?;
        let (numbers, preview) = (BTreeMap::new(), Preview::default());
        Ok(Ahead { authority, release, case, numbers, preview, signatures: 0 })
    }

    async fn decide_ahead(
        &self,
        ahead: &mut Ahead,
        actor: &Actor,
        command: &Command,
    ) -> Result<Vec<Event>, SubmitError> {
        let Ahead { authority, release, case, .. } = &*ahead;
        let mut facts = self.facts(authority, release, actor, case);
        if *actor == Actor::Person(SIGNATORY.0.into()) {
            let signatory = Person { name: SIGNATORY.1.into(), roles: Arc::default(), active: true };
            Arc::make_mut(&mut facts.people).insert(SIGNATORY.0.into(), signatory);
            facts.roles = Arc::new(release.roles.keys().cloned().collect());
        }
        facts.numbers = ahead.numbers.clone();
        let Decided { events, case } = loop {
            let decided = decide_aside(release.clone(), case.clone(), command.clone(), facts.clone()).await;
            match decided? {
                Ok(decided) => break decided,
                Err(Refusal::NumberNeeded(counter)) => {
                    let last = self.inner.store.counter(&case.tenant, &counter).await?;
                    facts.numbers.insert(counter, last);
                }
                Err(Refusal::Rejected(rejection)) => return Err(rejection.into()),
            }
        };
        ahead.numbers = facts.numbers;
        ahead.case = Arc::new(case);
        Ok(events)
    }
}

/// A signature as it is given: by the first outcome of its task.
pub fn given(signature: &TaskKind) -> Object {
    let outcome = signature.form.outcomes().first().cloned();
    outcome.map(|outcome| (OUTCOME_FIELD.to_owned(), (*outcome).into())).into_iter().collect()
}

impl Ahead {
    /// What happened: letters are made, and what that brings is asked next.
    async fn take(
        &mut self,
        events: Vec<Event>,
        previewer: Previewer,
    ) -> Result<Vec<(Actor, Command)>, SubmitError> {
        let mut next = Vec::new();
        for event in events {
            match event {
                Event::NumberDrawn { counter, value, .. } => {
                    self.numbers.insert(counter, value);
                }
                Event::IncidentRaised { incident, .. } => self.preview.troubles.push(incident.message),
                Event::EffectRequested { instance, round, connector, request }
                    if self.preview.letters.len() < MOST_LETTERS =>
                {
                    let Some(made) = self.made(connector.clone(), request, previewer).await? else {
                        continue;
                    };
                    let result = made.map(|made| self.keep(made));
                    next.push((
                        Actor::Connector(connector),
                        Command::FinishEffect { instance, round, result },
                    ));
                }
                Event::ActBegan(act) => {
                    self.preview.fee += act.content.fee.unwrap_or(0);
                    for row in act.content.law_used().filter(|row| row.is_doubtful()) {
                        if !self.preview.doubtful_law.contains(row) {
                            self.preview.doubtful_law.push(row.clone());
                        }
                    }
                }
                Event::LettersSigned(signed) if self.signatures == 0 => {
                    self.preview.shown = Some(hash_of(&signed.letters));
                }
                Event::TaskOpened { instance, .. } => next.extend(self.signed(instance)),
                _ => {}
            }
        }
        Ok(next)
    }

    /// What a connector would make. A letter computes for too long to keep a thread that serves others.
    async fn made(
        &self,
        connector: Arc<str>,
        request: Value,
        previewer: Previewer,
    ) -> Result<Option<Result<Made, EffectError>>, SubmitError> {
        let request = with_pictures(&request, &self.authority.pictures);
        let made = tokio::task::spawn_blocking(move || previewer(&connector, &request)).await;
        made.map_err(|panic| SubmitError::Fault(panic.to_string()))
    }

    fn keep(&mut self, made: Made) -> EffectResult {
        let documents = made.documents.iter().map(|(content, _)| content.clone()).collect();
        let leaves = |(content, _): &(DocumentContent, Vec<u8>)| content.direction == Direction::Outgoing;
        self.preview.letters.extend(made.documents.into_iter().filter(leaves));
        EffectResult { values: made.values, documents }
    }

    /// A signature that is still to come, taken as given: whoever writes what is signed wants to see it.
    fn signed(&mut self, task: InstanceId) -> Option<(Actor, Command)> {
        if !self.preview.letters.is_empty() || self.signatures >= MOST_SIGNATURES {
            return None;
        }
        let step = self.case.task(task)?.0.step.as_ref()?;
        let values = given(self.release.find(step)?.kind.signature()?);
        self.signatures += 1;
        self.preview.to_be_signed = true;
        let by = PersonId::from(SIGNATORY.0);
        Some((Actor::Person(by), Command::CompleteTask { task, values, seen: None, shown: None }))
    }
}
