//! Hours, counted in minutes of universal time; the clock in Germany by the wording of § 5 EinhZeitG and directive
//! 2000/84/EC: an hour ahead from the last Sunday in March to the last Sunday in October, each at one o'clock universal
//! time.

use fachwerk_deadlines::{HoursInput, Law, compute_hours};
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};

use crate::almanac::{Day, Starts, almanac, starts};

const DAY: i64 = 24 * 60;
/// Seconds from 1970 to 2000: thirty years, seven of them leap years.
const EPOCH: i64 = (30 * 365 + 7) * 24 * 3_600;

/// The minutes of universal time at which summer time begins and ends, by years from 2000 on.
fn changes(days: &[Day]) -> Vec<(i64, i64)> {
    let last_sunday = |year, month| {
        let is = |day: &Day| day.year == year && day.month == month && day.weekday == 6;
        days.iter().rposition(is).expect("a Sunday") as i64
    };
    (2000..2140).map(|year| (last_sunday(year, 3) * DAY + 60, last_sunday(year, 10) * DAY + 60)).collect()
}

/// How many minutes the clock in Germany is ahead at a minute of universal time.
fn ahead(days: &[Day], changes: &[(i64, i64)], utc: i64) -> i64 {
    // The minutes around midnight of a year's end lie in winter, whichever year they are counted to.
    let day = usize::try_from(utc.div_euclid(DAY)).unwrap_or(0);
    let (begins, ends) = changes[usize::try_from(days[day].year - 2000).expect("from 2000 on")];
    if (begins..ends).contains(&utc) { 120 } else { 60 }
}

/// What the clock on the wall shows.
fn wall(days: &[Day], changes: &[(i64, i64)], utc: i64) -> DateTime {
    let minutes = utc + ahead(days, changes, utc);
    let (day, minute) = (minutes.div_euclid(DAY), minutes.rem_euclid(DAY));
    let day = days[usize::try_from(day).expect("from 2000 on")];
    day.date().at((minute / 60) as i8, (minute % 60) as i8, 0, 0)
}

/// Hours from some minutes of each day on.
fn every_hour(which: Starts) {
    let days = almanac();
    let changes = changes(&days);
    let zone = TimeZone::get("Europe/Berlin").expect("the zone is compiled in");
    let laws = [Law::Bgb, Law::VwVfG, Law::AO, Law::SgbX];
    for start in starts(&days, which) {
        for minute in [0, 59, 60, 90, 150, 12 * 60, DAY - 1] {
            let utc = start as i64 * DAY + minute;
            let instant = Timestamp::from_second(EPOCH + utc * 60).expect("an instant");
            let from = instant.to_zoned_datetime(zone.clone());
            assert_eq!(from.datetime(), wall(&days, &changes, utc));
            for hours in [1_u32, 2, 24, 36, 48, 72, 1_000] {
                let law = laws[(start + hours as usize) % laws.len()];
                let input = HoursInput { start: from.clone(), hours, law };
                let end = compute_hours(&input).expect("hours").end;
                let later = utc + i64::from(hours) * 60;
                let expected = (EPOCH + later * 60, wall(&days, &changes, later));
                assert_eq!((end.timestamp().as_second(), end.datetime()), expected, "{input:?}");
            }
        }
    }
}

#[test]
fn hours_of_some_days() {
    every_hour(Starts::Some);
}

#[test]
#[ignore = "soak: make soak"]
fn hours_of_every_day() {
    every_hour(Starts::All);
}

/// Both changes of the clock in every year, minute by minute for three hours around them.
#[test]
fn hours_across_each_change_of_the_clock() {
    let days = almanac();
    let changes = changes(&days);
    let zone = TimeZone::get("Europe/Berlin").expect("the zone is compiled in");
    let within = changes.iter().take(101).flat_map(|(begins, ends)| [*begins, *ends]);
    for utc in within.flat_map(|at| (at - 90..at + 90).step_by(10)) {
        let instant = Timestamp::from_second(EPOCH + utc * 60).expect("an instant");
        for hours in [1_u32, 3, 24, 48] {
            let input = HoursInput { start: instant.to_zoned_datetime(zone.clone()), hours, law: Law::VwVfG };
            let found = compute_hours(&input).expect("hours");
            let later = utc + i64::from(hours) * 60;
            assert_eq!(found.end.datetime(), wall(&days, &changes, later), "{input:?}");
            // The derivation says so whenever the clock is changed within the period, and only then.
            let changed = ahead(&days, &changes, utc) != ahead(&days, &changes, later);
            let says = found.derivation.iter().any(|it| it.en.starts_with("The clock is changed"));
            assert_eq!(says, changed, "{input:?}");
        }
    }
}
