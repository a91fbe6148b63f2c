//! Clients that ask for everything that a store has to keep, again and again.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use fachwerk_core::{
    case::Case,
    command::{Command, Request},
    event::{Direction, DocumentContent},
    facts::Actor,
    words::{CaseId, Object, PersonId},
};
use fachwerk_runtime::{Call, Connector, Made, Runtime, SubmitError};
use fachwerk_store::{CaseQuery, StoreError};
use fachwerk_tests::{dice::Dice, small_process, town::tenant};

use crate::heard::Line;

/// Who asks at the same time.
const CLIENTS: u64 = 6;

/// Where clients say what they ask for and what they are answered.
pub type Say = Arc<dyn Fn(Line) + Send + Sync>;

/// The connector of the letters: it says when it is asked.
pub fn connectors(say: &Say) -> BTreeMap<String, Connector> {
    let say = say.clone();
    let letter: Connector = Arc::new(move |call: Call| {
        let say = say.clone();
        Box::pin(async move {
            say(Line::Called(call.idempotency_key.clone()));
            let content = DocumentContent {
                title: "Brief".into(),
                media_type: "text/plain".into(),
                hash: "".into(),
                size: 0,
                direction: Direction::Outgoing,
                addressee: None,
                enclosures: Vec::new(),
            };
            Ok(Made { values: Object::new(), documents: vec![(content, call.idempotency_key.into_bytes())] })
        })
    });
    BTreeMap::from([("letter".to_owned(), letter)])
}

/// Asks once more for what nobody has heard of, then for other things, until one of the clients panics or the future is
/// dropped. Clients ask the processes turn and turn about.
pub async fn ask_on(engines: &[Runtime], seed: u64, unheard: Vec<(Actor, Request)>, say: &Say) {
    for (actor, request) in unheard {
        ask(&engines[0], actor, request, say).await;
    }
    let cases = Arc::new(Mutex::new(known(&engines[0]).await));
    let mut clients = tokio::task::JoinSet::new();
    for client in 0..CLIENTS {
        let engine = engines[usize::try_from(client).expect("few") % engines.len()].clone();
        let (cases, say) = (cases.clone(), say.clone());
        let mut dice = Dice::new(seed * CLIENTS + client);
        clients.spawn(async move {
            loop {
                if dice.chance(5) {
                    let pieces: Vec<Vec<u8>> = (0..3).map(|_| dice.any().to_string().into_bytes()).collect();
                    if let Ok(kept) = engine.store().put_blobs(&tenant(), pieces).await {
                        say(Line::Kept(kept));
                    }
                }
                let Some((actor, request)) = next(&engine, &cases, &mut dice).await else { continue };
                say(Line::Asked(actor.clone(), Box::new(request.clone())));
                ask(&engine, actor, request, &say).await;
            }
        });
    }
    if let Some(client) = clients.join_next().await {
        client.expect("a client asks until it is stopped");
    }
}

async fn known(engine: &Runtime) -> Vec<CaseId> {
    loop {
        match engine.store().cases(&tenant(), &CaseQuery::default()).await {
            Ok(found) => return found.items.iter().map(|row| row.case).collect(),
            Err(error) => lasting(&error).await,
        }
    }
}

/// Asks until there is an answer.
async fn ask(engine: &Runtime, actor: Actor, request: Request, say: &Say) {
    let command_id = request.command_id;
    loop {
        match engine.submit(actor.clone(), request.clone()).await {
            Ok(committed) => return say(Line::Done { command_id, position: committed.position }),
            Err(SubmitError::Rejected(_)) => return say(Line::Refused { command_id }),
            Err(SubmitError::Store(error)) => lasting(&error).await,
            Err(error) => panic!("the engine works: {error}"),
        }
    }
}

/// A database that is away comes back; anything else is a fault.
async fn lasting(error: &StoreError) {
    assert!(
        matches!(error, StoreError::Unavailable { .. } | StoreError::UnknownCommit { .. }),
        "the store works, or is away for a while: {error}"
    );
    let mut soon = tokio::time::interval(Duration::from_millis(20));
    soon.tick().await;
    soon.tick().await;
}

/// What is asked next; nothing: the database is away.
async fn next(engine: &Runtime, cases: &Mutex<Vec<CaseId>>, dice: &mut Dice) -> Option<(Actor, Request)> {
    let clerk = Actor::Person(PersonId::from("berta"));
    let command_id = dice.id();
    let of = |actor, case, command| Some((actor, Request { tenant: tenant(), case, command_id, command }));
    let known = {
        let mut cases = cases.lock().expect("no client panics");
        match dice.maybe_pick(&cases).copied().filter(|_| dice.chance(85)) {
            Some(known) => Ok(known),
            None => {
                let case = CaseId(dice.id());
                cases.push(case);
                Err(case)
            }
        }
    };
    let case = match known {
        Ok(case) => case,
        Err(case) => return of(clerk, case, small_process::start(&small_process::release().id, "Ada")),
    };
    let state: Option<Arc<Case>> = match engine.case(&tenant(), case).await {
        Ok(state) => state,
        Err(error) => {
            lasting(&error).await;
            return None;
        }
    };
    let task = state.as_ref().and_then(|state| state.tasks().next()).map(|(id, ..)| id);
    match task {
        Some(task) if dice.chance(65) => {
            let said: &str = dice.pick::<&str>(&["again", "again", "ask", "done"]);
            let values = small_process::result(said, "gesehen");
            of(clerk, case, Command::CompleteTask { task, values, seen: None, shown: None })
        }
        _ if dice.chance(30) => {
            let (message_id, text) = (dice.id(), dice.any().to_string().repeat(dice.below(200) + 1));
            let document = match small_process::document(engine, case, text).await {
                Ok(document) => document,
                Err(error) => {
                    lasting(&error).await;
                    return None;
                }
            };
            let command = small_process::reply(message_id, document);
            of(Actor::Connector("portal".into()), case, command)
        }
        _ => of(clerk, case, Command::AddNote { text: format!("Vermerk {}", dice.any()).into() }),
    }
}
