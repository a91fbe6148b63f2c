use fachwerk_core::{
    language::{Catalogue, Folder, compile},
    scenario::{self, Simulation},
};
#[test]
fn scratch() {
    let dir = std::path::Path::new("/tmp/fw/scratch");
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let (process, scen) = text.split_once("\n=====\n").unwrap();
        let files = [("process.yaml", process), ("scenarios/s.yaml", scen)]
            .map(|(n, t)| (n.into(), t.as_bytes().into()));
        let folder = Folder { name: "".into(), files: files.into_iter().collect() };
        let compiled = compile(&folder, &Catalogue::default());
        let Some(release) = compiled.release else {
            println!("{path:?} {:#?}", compiled.problems);
            continue;
        };
        let (scenario, problems) = scenario::read(&folder, "scenarios/s.yaml");
        let Some(scenario) = scenario else {
            println!("{path:?} {problems:#?}");
            continue;
        };
        let connector = |_: &str, _: &serde_json::Value| Ok(scenario::Made::default());
        let mut world = Simulation::new(&scenario, &release, &connector).unwrap();
        let report = scenario::run(&scenario, &release, &mut world);
        println!("{path:?} passed={}", report.passed());
        if !report.passed() {
            for s in &report.steps {
                if !s.differences.is_empty() {
                    println!("{} {:#?}", s.span, s.differences);
                }
            }
            for t in &world.turns {
                for e in &t.events {
                    println!("   {}", serde_json::to_string(e).unwrap());
                }
            }
        }
    }
}
