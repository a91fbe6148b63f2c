//! Runs a program, shows what it prints line by line while somebody else reads it too, and ends it when it takes too
//! long: a test that hangs must not take the whole run with it in silence.

use std::{
    io::{BufRead, BufReader, Read, Write},
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc::{self, Receiver, RecvTimeoutError, Sender},
    thread,
    time::{Duration, Instant},
};

use crate::place::describe;

/// How often the end of the program and the limit are looked at.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// How long output may still come after the program has ended, from what it left running.
const LINGER: Duration = Duration::from_secs(2);

enum Line {
    Out(Vec<u8>),
    Err(Vec<u8>),
}

impl Line {
    fn bytes(&self) -> &[u8] {
        let (Line::Out(bytes) | Line::Err(bytes)) = self;
        bytes
    }
}

/// Runs the program to its end; `read` gets every line, and the line is shown behind `mark`. An error says how it ended.
pub fn watch(
    command: &mut Command,
    limit: Duration,
    mark: &str,
    mut read: impl FnMut(&str),
) -> Result<(), String> {
    let said = describe(command);
    println!("{mark}> {said}");
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("`{said}` cannot be started: {error}"))?;
    let (sender, lines) = mpsc::channel();
    if let Some(out) = child.stdout.take() {
        forward(out, Line::Out, sender.clone());
    }
    if let Some(err) = child.stderr.take() {
        forward(err, Line::Err, sender);
    }
    let mut show_and_read = |line: Line| {
        show(&line, mark);
        read(&String::from_utf8_lossy(line.bytes()));
    };
    match follow(&mut child, &lines, limit, &mut show_and_read) {
        Ok(Some(status)) if status.success() => Ok(()),
        Ok(Some(status)) => Err(format!("`{said}` failed: {status}")),
        Ok(None) => Err(format!("`{said}` was ended: it took longer than {} minutes", limit.as_secs() / 60)),
        Err(error) => Err(format!("`{said}` cannot be waited for: {error}")),
    }
}

/// Shows lines until the program has ended and said all; nothing when the limit ended it.
fn follow(
    child: &mut Child,
    lines: &Receiver<Line>,
    limit: Duration,
    read: &mut impl FnMut(Line),
) -> std::io::Result<Option<ExitStatus>> {
    let started = Instant::now();
    let mut ended: Option<(ExitStatus, Instant)> = None;
    loop {
        match lines.recv_timeout(LOOK_EVERY) {
            Ok(line) => read(line),
            Err(RecvTimeoutError::Disconnected) => return child.wait().map(Some),
            Err(RecvTimeoutError::Timeout) => {}
        }
        if ended.is_none() {
            ended = child.try_wait()?.map(|status| (status, Instant::now()));
        }
        match ended {
            Some((status, since)) if since.elapsed() > LINGER => return Ok(Some(status)),
            None if started.elapsed() > limit => {
                end_with_descendants(child);
                return Ok(None);
            }
            _ => {}
        }
    }
}

fn forward<R: Read + Send + 'static>(stream: R, wrap: fn(Vec<u8>) -> Line, lines: Sender<Line>) {
    thread::spawn(move || {
        let mut stream = BufReader::new(stream);
        let mut line = Vec::new();
        // A stream that breaks is at its end; so is one whose reader has gone.
        while stream.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
            if lines.send(wrap(std::mem::take(&mut line))).is_err() {
                return;
            }
        }
    });
}

fn show(line: &Line, mark: &str) {
    let shown = [mark.as_bytes(), line.bytes()].concat();
    // A terminal that went away must not end the run: its result is still counted.
    let _ = match line {
        Line::Out(_) => std::io::stdout().write_all(&shown),
        Line::Err(_) => std::io::stderr().write_all(&shown),
    };
}

/// Ends a program and what it started: test servers must not outlive the test that hangs.
fn end_with_descendants(child: &mut Child) {
    let doomed = descendants(child.id(), &parents());
    let _ = child.kill();
    let _ = child.wait();
    for process in doomed {
        let _ = Command::new("kill").args(["-9", &process.to_string()]).stderr(Stdio::null()).status();
    }
}

/// Every process of this machine with its parent; empty where there is no `/proc`.
fn parents() -> Vec<(u32, u32)> {
    let Ok(entries) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    let mut pairs = Vec::new();
    for entry in entries.flatten() {
        let Some(process) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        let Ok(stat) = std::fs::read_to_string(entry.path().join("stat")) else {
            continue;
        };
        if let Some(parent) = parent_in_stat(&stat) {
            pairs.push((process, parent));
        }
    }
    pairs
}

/// `17 (a name) S 4 ...`: the name may hold anything, the parent follows the state.
fn parent_in_stat(stat: &str) -> Option<u32> {
    let (_, rest) = stat.rsplit_once(')')?;
    rest.split_whitespace().nth(1)?.parse().ok()
}

fn descendants(of: u32, parents: &[(u32, u32)]) -> Vec<u32> {
    let mut found = vec![of];
    let mut next = 0;
    while let Some(&parent) = found.get(next) {
        found.extend(parents.iter().filter(|(_, p)| *p == parent).map(|(process, _)| *process));
        next += 1;
    }
    found.split_off(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(program: &str, arguments: &[&str], limit: Duration) -> (Result<(), String>, Vec<String>) {
        let mut seen = Vec::new();
        let result =
            watch(Command::new(program).args(arguments), limit, "", |line| seen.push(line.to_owned()));
        (result, seen)
    }

    #[test]
    fn every_line_is_read() {
        let (result, seen) = lines("printf", &["one\ntwo\n"], Duration::from_secs(60));
        assert_eq!((result, seen), (Ok(()), vec!["one\n".to_owned(), "two\n".to_owned()]));
    }

    #[test]
    fn a_bad_end_is_said() {
        let (result, _) = lines("false", &[], Duration::from_secs(60));
        assert_eq!(result, Err("`false` failed: exit status: 1".to_owned()));
        let (result, _) = lines("no-such-program-here", &[], Duration::from_secs(60));
        assert!(result.is_err_and(|said| said.starts_with("`no-such-program-here` cannot be started: ")));
    }

    #[test]
    fn a_program_that_hangs_is_ended() {
        let started = Instant::now();
        let (result, _) = lines("tail", &["-f", "/dev/null"], Duration::ZERO);
        assert_eq!(result, Err("`tail -f /dev/null` was ended: it took longer than 0 minutes".to_owned()));
        assert!(started.elapsed() < Duration::from_secs(30));
    }

    #[test]
    fn descendants_are_found_by_their_parents() {
        assert_eq!(parent_in_stat("17 (a) b) S 4 17 0"), Some(4));
        assert_eq!(parent_in_stat("nonsense"), None);
        assert_eq!(descendants(4, &[(17, 4), (18, 17), (19, 5), (20, 18)]), [17, 18, 20]);
    }
}
