use fachwerk_rules::*;
use std::time::Instant;
fn main() {
    let sandbox = Sandbox::default();
    let run = move |name: &str, text: String| {
        let sandbox = sandbox.clone();
        let name = name.to_string();
        // the stack of a tokio worker
        std::thread::Builder::new()
            .stack_size(2 << 20)
            .spawn(move || {
                let t = Instant::now();
                let r = sandbox.script(&text);
                let c = t.elapsed();
                let r = r.and_then(|s| s.eval(&Vars::new()));
                println!(
                    "{name:28} {:?} {:?} {}",
                    c,
                    t.elapsed(),
                    match r {
                        Ok(v) => v.to_string().chars().take(60).collect(),
                        Err(e) => format!("{:?} {}", e.code, e.message),
                    }
                );
                let t = Instant::now();
                let r = sandbox.expression(&text);
                println!(
                    "{name:28} expr {:?} {}",
                    t.elapsed(),
                    match r {
                        Ok(_) => "ok".to_string(),
                        Err(e) => format!("{:?} {}", e.code, e.message),
                    }
                );
            })
            .unwrap()
            .join()
            .unwrap();
    };
    let n = 60_000;
    run("parens", "(".repeat(100_000));
    run("parens60k", "(".repeat(n));
    run("brackets", "[".repeat(n));
    run("braces", "{".repeat(n));
    run("map", "#{a:".repeat(n / 4));
    run("plus", format!("1{}", "+1".repeat(n / 2)));
    run("plus2", format!("1{}", "+1".repeat(3000)));
    run("and", format!("true{}", "&&true".repeat(n / 8)));
    run("and1000", format!("true{}", "&&true".repeat(1000)));
    run("coalesce", format!("(){}", "??()".repeat(n / 5)));
    run("dots", format!("a{}", ".b".repeat(n / 2)));
    run("dots50", format!("a{}", ".b".repeat(50)));
    run("index", format!("a{}", "[1]".repeat(n / 4)));
    run("neg", "-".repeat(n) + "1");
    run("not", "!".repeat(n) + "true");
    run("if", "if true {".repeat(n / 10));
    run("elseif", "if false {} ".to_string() + &*"else if false {} ".repeat(n / 20));
    run("interp", "`${".repeat(n / 3));
    run("comment", "/*".repeat(n / 2));
    run("closure", "[].map(".to_string() + &*"|x|".repeat(n / 4));
    run("ternary pow", format!("2{}", "**2".repeat(n / 4)));
    run("switch", "switch 1 { 1 => ".repeat(n / 20));
    run("stmts", "1;".repeat(n / 2));
    run("lets", (0..3000).map(|i| format!("let a{i} = {i};")).collect::<String>());
    run("fns", (0..3000).map(|i| format!("fn a{i}() {{}}")).collect::<String>());
    run("call chain", format!("a{}", "()".repeat(n / 4)));
    run("methods", format!("a{}", ".len()".repeat(n / 8)));
    run("methods 60", format!("[]{}", ".len().to_string()".repeat(25)));
    run("nested closures", "[1].map(|x| ".repeat(100) + &*")".repeat(100));
    run("nested closures 20", "[1].map(|x| ".repeat(20) + "x" + &*")".repeat(20));
    run("string lit", format!("\"{}\"", "x".repeat(60_000)));

    run("loop", "loop {}".into());
    run("recursion", "fn f(n) { 1 + f(n + 1) } f(0)".into());
    run("recursion deep expr", format!("fn f(n) {{ {} f(n + 1) {} }} f(0)", "[".repeat(50), "]".repeat(50)));
    run("recursion closures", "fn f(n) { [1].map(|x| f(n + 1)) } f(0)".into());
    run(
        "recursion blocks",
        format!("fn f(n) {{ {} f(n + 1) {} }} f(0)", "if true {".repeat(28), "}".repeat(28)),
    );
    run("ackermann", "fn a(m, n) { if m == 0 { n + 1 } else if n == 0 { a(m - 1, 1) } else { a(m - 1, a(m, n - 1)) } } a(3, 3)".into());
    let nest = |op: &str| format!("let a = []; for i in 0..9900 {{ a = [a]; }} {op}");
    run("nest", nest("1"));
    run("nest eq", nest("let b = a; a == b"));
    run("nest ne", nest("let b = a; a != b"));
    run("nest str", nest("a.to_string()"));
    run("nest debug", nest("a.to_debug()"));
    run("nest concat", nest("\"\" + a"));
    run("nest in", nest("let b = [a]; b.contains(a)"));
    run("nest index_of", nest("let b = [a]; b.index_of(a)"));
    run("nest dedup", nest("let b = [a]; b.dedup(); 1"));
    run("nest result", nest("a"));
    run("nest sort", nest("a.sort(); 1"));
    run("nest map", "let a = #{}; for i in 0..9900 { a = #{a: a}; } let b = a; a == b".into());
    run("nest map json", "let a = #{}; for i in 0..9900 { a = #{a: a}; } a.to_json()".into());
    run("nest map str", "let a = #{}; for i in 0..9900 { a = #{a: a}; } a.to_string()".into());
    run("nest switch", nest("switch a { 1 => 2, _ => 3 }"));
    for (name, l, r) in [
        ("[", "[", "]"),
        ("(", "(", ")"),
        ("if", "if true {", "}"),
        ("blk", "{", "}"),
        ("map", "#{a:", "}"),
        ("-", "-", ""),
        ("!", "!", ""),
        ("call", "max(1,", ")"),
        ("idx", "[1][", "]"),
        ("for", "for i in 0..1 {", "}"),
        ("while", "while true {", "break; }"),
        ("switch", "switch 1 { 1 => ", "}"),
        ("cl", "[1].map(|x| ", ")"),
        ("dot", "[1].map(|x| x).filter(|x| ", ")"),
        ("+", "1 + (", ")"),
        ("let", "{ let x = ", "; x }"),
    ] {
        for d in (1..70).rev() {
            let t = format!("fn f(n) {{ {} f(n + 1) {} }} f(0)", l.repeat(d), r.repeat(d));
            let s = Sandbox::default();
            if s.script(&t).is_ok() {
                run(&format!("rec {name} {d}"), t);
                break;
            }
        }
    }
    let deep = |op: &str| {
        format!("let a = []; for i in 0..{} {{ a = {}a{}; }} {op}", 9900 / 18, "[".repeat(18), "]".repeat(18))
    };
    for op in [
        "1",
        "let b = a; a == b",
        "\"\" + a",
        "switch a { 1 => 2, _ => 3 }",
        "a.dedup(); a.sort(); a",
        "let b = [a]; b.contains(a)",
        "[a].map(|x| x).filter(|x| x != ()).len()",
        "[a].order()",
        "a.to_json()",
        "let b = a; b += a; b.len()",
        "let m = #{}; m.a = a; m.a[0]",
        "let m = #{a: a}; m.keys()",
        "[a].index_of(a)",
        "[a].reduce(|x, y| y, 3)",
        "throw a",
    ] {
        run(op, deep(op));
    }
    // time
    run("clone arrays", "let a = []; a.pad(9900, 1); loop { let b = a; }".into());
    run("copy strings", "let s = \"\"; s.pad(64000, 'x'); loop { s.to_upper(); }".into());
    run(
        "contains strings",
        "let s = \"\"; s.pad(64000, 'x'); loop { s.contains(\"xxxxxxxxxxxxxxy\"); }".into(),
    );
    run(
        "index_of strings",
        "let s = \"\"; s.pad(64000, 'x'); let t = s.sub_string(0, 16000) + \"y\"; loop { s.index_of(t); }"
            .into(),
    );
    run("split strings", "let s = \"\"; s.pad(9900, 'x'); loop { s.split(); }".into());
    run("replace strings", "let s = \"\"; s.pad(64000, 'x'); loop { s.replace(\"x\", \"y\"); }".into());
    run(
        "sort arrays",
        "let a = []; for i in 0..9900 { a.push(i * 7919 % 4001); } loop { let b = a; b.sort(); }".into(),
    );
    run("eq arrays", "let a = []; a.pad(9900, 1); let b = a; loop { a == b; }".into());
    run("contains arrays", "let a = []; a.pad(9900, 1); loop { a.contains(2); }".into());
    run("dedup arrays", "let a = []; a.pad(9900, 1); loop { let b = a; b.dedup(); }".into());
    run("str arrays", "let a = []; a.pad(9900, 1); loop { a.to_string(); }".into());
    run(
        "json maps",
        "let a = #{}; for i in 0..9900 { a.set(i.to_string(), i); } loop { a.to_json(); }".into(),
    );
    run(
        "clone maps",
        "let a = #{}; for i in 0..9900 { a.set(i.to_string(), i); } loop { let b = a; }".into(),
    );
    run(
        "eq maps",
        "let a = #{}; for i in 0..9900 { a.set(i.to_string(), i); } let b = a; loop { a == b; }".into(),
    );
    run("keys maps", "let a = #{}; for i in 0..9900 { a.set(i.to_string(), i); } loop { a.keys(); }".into());
    run(
        "many vars",
        "let a = []; a.pad(9900, \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"); ".to_string()
            + &*(0..200).map(|i| format!("let b{i} = a;")).collect::<String>()
            + "1",
    );
    run("range", "for i in 0..9223372036854775807 { }".into());
    run("range step", "for i in range(0, 9223372036854775807, 0) { }".into());
    run("pad", "let a = []; a.pad(9223372036854775807, 1);".into());
    run("pad s", "let a = \"\"; a.pad(9223372036854775807, 'x');".into());
    run("pad s s", "let a = \"\"; a.pad(9223372036854775807, \"abc\");".into());
    run("to_array", "(0..9223372036854775807).to_array()".into());
    run("splice", "let a = [1]; a.splice(0, 9223372036854775807, [1]); a.extract(-9223372036854775808, 9223372036854775807)".into());
    run("substr", "\"abc\".sub_string(-9223372036854775808, 9223372036854775807)".into());
    run("crop", "let a = \"abc\"; a.crop(-9223372036854775808, 9223372036854775807); a".into());
    run("neg min", "let a = -9223372036854775808; -a".into());
    run("abs min", "let a = -9223372036854775807 - 1; a.abs()".into());
    run("min div", "let a = -9223372036854775807 - 1; a / -1".into());
    run("min mod", "let a = -9223372036854775807 - 1; a % -1".into());
    run("round min", "let a = -9223372036854775807 - 1; round_down(a, 10)".into());
    run("round max", "round_up(9223372036854775807, 10)".into());
    run("round half max", "round_half_up(9223372036854775807, 9223372036854775807)".into());
    run("idx min", "[1][-9223372036854775808]".into());
    run("parse_int", "parse_int(\"zz\", 99)".into());
    run("to_hex", "to_hex(-1)".into());
    run("bits", "let x = 5; x[100]".into());
    run("bits2", "let x = 5; x[-9223372036854775808..9223372036854775807]".into());
    run("str idx", "let x = \"abc\"; x[-9223372036854775808..9223372036854775807]".into());
    run("str idx2", "let x = \"abc\"; x[2..1]".into());
    run("arr drain", "let x = [1]; x.drain(-9223372036854775808..9223372036854775807)".into());
    run("chars", "for c in \"abc\".chars(-9223372036854775808, 9223372036854775807) {}".into());
    run("bits it", "for c in 5.bits(-9223372036854775808, 9223372036854775807) {}".into());
    run("range ops", "(5..1).contains(3)".into());
}
