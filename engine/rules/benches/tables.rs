//! How many decisions, expressions and letters a second.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use fachwerk_rules::{
    HitPolicy, InputSource, Lang, OutputSource, RowSource, Sandbox, Table, TableSource, Template, Vars,
};
use serde_json::{Value, json};

/// 20 rows, 4 inputs: a number, a text, true or false, a date.
fn table() -> TableSource {
    let inputs = ["application.area", "application.kind", "application.is_owner", "application.received"];
    let row = |index: usize| RowSource {
        id: None,
        when: vec![
            format!("[{}..{})", index * 10, index * 10 + 10),
            if index.is_multiple_of(2) { "\"oak\", \"ash\"".into() } else { "-".into() },
            "-".into(),
            ">= date(\"2026-01-01\")".into(),
        ],
        then: vec![json!(index * 100), json!("granted")],
        norm: Some("BNatSchG § 29".into()),
    };
    TableSource {
        inputs: inputs
            .map(|path| InputSource { id: path.into(), expression: path.into(), label: None })
            .into(),
        outputs: ["fee", "decision"]
            .map(|id| OutputSource { id: id.into(), ..OutputSource::default() })
            .into(),
        hit_policy: HitPolicy::Unique,
        rows: (0..20).map(row).collect(),
        default: Some(vec![json!(0), json!("none")]),
    }
}

fn case() -> Value {
    json!({ "application": {
        "area": 105, "kind": "ash", "is_owner": false, "received": "2026-03-02", "name": "Meyer & Söhne",
        "trees": (0..20).map(|height| json!({ "height": height })).collect::<Vec<_>>(),
    } })
}

fn benches(criterion: &mut Criterion) {
    let data = case();
    let vars = || Vars::new().with("application", &data["application"]);
    let sandbox = Sandbox::default();
    let mut group = criterion.benchmark_group("rules");
    group.throughput(Throughput::Elements(1));

    let table = Table::compile(&table(), &sandbox).expect("a table");
    group.bench_function("table of 20 rows and 4 inputs", |b| {
        b.iter(|| table.evaluate(black_box(&vars())).expect("a result"));
    });
    for (name, text) in [
        ("path", "application.is_owner"),
        ("condition", "!application.is_owner && application.area > 100"),
        ("closure over 20", "application.trees.filter(|t| t.height > 10).len()"),
    ] {
        let rule = sandbox.expression(text).expect("a rule");
        group.bench_function(format!("expression: {name}"), |b| {
            b.iter(|| rule.eval(black_box(&vars())).expect("a result"));
        });
    }
    let letter = "Sehr geehrte Frau {{ application.name }}, am {{ application.received | date }} …";
    let letter = Template::compile("letter", letter, Lang::De).expect("a template");
    group.bench_function("letter", |b| b.iter(|| letter.render(black_box(&vars())).expect("a text")));
    group.finish();
}

criterion_group!(tables, benches);
criterion_main!(tables);
