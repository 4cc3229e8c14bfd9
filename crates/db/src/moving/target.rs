//! PostgreSQL: takes rows in, and says what it has.

use futures_util::TryStreamExt as _;
use sqlx::AssertSqlSafe;

use super::{Page, Source, Sum, Table};
use crate::open::{Open, Pool};
use crate::{Db, DbError, Statement, args};

static PLACES: Statement = Statement::own(
    "moving::places",
    "create table if not exists moving (name text primary key, done bigint not null)",
);
static MARKED: Statement = Statement::own(
    "moving::marked",
    "select name from migrations where name = 'moving'",
);
static USED: Statement = Statement::own("moving::used", "select sequence from acts limit 1");
static MARK: Statement = Statement::own(
    "moving::mark",
    "insert into migrations (name, text, at) values ('moving', '', $1)",
);
static PLACE: Statement =
    Statement::own("moving::place", "select done from moving where name = $1");
static REACHED: Statement = Statement::own(
    "moving::reached",
    "insert into moving (name, done) values ($1, $2) on conflict (name) do update set done = $2",
);
static UNMARK: Statement = Statement::own(
    "moving::unmark",
    "delete from migrations where name = 'moving'",
);
static DROP: Statement = Statement::own("moving::drop", "drop table moving");

impl Db {
    fn postgres_pool(&self) -> &sqlx::PgPool {
        match &self.0 {
            Pool::Postgres(server) => &server.writers,
            Pool::Sqlite(_) => panic!("a gateway moves to PostgreSQL"),
        }
    }

    /// Makes an empty database ready to be filled; one that was begun is gone on with.
    ///
    /// # Errors
    /// [`DbError::NotEmpty`] when a gateway has been at work in it.
    pub async fn take_in(&self, now: i64) -> Result<(), DbError> {
        if self.optional(&MARKED, &[]).await?.is_some() {
            return Ok(());
        }
        if self.optional(&USED, &[]).await?.is_some() {
            return Err(DbError::NotEmpty);
        }
        let mut tx = self.begin().await?;
        tx.execute(&MARK, args![now]).await?;
        tx.execute(&PLACES, &[]).await?;
        tx.commit().await
    }

    /// Where the copy of this table goes on.
    pub async fn place(&self, table: &Table) -> Result<i64, DbError> {
        let row = self.optional(&PLACE, args![&table.name]).await?;
        row.map_or(Ok(i64::MIN), |row| row.int("done"))
    }

    /// Adds a page of rows, and notes how far the copy is, both or neither.
    pub async fn take(&self, table: &Table, page: &Page) -> Result<(), DbError> {
        let mut tx = self.begin().await?;
        if let Open::Postgres(tx) = &mut tx.0 {
            let columns = table.columns.join(", ");
            let sql = format!("copy {} ({columns}) from stdin", table.name);
            let failed = || DbError::of("moving::take");
            if page.after == i64::MIN {
                // What the schema itself puts there.
                let sql = AssertSqlSafe(format!("delete from {}", table.name));
                let emptied = sqlx::query(sql).execute(&mut **tx).await;
                emptied.map_err(failed())?;
            }
            let mut copy = tx.copy_in_raw(&sql).await.map_err(failed())?;
            copy.send(page.text.as_slice()).await.map_err(failed())?;
            copy.finish().await.map_err(failed())?;
        }
        tx.execute(&REACHED, args![&table.name, page.last]).await?;
        tx.commit().await
    }

    /// Fills the columns that name rows of the same table.
    pub async fn take_named(&self, source: &Source, table: &Table) -> Result<(), DbError> {
        for column in &table.own {
            let mut tx = self.begin().await?;
            for (key, named) in source.named(table, column)? {
                if let Open::Postgres(tx) = &mut tx.0 {
                    let sql = format!(
                        "update {} set {column} = $2 where {} = $1",
                        table.name, table.key
                    );
                    let update = sqlx::query(AssertSqlSafe(sql)).bind(key).bind(named);
                    update
                        .execute(&mut **tx)
                        .await
                        .map_err(DbError::of("moving::take_named"))?;
                }
            }
            tx.commit().await?;
        }
        Ok(())
    }

    pub async fn sum(&self, table: &Table) -> Result<Sum, DbError> {
        let failed = || DbError::of("moving::sum");
        let columns = table.columns.join(", ");
        let sql = format!("copy {} ({columns}) to stdout", table.name);
        let mut connection = self.postgres_pool().acquire().await.map_err(failed())?;
        let mut rows = connection.copy_out_raw(&sql).await.map_err(failed())?;
        let (mut sum, mut held) = (Sum::default(), Vec::new());
        // An end of line within a value is escaped.
        while let Some(part) = rows.try_next().await.map_err(failed())? {
            held.extend_from_slice(&part);
            let whole = held
                .iter()
                .rposition(|byte| *byte == b'\n')
                .map_or(0, |at| at + 1);
            for row in held[..whole].split_inclusive(|byte| *byte == b'\n') {
                sum.add(row);
            }
            held.drain(..whole);
        }
        Ok(sum)
    }

    /// The database is whole, and may be served.
    pub async fn taken_in(&self) -> Result<(), DbError> {
        let mut tx = self.begin().await?;
        tx.execute(&UNMARK, &[]).await?;
        tx.execute(&DROP, &[]).await?;
        tx.commit().await?;
        let analysed = sqlx::raw_sql("analyze").execute(self.postgres_pool()).await;
        analysed.map(drop).map_err(DbError::of("moving::analyse"))
    }
}
