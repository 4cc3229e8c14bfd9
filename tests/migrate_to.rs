//! A gateway moves from the embedded database to PostgreSQL: whole, though the move is broken off, and never
//! to be served from both.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use aldgate::settings::Settings;
use db::{Db, Durability, Statement};

use crate::support::{TestApp, settings};

// What an older program, or another one, may have written. Only SQLite takes it.
static NUL: Statement = Statement {
    name: "NUL",
    sql: "update organisations set name = 'Nul' || char(0) || 'l Trust' where id = (select min(id) from organisations)",
};
static NOT_UTF_8: Statement = Statement {
    name: "NOT_UTF_8",
    sql: "update people set name = cast(x'41ff42' as text) where id = (select min(id) from people)",
};

const WHO: &str = "administrator@borough-1.demo.example";

fn aldgate(data: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aldgate"));
    command
        .args(arguments)
        .arg("--data")
        .arg(data)
        .env("ALDGATE_LOG", "error");
    command
}

/// How it ended, and what it said to people.
fn run(data: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let output = aldgate(data, arguments).output().unwrap();
    (
        output.status.code(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

fn a_coalition() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let many = [
        "demo",
        "generate",
        "--organisations",
        "20",
        "--people",
        "60",
        "--agreements",
        "20",
    ];
    let (code, said) = run(folder.path(), &many);
    assert_eq!(code, Some(0), "{said}");
    folder
}

/// The size and the root of the log.
fn log(data: &Path, more: &[&str]) -> String {
    let mut arguments = vec!["ledger", "fsck"];
    arguments.extend(more);
    let output = aldgate(data, &arguments).output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

/// What somebody reads in it.
async fn pages(settings: Settings) -> Vec<String> {
    let app = TestApp::of(aldgate::cli::open(settings).await.unwrap());
    let client = app.nobody();
    client
        .done(
            "/sign-in",
            &[("email", WHO), ("password", "demo-only-password")],
        )
        .await;
    let mut pages = Vec::new();
    for path in [
        "/in-tray",
        "/agreements",
        "/organisation/people",
        "/organisations",
        "/register",
    ] {
        let page = client.get(path).await;
        assert_eq!(page.status, 200, "{path}");
        pages.push(page.words());
    }
    app.app.db.close().await;
    pages
}

#[tokio::test]
async fn a_place_that_is_not_there_changes_nothing() {
    let folder = a_coalition();
    let before = log(folder.path(), &[]);
    let (code, said) = run(
        folder.path(),
        &["migrate-to", "postgres://nobody@127.0.0.1:1/none"],
    );
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("The database cannot be opened"), "{said}");
    assert_eq!(log(folder.path(), &[]), before);
}

mod on_postgresql {
    use super::*;

    #[tokio::test]
    async fn everything_moves_though_the_move_is_broken_off() {
        let url = crate::support::postgres();
        let folder = a_coalition();
        let data = folder.path();
        let schema = format!("moved_{}", std::process::id());
        let postgres = Db::postgres(&url, None).await.unwrap();
        postgres.create_schema(&schema).await.unwrap();
        let to = format!("{url}&options[search_path]={schema}");
        let read = pages(Settings {
            data: data.to_owned(),
            ..settings()
        })
        .await;

        // While a gateway has the file open nothing is copied.
        let served = aldgate::cli::open(Settings {
            data: data.to_owned(),
            ..settings()
        })
        .await
        .unwrap();
        let (code, said) = run(data, &["migrate-to", &to]);
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains("Stop the gateway first"), "{said}");
        served.db.close().await;
        drop(served);
        let before = log(data, &[]);

        // Broken off after some of the tables: the file is served as before, and the other is not.
        let mut broken = aldgate(data, &["migrate-to", &to])
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = Vec::new();
        for line in BufReader::new(broken.stderr.take().unwrap()).lines() {
            said.push(line.unwrap());
            if said.last().unwrap().starts_with("organisations: ") {
                break;
            }
        }
        assert_eq!(said.last().unwrap(), "organisations: 20 of 20", "{said:?}");
        broken.kill().unwrap();
        broken.wait().unwrap();
        assert_eq!(log(data, &[]), before);
        let (code, told) = run(data, &["ledger", "fsck", "--database", &to]);
        assert!(code != Some(0) && told.contains("not finished"), "{told}");

        // Begun again, the move goes on where it stopped.
        // The address may hold a password, so it can be kept off the command line.
        let again = aldgate(data, &["migrate-to"])
            .env("ALDGATE_MIGRATE_TO", &to)
            .output()
            .unwrap();
        let told = String::from_utf8(again.stderr).unwrap();
        assert!(again.status.success(), "{told}");
        assert!(
            told.contains("organisations: 20 of 20 were there already"),
            "{told}"
        );

        assert_eq!(log(data, &["--database", &to]), before);
        let moved = Settings {
            data: data.to_owned(),
            database: to.clone(),
            ..settings()
        };
        assert_eq!(pages(moved).await, read);
        // Nobody goes on in the file by mistake, and what is full is not filled again.
        let (code, told) = run(data, &["ledger", "fsck"]);
        assert!(code != Some(0) && told.contains("moved to"), "{told}");
        let (code, told) = run(data, &["migrate-to", &to]);
        assert!(
            code == Some(1) && told.contains("Give an empty one"),
            "{told}"
        );
    }
}

/// What PostgreSQL cannot take is named before anything is written, and the gateway is served as before.
#[tokio::test]
async fn a_row_that_cannot_go_is_named_and_nothing_is_marked() {
    let folder = a_coalition();
    let data = folder.path();
    let before = log(data, &[]);
    let file = Db::sqlite(&data.join("aldgate.db"), Durability::Full)
        .await
        .unwrap();
    let mut tx = file.begin().await.unwrap();
    for statement in [&NUL, &NOT_UTF_8] {
        assert_eq!(tx.execute(statement, &[]).await.unwrap(), 1);
    }
    tx.commit().await.unwrap();
    file.close().await;
    let (code, said) = run(data, &["migrate-to", "postgres://nobody@127.0.0.1:1/none"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("Table organisations, row org_"), "{said}");
    assert!(
        said.contains("column name: the text holds U+0000"),
        "{said}"
    );
    assert!(said.contains("Table people, row per_"), "{said}");
    assert!(
        said.contains("column name: the text is not UTF-8"),
        "{said}"
    );
    assert!(said.contains("Nothing was moved or changed"), "{said}");
    assert_eq!(log(data, &[]), before, "served as before");
}
