//! The small JSON shapes that many answers are made of.

use std::{collections::BTreeMap, sync::Arc};

use fachwerk_core::{
    authority::Authority,
    diagnostic::{self, Severity},
    facts::Actor,
    law::LawUsed,
    schema,
    words::{self, Language, Object, PersonId, Value},
};
use fachwerk_runtime::ScenarioOutcome;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{fixes::ProblemFix, proof::ProblemRun};

/// A visible text in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// German.
    #[schema(value_type = String)]
    pub de: Arc<str>,
    /// English.
    #[schema(value_type = String)]
    pub en: Arc<str>,
}

impl Text {
    /// As it stands between quotation marks: those within it are single ones.
    pub fn within_quotes(&self) -> Text {
        Text::new(self.de.replace('„', "‚").replace('“', "‘"), self.en.replace('“', "‘").replace('”', "’"))
    }

    pub fn new(de: impl Into<Arc<str>>, en: impl Into<Arc<str>>) -> Text {
        Text { de: de.into(), en: en.into() }
    }

    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::De => &self.de,
            Language::En => &self.en,
        }
    }
}

impl From<&words::Text> for Text {
    fn from(text: &words::Text) -> Text {
        Text { de: text.de.clone(), en: text.en.clone() }
    }
}
impl From<words::Text> for Text {
    fn from(text: words::Text) -> Text {
        Text { de: text.de, en: text.en }
    }
}

/// Values by name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
#[serde(transparent)]
pub struct Values(pub BTreeMap<String, Value>);

/// Values as they lie in a case.
pub fn values(object: &Object) -> Values {
    Values(object.iter().map(|(name, value)| (name.clone(), value.clone())).collect())
}

/// A person as others see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PersonName {
    /// The name they log in with.
    #[schema(value_type = String)]
    pub id: PersonId,
    /// The name people read.
    #[schema(value_type = String)]
    pub name: Arc<str>,
}

impl PersonName {
    /// A person of an authority; somebody unknown is called by their id.
    pub fn of(authority: &Authority, person: &PersonId) -> PersonName {
        let name =
            authority.people.get(person).map_or_else(|| person.as_str().into(), |known| known.name.clone());
        PersonName { id: person.clone(), name }
    }
}

/// Who did something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ActorName {
    /// What they are.
    pub kind: ActorKind,
    /// The person, or the connector; empty for the engine.
    #[schema(value_type = String)]
    pub id: Arc<str>,
    /// The name people read.
    #[schema(value_type = String)]
    pub name: Arc<str>,
}

/// What somebody is who acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ActorKind {
    /// A person of the authority.
    Person,
    /// The system itself.
    Engine,
    /// Something that connects to the outside.
    Connector,
}

impl ActorName {
    pub fn of(authority: &Authority, actor: &Actor) -> ActorName {
        match actor {
            Actor::Person(person) => {
                let PersonName { id, name } = PersonName::of(authority, person);
                ActorName { kind: ActorKind::Person, id: id.as_str().into(), name }
            }
            Actor::Engine => ActorName { kind: ActorKind::Engine, id: "".into(), name: "System".into() },
            Actor::Connector(name) => {
                ActorName { kind: ActorKind::Connector, id: name.clone(), name: name.clone() }
            }
        }
    }
}

/// A sentence of a derivation, with its norm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Sentence {
    /// German.
    pub de: String,
    /// English.
    pub en: String,
    /// The norm that it rests on.
    pub norm: Option<String>,
}

/// The sentences of a derivation.
pub fn sentences(derivation: &[words::Sentence]) -> Vec<Sentence> {
    let sentence = |said: &words::Sentence| Sentence {
        de: said.de.clone(),
        en: said.en.clone(),
        norm: said.norm.clone(),
    };
    derivation.iter().map(sentence).collect()
}

/// A value that does not fit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Misfit {
    /// Where, as a JSON pointer into the values.
    pub at: String,
    /// Stable, for example `required`.
    pub code: String,
    /// What and why.
    pub message: Text,
}

impl Misfit {
    pub fn new(
        at: impl Into<String>,
        code: &str,
        de: impl Into<Arc<str>>,
        en: impl Into<Arc<str>>,
    ) -> Misfit {
        Misfit { at: at.into(), code: code.into(), message: Text::new(de, en) }
    }
}

impl From<&schema::Misfit> for Misfit {
    fn from(misfit: &schema::Misfit) -> Misfit {
        Misfit { at: misfit.at.clone(), code: misfit.code.into(), message: (&misfit.message).into() }
    }
}

/// Whether a problem stops a deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum DiagnosticSeverity {
    /// It stops a deployment.
    Error,
    /// It stops a deployment unless a person says why it may be.
    Concern,
    /// It should be looked at.
    Warning,
}

impl From<Severity> for DiagnosticSeverity {
    fn from(severity: Severity) -> DiagnosticSeverity {
        match severity {
            Severity::Error => DiagnosticSeverity::Error,
            Severity::Concern => DiagnosticSeverity::Concern,
            Severity::Warning => DiagnosticSeverity::Warning,
        }
    }
}

/// A problem of a process or block, with its place. Lines and columns count from 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Diagnostic {
    /// The file.
    #[schema(value_type = String)]
    pub file: Arc<str>,
    /// The line.
    pub line: u32,
    /// The column, in characters.
    pub column: u32,
    /// How many characters it covers.
    pub length: u32,
    /// Whether it stops a deployment.
    pub severity: DiagnosticSeverity,
    /// Stable, for example `unknown_key`.
    pub code: String,
    /// What and why.
    pub message: Text,
    /// What to do.
    pub help: Option<Text>,
    /// The step that it is written in, when that is known.
    pub step: Option<String>,
    /// How a case comes to it, when a run shows it.
    pub run: Option<ProblemRun>,
    /// How the files could be changed so that it is gone, where that is proven; only when files are checked.
    pub fix: Option<ProblemFix>,
}

impl Diagnostic {
    pub fn of(found: &diagnostic::Diagnostic, step: Option<String>) -> Diagnostic {
        Diagnostic {
            file: found.span.file.clone(),
            line: found.span.line,
            column: found.span.column,
            length: found.span.length,
            severity: found.severity.into(),
            code: found.code.into(),
            message: (&found.message).into(),
            help: found.help.as_ref().map(Text::from),
            step,
            run: found.run.as_deref().map(ProblemRun::from),
            fix: None,
        }
    }
}

/// What came of a scenario.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ScenarioResult {
    /// What it shows.
    #[schema(value_type = String)]
    pub title: Arc<str>,
    /// Whether everything went as written.
    pub passed: bool,
    /// Where it did not, what was expected, what is there.
    pub failed_at: Option<String>,
}

impl From<&ScenarioOutcome> for ScenarioResult {
    fn from(outcome: &ScenarioOutcome) -> ScenarioResult {
        ScenarioResult {
            title: outcome.title.clone(),
            passed: outcome.passed,
            failed_at: outcome.failure.clone(),
        }
    }
}

/// The version of a case after what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Version {
    /// Counted from 1.
    pub version: u64,
}

/// Text files by path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Files {
    /// Their text, by path from the folder, with `/`.
    pub files: BTreeMap<String, String>,
}

/// A row of legal data that something rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LawRow {
    /// The table.
    #[schema(value_type = String)]
    pub table: Arc<str>,
    /// Its id there.
    #[schema(value_type = String)]
    pub id: Arc<str>,
    /// Where it is written.
    #[schema(value_type = Option<String>)]
    pub norm: Option<Arc<str>>,
    /// Whether somebody had compared it with the promulgated text.
    pub checked: bool,
    /// Whether sources disagreed.
    pub disputed: bool,
}

impl From<&LawUsed> for LawRow {
    fn from(used: &LawUsed) -> LawRow {
        let LawUsed { table, id, norm, checked, disputed } = used.clone();
        LawRow { table, id, norm, checked, disputed }
    }
}
