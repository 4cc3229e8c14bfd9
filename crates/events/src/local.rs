use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};

/// The moment of a wall-clock time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instant {
    pub at: Timestamp,
    /// The clocks go back over this time: it comes twice, and the first is meant.
    pub twice: bool,
}

/// The clocks go forward over this time, or it is not in any calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoSuchTime;

impl std::fmt::Display for NoSuchTime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("there is no such time")
    }
}

impl std::error::Error for NoSuchTime {}

/// The moment at which a clock in `zone` shows this time.
///
/// # Errors
/// When no clock ever does.
pub fn instant(local: DateTime, zone: &TimeZone) -> Result<Instant, NoSuchTime> {
    let (offset, twice) = match zone.to_ambiguous_timestamp(local).offset() {
        AmbiguousOffset::Unambiguous { offset } => (offset, false),
        AmbiguousOffset::Fold { before, .. } => (before, true),
        AmbiguousOffset::Gap { .. } => return Err(NoSuchTime),
    };
    let at = offset.to_timestamp(local).map_err(|_| NoSuchTime)?;
    Ok(Instant { at, twice })
}

/// The first moment that is too late. 23:59 means the end of that day, because people read it so.
///
/// # Errors
/// When there is no such time.
pub fn deadline(day: Date, time: Time, zone: &TimeZone) -> Result<Instant, NoSuchTime> {
    let local = if (time.hour(), time.minute()) == (23, 59) {
        day.tomorrow().map_err(|_| NoSuchTime)?.at(0, 0, 0, 0)
    } else {
        day.to_datetime(time)
    };
    instant(local, zone)
}
