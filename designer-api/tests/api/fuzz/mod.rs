//! Every operation of the OpenAPI document is asked for whatever may come, by whoever may come, again and again in one
//! world, so that its state is never the same twice. After each request: the answer is one that the document promises;
//! what was refused has changed nothing; nobody has seen another authority.

mod ask;
mod dice;
mod known;
mod odd;
mod promise;

use std::{
    collections::BTreeMap,
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use axum::{
    body::{Body, Bytes, to_bytes},
    http::{HeaderValue, Request, header},
};
use fachwerk_core::{authority::AuthorityCommand, facts::Actor, words::TenantId};
use fachwerk_store::{Hash, Session};
use jiff::SignedDuration;
use serde_json::{Value, json};
use tower::ServiceExt;
use uuid::Uuid;

use crate::world::{HERE, THERE, World, at};
use ask::{Ask, Maker, Who};
use dice::Dice;
use known::Known;
use promise::Document;

/// So many requests are made in one world.
const REQUESTS: usize = 400;

/// The name of an applicant that only this authority may see.
fn secret(tenant: &str) -> String {
    format!("Geheim in {tenant}")
}

#[tokio::test]
async fn every_answer_is_as_the_document_says() {
    let asked: Vec<u64> = match number("FACHWERK_SEED") {
        Some(seed) => vec![seed],
        None => (0..2 * number("FACHWERK_SOAK").unwrap_or(1).max(1)).collect(),
    };
    let mut completed = 0;
    for seed in asked {
        completed += play(seed).await;
    }
    assert!(completed > 0, "no task was ever done");
}

#[tokio::test]
#[ignore = "fuzz: make fuzz"]
async fn fuzz_every_operation() {
    let end = Instant::now() + Duration::from_secs(number("FACHWERK_FUZZ_S").unwrap_or(60));
    let mut seed = number("FACHWERK_SEED").unwrap_or_else(rand::random);
    while Instant::now() < end {
        play(seed).await;
        seed = seed.wrapping_add(1);
    }
}

fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} must be a whole number, is `{text}`")))
}

/// One world and what is asked in it; every other one is a demo. How many tasks were done.
async fn play(seed: u64) -> usize {
    eprintln!("FACHWERK_SEED={seed}");
    let world = World::with(|options| options.demo = seed % 2 == 1).await;
    let mut fuzz = Fuzz {
        world,
        document: Document::read(),
        known: Known::default(),
        answered: BTreeMap::new(),
        completed: 0,
        seen: 0,
    };
    fuzz.begin().await;
    let mut dice = Dice::new(seed);
    for step in 0..REQUESTS {
        if step % 25 == 0 {
            fuzz.goes_on().await;
        }
        let tame = dice.chance(45);
        let place = fuzz.document.place(&mut dice, tame);
        let who = ask::who(&mut dice, tame);
        let maker = Maker { dice: &mut dice, known: &fuzz.known, document: &fuzz.document, who, tame };
        let ask = maker.ask(&fuzz.document.operations[place]);
        fuzz.check(place, ask).await;
    }
    // A fuzzer whose requests all fail at the door finds nothing.
    let good: usize = fuzz.answered.iter().filter(|(status, _)| **status < 300).map(|(_, count)| count).sum();
    assert!(good > REQUESTS / 8, "seed {seed}: hardly anything was done: {:?}", fuzz.answered);
    assert!(fuzz.seen > 0, "seed {seed}: nobody saw anything that others must not see");
    fuzz.completed
}

struct Fuzz {
    world: World,
    document: Document,
    known: Known,
    /// How often each status came.
    answered: BTreeMap<u16, usize>,
    /// How many tasks were done.
    completed: usize,
    /// How many answers named the applicant that only one's own authority may see.
    seen: usize,
}

struct Found {
    status: u16,
    kind: String,
    language: String,
    body: Bytes,
}

impl Fuzz {
    /// Cases of both authorities in several states, one of them with an incident.
    async fn begin(&mut self) {
        self.world.set_password(&at("leo", HERE), ask::PASSWORD).await;
        self.world.register_fails.store(true, Ordering::SeqCst);
        for tenant in [HERE, THERE] {
            let jan = at("jan", tenant);
            let data = json!({ "name": secret(tenant), "size_m": 12, "register": true });
            for outcome in ["complete", "incomplete"] {
                self.world.begin(&jan, data.clone()).await;
                let case = self.world.begin(&jan, data.clone()).await;
                self.world.complete(&jan, &case, "examine/confirm", json!({ "outcome": outcome })).await;
                if outcome == "complete" {
                    self.world.complete(&jan, &case, "opinion", json!({})).await;
                    self.world
                        .complete(&at("mia", tenant), &case, "sign", json!({ "outcome": "signed" }))
                        .await;
                }
            }
        }
    }

    /// There is a new case, connectors do what is due, people and processes are as they were, and what exists is looked up.
    async fn goes_on(&mut self) {
        self.world.settle().await;
        let roles: [(&str, &[&str]); 4] =
            [("jan", &["clerk"]), ("mia", &["lead", "clerk"]), ("leo", &["lead"]), ("ruth", &["registrar"])];
        for (person, roles) in roles {
            let roles = roles.iter().map(|role| (*role).into()).collect();
            let command = AuthorityCommand::SetPerson {
                person: person.into(),
                name: person.into(),
                roles,
                active: true,
            };
            self.world.runtime.change(&HERE.into(), Actor::Engine, Uuid::now_v7(), command).await.unwrap();
        }
        let runtime = &self.world.runtime;
        let retired = runtime.authority(&HERE.into()).await.unwrap().unwrap().retired.clone();
        for process in retired.into_keys() {
            let command = AuthorityCommand::Reinstate { process };
            runtime.change(&HERE.into(), Actor::Engine, Uuid::now_v7(), command).await.unwrap();
        }
        let data = json!({ "name": secret(HERE), "size_m": 12 });
        let case = self.world.begin(&at("jan", HERE), data).await;
        self.known.learn(&json!({ "case": case }));
        for (tenant, list) in [
            (THERE, "/cases?limit=2"),
            (HERE, "/cases?limit=4"),
            (HERE, "/tasks?view=all"),
            (HERE, "/post"),
            (HERE, "/incidents"),
        ] {
            let list = self.world.ask(&at("mia", tenant), &format!("GET {list}")).await.json();
            self.known.learn(&list);
        }
    }

    async fn check(&mut self, place: usize, ask: Ask) {
        let before = self.positions().await;
        let found = self.send(&ask, None).await;
        let after = self.positions().await;
        let operation = &self.document.operations[place];
        let open = operation.open;
        let shown = format!("{} {}", operation.method, operation.path);
        let told = || {
            let body: String = String::from_utf8_lossy(&ask.body).chars().take(600).collect();
            let answer: String = String::from_utf8_lossy(&found.body).chars().take(600).collect();
            let Ask { who, method, address, headers, .. } = &ask;
            format!(
                "{shown}\n{who:?} {method} {address:.300}\n{headers:?}\n{body}\nanswer {}: {answer}",
                found.status
            )
        };
        *self.answered.entry(found.status).or_default() += 1;
        assert!(found.status != 500, "a fault\n{}", told());
        if let Some(broken) = self.document.broken(place, found.status, &found.kind, &found.body) {
            panic!("{broken}\n{}", told());
        }
        let may = found.status < 300;
        self.completed += usize::from(may && shown.ends_with("/complete"));
        let within = if let Who::Person(_, tenant) = &ask.who { *tenant } else { "" };
        assert!(!may || open || !within.is_empty(), "somebody got in\n{}", told());
        let guarded = ask.method == "GET" || open || ask.headers.iter().any(|(name, _)| name == "x-fachwerk");
        assert!(!may || guarded, "a forged request was carried out\n{}", told());
        for (tenant, old, new) in [(HERE, before[0], after[0]), (THERE, before[1], after[1])] {
            // The clock of a demo goes for all.
            let changes = may && ask.method != "GET" && (tenant == within || shown.ends_with("/clock"));
            assert!(old == new || changes, "{tenant} went from {old} to {new}\n{}", told());
            let seen = String::from_utf8_lossy(&found.body).contains(&secret(tenant));
            assert!(!seen || tenant == within, "{tenant} was seen\n{}", told());
            self.seen += usize::from(seen);
        }
        if may && found.kind == "application/json" {
            self.known.learn(&serde_json::from_slice(&found.body).unwrap());
        }
        // Logging in counts its failures, so the second time is not the same.
        if found.status >= 400 && !shown.contains("/session") && !ask.address.contains("lang") {
            self.check_languages(&ask).await;
        }
    }

    /// What was refused is refused again, in both languages.
    async fn check_languages(&self, ask: &Ask) {
        let (de, en) = (self.send(ask, Some("de")).await, self.send(ask, Some("en")).await);
        let body = |found: &Found| serde_json::from_slice::<Value>(&found.body).unwrap();
        let (german, english) = (body(&de), body(&en));
        assert_eq!((de.language.as_str(), en.language.as_str()), ("de", "en"), "{german}");
        assert_eq!((&german["code"], de.status), (&english["code"], en.status), "{german} {english}");
        for part in ["title", "detail"] {
            assert_ne!(german[part], english[part], "not in both languages: {german}");
        }
    }

    /// How far the journals of both authorities have come.
    async fn positions(&self) -> [u64; 2] {
        let mut positions = [0; 2];
        for (position, tenant) in positions.iter_mut().zip([HERE, THERE]) {
            *position = self.world.runtime.store().last_position(&TenantId::from(tenant)).await.unwrap();
        }
        positions
    }

    async fn send(&self, ask: &Ask, language: Option<&'static str>) -> Found {
        let mut request =
            Request::builder().method(ask.method.as_str()).uri(format!("/api/v1{}", ask.address));
        for (name, value) in &ask.headers {
            request = request.header(name, value);
        }
        if let Some(language) = language {
            request = request.header(header::ACCEPT_LANGUAGE, language);
        }
        let cookie = match &ask.who {
            Who::Nobody => None,
            Who::Stranger(header, value) => {
                request = request.header(*header, value);
                None
            }
            Who::Expired(person, tenant) => Some(self.expired(person, tenant).await),
            Who::Person(person, tenant) => Some(self.world.session(&at(person, tenant)).await),
        };
        if let Some(cookie) = cookie {
            request = request.header(header::COOKIE, format!("fachwerk_session={cookie}"));
        }
        let request = match request.body(Body::from(ask.body.clone())) {
            Ok(request) => request,
            Err(error) => panic!("not a request: {error}: {ask:?}"),
        };
        let (parts, body) = self.world.router.clone().oneshot(request).await.unwrap().into_parts();
        let text = |name| parts.headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        let kind = text(header::CONTENT_TYPE).unwrap_or_default().to_owned();
        // Events do not end by themselves.
        let body = match kind.as_str() {
            "text/event-stream" => Bytes::new(),
            _ => to_bytes(body, 100_000_000).await.unwrap(),
        };
        let language = text(header::CONTENT_LANGUAGE).unwrap_or_default().to_owned();
        Found { status: parts.status.as_u16(), kind, language, body }
    }

    /// A session that was over an hour ago.
    async fn expired(&self, person: &str, tenant: &str) -> String {
        let secret = Uuid::now_v7().to_string();
        let now = self.world.session_clock.now();
        let ago = |hours| now.checked_sub(SignedDuration::from_hours(hours)).unwrap();
        let session = Session {
            id_hash: Hash::of(secret.as_bytes()),
            tenant: tenant.into(),
            person: person.into(),
            created_at: ago(13),
            last_seen_at: ago(2),
            expires_at: ago(1),
            provisional: false,
        };
        self.world.runtime.store().put_session(&session).await.unwrap();
        secret
    }
}
