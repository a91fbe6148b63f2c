//! Faults planted into the engine one by one: the oracle disagrees with every one of them.
//!
//! `cargo test -p fachwerk-tests --features planted-faults --test oracle`

use fachwerk_core::planted::{Fault, plant};
use fachwerk_tests::random_process::RandomProcess;

use super::{Met, played};

/// Each fault is found among so many first seeds.
const FAULTS: [(u64, Fault); 26] = [
    (200, Fault::ErrorCaughtOutside),
    (200, Fault::UndoneInForwardOrder),
    (200, Fault::DoneIsForgotten),
    (200, Fault::ForkWaitsForOneMore),
    (200, Fault::ForkIgnoresRules),
    (200, Fault::RestIsNotEnded),
    (200, Fault::ForkLeadsOnTwice),
    (200, Fault::RepeatedOnceMore),
    (200, Fault::UntilIsIgnored),
    (200, Fault::RoundsBeginAtOnce),
    (200, Fault::EntryOfAnotherRound),
    (200, Fault::LockTakenByAll),
    (200, Fault::LockNeverReleased),
    (200, Fault::HandlerAlwaysInterrupts),
    (200, Fault::HandlerNeverInterrupts),
    (200, Fault::HandlerReactsTwice),
    (200, Fault::RuleOfTriggerIgnored),
    (200, Fault::MessageTakenTwice),
    (200, Fault::MessageIsNotKept),
    (200, Fault::CancelLeavesTimers),
    (200, Fault::OutcomeIsIgnored),
    (200, Fault::ChoiceIgnoresRules),
    (200, Fault::PeriodRunsWithoutDispatch),
    (200, Fault::TimerRingsOnceMore),
    (200, Fault::ConditionsAreNotAsked),
    (200, Fault::FourEyesForgotten),
];

/// Whether the oracle finds a fault among so many seeds; says where.
#[track_caller]
fn check(fault: Fault, seeds: u64) {
    plant(Some(fault));
    // With fewer constructs there are more of each.
    let fails = |process, seed| played(&process, seed, &mut Met::default()).is_err();
    let found = (0..seeds)
        .find(|seed| fails(RandomProcess::of(*seed), *seed) || fails(RandomProcess::wide(*seed), *seed));
    plant(None);
    eprintln!("{fault:?}: {found:?}");
    assert!(found.is_some(), "nobody notices {fault:?} in {seeds} processes");
}

#[test]
fn planted_faults_are_found() {
    for (seeds, fault) in FAULTS {
        check(fault, seeds);
    }
}
