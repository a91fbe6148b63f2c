//! The work against a server, by the interface of `designer-api`: a client that waits, with the token of a program.
//!
//! **Architecture invariant.** The only file of the command line that speaks HTTP.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use fachwerk_core::{language::Folder, words::CaseId};
use fachwerk_designer_api::BASE;
use serde_json::{Map, Value, json};
use ureq::{
    Agent, RequestExt,
    config::ConfigBuilder,
    http::{StatusCode, Uri, header},
    tls::{RootCerts, TlsConfig},
    typestate::AgentScope,
};
use uuid::Uuid;

use crate::{
    Failure,
    work::{Ask, Outcome, kept_there, law_there, one_line, packages, refusal_of_deployment},
};

const CONNECT_TIME: Duration = Duration::from_secs(10);
/// Longer than the server itself takes for a request.
const REQUEST_TIME: Duration = Duration::from_secs(90);
/// The most bytes of an answer.
const ANSWER_BYTES: u64 = 50_000_000;
/// What a call may name that there is not.
const UNKNOWN: [&str; 5] = ["ProcessUnknown", "CaseUnknown", "PublisherUnknown", "RunUnknown", "ActUnknown"];
/// Tasks that are read at once.
const PAGE: &str = "200";

/// Which server, and what proves who asks.
#[derive(clap::Args, Clone)]
pub struct Access {
    /// Work against this server instead of the data of this machine, for example `https://fachwerk.example.org`.
    #[arg(long, env = "FACHWERK_SERVER", value_name = "URL", global = true)]
    server: Option<String>,
    /// The access token. Other users of this machine see it here; better use --token-file or FACHWERK_TOKEN.
    #[arg(long, env = "FACHWERK_TOKEN", value_name = "TOKEN", hide_env_values = true, global = true)]
    token: Option<String>,
    /// A file whose first line is the access token.
    #[arg(long, env = "FACHWERK_TOKEN_FILE", value_name = "FILE", global = true)]
    token_file: Option<PathBuf>,
}

/// A server, and the token for it.
pub struct Server {
    agent: Agent,
    base: String,
    token: String,
}

impl Access {
    /// Whether a server is named.
    pub fn is_named(&self) -> bool {
        self.server.as_deref().is_some_and(|server| !server.is_empty())
    }

    /// The server that is named; nothing is asked yet.
    pub fn server(&self) -> Result<Option<Server>, Failure> {
        let Some(server) = self.server.as_deref().filter(|server| !server.is_empty()) else {
            return Ok(None);
        };
        let base = checked_address(server)?;
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = TlsConfig::builder()
            .unversioned_rustls_crypto_provider(provider)
            // Authorities have certificates of their own; this machine knows which ones it trusts.
            .root_certs(RootCerts::PlatformVerifier)
            .build();
        let config = configured().tls_config(tls).build();
        Ok(Some(Server { agent: config.into(), base, token: self.token()? }))
    }

    fn token(&self) -> Result<String, Failure> {
        let token = match (&self.token_file, &self.token) {
            (Some(file), _) => {
                let text = fs::read_to_string(file)
                    .map_err(|error| format!("the token file {} cannot be read: {error}", file.display()))?;
                text.lines().next().unwrap_or_default().trim().to_owned()
            }
            (None, Some(token)) => token.trim().to_owned(),
            (None, None) => String::new(),
        };
        if token.is_empty() {
            return Err("--server needs an access token: --token-file FILE, or FACHWERK_TOKEN; an administrator issues one in the browser".to_owned());
        }
        if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err("the access token has signs that no token has; was it copied whole?".to_owned());
        }
        Ok(token)
    }
}

fn configured() -> ConfigBuilder<AgentScope> {
    Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .timeout_connect(Some(CONNECT_TIME))
        .timeout_global(Some(REQUEST_TIME))
        .user_agent(concat!("fachwerk/", env!("CARGO_PKG_VERSION")))
}

/// The address without a slash at its end. A token is not sent in clear text over a network.
fn checked_address(server: &str) -> Result<String, Failure> {
    let wrong =
        || format!("`{server}` is no address of a server; it looks like https://fachwerk.example.org");
    let address = server.trim_end_matches('/');
    let uri: Uri = address.parse().map_err(|_| wrong())?;
    let host = uri.host().filter(|host| !host.is_empty()).ok_or_else(wrong)?;
    if uri.query().is_some() || uri.authority().is_some_and(|authority| authority.as_str().contains('@')) {
        return Err(wrong());
    }
    let here = ["localhost", "127.0.0.1", "[::1]"].contains(&host);
    match uri.scheme_str() {
        Some("https") => Ok(address.to_owned()),
        Some("http") if here => Ok(address.to_owned()),
        Some("http") => {
            Err(format!("{server}: without TLS anybody between can read the token; use https://"))
        }
        _ => Err(wrong()),
    }
}

/// A part of what is sent as a form.
pub struct Part {
    name: &'static str,
    file: Option<String>,
    bytes: Vec<u8>,
}

impl Part {
    /// A text.
    pub fn text(name: &'static str, text: String) -> Part {
        Part { name, file: None, bytes: text.into_bytes() }
    }

    /// A file with its name.
    pub fn file(name: &'static str, file: String, bytes: Vec<u8>) -> Part {
        Part { name, file: Some(file), bytes }
    }
}

/// An answer that was understood.
struct Answer {
    status: StatusCode,
    body: Value,
}

impl Server {
    /// A server of this machine, reached without TLS and without a proxy.
    pub fn here(address: &str, token: &str) -> Result<Server, Failure> {
        let agent = configured().proxy(None).build().into();
        Ok(Server { agent, base: checked_address(address)?, token: token.to_owned() })
    }

    /// The server, when the token is good there and belongs to the authority that is meant.
    pub fn at(self, tenant: Option<&str>) -> Result<Server, Failure> {
        let answer = self.ask("GET", "/session", &[], None)?;
        let session = match self.understood(answer)? {
            Ok(session) => session,
            Err(reasons) => return Err(reasons.join("\n")),
        };
        let found = session["tenant"]["id"].as_str().unwrap_or_default();
        match tenant {
            Some(tenant) if tenant != found => Err(format!(
                "the token is one of the authority `{found}`, not of `{tenant}`; use a token that was issued there, or leave --tenant away"
            )),
            _ => Ok(self),
        }
    }

    /// Does what is asked.
    pub fn carry_out(&self, ask: &Ask) -> Result<Outcome, Failure> {
        let answer = match ask {
            Ask::Deploy(folder, reason) => {
                let mut body = files(folder)?;
                if let Some(reason) = reason {
                    body["reason"] = json!(reason);
                }
                self.ask("POST", "/processes/deploy", &[], Some(body))
            }
            Ask::Retire(process) => {
                self.ask("POST", &format!("/processes/{}/retire", segment(process.as_str())?), &[], None)
            }
            Ask::Reinstate(process) => {
                self.ask("POST", &format!("/processes/{}/reinstate", segment(process.as_str())?), &[], None)
            }
            Ask::Nodes => self.ask("GET", "/nodes", &[], None),
            Ask::Start { process, data } => {
                let body = json!({ "process": process, "channel": "command-line", "data": data });
                self.ask("POST", "/cases", &[], Some(body))
            }
            Ask::Show(case) => self.ask("GET", &format!("/cases/{case}"), &[], None),
            Ask::WantErasure(case, reason, exception) => {
                let body =
                    json!({ "cases": [case], "what": "ask", "reason": reason, "exception": exception });
                return self.keep_case(ask, body);
            }
            Ask::Erase(case, alone) => {
                let body = json!({ "cases": [case], "what": "erase", "alone": alone });
                match self.keep_case(ask, body)? {
                    Outcome::Done(_) => self.ask("GET", &format!("/erasures/{case}"), &[], None),
                    refused => return Ok(refused),
                }
            }
            Ask::Tasks => return self.tasks(),
            Ask::Package(ask) => return packages::there(self, ask),
            Ask::Law(ask) => return law_there(self, ask),
            Ask::Resume
            | Ask::ShowKeeping
            | Ask::ListKept(..)
            | Ask::SetPeriod(..)
            | Ask::Keep(_)
            | Ask::Statistics(..) => return kept_there::carry_out(self, ask),
            Ask::Complete { task, values } => {
                self.ask("POST", &format!("/tasks/{task}/complete"), &[], Some(json!({ "values": values })))
            }
        };
        Ok(match self.understood(answer?)? {
            Ok(body) => Outcome::Done(printed(ask, &body)),
            Err(reasons) => Outcome::Refused(reasons),
        })
    }

    /// Every turn that is committed from now on, its case and the version after it, until the server ends.
    pub fn events(&self) -> Result<impl Iterator<Item = (Option<CaseId>, u64)> + Send + use<>, Failure> {
        let request = ureq::http::Request::builder()
            .uri(format!("{}{BASE}/events", self.base))
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token));
        let request = request.body(()).map_err(|error| error.to_string())?;
        let lasting = request.with_agent(&self.agent).configure().timeout_global(None).build();
        let response = lasting.run().map_err(|error| self.unreachable(&error))?;
        if !response.status().is_success() {
            return Err(format!("{} does not tell its events (status {})", self.base, response.status()));
        }
        let lines = BufReader::new(response.into_body().into_reader()).lines().map_while(Result::ok);
        Ok(lines.filter_map(|line| {
            let event: Value = serde_json::from_str(line.strip_prefix("data:")?).ok()?;
            Some((event["case"].as_str().and_then(|case| case.parse().ok()), event["version"].as_u64()?))
        }))
    }

    /// Does something about the keeping of one case.
    fn keep_case(&self, ask: &Ask, body: Value) -> Result<Outcome, Failure> {
        let answer = self.understood(self.ask("POST", "/keeping/cases", &[], Some(body))?)?;
        Ok(match answer {
            Err(reasons) => Outcome::Refused(reasons),
            Ok(body) => match body["troubles"].as_array().and_then(|troubles| troubles.first()) {
                Some(trouble) => {
                    let part = |it: &Value| it.as_str().unwrap_or_default().to_owned();
                    Outcome::Refused(refused(&part(&trouble["code"]), &part(&trouble["why"]["en"]), trouble))
                }
                None => Outcome::Done(printed(ask, &body)),
            },
        })
    }

    fn tasks(&self) -> Result<Outcome, Failure> {
        let mut list = Vec::new();
        let mut query =
            vec![("view", "all".to_owned()), ("sort", "due".to_owned()), ("limit", PAGE.to_owned())];
        loop {
            let page = match self.understood(self.ask("GET", "/tasks", &query, None)?)? {
                Ok(page) => page,
                Err(reasons) => return Ok(Outcome::Refused(reasons)),
            };
            let items = page["items"].as_array().map(Vec::as_slice).unwrap_or_default();
            // What four eyes keep from this person is not theirs to do.
            list.extend(items.iter().filter(|task| task["excluded"] != json!(true)).map(|task| {
                let mut printed =
                    picked(task, &["id", "title", "step", "due", "assignee", "number", "subject"]);
                printed["assignee"] = task["assignee"]["id"].clone();
                printed
            }));
            let Some(next) = page["next"].as_str() else { return Ok(Outcome::Done(Value::Array(list))) };
            query.truncate(3);
            query.push(("cursor", next.to_owned()));
        }
    }

    /// One request: what the answer holds, or why it was refused.
    pub fn request(
        &self,
        method: &str,
        path: &str,
        query: &[(&str, String)],
        body: Option<Value>,
    ) -> Result<Result<Value, Vec<String>>, Failure> {
        self.understood(self.ask(method, path, query, body)?)
    }

    /// A form, with files: what the answer holds, or why it was refused.
    pub fn send(&self, path: &str, parts: &[Part]) -> Result<Result<Value, Vec<String>>, Failure> {
        // No file holds an id that was made after it was read.
        let boundary = Uuid::now_v7().simple().to_string();
        let mut body = Vec::new();
        for Part { name, file, bytes } in parts {
            let quoted = |text: &str| text.replace(['"', '\r', '\n'], "_");
            let file = file.as_ref().map(|file| {
                format!("; filename=\"{}\"\r\nContent-Type: application/octet-stream", quoted(file))
            });
            let head = file.unwrap_or_default();
            let head =
                format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"{head}\r\n\r\n");
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        let kind = format!("multipart/form-data; boundary={boundary}");
        self.understood(self.ask_with("POST", path, &[], (&kind, Some(body)))?)
    }

    /// One request, with JSON.
    fn ask(
        &self,
        method: &str,
        path: &str,
        query: &[(&str, String)],
        body: Option<Value>,
    ) -> Result<Answer, Failure> {
        let body = body.map(|body| body.to_string().into_bytes());
        self.ask_with(method, path, query, ("application/json", body))
    }

    /// One request. Each that changes something has an id of its own.
    fn ask_with(
        &self,
        method: &str,
        path: &str,
        query: &[(&str, String)],
        (kind, body): (&str, Option<Vec<u8>>),
    ) -> Result<Answer, Failure> {
        let mut address = format!("{}{BASE}{path}", self.base);
        for (place, (name, value)) in query.iter().enumerate() {
            address += &format!("{}{name}={}", if place == 0 { '?' } else { '&' }, escaped(value));
        }
        let request = ureq::http::Request::builder()
            .method(method)
            .uri(address)
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token))
            .header(header::ACCEPT_LANGUAGE, "en")
            .header(header::CONTENT_TYPE, kind)
            .header("idempotency-key", Uuid::now_v7().to_string());
        let sent = match body {
            Some(body) => request.body(body).map_err(|error| error.to_string()).map(|r| self.agent.run(r)),
            None => request.body(()).map_err(|error| error.to_string()).map(|r| self.agent.run(r)),
        };
        let mut response = sent?.map_err(|error| self.unreachable(&error))?;
        let status = response.status();
        if status.is_redirection() {
            return Err(format!("{} answers with another address; name that one with --server", self.base));
        }
        let text = response.body_mut().with_config().limit(ANSWER_BYTES).read_to_string();
        let text = text.map_err(|error| self.unreachable(&error))?;
        let body = if text.is_empty() { Some(Value::Null) } else { serde_json::from_str(&text).ok() };
        match body {
            Some(body) => Ok(Answer { status, body }),
            None => Err(format!(
                "{} answers, but not as Fachwerk does (status {status}); is the address right?",
                self.base
            )),
        }
    }

    /// What a good answer holds, or why it was refused. Everything else is a failure.
    fn understood(&self, Answer { status, body }: Answer) -> Result<Result<Value, Vec<String>>, Failure> {
        if status.is_success() {
            return Ok(Ok(body));
        }
        let (code, detail) =
            (body["code"].as_str().unwrap_or_default(), body["detail"].as_str().unwrap_or_default());
        let base = &self.base;
        match (status.as_u16(), code) {
            (401, _) => Err(format!(
                "{base} does not take the access token: it is unknown, revoked or expired; an administrator issues a new one"
            )),
            (_, "") => Err(format!(
                "{base} answers, but not as Fachwerk does (status {status}); is the address right?"
            )),
            (404 | 405, "NotFound" | "MethodNotAllowed") => Err(format!(
                "{base} does not know this work; it is older than this program ({}), please update it",
                env!("CARGO_PKG_VERSION")
            )),
            (403 | 409 | 410 | 422, _) => Ok(Err(refused(code, detail, &body))),
            (404, code) if UNKNOWN.contains(&code) => Ok(Err(refused(code, detail, &body))),
            _ => Err(format!("{base}: {detail} ({code})")),
        }
    }

    fn unreachable(&self, error: &ureq::Error) -> Failure {
        let base = &self.base;
        match error {
            ureq::Error::HostNotFound => format!("{base}: there is no such host; is the address right?"),
            ureq::Error::Timeout(_) => {
                format!(
                    "{base} did not answer in time ({error}); whether the work was done is not known, please look first"
                )
            }
            ureq::Error::Rustls(_) | ureq::Error::Tls(_) => format!(
                "{base}: no safe connection: {error}; the certificate must be one that this machine trusts and be made for this name"
            ),
            // What rustls refuses while shaking hands comes as an error of the connection.
            ureq::Error::Io(io) if io.get_ref().is_some_and(|inner| inner.is::<rustls::Error>()) => format!(
                "{base}: no safe connection: {io}; the certificate must be one that this machine trusts and be made for this name"
            ),
            _ => format!("{base} cannot be reached: {error}; is it running, and is the address right?"),
        }
    }
}

/// What is printed of a good answer: the same as on the data of this machine.
fn printed(ask: &Ask, body: &Value) -> Value {
    match ask {
        Ask::Deploy(..) => {
            let scenarios = body["scenarios"].as_array().map_or(0, Vec::len);
            // What stops nothing is told all the same.
            problems(body).iter().for_each(|problem| eprintln!("{problem}"));
            json!({ "release": body["release"], "version": body["version"], "scenarios": scenarios })
        }
        Ask::Retire(process) => json!({ "process": process, "current": false }),
        Ask::Reinstate(process) => json!({ "process": process, "current": true }),
        Ask::WantErasure(case, ..) => json!({ "case": case, "asked": true }),
        Ask::Start { .. } | Ask::Complete { .. } => picked(body, &["case", "version"]),
        Ask::Tasks
        | Ask::Resume
        | Ask::Nodes
        | Ask::Package(_)
        | Ask::Law(_)
        | Ask::Erase(..)
        | Ask::ShowKeeping
        | Ask::ListKept(..)
        | Ask::SetPeriod(..)
        | Ask::Keep(_)
        | Ask::Statistics(..) => body.clone(),
        Ask::Show(case) => {
            let list = |name: &str, fields: &[&str]| -> Value {
                body[name].as_array().into_iter().flatten().map(|item| picked(item, fields)).collect()
            };
            json!({
                "case": case, "process": body["process"], "release": body["release"], "version": body["version"],
                "open": body["open"], "outcome": body["outcome"], "number": body["number"], "data": body["data"],
                "results": body["results"], "tasks": list("tasks", &["id", "step", "title", "due"]),
                "deadlines": list("deadlines", &["name", "title", "start", "end"]),
                "documents": list("documents", &["number", "title", "on", "hash"]),
                "incidents": list("incidents", &["number", "code", "message"]),
            })
        }
    }
}

fn picked(from: &Value, fields: &[&str]) -> Value {
    Value::Object(
        fields.iter().map(|field| ((*field).to_owned(), from[*field].clone())).collect::<Map<_, _>>(),
    )
}

/// The reasons of a refusal, line by line.
/// The problems of a deployment, a line each.
fn problems(body: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let line = |problem: &Value| {
        let place = format!("{}:{}:{}", text(&problem["file"]), problem["line"], problem["column"]);
        let (severity, code) = (text(&problem["severity"]), text(&problem["code"]));
        one_line(&severity, &place, &code, &text(&problem["message"]["en"]))
    };
    body["problems"].as_array().into_iter().flatten().map(line).collect()
}

fn refused(code: &str, detail: &str, body: &Value) -> Vec<String> {
    let list = |name: &str| body[name].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut lines = problems(body);
    for scenario in list("scenarios").iter().filter(|scenario| scenario["passed"] != json!(true)) {
        lines.push(format!("FAIL {}: {}", text(&scenario["title"]), text(&scenario["failed_at"])));
    }
    if lines.is_empty() {
        lines.push(format!("refused ({code}): {detail}"));
    } else {
        let only = |problem: &Value| problem["severity"] != json!("error");
        let concerned = list("problems").iter().any(|problem| problem["severity"] == json!("concern"))
            && list("problems").iter().all(only)
            && list("scenarios").iter().all(|scenario| scenario["passed"] == json!(true));
        lines.push(refusal_of_deployment(concerned));
    }
    for misfit in list("misfits") {
        lines.push(format!("  {}: {}", text(&misfit["at"]), text(&misfit["message"]["en"])));
    }
    lines
}

/// The files of a process as the server takes them.
fn files(folder: &Folder) -> Result<Value, Failure> {
    let mut files = Map::new();
    for (path, bytes) in &folder.files {
        let text = std::str::from_utf8(bytes)
            .map_err(|_| format!("{}/{path} is no text in UTF-8; a server takes only texts", folder.name))?;
        files.insert(path.to_string(), text.into());
    }
    Ok(json!({ "files": files }))
}

/// A part of an address. Ids have no signs that would end it.
pub fn segment(id: &str) -> Result<String, Failure> {
    if id.is_empty() || id.starts_with('.') {
        return Err(format!("`{id}` is no id"));
    }
    Ok(escaped(id))
}

fn escaped(text: &str) -> String {
    let one = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(server: &str, expected: Result<&str, &str>) {
        let found = checked_address(server);
        assert_eq!(found.as_deref().map_err(|why| why.split("; ").next().unwrap_or_default()), expected);
    }

    #[test]
    fn addresses_of_servers() {
        check("https://a.example", Ok("https://a.example"));
        check("https://a.example:8443/fachwerk/", Ok("https://a.example:8443/fachwerk"));
        check("http://127.0.0.1:8080", Ok("http://127.0.0.1:8080"));
        check("http://localhost", Ok("http://localhost"));
        check("http://[::1]:1", Ok("http://[::1]:1"));
        check("http://a.example", Err("http://a.example: without TLS anybody between can read the token"));
        check(
            "http://localhost.example",
            Err("http://localhost.example: without TLS anybody between can read the token"),
        );
        for wrong in
            ["a.example", "ftp://a.example", "https://", "https://a:b@c.example", "https://a.example?x=1", ""]
        {
            check(wrong, Err(&format!("`{wrong}` is no address of a server")));
        }
    }

    #[test]
    fn parts_of_addresses_are_escaped() {
        assert_eq!(segment("dog-tax"), Ok("dog-tax".to_owned()));
        assert_eq!(segment("a/../b?ä"), Ok("a%2F..%2Fb%3F%C3%A4".to_owned()));
        assert_eq!(segment(".."), Err("`..` is no id".to_owned()));
    }
}
