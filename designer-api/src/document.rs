//! The OpenAPI document: what the macros gather from the handlers, and what holds for all of them.

use std::{collections::BTreeSet, sync::OnceLock};

use serde_json::{Map, Value, json};
use utoipa::{
    OpenApi,
    openapi::{
        Components, ContentBuilder, Ref, ResponseBuilder, ServerBuilder,
        security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityRequirement, SecurityScheme},
    },
};

use crate::problem::ProblemBody;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Fachwerk",
        description = "The interface of Fachwerk, the low-code engine for the inner work of public authorities. \
            Answers are in the language of `?lang=de|en`, else of `Accept-Language`; texts with `de` and `en` carry both. \
            Requests with the session cookie that change something need the header `X-Fachwerk: 1`. \
            `Idempotency-Key` makes a repeated request harmless."
    ),
    components(schemas(ProblemBody))
)]
struct Document;

const PROBLEM: &str = "application/problem+json";

/// Where the handlers are added.
pub fn beginning() -> utoipa::openapi::OpenApi {
    let mut document = Document::openapi();
    document.servers = Some(vec![ServerBuilder::new().url("/api/v1").build()]);
    document.security =
        Some(vec![SecurityRequirement::new("session", [""; 0]), SecurityRequirement::new("token", [""; 0])]);
    let components = document.components.get_or_insert_with(Components::new);
    let cookie = ApiKeyValue::with_description(
        crate::person::COOKIE,
        "Set by logging in. Requests that change something also need the header `X-Fachwerk: 1`.",
    );
    components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    components.add_security_scheme("token", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    let response = ResponseBuilder::new()
        .description("It could not be done; the body says why.")
        .content(PROBLEM, problem);
    components.responses.insert("Problem".into(), response.build().into());
    document
}

/// The whole document, pretty, in a stable order.
pub fn text() -> &'static str {
    static TEXT: OnceLock<String> = OnceLock::new();
    TEXT.get_or_init(|| {
        let (_, document) = crate::api_routes().split_for_parts();
        let mut document = serde_json::to_value(&document).unwrap_or_default();
        complete(&mut document);
        serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
    })
}

/// Adds what holds for every address: the problems that it can answer with, the header against forged requests, and
/// that answers always have all their fields.
fn complete(document: &mut Value) {
    let asked = asked_schemas(document);
    let paths = document["paths"].as_object_mut().into_iter().flatten();
    for (path, operations) in paths {
        for (method, operation) in operations.as_object_mut().into_iter().flatten() {
            let reads = method == "get";
            for (status, response) in operation["responses"].as_object_mut().into_iter().flatten() {
                if status.starts_with('4') {
                    // A handler names a problem of its own by its status alone.
                    let schema = json!({ "$ref": "#/components/schemas/Problem" });
                    response["content"] = json!({ PROBLEM: { "schema": schema } });
                }
            }
            let statuses = statuses(operation, reads);
            for status in statuses {
                let problem = json!({ "$ref": "#/components/responses/Problem" });
                operation["responses"][status] = problem;
            }
            if !reads {
                add_headers(path, operation);
            }
        }
    }
    for (name, schema) in document["components"]["schemas"].as_object_mut().into_iter().flatten() {
        if let Some(row) = name.strip_prefix("Page_") {
            // The macro writes the rows of a page out; they have a name.
            schema["properties"]["items"]["items"] = json!({ "$ref": format!("#/components/schemas/{row}") });
        }
        if name != "Problem" && !asked.contains(name) {
            all_required(schema);
        }
    }
}

fn statuses(operation: &Value, reads: bool) -> Vec<&'static str> {
    let open = operation["security"].as_array().is_some_and(Vec::is_empty);
    let takes = |what: &str, is: &str| {
        operation["parameters"].as_array().is_some_and(|all| all.iter().any(|it| it[what] == is))
    };
    let in_path = takes("in", "path");
    let with_body = operation["requestBody"].is_object();
    let mut statuses = vec!["400"];
    if !open || with_body {
        statuses.push("401");
    }
    if !open {
        statuses.push("403");
    }
    // What is printed together is named in the body.
    if in_path || operation["operationId"] == "printPost" {
        statuses.push("404");
    }
    if !reads {
        statuses.push("409");
    }
    if with_body {
        statuses.extend(["413", "415", "422", "429"]);
    }
    if takes("name", "If-Match") {
        statuses.push("412");
    }
    if takes("name", "q") {
        // More words than are searched for.
        statuses.push("413");
    }
    statuses.extend(["503", "default"]);
    statuses
}

/// Every request that changes something.
fn add_headers(path: &str, operation: &mut Value) {
    let header = |name: &str, description: &str, schema: Value| json!({ "name": name, "in": "header", "required": false, "description": description, "schema": schema });
    let mut added =
        vec![header("X-Fachwerk", "`1`; needed with the session cookie.", json!({ "type": "string" }))];
    if is_command(path) {
        added.push(header(
            "Idempotency-Key",
            "The id of the command: the same is carried out once, however often it is sent.",
            json!({ "type": "string", "format": "uuid" }),
        ));
    }
    match operation["parameters"].as_array_mut() {
        Some(parameters) => parameters.extend(added),
        None => operation["parameters"] = added.into(),
    }
}

/// Whether an address takes a command with an id: to a case, or to the authority.
fn is_command(path: &str) -> bool {
    let of_task = path.starts_with("/tasks/") && !path.ends_with("/look");
    of_task || path.starts_with("/cases") || path.starts_with("/people/") || path.ends_with("/settings")
}

/// The schemas that requests are made of: in those, what may be absent is absent.
fn asked_schemas(document: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let paths = document["paths"].as_object().into_iter().flat_map(Map::values);
    let mut open: Vec<&Value> = paths
        .filter_map(Value::as_object)
        .flat_map(Map::values)
        .map(|operation| &operation["requestBody"])
        .collect();
    while let Some(value) = open.pop() {
        match value {
            Value::Array(items) => open.extend(items),
            Value::Object(fields) => {
                open.extend(fields.values());
                let name =
                    fields.get("$ref").and_then(Value::as_str).and_then(|name| name.rsplit('/').next());
                if let Some(name) = name.filter(|name| !found.contains(*name)) {
                    found.insert(name.to_owned());
                    open.push(&document["components"]["schemas"][name]);
                }
            }
            _ => {}
        }
    }
    found
}

/// Answers leave no field out: what is nothing is null.
fn all_required(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            let names = fields.get("properties").and_then(Value::as_object).map(|properties| {
                properties.keys().map(|name| Value::from(name.as_str())).collect::<Vec<_>>()
            });
            if let Some(names) = names {
                fields.insert("required".into(), names.into());
            }
            fields.values_mut().for_each(all_required);
        }
        Value::Array(items) => items.iter_mut().for_each(all_required),
        _ => {}
    }
}
