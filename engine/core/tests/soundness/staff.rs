//! Whether people are enough for each path.

use std::{collections::BTreeSet, sync::Arc};

use fachwerk_core::{
    authority::{Authority, Person, Substitution},
    language::compile,
    soundness::{Away, Roster, staffed},
    words::{Date, Language, RoleId},
};

use super::{
    release,
    short::{catalogue, folder, root},
    told,
};

/// `jan: clerk lead, mia: lead`
fn roster(people: &str) -> Roster {
    let person = |written: &str| {
        let (name, roles) = written.trim().split_once(':').expect("a name");
        (name.into(), roles.split_whitespace().map(RoleId::from).collect::<BTreeSet<_>>())
    };
    Roster(people.split(',').filter(|it| !it.trim().is_empty()).map(person).collect())
}

/// A process in which tasks may belong to the roles `clerk` (as `T` does) and `lead` (`S`), with whom they exclude.
#[track_caller]
fn check(people: &str, steps: &str, expected: &[&str]) {
    let release = release(
        &steps
            .replace("S[", "role: lead, task: { title: { de: Zeichnen, en: Sign } }, not_same_person_as: ["),
    );
    let found = staffed(&release, &roster(people));
    let found: Vec<String> = found.iter().map(|finding| told(&release, finding)).collect();
    assert_eq!(found, expected);
}

#[test]
fn of_whom_there_are_not_enough() {
    let nobody = |task: &str, run: &str| format!("Unsound Staff(Combination): {task} after [{run}]");
    check("", "a: { T }", &["Unsound Staff(Nobody): a after []"]);
    check("jan: other", "a: { T }", &["Unsound Staff(Nobody): a after []"]);
    check("jan: clerk", "a: { T, then: s }\ns: { S[a] }", &["Unsound Staff(Role): s after [a]"]);
    check("jan: clerk lead", "a: { T, then: s }\ns: { S[a] }", &[&nobody("s", "a")]);
    check(
        "jan: clerk lead, mia: other",
        "a: { T, then: b }\nb: { N, then: s }\ns: { S[a] }",
        &[&nobody("s", "a, b")],
    );
    // Only on one path.
    check(
        "jan: clerk lead",
        "a: { T(x,y), then: { x: s, y: e } }\ns: { S[a] }\ne: { end: true }",
        &[&nobody("s", "a=x")],
    );
    check(
        "jan: clerk lead",
        "a: { T, then: c }\nc: { choose: [{ when: \"application.dogs > 2\", then: s }, { else: e }] }\ns: { S[a] }\ne: { end: true }",
        &[&nobody("s", "a, c#1")],
    );
    check(
        "jan: clerk lead",
        "c: { choose: [{ when: \"application.dogs > 2\", then: a }, { else: d }] }\na: { T, then: d }\nd: { choose: [{ when: \"application.dogs > 2\", then: e }, { else: s }] }\ns: { S[a] }\ne: { end: true }",
        &["PossiblyUnsound Staff(Combination): s after [c#1, a, d#2]"],
    );
    // Two can do any two of the three tasks, but not all three.
    check(
        "jan: clerk lead, mia: clerk lead",
        "a: { T, then: s }\ns: { S[a], then: t }\nt: { S[a, s] }",
        &[&nobody("t", "a, s")],
    );
    check(
        "jan: clerk lead",
        "a: { T, then: s }\ns: { S[a], then: t }\nt: { S[a] }",
        &[&nobody("s", "a"), &nobody("t", "a, s")],
    );
    // What is done inside, and in branches.
    check(
        "jan: clerk lead",
        "g: { group: { steps: { a: { T, then: b }, b: { T } } }, then: s }\ns: { S[g] }",
        &[&nobody("s", "a, b, g")],
    );
    check(
        "jan: clerk lead",
        "f: { fork: { a: { T }, b: { T } }, join: s }\ns: { S[b] }",
        &[&nobody("s", "b, a, f")],
    );
    check("jan: clerk lead", "f: { fork: { a: { T }, s: { S[a] } } }", &[&nobody("s", "a")]);
    check(
        "jan: clerk lead",
        "e: { each: { times: \"2\", steps: { a: { T, then: s }, s: { S[a] } } } }",
        &[&nobody("s", "a")],
    );
    check(
        "mia: lead",
        "g: { group: { steps: { s: { S[] } }, ad_hoc: { role: clerk } } }",
        &["Unsound Staff(Role): g after []"],
    );
}

#[test]
fn of_whom_there_are_enough() {
    let enough = |people: &str, steps: &str| check(people, steps, &[]);
    enough("jan: clerk, mia: lead", "a: { T, then: s }\ns: { S[a] }");
    // She drafts, so that he can sign.
    enough("jan: clerk lead, mia: clerk", "a: { T, then: s }\ns: { S[a] }");
    enough("jan: clerk lead", "a: { T, then: s }\ns: { S[] }");
    // Not on the same path, or the other way round.
    enough("jan: clerk lead", "a: { T(x,y), then: { x: b, y: s } }\nb: { T }\ns: { S[b] }");
    enough("jan: clerk lead", "s: { S[b], then: b }\nb: { T }");
    enough("jan: clerk lead, mia: clerk lead", "a: { T, then: s }\ns: { S[a], then: t }\nt: { S[a] }");
    enough(
        "jan: clerk lead, mia: clerk, eva: lead",
        "a: { T, then: s }\ns: { S[a], then: t }\nt: { S[a, s] }",
    );
    enough(
        "jan: clerk, mia: lead",
        "a: { T, then: s }\ns: { role: lead, not_same_person_as: [a], task: { title: { de: Zeichnen, en: Sign }, fields: { outcome: { type: choice, required: true, title: { de: E, en: R }, options: { yes: { de: ja, en: yes }, no: { de: nein, en: no } } } } }, then: { yes: e, no: a } }\ne: { end: true }",
    );
    enough(
        "jan: clerk, mia: lead",
        "e: { each: { times: \"3\", steps: { a: { T } } }, then: s }\ns: { S[e] }",
    );
    // Each does one half of what the other one signs.
    enough(
        "jan: clerk lead, mia: clerk lead",
        "f: { fork: { a: { T }, b: { T } }, join: s }\ns: { S[a], then: t }\nt: { S[b] }",
    );
    // Nobody comes to the step that lacks somebody; that is told elsewhere.
    enough("jan: clerk", "a: { T }\ns: { S[] }");
    let many: Vec<String> = (0..300).map(|number| format!("p{number}: clerk lead")).collect();
    enough(&many.join(", "), "a: { T, then: s }\ns: { S[a], then: t }\nt: { S[a, s] }");
}

/// Twelve tasks that must all be done by different people.
#[test]
fn too_many_combinations_are_not_decided() {
    let ids: Vec<String> = (0..12).map(|number| format!("t{number}")).collect();
    let steps: Vec<String> = (0..12)
        .map(|at| {
            let then = ids.get(at + 1).map_or(String::new(), |next| format!(", then: {next}"));
            format!("{}: {{ S[{}]{then} }}", ids[at], ids[..at].join(", "))
        })
        .collect();
    let people = |number: usize| (0..number).map(|it| format!("p{it}: lead")).collect::<Vec<_>>().join(", ");
    check(&people(12), &steps.join("\n"), &[]);
    check(&people(11), &steps.join("\n"), &["NotDecided Staff(NotDecided): t0 after []"]);
}

/// More sets of tasks than are looked at; that nobody may sign is certain all the same.
#[test]
fn what_was_found_is_told_though_not_all_is_decided() {
    let tasks: Vec<String> = (0..60)
        .map(|at| {
            format!(
                "t{at}: {{ T, then: {} }}",
                ["s".to_owned(), format!("t{}", at + 1)][usize::from(at < 59)]
            )
        })
        .collect();
    let named: Vec<String> = (0..60).map(|at| format!("t{at}")).collect();
    let steps = format!("{}\ns: {{ S[{}] }}", tasks.join("\n"), named.join(", "));
    let run = named.join(", ");
    check("jan: clerk lead", &steps, &[&format!("Unsound Staff(Combination): s after [{run}]")]);
}

/// What is told names the path, the people and the rule.
#[test]
fn it_is_told_who_and_why() {
    let said = |people: &str, steps: &str| {
        let steps = steps
            .replace("S[", "role: lead, task: { title: { de: Zeichnen, en: Sign } }, not_same_person_as: [");
        let release = release(&steps);
        let found = staffed(&release, &roster(people));
        let told = found.iter().map(|finding| finding.diagnostic(&release));
        told.map(|it| format!("{:?} {} {}", it.severity, it.code, it.message.get(Language::De)))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        said("Jan: clerk lead", "a: { T, then: s }\ns: { S[a] }"),
        [
            "Concern nobody_left „Zeichnen“ darf auf diesem Weg niemand erledigen: Die Rolle „L“ hat nur Jan, und Jan muss vorher „Tun“ erledigen, weil auch die Rolle „S“ sonst niemand hat. So kommt es dazu: „Tun“."
        ]
    );
    assert_eq!(
        said("Jan: clerk lead, Mia: clerk lead", "a: { T, then: s }\ns: { S[a], then: t }\nt: { S[a, s] }"),
        [
            "Concern nobody_left „Zeichnen“ darf auf diesem Weg niemand erledigen. Die Rolle „L“ hat nur: Jan, Mia. Vorher zu erledigen: „Tun“ (S: Jan, Mia), „Zeichnen“ (L: Jan, Mia). Die Regel: „Zeichnen“ nicht, wer „Tun“ erledigt hat, „Zeichnen“ nicht, wer „Zeichnen“ erledigt hat. So kommt es dazu: „Tun“, „Zeichnen“."
        ]
    );
    assert_eq!(
        said("Jan: clerk", "a: { T, then: s }\ns: { S[a] }"),
        [
            "Concern role_without_people „Zeichnen“ kann niemand erledigen: Die Rolle „L“ hat niemand. So kommt es dazu: „Tun“."
        ]
    );
}

/// The times at which other people are there, of those who stand in until the 10th.
#[test]
fn while_somebody_is_away() {
    let person = |name: &str, roles: &[&str]| Person {
        name: name.into(),
        roles: Arc::new(roles.iter().map(|role| RoleId::from(*role)).collect()),
        active: true,
    };
    let day = |day: i8| Date::constant(2026, 12, day);
    let stands_in = |absent: &str, substitute: &str, from: i8, until: i8| Substitution {
        absent: absent.into(),
        substitute: substitute.into(),
        from: day(from),
        until: day(until),
    };
    let mut authority = Authority::default();
    let people = Arc::make_mut(&mut authority.people);
    people.insert("jan".into(), person("Jan", &["clerk", "administrator"]));
    people.insert("mia".into(), person("Mia", &["lead"]));
    people.insert("ruth".into(), person("Ruth", &[]));
    let all = [stands_in("jan", "mia", 3, 8), stands_in("mia", "ruth", 7, 10), stands_in("mia", "jan", 1, 1)];
    authority.substitutions = (1..).zip(all).collect();
    let told = |today: i8| {
        let away = Away::of(&authority, day(today)).into_iter();
        let told = away.map(|Away { when, roster }| {
            let people = roster.0.iter().map(|(name, roles)| {
                let roles: Vec<&str> = roles.iter().map(RoleId::as_str).collect();
                format!("{name}: {}", roles.join(" "))
            });
            format!("{} [{}]", when.en, people.collect::<Vec<_>>().join(", "))
        });
        told.collect::<Vec<_>>()
    };
    let later = [
        "From Thursday, 3 December 2026 to Sunday, 6 December 2026, while Mia stands in for Jan [Mia: clerk lead, Ruth: ]",
        "From Monday, 7 December 2026 to Tuesday, 8 December 2026, while Mia stands in for Jan and Ruth stands in for Mia [Ruth: lead]",
        "From Wednesday, 9 December 2026 to Thursday, 10 December 2026, while Ruth stands in for Mia [Jan: administrator clerk, Ruth: lead]",
    ];
    assert_eq!(told(2), later);
    assert_eq!(
        told(1)[0],
        "From Tuesday, 1 December 2026 to Tuesday, 1 December 2026, while Jan stands in for Mia [Jan: administrator clerk lead, Ruth: ]"
    );
    assert_eq!(told(9), [later[2]]);
    assert_eq!(told(11), [""; 0]);
    // The substitute of a substitute gets nothing.
    let roles = authority.roles_on(&"ruth".into(), day(8));
    assert_eq!(roles.iter().map(RoleId::as_str).collect::<Vec<_>>(), ["lead"]);
    let roles = authority.roles_on(&"mia".into(), day(8));
    assert_eq!(roles.iter().map(RoleId::as_str).collect::<Vec<_>>(), ["clerk", "lead"]);
}

/// A whole procedure: the engine plays it to where nobody may go on.
#[test]
fn of_a_whole_procedure() {
    let read = compile(&folder(&root().join("examples/bonfire")), &catalogue());
    let release = read.release.expect("it is right");
    let found = |people: &str| {
        let found = staffed(&release, &roster(people));
        found.iter().map(|finding| told(&release, finding)).collect::<Vec<_>>()
    };
    let way = "intake/review=accepted, completeness/confirm, assessment/examine, assessment/explain, fire-brigade/record=approved, draft/draft=grant";
    assert_eq!(found("jan: clerk lead"), [format!("Unsound Staff(Combination): sign/sign after [{way}]")]);
    assert_eq!(found("jan: clerk"), [format!("Unsound Staff(Role): sign/sign after [{way}]")]);
    assert_eq!(found("jan: clerk, mia: clerk lead"), [""; 0]);
    assert_eq!(found("jan: clerk lead, mia: clerk"), [""; 0]);
}
