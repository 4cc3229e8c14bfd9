//! Registers in Register Serialisation Format (RSF): reading with every hash checked, and writing.
//!
//! A register is a list of *items* (JSON objects, named by their hash) and *entries* that say
//! which items a key has from a moment on. Its log is a Merkle tree over the user entries; the
//! file asserts the root at points, so that a reader can tell an altered file.

mod read;
mod state;
mod write;

use std::collections::BTreeMap;

use crate::{EMPTY_ROOT, Hash};

pub use read::read;
pub use write::{Row, Writer, write};

/// Whom an entry concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The register itself: its name, custodian and fields. Not in the log's root.
    System,
    /// A record of the register.
    User,
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// System or user.
    pub kind: Kind,
    /// Its number, from 1, among the entries of its kind.
    pub number: u64,
    /// The key whose items it sets.
    pub key: String,
    /// When, as `2018-12-14T14:57:09Z`.
    pub timestamp: String,
    /// The items' names: `sha-256:` and 64 hexadecimal digits.
    pub items: Vec<String>,
}

/// A root that the file asserts and that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Root {
    /// The line of the assertion, from 1.
    pub line: usize,
    /// User entries before it.
    pub size: u64,
    /// The root over them.
    pub hash: Hash,
}

/// Something about a file that holds which its reader may want to know. It is no fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The line, from 1.
    pub line: usize,
    /// What there is to know, in plain English.
    pub what: String,
}

/// A register that was read and holds in every hash.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Register {
    /// Items by name (`sha-256:…`), each the JSON text that is hashed: numbers stay as they are written.
    pub items: BTreeMap<String, String>,
    /// Entries of both kinds in order.
    pub entries: Vec<Entry>,
    /// The asserted roots in order.
    pub roots: Vec<Root>,
    /// What else there is to know, by line.
    pub notes: Vec<Note>,
}

impl Register {
    /// The current records: for each user key its last entry.
    pub fn records(&self) -> BTreeMap<&str, &Entry> {
        // Later entries of the same key replace earlier ones.
        self.entries
            .iter()
            .filter(|entry| entry.kind == Kind::User)
            .map(|entry| (entry.key.as_str(), entry))
            .collect()
    }

    /// The root over all user entries.
    pub fn root(&self) -> Hash {
        self.roots.last().map_or(EMPTY_ROOT, |root| root.hash)
    }
}

/// The first line that does not hold, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct RsfFault {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong, in plain English.
    pub what: String,
}
