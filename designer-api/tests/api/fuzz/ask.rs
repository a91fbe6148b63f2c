//! Requests made from the document: as it says, and nearly so.

use axum::http::{HeaderName, HeaderValue, header};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{
    dice::Dice,
    known::Known,
    odd,
    promise::{Document, Operation},
    secret,
};
use crate::world::{HERE, THERE, files, folder};

/// The password of those who have one.
pub const PASSWORD: &str = "drei kleine Worte";

/// Who asks.
#[derive(Clone, Debug, PartialEq)]
pub enum Who {
    Nobody,
    /// With a cookie or token that is none.
    Stranger(&'static str, String),
    /// With a session that is over.
    Expired(&'static str, &'static str),
    /// Person and authority.
    Person(&'static str, &'static str),
}

#[derive(Debug)]
pub struct Ask {
    pub who: Who,
    pub method: String,
    pub address: String,
    pub headers: Vec<(HeaderName, HeaderValue)>,
    pub body: Vec<u8>,
}

pub fn who(dice: &mut Dice, tame: bool) -> Who {
    match if tame { 7 + dice.below(13) } else { dice.below(20) } {
        0 => Who::Nobody,
        1 => Who::Expired("jan", HERE),
        2 => Who::Stranger("cookie", format!("fachwerk_session={}", dice.any())),
        3 => Who::Stranger("authorization", format!("Bearer {}", dice.any())),
        4 | 5 => Who::Person("jan", THERE),
        6 => Who::Person("ada", THERE),
        7..=10 => Who::Person("jan", HERE),
        11..=13 => Who::Person("mia", HERE),
        14 => Who::Person("leo", HERE),
        15 => Who::Person("ruth", HERE),
        16 => Who::Person("dora", HERE),
        _ => Who::Person("ada", HERE),
    }
}

/// Makes requests.
pub struct Maker<'a> {
    pub dice: &'a mut Dice,
    pub known: &'a Known,
    pub document: &'a Document,
    pub who: Who,
    /// Whether the request is as the document says: such ones move cases on, and give the others something to ask for.
    pub tame: bool,
}

impl Maker<'_> {
    /// Whether something odd happens, in so many of a hundred requests that are not tame.
    fn odd(&mut self, percent: usize) -> bool {
        self.dice.chance(percent) && !self.tame
    }

    pub fn ask(mut self, operation: &Operation) -> Ask {
        let address = format!("{}{}", self.path(operation), self.query(operation));
        let mut headers = self.headers(operation);
        let body = match &operation.body {
            Some((kind, schema)) if kind == "application/json" => self.json(schema, &mut headers),
            Some(_) => self.form(&mut headers),
            None if self.odd(5) => b"{\"unasked\": true}".to_vec(),
            None => Vec::new(),
        };
        Ask { who: self.who, method: operation.method.clone(), address, headers, body }
    }

    fn path(&mut self, operation: &Operation) -> String {
        let place = operation.path.clone();
        let parts = place.split('/').skip(1).map(|part| match part {
            "{id}" | "{n}" | "{path}" if !self.odd(25) => encoded(&self.existing(&place, part)),
            "{id}" | "{n}" | "{path}" if self.dice.chance(15) => (*self.dice.pick(&odd::ENCODED)).to_owned(),
            // An empty part would be another address.
            "{id}" | "{n}" | "{path}" => encoded(&format!("x{}", odd::text(self.dice))[self.dice.below(2)..]),
            other => other.to_owned(),
        });
        parts.map(|part| format!("/{}", if part.is_empty() { "x" } else { &part })).collect()
    }

    fn existing(&mut self, place: &str, part: &str) -> String {
        let random = Uuid::from_u64_pair(self.dice.any(), self.dice.any());
        match (place.split('/').nth(1).unwrap_or_default(), part) {
            (_, "{n}") => (1 + self.dice.below(5) / 4).to_string(),
            (_, "{path}") => {
                (*self.dice.pick(&["process.yaml", "decisions/fee.yaml", "nobody.yaml"])).to_owned()
            }
            ("cases", _) if place.contains("/documents/") => {
                self.known.pick("letter", self.dice).unwrap_or_else(|| random.to_string())
            }
            ("cases", _) => self.known.pick("case", self.dice).unwrap_or_else(|| random.to_string()),
            ("tasks", _) => self.known.pick("task", self.dice).unwrap_or_else(|| format!("{random}.3")),
            ("people", _) => (*self.dice.pick(&["new", "eva", "ruth", "leo"])).to_owned(),
            _ => "permit".to_owned(),
        }
    }

    fn query(&mut self, operation: &Operation) -> String {
        let mut pairs = Vec::new();
        let known: Vec<&Value> = operation.parameters.iter().filter(|it| it["in"] == "query").collect();
        for parameter in known.into_iter().filter(|_| self.dice.chance(30)).collect::<Vec<_>>() {
            let name = parameter["name"].as_str().unwrap();
            let value = match (name, !self.odd(25)) {
                (_, false) => odd::text(self.dice),
                ("cursor", _) => self.known.pick("cursor", self.dice).unwrap_or_default(),
                ("release", _) => self.known.pick("release", self.dice).unwrap_or_default(),
                ("process", _) => "permit".to_owned(),
                ("at", _) => self.dice.below(9).to_string(),
                ("until" | "due_before", _) => "2026-12-24".to_owned(),
                ("q", _) => (*self.dice.pick(&["Geheim", "32-2026", "a b c d e f g h i j", "%"])).to_owned(),
                _ => match self.value(&parameter["schema"], name) {
                    Value::String(text) => text,
                    value => value.to_string(),
                },
            };
            pairs.push(format!("{name}={}", encoded(&value)));
        }
        match if self.tame { 20 } else { self.dice.below(20) } {
            0 => pairs.push(format!("{}={}", encoded(&odd::text(self.dice)), encoded(&odd::text(self.dice)))),
            1 => pairs.push(format!("q={}", self.dice.pick(&odd::ENCODED))),
            2 => pairs.push("limit=1&limit=2".to_owned()),
            3 => pairs.push(format!("filter.size_m={}&lang=en", encoded(&odd::text(self.dice)))),
            _ => {}
        }
        if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) }
    }

    fn headers(&mut self, operation: &Operation) -> Vec<(HeaderName, HeaderValue)> {
        let mut headers = Vec::new();
        for parameter in operation.parameters.iter().filter(|it| it["in"] == "header") {
            let name = parameter["name"].as_str().unwrap();
            let value = match name {
                "X-Fachwerk" if !self.odd(4) => "1".to_owned(),
                // Few ids, so that some are sent again.
                "Idempotency-Key" if self.dice.chance(20) => {
                    Uuid::from_u64_pair(0x019c_0000_0000_7000, 1 << 63 | self.dice.below(20) as u64)
                        .to_string()
                }
                "If-Match" if self.dice.chance(20) => format!("\"{}\"", self.dice.below(12)),
                "Last-Event-ID" if self.dice.chance(50) => self.dice.below(12).to_string(),
                _ if name != "X-Fachwerk" && self.odd(8) => odd::text(self.dice),
                _ => continue,
            };
            let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) else { continue };
            headers.push((HeaderName::from_bytes(name.as_bytes()).unwrap(), value));
        }
        headers
    }

    fn json(&mut self, schema: &Value, headers: &mut Vec<(HeaderName, HeaderValue)>) -> Vec<u8> {
        let mut body = self.value(schema, "");
        if self.odd(40) {
            odd::change(&mut body, self.dice);
        }
        let mut bytes = body.to_string().into_bytes();
        let mut kind = "application/json";
        match if self.tame { 60 } else { self.dice.below(60) } {
            0 => bytes = format!("{{\"text\":\"{}\"}}", "x".repeat(1_000_001)).into_bytes(),
            1 | 2 => kind = *self.dice.pick(&["text/plain", "", "application/json/x", "multipart/form-data"]),
            3..=7 => bytes = odd::broken(bytes, self.dice),
            _ => {}
        }
        headers.push((header::CONTENT_TYPE, HeaderValue::from_static(kind)));
        bytes
    }

    fn form(&mut self, headers: &mut Vec<(HeaderName, HeaderValue)>) -> Vec<u8> {
        let mut text = String::new();
        for name in ["title", "direction", "file"] {
            if self.odd(15) {
                continue;
            }
            let file = if name == "file" { "; filename=\"a.txt\"\r\nContent-Type: text/plain" } else { "" };
            let value = match name {
                _ if self.odd(20) => odd::text(self.dice),
                "direction" => (*self.dice.pick(&["incoming", "outgoing", "internal"])).to_owned(),
                _ => "Lageplan".to_owned(),
            };
            let name = if self.odd(5) { "title" } else { name };
            text += &format!(
                "--edge\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n{value}\r\n"
            );
        }
        let mut bytes = (text + "--edge--\r\n").into_bytes();
        let mut kind = "multipart/form-data; boundary=edge";
        match if self.tame { 12 } else { self.dice.below(12) } {
            0 => bytes.truncate(self.dice.below(bytes.len())),
            1 => {
                kind = *self.dice.pick(&[
                    "application/json",
                    "multipart/form-data",
                    "multipart/form-data; boundary=other",
                ])
            }
            2 => bytes = odd::broken(bytes, self.dice),
            _ => {}
        }
        headers.push((header::CONTENT_TYPE, HeaderValue::from_static(kind)));
        bytes
    }

    /// A value by its schema.
    fn value(&mut self, schema: &Value, name: &str) -> Value {
        let hints = self.hints(name);
        if !hints.is_empty() && self.dice.chance(90) {
            return self.dice.pick(&hints).clone();
        }
        let schema = self.document.resolved(schema);
        if let Some(ways) = schema["oneOf"].as_array().or(schema["anyOf"].as_array()) {
            let way = self.dice.pick(ways);
            return self.value(way, name);
        }
        if let Some(words) = schema["enum"].as_array() {
            return self.dice.pick(words).clone();
        }
        let ty = match &schema["type"] {
            Value::Array(types) => self.dice.pick(types).as_str().unwrap_or_default(),
            ty => ty.as_str().unwrap_or_default(),
        };
        match ty {
            "object" => self.object(schema),
            "array" => (0..self.dice.below(3)).map(|_| self.value(&schema["items"], name)).collect(),
            "boolean" => json!(self.dice.chance(50)),
            "integer" => json!(schema["minimum"].as_i64().unwrap_or(-1) + self.dice.below(210) as i64),
            "string" if schema["format"] == "date" => json!("2026-03-01"),
            "string" => json!(self.dice.pick(&["a", "Ein Text", "open", "due", "ß𝄞"])),
            _ => Value::Null,
        }
    }

    fn object(&mut self, schema: &Value) -> Value {
        let empty = Map::new();
        let required = |name: &str| {
            schema["required"].as_array().is_some_and(|all| all.iter().any(|required| required == name))
        };
        let mut object = Map::new();
        for (name, schema) in schema["properties"].as_object().unwrap_or(&empty) {
            if required(name) || self.dice.chance(30) {
                let value = self.value(schema, name);
                object.insert(name.clone(), value);
            }
        }
        object.into()
    }

    /// Values that mean something where a field has this name.
    fn hints(&mut self, name: &str) -> Vec<Value> {
        let tenant = if let Who::Person(_, tenant) = self.who { tenant } else { "" };
        let all = match name {
            "process" => json!(["permit"]),
            "data" => json!([
                { "name": secret(tenant), "size_m": 12 },
                { "name": secret(tenant), "size_m": 900, "register": true },
                { "name": "x", "size_m": 0 },
            ]),
            "values" => json!([
                {},
                { "outcome": "complete" },
                { "outcome": "complete" },
                { "outcome": "incomplete" },
                { "outcome": "incomplete" },
                { "outcome": "signed", "fee_cents": 2_500 },
                { "outcome": "returned", "fee_cents": 1, "remark": "Noch einmal." },
                { "opinion": "Keine Bedenken." },
                { "fee_cents": 5, "period": "3 weeks" },
                { "period": "soon" },
            ]),
            "name" => json!(["documents-received", "withdrawal", "Erika Muster"]),
            "password" | "old" => json!([PASSWORD, "falsch"]),
            "new" => json!(["vier neue kleine Worte", PASSWORD, "kurz"]),
            "way" => json!(["post", "electronic", "portal", "in-person", "public", "pigeon"]),
            "on" | "received_on" => json!(["2026-03-02", "2026-02-27", "2026-03-09", "1800-01-01"]),
            "to" | "person" => json!(["jan", "mia", "leo", "leo", "nobody"]),
            "tenant" => json!([HERE, THERE, "nowhere"]),
            "roles" => json!([["clerk"], ["lead", "clerk"], []]),
            "advance" => json!(["1 day", "3 weeks", "2 working days", "5000 days", "soon"]),
            "files" => return self.folders(),
            _ => return Vec::new(),
        };
        all.as_array().cloned().unwrap_or_default()
    }

    fn folders(&mut self) -> Vec<Value> {
        let permit = files(&folder("permit"));
        let version = format!("version: 1.{}.0", self.dice.below(3));
        let newer =
            permit.iter().map(|(path, text)| (path.clone(), text.replace("version: 1.0.0", &version)));
        vec![
            newer.map(|(path, text)| (path, json!(text))).collect(),
            json!(files(&folder("examination"))),
            json!({ "process.yaml": "process: p\nsteps: [" }),
            json!({}),
        ]
    }
}

fn encoded(text: &str) -> String {
    let one = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(one).collect()
}
