use sqlx::Row as _;

use crate::DbError;

/// One row of a result, read by column name.
pub enum Row {
    Sqlite(sqlx::sqlite::SqliteRow),
    Postgres(sqlx::postgres::PgRow),
}

macro_rules! read {
    ($($(#[$meta:meta])* $name:ident -> $type:ty;)+) => {$(
        $(#[$meta])*
        pub fn $name(&self, column: &str) -> Result<$type, DbError> {
            match self {
                Row::Sqlite(row) => row.try_get(column),
                Row::Postgres(row) => row.try_get(column),
            }
            .map_err(|source| DbError::Column { column: column.to_owned(), source })
        }
    )+};
}

impl Row {
    read! {
        text -> String;
        opt_text -> Option<String>;
        int -> i64;
        opt_int -> Option<i64>;
        bytes -> Vec<u8>;
        opt_bytes -> Option<Vec<u8>>;
    }

    /// Truth is stored as 0 or 1: SQLite has no other, and PostgreSQL's own differs.
    pub fn flag(&self, column: &str) -> Result<bool, DbError> {
        Ok(self.int(column)? != 0)
    }
}
