//! People and how they sign in.

pub mod store;
