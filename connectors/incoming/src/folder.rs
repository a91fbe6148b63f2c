//! Files in a folder: which are there, read within a limit, put away. Nothing follows a symbolic link.

use std::{
    fs::{self, File, Metadata},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use fachwerk_core::{
    item::{RefusedThere, Unread},
    words::{Text, Timestamp},
};
use sha2::{Digest, Sha256};

/// A file as it was read.
pub struct Content {
    pub bytes: Vec<u8>,
    /// SHA-256 of them.
    pub hash: String,
    /// When it was written last.
    pub at: Timestamp,
}

/// Makes the folder if it is not there; a symbolic link in its place is refused.
pub fn prepare(folder: &Path) -> Result<(), String> {
    match fs::create_dir(folder) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let is_folder = fs::symlink_metadata(folder).is_ok_and(|found| found.is_dir());
            if is_folder { Ok(()) } else { Err(format!("{} is no folder", folder.display())) }
        }
        Err(error) => Err(format!("{} cannot be made: {error}", folder.display())),
    }
}

/// What lies in a folder besides folders and what begins with a dot, in the order of names.
pub fn listed(folder: &Path) -> Result<Vec<(String, Metadata)>, String> {
    let unreadable = |error: io::Error| format!("{} cannot be read: {error}", folder.display());
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        // One whose name is no text is told by `refused`.
        let Ok(name) = entry.file_name().into_string() else { continue };
        // Of the entry itself, not of what a link leads to.
        let Ok(about) = entry.metadata() else { continue };
        if !about.is_dir() && !name.starts_with('.') {
            found.push((name, about));
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(found)
}

/// Reads a plain file of a folder; none when it is gone.
pub fn read(folder: &Path, name: &str, most: u64) -> Result<Option<Content>, Unread> {
    let path = folder.join(plain(name).map_err(Unread::Refused)?);
    // A disk or a network that fails now says nothing about the file.
    let unreadable = |error: &io::Error| {
        Unread::Later(Text::new(
            format!(
                "Die Datei ist gerade nicht lesbar ({error}). Es wird weiter versucht; bleibt es so, Rechte und Laufwerk prüfen."
            ),
            format!(
                "The file cannot be read now ({error}). It is tried again; if that goes on, check the rights and the drive."
            ),
        ))
    };
    let before = match fs::symlink_metadata(&path) {
        Ok(about) => about,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(&error)),
    };
    if !before.is_file() {
        return Err(Unread::Refused(no_file()));
    }
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(&error)),
    };
    let about = file.metadata().map_err(|error| unreadable(&error))?;
    // A link that took its place meanwhile leads to another file.
    if !about.is_file() {
        return Err(Unread::Refused(no_file()));
    }
    // Another file may have taken its place, which is looked at next time.
    if !same(&before, &about) {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    file.take(most + 1).read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
    if bytes.len() as u64 > most {
        let megabytes = most / 1_000_000;
        return Err(Unread::Refused(Text::new(
            format!("Die Datei ist größer als {megabytes} MB. Bitte kleiner oder in Teilen einscannen."),
            format!("The file is larger than {megabytes} MB. Please scan it smaller or in parts."),
        )));
    }
    let at = about.modified().ok().and_then(|at| Timestamp::try_from(at).ok());
    let hash = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Some(Content { bytes, hash, at: at.unwrap_or_default() }))
}

/// The first and the last bytes of a plain file; none when they cannot be read now.
pub fn ends_of(folder: &Path, name: &str, most: u64) -> Option<(Vec<u8>, Vec<u8>)> {
    let path = folder.join(plain(name).ok()?);
    fs::symlink_metadata(&path).ok().filter(Metadata::is_file)?;
    let mut file = File::open(&path).ok()?;
    let length = file.metadata().ok()?.len();
    let (mut first, mut last) = (Vec::new(), Vec::new());
    Read::by_ref(&mut file).take(most).read_to_end(&mut first).ok()?;
    file.seek(SeekFrom::Start(length.saturating_sub(most))).ok()?;
    file.take(most).read_to_end(&mut last).ok()?;
    Some((first, last))
}

#[cfg(unix)]
fn same(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

#[cfg(not(unix))]
fn same(_: &Metadata, _: &Metadata) -> bool {
    true
}

fn no_file() -> Text {
    Text::new(
        "Das ist keine gewöhnliche Datei, sondern zum Beispiel eine Verknüpfung. Bitte die Datei selbst ablegen.",
        "This is no plain file but, for example, a symbolic link. Please put the file itself there.",
    )
}

/// A name that is one, and leads nowhere else.
fn plain(name: &str) -> Result<&str, Text> {
    let leads = name.is_empty() || name.starts_with('.') || name.contains(['/', '\\', '\0']);
    if leads { Err(no_file()) } else { Ok(name) }
}

/// Puts a file into another folder, under a name that is free there; false when it is gone already, because another server was
/// faster.
pub fn put_away(from: &Path, name: &str, to: &Path, wanted: &str) -> Result<Option<PathBuf>, String> {
    prepare(to)?;
    let name = plain(name).map_err(|why| why.en.to_string())?;
    for number in 1..10_000_u32 {
        let free = if number == 1 { wanted.to_owned() } else { format!("{number}-{wanted}") };
        let place = to.join(free);
        // The name is held first: two servers look at the same folder, and what is moved takes the place of what is there.
        match fs::OpenOptions::new().write(true).create_new(true).open(&place) {
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
            Err(error) => return Err(format!("{name} cannot be put into {}: {error}", to.display())),
        }
        return fs::rename(from.join(name), &place).map(|()| Some(place.clone())).or_else(|error| {
            // Nothing but the name that was held lies there.
            let _ = fs::remove_file(&place);
            match error.kind() {
                io::ErrorKind::NotFound => Ok(None),
                _ => Err(format!("{name} cannot be put into {}: {error}", to.display())),
            }
        });
    }
    Err(format!("{} holds too many files called {name}", to.display()))
}

/// The end of the name of what says why a file was put aside.
const REASON: &str = ".grund.txt";
/// The longest reason that is shown, in bytes.
const MAX_REASON: u64 = 4_096;

/// Puts a file aside, with the reason beside it.
pub fn refuse(from: &Path, name: &str, to: &Path, why: &Text) -> Result<(), String> {
    if let Some(place) = put_away(from, name, to, name)? {
        let mut reason = place.into_os_string();
        reason.push(REASON);
        let text = format!("{}\n\n{}\n", why.de, why.en);
        // Never into what was there before, wherever that leads.
        let file = fs::OpenOptions::new().write(true).create_new(true).open(&reason);
        let written = file.and_then(|mut file| file.write_all(text.as_bytes()));
        written.map_err(|error| format!("the reason cannot be written: {error}"))?;
    }
    Ok(())
}

/// What lies in a folder under a name that is no text, so that nothing can be done with it here.
fn unnamed(folder: &Path) -> impl Iterator<Item = RefusedThere> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| {
        let name = entry.file_name();
        let why = "Der Name der Datei enthält unlesbare Zeichen. Bitte umbenennen.".to_owned();
        name.to_str().is_none().then(|| RefusedThere { name: Some(name.to_string_lossy().into_owned()), why })
    })
}

/// What was put aside of a folder, and why.
pub fn refused(from: &Path, folder: &Path, at_most: usize) -> Vec<RefusedThere> {
    let mut all: Vec<RefusedThere> = unnamed(from).collect();
    all.truncate(at_most);
    all.extend(put_aside(folder, at_most - all.len()));
    all
}

fn put_aside(folder: &Path, at_most: usize) -> Vec<RefusedThere> {
    // Nothing was put aside as long as there is no such folder.
    let Ok(there) = listed(folder) else { return Vec::new() };
    let names = there.into_iter().map(|(name, _)| name).filter(|name| !name.ends_with(REASON));
    let told = names.take(at_most).map(|name| {
        let reason = read(folder, &format!("{name}{REASON}"), MAX_REASON).ok().flatten();
        let reason =
            reason.map(|reason| String::from_utf8_lossy(&reason.bytes).into_owned()).unwrap_or_default();
        let why = reason.lines().next().unwrap_or_default().to_owned();
        RefusedThere { name: Some(name), why }
    });
    told.collect()
}
