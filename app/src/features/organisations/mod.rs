//! Organisations: set up, found, supported, and who does what in them.

pub mod activity;
pub mod alike;
pub mod change;
pub mod choose;
pub mod claim_pages;
pub mod claims;
pub mod details;
pub mod directory;
pub mod end_role;
pub mod external;
pub mod fields;
pub mod fresh_link;
pub mod import;
pub mod new_person;
pub mod overview;
pub mod people;
pub mod person_roles;
pub mod progress;
pub mod register;
pub mod roles;
pub mod store;
pub mod supported;
