use jiff::ToSpan as _;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use crate::local::{Instant, NoSuchTime, instant};

/// Events that come again. The wall-clock time stays when the clocks change.
#[derive(Debug, Clone)]
pub struct Series {
    pub first: DateTime,
    pub every_weeks: u32,
    /// The last day on which one may be.
    pub last: Date,
    /// Days that are left out.
    pub not_on: Vec<Date>,
}

/// One event of a series: the time on the wall, and its moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Start {
    pub local: DateTime,
    pub instant: Result<Instant, NoSuchTime>,
}

impl Series {
    /// The events of the series, each a record of its own: there are no recurrence rules in feeds.
    pub fn starts(&self, zone: &TimeZone) -> impl Iterator<Item = Start> {
        let weeks = i64::from(self.every_weeks.max(1));
        (0..)
            .map_while(move |nth: i64| self.first.checked_add((nth * weeks).weeks()).ok())
            .take_while(|local| local.date() <= self.last)
            .filter(|local| !self.not_on.contains(&local.date()))
            .map(move |local| Start {
                local,
                instant: instant(local, zone),
            })
    }
}
