//! How many steps a second, and beside it the limit: the same events applied without deciding.

mod course;

use std::hint::black_box;

use course::{Course, replay, steps};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

fn benches(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("steps");
    for (name, course) in [("machine steps", Course::machine_steps()), ("tasks", Course::tasks())] {
        let turns = course.run();
        group.throughput(Throughput::Elements(steps(&turns)));
        group.bench_function(name, |b| b.iter(|| black_box(&course).run()));
        group.bench_function(format!("{name}, only evolved"), |b| b.iter(|| replay(black_box(&turns))));
    }
    group.finish();
}

criterion_group!(all, benches);
criterion_main!(all);
