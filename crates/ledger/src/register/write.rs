//! Writing RSF.

use std::fmt::Write as _;

use serde_json::Value;

use super::state::{State, name_item};
use super::{Kind, RsfFault};
use crate::canonical::hex;

/// One entry to write, with its item.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// System or user.
    pub kind: Kind,
    /// The key; no tabs or line ends.
    pub key: String,
    /// When, as `2018-12-14T14:57:09Z`.
    pub timestamp: String,
    /// The item: a JSON object.
    pub item: Value,
}

impl Row {
    /// A user entry.
    pub fn user(key: impl Into<String>, timestamp: impl Into<String>, item: Value) -> Self {
        Self {
            kind: Kind::User,
            key: key.into(),
            timestamp: timestamp.into(),
            item,
        }
    }
}

/// Writes a whole register: the empty root, each item once, the entries in order, the final
/// root. What is written, [`read`](super::read) reads back.
///
/// A row that the format cannot hold is refused; the fault's line is the row's number, from 1.
pub fn write(rows: &[Row]) -> Result<String, RsfFault> {
    let mut state = State::default();
    let mut items = String::new();
    let mut entries = String::new();
    let start = hex(&state.root());
    for (row, line) in rows.iter().zip(1..) {
        let refuse = |what| RsfFault { line, what };
        let (name, text) = name_item(&row.item).map_err(refuse)?;
        if state.add(name.clone(), row.item.clone()) {
            put(&mut items, format_args!("add-item\t{text}\n"));
        }
        let Row { key, timestamp, .. } = row;
        state
            .append(row.kind, key, timestamp, vec![name.clone()])
            .map_err(refuse)?;
        let kind = match row.kind {
            Kind::System => "system",
            Kind::User => "user",
        };
        put(
            &mut entries,
            format_args!("append-entry\t{kind}\t{key}\t{timestamp}\t{name}\n"),
        );
    }
    let end = hex(&state.root());
    Ok(format!(
        "assert-root-hash\tsha-256:{start}\n{items}{entries}assert-root-hash\tsha-256:{end}\n"
    ))
}

fn put(text: &mut String, line: std::fmt::Arguments<'_>) {
    text.write_fmt(line)
        .expect("writing to a String does not fail");
}
