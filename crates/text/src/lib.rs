//! What counts as text, the same for all that comes in by any door: forms, files, addresses, claims of identity
//! providers, the command line. See the crate's README.

mod decode;
mod fold;
mod gate;
mod name;
mod rows;
mod show;

pub use decode::{Decoded, decoded, first_control};
pub use fold::{fold, looks, looks_folded};
pub use gate::{Kept, called, is_kept, is_no_text, is_unseen, kept};
pub use name::{Name, NameFault};
pub use rows::{Row, Rows};
pub use show::{isolated, isolated_html};
