//! `fachwerk new`

use std::{fs, path::PathBuf};

use clap::ValueEnum;

use crate::{End, Failure, output::say};

/// What `new` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// What to make.
    #[arg(value_enum)]
    what: What,
    /// Its id: lower-case letters, digits and hyphens, beginning with a letter.
    id: String,
    /// What a new block does at first.
    #[arg(long, value_enum)]
    kind: Option<BlockKind>,
    /// The folder in which its folder is made.
    #[arg(long, default_value = ".")]
    into: PathBuf,
}

#[derive(Clone, Copy, ValueEnum)]
enum What {
    /// A building block.
    Block,
    /// A process.
    Process,
}

/// What a new block does at first.
#[derive(Clone, Copy, ValueEnum)]
enum BlockKind {
    /// A person looks at something and says what came of it; this is taken when nothing is said.
    Form,
    /// A letter asks somebody for an answer, which is waited for until a period ends.
    Letter,
}

const LETTER: &[(&str, &str)] = &[
    ("block.yaml", include_str!("../templates/letter/block.yaml")),
    ("letter.md", include_str!("../templates/letter/letter.md")),
    ("README.md", include_str!("../templates/letter/README.md")),
    ("scenarios/answered.yaml", include_str!("../templates/letter/scenarios/answered.yaml")),
    ("scenarios/expired.yaml", include_str!("../templates/letter/scenarios/expired.yaml")),
];

const BLOCK: &[(&str, &str)] = &[
    ("block.yaml", include_str!("../templates/block/block.yaml")),
    ("form.yaml", include_str!("../templates/block/form.yaml")),
    ("README.md", include_str!("../templates/block/README.md")),
    ("scenarios/done.yaml", include_str!("../templates/block/scenarios/done.yaml")),
    ("scenarios/returned.yaml", include_str!("../templates/block/scenarios/returned.yaml")),
];

const PROCESS: &[(&str, &str)] = &[
    ("process.yaml", include_str!("../templates/process/process.yaml")),
    ("application.schema.json", include_str!("../templates/process/application.schema.json")),
    ("application.json", include_str!("../templates/process/application.json")),
    ("README.md", include_str!("../templates/process/README.md")),
    ("scenarios/granted.yaml", include_str!("../templates/process/scenarios/granted.yaml")),
];

/// Makes a folder.
pub fn run(arguments: &Arguments) -> Result<End, Failure> {
    let id = &arguments.id;
    let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !id.starts_with(|c: char| c.is_ascii_lowercase()) || !id.chars().all(good) || id.len() > 64 {
        return Err(format!(
            "{id:?} is not an id: lower-case letters, digits and hyphens, beginning with a letter, at most 64"
        ));
    }
    let folder = arguments.into.join(id);
    if folder.exists() {
        return Err(format!("{} exists already; nothing was changed", folder.display()));
    }
    let files = match (arguments.what, arguments.kind) {
        (What::Block, None | Some(BlockKind::Form)) => BLOCK,
        (What::Block, Some(BlockKind::Letter)) => LETTER,
        (What::Process, None) => PROCESS,
        (What::Process, Some(_)) => return Err("--kind is for blocks; leave it away".to_owned()),
    };
    for (name, text) in files {
        let path = folder.join(name);
        let failed = |error: std::io::Error| format!("{} cannot be written: {error}", path.display());
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(failed)?;
        }
        fs::write(&path, text.replace("{{id}}", id)).map_err(failed)?;
    }
    say(format!("{} is ready; try `fachwerk check {0}` and `fachwerk test {0}`", folder.display()));
    Ok(End::Good)
}
