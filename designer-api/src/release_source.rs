//! What the files of a release say beyond what it compiles to: its problems by today's rules, its words, its files.

use std::{collections::BTreeMap, sync::Arc};

use fachwerk_core::{
    definition::Release,
    diagnostic::{self, Problems},
    language::{Block, Folder, read_block},
    soundness,
};
use fachwerk_runtime::compile_bundle;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{proof::Soundness, shapes::Diagnostic, wording::Wording};

/// Where the files of the process itself lie in the bundle of a release.
pub const PROCESS_FILES: &str = "process/";
const BLOCK_FILES: &str = "blocks/";

/// A file of a process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FileEntry {
    /// Its path within the process.
    pub path: String,
    /// In bytes.
    pub size: u64,
}

/// What the files of a release say.
#[derive(Debug)]
pub struct ReleaseSource {
    /// The files of the process.
    pub files: Vec<FileEntry>,
    /// What is proven of it by today's rules; of what they no longer read nothing is.
    pub soundness: Soundness,
    /// What is wrong with it by today's rules.
    pub problems: Vec<Diagnostic>,
    /// The words of its blocks.
    pub wording: Wording,
}

impl ReleaseSource {
    /// Reads a bundle as `fachwerk-runtime` put it together. Takes as long as compiling does.
    pub fn of_bundle(bundle: &Folder) -> ReleaseSource {
        let compiled = soundness::proven(compile_bundle(bundle));
        let release = compiled.release.as_ref();
        ReleaseSource {
            files: files_of(
                bundle
                    .files
                    .iter()
                    .filter_map(|(name, bytes)| Some((name.strip_prefix(PROCESS_FILES)?, bytes))),
            ),
            soundness: compiled.verdict.map_or(Soundness::NotDecided, Soundness::from),
            problems: placed(&compiled.problems, release),
            wording: release
                .iter()
                .fold(Wording::of(&blocks_of(bundle)), |wording, release| wording.with_messages_of(release)),
        }
    }
}

/// Names and sizes.
pub fn files_of<'a>(files: impl Iterator<Item = (&'a str, &'a Arc<[u8]>)>) -> Vec<FileEntry> {
    files.map(|(path, bytes)| FileEntry { path: path.to_owned(), size: bytes.len() as u64 }).collect()
}

/// Problems with the steps that they are written in.
pub fn placed(problems: &[diagnostic::Diagnostic], release: Option<&Release>) -> Vec<Diagnostic> {
    problems
        .iter()
        .map(|found| Diagnostic::of(found, release.and_then(|release| step_at(release, found))))
        .collect()
}

/// The step of the process whose text a problem lies in: the last one that begins before it.
fn step_at(release: &Release, found: &diagnostic::Diagnostic) -> Option<String> {
    let of_process = |span: &diagnostic::Span| span.file == found.span.file && span.line <= found.span.line;
    let before =
        release.steps.iter().filter(|step| !step.path.as_str().contains('/') && of_process(&step.span));
    before.max_by_key(|step| step.span.line).map(|step| step.path.to_string())
}

fn blocks_of(bundle: &Folder) -> Vec<Block> {
    let mut folders: BTreeMap<&str, Folder> = BTreeMap::new();
    for (name, bytes) in &bundle.files {
        if let Some((id, "block.yaml")) = name.strip_prefix(BLOCK_FILES).and_then(|rest| rest.split_once('/'))
        {
            folders.entry(id).or_default().files.insert("block.yaml".into(), bytes.clone());
        }
    }
    // Whatever is wrong with a block was told when it was installed.
    folders.values().filter_map(|folder| read_block(folder, &mut Problems::default())).collect()
}
