//! The binary `fachwerk`: wires the rooms together and talks to whoever sits at the terminal.
//!
//! Standard output carries the result, standard error the talk. Exit codes: 0 good; 1 the work was done and found
//! problems; 2 wrong use, or the machine failed.
//!
//! **Architecture invariant.** No logic of cases, deadlines or storage lives here.

mod backup;
mod bench;
mod block;
mod catalogue;
mod check;
mod connectors;
mod csv;
mod deadline;
mod demo;
mod depots;
mod describe;
mod documents;
mod files;
mod founding;
mod law;
mod local;
mod new;
mod output;
mod rebuild;
mod remote;
mod replay;
mod roots;
mod schema;
mod serve;
mod sources;
mod test;
mod verify;
mod work;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The engine makes many small values and drops them: with the allocator of the C library that was a quarter of the
/// instructions of a case, with this one an eighth (docs/performance.md).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Low-code engine for the inner work of public authorities.
#[derive(Parser)]
#[command(name = "fachwerk", version, about, max_term_width = 100, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Name every problem of processes, blocks and scenarios, with file, line and column.
    Check(check::Arguments),
    /// Play scenarios; exit 1 when one fails.
    Test(test::Arguments),
    /// Say what processes and blocks ask and say: tasks with their fields, letters, deadlines, messages, outcomes.
    Describe(describe::Arguments),
    /// Compute deadlines with their derivation.
    Deadline(deadline::Arguments),
    /// Print a JSON Schema for editors, or the OpenAPI document.
    Schema(schema::Arguments),
    /// Serve the API and the browser application, with timers and connectors.
    Serve(serve::Arguments),
    /// Check, test and deploy a process.
    Deploy(work::Deploy),
    /// Take a process out of use, or bring it back.
    Process(work::ProcessArguments),
    /// Begin, show or erase a case.
    Case(work::CaseArguments),
    /// Let deadlines and effects go on that rest after a restore or a jump of the clock.
    Resume(work::ResumeArguments),
    /// List the servers on a database, with the formats that they read and write.
    Nodes(work::NodesArguments),
    /// Look after how long cases are kept, and their way to erasure.
    Keeping(work::KeepingArguments),
    /// Print the figures of the processes and roles.
    Statistics(work::StatisticsArguments),
    /// List or do tasks.
    Task(work::TaskArguments),
    /// List, plan, begin or stop mass runs on a server, and list their letters.
    Run(work::RunArguments),
    /// Let somebody make up for what they missed (Wiedereinsetzung), on a server.
    Restoration(work::RestorationArguments),
    /// List, register or assign incoming post (Posteingang), on a server.
    Item(work::ItemArguments),
    /// Replay every case, compare with the lists, check the audit chain.
    Verify(verify::Arguments),
    /// Write all lists anew from the journal.
    Rebuild(rebuild::Arguments),
    /// Write copies of the signed daily roots, to be kept elsewhere.
    Roots(roots::Arguments),
    /// Write everything into one file, while a server goes on.
    Backup(backup::Backup),
    /// Bring a backup back to where nothing is yet.
    Restore(backup::Restore),
    /// Move documents to another place.
    Documents(documents::Arguments),
    /// Play the traces of an event log through a process; exit 1 when one leaves it.
    Replay(replay::Arguments),
    /// Measure standard workloads, one JSON line each.
    Bench(bench::Arguments),
    /// Find what rests on a norm, and list legal data.
    Law(law::Arguments),
    /// Pack, sign, verify and install blocks, and say whose packages are taken.
    Block(block::Arguments),
    /// Make a folder for a block or process that already passes `check` and `test`.
    New(new::Arguments),
}

/// What a command says at its end.
enum End {
    /// All is well.
    Good,
    /// The work was done and found problems.
    Problems,
}

/// Why a command could not do its work: what, where, why, what to do.
type Failure = String;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version go to standard output and are good; the rest is wrong use.
            let _ = error.print();
            return if error.use_stderr() { ExitCode::from(2) } else { ExitCode::SUCCESS };
        }
    };
    let ended = match arguments.command {
        Command::Check(arguments) => check::run(&arguments),
        Command::Test(arguments) => test::run(&arguments),
        Command::Describe(arguments) => describe::run(&arguments),
        Command::Deadline(arguments) => deadline::run(&arguments),
        Command::Schema(arguments) => schema::run(&arguments),
        Command::Serve(arguments) => serve::run(&arguments),
        Command::Deploy(arguments) => work::deploy(&arguments),
        Command::Process(arguments) => work::process(&arguments),
        Command::Case(arguments) => work::case(&arguments),
        Command::Resume(arguments) => work::resume(&arguments),
        Command::Nodes(arguments) => work::nodes(&arguments),
        Command::Keeping(arguments) => work::keeping(&arguments),
        Command::Statistics(arguments) => work::statistics(&arguments),
        Command::Task(arguments) => work::task(&arguments),
        Command::Run(arguments) => work::run(&arguments),
        Command::Restoration(arguments) => work::restoration(&arguments),
        Command::Item(arguments) => work::item(&arguments),
        Command::Verify(arguments) => verify::run(&arguments),
        Command::Rebuild(arguments) => rebuild::run(&arguments),
        Command::Roots(arguments) => roots::run(&arguments),
        Command::Backup(arguments) => backup::backup(&arguments),
        Command::Restore(arguments) => backup::restore(&arguments),
        Command::Documents(arguments) => documents::run(&arguments),
        Command::Replay(arguments) => replay::run(&arguments),
        Command::Bench(arguments) => bench::run(&arguments),
        Command::Law(arguments) => law::run(&arguments),
        Command::Block(arguments) => block::run(&arguments),
        Command::New(arguments) => new::run(&arguments),
    };
    match ended {
        Ok(End::Good) => ExitCode::SUCCESS,
        Ok(End::Problems) => ExitCode::from(1),
        Err(failure) => {
            eprintln!("fachwerk: {failure}");
            ExitCode::from(2)
        }
    }
}
