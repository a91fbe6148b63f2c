//! Opening, closing, and what happens when the machine does it for us.

use fachwerk_store::{Appended, DATABASE_FILE, KEYS_FILE, Place, Store, StoreError, TABLES_FORMAT};

use sqlx::{Connection, PgConnection};

use crate::{
    builders::{Course, listing, musterstadt, rich_course},
    world::{Folder, World},
};

pub async fn what_is_closed_is_opened_again(world: &World) {
    let tenant = musterstadt();
    let mut course = Course::new(1);
    world.committed(rich_course(&mut course, 1)).await;
    let lines = world.store.projections(&tenant, course.id()).await.unwrap();
    world.store.close().await;

    let again = Store::open(&world.place).await.unwrap();
    assert_eq!(again.load(&tenant, course.id()).await.unwrap(), Some(course.case.clone()));
    assert_eq!(again.projections(&tenant, course.id()).await.unwrap(), lines);
    assert!(again.verify(&tenant, listing).await.unwrap().is_clean());
    let next = course.begin("goes on");
    assert_eq!(again.append(&tenant, vec![next]).await.unwrap(), [Appended::Committed { position: 22 }]);

    if !world.is_postgres() {
        let Place::Sqlite { dir } = &world.place else { unreachable!() };
        let second = Store::open(&world.place).await.err();
        assert_eq!(second, Some(StoreError::InUse { dir: dir.clone() }), "one process owns a data directory");
    }
    again.close().await;
    Store::open(&world.place).await.unwrap().close().await;
}

/// What a kill leaves: the files as they are, with what lies in the write-ahead log only.
pub async fn a_killed_process_loses_nothing(world: &World) {
    let tenant = musterstadt();
    let mut course = Course::new(1);
    for entry in rich_course(&mut course, 1) {
        world.committed(vec![entry]).await;
    }
    let (survivor, _folder) = match &world.place {
        Place::Sqlite { dir } => {
            let folder = Folder::new();
            std::fs::create_dir(&folder.0).unwrap();
            for file in [DATABASE_FILE, KEYS_FILE] {
                for file in [file.to_owned(), format!("{file}-wal")] {
                    std::fs::copy(dir.join(&file), folder.0.join(&file)).unwrap();
                }
            }
            (Place::Sqlite { dir: folder.0.clone() }, Some(folder))
        }
        Place::Postgres { .. } => (world.place.clone(), None),
    };
    let again = Store::open(&survivor).await.unwrap();
    assert_eq!(again.load(&tenant, course.id()).await.unwrap(), Some(course.case.clone()));
    assert!(again.verify(&tenant, listing).await.unwrap().is_clean());
    again.close().await;
}

pub async fn a_newer_format_is_refused(world: &World) {
    world.tamper("insert into schema_format (format) values (99)").await;
    world.store.close().await;
    let refused = Store::open(&world.place).await.err();
    assert_eq!(refused, Some(StoreError::NewerFormat { found: 99, known: TABLES_FORMAT }));
    // Refusing gives the directory free again.
    let refused = Store::open(&world.place).await.err();
    assert_eq!(refused, Some(StoreError::NewerFormat { found: 99, known: TABLES_FORMAT }));
}

pub async fn a_closed_store_says_so(world: &World) {
    world.store.close().await;
    let entry = Course::new(1).begin("too late");
    let error = world.store.append(&musterstadt(), vec![entry]).await.unwrap_err();
    assert_eq!(error.code(), "store_unavailable");
    let error = world.store.tenants(None, 1).await.unwrap_err();
    assert_eq!(error.code(), "store_unavailable");

    let unusable = match &world.place {
        Place::Sqlite { dir } => {
            let file = dir.join("a file");
            std::fs::write(&file, "").unwrap();
            vec![Place::Sqlite { dir: file.join("below") }]
        }
        Place::Postgres { .. } => vec![
            Place::Postgres { url: "no address".into() },
            Place::Postgres { url: "postgres://anna:secret@127.0.0.1:1/nowhere".into() },
        ],
    };
    for place in unusable {
        let error = Store::open(&place).await.err().unwrap();
        assert_eq!(error.code(), "store_place_unusable", "{place:?}");
        assert!(!format!("{error} {}", error.text().de).contains("secret"), "{error}");
    }
}

/// On PostgreSQL the server may drop connections at any time; SQLite has none to lose.
pub async fn a_lost_connection_heals(world: &World) {
    let tenant = musterstadt();
    let mut course = Course::new(1);
    world.committed(vec![course.begin("before")]).await;
    if world.is_postgres() {
        let terminate = "do $$ begin perform pg_terminate_backend(pid) from pg_stat_activity \
                         where datname = current_database() and pid <> pg_backend_pid(); end $$";
        let Place::Postgres { url } = &world.place else { unreachable!() };
        let mut connection = PgConnection::connect(url).await.unwrap();
        sqlx::raw_sql(terminate).execute(&mut connection).await.unwrap();
    }
    let entry = course.turn(vec![]);
    let mut tries = 0;
    let result = loop {
        tries += 1;
        assert!(tries < 40, "the connections do not heal");
        match world.store.append(&tenant, vec![entry.clone()]).await {
            Ok(result) => break result,
            // The statement that is a transaction by itself may have been committed, for all that is known.
            Err(StoreError::Unavailable { .. } | StoreError::UnknownCommit { .. }) => {}
            Err(other) => panic!("{other}"),
        }
    };
    assert_eq!(result, [Appended::Committed { position: 2 }]);
    // Those that only ask have connections of their own, each of which may be lost.
    let loaded = loop {
        tries += 1;
        assert!(tries < 40, "the connections do not heal");
        match world.store.load(&tenant, course.id()).await {
            Ok(loaded) => break loaded,
            Err(StoreError::Unavailable { .. }) => {}
            Err(other) => panic!("{other}"),
        }
    };
    assert_eq!(loaded, Some(course.case));
}

/// Several nodes that start at the same time make the tables once.
pub async fn two_stores_migrate_at_once(world: &World) {
    let Place::Postgres { url } = &world.place else { return };
    world.store.close().await;
    let server = fachwerk_store::test_postgres::server().unwrap();
    let fresh = server.create_database().await;
    assert_ne!(&fresh, url);
    let place = Place::Postgres { url: fresh.clone() };
    let opened = futures_of(8, || {
        let place = place.clone();
        async move { Store::open(&place).await }
    });
    for store in opened.await {
        store.unwrap().close().await;
    }
    server.drop_database(&fresh).await;
}

/// Runs the same thing several times at once.
pub async fn futures_of<T: Send + 'static, F: Future<Output = T> + Send + 'static>(
    times: usize,
    make: impl Fn() -> F,
) -> Vec<T> {
    let tasks: Vec<_> = (0..times).map(|_| tokio::spawn(make())).collect();
    let mut results = Vec::new();
    for task in tasks {
        results.push(task.await.unwrap());
    }
    results
}

/// What is written makes the database larger, and it is told in bytes.
pub async fn the_database_tells_its_size(world: &World) {
    let before = world.store.bytes().await.unwrap();
    // What repeats itself would be made small.
    let mut state = 1_u64;
    let noise = (0..1_000_000).map(|_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as u8
    });
    let noise = noise.collect();
    world.store.put_blob(&musterstadt(), noise).await.unwrap();
    let grown = world.store.bytes().await.unwrap() - before;
    assert!((990_000..2_000_000).contains(&grown), "{grown}");
}
