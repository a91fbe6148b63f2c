//! The servers, as administrators see them.

use fachwerk_store::TABLES_FORMAT;
use serde_json::json;

use crate::world::{HERE, World, at};

#[tokio::test]
async fn administrators_see_the_servers() {
    let world = World::new().await;
    let [ada, jan] = ["ada", "jan"].map(|who| at(who, HERE));
    let node = json!({
        "id": "*", "host": "*", "process": std::process::id(), "version": env!("CARGO_PKG_VERSION"), "reads": 2, "writes": 2, "schema": TABLES_FORMAT, "since": "*",
        "seen_at": "*", "lives": true, "here": true,
    });
    let one = json!({ "nodes": [node], "written": 2, "formats": [{ "format": 2, "since": "*" }], "schema": TABLES_FORMAT });
    world.ask(&ada, "GET /nodes").await.is(200, one);
    world.ask(&jan, "GET /nodes").await.refused(403, "NotAllowed");
}
