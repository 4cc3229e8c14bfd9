//! The pages on which records are drafted and read, the same for every type a pack defines.

pub mod answers;
pub mod content;
