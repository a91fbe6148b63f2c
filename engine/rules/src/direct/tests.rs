//! The tree and rhai, on random rules: wherever the tree has an answer, it is that of rhai.

use serde_json::{Value, json};

use crate::{Sandbox, Vars};

fn data() -> Value {
    json!({
        "n": 7, "zero": 0, "big": i64::MAX, "no": null, "yes": true, "text": "Älteste Eiche", "blank": "",
        "half": 1.5,
        "list": ["oak", null, "ash", 3], "numbers": [3, 1, 2], "words": ["b", "a"],
        "tree": { "kind": "oak", "height": 7, "gps": 52.1, "site": { "b": 1, "a": [1, 2.5] } },
        "trees": [{ "kind": "oak", "height": 7 }, { "kind": "ash" }],
    })
}

fn vars(data: &Value) -> Vars<'_> {
    data.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), value)).collect()
}

/// Whether the tree answers, after it was compared with rhai.
#[track_caller]
fn answers(rule: &str) -> bool {
    let data = data();
    let Ok(script) = Sandbox::default().script(rule) else { return false };
    let program = &script.program;
    let direct = program.direct.as_ref();
    let answer =
        direct.and_then(|direct| direct.eval(&program.analysis, &vars(&data), &program.sandbox.inner));
    let Some(answer) = answer else { return false };
    let by_rhai = program.by_rhai(&vars(&data));
    assert_eq!(by_rhai.map(|value| value.to_string()), Ok(answer.to_string()), "{rule}");
    true
}

#[track_caller]
fn check(rule: &str, expected: bool) {
    assert_eq!(answers(rule), expected, "{rule}");
}

#[test]
fn rules_that_have_an_answer() {
    check("tree.height * 2 - n % 3 / -2", true);
    check("tree?.site?.b == 1 && !(text == blank) || no == ()", true);
    check("missing?.x ?? 1", false);
    check("tree?.missing ?? no ?? \"x\"", true);
    check("if n > 3 { text + n } else { n + text }", true);
    check("#{ b: tree, a: [list, ()], c: tree.site }", true);
    check("text.sub_string(1, 3) + text.sub_string(20) + text.sub_string(0, 0) + text.len()", true);
    check("\"ash\" in list && \"kind\" in tree && \"Eiche\" in text && 3 in numbers", true);
    check("list.filter(|item| item != ()).len() + words.filter(|item| item < \"b\").len()", true);
    check("numbers.some(|item| item > 2) && numbers.all(|item| item > 0)", true);
    check("max(n, 9) + sum(numbers) + round_up(n, 5)", true);
    check("text.to_upper() + words.len()", true);
    check("#{ oak: \"Eiche\", ash: \"Esche\" }[tree.kind]", true);
    check("trees[-1].kind + numbers[0]", true);
    check("fn twice(n) { return n * 2; n } twice(twice(n))", true);
    check("fn down(n) { if n <= 0 { 0 } else { down(n - 1) } } down(5)", true);
    check(
        "let said = \"\"; for tree in trees { let kind = tree.kind; said += kind + \"\\n\"; } said.trim(); said",
        true,
    );
    check("let all = []; for word in words { all.push(word); all.push(#{ w: word }); } all", true);
    check("let a = words; a.push(\"c\"); [a, words, a.len()]", true);
    check("let a = \"x\"; let b = a; b += \"y\"; a + b", true);
    check("let x = 1; { let x = 2; x += 1; } if x == 1 { let x = 5; x } else { 0 }", true);
    check(
        "let a = #{ c: #{}, l: [] }; let b = a; a.b = 1; a.c.d = 2; a.b += 3; a.c.set(text, n); a.l.push(b); \
         a.set(\"0\", a.c); a.c.d = \" x \"; a.c.d.trim(); [a, b]",
        true,
    );
    check("let a = #{ b: 1 }; a.b = 2; let c = a.b; a.c = c; a?.c", true);
    check("[numbers == [3, 1, 2], words != [\"b\"], [1, [\"a\"]] == [1, [\"b\"]], [] == list]", true);
    check("blank.split(\",\") + text.split(\" \")", false);
    check("[blank.split(\",\"), text.split(\" \"), text.split(\"zz\")]", true);
}

#[test]
fn what_is_left_to_rhai() {
    for rule in [
        "big + 1",
        "n / zero",
        "-(-big - 1)",
        "text < n",
        "yes < yes",
        "tree == tree",
        "tree.missing",
        "half",
        "tree.gps",
        "numbers[3]",
        "text[0]",
        "no.x",
        "nobody",
        "text + no",
        "list + list",
        "numbers.sort()",
        "n.sub_string(1)",
        "let a = #{}; a.b += 1; a",
        "for i in 0..3 { }",
        "throw 1",
        "[1, 2] == [1, \"b\"]",
        "let x = 1; x + { x += 1; x }",
        "let n = 0; while n < 3 { n += 1; } n",
        "if n { 1 }",
        "text.filter(|x| true)",
        "numbers.filter(|x| x)",
        "fn deep(n) { deep(n) } deep(1)",
        "let a = [1]; for n in numbers { a = [a, a]; a.push(a); } a.pop()",
    ] {
        check(rule, false);
    }
}

/// Long rules reach a limit of rhai; what comes near it is left to rhai.
#[test]
fn limits() {
    let long = |rounds: usize, body: &str| {
        format!("let t = \"0123456789\"; let a = [0]; {} [t, a]", format!("{body}; ").repeat(rounds))
    };
    for body in ["t = t + t", "t += t", "a = [a, a]", "a.push(a)", "a = [a]", "t = t.sub_string(0) + \"x\""] {
        for rounds in [1, 5, 10, 13, 20, 30, 70, 100] {
            answers(&long(rounds, body));
        }
    }
    check(&long(5, "t += t"), true);
    check(&long(30, "t += t"), false);
}

/// Random rules: how many of them the tree answers is counted, for a tree without answers proves nothing.
#[test]
fn random_rules() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seeds = match number("FACHWERK_SEED") {
        Some(seed) => seed..seed + 1,
        None => 1..2_000 * number("FACHWERK_SOAK").unwrap_or(1).max(1),
    };
    let count = seeds.end - seeds.start;
    let mut answered = 0;
    for seed in seeds {
        let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        let rule = if seed % 3 == 0 { random.script() } else { random.rule(3) };
        println!("FACHWERK_SEED={seed}: {rule}");
        answered += u64::from(answers(&rule));
    }
    assert!(count == 1 || answered > count / 2, "{answered} of {count} rules have an answer");
}

const NUMBERS: [&str; 9] =
    ["n", "zero", "big", "tree.height", "3", "-2", "numbers[1]", "trees[0].height", "(tree?.depth ?? 4)"];
const TEXTS: [&str; 8] = [
    "text",
    "blank",
    "tree.kind",
    "\"Eiche\"",
    "\"\"",
    "words[0]",
    "trees[-1].kind",
    "(tree?.name ?? \"?\")",
];
const TRUTHS: [&str; 5] = ["yes", "true", "false", "no == ()", "\"kind\" in tree"];
const LISTS: [&str; 5] = ["list", "numbers", "words", "[]", "text.split(\" \")"];
const OTHERS: [&str; 5] = ["no", "tree", "half", "trees", "()"];

#[derive(Clone, Copy)]
enum Kind {
    Number,
    Text,
    Truth,
    List,
    Other,
}

const KINDS: [Kind; 5] = [Kind::Number, Kind::Text, Kind::Truth, Kind::List, Kind::Other];

struct Random(u64);

impl Random {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).unwrap_or(0) % most
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }

    fn rule(&mut self, depth: usize) -> String {
        let kind = self.of(&KINDS);
        self.expression(kind, depth)
    }

    fn expression(&mut self, kind: Kind, depth: usize) -> String {
        // Now and then something of another kind.
        let kind = if self.below(40) == 0 { self.of(&KINDS) } else { kind };
        if depth == 0 || self.below(5) == 0 {
            return self.leaf(kind).to_owned();
        }
        let depth = depth - 1;
        if self.below(6) == 0 {
            let condition = self.expression(Kind::Truth, depth);
            let (then, otherwise) = (self.expression(kind, depth), self.expression(kind, depth));
            return format!("(if {condition} {{ {then} }} else {{ {otherwise} }})");
        }
        match kind {
            Kind::Number => self.number(depth),
            Kind::Text => self.text(depth),
            Kind::Truth => self.truth(depth),
            Kind::List => self.list(depth),
            Kind::Other => {
                let (a, b) = (self.rule(depth), self.rule(depth));
                if self.below(2) == 0 { format!("#{{ b: {a}, a: {b} }}") } else { format!("({a} ?? {b})") }
            }
        }
    }

    fn leaf(&mut self, kind: Kind) -> &'static str {
        match kind {
            Kind::Number => self.of(&NUMBERS),
            Kind::Text => self.of(&TEXTS),
            Kind::Truth => self.of(&TRUTHS),
            Kind::List => self.of(&LISTS),
            Kind::Other => self.of(&OTHERS),
        }
    }

    fn pair(&mut self, kind: Kind, operators: &[&str], depth: usize) -> String {
        let (a, b) = (self.expression(kind, depth), self.expression(kind, depth));
        format!("({a} {} {b})", self.of(operators))
    }

    fn number(&mut self, depth: usize) -> String {
        match self.below(5) {
            0 => format!("{}.len()", self.expression(Kind::Text, depth)),
            1 => format!("{}.len()", self.expression(Kind::List, depth)),
            2 => format!("max({}, n)", self.expression(Kind::Number, depth)),
            _ => self.pair(Kind::Number, &["+", "-", "*", "/", "%"], depth),
        }
    }

    fn text(&mut self, depth: usize) -> String {
        let text = self.expression(Kind::Text, depth);
        match self.below(5) {
            0 => format!("({text} + {})", self.expression(Kind::Number, depth)),
            1 => format!("({} + {text})", self.expression(Kind::Number, depth)),
            2 => format!("{text}.sub_string({}, {})", self.below(7), self.below(5)),
            3 => format!("{text}.to_lower()"),
            _ => format!("({text} + {})", self.expression(Kind::Text, depth)),
        }
    }

    fn truth(&mut self, depth: usize) -> String {
        const COMPARISONS: [&str; 6] = ["==", "!=", "<", "<=", ">", ">="];
        match self.below(7) {
            0 => self.pair(Kind::Number, &COMPARISONS, depth),
            1 => self.pair(Kind::Text, &COMPARISONS, depth),
            2 => format!("({} == {})", self.rule(depth), self.leaf(Kind::Other)),
            3 => format!("!{}", self.expression(Kind::Truth, depth)),
            4 => {
                format!("({} in {})", self.expression(Kind::Text, depth), self.expression(Kind::List, depth))
            }
            5 => format!("{}.some(|item| item == ())", self.expression(Kind::List, depth)),
            _ => self.pair(Kind::Truth, &["&&", "||"], depth),
        }
    }

    fn list(&mut self, depth: usize) -> String {
        match self.below(3) {
            0 => format!("{}.filter(|item| item != ())", self.expression(Kind::List, depth)),
            1 => format!("{}.split({})", self.expression(Kind::Text, depth), self.leaf(Kind::Text)),
            _ => format!("[{}, {}]", self.rule(depth), self.rule(depth)),
        }
    }

    /// Variables that are changed in a loop.
    fn script(&mut self) -> String {
        let list = self.expression(Kind::List, 2);
        let statements: Vec<String> = (0..1 + self.below(5)).map(|_| self.statement()).collect();
        format!(
            "fn twice(n) {{ if n > 9 {{ return n; }} n * 2 }} let x = 1; let t = \"a\"; let l = []; \
             for item in {list} {{ l.push(item); {} }} #{{ x: x, t: t, l: l }}",
            statements.join(" ")
        )
    }

    fn statement(&mut self) -> String {
        match self.below(8) {
            0 => format!("x += {};", self.expression(Kind::Number, 1)),
            1 => format!("t += {};", self.expression(Kind::Text, 2)),
            2 => format!("t = {} + t;", self.expression(Kind::Text, 2)),
            3 => format!("l.push({});", self.rule(2)),
            4 => "t.trim(); let x = t.len(); l.push(x);".to_owned(),
            5 => "l.push(l.len());".to_owned(),
            6 => format!(
                "if {} {{ let t = {}; l.push(t); return [x, t, l]; }}",
                self.expression(Kind::Truth, 2),
                self.expression(Kind::Text, 1)
            ),
            _ => format!("x = twice({});", self.expression(Kind::Number, 1)),
        }
    }
}
