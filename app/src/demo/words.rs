//! Answers as they stand in the files, with names and days put in.

use jiff::ToSpan as _;
use jiff::civil::Date;
use packs::Answers;
use serde_json::Value;

/// What `{party}` and the like stand for, and the day that `@+30` counts from.
#[derive(Clone)]
pub struct Words<'a> {
    pub today: Date,
    pub stand_for: Vec<(&'a str, String)>,
}

impl Words<'_> {
    pub fn text(&self, text: &str) -> String {
        if let Some(day) = self.day(text) {
            return day;
        }
        let mut text = text.to_owned();
        for (name, value) in &self.stand_for {
            text = text.replace(&format!("{{{name}}}"), value);
        }
        text
    }

    pub fn value(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(text)),
            Value::Array(items) => items.iter().map(|item| self.value(item)).collect(),
            Value::Object(row) => Value::Object(self.answers(row)),
            other => other.clone(),
        }
    }

    pub fn answers(&self, answers: &Answers) -> Answers {
        answers
            .iter()
            .map(|(name, value)| (name.clone(), self.value(value)))
            .collect()
    }

    /// "@-30": the day thirty days ago.
    fn day(&self, text: &str) -> Option<String> {
        let days: i64 = text.strip_prefix('@')?.parse().ok()?;
        Some(self.today.checked_add(days.days()).ok()?.to_string())
    }
}
