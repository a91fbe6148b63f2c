//! Steps, ways and rows in vain, and joins that wait in vain.

use super::{check, check_file};

#[test]
fn steps_in_vain() {
    check(
        "steps:
  a:
    TASK
    then: c

  # About b.
  b:
    TASK
    # Within b.
    then: c

  c:
    TASK
",
        &["step_never_reached: Delete the step `b`, which no way leads to."],
        "steps:
  a:
    TASK
    then: c

  # About b.

  c:
    TASK
",
    );
    // Only together.
    check(
        "steps:
  a: { task: { title: { de: Tun, en: Do } }, role: clerk }
  b: { task: { title: { de: Tun, en: Do } }, role: clerk, then: c }
  c: { task: { title: { de: Tun, en: Do } }, role: clerk, then: b }
",
        &[
            "step_never_reached: Delete the steps `b`, `c`, which no way leads to.",
            "step_never_reached: Delete the steps `b`, `c`, which no way leads to.",
        ],
        "steps:\n  a: { task: { title: { de: Tun, en: Do } }, role: clerk }\n",
    );
    // What is wrong elsewhere may be why no way leads there.
    let cut_off = "steps:\n  a:\n    TASK\n    then: a\n  b:\n    TASK\n    then: c\n  c:\n    TASK\n";
    check(cut_off, &["never_ends: –", "step_never_reached: –", "step_never_reached: –"], cut_off);
    // In brackets.
    check(
        "steps:\n  a: { group: { steps: { b: { compute: { x: \"1\" } }, c: { compute: { x: \"'{'\" } } } } }\n",
        &["step_never_reached: Delete the step `c`, which no way leads to."],
        "steps:\n  a: { group: { steps: { b: { compute: { x: \"1\" } } } } }\n",
    );
}

#[test]
fn joins_in_vain() {
    let process = |join: &str| {
        format!(
            "steps:
  a:
    task:
      title: {{ de: Tun, en: Do }}
      fields:
        outcome: {{ type: choice, required: true, title: {{ de: E, en: R }}, options: {{ both: {{ de: b, en: b }}, one: {{ de: o, en: o }} }} }}
    role: clerk
    then: {{ both: [b, c], one: b }}
  b:
    TASK
    then: m
  c:
    TASK
    then: m
  m: {{ join: {join} }} # All.
"
        )
    };
    check(
        &process("all"),
        &["join_waits_in_vain: Wait only for paths that can still come: `join: inclusive`."],
        &process("inclusive"),
    );
    // A number is a decision.
    check(&process("2"), &["join_waits_in_vain: –"], &process("2"));
}

#[test]
fn ways_in_vain() {
    check(
        "steps:
  a:
    choose:
      - when: application.dogs > 2
        then: b
      - when: application.dogs > 5
        # In vain.
        then: c
      - else: c
  b:
    TASK
  c:
    TASK
",
        &["way_never_taken: Delete the way that is never taken."],
        "steps:
  a:
    choose:
      - when: application.dogs > 2
        then: b
      - else: c
  b:
    TASK
  c:
    TASK
",
    );
    check(
        "steps:
  a: { choose: [{ when: application.dogs < 0, then: b }, { when: application.dogs < 7, then: c }, { else: b }] }
  b: { end: true }
  c: { end: true }
",
        &["condition_never_holds: Delete the way that is never taken."],
        "steps:
  a: { choose: [{ when: application.dogs < 7, then: c }, { else: b }] }
  b: { end: true }
  c: { end: true }
",
    );
    // Then no way leads to `c` any more.
    let needed = "steps:
  a: { choose: [{ when: application.dogs < 0, then: c }, { else: b }] }
  b: { end: true }
  c: { end: true }
";
    check(needed, &["condition_never_holds: –"], needed);
    check(
        "steps:
  a:
    choose:
      - when: application.kind == \"a\"
        then: b
      - when: application.kind == \"b\"
        then: c
      - else: c
  b: { end: true }
  c: { end: true }
",
        &["else_never_taken: Make the last way before it the `else`; nothing else ever comes."],
        "steps:
  a:
    choose:
      - when: application.kind == \"a\"
        then: b
      - else: c
  b: { end: true }
  c: { end: true }
",
    );
    check(
        "steps:
  a:
    fork:
      b:
        task: { title: { de: Tun, en: Do } }
        role: clerk
        when: application.dogs > 3 && application.dogs < 3
      c: { compute: { x: \"1\" } }
",
        &["condition_never_holds: Delete the branch `b`, which never begins."],
        "steps:\n  a:\n    fork:\n      c: { compute: { x: \"1\" } }\n",
    );
}

const COLUMNS: &str = "title: { de: Gebühr, en: Fee }
hit_policy: first
inputs: { dogs: application.dogs, kind: application.kind }
outputs: { fee: }
";

#[track_caller]
fn check_table(rows: &str, expected: &[&str], after: &str) {
    check_file("fee.yaml", &format!("{COLUMNS}{rows}"), expected, &format!("{COLUMNS}{after}"));
}

#[test]
fn tables() {
    check_table(
        "rows:
- { when: { dogs: '> 3' }, then: { fee: 30 } }
- { when: { dogs: '> 5' }, then: { fee: 50 } } # In vain.
- { when: {}, then: { fee: 10 } }
",
        &["table_row_never_counts: Delete the row that never decides."],
        "rows:
- { when: { dogs: '> 3' }, then: { fee: 30 } }
- { when: {}, then: { fee: 10 } }
",
    );
    check_table(
        "rows:
  - when: { kind: a }
    then: { fee: 30 }
  - when: {}
    then: { fee: 10 }
",
        &["table_invalid: Write `a` as a text: with double quotes."],
        "rows:
  - when: { kind: '\"a\"' }
    then: { fee: 30 }
  - when: {}
    then: { fee: 10 }
",
    );
    check_table(
        "rows:\n  - when: { kind: club }\n    then: { fee: 30 }\n",
        &["table_invalid: –"],
        "rows:\n  - when: { kind: club }\n    then: { fee: 30 }\n",
    );
}
