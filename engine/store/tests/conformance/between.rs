//! Messages by key and signals: found, kept, handed on, never lost, never doubled.

use std::collections::BTreeSet;

use fachwerk_core::{
    event::{Event, Trigger},
    projection::Subject,
    words::{CaseId, InstanceId},
};
use fachwerk_store::{Arrival, ClaimedArrival, Entry, Piece, Published, Publishing, Store};
use serde_json::json;
use uuid::Uuid;

use crate::{
    builders::{
        Course, at, awaited, beispielburg, case_id, entered, left, musterstadt, object, what_cases_send,
    },
    world::World,
};

fn arrival(number: u128, key: &str) -> Arrival {
    Arrival {
        message_id: Uuid::from_u128(number),
        subject: Subject::Message("opinion".into()),
        key: key.into(),
        payload: object(json!({ "n": number })),
        at: at(number as i64),
        starts: None,
    }
}

pub fn publishing(number: u128, key: &str) -> Publishing {
    Publishing { arrival: arrival(number, key), start: None, sender: None }
}

/// A case whose instance 1 waits for a message of this key.
fn waiting(course: &mut Course, instance: u32, key: &str) -> Entry {
    let waits = vec![awaited("w", Trigger::Message("opinion".into()), Some(key))];
    course.turn(vec![entered(instance, "wait"), Event::WaitOpened { instance: InstanceId(instance), waits }])
}

async fn begin(world: &World, number: u128, key: &str) -> Course {
    let mut course = Course::new(number);
    let entries = vec![course.begin("x"), waiting(&mut course, 1, key)];
    world.committed(entries).await;
    course
}

/// Everything that may be delivered now, as case and number of the message.
async fn deliverable(world: &World) -> Vec<(CaseId, u128)> {
    let claimed = world.store.claim_arrivals("node", at(1_000_000), at(2_000_000), 100).await.unwrap();
    let read = |claimed: ClaimedArrival| {
        assert_eq!(claimed.arrival.unwrap().message_id, claimed.message_id);
        (claimed.case, claimed.message_id.as_u128())
    };
    claimed.into_iter().map(read).collect()
}

async fn kept(world: &World) -> Vec<u128> {
    let kept = world.store.kept_messages(&musterstadt(), &Piece::default()).await.unwrap();
    kept.items.into_iter().map(|arrival| arrival.message_id.as_u128()).collect()
}

pub async fn a_message_finds_who_waits(world: &World) {
    begin(world, 1, "a").await;
    begin(world, 2, "b").await;
    let publish =
        async |number, key| world.store.publish(&musterstadt(), &publishing(number, key)).await.unwrap();
    assert_eq!(publish(1, "b").await, Published::To(vec![case_id(2)]));
    assert_eq!(publish(1, "b").await, Published::Before);
    assert_eq!(publish(2, "c").await, Published::Kept);
    assert_eq!(publish(2, "c").await, Published::Before);
    assert_eq!(deliverable(world).await, [(case_id(2), 1)]);
    assert_eq!(deliverable(world).await, [], "it is leased");
    world.store.finish_arrival(&musterstadt(), case_id(2), &arrival(1, "b")).await.unwrap();
    assert_eq!(publish(1, "b").await, Published::Before, "also when it has arrived");
    assert_eq!(kept(world).await, [2]);
}

pub async fn messages_come_to_a_case_in_their_order(world: &World) {
    let tenant = musterstadt();
    let mut one = begin(world, 1, "a").await;
    for (instance, key) in [(2, "b"), (3, "c")] {
        let entry = waiting(&mut one, instance, key);
        world.committed(vec![entry]).await;
    }
    begin(world, 2, "d").await;
    for (number, key, case) in [(1, "a", 1), (2, "b", 1), (3, "c", 1), (4, "d", 2)] {
        let published = world.store.publish(&tenant, &publishing(number, key)).await.unwrap();
        assert_eq!(published, Published::To(vec![case_id(case)]));
    }
    let claim = async |node: &'static str, second: i64| {
        let claimed = world.store.claim_arrivals(node, at(second), at(second + 100), 100).await.unwrap();
        claimed.iter().map(|claimed| claimed.message_id.as_u128()).collect::<Vec<_>>()
    };
    let finish = async |number, key| {
        world.store.finish_arrival(&tenant, case_id(1), &arrival(number, key)).await.unwrap();
    };
    assert_eq!(claim("one", 1_000).await, [1, 4]);
    assert_eq!(claim("two", 1_001).await, [0_u128; 0], "the first one is on its way");
    // Whoever had it is gone: it comes first all the same.
    assert_eq!(claim("two", 1_100).await, [1, 4]);
    finish(1, "a").await;
    assert_eq!(claim("one", 1_101).await, [2]);
    // One that rests holds up nothing.
    world.store.postpone_arrival(&tenant, case_id(1), Uuid::from_u128(2), at(5_000), "x").await.unwrap();
    assert_eq!(claim("two", 1_102).await, [3]);
    assert_eq!(claim("one", 5_000).await, [2, 4]);
    finish(2, "b").await;
    assert_eq!(claim("one", 5_001).await, [3]);
}

pub async fn a_kept_message_gets_another_key_or_goes(world: &World) {
    let (store, tenant, elsewhere) = (&world.store, &musterstadt(), &beispielburg());
    begin(world, 1, "a").await;
    begin(world, 2, "b").await;
    for number in 1..=3 {
        assert_eq!(store.publish(tenant, &publishing(number, "typo")).await.unwrap(), Published::Kept);
    }
    assert_eq!(store.awaited_keys(tenant, "opinion", 100).await.unwrap(), ["a", "b"]);
    assert_eq!(store.awaited_keys(tenant, "opinion", 1).await.unwrap(), ["a"]);
    assert_eq!(store.awaited_keys(tenant, "other", 100).await.unwrap(), [""; 0]);
    assert_eq!(store.awaited_keys(elsewhere, "opinion", 100).await.unwrap(), [""; 0]);
    let readdress = async |tenant, number, key| store.readdress(tenant, Uuid::from_u128(number), key).await;
    assert!(!readdress(elsewhere, 1, "a").await.unwrap(), "another authority has no such message");
    assert!(readdress(tenant, 1, "a").await.unwrap());
    assert!(!readdress(tenant, 1, "b").await.unwrap(), "it is on its way already");
    assert!(readdress(tenant, 2, "c").await.unwrap());
    assert_eq!(deliverable(world).await, [(case_id(1), 1)]);
    assert_eq!(store.publish(tenant, &publishing(1, "typo")).await.unwrap(), Published::Before);
    begin(world, 3, "c").await;
    assert_eq!(deliverable(world).await, [(case_id(3), 2)], "with its new key");
    assert!(!store.discard(elsewhere, Uuid::from_u128(3)).await.unwrap());
    assert_eq!(kept(world).await, [3]);
    assert!(store.discard(tenant, Uuid::from_u128(3)).await.unwrap());
    assert!(!store.discard(tenant, Uuid::from_u128(3)).await.unwrap());
    assert_eq!(kept(world).await, [0; 0]);
}

pub async fn a_message_is_kept_until_somebody_waits(world: &World) {
    for number in [2, 1] {
        let published = world.store.publish(&musterstadt(), &publishing(number, "a")).await.unwrap();
        assert_eq!(published, Published::Kept);
    }
    let mut course = begin(world, 1, "a").await;
    assert_eq!(kept(world).await, [2], "the oldest one goes first");
    assert_eq!(deliverable(world).await, [(case_id(1), 1)]);
    world.store.finish_arrival(&musterstadt(), case_id(1), &arrival(1, "a")).await.unwrap();
    // The subscription is still there, as that of a handler that does not interrupt.
    assert_eq!(deliverable(world).await, [(case_id(1), 2)]);
    world.store.finish_arrival(&musterstadt(), case_id(1), &arrival(2, "a")).await.unwrap();
    world.committed(vec![course.turn(vec![left(1)])]).await;
    let published = world.store.publish(&musterstadt(), &publishing(3, "a")).await.unwrap();
    assert_eq!(published, Published::Kept);
}

pub async fn one_message_each_one_receiver(world: &World) {
    begin(world, 1, "a").await;
    begin(world, 2, "a").await;
    let mut to = BTreeSet::new();
    for number in 1..=2 {
        match world.store.publish(&musterstadt(), &publishing(number, "a")).await.unwrap() {
            Published::To(cases) => to.extend(cases),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(to, BTreeSet::from([case_id(1), case_id(2)]), "the second goes to the second");
    let third = world.store.publish(&musterstadt(), &publishing(3, "a")).await.unwrap();
    assert_eq!(third, Published::Kept, "both have one on its way");
}

pub async fn a_message_that_cannot_be_taken_goes_on(world: &World) {
    begin(world, 1, "a").await;
    world.store.publish(&musterstadt(), &publishing(1, "a")).await.unwrap();
    let mut second = Course::new(2);
    let entries = vec![second.begin("x"), waiting(&mut second, 1, "a")];
    world.committed(entries).await;
    world.store.return_arrival(&musterstadt(), case_id(1), &arrival(1, "a")).await.unwrap();
    assert_eq!(deliverable(world).await, [], "the first still waits longest, so it is kept for another one");
    assert_eq!(kept(world).await, [1]);
    world.committed(vec![second.turn(vec![left(1)]), waiting(&mut second, 2, "a")]).await;
    assert_eq!(deliverable(world).await, [(case_id(1), 1)], "whoever begins to wait wakes it");
}

/// A message that is damaged holds up neither what is brought with it nor whoever begins to wait for it.
pub async fn a_message_that_cannot_be_read_holds_up_no_other(world: &World) {
    let damage = async |table: &str, number: u128| {
        let id = Uuid::from_u128(number);
        world
            .tamper(&format!("update {table} set body = substr(body, 1, 20) where message_id = '{id}'"))
            .await;
    };
    for number in 1..=3 {
        let key = format!("k{number}");
        begin(world, number, &key).await;
        world.store.publish(&musterstadt(), &publishing(number, &key)).await.unwrap();
    }
    damage("arrivals", 2).await;
    let claimed = world.store.claim_arrivals("node", at(1_000_000), at(2_000_000), 100).await.unwrap();
    let read = claimed.iter().map(|claimed| (claimed.message_id.as_u128(), claimed.arrival.is_ok()));
    assert_eq!(read.collect::<Vec<_>>(), [(1, true), (2, false), (3, true)]);
    let (tenant, id) = (musterstadt(), Uuid::from_u128(2));
    world.store.postpone_arrival(&tenant, case_id(2), id, at(3_000_000), "damaged").await.unwrap();

    for number in 4..=6 {
        world.store.publish(&tenant, &publishing(number, "later")).await.unwrap();
    }
    damage("kept_messages", 4).await;
    begin(world, 7, "later").await;
    begin(world, 8, "later").await;
    assert_eq!(deliverable(world).await, [(case_id(7), 5), (case_id(8), 6)]);
    assert_eq!(world.rows("kept_messages", &tenant).await, 1, "the other one stays");
}

pub async fn a_signal_reaches_all(world: &World) {
    for number in 1..=3 {
        let mut course = Course::new(number);
        let waits = vec![awaited("s", Trigger::Signal("storm".into()), None)];
        let opened = Event::WaitOpened { instance: InstanceId(1), waits };
        let entries = vec![course.begin("x"), course.turn(vec![entered(1, "wait"), opened])];
        world.committed(entries).await;
    }
    let subject = Subject::Signal("storm".into());
    let arrival = Arrival { subject, key: String::new(), ..arrival(1, "") };
    let publishing = Publishing { arrival, start: None, sender: Some(case_id(2)) };
    let to = world.store.publish(&musterstadt(), &publishing).await.unwrap();
    assert_eq!(to, Published::To(vec![case_id(1), case_id(3)]));
    assert_eq!(deliverable(world).await, [(case_id(1), 1), (case_id(3), 1)]);
    let before = world.store.publish(&musterstadt(), &publishing).await.unwrap();
    assert_eq!(before, Published::Before);
}

pub async fn a_message_begins_a_case(world: &World) {
    begin(world, 1, "a").await;
    let start = Some((case_id(9), "bonfire".into()));
    let publish = async |number, key| {
        let publishing = Publishing { start: start.clone(), ..publishing(number, key) };
        world.store.publish(&musterstadt(), &publishing).await.unwrap()
    };
    assert_eq!(publish(1, "a").await, Published::To(vec![case_id(1)]), "whoever waits takes it first");
    assert_eq!(publish(2, "b").await, Published::To(vec![case_id(9)]));
    let claimed = world.store.claim_arrivals("node", at(1_000_000), at(2_000_000), 9).await.unwrap();
    let starts: Vec<_> = claimed.into_iter().map(|claimed| claimed.arrival.unwrap().starts).collect();
    assert_eq!(starts, [None, Some("bonfire".into())]);
}

pub async fn what_was_sent_goes_in_order(world: &World) {
    let mut course = Course::new(1);
    let entries = vec![course.begin("x"), course.turn(what_cases_send())];
    world.committed(entries).await;
    let claim = async || {
        let claimed = world.store.claim_parcels("node", at(1_000_000), at(2_000_000), 9).await.unwrap();
        claimed.into_iter().map(|claimed| claimed.row.unwrap().round).collect::<Vec<_>>()
    };
    assert_eq!(claim().await, [1]);
    assert_eq!(claim().await, Vec::<u32>::new(), "the second waits for the first");
    world.committed(vec![course.turn(vec![Event::Delivered { number: 1 }])]).await;
    assert_eq!(claim().await, [2]);
}

/// Two nodes: one subscribes while the other publishes, over and over. Each message reaches its case or is kept; none is
/// lost, none comes twice.
pub async fn subscribing_and_publishing_never_miss_each_other(world: &World) {
    let soak: u128 = std::env::var("FACHWERK_SOAK").ok().and_then(|times| times.parse().ok()).unwrap_or(1);
    let count = 100 * soak;
    // SQLite has one process; there the second node is a second task.
    let other =
        if world.is_postgres() { Store::open(&world.place).await.unwrap() } else { world.store.clone() };
    let subscribe = async {
        for number in 1..=count {
            begin(world, number, &format!("k{number}")).await;
        }
    };
    let publish = async {
        for number in 1..=count {
            let publishing = publishing(number, &format!("k{number}"));
            other.publish(&musterstadt(), &publishing).await.unwrap();
        }
    };
    tokio::join!(subscribe, publish);
    if world.is_postgres() {
        other.close().await;
    }
    assert_eq!(kept(world).await, Vec::<u128>::new());
    let mut found = Vec::new();
    loop {
        let more = deliverable(world).await;
        if more.is_empty() {
            break;
        }
        found.extend(more);
    }
    found.sort_unstable();
    let expected: Vec<(CaseId, u128)> = (1..=count).map(|number| (case_id(number), number)).collect();
    assert_eq!(found, expected);
}
