//! What silence grants was looked at when its period ended, or when it was decided. What is known later (a receipt, a letter
//! that comes back, another day of the application, a day off) can turn that round: then what the law says and what was done do
//! not agree any more. That is told, nothing is built on it, and a person says what holds.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    Rejection,
    correct::check_reason,
    turn::{Deciding, trouble},
};
use crate::{
    case::{Case, Clock},
    event::{ChangeReason, Event, FictionRuled, Trouble},
    words::{Date, InstanceId, StepPath, Text, day_text},
};

/// The incident that tells it.
const DOUBT: &str = "fiction_in_doubt";
/// Why nothing is issued or certified meanwhile.
const NOT_SETTLED: &str = "fiction_not_settled";

/// How what the law says and what was done do not agree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Doubt {
    /// It was decided in time and is not any more; the period still runs, until this day.
    StillRuns(Date),
    /// It was decided, but not in time: it counts as granted since this day.
    Granted(Date),
    /// It counts as granted, but was decided in time.
    Decided,
    /// It counts as granted, but the period ends only on this day.
    EndsLater(Date),
    /// It counts as granted, but since this day.
    OtherDay(Date),
}

impl Doubt {
    /// Whether something can still be decided in time.
    pub fn still_runs(&self) -> bool {
        matches!(self, Doubt::StillRuns(_))
    }

    fn why(&self, granted: &Text) -> Text {
        let Text { de, en } = granted;
        let told = |day: Date, of_de: &dyn Fn(&str) -> String, of_en: &dyn Fn(&str) -> String| {
            let day = day_text(day);
            Text::new(of_de(&day.de), of_en(&day.en))
        };
        match self {
            Doubt::StillRuns(until) => told(
                *until,
                &|until| {
                    format!(
                        "Über „{de}“ ist nach dem, was jetzt bekannt ist, noch nicht gegenüber allen Antragstellern entschieden: Es fehlt eine Bekanntgabe. Die Frist läuft noch bis {until}; danach gilt „{de}“ als erteilt (§ 42a VwVfG)."
                    )
                },
                &|until| {
                    format!(
                        "By what is known now `{en}` is not decided for everybody who applied yet: a notification is missing. The period still runs until {until}; then `{en}` counts as granted (§ 42a VwVfG)."
                    )
                },
            ),
            Doubt::Granted(since) => told(
                *since,
                &|since| {
                    format!(
                        "„{de}“ gilt nach dem, was jetzt bekannt ist, seit {since} als erteilt: Bis zum Ende der Frist war nicht gegenüber allen Antragstellern entschieden (§ 42a VwVfG). Der Vorgang behandelt es als rechtzeitig entschieden."
                    )
                },
                &|since| {
                    format!(
                        "By what is known now `{en}` has counted as granted since {since}: by the end of the period it was not decided for everybody who applied (§ 42a VwVfG). The case treats it as decided in time."
                    )
                },
            ),
            Doubt::Decided => Text::new(
                format!(
                    "„{de}“ wird als erteilt behandelt; nach dem, was jetzt bekannt ist, war aber rechtzeitig entschieden. Beides zugleich kann nicht gelten (§ 42a VwVfG)."
                ),
                format!(
                    "`{en}` is treated as granted; but by what is known now it was decided in time. Both cannot hold (§ 42a VwVfG)."
                ),
            ),
            Doubt::EndsLater(end) => told(
                *end,
                &|end| {
                    format!(
                        "„{de}“ wird als erteilt behandelt; nach dem, was jetzt bekannt ist, endet die Frist aber erst am {end} (§ 42a VwVfG)."
                    )
                },
                &|end| {
                    format!(
                        "`{en}` is treated as granted; but by what is known now the period ends on {end} only (§ 42a VwVfG)."
                    )
                },
            ),
            Doubt::OtherDay(since) => told(
                *since,
                &|since| {
                    format!(
                        "„{de}“ gilt nach dem, was jetzt bekannt ist, seit {since} als erteilt (§ 42a VwVfG); der Vorgang nennt einen anderen Tag."
                    )
                },
                &|since| {
                    format!(
                        "By what is known now `{en}` has counted as granted since {since} (§ 42a VwVfG); the case names another day."
                    )
                },
            ),
        }
    }

    fn help(&self) -> Text {
        let Doubt::StillRuns(until) = self else { return rule_help() };
        let until = day_text(*until);
        Text::new(
            format!(
                "Sofort auf sicherem Weg bekannt geben (Bote, persönliche Übergabe), spätestens am {}, und Versand oder Zugang vermerken; dann schließt sich die Störung selbst. Sonst stellt nach dem Ende der Frist fest, wer berichtigen darf, was gilt.",
                until.de
            ),
            format!(
                "Notify at once in a safe way (by messenger, in person), on {} at the latest, and record dispatch or receipt; the incident then settles itself. Else whoever may correct says what holds when the period has ended.",
                until.en
            ),
        )
    }
}

fn rule_help() -> Text {
    Text::new(
        "Wer berichtigen darf, stellt mit Begründung fest, was gilt („Gilt als erteilt“ oder „Gilt nicht als erteilt“). Bis dahin wird nichts bescheinigt und nichts anderes erlassen. Danach den Vorgang an den passenden Schritt zurücksetzen und die Beteiligten unterrichten; eine rechtswidrige Genehmigung lässt sich nur nach §§ 48, 49 VwVfG aufheben.",
        "Whoever may correct says with a reason what holds (counts as granted, or does not). Until then nothing is certified and nothing else is issued. After that go back to the step that fits and tell the parties; an unlawful permit can only be withdrawn by §§ 48, 49 VwVfG.",
    )
}

impl Deciding<'_> {
    /// How what the law says of a clock, by what a case knows, does not agree with what was done; none: it does, or it is still
    /// waited for, or nothing was ever decided (the application was withdrawn, say).
    fn doubt_in(&self, case: &Case, id: InstanceId) -> Option<Doubt> {
        let clock = case.clocks.get(&id)?;
        // A newer one is about another application, or about the same once more.
        let kind = clock.act().filter(|kind| case.clock_of(kind).is_some_and(|(newest, _)| newest == id))?;
        let applied = self.release.acts.get(kind)?.to.first()?;
        let end = clock.end()?;
        let (since, over) = (end.tomorrow().unwrap_or(end), end < self.facts.today);
        let unserved = case.unserved_by_law(clock, applied);
        let Some(deemed) = case.deemed_by(clock) else {
            let issued = case.acts.values().any(|act| clock.is_about(act));
            let about = |trouble: &Trouble| {
                *trouble.code == *NOT_SETTLED
                    && trouble.details.get("clock").is_some_and(|it| *it == json!(id.0))
            };
            // Somebody wants to decide after the end of a period that was left without a decision.
            let wanted = case.incidents.values().any(|incident| about(&incident.trouble));
            let open = (issued || wanted || over && clock.ruled.is_some())
                && !unserved.is_empty()
                && !case.is_waited_for(id, clock);
            return open.then_some(if over { Doubt::Granted(since) } else { Doubt::StillRuns(end) });
        };
        let on = deemed.issued.as_ref()?.on;
        let granted = |party: &u32| deemed.addressees.get(party).is_some_and(|it| deemed.notified_by_law(it));
        let applicants = case.applicants(clock, applied);
        if applicants.iter().any(|party| granted(party) && !unserved.contains(party)) {
            return Some(Doubt::Decided);
        }
        if on <= end && !over {
            return Some(Doubt::EndsLater(end));
        }
        if on != since {
            return Some(Doubt::OtherDay(since));
        }
        unserved.iter().any(|party| !granted(party)).then_some(Doubt::Granted(since))
    }

    /// The doubt about a clock that has been told and is not settled.
    pub fn open_doubt(&self, id: InstanceId) -> Option<Doubt> {
        self.told_of_doubt(id).and_then(|(_, doubt)| doubt)
    }

    fn told_of_doubt(&self, id: InstanceId) -> Option<(u32, Option<Doubt>)> {
        let about = |trouble: &Trouble| {
            &*trouble.code == DOUBT
                && trouble.details.get("clock").and_then(|it| it.as_u64()) == Some(id.0.into())
        };
        let (number, incident) = self.case.incidents.iter().find(|(_, incident)| about(&incident.trouble))?;
        let doubt = incident.trouble.details.get("doubt").cloned();
        Some((*number, doubt.and_then(|doubt| serde_json::from_value(doubt).ok())))
    }

    /// Whether an incident is one that only what holds can settle.
    pub fn is_doubt(&self, trouble: &Trouble) -> bool {
        *trouble.code == *DOUBT
    }

    /// Whether this turn has turned round what nobody waits for any more.
    fn new_doubt(&self, id: InstanceId) -> Option<Doubt> {
        let before = self.before.clocks.get(&id).filter(|clock| !self.before.is_waited_for(id, clock))?;
        let ruled = self.case.clocks.get(&id).and_then(|clock| clock.ruled);
        // What somebody has just said holds.
        let now = self.doubt_in(&self.case, id).filter(|_| before.ruled == ruled)?;
        (self.doubt_in(&self.before, id).as_ref() != Some(&now)).then_some(now)
    }

    /// At the end of a turn: what it has turned round is told once, and what agrees again is not in doubt any more.
    pub fn tell_of_doubts(&mut self) {
        let clocks: Vec<InstanceId> = self.case.clocks.keys().copied().collect();
        for id in clocks {
            let told = self.told_of_doubt(id);
            let now = self.doubt_in(&self.case, id);
            let doubt = match &told {
                Some((_, known)) if *known == now => continue,
                Some((number, _)) => {
                    self.record(Event::IncidentResolved { number: *number });
                    now
                }
                None => self.new_doubt(id),
            };
            let Some(clock) = self.case.clocks.get(&id).cloned() else { continue };
            let (Some(doubt), Some(kind)) = (doubt, clock.act()) else { continue };
            let (message, help) = (doubt.why(&self.act_title(kind)), doubt.help());
            let details = json!({ "clock": id.0, "act": kind, "doubt": doubt });
            let incident = trouble(DOUBT, clock.step.as_ref(), message, help, details);
            self.stuck(None, *incident);
        }
    }

    /// Nothing is built on what is in doubt.
    pub fn not_settled(&self, id: InstanceId, doubt: &Doubt, path: &StepPath) -> Box<Trouble> {
        trouble(
            NOT_SETTLED,
            Some(path),
            Text::new(
                "Ob die Genehmigung als erteilt gilt, ist offen und noch nicht festgestellt (siehe die Übersicht des Vorgangs). Bis dahin wird hier nichts erlassen und nichts bescheinigt.",
                "Whether the permit counts as granted is open, and nobody has said so yet (see the overview of the case). Until then nothing is issued or certified here.",
            ),
            Text::new(
                "Erst feststellen, was gilt, dann wiederholen oder diesen Schritt überspringen.",
                "Say first what holds, then retry, or skip this step.",
            ),
            json!({ "doubt": doubt, "clock": id.0 }),
        )
    }

    /// A person says whether an act counts as granted: it comes to be, stays, exists since another day, or never did.
    pub fn rule_fiction(
        &mut self,
        kind: &Arc<str>,
        deemed: bool,
        reason: &Arc<str>,
    ) -> Result<(), Rejection> {
        let by = self.facts.actor.person().cloned().ok_or(Rejection::PersonNeeded)?;
        if !self.corrects() {
            return Err(Rejection::CorrectionNotAllowed);
        }
        check_reason(reason)?;
        let found = self.case.clock_of(kind).map(|(id, clock)| (id, clock.clone()));
        let (id, clock) = found.ok_or_else(|| {
            not_ruled(
                "In diesem Vorgang läuft und lief keine Frist, nach der dieser Bescheid als erteilt gelten könnte.",
                "No period runs or ran in this case after which this act could count as granted.",
            )
        })?;
        let (act, end) = (self.case.deemed_by(&clock).cloned(), clock.end());
        self.check_rulable((id, &clock), act.as_ref(), deemed)?;
        let since = end.map(|end| end.tomorrow().unwrap_or(end));
        let on = act.as_ref().and_then(|act| act.issued.as_ref()).map(|issued| issued.on);
        let since = since.filter(|since| deemed && on.is_some_and(|on| on != *since));
        let since = since.filter(|since| *since <= self.facts.today);
        if let Some(act) = act.as_ref().filter(|_| !deemed) {
            self.withdraw_letters(act.number, |_, _| true);
        }
        self.record(Event::FictionRuled(Box::new(FictionRuled {
            clock: id,
            act: kind.clone(),
            title: self.act_title(kind),
            deemed,
            number: act.as_ref().map(|act| act.number),
            since,
            because: ChangeReason { by, reason: reason.clone(), norm: None },
        })));
        if let Some((number, _)) = self.told_of_doubt(id) {
            self.record(Event::IncidentResolved { number });
        }
        match (deemed, act) {
            (true, None) => self.deem_by_ruling(kind, &clock),
            (true, Some(act)) if since.is_some() => self.follow_ruling(act.number),
            _ => {}
        }
        Ok(())
    }

    fn check_rulable(
        &self,
        (id, clock): (InstanceId, &Clock),
        act: Option<&crate::act::Act>,
        deemed: bool,
    ) -> Result<(), Rejection> {
        if self.case.is_waited_for(id, clock) {
            return Err(not_ruled(
                "Die Frist läuft im Vorgang noch; mit ihrem Ende stellt sich von selbst heraus, ob die Genehmigung als erteilt gilt.",
                "The case still waits for the period; with its end it turns out by itself whether the permit counts as granted.",
            ));
        }
        if act.is_none() && clock.end().is_some_and(|end| end >= self.facts.today) {
            return Err(not_ruled(
                "Die Frist ist noch nicht zu Ende: Bis dahin kann noch entschieden werden, und erst danach lässt sich feststellen, was gilt.",
                "The period has not ended yet: until then it can still be decided, and only after that can anybody say what holds.",
            ));
        }
        if !deemed && act.is_some_and(|act| self.case.draft_of(act).is_some()) {
            return Err(not_ruled(
                "Gerade wird eine Bescheinigung darüber ausgefertigt; bitte warten, bis sie vorliegt, oder den Schritt überspringen.",
                "A certificate of it is being made; please wait until it is there, or skip the step.",
            ));
        }
        Ok(())
    }

    fn deem_by_ruling(&mut self, kind: &Arc<str>, clock: &Clock) {
        let applied =
            self.release.acts.get(kind).and_then(|kind| kind.to.first()).cloned().unwrap_or_default();
        let unserved = self.case.unserved_by_law(clock, &applied);
        let to = if unserved.is_empty() { self.case.applicants(clock, &applied) } else { unserved };
        let step = clock.step.clone().unwrap_or_else(|| StepPath::from(""));
        self.deem_for(clock, step, to);
    }

    /// The periods for a remedy run from the day on which it counts as granted.
    fn follow_ruling(&mut self, number: u32) {
        let Some(act) = self.case.acts.get(&number).cloned() else { return };
        let by_law = act.addressees.iter().filter(|(_, it)| act.notified_by_law(it) && !it.is_objected());
        let days: Vec<(u32, Date)> =
            by_law.filter_map(|(party, it)| Some((*party, it.notified_on?))).collect();
        for (party, on) in days {
            self.set_remedy_of_deemed(number, party, on);
            self.follow_period(number, party);
        }
    }

    /// A decision was notified, or is by now known to have been notified, after silence had decided: people must know.
    pub fn tell_of_late_decision(&mut self, number: u32) {
        let Some(act) = self.case.acts.get(&number).cloned() else { return };
        let Some(decides) = act.decides().filter(|_| act.deemed.is_none()).cloned() else { return };
        let Some((id, clock)) = self.case.clock_of(&decides) else { return };
        let (Some(end), true) = (clock.end(), clock.is_about(&act)) else { return };
        let applied = self.release.acts.get(&decides).and_then(|kind| kind.to.first()).cloned();
        let unserved = self.case.unserved(clock, &applied.unwrap_or_default());
        let late = act.addressees.iter().filter(|(party, _)| unserved.contains(party));
        let late = late.filter_map(|(_, addressed)| addressed.notified_on).filter(|on| *on > end).max();
        // What was in time and is not any more is told as that.
        let (Some(notified), None) = (late, self.new_doubt(id)) else { return };
        let title = |kind: &Arc<str>| self.act_title(kind);
        let (granted, this, end, on) = (title(&decides), title(&act.kind), day_text(end), day_text(notified));
        let incident = trouble(
            "decided_too_late",
            Some(&act.step),
            Text::new(
                format!(
                    "„{}“ ist erst am {} bekannt gegeben; die Frist für die Entscheidung endet am {}. Vorsichtshalber gilt „{}“ mit ihrem Ende als erteilt, auch wenn vorher entschieden war (in den Rechtsdaten als umstritten vermerkt).",
                    this.de, on.de, end.de, granted.de
                ),
                format!(
                    "`{}` is notified on {} only; the period for the decision ends on {}. To be careful, `{}` counts as granted with its end, although it was decided before (sources disagree, as the legal data say).",
                    this.en, on.en, end.en, granted.en
                ),
            ),
            Text::new(
                "Läuft die Frist noch: sofort auf anderem Weg bekannt geben (Bote, persönliche Übergabe) und den Zugang vermerken. Sonst bleiben §§ 48, 49 VwVfG. Danach „Wiederholen“, um die Störung abzuschließen.",
                "If the period still runs: notify in another way at once (by messenger, in person) and record the receipt. Else only §§ 48, 49 VwVfG are left. Then retry, to settle the incident.",
            ),
            json!({ "act": number }),
        );
        self.stuck(None, *incident);
    }
}

fn not_ruled(de: &str, en: &str) -> Rejection {
    Rejection::FictionNotRuled { why: Text::new(de, en) }
}
