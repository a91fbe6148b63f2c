//! Reads from what test runners print how many tests passed, failed and were skipped.

use std::collections::BTreeSet;

/// How many tests ended how.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    pub passed: u64,
    pub failed: u64,
    pub skipped: u64,
}

impl Counts {
    pub fn total(self) -> u64 {
        self.passed + self.failed + self.skipped
    }

    pub fn add(&mut self, other: Counts) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }

    /// The line that closes a run, alone on a line: it is read by machines.
    pub fn closing_line(self) -> String {
        let Counts { passed, failed, skipped } = self;
        if skipped == 0 {
            format!("{passed} passed, {failed} failed")
        } else {
            format!("{passed} passed, {failed} failed, {skipped} skipped")
        }
    }
}

/// Whose lines are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Runner {
    /// `cargo test -- --show-output`: `test result: ok. 3 passed; 0 failed; 1 ignored; ...`. A test that passes but
    /// prints a line beginning with `SKIPPED` counts as skipped.
    Cargo,
    /// Vitest (`Tests  1 failed | 3 passed (4)`), Node's runner (`# pass 3`), Playwright (`3 passed (2.1s)`), or the
    /// plain line.
    Web,
    /// `3 passed, 0 failed` and perhaps `, 1 skipped`, alone on a line.
    Plain,
}

/// Adds up one runner's lines.
pub struct Counter {
    runner: Runner,
    counts: Counts,
    /// The test whose output is being shown, while cargo shows that of passing tests.
    shown: Option<String>,
    among_successes: bool,
    /// Passing tests of this test binary that said they skipped.
    skipping: BTreeSet<String>,
    /// What they said, and which tests failed with the beginning of why: whoever sees only the end of a long run
    /// needs their names there.
    pub notes: Vec<String>,
    /// How many lines of the failed test that is being shown are still kept.
    kept: usize,
}

/// Lines kept of what a failed test said, from where it panicked.
const LINES_OF_A_FAILURE: usize = 8;

impl Counter {
    pub fn new(runner: Runner) -> Counter {
        Counter {
            runner,
            counts: Counts::default(),
            shown: None,
            among_successes: false,
            skipping: BTreeSet::new(),
            notes: Vec::new(),
            kept: 0,
        }
    }

    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Reads one line of output, with or without colours.
    pub fn read(&mut self, line: &str) {
        let line = without_colours(line);
        let line = line.trim();
        match self.runner {
            Runner::Cargo => self.read_cargo(line),
            Runner::Web => {
                if let Some(counts) =
                    vitest(line).or_else(|| node(line)).or_else(|| playwright(line)).or_else(|| plain(line))
                {
                    self.counts.add(counts);
                } else if let Some(name) = line.strip_prefix("FAIL ") {
                    self.notes.push(format!("FAILED: {}", name.trim()));
                }
            }
            Runner::Plain => {
                if let Some(counts) = plain(line) {
                    self.counts.add(counts);
                }
            }
        }
    }

    fn read_cargo(&mut self, line: &str) {
        if line == "successes:" || line == "failures:" {
            self.among_successes = line == "successes:";
            self.shown = None;
            self.kept = 0;
        } else if let Some(name) =
            line.strip_prefix("---- ").and_then(|rest| rest.strip_suffix(" stdout ----"))
        {
            self.shown = Some(name.to_owned());
            self.kept = 0;
            if !self.among_successes {
                self.notes.push(format!("FAILED: {name}"));
            }
        } else if let Some(mut counts) = cargo(line) {
            let skipping = (self.skipping.len() as u64).min(counts.passed);
            counts.passed -= skipping;
            counts.skipped += skipping;
            self.counts.add(counts);
            self.skipping.clear();
            self.shown = None;
            self.among_successes = false;
            self.kept = 0;
        } else if let (Some(name), true, true) =
            (&self.shown, self.among_successes, line.starts_with("SKIPPED"))
        {
            self.skipping.insert(name.clone());
            self.notes.push(format!("{name}: {line}"));
        } else if self.shown.is_some() && !self.among_successes {
            if line.starts_with("thread '") && line.contains(" panicked at ") {
                self.kept = LINES_OF_A_FAILURE;
            }
            if self.kept > 0 && !line.is_empty() {
                self.kept -= 1;
                self.notes.push(format!("    {line}"));
            }
        }
    }
}

/// `test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s`, wherever in the line
/// it stands: what a test started may have left a line without an end before it.
fn cargo(line: &str) -> Option<Counts> {
    let (_, rest) = line.split_once("test result: ")?;
    let (_, rest) = rest.split_once(". ")?;
    let mut counts = Counts::default();
    for part in rest.split(';') {
        count_word(part, &mut counts);
    }
    Some(counts)
}

/// `Tests  1 failed | 3 passed | 2 skipped (6)`
fn vitest(line: &str) -> Option<Counts> {
    let rest = line.strip_prefix("Tests ")?;
    let rest = rest.split('(').next()?;
    let mut counts = Counts::default();
    for part in rest.split('|') {
        count_word(part, &mut counts);
    }
    (counts.total() > 0).then_some(counts)
}

/// `# pass 3` or `ℹ pass 3`, and the same with fail, cancelled, skipped, todo.
fn node(line: &str) -> Option<Counts> {
    let rest = line.strip_prefix("# ").or_else(|| line.strip_prefix("ℹ "))?;
    let (word, number) = rest.split_once(' ')?;
    let number = number.parse().ok()?;
    match word {
        "pass" => Some(Counts { passed: number, ..Counts::default() }),
        "fail" | "cancelled" => Some(Counts { failed: number, ..Counts::default() }),
        "skipped" | "todo" => Some(Counts { skipped: number, ..Counts::default() }),
        _ => None,
    }
}

/// `3 passed (2.1s)`, `1 failed`, `2 skipped`, `1 did not run`, alone on a line. A flaky test has failed once: failed.
fn playwright(line: &str) -> Option<Counts> {
    let (number, rest) = line.split_once(' ')?;
    let number = number.parse().ok()?;
    match rest.split(" (").next()? {
        "passed" => Some(Counts { passed: number, ..Counts::default() }),
        "failed" | "flaky" | "interrupted" => Some(Counts { failed: number, ..Counts::default() }),
        "skipped" | "did not run" => Some(Counts { skipped: number, ..Counts::default() }),
        _ => None,
    }
}

/// `3 passed, 0 failed` and perhaps `, 1 skipped`, with perhaps one word and a colon before it.
fn plain(line: &str) -> Option<Counts> {
    let rest = match line.split_once(": ") {
        Some((word, rest)) if !word.contains(' ') => rest,
        _ => line,
    };
    let parts: Vec<&str> = rest.split(", ").collect();
    let words: Vec<&str> =
        parts.iter().filter_map(|part| part.split_once(' ')).map(|(_, word)| word).collect();
    if words != ["passed", "failed"] && words != ["passed", "failed", "skipped"] {
        return None;
    }
    let mut counts = Counts::default();
    let all = parts.iter().all(|part| count_word(part, &mut counts));
    all.then_some(counts)
}

/// Adds `3 passed`, `1 failed`, `2 ignored`, `2 skipped` or `2 todo`.
fn count_word(part: &str, counts: &mut Counts) -> bool {
    let Some((number, word)) = part.trim().split_once(' ') else {
        return false;
    };
    let Ok(number) = number.parse::<u64>() else {
        return false;
    };
    match word.trim() {
        "passed" => counts.passed += number,
        "failed" => counts.failed += number,
        "ignored" | "skipped" | "todo" => counts.skipped += number,
        _ => return false,
    }
    true
}

/// Takes out the escape sequences of terminals: ESC, `[`, parameters, one letter.
fn without_colours(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut rest = line.chars();
    while let Some(next) = rest.next() {
        if next == '\u{1b}' {
            rest.by_ref().find(char::is_ascii_alphabetic);
        } else {
            plain.push(next);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(runner: Runner, output: &str, expected: &str, notes: &[&str]) {
        let mut counter = Counter::new(runner);
        output.lines().for_each(|line| counter.read(line));
        assert_eq!(counter.counts().closing_line(), expected);
        assert_eq!(counter.notes, notes);
    }

    #[test]
    fn cargo_adds_up_every_test_binary() {
        let output = "\
running 3 tests
test a ... ok
half a linetest result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
   Doc-tests fachwerk_rules
\u{1b}[1mtest result: FAILED. 1 passed; 2 failed; 4 ignored; 0 measured; 9 filtered out; finished in 1.20s\u{1b}[0m
";
        check(Runner::Cargo, output, "4 passed, 2 failed, 4 skipped", &[]);
    }

    #[test]
    fn a_test_that_says_skipped_did_not_pass() {
        let output = "\
successes:

---- dev_cases stdout ----
SKIPPED: no shared material
SKIPPED: again

---- seeds stdout ----
seed 17


successes:
    dev_cases
    seeds

test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s

failures:

---- broken stdout ----
SKIPPED: half of it, then it failed

thread 'broken' panicked at tests/broken.rs:3:5:
the other half

failures:
    broken

test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
";
        let notes = [
            "dev_cases: SKIPPED: no shared material",
            "dev_cases: SKIPPED: again",
            "FAILED: broken",
            "    thread 'broken' panicked at tests/broken.rs:3:5:",
            "    the other half",
        ];
        check(Runner::Cargo, output, "1 passed, 1 failed, 1 skipped", &notes);
    }

    #[test]
    fn runners_of_the_browser_application() {
        let vitest = "\
 FAIL  browser/fix.test.ts > fix (de)
 Test Files  1 failed | 2 passed (3)
      Tests  \u{1b}[31m1 failed\u{1b}[39m | \u{1b}[32m11 passed\u{1b}[39m | 2 skipped (14)
   Duration  1.20s";
        let failed = ["FAILED: browser/fix.test.ts > fix (de)"];
        check(Runner::Web, vitest, "11 passed, 1 failed, 2 skipped", &failed);
        check(
            Runner::Web,
            "# tests 5\n# pass 3\n# fail 1\n# skipped 1\n# duration_ms 20",
            "3 passed, 1 failed, 1 skipped",
            &[],
        );
        check(Runner::Web, "ℹ pass 3\nℹ fail 0\nℹ cancelled 1", "3 passed, 1 failed", &[]);
        check(Runner::Web, "  1 flaky\n  12 passed (3.2s)\n", "12 passed, 1 failed", &[]);
        check(Runner::Web, "12 passed, 0 failed\n", "12 passed, 0 failed", &[]);
        check(Runner::Web, "no tests\n3 passed the gate\n", "0 passed, 0 failed", &[]);
    }

    #[test]
    fn the_plain_line() {
        check(
            Runner::Plain,
            "case A: passed\n7 passed, 1 failed, 2 skipped\n",
            "7 passed, 1 failed, 2 skipped",
            &[],
        );
        check(Runner::Plain, "Scenarios: 7 passed, 0 failed", "7 passed, 0 failed", &[]);
        check(
            Runner::Plain,
            "all 7 passed, 0 failed\n7 passed, x failed\n7 failed, 2 passed",
            "0 passed, 0 failed",
            &[],
        );
    }
}
