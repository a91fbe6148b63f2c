//! What the sources of a room must not say: the clock, I/O, SQL, HTTP and addresses each have one room.

use crate::{
    exceptions,
    sources::{Finding, Source},
};

/// Only the runtime's clock reads the clock.
pub fn reads_the_clock(source: &Source) -> Vec<Finding> {
    const READINGS: [&str; 7] = [
        "SystemTime::now",
        "Instant::now",
        "Timestamp::now",
        "Zoned::now",
        "Utc::now",
        "Local::now",
        "OffsetDateTime::now",
    ];
    if source.path.starts_with("xtask/") || exceptions::has(exceptions::CLOCK, &source.path) {
        return Vec::new();
    }
    let message = |reading| {
        format!(
            "`{reading}` reads the clock; take the time as an argument, or ask `Clock` of fachwerk-runtime"
        )
    };
    words(source.shipped_lines(), &READINGS, source, message)
}

/// The pure rooms have no I/O, no randomness, no threads and no async.
pub fn pure_rooms_stay_pure(source: &Source) -> Vec<Finding> {
    const PURE: [&str; 3] = ["engine/deadlines/src/", "engine/rules/src/", "engine/core/src/"];
    const IMPURE: [&str; 18] = [
        "fs::",
        "std::net",
        "std::process",
        "std::io",
        "std::thread",
        "thread::spawn",
        "env::var",
        "env::args",
        "tokio::",
        "async fn",
        "async move",
        ".await",
        "Uuid::new_v4",
        "Uuid::now_v7",
        "rand::",
        "println!",
        "eprintln!",
        "static mut",
    ];
    if !PURE.iter().any(|room| source.path.starts_with(room)) {
        return Vec::new();
    }
    let message = |word| format!("`{word}` in a pure room; let the caller do it and hand over the result");
    words(source.shipped_lines(), &IMPURE, source, message)
}

/// Only the store says SQL. Its statements do not read the database's clock either.
pub fn sql_outside_the_store(source: &Source) -> Vec<Finding> {
    if source.path.starts_with("engine/store/") {
        return Vec::new();
    }
    if source.path.ends_with(".sql") {
        return vec![source.finding(1, "SQL belongs to engine/store")];
    }
    let literals = source.rust.iter().flat_map(|rust| &rust.literals);
    let found = literals.filter(|literal| is_sql(&literal.text));
    found
        .map(|literal| {
            source.finding(literal.line, "SQL outside engine/store; add a question to the store instead")
        })
        .collect()
}

/// The database has no clock: `now` is in the turn.
pub fn sql_reads_the_clock(source: &Source) -> Vec<Finding> {
    const READINGS: [&str; 6] =
        ["current_timestamp", "current_date", "now()", "clock_timestamp", "'now'", "statement_timestamp"];
    let excepted = exceptions::has(exceptions::CLOCK_OF_DATABASE, &source.path);
    if !source.path.contains("engine/store/") || source.is_test || excepted {
        return Vec::new();
    }
    let message = |reading| {
        format!("`{reading}` in a statement reads the clock of the database; bind the turn's `now`")
    };
    if source.path.ends_with(".sql") {
        return words(source.lines(), &READINGS, source, message);
    }
    let literals = source.rust.iter().flat_map(|rust| &rust.literals);
    words(literals.map(|literal| (literal.line, literal.text.as_str())), &READINGS, source, message)
}

fn is_sql(literal: &str) -> bool {
    let text = literal.replace("\\n", " ").replace('\\', " ").to_lowercase();
    let words: Vec<&str> = text.split_whitespace().collect();
    let word = |at: usize| words.get(at).copied().unwrap_or_default();
    let things = ["table", "index", "view", "trigger", "unique", "temporary", "temp", "virtual"];
    match word(0) {
        "select" => words.contains(&"from"),
        "insert" => word(1) == "into" || (word(1) == "or" && word(3) == "into"),
        "update" => words.iter().skip(2).take(4).any(|word| *word == "set"),
        "delete" => word(1) == "from",
        "create" | "drop" | "alter" => things.contains(&word(1)),
        "with" => words.iter().skip(1).take(3).any(|word| *word == "as") && text.contains("as ("),
        "pragma" => words.len() > 1,
        _ => false,
    }
}

/// The engine does not know that its callers speak HTTP.
pub fn http_in_the_engine(source: &Source) -> Vec<Finding> {
    const SHAPES: [&str; 7] =
        ["StatusCode", "HeaderMap", "HeaderValue", "axum::", "hyper::", "http::", "problem_json"];
    if !source.path.starts_with("engine/") {
        return Vec::new();
    }
    let message = |shape| format!("`{shape}` is a shape of HTTP; only designer-api knows those");
    words(source.shipped_lines(), &SHAPES, source, message)
}

/// The command line asks a server in one place.
pub fn http_in_the_command_line(source: &Source) -> Vec<Finding> {
    const CLIENT: [&str; 2] = ["ureq", "rustls"];
    if !source.path.starts_with("cli/src/") || source.path == "cli/src/remote.rs" {
        return Vec::new();
    }
    let message = |word| format!("`{word}` asks a server; only cli/src/remote.rs does");
    words(source.shipped_lines(), &CLIENT, source, message)
}

/// Addresses of the API stand in designer-api; the browser has them from the generated client.
pub fn addresses_by_hand(source: &Source) -> Vec<Finding> {
    const BASE: &str = "/api/v1";
    let message = "an address of the API by hand; ";
    if exceptions::has(exceptions::ADDRESSES, &source.path) {
        return Vec::new();
    }
    // Tests in a browser answer in place of the server, so they name what is asked.
    if source.path.starts_with("web/browser/") {
        return Vec::new();
    }
    if source.path.contains("web/") && !source.path.ends_with(".md") {
        let found = source.lines().filter(|(_, line)| line.contains(BASE));
        return found
            .map(|(line, _)| source.finding(line, format!("{message}call the generated client")))
            .collect();
    }
    if source.is_test || source.path.starts_with("designer-api/") {
        return Vec::new();
    }
    let literals = source.rust.iter().flat_map(|rust| &rust.literals);
    let found = literals.filter(|literal| literal.text.contains(BASE));
    found
        .map(|literal| source.finding(literal.line, format!("{message}designer-api gives it a name")))
        .collect()
}

/// One finding for each line and word.
fn words<'a>(
    lines: impl Iterator<Item = (usize, &'a str)>,
    words: &[&'static str],
    source: &Source,
    message: impl Fn(&'static str) -> String,
) -> Vec<Finding> {
    let mut found = Vec::new();
    for (number, line) in lines {
        let said = words.iter().filter(|word| says(line, word));
        found.extend(said.map(|word| source.finding(number, message(word))));
    }
    found
}

/// Whether a line says a word, and not only as part of a longer one.
pub fn says(line: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let begins = word.starts_with(is_part);
    let ends = word.ends_with(is_part);
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back().is_some_and(is_part);
        let after = line[at + word.len()..].chars().next().is_some_and(is_part);
        !((begins && before) || (ends && after))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::check;

    #[test]
    fn the_clock() {
        let text = "fn a() {\n    let now = Timestamp::now();\n    MyInstant::nowhere();\n}\n";
        let expected = "2: `Timestamp::now` reads the clock; take the time as an argument, or ask `Clock` of fachwerk-runtime";
        check(reads_the_clock, "engine/core/src/a.rs", text, &[expected]);
        check(reads_the_clock, "engine/runtime/src/clock.rs", text, &[]);
        check(reads_the_clock, "engine/core/tests/a.rs", text, &[]);
        check(
            reads_the_clock,
            "engine/core/src/a.rs",
            "// Instant::now()\nconst A: &str = \"Instant::now\";\n",
            &[],
        );
        check(
            reads_the_clock,
            "engine/core/src/a.rs",
            "#[cfg(test)]\nmod tests { fn a() { Instant::now(); } }\n",
            &[],
        );
    }

    #[test]
    fn purity() {
        let text = "use std::io::Read;\nasync fn a() {}\nfn b() { offs::set(); }\n";
        let expected = [
            "1: `std::io` in a pure room; let the caller do it and hand over the result",
            "2: `async fn` in a pure room; let the caller do it and hand over the result",
        ];
        check(pure_rooms_stay_pure, "engine/core/src/a.rs", text, &expected);
        check(pure_rooms_stay_pure, "engine/core/tests/a.rs", text, &[]);
        check(pure_rooms_stay_pure, "engine/store/src/a.rs", text, &[]);
    }

    #[test]
    fn sql() {
        let sql = "SQL outside engine/store; add a question to the store instead";
        for statement in [
            "select a\\n from b",
            "SELECT 1 FROM turns",
            "insert into a values ($1)",
            "insert or ignore into a",
            "update a set b = 1",
            "delete from a",
            "create unique index a",
            "alter table a",
            "drop view a",
            "with a as (select 1) select 2",
            "pragma synchronous",
        ] {
            let text = format!("fn a() {{\n    f(\"{statement}\");\n}}\n");
            check(sql_outside_the_store, "engine/runtime/src/a.rs", &text, &[&format!("2: {sql}")]);
            check(sql_outside_the_store, "engine/store/src/a.rs", &text, &[]);
        }
        for sentence in [
            "Select a party.",
            "Update the address.",
            "Delete the note?",
            "Create a table of fees",
            "with the file",
            "pragma",
        ] {
            check(sql_outside_the_store, "cli/src/a.rs", &format!("f(\"{sentence}\")"), &[]);
        }
        check(sql_outside_the_store, "cli/src/a.sql", "select 1", &["1: SQL belongs to engine/store"]);
    }

    #[test]
    fn the_clock_of_the_database() {
        let expected = ["1: `now()` in a statement reads the clock of the database; bind the turn's `now`"];
        check(sql_reads_the_clock, "engine/store/src/a.rs", "f(\"select now()\")", &expected);
        check(sql_reads_the_clock, "engine/store/src/schema/1.sql", "at timestamp default now()", &expected);
        check(sql_reads_the_clock, "engine/store/src/a.rs", "let at = self.now();", &[]);
    }

    #[test]
    fn http() {
        let expected = ["1: `StatusCode` is a shape of HTTP; only designer-api knows those"];
        check(http_in_the_engine, "engine/runtime/src/a.rs", "use http_shapes::StatusCode;", &expected);
        check(http_in_the_engine, "designer-api/src/a.rs", "use http::StatusCode;", &[]);
    }

    #[test]
    fn http_of_the_command_line() {
        let expected = ["1: `ureq` asks a server; only cli/src/remote.rs does"];
        check(http_in_the_command_line, "cli/src/work/here.rs", "use ureq::Agent;", &expected);
        check(http_in_the_command_line, "cli/src/remote.rs", "use ureq::Agent;", &[]);
        check(http_in_the_command_line, "cli/tests/server.rs", "use ureq::Agent;", &[]);
    }

    #[test]
    fn addresses() {
        let text = "fetch(\"/api/v1/tasks\")\n";
        check(
            addresses_by_hand,
            "web/src/a.ts",
            text,
            &["1: an address of the API by hand; call the generated client"],
        );
        check(
            addresses_by_hand,
            "cli/src/a.rs",
            text,
            &["1: an address of the API by hand; designer-api gives it a name"],
        );
        check(addresses_by_hand, "designer-api/src/a.rs", text, &[]);
        check(addresses_by_hand, "tests/tests/api.rs", text, &[]);
        check(addresses_by_hand, "web/README.md", text, &[]);
        check(addresses_by_hand, "web/src/api/client.ts", text, &[]);
    }
}
