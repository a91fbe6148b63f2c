//! Slips in names, words and signs of other languages, layout.

use super::check;

#[test]
fn names_that_are_slips() {
    check(
        "steps:\n  # First.\n  a:\n    TASK\n    then: drafft # Then.\n  draft:\n    TASK\n",
        &["unknown_step: Change `drafft` to `draft`."],
        "steps:\n  # First.\n  a:\n    TASK\n    then: draft # Then.\n  draft:\n    TASK\n",
    );
    check(
        "steps:\n  a:\n    task: { title: { de: Tun, en: Do } }\n    rol: clerk\n",
        &["missing_key: –", "unknown_key: Change `rol` to `role`."],
        "steps:\n  a:\n    task: { title: { de: Tun, en: Do } }\n    role: clerk\n",
    );
    // In quotes.
    check(
        "steps:\n  a:\n    task: { title: { de: Tun, en: Do } }\n    role: 'clark'\n",
        &["unknown_role: Change `clark` to `clerk`."],
        "steps:\n  a:\n    task: { title: { de: Tun, en: Do } }\n    role: 'clerk'\n",
    );
    // In a rule.
    check(
        "steps:\n  a: { compute: { x: \"application.dgos > 3\" } }\n",
        &["unknown_name: Change `dgos` to `dogs`."],
        "steps:\n  a: { compute: { x: \"application.dogs > 3\" } }\n",
    );
    check(
        "steps:\n  a: { compute: { x: 'application.dogs > 3 && application.kind == \"aa\"' } }\n",
        &["unknown_choice: Change `aa` to `a`."],
        "steps:\n  a: { compute: { x: 'application.dogs > 3 && application.kind == \"a\"' } }\n",
    );
    // Which law holds is not guessed, only how it is written.
    check(
        "law: VwVfg\nsteps:\n  a: { end: true }\n",
        &["unknown_law: Change `VwVfg` to `VwVfG`."],
        "law: VwVfG\nsteps:\n  a: { end: true }\n",
    );
    check(
        "law: VwZB\nsteps:\n  a: { end: true }\n",
        &["unknown_law: –"],
        "law: VwZB\nsteps:\n  a: { end: true }\n",
    );
}

#[test]
fn rules_in_other_words() {
    #[track_caller]
    fn rule(written: &str, title: &str, after: &str) {
        let process = |rule: &str| format!("steps:\n  a: {{ compute: {{ x: {rule} }} }}\n");
        check(&process(written), &[title], &process(after));
    }
    const SIGNS: &str =
        "rule_invalid: Use the signs of rules: `&&` for and, `||` for or, `!` for not, `==` for equal.";
    rule(
        "application.dogs > 2 and application.dogs < 9",
        SIGNS,
        "application.dogs > 2 && application.dogs < 9",
    );
    rule("application.dogs > 2 oder nicht (1 > 2)", SIGNS, "application.dogs > 2 || !(1 > 2)");
    // What stands in a text is its own.
    rule(
        "'application.kind = \"a\" && \"x and = y\" != \"\"'",
        SIGNS,
        "'application.kind == \"a\" && \"x and = y\" != \"\"'",
    );
    rule("'application.kind == „a“'", SIGNS, "'application.kind == \"a\"'");
    // The quotes would end the text of the file.
    rule("\"application.kind == „a“\"", "rule_invalid: –", "\"application.kind == „a“\"");
    rule("application.dogs >", "rule_invalid: –", "application.dogs >");
    rule("dogs + 1", "unknown_name: Change `dogs` to `application.dogs`.", "application.dogs + 1");
    rule("birds + 1", "unknown_name: –", "birds + 1");
}

/// A name that is said in several places has a slip where it is given.
#[test]
fn names_that_are_said_right() {
    let process = |name: &str| {
        format!(
            "steps:\n  a:\n    TASK\n    then: visit\n  {name}:\n    TASK\n    then: c\n  c:\n    TASK\n    not_same_person_as: visit\n"
        )
    };
    let fix = "unknown_step: Change `vist` to `visit`, as it is said everywhere else.";
    check(&process("vist"), &[fix, fix], &process("visit"));
}

/// A name that could be another one, or one that is still to be written.
#[test]
fn names_that_may_be_anything() {
    let same = |text: &str, expected: &[&str]| check(text, expected, text);
    same(
        "steps:\n  a:\n    TASK\n    then: visit-3\n  visit-1:\n    TASK\n    then: visit-2\n  visit-2:\n    TASK\n",
        &["unknown_step: –"],
    );
    same("steps:\n  a:\n    TASK\n    then: visit-2\n  visit-1:\n    TASK\n", &["unknown_step: –"]);
    same("steps:\n  a:\n    TASK\n    priority: high\n", &["unknown_key: –"]);
    // It is there twice in the rule.
    same(
        "steps:\n  a: { compute: { x: \"application.dgos > 3 || application.dgos < 1\" } }\n",
        &["unknown_name: –"],
    );
    // What would be right is there already.
    same(
        "steps:\n  a:\n    task: { title: { de: Tun, en: Do } }\n    role: clerk\n    rolle: clerk\n",
        &["unknown_key: –"],
    );
}

#[test]
fn how_things_are_written() {
    let whole = |version: &str, id: &str| {
        format!(
            "process: {id}\nversion: {version}\ntitle: {{ de: P, en: P }}\nsteps:\n  a: {{ end: true }}\n"
        )
    };
    check(
        &whole("1.2", "p"),
        &["version_invalid: Write the version with three numbers: `1.2.0`."],
        &whole("1.2.0", "p"),
    );
    check(
        &whole("1.2.0", "Tree_Felling"),
        &["id_not_kebab: Change `Tree_Felling` to `tree-felling`."],
        &whole("1.2.0", "tree-felling"),
    );
    // Another step says it.
    let named = "steps:\n  Prüfen:\n    TASK\n    then: b\n  b:\n    TASK\n    not_same_person_as: Prüfen\n";
    check(named, &["id_not_kebab: –"], named);
    check(
        "steps:\n  a: { end: true }\n---\n",
        &["yaml_documents: Delete the line `---`."],
        "steps:\n  a: { end: true }\n",
    );
    check(
        "steps:\n\ta:\n\t\tend: true\n",
        &["yaml_syntax: Indent with blanks instead of tabs."],
        "steps:\n  a:\n    end: true\n",
    );
    check(
        "legal_basis:\n  – VwVfG § 35\n  – VwVfG § 37\nsteps:\n  a: { end: true }\n",
        &["wrong_kind: Write lists with `-`, not with a dash."],
        "legal_basis:\n  - VwVfG § 35\n  - VwVfG § 37\nsteps:\n  a: { end: true }\n",
    );
    check(
        "steps:\n  a:\n    choose:\n      – when: application.dogs > 3\n        then: b\n      – else: b\n  b: { end: true }\n",
        &["yaml_syntax: Write lists with `-`, not with a dash."],
        "steps:\n  a:\n    choose:\n      - when: application.dogs > 3\n        then: b\n      - else: b\n  b: { end: true }\n",
    );
}

#[test]
fn what_nothing_needs() {
    check(
        "outcomes:
  granted: { title: { de: Genehmigt, en: Granted } }
  refused: { title: { de: Abgelehnt, en: Refused } }
steps:
  a: { end: granted }
",
        &["outcome_unused: Delete the entry `refused`, which nothing needs."],
        "outcomes:\n  granted: { title: { de: Genehmigt, en: Granted } }\nsteps:\n  a: { end: granted }\n",
    );
    // Something waits for it, but that has a slip.
    check(
        "messages: { answer: { title: { de: Antwort, en: Answer } } }
always: { gone: { messgae: answer, then: $gone } }
steps:
  a:
    TASK
",
        &["message_unused: –", "trigger_unclear: –", "unknown_key: Change `messgae` to `message`."],
        "messages: { answer: { title: { de: Antwort, en: Answer } } }
always: { gone: { message: answer, then: $gone } }
steps:
  a:
    TASK
",
    );
    let messages = |name: &str| {
        format!(
            "messages: {{ {name}: {{ title: {{ de: Antwort, en: Answer }} }} }}
always: {{ gone: {{ message: answer, then: $gone }} }}
steps:
  a:
    TASK
"
        )
    };
    check(&messages("anwser"), &["message_unused: Change `anwser` to `answer`."], &messages("answer"));
}
