//! The sum of a last day, one step a line.

use crate::answer::{Closed, Due};
use crate::written::{named, with_year};

/// Every step from the start to the last day, and the days that go with it.
pub(crate) fn due_steps(due: &Due) -> Vec<String> {
    let mut steps = vec![format!("Counted from {}.", with_year(due.start))];
    let more = if due.extended {
        ", the longer time"
    } else {
        ""
    };
    steps.push(format!("The time is {}{more}.", due.length));
    for skipped in due.skipped.iter().flatten() {
        steps.push(format!(
            "{} does not count.",
            named(skipped.day, &skipped.holiday, skipped.day)
        ));
    }
    for period in &due.left_out {
        steps.push(format!(
            "{} to {} are left out.",
            with_year(period.first),
            with_year(period.last)
        ));
    }
    if let Some(days) = due.days_not_counted.filter(|days| *days > 0) {
        steps.push(format!(
            "Days that do not count for open questions: {days}."
        ));
    }
    for late in &due.late_questions {
        steps.push(format!(
            "The question of {} came after the last day and does not count.",
            with_year(*late)
        ));
    }
    if let Some(nominal) = due.nominal {
        steps.push(format!("That is {}.", with_year(nominal)));
    }
    for Closed { day, holiday } in &due.rolled_over {
        steps.push(match holiday {
            Some(holiday) => format!("{} is no working day.", named(*day, holiday, *day)),
            None => format!("{} is a weekend.", with_year(*day)),
        });
    }
    if due.ended_early {
        steps.push("What the time was for happened earlier, which ends it.".to_owned());
    }
    for part in &due.parts {
        let name = part.result.replace('_', " ");
        steps.push(match part.day {
            Some(day) => format!("The {name} is {}.", with_year(day)),
            None => format!("There is no {name}."),
        });
    }
    steps.push(format!("The last day is {}.", with_year(due.day)));
    if let Some(target) = due.target {
        steps.push(format!(
            "No reading of the law calls {} late.",
            with_year(target)
        ));
    }
    if let Some(day) = due.tell_by {
        steps.push(format!(
            "The last day to say that more time is needed is {}.",
            with_year(day)
        ));
    }
    steps
}
