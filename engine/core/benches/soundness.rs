//! How long the proof of soundness takes, by the size of a process: paths side by side that meet, their length, and as the
//! limit beside it what reading the same process takes. A graph that is built to explode shows that the bounds hold.

use std::{fmt::Write as _, hint::black_box};

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use fachwerk_core::{
    definition::Release,
    language::{Catalogue, Folder, compile},
    soundness::prove,
};

const HEAD: &str = "process: size
version: 1.0.0
title: { de: Größe, en: Size }
roles: { clerk: { title: { de: Sachbearbeitung, en: Clerk } } }
steps:
";
const TASK: &str = "task: { title: { de: Tun, en: Do } }, role: clerk";

/// `width` paths of `length` tasks each, begun at once, that all meet.
fn side_by_side(width: usize, length: usize) -> Folder {
    let mut text = String::from(HEAD);
    let firsts: Vec<String> = (0..width).map(|path| format!("p{path}-0")).collect();
    let _ = writeln!(text, "  begin: {{ {TASK}, then: [{}] }}", firsts.join(", "));
    for path in 0..width {
        for step in 0..length {
            let next = if step + 1 == length { "meet".to_owned() } else { format!("p{path}-{}", step + 1) };
            let _ = writeln!(text, "  p{path}-{step}: {{ {TASK}, then: {next} }}");
        }
    }
    let _ = writeln!(text, "  meet: {{ join: all, then: over }}\n  over: {{ {TASK} }}");
    folder(&text)
}

/// Paths of which each may come to any of several joins: built to explode.
fn explodes(width: usize) -> Folder {
    let mut text = String::from(HEAD);
    let firsts: Vec<String> = (0..width).map(|path| format!("p{path}")).collect();
    let _ = writeln!(text, "  begin: {{ {TASK}, then: [{}] }}", firsts.join(", "));
    for path in 0..width {
        let options: Vec<String> = (0..width).map(|it| format!("o{it}: {{ de: x, en: x }}")).collect();
        let ways: Vec<String> = (0..width).map(|it| format!("o{it}: m{it}")).collect();
        let form = format!(
            "outcome: {{ type: choice, required: true, title: {{ de: x, en: x }}, options: {{ {} }} }}",
            options.join(", ")
        );
        let _ = writeln!(
            text,
            "  p{path}: {{ task: {{ title: {{ de: x, en: x }}, fields: {{ {form} }} }}, role: clerk, then: {{ {} }} }}",
            ways.join(", ")
        );
    }
    for path in 0..width {
        let _ = writeln!(
            text,
            "  m{path}: {{ join: inclusive, then: [p{path}, q{path}] }}\n  q{path}: {{ {TASK} }}"
        );
    }
    folder(&text)
}

fn folder(text: &str) -> Folder {
    let files = [("process.yaml".into(), text.as_bytes().into())].into_iter().collect();
    Folder { name: "".into(), files }
}

fn release(folder: &Folder) -> Release {
    let compiled = compile(folder, &Catalogue::default());
    compiled.release.unwrap_or_else(|| panic!("it is valid: {:#?}", compiled.problems))
}

fn benches(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("soundness");
    group.sample_size(10);
    for (width, length) in [(2, 4), (4, 8), (8, 16), (12, 16), (12, 64), (48, 64)] {
        let folder = side_by_side(width, length);
        let release = release(&folder);
        let size = format!("{width} paths of {length}");
        group.bench_function(BenchmarkId::new("proven", &size), |b| b.iter(|| prove(black_box(&release))));
        group.bench_function(BenchmarkId::new("read", &size), |b| {
            b.iter(|| compile(black_box(&folder), &Catalogue::default()));
        });
    }
    for width in [4, 8, 12] {
        let release = release(&explodes(width));
        let size = format!("{width} paths, any of {width} joins");
        group.bench_function(BenchmarkId::new("built to explode", size), |b| {
            b.iter(|| prove(black_box(&release)));
        });
    }
    group.finish();
}

criterion_group!(all, benches);
criterion_main!(all);
