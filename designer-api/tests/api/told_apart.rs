//! Tasks of a case that are called the same.

use fachwerk_core::facts::Actor;
use serde_json::{Value, json};

use crate::world::{HERE, World, at, folder, simulated};

const PROCESS: &str = r#"
process: reply
version: 1.0.0
title: { de: Anhörung, en: Hearing }
subject: application.name
data: application.schema.json
roles:
  clerk: { title: { de: Sachbearbeitung, en: Clerk } }
outcomes:
  heard: { title: { de: gehört, en: heard } }
steps:
  ask:
    title: { de: Stellen beteiligen, en: Ask the bodies }
    fork:
      police:
        task:
          title: { de: Antwort festhalten, en: Record the answer }
          show:
            - { title: { de: Antragsteller, en: Applicant }, value: application.name }
            - { title: { de: Stelle, en: Body }, value: '"Polizei"' }
          fields: { remark: { type: text, title: { de: Bemerkung, en: Remark } } }
        role: clerk
      nature:
        task:
          title: { de: Antwort festhalten, en: Record the answer }
          show:
            - { title: { de: Antragsteller, en: Applicant }, value: application.name }
            - { title: { de: Stelle, en: Body }, value: '"Naturschutz"' }
          fields: { remark: { type: text, title: { de: Bemerkung, en: Remark } } }
        role: clerk
      assess:
        task:
          title: { de: Prüfen, en: Examine }
          show: [{ title: { de: Antragsteller, en: Applicant }, value: application.name }]
          fields: { remark: { type: text, title: { de: Bemerkung, en: Remark } } }
        role: clerk
    join: done
  done: { end: heard }
"#;

#[tokio::test]
async fn tasks_that_are_called_the_same_are_told_apart() {
    let world = World::new().await;
    let mut process = folder("reply");
    process.files.retain(|path, _| !path.starts_with("scenarios/"));
    process.files.insert("process.yaml".into(), PROCESS.as_bytes().to_vec().into());
    world.runtime.deploy(&HERE.into(), Actor::Engine, &process, &simulated).await.unwrap();
    let data = json!({ "name": "Erika Muster", "size_m": 12 });
    let jan = at("jan", HERE);
    let begun = world.say(&jan, "POST /cases", json!({ "process": "reply", "data": data })).await;
    world.settle().await;
    let case = begun.json()["case"].as_str().unwrap().to_owned();
    let shown = world.ask(&jan, &format!("GET /cases/{case}")).await.json();
    let apart = shown["tasks"].as_array().unwrap().iter();
    let apart: Vec<(Value, Value)> =
        apart.map(|task| (task["title"]["de"].clone(), task["apart"]["text"].clone())).collect();
    assert_eq!(
        apart,
        [
            (json!("Antwort festhalten"), json!("Polizei")),
            (json!("Antwort festhalten"), json!("Naturschutz")),
            (json!("Prüfen"), Value::Null),
        ]
    );
}
