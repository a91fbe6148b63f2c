//! How the database goes about what ran: for the test that rows are found along an index.

use sqlx::AssertSqlSafe;

use crate::{
    Store,
    error::StoreError,
    recorder::{Opened, Recording},
    statement::Cell,
};

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
        let mut plans = Vec::new();
        for (opened, sql, values) in recording.looking() {
            let steps = match opened {
                Opened::Reader | Opened::Writer | Opened::Storing if self.keeps_plans() => {
                    self.kept_plan(sql, values.len()).await?
                }
                _ => self.plan(sql, values).await?,
            };
            plans.push(Planned { sql: sql.to_owned(), steps });
        }
        Ok(plans)
    }

    /// Whether what comes alone is planned once.
    fn keeps_plans(&self) -> bool {
        self.database().is_postgres() && !self.database().is_pooled()
    }

    async fn plan(&self, sql: &str, values: &[Cell]) -> Result<Vec<String>, StoreError> {
        let mut link = self.database().begin_read().await?;
        let (asks, column) =
            if link.is_postgres() { ("explain (costs off) ", 0) } else { ("explain query plan ", 3) };
        let rows = link.rows(AssertSqlSafe(format!("{asks}{sql}")), values.to_vec()).await?;
        link.leave().await?;
        rows.iter().map(|row| row.text(column)).collect()
    }

    /// The plan that is kept for a statement, whatever its values are.
    async fn kept_plan(&self, sql: &str, values: usize) -> Result<Vec<String>, StoreError> {
        let mut link = self.database().storing().await?;
        let nothing = vec!["null"; values].join(", ");
        link.script(format!("prepare kept as {sql}")).await?;
        let rows =
            link.rows(AssertSqlSafe(format!("explain (costs off) execute kept({nothing})")), vec![]).await?;
        link.script("deallocate kept".to_owned()).await?;
        rows.iter().map(|row| row.text(0)).collect()
    }
}
