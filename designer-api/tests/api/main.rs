//! The interface as a whole: requests against the routes, with a store on disk and clocks that are moved.
//!
//! A test is data: somebody asks, and the whole answer is compared ([`world::Answer::is`]); `"*"` stands for what is
//! different each time.

#![allow(clippy::unwrap_used)]
#![recursion_limit = "256"]
// In a test, a panic is the message.

mod access;
mod acts;
mod authority;
mod beside;
mod cases;
mod designing;
mod document;
mod documents;
mod erasures;
mod events;
mod everywhere;
mod fuzz;
mod halts;
mod health;
mod incoming;
mod item_remedies;
mod law;
mod limits;
mod messages;
mod nodes;
mod packages;
mod pages;
mod previews;
mod priority;
mod runs;
mod serving;
mod statistics;
mod substitutions;
mod tasks;
mod tokens;
mod told_apart;
mod world;
