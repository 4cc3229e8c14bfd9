//! What is not a record.

pub mod identity;
pub mod impact;
pub mod imports;
pub mod in_tray;
pub mod law;
pub mod log;
pub mod one_time_links;
pub mod organisations;
pub mod programs;
pub mod register;
pub mod start;
pub mod statements;
pub mod verify;
