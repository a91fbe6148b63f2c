//! What the command line says to those who use it in a wrong way, or forget something.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

fn fachwerk(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fachwerk"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("FACHWERK_")) {
        command.env_remove(name);
    }
    command.args(arguments).env("FACHWERK_ADMIN_PASSWORD", "drei kleine Worte").stdin(Stdio::null());
    command
}

fn fresh(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("the directory for temporary files can be written");
    folder
}

/// A call ends with a code and says these things, on whichever of its outputs.
#[track_caller]
fn check(command: &mut Command, code: i32, says: &[&str]) {
    let Output { status, stdout, stderr } = command.output().expect("the binary starts");
    let said = format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    assert_eq!(status.code(), Some(code), "{said}");
    for part in says {
        assert!(said.contains(part), "`{part}` is missing in: {said}");
    }
}

/// Serves until it says its address, and is ended then; what it said on standard error.
fn serve_once(arguments: &[&str]) -> String {
    let mut server = fachwerk(arguments);
    let mut process =
        server.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary starts");
    let out = BufReader::new(process.stdout.take().expect("its output is ours"));
    let said = out.lines().next().and_then(Result::ok);
    process.kill().expect("it runs");
    let ended = process.wait_with_output().expect("it has ended");
    let told = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert!(said.is_some_and(|line| line.starts_with("Fachwerk: ")), "{told}");
    assert!(!told.contains('\u{1b}'), "colours in what is no terminal: {told}");
    told
}

#[test]
fn a_process_without_a_scenario_is_told() {
    let folder = fresh("no-scenario");
    check(fachwerk(&["new", "process", "dog-tax"]).current_dir(&folder), 0, &[]);
    let process = folder.join("dog-tax");
    let path = process.display().to_string();
    check(
        &mut fachwerk(&["check", &path, "--lang", "de"]),
        0,
        &["1 geprüft: 0 Fehler, 0 Bedenken, 0 Warnungen"],
    );
    fs::remove_dir_all(process.join("scenarios")).expect("it is there");
    check(
        &mut fachwerk(&["check", &path, "--lang", "de"]),
        0,
        &["Warnung: [process_without_scenario]", "Hilfe: ", "1 geprüft: 0 Fehler, 0 Bedenken, 1 Warnung"],
    );
    check(
        &mut fachwerk(&["check", &path]),
        0,
        &["warning: [process_without_scenario]", "0 errors, 0 concerns, 1 warning"],
    );
    check(&mut fachwerk(&["test", &path]), 0, &["there is no scenario"]);
}

/// Whether people are enough for a process, and what is wrong with a file of people.
#[test]
fn people_are_held_against_a_process() {
    let folder = fresh("people");
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/bonfire").display().to_string();
    let ask = |people: &str, code: i32, says: &[&str]| {
        let file = folder.join("people.yaml");
        fs::write(&file, people).expect("a file");
        let file = file.display().to_string();
        check(&mut fachwerk(&["check", &example, "--lang", "de", "--people", &file]), code, says);
    };
    ask("jan: [clerk]\nmia: [lead]", 0, &["1 geprüft: 0 Fehler, 0 Bedenken, 0 Warnungen"]);
    ask("Jan: [clerk, lead]", 1, &["Bedenken: [nobody_left]", "Die Rolle „Sachgebietsleitung“ hat nur Jan"]);
    ask("Jan: [clerk]", 1, &["Bedenken: [role_without_people]"]);
    ask(
        "Jan: { roles: [clerk], substitute: Mia }\nMia: [lead]",
        0,
        &[
            "Warnung: [nobody_left]",
            "Solange Mia Jan vertritt: „Entwurf zeichnen“ darf auf diesem Weg niemand erledigen",
            "1 Warnung",
        ],
    );
    ask("Jan: { roles: [clerk, lead], substitute: Mai }\nMia: [lead]", 1, &["[unknown_person]", "„Mia“"]);
    ask("Jan: { substitute: Mia }\nMia: [lead]", 1, &["[missing_key]", "„roles“"]);
    ask("Jan: [cook]", 0, &["Warnung: [process_without_people]"]);
    ask("jan: [clerk", 1, &["[yaml_syntax]", "people.yaml:1:"]);
    ask("- jan", 1, &["[wrong_kind]", "people.yaml:1:1"]);
    let nothing = folder.join("nothing.yaml").display().to_string();
    check(&mut fachwerk(&["check", &example, "--people", &nothing]), 2, &["nothing.yaml"]);
}

#[test]
fn a_deadline_that_cannot_be_computed_is_a_problem() {
    let folder = fresh("deadlines");
    let ask = |text: &str| {
        let file = folder.join("ask.json");
        fs::write(&file, text).expect("written");
        fs::File::open(file).expect("just written")
    };
    let good = r#"[{"id": 1, "start": "2026-03-02", "period": "1 month", "land": "ST"}]"#;
    let bad = r#"[{"id": 1, "start": "2026-03-02", "period": "soon", "land": "ST"}]"#;
    check(fachwerk(&["deadline", "--json"]).stdin(ask(good)), 0, &["2026-04-02"]);
    check(fachwerk(&["deadline", "--json"]).stdin(ask(bad)), 1, &["InvalidPeriod"]);
    check(fachwerk(&["deadline", "--json"]).stdin(ask("{")), 2, &["Die Eingabe ist kein JSON"]);
    check(&mut fachwerk(&["deadline", "--json", "--start", "2026-03-02"]), 2, &["cannot be used with"]);
}

/// Each way of notification by each law, abroad, extensions, municipalities; and flags that do not fit together.
#[test]
fn deadlines_are_asked_by_flags() {
    let ask = |arguments: &str, code: i32, says: &[&str]| {
        let mut command =
            fachwerk(&["deadline", "--lang", "en", "--start", "2026-03-02", "--period", "1 month"]);
        command.args(arguments.split(' ').map(|word| word.replace('_', " ")));
        check(&mut command, code, says);
    };
    for (arguments, says) in DEADLINES {
        ask(&format!("--land ST {arguments}"), 0, says);
    }
    for (arguments, says) in NO_DEADLINES {
        ask(arguments, 2, says);
    }
    let only_notified = ["deadline", "--land", "ST", "--start", "2026-03-02", "--notification", "vwvfg"];
    check(&mut fachwerk(&only_notified), 0, &["\n2026-03-06\n"]);
    let catholic =
        ["deadline", "--land", "BY", "--start", "2025-08-01", "--period", "2 weeks", "--format", "json"];
    check(&mut fachwerk(&catholic), 0, &["\"deadline\": \"2025-08-15\""]);
    check(fachwerk(&catholic).args(["--municipality", "catholic"]), 0, &["\"deadline\": \"2025-08-18\""]);
    check(fachwerk(&catholic).args(["--municipality", "catholik"]), 2, &["catholic", "[UnknownCategory]"]);
}

/// From 2 March 2026, a Monday; Good Friday is 3 April, Easter Monday 6 April.
const DEADLINES: &[(&str, &[&str])] = &[
    ("--law BGB", &["\n2026-04-02\n"]),
    ("--law vwgo", &["VwGO", "\n2026-04-02\n"]),
    ("--notification VwVfG", &["\n2026-04-07\n"]),
    ("--notification VwVfG --received 2026-03-10", &["\n2026-04-10\n"]),
    ("--notification AO --way electronic", &["\n2026-04-07\n"]),
    ("--notification SGBX --way in-person", &["\n2026-04-02\n"]),
    ("--notification AO --way post-abroad", &["\n2026-05-04\n"]),
    ("--notification VwVfG --way post-abroad --received 2026-03-20", &["\n2026-04-20\n"]),
    ("--notification VwVfG --way portal --received 2026-03-05", &["\n2026-04-0"]),
    ("--notification VwVfG --way service-with-proof --received 2026-03-04", &["\n2026-04-07\n"]),
    ("--notification VwVfG --way public", &["\n2026-04-16\n"]),
    ("--first-day-counts", &["\n2026-04-01\n"]),
    ("--no-shift Termin", &["\n2026-04-02\n"]),
    ("--extended-by 1_week --extended-on 2026-03-20 --reason Urlaub", &["Urlaub", "\n2026-04-09\n"]),
    ("--extended-until 2026-04-05 --extended-on 2026-03-20 --reason Urlaub", &["\n2026-04-07\n"]),
];

const NO_DEADLINES: &[(&str, &[&str])] = &[
    ("--law BGB", &["--land"]),
    ("--land ST --way public", &["--notification"]),
    ("--land ST --notification VwGO", &["possible values: VwVfG, AO, SGBX"]),
    ("--land ST --notification VwVfG --way pigeon", &["registered-letter"]),
    ("--land ST --notification VwVfG --law BGB", &["cannot be used with"]),
    ("--land ST --notification VwVfG --way post-abroad", &["[ReceiptNeeded]"]),
    ("--land ST --notification VwVfG --received 2026-03-01", &["[ReceiptBeforeDispatch]"]),
    ("--land ST --notification VwVfG --received soon", &["--received", "2026-03-06", "[InvalidDate]"]),
    ("--land ST --extended-by 1_week", &["--extended-on"]),
    (
        "--land ST --extended-by 1_week --extended-until 2026-05-01 --extended-on 2026-03-20 --reason X",
        &["cannot be used with"],
    ),
    ("--land ST --extended-until 2026-03-10 --extended-on 2026-03-09 --reason X", &["[EndNotLater]"]),
    ("--land ST --reason X", &["--extended-on"]),
];

#[test]
fn serving_says_what_is_wrong() {
    check(&mut fachwerk(&["serve", "--listen", "8081"]), 2, &["for example 127.0.0.1:8081"]);
    let data = fresh("serving").display().to_string();
    let anywhere = ["serve", "--listen", "127.0.0.1:0", "--data", &data];
    assert!(serve_once(&anywhere).contains("--found my-town"));
    let found = |id| [&anywhere[..], &["--found", id, "--land", "ST"]].concat();
    check(&mut fachwerk(&found("Musterstadt Ä")), 2, &["is no id of an authority"]);
    // What is refused leaves nothing behind: the next try is a first one.
    let nowhere = fresh("refused-founding").join("data");
    let at = nowhere.display().to_string();
    let refused =
        ["serve", "--listen", "127.0.0.1:0", "--data", &at, "--found", "musterstadt", "--land", "ST"];
    for password in ["zu kurz", "aaaaaaaaaaaaaaa", "admin1234567"] {
        let mut command = fachwerk(&refused);
        check(command.env("FACHWERK_ADMIN_PASSWORD", password), 2, &["FACHWERK_ADMIN_PASSWORD is refused"]);
        assert!(!nowhere.exists(), "{password} left something behind");
    }
    assert!(!serve_once(&found("musterstadt")).contains("--found my-town"));
    check(&mut fachwerk(&found("musterstadt")), 2, &["is set up here already"]);
}

#[test]
fn demo_data_do_not_go_live() {
    let folder = fresh("demo-live");
    let data = folder.display().to_string();
    let demo = ["serve", "--listen", "127.0.0.1:0", "--data", &data, "--demo"];
    serve_once(&demo);
    check(&mut fachwerk(&demo[..5]), 2, &["made by --demo", "admin, jan, mia, lea, ole, dora"]);
    serve_once(&demo);

    let here = |arguments: &[&str]| fachwerk(&[arguments, &["--data", &data, "--as", "jan"]].concat());
    let unknown = "0198c0de-0000-7000-8000-000000000000";
    check(&mut here(&["case", "show", unknown]), 1, &["refused (CaseUnknown)"]);
    let broken = folder.join("broken.json");
    fs::write(&broken, "{\n  \"a\": [1, 2\n}\n").expect("written");
    let broken = broken.display().to_string();
    check(
        &mut here(&["case", "start", "bonfire", "--values", &broken]),
        2,
        &["broken.json:3:1: This is not valid JSON"],
    );
}

/// What is suggested, shown as the lines that change, as data, and followed.
#[test]
fn suggestions_are_followed() {
    let folder = fresh("fix");
    check(fachwerk(&["new", "process", "dog-tax"]).current_dir(&folder), 0, &[]);
    let process = folder.join("dog-tax");
    let (path, file) = (process.display().to_string(), process.join("process.yaml"));
    let good = fs::read_to_string(&file).expect("it is there");
    let bad = good.replace("role: clerk", "role: clark").replace("  close:\n", "  # Kept.\n  close:\n")
        + "  old:\n    task:\n      title: { de: Alt, en: Old }\n    role: clerk\n    then: close\n";
    let written = |text: &str| fs::write(&file, text).expect("it can be written");
    let read = || fs::read_to_string(&file).expect("it is there");
    let after = good.replace("  close:\n", "  # Kept.\n  close:\n");
    written(&bad);
    check(
        &mut fachwerk(&["check", &path]),
        1,
        &[
            "[unknown_role]",
            "suggestion: Change `clark` to `clerk`.",
            "-     role: clark",
            "+     role: clerk",
        ],
    );
    assert_eq!(read(), bad, "looking changes nothing");
    check(
        &mut fachwerk(&["check", &path, "--format", "json"]),
        1,
        &[r#""text":"clerk""#, r#""edits":[{"file":"#],
    );
    check(
        &mut fachwerk(&["check", &path, "--fix", "--lang", "de"]),
        1,
        &[
            "process.yaml:29: „clark“ in „clerk“ ändern.",
            // What was written is taken out by nobody but a person.
            "Den Schritt „old“ streichen; zu ihm führt kein Weg.",
            "1 geprüft: 0 Fehler, 1 Bedenken, 0 Warnungen",
        ],
    );
    assert_eq!(read(), bad.replace("role: clark", "role: clerk"));
    written(&after);
    let files = || fs::read_dir(&process).expect("a folder").count();
    let before = files();
    // What has no suggestion stays, and is told.
    let task = "  old:\n    task:\n      title: { de: Alt, en: Old }\n    role: clerk\n    then: old\n";
    let stuck = after.replace("  draft:\n", &format!("{task}  draft:\n"));
    written(&stuck);
    check(&mut fachwerk(&["check", &path, "--fix"]), 1, &["[never_ends]", "[step_never_reached]"]);
    assert_eq!(read(), stuck);
    assert_eq!(files(), before, "nothing is left beside the files");
}

/// That nothing is wrong is only said of what is there, with its own keys; and whoever only looks makes nothing.
#[test]
fn what_is_not_there_is_not_verified() {
    let folder = fresh("not-there");
    let (empty, data) = (folder.join("empty").display().to_string(), folder.join("data"));
    let dir = data.display().to_string();
    for arguments in [&["verify"][..], &["verify", "--chain"], &["backup", "--keys", "k.db"]] {
        let command = &mut fachwerk(&[arguments, &["--data", &empty]].concat());
        check(command.current_dir(&folder), 2, &["There is no database in"]);
    }
    assert!(!Path::new(&empty).exists() && !folder.join("k.db").exists());
    let serve = ["serve", "--data", &dir, "--listen", "127.0.0.1:0"];
    serve_once(&serve);
    for chain in [&[][..], &["--chain"]] {
        let command = &mut fachwerk(&[&["verify", "--data", &dir][..], chain].concat());
        check(command, 2, &["there is no authority here, so nothing was verified"]);
    }
    serve_once(&[&serve[..], &["--found", "musterstadt", "--land", "ST"]].concat());
    check(&mut fachwerk(&["verify", "--data", &dir]), 0, &["nothing is wrong"]);
    let keys = data.join("keys.db");
    fs::rename(&keys, folder.join("kept.db")).expect("it is there");
    check(&mut fachwerk(&["verify", "--data", &dir]), 2, &["The keys are missing", "keys.db", "--keys-at"]);
    assert!(!keys.exists());
}
