#[test]
fn compiles() {
    for seed in fachwerk_tests::seeds(300) {
        eprintln!("seed {seed}");
        fachwerk_tests::random_process::RandomProcess::of(seed).release();
    }
}
