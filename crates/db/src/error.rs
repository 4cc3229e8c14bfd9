type Source = Box<dyn std::error::Error + Send + Sync>;

/// What can go wrong with the database.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// A unique index refused the row: somebody else was first.
    #[error("{statement}: a row with this key exists")]
    Exists { statement: &'static str },
    /// A stored value is not of the type the program reads.
    #[error("column {column}: {source}")]
    Column { column: String, source: Source },
    /// A migration's text differs from the one that was applied.
    #[error("migration {name} was changed after it was applied")]
    MigrationChanged { name: String },
    #[error("{statement}: {source}")]
    Statement {
        statement: &'static str,
        source: Source,
    },
    #[error("the database cannot be opened: {0}")]
    Open(#[source] Source),
}

impl DbError {
    pub(crate) fn of(statement: &'static str) -> impl FnOnce(sqlx::Error) -> DbError {
        move |source| match source.as_database_error() {
            Some(e) if e.is_unique_violation() => DbError::Exists { statement },
            _ => DbError::statement(statement, source),
        }
    }

    pub(crate) fn embedded(statement: &'static str) -> impl FnOnce(rusqlite::Error) -> DbError {
        use rusqlite::ffi::{SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE};
        move |source| match source.sqlite_error() {
            Some(e)
                if [SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE]
                    .contains(&e.extended_code) =>
            {
                DbError::Exists { statement }
            }
            _ => DbError::statement(statement, source),
        }
    }

    fn statement(statement: &'static str, source: impl Into<Source>) -> DbError {
        DbError::Statement {
            statement,
            source: source.into(),
        }
    }

    pub(crate) fn column(column: &str, source: impl Into<Source>) -> DbError {
        DbError::Column {
            column: column.to_owned(),
            source: source.into(),
        }
    }

    pub(crate) fn open(source: impl Into<Source>) -> DbError {
        DbError::Open(source.into())
    }
}
