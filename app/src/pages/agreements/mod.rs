//! `/agreements`: one's own, a new one, and all of them in a workbook.

pub mod export;
pub mod list;
pub mod start;
