//! The table as a decision of DMN for dsntk, with typed inputs.

use dsntk_feel::{FeelScope, context::FeelContext, values::Value};
use dsntk_model_evaluator::ModelEvaluator;

use crate::{Decide, sample};

const NAMESPACE: &str = "https://example.org/trees";

pub fn decide() -> Decide {
    let definitions = dsntk_model::parse(&model()).expect("a model");
    let evaluator = ModelEvaluator::new(&[definitions]).expect("an evaluator");
    let cases: Vec<FeelContext> = (0..sample::ROWS).map(case).collect();
    Box::new(move |row| {
        let case = cases.get(usize::try_from(row).ok()?)?;
        match evaluator.evaluate_invocable(NAMESPACE, "trees", "answer", case) {
            Value::Context(found) => match found.get_entry(&"fee".into())? {
                Value::Number(fee) => fee.to_string().parse().ok(),
                _ => None,
            },
            _ => None,
        }
    })
}

fn case(row: i64) -> FeelContext {
    let text = format!(
        "{{ area: {}, kind: \"ash\", is_owner: false, received: date(\"2026-03-02\") }}",
        sample::areas(row).0 + 5
    );
    dsntk_feel_evaluator::evaluate_context(&FeelScope::default(), &text).expect("a context")
}

fn model() -> String {
    let names = [("area", "number"), ("kind", "string"), ("is_owner", "boolean"), ("received", "date")];
    let data: String = names
        .map(|(name, kind)| {
            format!("<inputData id=\"_{name}\" name=\"{name}\"><variable name=\"{name}\" typeRef=\"{kind}\"/></inputData>")
        })
        .concat();
    let required: String = names
        .map(|(name, _)| {
            format!("<informationRequirement id=\"_r_{name}\"><requiredInput href=\"#_{name}\"/></informationRequirement>")
        })
        .concat();
    let inputs: String = names
        .map(|(name, kind)| {
            format!("<input id=\"_i_{name}\"><inputExpression typeRef=\"{kind}\"><text>{name}</text></inputExpression></input>")
        })
        .concat();
    let rows: String = (0..sample::ROWS).map(rule).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<definitions xmlns=\"https://www.omg.org/spec/DMN/20191111/MODEL/\" namespace=\"{NAMESPACE}\" name=\"trees\" id=\"_trees\">
{data}
<decision name=\"answer\" id=\"_answer\"><variable name=\"answer\"/>{required}
<decisionTable id=\"_table\" hitPolicy=\"UNIQUE\">{inputs}<output id=\"_o1\" name=\"fee\" typeRef=\"number\"/><output id=\"_o2\" name=\"decision\" typeRef=\"string\"/>
{rows}
</decisionTable></decision></definitions>"
    )
}

fn rule(row: i64) -> String {
    let (from, to) = sample::areas(row);
    let kinds = sample::kinds(row).map_or("-".to_owned(), |[one, other]| format!("\"{one}\",\"{other}\""));
    let cells =
        [format!("[{from}..{to})"), kinds, "-".to_owned(), format!("&gt;= date(\"{}\")", sample::FIRST_DAY)];
    let conditions: String = cells
        .iter()
        .enumerate()
        .map(|(column, text)| {
            format!("<inputEntry id=\"_c_{row}_{column}\"><text>{text}</text></inputEntry>")
        })
        .collect();
    let results = [sample::fee(row).to_string(), "\"granted\"".to_owned()];
    let results: String = results
        .iter()
        .enumerate()
        .map(|(column, text)| {
            format!("<outputEntry id=\"_o_{row}_{column}\"><text>{text}</text></outputEntry>")
        })
        .collect();
    format!("<rule id=\"_rule_{row}\">{conditions}{results}</rule>\n")
}
