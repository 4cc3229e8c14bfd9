//! What reader and writer share: items and entries as they come, and the root over them.

use std::collections::BTreeSet;
use std::convert::Infallible;

use serde_json::Value;

use super::{Entry, Kind, Register};
use crate::frontier::Frontier;
use crate::{Hash, canonical, digest, leaf_hash};

/// A register under construction. Refusals are plain words; the caller knows the line.
#[derive(Default)]
pub(super) struct State {
    pub(super) register: Register,
    frontier: Frontier,
    systems: u64,
    used: BTreeSet<String>,
}

/// An item's name and canonical text.
pub(super) fn name_item(item: &Value) -> Result<(String, String), String> {
    if !item.is_object() {
        return Err("an item must be a JSON object".to_owned());
    }
    let text = String::from_utf8(canonical(item)).map_err(|fault| fault.to_string())?;
    Ok((format!("sha-256:{}", digest(text.as_bytes())), text))
}

impl State {
    pub(super) fn size(&self) -> u64 {
        self.frontier.size()
    }

    pub(super) fn root(&self) -> Hash {
        self.frontier.root()
    }

    pub(super) fn is_used(&self, item: &str) -> bool {
        self.used.contains(item)
    }

    /// Adds the text of an item under its name; whether it was not there yet.
    pub(super) fn add(&mut self, name: String, text: String) -> bool {
        self.register.items.insert(name, text).is_none()
    }

    pub(super) fn append(
        &mut self,
        kind: Kind,
        key: &str,
        timestamp: &str,
        items: Vec<String>,
    ) -> Result<(), String> {
        if key.is_empty() || key.chars().any(char::is_control) {
            return Err("a key must not be empty or hold tabs or line ends".to_owned());
        }
        if !is_timestamp(timestamp) {
            return Err(format!(
                "‘{timestamp}’ is not a time such as 2018-12-14T14:57:09Z"
            ));
        }
        for name in &items {
            let Some(item) = self.register.items.get(name) else {
                return Err(format!(
                    "the entry for ‘{key}’ refers to {name}, which no line before it adds"
                ));
            };
            if kind == Kind::System {
                describes(key, item)?;
            }
        }
        let number = match kind {
            Kind::User => self.frontier.size() + 1,
            Kind::System => {
                self.systems += 1;
                self.systems
            }
        };
        let entry = Entry {
            kind,
            number,
            key: key.to_owned(),
            timestamp: timestamp.to_owned(),
            items,
        };
        if kind == Kind::User {
            let hash = leaf_hash(&leaf_bytes(&entry));
            let Ok(()) = self.frontier.push(hash, |_, _| Ok::<_, Infallible>(()));
        }
        self.used.extend(entry.items.iter().cloned());
        self.register.entries.push(entry);
        Ok(())
    }
}

/// The entry's leaf in the register's log: compact JSON, the number twice and as text.
fn leaf_bytes(entry: &Entry) -> Vec<u8> {
    let number = entry.number;
    let timestamp = Value::from(entry.timestamp.as_str());
    let key = Value::from(entry.key.as_str());
    let items = Value::from(entry.items.clone());
    format!(
        "{{\"index-entry-number\":\"{number}\",\"entry-number\":\"{number}\",\
         \"entry-timestamp\":{timestamp},\"key\":{key},\"item-hash\":{items}}}"
    )
    .into_bytes()
}

/// System entries are in no root; where the key names its item, hold them to that at least.
/// Real registers have items that do not name their field or register.
fn describes(key: &str, item: &str) -> Result<(), String> {
    let Some((member @ ("field" | "register"), named)) = key.split_once(':') else {
        return Ok(());
    };
    let item: Value =
        serde_json::from_str(&quote_numbers(item)).map_err(|fault| fault.to_string())?;
    match item.get(member) {
        Some(found) if found != named => Err(format!(
            "the entry for ‘{key}’ refers to an item whose {member} is {found}"
        )),
        _ => Ok(()),
    }
}

/// The JSON text with each number as text: `{"a":[1,"2"]}` becomes `{"a":["1","2"]}`.
pub(super) fn quote_numbers(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len());
    let (mut in_text, mut escaped, mut in_number) = (false, false, false);
    for c in text.chars() {
        let starts = c == '-' || c.is_ascii_digit();
        let goes_on = starts || matches!(c, '+' | '.' | 'e' | 'E');
        if !in_text && (starts && !in_number || in_number && !goes_on) {
            quoted.push('"');
            in_number = !in_number;
        }
        if c == '"' && !escaped {
            in_text = !in_text;
        }
        escaped = in_text && c == '\\' && !escaped;
        quoted.push(c);
    }
    quoted
}

/// `YYYY-MM-DDTHH:MM:SSZ`, with numbers in range.
fn is_timestamp(text: &str) -> bool {
    const SHAPE: &[u8] = b"0000-00-00T00:00:00Z";
    let bytes = text.as_bytes();
    let shaped = bytes.len() == SHAPE.len()
        && bytes.iter().zip(SHAPE).all(|(b, s)| match s {
            b'0' => b.is_ascii_digit(),
            s => b == s,
        });
    let within = |at: usize, least: u8, most: u8| {
        let number = (bytes[at] - b'0') * 10 + (bytes[at + 1] - b'0');
        (least..=most).contains(&number)
    };
    shaped
        && within(5, 1, 12)
        && within(8, 1, 31)
        && within(11, 0, 23)
        && within(14, 0, 59)
        && within(17, 0, 60)
}
