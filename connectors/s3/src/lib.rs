//! Objects in S3-compatible storage: put, read and removed by name, and nothing else.
//!
//! Three requests are needed, so they are made here by the client that there is already, instead of by a kit for all that such
//! storage can do. What is sent is signed with its hash (`sign.rs`).
//!
//! **Architecture invariant.** This crate knows no documents, no store and no settings: it is told where, with which keys, and
//! what time it is. Keys are in no message.

mod sign;

use std::{fmt, io, sync::Arc, time::Duration};

use fachwerk_core::words::Timestamp;
use ureq::{
    Agent, Body,
    http::{Response, StatusCode, Uri},
    tls::{RootCerts, TlsConfig},
};

use crate::sign::{Keys, Signed};

const CONNECT_TIME: Duration = Duration::from_secs(10);
/// For a whole request, with the largest object.
const REQUEST_TIME: Duration = Duration::from_secs(120);
/// The most bytes of an object that is read.
const MOST_BYTES: u64 = 64 * 1024 * 1024;
/// The most bytes of an answer that says what is wrong.
const MOST_TOLD: u64 = 16 * 1024;
/// A connection that was kept open may be closed just when it is used again; an object is put or removed as well twice.
const TRIES: u32 = 2;

/// How storage is reached.
#[derive(Clone)]
pub struct Settings {
    /// `https://...`; that of Amazon when nothing is said.
    pub endpoint: Option<String>,
    /// The region; `us-east-1` when nothing is said, which storage without regions takes.
    pub region: Option<String>,
    /// The id of the key.
    pub key: String,
    /// Its secret.
    pub secret: String,
    /// Comes with keys that count for a while only.
    pub token: Option<String>,
    /// What time it is.
    pub now: fn() -> Timestamp,
}

/// A bucket, or what begins with a prefix in it.
pub struct Bucket {
    agent: Agent,
    /// Of the bucket, without a slash at its end.
    url: String,
    host: String,
    /// The part of the URL behind the host.
    path: String,
    region: String,
    keys: Keys,
    now: fn() -> Timestamp,
}

impl fmt::Debug for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bucket({})", self.url)
    }
}

impl Bucket {
    /// The bucket of an address `s3://bucket/prefix`; nothing is asked yet.
    pub fn open(address: &str, settings: &Settings) -> io::Result<Bucket> {
        let wrong = |what: String| io::Error::new(io::ErrorKind::InvalidInput, what);
        let place = address.strip_prefix("s3://").unwrap_or_default().trim_matches('/');
        let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
        let is_plain =
            |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte));
        let parts_fit = prefix.is_empty()
            || prefix.split('/').all(|part| is_plain(part) && !["", ".", ".."].contains(&part));
        if bucket.len() < 3 || !is_plain(bucket) || !parts_fit {
            let example = "`s3://bucket/prefix` with letters, digits and `-`, `.`, `_`";
            return Err(wrong(format!("`{address}` is no bucket; it looks like {example}")));
        }
        let region = settings.region.clone().unwrap_or_else(|| "us-east-1".into());
        let url = match &settings.endpoint {
            Some(endpoint) => format!("{}/{bucket}", endpoint.trim_end_matches('/')),
            None => format!("https://{bucket}.s3.{region}.amazonaws.com"),
        };
        let url = if prefix.is_empty() { url } else { format!("{url}/{prefix}") };
        let no_address = || wrong(format!("{url} is no address of storage"));
        let open = || wrong(format!("{url}: use https://, else anybody between may change what is sent"));
        if !url.contains("://") {
            return Err(open());
        }
        let uri: Uri = url.parse().map_err(|_| no_address())?;
        let host = uri.authority().filter(|host| !host.as_str().contains('@')).ok_or_else(no_address)?;
        let here = ["localhost", "127.0.0.1", "[::1]"].contains(&host.host());
        match uri.scheme_str() {
            Some("https") => {}
            Some("http") if here => {}
            _ => return Err(open()),
        }
        let (host, path) = (host.to_string(), uri.path().trim_end_matches('/').to_owned());
        let keys =
            Keys { id: settings.key.clone(), secret: settings.secret.clone(), token: settings.token.clone() };
        Ok(Bucket { agent: agent(here), url, host, path, region, keys, now: settings.now })
    }

    /// Keeps an object; when it answers, the storage has answered for it.
    pub fn put(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        match self.ask("PUT", name, bytes)? {
            answer if answer.status().is_success() => Ok(()),
            answer => Err(told(answer)),
        }
    }

    /// An object; none when there is no such one.
    pub fn get(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        let mut answer = self.ask("GET", name, &[])?;
        if answer.status() == StatusCode::OK {
            let bytes = answer.body_mut().with_config().limit(MOST_BYTES).read_to_vec();
            return bytes.map(Some).map_err(unreached);
        }
        absent(answer).map(|()| None)
    }

    /// Removes an object; one that is not there is removed.
    pub fn remove(&self, name: &str) -> io::Result<()> {
        let answer = self.ask("DELETE", name, &[])?;
        if answer.status().is_success() { Ok(()) } else { absent(answer) }
    }

    fn ask(&self, method: &'static str, name: &str, bytes: &[u8]) -> io::Result<Response<Body>> {
        let mut tries = 0;
        loop {
            tries += 1;
            let answer = self.ask_once(method, name, bytes);
            match answer {
                Ok(answer) if answer.status().is_server_error() && tries < TRIES => {}
                Err(_) if tries < TRIES => {}
                answer => return answer.map_err(unreached),
            }
        }
    }

    fn ask_once(
        &self,
        method: &'static str,
        name: &str,
        bytes: &[u8],
    ) -> Result<Response<Body>, ureq::Error> {
        let signed = Signed::new(&self.keys, &self.region, (self.now)());
        let headers = signed.headers(method, &self.host, &format!("{}/{name}", self.path), bytes);
        let url = format!("{}/{name}", self.url);
        let headers = headers.iter().filter(|(header, _)| *header != "host");
        match method {
            "PUT" => {
                headers.fold(self.agent.put(url), |ask, (name, value)| ask.header(*name, value)).send(bytes)
            }
            "DELETE" => {
                headers.fold(self.agent.delete(url), |ask, (name, value)| ask.header(*name, value)).call()
            }
            _ => headers.fold(self.agent.get(url), |ask, (name, value)| ask.header(*name, value)).call(),
        }
    }
}

fn agent(here: bool) -> Agent {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls = TlsConfig::builder()
        .unversioned_rustls_crypto_provider(provider)
        // Storage of an authority has a certificate of its own; this machine knows which ones it trusts.
        .root_certs(RootCerts::PlatformVerifier)
        .build();
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .timeout_connect(Some(CONNECT_TIME))
        .timeout_global(Some(REQUEST_TIME))
        .user_agent(concat!("fachwerk/", env!("CARGO_PKG_VERSION")))
        .tls_config(tls);
    // Storage of this machine is asked past every proxy.
    if here { config.proxy(None).build().into() } else { config.build().into() }
}

fn unreached(error: ureq::Error) -> io::Error {
    io::Error::other(error.to_string())
}

/// Nothing, when an object is not there; else what is wrong: a bucket that is not there says 404 as well.
fn absent(answer: Response<Body>) -> io::Result<()> {
    let status = answer.status();
    let (code, error) = code_of(answer);
    let absent = status == StatusCode::NOT_FOUND && ["", "NoSuchKey"].contains(&&*code);
    if absent { Ok(()) } else { Err(error) }
}

fn told(answer: Response<Body>) -> io::Error {
    code_of(answer).1
}

/// The code that storage says, and an error with it.
fn code_of(mut answer: Response<Body>) -> (String, io::Error) {
    let status = answer.status();
    let text = answer.body_mut().with_config().limit(MOST_TOLD).read_to_string().unwrap_or_default();
    let part = |name: &str| {
        let (_, rest) = text.split_once(&format!("<{name}>"))?;
        let (inside, _) = rest.split_once(&format!("</{name}>"))?;
        Some(inside.chars().filter(|sign| !sign.is_control()).take(200).collect::<String>())
    };
    let code = part("Code").unwrap_or_default();
    let message = part("Message").unwrap_or_default();
    let error = format!("the storage answered {} {code}: {message}", status.as_u16());
    (code, io::Error::other(error.trim_end_matches([':', ' ']).to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(address: &str, endpoint: Option<&str>, expected: Result<(&str, &str), &str>) {
        let settings = Settings {
            endpoint: endpoint.map(str::to_owned),
            region: Some("eu-central-1".into()),
            key: "key".into(),
            secret: "geheim".into(),
            token: None,
            now: || Timestamp::UNIX_EPOCH,
        };
        let opened = Bucket::open(address, &settings);
        match (opened, expected) {
            (Ok(bucket), Ok((url, path))) => {
                assert_eq!((&*bucket.url, &*bucket.path), (url, path));
                assert!(!format!("{bucket:?}").contains("geheim"));
            }
            (Err(error), Err(said)) => assert!(error.to_string().contains(said), "{error}"),
            (opened, _) => panic!("{opened:?}"),
        }
    }

    #[test]
    fn addresses_of_buckets() {
        let own = Some("https://s3.example.org/");
        check("s3://akten", None, Ok(("https://akten.s3.eu-central-1.amazonaws.com", "")));
        check("s3://akten/a/b/", None, Ok(("https://akten.s3.eu-central-1.amazonaws.com/a/b", "/a/b")));
        check("s3://akten", own, Ok(("https://s3.example.org/akten", "/akten")));
        check("s3://akten/a", own, Ok(("https://s3.example.org/akten/a", "/akten/a")));
        check("s3://akten", Some("http://127.0.0.1:9000"), Ok(("http://127.0.0.1:9000/akten", "/akten")));
        check("s3://akten", Some("http://s3.example.org"), Err("use https://"));
        check("s3://akten", Some("https://me@s3.example.org"), Err("no address"));
        check("s3://akten", Some("s3.example.org"), Err("use https://"));
        for address in ["s3://", "s3://ab", "s3://akten//a", "s3://akten/../a", "s3://akten/ä", "gs://akten"]
        {
            check(address, own, Err("is no bucket"));
        }
    }
}
