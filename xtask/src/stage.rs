//! The stages of `make test` and `make lint`, as data: name, what must have been good before, limit, work.

use std::process::Command;

use crate::{count::Runner, drift, place::Place, web};

/// One stage. Those without a runner of tests count as one test.
pub struct Stage {
    pub name: &'static str,
    /// Stages without which this one says nothing.
    pub after: &'static [&'static str],
    pub limit_min: u64,
    /// It goes on beside the stages behind it, until one of them needs it or all are through. For what waits more than
    /// it computes.
    pub beside: bool,
    pub work: Work,
}

pub enum Work {
    /// A program that is good or bad.
    Run(fn(&Place) -> Command),
    /// A program that prints how many tests passed and failed.
    Count(Runner, fn(&Place) -> Command),
    /// Something that xtask itself does.
    Check(fn(&Place) -> Result<(), String>),
    /// An npm script that prints how many tests passed and failed; skipped, loudly, while web/ does not have it.
    ScriptIfThere(&'static str),
}

/// Every stage, in the order of `make test`: what is quick and what others need comes first. What computes all the time
/// comes while the browser goes on beside it.
pub const ALL: [Stage; 15] = [
    Stage { name: "rust-format", after: &[], limit_min: 5, beside: false, work: Work::Run(format) },
    Stage { name: "web-packages", after: &[], limit_min: 10, beside: false, work: Work::Check(web::install) },
    Stage {
        name: "web-client",
        after: &["web-packages"],
        limit_min: 5,
        beside: false,
        work: Work::Check(drift::client),
    },
    Stage {
        name: "web-types",
        after: &["web-packages"],
        limit_min: 10,
        beside: true,
        work: Work::Run(|p| p.npm(&["run", "check"])),
    },
    Stage {
        name: "web-lint",
        after: &["web-packages"],
        limit_min: 10,
        beside: true,
        work: Work::Run(|p| p.npm(&["run", "lint"])),
    },
    Stage {
        name: "web-unit",
        after: &["web-packages"],
        limit_min: 10,
        beside: true,
        work: Work::Count(Runner::Web, |p| p.npm(&["run", "test"])),
    },
    Stage {
        name: "web-build",
        after: &["web-packages"],
        limit_min: 10,
        beside: false,
        work: Work::Check(web::build),
    },
    Stage { name: "rust-build", after: &[], limit_min: 30, beside: false, work: Work::Run(build) },
    Stage {
        name: "definitions",
        after: &["rust-build"],
        limit_min: 5,
        beside: false,
        work: Work::Run(|p| p.built(&["check", "examples", "building-blocks"])),
    },
    Stage {
        name: "scenarios",
        after: &["rust-build"],
        limit_min: 10,
        beside: false,
        work: Work::Count(Runner::Plain, |p| p.built(&["test", "examples", "building-blocks"])),
    },
    Stage {
        name: "openapi",
        after: &["rust-build"],
        limit_min: 5,
        beside: false,
        work: Work::Check(drift::openapi),
    },
    Stage {
        name: "browser",
        after: &["rust-build", "web-build"],
        limit_min: 40,
        beside: true,
        work: Work::ScriptIfThere("test:browser"),
    },
    Stage {
        name: "rust-tests",
        after: &["rust-build"],
        limit_min: 40,
        beside: false,
        work: Work::Count(Runner::Cargo, tests),
    },
    Stage {
        name: "planted-faults",
        after: &["rust-tests"],
        limit_min: 30,
        beside: false,
        work: Work::Count(Runner::Cargo, planted_faults),
    },
    Stage { name: "rust-clippy", after: &[], limit_min: 30, beside: false, work: Work::Run(clippy) },
];

/// The stages of `make lint`.
pub const LINT: [&str; 5] = ["rust-format", "web-packages", "web-types", "web-lint", "rust-clippy"];

/// Names the files only: `make fmt` is the cure, and the diff says no more.
fn format(place: &Place) -> Command {
    place.cargo(&["fmt", "--all", "--", "--check", "--files-with-diff"])
}

fn clippy(place: &Place) -> Command {
    cargo(place, &["clippy", "--workspace", "--all-targets", "--keep-going"], &["--", "--deny", "warnings"])
}

/// All targets at once, so that the binary and the tests share one set of features and nothing is built twice.
fn build(place: &Place) -> Command {
    cargo(place, &["build", "--workspace", "--all-targets"], &[])
}

/// `--show-output`: a test that skips says so, and this is where it is heard.
fn tests(place: &Place) -> Command {
    cargo(place, &["test", "--workspace", "--no-fail-fast"], &["--", "--show-output"])
}

/// Builds the engine once more, with faults that can be planted, beside the one that is shipped.
fn planted_faults(place: &Place) -> Command {
    // Of the whole workspace, so that what others have written is built with the features that it is built with anyway.
    let arguments =
        ["test", "--workspace", "--features", "fachwerk-tests/planted-faults", "--test", "oracle"];
    cargo(place, &arguments, &["--", "--show-output", "planted"])
}

fn cargo(place: &Place, arguments: &[&str], behind: &[&str]) -> Command {
    let mut command = place.cargo(arguments);
    if place.ci {
        command.arg("--locked");
    }
    command.args(behind);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_come_after_what_they_need() {
        for (position, stage) in ALL.iter().enumerate() {
            for needed in stage.after {
                let before = ALL[..position].iter().any(|earlier| earlier.name == *needed);
                assert!(before, "{} needs {needed}, which does not come before it", stage.name);
            }
        }
    }

    #[test]
    fn lint_names_stages() {
        let unknown = LINT.iter().find(|name| !ALL.iter().any(|stage| stage.name == **name));
        assert_eq!(unknown, None);
    }

    #[test]
    fn limits_leave_room_for_a_run_of_continuous_integration() {
        // No single stage may eat the 45 minutes that a whole run has.
        assert!(ALL.iter().all(|stage| (1..=40).contains(&stage.limit_min)));
    }
}
