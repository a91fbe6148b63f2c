//! A throw-away PostgreSQL server for tests: one a test process, started from the server's own programs on a free port
//! of this machine, stopped and removed when the process ends, in whichever way it ends.
//!
//! - `FACHWERK_TEST_POSTGRES=postgres://...` uses a server that runs already; the user must be allowed to create
//!   databases.
//! - `FACHWERK_WITHOUT_POSTGRES=1` leaves the tests on PostgreSQL out, and says so.
//!
//! Without either, a machine without PostgreSQL fails the tests: they would prove nothing.

use std::{
    io::{BufRead, BufReader, Read},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use crate::{create_database, drop_database};

static SERVER: OnceLock<Option<TestPostgres>> = OnceLock::new();
static DATABASES: AtomicU32 = AtomicU32::new(1);

/// Holds the server as long as its standard input is open. `$1`: folder of the programs, `$2`: port. The server refuses
/// to run as root: then it runs as the user `postgres`, and root keeps its folder. It waits for no disk: its data lives
/// as long as the test, and a server that is killed finds again what the machine has cached.
const KEEPER: &str = r#"
set -eu
trap '' INT HUP TERM
as=
if [ "$(id -u)" = 0 ]; then
    # The folder for temporary files of root may be closed to others.
    unset TMPDIR
    as="runuser -u postgres --"
fi
dir=$(mktemp -d)
finish() {
    $as "$1/pg_ctl" -D "$dir/data" -m immediate -w stop >/dev/null 2>&1 || true
    rm -rf "$dir"
}
trap 'finish "$1"' EXIT
[ -z "$as" ] || chown postgres "$dir"
$as "$1/initdb" -D "$dir/data" -U fachwerk -A trust -E UTF8 --locale=C --no-sync >/dev/null
$as "$1/pg_ctl" -D "$dir/data" -l "$dir/log" -w -t 60 start >/dev/null \
    -o "-p $2 -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off" \
    || { cat "$dir/log" >&2; exit 1; }
echo ready
cat >/dev/null
"#;

/// A server that databases can be made on.
pub struct TestPostgres {
    /// The address of its first database.
    url: String,
    /// The process that stops the server when ours ends: it reads our end of a pipe.
    _keeper: Option<Child>,
}

/// The server of this process; none when tests on PostgreSQL are switched off.
pub fn server() -> Option<&'static TestPostgres> {
    SERVER.get_or_init(find).as_ref()
}

fn find() -> Option<TestPostgres> {
    if let Ok(url) = std::env::var("FACHWERK_TEST_POSTGRES") {
        return Some(TestPostgres { url, _keeper: None });
    }
    if std::env::var("FACHWERK_WITHOUT_POSTGRES").is_ok_and(|value| value == "1") {
        eprintln!("SKIPPED: everything on PostgreSQL, because FACHWERK_WITHOUT_POSTGRES=1");
        return None;
    }
    let Some(programs) = programs() else {
        panic!(
            "no PostgreSQL server programs (initdb, pg_ctl, postgres) on PATH, by pg_config, or in \
             /usr/lib/postgresql/*/bin. Install them, or set FACHWERK_TEST_POSTGRES=postgres://..., or leave these \
             tests out with FACHWERK_WITHOUT_POSTGRES=1"
        )
    };
    let mut said = String::new();
    // Between finding a free port and using it, somebody else may take it.
    for _ in 0..5 {
        match start(&programs) {
            Ok(server) => return Some(server),
            Err(error) => said = error,
        }
    }
    panic!("the PostgreSQL server in {} does not start: {said}", programs.display())
}

/// The folder of the server's programs, when they are there.
pub fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let asked = Command::new("pg_config").arg("--bindir").output();
    folders.extend(asked.ok().map(|output| PathBuf::from(String::from_utf8_lossy(&output.stdout).trim())));
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    versions.sort();
    folders.extend(versions.into_iter().rev());
    let complete =
        |folder: &PathBuf| ["initdb", "pg_ctl", "postgres"].iter().all(|name| folder.join(name).is_file());
    folders.into_iter().find(complete)
}

fn start(programs: &Path) -> Result<TestPostgres, String> {
    let free = TcpListener::bind(("127.0.0.1", 0)).map_err(|error| error.to_string())?;
    let port = free.local_addr().map_err(|error| error.to_string())?.port();
    drop(free);
    let mut command = Command::new("sh");
    command.args(["-c", KEEPER, "sh"]).arg(programs).arg(port.to_string());
    command.current_dir("/").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut keeper = command.spawn().map_err(|error| format!("{command:?}: {error}"))?;
    let mut line = String::new();
    let answered = keeper.stdout.take().map(|stdout| BufReader::new(stdout).read_line(&mut line));
    if matches!(answered, Some(Ok(_))) && line.trim() == "ready" {
        let url = format!("postgres://fachwerk@127.0.0.1:{port}/postgres");
        return Ok(TestPostgres { url, _keeper: Some(keeper) });
    }
    drop(keeper.stdin.take());
    let mut said = String::new();
    if let Some(mut stderr) = keeper.stderr.take() {
        let _ = stderr.read_to_string(&mut said);
    }
    let _ = keeper.wait();
    Err(said)
}

impl TestPostgres {
    /// Makes an empty database; its address.
    pub async fn create_database(&self) -> String {
        let number = DATABASES.fetch_add(1, Ordering::SeqCst);
        let name = format!("fachwerk_test_{}_{number}", std::process::id());
        create_database(&self.url, &name).await.expect("the test user may make databases")
    }

    /// Removes a database that [`Self::create_database`] made.
    pub async fn drop_database(&self, url: &str) {
        let address = url.split_once('?').map_or(url, |(address, _)| address);
        let (_, name) = address.rsplit_once('/').expect("an address ends with the database");
        drop_database(&self.url, name).await.expect("the test user may remove databases");
    }
}
