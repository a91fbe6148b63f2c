//! Acts of which letters go out once more: corrected, or to somebody whom they did not reach.

use std::collections::BTreeMap;

use fachwerk_core::{command::CorrectAct, facts::Actor};

use super::{
    Oracle, Refused,
    act::{Act, Correction, Draft, period_of},
    commands::{Said, need, person, takes_part},
    correct::is_reason,
    state::{Node, Path},
};

impl Oracle {
    fn issued(&self, number: u32) -> Result<(usize, &Act), Refused> {
        let number = (number as usize).wrapping_sub(1);
        let act = self.state.acts.get(number).filter(|act| act.issued.is_some());
        let act = act.ok_or("there is no such act")?;
        need(self.draft(act).is_none(), "letters of it are being made").map(|()| (number, act))
    }

    /// Letters are made beside the steps: the one that issued the act may be long past.
    fn beside_the_steps(&mut self, path: Path) -> usize {
        self.add(Node { path, parent: Some(0), beside: true, ..Node::default() })
    }

    fn make_letters(&mut self, number: usize, draft: Draft) {
        let node = draft.node;
        let path = self.state.nodes[&node].path.clone();
        self.state.acts[number].draft = Some(draft);
        let step = &self.texts.steps[&path.step];
        let (frame, with) = (step.frame, step.written["with"].clone());
        if let Err(code) = self.next_letter(node, &self.place(frame, node, &path), &with) {
            self.stuck(Some(node), code, None);
        }
    }

    /// An obvious error is corrected: all addressees get the act anew, as it is computed now.
    pub(super) fn correct_act(&mut self, actor: &Actor, what: &CorrectAct) -> Said {
        self.may_correct(actor, &what.reason)?;
        is_reason(&what.wrong)?;
        is_reason(&what.right)?;
        let (number, act) = self.issued(what.act)?;
        let path = act.step.clone();
        let to = act.issued.as_ref().map(|(_, content)| content.to.iter().map(|(party, _)| *party).collect());
        let node = self.beside_the_steps(path.clone());
        let step = &self.texts.steps[&path.step];
        let place = self.place(step.frame, node, &path);
        let content = self.content(&place, &step.written["with"], to.unwrap_or_default());
        let content = content.map_err(|_| "it says nothing now")?;
        let correction = Some(Correction {
            wrong: what.wrong.to_string(),
            right: what.right.to_string(),
            reason: what.reason.to_string(),
            begins_anew: what.begins_anew,
        });
        let (letters, again) = (BTreeMap::new(), None);
        self.make_letters(number, Draft { node, content, letters, correction, again });
        Ok(())
    }

    /// A letter did not arrive: nobody was notified by it, and the same goes out anew.
    pub(super) fn send_anew(&mut self, actor: &Actor, act: u32, party: u32, reason: &str) -> Said {
        takes_part(actor)?;
        person(actor)?;
        need(self.state.ended.is_none(), "the case has ended")?;
        is_reason(reason)?;
        let (number, act) = self.issued(act)?;
        let addressed = act.addressees.get(&party).ok_or("it is not for them")?;
        let (letter, _) = *addressed.letters.last().expect("it is issued");
        let document = &self.state.documents[letter];
        need(document.sent.is_some() && !document.proven, "it cannot have come back")?;
        let (path, issued) = (act.step.clone(), act.issued.clone());
        let (_, mut content) = issued.expect("it is issued");
        self.state.documents[letter].not_arrived = true;
        self.state.nodes.get_mut(&0).expect("it is open").deadlines.remove(&period_of(number, party));
        let addressed = self.state.acts[number].addressees.get_mut(&party).expect("it was found");
        (addressed.notified_on, addressed.notified_by) = (None, None);
        (addressed.remedy, addressed.final_since) = (None, None);
        self.wait_for_next_dispatch(letter);
        let receiver = self.receiver(party);
        content.to.iter_mut().filter(|(to, _)| *to == party).for_each(|(_, it)| *it = receiver);
        let node = self.beside_the_steps(path);
        let (letters, correction, again) = (BTreeMap::new(), None, Some(party));
        self.make_letters(number, Draft { node, content, letters, correction, again });
        Ok(())
    }

    /// What runs from the notification of a letter that notified nobody waits for the next one.
    fn wait_for_next_dispatch(&mut self, letter: usize) {
        for id in self.state.nodes.keys().copied().collect::<Vec<_>>() {
            let (triggers, _) = self.triggers(id);
            let first = self.first_inside(&self.state.nodes[&id].path);
            let node = self.state.nodes.get_mut(&id).expect("it is there");
            for (name, deadline) in &mut node.deadlines {
                let of = triggers.get(name).and_then(|it| it["deadline"]["from"]["notification"].as_str());
                if let Some(of) = of.filter(|_| deadline.document == Some(letter)) {
                    deadline.letter = Some(self.texts.named(&first, of));
                    deadline.revision += 1;
                    (deadline.run, deadline.document, deadline.suspended) = (None, None, None);
                    (deadline.stopped_until, deadline.extended) = (None, false);
                }
            }
        }
    }
}
