//! Rules of clocks as data: which primitive, from which event, how long, by whose holidays.

use std::fmt;

use jiff::civil::Date;
use serde::Serialize;

use crate::length::{Length, Size};

/// One rule of one clock, with the days on which it applies.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rule {
    /// The clock's name for programs. Rules of one clock that follow each other share it.
    pub id: String,
    /// What the clock is for, in a few words.
    pub name: String,
    /// The first day of receipt it applies to.
    pub from: Option<Date>,
    /// The first day of receipt it no longer applies to.
    pub to: Option<Date>,
    /// Whether it is law. A rule that is not is never chosen.
    pub in_force: bool,
    /// It applies only to cases of which this is true.
    pub when: Option<When>,
    /// Events of which the latest starts the count. The first one decides which rule applies.
    pub starts: Vec<String>,
    /// How the start is spoken of: "you knew".
    pub since: Option<String>,
    /// Starts that may be waited for.
    pub waits: Vec<Wait>,
    /// What begins the whole count again.
    pub restart: Option<Restart>,
    /// How it counts.
    pub count: Count,
    /// What the last day is called in results.
    pub result: String,
}

/// The ways of counting.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Count {
    /// Real hours on the UTC line; nights, weekends and holidays count.
    Hours(Size),
    /// Months, weeks or days of the calendar.
    Calendar(CalendarCount),
    /// Working days after the start.
    Working(WorkingCount),
    /// The earlier of several counts of working days.
    Earlier(Vec<Shorter>),
}

/// Months, weeks or days of the calendar.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CalendarCount {
    /// How long.
    pub size: Size,
    /// The day of the start is counted ("beginning with" in English law).
    pub first_day_counts: bool,
    /// A last day that is no working day of this set moves to the next one (Regulation 1182/71 Article 3(4)).
    pub roll: Option<SetName>,
    /// Days of open questions do not count.
    pub pauses: Option<Pauses>,
    /// A longer count.
    pub extension: Option<Extension>,
    /// How many days before the nominal last day the target lies, before it moves back to a working day; one day
    /// more for each question that counts.
    pub target_days_before: Option<u32>,
    /// Events that end the time, if they come first.
    pub ends_early: Vec<String>,
}

impl CalendarCount {
    /// A length and nothing else.
    pub fn new(size: Size) -> CalendarCount {
        CalendarCount {
            size,
            first_day_counts: false,
            roll: None,
            pauses: None,
            extension: None,
            target_days_before: None,
            ends_early: Vec::new(),
        }
    }
}

/// Working days after the start.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WorkingCount {
    /// How long.
    pub size: Size,
    /// Whose holidays.
    pub holidays: SetName,
    /// Days that are left out.
    pub leaves_out: Option<LeavesOut>,
    /// A longer count.
    pub extension: Option<Extension>,
    /// The target is the same count by the holidays of this set.
    pub target: Option<SetName>,
}

/// One of several counts of which the earliest ends the time.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Shorter {
    /// What its last day is called in results.
    pub result: String,
    /// How it counts.
    pub count: WorkingCount,
    /// The name of the periods whose days do not count, beside those that `count` leaves out.
    pub without: Option<String>,
}

/// A set of holidays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SetName {
    /// The organisation's own part of the country.
    Division,
    /// A set by name.
    Named(String),
}

/// A condition on a word of the case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct When {
    /// The word's name.
    pub word: String,
    /// Any of these makes it true.
    pub is: Vec<String>,
    /// What it is where the case does not say.
    pub left_out: bool,
}

/// Days from asking to answering do not count, both included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Pauses {
    /// Only for such cases.
    pub when: Option<When>,
    /// What was asked, after "Paused since …:".
    pub words: String,
}

/// A start that may be waited for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Wait {
    /// The event that is awaited, one of the rule's starts.
    pub event: String,
    /// The event of asking for it.
    pub asked: Option<String>,
    /// After "Has not started:".
    pub words: String,
}

/// What begins the whole count again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Restart {
    /// The event from which the count begins anew.
    pub on: String,
    /// The event of asking.
    pub asked: Option<String>,
    /// After "Has not started:".
    pub words: String,
}

/// A longer count, which the person is told of in time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Extension {
    /// The whole length then.
    pub to: Length,
    /// Within what the person is told.
    pub tell_within: Length,
    /// What that day is called in results.
    pub result: String,
}

/// Days that are left out, from one event to another, both included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeavesOut {
    /// The event on whose day it begins.
    pub from: String,
    /// The event on whose day it ends.
    pub to: String,
    /// After "Paused since …:".
    pub words: String,
}

/// What is wrong with a rule, seen by itself or beside the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleFault {
    /// What is wrong.
    pub what: String,
    /// What would put it right.
    pub cure: String,
}

impl fmt::Display for RuleFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}. {}", self.what, self.cure)
    }
}

impl Rule {
    /// A rule of law that always applies and counts from one event.
    pub fn new(id: &str, start: &str, count: Count) -> Rule {
        Rule {
            id: id.to_owned(),
            name: id.to_owned(),
            from: None,
            to: None,
            in_force: true,
            when: None,
            starts: vec![start.to_owned()],
            since: None,
            waits: Vec::new(),
            restart: None,
            count,
            result: "due".to_owned(),
        }
    }

    /// Whether a case received on this day falls under the rule.
    pub fn applies_on(&self, day: Date) -> bool {
        self.in_force
            && self.from.is_none_or(|from| from <= day)
            && self.to.is_none_or(|to| day < to)
    }

    /// The extension, if the law gives one.
    pub fn extension(&self) -> Option<&Extension> {
        match &self.count {
            Count::Calendar(count) => count.extension.as_ref(),
            Count::Working(count) => count.extension.as_ref(),
            Count::Hours(_) | Count::Earlier(_) => None,
        }
    }

    fn size(&self) -> Option<&Size> {
        match &self.count {
            Count::Hours(size) => Some(size),
            Count::Calendar(count) => Some(&count.size),
            Count::Working(count) => Some(&count.size),
            Count::Earlier(_) => None,
        }
    }

    /// What is wrong with the rule by itself.
    ///
    /// # Errors
    /// No start, a wait for something that starts nothing, or an extension that is shorter or counted otherwise.
    pub fn check(&self) -> Result<(), RuleFault> {
        let fault = |what: String, cure: &str| {
            Err(RuleFault {
                what: format!("The clock \"{}\" {what}", self.id),
                cure: cure.to_owned(),
            })
        };
        if self.starts.is_empty() {
            return fault(
                "has no start".to_owned(),
                "Add starts = [\"received\"], the events of which the latest starts it",
            );
        }
        if let Some(wait) = self.waits.iter().find(|w| !self.starts.contains(&w.event)) {
            return fault(
                format!("waits for \"{}\", which does not start it", wait.event),
                "Wait for one of its starts",
            );
        }
        if let (Some(extension), Some(size)) = (self.extension(), self.size()) {
            let base = size.usual.unwrap_or(size.unit);
            if !extension.to.counts_like(base) || !extension.tell_within.counts_like(base) {
                return fault(
                    "is extended in another way of counting".to_owned(),
                    "Count the extension as the clock is counted",
                );
            }
            if !base.is_shorter_than(extension.to) {
                return fault(
                    format!("is extended to {}, which is no longer", extension.to),
                    "Let \"to\" be the whole length with the extension",
                );
            }
        }
        Ok(())
    }
}
