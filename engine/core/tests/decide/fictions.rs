//! What silence has granted, or a decision has forestalled, when the days or the law change after the end of the period; a clock
//! before which the case has gone back, and a machine whose clock goes back.

use fachwerk_core::{
    command::Command,
    event::{DayChanged, LawChanged},
    words::{Date, InstanceId, Way},
};
use serde_json::json;

use super::{
    Played,
    acts::{acting, day},
};

const PROCESS: &str = r#"data: application.schema.json
parties: { applicant: { count: "1..", from: 'application.applicants' } }
acts:
  permit: { law: VwVfG, sphere: transferred, to: each applicant, adverse: false, fiction: gewo-6a-trade-card }
  refusal: { law: VwVfG, sphere: transferred, to: each applicant, adverse: false, refuses: permit }
steps:
  first: { task: { title: { de: A, en: A } }, role: clerk, then: pause }
  pause:
    wait:
      ready: { message: ready }
      silence: { deadline: { title: { de: F, en: P }, fiction: permit, from: { day: file.received_on } } }
    then: { ready: refusal, silence: rest }
  refusal: { issue: refusal, with: { title: Versagung, body: Text }, then: rest }
  rest: { task: { title: { de: R, en: R } }, role: clerk }
"#;

/// The last day: three months after Monday, 2 March 2026.
const LAST: Date = Date::constant(2026, 6, 2);

fn changed(norms: Option<u32>, off: bool) -> Command {
    let days = norms.is_none().then_some(DayChanged { day: LAST, off });
    let days = days.into_iter().collect();
    Command::Recompute { changed: LawChanged { days, norms, ..LawChanged::default() } }
}

/// Each clock with its end, what is deemed since when until when it can be attacked, and what is stuck.
#[track_caller]
fn stands(played: &Played<'_>, expected: &[&str]) {
    let case = &played.case;
    let mut lines: Vec<String> = Vec::new();
    for clock in case.clocks.values() {
        let back = if clock.gone_back { " gone back" } else { "" };
        lines.push(format!("until {}{back}", clock.end().map(|end| end.to_string()).unwrap_or_default()));
    }
    for act in case.acts.values().filter(|act| act.deemed.is_some()) {
        let since = act.issued.as_ref().map(|issued| issued.on.to_string()).unwrap_or_default();
        let ends = case.remedy_run(act, 1).map(|run| run.end.to_string()).unwrap_or_default();
        lines.push(format!("deemed {since} remedy {ends}"));
    }
    for incident in case.incidents.values() {
        let doubt = &incident.trouble.details["doubt"];
        lines.push(format!("{} {doubt}", incident.trouble.code));
    }
    assert_eq!(lines, expected, "{}", played.log);
}

impl Played<'_> {
    fn waits_for_silence(&mut self) -> &mut Self {
        self.applied(&["Erika"]).complete("jan", "first", json!({}))
    }

    /// Silence has granted on 3 June.
    fn granted(&mut self) -> &mut Self {
        self.waits_for_silence().advance_to("2026-06-03T08:00:00Z").fire("pause", "silence", 1)
    }

    /// A refusal is handed over on a day.
    fn refused_on(&mut self, on: &str) -> &mut Self {
        self.waits_for_silence().advance_to(&format!("{on}T08:00:00Z")).message("ready", 1, json!({}));
        let step = self.at("refusal");
        let handed =
            Command::RecordDispatch { document: 1, on: day(on), way: Way::InPerson, proven_receipt: None };
        self.letter(step, 1).ask("jan", handed)
    }
}

fn ruled(deemed: bool) -> Command {
    Command::RuleFiction { act: "permit".into(), deemed, reason: "Geprüft".into() }
}

#[test]
fn days_off_and_changed_law_turn_round_what_silence_has_granted() {
    let release = acting(PROCESS);
    for norms in [None, Some(9)] {
        let mut played = Played::new(&release);
        played.granted();
        stands(&played, &["until 2026-06-02", "deemed 2026-06-03 remedy 2027-06-03"]);
        played.days_off.push(LAST);
        played.ask("engine", changed(norms, true));
        let ends_later = r#"fiction_in_doubt {"ends_later":"2026-06-03"}"#;
        stands(&played, &["until 2026-06-03", "deemed 2026-06-03 remedy 2027-06-03", ends_later]);
        // By the next day it is over, and since another day than the case names.
        played.advance_to("2026-06-10T08:00:00Z").ask("root", ruled(true));
        stands(&played, &["until 2026-06-03", "deemed 2026-06-04 remedy 2027-06-04"]);
        // The same once more changes nothing.
        played.ask("engine", changed(norms, true));
        stands(&played, &["until 2026-06-03", "deemed 2026-06-04 remedy 2027-06-04"]);
        let mut played = Played::new(&release);
        played.granted().advance_to("2026-06-10T08:00:00Z");
        played.days_off.push(LAST);
        played.ask("engine", changed(norms, true));
        let other_day = r#"fiction_in_doubt {"other_day":"2026-06-04"}"#;
        stands(&played, &["until 2026-06-03", "deemed 2026-06-03 remedy 2027-06-03", other_day]);
        // The day is none off any more: both agree again.
        played.days_off.clear();
        played.ask("engine", changed(norms, false));
        stands(&played, &["until 2026-06-02", "deemed 2026-06-03 remedy 2027-06-03"]);
    }
}

#[test]
fn a_decision_on_the_last_day_was_too_late_when_that_day_was_none_off() {
    let release = acting(PROCESS);
    for norms in [None, Some(9)] {
        let mut played = Played::new(&release);
        played.days_off.push(LAST);
        played.refused_on("2026-06-03");
        stands(&played, &["until 2026-06-03"]);
        played.days_off.clear();
        played.advance_to("2026-06-10T08:00:00Z").ask("engine", changed(norms, false));
        stands(&played, &["until 2026-06-02", r#"fiction_in_doubt {"granted":"2026-06-03"}"#]);
        played.ask("root", ruled(true));
        stands(&played, &["until 2026-06-02", "deemed 2026-06-03 remedy 2027-06-03"]);
    }
}

#[test]
fn going_back_before_a_clock_makes_it_count_no_more_unless_something_was_decided() {
    let release = acting(PROCESS);
    let back = |played: &mut Played<'_>, from: &str| {
        let instance = played.at(from);
        played
            .ask("root", Command::MoveStep { instance, to: "first".into(), reason: "Unvollständig".into() });
    };
    let mut played = Played::new(&release);
    played.waits_for_silence();
    let clock = played.at("pause");
    back(&mut played, "pause");
    stands(&played, &["until 2026-06-02 gone back"]);
    let silence = |instance: InstanceId| Command::FireTimer { instance, name: "silence".into(), revision: 1 };
    played.advance_to("2026-06-10T08:00:00Z").refused("engine", silence(clock), "TimerStale");
    // Days off say nothing of it, and nothing is to be ruled.
    played.days_off.push(LAST);
    played.refused("root", ruled(true), "FictionNotRuled");
    stands(&played, &["until 2026-06-02 gone back"]);
    // The next one is a clock of its own.
    played.complete("jan", "first", json!({}));
    stands(&played, &["until 2026-06-02 gone back", "until 2026-06-03"]);
    let mut played = Played::new(&release);
    played.refused_on("2026-05-20");
    back(&mut played, "rest");
    played.complete("jan", "first", json!({}));
    stands(&played, &["until 2026-06-02", "until 2026-06-02"]);
}

#[test]
fn a_clock_of_the_machine_that_goes_back_grants_and_doubts_nothing() {
    let release = acting(PROCESS);
    let mut played = Played::new(&release);
    played.waits_for_silence().advance_to("2026-06-03T08:00:00Z").advance_to("2026-06-01T08:00:00Z");
    let instance = played.at("pause");
    let fires = Command::FireTimer { instance, name: "silence".into(), revision: 1 };
    played.refused("engine", fires, "TimerStale");
    stands(&played, &["until 2026-06-02"]);
    let mut played = Played::new(&release);
    played.granted().advance_to("2026-06-01T08:00:00Z").ask("jan", Command::AddNote { text: "Anruf".into() });
    stands(&played, &["until 2026-06-02", "deemed 2026-06-03 remedy 2027-06-03"]);
}
