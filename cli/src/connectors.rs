//! The connectors of this binary.

use std::{collections::BTreeMap, sync::Arc};

use fachwerk_core::{
    event::EffectError,
    scenario,
    words::{Object, Text, Value},
};
use fachwerk_runtime::{Connector, Made};

/// The connectors of a server.
pub fn all() -> BTreeMap<String, Connector> {
    let letter: Connector = Arc::new(|call| {
        Box::pin(async move {
            // Laying out computes for too long to keep a thread that serves others.
            let made = tokio::task::spawn_blocking(move || letter(&call.request, false)).await;
            made.unwrap_or_else(|gone| Err(broken(&gone.to_string())))
        })
    });
    BTreeMap::from([(fachwerk_letter::NAME.to_owned(), letter)])
}

/// A connector for measuring: it answers at once, with nothing.
pub fn at_once() -> (String, Connector) {
    ("bench".to_owned(), Arc::new(|_| Box::pin(async { Ok(Made::default()) })))
}

/// What they would make, for previews: a letter is made without doing anything outside, and says that it is a draft.
pub fn previewed(connector: &str, request: &Value) -> Option<Result<Made, EffectError>> {
    (connector == fachwerk_letter::NAME).then(|| letter(request, true))
}

fn letter(request: &Value, draft: bool) -> Result<Made, EffectError> {
    let mut letter = fachwerk_letter::read(request)?;
    letter.draft |= draft;
    let pdf = letter.pdf()?;
    Ok(Made { values: Object::new(), documents: vec![(letter.content(), pdf)] })
}

/// A fault of ours: trying again may help, and the incident says what happened.
fn broken(why: &str) -> EffectError {
    EffectError {
        code: "letter_failed".into(),
        message: Text::new(
            format!("Das Schreiben ließ sich nicht erstellen, bitte der Administration melden: {why}"),
            format!("The letter could not be made, please tell the administrators: {why}"),
        ),
        retry: true,
    }
}

/// The same in a simulation: letters are kept as their text.
pub fn simulated(connector: &str, request: &Value) -> Result<scenario::Made, EffectError> {
    if connector != fachwerk_letter::NAME {
        return Err(EffectError {
            code: "connector_unknown".into(),
            message: Text::new(
                format!("Eine Anbindung „{connector}“ gibt es nicht."),
                format!("There is no connector `{connector}`."),
            ),
            retry: false,
        });
    }
    let letter = fachwerk_letter::read(request)?;
    let mut content = letter.content();
    // In a simulation nothing is stored; the text itself tells letters apart.
    let text: Arc<str> = letter.words().into();
    content.hash = text.clone();
    content.size = text.len() as u64;
    Ok(scenario::Made { values: Object::new(), documents: vec![(content, text)] })
}
