//! The proof of soundness beside the oracle, which looks at every state that a process can come to.
//!
//! A process that is called sound has no fault in any state; one that is called unsound has the fault that is told, and a
//! step that is never reached is not reached. `FACHWERK_SOAK=20` compares twenty times as many, `FACHWERK_SEED=7` one again.

use std::collections::{BTreeMap, BTreeSet};

use fachwerk_core::soundness::{Property, Verdict, prove};
use fachwerk_tests::{
    oracle::{Explored, Fault, Oracle},
    random_flow::RandomFlow,
    seeds,
};

/// So many states of one process are looked at; one with more is left out.
const MOST: usize = 5_000;

/// What came of a run.
#[derive(Debug, Default)]
struct Met {
    compared: usize,
    too_large: usize,
    states: usize,
    verdicts: BTreeMap<Verdict, usize>,
    /// Processes with a fault, by fault.
    faults: BTreeMap<Fault, usize>,
    dead: usize,
    /// Without any fault, but possibly unsound or not decided.
    doubted: usize,
    /// The verdicts that are wrong.
    wrong: Vec<String>,
}

/// What looking at every state shows, for all applications.
fn truth(flow: &RandomFlow) -> Option<Explored> {
    let mut all = Explored { whole: true, ..Explored::default() };
    for data in flow.applications() {
        let found = Oracle::explore(&flow.process, &data, MOST - all.states);
        if !found.whole {
            return None;
        }
        all.states += found.states;
        all.reached.extend(found.reached);
        for (fault, run) in found.faults {
            all.faults.entry(fault).or_insert(run);
        }
    }
    Some(all)
}

/// The fault that a finding tells of; none: one that no state shows.
fn fault_of(property: &Property) -> Option<Fault> {
    Some(match property {
        Property::WaitsInVain => Fault::WaitsInVain,
        Property::NeverEnds => Fault::NeverEnds,
        Property::ErrorUnhandled => Fault::ErrorUnhandled,
        Property::GoesInCircles => Fault::GoesInCircles,
        Property::Multiplies => Fault::Multiplies,
        Property::LocksInCircle => Fault::LocksInCircle,
        Property::ResultNeverThere | Property::ResultMayBeMissing => Fault::RuleFails,
        _ => return None,
    })
}

fn without_end(truth: &Explored) -> bool {
    [Fault::Multiplies, Fault::GoesInCircles].iter().any(|fault| truth.faults.contains_key(fault))
}

/// Compares one process and goes on, so that a long run tells all that is wrong.
fn check(seed: u64, flow: &RandomFlow, met: &mut Met) {
    if let Err(wrong) = compare(seed, flow, met) {
        met.wrong.push(wrong);
    }
}

fn compare(seed: u64, flow: &RandomFlow, met: &mut Met) -> Result<(), String> {
    let Some(truth) = truth(flow) else {
        met.too_large += 1;
        return Ok(());
    };
    let release = flow.process.release();
    let proof = prove(&release);
    let steps = release.steps.iter().map(|step| (step.path.to_string(), step.only_undoes));
    let dead: BTreeSet<String> = steps
        .filter(|(path, undoes)| !undoes && !truth.reached.contains(path))
        .map(|(path, _)| path)
        .collect();
    met.compared += 1;
    met.states += truth.states;
    *met.verdicts.entry(proof.verdict).or_default() += 1;
    truth.faults.keys().for_each(|fault| *met.faults.entry(*fault).or_default() += 1);
    met.dead += usize::from(!dead.is_empty());
    let is_good = truth.faults.is_empty() && dead.is_empty();
    met.doubted +=
        usize::from(is_good && matches!(proof.verdict, Verdict::PossiblyUnsound | Verdict::NotDecided));
    let told = |what: &str| {
        let findings: Vec<String> = proof
            .findings
            .iter()
            .map(|it| {
                format!(
                    "{:?} {:?} at {} after {:?}",
                    it.verdict,
                    it.property,
                    release.step(it.step).path,
                    it.run
                )
            })
            .collect();
        format!(
            "seed {seed}: {what}\nproof: {findings:#?}\ntruth: {:#?}, never reached {dead:?}\n{flow}",
            truth.faults
        )
    };
    if flow.changed.is_none() && !is_good {
        return Err(told("put together soundly, it is not"));
    }
    if proof.verdict == Verdict::Sound && !is_good {
        return Err(told("called sound, it is not"));
    }
    for finding in proof.findings.iter().filter(|finding| finding.verdict == Verdict::Unsound) {
        let path = release.step(finding.step).path.to_string();
        let holds = match fault_of(&finding.property) {
            // Where there are more and more states, not all of them were looked at.
            Some(Fault::NeverEnds) if without_end(&truth) => true,
            Some(fault) => truth.faults.contains_key(&fault),
            None => finding.property != Property::NeverReached || dead.contains(&path),
        };
        if !holds {
            return Err(told(&format!("{:?} at {path} is not so", finding.property)));
        }
    }
    Ok(())
}

impl Met {
    /// No verdict is wrong; and a comparison that leaves most out proves nothing.
    #[track_caller]
    fn is_good(&self) {
        assert!(self.wrong.is_empty(), "{} wrong verdicts\n{}", self.wrong.len(), self.wrong.join("\n"));
        assert!(self.compared + self.too_large < 50 || self.too_large * 10 < self.compared);
    }
}

#[test]
fn what_is_put_together_soundly_is_called_sound() {
    let mut met = Met::default();
    for seed in seeds(300) {
        check(seed, &RandomFlow::sound(seed), &mut met);
    }
    println!("{met:#?}");
    met.is_good();
}

#[test]
fn what_was_changed_is_called_what_it_is() {
    let mut met = Met::default();
    for seed in seeds(300) {
        if let Some(flow) = RandomFlow::changed(seed) {
            check(seed, &flow, &mut met);
        }
    }
    println!("{met:#?}");
    met.is_good();
}
