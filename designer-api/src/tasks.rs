//! The inbox: which tasks wait, and how many.

use std::sync::Arc;

use axum::{Json, extract::State};
use fachwerk_core::{
    authority::Authority,
    facts::day_of,
    priority::reason,
    projection::{CaseRow, DeadlineRow, TaskRow},
    words::{Date, PersonId, ProcessId, StepPath, TaskId, Timestamp},
};
use fachwerk_store::{CaseKey, CaseQuery, Found, InboxOrder, InboxQuery, Piece, Total, Whose};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    paging::Page,
    params::Params,
    person::Authenticated,
    problem::Problem,
    server::Server,
    shapes::{PersonName, Text, Values, values},
    sorting::TaskSort,
    visibility::process_title,
};

pub fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(list_tasks)).routes(routes!(count_tasks))
}

/// An open task.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct InboxEntry {
    /// `<case>.<number>`.
    pub id: String,
    /// Its case.
    pub case: String,
    /// The step that it belongs to; none for a question or resubmission beside the steps.
    #[schema(value_type = Option<String>)]
    pub step: Option<StepPath>,
    /// What is to be done.
    pub title: Text,
    /// The process.
    #[schema(value_type = String)]
    pub process: ProcessId,
    /// What people read for the process.
    pub process_title: Text,
    /// The file number of the case.
    #[schema(value_type = Option<String>)]
    pub number: Option<Arc<str>>,
    /// What names the case beside its number.
    #[schema(value_type = Option<String>)]
    pub subject: Option<Arc<str>>,
    /// Who may do it.
    pub role: String,
    /// Whose it is.
    pub assignee: Option<PersonName>,
    /// Internal due day.
    #[schema(value_type = Option<String>, format = Date)]
    pub due: Option<Date>,
    /// The legal deadline of the case that ends first.
    pub deadline: Option<NextDeadline>,
    /// Why it is taken up before others; absent where only the day of receipt counts.
    pub priority: Option<PriorityReason>,
    /// Since when it is open.
    #[schema(value_type = String, format = DateTime)]
    pub opened_at: Timestamp,
    /// Whether this person may not do it, because of what they did before (four-eyes).
    pub excluded: bool,
    /// The declared columns of the case.
    pub columns: Values,
}

/// Why a task is taken up before others.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PriorityReason {
    /// The day with a consequence for the authority.
    #[schema(value_type = Option<String>, format = Date)]
    pub on: Option<Date>,
    /// The deadline that ends then, or what else it is.
    pub why: Text,
}

/// The legal deadline of a case that ends first.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct NextDeadline {
    /// What people read.
    pub title: Text,
    /// Its last day.
    #[schema(value_type = Option<String>, format = Date)]
    pub end: Option<Date>,
    /// The day from which on people are warned of it.
    #[schema(value_type = Option<String>, format = Date)]
    pub warn_on: Option<Date>,
}

/// How many tasks wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TaskCounts {
    /// Mine.
    pub mine: CappedCount,
    /// For my roles, and nobody's yet.
    pub unassigned: CappedCount,
    /// Mine or nobody's, with a due day that has passed.
    pub overdue: CappedCount,
    /// Letters that wait to leave the house.
    pub letters: CappedCount,
    /// Items of the incoming post; none for whoever does not see it.
    pub incoming: Option<CappedCount>,
}

/// A number that is counted up to 1,000.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct CappedCount {
    /// How many were counted.
    pub count: u32,
    /// Whether there are more.
    pub capped: bool,
}

impl From<Total> for CappedCount {
    fn from(Total { count, more }: Total) -> CappedCount {
        CappedCount { count, capped: more }
    }
}

impl InboxEntry {
    pub fn of(
        authority: &Authority,
        person: &PersonId,
        task: &TaskRow,
        case: &CaseRow,
        (deadline, today): (Option<&DeadlineRow>, Date),
    ) -> InboxEntry {
        InboxEntry {
            id: TaskId { case: task.case, instance: task.instance }.to_string(),
            case: task.case.to_string(),
            step: task.step.clone(),
            title: (&task.title).into(),
            process: task.process.clone(),
            process_title: process_title(authority, &task.process),
            number: case.number.clone(),
            subject: case.subject.clone(),
            role: task.role.to_string(),
            assignee: task.assignee.as_ref().map(|assignee| PersonName::of(authority, assignee)),
            due: task.due,
            deadline: deadline.map(|next| NextDeadline {
                title: (&next.title).into(),
                end: next.end,
                warn_on: next.warn_on.first().copied(),
            }),
            priority: case.priority.as_ref().and_then(|place| {
                let (on, why) = reason(place, authority.policy.digital_first, today)?;
                Some(PriorityReason { on, why: (&why).into() })
            }),
            opened_at: task.opened_at,
            excluded: task.excluded.contains(person),
            columns: values(&case.columns),
        }
    }
}

/// Whose tasks.
#[derive(Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum TaskView {
    #[default]
    Mine,
    Unassigned,
    All,
}

/// The inbox
///
/// Tasks for the roles of whoever asks. `filter.<column>=value` restricts to cases whose declared column has the value.
#[utoipa::path(
    get, path = "/tasks", tag = "tasks", operation_id = "listTasks",
    params(
        ("view" = inline(Option<TaskView>), Query, description = "Whose tasks; `mine` when not given."),
        ("process" = Option<String>, Query, description = "Only of this process."),
        ("q" = Option<String>, Query, description = "Words that begin a word of number or subject."),
        ("due_before" = Option<String>, Query, format = Date, description = "Only tasks due before this day."),
        ("sort" = Option<String>, Query, description = "`due` (internal due day; when not given), `opened`, `number`, `deadline` (the legal deadline that ends first), `priority` (what has a consequence for the authority first, see `priority` of a task; then by the true day of receipt), or `column.<name>` (a declared column). Cases that lack it come last."),
        ("descending" = Option<bool>, Query, description = "The order turned round."),
        ("cursor" = Option<String>, Query, description = "`next` of the page before."),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 200, description = "At most so many rows; 50 when not given."),
    ),
    responses((status = 200, description = "A page of the inbox.", body = Page<InboxEntry>))
)]
async fn list_tasks(
    State(server): State<Server>,
    who: Authenticated,
    mut params: Params,
) -> Result<Json<Page<InboxEntry>>, Problem> {
    let view: TaskView = params.word("view")?;
    let mut order = params.parsed("sort")?.map(|TaskSort(order)| order).unwrap_or_default();
    if let InboxOrder::Case(CaseKey::Priority { digital_first, today }) = &mut order {
        *digital_first = who.authority.policy.digital_first;
        *today = server.work_day();
    }
    let descending = params.parsed("descending")?.unwrap_or(false);
    let process = params.text("process")?.map(ProcessId::from);
    let found = Found { text: params.text("q")?, columns: params.beginning_with("filter.")? };
    // The store takes the last day that still counts.
    let due_until = params.day("due_before")?.map(|day| day.yesterday().unwrap_or(day));
    let piece = params.piece()?;
    params.finish()?;
    let whose = match view {
        TaskView::Mine => Whose::Of(who.person.clone()),
        TaskView::Unassigned => Whose::Unassigned,
        TaskView::All => Whose::All,
    };
    let roles = match &process {
        Some(_) => (*who.roles).clone(),
        None => server.inbox_roles(&who).await?,
    };
    let query = InboxQuery {
        roles: Some(roles),
        whose,
        process,
        found,
        due_until,
        order,
        descending,
        piece: piece.of_store(),
        ..InboxQuery::default()
    };
    let page = server.runtime().store().inbox(&who.tenant, &query).await?;
    let today = server.work_day();
    Ok(Json(Page::from_store(page, &piece, |entry| {
        InboxEntry::of(
            &who.authority,
            &who.person,
            &entry.task,
            &entry.case,
            (entry.next_deadline.as_ref(), today),
        )
    })))
}

/// How many tasks wait
#[utoipa::path(
    get, path = "/tasks/counts", tag = "tasks", operation_id = "countTasks",
    responses((status = 200, description = "The numbers beside the inbox.", body = TaskCounts))
)]
async fn count_tasks(
    State(server): State<Server>,
    who: Authenticated,
    params: Params,
) -> Result<Json<TaskCounts>, Problem> {
    params.finish()?;
    let store = server.runtime().store();
    let roles = server.inbox_roles(&who).await?;
    let counts = store.task_counts(&who.tenant, &roles, &who.person).await?;
    let today = day_of(server.runtime().clock().now());
    let overdue = InboxQuery {
        roles: Some(roles),
        whose: Whose::OfOrUnassigned(who.person.clone()),
        due_until: Some(today.yesterday().unwrap_or(today)),
        piece: Piece { cursor: None, limit: 1 },
        ..InboxQuery::default()
    };
    let overdue = store.inbox(&who.tenant, &overdue).await?.total;
    let processes = server.processes_of(&who).await?;
    let one = Piece { cursor: None, limit: 1 };
    let letters = store.post_of(&who.tenant, Some(&processes), &one).await?.total;
    let items = server.items_of(&who).await?;
    let incoming = match items.is_empty() {
        true => None,
        false => {
            let open =
                CaseQuery { open: Some(true), processes: Some(items), piece: one, ..CaseQuery::default() };
            store.cases(&who.tenant, &open).await?.total
        }
    };
    Ok(Json(TaskCounts {
        mine: counts.mine.into(),
        unassigned: counts.unassigned.into(),
        overdue: overdue.map(CappedCount::from).unwrap_or_default(),
        letters: letters.map(CappedCount::from).unwrap_or_default(),
        incoming: incoming.map(CappedCount::from),
    }))
}
