//! Who acts, when, and how a change is written: the part that never bends.

pub mod access;
pub mod app;
pub mod change;
pub mod clock;
pub mod ctx;
pub mod entropy;
pub mod health;
pub mod ids;
pub mod jobs;
pub mod phrases;
mod refold;
pub mod refusal;
pub mod right;
pub mod secret;
pub mod writer;

pub use crate::kernel::app::App;
pub use crate::kernel::change::{Act, Change};
pub use crate::kernel::ctx::{Acting, Ctx};
pub use crate::kernel::refusal::{Problem, Refusal};
pub use crate::kernel::right::Right;
pub use crate::kernel::secret::Secret;
