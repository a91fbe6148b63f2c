//! What is asked of every case, whatever its process says: errands, letters, deadlines that are changed.

use fachwerk_core::{
    case::{Case, Work},
    command::{Command, LetterText},
    definition::Release,
    event::{DeadlineName, Document, EffectError, ErrandKind, Handover, Relation},
    facts::Actor,
    party::Party,
    words::{CaseId, Extension, InstanceId, Object, Period, Text},
};
use jiff::ToSpan;
use serde_json::json;

use super::Walk;

impl Walk {
    /// A question or a resubmission, now and then to nobody or for a day that has passed.
    pub(super) fn give(&mut self, _: &Case, release: &Release) -> Option<(Actor, Command)> {
        let roles: Vec<_> = release.roles.keys().cloned().collect();
        let role = if self.dice.chance(90) { self.dice.maybe_pick(&roles)?.clone() } else { "nobody".into() };
        let kind = *self.dice.pick(&[ErrandKind::Question, ErrandKind::Resubmission]);
        let text = (*self.dice.pick(&["Liegt der Plan vor?\nUnd wo?", "Nachsehen", " "])).into();
        let day = self.today().checked_add(self.dice.between(-1, 20).days()).ok()?;
        let on = self.dice.chance(80).then_some(day);
        Some((self.anybody(), Command::GiveErrand { kind, text, role, person: None, on }))
    }

    /// An errand is taken, done or taken back, also one that nobody sees yet.
    pub(super) fn settle(&mut self, case: &Case, _: &Release) -> Option<(Actor, Command)> {
        let known: Vec<InstanceId> = case.errands.keys().copied().collect();
        let id = *self.dice.maybe_pick(&known)?;
        let errand = case.errand(id)?;
        let command = match self.dice.below(6) {
            0 => Command::ClaimTask { task: id },
            1 | 2 => Command::WithdrawErrand { errand: id },
            _ => {
                let values = json!({ "answer": *self.dice.pick(&["Ja.", " "]) });
                let values: Object = serde_json::from_value(values).expect("an object");
                Command::CompleteTask { task: id, values, seen: None, shown: None }
            }
        };
        let actor = match &errand.work {
            Work::Asked { task, .. } if self.dice.chance(70) => match &task.assignee {
                Some(person) => Actor::Person(person.clone()),
                None => self.anybody(),
            },
            _ => Actor::Person(errand.by.clone()),
        };
        Some((actor, command))
    }

    pub(super) fn write_letter(&mut self, _: &Case, _: &Release) -> Option<(Actor, Command)> {
        let subject = (*self.dice.pick(&["Zwischenbescheid", " "])).into();
        let letter = LetterText {
            addressee: "Ada\nMusterweg 1".into(),
            sender: None,
            subject,
            body: "Text".into(),
            enclosures: Vec::new(),
        };
        Some((self.anybody(), Command::WriteLetter { letter }))
    }

    pub(super) fn finish_letter(&mut self, case: &Case, _: &Release) -> Option<(Actor, Command)> {
        let waiting = case.errands.iter().filter_map(|(id, errand)| Some((*id, errand.round_to_be_done()?)));
        let waiting: Vec<_> = waiting.collect();
        let (instance, round) = *self.dice.maybe_pick(&waiting)?;
        self.effects.insert((instance, round));
        let result = self.result("letter", round);
        Some((Actor::Connector("letter".into()), Command::FinishEffect { instance, round, result }))
    }

    /// A deadline is extended, stops or runs on, whether it can or not.
    pub(super) fn change_deadline(&mut self, case: &Case, _: &Release) -> Option<(Actor, Command)> {
        let set = case.deadlines().map(|(instance, it)| {
            let end = it.run.as_ref().map(|run| run.end);
            (DeadlineName { instance, name: it.name.clone() }, it.suspended.is_some(), end)
        });
        let set: Vec<_> = set.collect();
        let changes: Vec<_> =
            set.iter().filter(|(_, stopped, end)| *stopped || end.is_some()).cloned().collect();
        let among = if self.dice.chance(90) { changes } else { set };
        let (deadline, stopped, end) = self.dice.maybe_pick(&among)?.clone();
        let (reason, norm) = ("Krankheit".into(), None);
        let on = self.dice.chance(40).then(|| self.today());
        let end = end.filter(|_| self.dice.chance(75)).unwrap_or(self.today());
        let command = match (self.dice.below(4), stopped) {
            (0, _) => {
                let day = end.checked_add(self.dice.between(0, 60).days()).ok()?;
                let extension = if self.dice.chance(50) {
                    Extension::By(Period::Weeks(1))
                } else {
                    Extension::Until(day)
                };
                Command::ExtendDeadline { deadline, extension, reason, norm }
            }
            (1 | 2, false) | (3, true) => {
                Command::SuspendDeadlines { deadlines: vec![deadline], since: on, reason, norm }
            }
            _ => Command::ResumeDeadlines { deadlines: vec![deadline], until: on, reason, norm },
        };
        Some((self.anybody(), command))
    }

    /// The case that this one is to be merged into takes it over, or does not.
    pub(super) fn finish_merge(&mut self, case: &Case, _: &Release) -> Option<(Actor, Command)> {
        let asked = case.merging.as_ref().map(|merging| merging.into).filter(|_| self.dice.chance(95));
        let into = asked.or_else(|| self.dice.chance(2).then_some(case.id))?;
        let message = Text::new("Der andere Vorgang ist abgeschlossen.", "The other case has ended.");
        let refused = EffectError { code: "case_ended".into(), message, retry: false };
        let result = if self.dice.chance(70) { Ok(()) } else { Err(refused) };
        let actor = if self.dice.chance(90) { Actor::Engine } else { self.anybody() };
        Some((actor, Command::FinishMerge { into, result }))
    }

    /// A part is split off, or another case hands over what this one has already, also to one that has ended.
    pub(super) fn relate(&mut self, case: &Case, _: &Release) -> Option<(Actor, Command)> {
        let some = |dice: &mut crate::dice::Dice, number: &u32| dice.chance(50).then_some(*number);
        let numbers: Vec<u32> =
            case.documents.keys().filter_map(|number| some(&mut self.dice, number)).collect();
        if self.alone && self.dice.chance(12) {
            let into = if self.dice.chance(85) { CaseId(self.dice.id()) } else { case.id };
            return Some((self.corrector(), Command::MergeCase { into, reason: self.reason() }));
        }
        if self.dice.chance(50) {
            let data: Object = serde_json::from_value((*case.data).clone()).ok()?;
            let command = Command::SplitCase { data, documents: numbers, reason: "Zwei Sachen".into() };
            return Some((self.anybody(), command));
        }
        let documents = numbers.iter().filter_map(|number| case.documents.get(number));
        let handover = Handover {
            by: "p0".into(),
            reason: "Eine Sache".into(),
            documents: documents.map(|document| Document { step: None, ..(**document).clone() }).collect(),
            parties: self.parties_handed(case),
            item: None,
        };
        let how = *self.dice.pick(&[Relation::SplitFrom, Relation::Merged]);
        let known = case.relations.iter().rfind(|known| known.how == how).map(|known| known.case);
        let known = known.filter(|_| self.dice.chance(50));
        let from = known.unwrap_or(CaseId(self.dice.id()));
        let actor = if self.dice.chance(90) { Actor::Engine } else { self.anybody() };
        Some((actor, Command::TakeOver { from, how, handover }))
    }

    /// Parties like those of this case, as another one has them: the same, others of the same kind, or both.
    fn parties_handed(&mut self, case: &Case) -> Vec<Party> {
        let there: Vec<Party> = case.parties.values().map(|party| (**party).clone()).collect();
        there
            .into_iter()
            .filter_map(|mut party| {
                if self.dice.chance(30) {
                    return None;
                }
                if self.dice.chance(50) {
                    party.content.name = format!("{} II", party.content.name).into();
                }
                if self.dice.chance(20) {
                    party.content.kind = "stranger".into();
                }
                Some(party)
            })
            .collect()
    }
}
