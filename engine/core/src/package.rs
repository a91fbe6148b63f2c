//! Blocks that travel from who wrote them to authorities (Paket): one file of JSON with their files as text, a list of what it
//! holds and needs, and a signature over that list. It is no archive: nothing is unpacked, so there are no links, and nothing
//! grows while it is read.
//!
//! **Architecture invariant.** Nothing here signs or checks a signature: [`Package::signed_bytes`] are what one is over.

mod fault;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use fault::PackageFault;

use crate::{
    diagnostic::Problems,
    language::{Block, Catalogue, Folder, Node, NodeKind, Range, Version, read_block},
};

/// What the file begins with.
const FORMAT: &str = "fachwerk-package-1";
/// The most bytes of the file; limit `package_bytes`. Written as JSON, some signs of a text take two.
pub const MAX_PACKAGE_BYTES: usize = 12_000_000;
/// The most bytes of all texts in it; limit `files_bytes`.
const MAX_FILES_BYTES: usize = 5_000_000;
/// The most files; limit `files`.
const MAX_FILES: usize = 1_000;
/// The most blocks; limit `blocks`.
const MAX_BLOCKS: usize = 100;
/// The longest path, in characters; limit `path_chars`.
const MAX_PATH: usize = 200;

/// A package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Package {
    format: Arc<str>,
    /// What it is.
    pub manifest: Manifest,
    /// The texts of its files, by path: the id of the block, then the path within it.
    files: BTreeMap<Arc<str>, Arc<str>>,
    /// Who vouches for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<PackageSignature>,
}

/// What a package is, holds and needs. The signature is over this, and over the files by their hashes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Its id.
    pub package: Arc<str>,
    /// Its version.
    pub version: Arc<str>,
    /// Which versions of the program it is made for.
    pub engine: Arc<str>,
    /// Its blocks, by id, each with its version.
    pub blocks: BTreeMap<Arc<str>, Arc<str>>,
    /// The blocks of others that it uses, by id, each with the versions that do.
    pub requires: BTreeMap<Arc<str>, BTreeSet<Arc<str>>>,
    /// The SHA-256 of its files, by path.
    pub files: BTreeMap<Arc<str>, Arc<str>>,
}

/// An Ed25519 signature over a package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackageSignature {
    /// The public key, in 64 hexadecimal digits.
    pub key: Arc<str>,
    /// The signature, in 128.
    pub value: Arc<str>,
}

impl Package {
    /// Puts blocks together. What they use and do not bring along is what the package needs.
    pub fn pack(
        (name, version): (&str, &str),
        engine: &str,
        folders: &[Folder],
    ) -> Result<Package, PackageFault> {
        let mut manifest = Manifest {
            package: name.into(),
            version: version.into(),
            engine: engine.into(),
            blocks: BTreeMap::new(),
            requires: BTreeMap::new(),
            files: BTreeMap::new(),
        };
        let mut files: BTreeMap<Arc<str>, Arc<str>> = BTreeMap::new();
        let mut used = BTreeSet::new();
        for folder in folders {
            let block = read(folder).ok_or_else(|| PackageFault::BlockOtherwise(folder.name.clone()))?;
            references(folder, &block, &mut used);
            if manifest.blocks.insert(block.id.clone(), block.version.to_string().into()).is_some() {
                return Err(PackageFault::BlockTwice(block.id));
            }
            for (path, bytes) in &folder.files {
                let path: Arc<str> = format!("{}/{path}", block.id).into();
                let text = std::str::from_utf8(bytes);
                let text = text.map_err(|_| PackageFault::Unreadable(format!("{path}: no text").into()))?;
                manifest.files.insert(path.clone(), hash_of(text));
                files.insert(path, text.into());
            }
        }
        for (block, range) in used {
            let brought = manifest.blocks.get(&block).and_then(|version| Version::parse(version));
            let does = |version| Range::parse(&range).is_some_and(|range| range.contains(version));
            if !brought.is_some_and(does) {
                manifest.requires.entry(block).or_default().insert(range);
            }
        }
        let package = Package { format: FORMAT.into(), manifest, files, signature: None };
        package.check()?;
        Ok(package)
    }

    /// Reads a package. What is read is whole: each file is the one that the list names.
    pub fn read(bytes: &[u8]) -> Result<Package, PackageFault> {
        if bytes.len() > MAX_PACKAGE_BYTES {
            return Err(PackageFault::TooLarge("package_bytes", MAX_PACKAGE_BYTES));
        }
        let read: Result<Package, _> = serde_json::from_slice(bytes);
        let package = read.map_err(|error| PackageFault::Unreadable(error.to_string().into()))?;
        if &*package.format != FORMAT {
            return Err(PackageFault::Unreadable(format!("{:?}", package.format).into()));
        }
        package.check()?;
        Ok(package)
    }

    /// As it is stored.
    pub fn write(&self) -> Result<Vec<u8>, PackageFault> {
        let mut bytes = serde_json::to_vec_pretty(self)
            .map_err(|error| PackageFault::Unreadable(error.to_string().into()))?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// What a signature is over: the same bytes whatever the file looks like, because the list is written anew. They begin
    /// with what they are, so that a signature over them is none over anything else.
    pub fn signed_bytes(&self) -> Vec<u8> {
        let mut bytes = format!("{FORMAT}\n").into_bytes();
        // Texts in maps and sets: there is nothing that could not be written.
        bytes.extend(serde_json::to_vec(&self.manifest).unwrap_or_default());
        bytes
    }

    /// The hash of all that is signed, by which packages are told from each other.
    pub fn hash(&self) -> Arc<str> {
        hex(&Sha256::digest(self.signed_bytes()))
    }

    /// Its blocks.
    pub fn folders(&self) -> Vec<Folder> {
        let folder = |id: &Arc<str>| {
            let of_block = self.files.iter().filter_map(|(path, text)| {
                let (block, inner) = path.split_once('/')?;
                (block == &**id).then(|| (inner.into(), text.as_bytes().into()))
            });
            Folder { name: id.clone(), files: of_block.collect() }
        };
        self.manifest.blocks.keys().map(folder).collect()
    }

    /// Whether a version of the program takes it.
    pub fn fits_engine(&self, version: &str) -> Result<(), PackageFault> {
        let range = &self.manifest.engine;
        let does = Range::parse(range).zip(Version::parse(version));
        let does = does.is_some_and(|(range, version)| range.contains(version));
        does.then_some(()).ok_or_else(|| PackageFault::EngineOther(range.clone(), version.into()))
    }

    /// Whether all that it needs is there.
    pub fn finds_its_needs(&self, catalogue: &Catalogue) -> Result<(), PackageFault> {
        for (block, ranges) in &self.manifest.requires {
            for range in ranges {
                if catalogue.find(&format!("{block}@{range}")).is_none() {
                    return Err(PackageFault::RequirementUnmet(block.clone(), range.clone()));
                }
            }
        }
        Ok(())
    }

    fn check(&self) -> Result<(), PackageFault> {
        let Manifest { package, version, engine, blocks, requires, files } = &self.manifest;
        let too_large = |limit, most| Err(PackageFault::TooLarge(limit, most));
        if blocks.len() > MAX_BLOCKS || requires.len() > MAX_BLOCKS {
            return too_large("blocks", MAX_BLOCKS);
        }
        if self.files.len() > MAX_FILES || files.len() > MAX_FILES {
            return too_large("files", MAX_FILES);
        }
        if self.files.values().map(|text| text.len()).sum::<usize>() > MAX_FILES_BYTES {
            return too_large("files_bytes", MAX_FILES_BYTES);
        }
        let invalid = |text: &Arc<str>| Err(PackageFault::Invalid(text.clone()));
        if let Some(id) =
            [package].into_iter().chain(blocks.keys()).chain(requires.keys()).find(|id| !is_id(id))
        {
            return invalid(id);
        }
        if let Some(version) =
            [version].into_iter().chain(blocks.values()).find(|version| Version::parse(version).is_none())
        {
            return invalid(version);
        }
        let mut ranges = [engine].into_iter().chain(requires.values().flatten());
        if let Some(range) = ranges.find(|range| Range::parse(range).is_none()) {
            return invalid(range);
        }
        if blocks.is_empty() {
            return Err(PackageFault::Unreadable("no block".into()));
        }
        self.check_files()?;
        for folder in self.folders() {
            // What cannot be read as a block is told where it is checked, with file and line.
            let says = read(&folder).map(|block| (block.id, block.version.to_string()));
            let listed = blocks.get(&folder.name).map(|version| (folder.name.clone(), version.to_string()));
            if says.is_some_and(|says| Some(says) != listed) {
                return Err(PackageFault::BlockOtherwise(folder.name));
            }
        }
        Ok(())
    }

    fn check_files(&self) -> Result<(), PackageFault> {
        let listed = &self.manifest.files;
        for path in self.files.keys().chain(listed.keys()) {
            if path.chars().count() > MAX_PATH {
                return Err(PackageFault::TooLarge("path_chars", MAX_PATH));
            }
            let inside =
                path.split_once('/').is_some_and(|(block, _)| self.manifest.blocks.contains_key(block));
            if !inside || !path.split('/').all(is_part) {
                return Err(PackageFault::PathInvalid(path.clone()));
            }
            if !self.files.contains_key(path) || !listed.contains_key(path) {
                return Err(PackageFault::FilesOtherwise(path.clone()));
            }
        }
        match self.files.iter().find(|(path, text)| listed.get(*path) != Some(&hash_of(text))) {
            Some((path, _)) => Err(PackageFault::Tampered(path.clone())),
            None => Ok(()),
        }
    }
}

fn read(folder: &Folder) -> Option<Block> {
    read_block(folder, &mut Problems::default())
}

/// What stands behind `block:` in a block and its scenarios, as id and range.
fn references(folder: &Folder, block: &Block, found: &mut BTreeSet<(Arc<str>, Arc<str>)>) {
    [&block.steps].into_iter().chain(&block.on).for_each(|node| gather(node, found));
    let scenarios =
        folder.files.keys().filter(|path| path.starts_with("scenarios/") && path.ends_with(".yaml"));
    for path in scenarios {
        if let Some(node) = folder.read_yaml(path, 0, &mut Problems::default()) {
            gather(&node, found);
        }
    }
}

fn gather(node: &Node, found: &mut BTreeSet<(Arc<str>, Arc<str>)>) {
    match &node.kind {
        NodeKind::List(items) => items.iter().for_each(|item| gather(item, found)),
        NodeKind::Map(entries) => {
            for (key, value) in entries {
                let reference = value.as_text().filter(|_| &*key.text == "block");
                let named = reference.and_then(|text| text.split_once('@'));
                found.extend(named.map(|(id, range)| (id.into(), range.into())));
                gather(value, found);
            }
        }
        _ => {}
    }
}

/// As blocks and packages are called.
/// Public keys for which anybody can make a signature, because they are of small order: all encodings of the eight points of
/// the torsion subgroup of edwards25519, without the sign (RFC 8032, 5.1.7 leaves it to the verifier to refuse them).
const SMALL_ORDER: [&str; 7] = [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
];

/// Whether a text is a public key that only one private key belongs to: 64 digits 0–9 and a–f.
pub fn is_public_key(text: &str) -> bool {
    let digits = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    if text.len() != 64 || !text.bytes().all(digits) {
        return false;
    }
    let (before, last) = text.split_at(62);
    // The highest bit is the sign.
    let last = u8::from_str_radix(last, 16).unwrap_or(0) & 0x7f;
    !SMALL_ORDER.contains(&format!("{before}{last:02x}").as_str())
}

fn is_id(text: &str) -> bool {
    let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    text.len() <= 64 && text.starts_with(|c: char| c.is_ascii_lowercase()) && text.chars().all(good)
}

/// A part of a path that stays where it is.
fn is_part(part: &str) -> bool {
    !part.is_empty()
        && part != "."
        && part != ".."
        && !part.contains(['\\', ':'])
        && !part.contains(char::is_control)
}

fn hash_of(text: &str) -> Arc<str> {
    hex(&Sha256::digest(text.as_bytes()))
}

fn hex(bytes: &[u8]) -> Arc<str> {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into()
}
