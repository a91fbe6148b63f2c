//! Which remedy there is: complete answers, and what is missing. The words come from the data; that they are right no test
//! can say, only whoever compares them with the promulgated text.

use fachwerk_core::{
    authority::{AuthorityKind, Profile},
    definition::Sphere,
    law::{Asked, Given, Lack, LegalData},
    words::{Date, Land, Place, Text},
};

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
    Asked { profile, sphere, subject, on, against: "diesen Bescheid" }
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
