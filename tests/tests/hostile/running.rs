//! Through the engine: rules that never end, people who may not, commands that come twice, data that is too much.

use std::collections::BTreeMap;

use fachwerk_core::{
    command::{Command, Request},
    facts::Actor,
    language::{Catalogue, compile},
    words::{CaseId, InstanceId, Object, ReleaseId, TenantId, Value},
};
use fachwerk_runtime::{Runtime, SubmitError, clock::Clock};
use fachwerk_store::{Place, Store};
use fachwerk_tests::{scratch::Scratch, small_process, town};
use serde_json::json;
use uuid::Uuid;

use super::{HEAD, TITLE, folder, in_time};

/// A task after which `bad` runs beside another task; who did the first may not do the other.
fn process(bad: &str) -> String {
    format!(
        "{HEAD}steps:
  draft:
    role: clerk
    task: {{ {TITLE}, fields: {{ amount: {{ type: integer, min: 0, {TITLE} }}, text: {{ type: long-text, max_length: 50, {TITLE} }} }} }}
    then: both
  both:
    fork:
      bad: {{ compute: {{ x: {} }} }}
      good: {{ role: clerk, not_same_person_as: [draft], task: {{ {TITLE}, fields: {{}} }} }}
    join: finish
  finish: {{ end: true }}
",
        Value::from(bad)
    )
}

struct Running {
    engine: Runtime,
    release: ReleaseId,
    case: CaseId,
    _folder: Scratch,
}

/// What is compared of an answer: the version, and whether it had been done before; or the code, and what does not fit.
fn said(answer: Result<fachwerk_runtime::Committed, SubmitError>) -> String {
    match answer {
        Ok(done) if done.repeated => format!("version {} again", done.version),
        Ok(done) => format!("version {}", done.version),
        Err(SubmitError::Rejected(fachwerk_core::decide::Rejection::ValuesInvalid { misfits })) => {
            let misfits = misfits.iter().map(|misfit| format!("{} {}", misfit.at, misfit.code));
            format!("ValuesInvalid: {}", misfits.collect::<Vec<_>>().join(", "))
        }
        Err(SubmitError::Rejected(rejection)) => rejection.code().to_owned(),
        Err(SubmitError::TooLarge { limit, .. }) => format!("turn_bytes {limit}"),
        Err(error) => format!("{error}"),
    }
}

impl Running {
    /// A case of the process, with the first task open.
    async fn of(bad: &str) -> Running {
        let scratch = Scratch::new("hostile");
        let store =
            Store::open(&Place::Sqlite { dir: scratch.path().to_owned() }).await.expect("a store opens");
        let now = "2026-03-02T08:00:00Z".parse().expect("a time");
        let engine = Runtime::new(store, Clock::stopped_at(now), BTreeMap::new());
        small_process::found(&engine).await.expect("the authority is founded");
        let text = process(bad);
        let files = folder(&[("process.yaml", text.as_bytes())]);
        let nothing = |_: &str, _: &Value| unreachable!("there are no scenarios");
        engine
            .deploy_despite(&town::tenant(), Actor::Engine, &files, &nothing, Some("a test"))
            .await
            .expect("the process is valid");
        let release =
            compile(&files, &Catalogue::default()).release.expect("the process is valid").id.clone();
        let case = CaseId(Uuid::from_u128(1));
        let running = Running { engine, release, case, _folder: scratch };
        let (release, channel) = (running.release.clone(), "manual".into());
        let start = Command::StartCase {
            release,
            channel,
            data: Object::new(),
            received_on: None,
            documents: Vec::new(),
            caller: None,
        };
        running.check("anna", start, "version 1").await;
        running
    }

    async fn ask(&self, tenant: &str, who: &str, id: u128, command: Command) -> String {
        let request = Request {
            tenant: TenantId::from(tenant),
            case: self.case,
            command_id: Uuid::from_u128(id),
            command,
        };
        said(self.engine.submit(Actor::Person(who.into()), request).await)
    }

    /// Asks with an id that nobody else uses.
    async fn check(&self, who: &str, command: Command, expected: &str) {
        let answer = self.ask(town::tenant().as_str(), who, Uuid::now_v7().as_u128(), command).await;
        assert_eq!(answer, expected, "by {who}");
    }

    /// What is open and what is stuck: the steps, and the codes of incidents with the limit.
    async fn stands(&self) -> String {
        let case =
            self.engine.case(&town::tenant(), self.case).await.expect("the store answers").expect("a case");
        let steps = case.instances.values().filter_map(|it| it.step.as_ref()).map(ToString::to_string);
        let incidents = case.incidents.values().map(|it| {
            let trouble = &it.trouble;
            let step = trouble.step.as_ref().map(ToString::to_string).unwrap_or_default();
            format!(
                "{step}: {} {}",
                trouble.code,
                trouble.message.en.rsplit(" failed: ").next().unwrap_or_default()
            )
        });
        let list = |parts: Vec<String>| parts.join(", ");
        format!("version {}; {}; {}", case.version, list(steps.collect()), list(incidents.collect()))
    }
}

fn complete(task: u32, values: Value) -> Command {
    let Value::Object(values) = values else { unreachable!("values are an object") };
    Command::CompleteTask { task: InstanceId(task), values, seen: None, shown: None }
}

fn in_an_executor(work: impl Future<Output = ()>) {
    let executor = tokio::runtime::Builder::new_current_thread().enable_all().build();
    in_time(|| executor.expect("an executor of one thread").block_on(work));
}

/// The rule is stopped and its branch is stuck with the name of the limit; the other branch is done.
#[track_caller]
fn check_rule(rule: &str, limit: &str) {
    in_an_executor(async {
        let running = Running::of(rule).await;
        running.check("anna", complete(1, json!({})), "version 2").await;
        let stuck = format!("bad: rule_failed the limit {limit}");
        assert_eq!(running.stands().await, format!("version 2; both, bad, good; {stuck}"), "{rule}");
        running.check("berta", complete(4, json!({})), "version 3").await;
        assert_eq!(running.stands().await, format!("version 3; both, bad; {stuck}"), "{rule}");
        // Trying again ends just as soon.
        running.check("berta", Command::RetryIncident { incident: 1 }, "version 4").await;
        assert_eq!(running.stands().await, format!("version 4; both, bad; {stuck}"), "{rule}");
    });
}

#[test]
fn rules_that_never_end_or_eat_memory() {
    let ten = "[1,2,3,4,5,6,7,8,9,10]";
    let thousands = (0..7).fold("1".to_owned(), |inner, at| format!("{ten}.map(|x{at}| {inner}).len()"));
    check_rule(&thousands, "\"operations\" was reached (100000)");
    check_rule(
        &format!("({ten} + {ten}).reduce(|text, n| text + text, \"x\")"),
        "\"string size\" was reached (65536)",
    );
    check_rule(
        &format!("({ten} + {ten}).reduce(|list, n| list + list, [1])"),
        "\"array size\" was reached (10000)",
    );
    check_rule(
        &format!("{ten}.reduce(|list, n| [[[[[[[[list]]]]]]]], 1)"),
        "\"data depth\" was reached (64)",
    );
}

#[test]
fn values_of_the_wrong_type() {
    in_an_executor(async {
        let running = Running::of("1").await;
        for (values, expected) in [
            (json!({ "amount": "12" }), "ValuesInvalid: /amount type"),
            (json!({ "amount": 1.5 }), "ValuesInvalid: /amount type"),
            (json!({ "amount": -1 }), "ValuesInvalid: /amount too_small"),
            (json!({ "amount": u64::MAX }), "ValuesInvalid: /amount not_whole"),
            (json!({ "amount": [], "text": {} }), "ValuesInvalid: /amount type, /text type"),
            (json!({ "text": "x".repeat(51) }), "ValuesInvalid: /text too_long"),
            (json!({ "text": "x".repeat(9_000_000) }), "ValuesInvalid: /text too_long"),
            (json!({ "nobody": 1 }), "ValuesInvalid: /nobody unknown_field"),
        ] {
            running.check("anna", complete(1, values), expected).await;
        }
        assert_eq!(running.stands().await, "version 1; draft; ");
    });
}

#[test]
fn people_who_may_not_and_commands_that_come_twice() {
    in_an_executor(async {
        let running = Running::of("1").await;
        let here = town::tenant();
        running.check("carl", complete(1, json!({})), "MissingRole").await;
        running.check("nobody", complete(1, json!({})), "MissingRole").await;
        running.check("anna", complete(7, json!({})), "TaskNotOpen").await;
        let elsewhere = running.ask("nachbarstadt", "anna", 9, complete(1, json!({}))).await;
        assert_eq!(elsewhere, "there is no such authority");
        assert_eq!(running.ask(here.as_str(), "anna", 2, complete(1, json!({}))).await, "version 2");
        // The same command once more is not done once more; another one for the same task is refused.
        assert_eq!(running.ask(here.as_str(), "anna", 2, complete(1, json!({}))).await, "version 2 again");
        running.check("anna", complete(1, json!({})), "TaskNotOpen").await;
        running.check("berta", complete(1, json!({})), "TaskNotOpen").await;
        running.check("anna", complete(4, json!({})), "FourEyes").await;
        running.check("anna", Command::ClaimTask { task: InstanceId(4) }, "FourEyes").await;
        assert_eq!(running.stands().await, "version 2; both, good; ");
        running.check("berta", complete(4, json!({})), "version 3").await;
        running.check("berta", complete(4, json!({})), "TaskNotOpen").await;
    });
}

#[test]
fn data_over_the_limit() {
    in_an_executor(async {
        let running = Running::of("1").await;
        let mut payload = Object::new();
        payload.insert("text".into(), "x".repeat(fachwerk_store::MAX_TURN_BYTES).into());
        let message = Command::DeliverMessage {
            name: "anything".into(),
            message_id: Uuid::from_u128(3),
            payload,
            documents: Vec::new(),
            received_on: None,
            key: None,
        };
        running.check("anna", message, &format!("turn_bytes {}", fachwerk_store::MAX_TURN_BYTES)).await;
        assert_eq!(running.stands().await, "version 1; draft; ");
        running.check("anna", complete(1, json!({})), "version 2").await;
    });
}
