//! Expressions and scripts: results, errors with code, place and message in both languages.

use std::sync::Arc;

use fachwerk_rules::rhai::EvalAltResult;
use fachwerk_rules::{
    Expression, Limits, RuleCode, RuleError, Sandbox, Script, Text, VariablePath, Vars, slip_of,
};
use serde_json::{Value, json};

fn case() -> Value {
    json!({
        "application": {
            "is_owner": false, "name": "Meyer", "area": 12.5, "limit": 4, "nothing": null,
            "trees": [
                { "height": 3, "kind": "oak", "gps": 52.13 },
                { "height": 7, "gps": 52.14 },
                { "height": 5, "kind": "ash", "gps": 52.15 },
            ],
            "docs": { "site-plan": true },
            "kinds": ["oak", null, "ash"],
        },
        "settings": { "fee": 2500, "limit": 4 },
        "n": 7,
        "zip": "39104",
    })
}

fn vars(data: &Value) -> Vars<'_> {
    data.as_object().expect("an object").iter().map(|(name, value)| (name.as_str(), value)).collect()
}

/// `code line:column message`; every message must exist in German as well.
#[track_caller]
fn error_text(error: &RuleError) -> String {
    assert!(!error.message_de.is_empty(), "no German: {error:?}");
    assert_ne!(error.message, error.message_de, "not translated");
    if let Some(help) = &error.help {
        assert_ne!(help.en, help.de, "help not translated");
    }
    let place = |part: Option<usize>| part.map_or("-".to_string(), |part| part.to_string());
    let help = error.help.as_ref().map_or(String::new(), |help| format!(" ({})", help.en));
    let code = match error.code {
        RuleCode::LimitReached(limit) => format!("limit-reached[{}]", limit.name()),
        code => code.as_str().to_string(),
    };
    format!("{code} {}:{} {}{help}", place(error.line), place(error.column), error.message)
}

#[track_caller]
fn text_of(result: Result<Value, RuleError>) -> String {
    match result {
        Ok(value) => value.to_string(),
        Err(error) => error_text(&error),
    }
}

#[track_caller]
fn check(rule: &str, expected: &str) {
    let data = case();
    let result = Sandbox::default().expression(rule).and_then(|rule| rule.eval(&vars(&data)));
    assert_eq!(text_of(result), expected, "{rule}");
}

#[track_caller]
fn check_script(rule: &str, expected: &str) {
    let data = case();
    let result = Sandbox::default().script(rule).and_then(|rule| rule.eval(&vars(&data)));
    assert_eq!(text_of(result), expected, "{rule}");
}

#[test]
fn values_and_paths() {
    check("application.is_owner", "false");
    check("application.name", r#""Meyer""#);
    check("application.nothing", "null");
    check("application.docs", r#"{"site-plan":true}"#);
    check(r#"application.docs["site-plan"]"#, "true");
    check(r#"application["trees"][0]["height"]"#, "3");
    check("(application).is_owner", "false");
    check("!application.is_owner && settings.fee > 0", "true");
    check("application.trees.len()", "3");
    check("application.trees[-1].height", "5");
    check("#{ b: n, a: [1, ()] }", r#"{"a":[1,null],"b":7}"#);
    check("if n > 3 { \"a\" } else { \"b\" }", r#""a""#);
    check("'ä'", r#""ä""#);
    check("zip.starts_with(\"39\")", "true");
    check("\"ä\".to_upper()", r#""Ä""#);
    check("\"a\" + n", r#""a7""#);
    check("\"a\" + application.kinds", r#""a[\"oak\",null,\"ash\"]""#);
}

#[test]
fn missing_values_are_named() {
    check(
        "application.is_ownr",
        "unknown-property 1:13 `application.is_ownr` does not exist: `application` has no property \
         `is_ownr` (did you mean `is_owner`?)",
    );
    check(
        "aplication.is_owner",
        "unknown-name 1:1 there is no variable `aplication` (did you mean `application`?)",
    );
    check(
        "n > 0\n && application.docs[\"site-pln\"]",
        "unknown-property 2:22 `application.docs[\"site-pln\"]` does not exist: `application.docs` \
         has no property `site-pln` (did you mean `site-plan`?)",
    );
    check(
        "application.owner.name ?? \"x\"",
        "unknown-property 1:13 `application.owner` does not exist: `application` has no property \
         `owner` (if it may be missing, say what to use instead: `application.owner ?? ()`)",
    );
    check(
        "application.nothing.x",
        "wrong-type 1:21 `application.nothing` is null, it has no property `x` (if it may be null, \
         write `application.nothing?.x`)",
    );
    check("application.name.kind", "wrong-type 1:18 `application.name` is text, it has no property `kind`");
    // What is not evaluated is not missed.
    check("n > 3 || application.phone == 1", "true");
}

#[test]
fn missing_values_that_the_rule_expects() {
    check("application.phone ?? \"none\"", r#""none""#);
    check("application.phone?.number", "null");
    check("application.owner?.name ?? \"x\"", r#""x""#);
    check("application.nothing?.x", "null");
    check("application.nothing == ()", "true");
    check("application.nothing ?? 3", "3");
    check("\"is_owner\" in application", "true");
    check("\"phone\" in application", "false");
    check("\"phone\" !in application", "true");
    check("\"ey\" in application.name", "true");
    check("\"ash\" in application.kinds", "true");
    check("\"x\" in n", "wrong-type 1:8 `in` looks into objects, lists and texts; this is a number");
    check("application.trees.map(|t| t.kind ?? \"?\")", r#"["oak","?","ash"]"#);
    check("application.trees.map(|t| t?.kind)", r#"["oak",null,"ash"]"#);
    check("application.trees.map(|t| settings.fe ?? 3)", "[3,3,3]");
    check("application.trees[1].kind ?? \"?\"", r#""?""#);
}

#[test]
fn closures_see_the_case() {
    check("application.trees.filter(|t| t.height > application.limit).len()", "2");
    check("some(application.trees, |t| t.height > 6)", "true");
    check("application.trees.reduce(|sum, t| sum + t.height, 0)", "15");
    check("application.trees.order(|a, b| a.height - b.height).map(|t| t.height)", "[3,5,7]");
    check("application.trees.map(|t| application.trees.filter(|u| u.height > t.height).len())", "[2,0,1]");
    check(
        "application.trees.filter(|t| t.height > application.limt)",
        "unknown-property 1:53 `application.limt` does not exist: `application` has no property \
         `limt` (did you mean `limit`?)",
    );
    check(
        "application.trees.map(|t| t.kind)",
        "unknown-property 1:29 the object has no property `kind` (if it may be missing, say what \
         to use instead: `….kind ?? ()`)",
    );
    check_script("let l = 4; application.trees.filter(|t| t.height > l).len()", "2");
    check_script("let sum = 0; application.trees.map(|t| sum += t.height); sum", "15");
    // The same text of a closure, once with a variable of the script, once with the case.
    check_script(
        "let a = { let settings = #{ limit: 100 }; application.trees.filter(|t| t.height > settings.limit).len() };\n\
         let b = application.trees.filter(|t| t.height > settings.limit).len(); [a, b]",
        "[0,2]",
    );
    check_script("fn big(t) { t.height > 4 } application.trees.filter(big).len()", "2");
}

/// A key that is only known at run time is as good as a name.
#[test]
fn entries_are_added_by_assignment() {
    check_script("let m = #{}; let k = \"a\"; m[k] = 1; m[k] = 2; m[\"b c\"] = 3; m", r#"{"a":2,"b c":3}"#);
    check_script(
        "let m = #{ sub: #{} }; let k = \"a\"; m.sub[k] = #{}; m.sub[k][k + k] = [1]; m",
        r#"{"sub":{"a":{"aa":[1]}}}"#,
    );
    check_script("fn put(m, k) { m[k] = k; m } put(put(#{}, \"a\"), \"b\")", r#"{"a":"a","b":"b"}"#);
    check_script("let m = #{}; [\"a\", \"b\"].map(|k| m[k] = k + k); m", r#"{"a":"aa","b":"bb"}"#);
    check_script("let l = [#{}]; let k = \"a\"; l[0][k] = (); l", r#"[{"a":null}]"#);
    check_script("let m = #{ a: 1 }; let k = \"a\"; m[k] += 1; m", r#"{"a":2}"#);
    // There is nothing yet to add to.
    check_script(
        "let m = #{}; let k = \"a\"; m[k] += 1; m",
        "wrong-type 1:32 `+` does not fit null and a number (say what to use instead of null: `value ?? 0`)",
    );
    // Reading is as strict as it was, also of what another line assigns.
    check_script(
        "let m = #{}; let k = \"a\"; if k == \"b\" { m[\"a\"] = 1; } m[\"a\"]",
        "unknown-property 1:57 the object has no property `a` (if it may be missing, say what to use instead: `….a ?? ()`)",
    );
    check_script(
        "let m = #{}; let k = \"a\"; m[k].b = 1; m",
        "unknown-property 1:29 the object has no property `a` (if it may be missing, say what to use instead: `….a ?? ()`)",
    );
    check_script(
        "let m = #{}; let k = 1; m[k] = 1; m",
        "wrong-type 1:27 text is needed here, but this is a number",
    );
    check_script(
        "let l = [1]; l[1] = 2; l",
        "out-of-bounds 1:16 the list has 1 entries; there is none at 1 (counting begins at 0)",
    );
    check_script(
        "let n = 5; let k = \"a\"; n[k] = 1; n",
        "wrong-type 1:27 a number is needed here, but this is text",
    );
    check_script(
        "const M = #{}; let k = \"a\"; M[k] = 1; M",
        "read-only 1:30 the data of the case cannot be changed by a rule (work on a copy: `let copy = …;`; to sort, use `order()` instead of `sort()`)",
    );
    check_script(
        "let k = \"a\"; settings[k] = 1;",
        "read-only 1:14 `settings` is data of the case; a rule cannot change it (work on a copy: `let copy = settings;`)",
    );
}

/// What rhai would take for false, or leave unsorted.
#[test]
fn functions_of_functions_are_strict() {
    check(
        "application.trees.filter(|t| t.height)",
        "wrong-type 1:19 the function handed to `filter` must say true or false; it says a number",
    );
    check("[1, 2].all(|x| x > 0) && ![1, 2].all(|x| x > 1)", "true");
    check("[1, 2].find(|x| x > 1)", "2");
    check("[1, 2].find(|x| x > 2)", "null");
    check("[3, 4].index_of(|x| x == 4)", "1");
    check("[3, 4].index_of(4)", "1");
    check(
        "application.trees.order(|a, b| a.hieght - b.height)",
        "unknown-property 1:34 the object has no property `hieght` (if it may be missing, say what \
         to use instead: `….hieght ?? ()`)",
    );
    check(
        "[2, 1].order(|a, b| a > b)",
        "wrong-type 1:8 a comparison must say a number (below zero: the first comes first); it \
         says true or false (write `a.x - b.x`)",
    );
    check("[3, 1, 2].order(|a, b| 1)", "[2,1,3]");
    check(
        "[\"b1\", \"a1\", \"b2\", \"a2\"].order(|a, b| if a[0] < b[0] { -1 } else if a[0] > b[0] { 1 } else { 0 })",
        r#"["a1","a2","b1","b2"]"#,
    );
    check_script("let a = [2, 3, 1]; a.sort(|a, b| b - a); a", "[3,2,1]");
    check_script("let a = [1, 1, 2, 1]; a.dedup(); a", "[1,2,1]");
    check_script(
        "let a = [1, \"1\"]; a.dedup(); a",
        "wrong-type 1:21 `==` cannot compare a number with text",
    );
    // The second parameter of `map` is the index.
    check("[7, 8].map(|x, i| x + i)", "[7,9]");
    check("[1].filter(|| true)", "wrong-type 1:5 the function needs another number of parameters here");
}

#[test]
fn types_are_strict() {
    check("zip == 39104", "wrong-type 1:5 `==` cannot compare text with a number");
    check("zip > 3", "wrong-type 1:5 `>` cannot compare text with a number");
    check("true > false", "wrong-type 1:6 `>` cannot compare true or false with true or false");
    check("[1, \"a\"] == [1, 2]", "wrong-type 1:10 `==` cannot compare text with a number");
    check("[1] != #{}", "wrong-type 1:5 `!=` cannot compare a list with an object");
    check("application.kinds == [\"oak\", (), \"ash\"]", "true");
    check("#{ a: 1 } == #{ a: 1 }", "true");
    check("#{ a: 1 } != #{ b: 1 }", "true");
    check(
        "() < 3",
        "wrong-type 1:4 `<` cannot compare null with a number (say what to use instead of null: \
         `value ?? 0`)",
    );
    check(
        "\"a\" + ()",
        "wrong-type 1:5 `+` does not fit text and null (say what to use instead of null: \
         `value ?? 0`)",
    );
    check("\"x\" * 3", "wrong-type 1:5 `*` does not fit text and a number");
    check("n && true", "wrong-type 1:1 true or false is needed here, but this is a number");
    check("sum([1, \"a\"])", "wrong-type 1:1 `sum` needs a list of numbers; it holds text as well");
    check("zip.len(3)", "unknown-function 1:5 `len` does not take 1 argument(s)");
    check("n.to_upper()", "wrong-type 1:3 `to_upper` cannot be applied to a number");
    check("1..5", "wrong-type -:- the result of a rule must be data, not a range");
}

#[test]
fn numbers_are_whole_and_checked() {
    const LARGE: &str = "the result is too large: numbers go from -9223372036854775808 to \
                         9223372036854775807";
    const WHOLE: &str = "(rules use whole numbers: store money in cents and measures in a smaller \
                         unit (cm instead of m))";
    // Division drops the remainder towards zero.
    check("7 / 2", "3");
    check("-7 / 2", "-3");
    check("-7 % 2", "-1");
    check("2 ** 10", "1024");
    check("n / 0", "division-by-zero 1:3 division by zero");
    check("n % 0", "division-by-zero 1:3 division by zero");
    check("9223372036854775807 + 1", &format!("overflow 1:21 {LARGE}"));
    check("n * 9223372036854775807", &format!("overflow 1:3 {LARGE}"));
    check("2 ** 64", &format!("overflow 1:3 {LARGE}"));
    check("2 ** -1", "not-an-integer 1:3 a negative power is a fraction");
    check_script("let a = -9223372036854775807 - 1; a / -1", &format!("overflow 1:37 {LARGE}"));
    check_script("let a = -9223372036854775807 - 1; -a", &format!("overflow 1:35 {LARGE}"));
    check_script("let a = 9223372036854775807; a += 1; a", &format!("overflow 1:32 {LARGE}"));
    check(
        "application.area",
        &format!("not-an-integer 1:13 12.5 is not a whole number that a rule can use {WHOLE}"),
    );
    check(
        "application.trees.map(|t| t.gps > 3)",
        &format!("not-an-integer 1:33 `>` cannot compare a fractional number with a number {WHOLE}"),
    );
    // Passing a fraction on is not using it.
    check("application.trees.filter(|t| t.height == 7)", r#"[{"gps":52.14,"height":7}]"#);
}

#[test]
fn functions() {
    check("sum([1, 2, 3])", "6");
    check("sum([])", "0");
    check("sum(application.trees.map(|t| t.height))", "15");
    check("[min(3, 4), max(3, 4), min([3, 1]), max([]) ?? 0]", "[3,4,1,0]");
    check("[round_down(1299, 100), round_down(-7, 5), round_down(10, 5)]", "[1200,-10,10]");
    check("[round_up(1201, 100), round_up(-7, 5), round_up(10, 5)]", "[1300,-5,10]");
    check("[round_half_up(250, 100), round_half_up(249, 100), round_half_up(-250, 100)]", "[300,200,-300]");
    check(
        "round_down(5, 0)",
        "wrong-type 1:1 numbers are rounded to a multiple of a positive number, not of 0",
    );
    check("round_half_up(9223372036854775807, 9223372036854775807)", "9223372036854775807");
    check("[3, 1, 2].order()", "[1,2,3]");
    check("[is_empty([]), [1].contains(1), \"abc\".len(), #{}.is_empty()]", "[true,true,3,true]");
    check("summ([1])", "unknown-function 1:1 there is no function `summ` (did you mean `sum`?)");
    check("foo(3)", "unknown-function 1:1 there is no function `foo`");
}

#[test]
fn what_the_sandbox_refuses() {
    for (rule, name) in [
        ("eval(\"1\")", "eval"),
        ("print(3)", "print"),
        ("debug(3)", "debug"),
        ("Fn(\"x\")", "Fn"),
        ("is_def_var(\"n\")", "is_def_var"),
    ] {
        check(rule, &format!("not-allowed 1:1 `{name}` is not available in rules"));
    }
    for name in ["sleep", "exit", "timestamp", "rand", "parse_json", "open_file", "now"] {
        check(&format!("{name}(1)"), &format!("unknown-function 1:1 there is no function `{name}`"));
    }
    check(
        "|x| x",
        "not-allowed 1:1 a function can only be handed to map, filter, find, all, some, reduce, sort and the like",
    );
    check(
        "`Hallo ${n}`",
        "not-allowed 1:1 `${…}` in a text is not available: it would leave out null without a word \
         (put texts together with `+`; letters are written with templates)",
    );
    check("1 << 3", "syntax 1:3 there is no operator `<<`");
    check("[1].map(|x| this)", "not-allowed 1:13 `this` is not available in rules");
    check_script(
        "let f = |x| x; 1",
        "not-allowed 1:9 a function can only be handed to map, filter, find, all, some, reduce, sort and the like",
    );
    // A list that holds a function which holds the list would never be freed.
    check_script(
        "let a = []; a.push(|| a); 1",
        "not-allowed 1:20 a function can only be handed to map, filter, find, all, some, reduce, sort and the like",
    );
    check_script(
        "try { 1 / 0 } catch (e) { 5 }",
        "not-allowed 1:1 `try` is not available in rules (an error in a rule becomes an incident \
         that somebody sees; use `??` for what may be missing)",
    );
    check_script(
        "import \"x\" as x; 1",
        "not-allowed 1:1 `import` is reserved and not available in rules (a step or field that is called so is read as `steps[\"import\"]`; a fixed text stands in double quotes)",
    );
    check_script(
        "[1].for_each(|x| x)",
        "not-allowed 1:5 `for_each` is not available in rules (write a loop: `for entry in list { … }`)",
    );
}

#[test]
fn the_case_cannot_be_changed() {
    const NAMED: &str = "read-only 1:1 `n` is data of the case; a rule cannot change it \
                         (work on a copy: `let copy = n;`)";
    check_script("n = 3; n", NAMED);
    check_script("n += 3; n", NAMED);
    check_script(
        "application.docs.x = 3; 1",
        "read-only 1:1 `application` is data of the case; a rule cannot change it \
         (work on a copy: `let copy = application;`)",
    );
    check_script(
        "application.trees.push(3)",
        "read-only 1:19 the data of the case cannot be changed by a rule (work on a copy: \
         `let copy = …;`; to sort, use `order()` instead of `sort()`)",
    );
    check_script("let a = application.trees; a.push(3); a.len()", "4");
    for call in ["sort(|a, b| a.height - b.height)", "dedup()", "clear()", "reverse()"] {
        check_script(
            &format!("application.trees.{call}; 1"),
            "read-only 1:19 the data of the case cannot be changed by a rule (work on a copy: \
             `let copy = …;`; to sort, use `order()` instead of `sort()`)",
        );
    }
    check_script("[1].map(|x| application.kinds.len())", "[3]");
}

#[test]
fn scripts() {
    check_script("fn fee(n) { n * 2 } fee(n) + fee(1)", "16");
    check_script("fn f(a) { 1 } fn f(a, b) { 2 } [f(0), f(0, 0)]", "[1,2]");
    check_script("for t in application.trees { if t.height > 4 { return t.height; } } 0", "7");
    check_script("let r = #{ a: 1 }; r.b = 2; r", r#"{"a":1,"b":2}"#);
    check_script("let application = #{ x: 3 }; application.x", "3");
    check_script("let x = 5; { let x = 6; } [1].map(|y| x + y)", "[6]");
    check_script("switch n { 7 => \"seven\", _ => \"other\" }", r#""seven""#);
    check_script("", "null");
    check_script(
        "fn f(x) { x * n } f(2)",
        "unknown-name 1:15 there is no variable `n` (a function sees only its parameters; add a \
         parameter `n`)",
    );
    check_script("throw \"no fee\";", "thrown 1:1 the rule ended with: no fee");
    check_script(
        "let ys = [1, 2]; ys.filter(|y| ys.len() > 1)",
        "not-allowed -:- a function uses the list while it is being worked on (work on a copy of the list)",
    );
}

#[test]
fn syntax_errors_have_a_place() {
    check("n and 3", "syntax 1:3 `and` does not belong here (write `&&` for \"and\")");
    check("n = 3", "syntax 1:3 `=` does not belong here (write `==` to compare)");
    check("null", "not-allowed 1:1 `null` is reserved and not available in rules (null is written `()`)");
    check("(1 +", "syntax 1:5 the rule is incomplete");
    check("\"abc", "syntax 1:1 the closing quote is missing");
    check(
        "1.5 + 2",
        "syntax 1:3 the name of a property is missing; numbers are whole (cents instead of euros) \
         (a day is written with double quotes, year first: `\"2026-03-02\"`; an amount is said in cents: `50`)",
    );
    check(
        "let x = 3",
        "syntax 1:1 `let` does not belong here (an expression is a single value; put statements \
         into a rule file)",
    );
    check("", "syntax 1:1 the rule is incomplete");
}

#[test]
fn conditions_are_true_or_false() {
    let data = case();
    let check = |rule: &str, expected: Result<bool, &str>| {
        let result = Sandbox::default().expression(rule).and_then(|rule| rule.eval_bool(&vars(&data)));
        let result = result.map_err(|error| error_text(&error));
        assert_eq!(result, expected.map_err(str::to_string), "{rule}");
    };
    check("application.is_owner", Ok(false));
    check("n > 3", Ok(true));
    check("n", Err("wrong-type -:- a condition must be true or false; this is a number"));
    check("application.nothing", Err("wrong-type -:- a condition must be true or false; this is null"));
}

#[track_caller]
fn check_reads(reads: &[VariablePath], expected: &[&str]) {
    let shown: Vec<String> = reads
        .iter()
        .map(|path| {
            let last = path.segments.last().expect("never empty");
            let place = path.place();
            format!(
                "{path}{} {}:{}",
                if last.optional { "?" } else { "" },
                place.line.unwrap_or(0),
                place.column.unwrap_or(0)
            )
        })
        .collect();
    assert_eq!(shown, expected);
}

#[test]
fn what_a_rule_reads() {
    let sandbox = Sandbox::default();
    let expression = |text: &str| -> Expression { sandbox.expression(text).expect("a rule") };
    let script = |text: &str| -> Script { sandbox.script(text).expect("a rule") };
    check_reads(
        expression("!application.is_owner &&\n  steps.draft.fee > 0").variables(),
        &["application.is_owner 1:2", "steps.draft.fee 2:3"],
    );
    // Dead branches count: their names must be checked as well.
    check_reads(expression("false && a.b").variables(), &["a.b 1:10"]);
    check_reads(expression("a.b ?? c?.d").variables(), &["a.b? 1:1", "c.d? 1:8"]);
    check_reads(expression("a.list.len() + a.list[0].x").variables(), &["a.list 1:1", "a.list 1:16"]);
    check_reads(
        expression("a.list.filter(|t| t.x > s.limit && t.y < a.z)").variables(),
        &["a.list 1:1", "s.limit 1:25", "a.z 1:42"],
    );
    check_reads(expression("\"x\" in a.b").variables(), &["a.b 1:8"]);
    check_reads(
        script("let x = a.b; for y in c { x += y.d; } x + f(e.g);\nfn f(e) { e.h }").variables(),
        &["a.b 1:9", "c 1:23", "e.g 1:45"],
    );
    check_reads(script("let a = #{ b: 1 }; a.b + [1].map(|c| c + a.b)[0]").variables(), &[]);
}

/// A rule that is only a path is read without rhai; the result must be the same.
#[test]
fn the_short_way_is_the_same_way() {
    let data = case();
    let sandbox = Sandbox::default();
    for path in [
        "application.is_owner",
        "application.name",
        "application.nothing",
        "application.limit",
        "application.area",
        "application.docs",
        "application.trees",
        "application.is_ownr",
        "application.nothing.x",
        "application.nothing?.x",
        "application.phone?.x",
        "nobody",
        "n",
        "zip.x",
    ] {
        let short = sandbox.expression(path).and_then(|rule| rule.eval(&vars(&data)));
        let long = sandbox.script(&format!("if true {{ {path} }} else {{ () }}"));
        let long = long.and_then(|rule| rule.eval(&vars(&data)));
        let message = |result: Result<Value, RuleError>| result.map_err(|error| error.message);
        // Objects come back ordered by name.
        let sorted = |result: Result<Value, String>| {
            result.map(|value| serde_json::to_value(serde_json::from_value::<Sorted>(value).expect("JSON")))
        };
        assert_eq!(
            sorted(message(short)).map(|v| v.expect("JSON").to_string()),
            sorted(message(long)).map(|v| v.expect("JSON").to_string()),
            "{path}"
        );
    }
}

/// JSON whose objects are ordered.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
enum Sorted {
    Object(std::collections::BTreeMap<String, Sorted>),
    Array(Vec<Sorted>),
    Scalar(Value),
}

#[test]
fn registered_functions() {
    fn add_days(date: &str, days: i64) -> Result<String, Box<EvalAltResult>> {
        if date.len() == 10 {
            return Ok(format!("{date}+{days}"));
        }
        let text = Text::new(format!("{date} is no date"), format!("{date} ist kein Datum"));
        Err(RuleError::new(RuleCode::Other, text).into())
    }
    let sandbox = Sandbox::builder()
        .function("add_days", add_days)
        .register(|engine| {
            engine.register_fn("twice", |n: i64| n * 2);
            // Limits cannot be lifted from outside.
            engine.set_max_operations(0);
        })
        .build();
    let eval = |rule: &str| text_of(sandbox.expression(rule).and_then(|rule| rule.eval(&Vars::new())));
    assert_eq!(eval("add_days(\"2026-03-02\", twice(2))"), r#""2026-03-02+4""#);
    assert_eq!(eval("1 + add_days(\"x\", 3).len()"), "other 1:5 x is no date");
    assert_eq!(
        eval("add_day(\"x\", 3)"),
        "unknown-function 1:1 there is no function `add_day` (did you mean `add_days`?)"
    );
    assert!(sandbox.function_names().any(|name| name == "twice"));
    let endless = sandbox.script("loop {}").and_then(|rule| rule.eval(&Vars::new()));
    assert_eq!(
        text_of(endless),
        "limit-reached[operations] 1:6 the limit \"operations\" was reached (100000)"
    );
}

#[test]
fn objects_in_parts() {
    let steps: std::collections::BTreeMap<String, Arc<Value>> =
        [("draft".to_string(), Arc::new(json!({ "fee": 12 })))].into();
    let vars = Vars::new().with_members("steps", &steps);
    let sandbox = Sandbox::default();
    let eval = |rule: &str| text_of(sandbox.expression(rule).and_then(|rule| rule.eval(&vars)));
    assert_eq!(eval("steps.draft.fee"), "12");
    assert_eq!(eval("steps"), r#"{"draft":{"fee":12}}"#);
    assert_eq!(eval("\"draft\" in steps && !(\"x\" in steps)"), "true");
    assert_eq!(
        eval("steps.draf.fee"),
        "unknown-property 1:7 `steps.draf` does not exist: `steps` has no property `draf` (did you mean `draft`?)"
    );
}

#[test]
fn rules_are_shared_between_threads() {
    fn shareable<T: Send + Sync + Clone>(_: &T) {}
    let sandbox = Sandbox::default();
    let rule = sandbox.expression("sum(range.map(|x| x * factor))").expect("a rule");
    shareable(&sandbox);
    shareable(&rule);
    std::thread::scope(|scope| {
        for factor in 1..5_i64 {
            let rule = &rule;
            scope.spawn(move || {
                let (range, factor_value) = (json!([1, 2, 3]), json!(factor));
                let vars = Vars::new().with("range", &range).with("factor", &factor_value);
                for _ in 0..50 {
                    assert_eq!(rule.eval(&vars), Ok(json!(6 * factor)));
                }
            });
        }
    });
}

#[test]
fn limits_can_be_set() {
    let limits = Limits { operations: 50, ..Limits::default() };
    let sandbox = Sandbox::builder().limits(limits).build();
    let rule = sandbox.script("let i = 0; while i < 40 { i += 1; } i").expect("a rule");
    assert_eq!(
        text_of(rule.eval(&Vars::new())),
        "limit-reached[operations] 1:29 the limit \"operations\" was reached (50)"
    );
}

#[test]
fn slips_of_names() {
    #[track_caller]
    fn check(name: &str, candidates: &[&str], expected: Option<&str>) {
        assert_eq!(slip_of(name, candidates.iter().copied()), expected);
    }
    check("drafft", &["draft", "decide"], Some("draft"));
    check("Site_Visit", &["site-visit", "site-visits"], Some("site-visit"));
    // The same name twice is one.
    check("drafft", &["draft", "draft"], Some("draft"));
    // Either could be meant.
    check("visit-x", &["visit-a", "visit-b"], None);
    // It is not there yet.
    check("visit-2", &["visit-1", "draft"], None);
    check("granted", &["refused"], None);
    check("a", &["b"], None);
}
