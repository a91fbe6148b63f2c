//! Faults that a test plants into the engine one by one, to see that it finds them. Only with the feature
//! `planted-faults`, which nothing that is shipped has; without it [`planted`] is false, and the compiler leaves all of
//! this out.

/// A fault in how cases go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A fork waits for one branch more than it says.
    ForkWaitsForOneMore,
    /// All branches of a fork begin, whatever their rules say.
    ForkIgnoresRules,
    /// What was not waited for goes on although it must end.
    RestIsNotEnded,
    /// A fork that was joined early leads on once more when its rest has ended.
    ForkLeadsOnTwice,
    /// A group is repeated once too often.
    RepeatedOnceMore,
    /// What ends a repetition is not asked.
    UntilIsIgnored,
    /// What must hold before each round is asked before the first one alone.
    WhileAskedOnce,
    /// The last entry of a list has no round.
    LastEntryForgotten,
    /// Rounds that must follow each other begin at once.
    RoundsBeginAtOnce,
    /// A round has the entry of another one.
    EntryOfAnotherRound,
    /// A second scope takes a lock that is taken.
    LockTakenByAll,
    /// A lock is not given to those who wait for it.
    LockNeverReleased,
    /// A handler beside the scope interrupts it.
    HandlerAlwaysInterrupts,
    /// An interrupting handler lets everything go on.
    HandlerNeverInterrupts,
    /// An interrupting handler reacts again and again.
    HandlerReactsTwice,
    /// The rule of a handler or wait is not asked.
    RuleOfTriggerIgnored,
    /// A message goes to everybody who waits for it.
    MessageTakenTwice,
    /// A message that came too early is lost.
    MessageIsNotKept,
    /// What is ended leaves what a clock runs for.
    CancelLeavesTimers,
    /// A step always leads where it leads without an outcome.
    OutcomeIsIgnored,
    /// The first way of a choice is gone, whatever its rule says.
    ChoiceIgnoresRules,
    /// A period runs before the dispatch was recorded.
    PeriodRunsWithoutDispatch,
    /// A timer rings once too often.
    TimerRingsOnceMore,
    /// A timer for a day rings when that day is over.
    DayRingsLate,
    /// Conditions are not asked.
    ConditionsAreNotAsked,
    /// The outermost scope handles an error first.
    ErrorCaughtOutside,
    /// What was done first is undone first.
    UndoneInForwardOrder,
    /// What was done cannot be undone.
    DoneIsForgotten,
    /// Of several steps that begin at once only the first begins.
    SeveralBecomeOne,
    /// A join of all paths goes on when as many have come, wherever from.
    JoinTakesAnyPaths,
    /// A join of so many paths goes on with one less.
    JoinCountsOneLess,
    /// An inclusive join waits for nobody.
    OthersMayNotCome,
    /// Only what lies in a block lies in another step, not what lies in a group, fork or round.
    OnlyBlocksHoldSteps,
    /// A step that was skipped can be undone.
    SkippedIsUndone,
    /// The step that somebody goes back from goes on.
    MovedStepStays,
    /// The application is changed to what does not fit.
    ChangedDataUnchecked,
    /// Whoever likes lets a handler react.
    AnybodyMayTrigger,
    /// A case that was ended by hand has no outcome.
    EndedWithoutOutcome,
    /// A case that was called goes on when nobody waits for it any more.
    CalledIsForgotten,
    /// A case that was called ends and tells nobody.
    CallerIsNotTold,
    /// It goes on from a call in the same way, however that case ended.
    OutcomeOfCallIgnored,
    /// A message by a key goes to whoever waits for its name.
    KeyIsIgnored,
    /// A call that could not begin is not tried again.
    RecallIsForgotten,
    /// A deadline that a law fixes is extended.
    LawIsExtended,
    /// A suspended deadline runs.
    SuspendedFires,
    /// The days of a suspension are not added to a deadline.
    SuspendedDaysAreLost,
    /// The first day of a period never counts.
    FirstDayNeverCounts,
    /// A deadline fires at its end, whatever its grace.
    NoGrace,
    /// What comes in after the end of a deadline counts until it fires.
    LateCountsInGrace,
    /// What came in time and is registered too late is kept, and nobody is told.
    InTimeIsKeptSilently,
    /// A resubmission comes back at once.
    ResubmittedAtOnce,
    /// Somebody is still asked when the case has ended.
    ErrandsOutliveCase,
    /// An act is issued before the one that it follows.
    ActBeforeItsTurn,
    /// Whoever is represented gets the letter all the same.
    SentToTheRepresented,
    /// A remedy in time counts as late.
    RemediesAreLate,
    /// A letter that is asked for once more has the number of the one before.
    LetterHasOldRound,
    /// A letter that has not left the house leaves it from another case as well.
    LettersLeaveTwice,
    /// A letter that goes out anew goes to all addressees.
    AnewToAll,
    /// A correction goes to the first addressee alone.
    CorrectedForOne,
    /// A correction may name whatever it likes.
    CorrectedAtWill,
    /// Letters leave the house though newer ones stand in for them.
    SupersededLettersLeave,
    /// Letters leave the house though their step was ended.
    AbandonedLettersLeave,
    /// A letter that comes when its step is over leaves the house.
    LateLettersLeave,
    /// A period for a remedy ends with the case.
    PeriodEndsWithCase,
    /// Whoever takes part no more is represented all the same.
    RemovedIsRepresented,
    /// Another case is taken over by one that has ended.
    EndedCaseTakesOver,
    /// What came in while a merge was under way does not go along.
    RestOfMergeStays,
    /// Parties of a case that is merged come in again though they take part already.
    PartiesComeTwice,
    /// Whoever acts for somebody in a case that is merged does so no more.
    MergedAreNotRepresented,
    /// Whoever did the first task may do the second.
    FourEyesForgotten,
}

#[cfg(feature = "planted-faults")]
mod planting {
    use std::cell::Cell;

    use super::Fault;

    thread_local! {
        static PLANTED: Cell<Option<Fault>> = const { Cell::new(None) };
    }

    /// Plants a fault into all that this thread decides, instead of the one before.
    pub fn plant(fault: Option<Fault>) {
        PLANTED.set(fault);
    }

    pub(crate) fn planted(fault: Fault) -> bool {
        PLANTED.get() == Some(fault)
    }
}

#[cfg(feature = "planted-faults")]
pub use planting::plant;
#[cfg(feature = "planted-faults")]
pub(crate) use planting::planted;

/// Whether a test has planted this fault: here never.
#[cfg(not(feature = "planted-faults"))]
pub(crate) const fn planted(_: Fault) -> bool {
    false
}
