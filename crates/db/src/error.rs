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
    /// A newer version of the program has changed the schema.
    #[error(
        "a newer version of aldgate has changed this database (schema step {name}). Use that version"
    )]
    Newer { name: String },
    #[error(
        "this gateway moved to {to}. Serve it from there. To serve it from this file again, and lose what was done \
         there, run `aldgate migrate-to --stay`"
    )]
    Moved { to: String },
    #[error(
        "a gateway is being copied into this database, and the copy is not finished. Run `aldgate migrate-to` again: it \
         goes on where it stopped"
    )]
    Unfinished,
    #[error(
        "another process has this database open. Stop the gateway first, then try again. Nothing was changed"
    )]
    InUse,
    #[error("a gateway has been at work in that database. Give an empty one. Nothing was changed")]
    NotEmpty,
    /// A character that PostgreSQL cannot hold (U+0000) stands in a text. Both databases refuse it, so that a gateway
    /// can move.
    #[error("{statement}: a text holds U+0000")]
    NotText { statement: &'static str },
    #[error("{statement}: {source}")]
    Statement {
        statement: &'static str,
        source: Source,
    },
    /// It is restarting, or another server takes its place.
    #[error("{statement}: the database does not answer: {source}")]
    Unreachable {
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
            _ if is_unreachable(&source) => DbError::Unreachable {
                statement,
                source: source.into(),
            },
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

/// Whether the server is gone, or about to go, or is one that only reads now.
pub(crate) fn is_unreachable(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Database(said) => said.code().is_some_and(|code| {
            // PostgreSQL, appendix A: connection exceptions, operator intervention, too many connections,
            // read-only transaction.
            code.starts_with("08")
                || matches!(&*code, "57P01" | "57P02" | "57P03" | "53300" | "25006")
        }),
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        _ => false,
    }
}
