//! What is refused, and with which code; a wrong element never hides the others.

use fachwerk_deadlines::{
    Calendar, DeadlineError, DeadlineInput, HolidayLaw, HoursInput, Land, Language, Law, Names, NoShift,
    NotificationRules, Period, Place, Shift, compute, compute_hours, json,
};
use jiff::civil::date;
use serde_json::{Value, json};

fn answered(questions: Value) -> Vec<Value> {
    let answers = json::answer(&questions.to_string(), Language::De).expect("an array");
    serde_json::from_str(&answers).expect("JSON comes out")
}

/// The stable code at the end of an error.
#[track_caller]
fn check(question: Value, code: &str) {
    for language in [Language::De, Language::En] {
        let answers: Value =
            serde_json::from_str(&json::answer(&json!([question]).to_string(), language).expect("an array"))
                .expect("JSON comes out");
        let error = answers[0]["error"].as_str().unwrap_or_else(|| panic!("no error but {}", answers[0]));
        assert!(error.ends_with(&format!(" [{code}]")), "{error}");
        assert_eq!(answers[0].as_object().map(serde_json::Map::len), Some(2), "{}", answers[0]);
    }
}

/// A good question with some fields replaced; null takes a field away.
fn plain(changes: Value) -> Value {
    changed(json!({ "id": "x", "start": "2026-03-06", "period": "4w", "land": "ST" }), changes)
}

fn notification(changes: Value) -> Value {
    changed(
        json!({ "id": "x", "kind": "notification", "regime": "VwVfG", "start": "2026-03-06", "land": "ST" }),
        changes,
    )
}

fn workdays(changes: Value) -> Value {
    changed(
        json!({ "id": "x", "kind": "workdays", "n": 3, "definition": "Werktage", "start": "2026-03-06", "land": "ST" }),
        changes,
    )
}

fn changed(mut question: Value, changes: Value) -> Value {
    for (field, value) in changes.as_object().expect("changes are an object") {
        question[field] = value.clone();
    }
    question
}

#[test]
fn elements() {
    check(json!(7), "NotAnObject");
    check(json!(null), "NotAnObject");
    check(json!({}), "MissingId");
    check(plain(json!({ "id": null })), "MissingId");
    check(plain(json!({ "id": ["x"] })), "MissingId");
    check(plain(json!({ "lnad": "ST" })), "UnknownField");
    check(plain(json!({ "input": {} })), "UnknownField");
    check(plain(json!({ "land": null })), "MissingField");
    check(plain(json!({ "land": "XX" })), "UnknownLand");
    check(plain(json!({ "land": "x".repeat(100_000) })), "UnknownLand");
    check(plain(json!({ "land": 15 })), "WrongType");
    check(plain(json!({ "extra_categories": "catholic" })), "WrongType");
    check(plain(json!({ "extra_categories": [1] })), "WrongType");
    check(plain(json!({ "extra_categories": ["cahtolic"] })), "UnknownCategory");
    check(plain(json!({ "start": null })), "MissingField");
    check(plain(json!({ "start": "06.03.2026" })), "InvalidDate");
    check(plain(json!({ "start": "2026-02-30" })), "InvalidDate");
    check(plain(json!({ "start": "20260306" })), "InvalidDate");
    check(plain(json!({ "start": "2026-03-06T10:30" })), "InvalidDate");
    check(plain(json!({ "start": "1899-12-31" })), "DateOutOfRange");
    check(plain(json!({ "start": "3000-01-01" })), "DateOutOfRange");
    check(plain(json!({ "period": null })), "MissingField");
    check(plain(json!({ "period": 14 })), "WrongType");
    check(plain(json!({ "period": "4 fortnights" })), "InvalidPeriod");
    check(plain(json!({ "period": "0d" })), "EmptyPeriod");
    check(plain(json!({ "period": "201y" })), "PeriodTooLong");
    check(plain(json!({ "period": "48h" })), "HoursNeedTime");
    check(
        plain(json!({ "period": "48h", "start": "2026-03-06T10:30", "regime": "VwGO" })),
        "HoursNotCounted",
    );
    check(plain(json!({ "period": "48h", "start": "2026-03-06T25:30" })), "InvalidDate");
    check(plain(json!({ "period": "48h", "start": "2026-03-06T10:30", "shift": false })), "FieldNotUsed");
    check(plain(json!({ "mode": "dayend" })), "UnknownWord");
    check(plain(json!({ "shift": "no" })), "WrongType");
    check(plain(json!({ "noshift_reason": "Termin" })), "ReasonWithoutNoShift");
    check(plain(json!({ "regime": "StPO" })), "UnknownWord");
    check(plain(json!({ "kind": "notificaton" })), "UnknownWord");
    check(plain(json!({ "actual_receipt": "2026-03-09" })), "FieldNotUsed");
    check(plain(json!({ "n": 3 })), "FieldNotUsed");
}

#[test]
fn notifications() {
    check(notification(json!({ "regime": null })), "MissingField");
    check(notification(json!({ "regime": "BGB" })), "UnknownWord");
    check(notification(json!({ "n": 3 })), "FieldNotUsed");
    check(notification(json!({ "actual_receipt": "2026-03-05" })), "ReceiptBeforeDispatch");
    check(
        notification(json!({ "way": "in-person", "actual_receipt": "2026-03-20" })),
        "HandedOverOnOtherDay",
    );
    check(notification(json!({ "fiction_days": 0 })), "FictionDaysOutOfRange");
    check(notification(json!({ "fiction_days": 61 })), "FictionDaysOutOfRange");
    check(notification(json!({ "fiction_days": 256 })), "FictionDaysOutOfRange");
    check(notification(json!({ "fiction_days": -1 })), "WrongType");
    check(notification(json!({ "fiction_days": 4.5 })), "WrongType");
    check(notification(json!({ "fiction_days": 4, "way": "in-person" })), "FictionDaysNotUsed");
    check(notification(json!({ "fiction_days": 4, "way": "public" })), "FictionDaysNotUsed");
    check(notification(json!({ "way": "pidgeon" })), "UnknownWord");
    check(notification(json!({ "way": "post-abroad" })), "ReceiptNeeded");
    check(notification(json!({ "named_day": "2026-03-07" })), "NamedDayNotUsed");
    check(notification(json!({ "way": "mailbox", "start": "2019-01-02" })), "NoNotificationRule");
    check(notification(json!({ "way": "service-with-proof" })), "ReceiptNeeded");
    check(notification(json!({ "way": "portal" })), "ReceiptNeeded");
    check(notification(json!({ "way": "portal", "actual_receipt": "2026-03-17" })), "RetrievedTooLate");
    check(notification(json!({ "period": "soon" })), "InvalidPeriod");
}

#[test]
fn counts_of_working_days() {
    check(workdays(json!({ "n": null })), "MissingField");
    check(workdays(json!({ "n": 0 })), "EmptyPeriod");
    check(workdays(json!({ "n": 2_501 })), "PeriodTooLong");
    check(workdays(json!({ "n": 9_999_999_999_u64 })), "PeriodTooLong");
    check(workdays(json!({ "n": "3" })), "WrongType");
    check(workdays(json!({ "definition": null })), "MissingField");
    check(workdays(json!({ "definition": "Bankarbeitstage" })), "UnknownWord");
    check(workdays(json!({ "period": "3d" })), "FieldNotUsed");
}

#[test]
fn a_wrong_element_hides_no_other() {
    let answers = answered(json!([
        plain(json!({ "id": 1 })),
        plain(json!({ "id": 2, "lnad": "x" })),
        3,
        plain(json!({}))
    ]));
    let seen: Vec<(&Value, bool)> = answers.iter().map(|it| (&it["id"], it.get("error").is_some())).collect();
    assert_eq!(seen, [(&json!(1), false), (&json!(2), true), (&json!(null), true), (&json!("x"), false)]);
    let error = answers[1]["error"].as_str().expect("an error");
    assert!(error.starts_with("Das Feld „lnad“ gibt es nicht. Meinten Sie „land“?"), "{error}");
    assert_eq!(answered(json!([])), Vec::<Value>::new());
}

#[track_caller]
fn check_whole(input: &str, code: &str) {
    let error = json::answer(input, Language::De).expect_err("the whole input is refused");
    assert_eq!(error.code(), code);
    assert!(!error.text(Language::De).is_empty() && error.text(Language::De) != error.text(Language::En));
}

#[test]
fn whole_inputs() {
    check_whole("", "NotJson");
    check_whole("[{]", "NotJson");
    check_whole(&"[".repeat(100_000), "NotJson");
    check_whole("{}", "NotAnArray");
    check_whole("null", "NotAnArray");
    check_whole(&format!("[{}0]", "0,".repeat(json::MOST_ELEMENTS)), "TooManyElements");
    check_whole(&" ".repeat(json::MOST_BYTES + 1), "InputTooLarge");
}

#[test]
fn questions_in_code() {
    let calendar = Calendar::new(&Place::land(Land::ST)).expect("every Land has holidays");
    let ask = |input: DeadlineInput| compute(&input, &calendar).expect_err("a wrong question");
    let start = date(2026, 3, 6);
    assert_eq!(ask(DeadlineInput::new(start, Period::Hours(48))), DeadlineError::HoursNeedTime);
    assert_eq!(ask(DeadlineInput::new(start, Period::Days(0))), DeadlineError::EmptyPeriod);
    assert_eq!(ask(DeadlineInput::new(start, Period::Months(u32::MAX))).code(), "PeriodTooLong");
    for (law, reason) in [
        (Law::AO, NoShift::AnnouncedDay),
        (Law::Bgb, NoShift::Appointment),
        (Law::VwGO, NoShift::BenefitPeriod),
    ] {
        let input = DeadlineInput {
            law,
            shift: Shift::None { reason },
            ..DeadlineInput::new(start, Period::Days(1))
        };
        assert_eq!(ask(input), DeadlineError::NoShiftUnfounded { law: law.code() });
    }
    let zone = jiff::tz::TimeZone::get("Europe/Berlin").expect("the zone is compiled in");
    let noon = start.at(12, 0, 0, 0).to_zoned_datetime(zone).expect("noon is unambiguous");
    let hours = HoursInput { start: noon, hours: 0, law: Law::VwVfG };
    assert_eq!(compute_hours(&hours), Err(DeadlineError::EmptyPeriod));
}

#[test]
fn a_calendar_without_working_days_ends() {
    let mut calendar = Calendar::new(&Place::land(Land::ST)).expect("every Land has holidays");
    let names = Names { de: "Ruhetag".to_owned(), en: "Day of rest".to_owned() };
    for day in date(2026, 3, 1).series(jiff::Span::new().days(1)).take(500) {
        calendar = calendar.with_extra(day, names.clone(), None);
    }
    let working = Period::parse("1 working day").expect("a period");
    for period in [Period::Days(1), working] {
        let error =
            compute(&DeadlineInput::new(date(2026, 3, 6), period), &calendar).expect_err("no day to end on");
        assert_eq!(error.code(), "NoWorkingDay");
    }
}

#[track_caller]
fn check_data(result: Option<fachwerk_deadlines::LegalDataError>, code: &str, part: &str) {
    let error = result.expect("wrong data is refused");
    assert_eq!(error.code(), code, "{error}");
    assert!(error.to_string().contains(part), "{error}");
}

#[test]
fn legal_data() {
    const HOLIDAYS: &str = include_str!("../../../building-blocks/law/holidays.yaml");
    const RULES: &str = include_str!("../../../building-blocks/law/notification.yaml");
    let holidays = |from: &str, to: &str| {
        assert!(HOLIDAYS.contains(from), "{from}");
        HolidayLaw::from_yaml(&HOLIDAYS.replacen(from, to, 1)).err()
    };
    check_data(holidays("version: 1", "version: one"), "LegalDataUnreadable", "version");
    check_data(holidays("rule: { fixed", "rule: { fixd"), "LegalDataUnreadable", "line");
    check_data(holidays("{ fixed: \"01-01\" }", "{ fixed: \"01-32\" }"), "LegalDataRow", "new-year");
    check_data(holidays("{ easter: -2 }", "{ easter: -2, fixed: \"01-01\" }"), "LegalDataRow", "exactly one");
    check_data(holidays("{ easter: -2 }", "{ easter: 999 }"), "LegalDataRow", "between");
    check_data(holidays("laender: [BE]", "laender: []"), "LegalDataRow", "empty");
    check_data(holidays("laender: all", "laender: some"), "LegalDataRow", "all");
    check_data(holidays("category: catholic", "category: lutheran"), "LegalDataRow", "category");
    check_data(holidays("place: Augsburg", "place: Nürnberg"), "LegalDataRow", "place");
    check_data(holidays("valid_from: 1954-01-01", "valid_from: 1991-01-01"), "LegalDataRow", "valid_to");
    check_data(holidays("  BW: {", "  XX: {"), "LegalDataUnreadable", "XX");
    check_data(HolidayLaw::from_yaml(&"#".repeat((1 << 20) + 1)).err(), "LegalDataTooLarge", "1 MiB");
    let rules = |from: &str, to: &str| {
        assert!(RULES.contains(from), "{from}");
        NotificationRules::from_yaml(&RULES.replacen(from, to, 1)).err()
    };
    check_data(rules("kind: fiction", "kind: friction"), "LegalDataUnreadable", "friction");
    check_data(rules("days: 3", "days: 300"), "LegalDataRow", "vwvfg-post-until-2024");
    check_data(rules("days: 3", "weeks: 1\n    days: 3"), "LegalDataRow", "exactly one");
    check_data(rules("valid_to: 2024-12-31", "valid_to: 2025-01-01"), "LegalDataRow", "overlaps");
    check_data(rules("id: vwvfg-post-from-2025", "id: vwvfg-post-until-2024"), "LegalDataRow", "same `id`");
    check_data(rules("id: vwvfg-in-person", "id: In Person"), "LegalDataRow", "small letters");
    check_data(rules("counts_from: posting", "counts_from: receipt"), "LegalDataRow", "does not fit");
    check_data(rules("counts_from: posting", "counts_from: mail"), "LegalDataUnreadable", "mail");
    check_data(rules("land: HH", "land: XX"), "LegalDataUnreadable", "XX");
    check_data(
        rules("kind: proof", "kind: proof\n    other_day: { earliest_days: 1, norm: x }"),
        "LegalDataRow",
        "other_day",
    );
    check_data(rules("within_days: 10", "within_days: 0"), "LegalDataRow", "within_days");
    check_data(rules("kind: proof", "kind: proof\n    days: 3"), "LegalDataRow", "no length");
    check_data(
        rules("shift_norm: \"§ 108 Abs. 3 AO\"", "later_receipt: x"),
        "LegalDataUnreadable",
        "later_receipt",
    );
    // Nine levels of ten aliases each: a billion elements if they were expanded.
    let mut bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n".to_owned();
    for level in 1..10 {
        let alias = format!("*a{}", level - 1);
        bomb.push_str(&format!("a{level}: &a{level} [{}]\n", vec![alias; 10].join(",")));
    }
    check_data(HolidayLaw::from_yaml(&bomb).err(), "LegalDataUnreadable", "");
}
