//! Whose restoration applies to a remedy that came late: that of the procedure in which the law gives the remedy, however the
//! act was notified.

use fachwerk_core::{
    event::{Direction, DocumentContent, EffectError},
    language::{Catalogue, Folder, compile},
    scenario::{self, Made, Simulation},
    words::{Object, Value},
};

/// An act whose step says the period itself, so that no row of the law stands in it.
const PROCESS: &str = r#"process: test
version: 1.0.0
title: { de: Test, en: Test }
legal_basis: [KAG-LSA]
roles: { clerk: { title: { de: S, en: C }, corrects: true } }
parties:
  keeper: { count: 1, from: '#{ name: "Erika Beispiel", address: "Lindenweg 4\n39999 Musterstadt" }' }
acts:
  tax: { title: { de: Steuerbescheid, en: Tax }, law: LAW, sphere: own, to: each keeper, adverse: false }
steps:
  assess: { task: { title: { de: T, en: T } }, role: clerk, then: tax }
  tax: { issue: tax, with: { title: Steuerbescheid, body: Sie zahlen., decision: assessed, remedy: { period: 1 month } }, then: stay }
  stay: { wait: { never: { message: never } } }
"#;

/// Notified on 5 March, the month ends on Tuesday, 7 April 2026 (after Easter); the objection comes in on 4 May.
const UNTIL_THE_OBJECTION: &str = "  - start: {}
  - { complete: assess, as: jan }
  - { dispatched: tax, way: in-person, as: jan }
  - advance_to: 2026-05-04T08:00
";

fn connector(_: &str, _: &Value) -> Result<Made, EffectError> {
    let content = DocumentContent {
        title: "Steuerbescheid".into(),
        media_type: "application/pdf".into(),
        hash: "00".into(),
        size: 1,
        direction: Direction::Outgoing,
        addressee: None,
        enclosures: Vec::new(),
    };
    Ok(Made { values: Object::new(), documents: vec![(content, "".into())] })
}

#[track_caller]
fn check(what: &str, (law, tenant): (&str, &str), moves: &str) {
    let process = PROCESS.replace("LAW", law);
    let scenario = format!(
        "scenario: S\n{tenant}people: {{ jan: [clerk] }}\nnow: 2026-03-05T09:00\ndo:\n{UNTIL_THE_OBJECTION}{moves}"
    );
    let files = [("process.yaml", &process), ("scenarios/1.yaml", &scenario)];
    let files = files.iter().map(|(name, text)| ((*name).into(), text.as_bytes().into()));
    let folder = Folder { name: "test".into(), files: files.collect() };
    let compiled = compile(&folder, &Catalogue::default());
    let release = compiled.release.unwrap_or_else(|| panic!("{:#?}", compiled.problems));
    let (scenario, problems) = scenario::read(&folder, "scenarios/1.yaml");
    let scenario = scenario.unwrap_or_else(|| panic!("{what}: {problems:#?}"));
    let mut world = Simulation::new(&scenario, &release, &connector).expect("the place is known");
    let report = scenario::run(&scenario, &release, &mut world);
    assert!(report.passed(), "{what}: {:?}", report.failure());
}

#[test]
fn a_remedy_is_restored_by_its_own_procedure() {
    let burg = "tenant: { land: ST, municipality: \"15086015\", key: \"15086015\", kind: municipality-in-district }\n";
    let two_weeks = "  - { remedy: tax, as: jan }
  - refused: { reinstate: tax, obstacle_ended_on: 2026-04-13, applied_on: 2026-05-04, reason: Krankenhaus, as: jan, because: NotReinstated }
  - { reinstate: tax, obstacle_ended_on: 2026-04-27, applied_on: 2026-05-04, reason: Krankenhaus, as: jan }
  - expect: { acts: { tax: { objected: true } } }
";
    let by_the_court = "  - { remedy: tax, kind: action, as: jan }
  - refused: { reinstate: tax, obstacle_ended_on: 2026-04-27, applied_on: 2026-05-04, reason: Krankenhaus, as: jan, because: NotReinstated }
  - expect: { acts: { tax: { objected: false, final: true } } }
";
    for (what, act, moves) in [
        ("notified by the AO, objected to by the VwGO", ("AO", burg), two_weeks),
        ("the same where nobody has said who the authority is", ("AO", ""), two_weeks),
        ("notified by the VwVfG", ("VwVfG", burg), two_weeks),
        ("an action: the court decides on that (§ 60 IV VwGO)", ("VwVfG", burg), by_the_court),
    ] {
        check(what, act, moves);
    }
}
