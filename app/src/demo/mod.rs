//! The demo coalition: real names of public bodies, made-up people, and agreements in every state.
//! What is in it is text in `demo/`; it is written through the same functions as the pages use, at
//! times spread over the past months, so that the ledger and every history are right.

mod cast;
mod data;
mod drafting;
mod fill;
pub mod generate;
mod plot;
mod words;

pub use crate::pages::sign_in::demo::DEMO_PASSWORD;
pub use fill::{fill, is_empty};
