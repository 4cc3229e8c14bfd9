//! The record engine: one for every type a pack defines.

pub mod answers;
pub mod as_of;
pub mod comments;
pub mod decision_seal;
pub mod decisions;
pub mod document;
pub mod erasure;
pub mod evidence;
pub mod gate;
pub mod import;
pub mod in_tray;
pub mod joining;
pub mod leftovers;
pub mod lines;
pub mod moves;
pub mod outlived;
pub mod pack_sets;
pub mod presented_text;
pub mod publication;
pub mod situation;
pub mod store;
pub mod versions;

pub use store::{Record, fetch};
