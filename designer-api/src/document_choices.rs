//! Fields that name documents of the file (`x-format: documents`): which there are, with their titles, is put into the schema
//! that is shown, as the options of a choice are.

use fachwerk_core::{case::Case, event::Document, words::letter_day};
use serde_json::{Value, json};

/// The schema with the documents of a case among the items of such fields: `enum` with their numbers, `x-titles` with what people
/// read. With `also_gone` those that were taken out, too, for what was entered before.
pub fn with_documents(mut schema: Value, case: &Case, also_gone: bool) -> Value {
    if let Value::Object(_) = schema {
        let shown = case.documents.values().filter(|document| also_gone || document.taken_out.is_none());
        let shown: Vec<&Document> = shown.map(|document| &**document).collect();
        fill(&mut schema, &shown);
    }
    schema
}

fn fill(schema: &mut Value, documents: &[&Document]) {
    let Value::Object(fields) = schema else { return };
    if fields.get("x-format").is_some_and(|format| format == "documents") {
        let numbers: Vec<u32> = documents.iter().map(|document| document.number).collect();
        let title = |document: &&Document| {
            let text = format!("{} ({})", document.content.title, letter_day(document.on));
            (document.number.to_string(), Value::from(text))
        };
        let titles: serde_json::Map<String, Value> = documents.iter().map(title).collect();
        fields.insert("items".into(), json!({ "type": "integer", "enum": numbers, "x-titles": titles }));
        return;
    }
    for inner in fields.values_mut() {
        fill(inner, documents);
    }
}
