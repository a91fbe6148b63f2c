//! The derived tables: what every change does to them, one by one and in any mixture.

use std::{
    collections::{BTreeMap, BTreeSet},
    hash::{BuildHasher, Hasher, RandomState},
};

use fachwerk_core::{
    projection::{
        CaseRow, Change, DeadlineRow, IncidentRow, OutboxRow, PostRow, SubscriptionRow, TaskRow, TimerRow,
    },
    statistics::{Counted, Counts},
    words::{CaseId, InstanceId, Timestamp},
};
use fachwerk_store::{CaseQuery, DeadlineQuery, Entry, Found, InboxQuery, Piece};
use serde_json::json;

use crate::{
    builders::{Course, at, case_id, day, listing, musterstadt, object, rich_course, started, text, trouble},
    world::World,
};

/// The tables as plain maps: each change by itself, in order.
#[derive(Default)]
struct Model {
    cases: BTreeMap<CaseId, CaseRow>,
    tasks: BTreeMap<(CaseId, InstanceId), TaskRow>,
    deadlines: BTreeMap<(CaseId, InstanceId, String), DeadlineRow>,
    timers: BTreeMap<(CaseId, InstanceId, String), TimerRow>,
    outbox: BTreeMap<(CaseId, InstanceId, u32), OutboxRow>,
    incidents: BTreeMap<(CaseId, u32), IncidentRow>,
    post: BTreeMap<(CaseId, u32), PostRow>,
    subscriptions: BTreeMap<(CaseId, InstanceId, String), SubscriptionRow>,
    counts: Counts,
}

impl Model {
    fn apply(&mut self, change: &Change) {
        match change.clone() {
            Change::Case(row) => drop(self.cases.insert(row.case, *row)),
            Change::Task(row) => drop(self.tasks.insert((row.case, row.instance), *row)),
            Change::TaskGone(case, instance) => drop(self.tasks.remove(&(case, instance))),
            Change::Deadline(row) => {
                drop(self.deadlines.insert((row.case, row.instance, row.name.to_string()), *row));
            }
            Change::DeadlineGone(case, instance, name) => {
                drop(self.deadlines.remove(&(case, instance, name.to_string())));
            }
            Change::Timer(row) => {
                drop(self.timers.insert((row.case, row.instance, row.name.to_string()), row))
            }
            Change::TimerGone(case, instance, name) => {
                drop(self.timers.remove(&(case, instance, name.to_string())))
            }
            Change::Outbox(row) => {
                self.outbox.entry((row.case, row.instance, row.round)).or_insert(*row);
            }
            Change::OutboxGone(case, instance) => {
                self.outbox.retain(|key, _| (key.0, key.1) != (case, instance));
            }
            Change::Delivered(case, number) => {
                drop(self.outbox.remove(&(case, InstanceId::SENDER, number)));
            }
            Change::Subscription(row) => {
                drop(self.subscriptions.insert((row.case, row.instance, row.name.to_string()), *row));
            }
            Change::SubscriptionGone(case, instance, name) => {
                drop(self.subscriptions.remove(&(case, instance, name.to_string())));
            }
            Change::Incident(row) => drop(self.incidents.insert((row.case, row.number), *row)),
            Change::IncidentGone(case, number) => drop(self.incidents.remove(&(case, number))),
            Change::Post(row) => drop(self.post.insert((row.case, row.document), *row)),
            Change::PostGone(case, document) => drop(self.post.remove(&(case, document))),
            Change::Count(counted, by) => self.counts.add(counted, by),
            Change::CountKept(counted, _) => panic!("no case is erased here: {counted:?}"),
        }
    }
}

fn sorted<T: std::fmt::Debug>(rows: impl IntoIterator<Item = T>) -> Vec<String> {
    let mut rows: Vec<String> = rows.into_iter().map(|row| format!("{row:?}")).collect();
    rows.sort();
    rows
}

/// Compares every table with the model. Claims all effects.
async fn check(world: &World, model: Model, what: &str) {
    let (store, tenant) = (&world.store, musterstadt());
    let piece = Piece { cursor: None, limit: 500 };
    let cases =
        store.cases(&tenant, &CaseQuery { piece: piece.clone(), ..CaseQuery::default() }).await.unwrap();
    assert_eq!(sorted(cases.items), sorted(model.cases.values().cloned()), "{what}");
    let inbox =
        store.inbox(&tenant, &InboxQuery { piece: piece.clone(), ..InboxQuery::default() }).await.unwrap();
    let tasks =
        inbox.items.iter().map(|entry| (entry.task.clone(), entry.case.clone(), entry.next_deadline.clone()));
    let next = |case: CaseId| {
        let running = model.deadlines.values().filter(|row| row.case == case && row.end.is_some());
        running.min_by_key(|row| (row.end, row.instance, row.name.clone())).cloned()
    };
    let expected = model.tasks.values().cloned();
    let expected = expected.map(|row| (row.clone(), model.cases[&row.case].clone(), next(row.case)));
    assert_eq!(sorted(tasks), sorted(expected), "{what}");
    let query = DeadlineQuery { piece: piece.clone(), ..DeadlineQuery::default() };
    let deadlines =
        store.deadlines(&tenant, &query).await.unwrap().items.into_iter().map(|listed| listed.row);
    let expected = model.deadlines.values().filter(|row| row.end.is_some() || row.suspended).cloned();
    assert_eq!(sorted(deadlines), sorted(expected), "{what}");
    let timers = store.due_timers(Timestamp::MAX, 500).await.unwrap().into_iter().map(|(_, row)| row);
    assert_eq!(sorted(timers), sorted(model.timers.values().cloned()), "{what}");
    let incidents =
        store.incidents(&tenant, &piece).await.unwrap().items.into_iter().map(|listed| listed.row);
    assert_eq!(sorted(incidents), sorted(model.incidents.values().cloned()), "{what}");
    let post = store.post(&tenant, &piece).await.unwrap().items.into_iter().map(|listed| listed.row);
    assert_eq!(sorted(post), sorted(model.post.values().cloned()), "{what}");
    let statistics = store.statistics(&tenant, None, (day(1), day(365))).await.unwrap();
    let expected = model.counts.0.iter().filter(|(_, count)| **count != 0);
    assert_eq!(sorted(statistics.counts), sorted(expected.map(|(of, count)| (of.clone(), *count))), "{what}");
    let subscriptions = store.subscriptions(&tenant, 500).await.unwrap();
    assert_eq!(sorted(subscriptions), sorted(model.subscriptions.values().cloned()), "{what}");
    let end = Timestamp::MAX;
    let mut effects = store.claim_effects("test", end, end, 500).await.unwrap();
    effects.extend(store.claim_parcels("test", end, end, 500).await.unwrap());
    let effects = effects.into_iter().map(|claimed| claimed.row.unwrap());
    assert_eq!(sorted(effects), sorted(model.outbox.values().cloned()), "{what}");
}

pub async fn every_change_is_written(world: &World) {
    let mut model = Model::default();
    let mut kinds = BTreeSet::new();
    for number in 1..=3 {
        for entry in rich_course(&mut Course::new(number), number) {
            for change in &entry.changes {
                let name = format!("{change:?}");
                kinds.insert(name.split('(').next().unwrap().to_owned());
                model.apply(change);
            }
            world.committed(vec![entry]).await;
        }
    }
    assert_eq!(kinds.len(), 17, "every kind of change occurs: {kinds:?}");
    let left = (model.tasks.len(), model.deadlines.len(), model.timers.len(), model.outbox.len());
    assert_eq!(left, (3, 6, 3, 6), "something is left of everything");
    assert_eq!((model.incidents.len(), model.post.len(), model.subscriptions.len()), (3, 3, 6));
    check(world, model, "one by one").await;
    let report = world.store.verify(&musterstadt(), listing).await.unwrap();
    assert!(report.is_clean(), "{report:#?}");
}

/// Numbers from a seed (xorshift64*, Vigna 2016).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) % bound
    }
}

pub async fn random_changes_end_as_in_a_model(world: &World) {
    let given = std::env::var("FACHWERK_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = given.unwrap_or_else(|| RandomState::new().build_hasher().finish()) | 1;
    eprintln!("FACHWERK_SEED={seed}");
    let mut random = Random(seed);
    let mut model = Model::default();
    let mut courses: Vec<Course> = (1..=4).map(Course::new).collect();
    for course in &mut courses {
        let entry = course.turn(vec![started("bonfire", json!({"subject": "x"}))]);
        entry.changes.iter().for_each(|change| model.apply(change));
        world.committed(vec![entry]).await;
    }
    for _ in 0..40 {
        let mut batch = Vec::new();
        for _ in 0..=random.below(12) {
            let course = &mut courses[random.below(4) as usize];
            let Entry { turn, mut changes, snapshot } = course.turn(vec![]);
            let Some(Change::Case(row)) = changes.first().cloned() else {
                unreachable!("a turn changes its case")
            };
            for _ in 0..random.below(8) {
                changes.push(random_change(&mut random, &row));
            }
            changes.iter().for_each(|change| model.apply(change));
            batch.push(Entry { turn, changes, snapshot });
        }
        world.committed(batch).await;
    }
    check(world, model, &format!("FACHWERK_SEED={seed}")).await;
}

fn random_change(random: &mut Random, case: &CaseRow) -> Change {
    let (id, instance, number) = (case.case, InstanceId(random.below(4) as u32), random.below(4) as u32);
    let name: std::sync::Arc<str> = ["late", "later"][random.below(2) as usize].into();
    let any_day = day(1 + random.below(300) as i16);
    let instant = at(random.below(1_000_000) as i64);
    let process = case.process.clone();
    match random.below(16) {
        0 => {
            let mut row = case.clone();
            row.number = (random.below(2) > 0).then(|| format!("AZ-{number}").into());
            row.columns = object(json!({ "n": number, "t": name }));
            Change::Case(Box::new(row))
        }
        1 | 2 => Change::Task(Box::new(TaskRow {
            case: id,
            instance,
            step: Some("s".into()),
            title: text("t"),
            role: "clerk".into(),
            assignee: (random.below(2) > 0).then(|| "anna".into()),
            excluded: (0..number).map(|number| format!("p{number}").as_str().into()).collect(),
            due: (random.below(2) > 0).then_some(any_day),
            opened_at: instant,
            process,
        })),
        3 => Change::TaskGone(id, instance),
        4 | 5 => {
            // One that is suspended has no end.
            let (title, suspended) = (text("t"), random.below(3) == 0);
            let end = (!suspended && random.below(3) > 0).then_some(any_day);
            let (step, revision) = (None, number);
            let grace_until = end.filter(|_| random.below(2) > 0);
            let warn_on = end.into_iter().filter(|_| random.below(2) > 0).collect();
            let row = DeadlineRow {
                case: id,
                instance,
                name,
                title,
                step,
                end,
                grace_until,
                warn_on,
                suspended,
                revision,
            };
            Change::Deadline(Box::new(row))
        }
        6 => Change::DeadlineGone(id, instance, name),
        7 => Change::Timer(TimerRow { case: id, instance, name, revision: number, at: instant }),
        8 => Change::TimerGone(id, instance, name),
        9 => Change::Outbox(Box::new(OutboxRow {
            case: id,
            instance,
            round: number,
            connector: "letter".into(),
            request: json!(number),
            at: instant,
        })),
        10 => Change::OutboxGone(id, instance),
        11 => {
            let trouble = trouble();
            Change::Incident(Box::new(IncidentRow { case: id, number, since: instant, trouble, process }))
        }
        12 => Change::IncidentGone(id, number),
        13 => {
            let (role, due) = ("clerk".into(), (random.below(2) > 0).then_some(any_day));
            Change::Count(Counted::Task { process, role, due }, number.into())
        }
        14 => {
            let title = "Bescheid".into();
            Change::Post(Box::new(PostRow {
                case: id,
                document: number,
                title,
                addressee: None,
                since: any_day,
            }))
        }
        _ => Change::PostGone(id, number),
    }
}

/// Texts that databases stumble over come back as they went in, and are found.
pub async fn odd_texts_are_kept(world: &World) {
    let (store, tenant) = (&world.store, musterstadt());
    let odd = [
        "Zero \0 byte",
        "quote ' \" ; drop table",
        "percent % _ \\",
        "emoji 🔥 ÄÖÜß ẞ",
        "\u{10ffff}",
        "  ",
        "",
    ];
    for (number, subject) in (1..).zip(odd) {
        let data = json!({"subject": subject, "columns": {"field \0": subject, "list": [1], "none": null}});
        world.committed(vec![Course::new(number).turn(vec![started("bonfire", data)])]).await;
        let row = store.case_row(&tenant, case_id(number)).await.unwrap().unwrap();
        assert_eq!(row.subject.as_deref(), Some(subject));
        let columns = [("field \0".into(), subject.to_owned())].into();
        let query = CaseQuery { found: Found { text: None, columns }, ..CaseQuery::default() };
        let found = store.cases(&tenant, &query).await.unwrap().items;
        assert_eq!(found, [row], "{subject:?}");
    }
    for (number, sought) in
        [(1, "ZERO"), (2, "quote ' \""), (3, "%"), (3, "\\"), (4, "🔥"), (4, "äöü"), (5, "\u{10ffff}")]
    {
        let query = CaseQuery {
            found: Found { text: Some(sought.into()), columns: [].into() },
            ..CaseQuery::default()
        };
        let found = store.cases(&tenant, &query).await.unwrap().items;
        assert_eq!(found.iter().map(|row| row.case).collect::<Vec<_>>(), [case_id(number)], "{sought:?}");
    }
    let report = store.verify(&tenant, listing).await.unwrap();
    assert!(report.is_clean(), "{report:#?}");
}
