//! `/me`, your account: how you sign in, and where you are signed in.

pub mod add_passkey;
pub mod authenticator;
pub mod organisation_sign_in;
pub mod overview;
pub mod password;
pub mod recovery_codes;
pub mod remove_passkey;
pub mod sessions;
