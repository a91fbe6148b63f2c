//! Servers that live as long as we do: whoever ends this program, in whichever way, ends them too.

use std::{
    io::{BufRead, BufReader, Read},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    time::{Duration, Instant},
};

/// Runs a program until standard input closes. `$1`: where it writes, then the program and its arguments.
const KEEPER: &str = r#"
log=$1
shift
"$@" >"$log" 2>&1 </dev/null &
pid=$!
trap '' INT HUP TERM
echo "$pid"
cat >/dev/null
kill "$pid" 2>/dev/null
tries=0
while kill -0 "$pid" 2>/dev/null && [ "$tries" -lt 100 ]; do
    sleep 0.1
    tries=$((tries + 1))
done
kill -9 "$pid" 2>/dev/null
wait "$pid"
"#;

/// A program that is running.
pub struct Kept {
    keeper: Child,
    stdin: Option<ChildStdin>,
    pub pid: u32,
    log: PathBuf,
}

impl Kept {
    /// Starts what `command` describes; what it prints goes to the file `log`.
    pub fn start(command: &Command, log: &Path) -> Result<Kept, String> {
        let mut keeper = Command::new("sh");
        keeper.args(["-c", KEEPER, "sh"]).arg(log).arg(command.get_program()).args(command.get_args());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => keeper.env(name, value),
                None => keeper.env_remove(name),
            };
        }
        if let Some(folder) = command.get_current_dir() {
            keeper.current_dir(folder);
        }
        keeper.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut keeper = keeper.spawn().map_err(|error| format!("sh cannot be started: {error}"))?;
        let stdin = keeper.stdin.take();
        let mut line = String::new();
        if let Some(stdout) = keeper.stdout.take() {
            let _ = BufReader::new(stdout).read_line(&mut line);
        }
        let pid = line.trim().parse().map_err(|_| format!("no process id but {line:?}"))?;
        Ok(Kept { keeper, stdin, pid, log: log.to_path_buf() })
    }

    /// Asks again and again until it answers, at most two minutes.
    pub fn wait_for(&self, answers: impl Fn() -> bool) -> Result<(), String> {
        let began = Instant::now();
        while !answers() {
            if !Path::new(&format!("/proc/{}", self.pid)).exists() {
                return Err(format!("it has ended; it said:\n{}", self.tail()));
            }
            if began.elapsed() > Duration::from_secs(120) {
                return Err(format!("it does not answer; it said:\n{}", self.tail()));
            }
            pause(Duration::from_millis(100));
        }
        Ok(())
    }

    /// The end of what it has printed.
    pub fn tail(&self) -> String {
        let mut text = String::new();
        if let Ok(mut file) = std::fs::File::open(&self.log) {
            let _ = file.read_to_string(&mut text);
        }
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(25)..].join("\n")
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        drop(self.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// A port of this machine that nobody listens on.
pub fn free_port() -> Result<u16, String> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(|error| error.to_string())?;
    Ok(listener.local_addr().map_err(|error| error.to_string())?.port())
}

/// Between two questions to a server that cannot call us.
pub fn pause(time: Duration) {
    let until = Instant::now() + time;
    while let Some(rest) = until.checked_duration_since(Instant::now()).filter(|rest| !rest.is_zero()) {
        std::thread::park_timeout(rest);
    }
}
