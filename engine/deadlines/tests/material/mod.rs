//! Finds the shared material: the folder that `FACHWERK_SHARED` names, else `../shared` beside the repository.

use std::path::PathBuf;

/// A file of the shared material; says loudly when it is not there.
pub fn shared(path: &str) -> Option<serde_json::Value> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let file = std::env::var_os("FACHWERK_SHARED").map_or_else(beside, PathBuf::from).join(path);
    let Ok(text) = std::fs::read_to_string(&file) else {
        eprintln!(
            "SKIPPED: {} is not there; set FACHWERK_SHARED to the folder of the shared material",
            file.display()
        );
        return None;
    };
    Some(serde_json::from_str(&text).expect("shared material is JSON"))
}
