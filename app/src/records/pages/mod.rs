//! The pages on which records are drafted and read, the same for every type a pack defines.

pub mod answers;
pub mod content;
pub mod decided;
pub mod follow_up;
pub mod history;
mod line_forms;
mod line_view;
pub mod lines;
pub mod moves;
pub mod pdf;
pub mod versions;
