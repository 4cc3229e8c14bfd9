//! What an older gateway holds, folded as it is folded now.

use db::{DbError, Refill, Row, Statement, Value};
use text::{fold, looks};

/// Read whole, once, so they are not among those that a page may run.
const fn once(sql: &'static str) -> Statement {
    Statement {
        name: "migrations::refill",
        sql,
    }
}

static ORGANISATIONS: Statement = once("select id from organisations");
static ORGANISATION: Statement = once("select name as text from organisations where id = $1");
static FOLD_ORGANISATION: Statement =
    once("update organisations set name_key = $2, look_key = $3 where id = $1");
static RECORDS: Statement = once("select id from records");
static RECORD: Statement = once("select title as text from records where id = $1");
static FOLD_RECORD: Statement = once("update records set title_key = $2 where id = $1");
static PUBLICATIONS: Statement = once("select record_id as id, revision from publications");
static PUBLICATION: Statement =
    once("select search_key, parties_key from publications where record_id = $1 and revision = $2");
static FOLD_PUBLICATION: Statement = once(
    "update publications set search_key = $3, parties_key = $4
        where record_id = $1 and revision = $2",
);

pub const AGAIN: &[Refill] = &[
    Refill {
        keys: &ORGANISATIONS,
        read: &ORGANISATION,
        write: &FOLD_ORGANISATION,
        key: by_id,
        make: |row| {
            let name = row.text("text")?;
            Ok(vec![fold(&name).into(), looks(&name).into()])
        },
    },
    Refill {
        keys: &RECORDS,
        read: &RECORD,
        write: &FOLD_RECORD,
        key: by_id,
        make: |row| Ok(vec![fold(&row.text("text")?).into()]),
    },
    Refill {
        keys: &PUBLICATIONS,
        read: &PUBLICATION,
        write: &FOLD_PUBLICATION,
        key: |row| Ok(vec![row.text("id")?.into(), row.int("revision")?.into()]),
        // The words were folded before, but for their accents.
        make: |row| {
            let again = |column: &str| Ok::<Value, DbError>(fold(&row.text(column)?).into());
            Ok(vec![again("search_key")?, again("parties_key")?])
        },
    },
];

fn by_id(row: &Row) -> Result<Vec<Value>, DbError> {
    Ok(vec![row.text("id")?.into()])
}
