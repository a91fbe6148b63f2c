//! The small process of the tests, read as prose and drawn as a graph.

use fachwerk_core::words::Language;

use super::*;
use crate::test_material::{as_expected, permit};

/// Every step with its sentence, indented by its depth; what a scope reacts to stands behind `!`.
fn lines(steps: &[Outline], depth: usize, language: Language, found: &mut String) {
    for step in steps {
        let indent = "  ".repeat(depth);
        found.push_str(&format!("{indent}{}: {}\n", step.step, step.sentence.get(language)));
        for handler in &step.handlers {
            found.push_str(&format!("{indent}  ! {}\n", handler.sentence.get(language)));
        }
        lines(&step.children, depth + 1, language, found);
    }
}

#[track_caller]
fn check(language: Language, expected: &str) {
    let (release, wording) = permit();
    let mut found = String::new();
    for handler in case_handlers(&release, &wording) {
        found.push_str(&format!("! {}\n", handler.sentence.get(language)));
    }
    lines(&outline(&release, &wording), 0, language, &mut found);
    as_expected(expected, &found);
}

#[test]
fn a_process_reads_as_prose() {
    check(Language::De, "outline.de.txt");
    check(Language::En, "outline.en.txt");
}

#[test]
fn a_process_is_drawn_as_a_graph() {
    let (release, wording) = permit();
    let Graph { nodes, edges } = graph(&release, &wording);
    let mut found = String::new();
    for node in &nodes {
        let handlers: Vec<&str> = node.handlers.iter().map(|handler| &*handler.name).collect();
        let (kind, parent) = (node.kind, node.parent.as_deref().unwrap_or("-"));
        found.push_str(&format!("{} {kind:?} in {parent} [{}]\n", node.id, handlers.join(" ")));
    }
    for edge in &edges {
        let because = [("outcome", &edge.outcome), ("handler", &edge.handler), ("when", &edge.when)];
        let because = because.iter().filter_map(|(kind, name)| Some(format!(" {kind} {}", name.as_ref()?)));
        let (from, because) = (edge.from.as_deref().unwrap_or("-"), because.collect::<String>());
        found.push_str(&format!("{}: {from} -> {}{because}\n", edge.id, edge.to));
    }
    as_expected("graph.txt", &found);
}

/// Every flow of the outline, so that the page can link it.
#[test]
fn flows_say_where_they_lead() {
    fn gather(steps: &[Outline], found: &mut String) {
        for step in steps {
            for flow in &step.flows {
                let part = |name: &str, value: Option<&str>| {
                    value.map(|value| format!(" {name} {value}")).unwrap_or_default()
                };
                found.push_str(&format!(
                    "{}:{}{}{}{}{}\n",
                    step.step,
                    part("outcome", flow.outcome.as_deref()),
                    part("called", flow.outcome_title.as_ref().map(|title| &*title.de)),
                    part("when", flow.when.as_deref()),
                    part("to", flow.to.as_deref()),
                    part("leaves with", flow.leaves_with.as_deref()),
                ));
                assert_eq!(flow.leaves, flow.leaves_with.is_some());
            }
            gather(&step.children, found);
        }
    }
    let (release, wording) = permit();
    let mut found = String::new();
    gather(&outline(&release, &wording), &mut found);
    as_expected("flows.txt", &found);
}
