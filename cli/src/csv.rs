//! Tables as files that a spreadsheet of an office opens: separated by semicolons, with a mark that says UTF-8. The browser
//! application writes them just so (`web/src/statistics/csv.ts`).

use serde_json::Value;

/// One that begins so is carried out by spreadsheets.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// The lines of a table, each without its `\n`.
pub fn lines(rows: &[Vec<Value>]) -> Vec<String> {
    let line = |(number, row): (usize, &Vec<Value>)| {
        let mark = if number == 0 { "\u{feff}" } else { "" };
        format!("{mark}{}\r", row.iter().map(cell).collect::<Vec<_>>().join(";"))
    };
    rows.iter().enumerate().map(line).collect()
}

fn cell(value: &Value) -> String {
    let text = match value {
        Value::Null => return String::new(),
        Value::String(text) => text,
        other => return other.to_string(),
    };
    let safe = if text.starts_with(FORMULA) { format!("'{text}") } else { text.clone() };
    if safe.contains(['"', ';', '\r', '\n']) { format!("\"{}\"", safe.replace('"', "\"\"")) } else { safe }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(rows: &[Vec<Value>], expected: &str) {
        assert_eq!(lines(rows).join("\n"), format!("\u{feff}{expected}\r"));
    }

    #[test]
    fn rows_become_lines() {
        check(
            &[vec![json!("a"), json!(1), Value::Null], vec![], vec![json!("b"), json!(-2)]],
            "a;1;\r\n\r\nb;-2",
        );
        check(&[vec![json!("a;b"), json!("c\"d"), json!("e\nf")]], "\"a;b\";\"c\"\"d\";\"e\nf\"");
        check(&[["=1+1", "@x", "-2", "+3", "\tx"].map(Value::from).to_vec()], "'=1+1;'@x;'-2;'+3;'\tx");
    }
}
