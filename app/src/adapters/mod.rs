//! What touches the outside, or remembers for a while: other machines over HTTP, email, encryption at rest,
//! limits and caches. The rest of the house calls it; it calls no one.

pub mod document_cache;
pub mod encryption;
pub mod http_client;
pub mod mail_limits;
pub mod openid_discovery;
pub mod rate_limit;
pub mod sent_forms;
pub mod sign_in_limits;
pub mod sign_in_limits_kept;
pub mod smtp;
pub mod undelivered_mail;
