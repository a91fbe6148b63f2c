//! What the document promises, and whether an answer keeps it.

use std::collections::HashMap;

use jsonschema::Validator;
use serde_json::{Value, json};

use super::dice::Dice;
use crate::document::operations;

/// An operation of the document.
pub struct Operation {
    pub method: String,
    pub path: String,
    pub parameters: Vec<Value>,
    /// Media type and schema of the body that it takes.
    pub body: Option<(String, Value)>,
    /// Whether anybody may ask.
    pub open: bool,
    responses: Value,
}

pub struct Document {
    pub operations: Vec<Operation>,
    whole: Value,
    validators: HashMap<String, Validator>,
}

impl Document {
    pub fn read() -> Document {
        let mut whole: Value = serde_json::from_str(&fachwerk_designer_api::openapi()).unwrap();
        let operations = operations(&whole).into_iter().map(|(method, path, operation)| {
            let content = operation["requestBody"]["content"].as_object();
            let body = content.and_then(|content| content.iter().next());
            Operation {
                method,
                path,
                parameters: operation["parameters"].as_array().cloned().unwrap_or_default(),
                body: body.map(|(kind, body)| (kind.clone(), body["schema"].clone())),
                open: operation["security"].as_array().is_some_and(Vec::is_empty),
                responses: operation["responses"].clone(),
            }
        });
        let operations = operations.collect();
        // What another object takes in (`allOf`) stays open: the other one's fields stand beside.
        let taken_in = whole.to_string();
        for (name, schema) in whole["components"]["schemas"].as_object_mut().unwrap() {
            if !taken_in.contains(&format!("\"allOf\":[{{\"$ref\":\"#/components/schemas/{name}\"")) {
                close(schema);
            }
        }
        Document { operations, whole, validators: HashMap::new() }
    }

    /// Some operation; every other time, if that is wanted, one that moves cases on.
    pub fn place(&self, dice: &mut Dice, moving: bool) -> usize {
        const MOVING: [&str; 4] = ["/claim", "/complete", "/dispatch", "/messages"];
        let place = dice.below(self.operations.len());
        if !moving || dice.chance(50) {
            return place;
        }
        let end = *dice.pick(&MOVING);
        self.operations.iter().position(|it| it.path.ends_with(end)).unwrap_or(place)
    }

    /// What a `$ref` leads to, or the schema itself.
    pub fn resolved<'a>(&'a self, schema: &'a Value) -> &'a Value {
        match schema["$ref"].as_str() {
            Some(name) => self.whole.pointer(name.trim_start_matches('#')).unwrap(),
            None => schema,
        }
    }

    /// What an answer breaks: nothing when its status, its media type and its body are as promised.
    pub fn broken(&mut self, operation: usize, status: u16, kind: &str, body: &[u8]) -> Option<String> {
        // `default` is for what no document can list; here everything has to be listed.
        let promised = self.operations[operation].responses[status.to_string()].clone();
        if promised.is_null() {
            return Some(format!("the status {status} is not in the document"));
        }
        let Some(content) = self.resolved(&promised)["content"].as_object() else {
            return (!body.is_empty()).then(|| "there is a body".to_owned());
        };
        let (media_type, schema) = content.iter().next().unwrap();
        let found = kind.split(';').next().unwrap_or_default();
        // What was uploaded comes back as what it was.
        if found != media_type && media_type != "application/octet-stream" {
            return Some(format!("it is {found}, not {media_type}"));
        }
        if !media_type.ends_with("json") {
            return None;
        }
        let schema = schema["schema"].clone();
        match serde_json::from_slice::<Value>(body) {
            Err(error) => Some(format!("it is no JSON: {error}")),
            Ok(body) => {
                let misfit = self.misfit(&schema, &body);
                misfit.or_else(|| (status >= 400).then(|| problem_misfit(status, &body)).flatten())
            }
        }
    }

    fn misfit(&mut self, schema: &Value, body: &Value) -> Option<String> {
        let whole = &self.whole;
        let validator = self.validators.entry(schema.to_string()).or_insert_with(|| {
            let mut root = schema.clone();
            root["components"] = whole["components"].clone();
            jsonschema::draft202012::options().build(&root).unwrap()
        });
        let misfits: Vec<String> =
            validator.iter_errors(body).map(|error| format!("{}: {error}", error.instance_path())).collect();
        (!misfits.is_empty()).then(|| misfits.join("; "))
    }
}

/// A field that the document does not name is not promised: objects are closed, unless they say what else they hold.
fn close(schema: &mut Value) {
    if schema.get("allOf").is_some() {
        return;
    }
    match schema {
        Value::Object(fields) => {
            fields.values_mut().for_each(close);
            if fields.contains_key("properties") && !fields.contains_key("additionalProperties") {
                fields.insert("additionalProperties".into(), json!(false));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

/// What the schema cannot say of a problem.
fn problem_misfit(status: u16, problem: &Value) -> Option<String> {
    let code = problem["code"].as_str().unwrap_or_default();
    let named = code.starts_with(|first: char| first.is_ascii_uppercase())
        && code.chars().all(|letter| letter.is_ascii_alphanumeric());
    let told =
        ["title", "detail"].iter().all(|part| problem[*part].as_str().is_some_and(|text| text.len() > 5));
    let right = problem["status"] == status && problem["type"] == format!("urn:fachwerk:problem:{code}");
    (!named || !told || !right).then(|| format!("not a problem as promised: {problem}"))
}
