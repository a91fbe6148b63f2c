//! A case that meets everything once, told in both languages.

use std::{
    cell::Cell,
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use fachwerk_core::{
    authority::Person,
    definition::Release,
    event::{Direction, Document, DocumentContent, EffectError, Event},
    facts::{Actor, day_of},
    language::Folder,
    scenario::{self, Made, Simulation},
    turn::Turn,
    words::{InstanceId, Text as Words, Value},
};
use uuid::Uuid;

use super::*;
use crate::test_material::{as_expected, permit};

/// From the application to the notice, over everything that can happen on the way.
const STORY: &str = r#"
scenario: Everything that can happen in a case
people: { jan: [clerk], mia: [lead] }
now: 2026-03-02T09:00
do:
  - start: { channel: fit-connect, received_on: 2026-02-27, data: { name: Erika Muster, size_m: 120, register: true } }
  - claim: examine/confirm
    as: jan
  - release: examine/confirm
    as: jan
  - complete: examine/confirm
    as: jan
    with: { outcome: incomplete, note: Lageplan fehlt }
  - dispatched: request/letter
    as: jan
    way: registered-letter
  - note: Anruf von Frau Muster.
    as: jan
  - advance: 3 days
  - message: documents-received
    as: jan
    received_on: 2026-03-04
  - complete: examine/confirm
    as: jan
    with: { outcome: complete }
  - advance: 4 weeks
  - complete: sign
    as: mia
    with: { outcome: signed }
  - retry: true
    as: jan
"#;

const WITHDRAWN: &str = r#"
scenario: The period passes; another applicant withdraws
people: { jan: [clerk], mia: [lead] }
now: 2026-03-02T09:00
do:
  - start: { channel: counter, data: { name: Erika Muster, size_m: 12 } }
  - complete: examine/confirm
    as: jan
    with: { outcome: incomplete }
  - dispatched: request
    as: jan
  - message: withdrawal
"#;

/// The register refuses at first.
fn connector(refusals: &Cell<u32>, name: &str, request: &Value) -> Result<Made, EffectError> {
    if name == "register" && refusals.replace(refusals.get().saturating_sub(1)) > 0 {
        let message = Words::new("Das Register antwortet nicht.", "The register does not answer.");
        return Err(EffectError { code: "register_silent".into(), message, retry: false });
    }
    if name != "letter" {
        return Ok(Made::default());
    }
    let text = |field: &str| request.get(field).and_then(Value::as_str).map(Arc::from);
    let to = text("addressee").map(|lines: Arc<str>| lines.replace('\n', ", ").into());
    let content = document(text("title").unwrap_or_default(), Direction::Outgoing, to);
    let body = text("body").unwrap_or_default();
    Ok(Made { documents: vec![(DocumentContent { hash: body.clone(), ..content }, body)], ..Made::default() })
}

fn document(title: Arc<str>, direction: Direction, addressee: Option<Arc<str>>) -> DocumentContent {
    DocumentContent {
        title,
        media_type: "text/plain".into(),
        hash: "".into(),
        size: 0,
        direction,
        addressee,
        enclosures: Vec::new(),
    }
}

/// The turns of a story.
fn play(release: &Release, story: &str) -> Vec<Turn> {
    let files = BTreeMap::from([(Arc::from("story.yaml"), Arc::from(story.as_bytes()))]);
    let folder = Folder { name: "".into(), files };
    let (story, problems) = scenario::read(&folder, "story.yaml");
    assert_eq!(problems, []);
    let story = story.expect("it has no problems");
    let refusals = Cell::new(1);
    let connector = |name: &str, request: &Value| connector(&refusals, name, request);
    let mut world = Simulation::new(&story, release, &connector).expect("the place is known");
    let report = scenario::run(&story, release, &mut world);
    assert!(report.passed(), "{:?}", report.steps.last());
    world.turns
}

/// What no story can bring about: a task handed over, other documents, a result that comes too late.
fn afterwards(last: &Turn, release: &Release) -> Turn {
    let adding = |number, content| Event::DocumentAdded {
        document: Document {
            number,
            content,
            step: None,
            by: None,
            on: day_of(last.now),
            dispatch: None,
            taken_out: None,
            paper: None,
            own_day: false,
        },
    };
    let council =
        release.find(&StepPath::from("opinion")).map(|step| step.path.clone()).expect("there is one");
    let (instance, person) = (InstanceId(last.version as u32 + 100), PersonId::from("mia"));
    let entered = Event::StepEntered { instance, parent: InstanceId::ROOT, step: council, after: None };
    let opened = Event::TaskOpened {
        instance,
        title: Words::new("Stellungnahme des Beirats", "Opinion of the council"),
        role: "clerk".into(),
        due: None,
        excluded: BTreeSet::new(),
        proposal: Default::default(),
    };
    let claimed = Event::TaskClaimed { instance, person };
    let events = vec![
        entered,
        opened,
        claimed,
        adding(8, document("Lageplan".into(), Direction::Incoming, None)),
        adding(9, document("Verfügung".into(), Direction::Internal, None)),
        Event::EffectFinished { instance: InstanceId(1), round: 1, late: true },
    ];
    Turn {
        version: last.version + 1,
        command_id: Uuid::from_u128(99),
        actor: Actor::Person("jan".into()),
        events,
        ..last.clone()
    }
}

fn authority() -> Authority {
    let person = |name: &str| Person { name: name.into(), roles: Arc::default(), active: true };
    let people = [("jan".into(), person("Jan Muster")), ("mia".into(), person("Mia Beispiel"))];
    Authority { people: Arc::new(people.into()), ..Authority::default() }
}

fn told(turns: &[Turn], release: &Release, wording: &Wording) -> String {
    let authority = authority();
    let case = Case::unborn(turns[0].tenant.clone(), turns[0].case);
    let mut narrator = Narrator { authority: &authority, release, wording, case, began_by_itself: false };
    let mut text = String::new();
    for turn in turns {
        text.push_str(&format!("{}\n", turn.version));
        for sentence in narrator.tell(turn) {
            text.push_str(&format!("  {}\n  {}\n", sentence.de, sentence.en));
        }
    }
    text
}

#[test]
fn a_case_is_told_in_plain_language() {
    let (release, wording) = permit();
    let story = STORY.replace("request/letter", "request");
    let mut turns = play(&release, &story);
    turns.push(afterwards(turns.last().expect("there are turns"), &release));
    let withdrawn = play(&release, WITHDRAWN);
    let met: BTreeSet<String> =
        turns.iter().chain(&withdrawn).flat_map(|turn| &turn.events).map(kind).collect();
    let all: BTreeSet<String> = ALL.iter().map(|kind| (*kind).to_owned()).collect();
    assert_eq!(met, all, "the stories meet every event");
    let text = format!("{}\n{}", told(&turns, &release, &wording), told(&withdrawn, &release, &wording));
    as_expected("journal.txt", &text);
}

/// The name of an event as it is stored.
fn kind(event: &Event) -> String {
    let stored = serde_json::to_value(event).expect("an event is JSON");
    stored["type"].as_str().expect("it has a type").to_owned()
}

const ALL: [&str; 26] = [
    "branches_began",
    "case_ended",
    "case_started",
    "deadline_fired",
    "deadline_set",
    "document_added",
    "document_dispatched",
    "effect_finished",
    "effect_requested",
    "handler_reacted",
    "incident_raised",
    "incident_resolved",
    "message_received",
    "message_taken",
    "note_added",
    "number_drawn",
    "result_written",
    "rule_evaluated",
    "step_entered",
    "step_left",
    "steps_cancelled",
    "task_claimed",
    "task_completed",
    "task_opened",
    "task_released",
    "wait_opened",
];

/// What only the constructs of the examples bring about.
const OF_CONSTRUCTS: [&str; 43] = [
    "act_began",
    "act_final",
    "act_issued",
    "act_letter_made",
    "act_notified",
    "branches_joined",
    "call_finished",
    "case_called",
    "case_ended_by_hand",
    "case_related",
    "condition_changed",
    "data_changed",
    "deadline_extended",
    "deadline_recomputed",
    "deadlines_resumed",
    "deadlines_suspended",
    "delivered",
    "errand_ended",
    "errand_given",
    "letter_not_arrived",
    "letter_written",
    "lock_queued",
    "lock_taken",
    "party_added",
    "party_changed",
    "party_removed",
    "paths_met",
    "raised",
    "remedy_recorded",
    "round_entered",
    "scope_repeated",
    "sent",
    "step_moved",
    "step_skipped",
    "take_back_kept",
    "task_taken_back",
    "timer_fired",
    "timer_set",
    "triggered_by_hand",
    "undo_began",
    "undo_dropped",
    "undo_kept",
    "undo_taken",
];

/// A folder below the repository, with everything in it.
fn example(path: &std::path::Path) -> Folder {
    fn take(dir: &std::path::Path, prefix: &str, files: &mut BTreeMap<Arc<str>, Arc<[u8]>>) {
        for entry in std::fs::read_dir(dir).expect("a folder").flatten() {
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() {
                take(&entry.path(), &format!("{name}/"), files);
            } else {
                files.insert(name.into(), std::fs::read(entry.path()).expect("a file").into());
            }
        }
    }
    let mut files = BTreeMap::new();
    take(path, "", &mut files);
    Folder { name: "".into(), files }
}

/// Every journal of the patterns and constructs is told; what is told is whole sentences in both languages.
#[test]
fn constructs_are_told() {
    let mut met: BTreeSet<String> = BTreeSet::new();
    for of in ["patterns", "constructs", "administration"] {
        let all = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples").join(of);
        let folders = std::fs::read_dir(all).expect("the examples").flatten().map(|entry| entry.path());
        for path in folders.filter(|path| path.join("process.yaml").exists()) {
            let folder = example(&path);
            let compiled = fachwerk_core::language::compile(&folder, &Default::default());
            let release = compiled.release.unwrap_or_else(|| panic!("{path:?}: {:#?}", compiled.problems));
            for name in folder.files.keys().filter(|name| scenario::is_scenario(name)) {
                let (story, problems) = scenario::read(&folder, name);
                let story = story.unwrap_or_else(|| panic!("{path:?}: {problems:#?}"));
                let connector = |name: &str, request: &Value| match name {
                    "letter" | "register" => connector(&Cell::new(0), name, request),
                    _ => Err(EffectError {
                        code: "refused".into(),
                        message: Words::new("nein", "no"),
                        retry: false,
                    }),
                };
                let mut world = Simulation::new(&story, &release, &connector).expect("the place is known");
                scenario::run(&story, &release, &mut world);
                met.extend(world.turns.iter().flat_map(|turn| &turn.events).map(kind));
                let text = told(&world.turns, &release, &Wording::default());
                for line in text.lines().filter(|line| line.starts_with(' ')) {
                    let ends = line.ends_with(['.', '!', '?', '”', '“'])
                        || line.contains("Grund:")
                        || line.contains("Reason:");
                    assert!(line.trim().chars().count() > 8 && ends, "{path:?} {name}: {line}");
                }
            }
        }
    }
    let missing: Vec<&str> = OF_CONSTRUCTS.into_iter().filter(|kind| !met.contains(*kind)).collect();
    assert_eq!(missing, Vec::<&str>::new(), "no example brings these about");
}
