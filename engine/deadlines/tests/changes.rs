//! Periods that were extended, or did not run for a while: whole derivations, and a second opinion day by day.

use fachwerk_deadlines::{
    Begin, Calendar, Deadline, DeadlineError, DeadlineInput, Decided, Extension, Land, Language, Law,
    Occasion, Period, Place, Shift, Terms, WorkingDays, compute, extend, resume, suspended,
};
use jiff::{ToSpan, civil::Date};

fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

fn calendar() -> Calendar {
    Calendar::new(&Place::land(Land::ST)).expect("a calendar")
}

fn terms() -> Terms {
    Terms { begin: Begin::Event, shift: Shift::NextWorkingDay, law: Law::VwVfG, working_days: None }
}

fn decided(on: &str, norm: Option<&str>) -> Decided {
    Decided { on: day(on), reason: "Krankheit".into(), norm: norm.map(str::to_owned) }
}

/// Four weeks from the notification on 2 March 2026: until Monday, 30 March.
fn four_weeks() -> Deadline {
    let input = DeadlineInput {
        law: Law::VwVfG,
        occasion: Occasion::Notification,
        ..DeadlineInput::new(day("2026-03-02"), Period::Weeks(4))
    };
    compute(&input, &calendar()).expect("a deadline")
}

/// The end, or the code of the error, and what the change adds to the derivation.
#[track_caller]
fn check(changed: Result<Deadline, DeadlineError>, end: &str, de: &[&str], en: &[&str]) {
    let before = four_weeks().derivation.len();
    match changed {
        Ok(deadline) => {
            let added = |language| -> Vec<String> {
                deadline.derivation[before..]
                    .iter()
                    .map(|sentence| sentence.text(language).to_owned())
                    .collect()
            };
            assert_eq!(deadline.end.to_string(), end);
            assert_eq!(added(Language::De), de);
            assert_eq!(added(Language::En), en);
            assert_eq!(deadline.derivation[..before], four_weeks().derivation);
        }
        Err(error) => assert_eq!((error.code(), de, en), (end, &[][..], &[][..]), "{error}"),
    }
}

fn extended(extension: Extension, norm: Option<&str>) -> Result<Deadline, DeadlineError> {
    extend(&four_weeks(), extension, &terms(), &decided("2026-03-20", norm), &calendar())
}

#[test]
fn by_a_period_from_the_old_end() {
    check(
        extended(Extension::By(Period::Weeks(1)), None),
        "2026-04-07",
        &[
            "Die Frist wurde um 1 Woche verlängert (entschieden am Freitag, 20. März 2026; Grund: „Krankheit“) (§ 31 Abs. 7 VwVfG).",
            "Die neue Frist wird vom Ablauf der bisherigen an berechnet (§ 190 BGB).",
            "Die Frist beginnt mit dem Ablauf der bisherigen Frist am Montag, 30. März 2026; dieser Tag zählt nicht mit (§ 31 Abs. 1 VwVfG i. V. m. § 187 Abs. 1 BGB).",
            "Letzter Tag der Frist von einer Woche ist der Tag der letzten Woche, der durch seine Benennung (Montag) dem Tag des Ereignisses entspricht: Montag, 6. April 2026 (§ 31 Abs. 1 VwVfG i. V. m. § 188 Abs. 2 Alt. 1 BGB).",
            "Der letzte Tag fällt auf Montag, 6. April 2026 (Ostermontag, gesetzlicher Feiertag in Sachsen-Anhalt nach § 2 FeiertG LSA); die Frist endet deshalb erst mit Ablauf des nächsten Werktags (§ 31 Abs. 3 Satz 1 VwVfG).",
            "Die Frist endet am Dienstag, 7. April 2026, um 24 Uhr.",
        ],
        &[
            "The period was extended by 1 week (decided on Friday, 20 March 2026; reason: “Krankheit”) (§ 31(7) VwVfG).",
            "The new period is reckoned from the end of the old one (§ 190 BGB).",
            "The period begins with the end of the old period on Monday, 30 March 2026; that day does not count (§ 31(1) VwVfG in conjunction with § 187(1) BGB).",
            "The last day of the period of one week is the day of the last week that by its name (Monday) corresponds to the day of the event: Monday, 6 April 2026 (§ 31(1) VwVfG in conjunction with § 188(2) alternative 1 BGB).",
            "The last day falls on Monday, 6 April 2026 (Easter Monday, public holiday in Saxony-Anhalt under § 2 FeiertG LSA); the period therefore ends only with the next working day (§ 31(3) sentence 1 VwVfG).",
            "The period ends on Tuesday, 7 April 2026, at midnight (24:00).",
        ],
    );
}

#[test]
fn until_a_day() {
    check(
        extended(Extension::Until(day("2026-04-15")), Some("§ 7 Satzung")),
        "2026-04-15",
        &[
            "Die Frist wurde bis zum Mittwoch, 15. April 2026, verlängert (entschieden am Freitag, 20. März 2026; Grund: „Krankheit“) (§ 7 Satzung).",
            "Dieser Tag ist weder Sonnabend noch Sonntag noch gesetzlicher Feiertag in Sachsen-Anhalt.",
            "Die Frist endet am Mittwoch, 15. April 2026, um 24 Uhr.",
        ],
        &[
            "The period was extended until Wednesday, 15 April 2026 (decided on Friday, 20 March 2026; reason: “Krankheit”) (§ 7 Satzung).",
            "That day is neither a Saturday nor a Sunday nor a public holiday in Saxony-Anhalt.",
            "The period ends on Wednesday, 15 April 2026, at midnight (24:00).",
        ],
    );
    check(extended(Extension::Until(day("2026-03-30")), None), "EndNotLater", &[], &[]);
    check(extended(Extension::Until(day("1800-01-01")), None), "DateOutOfRange", &[], &[]);
    check(extended(Extension::By(Period::Hours(3)), None), "HoursNeedTime", &[], &[]);
}

#[test]
fn what_did_not_count_is_added() {
    let resumed = |since: &str, until: &str| {
        resume(&four_weeks(), (day(since), day(until)), &terms(), &decided("2026-03-20", None), &calendar())
    };
    check(
        resumed("2026-03-10", "2026-03-20"),
        "2026-04-10",
        &[
            "Mit Ablauf des Tages Freitag, 20. März 2026, läuft die Frist weiter (entschieden am Freitag, 20. März 2026; Grund: „Krankheit“).",
            "Vom Dienstag, 10. März 2026, bis zum Freitag, 20. März 2026, den ersten und den letzten Tag mitgezählt, sind es 11 Tage; sie werden in die Frist nicht eingerechnet (entsprechend § 209 BGB).",
            "Der letzte Tag der Frist, bisher Montag, 30. März 2026, ist damit Freitag, 10. April 2026.",
            "Dieser Tag ist weder Sonnabend noch Sonntag noch gesetzlicher Feiertag in Sachsen-Anhalt.",
            "Die Frist endet am Freitag, 10. April 2026, um 24 Uhr.",
        ],
        &[
            "With the end of Friday, 20 March 2026, the period runs on (decided on Friday, 20 March 2026; reason: “Krankheit”).",
            "From Tuesday, 10 March 2026, to Friday, 20 March 2026, the first and the last day included, it is 11 days; they are not counted into the period (§ 209 BGB by analogy).",
            "The last day of the period, so far Monday, 30 March 2026, is therefore Friday, 10 April 2026.",
            "That day is neither a Saturday nor a Sunday nor a public holiday in Saxony-Anhalt.",
            "The period ends on Friday, 10 April 2026, at midnight (24:00).",
        ],
    );
    check(resumed("2026-03-10", "2026-03-09"), "ResumedTooEarly", &[], &[]);
}

#[test]
fn that_it_stops_is_said() {
    let sentence = suspended(day("2026-03-10"), &decided("2026-03-12", Some("§ 75 Satz 3 VwGO")));
    assert_eq!(
        (sentence.de.as_str(), sentence.en.as_str(), sentence.norm.as_deref()),
        (
            "Die Frist ruht seit Dienstag, 10. März 2026 (entschieden am Donnerstag, 12. März 2026; Grund: „Krankheit“) (§ 75 Satz 3 VwGO).",
            "The period does not run since Tuesday, 10 March 2026 (decided on Thursday, 12 March 2026; reason: “Krankheit”) (§ 75 sentence 3 VwGO).",
            Some("§ 75 Satz 3 VwGO"),
        )
    );
}

/// A second opinion: counts the days of a period one by one and leaves out those on which it did not run.
fn naive_end(start: Date, period: Period, (since, until): (Date, Date), calendar: &Calendar) -> Date {
    let counts = |day| match period {
        Period::WorkingDays { definition, .. } => calendar.is_working_day(day, definition),
        _ => true,
    };
    let mut today = start;
    let mut left = period.count();
    while left > 0 {
        today = today.checked_add(1.day()).expect("a day");
        if counts(today) && (today < since || today > until) {
            left -= 1;
        }
    }
    while !calendar.is_working_day(today, WorkingDays::Arbeitstage) {
        today = today.checked_add(1.day()).expect("a day");
    }
    today
}

#[test]
fn every_stop_counted_day_by_day() {
    let calendar = calendar();
    let start = day("2026-11-20");
    for working_days in [None, Some(WorkingDays::Arbeitstage), Some(WorkingDays::Werktage)] {
        for n in [1, 7, 14, 30, 45] {
            let period = match working_days {
                None => Period::Days(n),
                Some(definition) => Period::WorkingDays { n, definition },
            };
            let input = DeadlineInput { law: Law::VwVfG, ..DeadlineInput::new(start, period) };
            let old = compute(&input, &calendar).expect("a deadline");
            let terms = Terms { working_days, ..terms() };
            for first in 0..=i64::from((old.raw_end - start).get_days()) {
                let since = start.checked_add(first.days()).expect("a day");
                for days in [1_i64, 2, 5, 13, 40] {
                    let until = since.checked_add((days - 1).days()).expect("a day");
                    let found = resume(&old, (since, until), &terms, &decided("2026-11-20", None), &calendar);
                    let found = found.expect("a deadline").end;
                    assert_eq!(
                        found,
                        naive_end(start, period, (since, until), &calendar),
                        "{period} from {start}, stopped from {since} to {until}"
                    );
                }
            }
        }
    }
}

/// Of a period in working days, working days are left out, and counted on.
#[test]
fn a_stop_of_working_days() {
    let period = Period::WorkingDays { n: 3, definition: WorkingDays::Arbeitstage };
    let input = DeadlineInput { law: Law::VwVfG, ..DeadlineInput::new(day("2026-03-04"), period) };
    let old = compute(&input, &calendar()).expect("a deadline");
    assert_eq!(old.end, day("2026-03-09"));
    let stopped = (day("2026-03-05"), day("2026-03-09"));
    let terms = Terms { working_days: Some(WorkingDays::Arbeitstage), ..terms() };
    let found = resume(&old, stopped, &terms, &decided("2026-03-09", None), &calendar()).expect("a deadline");
    let said: Vec<&str> = found.derivation[old.derivation.len() + 1..]
        .iter()
        .map(|sentence| sentence.text(Language::De))
        .collect();
    assert_eq!(
        said,
        [
            "Vom Donnerstag, 5. März 2026, bis zum Montag, 9. März 2026, den ersten und den letzten Tag mitgezählt, sind es 3 Arbeitstage; sie werden in die Frist nicht eingerechnet (entsprechend § 209 BGB).",
            "Zu zählen: 3 Arbeitstage (Montag bis Freitag ohne gesetzliche Feiertage in Sachsen-Anhalt).",
            "Der letzte gezählte Tag ist Donnerstag, 12. März 2026.",
            "Der letzte Tag der Frist, bisher Montag, 9. März 2026, ist damit Donnerstag, 12. März 2026.",
            "Dieser Tag ist weder Sonnabend noch Sonntag noch gesetzlicher Feiertag in Sachsen-Anhalt.",
            "Die Frist endet am Donnerstag, 12. März 2026, um 24 Uhr.",
        ]
    );
}

/// A period that had run out and only waits for the next working day is stopped at that day: what is left of it is
/// never over before it runs again.
#[test]
fn a_stop_on_the_weekend_at_its_end() {
    let input = DeadlineInput { law: Law::VwVfG, ..DeadlineInput::new(day("2026-03-06"), Period::Days(1)) };
    let old = compute(&input, &calendar()).expect("a deadline");
    assert_eq!((old.raw_end, old.end), (day("2026-03-07"), day("2026-03-09")));
    let stopped = (day("2026-03-08"), day("2026-03-20"));
    let found =
        resume(&old, stopped, &terms(), &decided("2026-03-20", None), &calendar()).expect("a deadline");
    assert_eq!((found.raw_end, found.end), (day("2026-03-22"), day("2026-03-23")));
}
