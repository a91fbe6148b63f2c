//! The worked cases of the shared material, through the JSON form.

mod material;

use fachwerk_deadlines::{Language, json};
use serde_json::{Value, json};

#[test]
fn worked_cases() {
    let Some(cases) = material::shared("domain/deadlines_dev.json") else {
        return;
    };
    let cases = cases.as_array().expect("an array of cases");
    let questions: Vec<Value> = cases
        .iter()
        .map(|case| {
            let mut question = case["input"].clone();
            question["id"] = case["id"].clone();
            question
        })
        .collect();
    let answers = json::answer(&Value::Array(questions).to_string(), Language::De).expect("a good array");
    let answers: Vec<Value> = serde_json::from_str(&answers).expect("JSON comes out");
    let dates = |it: &Value| json!([it["id"], it["notified_on"], it["raw_end"], it["deadline"]]);
    assert_eq!(answers.iter().map(dates).collect::<Vec<_>>(), cases.iter().map(dates).collect::<Vec<_>>());
    assert_eq!(cases.len(), 19);
    for answer in &answers {
        let keys: Vec<&String> = answer.as_object().expect("an object").keys().collect();
        assert_eq!(keys, ["id", "notified_on", "raw_end", "deadline", "derivation"]);
        let derivation = answer["derivation"].as_array().expect("sentences");
        assert!(
            !derivation.is_empty()
                && derivation.iter().all(|it| it.as_str().is_some_and(|it| it.ends_with('.')))
        );
    }
}
