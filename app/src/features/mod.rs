//! What is not a record.

pub mod identity;
pub mod organisations;
pub mod start;
