//! Who may do, free and hand on a task (four-eyes), and corrections of the application.

use fachwerk_core::{
    command::Command,
    language::{Catalogue, compile},
    words::{InstanceId, Object},
};
use serde_json::json;

use super::{HEAD, Played, compiled, folder};

#[test]
fn whoever_drafted_cannot_sign() {
    let release = compiled(
        "steps:\n  draft: { task: { title: { de: Entwurf, en: Draft } }, role: clerk, then: sign }\n  sign:\n    task: { title: { de: Zeichnung, en: Sign }, fields: { outcome: { type: choice, title: { de: E, en: O }, required: true, options: { signed: { de: g, en: s }, returned: { de: z, en: r } } } } }\n    role: clerk\n    not_same_person_as: [draft]\n    then: { signed: done, returned: draft }\n  done: { end: signed }\n",
        &[],
    );
    let mut played = Played::new(&release);
    let delegate = Command::DelegateTask { task: InstanceId(2), to: "jan".into() };
    played
        .start()
        .complete("jan", "draft", json!({}))
        .complete("jan", "sign", json!({ "outcome": "signed" }))
        .ask("jan", Command::ClaimTask { task: InstanceId(2) })
        .ask("mia", delegate)
        .complete("mia", "sign", json!({ "outcome": "returned" }))
        .complete("mia", "draft", json!({}))
        .complete("mia", "sign", json!({ "outcome": "signed" }))
        .complete("kim", "sign", json!({ "outcome": "signed" }));
    played.check("four_eyes");
}

#[test]
fn a_task_that_somebody_holds_is_freed_and_handed_on() {
    let process = format!(
        "{}steps:\n  draft: {{ task: {{ title: {{ de: Entwurf, en: Draft }} }}, role: clerk, then: sign }}\n  sign: {{ task: {{ title: {{ de: Zeichnung, en: Sign }} }}, role: clerk, not_same_person_as: [draft] }}\n",
        HEAD.replace("en: Lead }", "en: Lead }, corrects: true")
    );
    let folder = folder(&[("process.yaml", &process)]);
    let release = compile(&folder, &Catalogue::default()).release.expect("it compiles");
    let mut played = Played::new(&release);
    let (draft, sign) = (InstanceId(1), InstanceId(2));
    let to = |task, to: &str| Command::DelegateTask { task, to: to.into() };
    played
        .start()
        // Nobody holds it: that is no matter of an administrator.
        .ask("root", Command::ReleaseTask { task: draft })
        .ask("jan", Command::ClaimTask { task: draft })
        .ask("kim", Command::ReleaseTask { task: draft })
        .ask("kim", to(draft, "kim"))
        .ask("root", to(draft, "kim"))
        .ask("root", Command::ReleaseTask { task: draft })
        .ask("jan", Command::ClaimTask { task: draft })
        .ask("mia", to(draft, "mia"))
        .complete("mia", "draft", json!({}))
        .ask("jan", Command::ClaimTask { task: sign })
        // Whoever drafted frees the signature, but does not choose who signs.
        .ask("mia", to(sign, "kim"))
        .ask("mia", Command::ReleaseTask { task: sign })
        .check("handed_on");
}

#[test]
fn the_day_of_receipt_is_corrected() {
    let release = compiled(
        "steps:\n  look: { task: { title: { de: L, en: L } }, role: clerk, then: more }\n  more: { compute: { on: file.received_on }, then: rest }\n  rest: { task: { title: { de: R, en: R } }, role: clerk }\n",
        &[],
    );
    let mut played = Played::new(&release);
    let on = |day: &str| Command::ChangeData {
        fields: Object::new(),
        received_on: day.parse().ok(),
        seen: None,
        reason: "Eingangsstempel".into(),
    };
    played
        .start()
        .ask("jan", on("2026-02-27"))
        .ask("root", on("2026-03-03"))
        .ask("root", on("2026-02-27"))
        .complete("jan", "look", json!({}))
        .check("day_of_receipt");
}

/// Who planned a run signs what comes of it only when somebody has worked at it anew, or another run has, since it was signed.
/// To sign once more what was signed is not enough.
#[test]
fn whoever_had_a_run_ask_does_not_sign_because_another_has() {
    let release = compiled(
        "steps:\n  draft: { task: { title: { de: Entwurf, en: Draft } }, role: clerk, then: sign }\n  sign: { task: { title: { de: Zeichnung, en: Sign } }, role: clerk, not_same_person_as: [draft], then: rest }\n  rest: { task: { title: { de: R, en: R } }, role: clerk }\n",
        &[],
    );
    let begun = |run: u32, by: &str| {
        let release = release.id.clone();
        let (channel, data, documents) = ("manual".into(), Object::new(), Vec::new());
        let first = Command::StartCase { release, channel, data, received_on: None, documents, caller: None };
        Command::AskForRun { run, by: [by.into()].into(), first: Box::new(first) }
    };
    let back = |played: &mut Played<'_>, to: &str| {
        let instance = played.at("rest");
        played.ask("root", Command::MoveStep { instance, to: to.into(), reason: "Versehen".into() });
    };
    let mut played = Played::new(&release);
    played
        .ask("engine", begun(1, "mia"))
        .complete("jan", "draft", json!({}))
        .complete("mia", "sign", json!({}))
        .complete("kim", "sign", json!({}));
    back(&mut played, "sign");
    played.complete("mia", "sign", json!({})).complete("kim", "sign", json!({}));
    back(&mut played, "draft");
    played.complete("jan", "draft", json!({})).complete("mia", "sign", json!({}));
    played.check("run_signed_anew");
}
