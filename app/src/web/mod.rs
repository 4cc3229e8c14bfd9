//! HTTP: who visits, what they posted, the one shape of page, and refusals as answers.

pub mod api;
pub mod assets;
pub mod bounds;
pub mod credential;
pub mod limits;
pub mod origin;
pub mod page;
pub mod posted;
pub mod program;
pub mod refusals;
pub mod session;

pub use page::{Sheet, csv, error_of, see_other};
pub use posted::{Fields, Posted, Upload};
pub use session::Visit;
