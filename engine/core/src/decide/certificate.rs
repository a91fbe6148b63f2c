//! The certificate that an act counts as granted (§ 42a Abs. 3 VwVfG): letters of that act, which decide nothing. Whoever the
//! law itself has not notified is notified by one.

use std::sync::Arc;

use serde_json::json;

use super::{
    act::act_invalid,
    turn::{Deciding, trouble},
};
use crate::{
    act::{Act, ActContent},
    case::hash_of,
    definition::{IssueKind, Step},
    event::{ActBegan, Event, Trouble},
    words::{InstanceId, StepPath, Text},
};

/// What the act is called in the instruction on remedies, behind "gegen".
const AGAINST: &str = "die als erteilt geltende Genehmigung";

impl Deciding<'_> {
    /// Notes to whom the letters go; not when something else was signed.
    pub fn begin_certificate(
        &mut self,
        instance: InstanceId,
        step: &Step,
        issue: &IssueKind,
    ) -> Result<bool, Box<Trouble>> {
        let path = self.step_of(instance).unwrap_or_else(|| step.path.clone());
        let act = self.deemed_act(issue, &path)?;
        let content = self.certified(instance, issue, (&act, &path))?;
        let parties: Vec<u32> = content.addressees.iter().map(|(party, _)| *party).collect();
        let said = hash_of(&ActContent { addressees: Vec::new(), ..content.clone() });
        if !self.act_as_signed(instance, &path, &said, &parties) {
            return Ok(false);
        }
        self.record(Event::ActBegan(Box::new(ActBegan {
            act: act.number,
            kind: act.kind.clone(),
            step: path,
            instance,
            version: 1,
            content,
            correction: None,
            again: None,
        })));
        Ok(true)
    }

    fn deemed_act(&self, issue: &IssueKind, path: &StepPath) -> Result<Act, Box<Trouble>> {
        let clock = self.case.clock_of(&issue.act).map(|(id, _)| id);
        if let Some((id, doubt)) = clock.and_then(|id| Some((id, self.open_doubt(id)?))) {
            return Err(self.not_settled(id, &doubt, path));
        }
        self.case.deemed(&issue.act).cloned().ok_or_else(|| {
            let title = self.act_title(&issue.act);
            trouble(
                "nothing_to_certify",
                Some(path),
                Text::new(
                    format!(
                        "„{}“ gilt nicht als erteilt; eine Bescheinigung darüber wäre falsch.",
                        title.de
                    ),
                    format!("`{}` does not count as granted; a certificate would be wrong.", title.en),
                ),
                Text::new(
                    "Eine Bescheinigung gibt es nur, wenn die Frist ohne Entscheidung abgelaufen ist. Den Schritt überspringen.",
                    "There is a certificate only when the period has ended without a decision. Skip the step.",
                ),
                json!({ "act": issue.act }),
            )
        })
    }

    /// What it says to those whom the letters go to.
    fn certified(
        &self,
        instance: InstanceId,
        issue: &IssueKind,
        (act, path): (&Act, &StepPath),
    ) -> Result<ActContent, Box<Trouble>> {
        let mut content = act.issued.as_ref().map(|issued| issued.content.clone()).ok_or_else(|| {
            let why = Text::new("der Bescheid ist nicht erlassen", "the act is not issued");
            act_invalid(path, &why, &json!(act.number))
        })?;
        let named = match &issue.to {
            Some(_) => self.parties_addressed(instance, issue, path)?,
            None => {
                let takes_part = |party: &u32| self.case.parties_now().any(|known| known.number == *party);
                act.addressees.keys().copied().filter(takes_part).collect()
            }
        };
        if let Some(other) = named.iter().find(|party| !act.addressees.contains_key(*party)) {
            let why = Text::new(
                "„to“ nennt jemanden, für den die Genehmigung nicht gilt",
                "`to` names somebody whom the permit is not for",
            );
            return Err(act_invalid(path, &why, &json!(other)));
        }
        content.addressees = named.into_iter().map(|party| (party, self.case.receives_for(party))).collect();
        let is_told =
            |(party, _): &(u32, u32)| act.addressees.get(party).is_some_and(|it| act.notified_by_law(it));
        let kind = self.release.acts.get(&act.kind).filter(|kind| kind.takes_remedy_from_law(issue));
        if let Some(kind) = kind.filter(|_| !content.addressees.iter().all(is_told)) {
            let remedy = self.remedy_against(kind, false, (path, AGAINST))?;
            content.period = remedy.period.clone().unwrap_or(content.period);
            content.remedy = Some(remedy);
        }
        Ok(content)
    }

    /// Whether a letter only certifies to somebody what the law itself has notified them of: then no remedy is named in it.
    pub fn is_certified_to(&self, instance: InstanceId, party: u32) -> bool {
        let made =
            self.case.act_made_by(instance).and_then(|(act, _)| Some((act, act.addressees.get(&party)?)));
        made.is_some_and(|(act, addressed): (&Act, &Arc<_>)| act.notified_by_law(addressed))
    }
}
