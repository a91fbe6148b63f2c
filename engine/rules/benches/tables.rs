//! How many decisions, expressions and letters a second.

mod sample;

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use fachwerk_rules::{Lang, Sandbox, Table, Template, Vars};

fn benches(criterion: &mut Criterion) {
    let data = sample::case(10);
    let vars = || Vars::new().with("application", &data["application"]);
    let sandbox = Sandbox::default();
    let mut group = criterion.benchmark_group("rules");
    group.throughput(Throughput::Elements(1));

    let table = Table::compile(&sample::table(), &sandbox).expect("a table");
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
