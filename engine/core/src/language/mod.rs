//! What designers write, read into what the engine runs.
//!
//! A [`Folder`] holds the files of a process or block; a [`Catalogue`] the blocks that may be used. [`compile`] reads
//! everything, notes every problem with its place, and hands over a [`Release`] when none stops a deployment.

mod acts;
mod between;
mod block;
mod compiler;
mod data_types;
mod deadlines;
mod expand;
mod fees;
mod fictions;
mod fields;
mod flows;
mod form;
mod functions;
mod kinds;
mod messages;
mod names;
mod outcomes;
mod process;
mod range;
pub mod schemas;
mod scopes;
mod table;
mod texts;
mod triggers;
mod typing;
mod unknown;
mod using;
mod yaml;

use std::{collections::BTreeMap, sync::Arc};

pub use block::{
    Block, Category, Version, check_folder as check_block_folder, check_readme, read as read_block,
};
pub use compiler::{MAX_BLOCK_DEPTH, MAX_STEPS, data_key};
pub use data_types::MAX_LIST_FIELDS;
pub use fields::{Fields, entries as read_entries, items as read_items, text as read_text};
pub use form::OUTCOME_FIELD;
pub(crate) use functions::later;
pub use functions::sandbox;
pub use kinds::KINDS;
pub(crate) use names::at_place;
pub use process::compile;
pub use range::Range;
pub use yaml::{Key, Kind as NodeKind, MAX_DEPTH, MAX_FILE_BYTES, MAX_NODES, Node, read as read_yaml};

use crate::{
    definition::Release,
    diagnostic::{Diagnostic, Problems, Span},
    words::Text,
};

/// The files of a process or block.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folder {
    /// How problems name the folder.
    pub name: Arc<str>,
    /// The files by path, with `/` between folders.
    pub files: BTreeMap<Arc<str>, Arc<[u8]>>,
}

/// What came of reading a process.
#[derive(Debug)]
pub struct Compiled {
    /// The release, when one can be made. Errors may stop its deployment all the same.
    pub release: Option<Release>,
    /// Everything that is wrong.
    pub problems: Vec<Diagnostic>,
}

/// The blocks that may be used.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    blocks: BTreeMap<Arc<str>, Vec<Entry>>,
}

/// A block of a catalogue, with its files.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The block.
    pub block: Block,
    /// Its files.
    pub folder: Folder,
}

impl Catalogue {
    /// Adds the block in a folder; what is wrong with it is noted. Says which block it is. It takes the place of the same
    /// version that came from elsewhere; two that come together are for [`Catalogue::add_all`].
    pub fn add(&mut self, folder: Folder, problems: &mut Problems) -> Option<(Arc<str>, Version)> {
        let block = block::read(&folder, problems)?;
        let (id, version) = (block.id.clone(), block.version);
        let versions = self.blocks.entry(id.clone()).or_default();
        versions.retain(|known| known.block.version != version);
        versions.push(Entry { block, folder });
        versions.sort_by_key(|entry| std::cmp::Reverse(entry.block.version));
        Some((id, version))
    }

    /// Adds blocks that come together, each with its id and version. One version of a block in two folders is a problem: which
    /// one counts would depend on their order.
    pub fn add_all(
        &mut self,
        folders: impl IntoIterator<Item = Folder>,
        problems: &mut Problems,
    ) -> Vec<Option<(Arc<str>, Version)>> {
        let mut places: BTreeMap<(Arc<str>, Version), Arc<str>> = BTreeMap::new();
        let add = |folder: Folder| {
            let place = folder.file_name("block.yaml");
            let known = self.add(folder, problems)?;
            if let Some(first) = places.insert(known.clone(), place.clone()) {
                let (id, version) = &known;
                let message = Text::new(
                    format!("Den Baustein „{id}“ in Version {version} gibt es zweimal: auch in {first}."),
                    format!("There are two blocks `{id}` in version {version}: the other one is in {first}."),
                );
                problems.error(&Span::file(&*place), "block_twice", message).help(Text::new(
                    "Einem der beiden eine andere Kennung oder Version geben, oder seinen Ordner entfernen.",
                    "Give one of them another id or version, or remove its folder.",
                ));
            }
            Some(known)
        };
        folders.into_iter().map(add).collect()
    }

    /// The newest block for `id@major` or `id@^1.2`.
    pub fn find(&self, reference: &str) -> Option<&Entry> {
        let (id, range) = reference.split_once('@')?;
        let range = Range::parse(range)?;
        self.blocks.get(id)?.iter().find(|entry| range.contains(entry.block.version))
    }

    /// One version of a block.
    pub fn exact(&self, id: &str, version: &str) -> Option<&Entry> {
        self.blocks.get(id)?.iter().find(|entry| entry.block.version.to_string() == version)
    }

    /// All that can stand behind `block:`.
    pub fn references(&self) -> Vec<String> {
        let all = self.entries().map(|entry| format!("{}@{}", entry.block.id, entry.block.version.major));
        all.collect::<std::collections::BTreeSet<_>>().into_iter().collect()
    }

    /// All blocks, newest version first.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.blocks.values().flatten()
    }
}
