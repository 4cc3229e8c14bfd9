//! People and how they prove who they are: passwords, passkeys, codes, providers, API tokens, one-time links.

pub mod account_links;
pub mod api_tokens;
pub mod authenticator;
pub mod breached_passwords;
pub mod codes;
pub mod credential;
pub mod kept_texts;
pub mod nonce;
pub mod one_time_links;
pub mod openid;
pub mod passkeys;
pub mod people;
pub mod proofs;
pub mod providers;
pub mod token;
