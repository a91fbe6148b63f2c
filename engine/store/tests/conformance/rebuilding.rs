//! The derived tables written anew are the tables that were there.

use fachwerk_core::words::TenantId;
use fachwerk_store::Rebuilt;

use crate::{
    builders::{Course, at, beispielburg, listing, musterstadt, rich_course},
    world::World,
};

const DERIVED: [&str; 13] = [
    "counters",
    "snapshots",
    "cases",
    "case_columns",
    "case_words",
    "counts",
    "tasks",
    "deadlines",
    "timers",
    "outbox",
    "incidents",
    "post",
    "subscriptions",
];

async fn fill(world: &World, tenant: &TenantId) -> Vec<Course> {
    let mut courses = Vec::new();
    for number in 1..=60 {
        let mut course = Course::of(tenant, number);
        world.committed(rich_course(&mut course, number)).await;
        courses.push(course);
    }
    courses
}

async fn lines(world: &World, courses: &[Course]) -> Vec<Vec<String>> {
    let mut lines = Vec::new();
    for course in courses {
        lines.push(world.store.projections(&course.case.tenant, course.id()).await.unwrap());
    }
    lines
}

pub async fn a_rebuild_writes_the_same(world: &World) {
    let tenant = musterstadt();
    let courses = fill(world, &tenant).await;
    let before = lines(world, &courses).await;
    let rebuilt = world.store.rebuild(&tenant, listing).await.unwrap();
    assert_eq!(rebuilt, Rebuilt { cases: 60, turns: 1260 });
    assert_eq!(lines(world, &courses).await, before, "over what was there");

    for table in DERIVED {
        world.tamper(&format!("delete from {table}")).await;
    }
    assert!(lines(world, &courses).await.iter().all(Vec::is_empty));
    world.store.rebuild(&tenant, listing).await.unwrap();
    assert_eq!(lines(world, &courses).await, before, "over nothing");
    assert_eq!(world.store.counter(&tenant, "32.7").await.unwrap(), 1);
    let report = world.store.verify(&tenant, listing).await.unwrap();
    assert!(report.is_clean(), "{report:#?}");

    world.tamper("update outbox set body = body, at = 0, round = 99").await;
    world.tamper("update tasks set instance = 99").await;
    world.store.rebuild(&tenant, listing).await.unwrap();
    assert_eq!(lines(world, &courses).await, before, "over what is wrong");
    for course in &courses {
        assert_eq!(world.store.load(&tenant, course.id()).await.unwrap().as_ref(), Some(&course.case));
    }
}

pub async fn a_rebuild_keeps_leases(world: &World) {
    let tenant = musterstadt();
    world.committed(rich_course(&mut Course::new(1), 1)).await;
    let claimed = world.store.claim_effects("one", at(100), at(200), 10).await.unwrap();
    let sent = world.store.claim_parcels("one", at(100), at(200), 10).await.unwrap();
    assert_eq!((claimed.len(), sent.len()), (1, 1), "the effect, and what was sent to other cases");
    world.store.rebuild(&tenant, listing).await.unwrap();
    assert_eq!(world.store.claim_effects("two", at(199), at(300), 10).await.unwrap(), []);
    assert_eq!(world.store.claim_parcels("two", at(199), at(300), 10).await.unwrap(), []);
    assert!(world.store.postpone_effect(&claimed[0].key, "one", at(150), "busy").await.unwrap());
    world.store.rebuild(&tenant, listing).await.unwrap();
    let again = world.store.claim_effects("two", at(150), at(300), 10).await.unwrap();
    assert_eq!(again.len(), 1);
    assert_eq!((again[0].attempt, again[0].last_error.as_deref()), (2, Some("busy")));

    // With a snapshot before, there is one afterwards; without, there is none.
    assert_eq!(world.rows("snapshots", &tenant).await, 1);
    world.tamper("delete from snapshots").await;
    world.store.rebuild(&tenant, listing).await.unwrap();
    assert_eq!(world.rows("snapshots", &tenant).await, 0);
}

pub async fn a_rebuild_touches_one_tenant(world: &World) {
    let mut ours = Course::new(1);
    let mut theirs = Course::of(&beispielburg(), 1);
    world.committed(rich_course(&mut ours, 1)).await;
    world.committed(rich_course(&mut theirs, 1)).await;
    world.tamper("update tasks set role = 'nobody'").await;
    let theirs = [theirs];
    let before = lines(world, &theirs).await;
    world.store.rebuild(&musterstadt(), listing).await.unwrap();
    assert_eq!(lines(world, &theirs).await, before);
    assert!(world.store.verify(&musterstadt(), listing).await.unwrap().is_clean());
    assert!(!world.store.verify(&beispielburg(), listing).await.unwrap().is_clean());
    let nobody = world.store.rebuild(&"nowhere".into(), listing).await.unwrap();
    assert_eq!(nobody, Rebuilt::default());
    assert_eq!(
        world.store.tenants(None, 9).await.unwrap(),
        [beispielburg(), musterstadt()],
        "and makes none"
    );
}
