//! The only crate that names a database driver.
//!
//! SQL is written once, as [`Statement`]s whose text runs unchanged on SQLite and PostgreSQL:
//! `$1` parameters, `text`, `bigint` and `bytea` columns, no functions that only one has. Reads go through
//! [`Db`], writes only through [`Tx`].

mod error;
mod insert;
mod migrate;
pub mod moving;
mod open;
mod plan;
mod postgres;
mod row;
mod snapshot;
mod sqlite;
mod statement;
mod value;

pub use error::DbError;
pub use inventory;
pub use migrate::{Migration, Refill};
pub use open::{Db, Durability, Engine, Tx};
pub use plan::Prefer;
pub use row::Row;
pub use snapshot::Snapshot;
pub use statement::{Registered, Statement, registered};
pub use value::Value;

use std::sync::atomic::{AtomicU64, Ordering};

/// Statements that a connection keeps prepared.
const PREPARED: usize = 256;

static ASKED: AtomicU64 = AtomicU64::new(0);

/// How many statements this process has run: what a page costs, whatever the machine.
pub fn asked() -> u64 {
    ASKED.load(Ordering::Relaxed)
}

pub(crate) fn count() {
    ASKED.fetch_add(1, Ordering::Relaxed);
}
