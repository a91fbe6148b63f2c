//! One case: as it is now, or as it stood at any moment.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use axum::{Json, extract::State, http::StatusCode};
use fachwerk_core::{
    authority::Authority,
    case::{Case, Instance, Status, TakeBack, Task},
    decide::{guards, stays_for_silence, steps_back, unsettled},
    definition::{Kind, Release, Statutory, Step, TriggerKind},
    event::{Awaited, Deadline, Direction, Dispatch, Document, Enclosure, Trigger},
    facts::day_of,
    law::KeptBy,
    projection::Listing,
    words::{self, Begin, Date, InstanceId, PersonId, RoleId, StepPath, TaskId, Timestamp},
};
use fachwerk_store::Moment;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    case_acts::{acts, parties, party_kinds},
    case_shapes::{
        AcceptedMessage, ActiveStep, AwaitedKind, AwaitedThing, CaseDeadline, CaseDetail, CaseDocument,
        CaseEnclosure, CaseIncident, CaseNote, CasePermissions, CaseTask, Course, DeadlineFiction,
        DocumentDirection, DocumentDispatch, DocumentTakenOut, DoneTask, HandTrigger, KeptMessage,
        OutcomeName, UnsettledAct, Wait, WayBack,
    },
    channels,
    corrections::may_correct,
    document_choices::with_documents,
    errands::errands,
    language::Lang,
    params::Params,
    people::RoleEntry,
    person::Authenticated,
    problem::Problem,
    reinstatements::reinstatable,
    server::Server,
    shapes::{LawRow, PersonName, Text, Values, sentences},
    task_detail::Shown,
    told_apart::told_apart,
    visibility::{SeenCase, Segments, process_title, takes_part},
    wording::Wording,
};

pub fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(show_case))
}

/// A case
#[utoipa::path(
    get, path = "/cases/{id}", tag = "cases", operation_id = "showCase",
    params(
        ("id" = String, Path, description = "The case."),
        ("at" = Option<String>, Query, format = DateTime, description = "As it stood at this moment; now when not given."),
    ),
    responses((status = 200, description = "The case.", body = CaseDetail))
)]
async fn show_case(
    State(server): State<Server>,
    who: Authenticated,
    Segments(id): Segments<String>,
    Lang(language): Lang,
    mut params: Params,
) -> Result<Json<CaseDetail>, Problem> {
    let at: Option<Timestamp> = params.parsed("at")?;
    params.finish()?;
    let SeenCase { row, case, release } = server.see_case(&who, &id).await?;
    let (case, release, subject) = match at {
        None => (case, release, row.subject),
        Some(at) => {
            let then = server.runtime().store().load_at(&who.tenant, row.case, Moment::At(at)).await?;
            let then = then.ok_or_else(not_begun)?;
            let release = server.runtime().release(&who.tenant, &then.release).await?;
            let authority =
                server.runtime().store().authority_at_version(&who.tenant, then.authority).await?;
            let local = release.local(&authority.unwrap_or_default());
            let Listing { subject, .. } = release.listing(&then, &local);
            (Arc::new(then), release, subject)
        }
    };
    let source = server.source(&who, &case.release).await?;
    let permissions =
        if at.is_none() { permissions(&who, &case, &release) } else { CasePermissions::default() };
    let today = day_of(server.runtime().clock().now().max(case.now));
    let (outcome, ended_at) = match &case.status {
        Status::Open => (None, None),
        Status::Ended { outcome, at } => (outcome.clone(), Some(*at)),
    };
    Ok(Json(CaseDetail {
        id: case.id.to_string(),
        process: case.process.to_string(),
        process_title: process_title(&who.authority, &case.process),
        release: case.release.to_string(),
        release_version: release.version.clone(),
        number: case.number.clone(),
        subject,
        open: case.is_open(),
        outcome_title: outcome.as_ref().map(|outcome| (&release.outcome_title(outcome)).into()),
        outcome,
        channel: case.channel.clone(),
        channel_title: (&channels::title(&case.channel)).into(),
        received_on: case.received_on,
        started_at: case.started_at,
        ended_at,
        version: case.version,
        at,
        data: (*case.data).clone(),
        data_schema: release.data.to_json_schema(language),
        results: Values(
            case.results.iter().map(|(key, value)| (key.to_string(), (**value).clone())).collect(),
        ),
        results_schema: with_documents(release.results().to_json_schema(language), &case, true),
        roles: roles(&release),
        tasks: tasks(&who, &case, &mut told_apart(&who, (&*case, &*release), today, language)),
        errands: errands(&who, &case),
        relations: server.relations(&who, &case).await?,
        deadlines: deadlines(&case, &release),
        reinstatable: if at.is_none() && may_correct(&who, &release) {
            reinstatable(&case, &release)
        } else {
            Vec::new()
        },
        unsettled: if at.is_none() { unsettled_acts(&case, &release, server.work_day()) } else { Vec::new() },
        waits: waits(&case, &release),
        messages: messages(&case, &source.wording),
        accepts: accepts(&case, &release, &source.wording),
        party_kinds: party_kinds(&release),
        parties: parties(&case, &release),
        acts: acts(&who.authority, &case),
        documents: documents(&who, &case, &release),
        notes: notes(&who.authority, &case),
        active: if permissions.correct { active(&case, &release, &source.wording) } else { Vec::new() },
        triggers: if at.is_none() { triggers(&who, &case) } else { Vec::new() },
        done_tasks: if at.is_none() { done_tasks(&who, &case, &release) } else { Vec::new() },
        incidents: incidents(&who, &case, &release),
        course: course(&case),
        permissions,
    }))
}

fn unsettled_acts(case: &Case, release: &Release, today: Date) -> Vec<UnsettledAct> {
    let told = |(act, since): (&Arc<str>, Date)| {
        let title = release.acts.get(act).and_then(|kind| kind.title.as_ref());
        let title = title.map_or_else(|| Text::new(&**act, &**act), Text::from);
        UnsettledAct { act: act.to_string(), title, since }
    };
    unsettled(release, case, today).map(told).collect()
}

fn not_begun() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "CaseNotBegun",
        "Zu diesem Zeitpunkt gab es den Vorgang noch nicht.",
        "At this moment the case had not begun.",
    )
}

fn permissions(who: &Authenticated, case: &Case, release: &Release) -> CasePermissions {
    let part = takes_part(who, release);
    let waits = |document: &Arc<Document>| {
        let proven = document.dispatch.as_ref().is_some_and(|dispatch| dispatch.proven_receipt.is_some());
        document.content.direction == Direction::Outgoing && !proven && document.taken_out.is_none()
    };
    CasePermissions {
        note: part,
        document: part,
        correct_dispatch: may_correct(who, release)
            && case.documents.values().any(|document| document.dispatch.is_some()),
        dispatch: part && case.documents.values().any(waits),
        message: part && case.is_open(),
        parties: part && case.is_open(),
        remedy: part && case.acts.values().any(|act| act.issued.is_some()),
        retry: (part || who.is_administrator()) && !case.incidents.is_empty(),
        correct: case.is_open() && may_correct(who, release),
        beside: part && case.is_open(),
        letter: part,
    }
}

fn roles(release: &Release) -> Vec<RoleEntry> {
    let role = |(id, title): (&RoleId, &words::Text)| RoleEntry { id: id.to_string(), title: title.into() };
    release.roles.iter().map(role).collect()
}

fn tasks(who: &Authenticated, case: &Case, apart: &mut BTreeMap<InstanceId, Shown>) -> Vec<CaseTask> {
    let task = |(id, instance, task): (InstanceId, &Instance, &Task)| CaseTask {
        id: TaskId { case: case.id, instance: id }.to_string(),
        step: instance.step.as_ref().map(StepPath::to_string).unwrap_or_default(),
        title: (&task.title).into(),
        apart: apart.remove(&id),
        role: task.role.to_string(),
        assignee: task.assignee.as_ref().map(|assignee| PersonName::of(&who.authority, assignee)),
        due: task.due,
        excluded: task.excluded.contains(&who.person),
    };
    case.tasks().map(task).collect()
}

fn deadlines(case: &Case, release: &Release) -> Vec<CaseDeadline> {
    let shown = case.deadlines().map(|(instance, deadline)| {
        let step = case.instance(instance).and_then(|it| it.step.as_ref());
        case_deadline(release, step, instance, deadline)
    });
    shown.collect()
}

/// A deadline of a step, or of the case as a whole.
pub fn case_deadline(
    release: &Release,
    step: Option<&StepPath>,
    instance: InstanceId,
    deadline: &Deadline,
) -> CaseDeadline {
    // One that is suspended shows how it ran, but no end.
    let stopped = deadline.suspended.as_ref();
    let running = deadline.run.as_ref();
    let run = running.or(stopped.map(|stopped| &stopped.run));
    let kind = release.handler(step, &deadline.name).and_then(|(handler, _)| match &handler.trigger {
        TriggerKind::Deadline(kind) => Some(kind),
        _ => None,
    });
    let once = kind.is_some_and(|kind| matches!(kind.statutory, Statutory::Once(_)));
    CaseDeadline {
        instance: instance.0,
        name: deadline.name.clone(),
        title: (&deadline.title).into(),
        step: step.map(StepPath::to_string),
        step_title: step.map(|step| title_of(release, step)),
        period: (&deadline.period).into(),
        running: running.is_some(),
        suspended_since: stopped.map(|stopped| stopped.since),
        statutory: deadline.statutory,
        extendable: !deadline.statutory || (once && !deadline.extended),
        begins_with_day: kind.is_some_and(|kind| kind.begin == Begin::DayBegin),
        awaits_dispatch_of: deadline.awaits_dispatch_of.as_ref().map(StepPath::to_string),
        start: run.map(|run| run.start),
        raw_end: running.map(|run| run.raw_end),
        end: running.map(|run| run.end),
        until: running.and_then(|run| run.until),
        grace_until: running.and_then(|run| run.grace_until),
        warn_on: running.map(|run| run.warn_on.clone()).unwrap_or_default(),
        derivation: run.map(|run| sentences(&run.derivation)).unwrap_or_default(),
        fiction: deadline.fiction.as_ref().map(|fiction| DeadlineFiction {
            title: (&fiction.title).into(),
            law: LawRow::from(&fiction.law),
            kept_by_notification: fiction.kept_by == KeptBy::Notification,
            extension: fiction.extension.clone(),
            extended: deadline.extended,
            note: fiction.note.as_ref().map(Text::from),
        }),
    }
}

/// What people read for a step.
pub fn title_of(release: &Release, step: &StepPath) -> Text {
    release.find(step).map_or_else(|| Text::new(step.as_str(), step.as_str()), |found| (&found.title).into())
}

fn waits(case: &Case, release: &Release) -> Vec<Wait> {
    let waiting = case.instances.iter().filter_map(|(id, instance)| {
        let step = release.find(instance.step.as_ref()?)?;
        let stuck = || case.incidents.values().any(|incident| incident.instance == Some(*id));
        let awaited = match &step.kind {
            Kind::Wait(_) => instance.waits.iter().map(|wait| awaited(release, &step.path, wait)).collect(),
            Kind::Effect(effect) if !stuck() => vec![AwaitedThing {
                name: effect.connector.clone(),
                kind: AwaitedKind::Effect,
                message: None,
                step: None,
                condition: None,
                until: None,
            }],
            _ => return None,
        };
        Some(Wait { step: step.path.to_string(), step_title: (&step.title).into(), awaited })
    });
    waiting.collect()
}

fn awaited(release: &Release, at: &StepPath, awaited: &Awaited) -> AwaitedThing {
    let rule = release.handler(Some(at), &awaited.name).and_then(|(handler, _)| match &handler.trigger {
        TriggerKind::Condition(rule) => Some(rule),
        _ => None,
    });
    let vocabularies = release.vocabularies();
    let condition = rule.and_then(|rule| vocabularies.sentence(rule, None));
    let until = rule.and_then(|rule| vocabularies.until(rule));
    let (kind, message, step) = match &awaited.trigger {
        Trigger::Message(message) => (AwaitedKind::Message, Some(message.clone()), None),
        Trigger::Deadline => (AwaitedKind::Deadline, None, None),
        Trigger::Dispatch(step) => (AwaitedKind::Dispatch, None, Some(step.to_string())),
        Trigger::Timer => (AwaitedKind::Timer, None, None),
        Trigger::Signal(name) => (AwaitedKind::Signal, Some(name.clone()), None),
        Trigger::Condition => (AwaitedKind::Condition, None, None),
        Trigger::ByHand(..) => (AwaitedKind::Byhand, None, None),
        Trigger::Error(_) | Trigger::Escalation(_) => (AwaitedKind::Error, None, None),
    };
    AwaitedThing {
        name: awaited.name.clone(),
        kind,
        message,
        step,
        condition: condition.map(Text::from),
        until: until.map(Text::from),
    }
}

/// What is active, besides the case itself and rounds.
fn active(case: &Case, release: &Release, wording: &Wording) -> Vec<ActiveStep> {
    let known: Vec<(InstanceId, &StepPath, &Step)> = case
        .instances
        .iter()
        .filter_map(|(id, instance)| {
            let path = instance.step.as_ref()?;
            let step = release.find(path)?;
            let is_round = path.rounds().len() > release.rounds_around(step).len();
            (!is_round).then_some((*id, path, step))
        })
        .collect();
    // For people a block and the one step that is active in it are one.
    let only_inside = |(id, path, step): &(InstanceId, &StepPath, &Step)| {
        let mut inside = known.iter().filter(|inner| inner.0 != *id && inner.1.is_within(path));
        let first = inside.next().filter(|_| step.block.is_some())?;
        inside.next().is_none().then_some(*first)
    };
    let told_with_block: BTreeSet<InstanceId> =
        known.iter().filter_map(only_inside).map(|inner| inner.0).collect();
    let shown = known.iter().filter(|each| !told_with_block.contains(&each.0)).map(|each| {
        let (id, path, step) = each;
        let inside = only_inside(each);
        let outcome = |outcome: &Arc<str>| OutcomeName {
            id: outcome.to_string(),
            title: wording.outcome(step, outcome).into(),
        };
        let back = |instance: InstanceId| {
            let ways = steps_back(release, case, instance).into_iter();
            ways.map(move |step| WayBack {
                instance: instance.0,
                id: step.id.to_string(),
                title: (&step.title).into(),
            })
        };
        ActiveStep {
            instance: id.0,
            step: path.to_string(),
            title: (&step.title).into(),
            inside: inside.map(|(.., step)| (&step.title).into()),
            may_skip: !guards(release, step) && !matches!(step.kind, Kind::Choose(_)),
            outcomes: step.then.by_outcome.keys().map(outcome).collect(),
            back_to: both(back(*id).collect(), inside.into_iter().flat_map(|inner| back(inner.0))),
        }
    });
    shown.collect()
}

/// The ways back of a block and of the step in it; what reads the same is the way of the block.
fn both(mut ways: Vec<WayBack>, inner: impl Iterator<Item = WayBack>) -> Vec<WayBack> {
    for way in inner {
        if ways.iter().all(|known| known.title != way.title) {
            ways.push(way);
        }
    }
    ways
}

/// What this person has done and what is still untouched; whether it can be taken back is decided when it is asked.
fn done_tasks(who: &Authenticated, case: &Case, release: &Release) -> Vec<DoneTask> {
    let own = case.take_backs.iter().rev().filter(|(_, back)| back.by == who.person);
    let untouched = own.filter(|(_, back)| back.entered.iter().all(|id| case.instance(*id).is_some()));
    let done = |(number, back): (&u32, &Arc<TakeBack>)| DoneTask {
        id: TaskId { case: case.id, instance: InstanceId(*number) }.to_string(),
        title: title_of(release, &back.step),
    };
    untouched.map(done).collect()
}

/// What this person can note now.
fn triggers(who: &Authenticated, case: &Case) -> Vec<HandTrigger> {
    let waits = case.instances.iter().flat_map(|(id, it)| it.waits.iter().map(move |wait| (id, wait)));
    let shown = waits.filter_map(|(id, wait)| match &wait.trigger {
        Trigger::ByHand(role, title) if who.roles.contains(role) => {
            Some(HandTrigger { instance: id.0, name: wait.name.to_string(), title: title.into() })
        }
        _ => None,
    });
    shown.collect()
}

fn messages(case: &Case, wording: &Wording) -> Vec<KeptMessage> {
    let kept = case.mailbox.values().map(|message| KeptMessage {
        name: message.name.clone(),
        title: wording.message(&message.name).map(Text::from),
        received_on: message.received_on,
    });
    kept.collect()
}

/// The messages that a case waits for.
pub fn accepts(case: &Case, release: &Release, wording: &Wording) -> Vec<AcceptedMessage> {
    if !case.is_open() {
        return Vec::new();
    }
    let mut accepted: Vec<AcceptedMessage> = Vec::new();
    let mut expected: BTreeSet<&Arc<str>> = BTreeSet::new();
    for (instance, awaited) in case.instances.values().flat_map(|it| it.waits.iter().map(move |w| (it, w))) {
        let Trigger::Message(name) = &awaited.trigger else { continue };
        let handler = release.handler(instance.step.as_ref(), &awaited.name);
        let is_step = handler.is_some_and(|(_, is_step)| is_step);
        let interrupts = handler.is_some_and(|(handler, is_step)| !is_step && handler.interrupt);
        if is_step {
            expected.insert(name);
        }
        match accepted.iter_mut().find(|known| known.name == *name) {
            Some(known) => known.interrupts |= interrupts,
            None => accepted.push(AcceptedMessage {
                title: wording.message(name).map(Text::from),
                name: name.clone(),
                interrupts,
            }),
        }
    }
    // A step that waits for it takes it before anything else does, and that is the ordinary course.
    for known in &mut accepted {
        known.interrupts &= !expected.contains(&known.name);
    }
    accepted
}

fn enclosure_in(case: &Case, Enclosure { title, hash, .. }: &Enclosure) -> CaseEnclosure {
    let same: Vec<&Document> = case
        .documents
        .values()
        .map(|document| &**document)
        .filter(|document| document.content.hash == *hash && document.taken_out.is_none())
        .collect();
    // The same bytes may lie there under several titles.
    let named = same.iter().find(|document| document.content.title == *title).or(same.first());
    let document = named.map(|document| document.number);
    CaseEnclosure { title: title.clone(), document }
}

fn documents(who: &Authenticated, case: &Case, release: &Release) -> Vec<CaseDocument> {
    let (authority, corrects) = (&who.authority, may_correct(who, release));
    let part = takes_part(who, release);
    let leaves = |document: &Document| {
        document.taken_out.is_none()
            && (document.waits_to_leave() || stays_for_silence(release, case, document))
    };
    let may_not_have_arrived = |document: &Document| {
        let unproven = |dispatch: &Dispatch| dispatch.proven_receipt.is_none() && !dispatch.not_arrived;
        document.taken_out.is_none()
            && document.dispatch.as_ref().is_some_and(unproven)
            && case.act_of_document(document.number).is_none()
    };
    let by = |person: &Option<PersonId>| person.as_ref().map(|person| PersonName::of(authority, person));
    let shown = case.documents.values().map(|document| CaseDocument {
        number: document.number,
        title: document.content.title.clone(),
        media_type: document.content.media_type.clone(),
        size: document.content.size,
        direction: match document.content.direction {
            Direction::Incoming => DocumentDirection::Incoming,
            Direction::Outgoing => DocumentDirection::Outgoing,
            Direction::Internal => DocumentDirection::Internal,
        },
        addressee: document.content.addressee.clone(),
        enclosures: document
            .content
            .enclosures
            .iter()
            .map(|enclosure| enclosure_in(case, enclosure))
            .collect(),
        on: document.on,
        step: document.step.as_ref().map(StepPath::to_string),
        by: by(&document.by),
        hash: document.content.hash.clone(),
        paper: document.paper.clone(),
        taken_out: document.taken_out.as_ref().map(|out| DocumentTakenOut {
            on: out.on,
            by: PersonName::of(authority, &out.by),
            reason: out.reason.clone(),
            moved: out.to.is_some(),
        }),
        may_record_dispatch: part && leaves(document),
        may_record_not_arrived: part && may_not_have_arrived(document),
        may_take_out: corrects && document.taken_out.is_none() && case.belongs_here(document).is_none(),
        dispatch: document.dispatch.as_ref().map(|dispatch| DocumentDispatch {
            on: dispatch.on,
            way: dispatch.way,
            received_on: dispatch.proven_receipt,
            notified_on: dispatch.notified_on,
            awaited: dispatch.awaited.map(Into::into),
            derivation: sentences(&dispatch.derivation),
            not_arrived: dispatch.not_arrived,
            by: by(&dispatch.by),
        }),
    });
    shown.collect()
}

fn notes(authority: &Authority, case: &Case) -> Vec<CaseNote> {
    let shown = case.notes.values().map(|note| CaseNote {
        number: note.number,
        by: PersonName::of(authority, &note.by),
        at: note.at,
        text: note.text.clone(),
    });
    shown.collect()
}

fn incidents(who: &Authenticated, case: &Case, release: &Release) -> Vec<CaseIncident> {
    let part = takes_part(who, release) || who.is_administrator();
    // A correction is given up by whoever may correct.
    let corrects = case.is_open() && may_correct(who, release);
    let gives_up = |instance: &InstanceId| {
        let draft = case.act_made_by(*instance).map(|(_, draft)| draft);
        let is_correction = draft.is_some_and(|draft| draft.correction.is_some());
        case.is_made_beside(*instance) && part && (corrects || !is_correction)
    };
    let shown = case.incidents.values().map(|incident| CaseIncident {
        number: incident.number,
        since: incident.since,
        step: incident.trouble.step.as_ref().map(StepPath::to_string),
        code: incident.trouble.code.clone(),
        message: (&incident.trouble.message).into(),
        help: (&incident.trouble.help).into(),
        gives_up: incident.instance.filter(gives_up).map(|it| it.0),
        details: incident.trouble.details.clone(),
    });
    shown.collect()
}

fn course(case: &Case) -> Course {
    let active = case.instances.values().filter_map(|it| it.step.as_ref());
    Course {
        visited: case.visits.iter().map(|(step, count)| (step.to_string(), *count)).collect(),
        ways: case.ways.iter().map(|(from, to)| [from.to_string(), to.to_string()]).collect(),
        active: active.map(|step| step.address().to_owned()).collect::<BTreeSet<_>>().into_iter().collect(),
    }
}
