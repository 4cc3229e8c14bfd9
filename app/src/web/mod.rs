//! HTTP: who visits, what they posted, the one shape of page, and refusals as answers.

pub mod api_token;
pub mod as_of;
pub mod assets;
pub mod body_limits;
pub mod browser;
pub mod downloads;
pub mod held_form;
pub mod host;
pub mod no_mail;
pub mod only_text;
pub mod origin;
pub mod page;
pub mod posted;
pub mod problem_json;
pub mod refusals;
pub mod route_limits;
pub mod security_log;
pub mod seen;
pub mod sending;
pub mod session;
pub mod step_up;

pub use no_mail::no_mail;
pub use page::{Sheet, csv, error_of, see_other};
pub use posted::{Posted, Upload};

pub use crate::kernel::Fields;
pub use session::Visit;
