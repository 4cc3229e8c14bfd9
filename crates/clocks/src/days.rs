//! Sums on the calendar and on working days.

use jiff::ToSpan;
use jiff::civil::{Date, date};

use crate::answer::Skipped;
use crate::facts::Period;
use crate::holidays::{Calendar, is_weekend};

/// Days outside these years are not counted: what reaches them is a slip of the pen.
pub(crate) const FIRST: Date = date(1900, 1, 1);
/// The last day that is counted.
pub(crate) const LAST: Date = date(2200, 12, 31);

/// The day so many days, then months, later. A day that does not exist is the last one of its month.
pub(crate) fn later(day: Date, days: u32, months: u32) -> Option<Date> {
    day.checked_add(i64::from(days).days())
        .and_then(|day| day.checked_add(i64::from(months).months()))
        .ok()
        .filter(|day| *day <= LAST)
}

/// The last day of a period that begins with a day, which is counted: the day before the corresponding day, or the
/// last day of a month without that day.
pub(crate) fn beginning_with(day: Date, days: u32, months: u32) -> Option<Date> {
    let end = later(day, days, months)?;
    let corresponds = months == 0 || end.day() == later(day, days, 0)?.day();
    if corresponds {
        end.yesterday().ok()
    } else {
        Some(end)
    }
}

/// The first working day on or after a day.
pub(crate) fn roll(day: Date, calendar: &Calendar) -> Option<Date> {
    let mut day = day;
    while !calendar.is_working(day) {
        day = next(day)?;
    }
    Some(day)
}

/// The last working day on or before a day.
pub(crate) fn back(day: Date, calendar: &Calendar) -> Option<Date> {
    let mut day = day;
    while !calendar.is_working(day) {
        day = day.yesterday().ok().filter(|day| *day >= FIRST)?;
    }
    Some(day)
}

/// The `count`th working day after a day that is in none of the periods, with the holidays passed over.
pub(crate) fn nth_working(
    start: Date,
    count: u32,
    calendar: &Calendar,
    left_out: &[Period],
) -> Option<(Date, Vec<Skipped>)> {
    let (mut day, mut counted, mut skipped) = (start, 0, Vec::new());
    while counted < count {
        day = next(day)?;
        if is_weekend(day) {
            continue;
        }
        if let Some(holiday) = calendar.holiday(day) {
            skipped.push(Skipped {
                day,
                holiday: holiday.clone(),
            });
        } else if !left_out.iter().any(|period| period.holds(day)) {
            counted += 1;
        }
    }
    Some((day, skipped))
}

fn next(day: Date) -> Option<Date> {
    day.tomorrow().ok().filter(|day| *day <= LAST)
}

/// How many days from one to another; negative when the other comes first.
pub(crate) fn between(from: Date, to: Date) -> i64 {
    (to - from).get_days().into()
}
