//! The decision tables of the DMN conformance kit, level 2, with its own test cases.
//!
//! This is no import of DMN: it reads as much of a model as its tables need. Numbers with a fraction are taken in
//! hundredths, as we store money. The kit lies in the folder `suites` of the shared material.

mod model;
mod xml;

use std::fs;
use std::path::{Path, PathBuf};

use fachwerk_rules::{DecisionCode, HitPolicy, Sandbox, Table, Vars};
use serde_json::{Map, Value, json};

use model::Decision;
use xml::Element;

/// Cases that must be there, so that a kit which is read wrongly is noticed.
const CASES: usize = 51;

#[test]
fn level_2_decision_tables() {
    let Some(kit) = suites().map(|suites| suites.join("dmn-tck/TestCases/compliance-level-2")) else {
        return;
    };
    let (mut passed, mut failed) = (0, Vec::new());
    for folder in entries(&kit) {
        let Some(dmn) =
            entries(&folder).into_iter().find(|path| path.extension().is_some_and(|e| e == "dmn"))
        else {
            continue;
        };
        let decisions = model::read(&read(&dmn));
        for test in entries(&folder).into_iter().filter(|path| path.extension().is_some_and(|e| e == "xml")) {
            for case in read(&test).all("testCase") {
                for result in case.children("resultNode") {
                    let Some(decision) =
                        decisions.iter().find(|d| Some(&*d.name) == result.attribute("name"))
                    else {
                        continue;
                    };
                    let (found, expected) = (evaluate(decision, case), expected(decision, result));
                    if found == expected {
                        passed += 1;
                    } else {
                        let name = test.file_name().unwrap_or_default().display();
                        let id = case.attribute("id").unwrap_or_default();
                        failed.push(format!("{name} {id}: {found} instead of {expected}"));
                    }
                }
            }
        }
    }
    println!("{passed} cases of the kit pass");
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert_eq!(passed, CASES);
}

/// What our table makes of the inputs of a case, in the shape that the kit expects.
fn evaluate(decision: &Decision, case: &Element) -> Value {
    let table = match Table::compile(&decision.table, &Sandbox::default()) {
        Ok(table) => table,
        Err(problems) => return json!(problems.iter().map(|p| p.message.clone()).collect::<Vec<_>>()),
    };
    let inputs: Map<String, Value> = case
        .children("inputNode")
        .filter_map(|node| Some((node.attribute("name")?.to_owned(), model::value(node, false))))
        .collect();
    let vars: Vars = inputs.iter().map(|(name, value)| (name.as_str(), value)).collect();
    match table.evaluate(&vars) {
        // A table with one output says its value, not an object with one member.
        Ok(outcome) if decision.table.outputs.len() == 1 => {
            let id = &decision.table.outputs[0].id;
            match outcome.outputs {
                Value::Array(rows) => rows.iter().map(|row| row[id].clone()).collect(),
                one => one[id].clone(),
            }
        }
        Ok(outcome) => outcome.outputs,
        // In DMN a table without a match says null.
        Err(error) if error.code == DecisionCode::NoMatch => Value::Null,
        Err(error) => json!(error.message),
    }
}

fn expected(decision: &Decision, result: &Element) -> Value {
    let hundredths = decision.hundredths && decision.table.hit_policy != HitPolicy::CollectCount;
    result.children("expected").next().map_or(Value::Null, |expected| model::value(expected, hundredths))
}

/// `FACHWERK_SUITES`, else `suites` of the shared material.
fn suites() -> Option<PathBuf> {
    let shared = std::env::var_os("FACHWERK_SHARED")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), PathBuf::from);
    let path = std::env::var_os("FACHWERK_SUITES").map_or_else(|| shared.join("suites"), PathBuf::from);
    if path.join("dmn-tck").is_dir() {
        return Some(path);
    }
    eprintln!("SKIPPED: there is no dmn-tck in {} (set FACHWERK_SUITES or FACHWERK_SHARED)", path.display());
    None
}

fn read(path: &Path) -> Element {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    xml::read(&text)
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let read = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut entries: Vec<PathBuf> = read.map(|entry| entry.expect("an entry can be read").path()).collect();
    entries.sort();
    entries
}
