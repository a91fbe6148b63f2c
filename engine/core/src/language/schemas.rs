//! JSON Schemas for editors: what completes and checks while somebody writes.
//!
//! They say less than the readers (no schema knows whether a step exists); a test holds all examples against them.

/// For `process.yaml`.
pub const PROCESS: &str = include_str!("../../schemas/process.schema.json");
/// For `block.yaml`.
pub const BLOCK: &str = include_str!("../../schemas/block.schema.json");
/// For `scenarios/*.yaml`.
pub const SCENARIO: &str = include_str!("../../schemas/scenario.schema.json");
