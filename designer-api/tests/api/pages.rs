//! The browser application, and the headers of every answer.

use std::borrow::Cow;

use axum::{body::Body, http::Request};
use serde_json::json;

use crate::world::{Answer, World};

fn built(path: &str) -> Option<Cow<'static, [u8]>> {
    match path {
        "index.html" => Some(Cow::Borrowed(b"<!doctype html>")),
        "assets/main-abc123.js" => Some(Cow::Borrowed(b"run()")),
        "favicon.svg" => Some(Cow::Borrowed(b"<svg/>")),
        _ => None,
    }
}

async fn get(world: &World, method: &str, path: &str, accept: &str) -> Answer {
    let request =
        Request::builder().method(method).uri(path).header("accept", accept).body(Body::empty()).unwrap();
    world.answer(request).await
}

#[tokio::test]
async fn the_application_is_served() {
    let world = World::with(|options| options.assets = built).await;
    let html = "text/html,application/xhtml+xml,*/*;q=0.8";
    for path in ["/", "/index.html", "/cases", "/tasks/0190e0a0-0000-7000-8000-000000000001.3"] {
        let page = get(&world, "GET", path, html).await;
        assert_eq!((page.status.as_u16(), page.text().as_str()), (200, "<!doctype html>"), "{path}");
        page.header("content-type", Some("text/html; charset=utf-8"))
            .header("cache-control", Some("no-store"));
    }
    let script = get(&world, "GET", "/assets/main-abc123.js", "*/*").await;
    script.header("content-type", Some("text/javascript; charset=utf-8"));
    script.header("cache-control", Some("public, max-age=31536000, immutable"));
    let icon = get(&world, "GET", "/favicon.svg", "image/*").await;
    icon.header("content-type", Some("image/svg+xml")).header("cache-control", Some("no-cache"));
    for (method, path, accept) in [
        ("GET", "/assets/old.js", "*/*"),
        ("GET", "/logo.png", "image/png"),
        ("GET", "/api", html),
        ("GET", "/api/v2/tasks", html),
        ("POST", "/cases", html),
        ("GET", "/../../etc/passwd.txt", "*/*"),
    ] {
        get(&world, method, path, accept).await.refused(404, "NotFound");
    }
}

#[tokio::test]
async fn without_the_application_it_says_how_to_build_it() {
    let world = World::new().await;
    let page = get(&world, "GET", "/", "text/html").await;
    assert_eq!(page.status.as_u16(), 503);
    page.header("content-type", Some("text/html; charset=utf-8"));
    for word in ["make web", "Browseranwendung", "browser application"] {
        assert!(page.text().contains(word), "{word} in {}", page.text());
    }
}

#[tokio::test]
async fn every_answer_is_guarded() {
    let world = World::with(|options| options.assets = built).await;
    for path in
        ["/", "/api/v1/session", "/api/v1/openapi.json", "/healthz", "/metrics", "/assets/main-abc123.js"]
    {
        let answer = get(&world, "GET", path, "*/*").await;
        answer.header(
            "content-security-policy",
            Some(
                "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; \
                 worker-src 'self' blob:; frame-src 'self' blob:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
            ),
        );
        answer.header("x-content-type-options", Some("nosniff")).header("x-frame-options", Some("DENY"));
        answer
            .header("referrer-policy", Some("same-origin"))
            .header("cross-origin-opener-policy", Some("same-origin"));
    }
    get(&world, "GET", "/api/v1/session", "*/*").await.header("cache-control", Some("no-store"));
}

#[tokio::test]
async fn it_is_well() {
    let world = World::new().await;
    world.ask("", "GET /healthz").await.is(200, json!({ "status": "ok" }));
    let figures = world.ask("", "GET /metrics").await.text();
    assert!(figures.contains("fachwerk_http_requests_total{class=\"2xx\"} 1\n"), "{figures}");
    world.runtime.store().close().await;
    world.ask("", "GET /healthz").await.refused(503, "Unavailable").header("retry-after", Some("5"));
    world.ask("", "GET /session").await.refused(401, "NotLoggedIn");
}
