//! Authorities whose timers and effects rest: after a restore, or when the clock jumped, until somebody lets them go on.

use fachwerk_core::words::{TenantId, Timestamp};

use crate::{Store, error::StoreError, statement::Cell};

/// Lets those of every authority rest; `$1` since when, `$2` why.
pub(crate) const HALT_ALL: &str = "insert into halts (tenant, since, why) select tenant, $1, $2 from tenants \
                                   where 1 = 1 on conflict (tenant) do nothing";

/// Why timers and effects rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Halt {
    /// The data were brought back from a backup.
    Restored,
    /// The clock of the machine jumped.
    ClockJumped,
}

impl Halt {
    /// As it is kept.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Halt::Restored => "restored",
            Halt::ClockJumped => "clock_jumped",
        }
    }
}

impl Store {
    /// Lets the timers and effects of all authorities rest. One that rests already keeps its reason.
    pub async fn halt_all(&self, since: Timestamp, why: Halt) -> Result<(), StoreError> {
        let values = vec![Cell::instant(since), Cell::text(why.word())];
        self.database().writer().await?.run(HALT_ALL, values).await?;
        Ok(())
    }

    /// Since when the timers and effects of an authority rest, and why; none: they do not.
    pub async fn halted(&self, tenant: &TenantId) -> Result<Option<(Timestamp, Halt)>, StoreError> {
        let sql = "select since, why from halts where tenant = $1";
        let row = self.database().reader().await?.row(sql, vec![Cell::text(tenant)]).await?;
        let halted = row.map(|row| {
            let why = row.text(1)?;
            let known = [Halt::Restored, Halt::ClockJumped].into_iter().find(|halt| halt.word() == why);
            let known = known.ok_or_else(|| StoreError::corrupt("halts", format!("{why:?} is no reason")));
            Ok((row.instant(0)?, known?))
        });
        halted.transpose()
    }

    /// Lets the timers and effects of an authority go on; whether they rested.
    pub async fn resume(&self, tenant: &TenantId) -> Result<bool, StoreError> {
        let sql = "delete from halts where tenant = $1";
        Ok(self.database().writer().await?.run(sql, vec![Cell::text(tenant)]).await? > 0)
    }
}
