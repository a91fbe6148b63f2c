//! What an authority says of itself, its days off, and what comes in together.

use std::sync::Arc;

use fachwerk_core::{
    authority::{
        Authority, AuthorityCommand, AuthorityEvent, AuthorityRejection, AuthorityTurn, NewBlock,
        PackageOrigin, Payee, Profile, Superior, decide_authority,
    },
    facts::Actor,
    words::{Date, Place, TenantId, Text, Timestamp},
};
use fachwerk_deadlines::{DeadlineInput, Land, compute};
use serde_json::json;
use uuid::Uuid;

const TODAY: Date = Date::constant(2026, 3, 2);

fn line(text: &str) -> Option<Arc<str>> {
    Some(text.into())
}

/// An authority after these commands of the engine itself.
#[track_caller]
fn after(commands: &[AuthorityCommand]) -> Authority {
    let mut authority = Authority::default();
    for command in commands {
        let events = decide_authority(&authority, command, &Actor::Engine, TODAY)
            .expect("a command that is carried out");
        turn(&authority, events).apply(&mut authority);
    }
    authority
}

fn turn(authority: &Authority, events: Vec<AuthorityEvent>) -> AuthorityTurn {
    AuthorityTurn {
        tenant: TenantId::from("town"),
        version: authority.version + 1,
        command_id: Uuid::nil(),
        actor: Actor::Engine,
        now: Timestamp::UNIX_EPOCH,
        events,
    }
}

fn founded() -> AuthorityCommand {
    AuthorityCommand::Found { profile: Profile::of(Text::new("Burg", "Burg"), Place::land(Land::ST)) }
}

#[track_caller]
fn check(change: impl Fn(&mut Profile), expected: Result<(), &'static str>) {
    let mut profile = Profile::example();
    change(&mut profile);
    let expected = expected.map_err(AuthorityRejection::ProfileInvalid);
    assert_eq!(profile.check(), expected, "{profile:?}");
    let set = decide_authority(
        &after(&[founded()]),
        &AuthorityCommand::SetProfile { profile },
        &Actor::Engine,
        TODAY,
    );
    assert_eq!(set.map(|events| events.len()), expected.map(|()| 1));
}

#[test]
fn what_cannot_be_so_is_refused_with_its_field() {
    let payee = |iban: &str, bic: Option<&str>| {
        let (holder, iban) = ("Stadtkasse".into(), iban.into());
        Some(Payee { holder, iban, bic: bic.map(Into::into) })
    };
    check(|_| {}, Ok(()));
    check(|it| it.name = Text::new(" ", "Town"), Err("name"));
    check(|it| it.name = Text::new("A".repeat(201), "Town"), Err("name"));
    check(|it| it.place = None, Err("place"));
    let catholic = |land| Place { categories: ["catholic".to_owned()].into(), ..Place::land(land) };
    check(move |it| (it.place, it.key) = (Some(catholic(Land::BY)), None), Ok(()));
    let unknown = Place { categories: ["pagan".to_owned()].into(), ..Place::land(Land::ST) };
    check(move |it| it.place = Some(unknown.clone()), Err("place"));
    for (key, good) in
        [("15", true), ("15086", true), ("15086015", true), ("150860", false), ("03241", false)]
    {
        check(|it| it.key = line(key), if good { Ok(()) } else { Err("key") });
    }
    check(|it| it.key = line("15O86"), Err("key"));
    check(|it| it.postal_code = line("3928"), Err("postal_code"));
    check(|it| it.email = line("post@burg.example"), Ok(()));
    check(|it| it.email = line("post at burg"), Err("email"));
    check(|it| it.street = line("Markt\n1"), Err("street"));
    check(|it| it.letterhead = vec!["Zeile".into(); 9], Err("letterhead"));
    check(|it| it.logo = line("data:image/svg+xml;base64,PHN2Zy8+"), Ok(()));
    check(|it| it.seal = line("data:image/gif;base64,R0lGODlhAQABAAAAACw="), Err("seal"));
    check(|it| it.logo = line("https://example.org/logo.png"), Err("logo"));
    let superior =
        |name: &str, lines| Some(Superior { name: name.into(), address: line(&"Platz 1\n".repeat(lines)) });
    check(|it| it.superior = superior("Landkreis", 8), Ok(()));
    check(|it| it.superior = superior("", 1), Err("superior"));
    check(|it| it.superior = superior("Landkreis", 9), Err("superior"));
    // The examples of the register of ISO 13616, and with two digits turned round.
    check(|it| it.payee = payee("DE89370400440532013000", Some("COBADEFFXXX")), Ok(()));
    check(|it| it.payee = payee("NO9386011117947", None), Ok(()));
    check(|it| it.payee = payee("DE89370400440532013001", None), Err("iban"));
    check(|it| it.payee = payee("DE98370400440532013000", None), Err("iban"));
    check(|it| it.payee = payee("DE8937040044053201300", None), Err("iban"));
    check(|it| it.payee = payee("", None), Err("iban"));
    check(|it| it.payee = payee("DE89370400440532013000", Some("COBA")), Err("bic"));
}

#[test]
fn rules_see_what_was_said() {
    let mut profile = Profile::example();
    let plain = json!({
        "name": "Stadt Musterstadt",
        "letterhead": "Stadt Musterstadt\nMarkt 1\n39999 Musterstadt",
        "land": "ST",
        "kind": "municipality-in-district",
        "key": "15086999",
        "street": "Markt 1",
        "postal_code": "39999",
        "town": "Musterstadt",
    });
    assert_eq!(profile.shown(), plain);
    profile.letterhead = vec!["Stadt Musterstadt".into(), "Ordnungsamt".into()];
    profile.superior = Some(Superior { name: "Landkreis Muster".into(), address: None });
    profile.payee =
        Some(Payee { holder: "Stadtkasse".into(), iban: "DE89370400440532013000".into(), bic: None });
    let mut more = plain;
    more["letterhead"] = "Stadt Musterstadt\nOrdnungsamt".into();
    more["superior"] = "Landkreis Muster".into();
    more["account_holder"] = "Stadtkasse".into();
    more["iban"] = "DE89 3704 0044 0532 0130 00".into();
    assert_eq!(profile.shown(), more);
}

/// A week from Friday, 8 May 2026, would end on Friday, 15 May, the day after Ascension Day.
#[track_caller]
fn check_end(authority: &Authority, expected: &str) {
    let start = "2026-05-08".parse().expect("a day");
    let period = "1 week".parse().expect("a period");
    let input = DeadlineInput::new(start, period);
    let end = compute(&input, &authority.calendar()).expect("a deadline").end;
    assert_eq!(end, expected.parse::<Date>().expect("a day"));
}

#[test]
fn no_period_ends_on_a_day_off() {
    let day: Date = "2026-05-15".parse().expect("a day");
    let add = AuthorityCommand::AddDayOff {
        day,
        name: Text::new("Landestrauertag", "Day of mourning"),
        norm: "§ 2 Abs. 2 SFTG".into(),
    };
    let authority = after(&[founded()]);
    check_end(&authority, "2026-05-15");
    let off = after(&[founded(), add.clone()]);
    check_end(&off, "2026-05-18");
    // Once more is no change; with another name it is.
    assert_eq!(decide_authority(&off, &add, &Actor::Engine, TODAY), Ok(vec![]));
    check_end(&after(&[founded(), add, AuthorityCommand::RemoveDayOff { day }]), "2026-05-15");
    let refused =
        |command| decide_authority(&authority, &command, &Actor::Engine, TODAY).expect_err("it is refused");
    assert_eq!(refused(AuthorityCommand::RemoveDayOff { day }), AuthorityRejection::DayOffUnknown);
    for (day, name, norm) in [
        ("2026-05-15", "", "§ 1"),
        ("2026-05-15", "Tag", " "),
        ("1989-12-31", "Tag", "§ 1"),
        ("2200-01-01", "Tag", "§ 1"),
    ] {
        let (day, name, norm) = (day.parse().expect("a day"), Text::new(name, name), norm.into());
        assert_eq!(
            refused(AuthorityCommand::AddDayOff { day, name, norm }),
            AuthorityRejection::DayOffInvalid
        );
    }
}

#[test]
fn blocks_are_installed_all_or_none() {
    let new = |block: &str, hash: &str| NewBlock {
        block: block.into(),
        version: "1.0.0".into(),
        files: [("block.yaml".into(), hash.into())].into(),
    };
    let install = |blocks| AuthorityCommand::InstallBlocks { blocks, package: None };
    let authority = after(&[founded(), install(vec![new("b", "1")])]);
    let names = |events: &[AuthorityEvent]| -> Vec<String> {
        let name = |event: &AuthorityEvent| match event {
            AuthorityEvent::BlockInstalled { block, .. } => block.to_string(),
            other => format!("{other:?}"),
        };
        events.iter().map(name).collect()
    };
    let check = |blocks: Vec<NewBlock>, expected: Result<&[&str], AuthorityRejection>| {
        let events = decide_authority(&authority, &install(blocks), &Actor::Engine, TODAY);
        let expected = expected.map(|names| names.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(events.map(|events| names(&events)), expected);
    };
    check(vec![new("a", "1"), new("b", "1"), new("c", "1")], Ok(&["a", "c"]));
    check(vec![new("a", "1"), new("b", "2"), new("c", "1")], Err(AuthorityRejection::VersionTaken));
}

/// What comes into each process that says a name comes from those who have it.
#[test]
fn a_block_is_continued_by_its_publisher_only() {
    let new = |block: &str, version: &str, key: Option<&str>| AuthorityCommand::InstallBlocks {
        blocks: vec![NewBlock {
            block: block.into(),
            version: version.into(),
            files: [("block.yaml".into(), version.into())].into(),
        }],
        package: key.map(|key| PackageOrigin {
            package: "p".into(),
            version: "1.0.0".into(),
            key: key.into(),
            hash: "h".into(),
        }),
    };
    const K: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    const L: &str = "1123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    let trust = |key: &str| AuthorityCommand::TrustPublisher { key: key.into(), name: "Verband".into() };
    let authority = after(&[
        founded(),
        trust(K),
        trust(L),
        new("four-eyes", "1.0.0", None),
        new("inspection", "1.0.0", Some(K)),
    ]);
    let check = |block: &str, key: Option<&str>, expected: Result<usize, &str>| {
        let decided = decide_authority(&authority, &new(block, "1.9.9", key), &Actor::Engine, TODAY);
        assert_eq!(
            decided.map(|events| events.len()).map_err(|why| why.code()),
            expected,
            "{block}: {key:?}"
        );
    };
    check("four-eyes", Some(K), Err("BlockOfAnother"));
    check("inspection", Some(L), Err("BlockOfAnother"));
    check("inspection", Some(K), Ok(1));
    check("new", Some(L), Ok(1));
    // An administrator who brings a folder has it in hand.
    check("four-eyes", None, Ok(1));
    check("inspection", None, Ok(1));
}

mod runs {
    //! Mass runs: who may do what about one, and where it is then.

    use std::collections::BTreeSet;

    use fachwerk_core::{
        authority::{
            RunCommand, RunFailure, RunFirst, RunList, RunPlan, RunStage, Substitution,
            decide_authority as decide,
        },
        words::{CaseId, RoleId},
    };

    use super::*;

    const RUN: u32 = 1;

    fn plan(count: u32, first: RunFirst) -> RunCommand {
        RunCommand::Plan(RunPlan {
            title: "Hundesteuer 2027".into(),
            process: "dog".into(),
            roles: BTreeSet::from([RoleId::from("tax")]),
            first,
            count,
            list: Some("ab".into()),
        })
    }

    fn town() -> Authority {
        let person = |person: &str, roles: &[&str]| AuthorityCommand::SetPerson {
            person: person.into(),
            name: person.into(),
            roles: roles.iter().map(|role| RoleId::from(*role)).collect(),
            active: true,
        };
        let release = AuthorityCommand::Deploy {
            process: "dog".into(),
            version: "1.0.0".into(),
            release: "r".into(),
            title: Text::new("Hund", "Dog"),
            files: Default::default(),
            despite: None,
            concerns: Vec::new(),
            retention: None,
        };
        let people = [
            ("adam", ["administrator"]),
            ("karl", ["tax"]),
            ("lea", ["tax"]),
            ("otto", ["office"]),
            ("vera", ["office"]),
        ];
        let people = people.map(|(name, roles)| person(name, &roles));
        let stands_in = AuthorityCommand::Substitute(Substitution {
            absent: "karl".into(),
            substitute: "vera".into(),
            from: TODAY,
            until: TODAY,
        });
        after(&[vec![founded(), release], people.to_vec(), vec![stands_in]].concat())
    }

    /// Who asks what, and where the run is then, with how far; or why not.
    type Step = (&'static str, RunCommand, Result<(RunStage, u32), &'static str>);

    /// What happens one after another: who asks what, and where the run is then, with how far, or why not.
    #[track_caller]
    fn check(steps: &[Step]) {
        let mut town = town();
        for (who, command, expected) in steps {
            let actor = if *who == "engine" { Actor::Engine } else { Actor::Person((*who).into()) };
            let decided = decide(&town, &command.clone().about(RUN), &actor, TODAY);
            let found = decided.map(|events| {
                // What is stored is read again as it was.
                let written = serde_json::to_string(&events).expect("json");
                let events: Vec<AuthorityEvent> = serde_json::from_str(&written).expect("read again");
                assert_eq!(serde_json::to_string(&events).expect("json"), written);
                let turn = AuthorityTurn { actor: actor.clone(), ..turn(&town, events) };
                turn.apply(&mut town);
                town.runs.get(&RUN).map(|run| (run.stage, run.done)).expect("a run")
            });
            assert_eq!(found.map_err(|why| why.code()), *expected, "{who}: {command:?}");
        }
    }

    fn advance(from: u32, upto: u32, failed: &[u32]) -> RunCommand {
        let failure = |place: &u32| RunFailure {
            place: *place,
            line: None,
            case: CaseId(Uuid::from_u128((*place).into())),
            code: "Stale".into(),
            why: Text::new("geändert", "changed"),
        };
        RunCommand::Advance { from, upto, failures: failed.iter().map(failure).collect() }
    }

    fn sign(count: u32) -> RunCommand {
        RunCommand::Sign(RunList { list: "cd".into(), count, taken_out: 0, not_ready: Vec::new() })
    }

    fn stop(reason: &str) -> RunCommand {
        RunCommand::Stop { reason: reason.into() }
    }

    fn message() -> RunFirst {
        RunFirst::Message { name: "yearly".into() }
    }

    #[test]
    fn a_run_goes_its_way_and_another_person_signs() {
        use RunStage::{Ended, Open, Opening, Planned, Signing};
        check(&[
            ("otto", plan(3, message()), Err("RunNotAllowed")),
            ("adam", plan(3, message()), Err("RunNotAllowed")),
            ("engine", plan(3, message()), Err("NotAllowed")),
            ("karl", plan(0, message()), Err("RunInvalid")),
            ("karl", plan(5_001, message()), Err("RunInvalid")),
            ("karl", RunCommand::Begin, Err("RunUnknown")),
            // Who stands in for karl.
            ("vera", plan(3, message()), Ok((Planned, 0))),
            // The next one has another number.
            ("karl", plan(3, message()), Err("RunInvalid")),
            ("lea", sign(3), Err("RunElsewhere")),
            ("otto", RunCommand::Begin, Err("RunNotAllowed")),
            ("karl", RunCommand::Begin, Ok((Opening, 0))),
            ("karl", RunCommand::Begin, Err("RunElsewhere")),
            ("karl", advance(0, 2, &[]), Err("RunNotAllowed")),
            ("engine", advance(0, 2, &[1]), Ok((Opening, 2))),
            // Another server was faster: nothing is counted twice.
            ("engine", advance(0, 2, &[1]), Ok((Opening, 2))),
            ("engine", advance(2, 9, &[]), Ok((Open, 3))),
            ("karl", sign(2), Err("RunOtherPersonNeeded")),
            ("lea", sign(0), Err("RunInvalid")),
            ("lea", sign(4), Err("RunInvalid")),
            ("lea", sign(2), Ok((Signing, 0))),
            ("lea", sign(2), Err("RunElsewhere")),
            ("engine", advance(0, 2, &[0]), Ok((Ended, 2))),
            ("karl", stop("zu spät"), Err("RunElsewhere")),
        ]);
    }

    #[test]
    fn a_run_that_asks_nothing_first_may_be_signed_by_whoever_picked_it_and_any_can_be_stopped() {
        use RunStage::{Open, Opening, Planned, Signing, Stopped};
        check(&[
            ("karl", plan(2, RunFirst::Nothing), Ok((Planned, 0))),
            ("karl", RunCommand::Begin, Ok((Open, 0))),
            ("karl", sign(2), Ok((Signing, 0))),
            ("adam", stop(" "), Err("ReasonInvalid")),
            ("otto", stop("so"), Err("RunNotAllowed")),
            ("adam", stop("Satzung geändert"), Ok((Stopped, 0))),
            // Those that were being asked meanwhile: it says so, once.
            ("engine", advance(0, 2, &[1]), Ok((Stopped, 2))),
            ("engine", advance(0, 2, &[1]), Ok((Stopped, 2))),
        ]);
        check(&[
            ("karl", plan(2, RunFirst::Rows { file: "ef".into() }), Ok((Planned, 0))),
            ("karl", RunCommand::Begin, Ok((Opening, 0))),
            ("lea", stop("falsche Liste"), Ok((Stopped, 0))),
        ]);
    }
}
