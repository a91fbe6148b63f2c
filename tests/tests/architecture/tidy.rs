//! What no source says, how files are named, and how long they get. Every message says what to write instead.

use crate::{
    exceptions,
    sources::{Finding, Source},
    walls::says,
};

/// Longer than this is refused; longer than the aim is told.
pub const LINES_AT_MOST: usize = 700;
pub const LINES_AIMED_AT: usize = 500;

/// What a word is banned from.
#[derive(Clone, Copy)]
enum Where {
    /// All code of Rust.
    Rust,
    /// Rust that is not only for tests.
    Shipped,
    /// Rust that is only for tests.
    Tests,
    /// Scripts for the browser and for Node.
    Scripts,
    /// Every text, comments too.
    Texts,
}

const BANNED: [(&str, Where, &str); 15] = [
    ("todo!", Where::Rust, "leave it out, or answer with an error that has a code"),
    ("unimplemented!", Where::Rust, "leave it out, or answer with an error that has a code"),
    ("dbg!", Where::Rust, "`tracing::debug!`, or nothing"),
    ("thread::sleep", Where::Rust, "wait for what you expect, or move the clock"),
    ("time::sleep", Where::Tests, "wait for what you expect, or move the clock"),
    (".unwrap()", Where::Shipped, "`?` for input, `expect(\"why this cannot fail\")` for an invariant"),
    (
        "panic!",
        Where::Shipped,
        "an error for input, `expect` or `unreachable!` with the reason for an invariant",
    ),
    ("#[ignore]", Where::Rust, "`#[ignore = \"why, and which command runs it\"]`"),
    ("allow(dead_code", Where::Rust, "delete what nobody calls"),
    (".only(", Where::Scripts, "all tests run"),
    ("waitForTimeout(", Where::Scripts, "wait for what a person would see"),
    (
        "dangerouslySetInnerHTML",
        Where::Scripts,
        "elements of React; letters are shown in a frame without rights",
    ),
    ("@ts-ignore", Where::Scripts, "a type that fits, or `@ts-expect-error` with the reason"),
    ("TODO", Where::Texts, "do it now, or write an issue"),
    ("FIXME", Where::Texts, "do it now, or write an issue"),
];

/// Words that say "not finished" or "wrong room".
pub fn banned_words(source: &Source) -> Vec<Finding> {
    let mut found = Vec::new();
    for (word, place, instead) in BANNED {
        let message = || format!("`{word}` is banned; instead: {instead}");
        let mut look = |lines: &mut dyn Iterator<Item = (usize, &str)>| {
            let said = lines.filter(|(_, line)| says(line, word));
            found.extend(said.map(|(number, _)| source.finding(number, message())));
        };
        match place {
            Where::Rust => look(&mut source.code_lines()),
            Where::Shipped => look(&mut source.shipped_lines()),
            Where::Tests if source.is_test => look(&mut source.code_lines()),
            Where::Scripts if source.is_script() => look(&mut source.lines()),
            Where::Texts => look(&mut source.lines()),
            Where::Tests | Where::Scripts => {}
        }
    }
    found.sort_by_key(|finding| finding.line);
    found
}

/// A name must say what is inside.
pub fn names_that_say_nothing(source: &Source) -> Vec<Finding> {
    const NAMES: [&str; 10] =
        ["common", "util", "utils", "helper", "helpers", "manager", "managers", "misc", "types", "shared"];
    if !(source.is_rust() || source.is_script()) || exceptions::has(exceptions::NAMES, &source.path) {
        return Vec::new();
    }
    let message = |name: &str| format!("`{name}` says nothing; name it after the one thing that is inside");
    let parts = source.path.split('/').map(|part| part.split('.').next().unwrap_or(part));
    let of_path = parts.filter(|part| NAMES.contains(part)).map(|name| source.finding(1, message(name)));
    let declared = |name: &&&str| source.code_lines().any(|(_, line)| says(line, &format!("mod {name} {{")));
    let of_modules = NAMES.iter().filter(declared).map(|name| source.finding(1, message(name)));
    of_path.chain(of_modules).collect()
}

/// Files that grow without end.
pub fn too_long(source: &Source) -> Vec<Finding> {
    let is_code = source.is_rust() || source.is_script() || source.path.ends_with(".css");
    let lines = source.lines().count();
    if !is_code || lines <= LINES_AT_MOST {
        return Vec::new();
    }
    let message =
        format!("{lines} lines, at most {LINES_AT_MOST}; which concept inside wants a file of its own?");
    vec![source.finding(LINES_AT_MOST + 1, message)]
}

/// Paths of somebody's machine. In Rust: string literals outside tests.
pub fn machine_paths(source: &Source) -> Vec<Finding> {
    // Written apart, so that this file keeps its own rule.
    let folders = ["work", "root", "tmp", "home"].map(|folder| format!("/{folder}/"));
    let is_machine_path = |text: &str| folders.iter().any(|folder| begins_a_path(text, folder));
    let message = "the path of a machine; take it as an argument, or relative to the repository";
    if let Some(rust) = &source.rust {
        let literals =
            rust.literals.iter().filter(|literal| !source.is_test && is_machine_path(&literal.text));
        return literals.map(|literal| source.finding(literal.line, message)).collect();
    }
    let found = source.lines().filter(|(_, line)| is_machine_path(line));
    found.map(|(number, _)| source.finding(number, message)).collect()
}

/// Whether the folder stands there as the beginning of a path, and not inside a longer one or an address.
fn begins_a_path(text: &str, folder: &str) -> bool {
    let goes_on = |c: char| c.is_alphanumeric() || "._-~*})>/".contains(c);
    text.match_indices(folder).any(|(at, _)| !text[..at].chars().next_back().is_some_and(goes_on))
}

/// Rust is indented with spaces.
pub fn tabs(source: &Source) -> Vec<Finding> {
    let found = source.lines().filter(|(_, line)| source.is_rust() && line.starts_with('\t'));
    found.map(|(number, _)| source.finding(number, "a tab; indent with spaces")).collect()
}

/// The root of a crate says what the crate is, and what is deliberately absent.
pub fn crate_header(source: &Source) -> Vec<Finding> {
    let header: Vec<&str> = source.text.lines().take_while(|line| line.starts_with("//!")).collect();
    if header.is_empty() {
        return vec![source.finding(1, "begins without `//!`; say what the crate is")];
    }
    if !header.join("\n").to_lowercase().contains("architecture invariant") {
        return vec![source.finding(1, "has no \"Architecture invariant\"; say what is deliberately absent")];
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::check;

    #[test]
    fn words() {
        let unwrap = "2: `.unwrap()` is banned; instead: `?` for input, `expect(\"why this cannot fail\")` for an invariant";
        let text = "fn a() {\n    b.unwrap();\n}\n/// `b.unwrap()`\nfn c() { d.unwrap_or(1); }\n";
        check(banned_words, "cli/src/a.rs", text, &[unwrap]);
        check(banned_words, "cli/tests/a.rs", text, &[]);

        let sleep = "1: `thread::sleep` is banned; instead: wait for what you expect, or move the clock";
        check(banned_words, "cli/tests/a.rs", "std::thread::sleep(second);", &[sleep]);
        let sleep = "1: `time::sleep` is banned; instead: wait for what you expect, or move the clock";
        check(banned_words, "cli/tests/a.rs", "tokio::time::sleep(second).await;", &[sleep]);
        check(banned_words, "engine/runtime/src/a.rs", "tokio::time::sleep(second).await;", &[]);

        let unfinished = [
            "1: `todo!` is banned; instead: leave it out, or answer with an error that has a code",
            "2: `unimplemented!` is banned; instead: leave it out, or answer with an error that has a code",
            "3: `dbg!` is banned; instead: `tracing::debug!`, or nothing",
            "4: `panic!` is banned; instead: an error for input, `expect` or `unreachable!` with the reason for an invariant",
            "5: `#[ignore]` is banned; instead: `#[ignore = \"why, and which command runs it\"]`",
            "6: `allow(dead_code` is banned; instead: delete what nobody calls",
        ];
        let text =
            "todo!();\nunimplemented!();\ndbg!(a);\npanic!();\n#[ignore]\n#[allow(dead_code)]\nmy_todo!();\n";
        check(banned_words, "cli/src/a.rs", text, &unfinished);

        let texts = [
            "1: `TODO` is banned; instead: do it now, or write an issue",
            "2: `FIXME` is banned; instead: do it now, or write an issue",
        ];
        check(banned_words, "docs/a.md", "TODO: b\n<!-- FIXME -->\nMASTODON TODOS\n", &texts);

        let scripts = [
            "1: `.only(` is banned; instead: all tests run",
            "2: `waitForTimeout(` is banned; instead: wait for what a person would see",
            "3: `dangerouslySetInnerHTML` is banned; instead: elements of React; letters are shown in a frame without rights",
            "4: `@ts-ignore` is banned; instead: a type that fits, or `@ts-expect-error` with the reason",
        ];
        let text =
            "test.only('a')\npage.waitForTimeout(9)\n<p dangerouslySetInnerHTML={a} />\n// @ts-ignore\n";
        check(banned_words, "web/src/a.test.tsx", text, &scripts);
    }

    #[test]
    fn names() {
        let nothing = |name| format!("1: `{name}` says nothing; name it after the one thing that is inside");
        check(names_that_say_nothing, "cli/src/utils.rs", "", &[&nothing("utils")]);
        check(names_that_say_nothing, "web/src/common/date.ts", "", &[&nothing("common")]);
        check(names_that_say_nothing, "web/src/types.d.ts", "", &[&nothing("types")]);
        check(
            names_that_say_nothing,
            "cli/src/a.rs",
            "mod helpers {}\nmod common_law;\n",
            &[&nothing("helpers")],
        );
        check(names_that_say_nothing, "docs/types.md", "", &[]);
    }

    #[test]
    fn length() {
        let long = "fn a() {}\n".repeat(LINES_AT_MOST + 1);
        let expected = ["701: 701 lines, at most 700; which concept inside wants a file of its own?"];
        check(too_long, "cli/src/a.rs", &long, &expected);
        check(too_long, "web/src/a.css", &long, &expected);
        check(too_long, "cli/src/a.rs", long.strip_suffix("fn a() {}\n").unwrap_or_default(), &[]);
        check(too_long, "building-blocks/law/holidays.yaml", &long, &[]);
    }

    #[test]
    fn paths() {
        let expected = |line| {
            format!("{line}: the path of a machine; take it as an argument, or relative to the repository")
        };
        let text = format!("const A: &str = \"/{}/a\";\n", "tmp");
        check(machine_paths, "cli/src/a.rs", &text, &[&expected(1)]);
        check(machine_paths, "cli/tests/a.rs", &text, &[]);
        let text = format!("a\nexport DATA=/{0}/a\nhttps://a.de/{0}/b\n", "work");
        check(machine_paths, "docs/a.md", &text, &[&expected(2)]);
    }

    #[test]
    fn indentation() {
        check(tabs, "cli/src/a.rs", "fn a() {\n\tb();\n}\n", &["2: a tab; indent with spaces"]);
        check(tabs, "Makefile", "a:\n\tb\n", &[]);
    }

    #[test]
    fn headers() {
        check(
            crate_header,
            "cli/src/main.rs",
            "fn main() {}\n",
            &["1: begins without `//!`; say what the crate is"],
        );
        let lacks = ["1: has no \"Architecture invariant\"; say what is deliberately absent"];
        check(crate_header, "cli/src/main.rs", "//! The binary.\n\n// Architecture invariant\n", &lacks);
        check(
            crate_header,
            "cli/src/main.rs",
            "//! The binary.\n//!\n//! **Architecture invariant.** No logic.\n",
            &[],
        );
    }
}
