//! PostgreSQL servers of our own that can be ended in the middle of everything, begun again, and doubled: each started from
//! the server's own programs on a free port of this machine, stopped and removed when the test ends, however it ends.

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use fachwerk_store::test_postgres;

/// Holds a server as long as its standard input is open, and does what is written there. `$1`: folder of the programs,
/// `$2`: port, `$3`: the address of the server that it follows, or nothing. The server refuses to run as root: then it runs
/// as the user `postgres`.
const KEEPER: &str = r#"
set -eu
trap '' INT HUP TERM
as=
if [ "$(id -u)" = 0 ]; then
    unset TMPDIR
    as="runuser -u postgres --"
fi
dir=$(mktemp -d)
bin=$1
pg_ctl() { $as "$bin/pg_ctl" -D "$dir/data" "$@" >/dev/null 2>&1; }
finish() { pg_ctl -m immediate -w stop || true; rm -rf "$dir"; }
trap finish EXIT
[ -z "$as" ] || chown postgres "$dir"
if [ -z "$3" ]; then
    $as "$bin/initdb" -D "$dir/data" -U fachwerk -A trust -E UTF8 --locale=C --no-sync >/dev/null
    echo "host replication all 127.0.0.1/32 trust" >> "$dir/data/pg_hba.conf"
else
    $as "$bin/pg_basebackup" -D "$dir/data" -d "$3" -R --no-sync -c fast
fi
begin() {
    pg_ctl -l "$dir/log" -w -t 60 start -o "-p $2 -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off" || {
        cat "$dir/log" >&2
        exit 1
    }
}
begin "$@"
echo ready
while read -r word; do
    case $word in
    crash) pg_ctl -m immediate -w stop ;;
    begin) begin "$@" ;;
    promote) pg_ctl -w promote ;;
    end) exit 0 ;;
    esac
    echo ready
done
"#;

/// A server.
pub struct Server {
    port: u16,
    keeper: Child,
    ask: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Server {
    /// A new server with empty databases; none when tests on PostgreSQL are switched off.
    pub fn start() -> Option<Server> {
        test_postgres::server()?;
        Some(Server::begin(""))
    }

    /// A second server that holds whatever the first one has committed (synchronous streaming replication).
    pub fn follow(&self) -> Server {
        let server = self.follow_behind();
        self.sql("alter system set synchronous_standby_names = 'follower'");
        self.sql("select pg_reload_conf()");
        server
    }

    /// A second server that the first one does not wait for.
    pub fn follow_behind(&self) -> Server {
        let name = "application_name=follower";
        Server::begin(&format!("postgres://fachwerk@127.0.0.1:{}/postgres?{name}", self.port))
    }

    /// Lets a server that follows another one hear nothing more of it. Nobody who waits for it would be answered from then on.
    pub fn hear_nothing(&self) {
        self.sql("alter system set primary_conninfo = ''");
        self.sql("select pg_reload_conf()");
        self.sql(
            "do $$ begin while exists (select from pg_stat_wal_receiver) loop perform pg_sleep(0.01); end loop; end $$",
        );
    }

    fn begin(follows: &str) -> Server {
        let free = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let port = free.local_addr().expect("an address").port();
        drop(free);
        let mut command = Command::new("sh");
        command.args(["-c", KEEPER, "sh"]).arg(programs()).arg(port.to_string()).arg(follows);
        command.current_dir("/").stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut keeper = command.spawn().expect("a shell");
        let ask = keeper.stdin.take().expect("a pipe was asked for");
        let answers = BufReader::new(keeper.stdout.take().expect("a pipe was asked for"));
        let mut server = Server { port, keeper, ask, answers };
        server.ready();
        server
    }

    fn ready(&mut self) {
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("the keeper answers");
        assert_eq!(line.trim(), "ready", "the server on port {} does not do what it is told", self.port);
    }

    fn tell(&mut self, word: &str) {
        writeln!(self.ask, "{word}").and_then(|()| self.ask.flush()).expect("the keeper listens");
        self.ready();
    }

    /// Ends it at once, in the middle of whatever it does; what was committed is on its disk.
    pub fn crash(&mut self) {
        self.tell("crash");
    }

    /// Begins again after a crash.
    pub fn begin_again(&mut self) {
        self.tell("begin");
    }

    /// Lets a server that followed another one take over.
    pub fn promote(&mut self) {
        self.tell("promote");
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Commits something: when this returns, a server that follows has all that was committed before.
    pub fn commit(&self) {
        self.sql("select pg_logical_emit_message(true, 'probe', 'all before is there')");
    }

    /// Runs statements past everybody.
    pub fn sql(&self, sql: &str) {
        let mut command = Command::new(programs().join("psql"));
        command.args(["-q", "-X", "-h", "127.0.0.1", "-U", "fachwerk", "-d", "postgres", "-c", sql]);
        let done = command.arg("-p").arg(self.port.to_string()).stdout(Stdio::null()).status();
        assert!(done.expect("psql").success(), "{sql}");
    }
}

impl Drop for Server {
    /// Waits until it is stopped and removed.
    fn drop(&mut self) {
        let _ = writeln!(self.ask, "end").and_then(|()| self.ask.flush());
        let _ = self.keeper.wait();
    }
}

/// Where all programs of PostgreSQL are: the folder on the path may hold links to some of them only.
fn programs() -> PathBuf {
    let folder = test_postgres::programs().expect("the programs of PostgreSQL");
    let linked = folder.join("pg_ctl").canonicalize().ok();
    linked.and_then(|program| program.parent().map(Path::to_path_buf)).unwrap_or(folder)
}
