//! The engine beside the oracle: both carry out the same commands on random processes, and after each of them must show
//! the same and refuse the same.
//!
//! `FACHWERK_SOAK=20` plays twenty times as many, `FACHWERK_SEED=7` plays one again; a failure names its seed, the
//! command, and what only one of both shows, and prints the process.

#[cfg(feature = "planted-faults")]
mod planted;

use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Mutex,
};

use fachwerk_core::{
    case::Case,
    command::Command,
    decide::Rejection,
    event::{Event, Parcel},
    facts::FactVersions,
    turn::Turn,
};
use fachwerk_tests::{
    oracle::{Oracle, View, difference},
    random_process::RandomProcess,
    seeds,
    town::{self, Counters},
    walk::Walk,
};

/// How often something is asked in one walk.
const ASKS: usize = 60;

/// What random processes have; each stands in at least one of twenty.
const CONSTRUCTS: &[&str] = &[
    "act",
    "ad-hoc group",
    "block",
    "call",
    "cancel",
    "choose",
    "compensate",
    "compute",
    "condition of a trigger",
    "condition that begins to hold",
    "condition `while` of a repetition",
    "deadline",
    "deadline from a day",
    "deadline from notification",
    "deadline that a law fixes",
    "deadline that begins with a day",
    "deadline with grace",
    "decide",
    "dispatch",
    "each",
    "each in a list",
    "effect",
    "end",
    "error",
    "fork",
    "four eyes",
    "group",
    "handler of an error",
    "handler of an escalation",
    "handler of the case",
    "handler that does not interrupt",
    "handler that interrupts",
    "inclusive fork",
    "join",
    "label of a round",
    "leave",
    "lock",
    "loop",
    "loop without a stop",
    "m of n",
    "message",
    "message by a key",
    "message to another case",
    "number",
    "out",
    "raise",
    "repeat",
    "script",
    "several steps at once",
    "signal",
    "task",
    "template",
    "the rest goes on",
    "timer",
    "timer at a day",
    "trigger by hand",
    "undo",
    "until of rounds",
    "wait",
];

/// What is asked of a case and carried out again and again, besides what makes it go on.
const ASKED: &[&str] = &[
    "add_party",
    "call_off",
    "change_data",
    "change_party",
    "correct_act",
    "deliver_signal",
    "delay_delivery",
    "end_case",
    "extend_deadline",
    "finish_call",
    "finish_merge",
    "give_errand",
    "give_up",
    "merge_case",
    "move_step",
    "record_remedy",
    "remove_party",
    "resume_deadlines",
    "retry_incident",
    "send_anew",
    "skip_step",
    "split_case",
    "suspend_deadlines",
    "take_over",
    "trigger_by_hand",
    "withdraw_errand",
    "write_letter",
];

/// What the language has and random processes, or the walks through them, do not have yet: here the oracle proves nothing.
const NOT_PLAYED: &[&str] = &["task that is taken back"];

/// What a run has come across.
#[derive(Default)]
struct Met {
    walks: u64,
    commands: u64,
    refused: u64,
    ended: u64,
    incidents: u64,
    constructs: BTreeMap<&'static str, u64>,
    /// What was asked and carried out.
    done: BTreeMap<String, u64>,
}

/// Plays a seed; the first difference is told.
fn play(process: &RandomProcess, seed: u64, met: &mut Met) -> Result<(), String> {
    let release = process.release();
    let mut oracle = Oracle::of(process);
    met.walks += 1;
    process.constructs.iter().for_each(|construct| *met.constructs.entry(construct).or_default() += 1);
    let authority = town::authority();
    let mut counters = Counters::new();
    let mut walk = Walk::of_process(seed);
    let mut case = Case::unborn(town::tenant(), walk.case());
    let (mut asked, mut after_the_end) = (Vec::new(), 0);
    for step in 0..ASKS {
        after_the_end += usize::from(!case.is_open());
        if after_the_end > 6 {
            break;
        }
        let ask = walk.next(&case, &release);
        if asked.contains(&ask.request.command_id) {
            continue;
        }
        asked.push(ask.request.command_id);
        met.commands += 1;
        let engine =
            town::ask(&release, &case, (&authority, &counters), (&ask.actor, ask.now), &ask.request.command);
        // The oracle does not look ahead at what a signature would send.
        if matches!(engine, Err(Rejection::LettersFail { .. } | Rejection::LettersTooMany)) {
            met.refused += 1;
            continue;
        }
        let oracle_said = oracle.ask(&ask, &case);
        let at = || format!("at command {step}, {:?} at {}: {:#?}", ask.actor, ask.now, ask.request.command);
        let mut sent = Vec::new();
        match (engine, oracle_said) {
            (Err(_), Err(_)) => met.refused += 1,
            (Err(rejection), Ok(())) => {
                return Err(format!("the engine refuses ({rejection:?}), the oracle does not; {}", at()));
            }
            (Ok(_), Err(why)) => {
                return Err(format!("the oracle refuses ({why}), the engine does not; {}", at()));
            }
            (Ok(events), Ok(())) => {
                sent.extend(events.iter().filter_map(parcel_of));
                *met.done.entry(kind_of(&ask.request.command)).or_default() += 1;
                let turn = Turn {
                    tenant: case.tenant.clone(),
                    case: case.id,
                    version: case.version + 1,
                    command_id: ask.request.command_id,
                    actor: ask.actor.clone(),
                    now: ask.now,
                    release: release.id.clone(),
                    facts: FactVersions::clone(&town::versions(&authority)),
                    events,
                };
                turn.apply(&mut case);
                counters.extend(turn.numbers().map(|(counter, value)| (counter.clone(), value)));
            }
        }
        if let Some(difference) = difference(&View::of(&case, &release, &sent), &oracle.view()) {
            return Err(format!("{difference}\n{}", at()));
        }
    }
    met.ended += u64::from(!case.is_open());
    met.incidents += u64::from(case.next_incident - 1);
    Ok(())
}

fn parcel_of(event: &Event) -> Option<Parcel> {
    match event {
        Event::Sent { parcel, .. } => Some(parcel.clone()),
        _ => None,
    }
}

fn kind_of(command: &Command) -> String {
    let written = serde_json::to_value(command).expect("commands can be written");
    written["type"].as_str().expect("each has a type").to_owned()
}

/// The same, with a panic told as a difference.
fn played(process: &RandomProcess, seed: u64, met: &mut Met) -> Result<(), String> {
    catch_unwind(AssertUnwindSafe(|| play(process, seed, met)))
        .unwrap_or_else(|_| Err("a panic, see above".to_owned()))
}

#[test]
fn the_engine_agrees_with_the_oracle() {
    let all = seeds(500);
    let whole = all.end - all.start >= 500;
    let (next, met) = (Mutex::new(all), Mutex::new(Met::default()));
    // Each player takes its seed and lets go of the lock before it plays.
    let draw = || next.lock().expect("no player panics").next();
    let worker = || {
        let mut mine = Met::default();
        while let Some(seed) = draw() {
            let process = RandomProcess::wide(seed);
            if let Err(difference) = played(&process, seed, &mut mine) {
                return Err(format!(
                    "seed {seed}: {difference}\nplay it again with FACHWERK_SEED={seed}; its process:\n{process}"
                ));
            }
        }
        met.lock().expect("no player panics").add(mine);
        Ok(())
    };
    let results = std::thread::scope(|scope| {
        let players: Vec<_> = (0..2).map(|_| scope.spawn(worker)).collect();
        players.into_iter().map(|player| player.join().expect("a player catches panics")).collect::<Vec<_>>()
    });
    if let Some(failure) = results.into_iter().find_map(Result::err) {
        panic!("{failure}");
    }
    let met = met.into_inner().expect("no player panics");
    eprintln!("{met}");
    let count = |construct: &&str| met.constructs.get(*construct).copied().unwrap_or(0);
    let rare: Vec<_> = CONSTRUCTS.iter().filter(|construct| count(construct) * 20 < met.walks).collect();
    assert!(!whole || rare.is_empty(), "in less than one process of twenty: {rare:?}");
    let seldom: Vec<_> =
        ASKED.iter().filter(|kind| met.done.get(**kind).is_none_or(|count| *count < 5)).collect();
    assert!(!whole || seldom.is_empty(), "carried out less than five times: {seldom:?}");
}

impl Met {
    fn add(&mut self, other: Met) {
        self.walks += other.walks;
        self.commands += other.commands;
        self.refused += other.refused;
        self.ended += other.ended;
        self.incidents += other.incidents;
        for (construct, count) in other.constructs {
            *self.constructs.entry(construct).or_default() += count;
        }
        for (kind, count) in other.done {
            *self.done.entry(kind).or_default() += count;
        }
    }
}

impl std::fmt::Display for Met {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Met { walks, commands, refused, ended, incidents, constructs, done } = self;
        writeln!(
            f,
            "{walks} processes, {commands} commands, {refused} refused, {ended} cases ended, {incidents} incidents"
        )?;
        writeln!(f, "constructs: {constructs:?}")?;
        writeln!(f, "carried out: {done:?}")?;
        write!(f, "not played: {NOT_PLAYED:?}")
    }
}
