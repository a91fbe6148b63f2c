//! `fachwerk law` without data and without a server: what is printed, and what is said of wrong input.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::{path::Path, process::Command};

#[track_caller]
fn check(arguments: &[&str], code: i32, out: &[&str], talk: &[&str]) {
    let run = Command::new(env!("CARGO_BIN_EXE_fachwerk"))
        .args(arguments)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))
        .env_remove("FACHWERK_SERVER")
        .env_remove("FACHWERK_DATA")
        .env_remove("FACHWERK_DATABASE")
        .output()
        .expect("it runs");
    let lines = |bytes: &[u8]| String::from_utf8_lossy(bytes).lines().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(
        (run.status.code(), lines(&run.stdout), lines(&run.stderr)),
        (
            Some(code),
            out.iter().map(ToString::to_string).collect(),
            talk.iter().map(ToString::to_string).collect()
        )
    );
}

#[test]
fn what_rests_on_a_norm_is_listed_with_its_place() {
    check(
        &["law", "uses", "§ 15 HundeG LSA", "--path", "examples/dog"],
        0,
        &[
            "examples/dog/decisions/duty.yaml:22: process dog, row of a table (Duty to register): § 15 HundeG LSA",
            "examples/dog/decisions/duty.yaml:25: process dog, row of a table (Duty to register): § 15 HundeG LSA",
            "examples/dog/forms/classify.yaml:34: process dog, text (File number of the permit case): §§ 4 ff. HundeG LSA [wider than what was asked for]",
            "examples/dog/process.yaml:7: process dog: § 15 HundeG LSA",
            "examples/dog/process.yaml:165: process dog, step classify: § 15 HundeG LSA",
            "examples/dog/process.yaml:375: process dog, step entry: § 15 HundeG LSA",
            "examples/dog/templates/certificate.md:5: process dog, text: § 15 HundeG LSA",
            "examples/dog/templates/tax-hearing.md:22: process dog, text: § 15 HundeG LSA",
            "process dog rests on it",
        ],
        &[],
    );
    check(&["law", "uses", "§ 99 Mondgesetz"], 0, &["nothing here rests on § 99 Mondgesetz"], &[]);
}

#[test]
fn rows_of_legal_data_are_listed() {
    check(
        &["law", "list", "courts", "--unchecked"],
        0,
        &[
            "courts/vg-halle: § 52 Nr. 3 VwGO; §§ 1, 2 AG VwGO LSA, from 2009-01-01 [unchecked]",
            "courts/vg-magdeburg: § 52 Nr. 3 VwGO; §§ 1, 2 AG VwGO LSA, from 2009-01-01 [unchecked]",
        ],
        &[],
    );
    check(&["law", "list", "courts", "--disputed"], 0, &["no row is like that"], &[]);
}

#[test]
fn wrong_input_says_what_to_do() {
    for (arguments, talk) in [
        (
            &["law", "uses", "41 VwVfG"][..],
            "fachwerk: The `§` before `41` is missing. Did you mean `§ 41 VwVfG`?",
        ),
        (
            &["law", "uses", "§ 41"],
            "fachwerk: The law of `§ 41` is missing. Write the law behind it, for example `§ 41 VwVfG`.",
        ),
        (
            &["law", "uses", "VwGO", "--path", "docs"],
            "fachwerk: docs holds neither a process (process.yaml) nor a block (block.yaml), nor legal data (a folder `law`)",
        ),
        (
            &["law", "uses", "VwGO", "--path", "examples/dog", "--data", "nowhere"],
            "fachwerk: --path looks into folders, --server, --data and --database into what is in use; leave one away",
        ),
        (
            &["law", "show", "courts", "vg-hale"],
            "fachwerk: table `courts` has no row `vg-hale`; did you mean `vg-halle`?",
        ),
    ] {
        check(arguments, 2, &[], &[talk]);
    }
}
