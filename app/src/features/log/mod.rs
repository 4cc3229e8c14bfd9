//! The ledger as a public log: its keys, checkpoints and tiles, and witnesses.

pub mod fetch;
pub mod keys;
pub mod sign;
pub mod tiles;
pub mod witness;
