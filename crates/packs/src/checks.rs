//! Checks of what the files of a type say about each other.

use std::collections::BTreeMap;

use crate::condition::Condition;
use crate::fault::{Faults, suggest};
use crate::fields::Word;
use crate::form::{Each, Form, Question, QuestionKind};
use crate::kinds::{self, Kind};
use crate::law::Law;
use crate::load_law::check_provision;
use crate::load_rules::{ReadRule, ReadScenario};
use crate::load_type::ReadDocument;
use crate::names::{Name, Source, unset};
use crate::never;
use crate::record_type::{Derived, DerivedKind};
use crate::type_files::known_or_fault;

/// Each derived answer gives its own kind and looks only at earlier ones.
pub(crate) fn derived(all: &[Derived], names: &BTreeMap<String, Name>, faults: &mut Faults) {
    for (i, item) in all.iter().enumerate() {
        for name in item.expr.reads().keys() {
            if let Some(Source::Derived(other)) = names.get(name).map(|known| known.source)
                && other > i
            {
                faults.add(
                    &item.expr.place_of(name),
                    format!(
                        "\"{}\" looks at \"{name}\", which is worked out after it",
                        item.name
                    ),
                    format!("Move \"{name}\" before \"{}\"", item.name),
                );
            }
        }
        let kind = kinds::check(&item.expr, names, faults);
        let given = match (item.kind, &kind) {
            (_, Kind::Unknown) | (DerivedKind::YesNo, Kind::Bool) => continue,
            (DerivedKind::YesNo | DerivedKind::Choice, Kind::Text(given)) => given.clone(),
            (DerivedKind::Choices, Kind::List(of)) => match of.as_ref() {
                Kind::Text(given) => given.clone(),
                _ => None,
            },
            _ => {
                faults.add(
                    &item.expr.place,
                    format!("\"{}\" gives {kind}, which is not its kind", item.name),
                    "Change the kind, or let the expression give one of its options",
                );
                continue;
            }
        };
        let Some(given) = given else {
            faults.add(
                &item.expr.place,
                format!(
                    "\"{}\" may give a text that is none of its options",
                    item.name
                ),
                "Let the expression give only its options",
            );
            continue;
        };
        for option in given
            .iter()
            .filter(|option| !item.options.contains(option))
            .filter(|option| item.kind != DerivedKind::Choice || option.as_str() != unset(item))
        {
            faults.add(
                &item.expr.place_of(option),
                format!(
                    "\"{}\" may give '{option}', which is none of its options",
                    item.name
                ),
                suggest(option, item.options.iter().map(String::as_str)),
            );
        }
    }
}

/// What is worked out once may not look at what the law is on a day.
pub(crate) fn lasting(condition: &Condition, names: &BTreeMap<String, Name>, faults: &mut Faults) {
    for name in condition.reads().keys() {
        if let Some(Source::Chosen { .. }) = names.get(name).map(|known| known.source) {
            faults.add(
                &condition.place_of(name),
                format!("\"{name}\" depends on the day asked, so only rules may look at it"),
                "Look at it in the \"when\" or \"cleared\" of a rule",
            );
        }
    }
}

/// The rule a question is asked by exists.
pub(crate) fn asked_by(question: &Question, rules: &[ReadRule], faults: &mut Faults) {
    let Some(rule) = &question.asked_by else {
        return;
    };
    let known: Vec<&str> = rules.iter().map(|read| read.rule.id.as_str()).collect();
    let word = Word {
        text: rule.clone(),
        place: question.place.clone(),
    };
    known_or_fault(&word, &known, "rule", faults);
}

/// A rule's conditions, provisions and questions.
pub(crate) fn rule(
    read: &ReadRule,
    law: &Law,
    form: &Form,
    names: &BTreeMap<String, Name>,
    faults: &mut Faults,
) {
    let rule = &read.rule;
    kinds::check_test(&rule.when, names, faults);
    let what = format!("The rule {} can never fire", rule.id);
    never::check(&rule.when, names, &what, faults);
    if let Some(cleared) = &rule.cleared {
        kinds::check_test(cleared, names, faults);
        let what = format!("The rule {} can never be cleared", rule.id);
        never::check(cleared, names, &what, faults);
    }
    for word in &read.provisions {
        check_provision(law, word, faults);
    }
    for word in &read.ask {
        question_known(word, form, faults);
    }
}

/// A question named somewhere exists.
pub(crate) fn question_known(word: &Word, form: &Form, faults: &mut Faults) {
    let known: Vec<&str> = form
        .questions()
        .map(|(_, question)| question.id.as_str())
        .collect();
    known_or_fault(word, &known, "question", faults);
}

/// What a record is called is one short answer, given once.
pub(crate) fn title(word: &Word, form: &Form, faults: &mut Faults) {
    let Some((section, question)) = form.question(&word.text) else {
        return;
    };
    if section.each != Each::Record || question.kind != QuestionKind::Text {
        faults.add(
            &word.place,
            format!("\"{}\" cannot be what a record is called", word.text),
            "Name a question of kind text, in a section that is asked once for the record",
        );
    }
}

/// Sections and questions a document shows exist.
pub(crate) fn document(read: &ReadDocument, form: &Form, faults: &mut Faults) {
    let known: Vec<&str> = form
        .sections
        .iter()
        .map(|section| section.id.as_str())
        .collect();
    for word in &read.sections {
        known_or_fault(word, &known, "section", faults);
    }
    for word in &read.questions {
        question_known(word, form, faults);
    }
}

/// Rules and gateways a scenario names exist.
pub(crate) fn scenario(read: &ReadScenario, rules: &[ReadRule], law: &Law, faults: &mut Faults) {
    let known: Vec<&str> = rules.iter().map(|read| read.rule.id.as_str()).collect();
    for word in &read.rules {
        known_or_fault(word, &known, "rule", faults);
    }
    let known: Vec<&str> = law
        .gateways
        .iter()
        .map(|gateway| gateway.id.as_str())
        .collect();
    for word in &read.gateways {
        known_or_fault(word, &known, "gateway", faults);
    }
}
