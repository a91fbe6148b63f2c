//! What somebody is told when a request could not be done: `application/problem+json` (RFC 9457) with a stable code.
//!
//! A handler answers with a [`Problem`]; which language it is told in is decided at the door, by [`told`].

use std::{borrow::Cow, convert::Infallible};

use axum::{
    Json,
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use fachwerk_core::{
    authority::AuthorityRejection,
    decide::Rejection,
    package::PackageFault,
    words::{self, Language},
};
use fachwerk_runtime::{ChangeError, DeployError, SubmitError};
use fachwerk_store::StoreError;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    language::language_of,
    shapes::{Diagnostic, Misfit, ScenarioResult, Text},
};

/// What a handler answers when it could not do what was asked.
#[derive(Clone, Debug)]
pub struct Problem(Box<Told>);

#[derive(Clone, Debug)]
struct Told {
    status: StatusCode,
    code: Cow<'static, str>,
    detail: Text,
    misfits: Vec<Misfit>,
    limit: Option<&'static str>,
    retry_after_s: Option<i64>,
    problems: Vec<Diagnostic>,
    scenarios: Vec<ScenarioResult>,
}

/// Why a request was not done.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// Names the problem: `urn:fachwerk:problem:<code>`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What kind of problem, in the language of the request.
    pub title: String,
    /// The status of the answer.
    pub status: u16,
    /// What, why and what to do, in the language of the request.
    pub detail: String,
    /// Stable, for programs.
    pub code: String,
    /// Values that do not fit.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub misfits: Vec<Misfit>,
    /// The name of the limit that was hit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<String>,
    /// What is wrong with a process or block that cannot be deployed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub problems: Vec<Diagnostic>,
    /// What came of its scenarios.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub scenarios: Vec<ScenarioResult>,
}

impl Problem {
    pub fn new(
        status: StatusCode,
        code: &'static str,
        de: impl Into<String>,
        en: impl Into<String>,
    ) -> Problem {
        Problem(Box::new(Told {
            status,
            code: code.into(),
            detail: Text::new(de.into(), en.into()),
            misfits: Vec::new(),
            limit: None,
            retry_after_s: None,
            problems: Vec::new(),
            scenarios: Vec::new(),
        }))
    }

    pub fn said(status: StatusCode, code: &'static str, detail: Text) -> Problem {
        let Text { de, en } = detail;
        Problem::new(status, code, &*de, &*en)
    }

    /// There is nothing here, or nothing for this person's eyes.
    pub fn not_found() -> Problem {
        Problem::new(
            StatusCode::NOT_FOUND,
            "NotFound",
            "Unter dieser Adresse gibt es nichts.",
            "There is nothing at this address.",
        )
    }

    /// Nobody is logged in.
    pub fn not_logged_in() -> Problem {
        Problem::new(
            StatusCode::UNAUTHORIZED,
            "NotLoggedIn",
            "Bitte melden Sie sich an. Vielleicht ist Ihre Sitzung abgelaufen.",
            "Please log in. Your session may have expired.",
        )
    }

    /// The role for this is missing.
    pub fn not_allowed() -> Problem {
        AuthorityRejection::NotAllowed.into()
    }

    /// Values do not fit.
    pub fn values(misfits: Vec<Misfit>) -> Problem {
        let list = |language| {
            let parts: Vec<String> = misfits
                .iter()
                .take(5)
                .map(|misfit| {
                    format!("{}: {}", misfit.at.trim_start_matches('/'), misfit.message.get(language))
                })
                .collect();
            parts.join(" ")
        };
        let (de, en) = (list(Language::De), list(Language::En));
        let mut problem = Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "ValuesInvalid",
            format!("Angaben passen nicht. {de}"),
            format!("Some values do not fit. {en}"),
        );
        problem.0.misfits = misfits;
        problem
    }

    /// A limit was hit; it is named.
    pub fn limit(
        status: StatusCode,
        code: &'static str,
        limit: &'static str,
        most: impl std::fmt::Display,
    ) -> Problem {
        let mut problem = Problem::new(
            status,
            code,
            format!("Das überschreitet die Grenze „{limit}“; höchstens {most} sind möglich."),
            format!("This is over the limit `{limit}`; at most {most} are possible."),
        );
        problem.0.limit = Some(limit);
        problem
    }

    /// Too much is under way; later it may go well.
    pub fn busy(limit: &'static str) -> Problem {
        let mut problem = Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "Busy",
            format!(
                "Gerade ist zu viel zu tun (Grenze „{limit}“). Bitte versuchen Sie es gleich noch einmal."
            ),
            format!("Too much is going on right now (limit `{limit}`). Please try again in a moment."),
        );
        problem.0.limit = Some(limit);
        problem.retry_after(2)
    }

    /// Our own mistake: told without details, and logged here, once.
    pub fn fault(what: impl std::fmt::Display) -> Problem {
        tracing::error!(%what, "a request failed");
        Problem::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "Fault",
            "Das ist ein Fehler des Systems; er wurde protokolliert. Bitte verständigen Sie die Administration, wenn er bleibt.",
            "This is a fault of the system; it has been logged. Please tell the administrator if it stays.",
        )
    }

    /// Says it in other words.
    pub fn saying(mut self, detail: Text) -> Problem {
        self.0.detail = detail;
        self
    }

    /// Adds the name of the limit that was hit.
    pub fn with_limit(mut self, limit: &'static str) -> Problem {
        self.0.limit = Some(limit);
        self
    }

    /// Adds after how many seconds another try may go well.
    pub fn retry_after(mut self, seconds: i64) -> Problem {
        self.0.retry_after_s = Some(seconds.max(1));
        self
    }

    /// What people are told.
    pub fn text(&self) -> words::Text {
        words::Text::new(self.0.detail.de.clone(), self.0.detail.en.clone())
    }

    /// Stable, for programs.
    pub fn code(&self) -> &str {
        &self.0.code
    }

    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    fn body(&self, language: Language) -> ProblemBody {
        let Told { status, code, detail, misfits, limit, problems, scenarios, .. } = &*self.0;
        ProblemBody {
            kind: format!("urn:fachwerk:problem:{code}"),
            title: title(*status, language).into(),
            status: status.as_u16(),
            detail: detail.get(language).into(),
            code: code.to_string(),
            misfits: misfits.clone(),
            limit: limit.map(Into::into),
            problems: problems.clone(),
            scenarios: scenarios.clone(),
        }
    }
}

fn title(status: StatusCode, language: Language) -> &'static str {
    let (de, en) = match status.as_u16() {
        400 => ("Anfrage nicht verstanden", "Request not understood"),
        401 => ("Nicht angemeldet", "Not logged in"),
        403 => ("Nicht erlaubt", "Not allowed"),
        404 => ("Nicht gefunden", "Not found"),
        405 => ("Hier nicht möglich", "Not possible here"),
        410 => ("Nicht mehr vorhanden", "Gone"),
        409 => ("Zurzeit nicht möglich", "Not possible now"),
        412 => ("Inzwischen geändert", "Changed meanwhile"),
        413 => ("Zu groß", "Too large"),
        415 => ("Falsches Format", "Wrong format"),
        422 => ("Angaben passen nicht", "Values do not fit"),
        429 => ("Zu viele Versuche", "Too many attempts"),
        503 => ("Zurzeit nicht erreichbar", "Not available now"),
        _ => ("Fehler des Systems", "Fault of the system"),
    };
    match language {
        Language::De => de,
        Language::En => en,
    }
}

/// The problem goes along with the answer; [`told`] writes it down in the language of the request.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.0.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Writes problems down in the language of the request.
pub async fn told(request: Request, next: Next) -> Response {
    let language = language_of(request.uri(), request.headers());
    let mut response = next.run(request).await;
    let Some(problem) = response.extensions_mut().remove::<Problem>() else { return response };
    let mut told = (problem.0.status, Json(problem.body(language))).into_response();
    let headers = told.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    headers.insert(
        header::CONTENT_LANGUAGE,
        HeaderValue::from_static(match language {
            Language::De => "de",
            Language::En => "en",
        }),
    );
    if let Some(seconds) = problem.0.retry_after_s {
        headers.insert(header::RETRY_AFTER, seconds.into());
    }
    if problem.0.status == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    for (name, value) in response.headers() {
        if !headers.contains_key(name) {
            headers.append(name, value.clone());
        }
    }
    told
}

impl From<Infallible> for Problem {
    fn from(never: Infallible) -> Problem {
        match never {}
    }
}

impl From<Rejection> for Problem {
    fn from(rejection: Rejection) -> Problem {
        let status = match &rejection {
            Rejection::ValuesInvalid { misfits } => {
                return Problem::values(misfits.iter().map(Misfit::from).collect());
            }
            Rejection::CaseUnknown
            | Rejection::DocumentUnknown
            | Rejection::PartyUnknown
            | Rejection::ActUnknown
            | Rejection::IncidentUnknown { .. } => StatusCode::NOT_FOUND,
            Rejection::DocumentTakenOut => StatusCode::GONE,
            _ if rejection.is_forbidden() => StatusCode::FORBIDDEN,
            _ => StatusCode::CONFLICT,
        };
        Problem::said(status, rejection.code(), rejection.text().into())
    }
}

impl From<AuthorityRejection> for Problem {
    fn from(rejection: AuthorityRejection) -> Problem {
        let status = match &rejection {
            AuthorityRejection::NotAllowed
            | AuthorityRejection::RunNotAllowed
            | AuthorityRejection::RunOtherPersonNeeded => StatusCode::FORBIDDEN,
            AuthorityRejection::Unknown
            | AuthorityRejection::ProcessUnknown
            | AuthorityRejection::BlockUnknown
            | AuthorityRejection::SubstitutionUnknown
            | AuthorityRejection::DayOffUnknown
            | AuthorityRejection::LawTableUnknown
            | AuthorityRejection::LawRowUnknown
            | AuthorityRejection::PublisherUnknown
            | AuthorityRejection::RunUnknown
            | AuthorityRejection::TokenUnknown => StatusCode::NOT_FOUND,
            AuthorityRejection::NameInvalid
            | AuthorityRejection::SubstitutionInvalid
            | AuthorityRejection::TokenInvalid
            | AuthorityRejection::RunInvalid
            | AuthorityRejection::KeyInvalid
            | AuthorityRejection::ReasonInvalid
            | AuthorityRejection::RetentionInvalid
            | AuthorityRejection::ProfileInvalid(_)
            | AuthorityRejection::DayOffInvalid
            | AuthorityRejection::LawRowTooLarge
            | AuthorityRejection::LawRowInvalid(_)
            | AuthorityRejection::PublisherInvalid
            | AuthorityRejection::PolicyInvalid => StatusCode::UNPROCESSABLE_ENTITY,
            AuthorityRejection::Exists
            | AuthorityRejection::LastAdministrator
            | AuthorityRejection::BlockInUse
            | AuthorityRejection::BlockOfAnother(_)
            | AuthorityRejection::SubstitutionOverlaps
            | AuthorityRejection::RunElsewhere
            | AuthorityRejection::VersionTaken => StatusCode::CONFLICT,
        };
        Problem::said(status, rejection.code(), rejection.text().into())
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Problem {
        match &error {
            StoreError::Unavailable { .. } => {
                tracing::error!(%error, "the database is not available");
                Problem::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "Unavailable",
                    "Die Datenbank ist zurzeit nicht erreichbar. Bitte versuchen Sie es gleich noch einmal.",
                    "The database is not available at the moment. Please try again in a moment.",
                )
                .retry_after(5)
            }
            StoreError::DepotUnavailable { .. } => {
                tracing::error!(%error, "the depot of documents is not available");
                Problem::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "DocumentsUnavailable",
                    "Die Ablage der Dokumente ist zurzeit nicht erreichbar. Bitte versuchen Sie es gleich noch einmal.",
                    "The depot of documents is not available at the moment. Please try again in a moment.",
                )
                .retry_after(5)
            }
            StoreError::BytesMissing { .. } => {
                tracing::error!(%error, "a document is lost");
                Problem::new(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "DocumentMissing",
                    "Die Ablage hat dieses Dokument nicht mehr. Bitte sagen Sie es der Administration.",
                    "The depot has this document no more. Please tell an administrator.",
                )
            }
            StoreError::OlderServers { .. } => {
                Problem::said(StatusCode::SERVICE_UNAVAILABLE, "OlderServers", error.text().into())
                    .retry_after(60)
            }
            StoreError::NewerTurns { .. } => {
                tracing::error!(%error, "a newer program has written this");
                Problem::said(StatusCode::SERVICE_UNAVAILABLE, "NewerProgram", error.text().into())
                    .retry_after(60)
            }
            StoreError::Erased { .. } => Problem::said(StatusCode::GONE, "CaseErased", error.text().into()),
            StoreError::Again { .. } => Problem::busy("command_tries"),
            StoreError::UnknownCommit { .. } => {
                tracing::error!(%error, "the database was lost while saving");
                Problem::said(StatusCode::SERVICE_UNAVAILABLE, "UnknownOutcome", error.text().into())
                    .retry_after(5)
            }
            StoreError::NoRoom { .. } => {
                Problem::said(StatusCode::PAYLOAD_TOO_LARGE, "DocumentsFull", error.text().into())
            }
            StoreError::BadCursor => Problem::said(StatusCode::BAD_REQUEST, "BadCursor", error.text().into()),
            StoreError::TooLarge { what, .. } => {
                Problem::said(StatusCode::PAYLOAD_TOO_LARGE, "TooLarge", error.text().into()).with_limit(what)
            }
            _ => Problem::fault(error),
        }
    }
}

impl From<SubmitError> for Problem {
    fn from(error: SubmitError) -> Problem {
        match error {
            SubmitError::Rejected(rejection) => rejection.into(),
            SubmitError::Store(error) => error.into(),
            SubmitError::AuthorityUnknown => Problem::not_found(),
            SubmitError::Contended => Problem::busy("command_tries"),
            SubmitError::Overloaded { .. } => Problem::busy("waiting_turns"),
            SubmitError::TooLarge { limit, .. } => {
                Problem::limit(StatusCode::PAYLOAD_TOO_LARGE, "TooLarge", "turn_bytes", limit)
            }
            SubmitError::ReleaseBroken(..) | SubmitError::Fault(_) => Problem::fault(error),
        }
    }
}

impl From<ChangeError> for Problem {
    fn from(error: ChangeError) -> Problem {
        match error {
            ChangeError::Rejected(rejection) => rejection.into(),
            ChangeError::Submit(error) => error.into(),
        }
    }
}

impl From<PackageFault> for Problem {
    fn from(fault: PackageFault) -> Problem {
        let status = match fault {
            PackageFault::TooLarge(..) => StatusCode::PAYLOAD_TOO_LARGE,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        };
        Problem::said(status, fault.code(), fault.text().into())
    }
}

impl From<DeployError> for Problem {
    fn from(error: DeployError) -> Problem {
        let detail = Text::from(error.text());
        match error {
            DeployError::NotDeployable { problems, scenarios } => {
                let mut problem = Problem::said(StatusCode::UNPROCESSABLE_ENTITY, "NotDeployable", detail);
                let of_scenarios = scenarios.iter().flat_map(|scenario| &scenario.problems);
                problem.0.problems =
                    problems.iter().chain(of_scenarios).map(|found| Diagnostic::of(found, None)).collect();
                problem.0.scenarios = scenarios.iter().map(ScenarioResult::from).collect();
                problem
            }
            DeployError::VersionTaken { .. } => Problem::said(StatusCode::CONFLICT, "VersionTaken", detail),
            DeployError::Package(fault) => fault.into(),
            DeployError::Rejected(rejection) => rejection.into(),
            DeployError::Submit(error) => error.into(),
        }
    }
}
