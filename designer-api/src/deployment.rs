//! Checking, testing and deploying processes, and the examples to begin with.

use std::{collections::BTreeMap, sync::Arc};

use axum::{Json, extract::State, http::StatusCode};
use fachwerk_core::{
    diagnostic::Problems,
    fix::{self, Depth},
    language::{Folder, Node},
    scenario::without_scenario,
    soundness,
    words::Object,
};
use serde::{Deserialize, Serialize};
use tokio::runtime::Handle;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    body::{FilesBody, HasFiles},
    fixes::ProblemFix,
    language::Lang,
    params::Params,
    person::Authenticated,
    problem::Problem,
    processes::{Around, ProcessDetail},
    release_source::{files_of, placed},
    server::Server,
    shapes::{Diagnostic, Files, ScenarioResult, Text},
    visibility::Segments,
    wording::Wording,
};

pub fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(check_process))
        .routes(routes!(deploy_process))
        .routes(routes!(list_drafts))
        .routes(routes!(read_draft))
}

/// The files of a process to be deployed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Deployment {
    /// Their text, by path from the folder.
    files: BTreeMap<String, String>,
    /// Why it is put to use although there are concerns: at most 2,000 characters. It stands in the audit list.
    reason: Option<String>,
}

impl HasFiles for Deployment {
    fn files(&self) -> &BTreeMap<String, String> {
        &self.files
    }
}

/// What a check found.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct Checked {
    /// Everything that is wrong.
    problems: Vec<Diagnostic>,
    /// The process, when nothing stops a deployment.
    process: Option<ProcessDetail>,
}

/// A process was deployed.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct DeployedProcess {
    /// The release that new cases begin with.
    release: String,
    /// Its version.
    #[schema(value_type = String)]
    version: Arc<str>,
    /// Warnings.
    problems: Vec<Diagnostic>,
    /// What came of its scenarios; all passed.
    scenarios: Vec<ScenarioResult>,
}

/// Where a draft comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum DraftSource {
    /// It comes with the program.
    Example,
}

/// A process that can be taken as a beginning.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct DraftEntry {
    /// Its id.
    id: String,
    /// What people read.
    title: Text,
    /// What it shows, in a sentence or two; examples of the language say it in English only.
    summary: Option<Text>,
    /// What kind of example it is.
    group: DraftGroup,
    /// Where it comes from.
    source: DraftSource,
}

/// What kind of example a draft is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum DraftGroup {
    /// A whole procedure of an office.
    Procedure,
    /// What many procedures need, for itself: objections, payments, corrections.
    Administration,
    /// A construct of the language.
    Construct,
    /// A workflow pattern.
    Pattern,
}

impl DraftGroup {
    /// Examples lie in a folder of their kind; whole procedures do not.
    fn of(folder: &Folder) -> DraftGroup {
        match folder.name.rsplit('/').nth(1) {
            Some("administration") => DraftGroup::Administration,
            Some("constructs") => DraftGroup::Construct,
            Some("patterns") => DraftGroup::Pattern,
            _ => DraftGroup::Procedure,
        }
    }
}

/// The files as the core takes them.
pub fn folder(files: &BTreeMap<String, String>) -> Folder {
    let files = files.iter();
    Folder {
        name: "".into(),
        files: files.map(|(path, text)| (path.as_str().into(), text.as_bytes().into())).collect(),
    }
}

/// Check a process
///
/// Reads the files with the blocks of the authority. Nothing is kept.
#[utoipa::path(
    post, path = "/processes/check", tag = "processes", operation_id = "checkProcess",
    request_body = Files,
    responses((status = 200, description = "What was found.", body = Checked))
)]
async fn check_process(
    State(server): State<Server>,
    who: Authenticated,
    Lang(language): Lang,
    FilesBody(Files { files }): FilesBody<Files>,
) -> Result<Json<Checked>, Problem> {
    who.need_designer()?;
    let catalogue = server.catalogue(&who).await?;
    let place = server.place_for_check().await?;
    let authority = who.authority.clone();
    let today = server.work_day();
    let checked = tokio::task::spawn_blocking(move || {
        let _place = place;
        let folder = folder(&files);
        let check = |folder: &Folder, depth: Depth| {
            let compiled = depth.check(folder, &catalogue);
            let mut compiled = match depth {
                Depth::Reading => compiled,
                Depth::Proof => soundness::for_authority(compiled, &authority, today),
            };
            let advised: Vec<_> = compiled.release.iter().flat_map(soundness::advised).collect();
            compiled.problems.extend(advised);
            compiled.problems.extend(without_scenario(folder));
            compiled
        };
        let mut compiled = check(&folder, Depth::Proof);
        let depth = if compiled.release.is_some() { Depth::Proof } else { Depth::Reading };
        fix::offer(&folder, &mut compiled.problems, depth, &|folder, depth| check(folder, depth).problems);
        let mut problems = placed(&compiled.problems, compiled.release.as_ref());
        for (problem, found) in problems.iter_mut().zip(&compiled.problems) {
            problem.fix = found.fix.as_ref().map(|fix| ProblemFix::of(fix, &folder));
        }
        let process = compiled.release.zip(compiled.verdict).map(|(release, verdict)| {
            let own =
                authority.settings.get(&release.process).map(|own| Object::clone(own)).unwrap_or_default();
            let around = Around {
                wording: &Wording::of_used(&release, &catalogue),
                own_settings: &own,
                files: files_of(folder.files.iter().map(|(path, bytes)| (&**path, bytes))),
                soundness: verdict.into(),
                problems: problems.clone(),
                language,
            };
            ProcessDetail::of(&release, around)
        });
        Checked { problems, process }
    });
    Ok(Json(checked.await.map_err(Problem::fault)?))
}

/// Deploy a process
///
/// Checks it and plays its scenarios first. What stands against it is told with the code `NotDeployable`. With a reason it
/// is deployed although there are concerns; who gave it, why, and the codes of the concerns stand in the audit list. Neither
/// a technical account nor a token that somebody else issued gives one (403 `PersonNeeded`).
#[utoipa::path(
    post, path = "/processes/deploy", tag = "processes", operation_id = "deployProcess",
    request_body = Deployment,
    responses((status = 200, description = "It is in use.", body = DeployedProcess))
)]
async fn deploy_process(
    State(server): State<Server>,
    who: Authenticated,
    FilesBody(Deployment { files, reason }): FilesBody<Deployment>,
) -> Result<Json<DeployedProcess>, Problem> {
    who.need_designer()?;
    if reason.is_some() {
        // Whoever outweighs concerns is named: a technical account is nobody.
        server.need_person(&who).await?;
    }
    let place = server.place_for_check().await?;
    let (runtime, simulated) = (server.runtime().clone(), server.options().simulated);
    let (tenant, actor) = (who.tenant.clone(), who.actor());
    // Scenarios are played on this thread; the little I/O there is waits on it.
    let handle = Handle::current();
    let deploying = tokio::task::spawn_blocking(move || {
        let _place = place;
        let files = folder(&files);
        handle.block_on(runtime.deploy_despite(&tenant, actor, &files, &simulated, reason.as_deref()))
    });
    let deployed = deploying.await.map_err(Problem::fault)??;
    let release = &deployed.release;
    tracing::info!(tenant = %who.tenant, person = %who.person, %release, "a process was deployed");
    Ok(Json(DeployedProcess {
        release: release.to_string(),
        version: deployed.version,
        problems: deployed.problems.iter().map(|found| Diagnostic::of(found, None)).collect(),
        scenarios: deployed.scenarios.iter().map(ScenarioResult::from).collect(),
    }))
}

impl Server {
    /// That somebody is a person who answers for it themselves: they are logged in, or gave the program its token themselves.
    /// A token that an administrator issued in somebody's name is no word of theirs, and a technical account has none.
    pub async fn need_person(&self, who: &Authenticated) -> Result<(), Problem> {
        let issued = who.token.as_ref().and_then(|token| who.authority.tokens.get(token));
        let own = issued.is_some_and(|issued| issued.by == who.actor());
        if who.session.is_some()
            || own && self.runtime().store().people_with_password(&who.tenant).await?.contains(&who.person)
        {
            return Ok(());
        }
        Err(Problem::new(
            StatusCode::FORBIDDEN,
            "PersonNeeded",
            "Das kann nur eine Person selbst verantworten: angemeldet im Browser, oder mit einem Zugriffsschlüssel, den sie sich selbst ausgestellt hat. Ein technisches Konto kann es nicht.",
            "Only a person can answer for this themselves: logged in, or with a token that they issued to themselves. A technical account cannot.",
        ))
    }
}

/// The drafts
///
/// Examples that come with the program.
#[utoipa::path(
    get, path = "/drafts", tag = "processes", operation_id = "listDrafts",
    responses((status = 200, description = "The drafts.", body = Vec<DraftEntry>))
)]
async fn list_drafts(
    State(server): State<Server>,
    who: Authenticated,
    params: Params,
) -> Result<Json<Vec<DraftEntry>>, Problem> {
    params.finish()?;
    who.need_designer()?;
    let entry = |folder: &Folder| DraftEntry {
        id: draft_id(folder).into(),
        title: draft_title(folder),
        summary: draft_summary(folder),
        group: DraftGroup::of(folder),
        source: DraftSource::Example,
    };
    Ok(Json(server.options().drafts.iter().map(entry).collect()))
}

/// A draft
#[utoipa::path(
    get, path = "/drafts/{id}", tag = "processes", operation_id = "readDraft",
    params(("id" = String, Path, description = "The draft.")),
    responses((status = 200, description = "Its files.", body = Files))
)]
async fn read_draft(
    State(server): State<Server>,
    who: Authenticated,
    Segments(id): Segments<String>,
    params: Params,
) -> Result<Json<Files>, Problem> {
    params.finish()?;
    who.need_designer()?;
    let draft = server
        .options()
        .drafts
        .iter()
        .find(|folder| draft_id(folder) == id)
        .ok_or_else(Problem::not_found)?;
    let text = |(path, bytes): (&Arc<str>, &Arc<[u8]>)| {
        Some((path.to_string(), std::str::from_utf8(bytes).ok()?.to_owned()))
    };
    Ok(Json(Files { files: draft.files.iter().filter_map(text).collect() }))
}

fn draft_id(folder: &Folder) -> &str {
    folder.name.rsplit('/').next().unwrap_or_default()
}

/// What it says of itself: the summary of the process, else the first sentences of its README.
fn draft_summary(folder: &Folder) -> Option<Text> {
    let read = folder.read_yaml("process.yaml", 0, &mut Problems::default());
    let summary = read.as_ref().and_then(|node| words_of(node.get("summary")?));
    let readme = || {
        let readme = folder.files.get("README.md")?;
        let said = first_paragraph(std::str::from_utf8(readme).ok()?)?;
        Some(Text::new(said.clone(), said))
    };
    summary.or_else(readme)
}

/// The longest name in a line `name: value`, in bytes.
const LONGEST_NAME: usize = 12;

/// The first paragraph that is prose: no heading, no list, nothing of the form `name: value` in a line of its own.
fn first_paragraph(readme: &str) -> Option<String> {
    let paragraphs = readme.split("\n\n").map(str::trim);
    let is_prose = |text: &&str| {
        let first = text.chars().next().unwrap_or('#');
        let named = text.split_once(": ").is_some_and(|(name, _)| name.len() <= LONGEST_NAME);
        !"#-*|`>0123456789".contains(first) && (!named || text.contains('\n'))
    };
    let found = paragraphs.into_iter().find(is_prose)?;
    Some(found.split_whitespace().collect::<Vec<_>>().join(" ").replace(['`', '*'], ""))
}

fn words_of(node: &Node) -> Option<Text> {
    let word = |language| node.get(language)?.as_text().cloned();
    Some(Text::new(word("de")?, word("en")?))
}

fn draft_title(folder: &Folder) -> Text {
    let read = folder.read_yaml("process.yaml", 0, &mut Problems::default());
    let title = read.as_ref().and_then(|node| words_of(node.get("title")?));
    title.unwrap_or_else(|| Text::new(draft_id(folder), draft_id(folder)))
}
