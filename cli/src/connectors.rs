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
    let letter: Connector = Arc::new(|call| Box::pin(async move { letter(&call.request) }));
    BTreeMap::from([(fachwerk_letter::NAME.to_owned(), letter)])
}

/// A connector for measuring: it answers at once, with nothing.
pub fn at_once() -> (String, Connector) {
    ("bench".to_owned(), Arc::new(|_| Box::pin(async { Ok(Made::default()) })))
}

/// What they would make, for previews: a letter is made without doing anything outside.
pub fn previewed(connector: &str, request: &Value) -> Option<Result<Made, EffectError>> {
    (connector == fachwerk_letter::NAME).then(|| letter(request))
}

fn letter(request: &Value) -> Result<Made, EffectError> {
    let letter = fachwerk_letter::read(request)?;
    let page = letter.page().into_bytes();
    Ok(Made { values: Object::new(), documents: vec![(letter.content(), page)] })
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
