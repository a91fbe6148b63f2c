//! What is known of a dispatch changes, or is waited for; periods for a remedy go on when the case has ended.

use fachwerk_core::{
    act::RemedyKind,
    command::Command,
    event::{DayChanged, LawChanged},
    words::{Date, Way},
};
use serde_json::json;

use super::{
    Played,
    acts::{ACTS, REST, acting, day, dispatch, receipt},
};

const ENDS: &str = "  permit: { issue: permit, with: { title: Erlaubnis, body: Text } }\n";
const GOES_ON: &str = "  permit: { issue: permit, with: { title: Erlaubnis, body: Text }, then: rest }\n";

fn off(played: &mut Played<'_>, on: Date) -> Command {
    played.days_off.push(on);
    let days = vec![DayChanged { day: on, off: true }];
    Command::Recompute { changed: LawChanged { days, ..LawChanged::default() } }
}

fn objection(on: &str) -> Command {
    let (kind, received_on) = (RemedyKind::Objection, Some(day(on)));
    Command::RecordRemedy { act: 1, party: 1, kind, received_on }
}

fn corrected(on: &str, way: Way, proven: Option<&str>) -> Command {
    let (on, proven_receipt, reason) = (day(on), proven.map(day), "verlesen".into());
    Command::CorrectDispatch { document: 1, on, way, proven_receipt, reason }
}

fn sent(way: Way, on: &str) -> Command {
    Command::RecordDispatch { document: 1, on: day(on), way, proven_receipt: None }
}

impl Played<'_> {
    /// Somebody objects, and that is late or not.
    #[track_caller]
    fn objects(&mut self, on: &str, late: bool) -> &mut Self {
        self.ask("jan", objection(on));
        let last = self.case.acts[&1].addressees[&1].remedies.last().map(|remedy| remedy.late);
        assert_eq!(last, Some(late), "{}", self.log);
        self
    }
}

#[test]
fn the_period_for_a_remedy_of_an_ended_case_follows_a_day_off() {
    let release = acting(&format!("{ACTS}steps:\n{ENDS}"));
    let mut played = Played::new(&release);
    played.issued().ask("jan", dispatch(1, "2026-03-02")).stands(&[
        "1/1 by Some(1) on Some(\"2026-03-06\") until Some(2026-04-07) final None of [1]",
        "post []",
        "ended",
    ]);
    let changed = off(&mut played, day("2026-04-07"));
    played.ask("engine", changed.clone()).stands(&[
        "1/1 by Some(1) on Some(\"2026-03-06\") until Some(2026-04-08) final None of [1]",
        "post []",
        "ended",
    ]);
    played
        .refused("engine", changed, "refused")
        .advance_to("2026-04-10T08:00:00Z")
        .objects("2026-04-09", true)
        .objects("2026-04-08", false);
    played.check("ended_follows");
}

#[test]
fn whether_a_remedy_comes_in_time_is_found_out_by_the_days_off_that_are_known_then() {
    for steps in [ENDS.to_owned(), format!("{GOES_ON}{REST}")] {
        let release = acting(&format!("{ACTS}steps:\n{steps}"));
        let mut played = Played::new(&release);
        played.issued().ask("jan", dispatch(1, "2026-03-02")).advance_to("2026-04-10T08:00:00Z");
        if played.case.is_open() {
            played.fire("", "acts/1/1", 1);
        }
        played.days_off.push(day("2026-04-07"));
        played.objects("2026-04-08", false);
        assert!(played.log.contains("remedy_period_recomputed"), "{}", played.log);
    }
}

#[test]
fn what_was_noted_of_a_dispatch_is_corrected_with_a_reason() {
    for (steps, rest) in [(ENDS.to_owned(), "ended"), (format!("{GOES_ON}{REST}"), "")] {
        let release = acting(&format!("{ACTS}steps:\n{steps}"));
        let mut played = Played::new(&release);
        let stands = |played: &mut Played<'_>, one: &str, post: &str| {
            let lines: Vec<&str> = [one, post, rest].into_iter().filter(|line| !line.is_empty()).collect();
            played.stands(&lines);
        };
        played
            .issued()
            .refused("root", corrected("2026-03-02", Way::Post, None), "NotDispatched")
            .ask("jan", dispatch(1, "2026-03-02"))
            .advance_to("2026-03-16T08:00:00Z")
            .refused("jan", corrected("2026-03-05", Way::Post, None), "CorrectionNotAllowed")
            .refused("root", corrected("2026-03-02", Way::Post, None), "DispatchInvalid")
            .refused("root", corrected("2026-03-01", Way::Post, None), "DispatchInvalid")
            .refused("root", corrected("2026-03-17", Way::Post, None), "DayInFuture")
            .ask("root", corrected("2026-03-05", Way::Post, None));
        let later = "1/1 by Some(1) on Some(\"2026-03-09\") until Some(2026-04-09) final None of [1]";
        stands(&mut played, later, "post []");
        // The receipt was noted wrongly, too.
        played
            .ask("jan", receipt(1, "2026-03-12"))
            .ask("root", corrected("2026-03-05", Way::Post, Some("2026-03-11")));
        let proven = "1/1 by Some(1) on Some(\"2026-03-11\") until Some(2026-04-13) final None of [1]";
        stands(&mut played, proven, "post []");
        // It was served, and the record is not back.
        played.ask("root", corrected("2026-03-05", Way::ServiceWithProof, None));
        stands(&mut played, "1/1 by None on None until None final None of [1]", "post []");
        played.ask("jan", receipt(1, "2026-03-10"));
        let served = "1/1 by Some(1) on Some(\"2026-03-10\") until Some(2026-04-10) final None of [1]";
        stands(&mut played, served, "post []");
        played.check(if rest.is_empty() { "dispatch_corrected" } else { "dispatch_corrected_when_ended" });
    }
}

#[test]
fn a_tax_notice_counts_as_notified_on_another_day_when_the_day_becomes_a_day_off() {
    let ao = ACTS.replace("law: VwVfG, sphere: own", "law: KAG-LSA, sphere: own, subject: charges");
    let release = acting(&format!("{ao}steps:\n{GOES_ON}{REST}"));
    let mut played = Played::new(&release);
    played.issued().ask("jan", dispatch(1, "2026-03-02"));
    let changed = off(&mut played, day("2026-03-06"));
    played.ask("engine", changed).stands(&[
        "1/1 by Some(1) on Some(\"2026-03-09\") until Some(2026-04-09) final None of [1]",
        "post []",
    ]);
    played.check("notification_follows");
}

#[test]
fn what_needs_proof_leaves_the_house_before_it_is_back() {
    let release = acting(&format!("{ACTS}steps:\n{GOES_ON}{REST}"));
    let awaited = "1/1 by None on None until None final None of [1]";
    for way in [Way::ServiceWithProof, Way::PostAbroad] {
        let mut played = Played::new(&release);
        played
            .issued()
            .ask("jan", sent(way, "2026-03-02"))
            .stands(&[awaited, "post []"])
            .advance_to("2026-03-12T08:00:00Z")
            .ask("jan", receipt(1, "2026-03-05"))
            .stands(&[
                "1/1 by Some(1) on Some(\"2026-03-05\") until Some(2026-04-07) final None of [1]",
                "post []",
            ]);
    }
    let mut played = Played::new(&release);
    played
        .issued()
        .ask("jan", sent(Way::Portal, "2026-03-02"))
        .stands(&[awaited, "post []"])
        .advance_to("2026-03-13T08:00:00Z")
        .fire("", "letters/1", 1)
        .stands(&[awaited, "post []", "incident not_retrieved"])
        .refused("jan", receipt(1, "2026-03-13"), "DispatchInvalid")
        // It was retrieved in time after all.
        .ask("jan", receipt(1, "2026-03-04"))
        .ask("jan", Command::RetryIncident { incident: 1 })
        .stands(&[
            "1/1 by Some(1) on Some(\"2026-03-05\") until Some(2026-04-07) final None of [1]",
            "post []",
        ]);
    played.check("portal_not_retrieved");
    let mut played = Played::new(&release);
    played
        .issued()
        .ask("jan", sent(Way::Portal, "2026-03-02"))
        .advance_to("2026-03-04T08:00:00Z")
        .ask("jan", receipt(1, "2026-03-04"))
        .refused(
            "engine",
            Command::FireTimer {
                instance: fachwerk_core::words::InstanceId::ROOT,
                name: "letters/1".into(),
                revision: 1,
            },
            "TimerStale",
        );
}

/// The last day is declared a day off: what came on the day after it was in time, also when the case has ended.
#[test]
fn what_came_late_by_a_day_off_that_nobody_knew_of_was_in_time() {
    let ended: &[&str] = &["incident remedy_after_end", "ended"];
    for (steps, rest) in
        [(ENDS.to_owned(), ended), (format!("{GOES_ON}{REST}"), &["incident fired_before_change"])]
    {
        let release = acting(&format!("{ACTS}steps:\n{steps}"));
        let mut played = Played::new(&release);
        played.issued().ask("jan", dispatch(1, "2026-03-02")).advance_to("2026-04-10T08:00:00Z");
        if played.case.is_open() {
            played.fire("", "acts/1/1", 1);
        }
        played.objects("2026-04-08", true);
        let changed = off(&mut played, day("2026-04-07"));
        let stands = "1/1 by Some(1) on Some(\"2026-03-06\") until Some(2026-04-08) final None of [1]";
        played.ask("engine", changed).stands(&[&[stands, "post []"][..], rest].concat());
        assert!(played.log.contains("remedy_in_time"), "{}", played.log);
    }
}

/// What the portal keeps for ten days nobody watches when the case has ended.
#[test]
fn whoever_ends_a_case_is_told_of_letters_that_are_not_retrieved() {
    let awaited = "1/1 by None on None until None final None of [1]";
    let retrieved = "1/1 by Some(1) on Some(\"2026-03-05\") until Some(2026-04-07) final None of [1]";
    for steps in [ENDS.to_owned(), format!("{GOES_ON}{REST}")] {
        let release = acting(&format!("{ACTS}steps:\n{steps}"));
        let mut played = Played::new(&release);
        played.issued().ask("jan", sent(Way::Portal, "2026-03-02"));
        if played.case.is_open() {
            played.complete("jan", "rest", json!({}));
        }
        played
            .stands(&[awaited, "post []", "incident retrieval_unwatched", "ended"])
            .advance_to("2026-03-04T08:00:00Z")
            .ask("jan", receipt(1, "2026-03-04"))
            .ask("jan", Command::RetryIncident { incident: 1 })
            .stands(&[retrieved, "post []", "ended"]);
    }
}

/// A social matter: a month here, three abroad, and the letter says both.
#[test]
fn a_remedy_against_what_is_notified_abroad_has_the_period_that_the_letter_says() {
    let social = ACTS.replace("law: VwVfG, sphere: own", "law: SGBX, sphere: own, subject: social");
    let release = acting(&format!("{social}steps:\n{GOES_ON}{REST}"));
    for (way, end) in [(Way::PostAbroad, "2026-06-05"), (Way::ServiceWithProof, "2026-04-07")] {
        let mut played = Played::new(&release);
        played.issued();
        let said = &played.case.acts[&1].issued.as_ref().expect("an act").content.remedy;
        let said = said.as_ref().expect("an instruction").text.to_string();
        assert!(
            said.contains("innerhalb eines Monats")
                && said.contains("im Ausland beträgt die Frist drei Monate"),
            "{said}"
        );
        let stands = format!("1/1 by Some(1) on Some(\"2026-03-05\") until Some({end}) final None of [1]");
        played
            .ask("jan", sent(way, "2026-03-02"))
            .advance_to("2026-03-12T08:00:00Z")
            .ask("jan", receipt(1, "2026-03-05"))
            .stands(&[&stands, "post []"]);
    }
}
