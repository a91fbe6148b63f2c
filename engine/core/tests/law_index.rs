//! What rests on a norm: complete answers over a small process, a block and the legal data.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use fachwerk_core::{
    language::Folder,
    law::{
        OwnRows,
        index::{Cited, LawIndex, Resting, asked},
    },
    words::{Date, Text, Value},
};
use serde_json::json;

const PROCESS: &str = "process: dog
version: 1.0.0
title: { de: Hund, en: Dog }
legal_basis: [VwVfG § 35, Ortsrecht]
acts:
  permit: { title: { de: Erlaubnis, en: Permit }, law: KAG-LSA }
steps:
  look:
    task: { title: { de: Prüfen, en: Examine } }
    legal_basis: [VwVfG § 24, VwVfG § 41 Abs. 2a]
    help: { de: 'Siehe § 41 VwVfG.', en: 'See § 41 VwVfG.' }
  both:
    group:
      steps:
        post: { block: notify@1, with: { norm: '\"§ 41 Abs. 1 VwVfG\"', other_norm: params.norm } }
  broken: { task: { title: { de: K, en: B } }, legal_basis: [§ 41] }
";
const TABLE: &str = "title: { de: Steuer, en: Tax }
rows:
  - { when: [a], norm: '§ 2 KAG-LSA' }
  - { when: [b], norm: '§ 41 Abs. 4 VwVfG' }
";
const LETTER: &str = "# Bescheid

Bekannt gegeben nach
§ 41 Abs. 2 VwVfG am {{ day }}.
";
const LAW: &str = "version: 1
rules:
  - id: post-old
    norm: '§ 41 Abs. 2 VwVfG a. F.'
    valid_to: 2024-12-31
    source: '§ 41 VwVfG in the gazette'
    checked_by: null
    disputed: true
  - id: post-new
    norm: '§ 41 Abs. 2 VwVfG'
    valid_from: 2025-01-01
    source: s
    checked_by: Mia
    note: { de: 'Anders § 41 Abs. 5 VwVfG.', en: 'Else § 41 Abs. 5 VwVfG.' }
";

fn index() -> LawIndex {
    let files = [
        ("process.yaml", PROCESS),
        ("decisions/tax.yaml", TABLE),
        ("templates/notice.md", LETTER),
        ("scenarios/one.yaml", "legal_basis: [VwVfG § 41]"),
        ("README.md", "§ 41 VwVfG"),
    ];
    let files = files.iter().map(|(name, text)| ((*name).into(), text.as_bytes().into())).collect();
    let folder = Folder { name: "dog".into(), files };
    let mut index = LawIndex::default();
    let used = vec![("notify".into(), "1.0.0".into()), ("hearing".into(), "1.0.0".into())];
    index.add_process((&"dog".into(), &"1.0.0".into()), &Text::new("Hund", "Dog"), &folder, used);
    let block = |text: &str| {
        let files = [("block.yaml".into(), text.as_bytes().into())].into();
        Folder { name: "building-blocks/hearing".into(), files }
    };
    let title = Text::new("Anhörung", "Hearing");
    for (version, text) in [("1.0.0", "legal_basis: [VwVfG § 28]"), ("2.0.0", "legal_basis: [SGB X § 24]")]
    {
        index.add_block((&"hearing".into(), &version.into()), &title, &block(text));
        index.add_block((&"hearing".into(), &version.into()), &title, &block(text));
    }
    index.add_law(&"law/notification.yaml".into(), LAW.as_bytes());
    index
}

/// Each use in a line: how it lies, what it is, its step or row, its title, where it stands, what is found.
#[track_caller]
fn check(norm: &str, on: Option<Date>, expected: &[&str]) {
    let uses = index().uses(&asked(norm).expect("readable"), on);
    let line = |used: fachwerk_core::law::index::Use| {
        let row = used.row.map(|row| {
            let marks = [
                row.checked_by.is_none().then_some("unchecked"),
                row.disputed.then_some("disputed"),
                row.holds.map(|holds| if holds { "holds" } else { "holds not" }),
                row.turns.then_some("turns"),
            ];
            format!(" {}/{} {:?}", row.table, row.id, marks.into_iter().flatten().collect::<Vec<_>>())
        });
        let step = used.step.map(|step| format!(" at {step}"));
        let title = used.title.map(|title| format!(" \"{}\"", title.en));
        let all = [row, step, title].into_iter().flatten().collect::<String>();
        format!("{} {}{all} {}:{} {}", used.fit, used.kind, used.file, used.line, used.norms.join("; "))
    };
    assert_eq!(uses.into_iter().map(line).collect::<Vec<_>>(), expected);
}

#[test]
fn what_rests_on_a_norm_is_found_wherever_it_is_said() {
    check(
        "§ 41 VwVfG",
        None,
        &[
            "inside table \"Tax\" dog/decisions/tax.yaml:4 § 41 Abs. 4 VwVfG",
            "inside step at look \"Examine\" dog/process.yaml:10 § 41 Abs. 2a VwVfG",
            "same text at look \"Examine\" dog/process.yaml:11 § 41 VwVfG",
            "inside step at post dog/process.yaml:15 § 41 Abs. 1 VwVfG",
            "inside text dog/templates/notice.md:4 § 41 Abs. 2 VwVfG",
            "inside law notification/post-old [\"unchecked\", \"disputed\"] law/notification.yaml:4 § 41 Abs. 2 VwVfG a. F.",
            "inside law notification/post-new [] law/notification.yaml:10 § 41 Abs. 2 VwVfG",
            "inside law notification/post-new [] law/notification.yaml:14 § 41 Abs. 5 VwVfG",
        ],
    );
    check(
        "§ 41 II VwVfG",
        "2024-12-31".parse().ok(),
        &[
            "around text at look \"Examine\" dog/process.yaml:11 § 41 VwVfG",
            "same text dog/templates/notice.md:4 § 41 Abs. 2 VwVfG",
            "same law notification/post-old [\"unchecked\", \"disputed\", \"holds\", \"turns\"] law/notification.yaml:4 § 41 Abs. 2 VwVfG a. F.",
            "same law notification/post-new [\"holds not\"] law/notification.yaml:10 § 41 Abs. 2 VwVfG",
        ],
    );
    check(
        "KAG LSA",
        None,
        &[
            "inside table \"Tax\" dog/decisions/tax.yaml:3 § 2 KAG-LSA",
            "same act \"Permit\" dog/process.yaml:6 KAG-LSA",
        ],
    );
    check(
        "Ortsrecht; § 35 VwVfG",
        None,
        &[
            "same process \"Dog\" dog/process.yaml:4 § 35 VwVfG",
            "same process \"Dog\" dog/process.yaml:4 Ortsrecht",
        ],
    );
    // By which law an act is issued says nothing of each of its sections.
    check("§ 2 KAG-LSA", None, &["same table \"Tax\" dog/decisions/tax.yaml:3 § 2 KAG-LSA"]);
    check("§ 99 BGB", None, &[]);
}

#[test]
fn only_so_many_are_asked_for() {
    let norms =
        |count: u32| format!("§§ {} AO", (1..=count).map(|it| it.to_string()).collect::<Vec<_>>().join(", "));
    assert_eq!(asked(&norms(20)).map(|all| all.len()), Ok(20));
    let why = asked(&norms(21)).expect_err("too many").why.en;
    assert_eq!(&*why, "These are 21 norms; at most 20 are asked for at once.");
}

#[test]
fn laws_are_counted_by_places() {
    let cited = |law: &str, count| Cited { law: law.into(), count };
    assert_eq!(
        index().laws(),
        [cited("KAG-LSA", 2), cited("Ortsrecht", 1), cited("SGB X", 1), cited("VwVfG", 11)]
    );
}

#[test]
fn own_rows_take_the_place_of_those_that_came_along() {
    let row = |id: &str| match json!({ "id": id, "norm": "§ 99 BGB", "source": "s" }) {
        Value::Object(row) => (id.into(), row),
        other => panic!("{other}"),
    };
    let rows = [row("vwvfg-post-from-2025"), row("added")].into();
    let own = OwnRows::from([("notification".into(), rows)]);
    let found = |own: &OwnRows, norm: &str| {
        let mut index = LawIndex::default();
        index.add_built_in_law(own, |_| true);
        let uses = index.uses(&asked(norm).expect("readable"), None);
        uses.into_iter()
            .filter_map(|used| used.row.map(|row| (row.id.to_string(), row.own)))
            .collect::<Vec<_>>()
    };
    let built_in = ("vwvfg-post-from-2025".to_owned(), false);
    assert!(found(&OwnRows::new(), "§ 41 Abs. 2 Satz 1 VwVfG").contains(&built_in));
    assert!(!found(&own, "§ 41 Abs. 2 Satz 1 VwVfG").contains(&built_in));
    assert_eq!(found(&OwnRows::new(), "§ 99 BGB"), []);
    let expected = [("added".to_owned(), true), ("vwvfg-post-from-2025".to_owned(), true)];
    assert_eq!(found(&own, "§ 99 BGB"), expected);
}

#[test]
fn processes_rest_on_norms_by_themselves_or_by_their_blocks() {
    #[track_caller]
    fn check(norm: &str, expected: Option<(bool, &[&str])>) {
        let resting = |(itself, blocks): (bool, &[&str])| Resting {
            process: "dog".into(),
            title: Text::new("Hund", "Dog"),
            itself,
            blocks: blocks.iter().map(|block| (*block).into()).collect(),
        };
        let found = index().processes(&asked(norm).expect("readable"));
        assert_eq!(found, expected.map(resting).into_iter().collect::<Vec<_>>(), "{norm}");
    }
    check("§ 41 VwVfG", Some((true, &[])));
    check("§ 28 VwVfG", Some((false, &["hearing"])));
    check("VwVfG", Some((true, &["hearing"])));
    // Another version of the block says it.
    check("§ 24 SGB X", None);
}
