//! Statutory clocks: from what happened in a case to its last day, with the sum. Nothing here reads a file, the time
//! of day or the machine's time zones: rules, holidays, facts, today and London's zone are all passed in. The numbers
//! are data; this crate knows only how to count. See the crate's README.
#![warn(missing_docs)]

mod answer;
mod calendar;
mod case_file;
mod counting;
mod days;
mod evaluate;
mod explain;
mod facts;
mod feed;
mod holidays;
mod length;
mod london;
mod moved;
mod names;
mod read_case;
mod rule;
mod rules;
mod steps;
mod working;
mod written;

pub use answer::{Answer, Closed, Due, Missed, Moment, Part, Paused, Reason, Skipped};
pub use case_file::{CaseFile, Evaluated, Unreadable};
pub use evaluate::{Fault, evaluate};
pub use explain::{Explanation, explain};
pub use facts::{Event, Facts, Period, Question};
pub use feed::FeedFault;
pub use holidays::{Calendar, Holiday, Holidays, UnknownSet};
pub use length::{Length, LengthFault, Size};
pub use london::{Fold, London, NotLondon, Refused};
pub use moved::{Moved, moved};
pub use rule::{
    CalendarCount, Count, Extension, LeavesOut, Pauses, Restart, Rule, RuleFault, SetName, Shorter,
    Wait, When, WorkingCount,
};
pub use rules::Rules;
