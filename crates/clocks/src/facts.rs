//! What happened in one case, as far as clocks care.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::rule::When;

/// Something that happened, or that is awaited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// On a London day.
    Day(Date),
    /// At an instant; its day is London's.
    Moment(Timestamp),
    /// Not yet: it is known to be awaited.
    Awaited,
}

/// A question to the person, by London days. Without an answer it is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Question {
    /// The day it was asked.
    pub asked: Date,
    /// The day it was answered; not before `asked`.
    pub answered: Option<Date>,
}

/// Days from first to last, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// First day.
    pub first: Date,
    /// Last day; not before `first`.
    pub last: Date,
}

impl Period {
    /// Whether a day is in it.
    pub fn holds(&self, day: Date) -> bool {
        self.first <= day && day <= self.last
    }
}

/// The facts of one case. Names are those that rules use; what a rule does not name is not looked at.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    /// Received, aware, paid …, by name.
    pub events: BTreeMap<String, Event>,
    /// Questions that may pause the clock, in any order.
    pub questions: Vec<Question>,
    /// Words by which rules differ (which right, which law), by name; several where several hold.
    pub words: BTreeMap<String, Vec<String>>,
    /// Lengths that the house or a contract says, by name.
    pub numbers: BTreeMap<String, u32>,
    /// Periods that a rule leaves out, by name.
    pub periods: BTreeMap<String, Vec<Period>>,
    /// The set of holidays of the organisation's part of the country; the first division without it.
    pub nation: Option<String>,
    /// The longer period was chosen and told in time.
    pub extended: bool,
    /// The day it is; only what an answer today would give depends on it.
    pub today: Option<Date>,
}

impl Facts {
    /// Whether a condition is true of the case.
    pub fn holds(&self, when: &When) -> bool {
        match self.words.get(&when.word) {
            Some(words) => words.iter().any(|word| when.is.contains(word)),
            None => when.left_out,
        }
    }
}
