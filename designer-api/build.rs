//! Makes the empty folder that the browser application is built into, so that the crate builds without it.
//!
//! Architecture invariant: this never calls npm, and never touches a folder that is there.

use std::{fs, path::Path};

fn main() {
    let dist = Path::new("../web/dist");
    if !dist.exists() {
        // A read-only checkout has no folder then, and rust-embed is told that it may be missing.
        let _ = fs::create_dir_all(dist);
    }
    println!("cargo:rerun-if-changed=build.rs");
    if dist.exists() {
        println!("cargo:rerun-if-changed=../web/dist");
    }
}
