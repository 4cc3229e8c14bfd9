//! Answers as a form carries them: to fields and back.

use std::collections::{BTreeMap, BTreeSet};

use packs::{Answers, Question, QuestionKind};
use serde_json::{Value, json};

use crate::adapters::smtp::address;
use crate::kernel::Problem;
use crate::records::Record;
use crate::web::Fields;

/// Files and gateways are added and removed one by one, so a form does not carry the whole answer.
pub fn is_in_form(question: &Question) -> bool {
    !matches!(question.kind, QuestionKind::Files | QuestionKind::Gateways)
}

/// Every answer name a question fills: its own, and those of options that ask for own text.
fn names(question: &Question) -> impl Iterator<Item = String> {
    let own_texts = question
        .options
        .iter()
        .filter(|option| option.explain)
        .map(|option| question.explain_name(&option.id));
    std::iter::once(question.id.clone()).chain(own_texts)
}

/// A digest of what is stored for a question, to see later whether somebody changed it.
pub fn seen(question: &Question, answers: &Answers) -> String {
    if !is_in_form(question) {
        return "-".to_owned();
    }
    let stored: BTreeMap<String, &Value> = names(question)
        .filter_map(|name| Some((name.clone(), answers.get(&name)?)))
        .collect();
    let mut digest = ledger::digest(&ledger::canonical(&json!(stored)));
    digest.truncate(16);
    digest
}

/// Fills the form's fields from what is stored.
pub fn fill(question: &Question, answers: &Answers, fields: &mut Fields) {
    for name in names(question) {
        let Some(value) = answers.get(&name) else {
            continue;
        };
        match (question.kind, value) {
            (QuestionKind::Date, Value::String(date)) => {
                for (part, text) in ["year", "month", "day"].iter().zip(date.split('-')) {
                    let text = text.trim_start_matches('0').to_owned();
                    fields.0.insert(format!("{name}-{part}"), vec![text]);
                }
            }
            (QuestionKind::Table, Value::Array(rows)) => {
                for (place, row) in rows.iter().enumerate() {
                    for column in &question.columns {
                        let cell = row.get(&column.id).and_then(Value::as_str);
                        let field = cell_field(question, place, &column.id);
                        fields
                            .0
                            .insert(field, vec![cell.unwrap_or_default().to_owned()]);
                    }
                }
            }
            (QuestionKind::Lines, Value::Array(lines)) => {
                let lines: Vec<&str> = lines.iter().filter_map(Value::as_str).collect();
                fields.0.insert(name, vec![lines.join("\n")]);
            }
            (_, Value::Array(items)) => {
                let items = items.iter().filter_map(Value::as_str).map(str::to_owned);
                fields.0.insert(name, items.collect());
            }
            (_, Value::String(text)) => {
                fields.0.insert(name, vec![text.clone()]);
            }
            (_, other) => {
                fields.0.insert(name, vec![other.to_string()]);
            }
        }
    }
}

/// The field of one cell of a table.
pub fn cell_field(question: &Question, row: usize, column: &str) -> String {
    format!("{}-{row}-{column}", question.id)
}

/// The numbers of the rows that a form holds, in order. There are never more than can be stored
/// and one blank one, so a crafted form cannot make us work.
pub fn rows(question: &Question, fields: &Fields) -> Vec<usize> {
    let prefix = format!("{}-", question.id);
    let numbers: BTreeSet<usize> = fields
        .0
        .range(prefix.clone()..)
        .take_while(|(name, _)| name.starts_with(&prefix))
        .filter_map(|(name, _)| name[prefix.len()..].split_once('-')?.0.parse().ok())
        .collect();
    numbers.into_iter().take(question.max + 2).collect()
}

/// Whether a form brings a question back just as the page filled it from what is stored, and nobody asked for that to
/// be taken as its answer. What a form cannot show is then left alone.
pub fn is_left_alone(
    question: &Question,
    record: &Record,
    stored: &Answers,
    fields: &Fields,
) -> bool {
    if fields.all(REPLACE).contains(&question.id) {
        return false;
    }
    let mut filled = Fields::default();
    fill(question, stored, &mut filled);
    said(question, record, &filled) == said(question, record, fields)
}

/// Names the questions whose earlier answer is to be replaced with what is entered, or removed where nothing is.
pub const REPLACE: &str = "replace";

/// What the fields of a question say that a form can show, blank ones aside.
fn said(question: &Question, record: &Record, fields: &Fields) -> BTreeMap<String, Vec<String>> {
    let mut said = BTreeMap::new();
    let mut add = |name: String, is_shown: &dyn Fn(&str) -> bool| {
        let values = fields.all(&name).iter().filter(|value| is_shown(value));
        // A browser sends line breaks of its own, and none from a field of one line.
        let plain = values.map(|value| value.split_whitespace().collect::<Vec<_>>().join(" "));
        let values: Vec<String> = plain.filter(|value| !value.is_empty()).collect();
        if !values.is_empty() {
            said.insert(name, values);
        }
    };
    match question.kind {
        QuestionKind::Date => {
            for part in ["day", "month", "year"] {
                add(format!("{}-{part}", question.id), &|_| true);
            }
        }
        QuestionKind::Table => {
            for row in rows(question, fields) {
                for column in &question.columns {
                    add(cell_field(question, row, &column.id), &|value| {
                        column.kind != QuestionKind::Choice
                            || column.options.iter().any(|option| option.id == value)
                    });
                }
            }
        }
        kind => {
            for name in names(question) {
                let own = name == question.id;
                add(name, &|value| match kind {
                    QuestionKind::YesNo => value == "yes" || value == "no",
                    QuestionKind::Choice | QuestionKind::Choices => {
                        !own || question.option(value).is_some()
                    }
                    QuestionKind::Parties => record.party(value).is_some(),
                    _ => true,
                });
            }
        }
    }
    if !matches!(question.kind, QuestionKind::Choices | QuestionKind::Parties) {
        // One field shows one value.
        said.values_mut()
            .for_each(|values: &mut Vec<String>| values.truncate(1));
    }
    said
}

/// Takes one row out of a form.
pub fn drop_row(question: &Question, row: usize, fields: &mut Fields) {
    for column in &question.columns {
        fields.0.remove(&cell_field(question, row, &column.id));
    }
}

/// What the form says for a question, by answer name; `Null` where there is no answer.
///
/// # Errors
/// What is wrong, each at its field.
pub fn read(
    question: &Question,
    record: &Record,
    fields: &Fields,
) -> Result<BTreeMap<String, Value>, Vec<Problem>> {
    let one = |value| BTreeMap::from([(question.id.clone(), value)]);
    let at =
        |field: String| move |fault: packs::AnswerFault| vec![Problem::new(field, fault.message)];
    match question.kind {
        QuestionKind::Table => read_table(question, fields).map(one),
        QuestionKind::Date => {
            let parts = ["day", "month", "year"]
                .map(|part| fields.one(&format!("{}-{part}", question.id)).to_owned());
            question
                .read(&parts)
                .map(one)
                .map_err(at(format!("{}-day", question.id)))
        }
        QuestionKind::Email => match fields.one(&question.id).trim() {
            "" => Ok(one(Value::Null)),
            typed => {
                // What is taken here can be sent to.
                let sendable = address(typed)
                    .map_err(|fault| vec![Problem::new(question.id.clone(), fault)])?;
                question
                    .read(&[sendable])
                    .map(one)
                    .map_err(at(question.id.clone()))
            }
        },
        QuestionKind::Parties => {
            let chosen = fields.all(&question.id);
            if chosen.iter().any(|id| record.party(id).is_none()) {
                return Err(vec![Problem::new(
                    &*question.id,
                    "Choose from the parties of this agreement",
                )]);
            }
            question
                .read(chosen)
                .map(one)
                .map_err(at(question.id.clone()))
        }
        QuestionKind::Choice | QuestionKind::Choices => {
            let value = question
                .read(fields.all(&question.id))
                .map_err(at(question.id.clone()))?;
            let mut read = one(value.clone());
            for option in question.options.iter().filter(|option| option.explain) {
                let name = question.explain_name(&option.id);
                let chosen = match &value {
                    Value::Array(items) => items.iter().any(|item| item == option.id.as_str()),
                    single => single == option.id.as_str(),
                };
                let own = if chosen {
                    question
                        .read_explanation(&option.id, fields.one(&name))
                        .map_err(at(name.clone()))?
                } else {
                    Value::Null
                };
                read.insert(name, own);
            }
            Ok(read)
        }
        _ => question
            .read(fields.all(&question.id))
            .map(one)
            .map_err(at(question.id.clone())),
    }
}

fn read_table(question: &Question, fields: &Fields) -> Result<Value, Vec<Problem>> {
    let numbers = rows(question, fields);
    let typed: Vec<BTreeMap<String, String>> = numbers
        .iter()
        .map(|row| {
            question
                .columns
                .iter()
                .map(|column| {
                    let field = cell_field(question, *row, &column.id);
                    (column.id.clone(), fields.one(&field).to_owned())
                })
                .collect()
        })
        .collect();
    question.read_table(&typed).map_err(|faults| {
        faults
            .into_iter()
            .map(|(row, column, fault)| {
                let number = numbers.get(row).copied().unwrap_or_default();
                let message = format!("Row {}: {}", row + 1, fault.message);
                Problem::new(cell_field(question, number, &column), message)
            })
            .collect()
    })
}

/// Puts what was read into the answers. Says which of the question's names changed.
pub fn apply(read: &BTreeMap<String, Value>, answers: &mut Answers) -> bool {
    let mut changed = false;
    for (name, value) in read {
        changed |= match value {
            Value::Null => answers.remove(name).is_some(),
            value => answers.insert(name.clone(), value.clone()).as_ref() != Some(value),
        };
    }
    changed
}
