//! Two authorities with people, a block and a process, and what is needed to ask them.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
};
use fachwerk_core::{
    authority::{AuthorityCommand, Profile},
    event::{Direction, DocumentContent, EffectError},
    facts::Actor,
    language::Folder,
    scenario,
    words::{PersonId, RoleId, TenantId, Text, Timestamp, Value},
};
use fachwerk_designer_api::{Api, Options, router};
use fachwerk_runtime::{Connector, Founding, Made, Runtime, clock::Clock};
use fachwerk_store::{Hash, Place, Session, Store};
use serde_json::json;
use tower::ServiceExt;
use uuid::Uuid;

/// The authority of most tests.
pub const HERE: &str = "musterstadt";
/// Another one, which must see nothing of it.
pub const THERE: &str = "nachbarstadt";

/// Who works at both: login name, name, roles.
const PEOPLE: [(&str, &str, &[&str]); 6] = [
    ("ada", "Ada Admin", &["administrator"]),
    ("dora", "Dora Design", &["designer"]),
    ("jan", "Jan Muster", &["clerk"]),
    ("mia", "Mia Beispiel", &["lead", "clerk"]),
    ("leo", "Leo Leitung", &["lead"]),
    ("ruth", "Ruth Register", &["registrar"]),
];

pub struct World {
    pub router: Router,
    pub runtime: Runtime,
    /// The clock of sessions.
    pub session_clock: Clock,
    /// Whether the connector `register` fails.
    pub register_fails: Arc<AtomicBool>,
    dir: PathBuf,
}

impl Drop for World {
    fn drop(&mut self) {
        // A folder that stays is only litter.
        let _ = std::fs::remove_dir_all(&self.dir);
    }
}

/// Somebody of an authority, as `jan@musterstadt`.
pub fn at(person: &str, tenant: &str) -> String {
    format!("{person}@{tenant}")
}

impl World {
    /// Everything is ready; no case has begun.
    pub async fn new() -> World {
        World::with(|_| {}).await
    }

    /// The same, served otherwise.
    pub async fn with(change: impl FnOnce(&mut Options)) -> World {
        static WORLDS: AtomicU64 = AtomicU64::new(0);
        let name = format!("fachwerk-api-{}-{}", std::process::id(), WORLDS.fetch_add(1, Ordering::SeqCst));
        let dir = std::env::temp_dir().join(name);
        let store = Store::open(&Place::Sqlite { dir: dir.clone() }).await.unwrap();
        let now: Timestamp = "2026-03-02T08:00:00Z".parse().unwrap();
        let register_fails = Arc::new(AtomicBool::new(false));
        let runtime = Runtime::new(store, Clock::stopped_at(now), connectors(register_fails.clone()));
        let mut options = Options::new(simulated);
        options.secure_cookies = false;
        options.assets = no_assets;
        options.clock = Clock::stopped_at(now);
        options.drafts = vec![folder("permit")];
        options.previewer = |connector, request| (connector == "letter").then(|| letter(request));
        change(&mut options);
        let session_clock = options.clock.clone();
        runtime.take_part().await.unwrap();
        for tenant in [HERE, THERE] {
            found(&runtime, &TenantId::from(tenant)).await;
        }
        let router = router(Api { runtime: runtime.clone(), options });
        World { router, runtime, session_clock, register_fails, dir }
    }

    /// A session of `jan@musterstadt`, as if they had logged in; the value of its cookie.
    pub async fn session(&self, who: &str) -> String {
        let (person, tenant) = who.split_once('@').unwrap();
        let secret = Uuid::now_v7().to_string();
        let now = self.session_clock.now();
        let session = Session {
            id_hash: Hash::of(secret.as_bytes()),
            tenant: tenant.into(),
            person: person.into(),
            created_at: now,
            last_seen_at: now,
            expires_at: now.checked_add(jiff::SignedDuration::from_hours(12)).unwrap(),
            provisional: false,
        };
        self.runtime.store().put_session(&session).await.unwrap();
        secret
    }

    /// Somebody asks, for example `jan@musterstadt`, `GET /tasks`; nobody when `who` is empty.
    pub async fn ask(&self, who: &str, what: &str) -> Answer {
        self.send(who, what, &[], None).await
    }

    /// The same, with a JSON body.
    pub async fn say(&self, who: &str, what: &str, body: Value) -> Answer {
        self.send(who, what, &[], Some(body)).await
    }

    /// The same, with headers.
    pub async fn send(&self, who: &str, what: &str, headers: &[(&str, &str)], body: Option<Value>) -> Answer {
        let mut request = self.request(who, what, headers).await;
        let bytes = body.map(|body| body.to_string()).unwrap_or_default();
        if !bytes.is_empty() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        self.answer(request.body(Body::from(bytes)).unwrap()).await
    }

    /// A request of somebody, without its body.
    pub async fn request(
        &self,
        who: &str,
        what: &str,
        headers: &[(&str, &str)],
    ) -> axum::http::request::Builder {
        let (method, path) = what.split_once(' ').unwrap();
        let base = if path.starts_with("/healthz") || path.starts_with("/metrics") { "" } else { "/api/v1" };
        let mut request =
            Request::builder().method(method).uri(format!("{base}{path}")).header("x-fachwerk", "1");
        if !who.is_empty() {
            request = request.header(header::COOKIE, format!("fachwerk_session={}", self.session(who).await));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request
    }

    pub async fn answer(&self, request: Request<Body>) -> Answer {
        let asked = format!("{} {}", request.method(), request.uri());
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, 100_000_000).await.unwrap();
        Answer { asked, status: parts.status, headers: parts.headers, body }
    }

    /// Begins a case and gives its id.
    pub async fn begin(&self, who: &str, data: Value) -> String {
        let answer = self.say(who, "POST /cases", json!({ "process": "permit", "data": data })).await;
        answer.is(200, json!({ "case": "*", "version": 1 }));
        answer.json()["case"].as_str().unwrap().to_owned()
    }

    /// The open task of a step of a case.
    pub async fn task(&self, who: &str, case: &str, step: &str) -> String {
        let answer = self.ask(who, &format!("GET /cases/{case}")).await.json();
        let tasks = answer["tasks"].as_array().unwrap().clone();
        let task = tasks.iter().find(|task| task["step"] == step);
        task.unwrap_or_else(|| panic!("no task {step} in {tasks:?}"))["id"].as_str().unwrap().to_owned()
    }

    /// Does the task of a step.
    pub async fn complete(&self, who: &str, case: &str, step: &str, values: Value) {
        let task = self.task(who, case, step).await;
        let what = format!("POST /tasks/{task}/complete");
        self.say(who, &what, json!({ "values": values })).await.has(200, json!({ "case": case }));
    }

    /// Lets the connectors do what is due.
    pub async fn settle(&self) {
        self.runtime.settle().await.unwrap();
    }

    /// The bytes of all files of the data directory.
    pub fn files(&self) -> Vec<Vec<u8>> {
        let entries = std::fs::read_dir(&self.dir).unwrap();
        let files = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
        files.map(|path| std::fs::read(path).unwrap()).collect()
    }

    /// Somebody of [`HERE`] has a password, whichever: they are no technical account.
    pub async fn log_in_alone(&self, person: &str) {
        let (tenant, person, now) = (HERE.into(), person.into(), self.session_clock.now());
        self.runtime.store().set_password_hash(&tenant, &person, ("x", false), now).await.unwrap();
    }

    /// A password for somebody.
    pub async fn set_password(&self, who: &str, password: &str) {
        let (person, tenant) = who.split_once('@').unwrap();
        let api = Api { runtime: self.runtime.clone(), options: Options::new(simulated) };
        let set = fachwerk_designer_api::set_password(&api, &tenant.into(), &person.into(), password).await;
        assert_eq!(set, Ok(()));
    }
}

/// What came back.
pub struct Answer {
    asked: String,
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("{}: no JSON: {}", self.asked, self.text()))
    }

    /// The whole answer is this; `"*"` stands for anything.
    #[track_caller]
    pub fn is(&self, status: u16, expected: Value) -> &Answer {
        self.compare(status, expected, false)
    }

    /// The answer has these parts.
    #[track_caller]
    pub fn has(&self, status: u16, expected: Value) -> &Answer {
        self.compare(status, expected, true)
    }

    /// A problem of this code.
    #[track_caller]
    pub fn refused(&self, status: u16, code: &str) -> &Answer {
        let kind = self.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        assert_eq!(
            (self.status.as_u16(), kind),
            (status, Some("application/problem+json")),
            "{}: {}",
            self.asked,
            self.text()
        );
        self.has(
            status,
            json!({ "code": code, "status": status, "type": format!("urn:fachwerk:problem:{code}") }),
        )
    }

    #[track_caller]
    fn compare(&self, status: u16, expected: Value, parts: bool) -> &Answer {
        assert_eq!(self.status.as_u16(), status, "{}: {}", self.asked, self.text());
        if self.body.is_empty() && expected.is_null() {
            return self;
        }
        let found = self.json();
        let mut differences = Vec::new();
        differ("", &found, &expected, parts, &mut differences);
        let whole = serde_json::to_string_pretty(&found).unwrap();
        assert!(differences.is_empty(), "{}:\n{}\nin\n{whole}", self.asked, differences.join("\n"));
        self
    }

    #[track_caller]
    pub fn header(&self, name: &str, expected: Option<&str>) -> &Answer {
        let found = self.headers.get(name).map(|value| value.to_str().unwrap());
        assert_eq!(found, expected, "{name} of {}", self.asked);
        self
    }
}

fn differ(at: &str, found: &Value, expected: &Value, parts: bool, differences: &mut Vec<String>) {
    match (found, expected) {
        (_, Value::String(any)) if any == "*" => {}
        (Value::Object(found), Value::Object(expected)) => {
            for (name, value) in expected {
                match found.get(name) {
                    Some(found) => differ(&format!("{at}/{name}"), found, value, parts, differences),
                    None => differences.push(format!("{at}/{name} is missing")),
                }
            }
            let more = found.keys().filter(|name| !parts && !expected.contains_key(*name));
            differences.extend(more.map(|name| format!("{at}/{name} is there")));
        }
        (Value::Array(found), Value::Array(expected)) if found.len() == expected.len() => {
            for (place, (found, expected)) in found.iter().zip(expected).enumerate() {
                differ(&format!("{at}/{place}"), found, expected, parts, differences);
            }
        }
        _ if found == expected => {}
        _ => differences.push(format!("{at}: found {found}, expected {expected}")),
    }
}

/// A folder of `tests/material`.
pub fn folder(name: &str) -> Folder {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/material").join(name);
    let mut folder = Folder { name: format!("examples/{name}").into(), ..Folder::default() };
    let mut open = vec![root.clone()];
    while let Some(path) = open.pop() {
        for entry in std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                open.push(entry);
            } else {
                let path = entry.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
                folder.files.insert(path.into(), std::fs::read(&entry).unwrap().into());
            }
        }
    }
    folder
}

/// The files of a folder as requests bring them.
pub fn files(folder: &Folder) -> BTreeMap<String, String> {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    folder.files.iter().map(|(path, bytes)| (path.to_string(), text(bytes))).collect()
}

async fn found(runtime: &Runtime, tenant: &TenantId) {
    let founding = Founding {
        tenant: tenant.clone(),
        profile: Profile {
            name: Text::new(format!("Stadt {tenant}"), format!("Town of {tenant}")),
            ..Profile::example()
        },
        administrator: "ada".into(),
        name: "Ada Admin".into(),
    };
    runtime.found(founding).await.unwrap();
    for (person, name, roles) in PEOPLE {
        let roles: BTreeSet<RoleId> = roles.iter().map(|role| RoleId::from(*role)).collect();
        let person = PersonId::from(person);
        let command = AuthorityCommand::SetPerson { person, name: name.into(), roles, active: true };
        runtime.change(tenant, Actor::Engine, Uuid::now_v7(), command).await.unwrap();
    }
    let (block, process) = (folder("examination"), folder("permit"));
    runtime.install_block(tenant, Actor::Engine, &block, &simulated).await.unwrap();
    runtime.deploy(tenant, Actor::Engine, &process, &simulated).await.unwrap();
}

fn no_assets(_: &str) -> Option<Cow<'static, [u8]>> {
    None
}

/// Connectors of the server: letters, and a register that may fail.
fn connectors(register_fails: Arc<AtomicBool>) -> BTreeMap<String, Connector> {
    let letter: Connector = Arc::new(|call| Box::pin(async move { letter(&call.request) }));
    let register: Connector = Arc::new(move |_| {
        let fails = register_fails.load(Ordering::SeqCst);
        Box::pin(async move { if fails { Err(silent()) } else { Ok(Made::default()) } })
    });
    BTreeMap::from([("letter".to_owned(), letter), ("register".to_owned(), register)])
}

/// A letter as it is made, with who signed it.
fn letter(request: &Value) -> Result<Made, EffectError> {
    let content = letter_of(request);
    let by = request["signed_by"].as_str().unwrap_or("nobody");
    // Whether it is one that can be read is the matter of the connector.
    let pdf = format!("%PDF-1.7 {} {by}", content.title);
    Ok(Made { documents: vec![(content, pdf.into_bytes())], ..Made::default() })
}

fn silent() -> EffectError {
    let message = Text::new("Das Register antwortet nicht.", "The register does not answer.");
    EffectError { code: "register_silent".into(), message, retry: false }
}

/// The same while scenarios are played.
pub fn simulated(connector: &str, request: &Value) -> Result<scenario::Made, EffectError> {
    if connector != "letter" {
        return Ok(scenario::Made::default());
    }
    Ok(scenario::Made { documents: vec![(letter_of(request), "".into())], ..scenario::Made::default() })
}

fn letter_of(request: &Value) -> DocumentContent {
    let text = |name: &str| request[name].as_str().map(Arc::from);
    DocumentContent {
        title: text("title").unwrap_or_else(|| "Schreiben".into()),
        media_type: "application/pdf".into(),
        hash: "".into(),
        size: 0,
        direction: Direction::Outgoing,
        addressee: text("addressee"),
        enclosures: serde_json::from_value(request["enclosures"].clone()).unwrap_or_default(),
    }
}
