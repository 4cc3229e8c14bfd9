//! The only crate that names a database driver.
//!
//! SQL is written once, as [`Statement`]s whose text runs unchanged on SQLite and PostgreSQL:
//! `$1` parameters, `text`, `bigint` and `bytea` columns, no dialect functions. Reads go through
//! [`Db`], writes only through [`Tx`].

mod error;
mod migrate;
mod open;
mod row;
mod statement;
mod value;

pub use error::DbError;
pub use inventory;
pub use migrate::Migration;
pub use open::{Db, Durability, Engine, Tx};
pub use row::Row;
pub use statement::{Registered, Statement, registered};
pub use value::Value;
