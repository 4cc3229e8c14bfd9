//! People and how they sign in.

pub mod account;
pub mod account_links;
pub mod breached;
pub mod demo;
pub mod enter;
pub mod fields;
pub mod forgotten;
pub mod invitation;
pub mod kept_text;
pub mod openid;
pub mod passkey;
pub mod proofs;
pub mod providers;
pub mod second_step;
pub mod sign_in;
pub mod sign_out;
pub mod store;
