//! A copy of the embedded database on a disk that cannot be written, such as a snapshot, is read as it is.

use std::collections::BTreeMap;
use std::path::Path;

use aldgate::kernel::app::MIGRATIONS;
use db::{Db, Durability, args, sql};

sql! {
    COUNT = "select count(*) as steps from migrations";
    NOTE = "insert into spent_nonces (hash, until) values ($1, $2)";
    NOTED = "select count(*) as noted from spent_nonces";
}

fn files(folder: &Path) -> BTreeMap<String, u64> {
    let all = std::fs::read_dir(folder).unwrap().map(|file| {
        let file = file.unwrap();
        let name = file.file_name().to_string_lossy().into_owned();
        (name, file.metadata().unwrap().len())
    });
    all.collect()
}

#[tokio::test]
async fn a_copy_is_read_and_nothing_is_written_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    // A name that a web address would cut off.
    let snapshot = folder.path().join("copy #1?");
    std::fs::create_dir(&snapshot).unwrap();
    let file = folder.path().join("aldgate.db");
    let running = Db::sqlite(&file, Durability::Relaxed).await.unwrap();
    running.migrate(MIGRATIONS, 0).await.unwrap();
    running.close().await;
    let copy = snapshot.join("aldgate.db");
    std::fs::copy(&file, &copy).unwrap();

    let before = files(&snapshot);
    let read = Db::sqlite_copy(&copy).await.unwrap();
    let steps = read.one(&COUNT, &[]).await.unwrap().int("steps").unwrap();
    assert_eq!(steps, MIGRATIONS.len() as i64);
    if let Ok(mut tx) = read.begin().await {
        let written = tx.execute(&NOTE, args!["a", 1]).await;
        assert!(written.is_err(), "nothing can be written");
    }
    assert!(read.snapshot().await.is_ok(), "the ledger can be checked");
    assert_eq!(files(&snapshot), before);
}

#[tokio::test]
async fn what_a_running_gateway_wrote_last_is_read_too() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("aldgate.db");
    let running = Db::sqlite(&file, Durability::Relaxed).await.unwrap();
    running.migrate(MIGRATIONS, 0).await.unwrap();
    let mut tx = running.begin().await.unwrap();
    tx.execute(&NOTE, args!["a", 1]).await.unwrap();
    tx.commit().await.unwrap();
    let snapshot = tempfile::tempdir().unwrap();
    for (name, _) in files(folder.path()) {
        std::fs::copy(folder.path().join(&name), snapshot.path().join(&name)).unwrap();
    }
    assert!(files(snapshot.path())["aldgate.db-wal"] > 0);
    let copy = snapshot.path().join("aldgate.db");
    let read = Db::sqlite_copy(&copy).await.unwrap();
    let noted = read.one(&NOTED, &[]).await.unwrap().int("noted").unwrap();
    assert_eq!(noted, 1);
}
