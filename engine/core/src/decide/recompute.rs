//! Deadlines that run are reckoned anew when what they hang on has changed, and each says why.

use std::sync::Arc;

use fachwerk_deadlines::Sentence;

use super::{
    DeadlineRefusal, Rejection,
    deadline_set::deadline_trouble,
    turn::{Deciding, trouble},
    values::Standpoint,
    wait::instant,
};
use crate::{
    act::Act,
    case::{Clock, Passed, Reckoned},
    definition::{DeadlineKind, From},
    event::{
        Basis, Because, ClockFollowed, Deadline, DeadlineChange, DeadlineRecomputed, DeadlineRun, Event,
        LawChanged, Start, Trouble,
    },
    words::{Date, InstanceId, Period, StepPath, Text, Value, day_text},
};

impl<'a> Deciding<'a> {
    /// A deadline is reckoned anew, from what its basis says now.
    pub fn recompute(&mut self, instance: InstanceId, deadline: Deadline, because: Because) {
        let was = self.last_day(instance, &deadline.name);
        let before = deadline.clone();
        match self.recomputed(deadline, &because, was) {
            Ok(deadline) => {
                let anew = DeadlineRecomputed { instance, deadline: deadline.clone(), because };
                self.record(Event::DeadlineRecomputed(Box::new(anew)));
                self.tell_of_extension(&before, &deadline);
            }
            Err(trouble) => self.stuck(Some(instance), *trouble),
        }
    }

    /// The same without recording it.
    pub fn recomputed(
        &self,
        mut deadline: Deadline,
        because: &Because,
        was: Option<Date>,
    ) -> Result<Deadline, Box<Trouble>> {
        let (on, because) = (self.facts.today, because.clone());
        deadline.changes.push(DeadlineChange::Recomputed { on, because, was });
        deadline.revision += 1;
        let (title, name) = (deadline.title.clone(), deadline.name.clone());
        self.folded(deadline).map_err(|error| {
            let trouble = deadline_trouble(&error, None, &title);
            Box::new(Trouble { wakes: Some(name), ..*trouble })
        })
    }

    fn last_day(&self, instance: InstanceId, name: &Arc<str>) -> Option<Date> {
        let deadline = self.case.instance(instance)?.deadlines.get(name)?;
        let stopped = deadline.suspended.as_ref().map(|stopped| stopped.run.end);
        deadline.run.as_ref().map(|run| run.end).or(stopped)
    }

    /// What the rules say now from which days or instants deadlines run that are set.
    pub fn starts_by_rules(&self) -> Vec<(InstanceId, Arc<str>, Value)> {
        let set: Vec<_> = self.case.deadlines().map(|(id, it)| (id, it.name.clone())).collect();
        let said = set.into_iter().filter_map(|(instance, name)| {
            let From::Day(rule) = &self.deadline_kind(instance, &name)?.from else { return None };
            let said = rule.compiled.eval(&self.sight(instance, rule.frame).vars()).unwrap_or(Value::Null);
            Some((instance, name, said))
        });
        said.collect()
    }

    /// The application was corrected: what runs from a day of it runs from the day that its rule says now.
    pub fn follow_application(&mut self, before: &[(InstanceId, Arc<str>, Value)]) {
        let moved = self.starts_by_rules().into_iter().filter(|now| !before.contains(now));
        for (instance, name, said) in moved.collect::<Vec<_>>() {
            let Some(kind) = self.deadline_kind(instance, &name) else { continue };
            let set = self.case.instance(instance).and_then(|it| it.deadlines.get(&name));
            let Some(deadline) = set.map(|deadline| (**deadline).clone()) else { continue };
            // The trace says on which values.
            if let From::Day(rule) = &kind.from
                && let Err(trouble) = self.evaluate(instance, rule)
            {
                self.stuck(Some(instance), Trouble { wakes: Some(name), ..*trouble });
                continue;
            }
            match self.started(&deadline, kind, &said) {
                Some(basis) => {
                    let deadline = Deadline { basis: Some(basis), ..deadline };
                    self.recompute(instance, deadline, Because::Application);
                }
                None => {
                    let trouble = self.start_unreadable(instance, &deadline.title, &said);
                    self.stuck(Some(instance), Trouble { wakes: Some(name), ..*trouble });
                }
            }
        }
    }

    /// What silence grants and nobody waits for any more: its start by the rules as they say it now.
    pub fn clocks_by_rules(&self) -> Vec<(InstanceId, Value)> {
        let over = self.case.clocks.iter().filter(|(id, clock)| !self.case.is_waited_for(**id, clock));
        let said = over.filter_map(|(id, clock)| {
            let From::Day(rule) = &self.clock_kind(clock)?.from else { return None };
            let rounds = clock.step.as_ref().map(StepPath::rounds).unwrap_or_default();
            let from = Standpoint::at(&self.case, None, rule.frame).in_rounds(&rounds);
            let said = rule.compiled.eval(&self.sight_from(&from).vars()).unwrap_or(Value::Null);
            Some((*id, said))
        });
        said.collect()
    }

    /// The application was corrected: what nobody waits for any more began on the day that its rule says now.
    pub fn follow_clock_starts(&mut self, before: &[(InstanceId, Value)]) {
        for (id, said) in self.clocks_by_rules().into_iter().filter(|now| !before.contains(now)) {
            let Some(clock) = self.case.clocks.get(&id).cloned() else { continue };
            let basis = self.clock_kind(&clock).and_then(|kind| self.started(&clock.deadline, kind, &said));
            if let Some(basis) = basis {
                let deadline = Deadline { basis: Some(basis), ..clock.deadline.clone() };
                self.follow_clock(id, deadline, &Because::Application);
            }
        }
    }

    /// The same for whatever else has changed; none: that is not about it.
    fn follow_clocks(&mut self, because: impl Fn(&DeadlineRun, Date) -> Option<Because>) {
        let over = self.case.clocks.iter().filter(|(id, clock)| !self.case.is_waited_for(**id, clock));
        let over: Vec<(InstanceId, Arc<Clock>)> = over.map(|(id, clock)| (*id, clock.clone())).collect();
        for (id, clock) in over {
            let Some(basis) = &clock.deadline.basis else { continue };
            let now = self.end_of(basis, &clock.deadline.changes).ok().flatten();
            let (Some(run), Some(now)) = (&clock.deadline.run, now) else { continue };
            if let Some(because) = because(run, now) {
                self.follow_clock(id, clock.deadline.clone(), &because);
            }
        }
    }

    /// What nobody waits for any more is reckoned anew; nothing is noted when it ends as it did.
    pub fn follow_clock(&mut self, id: InstanceId, deadline: Deadline, because: &Because) {
        let Some(before) = self.case.clocks.get(&id).map(|clock| clock.deadline.clone()) else { return };
        let was = before.run.as_ref().map(|run| run.end);
        let Ok(deadline) = self.recomputed(deadline, because, was) else { return };
        let same = deadline.run.as_ref().map(|run| run.end) == was;
        let known = |deadline: &Deadline| deadline.changes.iter().filter(|it| it.told_by().is_some()).count();
        if same && known(&deadline) == known(&before) {
            return;
        }
        self.record(Event::ClockFollowed(Box::new(ClockFollowed { clock: id, deadline: deadline.clone() })));
        self.tell_of_extension(&before, &deadline);
    }

    /// The basis of a deadline that starts from something else now. One of before has none: it gets one.
    fn started(&self, deadline: &Deadline, kind: &DeadlineKind, said: &Value) -> Option<Arc<Basis>> {
        let period = match &deadline.basis {
            Some(basis) => basis.period,
            None => Period::parse(&deadline.period.en).ok()?,
        };
        let text = said.as_str()?;
        let start = match period {
            Period::Hours(_) => Start::At(instant(text).filter(|_| text.contains('T'))?),
            _ => Start::Day(text.parse().ok()?),
        };
        Some(self.basis_from(deadline, kind, start, period))
    }

    /// The basis of a deadline with another start.
    pub fn basis_from(
        &self,
        deadline: &Deadline,
        kind: &DeadlineKind,
        start: Start,
        period: Period,
    ) -> Arc<Basis> {
        match &deadline.basis {
            Some(basis) => Arc::new(Basis { start, ..(**basis).clone() }),
            None => {
                let law = (self.release.law.law(), self.facts.versions.norms);
                Basis::of(kind, law, (kind.from.started(), start), period)
            }
        }
    }

    fn start_unreadable(&self, instance: InstanceId, title: &Text, said: &Value) -> Box<Trouble> {
        trouble(
            "deadline_start_invalid",
            self.step_of(instance).as_ref(),
            Text::new(
                format!(
                    "Nach der Berichtigung des Antrags ist der Beginn der Frist „{}“ nicht lesbar: {said}. Sie läuft, wie sie lief.",
                    title.de
                ),
                format!(
                    "After the application was corrected, the start of the deadline `{}` cannot be read: {said}. It runs as it did.",
                    title.en
                ),
            ),
            Text::new("Die Angabe berichtigen, dann wiederholen.", "Mend the value, then retry."),
            said.clone(),
        )
    }

    /// The calendar or the legal data have changed: what runs is reckoned anew where it ends on another day. What has fired
    /// is not undone: people may have acted on it, and somebody must look.
    pub fn follow_law(&mut self, changed: &LawChanged) -> Result<(), Rejection> {
        self.need_engine()?;
        self.follow_law_of_letters(changed);
        self.follow_law_of_remedies(changed);
        let set: Vec<(InstanceId, Deadline)> =
            self.case.deadlines().map(|(instance, deadline)| (instance, deadline.clone())).collect();
        for (instance, deadline) in set {
            let Some(run) = deadline.run.as_ref().filter(|_| deadline.basis.is_some()) else { continue };
            let Ok(now) = self.folded(deadline.clone()) else { continue };
            let Some(other) = now.run.as_ref().filter(|now| !same_dates(now, run)) else { continue };
            let last = run.end.max(other.end).max(run.grace_until.max(other.grace_until).unwrap_or(run.end));
            if let Some(because) = changed.because(run.start, last) {
                self.recompute(instance, deadline, because);
            }
        }
        self.follow_clocks(|run, end| changed.because(run.start, run.end.max(end)));
        if self.case.is_open() {
            self.tell_of_fired_before_change(changed);
        }
        match self.events().is_empty() {
            true => Err(Rejection::Deadline(DeadlineRefusal::Unchanged)),
            false => Ok(()),
        }
    }

    /// A period for a remedy runs by law: it follows also when it has passed or the case has ended.
    fn follow_law_of_remedies(&mut self, changed: &LawChanged) {
        let acts: Vec<Arc<Act>> = self.case.acts.values().cloned().collect();
        for act in acts {
            for (party, addressed) in &act.addressees {
                let Some(start) = addressed.remedy.as_ref().map(|run| run.start) else { continue };
                let Some((deadline, was, now)) = self.remedy_period_by_now(&act, *party) else { continue };
                if let Some(because) = changed.because(start, was.max(now)) {
                    self.recompute_remedy_period((act.number, *party), deadline, was, because);
                }
            }
        }
    }

    fn tell_of_fired_before_change(&mut self, changed: &LawChanged) {
        let of_letters = self.case.fired.values().flat_map(|fired| fired.iter());
        let of_letters = of_letters.map(|it| (it.title.clone(), it.start, it.end, it.reckoned.clone()));
        // What silence grants is told as one doubt.
        let silent = |it: &&Passed| {
            let mut clocks = self.case.clocks.values();
            clocks.any(|clock| clock.step == it.step && clock.deadline.name == it.name)
        };
        let of_waits = self.case.passed.iter().filter(|it| !silent(it));
        let of_waits = of_waits.map(|it| (it.title.clone(), it.start, it.end, it.reckoned.clone()));
        let mut fired: Vec<_> = of_letters.chain(of_waits).collect();
        fired.dedup();
        let mut told: Vec<(Text, Date)> = Vec::new();
        for (title, start, end, reckoned) in fired {
            let Some(now) = reckoned.and_then(|reckoned| self.end_by(&reckoned)) else { continue };
            let because = changed.because(start, now).filter(|_| now > end);
            let Some(because) = because.filter(|_| !told.contains(&(title.clone(), end))) else { continue };
            told.push((title.clone(), end));
            let why = self.because(&because);
            self.stuck(None, fired_before_change(&title, (end, now), &why));
        }
    }

    /// The last day of a deadline that is gone, as it is reckoned now.
    fn end_by(&self, reckoned: &Reckoned) -> Option<Date> {
        self.end_of(&reckoned.basis, &reckoned.changes).ok()?
    }

    /// The sentence on why a deadline was reckoned anew.
    pub fn recomputed_sentence(&self, on: Date, because: &Because, was: Option<Date>) -> Sentence {
        let (on, why) = (day_text(on), self.because(because));
        let (was_de, was_en) = match was.map(day_text) {
            Some(was) => (
                format!("; bis dahin war der letzte Tag {}", was.de),
                format!("; until then the last day was {}", was.en),
            ),
            None => Default::default(),
        };
        Sentence {
            de: format!("Am {} wurde die Frist neu berechnet, weil {}{was_de}.", on.de, why.de),
            en: format!("On {} the period was reckoned anew, because {}{was_en}.", on.en, why.en),
            norm: None,
        }
    }

    /// Why, as the end of a sentence.
    pub fn because(&self, because: &Because) -> Text {
        because_text(because, &|number| {
            let document = self.case.documents.get(&number);
            document.map_or_else(|| number.to_string(), |document| document.content.title.to_string())
        })
    }
}

pub fn same_dates(one: &DeadlineRun, other: &DeadlineRun) -> bool {
    let dates = |run: &DeadlineRun| {
        let DeadlineRun { start, raw_end, end, fires_at, grace_until, .. } = run;
        (*start, *raw_end, *end, *fires_at, *grace_until, run.warn_on.clone())
    };
    dates(one) == dates(other)
}

fn fired_before_change(title: &Text, (end, now): (Date, Date), why: &Text) -> Trouble {
    let (end, now) = (day_text(end), day_text(now));
    *trouble(
        "fired_before_change",
        None,
        Text::new(
            format!(
                "Die Frist „{}“ ist als verstrichen behandelt worden (letzter Tag: {}). Sie endete aber erst am {}, weil {}.",
                title.de, end.de, now.de, why.de
            ),
            format!(
                "The deadline `{}` was treated as passed (last day: {}). But it ended on {} only, because {}.",
                title.en, end.en, now.en, why.en
            ),
        ),
        Text::new(
            "Prüfen, ob etwas noch rechtzeitig war, das als verspätet galt, und was deshalb zu ändern ist. Rückgängig gemacht wird nichts von selbst. Danach „Wiederholen“, um die Störung abzuschließen.",
            "Check whether something was still in time that counted as late, and what must be changed therefore. Nothing is undone by itself. Then retry, to settle the incident.",
        ),
        Value::Null,
    )
}

/// Why a deadline was reckoned anew, as the end of a sentence that begins with "weil", "because".
pub fn because_text(because: &Because, title: &dyn Fn(u32) -> String) -> Text {
    match because {
        Because::Receipt { document } => {
            let letter = title(*document);
            Text::new(
                format!("der Zugang des Schreibens „{letter}“ nachgewiesen ist"),
                format!("the receipt of the letter `{letter}` is proven"),
            )
        }
        Because::Notified { document } => {
            let letter = title(*document);
            Text::new(
                format!("die Bekanntgabe jetzt durch das Schreiben „{letter}“ bewirkt ist"),
                format!("it is the letter `{letter}` that notifies now"),
            )
        }
        Because::NotArrived { document } => {
            let letter = title(*document);
            Text::new(
                format!("das Schreiben „{letter}“ nicht angekommen ist"),
                format!("the letter `{letter}` did not arrive"),
            )
        }
        Because::Dispatch { document } => {
            let letter = title(*document);
            Text::new(
                format!("der Versand des Schreibens „{letter}“ berichtigt worden ist"),
                format!("what was noted of the dispatch of the letter `{letter}` was corrected"),
            )
        }
        Because::Remedy => Text::new(
            "ein Rechtsbehelf vermerkt wurde und die Frist dafür nach den Feiertagen und Rechtsdaten dieses Tages geprüft ist",
            "a remedy was recorded and the period for it was checked by the holidays and the legal data of that day",
        ),
        Because::Application => {
            Text::new("der Antrag berichtigt worden ist", "the application was corrected")
        }
        Because::Holiday { days } => {
            let of = |off: bool| days.iter().filter(move |it| it.off == off).map(|it| day_text(it.day));
            let (mut de, mut en) = (Vec::new(), Vec::new());
            for day in of(true) {
                de.push(format!("{} jetzt ein gesetzlicher Feiertag ist", day.de));
                en.push(format!("{} is a public holiday now", day.en));
            }
            for day in of(false) {
                de.push(format!("{} kein gesetzlicher Feiertag mehr ist", day.de));
                en.push(format!("{} is no public holiday any more", day.en));
            }
            Text::new(de.join(" und "), en.join(" and "))
        }
        Because::Reinstated => {
            Text::new("nachgeholt werden darf, was versäumt war", "what was missed may be made up for")
        }
        Because::Ruled => Text::new(
            "festgestellt ist, seit wann die Genehmigung als erteilt gilt",
            "it was said since when the permit counts as granted",
        ),
        Because::Place => Text::new(
            "der Ort der Behörde berichtigt worden ist und dort andere Feiertage gelten",
            "the place of the authority was corrected, and other holidays count there",
        ),
        Because::Law { norms } => Text::new(
            format!("die hinterlegten Rechtsdaten berichtigt worden sind (Stand {norms})"),
            format!("the legal data were corrected (version {norms})"),
        ),
    }
}
