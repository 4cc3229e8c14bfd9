//! Programs that read for people: their tokens.

pub mod end_token;
pub mod new_token;
pub mod store;
pub mod tokens;
