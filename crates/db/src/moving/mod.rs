//! Moving a gateway from the embedded database to PostgreSQL: every table, a page of rows at a time, so
//! that it goes on where it stopped, and every row compared afterwards.

mod source;
mod target;

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

pub use source::Source;

use crate::DbError;

/// Stands among the schema's steps of a database that was left for another: nothing opens it any more.
const MOVED: &str = "moved";
/// Stands among the schema's steps of a database that is not filled yet.
const MOVING: &str = "moving";

/// Why a database with this among the schema's steps is not opened.
pub fn mark(name: &str, text: &str) -> Option<DbError> {
    match name {
        MOVED => Some(DbError::Moved {
            to: text.to_owned(),
        }),
        MOVING => Some(DbError::Unfinished),
        _ => None,
    }
}

/// A table as it is in both databases.
#[derive(Debug)]
pub struct Table {
    pub name: String,
    columns: Vec<String>,
    /// Of each column: text, bigint or bytea.
    types: Vec<String>,
    key: String,
    /// Columns that name other rows of the same table: filled when all rows are there.
    own: Vec<String>,
    needs: Vec<String>,
}

/// Rows that follow each other.
pub struct Page {
    text: Vec<u8>,
    pub rows: u64,
    /// The place in the file after which it begins, and of its last row.
    after: i64,
    pub last: i64,
}

/// How many rows a table has, and what they add up to, in any order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sum {
    pub rows: u64,
    sum: u64,
}

impl Sum {
    fn add(&mut self, row: &[u8]) {
        let mut hasher = DefaultHasher::new();
        row.hash(&mut hasher);
        self.sum = self.sum.wrapping_add(hasher.finish());
        self.rows += 1;
    }
}
