//! HTML, in a tree like the addresses. What is public has a room of its own.

pub mod account;
pub mod agreements;
pub mod in_tray;
pub mod kept_text;
pub mod law;
pub mod links;
pub mod log;
pub mod organisation;
pub mod records;
pub mod sign_in;
pub mod start;
pub mod statements;
