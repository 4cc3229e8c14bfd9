//! Answers for programs: JSON by address, the same facts as the pages show.

pub mod prompts;
pub mod records;
pub mod register;
