//! The interface as a whole: requests against the routes, with a store on disk and clocks that are moved.
//!
//! A test is data: somebody asks, and the whole answer is compared ([`world::Answer::is`]); `"*"` stands for what is
//! different each time.

mod access;
mod cases;
mod designing;
mod document;
mod events;
mod everywhere;
mod limits;
mod lists;
mod pages;
mod tasks;
mod world;
