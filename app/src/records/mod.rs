//! The record engine: one for every type a pack defines.

pub mod api;
pub mod api_records;
pub mod comments;
pub mod day;
pub mod decisions;
pub mod document;
pub mod erasure;
pub mod evidence;
pub mod gate;
pub mod joining;
pub mod leftovers;
pub mod lines;
pub mod moves;
pub mod outlived;
pub mod pack_sets;
pub mod pages;
pub mod partners;
pub mod reading;
pub mod sealing;
pub mod setup;
pub mod situation;
pub mod store;
pub mod versions;

pub use store::{Record, fetch};
