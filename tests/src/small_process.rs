//! A small process with a bit of everything that a store has to keep: a number without gaps, a task with a loop, a
//! letter, a deadline, messages.

use std::{collections::BTreeMap, sync::Arc};

use fachwerk_core::{
    authority::{AuthorityCommand, Profile},
    command::Command,
    definition::Release,
    event::{Direction, DocumentContent},
    facts::Actor,
    language::{Catalogue, Folder, compile},
    words::{CaseId, Object, PersonId, ReleaseId, Text, Value},
};
use fachwerk_runtime::{Founding, Runtime};
use fachwerk_store::StoreError;
use serde_json::json;
use uuid::Uuid;

use crate::town;

const PROCESS: &str = r##"
process: small
version: 1.0.0
title: { de: Klein, en: Small }
data: application.schema.json
subject: application.name
roles:
  clerk: { title: { de: Sachbearbeitung, en: Clerk } }
always:
  withdrawal: { message: withdrawal, then: withdrawn }
steps:
  register:
    number: { pattern: "K {year}/{number}", file_number: true }
    then: examine
  examine:
    role: clerk
    task:
      title: { de: Prüfen, en: Examine }
      fields:
        outcome:
          type: choice
          required: true
          title: { de: Ergebnis, en: Result }
          options:
            again: { de: noch einmal, en: again }
            ask: { de: nachfragen, en: ask }
            done: { de: erledigt, en: done }
        remark: { type: long-text, title: { de: Bemerkung, en: Remark } }
    then: { again: examine, ask: letter, done: finish }
  letter:
    effect: letter
    with: { to: "= application.name" }
    then: await
  await:
    wait:
      reply: { message: reply }
      over: { deadline: { title: { de: Frist, en: Deadline }, period: 2 weeks } }
    then: { reply: examine, over: examine }
  withdrawn: { end: withdrawn }
  finish: { end: done }
"##;

const SCHEMA: &str = r#"{
  "type": "object",
  "required": ["name"],
  "properties": {
    "name": { "type": "string", "maxLength": 100, "x-list": true, "x-title": { "de": "Name", "en": "Name" } }
  }
}"#;

/// Its files.
pub fn folder() -> Folder {
    let files = [("process.yaml", PROCESS), ("application.schema.json", SCHEMA)];
    let files = files.map(|(name, text)| (Arc::from(name), Arc::from(text.as_bytes())));
    Folder { name: "".into(), files: BTreeMap::from(files) }
}

/// Compiled.
pub fn release() -> Release {
    let compiled = compile(&folder(), &Catalogue::default());
    compiled.release.unwrap_or_else(|| panic!("the process is valid: {:#?}", compiled.problems))
}

/// Sets up the authority with its people and puts the process into use.
pub async fn found(engine: &Runtime) -> Result<(), String> {
    let title = Text::new("Musterstadt", "Musterstadt");
    let (administrator, name) = (PersonId::from("anna"), "Anna".into());
    let founding =
        Founding { tenant: town::tenant(), profile: Profile::of(title, town::place()), administrator, name };
    engine.found(founding).await.map_err(|error| error.to_string())?;
    for (person, roles) in town::people() {
        let name = person.as_str().into();
        let command = AuthorityCommand::SetPerson { person, name, roles, active: true };
        let set = engine.change(&town::tenant(), Actor::Engine, Uuid::now_v7(), command).await;
        set.map_err(|error| error.to_string())?;
    }
    let nothing = |_: &str, _: &Value| unreachable!("there are no scenarios");
    let deployed =
        engine.deploy_despite(&town::tenant(), Actor::Engine, &folder(), &nothing, Some("a test")).await;
    deployed.map(drop).map_err(|error| format!("{error:?}"))
}

/// Begins a case.
pub fn start(release: &ReleaseId, name: &str) -> Command {
    let mut data = Object::new();
    data.insert("name".into(), name.into());
    let (release, channel) = (release.clone(), "manual".into());
    Command::StartCase { release, channel, data, received_on: None, documents: Vec::new(), caller: None }
}

/// What a task is completed with.
pub fn result(outcome: &str, remark: &str) -> Object {
    match json!({ "outcome": outcome, "remark": remark }) {
        Value::Object(values) => values,
        _ => unreachable!("an object is an object"),
    }
}

/// Keeps a document for a case. It is in none before a command brings it there.
pub async fn document(engine: &Runtime, case: CaseId, text: String) -> Result<DocumentContent, StoreError> {
    let (now, size) = (engine.clock().now(), text.len() as u64);
    let hash = engine.store().put_document(&town::tenant(), case, text.into_bytes(), None, now).await?;
    Ok(DocumentContent {
        title: "Unterlage".into(),
        media_type: "text/plain".into(),
        hash: hash.to_string().into(),
        size,
        direction: Direction::Incoming,
        addressee: None,
        enclosures: Vec::new(),
    })
}

/// What it waits for, with a document.
pub fn reply(message_id: Uuid, document: DocumentContent) -> Command {
    let (name, payload, documents) = ("reply".into(), Object::new(), vec![document]);
    Command::DeliverMessage { name, message_id, payload, documents, received_on: None, key: None }
}
