//! `fachwerk rebuild`

use fachwerk_core::words::TenantId;

use crate::{
    End, Failure,
    local::{Location, block_on, tenants},
    output::say,
};

/// What `rebuild` takes.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    location: Location,
    /// Only this authority.
    #[arg(long, env = "FACHWERK_TENANT")]
    tenant: Option<String>,
}

/// Writes all lists anew from the journal.
pub fn run(arguments: &Arguments) -> Result<End, Failure> {
    block_on(async {
        let runtime = arguments.location.open().await?;
        let mut tenants = tenants(&runtime).await?;
        if let Some(only) = arguments.tenant.as_deref().map(TenantId::from) {
            tenants.retain(|tenant| *tenant == only);
            if tenants.is_empty() {
                return Err(format!("there is no authority `{only}` here"));
            }
        }
        for tenant in tenants {
            let rebuilt = runtime
                .rebuild(&tenant)
                .await
                .map_err(|error| format!("{tenant}: {error}; nothing was changed"))?;
            say(format!("{tenant}: {} cases, {} turns", rebuilt.cases, rebuilt.turns));
        }
        runtime.store().close().await;
        Ok(End::Good)
    })
}
