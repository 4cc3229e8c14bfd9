//! Reading the form of a record type.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde_json::{Value, json};

use crate::fields::Fields;
use crate::form::{AnswerOption, Column, Each, Question, QuestionKind, Section};

/// Names that views give to rules besides answers.
pub(crate) const RESERVED: [&str; 2] = ["parties", "flows"];

const COLUMN_KINDS: [(&str, QuestionKind); 2] = [
    ("text", QuestionKind::Text),
    ("choice", QuestionKind::Choice),
];

pub(crate) fn section(file: Fields) -> Option<Section> {
    let head = file.need_table("section", "section")?;
    let mut section = Section {
        id: head.need_text("id"),
        title: head.need_text("title"),
        intro: head.text("intro"),
        each: head.one_of("each", &Each::ALL).unwrap_or(Each::Record),
        questions: Vec::new(),
        welsh: BTreeMap::new(),
    };
    section.welsh = head.finish();
    section.questions = file
        .tables("question", "question")
        .into_iter()
        .map(question)
        .collect();
    file.finish();
    Some(section)
}

fn question(fields: Fields) -> Question {
    let kind = fields.one_of("kind", &QuestionKind::ALL);
    if !fields.has("kind") {
        fields.fault(
            &fields.place,
            "This question has no \"kind\"",
            "Add kind = \"text\" or another",
        );
    }
    let kind = kind.unwrap_or(QuestionKind::Text);
    let id = fields.need_text("id");
    let snake = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if !id.chars().all(snake) {
        fields.fault(
            &fields.place_of("id"),
            format!(
                "The question id \"{id}\" is not in lower case letters, digits and underscores"
            ),
            "Write it as in \"purpose_text\"",
        );
    }
    if RESERVED.contains(&id.as_str()) {
        fields.fault(
            &fields.place_of("id"),
            format!("\"{id}\" is the name of the list that every view has"),
            "Give the question another id",
        );
    }
    let options = options(&fields);
    let columns = columns(&fields);
    shape(&fields, kind, &options, &columns);
    let hidden = fields.flag("hidden").unwrap_or(false);
    let text = if hidden {
        fields.text("text")
    } else {
        Some(fields.need_text("text"))
    };
    let text = text.unwrap_or_else(|| id.clone());
    let attached = fields.text("attached").unwrap_or_else(|| "attached".into());
    let absent = if attached == "yes" { "no" } else { "none" };
    let (least, most) = (fields.number("min"), fields.number("max"));
    let mut question = Question {
        short: fields.text("short").unwrap_or_else(|| text.clone()),
        fields: fields.numbers("field"),
        hint: fields.text("hint"),
        max: limit(&fields, kind, most),
        range: (kind == QuestionKind::Number && (least.is_some() || most.is_some()))
            .then(|| (least.unwrap_or(f64::MIN), most.unwrap_or(f64::MAX))),
        required: fields.flag("required").unwrap_or(false),
        not_before: fields.text("not_before"),
        when: fields.condition("when"),
        asked_by: fields.text("asked_by"),
        default: Value::Null,
        public: fields.flag("public").unwrap_or(false),
        internal: fields.flag("internal").unwrap_or(false),
        hidden,
        open: fields.flag("open").unwrap_or(false),
        absent: fields.text("absent").unwrap_or_else(|| absent.into()),
        attached,
        welsh: BTreeMap::new(),
        place: fields.place.clone(),
        id,
        text,
        kind,
        options,
        columns,
    };
    question.default = default(&fields, &question);
    question.welsh = fields.finish();
    question
}

fn limit(fields: &Fields, kind: QuestionKind, most: Option<f64>) -> usize {
    let usual = match kind {
        QuestionKind::LongText => 4000,
        QuestionKind::Lines => 50,
        QuestionKind::Link => 2000,
        QuestionKind::Table | QuestionKind::Files | QuestionKind::Parties => 200,
        _ => 250,
    };
    match most {
        Some(most) if kind != QuestionKind::Number && (most < 1.0 || most.fract() != 0.0) => {
            fields.fault(
                &fields.place_of("max"),
                format!("The limit {most} is not a whole number above 0"),
                "Write max = 250 or another whole number",
            );
            usual
        }
        Some(most) if kind != QuestionKind::Number => most as usize,
        _ => usual,
    }
}

fn options(fields: &Fields) -> Vec<AnswerOption> {
    let mut options: Vec<AnswerOption> = Vec::new();
    for item in fields.tables("options", "option") {
        let mut option = AnswerOption {
            id: item.need_text("id"),
            label: item.need_text("label"),
            hint: item.text("hint"),
            explain: item.flag("explain").unwrap_or(false),
            welsh: BTreeMap::new(),
        };
        if options.iter().any(|other| other.id == option.id) {
            item.fault(
                &item.place,
                format!("The option \"{}\" is there twice", option.id),
                "Give one of them another id, or take it out",
            );
        }
        option.welsh = item.finish();
        options.push(option);
    }
    options
}

fn columns(fields: &Fields) -> Vec<Column> {
    let mut columns = Vec::new();
    for item in fields.tables("columns", "column") {
        let column = Column {
            id: item.need_text("id"),
            label: item.need_text("label"),
            kind: item
                .one_of("kind", &COLUMN_KINDS)
                .unwrap_or(QuestionKind::Text),
            required: item.flag("required").unwrap_or(false),
            options: options(&item),
        };
        if (column.kind == QuestionKind::Choice) == column.options.is_empty() {
            item.fault(
                &item.place,
                format!(
                    "The column \"{}\" needs options exactly when its kind is choice",
                    column.id
                ),
                "Add options, or change the kind",
            );
        }
        item.finish();
        columns.push(column);
    }
    columns
}

/// Options, columns and words of files belong to their kinds only.
fn shape(fields: &Fields, kind: QuestionKind, options: &[AnswerOption], columns: &[Column]) {
    let choice = matches!(kind, QuestionKind::Choice | QuestionKind::Choices);
    if choice == options.is_empty() {
        let cure = if choice {
            "Add options = [ { id = …, label = … } ]"
        } else {
            "Take the options out"
        };
        fields.fault(
            &fields.place,
            format!(
                "A question of kind {} {} options",
                kind.as_str(),
                if choice { "needs" } else { "has no" }
            ),
            cure,
        );
    }
    if (kind == QuestionKind::Table) == columns.is_empty() {
        fields.fault(
            &fields.place,
            "Columns belong to questions of kind table, and every table needs them".to_owned(),
            "Add columns to the table, or take them out",
        );
    }
    if kind != QuestionKind::Files && (fields.has("attached") || fields.has("absent")) {
        fields.fault(
            &fields.place,
            "\"attached\" and \"absent\" belong to questions of kind files",
            "Take them out, or change the kind to files",
        );
    }
}

/// What rules see while nothing is answered.
fn default(fields: &Fields, question: &Question) -> Value {
    let usual = match question.kind {
        QuestionKind::YesNo => json!("no"),
        QuestionKind::Choice => ["none", "unset"]
            .into_iter()
            .find(|id| question.option(id).is_some())
            .map_or_else(|| json!(""), |id| json!(id)),
        QuestionKind::Files => json!(question.absent),
        QuestionKind::Number => json!(0),
        kind if kind.is_list() => json!([]),
        _ => json!(""),
    };
    let Some(given) = fields.value("default") else {
        return usual;
    };
    let fits = match (question.kind, &given) {
        (QuestionKind::YesNo, Value::String(s)) => s == "yes" || s == "no" || s.is_empty(),
        (QuestionKind::Choice, Value::String(s)) => s.is_empty() || question.option(s).is_some(),
        (QuestionKind::Date, Value::String(s)) => s.is_empty() || s.parse::<Date>().is_ok(),
        (QuestionKind::Choices, Value::Array(items)) => items.iter().all(|item| {
            item.as_str()
                .is_some_and(|id| question.option(id).is_some())
        }),
        (kind, given) => {
            std::mem::discriminant(&usual) == std::mem::discriminant(given)
                && kind != QuestionKind::Table
        }
    };
    if !fits {
        fields.fault(
            &fields.place_of("default"),
            format!("The default {given} is not an answer this question takes"),
            "Use the id of one of its options, or a value of its kind",
        );
        return usual;
    }
    given
}
