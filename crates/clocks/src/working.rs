//! Counts of working days, and the earlier of several.

use jiff::civil::Date;

use crate::answer::{Answer, Due, Missed, Part, Paused, Reason};
use crate::counting::{Counting, Leaving};
use crate::days::nth_working;
use crate::evaluate::{Fault, evaluate_rule};
use crate::facts::{Event, Period};
use crate::holidays::Calendar;
use crate::length::Length;
use crate::rule::{LeavesOut, Shorter, WorkingCount};

/// The last day of a count of working days.
pub(crate) fn working(
    counting: Counting,
    count: &WorkingCount,
    start: Date,
) -> Result<Answer, Fault> {
    let leaving = counting.leaving(count.leaves_out.as_ref())?;
    let left_out: Vec<Period> = match leaving {
        Leaving::Done(period) => vec![period],
        Leaving::Nothing | Leaving::Open(_) => Vec::new(),
    };
    let due = ends(counting, count, start, &left_out)?;
    stands_still(counting, count.leaves_out.as_ref(), &leaving, due)
}

/// The earlier of several counts.
pub(crate) fn earlier(
    counting: Counting,
    counts: &[Shorter],
    start: Date,
) -> Result<Answer, Fault> {
    let mut first: Option<Due> = None;
    let mut parts = Vec::new();
    let mut open = None;
    for shorter in counts {
        let leaving = counting.leaving(shorter.count.leaves_out.as_ref())?;
        let mut left_out: Vec<Period> = Vec::new();
        match leaving {
            Leaving::Done(period) => left_out.push(period),
            Leaving::Open(_) => open = Some((shorter.count.leaves_out.as_ref(), leaving)),
            Leaving::Nothing => {}
        }
        if let Some(periods) = shorter
            .without
            .as_ref()
            .and_then(|without| counting.facts.periods.get(without))
        {
            left_out.extend(periods);
        }
        // A count that never ends, because no day is open, leaves the end to the others.
        let due = ends(counting, &shorter.count, start, &left_out).ok();
        parts.push(Part {
            result: shorter.result.clone(),
            day: due.as_ref().map(|due| due.day),
        });
        if let Some(due) = due
            && first.as_ref().is_none_or(|first| due.day < first.day)
        {
            first = Some(due);
        }
    }
    let due = Due {
        parts,
        ..first.ok_or_else(|| counting.too_far())?
    };
    match open {
        Some((leaves_out, leaving)) => stands_still(counting, leaves_out, &leaving, due),
        None => Ok(Answer::Due(due)),
    }
}

fn ends(
    counting: Counting,
    count: &WorkingCount,
    start: Date,
    left_out: &[Period],
) -> Result<Due, Fault> {
    let calendar = counting.calendar(&count.holidays)?;
    let extended = count.extension.as_ref().filter(|_| counting.facts.extended);
    let length = match extended {
        Some(extension) => extension.to,
        None => counting.length(&count.size)?,
    };
    let nth = |length: Length, calendar: &Calendar| {
        let Length::WorkingDays(number) = length else {
            return Err(counting.fault("the length is not in working days".to_owned()));
        };
        nth_working(start, number, calendar, left_out).ok_or_else(|| counting.too_far())
    };
    let (day, skipped) = nth(length, &calendar)?;
    let mut due = counting.due(start, day, length)?;
    if let Some(target) = &count.target {
        due.target = Some(nth(length, &counting.calendar(target)?)?.0);
    }
    if let Some(extension) = &count.extension {
        due.tell_by = Some(nth(extension.tell_within, &calendar)?.0);
    }
    due.extended = extended.is_some();
    due.skipped = Some(skipped);
    due.left_out = left_out
        .iter()
        .filter(|period| period.first <= day && period.last > start)
        .copied()
        .collect();
    due.beyond_known = counting.beyond_known(start, day);
    Ok(due)
}

/// A period that has begun and not ended stops the count, if it began before the time was over.
fn stands_still(
    counting: Counting,
    leaves_out: Option<&LeavesOut>,
    leaving: &Leaving,
    due: Due,
) -> Result<Answer, Fault> {
    let (Leaving::Open(since), Some(leaves_out)) = (leaving, leaves_out) else {
        return Ok(Answer::Due(due));
    };
    if *since > due.day {
        return Ok(Answer::Due(due));
    }
    let today = counting.if_today(|facts, today| {
        let day = Event::Day(today.max(*since));
        facts.events.insert(leaves_out.to.clone(), day);
    });
    let due_if_answered_today = match today {
        Some(facts) => match evaluate_rule(Counting {
            facts: &facts,
            ..counting
        })? {
            Answer::Due(due) => Some(due.day),
            _ => None,
        },
        None => None,
    };
    Ok(Answer::Paused(Paused {
        missed: Missed::Standing(Reason {
            words: leaves_out.words.clone(),
            since: Some(*since),
        }),
        due_if_answered_today,
        late_questions: Vec::new(),
    }))
}
