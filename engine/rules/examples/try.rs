use fachwerk_rules::*;
use serde_json::{Value, json};
fn main() {
    let data = json!({
        "application": {"is_owner": false, "name": "Meyer", "area": 12.5, "limit": 4, "nothing": null,
            "trees": [{"height": 3, "kind": "oak"}, {"height": 7}, {"height": 5, "kind":"ash"}], "docs": {"site-plan": true}},
        "settings": {"fee": 2500, "limit": 4},
        "n": 7, "zip": "39104",
    });
    let sandbox = Sandbox::default();
    let file = std::env::args().nth(1).unwrap();
    let text = std::fs::read_to_string(file).unwrap();
    for line in text.lines() {
        if line.trim().is_empty() {
            continue;
        }
        let vars: Vars =
            data.as_object().unwrap().iter().map(|(k, v): (&String, &Value)| (k.as_str(), v)).collect();
        let (script, line) = match line.strip_prefix("S ") {
            Some(l) => (true, l),
            None => (false, line),
        };
        let line = &line.replace("\\n", "\n");
        let (r, v) = if script {
            match sandbox.script(line) {
                Ok(e) => (e.eval(&vars), format!("{e:?}")),
                Err(e) => (Err(e), "compile".into()),
            }
        } else {
            match sandbox.expression(line) {
                Ok(e) => (e.eval(&vars), format!("{e:?}")),
                Err(e) => (Err(e), "compile".into()),
            }
        };
        match r {
            Ok(v2) => println!("{line}\n   = {v2}   {v}"),
            Err(e) => println!(
                "{line}\n   ! {} {}:{} {} | {} | {:?}  {v}",
                e.code.as_str(),
                e.line.unwrap_or(0),
                e.column.unwrap_or(0),
                e.message,
                e.message_de,
                e.help
            ),
        }
    }
}
