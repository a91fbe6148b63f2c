//! Acts of which letters go out once more: corrected, or to somebody whom they did not reach.

use fachwerk_core::{command::CorrectAct, facts::Actor};

use super::{
    Oracle, Refused,
    act::{Act, Correction, Draft, Letter},
    commands::{Said, holds_role, need, person, takes_part},
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

    /// An obvious error is corrected: all addressees get the newest letter with nothing changed but what is named.
    pub(super) fn correct_act(&mut self, actor: &Actor, what: &CorrectAct) -> Said {
        self.may_correct(actor, &what.reason)?;
        is_reason(&what.wrong)?;
        is_reason(&what.right)?;
        let (number, act) = self.issued(what.act)?;
        let correction = Correction {
            wrong: what.wrong.trim().to_owned(),
            right: what.right.trim().to_owned(),
            reason: what.reason.to_string(),
            begins_anew: what.begins_anew,
        };
        let (path, version, issued) = (act.step.clone(), act.corrections.len() + 2, act.issued.clone());
        let (_, mut content) = issued.expect("it is issued");
        self.corrects_only_errors(act, &content, &correction)?;
        content.to.iter_mut().for_each(|(party, receiver)| *receiver = self.receiver(*party));
        let node = self.beside_the_steps(path);
        let draft = Draft { correction: Some(correction), ..Draft::of(node, version, content) };
        self.make_letters(number, draft);
        Ok(())
    }

    /// A letter did not or will not arrive: nobody was notified by it, and unless another one has arrived, the same goes
    /// out anew.
    pub(super) fn send_anew(
        &mut self,
        actor: &Actor,
        act: u32,
        (party, document): (u32, Option<u32>),
        reason: &str,
    ) -> Said {
        takes_part(actor)?;
        person(actor)?;
        need(self.state.ended.is_none(), "the case has ended")?;
        is_reason(reason)?;
        let (number, act) = self.issued(act)?;
        let letters = &act.addressees.get(&party).ok_or("it is not for them")?.letters;
        let newest = letters.last().expect("it is issued").document;
        let letter = document.map_or(newest, |number| (number as usize).wrapping_sub(1));
        need(letters.iter().any(|other| other.document == letter), "no letter to them")?;
        let document = &self.state.documents[letter];
        need(letter == newest || document.sent.is_some(), "another one stands in for it")?;
        need(!document.proven, "it has arrived")?;
        let (path, version, issued) = (act.step.clone(), act.corrections.len() + 1, act.issued.clone());
        let (_, mut content) = issued.expect("it is issued");
        self.has_not_arrived(letter, number, party);
        let arrived = |other: &Letter| {
            let document = &self.state.documents[other.document];
            other.version == version && document.sent.is_some() && !document.not_arrived
        };
        if self.state.acts[number].addressees[&party].letters.iter().any(arrived) {
            return Ok(());
        }
        let receiver = self.receiver(party);
        content.to.iter_mut().filter(|(to, _)| *to == party).for_each(|(_, it)| *it = receiver);
        let node = self.beside_the_steps(path);
        self.make_letters(number, Draft { again: Some(party), ..Draft::of(node, version, content) });
        Ok(())
    }

    /// Letters of an act that have not left the house stay there; told apart by addressee, letter, and whether it is the
    /// newest one to them.
    pub fn withdraw_letters(&mut self, number: usize, which: impl Fn(u32, &Letter, bool) -> bool) {
        let mut unneeded = Vec::new();
        for (party, addressed) in &self.state.acts[number].addressees {
            let newest = addressed.letters.last().map(|letter| letter.document);
            let letters = addressed.letters.iter();
            let found = letters.filter(|letter| which(*party, letter, newest == Some(letter.document)));
            unneeded.extend(found.map(|letter| letter.document));
        }
        self.keep_inside(&unneeded);
    }

    pub(super) fn keep_inside(&mut self, documents: &[usize]) {
        for document in documents {
            let document = &mut self.state.documents[*document];
            document.outgoing &= document.sent.is_some();
        }
    }

    /// A letter has arrived after all: the one that was to stand in for it is not needed.
    pub fn not_needed_anew(&mut self, document: usize) {
        let Some((number, party, version)) = self.act_of(document) else { return };
        let draft = self.draft(&self.state.acts[number]);
        let draft = draft.filter(|draft| draft.again == Some(party) && draft.version == version);
        if let Some(node) = draft.map(|draft| draft.node) {
            self.cancel_beside(node);
        }
        self.withdraw_letters(number, |to, letter, _| to == party && letter.version == version);
    }

    pub(super) fn cancel_beside(&mut self, node: usize) {
        self.state.remove(node);
        self.abandon_drafts();
        self.path_ended(0);
    }

    /// What is made beside the steps does not get done: somebody gives it up.
    pub(super) fn give_up(
        &mut self,
        actor: &Actor,
        (node, errand): (Option<usize>, Option<usize>),
        reason: &str,
    ) -> Said {
        let by = person(actor)?;
        need(takes_part(actor).is_ok() || holds_role(by, "administrator"), "no part in the process")?;
        is_reason(reason)?;
        if let Some(errand) = errand {
            need(self.state.errands[&errand].is_letter(), "it is no letter")?;
            self.state.errands.remove(&errand);
            self.state.incidents.retain(|incident| incident.errand != Some(errand));
            return Ok(());
        }
        let node = node.filter(|node| self.state.nodes[node].beside).ok_or("nothing is made there")?;
        let act = self.act_made_by(node).ok_or("nothing is made there")?;
        if self.draft(&self.state.acts[act]).is_some_and(|draft| draft.correction.is_some()) {
            self.may_correct(actor, reason)?;
        }
        self.cancel_beside(node);
        Ok(())
    }

    /// What is made of an act ends with the step that makes it.
    pub fn abandon_drafts(&mut self) {
        for number in 0..self.state.acts.len() {
            if self.draft(&self.state.acts[number]).is_none()
                && let Some(draft) = self.state.acts[number].draft.take()
            {
                let made: Vec<usize> = draft.letters.values().map(|letter| letter.document).collect();
                self.keep_inside(&made);
            }
        }
    }
}
