//! The view of a flat set of answers: scenarios, cases and `rules evaluate`. Every answer
//! given counts, and every rule is asked once, whatever its scope.

use std::borrow::Cow;

use serde_json::{Value, json};

use crate::answer::AnswerFault;
use crate::build::{filled, full_rows, worked_out, yes_no};
use crate::chosen::{Choice, Scene, chosen, on_day};
use crate::content::{Answers, Scope};
use crate::evaluate::{Slot, Values};
use crate::fault::suggest;
use crate::form::QuestionKind;
use crate::kinds::Kind;
use crate::law::Law;
use crate::names::{Name, Source};
use crate::record_type::RecordType;
use crate::view::{Holding, Instance, View};

impl RecordType {
    /// The view of a flat set of answers, which it borrows; unknown names and options are faults.
    pub fn flat_view<'a>(
        &'a self,
        law: &'a Law,
        answers: &'a Answers,
    ) -> Result<View<'a>, Vec<AnswerFault>> {
        let mut record = Instance::new(Scope::Record, &self.plan);
        let mut given = Vec::new();
        let mut faults = Vec::new();
        let mut names = self.plan.names.iter();
        for (name, value) in answers {
            // Answers mostly come in the order of the names.
            let known = match names.find(|(known, _)| *known >= name) {
                Some((known, found)) if known == name => Some(found),
                _ => self.plan.names.get(name),
            };
            let Some(known) = known else {
                faults.push(AnswerFault {
                    answer: name.clone(),
                    message: format!(
                        "There is no answer \"{name}\". {}",
                        suggest(name, self.plan.names.keys().map(String::as_str))
                    ),
                });
                continue;
            };
            let value = tidied(known, value);
            check(self, law, name, known, &value, &mut faults);
            let mut read = true;
            match known.source {
                Source::Derived(i) => given.push(i),
                Source::Question { section, question } => {
                    let number = self.plan.questions[section][question].number;
                    record.answered[number] = filled(&value);
                    read = known.read.anywhere();
                }
                Source::Explain { .. } => read = known.read.anywhere(),
                Source::Chosen { .. } => read = known.read.anywhere(),
                Source::Parties | Source::Flows => {}
            }
            if read && !value.is_null() {
                record.values[known.number] = Some(if *value == known.default {
                    Cow::Borrowed(&known.default)
                } else {
                    self.seen(known, value)
                });
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let parties = self.kinds(law, answers, &record.values);
        record.values[self.plan.parties] = Some(Cow::Owned(parties));
        for known in self.plan.names.values() {
            let slot = &mut record.values[known.number];
            if slot.is_none() && !matches!(known.source, Source::Derived(_) | Source::Chosen { .. })
            {
                *slot = Some(Cow::Borrowed(&known.default));
            }
        }
        for (i, derived) in self.derived.iter().enumerate() {
            let name = &self.plan.derived[i];
            if given.contains(&i) {
                record.values[name.number].get_or_insert(Cow::Borrowed(&name.default));
            } else if name.read.anywhere() {
                let value = worked_out(derived, here(&record.values, &[]));
                record.values[name.number] = Some(Cow::Owned(value));
            }
        }
        let no_day = [];
        let scene = Scene::of(
            &self.plan.names,
            self.plan.parties,
            here(&record.values, &no_day),
        );
        record.choices = self.flat_choices(law, &record.values, &scene);
        let day = on_day(&self.plan.names, &record.choices, None);
        let values = here(&record.values, &day);
        let mut holding = Vec::new();
        let mut fires = vec![false; self.rules.len()];
        for (rule, known) in self.rules.iter().enumerate() {
            if known.when.holds(values) {
                fires[rule] = true;
                if known.by_day {
                    continue;
                }
                let cleared = known.cleared.as_ref().is_some_and(|c| c.holds(values));
                holding.push(Holding {
                    rule,
                    at: 0,
                    cleared,
                });
            }
        }
        let plans = self.plan.questions.iter().flatten();
        for ((_, question), plan) in self.form.questions().zip(plans) {
            let asked = !question.hidden
                && plan.asked_by.is_none_or(|rule| fires[rule])
                && question.when.as_ref().is_none_or(|when| when.holds(values));
            record.asked[plan.number] = asked;
            record.answered[plan.number] &= asked;
        }
        for further in &self.review_when {
            if further.when.holds(values) {
                record.reviewers.push(further.role);
            }
        }
        Ok(View {
            record_type: self,
            law,
            record,
            parties: Vec::new(),
            flows: Vec::new(),
            holding,
            settled: Vec::new(),
            given,
            flat: true,
        })
    }

    /// The powers chosen, each with whether it fits those who take part.
    fn flat_choices<'a>(&self, law: &'a Law, values: &[Slot], scene: &Scene) -> Vec<Choice<'a>> {
        let mut choices = Vec::new();
        for (s, section) in self.form.sections.iter().enumerate() {
            for (q, question) in section.questions.iter().enumerate() {
                if question.kind != QuestionKind::Gateways {
                    continue;
                }
                let known = &self.plan.names[&question.id];
                let answer = values[known.number].as_deref().unwrap_or(&Value::Null);
                choices.extend(chosen(law, answer).into_iter().map(|power| Choice {
                    asked: (s, q),
                    power,
                    fits: scene.fits(power),
                }));
            }
        }
        choices
    }

    /// An answer as rules see it.
    fn seen<'v>(&self, known: &Name, value: Cow<'v, Value>) -> Cow<'v, Value> {
        let Source::Question { section, question } = known.source else {
            return value;
        };
        let question = &self.form.sections[section].questions[question];
        match (question.kind, value.as_ref()) {
            (QuestionKind::Files, Value::Array(items)) if items.is_empty() => {
                Cow::Owned(json!(question.absent))
            }
            (QuestionKind::Files, Value::Array(_)) => Cow::Owned(json!(question.attached)),
            (QuestionKind::Table, Value::Array(rows)) => Cow::Owned(full_rows(question, rows)),
            _ => value,
        }
    }

    /// The parties by their kinds: given, or those who give, get and handle the data.
    fn kinds(&self, law: &Law, answers: &Answers, values: &[Slot]) -> Value {
        let named = |name: &str| {
            let known = self.plan.names.get(name);
            known.and_then(|known| values[known.number].as_deref())
        };
        let listed = |name: &str| {
            let items = named(name).and_then(Value::as_array).into_iter().flatten();
            items.filter_map(Value::as_str)
        };
        let mut kinds: Vec<&str> = Vec::new();
        if answers.contains_key("parties") {
            kinds.extend(listed("parties"));
        } else {
            kinds.extend(listed("from").chain(listed("to")));
            if named("processors").is_some_and(|value| value == "yes") {
                kinds.push("supplier");
            }
        }
        let mut parties: Vec<Value> = Vec::new();
        for (at, kind) in kinds.iter().enumerate() {
            if kinds[..at].contains(kind) {
                continue;
            }
            let known = law.kind(kind);
            let mut party = self.plan.party.clone();
            for (field, value) in [
                ("id", *kind),
                ("kind", *kind),
                ("public", yes_no(known.is_some_and(|kind| kind.public))),
                ("care", yes_no(known.is_some_and(|kind| kind.care))),
                ("registered", "no"),
            ] {
                party[field] = json!(value);
            }
            parties.push(Value::Object(party));
        }
        Value::Array(parties)
    }
}

fn here<'v>(record: &'v [Slot<'v>], day: &'v [Slot<'v>]) -> Values<'v> {
    Values {
        own: record,
        record: &[],
        day,
    }
}

/// An answer in the shape rules read: one value where a list is asked for is a list of one, and
/// a number where text is asked for is its digits.
fn tidied<'v>(known: &Name, value: &'v Value) -> Cow<'v, Value> {
    let text = |value: &Value| match value {
        Value::Number(number) => Value::String(number.to_string()),
        other => other.clone(),
    };
    match (&known.kind, value) {
        (Kind::Text(_), Value::Number(_)) => Cow::Owned(text(value)),
        (Kind::List(of), _) if matches!(**of, Kind::Text(_)) => match value {
            Value::Array(items) if items.iter().any(Value::is_number) => {
                Cow::Owned(items.iter().map(text).collect())
            }
            Value::String(one) if one.is_empty() => Cow::Owned(json!([])),
            Value::String(_) | Value::Number(_) => Cow::Owned(json!([text(value)])),
            other => Cow::Borrowed(other),
        },
        _ => Cow::Borrowed(value),
    }
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
