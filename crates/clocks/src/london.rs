//! London's days and times. Instants are stored in UTC; days are London's days.

use std::fmt;

use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use jiff::{Timestamp, Zoned};

/// The zone Europe/London: built only from a zone that keeps its summer time, so that UTC can never stand in for it.
#[derive(Clone, Debug)]
pub struct London(TimeZone);

/// The zone that was passed in does not keep London's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotLondon;

impl fmt::Display for NotLondon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("The time zone data for Europe/London is missing or wrong")
    }
}

impl std::error::Error for NotLondon {}

/// Which of two equal wall-clock times, when the clocks go back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fold {
    /// The first one, in summer time.
    First,
    /// The second one, an hour later.
    Second,
}

/// A wall-clock time that must be asked again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The clocks went forward over it.
    NoSuchTime,
    /// The clocks went back, so that it came twice.
    AmbiguousTime,
}

impl Refused {
    /// The word that programs read.
    pub fn as_str(self) -> &'static str {
        match self {
            Refused::NoSuchTime => "no_such_time",
            Refused::AmbiguousTime => "ambiguous_time",
        }
    }

    /// What a person is told.
    pub fn words(self) -> &'static str {
        match self {
            Refused::NoSuchTime => {
                "There was no such time: the clocks went forward over it. Enter the time again."
            }
            Refused::AmbiguousTime => {
                "This time came twice, because the clocks went back. Say which one: the first or the second."
            }
        }
    }
}

impl London {
    /// Takes a zone, if it keeps London's time.
    ///
    /// # Errors
    /// The zone has no summer time of one hour in July 2026, or is not at UTC in January.
    pub fn new(zone: TimeZone) -> Result<London, NotLondon> {
        let hours = |text: &str| {
            let at: Timestamp = text.parse().ok()?;
            Some(zone.to_offset(at))
        };
        let summer = hours("2026-07-01T12:00:00Z") == Some(Offset::constant(1));
        let winter = hours("2026-01-01T12:00:00Z") == Some(Offset::UTC);
        if summer && winter {
            Ok(London(zone))
        } else {
            Err(NotLondon)
        }
    }

    /// The zone itself.
    pub fn zone(&self) -> &TimeZone {
        &self.0
    }

    /// The day it is in London at an instant.
    pub fn day(&self, at: Timestamp) -> Date {
        self.show(at).date()
    }

    /// An instant as London's clocks show it.
    pub fn show(&self, at: Timestamp) -> Zoned {
        at.to_zoned(self.0.clone())
    }

    /// The instant at which London's clocks show a time.
    ///
    /// # Errors
    /// The time did not exist, or came twice and nobody said which. `fold` counts only for a time that came twice.
    pub fn moment(&self, wall: DateTime, fold: Option<Fold>) -> Result<Timestamp, Refused> {
        let offset = match (self.0.to_ambiguous_timestamp(wall).offset(), fold) {
            (AmbiguousOffset::Unambiguous { offset }, _) => offset,
            (AmbiguousOffset::Gap { .. }, _) => return Err(Refused::NoSuchTime),
            (AmbiguousOffset::Fold { before, .. }, Some(Fold::First)) => before,
            (AmbiguousOffset::Fold { after, .. }, Some(Fold::Second)) => after,
            (AmbiguousOffset::Fold { .. }, None) => return Err(Refused::AmbiguousTime),
        };
        offset.to_timestamp(wall).map_err(|_| Refused::NoSuchTime)
    }

    /// The first moment after a day: when the day is over, at midnight and not when offices close.
    ///
    /// # Errors
    /// There is no day after it.
    pub fn end_of(&self, day: Date) -> Result<Timestamp, jiff::Error> {
        let next = day.tomorrow()?;
        Ok(next.to_zoned(self.0.clone())?.timestamp())
    }

    /// Whether the clocks change between two instants; forward is `Some(true)`.
    pub fn changes(&self, from: Timestamp, to: Timestamp) -> Option<bool> {
        let (before, after) = (self.0.to_offset(from), self.0.to_offset(to));
        (before != after).then(|| after > before)
    }
}
