//! PostgreSQL: a few connections that read, and a few that write.

use std::sync::Mutex;
use std::time::Duration;

use sqlx::postgres::{PgArguments, PgConnectOptions, PgConnection, PgPool, PgPoolOptions, PgRow};
use sqlx::query::Query;
use sqlx::{ConnectOptions as _, Error, Postgres};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::error::is_unreachable;
use crate::{PREPARED, Statement, Value};

/// Connections of one process, at most.
const READERS: usize = 12;
const WRITERS: u32 = 6;

/// How long a request waits for a connection before it says that the database does not answer.
const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) struct Server {
    /// Each is tried before it is given out, and after it comes back.
    pub(crate) writers: PgPool,
    options: PgConnectOptions,
    /// Readers are not tried first, which would take longer than most reads: what fails is asked once more.
    idle: Mutex<Vec<Reader>>,
    turns: Semaphore,
}

struct Reader {
    connection: PgConnection,
    /// Whether it may sort. PostgreSQL takes a list for shorter than it is, because a plan is made before
    /// it is known what is asked for, and would rather sort all of it than walk an index for one page.
    may_sort: bool,
}

impl Server {
    pub(crate) async fn connect(url: &str, schema: Option<&str>) -> Result<Server, Error> {
        let mut options: PgConnectOptions = url.parse()?;
        options = options.statement_cache_capacity(PREPARED);
        if let Some(schema) = schema {
            options = options.options([("search_path", schema)]);
        }
        let writers = PgPoolOptions::new()
            .acquire_timeout(PATIENCE)
            .max_connections(WRITERS)
            .connect_with(options.clone())
            .await?;
        Ok(Server {
            writers,
            options,
            idle: Mutex::default(),
            turns: Semaphore::new(READERS),
        })
    }

    pub(crate) async fn all(
        &self,
        statement: &'static Statement,
        args: &[Value],
    ) -> Result<Vec<PgRow>, Error> {
        let turn = timeout(PATIENCE, self.turns.acquire()).await;
        let _turn = turn
            .map_err(|_| Error::PoolTimedOut)?
            .map_err(|_| Error::PoolClosed)?;
        let used = self.used(!statement.is_page());
        if let Some(used) = used {
            match self.ask(used, statement, args).await {
                // The server may have gone away, and another taken its place, since it was used last.
                Err(error) if is_unreachable(&error) => {
                    self.idle.lock().expect("not poisoned").clear();
                }
                answered => return answered,
            }
        }
        let fresh = timeout(PATIENCE, self.options.connect()).await;
        let fresh = Reader {
            connection: fresh.map_err(|_| Error::PoolTimedOut)??,
            may_sort: true,
        };
        self.ask(fresh, statement, args).await
    }

    /// One that nobody reads with, if there is any; best one that is set already.
    fn used(&self, may_sort: bool) -> Option<Reader> {
        let mut idle = self.idle.lock().expect("not poisoned");
        let set = idle.iter().rposition(|reader| reader.may_sort == may_sort);
        match set {
            Some(place) => Some(idle.remove(place)),
            None => idle.pop(),
        }
    }

    /// A connection that is not done when its request goes away is not used again.
    async fn ask(
        &self,
        mut reader: Reader,
        statement: &'static Statement,
        args: &[Value],
    ) -> Result<Vec<PgRow>, Error> {
        let may_sort = !statement.is_page();
        if reader.may_sort != may_sort {
            let setting = if may_sort {
                "set enable_sort = on"
            } else {
                "set enable_sort = off"
            };
            sqlx::raw_sql(setting)
                .execute(&mut reader.connection)
                .await?;
            reader.may_sort = may_sort;
        }
        let query = bind(sqlx::query(statement.sql), args.iter());
        let rows = query.fetch_all(&mut reader.connection).await;
        if rows
            .as_ref()
            .err()
            .is_none_or(|error| !is_unreachable(error))
        {
            self.idle.lock().expect("not poisoned").push(reader);
        }
        rows
    }

    /// A connection that sees the database as it stands now, whatever is written meanwhile.
    pub(crate) async fn snapshot(&self) -> Result<PgConnection, Error> {
        let mut connection = timeout(PATIENCE, self.options.connect())
            .await
            .map_err(|_| Error::PoolTimedOut)??;
        // The first read is what fixes the moment.
        let begin = "begin transaction isolation level repeatable read, read only; select 1";
        sqlx::raw_sql(begin).execute(&mut connection).await?;
        Ok(connection)
    }

    pub(crate) async fn close(&self) {
        self.turns.close();
        self.idle.lock().expect("not poisoned").clear();
        self.writers.close().await;
    }
}

pub(crate) fn bind<'a>(
    mut query: Query<'static, Postgres, PgArguments>,
    args: impl Iterator<Item = &'a Value>,
) -> Query<'static, Postgres, PgArguments> {
    for arg in args {
        query = match arg.clone() {
            Value::Text(v) => query.bind(v),
            Value::Int(v) => query.bind(v),
            Value::Bytes(v) => query.bind(v),
        };
    }
    query
}
