//! Whatever is changed behind the store's back is found and named.

use fachwerk_core::{
    authority::{AuthorityEvent, AuthorityTurn},
    facts::Actor,
    words::CaseId,
};
use fachwerk_store::{Finding, Hash, Problem, Report};
use uuid::Uuid;

use crate::{
    builders::{Course, at, case_id, listing, musterstadt, rich_course, text},
    world::World,
};

/// Two cases of 16 turns each, an authority of one turn, one document.
async fn fill(world: &World) {
    for number in 1..=2 {
        world.committed(rich_course(&mut Course::new(number), number)).await;
    }
    let turn = AuthorityTurn {
        tenant: musterstadt(),
        version: 1,
        command_id: Uuid::from_u128(1),
        actor: Actor::Engine,
        now: at(0),
        events: vec![AuthorityEvent::HolidayAdded {
            day: crate::builders::day(3),
            name: text("Fest"),
            norm: None,
        }],
    };
    world.store.append_authority(&turn).await.unwrap();
    world.store.put_blob(&musterstadt(), b"document".to_vec()).await.unwrap();
}

async fn verify(world: &World) -> Report {
    world.store.verify(&musterstadt(), listing).await.unwrap()
}

pub async fn a_sound_store_is_clean(world: &World) {
    assert_eq!(verify(world).await, Report::default(), "nothing at all");
    fill(world).await;
    let expected = Report { cases: 2, turns: 43, blobs: 1, ..Report::default() };
    assert_eq!(verify(world).await, expected);
    world.store.claim_effects("one", at(100), at(200), 10).await.unwrap();
    let timers = world.store.due_timers(at(86_400 * 99), 1).await.unwrap();
    world.store.postpone_timer(&timers[0].0, &timers[0].1, at(86_400 * 100)).await.unwrap();
    assert_eq!(verify(world).await, expected, "leases and postponements are nobody's business");
}

/// What is done, how it is undone, and what is then found: the case, the problem's code, and words of its text.
type Damage = (&'static str, &'static str, &'static [(Option<u128>, &'static str, &'static str)]);

const DAMAGES: &[Damage] = &[
    // truth
    (
        "create table kept as select * from journal; \
         update journal set body = (select k.body from kept k where k.case_id = 'CASE2' and k.version = 1) where version = 1 and case_id = 'CASE1'",
        "update journal set body = (select k.body from kept k where k.case_id = journal.case_id and k.version = journal.version); drop table kept",
        &[(Some(1), "changed_turn", "Turn 1 ")],
    ),
    (
        "create table kept as select * from journal where version = 5 and case_id = 'CASE1'; \
         delete from journal where version = 5 and case_id = 'CASE1'",
        "insert into journal select * from kept; drop table kept",
        &[(None, "missing_position", "position 4"), (Some(1), "missing_turn", "Turn 5 ")],
    ),
    (
        "create table kept as select * from journal where position = 43; delete from journal where position = 43",
        "insert into journal select * from kept; drop table kept",
        &[(None, "wrong_last_position", "43, the journal ends at 42")],
    ),
    (
        "create table kept as select * from journal where position = 1; delete from journal where position = 1",
        "insert into journal select * from kept; drop table kept",
        &[(None, "missing_position", "position 0"), (Some(1), "missing_turn", "Turn 1 ")],
    ),
    (
        "create table kept as select * from journal; update journal set hash = (select k.hash from kept k where k.case_id = journal.case_id \
         and k.version = 5 - journal.version) where version in (2, 3) and case_id = 'CASE2'",
        "update journal set hash = (select k.hash from kept k where k.case_id = journal.case_id and k.version = journal.version); drop table kept",
        &[(Some(2), "broken_link", "Turn 2 ")],
    ),
    (
        "create table kept as select * from journal; update journal set body_hash = hash where version = 4 and case_id = 'CASE2'",
        "update journal set body_hash = (select k.body_hash from kept k where k.case_id = journal.case_id and k.version = journal.version); drop table kept",
        &[(Some(2), "changed_turn", "Turn 4 ")],
    ),
    (
        "update journal set actor = 'person:bert' where version = 2 and case_id = 'CASE1'",
        "update journal set actor = 'person:anna' where version = 2 and case_id = 'CASE1'",
        &[(Some(1), "changed_column", "`actor` of turn 2")],
    ),
    (
        "update journal set at = at + 1 where version = 2 and case_id = 'CASE1'",
        "update journal set at = at - 1 where version = 2 and case_id = 'CASE1'",
        &[(Some(1), "changed_column", "`at` of turn 2")],
    ),
    (
        "update journal set release = 'r2' where version = 2 and case_id = 'CASE1'",
        "update journal set release = 'r1' where version = 2 and case_id = 'CASE1'",
        &[(Some(1), "changed_column", "`release` of turn 2")],
    ),
    (
        "update journal set actor = 'person:anna' where case_id = '00000000-0000-0000-0000-000000000000'",
        "update journal set actor = 'engine' where case_id = '00000000-0000-0000-0000-000000000000'",
        &[(Some(u128::MAX), "changed_column", "`actor` of turn 1")],
    ),
    (
        "update journal set position = -1 where position = 1; update journal set position = 1 where position = 2; \
         update journal set position = 2 where position = -1",
        "update journal set position = -1 where position = 1; update journal set position = 1 where position = 2; \
         update journal set position = 2 where position = -1",
        &[(Some(1), "broken_link", "Turn 1 ")],
    ),
    (
        "update tenants set position = 40",
        "update tenants set position = 43",
        &[(None, "wrong_last_position", "as 40")],
    ),
    (
        "create table kept as select * from blobs; update blobs set body = cast('document' as BYTES)",
        "update blobs set body = (select k.body from kept k); drop table kept",
        &[(None, "changed_blob", "Document ")],
    ),
    // derived
    (
        "update counters set value = 2 where counter = '32.1'",
        "update counters set value = 1 where counter = '32.1'",
        &[(None, "wrong_counter", "stands at 2, the last number drawn is 1")],
    ),
    (
        "delete from counters where counter = '32.1'",
        "insert into counters (tenant, counter, value) values ('musterstadt', '32.1', 1)",
        &[(None, "wrong_counter", "stands at 0")],
    ),
    (
        "insert into counters (tenant, counter, value) values ('musterstadt', 'x', 3)",
        "delete from counters where counter = 'x'",
        &[(None, "wrong_counter", "last number drawn is 0")],
    ),
    (
        "create table kept as select * from snapshots; \
         update snapshots set body = (select k.body from kept k where k.case_id = 'CASE2' and k.version = 7) where version = 7 and case_id = 'CASE1'",
        "update snapshots set body = (select k.body from kept k where k.case_id = snapshots.case_id and k.version = snapshots.version); drop table kept",
        &[(Some(1), "wrong_snapshot", "Snapshot 7")],
    ),
    (
        "update snapshots set version = 99 where version = 7 and case_id = 'CASE1'",
        "update snapshots set version = 7 where version = 99",
        &[(Some(1), "wrong_snapshot", "Snapshot 99")],
    ),
    (
        "update snapshots set version = 8 where version = 7 and case_id = 'CASE1'",
        "update snapshots set version = 7 where version = 8",
        &[(Some(1), "wrong_snapshot", "Snapshot 8")],
    ),
    (
        "update cases set number = 'x' where case_id = 'CASE1'",
        "update cases set number = '32.1-0001' where case_id = 'CASE1'",
        &[(Some(1), "wrong_row", "Table cases, row CASE1: other than the journal says: number.")],
    ),
    (
        "update tasks set role = 'lead' where case_id = 'CASE2'",
        "update tasks set role = 'clerk' where case_id = 'CASE2'",
        &[(Some(2), "wrong_row", "Table tasks, row CASE2/1: other than the journal says: role.")],
    ),
    (
        "create table kept as select * from deadlines; delete from deadlines",
        "insert into deadlines select * from kept; drop table kept",
        &[
            (Some(1), "wrong_row", "Table deadlines, row CASE1/2/late"),
            (Some(2), "wrong_row", "late: the row is missing."),
        ],
    ),
    (
        "insert into timers (tenant, case_id, instance, name, revision, at, wake_at) values ('musterstadt', 'CASE1', 9, 'x', 1, 5, 5)",
        "delete from timers where instance = 9",
        &[(Some(1), "wrong_row", "Table timers, row CASE1/9/x: there should be no such row.")],
    ),
    // rows of cases that have no turn, before, between and behind those that have
    (
        "insert into post (tenant, case_id, document, since, body) values ('musterstadt', 'CASE0', 1, '2026-01-01', cast('x' as BYTES)); \
         insert into post (tenant, case_id, document, since, body) values ('musterstadt', 'CASE9', 1, '2026-01-01', cast('x' as BYTES))",
        "delete from post where case_id in ('CASE0', 'CASE9')",
        &[(Some(0), "wrong_row", "Table post"), (Some(9), "wrong_row", "Table post")],
    ),
    (
        "update outbox set at = at + 1",
        "update outbox set at = at - 1",
        &[(Some(1), "wrong_row", "Table outbox"), (Some(2), "wrong_row", "Table outbox")],
    ),
    (
        "delete from case_words where word = 'schulze'",
        "insert into case_words (tenant, case_id, word) values ('musterstadt', 'CASE1', 'schulze'); \
         insert into case_words (tenant, case_id, word) values ('musterstadt', 'CASE2', 'schulze')",
        &[(Some(1), "wrong_row", "row CASE1/…: the row"), (Some(2), "wrong_row", "row CASE2/…: the row")],
    ),
    (
        "update case_columns set value = 'aue' where case_id = 'CASE1' and name = 'city'",
        "update case_columns set value = 'halle' where case_id = 'CASE1' and name = 'city'",
        &[(Some(1), "wrong_row", "row CASE1/city/…: there should")],
    ),
    (
        "update incidents set since = 0 where case_id = 'CASE1'",
        "update incidents set since = (select since from incidents where case_id = 'CASE2') where case_id = 'CASE1'",
        &[(Some(1), "wrong_row", "Table incidents")],
    ),
];

fn said(world: &World, text: &str) -> String {
    let mut text = text.to_owned();
    for number in [0, 1, 2, 9] {
        text = text.replace(&format!("CASE{number}"), &case_id(number).to_string());
    }
    if world.is_postgres() { text.replace("BYTES", "bytea") } else { text.replace("BYTES", "blob") }
}

pub async fn every_damage_is_named(world: &World) {
    fill(world).await;
    for (damage, repair, expected) in DAMAGES {
        world.tamper(&said(world, damage)).await;
        let report = verify(world).await;
        let found: Vec<_> = report.findings.iter().map(|finding| (finding.case, code(finding))).collect();
        let case = |case: u128| if case == u128::MAX { CaseId(Uuid::nil()) } else { case_id(case) };
        let wanted: Vec<_> =
            expected.iter().map(|(number, code, _)| (number.map(case), (*code).to_owned())).collect();
        assert_eq!(found, wanted, "{damage}: {report:#?}");
        for (finding, (_, _, words)) in report.findings.iter().zip(*expected) {
            let text = finding.text();
            assert!(text.en.contains(&said(world, words)), "{damage}: {}", text.en);
            assert!(!text.de.is_empty() && text.de != text.en, "{}", text.de);
        }
        world.tamper(&said(world, repair)).await;
        let report = verify(world).await;
        assert!(report.is_clean(), "after the repair of {damage}: {report:#?}");
    }
}

/// The stable code, as programs read it.
fn code(finding: &Finding) -> String {
    serde_json::to_value(finding).unwrap()["code"].as_str().unwrap().to_owned()
}

pub async fn a_report_goes_on_after_a_finding(world: &World) {
    let mut expected = Vec::new();
    for number in 1..=120 {
        world.committed(rich_course(&mut Course::new(number), number)).await;
    }
    for number in [3, 50, 51, 120] {
        let id = case_id(number);
        world
            .tamper(&format!("update journal set hash = body_hash where version = 6 and case_id = '{id}'"))
            .await;
        expected.push(Finding { case: Some(id), problem: Problem::BrokenLink { version: 6 } });
    }
    let id = case_id(77);
    world.tamper(&format!("delete from tasks where case_id = '{id}'")).await;
    world.store.put_blob(&musterstadt(), b"x".to_vec()).await.unwrap();
    world.tamper("update blobs set hash = 'f' || substr(hash, 2)").await;
    let report = verify(world).await;
    assert_eq!((report.cases, report.turns, report.blobs, report.more), (120, 120 * 21, 1, false));
    let (rows, others): (Vec<_>, Vec<_>) =
        report.findings.into_iter().partition(|finding| matches!(finding.problem, Problem::WrongRow { .. }));
    let hash: Hash = format!("f{}", &Hash::of(b"x").to_string()[1..]).parse().unwrap();
    expected.push(Finding { case: None, problem: Problem::ChangedBlob { hash } });
    assert_eq!(others, expected);
    assert_eq!(rows.iter().map(|finding| finding.case).collect::<Vec<_>>(), [Some(id)]);
}
