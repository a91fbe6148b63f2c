//! `fachwerk deploy`, `process`, `case`, `task`, `keeping`, `statistics`, `nodes` and `resume`: work from the command line, on the data of this
//! machine or against a server. Either way the same is asked and the same is printed.

mod figures;
mod here;
mod incoming;
mod keeping;
mod kept_here;
pub mod kept_there;
mod law;
pub mod packages;
mod restoration;
mod runs;
mod servers;
mod there;

use std::{fs, path::PathBuf};

use clap::Subcommand;
use fachwerk_core::{
    language::Folder,
    scenario::read_json,
    words::{CaseId, Date, Object, ProcessId, TaskId},
};
pub use figures::{StatisticsArguments, statistics};
pub use incoming::{ItemArguments, item};
pub use keeping::{KeepingArguments, KeepingDeed, KeptList, Period, keeping};
pub use law::{LawAsk, tables as law_tables, there as law_there, told_rows, told_uses};
pub use packages::PackageAsk;
pub use restoration::{RestorationArguments, restoration};
pub use runs::{RunArguments, run};
use serde_json::{Value, json};
pub use servers::{NodesArguments, ResumeArguments, nodes, resume};

use crate::{
    End, Failure, files,
    local::{Identity, Location, block_on},
    output::{Format, say},
    remote::{Access, Server},
};

/// Where the work is done, and in whose name.
#[derive(clap::Args)]
pub struct Place {
    #[command(flatten)]
    location: Location,
    #[command(flatten)]
    access: Access,
    #[command(flatten)]
    identity: Identity,
}

/// What `deploy` takes.
#[derive(clap::Args)]
pub struct Deploy {
    /// The folder of the process.
    path: PathBuf,
    /// Why it may be deployed although there are concerns; it stands in the audit list.
    #[arg(long)]
    reason: Option<String>,
    #[command(flatten)]
    place: Place,
}

/// What `process` takes.
#[derive(clap::Args)]
pub struct ProcessArguments {
    #[command(subcommand)]
    what: ProcessWhat,
    #[command(flatten)]
    place: Place,
}

#[derive(Subcommand)]
enum ProcessWhat {
    /// Begin no new cases; those under way go on.
    Retire {
        /// The process.
        process: String,
    },
    /// Begin new cases again, with the release of before.
    Reinstate {
        /// The process.
        process: String,
    },
}

/// What `case` takes.
#[derive(clap::Args)]
pub struct CaseArguments {
    #[command(subcommand)]
    what: CaseWhat,
    #[command(flatten)]
    place: Place,
}

#[derive(Subcommand)]
enum CaseWhat {
    /// Begin a case.
    Start {
        /// The process.
        process: String,
        /// A JSON file with the application.
        #[arg(long, value_name = "FILE")]
        values: Option<PathBuf>,
    },
    /// Show a case.
    Show {
        /// Its id.
        case: CaseId,
    },
    /// Ask for a case to be erased; another administrator confirms it with `case erase`.
    AskErasure {
        /// Its id.
        case: CaseId,
        /// Why; it comes to stand in the certificate.
        #[arg(long)]
        reason: String,
        /// Why although the case goes on, or is still to be kept.
        #[arg(long)]
        exception: Option<String>,
    },
    /// Erase a case for good, as another administrator asked for; what is printed is the certificate.
    Erase {
        /// Its id.
        case: CaseId,
        /// Why whoever asked for it also confirms it; possible only where there is no other administrator.
        #[arg(long, value_name = "WHY")]
        alone: Option<String>,
    },
}

/// What `task` takes.
#[derive(clap::Args)]
pub struct TaskArguments {
    #[command(subcommand)]
    what: TaskWhat,
    #[command(flatten)]
    place: Place,
}

#[derive(Subcommand)]
enum TaskWhat {
    /// List the open tasks that this person may do.
    List,
    /// Do a task.
    Complete {
        /// Its id, `<case>.<number>`.
        task: TaskId,
        /// A JSON file with the values.
        #[arg(long, value_name = "FILE")]
        values: Option<PathBuf>,
    },
}

/// What is asked, here or there.
pub enum Ask {
    /// Check, test and deploy a process.
    Deploy(Folder, Option<String>),
    /// Begin no new cases of a process.
    Retire(ProcessId),
    /// Begin new cases of a process again.
    Reinstate(ProcessId),
    /// Something about packages of blocks.
    Package(PackageAsk),
    /// Something about law.
    Law(LawAsk),
    /// Let deadlines and effects go on that rest.
    Resume,
    /// List the servers, and what the database holds.
    Nodes,
    /// How long cases of the processes are kept.
    ShowKeeping,
    /// List cases on their way to erasure, those that are over of a process.
    ListKept(KeptList, Option<ProcessId>),
    /// Say how long cases of a process are kept; none: as the process says.
    SetPeriod(ProcessId, Option<Period>),
    /// Do something about the keeping of cases.
    Keep(KeepingDeed),
    /// The figures of some months.
    Statistics(Option<Date>, Option<Date>),
    /// Begin a case.
    Start {
        /// The process.
        process: ProcessId,
        /// The application.
        data: Object,
    },
    /// Show a case.
    Show(CaseId),
    /// Ask for a case to be erased, for a reason, and by way of exception although it goes on.
    WantErasure(CaseId, String, Option<String>),
    /// Erase a case, and why the same person confirms it.
    Erase(CaseId, Option<String>),
    /// List open tasks.
    Tasks,
    /// Do a task.
    Complete {
        /// The task.
        task: TaskId,
        /// Its values.
        values: Object,
    },
}

/// A problem of a deployment, on one line.
pub fn one_line(severity: &str, place: &str, code: &str, message: &str) -> String {
    format!("{severity}: {place} [{code}] {message}")
}

/// What ends the list of what stands against a deployment. `concerned`: only concerns do.
pub fn refusal_of_deployment(concerned: bool) -> String {
    let more = "; there are only concerns, and --reason WHY deploys all the same: it stands in the audit list with your name";
    format!("refused, nothing was changed{}", if concerned { more } else { "" })
}

/// What became of it.
pub enum Outcome {
    /// It was done, and this is printed.
    Done(Value),
    /// Of some it was done, as is printed; of others not, for these reasons.
    Partly(Value, Vec<String>),
    /// It was refused, for these reasons; nothing has changed.
    Refused(Vec<String>),
}

impl Outcome {
    /// Of so many cases it was done; the troubles of the others, each with `case`, `code` and `why`.
    pub fn of_many(done: u64, troubles: Vec<Value>) -> Outcome {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let reason = |it: &Value| {
            format!("{}: refused ({}): {}", text(&it["case"]), text(&it["code"]), text(&it["why"]))
        };
        let reasons: Vec<String> = troubles.iter().map(reason).collect();
        let answer = json!({ "done": done, "troubles": troubles });
        if reasons.is_empty() { Outcome::Done(answer) } else { Outcome::Partly(answer, reasons) }
    }
}

/// Checks, tests and deploys a process.
pub fn deploy(arguments: &Deploy) -> Result<End, Failure> {
    arguments.place.carry_out(&Ask::Deploy(files::read(&arguments.path)?, arguments.reason.clone()))
}

/// Takes a process out of use, or brings it back.
pub fn process(arguments: &ProcessArguments) -> Result<End, Failure> {
    let ask = match &arguments.what {
        ProcessWhat::Retire { process } => Ask::Retire(process.as_str().into()),
        ProcessWhat::Reinstate { process } => Ask::Reinstate(process.as_str().into()),
    };
    arguments.place.carry_out(&ask)
}

/// Begins, shows or erases a case.
pub fn case(arguments: &CaseArguments) -> Result<End, Failure> {
    let ask = match &arguments.what {
        CaseWhat::Start { process, values } => {
            Ask::Start { process: process.as_str().into(), data: read_values(values.as_ref())? }
        }
        CaseWhat::Show { case } => Ask::Show(*case),
        CaseWhat::AskErasure { case, reason, exception } => {
            Ask::WantErasure(*case, reason.clone(), exception.clone())
        }
        CaseWhat::Erase { case, alone } => Ask::Erase(*case, alone.clone()),
    };
    arguments.place.carry_out(&ask)
}

/// Lists or does tasks.
pub fn task(arguments: &TaskArguments) -> Result<End, Failure> {
    let ask = match &arguments.what {
        TaskWhat::List => Ask::Tasks,
        TaskWhat::Complete { task, values } => {
            Ask::Complete { task: *task, values: read_values(values.as_ref())? }
        }
    };
    arguments.place.carry_out(&ask)
}

impl Place {
    /// Does what is asked, and prints what became of it.
    pub fn carry_out(&self, ask: &Ask) -> Result<End, Failure> {
        self.carry_out_as(ask, Format::Json, |_| Vec::new())
    }

    /// Whether data or a server are named.
    pub fn is_named(&self) -> bool {
        self.location.is_named() || self.access.is_named()
    }

    /// What is asked: the answer, or why it was refused.
    pub fn ask(&self, ask: &Ask) -> Result<Result<Value, Vec<String>>, Failure> {
        Ok(match self.outcome(ask)? {
            Outcome::Done(answer) | Outcome::Partly(answer, _) => Ok(answer),
            Outcome::Refused(reasons) => Err(reasons),
        })
    }

    /// The same; `told` says line by line what people read of the answer.
    pub fn carry_out_as(
        &self,
        ask: &Ask,
        format: Format,
        told: fn(&Value) -> Vec<String>,
    ) -> Result<End, Failure> {
        let print = |answer: Value| match format {
            Format::Json => say(answer),
            Format::Text => told(&answer).iter().for_each(say),
        };
        match self.outcome(ask)? {
            Outcome::Done(answer) => {
                print(answer);
                Ok(End::Good)
            }
            Outcome::Partly(answer, reasons) => {
                print(answer);
                reasons.iter().for_each(|reason| eprintln!("{reason}"));
                Ok(End::Problems)
            }
            Outcome::Refused(reasons) => {
                reasons.iter().for_each(|reason| eprintln!("{reason}"));
                Ok(End::Problems)
            }
        }
    }

    fn outcome(&self, ask: &Ask) -> Result<Outcome, Failure> {
        match self.server()? {
            Some(server) => server.carry_out(ask),
            None => block_on(here::carry_out(&self.location, &self.identity, ask)),
        }
    }

    /// The server that was named. Naming another place besides would leave open which one is meant.
    fn server(&self) -> Result<Option<Server>, Failure> {
        let Some(server) = self.access.server()? else { return Ok(None) };
        if self.location.is_named() {
            return Err("--server and --data or --database are named both (FACHWERK_SERVER, FACHWERK_DATA and FACHWERK_DATABASE count as well); leave one away".to_owned());
        }
        if self.identity.person.is_some() {
            return Err(
                "--as has no meaning with --server: the token says who asks (FACHWERK_PERSON counts as well)"
                    .to_owned(),
            );
        }
        server.at(self.identity.tenant.as_deref()).map(Some)
    }
}

fn read_values(path: Option<&PathBuf>) -> Result<Object, Failure> {
    let Some(path) = path else { return Ok(Object::new()) };
    let bytes = fs::read(path).map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
    read_json(&path.display().to_string(), &bytes).map_err(|problems| {
        let lines: Vec<String> =
            problems.iter().map(|problem| format!("{}: {}", problem.span, problem.message.en)).collect();
        lines.join("\n")
    })
}
