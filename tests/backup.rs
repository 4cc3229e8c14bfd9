//! A copy that is taken while the gateway runs is a whole gateway: opened elsewhere with its secret it proves the same,
//! and goes on. Without its secret it is not opened.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use aldgate::kernel::App;
use aldgate::kernel::app::MIGRATIONS;
use aldgate::settings::Settings;
use db::{Db, Durability};

use crate::support::journey::{self, Party};
use crate::support::proof::{self, Folder, get};
use crate::support::{TestApp, packs};

const SECRET: &str = "1111111111111111111111111111111111111111111111111111111111111111";

fn open(db: Db) -> TestApp {
    let clock = aldgate::kernel::clock::Clock::held("2026-11-21T10:00:00Z".parse().unwrap());
    let entropy = aldgate::kernel::entropy::Entropy::System;
    let secret = aldgate::kernel::Secret::parse(SECRET).unwrap();
    let app: Arc<App> = App::new(db, packs(), clock, entropy, secret, Settings::default());
    TestApp::of(app)
}

fn aldgate(data: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aldgate"));
    let output = command
        .args(arguments)
        .env("ALDGATE_DATA", data)
        .env("ALDGATE_LOG", "error")
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(said).unwrap())
}

/// People sign while `copy` runs. Gives what was signed before, with its evidence, and the key of the log.
async fn copied_while_it_runs(
    app: &TestApp,
    copy: impl FnOnce() + Send + 'static,
) -> (Party, String, Vec<u8>, String) {
    let camden = Party::new(app, "Camden Council", "borough").await;
    let fire = Party::new(app, "London Fire Brigade", "fire").await;
    let id = journey::in_force(app, &[&camden, &fire]).await;
    let author = camden.author_client(app).await;
    let key = proof::log_key(app).await;
    let evidence = get(&author, &format!("/records/{id}/evidence.json")).await;
    let copying = tokio::task::spawn_blocking(copy);
    while !copying.is_finished() {
        journey::in_force(app, &[&camden, &fire]).await;
    }
    copying.await.unwrap();
    (camden, id.to_string(), evidence, key)
}

/// The copy is a gateway of its own: what was proved is proved, what is made now too.
async fn goes_on(copy: &TestApp, camden: &Party, id: &str, evidence: &[u8], key: &str) {
    let author = camden.author_client(copy).await;
    let page = author.get(&format!("/records/{id}")).await;
    assert!(page.says("In force"), "{}", page.words());
    author
        .done("/agreements/new", &[("title", "Made in the copy")])
        .await;
    assert!(author.get("/agreements").await.says("Made in the copy"));
    let files = Folder::new();
    let again = get(&author, &format!("/records/{id}/evidence.json")).await;
    for bytes in [evidence, &again] {
        let file = files.write("evidence.json", bytes);
        let (code, lines) = proof::both(&file, &["--log-key", key]);
        assert_eq!(code, 0, "{lines:#?}");
    }
    copy.ends_clean().await;
}

mod on_sqlite {
    use super::*;

    async fn file(folder: &Path) -> Db {
        let file = folder.join("aldgate.db");
        Db::sqlite(&file, Durability::Full).await.unwrap()
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_copy_of_a_running_gateway_is_a_gateway() {
        let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let db = file(folder.path()).await;
        db.migrate(MIGRATIONS, 0).await.unwrap();
        std::fs::write(folder.path().join("secret"), SECRET).unwrap();
        let app = open(db);
        let paths = [&folder, &elsewhere].map(|folder| folder.path().join("aldgate.db"));
        let (camden, id, evidence, key) = copied_while_it_runs(&app, move || {
            // What `sqlite3 … ".backup …"` does.
            let script = "import sqlite3, sys; \
                          sqlite3.connect(sys.argv[1]).backup(sqlite3.connect(sys.argv[2]))";
            let done = Command::new("python3")
                .args(["-c", script])
                .args(paths)
                .status();
            assert!(done.unwrap().success());
        })
        .await;
        app.ends_clean().await;
        app.app.db.close().await;

        // Without its secret it is not served, and nothing is made in its place.
        let (code, said) = aldgate(elsewhere.path(), &["claims", "list"]);
        assert_ne!(code, Some(0), "{said}");
        assert!(said.contains("secret"), "{said}");
        assert!(!elsewhere.path().join("secret").exists());
        std::fs::write(elsewhere.path().join("secret"), SECRET).unwrap();
        let (code, said) = aldgate(elsewhere.path(), &["ledger", "fsck"]);
        assert_eq!(code, Some(0), "{said}");
        assert!(said.contains("The ledger holds."), "{said}");
        let copy = open(file(elsewhere.path()).await);
        goes_on(&copy, &camden, &id, &evidence, &key).await;
    }
}

mod on_postgresql {
    use super::*;

    /// The newest program of PostgreSQL with this name.
    fn program(name: &str) -> std::path::PathBuf {
        let versions = std::fs::read_dir("/usr/lib/postgresql").unwrap();
        let mut found: Vec<_> = versions
            .map(|version| version.unwrap().path().join("bin").join(name))
            .collect();
        found.sort();
        found.pop().expect("PostgreSQL's own programs")
    }

    fn run(name: &str, arguments: &[&str]) -> Vec<u8> {
        let output = Command::new(program(name))
            .args(arguments)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{name} {arguments:?}: {said}");
        output.stdout
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_dump_of_a_running_gateway_is_a_gateway() {
        let url = crate::support::postgres();
        let schema = format!("dumped_{}", std::process::id());
        let whole = Db::postgres(&url, None).await.unwrap();
        whole.create_schema(&schema).await.unwrap();
        let db = Db::postgres(&url, Some(&schema)).await.unwrap();
        db.migrate(MIGRATIONS, 0).await.unwrap();
        let app = open(db);
        let folder = tempfile::tempdir().unwrap();
        let dump = folder.path().join("dump.sql").to_str().unwrap().to_owned();
        let (file, from, of) = (dump.clone(), url.clone(), schema.clone());
        let (camden, id, evidence, key) = copied_while_it_runs(&app, move || {
            run("pg_dump", &["--schema", &of, "--file", &file, &from]);
        })
        .await;
        app.ends_clean().await;
        app.app.db.close().await;
        let drop = format!("drop schema {schema} cascade");
        run("psql", &["--quiet", "--command", &drop, &url]);
        run(
            "psql",
            &["--quiet", "--set", "ON_ERROR_STOP=1", "--file", &dump, &url],
        );
        let copy = open(Db::postgres(&url, Some(&schema)).await.unwrap());
        goes_on(&copy, &camden, &id, &evidence, &key).await;
    }
}
