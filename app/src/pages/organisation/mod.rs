//! `/organisation` and `/organisations`: signing up, people, roles, providers, and who else is here.

pub mod access_request;
pub mod activity;
pub mod api_tokens;
pub mod change;
pub mod choose;
pub mod claims;
pub mod directory;
pub mod domains;
pub mod end_role;
pub mod end_sessions;
pub mod fields;
pub mod listed;
pub mod membership_offers;
pub mod new_person;
pub mod overview;
pub mod people;
pub mod person_roles;
pub mod progress;
pub mod provider;
pub mod reissue_link;
pub mod sign_up;
pub mod supported;
