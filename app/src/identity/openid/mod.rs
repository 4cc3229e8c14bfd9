//! Signing in at the provider of one's organisation (OpenID Connect Core 1.0): the provider, the way
//! there, the way back, and what a person sent in a form while they show there that it is them.

pub mod answer;
pub mod ask;
pub mod provider;
pub mod token;

pub use answer::{Answered, Said, answered};
pub use ask::{Pending, Wanted, begin, no_cookie, return_address};
pub use provider::{Provider, issuer_problem, lock_secret, of_person};

/// The most that two clocks may differ (seconds).
pub const SKEW: i64 = 60;
