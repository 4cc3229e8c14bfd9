//! Whether a stored answer still fits its question. Packs change while drafts hold answers: an option is taken
//! away, a question changes its kind. What no longer fits is kept, and answers nothing.

use jiff::civil::Date;
use serde_json::{Map, Value};

use crate::build::filled;
use crate::content::Party;
use crate::form::{Column, Question, QuestionKind};
use crate::law::Law;

/// Characters of one line of an answer of lines.
pub(crate) const MAX_LINE: usize = 250;
/// Characters of one cell of a table.
pub(crate) const MAX_CELL: usize = 500;

impl Question {
    /// Whether the form of this question would take this value today. A blank one fits.
    pub fn fits(&self, value: &Value) -> bool {
        if !filled(value) {
            return true;
        }
        let text = |fits: &dyn Fn(&str) -> bool| value.as_str().is_some_and(fits);
        match self.kind {
            QuestionKind::Text | QuestionKind::LongText | QuestionKind::Duration => {
                text(&|text| text.chars().count() <= self.max)
            }
            QuestionKind::Email | QuestionKind::Link => {
                text(&|text| self.read(&[text.to_owned()]).is_ok())
            }
            QuestionKind::Number => value.as_f64().is_some_and(|number| {
                self.range
                    .is_none_or(|(least, most)| (least..=most).contains(&number))
            }),
            QuestionKind::Date => text(&|text| {
                let date = text.parse::<Date>();
                date.is_ok_and(|date| date.year() >= 1000 && date.to_string() == text)
            }),
            QuestionKind::YesNo => text(&|text| text == "yes" || text == "no"),
            QuestionKind::Choice => text(&|text| self.option(text).is_some()),
            QuestionKind::Choices => self.each(value, |item| self.option(item).is_some()),
            QuestionKind::Parties | QuestionKind::Gateways => self.each(value, |_| true),
            // They are counted where they are attached.
            QuestionKind::Files => value
                .as_array()
                .is_some_and(|files| files.iter().all(Value::is_string)),
            QuestionKind::Lines => self.each(value, |line| line.chars().count() <= MAX_LINE),
            QuestionKind::Table => value.as_array().is_some_and(|rows| {
                rows.len() <= self.max
                    && rows
                        .iter()
                        .all(|row| row.as_object().is_some_and(|row| self.fits_row(row)))
            }),
        }
    }

    fn each(&self, value: &Value, fits: impl Fn(&str) -> bool) -> bool {
        value.as_array().is_some_and(|items| {
            items.len() <= self.max && items.iter().all(|item| item.as_str().is_some_and(&fits))
        })
    }

    /// A row fits when each of its cells is one of the columns, and each column takes its cell.
    fn fits_row(&self, row: &Map<String, Value>) -> bool {
        let known = |id: &String| self.columns.iter().any(|column| column.id == *id);
        let cells = |column: &Column| match row.get(&column.id) {
            None | Some(Value::Null) => !column.required,
            Some(Value::String(text)) => column.takes(text),
            Some(_) => false,
        };
        row.iter().all(|(id, cell)| known(id) || !filled(cell)) && self.columns.iter().all(cells)
    }

    /// Whether everything that an answer points at is still there: parties that take part, powers that the law
    /// names. A form shows no other, so a save that does not touch the answer must not read it from the form.
    pub fn points_at_known(&self, value: &Value, law: &Law, people: &[Party]) -> bool {
        let each = |known: &dyn Fn(&str) -> bool| {
            let mut items = value.as_array().into_iter().flatten();
            items.all(|item| item.as_str().is_some_and(known))
        };
        match self.kind {
            QuestionKind::Parties => each(&|id| people.iter().any(|party| party.id == id)),
            QuestionKind::Gateways => each(&|id| law.power(id).is_some()),
            _ => true,
        }
    }
}

impl Column {
    fn takes(&self, text: &str) -> bool {
        if text.is_empty() {
            return !self.required;
        }
        match self.kind {
            QuestionKind::Choice => self.options.iter().any(|option| option.id == text),
            _ => text.chars().count() <= MAX_CELL,
        }
    }
}
