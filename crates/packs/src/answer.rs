//! Reading answers as people type them, and showing them in plain words.

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::expr::number;
use crate::fits::{MAX_CELL, MAX_LINE};
use crate::form::{Column, Question, QuestionKind};
use crate::number::plain;

/// Why an answer cannot be taken, in words for the person who gave it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AnswerFault {
    /// The answer name.
    pub answer: String,
    /// What to do about it.
    pub message: String,
}

impl fmt::Display for AnswerFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for AnswerFault {}

impl Question {
    fn fault(&self, message: impl Into<String>) -> AnswerFault {
        AnswerFault {
            answer: self.id.clone(),
            message: message.into(),
        }
    }

    /// Reads the values of a form field: typed, trimmed and within limits. Blank is `Null`.
    ///
    /// A date comes as one value (2026-03-27) or as day, month and year; lines come as one
    /// value with line breaks or as one value each.
    pub fn read(&self, raw: &[String]) -> Result<Value, AnswerFault> {
        let given: Vec<String> = raw
            .iter()
            .map(|text| text.trim().replace("\r\n", "\n"))
            .filter(|text| !text.is_empty())
            .collect();
        let Some(first) = given.first() else {
            return Ok(Value::Null);
        };
        match self.kind {
            QuestionKind::Text | QuestionKind::LongText | QuestionKind::Duration => {
                self.read_text(first)
            }
            QuestionKind::Email => self.read_email(first),
            QuestionKind::Link => self.read_link(first),
            QuestionKind::Number => self.read_number(first),
            QuestionKind::Date => self.read_date(&given),
            QuestionKind::YesNo | QuestionKind::Choice => {
                let known = match self.kind {
                    QuestionKind::YesNo => first == "yes" || first == "no",
                    _ => self.option(first).is_some(),
                };
                if given.len() > 1 {
                    return Err(self.fault("Choose one option only"));
                }
                if !known {
                    return Err(self.fault("Choose one of the options"));
                }
                Ok(json!(first))
            }
            QuestionKind::Choices => self.read_list(given, |item| {
                self.option(item)
                    .map(|_| ())
                    .ok_or_else(|| self.fault("Choose from the options"))
            }),
            QuestionKind::Parties | QuestionKind::Gateways | QuestionKind::Files => {
                self.read_list(given, |_| Ok(()))
            }
            QuestionKind::Lines => {
                let lines = given
                    .iter()
                    .flat_map(|text| text.lines().map(|line| line.trim().to_owned()));
                let lines = lines.filter(|line| !line.is_empty()).collect();
                self.read_list(lines, |line| match line.chars().count() {
                    0..=MAX_LINE => Ok(()),
                    _ => Err(self.fault("Each line must be 250 characters or fewer")),
                })
            }
            QuestionKind::Table => Err(self.fault("Fill in the rows of the table")),
        }
    }

    fn read_text(&self, text: &str) -> Result<Value, AnswerFault> {
        // What is asked for on one line is kept on one line.
        let line = match self.kind {
            QuestionKind::LongText => None,
            _ => text.contains(['\n', '\t']).then(|| {
                text.split(['\n', '\t'])
                    .map(str::trim)
                    .collect::<Vec<_>>()
                    .join(" ")
            }),
        };
        let text = line.as_deref().unwrap_or(text);
        if text.chars().count() > self.max {
            return Err(self.fault(format!(
                "{} must be {} characters or fewer",
                self.short, self.max
            )));
        }
        Ok(json!(text))
    }

    fn read_email(&self, text: &str) -> Result<Value, AnswerFault> {
        let fits = text.split_once('@').is_some_and(|(name, host)| {
            !name.is_empty()
                && host.split('.').count() > 1
                && host.split('.').all(|part| !part.is_empty())
                && !host.contains('@')
        });
        if !fits || text.chars().any(char::is_whitespace) {
            return Err(self.fault("Enter an email address, like name@council.gov.uk"));
        }
        self.read_text(text)
    }

    fn read_link(&self, text: &str) -> Result<Value, AnswerFault> {
        let host = text
            .strip_prefix("https://")
            .or_else(|| text.strip_prefix("http://"));
        let fits = host.is_some_and(|rest| {
            rest.split('/')
                .next()
                .is_some_and(|host| host.contains('.'))
        });
        if !fits || text.chars().any(char::is_whitespace) {
            return Err(self.fault(
                "Enter a web address that starts with https://, like https://www.example.org",
            ));
        }
        self.read_text(text)
    }

    fn read_number(&self, text: &str) -> Result<Value, AnswerFault> {
        let plain = plain(text).map_err(|what| self.fault(format!("{} {what}", self.short)))?;
        let value: f64 = plain.parse().unwrap_or_default();
        if let Some((least, most)) = self.range
            && !(least..=most).contains(&value)
        {
            return Err(self.fault(match (least == f64::MIN, most == f64::MAX) {
                (true, _) => format!("{} must be {most} or less", self.short),
                (_, true) => format!("{} must be {least} or more", self.short),
                _ => format!("{} must be between {least} and {most}", self.short),
            }));
        }
        Ok(number(&plain))
    }

    fn read_date(&self, given: &[String]) -> Result<Value, AnswerFault> {
        let parts: Vec<&str> = match given {
            [one] if one.contains('/') => one.split('/').collect(),
            [one] if one.contains(' ') => one.split_whitespace().collect(),
            [one] => one.split('-').rev().collect(),
            many => many.iter().map(String::as_str).collect(),
        };
        let whole = |at: usize| parts.get(at)?.trim().parse::<i16>().ok();
        let date = || {
            let (day, month, year) = (whole(0)?, whole(1)?, whole(2)?);
            let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
            (parts.len() == 3 && (1000..=9999).contains(&year)).then_some(date)
        };
        match date() {
            Some(date) => Ok(json!(date.to_string())),
            None => Err(self.fault("Enter a real date, like 27 3 2026")),
        }
    }

    fn read_list(
        &self,
        items: Vec<String>,
        fits: impl Fn(&str) -> Result<(), AnswerFault>,
    ) -> Result<Value, AnswerFault> {
        let mut list: Vec<String> = Vec::new();
        for item in items {
            fits(&item)?;
            if !list.contains(&item) {
                list.push(item);
            }
        }
        if list.len() > self.max {
            return Err(self.fault(format!(
                "{} must have {} items or fewer",
                self.short, self.max
            )));
        }
        Ok(json!(list))
    }

    /// Reads the own text of an option that asks for one. Blank is `Null`.
    pub fn read_explanation(&self, option: &str, raw: &str) -> Result<Value, AnswerFault> {
        let text = raw.trim().replace("\r\n", "\n");
        if text.chars().count() > 1000 {
            return Err(AnswerFault {
                answer: self.explain_name(option),
                message: "Your explanation must be 1000 characters or fewer".into(),
            });
        }
        Ok(if text.is_empty() {
            Value::Null
        } else {
            json!(text)
        })
    }

    /// Reads the rows of a table question. Rows left blank are dropped; faults name the row
    /// (from 0) and the column. No rows are `Null`.
    pub fn read_table(
        &self,
        rows: &[BTreeMap<String, String>],
    ) -> Result<Value, Vec<(usize, String, AnswerFault)>> {
        let mut faults = Vec::new();
        let mut read = Vec::new();
        for (at, row) in rows.iter().enumerate() {
            let cell = |column: &Column| row.get(&column.id).map_or("", |text| text.trim());
            if self.columns.iter().all(|column| cell(column).is_empty()) {
                continue;
            }
            let mut done = Map::new();
            for column in &self.columns {
                let text = cell(column);
                match cell_fault(column, text) {
                    Some(message) => faults.push((at, column.id.clone(), self.fault(message))),
                    None => {
                        done.insert(column.id.clone(), json!(text));
                    }
                }
            }
            read.push(Value::Object(done));
        }
        if read.len() > self.max {
            let message = format!("{} must have {} rows or fewer", self.short, self.max);
            let column = self
                .columns
                .first()
                .map_or_else(String::new, |column| column.id.clone());
            faults.push((self.max, column, self.fault(message)));
        }
        match (faults.is_empty(), read.is_empty()) {
            (false, _) => Err(faults),
            (true, true) => Ok(Value::Null),
            (true, false) => Ok(Value::Array(read)),
        }
    }

    /// An answer in plain words, one line per item; a row of a table is one line. Parties,
    /// gateways and files show their ids: their names are known elsewhere.
    pub fn show(&self, value: &Value) -> Vec<String> {
        match value {
            Value::Null => Vec::new(),
            Value::Array(items) => items.iter().map(|item| self.show_one(item)).collect(),
            Value::String(text) if text.is_empty() => Vec::new(),
            single => vec![self.show_one(single)],
        }
    }

    fn show_one(&self, value: &Value) -> String {
        let text = match value {
            Value::String(text) => text,
            Value::Object(row) => return self.show_row(row),
            other => return other.to_string(),
        };
        match self.kind {
            QuestionKind::YesNo if text == "yes" => "Yes".into(),
            QuestionKind::YesNo if text == "no" => "No".into(),
            QuestionKind::Date => show_date(text),
            _ => self
                .option(text)
                .map_or_else(|| text.clone(), |option| option.label.clone()),
        }
    }

    fn show_row(&self, row: &Map<String, Value>) -> String {
        let cells = self.columns.iter().filter_map(|column| {
            let id = row.get(&column.id)?.as_str().filter(|id| !id.is_empty())?;
            let option = column.options.iter().find(|option| option.id == id);
            Some(format!(
                "{}: {}",
                column.label,
                option.map_or(id, |option| &option.label)
            ))
        });
        cells.collect::<Vec<_>>().join("; ")
    }
}

fn cell_fault(column: &Column, text: &str) -> Option<String> {
    if text.is_empty() {
        return column
            .required
            .then(|| format!("Enter {}", lower_first(&column.label)));
    }
    if column.kind == QuestionKind::Choice {
        let known = column.options.iter().any(|option| option.id == text);
        return (!known).then(|| {
            format!(
                "Choose one of the options for {}",
                lower_first(&column.label)
            )
        });
    }
    (text.chars().count() > MAX_CELL)
        .then(|| format!("{} must be 500 characters or fewer", column.label))
}

/// Lower case at the start, unless the word is an abbreviation.
fn lower_first(label: &str) -> String {
    let mut chars = label.chars();
    match (chars.next(), chars.clone().next()) {
        (Some(first), second) if !second.is_some_and(char::is_uppercase) => {
            first.to_lowercase().chain(chars).collect()
        }
        _ => label.to_owned(),
    }
}

/// A date as on GOV.UK: 27 March 2026.
pub(crate) fn show_date(text: &str) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let Ok(date) = text.parse::<Date>() else {
        return text.to_owned();
    };
    let month = usize::try_from(date.month()).unwrap_or(1);
    format!("{} {} {}", date.day(), MONTHS[month - 1], date.year())
}
