//! A store to test, on either back end.

use std::{
    path::{Path, PathBuf},
    pin::Pin,
    sync::atomic::{AtomicU32, Ordering},
};

use fachwerk_core::words::{CaseId, TenantId};
use fachwerk_store::{
    Appended, DATABASE_FILE, Documents, Entry, KEYS_FILE, MARKER, Place, Store, test_postgres,
};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};

static FOLDERS: AtomicU32 = AtomicU32::new(1);

/// An empty store, made for one test.
pub struct World {
    pub store: Store,
    pub place: Place,
    /// Where documents lie, when not in the database.
    pub depot: Option<Folder>,
}

/// A folder that is removed with its owner.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new() -> Folder {
        let number = FOLDERS.fetch_add(1, Ordering::SeqCst);
        Folder(std::env::temp_dir().join(format!("fachwerk-store-{}-{number}", std::process::id())))
    }
}
impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A test. In a box, so that what is around it is compiled once and not for each.
pub type Test = for<'w> fn(&'w World) -> Pin<Box<dyn Future<Output = ()> + 'w>>;

pub async fn on_sqlite(depot: Option<Folder>, test: Test) {
    let folder = Folder::new();
    let world = World::open(Place::Sqlite { dir: folder.0.clone() }, depot).await;
    test(&world).await;
    world.store.close().await;
}

pub async fn on_postgres(depot: Option<Folder>, test: Test) {
    let Some(server) = test_postgres::server() else { return };
    let url = server.create_database().await;
    let world = World::open(Place::Postgres { url: url.clone() }, depot).await;
    test(&world).await;
    world.store.close().await;
    server.drop_database(&url).await;
}

/// Every file below a folder, by its path from there, sorted.
pub fn files_in(folder: &Path) -> Vec<String> {
    let mut files = Vec::new();
    let Ok(entries) = std::fs::read_dir(folder) else { return files };
    for entry in entries {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            files.extend(files_in(&path).into_iter().map(|file| format!("{name}/{file}")));
        } else {
            files.push(name);
        }
    }
    files.sort();
    files
}

impl World {
    async fn open(place: Place, depot: Option<Folder>) -> World {
        let mut world = World { store: Store::open(&place).await.unwrap(), place, depot };
        if world.depot.is_some() {
            world.store.close().await;
            world.store = world.again().await;
        }
        world
    }

    /// The same store once more.
    pub async fn again(&self) -> Store {
        Store::open_at(&self.place, &self.place, &self.documents()).await.unwrap()
    }

    /// Where documents lie.
    pub fn documents(&self) -> Documents {
        let folder = |depot: &Folder| Documents::in_folder(&depot.0).unwrap();
        self.depot.as_ref().map_or_else(Documents::default, folder)
    }

    /// The files with documents outside of the database.
    pub fn outside(&self) -> Vec<String> {
        let files = self.depot.as_ref().map_or_else(Vec::new, |depot| files_in(&depot.0));
        files.into_iter().filter(|file| file != MARKER).collect()
    }

    pub fn is_postgres(&self) -> bool {
        matches!(self.place, Place::Postgres { .. })
    }

    /// Stores turns of one tenant.
    pub async fn append(&self, entries: Vec<Entry>) -> Vec<Appended> {
        let tenant = entries.first().expect("a batch").turn.tenant.clone();
        self.store.append(&tenant, entries).await.unwrap()
    }

    /// Stores turns of one tenant, all of which are next.
    #[track_caller]
    pub fn committed(&self, entries: Vec<Entry>) -> impl Future<Output = ()> {
        let place = std::panic::Location::caller();
        async move {
            let results = self.append(entries).await;
            let all = results.iter().all(|result| matches!(result, Appended::Committed { .. }));
            assert!(all, "at {place}: {results:?}");
        }
    }

    /// Does behind the store's back what nobody should.
    pub async fn tamper(&self, sql: &str) {
        let rows = match &self.place {
            Place::Sqlite { dir } => tamper_file(&dir.join(DATABASE_FILE), sql).await,
            Place::Postgres { url } => {
                let mut connection = PgConnection::connect(url).await.unwrap();
                let done = sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
                connection.close().await.unwrap();
                done.rows_affected()
            }
        };
        assert!(rows > 0, "nothing was touched by: {sql}");
    }

    /// The same with the keys.
    pub async fn tamper_keys(&self, sql: &str) {
        match &self.place {
            Place::Sqlite { dir } => {
                let rows = tamper_file(&dir.join(KEYS_FILE), sql).await;
                assert!(rows > 0, "nothing was touched by: {sql}");
            }
            Place::Postgres { .. } => self.tamper(sql).await,
        }
    }

    /// The bodies of the turns of a case, as they are stored.
    pub async fn bodies(&self, case: &CaseId) -> Vec<Vec<u8>> {
        let sql = "select body from journal where case_id = $1 order by version";
        match &self.place {
            Place::Sqlite { dir } => {
                let mut connection = sqlite(dir).await;
                sqlx::query_scalar(sql).bind(case.to_string()).fetch_all(&mut connection).await.unwrap()
            }
            Place::Postgres { url } => {
                let mut connection = PgConnection::connect(url).await.unwrap();
                sqlx::query_scalar(sql).bind(case.to_string()).fetch_all(&mut connection).await.unwrap()
            }
        }
    }

    /// How many rows a table has of a tenant, by the database itself.
    pub async fn rows(&self, table: &str, tenant: &TenantId) -> i64 {
        let sql = format!("select count(*) from {table} where tenant = $1");
        match &self.place {
            Place::Sqlite { dir } => {
                let mut connection = sqlite(dir).await;
                sqlx::query_scalar(AssertSqlSafe(sql))
                    .bind(tenant.as_str())
                    .fetch_one(&mut connection)
                    .await
                    .unwrap()
            }
            Place::Postgres { url } => {
                let mut connection = PgConnection::connect(url).await.unwrap();
                sqlx::query_scalar(AssertSqlSafe(sql))
                    .bind(tenant.as_str())
                    // Through a pooler the next session may have prepared another one under this name.
                    .persistent(false)
                    .fetch_one(&mut connection)
                    .await
                    .unwrap()
            }
        }
    }
}

async fn sqlite(dir: &Path) -> SqliteConnection {
    SqliteConnection::connect(&format!("sqlite://{}", dir.join(DATABASE_FILE).display())).await.unwrap()
}

/// Does it to a file.
pub async fn tamper_file(file: &Path, sql: &str) -> u64 {
    let mut connection = SqliteConnection::connect(&format!("sqlite://{}", file.display())).await.unwrap();
    let done = sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    done.rows_affected()
}
