//! Aldgate: an open gateway in which public bodies agree how they share information about people.

pub mod kernel;
pub mod settings;
