use std::path::Path;
use std::sync::Arc;

use sqlx::postgres::PgRow;
use sqlx::{Executor as _, Postgres, SqlSafeStr as _, Transaction};

use crate::postgres::{Server, bind};
use crate::sqlite::{Embedded, Writing};
use crate::value::checked;
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
    Sqlite(Arc<Embedded>),
    Postgres(Arc<Server>),
}

/// A write transaction. Dropped without [`Tx::commit`], nothing was written.
pub struct Tx(pub(crate) Open);

pub(crate) enum Open {
    Sqlite(Writing),
    Postgres(Transaction<'static, Postgres>),
}

impl Db {
    /// Opens (and creates) the embedded database file.
    pub async fn sqlite(file: &Path, durability: Durability) -> Result<Db, DbError> {
        let embedded = Embedded::open(file, durability).map_err(DbError::open)?;
        Ok(Db(Pool::Sqlite(Arc::new(embedded))))
    }

    /// Opens an embedded database that lies on a disk which cannot be written: nothing of it changes.
    pub async fn sqlite_copy(file: &Path) -> Result<Db, DbError> {
        let embedded = Embedded::open_copy(file).map_err(DbError::open)?;
        Ok(Db(Pool::Sqlite(Arc::new(embedded))))
    }

    /// Connects to PostgreSQL by its connection string; `schema` sets the search path.
    pub async fn postgres(url: &str, schema: Option<&str>) -> Result<Db, DbError> {
        let server = Server::connect(url, schema).await.map_err(DbError::open)?;
        Ok(Db(Pool::Postgres(Arc::new(server))))
    }

    pub fn engine(&self) -> Engine {
        match self.0 {
            Pool::Sqlite(_) => Engine::Sqlite,
            Pool::Postgres(_) => Engine::Postgres,
        }
    }

    pub async fn all(
        &self,
        statement: &'static Statement,
        args: &[Value],
    ) -> Result<Vec<Row>, DbError> {
        crate::count();
        checked(statement.name, args)?;
        match &self.0 {
            Pool::Sqlite(file) => file
                .all(statement.sql, args)
                .map_err(DbError::embedded(statement.name)),
            Pool::Postgres(server) => rows(statement, server.all(statement, args).await),
        }
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

    /// Starts a write.
    pub async fn begin(&self) -> Result<Tx, DbError> {
        Ok(Tx(match &self.0 {
            Pool::Sqlite(file) => {
                let begun = file.begin().await;
                Open::Sqlite(begun.map_err(DbError::embedded("begin"))?)
            }
            Pool::Postgres(server) => {
                Open::Postgres(server.writers.begin().await.map_err(DbError::of("begin"))?)
            }
        }))
    }

    /// Parses and plans a statement without running it.
    pub async fn prepare(&self, statement: &'static Statement) -> Result<(), DbError> {
        match &self.0 {
            Pool::Sqlite(file) => file
                .prepare(statement.sql)
                .await
                .map_err(DbError::embedded(statement.name)),
            Pool::Postgres(server) => server
                .writers
                .prepare(statement.sql.into_sql_str())
                .await
                .map(drop)
                .map_err(DbError::of(statement.name)),
        }
    }

    pub async fn close(&self) {
        match &self.0 {
            Pool::Sqlite(file) => file.close().await,
            Pool::Postgres(server) => server.close().await,
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
        checked(statement.name, args)?;
        match &mut self.0 {
            Open::Sqlite(tx) => tx
                .all(statement.sql, args)
                .map_err(DbError::embedded(statement.name)),
            Open::Postgres(tx) => {
                let query = bind(sqlx::query(statement.sql), args.iter());
                rows(statement, query.fetch_all(&mut **tx).await)
            }
        }
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
        checked(statement.name, args)?;
        match &mut self.0 {
            Open::Sqlite(tx) => tx
                .execute(statement.sql, args.iter())
                .map_err(DbError::embedded(statement.name)),
            Open::Postgres(tx) => bind(sqlx::query(statement.sql), args.iter())
                .execute(&mut **tx)
                .await
                .map(|done| done.rows_affected())
                .map_err(DbError::of(statement.name)),
        }
    }

    pub async fn commit(self) -> Result<(), DbError> {
        match self.0 {
            Open::Sqlite(tx) => tx.commit().await.map_err(DbError::embedded("commit")),
            Open::Postgres(tx) => tx.commit().await.map_err(DbError::of("commit")),
        }
    }
}

fn rows(
    statement: &'static Statement,
    rows: Result<Vec<PgRow>, sqlx::Error>,
) -> Result<Vec<Row>, DbError> {
    rows.map(|rows| rows.into_iter().map(Row::Postgres).collect())
        .map_err(DbError::of(statement.name))
}
