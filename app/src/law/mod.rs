//! What a change of the law touches.

pub mod impact;
