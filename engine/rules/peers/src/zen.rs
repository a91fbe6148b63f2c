//! The table as a decision of zen-engine. It knows no hit policy `unique`; the first row that matches is the same here.

use serde_json::{Value, json};
use tokio::runtime::Builder;
use zen_engine::{DecisionEngine, Variable, model::DecisionContent};

use crate::{Decide, sample};

pub fn decide() -> Decide {
    let content: DecisionContent = serde_json::from_value(graph()).expect("a graph");
    let mut decision = DecisionEngine::default().create_decision(content.into()).expect("a decision");
    decision.compile();
    let cases: Vec<Variable> = (0..sample::ROWS).map(|row| sample::case(row).into()).collect();
    let runtime = Builder::new_current_thread().build().expect("a runtime");
    Box::new(move |row| {
        // Its variables are shared; a decision writes into its own copy.
        let case = cases.get(usize::try_from(row).ok()?)?.depth_clone(1);
        let found = runtime.block_on(decision.evaluate(case)).ok()?;
        found.result.to_value()["fee"].as_i64()
    })
}

fn graph() -> Value {
    let rules: Vec<Value> = (0..sample::ROWS)
        .map(|row| {
            let (from, to) = sample::areas(row);
            let kinds =
                sample::kinds(row).map_or(String::new(), |[one, other]| format!("\"{one}\", \"{other}\""));
            json!({
                "_id": format!("r{row}"),
                "i0": format!("[{from}..{to})"), "i1": kinds, "i2": "",
                "i3": format!("date($) >= date(\"{}\")", sample::FIRST_DAY),
                "o0": sample::fee(row).to_string(), "o1": "\"granted\"",
            })
        })
        .collect();
    let head = |prefix: &str, index: usize, field: &str| json!({ "id": format!("{prefix}{index}"), "name": field, "field": field });
    let inputs: Vec<Value> =
        sample::INPUTS.iter().enumerate().map(|(i, field)| head("i", i, field)).collect();
    let outputs: Vec<Value> =
        sample::OUTPUTS.iter().enumerate().map(|(i, field)| head("o", i, field)).collect();
    json!({
        "contentType": "application/vnd.gorules.decision",
        "nodes": [
            { "id": "in", "type": "inputNode", "name": "request" },
            { "id": "table", "type": "decisionTableNode", "name": "table",
              "content": { "hitPolicy": "first", "inputs": inputs, "outputs": outputs, "rules": rules } },
            { "id": "out", "type": "outputNode", "name": "response" },
        ],
        "edges": [
            { "id": "e1", "sourceId": "in", "targetId": "table" },
            { "id": "e2", "sourceId": "table", "targetId": "out" },
        ],
    })
}
