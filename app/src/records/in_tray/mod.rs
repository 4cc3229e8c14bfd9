//! What waits for whom, and what is due: worked out from the records when it is asked for.

pub mod deadlines;
pub mod lists;
