//! What was missed and may be made up for: restoration, or a period that the authority extends though it is over. Whether
//! it is allowed is decided in the core.

use std::sync::Arc;

use axum::{Json, extract::State};
use fachwerk_core::{
    act::RemedyKind,
    case::Case,
    command::Command,
    definition::{Release, Statutory, TriggerKind},
    event::{Grounds, Missed},
    words::{Date, StepPath},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    body,
    case_detail::title_of,
    cases::read_day,
    person::{Authenticated, CommandId},
    problem::Problem,
    server::Server,
    shapes::{Misfit, Text, Version},
    visibility::Segments,
};

pub fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(reinstate))
}

/// Something that was missed.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Reinstatable {
    /// The act and the addressee, when it is the period for a remedy, and a remedy came late.
    act: Option<u32>,
    party: Option<u32>,
    /// The step and the name of the deadline, when one has passed; of the case as a whole the step is blank.
    step: Option<String>,
    name: Option<String>,
    /// What people read.
    title: Text,
    /// Who missed it, or where.
    of: Text,
    /// The last day.
    #[schema(value_type = String, format = Date)]
    end: Date,
    /// Whether the authority may extend it though it is over: it had set it itself.
    extendable: bool,
}

/// What may be made up for, and why. Either `act` and `party`, or `step` and `name`.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewReinstatement {
    /// The act against which a remedy came late.
    act: Option<u32>,
    /// The addressee.
    party: Option<u32>,
    /// The step at which a deadline has passed; blank: one of the case as a whole.
    step: Option<String>,
    /// Its name there.
    name: Option<String>,
    /// The day on which the obstacle ended; with `applied_on` it is restoration.
    #[schema(format = Date)]
    obstacle_ended_on: Option<String>,
    /// The day on which restoration was applied for, or the act was made up for.
    #[schema(format = Date)]
    applied_on: Option<String>,
    /// Whether force majeure kept them from applying within the limit.
    #[serde(default)]
    force_majeure: bool,
    /// Instead: the new last day of a period that the authority had set.
    #[schema(format = Date)]
    until: Option<String>,
    /// At most 2,000 characters.
    reason: String,
    /// The norm it rests on; when not given what the law says.
    norm: Option<String>,
}

impl NewReinstatement {
    fn missed(&self) -> Result<Missed, Problem> {
        match (self.act, self.party, &self.step, &self.name) {
            (Some(act), Some(party), None, None) => Ok(Missed::Remedy { act, party }),
            (None, None, Some(step), Some(name)) => {
                Ok(Missed::Deadline { step: step.as_str().into(), name: name.as_str().into() })
            }
            _ => Err(Problem::values(vec![Misfit::new(
                "/act",
                "required",
                "Bitte entweder Bescheid und Adressat oder Schritt und Frist angeben.",
                "Please give either act and addressee, or step and deadline.",
            )])),
        }
    }

    fn grounds(&self) -> Result<Grounds, Problem> {
        match (&self.obstacle_ended_on, &self.applied_on, &self.until) {
            (Some(ended), Some(applied), None) => Ok(Grounds::Restoration {
                obstacle_ended_on: read_day("/obstacle_ended_on", ended)?,
                applied_on: read_day("/applied_on", applied)?,
                force_majeure: self.force_majeure,
            }),
            (None, None, Some(until)) => Ok(Grounds::Extension { until: read_day("/until", until)? }),
            _ => Err(Problem::values(vec![Misfit::new(
                "/applied_on",
                "required",
                "Bitte entweder den Wegfall des Hindernisses und den Tag des Antrags oder den neuen letzten Tag angeben.",
                "Please give either the end of the obstacle and the day of the application, or the new last day.",
            )])),
        }
    }
}

/// Let somebody make up for what they missed
///
/// Restoration (Wiedereinsetzung), whose limits are checked, or an extension of what is over (§ 31 Abs. 7 Satz 2 VwVfG). A
/// late remedy then counts as in time. A deadline that has passed runs again where it is still waited for; else the case goes back
/// to the step that waited. An extension holds also where there is no way back: then its end moves, nothing is undone, and an
/// incident says so.
#[utoipa::path(
    post, path = "/cases/{id}/reinstatements", tag = "cases", operation_id = "reinstate",
    params(("id" = String, Path, description = "The case.")),
    request_body = NewReinstatement,
    responses((status = 200, description = "It may be made up for.", body = Version))
)]
async fn reinstate(
    State(server): State<Server>,
    who: Authenticated,
    Segments(id): Segments<String>,
    command: CommandId,
    body::Json(new): body::Json<NewReinstatement>,
) -> Result<Json<Version>, Problem> {
    let case = server.part_in_case(&who, &id).await?;
    let (missed, grounds) = (new.missed()?, new.grounds()?);
    let (reason, norm) = (new.reason.into(), new.norm.map(Arc::from));
    let ask = Command::Reinstate { missed, grounds, reason, norm };
    let committed = server.submit(&who, case, command, ask).await?;
    Ok(Json(Version { version: committed.version }))
}

/// What of a case was missed and can perhaps be made up for.
pub fn reinstatable(case: &Case, release: &Release) -> Vec<Reinstatable> {
    let remedies = case.acts.values().flat_map(|act| {
        act.addressees.iter().filter_map(move |(party, addressed)| {
            // On an action the court decides.
            addressed.late_remedy().filter(|late| late.kind == RemedyKind::Objection)?;
            let end = case.remedy_run(act, *party)?.end;
            let name = case.parties.get(party).map(|party| party.content.name.clone()).unwrap_or_default();
            Some(Reinstatable {
                act: Some(act.number),
                party: Some(*party),
                step: None,
                name: None,
                title: (&act.issued.as_ref()?.content.title).into(),
                of: Text::new(&*name, &*name),
                end,
                extendable: false,
            })
        })
    });
    let deadlines = case.passed.iter().filter(|_| case.is_open()).filter_map(|passed| {
        let step = passed.step.as_ref();
        let (handler, _) = release.handler(step, &passed.name)?;
        let TriggerKind::Deadline(kind) = &handler.trigger else { return None };
        // What the law had set the authority, with or without silence granting something, nobody makes up for.
        if kind.fiction.is_some() || kind.of_authority && kind.statutory != Statutory::No {
            return None;
        }
        Some(Reinstatable {
            act: None,
            party: None,
            step: Some(step.map(StepPath::to_string).unwrap_or_default()),
            name: Some(passed.name.to_string()),
            title: (&passed.title).into(),
            of: step.map_or_else(|| (&release.title).into(), |step| title_of(release, step)),
            end: passed.end,
            extendable: kind.statutory == Statutory::No,
        })
    });
    remedies.chain(deadlines).collect()
}
