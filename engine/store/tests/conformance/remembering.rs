//! What a process remembers of the end of a journal holds as long as nobody else was here.

use fachwerk_core::words::Timestamp;
use fachwerk_store::{
    Appended,
    Appended::{Committed, Conflict, Repeated},
    Entry, Halt, Lease, Published, Store,
};

use serde_json::json;

use crate::{
    builders::{Course, at, effect, entered, listing, musterstadt, note, number, started},
    sealing::erased,
    world::World,
};

/// What happens before a turn is stored, and whether that one can still be stored on what is remembered.
type Between = (&'static str, bool, fn(World, Course) -> Happening);
type Happening = std::pin::Pin<Box<dyn Future<Output = Course>>>;

const HAPPENINGS: &[Between] = &[
    ("nothing", true, |_, course| Box::pin(async { course })),
    ("another server stores a turn", false, |world, mut course| {
        Box::pin(async move {
            let other = other(&world).await;
            let entry = course.turn(vec![note(1, "of another")]);
            let stored = other.append(&musterstadt(), vec![entry]).await.unwrap();
            assert!(matches!(stored[..], [Committed { .. }]), "{stored:?}");
            leave(&world, other).await;
            course
        })
    }),
    ("another server stores a turn of another case", true, |world, course| {
        Box::pin(async move {
            let mut another = Course::new(1_000 + u128::from(course.case.version));
            let other = other(&world).await;
            let stored = other.append(&musterstadt(), vec![another.begin("Wasser")]).await.unwrap();
            assert!(matches!(stored[..], [Committed { .. }]), "{stored:?}");
            leave(&world, other).await;
            course
        })
    }),
    ("all lists are made anew", false, |world, course| {
        Box::pin(async move {
            world.store.rebuild(&musterstadt(), listing).await.unwrap();
            course
        })
    }),
    ("somebody publishes", false, |world, course| {
        Box::pin(async move {
            let published = world.store.publish(&musterstadt(), &crate::between::publishing(1, "x")).await;
            assert_eq!(published.unwrap(), Published::Kept);
            course
        })
    }),
    ("deadlines and letters rest", false, |world, course| {
        Box::pin(async move {
            world.store.halt_all(Timestamp::UNIX_EPOCH, Halt::ClockJumped).await.unwrap();
            course
        })
    }),
];

/// Another server; on SQLite there is none.
async fn other(world: &World) -> Store {
    match world.is_postgres() {
        true => Store::open(&world.place).await.unwrap(),
        false => world.store.clone(),
    }
}

async fn leave(world: &World, other: Store) {
    if world.is_postgres() {
        other.close().await;
    }
}

fn again(world: &World) -> World {
    World { store: world.store.clone(), place: world.place.clone(), depot: None }
}

/// Stores one turn; whether it went the short way, where that can be seen.
async fn store_one(world: &World, course: &mut Course) -> Option<bool> {
    let entry = course.turn(vec![note(1, "one more")]);
    world.store.record();
    world.committed(vec![entry]).await;
    let statements = world.store.recorded().statements();
    // What was stored in vain left nothing to run again.
    world.is_postgres().then(|| statements.iter().filter(|count| **count > 0).eq(&[1]))
}

pub async fn what_is_remembered_holds_while_nobody_else_was_here(world: &World) {
    let (tenant, mut course) = (musterstadt(), Course::new(1));
    world.committed(vec![course.begin("Feuer")]).await;
    world.committed(vec![course.turn(vec![entered(1, "check")])]).await;
    let mut wrong = Vec::new();
    for (what, short, happen) in HAPPENINGS {
        course = happen(again(world), course).await;
        let went_short = store_one(world, &mut course).await;
        if went_short.is_some_and(|went| went != *short) {
            wrong.push(format!("{what}: went the short way: {went_short:?}"));
        }
        let report = world.store.verify(&tenant, listing).await.unwrap();
        if !report.is_clean() {
            wrong.push(format!("{what}: {report:?}"));
        }
        world.store.resume(&tenant).await.unwrap();
        // Whoever was disturbed goes the long way for a while, and then the short one again.
        let mut ways = Vec::new();
        for _ in 0..LONGEST {
            ways.push(store_one(world, &mut course).await);
        }
        if ways.last().is_some_and(|last| *last == Some(false)) {
            wrong.push(format!("{what}: {ways:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let stored = world.store.load(&tenant, course.id()).await.unwrap();
    assert_eq!(stored, Some(course.case));
}

/// So many turns after a disturbance the short way was tried again.
const LONGEST: usize = 6;

/// However often it is tried to store a case that begins, one key is drawn for it.
pub async fn a_case_that_begins_takes_one_key(world: &World) {
    if !world.is_postgres() {
        return;
    }
    let another = other(world).await;
    let mut courses: Vec<Course> = (1..=4).map(Course::new).collect();
    let mut begin = |number: usize| vec![courses[number].begin("a")];
    world.committed(begin(0)).await;
    world.committed(begin(1)).await;
    // What is remembered of the authority does not hold any more.
    another.append(&musterstadt(), begin(3)).await.unwrap();
    world.committed(begin(2)).await;
    leave(world, another).await;
    let mut slots = Vec::new();
    for course in &courses[..3] {
        let slot = world.bodies(&course.id()).await[0][1..9].try_into().unwrap();
        slots.push(u64::from_be_bytes(slot));
    }
    assert_eq!(slots, [slots[0], slots[0] + 1, slots[0] + 2]);
}

pub async fn what_is_remembered_hides_nothing(world: &World) {
    let tenant = musterstadt();
    let mut course = Course::new(1);
    world.committed(vec![course.begin("Feuer")]).await;
    let second = course.turn(vec![entered(1, "check")]);
    world.committed(vec![second.clone()]).await;
    let mut fork = course.clone();
    let third = course.turn(vec![note(1, "a")]);
    // The same command once more, decided on a newer case.
    let mut same = fork.turn(vec![note(1, "b")]);
    same.turn.command_id = second.turn.command_id;
    assert_eq!(world.append(vec![same]).await, [Repeated { version: 2, position: 2 }]);
    assert_eq!(world.append(vec![third.clone()]).await, [Committed { position: 3 }]);
    // A version that is taken, and a case that is there.
    let mut late = course.fork();
    late.case.version -= 1;
    assert_eq!(world.append(vec![late.turn(vec![note(1, "c")])]).await, [Conflict]);
    let mut begun = Course::new(1);
    begun.way = 7;
    assert_eq!(world.append(vec![begun.begin("Wasser")]).await, [Conflict]);
    // Work that rests is leased to nobody.
    let lease = || Some(Lease { owner: "one".into(), until: at(600) });
    world.committed(vec![course.turn(vec![note(1, "d")])]).await;
    for (rests, leased) in [(false, 1), (true, 0), (false, 1)] {
        if rests {
            world.store.halt_all(at(0), Halt::Restored).await.unwrap();
        } else {
            world.store.resume(&tenant).await.unwrap();
        }
        let instance = course.case.next_instance;
        let entry = course.turn(vec![entered(instance, "send"), effect(instance, 1)]);
        let stored = world.store.append_leasing(&tenant, vec![entry], lease()).await.unwrap();
        assert_eq!(stored.leased.len(), leased, "rests: {rests}");
    }
    let report = world.store.verify(&tenant, listing).await.unwrap();
    assert!(report.is_clean(), "{report:#?}");
}

/// Numbers, versions, cases: what another server has done since is seen, although most of what is remembered still holds.
pub async fn what_others_have_stored_is_seen(world: &World) {
    let (tenant, other) = (musterstadt(), other(world).await);
    let numbered = |case: u128, value: u64| {
        let mut course = Course::new(case);
        let entry = course.turn(vec![started("bonfire", json!({ "subject": "Feuer" })), number("a", value)]);
        (course, entry)
    };
    let (mut first, begun) = numbered(1, 1);
    let mut wrong = Vec::new();
    let mut check = async |what: &str, store: &Store, entry: Entry, expected: Appended| {
        let stored = store.append(&tenant, vec![entry]).await.unwrap();
        if stored != [expected] {
            wrong.push(format!("{what}: {stored:?}"));
        }
    };
    check("a beginning", &world.store, begun, Committed { position: 1 }).await;
    check("another number", &other, numbered(2, 2).1, Committed { position: 2 }).await;
    check("the same number", &world.store, numbered(3, 2).1, Conflict).await;
    check("the next number", &world.store, numbered(3, 3).1, Committed { position: 3 }).await;
    check("a number of another", &other, numbered(4, 4).1, Committed { position: 4 }).await;
    check("in another case", &world.store, first.turn(vec![note(1, "a")]), Committed { position: 5 }).await;
    check("a number behind it", &world.store, numbered(5, 4).1, Conflict).await;
    let mut fork = first.fork();
    check("a turn of the same", &other, first.turn(vec![note(1, "b")]), Committed { position: 6 }).await;
    check("the same version", &world.store, fork.turn(vec![note(1, "c")]), Conflict).await;
    check("the version behind it", &world.store, first.turn(vec![note(1, "d")]), Committed { position: 7 })
        .await;
    let mut fork = first.fork();
    check("an end", &other, first.turn(vec![erased()]), Committed { position: 8 }).await;
    check("behind the end", &world.store, fork.turn(vec![note(1, "e")]), Conflict).await;
    check("of what is gone", &world.store, first.turn(vec![note(1, "f")]), Conflict).await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let report = other.verify(&tenant, listing).await.unwrap();
    assert!(report.is_clean(), "{report:#?}");
    leave(world, other).await;
}

/// A server that was behind takes over: what it does not know nobody goes on from, wherever it is remembered.
pub async fn what_was_lost_is_not_gone_on_from(world: &World) {
    let (tenant, other) = (musterstadt(), other(world).await);
    let begun = |case: u128, numbered: Option<u64>| {
        let mut course = Course::new(case);
        let mut events = vec![started("bonfire", json!({ "subject": "Feuer" }))];
        events.extend(numbered.map(|value| number("a", value)));
        let entry = course.turn(events);
        (course, entry)
    };
    let (mut first, begin) = begun(1, Some(1));
    let mut wrong = Vec::new();
    let mut check = async |what: &str, store: &Store, entry: Entry, expected: Appended| {
        let stored = store.append(&tenant, vec![entry]).await.unwrap();
        if stored != [expected] {
            wrong.push(format!("{what}: {stored:?}"));
        }
    };
    // One more turn was stored by others when this server asks again, or none, so that the position is as it was.
    for (place, others) in [(10, 1), (20, 2)] {
        if place == 10 {
            check("a beginning", &world.store, begin.clone(), Committed { position: 1 }).await;
        }
        let before = world.store.last_position(&tenant).await.unwrap();
        let mut lost = first.fork();
        let turn = lost.turn(vec![note(1, "lost")]);
        check("what is lost", &world.store, turn, Committed { position: before + 1 }).await;
        world.tamper(&format!("delete from journal where position > {before}")).await;
        world.tamper(&format!("update tenants set position = {before}")).await;
        for nth in 0..others {
            let position = before + 1 + nth;
            let (_, entry) = begun(place + u128::from(nth), None);
            check("by others", &other, entry, Committed { position }).await;
        }
        check("behind what is lost", &world.store, lost.turn(vec![note(1, "gone on")]), Conflict).await;
        let position = before + others + 1;
        check("in its place", &world.store, first.turn(vec![note(1, "again")]), Committed { position }).await;
    }
    // The same with a number that was drawn.
    let before = world.store.last_position(&tenant).await.unwrap();
    check("a number", &world.store, begun(30, Some(2)).1, Committed { position: before + 1 }).await;
    world.tamper(&format!("delete from journal where position > {before}")).await;
    world.tamper(&format!("update tenants set position = {before}")).await;
    world.tamper("update counters set value = 1").await;
    check("by others", &other, begun(31, None).1, Committed { position: before + 1 }).await;
    check("the number behind it", &world.store, begun(32, Some(3)).1, Conflict).await;
    check("the number", &world.store, begun(33, Some(2)).1, Committed { position: before + 2 }).await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    leave(world, other).await;
}
