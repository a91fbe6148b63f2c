//! How events change parties and acts.

use std::sync::Arc;

use super::change;
use crate::{
    act::{Act, Addressed, Draft, Issued, Letter},
    case::Case,
    event::{
        ActBegan, ActFinal, ActIssued, ActLetterMade, ActNotified, Event, LetterNotArrived, RemedyRecorded,
    },
    party::{Party, Removal},
    words::{InstanceId, Value},
};

/// Applies an event of a party.
pub fn party(case: &mut Case, event: &Event) {
    match event {
        Event::PartyAdded(added) => {
            let (number, content, since) = (added.number, added.party.clone(), case.now);
            case.parties.insert(number, Arc::new(Party { number, content, since, removed: None }));
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
        Event::ActIssued(issued) => change_act(case, issued.act, |act| issue(act, issued)),
        Event::ActNotified(ActNotified { act, party, document, on, counts }) => {
            change_addressed(case, *act, *party, |addressed| {
                if *counts {
                    addressed.notified_on = Some(*on);
                    addressed.notified_by = Some(*document);
                    addressed.final_since = None;
                    addressed.remedy = None;
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
        Event::LetterNotArrived(letter) => take_back_notification(case, letter),
        _ => {}
    }
}

/// Keeps what was asked for a letter of an act.
pub fn asked(case: &mut Case, instance: InstanceId, round: u32, request: &Value) {
    let made_by = |act: &Act| act.draft.as_ref().is_some_and(|draft| draft.instance == instance);
    let act = case.acts.values().find(|act| made_by(act)).map(|act| act.number);
    if let Some(number) = act {
        change_act(case, number, |act| {
            if let Some(draft) = &mut act.draft {
                let draft = Arc::make_mut(draft);
                draft.asked = Arc::new(request.clone());
                draft.rounds = round;
            }
        });
    }
}

fn begin(case: &mut Case, began: &ActBegan) {
    let ActBegan { act: number, kind, step, instance, version, content, correction, again } = began;
    let draft = Draft {
        instance: *instance,
        version: *version,
        content: content.clone(),
        rounds: 0,
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
    };
    let act = case.acts.entry(*number).or_insert_with(|| Arc::new(unborn()));
    // Beside the flow the case does not come by this step once more.
    if draft.is_beside_the_flow()
        && let Some(visits) = case.visits.get_mut(&step.without_rounds())
    {
        *visits = visits.saturating_sub(1);
    }
    Arc::make_mut(act).draft = Some(Arc::new(draft));
}

fn issue(act: &mut Act, issued: &ActIssued) {
    let Some(draft) = act.draft.take() else { return };
    for (party, receiver) in &draft.content.addressees {
        let Some(letter) = draft.letters.get(party) else { continue };
        let addressed = Arc::make_mut(act.addressees.entry(*party).or_default());
        addressed.receiver = *receiver;
        addressed.letters.push(letter.clone());
    }
    act.corrections.extend(draft.correction.clone());
    let on = act.issued.as_ref().map_or(issued.on, |before| before.on);
    act.issued = Some(Issued { on, version: draft.version, content: draft.content.clone() });
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

/// A letter that did not arrive has notified nobody.
fn take_back_notification(case: &mut Case, letter: &LetterNotArrived) {
    let LetterNotArrived { act, party, document, .. } = letter;
    let dispatch = case.documents.get_mut(document).and_then(|found| Arc::make_mut(found).dispatch.as_mut());
    if let Some(dispatch) = dispatch {
        dispatch.not_arrived = true;
    }
    if let Some(name) = case.acts.get(act).map(|act| act.deadline_name(*party)) {
        change(case, InstanceId::ROOT, |root| drop(root.deadlines.remove(&name)));
    }
    change_addressed(case, *act, *party, |addressed| {
        addressed.notified_on = None;
        addressed.notified_by = None;
        addressed.remedy = None;
        addressed.final_since = None;
    });
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
