//! Reading for long while others write: everything is seen as it stood when the reading began.

use sqlx::{PgConnection, SqlSafeStr as _};

use crate::open::Pool;
use crate::postgres::bind;
use crate::sqlite::Reading;
use crate::{Db, DbError, Row, Statement, Value};

/// The database as it stood at one moment. It has a connection of its own.
pub struct Snapshot(Open);

enum Open {
    Sqlite(Reading),
    Postgres(Box<PgConnection>),
}

impl Db {
    /// Begins to read.
    ///
    /// # Errors
    /// When there is no connection to be had.
    pub async fn snapshot(&self) -> Result<Snapshot, DbError> {
        Ok(Snapshot(match &self.0 {
            Pool::Sqlite(file) => {
                Open::Sqlite(file.snapshot().map_err(DbError::embedded("snapshot"))?)
            }
            Pool::Postgres(server) => {
                let opened = server.snapshot().await;
                Open::Postgres(Box::new(opened.map_err(DbError::of("snapshot"))?))
            }
        }))
    }
}

impl Snapshot {
    pub async fn all(
        &mut self,
        statement: &'static Statement,
        args: &[Value],
    ) -> Result<Vec<Row>, DbError> {
        crate::count();
        match &mut self.0 {
            Open::Sqlite(file) => file
                .all(statement.sql, args)
                .map_err(DbError::embedded(statement.name)),
            Open::Postgres(connection) => {
                let query = bind(sqlx::query(statement.sql.into_sql_str()), args.iter());
                let rows = query.fetch_all(&mut **connection).await;
                rows.map(|rows| rows.into_iter().map(Row::Postgres).collect())
                    .map_err(DbError::of(statement.name))
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

    /// The one row a statement always has, such as a count.
    pub async fn one(
        &mut self,
        statement: &'static Statement,
        args: &[Value],
    ) -> Result<Row, DbError> {
        self.optional(statement, args)
            .await?
            .ok_or(sqlx::Error::RowNotFound)
            .map_err(DbError::of(statement.name))
    }
}
