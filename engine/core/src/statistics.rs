//! Figures for whoever leads: how many cases began, ended and wait, and how long they took.
//!
//! What is counted stands in [`Counted`]; [`crate::projection::changes`] says by how much a turn changes it. So the counts are a
//! sum over all turns, and nobody has to go through cases to know them. They name no case and no person, and are kept when
//! cases are erased.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Unit;

use crate::{
    case::{Activity, Case, Errand, Instance, Status},
    facts::day_of,
    words::{Date, ProcessId, RoleId},
};

/// What is counted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Counted {
    /// Cases that began.
    Begun {
        /// Of what.
        process: ProcessId,
        /// The first day of the month.
        month: Date,
    },
    /// Cases that ended.
    Ended {
        /// Of what.
        process: ProcessId,
        /// The first day of the month.
        month: Date,
        /// How; empty when the process does not say.
        outcome: Arc<str>,
        /// How many days after they began, in the steps of [`days_counted`].
        days: u32,
    },
    /// Cases that go on.
    Open {
        /// Of what.
        process: ProcessId,
    },
    /// Deadlines that run.
    Deadline {
        /// Of cases of what.
        process: ProcessId,
        /// Their last day.
        end: Date,
    },
    /// Open tasks.
    Task {
        /// Of cases of what.
        process: ProcessId,
        /// Who may do them.
        role: RoleId,
        /// Internal due day.
        due: Option<Date>,
    },
}

impl Counted {
    /// Whether it tells what has happened: then it stays when the case is erased. All else is about cases that go on.
    pub fn is_past(&self) -> bool {
        matches!(self, Counted::Begun { .. } | Counted::Ended { .. })
    }
}

/// By how much counts change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts(pub BTreeMap<Counted, i64>);

impl Counts {
    /// All that counts of a case.
    pub fn of(case: &Case) -> Counts {
        let mut counts = Counts::default();
        counts.case(case, 1);
        for instance in case.instances.values() {
            counts.instance(&case.process, Some(instance), 1);
        }
        for errand in case.errands.values() {
            counts.errand(&case.process, Some(errand), 1);
        }
        counts
    }

    /// Counts so many more, or fewer.
    pub fn add(&mut self, counted: Counted, by: i64) {
        let sum = self.0.entry(counted).or_insert(0);
        *sum += by;
    }

    /// What counts of a case besides its instances and errands.
    pub(crate) fn case(&mut self, case: &Case, by: i64) {
        if case.version == 0 {
            return;
        }
        let (process, began) = (case.process.clone(), day_of(case.started_at));
        self.add(Counted::Begun { process: process.clone(), month: month_of(began) }, by);
        match &case.status {
            Status::Open => self.add(Counted::Open { process }, by),
            Status::Ended { outcome, at } => {
                let ended = day_of(*at);
                let outcome = outcome.clone().unwrap_or_default();
                let days = days_counted(days_between(began, ended));
                self.add(Counted::Ended { process, month: month_of(ended), outcome, days }, by);
            }
        }
    }

    /// What counts of an active step.
    pub(crate) fn instance(&mut self, process: &ProcessId, instance: Option<&Instance>, by: i64) {
        let Some(instance) = instance else { return };
        for run in instance.deadlines.values().filter_map(|deadline| deadline.run.as_ref()) {
            self.add(Counted::Deadline { process: process.clone(), end: run.end }, by);
        }
        if let Activity::Task(task) = &instance.activity {
            self.task(process, &task.role, task.due, by);
        }
    }

    /// What counts of an errand.
    pub(crate) fn errand(&mut self, process: &ProcessId, errand: Option<&Errand>, by: i64) {
        if let Some(task) = errand.and_then(Errand::task) {
            self.task(process, &task.role, task.due, by);
        }
    }

    fn task(&mut self, process: &ProcessId, role: &RoleId, due: Option<Date>, by: i64) {
        self.add(Counted::Task { process: process.clone(), role: role.clone(), due }, by);
    }
}

/// The first day of the month of a day.
pub fn month_of(day: Date) -> Date {
    day.first_of_month()
}

/// Days from one to another; none less than 0.
fn days_between(from: Date, to: Date) -> u32 {
    let days = from.until((Unit::Day, to)).map_or(0, |span| span.get_days());
    u32::try_from(days).unwrap_or(0)
}

/// A duration as it is counted: to the day up to 99 days, then the first two digits. So a process has few different ones, and
/// each is wrong by less than a tenth.
pub fn days_counted(days: u32) -> u32 {
    let step = step_of(days);
    days / step * step
}

/// The most that a duration can have been that is counted so: whoever says "within so many days" must be right. Rounded to two
/// digits like the count itself.
pub fn days_at_most(counted: u32) -> u32 {
    match step_of(counted) {
        1 => counted,
        step => counted.saturating_add(step),
    }
}

/// What a duration is counted in: days, tens of days, hundreds of days.
fn step_of(days: u32) -> u32 {
    let mut step = 1;
    while days / step > 99 {
        step *= 10;
    }
    step
}

/// What one process comes to, in some months.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProcessFigures {
    /// Cases that go on now.
    pub open: u64,
    /// Deadlines that have passed, and are still set now.
    pub overdue: u64,
    /// Of all months together.
    pub whole: PeriodFigures,
    /// By the first day of each month in which anything began or ended.
    pub months: BTreeMap<Date, PeriodFigures>,
}

/// What began and ended within a period.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PeriodFigures {
    /// Cases that began.
    pub begun: u64,
    /// Cases that ended.
    pub ended: u64,
    /// Those that ended, by outcome; empty when the process does not say.
    pub outcomes: BTreeMap<Arc<str>, u64>,
    /// So many days at most took half of them that ended.
    pub median_days: Option<u32>,
    /// So many days at most took nine of ten.
    pub most_days: Option<u32>,
    /// How many took how long.
    durations: BTreeMap<u32, u64>,
}

impl PeriodFigures {
    fn end(&mut self, outcome: &Arc<str>, days: u32, count: u64) {
        self.ended += count;
        *self.outcomes.entry(outcome.clone()).or_insert(0) += count;
        *self.durations.entry(days).or_insert(0) += count;
    }

    /// So many days at most took this share of those that ended.
    fn quantile(&self, percent: u64) -> Option<u32> {
        let rank = (self.ended * percent).div_ceil(100);
        let mut seen = 0;
        let reached = self.durations.iter().find(|(_, count)| {
            seen += **count;
            seen >= rank
        });
        reached.map(|(days, _)| days_at_most(*days))
    }

    fn finish(&mut self) {
        (self.median_days, self.most_days) = (self.quantile(50), self.quantile(90));
    }
}

/// The open tasks of a role.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RoleFigures {
    /// How many.
    pub open: u64,
    /// Those of them whose due day has passed.
    pub overdue: u64,
}

/// The figures of an authority.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// By process.
    pub processes: BTreeMap<ProcessId, ProcessFigures>,
    /// By role.
    pub roles: BTreeMap<RoleId, RoleFigures>,
}

impl Figures {
    /// What counts come to on a day: those of the months that are asked for, and all about cases that go on.
    pub fn of(counts: impl IntoIterator<Item = (Counted, u64)>, today: Date) -> Figures {
        let mut figures = Figures::default();
        for (counted, count) in counts {
            figures.take(counted, count, today);
        }
        for process in figures.processes.values_mut() {
            process.whole.finish();
            process.months.values_mut().for_each(PeriodFigures::finish);
        }
        figures
    }

    fn take(&mut self, counted: Counted, count: u64, today: Date) {
        match counted {
            Counted::Begun { process, month } => {
                let process = self.processes.entry(process).or_default();
                process.whole.begun += count;
                process.months.entry(month).or_default().begun += count;
            }
            Counted::Ended { process, month, outcome, days } => {
                let process = self.processes.entry(process).or_default();
                process.whole.end(&outcome, days, count);
                process.months.entry(month).or_default().end(&outcome, days, count);
            }
            Counted::Open { process } => self.processes.entry(process).or_default().open += count,
            Counted::Deadline { process, end } => {
                let process = self.processes.entry(process).or_default();
                process.overdue += if end < today { count } else { 0 };
            }
            Counted::Task { role, due, .. } => {
                let role = self.roles.entry(role).or_default();
                role.open += count;
                role.overdue += if due.is_some_and(|due| due < today) { count } else { 0 };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn long_durations_are_counted_to_two_digits() {
        let counted = [0, 1, 98, 99, 100, 109, 110, 999, 1_000, 12_345, u32::MAX].map(days_counted);
        assert_eq!(counted, [0, 1, 98, 99, 100, 100, 110, 990, 1_000, 12_000, 4_200_000_000]);
    }

    #[test]
    fn nothing_took_longer_than_is_said() {
        let said =
            [0, 99, 100, 109, 110, 999, 2_557, 12_345, u32::MAX].map(|days| days_at_most(days_counted(days)));
        assert_eq!(said, [0, 99, 110, 110, 120, 1_000, 2_600, 13_000, u32::MAX]);
    }

    #[track_caller]
    fn check(durations: &[(u32, u64)], expected: (Option<u32>, Option<u32>)) {
        let ended = |(days, count): &(u32, u64)| {
            let (process, month, outcome) = ("tree".into(), day("2026-03-01"), "".into());
            (Counted::Ended { process, month, outcome, days: *days }, *count)
        };
        let figures = Figures::of(durations.iter().map(ended), day("2026-04-01"));
        let whole = figures.processes.get(&ProcessId::from("tree")).map(|tree| &tree.whole);
        let found = whole.map_or((None, None), |whole| (whole.median_days, whole.most_days));
        assert_eq!(found, expected, "{durations:?}");
    }

    #[test]
    fn half_and_nine_of_ten_took_so_long_at_most() {
        check(&[], (None, None));
        check(&[(3, 1)], (Some(3), Some(3)));
        check(&[(3, 1), (5, 1)], (Some(3), Some(5)));
        check(&[(3, 9), (50, 1)], (Some(3), Some(3)));
        check(&[(3, 8), (50, 2)], (Some(3), Some(50)));
        check(&[(1, 1), (2, 1), (3, 1)], (Some(2), Some(3)));
        check(&[(99, 1), (2_500, 1)], (Some(99), Some(2_600)));
    }

    #[test]
    fn counts_come_to_figures() {
        let (tree, fire) = (ProcessId::from("tree"), ProcessId::from("fire"));
        let (march, april) = (day("2026-03-01"), day("2026-04-01"));
        let begun = |process: &ProcessId, month| Counted::Begun { process: process.clone(), month };
        let ended = |month, outcome: &str, days| Counted::Ended {
            process: tree.clone(),
            month,
            outcome: outcome.into(),
            days,
        };
        let task = |due: Option<&str>| Counted::Task {
            process: tree.clone(),
            role: "clerk".into(),
            due: due.map(day),
        };
        let late = |end: &str| Counted::Deadline { process: tree.clone(), end: day(end) };
        let counts = [
            (begun(&tree, march), 5),
            (begun(&tree, april), 2),
            (begun(&fire, april), 1),
            (ended(march, "granted", 10), 1),
            (ended(april, "granted", 30), 2),
            (ended(april, "refused", 20), 1),
            (Counted::Open { process: tree.clone() }, 3),
            (late("2026-04-14"), 2),
            (late("2026-04-15"), 4),
            (task(None), 1),
            (task(Some("2026-04-14")), 2),
            (task(Some("2026-04-15")), 3),
        ];
        let figures = Figures::of(counts, day("2026-04-15"));
        let period = |begun, outcomes: &[(&str, u64)], days: Option<(u32, u32)>, durations: &[(u32, u64)]| {
            PeriodFigures {
                begun,
                ended: outcomes.iter().map(|(_, count)| count).sum(),
                outcomes: outcomes.iter().map(|(outcome, count)| ((*outcome).into(), *count)).collect(),
                median_days: days.map(|(median, _)| median),
                most_days: days.map(|(_, most)| most),
                durations: durations.iter().copied().collect(),
            }
        };
        let granted = period(5, &[("granted", 1)], Some((10, 10)), &[(10, 1)]);
        let both = period(2, &[("granted", 2), ("refused", 1)], Some((30, 30)), &[(20, 1), (30, 2)]);
        let all = &[("granted", 3), ("refused", 1)];
        let of_tree = ProcessFigures {
            open: 3,
            overdue: 2,
            whole: period(7, all, Some((20, 30)), &[(10, 1), (20, 1), (30, 2)]),
            months: [(march, granted), (april, both)].into(),
        };
        let one = period(1, &[], None, &[]);
        let of_fire =
            ProcessFigures { whole: one.clone(), months: [(april, one)].into(), ..Default::default() };
        let roles = [("clerk".into(), RoleFigures { open: 6, overdue: 2 })].into();
        assert_eq!(figures, Figures { processes: [(tree, of_tree), (fire, of_fire)].into(), roles });
    }
}
