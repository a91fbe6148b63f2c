//! Writing the journals of a new format: scenarios of the examples, and where they do not come to, random walks; together
//! they hold every kind of event.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Once},
};

use fachwerk_core::{
    authority::{
        AuthorityEvent, AuthorityKind, AuthorityTurn, DayOff, KeptMessage, PackageOrigin, Payee, Policy,
        Profile, RunChange, RunFailure, RunFirst, RunList, RunPlan, Substitution, Superior, TokenGrant,
    },
    case::Case,
    command::Command,
    definition::Release,
    diagnostic::Problems,
    event::{
        DayChanged, Direction, Document, DocumentContent, EffectError, Enclosure, HandedItem, Handover,
        LawChanged, MovedHere, Relation,
    },
    facts::{Actor, day_of},
    format::Formats,
    keeping::{ArchiveAnswer, KeepingRecord, Retention, RetentionStart},
    language::{Catalogue, Folder, compile},
    scenario::{self, Made, Simulation},
    turn::Turn,
    words::{CaseId, Date, Object, Text, Timestamp, Value, Way},
};
use fachwerk_tests::{
    blessing,
    random_process::RandomProcess,
    repository,
    town::{self, Counters, PEOPLE},
    walk::Walk,
};
use serde_json::json;
use uuid::Uuid;

use crate::{AUTHORITY, database, folder_of, formats};

/// So many walks are looked at.
const WALKS: u64 = 150;
/// How often something is asked in one walk.
const ASKS: usize = 45;

/// Makes what a format does not have yet, when that is wanted.
pub fn make_missing() {
    static MADE: Once = Once::new();
    MADE.call_once(|| {
        for format in formats().filter(|format| blessing() && !folder_of(*format).exists()) {
            let part = folder_of(format).with_extension("part");
            let _ = fs::remove_dir_all(&part);
            write_journals(format, &part.join("journals"));
            database::make(&part);
            fs::rename(&part, folder_of(format)).expect("a folder gets its name");
        }
    });
}

fn write_journals(format: u32, into: &Path) {
    fs::create_dir_all(into).expect("a folder");
    let write = |name: &str, lines: Vec<Vec<u8>>| {
        let lines: Vec<u8> = lines.into_iter().flat_map(|line| [line, vec![b'\n']].concat()).collect();
        fs::write(into.join(format!("{name}.jsonl")), lines).expect("a file");
    };
    for journal in chosen() {
        let lines = journal.turns.iter().map(|turn| Formats::OURS.write(turn, format).expect("a turn"));
        write(&journal.name, lines.collect());
    }
    let lines = authority().into_iter().map(|turn| Formats::OURS.write(&turn, format).expect("a turn"));
    write(AUTHORITY, lines.collect());
}

/// The journal of a case.
struct Journal {
    name: String,
    turns: Vec<Turn>,
    kinds: BTreeSet<String>,
    bytes: usize,
}

impl Journal {
    fn new(name: String, turns: Vec<Turn>) -> Journal {
        let json = serde_json::to_value(&turns).expect("turns are JSON");
        let events = json.as_array().into_iter().flatten().flat_map(|turn| turn["events"].as_array());
        let kinds = events.flatten().filter_map(|event| Some(event["type"].as_str()?.to_owned())).collect();
        Journal { name, turns, kinds, bytes: json.to_string().len() }
    }
}

/// One scenario of each whole procedure, and then again and again what brings most that is new for its size.
fn chosen() -> Vec<Journal> {
    let (mut chosen, mut others) = (Vec::new(), scenarios());
    let (mut seen, mut whole) = (BTreeSet::new(), BTreeSet::new());
    let procedure = |journal: &Journal| {
        let process = journal.name.split("--").next().unwrap_or_default().to_owned();
        (!process.starts_with("patterns") && !process.starts_with("constructs")).then_some(process)
    };
    for journal in std::mem::take(&mut others) {
        if procedure(&journal).is_some_and(|process| whole.insert(process)) {
            seen.extend(journal.kinds.iter().cloned());
            chosen.push(journal);
        } else {
            others.push(journal);
        }
    }
    others.extend((0..WALKS).map(walk));
    loop {
        let worth = |journal: &Journal| {
            let fresh = journal.kinds.difference(&seen).count();
            (fresh > 0).then_some(fresh * 1_000_000 / journal.bytes)
        };
        let best =
            others.iter().enumerate().filter_map(|(place, journal)| Some((worth(journal)?, place))).max();
        let Some((_, place)) = best else { return chosen };
        let journal = others.swap_remove(place);
        seen.extend(journal.kinds.iter().cloned());
        chosen.push(journal);
    }
}

/// The scenarios of all examples, played.
fn scenarios() -> Vec<Journal> {
    let mut catalogue = Catalogue::default();
    let mut problems = Problems::default();
    for path in below(&repository().join("building-blocks")) {
        if let Some(folder) = path.parent().filter(|_| path.ends_with("block.yaml")) {
            catalogue.add(folder_at(folder), &mut problems);
        }
    }
    let mut journals = Vec::new();
    let examples = repository().join("examples");
    for path in below(&examples).into_iter().filter(|path| path.ends_with("process.yaml")) {
        let folder = folder_at(path.parent().expect("a file lies in a folder"));
        let name = path.parent().and_then(|at| at.strip_prefix(&examples).ok());
        let name = name.expect("an example").to_string_lossy().replace('/', "-");
        let Some(release) = compile(&folder, &catalogue).release else { panic!("{name} does not compile") };
        let files = folder.files.keys().filter(|file| scenario::is_scenario(file));
        for file in files {
            let (scenario, problems) = scenario::read(&folder, file);
            let scenario = scenario.unwrap_or_else(|| panic!("{name}: {problems:#?}"));
            let mut world = Simulation::new(&scenario, &release, &connector).expect("the place is known");
            let report = scenario::run(&scenario, &release, &mut world);
            assert!(report.passed(), "{name}/{file}: {:?}", report.failure());
            let short = file.trim_start_matches("scenarios/").trim_end_matches(".yaml").replace('/', "-");
            let name = format!("{name}--{short}");
            journals.extend(followed(&name, &release, &world.turns));
            journals.push(Journal::new(name, world.turns));
        }
    }
    journals
}

/// A case that has ended, and the last day of a period for a remedy becomes a day off.
fn followed(name: &str, release: &Release, turns: &[Turn]) -> Option<Journal> {
    let first = turns.first()?;
    let mut case = Case::unborn(first.tenant.clone(), first.case);
    turns.iter().for_each(|turn| turn.apply(&mut case));
    let addressees = case.acts.values().flat_map(|act| act.addressees.values());
    let day = addressees.filter_map(|addressed| Some(addressed.remedy.as_ref()?.end)).max()?;
    if case.is_open() {
        return None;
    }
    let mut authority = town::authority();
    let ordered =
        DayOff { name: Text::new("Angeordneter Tag", "Ordered day"), norm: Some("§ 2 FeiertG LSA".into()) };
    authority.days_off.insert(day, ordered);
    let changed = LawChanged { days: vec![DayChanged { day, off: true }], ..LawChanged::default() };
    let (actor, now) = (Actor::Engine, case.now);
    let command = Command::Recompute { changed };
    let events = town::ask(release, &case, (&authority, &Counters::new()), (&actor, now), &command).ok()?;
    let turn = Turn {
        version: case.version + 1,
        command_id: Uuid::from_u128(u128::from(case.version)),
        actor,
        now,
        facts: town::versions(&authority),
        events,
        ..turns.last()?.clone()
    };
    let name = format!("{name}--day-off");
    Some(Journal::new(name, turns.iter().cloned().chain([turn]).collect()))
}

fn below(folder: &Path) -> Vec<PathBuf> {
    let found = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut found: Vec<PathBuf> = found.map(|entry| entry.expect("an entry").path()).collect();
    found.sort();
    let each = |path: PathBuf| if path.is_dir() { below(&path) } else { vec![path] };
    found.into_iter().flat_map(each).collect()
}

fn folder_at(base: &Path) -> Folder {
    let files = below(base).into_iter().map(|path| {
        let name = path.strip_prefix(base).expect("below").to_string_lossy().into_owned();
        (Arc::from(name), Arc::from(fs::read(&path).expect("a file")))
    });
    let name = base.file_name().unwrap_or_default().to_string_lossy();
    Folder { name: name.into(), files: files.collect() }
}

/// Letters are made; there is no other connector.
fn connector(name: &str, request: &Value) -> Result<Made, EffectError> {
    if name != fachwerk_letter::NAME {
        let message = Text::new(format!("Eine Anbindung „{name}“ gibt es nicht."), format!("No `{name}`."));
        return Err(EffectError { code: "connector_unknown".into(), message, retry: false });
    }
    let letter = fachwerk_letter::read(request)?;
    let text: Arc<str> = letter.words().into();
    let mut content = letter.content();
    (content.size, content.hash) = (text.len() as u64, text.clone());
    Ok(Made { values: Object::new(), documents: vec![(content, text)] })
}

/// A random walk; at its end a document comes that lay in another file and is taken out again, and the case is erased.
fn walk(seed: u64) -> Journal {
    let release = RandomProcess::wide(seed).release();
    let mut walk = Walk::of_process(seed);
    let mut played = Played {
        case: Case::unborn(town::tenant(), walk.case()),
        turns: Vec::new(),
        counters: Counters::new(),
        release: &release,
    };
    let mut now = Timestamp::UNIX_EPOCH;
    for _ in 0..ASKS {
        let ask = walk.next(&played.case, &release);
        now = ask.now;
        if played.turns.iter().all(|turn| turn.command_id != ask.request.command_id) {
            played.ask(ask.actor, now, ask.request.command_id, &ask.request.command);
        }
    }
    let moved =
        MovedHere { from: CaseId(Uuid::from_u128(9)), by: "anna".into(), reason: "Irrläufer".into() };
    let document = Box::new(letter_of_another_case(now));
    let ids = (0..).map(|number| Uuid::from_u128(u128::from(seed) * 1_000 + number));
    let take_in = Command::TakeInDocument { document, moved };
    let mut asks = vec![(Actor::Engine, take_in)];
    let document = played.case.documents.get_max().map_or(0, |(last, _)| *last) + 1;
    let take_out =
        Command::TakeOutDocument { document, to: None, reason: "Gehört zu keinem Vorgang".into() };
    let item = HandedItem {
        received_on: day_of(now),
        message: Some("unterlagen".into()),
        remedy: None,
        begins: false,
    };
    let take_over = Command::TakeOver {
        from: CaseId(Uuid::from_u128(10)),
        how: Relation::Post,
        handover: Handover {
            by: "anna".into(),
            reason: "Gehört dazu".into(),
            documents: Vec::new(),
            parties: Vec::new(),
            item: Some(item),
        },
    };
    asks.push((Actor::Engine, take_over));
    let place = Command::PlacePaper { documents: vec![document], place: "Registratur".into() };
    asks.extend(PEOPLE.map(|(person, _)| (Actor::Person(person.into()), place.clone())));
    asks.extend(PEOPLE.map(|(person, _)| (Actor::Person(person.into()), take_out.clone())));
    let sent = played.case.documents.values().find(|document| document.dispatch.is_some());
    if let Some(document) = sent {
        let correct = Command::CorrectDispatch {
            document: document.number,
            on: document.on,
            way: Way::ServiceWithProof,
            proven_receipt: None,
            reason: "Der Nachweis fehlt noch".into(),
        };
        asks.extend(PEOPLE.map(|(person, _)| (Actor::Person(person.into()), correct.clone())));
    }
    let anna = Actor::Person("anna".into());
    let (reason, alone): (Arc<str>, Arc<str>) = ("Aufbewahrungsfrist".into(), "Keine zweite Person".into());
    let recorded = [
        KeepingRecord::Hold { reason: "Klage".into() },
        KeepingRecord::Lift { reason: "Klage zurückgenommen".into() },
        KeepingRecord::Offer {},
        KeepingRecord::Answer { answer: ArchiveAnswer::Refused },
        KeepingRecord::Ask { reason: reason.clone(), exception: None },
        KeepingRecord::Ask { reason: reason.clone(), exception: Some("Ausnahme".into()) },
        KeepingRecord::Withdraw { reason: "Versehen".into() },
        KeepingRecord::Ask { reason, exception: Some("Ausnahme".into()) },
    ];
    let recorded = recorded.map(|record| (anna.clone(), Command::RecordKeeping { record }));
    asks.extend(recorded);
    asks.push((anna, Command::EraseCase { alone: Some(alone) }));
    for ((actor, command), id) in asks.into_iter().zip(ids) {
        played.ask(actor, now, id, &command);
    }
    Journal::new(format!("walk--{seed}"), played.turns)
}

fn letter_of_another_case(now: Timestamp) -> Document {
    Document {
        number: 3,
        content: DocumentContent {
            title: "Antrag".into(),
            media_type: "application/pdf".into(),
            hash: "ef".repeat(32).into(),
            size: 1_000,
            direction: Direction::Incoming,
            addressee: None,
            enclosures: vec![Enclosure {
                title: "Lageplan".into(),
                media_type: "image/png".into(),
                hash: "cd".repeat(32).into(),
            }],
        },
        step: None,
        by: None,
        on: day_of(now),
        dispatch: None,
        taken_out: None,
        paper: None,
        own_day: false,
    }
}

struct Played<'a> {
    case: Case,
    turns: Vec<Turn>,
    counters: Counters,
    release: &'a Release,
}

impl Played<'_> {
    fn ask(&mut self, actor: Actor, now: Timestamp, command_id: Uuid, command: &Command) {
        let authority = town::authority();
        let surroundings = (&authority, &self.counters);
        let Ok(events) = town::ask(self.release, &self.case, surroundings, (&actor, now), command) else {
            return;
        };
        let turn = Turn {
            tenant: self.case.tenant.clone(),
            case: self.case.id,
            version: self.case.version + 1,
            command_id,
            actor,
            now,
            release: self.release.id.clone(),
            facts: town::versions(&authority),
            events,
        };
        turn.apply(&mut self.case);
        self.counters.extend(turn.numbers().map(|(counter, value)| (counter.clone(), value)));
        self.turns.push(turn);
    }
}

/// One that says all that can be said.
fn profile() -> Profile {
    let line = |text: &str| Some(Arc::from(text));
    Profile {
        kind: Some(AuthorityKind::MunicipalityInDistrict),
        key: line("15086015"),
        street: line("Markt 1"),
        postal_code: line("39288"),
        town: line("Musterstadt"),
        phone: line("03921 1234"),
        email: line("post@musterstadt.example"),
        web: line("www.musterstadt.example"),
        letterhead: vec!["Stadt Musterstadt".into(), "Ordnungsamt".into()],
        logo: line("data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4="),
        seal: line("data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4="),
        superior: Some(Superior {
            name: "Landkreis Muster".into(),
            address: line("Platz 2\n39288 Musterstadt"),
        }),
        payee: Some(Payee {
            holder: "Stadtkasse Musterstadt".into(),
            iban: "DE89370400440532013000".into(),
            bic: line("COBADEFFXXX"),
        }),
        ..Profile::of(Text::new("Stadt Musterstadt", "Town of Musterstadt"), town::place())
    }
}

/// The stream of an authority in which everything has happened once.
fn own_row() -> Object {
    let row = json!({
        "id": "vwgo-objection", "length": "1 month", "genitive": "eines Monats", "source": "Rechtsamt",
        "checked_by": "Rita Recht", "disputed": false,
    });
    row.as_object().cloned().expect("an object")
}

fn authority() -> Vec<AuthorityTurn> {
    let (person, substitute) = ("jan".into(), "mia".into());
    let (block, process): (Arc<str>, _) = ("register-case".into(), "dog-tax".into());
    let files: BTreeMap<Arc<str>, Arc<str>> = [("block.yaml".into(), "ab".repeat(32).into())].into();
    let version: Arc<str> = "1.2.0".into();
    let day = |day| Date::new(2026, 3, day).expect("a day");
    let substitution = Substitution { absent: person, substitute, from: day(3), until: day(9) };
    let grant = TokenGrant {
        person: "portal".into(),
        name: "Portal".into(),
        roles: ["clerk".into()].into(),
        until: day(31),
    };
    let message =
        KeptMessage { id: Uuid::from_u128(3), name: "payment".into(), key: "32.20-2026/0003".into() };
    let retention = Retention { years: 10, from: RetentionStart::End, basis: "Aktenordnung".into() };
    let set = |person: &str, active| AuthorityEvent::PersonSet {
        person: person.into(),
        name: person.into(),
        roles: ["clerk".into(), "lead".into()].into(),
        active,
    };
    let settings = [("days".to_owned(), Value::from(14))].into_iter().collect();
    let events = vec![
        AuthorityEvent::Founded { title: Text::new("Musterstadt", "Musterstadt"), place: town::place() },
        set("jan", true),
        set("mia", true),
        set("ole", false),
        AuthorityEvent::SettingsChanged { process: "dog-tax".into(), values: settings },
        AuthorityEvent::HolidayAdded { day: day(16), name: Text::new("Stadtfest", "Town day"), norm: None },
        AuthorityEvent::HolidayRemoved { day: day(16) },
        AuthorityEvent::CasesFollowed { version: 5, norms: 1_002 },
        AuthorityEvent::ProfileSet { profile: profile() },
        AuthorityEvent::BlockInstalled {
            block: block.clone(),
            version: version.clone(),
            files: files.clone(),
            package: Some(PackageOrigin {
                package: "kommunal".into(),
                version: "1.0.0".into(),
                key: "ef".repeat(32).into(),
                hash: "12".repeat(32).into(),
            }),
        },
        AuthorityEvent::LawRowSet { table: "periods".into(), id: "vwgo-objection".into(), row: own_row() },
        AuthorityEvent::LawRowRemoved { table: "periods".into(), id: "vwgo-objection".into() },
        AuthorityEvent::PublisherTrusted { key: "ef".repeat(32).into(), name: "Zweckverband".into() },
        AuthorityEvent::PublisherDistrusted { key: "ef".repeat(32).into(), name: "Zweckverband".into() },
        AuthorityEvent::BlockRetired { block: block.clone(), version: version.clone() },
        AuthorityEvent::BlockReinstated { block, version: version.clone() },
        AuthorityEvent::ReleaseDeployed {
            process,
            version,
            release: "cd".repeat(32).as_str().into(),
            title: Text::new("Hundesteuer", "Dog tax"),
            files,
            despite: Some("Die Prüfung kennt die Satzung nicht.".into()),
            concerns: vec!["E0501".into()],
            retention: Some(retention.clone()),
        },
        AuthorityEvent::RetentionSet { process: "dog-tax".into(), retention: Some(retention) },
        AuthorityEvent::RetentionSet { process: "fishing".into(), retention: None },
        AuthorityEvent::PolicySet {
            policy: Policy {
                archive_first: true,
                case_bytes: Some(9),
                digital_first: true,
                ..Policy::default()
            },
        },
        AuthorityEvent::ProcessRetired { process: "dog-tax".into() },
        AuthorityEvent::ProcessReinstated { process: "dog-tax".into() },
        AuthorityEvent::TokenIssued { token: "t1".into(), issued: grant.clone() },
        AuthorityEvent::TokenIssued { token: "t2".into(), issued: grant },
        AuthorityEvent::TokenRevoked { token: "t2".into() },
        AuthorityEvent::SubstitutionBegun { number: 1, substitution: substitution.clone() },
        AuthorityEvent::SubstitutionBegun { number: 2, substitution: substitution.clone() },
        AuthorityEvent::SubstitutionEnded { number: 2, substitution },
        AuthorityEvent::WorkResumed {},
        AuthorityEvent::MessageReaddressed {
            message: message.clone(),
            to: "32.20-2026/0030".into(),
            reason: "Zahlendreher".into(),
        },
        AuthorityEvent::MessageDiscarded { message, reason: "Doppelt".into() },
    ];
    let runs = a_run().into_iter().map(|(run, change)| AuthorityEvent::RunChanged { run, change });
    let at = |version: usize| Timestamp::from_second(1_772_438_400 + version as i64).expect("an instant");
    let turn = |(place, event)| AuthorityTurn {
        tenant: town::tenant(),
        version: place as u64 + 1,
        command_id: Uuid::from_u128(place as u128 + 1),
        actor: if place == 0 { Actor::Engine } else { Actor::Person("admin".into()) },
        now: at(place),
        events: vec![event],
    };
    events.into_iter().chain(runs).enumerate().map(turn).collect()
}

/// All that happens to mass runs.
fn a_run() -> Vec<(u32, RunChange)> {
    let plan = |first, list: Option<&str>| {
        RunChange::Planned(RunPlan {
            title: "Hundesteuer 2027".into(),
            process: "dog-tax".into(),
            roles: ["clerk".into()].into(),
            first,
            count: 3,
            list: list.map(|list| list.repeat(32).into()),
        })
    };
    let failure = RunFailure {
        place: 1,
        line: None,
        case: CaseId(Uuid::from_u128(7)),
        code: "not_awaited".into(),
        why: Text::new("Er wartet nicht.", "It does not wait."),
    };
    let not_ready = vec![failure.clone()];
    let list = RunList { list: "cd".repeat(32).into(), count: 2, taken_out: 0, not_ready };
    vec![
        (1, plan(RunFirst::Message { name: "yearly".into() }, Some("ab"))),
        (1, RunChange::Begun {}),
        (1, RunChange::Advanced { upto: 3, failures: vec![failure] }),
        (1, RunChange::Signed(list)),
        (1, RunChange::Advanced { upto: 2, failures: Vec::new() }),
        (1, RunChange::Ended { signed: 2, failed: 0 }),
        (2, plan(RunFirst::Rows { file: "ef".repeat(32).into() }, None)),
        (3, plan(RunFirst::Nothing, Some("ab"))),
        (3, RunChange::Stopped { reason: "Satzung geändert".into() }),
    ]
}
