//! Our decision table and others' in one run: one JSON object a line, `ratio` says how many times faster ours is.
//!
//! All have the same 20 rows and 4 inputs, are compiled beforehand, and are asked for each row in turn, by one thread.
//! Peers get their input in the form that suits them best, made beforehand; ours reads the JSON of a case. What they
//! answer is compared before anything is measured.

#[path = "../../benches/sample.rs"]
mod sample;

mod dmn;
mod if_chain;
mod zen;

use std::hint::black_box;
use std::time::{Duration, Instant};

use fachwerk_rules::{Sandbox, Table, Vars};
use serde_json::{Value, json};

/// A table that answers the fee for the case of a row; none if it gives no number.
type Decide = Box<dyn FnMut(i64) -> Option<i64>>;

fn main() {
    let ours = per_second(&mut ours());
    println!(
        "{}",
        json!({ "workload": "tables", "rows": sample::ROWS, "inputs": sample::INPUTS.len(), "per_s": ours.round() })
    );
    let condition = per_second(&mut condition());
    println!("{}", json!({ "workload": "condition", "per_s": condition.round() }));
    for (peer, mut decide) in [
        ("rhai 1.27.0, if-chain", if_chain::decide()),
        ("zen-engine 2.1.6", zen::decide()),
        ("dsntk 0.3.0", dmn::decide()),
    ] {
        match (0..sample::ROWS).find(|row| decide(*row) != Some(sample::fee(*row))) {
            Some(row) => {
                let why = format!("row {row}: {:?} instead of {}", decide(row), sample::fee(row));
                println!(
                    "{}",
                    json!({ "workload": "tables", "peer": peer, "per_s": null, "ratio": null, "why": why })
                );
            }
            None => {
                let theirs = per_second(&mut decide);
                let ratio = (ours / theirs * 10.0).round() / 10.0;
                println!(
                    "{}",
                    json!({ "workload": "tables", "peer": peer, "per_s": theirs.round(), "ratio": ratio })
                );
            }
        }
    }
}

fn ours() -> Decide {
    let table = Table::compile(&sample::table(), &Sandbox::default()).expect("a table");
    let cases: Vec<Value> = (0..sample::ROWS).map(sample::case).collect();
    Box::new(move |row| {
        let case = cases.get(usize::try_from(row).ok()?)?;
        let vars = Vars::new().with("application", &case["application"]);
        table.evaluate(&vars).ok()?.outputs["fee"].as_i64()
    })
}

fn condition() -> Decide {
    let rule =
        Sandbox::default().expression("!application.is_owner && application.area > 100").expect("a rule");
    let cases: Vec<Value> = (0..sample::ROWS).map(sample::case).collect();
    Box::new(move |row| {
        let case = cases.get(usize::try_from(row).ok()?)?;
        rule.eval_bool(&Vars::new().with("application", &case["application"])).ok().map(i64::from)
    })
}

/// The median of several short runs: the machine has other work as well.
fn per_second(decide: &mut Decide) -> f64 {
    const RUNS: usize = 9;
    let mut found: Vec<f64> = (0..RUNS).map(|_| run(decide, Duration::from_millis(300))).collect();
    found.sort_by(f64::total_cmp);
    found[RUNS / 2]
}

fn run(decide: &mut Decide, time: Duration) -> f64 {
    let began = Instant::now();
    let mut done = 0_u32;
    while began.elapsed() < time {
        for row in 0..sample::ROWS {
            black_box(decide(black_box(row)));
            done += 1;
        }
    }
    f64::from(done) / began.elapsed().as_secs_f64()
}
