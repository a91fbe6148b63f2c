//! What is proven of the values of processes: those that are read before they are there, and those that parallel paths write.

use crate::short::{catalogue, check, entries, folder, root, said};
use fachwerk_core::scenario;

#[test]
fn what_is_read_too_early() {
    // Left out.
    check(
        "a: { T(do,skip), then: { do: b, skip: c } }
b: { F, then: c }
c: { R(steps.b.note)R }",
        &[
            "concern result_may_be_missing: At “c” `steps.b.note` is read. It is not there by then on every way; it is set at “Do”. This is how: “Do” (skip).",
        ],
    );
    // Only afterwards.
    check(
        "a: { R(steps.b.note)R, then: b }
b: { F }",
        &[
            "concern result_never_there: At “a” `steps.b.note` is read. It is never there by then: it is set at “Do”, and no way leads there before.",
        ],
    );
    // A reaction at any time.
    check(
        "! always: { gone: { message: gone, then: z } }
a: { F, then: b }
b: { T }
z: { R(steps.a.note)R }",
        &[
            "concern result_may_be_missing: At “z” `steps.a.note` is read. It is not there by then on every way; it is set at “Do”. This is how: “case” (gone).",
        ],
    );
    // A branch beside.
    check(
        "a: { fork: { b: { F }, c: { R(steps.b.note)R } }, join: d }
d: { T }",
        &[
            "concern result_may_be_missing: At “c” `steps.b.note` is read. It is not there by then on every way; it is set at “Do”.",
        ],
    );
    // A branch that need not begin.
    check(
        "a: { fork: { b: { F, when: 'application.dogs > 2' }, c: { T } }, join: d }
d: { R(steps.b.note)R }",
        &[
            "concern result_may_be_missing: At “d” `steps.b.note` is read. It is not there by then on every way; it is set at “Do”. This is how: “Do”.",
        ],
    );
    // One of several.
    check(
        "a: { fork: { b: { F }, c: { F } }, wait_for: '1', join: d }
d: { R(steps.b.note)R }",
        &[
            "concern result_may_be_missing: At “d” `steps.b.note` is read. It is not there by then on every way; it is set at “Do”. This is how: “Do”.",
        ],
    );
    // A later step of the round.
    check(
        "a: { each: { times: '3', steps: { p: { R(steps.q.note)R, then: q }, q: { F } } } }",
        &[
            "concern result_never_there: At “p” `steps.q.note` is read. It is never there by then: it is set at “Do”, and no way leads there before.",
        ],
    );
    // The first round.
    check(
        r#"a: { group: { repeat: { until: 'steps.q.note == "x"' }, steps: { p: { R(steps.q.note)R, then: q }, q: { F } } } }"#,
        &[
            "concern result_may_be_missing: At “p” `steps.q.note` is read. It is not there by then on every way; it is set at “Do”.",
        ],
    );
    // A step that nobody may choose.
    check(
        "a: { group: { ad_hoc: { role: clerk }, steps: { p: { F }, q: { T } } }, then: c }
c: { R(steps.p.note)R }",
        &[
            "concern result_may_be_missing: At “c” `steps.p.note` is read. It is not there by then on every way; it is set at “Do”. This is how: “Do”.",
        ],
    );
    // A message that did not come.
    check(
        "a: { wait: { came: { message: m }, late: { timer: { after: 2 days } } }, then: { came: c, late: c } }
c: { R(steps.a.text)R }",
        &["concern result_may_be_missing: At “c” `steps.a.text` is read. It is not there by then on every way; it is set at “a”. This is how: “a” (late)."],
    );
    // A group writes nothing.
    check(
        "a: { group: { steps: { p: { F } } }, then: c }
c: { R(steps.a.note)R }",
        &[
            "concern result_never_there: At “c” `steps.a.note` is read. Nothing in the process sets it. This is how: “Do”.",
        ],
    );
    // Any error.
    check(
        "a: { group: { steps: { p: { F, then: q }, q: { T } }, on: { lost: { error: any, then: $lost } } }, then: { lost: c, else: d } }
c: { R(steps.p.note)R }
d: { T }",
        &["warning result_may_be_missing: At “c” `steps.p.note` is read. It is not there by then on every way; it is set at “Do”. This is how it may come about: “a” (lost)."],
    );
    // A template.
    check(
        "a: { T(do,skip), then: { do: b, skip: c } }
b: { F, then: c }
c: { effect: letter, with: { title: x, body: { template: t.md } } }
>t.md Hallo {{ steps.b.note }}",
        &[
            "concern result_may_be_missing: At “c” `steps.b.note` is read. It is not there by then on every way; it is set at “Do”. This is how: “Do” (skip).",
        ],
    );
    // A table.
    check(
        r#"a: { T(do,skip), then: { do: b, skip: c } }
b: { F, then: c }
c: { decide: t.yaml }
>t.yaml inputs: { note: steps.b.note }
>t.yaml outputs: { x: }
>t.yaml rows: [{ when: { note: '"x"' }, then: { x: 1 } }]
>t.yaml default: { x: 2 }"#,
        &[
            "concern result_may_be_missing: At “c” `steps.b.note` is read. It is not there by then on every way; it is set at “Do”. This is how: “Do” (skip).",
        ],
    );
    // A condition that says nothing.
    check(
        "a: { T(do,skip), then: { do: b, skip: c } }
b: { compute: { ok: 'true' }, then: c }
c: { choose: [{ when: 'steps.b?.ok', then: d }, { else: d }] }
d: { T }",
        &[
            "concern result_may_be_missing: At “c” `steps.b.ok` is read. It is not there by then on every way; it is set at “b”. This is how: “Do” (skip).",
        ],
    );
    // A form.
    check(
        "a: { T(do,skip), then: { do: b, skip: c } }
b: { F, then: c }
c: { task: { title: { de: Tun, en: Do }, fields: { x: { type: text, title: { de: X, en: X }, propose: steps.b.note } } }, role: clerk }",
        &["concern result_may_be_missing: At “Do” `steps.b.note` is read. It is not there by then on every way; it is set at “Do”. This is how: “Do” (skip)."],
    );
    // A value that is shown.
    check(
        "a: { T(do,skip), then: { do: b, skip: c } }
b: { F, then: c }
c: { task: { title: { de: Tun, en: Do }, show: [{ title: { de: X, en: X }, value: steps.b.note }] }, role: clerk }",
        &["warning result_may_be_missing: At “Do” `steps.b.note` is read. It is not there by then on every way; it is set at “Do”. This is how it may come about: “Do” (skip)."],
    );
    // An optional field alone.
    check(
        r#"a: { task: { title: { de: Tun, en: Do }, fields: { x: { type: text, title: { de: X, en: X } } } }, role: clerk, then: b }
b: { R(steps.a.x ?? "")R }"#,
        &[
            "warning result_may_be_missing: At “b” `steps.a.x` is read. It is not there by then on every way; it is set at “Do”. This is how it may come about: “Do”.",
        ],
    );
    // A join of which one way leads round.
    check(
        "a: { T(both,one), then: { both: [b, c], one: c } }
b: { F, then: m }
c: { T, then: m }
m: { join: inclusive, then: d }
d: { R(steps.b.note)R }",
        &[
            "concern result_may_be_missing: At “d” `steps.b.note` is read. It is not there by then on every way; it is set at “Do”. This is how: “Do” (one), “Do”.",
        ],
    );
    // A script.
    check(
        "a: { T(do,skip), then: { do: b, skip: c } }
b: { F, then: c }
c: { compute: r.rhai }
>r.rhai let x = 1;
>r.rhai if steps.b?.note != () { x = steps.b.note; }
>r.rhai #{ y: x, z: steps.b.note }",
        &[
            "concern result_may_be_missing: At “c” `steps.b.note` is read. It is not there by then on every way; it is set at “Do”. This is how: “Do” (skip).",
        ],
    );
    // What the case hands over.
    check(
        "! out: { note: steps.b.note }
a: { T(do,skip), then: { do: b, skip: c } }
b: { F }
c: { T }",
        &[
            "warning result_may_be_missing: At “End of the case” `steps.b.note` is read. It is not there by then on every way; it is set at “Do”. This is how it may come about: “Do” (skip), “Do”.",
        ],
    );
    // Cancelled.
    check(
        "a: { T, then: [b, c, d] }
b: { F, then: m }
c: { T, then: m }
d: { T, then: e }
e: { cancel: b }
m: { join: 1, then: f }
f: { R(steps.b.note)R }",
        &[
            "concern result_may_be_missing: At “f” `steps.b.note` is read. It is not there by then on every way; it is set at “Do”. This is how: “Do”, “Do”.",
        ],
    );
    // One stands for the other, and neither is there.
    check(
        "a: { T(x,y,z), then: { x: b, y: c, z: d } }
b: { F, then: d }
c: { F, then: d }
d: { R(steps.b?.note ?? steps.c.note)R }",
        &[
            "concern result_may_be_missing: At “d” `steps.c.note` is read. It is not there by then on every way; it is set at “Do”. This is how: “Do” (z).",
        ],
    );
    // Inside a block.
    check(
        "u: { block: b@1, role: clerk, then: { done: c } }
c: { T }
@block.yaml block: b
@block.yaml version: 1.0.0
@block.yaml title: { de: B, en: B }
@block.yaml summary: { de: B., en: B. }
@block.yaml category: examination
@block.yaml parameters: {}
@block.yaml outcomes: { done: { title: { de: D, en: D } } }
@block.yaml steps:
@block.yaml   p: { task: { title: { de: Tun, en: Do }, fields: { outcome: { type: choice, required: true, title: { de: E, en: R }, options: { x: { de: x, en: x }, y: { de: y, en: y } } } } }, role: $role, then: { x: q, y: r } }
@block.yaml   q: { task: { title: { de: Tun, en: Do }, fields: { note: { type: text, required: true, title: { de: Notiz, en: Note } } } }, role: $role, then: r }
@block.yaml   r: { compute: { y: result.note }, then: $done }
",
        &["concern result_may_be_missing: At “r” `result.note` is read. It is not there by then on every way; it is set at “Do”. This is how: “Do” (y)."],
    );
    // What a block has not always written.
    check(
        "u: { block: b@1, role: clerk, then: { done: c } }
c: { R(steps.u.note)R }
@block.yaml block: b
@block.yaml version: 1.0.0
@block.yaml title: { de: B, en: B }
@block.yaml summary: { de: B., en: B. }
@block.yaml category: examination
@block.yaml parameters: {}
@block.yaml outcomes: { done: { title: { de: D, en: D } } }
@block.yaml steps:
@block.yaml   p: { task: { title: { de: Tun, en: Do }, fields: { outcome: { type: choice, required: true, title: { de: E, en: R }, options: { x: { de: x, en: x }, y: { de: y, en: y } } } } }, role: $role, then: { x: q, y: $done } }
@block.yaml   q: { task: { title: { de: Tun, en: Do }, fields: { note: { type: text, required: true, title: { de: Notiz, en: Note } } } }, role: $role, then: $done }
",
        &["concern result_may_be_missing: At “c” `steps.u.note` is read. It is not there by then on every way; it is set at “Do”. This is how: “Do” (y)."],
    );
}

#[test]
fn what_is_there_in_time() {
    // Each way sets it.
    check(
        "a: { T(x,y), then: { x: b, y: c } }
b: { F, then: d }
c: { F, then: d }
d: { R(steps.b?.note ?? steps.c.note)R }",
        &[],
    );
    // Guarded.
    check(
        r#"a: { T(do,skip), then: { do: b, skip: c } }
b: { F, then: c }
c: { R(steps.b?.note ?? "")R }"#,
        &[],
    );
    // A choice that asks first.
    check(
        "a: { T(do,skip), then: { do: b, skip: c } }
b: { F, then: c }
c: { choose: [{ when: 'steps.b?.note != ()', then: d }, { else: e }] }
d: { R(steps.b.note)R }
e: { T }",
        &[],
    );
    // A choice that asks the other way round.
    check(
        "a: { T(do,skip), then: { do: b, skip: c } }
b: { F, then: c }
c: { choose: [{ when: 'steps.b?.note == ()', then: e }, { else: d }] }
d: { R(steps.b.note)R }
e: { T }",
        &[],
    );
    // What asks knows what was before.
    check(
        "a: { T(do,skip), then: { do: p, skip: c } }
p: { F, then: b }
b: { F, then: c }
c: { choose: [{ when: 'steps.b?.note != ()', then: d }, { else: e }] }
d: { R(steps.p.note)R }
e: { T }",
        &[],
    );
    // All paths meet.
    check(
        "a: { T, then: [b, c] }
b: { F, then: m }
c: { F, then: m }
m: { join: all, then: d }
d: { R(steps.b.note + steps.c.note)R }",
        &[],
    );
    // All paths meet as they come.
    check(
        "a: { T, then: [b, c] }
b: { F, then: m }
c: { F, then: m }
m: { join: inclusive, then: d }
d: { R(steps.b.note + steps.c.note)R }",
        &[],
    );
    // All branches.
    check(
        "a: { fork: { b: { F }, c: { F } }, join: d }
d: { R(steps.b.note + steps.c.note)R }",
        &[],
    );
    // An error and what it tells.
    check(
        "a: { group: { steps: { p: { F, then: q }, q: { raise: { error: lost } }, r: { R(steps.p.note + steps.lost.code)R } }, on: { lost: { error: lost, then: r } } } }",
        &[],
    );
    // An escalation behind.
    check(
        "a: { group: { steps: { p: { F, then: q }, q: { raise: { escalation: late }, then: s }, s: { T }, r: { R(steps.p.note)R } }, on: { late: { escalation: late, interrupt: false, then: r } } } }",
        &[],
    );
    // A letter that left.
    check(
        "a: { group: { steps: { p: { F, then: l }, l: { effect: letter, with: { title: x, body: y }, then: s }, s: { T }, r: { R(steps.p.note)R } }, on: { sent: { dispatch: l, then: r } } } }",
        &[],
    );
    // A deadline from a letter.
    check(
        "p: { F, then: l }
l: { effect: letter, with: { title: x, body: y }, then: w }
w: { wait: { late: { deadline: { title: { de: Frist, en: Period }, period: 2 weeks, from: { notification: l } } } }, then: { late: r } }
r: { R(steps.p.note)R }",
        &[],
    );
    // Nothing comes before the first stop.
    check(
        "! always: { gone: { message: gone, then: z } }
a: { N, then: b }
b: { T }
z: { R(steps.a.x)R }",
        &[],
    );
    // A message that came.
    check(
        "! always: { gone: { message: gone, then: z } }
a: { T }
z: { R(steps.gone.text)R }",
        &[],
    );
    // A person who says why.
    check(
        "! always: { stop: { by: clerk, title: { de: Halt, en: Stop }, then: z } }
a: { T }
z: { R(steps.stop.reason)R }",
        &[],
    );
    // A rule of a reaction asks.
    check(
        "! always: { more: { message: more, when: 'steps.b?.note != ()', then: z } }
a: { F, then: b }
b: { F, then: c }
c: { T }
z: { R(steps.a.note)R }",
        &[],
    );
    // Until somebody has done it.
    check(
        "a: { group: { ad_hoc: { role: clerk, until: 'steps.p?.note != ()' }, steps: { p: { F }, q: { T } } }, then: c }
c: { R(steps.p.note)R }",
        &[],
    );
    // The rule after a round.
    check(
        r#"a: { group: { repeat: { until: 'steps.q.note == "x"' }, steps: { p: { T, then: q }, q: { F } } } }"#,
        &[],
    );
    // Within a round.
    check("a: { each: { times: '3', steps: { p: { F, then: q }, q: { R(steps.p.note)R } } } }", &[]);
    // A group of several paths.
    check(
        "a: { group: { steps: { p: { T, then: [q, r] }, q: { F }, r: { F } } }, then: c }
c: { R(steps.q.note + steps.r.note)R }",
        &[],
    );
    // Going back.
    check(
        "a: { T(on,back), then: { on: b, back: a } }
b: { F, then: c }
c: { T(on,back), then: { on: d, back: a } }
d: { R(steps.b.note)R }",
        &[],
    );
    // Undone.
    check(
        "a: { F, undo: u, then: b }
u: { R(steps.a.note)R }
b: { compensate: true, then: c }
c: { T }",
        &[],
    );
    // A template that asks.
    check(
        r#"a: { T(do,skip), then: { do: b, skip: c } }
b: { F, then: c }
c: { effect: letter, with: { title: x, body: { template: t.md } } }
>t.md {% if steps.b and steps.b.note %}{{ steps.b.note }}{% else %}{{ steps.b.note if steps.b else "-" }}{% endif %}"#,
        &[],
    );
    // Left over, but not read.
    check(
        r#"a: { fork: { b: { F }, c: { F } }, wait_for: '1', join: d }
d: { R(steps.b?.note ?? steps.c?.note ?? "")R }"#,
        &[],
    );
    // Two ways of a block write the same.
    check(
        "u: { block: b@1, role: clerk, then: { done: c } }
c: { R(steps.u.note)R }
@block.yaml block: b
@block.yaml version: 1.0.0
@block.yaml title: { de: B, en: B }
@block.yaml summary: { de: B., en: B. }
@block.yaml category: examination
@block.yaml parameters: {}
@block.yaml outcomes: { done: { title: { de: D, en: D } } }
@block.yaml steps:
@block.yaml   p: { task: { title: { de: Tun, en: Do }, fields: { outcome: { type: choice, required: true, title: { de: E, en: R }, options: { x: { de: x, en: x }, y: { de: y, en: y } } } } }, role: $role, then: { x: q, y: r } }
@block.yaml   q: { task: { title: { de: Tun, en: Do }, fields: { note: { type: text, required: true, title: { de: Notiz, en: Note } } } }, role: $role, then: s }
@block.yaml   r: { task: { title: { de: Tun, en: Do }, fields: { note: { type: text, required: true, title: { de: Notiz, en: Note } } } }, role: $role, then: s }
@block.yaml   s: { compute: { y: result.note }, then: $done }
",
        &[],
    );
}

#[test]
fn what_happens_at_the_same_time() {
    // A branch that asks.
    check(
        r#"a: { fork: { b: { F }, c: { R(steps.b?.note ?? "")R } }, join: d }
d: { T }"#,
        &[
            "warning read_while_written: “c” reads `steps.b.note` while “Do” may write it at the same time; what counts depends on which is done first.",
        ],
    );
    // Two paths to one task.
    check(
        "a: { T, then: [b, c] }
b: { T, then: d }
c: { T, then: d }
d: { F, then: e }
e: { R(steps.d.note)R }",
        &[
            "warning written_at_the_same_time: “Do” can be active several times at once; of `steps.d.note`, which “e” reads, only what came last remains.",
        ],
    );
    // A reaction that comes again.
    check(
        r#"! always: { more: { message: more, interrupt: false, then: b } }
a: { T(x,y), then: { x: c, y: c } }
b: { F }
c: { R(steps.b?.note ?? "")R }"#,
        &[
            "warning written_at_the_same_time: “Do” can be active several times at once; of `steps.b.note`, which “c” reads, only what came last remains.",
        ],
    );
    // What waits for another.
    check(
        "a: { fork: { b: { F }, c: { wait: { there: { condition: 'steps.b?.note != ()' } } } }, join: d }
d: { R(steps.b.note)R }",
        &[],
    );
    // Paths that have met.
    check(
        "a: { T, then: [b, c] }
b: { F, then: m }
c: { F, then: m }
m: { join: all, then: d }
d: { R(steps.b.note)R }",
        &[],
    );
    // Rounds.
    check("a: { each: { times: '3', steps: { p: { F, then: q }, q: { R(steps.p.note)R } } } }", &[]);
    // Counting messages.
    check(
        "! always: { more: { message: more, interrupt: false, then: b } }
a: { T }
b: { compute: { n: '(steps.b?.n ?? 0) + 1' } }",
        &[],
    );
    // A value that is written again beside.
    check(
        "! always: { more: { message: more, interrupt: false, when: 'steps.a?.note != ()', then: b } }
a: { F, then: c }
c: { T(back,on), then: { back: a, on: d } }
d: { T }
b: { R(steps.a.note)R }",
        &[
            "warning read_while_written: “b” reads `steps.a.note` while “Do” may write it at the same time; what counts depends on which is done first.",
        ],
    );
    // Two branches of a block.
    check(
        "u: { block: b@1, role: clerk, then: { done: c } }
c: { T }
@block.yaml block: b
@block.yaml version: 1.0.0
@block.yaml title: { de: B, en: B }
@block.yaml summary: { de: B., en: B. }
@block.yaml category: examination
@block.yaml parameters: {}
@block.yaml outcomes: { done: { title: { de: D, en: D } } }
@block.yaml steps:
@block.yaml   p: { fork: { q: { task: { title: { de: Tun, en: Do }, fields: { note: { type: text, required: true, title: { de: Notiz, en: Note } } } }, role: $role }, r: { task: { title: { de: Tun, en: Do }, fields: { note: { type: text, required: true, title: { de: Notiz, en: Note } } } }, role: $role } }, join: $done }
",
        &["warning written_at_the_same_time: “Do” and “Do” can be active at the same time and both write `result.note`; what comes last counts."],
    );
}

/// What a person would say of them, too.
#[test]
fn the_data_of_every_example_are_sound() {
    let (catalogue, mut found) = (catalogue(), Vec::new());
    for of in ["examples/patterns", "examples/constructs", "examples/administration", "examples"] {
        for path in entries(&root().join(of)).into_iter().filter(|path| path.join("process.yaml").exists()) {
            let folder = folder(&path);
            found
                .extend(said(&folder, &catalogue).into_iter().map(|line| format!("{}: {line}", folder.name)));
        }
    }
    assert_eq!(found, [""; 0]);
}

/// The same of the blocks, each in the little processes of its scenarios.
#[test]
fn the_data_of_every_block_are_sound() {
    let (catalogue, mut found) = (catalogue(), Vec::new());
    for path in
        entries(&root().join("building-blocks")).into_iter().filter(|path| path.join("block.yaml").exists())
    {
        let folder = folder(&path);
        for name in folder.files.keys().filter(|name| scenario::is_scenario(name)) {
            if let (Some(scenario), _) = scenario::read(&folder, name)
                && let Some(harness) = scenario.harness
            {
                found.extend(
                    said(&harness.folder, &catalogue).into_iter().map(|line| format!("{name}: {line}")),
                );
            }
        }
    }
    assert_eq!(found, [""; 0]);
}

/// Whatever ends all else does not come to the join; who comes there comes with all that was begun.
#[test]
fn a_reaction_that_ends_all_else_does_not_open_a_join() {
    let steps = "w: { T(both,one), then: { both: [a, b], one: a } }\na: { F, then: m }\nb: { T, then: m }\nm: { join: inclusive, then: u }\nu: { compute: { x: steps.a.note } }";
    let beside = "! always: { gone: { message: gone, then: over } }";
    check(&format!("{beside}\n{steps}\nover: {{ end: gone }}"), &[]);
    check(
        &format!("{beside}\n{}\nover: {{ end: gone }}", steps.replace("one: a }", "one: b }")),
        &[
            "concern result_may_be_missing: At “u” `steps.a.note` is read. It is not there by then on every way; it is set at “Do”. This is how: “Do” (one), “Do”.",
        ],
    );
}

#[test]
fn file_numbers_in_letters() {
    let letter = "c: { effect: letter, with: { title: x, body: { template: t.md } } }\n>t.md Aktenzeichen {{ file.number }}";
    let draw = "b: { number: { pattern: \"A-{number}\", file_number: true }, then: c }\n";
    check(
        &format!("a: {{ T(do,skip), then: {{ do: b, skip: c }} }}\n{draw}{letter}"),
        &[
            "concern result_may_be_missing: At “c” `file.number` is read. It is not there by then on every way; it is set at “b”. This is how: “Do” (skip).",
        ],
    );
    check(&format!("a: {{ T, then: b }}\n{draw}{letter}"), &[]);
    check(
        &format!("a: {{ T, then: c }}\n{letter}"),
        &[
            "concern result_never_there: At “c” `file.number` is read. Nothing in the process sets it. This is how: “Do”.",
        ],
    );
    let asks = letter.replace("{{ file.number }}", "{% if file.number %}{{ file.number }}{% endif %}");
    check(&format!("a: {{ T(do,skip), then: {{ do: b, skip: c }} }}\n{draw}{asks}"), &[]);
}
