//! Reading and writing periods and Länder, and the law of notification day by day.

use fachwerk_deadlines::{
    Begin, Calendar, DeadlineInput, DocumentKind, HolidayLaw, Land, Language, NotificationInput,
    NotificationLaw, NotificationRules, Period, Place, Way, WorkingDays, compute, notify,
};
use jiff::civil::{Date, date};

#[track_caller]
fn check(text: &str, expected: Period, de: &str, en: &str) {
    let period = Period::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    assert_eq!(
        (period, period.text(Language::De), period.text(Language::En)),
        (expected, de.into(), en.into())
    );
    assert_eq!(Period::parse(de), Ok(expected), "{de}");
    assert_eq!(Period::parse(&period.to_string()), Ok(expected), "{en}");
    let json = serde_json::to_string(&period).expect("text");
    assert_eq!(serde_json::from_str::<Period>(&json).expect("the same text"), expected);
}

#[test]
fn good_periods() {
    let arbeitstage = |n| Period::WorkingDays { n, definition: WorkingDays::Arbeitstage };
    let werktage = |n| Period::WorkingDays { n, definition: WorkingDays::Werktage };
    check("4 weeks", Period::Weeks(4), "4 Wochen", "4 weeks");
    check("1 month", Period::Months(1), "1 Monat", "1 month");
    check("3 working days", arbeitstage(3), "3 Arbeitstage", "3 working days");
    check("1 Arbeitstag", arbeitstage(1), "1 Arbeitstag", "1 working day");
    check("3 Werktage", werktage(3), "3 Werktage", "3 working days including Saturdays");
    check("14 days", Period::Days(14), "14 Tage", "14 days");
    check("48 hours", Period::Hours(48), "48 Stunden", "48 hours");
    check("1 Stunde", Period::Hours(1), "1 Stunde", "1 hour");
    check("P4W", Period::Weeks(4), "4 Wochen", "4 weeks");
    check("P1M", Period::Months(1), "1 Monat", "1 month");
    check("p14d", Period::Days(14), "14 Tage", "14 days");
    check("P1Y", Period::Years(1), "1 Jahr", "1 year");
    check("PT48H", Period::Hours(48), "48 Stunden", "48 hours");
    check("14d", Period::Days(14), "14 Tage", "14 days");
    check("2w", Period::Weeks(2), "2 Wochen", "2 weeks");
    check("1m", Period::Months(1), "1 Monat", "1 month");
    check("18y", Period::Years(18), "18 Jahre", "18 years");
    check("  2   MONATE ", Period::Months(2), "2 Monate", "2 months");
    check("1 Vierteljahr", Period::Months(3), "3 Monate", "3 months");
    check("1 half-year", Period::Months(6), "6 Monate", "6 months");
    check("200 years", Period::Years(200), "200 Jahre", "200 years");
    check("100000d", Period::Days(100_000), "100000 Tage", "100000 days");
}

#[test]
fn bad_periods() {
    for (text, code) in [
        ("", "InvalidPeriod"),
        ("weeks", "InvalidPeriod"),
        ("4", "InvalidPeriod"),
        ("four weeks", "InvalidPeriod"),
        ("-4 weeks", "InvalidPeriod"),
        ("1.5 months", "InvalidPeriod"),
        ("4 weeks 2 days", "InvalidPeriod"),
        ("P1Y6M", "InvalidPeriod"),
        ("PT4W", "InvalidPeriod"),
        ("P4H", "InvalidPeriod"),
        ("P4 weeks", "InvalidPeriod"),
        ("5 min", "InvalidPeriod"),
        ("٣ days", "InvalidPeriod"),
        ("0 days", "EmptyPeriod"),
        ("201 years", "PeriodTooLong"),
        ("2401 months", "PeriodTooLong"),
        ("100001d", "PeriodTooLong"),
        ("99999999999999999999 days", "PeriodTooLong"),
        ("2501 working days", "PeriodTooLong"),
    ] {
        assert_eq!(Period::parse(text).map_err(|error| error.code()), Err(code), "{text}");
    }
    assert_eq!(Period::parse(&"9".repeat(1_000_000)).map_err(|error| error.code()), Err("InvalidPeriod"));
    let error = Period::parse("3 wochenn").expect_err("a slip");
    assert!(error.text(Language::De).contains("Meinten Sie „Wochen“?"), "{error}");
    assert!(serde_json::from_str::<Period>("\"soon\"").is_err());
}

#[test]
fn laender() {
    for land in Land::ALL {
        for text in
            [land.code().to_owned(), land.code().to_lowercase(), format!("DE-{land}"), land.name().to_owned()]
        {
            assert_eq!(text.parse(), Ok(land), "{text}");
        }
    }
    assert_eq!(Land::ALL.len(), 16);
    assert_eq!("sachsen-anhalt".parse(), Ok(Land::ST));
    let error = "Sachen-Anhalt".parse::<Land>().expect_err("a slip");
    assert!(error.text(Language::De).contains("Meinten Sie „Sachsen-Anhalt“?"), "{error}");
}

/// The table of the law, by day of posting: three days before 2025, four from then, moved on under the AO only
/// (Postrechtsmodernisierungsgesetz, BGBl. 2024 I Nr. 236; BFH IX R 68/98; BSG B 8/9b SO 13/07 R).
#[test]
fn fiction_by_law_and_day() {
    let calendar = Calendar::new(&Place::land(Land::NW)).expect("every Land has holidays");
    let notified = |law, way, dispatched_on| {
        let document = DocumentKind::Act;
        let input = NotificationInput {
            law,
            land: None,
            document,
            way,
            dispatched_on,
            fiction_days: None,
            named_day: None,
            proven_receipt: None,
        };
        notify(&input, &calendar).expect("a rule").notified_on
    };
    for way in [Way::Post, Way::Electronic, Way::RegisteredLetter] {
        for posted in date(2024, 11, 1).series(jiff::Span::new().days(1)).take(150) {
            let days = if posted.year() < 2025 { 3 } else { 4 };
            let mut day = posted.checked_add(jiff::Span::new().days(days)).expect("a day");
            assert_eq!(notified(NotificationLaw::VwVfG, way, posted), day, "{posted}");
            assert_eq!(notified(NotificationLaw::SgbX, way, posted), day, "{posted}");
            while !calendar.is_working_day(day, WorkingDays::Arbeitstage) {
                day = day.tomorrow().expect("a day");
            }
            assert_eq!(notified(NotificationLaw::AO, way, posted), day, "{posted}");
        }
    }
    assert_eq!(notified(NotificationLaw::AO, Way::PostAbroad, date(2026, 1, 31)), date(2026, 3, 2));
    assert_eq!(notified(NotificationLaw::VwVfG, Way::InPerson, date(2026, 1, 31)), date(2026, 1, 31));
    assert_eq!(notified(NotificationLaw::VwVfG, Way::Public, date(2026, 1, 31)), date(2026, 2, 14));
    assert_eq!(notified(NotificationLaw::AO, Way::Public, date(2026, 1, 31)), date(2026, 2, 16));
}

/// Where a row ends, the next one begins on the following day: no day of dispatch falls between two rows.
#[test]
fn rules_leave_no_gap() {
    let rules = NotificationRules::built_in();
    for rule in rules.rules() {
        if let Some(next) = rule.valid_to.map(|day| day.tomorrow().expect("a day")) {
            assert!(
                rules.rule(rule.law, rule.land, rule.way, next).is_some(),
                "{:?} {:?} {next}",
                rule.law,
                rule.way
            );
        }
        assert!(!rule.provenance.disputed || rule.note.is_some(), "a dispute says what it is");
    }
    for law in NotificationLaw::ALL {
        for way in Way::ALL {
            assert!(rules.rule(law, None, way, date(2026, 11, 23)).is_some(), "{law:?} {way:?}");
        }
    }
}

/// Corrected data: another number of days, one more holiday.
#[test]
fn corrected_data() {
    let rules = include_str!("../../../building-blocks/law/notification.yaml").replace("days: 4", "days: 5");
    let rules = NotificationRules::from_yaml(&rules).expect("still good data");
    let holidays = include_str!("../../../building-blocks/law/holidays.yaml").replace(
        "laender: [BE]\n    valid_from: 2019-01-01",
        "laender: [BE, ST]\n    valid_from: 2019-01-01",
    );
    let holidays = HolidayLaw::from_yaml(&holidays).expect("still good data");
    let calendar = holidays.calendar(&Place::land(Land::ST)).expect("a Land");
    assert_eq!(calendar.holiday(date(2026, 3, 8)).map(|it| it.id.as_str()), Some("womens-day"));
    let input = NotificationInput {
        law: NotificationLaw::VwVfG,
        land: None,
        document: DocumentKind::Act,
        way: Way::Post,
        dispatched_on: date(2026, 3, 2),
        fiction_days: None,
        named_day: None,
        proven_receipt: None,
    };
    let notified: Date =
        fachwerk_deadlines::notify_by(&rules, &input, &calendar).expect("a rule").notified_on;
    assert_eq!(notified, date(2026, 3, 7));
    assert!(fachwerk_deadlines::norms_version() > 1_000);
}

/// The working day from a day on is the end of a period of that one day.
#[test]
fn working_day_from_a_day_on() {
    let calendar = Calendar::new(&Place::land(Land::ST)).expect("a calendar");
    for day in date(2000, 1, 1).series(jiff::Span::new().days(1)).take_while(|day| day.year() <= 2100) {
        let input = DeadlineInput { begin: Begin::DayBegin, ..DeadlineInput::new(day, Period::Days(1)) };
        let end = compute(&input, &calendar).expect("a deadline").end;
        assert_eq!(calendar.working_day_from(day), end, "{day}");
    }
}
