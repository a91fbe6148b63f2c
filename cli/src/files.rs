//! Reads folders of processes and blocks.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    sync::Arc,
};

use fachwerk_core::{
    diagnostic::Problems,
    language::{Catalogue, Folder},
};
use rust_embed::RustEmbed;

use crate::Failure;

/// The most files of a folder, and the most bytes of all together.
const MOST_FILES: usize = 500;
const MOST_BYTES: u64 = 20_000_000;
/// How deeply folders are searched.
const DEEPEST: usize = 8;

/// The catalogue that comes with the program.
#[derive(RustEmbed)]
#[folder = "../building-blocks/"]
struct Blocks;

/// The examples that come with the program.
#[derive(RustEmbed)]
#[folder = "../examples/"]
struct Examples;

/// A process or block on disk.
pub struct Found {
    /// Where it lies.
    pub path: PathBuf,
    /// Its files.
    pub folder: Folder,
    /// Whether it is a process or a block.
    pub kind: Kind,
}

/// What a folder holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It has a `process.yaml`.
    Process,
    /// It has a `block.yaml`.
    Block,
}

/// The files that make a folder a process or block.
const MARKERS: [(&str, Kind); 2] = [("process.yaml", Kind::Process), ("block.yaml", Kind::Block)];

/// All processes and blocks at or below some paths. A file must be the one that makes its folder a process or block:
/// whoever names another one means something that is not there.
pub fn find(paths: &[PathBuf]) -> Result<Vec<Found>, Failure> {
    let mut found = Vec::new();
    for path in paths {
        let start = match fs::metadata(path) {
            Ok(meta) if meta.is_dir() => path.clone(),
            Ok(_) if MARKERS.iter().any(|(marker, _)| path.ends_with(marker)) => {
                path.parent().map_or_else(|| PathBuf::from("."), Path::to_path_buf)
            }
            Ok(_) => {
                return Err(format!(
                    "{} is neither process.yaml nor block.yaml; name the folder of a process or block",
                    path.display()
                ));
            }
            Err(error) => return Err(format!("{} cannot be read: {error}", path.display())),
        };
        let start = if start.as_os_str().is_empty() { PathBuf::from(".") } else { start };
        let before = found.len();
        search(&start, 0, &mut found)?;
        if found.len() == before {
            return Err(format!(
                "{} holds neither a process (process.yaml) nor a block (block.yaml)",
                path.display()
            ));
        }
    }
    Ok(found)
}

fn search(path: &Path, depth: usize, found: &mut Vec<Found>) -> Result<(), Failure> {
    for (file, kind) in MARKERS {
        if path.join(file).is_file() {
            found.push(Found { path: path.to_path_buf(), folder: read(path)?, kind });
            return Ok(());
        }
    }
    if depth >= DEEPEST {
        return Ok(());
    }
    for entry in entries(path)? {
        if entry.is_dir() && !is_hidden(&entry) {
            search(&entry, depth + 1, found)?;
        }
    }
    Ok(())
}

/// The files of one folder.
pub fn read(path: &Path) -> Result<Folder, Failure> {
    let mut folder =
        Folder { name: path.display().to_string().trim_start_matches("./").into(), ..Folder::default() };
    let mut bytes_left = MOST_BYTES;
    gather(path, "", &mut folder, &mut bytes_left, 0)?;
    Ok(folder)
}

fn gather(
    path: &Path,
    prefix: &str,
    folder: &mut Folder,
    bytes_left: &mut u64,
    depth: usize,
) -> Result<(), Failure> {
    for entry in entries(path)? {
        let Some(name) = entry.file_name().and_then(|name| name.to_str()) else {
            return Err(format!("{} has a name that is not UTF-8", entry.display()));
        };
        if is_hidden(&entry) {
            continue;
        }
        let meta = fs::symlink_metadata(&entry).map_err(|error| format!("{}: {error}", entry.display()))?;
        let inner = format!("{prefix}{name}");
        if meta.is_dir() && depth < DEEPEST {
            gather(&entry, &format!("{inner}/"), folder, bytes_left, depth + 1)?;
        } else if meta.is_file() {
            *bytes_left = bytes_left.checked_sub(meta.len()).ok_or_else(|| {
                format!("{} has more than {MOST_BYTES} bytes (limit `folder_bytes`)", folder.name)
            })?;
            let bytes = fs::read(&entry).map_err(|error| format!("{}: {error}", entry.display()))?;
            folder.files.insert(inner.into(), bytes.into());
        }
        if folder.files.len() > MOST_FILES {
            return Err(format!("{} has more than {MOST_FILES} files (limit `folder_files`)", folder.name));
        }
    }
    Ok(())
}

/// Writes a file of a folder anew: all of it, or it stays as it was.
pub fn write(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), Failure> {
    let path = folder.join(name);
    let hidden = format!(".{}.new", path.file_name().unwrap_or_default().display());
    let beside = path.with_file_name(hidden);
    let written = || {
        let permissions = fs::metadata(&path)?.permissions();
        let mut file = fs::File::create(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::set_permissions(&beside, permissions)?;
        fs::rename(&beside, &path)
    };
    written().map_err(|error| {
        // What was begun is of no use to anybody; if it cannot be removed either, the first failure is the one to tell.
        let _ = fs::remove_file(&beside);
        format!("{} cannot be written: {error}", path.display())
    })
}

fn entries(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    let read = fs::read_dir(path).map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
    let mut entries: Vec<PathBuf> = read.filter_map(Result::ok).map(|entry| entry.path()).collect();
    entries.sort();
    Ok(entries)
}

fn is_hidden(path: &Path) -> bool {
    path.file_name()
        .and_then(|name| name.to_str())
        .is_some_and(|name| name.starts_with('.') || name == "node_modules")
}

/// The blocks that come with the program.
pub fn built_in_blocks() -> Vec<Folder> {
    folders::<Blocks>("building-blocks", "block.yaml")
}

/// The examples that come with the program.
pub fn built_in_examples() -> Vec<Folder> {
    folders::<Examples>("examples", "process.yaml")
}

fn folders<E: RustEmbed>(root: &str, marker: &str) -> Vec<Folder> {
    let mut folders: Vec<Folder> = Vec::new();
    let names: Vec<String> = E::iter().map(|name| name.to_string()).collect();
    for marked in names.iter().filter_map(|name| name.strip_suffix(marker)) {
        let mut folder =
            Folder { name: format!("{root}/{}", marked.trim_end_matches('/')).into(), ..Folder::default() };
        for name in names.iter().filter(|name| name.starts_with(marked)) {
            if let Some(file) = E::get(name) {
                let bytes: Arc<[u8]> = file.data.into_owned().into();
                folder.files.insert(name[marked.len()..].into(), bytes);
            }
        }
        folders.push(folder);
    }
    folders
}

/// The blocks that processes may use: those of the program, replaced by those found on disk.
pub fn catalogue(found: &[Found], problems: &mut Problems) -> Catalogue {
    let mut catalogue = Catalogue::default();
    let mut ignored = Problems::default();
    for folder in built_in_blocks() {
        catalogue.add(folder, &mut ignored);
    }
    let blocks = found.iter().filter(|found| found.kind == Kind::Block);
    catalogue.add_all(blocks.map(|found| found.folder.clone()), problems);
    catalogue
}
