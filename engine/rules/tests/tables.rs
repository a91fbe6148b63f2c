//! Decision tables: conditions, hit policies, errors, coverage.

use fachwerk_rules::{
    Coverage, DecisionError, Domain, Example, HitPolicy, InputSource, OutputKind, OutputSource, RowSource,
    Sandbox, Table, TableCode, TableError, TablePart, TableSource, Text, Vars,
};
use serde_json::{Value, json};

type Cells<'a> = (&'a [&'a str], Value);

/// `outputs`: `id`, or `id=value,value` with the values in order of priority.
fn source(policy: &str, inputs: &[&str], outputs: &[&str], rows: &[Cells]) -> TableSource {
    let input = |text: &&str| InputSource { id: text.to_string(), expression: text.to_string(), label: None };
    let output = |text: &&str| {
        let (id, values) = text.split_once('=').unwrap_or((text, ""));
        let values = values.split(',').filter(|value| !value.is_empty()).map(Value::from).collect();
        OutputSource { id: id.to_string(), kind: None, values }
    };
    let row = |(index, (when, then)): (usize, &Cells)| RowSource {
        id: None,
        when: when.iter().map(ToString::to_string).collect(),
        then: then.as_array().expect("a list of results").clone(),
        norm: Some(format!("§ {}", index + 1)),
    };
    TableSource {
        inputs: inputs.iter().map(input).collect(),
        outputs: outputs.iter().map(output).collect(),
        hit_policy: policy.parse().expect("a hit policy"),
        rows: rows.iter().enumerate().map(row).collect(),
        default: None,
    }
}

fn problem_text(problem: &TableError) -> String {
    assert!(!problem.message_de.is_empty());
    assert_ne!(problem.message, problem.message_de, "not translated");
    let place = problem.place;
    let part = match place.part {
        TablePart::Table => "table",
        TablePart::Input => "input",
        TablePart::Output => "output",
        TablePart::When => "when",
        TablePart::Then => "then",
        TablePart::Default => "default",
    };
    let number = |number: Option<usize>| number.map_or("-".to_string(), |n| n.to_string());
    let column = problem.within.column.map_or(String::new(), |column| format!(":{column}"));
    let help = problem.help.as_ref().map_or(String::new(), |help| format!(" ({})", help.en));
    format!(
        "{} {part}[{},{}]{column} {}{help}",
        problem.code.as_str(),
        number(place.row),
        number(place.column),
        problem.message
    )
}

fn decision_text(error: &DecisionError) -> String {
    assert_ne!(error.message, error.message_de, "not translated");
    let help = error.help.as_ref().map_or(String::new(), |help| format!(" ({})", help.en));
    format!("{} {:?} {}{help}", error.code.as_str(), error.rows, error.message)
}

fn vars(data: &Value) -> Vars<'_> {
    data.as_object().expect("an object").iter().map(|(name, value)| (name.as_str(), value)).collect()
}

/// The result as JSON, the rows that made it, and their norms; or what is wrong.
#[track_caller]
fn check(source: &TableSource, data: Value, expected: &str) {
    let table = match Table::compile(source, &Sandbox::default()) {
        Ok(table) => table,
        Err(problems) => {
            let problems: Vec<String> = problems.iter().map(problem_text).collect();
            return assert_eq!(problems.join("\n"), expected);
        }
    };
    let text = match table.evaluate(&vars(&data)) {
        Ok(outcome) => {
            let default = if outcome.default_used { " default" } else { "" };
            let norms = outcome.norms.join(", ");
            format!("{} {:?}{default} {norms}", outcome.outputs, outcome.matched)
        }
        Err(error) => decision_text(&error),
    };
    assert_eq!(text, expected, "{data}");
}

/// Does the condition accept the value? Or what is wrong with either?
#[track_caller]
fn check_cell(cell: &str, value: Value, expected: &str) {
    let mut table = source("first", &["x"], &["y"], &[(&[cell], json!([true]))]);
    table.default = Some(vec![json!(false)]);
    let expected = match expected {
        "yes" => "{\"y\":true} [0] § 1",
        "no" => "{\"y\":false} [] default ",
        other => other,
    };
    check(&table, json!({ "x": value }), expected);
}

#[test]
fn conditions_on_numbers() {
    for (cell, yes, no) in [
        ("5", vec![5], vec![4, 6]),
        ("-5", vec![-5], vec![5]),
        ("< 5", vec![4, i64::MIN], vec![5]),
        ("<=5", vec![5], vec![6]),
        ("> 5", vec![6, i64::MAX], vec![5]),
        (">= 5", vec![5], vec![4]),
        ("!= 5", vec![4, 6, i64::MIN, i64::MAX], vec![5]),
        ("[1..5]", vec![1, 3, 5], vec![0, 6]),
        ("(1..5)", vec![2, 4], vec![1, 5]),
        ("]1..5[", vec![2, 4], vec![1, 5]),
        ("[ 1 .. 5 )", vec![1, 4], vec![5]),
        ("(1..5]", vec![2, 5], vec![1]),
        ("[-3..-1]", vec![-3, -1], vec![0, -4]),
        ("1, 3, > 10", vec![1, 3, 11], vec![2, 10]),
        ("not(1, [5..7])", vec![0, 4, 8], vec![1, 5, 7]),
        ("not( > 3 )", vec![3], vec![4]),
        ("-", vec![0, i64::MIN, i64::MAX], vec![]),
        ("9223372036854775807", vec![i64::MAX], vec![i64::MAX - 1]),
        ("-9223372036854775808", vec![i64::MIN], vec![i64::MIN + 1]),
    ] {
        for value in yes {
            check_cell(cell, json!(value), "yes");
        }
        for value in no {
            check_cell(cell, json!(value), "no");
        }
    }
}

#[test]
fn conditions_on_other_values() {
    for (cell, yes, no) in [
        ("\"forest\"", vec![json!("forest")], vec![json!("Forest"), json!(""), json!("forest ")]),
        ("\"a\", \"b\"", vec![json!("a"), json!("b")], vec![json!("c"), json!("ab")]),
        ("not(\"a\")", vec![json!("b"), json!("")], vec![json!("a")]),
        ("!= \"a\"", vec![json!("b"), json!("a\u{1}")], vec![json!("a")]),
        ("\"say \\\"x\\\", y\"", vec![json!("say \"x\", y")], vec![json!("say")]),
        ("\"\"", vec![json!("")], vec![json!(" ")]),
        ("true", vec![json!(true)], vec![json!(false)]),
        ("not(true)", vec![json!(false)], vec![json!(true)]),
        ("!= true", vec![json!(false)], vec![json!(true)]),
        ("true, false", vec![json!(true), json!(false)], vec![]),
        ("date(\"2026-03-02\")", vec![json!("2026-03-02")], vec![json!("2026-03-03")]),
        ("< date(\"2026-03-02\")", vec![json!("2026-03-01"), json!("0001-01-01")], vec![json!("2026-03-02")]),
        (
            "[date(\"2026-01-01\")..date(\"2026-12-31\")]",
            vec![json!("2026-01-01"), json!("2026-12-31")],
            vec![json!("2025-12-31"), json!("2027-01-01")],
        ),
        (">= \"2026-01-01\"", vec![json!("2026-01-01"), json!("2026-02-29")], vec![json!("2025-12-31")]),
    ] {
        for value in yes {
            check_cell(cell, value, "yes");
        }
        for value in no {
            check_cell(cell, value, "no");
        }
    }
}

/// Null is matched by `-` and `null` only.
#[test]
fn conditions_on_null() {
    for (cell, expected) in [
        ("-", "yes"),
        ("null", "yes"),
        ("5, null", "yes"),
        ("5", "no"),
        ("< 5", "no"),
        ("not(5)", "no"),
        ("!= 5", "no"),
        ("!= null", "no"),
        ("not(null)", "no"),
        ("\"a\"", "no"),
        ("not(\"a\")", "no"),
    ] {
        check_cell(cell, json!(null), expected);
    }
    check_cell("!= null", json!("x"), "yes");
    check_cell("not(null)", json!(3), "yes");
    check_cell("null", json!(3), "no");
    // A missing property is an error, unless the expression allows for it.
    let table = |input| source("first", &[input], &["y"], &[(&["null"], json!([1])), (&["-"], json!([2]))]);
    check(&table("a.b?.c"), json!({ "a": {} }), "{\"y\":1} [0] § 1");
    check(&table("a.b ?? ()"), json!({ "a": {} }), "{\"y\":1} [0] § 1");
    check(
        &table("a.b"),
        json!({ "a": { "bb": 1 } }),
        "unknown-property [] `a.b` does not exist: `a` has no property `b` (if it may be missing, \
         say what to use instead: `a.b ?? ()`)",
    );
}

#[test]
fn values_that_do_not_fit() {
    const WHOLE: &str = "(rules use whole numbers: store money in cents and measures in a smaller \
                         unit (cm instead of m))";
    check_cell("5", json!("5"), "wrong-input [] column \"x\" needs a number, but its value is text");
    check_cell(
        "\"a\"",
        json!(true),
        "wrong-input [] column \"x\" needs text, but its value is true or false",
    );
    check_cell(
        "true",
        json!(1),
        "wrong-input [] column \"x\" needs true or false, but its value is a number",
    );
    check_cell("-", json!([1]), "wrong-input [] column \"x\" needs a single value, but its value is a list");
    check_cell("5", json!({}), "wrong-input [] column \"x\" needs a number, but its value is a list");
    check_cell(
        "5",
        json!(5.5),
        &format!("not-an-integer [] 5.5 is not a whole number that a rule can use {WHOLE}"),
    );
    check_cell(
        "date(\"2026-03-02\")",
        json!("2.3.2026"),
        "wrong-input [] column \"x\" needs a date like 2026-03-02, but its value is text",
    );
    check_cell(
        "date(\"2026-03-02\"), \"2026-03-04\"",
        json!("2026-02-30"),
        "wrong-input [] column \"x\" needs a date like 2026-03-02, but its value is text",
    );
}

#[test]
fn conditions_that_cannot_be_read() {
    let check_cell = |cell: &str, expected: &str| check_cell(cell, json!(1), expected);
    check_cell("", "cell-syntax when[0,0]:1 the cell is empty (write `-` if every value fits)");
    check_cell(
        "forest",
        "missing-quotes when[0,0]:1 text stands in double quotes; `forest` does not (did you mean \
         `\"forest\"`? In YAML: `'\"forest\"'`)",
    );
    check_cell(
        "\"a\", dry soil",
        "missing-quotes when[0,0]:6 text stands in double quotes; `dry soil` does not (did you mean \
         `\"dry soil\"`? In YAML: `'\"dry soil\"'`)",
    );
    check_cell(
        "„Wald“",
        "missing-quotes when[0,0]:1 text stands in double quotes; `Wald` does not (did you mean \
         `\"Wald\"`? In YAML: `'\"Wald\"'`)",
    );
    check_cell(
        "2.5",
        "not-an-integer when[0,0]:1 numbers are whole (write money in cents and measures in a \
         smaller unit)",
    );
    check_cell("99999999999999999999", "not-an-integer when[0,0]:1 the number is too large");
    check_cell("=> 5", "cell-syntax when[0,0]:1 `=>` is not known here (write `>=`)");
    check_cell("≥ 5", "cell-syntax when[0,0]:1 `≥` is not known here (write `>=`)");
    check_cell("= 5", "cell-syntax when[0,0]:1 `=` is not known here (write the value alone)");
    check_cell(
        "1 - 5",
        "cell-syntax when[0,0]:3 `- 5` does not belong here (write a range in brackets: `[1..5]`, \
         without its end `[1..5)`)",
    );
    check_cell(
        "1..5",
        "cell-syntax when[0,0]:2 `..5` does not belong here (write a range in brackets: `[1..5]`, \
         without its end `[1..5)`)",
    );
    check_cell(
        "> 1 and < 5",
        "cell-syntax when[0,0]:5 `and < 5` does not belong here (write a range (`[1..5)`), or use \
         a second column)",
    );
    check_cell("1 or 2", "cell-syntax when[0,0]:3 `or 2` does not belong here (separate values by `,`)");
    check_cell("[1..5", "cell-syntax when[0,0]:6 `]` is missing");
    check_cell("[5..1]", "empty-range when[0,0]:1 no value fits `[5..1]`");
    check_cell("(1..2)", "empty-range when[0,0]:1 no value fits `(1..2)`");
    check_cell("3, < -9223372036854775808", "empty-range when[0,0]:4 no value fits `< -9223372036854775808`");
    check_cell("> true", "cell-syntax when[0,0]:1 true, false and null have no order");
    check_cell("[1..\"a\"]", "mixed-types when[0,0]:9 both ends of a range must be of the same type");
    check_cell("not 5", "cell-syntax when[0,0]:5 `not` needs parentheses (write `not(…)`)");
    check_cell("not(5", "cell-syntax when[0,0]:6 `)` is missing");
    check_cell("\"abc", "cell-syntax when[0,0]:1 the closing `\"` is missing");
    check_cell("1,", "cell-syntax when[0,0]:3 a value is missing");
    check_cell(
        "date(\"2026-02-30\")",
        "cell-syntax when[0,0]:6 `2026-02-30` is no day of the calendar (write year-month-day: \
         `date(\"2026-03-02\")`)",
    );
    check_cell(
        "1, \"a\"",
        "mixed-types when[0,0] this cell compares with text, row 1 of the column with a number",
    );
}

#[test]
fn hit_policies() {
    let ages: &[Cells] = &[
        (&["< 18"], json!(["child", 0])),
        (&["[16..65)"], json!(["adult", 100])),
        (&[">= 60"], json!(["senior", 50])),
        (&["[61..62]"], json!(["senior", 50])),
    ];
    let table = |policy: &str| source(policy, &["age"], &["who=senior,child,adult", "fee"], ages);
    let adult = "{\"who\":\"adult\",\"fee\":100}";
    let child = "{\"who\":\"child\",\"fee\":0}";
    let senior = "{\"who\":\"senior\",\"fee\":50}";
    for (policy, age, expected) in [
        ("unique", 30, format!("{adult} [1] § 2")),
        ("unique", 17, "not-unique [0, 1] rows 1 and 2 match, but only one may".to_string()),
        ("unique", 61, "not-unique [1, 2, 3] rows 2, 3 and 4 match, but only one may".to_string()),
        ("any", 30, format!("{adult} [1] § 2")),
        ("any", 66, format!("{senior} [2] § 3")),
        ("any", 17, "contradiction [0, 1] rows 1 and 2 match and say different things".to_string()),
        ("first", 61, format!("{adult} [1] § 2")),
        ("first", 66, format!("{senior} [2] § 3")),
        ("priority", 17, format!("{child} [0] § 1")),
        ("priority", 61, format!("{senior} [2] § 3")),
        ("collect", 61, format!("[{adult},{senior},{senior}] [1, 2, 3] § 2, § 3, § 4")),
        ("rule order", 17, format!("[{child},{adult}] [0, 1] § 1, § 2")),
        ("output-order", 61, format!("[{senior},{senior},{adult}] [2, 3, 1] § 3, § 4, § 2")),
    ] {
        check(&table(policy), json!({ "age": age }), &expected);
    }
    // Listed values may stand in double quotes, as results may.
    check(
        &source(
            "priority",
            &["age"],
            &["who=\"senior\",child"],
            &[(&["-"], json!(["child"])), (&["> 60"], json!(["\"senior\""]))],
        ),
        json!({ "age": 61 }),
        "{\"who\":\"senior\"} [1] § 2",
    );
    // The same, but nothing matches.
    for (policy, expected) in [
        ("unique", "no-match [] no row of the table matches (add a row for this case or a default)"),
        ("collect", "[] [] default "),
        ("output order", "[] [] default "),
    ] {
        check(
            &source(policy, &["age"], &["who=a,b"], &[(&["1"], json!(["a"]))]),
            json!({ "age": 2 }),
            expected,
        );
    }
}

#[test]
fn aggregations() {
    let fees: &[Cells] =
        &[(&["> 0"], json!([10])), (&["> 5"], json!([30])), (&["> 7"], json!(["= age * 2"]))];
    for (policy, age, expected) in [
        ("collect sum", 6, "{\"fee\":40} [0, 1] § 1, § 2"),
        ("collect sum", 8, "{\"fee\":56} [0, 1, 2] § 1, § 2, § 3"),
        ("collect min", 8, "{\"fee\":10} [0, 1, 2] § 1, § 2, § 3"),
        ("collect max", 8, "{\"fee\":30} [0, 1, 2] § 1, § 2, § 3"),
        ("collect count", 8, "{\"fee\":3} [0, 1, 2] § 1, § 2, § 3"),
        ("collect sum", 0, "{\"fee\":0} [] default "),
        ("collect count", 0, "{\"fee\":0} [] default "),
        ("collect max", 0, "no-match [] no row of the table matches (add a row for this case or a default)"),
    ] {
        check(&source(policy, &["age"], &["fee"], fees), json!({ "age": age }), expected);
    }
    check(
        &source("collect sum", &[], &["fee"], &[(&[], json!([i64::MAX])), (&[], json!([1]))]),
        json!({}),
        "overflow [] the result is too large: numbers go from -9223372036854775808 to 9223372036854775807",
    );
    check(
        &source("collect sum", &[], &["fee"], &[(&[], json!(["x"]))]),
        json!({}),
        "wrong-output [0] `fee` must be a number to be collected; this is text",
    );
}

#[test]
fn results() {
    let table = |cell: Value| source("first", &[], &["x"], &[(&[], json!([cell]))]);
    for (cell, expected) in [
        (json!(5), "5"),
        (json!("forest"), "\"forest\""),
        (json!("\"quoted\""), "\"quoted\""),
        (json!(null), "null"),
        (json!(true), "true"),
        (json!({ "a": [1] }), "{\"a\":[1]}"),
        (json!("= n * 2"), "14"),
        (json!(" =n > 3"), "true"),
        (json!("\"= 3\""), "\"= 3\""),
    ] {
        check(&table(cell), json!({ "n": 7 }), &format!("{{\"x\":{expected}}} [0] § 1"));
    }
    check(&table(json!("= n +")), json!({}), "syntax then[0,0]:6 the rule is incomplete");
    check(&table(json!("= n / 0")), json!({ "n": 1 }), "division-by-zero [0] division by zero");
    check(
        &table(json!(2.5)),
        json!({}),
        "not-an-integer then[0,0] 2.5 is not a whole number (write money in cents and measures in a smaller unit)",
    );
    // Without a match the default counts, which may be an expression as well.
    let mut table = source("unique", &["n"], &["x"], &[(&["1"], json!([1]))]);
    table.default = Some(vec![json!("= n + 1")]);
    check(&table, json!({ "n": 7 }), "{\"x\":8} [] default ");
    // The declared type and values bind literals and expressions.
    let typed = |cell: Value| {
        let mut table = source("first", &[], &["x=grant,refuse"], &[(&[], json!([cell]))]);
        table.outputs[0].kind = Some(OutputKind::Text);
        table
    };
    check(&typed(json!("grant")), json!({}), "{\"x\":\"grant\"} [0] § 1");
    check(&typed(json!("= \"ref\" + \"use\"")), json!({}), "{\"x\":\"refuse\"} [0] § 1");
    check(
        &typed(json!("grnt")),
        json!({}),
        "output-value then[0,0] `x` cannot be \"grnt\" (did you mean `grant`?)",
    );
    check(&typed(json!(3)), json!({}), "output-type then[0,0] `x` must be text; this is a number");
    check(&typed(json!("= 3")), json!({}), "wrong-output [0] `x` must be text; this is a number");
    check(
        &typed(json!("= \"no\"")),
        json!({}),
        "wrong-output [0] `x` cannot be \"no\" (one of: \"grant\", \"refuse\")",
    );
}

#[test]
fn problems_are_reported_together() {
    let mut table = source(
        "collect sum",
        &["a", "a", "b +"],
        &["x", "y"],
        &[(&["1", "2"], json!([1])), (&["oak", "-", "-"], json!([1, 2]))],
    );
    table.default = Some(vec![]);
    check(
        &table,
        json!({}),
        "hit-policy table[-,-] hit policy `collect sum` works on one output only\n\
         duplicate-column input[-,1] there are two columns `a`\n\
         syntax input[-,2]:4 the rule is incomplete\n\
         cell-count when[0,-] 2 conditions, but 3 columns\n\
         missing-quotes when[1,0]:1 text stands in double quotes; `oak` does not (did you mean \
         `\"oak\"`? In YAML: `'\"oak\"'`)\n\
         cell-count then[0,-] 1 results, but 2 columns\n\
         cell-count default[-,-] 0 results, but 2 columns",
    );
    check(&source("first", &[], &[], &[]), json!({}), "missing-output table[-,-] the table has no output");
    check(
        &source("priority", &[], &["x"], &[]),
        json!({}),
        "hit-policy table[-,-] hit policy `priority` needs an output that lists its values in order",
    );
    check(
        &source(
            "first",
            &["n"],
            &["x"],
            &[(&["1"], json!([1])), (&["\"a\""], json!([1])), (&["-"], json!([1]))],
        ),
        json!({}),
        "mixed-types when[1,0] this cell compares with text, row 1 of the column with a number",
    );
    assert_eq!("nonsense".parse::<HitPolicy>().ok(), None);
    assert_eq!("Rule_Order".parse::<HitPolicy>(), Ok(HitPolicy::RuleOrder));
}

#[test]
fn the_trace_can_be_read() {
    let mut table =
        source("unique", &["tree.kind", "tree.height + 1"], &["fee"], &[(&["\"oak\"", "> 3"], json!([25]))]);
    table.inputs[0].label = Some(Text::new("Kind of tree", "Baumart"));
    let compiled = Table::compile(&table, &Sandbox::default()).expect("a table");
    let data = json!({ "tree": { "kind": "oak", "height": 3 } });
    let outcome = compiled.evaluate(&vars(&data)).expect("a result");
    assert_eq!(
        serde_json::to_value(&outcome).expect("JSON"),
        json!({
            "outputs": { "fee": 25 }, "matched": [0], "inputs": ["oak", 4], "norms": ["§ 1"],
            "default_used": false,
        })
    );
    let data = json!({ "tree": { "kind": 3, "height": 3 } });
    let error = compiled.evaluate(&vars(&data)).expect_err("no text");
    assert_eq!(error.message, "column \"Kind of tree\" needs text, but its value is a number");
    assert_eq!(error.message_de, "Spalte „Baumart“: erwartet wird ein Text, der Wert ist aber eine Zahl");
    assert_eq!(error.inputs, [json!(3)]);
    // What is read, and by which cell.
    table.rows[0].then = vec![json!("= settings.fee * 2")];
    let compiled = Table::compile(&table, &Sandbox::default()).expect("a table");
    let reads: Vec<String> = compiled
        .variables()
        .iter()
        .map(|(place, path)| format!("{:?} {path} {:?}", place.part, path.place().column))
        .collect();
    assert_eq!(reads, ["Input tree.kind Some(1)", "Input tree.height Some(1)", "Then settings.fee Some(3)"]);
}

fn coverage(source: &TableSource, domains: &[Domain]) -> Coverage {
    Table::compile(source, &Sandbox::default()).expect("a table").coverage(domains)
}

#[track_caller]
fn check_coverage(source: &TableSource, domains: &[Domain], expected: &str) {
    let found = coverage(source, domains);
    assert!(!found.incomplete);
    let examples = |inputs: &[Example]| {
        let inputs: Vec<String> = inputs
            .iter()
            .map(|example| match example {
                Example::Value(value) => value.to_string(),
                Example::Other => "…".to_string(),
            })
            .collect();
        inputs.join(" ")
    };
    let mut lines: Vec<String> =
        found.gaps.iter().map(|gap| format!("gap {}", examples(&gap.inputs))).collect();
    lines.extend(found.overlaps.iter().map(|o| format!("overlap {:?} {}", o.rows, examples(&o.inputs))));
    lines.extend(found.never_reached.iter().map(|row| format!("never {row}")));
    assert_eq!(lines.join("\n"), expected);
}

#[test]
fn gaps_and_overlaps() {
    fn ages(policy: &str, rows: &[Cells]) -> TableSource {
        source(policy, &["age"], &["x"], rows)
    }
    check_coverage(&ages("unique", &[(&["< 18"], json!([1])), (&[">= 18"], json!([2]))]), &[], "");
    check_coverage(&ages("unique", &[(&["< 18"], json!([1])), (&["> 18"], json!([2]))]), &[], "gap 18");
    check_coverage(
        &ages("unique", &[(&["<= 18"], json!([1])), (&[">= 18"], json!([2]))]),
        &[],
        "overlap (0, 1) 18",
    );
    // Rows may overlap if they agree.
    check_coverage(&ages("any", &[(&["<= 18"], json!([1])), (&[">= 18"], json!([1]))]), &[], "");
    check_coverage(
        &ages("any", &[(&["<= 18"], json!([1])), (&[">= 18"], json!([2]))]),
        &[],
        "overlap (0, 1) 18",
    );
    check_coverage(
        &ages("first", &[(&["<= 18"], json!([1])), (&["[5..6]"], json!([2])), (&["-"], json!([3]))]),
        &[],
        "never 1",
    );
    // What the schema rules out is no gap.
    let known = Domain { minimum: Some(0), maximum: Some(17), ..Domain::default() };
    check_coverage(&ages("unique", &[(&["[0..17]"], json!([1]))]), std::slice::from_ref(&known), "");
    check_coverage(&ages("unique", &[(&["[0..17]"], json!([1]))]), &[], "gap -1");
    let nullable = Domain { nullable: true, ..known };
    check_coverage(&ages("unique", &[(&["[0..17]"], json!([1]))]), &[nullable], "gap null");
    let two = source(
        "unique",
        &["kind", "owner"],
        &["x"],
        &[(&["\"oak\"", "-"], json!([1])), (&["not(\"oak\")", "true"], json!([2]))],
    );
    check_coverage(&two, &[], "gap … false");
    let kinds = Domain { values: Some(vec![json!("oak"), json!("ash")]), ..Domain::default() };
    check_coverage(&two, &[kinds], "gap \"ash\" false");
    // Between two days that follow each other there is none.
    let days = |rows: &[Cells]| source("unique", &["day"], &["x"], rows);
    let early = "<= date(\"2024-02-28\")";
    check_coverage(&days(&[(&[early], json!([1])), (&[">= date(\"2024-02-29\")"], json!([2]))]), &[], "");
    check_coverage(
        &days(&[(&[early], json!([1])), (&[">= date(\"2024-03-01\")"], json!([2]))]),
        &[],
        "gap \"2024-02-29\"",
    );
    check_coverage(&days(&[(&[">= date(\"2024-03-01\")"], json!([2]))]), &[], "gap \"2024-02-29\"");
    check_coverage(&days(&[(&["< date(\"2024-12-31\")"], json!([2]))]), &[], "gap \"2024-12-31\"");
    // Rows that no value fits, whatever the hit policy; and those that others always come before.
    let known = Domain { minimum: Some(0), maximum: Some(17), ..Domain::default() };
    let old = ages("collect", &[(&["< 10"], json!([1])), (&["> 20"], json!([2]))]);
    check_coverage(&old, std::slice::from_ref(&known), "never 1");
    check_coverage(&ages("collect", &[(&["< 10"], json!([1]))]), &[], "");
    check_coverage(&ages("collect max", &[(&["< 10"], json!([1]))]), &[known], "gap 10");
    let mut ranked = ages(
        "priority",
        &[(&["< 5"], json!(["low"])), (&["< 9"], json!(["high"])), (&["-"], json!(["low"]))],
    );
    ranked.outputs[0].values = vec![json!("high"), json!("low")];
    check_coverage(&ranked, &[], "never 0");
    // A default covers everything.
    check_coverage(&TableSource { default: Some(vec![json!(0)]), ..two }, &[], "");
}

#[test]
fn codes_are_stable() {
    assert_eq!(TableCode::MissingQuotes.as_str(), "missing-quotes");
    assert_eq!(serde_json::to_value(HitPolicy::CollectSum).ok(), Some(json!("collect sum")));
}
