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

    /// Adds an item under its name, unless it is there.
    pub(super) fn add(&mut self, name: String, item: Value) -> bool {
        self.register.items.insert(name, item).is_none()
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
fn describes(key: &str, item: &Value) -> Result<(), String> {
    let Some((member, named)) = key.split_once(':') else {
        return Ok(());
    };
    if matches!(member, "field" | "register") && item[member] != named {
        return Err(format!(
            "the entry for ‘{key}’ refers to an item whose {member} is {}",
            item[member]
        ));
    }
    Ok(())
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
