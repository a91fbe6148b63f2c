//! The table that is measured, here and against peers: 20 rows; a number, a text, true or false, a date.

use fachwerk_rules::{HitPolicy, InputSource, OutputSource, RowSource, TableSource};
use serde_json::{Value, json};

pub const ROWS: i64 = 20;
pub const INPUTS: [&str; 4] =
    ["application.area", "application.kind", "application.is_owner", "application.received"];
pub const OUTPUTS: [&str; 2] = ["fee", "decision"];
pub const FIRST_DAY: &str = "2026-01-01";

/// The areas that a row is for: from the first, without the second.
pub fn areas(row: i64) -> (i64, i64) {
    (row * 10, row * 10 + 10)
}

/// The kinds that a row is for; none: any.
pub fn kinds(row: i64) -> Option<[&'static str; 2]> {
    (row % 2 == 0).then_some(["oak", "ash"])
}

/// What a row results in.
pub fn fee(row: i64) -> i64 {
    row * 100
}

pub fn table() -> TableSource {
    let row = |row: i64| RowSource {
        id: None,
        when: vec![
            format!("[{}..{})", areas(row).0, areas(row).1),
            kinds(row).map_or("-".into(), |[one, other]| format!("\"{one}\", \"{other}\"")),
            "-".into(),
            format!(">= date(\"{FIRST_DAY}\")"),
        ],
        then: vec![json!(fee(row)), json!("granted")],
        norm: Some("BNatSchG § 29".into()),
    };
    TableSource {
        inputs: INPUTS
            .map(|path| InputSource { id: path.into(), expression: path.into(), label: None })
            .into(),
        outputs: OUTPUTS.map(|id| OutputSource { id: id.into(), ..OutputSource::default() }).into(),
        hit_policy: HitPolicy::Unique,
        rows: (0..ROWS).map(row).collect(),
        default: Some(vec![json!(0), json!("none")]),
    }
}

/// A case that a row is for.
pub fn case(row: i64) -> Value {
    json!({ "application": {
        "area": areas(row).0 + 5, "kind": "ash", "is_owner": false, "received": "2026-03-02", "name": "Meyer & Söhne",
        "trees": (0..20).map(|height| json!({ "height": height })).collect::<Vec<_>>(),
    } })
}
