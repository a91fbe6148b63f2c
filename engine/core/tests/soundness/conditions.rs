//! What is proven of conditions and decision tables: ways and rows in vain, gaps and overlaps, each with values.

use crate::short::check;

#[test]
fn conditions_that_decide_in_vain() {
    // Covered.
    check(
        "a: { choose: [{ when: 'application.dogs > 2', then: b }, { when: 'application.dogs > 5', then: b }, { else: b }] }
b: { T }",
        &["warning way_never_taken: This way (`application.dogs > 5`) is never taken: whatever meets it takes one of the ways before. For example: “Dogs” is 6 – then way 1 holds already."],
    );
    // Covered by two.
    check(
        "a: { choose: [{ when: 'application.dogs > 2', then: b }, { when: 'application.dogs < 5', then: b }, { when: 'application.dogs == 3', then: b }, { else: b }] }
b: { T }",
        &["warning else_never_taken: The way `else` is never taken: the ways before cover all values.", "warning way_never_taken: This way (`application.dogs == 3`) is never taken: whatever meets it takes one of the ways before. For example: “Dogs” is 3 – then way 1 holds already."],
    );
    // Contradicts itself.
    check(
        "a: { choose: [{ when: 'application.dogs > 5 && application.dogs < 3', then: b }, { else: b }] }
b: { T }",
        &[
            "warning condition_never_holds: The condition `application.dogs > 5 && application.dogs < 3` never holds: no values that can stand there meet it.",
        ],
    );
    // Contradicts the data.
    check(
        "a: { choose: [{ when: 'application.dogs < 0', then: b }, { else: b }] }
b: { T }",
        &[
            "warning condition_never_holds: The condition `application.dogs < 0` never holds: no values that can stand there meet it.",
        ],
    );
    // Every choice.
    check(
        r#"a: { choose: [{ when: 'application.kind == "a"', then: b }, { when: 'application.kind == "b"', then: b }, { else: b }] }
b: { T }"#,
        &["warning else_never_taken: The way `else` is never taken: the ways before cover all values."],
    );
    // No gap.
    check(
        "a: { choose: [{ when: 'application.dogs > 2', then: b }, { when: 'application.dogs < 3', then: b }, { else: b }] }
b: { T }",
        &["warning else_never_taken: The way `else` is never taken: the ways before cover all values."],
    );
    // A gap of one.
    check(
        "a: { choose: [{ when: 'application.dogs > 3', then: b }, { when: 'application.dogs < 3', then: b }, { else: b }] }
b: { T }",
        &[],
    );
    // Not and or.
    check(
        r#"a: { choose: [{ when: '!(application.dogs > 3 || application.kind == "a")', then: b }, { when: 'application.dogs <= 3 && application.kind == "b"', then: b }, { else: b }] }
b: { T }"#,
        &[
            r#"warning way_never_taken: This way (`application.dogs <= 3 && application.kind == "b"`) is never taken: whatever meets it takes one of the ways before. For example: “Dogs” is 0 and the kind is “B” – then way 1 holds already."#,
        ],
    );
    // What is calculated goes either way.
    check(
        "a: { choose: [{ when: 'application.dogs * 2 > 6', then: b }, { when: 'application.dogs > 3', then: b }, { else: b }] }
b: { T }",
        &[],
    );
    // What is calculated twice.
    check(
        "a: { choose: [{ when: 'application.dogs % 2 == 0', then: b }, { when: 'application.dogs % 2 == 0', then: b }, { else: b }] }
b: { T }",
        &["warning way_never_taken: This way (`application.dogs % 2 == 0`) is never taken: whatever meets it takes one of the ways before. Way 1 holds before."],
    );
    // A branch that never begins.
    check(
        "a: { fork: { b: { T, when: 'application.dogs > 3 && application.dogs < 3' }, c: { T } } }",
        &[
            "warning condition_never_holds: The condition `application.dogs > 3 && application.dogs < 3` never holds: no values that can stand there meet it.",
        ],
    );
    // Two against each other.
    check(
        "a: { choose: [{ when: 'settings.least > application.dogs', then: b }, { when: 'application.dogs >= settings.least', then: b }, { else: b }] }
b: { T }
! settings: { least: { type: integer, default: 3, title: { de: L, en: L } } }",
        &[],
    );
    // Days.
    check(
        r#"a: { choose: [{ when: 'today <= "2026-03-01"', then: b }, { when: 'today >= "2026-03-02"', then: b }, { else: b }] }
b: { T }"#,
        &["warning else_never_taken: The way `else` is never taken: the ways before cover all values."],
    );
    // A value that may be missing.
    check(
        "t: { task: { title: { de: Tun, en: Do }, fields: { n: { type: integer, min: 1, max: 9, title: { de: Zahl, en: Number } }, m: { type: integer, required: true, title: { de: M, en: M } } } }, role: clerk, then: a }
a: { choose: [{ when: '(steps.t.n ?? 0) > 5', then: b }, { when: '(steps.t.n ?? 0) < 6', then: b }, { else: b }] }
b: { T }",
        &["warning else_never_taken: The way `else` is never taken: the ways before cover all values."],
    );
    // Present or not.
    check(
        "t: { task: { title: { de: Tun, en: Do }, fields: { n: { type: integer, title: { de: Zahl, en: Number } }, m: { type: integer, required: true, title: { de: M, en: M } } } }, role: clerk, then: a }
a: { choose: [{ when: 'steps.t?.n != ()', then: b }, { when: 'steps.t?.n == ()', then: b }, { else: b }] }
b: { T }",
        &["warning else_never_taken: The way `else` is never taken: the ways before cover all values."],
    );
}

#[test]
fn tables_with_gaps_and_overlaps() {
    // A gap.
    check(
        r#"c: { decide: t.yaml }
>t.yaml inputs: { dogs: application.dogs, kind: application.kind }
>t.yaml outputs: { x: }
>t.yaml rows:
>t.yaml   - { when: { dogs: '< 3' }, then: { x: 1 } }
>t.yaml   - { when: { dogs: '> 3', kind: '"a"' }, then: { x: 2 } }"#,
        &[
            "warning table_gap: The table has no row for these values: “Dogs” is 3; The kind is “A”.",
            "warning table_gap: The table has no row for these values: “Dogs” is 4; The kind is “B”.",
        ],
    );
    // An overlap.
    check(
        "c: { decide: t.yaml }
>t.yaml inputs: { dogs: application.dogs }
>t.yaml outputs: { x: }
>t.yaml rows:
>t.yaml   - { when: { dogs: '<= 3' }, then: { x: 1 } }
>t.yaml   - { when: { dogs: '>= 3' }, then: { x: 2 } }",
        &["warning table_rows_overlap: Rows 1 and 2 match the same values: “Dogs” is 3."],
    );
    // Rows that agree.
    check(
        "c: { decide: t.yaml }
>t.yaml inputs: { dogs: application.dogs }
>t.yaml outputs: { x: }
>t.yaml hit_policy: any
>t.yaml rows:
>t.yaml   - { when: { dogs: '<= 3' }, then: { x: 1 } }
>t.yaml   - { when: { dogs: '>= 3' }, then: { x: 1 } }",
        &[],
    );
    // A row behind.
    check(
        "c: { decide: t.yaml }
>t.yaml inputs: { dogs: application.dogs }
>t.yaml outputs: { x: }
>t.yaml hit_policy: first
>t.yaml rows:
>t.yaml   - { when: { dogs: '> 3' }, then: { x: 1 } }
>t.yaml   - { when: { dogs: '> 5' }, then: { x: 2 } }
>t.yaml   - { when: {}, then: { x: 3 } }",
        &[
            "warning table_row_never_counts: Row 2 never decides: its values cannot occur, or a row that comes first always matches then.",
        ],
    );
    // A row that no value fits.
    check(
        "c: { decide: t.yaml }
>t.yaml inputs: { dogs: application.dogs }
>t.yaml outputs: { x: }
>t.yaml hit_policy: collect
>t.yaml rows:
>t.yaml   - { when: { dogs: '> 3' }, then: { x: 1 } }
>t.yaml   - { when: { dogs: '< 0' }, then: { x: 2 } }",
        &[
            "warning table_row_never_counts: Row 2 never decides: its values cannot occur, or a row that comes first always matches then.",
        ],
    );
    // A row of a lower rank.
    check(
        "c: { decide: t.yaml }
>t.yaml inputs: { dogs: application.dogs }
>t.yaml outputs: { x: { values: [high, low] } }
>t.yaml hit_policy: priority
>t.yaml rows:
>t.yaml   - { when: { dogs: '> 5' }, then: { x: low } }
>t.yaml   - { when: { dogs: '> 3' }, then: { x: high } }
>t.yaml   - { when: {}, then: { x: low } }",
        &[
            "warning table_row_never_counts: Row 1 never decides: its values cannot occur, or a row that comes first always matches then.",
        ],
    );
    // What is computed is not known.
    check(
        "c: { decide: t.yaml }
>t.yaml inputs: { dogs: application.dogs + 1 }
>t.yaml outputs: { x: }
>t.yaml rows:
>t.yaml   - { when: { dogs: '> 3' }, then: { x: 1 } }",
        &[],
    );
    // A list may be empty.
    check(
        "c: { decide: t.yaml }
>t.yaml inputs: { dogs: application.dogs }
>t.yaml outputs: { x: }
>t.yaml hit_policy: collect
>t.yaml rows:
>t.yaml   - { when: { dogs: '> 3' }, then: { x: 1 } }",
        &[],
    );
}

/// Six pigeons in five holes: that there is no way to place them is true, and takes too long to prove.
#[test]
fn conditions_that_are_built_to_explode() {
    let sits = |pigeon: usize, hole: usize| format!("application.dogs % {} == {hole}", pigeon + 10);
    let mut rules: Vec<String> = Vec::new();
    for pigeon in 0..6 {
        let nowhere: Vec<String> = (0..5).map(|hole| format!("!({})", sits(pigeon, hole))).collect();
        rules.push(nowhere.join(" && "));
    }
    for hole in 0..5 {
        for one in 0..6 {
            rules.extend((0..one).map(|two| format!("{} && {}", sits(one, hole), sits(two, hole))));
        }
    }
    let ways: String = rules.iter().map(|rule| format!("{{ when: '{rule}', then: b }}, ")).collect();
    check(
        &format!("a: {{ choose: [{ways}{{ else: b }}] }}\nb: {{ T }}"),
        &[
            "warning conditions_not_decided: Whether each of these ways can be taken is not decided: there would be more than 1000000 answers to look at.",
        ],
    );
}

const OPTIONS: &str = "a: { task: { title: { de: Wahl, en: Choice }, fields: { outcome: { type: choice, required: true, title: { de: Art, en: Kind }, options: { x: { title: { de: x, en: x }, when: 'FIRST' }, y: { title: { de: y, en: y }, when: 'SECOND' } } } } }, role: clerk, then: b }
b: { T }";

#[test]
fn a_choice_that_nobody_can_make() {
    let options = |first: &str, second: &str| OPTIONS.replace("FIRST", first).replace("SECOND", second);
    check(
        &options("application.dogs > 2", "application.dogs > 5"),
        &[
            "warning no_option_left: Something must be chosen at “Kind”, but for some values there is no option; then nobody can do the task. For example: “Dogs” is 0.",
        ],
    );
    check(
        &options("application.dogs > 2", r#"application.kind == "a""#),
        &[
            "warning no_option_left: Something must be chosen at “Kind”, but for some values there is no option; then nobody can do the task. For example: “Dogs” is 0 and the kind is “B”.",
        ],
    );
    check(&options("application.dogs > 2", "application.dogs < 3"), &[]);
    check(&options("application.dogs > 2", "true"), &[]);
    check(&options("result?.outcome == () && application.dogs > 2", "application.dogs > 5"), &[]);
}

#[test]
fn a_reaction_that_nothing_wakes() {
    check(
        "! always: { x: { condition: 'application.dogs < 0', then: b }, y: { message: gone, when: 'application.dogs < 0', then: b } }
a: { T }
b: { T }",
        &["warning condition_never_holds: The condition `application.dogs < 0` never holds: no values that can stand there meet it."; 2],
    );
    check(
        "a: { wait: { x: { condition: 'application.dogs < 0' }, y: { message: gone } }, then: b }
b: { T }",
        &[
            "warning condition_never_holds: The condition `application.dogs < 0` never holds: no values that can stand there meet it.",
        ],
    );
}
