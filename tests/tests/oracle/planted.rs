//! Faults planted into the engine one by one: the oracle disagrees with every one of them.
//!
//! `cargo test -p fachwerk-tests --features planted-faults --test oracle`

use fachwerk_core::planted::{Fault, plant};

use super::{Met, played};

/// Each fault is found among so many first seeds.
const FAULTS: [(u64, Fault); 23] = [
    (40, Fault::ForkWaitsForOneMore),
    (40, Fault::ForkIgnoresRules),
    (40, Fault::RestIsNotEnded),
    (40, Fault::ForkLeadsOnTwice),
    (100, Fault::RepeatedOnceMore),
    (100, Fault::UntilIsIgnored),
    (40, Fault::RoundsBeginAtOnce),
    (40, Fault::EntryOfAnotherRound),
    (100, Fault::LockTakenByAll),
    (100, Fault::LockNeverReleased),
    (40, Fault::HandlerAlwaysInterrupts),
    (40, Fault::HandlerNeverInterrupts),
    (40, Fault::HandlerReactsTwice),
    (40, Fault::RuleOfTriggerIgnored),
    (40, Fault::MessageTakenTwice),
    (40, Fault::MessageIsNotKept),
    (100, Fault::CancelLeavesTimers),
    (40, Fault::OutcomeIsIgnored),
    (40, Fault::ChoiceIgnoresRules),
    (40, Fault::PeriodRunsWithoutDispatch),
    (40, Fault::TimerRingsOnceMore),
    (100, Fault::ConditionsAreNotAsked),
    (40, Fault::FourEyesForgotten),
];

/// Whether the oracle finds a fault among so many seeds; says where.
#[track_caller]
fn check(fault: Fault, seeds: u64) {
    plant(Some(fault));
    let found = (0..seeds).find(|seed| played(*seed, &mut Met::default()).is_err());
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
