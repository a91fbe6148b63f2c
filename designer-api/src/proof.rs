//! What is proven of a process, and the runs that show what stands against it.

use std::sync::Arc;

use fachwerk_core::{diagnostic, soundness::Verdict, words::StepPath};
use serde::Serialize;
use utoipa::ToSchema;

use crate::shapes::Text;

/// What is proven of the soundness of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Soundness {
    /// Whatever the data are, a case can always end, and no step is there in vain.
    Sound,
    /// It is not known: a bound was reached, which a problem names.
    NotDecided,
    /// Its control flow allows a run that gets stuck; data may exclude it.
    PossiblyUnsound,
    /// There is a run that gets stuck, or a step in vain.
    Unsound,
}

impl From<Verdict> for Soundness {
    fn from(verdict: Verdict) -> Soundness {
        match verdict {
            Verdict::Sound => Soundness::Sound,
            Verdict::NotDecided => Soundness::NotDecided,
            Verdict::PossiblyUnsound => Soundness::PossiblyUnsound,
            Verdict::Unsound => Soundness::Unsound,
        }
    }
}

/// How a case comes to a problem.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProblemRun {
    /// Whether the engine has played it; else the control flow allows it, and the data may exclude it.
    pub played: bool,
    /// What happens, in this order; first the case begins. At most 50.
    pub stops: Vec<RunStop>,
    /// A scenario that plays it, as YAML; only of what was played.
    #[schema(value_type = Option<String>)]
    pub scenario: Option<Arc<str>>,
}

/// What happens in a run until the case stands still again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RunStop {
    /// What a person, a message, data or time do.
    pub said: Text,
    /// The steps that are entered then, as often as they are.
    pub entered: Vec<String>,
    /// The ways that are gone for the first time, from step to step.
    #[schema(value_type = Vec<Vec<String>>)]
    pub ways: Vec<[String; 2]>,
    /// The steps that are active then.
    pub active: Vec<String>,
}

impl From<&diagnostic::Run> for ProblemRun {
    fn from(run: &diagnostic::Run) -> ProblemRun {
        let paths = |paths: &[StepPath]| paths.iter().map(StepPath::to_string).collect();
        let stop = |stop: &diagnostic::Stop| RunStop {
            said: (&stop.said).into(),
            entered: paths(&stop.entered),
            ways: stop.ways.iter().map(|(from, to)| [from.to_string(), to.to_string()]).collect(),
            active: paths(&stop.active),
        };
        ProblemRun {
            played: run.played,
            stops: run.stops.iter().map(stop).collect(),
            scenario: run.scenario.clone(),
        }
    }
}
