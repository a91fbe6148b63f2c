//! The deadlines of open cases follow the days off of their authority, each case in a turn of its own.

use fachwerk_core::{
    authority::AuthorityCommand,
    command::{Command, Request},
    event::{Because, DayChanged, Event, LawChanged},
    facts::{Actor, norms_version},
    words::{CaseId, Date, Text, Way},
};
use serde_json::json;
use uuid::Uuid;

use super::World;

const CASES: u128 = 12;

fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

impl World {
    async fn authority_asks(&self, id: u128, command: AuthorityCommand) {
        let (admin, id) = (Actor::Person("admin".into()), Uuid::from_u128(id));
        self.runtime.change(&self.tenant, admin, id, command).await.expect("changed");
    }

    /// Why the last turn of a case reckoned its deadline anew; none: it did not.
    async fn last_because(&self, case: CaseId) -> Option<Because> {
        let turns = self.runtime.store().turns(&self.tenant, case, 0, 500).await.expect("turns");
        turns.last().expect("a turn").turn.events.iter().find_map(|event| match event {
            Event::DeadlineRecomputed(anew) => Some(anew.because.clone()),
            _ => None,
        })
    }
}

#[tokio::test]
async fn a_day_off_moves_the_deadlines_of_all_open_cases_and_each_says_why() {
    let world = World::new(0).await;
    let cases: Vec<CaseId> = (0..CASES).map(|case| CaseId(Uuid::from_u128(100 + case))).collect();
    let on = day("2026-03-02");
    for (case, id) in cases.iter().zip(1_000..) {
        world.ask("jan", *case, id, world.start()).await.expect("started");
        world.runtime.settle().await.expect("settled");
        let sent = Command::RecordDispatch { document: 1, on, way: Way::Post, proven_receipt: None };
        world.ask("jan", *case, id + 500, sent).await.expect("dispatched");
    }
    let friday = day("2026-03-20");
    let name = Text::new("Gedenktag", "Day of remembrance");
    world
        .authority_asks(1, AuthorityCommand::AddDayOff { day: friday, name, norm: "Anordnung".into() })
        .await;
    // A process that was killed had got as far as the third case.
    let days = vec![DayChanged { day: friday, off: true }];
    let changed = LawChanged { days: days.clone(), ..LawChanged::default() };
    for (case, id) in cases.iter().take(3).zip(5_000..) {
        let command = Command::Recompute { changed: changed.clone() };
        let (tenant, command_id) = (world.tenant.clone(), Uuid::from_u128(id));
        let request = Request { tenant, case: *case, command_id, command };
        world.runtime.submit(Actor::Engine, request).await.expect("reckoned anew");
    }
    world.runtime.settle().await.expect("settled");
    let authority = world.runtime.authority(&world.tenant).await.expect("a store").expect("it is there");
    assert_eq!(authority.following.changed(norms_version()), None);
    let mut versions = Vec::new();
    for case in &cases {
        assert_eq!(world.standing(*case).await["deadlines"], json!(["2026-03-23"]));
        assert_eq!(world.last_because(*case).await, Some(Because::Holiday { days: days.clone() }));
        let case = world.runtime.case(&world.tenant, *case).await.expect("a store").expect("a case");
        versions.push(case.version);
    }
    assert!(versions.iter().all(|version| *version == versions[0]), "each in one turn: {versions:?}");
    // It does not fire on the day it would have fired on, and does on the new one.
    world.advance_to("2026-03-23T12:00:00Z").await;
    assert_eq!(world.standing(cases[0]).await["steps"], json!(["await"]));
    world.advance_to("2026-03-23T23:00:00Z").await;
    assert_eq!(world.standing(cases[0]).await["steps"], json!(["look"]));
    // What is known only now is told of what has fired.
    let name = Text::new("Trauertag", "Day of mourning");
    world
        .authority_asks(
            2,
            AuthorityCommand::AddDayOff { day: day("2026-03-23"), name, norm: "Anordnung".into() },
        )
        .await;
    world.runtime.settle().await.expect("settled");
    for case in &cases {
        assert_eq!(world.standing(*case).await["incidents"], json!(["fired_before_change"]));
    }
    world.check_clean(&world.runtime.verify(&world.tenant).await.expect("verified"));
}
