//! Answers of a text: where they stand, whether they answer anything, and the words for what they name.

use packs::{Answers, Content, Flow, QuestionKind, RecordType, Scope};
use serde_json::Value;

use crate::kernel::phrases;

/// A stored value that answers nothing.
pub fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// "12 KB".
pub fn size(bytes: i64) -> String {
    match bytes {
        ..1024 => format!("{bytes} bytes"),
        1024..1_048_576 => format!("{} KB", bytes / 1024),
        _ => format!("{:.1} MB", bytes as f64 / 1_048_576.0),
    }
}

/// What a reader must know of a power besides its types: that it is not known to be law, and that
/// it was not read. Begins with a comma where there is something.
pub fn standing(power: &packs::Power) -> String {
    let started = match power.status {
        packs::Status::InForce => "",
        packs::Status::NotStarted => ", not in force",
        packs::Status::Unknown => ", not known to be in force",
        packs::Status::Repealed => ", repealed",
    };
    let read = match power.checking.mark {
        packs::Mark::Unchecked => ", not yet checked against the law",
        packs::Mark::Read | packs::Mark::SecondHand => "",
    };
    format!("{started}{read}")
}

/// "duty", "power and limit".
pub fn types(types: &[packs::GatewayType]) -> String {
    let words: Vec<&str> = types
        .iter()
        .map(|kind| match kind {
            packs::GatewayType::Duty => "duty to share",
            packs::GatewayType::Function => "duty to do a job, not to share",
            packs::GatewayType::Cooperation => "duty to work together",
            packs::GatewayType::Transparency => "duty to be open",
            other => other.as_str(),
        })
        .collect();
    phrases::list(&words)
}

/// The answers at one place of a record; none were given there yet when it is absent.
pub fn answers_at<'a>(content: &'a Content, scope: &Scope) -> Option<&'a Answers> {
    match scope {
        Scope::Record => Some(&content.answers),
        Scope::Party(id) => content.parties.get(id),
        Scope::Flow(id) => content
            .flows
            .iter()
            .find(|flow| flow.id == *id)
            .map(|flow| &flow.answers),
    }
}

/// What a flow is called: the first text its section asks for, or its number.
pub fn flow_name(record_type: &RecordType, flow: &Flow, place: usize) -> String {
    let named = record_type
        .form
        .questions()
        .find(|(section, question)| {
            section.each == packs::Each::Flow && question.kind == QuestionKind::Text
        })
        .and_then(|(_, question)| flow.answers.get(&question.id)?.as_str())
        .filter(|name| !name.is_empty());
    match named {
        Some(name) => format!("Data flow {}: {name}", place + 1),
        None => format!("Data flow {}", place + 1),
    }
}
