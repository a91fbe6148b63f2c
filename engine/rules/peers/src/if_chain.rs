//! What a programmer would write without tables: `if … else if …` in plain rhai.

use rhai::{Dynamic, Engine, Map, Scope};

use crate::{Decide, sample};

pub fn decide() -> Decide {
    let engine = Engine::new();
    let ast = engine.compile(script()).expect("a script");
    let cases: Vec<Dynamic> = (0..sample::ROWS)
        .map(|row| rhai::serde::to_dynamic(&sample::case(row)["application"]).expect("data"))
        .collect();
    Box::new(move |row| {
        let mut scope = Scope::new();
        scope.push_constant_dynamic("application", cases.get(usize::try_from(row).ok()?)?.clone());
        let found: Map = engine.eval_ast_with_scope(&mut scope, &ast).ok()?;
        found.get("fee")?.as_int().ok()
    })
}

fn script() -> String {
    let rows = (0..sample::ROWS).map(|row| {
        let (from, to) = sample::areas(row);
        let kinds = sample::kinds(row).map_or(String::new(), |[one, other]| {
            format!(" && (application.kind == \"{one}\" || application.kind == \"{other}\")")
        });
        let (day, fee) = (sample::FIRST_DAY, sample::fee(row));
        format!(
            "if application.area >= {from} && application.area < {to}{kinds} && application.received >= \"{day}\" {{ #{{ fee: {fee}, decision: \"granted\" }} }} else "
        )
    });
    rows.collect::<String>() + "{ #{ fee: 0, decision: \"none\" } }"
}
