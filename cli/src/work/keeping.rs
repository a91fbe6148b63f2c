//! `fachwerk keeping`: what administrators look after, here or against a server.

use clap::{Subcommand, ValueEnum};
use fachwerk_core::{
    facts::day_of,
    words::{CaseId, ProcessId, Timestamp},
};
use serde_json::{Value, json};

use super::{Ask, Place};
use crate::{End, Failure, output::Format};

/// What `keeping` takes.
#[derive(clap::Args)]
pub struct KeepingArguments {
    #[command(subcommand)]
    what: KeepingWhat,
    /// How the answer is printed.
    #[arg(long, value_enum, default_value = "text", global = true)]
    format: Format,
    #[command(flatten)]
    place: Place,
}

#[derive(Subcommand)]
enum KeepingWhat {
    /// Show how long ended cases of each process are kept, and how many are over it.
    Show,
    /// List cases on their way to erasure.
    List {
        /// Which.
        #[arg(long, value_enum, default_value = "asked")]
        list: KeptList,
        /// The process; needed for `over`.
        #[arg(long, required_if_eq("list", "over"))]
        process: Option<String>,
    },
    /// Say how long ended cases of a process are kept.
    Period {
        /// The process.
        process: String,
        /// So many years, 1 to 200.
        #[arg(long, requires = "basis", required_unless_present = "as_process", value_parser = clap::value_parser!(u16).range(1..=200))]
        years: Option<u16>,
        /// The provision that they follow from.
        #[arg(long, requires = "years")]
        basis: Option<String>,
        /// From when they count.
        #[arg(long, value_enum, default_value = "year-end")]
        from: PeriodStart,
        /// As the process says.
        #[arg(long, conflicts_with_all = ["years", "basis"])]
        as_process: bool,
    },
    /// Keep cases from being erased.
    Hold(WithReason),
    /// Let cases be erased again.
    Lift(WithReason),
    /// Record that cases were offered to the archive.
    Offer(Cases),
    /// Record what the archive says to cases that it was offered.
    Answer {
        #[command(flatten)]
        cases: Cases,
        /// What it says.
        #[arg(long, value_enum)]
        answer: Answer,
    },
    /// Ask for cases to be erased; another administrator confirms it.
    Ask {
        #[command(flatten)]
        with: WithReason,
        /// Why although a case goes on, is still to be kept, or a remedy was sought.
        #[arg(long, value_name = "WHY")]
        exception: Option<String>,
    },
    /// Ask no longer for it.
    Withdraw(WithReason),
    /// Erase cases for good, as another administrator asked for.
    Erase {
        #[command(flatten)]
        cases: Cases,
        /// Why whoever asked for it also confirms it; possible only where there is no other administrator.
        #[arg(long, value_name = "WHY")]
        alone: Option<String>,
    },
}

#[derive(clap::Args)]
struct Cases {
    /// The cases.
    #[arg(required = true)]
    cases: Vec<CaseId>,
}

#[derive(clap::Args)]
struct WithReason {
    #[command(flatten)]
    cases: Cases,
    /// Why. That of `ask` comes to stand in the certificate: name nobody.
    #[arg(long)]
    reason: String,
}

/// Which cases on their way to erasure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum KeptList {
    /// Those of a process whose period is over.
    Over,
    /// Those whose erasure was asked for.
    Asked,
    /// Those that must not be erased.
    Held,
}

/// When a period begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PeriodStart {
    /// With the end of the year in which a case ended.
    YearEnd,
    /// With the day on which it ended.
    End,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Answer {
    /// It has taken them over.
    Taken,
    /// It does not want them.
    Refused,
}

/// A period that is set.
pub struct Period {
    /// So many years.
    pub years: u16,
    /// From when.
    pub from: PeriodStart,
    /// The provision.
    pub basis: String,
}

/// What is done about several cases, in the words of the interface.
pub struct KeepingDeed {
    /// The cases.
    pub cases: Vec<CaseId>,
    /// What.
    pub what: &'static str,
    /// Why.
    pub reason: Option<String>,
    /// Why by way of exception.
    pub exception: Option<String>,
    /// Why alone.
    pub alone: Option<String>,
}

impl KeptList {
    /// As the interface says it.
    pub fn word(self) -> &'static str {
        match self {
            KeptList::Over => "over",
            KeptList::Asked => "asked",
            KeptList::Held => "held",
        }
    }
}

impl PeriodStart {
    /// As the interface says it.
    pub fn word(self) -> &'static str {
        match self {
            PeriodStart::YearEnd => "year_end",
            PeriodStart::End => "end",
        }
    }
}

/// Shows, or does something about, the keeping of cases.
pub fn keeping(arguments: &KeepingArguments) -> Result<End, Failure> {
    let deed = |cases: &Cases, what, reason: Option<&String>| KeepingDeed {
        cases: cases.cases.clone(),
        what,
        reason: reason.cloned(),
        exception: None,
        alone: None,
    };
    let because = |with: &WithReason, what| deed(&with.cases, what, Some(&with.reason));
    let ask = match &arguments.what {
        KeepingWhat::Show => Ask::ShowKeeping,
        KeepingWhat::List { list, process } => Ask::ListKept(*list, process.as_deref().map(ProcessId::from)),
        KeepingWhat::Period { process, years, basis, from, .. } => {
            let period = years.zip(basis.clone());
            let period = period.map(|(years, basis)| Period { years, from: *from, basis });
            Ask::SetPeriod(process.as_str().into(), period)
        }
        KeepingWhat::Hold(with) => Ask::Keep(because(with, "hold")),
        KeepingWhat::Lift(with) => Ask::Keep(because(with, "lift")),
        KeepingWhat::Withdraw(with) => Ask::Keep(because(with, "withdraw")),
        KeepingWhat::Offer(cases) => Ask::Keep(deed(cases, "offer", None)),
        KeepingWhat::Answer { cases, answer } => {
            let what = if *answer == Answer::Taken { "taken" } else { "refused" };
            Ask::Keep(deed(cases, what, None))
        }
        KeepingWhat::Ask { with, exception } => {
            Ask::Keep(KeepingDeed { exception: exception.clone(), ..because(with, "ask") })
        }
        KeepingWhat::Erase { cases, alone } => {
            Ask::Keep(KeepingDeed { alone: alone.clone(), ..deed(cases, "erase", None) })
        }
    };
    let told: fn(&Value) -> Vec<String> = match ask {
        Ask::ShowKeeping => overview,
        Ask::ListKept(..) => list,
        _ => done,
    };
    arguments.place.carry_out_as(&ask, arguments.format, told)
}

/// A value as people read it; nothing for none.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The day in Germany at an instant, from which periods are reckoned as well.
fn day(instant: &Value) -> String {
    let instant = text(instant);
    instant.parse::<Timestamp>().map_or(instant, |at| day_of(at).to_string())
}

/// The rows of a list.
pub(super) fn rows(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn overview(answer: &Value) -> Vec<String> {
    let process = |row: &Value| {
        let (period, own) = (&row["retention"], row["own"] == json!(true));
        let kept = match period {
            Value::Null => "nobody has said how long its cases are kept".to_owned(),
            _ => {
                let from =
                    if period["from"] == json!("end") { "the day of the end" } else { "the end of the year" };
                let whose = if own { "the authority" } else { "the process" };
                let years = match text(&period["years"]).as_str() {
                    "1" => "1 year".to_owned(),
                    many => format!("{many} years"),
                };
                format!("{years} from {from} ({}, says {whose})", text(&period["basis"]))
            }
        };
        let more = if row["over_capped"] == json!(true) { "more than " } else { "" };
        format!("{}: {kept}; {more}{} over", text(&row["process"]), text(&row["over"]))
    };
    let mut lines: Vec<String> = rows(&answer["processes"]).iter().map(process).collect();
    if answer["alone"] == json!(true) {
        lines.push("there is no other administrator who could confirm an erasure".into());
    }
    lines
}

fn list(answer: &Value) -> Vec<String> {
    let case = |row: &Value| {
        let parts = [
            text(&row["id"]),
            text(&row["number"]),
            text(&row["subject"]),
            match &row["ended_at"] {
                Value::Null => "goes on".to_owned(),
                at => format!("ended {}", day(at)),
            },
            match &row["kept_until"] {
                Value::Null => String::new(),
                day => format!("kept until {}", text(day)),
            },
            match &row["hold"] {
                Value::Null => String::new(),
                hold => format!("held: {}", text(hold)),
            },
            match text(&row["archive"]).as_str() {
                "none" => String::new(),
                said => format!("archive: {said}"),
            },
            match &row["asked"] {
                Value::Null => String::new(),
                asked => format!("asked for by {}: {}", text(&asked["by"]), text(&asked["reason"])),
            },
        ];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("  ")
    };
    match rows(answer) {
        [] => vec!["no cases".into()],
        cases => cases.iter().map(case).collect(),
    }
}

fn done(answer: &Value) -> Vec<String> {
    match &answer["done"] {
        Value::Null => {
            vec![format!(
                "{}: how long its cases are kept is set, for those that have ended as well",
                text(&answer["process"])
            )]
        }
        done => vec![format!("done: {}", text(done))],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(told: fn(&Value) -> Vec<String>, answer: Value, expected: &[&str]) {
        assert_eq!(told(&answer), expected);
    }

    #[test]
    fn answers_are_told_line_by_line() {
        let period = json!({ "years": 5, "from": "year_end", "basis": "Aktenordnung" });
        let year = json!({ "years": 1, "from": "end", "basis": "Aktenordnung" });
        let processes = json!([
            { "process": "tax", "retention": year, "own": false, "over": 0, "over_capped": false },
            { "process": "permit", "retention": period, "own": true, "over": 1000, "over_capped": true },
            { "process": "test", "retention": null, "own": false, "over": 0, "over_capped": false },
        ]);
        check(
            overview,
            json!({ "processes": processes, "alone": true }),
            &[
                "tax: 1 year from the day of the end (Aktenordnung, says the process); 0 over",
                "permit: 5 years from the end of the year (Aktenordnung, says the authority); more than 1000 over",
                "test: nobody has said how long its cases are kept; 0 over",
                "there is no other administrator who could confirm an erasure",
            ],
        );
        let case = json!({ "id": "a", "number": "AZ 1", "subject": "Muster", "ended_at": "2024-12-31T23:30:00Z", "kept_until": "2030-12-31", "hold": "Klage", "archive": "offered",
            "asked": { "by": "ada", "reason": "Frist" } });
        let bare = json!({ "id": "b", "number": null, "kept_until": null, "hold": null, "archive": "none", "asked": null });
        check(
            list,
            json!([case, bare]),
            &[
                "a  AZ 1  Muster  ended 2025-01-01  kept until 2030-12-31  held: Klage  archive: offered  asked for by ada: Frist",
                "b  goes on",
            ],
        );
        check(list, json!([]), &["no cases"]);
        check(
            done,
            json!({ "process": "permit" }),
            &["permit: how long its cases are kept is set, for those that have ended as well"],
        );
        check(done, json!({ "done": 3, "troubles": [] }), &["done: 3"]);
    }
}
