//! How events change parties and acts.

use std::sync::Arc;

use super::change;
use crate::{
    act::{Act, Addressed, Draft, Issued, Letter, Remedy},
    case::{Case, Signed, SignedLetters},
    event::{
        ActAbandoned, ActBegan, ActDeemed, ActFinal, ActIssued, ActLetterMade, ActNotified, ActUndone,
        Direction, Dispatch, Document, Event, FictionRuled, LetterNotArrived, LettersSigned,
        LettersWithdrawn, Missed, Reinstated, RemedyInTime, RemedyRecorded, SignatureWithdrawn, TookPart,
    },
    facts::day_of,
    party::{Party, Removal},
    planted::{Fault, planted},
    words::{InstanceId, StepPath, Value},
};

/// Applies an event of a party.
pub fn party(case: &mut Case, event: &Event) {
    match event {
        Event::PartyAdded(added) => {
            let (number, content) = (added.number, added.party.clone());
            let TookPart { since, removed } =
                added.merged.clone().unwrap_or(TookPart { since: case.now, removed: None });
            case.parties.insert(number, Arc::new(Party { number, content, since, removed }));
        }
        Event::PartyChanged(changed) => {
            if let Some(party) = case.parties.get_mut(&changed.number) {
                Arc::make_mut(party).content = changed.party.clone();
            }
        }
        Event::PartyRemoved(gone) => {
            let removal = Removal { by: gone.by.clone(), at: case.now, reason: gone.reason.clone() };
            if let Some(party) = case.parties.get_mut(&gone.number) {
                Arc::make_mut(party).removed = Some(removal);
            }
            // Nobody acts for somebody who does not take part any more.
            let represents = |party: &Arc<Party>| {
                party.content.represents.contains(&gone.number) && !planted(Fault::RemovedIsRepresented)
            };
            let acting =
                case.parties.iter().filter(|(_, party)| represents(party)).map(|(number, _)| *number);
            for number in acting.collect::<Vec<_>>() {
                if let Some(party) = case.parties.get_mut(&number) {
                    Arc::make_mut(party).content.represents.remove(&gone.number);
                }
            }
        }
        _ => {}
    }
}

/// Applies an event of an act.
pub fn act(case: &mut Case, event: &Event) {
    match event {
        Event::ActBegan(began) => begin(case, began),
        Event::ActLetterMade(ActLetterMade { act, party, document }) => change_act(case, *act, |act| {
            if let Some(draft) = &mut act.draft {
                let draft = Arc::make_mut(draft);
                let asked = std::mem::take(&mut draft.asked);
                draft.letters.insert(*party, Letter { version: draft.version, document: *document, asked });
            }
        }),
        Event::ActIssued(issued) => {
            sent_as_signed(case, issued.act);
            change_act(case, issued.act, |act| issue(act, issued));
        }
        Event::ActDeemed(deemed) => deem(case, deemed),
        Event::LettersSigned(LettersSigned { task, letters }) => {
            let signed = Signed { version: case.version, letters: letters.clone(), withdrawn: None };
            case.signed.insert(task.clone(), Arc::new(signed));
        }
        Event::SignatureWithdrawn(SignatureWithdrawn { step, tasks, why }) => {
            for task in tasks {
                let void =
                    Signed { version: case.version, letters: Vec::new(), withdrawn: Some(why.clone()) };
                case.signed.insert(task.clone(), Arc::new(void));
            }
            *case.withdrawn.entry(step.clone()).or_default() += 1;
        }
        Event::ActNotified(ActNotified { act, party, document, on, counts, remedy }) => {
            change_addressed(case, *act, *party, |addressed| {
                if *counts {
                    addressed.notified_on = Some(*on);
                    addressed.notified_by = Some(*document);
                    addressed.final_since = None;
                    addressed.remedy = remedy.clone();
                }
            });
        }
        Event::ActFinal(ActFinal { act, party, since, remedy }) => {
            change_addressed(case, *act, *party, |addressed| {
                addressed.final_since = Some(*since);
                addressed.remedy = Some(remedy.clone());
            });
        }
        Event::RemedyRecorded(recorded) => take_remedy(case, recorded),
        Event::RemedyPeriodRecomputed(anew) => {
            let (end, now) = (anew.remedy.end, day_of(case.now));
            change_addressed(case, anew.act, anew.party, |addressed| {
                addressed.remedy = Some(anew.remedy.clone());
                let since = addressed.final_since.take().and_then(|_| end.tomorrow().ok());
                addressed.final_since = since.filter(|since| *since <= now);
            });
        }
        Event::LetterNotArrived(letter) => take_back_notification(case, letter),
        Event::ActAbandoned(ActAbandoned { act }) => {
            let mut draft = None;
            change_act(case, *act, |act| draft = act.draft.take());
            let letters = draft.iter().flat_map(|draft| draft.letters.values());
            letters.for_each(|letter| withdraw(case, letter.document));
        }
        Event::LettersWithdrawn(LettersWithdrawn { documents }) => {
            documents.iter().for_each(|document| withdraw(case, *document));
        }
        Event::RemedyInTime(RemedyInTime { act, party }) => in_time_after_all(case, *act, *party),
        Event::ActUndone(ActUndone { act }) => change_act(case, *act, |act| {
            // Its letters lie in the file, and belong to nothing that exists.
            (act.issued, act.draft) = (None, None);
            act.addressees.clear();
            act.corrections.clear();
        }),
        _ => {}
    }
}

/// Keeps what was asked for a letter of an act, and in which round. Says whether it was for one.
pub fn asked(case: &mut Case, instance: InstanceId, (request, round): (&Value, u32)) -> bool {
    let made_by = |act: &Act| act.draft.as_ref().is_some_and(|draft| draft.instance == instance);
    let acts: Vec<u32> = case.acts.values().filter(|act| made_by(act)).map(|act| act.number).collect();
    let asked = Arc::new(request.clone());
    for number in &acts {
        change_act(case, *number, |act| {
            if let Some(draft) = &mut act.draft {
                let draft = Arc::make_mut(draft);
                (draft.asked, draft.round) = (asked.clone(), round);
            }
        });
    }
    !acts.is_empty()
}

fn begin(case: &mut Case, began: &ActBegan) {
    let ActBegan { act: number, kind, step, instance, version, content, correction, again } = began;
    let draft = Draft {
        instance: *instance,
        version: *version,
        content: content.clone(),
        round: 0,
        asked: Default::default(),
        letters: Default::default(),
        correction: correction.clone(),
        again: *again,
    };
    let unborn = || Act {
        number: *number,
        kind: kind.clone(),
        step: step.clone(),
        draft: None,
        issued: None,
        addressees: Default::default(),
        corrections: Vec::new(),
        deemed: None,
    };
    let begun = case.acts_made_by(*instance).next().is_some();
    let act = case.acts.entry(*number).or_insert_with(|| Arc::new(unborn()));
    // Beside the flow the case does not come by this step once more; several acts are made by one step.
    if draft.is_beside_the_flow()
        && !begun
        && let Some(visits) = case.visits.get_mut(&step.without_rounds())
    {
        *visits = visits.saturating_sub(1);
    }
    let act = Arc::make_mut(act);
    if act.deemed.is_some() {
        // Its letters are those of the certificate: what is to be made of them, that step knows.
        act.step = step.clone();
    }
    act.draft = Some(Arc::new(draft));
}

/// It exists with the first instant after the period, and whoever applied is notified with that.
fn deem(case: &mut Case, deemed: &ActDeemed) {
    let ActDeemed { act: number, kind, step, on, content, applicants, law } = deemed;
    let addressed = |(party, receiver): &(u32, u32)| {
        let notified_on = applicants.contains(party).then_some(*on);
        (*party, Arc::new(Addressed { receiver: *receiver, notified_on, ..Addressed::default() }))
    };
    let act = Act {
        number: *number,
        kind: kind.clone(),
        step: step.clone(),
        draft: None,
        issued: Some(Issued { on: *on, version: 1, content: content.clone() }),
        addressees: content.addressees.iter().map(addressed).collect(),
        corrections: Vec::new(),
        deemed: Some(law.clone()),
    };
    case.acts.insert(*number, Arc::new(act));
}

/// What a person has said of what silence grants holds: an act that did not come to be is one no more, and one that came to be
/// on another day exists since that one.
pub fn rule(case: &mut Case, ruled: &FictionRuled) {
    if let Some(clock) = case.clocks.get_mut(&ruled.clock) {
        Arc::make_mut(clock).ruled = Some(ruled.deemed);
    }
    let Some(act) = ruled.number.and_then(|number| case.acts.get(&number).cloned()) else { return };
    let by_law = |addressed: &Arc<Addressed>| act.notified_by_law(addressed);
    if !ruled.deemed {
        let names: Vec<Arc<str>> = act.addressees.keys().map(|party| act.deadline_name(*party)).collect();
        change(case, InstanceId::ROOT, |root| {
            names.iter().for_each(|name| drop(root.deadlines.remove(name)))
        });
        change_act(case, act.number, |act| {
            (act.issued, act.deemed, act.addressees) = (None, None, Default::default());
        });
    } else if let Some(since) = ruled.since {
        let parties: Vec<u32> =
            act.addressees.iter().filter(|(_, it)| by_law(it)).map(|(party, _)| *party).collect();
        change_act(case, act.number, |act| {
            if let Some(issued) = &mut act.issued {
                issued.on = since;
            }
        });
        for party in parties {
            change_addressed(case, act.number, party, |addressed| addressed.notified_on = Some(since));
        }
    }
}

/// What was signed for the letters of an act has served its turn when they exist.
fn sent_as_signed(case: &mut Case, act: u32) {
    let act = case.acts.get(&act);
    let beside = |act: &Arc<Act>| act.draft.as_ref().is_some_and(|draft| draft.is_beside_the_flow());
    let Some(step) = act.filter(|act| !beside(act)).map(|act| act.step.clone()) else { return };
    case.withdrawn.remove(&step);
    let of_step = |letters: &SignedLetters| letters.step == step;
    let tasks: Vec<StepPath> = case
        .signed
        .iter()
        .filter(|(_, signed)| signed.letters.iter().any(of_step))
        .map(|(task, _)| task.clone())
        .collect();
    for task in tasks {
        let Some(signed) = case.signed.get_mut(&task) else { continue };
        Arc::make_mut(signed).letters.retain(|letters| !of_step(letters));
        if signed.letters.is_empty() {
            case.signed.remove(&task);
        }
    }
}

fn issue(act: &mut Act, issued: &ActIssued) {
    let Some(draft) = act.draft.take() else { return };
    for (party, receiver) in &draft.content.addressees {
        let Some(letter) = draft.letters.get(party) else { continue };
        let addressed = Arc::make_mut(act.addressees.entry(*party).or_default());
        addressed.receiver = *receiver;
        // Only the newest one ever goes out anew.
        addressed.letters.iter_mut().for_each(|before| before.asked = Default::default());
        addressed.letters.push(letter.clone());
    }
    act.corrections.extend(draft.correction.clone());
    let on = act.issued.as_ref().map_or(issued.on, |before| before.on);
    let mut content = draft.content.clone();
    if let Some(before) = act.issued.as_ref().filter(|_| act.deemed.is_some()) {
        // A certificate may be for some of them only.
        content.addressees = before.content.addressees.clone();
    }
    act.issued = Some(Issued { on, version: draft.version, content });
}

/// A remedy in time ends the period: the act does not become final, or is not any more.
fn take_remedy(case: &mut Case, recorded: &RemedyRecorded) {
    let RemedyRecorded { act, party, remedy } = recorded;
    let mut run = None;
    if let (false, Some(name)) = (remedy.late, case.acts.get(act).map(|act| act.deadline_name(*party))) {
        change(case, InstanceId::ROOT, |root| {
            run = root.deadlines.remove(&name).and_then(|deadline| deadline.run.clone());
        });
    }
    change_addressed(case, *act, *party, |addressed| {
        addressed.remedies.push(remedy.clone());
        if !remedy.late {
            addressed.final_since = None;
            addressed.remedy = run.or(addressed.remedy.take());
        }
    });
}

/// The last remedy that came late counts as one in time. The period is over with it, as with any.
pub fn reinstate(case: &mut Case, what: &Reinstated) {
    let Missed::Remedy { act, party } = what.missed else { return };
    let now = case.now;
    let run = case.acts.get(&act).and_then(|act| case.remedy_run(act, party)).cloned();
    if let Some(name) = case.acts.get(&act).map(|act| act.deadline_name(party)) {
        change(case, InstanceId::ROOT, |root| drop(root.deadlines.remove(&name)));
    }
    change_addressed(case, act, party, |addressed| {
        addressed.final_since = None;
        addressed.remedy = run;
        if let Some(late) = addressed.remedies.iter_mut().rev().find(|remedy| remedy.late) {
            (late.late, late.reinstated_on) = (false, Some(day_of(now)));
        }
    });
}

/// A remedy in time ends the period, as any does; without a period nothing was late.
fn in_time_after_all(case: &mut Case, act: u32, party: u32) {
    let Some(found) = case.acts.get(&act).cloned() else { return };
    let (run, name) = (case.remedy_run(&found, party).cloned(), found.deadline_name(party));
    change(case, InstanceId::ROOT, |root| drop(root.deadlines.remove(&name)));
    change_addressed(case, act, party, |addressed| {
        let in_time = |remedy: &&mut Remedy| run.as_ref().is_none_or(|run| remedy.received_on <= run.end);
        addressed.remedies.iter_mut().filter(in_time).for_each(|remedy| remedy.late = false);
        addressed.final_since = None;
        addressed.remedy = run;
    });
}

/// A letter has left the house, or other things are known of that. What is still to be proven has notified nobody.
pub fn dispatched(case: &mut Case, number: u32, dispatch: &Dispatch) {
    if let Some(found) = case.documents.get_mut(&number) {
        let found = Arc::make_mut(found);
        // One that was to stay in the house had left it already.
        found.content.direction = Direction::Outgoing;
        found.dispatch = Some(dispatch.clone());
    }
    no_retrieval_awaited(case, number);
    let unknown = case.acts_of_document(number).into_iter();
    let unknown = unknown.filter(|(act, _)| dispatch.notified_of(*act).is_none());
    for (act, party) in unknown.collect::<Vec<_>>() {
        notifies_nobody(case, (act, party), number);
    }
}

pub fn no_retrieval_awaited(case: &mut Case, document: u32) {
    let name = Case::retrieval_deadline(document);
    if case.instance(InstanceId::ROOT).is_some_and(|root| root.deadlines.contains_key(&name)) {
        change(case, InstanceId::ROOT, |root| drop(root.deadlines.remove(&name)));
    }
}

/// A letter that did not arrive has notified nobody. What another one has notified stays as it is.
fn take_back_notification(case: &mut Case, letter: &LetterNotArrived) {
    let LetterNotArrived { act, party, document, .. } = letter;
    match case.documents.get_mut(document).map(Arc::make_mut) {
        Some(Document { dispatch: Some(dispatch), .. }) => dispatch.not_arrived = true,
        Some(unsent) => unsent.content.direction = Direction::Internal,
        None => {}
    }
    no_retrieval_awaited(case, *document);
    notifies_nobody(case, (*act, *party), *document);
}

fn notifies_nobody(case: &mut Case, (act, party): (u32, u32), document: u32) {
    let addressed = case.acts.get(&act).and_then(|act| act.addressees.get(&party));
    if addressed.is_none_or(|addressed| addressed.notified_by != Some(document)) {
        return;
    }
    if let Some(name) = case.acts.get(&act).map(|act| act.deadline_name(party)) {
        change(case, InstanceId::ROOT, |root| drop(root.deadlines.remove(&name)));
    }
    change_addressed(case, act, party, |addressed| {
        addressed.notified_on = None;
        addressed.notified_by = None;
        addressed.remedy = None;
        addressed.final_since = None;
    });
}

/// A letter that was not dispatched stays in the file and does not leave the house; one that came back does not once more.
fn withdraw(case: &mut Case, document: u32) {
    let Some(found) = case.documents.get_mut(&document).filter(|found| found.has_to_leave()) else { return };
    let found = Arc::make_mut(found);
    match &mut found.dispatch {
        Some(dispatch) => dispatch.leaves_anew = false,
        None => found.content.direction = Direction::Internal,
    }
}

/// A period for a remedy runs by law, and goes on when the case ends.
pub fn keep_periods(case: &mut Case) {
    let root = case.instances.get(&InstanceId::ROOT).cloned();
    let Some(root) = root.filter(|_| !planted(Fault::PeriodEndsWithCase)) else { return };
    for (name, deadline) in &root.deadlines {
        if let Some((act, party)) = case.act_of_deadline(name).map(|(act, party)| (act.number, party)) {
            change_addressed(case, act, party, |addressed| addressed.remedy = deadline.run.clone());
        }
    }
}

/// The letters from whose notification a deadline has run: from that of an act with several addressees ran what waited
/// for all of them.
pub fn letters_behind(case: &Case, instance: InstanceId, name: &str, document: u32) -> Vec<u32> {
    let of_remedy = instance == InstanceId::ROOT && case.act_of_deadline(name).is_some();
    match case.act_of_document(document).filter(|_| !of_remedy) {
        Some((act, ..)) => act.addressees.values().filter_map(|addressed| addressed.notified_by).collect(),
        None => vec![document],
    }
}

fn change_act(case: &mut Case, number: u32, how: impl FnOnce(&mut Act)) {
    if let Some(act) = case.acts.get_mut(&number) {
        how(Arc::make_mut(act));
    }
}

fn change_addressed(case: &mut Case, act: u32, party: u32, how: impl FnOnce(&mut Addressed)) {
    change_act(case, act, |act| {
        if let Some(addressed) = act.addressees.get_mut(&party) {
            how(Arc::make_mut(addressed));
        }
    });
}
