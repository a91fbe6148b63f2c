//! How the database goes about what ran: for the test that rows are found along an index.

use sqlx::AssertSqlSafe;

use crate::{Store, error::StoreError, recorder::Recording};

/// A statement that looked for rows, and the way that the database takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// The statement.
    pub sql: String,
    /// The way, a step a line.
    pub steps: Vec<String>,
}

impl Store {
    /// How the statements of a recording are carried out that look for rows, in the order in which they ran. None runs again.
    pub async fn plans(&self, recording: &Recording) -> Result<Vec<Planned>, StoreError> {
        let mut link = self.database().begin_read().await?;
        let (asks, column) =
            if link.is_postgres() { ("explain (costs off) ", 0) } else { ("explain query plan ", 3) };
        let mut plans = Vec::new();
        for (sql, values) in recording.looking() {
            let rows = link.rows(AssertSqlSafe(format!("{asks}{sql}")), values.to_vec()).await?;
            let steps = rows.iter().map(|row| row.text(column)).collect::<Result<_, _>>()?;
            plans.push(Planned { sql: sql.to_owned(), steps });
        }
        link.leave().await?;
        Ok(plans)
    }
}
