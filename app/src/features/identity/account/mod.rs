//! `/me`, your account: how you sign in, and where you are signed in.

pub mod add_passkey;
pub mod overview;
pub mod recovery_codes;
pub mod remove_passkey;
