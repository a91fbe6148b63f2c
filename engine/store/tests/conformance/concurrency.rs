//! Many at once: everything exactly once, nothing lost, no gap.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, Ordering},
};

use fachwerk_core::words::TenantId;
use fachwerk_store::{Appended, Store};
use uuid::Uuid;

use crate::{
    builders::{Course, beispielburg, case_id, listing, musterstadt, note, number, started},
    opening::futures_of,
    world::World,
};

/// Brings a note into a case, however often others are faster.
pub async fn add_note(store: &Store, tenant: &TenantId, case: u128, command_id: Uuid) -> (u64, u64) {
    loop {
        let loaded = store.load(tenant, case_id(case)).await.unwrap();
        let mut course = Course::of(tenant, case);
        course.case = loaded.unwrap_or(course.case);
        let version = course.case.version;
        let last = store.counter(tenant, "notes").await.unwrap();
        let events = if version == 0 {
            vec![started("bonfire", serde_json::json!({})), number("notes", last + 1)]
        } else {
            vec![note(version as u32, "x"), number("notes", last + 1)]
        };
        let mut entry = course.turn(events);
        entry.turn.command_id = command_id;
        match store.append(tenant, vec![entry]).await.unwrap()[..] {
            [Appended::Committed { position }] => return (version + 1, position),
            [Appended::Repeated { version, position }] => return (version, position),
            [Appended::Conflict] => {}
            ref other => panic!("{other:?}"),
        }
    }
}

/// Each command was carried out once, positions and numbers have no gap, and everything derived agrees.
async fn sound(store: &Store, tenant: &TenantId, turns: u64) {
    let report = store.verify(tenant, listing).await.unwrap();
    assert!(report.is_clean(), "{report:#?}");
    assert_eq!((report.turns, store.last_position(tenant).await.unwrap()), (turns, turns));
    assert_eq!(store.counter(tenant, "notes").await.unwrap(), turns);
}

pub async fn many_writers_on_one_case(world: &World) {
    let store = world.store.clone();
    let tenant = musterstadt();
    let all = futures_of(8, || {
        let (store, tenant) = (store.clone(), tenant.clone());
        async move {
            let mut done = Vec::new();
            for _ in 0..10 {
                let command = Uuid::now_v7();
                let first = add_note(&store, &tenant, 1, command).await;
                // Asked again, the same turn answers.
                assert_eq!(add_note(&store, &tenant, 1, command).await, first);
                done.push(first);
            }
            done
        }
    });
    let mut all: Vec<_> = all.await.into_iter().flatten().collect();
    all.sort_unstable();
    assert_eq!(all, (1..=80).map(|number| (number, number)).collect::<Vec<_>>());
    sound(&store, &tenant, 80).await;
}

pub async fn many_writers_on_many_cases(world: &World) {
    let store = world.store.clone();
    let next = Arc::new(AtomicU64::new(1));
    let done = futures_of(8, || {
        let store = store.clone();
        let own = next.fetch_add(1, Ordering::SeqCst);
        async move {
            let tenant = if own.is_multiple_of(2) { musterstadt() } else { beispielburg() };
            for round in 0..10 {
                add_note(&store, &tenant, u128::from(own * 100 + round % 3), Uuid::now_v7()).await;
            }
        }
    });
    done.await;
    for tenant in [musterstadt(), beispielburg()] {
        sound(&store, &tenant, 40).await;
    }
}

/// While others write, a sound store is found sound.
pub async fn a_busy_store_is_verified(world: &World) {
    let (store, tenant) = (world.store.clone(), musterstadt());
    let enough = Arc::new(AtomicBool::new(false));
    let mut writers = Vec::new();
    for writer in 0..3 {
        let (store, tenant, enough) = (store.clone(), tenant.clone(), enough.clone());
        writers.push(tokio::spawn(async move {
            let mut turns = 0;
            while !enough.load(Ordering::SeqCst) {
                // More cases than are verified in one piece.
                add_note(&store, &tenant, u128::from(1 + (turns * 3 + writer) % 110), Uuid::now_v7()).await;
                turns += 1;
            }
            turns
        }));
    }
    let mut seen = 0;
    while seen < 120 {
        let report = store.verify(&tenant, listing).await.unwrap();
        assert!(report.is_clean(), "{report:#?}");
        seen = report.turns;
    }
    enough.store(true, Ordering::SeqCst);
    let mut turns = 0;
    for writer in writers {
        turns += writer.await.unwrap();
    }
    sound(&store, &tenant, turns).await;
}

/// On PostgreSQL several processes write to one database; each has connections of its own. SQLite has one owner.
pub async fn many_nodes(world: &World) {
    let tenant = musterstadt();
    let nodes = if world.is_postgres() {
        let other = Store::open(&world.place).await.unwrap();
        vec![world.store.clone(), other]
    } else {
        vec![world.store.clone()]
    };
    let mut tasks = Vec::new();
    for node in &nodes {
        for case in 1..=3 {
            let (node, tenant) = (node.clone(), tenant.clone());
            tasks.push(tokio::spawn(async move {
                for _ in 0..8 {
                    add_note(&node, &tenant, case, Uuid::now_v7()).await;
                }
            }));
        }
    }
    for task in tasks {
        task.await.unwrap();
    }
    sound(&nodes[0], &tenant, nodes.len() as u64 * 24).await;
    for node in nodes {
        node.close().await;
    }
}
