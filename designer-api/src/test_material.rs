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
