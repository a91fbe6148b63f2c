//! Nobody ends by hand a period at whose end something counts as granted: it runs by law, until that is decided and notified,
//! or the application is withdrawn. A letter that extends it says until when it runs.

use fachwerk_deadlines::{Extension, Period};
use serde_json::json;

use super::{Rejection, turn::Deciding};
use crate::{
    event::{ChangeReason, Deadline, DeadlineChange, DeadlineRun, Fiction},
    words::{InstanceId, Object, PersonId, Text, day_text},
};

impl Deciding<'_> {
    /// That nothing of what ends is such a period, running or waited for in its grace.
    pub fn check_silence(&self, ends: &[InstanceId]) -> Result<(), Rejection> {
        let runs = self.case.deadlines().filter(|(instance, _)| ends.contains(instance));
        let runs =
            runs.filter_map(|(_, deadline)| Some((deadline.fiction.as_ref()?, deadline.run.as_ref()?)));
        match runs.into_iter().find(|(fiction, _)| !self.is_decided_in_time(fiction)) {
            Some((fiction, run)) => Err(Rejection::PeriodGrants { why: self.why_it_stays(fiction, run) }),
            None => Ok(()),
        }
    }

    fn is_decided_in_time(&self, fiction: &Fiction) -> bool {
        let mut acts = self.case.acts.values();
        acts.any(|act| act.decides() == Some(&fiction.act) && self.case.is_in_time(act))
    }

    fn why_it_stays(&self, fiction: &Fiction, run: &DeadlineRun) -> Text {
        let (title, end) = (&fiction.title, day_text(run.end));
        match run.over_at() <= self.facts.now {
            true => Text::new(
                format!(
                    "Die Frist für die Entscheidung über „{}“ hat am {} geendet. Es wird noch kurz darauf gewartet, dass eine rechtzeitige Bekanntgabe vermerkt wird; sonst gilt sie als erteilt, und der Vorgang geht von selbst weiter. Bitte so lange warten.",
                    title.de, end.de
                ),
                format!(
                    "The period for deciding on `{}` ended on {}. It is waited for a little longer that a notification in time is recorded; else it counts as granted, and the case goes on by itself. Please wait until then.",
                    title.en, end.en
                ),
            ),
            false => Text::new(
                format!(
                    "Die Frist für die Entscheidung über „{}“ läuft bis {} von Gesetzes wegen weiter, auch wenn hier niemand mehr daran arbeitet; dann gilt sie als erteilt (§ 42a VwVfG). Sie endet nur, indem entschieden und bekannt gegeben oder der Antrag zurückgenommen wird. Hat sie in Wahrheit nicht begonnen (Unterlagen fehlen, doppelt eingegangen): zurückgehen zu dem Schritt, der das festhält.",
                    title.de, end.de
                ),
                format!(
                    "The period for deciding on `{}` runs by law until {}, also when nobody works on it here any more; then it counts as granted (§ 42a VwVfG). It ends only when that is decided and notified, or the application is withdrawn. If it has not begun in truth (documents missing, received twice): go back to the step that records that.",
                    title.en, end.en
                ),
            ),
        }
    }

    /// The last days that a letter tells by which such a period is extended: `ends`, and `ends_extended` once it is told in time.
    pub fn days_told(&self, instance: InstanceId) -> Option<Object> {
        let step = self.step_of(instance)?;
        let runs = self.case.deadlines().filter(|(_, deadline)| deadline.fiction.is_some());
        let (clock, deadline, kind, extension) = runs.into_iter().find_map(|(clock, deadline)| {
            let kind = self.deadline_kind(clock, &deadline.name)?;
            let extension = kind.fiction.as_ref()?.extension.as_ref()?;
            self.is_of_here(&extension.letter, &step, clock).then_some((clock, deadline, kind, extension))
        })?;
        let ends = deadline.run.as_ref()?.end;
        let by = self.value(clock, &extension.by).ok()?;
        let by = by.as_str().and_then(|text| Period::parse(text).ok());
        let by = by.filter(|period| !matches!(period, Period::Hours(_)))?;
        let because = ChangeReason { by: PersonId::from(""), reason: "".into(), norm: None };
        let change = DeadlineChange::Extended {
            by: Extension::By(by),
            decided: self.decided(&because),
            told_by: None,
        };
        let extended: Deadline = self.with_change(deadline.clone(), kind, change).ok()?;
        let later = extended.run?.end;
        let days = [("ends".to_owned(), json!(ends)), ("ends_extended".to_owned(), json!(later))];
        Some(days.into_iter().collect())
    }
}
