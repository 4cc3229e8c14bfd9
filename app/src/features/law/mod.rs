//! The law that the packs hold, for everybody to read.

pub mod checks;
pub mod gateways;
pub mod provisions;
