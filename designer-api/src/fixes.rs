//! What can be done about the problems of a process: lines before and after, for whoever does not know YAML.

use std::sync::Arc;

use fachwerk_core::{fix, language::Folder};
use serde::Serialize;
use utoipa::ToSchema;

use crate::shapes::Text;

/// How the files could be changed so that a problem is gone. It is proven: afterwards no other problem is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProblemFix {
    /// What it does.
    pub title: Text,
    /// The lines that it changes, in the order of files and lines.
    pub changes: Vec<FixChange>,
}

/// Lines of a file that become other ones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FixChange {
    /// The file.
    #[schema(value_type = String)]
    pub file: Arc<str>,
    /// The first line that changes, counted from 1, as it is numbered before any change.
    pub line: u32,
    /// The lines as they are, without their ends.
    pub before: Vec<String>,
    /// The lines as they would be; none: they are deleted.
    pub after: Vec<String>,
}

impl ProblemFix {
    /// Of a fix for files of a folder.
    pub fn of(found: &fix::Fix, folder: &Folder) -> ProblemFix {
        let change = |change: fix::Change| {
            let fix::Change { file, line, before, after } = change;
            FixChange { file, line, before, after }
        };
        ProblemFix {
            title: (&found.title).into(),
            changes: found.changes(folder).into_iter().map(change).collect(),
        }
    }
}
