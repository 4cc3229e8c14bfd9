use clocks::{
    Answer, CalendarCount, Count, Event, Facts, Fault, Pauses, Question, Rule, SetName, Wait,
    evaluate, explain,
};
use jiff::civil::Date;
use proptest::prelude::*;

use crate::{day, london, rules, size, two_divisions};

fn month() -> Rule {
    let count = CalendarCount {
        roll: Some(SetName::Division),
        target_days_before: Some(1),
        pauses: Some(Pauses {
            when: None,
            words: "we asked".into(),
        }),
        ..CalendarCount::new(size("1 month"))
    };
    Rule {
        starts: vec!["received".into(), "proof".into()],
        waits: vec![Wait {
            event: "proof".into(),
            asked: Some("proof_asked".into()),
            words: "we wait for proof".into(),
        }],
        ..Rule::new("answer", "received", Count::Calendar(count))
    }
}

fn received(on: &str) -> Facts {
    let mut facts = Facts::default();
    facts.events.insert("received".into(), Event::Day(day(on)));
    facts
}

fn answer(rule: Rule, facts: &Facts) -> Result<Answer, Fault> {
    let rules = rules([rule]);
    evaluate(&rules, "answer", facts, &two_divisions(), &london()).map(|(answer, _)| answer)
}

fn due(rule: Rule, facts: &Facts) -> Date {
    match answer(rule, facts) {
        Ok(Answer::Due(due)) => due.day,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_month_goes_to_the_same_day_or_the_last_of_a_shorter_month() {
    for (from, to) in [
        ("2026-01-28", "2026-03-03"), // Saturday 28 February; Monday is a holiday in the south
        ("2027-01-29", "2027-03-01"), // Sunday 28 February
        ("2026-08-31", "2026-09-30"),
        ("2026-12-31", "2027-02-01"), // Sunday
    ] {
        assert_eq!(due(month(), &received(from)), day(to), "{from}");
    }
}

#[test]
fn a_count_that_begins_with_a_day_ends_the_day_before() {
    let rule = |length: &str| {
        let count = CalendarCount {
            first_day_counts: true,
            ..CalendarCount::new(size(length))
        };
        Rule::new("answer", "received", Count::Calendar(count))
    };
    for (length, from, to) in [
        ("3 months", "2027-02-08", "2027-05-07"),
        ("3 months", "2026-11-30", "2027-02-28"),
        ("3 months", "2026-12-01", "2027-02-28"),
        ("3 months", "2027-11-29", "2028-02-28"),
        ("3 months", "2027-11-30", "2028-02-29"),
        ("40 days", "2026-03-01", "2026-04-09"),
    ] {
        assert_eq!(
            due(rule(length), &received(from)),
            day(to),
            "{length} {from}"
        );
    }
}

#[test]
fn what_is_awaited_keeps_the_clock_from_starting() {
    let mut facts = received("2026-11-09");
    facts
        .events
        .insert("proof_asked".into(), Event::Day(day("2026-11-10")));
    facts.today = Some(day("2026-11-20"));
    let Ok(Answer::Paused(paused)) = answer(month(), &facts) else {
        panic!("it should wait");
    };
    assert_eq!(paused.due_if_answered_today, Some(day("2026-12-21")));
    let said = explain(None, &Answer::Paused(paused)).sentence;
    assert_eq!(
        said,
        "Has not started: we wait for proof. We asked on Tue 10 Nov. If you answer today, we must answer by \
         Mon 21 Dec 2026."
    );
    facts
        .events
        .insert("proof".into(), Event::Day(day("2026-11-20")));
    assert_eq!(due(month(), &facts), day("2026-12-21"));
}

#[test]
fn dates_at_the_edge_of_time_are_refused_and_never_panic() {
    for on in ["9999-12-31", "2200-12-31", "2200-12-01", "-009999-01-01"] {
        let _ = answer(month(), &received(on));
    }
    assert!(answer(month(), &received("9999-12-31")).is_err());
}

proptest! {
    /// A later answer never makes the last day earlier, and the last day never comes before the answer.
    #[test]
    fn a_longer_question_never_brings_the_day_forward(asked in 0_i64..40, length in 0_i64..60) {
        let start = day("2026-05-05");
        let on = |days: i64| start + jiff::Span::new().days(days);
        let with = |answered: i64| {
            let mut facts = received("2026-05-05");
            facts.questions.push(Question { asked: on(asked), answered: Some(on(answered)) });
            due(month(), &facts)
        };
        let (shorter, longer) = (with(asked + length), with(asked + length + 1));
        prop_assert!(shorter <= longer);
        let late = asked > 31;
        prop_assert!(late || shorter >= on(asked + length));
    }

    /// The order in which questions are given makes no difference, nor does asking twice at once.
    #[test]
    fn questions_count_once_in_any_order(days in proptest::collection::vec((0_i64..60, 0_i64..20), 0..4)) {
        let start = day("2026-05-05");
        let on = |days: i64| start + jiff::Span::new().days(days);
        let asked: Vec<Question> = days
            .iter()
            .map(|(from, length)| Question { asked: on(*from), answered: Some(on(from + length)) })
            .collect();
        let with = |questions: Vec<Question>| {
            let facts = Facts { questions, ..received("2026-05-05") };
            due(month(), &facts)
        };
        let forward = with(asked.clone());
        prop_assert_eq!(forward, with(asked.iter().rev().copied().collect()));
        prop_assert_eq!(forward, with(asked.iter().chain(&asked).copied().collect()));
    }
}
