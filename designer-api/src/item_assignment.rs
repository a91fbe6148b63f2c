//! An item of the incoming post is assigned to a case: as what that waits for, as a remedy against one of its acts, or just its
//! documents.

use std::sync::Arc;

use axum::{Json, extract::State};
use fachwerk_core::{
    case::Case,
    command::{Command, HandedOnTo, Request},
    decide::Rejection,
    event::HandedRemedy,
    words::{CaseId, Date},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    body,
    case_acts::ActRemedyKind,
    cases::read_day,
    incoming_actions::{ItemTarget, ended},
    person::{Authenticated, CommandId},
    problem::Problem,
    server::Server,
    shapes::{Misfit, Text, Version},
    visibility::Segments,
};

pub fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(assign_item))
}

/// An act of a case, and one of those whom it is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TargetAct {
    /// The number of the act.
    pub act: u32,
    /// What people read for its kind.
    pub title: Text,
    /// The number of the party.
    pub party: u32,
    /// Its name.
    #[schema(value_type = String)]
    pub name: Arc<str>,
    /// The day on which the act was issued; what came before is no remedy against it.
    #[schema(value_type = String, format = Date)]
    pub issued_on: Date,
}

/// The acts of a case against which a remedy can be recorded, for each addressee.
pub fn attackable(case: &Case) -> Vec<TargetAct> {
    let mut found = Vec::new();
    for act in case.acts.values() {
        let Some(issued) = &act.issued else { continue };
        for party in act.addressees.keys() {
            let name = case.parties.get(party).map(|party| party.content.name.clone()).unwrap_or_default();
            found.push(TargetAct {
                act: act.number,
                title: (&issued.content.title).into(),
                party: *party,
                name,
                issued_on: issued.on,
            });
        }
    }
    found
}

/// The remedy that an item is.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AssignedRemedy {
    /// The number of the act.
    act: u32,
    /// The number of the party who seeks it.
    party: u32,
    /// What it is.
    kind: ActRemedyKind,
    /// The day on which the court received an action; an objection came in on the day of the item.
    #[schema(format = Date)]
    received_on: Option<String>,
}

/// To which case, and as what.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Assignment {
    /// The case.
    case: String,
    /// As which of the messages that it waits for; none, and no remedy: only the documents go along.
    message: Option<String>,
    /// That a message which interrupts may end what is under way in the case is meant so; without it such a one is refused.
    #[serde(default)]
    sure: bool,
    /// As which remedy; for whoever may record one in that case.
    remedy: Option<AssignedRemedy>,
    /// That it may be a remedy, for whoever may record none in that case: somebody who may is told to look.
    #[serde(default)]
    may_be_remedy: bool,
    /// At most 2,000 characters.
    reason: String,
}

/// Assign an item to a case
///
/// Its documents go along, with the true day of receipt; and it is what the case waits for, if `message` says so: what came within
/// a period is in time, however late it is registered. A message that `interrupts` needs `sure`. With `remedy` the remedy is
/// recorded at the act in the same step. The item ends once the case has taken it over, right after the answer; if
/// the case does not take it, the item waits on and says why.
#[utoipa::path(
    post, path = "/incoming/{id}/assign", tag = "incoming", operation_id = "assignItem",
    params(("id" = String, Path, description = "The item.")),
    request_body = Assignment,
    responses((status = 200, description = "It is on its way.", body = Version))
)]
async fn assign_item(
    State(server): State<Server>,
    who: Authenticated,
    Segments(id): Segments<String>,
    command: CommandId,
    body::Json(what): body::Json<Assignment>,
) -> Result<Json<Version>, Problem> {
    let item = server.see_item(&who, &id).await?;
    // Asked once more after a lost answer: what the case waits for is another thing by now.
    if let Some(version) = server.version_by(&who, item.row.case, command).await? {
        return Ok(Json(Version { version }));
    }
    let row = server.case_row(&who, &what.case).await?;
    let target = server.target(&who, row.case, None).await?.ok_or(Rejection::CaseUnknown)?;
    if !target.open {
        return Err(ended("/case"));
    }
    check_message(&what, &target)?;
    let remedy = server.handed_remedy(&who, &what, (row.case, item.case.received_on)).await?;
    let Assignment { message, reason, .. } = what;
    let to = HandedOnTo::Case { case: row.case, message: message.map(Into::into), remedy };
    server.correct(&who, &id, command, Command::HandOn { to, reason: reason.into() }).await
}

/// Whether the case waits for it, and whoever assigns it means what it may end.
fn check_message(what: &Assignment, target: &ItemTarget) -> Result<(), Problem> {
    let Some(message) = &what.message else { return Ok(()) };
    let expected = target.expects.iter().find(|it| *it.message == **message);
    let misfit = match expected {
        Some(expected) if expected.interrupts && !what.sure => Misfit::new(
            "/sure",
            "required",
            "Dieser Eingang kann beenden, was im Vorgang gerade läuft. Bitte bestätigen, dass das so sein soll, oder nur die Dokumente zuordnen.",
            "This may end what is under way in the case. Please confirm that this is meant, or assign the documents only.",
        ),
        None => Misfit::new(
            "/message",
            "not_expected",
            "Darauf wartet der Vorgang nicht (mehr). Bitte neu wählen, worauf er wartet, oder nur die Dokumente zuordnen.",
            "The case does not wait for this (any more). Please choose anew what it waits for, or assign the documents only.",
        ),
        Some(_) if what.remedy.is_some() || what.may_be_remedy => Misfit::new(
            "/remedy",
            "one_of",
            "Ein Eingang ist entweder das, worauf der Vorgang wartet, oder ein Rechtsbehelf. Bitte eines davon wählen.",
            "An item is either what the case waits for or a remedy. Please choose one of them.",
        ),
        Some(_) => return Ok(()),
    };
    Err(Problem::values(vec![misfit]))
}

impl Server {
    /// The remedy as which an item goes to a case. What the case would refuse is said now, to whoever can mend it.
    async fn handed_remedy(
        &self,
        who: &Authenticated,
        what: &Assignment,
        (case, came): (CaseId, Date),
    ) -> Result<Option<HandedRemedy>, Problem> {
        let Some(AssignedRemedy { act, party, kind, received_on }) = what.remedy.clone() else {
            return Ok(what.may_be_remedy.then_some(HandedRemedy::Perhaps));
        };
        self.part_in_case(who, &what.case).await?;
        let received_on = match (kind, received_on) {
            (ActRemedyKind::Action, Some(day)) => Some(read_day("/remedy/received_on", &day)?),
            (ActRemedyKind::Objection, None) => None,
            (ActRemedyKind::Action, None) => {
                return Err(of_day(
                    "required",
                    "Bei einer Klage zählt der Tag, an dem sie beim Gericht eingegangen ist. Bitte diesen Tag angeben.",
                    "Of an action the day counts on which the court received it. Please give that day.",
                ));
            }
            (ActRemedyKind::Objection, Some(_)) => {
                return Err(of_day(
                    "not_expected",
                    "Bei einem Widerspruch zählt der Tag des Eingangs. Bitte keinen anderen angeben, sondern gegebenenfalls den des Eingangs berichtigen.",
                    "Of an objection the day of the item counts. Please give no other one; if need be correct that of the item.",
                ));
            }
        };
        let kind = kind.into();
        let on = Some(received_on.unwrap_or(came));
        let request = Request {
            tenant: who.tenant.clone(),
            case,
            command_id: Uuid::now_v7(),
            command: Command::RecordRemedy { act, party, kind, received_on: on },
        };
        match self.runtime().refuses(&who.actor(), &request).await? {
            Some(rejection) => Err(rejection.into()),
            None => Ok(Some(HandedRemedy::Against { act, party, kind, received_on })),
        }
    }
}

fn of_day(code: &'static str, de: &str, en: &str) -> Problem {
    Problem::values(vec![Misfit::new("/remedy/received_on", code, de, en)])
}
