//! What silence grants: courses of a case, line by line in the words of scenarios; what is refused before a case begins; and
//! the day on which the period ends, against one that is counted by hand.

use fachwerk_core::{
    diagnostic::Severity,
    event::{Direction, DocumentContent, EffectError},
    language::{Catalogue, Folder, compile},
    law::LegalData,
    scenario::{self, Made, Simulation},
    soundness,
    words::{Calendar, Date, Land, Object, Place, Value},
};

const HEAD: &str = "process: test\nversion: 1.0.0\ntitle: { de: Test, en: Test }\nlegal_basis: [VwVfG § 42a]\nroles: { clerk: { title: { de: S, en: C }, corrects: true } }\n";
const PARTIES: &str = r#"parties:
  applicant: { count: 1, from: '#{ name: "Erika Beispiel", address: "Lindenweg 4\n39999 Musterstadt" }' }
  neighbour: { count: "0..", from: '#{ name: "Otto Nachbar", address: "Lindenweg 6\n39999 Musterstadt" }' }
"#;
const ACTS: &str = "acts:
  permit: { title: { de: Karte, en: Card }, law: VwVfG, sphere: transferred, to: [each applicant, each neighbour], adverse: false, fiction: gewo-6a-trade-card }
  refusal: { title: { de: Versagung, en: Refusal }, law: VwVfG, sphere: transferred, to: each applicant, adverse: false, refuses: permit }
";
/// Work beside the period; what ends first ends the other. Behind it a certificate on demand.
const STEPS: &str = r#"steps:
  both:
    fork:
      clock:
        wait:
          decided: { condition: "acts.all.some(|one| one.in_time && one.decides == \"permit\")" }
          silence:
            deadline:
              title: { de: Frist, en: Period }
              fiction: permit
              from: { day: file.received_on }
              grace: 2 working days
              extension: { letter: tell, by: 4 weeks, reason: Die Strafakte fehlt noch. }
      work:
        group:
          steps:
            choose: { task: { title: { de: T, en: T }, fields: { outcome: { type: choice, required: true, title: { de: E, en: O }, options: { grant: { de: g, en: g }, refuse: { de: r, en: r }, extend: { de: x, en: x } } } } }, role: clerk, then: { grant: permit, refuse: refusal, extend: tell } }
            tell: { effect: letter, with: { title: Verlängerung, body: Wir brauchen länger. }, then: choose }
            permit: { issue: permit, with: { title: Karte, body: Sie wird erteilt., decision: granted }, then: stay }
            refusal: { issue: refusal, with: { title: Versagung, body: Sie wird versagt., decision: refused }, then: stay }
            stay: { wait: { never: { message: never } } }
    wait_for: 1
    join: which
  which: { choose: [{ when: "acts.permit?.deemed == true", then: certificate }, { else: done }] }
  certificate: { certify: permit, with: { title: Bescheinigung, body: Die Karte gilt als erteilt. }, then: rest }
  rest: { task: { title: { de: R, en: R } }, role: clerk, then: done }
  done: { end: done }
"#;

fn folder(process: &str, scenario: &str) -> Folder {
    let files = [("process.yaml", process), ("scenarios/1.yaml", scenario)];
    let files = files.iter().map(|(name, text)| ((*name).into(), text.as_bytes().into()));
    Folder { name: "test".into(), files: files.collect() }
}

fn connector(_: &str, request: &Value) -> Result<Made, EffectError> {
    let text = |name: &str| request.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let content = DocumentContent {
        title: text("title").into(),
        media_type: "application/pdf".into(),
        hash: "00".into(),
        size: 1,
        direction: Direction::Outgoing,
        addressee: None,
        enclosures: Vec::new(),
    };
    let text = format!("{}\n{}", text("body"), text("instruction"));
    Ok(Made { values: Object::new(), documents: vec![(content, text.into())] })
}

/// What happens when a process is played as the lines say.
#[track_caller]
fn check(what: &str, moves: &str) {
    check_with(&format!("{HEAD}{PARTIES}{ACTS}{STEPS}"), what, moves);
}

#[track_caller]
fn check_with(process: &str, what: &str, moves: &str) {
    let scenario = format!("scenario: S\npeople: {{ jan: [clerk] }}\nnow: 2026-03-02T09:00\ndo:\n{moves}");
    let folder = folder(process, &scenario);
    let compiled = compile(&folder, &Catalogue::default());
    let release = compiled.release.unwrap_or_else(|| panic!("{:#?}", compiled.problems));
    let (scenario, problems) = scenario::read(&folder, "scenarios/1.yaml");
    let scenario = scenario.unwrap_or_else(|| panic!("{what}: {problems:#?}"));
    let mut world = Simulation::new(&scenario, &release, &connector).expect("the place is known");
    let report = scenario::run(&scenario, &release, &mut world);
    assert!(report.passed(), "{what}: {:?}", report.failure());
}

const REFUSE: &str = "  - { complete: choose, as: jan, with: { outcome: refuse } }\n";
const EXTEND: &str = "  - { complete: choose, as: jan, with: { outcome: extend } }\n";

#[test]
fn what_becomes_of_an_application() {
    for (what, moves) in [
        (
            "silence grants it on the day after the last one; nobody told the neighbour",
            "  - start: {}
  - expect: { deadline: { clock.silence: 2026-06-02 }, grace: { clock.silence: 2026-06-04 } }
  - advance_to: 2026-06-05T00:00
  - expect: { incidents: [], acts: { permit: { deemed: true, issued_on: 2026-06-03, decision: granted, notified: false, in_time: false, addressees: [{ number: 1, notified_on: 2026-06-03, remedy_ends: 2027-06-03 }, { number: 2, remedy_ends: null }] } } }
".to_owned(),
        ),
        (
            "a certificate tells the neighbour, whose month begins with it; the applicant's day stays",
            "  - start: {}
  - advance_to: 2026-06-05T00:00
  - expect: { documents: [Bescheinigung (Erika Beispiel), Bescheinigung (Otto Nachbar)], text: { certificate: [Die Karte gilt als erteilt, die als erteilt geltende Genehmigung] } }
  - { dispatched: certificate, party: 1, way: in-person, as: jan }
  - { dispatched: certificate, party: 2, way: in-person, as: jan }
  - expect: { acts: { permit: { notified: true, addressees: [{ notified_on: 2026-06-03, remedy_ends: 2027-06-03 }, { notified_on: 2026-06-05, remedy_ends: 2026-07-06 }] } } }
  - { remedy: permit, party: 2, as: jan }
  - expect: { acts: { permit: { objected: true, addressees: [{ objected: false }, { objected: true }] } } }
".to_owned(),
        ),
        (
            "a letter of certificate that came back goes out anew",
            "  - start: {}
  - advance_to: 2026-06-05T00:00
  - { dispatched: certificate, party: 1, as: jan }
  - { send_anew: permit, party: 1, reason: zurück, as: jan }
  - expect: { acts: { permit: { addressees: [{ notified_on: 2026-06-03 }, {}] } } }
  - refused: { correct_act: permit, wrong: gilt, right: galt, reason: Tippfehler, as: jan, because: ActNotCorrected }
".to_owned(),
        ),
        (
            "a refusal that is handed over on the last day is in time",
            format!("  - start: {{}}\n  - advance_to: 2026-06-02T12:00\n{REFUSE}  - {{ dispatched: refusal, way: in-person, as: jan }}\n  - expect: {{ ended: done, acts: {{ permit: null, refusal: {{ in_time: true, decides: permit }} }} }}\n"),
        ),
        (
            "one that is posted then is not, and is told; proof that it arrived before does not exist",
            format!("  - start: {{}}\n  - advance_to: 2026-06-02T12:00\n{REFUSE}  - {{ dispatched: refusal, as: jan }}\n  - expect: {{ incidents: [decided_too_late], acts: {{ refusal: {{ in_time: false }} }} }}\n  - advance_to: 2026-06-05T00:00\n  - expect: {{ acts: {{ permit: {{ deemed: true }} }} }}\n"),
        ),
        (
            "a refusal that is decided on after the end is not issued, neither in the grace nor later",
            format!("  - start: {{}}\n  - advance_to: 2026-06-03T00:00\n{REFUSE}  - expect: {{ incidents: [act_deemed_already], acts: {{ refusal: null }} }}\n"),
        ),
        (
            "an extension that is told in time moves the end by its weeks, once",
            format!("  - start: {{}}\n{EXTEND}  - expect: {{ deadline: {{ clock.silence: 2026-06-02 }} }}\n  - {{ dispatched: tell, as: jan }}\n  - expect: {{ incidents: [], deadline: {{ clock.silence: 2026-06-30 }} }}\n{EXTEND}  - {{ dispatched: tell, as: jan }}\n  - expect: {{ incidents: [extension_not_possible], deadline: {{ clock.silence: 2026-06-30 }} }}\n  - refused: {{ extend: clock.silence, by: 4 weeks, reason: noch mehr, as: jan, because: DeadlineByLetter }}\n  - refused: {{ suspend: [clock.silence], reason: Ruhen, as: jan, because: DeadlineStatutory }}\n"),
        ),
        (
            "one that is told on the last day holds",
            format!("  - start: {{}}\n{EXTEND}  - advance_to: 2026-06-02T12:00\n  - {{ dispatched: tell, way: in-person, as: jan }}\n  - expect: {{ incidents: [], deadline: {{ clock.silence: 2026-06-30 }} }}\n"),
        ),
        (
            "one that is told the day after does not, though the grace still runs",
            format!("  - start: {{}}\n{EXTEND}  - advance_to: 2026-06-03T12:00\n  - {{ dispatched: tell, way: in-person, as: jan }}\n  - expect: {{ incidents: [extension_told_too_late], deadline: {{ clock.silence: 2026-06-02 }} }}\n"),
        ),
        (
            "one by post counts from its fourth day; proof that it arrived before makes it hold after all",
            format!("  - start: {{}}\n{EXTEND}  - advance_to: 2026-06-01T12:00\n  - {{ dispatched: tell, as: jan }}\n  - expect: {{ incidents: [extension_told_too_late], deadline: {{ clock.silence: 2026-06-02 }} }}\n  - advance_to: 2026-06-03T08:00\n  - {{ received: tell, on: 2026-06-02, as: jan }}\n  - expect: {{ deadline: {{ clock.silence: 2026-06-30 }} }}\n"),
        ),
        (
            "one that turns out to have arrived too late lapses, and the period ends as it did",
            format!("  - start: {{}}\n  - advance_to: 2026-05-26T12:00\n{EXTEND}  - {{ dispatched: tell, as: jan }}\n  - expect: {{ incidents: [], deadline: {{ clock.silence: 2026-06-30 }} }}\n  - advance_to: 2026-06-10T08:00\n  - {{ received: tell, on: 2026-06-09, as: jan }}\n  - expect: {{ incidents: [extension_told_too_late], deadline: {{ clock.silence: 2026-06-02 }} }}\n  - advance: 1 hours\n  - expect: {{ acts: {{ permit: {{ deemed: true, issued_on: 2026-06-03 }} }} }}\n"),
        ),
        (
            "the application came in earlier than was noted, so silence grants it earlier",
            "  - start: {}\n  - { change: {}, received_on: 2026-02-16, reason: Eingangsstempel, as: jan }\n  - expect: { deadline: { clock.silence: 2026-05-18 } }\n".to_owned(),
        ),
        (
            "an end on a holiday moves to the next working day (Whit Monday)",
            "  - start: { received_on: 2026-02-25 }\n  - expect: { deadline: { clock.silence: 2026-05-26 } }\n".to_owned(),
        ),
    ] {
        check(what, &moves);
    }
}

/// The same with a case that goes on behind the decision.
fn goes_on() -> String {
    format!("{HEAD}{PARTIES}{ACTS}{STEPS}").replace("{ else: done }", "{ else: rest }")
}

/// Two who applied; a refusal goes to whom `to` says.
fn of_two(to: &str) -> String {
    let one = r#"count: 1, from: '#{ name: "Erika Beispiel", address: "Lindenweg 4\n39999 Musterstadt" }'"#;
    let two = r#"count: "1..", from: '[#{ name: "Erika Beispiel", address: "Lindenweg 4" }, #{ name: "Udo Zwei", address: "Lindenweg 5" }]'"#;
    let process = goes_on().replace(one, two);
    process.replace("body: Sie wird versagt.,", &format!("body: Sie wird versagt.,{to}"))
}

/// A second application follows the decision on the first one.
fn again() -> String {
    let process = format!("{HEAD}{PARTIES}{ACTS}{STEPS}");
    let which =
        r#"which: { choose: [{ when: "acts.permit?.deemed == true", then: certificate }, { else: done }] }"#;
    let asks = "which: { task: { title: { de: W, en: W }, fields: { day: { type: date, title: { de: T, en: D } } } }, role: clerk, then: both }";
    process.replace(which, asks).replace("file.received_on", r#""steps.which?.day ?? file.received_on""#)
}

#[test]
fn what_is_known_later_turns_it_round() {
    let posted = |day: &str| {
        format!(
            "  - start: {{}}\n  - advance_to: {day}T12:00\n{REFUSE}  - {{ dispatched: refusal, as: jan }}\n  - expect: {{ incidents: [], waiting: [rest], acts: {{ refusal: {{ in_time: true }} }} }}\n"
        )
    };
    let handed = "way: in-person, as: jan";
    let doubt = "  - expect: { incidents: [fiction_in_doubt] }\n";
    let deemed = "  - { rule_fiction: permit, deemed: true, reason: Geprüft, as: jan }\n";
    let not_deemed = "  - { rule_fiction: permit, deemed: false, reason: Geprüft, as: jan }\n";
    let back = format!(
        "{}  - advance_to: 2026-05-28T09:00\n  - {{ send_anew: refusal, reason: zurück, as: jan }}\n{doubt}",
        posted("2026-05-20")
    );
    let recorded = format!(
        "  - start: {{}}\n  - advance_to: 2026-06-02T12:00\n{REFUSE}  - advance_to: 2026-06-05T09:00\n  - expect: {{ incidents: [], acts: {{ permit: {{ deemed: true }} }} }}\n"
    );
    for (what, moves) in [
        (
            "a refusal comes back: the period runs on; handed over within it, all agrees again",
            format!(
                "{back}  - expect: {{ acts: {{ refusal: {{ in_time: false }} }} }}\n  - refused: {{ retry: true, as: jan, because: FictionNotRuled }}\n  - refused: {{ rule_fiction: permit, deemed: true, reason: zu früh, as: jan, because: FictionNotRuled }}\n  - {{ dispatched: refusal, {handed} }}\n  - expect: {{ incidents: [], acts: {{ permit: null, refusal: {{ in_time: true }} }} }}\n"
            ),
        ),
        (
            "after the end silence has granted; the letter that lies there does not leave any more",
            format!(
                "{back}  - advance_to: 2026-06-05T09:00\n{deemed}  - expect: {{ incidents: [], acts: {{ permit: {{ deemed: true, issued_on: 2026-06-03 }}, refusal: {{ in_time: false }} }} }}\n  - refused: {{ dispatched: refusal, {handed}, because: DispatchInvalid }}\n"
            ),
        ),
        (
            "a person may say that it does not count as granted",
            format!(
                "{back}  - refused: {{ rule_fiction: permit, deemed: false, reason: Geprüft, as: jan, because: FictionNotRuled }}\n  - advance_to: 2026-06-09T09:00\n{not_deemed}  - expect: {{ incidents: [], acts: {{ permit: null, refusal: {{ in_time: true }} }} }}\n"
            ),
        ),
        (
            "a later receipt is proven: it counts as granted",
            format!(
                "{}  - advance_to: 2026-06-09T09:00\n  - {{ received: refusal, on: 2026-06-05, as: jan }}\n{doubt}{deemed}  - expect: {{ incidents: [], acts: {{ permit: {{ deemed: true, issued_on: 2026-06-03 }}, refusal: {{ in_time: false }} }} }}\n",
                posted("2026-05-29")
            ),
        ),
        (
            "what was handed over in time is recorded when it counts as granted already",
            format!(
                "{recorded}  - {{ dispatched: refusal, on: 2026-06-02, {handed} }}\n{doubt}{not_deemed}  - expect: {{ incidents: [], acts: {{ permit: null, refusal: {{ in_time: true, notified: true }} }} }}\n"
            ),
        ),
        (
            "what was not sent then does not leave the house",
            format!(
                "{recorded}  - refused: {{ dispatched: refusal, as: jan, because: DispatchInvalid }}\n  - expect: {{ incidents: [] }}\n"
            ),
        ),
        (
            "nor what would extend the period",
            format!(
                "  - start: {{}}\n  - advance_to: 2026-06-02T12:00\n{EXTEND}  - advance_to: 2026-06-05T09:00\n  - refused: {{ dispatched: tell, as: jan, because: DispatchInvalid }}\n"
            ),
        ),
        (
            "an extension was received in time after all",
            format!(
                "  - start: {{}}\n  - advance_to: 2026-06-01T12:00\n{EXTEND}  - {{ dispatched: tell, as: jan }}\n  - {{ retry: true, as: jan }}\n  - advance_to: 2026-06-05T09:00\n  - {{ received: tell, on: 2026-06-02, as: jan }}\n{doubt}{not_deemed}  - expect: {{ incidents: [], acts: {{ permit: null }} }}\n"
            ),
        ),
        (
            "the letter that extended the period comes back: it ends as it did",
            format!(
                "  - start: {{}}\n  - advance_to: 2026-05-26T12:00\n{EXTEND}  - {{ dispatched: tell, as: jan }}\n  - expect: {{ deadline: {{ clock.silence: 2026-06-30 }} }}\n  - advance_to: 2026-05-29T12:00\n  - {{ not_arrived: tell, reason: zurück, as: jan }}\n  - expect: {{ incidents: [extension_told_too_late], deadline: {{ clock.silence: 2026-06-02 }} }}\n"
            ),
        ),
        (
            "one by which a decision was in time was told too late",
            format!(
                "  - start: {{}}\n  - advance_to: 2026-05-29T12:00\n{EXTEND}  - {{ dispatched: tell, as: jan }}\n  - advance_to: 2026-06-09T12:00\n{REFUSE}  - {{ dispatched: refusal, {handed} }}\n  - expect: {{ incidents: [], waiting: [rest] }}\n  - {{ received: tell, on: 2026-06-04, as: jan }}\n  - expect: {{ incidents: [extension_told_too_late, fiction_in_doubt] }}\n{deemed}  - expect: {{ incidents: [extension_told_too_late], acts: {{ permit: {{ deemed: true, issued_on: 2026-06-03 }} }} }}\n"
            ),
        ),
        (
            "an extension that was told after the true end lapses",
            format!(
                "  - start: {{}}\n  - advance_to: 2026-05-29T12:00\n{EXTEND}  - {{ dispatched: tell, {handed} }}\n  - expect: {{ deadline: {{ clock.silence: 2026-06-30 }} }}\n  - {{ change: {{}}, received_on: 2026-02-16, reason: Stempel, as: jan }}\n  - expect: {{ incidents: [extension_told_too_late], deadline: {{ clock.silence: 2026-05-18 }} }}\n  - advance: 1 hours\n  - expect: {{ acts: {{ permit: {{ deemed: true, issued_on: 2026-05-19 }} }} }}\n"
            ),
        ),
        (
            "and one that was told too late holds when the true end lies later",
            format!(
                "  - start: {{ received_on: 2026-02-16 }}\n  - advance_to: 2026-05-18T12:00\n{EXTEND}  - {{ dispatched: tell, as: jan }}\n  - expect: {{ deadline: {{ clock.silence: 2026-05-18 }} }}\n  - {{ change: {{}}, received_on: 2026-03-02, reason: Stempel, as: jan }}\n  - expect: {{ deadline: {{ clock.silence: 2026-06-30 }} }}\n"
            ),
        ),
        (
            "the application came in later, so it counted as granted too early",
            format!(
                "{recorded}  - {{ change: {{}}, received_on: 2026-03-09, reason: Stempel, as: jan }}\n{doubt}"
            ),
        ),
        (
            "or earlier: it has counted as granted since another day",
            format!(
                "{recorded}  - {{ change: {{}}, received_on: 2026-02-16, reason: Stempel, as: jan }}\n{doubt}{deemed}  - expect: {{ incidents: [], acts: {{ permit: {{ deemed: true, issued_on: 2026-05-19 }} }} }}\n"
            ),
        ),
        (
            "a correction is no new decision",
            format!(
                "  - start: {{}}\n  - advance_to: 2026-05-20T12:00\n{REFUSE}  - {{ dispatched: refusal, {handed} }}\n  - advance_to: 2026-06-10T09:00\n  - {{ correct_act: refusal, wrong: wird, right: würde, reason: Tippfehler, begins_anew: true, as: jan }}\n  - {{ dispatched: refusal, {handed} }}\n  - expect: {{ incidents: [], acts: {{ refusal: {{ in_time: true }} }} }}\n"
            ),
        ),
        (
            "a period that cannot be set decides nothing",
            format!(
                "  - start: {{ received_on: 2009-12-01 }}\n{REFUSE}  - {{ dispatched: refusal, {handed} }}\n  - expect: {{ incidents: [fiction_unknown], acts: {{ refusal: {{ in_time: false }} }} }}\n"
            ),
        ),
    ] {
        check_with(&goes_on(), what, &moves);
    }
    let refuse = format!("  - start: {{}}\n  - advance_to: 2026-05-20T12:00\n{REFUSE}");
    check_with(
        &of_two(r#" to: "= parties.applicant[0]","#),
        "of two who applied one was told nothing: to that one it counts as granted",
        &format!(
            "{refuse}  - {{ dispatched: refusal, {handed} }}\n  - expect: {{ deadline: {{ clock.silence: 2026-06-02 }} }}\n  - advance_to: 2026-06-05T12:00\n  - expect: {{ incidents: [], acts: {{ permit: {{ deemed: true, addressees: [{{ name: Udo Zwei, notified_on: 2026-06-03 }}, {{ notified_on: null }}] }}, refusal: {{ in_time: false }} }} }}\n"
        ),
    );
    check_with(
        &of_two(""),
        "a letter to one of two is not sent: only to that one it counts as granted, and the letter stays",
        &format!(
            "{refuse}  - {{ dispatched: refusal, party: 1, {handed} }}\n  - advance_to: 2026-06-05T12:00\n  - expect: {{ incidents: [], acts: {{ permit: {{ deemed: true, addressees: [{{ name: Udo Zwei, notified_on: 2026-06-03 }}, {{ notified_on: null }}] }} }} }}\n  - refused: {{ dispatched: refusal, party: 2, {handed}, because: DispatchInvalid }}\n"
        ),
    );
    check_with(
        &again(),
        "a second application has a period of its own, which the refusal of the first one does not end",
        &format!(
            "{refuse}  - {{ dispatched: refusal, {handed} }}\n  - advance_to: 2026-07-01T09:00\n  - {{ complete: which, as: jan, with: {{ day: 2026-07-01 }} }}\n  - expect: {{ deadline: {{ clock.silence: 2026-10-01 }}, acts: {{ refusal: {{ in_time: false }} }} }}\n  - advance_to: 2026-10-07T09:00\n  - expect: {{ incidents: [], acts: {{ permit: {{ deemed: true, issued_on: 2026-10-02 }} }} }}\n"
        ),
    );
}

/// A period that was left by hand runs on: when it has ended, nothing is decided until somebody has said what holds.
#[test]
fn a_period_that_was_left_by_hand_runs_on() {
    let steps = "steps:\n  pause: { wait: { silence: { deadline: { title: { de: F, en: P }, fiction: permit, from: { day: file.received_on } } }, no: { by: clerk, title: { de: N, en: N } } }, then: { silence: rest, no: why } }\n  why: { task: { title: { de: W, en: W }, fields: { n: { type: text, title: { de: N, en: N } } } }, role: clerk, then: refusal }\n  refusal: { issue: refusal, with: { title: T, body: B }, then: rest }\n  rest: { task: { title: { de: R, en: R } }, role: clerk }\n";
    let process = format!("{HEAD}{PARTIES}{ACTS}{steps}");
    let left = "  - start: {}\n  - { trigger: no, as: jan, reason: Grund }\n";
    let says = |deemed: bool| {
        format!("  - {{ rule_fiction: permit, deemed: {deemed}, reason: Geprüft, as: jan }}\n")
    };
    let late = format!(
        "{left}  - advance_to: 2026-07-01T12:00\n  - {{ complete: why, as: jan }}\n  - expect: {{ waiting: [refusal], incidents: [fiction_not_settled, fiction_in_doubt], acts: {{ permit: null, refusal: null }} }}\n"
    );
    for (what, moves) in [
        (
            "decided in time",
            format!(
                "{left}  - advance_to: 2026-05-20T12:00\n  - {{ complete: why, as: jan }}\n  - {{ dispatched: refusal, way: in-person, as: jan }}\n  - expect: {{ waiting: [rest], incidents: [], acts: {{ permit: null, refusal: {{ in_time: true }} }} }}\n"
            ),
        ),
        (
            "that it does not was said before anything was refused",
            format!(
                "{left}  - advance_to: 2026-07-01T12:00\n{}  - expect: {{ incidents: [] }}\n  - {{ complete: why, as: jan }}\n  - expect: {{ waiting: [rest], incidents: [], acts: {{ permit: null, refusal: {{ issued_on: 2026-07-01 }} }} }}\n",
                says(false)
            ),
        ),
        (
            "it counts as granted",
            format!(
                "{late}{}  - expect: {{ incidents: [fiction_not_settled], acts: {{ permit: {{ deemed: true, issued_on: 2026-06-03 }} }} }}\n",
                says(true)
            ),
        ),
        (
            "it does not, and is refused",
            format!(
                "{late}{}  - {{ retry: true, as: jan }}\n  - expect: {{ waiting: [rest], incidents: [], acts: {{ permit: null, refusal: {{ issued_on: 2026-07-01 }} }} }}\n",
                says(false)
            ),
        ),
    ] {
        check_with(&process, what, &moves);
    }
}

/// The second application comes on the very day of the first refusal: the order of the journal says what that decided.
#[test]
fn a_refusal_decides_nothing_that_comes_after_it_on_its_day() {
    for (refused, ends, since) in
        [("2026-05-20", "2026-08-20", "2026-08-21"), ("2026-03-02", "2026-06-02", "2026-06-03")]
    {
        check_with(
            &again(),
            refused,
            &format!(
                "  - start: {{}}\n  - advance_to: {refused}T12:00\n{REFUSE}  - {{ dispatched: refusal, way: in-person, as: jan }}\n  - expect: {{ waiting: [which], acts: {{ refusal: {{ in_time: true }} }} }}\n  - {{ complete: which, as: jan, with: {{ day: {refused} }} }}\n  - expect: {{ deadline: {{ clock.silence: {ends} }}, acts: {{ refusal: {{ in_time: false }} }} }}\n  - advance_to: 2026-09-01T09:00\n  - expect: {{ incidents: [], acts: {{ permit: {{ deemed: true, issued_on: {since} }} }} }}\n"
            ),
        );
    }
}

/// It was refused on the day of the application, and gone back: the period that runs anew is about the same, and was kept.
#[test]
fn what_was_decided_before_it_was_gone_back_counts() {
    let steps = "steps:\n  first: { task: { title: { de: A, en: A } }, role: clerk, then: pause }\n  pause: { wait: { silence: { deadline: { title: { de: F, en: P }, fiction: permit, from: { day: file.received_on } } }, ready: { by: clerk, title: { de: N, en: N } } }, then: { silence: rest, ready: refusal } }\n  refusal: { issue: refusal, with: { title: T, body: B }, then: rest }\n  rest: { task: { title: { de: R, en: R } }, role: clerk }\n";
    for day in ["2026-03-02", "2026-03-03"] {
        check_with(
            &format!("{HEAD}{PARTIES}{ACTS}{steps}"),
            day,
            &format!(
                "  - start: {{}}\n  - {{ complete: first, as: jan }}\n  - advance_to: {day}T12:00\n  - {{ trigger: ready, as: jan, reason: Grund }}\n  - {{ dispatched: refusal, as: jan, way: in-person }}\n  - expect: {{ waiting: [rest], acts: {{ refusal: {{ in_time: true }} }} }}\n  - {{ move: rest, to: first, as: jan, reason: Versehen }}\n  - {{ complete: first, as: jan }}\n  - advance_to: 2026-06-05T09:00\n  - expect: {{ waiting: [rest], incidents: [], acts: {{ permit: null, refusal: {{ in_time: true }} }} }}\n"
            ),
        );
    }
}

/// Whoever may correct says what holds when the case has ended already: the periods for a remedy are those of a case that goes on.
#[test]
fn a_ruling_sets_the_period_for_a_remedy_of_an_ended_case() {
    let process = format!("{HEAD}{PARTIES}{ACTS}{STEPS}");
    let remedies = "addressees: [{ number: 1, notified_on: 2026-06-03, remedy_ends: 2027-06-03 }, { number: 2, remedy_ends: null }]";
    let ended = format!(
        "  - start: {{}}\n  - advance_to: 2026-05-29T12:00\n{REFUSE}  - {{ dispatched: refusal, as: jan }}\n  - expect: {{ ended: done, incidents: [] }}\n  - advance_to: 2026-06-09T09:00\n  - {{ received: refusal, on: 2026-06-05, as: jan }}\n  - expect: {{ incidents: [fiction_in_doubt] }}\n  - {{ rule_fiction: permit, deemed: true, reason: Geprüft, as: jan }}\n"
    );
    for (what, moves) in [
        (
            "it counts as granted: for a year a remedy can be lodged",
            format!("  - expect: {{ ended: done, incidents: [], acts: {{ permit: {{ deemed: true, {remedies} }} }} }}\n"),
        ),
        (
            "one that comes within that year is in time",
            "  - advance_to: 2027-06-03T09:00\n  - { remedy: permit, as: jan }\n  - expect: { acts: { permit: { addressees: [{ objected: true }, {}] } } }\n".to_owned(),
        ),
        (
            "one that comes later is not",
            "  - advance_to: 2027-06-04T09:00\n  - { remedy: permit, as: jan }\n  - expect: { acts: { permit: { addressees: [{ objected: false }, {}] } } }\n".to_owned(),
        ),
    ] {
        check_with(&process, what, &format!("{ended}{moves}"));
    }
}

/// The codes of what stands against a process, those of concerns and warnings with their severity.
#[track_caller]
fn refused(acts: &str, steps: &str, expected: &[&str]) {
    let process = format!("{HEAD}{PARTIES}{acts}{steps}");
    let proven = soundness::check(&folder(&process, ""), &Catalogue::default());
    let told = |problem: &fachwerk_core::diagnostic::Diagnostic| match problem.severity {
        Severity::Error => problem.code.to_string(),
        severity => format!("{severity:?} {}", problem.code),
    };
    let about = |code: &str| code.contains("fiction") || code.contains("silence") || code == "unknown_act";
    let mut found: Vec<String> =
        proven.problems.iter().filter(|problem| about(problem.code)).map(told).collect();
    found.sort();
    found.dedup();
    assert_eq!(found, expected, "{acts}{steps}");
}

#[test]
fn what_cannot_be_is_refused_before_a_case_begins() {
    let acts = |permit: &str, refusal: &str| {
        format!(
            "acts:\n  permit: {{ law: VwVfG, sphere: own, to: each applicant, adverse: false{permit} }}\n  refusal: {{ law: VwVfG, sphere: own, to: each applicant, adverse: false{refusal} }}\n"
        )
    };
    let good = acts(", fiction: gewo-6a-trade-card", ", refuses: permit");
    let steps = |deadline: &str, after: &str| {
        format!(
            "steps:\n  pause: {{ wait: {{ ready: {{ message: ready }}, silence: {{ deadline: {{ title: {{ de: F, en: P }}, {deadline} }} }} }}, then: {{ ready: permit, silence: {after} }} }}\n  permit: {{ issue: permit, with: {{ title: T, body: B }}, then: done }}\n  refusal: {{ issue: refusal, with: {{ title: T, body: B }}, then: done }}\n  tell: {{ effect: letter, with: {{ title: T, body: B }}, then: refusal }}\n  done: {{ end: done }}\n"
        )
    };
    let from = "fiction: permit, from: { day: file.received_on }";
    let extension = ", extension: { letter: tell, by: 1 week, reason: Grund }";
    refused(&good, &steps(from, "done"), &[]);
    refused(&good, &steps(from, "tell"), &["decided_after_silence"]);
    refused(&good, &steps(from, "permit"), &["decided_after_silence"]);
    refused(&good, &steps("fiction: permit", "done"), &["fiction_start_needed"]);
    refused(&good, &steps(&format!("{from}, period: 1 month"), "done"), &["fiction_says_it"]);
    refused(&good, &steps("fiction: refusal, from: { day: today }", "done"), &["act_without_fiction"]);
    refused(&good, &steps("fiction: fish, from: { day: today }", "done"), &["unknown_act"]);
    refused(&good, &steps("period: 3 months", "done"), &["Warning fiction_without_deadline"]);
    refused(&acts("", ", refuses: permit"), &steps("period: 3 months", "done"), &["act_without_fiction"]);
    refused(
        &acts(", fiction: gewo-6a-trade-card", ""),
        &steps(from, "done"),
        &["Warning fiction_without_refusal"],
    );
    refused(
        &acts(", fiction: no-such-row", ", refuses: permit"),
        &steps(from, "done"),
        &["Warning fiction_unknown"],
    );
    let none = acts(", fiction: stvo-29-none", ", refuses: permit");
    refused(&none, &steps(from, "done"), &["fiction_excluded"]);
    let monument = acts(", fiction: denkmschg-lsa-earthworks", ", refuses: permit");
    refused(&monument, &steps(&format!("{from}{extension}"), "done"), &["fiction_not_extendable"]);
    refused(&monument, &steps(from, "done"), &[]);
    let always = format!(
        "always: {{ silence: {{ deadline: {{ title: {{ de: F, en: P }}, {from} }}, then: done }} }}\n"
    );
    refused(&format!("{good}{always}"), &steps("period: 1 month", "done"), &["fiction_at_the_case"]);
    // Two at one step: the case keeps one of each.
    let other = "another: { deadline: { title: { de: F, en: P }, fiction: permit, from: { day: today } } }";
    let two = steps(from, "done").replace("silence: { deadline", &format!("{other}, silence: {{ deadline"));
    let two = two.replace("silence: done", "silence: done, another: done");
    refused(&good, &two, &["fictions_at_one_step"]);
    // A group that the end of the period leaves, and one in which others go on.
    let group = |then: &str, join: &str| {
        format!(
            "steps:\n  ask: {{ task: {{ title: {{ de: A, en: A }}, fields: {{ n: {{ type: text, title: {{ de: N, en: N }} }} }} }}, role: clerk, then: all }}\n  all:\n    group:\n      steps:\n        look: {{ task: {{ title: {{ de: B, en: B }}, fields: {{ n: {{ type: text, title: {{ de: N, en: N }} }} }} }}, role: clerk, then: refusal }}\n        refusal: {{ issue: refusal, with: {{ title: T, body: B }} }}\n        other: {{ compute: {{ x: 1 }} }}\n      on: {{ silence: {{ deadline: {{ title: {{ de: F, en: P }}, {from} }}, {then} }} }}\n    then: {join}\n  permit: {{ issue: permit, with: {{ title: T, body: B }}, then: done }}\n  done: {{ end: done }}\n"
        )
    };
    refused(&good, &group("then: $granted", "{ granted: done, else: permit }"), &[]);
    refused(&good, &group("then: $granted", "{ granted: permit, else: done }"), &["decided_after_silence"]);
    refused(&good, &group("interrupt: false, then: other", "done"), &["Concern decided_after_silence"]);
}

/// Three months, counted on the calendar of a wall: the same number of the month, or its last day; then past days off.
fn counted(start: Date, calendar: &Calendar) -> Date {
    let (mut year, mut month) = (start.year(), start.month() + 3);
    if month > 12 {
        (year, month) = (year + 1, month - 12);
    }
    let mut day = (1..=start.day()).rev().find_map(|day| Date::new(year, month, day).ok()).expect("a day");
    while day.weekday().to_monday_one_offset() > 5 || calendar.holiday(day).is_some() {
        day = day.tomorrow().expect("the calendar goes on");
    }
    day
}

#[test]
fn the_period_ends_as_one_counts_by_hand() {
    let calendar = Calendar::new(&Place::land(Land::ST)).expect("a calendar");
    let law = LegalData::built_in();
    let mut start = Date::constant(2026, 1, 1);
    while start.year() < 2030 {
        let granted = law.fictions.of("gewo-6a-trade-card", start, Some(Land::ST)).expect("a row");
        let input = fachwerk_deadlines::DeadlineInput::new(start, granted.length);
        let found = fachwerk_deadlines::compute(&input, &calendar).expect("a deadline").end;
        assert_eq!(found, counted(start, &calendar), "{start}");
        start = start.tomorrow().expect("the calendar goes on");
    }
    let elsewhere = law.fictions.of("denkmschg-lsa-earthworks", start, Some(Land::BY));
    assert!(elsewhere.is_err(), "{elsewhere:?}");
    let before = law.fictions.of("gewo-6a-trade-card", Date::constant(2009, 12, 27), None);
    assert!(before.is_err(), "{before:?}");
}
