//! The browser application, out of the binary; and what is said when it was not built.

use std::borrow::Cow;

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use rust_embed::RustEmbed;

use crate::{problem::Problem, server::Server};

/// Finds a file of the browser application by its path.
pub type Assets = fn(&str) -> Option<Cow<'static, [u8]>>;

#[derive(RustEmbed)]
#[folder = "../web/dist"]
#[allow_missing = true]
struct Built;

/// The application as it was built before this program was.
pub fn built_in_assets(path: &str) -> Option<Cow<'static, [u8]>> {
    Built::get(path).map(|file| file.data)
}

/// Where files lie whose names carry the hash of their content.
const HASHED: &str = "assets/";

const NOT_BUILT: &str = "<!doctype html>\n<html lang=\"de\">\n<head>\n<meta charset=\"utf-8\">\n<title>Fachwerk</title>\n</head>\n<body>\n\
<h1>Fachwerk</h1>\n\
<p>Die Browseranwendung ist in diesem Programm nicht enthalten. <code>make web</code> baut sie; danach ist das Programm neu zu bauen. Die Programmschnittstelle unter <code>/api/v1</code> arbeitet.</p>\n\
<p lang=\"en\">This program does not contain the browser application. <code>make web</code> builds it; then build the program again. The interface for programs at <code>/api/v1</code> works.</p>\n\
</body>\n</html>\n";

/// Answers everything that no other address answers.
pub async fn page(State(server): State<Server>, method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    let of_api = path == "api" || path.starts_with("api/");
    if of_api || !matches!(method, Method::GET | Method::HEAD) {
        return Problem::not_found().into_response();
    }
    let find = server.options().assets;
    if let Some(bytes) = Some(path).filter(|path| !path.is_empty() && *path != "index.html").and_then(find) {
        let keep = if path.starts_with(HASHED) { "public, max-age=31536000, immutable" } else { "no-cache" };
        return file(media_type(path), keep, bytes);
    }
    // A browser that opens a page says that it takes HTML; what else has a dot is a file that is not there.
    let accepted = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or("*/*");
    let is_file = path.rsplit('/').next().is_some_and(|name| name.contains('.'));
    if !accepted.contains("text/html") && (is_file || !accepted.contains("*/*")) {
        return Problem::not_found().into_response();
    }
    match find("index.html") {
        Some(bytes) => file("text/html; charset=utf-8", "no-store", bytes),
        None => {
            let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
            (StatusCode::SERVICE_UNAVAILABLE, kind, NOT_BUILT).into_response()
        }
    }
}

fn file(kind: &'static str, keep: &'static str, bytes: Cow<'static, [u8]>) -> Response {
    let mut response = Body::from(bytes.into_owned()).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    response
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "woff" => "font/woff",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "txt" => "text/plain; charset=utf-8",
        "wasm" => "application/wasm",
        _ => "application/octet-stream",
    }
}
