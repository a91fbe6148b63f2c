//! The date of Easter, from which the moving holidays hang.

use jiff::civil::Date;

/// Easter Sunday of a year in the Gregorian calendar; before 1583 nobody kept it.
///
/// Anonymous Gregorian computus as published in Nature, 20 April 1876, in the form of J. Meeus, "Astronomical
/// Algorithms", chapter 8.
pub fn easter_sunday(year: i16) -> Date {
    let year_number = i32::from(year);
    let golden = year_number.rem_euclid(19);
    let (century, of_century) = (year_number.div_euclid(100), year_number.rem_euclid(100));
    let (leap_centuries, of_leap_centuries) = (century.div_euclid(4), century.rem_euclid(4));
    let lunar_correction = (century - (century + 8).div_euclid(25) + 1).div_euclid(3);
    let epact = (19 * golden + century - leap_centuries - lunar_correction + 15).rem_euclid(30);
    let to_sunday =
        (32 + 2 * of_leap_centuries + 2 * (of_century / 4) - epact - of_century % 4).rem_euclid(7);
    let exception = (golden + 11 * epact + 22 * to_sunday) / 451;
    let days = epact + to_sunday - 7 * exception + 114;
    let (month, day) = (days / 31, days % 31 + 1);
    Date::new(year, month as i8, day as i8).expect("Easter lies between 22 March and 25 April")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The formula of Gauss with Lichtenberg's supplement (H. Lichtenberg, Historia Mathematica 24, 1997): an
    /// independent way to the same day, counted from 1 March.
    fn by_gauss(year: i64) -> (i8, i8) {
        let century = year / 100;
        let moon = 15 + (3 * century + 3) / 4 - (8 * century + 13) / 25;
        let sun = 2 - (3 * century + 3) / 4;
        let golden = year % 19;
        let first_full_moon = (19 * golden + moon) % 30;
        let correction = (first_full_moon + golden / 11) / 29;
        let border = 21 + first_full_moon - correction;
        let first_sunday = 7 - (year + year / 4 + sun) % 7;
        let distance = 7 - (border - first_sunday) % 7;
        let march = border + distance;
        if march > 31 { (4, (march - 31) as i8) } else { (3, march as i8) }
    }

    #[test]
    fn agrees_with_gauss_in_every_year() {
        for year in 1583..=4000_i16 {
            let easter = easter_sunday(year);
            assert_eq!((easter.month(), easter.day()), by_gauss(i64::from(year)), "{year}");
            assert_eq!(easter.weekday(), jiff::civil::Weekday::Sunday, "{year}");
        }
    }

    #[test]
    fn no_year_is_too_strange() {
        for year in -9999..=9999_i16 {
            assert_eq!(easter_sunday(year).year(), year);
        }
    }

    #[test]
    fn agrees_with_published_extremes() {
        // The earliest and the latest possible days, and the exceptions of the computus (Meeus, chapter 8).
        for (year, month, day) in [
            (1818, 3, 22),
            (1943, 4, 25),
            (1954, 4, 18),
            (1981, 4, 19),
            (2000, 4, 23),
            (2008, 3, 23),
            (2038, 4, 25),
        ] {
            assert_eq!(easter_sunday(year), Date::constant(year, month, day));
        }
    }
}
