//! What the rest of the program relies on, on SQLite, and on PostgreSQL where `ALDGATE_TEST_POSTGRES` names one.

use std::sync::atomic::{AtomicU64, Ordering};

use db::{Db, DbError, Durability, Migration, Value, args};

db::sql! {
    ADD = "insert into things (name, number, bytes) values ($1, $2, $3)";
    ALL = "select name, number, bytes from things order by name";
    ONE = "select name, number, bytes from things where name = $1";
    RAISE = "update things set number = number + $1";
    RAISE_ONE = "update things set number = number + 1 where name = $1";
    NEXT = "update things set number = number + 1 where name = $1 returning number";
    OWNED = "insert into owned (thing) values ($1)";
}

const FIRST: Migration = Migration::both(
    "0001_first",
    "create table things (name text primary key, number bigint, bytes bytea);
     create table owned (thing text not null references things (name));",
);
const SECOND: Migration = Migration::both(
    "0002_second",
    "alter table things add column more text not null default 'old';",
);

async fn empty() -> (Db, tempfile::TempDir) {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    let folder = tempfile::tempdir().unwrap();
    let db = match std::env::var("ALDGATE_TEST_POSTGRES") {
        Ok(url) => {
            let number = COUNT.fetch_add(1, Ordering::SeqCst);
            let schema = format!("db_{}_{number}", std::process::id());
            let whole = Db::postgres(&url, None).await.unwrap();
            whole.create_schema(&schema).await.unwrap();
            Db::postgres(&url, Some(&schema)).await
        }
        Err(_) => Db::sqlite(&folder.path().join("test.db"), Durability::Relaxed).await,
    };
    (db.unwrap(), folder)
}

async fn with_things() -> (Db, tempfile::TempDir) {
    let (db, folder) = empty().await;
    db.migrate(&[FIRST], 0).await.unwrap();
    let mut tx = db.begin().await.unwrap();
    for (name, number) in [("a", 1), ("b", 2)] {
        let args = args![name, number, &b"\x00\xff"[..]];
        assert_eq!(tx.execute(&ADD, args).await.unwrap(), 1);
    }
    tx.commit().await.unwrap();
    (db, folder)
}

async fn number(db: &Db, name: &str) -> i64 {
    let row = db.one(&ONE, args![name]).await.unwrap();
    row.int("number").unwrap()
}

#[tokio::test]
async fn each_step_of_the_schema_is_applied_once_and_in_order() {
    let (db, _folder) = empty().await;
    assert_eq!(db.migrate(&[FIRST], 5).await.unwrap(), ["0001_first"]);
    assert_eq!(
        db.migrate(&[FIRST, SECOND], 6).await.unwrap(),
        ["0002_second"]
    );
    assert_eq!(db.migrate(&[FIRST, SECOND], 7).await.unwrap(), [""; 0]);
}

#[tokio::test]
async fn several_that_start_at_once_apply_each_step_once() {
    let (db, _folder) = empty().await;
    let steps = [FIRST, SECOND];
    let (one, two, three) = tokio::join!(
        db.migrate(&steps, 0),
        db.migrate(&steps, 0),
        db.migrate(&steps, 0)
    );
    let mut done = [one.unwrap(), two.unwrap(), three.unwrap()].concat();
    done.sort_unstable();
    assert_eq!(done, ["0001_first", "0002_second"]);
}

#[tokio::test]
async fn a_step_that_was_changed_and_a_newer_schema_are_refused() {
    let (db, _folder) = empty().await;
    db.migrate(&[FIRST, SECOND], 0).await.unwrap();
    let changed = Migration::both("0001_first", "create table things (name text);");
    let refused = db.migrate(&[changed, SECOND], 0).await.unwrap_err();
    assert!(
        matches!(&refused, DbError::MigrationChanged { name } if name == "0001_first"),
        "{refused}"
    );
    let refused = db.migrate(&[FIRST], 0).await.unwrap_err();
    assert!(
        matches!(&refused, DbError::Newer { name } if name == "0002_second"),
        "{refused}"
    );
}

#[tokio::test]
async fn a_step_that_fails_leaves_nothing_and_can_be_mended() {
    let (db, _folder) = empty().await;
    let broken = Migration::both(
        "0001_first",
        "create table things (name text primary key, number bigint, bytes bytea); create nonsense;",
    );
    assert!(db.migrate(&[broken], 0).await.is_err());
    assert!(db.all(&ALL, &[]).await.is_err(), "no table is left");
    db.migrate(&[FIRST], 0).await.unwrap();
    assert_eq!(db.all(&ALL, &[]).await.unwrap().len(), 0);
}

#[tokio::test]
async fn values_are_read_as_they_were_written() {
    let (db, _folder) = empty().await;
    db.migrate(&[FIRST], 0).await.unwrap();
    let long = "ŷ".repeat(100_000);
    let every_byte: Vec<u8> = (0..=255).collect();
    let rows = [
        (long.as_str(), Some(i64::MAX), Some(every_byte)),
        ("", Some(i64::MIN), Some(Vec::new())),
        ("none", None, None),
    ];
    let mut tx = db.begin().await.unwrap();
    for (name, number, bytes) in &rows {
        let args = [
            Value::from(*name),
            Value::Int(*number),
            Value::Bytes(bytes.clone()),
        ];
        tx.execute(&ADD, &args).await.unwrap();
    }
    tx.commit().await.unwrap();
    for (name, number, bytes) in rows {
        let row = db.one(&ONE, args![name]).await.unwrap();
        assert_eq!(row.text("name").unwrap(), name);
        assert_eq!(row.opt_int("number").unwrap(), number);
        assert_eq!(row.opt_bytes("bytes").unwrap(), bytes);
    }
}

#[tokio::test]
async fn what_a_row_does_not_have_is_an_error_with_the_columns_name() {
    let (db, _folder) = empty().await;
    db.migrate(&[FIRST], 0).await.unwrap();
    let mut tx = db.begin().await.unwrap();
    let none = [Value::from("a"), Value::Int(None), Value::Bytes(None)];
    tx.execute(&ADD, &none).await.unwrap();
    tx.commit().await.unwrap();
    let row = db.one(&ONE, args!["a"]).await.unwrap();
    for fault in [
        row.int("number").unwrap_err(),
        row.text("other").unwrap_err(),
        row.int("name").unwrap_err(),
    ] {
        assert!(matches!(fault, DbError::Column { .. }), "{fault}");
    }
    assert!(db.optional(&ONE, args!["b"]).await.unwrap().is_none());
    assert!(db.one(&ONE, args!["b"]).await.is_err());
}

#[tokio::test]
async fn a_transaction_that_is_dropped_has_written_nothing() {
    let (db, _folder) = with_things().await;
    let mut tx = db.begin().await.unwrap();
    assert_eq!(tx.execute(&RAISE, args![10]).await.unwrap(), 2);
    let seen = tx.optional(&ONE, args!["a"]).await.unwrap().unwrap();
    assert_eq!(seen.int("number").unwrap(), 11, "it sees its own writes");
    assert_eq!(number(&db, "a").await, 1, "no one else does");
    drop(tx);
    assert_eq!(number(&db, "a").await, 1);
    let mut tx = db.begin().await.unwrap();
    tx.execute(&RAISE, args![1]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(number(&db, "a").await, 2);
}

#[tokio::test]
async fn a_row_that_is_there_is_told_from_other_faults() {
    let (db, _folder) = with_things().await;
    let mut tx = db.begin().await.unwrap();
    let fault = tx.execute(&ADD, args!["a", 9, &b""[..]]).await.unwrap_err();
    assert!(matches!(fault, DbError::Exists { .. }), "{fault}");
    drop(tx);
    let mut tx = db.begin().await.unwrap();
    let fault = tx.execute(&OWNED, args!["nobody"]).await.unwrap_err();
    assert!(matches!(fault, DbError::Statement { .. }), "{fault}");
    drop(tx);
    assert_eq!(number(&db, "a").await, 1);
}

#[tokio::test]
async fn many_rows_are_added_at_once_in_their_order() {
    let (db, _folder) = empty().await;
    db.migrate(&[FIRST], 0).await.unwrap();
    let rows: Vec<Vec<Value>> = (0..1_000)
        .map(|n: i64| vec![format!("{n:05}").into(), n.into(), Vec::<u8>::new().into()])
        .collect();
    let rows: Vec<&[Value]> = rows.iter().map(Vec::as_slice).collect();
    let mut tx = db.begin().await.unwrap();
    assert_eq!(tx.insert(&ADD, &rows).await.unwrap(), 1_000);
    tx.commit().await.unwrap();
    let found = db.all(&ALL, &[]).await.unwrap();
    let numbers: Vec<i64> = found.iter().map(|row| row.int("number").unwrap()).collect();
    assert_eq!(numbers, (0..1_000).collect::<Vec<_>>());
}

/// Forty raise the same number, each in a transaction of its own.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writes_at_once_come_one_after_the_other() {
    let (db, _folder) = with_things().await;
    let mut all = tokio::task::JoinSet::new();
    for _ in 0..40 {
        let db = db.clone();
        all.spawn(async move {
            let mut tx = db.begin().await.unwrap();
            let row = tx.optional(&NEXT, args!["a"]).await.unwrap().unwrap();
            tx.execute(&RAISE_ONE, args!["b"]).await.unwrap();
            tx.commit().await.unwrap();
            row.int("number").unwrap()
        });
    }
    let mut got = all.join_all().await;
    got.sort_unstable();
    assert_eq!(got, (2..42).collect::<Vec<i64>>(), "each is given once");
    assert_eq!((number(&db, "a").await, number(&db, "b").await), (41, 42));
}

#[tokio::test]
async fn every_statement_can_be_prepared_and_asking_is_counted() {
    let (db, _folder) = with_things().await;
    let registered: Vec<_> = db::registered().collect();
    assert_eq!(registered.len(), 7);
    for statement in registered {
        db.prepare(statement).await.unwrap();
    }
    let before = db::asked();
    db.all(&ALL, &[]).await.unwrap();
    assert!(db::asked() > before);
}
