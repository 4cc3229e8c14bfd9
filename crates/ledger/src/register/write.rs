//! Writing RSF.

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

/// Writes a register part by part: it holds the names of the items and the root, and no rows.
#[derive(Default)]
pub struct Writer {
    state: State,
    rows: usize,
}

impl Writer {
    /// The first line: the root of nothing.
    pub fn first_line(&self) -> String {
        self.assert_root()
    }

    /// The lines of one entry: its item, unless an entry before it has the same, and itself.
    ///
    /// # Errors
    /// What the format cannot hold; the fault's line is the row's number, from 1. Nothing is to be written after it.
    pub fn row(&mut self, row: &Row) -> Result<String, RsfFault> {
        self.rows += 1;
        let line = self.rows;
        let refuse = |what| RsfFault { line, what };
        let (name, text) = name_item(&row.item).map_err(refuse)?;
        let mut lines = String::new();
        if self.state.add(name.clone(), text.clone()) {
            lines = format!("add-item\t{text}\n");
        }
        let Row { key, timestamp, .. } = row;
        self.state
            .append(row.kind, key, timestamp, vec![name.clone()])
            .map_err(refuse)?;
        // What has been written is not needed again.
        self.state.register.entries.clear();
        self.state.add(name.clone(), String::new());
        let kind = match row.kind {
            Kind::System => "system",
            Kind::User => "user",
        };
        Ok(lines + &format!("append-entry\t{kind}\t{key}\t{timestamp}\t{name}\n"))
    }

    /// The last line: the root over all entries.
    pub fn last_line(self) -> String {
        self.assert_root()
    }

    fn assert_root(&self) -> String {
        format!("assert-root-hash\tsha-256:{}\n", hex(&self.state.root()))
    }
}

/// Writes a whole register: the empty root, the entries in order, each item once before the first entry that has it,
/// the final root. What is written, [`read`](super::read) reads back.
///
/// # Errors
/// As [`Writer::row`].
pub fn write(rows: &[Row]) -> Result<String, RsfFault> {
    let mut writer = Writer::default();
    let mut text = writer.first_line();
    for row in rows {
        text.push_str(&writer.row(row)?);
    }
    text.push_str(&writer.last_line());
    Ok(text)
}
