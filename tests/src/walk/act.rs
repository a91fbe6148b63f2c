//! Who takes part, and what is sought against acts.

use std::{collections::BTreeSet, sync::Arc};

use fachwerk_core::{
    act::RemedyKind,
    case::Case,
    command::{Command, CorrectAct},
    definition::Release,
    facts::Actor,
    party::PartyContent,
};
use jiff::ToSpan;

use super::Walk;

impl Walk {
    /// Somebody who could take part, now and then not.
    fn party(&mut self, case: &Case) -> PartyContent {
        let kind = *self.dice.pick(&["applicant", "neighbour", "neighbour", "representative", "nobody"]);
        let name = *self.dice.pick(&["Eva Beispiel", "Nachbar & Co.", "Ulf", " "]);
        let address = *self.dice.pick::<&[&str]>(&[&["Weg 1", "39104 Magdeburg"], &["Weg 1"], &[], &[" "]]);
        let numbers: Vec<u32> = case.parties.keys().copied().chain([77]).collect();
        let represents = self.dice.chance(40).then(|| *self.dice.pick(&numbers));
        let email = *self.dice.pick(&[None, None, Some("eva@example.org"), Some("eva")]);
        PartyContent {
            kind: kind.into(),
            name: name.into(),
            address: address.iter().map(|line| Arc::from(*line)).collect(),
            email: email.map(Arc::from),
            represents: represents.into_iter().collect::<BTreeSet<u32>>(),
        }
    }

    fn number(&mut self, case: &Case) -> u32 {
        let known: Vec<u32> = case.parties.keys().copied().chain([77]).collect();
        *self.dice.pick(&known)
    }

    pub(super) fn add_party(&mut self, case: &Case, _: &Release) -> Option<(Actor, Command)> {
        Some((self.anybody(), Command::AddParty { party: self.party(case) }))
    }

    pub(super) fn change_party(&mut self, case: &Case, _: &Release) -> Option<(Actor, Command)> {
        let number = self.number(case);
        let mut party = self.party(case);
        if let Some(known) = case.parties.get(&number).filter(|_| self.dice.chance(80)) {
            party.kind = known.content.kind.clone();
        }
        Some((self.anybody(), Command::ChangeParty { number, party, reason: self.reason() }))
    }

    pub(super) fn remove_party(&mut self, case: &Case, _: &Release) -> Option<(Actor, Command)> {
        let number = self.number(case);
        Some((self.anybody(), Command::RemoveParty { number, reason: self.reason() }))
    }

    /// An act and one of its addressees, now and then another one.
    fn addressed(&mut self, case: &Case) -> Option<(u32, u32)> {
        let known: Vec<(u32, u32)> = case
            .acts
            .values()
            .flat_map(|act| act.addressees.keys().map(|party| (act.number, *party)))
            .collect();
        let odd = self.dice.chance(5).then(|| (self.dice.between(0, 2) as u32, 1));
        odd.or_else(|| self.dice.maybe_pick(&known).copied())
    }

    pub(super) fn correct_act(&mut self, case: &Case, _: &Release) -> Option<(Actor, Command)> {
        let (act, _) = self.addressed(case)?;
        let wrong = (*self.dice.pick(&[
            "Bescheid",
            "Bescheid",
            "Bescheid",
            "Beschluss",
            "An",
            "An",
            "Weg",
            "x",
            "2025",
            " ",
        ]))
        .into();
        let right = (*self.dice.pick(&["Beschluss", "Bescheid", "Auflage 2026", " An  alle "])).into();
        let (reason, begins_anew) = (self.reason(), self.dice.chance(40));
        let what = CorrectAct { act, wrong, right, reason, begins_anew };
        Some((self.corrector(), Command::CorrectAct(what)))
    }

    pub(super) fn send_anew(&mut self, case: &Case, _: &Release) -> Option<(Actor, Command)> {
        let sent = case.acts.values().flat_map(|act| {
            let issued = act.addressees.iter().filter(|(_, to)| !to.letters.is_empty());
            issued.map(|(party, _)| (act.number, *party))
        });
        let sent: Vec<_> = sent.collect();
        let sent = self.dice.maybe_pick(&sent).copied().filter(|_| self.dice.chance(85));
        let (act, party) = match sent {
            Some(sent) => sent,
            None => self.addressed(case)?,
        };
        let to = case.acts.get(&act).and_then(|act| act.addressees.get(&party));
        let letters: Vec<u32> = to.into_iter().flat_map(|to| &to.letters).map(|it| it.document).collect();
        let odd = self.dice.chance(5).then_some(77);
        let document =
            odd.or_else(|| self.dice.maybe_pick(&letters).copied().filter(|_| self.dice.chance(50)));
        Some((self.anybody(), Command::SendAnew { act, party, document, reason: self.reason() }))
    }

    /// What is made beside the steps is given up, now and then what is made by them.
    pub(super) fn give_up(&mut self, case: &Case, _: &Release) -> Option<(Actor, Command)> {
        let all = case.instances.keys().chain(case.errands.keys()).copied();
        let (beside, others): (Vec<_>, Vec<_>) = all.partition(|id| case.is_made_beside(*id));
        let odd = self.dice.chance(5);
        let instance = *self.dice.maybe_pick(if odd { &others } else { &beside })?;
        let actor = if self.dice.chance(50) { self.corrector() } else { self.anybody() };
        Some((actor, Command::GiveUp { instance, reason: self.reason() }))
    }

    pub(super) fn remedy(&mut self, case: &Case, _: &Release) -> Option<(Actor, Command)> {
        let (act, party) = self.addressed(case)?;
        let kind = *self.dice.pick(&[RemedyKind::Objection, RemedyKind::Action]);
        let day = self.today().checked_add(self.dice.between(-20, 1).days()).ok()?;
        let received_on = self.dice.chance(40).then_some(day);
        Some((self.anybody(), Command::RecordRemedy { act, party, kind, received_on }))
    }
}
