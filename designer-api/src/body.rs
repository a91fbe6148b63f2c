//! Reads JSON bodies: with a limit on size and depth, and with an error that says what is wrong.

use std::collections::BTreeMap;

use axum::{
    body::{Body, to_bytes},
    extract::{FromRequest, Request},
    http::{HeaderMap, StatusCode, header},
};
use fachwerk_core::package::{MAX_PACKAGE_BYTES, Package};
use serde::de::DeserializeOwned;

use crate::{limits, problem::Problem, shapes::Files};

/// A JSON body of at most [`limits::JSON_BYTES`].
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<S: Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Json<T>, Problem> {
        read(request, limits::JSON_BYTES, "json_bytes").await.map(Json)
    }
}

/// A JSON body with the rows of a file or the list of a mass run.
#[derive(Debug)]
pub struct RowsJson<T>(pub T);

impl<S: Sync, T: DeserializeOwned> FromRequest<S> for RowsJson<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<RowsJson<T>, Problem> {
        read(request, limits::ROWS_JSON_BYTES, "rows_json_bytes").await.map(RowsJson)
    }
}

/// The files of a process or block, as text. Their number, paths and size are within the limits.
#[derive(Debug)]
pub struct FilesBody<T>(pub T);

/// A body that brings files.
pub trait HasFiles {
    /// Their text by path.
    fn files(&self) -> &BTreeMap<String, String>;
}

impl HasFiles for Files {
    fn files(&self) -> &BTreeMap<String, String> {
        &self.files
    }
}

impl<S: Sync, T: DeserializeOwned + HasFiles> FromRequest<S> for FilesBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<FilesBody<T>, Problem> {
        // Written as JSON, line ends and quotation marks take two bytes; the texts themselves are measured below.
        let body: T = read(request, limits::FILES_BYTES * 2, "files_bytes").await?;
        check_files(body.files())?;
        Ok(FilesBody(body))
    }
}

/// A package, whole: nothing in it differs from what it says that it holds. Who vouches for it is not looked at.
#[derive(Debug)]
pub struct PackageBody(pub Package);

impl<S: Sync> FromRequest<S> for PackageBody {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<PackageBody, Problem> {
        let bytes = json(request, MAX_PACKAGE_BYTES, "package_bytes").await?;
        Ok(PackageBody(Package::read(&bytes)?))
    }
}

fn check_files(files: &BTreeMap<String, String>) -> Result<(), Problem> {
    let too_large =
        |limit, most: usize| Err(Problem::limit(StatusCode::PAYLOAD_TOO_LARGE, "BodyTooLarge", limit, most));
    if files.len() > limits::FILES {
        return too_large("files", limits::FILES);
    }
    if files.values().map(String::len).sum::<usize>() > limits::FILES_BYTES {
        return too_large("files_bytes", limits::FILES_BYTES);
    }
    for path in files.keys() {
        if path.chars().count() > limits::PATH_CHARS {
            return too_large("path_chars", limits::PATH_CHARS);
        }
        let good =
            |part: &str| !part.is_empty() && part != "." && part != ".." && !part.contains(['\\', '\0']);
        if !path.split('/').all(good) {
            return Err(Problem::new(
                StatusCode::BAD_REQUEST,
                "PathInvalid",
                format!("„{path}“ ist kein Dateiname innerhalb eines Ordners."),
                format!("`{path}` is not the name of a file within a folder."),
            ));
        }
    }
    Ok(())
}

async fn read<T: DeserializeOwned>(request: Request, limit: usize, name: &'static str) -> Result<T, Problem> {
    let bytes = json(request, limit, name).await?;
    serde_json::from_slice(&bytes).map_err(|error| {
        Problem::new(
            StatusCode::BAD_REQUEST,
            "BodyInvalid",
            format!("Die Anfrage ist nicht lesbar: {error}."),
            format!("The request cannot be read: {error}."),
        )
    })
}

/// The bytes of a body that says that it is JSON, and is not nested too deeply.
async fn json(request: Request, limit: usize, name: &'static str) -> Result<axum::body::Bytes, Problem> {
    let (parts, body) = request.into_parts();
    if !is_json(&parts.headers) {
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "MediaTypeUnsupported",
            "Diese Adresse nimmt nur JSON (Content-Type: application/json).",
            "This address takes JSON only (Content-Type: application/json).",
        ));
    }
    let bytes = within(body, limit, name).await?;
    if too_deep(&bytes) {
        let most = limits::JSON_DEPTH;
        return Err(Problem::limit(StatusCode::BAD_REQUEST, "BodyInvalid", "json_depth", most));
    }
    Ok(bytes)
}

async fn within(body: Body, limit: usize, name: &'static str) -> Result<axum::body::Bytes, Problem> {
    to_bytes(body, limit).await.map_err(|error| {
        // What breaks off before the limit is not worth a name: nobody is there to read it.
        tracing::debug!(%error, "a body could not be read");
        Problem::limit(StatusCode::PAYLOAD_TOO_LARGE, "BodyTooLarge", name, format!("{limit} Bytes"))
    })
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

/// Whether brackets are nested more deeply than is read; brackets within texts do not count.
fn too_deep(json: &[u8]) -> bool {
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    for byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'[' | b'{' if !in_text => {
                depth += 1;
                if depth > limits::JSON_DEPTH {
                    return true;
                }
            }
            b']' | b'}' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(json: &str, expected: bool) {
        assert_eq!(too_deep(json.as_bytes()), expected, "{json}");
    }

    #[test]
    fn depth_is_counted_outside_of_texts() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        check(&nested(limits::JSON_DEPTH), false);
        check(&nested(limits::JSON_DEPTH + 1), true);
        check(&format!("[{}]", vec![nested(2); 40].join(",")), false);
        check(&format!("\"{}\"", "[".repeat(100)), false);
        check(&format!("[\"\\\"{}\"]", "[".repeat(100)), false);
        check(&format!("[\"a\",{}]", "{".repeat(100)), true);
    }

    #[track_caller]
    fn check_path(path: &str, good: bool) {
        let files = [(path.to_owned(), String::new())].into();
        assert_eq!(check_files(&files).is_ok(), good, "{path}");
    }

    #[test]
    fn paths_stay_within_their_folder() {
        check_path("process.yaml", true);
        check_path("rules/a.rhai", true);
        for bad in ["", "/a", "a/", "a//b", "../a", "a/../b", "./a", "a\\b"] {
            check_path(bad, false);
        }
        check_path(&"a".repeat(limits::PATH_CHARS), true);
        check_path(&"a".repeat(limits::PATH_CHARS + 1), false);
    }
}
