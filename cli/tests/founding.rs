//! `serve --found` where there is no room for it, and once more when there is.
#![cfg(unix)]

use std::{
    fs,
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// `serve --found` on this directory, while no file can grow beyond so many blocks of 512 bytes: what is written behind that fails
/// as it does on a full disk. Whether it came to serve; it is ended then, and what it said.
fn founded(data: &Path, blocks: &str) -> (bool, String) {
    let mut command = Command::new("sh");
    // A file that is too long shall be an error to whoever writes it, not the end of the process.
    command.args(["-c", "trap '' XFSZ; ulimit -f \"$1\" || exit 3; shift; exec \"$@\"", "sh", blocks]);
    command
        .arg(env!("CARGO_BIN_EXE_fachwerk"))
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(data);
    command.args(["--found", "musterstadt", "--land", "ST"]);
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("FACHWERK_")) {
        command.env_remove(name);
    }
    command.env("FACHWERK_ADMIN_PASSWORD", "drei kleine Worte").stdin(Stdio::null());
    let mut process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let mut line = String::new();
    let out = process.stdout.take().expect("its output is ours");
    BufReader::new(out).read_line(&mut line).expect("text");
    let _ = process.kill();
    let mut said = String::new();
    process.stderr.take().expect("ours as well").read_to_string(&mut said).expect("text");
    process.wait().expect("it has ended");
    (line.starts_with("Fachwerk: "), said)
}

fn fresh(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&path);
    path
}

/// Wherever the room ends, in the tables, at the authority or among its blocks: it says so, and the next one finishes it.
#[test]
fn what_there_was_no_room_for_is_made_up_for() {
    let mut broken_off = 0;
    for blocks in ["8", "200", "1000", "2000", "4000"] {
        let data = fresh(&format!("no-room-{blocks}"));
        let (served, said) = founded(&data, blocks);
        if !served {
            broken_off += 1;
            assert!(said.contains("fachwerk: "), "{blocks}: {said}");
        }
        let (again, said) = founded(&data, "unlimited");
        assert_eq!(again, !served, "{blocks}: {said}");
        let (third, said) = founded(&data, "unlimited");
        assert!(!third && said.contains("is set up here already"), "{blocks}: {said}");
    }
    assert!(broken_off >= 3, "there was room too often: only {broken_off} were broken off");
}
