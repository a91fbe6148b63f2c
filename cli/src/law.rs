//! `fachwerk law`: what rests on a norm, and the rows of legal data. On folders, on the data of this machine, or against a server.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::Subcommand;
use fachwerk_core::{
    diagnostic::Problems,
    language::{Catalogue, compile, read_block},
    law::{
        OwnRows, TABLES, Table,
        citation::{Citation, Unreadable},
        index::{LawIndex, asked},
    },
    words::Date,
};
use serde_json::{Value, json};

use crate::{
    End, Failure,
    files::{self, Found, Kind},
    output::{Format, say},
    work::{Ask, LawAsk, Place, law_tables, told_rows, told_uses},
};

/// What `law` takes.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
    /// How the answer is printed.
    #[arg(long, value_enum, default_value = "text", global = true)]
    format: Format,
    #[command(flatten)]
    place: Place,
}

#[derive(Subcommand)]
enum What {
    /// List what rests on a norm: blocks, processes with their steps and acts, tables, letters, legal data. Without --path, and
    /// when neither data nor a server are named, in what comes with this program.
    Uses {
        /// A law or a place in it: `"§ 41 Abs. 2 VwVfG"`, `"VwGO § 70"`, `"KAG-LSA"`.
        norm: String,
        /// A key day: of legal data it is told whether they hold then, and which begin or end there.
        #[arg(long, value_name = "DAY")]
        on: Option<Date>,
        /// Look into the processes, blocks and legal data in these folders, beside what comes with this program.
        #[arg(long, value_name = "DIR", num_args = 1..)]
        path: Vec<PathBuf>,
    },
    /// List the rows of legal data.
    List {
        /// Only those of this table.
        table: Option<String>,
        /// Only those that nobody has compared with the promulgated text.
        #[arg(long)]
        unchecked: bool,
        /// Only those about which sources disagree.
        #[arg(long)]
        disputed: bool,
    },
    /// Show a row of legal data.
    Show {
        /// The table.
        table: String,
        /// The id of the row.
        id: String,
    },
}

/// Which rows are listed.
#[derive(Clone, Copy, Default)]
pub struct Wanted<'a> {
    table: Option<&'a str>,
    unchecked: bool,
    disputed: bool,
}

/// Answers.
pub fn run(arguments: &Arguments) -> Result<End, Failure> {
    let Arguments { what, format, place } = arguments;
    match what {
        What::Uses { norm, on, path } => {
            let read = asked(norm).map_err(|Unreadable { why, help }| format!("{} {}", why.en, help.en))?;
            if !path.is_empty() && place.is_named() {
                return Err("--path looks into folders, --server, --data and --database into what is in use; leave one away".to_owned());
            }
            if place.is_named() {
                return place.carry_out_as(&Ask::Law(LawAsk::Uses(norm.clone(), *on)), *format, told_uses);
            }
            let index = offline(path)?;
            print(*format, &answer(&index, &read, *on), told_uses);
            Ok(End::Good)
        }
        What::List { table, unchecked, disputed } => {
            let table = table.as_deref().map(known).transpose()?.map(|table| table.name);
            let wanted = Wanted { table, unchecked: *unchecked, disputed: *disputed };
            let rows = tables(place)?;
            let rows = rows.map(
                |all| json!({ "rows": all.into_iter().filter(|it| wanted.wants(it)).collect::<Vec<_>>() }),
            );
            told(rows, *format, |answer| told_rows(answer, false))
        }
        What::Show { table, id } => {
            let table = known(table)?;
            let rows = tables(place)?;
            let ids: Vec<String> = rows
                .iter()
                .flatten()
                .filter(|it| it["table"] == table.name)
                .map(|it| it["id"].as_str().unwrap_or_default().to_owned())
                .collect();
            let of = rows.map(|all| {
                let found = all.into_iter().find(|it| it["table"] == table.name && it["id"] == **id);
                json!({ "rows": found.into_iter().collect::<Vec<_>>() })
            });
            if of.as_ref().is_ok_and(|it| it["rows"].as_array().is_none_or(Vec::is_empty)) {
                return Err(format!("table `{}` has no row `{id}`{}", table.name, near(id, &ids)));
            }
            told(of, *format, |answer| told_rows(answer, true))
        }
    }
}

/// What rests on a norm, as a server answers it.
pub fn answer(index: &LawIndex, asked: &[Citation], on: Option<Date>) -> Value {
    let norm: Vec<String> = asked.iter().map(ToString::to_string).collect();
    json!({
        "norm": norm.join("; "), "laws": index.laws(), "uses": index.uses(asked, on),
        "processes": index.processes(asked),
    })
}

fn print(format: Format, answer: &Value, told: fn(&Value) -> Vec<String>) {
    match format {
        Format::Json => say(answer),
        Format::Text => told(answer).iter().for_each(say),
    }
}

fn told(
    answer: Result<Value, Vec<String>>,
    format: Format,
    told: fn(&Value) -> Vec<String>,
) -> Result<End, Failure> {
    match answer {
        Ok(answer) => {
            print(format, &answer, told);
            Ok(End::Good)
        }
        Err(reasons) => {
            reasons.iter().for_each(|reason| eprintln!("{reason}"));
            Ok(End::Problems)
        }
    }
}

/// All rows, of the authority that is named, else as they come with this program; or why not.
fn tables(place: &Place) -> Result<Result<Vec<Value>, Vec<String>>, Failure> {
    let answer = match place.is_named() {
        true => place.ask(&Ask::Law(LawAsk::Tables))?,
        false => Ok(law_tables(&OwnRows::new())),
    };
    Ok(answer.map(|answer| {
        let tables = answer["tables"].as_array().cloned().unwrap_or_default();
        let rows = |table: &Value| -> Vec<Value> {
            let rows = table["rows"].as_array().cloned().unwrap_or_default();
            let named = |row: Value| json!({ "table": table["name"], "id": row["id"], "own": row["own"], "row": row["row"] });
            rows.into_iter().map(named).collect()
        };
        tables.iter().flat_map(rows).collect()
    }))
}

impl Wanted<'_> {
    fn wants(&self, row: &Value) -> bool {
        self.table.is_none_or(|table| row["table"] == table)
            && (!self.unchecked || row["row"]["checked_by"].is_null())
            && (!self.disputed || row["row"]["disputed"] == json!(true))
    }
}

fn known(name: &str) -> Result<&'static Table, Failure> {
    Table::named(name).ok_or_else(|| {
        let names: Vec<String> = TABLES.iter().map(|table| table.name.to_owned()).collect();
        format!("there is no table `{name}` in the legal data; there are {}", names.join(", "))
    })
}

fn near(id: &str, ids: &[String]) -> String {
    let near = fachwerk_rules::nearest(id, ids.iter().map(String::as_str));
    near.map_or_else(
        || "; `fachwerk law list TABLE` names them".to_owned(),
        |near| format!("; did you mean `{near}`?"),
    )
}

/// The index over folders and what comes with the program.
fn offline(paths: &[PathBuf]) -> Result<LawIndex, Failure> {
    let (mut found, mut laws) = (Vec::new(), Vec::new());
    for path in paths {
        let before = laws.len();
        law_files(path, &mut laws, 0)?;
        match files::find(std::slice::from_ref(path)) {
            Ok(more) => found.extend(more),
            // Legal data alone are something as well.
            Err(_) if laws.len() > before => {}
            Err(failure) => return Err(format!("{failure}, nor legal data (a folder `law`)")),
        }
    }
    let mut problems = Problems::default();
    let catalogue = files::catalogue(&found, &mut problems);
    for problem in problems.into_sorted() {
        eprintln!("{}: {}", problem.span, problem.message.en);
    }
    let mut index = LawIndex::default();
    for entry in catalogue.entries() {
        let version = entry.block.version.to_string().into();
        index.add_block((&entry.block.id, &version), &entry.block.title, &entry.folder);
    }
    for found in &found {
        add(&mut index, found, &catalogue);
    }
    index.add_built_in_law(&OwnRows::new(), |file| {
        !laws.iter().any(|(name, _): &(Arc<str>, Vec<u8>)| is_file(name, file))
    });
    for (name, bytes) in &laws {
        index.add_law(name, bytes);
    }
    Ok(index)
}

fn is_file(path: &str, file: &str) -> bool {
    path.rsplit('/').next() == Some(file)
}

/// A process, if it can be read: what is wrong with it is for `check` to say.
fn add(index: &mut LawIndex, found: &Found, catalogue: &Catalogue) {
    if found.kind == Kind::Block {
        if read_block(&found.folder, &mut Problems::default()).is_none() {
            eprintln!("{} cannot be read; `fachwerk check` says why", found.path.display());
        }
        return;
    }
    let Some(release) = compile(&found.folder, catalogue).release else {
        eprintln!("{} cannot be read; `fachwerk check` says why", found.path.display());
        return;
    };
    let used = release.blocks.iter().map(|(id, used)| (id.clone(), used.version.clone())).collect();
    let named = (&release.process.as_str().into(), &release.version.to_string().into());
    index.add_process(named, &release.title, &found.folder, used);
}

/// The legal data in folders `law` that belong to no process.
fn law_files(path: &Path, into: &mut Vec<(Arc<str>, Vec<u8>)>, depth: usize) -> Result<(), Failure> {
    let is_marked = ["process.yaml", "block.yaml"].iter().any(|marker| path.join(marker).is_file());
    if depth > 8 || is_marked || !path.is_dir() {
        return Ok(());
    }
    let is_law = path.file_name().is_some_and(|name| name == "law");
    let failed = |error: std::io::Error| format!("{} cannot be read: {error}", path.display());
    let mut entries: Vec<PathBuf> =
        fs::read_dir(path).map_err(failed)?.filter_map(Result::ok).map(|entry| entry.path()).collect();
    entries.sort();
    for entry in entries {
        let hidden = entry.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if is_law && entry.extension().is_some_and(|extension| extension == "yaml") {
            let bytes =
                fs::read(&entry).map_err(|error| format!("{} cannot be read: {error}", entry.display()))?;
            into.push((entry.display().to_string().trim_start_matches("./").into(), bytes));
        } else if !hidden {
            law_files(&entry, into, depth + 1)?;
        }
    }
    Ok(())
}
