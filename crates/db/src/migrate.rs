use sqlx::SqlSafeStr as _;

use crate::moving::mark;
use crate::open::{Open, Pool};
use crate::{Db, DbError, Engine, Row, Statement, Tx, Value, args};

/// One step of the schema. Applied once, in order, and never changed afterwards.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    pub name: &'static str,
    pub sqlite: &'static str,
    pub postgres: &'static str,
    /// What the program fills in itself, where the text says `-- refill`.
    pub refill: &'static [Refill],
}

/// Columns that the program works out from others, row by row.
#[derive(Debug, Clone, Copy)]
pub struct Refill {
    /// The keys of all rows.
    pub keys: &'static Statement,
    /// One row by its key.
    pub read: &'static Statement,
    /// Writes what was worked out, by the same key: its parameters come first.
    pub write: &'static Statement,
    /// A key as parameters.
    pub key: fn(&Row) -> Result<Vec<Value>, DbError>,
    /// What a row's columns are to be.
    pub make: fn(&Row) -> Result<Vec<Value>, DbError>,
}

impl Refill {
    async fn run(&self, tx: &mut Tx) -> Result<(), DbError> {
        for key in tx.all(self.keys, &[]).await? {
            let mut args = (self.key)(&key)?;
            if let Some(row) = tx.optional(self.read, &args).await? {
                args.extend((self.make)(&row)?);
                tx.execute(self.write, &args).await?;
            }
        }
        Ok(())
    }
}

/// Stands on a line of its own in the text of a step.
const REFILL: &str = "\n-- refill\n";

impl Migration {
    /// A step whose text runs on both.
    pub const fn both(name: &'static str, sql: &'static str) -> Migration {
        Migration {
            name,
            sqlite: sql,
            postgres: sql,
            refill: &[],
        }
    }

    pub fn sql(&self, engine: Engine) -> &'static str {
        match engine {
            Engine::Sqlite => self.sqlite,
            Engine::Postgres => self.postgres,
        }
    }
}

static CREATE: Statement = Statement::own(
    "migrations::create",
    "create table if not exists migrations (name text primary key, text text not null, at bigint not null)",
);
static APPLIED: Statement =
    Statement::own("migrations::applied", "select name, text from migrations");
static RECORD: Statement = Statement::own(
    "migrations::record",
    "insert into migrations (name, text, at) values ($1, $2, $3)",
);

impl Db {
    /// Applies what is not applied yet, each step in a transaction of its own. Several processes
    /// may start at once: the first one works, the others wait.
    pub async fn migrate(
        &self,
        migrations: &[Migration],
        now: i64,
    ) -> Result<Vec<&'static str>, DbError> {
        let mut done = Vec::new();
        for migration in migrations {
            let sql = migration.sql(self.engine());
            let mut tx = self.begin().await?;
            if let Open::Postgres(tx) = &mut tx.0 {
                // "aldg": any number will do, as long as every node takes the same.
                sqlx::query("select pg_advisory_xact_lock(1634493543)")
                    .execute(&mut **tx)
                    .await
                    .map_err(DbError::of("migrations::lock"))?;
            }
            tx.execute(&CREATE, &[]).await?;
            let mut applied = None;
            for row in tx.all(&APPLIED, &[]).await? {
                let (name, text) = (row.text("name")?, row.text("text")?);
                if let Some(why) = mark(&name, &text) {
                    return Err(why);
                }
                if name == migration.name {
                    applied = Some(text);
                } else if migrations.iter().all(|known| known.name != name) {
                    return Err(DbError::Newer { name });
                }
            }
            match applied {
                Some(text) if text == sql => continue,
                Some(_) => {
                    return Err(DbError::MigrationChanged {
                        name: migration.name.to_owned(),
                    });
                }
                None => {}
            }
            let (before, after) = sql.split_once(REFILL).unwrap_or((sql, ""));
            script(&mut tx, migration.name, before).await?;
            for refill in migration.refill {
                refill.run(&mut tx).await?;
            }
            script(&mut tx, migration.name, after).await?;
            tx.execute(&RECORD, args![migration.name, sql, now]).await?;
            tx.commit().await?;
            done.push(migration.name);
        }
        Ok(done)
    }

    /// Creates an empty schema, for a test that wants a PostgreSQL database of its own.
    ///
    /// # Panics
    /// When the name holds anything but lower-case letters, digits and underscores.
    pub async fn create_schema(&self, name: &str) -> Result<(), DbError> {
        assert!(
            name.bytes()
                .all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_')),
            "{name}"
        );
        if let Pool::Postgres(server) = &self.0 {
            sqlx::raw_sql(sqlx::AssertSqlSafe(format!("create schema {name}")))
                .execute(&server.writers)
                .await
                .map_err(DbError::of("create schema"))?;
        }
        Ok(())
    }
}

async fn script(tx: &mut Tx, name: &'static str, sql: &'static str) -> Result<(), DbError> {
    match &mut tx.0 {
        Open::Sqlite(tx) => tx.script(sql).map_err(DbError::embedded(name)),
        Open::Postgres(tx) => sqlx::raw_sql(sql.into_sql_str())
            .execute(&mut **tx)
            .await
            .map(drop)
            .map_err(DbError::of(name)),
    }
}
