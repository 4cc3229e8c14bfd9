//! What a newly proclaimed or struck holiday does to a case that is running.

use jiff::civil::Date;

use crate::answer::{Answer, Due};
use crate::evaluate::{Fault, evaluate};
use crate::facts::Facts;
use crate::holidays::{Holiday, Holidays};
use crate::london::London;
use crate::rules::Rules;
use crate::written::{beside, full_day, with_year};

/// A last day that moved because the list of holidays changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Moved {
    /// The last day before.
    pub from: Date,
    /// The last day now.
    pub to: Date,
    /// The day that became a holiday, or is none any more, with its division; the first where there are several.
    pub because: Option<(Date, String, Holiday)>,
    /// It was added, not struck.
    pub added: bool,
    /// The target to keep until the case ends: whether a day proclaimed after receipt helps is doubted, so the
    /// earlier one stays.
    pub target: Option<Date>,
}

impl Moved {
    /// For the person: "Due Tue 5 Oct 2027. It was Mon 4 Oct until 24 September was made a bank holiday."
    pub fn sentence(&self) -> String {
        let mut said = format!(
            "Due {}. It was {}",
            with_year(self.to),
            beside(self.from, self.to)
        );
        if let Some((day, ..)) = &self.because {
            let became = if self.added {
                "was made"
            } else {
                "ceased to be"
            };
            said += &format!(" until {} {became} a bank holiday", day.strftime("%-d %B"));
        }
        said + "."
    }

    /// For the act: "last day moved from A to B because C became a bank holiday in D".
    pub fn act(&self) -> String {
        let mut said = format!(
            "last day moved from {} to {}",
            full_day(self.from),
            full_day(self.to)
        );
        if let Some((day, division, _)) = &self.because {
            let became = if self.added {
                "became a bank holiday"
            } else {
                "is no longer a bank holiday"
            };
            said += &format!(" because {} {became} in {division}", full_day(*day));
        }
        said
    }
}

/// Compares a case under two lists of holidays. `None` where its last day is the same.
///
/// # Errors
/// As [`evaluate`].
pub fn moved(
    rules: &Rules,
    id: &str,
    facts: &Facts,
    (old, new): (&Holidays, &Holidays),
    london: &London,
) -> Result<Option<Moved>, Fault> {
    let due = |holidays: &Holidays| -> Result<Option<Due>, Fault> {
        Ok(match evaluate(rules, id, facts, holidays, london)?.0 {
            Answer::Due(due) => Some(due),
            _ => None,
        })
    };
    let (Some(before), Some(now)) = (due(old)?, due(new)?) else {
        return Ok(None);
    };
    if before.day == now.day {
        return Ok(None);
    }
    let added = first_only_in(new, old, &before, &now);
    let struck = first_only_in(old, new, &before, &now);
    // A later last day comes from a day that was added.
    let was_added = if now.day > before.day {
        added.is_some()
    } else {
        struck.is_none()
    };
    Ok(Some(Moved {
        from: before.day,
        to: now.day,
        because: if was_added { added } else { struck },
        added: was_added,
        target: match (before.target, now.target) {
            (Some(before), Some(now)) => Some(before.min(now)),
            (before, now) => before.or(now),
        },
    }))
}

/// The first weekday from the start to the later last day that only the first of two lists has.
fn first_only_in(
    list: &Holidays,
    other: &Holidays,
    before: &Due,
    now: &Due,
) -> Option<(Date, String, Holiday)> {
    let last = before.day.max(now.day);
    list.divisions()
        .flat_map(|(division, days)| {
            let had = other.divisions().find(|(id, _)| *id == division);
            let had = had.map(|(_, days)| days);
            days.range(now.start..=last)
                .filter(move |(day, _)| had.is_none_or(|had| !had.contains_key(day)))
                .map(move |(day, holiday)| (*day, division.to_owned(), holiday.clone()))
        })
        .min_by_key(|(day, ..)| *day)
}
