//! The OpenAPI document: committed, complete, and true.

use std::{collections::BTreeSet, path::Path};

use fachwerk_designer_api::openapi;
use serde_json::Value;

fn document() -> Value {
    serde_json::from_str(&openapi()).unwrap()
}

/// Method, path and operation of everything in the document.
pub fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let paths = document["paths"].as_object().unwrap().iter();
    let all = paths.flat_map(|(path, item)| {
        let operations = item.as_object().unwrap().iter();
        operations.map(move |(method, operation)| (method.to_uppercase(), path.clone(), operation.clone()))
    });
    all.collect()
}

#[test]
fn the_committed_document_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    if std::env::var_os("FACHWERK_BLESS").is_some() {
        std::fs::write(&path, openapi()).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == openapi(), "openapi.json is out of date; FACHWERK_BLESS=1 writes it anew");
}

#[test]
fn every_operation_is_described() {
    let document = document();
    let mut ids = BTreeSet::new();
    for (method, path, operation) in operations(&document) {
        let place = format!("{method} {path}");
        let id = operation["operationId"].as_str().unwrap_or_else(|| panic!("{place} has no operationId"));
        assert!(ids.insert(id.to_owned()), "{place}: {id} is taken");
        assert!(operation["summary"].is_string(), "{place} has no summary");
        assert!(operation["responses"]["default"].is_object(), "{place} tells no problems");
        assert!(operation["tags"].is_array(), "{place} has no tag");
        let good =
            ["200", "204"].iter().filter(|status| operation["responses"][**status].is_object()).count();
        assert_eq!(good, 1, "{place}");
    }
}

#[test]
fn every_reference_leads_somewhere() {
    fn check(document: &Value, value: &Value) {
        match value {
            Value::Object(fields) => {
                if let Some(reference) = fields.get("$ref").and_then(Value::as_str) {
                    let pointer = reference.strip_prefix('#').unwrap();
                    assert!(document.pointer(pointer).is_some(), "{reference}");
                }
                fields.values().for_each(|value| check(document, value));
            }
            Value::Array(items) => items.iter().for_each(|value| check(document, value)),
            _ => {}
        }
    }
    let document = document();
    check(&document, &document);
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(document["servers"][0]["url"], "/api/v1");
    // What answers are made of is always there; what requests are made of may be absent where it says so.
    let required = |name: &str| document["components"]["schemas"][name]["required"].as_array().unwrap().len();
    assert_eq!((required("InboxEntry"), required("Start"), required("Problem")), (16, 2, 5));
}
