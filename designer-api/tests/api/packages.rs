//! Blocks that come as packages: only of whom the authority trusts, whole, and all or none.

use std::sync::Arc;

use fachwerk_core::{
    language::Folder,
    package::{Package, PackageSignature},
};
use fachwerk_store::Signer;
use serde_json::{Value, json};

use crate::world::{HERE, World, at, folder};

/// RFC 8032, 7.1, tests 1 and 2.
const SECRET: &str = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
const OTHER: &str = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb";

/// The block `examination` under another name, with some texts of it replaced.
fn block(id: &str, changes: &[(&str, &str)]) -> Folder {
    let mut folder = folder("examination");
    let named = format!("block: {id}");
    for bytes in folder.files.values_mut() {
        let text = String::from_utf8(bytes.to_vec()).unwrap().replace("block: examination", &named);
        let text = changes.iter().fold(text, |text, (from, to)| text.replace(from, to));
        *bytes = text.into_bytes().into();
    }
    Folder { name: id.into(), ..folder }
}

fn packed(engine: &str, blocks: &[Folder]) -> Package {
    Package::pack(("kit", "1.0.0"), engine, blocks).unwrap()
}

fn signed(mut package: Package, secret: &str) -> Value {
    let signature = Signer::of(secret).unwrap().sign(&package.signed_bytes());
    package.signature = Some(PackageSignature { key: signature.key.into(), value: signature.value.into() });
    json!(package)
}

fn changed(mut package: Value, at: &str, to: impl Into<Value>) -> Value {
    *package.pointer_mut(at).unwrap() = to.into();
    package
}

/// A file goes by another path.
fn moved(package: Value, to: &str) -> Value {
    let text = package.to_string().replace("visit/README.md", to);
    serde_json::from_str(&text).unwrap()
}

const ENGINE: &str = concat!("^", env!("CARGO_PKG_VERSION"));
const README: &str = "/files/visit~1README.md";

#[tokio::test]
async fn what_is_wrong_with_a_package_is_said_and_nothing_is_installed() {
    let world = World::new().await;
    let ada = at("ada", HERE);
    let key = Signer::of(SECRET).unwrap().public_key();
    let trust = format!("PUT /publishers/{key}");
    world.say(&ada, &trust, json!({ "name": "Zweckverband" })).await.is(204, Value::Null);
    let before = world.ask(&ada, "GET /blocks").await.text();
    let check = async |package: Value, status: u16, code: &str| {
        world.say(&ada, "POST /packages", package.clone()).await.refused(status, code);
        assert_eq!(world.ask(&ada, "GET /blocks").await.text(), before, "{code}");
    };
    let visit = || block("visit", &[]);
    let good = signed(packed(ENGINE, &[visit()]), SECRET);

    check(json!(packed(ENGINE, &[visit()])), 422, "PackageUnsigned").await;
    check(changed(good.clone(), README, "# Other\n"), 422, "PackageTampered").await;
    // Whoever changes the list as well is told by the signature.
    let other = Package::pack(("kit", "1.0.0"), ENGINE, &[block("visit", &[("# Prüfung", "# Other")])]);
    let mut forged = json!(other.unwrap());
    forged["signature"] = good["signature"].clone();
    check(forged, 422, "PackageTampered").await;
    check(changed(good.clone(), "/manifest/version", "1.0.1"), 422, "PackageTampered").await;
    check(changed(good.clone(), "/signature/value", "zz"), 422, "PackageTampered").await;
    check(signed(packed(ENGINE, &[visit()]), OTHER), 422, "PackageKeyUnknown").await;
    check(signed(packed("^9.0", &[visit()]), SECRET), 422, "PackageEngineOther").await;
    let needs =
        block("visit", &[("    role: clerk\n", "    role: clerk\n    note: { block: hearing@^2.1 }\n")]);
    check(signed(packed(ENGINE, &[needs]), SECRET), 422, "PackageRequirementUnmet").await;
    for path in ["visit/../README.md", "/visit/README.md", "visit//README.md", "other/README.md", "visit"] {
        check(moved(good.clone(), path), 422, "PackagePathInvalid").await;
    }
    check(changed(good.clone(), "/manifest/blocks/visit", "2.0.0"), 422, "PackageBlockOtherwise").await;
    check(changed(good.clone(), "/manifest/blocks/visit", "2"), 422, "PackageInvalid").await;
    check(changed(good.clone(), "/format", "fachwerk-package-2"), 422, "PackageUnreadable").await;
    check(json!("no package"), 422, "PackageUnreadable").await;
    let mut less = good.clone();
    less["files"].as_object_mut().unwrap().remove("visit/README.md");
    check(less, 422, "PackageFilesOtherwise").await;

    // All or none: what is beside the one that does not pass is not installed either.
    for (bad, has_problems) in [
        (block("visit", &[("de: Notiz, en: Note", "de: Notiz")]), true),
        (block("visit", &[("with: { outcome: complete }", "with: { outcome: other }")]), false),
        (block("visit", &[("ended: done", "ended: other")]), false),
        (block("visit", &[("role: $role", "role: $roles")]), true),
    ] {
        let package = signed(packed(ENGINE, &[bad, block("visitation", &[])]), SECRET);
        let refused = world.say(&ada, "POST /packages", package).await;
        let refused = refused.refused(422, "NotDeployable");
        let (problems, scenarios) = (&refused.json()["problems"], &refused.json()["scenarios"]);
        let failed =
            scenarios.as_array().is_some_and(|all| all.iter().any(|it| it["passed"] == json!(false)));
        let found = problems.as_array().is_some_and(|problems| !problems.is_empty());
        assert!(if has_problems { found } else { failed }, "{problems} {scenarios}");
        assert_eq!(world.ask(&ada, "GET /blocks").await.text(), before);
    }

    // A process in use says `examination@1`; with this one it could not be deployed any more.
    let required = "parameters:\n  more:\n    type: expression\n    required: true\n    title: { de: Mehr, en: More }\n    help: { de: Mehr., en: More. }\n";
    let breaking = block(
        "examination",
        &[
            ("version: 1.0.0", "version: 1.1.0"),
            ("parameters:\n", required),
            ("{ subject: file.channel }", "{ subject: file.channel, more: file.channel }"),
        ],
    );
    let package = signed(packed(ENGINE, &[breaking.clone(), visit()]), SECRET);
    let refused = world.say(&ada, "POST /packages", package).await;
    refused
        .refused(422, "NotDeployable")
        .has(422, json!({ "problems": [{ "code": "breaks_process", "file": "permit/process.yaml" }] }));
    assert_eq!(world.ask(&ada, "GET /blocks").await.text(), before);

    let jan = at("jan", HERE);
    world.say(&jan, "POST /packages", good.clone()).await.refused(403, "NotAllowed");
    world.ask(&jan, "GET /publishers").await.refused(403, "NotAllowed");
    world.say(&jan, &trust, json!({ "name": "X" })).await.refused(403, "NotAllowed");

    // As a new major version it would harm no process; but the block is not of this publisher.
    let next: Vec<_> = breaking
        .files
        .iter()
        .map(|(path, bytes)| {
            let text = String::from_utf8(bytes.to_vec()).unwrap();
            let text =
                text.replace("version: 1.1.0", "version: 2.0.0").replace("examination@1", "examination@2");
            (path.clone(), Arc::from(text.into_bytes()))
        })
        .collect();
    let next = Folder { name: "examination".into(), files: next.into_iter().collect() };
    check(signed(packed(ENGINE, &[next, visit()]), SECRET), 409, "BlockOfAnother").await;
    world.say(&ada, "POST /packages", good).await.is(
        200,
        json!({
            "package": "kit", "version": "1.0.0", "blocks": [{ "id": "visit", "version": "1.0.0" }],
        }),
    );
    let origin = json!({ "package": "kit", "version": "1.0.0", "key": key, "publisher": "Zweckverband" });
    let blocks = world.ask(&ada, "GET /blocks").await.json();
    let of = |place: usize| blocks[place]["package"].clone();
    assert_eq!([of(0), of(1)], [Value::Null, origin]);
}

#[tokio::test]
async fn publishers_are_trusted_and_not_any_more() {
    let world = World::new().await;
    let ada = at("ada", HERE);
    let key = Signer::of(SECRET).unwrap().public_key();
    let address = |what: &str, key: &str| format!("{what} /publishers/{key}");
    let package = signed(packed(ENGINE, &[block("visit", &[])]), SECRET);
    let nobodys = "0".repeat(64);
    for (key, name) in [(&key[1..], "A"), (&*key, " "), (&*key.to_uppercase(), "A"), (&*nobodys, "A")] {
        let said = world.say(&ada, &address("PUT", key), json!({ "name": name })).await;
        said.refused(422, "PublisherInvalid");
    }
    world.ask(&ada, &address("DELETE", &key)).await.refused(404, "PublisherUnknown");
    world.say(&ada, &address("PUT", &key), json!({ "name": "Verband" })).await.is(204, Value::Null);
    world.say(&ada, &address("PUT", &key), json!({ "name": "Zweckverband" })).await.is(204, Value::Null);
    let entry = json!({ "key": key, "name": "Zweckverband", "at": "*", "by": "Ada Admin" });
    world.ask(&ada, "GET /publishers").await.is(200, json!([entry]));
    world.say(&ada, "POST /packages", package.clone()).await.has(200, json!({ "package": "kit" }));
    // The same once more changes nothing.
    world.say(&ada, "POST /packages", package.clone()).await.has(200, json!({ "package": "kit" }));
    world.ask(&ada, &address("DELETE", &key)).await.is(204, Value::Null);
    world.say(&ada, "POST /packages", package).await.refused(422, "PackageKeyUnknown");
    let blocks = world.ask(&ada, "GET /blocks").await.json();
    assert_eq!(blocks[1]["package"]["publisher"], Value::Null);
    let audit = world.ask(&ada, "GET /audit?limit=1").await;
    audit.has(
        200,
        json!({ "items": [{ "what": {
        "de": format!("Pakete von „Zweckverband“ werden nicht mehr angenommen (Schlüssel {key})"),
        "en": format!("packages of “Zweckverband” are taken no more (key {key})"),
    } }] }),
    );
}
