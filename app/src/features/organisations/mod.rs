//! Organisations: set up, found, supported, and who does what in them.

pub mod details;
pub mod roles;
pub mod store;
