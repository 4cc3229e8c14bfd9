//! Dates that contradict each other: an end before its start.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::answer::{AnswerFault, show_date};
use crate::content::Answers;
use crate::fault::{Faults, suggest};
use crate::form::{Each, Form, Question, QuestionKind};

impl Form {
    /// What is wrong between the dates at one place: each date that is before one it must not be before, where both
    /// are asked.
    pub fn contrary_dates(
        &self,
        each: Each,
        answers: &Answers,
        asked: impl Fn(&Question) -> bool,
    ) -> Vec<AnswerFault> {
        let sections = self.sections.iter().filter(|section| section.each == each);
        sections
            .flat_map(|section| &section.questions)
            .filter_map(|question| {
                let (_, earlier) = self.question(question.not_before.as_deref()?)?;
                let both = asked(question) && asked(earlier);
                contrary(question, earlier, answers).filter(|_| both)
            })
            .collect()
    }
}

/// Why the answer to a question contradicts that to an earlier one.
pub(crate) fn contrary(
    question: &Question,
    earlier: &Question,
    answers: &Answers,
) -> Option<AnswerFault> {
    let day = |of: &Question| answers.get(&of.id).and_then(Value::as_str);
    let (day, first) = (day(question)?, day(earlier)?);
    // Days as YYYY-MM-DD are in the order of their text.
    (!day.is_empty() && !first.is_empty() && day < first).then(|| AnswerFault {
        answer: question.id.clone(),
        message: format!(
            "{}, {}, is before “{}”, {}. Change one of the two dates",
            question.short,
            show_date(day),
            earlier.short,
            show_date(first)
        ),
    })
}

/// Each date names another date of the same place, and none comes back to itself.
pub(crate) fn check(form: &Form, faults: &mut Faults) {
    for (section, question) in form.questions() {
        let Some(named) = &question.not_before else {
            continue;
        };
        if question.kind != QuestionKind::Date {
            faults.add(
                &question.place,
                format!(
                    "\"not_before\" belongs to dates, and \"{}\" is none",
                    question.id
                ),
                "Take it out, or change the kind to date",
            );
            continue;
        }
        let dates = || {
            let same = form
                .questions()
                .filter(|(other, _)| other.each == section.each);
            same.map(|(_, other)| other)
                .filter(|other| other.kind == QuestionKind::Date && other.id != question.id)
        };
        if dates().all(|other| other.id != *named) {
            faults.add(
                &question.place,
                format!(
                    "There is no other date \"{named}\" that is asked where \"{}\" is",
                    question.id
                ),
                suggest(named, dates().map(|other| other.id.as_str())),
            );
            continue;
        }
        let mut passed = BTreeSet::from([question.id.as_str()]);
        let mut next = Some(named.as_str());
        while let Some(id) = next {
            if !passed.insert(id) {
                faults.add(
                    &question.place,
                    format!(
                        "\"{}\" and \"{named}\" must each not be before the other",
                        question.id
                    ),
                    "Take \"not_before\" out of one of them",
                );
                break;
            }
            next = form
                .question(id)
                .and_then(|(_, other)| other.not_before.as_deref());
        }
    }
}
