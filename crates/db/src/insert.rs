//! Adding many rows at once with the insert of one row.

use sqlx::AssertSqlSafe;

use crate::open::Open;
use crate::postgres::bind;
use crate::value::checked;
use crate::{DbError, Statement, Tx, Value};

/// Rows that one statement adds at most. A power of two.
const MOST: usize = 256;
/// Parameters that one statement has at most; SQLite takes 32,766.
const PARAMETERS: usize = 8_192;

impl Tx {
    /// Runs an `insert … values (…)` of one row for many rows, many at a time, and says how many rows
    /// it added. The rows are added in their order.
    ///
    /// # Panics
    /// When the statement has no `values (…)`.
    pub async fn insert(
        &mut self,
        statement: &'static Statement,
        rows: &[&[Value]],
    ) -> Result<u64, DbError> {
        let (mut rest, mut added) = (rows, 0);
        while let Some(columns) = rest.first().map(|row| row.len().max(1)) {
            // Powers of two, so that few different texts are prepared.
            let fits = rest.len().min(MOST).min((PARAMETERS / columns).max(1));
            let (some, later) = rest.split_at(1 << fits.ilog2());
            rest = later;
            if let [row] = some {
                added += self.execute(statement, row).await?;
                continue;
            }
            crate::count();
            checked(statement.name, some.iter().flat_map(|row| row.iter()))?;
            let sql = many(statement.sql, columns, some.len());
            let args = some.iter().flat_map(|row| row.iter());
            added += match &mut self.0 {
                Open::Sqlite(tx) => tx
                    .execute(&sql, args)
                    .map_err(DbError::embedded(statement.name))?,
                Open::Postgres(tx) => bind(sqlx::query(AssertSqlSafe(sql)), args)
                    .execute(&mut **tx)
                    .await
                    .map(|done| done.rows_affected())
                    .map_err(DbError::of(statement.name))?,
            };
        }
        Ok(added)
    }
}

/// `values ($1, $2)` as `values ($1, $2), ($3, $4)`.
fn many(sql: &str, columns: usize, rows: usize) -> String {
    let open = sql.find("values (").expect("an insert has values") + "values ".len();
    let close = open + sql[open..].find(')').expect("values are closed") + 1;
    let row: Vec<&str> = sql[open..close].split('$').collect();
    let mut text = sql[..open].to_owned();
    for number in 0..rows {
        if number > 0 {
            text.push_str(", ");
        }
        text.push_str(row[0]);
        for part in &row[1..] {
            let digits = part.bytes().take_while(u8::is_ascii_digit).count();
            let place: usize = part[..digits].parse().expect("a parameter has a number");
            text.push_str(&format!("${}{}", place + number * columns, &part[digits..]));
        }
    }
    text.push_str(&sql[close..]);
    text
}

#[cfg(test)]
mod tests {
    use super::many;

    #[test]
    fn each_row_has_parameters_of_its_own() {
        let one = "insert into t (a, b, c) values ($1, 0, $2) on conflict (a) do nothing";
        assert_eq!(
            many(one, 2, 3),
            "insert into t (a, b, c) values ($1, 0, $2), ($3, 0, $4), ($5, 0, $6) on conflict (a) do nothing"
        );
    }
}
