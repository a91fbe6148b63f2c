//! A small server that speaks as much S3 as is asked of it, for tests. It takes nothing that is not signed as Amazon describes,
//! and computes that by its own words: SHA-256 is all it shares with what it tests.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex, MutexGuard},
};

use sha2::{Digest, Sha256};

pub const KEY: &str = "AKIDTEST";
pub const SECRET: &str = "kein Passwort, ein Schlüssel";
pub const REGION: &str = "eu-central-1";
pub const BUCKET: &str = "akten";

/// What goes wrong with the next request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// It is answered that too much is asked.
    Busy,
    /// It is carried out, and the connection breaks before the answer.
    CutAfter,
}

#[derive(Default)]
pub struct State {
    /// By key.
    pub objects: BTreeMap<String, Vec<u8>>,
    pub troubles: Vec<Trouble>,
    /// Method and key of each request that was rightly signed.
    pub asked: Vec<String>,
}

/// The server; it goes on as long as the test.
#[derive(Clone)]
pub struct Storage {
    pub endpoint: String,
    state: Arc<Mutex<State>>,
}

struct Request {
    method: String,
    path: String,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

impl Storage {
    pub fn start() -> Storage {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
        let storage = Storage { endpoint, state: Arc::default() };
        let served = storage.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let served = served.clone();
                std::thread::spawn(move || served.serve(stream));
            }
        });
        storage
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nobody panicked here")
    }

    fn serve(&self, stream: TcpStream) {
        let mut writer = stream.try_clone().expect("a connection");
        let mut reader = BufReader::new(stream);
        while let Some(request) = read(&mut reader) {
            let trouble = self.state().troubles.pop();
            let (status, body) = match trouble {
                Some(Trouble::Busy) => ("503 Slow Down", wrong("SlowDown")),
                _ => self.answer(&request),
            };
            if trouble == Some(Trouble::CutAfter) {
                return;
            }
            let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n", body.len());
            if writer.write_all(head.as_bytes()).and_then(|()| writer.write_all(&body)).is_err() {
                return;
            }
        }
    }

    fn answer(&self, request: &Request) -> (&'static str, Vec<u8>) {
        if !request.is_signed() {
            return ("403 Forbidden", wrong("SignatureDoesNotMatch"));
        }
        let Some(key) = request.path.strip_prefix(&format!("/{BUCKET}/")) else {
            return ("404 Not Found", wrong("NoSuchBucket"));
        };
        let mut state = self.state();
        state.asked.push(format!("{} {key}", request.method));
        match &*request.method {
            "PUT" => {
                state.objects.insert(key.into(), request.body.clone());
                ("200 OK", vec![])
            }
            "GET" => match state.objects.get(key) {
                Some(bytes) => ("200 OK", bytes.clone()),
                None => ("404 Not Found", wrong("NoSuchKey")),
            },
            "DELETE" => {
                state.objects.remove(key);
                ("204 No Content", vec![])
            }
            _ => ("405 Method Not Allowed", wrong("MethodNotAllowed")),
        }
    }
}

fn wrong(code: &str) -> Vec<u8> {
    format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>Nothing &amp; more</Message></Error>")
        .into()
}

fn read(reader: &mut BufReader<TcpStream>) -> Option<Request> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
    let mut parts = line.split_whitespace().map(str::to_owned);
    let (method, path) = (parts.next()?, parts.next()?);
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.insert(name.to_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Request { method, path, headers, body })
}

impl Request {
    /// <https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html>
    fn is_signed(&self) -> bool {
        let header = |name: &str| self.headers.get(name).map(String::as_str).unwrap_or_default();
        let authorization = header("authorization");
        let field = |name: &str| {
            let (_, rest) = authorization.split_once(&format!("{name}="))?;
            Some(rest.split(',').next().unwrap_or_default().trim())
        };
        let (Some(credential), Some(names), Some(signature)) =
            (field("Credential"), field("SignedHeaders"), field("Signature"))
        else {
            return false;
        };
        let date = header("x-amz-date");
        let scope = format!("{}/{REGION}/s3/aws4_request", date.get(..8).unwrap_or_default());
        let all_signed = self
            .headers
            .keys()
            .filter(|name| *name == "host" || name.starts_with("x-amz-"))
            .all(|name| names.split(';').any(|signed| signed == name));
        if credential != format!("{KEY}/{scope}")
            || header("x-amz-content-sha256") != hex(&sha(&self.body))
            || date.len() != 16
            || !all_signed
        {
            return false;
        }
        let mut canonical = format!("{}\n{}\n\n", self.method, self.path);
        for name in names.split(';') {
            canonical += &format!("{name}:{}\n", header(name));
        }
        canonical += &format!("\n{names}\n{}", header("x-amz-content-sha256"));
        let text = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{}", hex(&sha(canonical.as_bytes())));
        let mut key = format!("AWS4{SECRET}").into_bytes();
        for part in scope.split('/') {
            key = hmac(&key, part.as_bytes()).to_vec();
        }
        hex(&hmac(&key, text.as_bytes())) == signature
    }
}

fn sha(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// RFC 2104; no key here is longer than a block.
fn hmac(key: &[u8], text: &[u8]) -> [u8; 32] {
    let pad = |with: u8| {
        let mut pad = [with; 64];
        pad.iter_mut().zip(key).for_each(|(pad, key)| *pad ^= key);
        pad
    };
    sha(&[&pad(0x5c)[..], &sha(&[&pad(0x36)[..], text].concat())].concat())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
