//! The holidays of every Land against the reference of the shared material, and against the law before and after it.

mod material;

use std::collections::{BTreeMap, BTreeSet};

use fachwerk_deadlines::{Calendar, HolidayLaw, Land, Names, Place, WorkingDays};
use jiff::civil::{Date, date};
use serde_json::Value;

fn between(calendar: &Calendar, from: i16, to: i16) -> BTreeMap<String, String> {
    (from..=to)
        .flat_map(|year| calendar.holidays(year))
        .map(|(date, holiday)| (date.to_string(), holiday.name.de.clone()))
        .collect()
}

fn expected(value: &Value) -> BTreeMap<String, String> {
    serde_json::from_value(value.clone()).expect("dates and names")
}

fn catholic(land: Land) -> Calendar {
    Calendar::new(&Place { land, municipality: None, categories: BTreeSet::from(["catholic".to_owned()]) })
        .expect("the law knows Catholic municipalities")
}

fn land(land: Land) -> Calendar {
    Calendar::new(&Place::land(land)).expect("every Land has holidays")
}

#[test]
fn reference_2020_to_2040() {
    let Some(reference) = material::shared("domain/holidays_de_2020_2040.json") else {
        return;
    };
    let laender = reference["laender"].as_object().expect("the Länder");
    assert_eq!(laender.len(), 16);
    for (code, days) in laender {
        let calendar = land(code.parse().expect("a Land"));
        assert_eq!(between(&calendar, 2020, 2040), expected(days), "{code}");
    }
    let common = between(&Calendar::nationwide(), 2020, 2040);
    assert_eq!(common, expected(&reference["bundesweit"]));
    let bavaria = between(&catholic(Land::BY), 2020, 2040);
    assert_eq!(bavaria, expected(&reference["BY_ueberwiegend_katholische_Gemeinden"]));
    let augsburg = HolidayLaw::built_in().place("augsburg").expect("Augsburg has a holiday of its own");
    let augsburg = Calendar::new(&augsburg).expect("a known place");
    assert_eq!(between(&augsburg, 2020, 2040), expected(&reference["BY_Augsburg"]));
}

/// Every day of 1990 to 2105 asked one by one agrees with the list of its year.
#[test]
fn day_and_year_agree() {
    for calendar in Land::ALL.map(land).into_iter().chain([catholic(Land::BY), Calendar::nationwide()]) {
        for year in 1990..=2105_i16 {
            let listed: BTreeSet<Date> = calendar.holidays(year).into_iter().map(|(date, _)| date).collect();
            let asked: BTreeSet<Date> = date(year, 1, 1)
                .series(jiff::Span::new().days(1))
                .take_while(|date| date.year() == year)
                .filter(|date| calendar.holiday(*date).is_some())
                .collect();
            assert_eq!(listed, asked, "{calendar:?} {year}");
        }
    }
}

#[track_caller]
fn check(calendar: &Calendar, date: Date, expected: Option<&str>) {
    assert_eq!(calendar.holiday(date).map(|it| it.name.de.as_str()), expected, "{calendar:?} {date}");
}

/// What changed with the years; sources stand at the rows of `holidays.yaml`.
#[test]
fn changes_of_law() {
    for it in Land::ALL {
        let calendar = land(it);
        check(&calendar, date(2017, 10, 31), Some("Reformationstag"));
        check(&calendar, date(1994, 11, 16), Some("Buß- und Bettag"));
        check(&calendar, date(1995, 11, 22), (it == Land::SN).then_some("Buß- und Bettag"));
        check(&calendar, date(1990, 10, 3), Some("Tag der Deutschen Einheit"));
        check(&calendar, date(1989, 10, 3), None);
        check(&calendar, date(2026, 12, 24), None);
        check(&calendar, date(2026, 12, 31), None);
        let old = matches!(it, Land::BB | Land::MV | Land::SN | Land::ST | Land::TH);
        let new = old || matches!(it, Land::HB | Land::HH | Land::NI | Land::SH);
        for (year, holiday) in [(2000, old), (2016, old), (2018, new), (2100, new)] {
            check(&calendar, date(year, 10, 31), holiday.then_some("Reformationstag"));
        }
        for (year, holiday) in [
            (2018, false),
            (2019, it == Land::BE),
            (2022, it == Land::BE),
            (2023, matches!(it, Land::BE | Land::MV)),
        ] {
            check(&calendar, date(year, 3, 8), holiday.then_some("Frauentag"));
        }
        for (year, holiday) in [(2018, false), (2019, it == Land::TH)] {
            check(&calendar, date(year, 9, 20), holiday.then_some("Weltkindertag"));
        }
    }
    check(&land(Land::NW), date(1990, 6, 17), Some("Tag der deutschen Einheit (17. Juni)"));
    check(&land(Land::NW), date(1991, 6, 17), None);
    check(&land(Land::BE), date(2024, 5, 8), None);
    // Repentance and Prayer lies between 16 and 22 November.
    for (year, day) in [(2022, 16), (2023, 22), (2024, 20)] {
        check(&land(Land::SN), date(year, 11, day), Some("Buß- und Bettag"));
    }
    // Two holidays on one day: the first in the order of the data, both in the list.
    check(&land(Land::HE), date(2008, 5, 1), Some("Erster Mai"));
    assert_eq!(land(Land::HE).holidays(2008).iter().filter(|(day, _)| *day == date(2008, 5, 1)).count(), 2);
}

#[test]
fn municipalities() {
    check(&land(Land::BY), date(2026, 8, 15), None);
    check(&catholic(Land::BY), date(2026, 8, 15), Some("Mariä Himmelfahrt"));
    check(&land(Land::SN), date(2026, 6, 4), None);
    check(&catholic(Land::SN), date(2026, 6, 4), Some("Fronleichnam"));
    check(&catholic(Land::TH), date(2026, 6, 4), Some("Fronleichnam"));
    check(&catholic(Land::HH), date(2026, 6, 4), None);
    let named = |land, name: &str| {
        Calendar::new(&Place { land, municipality: Some(name.to_owned()), categories: BTreeSet::new() })
            .expect("any name will do")
    };
    check(&named(Land::BY, "Augsburg"), date(2026, 8, 8), Some("Augsburger Hohes Friedensfest"));
    check(&named(Land::BY, "Nürnberg"), date(2026, 8, 8), None);
    check(&named(Land::NW, "Augsburg"), date(2026, 8, 8), None);
}

#[test]
fn extra_days_and_working_days() {
    let plain = land(Land::SH);
    let day = date(2026, 9, 7);
    let names = Names { de: "Landestrauertag".to_owned(), en: "Day of mourning".to_owned() };
    let more = plain.clone().with_extra(day, names, None);
    check(&plain, day, None);
    check(&more, day, Some("Landestrauertag"));
    assert_eq!(more.holidays(2026).len(), plain.holidays(2026).len() + 1);
    for (date, werktag, arbeitstag) in [
        (date(2026, 9, 5), true, false),
        (date(2026, 9, 6), false, false),
        (day, false, false),
        (date(2026, 9, 8), true, true),
    ] {
        let asked = [WorkingDays::Werktage, WorkingDays::Arbeitstage].map(|it| more.is_working_day(date, it));
        assert_eq!(asked, [werktag, arbeitstag], "{date}");
    }
}

#[test]
fn every_holiday_cites_its_act() {
    for it in Land::ALL {
        for (_, holiday) in land(it).holidays(2026) {
            assert!(holiday.norm.as_ref().is_some_and(|norm| !norm.is_empty()), "{it} {}", holiday.id);
            assert!(!holiday.provenance.source.is_empty(), "{it} {}", holiday.id);
        }
    }
}
