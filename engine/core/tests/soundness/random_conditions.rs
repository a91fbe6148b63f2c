//! Random choices over two fields: what is said of their ways is what the engine does, for all values.

use std::collections::BTreeSet;

use fachwerk_core::{
    definition::{Kind, Release},
    language::compile,
    soundness::{Property, prove},
};
use fachwerk_rules::Vars;
use serde_json::json;

use crate::short::{catalogue, written};

/// SplitMix64, so that a seed that was printed can be played again.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }

    fn condition(&mut self, depth: u32) -> String {
        let number = self.below(5);
        match self.below(if depth == 0 { 6 } else { 9 }) {
            0 | 1 => {
                let is = ["<", "<=", ">", ">=", "==", "!="][self.below(6) as usize];
                format!("application.dogs {is} {number}")
            }
            2 => format!("{number} < application.dogs"),
            3 => format!("application.dogs in [{number}, {}]", number + 2),
            4 => format!("between(application.dogs, {number}, {})", self.below(5)),
            5 => format!(
                "application.kind {} \"{}\"",
                ["==", "!="][self.below(2) as usize],
                ["a", "b"][self.below(2) as usize]
            ),
            6 => format!("!({})", self.condition(depth - 1)),
            7 => format!("({} || {})", self.condition(depth - 1), self.condition(depth - 1)),
            _ => format!("({} && {})", self.condition(depth - 1), self.condition(depth - 1)),
        }
    }
}

/// The ways that the engine goes for all values: of the number all that a condition can tell apart.
fn gone(release: &Release) -> BTreeSet<usize> {
    let Kind::Choose(ways) = &release.steps[0].kind else { panic!("the first step is the choice") };
    let mut gone = BTreeSet::new();
    for dogs in 0..9 {
        for kind in ["a", "b"] {
            let application = json!({ "dogs": dogs, "kind": kind });
            let vars = Vars::new().with("application", &application);
            let holds = |way: &fachwerk_core::definition::Way| {
                way.when
                    .as_ref()
                    .is_none_or(|rule| rule.compiled.eval(&vars).expect("it can be asked") == json!(true))
            };
            gone.insert(ways.iter().position(holds).expect("there is an else"));
        }
    }
    gone
}

#[test]
fn what_is_said_of_ways_is_what_the_engine_does() {
    let catalogue = catalogue();
    let (mut never, mut ever) = (0, 0);
    for seed in 0..400_u64 {
        let mut dice = Dice(seed.wrapping_mul(7919));
        let rules: Vec<String> = (0..3).map(|_| dice.condition(2)).collect();
        let ways: String = rules.iter().map(|rule| format!("{{ when: '{rule}', then: b }}, ")).collect();
        let (folder, _) = written(&format!("a: {{ choose: [{ways}{{ else: b }}] }}\nb: {{ T }}"));
        let compiled = compile(&folder, &catalogue);
        let release = compiled.release.unwrap_or_else(|| panic!("seed {seed}: {:?}", compiled.problems));
        let findings = prove(&release).findings;
        let Kind::Choose(all) = &release.steps[0].kind else { panic!("the first step is the choice") };
        let said: BTreeSet<usize> = findings
            .iter()
            .map(|finding| match finding.property {
                Property::ElseNeverTaken => 3,
                Property::ConditionNeverHolds | Property::WayNeverTaken => {
                    let span = &finding.detail.as_ref().expect("a detail").span;
                    let is = |way: &fachwerk_core::definition::Way| {
                        way.when.as_ref().is_some_and(|rule| rule.span == *span)
                    };
                    all.iter().position(is).expect("a way")
                }
                other => panic!("seed {seed}: {other:?}"),
            })
            .collect();
        let expected: BTreeSet<usize> = (0..4).filter(|way| !gone(&release).contains(way)).collect();
        assert_eq!(said, expected, "seed {seed}: {rules:#?}");
        never += said.len();
        ever += 4 - said.len();
    }
    println!("{never} ways are never gone, {ever} are");
    assert!(never > 200 && ever > 400, "{never} never, {ever} ever");
}
