use fachwerk_rules::*;
use serde_json::{Value, json};
fn main() {
    let data = json!({
        "application": {"is_owner": false, "name": "Meyer *&* <b>Söhne</b>", "area": 12.5, "nothing": null, "received": "2026-03-02", "when": "2026-03-02T09:15:00Z",
            "note": "Erste Zeile\n\n# Überschrift\n- Punkt\n1. Nummer\n===\n    code", "fee": 123450, "url": "javascript:alert(1)) [x](y",
            "trees": [{"height": 3, "kind": "oak"}, {"height": 7}, {"height": 5, "kind":"a*sh"}], "kinds": ["a*", "b_"]},
        "n": 7, "m": "12. März", "t": true,
    });
    let file = std::env::args().nth(1).unwrap();
    let text = std::fs::read_to_string(file).unwrap();
    for line in text.lines() {
        if line.trim().is_empty() {
            continue;
        }
        let vars: Vars =
            data.as_object().unwrap().iter().map(|(k, v): (&String, &Value)| (k.as_str(), v)).collect();
        let line = &line.replace("\\n", "\n");
        match Template::compile("brief", line, Lang::De) {
            Err(e) => println!(
                "{line}\n   C! {} {}:{} {} | {} | {:?}",
                e.code.as_str(),
                e.line.unwrap_or(0),
                e.column.unwrap_or(0),
                e.message,
                e.message_de,
                e.help
            ),
            Ok(t) => match t.render(&vars) {
                Ok(v) => println!(
                    "{line}\n   = {v}   {:?}",
                    t.variables()
                        .iter()
                        .map(|v| format!("{v}@{}:{}", v.place().line.unwrap(), v.place().column.unwrap()))
                        .collect::<Vec<_>>()
                ),
                Err(e) => println!(
                    "{line}\n   ! {} {}:{} {} | {} | {:?} {t:?}",
                    e.code.as_str(),
                    e.line.unwrap_or(0),
                    e.column.unwrap_or(0),
                    e.message,
                    e.message_de,
                    e.help
                ),
            },
        }
    }
}
