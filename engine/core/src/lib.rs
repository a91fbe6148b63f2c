//! The core of Fachwerk: what a process is, and what a case may do next.
//!
//! A **process** is data. A **case** is a fold over its turns. The engine is two pure functions,
//! [`decide`](crate::decide::decide) and [`evolve`](crate::evolve::evolve); everything else is a driver.
//!
//! **Architecture invariant.** This crate has no clock, no randomness, no I/O, no async, no SQL and no HTTP. What a
//! decision needs besides the case and its release is handed over in [`facts::Facts`] and recorded with the turn.
//! Replaying a case never evaluates a rule again. There is no second way to change a case.

pub mod act;
pub mod authority;
pub mod case;
pub mod channel;
pub mod command;
pub mod costs;
pub mod decide;
pub mod definition;
pub mod diagnostic;
pub mod document_kind;
pub mod effect;
pub mod event;
pub mod evolve;
pub mod facts;
pub mod fix;
pub mod format;
mod gathered;
pub mod item;
pub mod keeping;
pub mod language;
pub mod law;
mod number;
pub mod package;
pub mod party;
#[cfg(not(feature = "planted-faults"))]
mod planted;
#[cfg(feature = "planted-faults")]
pub mod planted;
pub mod priority;
pub mod procedure;
pub mod projection;
pub mod scenario;
pub mod schema;
pub mod soundness;
pub mod statistics;
pub mod turn;
pub mod vocabulary;
pub mod words;
