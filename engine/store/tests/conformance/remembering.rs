//! What a process remembers of the end of a journal holds as long as nobody else was here.

use fachwerk_core::words::Timestamp;
use fachwerk_store::{
    Appended::{Committed, Conflict, Repeated},
    Halt, Lease, Published, Store,
};

use crate::{
    builders::{Course, at, effect, entered, listing, musterstadt, note},
    world::World,
};

/// What happens before a turn is stored, and whether that one can still be stored on what is remembered.
type Between = (&'static str, bool, fn(World, Course) -> Happening);
type Happening = std::pin::Pin<Box<dyn Future<Output = Course>>>;

const HAPPENINGS: &[Between] = &[
    ("nothing", true, |_, course| Box::pin(async { course })),
    ("another server stores a turn", false, |world, mut course| {
        Box::pin(async move {
            // On SQLite there is no other server.
            let other = match world.is_postgres() {
                true => Store::open(&world.place).await.unwrap(),
                false => world.store.clone(),
            };
            let entry = course.turn(vec![note(1, "of another")]);
            let stored = other.append(&musterstadt(), vec![entry]).await.unwrap();
            assert!(matches!(stored[..], [Committed { .. }]), "{stored:?}");
            if world.is_postgres() {
                other.close().await;
            }
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

fn again(world: &World) -> World {
    World { store: world.store.clone(), place: world.place.clone(), depot: None }
}

/// Stores one turn; whether it went the short way, where that can be seen.
async fn store_one(world: &World, course: &mut Course) -> Option<bool> {
    let entry = course.turn(vec![note(1, "one more")]);
    world.store.record();
    world.committed(vec![entry]).await;
    let statements = world.store.recorded().statements();
    world.is_postgres().then(|| statements == [1])
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
