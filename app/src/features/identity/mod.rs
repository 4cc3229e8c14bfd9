//! People and how they sign in.

pub mod demo;
pub mod enter;
pub mod fields;
pub mod invitation;
pub mod sign_in;
pub mod sign_out;
pub mod store;
