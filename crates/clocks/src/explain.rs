//! The sentence that explains a last day, and its sum step by step.

use jiff::civil::Date;
use serde::Serialize;

use crate::answer::{Answer, Due, Missed, Moment, Paused, Reason};
use crate::days::between;
use crate::rule::{Count, Rule};
use crate::steps::due_steps;
use crate::written::{beside, full_day, list, named, title, with_year};

/// A last day in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// For pages, letters and the API.
    pub sentence: String,
    /// The sum, one step a line.
    pub steps: Vec<String>,
}

/// Explains what a clock says. The rule is the one by which it was counted, if there is one.
pub fn explain(rule: Option<&Rule>, answer: &Answer) -> Explanation {
    match answer {
        Answer::Due(due) => Explanation {
            sentence: due_sentence(rule, due),
            steps: due_steps(due),
        },
        Answer::Moment(moment) => moment_words(rule, moment),
        Answer::Paused(paused) => paused_words(paused),
        Answer::NoDuty { reason } => Explanation {
            sentence: format!("No clock runs: {reason}."),
            steps: Vec::new(),
        },
    }
}

/// "Due Tue 1 Dec 2026: 20 working days after Mon 2 Nov; Mon 30 Nov (St Andrew’s Day) does not count."
fn due_sentence(rule: Option<&Rule>, due: &Due) -> String {
    let mut said = if due.skipped.is_some() {
        working_sentence(due)
    } else {
        calendar_sentence(rule, due)
    };
    if let Some(target) = due.target.filter(|target| *target != due.day) {
        said += &format!(" Aim for {}.", beside(target, due.day));
    }
    if !due.late_questions.is_empty() {
        let asked = due.late_questions.iter().map(|day| beside(*day, due.day));
        said += &format!(
            " The question of {} came too late to count.",
            list(&asked.collect::<Vec<_>>())
        );
    }
    if let Some((first, last)) = due.beyond_known {
        said += &format!(
            " Bank holidays are known from {} to {} only: the last day may be later, never earlier.",
            first.year(),
            last.year()
        );
    }
    said
}

fn working_sentence(due: &Due) -> String {
    let mut said = format!(
        "Due {}: {} after {}",
        with_year(due.day),
        due.length,
        beside(due.start, due.day)
    );
    let skipped: Vec<String> = due
        .skipped
        .iter()
        .flatten()
        .map(|skipped| named(skipped.day, &skipped.holiday, due.day))
        .collect();
    if !skipped.is_empty() {
        let verb = if skipped.len() == 1 { "does" } else { "do" };
        said += &format!("; {} {verb} not count", list(&skipped));
    }
    let left_out: Vec<String> = due
        .left_out
        .iter()
        .map(|period| {
            let (first, last) = (beside(period.first, due.day), beside(period.last, due.day));
            format!("{first} to {last}")
        })
        .collect();
    if !left_out.is_empty() {
        said += &format!("; {} are left out", list(&left_out));
    }
    said + "."
}

fn calendar_sentence(rule: Option<&Rule>, due: &Due) -> String {
    let mut said = format!("Due {}.", with_year(due.day));
    if due.ended_early {
        return said + " The time ended then, because what it was for happened.";
    }
    let nominal = due.nominal.unwrap_or(due.day);
    let pause = due.days_not_counted.filter(|days| *days > 0);
    let before_pause = pause.and_then(|days| {
        let days = i64::from(days);
        nominal.checked_sub(jiff::ToSpan::days(days)).ok()
    });
    let beginning = rule.is_some_and(
        |rule| matches!(&rule.count, Count::Calendar(count) if count.first_day_counts),
    );
    let (from, is) = if beginning {
        ("beginning with", "end on")
    } else {
        ("from", "is")
    };
    said += &format!(
        " {} {from} {} {is} {}",
        capital(&due.length.to_string()),
        beside(due.start, due.day),
        beside(before_pause.unwrap_or(nominal), due.day)
    );
    if let Some(days) = pause {
        let (noun, verb) = if days == 1 {
            ("day", "does")
        } else {
            ("days", "do")
        };
        said += &format!(
            "; with {days} {noun} that {verb} not count it is {}",
            beside(nominal, due.day)
        );
    }
    let mut closed = due.rolled_over.iter();
    if let Some(first) = closed.next() {
        said += &match &first.holiday {
            Some(holiday) => format!(", a holiday ({})", title(holiday)),
            None => ", a weekend".to_owned(),
        };
    }
    said += ".";
    let more: Vec<String> = closed
        .map(|closed| match &closed.holiday {
            Some(holiday) => format!(
                "{} is a holiday ({})",
                beside(closed.day, due.day),
                title(holiday)
            ),
            None => format!("{} is a weekend", beside(closed.day, due.day)),
        })
        .collect();
    if !more.is_empty() {
        said += &format!(" {}.", list(&more));
    }
    said
}

/// "Due Tue 27 Oct 2026, 09:00. That is 72 hours after you knew (Sat 24 Oct, 10:00). The clocks go back in between."
fn moment_words(rule: Option<&Rule>, moment: &Moment) -> Explanation {
    let (due, start) = (&moment.due, &moment.start);
    let since = rule.and_then(|rule| rule.since.as_deref());
    let began = format!(
        "{}, {}",
        beside(start.date(), due.date()),
        start.strftime("%H:%M")
    );
    let since = match since {
        Some(since) => format!("{since} ({began})"),
        None => began,
    };
    let end = format!("{}, {}", with_year(due.date()), due.strftime("%H:%M"));
    let change = moment.forward.map(|forward| {
        let way = if forward { "forward" } else { "back" };
        format!("The clocks go {way} in between.")
    });
    let mut sentence = format!("Due {end}. That is {} after {since}.", moment.length);
    let mut steps = vec![
        format!(
            "Counted from {}, {}.",
            with_year(start.date()),
            start.strftime("%H:%M")
        ),
        format!(
            "The time is {}: nights, weekends and holidays count.",
            moment.length
        ),
    ];
    if let Some(change) = change {
        sentence += &format!(" {change}");
        steps.push(change);
    }
    steps.push(format!("The time ends on {end}."));
    Explanation { sentence, steps }
}

/// "Paused since Mon 12 Oct: we asked what you want to see. If you answer today, we must answer by Fri 27 Nov."
fn paused_words(paused: &Paused) -> Explanation {
    let due = paused.due_if_answered_today;
    let day = |day: Date| beside(day, due.unwrap_or(day));
    let mut sentence = match &paused.missed {
        Missed::Standing(Reason {
            words,
            since: Some(since),
        }) => format!("Paused since {}: {words}.", day(*since)),
        Missed::Standing(Reason { words, since: None }) => format!("Paused: {words}."),
        Missed::Waiting(Reason { words, since }) => {
            let asked = since.map(|since| format!(" We asked on {}.", day(since)));
            format!("Has not started: {words}.{}", asked.unwrap_or_default())
        }
    };
    if let Some(due) = due {
        sentence += &format!(
            " If you answer today, we must answer by {}.",
            with_year(due)
        );
    }
    Explanation {
        steps: vec![sentence.clone()],
        sentence,
    }
}

fn capital(text: &str) -> String {
    match text.strip_prefix("1 ") {
        Some(rest) => format!("One {rest}"),
        None => text.to_owned(),
    }
}

impl Due {
    /// How many days are left on a day; negative when the last day is past.
    pub fn days_left(&self, today: Date) -> i64 {
        between(today, self.day)
    }

    /// How it ended: "answered 3 days early", "answered 2 days late". The countdown stops with the answer.
    pub fn answered(&self, on: Date) -> String {
        let plural = |days: i64| if days == 1 { "" } else { "s" };
        match self.days_left(on) {
            0 => format!("answered on the last day, {}", full_day(self.day)),
            left if left > 0 => format!("answered {left} day{} early", plural(left)),
            left => format!("answered {} day{} late", -left, plural(-left)),
        }
    }
}
