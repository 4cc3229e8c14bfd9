//! `/log`: the log's keys, checkpoints and tiles, and where other logs ask to be witnessed.

pub mod keys;
pub mod tiles;
pub mod witness;
