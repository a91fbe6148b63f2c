//! Timers and leases.

use std::collections::BTreeSet;

use fachwerk_core::{
    projection::TimerRow,
    words::{InstanceId, Timestamp},
};
use fachwerk_store::{ClaimedEffect, Due, EffectKey, Halt, Lease, Place};

use crate::{
    builders::{
        Course, at, beispielburg, case_id, day, deadline, effect, effect_finished, entered, left, musterstadt,
    },
    opening::futures_of,
    world::World,
};

/// The instant after a day of 2026 in Germany, in winter.
fn after(day_of_year: i64) -> Timestamp {
    at(day_of_year * 86_400 - 3_600)
}

fn timer(case: u128, name: &str, revision: u32, at: Timestamp) -> TimerRow {
    TimerRow { case: case_id(case), instance: InstanceId(1), name: name.into(), revision, at }
}

pub async fn timers_come_due(world: &World) {
    let store = &world.store;
    assert_eq!(store.next_timer_at().await.unwrap(), None);
    let mut one = Course::new(1);
    let mut two = Course::of(&beispielburg(), 1);
    world
        .committed(vec![
            one.begin("a"),
            one.turn(vec![
                entered(1, "wait"),
                deadline(1, "late", 1, Some(day(9))),
                deadline(1, "none", 1, None),
            ]),
            one.turn(vec![deadline(1, "later", 1, Some(day(11)))]),
        ])
        .await;
    world
        .committed(vec![
            two.begin("b"),
            two.turn(vec![entered(1, "wait"), deadline(1, "late", 1, Some(day(10)))]),
        ])
        .await;

    let due = async |now: Timestamp, limit: u32| store.due_timers(now, limit).await.unwrap();
    let late = (musterstadt(), timer(1, "late", 1, after(9)));
    let other = (beispielburg(), timer(1, "late", 1, after(10)));
    let later = (musterstadt(), timer(1, "later", 1, after(11)));
    assert_eq!(store.next_timer_at().await.unwrap(), Some(after(9)));
    assert_eq!(due(at(0), 10).await, []);
    assert_eq!(due(after(9), 10).await, std::slice::from_ref(&late));
    assert_eq!(due(after(10), 10).await, [late.clone(), other.clone()]);
    assert_eq!(due(after(99), 2).await, [late.clone(), other.clone()]);
    assert_eq!(due(after(99), 10).await, [late, other.clone(), later]);

    // Set anew: the timer moves, with the revision of its deadline. What has ended waits no more.
    world.committed(vec![one.turn(vec![deadline(1, "late", 2, Some(day(12)))])]).await;
    let late = (musterstadt(), timer(1, "late", 2, after(12)));
    assert_eq!(due(after(99), 10).await[2], late);
    world.committed(vec![one.turn(vec![left(1)])]).await;
    assert_eq!(due(after(99), 10).await, [other]);
}

pub async fn a_timer_is_postponed(world: &World) {
    let store = &world.store;
    let mut one = Course::new(1);
    let batch =
        vec![one.begin("a"), one.turn(vec![entered(1, "wait"), deadline(1, "late", 1, Some(day(9)))])];
    world.committed(batch).await;
    let row = timer(1, "late", 1, after(9));
    assert!(store.postpone_timer(&musterstadt(), &row, after(10)).await.unwrap());
    assert_eq!(store.due_timers(after(9), 10).await.unwrap(), []);
    assert_eq!(store.next_timer_at().await.unwrap(), Some(after(10)));
    assert_eq!(store.due_timers(after(10), 10).await.unwrap(), [(musterstadt(), row.clone())]);
    // Set anew meanwhile: the older revision has nothing to say.
    world.committed(vec![one.turn(vec![deadline(1, "late", 2, Some(day(9)))])]).await;
    assert!(!store.postpone_timer(&musterstadt(), &row, after(20)).await.unwrap());
    assert!(!store.postpone_timer(&beispielburg(), &row, after(20)).await.unwrap());
    assert_eq!(store.next_timer_at().await.unwrap(), Some(after(9)));
}

pub async fn what_came_due_lately_is_looked_through_alone(world: &World) {
    let store = &world.store;
    let mut one = Course::new(7);
    let [first, second, third] =
        [("a", 9), ("b", 10), ("c", 11)].map(|(name, of)| deadline(1, name, 1, Some(day(of))));
    world.committed(vec![one.begin("a"), one.turn(vec![entered(1, "wait"), first, second, third])]).await;
    let timers = |of: &[usize]| {
        let row = |of: &usize| timer(7, ["a", "b", "c"][of - 9], 1, after(*of as i64));
        of.iter().map(|of| (musterstadt(), row(of))).collect::<Vec<_>>()
    };
    for (since, until, expected) in [
        (None, 11, &[9, 10, 11][..]),
        (Some(8), 11, &[9, 10, 11]),
        (Some(9), 11, &[10, 11]),
        (Some(9), 10, &[10]),
        (Some(11), 20, &[]),
    ] {
        let due = Due { since: since.map(after), until: after(until) };
        assert_eq!(store.due_timers(due, 10).await.unwrap(), timers(expected), "{due:?}");
    }
    let due = Due { since: Some(after(9)), until: after(11) };
    assert_eq!(store.claim_timers(due, after(20), 10).await.unwrap(), timers(&[10, 11]));
    // A lease that has run out came due when it did.
    effects(world, 1).await;
    assert_eq!(short(&claim(world, "one", 10, 50, 9).await), [(1, 1)]);
    for (since, until, expected) in [(40, 49, &[][..]), (50, 60, &[]), (49, 60, &[(1, 2)])] {
        let due = Due { since: Some(at(since)), until: at(until) };
        let claimed = store.claim_effects("two", due, at(100), 9).await.unwrap();
        assert_eq!(short(&claimed), expected, "{due:?}");
        assert_eq!(store.claim_parcels("two", due, at(100), 9).await.unwrap(), []);
    }
}

/// Cases with one effect each, asked for a second after their beginning.
async fn effects(world: &World, cases: u128) {
    for number in 1..=cases {
        let mut course = Course::new(number);
        world.committed(vec![course.begin("a"), course.turn(vec![entered(1, "send"), effect(1, 1)])]).await;
    }
}

fn key(case: u128) -> EffectKey {
    EffectKey { tenant: musterstadt(), case: case_id(case), instance: InstanceId(1), round: 1 }
}

async fn claim(world: &World, owner: &str, now: i64, until: i64, limit: u32) -> Vec<ClaimedEffect> {
    world.store.claim_effects(owner, at(now), at(until), limit).await.unwrap()
}

/// What was claimed: the case and the attempt.
fn short(claimed: &[ClaimedEffect]) -> Vec<(u128, u32)> {
    let number = |claimed: &ClaimedEffect| claimed.key.case.0.as_u128() - case_id(0).0.as_u128();
    claimed.iter().map(|claimed| (number(claimed), claimed.attempt)).collect()
}

pub async fn effects_are_leased(world: &World) {
    assert_eq!(world.store.next_effect_at().await.unwrap(), None);
    effects(world, 3).await;
    assert_eq!(world.store.next_effect_at().await.unwrap(), Some(at(1)));
    assert_eq!(claim(world, "one", 0, 60, 10).await, [], "not yet");
    let first = claim(world, "one", 10, 60, 2).await;
    assert_eq!(short(&first), [(1, 1), (2, 1)]);
    let row = first[0].row.as_ref().unwrap();
    assert_eq!((first[0].key.clone(), row.at, &*row.connector), (key(1), at(1), "letter"));
    assert_eq!(first[0].last_error, None);
    assert_eq!(short(&claim(world, "two", 10, 60, 10).await), [(3, 1)]);
    assert_eq!(claim(world, "one", 59, 99, 10).await, [], "also not for the owner");
    assert_eq!(world.store.next_effect_at().await.unwrap(), Some(at(60)));
}

/// One that is damaged, or of which nobody has the key any more, is claimed like the others, and they can be read.
pub async fn an_effect_that_cannot_be_read_holds_up_no_other(world: &World) {
    effects(world, 5).await;
    for (case, bytes) in [(2, 40), (4, 0)] {
        let sql =
            format!("update outbox set body = substr(body, 1, {bytes}) where case_id = '{}'", case_id(case));
        world.tamper(&sql).await;
    }
    let claimed = claim(world, "one", 10, 60, 10).await;
    assert_eq!(short(&claimed), [(1, 1), (2, 1), (3, 1), (4, 1), (5, 1)]);
    let read =
        claimed.iter().map(|claimed| claimed.row.as_ref().map(|row| row.case).map_err(|error| error.code()));
    let damaged = Err("store_corrupt");
    let expected = [Ok(case_id(1)), damaged, Ok(case_id(3)), damaged, Ok(case_id(5))];
    assert_eq!(read.collect::<Vec<_>>(), expected);
    // Whoever cannot do it gives it back, like any other.
    assert!(world.store.postpone_effect(&key(2), "one", at(30), "damaged").await.unwrap());
    assert_eq!(short(&claim(world, "two", 30, 60, 10).await), [(2, 2)]);
}

pub async fn a_lease_runs_out(world: &World) {
    effects(world, 1).await;
    assert_eq!(short(&claim(world, "one", 10, 60, 10).await), [(1, 1)]);
    assert_eq!(short(&claim(world, "two", 60, 90, 10).await), [(1, 2)]);
    let store = &world.store;
    assert!(!store.postpone_effect(&key(1), "one", at(61), "too late").await.unwrap());
    assert!(!store.release_effect(&key(1), "one", at(61)).await.unwrap());
    assert_eq!(claim(world, "three", 89, 99, 10).await, [], "the second owner keeps it");
    assert_eq!(short(&claim(world, "three", 90, 99, 10).await), [(1, 3)]);
}

pub async fn a_lease_is_given_back(world: &World) {
    let store = &world.store;
    effects(world, 1).await;
    claim(world, "one", 10, 60, 10).await;
    assert!(store.postpone_effect(&key(1), "one", at(30), &"ü".repeat(2000)).await.unwrap());
    assert_eq!(claim(world, "one", 29, 60, 10).await, []);
    let second = claim(world, "two", 30, 60, 10).await;
    assert_eq!(short(&second), [(1, 2)]);
    assert_eq!(second[0].last_error, Some("ü".repeat(100)));
    assert!(store.release_effect(&key(1), "two", at(31)).await.unwrap());
    assert_eq!(claim(world, "two", 30, 60, 10).await, []);
    let third = claim(world, "two", 31, 60, 10).await;
    assert_eq!(short(&third), [(1, 2)], "what was only given back does not count");
    assert!(!store.postpone_effect(&key(2), "two", at(30), "unknown").await.unwrap());
}

/// Whoever stores a turn may hold its effects from the beginning, and nobody else gets them until the lease ends.
pub async fn effects_are_leased_when_they_are_stored(world: &World) {
    let store = &world.store;
    let lease = || Some(Lease { owner: "one".into(), until: at(60) });
    let leasing = async |entries, lease| {
        let stored = store.append_leasing(&musterstadt(), entries, lease).await.unwrap();
        (stored.turns.len(), stored.leased)
    };
    let mut one = Course::new(1);
    let mut two = Course::new(2);
    let entries = vec![
        one.begin("a"),
        one.turn(vec![entered(1, "send"), effect(1, 1)]),
        two.begin("a"),
        two.turn(vec![entered(1, "send"), effect(1, 1)]),
        // Gone before anybody has begun with it.
        two.turn(vec![effect_finished(1, 1)]),
    ];
    assert_eq!(leasing(entries, lease()).await, (5, vec![key(1)]));
    assert_eq!(claim(world, "two", 59, 99, 10).await, []);
    // Its holder gives it back: nobody has tried.
    assert!(store.release_effect(&key(1), "one", at(30)).await.unwrap());
    assert_eq!(short(&claim(world, "two", 30, 50, 10).await), [(1, 1)]);
    assert_eq!(short(&claim(world, "three", 50, 99, 10).await), [(1, 2)]);
    // Another turn of the case does not touch the lease of what is under way.
    assert_eq!(leasing(vec![one.turn(vec![])], lease()).await, (1, vec![]));
    assert_eq!(claim(world, "one", 98, 99, 10).await, []);

    // What rests is not begun with.
    store.halt_all(at(5), Halt::Restored).await.unwrap();
    let asked = leasing(vec![two.turn(vec![effect(1, 2)])], lease()).await;
    assert_eq!(asked, (1, vec![]));
    assert!(store.resume(&musterstadt()).await.unwrap());
    assert_eq!(short(&claim(world, "two", 10, 60, 10).await), [(2, 1)]);
    let asked =
        leasing(vec![two.turn(vec![effect_finished(1, 2)]), two.turn(vec![effect(1, 3)])], None).await;
    assert_eq!(asked, (2, vec![]));
    assert_eq!(short(&claim(world, "two", 10, 60, 10).await), [(2, 1)]);
}

/// Who owns the whole directory need not wait for a lease of somebody who is gone; several servers must.
pub async fn what_was_abandoned_is_given_back(world: &World) {
    let store = &world.store;
    effects(world, 3).await;
    claim(world, "gone", 10, 60, 1).await;
    claim(world, "mine", 10, 60, 1).await;
    let alone = matches!(world.place, Place::Sqlite { .. });
    assert_eq!(store.release_abandoned("mine", at(11)).await.unwrap(), u64::from(alone));
    let free: &[(u128, u32)] = if alone { &[(1, 2), (3, 1)] } else { &[(3, 1)] };
    assert_eq!(short(&claim(world, "mine", 11, 60, 10).await), free);
    assert_eq!(store.release_abandoned("mine", at(12)).await.unwrap(), 0, "one's own is kept");
}

pub async fn an_effect_that_is_done_is_gone(world: &World) {
    let mut course = Course::new(1);
    world.committed(vec![course.begin("a"), course.turn(vec![entered(1, "send"), effect(1, 1)])]).await;
    claim(world, "one", 10, 60, 10).await;
    world.committed(vec![course.turn(vec![effect_finished(1, 1)])]).await;
    assert!(!world.store.postpone_effect(&key(1), "one", at(20), "x").await.unwrap());
    assert_eq!(claim(world, "two", 100, 160, 10).await, []);
    // The next round is another effect: its attempts begin anew.
    world.committed(vec![course.turn(vec![effect(1, 2)])]).await;
    let second = claim(world, "two", 100, 160, 10).await;
    assert_eq!(short(&second), [(1, 1)]);
    assert_eq!(second[0].key, EffectKey { round: 2, ..key(1) });
}

pub async fn two_owners_never_share(world: &World) {
    effects(world, 60).await;
    let store = world.store.clone();
    let claimed = futures_of(8, || {
        let store = store.clone();
        let owner = uuid::Uuid::now_v7().to_string();
        async move {
            let mut mine = Vec::new();
            loop {
                let some = store.claim_effects(&owner, at(10), at(60), 3).await.unwrap();
                if some.is_empty() {
                    return mine;
                }
                mine.extend(some);
            }
        }
    });
    let all: Vec<ClaimedEffect> = claimed.await.into_iter().flatten().collect();
    assert_eq!(all.len(), 60, "each is claimed once");
    assert!(all.iter().all(|claimed| claimed.attempt == 1));
    let keys: BTreeSet<EffectKey> = all.into_iter().map(|claimed| claimed.key).collect();
    assert_eq!(keys, (1..=60).map(key).collect());
}
