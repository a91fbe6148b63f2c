//! What rests on a norm and the rows of legal data, of an authority: as a server answers it, and in words.

use fachwerk_core::{
    authority::Authority,
    facts::Actor,
    law::{OwnRows, TABLES, citation::Unreadable, id_of, index::asked},
    words::{Date, ProcessId, TenantId},
};
use fachwerk_runtime::Runtime;
use fachwerk_store::{CaseQuery, Piece};
use serde_json::{Value, json};

use super::{
    Outcome,
    keeping::{rows, text},
};
use crate::{Failure, law, remote::Server};

/// Something about law.
pub enum LawAsk {
    /// What rests on a norm, and a key day.
    Uses(String, Option<Date>),
    /// All rows of legal data.
    Tables,
}

/// On the data of this machine.
pub(super) async fn here(
    runtime: &Runtime,
    (tenant, authority, actor): (&TenantId, &Authority, &Actor),
    ask: &LawAsk,
) -> Result<Outcome, Failure> {
    let LawAsk::Uses(norm, on) = ask else { return Ok(Outcome::Done(tables(&authority.law.own))) };
    let may = ["administrator", "designer"]
        .iter()
        .any(|role| actor.person().is_some_and(|person| authority.holds(person, role)));
    if !may {
        return Ok(Outcome::Refused(vec![
            "refused (NotAllowed): only administrators and designers see what rests on a norm".to_owned(),
        ]));
    }
    let asked = asked(norm).map_err(|Unreadable { why, help }| format!("{} {}", why.en, help.en))?;
    let index = runtime.law_index(tenant).await.map_err(|error| error.to_string())?;
    let mut answer = law::answer(&index, &asked, *on);
    for process in answer["processes"].as_array_mut().into_iter().flatten() {
        count(runtime, (tenant, authority, actor), process).await?;
    }
    Ok(Outcome::Done(answer))
}

/// How many cases of a process go on, for those who see them.
async fn count(
    runtime: &Runtime,
    (tenant, authority, actor): (&TenantId, &Authority, &Actor),
    process: &mut Value,
) -> Result<(), Failure> {
    (process["open"], process["open_capped"]) = (Value::Null, json!(false));
    let id = ProcessId::from(process["process"].as_str().unwrap_or_default());
    let in_view = authority.current.get(&id).or_else(|| authority.retired.get(&id));
    let (Some(release), Some(person)) = (in_view, actor.person()) else { return Ok(()) };
    let release = runtime.release(tenant, release).await.map_err(|error| error.to_string())?;
    if !release.roles.keys().any(|role| authority.holds(person, role.as_str())) {
        return Ok(());
    }
    let piece = Piece { cursor: None, limit: 1 };
    let query = CaseQuery { open: Some(true), process: Some(id), piece, ..CaseQuery::default() };
    let page = runtime.store().cases(tenant, &query).await.map_err(|error| error.to_string())?;
    if let Some(total) = page.total {
        (process["open"], process["open_capped"]) = (json!(total.count), json!(total.more));
    }
    Ok(())
}

/// On a server.
pub fn there(server: &Server, ask: &LawAsk) -> Result<Outcome, Failure> {
    let answer = match ask {
        LawAsk::Tables => server.request("GET", "/law", &[], None)?,
        LawAsk::Uses(norm, on) => {
            let mut query = vec![("norm", norm.clone())];
            query.extend(on.map(|day| ("on", day.to_string())));
            server.request("GET", "/law/index", &query, None)?
        }
    };
    Ok(match answer {
        Ok(body) => Outcome::Done(body),
        Err(reasons) => Outcome::Refused(reasons),
    })
}

/// All tables with an authority's own rows in the place of those that came along, or behind them.
pub fn tables(own: &OwnRows) -> Value {
    let table = |table: &fachwerk_core::law::Table| {
        let of_table = own.get(table.name);
        let built_in = table.built_in().map(|row| {
            let own = of_table.and_then(|rows| rows.get(id_of(row)));
            json!({ "id": id_of(row), "own": own.is_some(), "row": own.unwrap_or(row) })
        });
        let added = of_table.into_iter().flatten().filter(|(id, _)| table.built_in_row(id).is_none());
        let added = added.map(|(id, row)| json!({ "id": id, "own": true, "row": row }));
        json!({ "name": table.name, "title": table.title(), "rows": built_in.chain(added).collect::<Vec<_>>() })
    };
    json!({ "tables": TABLES.iter().map(table).collect::<Vec<_>>() })
}

/// What rests on a norm, line by line.
pub fn told_uses(answer: &Value) -> Vec<String> {
    let mut lines: Vec<String> = rows(&answer["uses"]).iter().map(told_use).collect();
    for process in rows(&answer["processes"]) {
        let blocks: Vec<String> = rows(&process["blocks"]).iter().map(text).collect();
        let by = match (process["itself"] == json!(true), blocks.is_empty()) {
            (true, true) => String::new(),
            (true, false) => format!(", also by {}", blocks.join(", ")),
            (false, _) => format!(" by {}", blocks.join(", ")),
        };
        let open = match &process["open"] {
            Value::Null => String::new(),
            open => format!(
                "; open cases: {}{}",
                text(open),
                if process["open_capped"] == json!(true) { " or more" } else { "" }
            ),
        };
        lines.push(format!("process {} rests on it{by}{open}", text(&process["process"])));
    }
    if lines.is_empty() {
        lines.push(format!("nothing here rests on {}", text(&answer["norm"])));
    }
    lines
}

fn told_use(used: &Value) -> String {
    let (source, kind) = (&used["source"], text(&used["kind"]));
    let itself = used["kind"] == source["kind"];
    let mut line = format!("{}:{}:", text(&used["file"]), text(&used["line"]));
    if source["kind"] != json!("law") {
        line += &format!(" {} {}", text(&source["kind"]), text(&source["id"]));
    }
    if !itself {
        line += &format!(", {}", if kind == "table" { "row of a table" } else { &kind });
    }
    let step = text(&used["step"]);
    if !step.is_empty() {
        line += &format!("{}{step}", if kind == "step" { " " } else { " at " });
    }
    let title = text(&used["title"]["en"]);
    if !title.is_empty() && !itself {
        line += &format!(" ({title})");
    }
    let row = &used["row"];
    if !row.is_null() {
        line += &format!(" law {}/{}", text(&row["table"]), text(&row["id"]));
    }
    let norms: Vec<String> = rows(&used["norms"]).iter().map(text).collect();
    line += &format!(": {}", norms.join("; "));
    let wider = (used["fit"] == json!("around")).then_some("wider than what was asked for");
    let marks = [
        wider,
        (row["turns"] == json!(true)).then_some("begins or ends on that day"),
        (row["holds"] == json!(false)).then_some("does not hold on that day"),
        (!row.is_null() && row["checked_by"].is_null()).then_some("unchecked"),
        (row["disputed"] == json!(true)).then_some("disputed"),
        (row["own"] == json!(true)).then_some("set by the authority"),
    ];
    let marks: Vec<&str> = marks.into_iter().flatten().collect();
    if marks.is_empty() { line } else { format!("{line} [{}]", marks.join(", ")) }
}

/// Rows of legal data: in a line each, or all that they say.
pub fn told_rows(answer: &Value, whole: bool) -> Vec<String> {
    let rows = rows(&answer["rows"]);
    if rows.is_empty() {
        return vec!["no row is like that".to_owned()];
    }
    rows.iter().flat_map(|row| if whole { told_whole(row) } else { vec![told_row(row)] }).collect()
}

fn told_row(row: &Value) -> String {
    let said = &row["row"];
    let validity = match (text(&said["valid_from"]).as_str(), text(&said["valid_to"]).as_str()) {
        ("", "") => String::new(),
        (from, "") => format!(", from {from}"),
        ("", to) => format!(", until {to}"),
        (from, to) => format!(", {from} to {to}"),
    };
    let checked = match text(&said["checked_by"]).as_str() {
        "" => "unchecked".to_owned(),
        who => format!("checked by {who}"),
    };
    let disputed = if said["disputed"] == json!(true) { ", disputed" } else { "" };
    let own = if row["own"] == json!(true) { ", set by the authority" } else { "" };
    let norm = match text(&said["norm"]).as_str() {
        "" => "no norm".to_owned(),
        norm => norm.to_owned(),
    };
    format!("{}/{}: {norm}{validity} [{checked}{disputed}{own}]", text(&row["table"]), text(&row["id"]))
}

fn told_whole(row: &Value) -> Vec<String> {
    let mut lines = vec![told_row(row)];
    let fields = row["row"].as_object().into_iter().flatten().filter(|(name, _)| *name != "id");
    lines.extend(fields.map(|(name, value)| format!("  {name}: {}", text(value))));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(told: &[String], expected: &[&str]) {
        assert_eq!(told, expected);
    }

    #[test]
    fn uses_are_told_line_by_line() {
        let answer = json!({
            "norm": "§ 41 VwVfG",
            "uses": [
                { "fit": "same", "kind": "block", "source": { "kind": "block", "id": "notify" }, "title": { "en": "Notify" },
                  "file": "a/block.yaml", "line": 3, "norms": ["§ 41 VwVfG"] },
                { "fit": "around", "kind": "step", "source": { "kind": "process", "id": "dog" }, "title": { "en": "Examine" },
                  "step": "look", "file": "b/process.yaml", "line": 7, "norms": ["VwVfG"] },
                { "fit": "inside", "kind": "law", "source": { "kind": "law", "id": "notification.yaml" }, "file": "n.yaml", "line": 9,
                  "norms": ["§ 41 Abs. 2 VwVfG"],
                  "row": { "table": "notification", "id": "post", "checked_by": null, "disputed": true, "holds": false, "turns": true, "own": true } },
            ],
            "processes": [
                { "process": "dog", "itself": true, "blocks": ["notify"], "open": 3, "open_capped": true },
                { "process": "cat", "itself": false, "blocks": ["notify", "hearing"] },
            ],
        });
        check(
            &told_uses(&answer),
            &[
                "a/block.yaml:3: block notify: § 41 VwVfG",
                "b/process.yaml:7: process dog, step look (Examine): VwVfG [wider than what was asked for]",
                "n.yaml:9: law notification/post: § 41 Abs. 2 VwVfG [begins or ends on that day, does not hold on that day, unchecked, disputed, set by the authority]",
                "process dog rests on it, also by notify; open cases: 3 or more",
                "process cat rests on it by notify, hearing",
            ],
        );
        check(&told_uses(&json!({ "norm": "BGB" })), &["nothing here rests on BGB"]);
    }

    #[test]
    fn rows_are_told_in_a_line_or_whole() {
        let row = json!({ "id": "post", "norm": "§ 41 VwVfG", "valid_from": "2025-01-01", "checked_by": "Mia", "disputed": true });
        let answer = json!({ "rows": [{ "table": "notification", "id": "post", "own": true, "row": row }] });
        let line =
            "notification/post: § 41 VwVfG, from 2025-01-01 [checked by Mia, disputed, set by the authority]";
        check(&told_rows(&answer, false), &[line]);
        check(
            &told_rows(&answer, true),
            &[
                line,
                "  norm: § 41 VwVfG",
                "  valid_from: 2025-01-01",
                "  checked_by: Mia",
                "  disputed: true",
            ],
        );
        check(&told_rows(&json!({ "rows": [] }), false), &["no row is like that"]);
    }
}
