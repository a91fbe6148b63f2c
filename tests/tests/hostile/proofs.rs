//! Processes that can be read, and whose proof could take for ever.

use super::{HEAD, TITLE, joined, lines, problems_of};

#[track_caller]
fn check(steps: &str) {
    let text = format!("{HEAD}steps:\n{steps}");
    assert_eq!(lines(&problems_of(&[("process.yaml", text.as_bytes())], &[])), [""; 0]);
}

/// Each deadline asks whether a way leads past its letter.
#[test]
fn many_letters_with_deadlines() {
    let letter = |at: usize| {
        let deadline = format!("deadline: {{ {TITLE}, period: 1 week, from: {{ notification: l{at} }} }}");
        format!(
            "  l{at}: {{ effect: letter, with: {{ title: a, body: b }}, then: w{at} }}\n  w{at}: {{ wait: {{ x: {{ {deadline} }} }}, then: {{ x: l{} }} }}",
            at + 1
        )
    };
    check(&format!("{}\n  l500: {{ end: true }}", joined(500, "\n", letter)));
}

/// Four layers of locks, each taken before one of the next layer.
#[test]
fn many_locks_in_layers() {
    let nested = |at: usize| {
        let (layer, inner) = (at % 4, at % 4 + 1);
        format!(
            "b{at}: {{ group: {{ lock: l{layer}, steps: {{ c{at}: {{ group: {{ lock: l{inner}, steps: {{ d{at}: {{ end: true }} }} }} }} }} }} }}"
        )
    };
    check(&format!("  a: {{ fork: {{ {} }} }}", joined(400, ", ", nested)));
}

/// The connector answers at once, each time.
#[test]
fn letters_in_a_circle() {
    check("  a: { effect: letter, with: { title: a, body: b }, then: a }");
}

/// Each is reckoned from the next one, and the last one decides.
#[test]
fn a_circle_of_many_that_depend_on_each_other() {
    let step = |at: usize| {
        format!("  n{at}: {{ compute: {{ x: \"steps.n{}?.x ?? 0\" }}, then: n{} }}", at + 1, at + 1)
    };
    let last = "  n1500: { compute: { x: \"1\" }, then: c }
  c: { choose: [{ when: \"steps.n0.x > 0\", then: w }, { else: e }] }
  w: { wait: { x: { message: m } }, then: { x: n0 } }
  e: { end: true }";
    check(&format!("{}\n{last}", joined(1_500, "\n", step)));
}
