//! JSON files that commands read hold text only, as everything else that comes in.

use serde_json::Value;

/// Looks through every name and text of a JSON document.
///
/// # Errors
/// Names the first character that is no text, such as one that moves a terminal's cursor. What is no JSON is left to
/// whoever reads it.
pub fn check(json: &str) -> Result<(), String> {
    let Ok(value) = serde_json::from_str::<Value>(json) else {
        return Ok(());
    };
    match found(&value) {
        Some(c) => Err(format!(
            "it holds {}, which is no text. Take it out.",
            text::called(c)
        )),
        None => Ok(()),
    }
}

fn found(value: &Value) -> Option<char> {
    let in_text = |text: &str| text.chars().find(|c| text::is_no_text(*c));
    match value {
        Value::String(text) => in_text(text),
        Value::Array(items) => items.iter().find_map(found),
        Value::Object(fields) => fields
            .iter()
            .find_map(|(name, value)| in_text(name).or_else(|| found(value))),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}
