//! Work against a server as people call it: the same answers as on the data of this machine, and clear words when it
//! cannot be done. The authority is set up by `serve --found`, and its blocks with it.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

use fachwerk_core::facts::day_of;
use fachwerk_runtime::clock::Clock;
use serde_json::{Value, json};

const TENANT: &str = "musterstadt";
const PASSWORD: &str = "drei kleine Worte";

fn example(file: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/bonfire").join(file).display().to_string()
}

/// A path of a test; nothing is there.
fn fresh(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&path);
    let _ = fs::remove_file(&path);
    path
}

/// The binary, without what the environment of this machine would add.
fn fachwerk(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fachwerk"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("FACHWERK_") || is_proxy(name)) {
        command.env_remove(name);
    }
    command.args(arguments);
    command
}

fn is_proxy(name: &str) -> bool {
    name.to_lowercase().ends_with("_proxy")
}

fn output(command: &mut Command) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = command.output().expect("the binary starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (status.code(), text(&stdout), text(&stderr))
}

/// What a call prints that does its work.
#[track_caller]
fn good(command: &mut Command) -> Value {
    let (code, out, said) = output(command);
    assert_eq!(code, Some(0), "{said}");
    serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}: {out}{said}"))
}

/// A call ends with a code and says this.
#[track_caller]
fn check(command: &mut Command, code: i32, says: &str) {
    let (found, out, said) = output(command);
    assert_eq!((found, out.as_str()), (Some(code), ""), "{said}");
    assert!(said.contains(says), "`{says}` is missing in: {said}");
}

/// The same, of what is printed for people in either place.
#[track_caller]
fn tells(command: &mut Command, code: i32, says: &str) {
    let (found, out, said) = output(command);
    assert_eq!(found, Some(code), "{out}{said}");
    assert!(format!("{out}{said}").contains(says), "`{says}` is missing in: {out}{said}");
}

/// A server; it ends with this.
struct Served {
    process: Child,
    address: String,
    data: PathBuf,
}

impl Served {
    fn found(data: PathBuf) -> Served {
        let profile = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/town.yaml");
        Served::begun(data, &["--found", TENANT, "--land", "ST", "--profile", profile])
    }

    fn begun(data: PathBuf, more: &[&str]) -> Served {
        let data_text = data.display().to_string();
        let mut command = fachwerk(&["serve", "--data", &data_text, "--listen", "127.0.0.1:0"]);
        command.args(more);
        command.env("FACHWERK_ADMIN_PASSWORD", PASSWORD).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = command.spawn().expect("the server starts");
        let out = process.stdout.take().expect("its output is ours");
        let line = BufReader::new(out).lines().next().expect("it says its address").expect("as text");
        let address = line.strip_prefix("Fachwerk: ").expect("its address").to_owned();
        Served { process, address, data }
    }

    /// Ends it, so that its data can be worked on.
    fn end(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }

    /// A request of a browser; the answer, and the cookie that it sets.
    fn say(&self, method: &str, path: &str, cookie: &str, body: &Value) -> (Value, String) {
        let request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{}/api/v1{path}", self.address))
            .header("content-type", "application/json")
            .header("x-fachwerk", "1")
            .header("cookie", cookie)
            .body(body.to_string())
            .expect("a request");
        let agent: ureq::Agent = ureq::Agent::config_builder().proxy(None).build().into();
        let mut response = agent.run(request).expect("an answer");
        let cookie = response.headers().get("set-cookie").and_then(|value| value.to_str().ok());
        let cookie = cookie.and_then(|value| value.split(';').next()).unwrap_or_default().to_owned();
        let text = response.body_mut().read_to_string().expect("text");
        (serde_json::from_str(&text).unwrap_or(Value::Null), cookie)
    }

    /// A token in the name of the administrator with these roles; its secret, and its address to revoke it.
    fn token(&self, cookie: &str, roles: &[&str]) -> (String, String) {
        let until = tomorrow();
        let wanted = json!({ "person": "admin", "name": "test", "roles": roles, "until": until });
        let (issued, _) = self.say("POST", "/tokens", cookie, &wanted);
        let text = |value: &Value| value.as_str().expect("a token").to_owned();
        (text(&issued["secret"]), format!("/tokens/{}", text(&issued["token"]["id"])))
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.end();
    }
}

/// A day on which a token counts, by the clock of this machine as the server has it.
fn tomorrow() -> String {
    day_of(Clock::system().now()).tomorrow().expect("time goes on").to_string()
}

/// The flags of a server and its token; the token in a file.
fn there<'a>(served: &'a Served, token: &'a str) -> [&'a str; 4] {
    ["--server", &served.address, "--token-file", token]
}

#[test]
fn work_against_a_server_is_the_same_as_here() {
    let mut served = Served::found(fresh("server-data"));
    let (_, cookie) = served.say(
        "POST",
        "/session",
        "",
        &json!({ "tenant": TENANT, "person": "admin", "password": PASSWORD }),
    );
    let admin =
        json!({ "name": "Administration", "roles": ["administrator", "clerk", "lead"], "active": true });
    served.say("PUT", "/people/admin", &cookie, &admin);
    let (secret, address) = served.token(&cookie, &["administrator", "clerk", "lead"]);
    let file = fresh("server-token").display().to_string();
    fs::write(&file, format!("{secret}\n")).expect("a file");
    let with = there(&served, &file);
    let at_server = |arguments: &[&str]| {
        let mut command = fachwerk(arguments);
        command.args(with);
        command
    };

    // The blocks of the program are there: the example can be deployed at once; but nobody may sign what the only person
    // drafts, so somebody must say why it is deployed all the same.
    let example_process = example("");
    let deploy = ["deploy", &example_process, "--reason", "Eine zweite Person kommt am Montag."];
    check(&mut at_server(&deploy[..2]), 1, "[nobody_left]");
    let deployed = good(&mut at_server(&deploy));
    assert_eq!(deployed["version"], "1.0.0", "{deployed}");
    let broken = fresh("server-broken");
    fs::create_dir_all(&broken).expect("a folder");
    fs::write(broken.join("process.yaml"), "process: [").expect("a file");
    check(&mut at_server(&["deploy", &broken.display().to_string()]), 1, "process.yaml:1:");
    let started =
        good(&mut at_server(&["case", "start", "bonfire", "--values", &example("application.json")]));
    assert_eq!(started["version"], 1, "{started}");
    let case = started["case"].as_str().expect("an id");
    check(&mut at_server(&["case", "start", "nothing"]), 1, "refused (ProcessUnknown)");
    check(&mut at_server(&["case", "start", "bonfire"]), 1, "refused (ValuesInvalid)");

    // The token by the environment, and by a flag.
    let mut by_environment = fachwerk(&["task", "list"]);
    by_environment.envs([("FACHWERK_SERVER", served.address.as_str()), ("FACHWERK_TOKEN", &secret)]);
    // The acknowledgement is made first; that takes the server a moment.
    let mut calls = (0..1_000).map(|_| good(&mut by_environment));
    let tasks = calls.find(|tasks| tasks[0].is_object()).expect("a task after a thousand calls");
    assert_eq!(
        tasks,
        good(&mut fachwerk(&["task", "list", "--server", &served.address, "--token", &secret]))
    );
    let first = tasks[0]["id"].as_str().expect("an id");
    check(
        &mut at_server(&["task", "complete", first, "--values", &wrong_values()]),
        1,
        "refused (ValuesInvalid)",
    );
    let shown = good(&mut at_server(&["case", "show", case]));
    assert_eq!(
        (&shown["case"], &shown["open"], &shown["process"]),
        (&json!(case), &json!(true), &json!("bonfire"))
    );

    let nodes = good(&mut at_server(&["nodes", "--format", "json"]));
    assert_eq!(nodes["nodes"][0]["here"], true, "{nodes}");
    assert_eq!(nodes["nodes"][0]["process"], served.process.id(), "{nodes}");
    tells(
        &mut at_server(&["nodes"]),
        0,
        &format!("(process {}), the one that is asked", served.process.id()),
    );
    tells(&mut at_server(&["resume"]), 0, "musterstadt: nothing rested");
    assert_eq!((nodes["nodes"].as_array().map(Vec::len), &nodes["written"]), (Some(1), &json!(2)), "{nodes}");

    for (what, current) in [("retire", false), ("reinstate", true)] {
        let answer = good(&mut at_server(&["process", what, "bonfire"]));
        assert_eq!(answer, json!({ "process": "bonfire", "current": current }));
    }

    check(
        &mut at_server(&["task", "list", "--tenant", "nachbarstadt"]),
        2,
        "of the authority `musterstadt`, not of `nachbarstadt`",
    );
    check(&mut at_server(&["task", "list", "--as", "admin"]), 2, "--as has no meaning with --server");
    check(&mut at_server(&["task", "list", "--data", "data"]), 2, "named both");
    let (clerk, _) = served.token(&cookie, &["clerk"]);
    let mut less = fachwerk(&["deploy", &example(""), "--server", &served.address, "--token", &clerk]);
    check(&mut less, 1, "refused (NotAllowed)");
    served.say("DELETE", &address, &cookie, &Value::Null);
    let mut revoked = at_server(&["task", "list"]);
    check(&mut revoked, 2, "does not take the access token");
    let (_, _, said) = output(&mut revoked);
    assert!(!said.contains(&secret), "a message repeats the token: {said}");

    // While the server has the data, whoever works on them here is told whom to ask.
    let data = served.data.display().to_string();
    for arguments in [
        &["task", "list"][..],
        &["case", "show", case],
        &["process", "retire", "bonfire"],
        &["deploy", &example_process],
        &["keeping", "show"],
        &["statistics"],
        &["nodes"],
        &["resume"],
    ] {
        let mut here = fachwerk(arguments);
        let here = here.args(["--data", &data, "--as", "admin"]);
        check(
            here,
            2,
            "If it is a server, ask that one: --server URL with an access token (--token-file FILE)",
        );
    }

    // What the server said is what this machine says of the same data.
    served.end();
    let here = |arguments: &[&str]| good(fachwerk(arguments).args(["--data", &data, "--as", "admin"]));
    assert_eq!(here(&["task", "list"]), tasks);
    assert_eq!(here(&["case", "show", case]), shown);
    assert_eq!(here(&["process", "retire", "bonfire"]), json!({ "process": "bonfire", "current": false }));
    assert_eq!(here(&["process", "reinstate", "bonfire"]), json!({ "process": "bonfire", "current": true }));
    assert_eq!(here(&deploy), deployed);
    // It has ended, so it is named no more.
    assert_eq!(
        here(&["nodes", "--format", "json"]),
        json!({ "nodes": [], "written": 2, "formats": nodes["formats"], "schema": nodes["schema"] })
    );
    let data_only = ["--data", data.as_str()];
    check(fachwerk(&["task", "list"]).args(data_only), 2, "--as PERSON is missing");
}

/// What administrators look after: the same here as there, and four eyes hold either way.
#[test]
fn keeping_and_statistics_are_the_same_here_as_there() {
    let mut served = Served::found(fresh("keeping-data"));
    let login = json!({ "tenant": TENANT, "person": "admin", "password": PASSWORD });
    let (_, cookie) = served.say("POST", "/session", "", &login);
    let person = |roles: &[&str], password: Value| json!({ "name": "Jemand", "roles": roles, "active": true, "password": password });
    served.say("PUT", "/people/admin", &cookie, &person(&["administrator", "clerk", "lead"], Value::Null));
    served.say("PUT", "/people/eva", &cookie, &person(&["administrator"], json!(PASSWORD)));
    served.say("PUT", "/people/robot", &cookie, &person(&["administrator"], Value::Null));
    let (secret, _) = served.token(&cookie, &["administrator", "clerk", "lead"]);
    let file = fresh("keeping-token").display().to_string();
    fs::write(&file, format!("{secret}\n")).expect("a file");
    let with = there(&served, &file);
    let at_server = |arguments: &[&str]| {
        let mut command = fachwerk(arguments);
        command.args(with);
        command
    };
    let json = |arguments: &[&'static str]| [arguments, &["--format", "json"]].concat();
    good(&mut at_server(&["deploy", &example(""), "--reason", "Es ist ein Versuch."]));
    let values = example("application.json");
    let started = good(&mut at_server(&["case", "start", "bonfire", "--values", &values]));
    let case = started["case"].as_str().expect("an id");

    let show = json(&["keeping", "show"]);
    let own = |years: u16, basis: &str, own: bool| {
        let period = json!({ "years": years, "from": "year_end", "basis": basis });
        json!({ "process": "bonfire", "retention": period, "own": own, "over": 0, "over_capped": false })
    };
    let of_process = "Aktenordnung der Gemeinde, Art. 5 Abs. 1 Buchst. e DSGVO";
    let told = good(&mut at_server(&show));
    // The post room is set up with each authority.
    let items = json!({
        "process": "incoming-post",
        "retention": { "years": 1, "from": "end", "basis": of_process },
        "own": false,
        "over": 0,
        "over_capped": false,
    });
    assert_eq!(told, json!({ "processes": [own(5, of_process, false), items], "alone": false }));
    let period = ["keeping", "period", "bonfire", "--years", "3", "--basis", "Aktenplan"];
    tells(&mut at_server(&period), 0, "bonfire: how long its cases are kept is set");
    tells(&mut at_server(&["keeping", "period", "bonfire"]), 2, "--years");
    tells(&mut at_server(&["keeping", "period", "nothing", "--as-process"]), 1, "refused (ProcessUnknown)");
    let shown = good(&mut at_server(&show));
    assert_eq!(shown["processes"], json!([own(3, "Aktenplan", true), items]));
    tells(&mut at_server(&["keeping", "show"]), 0, "bonfire: 3 years from the end of the year (Aktenplan");

    tells(&mut at_server(&["keeping", "hold", case, "--reason", "Klage anhängig"]), 0, "done: 1");
    let held = json(&["keeping", "list", "--list", "held"]);
    assert_eq!(good(&mut at_server(&held))[0]["hold"], "Klage anhängig");
    let ask = ["keeping", "ask", case, "--reason", "Art. 17 DSGVO", "--exception", "falsch angelegt"];
    tells(&mut at_server(&ask), 1, "refused (ErasureHeld)");
    tells(&mut at_server(&["keeping", "lift", case, "--reason", "Klage zurückgenommen"]), 0, "done: 1");
    tells(&mut at_server(&ask[..5]), 1, "refused (CaseGoesOn)");
    tells(&mut at_server(&["keeping", "offer", case]), 0, "done: 1");
    tells(&mut at_server(&["keeping", "answer", case, "--answer", "refused"]), 0, "done: 1");
    tells(&mut at_server(&ask), 0, "done: 1");
    tells(&mut at_server(&["keeping", "erase", case]), 1, "refused (ErasureOtherPersonNeeded)");
    let asked = json(&["keeping", "list"]);
    let listed = good(&mut at_server(&asked));
    assert_eq!((&listed[0]["id"], &listed[0]["asked"]["by"]), (&json!(case), &json!("admin")), "{listed}");
    assert_eq!(listed[0]["archive"], "refused");
    tells(&mut at_server(&["keeping", "list", "--list", "over"]), 2, "--process");
    let figures = json(&["statistics"]);
    let counted = good(&mut at_server(&figures));
    assert_eq!((&counted["processes"][0]["begun"], &counted["processes"][0]["open"]), (&json!(1), &json!(1)));

    let law = json(&["law", "uses", "§ 35 VwVfG"]);
    let resting = good(&mut at_server(&law));
    assert_eq!(resting["processes"][0]["open"], json!(1), "{resting}");
    tells(&mut at_server(&["law", "uses", "§ 35"]), 2, "The law of `§ 35` is missing.");
    let courts = json(&["law", "list", "courts"]);
    let listed_courts = good(&mut at_server(&courts));

    // For a spreadsheet, with what people read.
    let table = ["statistics", "--format", "csv"];
    let (code, for_spreadsheet, said) = output(&mut at_server(&table));
    assert_eq!(code, Some(0), "{said}");
    assert!(for_spreadsheet.starts_with("\u{feff}Statistik\r\nErster Monat;"), "{for_spreadsheet}");
    assert!(for_spreadsheet.contains("\r\nBrauchtumsfeuer"), "{for_spreadsheet}");
    assert!(for_spreadsheet.contains("\r\nSachbearbeitung Ordnungsamt;"), "{for_spreadsheet}");

    served.end();
    let data = served.data.display().to_string();
    let here = |who: &str, arguments: &[&str]| {
        let mut command = fachwerk(arguments);
        command.args(["--data", &data, "--as", who]);
        command
    };
    let all = [
        (&show, &shown),
        (&asked, &listed),
        (&figures, &counted),
        (&law, &resting),
        (&courts, &listed_courts),
    ];
    for (arguments, expected) in all {
        assert_eq!(good(&mut here("admin", arguments)), *expected, "{arguments:?}");
    }
    assert_eq!(output(&mut here("admin", &table)), (Some(0), for_spreadsheet, String::new()));
    tells(&mut here("robot", &["law", "uses", "VwVfG"]), 0, "process bonfire rests on it");
    tells(&mut here("admin", &["keeping", "erase", case]), 1, "refused (ErasureOtherPersonNeeded)");
    tells(&mut here("robot", &["keeping", "erase", case]), 1, "refused (ErasurePersonNeeded)");
    tells(&mut here("robot", &["case", "erase", case]), 1, "refused (ErasurePersonNeeded)");
    tells(&mut here("eva", &["keeping", "erase", case]), 0, "done: 1");
    tells(&mut here("eva", &["keeping", "erase", case]), 1, "refused (CaseErased)");
    assert_eq!(good(&mut here("admin", &asked)), json!([]));
}

fn wrong_values() -> String {
    let path = fresh("server-wrong.json");
    fs::write(&path, "{ \"no such field\": true }").expect("a file");
    path.display().to_string()
}

/// A server that answers one request with this, whatever it is asked; its address.
fn answers(status: &str, body: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    let answer = format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/problem+json\r\nlocation: https://b.example\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    std::thread::spawn(move || {
        if let Ok((mut stream, _)) = listener.accept() {
            let _ = stream.read(&mut [0; 4_096]);
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    format!("http://{address}")
}

fn refusal(status: &str, code: &str) -> String {
    answers(status, &json!({ "code": code, "detail": "Because.", "status": 0 }).to_string())
}

#[test]
fn what_goes_wrong_on_the_way_is_said() {
    let nobody = {
        // A port that was free a moment ago.
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        format!("http://{}", listener.local_addr().expect("an address"))
    };
    let speaks_no_tls = answers("200 OK", "{}").replace("http://", "https://");
    for (server, says) in [
        (nobody, "cannot be reached"),
        (speaks_no_tls, "no safe connection"),
        ("http://fachwerk.example".to_owned(), "use https://"),
        ("fachwerk".to_owned(), "is no address of a server"),
        (answers("200 OK", "<html>"), "not as Fachwerk does"),
        (answers("404 Not Found", "{}"), "not as Fachwerk does"),
        (answers("302 Found", ""), "another address"),
        (answers("308 Permanent Redirect", "moved"), "another address"),
        (refusal("401 Unauthorized", "NotLoggedIn"), "does not take the access token"),
        (refusal("404 Not Found", "NotFound"), "is older than this program"),
        (refusal("503 Service Unavailable", "Unavailable"), "Because. (Unavailable)"),
    ] {
        check(&mut fachwerk(&["task", "list", "--server", &server, "--token", "secret"]), 2, says);
    }
    let server = ["--server", "https://fachwerk.example"];
    check(fachwerk(&["task", "list"]).args(server), 2, "needs an access token");
    check(fachwerk(&["task", "list", "--token", "ä"]).args(server), 2, "signs that no token has");
    check(fachwerk(&["task", "list", "--token-file", "/nowhere"]).args(server), 2, "cannot be read");
}

/// A backup is made while the server works, and brought back elsewhere; there nothing rings until somebody says so.
#[test]
fn a_backup_is_made_beside_the_server_and_brought_back() {
    let mut served = Served::found(fresh("backup-data"));
    let [data, file, other, none] =
        [served.data.clone(), fresh("backup.db"), fresh("backup-restored"), fresh("backup-none")]
            .map(|path| path.display().to_string());
    let (code, out, said) = output(&mut fachwerk(&["backup", "--data", &data, "-o", &file]));
    assert_eq!(code, Some(0), "{said}");
    assert!(out.contains("1 authority, "), "{out}");
    check(&mut fachwerk(&["backup", "--data", &data, "-o", &file]), 2, "this file is there already");
    check(&mut fachwerk(&["backup", "--data", &none, "-o", &none]), 2, "There is no database");
    check(&mut fachwerk(&["restore", &file]), 2, "say where to");
    check(&mut fachwerk(&["restore", &none, "--data", &other]), 2, "there is no such file");
    served.end();
    let (code, out, said) = output(&mut fachwerk(&["restore", &file, "--data", &other]));
    assert_eq!(code, Some(0), "{said}");
    assert!(out.contains("1 authority: brought back"), "{out}");
    check(&mut fachwerk(&["restore", &file, "--data", &other]), 2, "there are data already");
    let (code, out, said) = output(&mut fachwerk(&["verify", "--data", &other]));
    assert_eq!(code, Some(0), "{out}{said}");
    let (code, out, said) = output(&mut fachwerk(&["rebuild", "--data", &other]));
    assert_eq!((code, out.starts_with(&format!("{TENANT}: 0 cases, "))), (Some(0), true), "{out}{said}");
    check(
        &mut fachwerk(&["rebuild", "--data", &other, "--tenant", "x"]),
        2,
        "there is no authority `x` here",
    );
    // Either way the same is told of what rested.
    let rested = "musterstadt: deadlines and letters go on; they had rested since";
    let resume = ["resume", "--data", &other, "--as", "admin"];
    let resumed = good(fachwerk(&resume).args(["--format", "json"]));
    assert_eq!(
        (&resumed["tenant"], &resumed["resting"], &resumed["rested"]["why"]),
        (&json!(TENANT), &json!(false), &json!("restored"))
    );
    tells(&mut fachwerk(&resume), 0, "musterstadt: nothing rested");
    let again = fresh("backup-again");
    let (code, _, said) = output(fachwerk(&["restore", &file, "--data"]).arg(&again));
    assert_eq!(code, Some(0), "{said}");
    let served = Served::begun(again, &[]);
    let login = json!({ "tenant": TENANT, "person": "admin", "password": PASSWORD });
    let (_, cookie) = served.say("POST", "/session", "", &login);
    let (secret, _) = served.token(&cookie, &["administrator"]);
    let at_server = ["resume", "--server", &served.address, "--token", &secret];
    tells(&mut fachwerk(&at_server), 0, rested);
    let resumed = good(fachwerk(&at_server).args(["--format", "json"]));
    assert_eq!(resumed, json!({ "tenant": TENANT, "resting": false, "rested": null }));
}

/// Mass runs from the list to the letters that wait; they are signed in the browser, by a person.
#[test]
fn mass_runs_from_the_command_line() {
    let served = Served::found(fresh("runs-data"));
    let log_in = json!({ "tenant": TENANT, "person": "admin", "password": PASSWORD });
    let (_, cookie) = served.say("POST", "/session", "", &log_in);
    let roles = ["administrator", "clerk", "lead", "post-room"];
    let admin = json!({ "name": "Administration", "roles": roles, "active": true });
    served.say("PUT", "/people/admin", &cookie, &admin);
    let (secret, _) = served.token(&cookie, &roles);
    let file = fresh("runs-token").display().to_string();
    fs::write(&file, secret).expect("a file");
    let with = there(&served, &file);
    let at_server = |arguments: &[&str]| {
        let mut command = fachwerk(arguments);
        command.args(with);
        command
    };
    let json = |arguments: &[&str]| good(at_server(arguments).args(["--format", "json"]));
    let list = |name: &str, text: &str| {
        let path = fresh(name).display().to_string();
        fs::write(&path, text).expect("a file");
        path
    };
    let process = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/administration/mass-run");
    let process = process.display().to_string();
    good(&mut at_server(&["deploy", &process, "--reason", "Eine zweite Person kommt am Montag."]));

    // Without a server there is nothing that would go on.
    check(&mut fachwerk(&["run", "list"]), 2, "name it with --server");
    tells(&mut at_server(&["run", "list"]), 0, "there is no mass run");
    let bad = list("runs-bad.csv", "name;street;town;dogs\nA;Weg 1;Ort;1\nB;Weg 2;Ort;viele\n");
    tells(&mut at_server(&["run", "check", "mass-run", &bad]), 1, "runs-bad.csv:3");
    let good_list = list("runs.csv", "name;street;town;dogs\nA;Weg 1;Ort;1\nB;Weg 2;Ort;2\n");
    tells(&mut at_server(&["run", "check", "mass-run", &good_list]), 0, "2 rows can be begun");
    let plan = ["run", "plan", "mass-run", "--title", "Hundesteuer 2027"];
    tells(&mut at_server(&plan), 2, "--file");
    let planned = [&plan[..], &["--file", good_list.as_str()]].concat();
    tells(&mut at_server(&[&plan[..], &["--file", "nothing.csv"]].concat()), 2, "nothing.csv cannot be read");
    tells(&mut at_server(&[&plan[..], &["--file", bad.as_str()]].concat()), 1, "refused (");
    assert_eq!(json(&planned), json!({ "number": 1, "count": 2 }));
    tells(&mut at_server(&planned), 1, "refused (RunDoubled)");
    tells(at_server(&planned).arg("--again"), 0, "run 2 is planned with 2 cases");
    tells(&mut at_server(&["run", "list"]), 0, "1 Hundesteuer 2027 (mass-run): planned, not begun, 0 of 2");

    // The list is brought again; the same call goes on with what was broken off.
    tells(&mut at_server(&["run", "begin", "1"]), 1, "refused (");
    tells(&mut at_server(&["run", "begin", "1", "--file", &good_list]), 0, "1 Hundesteuer 2027 (mass-run): ");
    // The rows are begun behind the answer; each look takes the time of a call.
    let mut looks = (0..1_000).map(|_| json(&["run", "show", "1"]));
    let shown = looks.find(|shown| shown["stage"] != "opening").expect("it is begun");
    assert_eq!((&shown["stage"], &shown["done"], &shown["failed"]), (&json!("open"), &json!(2), &json!(0)));
    tells(&mut at_server(&["run", "show", "1"]), 0, "waits to be signed, 2 of 2");
    tells(&mut at_server(&["run", "post", "1"]), 0, "no letter waits");
    tells(&mut at_server(&["run", "show", "7"]), 1, "refused (RunUnknown)");
    tells(&mut at_server(&["run", "stop", "2", "--reason", "doppelt"]), 0, "stopped");
    tells(&mut at_server(&["run", "show", "2"]), 0, "  stopped: doppelt");
    tells(&mut at_server(&["run", "begin", "2", "--file", &good_list]), 1, "refused (");

    // Post that came in for one of the cases.
    tells(&mut at_server(&["item", "list"]), 0, "nothing waits");
    let letter = list("runs-letter.txt", "Mein Hund ist gestorben.");
    let item = json(&["item", "register", &letter, "--subject", "Abmeldung", "--sender", "A"]);
    let item = item["id"].as_str().expect("an id").to_owned();
    tells(&mut at_server(&["item", "register", "--subject", "X"]), 2, "<FILES>");
    tells(&mut at_server(&["item", "list"]), 0, ": Abmeldung, from A; counter (1)");
    tells(&mut at_server(&["item", "show", &item]), 0, ": Abmeldung, from A; counter (1)");
    let values = json!({ "name": "C", "street": "Weg 3", "town": "Ort", "dogs": 1 });
    let values = list("runs-one.json", &values.to_string());
    let case = good(&mut at_server(&["case", "start", "mass-run", "--values", &values]));
    let case = case["case"].as_str().expect("a case").to_owned();
    let assign = ["item", "assign", &item, &case, "--reason", "nach dem Namen"];
    tells(&mut at_server(&assign), 0, &format!("{item} is on its way to {case}"));
    let nobody = "01900000-0000-7000-8000-000000000000";
    tells(&mut at_server(&["item", "assign", &item, nobody, "--reason", "x"]), 1, "refused (");

    // Nothing was missed there.
    let grant = ["restoration", "grant", &case, "--act", "1", "--party", "1", "--reason", "krank"];
    tells(&mut at_server(&grant), 2, "--obstacle-ended-on");
    let days = ["--obstacle-ended-on", "2026-03-02", "--applied-on", "2026-03-03"];
    tells(at_server(&grant).args(days), 1, "refused (");
    tells(at_server(&grant).args(["--until", "2026-03-02", "--applied-on", "2026-03-03"]), 2, "--until");
}
