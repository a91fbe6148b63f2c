//! What was changed that a task is about which another person must do (four-eyes): by whom, when, and what.

use std::sync::Arc;

use fachwerk_core::{
    authority::Authority,
    case::{Case, KeptHand},
    decide::hands_in,
    definition::Release,
    event::Handled,
    words::{StepPath, Timestamp, day_text},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    case_detail::title_of,
    shapes::{PersonName, Text},
};

/// Something that was changed since the step before was begun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ChangedSince {
    /// Who changed it; they may not do the task.
    by: PersonName,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// What, as people read it.
    what: Text,
}

/// What was changed that a task is about, the oldest first.
pub fn changed_since(
    authority: &Authority,
    release: &Release,
    case: &Case,
    here: &StepPath,
) -> Vec<ChangedSince> {
    let shown = |kept: &KeptHand| ChangedSince {
        by: PersonName::of(authority, &kept.hand.by),
        at: kept.at,
        what: what(release, kept),
    };
    hands_in(release, case, here).map(shown).collect()
}

fn what(release: &Release, kept: &KeptHand) -> Text {
    match &kept.hand.what {
        Handled::Application { fields, received_on } => {
            let day = received_on.map(|day| {
                let day = day_text(day);
                Text::new(
                    format!("Tag des Eingangs (jetzt {})", day.de),
                    format!("day of receipt (now {})", day.en),
                )
            });
            let titles = fields.iter().map(|name| match release.data.field(name) {
                Some(field) => Text::from(&field.title),
                None => Text::new(name.clone(), name.clone()),
            });
            let all: Vec<Text> = day.into_iter().chain(titles).collect();
            Text::new(joined(&all, |title| &title.de), joined(&all, |title| &title.en))
        }
        Handled::Party => Text::new("Beteiligte", "parties"),
        Handled::Document => Text::new("Dokumente (eines wurde entnommen)", "documents (one was taken out)"),
        Handled::Run { number } => Text::new(
            format!("Sammellauf Nr. {number} (angelegt oder begonnen)"),
            format!("mass run no. {number} (planned or begun)"),
        ),
        Handled::Skipped => {
            let titles: Vec<Text> = kept.hand.steps.iter().map(|step| title_of(release, step)).collect();
            Text::new(
                format!("übersprungen: {}", joined(&titles, |title| &title.de)),
                format!("skipped: {}", joined(&titles, |title| &title.en)),
            )
        }
    }
}

fn joined(titles: &[Text], one: fn(&Text) -> &Arc<str>) -> String {
    titles.iter().map(|title| &**one(title)).collect::<Vec<_>>().join(", ")
}
