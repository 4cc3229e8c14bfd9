//! Who acts, when, and how a change is written: the part that never bends.

pub mod access;
pub mod app;
pub mod as_of;
pub mod change;
pub mod clock;
pub mod ctx;
pub mod entropy;
pub mod fields;
pub mod health;
pub mod ids;
pub mod jobs;
pub mod phrases;
mod refold;
pub mod refusal;
pub mod right;
pub mod secret;
pub mod writer;

pub use app::App;
pub use change::{Act, Change};
pub use ctx::{Acting, Ctx};
pub use fields::Fields;
pub use refusal::{Problem, Refusal};
pub use right::Right;
pub use secret::Secret;
