//! Backups, made while others write and brought back to either back end.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use fachwerk_core::words::Timestamp;
use fachwerk_store::{
    Copied, DATABASE_FILE, Halt, Hash, Obstacle, Place, Session, Store, StoreError, test_postgres,
};
use uuid::Uuid;

use crate::{
    builders::{Course, at, beispielburg, listing, musterstadt, rich_course},
    concurrency::add_note,
    world::{Folder, World},
};

/// Places without anything, on each back end that there is.
async fn places(folder: &Folder) -> Vec<Place> {
    let mut places = vec![Place::Sqlite { dir: folder.0.join("restored") }];
    if let Some(server) = test_postgres::server() {
        places.push(Place::Postgres { url: server.create_database().await });
    }
    places
}

fn file_in(folder: &Folder) -> std::path::PathBuf {
    std::fs::create_dir_all(&folder.0).unwrap();
    folder.0.join("backup.db")
}

/// After any instant.
fn late() -> Timestamp {
    at(400 * 86_400)
}

pub async fn a_backup_holds_everything(world: &World) {
    let (folder, store) = (Folder::new(), &world.store);
    let file = file_in(&folder);
    let mut courses = Vec::new();
    for (tenant, number) in [(musterstadt(), 1), (musterstadt(), 2), (beispielburg(), 1)] {
        let mut course = Course::of(&tenant, number);
        world.committed(rich_course(&mut course, number)).await;
        courses.push((tenant, course));
    }
    let large = store.put_blob(&musterstadt(), vec![7; 5_000_000]).await.unwrap();
    for number in 0..600_u32 {
        store.put_blob(&musterstadt(), number.to_be_bytes().to_vec()).await.unwrap();
    }
    let session = Session {
        id_hash: Hash::of(b"secret"),
        tenant: musterstadt(),
        person: "jan".into(),
        created_at: at(0),
        last_seen_at: at(0),
        expires_at: late(),
        provisional: false,
    };
    store.put_session(&session).await.unwrap();
    store.set_password_hash(&musterstadt(), &"jan".into(), ("hash", true), at(0)).await.unwrap();
    assert!(!store.due_timers(late(), 100).await.unwrap().is_empty());

    let copied = Store::backup(&world.place, &file).await.unwrap();
    assert_eq!(copied.tenants, 2);
    assert!(copied.rows > 700, "{copied:?}");
    for place in places(&folder).await {
        let restored = Store::restore(&file, &place, &world.place, at(9)).await.unwrap();
        assert_eq!(restored.tenants, 2);
        let again = Store::open_with(&place, &world.place).await.unwrap();
        for (tenant, course) in &courses {
            assert_eq!(again.load(tenant, course.id()).await.unwrap(), Some(course.case.clone()));
            let lines = store.projections(tenant, course.id()).await.unwrap();
            assert_eq!(again.projections(tenant, course.id()).await.unwrap(), lines);
            let report = again.verify(tenant, listing).await.unwrap();
            assert!(report.is_clean(), "{report:#?}");
            assert_eq!(again.halted(tenant).await.unwrap(), Some((at(9), Halt::Restored)));
        }
        let blob = again.blob(&musterstadt(), &large).await.unwrap().map(|bytes| bytes.len());
        assert_eq!(blob, Some(5_000_000));
        let hash = again.password_hash(&musterstadt(), &"jan".into()).await.unwrap();
        assert_eq!(hash, store.password_hash(&musterstadt(), &"jan".into()).await.unwrap());
        // Whoever was logged in is not any more, and nothing is sent or rings until somebody says so.
        assert_eq!(again.session(&session.id_hash).await.unwrap(), None);
        assert_eq!(again.due_timers(late(), 100).await.unwrap(), []);
        assert_eq!(again.claim_effects("me", late(), late(), 100).await.unwrap(), []);
        assert_eq!(again.claim_parcels("me", late(), late(), 100).await.unwrap(), []);
        assert_eq!(
            (again.next_timer_at().await.unwrap(), again.next_effect_at().await.unwrap()),
            (None, None)
        );
        assert!(again.resume(&beispielburg()).await.unwrap());
        assert!(!again.resume(&beispielburg()).await.unwrap());
        let due = again.due_timers(late(), 100).await.unwrap();
        assert!(!due.is_empty() && due.iter().all(|(tenant, _)| *tenant == beispielburg()), "{due:?}");
        assert!(!again.claim_effects("me", late(), late(), 100).await.unwrap().is_empty());
        again.close().await;
        if let (Place::Postgres { url }, Some(server)) = (&place, test_postgres::server()) {
            server.drop_database(url).await;
        }
    }
}

pub async fn a_busy_store_is_backed_up(world: &World) {
    let (store, tenant, folder) = (world.store.clone(), musterstadt(), Folder::new());
    let enough = Arc::new(AtomicBool::new(false));
    let mut writers = Vec::new();
    // Nothing at all would not be brought back beside keys that are in use.
    add_note(&store, &tenant, 1, Uuid::now_v7()).await;
    for writer in 0..3 {
        let (store, tenant, enough) = (store.clone(), tenant.clone(), enough.clone());
        writers.push(tokio::spawn(async move {
            let mut turns = 0_u64;
            while !enough.load(Ordering::SeqCst) {
                add_note(&store, &tenant, u128::from(1 + (turns * 3 + writer) % 110), Uuid::now_v7()).await;
                turns += 1;
            }
        }));
    }
    let mut seen = 0;
    while seen < 120 {
        let file = file_in(&folder);
        Store::backup(&world.place, &file).await.unwrap();
        let dir = folder.0.join("looked-at");
        let place = Place::Sqlite { dir: dir.clone() };
        Store::restore(&file, &place, &world.place, at(9)).await.unwrap();
        let copy = Store::open_with(&place, &world.place).await.unwrap();
        let report = copy.verify(&tenant, listing).await.unwrap();
        assert!(report.is_clean(), "{report:#?}");
        seen = report.turns;
        copy.close().await;
        std::fs::remove_dir_all(&dir).unwrap();
        std::fs::remove_file(&file).unwrap();
    }
    enough.store(true, Ordering::SeqCst);
    for writer in writers {
        writer.await.unwrap();
    }
}

pub async fn what_is_there_is_not_written_over(world: &World) {
    let folder = Folder::new();
    let file = file_in(&folder);
    let mut course = Course::new(1);
    world.committed(vec![course.begin("a")]).await;
    let said = |result: Result<Copied, StoreError>| match result {
        Err(StoreError::NotCopied { why, .. }) => why,
        other => panic!("{other:?}"),
    };
    std::fs::write(&file, "mine").unwrap();
    assert_eq!(said(Store::backup(&world.place, &file).await), Obstacle::FileThere);
    assert_eq!(std::fs::read(&file).unwrap(), b"mine");
    let nowhere = Place::Sqlite { dir: folder.0.join("x") };
    assert_eq!(said(Store::restore(&file, &nowhere, &world.place, at(0)).await), Obstacle::NoBackup);
    std::fs::remove_file(&file).unwrap();
    assert_eq!(said(Store::restore(&file, &nowhere, &world.place, at(0)).await), Obstacle::NoFile);
    Store::backup(&world.place, &file).await.unwrap();
    for place in places(&folder).await {
        Store::restore(&file, &place, &world.place, at(0)).await.unwrap();
        assert_eq!(said(Store::restore(&file, &place, &world.place, at(0)).await), Obstacle::DatabaseThere);
        if let (Place::Postgres { url }, Some(server)) = (&place, test_postgres::server()) {
            server.drop_database(url).await;
        }
    }
    // Nothing half is left.
    let mut left: Vec<String> = std::fs::read_dir(&folder.0)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    left.sort();
    assert_eq!(left, ["backup.db", "restored"]);
    assert!(folder.0.join("restored").join(DATABASE_FILE).is_file());
}
