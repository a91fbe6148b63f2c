//! Documents outside of the database, by the commands that people call: in a folder, in S3-compatible storage, moved, saved,
//! brought back. And keys that are lost and found.

#[path = "../../connectors/s3/tests/storage/mod.rs"]
mod storage;

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::{Value, json};
use storage::{BUCKET, KEY, REGION, SECRET, Storage, Trouble};

const PASSWORD: &str = "drei kleine Worte";

/// A path of a test; nothing is there.
fn fresh(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&path);
    let _ = fs::remove_file(&path);
    path
}

fn text(path: &Path) -> String {
    path.display().to_string()
}

/// The files below a folder.
fn files(folder: &Path) -> usize {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths.map(|path| if path.is_dir() { files(&path) } else { 1 }).sum()
}

/// The binary on some data.
struct Data {
    dir: PathBuf,
    storage: Option<Storage>,
}

impl Data {
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_fachwerk"));
        let foreign = ["FACHWERK_", "AWS_"];
        for (name, _) in
            std::env::vars().filter(|(name, _)| foreign.iter().any(|begin| name.starts_with(begin)))
        {
            command.env_remove(name);
        }
        if let Some(storage) = &self.storage {
            command.env("FACHWERK_S3_ENDPOINT", &storage.endpoint).env("AWS_REGION", REGION);
            command.env("AWS_ACCESS_KEY_ID", KEY).env("AWS_SECRET_ACCESS_KEY", SECRET);
        }
        command.args(arguments).args(["--data", &text(&self.dir)]);
        command
    }

    /// What a call says, on both ways, that ends with a code.
    #[track_caller]
    fn ends(&self, code: i32, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().expect("the binary starts");
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        assert!(!said.contains(SECRET), "{said}");
        said
    }

    #[track_caller]
    fn says(&self, code: i32, arguments: &[&str], words: &str) {
        let said = self.ends(code, arguments);
        assert!(said.contains(words), "{arguments:?}: `{words}` is missing in: {said}");
    }

    /// Sets an authority up whose administrator may do everything, and a process of it.
    fn found(&self, documents: &[&str]) {
        let profile = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/town.yaml");
        let found = ["serve", "--found", "musterstadt", "--land", "ST", "--profile", profile];
        let serve = [&found[..], &["--listen", "127.0.0.1:0"]].concat();
        let mut server = self.command(&[&serve[..], documents].concat());
        server.env("FACHWERK_ADMIN_PASSWORD", PASSWORD).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = server.spawn().expect("the server starts");
        let out = process.stdout.take().expect("its output is ours");
        let line = BufReader::new(out).lines().next().expect("it says its address").expect("as text");
        let address = line.strip_prefix("Fachwerk: ").expect("its address").to_owned();
        let say = |method: &str, path: &str, cookie: &str, body: &Value| {
            let request = ureq::http::Request::builder()
                .method(method)
                .uri(format!("{address}/api/v1{path}"))
                .header("content-type", "application/json")
                .header("x-fachwerk", "1")
                .header("cookie", cookie)
                .body(body.to_string())
                .expect("a request");
            let agent: ureq::Agent = ureq::Agent::config_builder().proxy(None).build().into();
            let response = agent.run(request).expect("an answer");
            let cookie = response.headers().get("set-cookie").and_then(|value| value.to_str().ok());
            cookie.and_then(|value| value.split(';').next()).unwrap_or_default().to_owned()
        };
        let login = json!({ "tenant": "musterstadt", "person": "admin", "password": PASSWORD });
        let cookie = say("POST", "/session", "", &login);
        let roles =
            json!({ "name": "Administration", "roles": ["administrator", "clerk", "lead"], "active": true });
        say("PUT", "/people/admin", &cookie, &roles);
        process.kill().expect("it runs");
        process.wait().expect("it ends");
        let deploy =
            ["deploy", &example(""), "--reason", "Eine zweite Person kommt am Montag.", "--as", "admin"];
        self.ends(0, &[&deploy, documents].concat());
    }

    /// Begins a case, which makes a letter.
    fn case(&self, documents: &[&str]) {
        let start = ["case", "start", "bonfire", "--as", "admin", "--values", &example("application.json")];
        self.ends(0, &[&start, documents].concat());
    }
}

fn example(file: &str) -> String {
    text(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/bonfire").join(file))
}

#[test]
fn documents_lie_where_they_are_to() {
    let storage = Storage::start();
    let data = Data { dir: fresh("depots-data"), storage: Some(storage.clone()) };
    let folder = fresh("depots-folder");
    let in_folder = ["--documents", &text(&folder)];
    let in_bucket = ["--documents", "s3://akten/fachwerk"];
    data.found(&in_folder);
    data.case(&in_folder);
    assert_eq!(files(&folder), 2, "the letter, and what names the depot");
    data.says(0, &["verify"], "nothing is wrong");

    // A place that cannot be used is named before anything is done.
    data.says(2, &["verify", "--documents", "s3://nowhere/x"], "NoSuchBucket");
    data.says(2, &["verify", "--documents", "gs://akten"], "s3://bucket/prefix");
    data.says(2, &["verify", "--documents", "s3://ab"], "is no bucket");
    data.says(2, &["verify", "--documents", &text(&data.dir.join("fachwerk.db"))], "is not available");
    data.says(
        2,
        &["verify", "--documents", "/proc/fachwerk-documents"],
        "/proc/fachwerk-documents is not available",
    );
    let without_keys = Data { dir: data.dir.clone(), storage: None };
    without_keys.says(2, &[&["verify"][..], &in_bucket].concat(), "AWS_ACCESS_KEY_ID is not set");

    // From the folder into the bucket, past a trouble; the next one lies there, too.
    storage.state().troubles.push(Trouble::Busy);
    data.says(0, &["documents", "move", "--to", "s3://akten/fachwerk"], "1 documents with");
    assert_eq!(files(&folder), 1);
    data.case(&in_bucket);
    let keys: Vec<String> = storage.state().objects.keys().cloned().collect();
    assert_eq!(keys.len(), 3, "{keys:?}");
    assert!(keys.iter().all(|key| key.starts_with("fachwerk/")), "{keys:?}");
    assert_eq!(keys.iter().filter(|key| key.starts_with("fachwerk/musterstadt/")).count(), 2, "{keys:?}");
    data.says(0, &[&["verify"][..], &in_bucket].concat(), "nothing is wrong");
    assert!(storage.state().asked.iter().any(|asked| asked.starts_with("DELETE fachwerk/")));

    // Saved whole, and without them.
    let [whole, without] = ["depots-whole.db", "depots-without.db"].map(fresh);
    data.ends(0, &["backup", "-o", &text(&whole)]);
    data.says(0, &["backup", "-o", &text(&without), "--without-documents"], "2 documents lie outside");
    let restored = Data { dir: fresh("depots-restored"), storage: None };
    let keys_at = text(&data.dir);
    restored.ends(0, &["restore", &text(&whole), "--keys-at", &keys_at]);
    restored.says(0, &["verify", "--keys-at", &keys_at], "nothing is wrong");
    let beside = Data { dir: fresh("depots-beside"), storage: Some(storage.clone()) };
    beside.ends(0, &[&["restore", &text(&without), "--keys-at", &keys_at][..], &in_bucket].concat());
    beside.says(0, &["verify", "--keys-at", &keys_at], "nothing is wrong");

    // What is lost there is named.
    let lost = keys.iter().find(|key| key.contains("musterstadt")).cloned().unwrap_or_default();
    storage.state().objects.remove(&lost);
    data.says(1, &["verify"], &format!("s3://{BUCKET}/{lost}"));
    data.says(1, &["backup", "-o", &text(&fresh("depots-less.db"))], "1 documents are damaged or missing");
}

/// The same words lead elsewhere when a server begins elsewhere: wherever a place is named they are refused, before anything is
/// done, with the place that may be meant.
#[test]
fn a_folder_is_named_in_full() {
    let data = Data { dir: fresh("depots-named-data"), storage: None };
    let here = fresh("depots-named-here");
    fs::create_dir_all(&here).expect("a folder");
    data.found(&[]);
    data.case(&[]);
    let [saved, less] = ["depots-named.db", "depots-named-less.db"].map(|name| text(&fresh(name)));
    data.ends(0, &["backup", "-o", &saved]);
    let (keys_at, empty) = (text(&data.dir), fresh("depots-named-empty"));
    let restored = Data { dir: empty.clone(), storage: None };
    let serve = ["serve", "--listen", "127.0.0.1:0", "--documents"];
    for (data, arguments) in [
        (&data, &serve[..]),
        (&data, &["verify", "--documents"]),
        (&data, &["backup", "-o", &less, "--documents"]),
        (&data, &["documents", "move", "--to"]),
        (&restored, &["restore", &saved, "--keys-at", &keys_at, "--documents"]),
    ] {
        for (named, meant) in
            [("akten", "akten"), ("./akten/", "akten"), ("databse", "databse"), ("~/akten", "~/akten")]
        {
            let output = data.command(&[arguments, &[named]].concat()).current_dir(&here).output();
            let output = output.expect("the binary starts");
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some(2), "{arguments:?} {named}: {said}");
            let meant = format!("is `{}", text(&here.join(meant)));
            assert!(said.contains("named in full") && said.contains(&meant), "{arguments:?} {named}: {said}");
        }
    }
    assert_eq!(files(&here), 0);
    assert!(!here.join("akten").exists() && !empty.exists() && !Path::new(&less).exists());
    // However it is written in full, it is the same place.
    let folder = fresh("depots-named-folder");
    for (number, end) in ["", "/", "/./"].iter().enumerate() {
        let place = format!("{}{end}", text(&folder));
        data.case(&["--documents", &place]);
        assert_eq!(files(&folder), number + 2, "{place}");
    }
    fs::rename(&folder, fresh("depots-named-away")).expect("it is moved away");
    data.says(2, &["verify", "--documents", &format!("{}/", text(&folder))], "is it mounted?");
}

#[test]
fn a_server_moves_documents_while_it_works() {
    let data = Data { dir: fresh("depots-moving-data"), storage: None };
    let folder = fresh("depots-moving-folder");
    data.found(&[]);
    data.case(&[]);
    let serve = ["serve", "--listen", "127.0.0.1:0", "--documents", &text(&folder), "--move-documents"];
    let mut server =
        data.command(&serve).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let said = BufReader::new(server.stderr.take().expect("its output is ours"));
    let moved =
        said.lines().map_while(Result::ok).find(|line| line.contains("all documents lie where new ones lie"));
    server.kill().expect("it runs");
    server.wait().expect("it ends");
    assert!(moved.is_some_and(|line| line.contains("documents=1")));
    assert_eq!(files(&folder), 2);
    data.says(0, &["verify"], "nothing is wrong");
}

/// The newest keys are lost: those from before open nothing by mistake, and all that they can when somebody says so. When the
/// newest are found they are put beside those.
#[test]
fn keys_are_lost_and_found() {
    let data = Data { dir: fresh("keys-data"), storage: None };
    data.found(&[]);
    data.case(&[]);
    let [older, newer] = ["keys-older.db", "keys-newer.db"].map(fresh);
    data.ends(0, &["backup", "--keys", &text(&older)]);
    // Each command draws from a reserve of its own.
    data.case(&[]);
    data.ends(0, &["backup", "--keys", &text(&newer)]);
    for name in ["keys.db", "keys.db-wal", "keys.db-shm"] {
        let _ = fs::remove_file(data.dir.join(name));
    }
    data.says(2, &["verify"], "The keys are missing");
    data.says(2, &["restore", "--keys", &text(&older)], "The keys are older than the data");
    let restore = ["restore", "--keys", &text(&older), "--older-keys"];
    data.says(0, &restore, "1 authority cannot read what it wrote last");
    data.says(2, &["verify"], "1 of 1 authorities");
    data.says(1, &["verify", "--older-keys"], "something is wrong");
    data.case(&["--older-keys"]);
    let mut server = data.command(&["serve", "--older-keys", "--listen", "127.0.0.1:0"]);
    let mut server = server.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let out = BufReader::new(server.stdout.take().expect("its output is ours"));
    out.lines().next().expect("it says its address").expect("as text");
    server.kill().expect("it runs");
    let logged = server.wait_with_output().expect("it ends").stderr;
    let logged = String::from_utf8_lossy(&logged).into_owned();
    assert!(logged.contains("the keys are older than the database"), "{logged}");
    data.says(0, &["restore", "--keys", &text(&newer)], "keys that were missing are brought back");
    data.says(0, &["verify"], "nothing is wrong");
    data.says(2, &["restore", "--keys", &text(&newer)], "there are keys already");
}
