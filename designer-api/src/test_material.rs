//! The small process that tests play with, out of `tests/material`.

use fachwerk_core::{
    definition::Release,
    diagnostic::Problems,
    language::{Catalogue, Folder, compile},
};

use crate::wording::Wording;

const BLOCK: [(&str, &str); 2] = [
    ("block.yaml", include_str!("../tests/material/examination/block.yaml")),
    ("form.yaml", include_str!("../tests/material/examination/form.yaml")),
];
const PROCESS: [(&str, &str); 3] = [
    ("process.yaml", include_str!("../tests/material/permit/process.yaml")),
    ("application.schema.json", include_str!("../tests/material/permit/application.schema.json")),
    ("decisions/fee.yaml", include_str!("../tests/material/permit/decisions/fee.yaml")),
];

fn folder(name: &str, files: &[(&str, &str)]) -> Folder {
    let files = files.iter().map(|(path, text)| ((*path).into(), text.as_bytes().into())).collect();
    Folder { name: name.into(), files }
}

/// The process `permit`, and the words of its block.
pub fn permit() -> (Release, Wording) {
    let mut catalogue = Catalogue::default();
    let mut problems = Problems::default();
    catalogue.add(folder("building-blocks/examination", &BLOCK), &mut problems);
    assert!(problems.is_empty(), "{:?}", problems.into_sorted());
    let compiled = compile(&folder("", &PROCESS), &catalogue);
    assert_eq!(compiled.problems, []);
    let release = compiled.release.expect("it has no problems");
    let wording = Wording::of_used(&release, &catalogue);
    (release, wording)
}

/// Compares a text with what `tests/material/expected` holds. `FACHWERK_BLESS=1` writes it anew: read the difference
/// before it is committed.
#[track_caller]
pub fn as_expected(name: &str, found: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/material/expected").join(name);
    if std::env::var_os("FACHWERK_BLESS").is_some() {
        std::fs::write(&path, found).expect("the expectation can be written");
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(found, expected, "{name} is not as expected; FACHWERK_BLESS=1 writes it anew");
}
