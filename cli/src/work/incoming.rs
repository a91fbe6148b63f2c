//! `fachwerk item`: the incoming post (Posteingang), against a server.

use std::{fs, path::PathBuf};

use clap::Subcommand;
use fachwerk_core::words::{CaseId, Date};
use serde_json::{Value, json};

use super::{
    keeping::{rows, text},
    there::{Answered, There, all},
};
use crate::{
    End, Failure,
    remote::{Part, Server},
};

/// What `item` takes.
#[derive(clap::Args)]
pub struct ItemArguments {
    #[command(subcommand)]
    what: ItemWhat,
    #[command(flatten)]
    there: There,
}

#[derive(Subcommand)]
enum ItemWhat {
    /// List items of the incoming post that wait, by their day of receipt.
    List {
        /// Those that are done instead, the newest first.
        #[arg(long)]
        done: bool,
        /// Only those in which these words are found.
        #[arg(long, value_name = "WORDS")]
        search: Option<String>,
    },
    /// Show an item, with the cases that it may belong to.
    Show {
        /// Its id.
        item: CaseId,
    },
    /// Register what came in.
    Register {
        /// The documents; none when it lies on paper only.
        #[arg(required_unless_present = "paper")]
        files: Vec<PathBuf>,
        /// What it is about.
        #[arg(long)]
        subject: String,
        /// Who sent it.
        #[arg(long)]
        sender: Option<String>,
        /// How it came.
        #[arg(long, default_value = "counter", value_parser = ["counter", "post", "fax", "email", "paper"])]
        channel: String,
        /// The true day of receipt; when nothing is said, today.
        #[arg(long, value_name = "DAY")]
        received_on: Option<Date>,
        /// Where the original lies on paper.
        #[arg(long, value_name = "WHERE")]
        paper: Option<String>,
    },
    /// Assign an item to a case: its documents go along, with the true day of receipt.
    Assign {
        /// Its id.
        item: CaseId,
        /// The case.
        case: CaseId,
        /// Why it belongs there.
        #[arg(long)]
        reason: String,
        /// As this message that the case waits for; else only the documents go along.
        #[arg(long, value_name = "NAME")]
        message: Option<String>,
        /// That a message that interrupts may end what is under way in the case.
        #[arg(long, requires = "message")]
        sure: bool,
    },
}

/// Works on the incoming post.
pub fn item(arguments: &ItemArguments) -> Result<End, Failure> {
    let there = &arguments.there;
    match &arguments.what {
        ItemWhat::List { done, search } => {
            let mut query = vec![("state", if *done { "done" } else { "waiting" }.to_owned())];
            query.extend(search.clone().map(|words| ("q", words)));
            there.carry_out(|server| all(server, "/incoming", &query), list)
        }
        ItemWhat::Show { item } => {
            let path = format!("/incoming/{item}");
            there.carry_out(|server| server.request("GET", &path, &[], None), shown)
        }
        ItemWhat::Register { files, subject, sender, channel, received_on, paper } => {
            let said = [
                ("subject", Some(subject.clone())),
                ("channel", Some(channel.clone())),
                ("sender", sender.clone()),
                ("received_on", received_on.map(|day| day.to_string())),
                ("paper", paper.clone()),
            ];
            let mut parts: Vec<Part> =
                said.into_iter().filter_map(|(name, said)| Some(Part::text(name, said?))).collect();
            for file in files {
                let bytes =
                    fs::read(file).map_err(|error| format!("{} cannot be read: {error}", file.display()))?;
                let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
                parts.push(Part::file("file", name, bytes));
            }
            there.carry_out(|server| server.send("/incoming", &parts), registered)
        }
        ItemWhat::Assign { item, case, reason, message, sure } => {
            let body = json!({ "case": case, "message": message, "sure": sure, "reason": reason });
            there.carry_out(
                |server| assign(server, *item, body),
                |it| {
                    vec![format!(
                        "{} is on its way to {}; it ends when the case has taken it over",
                        text(&it["item"]),
                        text(&it["case"])
                    )]
                },
            )
        }
    }
}

fn assign(server: &Server, item: CaseId, body: Value) -> Answered {
    let case = body["case"].clone();
    let answer = server.request("POST", &format!("/incoming/{item}/assign"), &[], Some(body))?;
    Ok(answer.map(|_| json!({ "item": item, "case": case })))
}

fn registered(answer: &Value) -> Vec<String> {
    vec![text(&answer["id"])]
}

fn list(items: &Value) -> Vec<String> {
    let line = |item: &Value| {
        let from = item["sender"].as_str().map(|sender| format!(", from {sender}")).unwrap_or_default();
        let day = if item["day_confirmed"] == json!(true) { "" } else { " (day not confirmed)" };
        let documents = text(&item["documents"]);
        format!(
            "{} {}{day}: {}{from}; {} ({documents})",
            text(&item["id"]),
            text(&item["received_on"]),
            text(&item["subject"]),
            text(&item["channel"]),
        )
    };
    let lines: Vec<String> = rows(items).iter().map(line).collect();
    if lines.is_empty() { vec!["nothing waits".to_owned()] } else { lines }
}

fn shown(item: &Value) -> Vec<String> {
    let mut lines = list(&json!([item]));
    lines.extend(item["refused"]["en"].as_str().map(|why| format!("  refused by the case: {why}")));
    for target in rows(&item["suggestions"]) {
        let number = if target["number"].is_null() { "-".to_owned() } else { text(&target["number"]) };
        lines.push(format!("  perhaps to {} {number} {}", text(&target["case"]), text(&target["subject"])));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_told_with_what_is_not_sure() {
        let mut item = json!({
            "id": "i", "received_on": "2026-03-02", "day_confirmed": false, "subject": "Widerspruch", "sender": "A", "documents": 2,
            "channel": "post",
        });
        let line = "i 2026-03-02 (day not confirmed): Widerspruch, from A; post (2)";
        assert_eq!(list(&json!([item])), [line]);
        assert_eq!(list(&json!([])), ["nothing waits"]);
        item["suggestions"] = json!([{ "case": "c", "number": null, "subject": "Baum" }]);
        item["refused"] = json!({ "de": "Vorbei.", "en": "Over." });
        assert_eq!(shown(&item), [line, "  refused by the case: Over.", "  perhaps to c - Baum"]);
    }
}
