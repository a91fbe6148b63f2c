//! Whole derivations in both languages, written by the crate once and then read by a person: this is what a clerk shows
//! to a citizen. The dates are those of the worked cases or follow from the tables of `holidays.rs`.

use fachwerk_deadlines::{
    Calendar, DocumentKind, Land, Language, Law, NotificationInput, NotificationLaw, NotificationRules,
    Period, Place, Sentence, Way, json, notify, remedy_sentence,
};
use serde_json::{Value, json};

#[track_caller]
fn check(mut question: Value, de: &[&str], en: &[&str]) {
    question["id"] = json!(1);
    let input = json!([question]).to_string();
    for (language, expected) in [(Language::De, de), (Language::En, en)] {
        let answers: Value =
            serde_json::from_str(&json::answer(&input, language).expect("an array")).expect("JSON comes out");
        let sentences: Vec<&str> =
            answers[0]["derivation"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        assert_eq!(sentences, expected, "{}", answers[0]);
    }
}

#[test]
fn four_weeks_end_on_good_friday() {
    check(
        json!({"kind":"notification","regime":"VwVfG","start":"2026-03-02","period":"4 weeks","land":"HE"}),
        &[
            "Der Verwaltungsakt wurde am Montag, 2. März 2026, zur Post gegeben.",
            "Der Verwaltungsakt gilt am vierten Tag nach der Aufgabe zur Post als bekannt gegeben: Freitag, 6. März 2026 (§ 41 Abs. 2 Satz 1 VwVfG).",
            "Tag der Bekanntgabe ist Freitag, 6. März 2026.",
            "Die Frist beginnt mit der Bekanntgabe am Freitag, 6. März 2026; dieser Tag zählt nicht mit (§ 31 Abs. 1 VwVfG i. V. m. § 187 Abs. 1 BGB).",
            "Letzter Tag der Frist von 4 Wochen ist der Tag der letzten Woche, der durch seine Benennung (Freitag) dem Tag der Bekanntgabe entspricht: Freitag, 3. April 2026 (§ 31 Abs. 1 VwVfG i. V. m. § 188 Abs. 2 Alt. 1 BGB).",
            "Der letzte Tag fällt auf Freitag, 3. April 2026 (Karfreitag, gesetzlicher Feiertag in Hessen nach § 1 HFeiertagsG); die Frist endet deshalb erst mit Ablauf des nächsten Werktags (§ 31 Abs. 3 Satz 1 VwVfG).",
            "Auch Sonnabend, 4. April 2026, scheidet aus.",
            "Auch Sonntag, 5. April 2026, scheidet aus.",
            "Auch Montag, 6. April 2026, scheidet aus (Ostermontag, gesetzlicher Feiertag in Hessen nach § 1 HFeiertagsG).",
            "Die Frist endet am Dienstag, 7. April 2026, um 24 Uhr.",
        ],
        &[
            "The administrative act was posted on Monday, 2 March 2026.",
            "The administrative act counts as notified on the fourth day after posting: Friday, 6 March 2026 (§ 41(2) sentence 1 VwVfG).",
            "The day of notification is Friday, 6 March 2026.",
            "The period begins with the notification on Friday, 6 March 2026; that day does not count (§ 31(1) VwVfG in conjunction with § 187(1) BGB).",
            "The last day of the period of 4 weeks is the day of the last week that by its name (Friday) corresponds to the day of the notification: Friday, 3 April 2026 (§ 31(1) VwVfG in conjunction with § 188(2) alternative 1 BGB).",
            "The last day falls on Friday, 3 April 2026 (Good Friday, public holiday in Hesse under § 1 HFeiertagsG); the period therefore ends only with the next working day (§ 31(3) sentence 1 VwVfG).",
            "Saturday, 4 April 2026, is ruled out as well.",
            "Sunday, 5 April 2026, is ruled out as well.",
            "Monday, 6 April 2026, is ruled out as well (Easter Monday, public holiday in Hesse under § 1 HFeiertagsG).",
            "The period ends on Tuesday, 7 April 2026, at midnight (24:00).",
        ],
    );
}

#[test]
fn tax_later_receipt_on_a_saturday() {
    check(
        json!({"kind":"notification","regime":"AO","start":"2007-02-14","land":"NI","actual_receipt":"2007-02-24"}),
        &[
            "Der Verwaltungsakt wurde am Mittwoch, 14. Februar 2007, zur Post gegeben.",
            "Der Verwaltungsakt gilt am dritten Tag nach der Aufgabe zur Post als bekannt gegeben: Sonnabend, 17. Februar 2007 (§ 122 Abs. 2 Nr. 1 AO a. F.).",
            "Dieser Tag ist ein Sonnabend; maßgebend ist deshalb der nächste Werktag (§ 108 Abs. 3 AO; BFH, Urteil vom 14. Oktober 2003, IX R 68/98; AEAO zu § 108 Nr. 2).",
            "Auch Sonntag, 18. Februar 2007, scheidet aus.",
            "Ohne Nachweis des Zugangs wäre Tag der Bekanntgabe Montag, 19. Februar 2007.",
            "Nachgewiesen ist der spätere Zugang am Sonnabend, 24. Februar 2007; dieser Tag ist maßgebend, auch wenn er kein Werktag ist (§ 122 Abs. 2 Halbsatz 2 AO).",
            "Tag der Bekanntgabe ist Sonnabend, 24. Februar 2007.",
        ],
        &[
            "The administrative act was posted on Wednesday, 14 February 2007.",
            "The administrative act counts as notified on the third day after posting: Saturday, 17 February 2007 (§ 122(2) no. 1 AO, old version).",
            "That is a Saturday; therefore the next working day counts (§ 108(3) AO; BFH, Urteil vom 14. Oktober 2003, IX R 68/98; AEAO zu § 108 Nr. 2).",
            "Sunday, 18 February 2007, is ruled out as well.",
            "Without proof of receipt the day of notification would be Monday, 19 February 2007.",
            "The later receipt on Saturday, 24 February 2007, is proven; that day counts, even though it is no working day (§ 122(2) clause 2 AO).",
            "The day of notification is Saturday, 24 February 2007.",
        ],
    );
}

#[test]
fn tax_other_number_of_days() {
    check(
        json!({"kind":"notification","regime":"AO","start":"2024-06-11","land":"NW","fiction_days":4,"actual_receipt":"2024-06-14"}),
        &[
            "Der Verwaltungsakt wurde am Dienstag, 11. Juni 2024, zur Post gegeben.",
            "Nach besonderer Vorschrift (statt 3 Tagen nach § 122 Abs. 2 Nr. 1 AO a. F.) gilt der Verwaltungsakt am vierten Tag nach der Aufgabe zur Post als bekannt gegeben: Sonnabend, 15. Juni 2024.",
            "Dieser Tag ist ein Sonnabend; maßgebend ist deshalb der nächste Werktag (§ 108 Abs. 3 AO; BFH, Urteil vom 14. Oktober 2003, IX R 68/98; AEAO zu § 108 Nr. 2).",
            "Auch Sonntag, 16. Juni 2024, scheidet aus.",
            "Ohne Nachweis des Zugangs wäre Tag der Bekanntgabe Montag, 17. Juni 2024.",
            "Der frühere Zugang am Freitag, 14. Juni 2024, ändert daran nichts; nur ein späterer Zugang wäre maßgebend (§ 122 Abs. 2 Nr. 1 AO a. F.).",
            "Tag der Bekanntgabe ist Montag, 17. Juni 2024.",
        ],
        &[
            "The administrative act was posted on Tuesday, 11 June 2024.",
            "By a special provision (instead of 3 days under § 122(2) no. 1 AO, old version) the administrative act counts as notified on the fourth day after posting: Saturday, 15 June 2024.",
            "That is a Saturday; therefore the next working day counts (§ 108(3) AO; BFH, Urteil vom 14. Oktober 2003, IX R 68/98; AEAO zu § 108 Nr. 2).",
            "Sunday, 16 June 2024, is ruled out as well.",
            "Without proof of receipt the day of notification would be Monday, 17 June 2024.",
            "The earlier receipt on Friday, 14 June 2024, changes nothing; only a later one would count (§ 122(2) no. 1 AO, old version).",
            "The day of notification is Monday, 17 June 2024.",
        ],
    );
}

#[test]
fn social_law_fiction_on_a_sunday() {
    check(
        json!({"kind":"notification","regime":"SGBX","start":"2025-01-01","land":"NW"}),
        &[
            "Der Verwaltungsakt wurde am Mittwoch, 1. Januar 2025, zur Post gegeben.",
            "Der Verwaltungsakt gilt am vierten Tag nach der Aufgabe zur Post als bekannt gegeben: Sonntag, 5. Januar 2025 (§ 37 Abs. 2 Satz 1 SGB X).",
            "Dass dieser Tag ein Sonntag ist, ändert daran nichts; der Tag der Bekanntgabe ist kein Fristende und verschiebt sich nicht (vgl. § 26 Abs. 3 SGB X).",
            "Tag der Bekanntgabe ist Sonntag, 5. Januar 2025.",
        ],
        &[
            "The administrative act was posted on Wednesday, 1 January 2025.",
            "The administrative act counts as notified on the fourth day after posting: Sunday, 5 January 2025 (§ 37(2) sentence 1 SGB X).",
            "That this is a Sunday changes nothing; the day of notification is no end of a period and does not move (cf. § 26(3) SGB X).",
            "The day of notification is Sunday, 5 January 2025.",
        ],
    );
}

#[test]
fn month_without_that_day() {
    check(
        json!({"start":"2001-01-31","period":"1m","land":"NW"}),
        &[
            "Die Frist beginnt mit dem Ereignis am Mittwoch, 31. Januar 2001; dieser Tag zählt nicht mit (§ 187 Abs. 1 BGB).",
            "Letzter Tag der Frist von einem Monat wäre der Tag des letzten Monats, der durch seine Zahl dem Tag des Ereignisses entspricht, also der 31. Februar 2001 (§ 188 Abs. 2 Alt. 1 BGB).",
            "Diesen Tag gibt es nicht; letzter Tag der Frist ist deshalb der letzte Tag des Monats: Mittwoch, 28. Februar 2001 (§ 188 Abs. 3 BGB).",
            "Dieser Tag ist weder Sonnabend noch Sonntag noch gesetzlicher Feiertag in Nordrhein-Westfalen.",
            "Die Frist endet am Mittwoch, 28. Februar 2001, um 24 Uhr.",
        ],
        &[
            "The period begins with the event on Wednesday, 31 January 2001; that day does not count (§ 187(1) BGB).",
            "The last day of the period of one month would be the day of the last month that by its number corresponds to the day of the event, that is 31 February 2001 (§ 188(2) alternative 1 BGB).",
            "There is no such day; the last day of the period is therefore the last day of the month: Wednesday, 28 February 2001 (§ 188(3) BGB).",
            "That day is neither a Saturday nor a Sunday nor a public holiday in North Rhine-Westphalia.",
            "The period ends on Wednesday, 28 February 2001, at midnight (24:00).",
        ],
    );
}

#[test]
fn first_day_counts() {
    check(
        json!({"start":"2026-03-31","period":"1 Vierteljahr","mode":"daybegin","land":"SL","regime":"VwGO"}),
        &[
            "Die Frist beginnt mit dem Anfang des Tages am Dienstag, 31. März 2026; dieser Tag zählt mit (§ 57 Abs. 2 VwGO i. V. m. § 222 Abs. 1 ZPO und § 187 Abs. 2 Satz 1 BGB).",
            "Letzter Tag der Frist von 3 Monaten ist der Tag vor demjenigen, der durch seine Zahl dem Anfangstag der Frist entspricht: Dienstag, 30. Juni 2026 (§ 57 Abs. 2 VwGO i. V. m. § 222 Abs. 1 ZPO und § 188 Abs. 2 Alt. 2 BGB).",
            "Dieser Tag ist weder Sonnabend noch Sonntag noch gesetzlicher Feiertag im Saarland.",
            "Die Frist endet am Dienstag, 30. Juni 2026, um 24 Uhr.",
        ],
        &[
            "The period begins with the start of the day on Tuesday, 31 March 2026; that day counts (§ 57(2) VwGO in conjunction with § 222(1) ZPO and § 187(2) sentence 1 BGB).",
            "The last day of the period of 3 months is the day before the one that by its number corresponds to the first day of the period: Tuesday, 30 June 2026 (§ 57(2) VwGO in conjunction with § 222(1) ZPO and § 188(2) alternative 2 BGB).",
            "That day is neither a Saturday nor a Sunday nor a public holiday in Saarland.",
            "The period ends on Tuesday, 30 June 2026, at midnight (24:00).",
        ],
    );
}

#[test]
fn age() {
    check(
        json!({"start":"2000-07-07","period":"18y","mode":"daybegin","shift":false,"noshift_reason":"Altersberechnung","land":"NW"}),
        &[
            "Das Lebensalter wird vom Tag der Geburt an berechnet; Freitag, 7. Juli 2000, zählt mit (§ 187 Abs. 2 Satz 2 BGB).",
            "Letzter Tag der Frist von 18 Jahren ist der Tag vor demjenigen, der durch seine Zahl dem Anfangstag der Frist entspricht: Freitag, 6. Juli 2018 (§ 188 Abs. 2 Alt. 2 BGB).",
            "Ein Lebensalter ist keine Frist für eine Erklärung oder Leistung; das Ende verschiebt sich nicht auf den nächsten Werktag (§ 193 BGB).",
            "Das 18. Lebensjahr ist am Freitag, 6. Juli 2018, um 24 Uhr vollendet.",
        ],
        &[
            "An age is reckoned from the day of birth; Friday, 7 July 2000, counts (§ 187(2) sentence 2 BGB).",
            "The last day of the period of 18 years is the day before the one that by its number corresponds to the first day of the period: Friday, 6 July 2018 (§ 188(2) alternative 2 BGB).",
            "An age is no period for a declaration or performance; the end does not move to the next working day (§ 193 BGB).",
            "The 18th year of life is completed on Friday, 6 July 2018, at midnight (24:00).",
        ],
    );
}

#[test]
fn holiday_on_a_sunday() {
    check(
        json!({"start":"2026-10-01","period":"1m","land":"NW"}),
        &[
            "Die Frist beginnt mit dem Ereignis am Donnerstag, 1. Oktober 2026; dieser Tag zählt nicht mit (§ 187 Abs. 1 BGB).",
            "Letzter Tag der Frist von einem Monat ist der Tag des letzten Monats, der durch seine Zahl dem Tag des Ereignisses entspricht: Sonntag, 1. November 2026 (§ 188 Abs. 2 Alt. 1 BGB).",
            "Der letzte Tag fällt auf Sonntag, 1. November 2026 (Allerheiligen, gesetzlicher Feiertag in Nordrhein-Westfalen nach § 2 Feiertagsgesetz NW); die Frist endet deshalb erst mit Ablauf des nächsten Werktags (§ 193 BGB).",
            "Die Frist endet am Montag, 2. November 2026, um 24 Uhr.",
        ],
        &[
            "The period begins with the event on Thursday, 1 October 2026; that day does not count (§ 187(1) BGB).",
            "The last day of the period of one month is the day of the last month that by its number corresponds to the day of the event: Sunday, 1 November 2026 (§ 188(2) alternative 1 BGB).",
            "The last day falls on Sunday, 1 November 2026 (All Saints' Day, public holiday in North Rhine-Westphalia under § 2 Feiertagsgesetz NW); the period therefore ends only with the next working day (§ 193 BGB).",
            "The period ends on Monday, 2 November 2026, at midnight (24:00).",
        ],
    );
}

#[test]
fn working_days() {
    check(
        json!({"kind":"workdays","start":"2026-04-01","n":3,"definition":"Arbeitstage","land":"BB"}),
        &[
            "Die Frist beginnt mit dem Ereignis am Mittwoch, 1. April 2026; dieser Tag zählt nicht mit (§ 187 Abs. 1 BGB).",
            "Zu zählen: 3 Arbeitstage (Montag bis Freitag ohne gesetzliche Feiertage in Brandenburg).",
            "Freitag, 3. April 2026 (Karfreitag, gesetzlicher Feiertag in Brandenburg nach § 2 FTG Bbg), zählt nicht.",
            "Montag, 6. April 2026 (Ostermontag, gesetzlicher Feiertag in Brandenburg nach § 2 FTG Bbg), zählt nicht.",
            "Der letzte gezählte Tag ist Mittwoch, 8. April 2026.",
            "Die Frist endet am Mittwoch, 8. April 2026, um 24 Uhr.",
        ],
        &[
            "The period begins with the event on Wednesday, 1 April 2026; that day does not count (§ 187(1) BGB).",
            "To be counted: 3 working days (Monday to Friday without public holidays in Brandenburg).",
            "Friday, 3 April 2026 (Good Friday, public holiday in Brandenburg under § 2 FTG Bbg), does not count.",
            "Monday, 6 April 2026 (Easter Monday, public holiday in Brandenburg under § 2 FTG Bbg), does not count.",
            "The last day counted is Wednesday, 8 April 2026.",
            "The period ends on Wednesday, 8 April 2026, at midnight (24:00).",
        ],
    );
}

#[test]
fn hours_over_a_change_of_the_clock() {
    check(
        json!({"start":"2026-03-27T10:30","period":"48 hours","land":"ST","regime":"VwVfG"}),
        &[
            "Die Frist beginnt am Freitag, 27. März 2026, um 10:30 Uhr.",
            "Sie beträgt 48 Stunden; Sonnabende, Sonntage und gesetzliche Feiertage werden mitgerechnet (§ 31 Abs. 6 VwVfG).",
            "In die Frist fällt eine Umstellung der Uhr; gezählt werden die tatsächlich vergangenen Stunden.",
            "Die Frist endet am Sonntag, 29. März 2026, um 11:30 Uhr.",
        ],
        &[
            "The period begins on Friday, 27 March 2026, at 10:30.",
            "It is 48 hours long; Saturdays, Sundays and public holidays count (§ 31(6) VwVfG).",
            "The clock is changed within the period; the hours that really pass are counted.",
            "The period ends on Sunday, 29 March 2026, at 11:30.",
        ],
    );
}

#[test]
fn mailbox_is_disputed() {
    check(
        json!({"kind":"notification","regime":"VwVfG","way":"mailbox","start":"2026-03-27","actual_receipt":"2026-03-28","land":"ST"}),
        &[
            "Der Verwaltungsakt wurde am Freitag, 27. März 2026, im Postfach des Nutzerkontos zum Abruf bereitgestellt.",
            "Der Verwaltungsakt gilt am dritten Tag nach der Bereitstellung zum Abruf als bekannt gegeben: Montag, 30. März 2026 (§ 9 Abs. 1 OZG).",
            "Auf den Zugang oder Abruf am Sonnabend, 28. März 2026, kommt es bei diesem Weg nicht an (§ 9 Abs. 1 OZG).",
            "Tag der Bekanntgabe ist Montag, 30. März 2026.",
            "Hinweis: Für die Bekanntgabe über das Postfach nennen die Quellen unterschiedliche Fristen (dritter oder vierter Tag).",
        ],
        &[
            "The administrative act was provided in the mailbox of the user account on Friday, 27 March 2026.",
            "The administrative act counts as notified on the third day after provision: Monday, 30 March 2026 (§ 9(1) OZG).",
            "With this way the receipt or retrieval on Saturday, 28 March 2026, does not matter (§ 9(1) OZG).",
            "The day of notification is Monday, 30 March 2026.",
            "Note: For notification through the mailbox sources name different days (third or fourth).",
        ],
    );
}

#[test]
fn portal() {
    check(
        json!({"kind":"notification","regime":"VwVfG","way":"portal","start":"2026-03-27","actual_receipt":"2026-03-30","land":"ST"}),
        &[
            "Die Benachrichtigung, dass der Verwaltungsakt zum Abruf bereitsteht, wurde am Freitag, 27. März 2026, abgesendet.",
            "Der Verwaltungsakt wurde am Montag, 30. März 2026, abgerufen und damit rechtzeitig (möglich bis Montag, 6. April 2026).",
            "Der Verwaltungsakt gilt am Tag nach dem Abruf als bekannt gegeben (§ 41 Abs. 2a Satz 3 VwVfG).",
            "Tag der Bekanntgabe ist Dienstag, 31. März 2026.",
        ],
        &[
            "The notice that the administrative act can be retrieved was sent on Friday, 27 March 2026.",
            "The administrative act was retrieved on Monday, 30 March 2026, and thus in time (possible until Monday, 6 April 2026).",
            "The administrative act counts as notified on the day after retrieval (§ 41(2a) sentence 3 VwVfG).",
            "The day of notification is Tuesday, 31 March 2026.",
        ],
    );
}

/// Whoever contests that the notice came is notified by the retrieval (§ 122a (4) sentences 3 and 4 AO).
#[test]
fn tax_portal_retrieved_later() {
    check(
        json!({"kind":"notification","regime":"AO","way":"portal","start":"2025-03-03","actual_receipt":"2025-03-20","land":"ST"}),
        &[
            "Die Benachrichtigung, dass der Verwaltungsakt zum Abruf bereitsteht, wurde am Montag, 3. März 2025, abgesendet.",
            "Der Verwaltungsakt gilt am vierten Tag nach der Absendung der Benachrichtigung als bekannt gegeben: Freitag, 7. März 2025 (§ 122a Abs. 4 Satz 1 AO).",
            "Danach wäre Tag der Bekanntgabe Freitag, 7. März 2025.",
            "Der rechtzeitige Zugang der Benachrichtigung ist bestritten und nicht nachgewiesen; maßgebend ist deshalb der Tag des Abrufs, Donnerstag, 20. März 2025 (§ 122a Abs. 4 Satz 3 und 4 AO).",
            "Tag der Bekanntgabe ist Donnerstag, 20. März 2025.",
        ],
        &[
            "The notice that the administrative act can be retrieved was sent on Monday, 3 March 2025.",
            "The administrative act counts as notified on the fourth day after sending the notice: Friday, 7 March 2025 (§ 122a(4) sentence 1 AO).",
            "By that the day of notification would be Friday, 7 March 2025.",
            "That the notice was received in time is contested and not proven; therefore the day of retrieval counts, Thursday, 20 March 2025 (§ 122a(4) sentence 3 and 4 AO).",
            "The day of notification is Thursday, 20 March 2025.",
        ],
    );
}

#[test]
fn abroad_nothing_is_presumed() {
    check(
        json!({"kind":"notification","regime":"VwVfG","way":"post-abroad","start":"2026-03-02","actual_receipt":"2026-03-14","land":"ST"}),
        &[
            "Der Verwaltungsakt wurde am Montag, 2. März 2026, zur Post gegeben.",
            "Bei diesem Weg wird nicht vermutet, wann der Verwaltungsakt zugegangen ist; es zählt der Nachweis.",
            "Nachgewiesen ist der Zugang am Sonnabend, 14. März 2026 (§ 41 Abs. 1 Satz 1 VwVfG).",
            "Tag der Bekanntgabe ist Sonnabend, 14. März 2026.",
        ],
        &[
            "The administrative act was posted on Monday, 2 March 2026.",
            "With this way it is not presumed when the administrative act was received; what is proven counts.",
            "Receipt on Saturday, 14 March 2026, is proven (§ 41(1) sentence 1 VwVfG).",
            "The day of notification is Saturday, 14 March 2026.",
        ],
    );
}

/// The sentences follow what the row counts from, here provision instead of the notice.
#[test]
fn tax_portal_since_2026() {
    check(
        json!({"kind":"notification","regime":"AO","way":"portal","start":"2026-03-02","land":"ST"}),
        &[
            "Der Verwaltungsakt wurde am Montag, 2. März 2026, zum Abruf bereitgestellt.",
            "Der Verwaltungsakt gilt am vierten Tag nach der Bereitstellung zum Abruf als bekannt gegeben: Freitag, 6. März 2026 (§ 122a Abs. 4 AO).",
            "Tag der Bekanntgabe ist Freitag, 6. März 2026.",
            "Hinweis: § 122a AO wurde zum 1. Januar 2026 neu gefasst; nach den Quellen zählen die Tage seither ab der Bereitstellung statt ab der Benachrichtigung. Der Wortlaut ist vor der Verwendung zu prüfen.",
        ],
        &[
            "The administrative act was provided for retrieval on Monday, 2 March 2026.",
            "The administrative act counts as notified on the fourth day after provision: Friday, 6 March 2026 (§ 122a(4) AO).",
            "The day of notification is Friday, 6 March 2026.",
            "Note: § 122a AO was worded anew as of 1 January 2026; by the sources the days have run from provision instead of the notice since. The wording is to be checked before use.",
        ],
    );
}

#[test]
fn a_general_order_names_the_day() {
    check(
        json!({"kind":"notification","regime":"VwVfG","way":"public","start":"2026-03-06","named_day":"2026-03-07","land":"ST"}),
        &[
            "Der verfügende Teil des Verwaltungsakts wurde am Freitag, 6. März 2026, ortsüblich bekannt gemacht.",
            "Der Verwaltungsakt bestimmt als Tag seiner Bekanntgabe Sonnabend, 7. März 2026; möglich war frühestens Sonnabend, 7. März 2026 (§ 41 Abs. 4 Satz 4 VwVfG).",
            "Tag der Bekanntgabe ist Sonnabend, 7. März 2026.",
        ],
        &[
            "The operative part of the administrative act was published on Friday, 6 March 2026.",
            "The administrative act itself names the day of its notification, Saturday, 7 March 2026; the earliest possible day was Saturday, 7 March 2026 (§ 41(4) sentence 4 VwVfG).",
            "The day of notification is Saturday, 7 March 2026.",
        ],
    );
}

#[test]
fn public_service_is_served() {
    check(
        json!({"kind":"notification","regime":"VwVfG","way":"public-service","start":"2026-03-06","land":"ST"}),
        &[
            "Die Benachrichtigung, dass der Verwaltungsakt öffentlich zugestellt wird, wurde am Freitag, 6. März 2026, bekannt gemacht.",
            "Der Verwaltungsakt gilt 2 Wochen nach der Bekanntmachung als zugestellt: Freitag, 20. März 2026 (§ 41 Abs. 5 VwVfG i. V. m. § 10 Abs. 2 Satz 6 VwZG).",
            "Tag der Bekanntgabe ist Freitag, 20. März 2026.",
            "Hinweis: Zugestellt ist, wenn seit dem Tag der Bekanntmachung der Benachrichtigung zwei Wochen vergangen sind; ob der letzte Tag der zwei Wochen oder der Tag danach zählt, ist vor der Verwendung zu prüfen.",
        ],
        &[
            "The notice that the administrative act is served publicly was published on Friday, 6 March 2026.",
            "The administrative act counts as served 2 weeks after publication: Friday, 20 March 2026 (§ 41(5) VwVfG in conjunction with § 10(2) sentence 6 VwZG).",
            "The day of notification is Friday, 20 March 2026.",
            "Note: Service is done when two weeks have passed since the day on which the notice was published; whether the last day of the two weeks or the day after it counts is to be checked before use.",
        ],
    );
}

/// What a Land says itself goes before what all say, on the days on which it says so.
#[test]
fn rows_of_a_land_go_before() {
    #[track_caller]
    fn check(land: Option<Land>, way: Way, on: &str, row: &str) {
        let on = on.parse().expect("a day");
        let rule = NotificationRules::built_in().rule(NotificationLaw::VwVfG, land, way, on);
        assert_eq!(rule.map(|rule| rule.id.as_str()), Some(row));
    }
    check(None, Way::RegisteredLetter, "2026-03-02", "vwvfg-registered-letter-from-2025");
    check(Some(Land::ST), Way::RegisteredLetter, "2026-03-02", "vwvfg-registered-letter-from-2025");
    check(Some(Land::TH), Way::RegisteredLetter, "2026-03-02", "vwvfg-registered-letter-th");
    check(Some(Land::TH), Way::Post, "2026-03-02", "vwvfg-post-from-2025");
    check(Some(Land::SH), Way::Post, "2024-12-31", "vwvfg-post-sh-until-2024");
    check(Some(Land::SH), Way::Post, "2025-01-01", "vwvfg-post-sh-from-2025");
    check(Some(Land::HH), Way::Mailbox, "2023-03-17", "vwvfg-mailbox-from-2020");
    check(Some(Land::HH), Way::Mailbox, "2023-03-18", "vwvfg-mailbox-hh-from-2023");
}

/// A letter that is no act is not called one, and the law of acts is cited by analogy only.
#[track_caller]
fn letter(law: NotificationLaw, way: Way, proven_receipt: Option<&str>, expected: &[&str]) {
    let calendar = Calendar::new(&Place::land(Land::ST)).expect("every Land has holidays");
    let input = NotificationInput {
        law,
        land: None,
        document: DocumentKind::Letter,
        way,
        dispatched_on: "2026-11-26".parse().expect("a day"),
        fiction_days: None,
        named_day: None,
        proven_receipt: proven_receipt.map(|day| day.parse().expect("a day")),
    };
    let notification = notify(&input, &calendar).expect("a rule");
    let texts: Vec<&str> =
        notification.derivation.iter().flat_map(|it| [it.de.as_str(), it.en.as_str()]).collect();
    assert_eq!(texts, expected);
}

#[test]
fn a_letter_is_no_act() {
    letter(
        NotificationLaw::VwVfG,
        Way::Post,
        None,
        &[
            "Das Schreiben wurde am Donnerstag, 26. November 2026, zur Post gegeben.",
            "The letter was posted on Thursday, 26 November 2026.",
            "Das Schreiben gilt am vierten Tag nach der Aufgabe zur Post als bekannt gegeben: Montag, 30. November 2026 (entsprechend § 41 Abs. 2 Satz 1 VwVfG).",
            "The letter counts as notified on the fourth day after posting: Monday, 30 November 2026 (by analogy with § 41(2) sentence 1 VwVfG).",
            "Tag der Bekanntgabe ist Montag, 30. November 2026.",
            "The day of notification is Monday, 30 November 2026.",
        ],
    );
}

#[test]
fn no_way_calls_a_letter_an_act() {
    let calendar = Calendar::new(&Place::land(Land::ST)).expect("every Land has holidays");
    let dispatched_on = "2026-11-26".parse().expect("a day");
    for (law, way) in NotificationLaw::ALL.into_iter().flat_map(|law| Way::ALL.map(|way| (law, way))) {
        let input = |document| NotificationInput {
            law,
            land: None,
            document,
            way,
            dispatched_on,
            fiction_days: None,
            named_day: None,
            proven_receipt: "2026-12-01".parse().ok(),
        };
        let texts = |document| {
            notify(&input(document), &calendar).map(|it| {
                it.derivation.iter().map(|it| format!("{} {}", it.de, it.en)).collect::<Vec<_>>().join(" ")
            })
        };
        let (Ok(act), Ok(letter)) = (texts(DocumentKind::Act), texts(DocumentKind::Letter)) else { continue };
        assert!(
            act.contains("erwaltungsakt") && act.contains("administrative act"),
            "{law:?} {way:?}: {act}"
        );
        assert!(!act.contains("entsprechend §"), "{law:?} {way:?}: {act}");
        assert!(
            letter.contains("Das Schreiben") && letter.contains("entsprechend §"),
            "{law:?} {way:?}: {letter}"
        );
        for word in ["erwaltungsakt", "administrative act"] {
            assert!(!letter.contains(word), "{law:?} {way:?}: {letter}");
        }
    }
}

#[test]
fn the_period_of_a_remedy_names_its_norm() {
    #[track_caller]
    fn check(law: Law, period: &str, norm: Option<&str>) {
        let sentence: Option<Sentence> = remedy_sentence(law, Period::parse(period).expect("a period"));
        assert_eq!(sentence.as_ref().and_then(|it| it.norm.as_deref()), norm, "{law:?} {period}");
        if let (Some(sentence), Some(norm)) = (&sentence, norm) {
            assert!(sentence.de.ends_with(&format!("({norm}).")), "{}", sentence.de);
        }
    }
    check(Law::VwVfG, "1 month", Some("§ 70 Abs. 1, § 74 Abs. 1 VwGO"));
    check(Law::VwVfG, "1 year", Some("§ 58 Abs. 2 VwGO"));
    check(Law::AO, "1 month", Some("§ 355 Abs. 1 AO und § 70 Abs. 1, § 74 Abs. 1 VwGO"));
    check(Law::AO, "1 year", Some("§ 356 Abs. 2 AO und § 58 Abs. 2 VwGO"));
    check(Law::SgbX, "1 month", Some("§ 84 Abs. 1, § 87 Abs. 1 SGG und § 70 Abs. 1, § 74 Abs. 1 VwGO"));
    check(Law::VwVfG, "2 weeks", None);
}
