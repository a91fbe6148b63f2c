//! Plays the scenarios of a process or block, in memory, and tells what they cover.

use std::sync::Arc;

use fachwerk_core::{
    definition::Release,
    diagnostic::{Diagnostic, Problems},
    language::{Catalogue, Compiled, Folder, compile, read_block},
    scenario::{self, Coverage, Report, Simulation, SimulationConnector, is_scenario},
};

/// What came of a scenario.
#[derive(Debug)]
pub struct ScenarioOutcome {
    /// Its title, or the file when it cannot be read.
    pub title: Arc<str>,
    /// Whether everything went as written.
    pub passed: bool,
    /// Why not: where, what was expected, what is there.
    pub failure: Option<String>,
    /// Line by line, when it could be played.
    pub report: Option<Report>,
    /// What is wrong with the scenario itself.
    pub problems: Vec<Diagnostic>,
}

/// What came of all scenarios of a folder.
#[derive(Debug)]
pub struct Played {
    /// One after another.
    pub scenarios: Vec<ScenarioOutcome>,
    /// What they reach; none when the block cannot be read.
    pub coverage: Option<Coverage>,
}

/// Plays all scenarios of a process.
pub fn play_scenarios(
    process: &Folder,
    release: &Release,
    catalogue: &Catalogue,
    connector: SimulationConnector<'_>,
) -> Played {
    let coverage = Some(Coverage::of_process(process, release));
    Player { folder: process, release: Some(release), catalogue, connector, coverage }.play_all()
}

/// Plays all scenarios of a block.
pub fn play_block_scenarios(
    block: &Folder,
    catalogue: &Catalogue,
    connector: SimulationConnector<'_>,
) -> Played {
    let read = read_block(block, &mut Problems::default());
    let coverage = read.map(|read| Coverage::of_block(block, &read));
    Player { folder: block, release: None, catalogue, connector, coverage }.play_all()
}

struct Player<'a> {
    folder: &'a Folder,
    /// The process; a scenario of a block brings its own.
    release: Option<&'a Release>,
    catalogue: &'a Catalogue,
    connector: SimulationConnector<'a>,
    coverage: Option<Coverage>,
}

impl Player<'_> {
    fn play_all(mut self) -> Played {
        let files = self.folder.files.keys();
        let files = files.filter(|path| is_scenario(path));
        let scenarios = files.map(|path| self.play(path)).collect();
        Played { scenarios, coverage: self.coverage }
    }

    fn play(&mut self, path: &Arc<str>) -> ScenarioOutcome {
        let unreadable = |failure: &str, problems: Vec<Diagnostic>| ScenarioOutcome {
            title: self.folder.file_name(path),
            passed: false,
            failure: Some(failure.to_owned()),
            report: None,
            problems,
        };
        let (scenario, problems) = scenario::read(self.folder, path);
        let Some(scenario) = scenario else { return unreadable("the scenario cannot be read", problems) };
        let harness = scenario.harness.as_ref().map(|harness| {
            let compiled = compile(&harness.folder, self.catalogue);
            Compiled { problems: harness.located(compiled.problems), ..compiled }
        });
        let release = match (&harness, self.release) {
            (Some(Compiled { release: Some(harness), .. }), _) => harness,
            (Some(Compiled { problems, .. }), _) => {
                return unreadable("the process around the block cannot be used", problems.clone());
            }
            (None, Some(release)) => release,
            (None, None) => return unreadable("the scenario has no `steps` around the block", problems),
        };
        let mut world = match Simulation::new(&scenario, release, self.connector) {
            Ok(world) => world,
            Err(why) => return unreadable(&why.en, problems),
        };
        let report = scenario::run(&scenario, release, &mut world);
        if let Some(coverage) = &mut self.coverage {
            coverage.add(release, &world.turns);
        }
        ScenarioOutcome {
            title: scenario.title.clone(),
            passed: report.passed(),
            failure: report.failure(),
            report: Some(report),
            problems,
        }
    }
}
