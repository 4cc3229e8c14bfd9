//! From the facts of a case to what its clock says.

use std::fmt;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::answer::{Answer, Missed, Moment, Paused, Reason};
use crate::calendar::calendar;
use crate::counting::Counting;
use crate::facts::{Event, Facts};
use crate::holidays::Holidays;
use crate::length::{Length, Size};
use crate::london::London;
use crate::rule::{Count, Rule};
use crate::rules::Rules;
use crate::working::{earlier, working};
use crate::written::full_day;

/// Why a clock cannot be read for a case: a fact that it needs is missing or contradicts another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault(pub String);

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Fault {}

/// What a clock says of a case, and by which rule. The rule is the one that applies to the day of the first of its
/// starts (of receipt), whatever day it is today; there is none where no law sets an end.
///
/// # Errors
/// No clock has this name, a start is missing, or facts contradict each other.
pub fn evaluate<'r>(
    rules: &'r Rules,
    id: &str,
    facts: &Facts,
    holidays: &Holidays,
    london: &London,
) -> Result<(Answer, Option<&'r Rule>), Fault> {
    let all: Vec<&Rule> = rules.iter().filter(|rule| rule.id == id).collect();
    let counting = |rule: &'r Rule| Counting {
        rule,
        facts,
        holidays,
        london,
    };
    let Some(any) = all.first().copied() else {
        return Err(Fault(format!("there is no clock \"{id}\"")));
    };
    let decides = &any.starts[0];
    let Some(received) = counting(any).day(decides) else {
        return Err(Fault(format!("\"{decides}\" is missing")));
    };
    let fits = |rule: &Rule| rule.when.as_ref().is_none_or(|when| facts.holds(when));
    let fitting: Vec<&Rule> = all.iter().copied().filter(|rule| fits(rule)).collect();
    if fitting.is_empty() {
        return Err(no_word(&all));
    }
    match fitting.iter().find(|rule| rule.applies_on(received)) {
        Some(rule) => Ok((evaluate_rule(counting(rule))?, Some(rule))),
        None => {
            let reason = no_duty(&fitting, decides, received);
            Ok((Answer::NoDuty { reason }, None))
        }
    }
}

/// Which words a case must say one of.
fn no_word(rules: &[&Rule]) -> Fault {
    let whens = || rules.iter().filter_map(|rule| rule.when.as_ref());
    let word = whens().next().map_or("", |when| when.word.as_str());
    let known: Vec<&str> = whens()
        .flat_map(|when| when.is.iter().map(String::as_str))
        .collect();
    Fault(format!("\"{word}\" must be one of: {}", known.join(", ")))
}

fn no_duty(rules: &[&Rule], decides: &str, received: Date) -> String {
    let event = decides.replace('_', " ");
    let starts = rules
        .iter()
        .filter(|rule| rule.in_force)
        .filter_map(|rule| rule.from.filter(|from| received < *from))
        .min();
    if let Some(from) = starts {
        return format!("{event} before {}", full_day(from));
    }
    let ended = rules
        .iter()
        .filter(|rule| rule.in_force)
        .filter_map(|rule| rule.to)
        .max();
    match ended {
        Some(to) => format!("{event} on or after {}", full_day(to)),
        None => "not in force".to_owned(),
    }
}

/// What one rule says of a case that falls under it.
pub(crate) fn evaluate_rule(counting: Counting) -> Result<Answer, Fault> {
    let Counting { rule, .. } = counting;
    if let Count::Hours(size) = &rule.count {
        return hours(counting, size);
    }
    let received = counting.day(&rule.starts[0]);
    let received =
        received.ok_or_else(|| counting.fault(format!("\"{}\" is missing", rule.starts[0])))?;
    let wait = rule
        .waits
        .iter()
        .map(|wait| (&wait.event, wait.asked.as_deref(), &wait.words))
        .chain(
            rule.restart
                .iter()
                .map(|restart| (&restart.on, restart.asked.as_deref(), &restart.words)),
        )
        .find(|(event, asked, _)| counting.is_awaited(event, *asked));
    if let Some((event, asked, words)) = wait {
        return waiting(counting, event, asked, words);
    }
    let latest = rule.starts.iter().filter_map(|event| counting.day(event));
    let mut start = latest.max().unwrap_or(received);
    if let Some(restart) = &rule.restart
        && let Some(again) = counting.day(&restart.on)
    {
        if again < received {
            return Err(counting.fault(format!(
                "{} on {again} is before {} on {received}",
                restart.on, rule.starts[0]
            )));
        }
        start = again;
    }
    match &rule.count {
        Count::Calendar(count) => calendar(counting, count, start),
        Count::Working(count) => working(counting, count, start),
        Count::Earlier(counts) => earlier(counting, counts, start),
        Count::Hours(size) => hours(counting, size),
    }
}

/// The count has not begun: what it would be if what is awaited came today.
fn waiting(
    counting: Counting,
    event: &str,
    asked: Option<&str>,
    words: &str,
) -> Result<Answer, Fault> {
    let since = asked.and_then(|asked| counting.day(asked));
    let today = counting.if_today(|facts, today| {
        let day = since.map_or(today, |since| today.max(since));
        facts.events.insert(event.to_owned(), Event::Day(day));
    });
    let due_if_answered_today = match today {
        Some(facts) => match evaluate_rule(Counting {
            facts: &facts,
            ..counting
        })? {
            Answer::Due(due) => Some(due.day),
            Answer::Paused(paused) => paused.due_if_answered_today,
            Answer::Moment(_) | Answer::NoDuty { .. } => None,
        },
        None => None,
    };
    Ok(Answer::Paused(Paused {
        missed: Missed::Waiting(Reason {
            words: words.to_owned(),
            since,
        }),
        due_if_answered_today,
        late_questions: Vec::new(),
    }))
}

/// So many real hours on the UTC line.
fn hours(counting: Counting, size: &Size) -> Result<Answer, Fault> {
    let event = &counting.rule.starts[0];
    let start = match counting.facts.events.get(event) {
        Some(Event::Moment(at)) => *at,
        Some(Event::Day(_)) => {
            return Err(counting.fault(format!("\"{event}\" needs a time of day")));
        }
        Some(Event::Awaited) | None => {
            return Err(counting.fault(format!("\"{event}\" is missing")));
        }
    };
    let length = counting.length(size)?;
    let Length::Hours(number) = length else {
        return Err(counting.fault("the length is not in hours".to_owned()));
    };
    let due = start.checked_add(i64::from(number).hours());
    let due = due.map_err(|_| counting.too_far())?;
    Ok(Answer::Moment(Moment {
        due: counting.london.show(due),
        start: counting.london.show(start),
        length,
        forward: counting.london.changes(start, due),
    }))
}
