//! Organisations: set up, found, supported, trusted, and who does what in them.

pub mod access_requests;
pub mod claims;
pub mod details;
pub mod domains;
pub mod import;
pub mod offers;
pub mod partners;
pub mod roles;
pub mod setup;
pub mod similar_names;
pub mod store;
pub mod trust;
