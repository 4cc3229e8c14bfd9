//! Deciding without an account: a named person gets a link by e-mail and a code apart from it, sees
//! exactly one version and decides one line.

pub mod create;
pub mod holder;

pub use crate::identity::one_time_links::may_make;
