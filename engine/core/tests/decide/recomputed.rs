//! Deadlines that are reckoned anew: the calendar, the application or a receipt has changed, and each says why.

use std::sync::Arc;

use fachwerk_core::{
    command::Command,
    decide::{DeadlineRefusal, Refusal, Rejection, decide, ends_by_law, norms_ahead},
    event::{DayChanged, DeadlineName, LawChanged},
    facts::{Actor, Facts},
    law::{LegalData, Table, index::asked, resting::rests_on},
    words::{Date, Extension, InstanceId, Object, Period, Way},
};
use fachwerk_deadlines::NotificationRules;

use super::{Played, compiled};

impl Played<'_> {
    /// Reckoned anew by the same calendar, every deadline ends as it does: its dates are the fold of what is kept.
    #[track_caller]
    pub fn check_folds(&self) {
        let command = Command::Recompute { changed: LawChanged { place: true, ..LawChanged::default() } };
        let anew = decide(self.release, &self.case, &command, &self.facts(Actor::Engine, vec![]));
        let unchanged = Refusal::Rejected(Rejection::Deadline(DeadlineRefusal::Unchanged));
        assert_eq!(anew.map(|decided| decided.events), Err(unchanged));
    }
}

fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

fn off(day: Date) -> Command {
    let days = vec![DayChanged { day, off: true }];
    Command::Recompute { changed: LawChanged { days, ..LawChanged::default() } }
}

/// The last day of the only deadline that is set.
fn end(played: &Played<'_>) -> Option<Date> {
    played.case.deadlines().find_map(|(_, deadline)| deadline.run.as_ref().map(|run| run.end))
}

const HEARING: &str = "steps:\n  letter: { effect: letter, with: { title: Anhörung, body: Text }, then: await }\n  await:\n    wait:\n      here: { message: hello }\n      silent: { deadline: { title: { de: Äußerungsfrist, en: Time to answer }, period: 2 weeks, from: { notification: letter }, grace: 1 working days, warn: [1 week] } }\n    then: { here: done, silent: done }\n  done: { task: { title: { de: E, en: E } }, role: clerk }\n";

fn heard<'a>(release: &'a fachwerk_core::definition::Release) -> Played<'a> {
    let mut played = Played::new(release);
    let on = day("2026-03-02");
    played
        .start()
        .letter(fachwerk_core::words::InstanceId(1), 1)
        .ask("jan", Command::RecordDispatch { document: 1, on, way: Way::Post, proven_receipt: None });
    assert_eq!(end(&played), Some(day("2026-03-20")));
    played
}

#[test]
fn a_day_off_moves_what_runs_and_it_says_why() {
    let release = compiled(HEARING, &[]);
    let mut played = heard(&release);
    let friday = day("2026-03-20");
    played.days_off.push(friday);
    played.ask("mia", off(friday)).ask("engine", off(day("2026-05-15")));
    assert_eq!(end(&played), Some(friday), "nothing of it is about that deadline");
    played.ask("engine", off(friday));
    assert_eq!(end(&played), Some(day("2026-03-23")));
    played.ask("engine", off(friday));
    played.days_off.clear();
    let days = vec![DayChanged { day: friday, off: false }];
    played.ask("engine", Command::Recompute { changed: LawChanged { days, ..LawChanged::default() } });
    assert_eq!(end(&played), Some(friday));
    played.check("day_off");
}

#[test]
fn what_has_fired_before_a_day_off_was_known_is_not_undone() {
    let release = compiled(HEARING, &[]);
    let mut played = heard(&release);
    played.advance_to("2026-03-24T08:00:00Z").fire("await", "silent", 2);
    let friday = day("2026-03-20");
    played.days_off.push(friday);
    played.ask("engine", off(friday));
    let codes: Vec<&str> = played.case.incidents.values().map(|it| &*it.trouble.code).collect();
    assert_eq!(codes, ["fired_before_change"]);
    played.check("fired_before_change");
}

#[test]
fn what_people_decided_holds_when_the_application_is_corrected() {
    let release = compiled(
        "steps:\n  await:\n    wait:\n      here: { message: hello }\n      over: { deadline: { title: { de: Bearbeitungsfrist, en: Time to decide }, period: 1 month, from: { day: file.received_on } } }\n    then: { here: done, over: done }\n  done: { task: { title: { de: E, en: E } }, role: clerk }\n",
        &[],
    );
    let mut played = Played::new(&release);
    played.start();
    let deadline = DeadlineName { instance: played.at("await"), name: "over".into() };
    let (reason, norm) = ("Umfang".into(), None);
    let extension = Extension::By(Period::parse("1 week").expect("a period"));
    played.ask("jan", Command::ExtendDeadline { deadline: deadline.clone(), extension, reason, norm });
    assert_eq!(end(&played), Some(day("2026-04-09")));
    let received = |on: &str| Command::ChangeData {
        fields: Object::new(),
        received_on: Some(day(on)),
        seen: None,
        reason: "Eingangsstempel".into(),
    };
    played.ask("root", received("2026-02-25"));
    assert_eq!(end(&played), Some(day("2026-04-01")));
    let (since, until, why) = (Some(day("2026-03-02")), Some(day("2026-03-02")), "Gespräch");
    let names = vec![deadline];
    played
        .ask(
            "jan",
            Command::SuspendDeadlines { deadlines: names.clone(), since, reason: why.into(), norm: None },
        )
        .ask("root", received("2026-02-27"));
    assert_eq!(end(&played), None, "it is suspended");
    played.ask("jan", Command::ResumeDeadlines { deadlines: names, until, reason: why.into(), norm: None });
    assert_eq!(end(&played), Some(day("2026-04-07")));
    played.check("application_corrected");
}

#[test]
fn a_deadline_of_before_that_people_changed_is_looked_at_by_people() {
    let release = compiled(HEARING, &[]);
    let mut played = heard(&release);
    let deadline = DeadlineName { instance: played.at("await"), name: "silent".into() };
    let extension = Extension::Until(day("2026-03-27"));
    let (reason, norm) = ("Urlaub".into(), None);
    played.ask("jan", Command::ExtendDeadline { deadline, extension, reason, norm });
    // As a program wrote it that knew no bases.
    let mut stored = serde_json::to_value(&played.case).expect("JSON");
    forget_bases(&mut stored);
    played.case = serde_json::from_value(stored).expect("a case");
    played.ask("engine", off(day("2026-03-27")));
    played
        .advance_to("2026-03-16T08:00:00Z")
        .ask("jan", Command::RecordReceipt { document: 1, on: day("2026-03-12") });
    let codes: Vec<&str> = played.case.incidents.values().map(|it| &*it.trouble.code).collect();
    assert_eq!((codes, end(&played)), (vec!["changed_before_receipt"], Some(day("2026-03-27"))));
}

fn forget_bases(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(fields) => {
            fields.remove("basis");
            fields.remove("changes");
            fields.values_mut().for_each(forget_bases);
        }
        serde_json::Value::Array(list) => list.iter_mut().for_each(forget_bases),
        _ => {}
    }
}

fn codes(played: &Played<'_>) -> Vec<String> {
    played.case.incidents.values().map(|it| it.trouble.code.to_string()).collect()
}

#[test]
fn a_letter_that_is_no_act_goes_out_anew_and_what_was_granted_is_told_of() {
    let release = compiled(HEARING, &[]);
    let mut played = heard(&release);
    let deadline = DeadlineName { instance: played.at("await"), name: "silent".into() };
    let extension = Extension::Until(day("2026-03-27"));
    let (reason, norm) = ("Urlaub".into(), None);
    played
        .ask("jan", Command::ExtendDeadline { deadline, extension, reason, norm })
        .ask("jan", Command::RecordNotArrived { document: 1, reason: "Zurück".into() });
    assert_eq!((codes(&played), end(&played)), (vec!["changes_dropped".to_owned()], None));
    assert!(played.case.documents[&1].waits_to_leave());
    played.advance_to("2026-03-10T08:00:00Z").ask(
        "jan",
        Command::RecordDispatch { document: 1, on: day("2026-03-10"), way: Way::Post, proven_receipt: None },
    );
    assert!(!played.case.documents[&1].waits_to_leave());
    assert_eq!(end(&played), Some(day("2026-03-30")));
    played.check("goes_out_anew");
}

#[test]
fn a_letter_that_came_back_stays_when_another_one_is_made() {
    let release = compiled(HEARING, &[]);
    let mut played = heard(&release);
    let (instance, reason) = (played.at("await"), Arc::from("Die Anschrift war falsch"));
    played
        .ask("jan", Command::RecordNotArrived { document: 1, reason: "Zurück".into() })
        .ask("root", Command::MoveStep { instance, to: "letter".into(), reason });
    assert!(!played.case.documents[&1].waits_to_leave(), "{}", played.log);
    assert_ne!(played.at("letter"), InstanceId(999), "{}", played.log);
}

/// Where a row of the law is another one since, a day off does not put a letter under it.
#[test]
fn a_day_off_does_not_bring_other_law_with_it() {
    for (law, off_day, expected) in
        [("VwVfG", "2026-03-05", &[][..]), ("AO", "2026-03-09", &["notified_by_older_law"][..])]
    {
        let release = compiled(&format!("law: {law}\n{HEARING}"), &[]);
        let mut played = heard(&release);
        let text = std::fs::read_to_string("../../building-blocks/law/notification.yaml").expect("the law");
        let notification = NotificationRules::from_yaml(&text.replace("days: 4", "days: 6")).expect("law");
        played.law = Arc::new(LegalData { notification, ..(*LegalData::built_in()).clone() });
        let (friday, off_day) = (day("2026-03-20"), day(off_day));
        played.days_off.push(off_day);
        played.ask("engine", off(off_day));
        assert_eq!(
            (end(&played), codes(&played)),
            (Some(friday), expected.iter().map(|it| (*it).to_owned()).collect()),
            "{law}"
        );
    }
}

const PERMIT: &str = "parties: { applicant: { count: 1, from: '#{ name: \"A\", address: \"Markt 1\" }' } }\nacts: { permit: { law: VwVfG, sphere: own, to: each applicant, adverse: false } }\nsteps:\n  permit: { issue: permit, with: { title: T, body: B }, then: rest }\n  rest: { task: { title: { de: E, en: E } }, role: clerk }\n";

/// An act that was final waits for the end of its period anew when that ends later by now.
#[test]
fn an_act_is_final_again_when_its_period_has_ended_anew() {
    let release = compiled(PERMIT, &[]);
    let mut played = Played::new(&release);
    let on = day("2026-03-02");
    played
        .start()
        .letter(InstanceId(1), 1)
        .ask("jan", Command::RecordDispatch { document: 1, on, way: Way::Post, proven_receipt: None });
    assert_eq!(end(&played), Some(day("2026-04-07")));
    played.advance_to("2026-04-08T08:00:00Z").fire("", "acts/1/1", 1);
    let since = |played: &Played<'_>| played.case.acts[&1].addressees[&1].final_since;
    assert_eq!(since(&played), Some(day("2026-04-08")));
    for off_day in ["2026-04-07", "2026-04-08"] {
        played.days_off.push(day(off_day));
        played.ask("engine", off(day(off_day)));
    }
    assert_eq!((end(&played), since(&played)), (Some(day("2026-04-09")), None));
    let revision = played.case.deadlines().next().map_or(0, |(_, deadline)| deadline.revision);
    played.advance_to("2026-04-10T08:00:00Z").fire("", "acts/1/1", revision);
    assert_eq!(since(&played), Some(day("2026-04-10")));
}

/// A deadline that waits for a dispatch would rest on the norms of each way in which its letter may leave the house.
#[test]
fn what_waits_for_a_dispatch_is_touched_by_the_law_of_notification() {
    let release = compiled(HEARING, &[]);
    let mut played = Played::new(&release);
    played.start().letter(fachwerk_core::words::InstanceId(1), 1);
    let holds = played.facts(Actor::Engine, vec![]);
    let (table, id) = ("notification", "vwvfg-post-from-2025");
    let with = |days: u32| {
        let mut row = Table::named(table).and_then(|it| it.built_in_row(id)).expect("a row").clone();
        row.insert("days".into(), days.into());
        let own = [(table.into(), [(id.into(), row)].into())].into();
        Facts { law: LegalData::with(&own).expect("law").into(), ..holds.clone() }
    };
    let touched = |played: &Played<'_>, days: u32| -> Vec<_> {
        let all = ends_by_law(&release, &played.case, &holds, &with(days));
        all.into_iter().map(|it| (it.name.to_string(), it.is, it.would)).collect()
    };
    let silent = || "silent".to_owned();
    let at = (played.at("await"), "silent");
    let norms = norms_ahead(&release, &played.case, &holds, at);
    let rests = |norm: &str| rests_on(&norms, &asked(norm).expect("a norm")).is_some();
    assert_eq!(
        ["§ 41 Abs. 2 Satz 1 VwVfG", "§ 31 VwVfG", "§ 1 BGB"].map(rests),
        [true, true, false],
        "{norms:?}"
    );
    assert_eq!((touched(&played, 4), touched(&played, 10)), (vec![], vec![(silent(), None, None)]));
    // It runs: now it has an end that would be another one.
    let on = day("2026-03-02");
    played.ask("jan", Command::RecordDispatch { document: 1, on, way: Way::Post, proven_receipt: None });
    let (is, would) = (Some(day("2026-03-20")), Some(day("2026-03-26")));
    assert_eq!((touched(&played, 4), touched(&played, 10)), (vec![], vec![(silent(), is, would)]));
    assert_eq!(norms_ahead(&release, &played.case, &holds, at), Vec::<std::sync::Arc<str>>::new());
}
