//! The law that the packs hold, for everybody to read.

pub mod checks;
pub mod impact;
pub mod powers;
pub mod provisions;
