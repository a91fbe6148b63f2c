//! Who an authority is (Behörde), and its days off that no law knows.

use std::{collections::BTreeSet, sync::Arc};

use axum::{Json, extract::State, http::StatusCode};
use fachwerk_core::{
    authority::{
        Authority, AuthorityCommand, AuthorityKind, AuthorityRejection, Payee, Profile, Superior,
        profile::places_of_their_own,
    },
    definition::LETTER,
    words::{Date, Land, Place, Text as Words, day_text},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    body,
    params::Params,
    person::{Authenticated, CommandId},
    problem::Problem,
    server::Server,
    shapes::{Misfit, Text},
    visibility::Segments,
};

pub fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(read_authority, set_authority))
        .routes(routes!(add_day_off, remove_day_off))
}

/// Who an authority is. What is absent or blank nobody said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AuthorityProfile {
    /// Its name.
    name: Text,
    /// Its Land, by the suffix of ISO 3166-2:DE: `ST`.
    land: String,
    /// The municipality, when it has holidays of its own (`places` of the answer); any other name changes nothing.
    municipality: Option<String>,
    /// What the municipality is, as far as holidays depend on it: `catholic`.
    #[serde(default)]
    categories: BTreeSet<String>,
    /// What it is, as far as law depends on it: which remedy there is against its acts, and who decides.
    kind: Option<KindOfAuthority>,
    /// The official key of its area: 2, 5 or 8 digits.
    key: Option<String>,
    /// Street and number.
    street: Option<String>,
    /// Postal code: five digits.
    postal_code: Option<String>,
    /// The town of its seat.
    town: Option<String>,
    /// Telephone.
    phone: Option<String>,
    /// E-mail.
    email: Option<String>,
    /// Web page.
    web: Option<String>,
    /// What stands at the head of its letters, at most eight lines; absent: its name and address.
    letterhead: Option<String>,
    /// At the head of its letters, to the right: `data:image/png;base64,...` or `data:image/svg+xml;base64,...`, at most 60 KB.
    logo: Option<String>,
    /// Beside the name of whoever signed one of its acts; as the logo.
    seal: Option<String>,
    /// Who decides on objections where it does not itself.
    superior: Option<String>,
    /// The address of that authority, line by line.
    superior_address: Option<String>,
    /// Whose account payments go to.
    account_holder: Option<String>,
    /// The account; blanks do not matter.
    iban: Option<String>,
    /// The bank, where it must be said.
    bic: Option<String>,
}

/// What an authority is, as far as law depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum KindOfAuthority {
    /// A municipality that belongs to a district (kreisangehörige Gemeinde).
    MunicipalityInDistrict,
    /// A union of such municipalities (Verbandsgemeinde, Verwaltungsgemeinschaft, Amt).
    JointMunicipality,
    /// An independent city (kreisfreie Stadt).
    IndependentCity,
    /// A district (Landkreis).
    District,
    /// A special-purpose association (Zweckverband).
    SpecialPurposeAssociation,
    /// An authority of the Land.
    State,
}

const KINDS: [(KindOfAuthority, AuthorityKind); 6] = [
    (KindOfAuthority::MunicipalityInDistrict, AuthorityKind::MunicipalityInDistrict),
    (KindOfAuthority::JointMunicipality, AuthorityKind::JointMunicipality),
    (KindOfAuthority::IndependentCity, AuthorityKind::IndependentCity),
    (KindOfAuthority::District, AuthorityKind::District),
    (KindOfAuthority::SpecialPurposeAssociation, AuthorityKind::SpecialPurposeAssociation),
    (KindOfAuthority::State, AuthorityKind::State),
];

/// A public holiday that was ordered for one day.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct DayOff {
    /// The day.
    #[schema(value_type = String, format = Date)]
    day: Date,
    /// What people read.
    name: Text,
    /// Where it is ordered; none: it was entered before that was asked.
    norm: Option<String>,
}

/// What a day off is called, and what makes it a public holiday.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DayOffName {
    /// What people read.
    name: Text,
    /// The provision or order that makes it a public holiday, 1 to 200 characters.
    norm: String,
    /// Said when it is meant although the day is a public holiday or a Sunday anyway, or lies in a past year; without it such a
    /// day is refused with the reason.
    #[serde(default)]
    sure: bool,
}

/// A day on which periods do not end (§ 193 BGB, § 31 (3) VwVfG).
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct HolidayEntry {
    /// The day.
    #[schema(value_type = String, format = Date)]
    day: Date,
    /// What people read.
    name: Text,
    /// Whether the authority set it itself.
    own: bool,
}

/// An authority as it is now.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct ReadAuthority {
    /// Who it is.
    profile: AuthorityProfile,
    /// All its days off that no law knows, by day.
    days_off: Vec<DayOff>,
    /// The holidays of the year that was asked for, or this one, where it acts; its own days off among them.
    holidays: Vec<HolidayEntry>,
    /// The year of these holidays.
    year: i16,
    /// The municipalities that have holidays of their own.
    places: Vec<String>,
}

impl AuthorityProfile {
    fn of(profile: &Profile) -> AuthorityProfile {
        let own = |text: &Option<Arc<str>>| text.as_deref().map(str::to_owned);
        let place = profile.place.as_ref();
        let superior = profile.superior.as_ref();
        let payee = profile.payee.as_ref();
        AuthorityProfile {
            name: (&profile.name).into(),
            land: place.map_or("", |place| Land::code(place.land)).into(),
            municipality: place.and_then(|place| place.municipality.clone()),
            categories: place.map(|place| place.categories.clone()).unwrap_or_default(),
            kind: profile.kind.and_then(|kind| Some(KINDS.iter().find(|(_, known)| *known == kind)?.0)),
            key: own(&profile.key),
            street: own(&profile.street),
            postal_code: own(&profile.postal_code),
            town: own(&profile.town),
            phone: own(&profile.phone),
            email: own(&profile.email),
            web: own(&profile.web),
            letterhead: (!profile.letterhead.is_empty()).then(|| profile.letterhead.join("\n")),
            logo: own(&profile.logo),
            seal: own(&profile.seal),
            superior: superior.map(|superior| superior.name.to_string()),
            superior_address: superior.and_then(|superior| own(&superior.address)),
            account_holder: payee.map(|payee| payee.holder.to_string()),
            iban: payee.map(|payee| payee.iban.to_string()),
            bic: payee.and_then(|payee| own(&payee.bic)),
        }
    }

    /// As the core takes it; what is wrong with its shape.
    fn into_profile(self) -> Result<Profile, Problem> {
        let said = |text: Option<String>| -> Option<Arc<str>> {
            text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()).map(Into::into)
        };
        let land = self.land.parse::<Land>().map_err(|_| {
            let known = Land::ALL.map(Land::code).join(", ");
            Problem::values(vec![Misfit::new(
                "/land",
                "unknown_land",
                format!("Ein Land „{}“ gibt es nicht. Möglich sind: {known}.", self.land),
                format!("There is no Land “{}”. Possible are: {known}.", self.land),
            )])
        })?;
        let municipality = said(self.municipality).map(|name| name.to_string());
        let superior = match (said(self.superior), said(self.superior_address)) {
            (Some(name), address) => Some(Superior { name, address }),
            (None, None) => None,
            (None, Some(_)) => {
                return Err(missing(
                    "/superior",
                    "Zur Anschrift fehlt der Name.",
                    "The address lacks the name.",
                ));
            }
        };
        let iban = said(self.iban).map(|iban| iban.split_whitespace().collect::<String>().to_uppercase());
        let payee = match (said(self.account_holder), iban, said(self.bic)) {
            (Some(holder), Some(iban), bic) => Some(Payee { holder, iban: iban.into(), bic }),
            (None, None, None) => None,
            (None, ..) => {
                return Err(missing(
                    "/account_holder",
                    "Zum Konto fehlt der Kontoinhaber.",
                    "The account lacks its holder.",
                ));
            }
            (_, None, _) => {
                return Err(missing("/iban", "Zum Konto fehlt die IBAN.", "The account lacks its IBAN."));
            }
        };
        let profile = Profile {
            name: Words::new(self.name.de.trim(), self.name.en.trim()),
            place: Some(Place { land, municipality, categories: self.categories }),
            kind: self.kind.and_then(|kind| Some(KINDS.iter().find(|(shown, _)| *shown == kind)?.1)),
            key: said(self.key),
            street: said(self.street),
            postal_code: said(self.postal_code),
            town: said(self.town),
            phone: said(self.phone),
            email: said(self.email),
            web: said(self.web),
            letterhead: said(self.letterhead)
                .map(|text| {
                    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(Arc::from).collect()
                })
                .unwrap_or_default(),
            logo: said(self.logo),
            seal: said(self.seal),
            superior,
            payee,
        };
        match profile.check() {
            Err(flaw @ AuthorityRejection::ProfileInvalid(field)) => {
                let at = if field == "place" { "municipality" } else { field };
                let Words { de, en } = flaw.text();
                Err(Problem::values(vec![Misfit::new(format!("/{at}"), flaw.code(), de, en)]))
            }
            Err(flaw) => Err(flaw.into()),
            Ok(()) => Ok(profile),
        }
    }
}

fn missing(at: &str, de: &str, en: &str) -> Problem {
    Problem::values(vec![Misfit::new(at, "required", de, en)])
}

/// The authority
///
/// Who it is, its own days off, and the holidays of a year.
#[utoipa::path(
    get, path = "/authority", tag = "administration", operation_id = "readAuthority",
    params(("year" = Option<i16>, Query, description = "The year of the holidays; this one when not given.")),
    responses((status = 200, description = "As it is now.", body = ReadAuthority))
)]
async fn read_authority(
    State(server): State<Server>,
    who: Authenticated,
    mut params: Params,
) -> Result<Json<ReadAuthority>, Problem> {
    let year = params.within("year", 1990..=2199)?.unwrap_or_else(|| server.work_day().year());
    params.finish()?;
    let authority = &who.authority;
    let days_off = authority.days_off.iter().map(|(day, off)| DayOff {
        day: *day,
        name: (&off.name).into(),
        norm: off.norm.as_deref().map(str::to_owned),
    });
    let calendar = authority.calendar();
    let holidays = calendar.holidays(year).into_iter().map(|(day, holiday)| HolidayEntry {
        day,
        name: Text::new(&*holiday.name.de, &*holiday.name.en),
        own: authority.days_off.contains_key(&day),
    });
    Ok(Json(ReadAuthority {
        profile: AuthorityProfile::of(&authority.profile),
        days_off: days_off.collect(),
        holidays: holidays.collect(),
        year,
        places: places_of_their_own().map(str::to_owned).collect(),
    }))
}

/// Say who the authority is
///
/// All of it; it counts at once for what is computed and written from then on, and changes nothing that was. For
/// administrators.
#[utoipa::path(
    put, path = "/authority", tag = "administration", operation_id = "setAuthority",
    request_body = AuthorityProfile,
    responses((status = 204, description = "It counts."))
)]
async fn set_authority(
    State(server): State<Server>,
    who: Authenticated,
    CommandId(command): CommandId,
    body::Json(profile): body::Json<AuthorityProfile>,
) -> Result<StatusCode, Problem> {
    let profile = profile.into_profile()?;
    check_pictures(&server, &profile).await?;
    server.change(&who, command, AuthorityCommand::SetProfile { profile }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// That the pictures can be printed: a letter is made with each.
async fn check_pictures(server: &Server, profile: &Profile) -> Result<(), Problem> {
    let previewer = server.options().previewer;
    for (field, picture) in [("logo", &profile.logo), ("seal", &profile.seal)] {
        let Some(picture) = picture else { continue };
        let request = json!({ "title": "–", "body": "–", "signed_by": "–", field: picture });
        let made = tokio::task::spawn_blocking(move || previewer(LETTER, &request)).await;
        if !matches!(made, Ok(None | Some(Ok(_)))) {
            let flaw = AuthorityRejection::ProfileInvalid(field);
            let Words { de, en } = flaw.text();
            return Err(Problem::values(vec![Misfit::new(format!("/{field}"), flaw.code(), de, en)]));
        }
    }
    Ok(())
}

/// Add a day off
///
/// A public holiday that was ordered for this one day, with the provision or order. No period ends on it; what is running is
/// reckoned anew. A day on which an office is merely closed is none. For administrators.
#[utoipa::path(
    put, path = "/authority/days-off/{day}", tag = "administration", operation_id = "addDayOff",
    params(("day" = String, Path, description = "The day: 2027-05-07.")),
    request_body = DayOffName,
    responses((status = 204, description = "It counts."))
)]
async fn add_day_off(
    State(server): State<Server>,
    who: Authenticated,
    Segments(day): Segments<Date>,
    CommandId(command): CommandId,
    body::Json(DayOffName { name, norm, sure }): body::Json<DayOffName>,
) -> Result<StatusCode, Problem> {
    if let Some(doubt) = day_off_doubt(&who.authority, server.work_day(), day).filter(|_| !sure) {
        let Text { de, en } = doubt;
        let (ask_de, ask_en) =
            ("Bitte den Tag prüfen und bestätigen.", "Please check the day and confirm it.");
        let (de, en) = (format!("{de} {ask_de}"), format!("{en} {ask_en}"));
        return Err(Problem::values(vec![Misfit::new("/sure", "doubtful", de, en)]));
    }
    let name = Words::new(name.de.trim(), name.en.trim());
    server.change(&who, command, AuthorityCommand::AddDayOff { day, name, norm: norm.trim().into() }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Why a day is hardly meant as a day off of its own; none for one that is one already.
fn day_off_doubt(authority: &Authority, today: Date, day: Date) -> Option<Text> {
    if authority.days_off.contains_key(&day) {
        return None;
    }
    let calendar = authority.calendar();
    let holidays = calendar.holidays(day.year());
    let known = holidays.iter().find(|(holiday, _)| *holiday == day).map(|(_, holiday)| &holiday.name);
    let said = day_text(day);
    if let Some(name) = known {
        return Some(Text::new(
            format!("Am {} ist schon Feiertag: {}.", said.de, name.de),
            format!("{} is a public holiday already: {}.", said.en, name.en),
        ));
    }
    if day.weekday().to_monday_one_offset() == 7 {
        return Some(Text::new(
            format!("Am {} endet ohnehin keine Frist.", said.de),
            format!("On {} no period ends anyway.", said.en),
        ));
    }
    (day.year() < today.year()).then(|| {
        Text::new(
            format!("{} liegt in einem vergangenen Jahr.", said.de),
            format!("{} lies in a past year.", said.en),
        )
    })
}

/// Remove a day off
///
/// For administrators.
#[utoipa::path(
    delete, path = "/authority/days-off/{day}", tag = "administration", operation_id = "removeDayOff",
    params(("day" = String, Path, description = "The day.")),
    responses((status = 204, description = "It is a day like others."))
)]
async fn remove_day_off(
    State(server): State<Server>,
    who: Authenticated,
    Segments(day): Segments<Date>,
    CommandId(command): CommandId,
) -> Result<StatusCode, Problem> {
    server.change(&who, command, AuthorityCommand::RemoveDayOff { day }).await?;
    Ok(StatusCode::NO_CONTENT)
}
