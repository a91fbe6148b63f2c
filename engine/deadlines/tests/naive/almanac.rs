//! An almanac made here: days, weekdays, Easter and holidays, from nothing but the wording of the acts and a table of
//! full moons. It knows no calendar of the crate.

use fachwerk_deadlines::{Begin, Calendar, Land, Place};
use jiff::civil::Date;

/// A day. 1 January 2000 was a Saturday.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    pub year: i16,
    pub month: i8,
    pub day: i8,
    /// 0 = Monday.
    pub weekday: u8,
}

impl Day {
    pub fn date(self) -> Date {
        Date::constant(self.year, self.month, self.day)
    }
}

/// The last day with which periods begin here.
pub const LAST_START: i16 = 2100;

/// Which days periods begin with: all of 2000 to 2100, or all of two years (one of them a leap year, the other one by
/// its century none) and some of the others.
#[derive(Clone, Copy)]
pub enum Starts {
    All,
    Some,
}

/// The days of 2000 to 2139.
pub fn almanac() -> Vec<Day> {
    let mut days = Vec::new();
    let mut weekday = 5;
    for year in 2000..2140 {
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

/// The indices of the days that periods begin with.
pub fn starts(days: &[Day], which: Starts) -> impl Iterator<Item = usize> + '_ {
    (0..days.len()).filter(move |ix| {
        let year = days[*ix].year;
        let taken = match which {
            Starts::All => true,
            Starts::Some => year == 2028 || year == LAST_START || ix % 97 == 0,
        };
        year <= LAST_START && taken
    })
}

/// The full moon of Easter by the golden number, for the years 1900 to 2199 (the table of the Gregorian calendar as
/// the Book of Common Prayer prints it): month and day.
const FULL_MOONS: [(i8, i8); 19] = [
    (4, 14),
    (4, 3),
    (3, 23),
    (4, 11),
    (3, 31),
    (4, 18),
    (4, 8),
    (3, 28),
    (4, 16),
    (4, 5),
    (3, 25),
    (4, 13),
    (4, 2),
    (3, 22),
    (4, 10),
    (3, 30),
    (4, 17),
    (4, 7),
    (3, 27),
];

/// Easter: the Sunday after that full moon.
fn easter(days: &[Day], year: i16) -> usize {
    let (month, day) = FULL_MOONS[usize::try_from(year % 19).expect("no year before Christ")];
    let is_moon = |it: &Day| (it.year, it.month, it.day) == (year, month, day);
    let mut ix = days.iter().position(is_moon).expect("the day is in the almanac") + 1;
    while days[ix].weekday != 6 {
        ix += 1;
    }
    ix
}

/// Holidays by the fixed day: which Länder have it, from which year to which.
fn fixed(day: Day, place: &Place) -> bool {
    use Land::{BB, BE, BW, BY, HB, HH, MV, NI, NW, RP, SH, SL, SN, ST, TH};
    let (year, land) = (day.year, place.land);
    let catholic = place.categories.contains("catholic");
    let augsburg = place.municipality.as_deref() == Some("Augsburg");
    match (day.month, day.day) {
        (1, 1) | (5, 1) | (10, 3) | (12, 25) | (12, 26) => true,
        (1, 6) => matches!(land, BW | BY | ST),
        (3, 8) => (land == BE && year >= 2019) || (land == MV && year >= 2023),
        (5, 8) => land == BE && (year == 2020 || year == 2025),
        (6, 17) => land == BE && year == 2028,
        (8, 8) => augsburg,
        (8, 15) => land == SL || (land == BY && catholic),
        (9, 20) => land == TH && year >= 2019,
        (10, 31) => {
            year == 2017
                || matches!(land, BB | MV | SN | ST | TH)
                || (year >= 2018 && matches!(land, HB | HH | NI | SH))
        }
        (11, 1) => matches!(land, BW | BY | NW | RP | SL),
        // Repentance: the Wednesday before 23 November.
        (11, 16..=22) => land == SN && day.weekday == 2,
        _ => false,
    }
}

/// Holidays by the distance from Easter Sunday. Those on Sundays change nothing.
fn moving(from_easter: i64, place: &Place) -> bool {
    use Land::{BW, BY, HE, NW, RP, SL, SN, TH};
    match from_easter {
        -2 | 1 | 39 | 50 => true,
        60 => {
            matches!(place.land, BW | BY | HE | NW | RP | SL)
                || (matches!(place.land, SN | TH) && place.categories.contains("catholic"))
        }
        _ => false,
    }
}

/// A place: the crate's calendar of it, and the days on which people rest there by this almanac, Sundays aside.
pub struct Resting {
    pub place: Place,
    pub calendar: Calendar,
    pub holiday: Vec<bool>,
}

fn resting(place: Place, days: &[Day]) -> Resting {
    let mut holiday: Vec<bool> = days.iter().map(|day| fixed(*day, &place)).collect();
    for year in 2000..2140 {
        let sunday = easter(days, year);
        for distance in [-2, 1, 39, 50, 60] {
            let ix = usize::try_from(sunday as i64 + distance).expect("within the almanac");
            holiday[ix] |= moving(distance, &place);
        }
    }
    let calendar = Calendar::new(&place).expect("a place that the law knows");
    Resting { place, calendar, holiday }
}

/// The sixteen Länder, and the municipalities that have holidays of their own.
pub fn places(days: &[Day]) -> Vec<Resting> {
    let catholic = |land| Place { categories: ["catholic".to_owned()].into(), ..Place::land(land) };
    let augsburg = Place { municipality: Some("Augsburg".to_owned()), ..catholic(Land::BY) };
    let municipalities = [catholic(Land::BY), catholic(Land::SN), catholic(Land::TH), augsburg];
    Land::ALL.map(Place::land).into_iter().chain(municipalities).map(|place| resting(place, days)).collect()
}

/// § 187 BGB: the index of the first day that counts.
pub fn first_counted(start: usize, begin: Begin) -> usize {
    match begin {
        Begin::Event => start + 1,
        Begin::DayBegin => start,
    }
}
