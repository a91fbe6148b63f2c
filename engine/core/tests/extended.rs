//! What the authority had set it may extend though it is over (§ 31 Abs. 7 Satz 2 VwVfG): whatever was waited for, and wherever
//! the case is by then. Nothing that came of its end is undone silently.

use fachwerk_core::{
    event::EffectError,
    language::{Catalogue, Folder, compile},
    scenario::{self, Made, Simulation},
    words::Value,
};

/// Deadlines of the case as a whole, of a step, of a group; each is the only thing that is waited for.
const PROCESS: &str = "process: test
version: 1.0.0
title: { de: Test, en: Test }
roles: { clerk: { title: { de: S, en: C }, corrects: true } }
always:
  limit: { deadline: { title: { de: Gesamtfrist, en: Limit }, period: 4 weeks }, interrupt: false, then: remind }
  stop: { deadline: { title: { de: Höchstfrist, en: Most }, period: 3 months }, then: closing }
steps:
  hear: { wait: { silent: { deadline: { title: { de: Äußerungsfrist, en: Hearing }, period: 2 weeks } } }, then: { silent: look } }
  look: { task: { title: { de: L, en: L } }, role: clerk, then: part }
  part: { group: { steps: { report: { wait: { late: { deadline: { title: { de: Meldefrist, en: Report }, period: 1 week } } } } } }, then: work }
  work:
    group:
      steps:
        draft: { task: { title: { de: E, en: D } }, role: clerk }
        nudge: { task: { title: { de: N, en: N } }, role: clerk }
      on: { slow: { deadline: { title: { de: Bearbeitung, en: Work }, period: 1 week }, interrupt: false, then: nudge } }
    then: by-law
  by-law: { wait: { over: { deadline: { title: { de: Gesetz, en: Law }, period: 1 week, statutory: true } } }, then: { over: rest } }
  rest: { task: { title: { de: R, en: R } }, role: clerk }
  remind: { task: { title: { de: M, en: M } }, role: clerk }
  closing: { task: { title: { de: C, en: C } }, role: clerk }
";

fn connector(_: &str, _: &Value) -> Result<Made, EffectError> {
    unreachable!("no letters")
}

#[track_caller]
fn check(what: &str, moves: &str) {
    let scenario = format!(
        "scenario: S\npeople: {{ jan: [clerk] }}\nnow: 2026-03-02T09:00\ndo:\n  - start: {{}}\n{moves}"
    );
    let files = [("process.yaml", PROCESS), ("scenarios/1.yaml", &scenario)];
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

const BEHIND: &str = "  - advance_to: 2026-03-17T09:00
  - { complete: look, as: jan }
  - advance_to: 2026-03-25T09:00
  - expect: { waiting: [draft], incidents: [] }
";

#[test]
fn what_is_over_is_extended_wherever_the_case_is() {
    for (what, moves) in [
        (
            "the case goes back to the step that waited for nothing but its end",
            "  - advance_to: 2026-03-17T09:00
  - expect: { waiting: [look] }
  - refused: { reinstate: hear.silent, until: 2026-03-16, reason: Unbillig, as: jan, because: NotReinstated }
  - { reinstate: hear.silent, until: 2026-03-27, reason: Unbillig, as: jan }
  - expect: { waiting: [hear], deadline: { hear.silent: 2026-03-27 }, incidents: [] }
  - advance_to: 2026-03-28T09:00
  - expect: { waiting: [look], incidents: [] }
".to_owned(),
        ),
        (
            "there is no way back: the end moves, nothing is undone, and people are told",
            format!("{BEHIND}  - {{ reinstate: report.late, until: 2026-03-31, reason: Unbillig, as: jan }}
  - expect: {{ waiting: [draft], incidents: [extended_after_passing] }}
  - refused: {{ reinstate: report.late, until: 2026-03-31, reason: Unbillig, as: jan, because: NotReinstated }}
  - {{ retry: true, as: jan }}
  - expect: {{ waiting: [draft], incidents: [] }}
"),
        ),
        (
            "one of a group that goes on runs again; what its end began goes on, and happens once more",
            format!("{BEHIND}  - advance_to: 2026-04-02T09:00
  - expect: {{ waiting: [draft, nudge, remind] }}
  - {{ reinstate: work.slow, until: 2026-04-10, reason: Unbillig, as: jan }}
  - expect: {{ waiting: [draft, nudge, remind], deadline: {{ work.slow: 2026-04-10 }}, incidents: [extended_after_passing] }}
  - {{ retry: true, as: jan }}
  - {{ complete: nudge, as: jan }}
  - advance_to: 2026-04-11T09:00
  - expect: {{ waiting: [draft, nudge, remind], incidents: [] }}
"),
        ),
        (
            "so does one of the case as a whole",
            format!("{BEHIND}  - advance_to: 2026-03-31T09:00
  - expect: {{ waiting: [draft, remind] }}
  - {{ reinstate: limit, until: 2026-04-10, reason: Unbillig, as: jan }}
  - expect: {{ waiting: [draft, remind], deadline: {{ limit: 2026-04-10 }}, incidents: [extended_after_passing] }}
"),
        ),
        (
            "one of the case that has interrupted all does so no more",
            "  - advance_to: 2026-06-03T09:00
  - expect: { waiting: [closing] }
  - { reinstate: stop, until: 2026-07-01, reason: Unbillig, as: jan }
  - expect: { waiting: [closing], incidents: [extended_after_passing] }
".to_owned(),
        ),
        (
            "what a law sets stays as it is",
            format!("{BEHIND}  - {{ complete: draft, as: jan }}
  - advance_to: 2026-04-15T09:00
  - refused: {{ reinstate: by-law.over, until: 2026-07-01, reason: Unbillig, as: jan, because: DeadlineStatutory }}
"),
        ),
        (
            "what has not passed is extended otherwise",
            "  - refused: { reinstate: hear.silent, until: 2026-03-27, reason: Unbillig, as: jan, because: NotReinstated }
".to_owned(),
        ),
    ] {
        check(what, &moves);
    }
}
