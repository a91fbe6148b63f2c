//! Nobody sees or changes what belongs to another authority.

use fachwerk_core::{
    authority::{AuthorityEvent, AuthorityTurn},
    facts::Actor,
    words::{PersonId, TenantId},
};
use fachwerk_store::{Appended, CaseQuery, DeadlineQuery, Hash, InboxQuery, Moment, Piece, Store};
use uuid::Uuid;

use crate::{
    builders::{Course, at, beispielburg, listing, musterstadt, rich_course},
    world::World,
};

async fn fill(world: &World, tenant: &TenantId, name: &str, cases: u128) -> Vec<Course> {
    let person = AuthorityEvent::PersonSet {
        person: "anna".into(),
        name: name.into(),
        roles: ["clerk".into()].into(),
        active: true,
    };
    let turn = AuthorityTurn {
        tenant: tenant.clone(),
        version: 1,
        command_id: Uuid::from_u128(1),
        actor: Actor::Engine,
        now: at(0),
        events: vec![person],
    };
    assert_eq!(world.store.append_authority(&turn).await.unwrap(), Appended::Committed { position: 1 });
    let mut courses = Vec::new();
    for number in 1..=cases {
        let mut course = Course::of(tenant, number);
        world.committed(rich_course(&mut course, number)).await;
        courses.push(course);
    }
    world.store.put_blob(tenant, name.into()).await.unwrap();
    world.store.set_password_hash(tenant, &"anna".into(), (name, false), at(0)).await.unwrap();
    courses
}

/// Everything that can be read of a tenant, as lines.
async fn everything(store: &Store, tenant: &TenantId, courses: &[Course]) -> Vec<String> {
    let piece = Piece { cursor: None, limit: 500 };
    let mut lines = vec![
        format!("{:?}", store.authority(tenant).await.unwrap()),
        format!("{:?}", store.authority_at_version(tenant, 1).await.unwrap()),
        format!("{:?}", store.authority_turns(tenant, 0, 9).await.unwrap()),
        format!("{:?}", store.find_authority_command(tenant, Uuid::from_u128(1)).await.unwrap()),
        format!("{:?}", store.events_after(tenant, 0, 500).await.unwrap()),
        format!("{:?}", store.last_position(tenant).await.unwrap()),
        format!(
            "{:?}",
            store.cases(tenant, &CaseQuery { piece: piece.clone(), ..CaseQuery::default() }).await.unwrap()
        ),
        format!(
            "{:?}",
            store.inbox(tenant, &InboxQuery { piece: piece.clone(), ..InboxQuery::default() }).await.unwrap()
        ),
        format!(
            "{:?}",
            store
                .deadlines(tenant, &DeadlineQuery { piece: piece.clone(), ..DeadlineQuery::default() })
                .await
                .unwrap()
        ),
        format!("{:?}", store.incidents(tenant, &piece).await.unwrap()),
        format!("{:?}", store.post(tenant, &piece).await.unwrap()),
        format!("{:?}", store.task_counts(tenant, &["clerk".into()].into(), &"anna".into()).await.unwrap()),
        format!("{:?}", store.counter(tenant, "32.1").await.unwrap()),
        format!("{:?}", store.password_hash(tenant, &PersonId::from("anna")).await.unwrap()),
        format!("{:?}", store.blob(tenant, &Hash::of(b"Anna")).await.unwrap()),
        format!("{:?}", store.verify(tenant, listing).await.unwrap()),
    ];
    for course in courses {
        let id = course.id();
        let command = Uuid::from_u128((id.0.as_u128() << 32) ^ 1);
        lines.push(format!("{:?}", store.load(tenant, id).await.unwrap()));
        lines.push(format!("{:?}", store.load_at(tenant, id, Moment::Version(3)).await.unwrap()));
        lines.push(format!("{:?}", store.turns(tenant, id, 0, 500).await.unwrap()));
        lines.push(format!("{:?}", store.find_command(tenant, id, command).await.unwrap()));
        lines.push(format!("{:?}", store.case_row(tenant, id).await.unwrap()));
        lines.push(format!("{:?}", store.projections(tenant, id).await.unwrap()));
    }
    lines
}

pub async fn nobody_sees_what_is_anothers(world: &World) {
    let empty = Course::of(&beispielburg(), 1);
    let before = everything(&world.store, &beispielburg(), std::slice::from_ref(&empty)).await;
    fill(world, &musterstadt(), "Anna", 1).await;
    let after = everything(&world.store, &beispielburg(), &[empty]).await;
    assert_eq!(after, before, "to beispielburg nothing has happened");
    assert!(before.iter().all(|line| !line.contains("anna")), "{before:#?}");
}

pub async fn the_same_ids_mean_different_things(world: &World) {
    let one = fill(world, &musterstadt(), "Anna", 2).await;
    let before = everything(&world.store, &musterstadt(), &one).await;
    let two = fill(world, &beispielburg(), "Bert", 2).await;
    let mut third = two[0].clone();
    world.committed(vec![third.turn(vec![crate::builders::ended()])]).await;
    let mut fourth = two[1].clone();
    let sooner = crate::builders::deadline(2, "sooner", 1, Some(crate::builders::day(5)));
    world.committed(vec![fourth.turn(vec![sooner])]).await;
    assert_eq!(everything(&world.store, &musterstadt(), &one).await, before);
    assert_eq!(world.store.load(&beispielburg(), third.id()).await.unwrap(), Some(third.case));
    assert_eq!(world.store.load(&musterstadt(), one[0].id()).await.unwrap().as_ref(), Some(&one[0].case));

    // Workers serve all tenants; each thing says whose it is.
    let mut effects = world.store.claim_effects("one", at(100), at(200), 100).await.unwrap();
    effects.extend(world.store.claim_parcels("one", at(100), at(200), 100).await.unwrap());
    let of = |tenant: &TenantId| effects.iter().filter(|effect| effect.key.tenant == *tenant).count();
    assert_eq!((of(&musterstadt()), of(&beispielburg())), (4, 3));
    let timers = world.store.due_timers(at(86_400 * 99), 100).await.unwrap();
    let of = |tenant: &TenantId| timers.iter().filter(|(of, _)| of == tenant).count();
    assert_eq!((of(&musterstadt()), of(&beispielburg())), (2, 2));
}

pub async fn tenants_are_listed(world: &World) {
    let store = &world.store;
    assert_eq!(store.tenants(None, 10).await.unwrap(), []);
    for name in ["muster", "Zeitz", "aue", "ärger"] {
        world.committed(vec![Course::of(&name.into(), 1).begin("x")]).await;
    }
    let names = ["Zeitz", "aue", "muster", "ärger"].map(TenantId::from);
    assert_eq!(store.tenants(None, 10).await.unwrap(), names);
    assert_eq!(store.tenants(None, 2).await.unwrap(), names[..2]);
    assert_eq!(store.tenants(Some(&names[1]), 10).await.unwrap(), names[2..]);
}
