use std::sync::Arc;

use sqlx::Row as _;

use crate::{DbError, Value};

/// One row of a result, read by column name.
pub enum Row {
    /// The names of the columns, and the values; null is a text that is not there.
    Embedded(Arc<[String]>, Vec<Value>),
    Postgres(sqlx::postgres::PgRow),
}

macro_rules! read {
    ($($kind:ident: $type:ty, $name:ident, $optional:ident;)+) => {$(
        pub fn $name(&self, column: &str) -> Result<$type, DbError> {
            match self {
                Row::Embedded(..) => self
                    .$optional(column)?
                    .ok_or_else(|| DbError::column(column, "is null")),
                Row::Postgres(row) => row.try_get(column).map_err(|source| DbError::column(column, source)),
            }
        }

        pub fn $optional(&self, column: &str) -> Result<Option<$type>, DbError> {
            match self {
                Row::Embedded(names, values) => {
                    let at = names.iter().position(|name| name == column);
                    match at.map(|at| &values[at]) {
                        Some(Value::Text(None)) => Ok(None),
                        Some(Value::$kind(value)) => Ok(value.clone()),
                        Some(_) => Err(DbError::column(column, "has another type")),
                        None => Err(DbError::column(column, "is not in the result")),
                    }
                }
                Row::Postgres(row) => row.try_get(column).map_err(|source| DbError::column(column, source)),
            }
        }
    )+};
}

impl Row {
    read! {
        Text: String, text, opt_text;
        Int: i64, int, opt_int;
        Bytes: Vec<u8>, bytes, opt_bytes;
    }

    /// Truth is stored as 0 or 1: SQLite has no other, and PostgreSQL's own differs.
    pub fn flag(&self, column: &str) -> Result<bool, DbError> {
        Ok(self.int(column)? != 0)
    }
}
