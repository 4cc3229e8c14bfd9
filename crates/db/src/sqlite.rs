//! The embedded database. Its calls run on the thread that makes them: what a page reads takes less
//! time than handing it to another thread and waiting for the answer. Only a commit, which waits
//! for the disk, goes to a thread of its own.

use std::path::{Path, PathBuf};
use std::str::Utf8Error;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags, Result};
use tokio::sync::OwnedMutexGuard;

use crate::{Durability, PREPARED, Row, Value};

/// KiB of the file that a connection keeps in memory at most.
const PAGES_KIB: i64 = 8_192;

pub(crate) struct Embedded {
    file: PathBuf,
    /// How readers open it.
    reading: OpenFlags,
    /// One, so that writers queue instead of failing busy.
    writer: Arc<tokio::sync::Mutex<Connection>>,
    /// Those that nobody reads with just now; as many as threads have read at once.
    readers: Mutex<Vec<Connection>>,
}

impl Embedded {
    pub(crate) fn open(file: &Path, durability: Durability) -> Result<Embedded> {
        let writer = connect(
            file,
            OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
        )?;
        writer.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
        let synchronous = match durability {
            Durability::Full => "full",
            Durability::Relaxed => "off",
        };
        writer.pragma_update(None, "synchronous", synchronous)?;
        writer.pragma_update(None, "foreign_keys", "on")?;
        // What is erased is written over with zeros.
        writer.pragma_update_and_check(None, "secure_delete", "on", |_| Ok(()))?;
        Ok(Embedded {
            file: file.to_owned(),
            reading: OpenFlags::SQLITE_OPEN_READ_ONLY,
            writer: Arc::new(tokio::sync::Mutex::new(writer)),
            readers: Mutex::default(),
        })
    }

    /// Opens a file on a disk that cannot be written. Where a log lies beside it, as beside a copy of a running
    /// gateway, it is read too.
    pub(crate) fn open_copy(file: &Path) -> Result<Embedded> {
        let mut log = file.as_os_str().to_owned();
        log.push("-wal");
        let has_log = std::fs::metadata(log).is_ok_and(|log| log.len() > 0);
        let (file, reading) = if has_log {
            (file.to_owned(), OpenFlags::SQLITE_OPEN_READ_ONLY)
        } else {
            let name = file
                .to_string_lossy()
                .replace('%', "%25")
                .replace('?', "%3f")
                .replace('#', "%23");
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
            (PathBuf::from(format!("file:{name}?immutable=1")), flags)
        };
        let writer = connect(&file, reading)?;
        Ok(Embedded {
            file,
            reading,
            writer: Arc::new(tokio::sync::Mutex::new(writer)),
            readers: Mutex::default(),
        })
    }

    pub(crate) fn all(&self, sql: &str, args: &[Value]) -> Result<Vec<Row>> {
        let free = self.readers.lock().expect("not poisoned").pop();
        let reader = match free {
            Some(reader) => reader,
            None => connect(&self.file, self.reading)?,
        };
        let rows = all(&reader, sql, args);
        self.readers.lock().expect("not poisoned").push(reader);
        rows
    }

    /// A connection that sees the file as it stands now, whatever is written meanwhile.
    pub(crate) fn snapshot(&self) -> Result<Reading> {
        let reader = connect(&self.file, self.reading)?;
        // The first read is what fixes the moment.
        reader.execute_batch("begin; select count(*) from sqlite_schema")?;
        Ok(Reading(reader))
    }

    /// Takes the write lock at once, so that a transaction that has read never finds that somebody
    /// wrote in between.
    pub(crate) async fn begin(&self) -> Result<Writing> {
        let writer = self.writer.clone().lock_owned().await;
        writer.execute_batch("begin immediate")?;
        Ok(Writing {
            writer,
            done: false,
        })
    }

    pub(crate) async fn prepare(&self, sql: &str) -> Result<()> {
        self.writer.lock().await.prepare(sql).map(drop)
    }

    /// Leaves the file to others, whole by itself, without the log beside it. Nothing can be asked afterwards.
    pub(crate) async fn close(&self) {
        self.readers.lock().expect("not poisoned").clear();
        let mut writer = self.writer.lock().await;
        // Where somebody else still reads, the log stays, and nothing is lost.
        let _ = writer.query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(()));
        if let Ok(nothing) = Connection::open_in_memory() {
            *writer = nothing;
        }
    }
}

fn connect(file: &Path, flags: OpenFlags) -> Result<Connection> {
    let connection = Connection::open_with_flags(file, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(Duration::from_secs(10))?;
    connection.set_prepared_statement_cache_capacity(PREPARED);
    connection.pragma_update(None, "cache_size", -PAGES_KIB)?;
    // A plan is made once. Without this, SQLite plans a statement anew for each value that it is compared with
    // where an index holds only some rows.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(connection)
}

/// A read transaction; it ends with the connection.
pub(crate) struct Reading(Connection);

impl Reading {
    pub(crate) fn all(&self, sql: &str, args: &[Value]) -> Result<Vec<Row>> {
        all(&self.0, sql, args)
    }
}

/// A write transaction; rolled back when it is dropped.
pub(crate) struct Writing {
    writer: OwnedMutexGuard<Connection>,
    done: bool,
}

impl Writing {
    pub(crate) fn all(&self, sql: &str, args: &[Value]) -> Result<Vec<Row>> {
        all(&self.writer, sql, args)
    }

    /// How many rows it touched.
    pub(crate) fn execute<'a>(
        &self,
        sql: &str,
        args: impl Iterator<Item = &'a Value>,
    ) -> Result<u64> {
        let args: Vec<&Value> = args.collect();
        let mut statement = self.writer.prepare_cached(sql)?;
        bind(&mut statement, &args)?;
        statement.raw_execute().map(|rows| rows as u64)
    }

    pub(crate) fn script(&self, sql: &str) -> Result<()> {
        self.writer.execute_batch(sql)
    }

    pub(crate) async fn commit(self) -> Result<()> {
        let committed = tokio::task::spawn_blocking(move || self.committed());
        committed.await.expect("a commit does not panic")
    }

    fn committed(mut self) -> Result<()> {
        self.writer.execute_batch("commit")?;
        self.done = true;
        Ok(())
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        if !self.done {
            // Where SQLite has rolled back by itself there is nothing left to do.
            let _ = self.writer.execute_batch("rollback");
        }
    }
}

fn all(connection: &Connection, sql: &str, args: &[Value]) -> Result<Vec<Row>> {
    let mut statement = connection.prepare_cached(sql)?;
    bind(&mut statement, args)?;
    let columns: Arc<[String]> = statement
        .column_names()
        .into_iter()
        .map(str::to_owned)
        .collect();
    let mut rows = Vec::new();
    let mut found = statement.raw_query();
    while let Some(row) = found.next()? {
        let values = (0..columns.len()).map(|at| Ok(read(row.get_ref(at)?)?));
        rows.push(Row::Embedded(
            columns.clone(),
            values.collect::<Result<_>>()?,
        ));
    }
    Ok(rows)
}

/// `$3` is a name to SQLite: its place is that of its first use. What is not given is null.
fn bind(statement: &mut rusqlite::Statement<'_>, args: &[impl ToSql]) -> Result<()> {
    for place in 1..=statement.parameter_count() {
        let name = statement.parameter_name(place).unwrap_or_default();
        let number: usize = name.trim_start_matches('$').parse().unwrap_or(place);
        if let Some(value) = args.get(number - 1) {
            statement.raw_bind_parameter(place, value)?;
        }
    }
    Ok(())
}

fn read(value: ValueRef<'_>) -> std::result::Result<Value, Utf8Error> {
    Ok(match value {
        ValueRef::Null => Value::Text(None),
        ValueRef::Integer(value) => value.into(),
        // No column of ours holds any.
        ValueRef::Real(value) => value.to_string().into(),
        ValueRef::Text(text) => std::str::from_utf8(text)?.into(),
        ValueRef::Blob(bytes) => bytes.into(),
    })
}

impl ToSql for Value {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Text(Some(text)) => ValueRef::Text(text.as_bytes()),
            Value::Int(Some(number)) => ValueRef::Integer(*number),
            Value::Bytes(Some(bytes)) => ValueRef::Blob(bytes),
            Value::Text(None) | Value::Int(None) | Value::Bytes(None) => ValueRef::Null,
        }))
    }
}
