//! Moving a gateway from the embedded database to PostgreSQL: every table, a page of rows at a time, so
//! that it goes on where it stopped, and every row compared afterwards.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::Path;
use std::time::Duration;

use futures_util::TryStreamExt as _;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, OpenFlags, Result};
use sqlx::AssertSqlSafe;

use crate::open::{Open, Pool};
use crate::{Db, DbError, Statement, args};

/// Stands among the schema's steps of a database that was left for another: nothing opens it any more.
pub(crate) const MOVED: &str = "moved";
/// Stands among the schema's steps of a database that is not filled yet.
pub(crate) const MOVING: &str = "moving";

/// Rows and bytes that are written at once, at most.
const ROWS: u64 = 10_000;
const BYTES: usize = 8 << 20;

static PLACES: Statement = Statement {
    name: "moving::places",
    sql: "create table if not exists moving (name text primary key, done bigint not null)",
};
static MARKED: Statement = Statement {
    name: "moving::marked",
    sql: "select name from migrations where name = 'moving'",
};
static USED: Statement = Statement {
    name: "moving::used",
    sql: "select sequence from acts limit 1",
};
static MARK: Statement = Statement {
    name: "moving::mark",
    sql: "insert into migrations (name, text, at) values ('moving', '', $1)",
};
static PLACE: Statement = Statement {
    name: "moving::place",
    sql: "select done from moving where name = $1",
};
static REACHED: Statement = Statement {
    name: "moving::reached",
    sql: "insert into moving (name, done) values ($1, $2) on conflict (name) do update set done = $2",
};
static UNMARK: Statement = Statement {
    name: "moving::unmark",
    sql: "delete from migrations where name = 'moving'",
};
static DROP: Statement = Statement {
    name: "moving::drop",
    sql: "drop table moving",
};

/// The embedded database, open for nobody else.
pub struct Source(Connection);

/// A table as it is in both databases.
#[derive(Debug)]
pub struct Table {
    pub name: String,
    columns: Vec<String>,
    key: String,
    /// Columns that name other rows of the same table: filled when all rows are there.
    own: Vec<String>,
    needs: Vec<String>,
}

/// Rows that follow each other.
pub struct Page {
    text: Vec<u8>,
    pub rows: u64,
    /// The place in the file after which it begins, and of its last row.
    after: i64,
    pub last: i64,
}

/// How many rows a table has, and what they add up to, in any order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sum {
    pub rows: u64,
    sum: u64,
}

impl Sum {
    fn add(&mut self, row: &[u8]) {
        let mut hasher = DefaultHasher::new();
        row.hash(&mut hasher);
        self.sum = self.sum.wrapping_add(hasher.finish());
        self.rows += 1;
    }
}

impl Source {
    /// Opens the file for this process alone, and keeps it from being served from now on.
    ///
    /// # Errors
    /// [`DbError::InUse`] while another process has it open.
    pub fn open(file: &Path, to: &str, now: i64) -> Result<Source, DbError> {
        let opened = || {
            let connection = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
            connection.busy_timeout(Duration::from_secs(2))?;
            connection.pragma_update_and_check(None, "locking_mode", "exclusive", |_| Ok(()))?;
            connection.execute(
                "insert into migrations (name, text, at) values (?1, ?2, ?3)
                    on conflict (name) do update set text = ?2, at = ?3",
                (MOVED, to, now),
            )?;
            Ok(connection)
        };
        opened()
            .map(Source)
            .map_err(|e: rusqlite::Error| match e.sqlite_error_code() {
                Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => DbError::InUse,
                _ => DbError::open(e),
            })
    }

    /// The file is to be served again.
    pub fn stay(&self) -> Result<(), DbError> {
        let done = self
            .0
            .execute("delete from migrations where name = ?1", [MOVED]);
        done.map(drop).map_err(DbError::embedded("moving::stay"))
    }

    /// Every table, after those that its rows name.
    pub fn tables(&self) -> Result<Vec<Table>, DbError> {
        let mut left = self
            .unordered()
            .map_err(DbError::embedded("moving::tables"))?;
        let mut ordered: Vec<Table> = Vec::new();
        while !left.is_empty() {
            let is_there = |need: &String| ordered.iter().any(|table| table.name == *need);
            let next = left
                .iter()
                .position(|table| table.needs.iter().all(is_there));
            ordered.push(left.remove(next.expect("tables do not name each other in a circle")));
        }
        Ok(ordered)
    }

    fn unordered(&self) -> Result<Vec<Table>> {
        let text = |sql: &str| -> Result<Vec<Vec<String>>> {
            let mut statement = self.0.prepare(sql)?;
            let width = statement.column_count();
            let rows = statement.query_map([], |row| (0..width).map(|at| row.get(at)).collect())?;
            rows.collect()
        };
        let mut tables = Vec::new();
        for name in text(
            "select name from sqlite_schema where type = 'table' and name <> 'migrations' and name not like 'sqlite%' order by name",
        )? {
            let name = name[0].clone();
            let columns = text(&format!(
                "select name from pragma_table_info('{name}') order by cid"
            ))?;
            let key = text(&format!(
                "select name from pragma_table_info('{name}') where pk = 1"
            ))?;
            let names = text(&format!(
                "select \"table\", \"from\" from pragma_foreign_key_list('{name}')"
            ))?;
            let (own, others): (Vec<_>, Vec<_>) = names.into_iter().partition(|to| to[0] == name);
            tables.push(Table {
                columns: columns.into_iter().flatten().collect(),
                key: key.into_iter().flatten().next().unwrap_or_default(),
                own: own.into_iter().map(|to| to[1].clone()).collect(),
                needs: others.into_iter().map(|to| to[0].clone()).collect(),
                name,
            });
        }
        Ok(tables)
    }

    /// How many rows the table has up to this place.
    pub fn count(&self, table: &Table, to: i64) -> Result<u64, DbError> {
        let sql = format!("select count(*) from {} where rowid <= ?1", table.name);
        let count = self.0.query_row(&sql, [to], |row| row.get::<_, i64>(0));
        count
            .map(i64::unsigned_abs)
            .map_err(DbError::embedded("moving::count"))
    }

    /// The rows that come next, as PostgreSQL reads them.
    pub fn page(&self, table: &Table, after: i64) -> Result<Page, DbError> {
        let mut page = Page {
            text: Vec::new(),
            rows: 0,
            after,
            last: after,
        };
        let blank: Vec<usize> = (0..table.columns.len())
            .filter(|at| table.own.contains(&table.columns[*at]))
            .collect();
        let read = self.rows(table, after, &blank, |row, rowid| {
            page.text.extend(row);
            page.rows += 1;
            page.last = rowid;
            page.rows < ROWS && page.text.len() < BYTES
        });
        read.map(|()| page)
            .map_err(DbError::embedded("moving::page"))
    }

    pub fn sum(&self, table: &Table) -> Result<Sum, DbError> {
        let mut sum = Sum::default();
        let read = self.rows(table, i64::MIN, &[], |row, _| {
            sum.add(row);
            true
        });
        read.map(|()| sum).map_err(DbError::embedded("moving::sum"))
    }

    /// Hands out rows with their places in the file, while they are wanted.
    fn rows(
        &self,
        table: &Table,
        after: i64,
        blank: &[usize],
        mut each: impl FnMut(&[u8], i64) -> bool,
    ) -> Result<()> {
        let columns = table.columns.join(", ");
        let sql = format!(
            "select {columns}, rowid from {} where rowid > ?1 order by rowid",
            table.name
        );
        let mut statement = self.0.prepare_cached(&sql)?;
        let mut rows = statement.query([after])?;
        let mut line = Vec::new();
        while let Some(row) = rows.next()? {
            line.clear();
            for at in 0..table.columns.len() {
                if at > 0 {
                    line.push(b'\t');
                }
                let value = row.get_ref(at)?;
                write(
                    &mut line,
                    if blank.contains(&at) {
                        ValueRef::Null
                    } else {
                        value
                    },
                );
            }
            line.push(b'\n');
            if !each(&line, row.get(table.columns.len())?) {
                break;
            }
        }
        Ok(())
    }

    /// For each row of the table that names another one: its key and the other's.
    fn named(&self, table: &Table, column: &str) -> Result<Vec<(String, String)>, DbError> {
        let read = || -> Result<Vec<_>> {
            let sql = format!(
                "select {}, {column} from {} where {column} is not null",
                table.key, table.name
            );
            let mut statement = self.0.prepare(&sql)?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            rows.collect()
        };
        read().map_err(DbError::embedded("moving::named"))
    }
}

/// A value in the text format of PostgreSQL's COPY.
fn write(line: &mut Vec<u8>, value: ValueRef<'_>) {
    match value {
        ValueRef::Null => line.extend(b"\\N"),
        ValueRef::Integer(number) => line.extend(number.to_string().bytes()),
        ValueRef::Real(number) => line.extend(number.to_string().bytes()),
        ValueRef::Blob(bytes) => {
            line.extend(b"\\\\x");
            for byte in bytes {
                line.extend(format!("{byte:02x}").bytes());
            }
        }
        ValueRef::Text(text) => {
            for byte in text {
                let escaped = match byte {
                    b'\\' => b'\\',
                    8 => b'b',
                    b'\t' => b't',
                    b'\n' => b'n',
                    11 => b'v',
                    12 => b'f',
                    b'\r' => b'r',
                    plain => {
                        line.push(*plain);
                        continue;
                    }
                };
                line.extend([b'\\', escaped]);
            }
        }
    }
}

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
