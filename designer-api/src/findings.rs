//! What the proof of a process can find, explained to whoever designs it.

use std::sync::Arc;

use axum::Json;
use fachwerk_core::soundness::{self, Explained, Topic};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    params::Params,
    person::Authenticated,
    problem::Problem,
    server::Server,
    shapes::{DiagnosticSeverity, Text},
};

pub fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(list_findings))
}

/// Everything that can be found.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct Findings {
    /// By what it is about.
    topics: Vec<FindingTopic>,
    /// The files that all examples share. `process.yaml` of an example goes on where this one ends.
    frame: Vec<ExampleFile>,
}

/// What findings are about.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct FindingTopic {
    /// Stable: `soundness`, `data`, `law` or `people`.
    id: &'static str,
    /// What people read.
    title: Text,
    /// What can be found.
    findings: Vec<ExplainedFinding>,
}

/// What a code means.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct ExplainedFinding {
    /// The code that a problem has.
    code: &'static str,
    /// How grave it is when it is certain; what data may exclude counts one less.
    severity: DiagnosticSeverity,
    /// What it is called.
    title: Text,
    /// What was found.
    meaning: Text,
    /// What becomes of a case or a person.
    consequence: Text,
    /// What to do.
    remedy: Text,
    /// A process in which exactly this is found.
    before: Vec<ExampleFile>,
    /// The same process in which nothing is found.
    after: Vec<ExampleFile>,
}

/// A file of an example: of a process, or `people.yaml` and `settings.yaml` for what an authority has.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct ExampleFile {
    /// Its path from the folder.
    #[schema(value_type = String)]
    path: Arc<str>,
    /// What stands in it.
    #[schema(value_type = String)]
    text: Arc<str>,
}

/// What can be found
///
/// What each code means that the proof of a process can say, why it matters and what to do, with a process before and after.
#[utoipa::path(
    get, path = "/findings", tag = "processes", operation_id = "listFindings",
    responses((status = 200, description = "Everything that can be found.", body = Findings))
)]
async fn list_findings(_: Authenticated, params: Params) -> Result<Json<Findings>, Problem> {
    params.finish()?;
    let topic = |topic: Topic| FindingTopic {
        id: topic.code(),
        title: (&topic.title()).into(),
        findings: soundness::explained().iter().filter(|it| it.topic == topic).map(finding).collect(),
    };
    Ok(Json(Findings {
        topics: Topic::ALL.into_iter().map(topic).collect(),
        frame: files(soundness::frame()),
    }))
}

fn finding(explained: &Explained) -> ExplainedFinding {
    ExplainedFinding {
        code: explained.code,
        severity: explained.severity.into(),
        title: (&explained.title).into(),
        meaning: (&explained.meaning).into(),
        consequence: (&explained.consequence).into(),
        remedy: (&explained.remedy).into(),
        before: files(&explained.before),
        after: files(&explained.after),
    }
}

fn files(files: &soundness::Files) -> Vec<ExampleFile> {
    let file = |(path, text): (&Arc<str>, &Arc<str>)| ExampleFile { path: path.clone(), text: text.clone() };
    soundness::listed(files).map(file).collect()
}
