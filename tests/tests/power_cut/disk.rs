//! A disk as the drive and the kernel treat it: what was written lies in memory until it is synced, and a power cut
//! keeps of the rest what it likes, sector by sector.
//!
//! A file and its name are two things: bytes become lasting by syncing the file, names by syncing the folder that they stand in.

use std::collections::{BTreeMap, BTreeSet};

use fachwerk_tests::dice::Dice;

/// What a power cut leaves whole or not at all. SQLite takes the bytes beside a write for safe
/// (`SQLITE_IOCAP_POWERSAFE_OVERWRITE`), so a write is cut at sectors and nothing else is touched.
const SECTOR: u64 = 512;

/// Names a file for good, whatever it is called.
pub type File = usize;

/// One thing that happened, in order.
#[derive(Clone, Debug)]
pub enum Op {
    /// A new file got a name.
    Create { file: File, name: String },
    /// A name is gone.
    Delete { name: String },
    /// A file got another name, in the same folder.
    Rename { from: String, to: String },
    /// A new folder is there.
    MakeFolder { name: String },
    /// Bytes were written.
    Write { file: File, at: u64, bytes: Vec<u8> },
    /// A file was cut, or made longer with zeros.
    Truncate { file: File, size: u64 },
    /// All that was written to a file lasts.
    Sync { file: File },
    /// All names in a folder last; the outermost one has none itself.
    SyncFolder { folder: String },
    /// The store has told its caller: everything up to this position is committed.
    Promised { position: u64 },
    /// The store has told its caller: so many batches of documents are kept.
    PromisedBlobs { batches: usize },
    /// The same of documents of cases.
    PromisedDocuments { documents: usize },
}

impl Op {
    /// Whether it changes names in a folder.
    fn is_in(&self, folder: &str) -> bool {
        match self {
            Op::Create { name, .. }
            | Op::Delete { name }
            | Op::Rename { to: name, .. }
            | Op::MakeFolder { name } => folder_of(name) == folder,
            _ => false,
        }
    }
}

fn folder_of(name: &str) -> &str {
    name.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The files of the folder, and of those in it, by name.
pub type Image = BTreeMap<String, Vec<u8>>;

/// What a power cut keeps of what was not synced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeps {
    Nothing,
    Everything,
    /// Each sector, each name, each cut by the throw of dice.
    Some {
        seed: u64,
    },
}

/// Names and bytes.
#[derive(Clone, Debug, Default)]
struct Files {
    names: BTreeMap<String, File>,
    folders: BTreeSet<String>,
    bytes: BTreeMap<File, Vec<u8>>,
}

impl Files {
    fn image(&self) -> Image {
        let bytes = |file| self.bytes.get(file).cloned().unwrap_or_default();
        let reached = self.names.iter().filter(|(name, _)| self.is_there(folder_of(name)));
        reached.map(|(name, file)| (name.clone(), bytes(file))).collect()
    }

    /// Whether a folder can be reached: a name in one that is gone is gone with it.
    fn is_there(&self, folder: &str) -> bool {
        folder.is_empty() || (self.folders.contains(folder) && self.is_there(folder_of(folder)))
    }

    fn apply(&mut self, op: &Op) {
        match op {
            Op::Create { file, name } => drop(self.names.insert(name.clone(), *file)),
            Op::Delete { name } => drop(self.names.remove(name)),
            Op::Rename { from, to } => {
                let file = self.names.remove(from);
                file.map(|file| self.names.insert(to.clone(), file));
            }
            Op::MakeFolder { name } => drop(self.folders.insert(name.clone())),
            Op::Write { file, at, bytes } => self.write(*file, *at, bytes),
            Op::Truncate { file, size } => self.bytes.entry(*file).or_default().resize(length(*size), 0),
            Op::Sync { .. }
            | Op::SyncFolder { .. }
            | Op::Promised { .. }
            | Op::PromisedBlobs { .. }
            | Op::PromisedDocuments { .. } => {}
        }
    }

    fn write(&mut self, file: File, at: u64, bytes: &[u8]) {
        let there = self.bytes.entry(file).or_default();
        let (start, end) = (length(at), length(at) + bytes.len());
        if there.len() < end {
            there.resize(end, 0);
        }
        there[start..end].copy_from_slice(bytes);
    }

    /// Applies what the dice keep of a step.
    fn apply_some(&mut self, op: &Op, dice: &mut Dice) {
        let Op::Write { file, at, bytes } = op else {
            if dice.chance(50) {
                self.apply(op);
            }
            return;
        };
        let mut start = 0;
        while start < bytes.len() {
            let in_sector = SECTOR - (at + start as u64) % SECTOR;
            let end = bytes.len().min(start + length(in_sector));
            if dice.chance(50) {
                self.write(*file, at + start as u64, &bytes[start..end]);
            }
            start = end;
        }
    }
}

fn length(bytes: u64) -> usize {
    usize::try_from(bytes).expect("a file of a test fits into memory")
}

/// A disk on the way through a record.
#[derive(Clone, Debug, Default)]
pub struct Disk {
    /// What would be there after a power cut, at least.
    lasting: Files,
    /// What is there as long as the power is.
    current: Files,
    /// What is not synced, in order.
    pending: Vec<Op>,
    /// What was promised so far.
    pub position: u64,
    pub batches: usize,
    pub documents: usize,
}

impl Disk {
    /// The next thing happens.
    pub fn step(&mut self, op: &Op) {
        self.current.apply(op);
        match op {
            Op::Sync { file } => self.settle(|op| match op {
                Op::Write { file: of, .. } | Op::Truncate { file: of, .. } => of == file,
                _ => false,
            }),
            Op::SyncFolder { folder } => self.settle(|op| op.is_in(folder)),
            Op::Promised { position } => self.position = self.position.max(*position),
            Op::PromisedBlobs { batches } => self.batches = self.batches.max(*batches),
            Op::PromisedDocuments { documents } => self.documents = self.documents.max(*documents),
            _ => self.pending.push(op.clone()),
        }
    }

    /// What now lasts.
    fn settle(&mut self, lasts: impl Fn(&Op) -> bool) {
        let (settled, pending) = std::mem::take(&mut self.pending).into_iter().partition(lasts);
        self.pending = pending;
        let settled: Vec<Op> = settled;
        settled.iter().for_each(|op| self.lasting.apply(op));
    }

    /// The power is cut: what is on the disk when it comes back.
    pub fn cut(&self, keeps: Keeps) -> Image {
        match keeps {
            Keeps::Nothing => self.lasting.image(),
            Keeps::Everything => self.current.image(),
            Keeps::Some { seed } => {
                let mut dice = Dice::new(seed);
                let mut files = self.lasting.clone();
                self.pending.iter().for_each(|op| files.apply_some(op, &mut dice));
                files.image()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What each power cut leaves after some steps: of `a` nothing, everything.
    #[track_caller]
    fn check(ops: &[Op], nothing: &[(&str, &str)], everything: &[(&str, &str)]) {
        let mut disk = Disk::default();
        ops.iter().for_each(|op| disk.step(op));
        let image = |files: &[(&str, &str)]| {
            files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect::<Image>()
        };
        assert_eq!(disk.cut(Keeps::Nothing), image(nothing));
        assert_eq!(disk.cut(Keeps::Everything), image(everything));
    }

    fn create(file: File, name: &str) -> Op {
        Op::Create { file, name: name.to_owned() }
    }

    fn write(file: File, at: u64, text: &str) -> Op {
        Op::Write { file, at, bytes: text.as_bytes().to_vec() }
    }

    fn sync_folder(folder: &str) -> Op {
        Op::SyncFolder { folder: folder.to_owned() }
    }

    #[test]
    fn what_is_not_synced_is_lost() {
        check(&[], &[], &[]);
        check(&[create(1, "a"), write(1, 0, "xy")], &[], &[("a", "xy")]);
        // Bytes without a name, a name without bytes.
        check(&[create(1, "a"), write(1, 0, "xy"), Op::Sync { file: 1 }], &[], &[("a", "xy")]);
        check(&[create(1, "a"), write(1, 0, "xy"), sync_folder("")], &[("a", "")], &[("a", "xy")]);
        let synced = [create(1, "a"), write(1, 0, "xy"), sync_folder(""), Op::Sync { file: 1 }];
        check(&synced, &[("a", "xy")], &[("a", "xy")]);
        let then = |more: &[Op]| [&synced, more].concat();
        check(&then(&[write(1, 1, "z!")]), &[("a", "xy")], &[("a", "xz!")]);
        check(&then(&[Op::Truncate { file: 1, size: 1 }]), &[("a", "xy")], &[("a", "x")]);
        check(&then(&[Op::Delete { name: "a".to_owned() }]), &[("a", "xy")], &[]);
        check(&then(&[create(2, "b"), Op::Sync { file: 1 }]), &[("a", "xy")], &[("a", "xy"), ("b", "")]);
    }

    #[test]
    fn a_name_lasts_with_its_folder() {
        let folder = Op::MakeFolder { name: "f".to_owned() };
        let rename = Op::Rename { from: "f/p".to_owned(), to: "f/a".to_owned() };
        let whole = [folder, create(1, "f/p"), write(1, 0, "xy"), Op::Sync { file: 1 }, rename];
        let then = |more: &[Op]| [&whole, more].concat();
        let there = &[("f/a", "xy")][..];
        check(&whole[..4], &[], &[("f/p", "xy")]);
        check(&whole, &[], there);
        check(&then(&[sync_folder("f")]), &[], there);
        check(&then(&[sync_folder("")]), &[], there);
        check(&then(&[sync_folder(""), sync_folder("f")]), there, there);
        check(&then(&[sync_folder("f"), sync_folder("")]), there, there);
        let gone = Op::Delete { name: "f/a".to_owned() };
        check(&then(&[sync_folder("f"), sync_folder(""), gone]), there, &[]);
    }

    #[test]
    fn a_write_is_torn_at_sectors_only() {
        let mut disk = Disk::default();
        for op in [create(1, "a"), sync_folder(""), write(1, 0, &"o".repeat(2048)), Op::Sync { file: 1 }] {
            disk.step(&op);
        }
        disk.step(&write(1, 500, &"n".repeat(1100)));
        let mut seen = std::collections::BTreeSet::new();
        for seed in 0..200 {
            let image = disk.cut(Keeps::Some { seed });
            let bytes = &image["a"];
            let pieces = [500..512, 512..1024, 1024..1536, 1536..1600];
            let new: Vec<bool> =
                pieces.iter().map(|piece| bytes[piece.clone()].iter().all(|b| *b == b'n')).collect();
            let old = pieces.iter().map(|piece| bytes[piece.clone()].iter().all(|b| *b == b'o'));
            assert!(new.iter().zip(old).all(|(new, old)| *new != old), "a sector is new or old, not both");
            assert!(
                bytes[..500].iter().chain(&bytes[1600..]).all(|b| *b == b'o'),
                "what is beside is untouched"
            );
            seen.insert(new);
        }
        assert_eq!(seen.len(), 16, "every subset comes up");
    }
}
