//! Counts of months, weeks and days of the calendar.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::answer::{Answer, Closed, Missed, Paused, Reason};
use crate::counting::Counting;
use crate::days::{back, beginning_with, between, later, roll};
use crate::evaluate::Fault;
use crate::facts::Question;
use crate::length::Length;
use crate::rule::CalendarCount;

/// The days that questions take out of a count.
#[derive(Default)]
struct Questions {
    /// Days that do not count.
    days: u32,
    /// Questions that count.
    counted: u32,
    /// Days on which others were asked too late.
    late: Vec<Date>,
    /// The day of the first question that counts and is open.
    open_since: Option<Date>,
}

/// The last day of a count on the calendar.
pub(crate) fn calendar(
    counting: Counting,
    count: &CalendarCount,
    start: Date,
) -> Result<Answer, Fault> {
    let extended = count.extension.as_ref().filter(|_| counting.facts.extended);
    let length = match extended {
        Some(extension) => extension.to,
        None => counting.length(&count.size)?,
    };
    let after = |length: Length| {
        let Length::Calendar { days, months } = length else {
            return Err(counting.fault("the length is not one of the calendar".to_owned()));
        };
        let end = if count.first_day_counts {
            beginning_with(start, days, months)
        } else {
            later(start, days, months)
        };
        end.ok_or_else(|| counting.too_far())
    };
    let can_pause = count.pauses.as_ref().filter(|pauses| {
        pauses
            .when
            .as_ref()
            .is_none_or(|when| counting.facts.holds(when))
    });
    let questions = match can_pause {
        Some(_) => count_questions(counting, start, after(length)?)?,
        None => Questions::default(),
    };
    let nominal = plus(counting, after(length)?, questions.days)?;
    let rolled = |day: Date| match &count.roll {
        Some(set) => roll(day, &counting.calendar(set)?).ok_or_else(|| counting.too_far()),
        None => Ok(day),
    };
    let due = rolled(nominal)?;
    if let (Some(since), Some(pauses)) = (questions.open_since, can_pause) {
        return Ok(Answer::Paused(Paused {
            missed: Missed::Standing(Reason {
                words: pauses.words.clone(),
                since: Some(since),
            }),
            due_if_answered_today: counting.facts.today.map(|_| due),
            late_questions: questions.late,
        }));
    }
    let ended = count
        .ends_early
        .iter()
        .filter_map(|event| counting.day(event));
    let ended = ended.min().filter(|day| *day < due);
    let mut answer = counting.due(start, ended.unwrap_or(due), length)?;
    answer.extended = extended.is_some();
    answer.ended_early = ended.is_some();
    if let Some(set) = &count.roll {
        let calendar = counting.calendar(set)?;
        answer.nominal = Some(nominal);
        let mut day = nominal;
        while day < answer.day {
            answer.rolled_over.push(Closed {
                day,
                holiday: calendar.holiday(day).cloned(),
            });
            day = day.tomorrow().map_err(|_| counting.too_far())?;
        }
        answer.beyond_known = counting.beyond_known(nominal, due);
    }
    if let Some(before) = count.target_days_before {
        let before = i64::from(before + questions.counted);
        let day = nominal.checked_sub(before.days());
        let day = day.map_err(|_| counting.too_far())?;
        let day = match &count.roll {
            Some(set) => back(day, &counting.calendar(set)?).ok_or_else(|| counting.too_far())?,
            None => day,
        };
        answer.target = Some(day.min(answer.day));
    }
    if let Some(extension) = &count.extension {
        let day = plus(counting, after(extension.tell_within)?, questions.days)?;
        answer.tell_by = Some(rolled(day)?);
    }
    if count.pauses.is_some() {
        answer.days_not_counted = Some(questions.days);
    }
    answer.late_questions = questions.late;
    Ok(Answer::Due(answer))
}

fn plus(counting: Counting, day: Date, days: u32) -> Result<Date, Fault> {
    later(day, days, 0).ok_or_else(|| counting.too_far())
}

/// Each question in the order of asking: one asked after the last day so far is too late; of the others each day
/// from asking to answering that comes after the start is taken out once. An open one is answered today.
fn count_questions(counting: Counting, start: Date, end: Date) -> Result<Questions, Fault> {
    let mut asked: Vec<Question> = counting.facts.questions.clone();
    asked.sort_by_key(|question| (question.asked, question.answered));
    let mut found = Questions::default();
    // Every day from a question's first to this one that is after the start was taken out already.
    let mut taken_until = start;
    for question in asked {
        if question.asked > plus(counting, end, found.days)? {
            found.late.push(question.asked);
            continue;
        }
        let last = match question.answered {
            Some(answered) if answered < question.asked => {
                return Err(counting.fault(format!(
                    "the question of {} was answered before it was asked",
                    question.asked
                )));
            }
            Some(answered) => answered,
            None => {
                found.open_since.get_or_insert(question.asked);
                let today = counting.facts.today.unwrap_or(question.asked);
                if today < question.asked {
                    return Err(counting.fault(format!(
                        "the question of {} was asked after the day it is, {today}",
                        question.asked
                    )));
                }
                today
            }
        };
        found.counted += 1;
        let before_first = question.asked.yesterday();
        let before_first = before_first.map_err(|_| counting.too_far())?;
        let new = between(taken_until.max(before_first), last).max(0);
        found.days += u32::try_from(new).unwrap_or(u32::MAX / 2);
        taken_until = taken_until.max(last);
    }
    Ok(found)
}
