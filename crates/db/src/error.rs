/// What can go wrong with the database.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// A unique index refused the row: somebody else was first.
    #[error("{statement}: a row with this key exists")]
    Exists { statement: &'static str },
    /// A stored value is not of the type the program reads.
    #[error("column {column}: {source}")]
    Column { column: String, source: sqlx::Error },
    /// A migration's text differs from the one that was applied.
    #[error("migration {name} was changed after it was applied")]
    MigrationChanged { name: String },
    #[error("{statement}: {source}")]
    Statement {
        statement: &'static str,
        source: sqlx::Error,
    },
    #[error("the database cannot be opened: {0}")]
    Open(#[source] sqlx::Error),
}

impl DbError {
    pub(crate) fn of(statement: &'static str) -> impl FnOnce(sqlx::Error) -> DbError {
        move |source| match source.as_database_error() {
            Some(e) if e.is_unique_violation() => DbError::Exists { statement },
            _ => DbError::Statement { statement, source },
        }
    }
}
