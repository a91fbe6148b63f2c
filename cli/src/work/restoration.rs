//! `fachwerk restoration`: somebody may make up for what they missed (Wiedereinsetzung), against a server.

use clap::Subcommand;
use fachwerk_core::words::{CaseId, Date};
use serde_json::{Map, Value, json};

use super::{keeping::text, there::There};
use crate::{End, Failure};

/// What `restoration` takes.
#[derive(clap::Args)]
pub struct RestorationArguments {
    #[command(subcommand)]
    what: RestorationWhat,
    #[command(flatten)]
    there: There,
}

#[derive(Subcommand)]
enum RestorationWhat {
    /// Let a remedy that came late count as in time, or what a step waited for be made up for.
    Grant(Box<Grant>),
}

#[derive(clap::Args)]
struct Grant {
    /// The case.
    case: CaseId,
    /// The act against which a remedy came late, by its number in the case.
    #[arg(long, requires = "party", required_unless_present = "step", conflicts_with = "step")]
    act: Option<u32>,
    /// The addressee of the act, by the number of the party.
    #[arg(long, requires = "act")]
    party: Option<u32>,
    /// Instead of an act: the step at which a deadline has passed.
    #[arg(long, requires = "deadline")]
    step: Option<String>,
    /// The name of that deadline.
    #[arg(long, value_name = "NAME", requires = "step")]
    deadline: Option<String>,
    /// The day on which the obstacle ended.
    #[arg(
        long,
        value_name = "DAY",
        requires = "applied_on",
        required_unless_present = "until",
        conflicts_with = "until"
    )]
    obstacle_ended_on: Option<Date>,
    /// The day on which restoration was applied for, or the act was made up for.
    #[arg(long, value_name = "DAY", requires = "obstacle_ended_on", conflicts_with = "until")]
    applied_on: Option<Date>,
    /// Force majeure kept them from applying within the limit of the law.
    #[arg(long, requires = "obstacle_ended_on")]
    force_majeure: bool,
    /// Instead of restoration: the new last day of a period that the authority itself had set (§ 31 Abs. 7 Satz 2 VwVfG).
    #[arg(long, value_name = "DAY")]
    until: Option<Date>,
    /// Why it was missed without fault, and why that is credible.
    #[arg(long)]
    reason: String,
    /// The norm it rests on, where it is another one than the law of the period says.
    #[arg(long)]
    norm: Option<String>,
}

impl Grant {
    fn body(&self) -> Value {
        let said = [
            ("act", json!(self.act)),
            ("party", json!(self.party)),
            ("step", json!(self.step)),
            ("name", json!(self.deadline)),
            ("obstacle_ended_on", json!(self.obstacle_ended_on)),
            ("applied_on", json!(self.applied_on)),
            ("force_majeure", json!(self.force_majeure)),
            ("until", json!(self.until)),
            ("reason", json!(self.reason)),
            ("norm", json!(self.norm)),
        ];
        let said = said.into_iter().filter(|(_, value)| !value.is_null());
        Value::Object(said.map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>())
    }
}

/// Lets somebody make up for what they missed.
pub fn restoration(arguments: &RestorationArguments) -> Result<End, Failure> {
    let RestorationWhat::Grant(grant) = &arguments.what;
    let path = format!("/cases/{}/reinstatements", grant.case);
    arguments.there.carry_out(
        |server| server.request("POST", &path, &[], Some(grant.body())),
        |answer| vec![format!("it may be made up for; the case has version {}", text(&answer["version"]))],
    )
}
