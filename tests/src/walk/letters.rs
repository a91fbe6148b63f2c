//! Letters leave the house, and proof comes back.

use fachwerk_core::{
    case::Case, command::Command, definition::Release, event::Direction, facts::Actor, words::Way,
};
use jiff::ToSpan;

use super::Walk;

impl Walk {
    pub(super) fn dispatch(&mut self, case: &Case, _: &Release) -> Option<(Actor, Command)> {
        let waiting: Vec<u32> = case
            .documents
            .iter()
            .filter(|(_, it)| it.content.direction == Direction::Outgoing && it.dispatch.is_none())
            .map(|(number, _)| *number)
            .collect();
        let of_acts: Vec<u32> =
            waiting.iter().copied().filter(|number| case.act_of_document(*number).is_some()).collect();
        let of_act = self.dice.maybe_pick(&of_acts).copied().filter(|_| self.dice.chance(70));
        let known = of_act.or_else(|| waiting.iter().copied().rfind(|_| self.dice.chance(85)));
        let odd = self.dice.between(0, case.documents.len() as i64 + 1) as u32;
        let document = known.or_else(|| self.dice.chance(15).then_some(odd))?;
        let today = self.today();
        let on = match self.dice.below(8) {
            0 => today.checked_sub(3.days()).ok()?,
            1 => today.tomorrow().ok()?,
            _ => today,
        };
        let way = *self.dice.pick(&Way::ALL);
        let proven_receipt = self.dice.chance(30).then_some(today);
        Some((self.anybody(), Command::RecordDispatch { document, on, way, proven_receipt }))
    }

    pub(super) fn receipt(&mut self, case: &Case, _: &Release) -> Option<(Actor, Command)> {
        let sent: Vec<u32> = case
            .documents
            .iter()
            .filter(|(_, it)| it.dispatch.is_some())
            .map(|(number, _)| *number)
            .collect();
        let odd = self.dice.between(0, case.documents.len() as i64 + 1) as u32;
        let known = self.dice.maybe_pick(&sent).copied().filter(|_| self.dice.chance(85));
        let document = known.or_else(|| self.dice.chance(15).then_some(odd))?;
        let today = self.today();
        let on = if self.dice.chance(10) { today.tomorrow().ok()? } else { today };
        Some((self.anybody(), Command::RecordReceipt { document, on }))
    }
}
