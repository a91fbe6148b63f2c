//! Every place that may break a rule, and why. An exception that is no longer needed is itself a finding.

use crate::{sources::Rule, tidy, walls};

/// What the list is asked by.
pub const CLOCK: &str = "clock";
pub const CLOCK_OF_DATABASE: &str = "clock of the database";
pub const NAMES: &str = "names";
pub const ADDRESSES: &str = "addresses";

pub struct Exception {
    rule: &'static str,
    pub path: &'static str,
    pub why: &'static str,
}

pub const ALL: [Exception; 6] = [
    Exception { rule: CLOCK, path: "engine/runtime/src/clock.rs", why: "it is the clock" },
    Exception {
        rule: CLOCK,
        path: "cli/src/bench/stopwatch.rs",
        why: "it measures how long work takes; no case sees it",
    },
    Exception {
        rule: CLOCK,
        path: "engine/rules/peers/src/main.rs",
        why: "it measures other engines beside ours; it is no part of the product",
    },
    Exception {
        rule: CLOCK_OF_DATABASE,
        path: "engine/store/src/older.rs",
        why: "tables are brought up to date before a server has an instant; it looks who lives, and stores nothing",
    },
    Exception {
        rule: ADDRESSES,
        path: "web/src/api/client.ts",
        why: "it gives the generated client the base of all addresses",
    },
    Exception {
        rule: ADDRESSES,
        path: "web/src/api/client.test.ts",
        why: "it holds the client against that base",
    },
];

pub fn has(rule: &str, path: &str) -> bool {
    ALL.iter().any(|exception| exception.rule == rule && exception.path == path)
}

impl Exception {
    /// The rule that would find something.
    pub fn rule(&self) -> Rule {
        match self.rule {
            CLOCK => walls::reads_the_clock,
            CLOCK_OF_DATABASE => walls::sql_reads_the_clock,
            ADDRESSES => walls::addresses_by_hand,
            _ => tidy::names_that_say_nothing,
        }
    }
}
