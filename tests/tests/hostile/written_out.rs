//! Blocks that use blocks: a little text that means a lot of it.

use fachwerk_core::language::Folder;

use super::{HEAD, TITLE, folder, joined, line, lines, problems_of};

/// A block of this name; `more`: further lines.
fn block(id: &str, more: &str, steps: &str) -> Folder {
    let text = format!(
        "block: {id}\nversion: 1.0.0\n{TITLE}\nsummary: {{ de: a, en: b }}\ncategory: intake\n{more}\nsteps:\n{steps}"
    );
    let mut folder = folder(&[("block.yaml", text.as_bytes())]);
    folder.name = id.into();
    folder
}

fn parameter(name: &str, ty: &str) -> String {
    format!("parameters: {{ {name}: {{ {ty}, {TITLE}, help: {{ de: a, en: b }} }} }}")
}

#[track_caller]
fn check(steps: &str, blocks: &[Folder], expected: &[&str]) {
    let text = format!("{HEAD}{steps}");
    assert_eq!(lines(&problems_of(&[("process.yaml", text.as_bytes())], blocks)), expected);
}

#[test]
fn a_block_that_uses_itself() {
    let itself = block("itself", "", "  a: { block: itself@1 }");
    check("steps: { a: { block: itself@1 } }", &[itself], &["itself/block.yaml:8:15 block_uses_itself"]);
    let (ping, pong) =
        (block("ping", "", "  a: { block: pong@1 }"), block("pong", "", "  a: { block: ping@1 }"));
    check("steps: { a: { block: ping@1 } }", &[ping, pong], &["pong/block.yaml:8:15 block_uses_itself"]);
    check("steps: { a: { block: nobody@1 } }", &[], &["process.yaml:5:22 unknown_block"]);
}

/// Each block uses the next ten times: ten to the power of the depth.
#[test]
fn a_fan_of_blocks() {
    let fan = |from: usize| -> Vec<Folder> {
        let uses = |next: usize| joined(10, "\n", |at| format!("  a{at}: {{ block: fan{next}@1 }}"));
        let last = block("fan9", "", "  a: { end: true }");
        (from..9).map(|at| block(&format!("fan{at}"), "", &uses(at + 1))).chain([last]).collect()
    };
    // 1 + 10 + 100 + 1,000 steps and as many ends.
    check("steps: { a: { block: fan6@1 } }", &fan(6), &[]);
    let text = format!("{HEAD}steps: {{ a: {{ block: fan5@1 }} }}");
    let problems = problems_of(&[("process.yaml", text.as_bytes())], &fan(5));
    // One too many in whichever scope is written out when the limit is reached.
    assert!(
        problems.iter().any(|problem| problem.code == "too_many_steps"),
        "{:?}",
        problems.iter().map(line).collect::<Vec<_>>()
    );
}

/// A value of a megabyte, handed on thousands of times.
#[test]
fn a_value_that_is_handed_on() {
    let text = parameter("p", "type: text, max_length: 1000000");
    let uses = joined(1_500, "\n", |at| format!("  a{at}: {{ block: small@1, with: {{ p: $p }} }}"));
    let blocks = [block("big", &text, &uses), block("small", &text, "  a: { end: true }")];
    let steps = format!("steps: {{ a: {{ block: big@1, with: {{ p: {} }} }} }}", "x".repeat(900_000));
    check(&steps, &blocks, &["big/block.yaml:28:17 too_much_written_out"]);
    let list = parameter("l", "type: list, max_items: 20000");
    let uses = joined(1_500, "\n", |at| format!("  a{at}: {{ block: small@1, with: {{ l: $l }} }}"));
    let blocks = [block("big", &list, &uses), block("small", &list, "  a: { end: true }")];
    let steps = format!("steps: {{ a: {{ block: big@1, with: {{ l: [{}] }} }} }}", "x, ".repeat(15_000));
    check(&steps, &blocks, &["big/block.yaml:19:17 too_much_written_out"]);
}

/// A large form in a block that is used a thousand times.
#[test]
fn a_file_that_is_read_again_and_again() {
    let mut large = block("large", "role: true", "  a: { role: $role, task: form.yaml }");
    let fields = joined(1_900, ", ", |at| format!("f{at}: {{ type: text, {TITLE} }}"));
    large.files.insert("form.yaml".into(), format!("{TITLE}\nfields: {{ {fields} }}").into_bytes().into());
    let uses = joined(1_000, "\n", |at| format!("  a{at}: {{ block: large@1, role: clerk }}"));
    check(&format!("steps:\n{uses}"), &[large], &["large/block.yaml:8:27 too_much_written_out"]);
}

/// One field for each entry of a list.
#[test]
fn a_field_for_each() {
    let list = parameter("l", "type: list, max_items: 6000");
    let field = format!("each: $l, field: {{ name: $item, type: text, {TITLE} }}");
    let each = block(
        "each",
        &list,
        &format!("  a: {{ role: clerk, task: {{ {TITLE}, fields: {{ f: {{ {field} }} }} }} }}"),
    );
    let with = |list: &str| format!("steps: {{ a: {{ block: each@1, with: {{ l: {list} }} }} }}");
    let each = [each];
    check(&with(&format!("[{}]", joined(5_000, ", ", |at| format!("f{at}")))), &each, &[]);
    check(&with("[x, x]"), &each, &["process.yaml:5:45 duplicate_field"]);
    check(&with("[x, 'A b']"), &each, &["process.yaml:5:45 field_not_snake"]);
    check(&with("5"), &each, &["process.yaml:5:41 parameter_does_not_fit"]);
    check(&with("[[x]]"), &each, &["process.yaml:5:42 parameter_does_not_fit"]);
}
