//! Who acts, when, and how a change is written: the part that never bends.

pub mod access;
pub mod app;
pub mod attempts;
pub mod attempts_kept;
pub mod change;
pub mod clock;
pub mod ctx;
pub mod entropy;
mod folded;
pub mod health;
pub mod ids;
pub mod jobs;
pub mod kept;
pub mod keys;
pub mod limits;
pub mod locked;
pub mod log;
pub mod mail;
pub mod mailing;
pub mod outgoing;
pub mod providers;
pub mod refusal;
pub mod right;
pub mod secret;
pub mod sent;
pub mod undelivered;
pub mod witness;
pub mod words;
pub mod writer;

pub use app::App;
pub use change::{Act, Change};
pub use ctx::{Acting, Ctx};
pub use refusal::{Problem, Refusal};
pub use right::Right;
pub use secret::Secret;
