//! How days and lists are written.

use jiff::civil::Date;

use crate::holidays::Holiday;

/// "19 June 2026".
pub(crate) fn full_day(day: Date) -> String {
    day.strftime("%-d %B %Y").to_string()
}

/// "Tue 1 Dec 2026".
pub(crate) fn with_year(day: Date) -> String {
    day.strftime("%a %-d %b %Y").to_string()
}

/// "Mon 2 Nov", with the year where it is not that of another day beside it.
pub(crate) fn beside(day: Date, other: Date) -> String {
    if day.year() == other.year() {
        day.strftime("%a %-d %b").to_string()
    } else {
        with_year(day)
    }
}

/// "a, b and c".
pub(crate) fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// "Mon 30 Nov (St Andrew’s Day)".
pub(crate) fn named(day: Date, holiday: &Holiday, other: Date) -> String {
    format!("{} ({})", beside(day, other), title(holiday))
}

/// What a holiday is called; one that is worked out says so.
pub(crate) fn title(holiday: &Holiday) -> String {
    if holiday.is_computed() {
        format!("{}, not yet published", holiday.title)
    } else {
        holiday.title.clone()
    }
}
