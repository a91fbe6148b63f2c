//! Periods by stepping from day to day, by the wording of §§ 187, 188, 190, 193 and 209 BGB.

use fachwerk_deadlines::{Begin, Period, WorkingDays};

use crate::almanac::{Day, Resting, first_counted};

/// § 188 Abs. 1: so many days, the last one included.
fn by_days(start: usize, begin: Begin, count: u32) -> usize {
    let mut day = first_counted(start, begin);
    for _ in 1..count {
        day += 1;
    }
    day
}

/// § 188 Abs. 2 for weeks: the day of the last week with the right name, or the one before it.
fn by_weeks(days: &[Day], start: usize, begin: Begin, count: u32) -> usize {
    let mut day = start;
    for _ in 0..count {
        day += 1;
        while days[day].weekday != days[start].weekday {
            day += 1;
        }
    }
    if begin == Begin::DayBegin { day - 1 } else { day }
}

/// § 188 Abs. 2 and 3 for months: go to the last month; find the day that governs the end; if it is missing, the month's
/// last day.
fn by_months(days: &[Day], start: usize, begin: Begin, count: u32) -> usize {
    let mut day = start;
    for _ in 0..count {
        let month = days[day].month;
        while days[day].month == month {
            day += 1;
        }
        // `day` is the first of the next month.
    }
    let number = days[start].day;
    if begin == Begin::DayBegin && number == 1 {
        // The corresponding day is the first; the day before it is the last of the month before.
        return day - 1;
    }
    let governing = if begin == Begin::DayBegin { number - 1 } else { number };
    let month = days[day].month;
    let mut last = day;
    while days[day].month == month {
        if days[day].day == governing {
            return day;
        }
        last = day;
        day += 1;
    }
    last
}

/// Whether a day counts in a count of working days.
pub fn works(days: &[Day], resting: &Resting, day: usize, definition: WorkingDays) -> bool {
    let week = match definition {
        WorkingDays::Werktage => 6,
        WorkingDays::Arbeitstage => 5,
    };
    days[day].weekday < week && !resting.holiday[day]
}

/// The last day by §§ 187, 188.
pub fn raw_end(days: &[Day], resting: &Resting, start: usize, begin: Begin, period: Period) -> usize {
    match period {
        Period::Days(n) => by_days(start, begin, n),
        Period::Weeks(n) => by_weeks(days, start, begin, n),
        Period::Months(n) => by_months(days, start, begin, n),
        Period::Years(n) => by_months(days, start, begin, 12 * n),
        Period::WorkingDays { n, definition } => {
            let mut day = first_counted(start, begin);
            let mut left = n;
            loop {
                left -= u32::from(works(days, resting, day, definition));
                if left == 0 {
                    return day;
                }
                day += 1;
            }
        }
        Period::Hours(_) => panic!("hours have no last day"),
    }
}

/// § 193: not on a Saturday, Sunday or holiday.
pub fn shifted(days: &[Day], resting: &Resting, raw: usize) -> usize {
    let mut end = raw;
    while !works(days, resting, end, WorkingDays::Arbeitstage) {
        end += 1;
    }
    end
}

/// § 209: the last day of a period of which the days `since..=until` are not counted. All its days are told off once
/// more, those left out.
pub fn resumed(
    days: &[Day],
    resting: &Resting,
    (first, raw, end): (usize, usize, usize),
    (since, until): (usize, usize),
    counts: Option<WorkingDays>,
) -> usize {
    let counted = |day: usize| counts.is_none_or(|definition| works(days, resting, day, definition));
    // Whoever stops a period that only waits for the next working day stops it at its end.
    let last = if since > raw { end } else { raw };
    let mut left = (first..=last).filter(|day| counted(*day)).count();
    let mut day = first;
    loop {
        if counted(day) && !(since..=until).contains(&day) {
            left -= 1;
            if left == 0 {
                return day;
            }
        }
        day += 1;
    }
}
