//! Going on: a case that was stored and read again goes on as the one that never left memory. Random processes, random
//! paths; after any turn a second engine takes over from what was kept, and must come to the same events, timers,
//! effects and lists as the first.
//!
//! `FACHWERK_SEEDS=1000` plays more, `FACHWERK_SEED=7` plays one again; a failure names its seed and prints its process.

mod in_memory;
mod in_store;
mod seen;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Mutex,
};

use fachwerk_tests::{random_process::RandomProcess, seeds};

use self::{in_memory::Fault, seen::Seen};

/// Plays seeds on two threads; the first failure of each is told with its process.
#[track_caller]
fn check(usual: u64, play: impl Fn(u64, &mut Seen) -> Result<(), String> + Sync) -> Seen {
    let seeds = seeds(usual);
    let whole = seeds.end - seeds.start >= usual;
    let next = Mutex::new(seeds);
    let seen = Mutex::new(Seen::default());
    let worker = || {
        let mut mine = Seen::default();
        while let Some(seed) = next.lock().expect("no player panics").next() {
            let played = catch_unwind(AssertUnwindSafe(|| play(seed, &mut mine)));
            let failure = match played {
                Ok(Ok(())) => continue,
                Ok(Err(difference)) => difference,
                Err(_) => "a panic, see above".to_owned(),
            };
            return Err(format!(
                "seed {seed}: {failure}\nplay it again with FACHWERK_SEED={seed}; its process:\n{}",
                RandomProcess::of(seed)
            ));
        }
        seen.lock().expect("no player panics").add(mine);
        Ok(())
    };
    let results = std::thread::scope(|scope| {
        let players: Vec<_> = (0..2).map(|_| scope.spawn(worker)).collect();
        players.into_iter().map(|player| player.join().expect("a player catches panics")).collect::<Vec<_>>()
    });
    if let Some(failure) = results.into_iter().find_map(Result::err) {
        panic!("{failure}");
    }
    let mut seen = seen.into_inner().expect("no player panics");
    seen.whole = whole;
    seen
}

#[test]
fn a_second_engine_goes_on_in_memory() {
    let seen = check(300, |seed, seen| in_memory::play(seed, None, seen));
    eprintln!("{seen}");
    seen.holds_everything();
}

#[test]
fn planted_faults_are_found() {
    for fault in Fault::ALL {
        let found = (0..60).any(|seed| in_memory::play(seed, Some(fault), &mut Seen::default()).is_err());
        assert!(found, "nobody notices {fault:?}");
    }
}

#[test]
fn a_second_engine_goes_on_from_sqlite() {
    let seen = check(40, in_store::play_on_sqlite);
    eprintln!("{seen}");
}

#[test]
fn a_second_engine_goes_on_from_postgres() {
    let seen = check(4, in_store::play_on_postgres);
    eprintln!("{seen}");
}
