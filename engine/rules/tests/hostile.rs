//! Rules, tables and templates made to do harm: all end soon, and the limit is named.
//!
//! Everything runs on a thread with the stack of a server's worker, 2 MiB.

use std::time::{Duration, Instant};

use fachwerk_rules::{
    HitPolicy, InputSource, Lang, OutputSource, RowSource, RuleCode, Sandbox, Table, TableCode, TableSource,
    Template, TemplateCode, Vars,
};
use serde_json::json;

/// Far above what any of them takes (most take milliseconds, the worst about a second in
/// an unoptimised build), far below what a person would call hanging.
const PATIENCE: Duration = Duration::from_secs(20);

#[track_caller]
fn on_small_stack(name: &str, run: impl FnOnce() -> String + Send + 'static) -> String {
    let start = Instant::now();
    let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(run).expect("a thread");
    let result = thread.join().unwrap_or_else(|_| panic!("{name} panicked"));
    let taken = start.elapsed();
    assert!(taken < PATIENCE, "{name} took {taken:?}");
    result
}

fn outcome(script: &str) -> String {
    let result = Sandbox::default().script(script).and_then(|rule| rule.eval(&Vars::new()));
    match result {
        Ok(value) => value.to_string(),
        Err(error) => match error.code {
            RuleCode::LimitReached(limit) => limit.name().to_string(),
            code => code.as_str().to_string(),
        },
    }
}

#[track_caller]
fn check(script: &str, expected: &str) {
    let owned = script.to_string();
    let name: String = script.chars().take(80).collect();
    let result = on_small_stack(&name, move || outcome(&owned));
    assert_eq!(result, expected, "{name}");
}

#[test]
fn endless_work() {
    check("loop {}", "operations");
    check("let i = 0; while true { i += 1; }", "operations");
    check("for i in 0..9223372036854775807 {}", "operations");
    check("fn f(n) { f(n + 1) } f(0)", "call depth");
    check("fn f(n) { [1].map(|x| f(n + 1)) } f(0)", "call depth");
    // rhai forgets the operations of functions called by `map`; we do not.
    check(
        "let a = []; a.pad(1000, 1); let b = a; let c = a; a.map(|x| b.map(|y| c.map(|z| 1)))",
        "operations",
    );
    check("let a = []; a.pad(1000, 1); a.map(|x| { for i in 0..90000 {} 1 })", "operations");
    check(
        "let a = []; a.pad(10000, 1); a.map(|x| 10000 - x).order(|x, y| { for i in 0..9000 {} x - y })",
        "operations",
    );
}

#[test]
fn much_memory() {
    check("let s = \"a\"; loop { s += s; }", "string size");
    check("let s = \"a\"; loop { s = s + s; }", "string size");
    check("let a = [1]; loop { a += a; }", "array size");
    check("let a = [1]; loop { a.push(a); }", "array size");
    check("let a = []; loop { a = [a]; }", "data depth");
    check("let a = #{}; loop { a = #{ a: a }; }", "data depth");
    check("let m = #{}; let i = 0; loop { m.set(\"k\" + i, i); i += 1; }", "operations");
    check("let m = #{}; let i = 0; loop { m[\"k\" + i] = i; i += 1; }", "operations");
    check("let m = #{}; let k = \"k\"; loop { m[k] = m; k += \"k\"; }", "map size");
    check(
        "let m = #{}; let s = \"\"; s.pad(60000, 'x'); let i = 0; loop { m[\"k\" + i] = s; i += 1; }",
        "string size",
    );
    check(
        "let m = #{}; let a = []; a.pad(9000, 1); let i = 0; loop { m[\"k\" + i] = a; i += 1; }",
        "array size",
    );
    check(
        "let m = #{}; let k = \"\"; k.pad(60000, 'x'); let i = 0; loop { m[k + i] = i; i += 1; }",
        "operations",
    );
    check("let a = []; a.pad(9223372036854775807, 1);", "array size");
    check("let s = \"\"; s.pad(9223372036854775807, 'x');", "string size");
    check("let s = \"\"; s.pad(9223372036854775807, \"abc\");", "string size");
    let many: String = (0..3_000).map(|i| format!("let a{i} = {i};")).collect();
    check(&many, "variables");
    let many: String = (0..3_000).map(|i| format!("fn a{i}() {{}}")).collect();
    check(&many, "functions");
}

/// The size of what an operation works on counts as well.
#[test]
fn few_operations_on_much_data() {
    let list = "let a = []; a.pad(9900, 1); let b = a;";
    let map = "let a = #{}; for i in 0..2000 { a.set(i.to_string(), i); } let b = a;";
    let text = "let a = \"\"; a.pad(64000, 'x'); let b = a;";
    for (data, work) in [
        (list, "let c = a;"),
        (list, "a == b;"),
        (list, "a.contains(2);"),
        (list, "a.index_of(2);"),
        (list, "a.to_string();"),
        (list, "let c = a; c.sort();"),
        (list, "let c = a; c.dedup();"),
        (list, "[a, b].map(|x| x);"),
        (list, "let c = a + b;"),
        (map, "let c = a;"),
        (map, "a == b;"),
        (map, "a.keys();"),
        (map, "a.to_json();"),
        (text, "a.to_upper();"),
        (text, "a.contains(\"xy\");"),
        (text, "let c = a; c.replace(\"x\", \"y\");"),
        (text, "a.split(\"x\").len();"),
        (text, "a == b;"),
    ] {
        let limit = match (data == list, work) {
            (true, "let c = a + b;" | "[a, b].map(|x| x);") => "array size",
            (_, "a.split(\"x\").len();") => "array size",
            _ => "operations",
        };
        check(&format!("{data} loop {{ {work} }}"), limit);
    }
}

#[test]
fn loops_within_loops() {
    check("for a in 0..1000 { for b in 0..1000 { for c in 0..1000 {} } }", "operations");
    check("let n = 0; while n < 1000 { let m = 0; while m < 1000 { m += 1; } n += 1; }", "operations");
    check("fn f() { for a in 0..1000 {} } for b in 0..1000 { f(); }", "operations");
    check(
        "let a = [0]; a.pad(3000, 1); let b = a; a.filter(|x| b.filter(|y| x == y).len() > 0).len()",
        "operations",
    );
    check("let a = [0]; a.pad(3000, 1); let b = a; a.all(|x| !b.some(|y| y > x + 1))", "operations");
    check(
        "let a = [0]; a.pad(3000, 1); let b = a; a.reduce(|s, x| s + b.reduce(|t, y| t + y, 0), 0)",
        "operations",
    );
    check("for a in range(0, 9223372036854775807, 2) {}", "operations");
    check("for c in \"abc\" { for d in 0..9223372036854775806 {} }", "operations");
    check("let s = 0; do { s += 1; } until false", "operations");
    check("switch 1 { 1 => loop {}, _ => 0 }", "operations");
    check(
        "let l = []; loop { let x = 1; let y = 2; if l.len() > 9000 { l.clear(); } l.push(x); }",
        "operations",
    );
}

/// A value that doubles itself each round, in every way that one is put together from another.
#[test]
fn growth() {
    for (start, round, limit) in [
        ("\"ab\"", "x.replace(\"a\", \"aa\")", "string size"),
        ("\"ab\"", "x += \"/\" + x", "string size"),
        ("\"ab\"", "x = [x, x].to_string()", "string size"),
        ("\"ab\"", "x = #{ a: x, b: x }.to_json()", "string size"),
        ("\"ab\"", "x = x + [x]", "string size"),
        ("\"ab\"", "x = [x, x]", "array size"),
        ("\"ab\"", "x = x.to_upper() + x.to_lower()", "string size"),
        ("\"ab\"", "x.pad(x.len() * 2, \"ab\")", "string size"),
        ("\"ab\"", "x = x.split(\"\").map(|c| c + c + c).reduce(|s, c| s + c, \"\")", "operations"),
        ("[1]", "x.append(x)", "array size"),
        ("[1]", "x = x + x", "array size"),
        ("[1]", "x.splice(0, 0, x)", "array size"),
        ("[1]", "x.insert(0, x)", "array size"),
        ("[1]", "x = [x, x]", "array size"),
        ("[1]", "let y = x; x = x.map(|e| y)", "data depth"),
        ("[1]", "x.pad(x.len() * 3, x)", "array size"),
        ("#{ a: 1 }", "x = #{ a: x, b: x }", "map size"),
        ("#{ a: 1 }", "x.set(x.len().to_string(), x)", "map size"),
        ("#{ a: 1 }", "x = [x, x]", "array size"),
        ("#{ a: 1 }", "x += #{ b: x }", "data depth"),
        ("#{ a: 1 }", "x.mixin(#{ b: x })", "data depth"),
        ("#{ a: 1 }", "x.fill_with(#{ b: [x, x] }); x.remove(\"a\"); x = #{ a: x }", "array size"),
        ("1", "x = [x]", "data depth"),
        ("1", "x = [#{ a: x }]", "data depth"),
        ("2", "x = x * x", "overflow"),
        ("2", "x = x ** 9", "overflow"),
    ] {
        check(&format!("let x = {start}; loop {{ {round}; }}"), limit);
    }
}

/// A function is no value: it is handed over, where one is taken, and never kept, bound or called by its name.
#[test]
fn functions_as_values() {
    for script in [
        "let f = |x| x; f.call(1)",
        "let f = Fn(\"f\"); f.call(1)",
        "fn f(x) { f.call(x) } f(1)",
        "[|x| x][0].call(1)",
        "#{ f: |x| x }.f.call(1)",
        "let f = |x| x; f.curry(1)",
        "fn f(x) { x } Fn(\"f\").curry(1).call()",
        "curry(|x| x, 1)",
        "[1].map(|x| |y| x)",
        "fn f(g) { [1].map(g) } f(|x| x)",
        "fn f(g) { g } f(f)",
        "[1].map((|x| x).curry(2))",
        "eval(\"loop {}\")",
        "fn f() { this.f() } f()",
        "let a = [1]; a.push(|x| a)",
        "call(\"f\")",
        "is_def_fn(\"f\", 1)",
    ] {
        check(script, "not-allowed");
    }
    check("fn f(x) { [x].map(f) } f(0)", "call depth");
    check("fn f(x) { [x].filter(f).len() } f(0)", "call depth");
    check("fn f(n) { g(n) } fn g(n) { f(n) } f(0)", "call depth");
    check("fn f(n) { f([n]) } f(0)", "call depth");
    check("fn f(n) { f(n + n) } f(\"abcdefgh\")", "string size");
    check("fn f(n) { [n].reduce(|s, x| s + f(x), 0) } f(0)", "call depth");
}

/// Whatever a rule does, it does the same again; nothing tells it the time, the place or a random number.
#[test]
fn the_same_again() {
    for script in [
        "timestamp()",
        "now()",
        "rand()",
        "random()",
        "sleep(1)",
        "exit()",
        "open(\"/etc/passwd\")",
        "env(\"HOME\")",
        "parse_json(\"{}\")",
        "blob()",
        "parse_float(\"1.5\")",
        "to_float(1)",
        "sin(1)",
        "sqrt(4)",
        "hash(1)",
    ] {
        check(script, "unknown-function");
    }
    for script in ["1.5", "1.5 + 1", "1e3", "0.1 == 0.1", "import \"x\" as x;", "export let x = 1;", "`${1}`"]
    {
        let result = on_small_stack(script, move || outcome(script));
        assert!(
            ["syntax", "not-allowed", "unknown-property", "unknown-function"].contains(&&*result),
            "{script}: {result}"
        );
    }
    // The order of named values is that of their names, however they were put together.
    check("let m = #{ b: 1, a: 2 }; m.set(\"0\", 3); m.keys()", "[\"0\",\"a\",\"b\"]");
    check("let m = #{ b: 1 }; m.mixin(#{ a: 2 }); m.values()", "[2,1]");
    check("#{ b: 1, a: #{ d: 1, c: 2 } }.to_json()", "\"{\\\"a\\\":{\\\"c\\\":2,\\\"d\\\":1},\\\"b\\\":1}\"");
}

#[test]
fn deep_texts() {
    check(&"(".repeat(100_000), "source size");
    for opening in [
        "(",
        "[",
        "{",
        "!",
        "if true {",
        "#{a:",
        "[1].map(|x| ",
        "max(1,",
        "switch 1 { 1 => ",
        "1+",
        "a.b[",
        "2**",
    ] {
        check(&opening.repeat(60_000 / opening.len()), "expression depth");
    }
    for tail in ["+1", "&&true", "??()", ".b", "[1]", ".len()", "**2"] {
        check(&format!("a{}", tail.repeat(60_000 / tail.len())), "expression depth");
    }
    check(&"/*".repeat(30_000), "null");
    check(&"-".repeat(60_000), "not-allowed");
    check(&"9".repeat(60_000), "syntax");
    check(&format!("\"{}\".len()", "x".repeat(60_000)), "60000");
    check(&"a".repeat(60_000), "unknown-name");
}

/// The deepest expression that is allowed, in the deepest recursion that is allowed.
#[test]
fn deepest_recursion() {
    for (open, close) in [
        ("[", "]"),
        ("(", ")"),
        ("if true {", "}"),
        ("{", "}"),
        ("#{a:", "}"),
        ("!", ""),
        ("max(1,", ")"),
        ("[1][", "]"),
        ("for i in 0..1 {", "}"),
        ("switch 1 { 1 => ", "}"),
        ("[1].map(|x| ", ")"),
        ("1 + (", ")"),
        ("{ let x = ", "; x }"),
    ] {
        let script = |depth: usize| {
            format!("fn f(n) {{ {} f(n + 1) {} }} f(0)", open.repeat(depth), close.repeat(depth))
        };
        let sandbox = Sandbox::default();
        let deepest = (1..70).rev().find(|depth| sandbox.script(&script(*depth)).is_ok());
        check(&script(deepest.expect("one level is allowed")), "call depth");
    }
}

/// The extremes of numbers as arguments of everything that takes one.
#[test]
fn extreme_numbers() {
    let (min, max) = ("(-9223372036854775807 - 1)", "9223372036854775807");
    for call in [
        "[1][N]",
        "\"abc\"[N]",
        "[1, 2].extract(N, M)",
        "\"abc\".sub_string(N, M)",
        "[1].get(N) ?? 0",
        "\"abc\".get(N) ?? 0",
        "(N..M).contains(1)",
        "\"abc\".index_of(\"c\", N)",
        "[1].index_of(1, N)",
        "[1].split_at(N)",
        "[1].remove(N) ?? 0",
        "N.abs()",
        "-N",
        "N + M",
        "N - M",
        "N * M",
        "N / M",
        "N % M",
        "N ** M",
        "round_down(N, M)",
        "round_up(N, M)",
        "round_half_up(N, M)",
        "range(N, M, 1).is_empty()",
        "N.to_hex()",
        "[1].drain(N, M)",
        "[1].chop(N)",
        "parse_int(\"1\", N)",
        "N.to_string()",
        "sum([N, M])",
        "\"abc\".crop(N, M) ?? 0",
        "\"abc\".truncate(N) ?? 0",
        "[1].truncate(N) ?? 0",
        "[1].splice(N, M, [2]) ?? 0",
    ] {
        for (n, m) in
            [(min, max), (max, min), (min, "-1"), (max, "1"), ("0", min), ("0", max), (min, min), (max, max)]
        {
            let script = call.replace('N', n).replace('M', m);
            let name = script.clone();
            // No panic, no hanging; what comes out is tested elsewhere.
            on_small_stack(&name, move || outcome(&script));
        }
    }
}

#[test]
fn large_tables() {
    let source = |rows: usize, cell: &str| TableSource {
        inputs: vec![InputSource { id: "a".into(), expression: "a".into(), label: None }],
        outputs: vec![OutputSource { id: "x".into(), ..OutputSource::default() }],
        hit_policy: HitPolicy::First,
        rows: vec![RowSource { when: vec![cell.into()], then: vec![json!(1)], ..RowSource::default() }; rows],
        default: None,
    };
    let check = |source: TableSource, limit: &'static str| {
        let found = on_small_stack(limit, move || {
            let problems = Table::compile(&source, &Sandbox::default()).expect_err("too large");
            match problems[0].code {
                TableCode::LimitReached(limit) => limit.name().to_string(),
                code => code.as_str().to_string(),
            }
        });
        assert_eq!(found, limit);
    };
    check(source(100_000, "-"), "table rows");
    check(source(2_000, "1, 3, 5, 7, 9, 11"), "table conditions");
    check(source(1, &"(".repeat(100_000)), "source size");
    check(source(1, &format!("\"{}\"", "x".repeat(5_000))), "source size");
    let inputs = vec![InputSource { id: "a".into(), expression: "1".into(), label: None }; 40];
    check(TableSource { inputs, ..source(1, "-") }, "table columns");
    // The largest that is allowed is compiled, and searched for gaps, in reasonable time.
    let rows = (0..2_000).map(|i| RowSource {
        when: vec![format!("[{}..{}], {}", i * 10, i * 10 + 5, i * 10 + 7); 2],
        then: vec![json!(i)],
        ..RowSource::default()
    });
    let inputs = ["a", "b"].map(|id| InputSource { id: id.into(), expression: id.into(), label: None });
    let large = TableSource { inputs: inputs.into(), rows: rows.collect(), ..source(0, "-") };
    let found = on_small_stack("the largest table", move || {
        let table = Table::compile(&large, &Sandbox::default()).expect("allowed");
        format!("{}", table.coverage(&[]).gaps.len())
    });
    assert_eq!(found, "10");
}

#[test]
fn hostile_templates() {
    let check = |text: String, expected: &'static str| {
        let name: String = text.chars().take(60).collect();
        let found = on_small_stack(&name, move || {
            let rendered = Template::compile("x", &text, Lang::De).and_then(|t| t.render(&Vars::new()));
            match rendered {
                Ok(text) => format!("{} bytes", text.len()),
                Err(error) => match error.code {
                    TemplateCode::LimitReached(limit) => limit.name().to_string(),
                    code => code.as_str().to_string(),
                },
            }
        });
        assert_eq!(found, expected, "{name}");
    };
    let double = "{% set ns.a = ns.a ~ ns.a %}";
    check(
        "{% for i in range(99999) %}{% for j in range(99999) %}x{% endfor %}{% endfor %}".into(),
        "template work",
    );
    check("{% for i in range(20000) %}{% endfor %}".into(), "0 bytes");
    check("{{ range(1000000000) | join }}".into(), "wrong-type");
    check("{{ \"x\" * 1000000000 }}".into(), "template work");
    check("{{ \"x\" * 600000 }}".into(), "output size");
    check(
        format!("{{% set ns = namespace(a=\"xxxxxxxx\") %}}{}{{{{ ns.a }}}}", double.repeat(40)),
        "template work",
    );
    check(
        format!("{{% set x %}}{{% for i in range(9999) %}}{}{{% endfor %}}{{% endset %}}", "x".repeat(9_999)),
        "template work",
    );
    check("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}".into(), "call depth");
    check("{{ \"a\" | replace(\"\", \"x\" * 9000) | replace(\"x\", \"y\" * 9000) }}".into(), "template work");
    check(format!("{{{{ {}1{} }}}}", "(".repeat(100_000), ")".repeat(100_000)), "expression depth");
    check(format!("{{{{ {}1 }}}}", "-".repeat(100_000)), "expression depth");
    check(format!("{{{{ {}1 }}}}", "not ".repeat(60_000)), "expression depth");
    check(format!("{{{{ 1{} }}}}", "+1".repeat(100_000)), "expression depth");
    check(format!("{{{{ 1{} }}}}", "|abs".repeat(60_000)), "expression depth");
    check(format!("{{{{ a{} }}}}", ".b".repeat(100_000)), "expression depth");
    // As deep as it gets.
    check(format!("{{{{ {}1{} }}}}", "(".repeat(60), ")".repeat(60)), "1 bytes");
    check(format!("{{{{ 1{} }}}}", "+1".repeat(148)), "3 bytes");
    check(format!("{{{{ 1{} }}}}", "|abs".repeat(148)), "1 bytes");
    check(format!("{}x{}", "{% if true %}".repeat(60), "{% endif %}".repeat(60)), "1 bytes");
    check("{% if true %}".repeat(18_000), "syntax");
    check("x".repeat(300_000), "source size");
    check("{{ x".repeat(60_000), "expression depth");
}

/// Random rules from the words of the language: none panics, none hangs.
#[test]
fn random_rules() {
    let seed = std::env::var("FACHWERK_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    println!("FACHWERK_SEED={seed}");
    let result = on_small_stack("random rules", move || {
        let mut random = Random(seed);
        let sandbox = Sandbox::default();
        let data = json!({ "list": [1, 2, "x", [3]], "text": "abc", "map": { "x": 1, "y": null }, "n": -3 });
        let mut evaluated = 0;
        for _ in 0..100_000 {
            let length = 1 + random.below(14);
            let rule: Vec<&str> = (0..length).map(|_| WORDS[random.below(WORDS.len())]).collect();
            let rule = rule.join(" ");
            let vars = data.as_object().expect("an object").iter().map(|(k, v)| (k.as_str(), v)).collect();
            if let Ok(rule) = sandbox.script(&rule) {
                evaluated += 1;
                // Either is fine.
                let _ = rule.eval(&vars);
            }
        }
        evaluated.to_string()
    });
    let evaluated: u32 = result.parse().expect("a number");
    assert!(evaluated > 200, "the words hardly ever make a rule: {evaluated}");
}

const WORDS: [&str; 64] = [
    "list",
    "text",
    "map",
    "n",
    "a",
    "b",
    "1",
    "0",
    "\"x\"",
    "()",
    "true",
    "[",
    "]",
    "(",
    ")",
    "{",
    "}",
    "#{",
    "x:",
    ",",
    ";",
    ".",
    "?.",
    "??",
    "+",
    "-",
    "*",
    "/",
    "%",
    "==",
    "<",
    "&&",
    "||",
    "!",
    "in",
    "let a =",
    "let b =",
    "a =",
    "b +=",
    "if",
    "else",
    "for a in",
    "while",
    "break",
    "return",
    "fn f(a)",
    "f(",
    "|x|",
    "x",
    ".map(|x|",
    ".filter(|x|",
    ".len()",
    ".push(",
    ".x",
    ".y",
    "[0]",
    "[\"x\"]",
    "..",
    "switch",
    "=>",
    "sum(",
    "'c'",
    "-1",
    "throw",
];

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
}
