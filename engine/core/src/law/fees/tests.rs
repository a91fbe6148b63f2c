//! Worked cases, reckoned by hand beforehand; and what holds for all amounts.

use std::sync::LazyLock;

use fachwerk_deadlines::Land;

use super::*;
use crate::law::{LawUsed, LegalData};

const LAW: &str = r#"
version: 1
laws:
  - { id: bylaw, land: ST, title: Satzung, sphere: own, key_day: act-ended, norm: "§ 4 Satzung", source: made up, checked_by: lawyer, disputed: false }
  - { id: uses, land: any, title: Sondernutzungssatzung, sphere: own, key_day: begin-of-use, source: made up, checked_by: lawyer, disputed: false }
rules:
  - { id: refusal, fee_law: bylaw, kind: reduction, on: [refused], factor: { min: 25, max: 100 }, reasons_required: true, norm: "§ 5 Satzung", source: made up, checked_by: lawyer, disputed: false }
  - { id: not-ours, fee_law: bylaw, kind: exemption, on: [refused-incompetent], factor: { min: 0, max: 0 }, norm: "§ 6 Satzung", source: made up, checked_by: null, disputed: false }
  - { id: half, fee_law: bylaw, kind: reduction, title: { de: Verein, en: club }, factor: { min: 50, max: 50 }, source: made up, checked_by: lawyer, disputed: false }
  - { id: fiction, fee_law: bylaw, kind: basis, on: [deemed], source: made up, checked_by: lawyer, disputed: false }
  - { id: value-down, fee_law: bylaw, kind: rounding, applies_to: value, value_includes_vat: true, rounding: { direction: down, to: 5000 }, norm: "§ 1 Abs. 2 AllGO", source: made up, checked_by: lawyer, disputed: false }
  - { id: quarter, fee_law: bylaw, kind: rounding, applies_to: time, rounding: { direction: up, to: 15 }, source: made up, checked_by: lawyer, disputed: false }
  - { id: small, fee_law: uses, kind: small-amount, up_to_cents: 500, norm: "§ 9", source: made up, checked_by: lawyer, disputed: false }
rates:
  - { id: rate, fee_law: bylaw, title: { de: Sachbearbeitung, en: clerk }, cents_per_hour: 5700, source: made up, checked_by: lawyer, disputed: false }
  - { id: high, fee_law: bylaw, title: { de: Leitung, en: head }, cents_per_hour: 7100, source: made up, checked_by: lawyer, disputed: false }
positions:
  - { id: fixed-old, key: fixed, fee_law: bylaw, title: { de: Schein, en: paper }, kind: fixed, cents: 2500, valid_to: "2025-12-31", norm: Nr. 1, source: made up, checked_by: lawyer, disputed: false }
  - { id: fixed-new, key: fixed, fee_law: bylaw, title: { de: Schein, en: paper }, kind: fixed, cents: 3000, valid_from: "2026-01-01", norm: Nr. 1, source: made up, checked_by: lawyer, disputed: false }
  - { id: frame, fee_law: bylaw, title: { de: Ausnahme, en: exception }, kind: frame, min_cents: 3500, max_cents: 20000, norm: Nr. 2, source: made up, checked_by: lawyer, disputed: false }
  - { id: part, fee_law: bylaw, title: { de: Bau, en: building }, kind: value, per_ten_thousand: 150, min_cents: 10000, max_cents: 500000, rounding: { direction: half-up, to: 100 }, source: made up, checked_by: lawyer, disputed: false }
  - { id: stepped, fee_law: bylaw, title: { de: Stufen, en: steps }, kind: value, steps: [{ up_to_cents: 1000000, cents: 5000 }, { cents: 12000, begun: { each_cents: 1000000, cents: 1500 } }], source: made up, checked_by: lawyer, disputed: false }
  - { id: time, fee_law: bylaw, title: { de: Auskunft, en: information }, kind: time, rates: [rate, high], max_cents: 100000, source: made up, checked_by: lawyer, disputed: false }
  - { id: extension, fee_law: bylaw, title: { de: Verlängerung, en: extension }, kind: share, share: { min: 15, max: 75 }, source: made up, checked_by: lawyer, disputed: false }
  - { id: area, fee_law: uses, title: { de: Fläche, en: area }, kind: fixed, cents: 50, units: [{ de: Quadratmeter, en: square metres }, { de: Tage, en: days }], min_cents: 200, source: made up, checked_by: lawyer, disputed: false }
  - { id: unfound, fee_law: bylaw, title: { de: Unbekannt, en: unknown }, kind: unknown, in_force: unknown, source: made up, checked_by: null, disputed: false }
"#;

/// Read once: it is asked thousands of times.
fn law() -> &'static FeeLaw {
    static READ: LazyLock<FeeLaw> =
        LazyLock::new(|| FeeLaw::of_process(LAW, &FeeLaw::default()).expect("the law of the tests is read"));
    &READ
}

fn at(key_day: Option<&str>) -> Moment {
    let day = |day: &str| day.parse().expect("a day");
    Moment { key_day: key_day.map(day), today: day("2026-11-27"), land: Some(Land::ST) }
}

fn asked(tariff: &str) -> FeeAsked {
    FeeAsked { tariff: tariff.into(), ..FeeAsked::default() }
}

fn fee(asked: &FeeAsked, at: &Moment) -> Result<Fee, FeeLack> {
    let (own, general) = (FeeLaw::default(), law());
    Tariffs { own: &own, general }.fee(asked, at)
}

#[track_caller]
fn check(asked: FeeAsked, key_day: Option<&str>, (total, words): (i64, &[&str])) -> Fee {
    let fee = fee(&asked, &at(key_day)).expect("a fee");
    let said: Vec<&str> = fee.words.iter().map(|words| &*words.de).collect();
    assert_eq!((fee.total, said), (Some(total), words.to_vec()));
    assert!(fee.words.iter().all(|words| words.en.ends_with('.')), "{:?}", fee.words);
    fee
}

fn because(asked: FeeAsked) -> FeeAsked {
    FeeAsked { reasons: Some("mittlerer Aufwand.".into()), ..asked }
}

#[test]
fn the_built_in_rows_are_read_and_no_amount_is_made_up() {
    let law = LegalData::built_in();
    let open = law.fees.positions.iter().filter(|row| row.what.kind == PositionKind::Unknown);
    assert!(open.clone().count() > 5 && open.into_iter().all(|row| !row.in_force));
    assert!(law.fees.positions.iter().all(|row| row.checked_by.is_none()), "nobody has checked one");
}

#[test]
fn the_key_day_says_which_version_counts() {
    let old = check(asked("fixed"), Some("2025-12-31"), (2500, &["Feste Gebühr: 25,00 €."]));
    assert_eq!((&*old.law[0].id, &*old.basis), ("fixed-old", "§ 4 Satzung, Nr. 1"));
    let new = check(asked("fixed"), None, (3000, &["Feste Gebühr: 30,00 €."]));
    assert_eq!(&*new.law[0].id, "fixed-new");
}

#[test]
fn a_frame_wants_an_amount_with_reasons() {
    let open = fee(&asked("frame"), &at(None)).expect("what is known");
    assert_eq!((open.cents, open.frame, open.needs), (None, Some((3500, 20000)), vec!["amount"]));
    let set = FeeAsked { amount: Some(8000), ..because(asked("frame")) };
    check(
        set.clone(),
        None,
        (8000, &["Rahmengebühr 35,00 € bis 200,00 €; angesetzt 80,00 €. Begründung: mittlerer Aufwand."]),
    );
    let refused = FeeAsked { occasion: Some("refused".into()), reduced_to: Some(25), ..set };
    check(
        refused,
        None,
        (
            2000,
            &[
                "Rahmengebühr 35,00 € bis 200,00 €; angesetzt 80,00 €. Begründung: mittlerer Aufwand.",
                "Ermäßigt auf 25 % von 80,00 € (§ 5 Satzung), möglich 25 bis 100 %: 20,00 €.",
            ],
        ),
    );
}

#[test]
fn less_is_charged_by_a_rule_only() {
    let refused = FeeAsked { occasion: Some("refused".into()), ..asked("fixed") };
    check(
        refused.clone(),
        None,
        (
            3000,
            &["Feste Gebühr: 30,00 €.", "Volle Gebühr; von einer Ermäßigung (§ 5 Satzung) wird abgesehen."],
        ),
    );
    check(
        FeeAsked { reduced_to: Some(33), ..because(refused) },
        None,
        (
            990,
            &[
                "Feste Gebühr: 30,00 €.",
                "Ermäßigt auf 33 % von 30,00 € (§ 5 Satzung), möglich 25 bis 100 %: 9,90 €. Begründung: mittlerer Aufwand.",
            ],
        ),
    );
    let free = FeeAsked { occasion: Some("refused-incompetent".into()), ..asked("fixed") };
    let free = check(free, None, (0, &["Feste Gebühr: 30,00 €.", "Gebührenfrei (§ 6 Satzung)."]));
    assert!(free.law.iter().any(LawUsed::is_doubtful));
    check(
        FeeAsked { reduction: Some("half".into()), expenses: 345, ..asked("fixed") },
        None,
        (
            1845,
            &[
                "Feste Gebühr: 30,00 €.",
                "Ermäßigt auf 50 % von 30,00 €: Verein: 15,00 €.",
                "Auslagen: 3,45 €.",
                "Zusammen: 18,45 €.",
            ],
        ),
    );
    check(
        FeeAsked { occasion: Some("deemed".into()), ..asked("fixed") },
        None,
        (3000, &["Feste Gebühr: 30,00 €."]),
    );
}

#[test]
fn what_is_chosen_fits_the_occasion() {
    let half = |occasion: &str| FeeAsked {
        reduction: Some("half".into()),
        occasion: Some(occasion.into()).filter(|occasion: &Arc<str>| !occasion.is_empty()),
        ..asked("fixed")
    };
    // A rule without occasions is somebody's to choose, on each that the law knows.
    for occasion in ["", "refused", "deemed"] {
        assert_eq!(fee(&half(occasion), &at(None)).map(|fee| fee.total), Ok(Some(1500)), "{occasion}");
    }
    let told = |reduction: &str, occasion: Option<&str>| {
        let reduction = Some(reduction.into());
        let asked = FeeAsked { reduction, occasion: occasion.map(Arc::from), ..because(asked("fixed")) };
        fee(&asked, &at(None)).map_err(|lack| lack.text().en.to_string()).map(|fee| fee.total)
    };
    assert_eq!(told("refusal", Some("refused")), Ok(Some(3000)));
    for (reduction, occasion, why) in [
        (
            "refusal",
            None,
            "`refusal` holds on refused only, but the occasion is as applied for (none is named)",
        ),
        ("refusal", Some("deemed"), "`refusal` holds on refused only, but the occasion is `deemed`"),
        (
            "not-ours",
            Some("refused"),
            "`not-ours` holds on refused-incompetent only, but the occasion is `refused`",
        ),
        ("half", Some("lost"), "Satzung: the legal data do not say whether there is a fee on `lost`"),
    ] {
        assert_eq!(told(reduction, occasion), Err(why.into()));
    }
}

#[test]
fn nothing_is_said_twice() {
    let rule = |id: &str, says: &str| {
        format!(
            "{{ id: {id}, fee_law: bylaw, {says}, source: made up, checked_by: lawyer, disputed: false }}"
        )
    };
    let amount = |direction: &str| {
        format!("kind: rounding, applies_to: amount, rounding: {{ direction: {direction}, to: 100 }}")
    };
    let check = |more: &[String], told: &[(&str, &str)]| {
        let text = LAW.replace("\nrates:", &format!("\n  - {}\nrates:", more.join("\n  - ")));
        let law = FeeLaw::of_process(&text, &FeeLaw::default()).expect("it can be read all the same");
        let found = law.contradictions(&FeeLaw::default());
        let found: Vec<_> =
            found.iter().map(|one| (one.text.en.to_string(), one.place.to_string())).collect();
        let told: Vec<_> = told.iter().map(|(why, place)| (why.to_string(), place.to_string())).collect();
        assert_eq!(found, told);
    };
    // One that rounds as the position does contradicts nothing.
    check(&[rule("full", &amount("half-up"))], &[]);
    check(
        &[rule("full", &amount("down"))],
        &[(
            "Table `positions`, row `part`: here its amount is rounded to full €1.00, but by `full` it is rounded down to full €1.00; only one of both may stay.",
            "positions.part.rounding",
        )],
    );
    check(
        &[rule("again", "kind: rounding, applies_to: time, rounding: { direction: up, to: 15 }")],
        &[(
            "Table `rules`, row `again`: it and `quarter` both say how time is rounded for one day; one of them has to go, or to hold on other days.",
            "rules.again.rounding",
        )],
    );
    check(
        &[rule("gentle", "kind: exemption, on: [other, refused], factor: { min: 0, max: 0 }")],
        &[(
            "Table `rules`, row `gentle`: it and `refusal` both say how much is to be paid on `refused` for one day; one of them has to go, or to hold on other days.",
            "rules.gentle.on",
        )],
    );
    let little = |id: &str, until: &str| rule(id, &format!("kind: small-amount, up_to_cents: 100, {until}"));
    check(
        &[little("least", "valid_to: \"2025-12-31\""), little("less", "valid_to: \"2026-12-31\"")],
        &[(
            "Table `rules`, row `less`: it and `least` both say what is too little to be charged for one day; one of them has to go, or to hold on other days.",
            "rules.less.up_to_cents",
        )],
    );
    check(&[little("least", "valid_to: \"2025-12-31\""), little("less", "valid_from: \"2026-01-01\"")], &[]);
    assert_eq!(LegalData::built_in().contradictions(), []);
}

#[test]
fn a_value_is_rounded_as_the_law_says() {
    // 123.499 € down to 123.450 €; 1,5 % are 1.851,75 €, to full euros 1.852 €.
    check(
        FeeAsked { value: Some(12_349_900), ..asked("part") },
        None,
        (
            185_200,
            &[
                "Wert: 123.499,00 € einschließlich Umsatzsteuer, gerundet auf 123.450,00 € (§ 1 Abs. 2 AllGO).",
                "1,5 % von 123.450,00 € = 1.851,75 €.",
                "Auf volle 1,00 € gerundet: 1.852,00 €.",
            ],
        ),
    );
    check(
        FeeAsked { value: Some(10_000), ..asked("part") },
        None,
        (
            10_000,
            &[
                "Wert: 100,00 € einschließlich Umsatzsteuer.",
                "1,5 % von 100,00 € = 1,50 €.",
                "Mindestens 100,00 €.",
            ],
        ),
    );
    // 35.000 € lie 25.000 € above the step: three parts of 10.000 € begun, 120 € and 3 times 15 €.
    check(
        FeeAsked { value: Some(3_500_000), ..asked("stepped") },
        None,
        (
            16_500,
            &[
                "Wert: 35.000,00 € einschließlich Umsatzsteuer.",
                "Gebühr bei einem Wert über 10.000,00 €: 165,00 €.",
            ],
        ),
    );
}

#[test]
fn time_counts_in_quarters_begun() {
    let time = vec![("rate".into(), 40), ("high".into(), 15)];
    check(
        FeeAsked { time, ..asked("time") },
        None,
        (
            6050,
            &[
                "Sachbearbeitung: 40 Minuten = 3 angefangene Viertelstunden bei 57,00 € je Stunde = 42,75 €.",
                "Leitung: 15 Minuten = 1 angefangene Viertelstunden bei 71,00 € je Stunde = 17,75 €.",
                "Summe: 60,50 €.",
            ],
        ),
    );
    let time = vec![("high".into(), 6000)];
    check(
        FeeAsked { time, ..asked("time") },
        None,
        (
            100_000,
            &[
                "Leitung: 6000 Minuten = 400 angefangene Viertelstunden bei 71,00 € je Stunde = 7.100,00 €.",
                "Höchstens 1.000,00 €.",
            ],
        ),
    );
}

#[test]
fn a_share_and_a_count() {
    let share = FeeAsked { share_of: Some(20_000), percent: Some(50), ..because(asked("extension")) };
    check(
        share,
        None,
        (
            10_000,
            &["50 % der Gebühr von 200,00 € (Rahmen 15 bis 75 %) = 100,00 €. Begründung: mittlerer Aufwand."],
        ),
    );
    let area = |quantities| FeeAsked { quantities, ..asked("area") };
    check(
        area(vec![40, 3]),
        Some("2026-06-01"),
        (6000, &["40 (Quadratmeter) × 3 (Tage) × 0,50 € = 60,00 €."]),
    );
    // Two euros at least, and up to five are not charged.
    check(
        area(vec![1, 1]),
        Some("2026-06-01"),
        (
            0,
            &[
                "1 (Quadratmeter) × 1 (Tage) × 0,50 € = 0,50 €.",
                "Mindestens 2,00 €.",
                "Gebühren und Auslagen von zusammen bis zu 5,00 € werden nicht erhoben (§ 9).",
            ],
        ),
    );
}

#[test]
fn what_cannot_be_is_told() {
    let code = |asked: FeeAsked, key_day| {
        let lack = fee(&asked, &at(key_day)).expect_err("no fee");
        assert!(!lack.text().de.is_empty() && !lack.help().en.is_empty());
        lack.text().en.to_string()
    };
    let frame = |amount| FeeAsked { amount: Some(amount), ..because(asked("frame")) };
    for (asked, key_day, told) in [
        (asked("nothing"), None, "the legal data know no fee `nothing`"),
        (asked("unfound"), None, "the legal data have no amount for `unfound` (unknown)"),
        (asked("area"), None, "it does not say which day counts for `area` (Sondernutzungssatzung)"),
        (
            FeeAsked { amount: Some(8000), ..asked("frame") },
            None,
            "an amount within a frame and a reduction need reasons (§ 39 (1) VwVfG)",
        ),
        (frame(3499), None, "The amount is €34.99 and does not lie between €35.00 and €200.00"),
        (frame(-1), None, "The amount is -€0.01 and does not lie between €0.00 and €10,000,000,000.00"),
        (
            FeeAsked { occasion: Some("lost".into()), ..asked("fixed") },
            None,
            "Satzung: the legal data do not say whether there is a fee on `lost`",
        ),
        (
            FeeAsked { reduction: Some("all".into()), ..asked("fixed") },
            None,
            "the law of this fee knows no reduction or exemption `all`",
        ),
        (
            FeeAsked { reduced_to: Some(10), ..asked("fixed") },
            None,
            "no rule is named that allows a reduction",
        ),
        (
            FeeAsked { reduced_to: Some(24), occasion: Some("refused".into()), ..asked("fixed") },
            None,
            "The share of the full fee in percent is 24 and does not lie between 25 and 100",
        ),
        (
            FeeAsked { time: vec![("none".into(), 5)], ..asked("time") },
            None,
            "there is no rate `none` here, only rate, high",
        ),
        (
            FeeAsked { quantities: vec![1], ..asked("area") },
            Some("2026-06-01"),
            "it is counted by square metres, days; 1 quantities are given",
        ),
        (
            FeeAsked { quantities: vec![1_000_000_000, 1_000_000_000], ..asked("area") },
            Some("2026-06-01"),
            "the amount is larger than ten billion euros",
        ),
        (
            FeeAsked { value: Some(i64::MAX), ..asked("part") },
            None,
            "The value is €92,233,720,368,547,758.07 and does not lie between €0.00 and €10,000,000,000.00",
        ),
    ] {
        assert_eq!(code(asked, key_day), told);
    }
    let bavaria = Moment { land: Some(Land::BY), ..at(None) };
    assert_eq!(
        &*fee(&asked("fixed"), &bavaria).unwrap_err().text().en,
        "`fixed` is law of another Land than Bavaria"
    );
}

#[test]
fn rows_that_cannot_be_are_refused() {
    for (from, to, told) in [
        (
            "cents: 2500",
            "cents: -1",
            "Table `positions`, row `fixed-old`: `cents` is -1; it lies between 0 and 1000000000000.",
        ),
        (
            "min_cents: 3500, max_cents: 20000",
            "min_cents: 3500",
            "Table `positions`, row `frame`: `max_cents` is missing.",
        ),
        (
            "max_cents: 20000",
            "max_cents: 10",
            "Table `positions`, row `frame`: `max_cents` 10 lies below `min_cents` 3500.",
        ),
        (
            "valid_from: \"2026-01-01\"",
            "valid_from: \"2025-01-01\"",
            "Table `positions`, row `fixed-old`: it and `fixed-new` hold for the same on one day.",
        ),
        ("rates: [rate, high]", "rates: [low]", "Table `positions`, row `time`: nothing is called `low`."),
        (
            "kind: unknown, in_force: unknown",
            "kind: unknown",
            "Table `positions`, row `unfound`: what it says is unknown, so it needs `in_force: unknown`.",
        ),
        ("to: 5000", "to: 0", "Table `rules`, row `value-down`: rounding to 0 is not possible."),
        (
            "factor: { min: 25, max: 100 }",
            "factor: { min: 25, max: 101 }",
            "Table `rules`, row `refusal`: 25 to 101 percent is no range up to 100.",
        ),
        ("positions:", "tariffs:", "There is no list `tariffs`; there are laws, rules, rates, positions."),
    ] {
        assert!(LAW.contains(from), "{from}");
        let refused = FeeLaw::of_process(&LAW.replacen(from, to, 1), &FeeLaw::default());
        assert_eq!(&*refused.unwrap_err().text.en, told);
    }
}

#[test]
fn a_process_brings_its_own_rows() {
    let general = law();
    let own = r#"positions: [{ id: ours, key: fixed, fee_law: bylaw, title: { de: Schein, en: paper }, kind: fixed, cents: 4200, norm: "§ 2 Satzung der Stadt", source: Amtsblatt, checked_by: lawyer, disputed: false }]"#;
    let own = FeeLaw::of_process(own, general).expect("rows of a process");
    let tariffs = Tariffs { own: &own, general };
    // What was law before of the same name does not count any more, on no day.
    for day in ["2020-01-01", "2026-11-27"] {
        assert_eq!(tariffs.fee(&asked("fixed"), &at(Some(day))).map(|fee| fee.total), Ok(Some(4200)));
    }
    assert_eq!(tariffs.fee(&because(asked("frame")), &at(None)).map(|fee| fee.needs), Ok(vec!["amount"]));
}

#[test]
fn one_version_of_a_position_may_belong_to_another_law_than_the_next() {
    let all = law;
    let law = |id: &str, until: &str| {
        format!(
            "{{ id: {id}, land: ST, title: {id}, sphere: own, key_day: act-ended, {until}, source: x, checked_by: y, disputed: false }}"
        )
    };
    let position = |id: &str, law: &str, cents: i64, until: &str| {
        format!(
            "{{ id: {id}, key: paper, fee_law: {law}, title: {{ de: Schein, en: paper }}, kind: fixed, cents: {cents}, {until}, norm: Nr. 1, source: x, checked_by: y, disputed: false }}"
        )
    };
    let (until, from) = (r#"valid_to: "2026-12-31""#, r#"valid_from: "2027-01-01""#);
    let own = format!(
        "laws: [{}, {}]\npositions: [{}, {}]",
        law("old", until),
        law("new", from),
        position("old-paper", "old", 3000, until),
        position("new-paper", "new", 9900, from),
    );
    let own = FeeLaw::of_process(&own, all()).expect("rows of a process");
    let tariffs = Tariffs { own: &own, general: all() };
    let on = |day: &str| Moment { today: day.parse().expect("a day"), ..at(None) };
    let reckoned = tariffs.fee(&asked("paper"), &on("2026-12-28")).expect("a fee");
    let used = |fee: &Fee| fee.law.iter().map(|row| row.id.to_string()).collect::<Vec<_>>();
    assert_eq!((reckoned.total, used(&reckoned)), (Some(3000), vec!["old-paper".into(), "old".into()]));
    let later = tariffs.fee(&asked("paper"), &on("2027-02-15")).expect("a fee");
    assert_eq!((later.total, used(&later)), (Some(9900), vec!["new-paper".into(), "new".into()]));
    // An act that is issued when the law has changed cannot charge what was reckoned before.
    let outdated = |day: &str| {
        tariffs.outdated(&reckoned.law, day.parse().expect("a day")).map(|row| row.id.to_string())
    };
    assert_eq!((outdated("2026-12-31"), outdated("2027-02-15")), (None, Some("old-paper".into())));
}

/// A small generator of numbers; the same each time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(self.0 >> 33).unwrap_or_default() % end.max(1)
    }
}

#[test]
fn for_all_amounts() {
    let mut numbers = Numbers(7);
    for _ in 0..2000 {
        let amount = 3500 + numbers.below(16_501);
        let percent = 25 + numbers.below(76);
        let expenses = numbers.below(10_000);
        let set = FeeAsked {
            amount: Some(amount),
            occasion: Some("refused".into()),
            reduced_to: Some(percent),
            expenses,
            ..because(asked("frame"))
        };
        let found = fee(&set, &at(None)).expect("a fee");
        let cents = found.cents.expect("all is said");
        // The exact amount lies less than a cent above, and nobody pays more than the full fee or less than its quarter.
        assert!(
            cents * 100 <= amount * percent && amount * percent < (cents + 1) * 100,
            "{set:?}: {found:?}"
        );
        assert!(amount / 4 <= cents && cents <= amount && found.total == Some(cents + expenses));
        let value = numbers.below(MAX_CENTS / 1000);
        let dearer = value + numbers.below(10_000_000);
        for tariff in ["part", "stepped"] {
            let of = |value| {
                fee(&FeeAsked { value: Some(value), ..asked(tariff) }, &at(None)).expect("a fee").total
            };
            assert!(of(value) <= of(dearer), "{tariff}: what is worth more costs no less: {value}, {dearer}");
        }
        let minutes = 1 + numbers.below(900);
        let time = |minutes| {
            fee(&FeeAsked { time: vec![("rate".into(), minutes)], ..asked("time") }, &at(None))
                .expect("a fee")
                .cents
        };
        assert_eq!(
            time(minutes),
            time((minutes + 14) / 15 * 15),
            "{minutes}: a quarter begun is a whole one"
        );
    }
}
