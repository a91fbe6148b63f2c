//! Which remedy there is: complete answers, and what is missing. The words come from the data; that they are right no test
//! can say, only whoever compares them with the promulgated text.

use fachwerk_core::{
    authority::{Authority, AuthorityKind, Profile},
    definition::Sphere,
    law::{Asked, FieldKind, Given, Lack, LawUsed, LegalData, OwnRows, TABLES, Table, id_of},
    words::{Date, Land, Object, Place, Text, Value},
};
use serde_json::json;

const DAY: Date = Date::constant(2026, 11, 27);

/// Burg, Magdeburg and the district of Jerichower Land, with what they say of themselves.
fn profile(name: &str, kind: AuthorityKind, key: &str, address: [&str; 3]) -> Profile {
    let [street, postal_code, town] = address.map(|line| Some(line.into()));
    let of = Profile::of(Text::new(name, name), Place::land(Land::ST));
    Profile { kind: Some(kind), key: Some(key.into()), street, postal_code, town, ..of }
}

fn burg() -> Profile {
    let address = ["In der Alten Kaserne 2", "39288", "Burg"];
    profile("Stadt Burg", AuthorityKind::MunicipalityInDistrict, "15086015", address)
}

fn magdeburg() -> Profile {
    let address = ["Alter Markt 6", "39104", "Magdeburg"];
    profile("Landeshauptstadt Magdeburg", AuthorityKind::IndependentCity, "15003000", address)
}

fn district() -> Profile {
    let address = ["Bahnhofstraße 9", "39288", "Burg"];
    profile("Landkreis Jerichower Land", AuthorityKind::District, "15086", address)
}

fn asked<'a>(profile: &'a Profile, sphere: Sphere, subject: &'a str, on: Date) -> Asked<'a> {
    Asked { profile, sphere, subject, on, against: "diesen Bescheid", nothing_to_pay: false }
}

#[track_caller]
fn check(profile: &Profile, (sphere, subject): (Sphere, &str), (remedy, row, text): (Given, &str, &str)) {
    let law = LegalData::built_in();
    let found = law.remedies.instruction(&asked(profile, sphere, subject, DAY)).expect("a remedy");
    let period = (remedy != Given::None).then_some("1 month");
    assert_eq!((found.remedy, found.period.as_deref(), &*found.text), (remedy, period, text));
    assert_eq!(&*found.law[0].id, row, "{:?}", found.law);
}

const BURG: &str = "Gegen diesen Bescheid kann innerhalb eines Monats nach Bekanntgabe Widerspruch bei der Stadt Burg, In der Alten Kaserne 2, 39288 Burg, erhoben werden.";
const MAGDEBURG: &str = "Gegen diesen Bescheid kann innerhalb eines Monats nach Bekanntgabe Klage beim Verwaltungsgericht Magdeburg, Breiter Weg 203-206, 39104 Magdeburg, erhoben werden.";
const CHARGES: &str = "Gegen diesen Bescheid kann innerhalb eines Monats nach Bekanntgabe Widerspruch bei dem Landkreis Jerichower Land, Bahnhofstraße 9, 39288 Burg, erhoben werden.\n\nHinweis: Der Widerspruch hat nach § 80 Abs. 2 Satz 1 Nr. 1 der Verwaltungsgerichtsordnung keine aufschiebende Wirkung. Der festgesetzte Betrag ist deshalb auch dann fristgerecht zu zahlen, wenn Widerspruch erhoben wird. Die Aussetzung der Vollziehung kann bei dem Landkreis Jerichower Land beantragt werden.";

#[test]
fn the_same_act_has_another_remedy_at_another_authority() {
    let general = (Sphere::Own, "general");
    check(&burg(), general, (Given::Objection, "st-municipality-own-general", BURG));
    check(&magdeburg(), general, (Given::Action, "st-independent-city-own-general", MAGDEBURG));
    check(&district(), general, (Given::Action, "st-district-own-general", MAGDEBURG));
    let charges = (Sphere::Own, "charges");
    check(&district(), charges, (Given::Objection, "st-district-own-charges", CHARGES));
    check(
        &burg(),
        (Sphere::Transferred, "general"),
        (Given::Objection, "st-municipality-transferred-general", BURG),
    );
}

const SOCIAL: &str = "Gegen diesen Bescheid kann innerhalb eines Monats nach Bekanntgabe Widerspruch bei der Stadt Burg, In der Alten Kaserne 2, 39288 Burg, erhoben werden. Bei Bekanntgabe im Ausland beträgt die Frist drei Monate.";

/// Whatever period is reckoned abroad, the letter has said it.
#[test]
fn an_instruction_names_the_period_abroad_where_that_is_another_one() {
    check(&burg(), (Sphere::Own, "social"), (Given::Objection, "any-any-social", SOCIAL));
    assert_eq!(LegalData::built_in().remedies.length_abroad_of("sgg-objection"), Some("3 months"));
    cannot_be("periods", "sgg-objection", json!({ "abroad": null }), "Say both or none");
    cannot_be("periods", "sgg-objection", json!({ "length_abroad": null }), "Say both or none");
    for (length, words, why) in [
        ("99999 months", "eines Monats", "is no period in days"),
        ("48 hours", "48 Stunden", "is no period in days"),
        ("soon", "bald", "is no period in days"),
        ("2 months", "eines Monats", "but the instruction says `eines Monats`"),
        ("2 weeks", "zweier Monate", "but the instruction says `zweier Monate`"),
        ("2 weeks", "zwölf Wochen", "but the instruction says `zwölf Wochen`"),
        ("12 months", "eines Jahres", "but the instruction says `eines Jahres`"),
    ] {
        cannot_be("periods", "vwgo-objection", json!({ "length": length, "genitive": words }), why);
    }
    cannot_be("periods", "sgg-objection", json!({ "length_abroad": "2 months" }), "but the instruction says");
}

/// Whoever has nothing to pay is not told to pay in spite of the remedy.
#[test]
fn where_nothing_is_charged_nothing_is_said_of_paying() {
    let (law, district) = (LegalData::built_in(), district());
    let asked = asked(&district, Sphere::Own, "charges", DAY);
    let words = |nothing_to_pay| {
        law.remedies.instruction(&Asked { nothing_to_pay, ..asked }).expect("a remedy").text.to_string()
    };
    assert_eq!(words(false), CHARGES);
    assert_eq!(Some(&*words(true)), CHARGES.split("\n\n").next());
}

#[track_caller]
fn lacks(change: impl Fn(&mut Profile), (sphere, subject): (Sphere, &str), expected: &Lack) {
    let mut profile = magdeburg();
    change(&mut profile);
    let found = LegalData::built_in().remedies.instruction(&asked(&profile, sphere, subject, DAY));
    assert_eq!(found.as_ref().err(), Some(expected), "{found:?}");
}

#[test]
fn what_is_missing_is_said() {
    let general = (Sphere::Own, "general");
    let charges = (Sphere::Own, "charges");
    lacks(|it| it.kind = None, general, &Lack::Profile("kind"));
    lacks(|it| it.place = None, general, &Lack::Profile("land"));
    lacks(|it| it.key = None, general, &Lack::Profile("key"));
    lacks(|it| it.street = None, charges, &Lack::Profile("street"));
    lacks(|it| it.key = Some("15999".into()), general, &Lack::Court("15999".into()));
    let row = |land, subject: &str| Lack::Row {
        land,
        kind: AuthorityKind::IndependentCity,
        sphere: Sphere::Own,
        subject: subject.into(),
    };
    lacks(|it| it.place = Some(Place::land(Land::BY)), general, &row(Land::BY, "general"));
    lacks(|_| {}, (Sphere::Own, "fish"), &row(Land::ST, "fish"));
    lacks(|_| {}, (Sphere::Own, "enforcement"), &Lack::FollowsMain);
}

/// What may be law is never used, and what was law once is not used on a later day.
#[test]
fn only_what_holds_on_the_day_counts() {
    let law = LegalData::built_in();
    let (city, before) = (magdeburg(), Date::constant(2003, 11, 30));
    let found = law.remedies.instruction(&asked(&city, Sphere::Own, "general", before));
    assert!(matches!(found, Err(Lack::Row { .. })), "{found:?}");
    let found =
        law.remedies.instruction(&asked(&city, Sphere::Transferred, "general", DAY)).expect("a remedy");
    assert_eq!(&*found.law[0].id, "st-independent-city-transferred-general-old");
    assert!(found.law[0].disputed && !found.law[0].checked);
}

/// Whoever is asked in Saxony-Anhalt gets an answer.
#[test]
fn saxony_anhalt_is_complete() {
    let law = LegalData::built_in();
    for kind in AuthorityKind::ALL {
        for sphere in [Sphere::Own, Sphere::Transferred] {
            for subject in ["general", "charges"] {
                let profile = Profile { kind: Some(kind), ..magdeburg() };
                let found = law.remedies.instruction(&asked(&profile, sphere, subject, DAY));
                // Associations have no transferred sphere on record.
                let none = kind == AuthorityKind::SpecialPurposeAssociation && sphere == Sphere::Transferred;
                assert_eq!(found.is_err(), none, "{kind:?} {sphere:?} {subject}: {found:?}");
            }
        }
    }
}

/// A row as it is compiled in, with changes; null takes a field away.
fn changed(table: &str, id: &str, change: Value) -> Object {
    let mut row = Table::named(table).and_then(|table| table.built_in_row(id)).expect("a row").clone();
    for (key, value) in change.as_object().expect("an object") {
        match value {
            Value::Null => row.remove(key),
            value => row.insert(key.clone(), value.clone()),
        };
    }
    row
}

fn own(rows: &[(&str, &str, Object)]) -> OwnRows {
    let mut own = OwnRows::new();
    for (table, id, row) in rows {
        own.entry((*table).into()).or_default().insert((*id).into(), row.clone());
    }
    own
}

#[test]
fn an_authority_sets_a_row_of_its_own() {
    let general = ("remedies", "st-independent-city-own-general");
    let objects = json!({
        "remedy": "objection", "decided_by": "itself", "lodged_with": "issuing-authority", "text": "own-words",
        "period": "vwgo-objection", "checked_by": "Rita Recht",
    });
    let words = json!({
        "id": "own-words", "de": "Widerspruch bei {authority_name}, innerhalb {period}.", "source": "Rechtsamt",
        "checked_by": "Rita Recht", "disputed": false,
    });
    let rows = own(&[
        (general.0, general.1, changed(general.0, general.1, objects)),
        ("texts", "own-words", words.as_object().expect("an object").clone()),
    ]);
    let law = LegalData::with(&rows).expect("law");
    let city = magdeburg();
    let found = law.remedies.instruction(&asked(&city, Sphere::Own, "general", DAY)).expect("a remedy");
    assert_eq!(&*found.text, "Widerspruch bei der Landeshauptstadt Magdeburg, innerhalb eines Monats.");
    assert_eq!(found.law.iter().map(LawUsed::is_doubtful).collect::<Vec<_>>(), [false, true, false]);
    // Without its own words the row cannot be; with them it can, in whichever order they are taken.
    let (fitting, left) = LegalData::with_those_that_fit(&rows);
    assert_eq!((fitting.remedies == law.remedies, left.len()), (true, 0));
    let only = own(&[(general.0, general.1, rows["remedies"][general.1].clone())]);
    let (fitting, left) = LegalData::with_those_that_fit(&only);
    assert_eq!(fitting.remedies, LegalData::built_in().remedies);
    assert_eq!(left, [(general.0.into(), general.1.into())]);
}

#[track_caller]
fn cannot_be(table: &str, id: &str, change: Value, why: &str) {
    let row = changed(table, id, change);
    let refused = LegalData::with(&own(&[(table, id, row)])).expect_err("a problem").text;
    assert!(refused.en.contains(why), "{}", refused.en);
    assert!(!refused.de.is_empty() && refused.de != refused.en, "{}", refused.de);
}

#[test]
fn a_row_that_cannot_be_is_refused() {
    let (remedies, general) = ("remedies", "st-independent-city-own-general");
    cannot_be(remedies, general, json!({ "remedy": "appeal" }), "unknown variant `appeal`");
    cannot_be(remedies, general, json!({ "colour": "red" }), "unknown field `colour`");
    cannot_be(remedies, general, json!({ "text": "none-such" }), "no row `none-such` in the table `texts`");
    cannot_be(remedies, general, json!({ "period": "long" }), "no row `long` in the table `periods`");
    cannot_be(remedies, general, json!({ "valid_to": "1999-12-31" }), "before it begins");
    cannot_be(remedies, general, json!({ "land": "XX" }), "cannot be read");
    cannot_be(remedies, general, json!({ "in_force": "perhaps" }), "`in_force` is absent or `unknown`");
    cannot_be(remedies, general, json!({ "subject": "charges" }), "holds for the same on the same days");
    cannot_be("texts", "objection", json!({ "de": "Gegen {akt}" }), "nothing is known that fills in {akt}");
    cannot_be(
        "fees",
        "gebost-263-event",
        json!({ "max_cents": 1 }),
        "`max_cents` 1 lies below `min_cents` 1020",
    );
    cannot_be("fee-rates", "allgo-rate-lg1-1", json!({ "cents_per_hour": -1 }), "`cents_per_hour` is -1");
    let card = "gewo-6a-trade-card";
    cannot_be("fictions", card, json!({ "norm": null }), "the provision that orders it");
    cannot_be("fictions", card, json!({ "begin": null }), "the provision that orders it");
    cannot_be("fictions", card, json!({ "length": "48 hours" }), "it does not run in hours");
    cannot_be("fictions", card, json!({ "extension_norm": null }), "the provision on extension, is missing");
    cannot_be("fictions", card, json!({ "effect": "perhaps" }), "unknown variant `perhaps`");
    cannot_be("fictions", "stvo-29-none", json!({ "length": "1 month" }), "names a period all the same");
    cannot_be("notification", "vwvfg-post-from-2025", json!({ "days": 300 }), "vwvfg-post-from-2025");
    cannot_be("notification", "vwvfg-post-from-2025", json!({ "valid_from": "2024-01-01" }), "overlaps");
    let unknown = LegalData::with(&own(&[("fish", "trout", Object::new())])).expect_err("a problem").text;
    assert_eq!(&*unknown.en, "There is no table `fish` in the legal data.");
}

/// Whoever corrects a row finds each field that it has.
#[test]
fn the_fields_of_each_table_are_known() {
    for table in &TABLES {
        let known: Vec<&str> = table.fields().map(|field| field.name).collect();
        for row in table.built_in() {
            let unknown = row
                .keys()
                .find(|key| !known.contains(&key.as_str()) && !["id", "checked_by"].contains(&key.as_str()));
            assert_eq!(unknown, None, "{} {}", table.name, id_of(row));
            for field in table.fields() {
                let said = row.get(field.name);
                let fits = said.is_none_or(|said| match field.kind {
                    FieldKind::Line | FieldKind::Long | FieldKind::Day => said.is_string(),
                    FieldKind::Both => said["de"].is_string() && said["en"].is_string(),
                    FieldKind::Flag => said.is_boolean(),
                    FieldKind::Number => said.is_u64(),
                    FieldKind::List => said.is_array(),
                    FieldKind::Choice(choices) => choices.iter().any(|choice| said == choice.id),
                    FieldKind::Data => said.is_object() || said.is_array(),
                });
                assert!(fits || said == Some(&Value::Null), "{} {} {}", table.name, id_of(row), field.name);
            }
        }
    }
}

/// What an authority sets beside the rows that are compiled in would count or not by chance; in their place it counts.
#[test]
fn an_own_row_says_nothing_a_second_time() {
    let (law, (table, id)) = (Authority::default().law, ("fee-rules", "allgo-time-rounding"));
    let halves = changed(table, id, json!({ "rounding": { "direction": "up", "to": 30 } }));
    let refused = law.with_row(table, "ours", halves.clone()).expect_err("a second one");
    assert!(refused.text.en.contains("both say how time is rounded for one day"), "{}", refused.text.en);
    assert!(law.with_row(table, id, halves).is_ok());
}
