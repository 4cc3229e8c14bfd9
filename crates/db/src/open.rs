use std::path::Path;
use std::time::Duration;

use sqlx::postgres::{PgArguments, PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{Executor as _, Postgres, SqlSafeStr as _, Sqlite, Transaction};

use crate::{DbError, Row, Statement, Value};

/// How hard a commit of the embedded database is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// `synchronous=FULL`: what was acknowledged survives a power cut.
    Full,
    /// `synchronous=OFF`: for tests.
    Relaxed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// An open database. Reads run here; writes need a [`Tx`].
#[derive(Clone)]
pub struct Db(pub(crate) Pool);

#[derive(Clone)]
pub(crate) enum Pool {
    /// One writer, so that writers queue instead of failing busy; WAL lets readers go on.
    Sqlite {
        writer: SqlitePool,
        readers: SqlitePool,
    },
    Postgres(PgPool),
}

/// A write transaction. Dropped without [`Tx::commit`], nothing was written.
pub enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

impl Db {
    /// Opens (and creates) the embedded database file.
    pub async fn sqlite(file: &Path, durability: Durability) -> Result<Db, DbError> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .busy_timeout(Duration::from_secs(10))
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(match durability {
                Durability::Full => SqliteSynchronous::Full,
                Durability::Relaxed => SqliteSynchronous::Off,
            })
            .foreign_keys(true)
            // What is erased is written over with zeros.
            .pragma("secure_delete", "on");
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .connect_with(options.clone())
            .await
            .map_err(DbError::Open)?;
        let readers = SqlitePoolOptions::new()
            .max_connections(8)
            .connect_with(options.read_only(true))
            .await
            .map_err(DbError::Open)?;
        Ok(Db(Pool::Sqlite { writer, readers }))
    }

    /// Connects to PostgreSQL by its connection string; `schema` sets the search path.
    pub async fn postgres(url: &str, schema: Option<&str>) -> Result<Db, DbError> {
        let mut options: PgConnectOptions = url.parse().map_err(DbError::Open)?;
        if let Some(schema) = schema {
            options = options.options([("search_path", schema)]);
        }
        let pool = PgPoolOptions::new()
            .max_connections(16)
            .connect_with(options)
            .await
            .map_err(DbError::Open)?;
        Ok(Db(Pool::Postgres(pool)))
    }

    pub fn engine(&self) -> Engine {
        match self.0 {
            Pool::Sqlite { .. } => Engine::Sqlite,
            Pool::Postgres(_) => Engine::Postgres,
        }
    }

    pub async fn all(
        &self,
        statement: &'static Statement,
        args: &[Value],
    ) -> Result<Vec<Row>, DbError> {
        crate::count();
        match &self.0 {
            Pool::Sqlite { readers, .. } => sqlite(statement, args)
                .fetch_all(readers)
                .await
                .map(|rows| rows.into_iter().map(Row::Sqlite).collect()),
            Pool::Postgres(pool) => postgres(statement, args)
                .fetch_all(pool)
                .await
                .map(|rows| rows.into_iter().map(Row::Postgres).collect()),
        }
        .map_err(DbError::of(statement.name))
    }

    pub async fn optional(
        &self,
        statement: &'static Statement,
        args: &[Value],
    ) -> Result<Option<Row>, DbError> {
        Ok(self.all(statement, args).await?.into_iter().next())
    }

    /// The one row a statement always has, such as a count.
    pub async fn one(&self, statement: &'static Statement, args: &[Value]) -> Result<Row, DbError> {
        self.optional(statement, args)
            .await?
            .ok_or(sqlx::Error::RowNotFound)
            .map_err(DbError::of(statement.name))
    }

    /// Starts a write. On SQLite the write lock is taken at once, so a transaction that has read
    /// never finds that somebody wrote in between.
    pub async fn begin(&self) -> Result<Tx, DbError> {
        match &self.0 {
            Pool::Sqlite { writer, .. } => {
                writer.begin_with("BEGIN IMMEDIATE").await.map(Tx::Sqlite)
            }
            Pool::Postgres(pool) => pool.begin().await.map(Tx::Postgres),
        }
        .map_err(DbError::of("begin"))
    }

    /// Parses and plans a statement without running it.
    pub async fn prepare(&self, statement: &'static Statement) -> Result<(), DbError> {
        let sql = statement.sql.into_sql_str();
        match &self.0 {
            Pool::Sqlite { writer, .. } => writer.prepare(sql).await.map(drop),
            Pool::Postgres(pool) => pool.prepare(sql).await.map(drop),
        }
        .map_err(DbError::of(statement.name))
    }

    pub async fn close(&self) {
        match &self.0 {
            Pool::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Pool::Postgres(pool) => pool.close().await,
        }
    }
}

impl Tx {
    pub async fn all(
        &mut self,
        statement: &'static Statement,
        args: &[Value],
    ) -> Result<Vec<Row>, DbError> {
        crate::count();
        match self {
            Tx::Sqlite(tx) => sqlite(statement, args)
                .fetch_all(&mut **tx)
                .await
                .map(|rows| rows.into_iter().map(Row::Sqlite).collect()),
            Tx::Postgres(tx) => postgres(statement, args)
                .fetch_all(&mut **tx)
                .await
                .map(|rows| rows.into_iter().map(Row::Postgres).collect()),
        }
        .map_err(DbError::of(statement.name))
    }

    pub async fn optional(
        &mut self,
        statement: &'static Statement,
        args: &[Value],
    ) -> Result<Option<Row>, DbError> {
        Ok(self.all(statement, args).await?.into_iter().next())
    }

    /// Runs a write and says how many rows it touched.
    pub async fn execute(
        &mut self,
        statement: &'static Statement,
        args: &[Value],
    ) -> Result<u64, DbError> {
        crate::count();
        match self {
            Tx::Sqlite(tx) => sqlite(statement, args)
                .execute(&mut **tx)
                .await
                .map(|done| done.rows_affected()),
            Tx::Postgres(tx) => postgres(statement, args)
                .execute(&mut **tx)
                .await
                .map(|done| done.rows_affected()),
        }
        .map_err(DbError::of(statement.name))
    }

    pub async fn commit(self) -> Result<(), DbError> {
        match self {
            Tx::Sqlite(tx) => tx.commit().await,
            Tx::Postgres(tx) => tx.commit().await,
        }
        .map_err(DbError::of("commit"))
    }
}

macro_rules! bound {
    ($name:ident, $bind:ident, $driver:ty, $arguments:ty) => {
        fn $name(
            statement: &'static Statement,
            args: &[Value],
        ) -> sqlx::query::Query<'static, $driver, $arguments> {
            $bind(sqlx::query::<$driver>(statement.sql), args.iter())
        }

        pub(crate) fn $bind<'a>(
            mut query: sqlx::query::Query<'static, $driver, $arguments>,
            args: impl Iterator<Item = &'a Value>,
        ) -> sqlx::query::Query<'static, $driver, $arguments> {
            for arg in args {
                query = match arg.clone() {
                    Value::Text(v) => query.bind(v),
                    Value::Int(v) => query.bind(v),
                    Value::Bytes(v) => query.bind(v),
                };
            }
            query
        }
    };
}

bound!(sqlite, bind_sqlite, Sqlite, SqliteArguments);
bound!(postgres, bind_postgres, Postgres, PgArguments);
