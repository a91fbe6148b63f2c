//! A PostgreSQL server of our own: one for all engines, as it is installed, with every commit on disk.

use std::{
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
};

use crate::kept::free_port;

/// Holds the server as long as standard input is open. `$1`: folder of the programs, `$2`: port. The server refuses to
/// run as root: then it runs as the user `postgres`.
const KEEPER: &str = r#"
set -eu
trap '' INT HUP TERM
as=
if [ "$(id -u)" = 0 ]; then
    unset TMPDIR
    as="runuser -u postgres --"
fi
dir=$(mktemp -d)
finish() {
    $as "$1/pg_ctl" -D "$dir/data" -m fast -w stop >/dev/null 2>&1 || true
    rm -rf "$dir"
}
trap 'finish "$1"' EXIT
[ -z "$as" ] || chown postgres "$dir"
$as "$1/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale=C >/dev/null
$as "$1/pg_ctl" -D "$dir/data" -l "$dir/log" -w -t 60 start >/dev/null \
    -o "-p $2 -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=300" \
    || { cat "$dir/log" >&2; exit 1; }
echo ready
cat >/dev/null
"#;

pub struct Postgres {
    programs: PathBuf,
    pub port: u16,
    keeper: Child,
    stdin: Option<ChildStdin>,
}

impl Postgres {
    pub fn start() -> Result<Postgres, String> {
        use std::io::{BufRead, BufReader};
        let programs =
            programs().ok_or("no PostgreSQL server programs (initdb, pg_ctl, psql) are installed")?;
        let port = free_port()?;
        let mut command = Command::new("sh");
        command.args(["-c", KEEPER, "sh"]).arg(&programs).arg(port.to_string());
        command.current_dir("/").stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut keeper = command.spawn().map_err(|error| format!("sh cannot be started: {error}"))?;
        let stdin = keeper.stdin.take();
        let mut line = String::new();
        if let Some(stdout) = keeper.stdout.take() {
            let _ = BufReader::new(stdout).read_line(&mut line);
        }
        if line.trim() == "ready" {
            Ok(Postgres { programs, port, keeper, stdin })
        } else {
            drop(stdin);
            let _ = keeper.wait();
            Err("the PostgreSQL server does not start".to_owned())
        }
    }

    /// Makes an empty database; its address.
    pub fn create(&self, name: &str) -> Result<String, String> {
        self.say("postgres", &format!("create database {name}"))?;
        Ok(self.url(name))
    }

    pub fn url(&self, name: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{name}", self.port)
    }

    pub fn bytes(&self, name: &str) -> Result<u64, String> {
        let said = self.say(name, &format!("select pg_database_size('{name}')"))?;
        said.trim().parse().map_err(|_| format!("a size is a number, not {said:?}"))
    }

    /// So that nobody pays for what another has written before.
    pub fn checkpoint(&self) -> Result<(), String> {
        self.say("postgres", "checkpoint").map(drop)
    }

    /// Version and what it promises of a commit.
    pub fn settings(&self) -> Result<String, String> {
        let mut said = Vec::new();
        for name in ["server_version", "fsync", "synchronous_commit", "full_page_writes", "shared_buffers"] {
            said.push(format!("{name}={}", self.say("postgres", &format!("show {name}"))?.trim()));
        }
        Ok(said.join(", "))
    }

    fn say(&self, database: &str, statement: &str) -> Result<String, String> {
        let mut command = Command::new(self.programs.join("psql"));
        command.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", statement]);
        command.arg(self.url(database)).current_dir("/").stdin(Stdio::null());
        let output = command.output().map_err(|error| format!("psql cannot be started: {error}"))?;
        if output.status.success() {
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        } else {
            Err(format!("`{statement}`: {}", String::from_utf8_lossy(&output.stderr).trim()))
        }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// The folder of the server's programs; Debian keeps them out of `PATH`.
fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    versions.sort();
    folders.extend(versions.into_iter().rev());
    let complete = |folder: &PathBuf| {
        ["initdb", "pg_ctl", "psql"].iter().all(|name| Path::new(&folder.join(name)).is_file())
    };
    folders.into_iter().find(complete)
}
