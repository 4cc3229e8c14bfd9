//! What a clock says of a case.

use jiff::civil::Date;
use jiff::{Timestamp, Zoned};

use crate::facts::Period;
use crate::holidays::Holiday;
use crate::length::Length;

/// What a clock says of a case.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// It ends with a day.
    Due(Due),
    /// It ends at a moment.
    Moment(Moment),
    /// It has no end while something is awaited.
    Paused(Paused),
    /// No law sets an end for this case.
    NoDuty {
        /// "received before 19 June 2026".
        reason: String,
    },
}

/// A last day, with what its sum is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Due {
    /// The last day in law.
    pub day: Date,
    /// The first moment after it.
    pub closes: Timestamp,
    /// The day from which was counted.
    pub start: Date,
    /// How long; for the earlier of several counts, the one that ended first.
    pub length: Length,
    /// Whether the person was told of the longer time.
    pub extended: bool,
    /// The last day before it moved off days that are no working days; only where a rule moves it.
    pub nominal: Option<Date>,
    /// A day that no reading of the law calls late; only where a rule has one.
    pub target: Option<Date>,
    /// The last day to say that more time is needed.
    pub tell_by: Option<Date>,
    /// How many days open questions took out; only where a question can pause the clock.
    pub days_not_counted: Option<u32>,
    /// Questions asked after the time was over, in their order.
    pub late_questions: Vec<Date>,
    /// Weekdays that did not count because they are holidays, in their order; only where working days are counted.
    pub skipped: Option<Vec<Skipped>>,
    /// Days between the nominal last day and the last day, and the nominal one.
    pub rolled_over: Vec<Closed>,
    /// Periods that were left out.
    pub left_out: Vec<Period>,
    /// Each count, where the earliest of several ends the time.
    pub parts: Vec<Part>,
    /// An event ended the time before the count did.
    pub ended_early: bool,
    /// The count went past the years whose holidays are known, so the last day may be later, never earlier.
    pub beyond_known: Option<(Date, Date)>,
}

/// A day that is no working day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    /// The day.
    pub day: Date,
    /// The holiday; `None` for a weekend.
    pub holiday: Option<Holiday>,
}

/// A weekday that did not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// The day.
    pub day: Date,
    /// The holiday on it.
    pub holiday: Holiday,
}

/// One of several counts.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// What its last day is called.
    pub result: String,
    /// Its last day; `None` if it does not end within the years that are counted.
    pub day: Option<Date>,
}

/// An end at a moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Moment {
    /// The moment, as London's clocks show it.
    pub due: Zoned,
    /// The moment from which was counted.
    pub start: Zoned,
    /// How many real hours.
    pub length: Length,
    /// The clocks change in between: forward, or back.
    pub forward: Option<bool>,
}

/// Why a clock has no end now.
#[derive(Clone, Debug, PartialEq)]
pub struct Paused {
    /// It has not started yet, or stands still.
    pub missed: Missed,
    /// What an answer today would make the last day; `None` where nothing says which day it is.
    pub due_if_answered_today: Option<Date>,
    /// Questions asked after the time was over, in their order.
    pub late_questions: Vec<Date>,
}

/// What is missing for a last day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Missed {
    /// The count has not begun.
    Waiting(Reason),
    /// The count stands still.
    Standing(Reason),
}

/// What is awaited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// In the words of the rule: "we wait for proof of who you are".
    pub words: String,
    /// Since when; `None` where that is not known.
    pub since: Option<Date>,
}
