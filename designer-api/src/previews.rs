//! Letters before they are made: what would come of a command, as it would be written.

use base64::{Engine, engine::general_purpose::STANDARD};
use fachwerk_core::{
    command::{Command, Request},
    event::Event,
    words::CaseId,
};
use fachwerk_runtime::{Preview, SubmitError};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    person::Authenticated,
    problem::Problem,
    server::Server,
    shapes::{LawRow, Text},
};

/// What letters would come of a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LetterPreview {
    /// The letters, in the order in which they would be made.
    letters: Vec<PreviewedLetter>,
    /// Whether somebody must sign before they are made; their name is not known yet.
    to_be_signed: bool,
    /// Why letters would not be made.
    troubles: Vec<Text>,
    /// The rows of legal data that they would rest on and nobody has checked, or sources disagree about.
    doubtful_law: Vec<LawRow>,
    /// Of a task by which letters are signed: the hash of those that are shown, for `complete`.
    shown: Option<String>,
}

/// A letter as it would be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
struct PreviewedLetter {
    /// What the document would be called.
    title: String,
    /// Who it would go to, on one line.
    addressee: Option<String>,
    /// The letter as PDF, in base64.
    #[schema(format = Byte)]
    pdf: String,
}

impl From<Preview> for LetterPreview {
    fn from(Preview { letters, to_be_signed, troubles, doubtful_law, shown, .. }: Preview) -> LetterPreview {
        let letters = letters.into_iter().map(|(content, bytes)| PreviewedLetter {
            title: content.title.to_string(),
            addressee: content.addressee.as_deref().map(str::to_owned),
            pdf: STANDARD.encode(bytes),
        });
        let troubles = troubles.iter().map(Text::from).collect();
        let doubtful_law = doubtful_law.iter().map(LawRow::from).collect();
        let shown = shown.as_deref().map(str::to_owned);
        LetterPreview { letters: letters.collect(), to_be_signed, troubles, doubtful_law, shown }
    }
}

impl Server {
    /// What would happen at once when a case is asked this; nothing is committed.
    pub async fn foresee(
        &self,
        who: &Authenticated,
        case: CaseId,
        command: Command,
    ) -> Result<Vec<Event>, Problem> {
        let request = Request { tenant: who.tenant.clone(), case, command_id: Uuid::now_v7(), command };
        Ok(self.runtime().foresee(&who.actor(), &request).await?)
    }

    /// What letters would come of a command; nothing is committed.
    pub async fn preview(
        &self,
        who: &Authenticated,
        case: CaseId,
        command: Command,
    ) -> Result<LetterPreview, Problem> {
        let request = Request { tenant: who.tenant.clone(), case, command_id: Uuid::now_v7(), command };
        match self.runtime().preview(who.actor(), &request, self.options().previewer).await {
            Ok(preview) => Ok(preview.into()),
            Err(SubmitError::Rejected(rejection)) => Err(self.explained(who, case, rejection).await),
            Err(error) => Err(error.into()),
        }
    }
}
