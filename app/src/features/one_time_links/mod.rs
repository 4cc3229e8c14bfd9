//! Deciding without an account: a named person gets a link by e-mail and a code apart from it, sees
//! exactly one version and decides one line.

pub mod holder;
pub mod make;
pub mod store;

pub use store::may_make;
