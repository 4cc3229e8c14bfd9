//! The view of a flat set of answers: scenarios, cases and `rules evaluate`. Every answer
//! given counts, and every rule is asked once, whatever its scope.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use zen_expression::Variable;
use zen_expression::vm::VM;

use crate::answer::AnswerFault;
use crate::build::{Seat, filled, full_rows, worked_out, yes_no};
use crate::content::{Answers, Scope};
use crate::fault::suggest;
use crate::form::QuestionKind;
use crate::kinds::Kind;
use crate::law::Law;
use crate::names::{Name, Source};
use crate::record_type::RecordType;
use crate::view::{Holding, View};

impl RecordType {
    /// The view of a flat set of answers; unknown names and options are faults.
    pub fn flat_view<'a>(
        &'a self,
        law: &'a Law,
        answers: &Answers,
    ) -> Result<View<'a>, Vec<AnswerFault>> {
        let answers = &self.tidied(answers);
        let mut faults = Vec::new();
        let questions = self.plan.questions.iter().map(Vec::len).sum();
        let mut seat = Seat::new(Scope::Record, Variable::Null, questions);
        let mut given = BTreeSet::new();
        for (name, value) in answers {
            match self.plan.names.get_key_value(name) {
                Some((name, known)) => {
                    check(self, law, name, known, value, &mut faults);
                    if matches!(known.source, Source::Derived(_)) {
                        given.insert(name.as_str());
                    }
                }
                None => faults.push(AnswerFault {
                    answer: name.clone(),
                    message: format!(
                        "There is no answer \"{name}\". {}",
                        suggest(name, self.plan.names.keys().map(String::as_str))
                    ),
                }),
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        for (name, known) in self
            .plan
            .names
            .iter()
            .filter(|(_, known)| known.read.anywhere())
        {
            if matches!(known.source, Source::Derived(_)) && !given.contains(name.as_str()) {
                continue;
            }
            let value = answers.get(name).filter(|value| !value.is_null());
            let value = match (known.source, value) {
                (Source::Parties, _) => parties(self, law, answers),
                (Source::Question { section, question }, Some(value)) => {
                    let question = &self.form.sections[section].questions[question];
                    match (question.kind, value) {
                        (QuestionKind::Files, Value::Array(items)) if items.is_empty() => {
                            json!(question.absent)
                        }
                        (QuestionKind::Files, Value::Array(_)) => json!(question.attached),
                        (QuestionKind::Table, Value::Array(rows)) => full_rows(question, rows),
                        _ => value.clone(),
                    }
                }
                (_, value) => value.unwrap_or(&known.default).clone(),
            };
            seat.set(name, Variable::from(&value));
            seat.instance.values.insert(name, value);
        }
        let mut vm = VM::new();
        for derived in self
            .derived
            .iter()
            .filter(|derived| !given.contains(derived.name.as_str()))
            .filter(|derived| self.plan.names[&derived.name].read.anywhere())
        {
            let value = worked_out(derived, &seat.env, &mut vm);
            seat.set(&derived.name, Variable::from(&value));
            seat.instance.values.insert(&derived.name, value);
        }
        let mut holding = Vec::new();
        let mut fires = vec![false; self.rules.len()];
        for (rule, known) in self.rules.iter().enumerate() {
            if known.when.holds(&seat.env, &mut vm) {
                let cleared = known.cleared.as_ref();
                let cleared = cleared.is_some_and(|c| c.holds(&seat.env, &mut vm));
                holding.push(Holding {
                    rule,
                    at: 0,
                    cleared,
                });
                fires[rule] = true;
            }
        }
        let plans = self.plan.questions.iter().flatten();
        for ((_, question), plan) in self.form.questions().zip(plans) {
            let asked = !question.hidden
                && plan.asked_by.is_none_or(|rule| fires[rule])
                && question
                    .when
                    .as_ref()
                    .is_none_or(|when| when.holds(&seat.env, &mut vm));
            seat.instance.asked[plan.number] = asked;
            seat.instance.answered[plan.number] =
                asked && answers.get(&question.id).is_some_and(filled);
        }
        for further in &self.review_when {
            if further.when.holds(&seat.env, &mut vm) {
                seat.instance.reviewers.push(further.role);
            }
        }
        Ok(View {
            record_type: self,
            law,
            record: seat.instance,
            parties: Vec::new(),
            flows: Vec::new(),
            holding,
            settled: Vec::new(),
            given,
        })
    }
}

impl RecordType {
    /// The answers in the shape rules read: one value where a list is asked for is a list of one,
    /// and a number where text is asked for is its digits.
    fn tidied(&self, answers: &Answers) -> Answers {
        let text = |value: &Value| match value {
            Value::Number(number) => Value::String(number.to_string()),
            other => other.clone(),
        };
        let tidy = |name: &String, value: &Value| match self.plan.names.get(name).map(|n| &n.kind) {
            Some(Kind::List(of)) if matches!(**of, Kind::Text(_)) => match value {
                Value::Array(items) => items.iter().map(text).collect(),
                Value::String(one) if one.is_empty() => json!([]),
                Value::String(_) | Value::Number(_) => json!([text(value)]),
                other => other.clone(),
            },
            Some(Kind::Text(_)) => text(value),
            _ => value.clone(),
        };
        answers
            .iter()
            .map(|(name, value)| (name.clone(), tidy(name, value)))
            .collect()
    }
}

/// The kinds of the parties: given, or those who give, get and handle the data.
fn parties(record_type: &RecordType, law: &Law, answers: &Answers) -> Value {
    let named = |name: &str| {
        answers
            .get(name)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
    };
    let mut kinds: Vec<&str> = Vec::new();
    if answers.contains_key("parties") {
        kinds.extend(named("parties").filter_map(Value::as_str));
    } else {
        kinds.extend(named("from").chain(named("to")).filter_map(Value::as_str));
        if answers
            .get("processors")
            .is_some_and(|value| value == "yes")
        {
            kinds.push("supplier");
        }
    }
    let mut seen = BTreeSet::new();
    kinds.retain(|kind| seen.insert(*kind));
    let plan = &record_type.plan;
    kinds
        .into_iter()
        .map(|kind| {
            let known = law.kind(kind);
            let mut party = serde_json::Map::new();
            for field in &plan.fields {
                let default = plan.names.get(field).map(|name| name.default.clone());
                party.insert(field.clone(), default.unwrap_or_else(|| json!("")));
            }
            party.insert("id".into(), json!(kind));
            party.insert("kind".into(), json!(kind));
            party.insert(
                "public".into(),
                json!(yes_no(known.is_some_and(|kind| kind.public))),
            );
            party.insert(
                "care".into(),
                json!(yes_no(known.is_some_and(|kind| kind.care))),
            );
            party.insert("registered".into(), json!("no"));
            Value::Object(party)
        })
        .collect()
}

fn check(
    record_type: &RecordType,
    law: &Law,
    name: &str,
    known: &Name,
    value: &Value,
    faults: &mut Vec<AnswerFault>,
) {
    if value.is_null() {
        return;
    }
    let question = match known.source {
        Source::Question { section, question } => {
            Some(&record_type.form.sections[section].questions[question])
        }
        _ => None,
    };
    if question.is_some_and(|question| question.kind == QuestionKind::Files) && value.is_array() {
        return;
    }
    if known.source == Source::Parties {
        let kinds = law.kinds.iter().map(|kind| kind.id.clone()).collect();
        let kinds = Kind::List(Box::new(Kind::Text(Some(kinds))));
        check_kind(name, &kinds, value, faults);
    } else if question.is_some_and(|question| question.open) {
        let any = Kind::Text(None);
        let kind = match known.kind {
            Kind::List(_) => Kind::List(Box::new(any)),
            _ => any,
        };
        check_kind(name, &kind, value, faults);
    } else {
        check_kind(name, &known.kind, value, faults);
    }
}

fn check_kind(name: &str, kind: &Kind, value: &Value, faults: &mut Vec<AnswerFault>) {
    let mut fault = |message: String| {
        faults.push(AnswerFault {
            answer: name.to_owned(),
            message,
        });
    };
    match (kind, value) {
        (Kind::Text(None), Value::String(_)) | (Kind::Number, Value::Number(_)) => {}
        (Kind::Text(Some(options)), Value::String(text)) => {
            if !options.contains(text) {
                fault(format!(
                    "\"{name}\" cannot be \"{text}\". {}",
                    suggest(text, options.iter().map(String::as_str))
                ));
            }
        }
        (Kind::List(of), Value::Array(items)) => {
            for item in items {
                match (of.as_ref(), item) {
                    (Kind::Text(Some(options)), Value::String(text)) if !options.contains(text) => {
                        fault(format!(
                            "\"{name}\" cannot contain \"{text}\". {}",
                            suggest(text, options.iter().map(String::as_str))
                        ));
                    }
                    (Kind::Text(_), Value::String(_)) | (Kind::Object(_), Value::Object(_)) => {}
                    (of, _) => fault(format!("Each item of \"{name}\" must be {of}")),
                }
            }
        }
        (kind, _) => fault(format!("\"{name}\" must be {kind}")),
    }
}
