//! The small process of the tests, read as prose and drawn as a graph.

use super::*;
use crate::test_material::permit;

/// Every step with its sentence, indented by its depth.
fn lines(steps: &[Outline], depth: usize, language: fachwerk_core::words::Language, found: &mut Vec<String>) {
    for step in steps {
        found.push(format!("{}{}: {}", "  ".repeat(depth), step.step, step.sentence.get(language)));
        for handler in &step.handlers {
            found.push(format!("{}! {}", "  ".repeat(depth + 1), handler.sentence.get(language)));
        }
        lines(&step.children, depth + 1, language, found);
    }
}

#[track_caller]
fn check(language: fachwerk_core::words::Language, expected: &[&str]) {
    let (release, wording) = permit();
    let mut found: Vec<String> = case_handlers(&release, &wording)
        .iter()
        .map(|handler| format!("! {}", handler.sentence.get(language)))
        .collect();
    lines(&outline(&release, &wording), 0, language, &mut found);
    assert_eq!(found.join("\n"), expected.join("\n"));
}

#[test]
fn a_process_reads_as_prose_in_german() {
    check(fachwerk_core::words::Language::De, &[]);
}

#[test]
fn a_process_reads_as_prose_in_english() {
    check(fachwerk_core::words::Language::En, &[]);
}

#[test]
fn a_process_is_drawn_as_a_graph() {
    let (release, wording) = permit();
    let Graph { nodes, edges } = graph(&release, &wording);
    let nodes: Vec<String> = nodes
        .iter()
        .map(|node| format!("{} in {}: {:?}", node.id, node.parent.as_deref().unwrap_or("-"), node.kind))
        .collect();
    let edges: Vec<String> = edges
        .iter()
        .map(|edge| {
            let why = [&edge.outcome, &edge.handler, &edge.when].map(|part| part.as_deref().unwrap_or("-"));
            format!("{} {} -> {} {}", edge.id, edge.from.as_deref().unwrap_or("-"), edge.to, why.join(" "))
        })
        .collect();
    assert_eq!(nodes.join("\n"), "");
    assert_eq!(edges.join("\n"), "");
}
