//! A slow second opinion: stepping from day to day by the wording of §§ 187, 188 and 193 BGB. It shares nothing with the
//! crate but the list of holidays, and not even that where the reference of the shared material covers the years.

mod material;

use std::collections::BTreeSet;

use fachwerk_deadlines::{
    Begin, Calendar, DeadlineInput, Land, NoShift, Period, Place, Shift, WorkingDays, compute,
};
use jiff::civil::Date;

/// A day of an almanac made here: 1 January 2000 was a Saturday.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Day {
    year: i16,
    month: i8,
    day: i8,
    /// 0 = Monday.
    weekday: u8,
}

fn almanac(last_year: i16) -> Vec<Day> {
    let mut days = Vec::new();
    let mut weekday = 5;
    for year in 2000..=last_year {
        let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        let lengths = [31, if leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        for (month, length) in (1..).zip(lengths) {
            for day in 1..=length {
                days.push(Day { year, month, day, weekday });
                weekday = (weekday + 1) % 7;
            }
        }
    }
    days
}

/// § 187: the index of the first day that counts.
fn first_counted(start: usize, begin: Begin) -> usize {
    match begin {
        Begin::Event => start + 1,
        Begin::DayBegin => start,
    }
}

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

fn naive_end(days: &[Day], start: usize, begin: Begin, period: Period) -> usize {
    match period {
        Period::Days(n) => by_days(start, begin, n),
        Period::Weeks(n) => by_weeks(days, start, begin, n),
        Period::Months(n) => by_months(days, start, begin, n),
        Period::Years(n) => by_months(days, start, begin, 12 * n),
        Period::WorkingDays { .. } | Period::Hours(_) => panic!("not stepped here"),
    }
}

/// A generator that needs no crate (Marsaglia, "Xorshift RNGs", 2003).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 33) % u64::from(limit)) as u32
    }
}

fn seeded() -> Random {
    let seed =
        std::env::var("FACHWERK_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(0x5eed_2026_u64);
    eprintln!("FACHWERK_SEED={seed}");
    Random(seed.max(1))
}

/// The holidays of a Land by almanac index: from the reference where it reaches, from the crate elsewhere.
struct Resting {
    calendar: Calendar,
    holiday: Vec<bool>,
}

fn resting(land: Land, days: &[Day]) -> Resting {
    let calendar = Calendar::new(&Place::land(land)).expect("every Land has holidays");
    let reference = material::shared("domain/holidays_de_2020_2040.json");
    let listed: Option<BTreeSet<String>> = reference
        .map(|it| it["laender"][land.code()].as_object().expect("the Land").keys().cloned().collect());
    let holiday = days
        .iter()
        .map(|day| {
            let date = Date::constant(day.year, day.month, day.day);
            match &listed {
                Some(listed) if (2020..=2040).contains(&day.year) => listed.contains(&date.to_string()),
                _ => calendar.holiday(date).is_some(),
            }
        })
        .collect();
    Resting { calendar, holiday }
}

fn date(day: Day) -> Date {
    Date::constant(day.year, day.month, day.day)
}

#[track_caller]
fn check(days: &[Day], resting: &Resting, start: usize, begin: Begin, period: Period, moves: bool) {
    let raw = naive_end(days, start, begin, period);
    let mut end = raw;
    while moves && (days[end].weekday >= 5 || resting.holiday[end]) {
        end += 1;
    }
    let shift = if moves { Shift::NextWorkingDay } else { Shift::None { reason: NoShift::Unstated } };
    let input = DeadlineInput { begin, shift, ..DeadlineInput::new(date(days[start]), period) };
    let deadline = compute(&input, &resting.calendar).expect("a good question");
    let found = (deadline.raw_end, deadline.end);
    assert_eq!(
        found,
        (date(days[raw]), date(days[end])),
        "{begin:?} {period} from {:?} {moves}",
        days[start]
    );
    assert!(!deadline.derivation.is_empty());
    assert!(deadline.end >= deadline.raw_end);
    assert!(!moves || resting.calendar.is_working_day(deadline.end, WorkingDays::Arbeitstage));
}

/// Every start day of 2000 to 2100, random periods of two random units, both kinds of begin, a random Land.
#[test]
fn every_start_day() {
    let days = almanac(2107);
    let laender = Land::ALL.map(|land| resting(land, &days));
    let mut random = seeded();
    for start in 0..days.len() {
        if days[start].year > 2100 {
            break;
        }
        for begin in [Begin::Event, Begin::DayBegin] {
            let land = &laender[random.below(16) as usize];
            let periods = [
                Period::Days(1 + random.below(60)),
                Period::Weeks(1 + random.below(12)),
                Period::Months(1 + random.below(24)),
                Period::Years(1 + random.below(5)),
            ];
            let moves = random.below(4) > 0;
            // Two of the four, so that the whole stays a matter of seconds.
            let first = random.below(4) as usize;
            for period in [periods[first], periods[(first + 1) % 4]] {
                check(&days, land, start, begin, period, moves);
            }
        }
    }
}

/// Every start day around a leap year with every period.
#[test]
fn every_period_around_a_leap_year() {
    let days = almanac(2035);
    let land = resting(Land::ST, &days);
    let days_and_weeks = (1..=60).map(Period::Days).chain((1..=12).map(Period::Weeks));
    let periods: Vec<Period> =
        days_and_weeks.chain((1..=24).map(Period::Months)).chain((1..=5).map(Period::Years)).collect();
    for start in (0..days.len()).filter(|start| (2027..=2028).contains(&days[*start].year)) {
        for begin in [Begin::Event, Begin::DayBegin] {
            for period in &periods {
                check(&days, &land, start, begin, *period, true);
            }
        }
    }
}

/// Working days, counted one by one.
#[test]
fn working_days() {
    let days = almanac(2104);
    let land = resting(Land::BY, &days);
    let mut random = seeded();
    for start in 0..days.len() {
        if days[start].year > 2100 {
            break;
        }
        let n = 1 + random.below(20);
        for (definition, week) in [(WorkingDays::Werktage, 6), (WorkingDays::Arbeitstage, 5)] {
            let (mut left, mut end) = (n, start);
            while left > 0 {
                end += 1;
                if days[end].weekday < week && !land.holiday[end] {
                    left -= 1;
                }
            }
            let input = DeadlineInput {
                shift: Shift::None { reason: NoShift::Unstated },
                ..DeadlineInput::new(date(days[start]), Period::WorkingDays { n, definition })
            };
            let deadline = compute(&input, &land.calendar).expect("a good question");
            assert_eq!(deadline.end, date(days[end]), "{n} {definition:?} from {:?}", days[start]);
        }
    }
}
