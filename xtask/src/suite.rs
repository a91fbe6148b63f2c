//! Runs stages in order, goes on after a bad one where that says something, and closes with one line for machines.

use std::{
    thread::{self, ScopedJoinHandle},
    time::{Duration, Instant},
};

use crate::{
    Failure,
    count::{Counter, Counts, Runner},
    needs::{self, Purpose},
    place::Place,
    stage::{self, Stage, Work},
    watch::watch,
    web,
};

struct Report {
    stage: &'static str,
    result: Outcome,
    counts: Counts,
    took: Duration,
    notes: Vec<String>,
}

enum Outcome {
    Good,
    Bad(String),
    /// A stage that it needs was not good.
    NotRun(&'static str),
    /// Its tests do not exist yet.
    Absent(String),
}

/// `make test`: every stage, or the named ones with what they need.
pub fn test(place: &Place, only: &[String]) -> Result<(), Failure> {
    let chosen = choose(only)?;
    needs::ensure(place, Purpose::Test)?;
    run_stages(place, &chosen)
}

/// `make lint`.
pub fn lint(place: &Place) -> Result<(), Failure> {
    needs::ensure(place, Purpose::Run)?;
    let names: Vec<String> = stage::LINT.iter().map(|name| (*name).to_owned()).collect();
    run_stages(place, &choose(&names)?)
}

/// The named stages and all that they need, in the order of the whole run; without names, all.
fn choose(names: &[String]) -> Result<Vec<&'static Stage>, Failure> {
    const ALL: &[Stage] = &stage::ALL;
    if names.is_empty() {
        return Ok(ALL.iter().collect());
    }
    if let Some(unknown) = names.iter().find(|name| !ALL.iter().any(|stage| stage.name == name.as_str())) {
        let known = ALL.iter().map(|stage| stage.name).collect::<Vec<_>>().join(", ");
        return Err(Failure::Machine(format!("there is no stage `{unknown}`; there are: {known}")));
    }
    let mut wanted: Vec<&str> = names.iter().map(String::as_str).collect();
    // From the last to the first: a stage needs only earlier ones.
    for stage in ALL.iter().rev() {
        if wanted.contains(&stage.name) {
            wanted.extend(stage.after);
        }
    }
    Ok(ALL.iter().filter(|stage| wanted.contains(&stage.name)).collect())
}

/// One after the other, but for those that go on beside the others.
fn run_stages(place: &Place, stages: &[&'static Stage]) -> Result<(), Failure> {
    let mut reports: Vec<Report> = Vec::new();
    thread::scope(|scope| {
        let mut beside: Vec<(&Stage, ScopedJoinHandle<Report>)> = Vec::new();
        for stage in stages {
            let needed = |(running, _): &mut (&Stage, _)| stage.after.contains(&running.name);
            reports.extend(beside.extract_if(.., needed).map(joined));
            let missing = stage.after.iter().copied().find(|needed| {
                reports
                    .iter()
                    .any(|report| report.stage == *needed && !matches!(report.result, Outcome::Good))
            });
            if stage.beside && missing.is_none() {
                println!("\n=== {}, beside what follows ===", stage.name);
                beside.push((stage, scope.spawn(|| report(place, stage, None))));
            } else {
                println!("\n=== {} ===", stage.name);
                reports.push(report(place, stage, missing));
            }
        }
        reports.extend(beside.into_iter().map(joined));
    });
    reports.sort_by_key(|report| stages.iter().position(|stage| stage.name == report.stage));
    close(&reports)
}

/// Waits for a stage that goes on beside others.
fn joined((stage, running): (&Stage, ScopedJoinHandle<Report>)) -> Report {
    running.join().unwrap_or_else(|_| {
        let (result, counts) = as_one_test(Err("xtask itself failed in it".to_owned()));
        Report { stage: stage.name, result, counts, took: Duration::ZERO, notes: Vec::new() }
    })
}

/// Runs a stage, unless one that it needs was not good, and says how it ended.
fn report(place: &Place, stage: &'static Stage, missing: Option<&'static str>) -> Report {
    let started = Instant::now();
    let mut report = match missing {
        Some(needed) => not_run(stage.name, needed),
        None => run_stage(place, stage),
    };
    report.took = started.elapsed();
    match &report.result {
        Outcome::Good => println!("{}: good", stage.name),
        Outcome::Bad(why) => println!("{}: FAILED: {why}", stage.name),
        Outcome::NotRun(needed) => println!("{}: not run, because {needed} failed", stage.name),
        Outcome::Absent(what) => println!("{}: SKIPPED: {what}", stage.name),
    }
    report
}

fn not_run(stage: &'static str, needed: &'static str) -> Report {
    let counts = Counts { skipped: 1, ..Counts::default() };
    Report { stage, result: Outcome::NotRun(needed), counts, took: Duration::ZERO, notes: Vec::new() }
}

fn run_stage(place: &Place, stage: &'static Stage) -> Report {
    let limit = Duration::from_secs(stage.limit_min * 60);
    // Lines of several stages come in one stream: those beside the others say whose they are.
    let mark = if stage.beside { format!("{} | ", stage.name) } else { String::new() };
    let mut notes = Vec::new();
    let (result, counts) = match &stage.work {
        Work::Run(command) => as_one_test(watch(&mut command(place), limit, &mark, |_| {})),
        Work::Check(check) => as_one_test(check(place)),
        Work::Count(runner, command) => {
            let mut counter = Counter::new(*runner);
            let ended = watch(&mut command(place), limit, &mark, |line| counter.read(line));
            let result = counted(ended, counter.counts());
            notes = counter.notes;
            result
        }
        Work::ScriptIfThere(script) if !web::has_script(place, script) => {
            let what = format!("web/package.json has no script \"{script}\"");
            notes.push(format!("SKIPPED: {what}"));
            (Outcome::Absent(what), Counts { skipped: 1, ..Counts::default() })
        }
        Work::ScriptIfThere(script) => {
            let mut counter = Counter::new(Runner::Web);
            let ended = watch(&mut place.npm(&["run", script]), limit, &mark, |line| counter.read(line));
            counted(ended, counter.counts())
        }
    };
    Report { stage: stage.name, result, counts, took: Duration::ZERO, notes }
}

/// A stage without tests of its own counts as one.
fn as_one_test(ended: Result<(), String>) -> (Outcome, Counts) {
    match ended {
        Ok(()) => (Outcome::Good, Counts { passed: 1, ..Counts::default() }),
        Err(why) => (Outcome::Bad(why), Counts { failed: 1, ..Counts::default() }),
    }
}

/// How the program ended and what it counted must agree; where they do not, the worse one holds.
fn counted(ended: Result<(), String>, mut counts: Counts) -> (Outcome, Counts) {
    let why = match ended {
        Err(why) => why,
        Ok(()) if counts.failed > 0 => {
            format!("{} tests failed, and the runner ended as if all were good", counts.failed)
        }
        Ok(()) if counts.total() == 0 => "no line says how many tests ran".to_owned(),
        Ok(()) => return (Outcome::Good, counts),
    };
    counts.failed = counts.failed.max(1);
    (Outcome::Bad(why), counts)
}

/// The summary, what was skipped, and last the closing line.
fn close(reports: &[Report]) -> Result<(), Failure> {
    let mut sum = Counts::default();
    println!(
        "\n{:<14} {:<8} {:>7} {:>7} {:>8} {:>8}",
        "stage", "result", "passed", "failed", "skipped", "seconds"
    );
    for report in reports {
        let result = match report.result {
            Outcome::Good => "good",
            Outcome::Bad(_) => "FAILED",
            Outcome::NotRun(_) => "not run",
            Outcome::Absent(_) => "absent",
        };
        let Counts { passed, failed, skipped } = report.counts;
        let seconds = report.took.as_secs_f64();
        println!("{:<14} {result:<8} {passed:>7} {failed:>7} {skipped:>8} {seconds:>8.1}", report.stage);
        sum.add(report.counts);
    }
    reports.iter().flat_map(|report| &report.notes).for_each(|note| println!("{note}"));
    let bad: Vec<&str> =
        reports.iter().filter(|r| matches!(r.result, Outcome::Bad(_))).map(|r| r.stage).collect();
    for report in reports {
        if let Outcome::Bad(why) = &report.result {
            println!("{}: {why}", report.stage);
        }
    }
    println!("{}", sum.closing_line());
    if bad.is_empty() { Ok(()) } else { Err(Failure::Found(format!("not good: {}", bad.join(", ")))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(names: &[&str], expected: &[&str]) {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let chosen: Vec<&str> =
            choose(&names).expect("known stages").iter().map(|stage| stage.name).collect();
        assert_eq!(chosen, expected);
    }

    #[test]
    fn a_stage_brings_what_it_needs() {
        check(&["scenarios"], &["rust-build", "scenarios"]);
        check(
            &["browser", "rust-format"],
            &["rust-format", "web-packages", "web-build", "rust-build", "browser"],
        );
    }

    #[test]
    fn an_unknown_stage_is_named() {
        let failure = choose(&["tests".to_owned()]).err().map(|failure| failure.to_string());
        assert!(
            failure.is_some_and(|said| {
                said.starts_with("there is no stage `tests`; there are: rust-format, ")
            })
        );
    }

    #[test]
    fn the_worse_of_exit_code_and_counts_holds() {
        let of = |passed, failed, skipped| Counts { passed, failed, skipped };
        let ended = |ended: Result<(), &str>, counts| {
            let (outcome, counts) = counted(ended.map_err(str::to_owned), counts);
            (matches!(outcome, Outcome::Good), counts)
        };
        assert_eq!(ended(Ok(()), of(3, 0, 1)), (true, of(3, 0, 1)));
        assert_eq!(ended(Err("crash"), of(3, 0, 0)), (false, of(3, 1, 0)));
        assert_eq!(ended(Err("failed"), of(3, 2, 0)), (false, of(3, 2, 0)));
        assert_eq!(ended(Ok(()), of(3, 2, 0)), (false, of(3, 2, 0)));
        assert_eq!(ended(Ok(()), of(0, 0, 0)), (false, of(0, 1, 0)));
    }
}
