//! Programs that read for people: their tokens.

pub mod create;
pub mod end;
pub mod list;
