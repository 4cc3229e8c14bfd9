//! The ledger as a public log: keys, signed checkpoints, proofs, and witnesses of other logs.

pub mod fetch;
pub mod keys;
pub mod log;
pub mod sign;
pub mod witness;
