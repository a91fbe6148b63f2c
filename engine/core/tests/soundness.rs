//! What is proven of processes, and which run shows that they are not sound.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

use std::path::{Path, PathBuf};

use fachwerk_core::{
    definition::Release,
    diagnostic::Problems,
    language::{Catalogue, Folder, compile},
    soundness::{By, Finding, prove},
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let found = std::fs::read_dir(folder).expect("a folder");
    let mut found: Vec<PathBuf> = found.map(|entry| entry.expect("an entry").path()).collect();
    found.sort();
    found
}

fn take(base: &Path, folder: &Path, into: &mut Folder) {
    for path in entries(folder) {
        if path.is_dir() {
            take(base, &path, into);
        } else {
            let name = path.strip_prefix(base).expect("inside").to_string_lossy().into_owned();
            into.files.insert(name.into(), std::fs::read(&path).expect("a file").into());
        }
    }
}

fn folder(path: &Path) -> Folder {
    let mut folder = Folder { name: path.file_name().unwrap().to_string_lossy().into_owned().into(), ..Folder::default() };
    take(path, path, &mut folder);
    folder
}

fn catalogue() -> Catalogue {
    let mut catalogue = Catalogue::default();
    for path in entries(&root().join("building-blocks")) {
        if path.join("block.yaml").exists() {
            catalogue.add(folder(&path), &mut Problems::default());
        }
    }
    catalogue
}

/// `never-ends: wait after apply, choose.2`
fn told(release: &Release, finding: &Finding) -> String {
    let moves = finding.run.iter().map(|it| {
        let step = it.step.map_or("case".to_owned(), |ix| release.step(ix).path.to_string());
        match &it.by {
            By::Itself => step,
            By::Outcome(outcome) => format!("{step}={outcome}"),
            By::Way(number) => format!("{step}#{number}"),
            By::Handler(name) => format!("{step}!{name}"),
            By::Meeting => format!("{step}+"),
        }
    });
    let moves: Vec<String> = moves.collect();
    format!("{:?} {:?}: {} after [{}]", finding.verdict, finding.property, release.step(finding.step).path, moves.join(", "))
}

#[test]
fn every_example() {
    let catalogue = catalogue();
    let mut folders = vec![];
    for of in ["examples/patterns", "examples/constructs", "examples/administration", "examples"] {
        folders.extend(entries(&root().join(of)).into_iter().filter(|path| path.join("process.yaml").exists()));
    }
    for path in folders {
        let compiled = compile(&folder(&path), &catalogue);
        let Some(release) = compiled.release else { println!("{} does not compile", path.display()); continue };
        let begun = std::time::Instant::now();
        let proof = prove(&release);
        println!("{}: {:?} {:?}", path.strip_prefix(root()).unwrap().display(), proof.verdict, begun.elapsed());
        for finding in &proof.findings {
            println!("    {}", told(&release, finding));
            match &finding.witness {
                Some(witness) => println!("      {}", serde_json::Value::Array(witness.lines.clone())),
                None => println!("      not played"),
            }
        }
    }
}
