//! `fachwerk documents`

use crate::{
    End, Failure,
    local::{Location, block_on},
    output::say,
};

/// What `documents` takes.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Move all documents to another place, batch by batch; with PostgreSQL while servers run. Once more goes on where it ended.
    Move(Move),
}

#[derive(clap::Args)]
struct Move {
    /// Where to: `database`, a folder, named in full, or `s3://bucket/prefix`. Let servers name the same place with --documents first.
    #[arg(long, value_name = "PLACE")]
    to: String,
    #[command(flatten)]
    location: Location,
}

/// Does it.
pub fn run(arguments: &Arguments) -> Result<End, Failure> {
    let Command::Move(Move { to, location }) = &arguments.command;
    block_on(async {
        let location = Location { documents: Some(to.clone()), ..location.clone() };
        let runtime = location.open().await?;
        let told = |moved: &fachwerk_store::Moved| eprintln!("{} documents are moved", moved.documents);
        let moved = runtime.move_documents(told).await.map_err(|error| error.to_string());
        runtime.store().close().await;
        let moved = moved?;
        say(format!(
            "{} documents with {} bytes are moved; the rest lay there",
            moved.documents, moved.bytes
        ));
        if moved.unreadable == 0 {
            return Ok(End::Good);
        }
        say(format!(
            "{} cannot be read and stay where they are: `fachwerk verify` names them",
            moved.unreadable
        ));
        Ok(End::Problems)
    })
}
