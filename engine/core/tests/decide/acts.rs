//! Acts and their letters: what comes back, what stands in for what, what is given up. Each line of a course says what is
//! asked, and what stands then.

use fachwerk_core::{
    act::RemedyKind,
    case::Case,
    command::{Command, CorrectAct, LetterText},
    definition::Release,
    event::{Direction, EffectError},
    keeping::KeepingRecord,
    party::PartyContent,
    words::{Date, InstanceId, Text, Way},
};
use serde_json::json;

use super::{Played, compiled};

pub const SCHEMA: &str = r#"{ "type": "object", "required": ["applicants"], "properties": {
  "ok": { "type": "boolean", "x-title": { "de": "O", "en": "O" } },
  "applicants": { "type": "array", "maxItems": 1000, "x-title": { "de": "A", "en": "A" }, "items": { "type": "object", "properties": {
    "name": { "type": "string", "x-title": { "de": "N", "en": "N" } } } } } } }"#;
pub const ACTS: &str = r#"data: application.schema.json
parties: { applicant: { count: "1..", from: 'application.applicants' } }
acts: { permit: { law: VwVfG, sphere: own, to: each applicant } }
"#;
const ISSUE: &str =
    "  permit: { issue: permit, with: { title: Erlaubnis, body: 'Bis 12 Uhr.' }, then: rest }\n";
pub const REST: &str = "  rest: { task: { title: { de: R, en: R } }, role: clerk }\n";

#[track_caller]
pub fn acting(steps: &str) -> Release {
    compiled(steps, &[("application.schema.json", SCHEMA)])
}

pub fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

pub fn dispatch(document: u32, on: &str) -> Command {
    Command::RecordDispatch { document, on: day(on), way: Way::Post, proven_receipt: None }
}

pub fn receipt(document: u32, on: &str) -> Command {
    Command::RecordReceipt { document, on: day(on) }
}

fn anew(document: u32) -> Command {
    Command::SendAnew { act: 1, party: 1, document: Some(document), reason: "zurück".into() }
}

fn correct(begins_anew: bool) -> Command {
    let (wrong, right, reason) = ("12 Uhr".into(), "21 Uhr".into(), "Zahlendreher".into());
    Command::CorrectAct(CorrectAct { act: 1, wrong, right, reason, begins_anew })
}

fn give_up(instance: u32) -> Command {
    Command::GiveUp { instance: InstanceId(instance), reason: "geht nicht".into() }
}

fn failed(instance: u32, round: u32) -> Command {
    let message = Text::new("Es geht nicht.", "It does not work.");
    let error = EffectError { code: "letter_invalid".into(), message, retry: false };
    Command::FinishEffect { instance: InstanceId(instance), round, result: Err(error) }
}

/// Addressees, deadlines that wait or run, letters, incidents, rounds that are asked for: one line each.
fn standing(case: &Case) -> String {
    let mut lines = Vec::new();
    for act in case.acts.values() {
        for (party, addressed) in &act.addressees {
            let ends = case.remedy_run(act, *party).map(|run| run.end);
            lines.push(format!(
                "{}/{party} by {:?} on {:?} until {ends:?} final {:?} of {:?}",
                act.number,
                addressed.notified_by,
                addressed.notified_on.map(|day| day.to_string()),
                addressed.final_since.map(|day| day.to_string()),
                addressed.letters.iter().map(|letter| letter.document).collect::<Vec<_>>(),
            ));
        }
    }
    for (_, deadline) in case.deadlines().filter(|(id, _)| *id != InstanceId::ROOT) {
        lines.push(format!("{} until {:?}", deadline.name, deadline.run.as_ref().map(|run| run.end)));
    }
    let post = case
        .documents
        .values()
        .filter(|document| document.content.direction == Direction::Outgoing && document.dispatch.is_none());
    lines.push(format!("post {:?}", post.map(|document| document.number).collect::<Vec<_>>()));
    for incident in case.incidents.values() {
        lines.push(format!("incident {}", incident.trouble.code));
    }
    let rounds = case.acts.values().filter_map(|act| case.draft_of(act));
    lines.extend(rounds.map(|draft| format!("asked {} round {}", draft.instance.0, draft.round)));
    if !case.is_open() {
        lines.push("ended".to_owned());
    }
    lines.join("\n")
}

impl Played<'_> {
    /// Begins with one applicant and makes the first letter.
    pub fn issued(&mut self) -> &mut Self {
        self.applied(&["Erika"]).letter(InstanceId(1), 1)
    }

    pub fn applied(&mut self, names: &[&str]) -> &mut Self {
        let applicants: Vec<_> = names.iter().map(|name| json!({ "name": name })).collect();
        let data = json!({ "applicants": applicants });
        self.ask(
            "jan",
            Command::StartCase {
                release: self.release.id.clone(),
                channel: "manual".into(),
                data: serde_json::from_value(data).expect("an object"),
                received_on: None,
                documents: vec![],
                caller: None,
            },
        )
    }

    #[track_caller]
    pub fn stands(&mut self, expected: &[&str]) -> &mut Self {
        assert_eq!(standing(&self.case), expected.join("\n"), "{}", self.log);
        self
    }

    #[track_caller]
    pub fn refused(&mut self, by: &str, command: Command, code: &str) -> &mut Self {
        self.last(by, command, code)
    }

    /// What is asked comes to this: an event, or why it is refused.
    #[track_caller]
    pub fn last(&mut self, by: &str, command: Command, code: &str) -> &mut Self {
        self.ask(by, command);
        let last = self.log.trim_end().lines().last().unwrap_or_default();
        assert!(last.contains(code), "{code}: {}", self.log);
        self
    }
}

#[test]
fn every_letter_has_a_round_of_its_own_whatever_went_wrong() {
    let letter = "  permit: { issue: permit, with: { title: '= if acts.permit?.writing_to?.number == 2 && application?.ok == () { [\"x\"][3] } else { \"Erlaubnis\" }', body: Text }, then: rest }\n";
    let release = acting(&format!("{ACTS}steps:\n{letter}{REST}"));
    let ok = Command::ChangeData {
        fields: serde_json::from_value(json!({ "ok": true })).expect("an object"),
        received_on: None,
        seen: None,
        reason: "fehlte".into(),
    };
    Played::new(&release)
        .applied(&["Erika", "Hans"])
        .stands(&["post []", "asked 1 round 1"])
        .ask("letter", failed(1, 1))
        .ask("jan", Command::RetryIncident { incident: 1 })
        .stands(&["post []", "asked 1 round 2"])
        // The first one is made in the second round; the rule of the second one fails.
        .letter(InstanceId(1), 2)
        .stands(&["post [1]", "incident rule_failed", "asked 1 round 2"])
        .ask("root", ok)
        .ask("jan", Command::RetryIncident { incident: 2 })
        .stands(&["post [1]", "asked 1 round 3"])
        .letter(InstanceId(1), 3)
        .stands(&[
            "1/1 by None on None until None final None of [1]",
            "1/2 by None on None until None final None of [2]",
            "post [1, 2]",
        ]);
}

#[test]
fn newer_letters_stand_in_for_those_that_have_not_left() {
    let release = acting(&format!("{ACTS}steps:\n{ISSUE}{REST}"));
    Played::new(&release)
        .issued()
        .ask("root", correct(false))
        // Until it is there the first one may still leave.
        .stands(&["1/1 by None on None until None final None of [1]", "post [1]", "asked 3 round 1"])
        .letter(InstanceId(3), 1)
        .stands(&["1/1 by None on None until None final None of [1, 2]", "post [2]"])
        .refused("jan", dispatch(1, "2026-03-02"), "DocumentNotOutgoing")
        .ask("jan", dispatch(2, "2026-03-02"))
        .stands(&[
            "1/1 by Some(2) on Some(\"2026-03-06\") until Some(2026-04-07) final None of [1, 2]",
            "post []",
        ]);
}

#[test]
fn what_is_given_up_leaves_no_letters_behind() {
    let release = acting(&format!("{ACTS}steps:\n{ISSUE}{REST}"));
    let notified = "1/1 by Some(1) on Some(\"2026-03-06\") until Some(2026-04-07) final None of [1]";
    let returned = "1/1 by None on None until None final None of [1]";
    let mut played = Played::new(&release);
    played
        .issued()
        .ask("jan", dispatch(1, "2026-03-02"))
        .ask("root", correct(true))
        .ask("letter", failed(3, 1))
        .stands(&[notified, "post []", "incident letter_invalid", "asked 3 round 1"])
        .refused("jan", give_up(3), "CorrectionNotAllowed")
        .refused("eva", give_up(3), "NoPartInProcess")
        .refused("root", give_up(2), "StepNotActive")
        .ask("root", give_up(3))
        .stands(&[notified, "post []"])
        // The letter comes late: it does not leave the house.
        .ask("root", correct(true))
        .ask("root", give_up(4))
        .letter(InstanceId(4), 1)
        .stands(&[notified, "post []", "incident late_result"])
        .ask("jan", Command::RetryIncident { incident: 2 })
        .ask("jan", anew(1))
        .ask("letter", failed(5, 1))
        .ask("jan", give_up(5))
        .stands(&[returned, "post []"])
        // It can be made once more, and ends with the case that was waiting for it.
        .ask("jan", anew(1))
        .complete("jan", "rest", json!({}))
        .stands(&[returned, "post []", "asked 6 round 1"])
        .ask("jan", give_up(6))
        .stands(&[returned, "post []", "ended"]);
}

#[test]
fn a_letter_beside_the_steps_can_be_given_up() {
    let release = acting(&format!("{ACTS}steps:\n{ISSUE}{REST}"));
    let letter = LetterText {
        addressee: "E".into(),
        sender: None,
        subject: "S".into(),
        body: "B".into(),
        enclosures: Vec::new(),
    };
    let none = "1/1 by None on None until None final None of [1]";
    let mut played = Played::new(&release);
    played
        .issued()
        .ask("jan", Command::WriteLetter { letter })
        .ask("letter", failed(3, 1))
        .stands(&[none, "post [1]", "incident letter_invalid"])
        .ask("jan", give_up(3))
        .stands(&[none, "post [1]"])
        .refused("jan", give_up(3), "StepNotActive");
    assert!(played.case.errands.is_empty());
}

#[test]
fn letters_of_a_step_that_was_ended_do_not_leave_the_house() {
    let release = acting(&format!("{ACTS}steps:\n{ISSUE}{REST}"));
    let skip = Command::SkipStep { instance: InstanceId(1), outcome: None, reason: "entfällt".into() };
    Played::new(&release)
        .applied(&["Erika", "Hans"])
        .letter(InstanceId(1), 1)
        .stands(&["post [1]", "asked 1 round 2"])
        .ask("root", skip)
        .stands(&["post []"])
        .letter(InstanceId(1), 2)
        .stands(&["post []", "incident late_result"]);
}

#[test]
fn proof_that_a_letter_had_arrived_sets_all_again_that_ran_from_it() {
    let wait = "  rest: { wait: { over: { deadline: { title: { de: Z, en: P }, period: 2 weeks, from: { notification: permit } } } } }\n";
    let release = acting(&format!("{ACTS}steps:\n{ISSUE}{wait}"));
    let arrived = "1/1 by Some(1) on Some(\"2026-03-06\") until Some(2026-04-07) final None of [1, 2]";
    let mut played = Played::new(&release);
    played
        .issued()
        .ask("jan", dispatch(1, "2026-03-02"))
        .ask("jan", anew(1))
        .stands(&[
            "1/1 by None on None until None final None of [1]",
            "over until None",
            "post []",
            "asked 3 round 1",
        ])
        // While the new one is made: it is not needed.
        .ask("jan", receipt(1, "2026-03-02"))
        .stands(&[
            "1/1 by Some(1) on Some(\"2026-03-06\") until Some(2026-04-07) final None of [1]",
            "over until Some(2026-03-20)",
            "post []",
        ]);
    // The new one lies in the post: it does not leave.
    let mut played = Played::new(&release);
    played.issued().ask("jan", dispatch(1, "2026-03-02")).ask("jan", anew(1)).letter(InstanceId(3), 1);
    played
        .stands(&["1/1 by None on None until None final None of [1, 2]", "over until None", "post [2]"])
        .ask("jan", receipt(1, "2026-03-02"))
        .stands(&[arrived, "over until Some(2026-03-20)", "post []"]);
    // The new one has left: the earlier one counts.
    let mut played = Played::new(&release);
    played.issued().ask("jan", dispatch(1, "2026-03-02")).ask("jan", anew(1)).letter(InstanceId(3), 1);
    played
        .advance_to("2026-03-09T08:00:00Z")
        .ask("jan", dispatch(2, "2026-03-09"))
        .stands(&[
            "1/1 by Some(2) on Some(\"2026-03-13\") until Some(2026-04-13) final None of [1, 2]",
            "over until Some(2026-03-27)",
            "post []",
        ])
        .ask("jan", receipt(1, "2026-03-02"))
        .stands(&[arrived, "over until Some(2026-03-20)", "post []"]);
}

#[test]
fn a_period_from_an_act_is_not_set_by_a_letter_that_has_notified_nobody() {
    let wait = "  rest: { task: { title: { de: R, en: R } }, role: clerk, then: pay }\n  pay: { wait: { over: { deadline: { title: { de: Z, en: P }, period: 2 weeks, from: { notification: permit } } }, sent: { dispatch: permit } } }\n";
    let release = acting(&format!("{ACTS}steps:\n{ISSUE}{wait}"));
    let mut played = Played::new(&release);
    played
        .issued()
        .ask("jan", dispatch(1, "2026-03-02"))
        .ask("jan", anew(1))
        .complete("jan", "rest", json!({}))
        .stands(&[
            "1/1 by None on None until None final None of [1]",
            "over until None",
            "post []",
            "asked 3 round 1",
        ])
        .letter(InstanceId(3), 1)
        .ask("jan", dispatch(2, "2026-03-02"));
    assert!(!played.case.is_open(), "it has waited for the dispatch: {}", standing(&played.case));
}

#[test]
fn a_period_for_a_remedy_outlives_its_case() {
    let release = acting(&format!("{ACTS}steps:\n{ISSUE}{REST}"));
    let remedy = |on: &str| Command::RecordRemedy {
        act: 1,
        party: 1,
        kind: RemedyKind::Objection,
        received_on: Some(day(on)),
    };
    let notified = "1/1 by Some(1) on Some(\"2026-03-06\") until Some(2026-04-07) final None of [1]";
    let mut played = Played::new(&release);
    played
        .issued()
        .ask("jan", dispatch(1, "2026-03-02"))
        .complete("jan", "rest", json!({}))
        .stands(&[notified, "post []", "ended"])
        .advance_to("2026-04-20T08:00:00Z")
        .ask("jan", remedy("2026-04-07"))
        .ask("jan", remedy("2026-04-08"))
        .stands(&[notified, "post []", "incident remedy_after_end", "incident remedy_after_end", "ended"]);
    let late: Vec<bool> =
        played.case.acts[&1].addressees[&1].remedies.iter().map(|remedy| remedy.late).collect();
    assert_eq!(late, [false, true]);
    // What is dispatched after the end is notified with its period, and moved by a receipt.
    let mut played = Played::new(&release);
    played
        .issued()
        .complete("jan", "rest", json!({}))
        .ask("jan", dispatch(1, "2026-03-02"))
        .stands(&[notified, "post []", "ended"])
        .advance_to("2026-03-20T08:00:00Z")
        .ask("jan", receipt(1, "2026-03-12"))
        .stands(&[
            "1/1 by Some(1) on Some(\"2026-03-12\") until Some(2026-04-13) final None of [1]",
            "post []",
            "ended",
        ]);
}

#[test]
fn a_case_is_not_erased_while_a_remedy_is_open() {
    let release = acting(&format!("{ACTS}steps:\n{ISSUE}{REST}"));
    let want = |exception: Option<&str>| {
        let exception = exception.map(Into::into);
        Command::RecordKeeping { record: KeepingRecord::Ask { reason: "Art. 17 DSGVO".into(), exception } }
    };
    let erase = || Command::EraseCase { alone: None };
    let remedy = |on: &str| Command::RecordRemedy {
        act: 1,
        party: 1,
        kind: RemedyKind::Objection,
        received_on: Some(day(on)),
    };
    let ended = || {
        let mut played = Played::new(&release);
        played.issued().ask("jan", dispatch(1, "2026-03-02")).complete("jan", "rest", json!({}));
        played
    };
    // The period is over on 7 April: on its last day a remedy can still come.
    ended()
        .refused("root", want(None), "RemedyOpen { until: 2026-04-07 }")
        .refused("root", want(Some("falsch angelegt")), "RemedyOpen")
        .advance_to("2026-04-07T12:00:00Z")
        .refused("root", want(None), "RemedyOpen")
        .advance_to("2026-04-08T12:00:00Z")
        .last("root", want(None), "keeping_recorded")
        .last("ada", erase(), "case_erased");
    // It is looked at again: by the receipt that comes in the period ends later.
    ended()
        .advance_to("2026-04-08T12:00:00Z")
        .last("root", want(Some("falsch angelegt")), "keeping_recorded")
        .ask("jan", receipt(1, "2026-03-12"))
        .refused("ada", erase(), "RemedyOpen { until: 2026-04-13 }");
    // A remedy in time holds until somebody says what came of it; a late one does not.
    ended()
        .advance_to("2026-03-10T12:00:00Z")
        .ask("jan", remedy("2026-03-10"))
        .advance_to("2031-03-10T12:00:00Z")
        .refused("root", want(None), "RemedyPending")
        .last("root", want(Some("Widerspruch zurückgenommen")), "keeping_recorded")
        .last("ada", erase(), "case_erased");
    ended().advance_to("2026-04-10T12:00:00Z").ask("jan", remedy("2026-04-10")).last(
        "root",
        want(None),
        "keeping_recorded",
    );
    // While the case goes on, it is the same.
    let mut open = Played::new(&release);
    open.issued()
        .ask("jan", dispatch(1, "2026-03-02"))
        .refused("root", want(Some("falsch angelegt")), "RemedyOpen")
        .advance_to("2026-04-08T12:00:00Z")
        .fire("", "acts/1/1", 1)
        .last("root", want(Some("falsch angelegt")), "keeping_recorded");
}

#[test]
fn nobody_acts_for_a_party_that_was_removed() {
    let parties = r#"data: application.schema.json
parties: { applicant: { count: "0..", from: 'application.applicants' }, lawyer: { count: "0.." } }
acts: { permit: { law: VwVfG, sphere: own, to: each applicant } }
"#;
    let release = acting(&format!("{parties}steps:\n{ISSUE}{REST}"));
    let lawyer = |name: &str, represents: &[u32]| PartyContent {
        kind: "lawyer".into(),
        name: name.into(),
        represents: represents.iter().copied().collect(),
        ..PartyContent::default()
    };
    let mut played = Played::new(&release);
    played
        .applied(&["Erika", "Hans"])
        .ask("jan", Command::AddParty { party: lawyer("RA", &[1, 2]) })
        .ask("jan", Command::RemoveParty { number: 1, reason: "verzogen".into() });
    let content = played.case.parties[&3].content.clone();
    assert_eq!(content, lawyer("RA", &[2]));
    let party = PartyContent { name: "RAin".into(), ..content };
    played.ask("jan", Command::ChangeParty { number: 3, party, reason: "Heirat".into() });
    assert_eq!(played.case.parties[&3].content, lawyer("RAin", &[2]));
}

#[test]
fn rules_cannot_say_more_parties_than_a_case_may_have() {
    let parties = r#"data: application.schema.json
parties: { applicant: { count: "0..", from: 'application.applicants' }, owner: { count: "0..", from: 'application.applicants' } }
acts: { permit: { law: VwVfG, sphere: own, to: each applicant } }
"#;
    let release = acting(&format!("{parties}steps:\n{ISSUE}{REST}"));
    for (number, expected) in [(500, "post []\nasked 1 round 1"), (501, "post []\nincident parties_invalid")]
    {
        let mut played = Played::new(&release);
        played.applied(&vec!["E"; number]);
        assert_eq!(standing(&played.case), expected, "{number}");
    }
}
