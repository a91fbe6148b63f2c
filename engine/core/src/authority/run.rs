//! Mass runs (Sammelläufe): the same is asked of many cases, and one person signs the letters of all of them once.
//!
//! Here stands what was planned, who began and who signed it, how far it has come, and which cases stayed behind and why. What
//! lies in the cases lies nowhere else: a run knows them by their ids only, and names nobody.

use std::{collections::BTreeSet, sync::Arc};

use serde::{Deserialize, Serialize};

use super::{
    ADMINISTRATOR, Authority, AuthorityCommand, AuthorityEvent, AuthorityRejection, AuthorityTurn,
    decide::good_reason,
};
use crate::{
    facts::Actor,
    words::{CaseId, Date, PersonId, ProcessId, RoleId, Text, Timestamp},
};

/// Cases of a run.
pub const MOST_RUN_CASES: usize = 5_000;
/// Runs of an authority that have not ended.
const MOST_RUNS_UNDER_WAY: usize = 50;
/// Characters of the title of a run.
const MAX_TITLE: usize = 200;

/// What is asked of the cases of a run before somebody signs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "first", rename_all = "snake_case")]
pub enum RunFirst {
    /// A case begins for each row of a file.
    Rows {
        /// The hash of the file, by which it is known again.
        file: Arc<str>,
    },
    /// A message is brought to each.
    Message {
        /// Its name.
        name: Arc<str>,
    },
    /// Nothing: they wait for a signature.
    Nothing,
}

/// What is planned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunPlan {
    /// What people call it.
    pub title: Arc<str>,
    /// The process.
    pub process: ProcessId,
    /// Who takes part in it, as the process says: they may do something about the run.
    pub roles: BTreeSet<RoleId>,
    /// What is asked first.
    #[serde(flatten)]
    pub first: RunFirst,
    /// Of so many cases.
    pub count: u32,
    /// The hash of the list of them; none: they are begun by the run, and their ids follow from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<Arc<str>>,
}

/// What was signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunList {
    /// The hash over the list: the cases, and the hashes of their letters as they were shown. The list is stored by it.
    pub list: Arc<str>,
    /// So many cases.
    pub count: u32,
    /// So many were taken out by whoever signed.
    pub taken_out: u32,
    /// Those that could not be signed then.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_ready: Vec<RunFailure>,
}

/// A case that stayed behind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunFailure {
    /// Its place in the list that was planned, from 0.
    pub place: u32,
    /// The line of the file, of a row that could not be begun.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// The case; of one that could not begin the id that it would have got.
    pub case: CaseId,
    /// Stable, for programs.
    pub code: Arc<str>,
    /// What people read.
    pub why: Text,
}

/// Where a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunStage {
    /// Nothing has been asked of its cases.
    Planned,
    /// They are being asked.
    Opening,
    /// They were, and somebody may sign.
    Open,
    /// It is signed, and the cases are being told.
    Signing,
    /// All of them were.
    Ended,
    /// Somebody has stopped it.
    Stopped,
}

impl RunStage {
    /// Whether it goes on by itself.
    pub fn works(self) -> bool {
        matches!(self, RunStage::Opening | RunStage::Signing)
    }

    /// Whether nothing comes of it any more.
    pub fn is_over(self) -> bool {
        matches!(self, RunStage::Ended | RunStage::Stopped)
    }
}

/// A run of an authority.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// What was planned.
    pub plan: RunPlan,
    /// Who planned it.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
    /// Where it is.
    pub stage: RunStage,
    /// So far it has come in that.
    pub done: u32,
    /// Who let the cases be asked, and when.
    pub begun: Option<(Actor, Timestamp)>,
    /// The cases that stayed behind before it was signed.
    pub not_opened: Vec<RunFailure>,
    /// What was signed, by whom, and when.
    pub signed: Option<(RunList, Actor, Timestamp)>,
    /// The cases that stayed behind after that.
    pub not_signed: Vec<RunFailure>,
    /// When it was over.
    pub ended_at: Option<Timestamp>,
    /// Why it was stopped.
    pub reason: Option<Arc<str>>,
}

impl Run {
    /// Of so many cases in the stage that it is in.
    pub fn of(&self) -> u32 {
        match (&self.signed, self.stage) {
            (Some((list, ..)), RunStage::Signing | RunStage::Ended | RunStage::Stopped) => list.count,
            _ => self.plan.count,
        }
    }

    /// Whether it goes on by itself, or did until it was stopped.
    fn has_worked(&self) -> bool {
        self.stage.works()
            || (self.stage == RunStage::Stopped && self.begun.is_some() && self.done < self.of())
    }

    /// Whether somebody had a hand in what the cases were asked first: then another person signs.
    pub fn asked_by(&self, person: &PersonId) -> bool {
        let asked = self.plan.first != RunFirst::Nothing;
        let by = |actor: &Actor| actor.person() == Some(person);
        asked && (by(&self.by) || self.begun.as_ref().is_some_and(|(actor, _)| by(actor)))
    }
}

/// What someone asks about a run.
#[derive(Clone, Debug, PartialEq)]
pub enum RunCommand {
    /// Plan one. The roles are those of the process, said by whoever knows its release.
    Plan(RunPlan),
    /// Let its cases be asked what was planned.
    Begin,
    /// Note how far it has come. Only the engine says so.
    Advance {
        /// From which place on; what was noted already is not noted again.
        from: u32,
        /// Up to which, without it.
        upto: u32,
        /// Those that stayed behind.
        failures: Vec<RunFailure>,
    },
    /// Sign the letters of the cases in a list.
    Sign(RunList),
    /// Let it not go on.
    Stop {
        /// Why.
        reason: Arc<str>,
    },
}

/// What happened to a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum RunChange {
    /// It was planned.
    Planned(RunPlan),
    /// Its cases are asked.
    Begun {},
    /// It has come so far.
    Advanced {
        /// Up to this place, without it.
        upto: u32,
        /// Those that stayed behind since the last time.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        failures: Vec<RunFailure>,
    },
    /// Somebody has signed.
    Signed(RunList),
    /// All cases were told.
    Ended {
        /// So many were signed.
        signed: u32,
        /// So many stayed behind.
        failed: u32,
    },
    /// Somebody has stopped it.
    Stopped {
        /// Why.
        reason: Arc<str>,
    },
}

impl Authority {
    /// Whether somebody may do something about a run: who takes part in its process; an administrator may stop it.
    pub(super) fn may_run(
        &self,
        number: u32,
        command: &RunCommand,
        actor: &Actor,
        today: Date,
    ) -> Result<(), AuthorityRejection> {
        let engine = matches!(command, RunCommand::Advance { .. });
        let Actor::Person(person) = actor else {
            return if engine { Ok(()) } else { Err(AuthorityRejection::NotAllowed) };
        };
        let roles = match command {
            RunCommand::Plan(plan) => Some(&plan.roles),
            _ => self.runs.get(&number).map(|run| &run.plan.roles),
        };
        let roles = roles.ok_or(AuthorityRejection::RunUnknown)?;
        // Whoever stands in for somebody has their roles meanwhile.
        let held = self.roles_on(person, today);
        let takes_part = roles.iter().any(|role| held.contains(role.as_str()));
        let stops = matches!(command, RunCommand::Stop { .. }) && self.holds(person, ADMINISTRATOR);
        if !engine && (takes_part || stops) { Ok(()) } else { Err(AuthorityRejection::RunNotAllowed) }
    }

    pub(super) fn decide_run(
        &self,
        number: u32,
        command: RunCommand,
        actor: &Actor,
    ) -> Result<Vec<AuthorityEvent>, AuthorityRejection> {
        let happened = |changes: Vec<RunChange>| {
            Ok(changes.into_iter().map(|change| AuthorityEvent::RunChanged { run: number, change }).collect())
        };
        if let RunCommand::Plan(plan) = command {
            self.check_plan(number, &plan)?;
            return happened(vec![RunChange::Planned(plan)]);
        }
        let run = self.runs.get(&number).ok_or(AuthorityRejection::RunUnknown)?;
        match command {
            RunCommand::Plan(_) => happened(Vec::new()),
            RunCommand::Begin if run.stage == RunStage::Planned => happened(vec![RunChange::Begun {}]),
            // Those that were being asked when somebody stopped it were asked all the same.
            RunCommand::Advance { from, upto, failures } if run.has_worked() && from == run.done => {
                let upto = upto.min(run.of());
                let advanced = RunChange::Advanced { upto, failures: failures.clone() };
                let over = run.stage == RunStage::Signing && upto == run.of();
                let failed = u32::try_from(run.not_signed.len() + failures.len()).unwrap_or(u32::MAX);
                let ended = RunChange::Ended { signed: run.of().saturating_sub(failed), failed };
                happened([advanced].into_iter().chain(over.then_some(ended)).collect())
            }
            // Another server was faster.
            RunCommand::Advance { .. } => happened(Vec::new()),
            RunCommand::Sign(list) if run.stage == RunStage::Open => {
                if actor.person().is_some_and(|person| run.asked_by(person)) {
                    return Err(AuthorityRejection::RunOtherPersonNeeded);
                }
                let cases = 1..=run.plan.count;
                if !cases.contains(&list.count) {
                    return Err(AuthorityRejection::RunInvalid);
                }
                happened(vec![RunChange::Signed(list)])
            }
            RunCommand::Stop { reason } if !run.stage.is_over() => {
                happened(vec![RunChange::Stopped { reason: good_reason(&reason)? }])
            }
            RunCommand::Begin | RunCommand::Sign(_) | RunCommand::Stop { .. } => {
                Err(AuthorityRejection::RunElsewhere)
            }
        }
    }

    fn check_plan(&self, number: u32, plan: &RunPlan) -> Result<(), AuthorityRejection> {
        if !self.current.contains_key(&plan.process) {
            return Err(AuthorityRejection::ProcessUnknown);
        }
        let titled = !plan.title.trim().is_empty()
            && plan.title.chars().count() <= MAX_TITLE
            && !plan.title.contains(char::is_control);
        let counted = usize::try_from(plan.count).is_ok_and(|count| (1..=MOST_RUN_CASES).contains(&count));
        let under_way = self.runs.values().filter(|run| !run.stage.is_over()).count();
        // A number that is taken meanwhile is asked for anew.
        let next = number == self.next_run();
        if !titled || !counted || !next || under_way >= MOST_RUNS_UNDER_WAY {
            return Err(AuthorityRejection::RunInvalid);
        }
        Ok(())
    }

    /// The number of the next run.
    pub fn next_run(&self) -> u32 {
        self.runs.keys().next_back().copied().unwrap_or(0) + 1
    }

    pub(super) fn run_changed(&mut self, number: u32, change: &RunChange, turn: &AuthorityTurn) {
        if let RunChange::Planned(plan) = change {
            let run = Run {
                plan: plan.clone(),
                by: turn.actor.clone(),
                at: turn.now,
                stage: RunStage::Planned,
                done: 0,
                begun: None,
                not_opened: Vec::new(),
                signed: None,
                not_signed: Vec::new(),
                ended_at: None,
                reason: None,
            };
            self.runs.insert(number, run);
            return;
        }
        let Some(run) = self.runs.get_mut(&number) else { return };
        match change {
            RunChange::Planned(_) => {}
            RunChange::Begun {} => {
                let nothing = run.plan.first == RunFirst::Nothing;
                run.stage = if nothing { RunStage::Open } else { RunStage::Opening };
                run.begun = Some((turn.actor.clone(), turn.now));
            }
            RunChange::Advanced { upto, failures } => {
                run.done = *upto;
                let opening = run.stage == RunStage::Opening;
                let kept = if run.signed.is_none() { &mut run.not_opened } else { &mut run.not_signed };
                kept.extend(failures.iter().cloned());
                if opening && *upto == run.plan.count {
                    run.stage = RunStage::Open;
                }
            }
            RunChange::Signed(list) => {
                run.stage = RunStage::Signing;
                run.done = 0;
                run.not_opened.extend(list.not_ready.iter().cloned());
                run.signed = Some((list.clone(), turn.actor.clone(), turn.now));
            }
            RunChange::Ended { .. } => {
                run.stage = RunStage::Ended;
                run.ended_at = Some(turn.now);
            }
            RunChange::Stopped { reason } => {
                run.stage = RunStage::Stopped;
                run.ended_at = Some(turn.now);
                run.reason = Some(reason.clone());
            }
        }
    }
}

impl RunCommand {
    /// The same as what is asked of an authority.
    pub fn about(self, run: u32) -> AuthorityCommand {
        AuthorityCommand::Run { run, command: self }
    }
}
