//! The embedded database: its tables, and its rows in the form in which PostgreSQL reads them.

use std::path::Path;
use std::time::Duration;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, OpenFlags, Result};

use super::{MOVED, Page, Sum, Table};
use crate::DbError;

/// Rows and bytes that are written at once, at most.
const ROWS: u64 = 10_000;
const BYTES: usize = 8 << 20;

/// The embedded database, open for nobody else.
pub struct Source(Connection);

impl Source {
    /// Opens the file for this process alone.
    ///
    /// # Errors
    /// [`DbError::InUse`] while another process has it open.
    pub fn open(file: &Path) -> Result<Source, DbError> {
        let opened = || {
            let connection = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
            connection.busy_timeout(Duration::from_secs(2))?;
            connection.pragma_update_and_check(None, "locking_mode", "exclusive", |_| Ok(()))?;
            // The first write takes the lock, which is then kept.
            connection.execute_batch("begin immediate; commit")?;
            Ok(connection)
        };
        opened()
            .map(Source)
            .map_err(|e: rusqlite::Error| match e.sqlite_error_code() {
                Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => DbError::InUse,
                _ => DbError::open(e),
            })
    }

    /// From now on the file is not served.
    pub fn leave(&self, to: &str, now: i64) -> Result<(), DbError> {
        let done = self.0.execute(
            "insert into migrations (name, text, at) values (?1, ?2, ?3)
                on conflict (name) do update set text = ?2, at = ?3",
            (MOVED, to, now),
        );
        done.map(drop).map_err(DbError::embedded("moving::leave"))
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
            // An index of words is a virtual table, which PostgreSQL has its own for.
            "select name from pragma_table_list where type = 'table' and schema = 'main' and name <> 'migrations'
                and name not like 'sqlite%' order by name",
        )? {
            let name = name[0].clone();
            let columns = text(&format!(
                "select name, lower(type) from pragma_table_info('{name}') order by cid"
            ))?;
            let key = text(&format!(
                "select name from pragma_table_info('{name}') where pk = 1"
            ))?;
            let names = text(&format!(
                "select \"table\", \"from\" from pragma_foreign_key_list('{name}')"
            ))?;
            let (own, others): (Vec<_>, Vec<_>) = names.into_iter().partition(|to| to[0] == name);
            tables.push(Table {
                types: columns.iter().map(|column| column[1].clone()).collect(),
                columns: columns.into_iter().map(|mut column| column.remove(0)).collect(),
                key: key.into_iter().flatten().next().unwrap_or_default(),
                own: own.into_iter().map(|to| to[1].clone()).collect(),
                needs: others.into_iter().map(|to| to[0].clone()).collect(),
                name,
            });
        }
        Ok(tables)
    }

    /// What stands in the way of the move, one sentence for each row, so many at most: a value that PostgreSQL does not
    /// take, or the name of a row that is not there.
    ///
    /// # Errors
    /// When the file cannot be read, or is damaged.
    pub fn obstacles(&self, tables: &[Table], most: usize) -> Result<Vec<String>, DbError> {
        let found = || -> Result<Vec<String>> {
            let mut found = Vec::new();
            let state: String = self
                .0
                .query_row("pragma quick_check(1)", [], |row| row.get(0))?;
            if state != "ok" {
                found.push(format!("The file is damaged: {state}."));
            }
            for table in tables {
                self.bad_values(table, most, &mut found)?;
            }
            let mut statement = self.0.prepare("pragma foreign_key_check")?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let (table, rowid): (String, i64) = (row.get(0)?, row.get(1)?);
                let other: String = row.get(2)?;
                let known = tables.iter().find(|known| known.name == table);
                let id = known.map_or(Ok(rowid.to_string()), |known| self.id(known, rowid))?;
                found.push(format!(
                    "Table {table}, row {id}: it names a row of {other} that is not there."
                ));
                if found.len() >= most {
                    break;
                }
            }
            Ok(found)
        };
        found().map_err(DbError::embedded("moving::obstacles"))
    }

    fn bad_values(&self, table: &Table, most: usize, found: &mut Vec<String>) -> Result<()> {
        let columns = table.columns.join(", ");
        let sql = format!("select {columns}, rowid from {} order by rowid", table.name);
        let mut statement = self.0.prepare(&sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            for (at, column) in table.columns.iter().enumerate() {
                if found.len() >= most {
                    return Ok(());
                }
                let Some(what) = obstacle(row.get_ref(at)?, &table.types[at]) else {
                    continue;
                };
                let id = self.id(table, row.get(table.columns.len())?)?;
                found.push(format!(
                    "Table {}, row {id}, column {column}: {what}.",
                    table.name
                ));
            }
        }
        Ok(())
    }

    /// The key of a row, for people.
    fn id(&self, table: &Table, rowid: i64) -> Result<String> {
        if table.key.is_empty() {
            return Ok(rowid.to_string());
        }
        let sql = format!("select {} from {} where rowid = ?1", table.key, table.name);
        self.0.query_row(&sql, [rowid], |row| {
            Ok(match row.get_ref(0)? {
                ValueRef::Integer(number) => number.to_string(),
                ValueRef::Text(text) => String::from_utf8_lossy(text).replace('\0', "\u{fffd}"),
                _ => rowid.to_string(),
            })
        })
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
    pub(super) fn named(
        &self,
        table: &Table,
        column: &str,
    ) -> Result<Vec<(String, String)>, DbError> {
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

/// Why PostgreSQL does not take this value in a column of this type.
fn obstacle(value: ValueRef<'_>, is_of: &str) -> Option<&'static str> {
    match (value, is_of) {
        (ValueRef::Text(text), "text") if text.contains(&0) => {
            Some("the text holds U+0000, which is no text")
        }
        (ValueRef::Text(text), "text") if std::str::from_utf8(text).is_err() => {
            Some("the text is not UTF-8")
        }
        (ValueRef::Null, _)
        | (ValueRef::Text(_), "text")
        | (ValueRef::Integer(_), "bigint")
        | (ValueRef::Blob(_), "bytea") => None,
        _ => Some("it is not of the type of the column"),
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
