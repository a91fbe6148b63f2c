//! A slow second opinion: stepping from day to day by the wording of the law. It shares nothing with the crate: not the
//! arithmetic, not Easter, not the holidays, not the table of notification.
//!
//! Each comparison comes in two sizes: some days of every year and all of two years in every run, and every day from
//! 1 January 2000 to 31 December 2100 with `make soak` (or `cargo test -p fachwerk-deadlines --test naive -- --ignored`).

mod almanac;
mod clock;
mod notified;
mod stepping;

use almanac::{Day, Resting, Starts, almanac, first_counted, places, starts};
use fachwerk_deadlines::{
    Begin, Deadline, DeadlineInput, Decided, DocumentKind, Extension, Land, Law, NoShift, NotificationInput,
    NotificationLaw, NotificationRules, Period, Shift, Terms, Way, WorkingDays, compute, days_before, extend,
    grace, notify, resume,
};
use notified::{Found, found};
use stepping::{raw_end, resumed, shifted, works};

const BEGINS: [Begin; 2] = [Begin::Event, Begin::DayBegin];

fn werktage(n: u32) -> Period {
    Period::WorkingDays { n, definition: WorkingDays::Werktage }
}

fn arbeitstage(n: u32) -> Period {
    Period::WorkingDays { n, definition: WorkingDays::Arbeitstage }
}

/// Every kind of period, short and long.
fn periods() -> Vec<Period> {
    let days = [1, 2, 3, 4, 14, 30, 60].map(Period::Days);
    let weeks = [1, 2, 4, 6].map(Period::Weeks);
    let months = [1, 2, 3, 6, 12, 18].map(Period::Months);
    let years = [1, 2, 4, 18].map(Period::Years);
    let all = days.into_iter().chain(weeks).chain(months).chain(years);
    all.chain([1, 3, 10].map(werktage)).chain([1, 3, 10, 20].map(arbeitstage)).collect()
}

/// The answer of the crate, and the indices of the days that it must be.
#[track_caller]
fn check(
    days: &[Day],
    resting: &Resting,
    (start, begin, period): (usize, Begin, Period),
    (law, shift): (Law, Shift),
) -> (Deadline, usize, usize) {
    let raw = raw_end(days, resting, start, begin, period);
    let end = if shift == Shift::NextWorkingDay { shifted(days, resting, raw) } else { raw };
    let input = DeadlineInput { begin, law, shift, ..DeadlineInput::new(days[start].date(), period) };
    let deadline = compute(&input, &resting.calendar).expect("a good question");
    let found = (deadline.start, deadline.raw_end, deadline.end);
    let expected = (days[start].date(), days[raw].date(), days[end].date());
    assert_eq!(found, expected, "{input:?} at {:?}", resting.place);
    assert!(!deadline.derivation.is_empty());
    (deadline, raw, end)
}

/// Which days are working days, at every place.
#[test]
fn every_day_of_every_place() {
    let days = almanac();
    for resting in places(&days) {
        for ix in 0..days.len() {
            for definition in [WorkingDays::Werktage, WorkingDays::Arbeitstage] {
                let found = resting.calendar.is_working_day(days[ix].date(), definition);
                assert_eq!(
                    found,
                    works(&days, &resting, ix, definition),
                    "{:?} {:?}",
                    days[ix],
                    resting.place
                );
            }
        }
    }
}

/// Every kind of period, with both kinds of begin, at a place that changes from day to day.
fn every_period(which: Starts) {
    let (days, periods) = (almanac(), periods());
    let places = places(&days);
    for start in starts(&days, which) {
        for begin in BEGINS {
            let resting = &places[(start + usize::from(begin == Begin::Event)) % places.len()];
            for period in &periods {
                check(&days, resting, (start, begin, *period), (Law::VwVfG, Shift::NextWorkingDay));
            }
        }
    }
}

#[test]
fn periods_of_some_days() {
    every_period(Starts::Some);
}

#[test]
#[ignore = "soak: make soak"]
fn periods_of_every_day() {
    every_period(Starts::All);
}

/// The exceptions from § 193 BGB that a law knows.
fn exceptions(law: Law) -> Vec<NoShift> {
    let mut known = vec![NoShift::Age, NoShift::Other("Satzung".into()), NoShift::Unstated];
    if matches!(law, Law::VwVfG | Law::AO | Law::SgbX) {
        known.extend([NoShift::BenefitPeriod, NoShift::Appointment]);
    }
    if matches!(law, Law::VwVfG | Law::SgbX) {
        known.push(NoShift::AnnouncedDay);
    }
    known
}

/// A period ends where it ends for every reason that its law knows, and for no other.
fn every_exception(which: Starts) {
    let days = almanac();
    let places = places(&days);
    let all = [
        NoShift::Age,
        NoShift::BenefitPeriod,
        NoShift::Appointment,
        NoShift::AnnouncedDay,
        NoShift::Other("Satzung".into()),
        NoShift::Unstated,
    ];
    let asked = [Period::Days(14), Period::Weeks(2), Period::Months(1), Period::Years(18), arbeitstage(3)];
    for start in starts(&days, which) {
        let resting = &places[start % places.len()];
        let (period, begin) = (asked[start % asked.len()], BEGINS[start / asked.len() % 2]);
        for law in Law::ALL {
            let known = exceptions(law);
            for reason in &all {
                let shift = Shift::None { reason: reason.clone() };
                if known.contains(reason) {
                    check(&days, resting, (start, begin, period), (law, shift));
                    continue;
                }
                let input =
                    DeadlineInput { begin, law, shift, ..DeadlineInput::new(days[start].date(), period) };
                let error = compute(&input, &resting.calendar).expect_err("the law knows no such reason");
                assert_eq!(error.code(), "NoShiftUnfounded");
            }
        }
    }
}

#[test]
fn exceptions_of_some_days() {
    every_exception(Starts::Some);
}

#[test]
#[ignore = "soak: make soak"]
fn exceptions_of_every_day() {
    every_exception(Starts::All);
}

fn decided(on: Day) -> Decided {
    Decided { on: on.date(), reason: "Krankheit".into(), norm: None }
}

fn terms(begin: Begin, period: Period) -> Terms {
    let working_days = match period {
        Period::WorkingDays { definition, .. } => Some(definition),
        _ => None,
    };
    Terms { begin, shift: Shift::NextWorkingDay, law: Law::VwVfG, working_days }
}

/// Every kind of period, extended by every kind of period and until days.
fn every_extension(which: Starts) {
    let days = almanac();
    let places = places(&days);
    let asked = [Period::Days(14), Period::Weeks(4), Period::Months(1), Period::Years(1), arbeitstage(10)];
    let by = [
        Period::Days(10),
        Period::Weeks(2),
        Period::Months(1),
        Period::Years(1),
        werktage(5),
        arbeitstage(5),
    ];
    for start in starts(&days, which) {
        let resting = &places[start % places.len()];
        let (period, begin) = (asked[start % asked.len()], BEGINS[start / asked.len() % 2]);
        let (old, _, end) =
            check(&days, resting, (start, begin, period), (Law::VwVfG, Shift::NextWorkingDay));
        let terms = terms(begin, period);
        let compare = |extension, raw: usize| {
            let found = extend(&old, extension, &terms, &decided(days[start]), &resting.calendar)
                .expect("a later end");
            let expected = (days[raw].date(), days[shifted(&days, resting, raw)].date());
            assert_eq!(
                (found.raw_end, found.end),
                expected,
                "{period} from {:?}, {extension:?}",
                days[start]
            );
        };
        for period in by {
            // § 190 BGB: from the end of the old one, as from an event.
            compare(Extension::By(period), raw_end(&days, resting, end, Begin::Event, period));
        }
        for later in [1, 9, 40] {
            compare(Extension::Until(days[end + later].date()), end + later);
        }
    }
}

#[test]
fn extensions_of_some_days() {
    every_extension(Starts::Some);
}

#[test]
#[ignore = "soak: make soak"]
fn extensions_of_every_day() {
    every_extension(Starts::All);
}

/// Every kind of period that did not run for a while: short and long, from its first, a middle and its last day on.
fn every_suspension(which: Starts) {
    let days = almanac();
    let places = places(&days);
    let asked = [Period::Days(14), Period::Weeks(4), Period::Months(1), werktage(10), arbeitstage(10)];
    for start in starts(&days, which) {
        let resting = &places[start % places.len()];
        for (period, begin) in asked.into_iter().flat_map(|period| BEGINS.map(|begin| (period, begin))) {
            let (old, raw, end) =
                check(&days, resting, (start, begin, period), (Law::VwVfG, Shift::NextWorkingDay));
            let terms = terms(begin, period);
            let first = first_counted(start, begin);
            let since = [start, first, usize::midpoint(start, raw), raw, end][start / places.len() % 5];
            for length in [1, 7, 31, 100] {
                let until = since + length - 1;
                let last = resumed(&days, resting, (first, raw, end), (since, until), terms.working_days);
                let found = resume(
                    &old,
                    (days[since].date(), days[until].date()),
                    &terms,
                    &decided(days[start]),
                    &resting.calendar,
                );
                let found = found.expect("it runs again");
                let expected = (days[last].date(), days[shifted(&days, resting, last)].date());
                assert_eq!(
                    (found.raw_end, found.end),
                    expected,
                    "{period} {begin:?} from {:?}, without {:?} and {length} days",
                    days[start],
                    days[since]
                );
            }
        }
    }
}

#[test]
fn suspensions_of_some_days() {
    every_suspension(Starts::Some);
}

#[test]
#[ignore = "soak: make soak"]
fn suspensions_of_every_day() {
    every_suspension(Starts::All);
}

/// The days of grace after an end, and those of warning before it, counted off one by one.
fn every_margin(which: Starts) {
    let days = almanac();
    let places = places(&days);
    for end in starts(&days, which).filter(|end| *end > 1_000) {
        let resting = &places[end % places.len()];
        for period in [Period::Days(5), Period::Weeks(1), Period::Months(1), werktage(5), arbeitstage(3)] {
            let (last, said) = grace(days[end].date(), period, &resting.calendar).expect("a grace");
            let expected = days[raw_end(&days, resting, end, Begin::Event, period)].date();
            assert_eq!(last, expected, "{period} after {:?}", days[end]);
            assert!(!said.de.is_empty() && said.de != said.en);
        }
        let counts = |back: usize, definition: WorkingDays| works(&days, resting, end - back, definition);
        let working =
            |n: usize, definition| (1..).filter(|back| counts(*back, definition)).nth(n - 1).expect("some");
        // The same number in the month before, or its last day.
        let month = (1..).find(|back| {
            let day = days[end - back];
            let last = days[end - back + 1].day == 1;
            day.month != days[end].month && (day.day == days[end].day || (last && day.day < days[end].day))
        });
        for (period, back) in [
            (Period::Days(1), 1),
            (Period::Weeks(2), 14),
            (Period::Months(1), month.expect("a month before")),
            (werktage(4), working(4, WorkingDays::Werktage)),
            (arbeitstage(4), working(4, WorkingDays::Arbeitstage)),
        ] {
            let found = days_before(days[end].date(), period, &resting.calendar);
            assert_eq!(found, Ok(days[end - back].date()), "{period} before {:?}", days[end]);
        }
    }
}

#[test]
fn margins_of_some_days() {
    every_margin(Starts::Some);
}

#[test]
#[ignore = "soak: make soak"]
fn margins_of_every_day() {
    every_margin(Starts::All);
}

/// The day of notification, or the code of the error, without a crate.
fn notified(
    days: &[Day],
    resting: &Resting,
    (how, sent): (Found, usize),
    (receipt, other_days, named): (Option<usize>, Option<u8>, Option<usize>),
) -> Result<usize, &'static str> {
    if let (Some(named), false) = (named, how == Found::Nothing) {
        return match how {
            Found::Later { named: true, .. } if other_days.is_some() => Err("FictionDaysNotUsed"),
            Found::Later { named: true, .. } if named > sent => Ok(named),
            Found::Later { named: true, .. } => Err("NamedDayTooEarly"),
            _ => Err("NamedDayNotUsed"),
        };
    }
    let against =
        |day: usize, counts: bool| receipt.filter(|receipt| counts && *receipt > day).unwrap_or(day);
    match (how, other_days) {
        (Found::Nothing, _) => Err("NoNotificationRule"),
        (Found::Later { other_days: false, .. } | Found::MonthLater, Some(_)) => Err("FictionDaysNotUsed"),
        (Found::SameDay | Found::Proven | Found::Retrieved, Some(_)) => Err("FictionDaysNotUsed"),
        (Found::Later { days: by_law, moves, receipt, .. }, other) => {
            let day = sent + other.map_or(by_law, usize::from);
            Ok(against(if moves { shifted(days, resting, day) } else { day }, receipt))
        }
        (Found::MonthLater, None) => {
            let day = raw_end(days, resting, sent, Begin::Event, Period::Months(1));
            Ok(against(shifted(days, resting, day), true))
        }
        (Found::SameDay, None) if receipt.is_some_and(|day| day != sent) => Err("HandedOverOnOtherDay"),
        (Found::SameDay, None) => Ok(sent),
        (Found::Proven, None) => receipt.ok_or("ReceiptNeeded"),
        (Found::Retrieved, None) => match receipt {
            None => Err("ReceiptNeeded"),
            Some(day) if day > sent + 10 => Err("RetrievedTooLate"),
            Some(day) => Ok(day + 1),
        },
    }
}

/// Every law, way and day, without a receipt and with some, with another number of days, with a day that was named.
fn every_notification(which: Starts) {
    let days = almanac();
    let places = places(&days);
    for sent in starts(&days, which) {
        let receipts = [0, 1, 3, 4, 5, 10, 11, 40];
        let with = Some(sent + receipts[sent % receipts.len()]);
        let asked = [
            (None, None, None),
            (with, None, None),
            (with, Some(5), None),
            (None, None, Some(sent + sent % 4)),
        ];
        for (law, way) in NotificationLaw::ALL.into_iter().flat_map(|law| Way::ALL.map(|way| (law, way))) {
            // Each law meets each place, also those that have rows of their own.
            let resting = &places[(sent + way as usize) % places.len()];
            let how = found(law, resting.place.land, way, days[sent]);
            for (receipt, other_days, named) in asked {
                let input = NotificationInput {
                    law,
                    land: Some(resting.place.land),
                    document: DocumentKind::Act,
                    way,
                    dispatched_on: days[sent].date(),
                    fiction_days: other_days,
                    named_day: named.map(|day| days[day].date()),
                    proven_receipt: receipt.map(|day| days[day].date()),
                };
                let answer = notify(&input, &resting.calendar);
                let expected = notified(&days, resting, (how, sent), (receipt, other_days, named));
                let answer = answer.map(|it| it.notified_on).map_err(|error| error.code());
                assert_eq!(answer, expected.map(|day| days[day].date()), "{input:?}");
            }
        }
    }
}

#[test]
fn notifications_of_some_days() {
    every_notification(Starts::Some);
}

#[test]
#[ignore = "soak: make soak"]
fn notifications_of_every_day() {
    every_notification(Starts::All);
}

/// No row of the law of notification is left out above: each is found on some day at some place.
#[test]
fn every_row_is_met() {
    let days = almanac();
    let rules = NotificationRules::built_in();
    for rule in rules.rules() {
        let met = days.iter().filter(|day| day.year <= almanac::LAST_START).any(|day| {
            let at = rules.rule(rule.law, rule.land, rule.way, day.date());
            at.is_some_and(|it| it.id == rule.id)
        });
        let at = rule.land.unwrap_or(Land::ST);
        let first = rule.valid_from.unwrap_or(days[0].date());
        let day = days.iter().find(|day| day.date() == first).expect("a day of the almanac");
        assert!(met, "{}", rule.id);
        assert_ne!(found(rule.law, at, rule.way, *day), Found::Nothing, "{}", rule.id);
    }
}
