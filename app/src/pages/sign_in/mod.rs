//! Signing in and out, and what leads there: invitations, forgotten passwords.

pub mod demo;
pub mod enter;
pub mod fields;
pub mod forgotten;
pub mod invitation;
pub mod openid;
pub mod passkey;
pub mod password;
pub mod second_step;
pub mod sign_out;
