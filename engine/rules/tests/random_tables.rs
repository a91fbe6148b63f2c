//! Random decision tables against the meaning of their cells, read off directly.

use fachwerk_rules::{HitPolicy, InputSource, OutputSource, RowSource, Sandbox, Table, TableSource, Vars};
use serde_json::json;

/// Random tables against the meaning of their cells, read off directly.
#[test]
fn random_tables() {
    let seed = std::env::var("FACHWERK_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(7);
    println!("FACHWERK_SEED={seed}");
    let mut random = Random(seed);
    let sandbox = Sandbox::default();
    for _ in 0..300 {
        let rows = 1 + random.below(130);
        let cells: Vec<[Condition; 2]> =
            (0..rows).map(|_| [Condition::number(&mut random), Condition::text(&mut random)]).collect();
        let texts: Vec<[String; 2]> =
            cells.iter().map(|row| row.each_ref().map(|cell| cell.text.clone())).collect();
        let rows_of_table = texts.iter().enumerate().map(|(row, when)| RowSource {
            when: when.to_vec(),
            then: vec![json!(row)],
            ..RowSource::default()
        });
        let table = TableSource {
            inputs: ["n", "t"]
                .map(|id| InputSource { id: id.into(), expression: id.into(), label: None })
                .into(),
            outputs: vec![OutputSource { id: "x".into(), ..OutputSource::default() }],
            hit_policy: HitPolicy::Collect,
            rows: rows_of_table.collect(),
            default: None,
        };
        let table = Table::compile(&table, &sandbox).expect("random cells are right");
        for _ in 0..20 {
            let number = (random.below(8) > 0).then(|| random.number());
            let text = (random.below(8) > 0).then(|| TEXTS[random.below(TEXTS.len())]);
            let data = json!({ "n": number, "t": text });
            let vars = Vars::new().with("n", &data["n"]).with("t", &data["t"]);
            let expected: Vec<usize> = (0..rows)
                .filter(|row| {
                    let [n, t] = &cells[*row];
                    (n.accepts_number)(number) && (t.accepts_text)(text)
                })
                .collect();
            let found = table.evaluate(&vars).expect("the types fit").matched;
            assert_eq!(found, expected, "seed {seed}: {data} in {texts:?}");
        }
    }
}

const TEXTS: [&str; 6] = ["", "a", "aa", "ab", "b", "ä"];

type Accepts<T> = Box<dyn Fn(Option<T>) -> bool>;

struct Condition {
    text: String,
    accepts_number: Accepts<i64>,
    accepts_text: Accepts<&'static str>,
}

impl Condition {
    fn number(random: &mut Random) -> Self {
        let (a, b) = (random.number(), random.number());
        let (low, high) = (a.min(b), a.max(b) + 2);
        let (text, accepts): (String, Accepts<i64>) = match random.below(9) {
            0 => ("-".into(), Box::new(|_| true)),
            1 => (format!("{a}"), Box::new(move |n| n == Some(a))),
            2 => (format!("< {a}"), Box::new(move |n| n.is_some_and(|n| n < a))),
            3 => (format!(">= {a}"), Box::new(move |n| n.is_some_and(|n| n >= a))),
            4 => (format!("!= {a}"), Box::new(move |n| n.is_some_and(|n| n != a))),
            5 => (format!("[{low}..{high})"), Box::new(move |n| n.is_some_and(|n| (low..high).contains(&n)))),
            6 => (format!("({low}..{high}]"), Box::new(move |n| n.is_some_and(|n| n > low && n <= high))),
            7 => (format!("not({a}, > {b})"), Box::new(move |n| n.is_some_and(|n| n != a && n <= b))),
            _ => (format!("{a}, {b}, null"), Box::new(move |n| n.is_none_or(|n| n == a || n == b))),
        };
        Self { text, accepts_number: accepts, accepts_text: Box::new(|_| true) }
    }

    fn text(random: &mut Random) -> Self {
        let (a, b) = (TEXTS[random.below(TEXTS.len())], TEXTS[1 + random.below(TEXTS.len() - 1)]);
        let (text, accepts): (String, Accepts<&'static str>) = match random.below(7) {
            0 => ("-".into(), Box::new(|_| true)),
            1 => (format!("\"{a}\""), Box::new(move |t| t == Some(a))),
            2 => (format!("< \"{b}\""), Box::new(move |t| t.is_some_and(|t| t < b))),
            3 => (format!("> \"{a}\""), Box::new(move |t| t.is_some_and(|t| t > a))),
            4 => (format!("not(\"{a}\", \"{b}\")"), Box::new(move |t| t.is_some_and(|t| t != a && t != b))),
            5 => (format!("[\"a\"..\"{b}\"]"), Box::new(move |t| t.is_some_and(|t| t >= "a" && t <= b))),
            _ => (format!("\"{a}\", null"), Box::new(move |t| t.is_none_or(|t| t == a))),
        };
        Self { text, accepts_number: Box::new(|_| true), accepts_text: accepts }
    }
}

/// xorshift64*; the crate itself has no randomness.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let value = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d);
        usize::try_from(value >> 33).unwrap_or(0) % end
    }

    fn number(&mut self) -> i64 {
        i64::try_from(self.below(12)).unwrap_or(0) - 4
    }
}
