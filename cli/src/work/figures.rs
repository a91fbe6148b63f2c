//! `fachwerk statistics`: the figures for people, for programs, and as a table for a spreadsheet.

use clap::ValueEnum;
use fachwerk_core::words::{Date, Timestamp};
use serde_json::{Value, json};

use super::{
    Ask, Place,
    keeping::{rows, text},
};
use crate::{End, Failure, csv, output::Format};

/// What `statistics` takes.
#[derive(clap::Args)]
pub struct StatisticsArguments {
    /// A day of the first month; eleven months before the last one when nothing is said.
    #[arg(long, value_name = "DAY")]
    from: Option<Date>,
    /// A day of the last month; this month when nothing is said.
    #[arg(long, value_name = "DAY")]
    until: Option<Date>,
    /// How the answer is printed.
    #[arg(long, value_enum, default_value = "text")]
    format: FiguresFormat,
    #[command(flatten)]
    place: Place,
}

/// How figures are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FiguresFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
    /// For spreadsheets in Germany: German headings, semicolons.
    Csv,
}

/// Prints the figures.
pub fn statistics(arguments: &StatisticsArguments) -> Result<End, Failure> {
    let ask = Ask::Statistics(arguments.from, arguments.until);
    let (format, told): (_, fn(&Value) -> Vec<String>) = match arguments.format {
        FiguresFormat::Text => (Format::Text, figures),
        FiguresFormat::Json => (Format::Json, figures),
        FiguresFormat::Csv => (Format::Text, |answer| csv::lines(&table(answer))),
    };
    arguments.place.carry_out_as(&ask, format, told)
}

fn figures(answer: &Value) -> Vec<String> {
    let took = |row: &Value| match (&row["median_days"], &row["most_days"]) {
        (Value::Null, _) => String::new(),
        (half, most) => format!(", half within {} days, nine of ten within {}", text(half), text(most)),
    };
    let mut lines = vec![format!("{} to {}", text(&answer["from"]), text(&answer["until"]))];
    for row in rows(&answer["processes"]) {
        lines.push(format!(
            "{}: {} begun, {} ended{}; {} open, {} deadlines missed",
            text(&row["process"]),
            text(&row["begun"]),
            text(&row["ended"]),
            took(row),
            text(&row["open"]),
            text(&row["overdue"])
        ));
        let outcome = |it: &Value| format!("  {}: {}", text(&it["outcome"]), text(&it["count"]));
        lines.extend(rows(&row["outcomes"]).iter().map(outcome));
    }
    for row in rows(&answer["roles"]) {
        let oldest = match &row["oldest"] {
            Value::Null => String::new(),
            since => format!(", the oldest since {}", text(since)),
        };
        lines.push(format!(
            "role {}: {} tasks open, {} overdue{oldest}",
            text(&row["role"]),
            text(&row["open"]),
            text(&row["overdue"])
        ));
    }
    lines
}

/// The parts of the page *Statistik* one below the other, each with its headings: of all processes, with the months and outcomes of
/// each, and the tasks. The page saves the same (`web/src/statistics/table.ts`).
fn table(answer: &Value) -> Vec<Vec<Value>> {
    let headings = |names: &[&str]| names.iter().map(|name| json!(name)).collect::<Vec<_>>();
    let title = |row: &Value| row["title"]["de"].clone();
    let durations = |of: &Value| [of["median_days"].clone(), of["most_days"].clone()];
    let (half, most) = ("Dauer: die Hälfte bis (Tage)", "Dauer: 9 von 10 bis (Tage)");
    let processes = rows(&answer["processes"]);
    let mut all = vec![
        vec![json!("Statistik")],
        vec![json!("Erster Monat"), day(&answer["from"])],
        vec![json!("Letzter Monat"), day(&answer["until"])],
        vec![json!("Stand"), day(&answer["today"])],
        vec![],
        headings(&["Verfahren im Zeitraum"]),
        headings(&[
            "Verfahren",
            "Begonnen",
            "Abgeschlossen",
            "Laufend (heute)",
            "Fristen überschritten (heute)",
            half,
            most,
        ]),
    ];
    all.extend(processes.iter().map(|of| {
        let counts = ["begun", "ended", "open", "overdue"].map(|name| of[name].clone());
        [&[title(of)][..], &counts, &durations(of)].concat()
    }));
    all.extend([
        vec![],
        headings(&["Nach Monaten"]),
        headings(&["Verfahren", "Monat", "Begonnen", "Abgeschlossen", half, most]),
    ]);
    for of in processes {
        all.extend(rows(&of["months"]).iter().map(|month| {
            let figures = [day(&month["month"]), month["begun"].clone(), month["ended"].clone()];
            [&[title(of)][..], &figures, &durations(month)].concat()
        }));
    }
    all.extend([
        vec![],
        headings(&["Wie Vorgänge ausgingen"]),
        headings(&["Verfahren", "Ergebnis", "Vorgänge", "Anteil (%)"]),
    ]);
    for of in processes {
        let share = |count: &Value| percent(count.as_u64()?, of["ended"].as_u64()?);
        all.extend(rows(&of["outcomes"]).iter().map(|outcome| {
            let count = &outcome["count"];
            vec![title(of), title(outcome), count.clone(), json!(share(count))]
        }));
    }
    all.extend([
        vec![],
        headings(&["Aufgaben heute"]),
        headings(&["Rolle", "Offene Aufgaben", "davon überfällig", "Älteste offen seit"]),
    ]);
    all.extend(rows(&answer["roles"]).iter().map(|role| {
        vec![title(role), role["open"].clone(), role["overdue"].clone(), instant(&role["oldest"])]
    }));
    all
}

/// Rounded as the page does; none of nothing.
fn percent(count: u64, whole: u64) -> Option<u64> {
    (count * 200 + whole).checked_div(whole * 2)
}

/// A day as it is written in Germany.
fn day(value: &Value) -> Value {
    match value.as_str().and_then(|text| text.parse::<Date>().ok()) {
        Some(day) => json!(day.strftime("%d.%m.%Y").to_string()),
        None => Value::Null,
    }
}

/// An instant as it is written in Germany, in German legal time.
fn instant(value: &Value) -> Value {
    let known = value.as_str().and_then(|text| text.parse::<Timestamp>().ok());
    match known.and_then(|at| at.in_tz("Europe/Berlin").ok()) {
        Some(at) => json!(at.strftime("%d.%m.%Y %H:%M").to_string()),
        None => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer() -> Value {
        let text = |de: &str| json!({ "de": de, "en": "…" });
        let month = json!({ "month": "2026-03-01", "begun": 3, "ended": 1, "median_days": 2, "most_days": 9, "outcomes": [] });
        let outcomes = [("granted", "erteilt", 2), ("refused", "=abgelehnt", 1)]
            .map(|(id, title, count)| json!({ "outcome": id, "title": text(title), "count": count }));
        json!({
            "from": "2026-01-01", "until": "2026-03-01", "today": "2026-03-09",
            "processes": [
                { "process": "permit", "title": text("Genehmigung; Bau"), "begun": 3, "ended": 3, "median_days": 2, "most_days": 9,
                  "open": 2, "overdue": 1, "outcomes": outcomes, "months": [month] },
                { "process": "tax", "title": text("Steuer"), "begun": 0, "ended": 0, "median_days": null, "most_days": null,
                  "open": 0, "overdue": 0, "outcomes": [], "months": [] },
            ],
            "roles": [
                { "role": "clerk", "title": text("Sachbearbeitung"), "open": 2, "overdue": 1, "oldest": "2026-03-02T08:05:00Z" },
                { "role": "lead", "title": text("Leitung"), "open": 0, "overdue": 0, "oldest": null },
            ],
        })
    }

    #[test]
    fn figures_are_told_line_by_line() {
        assert_eq!(
            figures(&answer()),
            [
                "2026-01-01 to 2026-03-01",
                "permit: 3 begun, 3 ended, half within 2 days, nine of ten within 9; 2 open, 1 deadlines missed",
                "  granted: 2",
                "  refused: 1",
                "tax: 0 begun, 0 ended; 0 open, 0 deadlines missed",
                "role clerk: 2 tasks open, 1 overdue, the oldest since 2026-03-02T08:05:00Z",
                "role lead: 0 tasks open, 0 overdue",
            ]
        );
    }

    #[test]
    fn figures_are_a_table_for_a_spreadsheet() {
        let expected = "\u{feff}Statistik\r
Erster Monat;01.01.2026\r
Letzter Monat;01.03.2026\r
Stand;09.03.2026\r
\r
Verfahren im Zeitraum\r
Verfahren;Begonnen;Abgeschlossen;Laufend (heute);Fristen überschritten (heute);Dauer: die Hälfte bis (Tage);Dauer: 9 von 10 bis (Tage)\r
\"Genehmigung; Bau\";3;3;2;1;2;9\r
Steuer;0;0;0;0;;\r
\r
Nach Monaten\r
Verfahren;Monat;Begonnen;Abgeschlossen;Dauer: die Hälfte bis (Tage);Dauer: 9 von 10 bis (Tage)\r
\"Genehmigung; Bau\";01.03.2026;3;1;2;9\r
\r
Wie Vorgänge ausgingen\r
Verfahren;Ergebnis;Vorgänge;Anteil (%)\r
\"Genehmigung; Bau\";erteilt;2;67\r
\"Genehmigung; Bau\";'=abgelehnt;1;33\r
\r
Aufgaben heute\r
Rolle;Offene Aufgaben;davon überfällig;Älteste offen seit\r
Sachbearbeitung;2;1;02.03.2026 09:05\r
Leitung;0;0;\r";
        assert_eq!(csv::lines(&table(&answer())).join("\n"), expected);
    }
}
