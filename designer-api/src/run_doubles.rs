//! What would make two notices of one: the same list twice, a row twice, the same message to the same cases. It is told before a
//! run is planned, and is planned nevertheless when somebody says so.

use std::collections::{BTreeSet, HashMap};

use axum::http::StatusCode;
use fachwerk_core::{
    authority::{Run, RunFirst, RunStage},
    facts::day_of,
    words::{CaseId, ProcessId, Text, Timestamp},
};
use fachwerk_runtime::{Rows, RunCases};
use uuid::Uuid;

use crate::{person::Authenticated, problem::Problem, server::Server};

/// So many equal rows are named.
const NAMED: usize = 5;

impl Server {
    /// Refuses a plan that would do once more what was done or is planned.
    pub async fn need_no_double(
        &self,
        who: &Authenticated,
        command: Uuid,
        process: &ProcessId,
        cases: &RunCases,
    ) -> Result<(), Problem> {
        // The same request once more plans nothing anew.
        if self.runtime().store().find_authority_command(&who.tenant, command).await?.is_some() {
            return Ok(());
        }
        let doubled = match cases {
            RunCases::Rows(rows) => equal_rows(rows).or_else(|| {
                let same = |run: &Run| run.plan.first == RunFirst::Rows { file: rows.file.clone() };
                others(who, process).find(|(_, run)| same(run)).map(|(number, run)| same_file(number, run))
            }),
            RunCases::Message(name, cases) => self.same_message(who, process, name, cases).await?,
            // A signature is given once.
            RunCases::Waiting(_) => None,
        };
        match doubled {
            Some(why) => Err(Problem::said(StatusCode::CONFLICT, "RunDoubled", why.into())),
            None => Ok(()),
        }
    }

    async fn same_message(
        &self,
        who: &Authenticated,
        process: &ProcessId,
        name: &str,
        cases: &[CaseId],
    ) -> Result<Option<Text>, Problem> {
        let year = year_of(self.runtime().clock().now());
        let cases: BTreeSet<&CaseId> = cases.iter().collect();
        for (number, run) in others(who, process) {
            let same = matches!(&run.plan.first, RunFirst::Message { name: known } if **known == *name);
            if !same || year_of(run.at) != year {
                continue;
            }
            let known = self.runtime().run_cases(&who.tenant, number, run).await?;
            let both = known.iter().filter(|case| cases.contains(case)).count();
            if both > 0 {
                return Ok(Some(same_cases(number, run, both)));
            }
        }
        Ok(None)
    }
}

/// The runs of a process, the newest first, of which something came or may come.
fn others<'a>(who: &'a Authenticated, process: &'a ProcessId) -> impl Iterator<Item = (u32, &'a Run)> {
    let something = |run: &Run| run.stage != RunStage::Stopped || run.begun.is_some();
    let of_process = who.authority.runs.iter().rev().filter(|(_, run)| run.plan.process == *process);
    of_process.filter(move |(_, run)| something(run)).map(|(number, run)| (*number, run))
}

fn year_of(at: Timestamp) -> i16 {
    day_of(at).year()
}

/// Rows that say the same, by their lines.
fn equal_rows(rows: &Rows) -> Option<Text> {
    let mut lines: HashMap<String, u64> = HashMap::new();
    let mut equal = Vec::new();
    for (line, row) in &rows.rows {
        let said = serde_json::to_string(row).unwrap_or_default();
        if let Some(first) = lines.get(&said) {
            equal.push(format!("{first} = {line}"));
        } else {
            lines.insert(said, *line);
        }
    }
    let count = equal.len();
    equal.truncate(NAMED);
    let named = equal.join(", ");
    (count > 0).then(|| {
        Text::new(
            format!("In der Datei stehen {count} Zeilen doppelt (Zeile {named}). Für jede entstünde ein eigener Vorgang mit eigenem Bescheid."),
            format!("{count} rows stand twice in the file (line {named}). Each would become a case of its own, with a notice of its own."),
        )
    })
}

fn same_file(number: u32, run: &Run) -> Text {
    let title = &run.plan.title;
    Text::new(
        format!(
            "Mit derselben Datei gibt es schon den Sammellauf {number} „{title}“. Jede Zeile begänne noch einen Vorgang."
        ),
        format!(
            "With the same file there is mass run {number} “{title}” already. Each row would begin one more case."
        ),
    )
}

fn same_cases(number: u32, run: &Run, both: usize) -> Text {
    let title = &run.plan.title;
    Text::new(
        format!(
            "Dieselbe Nachricht ist in diesem Jahr schon im Sammellauf {number} „{title}“ vorgesehen, für {both} derselben Vorgänge. Sie bekämen sie noch einmal."
        ),
        format!(
            "The same message is meant for {both} of these cases in mass run {number} “{title}” of this year already. They would get it once more."
        ),
    )
}
