//! Errands beside the steps of a process: questions, resubmissions, letters. A question that waits is a task like others,
//! with a form of one field.

use std::sync::Arc;

use axum::{Json, extract::State};
use fachwerk_core::{
    case::{Case, Errand, Work},
    command::{Command, LetterText},
    decide::{ANSWER, ErrandRefusal, Rejection},
    definition::Release,
    event::{ErrandKind, Event},
    facts::day_of,
    projection::TaskRow,
    schema::{Field, ObjectType, TextFormat, Type},
    words::{self, Date, InstanceId, Language, PersonId, RoleId, TaskId, Timestamp, Value},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    body,
    case_actions::{Numbered, key_of_another},
    cases::read_day,
    person::{Authenticated, CommandId},
    previews::LetterPreview,
    problem::Problem,
    server::Server,
    shapes::{Misfit, PersonName, Text, Version},
    task_detail::{SeenTask, Shown, TaskForm},
    visibility::{SeenCase, Segments},
};

/// The longest answer that the engine takes, in characters.
const MAX_ANSWER: u32 = 10_000;

pub fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(give_errand))
        .routes(routes!(withdraw_errand))
        .routes(routes!(write_letter))
        .routes(routes!(preview_letter))
}

/// What kind of errand it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum CaseErrandKind {
    /// A question to somebody.
    Question,
    /// The case comes back on a day.
    Resubmission,
}

/// A question or resubmission that is open.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CaseErrand {
    /// Its number in the case.
    pub number: u32,
    /// `<case>.<number>`, when it waits for somebody now; a resubmission is a task only from its day on.
    pub task: Option<String>,
    /// What it is.
    pub kind: CaseErrandKind,
    /// All that was asked.
    #[schema(value_type = String)]
    pub text: Arc<str>,
    /// Who gave it.
    pub by: PersonName,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
    /// The role that it goes to.
    pub role: String,
    /// Whose it is.
    pub assignee: Option<PersonName>,
    /// Until when a question shall be answered.
    #[schema(value_type = Option<String>, format = Date)]
    pub due: Option<Date>,
    /// The day on which a resubmission comes back; none once it has.
    #[schema(value_type = Option<String>, format = Date)]
    pub comes_back_on: Option<Date>,
    /// Whether this person can withdraw it.
    pub may_withdraw: bool,
}

/// What is asked of somebody.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewErrand {
    /// What it is.
    kind: CaseErrandKind,
    /// At most 5,000 characters.
    text: String,
    /// The role of the process that it goes to; with `person` alone, one that the person holds.
    role: Option<String>,
    /// The name that the person logs in with; none: whoever of the role takes it.
    person: Option<String>,
    /// A question: until when it shall be answered, if that is said. A resubmission: the day on which the case comes back.
    #[schema(format = Date)]
    on: Option<String>,
}

/// A letter beside the steps of the process.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewLetter {
    /// Name and address, line by line; at most 1,000 characters.
    addressee: String,
    /// The authority and its address, line by line; at most 1,000 characters.
    sender: Option<String>,
    /// At most 300 characters; the document is called so.
    subject: String,
    /// In Markdown, at most 50,000 characters.
    body: String,
    /// The numbers of the documents of the file that go with it (Anlagen); at most 50.
    #[serde(default)]
    #[schema(max_items = 50)]
    enclosures: Vec<u32>,
}

/// The open errands of a case.
pub fn errands(who: &Authenticated, case: &Case) -> Vec<CaseErrand> {
    let shown = case.errands.iter().filter_map(|(id, errand)| {
        let Work::Asked { kind, text, task } = &errand.work else { return None };
        let waits = errand.task().is_some();
        Some(CaseErrand {
            number: id.0,
            task: waits.then(|| TaskId { case: case.id, instance: *id }.to_string()),
            kind: match kind {
                ErrandKind::Question => CaseErrandKind::Question,
                ErrandKind::Resubmission => CaseErrandKind::Resubmission,
            },
            text: text.clone(),
            by: PersonName::of(&who.authority, &errand.by),
            since: errand.since,
            role: task.role.to_string(),
            assignee: task.assignee.as_ref().map(|person| PersonName::of(&who.authority, person)),
            due: task.due,
            comes_back_on: errand.timers.values().map(|timer| day_of(timer.at)).next(),
            may_withdraw: errand.by == who.person,
        })
    });
    shown.collect()
}

/// Ask somebody, or have the case come back on a day
///
/// It is no step of the process, and ends with the case. Answer it as a task, with the field `answer`.
#[utoipa::path(
    post, path = "/cases/{id}/errands", tag = "cases", operation_id = "giveErrand",
    params(("id" = String, Path, description = "The case.")),
    request_body = NewErrand,
    responses((status = 200, description = "It is given.", body = Numbered))
)]
async fn give_errand(
    State(server): State<Server>,
    who: Authenticated,
    Segments(id): Segments<String>,
    command: CommandId,
    body::Json(NewErrand { kind, text, role, person, on }): body::Json<NewErrand>,
) -> Result<Json<Numbered>, Problem> {
    let case = server.part_in_case(&who, &id).await?;
    let SeenCase { release, .. } = server.see_case(&who, &id).await?;
    let (role, person) = addressee(&who, &release, role, person)?;
    let kind = match kind {
        CaseErrandKind::Question => ErrandKind::Question,
        CaseErrandKind::Resubmission => ErrandKind::Resubmission,
    };
    let on = on.map(|day| read_day("/on", &day)).transpose()?;
    let ask = Command::GiveErrand { kind, text: text.into(), role, person, on };
    let committed = server.submit(&who, case, command, ask).await?;
    let turn = server.turn_of(&who, case, command).await?;
    let number = turn.events.iter().find_map(|event| match event {
        Event::ErrandGiven { instance, .. } => Some(instance.0),
        _ => None,
    });
    Ok(Json(Numbered { version: committed.version, number: number.ok_or_else(key_of_another)? }))
}

/// Whom an errand goes to. The core does not know the people.
fn addressee(
    who: &Authenticated,
    release: &Release,
    role: Option<String>,
    person: Option<String>,
) -> Result<(RoleId, Option<PersonId>), Problem> {
    let given = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
    let (role, person) = (given(role).map(RoleId::from), given(person).map(PersonId::from));
    let Some(person) = person else {
        let missing = || {
            let (de, en) = ("Bitte sagen, an wen das geht.", "Please say whom this is for.");
            Problem::values(vec![Misfit::new("/role", "required", de, en)])
        };
        return Ok((role.ok_or_else(missing)?, None));
    };
    let holds = |role: &RoleId| who.authority.holds(&person, role.as_str());
    let held = match role {
        Some(role) => Some(role).filter(holds),
        None => release.roles.keys().find(|role| holds(role)).cloned(),
    };
    match held {
        Some(role) => Ok((role, Some(person))),
        None => Err(Problem::values(vec![Misfit::new(
            "/person",
            "lacks_role",
            "Diese Person gibt es nicht, oder ihr fehlt eine Rolle dieses Verfahrens.",
            "There is no such person, or they lack a role of this process.",
        )])),
    }
}

/// Withdraw a question or resubmission
#[utoipa::path(
    post, path = "/cases/{id}/errands/{n}/withdraw", tag = "cases", operation_id = "withdrawErrand",
    params(
        ("id" = String, Path, description = "The case."),
        ("n" = u32, Path, description = "Its number."),
    ),
    responses((status = 200, description = "It is withdrawn.", body = Version))
)]
async fn withdraw_errand(
    State(server): State<Server>,
    who: Authenticated,
    Segments((id, number)): Segments<(String, String)>,
    command: CommandId,
) -> Result<Json<Version>, Problem> {
    let case = server.part_in_case(&who, &id).await?;
    let errand = number.parse().map(InstanceId);
    let errand = errand.map_err(|_| Problem::from(Rejection::Errand(ErrandRefusal::NotOpen)))?;
    let committed = server.submit(&who, case, command, Command::WithdrawErrand { errand }).await?;
    Ok(Json(Version { version: committed.version }))
}

/// Write a letter
///
/// Beside the steps of the process. It comes into the file and into the outgoing post like others, soon after the answer.
#[utoipa::path(
    post, path = "/cases/{id}/letters", tag = "cases", operation_id = "writeLetter",
    params(("id" = String, Path, description = "The case.")),
    request_body = NewLetter,
    responses((status = 200, description = "It is being made.", body = Version))
)]
async fn write_letter(
    State(server): State<Server>,
    who: Authenticated,
    Segments(id): Segments<String>,
    command: CommandId,
    body::Json(letter): body::Json<NewLetter>,
) -> Result<Json<Version>, Problem> {
    let case = server.part_in_case(&who, &id).await?;
    let committed = server.submit(&who, case, command, letter.into()).await?;
    Ok(Json(Version { version: committed.version }))
}

/// Preview a letter
///
/// As it would be made now; nothing changes.
#[utoipa::path(
    post, path = "/cases/{id}/letters/preview", tag = "cases", operation_id = "previewLetter",
    params(("id" = String, Path, description = "The case.")),
    request_body = NewLetter,
    responses((status = 200, description = "What would come of it.", body = LetterPreview))
)]
async fn preview_letter(
    State(server): State<Server>,
    who: Authenticated,
    Segments(id): Segments<String>,
    body::Json(letter): body::Json<NewLetter>,
) -> Result<Json<LetterPreview>, Problem> {
    let case = server.part_in_case(&who, &id).await?;
    server.preview(&who, case, letter.into()).await.map(Json)
}

impl From<NewLetter> for Command {
    fn from(NewLetter { addressee, sender, subject, body, enclosures }: NewLetter) -> Command {
        let sender = sender.filter(|sender| !sender.trim().is_empty()).map(Arc::from);
        let (addressee, subject, body) = (addressee.into(), subject.into(), body.into());
        let letter = LetterText { addressee, sender, subject, body, enclosures };
        Command::WriteLetter { letter }
    }
}

/// An errand as a task shows it.
pub struct ErrandTask {
    /// As the inbox shows it.
    pub row: TaskRow,
    /// What it is.
    pub kind: Text,
    /// What is entered.
    pub form: TaskForm,
    /// The fields that must be filled in.
    pub required: Vec<String>,
    /// Beside the form.
    pub show: Shown,
}

/// An errand that waits for somebody now.
pub fn errand_task(found: &SeenTask, who: &Authenticated, language: Language) -> Option<ErrandTask> {
    let case = &found.seen.case;
    let errand: &Errand = case.errand(found.id.instance)?;
    let task = errand.task()?;
    let Work::Asked { kind, text, .. } = &errand.work else { return None };
    let by = PersonName::of(&who.authority, &errand.by).name;
    let (kind, label, field, required) = match kind {
        ErrandKind::Question => (
            Text::new("Rückfrage", "Question"),
            Text::new(format!("Frage von {by}"), format!("Question of {by}")),
            words::Text::new("Antwort", "Answer"),
            true,
        ),
        ErrandKind::Resubmission => (
            Text::new("Wiedervorlage", "Resubmission"),
            Text::new(format!("Vorgemerkt von {by}"), format!("Noted by {by}")),
            words::Text::new("Was veranlasst wurde", "What was done"),
            false,
        ),
    };
    let ty = Type::Text { format: TextFormat::Lines, max_length: MAX_ANSWER, min_length: 0, pattern: None };
    let answer = Field {
        name: ANSWER.into(),
        title: field,
        help: None,
        ty,
        required,
        person: false,
        list: false,
        default: None,
    };
    Some(ErrandTask {
        row: TaskRow {
            case: case.id,
            instance: found.id.instance,
            step: None,
            title: task.title.clone(),
            role: task.role.clone(),
            assignee: task.assignee.clone(),
            excluded: task.excluded.clone(),
            due: task.due,
            opened_at: errand.since,
            process: case.process.clone(),
        },
        kind,
        form: TaskForm { schema: ObjectType { fields: vec![answer] }.to_json_schema(language) },
        required: if required { vec![ANSWER.to_owned()] } else { Vec::new() },
        show: Shown { title: label, value: Value::String(text.to_string()), text: text.to_string() },
    })
}
