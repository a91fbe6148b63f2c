//! Faults planted into the engine one by one: the oracle disagrees with every one of them.
//!
//! `cargo test -p fachwerk-tests --features planted-faults --test oracle`; `FACHWERK_FAULT=WhileAskedOnce` plants only
//! that one.

use std::sync::Mutex;

use fachwerk_core::planted::{Fault, plant};
use fachwerk_tests::random_process::RandomProcess;

use super::{Met, played};

/// Each fault is found among so many first seeds; most within fifty.
const SEEDS: u64 = 3_000;

const FAULTS: &[Fault] = &[
    Fault::CorrectedAtWill,
    Fault::SupersededLettersLeave,
    Fault::AbandonedLettersLeave,
    Fault::LateLettersLeave,
    Fault::PeriodEndsWithCase,
    Fault::RemovedIsRepresented,
    Fault::EndedCaseTakesOver,
    Fault::RestOfMergeStays,
    Fault::PartiesComeTwice,
    Fault::MergedAreNotRepresented,
    Fault::AnewToAll,
    Fault::CorrectedForOne,
    Fault::LettersLeaveTwice,
    Fault::LawIsExtended,
    Fault::FirstDayNeverCounts,
    Fault::NoGrace,
    Fault::LateCountsInGrace,
    Fault::InTimeIsKeptSilently,
    Fault::SuspendedDaysAreLost,
    Fault::LetterHasOldRound,
    Fault::ErrorCaughtOutside,
    Fault::UndoneInForwardOrder,
    Fault::DoneIsForgotten,
    Fault::ForkWaitsForOneMore,
    Fault::ForkIgnoresRules,
    Fault::RestIsNotEnded,
    Fault::ForkLeadsOnTwice,
    Fault::RepeatedOnceMore,
    Fault::UntilIsIgnored,
    Fault::WhileAskedOnce,
    Fault::LastEntryForgotten,
    Fault::RoundsBeginAtOnce,
    Fault::EntryOfAnotherRound,
    Fault::LockTakenByAll,
    Fault::LockNeverReleased,
    Fault::HandlerAlwaysInterrupts,
    Fault::HandlerNeverInterrupts,
    Fault::HandlerReactsTwice,
    Fault::RuleOfTriggerIgnored,
    Fault::MessageTakenTwice,
    Fault::MessageIsNotKept,
    Fault::CancelLeavesTimers,
    Fault::OutcomeIsIgnored,
    Fault::ChoiceIgnoresRules,
    Fault::PeriodRunsWithoutDispatch,
    Fault::TimerRingsOnceMore,
    Fault::DayRingsLate,
    Fault::ConditionsAreNotAsked,
    Fault::SeveralBecomeOne,
    Fault::JoinTakesAnyPaths,
    Fault::JoinCountsOneLess,
    Fault::OthersMayNotCome,
    Fault::OnlyBlocksHoldSteps,
    Fault::SkippedIsUndone,
    Fault::MovedStepStays,
    Fault::ChangedDataUnchecked,
    Fault::AnybodyMayTrigger,
    Fault::EndedWithoutOutcome,
    Fault::CalledIsForgotten,
    Fault::CallerIsNotTold,
    Fault::OutcomeOfCallIgnored,
    Fault::KeyIsIgnored,
    Fault::RecallIsForgotten,
    Fault::SuspendedFires,
    Fault::ResubmittedAtOnce,
    Fault::ErrandsOutliveCase,
    Fault::ActBeforeItsTurn,
    Fault::SentToTheRepresented,
    Fault::RemediesAreLate,
    Fault::FourEyesForgotten,
];

/// Whether both processes of a seed are played without a difference. With fewer constructs there are more of each.
fn agree(seed: u64) -> bool {
    difference_of(seed).is_none()
}

fn difference_of(seed: u64) -> Option<String> {
    let processes = [RandomProcess::of(seed), RandomProcess::wide(seed)];
    let told = |process: &RandomProcess| played(process, seed, &mut Met::default()).err();
    processes.iter().find_map(|process| Some(format!("seed {seed}: {}\n{process}", told(process)?)))
}

/// Whether the oracle finds a fault; says where.
#[track_caller]
fn check(fault: Fault) {
    plant(Some(fault));
    let found = (0..SEEDS).find(|seed| !agree(*seed));
    plant(None);
    eprintln!("{fault:?}: {found:?}");
    assert!(found.is_some(), "nobody notices {fault:?} in {SEEDS} processes");
}

#[test]
fn without_a_fault_nothing_is_found() {
    if let Some(found) = (0..50).find_map(difference_of) {
        panic!("{found}");
    }
}

#[test]
fn planted_faults_are_found() {
    let only = std::env::var("FACHWERK_FAULT").ok();
    let mut faults = FAULTS.to_vec();
    faults.retain(|fault| only.as_ref().is_none_or(|only| *only == format!("{fault:?}")));
    // A fault is planted into one thread, so several are looked for at once.
    let next = Mutex::new(faults.into_iter());
    let draw = || next.lock().expect("nothing fails with the lock").next();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| std::iter::from_fn(draw).for_each(check));
        }
    });
}
