//! The pages on which records are drafted, read and decided, the same for every type a pack
//! defines.

pub mod answers;
pub mod attachments;
pub mod check;
pub mod comments;
pub mod conflict;
pub mod content;
pub mod decided;
pub mod fields;
pub mod file_types;
pub mod flows;
pub mod follow_up;
pub mod gateway_search;
pub mod gateways;
pub mod history;
pub mod law;
pub mod line_forms;
pub mod line_view;
pub mod lines;
pub mod lines_table;
pub mod list;
pub mod moves;
pub mod overview;
pub mod parties;
pub mod parties_add;
pub mod pdf;
pub mod prompts;
pub mod reading;
pub mod section;
pub mod section_page;
pub mod settle;
pub mod silent;
pub mod spot;
pub mod start;
pub mod tasks;
pub mod versions;
