//! Who an authority is: what its law depends on, and what stands on its letters.

use std::{collections::BTreeMap, sync::Arc};

use fachwerk_deadlines::{Calendar, HolidayLaw, Land, Place};
use serde::{Deserialize, Serialize};

use super::{AuthorityRejection, is_picture, picture_name};
use crate::words::{Object, Text, Value};

/// Characters of one line.
const MAX_LINE: usize = 200;
/// Lines of a letterhead.
const MAX_LINES: usize = 8;

/// Who an authority is (Behörde). All of it is said at once; what nobody said is absent, never blank.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Its name.
    pub name: Text,
    /// Where it acts: its Land and municipality decide the holidays. Absent only before it was set up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// What it is, as far as law depends on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<AuthorityKind>,
    /// The official key of its area (Amtlicher Gemeindeschlüssel): 2 digits of a Land, 5 of a district, 8 of a municipality.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Arc<str>>,
    /// Street and number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub street: Option<Arc<str>>,
    /// Postal code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<Arc<str>>,
    /// The town of its seat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub town: Option<Arc<str>>,
    /// Telephone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Arc<str>>,
    /// E-mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Arc<str>>,
    /// Web page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub web: Option<Arc<str>>,
    /// What stands at the head of its letters, line by line; none: its name and address.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub letterhead: Vec<Arc<str>>,
    /// At the head of its letters, to the right, as a `data:` address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo: Option<Arc<str>>,
    /// Beside the name of whoever signed one of its acts (Dienstsiegel), as a `data:` address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seal: Option<Arc<str>>,
    /// Who decides on objections where it does not itself (§ 73 (1) VwGO): for a municipality in a district the district.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub superior: Option<Superior>,
    /// Where to pay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payee: Option<Payee>,
}

/// What an authority is, as far as law depends on it: § 8a AG VwGO LSA, § 73 VwGO.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AuthorityKind {
    /// A municipality that belongs to a district (kreisangehörige Gemeinde).
    MunicipalityInDistrict,
    /// A union of such municipalities (Verbandsgemeinde, Verwaltungsgemeinschaft, Amt).
    JointMunicipality,
    /// An independent city (kreisfreie Stadt).
    IndependentCity,
    /// A district (Landkreis, Kreis).
    District,
    /// A special-purpose association (Zweckverband).
    SpecialPurposeAssociation,
    /// An authority of the Land.
    State,
}

impl AuthorityKind {
    /// All of them.
    pub const ALL: [AuthorityKind; 6] = [
        AuthorityKind::MunicipalityInDistrict,
        AuthorityKind::JointMunicipality,
        AuthorityKind::IndependentCity,
        AuthorityKind::District,
        AuthorityKind::SpecialPurposeAssociation,
        AuthorityKind::State,
    ];

    /// As it is written in files.
    pub fn name(self) -> &'static str {
        match self {
            AuthorityKind::MunicipalityInDistrict => "municipality-in-district",
            AuthorityKind::JointMunicipality => "joint-municipality",
            AuthorityKind::IndependentCity => "independent-city",
            AuthorityKind::District => "district",
            AuthorityKind::SpecialPurposeAssociation => "special-purpose-association",
            AuthorityKind::State => "state",
        }
    }

    /// As it is written in files, read.
    pub fn named(name: &str) -> Option<AuthorityKind> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// What people read.
    pub fn title(self) -> Text {
        match self {
            AuthorityKind::MunicipalityInDistrict => {
                Text::new("kreisangehörige Gemeinde", "municipality that belongs to a district")
            }
            AuthorityKind::JointMunicipality => {
                Text::new("Verbandsgemeinde, Verwaltungsgemeinschaft, Amt", "union of municipalities")
            }
            AuthorityKind::IndependentCity => Text::new("kreisfreie Stadt", "independent city"),
            AuthorityKind::District => Text::new("Landkreis", "district"),
            AuthorityKind::SpecialPurposeAssociation => {
                Text::new("Zweckverband", "special-purpose association")
            }
            AuthorityKind::State => Text::new("Behörde des Landes", "authority of the Land"),
        }
    }
}

/// Who decides on objections where the authority does not itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Superior {
    /// Its name.
    pub name: Arc<str>,
    /// Its address, line by line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Arc<str>>,
}

/// Where to pay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payee {
    /// Whose account it is.
    pub holder: Arc<str>,
    /// The account, without blanks.
    pub iban: Arc<str>,
    /// The bank, where it must be said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bic: Option<Arc<str>>,
}

impl Profile {
    /// One that says only what every authority says.
    pub fn of(name: Text, place: Place) -> Profile {
        Profile { name, place: Some(place), ..Profile::default() }
    }

    /// A town that nobody lives in, about which everything is said that law depends on: who scenarios take place at when
    /// they say nothing else.
    pub fn example() -> Profile {
        let line = |text: &str| Some(Arc::from(text));
        Profile {
            kind: Some(AuthorityKind::MunicipalityInDistrict),
            key: line("15086999"),
            street: line("Markt 1"),
            postal_code: line("39999"),
            town: line("Musterstadt"),
            ..Profile::of(Text::new("Stadt Musterstadt", "Town of Musterstadt"), Place::land(Land::ST))
        }
    }

    /// Whether it can be so; else what of it cannot, by the name of the field.
    pub fn check(&self) -> Result<(), AuthorityRejection> {
        let bad = |field| Err(AuthorityRejection::ProfileInvalid(field));
        if !is_line(&self.name.de) || !is_line(&self.name.en) {
            return bad("name");
        }
        let Some(place) = &self.place else { return bad("place") };
        if place.municipality.as_deref().is_some_and(|name| !is_line(name)) || Calendar::new(place).is_err() {
            return bad("place");
        }
        if let Some(key) = &self.key
            && !(matches!(key.len(), 2 | 5 | 8)
                && key.bytes().all(|sign| sign.is_ascii_digit())
                && key.starts_with(place.land.key()))
        {
            return bad("key");
        }
        let postal = |code: &str| code.len() == 5 && code.bytes().all(|sign| sign.is_ascii_digit());
        if self.postal_code.as_deref().is_some_and(|code| !postal(code)) {
            return bad("postal_code");
        }
        let address = |text: &str| text.contains('@') && !text.contains(char::is_whitespace);
        if self.email.as_deref().is_some_and(|text| !is_line(text) || !address(text)) {
            return bad("email");
        }
        let lines =
            [("street", &self.street), ("town", &self.town), ("phone", &self.phone), ("web", &self.web)];
        if let Some((field, _)) =
            lines.iter().find(|(_, line)| line.as_deref().is_some_and(|it| !is_line(it)))
        {
            return bad(field);
        }
        if self.letterhead.len() > MAX_LINES || !self.letterhead.iter().all(|line| is_line(line)) {
            return bad("letterhead");
        }
        let pictures = [("logo", &self.logo), ("seal", &self.seal)];
        if let Some((field, _)) =
            pictures.iter().find(|(_, picture)| picture.as_deref().is_some_and(|it| !is_picture(it)))
        {
            return bad(field);
        }
        if let Some(Superior { name, address }) = &self.superior {
            let address = address
                .as_deref()
                .is_none_or(|text| text.lines().count() <= MAX_LINES && text.lines().all(is_line));
            if !is_line(name) || !address {
                return bad("superior");
            }
        }
        match &self.payee {
            Some(Payee { holder, .. }) if !is_line(holder) => bad("holder"),
            Some(Payee { iban, .. }) if !is_iban(iban) => bad("iban"),
            Some(Payee { bic: Some(bic), .. }) if !is_bic(bic) => bad("bic"),
            _ => Ok(()),
        }
    }

    /// Its logo and its seal, by what letters call them.
    pub fn pictures(&self) -> BTreeMap<Arc<str>, Arc<str>> {
        let pictures = [&self.logo, &self.seal].into_iter().flatten();
        pictures.map(|picture| (picture_name(picture), picture.clone())).collect()
    }

    /// What stands at the head of its letters.
    pub fn head(&self) -> String {
        if !self.letterhead.is_empty() {
            return self.letterhead.join("\n");
        }
        let town = [&self.postal_code, &self.town].into_iter().flatten().map(|part| &**part);
        let town = town.collect::<Vec<_>>().join(" ");
        let lines = [&*self.name.de, self.street.as_deref().unwrap_or_default(), &town];
        lines.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
    }

    /// As rules and letters see it; what nobody said is absent.
    pub fn shown(&self) -> Value {
        let mut shown = Object::new();
        let mut put = |name: &str, value: Option<&str>| {
            if let Some(value) = value {
                shown.insert(name.to_owned(), value.into());
            }
        };
        put("name", Some(&self.name.de));
        put("letterhead", Some(&self.head()));
        put("land", self.place.as_ref().map(|place| place.land.code()));
        put("municipality", self.place.as_ref().and_then(|place| place.municipality.as_deref()));
        put("kind", self.kind.map(AuthorityKind::name));
        put("key", self.key.as_deref());
        put("street", self.street.as_deref());
        put("postal_code", self.postal_code.as_deref());
        put("town", self.town.as_deref());
        put("phone", self.phone.as_deref());
        put("email", self.email.as_deref());
        put("web", self.web.as_deref());
        let superior = self.superior.as_ref();
        put("superior", superior.map(|superior| &*superior.name));
        put("superior_address", superior.and_then(|superior| superior.address.as_deref()));
        let payee = self.payee.as_ref();
        put("account_holder", payee.map(|payee| &*payee.holder));
        put("iban", payee.map(|payee| in_fours(&payee.iban)).as_deref());
        put("bic", payee.and_then(|payee| payee.bic.as_deref()));
        Value::Object(shown)
    }
}

/// What rules may read of an authority: its name there, what people read, and whether it is always there.
pub fn readable() -> [(&'static str, Text, bool); 17] {
    [
        ("name", Text::new("Name", "name"), true),
        ("letterhead", Text::new("Briefkopf", "letterhead"), true),
        ("land", Text::new("Land", "Land"), true),
        ("municipality", Text::new("Gemeinde", "municipality"), false),
        ("kind", Text::new("Art", "kind"), false),
        ("key", Text::new("Gemeindeschlüssel", "key of the area"), false),
        ("street", Text::new("Straße", "street"), false),
        ("postal_code", Text::new("Postleitzahl", "postal code"), false),
        ("town", Text::new("Ort", "town"), false),
        ("phone", Text::new("Telefon", "telephone"), false),
        ("email", Text::new("E-Mail", "e-mail"), false),
        ("web", Text::new("Internetseite", "web page"), false),
        ("superior", Text::new("Widerspruchsbehörde", "authority that decides on objections"), false),
        (
            "superior_address",
            Text::new(
                "Anschrift der Widerspruchsbehörde",
                "address of the authority that decides on objections",
            ),
            false,
        ),
        ("account_holder", Text::new("Kontoinhaber", "account holder"), false),
        ("iban", Text::new("IBAN", "IBAN"), false),
        ("bic", Text::new("BIC", "BIC"), false),
    ]
}

/// The municipalities that have holidays of their own.
pub fn places_of_their_own() -> impl Iterator<Item = &'static str> {
    HolidayLaw::built_in().places()
}

fn is_line(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= MAX_LINE && !text.contains(char::is_control)
}

/// ISO 13616: country, two check digits, up to 30 signs; the whole, turned and read as a number, leaves 1 by 97.
fn is_iban(iban: &str) -> bool {
    let signs = iban.bytes().all(|sign| sign.is_ascii_digit() || sign.is_ascii_uppercase());
    let (Some(country), Some(rest)) = (iban.get(..4), iban.get(4..)) else { return false };
    let begins = country.bytes().take(2).all(|sign| sign.is_ascii_uppercase());
    let german = !iban.starts_with("DE") || iban.len() == 22;
    if !signs || !begins || !german || !(11..=30).contains(&rest.len()) {
        return false;
    }
    let digits = rest.chars().chain(country.chars()).filter_map(|sign| sign.to_digit(36));
    let left = digits.fold(0, |left, digit| (left * if digit < 10 { 10 } else { 100 } + digit) % 97);
    left == 1
}

/// ISO 9362: 8 or 11 capital letters and digits.
fn is_bic(bic: &str) -> bool {
    matches!(bic.len(), 8 | 11) && bic.bytes().all(|sign| sign.is_ascii_digit() || sign.is_ascii_uppercase())
}

/// An account number as people read it.
pub fn in_fours(iban: &str) -> String {
    let signs: Vec<char> = iban.chars().collect();
    signs.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}
