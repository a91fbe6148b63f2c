//! One task: its form, what is shown beside it, and what the person may do with it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use axum::{Json, extract::State, http::StatusCode};
use fachwerk_core::{
    authority::Authority,
    case::{Case, Instance, Task},
    command::{Command, Request},
    decide::{FieldLook, Rejection},
    definition::{Form, FormField, Kind, Release, Step, TaskKind},
    facts::day_of,
    projection::{DeadlineRow, TaskRow},
    schema::ObjectType,
    words::{InstanceId, Language, Object, StepPath, TaskId, Value},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    ahead::{makes_letters, outcomes_that_end},
    body,
    corrections::may_correct,
    document_choices::with_documents,
    errands::{ErrandTask, errand_task},
    hands::{ChangedSince, changed_since},
    language::Lang,
    params::Params,
    person::Authenticated,
    problem::Problem,
    server::Server,
    shapes::{PersonName, Text, Values, values},
    tasks::InboxEntry,
    value_text,
    visibility::{SeenCase, Segments},
};

pub fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(show_task)).routes(routes!(look_at_form))
}

/// A task with its form.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct TaskDetail {
    /// As the inbox shows it.
    #[serde(flatten)]
    pub entry: InboxEntry,
    /// How it is done.
    pub help: Option<Text>,
    /// What people read for the step; for a question or resubmission beside the steps, who gave it.
    pub step_title: Text,
    /// The version of the case that this shows; send it back as `seen`.
    pub version: u64,
    /// The form.
    pub form: TaskForm,
    /// The fields that must be filled in, as the values stand now.
    pub required: Vec<String>,
    /// The fields that are not shown, as the values stand now.
    pub hidden: Vec<String>,
    /// The options that cannot be chosen, by field, as the values stand now.
    pub closed: BTreeMap<String, Vec<String>>,
    /// By field with closed options: the fields of the form on which that depends.
    pub closed_by: BTreeMap<String, Vec<String>>,
    /// Whether `required`, `hidden` and `closed` depend on what is entered; then ask `look`.
    pub dynamic: bool,
    /// What the form shows at first.
    pub values: Values,
    /// What is shown beside the form.
    pub show: Vec<Shown>,
    /// The steps that can be begun, where the person chooses them; then the form is empty, and completing the task
    /// finishes the group.
    pub choices: Vec<StepChoice>,
    /// The outcomes after which the case can end at once; an empty text for a task without outcomes.
    pub ends_case: Vec<String>,
    /// Whether letters can come of it before anything else must be done than signing them; then `preview` shows them.
    pub makes_letters: bool,
    /// Whether letters are signed by it: whoever signs sees what `preview` shows, and says so (`shown`).
    pub signs: bool,
    /// Why it must be signed anew: what changed since the letters were signed.
    pub withdrawn: Option<Text>,
    /// The titles of the letters of the case that still wait to be dispatched.
    #[schema(value_type = Vec<String>)]
    pub unsent: Vec<Arc<str>>,
    /// For a task that another person must do: what was changed since the earlier step was begun.
    pub changed: Vec<ChangedSince>,
    /// What the person may do.
    pub may: TaskRights,
}

/// A step that can be begun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct StepChoice {
    /// Its id.
    pub id: String,
    /// What people read.
    pub title: Text,
    /// How often it is under way now.
    pub active: u32,
    /// How often it was begun in this case.
    pub begun: u32,
}

/// A form.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct TaskForm {
    /// JSON Schema (2020-12) with titles in the language of the request; properties are in the order of the form.
    #[schema(value_type = Values)]
    pub schema: Value,
}

/// A value that a form shows.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Shown {
    /// What people read beside it.
    pub title: Text,
    /// The value.
    pub value: Value,
    /// The value as people read it, in the language of the request.
    pub text: String,
}

/// What a person may do with a task now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TaskRights {
    /// Take it.
    pub claim: bool,
    /// Give it back, or free it while somebody else holds it.
    pub release: bool,
    /// Hand it to somebody else.
    pub delegate: bool,
    /// Do it.
    pub complete: bool,
    /// Why not.
    pub why_not: Option<Text>,
}

/// Values of a form.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Entered {
    /// By field.
    #[schema(value_type = Values)]
    pub values: Object,
}

/// Which fields and options a form shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct FormLook {
    /// The fields that are not shown.
    pub hidden: Vec<String>,
    /// The shown fields that must be filled in.
    pub required: Vec<String>,
    /// The options that cannot be chosen, by field.
    pub closed: BTreeMap<String, Vec<String>>,
    /// By field with closed options: the fields of the form on which that depends.
    pub closed_by: BTreeMap<String, Vec<String>>,
}

/// An open task with all that belongs to it.
pub struct SeenTask {
    pub id: TaskId,
    pub seen: SeenCase,
}

impl SeenTask {
    /// The form is none where a person chooses the steps of an ad-hoc group.
    fn parts(&self) -> Option<(&Instance, &Task, &Step, Option<&TaskKind>)> {
        let (instance, task) = self.seen.case.task(self.id.instance)?;
        let step = self.seen.release.find(instance.step.as_ref()?)?;
        let kind = match &step.kind {
            Kind::Task(kind) => Some(&**kind),
            _ => None,
        };
        Some((instance, task, step, kind))
    }

    /// The steps that can be begun, where a person chooses.
    fn choices(&self, step: &Step) -> Vec<StepChoice> {
        let SeenCase { case, release, .. } = &self.seen;
        let Kind::Scope(scope) = step.kind else { return Vec::new() };
        let active = |path: &StepPath| {
            let here = case.children(self.id.instance);
            let steps = here.filter_map(|id| case.instance(id)?.step.as_ref().map(StepPath::without_rounds));
            u32::try_from(steps.filter(|step| step == path).count()).unwrap_or(u32::MAX)
        };
        let steps = release.scope(scope).steps.iter().map(|ix| release.step(*ix));
        let choice = |step: &Step| StepChoice {
            id: step.id.to_string(),
            title: (&step.title).into(),
            active: active(&step.path),
            begun: case.visits.get(&step.path).copied().unwrap_or(0),
        };
        steps.filter(|step| !step.only_undoes).map(choice).collect()
    }

    /// The role that the task is for.
    pub fn task(&self) -> Option<&Task> {
        self.seen.case.open_task(self.id.instance)
    }
}

impl Server {
    /// A task that somebody may see. One that was never there is not found; one that is done is told by the core.
    pub async fn see_task(&self, who: &Authenticated, id: &str) -> Result<SeenTask, Problem> {
        let unknown = || {
            Problem::new(
                StatusCode::NOT_FOUND,
                "TaskUnknown",
                "Diese Aufgabe gibt es nicht.",
                "There is no such task.",
            )
        };
        let id: TaskId = id.parse().map_err(|_| unknown())?;
        let seen = self.see_case(who, &id.case.to_string()).await.map_err(|problem| {
            // Whose case is not there, whose task is not either.
            if problem.status() == StatusCode::NOT_FOUND { unknown() } else { problem }
        })?;
        if id.instance.0 >= seen.case.next_instance || id.instance.0 == 0 {
            return Err(unknown());
        }
        Ok(SeenTask { id, seen })
    }

    async fn rights(
        &self,
        who: &Authenticated,
        found: &SeenTask,
        task: &Task,
    ) -> Result<TaskRights, Problem> {
        let command = Command::ClaimTask { task: found.id.instance };
        let request =
            Request { tenant: who.tenant.clone(), case: found.id.case, command_id: Uuid::now_v7(), command };
        let refused = if who.roles.contains(&task.role) {
            self.runtime().refuses(&who.actor(), &request).await?
        } else {
            Some(Rejection::MissingRole { role: task.role.clone() })
        };
        // Whoever stands in takes what somebody else holds before doing it.
        let holder = task.assignee.as_ref().filter(|holder| **holder != who.person);
        let may_take = refused.is_none();
        let held_by_another = holder.map(|person| Rejection::ClaimedByAnother { person: person.clone() });
        let refused = refused.or(held_by_another);
        let complete = refused.is_none();
        let release = &found.seen.release;
        let held = task.assignee.is_some();
        // Whoever may correct frees or hands on what somebody else holds, who may be away.
        let corrects = release.correctors.iter().any(|role| who.roles.contains(role));
        let excluded = task.excluded.contains(&who.person);
        Ok(TaskRights {
            claim: may_take && (!held || holder.is_some()),
            release: held && (complete || may_correct(who, release)),
            delegate: held && (complete || corrects && !excluded),
            complete,
            // Whoever can take it over first needs no reason.
            why_not: refused
                .filter(|_| !may_take)
                .map(|rejection| why(&rejection, &who.authority, &found.seen.release)),
        })
    }

    /// A question or resubmission, which has no step.
    async fn show_errand(
        &self,
        who: &Authenticated,
        found: &SeenTask,
        errand: ErrandTask,
    ) -> Result<TaskDetail, Problem> {
        let SeenCase { row, case, .. } = &found.seen;
        let task = found.task().ok_or_else(not_open)?;
        let today = self.work_day();
        let entry = InboxEntry::of(
            &who.authority,
            &who.person,
            &errand.row,
            row,
            (next_deadline(case).as_ref(), today),
        );
        Ok(TaskDetail {
            entry,
            help: None,
            step_title: errand.kind,
            version: case.version,
            form: errand.form,
            required: errand.required,
            hidden: Vec::new(),
            closed: BTreeMap::new(),
            closed_by: BTreeMap::new(),
            dynamic: false,
            values: Values::default(),
            show: vec![errand.show],
            choices: Vec::new(),
            // It holds up nothing, so nothing ends with it.
            ends_case: Vec::new(),
            makes_letters: false,
            signs: false,
            withdrawn: None,
            unsent: Vec::new(),
            changed: Vec::new(),
            may: self.rights(who, found, task).await?,
        })
    }

    fn look(
        &self,
        who: &Authenticated,
        seen: &SeenCase,
        (instance, step, form): (InstanceId, &Step, &Form),
        entered: &Object,
    ) -> FormLook {
        let local = seen.release.local(&who.authority);
        let today = day_of(self.runtime().clock().now().max(seen.case.now));
        let mut look = FormLook::default();
        let at = (instance, step, form);
        for FieldLook { field, shown, closed } in
            seen.release.look_at_fields(&seen.case, &local, today, at, entered)
        {
            let name = field.field.name.to_string();
            if !closed.is_empty() {
                let closed: Vec<String> = closed.into_iter().map(|(option, _)| option.to_string()).collect();
                look.closed_by.insert(name.clone(), named_by(form, field, &closed));
                look.closed.insert(name.clone(), closed);
            }
            match shown {
                Ok(true) if field.field.required => look.required.push(name),
                Ok(true) => {}
                // A rule that fails hides its field; completing the task tells why.
                Ok(false) | Err(_) => look.hidden.push(name),
            }
        }
        look
    }
}

/// The other fields of a form that the conditions of closed options name.
fn named_by(form: &Form, field: &FormField, closed: &[String]) -> Vec<String> {
    let rules = field.options.iter().filter(|(option, _)| closed.iter().any(|known| **known == **option));
    let named = rules.flat_map(|(_, rule)| rule.compiled.variables()).flat_map(|path| path.names());
    let named: BTreeSet<&str> = named.collect();
    let others =
        form.fields.iter().map(|other| &*other.field.name).filter(|name| **name != *field.field.name);
    others.filter(|name| named.contains(name)).map(str::to_owned).collect()
}

/// Names people and roles by what people read, where the core has only their ids.
pub fn why(rejection: &Rejection, authority: &Authority, release: &Release) -> Text {
    match rejection {
        Rejection::MissingRole { role } => {
            let title =
                release.roles.get(role).map_or_else(|| Text::new(role.as_str(), role.as_str()), Text::from);
            Text::new(
                format!("Für diese Aufgabe ist die Rolle „{}“ nötig.", title.de),
                format!("This task needs the role “{}”.", title.en),
            )
        }
        Rejection::ClaimedByAnother { person } => {
            let name = PersonName::of(authority, person).name;
            Text::new(
                format!(
                    "Die Aufgabe hat {name} übernommen. Zurückgeben kann sie diese Person oder wer den Vorgang berichtigen darf."
                ),
                format!(
                    "The task has been taken by {name}, who can give it back, as can whoever may correct the case."
                ),
            )
        }
        other => other.text().into(),
    }
}

/// The letters that have not left the house.
pub fn unsent(case: &Case) -> Vec<Arc<str>> {
    let waits = case.documents.values().filter(|document| document.waits_to_leave());
    waits.map(|document| document.content.title.clone()).collect()
}

/// The deadline of a case that ends first.
fn next_deadline(case: &Case) -> Option<DeadlineRow> {
    let running = case
        .deadlines()
        .filter_map(|(instance, deadline)| Some((deadline.run.as_ref()?.end, instance, deadline)));
    let (end, instance, deadline) =
        running.min_by(|a, b| (a.0, a.1, &a.2.name).cmp(&(b.0, b.1, &b.2.name)))?;
    Some(DeadlineRow {
        case: case.id,
        instance,
        name: deadline.name.clone(),
        title: deadline.title.clone(),
        step: case.instance(instance).and_then(|it| it.step.clone()),
        end: Some(end),
        grace_until: deadline.run.as_ref().and_then(|run| run.grace_until),
        warn_on: deadline.run.as_ref().map(|run| run.warn_on.clone()).unwrap_or_default(),
        suspended: false,
        revision: deadline.revision,
    })
}

fn not_open() -> Problem {
    let text = Rejection::TaskNotOpen.text();
    Problem::new(StatusCode::NOT_FOUND, Rejection::TaskNotOpen.code(), &*text.de, &*text.en)
}

/// A task with its form
#[utoipa::path(
    get, path = "/tasks/{id}", tag = "tasks", operation_id = "showTask",
    params(("id" = String, Path, description = "The task.")),
    responses((status = 200, description = "The task.", body = TaskDetail))
)]
async fn show_task(
    State(server): State<Server>,
    who: Authenticated,
    Segments(id): Segments<String>,
    Lang(language): Lang,
    params: Params,
) -> Result<Json<TaskDetail>, Problem> {
    params.finish()?;
    let found = server.see_task(&who, &id).await?;
    if let Some(errand) = errand_task(&found, &who, language) {
        return server.show_errand(&who, &found, errand).await.map(Json);
    }
    let (instance, task, step, kind) = found.parts().ok_or_else(not_open)?;
    let SeenCase { row, case, release } = &found.seen;
    let task_row = TaskRow {
        case: found.id.case,
        instance: found.id.instance,
        step: Some(step.path.clone()),
        title: task.title.clone(),
        role: task.role.clone(),
        assignee: task.assignee.clone(),
        excluded: task.excluded.clone(),
        due: task.due,
        opened_at: instance.since,
        process: case.process.clone(),
    };
    let form = kind.map(|kind| &kind.form);
    let at = found.id.instance;
    let look = form.map(|form| server.look(&who, &found.seen, (at, step, form), &task.proposal));
    let look = look.unwrap_or_default();
    let local = release.local(&who.authority);
    let today = day_of(server.runtime().clock().now().max(case.now));
    let results = release.results();
    let show = form.iter().flat_map(|form| &form.show).map(|shown| {
        let value = release.look(case, &local, today, at, &shown.value).unwrap_or(Value::Null);
        let ty = value_text::type_of(release, &results, &shown.value);
        let text = value_text::text(&value, ty, language);
        Shown { title: (&shown.title).into(), value, text }
    });
    let form_fields = || form.iter().flat_map(|form| &form.fields);
    let fields = form_fields().map(|field| field.field.clone()).collect();
    let ix = release.index_of(&step.path);
    Ok(Json(TaskDetail {
        entry: InboxEntry::of(
            &who.authority,
            &who.person,
            &task_row,
            row,
            (next_deadline(case).as_ref(), today),
        ),
        help: kind.and_then(|kind| kind.help.as_ref()).map(Text::from),
        step_title: (&step.title).into(),
        version: case.version,
        form: TaskForm {
            schema: with_documents(ObjectType { fields }.to_json_schema(language), case, false),
        },
        required: look.required,
        hidden: look.hidden,
        closed: look.closed,
        closed_by: look.closed_by,
        dynamic: form_fields().any(|field| field.when.is_some() || !field.options.is_empty()),
        values: values(&task.proposal),
        show: show.collect(),
        choices: found.choices(step),
        ends_case: ix.map_or_else(Vec::new, |step| outcomes_that_end(release, step)),
        makes_letters: ix.is_some_and(|step| makes_letters(release, step)),
        signs: signs_letters(release, step),
        withdrawn: withdrawn(case, instance.step.as_ref().unwrap_or(&step.path)),
        unsent: unsent(case),
        changed: changed_since(&who.authority, release, case, instance.step.as_ref().unwrap_or(&step.path)),
        may: server.rights(&who, &found, task).await?,
    }))
}

/// Whether acts can come of what is signed at a task.
fn signs_letters(release: &Release, step: &Step) -> bool {
    let issues = release.steps.iter().any(|step| matches!(step.kind, Kind::Issue(_)));
    issues && step.kind.signature().is_some()
}

/// Why what was signed at a task is void.
fn withdrawn(case: &Case, step: &StepPath) -> Option<Text> {
    case.signed.get(step)?.withdrawn.as_ref().map(Text::from)
}

/// Which fields and options are shown
///
/// Looks at a form as if these values stood in it. Nothing is changed.
#[utoipa::path(
    post, path = "/tasks/{id}/look", tag = "tasks", operation_id = "lookAtForm",
    params(("id" = String, Path, description = "The task.")),
    request_body = Entered,
    responses((status = 200, description = "Hidden and required fields, closed options.", body = FormLook))
)]
async fn look_at_form(
    State(server): State<Server>,
    who: Authenticated,
    Segments(id): Segments<String>,
    body::Json(Entered { values }): body::Json<Entered>,
) -> Result<Json<FormLook>, Problem> {
    let found = server.see_task(&who, &id).await?;
    if let Some(ErrandTask { required, .. }) = errand_task(&found, &who, Language::De) {
        return Ok(Json(FormLook { required, ..FormLook::default() }));
    }
    let (_, task, step, kind) = found.parts().ok_or_else(not_open)?;
    let kind = kind.ok_or_else(not_open)?;
    let mut entered: Object = (*task.proposal).clone();
    let known: BTreeSet<&str> = kind.form.fields.iter().map(|field| &*field.field.name).collect();
    entered.extend(values.into_iter().filter(|(name, _)| known.contains(name.as_str())));
    Ok(Json(server.look(&who, &found.seen, (found.id.instance, step, &kind.form), &entered)))
}
