//! Lists from other systems, read row by row.

pub mod agreements;
pub mod sheet;
