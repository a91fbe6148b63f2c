//! Packages are whole or refused, and what is read is what is written.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use fachwerk_core::{
    language::{Catalogue, Folder},
    package::{Package, PackageFault},
};

const BLOCK: &str = "block: visit
version: 1.2.0
title: { de: Besuch, en: Visit }
summary: { de: Jemand geht hin., en: Somebody goes there. }
category: examination
steps:
  look: { block: hearing@^2.1, then: { done: again } }
  again: { block: fee@1 }
";

fn folder(name: &str, files: &[(&str, &str)]) -> Folder {
    let files = files.iter().map(|(path, text)| (Arc::from(*path), Arc::from(text.as_bytes())));
    Folder { name: name.into(), files: files.collect() }
}

fn packed() -> Package {
    let visit = folder("blocks/visit", &[("block.yaml", BLOCK), ("README.md", "# Besuch\n")]);
    let fee =
        folder("fee", &[("block.yaml", &BLOCK.replace("visit", "fee")), ("scenarios/a.yaml", "block: x@1")]);
    Package::pack(("kit", "1.0.0"), "^1.2", &[visit, fee]).unwrap()
}

#[test]
fn a_package_says_what_it_holds_and_needs() {
    let package = packed();
    let blocks: Vec<_> =
        package.manifest.blocks.iter().map(|(id, version)| format!("{id} {version}")).collect();
    assert_eq!(blocks, ["fee 1.2.0", "visit 1.2.0"]);
    let needs = package.manifest.requires.iter();
    let needs: Vec<_> = needs.map(|(id, ranges)| format!("{id} {ranges:?}")).collect();
    assert_eq!(needs, [r#"hearing {"^2.1"}"#, r#"x {"1"}"#]);
    let names: Vec<_> =
        package.folders().iter().map(|folder| format!("{} {}", folder.name, folder.files.len())).collect();
    assert_eq!(names, ["fee 2", "visit 2"]);
    let again = Package::read(&package.write().unwrap()).unwrap();
    assert_eq!(again, package);
    assert_eq!(again.signed_bytes(), package.signed_bytes());
    // However the file is laid out, a signature is over the same bytes.
    let compact = serde_json::to_vec(&package).unwrap();
    assert_eq!(Package::read(&compact).unwrap().hash(), package.hash());
}

#[test]
fn a_package_fits_or_does_not() {
    let package = packed();
    let check =
        |version: &str, fits: bool| assert_eq!(package.fits_engine(version).is_ok(), fits, "{version}");
    check("1.2.0", true);
    check("1.9.3", true);
    check("1.1.9", false);
    check("2.0.0", false);
    check("x", false);
    let unmet = PackageFault::RequirementUnmet("hearing".into(), "^2.1".into());
    assert_eq!(package.finds_its_needs(&Catalogue::default()), Err(unmet));
}

#[track_caller]
fn check(folders: &[Folder], expected: &str) {
    let fault = Package::pack(("kit", "1.0.0"), "^1.2", folders).unwrap_err();
    assert_eq!(fault.code(), expected, "{fault}");
}

#[test]
fn what_cannot_be_packed() {
    let with = |path: &str| folder("visit", &[("block.yaml", BLOCK), (path, "x")]);
    check(&[], "PackageUnreadable");
    check(&[with("a"), with("b")], "PackageBlockTwice");
    check(&[folder("visit", &[("README.md", "x")])], "PackageBlockOtherwise");
    for path in ["../a", "a/../b", "/a", "a\\b", "c:a", "a\nb", "./a", ""] {
        check(&[with(path)], "PackagePathInvalid");
    }
    check(&[with(&"a".repeat(200))], "PackageTooLarge");
    let many: Vec<String> = (0..1_001).map(|number| format!("f{number}")).collect();
    let many: Vec<(&str, &str)> =
        many.iter().map(|name| (&**name, "x")).chain([("block.yaml", BLOCK)]).collect();
    check(&[folder("visit", &many)], "PackageTooLarge");
    let large = "x".repeat(5_000_001);
    check(&[folder("visit", &[("block.yaml", BLOCK), ("large", &large)])], "PackageTooLarge");
    let mut binary = with("a");
    binary.files.insert("logo.png".into(), [0xff, 0xfe].as_slice().into());
    check(&[binary], "PackageUnreadable");
}

#[test]
fn what_cannot_be_read() {
    let text = String::from_utf8(packed().write().unwrap()).unwrap();
    let check = |from: &str, to: &str, expected: &str| {
        assert!(text.contains(from), "{from}");
        let fault = Package::read(text.replacen(from, to, 1).as_bytes()).unwrap_err();
        assert_eq!(fault.code(), expected, "{from} -> {to}: {fault}");
    };
    check("# Besuch", "# Anderes", "PackageTampered");
    check("fachwerk-package-1", "zip", "PackageUnreadable");
    check(r#""package": "kit""#, r#""package": "../kit""#, "PackageInvalid");
    check(r#""package": "kit""#, r#""other": "kit""#, "PackageUnreadable");
    check(r#""engine": "^1.2""#, r#""engine": "*""#, "PackageInvalid");
    check(r#""visit": "1.2.0""#, r#""visit": "1.3.0""#, "PackageBlockOtherwise");
    check(r#""visit": "1.2.0""#, r#""other": "1.2.0""#, "PackagePathInvalid");
    for nothing in ["", "{", "[]", "null", "\u{feff}{}"] {
        assert_eq!(Package::read(nothing.as_bytes()).unwrap_err().code(), "PackageUnreadable", "{nothing}");
    }
    assert_eq!(Package::read(&vec![b' '; 12_000_001]).unwrap_err().code(), "PackageTooLarge");
    let deep = "[".repeat(100_000);
    assert_eq!(Package::read(deep.as_bytes()).unwrap_err().code(), "PackageUnreadable");
}
