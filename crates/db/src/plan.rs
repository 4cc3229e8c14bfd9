//! How a statement would be run, for the test that looks for reads of whole tables.

use sqlx::{AssertSqlSafe, Row as _};

use crate::open::Pool;
use crate::{Db, DbError, Statement};

/// Where one index finds the rows and another has their order: which one is to be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prefer {
    Conditions,
    Order,
}

impl Db {
    /// The database's own plan of a statement, line by line, whatever its parameters are. PostgreSQL is
    /// told to prefer any index to reading a whole table, so that an empty database says what a full one
    /// would do.
    pub async fn plan(
        &self,
        statement: &'static Statement,
        prefer: Prefer,
    ) -> Result<Vec<String>, DbError> {
        match &self.0 {
            Pool::Sqlite(file) => {
                let sql = format!("explain query plan {}", statement.sql);
                let rows = file.all(&sql, &[]);
                let rows = rows.map_err(DbError::embedded(statement.name))?;
                rows.iter().map(|row| row.text("detail")).collect()
            }
            Pool::Postgres(server) => postgres(&server.writers, statement.sql, prefer)
                .await
                .map_err(DbError::of(statement.name)),
        }
    }
}

async fn postgres(
    pool: &sqlx::PgPool,
    sql: &str,
    prefer: Prefer,
) -> Result<Vec<String>, sqlx::Error> {
    let mut tx = pool.begin().await?;
    let avoid = match prefer {
        Prefer::Conditions => "",
        Prefer::Order => "set local enable_sort = off; ",
    };
    let prepare = format!(
        "set local enable_seqscan = off; {avoid}set local plan_cache_mode = force_generic_plan; prepare plan as {sql}"
    );
    sqlx::raw_sql(AssertSqlSafe(prepare))
        .execute(&mut *tx)
        .await?;
    let nulls = vec!["null"; parameters(sql)].join(", ");
    let explain = match nulls.as_str() {
        "" => "explain (costs off) execute plan".to_owned(),
        nulls => format!("explain (costs off) execute plan({nulls})"),
    };
    let rows = sqlx::raw_sql(AssertSqlSafe(explain))
        .fetch_all(&mut *tx)
        .await?;
    sqlx::raw_sql("deallocate plan").execute(&mut *tx).await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// How many parameters a statement has.
fn parameters(sql: &str) -> usize {
    sql.split('$')
        .skip(1)
        .filter_map(|part| {
            let digits = part.bytes().take_while(u8::is_ascii_digit).count();
            part[..digits].parse().ok()
        })
        .max()
        .unwrap_or(0)
}
