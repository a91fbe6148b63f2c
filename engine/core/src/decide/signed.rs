//! What was signed is what is sent: a signature is given for the letters that came of it then. When they would say something
//! else by the time they are made, nothing is sent, and the signatures are asked for anew.

use std::{collections::BTreeSet, sync::Arc};

use super::{
    MAX_ROUNDS, Rejection,
    back::steps_of,
    four_eyes::names,
    party::MOST_PARTIES,
    turn::{Ahead, Deciding, trouble},
};
use crate::{
    case::{Parts, Signed, SignedLetters, hash_of, part_title, parts_of},
    command::EffectResult,
    definition::{Kind, LETTER, Release, Shape, Step, StepIx, TaskKind},
    event::{Direction, DocumentContent, Event, LettersSigned, SignatureWithdrawn, Trouble},
    words::{InstanceId, Object, StepPath, Text, Value},
};

/// So many letters are looked at ahead: for as many parties as a case may have, each act and its certificate.
const MOST_LETTERS: usize = 2 * MOST_PARTIES;
/// So many steps with letters are looked at that the case does not come to at once, each round of a loop by itself.
const MOST_FURTHER: usize = 2 * MAX_ROUNDS;
/// So often signatures for the letters of a step are asked for anew before somebody must look at why.
const MOST_WITHDRAWN: u32 = 5;

impl<'a> Deciding<'a> {
    /// Keeps what the letters say that come of a signature as things stand now. `shown`: the hash of those that whoever signs
    /// has seen.
    pub fn sign_letters(
        &mut self,
        instance: InstanceId,
        outcome: Option<Arc<str>>,
        shown: Option<&Arc<str>>,
    ) -> Result<(), Rejection> {
        let Some(task) = self.step_of(instance) else { return Ok(()) };
        let mut ahead = self.looking_ahead();
        let around = ahead.scopes_around(instance);
        let first_new = InstanceId(ahead.case.next_instance);
        ahead.leave(instance, outcome);
        let mut whole = ahead.go_ahead();
        if ahead.is_undecided() {
            // What runs next needs the same number; then all of this is decided anew.
            self.need_as(&ahead);
            return Ok(());
        }
        if let Some(why) = self.letters_fail(&ahead) {
            return Err(Rejection::LettersFail { why });
        }
        let mut found = ahead.take_letters();
        let further = ahead.may_come(&task, &around, first_new);
        whole &= further.len() <= MOST_FURTHER;
        for (scope, step) in further.into_iter().take(MOST_FURTHER) {
            let mut further = ahead.looking_ahead();
            further.enter(&[step], scope, None);
            whole &= further.go_ahead();
            for more in further.take_letters() {
                if found.iter().all(|known| known.letters.step != more.letters.step) {
                    found.push(more);
                }
            }
        }
        // Of what nobody has looked at nobody could say later that it is what was signed.
        if !whole {
            return Err(Rejection::LettersTooMany);
        }
        let letters: Vec<SignedLetters> = found.iter().map(|found| found.letters.clone()).collect();
        self.signed = found.into_iter().flat_map(|found| found.requests).collect();
        if shown.is_some_and(|shown| *shown != hash_of(&letters)) {
            return Err(Rejection::LettersChanged);
        }
        if !letters.is_empty() {
            self.record(Event::LettersSigned(LettersSigned { task, letters }));
        }
        Ok(())
    }

    /// Why letters that come of a signature at once cannot be made: whoever signed would not have seen what leaves the house when
    /// that is mended.
    fn letters_fail(&self, ahead: &Self) -> Option<Text> {
        let new =
            ahead.case.incidents.iter().filter(|(number, _)| !self.case.incidents.contains_key(*number));
        let of_letters =
            |step: &StepPath| ahead.release.find(step).is_some_and(|step| step.kind.makes_letters());
        let mut failed = new.filter(|(_, it)| it.trouble.step.as_ref().is_some_and(of_letters));
        failed.next().map(|(_, it)| it.trouble.message.clone())
    }

    /// Runs on, with letters taken as made, until something else must be done. Whether it came so far.
    fn go_ahead(&mut self) -> bool {
        self.work();
        let mut asked = 0;
        let mut at = 0;
        while asked < MOST_LETTERS && !self.is_undecided() {
            let next = self.events().iter().enumerate().skip(at).find_map(|(place, event)| match event {
                Event::EffectRequested { instance, round, connector, request } if **connector == *LETTER => {
                    Some((place, *instance, *round, letter_made_of(request)))
                }
                _ => None,
            });
            let Some((place, instance, round, made)) = next else { return true };
            (at, asked) = (place + 1, asked + 1);
            let made = EffectResult { values: Object::new(), documents: vec![made] };
            // It would come in a turn of its own. Nothing is taken that the case would not take.
            self.steps = 0;
            let _ = self.effect_finished(instance, round, &Ok(made));
            self.work();
        }
        self.is_undecided()
    }

    /// The instances of scopes around an instance, the innermost first.
    fn scopes_around(&self, instance: InstanceId) -> Vec<InstanceId> {
        let parent = |id: &InstanceId| self.case.instance(*id)?.parent;
        std::iter::successors(parent(&instance), parent).collect()
    }

    /// The steps with letters that the case may come to from where it stands now, without another letter or the same signature
    /// before them, each with the scope instance that it lies in: one around the signature, or one that was begun since.
    fn may_come(
        &self,
        task: &StepPath,
        around: &[InstanceId],
        first_new: InstanceId,
    ) -> Vec<(InstanceId, StepIx)> {
        let release = self.release;
        let mut found = Vec::new();
        let lies_here = |id: &InstanceId| around.contains(id) || *id >= first_new;
        let scopes = self.case.instances.keys().copied().filter(lies_here);
        let scopes: Vec<InstanceId> = scopes.filter(|id| self.scope_at(*id).is_some()).collect();
        for scope in &scopes {
            let mut seen: BTreeSet<StepIx> = BTreeSet::new();
            let mut open: Vec<StepIx> = Vec::new();
            let inside = self.case.instances.iter().filter(|(_, it)| it.parent == Some(*scope));
            for (id, it) in inside.filter(|(id, _)| lies_here(id)) {
                let Some(ix) = it.step.as_ref().and_then(|step| release.index_of(step)) else { continue };
                // What is begun is looked at by itself.
                if scopes.contains(id) && seen.insert(ix) {
                    open.extend(followers(release.step(ix)));
                } else {
                    open.push(ix);
                }
            }
            while let Some(ix) = open.pop() {
                let step = release.step(ix);
                if !seen.insert(ix) || release.lies_in(task, &step.path) {
                    continue;
                }
                if holds_acts(release, step) {
                    found.push((*scope, ix));
                } else if !step.kind.makes_letters() {
                    open.extend(followers(step));
                }
            }
        }
        found
    }

    /// What of an act, or of a letter of it, is not as it was when those signed whose signatures stand below it; nothing when it
    /// is. Of several signatures all were given for the same, so one that was given for something else voids all.
    fn unlike_signed(&self, path: &StepPath, differs: impl Fn(&SignedLetters) -> Vec<Text>) -> Vec<Text> {
        let mut found: Vec<Text> = Vec::new();
        for (_, signed) in self.signatures_for(path) {
            let of_step = signed.letters.iter().filter(|letters| letters.step == *path);
            for text in of_step.flat_map(&differs) {
                if !found.contains(&text) {
                    found.push(text);
                }
            }
        }
        found
    }

    /// The signatures that letters of a step are made by. What was signed before people went on working at it, and others
    /// signed what came of that, was something else.
    fn signatures_for(&self, path: &StepPath) -> Vec<(&StepPath, &Signed)> {
        let release = self.release;
        let holds = |(task, signed): &(&StepPath, &Arc<Signed>)| {
            let kind = release.find(task).and_then(|step| step.kind.signature());
            let of_step = signed.letters.iter().any(|letters| letters.step == *path);
            of_step && kind.is_some_and(|kind| self.still_signs(kind, task, signed.version))
        };
        let found: Vec<(&StepPath, &Signed)> =
            self.case.signed.iter().filter(holds).map(|(task, signed)| (task, &**signed)).collect();
        let last = found.iter().map(|(_, signed)| signed.version).max().unwrap_or(0);
        let worked = self.case.performers.iter().filter(|(step, _)| {
            release.find(step).is_some_and(|step| step.kind.signature().is_none())
                && release.same_rounds(step, path)
        });
        let worked = worked.flat_map(|(_, people)| people.values()).filter(|version| **version < last);
        let worked = worked.max().copied().unwrap_or(0);
        found.into_iter().filter(|(_, signed)| signed.version > worked).collect()
    }

    /// Whether an act may be begun: it says what was signed. Otherwise the signatures are asked for anew.
    pub fn act_as_signed(
        &mut self,
        instance: InstanceId,
        path: &StepPath,
        act: &Arc<str>,
        to: &[u32],
    ) -> bool {
        if let Some(ahead) = &mut self.ahead {
            let letters = SignedLetters { step: path.clone(), act: act.clone(), to: Default::default() };
            ahead.push(Ahead { most: to.len(), letters, requests: Vec::new() });
            return true;
        }
        let unlike = self.unlike_signed(path, |signed| {
            let mut texts = Vec::new();
            if signed.to.len() != to.len() || !to.iter().all(|party| signed.to.contains_key(party)) {
                texts.push(Text::new("die Adressaten", "the addressees"));
            }
            if signed.act != *act {
                texts.push(Text::new(
                    "was entschieden ist (Nebenbestimmungen, Gebühr, Rechtsbehelf)",
                    "what is decided (conditions, fee, remedy)",
                ));
            }
            texts
        });
        self.goes_as_signed(instance, path, &unlike)
    }

    /// Whether a letter may be made: it says what was signed. Otherwise the signatures are asked for anew.
    pub fn letter_as_signed(
        &mut self,
        instance: InstanceId,
        path: &StepPath,
        party: u32,
        request: &Value,
    ) -> bool {
        let parts = parts_of(request);
        if let Some(ahead) = &mut self.ahead {
            if let Some(found) = ahead.iter_mut().rev().find(|found| found.letters.step == *path) {
                found.letters.to.insert(party, parts);
                found.requests.push(request.clone());
            }
            return true;
        }
        let name = self.case.parties.get(&party).map(|party| party.content.name.clone()).unwrap_or_default();
        let unlike = self.unlike_signed(path, |signed| {
            let known = signed.to.get(&party);
            let changed = known.map(|known| changed_parts(known, &parts)).unwrap_or_default();
            changed
                .into_iter()
                .map(|part| {
                    let Text { de, en } = part_title(&part);
                    Text::new(
                        format!("{de} im Schreiben an „{name}“"),
                        format!("{en} of the letter to “{name}”"),
                    )
                })
                .collect()
        });
        self.goes_as_signed(instance, path, &unlike)
    }

    fn goes_as_signed(&mut self, instance: InstanceId, path: &StepPath, unlike: &[Text]) -> bool {
        if unlike.is_empty() {
            return true;
        }
        let list = |texts: Vec<&str>| texts.join(", ");
        let why = Text::new(
            format!(
                "Seit der Schlusszeichnung hat sich geändert: {}. Versandt wird nur, was gezeichnet ist.",
                list(unlike.iter().map(|text| &*text.de).collect())
            ),
            format!(
                "Changed since it was signed: {}. Only what was signed is sent.",
                list(unlike.iter().map(|text| &*text.en).collect())
            ),
        );
        let mut tasks: Vec<(u64, StepPath)> = self
            .signatures_for(path)
            .into_iter()
            .map(|(task, signed)| (signed.version, task.clone()))
            .collect();
        tasks.sort();
        let tasks: Vec<StepPath> = tasks.into_iter().map(|(_, task)| task).collect();
        let often = self.case.withdrawn.get(path).copied().unwrap_or(0);
        match self.way_to_signatures(instance, &tasks).filter(|_| often < MOST_WITHDRAWN) {
            Some((inside, parent, step)) => {
                let step_back = SignatureWithdrawn { step: path.clone(), tasks, why };
                self.record(Event::SignatureWithdrawn(step_back));
                let instances = self.case.tree(inside);
                self.cancel(instances, "signature_withdrawn".into());
                self.enter(&[step], parent, None);
            }
            None => {
                let incident = not_as_signed(path, &why);
                self.stuck(Some(instance), *incident);
            }
        }
        false
    }

    /// Where the signatures are given anew: what is ended for it, in which scope, and the step that is entered, the one of the
    /// earliest signature.
    fn way_to_signatures(
        &self,
        instance: InstanceId,
        tasks: &[StepPath],
    ) -> Option<(InstanceId, InstanceId, StepIx)> {
        let release = self.release;
        let mut inside = instance;
        loop {
            let parent = self.case.instance(inside)?.parent?;
            let scope = self.scope_at(parent);
            let beside = scope.filter(|scope| !matches!(scope.shape, Shape::Fork(_)));
            let holds = |task: &StepPath| {
                let mut steps = beside.iter().flat_map(|scope| scope.steps.iter().copied());
                steps.find(|ix| {
                    let step = release.step(*ix);
                    let here = self.case.instance(inside).and_then(|it| it.step.as_ref());
                    release.lies_in(task, &step.path) && !is_at(here, step)
                })
            };
            let steps: Option<Vec<StepIx>> = tasks.iter().map(holds).collect();
            if let Some(first) = steps.and_then(|steps| steps.first().copied()) {
                return Some((inside, parent, first));
            }
            inside = parent;
        }
    }

    /// Whether a signature holds that was done in a version: what it signs was not done anew since then.
    pub fn still_signs(&self, task: &TaskKind, path: &StepPath, version: u64) -> bool {
        let signed = self
            .case
            .performers
            .iter()
            .filter(|(step, _)| names(self.release, task, step) && self.release.same_rounds(step, path));
        signed.flat_map(|(_, people)| people.values()).all(|done| *done <= version)
    }
}

/// The steps that a step may lead to.
fn followers(step: &Step) -> Vec<StepIx> {
    let ways = match &step.kind {
        Kind::Choose(ways) => ways.as_slice(),
        _ => &[],
    };
    let chosen = ways.iter().filter_map(|way| way.then.as_ref());
    step.then.targets().map(|(_, target)| target).chain(chosen).flat_map(steps_of).collect()
}

fn is_at(at: Option<&StepPath>, step: &Step) -> bool {
    at.is_some_and(|at| at.address() == step.path.address())
}

/// Whether a step issues an act, or holds one that does.
fn holds_acts(release: &Release, step: &Step) -> bool {
    let issues = |inner: &&Step| matches!(inner.kind, Kind::Issue(_));
    let scope = matches!(step.kind, Kind::Scope(_));
    issues(&step)
        || scope && release.steps.iter().filter(issues).any(|inner| release.lies_in(&inner.path, &step.path))
}

/// The parts that two letters do not have alike.
fn changed_parts(one: &Parts, other: &Parts) -> BTreeSet<Arc<str>> {
    let names = one.keys().chain(other.keys());
    names.filter(|name| one.get(*name) != other.get(*name)).cloned().collect()
}

/// A document as a connector would bring it.
fn letter_made_of(request: &Value) -> DocumentContent {
    let said = |name: &str| request.get(name).and_then(Value::as_str);
    let direction = match said("direction") {
        Some("internal") => Direction::Internal,
        Some("incoming") => Direction::Incoming,
        _ => Direction::Outgoing,
    };
    let title = said("title").map(str::trim).filter(|title| !title.is_empty()).unwrap_or("–");
    DocumentContent {
        title: title.chars().take(300).collect::<String>().into(),
        media_type: "application/pdf".into(),
        hash: "".into(),
        size: 0,
        direction,
        addressee: said("addressee").map(Into::into),
        enclosures: Vec::new(),
    }
}

fn not_as_signed(path: &StepPath, why: &Text) -> Box<Trouble> {
    trouble(
        "not_as_signed",
        Some(path),
        Text::new(why.de.clone(), why.en.clone()),
        Text::new(
            "Das Schreiben ändert sich nach der Schlusszeichnung immer wieder, oder zu ihr führt kein Weg zurück. Die Änderung zurücknehmen und wiederholen, oder das Verfahren berichtigen: Was im Schreiben steht, muss vor der Schlusszeichnung feststehen.",
            "The letter changes again and again after it was signed, or no way leads back to the signature. Take the change back and retry, or mend the process: what a letter says must be settled before it is signed.",
        ),
        Value::Null,
    )
}
