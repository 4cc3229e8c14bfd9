//! HTTP: who visits, what they posted, the one shape of page, and refusals as answers.

pub mod api;
pub mod as_of;
pub mod assets;
pub mod authenticator;
pub mod bounds;
pub mod browser;
pub mod codes;
pub mod credential;
pub mod host;
pub mod limits;
pub mod no_mail;
pub mod nonce;
pub mod only_text;
pub mod openid;
pub mod origin;
pub mod page;
pub mod passkeys;
pub mod posted;
pub mod program;
pub mod refusals;
pub mod security_log;
pub mod seen;
pub mod sending;
pub mod session;
pub mod step_up;

pub use no_mail::no_mail;
pub use page::{Sheet, csv, error_of, see_other};
pub use posted::{Fields, Posted, Upload};
pub use session::Visit;
