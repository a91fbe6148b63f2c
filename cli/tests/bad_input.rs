//! Bad input of designers and authorities: each gets a clear problem, and nothing is taken over half.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

fn fachwerk(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fachwerk"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("FACHWERK_")) {
        command.env_remove(name);
    }
    let command = command.args(arguments).current_dir(folder).stdin(Stdio::null());
    let ended = command.env("FACHWERK_ADMIN_PASSWORD", "drei kleine Worte").output().expect("it starts");
    let said =
        format!("{}{}", String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
    (ended.status.code(), said)
}

fn fresh(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("the directory for temporary files can be written");
    folder
}

#[track_caller]
fn says(folder: &Path, arguments: &[&str], code: i32, parts: &[&str]) {
    let (ended, said) = fachwerk(folder, arguments);
    assert_eq!(ended, Some(code), "{arguments:?}: {said}");
    for part in parts {
        assert!(said.contains(part), "{arguments:?}: `{part}` is missing in: {said}");
    }
}

#[test]
fn what_cannot_be_is_told() {
    let here = fresh("bad-input-deadlines");
    for (arguments, parts) in [
        // The year 2026 has no 30 February, and 2100 no leap day.
        (["--start", "2026-02-30", "--period", "1 month"], ["2026-02-30", "[InvalidDate]"]),
        (["--start", "2100-02-29", "--period", "1 month"], ["2100-02-29", "[InvalidDate]"]),
        (["--start", "2026-02-02", "--period", "1000000000 years"], ["zu lang", "[PeriodTooLong]"]),
        (["--start", "9999-12-01", "--period", "2 months"], ["9999", "["]),
        (["--land", "XX", "--start", "2026-02-02"], ["„XX“ gibt es nicht", "[UnknownLand]"]),
    ] {
        let mut whole = vec!["deadline"];
        whole.extend(arguments);
        for missing in [["--period", "1 month"], ["--land", "ST"]] {
            if !arguments.contains(&missing[0]) {
                whole.extend(missing);
            }
        }
        says(&here, &whole, 2, &parts);
    }
}

/// The folder of a process as `new` makes it, with some text in a file replaced; or a new file.
fn process(name: &str, changes: &[(&str, &str, &str)]) -> PathBuf {
    let folder = fresh(name);
    says(&folder, &["new", "process", "p"], 0, &[]);
    for (file, old, new) in changes {
        let path = folder.join("p").join(file);
        let text = fs::read_to_string(&path).unwrap_or_default();
        assert!(text.contains(old), "{file} has no {old}");
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(&path, if old.is_empty() { (*new).to_owned() } else { text.replacen(old, new, 1) })
            .expect("a file");
    }
    folder
}

#[test]
fn what_a_process_gets_wrong_is_told_with_its_place() {
    let letter = "  close:\n    end: decided";
    let told = "  close:\n    effect: letter\n    with: { title: T, body: { template: t.md } }\n";
    let texts = "  close:\n    decide: { texts: texts.yaml }\n";
    let scenario = "scenarios/granted.yaml";
    let at = "now: 2026-03-02T09:00";
    let file = |name: &str| name.to_owned();
    for (number, (command, changes, code, parts)) in [
        (
            "check",
            vec![("process.yaml", "5 working days", "1000000000 years")],
            1,
            ["[period_invalid]", "p/process.yaml:"],
        ),
        ("check", vec![(scenario, at, "now: 2026-02-30T09:00")], 1, ["2026-02-30", "granted.yaml:"]),
        (
            "check",
            vec![(scenario, at, "now: 2026-03-02T09:00\ntenant: { land: XX, name: A }")],
            1,
            ["XX", "granted.yaml:"],
        ),
        // A template that loops is stopped at its limit; a case waits with an incident that names it.
        (
            "test",
            vec![
                ("process.yaml", letter, told),
                (
                    "t.md",
                    "",
                    "{% for a in range(100000) %}{% for b in range(100000) %}x{% endfor %}{% endfor %}",
                ),
            ],
            1,
            ["template work", "t.md"],
        ),
        (
            "test",
            vec![
                ("process.yaml", letter, told),
                ("t.md", "", "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}"),
            ],
            1,
            ["too deeply", "t.md"],
        ),
        (
            "check",
            vec![("process.yaml", letter, told), ("t.md", "", "{% include \"t.md\" %}")],
            1,
            ["[template_invalid]", "t.md:1:"],
        ),
        // A text block without a translation, one without a text, and one that asks for what is not there.
        (
            "check",
            vec![
                ("process.yaml", letter, texts),
                ("texts.yaml", "", "texts:\n  a: { title: { de: Nur deutsch }, text: Gut }\n"),
            ],
            1,
            ["[missing_key]", "texts.yaml:2:"],
        ),
        (
            "check",
            vec![
                ("process.yaml", letter, texts),
                ("texts.yaml", "", "texts:\n  a: { title: { de: A, en: A } }\n"),
            ],
            1,
            ["[missing_key]", "texts.yaml:2:"],
        ),
        (
            "check",
            vec![
                ("process.yaml", letter, texts),
                (
                    "texts.yaml",
                    "",
                    "texts:\n  a: { title: { de: A, en: A }, text: \"{{ application.nam }}\" }\n",
                ),
            ],
            1,
            ["Did you mean `name`?", "texts.yaml:2:"],
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let folder = process(&file(&format!("bad-input-{number}")), &changes);
        says(&folder, &[command, "p"], code, &parts);
    }
}

#[test]
fn two_blocks_of_one_id_are_told() {
    let folder = fresh("bad-input-twice");
    says(&folder, &["new", "block", "inspection", "--into", "a"], 0, &[]);
    says(&folder, &["new", "block", "inspection", "--into", "b"], 0, &[]);
    says(&folder, &["check", "a", "b"], 1, &["[block_twice]", "a/inspection", "b/inspection"]);
    says(&folder, &["test", "a", "b"], 1, &["FAIL", "a/inspection", "b/inspection"]);
    says(
        &folder,
        &[
            "block",
            "pack",
            "a/inspection",
            "b/inspection",
            "--id",
            "both",
            "--as-version",
            "1.0.0",
            "--out",
            "p.fwpkg",
        ],
        1,
        &["inspection"],
    );
    assert!(!folder.join("p.fwpkg").exists());
}

/// A package of two blocks that was changed after it was signed, or by nobody, brings neither of them.
#[test]
fn no_package_is_installed_half() {
    let folder = fresh("bad-input-package");
    let run = |arguments: &[&str], code: i32, parts: &[&str]| says(&folder, arguments, code, parts);
    for block in ["one", "two"] {
        run(&["new", "block", block], 0, &[]);
    }
    run(&["block", "key", "--out", "k"], 0, &[]);
    // What nobody has described is not handed out.
    let described = ["block", "pack", "one", "--out", "p.fwpkg"];
    run(&described, 1, &["one/README.md:4:1", "Fill in README.md", "nothing was packed"]);
    for block in ["one", "two"] {
        fs::write(folder.join(block).join("README.md"), "Eine Frage wird beantwortet.\n").expect("a file");
    }
    run(
        &["block", "pack", "one", "two", "--id", "both", "--as-version", "1.0.0", "--out", "p.fwpkg"],
        0,
        &[],
    );
    let mut server = Command::new(env!("CARGO_BIN_EXE_fachwerk"));
    let server = server
        .args(["serve", "--found", "burg", "--land", "ST", "--listen", "127.0.0.1:0", "--data", "data"])
        .current_dir(&folder);
    let server = server.env("FACHWERK_ADMIN_PASSWORD", "drei kleine Worte").stdin(Stdio::null());
    let mut server = server.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts");
    let mut line = String::new();
    let out = server.stdout.take().expect("its output is ours");
    std::io::BufRead::read_line(&mut std::io::BufReader::new(out), &mut line).expect("it says its address");
    server.kill().expect("it runs");
    server.wait().expect("it has ended");
    let install = ["block", "install", "p.fwpkg", "--as", "admin"];
    run(&install, 1, &["signed"]);
    run(&["block", "sign", "p.fwpkg", "--key", "k"], 0, &[]);
    run(&install, 1, &["publisher"]);
    run(&["block", "trust", "k.pub", "--name", "Zweckverband Muster", "--as", "admin"], 0, &[]);
    let path = folder.join("p.fwpkg");
    let whole = fs::read_to_string(&path).expect("the package");
    let at = whole.rfind("Frage").or_else(|| whole.rfind("frage")).expect("a word of the second block");
    fs::write(&path, format!("{}X{}", &whole[..at], &whole[at + 1..])).expect("a file");
    run(&install, 1, &["changed after it was packed"]);
    // Neither block is there: a process that uses the first cannot be deployed.
    let used =
        "steps:\n  look: { block: one@1, role: clerk, then: { done: end } }\n  end: { end: decided }\n";
    let schema = "data: application.schema.json\nroles: { clerk: { title: { de: A, en: A } } }\n";
    run(&["new", "process", "p"], 0, &[]);
    fs::remove_dir_all(folder.join("p/scenarios")).expect("its scenarios");
    fs::write(
        folder.join("p/process.yaml"),
        format!("process: p\nversion: 1.0.0\ntitle: {{ de: P, en: P }}\nsummary: {{ de: P, en: P }}\nlegal_basis: []\n{schema}{used}"),
    )
    .expect("a file");
    run(&["deploy", "p", "--as", "admin"], 1, &["[unknown_block]"]);
    fs::write(&path, whole).expect("a file");
    run(&install, 0, &[]);
    let (_, said) = fachwerk(&folder, &["deploy", "p", "--as", "admin"]);
    assert!(!said.contains("[unknown_block]"), "{said}");
}
